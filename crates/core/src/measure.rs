//! The measures of a run (`docs/model.md` §5): the same for a run that keeps its rows and for the millions of a sweep that
//! do not.

use crate::math::{exp_m1, ln};
use crate::model::trade::Regime;
use crate::names;
use crate::table::{Column, ColumnType};

/// How near to 1 a gap counts as closed.
const EPSILON: f64 = 0.01;

/// Whether a gap counts as closed: within 1 % of 1.
pub fn near_parity(gap: f64) -> bool {
    (gap - 1.0).abs() <= EPSILON
}

/// Whether a gap is, to a millionth, the last that counts as closed: what turns here turns by the tolerance alone.
pub fn on_tolerance(gap: f64) -> bool {
    ((gap - 1.0).abs() - EPSILON).abs() <= 1e-6
}

names! {
    /// Whether a run reached its horizon.
    pub enum Status {
        Ok = "ok": "The run reached its horizon",
        Failed = "failed": "It did not; its rows up to the failure stand",
    }
}

names! {
    /// Where P ends up. In the order of tables.
    pub enum Verdict {
        FallingBehind = "falling-behind": "The gap grows for ever",
        Ahead = "ahead": "P overtakes R",
        Converged = "converged": "The gap is closed at the horizon and stays closed",
        Converging = "converging": "The gap closes, beyond the horizon",
        PersistentGap = "persistent-gap": "A gap remains for good",
    }
}

impl Verdict {
    /// Every verdict, the worst first: for people.
    pub const RANKED: [Self; 5] =
        [Self::FallingBehind, Self::PersistentGap, Self::Converging, Self::Converged, Self::Ahead];

    /// The verdict on a run that ends with one gap and goes on to another.
    pub fn new(final_gap: f64, long_run_gap: f64) -> Self {
        if long_run_gap == f64::INFINITY {
            Self::FallingBehind
        } else if long_run_gap < 1.0 - EPSILON {
            Self::Ahead
        } else if near_parity(final_gap) && near_parity(long_run_gap) {
            Self::Converged
        } else if near_parity(long_run_gap) {
            Self::Converging
        } else {
            Self::PersistentGap
        }
    }
}

names! {
    /// Which way the gap goes, from the first row to the long run. In the order of tables.
    pub enum Direction {
        Overtaking = "overtaking": "P starts behind and ends ahead",
        Overtaken = "overtaken": "P starts ahead and ends behind",
        Narrowing = "narrowing": "The gap narrows, whoever is behind",
        Widening = "widening": "The gap widens, whoever is behind",
        Steady = "steady": "The gap ends as wide as it began",
    }
}

impl Direction {
    /// What the column of that name holds.
    pub const ABOUT: &'static str = "which way the gap goes, from the first row to the long run";

    /// The direction from an initial gap to a long-run gap.
    pub fn new(initial_gap: f64, long_run_gap: f64) -> Self {
        let (behind, ahead) = (|gap: f64| gap > 1.0 + EPSILON, |gap: f64| gap < 1.0 - EPSILON);
        let wider = ln(long_run_gap).abs() - ln(initial_gap).abs();
        if behind(initial_gap) && ahead(long_run_gap) {
            Self::Overtaking
        } else if ahead(initial_gap) && behind(long_run_gap) {
            Self::Overtaken
        } else if wider < -EPSILON {
            Self::Narrowing
        } else if wider > EPSILON {
            Self::Widening
        } else {
            Self::Steady
        }
    }
}

names! {
    /// What became of the sector promoted last. In the order of tables.
    pub enum Outcome {
        NeverFormed = "never-formed": "Its cluster stood at none of the dates at which it was promoted",
        SelfSustaining = "self-sustaining": "Its cluster holds in the end, without a subsidy",
        Subsidised = "subsidised": "Its cluster holds in the end, with a subsidy for ever",
        Replaced = "replaced": "Another cluster holds in the end",
        Collapsed = "collapsed": "No cluster holds in the end",
    }
}

