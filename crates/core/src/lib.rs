//! The model of clusters, catch-up and the income gap, without files to write or a terminal to draw on: what the program
//! `catchup` computes, for other programs too. Its rooms are described on the program's own page.
//!
#![doc = "# The model\n"]
#![doc = include_str!("../../../docs/model.md")]

pub mod advice;
pub mod batch;
pub mod column;
pub mod compare;
pub mod control;
pub mod design;
pub mod draw;
pub mod equilibria;
pub mod explain;
pub mod findings;
pub mod flip;
pub mod integrate;
pub mod map;
pub mod math;
pub mod measure;
pub mod model;
pub mod names;
pub mod numbers;
pub mod optimise;
pub mod present;
pub mod probe;
pub mod quantity;
pub mod scenario;
pub mod simulate;
pub mod spells;
pub mod summary;
pub mod table;
pub mod trajectory;
pub mod words;
