//! A sweep's runs: draws → measures, in chunks that can be computed in any order, on any thread or machine.

mod back;
mod chunk;
mod meaning;
mod size;
mod worker;

pub use chunk::{AtDate, Chunk, Kind};
pub use meaning::{Meaning, run_key};
pub use size::draws_per_chunk;
pub use worker::Worker;