names! {
    /// A measure of a run: one number for the whole of it. In the order of tables.
    pub enum Measure {
        SettledYear = "settled_year":
            "year of the last change of regime or sector on the whole path, rows and after; empty if there is none",
        InitialGap = "initial_gap": "income gap at t = 0",
        FinalGap = "final_gap": "income gap at the horizon",
        LongRunGap = "long_run_gap":
            "limit of the income gap on the path as it goes on after the last row; empty if it grows without bound",
        HalfLife = "half_life":
            "years from the last change of regime, sector or parameter until half of the remaining change of ln gap is done",
        RegimeChanges = "regime_changes": "rows whose regime or sector differ from the row before",
        Welfare = "welfare": "present value of ln v_P, an integral over the path",
        SubsidyPv = "subsidy_pv": "present value of the subsidy, an integral over the path",
        PeakSubsidyShare = "peak_subsidy_share": "highest subsidy over the rows, as a share of w_P",
        SelfSustainingYear = "self_sustaining_year":
            "first date from which on the cluster that holds in the end stands without a subsidy; empty if none",
        DFinalGap = "d_final_gap": "final gap minus the baseline's of the same draw",
        EquivalentVariation = "equivalent_variation":
            "share by which the baseline's income would have to rise at every moment to be as good",
        NetGainPv = "net_gain_pv": "present value of P's disposable income minus the baseline's",
    }
}

impl Outcome {
    /// Every outcome, the worst first: for people.
    pub const RANKED: [Self; 5] =
        [Self::Collapsed, Self::NeverFormed, Self::Replaced, Self::Subsidised, Self::SelfSustaining];

    /// What the column of that name holds.
    pub const ABOUT: &'static str = "what became of the sector promoted last; empty where none was";
}

/// Which side of zero is the better one, of a difference from a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Below,
    /// More is better.
    Above,
}

/// What is known of a measure besides its name and meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct About {
    /// Type of its values.
    pub kind: ColumnType,
    /// Unit, "1" for ratios and counts.
    pub unit: &'static str,
    /// On axes, with its unit; `_{…}` is a subscript.
    pub title: &'static str,
    /// In a sentence.
    pub phrase: &'static str,
    /// Whether ratios of its values mean something: where they range widely, a scale is logarithmic.
    pub ratio: bool,
    /// The value that parts its values in two: 1, parity, of a gap; 0 of a difference.
    pub pivot: Option<f64>,
    /// Of a difference from the baseline: its better side. `None` for a measure of the run alone.
    pub difference: Option<Better>,
}

impl Measure {
    /// Number of measures.
    pub const COUNT: usize = Self::ALL.len();

    /// What is known of it.
    pub const fn about(self) -> About {
        const fn about(unit: &'static str, title: &'static str, phrase: &'static str) -> About {
            About { kind: ColumnType::Number, unit, title, phrase, ratio: false, pivot: None, difference: None }
        }
        match self {
            Self::SettledYear => {
                about("year", "Year of the last change of regime", "year of the last change of regime")
            }
            Self::InitialGap => {
                About { ratio: true, ..about("1", "Income gap at the start, w_{R} / w_{P}", "income gap at the start") }
            }
            Self::FinalGap => About {
                ratio: true,
                pivot: Some(1.0),
                ..about("1", "Income gap at the horizon, w_{R} / w_{P}", "income gap at the horizon")
            },
            Self::LongRunGap => About {
                ratio: true,
                pivot: Some(1.0),
                ..about("1", "Income gap in the long run, w_{R} / w_{P}", "income gap in the long run")
            },
            Self::HalfLife => {
                About { ratio: true, ..about("years", "Half-life of the distance to the long run, years", "half-life") }
            }
            Self::RegimeChanges => {
                About { kind: ColumnType::Integer, ..about("1", "Changes of regime", "number of changes of regime") }
            }
            Self::Welfare => about("1", "Welfare, present value of ln v_{P}", "welfare"),
            Self::SubsidyPv => about(
                "R-wages per worker",
                "Subsidy, present value, R-wages per worker",
                "present value of the subsidy",
            ),
            Self::PeakSubsidyShare => {
                about("1", "Highest subsidy, share of the wage", "highest subsidy as a share of the wage")
            }
            Self::SelfSustainingYear => about(
                "year",
                "Year from which the cluster stands without a subsidy",
                "year from which the cluster stands without a subsidy",
            ),
            Self::DFinalGap => About {
                pivot: Some(0.0),
                difference: Some(Better::Below),
                ..about(
                    "1",
                    "Income gap at the horizon, minus the baseline’s",
                    "income gap at the horizon minus the baseline’s",
                )
            },
            Self::EquivalentVariation => About {
                pivot: Some(0.0),
                difference: Some(Better::Above),
                ..about("1", "Equivalent variation, share of the baseline’s income", "equivalent variation")
            },
            Self::NetGainPv => About {
                pivot: Some(0.0),
                difference: Some(Better::Above),
                ..about(
                    "R-wages per worker",
                    "Net gain over the baseline, present value, R-wages per worker",
                    "net gain in present value",
                )
            },
        }
    }

