//! The path of one sector's z over a spell of constant motion, piece by piece.

use super::moment::{Forward, parity_after};
use super::steps::{Flow, Rate, STEP_LIMIT, Sampled, Stop, arrive, sample};
use super::{Failure, Method, Reason, Solver};
use crate::column::{Col, DATES, Number};
use crate::math::{exp, ln};
use crate::model::branch::Branch;
use crate::model::catch_up::CatchUp;
use crate::model::grid::DATE_TOLERANCE;
use crate::model::leg::Leg;
use crate::model::motion::Motion;

/// Dates known ahead at first; doubled while the motion stays the same, so that a change of motion wastes at most as
/// much work again as was used.
const FIRST_BLOCK: usize = 256;

/// Room behind the last known date, so that whole columns can be read and written there.
const PADDING: usize = 2 * DATES;

/// z above which a path counts as blown up: far beyond any technology lead, far below what a float holds.
const Z_MAX: f64 = 1e300;

/// A motion that no path follows: it equals none, itself included.
const NOWHERE: Motion = Motion { catch_up: None, x_R: f64::NAN, x_P: f64::NAN };

/// z of one sector from period `k_0` on, as long as its motion does not change.
#[derive(Debug, Clone)]
pub struct Path {
    solver: Solver,
    motion: Motion,
    period: f64,
    k_0: usize,
    z_0: f64,
    /// Period of the last t_k of the run: nothing is needed beyond it.
    k_end: usize,
    /// Years after the start at which z meets 1 in finite time, if it does.
    parity: Option<f64>,
    /// Years after the start at which z passes every bound, if it does: no date from then on is reached.
    blow_up: Option<f64>,
    /// How z is found at first, and from some period after k_0 on.
    pieces: (Piece, Option<(usize, Piece)>),
    /// z at k_0, k_0 + 1, …: the first `known` of them, then padding.
    z: Vec<f64>,
    known: usize,
    failure: Option<Failure>,
    /// z at the last date that the solver has reached, and how many periods after k_0 that is.
    solved: (f64, usize),
    /// From where and how many dates stand written already, by [`Path::prepare`].
    prepared: Option<(usize, usize)>,
    /// Steps that the solver may still take in this run.
    steps_left: u32,
}

impl Default for Path {
    fn default() -> Self {
        Self {
            solver: Solver::default(),
            motion: NOWHERE,
            period: f64::NAN,
            k_0: 0,
            z_0: f64::NAN,
            k_end: 0,
            parity: None,
            blow_up: None,
            pieces: (Piece::Solved(Branch { catch_up: None, d: f64::NAN }), None),
            z: Vec::new(),
            known: 0,
            failure: None,
            solved: (f64::NAN, 0),
            prepared: None,
            steps_left: 0,
        }
    }
}

/// How z is found on a piece of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// In closed form; the leg begins so many years after the start.
    Closed(Leg, f64),
    /// By the solver.
    Solved(Branch),
}

impl Path {
    /// Makes this a path of a run that ends at period `k_end`, Δ = `period` years. [`Path::start`] puts it at its start.
    pub fn renew(&mut self, solver: Solver, period: f64, k_end: usize) {
        (self.solver, self.period, self.k_end) = (solver, period, k_end);
        (self.motion, self.steps_left) = (NOWHERE, STEP_LIMIT);
    }

    /// Lets the solver find what `paths` lack at period `k`, two at a time where they have one form and it is to go as far
    /// from the same date: a step of two costs little more than a step of one. Which two depends on their numbers alone,
    /// and paths with the same numbers get the same dates, so that the order of the paths cannot matter.
    #[inline(always)]
    pub fn prepare(paths: &mut [Self], k: usize, until: usize) {
        if paths.first().is_some_and(|path| path.solver.method == Method::Dopri5) {
            Self::prepare_pairs(paths, k, until);
        }
    }

