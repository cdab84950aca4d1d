//! The plane of two keys by the answers that a scenario gives over it.

mod mesh;
pub mod plane;
mod refine;
mod trace;

pub use trace::{Curve, Point, Region};
