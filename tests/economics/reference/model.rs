//! The model once more, step by step as its description lists them (§3), in plain loops. Nothing is shared with the
//! program but the names of regimes and events.

use super::drive::Drive;
use super::measures::{Summary, summarise};
use super::world::{Selection, World};
use catchup::model::trade::Regime;
use catchup::trajectory::EventKind;

/// A comparison whose outcome an error of this relative size could turn is too close to call …
pub const CLOSE: f64 = 1e-7;

/// … unless both sides are equal by construction: then they differ by rounding alone, far inside the tolerance of ties.
pub const SAME: f64 = 1e-11;

/// Parameters of one sector as they stand after the shocks so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Sector {
    pub lambda: f64,
    pub alpha: f64,
    pub y_R: f64,
    pub y_P: f64,
    pub x: f64,
    pub cluster_R: bool,
    pub beta: f64,
    pub s: f64,
    pub delta: f64,
}

/// Everything that a shock can change.
#[derive(Debug, Clone, PartialEq)]
struct Parameters {
    sectors: Vec<Sector>,
    tau: f64,
}

/// Reads the parameters of a scenario: defaults filled in, β from ẑ where ẑ is given.
fn read_parameters(world: &World) -> Parameters {
    let n = world.sectors.len() as f64;
    let read = |sector: &super::world::Sector| {
        let x = sector.x.unwrap_or(world.growth_x);
        let s = world.s;
        let beta = match world.z_hat {
            Some(z_hat) if s == 0.0 => -x / z_hat.ln(),
            Some(z_hat) => -s * x / (s * z_hat.ln()).exp_m1(),
            None => world.beta.unwrap_or(1.0),
        };
        Sector {
            lambda: sector.lambda,
            alpha: sector.alpha.unwrap_or(1.0 / n),
            y_R: sector.y_R,
            y_P: sector.y_P,
            x,
            cluster_R: sector.cluster_R.unwrap_or(true),
            beta,
            s,
            delta: world.delta,
        }
    };
    Parameters { sectors: world.sectors.iter().map(read).collect(), tau: world.tau }
}

/// Comparisons with the tolerance of ties, which remember whether one was too close to call.
#[derive(Default)]
pub struct Judge {
    pub too_close: bool,
}

impl Judge {
    pub fn ties(&mut self, a: f64, b: f64) -> bool {
        let apart = (a - b).abs();
        self.too_close |= apart > SAME * a.max(b) && apart < CLOSE * a.max(b);
        a == b || apart.is_finite() && apart <= 1e-9 * a.max(b)
    }