    // Apart, like `solve`: the loop that `exact` runs through stays small.
    #[inline(never)]
    fn prepare_pairs(paths: &mut [Self], k: usize, until: usize) {
        let mut due: Vec<_> = (0..paths.len())
            .filter_map(|i| {
                let path = &paths[i];
                let (at, wanted, branch) = path.due(k, until)?;
                let CatchUp { form, beta, shape } = branch.catch_up?;
                let numbers = [path.solved.0, branch.d, beta, shape].map(f64::to_bits);
                Some((((path.k_0 + at, wanted, form), numbers), i, branch))
            })
            .collect();
        due.sort_unstable_by_key(|&(which, i, _)| (which, i));
        let mut distinct = due.clone();
        distinct.dedup_by_key(|(which, ..)| *which);
        let mut rest = distinct.as_slice();
        while let [(one, i, branch_i), (other, j, branch_j), ..] = *rest {
            let (spell, wanted) = (one.0, one.0.1);
            if spell != other.0 {
                rest = &rest[1..];
                continue;
            }
            rest = &rest[2..];
            let Ok(mut two) = paths.get_disjoint_mut([i, j]) else { continue };
            two.iter_mut().for_each(|path| path.make_room(path.solved.1 + wanted + 1));
            // Where one of them fails, each goes its own way.
            let both = two.each_mut().map(|path| &mut **path);
            let Sampled { outcome: Ok(()), steps, .. } = sample_paths(both, [branch_i, branch_j], wanted) else {
                continue;
            };
            two.iter_mut().for_each(|path| path.steps_left -= steps.min(path.steps_left));
            two.iter_mut().for_each(|path| path.prepared = Some((path.solved.1, wanted)));
            for &(which, twin, _) in due.iter().filter(|(which, ..)| [one, other].contains(which)) {
                let of = if which == one { i } else { j };
                // No path is its own twin.
                let Ok([path, twin]) = paths.get_disjoint_mut([of, twin]) else { continue };
                twin.make_room(twin.solved.1 + wanted + 1);
                twin.z[twin.solved.1 + 1..][..wanted].copy_from_slice(&path.z[path.solved.1 + 1..][..wanted]);
                twin.prepared = Some((twin.solved.1, wanted));
            }
        }
    }

    /// Begins at `z_0` in period `k_0`, moving by `motion` from there.
    ///
    /// # Errors
    /// [`Failure`] where the solver cannot locate the moment at which z meets 1.
    pub fn start(&mut self, motion: Motion, k_0: usize, z_0: f64) -> Result<(), Failure> {
        (self.motion, self.k_0, self.z_0) = (motion, k_0, z_0);
        (self.known, self.failure, self.solved, self.prepared) = (0, None, (z_0, 0), None);
        let closed = |branch: Branch| self.solver.method == Method::Exact || branch.catch_up.is_none();
        let piece = |branch: Branch, z: f64, since: f64| {
            if closed(branch) { Piece::Closed(branch.leg(z), since) } else { Piece::Solved(branch) }
        };
        let branch = motion.branch(motion.side(z_0));
        let runs_away = motion.catch_up.is_some_and(|catch_up| catch_up.form.runs_away());
        self.blow_up = if runs_away { branch.blow_up_after(ln(z_0)) } else { None };
        self.parity =
            parity_after(&motion, self.solver, z_0).map_err(|failure| Failure { period: k_0 as f64, ..failure })?;
        let then = self
            .parity
            .filter(|_| motion.turns_at_parity())
            .map(|meets| (first_period(meets, self.period), piece(motion.branch(motion.side(1.0)), 1.0, meets)));
        self.pieces = (piece(branch, z_0, 0.0), then.filter(|(from, _)| *from <= self.k_end - k_0));
        Ok(())
    }

    /// z at period `k` ≥ k_0; the run will not change its course before `until`.
    ///
    /// # Errors
    /// [`Failure`] if the path ends before t_k.
    pub fn z(&mut self, k: usize, until: usize) -> Result<f64, Failure> {
        self.reach(k, until);
        if k - self.k_0 < self.known {
            return Ok(self.z[k - self.k_0]);
        }
        Err(self.failure.unwrap_or(Failure { period: k as f64, reason: Reason::NotFinite }))
    }

    /// How many dates from period `k` on [`Path::dates`] knows; at least `k` itself unless the path ends before. The run
    /// will not change its course before `until`.
    #[inline(always)]
    pub fn ahead(&mut self, k: usize, until: usize) -> usize {
        self.reach(k, until);
        (self.known + self.k_0).saturating_sub(k)
    }

    /// z at periods `k`, k + 1, …, after [`Path::ahead`], which says how many of them mean something; there is room
    /// behind them, so that a whole column can be read.
    #[inline(always)]
    pub fn dates(&self, k: usize) -> &[f64] {
        &self.z[(k - self.k_0).min(self.known)..]
    }

    #[inline(always)]
    fn reach(&mut self, k: usize, until: usize) {
        while k - self.k_0 >= self.known && self.failure.is_none() {
            self.extend(until);
        }
    }

    /// The end of the next block of dates, in periods after k_0.
    #[inline(always)]
    fn end_of_block(&self, until: usize) -> usize {
        let last = self.k_end - self.k_0;
        let block = self.known.max(FIRST_BLOCK);
        (self.known + block).min(until.max(self.k_0 + self.known) - self.k_0 + 1).min(last + 1)
    }

