//! Several threads at one sweep: they take chunks in ascending order and hand each over as it is done.

use crate::batch::{Chunk, Worker};
use crate::control::Control;
use crate::scenario::sweep::Sweep;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a crew is to do.
#[derive(Debug)]
pub struct Crew<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// Number of threads, at least 1.
    pub threads: usize,
    /// Runs that had failed before.
    pub failed: u64,
    /// Failed runs, those before included, at which no further chunk is begun.
    pub max_failures: Option<u64>,
}

/// A failed run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Its number: that of its draw.
    pub run: u64,
    /// Index of its variant.
    pub variant: usize,
    /// Why.
    pub error: String,
}

/// What a crew has done.
#[derive(Debug, Default)]
pub struct Ended {
    /// Runs done and handed over.
    pub runs: u64,
    /// Those among them that failed.
    pub failed: u64,
    /// The first of those, by number, then variant.
    pub first: Option<Failed>,
    /// Whether it ended because too many runs had failed.
    pub gave_up: bool,
}

impl Ended {
    fn add(&mut self, chunk: &Chunk, variants: usize) {
        self.runs += chunk.runs() as u64;
        self.failed += chunk.errors.len() as u64;
        if let Some((row, error)) = chunk.errors.first() {
            let run = chunk.first + (row / variants) as u64;
            if self.first.as_ref().is_none_or(|first| run < first.run) {
                self.first = Some(Failed { run, variant: row % variants, error: error.clone() });
            }
        }
    }
}

impl Crew<'_> {
    /// Computes the chunks of the draws `missing` and hands each to `put` once it is done; each thread does so for its own. Counts
    /// runs done in `tally`, ends early once that says stop: a chunk at work is then abandoned.
    ///
    /// # Errors
    /// The first of `put`.
    pub fn work<E: Send>(
        &self,
        missing: &[Range<u64>],
        tally: &Control,
        put: impl Fn(&Chunk) -> Result<(), E> + Sync,
    ) -> Result<Ended, E> {
        let next = AtomicUsize::new(0);
        let broken = AtomicBool::new(false);
        let ended: Mutex<Result<Ended, E>> = Mutex::new(Ok(Ended::default()));
        let thread = || {
            let mut worker = Worker::new(self.sweep);
            let mut chunk = Chunk::default();
            // Runs note every date; a count shared between threads would slow them all.
            let control = tally.apart();
            while !broken.load(Ordering::Relaxed) && !tally.stops() {
                let Some(draws) = missing.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                if worker.fill(draws.clone(), &mut chunk, &control).is_err() {
                    return;
                }
                let stands = put(&chunk);
                let Ok(mut ended) = ended.lock() else { return };
                match (&mut *ended, stands) {
                    (Ok(ended), Ok(())) => {
                        ended.add(&chunk, self.sweep.variants.len());
                        tally.advance(chunk.runs() as u64);
                        ended.gave_up = self.too_many(ended.failed);
                        broken.fetch_or(ended.gave_up, Ordering::Relaxed);
                    }
                    (Ok(_), Err(error)) => {
                        *ended = Err(error);
                        broken.store(true, Ordering::Relaxed);
                    }
                    (Err(_), _) => {}
                }
            }
        };
        if !self.too_many(0) {
            std::thread::scope(|scope| {
                let threads = self.threads.min(missing.len());
                for _ in 1..threads {
                    // Where the system allows no more threads, those that there are do the work.
                    if std::thread::Builder::new().spawn_scoped(scope, thread).is_err() {
                        break;
                    }
                }
                if threads > 0 {
                    thread();
                }
            });
        }
        let ended = ended.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        ended.map(|ended| Ended { gave_up: self.too_many(ended.failed), ..ended })
    }

    fn too_many(&self, failed: u64) -> bool {
        self.max_failures.is_some_and(|most| self.failed + failed >= most)
    }
}
