//! How many draws a chunk holds.

use crate::integrate::{Method, Solver};
use crate::math::powf;
use crate::model::problem::Problem;
use crate::scenario::sweep::Sweep;

/// Longest that a chunk should take on a slow core, in the units of [`cost`]: nanoseconds, half a second of them.
const LONGEST: f64 = 5e8;
/// Most rows in a chunk.
const MOST_ROWS: u64 = 16_384;
/// Most memory for a chunk's kept trajectories, bytes.
const MOST_KEPT: u64 = 32 << 20;
/// A sweep has about this many chunks where it has the draws: enough for threads and machines to share.
const FEWEST_CHUNKS: u64 = 64;
/// Draws looked at for the longest run of a sweep.
const LOOKED_AT: u64 = 32;

/// How many draws a chunk of `sweep` holds: a function of the sweep alone, never of threads, machine or time, because
/// chunks are what a resumed or divided sweep is made of.
pub fn draws_per_chunk(sweep: &Sweep) -> u64 {
    let (mut run, mut kept) = (0.0_f64, 0);
    look_at_draws(sweep, |problem, solver| {
        run = run.max(cost(problem, solver));
        kept = kept.max(bytes_of_trajectory(problem));
    });
    let variants = sweep.variants.len().max(1) as u64;
    let draws = sweep.design.draws();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, bounded below")]
    let in_time = (LONGEST / (run * variants as f64).max(1.0)).min(1e12) as u64;
    let in_memory = MOST_KEPT / (kept * variants).max(1);
    // A few kept trajectories do not make all chunks small.
    let in_memory = if sweep.keep.among(&(0..draws)) <= in_memory { u64::MAX } else { in_memory };
    in_time.min(in_memory).min(MOST_ROWS / variants).min(draws.div_ceil(FEWEST_CHUNKS)).max(1)
}

/// Shows `see` what some draws of `sweep`, spread over it, ask for; a draw that makes no scenario is passed over.
fn look_at_draws(sweep: &Sweep, mut see: impl FnMut(&Problem, Solver)) {
    let draws = sweep.design.draws();
    let looked_at = draws.min(LOOKED_AT);
    let mut column = vec![vec![0.0]; sweep.vary.len()];
    let mut binders: Vec<_> = (0..sweep.variants.len()).map(|variant| sweep.binder(variant)).collect();
    for i in 0..looked_at {
        // From the first draw to the last.
        let index = if looked_at < 2 { 0 } else { u128::from(i) * u128::from(draws - 1) / u128::from(looked_at - 1) };
        sweep.design.fill(u64::try_from(index).unwrap_or(0), &mut column);
        let draw: Vec<f64> = column.iter().map(|column| column[0]).collect();
        for binder in &mut binders {
            if let Ok((problem, solver)) = binder.bind(&draw) {
                see(problem, solver);
            }
        }
    }
}

/// What a run takes on a slow core, nanoseconds; rather too much than too little.
fn cost(problem: &Problem, solver: Solver) -> f64 {
    const FIXED: f64 = 2_000.0;
    let dates = (problem.grid.periods + 1) as f64 * problem.sectors.len() as f64;
    let per_date = match solver.method {
        Method::Exact => 50.0,
        // A method of order 5 takes rtol^(-1/5) as many steps.
        Method::Dopri5 => 100.0 * powf(1e-8 / solver.rtol, 0.2).max(1.0),
    };
    FIXED + dates * per_date
}

/// What a kept trajectory takes in memory.
fn bytes_of_trajectory(problem: &Problem) -> u64 {
    let row = size_of::<crate::trajectory::Row>();
    let sector = size_of::<crate::trajectory::SectorRow>();
    ((problem.grid.periods + 1) * (row + problem.sectors.len() * sector)) as u64
}
