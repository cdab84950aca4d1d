//! The threads of a call. A system may refuse them, as a login node does beyond a limit: work then goes on with those
//! that there are, this one at least.

use super::Terminal;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads for the parallel work of a call.
pub(super) struct Threads {
    /// How many there are, at least 1.
    pub(super) count: usize,
    /// None where this thread is the only one.
    pool: Option<ThreadPool>,
}

impl Threads {
    /// As many threads as are `wanted`, or as the machine runs at once; fewer, with a warning, where the system refuses.
    pub(super) fn new(wanted: Option<u16>, terminal: &Terminal) -> Self {
        let wanted = wanted.map_or_else(available, usize::from).max(1);
        let mut count = wanted;
        let pool = loop {
            if count == 1 {
                // This thread does all the work, also what finds its way to the global pool: nothing has to be made.
                let _ = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
                break None;
            }
            match ThreadPoolBuilder::new().num_threads(count).build() {
                Ok(pool) => break Some(pool),
                Err(_) => count /= 2,
            }
        };
        if count < wanted {
            let plural = if count == 1 { "" } else { "s" };
            let title = format!(
                "the system allows {count} thread{plural} instead of {wanted}: the work goes on with what there is"
            );
            terminal.warning(&title, "see its limits on processes and memory, such as ulimit -u");
        }
        Self { count, pool }
    }

    /// Does `work` on these threads.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}

/// As many threads as the machine runs at once.
pub(super) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
