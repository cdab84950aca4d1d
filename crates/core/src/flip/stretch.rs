//! A cluster that stands on its own for a time and not for good.

use super::Flips;
use crate::control::{Control, Stopped};
use crate::measure::Outcome;
use crate::model::trade::Regime;
use crate::probe::{Condition, Test};
use crate::scenario::Scenario;
use crate::simulate::simulate;
use crate::trajectory::Trajectory;

/// The time for which a promoted cluster stands without a subsidy, and not for good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Place of the key along which it was found among those asked.
    pub key: usize,
    /// The key's value there.
    pub value: f64,
    /// The first year in which no subsidy is paid.
    pub from: f64,
    /// The last.
    pub until: f64,
    /// Whether it is subsidised again from then on, and does not collapse.
    pub subsidised_again: bool,
}

impl Stretch {
    /// The longest along the keys, where a cluster that is to be self-sustaining never is.
    pub(super) fn longest(
        scenario: &Scenario,
        condition: &Condition,
        keys: &[Flips],
        control: &Control,
    ) -> Result<Option<Self>, Stopped> {
        if condition.test != Test::Outcome(Outcome::SelfSustaining) {
            return Ok(None);
        }
        let mut longest: Option<Self> = None;
        for (key, flips) in keys.iter().enumerate() {
            let mut binder = scenario.binder(std::slice::from_ref(&flips.axis.key));
            for seen in &flips.found.looks {
                let Ok((problem, solver)) = binder.bind(&[seen.value]) else { continue };
                let trajectory = simulate(problem, solver, control)?;
                let Some(promoted) = trajectory.measures.promoted else { continue };
                let Some(found) = alone(&trajectory, promoted) else { continue };
                let found = Self { key, value: seen.value, ..found };
                if longest.is_none_or(|longest| found.until - found.from > longest.until - longest.from) {
                    longest = Some(found);
                }
            }
        }
        Ok(longest)
    }
}

/// The longest run of rows in which a cluster stands without a subsidy after rows in which it was paid one, or the end of
/// which the rows show.
fn alone(trajectory: &Trajectory, promoted: usize) -> Option<Stretch> {
    let rows = &trajectory.rows;
    let stands = |k: usize| rows[k].regime == Regime::Cluster(promoted) && rows[k].subsidy == 0.0;
    let year = |k: usize| trajectory.grid.start + trajectory.grid.t(k);
    let mut longest: Option<(usize, usize)> = None;
    let mut first = None;
    for k in 0..rows.len() {
        match (stands(k), first) {
            (true, None) => first = Some(k),
            (false, Some(from)) => {
                if longest.is_none_or(|(a, b)| k - from > b - a) {
                    longest = Some((from, k));
                }
                first = None;
            }
            _ => {}
        }
    }
    longest.map(|(from, after)| Stretch {
        key: 0,
        value: 0.0,
        from: year(from),
        until: year(after - 1),
        subsidised_again: rows[after].regime == Regime::Cluster(promoted),
    })
}
