//! What the program makes of a scenario, against what the reference makes of it.

use super::measures::{LongRun, Summary, panels, summarise};
use super::parts::{Parts, parts};
use super::path::{Event, Failure, Outlook, Path};
use super::values::{Gains, Panels, gains};
use super::world::{Form, NAMES, Policy, World};
use catchup::compare::{Comparison, Decomposed, Member};
use catchup::control::Control;
use catchup::integrate::{Method, Solver};
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::scenario;
use catchup::simulate::simulate;
use catchup::summary;
use catchup::trajectory::Trajectory;
use serde_json::Value;
use std::fmt::Debug;

/// Relative error that the integration is allowed.
const TOLERANCE: f64 = 1e-8;
/// That of present values, as a share of the present value of what is summed up, signs aside: what the model promises.
const OF_VALUES: f64 = 1e-9;

/// What the program makes of a scenario file.
pub fn program(toml: &str, method: Method) -> Result<Member, String> {
    let scenario = scenario::parse(toml, &[]).map_err(|report| format!("refused: {report:?}"))?;
    let solver = Solver { method, ..Solver::default() };
    let trajectory = simulate(&scenario.problem, solver, &Control::default()).map_err(|stop| format!("{stop:?}"))?;
    let summary = summary::summarise("run", None, &trajectory);
    Ok(Member { scenario, trajectory, summary })
}

/// The methods that take the form.
pub fn methods(form: Form) -> &'static [Method] {
    if form == Form::Verspagen { &[Method::Dopri5] } else { &Method::ALL }
}

/// A scenario as the reference sees it.
pub struct Expected {
    pub path: Path,
    panels: Panels,
    pub summary: Option<Summary>,
}

impl Expected {
    pub fn of(world: &World) -> Self {
        let path = Path::of(world);
        let panels = panels(&path);
        let summary = summarise(&path, &panels);
        Self { path, panels, summary }
    }

    pub fn gains(&self, baseline: &Self) -> Gains {
        gains((&self.path, &self.panels), (&baseline.path, &baseline.panels))
    }

    /// Whether everything can be compared.
    pub fn known(&self) -> bool {
        self.summary.as_ref().is_none_or(|summary| summary.known && summary.half_life_known)
    }
}

/// The region left alone: its policies promote nothing.
pub fn left_alone(world: &World) -> World {
    let speaks = |policy: &Policy| policy.closed.is_some();
    let quiet = |policy: &Policy| Policy { promote: None, paid_by_R: false, ..policy.clone() };
    World { policies: world.policies.iter().filter(|policy| speaks(policy)).map(quiet).collect(), ..world.clone() }
}

/// Differences between the program and the reference.
#[derive(Default)]
pub struct Differences(pub Vec<String>);

