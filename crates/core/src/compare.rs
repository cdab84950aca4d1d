//! Several runs on one time grid: what each gains over a baseline, and what moves its gap from date to date.

mod gains;
mod rank;

pub use gains::{Path, gains};
use rank::are_valued;
pub use rank::{ROUNDING, Worth, beats, ranks};

use crate::math::ln;
use crate::measure::Measure;
use crate::model::params::Params;
use crate::model::policy::Trade;
use crate::model::problem::Problem;
use crate::model::trade::{Regime, RegimeKind, closed_ln_wage};
use crate::names;
use crate::numbers::{short, year};
use crate::scenario::Scenario;
use crate::summary::{Direction, Outcome, Summary, Verdict};
use crate::table::{Column, Role, Shown, shown};
use crate::trajectory::{Row, Run, SectorRow, Trajectory, dated, states};
use std::collections::BTreeSet;

/// One run of a comparison; it has reached its horizon.
#[derive(Debug)]
pub struct Member {
    /// Its scenario.
    pub scenario: Scenario,
    /// Its path.
    pub trajectory: Trajectory,
    /// Its measures.
    pub summary: Summary,
}

impl Member {
    /// The run under its name.
    pub fn run(&self) -> Run<'_> {
        Run { scenario: &self.summary.name, trajectory: &self.trajectory }
    }

    /// Its path, and what it solves.
    pub fn path(&self) -> Path<'_> {
        Path { problem: &self.scenario.problem, trajectory: &self.trajectory }
    }
}

/// What a run gains over the baseline (`docs/model.md` §5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// 1 for the highest equivalent variation.
    pub rank: usize,
    /// Share by which baseline income would have to rise at every moment to be as good; `None` where the welfare of one
    /// of the two does not converge.
    pub equivalent_variation: Option<f64>,
    /// PV(m) minus the baseline's, R-wages per worker; `None` where one of the two does not converge.
    pub net_gain_pv: Option<f64>,
    /// (net gain + μ PV(s paid by P)) / (μ PV(s)); `None` without a subsidy.
    pub benefit_cost: Option<f64>,
    /// The discount rate nearest to ρ at which the equivalent variation changes sign, per year; `None` where there is
    /// none in [0.0001, 0.3].
    pub break_even_rate: Option<f64>,
    /// Year of the first date from which on v_P exceeds the baseline's at every date, rows and after.
    pub passes_baseline_year: Option<f64>,
    /// Whether v_P goes to the baseline's: their ratio goes to 1.
    pub ends_level: bool,
}

names! {
    /// What a run gains over a baseline beside the measures that a sweep takes, too. In the order of tables.
    pub enum Gain {
        BenefitCost = "benefit_cost":
            "net gain and the funds that P puts into the subsidy, over all funds that go into it; empty without a subsidy",
        BreakEvenRate = "break_even_rate":
            "discount rate nearest to the scenario's at which the equivalent variation changes sign; empty if there is none from 0.0001 to 0.3",
        PassesBaselineYear = "passes_baseline_year":
            "from when on real income exceeds the baseline's at every date, rows and after; empty if never",
    }
}

impl Gain {
    /// Its value.
    pub fn of(self, gains: &Gains) -> Option<f64> {
        match self {
            Self::BenefitCost => gains.benefit_cost,
            Self::BreakEvenRate => gains.break_even_rate,
            Self::PassesBaselineYear => gains.passes_baseline_year,
        }
    }

    /// Unit, "1" for ratios.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::BenefitCost => "1",
            Self::BreakEvenRate => "per year",
            Self::PassesBaselineYear => "year",
        }
    }
}

/// Runs and what they gain over one of them.
#[derive(Debug)]
pub struct Comparison {
    /// Name of its folder.
    pub name: String,
    /// Index of the baseline.
    pub baseline: usize,
    /// The runs, in the order of the call.
    pub members: Vec<Member>,
    /// One per run.
    pub gains: Vec<Gains>,
    /// One per run, one entry per row.
    pub decompositions: Vec<Vec<Parts>>,
}

