//! The thread between a long computation and whoever waits for it: how far it is, and whether to stop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The computation was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// Shared by the threads of one call.
#[derive(Debug, Default)]
pub struct Control {
    stop: std::sync::Arc<AtomicBool>,
    done: AtomicU64,
}

impl Control {
    /// A control that stops once `stop` is set.
    pub fn new(stop: std::sync::Arc<AtomicBool>) -> Self {
        Self { stop, done: AtomicU64::new(0) }
    }

    /// Notes one step done (a date simulated, a row written).
    ///
    /// # Errors
    /// [`Stopped`] once told to stop.
    pub fn step(&self) -> Result<(), Stopped> {
        self.steps(1)
    }

    /// Notes `count` steps done.
    ///
    /// # Errors
    /// [`Stopped`] once told to stop.
    pub fn steps(&self, count: usize) -> Result<(), Stopped> {
        self.done.fetch_add(count as u64, Ordering::Relaxed);
        self.go_on()
    }

    /// Whether to go on; notes nothing.
    ///
    /// # Errors
    /// [`Stopped`] once told to stop.
    #[inline(always)]
    pub fn go_on(&self) -> Result<(), Stopped> {
        if self.stop.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }

    /// Notes `steps` steps done.
    pub fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Whether it was told to stop.
    pub fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A control of its own count that stops with this one: threads that count without pause do not share a counter.
    pub fn apart(&self) -> Self {
        Self::new(std::sync::Arc::clone(&self.stop))
    }

    /// Steps done so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// What `run` gives, or what it said when it panicked: an error of one run then costs no other.
///
/// # Errors
/// The message of the panic.
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("a panic without a message").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| panic!("out of {}", "range")), Err::<(), _>("out of range".to_owned()));
        assert_eq!(guarded(|| panic!("plain")), Err::<(), _>("plain".to_owned()));
    }
}
