//! The paper's paradox where the runs of a comparison show it: the strength of an externality does not make a cluster the better
//! choice.

use super::{Told, listed};
use crate::compare::{Comparison, ROUNDING};
use crate::math::ln;
use crate::measure::Measure;
use crate::model::long_run::Factors;
use crate::model::params::Sector;
use crate::model::policy::Payer;
use crate::model::trade::{RegimeKind, ties};
use crate::numbers::short;
use crate::summary::Outcome;

/// A run and the sector that it promotes last.
#[derive(Clone, Copy)]
struct Choice<'a> {
    run: usize,
    sector: usize,
    told: &'a Told<'a>,
}

impl<'a> Choice<'a> {
    fn name(&self) -> &'a str {
        &self.told.people().sectors()[self.sector]
    }

    /// The sector in the end.
    fn params(&self) -> Option<&'a Sector> {
        Some(&self.told.scenario.problem.epochs.last()?.params.sectors[self.sector])
    }

    /// Whether its cluster holds in the end, trade being open.
    fn holds(&self) -> bool {
        let held = matches!(self.told.summary.measures.outcome, Some(Outcome::SelfSustaining | Outcome::Subsidised));
        held && self.told.summary.long_run_regime() == Some(RegimeKind::Cluster)
    }

    /// z at t = 0.
    fn first_z(&self) -> f64 {
        let problem = &self.told.scenario.problem;
        problem.Z_P[self.sector] / problem.Z_R[self.sector]
    }

    /// The years in which the benefit of its cluster builds up; 0 where it is mature when it first stands.
    fn build_up(&self, all: &Comparison) -> f64 {
        let (problem, spells) = (&self.told.scenario.problem, &all.members[self.run].trajectory.spells);
        let first = spells.list().iter().position(|spell| spell.clustered(problem, self.sector));
        let new = first.filter(|first| spells.age(*first, self.sector).is_some_and(f64::is_finite));
        new.map_or(0.0, |first| problem.epochs[spells.list()[first].epoch].params.tau)
    }

    /// What it costs P to raise the money that it pays its subsidy with, R-wages per worker of P: what it pays goes from pockets of
    /// P to others. `None` where that has no value, or R pays a part.
    fn funds(&self) -> Option<f64> {
        let summary = self.told.summary;
        match summary.paid_by()[..] {
            [] | [Payer::R] => Some(0.0),
            [Payer::P] => Some((self.told.scenario.problem.cost_of_funds - 1.0) * summary[Measure::SubsidyPv]?),
            _ => None,
        }
    }
}