    #[inline(always)]
    fn make_room(&mut self, end: usize) {
        if self.z.len() < end + PADDING {
            self.z.resize(end + PADDING, 1.0);
        }
    }

    /// Makes the next block of dates known.
    #[inline(always)]
    fn extend(&mut self, until: usize) {
        let end = self.end_of_block(until);
        self.make_room(end);
        let (first, then) = self.pieces;
        let split = then.map_or(end, |(from, _)| from.clamp(self.known, end));
        let mut found = self.known;
        if found < split {
            found = self.fill(first, found, split);
        }
        if let Some((from, piece)) = then
            && found == split
            && split < end
        {
            if let Piece::Solved(branch) = piece
                && self.solved.1 < from
            {
                self.enter(branch, from);
            }
            if self.failure.is_none() {
                found = self.fill(piece, split, end);
            }
        }
        let fine = |z: &f64| *z > 0.0 && *z < f64::INFINITY;
        let new = &self.z[self.known..found];
        // z rises or falls all along a piece: where its ends are fine, so is what lies between.
        let first_piece = &new[..split.min(found) - self.known];
        let ends = [new.first(), first_piece.last(), new.last()];
        let good = if ends.into_iter().flatten().all(fine) {
            new.len()
        } else {
            let good = new.iter().take_while(|z| fine(z)).count();
            self.failure = self.failure.or(Some(self.not_finite(self.known + good)));
            good
        };
        let good = match self.blow_up {
            Some(years) => self.before_blow_up(years, good),
            None => good,
        };
        self.known += good;
        debug_assert!(self.known == end || self.failure.is_some());
    }

    /// Writes z at dates `from`..`to` (periods after k_0) by one piece; returns up to where it could.
    #[inline(always)]
    fn fill(&mut self, piece: Piece, from: usize, to: usize) -> usize {
        match piece {
            Piece::Closed(leg, since) => {
                let dates = (to - from).next_multiple_of(8);
                let first = from as f64 * self.period - since;
                leg.fill(first, self.period, &mut self.z[from..from + dates]);
                to
            }
            Piece::Solved(branch) => self.solve(branch, from, to),
        }
    }

    fn not_finite(&self, index: usize) -> Failure {
        Failure { period: (self.k_0 + index) as f64, reason: Reason::NotFinite }
    }