impl Differences {
    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, got: &T, expected: &T) {
        if got != expected {
            self.0.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    /// Equal up to `TOLERANCE` of the larger of `scale` and the expected value.
    fn near(&mut self, what: &str, got: f64, expected: f64, scale: f64) {
        self.within(what, got, expected, TOLERANCE * scale.max(expected.abs()));
    }

    fn within(&mut self, what: &str, got: f64, expected: f64, error: f64) {
        let near = got == expected || (got - expected).abs() <= error;
        if !near {
            self.0.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    fn near_if_any(&mut self, what: &str, got: Option<f64>, expected: Option<f64>, scale: f64) {
        match (got, expected) {
            (Some(got), Some(expected)) => self.near(what, got, expected, scale),
            _ => self.same(what, &got, &expected),
        }
    }

    /// Equal up to `OF_VALUES` of `size`, what the value would be without signs.
    fn near_value(&mut self, what: &str, got: Option<f64>, expected: Option<f64>, size: f64) {
        match (got, expected) {
            (Some(got), Some(expected)) => self.within(what, got, expected, OF_VALUES * size),
            _ => self.same(what, &got, &expected),
        }
    }
}

/// Events of periods before `end`, in an order of their own.
fn sorted(events: impl Iterator<Item = Event>, end: usize) -> Vec<Event> {
    let mut events: Vec<Event> = events.filter(|event| event.period < end).collect();
    events.sort();
    events
}

/// The program's events.
pub fn events(trajectory: &Trajectory) -> Vec<Event> {
    let plain = trajectory.events.iter().map(|event| Event {
        period: event.period,
        kind: event.kind.name(),
        sector: event.sector,
    });
    sorted(plain, usize::MAX)
}

/// The events of `some` that are not among `others`.
pub fn without(some: &[Event], others: &[Event]) -> Vec<Event> {
    let mut left = some.to_vec();
    for event in others {
        if let Some(place) = left.iter().position(|other| other == event) {
            left.remove(place);
        }
    }
    left
}

/// The program's name for a regime and its sector.
pub fn key(regime: Regime) -> (&'static str, Option<usize>) {
    let sector = if let Regime::Cluster(i) | Regime::Isolation(i) = regime { Some(i) } else { None };
    (regime.kind().name(), sector)
}

/// Two runs of the program that should come to the same.
pub fn compare_members(one: &Member, other: &Member, differences: &mut Differences) {
    let regimes = |of: &Member| of.trajectory.rows.iter().map(|row| key(row.regime)).collect::<Vec<_>>();
    differences.same("regimes", &regimes(other), &regimes(one));
    let decided = |of: &Member| {
        let measures = &of.summary.measures;
        let in_the_end = (measures.last, measures.long_run, measures.promoted);
        (measures.status(), measures.verdict, measures.direction, measures.outcome, in_the_end)
    };
    differences.same("what is decided", &decided(other), &decided(one));
    let (one, other) = (&one.summary, &other.summary);
    differences.same("next_change", &other.next_change, &one.next_change);
    differences.same("half_life_from", &other.half_life_from, &one.half_life_from);
    let years = one.measures.weight.unwrap_or(1.0).max(1.0);
    for measure in Measure::of_a_run() {
        differences.near_if_any(measure.name(), other[measure], one[measure], years);
    }
    differences.near_if_any("income", other.measures.income, one.measures.income, years);
}

/// All that is known of the scenario, row by row and as a whole.
pub fn compare_run(expected: &Expected, got: &Member, differences: &mut Differences) {
    let path = &expected.path;
    let end = path.too_close_from.unwrap_or(usize::MAX).min(path.rows);
    compare_rows(path, &got.trajectory, end, differences);
    if end == path.rows {
        compare_summary(expected, got, differences);
    }
}

/// Rows 0 … `end` − 1, and what is said about them.
fn compare_rows(path: &Path, got: &Trajectory, end: usize, differences: &mut Differences) {
    if end == path.rows {
        differences.same("rows", &got.rows.len(), &path.rows);
        differences.same("fails", &got.failure.is_some(), &path.failure.is_some());
        if let (Some(Failure::BlowUp { t, .. }), Some(failure)) = (path.failure, &got.failure) {
            differences.near("blow-up at", failure.t, t, 1.0);
        }
    }
    let per_year = 1.0 / path.world.period;
    for (k, (row, actual)) in path.dates.iter().zip(&got.rows).enumerate().take(end) {
        let at = |what: &str| format!("row {k}, {what}");
        let now = &row.stretch;
        differences.same(&at("regime"), &key(actual.regime), &row.regime.key());
        differences.near(&at("w_P"), actual.w_P, row.w, 0.0);
        differences.near(&at("income_P"), actual.income_P, row.m, row.w);
        differences.near(&at("ln_real_income_R"), actual.ln_real_income_R, row.ln_income_R, 1.0);
        // What is left of w once the tax is paid knows its error from w.
        let scale = (row.w / row.m).max(1.0);
        differences.near(&at("ln_real_income_P"), actual.ln_real_income_P, row.ln_income_P, scale);
        let growth = |of: &dyn Fn(&super::path::Row) -> f64| {
            let before = k.checked_sub(1).map(|before| &path.dates[before]);
            before.map(|before| (of(row) - of(before)) * per_year)
        };
        differences.near_if_any(&at("growth_R"), actual.growth_R, growth(&|row| row.ln_income_R), per_year);
        let scale = k.checked_sub(1).map_or(scale, |before| scale.max(path.dates[before].w / path.dates[before].m));
        differences.near_if_any(&at("growth_P"), actual.growth_P, growth(&|row| row.ln_income_P), per_year * scale);
        differences.near_if_any(&at("margin"), actual.margin, row.margin, 1.0);
        differences.near(&at("subsidy"), actual.subsidy, row.subsidy, row.w);
        for (i, actual) in got.sectors_at(k).iter().enumerate() {
            let at = |what: &str| format!("row {k}, sector {i}, {what}");
            let (ln_Z_R, ln_z) = (now.ln_Z_R[i], now.ln_z[i]);
            let sector = &now.parameters.sectors[i];
            let (to_P, to_R) = now.drives[i].spillovers(ln_z);
            differences.near(&at("Z_R"), actual.Z_R, ln_Z_R.exp(), 0.0);
            differences.near(&at("Z_P"), actual.Z_P, (ln_Z_R + ln_z).exp(), 0.0);
            differences.near(&at("z"), actual.z, ln_z.exp(), 0.0);
            differences.near(&at("g"), actual.g, to_P, 1.0);
            differences.near(&at("g_R"), actual.g_R, to_R, 1.0);
            let p = 1.0 / (now.parameters.benefit_R(i) * sector.y_R * ln_Z_R.exp());
            differences.near(&at("p"), actual.p, p, 0.0);
            differences.near(&at("v_Is"), actual.v_Is, row.v_Is[i], 0.0);
            differences.near(&at("v_Cl"), actual.v_Cl, row.v_Cl[i], 0.0);
            differences.same(&at("cluster_P"), &actual.cluster_P, &now.clusters[i]);
        }
    }
    let (got, expected) = (sorted(events(got).into_iter(), end), sorted(path.events.iter().copied(), end));
    differences.same("events", &without(&got, &expected), &without(&expected, &got));
}

fn compare_summary(expected: &Expected, got: &Member, differences: &mut Differences) {
    let (path, told) = (&expected.path, &got.summary);
    let got = serde_json::to_value(told).unwrap_or_default();
    let Some(summary) = &expected.summary else { return };
    let (rho, period) = (path.world.discount_rate, path.world.period);
    let number = |key: &str| got.get(key).and_then(Value::as_f64);
    let text = |key: &str| got.get(key).and_then(Value::as_str);
    let truth = |key: &str| got.get(key).and_then(Value::as_bool);
    let last = &path.dates[path.rows - 1];
    let status = if path.failure.is_some() { "failed" } else { "ok" };
    differences.same("status", &text("status"), &Some(status));
    differences.near_if_any("initial_gap", number("initial_gap"), Some(summary.initial_gap), 0.0);
    // A failed run has no row at the horizon.
    let final_gap = path.failure.is_none().then_some(summary.final_gap);
    differences.near_if_any("final_gap", number("final_gap"), final_gap, 0.0);
    differences.same("regime_changes", &number("regime_changes"), &Some(summary.regime_changes as f64));
    differences.near_if_any(
        "peak_subsidy_share",
        number("peak_subsidy_share"),
        Some(summary.peak_subsidy_share),
        1.0 + summary.peak_subsidy_share,
    );
    // A subsidy that eats up almost all of the income makes errors of growth as large as one pleases.
    let scale = path.dates[..path.rows].iter().map(|row| row.w / row.m).fold(1.0, f64::max);
    differences.near_if_any("peak_growth_P", number("peak_growth_P"), summary.peak_growth_P, scale / period);
    differences.same("last_regime", &text("last_regime"), &Some(last.regime.key().0));
    differences.same("last_sector", &text("last_sector"), &last.regime.key().1.map(|i| NAMES[i]));
    differences.same("last_regime_subsidised", &truth("last_regime_subsidised"), &Some(last.subsidy > 0.0));
    if !summary.known {
        return;
    }
    if path.failure.is_none() {
        differences.near_if_any("welfare_tail_share", number("welfare_tail_share"), Some(summary.tail_share), 0.0);
    }
    let long_run = summary.long_run.as_ref();
    let finite = |of: &dyn Fn(&LongRun) -> Option<f64>| long_run.and_then(of).filter(|value| value.is_finite());
    let word = |of: &dyn Fn(&LongRun) -> Option<&'static str>| long_run.and_then(of);
    differences.near_if_any("long_run_gap", number("long_run_gap"), finite(&|of| Some(of.gap)), 0.0);
    differences.same("long_run_regime", &text("long_run_regime"), &word(&|of| Some(of.regime.key().0)));
    differences.same("long_run_sector", &text("long_run_sector"), &word(&|of| of.regime.key().1.map(|i| NAMES[i])));
    differences.same("verdict", &text("verdict"), &word(&|of| Some(of.verdict)));
    differences.same("direction", &text("direction"), &word(&|of| Some(of.direction)));
    differences.same("outcome", &text("outcome"), &word(&|of| of.outcome));
    let own_feet = long_run.and_then(|of| of.self_sustaining);
    differences.same("long_run_self_sustaining", &truth("long_run_self_sustaining"), &own_feet);
    differences.same("long_run_subsidised", &truth("long_run_subsidised"), &long_run.map(|of| of.subsidised));
    for (j, name) in ["ricardian", "static", "technology"].into_iter().enumerate() {
        let name = format!("long_run_{name}");
        differences.near_if_any(&name, number(&name), long_run.and_then(|of| of.factors.map(|f| f[j])), 0.0);
    }
    differences.same("settled_year", &number("settled_year"), &finite(&|of| of.settled_year));
    let next_change = told.next_change.map(|(year, regime)| (year, key(regime)));
    let expected_change = long_run.and_then(|of| of.next_change);
    differences.same("next_change", &next_change, &expected_change.map(|(year, regime)| (year, regime.key())));
    let growth_R = long_run.map(|of| of.growth_R);
    differences.near_if_any("long_run_growth_R", told.long_run_growth_R, growth_R, 0.01);
    if let Some(long_run) = long_run {
        differences.near("externality", told.measures.externality, long_run.externality, 0.0);
    }
    differences.same("self_sustaining_year", &number("self_sustaining_year"), &finite(&|of| of.self_sustaining_year));
    differences.same("half_life_from", &number("half_life_from"), &finite(&|of| Some(of.half_life_from)));
    if summary.half_life_known {
        let error = long_run.map_or(0.0, |of| of.half_life_error) + 1.0;
        differences.near_if_any("half_life", number("half_life"), finite(&|of| of.half_life), error);
    }
    let values = &summary.values;
    differences.near_value("welfare", number("welfare"), values.welfare, values.scale + 1.0);
    let endless = rho > 0.0 && !path.world.within_horizon;
    let years = if endless { 1.0 / rho } else { path.t(path.rows) };
    let size = years.max(values.subsidy.unwrap_or_default());
    differences.near_value("subsidy_pv", number("subsidy_pv"), values.subsidy, size);
    differences.near_value("income", told.measures.income, values.income, values.income.unwrap_or_default());
}

/// The run against the region left alone: gains, and the parts of both.
pub fn compare_gains(expected: [&Expected; 2], got: [Member; 2], differences: &mut Differences) {
    let [own, baseline] = expected;
    let failed = expected.iter().any(|expected| expected.path.failure.is_some());
    let close = expected.iter().any(|expected| !expected.known());
    if failed || close {
        return;
    }
    let comparison = Comparison::new("comparison".to_owned(), 1, got.into());
    for (expected, got) in [own, baseline].iter().zip(&comparison.decompositions) {
        compare_parts(&expected.path, &parts(&expected.path), got.iter().map(|parts| parts.columns()), differences);
    }
    compare_sums(&comparison, differences);
    let (gains, got) = (own.gains(baseline), &comparison.gains[0]);
    let size = (gains.scale + 1.0) * (1.0 + gains.equivalent_variation.unwrap_or_default());
    differences.near_value("equivalent_variation", got.equivalent_variation, gains.equivalent_variation, size);
    let scale = gains.money_scale + 1.0;
    differences.near_value("net_gain_pv", got.net_gain_pv, gains.net_gain, scale);
    let per_subsidy =
        gains.net_gain.zip(gains.benefit_cost).map_or(0.0, |(net, ratio)| ratio.abs() / net.abs().max(1e-12));
    differences.near_if_any("benefit_cost", got.benefit_cost, gains.benefit_cost, 1.0 + scale * per_subsidy * 10.0);
    differences.near_if_any("break_even_rate", got.break_even_rate, gains.break_even, gains.break_even_error.max(1e-4));
    if gains.passing_known {
        differences.same("passes_baseline_year", &got.passes_baseline_year, &gains.passes_baseline);
    }
}

/// The running sums of a decomposition against its parts.
fn compare_sums(comparison: &Comparison, differences: &mut Differences) {
    for (index, parts) in comparison.decompositions.iter().enumerate() {
        let mut expected = [0.0; 7];
        for (k, (parts, sums)) in parts.iter().zip(Decomposed::new(comparison, index).sums()).enumerate() {
            for (sum, (part, got)) in expected.iter_mut().zip(parts.columns().into_iter().zip(sums.columns())) {
                *sum += part;
                differences.near(&format!("row {k}, running sum"), got, *sum, 1.0);
            }
        }
    }
}

fn compare_parts(path: &Path, parts: &[Parts], got: impl Iterator<Item = [f64; 7]>, differences: &mut Differences) {
    let names = ["static", "respecialisation", "catch_up", "learning", "shock", "trade"];
    for (k, (expected, got)) in parts.iter().zip(got).enumerate() {
        let whole = if k == 0 { 0.0 } else { (path.dates[k - 1].w / path.dates[k].w).ln() };
        differences.near(&format!("row {k}, d_ln_gap"), got[0], whole, 1.0);
        for (j, name) in names.into_iter().enumerate() {
            differences.near(&format!("row {k}, part {name}"), got[j + 1], expected[j], 1.0);
        }
    }
}

/// Whether the path ends by `literal`'s blow-up after the last row.
pub fn ends(path: &Path) -> bool {
    matches!(path.outlook, Outlook::Ends(_))
}
