//! The measures of a run (`docs/model.md` §5) that need no rows, only the wage and the subsidy at every date: the
//! same for a run that keeps its rows and for the millions of a sweep that do not.

#![expect(non_snake_case, reason = "the field's symbols: w_P")]

use crate::column::{Col, DATES, Number, Truth};
use crate::math::{exp, ln};
use crate::model::grid::Grid;
use crate::model::trade::Regime;
use crate::names;
use crate::table::{Column, ColumnType};

/// How near to 1 a gap counts as closed.
const EPSILON: f64 = 0.01;

/// Log distance to the long run below which a half-life means nothing.
pub const SETTLED: f64 = 1e-9;

/// Dates at a time.
const LANES: usize = 8;

/// Whether a gap counts as closed: within 1 % of 1.
pub fn near_parity(gap: f64) -> bool {
    (gap - 1.0).abs() <= EPSILON
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
    /// The regime of the last row.
    pub last: Option<Regime>,
    /// The regime that holds in the end.
    pub long_run: Option<Regime>,
    /// The numbers, in the order of [`Measure::ALL`].
    pub numbers: [Option<f64>; Measure::COUNT],
    /// Σ e^(−ρ t_k) Δ, k = 0…N−1: what present values weigh all dates with.
    pub weights: f64,
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

/// Weights of the dates in a present value, and their running sums.
#[derive(Debug, Clone, Default)]
struct Weights {
    of: Option<(f64, Grid)>,
    /// e^(−ρ t_k) Δ for k < N; then zeros to the end of a column.
    weight: Vec<f64>,
    /// Σ_{j<k} weight_j.
    sum: Vec<f64>,
    /// Σ_{j<k} weight_j t_j.
    dated: Vec<f64>,
}

impl Weights {
    fn prepare(&mut self, discount_rate: f64, grid: Grid) {
        if self.of == Some((discount_rate, grid)) {
            return;
        }
        self.of = Some((discount_rate, grid));
        let n = grid.periods;
        self.weight.clear();
        self.weight.extend((0..n).map(|k| exp(-discount_rate * grid.t(k)) * grid.period));
        let running = |term: &dyn Fn(usize) -> f64| {
            let mut sum = 0.0;
            let mut sums = vec![0.0; n + 1];
            for k in 0..n {
                sum += term(k);
                sums[k + 1] = sum;
            }
            sums
        };
        self.sum = running(&|k| self.weight[k]);
        self.dated = running(&|k| self.weight[k] * grid.t(k));
        self.weight.resize((n + 1).next_multiple_of(LANES), 0.0);
    }
}

/// R's real income from a period on: ln v_R(t_k) = level + growth · (t_k − t_from), until the next stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    from: usize,
    level: f64,
    growth: f64,
}

/// Takes down the wage and the subsidy of a run date by date and measures them at its end. Its memory is used again
/// by the next run.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    grid: Option<Grid>,
    weights: Weights,
    /// w_P at every date; ones to the end of a column.
    w_P: Vec<f64>,
    /// Subsidy at every date, where any policy can pay one.
    subsidy: Vec<f64>,
    subsidised: bool,
    stretches: Vec<Stretch>,
    /// Rows k ≥ 1 whose (regime, sector) differ from the row before.
    pub regime_changes: usize,
    /// Period of the last change of regime, sector or parameter.
    pub last_change: usize,
}

/// What the last row leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// lim of the income gap.
    pub long_run_gap: f64,
    /// λ of the last cluster, 1 without one.
    pub externality: f64,
}

impl Meter {
    /// Begins a run; `subsidies`: whether any policy may pay one.
    pub fn start(&mut self, grid: Grid, discount_rate: f64, subsidies: bool) {
        self.grid = Some(grid);
        self.weights.prepare(discount_rate, grid);
        let room = grid.periods + 1 + DATES;
        self.w_P.resize(room, 1.0);
        self.subsidised = subsidies;
        if subsidies {
            self.subsidy.clear();
            self.subsidy.resize(room, 0.0);
        }
        self.stretches.clear();
        (self.regime_changes, self.last_change) = (0, 0);
    }

    /// From period `from` on, ln v_R is `level` and grows by `growth` a year.
    pub fn income_R(&mut self, from: usize, level: f64, growth: f64) {
        self.stretches.push(Stretch { from, level, growth });
    }

    /// ln v_R at period `k`, in the last stretch.
    pub fn ln_real_income_R(&self, k: usize) -> f64 {
        let Some((last, grid)) = self.stretches.last().zip(self.grid) else { return f64::NAN };
        last.level + last.growth * ((k - last.from) as f64 * grid.period)
    }

    /// Room for the wages at periods `k`, k + 1, ….
    #[inline(always)]
    pub fn w_P(&mut self, k: usize) -> &mut [f64] {
        &mut self.w_P[k..]
    }