    /// How many of the `good` dates just found come before z passes every bound, so many `years` after the start. Rounding,
    /// or a solver's error, may have let one slip.
    #[inline(never)]
    fn before_blow_up(&mut self, years: f64, good: usize) -> usize {
        let after = years / self.period;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a saturating cast of a number ≥ 0"
        )]
        let first_lost = (after - DATE_TOLERANCE).ceil().max(0.0) as usize;
        // A solver that stalls, or numbers that end, on the way there are the same thing seen earlier.
        let lost = self.failure.is_some_and(|failure| failure.reason != Reason::StepLimit);
        if lost || self.known + good > first_lost {
            self.failure = Some(Failure { period: self.k_0 as f64 + after, reason: Reason::BlowUp });
        }
        good.min(first_lost.saturating_sub(self.known))
    }

    /// Years after the start at which z meets 1 in finite time, from either side; beyond the run's end, too. `None` where it
    /// never does, or only in the limit.
    pub fn parity_after(&self) -> Option<f64> {
        self.parity
    }

    /// The first period by whose date z has met 1 in finite time.
    pub fn parity_period(&self) -> Option<usize> {
        let after = self.parity? / self.period;
        let k = self.k_0 as f64 + (after - DATE_TOLERANCE).ceil().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ k ≤ k_end, checked")]
        (k <= self.k_end as f64).then_some(k as usize)
    }

    /// z at its start, and how many periods period `k` lies after it.
    pub fn since_start(&self, k: usize) -> (f64, usize) {
        (self.z_0, k - self.k_0)
    }

    /// The motion that this path follows.
    pub fn motion(&self) -> &Motion {
        &self.motion
    }

    /// The solver takes over at the first t_k after z met 1, `from` periods after the start.
    #[inline(never)]
    fn enter(&mut self, branch: Branch, from: usize) {
        let met = self.parity.unwrap_or(0.0) / self.period;
        let ahead = from as f64 - met;
        let ln_z = if ahead > 0.0 {
            arrive(&Forward { branch, period: self.period }, ahead, 0.0, self.tolerances())
        } else {
            Ok(0.0)
        };
        match ln_z {
            Ok(ln_z) => self.solved = (exp(ln_z), from),
            Err(stop) => self.failure = Some(self.failure(met, stop)),
        }
    }

    /// Integrates to `to` in one go and writes z at dates `from`..`to`; returns up to where it could.
    #[inline(never)]
    fn solve(&mut self, branch: Branch, from: usize, to: usize) -> usize {
        let (z, at) = self.solved;
        if from == at {
            self.z[from] = z;
        }
        let wanted = to - 1 - at;
        let sampled = if self.prepared.take() == Some((at, wanted)) {
            Sampled { found: wanted, steps: 0, outcome: Ok(()) }
        } else {
            sample_paths([self], [branch], wanted)
        };
        let Sampled { found, steps, outcome } = sampled;
        self.steps_left -= steps.min(self.steps_left);
        let fine = |z: &f64| *z > 0.0 && *z < Z_MAX;
        let dates = &self.z[at + 1..];
        let good = dates[..found].iter().position(|z| !fine(z)).unwrap_or(found);
        self.solved = (self.z[at + good], at + good);
        if good < wanted {
            self.failure = Some(match outcome {
                Err(stop) if good == found => self.failure(at as f64, stop),
                _ => Failure { period: (self.k_0 + at + good + 1) as f64, reason: Reason::NotFinite },
            });
        }
        (at + good + 1).min(to)
    }

    /// Where the solver is to go on to make period `k` known: periods after k_0 at which it starts, how many it is to find,
    /// and by what equation. `None` where nothing is to be found, or not by the solver alone.
    fn due(&self, k: usize, until: usize) -> Option<(usize, usize, Branch)> {
        if k - self.k_0 < self.known || self.failure.is_some() {
            return None;
        }
        let (end, at) = (self.end_of_block(until), self.solved.1);
        let branch = match self.pieces {
            (_, Some((then, Piece::Solved(branch)))) if at >= then => branch,
            (Piece::Solved(branch), None) => branch,
            (Piece::Solved(branch), Some((then, _))) if end <= then => branch,
            _ => return None,
        };
        (end > at + 1).then(|| (at, end - 1 - at, branch))
    }

    /// On ln z: relative, absolute.
    fn tolerances(&self) -> [f64; 2] {
        [self.solver.rtol, self.solver.atol]
    }

    fn failure(&self, from: f64, stop: Stop) -> Failure {
        Failure { period: self.k_0 as f64 + from + stop.after, reason: stop.reason }
    }
}

/// Integrates paths of one form over the `wanted` dates after those that the solver has reached, and writes z there.
#[inline(always)]
fn sample_paths<const N: usize>(paths: [&mut Path; N], branches: [Branch; N], wanted: usize) -> Sampled {
    let z = paths.each_ref().map(|path| path.solved.0);
    let ([relative, absolute], period) = (paths[0].tolerances(), paths[0].period);
    let limit = paths.iter().map(|path| path.steps_left).fold(STEP_LIMIT, u32::min);
    let mut dates = paths.map(|path| &mut path.z[path.solved.1 + 1..]);
    if branches[0].quadratic().is_some() {
        let flows = branches.map(|branch| Quadratic(branch.quadratic().unwrap_or([f64::NAN; 3]).map(|of| of * period)));
        // Relative to z, as on its logarithm.
        sample(flows.each_ref(), z, [relative + absolute, 0.0], limit, wanted, &mut dates, |z| z)
    } else {
        let flows = branches.map(|branch| Forward { branch, period });
        sample(flows.each_ref(), z.map(ln), [relative, absolute], limit, wanted, &mut dates, Col::exponential)
    }
}

/// The first k whose date kΔ is at least `years`.
fn first_period(years: f64, period: f64) -> usize {
    let near = (years / period).ceil().max(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a saturating cast of a number ≥ 0")]
    let k = near as usize;
    match k {
        // The quotient is right to one period.
        k if k > 0 && (k - 1) as f64 * period >= years => k - 1,
        k if (k as f64 * period) < years => k.saturating_add(1),
        k => k,
    }
}

/// dz/dτ = a + z (b + c z), τ in periods.
struct Quadratic([f64; 3]);

impl Rate for Quadratic {
    #[inline(always)]
    fn rate(&self, _: f64, z: f64) -> f64 {
        let [a, b, c] = self.0;
        a + z * (b + c * z)
    }
}

impl Flow for Quadratic {
    #[inline(always)]
    fn slope(&self, z: f64) -> f64 {
        let [_, b, c] = self.0;
        b + 2.0 * c * z
    }
}