impl Comparison {
    /// Compares runs that [`difference`] finds comparable.
    pub fn new(name: String, baseline: usize, members: Vec<Member>) -> Self {
        let base = members[baseline].path();
        let mut gains: Vec<Gains> = members.iter().map(|member| gains(member.path(), base)).collect();
        let worth = gains.iter().zip(&members).map(|(gains, member)| Worth {
            equivalent_variation: gains.equivalent_variation,
            long_run_ln_gap: member.summary.long_run_ln_gap(),
        });
        for (place, rank) in ranks(&worth.collect::<Vec<_>>()).into_iter().enumerate() {
            gains[place].rank = rank;
        }
        let decompositions = members.iter().map(|m| decompose(&m.scenario.problem, &m.trajectory)).collect();
        Self { name, baseline, members, gains, decompositions }
    }

    /// Indices of the runs, best equivalent variation first; ties in the order of the call.
    pub fn ranked(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|&index| self.gains[index].rank);
        order
    }

    /// Whether ranks go by what the runs are worth; else by their long-run gaps.
    pub fn is_valued(&self) -> bool {
        are_valued(self.gains.iter().map(|gains| gains.equivalent_variation))
    }

    /// What people call the runs, [`labels`].
    pub fn labels(&self) -> Vec<&str> {
        let members = self.members.iter().map(|member| &member.summary);
        labels(&members.map(|of| (of.title.as_deref(), of.name.as_str())).collect::<Vec<_>>())
    }

    /// The lines of the table for people, its headings first, then the runs as ranked.
    pub fn lines(&self) -> Vec<Vec<String>> {
        shown(&SHOWN, self, self.ranked())
    }
}

/// What several titles share before a colon, as much of it as there is. One of them may be that and nothing more.
pub fn stem<'a>(titles: &[&'a str]) -> Option<&'a str> {
    let longest = titles.iter().max_by_key(|title| title.len()).filter(|_| titles.len() > 1)?;
    let shared = |stem: &&str| {
        let rests = || titles.iter().map(|title| title.strip_prefix(stem));
        rests().all(|rest| rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(": ")))
            && rests().filter(|rest| *rest == Some("")).count() < 2
    };
    longest.match_indices(": ").map(|(at, _)| &longest[..at]).filter(shared).last()
}

/// Titles without what they share; what is called by nothing more keeps its title.
pub fn without_stem<'a>(titles: &[&'a str]) -> Vec<&'a str> {
    let shared = stem(titles).unwrap_or_default();
    let rest = |title: &&'a str| title.strip_prefix(shared).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(title);
    titles.iter().map(rest).collect()
}

/// What people call several runs of a title, if any, and a name: their titles [`without_stem`], or their names where titles do not
/// tell them apart.
pub fn labels<'a>(called: &[(Option<&'a str>, &'a str)]) -> Vec<&'a str> {
    let titles: Vec<&str> = called.iter().map(|(title, name)| title.unwrap_or(name)).collect();
    let short = without_stem(&titles);
    let alike = |label: &str| short.iter().filter(|other| **other == label).count() > 1;
    let told: Vec<&str> =
        short.iter().zip(called).map(|(label, (_, name))| if alike(label) { *name } else { *label }).collect();
    let apart = |labels: &[&str]| labels.iter().collect::<BTreeSet<_>>().len() == labels.len();
    if apart(&told) { told } else { called.iter().map(|(_, name)| *name).collect() }
}

fn year_or_never(found: Option<f64>) -> String {
    found.map_or_else(|| "never".to_owned(), year)
}

/// A run of a comparison beside its baseline: what `comparison.csv` is made of.
#[derive(Debug, Clone, Copy)]
pub struct Versus<'a> {
    /// The run.
    pub run: Run<'a>,
    /// The baseline's path.
    pub baseline: &'a Trajectory,
}

/// Columns of `comparison.csv`, one row per t_k: those of `trajectory.csv`, then differences.
pub fn versus<'a>() -> Vec<Column<'a, Versus<'a>>> {
    let mut columns: Vec<_> =
        states().into_iter().map(|column| column.within(|versus: &Versus<'a>| &versus.run)).collect();
    columns.extend([
        Column::number("d_income_gap", "1", "income gap minus the baseline's", |versus: &Versus<'a>, k| {
            versus.run.trajectory.rows[k].income_gap() - versus.baseline.rows[k].income_gap()
        }),
        Column::number("d_ln_real_income_P", "1", "ln v_P minus the baseline's", |versus: &Versus<'a>, k| {
            versus.run.trajectory.rows[k].ln_real_income_P - versus.baseline.rows[k].ln_real_income_P
        }),
    ]);
    columns
}

