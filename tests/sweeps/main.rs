//! Sweeps, from the file and its design over chunks and their folder to the tables.

#[path = "../common/mod.rs"]
mod common;

mod batch;
mod binder;
mod chunks;
mod dates;
mod design;
mod end_to_end;
mod explain;
mod going_on;
mod robust;
mod rules;
mod sweep_file;
mod sweep_file_ties;
mod tables;
mod under_way;
