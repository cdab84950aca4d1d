//! A sweep's runs: draws → measures, in chunks that can be computed in any order, on any thread or machine.

mod back;
mod chunk;
mod size;
mod worker;

pub use back::Meaning;
pub use chunk::{Chunk, Kind, columns, run_key};
pub use size::draws_per_chunk;
pub use worker::Worker;
