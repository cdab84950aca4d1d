//! `summary.csv`: quantiles of every measure and shares, per variant. Every number is taken in by one thread in the
//! order of the draws, so that sums come out the same on any number of them.

use super::chunk::NUMBERS;
use super::quantiles::{QUANTILES, Search};
use super::{Plan, Statistic};
use crate::batch::Chunk;
use crate::explain::choice::{Regrets, TIE};
use crate::measure::{Measure, Status, Verdict};
use crate::quantity::Quantity;
use crate::table::Column;
use rayon::prelude::*;
use std::borrow::Cow;

/// Memory for the counts of one pass, in counts.
const COUNTS: usize = 1 << 24;

/// Columns of `summary.csv`, one row per variant, measure and statistic.
pub(in crate::record) fn columns() -> Vec<Column<'static, [Statistic]>> {
    vec![
        Column::text("variant", "name of the variant", |rows: &[Statistic], i| &rows[i].variant),
        Column::text(
            "measure",
            "column of runs.csv; or regret: what the best variant of a draw is worth over this one",
            |rows: &[Statistic], i| &rows[i].measure,
        ),
        Column::text(
            "statistic",
            "of a number: count, missing, mean, min, p5 to p95 (linear between the two nearest ranks), max; else a share: \
             of all draws by verdict (none: no verdict) and status, those that are better than the first variant, those in which no \
             variant is better (best), and those whose externality is stronger but that are worse. What is infinite ranks above every number",
            |rows: &[Statistic], i| &rows[i].statistic,
        ),
        Column::number(
            "value",
            "",
            "in the unit of the measure; 1 for counts and shares; inf where it has no bound; empty where nothing was counted",
            |rows: &[Statistic], i| rows[i].value.unwrap_or(f64::NAN),
        )
        .unbounded(),
    ]
}

/// Reads `summary.csv` back; `None` where it is none.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Statistic>> {
    let mut rows = Vec::new();
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = reader.headers().ok()?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name);
    let [variant, measure, statistic, value] =
        [place("variant")?, place("measure")?, place("statistic")?, place("value")?];
    for record in reader.records() {
        let record = record.ok()?;
        let text = |i: usize| record.get(i).map(str::to_owned);
        let value = record.get(value).filter(|value| !value.is_empty()).map(str::parse).transpose().ok()?;
        rows.push(Statistic { variant: text(variant)?, measure: text(measure)?, statistic: text(statistic)?, value });
    }
    Some(rows)
}

/// A column of numbers that is summed up.
#[derive(Debug, Clone, Copy)]
enum Summed {
    Measure(Measure),
    /// w_P at the date in this place, and the gap there.
    Wage(usize),
    Gap(usize),
}

impl Summed {
    fn all(plan: &Plan) -> impl Iterator<Item = Self> + Clone {
        let dates = (0..plan.dates.len()).flat_map(|date| [Self::Wage(date), Self::Gap(date)]);
        Measure::ALL.map(Self::Measure).into_iter().chain(dates)
    }

    /// Its place among the columns of numbers of a chunk's file.
    fn place(self) -> usize {
        match self {
            Self::Measure(measure) => measure as usize,
            Self::Wage(date) | Self::Gap(date) => NUMBERS + date,
        }
    }

    /// Its numbers in the runs of one variant.
    fn of(self, chunk: &Chunk, variant: usize, variants: usize) -> impl Iterator<Item = f64> {
        let column = match self {
            Self::Measure(measure) => &chunk.measures[measure as usize],
            Self::Wage(date) | Self::Gap(date) => &chunk.dates[date].w_P,
        };
        let gap = matches!(self, Self::Gap(_));
        let numbers = column.iter().skip(variant).step_by(variants);
        numbers.map(move |&number| if gap { 1.0 / number } else { number })
    }

    /// The name of its column.
    fn name(self, plan: &Plan) -> Cow<'static, str> {
        match self {
            Self::Measure(measure) => Quantity::Measure(measure),
            Self::Wage(date) => Quantity::Wage(plan.dates[date]),
            Self::Gap(date) => Quantity::Gap(plan.dates[date]),
        }
        .name()
    }
}

/// One column under one variant.
#[derive(Debug)]
struct Tally {
    variant: usize,
    summed: Summed,
    count: u64,
    missing: u64,
    sum: f64,
    /// What rounding took from the sum (Neumaier).
    lost: f64,
    min: f64,
    max: f64,
    search: Search,
    /// Whether another pass is needed.
    open: bool,
}

impl Tally {
    fn take_in(&mut self, chunk: &Chunk, variants: usize, first: bool) {
        for value in self.summed.of(chunk, self.variant, variants) {
            if value.is_nan() {
                self.missing += u64::from(first);
                continue;
            }
            self.search.take_in(value);
            if first {
                self.count += 1;
                self.min = self.min.min(value);
                self.max = self.max.max(value);
                let sum = self.sum + value;
                self.lost +=
                    if self.sum.abs() >= value.abs() { self.sum - sum + value } else { value - sum + self.sum };
                self.sum = sum;
            }
        }
    }
}

impl Tally {
    /// Infinite where a number is. Sums of numbers near the largest one could leave the range of numbers: there is none then.
    fn mean(&self) -> Option<f64> {
        if self.max == f64::INFINITY {
            return Some(f64::INFINITY);
        }
        Some((self.sum + self.lost) / self.count as f64).filter(|mean| mean.is_finite())
    }
}