/// The decomposition of a run: what `decomposition.csv` is made of.
#[derive(Debug, Clone)]
pub struct Decomposed<'a> {
    run: Run<'a>,
    parts: &'a [Parts],
    /// Their running sums.
    sums: Vec<Parts>,
}

impl<'a> Decomposed<'a> {
    /// Run `index` of a comparison.
    pub fn new(comparison: &'a Comparison, index: usize) -> Self {
        let parts = &comparison.decompositions[index];
        let sums = parts.iter().scan(Parts::default(), |sum, parts| {
            *sum = sum.plus(*parts);
            Some(*sum)
        });
        Self { run: comparison.members[index].run(), parts, sums: sums.collect() }
    }

    /// Its running sums, one per row.
    pub fn sums(&self) -> &[Parts] {
        &self.sums
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.parts.len()
    }
}

/// Columns of `decomposition.csv`, one row per t_k: the change of ln(income gap) from the row before, and running sums.
pub fn decomposed<'a>() -> Vec<Column<'a, Decomposed<'a>>> {
    let mut columns: Vec<_> = dated(|_, k| k)
        .into_iter()
        .map(|column| column.within(|decomposed: &Decomposed<'a>| &decomposed.run))
        .collect();
    // No part is written as minus zero.
    columns.extend(Parts::COLUMNS.map(|Part { name, meaning, value }| {
        Column::number(name, "1", meaning, move |decomposed: &Decomposed<'a>, k| value(&decomposed.parts[k]) + 0.0)
    }));
    columns.extend(Parts::COLUMNS.map(|Part { name, value, .. }| {
        let running = move |decomposed: &Decomposed<'a>, k: usize| value(&decomposed.sums[k]) + 0.0;
        Column::number(format!("cum_{name}"), "1", format!("running sum of {name}"), running)
    }));
    columns
}

/// Columns of a comparison's `summary.csv`, one row per scenario.
pub fn gained() -> Vec<Column<'static, Comparison>> {
    let measure = |measure: Measure| measure.column(move |all: &Comparison, i| all.members[i].summary[measure]);
    let gain = |gain: Gain| {
        Column::number(gain.name(), gain.unit(), gain.meaning(), move |all: &Comparison, i| gain.of(&all.gains[i]))
    };
    vec![
        Column::text("scenario", "name of the scenario", |all: &Comparison, i| &all.members[i].summary.name),
        Column::text("label", "the scenario's title, or its name where it has none", |all: &Comparison, i| {
            all.members[i].summary.label()
        }),
        Column::truth(
            "baseline",
            "whether this is the run that the others are measured against",
            |all: &Comparison, i| i == all.baseline,
        ),
        Column::integer(
            "rank",
            "1",
            "by equivalent variation, or by long-run gap where welfare does not converge; 1 is best",
            |all: &Comparison, i| all.gains[i].rank as u64,
        ),
        Column::named::<Verdict, _>("verdict", "where P ends up", |all: &Comparison, i| {
            all.members[i].summary.measures.verdict
        }),
        Column::named::<Direction, _>("direction", Direction::ABOUT, |all: &Comparison, i| {
            all.members[i].summary.measures.direction
        }),
        Column::named::<Outcome, _>("outcome", Outcome::ABOUT, |all: &Comparison, i| {
            all.members[i].summary.measures.outcome
        }),
        measure(Measure::SettledYear),
        measure(Measure::InitialGap),
        measure(Measure::FinalGap),
        measure(Measure::LongRunGap),
        measure(Measure::HalfLife),
        measure(Measure::RegimeChanges),
        measure(Measure::Welfare),
        Measure::EquivalentVariation.column(|all: &Comparison, i| all.gains[i].equivalent_variation),
        measure(Measure::SubsidyPv),
        Measure::NetGainPv.column(|all: &Comparison, i| all.gains[i].net_gain_pv),
        gain(Gain::BenefitCost),
        gain(Gain::BreakEvenRate),
        gain(Gain::PassesBaselineYear),
        measure(Measure::SelfSustainingYear),
        measure(Measure::PeakSubsidyShare),
    ]
}

/// A gain in per cent with its sign; what is as good as nothing has none.
fn signed(gain: f64) -> String {
    let percent = 100.0 * gain;
    match percent.abs() {
        size if size <= 1e-9 => "0".to_owned(),
        size if size < 0.005 => format!("{}{} %", if percent < 0.0 { "-" } else { "+" }, short(size)),
        _ => format!("{percent:+.2} %"),
    }
}

/// The table of a comparison for people, one line per run.
pub const SHOWN: [Shown<Comparison>; 9] = [
    Shown { heading: "rank", role: Role::Spare, cell: |all, i| all.gains[i].rank.to_string() },
    Shown {
        heading: "scenario",
        role: Role::Name,
        cell: |all, i| format!("{}{}", all.labels()[i], if i == all.baseline { " (baseline)" } else { "" }),
    },
    Shown {
        heading: "equiv. variation",
        role: Role::Usual,
        cell: |all, i| all.gains[i].equivalent_variation.map_or_else(String::new, signed),
    },
    Shown {
        heading: "long-run gap",
        role: Role::Usual,
        cell: |all, i| all.members[i].summary[Measure::LongRunGap].map_or_else(|| "no bound".to_owned(), short),
    },
    Shown {
        heading: "final gap",
        role: Role::Spare,
        cell: |all, i| all.members[i].summary[Measure::FinalGap].map_or_else(String::new, short),
    },
    Shown {
        heading: "verdict",
        role: Role::Usual,
        cell: |all, i| all.members[i].summary.measures.verdict.map_or("", Verdict::name).to_owned(),
    },
    Shown {
        heading: "subsidy pv",
        role: Role::Usual,
        cell: |all, i| all.members[i].summary[Measure::SubsidyPv].map_or_else(String::new, short),
    },
    Shown {
        heading: "own feet from",
        role: Role::Usual,
        cell: |all, i| match all.members[i].summary.long_run_regime() {
            Some(RegimeKind::Cluster) => year_or_never(all.members[i].summary[Measure::SelfSustainingYear]),
            _ => String::new(),
        },
    },
    Shown {
        heading: "passes baseline",
        role: Role::Spare,
        cell: |all, i| match i == all.baseline {
            true => String::new(),
            false => year_or_never(all.gains[i].passes_baseline_year),
        },
    },
];

/// Why two scenarios cannot be compared, if they cannot: another grid, discount rate, other sectors or shares.
pub fn difference(a: &Scenario, b: &Scenario) -> Option<String> {
    let (what, x, y) = a.problem.incomparable(&b.problem)?;
    Some(format!("{what} is {x} in {} and {y} in {}", a.keys.name, b.keys.name))
}

/// What moved ln(income gap) from one row to the next. The parts add up to the change.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// The change.
    pub d_ln_gap: f64,
    /// ℓ: P gains, loses or builds up a cluster's static benefit.
    pub stat: f64,
    /// P specialises in another sector.
    pub respecialisation: f64,
    /// −∫g: spillovers.
    pub catch_up: f64,
    /// ∫d: R's learning outruns P's.
    pub learning: f64,
    /// Parameters change.
    pub shock: f64,
    /// Trade opens or closes, with the specialisation that this brings.
    pub trade: f64,
}