/// Said of the best run whose cluster holds in the end and of the one whose cluster has the strongest externality, if that one
/// is worth less and it is known why.
pub(super) fn paradox(all: &Comparison, told: &[Told<'_>]) -> Option<String> {
    let chosen = |run: usize| Some(Choice { run, sector: told[run].summary.measures.promoted?, told: &told[run] });
    let choices: Vec<Choice<'_>> = all.ranked().into_iter().filter_map(chosen).collect();
    let good = choices.iter().find(|choice| choice.holds())?;
    let strength = |choice: &Choice<'_>| choice.params().map_or(1.0, |sector| sector.lambda);
    // Of several paths with that cluster the best.
    let strong = choices.iter().rev().max_by(|a, b| strength(a).total_cmp(&strength(b)))?;
    let (best, worse) = (strength(good), strength(strong));
    let closed = strong.told.summary.long_run_regime() == Some(RegimeKind::Closed);
    let worth_less = all.gains[strong.run].rank > all.gains[good.run].rank;
    if worse <= best || ties(worse, best) || !worth_less || closed || !strong.params()?.cluster_R {
        return None;
    }
    let mut reasons = reasons(all, strong, good);
    if reasons.is_empty() {
        return None;
    }
    let rich = &strong.told.people().rich;
    reasons.insert(0, format!("{rich}'s own cluster lowers the price as much as it raises output"));
    Some(format!(
        "A cluster in {} has the stronger externality (λ = {} against {} in {}) and is still the worse choice, since {}.",
        strong.name(),
        short(worse),
        short(best),
        good.name(),
        listed(&reasons),
    ))
}

/// What favours another cluster over one that is worth less: that this one does not last, or else factors of the gap in the end,
/// what its technology begins with, the time it takes, and what raising the money for it costs P.
fn reasons(all: &Comparison, worse: &Choice<'_>, better: &Choice<'_>) -> Vec<String> {
    let told = worse.told;
    let gone = match told.summary.measures.outcome {
        Some(Outcome::NeverFormed) => Some("never forms".to_owned()),
        Some(Outcome::Replaced | Outcome::Collapsed) => Some(told.end_of_cluster()),
        _ => None,
    };
    if let Some(gone) = gone {
        return vec![format!("the cluster {gone}")];
    }
    let mut reasons = Vec::new();
    let factors = told.summary.factors.zip(better.told.summary.factors);
    let worse_by = |factor: fn(&Factors) -> f64| {
        factors
            .map(|(own, other)| [factor(&own), factor(&other)])
            .filter(|[own, other]| ln(*own) - ln(*other) > ROUNDING)
    };
    if let Some([own, other]) = worse_by(|factors| factors.ricardian) {
        let poor = &told.people().poor;
        let [ratio, advantage] = [[own, other], [1.0 / own, 1.0 / other]].map(|pair| pair.map(short));
        reasons.push(match (own > 1.0, other >= 1.0) {
            (true, true) => {
                format!(
                    "{poor} is for good at a greater disadvantage there (y_R/y_P = {} against {})",
                    ratio[0], ratio[1]
                )
            }
            (true, false) => format!(
                "{poor} is for good at a disadvantage there and not in {} (y_R/y_P = {} against {})",
                better.name(),
                ratio[0],
                ratio[1]
            ),
            (false, _) => {
                format!(
                    "{poor}'s lasting advantage is smaller there (y_P/y_R = {} against {})",
                    advantage[0], advantage[1]
                )
            }
        });
    }
    if worse_by(|factors| factors.stat).is_some() {
        let rich = &told.people().rich;
        reasons.push(format!("{rich} has no cluster in {}, whose price is not lowered", better.name()));
    }
    if let Some(pair) = worse_by(|factors| factors.technology) {
        let pair = pair.map(|factor| 1.0 / factor);
        let level = format!("only draws level with {}'s", told.people().rich);
        let stays = match pair {
            [own, _] if ties(own, 1.0) => &level,
            [own, other] if own < 1.0 && other < 1.0 => "stays further behind",
            [own, _] if own < 1.0 => "stays behind",
            _ => "gets less far ahead",
        };
        reasons.push(format!("its technology {stays} {}", against("z", pair)));
    } else if all.is_valued() {
        let pair = [worse, better].map(Choice::first_z);
        if ln(pair[1]) - ln(pair[0]) > ROUNDING {
            let starts = match pair {
                [own, other] if own < 1.0 && other < 1.0 => "starts further behind",
                [own, _] if own < 1.0 => "starts behind",
                _ => "starts less far ahead",
            };
            reasons.push(format!("its technology {starts} {}", against("z", pair)));
        }
    }
    // What passes does not move the long run, by which what has no value is ranked.
    if !all.is_valued() {
        return reasons;
    }
    let years = [worse, better].map(|choice| choice.build_up(all));
    if years[0] > years[1] {
        reasons.push(format!("its benefit takes years to build up {}", against("τ", years)));
    }
    if let (Some(own), Some(other)) = (worse.funds(), better.funds())
        && own > other
    {
        let cost = short(told.scenario.problem.cost_of_funds);
        reasons.push(format!("raising the money that holds it costs {} (μ = {cost})", told.wages(own)));
    }
    reasons
}

fn against(symbol: &str, [own, other]: [f64; 2]) -> String {
    format!("({symbol} = {} against {})", short(own), short(other))
}
