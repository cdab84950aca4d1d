//! The economics and nothing else: two regions, n sectors, two modes of production.
//!
//! Pure functions over plain data. This room knows no files, no clock, no terminal, no TOML, no CSV and no
//! solver. Symbols are those of `docs/model.md`: `Z_R`, `Z_P`, `z`, `lambda`, `y_R`, `alpha`, `p`, `w`, `x`,
//! `beta`, `z_hat`; every rate is per year, every wage in R-wages (w_R = 1).

#![expect(non_snake_case, reason = "the field's symbols: Z_R, y_P, v_Is")]

mod at_start;
pub mod branch;
pub mod catch_up;
pub mod choice;
pub mod curve;
pub mod equilibria;
pub mod grid;
pub mod leg;
pub mod long_run;
pub mod motion;
pub mod output;
pub mod params;
pub mod policy;
pub mod problem;
pub mod range;
pub mod rule;
pub mod trade;
pub mod weigh;
mod worth;
