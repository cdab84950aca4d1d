//! The thread between a long computation and whoever waits for it: how far it is, and whether to stop.

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
