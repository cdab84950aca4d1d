//! Present values (§5): Gauss–Legendre on panels that are short where a stretch begins, and end where the path has a kink.

use super::ahead::Way;
use super::motion::bisect;
use super::path::{Outlook, Path, TIE};
use super::stretch::{Moment, Stretch, sign_change};
use super::world::Form;

/// Points per panel.
const POINTS: usize = 12;

/// e^(−ENOUGH) is nothing.
const ENOUGH: f64 = 42.0;

/// The rates between which a break-even rate is sought.
const RATES: (f64, f64) = (1e-4, 0.3);

/// Places of a Gauss–Legendre rule on [0, 1] and their weights.
pub fn gauss_legendre() -> Vec<(f64, f64)> {
    let n = POINTS as f64;
    let place = |i: usize| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (mut before, mut value) = (1.0, x);
            for j in 2..=POINTS {
                let j = j as f64;
                (before, value) = (value, ((2.0 * j - 1.0) * x * value - (j - 1.0) * before) / j);
            }
            slope = n * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..POINTS).map(place).collect()
}

/// A path cut into panels, the last of which ends at `end`.
pub struct Panels {
    stretches: Vec<Stretch>,
    end: f64,
}

impl Panels {
    pub fn of(path: &Path, end: f64) -> Self {
        let dates = &path.dates;
        let same = |a: &Stretch, b: &Stretch| {
            let what = |s: &Stretch| (s.regime, s.clusters.clone(), s.sustained, s.pigou, s.paid_by_R);
            what(a) == what(b) && a.parameters == b.parameters
        };
        let mut stretches = Vec::new();
        let mut k = 0;
        while k < dates.len() {
            let first = &dates[k].stretch;
            k += dates[k..].iter().take_while(|row| same(&row.stretch, first)).count();
            let stop = dates.get(k).map_or(end, |row| row.stretch.start.min(end));
            cut(first, stop, &mut stretches);
        }
        Self { stretches, end }
    }

    pub fn at(&self, t: f64) -> Moment {
        self.stretch(t).at(t)
    }

    pub fn stretch(&self, t: f64) -> &Stretch {
        let after = self.stretches.partition_point(|stretch| stretch.start <= t);
        &self.stretches[after.max(1) - 1]
    }

    pub fn edges(&self) -> Vec<f64> {
        self.stretches.iter().map(|stretch| stretch.start).chain([self.end]).collect()
    }
}

/// Cuts what goes on from `first` until `stop` into panels that grow with the time since it began.
fn cut(first: &Stretch, stop: f64, panels: &mut Vec<Stretch>) {
    let mut now = first.clone();
    let mut length = shortest(&now);
    while now.start < stop {
        let mut end = (now.start + length.min(longest(&now))).min(stop);
        let kinks = kinks(&now, end);
        let kink = kinks.into_iter().filter(|&t| t > now.start + 1e-9 && t < end - 1e-9).min_by(f64::total_cmp);
        end = kink.unwrap_or(end);
        let next = now.from(end);
        panels.push(std::mem::replace(&mut now, next));
        length = if kink.is_some() { shortest(&now) } else { length * 1.15 };
    }
}

/// A length in which nothing moves by much where all that moves has just begun to.
fn shortest(stretch: &Stretch) -> f64 {
    let fastest = |i: usize| {
        let drive = &stretch.drives[i];
        let power = if drive.form == Form::Literal { 1.0 } else { drive.s.min(0.0) };
        drive.beta * (power * stretch.ln_z[i]).exp().max(1.0)
    };
    let tau = stretch.parameters.tau;
    let fastest = (0..stretch.n()).map(fastest).fold(if tau > 0.0 { 1.0 / tau } else { 0.0 }, f64::max);
    (0.5 / fastest).min(0.5)
}

/// The longest panel: where `literal` nears its end, and where verspagen may fall after a long wait, lengths must not grow.
fn longest(stretch: &Stretch) -> f64 {
    let bound = |i: usize| {
        let (drive, ln_z) = (stretch.drives[i], stretch.ln_z[i]);
        let rest = drive.limit(ln_z);
        let waiting = if rest.is_finite() { (ln_z - rest).abs() > 1e-10 } else { ln_z.abs() < 40.0 * drive.delta };
        match drive.form {
            Form::Literal => 0.25 * drive.blow_up(ln_z),
            Form::Verspagen if drive.open && waiting => 8.0 / drive.beta,
            _ => f64::INFINITY,
        }
    };
    (0..stretch.n()).map(bound).fold(f64::INFINITY, f64::min)
}

