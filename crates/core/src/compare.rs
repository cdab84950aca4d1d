//! Several runs on one time grid: what each gains over a baseline, and what moves its gap from date to date.

use crate::math::{exp, ln};
use crate::model::params::Params;
use crate::model::policy::Trade;
use crate::model::problem::Problem;
use crate::model::trade::{Regime, RegimeKind, closed_ln_wage, ties};
use crate::scenario::Scenario;
use crate::summary::{Summary, Verdict, equivalent_variation, present_value};
use crate::trajectory::{Row, SectorRow, Trajectory};
use crate::words::{short, year};

/// Equivalent variations nearer to each other than this share a rank: their runs differ by rounding.
const ROUNDING: f64 = 1e-12;

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

/// What a run gains over the baseline (`docs/model.md` §5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// 1 for the highest equivalent variation.
    pub rank: usize,
    /// Share by which baseline income would have to rise in every period to be as good.
    pub equivalent_variation: f64,
    /// Σ e^(−ρ t_k) Δ (v_P − v_P of the baseline), k = 0…N−1.
    pub net_gain_pv: f64,
    /// First row from which on real income exceeds the baseline's in every row.
    pub passes_baseline: Option<usize>,
    /// First row from which on the last cluster stands without a subsidy; `None` where the last regime is none, or needs one.
    pub self_sustaining: Option<usize>,
    /// Highest subsidy as a share of the wage.
    pub peak_subsidy_share: f64,
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
        let mut gains: Vec<Gains> = members.iter().map(|member| gains(member, &members[baseline])).collect();
        let variations: Vec<f64> = gains.iter().map(|gains| gains.equivalent_variation).collect();
        for gains in &mut gains {
            gains.rank = 1 + variations.iter().filter(|other| **other > gains.equivalent_variation + ROUNDING).count();
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

    /// A run's line in the table of a comparison, under [`HEADER`].
    pub fn cells(&self, index: usize) -> [String; 9] {
        let (member, gains) = (&self.members[index], &self.gains[index]);
        let grid = member.trajectory.grid;
        let when = |k: Option<usize>| k.map_or_else(|| "never".to_owned(), |k| year(grid.start + grid.t(k)));
        let is_baseline = index == self.baseline;
        let summary = &member.summary;
        let cluster = summary.last_regime == Some(RegimeKind::Cluster);
        [
            gains.rank.to_string(),
            format!("{}{}", summary.name, if is_baseline { " (baseline)" } else { "" }),
            if is_baseline { "0".to_owned() } else { format!("{:+.2} %", 100.0 * gains.equivalent_variation) },
            summary.long_run_gap.map_or_else(|| "no bound".to_owned(), short),
            summary.final_gap.map_or_else(String::new, short),
            summary.verdict.map_or("", Verdict::name).to_owned(),
            summary.subsidy_pv.filter(|pv| *pv > 0.0).map_or_else(|| "0".to_owned(), short),
            if cluster { when(gains.self_sustaining) } else { String::new() },
            if is_baseline { String::new() } else { when(gains.passes_baseline) },
        ]
    }
}

/// What [`Comparison::cells`] holds.
pub const HEADER: [&str; 9] = [
    "rank",
    "scenario",
    "equiv. variation",
    "long-run gap",
    "final gap",
    "verdict",
    "subsidy pv",
    "own feet from",
    "passes baseline",
];

/// Why two scenarios cannot be compared, if they cannot: another grid, discount rate, other sectors or shares.
pub fn difference(a: &Scenario, b: &Scenario) -> Option<String> {
    let (what, x, y) = a.problem.incomparable(&b.problem)?;
    Some(format!("{what} is {x} in {} and {y} in {}", a.keys.name, b.keys.name))
}

