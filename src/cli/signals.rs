//! What a signal does to a call: the first asks it to stop, the second ends it.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// SIGINT and SIGTERM ask the call to stop; a second one ends it at once.
pub(super) struct Signals {
    pub(super) stop: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    pub(super) fn watch() -> Self {
        let signals = Self { stop: Arc::default(), which: Arc::default() };
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first signal finds the flag unset and sets it, the second one exits.
            let registered = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&signals.stop))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&signals.which), signal.unsigned_abs() as usize))
                .and_then(|_| flag::register(signal, Arc::clone(&signals.stop)));
            // Without handlers the default applies: the process ends at once, which loses nothing but temporary files.
            drop(registered);
        }
        signals
    }

    pub(super) fn received(&self) -> Option<i32> {
        let stopped = self.stop.load(Ordering::Relaxed);
        stopped.then(|| i32::try_from(self.which.load(Ordering::Relaxed)).unwrap_or(SIGINT))
    }
}