/// Moments up to `end` at which z of a sector meets 1, a subsidy begins or ends, or the outside option changes its sector.
fn kinks(stretch: &Stretch, end: f64) -> Vec<f64> {
    let n = stretch.n();
    let met = |i: usize| stretch.drives[i].after(stretch.ln_z[i], 0.0, end - stretch.start).met;
    let mut found: Vec<f64> = (0..n).filter_map(met).map(|years| stretch.start + years).collect();
    if stretch.sustained {
        let place = |j: usize| stretch.start + (end - stretch.start) * j as f64 / 4.0;
        for j in 0..4 {
            let mut between = |quantity: &dyn Fn(&Moment) -> f64| {
                found.extend(sign_change(stretch, place(j), place(j + 1), quantity));
            };
            for i in 0..n {
                between(&|now| now.ln_w - now.ln_v_Is[i]);
                between(&|now| now.ln_w + (1.0 + stretch.share()).ln() - now.ln_v_Is[i]);
                (0..i).for_each(|k| between(&|now| now.ln_v_Is[i] - now.ln_v_Is[k]));
            }
        }
    }
    found
}

/// A moment of the quadrature, with its undiscounted weight.
struct Node {
    t: f64,
    weight: f64,
    ln_income: f64,
    ln_m: f64,
    paid_by_P: f64,
    paid_by_R: f64,
}

fn nodes(panels: &Panels, edges: &[f64]) -> Vec<Node> {
    let rule = gauss_legendre();
    let mut nodes = Vec::new();
    for ends in edges.windows(2).filter(|ends| ends[1] - ends[0] > 1e-12 * ends[1]) {
        let stretch = panels.stretch(0.5 * (ends[0] + ends[1]));
        for (place, weight) in &rule {
            let t = ends[0] + (ends[1] - ends[0]) * place;
            let now = stretch.at(t);
            let (paid_by_P, paid_by_R) = if stretch.paid_by_R { (0.0, now.subsidy) } else { (now.subsidy, 0.0) };
            let weight = weight * (ends[1] - ends[0]);
            nodes.push(Node { t, weight, ln_income: now.ln_income_P, ln_m: now.ln_m, paid_by_P, paid_by_R });
        }
    }
    nodes
}

fn integral(nodes: &[Node], of: impl Fn(&Node) -> f64) -> f64 {
    nodes.iter().map(|node| node.weight * of(node)).sum()
}

/// The rates at which m and the subsidy grow in the end; −∞ for what ends, or needs nothing.
fn growth_in_the_end(path: &Path) -> (f64, f64) {
    let last = &path.dates[path.dates.len() - 1];
    let stretch = &last.stretch;
    let n = stretch.n();
    let rate = |i: usize| {
        let way = Way::of(stretch.drives[i], stretch.ln_z[i]);
        let far = if way.limit < 0.0 { -1e5 } else { 1e5 };
        if way.limit.is_finite() { 0.0 } else { way.drive.rate(far) }
    };
    let Some(i) = stretch.regime.followed() else {
        return (
            -(0..n).map(|i| stretch.parameters.sectors[i].alpha * stretch.drives[i].d).sum::<f64>(),
            f64::NEG_INFINITY,
        );
    };
    let outside = (0..n).map(rate).fold(f64::NEG_INFINITY, f64::max);
    let subsidy = if last.subsidy > 0.0 { outside } else { f64::NEG_INFINITY };
    let costs = stretch.paid_by_R || stretch.cost_of_funds > 1.0;
    (if costs { rate(i).max(subsidy) } else { rate(i) }, subsidy)
}

/// Present values of one run; `None` where there are none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Values {
    pub welfare: Option<f64>,
    pub subsidy: Option<f64>,
    /// PV(m).
    pub income: Option<f64>,
    /// PV(|ln v_P|), what an error of welfare is measured by.
    pub scale: f64,
}

/// Whether the window's integrals exist at some rate.
fn integrable(path: &Path) -> bool {
    let whole = !path.broke_later && path.outlook == Outlook::Settled;
    path.failure.is_none() && (path.world.within_horizon || whole)
}

/// Whether they do at the discount rate.
fn has_values(path: &Path) -> bool {
    integrable(path) && (path.world.within_horizon || path.world.discount_rate > 0.0)
}

/// How far panels must go.
pub fn reach(path: &Path) -> f64 {
    let world = &path.world;
    let horizon = path.t(world.periods);
    if path.outlook != Outlook::Settled {
        return path.t(path.dates.len().max(1) - 1);
    }
    let endless = world.discount_rate > 0.0 && !world.within_horizon;
    let rho = if endless { world.discount_rate } else { RATES.0 };
    let (m, subsidy) = growth_in_the_end(path);
    let slow = [m, subsidy]
        .into_iter()
        .filter(|&rate| rate > 0.0 && rate < rho)
        .fold(rho.min(RATES.0), |slow, rate| slow.min(rho - rate));
    (ENOUGH / slow).max(horizon).max(path.t(path.dates.len()))
}