    /// Room for the subsidies at periods `k`, k + 1, …; `None` where no policy can pay one.
    #[inline(always)]
    pub fn subsidy(&mut self, k: usize) -> Option<&mut [f64]> {
        self.subsidised.then(|| &mut self.subsidy[k..])
    }

    /// w_P at period `k`, R-wages.
    pub fn wage(&self, k: usize) -> f64 {
        self.w_P[k]
    }

    /// The measures of a run that failed with `error`; its first row always stands.
    pub fn failed(&self, error: String) -> Measures {
        let mut measures =
            Measures { error: Some(error), weights: self.total_weight(), externality: 1.0, ..Measures::default() };
        measures[Measure::InitialGap] = finite(1.0 / self.w_P[0]);
        measures[Measure::RegimeChanges] = Some(self.regime_changes as f64);
        measures
    }

    fn total_weight(&self) -> f64 {
        self.weights.sum.last().copied().unwrap_or(0.0)
    }

    /// The measures of a run that reached its horizon.
    #[inline(always)]
    pub fn finish(&mut self, outlook: Outlook) -> Measures {
        let Some(grid) = self.grid else { return Measures::default() };
        let n = grid.periods;
        let padded = (n + 1).next_multiple_of(LANES);
        self.w_P[n + 1..padded].fill(1.0);
        if self.subsidised {
            self.subsidy[n + 1..padded].fill(0.0);
        }
        let final_gap = 1.0 / self.w_P[n];
        let gap = outlook.long_run_gap;
        let mut measures = Measures {
            verdict: Some(Verdict::new(final_gap, gap)),
            weights: self.total_weight(),
            externality: outlook.externality,
            ..Measures::default()
        };
        measures[Measure::InitialGap] = finite(1.0 / self.w_P[0]);
        measures[Measure::FinalGap] = finite(final_gap);
        measures[Measure::LongRunGap] = finite(gap);
        measures[Measure::HalfLife] = self.half_life(grid, gap);
        measures[Measure::RegimeChanges] = Some(self.regime_changes as f64);
        measures[Measure::Welfare] = finite(self.welfare_of_R(grid) + self.welfare_of_wages());
        measures[Measure::SubsidyPv] = finite(if self.subsidised { self.subsidies() } else { 0.0 });
        measures
    }

    /// Σ weight_k ln w_P(t_k).
    #[inline(always)]
    fn welfare_of_wages(&self) -> f64 {
        let mut sum = Col::<LANES>::all(0.0);
        for (w_P, weight) in self.w_P.chunks_exact(LANES).zip(self.weights.weight.chunks_exact(LANES)) {
            sum = sum + Col::load(w_P).natural_log() * Col::load(weight);
        }
        sum.sum()
    }

    /// Σ weight_k subsidy_k.
    #[inline(always)]
    fn subsidies(&self) -> f64 {
        let mut sum = Col::<LANES>::all(0.0);
        for (subsidy, weight) in self.subsidy.chunks_exact(LANES).zip(self.weights.weight.chunks_exact(LANES)) {
            sum = sum + Col::load(subsidy) * Col::load(weight);
        }
        sum.sum()
    }

    /// Σ weight_k ln v_R(t_k): linear in t on each stretch, so running sums give it.
    fn welfare_of_R(&self, grid: Grid) -> f64 {
        let Weights { sum, dated, .. } = &self.weights;
        let ends = self.stretches.iter().skip(1).map(|next| next.from).chain([grid.periods]);
        let stretch = |(&Stretch { from, level, growth }, end): (&Stretch, usize)| {
            let weight = sum[end] - sum[from];
            level * weight + growth * ((dated[end] - dated[from]) - grid.t(from) * weight)
        };
        self.stretches.iter().zip(ends).map(stretch).sum()
    }

    /// Years from the last change until |ln gap − ln long-run gap| is at most half of what it was: without logs,
    /// q = gap / long-run gap has max(q, 1/q)² ≤ max(q_0, 1/q_0).
    #[inline(always)]
    fn half_life(&self, grid: Grid, long_run_gap: f64) -> Option<f64> {
        let since = self.last_change;
        let q_0 = self.w_P[since] * long_run_gap;
        if long_run_gap == 0.0 || long_run_gap.is_infinite() || (q_0 - 1.0).abs() < SETTLED {
            return None;
        }
        let limit = q_0.larger(1.0 / q_0);
        let mut k = since;
        while k <= grid.periods {
            let q = Col::<LANES>::load(&self.w_P[k..]) * long_run_gap;
            let square = q * q;
            let near = Col::all(limit).at_least(square).and((square * limit).at_least(Col::all(1.0)));
            if let Some(first) = near.first() {
                let reached = k + first;
                return (reached <= grid.periods).then(|| (reached - since) as f64 * grid.period);
            }
            k += LANES;
        }
        None
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
