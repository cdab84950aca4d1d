//! The fast way from a draw to its problem: where each varied number goes in a problem that stands already.
//!
//! A [`Template`] is the problem of some draw, built by the long way, with a list of the places that each varied number
//! reaches: every epoch but those after a shock that sets the key itself. Patching them is all that another draw needs,
//! as long as nothing else depends on the numbers; where that is not certain, [`Template::patch`] says so and the
//! long way decides.

use super::catalogue::{Kind, kind};
use crate::integrate::Solver;
use crate::model::catch_up::{CatchUp, Pace};
use crate::model::params::{Params, Sector};
use crate::model::policy::{Policy, Promote};
use crate::model::problem::{Epoch, Problem};
use crate::model::range::Range;
use crate::model::rule::Belief;
use crate::scenario::key::{Goes, Key, SHARES, Section, is_share};
use crate::scenario::keys::{self, Keys, Setting};

/// Levels between this and its inverse never come near what a double holds: five logs of it, and [`LEARNING`].
const LEVEL: f64 = 1e-30;
/// The most growth of ln Z along a path that is certain to be fine.
const LEARNING: f64 = 300.0;

/// Where one varied number goes.
#[derive(Debug, Clone, Copy)]
enum Wire {
    /// A parameter of a sector in an epoch.
    Sector(usize, usize, fn(&mut Sector) -> &mut f64),
    /// A parameter of catch-up of a sector in an epoch.
    CatchUp(usize, usize, fn(&mut CatchUp) -> &mut f64),
    /// A parameter of all sectors in an epoch.
    Params(usize, fn(&mut Params) -> &mut f64),
    /// What is given of the speed of catch-up in an epoch: β of every sector follows.
    Pace(usize),
    /// A level at t = 0 in a sector.
    Start(usize, fn(&mut Problem) -> &mut Vec<f64>),
    /// A date of a policy.
    Policy(usize, fn(&mut Policy) -> &mut f64),
    /// What the rule of a policy believes of a sector.
    Belief(usize, usize, fn(&mut Belief) -> &mut f64),
    /// A number of the problem.
    Problem(fn(&mut Problem) -> &mut f64),
    /// A number of the solver.
    Solver(fn(&mut Solver) -> &mut f64),
}

/// What keeps the other numbers of a scenario as they are, of one varied key.
#[derive(Debug, Clone, Copy)]
struct Guard {
    slot: usize,
    range: Range,
    /// Beyond these the range of floating-point numbers must be looked at.
    low: f64,
    high: f64,
}

/// A problem that draws are written into.
#[derive(Debug, Clone)]
pub struct Template {
    pub problem: Problem,
    pub solver: Solver,
    guards: Vec<Guard>,
    wires: Vec<(usize, Wire)>,
    /// Policies whose dates vary.
    dated: Vec<usize>,
    /// Whether expenditure shares vary: they must sum to 1.
    shares: bool,
    /// What is given of the speed of catch-up, by epoch, where it is not β.
    given: Vec<f64>,
    /// How it is given.
    pace: Pace,
}

/// Whether a number of this key can be patched into a problem. The others change what else there is.
pub fn patchable(key: &str) -> bool {
    keys::find(key).is_some_and(|known| match known.goes {
        Goes::Anew => false,
        // What a shock sets is no number of its own.
        _ => !key.starts_with(Section::Shock.name()),
    })
}

/// Whether the merged scenario has this parameter of catch-up.
fn in_use(keys: &Keys, parameter: &str) -> bool {
    match Pace::from_name(parameter) {
        Some(pace) => keys.catch_up.given(pace).is_some(),
        None => keys.catch_up.shape.contains_key(parameter),
    }
}

