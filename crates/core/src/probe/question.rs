//! What can be asked of a run, and the answers.

use crate::compare::Gain;
use crate::measure::{Direction, Measure, Outcome, Verdict};
use crate::model::trade::{Regime, RegimeKind};
use crate::names;

names! {
    /// What is asked of a run that no number answers.
    pub enum Which {
        Verdict = "verdict": "Where P ends up",
        Direction = "direction": "Which way the gap goes, from the first row to the long run",
        Outcome = "outcome": "What became of the sector promoted last",
        LongRunRegime = "long_run_regime": "The regime that holds in the end, and its sector",
        Best = "best": "Which cluster is worth most",
        Rank = "rank": "How all clusters, and none, rank by what they are worth",
    }
}

/// What is asked of a run.
///
/// `best` and `rank` compare the runs of `catchup compare --each-cluster`: no promotion, and in turn a cluster in each sector,
/// promoted when, how and at whose cost the scenario promotes one: as the last-listed policy that does, or from t = 0 for
/// ever, sustained, where none does. They rank by equivalent variation over the run without promotion, or where present
/// values do not converge by the long-run gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// One of a few answers.
    Which(Which),
    /// A number.
    Number(Number),
}

/// A number that a run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// A measure, a difference from the run without promotions included.
    Measure(Measure),
    /// A gain over the run without promotions that asks for the rows of both.
    Gain(Gain),
}

/// Which runs an answer needs, each with all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// The scenario's own.
    Run,
    /// That without promotions, too.
    Baseline,
    /// Both with their rows.
    Rows,
    /// No promotion, and a cluster in each sector.
    EachCluster,
}

impl Number {
    /// Every number.
    pub fn all() -> impl Iterator<Item = Self> {
        Measure::ALL.into_iter().map(Self::Measure).chain(Gain::ALL.into_iter().map(Self::Gain))
    }

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Measure(measure) => measure.name(),
            Self::Gain(gain) => gain.name(),
        }
    }

    /// Its unit, "1" for ratios and counts.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Measure(measure) => measure.about().unit,
            Self::Gain(gain) => gain.unit(),
        }
    }

    /// In a sentence.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Measure(measure) => measure.about().phrase,
            Self::Gain(Gain::BenefitCost) => "benefit-cost ratio",
            Self::Gain(Gain::BreakEvenRate) => "break-even rate",
            Self::Gain(Gain::PassesBaselineYear) => "year from which real income exceeds the baseline's",
        }
    }
}

impl Question {
    /// Every question.
    pub fn all() -> impl Iterator<Item = Self> {
        Which::ALL.into_iter().map(Self::Which).chain(Number::all().map(Self::Number))
    }

    /// The question of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|question| question.name() == name)
    }

    /// Its name: that of a column in tables, where there is one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Which(which) => which.name(),
            Self::Number(number) => number.name(),
        }
    }

    /// What it needs to be answered.
    pub fn needs(self) -> Needs {
        match self {
            Self::Which(Which::Best | Which::Rank) => Needs::EachCluster,
            Self::Which(_) => Needs::Run,
            Self::Number(Number::Measure(measure)) if measure.about().difference.is_some() => Needs::Baseline,
            Self::Number(Number::Measure(_)) => Needs::Run,
            Self::Number(Number::Gain(_)) => Needs::Rows,
        }
    }
}

/// What a scenario answers at some values of its keys. Two answers to the same question are told apart by `==`.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// There is no such scenario: a value is out of its range, or does not go with others.
    NoScenario,
    /// A run that it takes does not reach its horizon.
    Failed,
    /// There is nothing to tell: no cluster was promoted, or the run has no such number.
    Nothing,
    /// Where P ends up.
    Verdict(Verdict),
    /// Which way the gap goes.
    Direction(Direction),
    /// What became of the sector promoted last.
    Outcome(Outcome),
    /// The regime that holds in the end, with its sector.
    Regime(Regime),
    /// The sector whose cluster is worth most; of several worth the same, the first.
    Best(usize),
    /// The rank of a cluster in each sector, then that of no promotion; 1 is best, and what is worth the same shares a rank.
    Rank(Vec<usize>),
    /// A number; infinite where it has no bound.
    Number(f64),
}

impl Answer {
    /// The answer as it stands in files, the sectors called as there: `self-sustaining`, `cluster:textiles`,
    /// `textiles > none = steel`. Empty where there is nothing to tell.
    pub fn spelling(&self, sectors: &[String]) -> String {
        let sector = |i: usize| sectors.get(i).map_or("", String::as_str);
        match self {
            Self::NoScenario => "no-scenario".to_owned(),
            Self::Failed => "failed".to_owned(),
            Self::Nothing => String::new(),
            Self::Verdict(verdict) => verdict.name().to_owned(),
            Self::Direction(direction) => direction.name().to_owned(),
            Self::Outcome(outcome) => outcome.name().to_owned(),
            Self::Regime(regime) => match regime.sector() {
                Some(i) => format!("{}:{}", regime.kind().name(), sector(i)),
                None => regime.kind().name().to_owned(),
            },
            Self::Best(i) => sector(*i).to_owned(),
            Self::Rank(ranks) => ranked(ranks, |i| if i == sectors.len() { "none" } else { sector(i) }),
            Self::Number(number) => format!("{number}"),
        }
    }
}

/// Names from best to worst.
fn ranked<'a>(ranks: &[usize], name: impl Fn(usize) -> &'a str) -> String {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by_key(|&i| ranks[i]);
    let mut text = String::new();
    for (place, &i) in order.iter().enumerate() {
        if place > 0 {
            text += if ranks[order[place - 1]] == ranks[i] { " = " } else { " > " };
        }
        text += name(i);
    }
    text
}

/// A regime that a condition names: of any sector, or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Its kind.
    pub kind: RegimeKind,
    /// Its sector; `None` for any.
    pub sector: Option<usize>,
}

impl Wanted {
    /// Whether a regime is one of these.
    pub fn is(self, regime: Regime) -> bool {
        regime.kind() == self.kind && (self.sector.is_none() || regime.sector() == self.sector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_all_questions_apart() {
        for question in Question::all() {
            assert_eq!(Question::from_name(question.name()), Some(question), "{question:?}");
        }
        assert_eq!(Question::from_name("gap"), None);
    }

    #[test]
    fn ranks_are_spelt_from_best_to_worst_with_ties() {
        let sectors = ["a".to_owned(), "b".to_owned()];
        assert_eq!(Answer::Rank(vec![3, 1, 1]).spelling(&sectors), "b = none > a");
        assert_eq!(Answer::Regime(Regime::Cluster(1)).spelling(&sectors), "cluster:b");
        assert_eq!(Answer::Regime(Regime::Diversified).spelling(&sectors), "diversified");
    }
}
