//! Pictures: they show the numbers of the tables, nothing overlaps, and what cannot be drawn is refused.

#[path = "../common/mod.rs"]
mod common;

mod along;
mod answers;
mod before;
mod explained;
mod people;
mod plot;
mod plot_sweep;