impl Template {
    /// The template that the problem of one draw makes; `None` where something in it asks for the long way.
    pub fn new(keys: &Keys, problem: Problem, solver: Solver, varied: &[&str]) -> Option<Self> {
        let pace = keys.catch_up.pace().map_or(Pace::Beta, |(pace, _)| pace);
        let implied = pace != Pace::Beta;
        let at_once = problem.epochs[0].shocks.iter().any(|shock| !shock.is_empty());
        // What was given before a shock at t = 0 is checked, but is no part of the problem.
        if implied && at_once {
            return None;
        }
        let horizon = problem.grid.t(problem.grid.periods);
        let mut template = Self {
            problem,
            solver,
            guards: Vec::new(),
            wires: Vec::new(),
            dated: Vec::new(),
            shares: varied.iter().any(|path| is_share(path)),
            given: Vec::new(),
            pace,
        };
        for (slot, path) in varied.iter().enumerate().filter(|(_, path)| patchable(path)) {
            let (key, which) = keys::locate(path)?;
            let Kind::Number(range) = kind(path)? else { return None };
            let (low, high) = match key.goes {
                Goes::Sector(_) | Goes::Start(_) | Goes::Belief(_) => (LEVEL, 1.0 / LEVEL),
                Goes::Learning => (0.0, LEARNING / horizon),
                _ => (f64::NEG_INFINITY, f64::INFINITY),
            };
            template.guards.push(Guard { slot, range, low, high });
            template.wire(slot, path, key, which, keys)?;
        }
        if implied {
            template.given = (0..template.problem.epochs.len()).map(|epoch| template.given_in(keys, epoch)).collect();
        }
        template.dated.sort_unstable();
        template.dated.dedup();
        template.is_plain(horizon).then_some(template)
    }