fn window(path: &Path, panels: &Panels) -> Vec<f64> {
    let mut edges = panels.edges();
    if path.world.within_horizon {
        let horizon = path.t(path.world.periods);
        edges.retain(|&t| t < horizon);
        edges.push(horizon);
    }
    edges
}

pub fn values(path: &Path, panels: &Panels) -> Values {
    if !has_values(path) {
        return Values::default();
    }
    let nodes = nodes(panels, &window(path, panels));
    let rho = path.world.discount_rate;
    let present = |of: &dyn Fn(&Node) -> f64| integral(&nodes, |node| (-rho * node.t).exp() * of(node));
    let welfare = present(&|node| node.ln_income);
    if !welfare.is_finite() {
        return Values::default();
    }
    let (m, paid) = growth_in_the_end(path);
    let counts = |rate: f64| path.world.within_horizon || rate < rho;
    let subsidy = counts(paid).then(|| present(&|node| node.paid_by_P + node.paid_by_R));
    let income = counts(m).then(|| integral(&nodes, |node| (node.ln_m - rho * node.t).exp()));
    Values { welfare: Some(welfare), subsidy, income, scale: present(&|node| node.ln_income.abs()) }
}

/// What a run is worth against a baseline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gains {
    pub equivalent_variation: Option<f64>,
    pub net_gain: Option<f64>,
    pub benefit_cost: Option<f64>,
    pub break_even: Option<f64>,
    pub passes_baseline: Option<f64>,
    /// What errors of the equivalent variation, of the net gain and of the break-even rate are measured by.
    pub scale: f64,
    pub money_scale: f64,
    pub break_even_error: f64,
    /// Whether the first passing is clear of the tie.
    pub passing_known: bool,
}

pub fn gains(run: (&Path, &Panels), baseline: (&Path, &Panels)) -> Gains {
    let mut gains = passing(run, baseline);
    let (path, base) = (run.0, baseline.0);
    if !integrable(path) || !integrable(base) {
        return gains;
    }
    let (rho, within) = (path.world.discount_rate, path.world.within_horizon);
    let end = if within { path.t(path.world.periods) } else { run.1.end.max(baseline.1.end) };
    let (own, others) = (Panels::of(path, end), Panels::of(base, end));
    let mut edges = window(path, &own);
    edges.extend(window(base, &others));
    edges.sort_by(f64::total_cmp);
    let (own, others) = (nodes(&own, &edges), nodes(&others, &edges));
    let ahead: Vec<Node> =
        own.iter().zip(&others).map(|(a, b)| Node { ln_income: a.ln_income - b.ln_income, ..*a }).collect();
    let pv =
        |rho: f64, nodes: &[Node], of: &dyn Fn(&Node) -> f64| integral(nodes, |node| (-rho * node.t).exp() * of(node));
    (gains.break_even, gains.break_even_error) = break_even(rho, &own, &ahead);
    if !has_values(path) {
        return gains;
    }
    let one = pv(rho, &own, &|_| 1.0);
    let ahead_by = pv(rho, &ahead, &|node| node.ln_income);
    if !ahead_by.is_finite() {
        return gains;
    }
    gains.equivalent_variation = Some((ahead_by / one).exp_m1());
    gains.scale =
        pv(rho, &own, &|node| node.ln_income.abs()) / one + pv(rho, &others, &|node| node.ln_income.abs()) / one;

    let ((m, _), (m_base, _)) = (growth_in_the_end(path), growth_in_the_end(base));
    if within || m < rho && m_base < rho {
        let income = |nodes: &[Node]| integral(nodes, |node| (node.ln_m - rho * node.t).exp());
        let net =
            own.iter().zip(&others).map(|(a, b)| a.weight * ((a.ln_m - rho * a.t).exp() - (b.ln_m - rho * b.t).exp()));
        let net: f64 = net.sum();
        let (by_P, by_R) = (pv(rho, &own, &|node| node.paid_by_P), pv(rho, &own, &|node| node.paid_by_R));
        let mu = path.world.cost_of_funds;
        gains.net_gain = Some(net);
        gains.benefit_cost = (by_P + by_R > 0.0).then(|| (net + mu * by_P) / (mu * (by_P + by_R)));
        gains.money_scale = income(&own) + income(&others);
    }
    gains
}