impl Parts {
    /// The running sum after another row.
    pub fn plus(self, other: Self) -> Self {
        Self {
            d_ln_gap: self.d_ln_gap + other.d_ln_gap,
            stat: self.stat + other.stat,
            respecialisation: self.respecialisation + other.respecialisation,
            catch_up: self.catch_up + other.catch_up,
            learning: self.learning + other.learning,
            shock: self.shock + other.shock,
            trade: self.trade + other.trade,
        }
    }

    /// The change and its parts, in the order of [`Parts::COLUMNS`].
    pub fn columns(self) -> [f64; 7] {
        Self::COLUMNS.map(|part| (part.value)(&self))
    }

    /// The change, then every part of it.
    pub const COLUMNS: [Part; 7] = [
        Part {
            name: "d_ln_gap",
            meaning: "change of ln(income gap) since the row before; the parts add up to it",
            value: |parts| parts.d_ln_gap,
        },
        Part {
            name: "static",
            meaning: "Λ/ℓ: a cluster's static benefit gained, lost or built up, R's where P moves to another sector",
            value: |parts| parts.stat,
        },
        Part {
            name: "respecialisation",
            meaning: "P specialises in another sector",
            value: |parts| parts.respecialisation,
        },
        Part { name: "catch_up", meaning: "spillovers from R", value: |parts| parts.catch_up },
        Part { name: "learning", meaning: "R's learning outruns P's", value: |parts| parts.learning },
        Part { name: "shock", meaning: "parameters change", value: |parts| parts.shock },
        Part {
            name: "trade",
            meaning: "trade opens or closes, with the specialisation that this brings",
            value: |parts| parts.trade,
        },
    ];
}

