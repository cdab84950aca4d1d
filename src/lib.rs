//! Clusters, catch-up and the income gap between a poor region P and a rich one R: the whole transition path.
//!
//! The README says what the program answers and how to use it. This page is for those who read or extend the code.
//!
//! Two crates: `catchup-core` is pure and serves other programs too (no command line, no Parquet, no terminal; files are only read,
//! where a scenario names them); this one is the program.
//!
//! # Rooms
//!
//! | room | what it does | what it must not know |
//! |---|---|---|
//! | [`model`] | the economics: parameters, catch-up, trade step, policies, long run | files, TOML, CSV, clock, terminal, solver |
//! | [`mod@column`] | numbers for several dates at once, and what is computed with them | everything else |
//! | [`math`] | exp, ln and the like, the same bits on every machine; the only importer of `libm` | everything else |
//! | [`integrate`] | advances one sector's z over a spell of constant motion; the only importer of `ode_solvers` | clusters, wages, policies |
//! | [`simulate`] | the period loop: Problem → Trajectory, in memory | files, terminal |
//! | [`table`] | what a column of a table is: its name, type, unit, meaning, and how its values are read | everything else but the names of enums |
//! | [`trajectory`] | rows, events, and the columns of their tables | files, terminal |
//! | [`measure`] | the measures of a run, each with all that is known of it, and how they are taken without rows | files, terminal |
//! | [`summary`] | what a run comes to, its last row's long run included | files, terminal |
//! | [`advice`] | what is legal in a scenario but probably not meant | files, terminal |
//! | [`compare`] | several runs on one grid: gains over a baseline, what moves the gap | files, terminal |
//! | [`optimise`] | every policy of a kind, one by one, and the best of them | files, terminal, threads |
//! | [`probe`] | what a scenario answers at other values of its keys: questions, conditions | files, terminal |
//! | [`flip`] | where along its keys a condition on a scenario holds, what the answer hangs on | files, terminal |
//! | [`equilibria`] | the paper's tables at one date of a path, in cells for people | files, terminal |
//! | [`mod@map`] | the plane of two keys by what a scenario answers over it: regions, exact boundaries, contours | files, terminal, threads |
//! | [`words`] | every sentence on a run or a comparison, from what it comes to and what people call its parts | rows, the terminal |
//! | [`report`] | a comparison as one HTML page: a template, its looks, its script | how anything is simulated, the terminal, the clock |
//! | [`scenario`] | TOML → checked Problem; the only reader of scenario files | how anything is simulated |
//! | [`schema`] | the lists of keys → JSON Schema | files, terminal |
//! | [`mod@error`] | what can go wrong, as one type | how it is shown |
//! | [`record`] | output folders: CSV, data package; whole or not at all | the terminal |
//! | [`draw`] | runs and comparisons → pictures as SVG | files, terminal |
//! | [`plot`] | tables → pictures of them, those of sweeps, PNG | how anything is simulated, where a picture goes, the terminal |
//! | [`read`] | our tables back, CSV and Parquet | what is drawn or exported of them |
//! | [`export`] | tables → workbooks, and CSV with decimal commas | how anything is simulated, the terminal |
//! | [`design`] | which values the varied keys of a sweep take in draw i | keys, scenarios, files, terminal |
//! | [`explain`] | what a table of draws says: which key matters, where a condition holds, which variant to choose, and how sure that is | where the table came from, files, terminal, threads |
//! | [`batch`] | a sweep's runs: draws → measures, in chunks of columns | files, terminal, clock, threads |
//! | [`examples`] | the shipped scenarios, which travel in the program | files, terminal |
//! | [`crew`] | several threads at the chunks of a sweep | files, terminal |
//! | [`mod@names`] | enums that have a spelling in files: one list of variants, spellings and meanings | everything else |
//! | [`numbers`] | numbers as people read them | everything else |
//! | [`control`] | how far a computation is, and whether to stop | everything else |
//! | [`cli`] | arguments, one file per command; the only room that draws on a terminal | — |
//!
//! Arrows point down only: cli → {advice, record, report, plot} → {draw, words} → flip → {probe, optimise} → {compare, equilibria} → {summary, simulate, scenario} →
//! {trajectory, measure, integrate} → {model, table} → {column, names}.
//! `tests/architecture.rs` holds the arrows, and lets no files import one another in a circle.
//!
//! # A scenario's way through
//!
//! `scenarios/lagging-region.toml` → `scenario::load` (layers merged, keys typed, every mistake collected) →
//! [`model::problem::Problem`], in which nothing is left to check → [`simulate::simulate`]: at each t_k the trade step
//! on Z gives prices, offers, the regime and a row; [`integrate::Path`] moves z on with the regime held →
//! [`trajectory::Trajectory`] → [`summary::summarise`] → [`draw::gap`] → `record::write_run` →
//! `output/lagging-region/`.
//!
//! # A sweep's way through
//!
//! `scenarios/sweeps/lagging-region.toml` → `scenario::sweep::Sweep` → [`batch`]: for each draw of the [`design`] a
//! `Binder` patches the problem that `catchup run --set …` would solve, [`simulate::Engine`] measures it (the same loop as
//! [`simulate::simulate`], without rows), and chunks go to `record::sweep`, where they stand whole until the tables
//! are assembled from them in order.
//!
//! # Invariants
//!
//! - A run is a pure function of its `Problem` and its solver: no clock, no thread, no map order can reach it.
//! - Sectors move each on its own; where the solver follows two at a time, their numbers pair them. The order of sectors
//!   cannot matter.
//! - A catch-up form lives in one file, [`model::catch_up`]; adding one makes the compiler name the missing arms.
//! - Files appear under their names only when all of a run's files are written and synced.
//! - What is missing is `None`, an empty cell or `null`; never 0, never NaN.

pub mod cli;
pub mod crew;
pub mod error;
pub mod examples;
pub mod export;
pub mod finding;
pub mod plot;
pub mod read;
pub mod record;
pub mod report;
pub mod schema;

#[doc(inline)]
pub use catchup_core::{
    advice, batch, column, compare, control, design, draw, equilibria, explain, findings, flip, integrate, map, math,
    measure, model, names, numbers, optimise, probe, quantity, scenario, simulate, spells, summary, table, trajectory,
    words,
};