    /// What shocks in force in an epoch say of `key`, the last one's word; or what its series does.
    fn shocked(&self, keys: &Keys, epoch: usize, key: &str) -> Option<Setting> {
        let k = self.problem.epochs[epoch].k;
        if let Some(series) = keys.series.get(key) {
            let value = series.at(k, &self.problem.grid)?;
            return Some(if series.flags { Setting::Flag(value != 0.0) } else { Setting::Number(value) });
        }
        let due = |at: f64| Some(self.problem.grid.first_period(at)).filter(|&due| due <= k);
        let settings = keys
            .shock
            .iter()
            .enumerate()
            .filter_map(|(index, shock)| Some((due(shock.at)?, shock.at, index, *shock.set.get(key)?)));
        settings.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))).map(|found| found.3)
    }

    fn given_in(&self, keys: &Keys, epoch: usize) -> f64 {
        match self.shocked(keys, epoch, &format!("catch_up.{}", self.pace.name())) {
            Some(Setting::Number(given)) => given,
            _ => keys.catch_up.given(self.pace).unwrap_or(f64::NAN),
        }
    }

    /// Lays the wires of one varied key, `which` being the sector or the index that its path names.
    fn wire(&mut self, slot: usize, path: &str, key: &Key, which: Option<&str>, keys: &Keys) -> Option<()> {
        let reached: Vec<usize> =
            (0..self.problem.epochs.len()).filter(|&epoch| self.shocked(keys, epoch, path).is_none()).collect();
        let n = self.problem.sectors.len();
        let sector = || keys.sector.get_index_of(which?);
        let mut wires: Vec<Wire> = Vec::new();
        match key.goes {
            Goes::Anew => return None,
            Goes::Sector(field) => {
                let i = sector()?;
                wires.extend(reached.iter().map(|&epoch| Wire::Sector(epoch, i, field)));
            }
            Goes::Learning => {
                let only = if which.is_some() { Some(sector()?) } else { None };
                for &epoch in &reached {
                    let own = |i: usize| {
                        let (name, sector) = keys.sector.get_index(i).expect("as many as the problem's");
                        sector.x.is_some() || self.shocked(keys, epoch, &format!("sector.{name}.x")).is_some()
                    };
                    let follows = |i: &usize| only.map_or_else(|| !own(*i), |only| only == *i);
                    wires.extend((0..n).filter(follows).map(|i| Wire::Sector(epoch, i, |sector| &mut sector.x)));
                }
            }
            // A later key of the draw, the form or another way of giving the speed, has dropped it.
            Goes::CatchUp(_) | Goes::Pace if !in_use(keys, key.name) => {}
            Goes::Pace => wires.extend(reached.iter().map(|&epoch| Wire::Pace(epoch))),
            Goes::CatchUp(field) => {
                wires.extend(reached.iter().flat_map(|&epoch| (0..n).map(move |i| Wire::CatchUp(epoch, i, field))));
            }
            Goes::Params(field) => wires.extend(reached.iter().map(|&epoch| Wire::Params(epoch, field))),
            Goes::Start(field) => wires.push(Wire::Start(sector()?, field)),
            Goes::Policy(field) => {
                let index = which?.parse().ok().filter(|index| *index < keys.policy.len())?;
                self.dated.push(index);
                wires.push(Wire::Policy(index, field));
            }
            Goes::Belief(field) => {
                let index: usize = which?.parse().ok()?;
                let i = keys.sector.get_index_of(path.rsplit('.').nth(1)?)?;
                // Where no rule holds the belief, it has no place.
                if keys.perceives(path) == Some(true) {
                    wires.push(Wire::Belief(index, i, field));
                }
            }
            Goes::Problem(field) => wires.push(Wire::Problem(field)),
            Goes::Solver(field) => wires.push(Wire::Solver(field)),
        }
        self.wires.extend(wires.into_iter().map(|wire| (slot, wire)));
        Some(())
    }

    /// Whether all levels are far from the ends of what a double holds.
    fn is_plain(&self, horizon: f64) -> bool {
        let level = |value: f64| (LEVEL..=1.0 / LEVEL).contains(&value);
        let sector = |s: &Sector| level(s.y_R) && level(s.y_P) && level(s.lambda) && s.x * horizon <= LEARNING;
        let starts = self.problem.Z_R.iter().chain(&self.problem.Z_P);
        starts.copied().all(level) && self.problem.epochs.iter().all(|epoch| epoch.params.sectors.iter().all(sector))
    }

    /// Whether a draw is sure to be valid whatever the other varied keys are, if each stays within `bounds`.
    pub fn holds(&self, bounds: &[(f64, f64)]) -> bool {
        let within = |guard: &Guard| {
            let (low, high) = bounds[guard.slot];
            let fine = |value: f64| guard.range.contains(value);
            fine(low) && fine(high) && low >= guard.low && high <= guard.high
        };
        self.given.is_empty() && self.dated.is_empty() && !self.shares && self.guards.iter().all(within)
    }

    /// Writes a draw's numbers into the problem. `false`: something has to be looked at more closely, and the problem is
    /// not to be used.
    pub fn patch(&mut self, number: impl Fn(usize) -> f64) -> bool {
        for guard in &self.guards {
            let value = number(guard.slot);
            // A value that is no number fails the comparisons.
            if !(value >= guard.low && value <= guard.high && guard.range.contains(value)) {
                return false;
            }
        }
        let problem = &mut self.problem;
        for &(slot, wire) in &self.wires {
            let place = match wire {
                Wire::Sector(epoch, i, field) => field(&mut problem.epochs[epoch].params.sectors[i]),
                Wire::CatchUp(epoch, i, field) => field(&mut problem.epochs[epoch].params.sectors[i].catch_up),
                Wire::Params(epoch, field) => field(&mut problem.epochs[epoch].params),
                Wire::Pace(epoch) => &mut self.given[epoch],
                Wire::Start(i, field) => &mut field(problem)[i],
                Wire::Policy(index, field) => field(&mut problem.policies[index]),
                Wire::Belief(index, i, field) => match &mut problem.policies[index].promote {
                    Some(Promote::ByRule(by)) => field(&mut by.perceived[i]),
                    Some(Promote::Sector(_)) | None => return false,
                },
                Wire::Problem(field) => field(problem),
                Wire::Solver(field) => field(&mut self.solver),
            };
            *place = number(slot);
        }
        let ends = |index: &usize| {
            let policy = &problem.policies[*index];
            policy.until.is_none_or(|until| until > policy.from)
        };
        let sums = |epoch: &Epoch| {
            let total: f64 = epoch.params.sectors.iter().map(|sector| sector.alpha).sum();
            (total - 1.0).abs() <= SHARES
        };
        self.dated.iter().all(ends) && (!self.shares || problem.epochs.iter().all(sums)) && self.imply()
    }

    /// β from what is given in every epoch; `false` where it is none that a sector can have.
    fn imply(&mut self) -> bool {
        let (pace, period) = (self.pace, self.problem.grid.period);
        let follows = |params: &mut Params, given: f64| {
            params.sectors.iter_mut().all(|sector| {
                let CatchUp { form, shape, .. } = sector.catch_up;
                sector.catch_up.beta = pace.beta(form, shape, given, sector.x).unwrap_or(f64::NAN);
                pace.allows(sector.catch_up.beta, sector.x, period)
            })
        };
        self.problem.epochs.iter_mut().zip(&self.given).all(|(epoch, given)| follows(&mut epoch.params, *given))
    }
}