/// What is counted under one variant.
#[derive(Debug, Default, Clone)]
struct Counts {
    draws: u64,
    failed: u64,
    verdicts: [u64; Verdict::ALL.len() + 1],
    comparable: u64,
    better: u64,
    stronger_yet_worse: u64,
}

impl Counts {
    fn take_in(&mut self, chunk: &Chunk, variant: usize, variants: usize) {
        self.failed += chunk.errors.iter().filter(|(row, _)| row % variants == variant).count() as u64;
        for base in (0..chunk.runs()).step_by(variants) {
            let row = base + variant;
            self.draws += 1;
            self.verdicts[chunk.verdict(row).map_or(Verdict::ALL.len(), |verdict| verdict as usize)] += 1;
            let gain = chunk.measures[Measure::EquivalentVariation as usize][row];
            if gain.is_nan() {
                continue;
            }
            self.comparable += 1;
            self.better += u64::from(gain > TIE);
            let externality = &chunk.externality;
            self.stronger_yet_worse += u64::from(externality[row] > externality[base] && gain < -TIE);
        }
    }
}

/// All that `summary.csv` says.
#[derive(Debug)]
pub(super) struct Statistics {
    tallies: Vec<Tally>,
    counts: Vec<Counts>,
    regrets: Regrets,
    first: bool,
}

impl Statistics {
    pub fn new(plan: &Plan) -> Self {
        let variants = plan.variants.len();
        let width = (COUNTS / (variants * Summed::all(plan).count()).max(1)).max(1 << 8).ilog2().min(16);
        let tally = |(variant, summed)| Tally {
            variant,
            summed,
            count: 0,
            missing: 0,
            sum: 0.0,
            lost: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            search: Search::new(plan.draws, width),
            open: true,
        };
        let pairs = (0..variants).flat_map(|variant| Summed::all(plan).map(move |summed| (variant, summed)));
        Self {
            tallies: pairs.map(tally).collect(),
            counts: vec![Counts::default(); variants],
            regrets: Regrets::new(&plan.baselines),
            first: true,
        }
    }

    /// Takes in the next chunks of this pass.
    pub fn take_in(&mut self, chunks: &[Chunk]) {
        let (first, variants) = (self.first, self.counts.len());
        let tallies = self.tallies.par_iter_mut().filter(|tally| tally.open);
        tallies.for_each(|tally| chunks.iter().for_each(|chunk| tally.take_in(chunk, variants, first)));
        if first {
            let counts = self.counts.par_iter_mut().enumerate();
            counts
                .for_each(|(variant, counts)| chunks.iter().for_each(|chunk| counts.take_in(chunk, variant, variants)));
            for chunk in chunks {
                self.regrets.add(&chunk.measures[Measure::EquivalentVariation as usize]);
            }
        }
    }

    /// Which columns of numbers a later pass looks at, in the order of a chunk's file.
    pub fn wanted(&self) -> Vec<bool> {
        let last = self.tallies.iter().map(|tally| tally.summed.place()).max().unwrap_or(0);
        let mut wanted = vec![false; last + 1];
        self.tallies.iter().for_each(|tally| wanted[tally.summed.place()] |= tally.open);
        wanted
    }

    /// Ends a pass over all chunks; whether another one is needed.
    pub fn narrow(&mut self) -> bool {
        self.first = false;
        self.tallies.par_iter_mut().filter(|tally| tally.open).for_each(|tally| tally.open = tally.search.narrow());
        self.tallies.iter().any(|tally| tally.open)
    }

    /// The rows of the table.
    pub fn rows(&self, plan: &Plan) -> Vec<Statistic> {
        let mut rows = Vec::new();
        for (variant, (name, counts)) in plan.variants.iter().zip(&self.counts).enumerate() {
            let mut row = |measure: &str, statistic: &str, value: Option<f64>| {
                let (measure, statistic) = (measure.to_owned(), statistic.to_owned());
                rows.push(Statistic { variant: name.clone(), measure, statistic, value });
            };
            for tally in self.tallies.iter().filter(|tally| tally.variant == variant) {
                let name = tally.summed.name(plan);
                let measure = name.as_ref();
                let any = tally.count > 0;
                row(measure, "count", Some(tally.count as f64));
                row(measure, "missing", Some(tally.missing as f64));
                row(measure, "mean", tally.mean());
                row(measure, "min", any.then_some(tally.min));
                for ((label, _), value) in QUANTILES.iter().zip(tally.search.quantiles()) {
                    row(measure, label, value);
                }
                row(measure, "max", any.then_some(tally.max));
            }
            let share = |part: u64, all: u64| (all > 0).then(|| part as f64 / all as f64);
            for (verdict, &count) in Verdict::ALL.map(Verdict::name).into_iter().chain(["none"]).zip(&counts.verdicts) {
                row("verdict", verdict, share(count, counts.draws));
            }
            row("status", Status::Failed.name(), share(counts.failed, counts.draws));
            // Where no draw can be compared, none is known to be worse.
            let compared = |part: u64| share(part, counts.draws).filter(|_| counts.comparable > 0);
            row(Measure::EquivalentVariation.name(), "better", compared(counts.better));
            row("externality", "stronger_yet_worse", compared(counts.stronger_yet_worse));
            let regret = &self.regrets.of()[variant];
            row("regret", "count", Some(regret.count() as f64));
            row("regret", "best", share(regret.best, regret.count()));
            row("regret", "mean", regret.mean.value());
            row("regret", "max", (regret.count() > 0).then_some(regret.max));
        }
        rows
    }
}
