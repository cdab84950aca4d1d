//! What a finished table of draws says: which key matters, how much of it, and how sure that is. A library room that takes
//! columns and knows nothing of scenarios, sweeps, files or threads.
//!
//! A column is `&[f64]`, one entry a draw: a key's value (of a key that takes texts, its level's index) or a measure. NaN is
//! "missing" and is left out and counted; ±∞ is a value, and where a measure has one it is analysed through its ranks.
//!
//! # Where a condition holds
//!
//! | number | of | source | draws |
//! |---|---|---|---|
//! | [`prim`] | boxes of several keys in which it holds more often than elsewhere | Friedman and Fisher 1999; Bryant and Lempert 2010 | whole columns |
//! | [`threshold`] | the one or two thresholds that separate best where it holds from where it does not | Youden 1950 | whole columns |
//!
//! # Which variant
//!
//! | number | of | source | draws |
//! |---|---|---|---|
//! | [`choice::Tally`] | how likely a variant pays and is the best, expected worth, worst, regret, value of information, smallest set | Savage 1951; Raiffa and Schlaifer 1961 | one after another |
//! | [`choice::Ranked`] | quantiles of regret, stochastic dominance | Hadar and Russell 1969 | whole columns |
//!
//! How sure each number is, [`mod@estimate`] says.

mod binomial;
pub mod choice;
mod columns;
pub mod estimate;
mod interval;
mod key;
pub mod prim;
pub mod threshold;

pub use columns::{Basis, Classed, Classes, Measured};
pub use estimate::{Estimate, Untold};
pub use key::Key;

#[cfg(test)]
mod chance;
