//! What goes in and what comes out: scenario files and their mistakes, what stands on disk, whole outputs, the README's tour.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod check;
mod column_tables;
mod examples;
mod export;
mod faults;
mod fuzz;
mod golden;
mod key_tables;
mod manual;
mod map;
mod merging;
mod readme;
mod series;
