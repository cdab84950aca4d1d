//! The paper's conditions under which a cluster is an equilibrium, as curves in the plane: (4) today and (8) in the long run.

use super::plane::Plane;
use super::side::Side;
use super::trace::Curve;
use crate::control::Stopped;
use crate::model::catch_up::Form;
use crate::model::policy::{Promote, Trade};
use crate::model::problem::Problem;
use crate::model::trade::TIE;
use crate::names;
use crate::scenario::Scenario;

names! {
    /// A condition of the paper on a cluster.
    pub enum Condition {
        Today = "(4)": "a cluster is an equilibrium today",
        LongRun = "(8)": "a cluster is an equilibrium in the long run",
    }
}

/// Where a condition on the cluster of a sector begins to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontier {
    /// The condition.
    pub condition: Condition,
    /// The sector of the cluster.
    pub sector: usize,
    /// Lines from point to point, as shares of the sides; of a closed one the last point is the first.
    pub lines: Vec<Vec<[f64; 2]>>,
}

impl Condition {
    /// Whether it holds for the cluster of sector `i`; `None` where the paper's formula says nothing: with R unclustered
    /// somewhere, a build-up time, closed trade, parameters that change, or a gap in technology without a limit.
    pub fn holds(self, problem: &Problem, i: usize) -> Option<bool> {
        let [epoch] = &problem.epochs[..] else { return None };
        let (params, n) = (&epoch.params, problem.sectors.len());
        let open = problem.trade == Trade::Open && problem.policies.iter().all(|policy| policy.trade.is_none());
        let plain = |k: usize| params.sectors[k].cluster_R && params.sectors[k].catch_up.form != Form::Literal;
        if !open || params.tau > 0.0 || !(0..n).all(plain) {
            return None;
        }
        let z = |k: usize| {
            let z = problem.Z_P[k] / problem.Z_R[k];
            match self {
                Self::Today => z,
                Self::LongRun => params.sectors[k].motion(k == i, Trade::Open).limit(z),
            }
        };
        if (0..n).any(|k| z(k) <= 0.0 || z(k).is_infinite()) {
            return None;
        }
        let outside = (0..n).map(|k| z(k) * params.sectors[k].earnings()).fold(0.0, f64::max);
        let own = params.sectors[i].lambda * z(i) * params.sectors[i].earnings();
        Some(own + outside * TIE >= outside)
    }
}

/// The frontiers of the clusters that the scenario is about: those that a policy promotes or that stand at the start; all
/// of them where there are none, or where a rule says which is promoted.
pub(super) fn frontiers(scenario: &Scenario, sides: &[Side; 2], squares: u32) -> Vec<Frontier> {
    let problem = &scenario.problem;
    let promoted =
        problem.policies.iter().filter_map(|policy| policy.promote.as_ref()).flat_map(|promote| match promote {
            Promote::Sector(i) => *i..*i + 1,
            Promote::ByRule(_) => 0..problem.sectors.len(),
        });
    let mut sectors: Vec<usize> = promoted.chain(problem.start).collect();
    if sectors.is_empty() {
        sectors.extend(0..problem.sectors.len());
    }
    sectors.sort_unstable();
    sectors.dedup();
    let mut binder = scenario.binder(&sides.each_ref().map(|side| side.key.clone()));
    let mut found = Vec::new();
    for sector in sectors {
        for condition in Condition::ALL {
            let mut holds = |[x, y]: &[f64; 2]| {
                let (problem, _) = binder.bind(&[sides[0].at(*x), sides[1].at(*y)]).ok()?;
                condition.holds(problem, sector)
            };
            let ask = |points: &[[f64; 2]]| Ok::<_, Stopped>(points.iter().map(&mut holds).collect());
            let Ok(plane) = Plane::new(squares, Ord::cmp, ask) else { continue };
            let known = |answer: usize| plane.answers[answer].is_some();
            let lines: Vec<Vec<[f64; 2]>> =
                plane.curves.iter().filter(|curve| known(curve.left) && known(curve.right)).map(Curve::line).collect();
            if !lines.is_empty() {
                found.push(Frontier { condition, sector, lines });
            }
        }
    }
    found
}