/// A part of a decomposition as a column.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Header.
    pub name: &'static str,
    /// Meaning.
    pub meaning: &'static str,
    /// Its value.
    pub value: fn(&Parts) -> f64,
}

/// How P earns its wage at one date: the sector it makes (`None`: closed, it makes all) and its clusters with their ages.
struct Making<'a> {
    sector: Option<usize>,
    clusters: &'a [bool],
    ages: &'a [f64],
}

/// ln w_P for a way of making things.
fn ln_wage(params: &Params, z: &[f64], making: &Making<'_>) -> f64 {
    let ell = |i: usize| if making.clusters[i] { params.ell(i, || Some(making.ages[i])) } else { 1.0 };
    match making.sector {
        Some(i) => {
            let s = &params.sectors[i];
            ln(ell(i) * z[i] * (s.y_P / s.y_R) / s.Lambda())
        }
        None => closed_ln_wage(params, |i| z[i], ell, making.clusters),
    }
}

/// One entry per row, the first all zero. Attributed in this order: catch-up and learning during the spell, then at
/// its end shock, trade, respecialisation, static.
pub fn decompose(problem: &Problem, trajectory: &Trajectory) -> Vec<Parts> {
    let mut parts = vec![Parts::default()];
    for k in 1..trajectory.rows.len() {
        parts.push(change(problem, trajectory, k));
    }
    parts.truncate(trajectory.rows.len());
    parts
}