fn gains(member: &Member, baseline: &Member) -> Gains {
    let (own, base) = (&member.trajectory, &baseline.trajectory);
    let rate = member.scenario.problem.discount_rate;
    let welfare = |trajectory: &Trajectory| trajectory.measures.welfare.unwrap_or(f64::NAN);
    let income = |trajectory: &Trajectory| present_value(trajectory, rate, |row| exp(row.ln_real_income_P));
    let passes = |(a, b): (&Row, &Row)| {
        let (a, b) = (exp(a.ln_real_income_P), exp(b.ln_real_income_P));
        a > b && !ties(a, b)
    };
    let since = |holds: &dyn Fn(usize) -> bool| {
        let first = (0..own.rows.len()).rev().take_while(|&k| holds(k)).last();
        first.filter(|_| !own.rows.is_empty())
    };
    let last = own.rows.last().map(|row| row.regime);
    let stands = |k: usize| {
        let row = &own.rows[k];
        matches!(row.regime, Regime::Cluster(_)) && Some(row.regime) == last && row.subsidy == 0.0
    };
    Gains {
        rank: 0,
        equivalent_variation: equivalent_variation(welfare(own), welfare(base), own.measures.weights),
        net_gain_pv: income(own) - income(base),
        passes_baseline: since(&|k| passes((&own.rows[k], &base.rows[k]))),
        self_sustaining: since(&stands),
        peak_subsidy_share: own.rows.iter().map(|row| row.subsidy / row.w_P).fold(0.0, f64::max),
    }
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

    /// The change and its parts, in the order of the columns of `decomposition.csv`.
    pub fn columns(self) -> [f64; 7] {
        [self.d_ln_gap, self.stat, self.respecialisation, self.catch_up, self.learning, self.shock, self.trade]
    }
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
        let learning = if trade == Trade::Closed { moved } else { motion.d * problem.grid.period };
        (moved - learning, learning)
    };
    let (catch_up, learning) = match made_0 {
        Some(i) => rising(i),
        None => (0..z_0.len()).map(rising).zip(&old.sectors).fold((0.0, 0.0), |sum, ((catch_up, learning), sector)| {
            (sum.0 + sector.alpha * catch_up, sum.1 + sector.alpha * learning)
        }),
    };

    // At its end, one after the other. A gap is the inverse of a wage: what raises ln w lowers ln gap.
    let making = |sector: Option<usize>| Making { sector, clusters: &clusters_0, ages: &ages_0 };
    let moved = ln_wage(old, &z_1, &making(made_0));
    let shocked = ln_wage(new, &z_1, &making(made_0));
    let trade_changes = (row_before.regime == Regime::Closed) != (row_now.regime == Regime::Closed);
    let opened = if trade_changes { made_1 } else { made_0 };
    let traded = ln_wage(new, &z_1, &making(opened));
    // The static benefit stays what it was while P moves to another sector.
    let bare = |sector: usize| {
        let s = &new.sectors[sector];
        ln(z_1[sector] * (s.y_P / s.y_R) / s.Lambda())
    };
    let respecialisation = match (opened, made_1) {
        (Some(from), Some(to)) => bare(to) - bare(from),
        _ => 0.0,
    };
    let settled = ln_wage(new, &z_1, &Making { sector: made_1, clusters: &clusters_1, ages: &ages_1 });
    Parts {
        d_ln_gap: -(ln(row_now.w_P) - ln(row_before.w_P)),
        stat: -(settled - traded - respecialisation),
        respecialisation: -respecialisation,
        catch_up,
        learning,
        shock: -(shocked - moved),
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

/// The answer in words: what is best, what the paper would say of it, and what it costs to hold.
pub fn in_words(comparison: &Comparison) -> Vec<String> {
    let mut words = Vec::new();
    let order = comparison.ranked();
    let name = |index: usize| comparison.members[index].summary.name.as_str();
    let base = comparison.baseline;
    let (best, gain) = (order[0], comparison.gains[order[0]].equivalent_variation);
    let as_good = |index: &&usize| **index != base && comparison.gains[**index].rank == 1;
    let equal = order.iter().filter(as_good).map(|&index| name(index)).collect::<Vec<_>>().join(", ");
    words.push(if comparison.gains.iter().all(|gains| gains.rank == 1) {
        format!("All paths are worth the same to P: {}, {equal}.", name(base))
    } else if comparison.gains[base].rank == 1 && !equal.is_empty() {
        format!("Nothing beats {}; worth as much to P: {equal}. Every other path is worth less.", name(base))
    } else if best == base {
        format!("Nothing beats {}: no other path is worth more to P.", name(base))
    } else {
        format!("{} is best: worth {:.1} % of income in every period over {}.", name(best), 100.0 * gain, name(base))
    });
    words.extend(paradox(comparison));
    words
}

/// The sector that a run promotes for good measure: that of its last cluster.
fn clustered(member: &Member) -> Option<usize> {
    let promoted = member.scenario.problem.policies.iter().rev().find_map(|policy| policy.promote);
    promoted.or(member
        .trajectory
        .rows
        .last()
        .and_then(|row| if let Regime::Cluster(i) = row.regime { Some(i) } else { None }))
}

/// The paper's point, where the runs show it: the strength of an externality does not make a cluster the better choice.
fn paradox(comparison: &Comparison) -> Option<String> {
    let candidates: Vec<(usize, usize)> = comparison
        .ranked()
        .into_iter()
        .filter_map(|index| Some((index, clustered(&comparison.members[index])?)))
        .collect();
    let sector = |(index, i): (usize, usize)| &comparison.members[index].scenario.problem.sectors[i];
    let lambda = |(index, i): (usize, usize)| comparison.members[index].trajectory.last_params.sectors[i].lambda;
    let best = *candidates.first()?;
    let strongest = candidates.iter().copied().max_by(|a, b| lambda(*a).total_cmp(&lambda(*b)))?;
    if candidates.len() < 2 || sector(best) == sector(strongest) || lambda(strongest) <= lambda(best) {
        return None;
    }
    let (strong, good) = (sector(strongest), sector(best));
    let gains = &comparison.gains[strongest.0];
    let trajectory = &comparison.members[strongest.0].trajectory;
    let paid = trajectory.rows.iter().rposition(|row| row.subsidy > 0.0);
    let year = |k: usize| {
        let (start, t) = (trajectory.grid.start, trajectory.grid.t(k));
        if start == 0.0 { format!("year {t}") } else { format!("{}", start + t) }
    };
    let support = match (paid, gains.self_sustaining) {
        (None, _) => String::new(),
        (Some(last), _) if last + 1 == trajectory.rows.len() => "; it needs a subsidy to the end".to_owned(),
        (Some(last), Some(_)) => format!("; it needs a subsidy until {}", year(last + 1)),
        (Some(last), None) => format!("; subsidised until {}, it does not last", year(last + 1)),
    };
    Some(format!(
        "{strong} has the stronger externality, λ {} against {} in {good}, and is still the worse choice: its price falls by as much{support}.",
        lambda(strongest),
        lambda(best),
    ))
}