    pub fn at_least(&mut self, a: f64, b: f64) -> bool {
        self.ties(a, b) || a > b
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub regime: Regime,
    pub w_P: f64,
    pub ln_income_R: f64,
    pub ln_income_P: f64,
    pub growth_R: Option<f64>,
    pub growth_P: Option<f64>,
    pub margin: Option<f64>,
    pub subsidy: f64,
    pub sectors: Vec<SectorRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SectorRow {
    pub Z_R: f64,
    pub Z_P: f64,
    pub z: f64,
    pub g: f64,
    pub p: f64,
    pub v_Is: f64,
    pub v_Cl: f64,
    pub cluster_P: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub period: usize,
    pub kind: EventKind,
    pub sector: Option<usize>,
}

pub struct Run {
    pub rows: Vec<Row>,
    pub events: Vec<Event>,
    pub jumps: Vec<usize>,
    pub last_change: usize,
    /// The first row that hangs on a comparison too close to call.
    pub too_close_from: Option<usize>,
    pub summary: Summary,
}

/// The sector in which P specialises.
pub fn sector_of(regime: Regime) -> Option<usize> {
    match regime {
        Regime::Cluster(i) | Regime::Isolation(i) => Some(i),
        Regime::Diversified | Regime::Closed => None,
    }
}

/// Its spelling in the output.
pub fn name_of(regime: Regime) -> &'static str {
    match regime {
        Regime::Cluster(_) => "cluster",
        Regime::Isolation(_) => "isolation",
        Regime::Diversified => "diversified",
        Regime::Closed => "closed",
    }
}

/// What is left of the model's state between two rows.
struct State {
    /// (ln Z_R, ln Z_P) per sector.
    ln_Z: Vec<[f64; 2]>,
    /// When P's cluster in each sector formed, if one stands: −∞ for one that stands at t = 0.
    formed: Vec<Option<f64>>,
    /// P's sector in the row before; at first the start cluster's.
    sector: Option<usize>,
    closed: bool,
}

/// The first of `among` whose cluster pays as much as any of them.
fn first_highest(judge: &mut Judge, offers: &[SectorRow], among: &[usize]) -> Option<usize> {
    let highest = among.iter().map(|&i| offers[i].v_Cl).fold(0.0, f64::max);
    let tied: Vec<usize> = among.iter().copied().filter(|&i| judge.ties(offers[i].v_Cl, highest)).collect();
    tied.first().copied()
}

/// Runs `world` from t = 0 to its horizon.
pub fn run(world: &World) -> Run {
    let n = world.sectors.len();
    let mut now = world.clone();
    let mut parameters = read_parameters(&now);
    let mut applied = vec![false; world.shocks.len()];
    let mut state = State {
        ln_Z: world.sectors.iter().map(|s| [s.Z_R.unwrap_or(1.0).ln(), s.Z_P.unwrap_or(1.0).ln()]).collect(),
        formed: vec![None; n],
        sector: world.start,
        closed: world.closed,
    };
    let mature = Some(f64::NEG_INFINITY);
    if let Some(i) = world.start {
        state.formed[i] = mature;
    }
    if world.closed_at(0) {
        world.closed_clusters.iter().for_each(|&i| state.formed[i] = mature);
    }

    let mut rows: Vec<Row> = Vec::new();
    let mut events: Vec<Event> = Vec::new();
    let mut jumps = Vec::new();
    let mut too_close_from = None;
    let mut met = vec![false; n];
    for k in 0..=world.periods {
        let t = k as f64 * world.period;
        let mut note = |kind, sector| events.push(Event { period: k, kind, sector });
        let mut judge = Judge::default();
        for i in (0..n).filter(|&i| met[i]) {
            note(EventKind::ParityReached, Some(i));
        }

        // 1. Shocks due, in date then file order.
        let mut due: Vec<usize> =
            (0..applied.len()).filter(|&j| !applied[j] && world.reached(world.shocks[j].at, k)).collect();
        due.sort_by(|&a, &b| world.shocks[a].at.total_cmp(&world.shocks[b].at));
        for &j in &due {
            world.shocks[j].set.iter().for_each(|change| change.apply(&mut now));
            applied[j] = true;
            note(EventKind::Shock, None);
        }
        let before = std::mem::replace(&mut parameters, read_parameters(&now));
        let shocked = parameters != before;
        let Parameters { sectors, tau } = &parameters;
        let tau = *tau;

        // 2. and 3. World prices, and what a worker of P earns.
        let offers: Vec<SectorRow> = (0..n)
            .map(|i| {
                let Sector { lambda, y_R, y_P, cluster_R, .. } = sectors[i];
                let [ln_Z_R, ln_Z_P] = state.ln_Z[i];
                let (Z_R, Z_P) = (ln_Z_R.exp(), ln_Z_P.exp());
                let p = 1.0 / (if cluster_R { lambda } else { 1.0 } * y_R * Z_R);
                let age = state.formed[i].map_or(0.0, |formed| t - formed);
                let ell = if tau > 0.0 { 1.0 + (lambda - 1.0) * (1.0 - (-age / tau).exp()) } else { lambda };
                let v_Is = p * y_P * Z_P;
                SectorRow { Z_R, Z_P, z: Z_P / Z_R, g: 0.0, p, v_Is, v_Cl: ell * v_Is, cluster_P: false }
            })
            .collect();

        // 4. Equilibria.
        let A = offers.iter().map(|offer| offer.v_Is).fold(0.0, f64::max);
        let holds = |judge: &mut Judge, i: usize| judge.at_least(offers[i].v_Cl, A);
        let isolation = {
            let best: Vec<usize> = (0..n).filter(|&i| judge.ties(offers[i].v_Is, A)).collect();
            if best.len() == 1 { Regime::Isolation(best[0]) } else { Regime::Diversified }
        };

        // 5. Which one holds.
        let active = |policy: &&super::world::Policy| world.active(policy, k);
        let closed = world.closed_at(k);
        let promote = world.policies.iter().filter(active).filter_map(|policy| policy.promote).next_back();
        let standing: Vec<usize> = (0..n).filter(|&i| state.formed[i].is_some()).collect();
        let regime = if closed {
            Regime::Closed
        } else {
            let promoted = promote.filter(|&(i, always)| holds(&mut judge, i) || always).map(|(i, _)| i);
            let chosen = promoted.or_else(|| match world.selection {
                Selection::Isolation => None,
                Selection::History => first_highest(&mut judge, &offers, &standing).filter(|&i| holds(&mut judge, i)),
                Selection::Best => {
                    let mut equilibria: Vec<usize> = (0..n).filter(|&i| holds(&mut judge, i)).collect();
                    // A standing cluster is preferred among equals, then file order.
                    equilibria.sort_by_key(|i| !standing.contains(i));
                    first_highest(&mut judge, &offers, &equilibria)
                }
            });
            chosen.map_or(isolation, Regime::Cluster)
        };
        let clusters: Vec<bool> = (0..n)
            .map(|i| if closed { world.closed_clusters.contains(&i) } else { regime == Regime::Cluster(i) })
            .collect();

        // 6. and 7. Wage and real incomes.
        let subsidy = match regime {
            Regime::Cluster(i) if !holds(&mut judge, i) => A - offers[i].v_Cl,
            _ => 0.0,
        };
        let mut ln_income_R = 0.0;
        let mut ln_income_autarky = 0.0;
        for i in 0..n {
            let alpha = sectors[i].alpha;
            ln_income_R += alpha * (alpha / offers[i].p).ln();
            let ell = if clusters[i] { offers[i].v_Cl / offers[i].v_Is } else { 1.0 };
            ln_income_autarky += alpha * (alpha * ell * sectors[i].y_P * offers[i].Z_P).ln();
        }
        let w_P = match regime {
            Regime::Cluster(i) => offers[i].v_Cl,
            Regime::Isolation(_) | Regime::Diversified => A,
            Regime::Closed => (ln_income_autarky - ln_income_R).exp(),
        };
        let ln_income_P = ln_income_R + w_P.ln();

        // Events between the row before and this one.
        for policy in &world.policies {
            let sector = policy.promote.map(|(i, _)| i);
            match (k > 0 && world.active(policy, k - 1), world.active(policy, k)) {
                (false, true) => note(EventKind::PolicyOn, sector),
                (true, false) => note(EventKind::PolicyOff, sector),
                _ => {}
            }
        }
        match (state.closed, closed) {
            (false, true) => note(EventKind::TradeClosed, None),
            (true, false) => note(EventKind::TradeOpened, None),
            _ => {}
        }
        for i in 0..n {
            match (state.formed[i].is_some(), clusters[i]) {
                (false, true) => note(EventKind::ClusterFormed, Some(i)),
                (true, false) if closed || holds(&mut judge, i) => note(EventKind::ClusterEnded, Some(i)),
                (true, false) => note(EventKind::ClusterCollapsed, Some(i)),
                _ => {}
            }
        }
        let sector = sector_of(regime);
        if k > 0 && !state.closed && !closed && sector != state.sector {
            note(EventKind::SpecialisationChanged, sector);
        }

        // The row.
        let before = rows.last();
        if before.is_some_and(|row: &Row| row.regime != regime || shocked) {
            jumps.push(k);
        }
        let drives: Vec<Drive> = (0..n).map(|i| Drive::of(&now, &sectors[i], clusters[i], !closed)).collect();
        let sector_rows = (0..n)
            .map(|i| {
                let ln_z = state.ln_Z[i][1] - state.ln_Z[i][0];
                SectorRow { g: drives[i].g(Drive::side(ln_z), ln_z), cluster_P: clusters[i], ..offers[i].clone() }
            })
            .collect();
        let row = Row {
            regime,
            w_P,
            ln_income_R,
            ln_income_P,
            growth_R: before.map(|row| (ln_income_R - row.ln_income_R) / world.period),
            growth_P: before.map(|row| (ln_income_P - row.ln_income_P) / world.period),
            margin: if let Regime::Cluster(i) = regime { Some(offers[i].v_Cl / A - 1.0) } else { None },
            subsidy,
            sectors: sector_rows,
        };
        rows.push(row);

        // Whether z is at 1 or only near it decides whether it has met 1.
        let nearly_one = |ln_Z: &[f64; 2]| ((ln_Z[1] - ln_Z[0]).abs() - 5e-11).abs() < 4.9e-11;
        if judge.too_close || state.ln_Z.iter().any(nearly_one) {
            too_close_from = too_close_from.or(Some(k));
        }

        // The regime holds until the next date.
        for i in 0..n {
            state.formed[i] = if clusters[i] { state.formed[i].or(Some(t)) } else { None };
            (state.ln_Z[i], met[i]) = drives[i].advance(state.ln_Z[i], world.period);
        }
        state.sector = sector;
        state.closed = closed;
    }

    let last_change = jumps.last().copied().unwrap_or(0);
    let summary = summarise(world, &parameters.sectors, &rows, &jumps);
    Run { rows, events, jumps, last_change, too_close_from, summary }
}
