//! What a scenario answers at other values of its keys: the answer to a [`Question`], and whether a [`Condition`] holds.
//!
//! A [`World`] asks one scenario. Numbers are written into a problem that stands, as for the draws of a sweep, and the runs that
//! an answer needs beside the scenario's own, the baseline or a cluster in each sector, are made from it.

mod condition;
mod lattice;
mod question;
mod world;

pub use condition::{Condition, Relation, Test};
pub use lattice::Lattice;
pub use question::{Answer, Needs, Number, Question, Wanted, Which};
pub use world::{Look, World, lead, programme, runs};
