//! The summary measures of a run (§5).

use super::ahead::Way;
use super::path::{Outlook, Path, Row, TIE};
use super::stretch::Regime;
use super::values::{Panels, Values, half_way, reach, values};

/// Distances from a threshold up to this are too close to call.
const CLOSE: f64 = 1e-7;

/// What looks beyond the last row.
#[derive(Debug, Clone)]
pub struct LongRun {
    pub gap: f64,
    pub regime: Regime,
    pub factors: Option<[f64; 3]>,
    pub self_sustaining: Option<bool>,
    pub subsidised: bool,
    pub settled_year: Option<f64>,
    /// The first change of regime or sector after the last row: when, and to which.
    pub next_change: Option<(f64, Regime)>,
    pub growth_R: f64,
    /// λ of the cluster that holds, 1 where none does.
    pub externality: f64,
    pub outcome: Option<&'static str>,
    pub self_sustaining_year: Option<f64>,
    pub verdict: &'static str,
    pub direction: &'static str,
    pub half_life: Option<f64>,
    pub half_life_from: f64,
    /// What a relative error of 1 in the gap makes of the half-life, in years.
    pub half_life_error: f64,
}

/// The measures of a run that has rows.
#[derive(Debug, Clone)]
pub struct Summary {
    pub initial_gap: f64,
    pub final_gap: f64,
    pub regime_changes: usize,
    pub peak_subsidy_share: f64,
    pub peak_growth_P: Option<f64>,
    pub tail_share: f64,
    /// Empty for a failed run.
    pub long_run: Option<LongRun>,
    pub values: Values,
    /// Whether no measure beyond the rows hangs on something too close to call; the half-life by itself.
    pub known: bool,
    pub half_life_known: bool,
}

/// Years after t = 0 throughout.
pub fn summarise(path: &Path, panels: &Panels) -> Option<Summary> {
    let (world, rows) = (&path.world, &path.dates[..path.rows]);
    let (first, last) = (rows.first()?, rows.last()?);
    let pairs = || rows.iter().zip(rows.iter().skip(1));
    let calm = |(before, row): &(&Row, &Row)| !moved(before, row) && !row.changed && before.in_force == row.in_force;
    let growth = pairs().filter(calm).map(|(before, row)| (row.ln_income_P - before.ln_income_P) / world.period);
    let (initial_gap, final_gap) = (1.0 / first.w, 1.0 / last.w);
    let tail = (-world.discount_rate * path.t(world.periods)).exp();
    let mut summary = Summary {
        initial_gap,
        final_gap,
        regime_changes: pairs().filter(|(before, row)| moved(before, row)).count(),
        peak_subsidy_share: rows.iter().map(|row| row.subsidy / row.w).fold(0.0, f64::max),
        peak_growth_P: growth.max_by(f64::total_cmp),
        tail_share: if world.within_horizon { 0.0 } else { tail },
        long_run: None,
        values: Values::default(),
        known: path.too_close_from.is_none() && path.outlook != Outlook::Undecided,
        half_life_known: true,
    };
    if path.failure.is_some() {
        summary.known = path.too_close_from.is_none();
        return Some(summary);
    }
    let long_run = long_run(path, panels, &mut summary);
    summary.long_run = Some(long_run);
    summary.values = values(path, panels);
    Some(summary)
}

/// Panels of a run, as far as its measures look.
pub fn panels(path: &Path) -> Panels {
    Panels::of(path, reach(path))
}

fn moved(before: &Row, row: &Row) -> bool {
    before.regime.key() != row.regime.key()
}