fn change(problem: &Problem, trajectory: &Trajectory, k: usize) -> Parts {
    let (before, now) = (trajectory.sectors_at(k - 1), trajectory.sectors_at(k));
    let (row_before, row_now) = (&trajectory.rows[k - 1], &trajectory.rows[k]);
    let (old, new) = (problem.params_at(k - 1), problem.params_at(k));
    let clusters = |rows: &[SectorRow]| rows.iter().map(|row| row.cluster_P).collect::<Vec<_>>();
    let ages = |rows: &[SectorRow]| rows.iter().map(|row| row.age.unwrap_or(0.0)).collect::<Vec<_>>();
    let z = |rows: &[SectorRow]| rows.iter().map(|row| row.z).collect::<Vec<_>>();
    let (clusters_0, clusters_1, ages_0, ages_1) = (clusters(before), clusters(now), ages(before), ages(now));
    let (z_0, z_1) = (z(before), z(now));
    let (made_0, made_1) = (made(row_before, before), made(row_now, now));

    // During the spell: z moves, all else stands still.
    let trade = if row_before.regime == Regime::Closed { Trade::Closed } else { Trade::Open };
    let rising = |i: usize| {
        let moved = -(ln(z_1[i]) - ln(z_0[i]));
        let motion = old.sectors[i].motion(clusters_0[i], trade);
        let learning = if trade == Trade::Closed { moved } else { motion.d() * problem.grid.period };
        (moved - learning, learning)
    };
    let (catch_up, learning) = match made_0 {
        Some(i) => rising(i),
        None => (0..z_0.len()).map(rising).zip(&old.sectors).fold((0.0, 0.0), |sum, ((catch_up, learning), sector)| {
            (sum.0 + sector.alpha * catch_up, sum.1 + sector.alpha * learning)
        }),
    };

    // At its end, one after the other. A gap is the inverse of a wage: what raises ln w lowers ln gap.
    let held = |ages| Making { sector: made_0, clusters: &clusters_0, ages };
    let moved = ln_wage(old, &z_1, &held(&ages_0));
    // A cluster's benefit builds up during the spell, under the parameters of the spell.
    let aged = ln_wage(old, &z_1, &held(&ages_1));
    let shocked = ln_wage(new, &z_1, &held(&ages_1));
    let trade_changes = (row_before.regime == Regime::Closed) != (row_now.regime == Regime::Closed);
    // As in the factors of the long-run gap, Λ belongs to the static benefit: λ moves nothing else.
    let bare = |sector: usize| {
        let s = &new.sectors[sector];
        ln(z_1[sector] * (s.y_P / s.y_R))
    };
    let respecialisation = match (made_0, made_1) {
        (Some(from), Some(to)) if !trade_changes => bare(to) - bare(from),
        _ => 0.0,
    };
    let settled = ln_wage(new, &z_1, &Making { sector: made_1, clusters: &clusters_1, ages: &ages_1 });
    let traded = if trade_changes { settled } else { shocked };
    Parts {
        d_ln_gap: -(ln(row_now.w_P) - ln(row_before.w_P)),
        stat: -((aged - moved) + (settled - traded - respecialisation)),
        respecialisation: -respecialisation,
        catch_up,
        learning,
        shock: -(shocked - aged),
        trade: -(traded - shocked),
    }
}

/// The sector that a row's wage comes from; several that pay the same stand for one another. `None` while closed.
fn made(row: &Row, sectors: &[SectorRow]) -> Option<usize> {
    let best =
        |sectors: &[SectorRow]| (0..sectors.len()).rev().max_by(|&a, &b| sectors[a].v_Is.total_cmp(&sectors[b].v_Is));
    match row.regime {
        Regime::Closed => None,
        Regime::Diversified => best(sectors),
        Regime::Cluster(i) | Regime::Isolation(i) => Some(i),
    }
}

#[cfg(test)]
mod tests {
    use super::{Worth, beats, ranks, signed};

    #[test]
    fn what_differs_by_rounding_shares_a_rank_and_infinite_gaps_have_one() {
        // 1e-11 of 1 + |b|: of values near 0, far above it and far below.
        for (b, apart) in [(0.0, 1e-11), (1e6, 1.000_001e-5), (-1e6, 1.000_001e-5)] {
            assert!(beats(b + 1.2 * apart, b) && !beats(b + 0.8 * apart, b) && !beats(b, b + 1.2 * apart), "{b}");
        }
        let [low, high] = [f64::NEG_INFINITY, f64::INFINITY];
        assert!(beats(-1e9, low) && beats(high, low) && beats(high, 0.0));
        assert!(!beats(low, low) && !beats(high, high) && !beats(low, 0.0) && !beats(0.0, high));
        let of = |runs: &[(Option<f64>, f64)]| {
            let worth = |&(equivalent_variation, gap): &(_, f64)| Worth { equivalent_variation, long_run_ln_gap: gap };
            ranks(&runs.iter().map(worth).collect::<Vec<_>>())
        };
        assert_eq!(of(&[(Some(0.1), 0.0), (Some(0.3), 2.0), (Some(0.3), 1.0), (Some(-0.2), -1.0)]), [3, 1, 1, 4]);
        // Where one does not converge all are ranked by their gaps, the lowest first.
        assert_eq!(of(&[(Some(0.1), 0.5), (None, low), (Some(0.3), high), (Some(0.0), -0.5)]), [3, 1, 4, 2]);
    }

    #[test]
    fn a_gain_of_nothing_has_no_sign() {
        let told = [-1e-14, 3e-6, -3e-6, 0.0123, -0.2].map(signed);
        assert_eq!(told, ["0", "+0.0003 %", "-0.0003 %", "+1.23 %", "-20.00 %"]);
    }
}