    /// Those of a run alone, without the differences from a baseline.
    pub fn of_a_run() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|measure| measure.about().difference.is_none())
    }

    /// Its column in a table in whose rows `value` finds it.
    pub fn column<'c, R: ?Sized>(self, value: impl Fn(&R, usize) -> Option<f64> + Send + Sync + 'c) -> Column<'c, R> {
        let About { kind, unit, .. } = self.about();
        if kind == ColumnType::Integer {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a count")]
            return Column::integer(self.name(), unit, self.meaning(), move |rows: &R, row| {
                value(rows, row).map(|value| value as u64)
            });
        }
        Column::number(self.name(), unit, self.meaning(), value)
    }
}

/// The measures of a run; indexed by [`Measure`]. What has no finite value is `None`; of a run that failed, only what its
/// rows up to the failure give, of a run without a baseline no differences.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// Why the run did not reach its horizon: sector, date, reason.
    pub error: Option<String>,
    /// Where P ends up.
    pub verdict: Option<Verdict>,
    /// Which way the gap goes.
    pub direction: Option<Direction>,
    /// What became of the sector promoted last; `None` where none was.
    pub outcome: Option<Outcome>,
    /// The sector promoted last while trade was open, on the rows or after.
    pub promoted: Option<usize>,
    /// The regime of the last row.
    pub last: Option<Regime>,
    /// The regime that holds in the end.
    pub long_run: Option<Regime>,
    /// The numbers, in the order of [`Measure::ALL`].
    pub numbers: [Option<f64>; Measure::COUNT],
    /// PV(1): what present values weigh all moments with; `None` where that is infinite.
    pub weight: Option<f64>,
    /// PV(m), R-wages per worker of P; `None` where it does not converge.
    pub income: Option<f64>,
    /// λ of the sector in which P ends with a cluster while trade is open, 1 where it ends with none: how strong its
    /// externality is.
    pub externality: f64,
}

impl Measures {
    /// Whether the run reached its horizon.
    pub fn status(&self) -> Status {
        if self.error.is_some() { Status::Failed } else { Status::Ok }
    }
}

impl std::ops::Index<Measure> for Measures {
    type Output = Option<f64>;

    fn index(&self, measure: Measure) -> &Option<f64> {
        &self.numbers[measure as usize]
    }
}

impl std::ops::IndexMut<Measure> for Measures {
    fn index_mut(&mut self, measure: Measure) -> &mut Option<f64> {
        &mut self.numbers[measure as usize]
    }
}

/// The share by which baseline income would have to rise at every moment to be as good: what `welfare` is worth against the
/// welfare of a `baseline` on the same dates, the weight of all moments being `weight`.
pub fn equivalent_variation(welfare: f64, baseline: f64, weight: f64) -> f64 {
    exp_m1((welfare - baseline) / weight)
}

/// What runs are measured against: nothing where the baseline failed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Baseline {
    final_gap: Option<f64>,
    welfare: Option<f64>,
    income: Option<f64>,
    weight: Option<f64>,
}

impl Baseline {
    /// The baseline that has these measures.
    pub fn of(measures: &Measures) -> Self {
        let reached = measures.error.is_none();
        Self {
            final_gap: measures[Measure::FinalGap].filter(|_| reached),
            welfare: measures[Measure::Welfare].filter(|_| reached),
            income: measures.income.filter(|_| reached),
            weight: measures.weight,
        }
    }

    /// Gives a run its differences; one that failed has none.
    pub fn set_against(&self, measures: &mut Measures) {
        if measures.error.is_some() {
            return;
        }
        measures[Measure::DFinalGap] =
            measures[Measure::FinalGap].zip(self.final_gap).map(|(own, baseline)| own - baseline);
        // Present values over other dates, or at another rate, cannot be set against each other.
        measures[Measure::EquivalentVariation] = match (measures[Measure::Welfare], self.welfare) {
            (Some(own), Some(baseline)) if measures.weight == self.weight => {
                self.weight.map(|weight| equivalent_variation(own, baseline, weight))
            }
            _ => None,
        };
        measures[Measure::NetGainPv] = match (measures.income, self.income) {
            (Some(own), Some(baseline)) if measures.weight == self.weight => Some(own - baseline),
            _ => None,
        };
    }
}