fn long_run(path: &Path, panels: &Panels, summary: &mut Summary) -> LongRun {
    let dates = &path.dates;
    let last = &dates[dates.len() - 1];
    let mut close = |distance: f64| summary.known &= distance.abs() >= CLOSE || distance == 0.0 || distance.is_nan();
    let (gap, factors, self_sustaining) = limit(path, last, &mut close);
    let subsidised = self_sustaining == Some(false) && last.stretch.sustained || last.stretch.share() > 0.0;

    let pairs = || dates.iter().zip(dates.iter().skip(1));
    let settled = pairs().filter(|(before, row)| moved(before, row)).map(|(_, row)| path.t(row.k)).next_back();
    let at_end = &dates[path.rows - 1];
    let next_change = dates[path.rows..].iter().find(|row| moved(at_end, row)).map(|row| (path.t(row.k), row.regime));
    let sectors = last.stretch.parameters.sectors.iter().enumerate();
    let growth_R =
        sectors.map(|(i, of)| of.alpha * last.stretch.drives[i].lasting_growth_R(last.stretch.ln_z[i])).sum();
    let externality = match last.regime {
        Regime::Cluster(i) => last.stretch.parameters.sectors[i].lambda,
        _ => 1.0,
    };
    let in_the_end = |i: usize| last.stretch.clusters[i];
    let promoted = dates.iter().filter_map(|row| row.promoted).next_back();
    let outcome = promoted.map(|i| {
        let stood = dates.iter().any(|row| row.promoted == Some(i) && row.regime == Regime::Cluster(i));
        match (0..last.stretch.n()).any(in_the_end) {
            _ if !stood => "never-formed",
            _ if in_the_end(i) && subsidised => "subsidised",
            _ if in_the_end(i) => "self-sustaining",
            true => "replaced",
            false => "collapsed",
        }
    });
    let own_feet = match last.regime {
        Regime::Cluster(i) if last.subsidy == 0.0 => {
            let fallen = dates.iter().rposition(|row| !(row.stretch.clusters[i] && row.subsidy == 0.0));
            Some(path.t(fallen.map_or(0, |k| k + 1)))
        }
        _ => None,
    };

    let (initial, last_gap) = (summary.initial_gap, summary.final_gap);
    let within = |gap: f64| (gap - 1.0).abs() <= 0.01;
    [initial, last_gap, gap].iter().for_each(|gap| close((gap - 1.0).abs() - 0.01));
    let verdict = match () {
        () if gap == f64::INFINITY => "falling-behind",
        () if gap < 0.99 => "ahead",
        () if within(gap) && within(last_gap) => "converged",
        () if within(gap) => "converging",
        () => "persistent-gap",
    };
    let further = gap.ln().abs() - initial.ln().abs();
    close(further.abs() - 0.01);
    let direction = match () {
        () if initial > 1.01 && gap < 0.99 => "overtaking",
        () if initial < 0.99 && gap > 1.01 => "overtaken",
        () if further < -0.01 => "narrowing",
        () if further > 0.01 => "widening",
        () => "steady",
    };

    let change = pairs().filter(|(before, row)| moved(before, row) || row.changed).map(|(_, row)| row.k).next_back();
    let start = path.t(change.unwrap_or(0));
    let (mut half_life, mut error) = (None, 0.0);
    if gap > 0.0 && gap.is_finite() {
        let whole = (panels.at(start).ln_w + gap.ln()).abs();
        summary.half_life_known = !(1e-11..1e-7).contains(&whole);
        if whole >= 1e-9 {
            (half_life, error) =
                half_way(panels, start, gap.ln()).map_or((None, 0.0), |(t, error)| (Some(t - start), error));
        }
    }
    LongRun {
        gap,
        regime: last.regime,
        factors,
        self_sustaining,
        subsidised,
        settled_year: settled,
        next_change,
        growth_R,
        externality,
        outcome,
        self_sustaining_year: own_feet,
        verdict,
        direction,
        half_life,
        half_life_from: start,
        half_life_error: error,
    }
}

/// The gap's limit, its factors where it is neither 0 nor infinite, and whether the cluster that holds stands by itself there.
fn limit(path: &Path, last: &Row, close: &mut impl FnMut(f64)) -> (f64, Option<[f64; 3]>, Option<bool>) {
    let stretch = &last.stretch;
    let (n, parameters) = (stretch.n(), &stretch.parameters);
    let split = |i: usize, z: f64| {
        let sector = &parameters.sectors[i];
        let held = if stretch.clusters[i] { sector.lambda } else { 1.0 };
        [sector.y_R / sector.y_P, parameters.benefit_R(i) / held, 1.0 / z]
    };
    let product = |factors: [f64; 3]| factors[0] * factors[1] * factors[2];
    let Some(i) = last.regime.followed() else {
        let terms: Vec<f64> = (0..n).map(|i| parameters.sectors[i].alpha * stretch.drives[i].d).collect();
        let (D, size) = (terms.iter().sum::<f64>(), terms.iter().map(|term| term.abs()).sum::<f64>());
        if D.abs() > 1e-12 * size {
            close(D / size * 1e3);
            return (if D > 0.0 { f64::INFINITY } else { 0.0 }, None, None);
        }
        let mut mean = [1.0; 3];
        for i in 0..n {
            let factors = split(i, stretch.ln_z[i].exp());
            (0..3).for_each(|j| mean[j] *= factors[j].powf(parameters.sectors[i].alpha));
        }
        return (product(mean), Some(mean), None);
    };
    let mut ways: Vec<Way> = (0..n).map(|i| Way::of(stretch.drives[i], stretch.ln_z[i])).collect();
    if ways.iter().any(|way| way.drive.on_edge(way.ln_z, CLOSE)) {
        close(0.5 * CLOSE);
    }
    let mut gap = None;
    if let Outlook::Ends(t) = path.outlook {
        // Those that blow up then are infinitely far ahead of the others, which have come to where they are then.
        for way in &mut ways {
            let left = t - stretch.start;
            let blows_up = way.drive.blow_up(way.ln_z) <= left * (1.0 + 1e-12);
            way.limit = if blows_up { f64::INFINITY } else { way.later(left).ln_z };
        }
        gap = Some(0.0);
    }
    let factors = split(i, ways[i].limit.exp());
    let gap = gap.unwrap_or(product(factors));
    let own_feet = matches!(last.regime, Regime::Cluster(_)).then(|| {
        let margin = |k: usize| {
            let together = ways[i].limit == f64::INFINITY && ways[k].limit == f64::INFINITY && gap == 0.0;
            let apart = if together && path.outlook != Outlook::Settled {
                ways[i].ln_z - ways[k].ln_z
            } else {
                ways[i].limit_against(&ways[k])
            };
            parameters.sectors[i].lambda.ln() + parameters.ln_offer(i) - parameters.ln_offer(k) + apart
        };
        let margins: Vec<f64> = (0..n).filter(|&k| k != i).map(margin).collect();
        margins.iter().for_each(|&margin| close(if margin.abs() < 1e-11 { 0.0 } else { margin + TIE }));
        margins.iter().all(|&margin| margin >= -TIE)
    });
    (gap, (gap > 0.0 && gap.is_finite()).then_some(factors), own_feet)
}