/// The rate nearest to `rho` at which the sign of ΔW changes, and what a relative error of 1 in W makes of it.
fn break_even(rho: f64, own: &[Node], ahead: &[Node]) -> (Option<f64>, f64) {
    let scale = |rate: f64| integral(own, |node| (-rate * node.t).exp() * node.ln_income.abs());
    let worth = |rate: f64| {
        let ahead_by = integral(ahead, |node| (-rate * node.t).exp() * node.ln_income);
        if ahead_by.abs() <= 1e-12 * scale(rate) { 0.0 } else { ahead_by }
    };
    let steps = 240;
    let rate = |j: usize| RATES.0 * (RATES.1 / RATES.0).powf(j as f64 / steps as f64);
    let mut last: Option<(f64, f64)> = None;
    let mut nearest: Option<f64> = None;
    for j in 0..=steps {
        let (at, now) = (rate(j), worth(rate(j)));
        if now == 0.0 {
            continue;
        }
        if let Some((before, then)) = last
            && (then < 0.0) != (now < 0.0)
        {
            let root = bisect(before, at, |rate| (worth(rate) < 0.0) == (now < 0.0));
            nearest = Some(nearest.filter(|best| (best - rho).abs() <= (root - rho).abs()).unwrap_or(root));
        }
        last = Some((at, now));
    }
    let error = nearest.map_or(0.0, |root| {
        let step = 1e-4 * root;
        scale(root) * 2.0 * step / (worth(root + step) - worth(root - step)).abs()
    });
    (nearest, error)
}

/// The first date from which on P's real income exceeds the baseline's at every date.
fn passing(run: (&Path, &Panels), baseline: (&Path, &Panels)) -> Gains {
    let ((path, panels), (base, others)) = (run, baseline);
    if path.failure.is_some() || base.failure.is_some() {
        return Gains::default();
    }
    let known = path.outlook == Outlook::Settled && base.outlook == Outlook::Settled;
    let income = |path: &Path, panels: &Panels, k: usize| {
        path.dates.get(k).map_or_else(|| panels.at(path.t(k)).ln_income_P, |row| row.ln_income_P)
    };
    let ahead_by = |k: usize| income(path, panels, k) - income(base, others, k);
    let last = path.dates.len().max(base.dates.len());
    let mut dates: Vec<usize> = (0..last).collect();
    let (mut k, mut step) = (last, 1.0);
    while path.t(k) < panels.end.min(others.end) && known {
        dates.push(k);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of dates")]
        let whole = step as usize;
        k += whole;
        step *= 1.03;
    }
    let ahead: Vec<f64> = dates.iter().map(|&k| ahead_by(k)).collect();
    // Near the tie at the end, or at the date before the first, an error could decide.
    let clear = |ahead: f64| (ahead - TIE).abs() > 5e-8 || ahead.abs() < 1e-11;
    let mut passing_known = known && clear(ahead[ahead.len() - 1]);
    let first = match ahead.iter().rposition(|&ahead| ahead <= TIE || ahead.is_nan()) {
        None => Some(0),
        Some(j) if j + 1 == dates.len() => None,
        Some(j) => {
            let (mut not, mut passed) = (dates[j], dates[j + 1]);
            while passed - not > 1 {
                let middle = not.midpoint(passed);
                if ahead_by(middle) > TIE { passed = middle } else { not = middle }
            }
            passing_known &= clear(ahead_by(not)) && clear(ahead_by(passed));
            Some(passed)
        }
    };
    Gains { passes_baseline: first.map(|k| path.t(k)), passing_known, ..Gains::default() }
}

/// The first moment from `start` on at which |ln gap − ln `limit`| has fallen to half of what it was, and the error in years
/// that a relative error of 1 in the gap would make; the sector of the gap must stay the same.
pub fn half_way(panels: &Panels, start: f64, ln_limit: f64) -> Option<(f64, f64)> {
    let distance = |t: f64| (panels.at(t).ln_w + ln_limit).abs();
    let whole = distance(start);
    let half = |t: f64| distance(t) <= 0.5 * whole;
    let edges: Vec<f64> = std::iter::once(start).chain(panels.edges().into_iter().filter(|&t| t > start)).collect();
    for ends in edges.windows(2) {
        let place = |j: usize| ends[0] + (ends[1] - ends[0]) * j as f64 / 8.0;
        if let Some(j) = (0..8).find(|&j| half(place(j + 1))) {
            let t = bisect(place(j), place(j + 1), half);
            let step = 1e-3 * (place(1) - place(0));
            let slope = (distance(t + step) - distance(t - step)) / (2.0 * step);
            return Some((t, 1.0 / slope.abs()));
        }
    }
    None
}
