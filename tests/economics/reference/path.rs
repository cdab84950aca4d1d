//! The path once more, step by step as the model's description lists them (§3), in plain loops: date by date up to the last
//! row, and on until nothing can change any more. Nothing is shared with the program.

use super::ahead::{Way, always_below, never_below};
use super::motion::Drive;
use super::rules::{Seen, too_close};
use super::stretch::{Parameters, Regime, Stretch};
use super::world::{ByRule, Policy, Promote, Selection, Sustain, World};

/// Two values tie up to this relative difference.
pub const TIE: f64 = 1e-9;

/// A decision that turns out otherwise when ties reach this far, or only this near, is too close to call: an error of the
/// integration could decide it.
const LOOSE: f64 = 1e-7;
const TIGHT: f64 = 1e-11;

/// Dates after which the path is given up as undecided.
const MOST_DATES: usize = 300_000;

/// The state at t_k after the trade step.
#[derive(Debug, Clone)]
pub struct Row {
    pub k: usize,
    pub regime: Regime,
    pub w: f64,
    pub m: f64,
    pub ln_income_R: f64,
    pub ln_income_P: f64,
    pub margin: Option<f64>,
    pub subsidy: f64,
    pub v_Is: Vec<f64>,
    pub v_Cl: Vec<f64>,
    /// The policy in force, and the sector that it promotes where trade is open.
    pub in_force: Option<usize>,
    pub promoted: Option<usize>,
    /// Whether a shock of this date changed a parameter.
    pub changed: bool,
    pub stretch: Stretch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub period: usize,
    pub kind: &'static str,
    pub sector: Option<usize>,
}

/// Why a run has no last row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// z of a sector reaches infinity, at this date.
    BlowUp { sector: usize, t: f64 },
    /// P would have to pay more than it makes.
    Income,
}

/// How the path goes on after its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outlook {
    /// From the last of `dates` on nothing changes any more.
    Settled,
    /// `literal` reaches infinity at this time; the last of `dates` is the last before.
    Ends(f64),
    /// Not known: the dates did not suffice.
    Undecided,
}

pub struct Path {
    pub world: World,
    /// All dates looked at: rows, and after them as many as it takes.
    pub dates: Vec<Row>,
    /// How many of them are rows.
    pub rows: usize,
    pub events: Vec<Event>,
    pub failure: Option<Failure>,
    pub outlook: Outlook,
    /// Whether P pays more than it makes at a date, or between two, after the last row.
    pub broke_later: bool,
    /// The first date that hangs on a comparison too close to call.
    pub too_close_from: Option<usize>,
}

/// What a trade step decides with ties that reach a given way.
#[derive(Debug, Clone, PartialEq)]
struct Decision {
    regime: Regime,
    holds: Vec<bool>,
}

fn ties(a: f64, b: f64, reach: f64) -> bool {
    a == b || (a - b).abs() <= reach * a.max(b)
}

/// What one trade step looks at.
struct Step<'a> {
    world: &'a World,
    v_Is: &'a [f64],
    v_Cl: &'a [f64],
    standing: &'a [bool],
    closed: bool,
    promote: Option<(usize, Sustain)>,
    /// The regime of the date before, where neither a shock nor the start lies between.
    before: Option<Regime>,
}

impl Step<'_> {
    fn first_highest(&self, among: &[usize], reach: f64) -> Option<usize> {
        let highest = among.iter().map(|&i| self.v_Cl[i]).fold(0.0, f64::max);
        among.iter().copied().find(|&i| ties(self.v_Cl[i], highest, reach))
    }

    fn decide(&self, reach: f64) -> Decision {
        let n = self.v_Is.len();
        let A = self.v_Is.iter().copied().fold(0.0, f64::max);
        let holds: Vec<bool> = self.v_Cl.iter().map(|&v| v >= A || ties(v, A, reach)).collect();
        let promoted = self.promote.filter(|&(i, how)| holds[i] || how != Sustain::IfEquilibrium).map(|(i, _)| i);
        let chosen = promoted.or_else(|| match self.world.selection {
            Selection::Isolation => None,
            Selection::History => {
                let standing: Vec<usize> = (0..n).filter(|&i| self.standing[i]).collect();
                self.first_highest(&standing, reach).filter(|&i| holds[i])
            }
            Selection::Best => {
                let mut equilibria: Vec<usize> = (0..n).filter(|&i| holds[i]).collect();
                equilibria.sort_by_key(|&i| !self.standing[i]);
                self.first_highest(&equilibria, reach)
            }
        });
        let regime = match chosen {
            _ if self.closed => Regime::Closed,
            Some(i) => Regime::Cluster(i),
            None => {
                let tied: Vec<usize> = (0..n).filter(|&i| ties(self.v_Is[i], A, reach)).collect();
                match self.before {
                    // An approach to a tie is no change.
                    Some(Regime::Isolation(i)) if tied.contains(&i) => Regime::Isolation(i),
                    _ if tied.len() == 1 => Regime::Isolation(tied[0]),
                    _ => Regime::Diversified(tied[0]),
                }
            }
        };
        Decision { regime, holds }
    }
}

impl Path {
    /// Date `k` in years.
    pub fn t(&self, k: usize) -> f64 {
        k as f64 * self.world.period
    }

    pub fn of(world: &World) -> Self {
        Walk::new(world).walk()
    }
}

/// The walk from date to date.
struct Walk<'a> {
    world: &'a World,
    now: World,
    parameters: Parameters,
    applied: Vec<bool>,
    ln_z: Vec<f64>,
    ln_Z_R: Vec<f64>,
    /// When P's cluster in each sector formed, if one stands: −∞ for one that stands at t = 0.
    formed: Vec<Option<f64>>,
    was_closed: bool,
    /// What the rule of each policy has named, once it has.
    named: Vec<Option<Option<usize>>>,
    met: Vec<bool>,
    /// No policy or shock has a date after this one.
    last_date: usize,
    path: Path,
}

impl<'a> Walk<'a> {
    fn new(world: &'a World) -> Self {
        let n = world.sectors.len();
        let mature = |standing: bool| standing.then_some(f64::NEG_INFINITY);
        let closed = world.closed_at(0);
        let stands = |i: usize| world.start == Some(i) || closed && world.closed_clusters.contains(&i);
        let dates = world.policies.iter().flat_map(|policy| [Some(policy.from), policy.until]).flatten();
        let latest = dates.chain(world.shocks.iter().map(|shock| shock.at)).fold(0.0, f64::max);
        Self {
            world,
            now: world.clone(),
            parameters: Parameters::read(world),
            applied: vec![false; world.shocks.len()],
            ln_z: world.sectors.iter().map(|s| s.Z_P.unwrap_or(1.0).ln() - s.Z_R.unwrap_or(1.0).ln()).collect(),
            ln_Z_R: world.sectors.iter().map(|s| s.Z_R.unwrap_or(1.0).ln()).collect(),
            formed: (0..n).map(|i| mature(stands(i))).collect(),
            was_closed: world.closed,
            named: vec![None; world.policies.len()],
            met: vec![false; n],
            last_date: (0..).find(|&k| world.reached(latest, k)).unwrap_or(0),
            path: Path {
                world: world.clone(),
                dates: Vec::new(),
                rows: 0,
                events: Vec::new(),
                failure: None,
                outlook: Outlook::Undecided,
                broke_later: false,
                too_close_from: None,
            },
        }
    }

    fn walk(mut self) -> Path {
        let last_row = self.world.periods;
        let mut look_at = last_row.max(self.last_date);
        for k in 0..MOST_DATES {
            let row = self.step(k);
            if row.m <= 0.0 {
                if k <= last_row {
                    self.path.failure = Some(Failure::Income);
                    break;
                }
                self.path.broke_later = true;
            }
            let stretch = row.stretch.clone();
            let settled = k == look_at && settled(&row, self.world.selection) && self.rules_rest(k, &row);
            if k == look_at {
                look_at = k + 1 + (k - last_row) / 20;
            }
            self.path.dates.push(row);
            let (t, period) = (self.path.t(k), self.world.period);
            let blow_ups = (0..stretch.n()).map(|i| (i, stretch.drives[i].blow_up(stretch.ln_z[i])));
            if let Some((sector, years)) = blow_ups.min_by(|a, b| a.1.total_cmp(&b.1))
                && (years <= period || settled && years < f64::INFINITY)
            {
                let t = t + years;
                if k < last_row {
                    self.path.failure = Some(Failure::BlowUp { sector, t });
                } else {
                    self.path.outlook = Outlook::Ends(t);
                }
                break;
            }
            if settled {
                self.path.outlook = Outlook::Settled;
                break;
            }
            if stretch.sustained && (1..=32).any(|j| stretch.at(t + period * f64::from(j) / 32.0).m <= 0.0) {
                if k < last_row {
                    self.path.failure = Some(Failure::Income);
                    break;
                }
                self.path.broke_later = true;
            }
            for i in 0..stretch.n() {
                let moved = stretch.drives[i].after(self.ln_z[i], self.ln_Z_R[i], period);
                (self.ln_z[i], self.ln_Z_R[i], self.met[i]) = (moved.ln_z, moved.ln_Z_R, moved.met.is_some());
            }
        }
        let path = &mut self.path;
        path.rows = path.dates.len().min(last_row + 1);
        path.events.retain(|event| event.period < path.rows);
        self.path
    }

    /// Shocks due at date k, in date then file order: how many, and whether a parameter changed.
    fn shocks(&mut self, k: usize) -> (usize, bool) {
        let shocks = &self.world.shocks;
        let mut due: Vec<usize> =
            (0..shocks.len()).filter(|&j| !self.applied[j] && self.world.reached(shocks[j].at, k)).collect();
        due.sort_by(|&a, &b| shocks[a].at.total_cmp(&shocks[b].at));
        for &j in &due {
            shocks[j].set.iter().for_each(|change| change.apply(&mut self.now));
            self.applied[j] = true;
        }
        let before = std::mem::replace(&mut self.parameters, Parameters::read(&self.now));
        (due.len(), before != self.parameters)
    }

    /// The trade and specialisation step at date k.
    fn step(&mut self, k: usize) -> Row {
        let (world, n, t) = (self.world, self.ln_z.len(), self.path.t(k));
        for i in 0..n {
            if self.met[i] {
                self.note(k, "parity_reached", Some(i));
            }
        }
        let (shocks, changed) = self.shocks(k);
        (0..shocks).for_each(|_| self.note(k, "shock", None));
        let parameters = self.parameters.clone();
        let v_Is: Vec<f64> = (0..n).map(|i| (parameters.ln_offer(i) + self.ln_z[i]).exp()).collect();
        let age = |i: usize| self.formed[i].map(|formed| t - formed);
        let v_Cl: Vec<f64> = (0..n).map(|i| parameters.benefit_P(i, age(i)) * v_Is[i]).collect();
        let A = v_Is.iter().copied().fold(0.0, f64::max);

        let closed = world.closed_at(k);
        let active = |(_, policy): &(usize, &Policy)| world.active(policy, k);
        let in_force = world.policies.iter().enumerate().filter(active).rfind(|(_, policy)| policy.promote.is_some());
        self.follow_rules(k, &parameters);
        let named = |index: usize, promote: &Promote| match promote {
            Promote::Sector(i) => Some(*i),
            Promote::ByRule(_) => self.named[index].flatten(),
        };
        let promote = in_force.filter(|_| !closed).and_then(|(index, policy)| {
            let (promote, sustain) = policy.promote.as_ref()?;
            Some((named(index, promote)?, *sustain))
        });
        let standing: Vec<bool> = self.formed.iter().map(Option::is_some).collect();
        let before = if shocks == 0 { self.path.dates.last().map(|row| row.regime) } else { None };
        let step = Step { world, v_Is: &v_Is, v_Cl: &v_Cl, standing: &standing, closed, promote, before };
        let Decision { regime, holds } = step.decide(TIE);
        let nearly_one = |ln_z: &f64| (ln_z.abs() - 5e-11).abs() < 4.9e-11;
        let followed = |decision: &Decision| {
            let needs = decision.regime.followed().map(|i| decision.holds[i]);
            let ended: Vec<bool> = (0..n).map(|i| standing[i] && decision.holds[i]).collect();
            (decision.regime.key(), needs, ended)
        };
        let exactly = followed(&Decision { regime, holds: holds.clone() });
        if [LOOSE, TIGHT].iter().any(|&reach| followed(&step.decide(reach)) != exactly)
            || self.ln_z.iter().any(nearly_one)
        {
            self.path.too_close_from = self.path.too_close_from.or(Some(k));
        }

        let clusters: Vec<bool> = (0..n)
            .map(|i| if closed { world.closed_clusters.contains(&i) } else { regime == Regime::Cluster(i) })
            .collect();
        self.events_of_policies(k);
        if self.was_closed != closed {
            self.note(k, if closed { "trade_closed" } else { "trade_opened" }, None);
        }
        for i in 0..n {
            match (standing[i], clusters[i]) {
                (false, true) => self.note(k, "cluster_formed", Some(i)),
                (true, false) if closed || holds[i] => self.note(k, "cluster_ended", Some(i)),
                (true, false) => self.note(k, "cluster_collapsed", Some(i)),
                _ => {}
            }
        }
        let sector = regime.key().1;
        if let Some(last) = self.path.dates.last()
            && !self.was_closed
            && !closed
            && sector != last.regime.key().1
        {
            self.note(k, "specialisation_changed", sector);
        }

        for i in 0..n {
            self.formed[i] = if clusters[i] { self.formed[i].or(Some(t)) } else { None };
        }
        let policy = in_force.map(|(_, policy)| policy);
        let stretch = Stretch {
            start: t,
            regime,
            drives: (0..n).map(|i| Drive::of(&parameters, i, clusters[i], !closed)).collect(),
            clusters,
            ln_z: self.ln_z.clone(),
            ln_Z_R: self.ln_Z_R.clone(),
            ages: self.formed.iter().map(|formed| formed.map(|formed| t - formed)).collect(),
            sustained: promote.is_some_and(|(i, how)| how != Sustain::IfEquilibrium && regime == Regime::Cluster(i)),
            pigou: promote.is_some_and(|(i, how)| how == Sustain::Pigou && regime == Regime::Cluster(i)),
            paid_by_R: policy.is_some_and(|policy| policy.paid_by_R),
            cost_of_funds: world.cost_of_funds,
            parameters,
        };
        let w = match regime {
            Regime::Cluster(i) => v_Cl[i],
            Regime::Isolation(i) | Regime::Diversified(i) => v_Is[i],
            Regime::Closed => stretch.at(t).ln_w.exp(),
        };
        let subsidy = match regime {
            Regime::Cluster(i) if !holds[i] => (A - v_Cl[i]).max(stretch.share() * v_Cl[i]),
            Regime::Cluster(i) => stretch.share() * v_Cl[i],
            _ => 0.0,
        };
        let m = if subsidy > 0.0 { stretch.disposable(w, subsidy) } else { w };
        let ln_income_R = stretch.parameters.ln_income_R(&self.ln_Z_R);
        self.was_closed = closed;
        Row {
            k,
            regime,
            w,
            m,
            ln_income_R,
            ln_income_P: ln_income_R + m.max(0.0).ln(),
            margin: if let Regime::Cluster(i) = regime { Some(v_Cl[i] / A - 1.0) } else { None },
            subsidy,
            v_Is,
            v_Cl,
            in_force: in_force.map(|(index, _)| index),
            promoted: promote.map(|(i, _)| i),
            changed,
            stretch,
        }
    }

    /// Rules of active policies choose: at the first date, or anew.
    fn follow_rules(&mut self, k: usize, parameters: &Parameters) {
        let world = self.world;
        for (index, by) in rules(world, k) {
            if self.named[index].is_some() && !by.anew {
                continue;
            }
            let ages: Vec<Option<f64>> =
                self.formed.iter().map(|formed| formed.map(|formed| self.path.t(k) - formed)).collect();
            let seen = Seen { parameters, ln_z: &self.ln_z, ages: &ages, discount_rate: world.discount_rate };
            if too_close(by, &seen, [LOOSE, TIGHT]) {
                self.path.too_close_from = self.path.too_close_from.or(Some(k));
            }
            let named = by.names(&seen, TIE);
            if self.named[index] != Some(named) {
                self.named[index] = Some(named);
                self.note(k, "rule_chose", named);
            }
        }
    }

    /// Whether rules that choose anew at every date would name the same at dates ever farther off, if all else stayed: looked at,
    /// and no proof.
    fn rules_rest(&self, k: usize, row: &Row) -> bool {
        let stretch = &row.stretch;
        let rests = |(index, by): (usize, &ByRule)| {
            let later = |years: f64| {
                let now = stretch.from(stretch.start + years);
                let seen = Seen {
                    parameters: &now.parameters,
                    ln_z: &now.ln_z,
                    ages: &now.ages,
                    discount_rate: self.world.discount_rate,
                };
                by.names(&seen, TIE)
            };
            let mut years = self.world.period;
            !by.anew
                || (0..60).all(|_| {
                    let same = self.named[index] == Some(later(years));
                    years *= 1.2;
                    same
                })
        };
        stretch.regime == Regime::Closed || rules(self.world, k).all(rests)
    }

    fn events_of_policies(&mut self, k: usize) {
        for policy in &self.world.policies {
            let sector = match &policy.promote {
                Some((Promote::Sector(i), _)) => Some(*i),
                Some((Promote::ByRule(_), _)) | None => None,
            };
            match (k > 0 && self.world.active(policy, k - 1), self.world.active(policy, k)) {
                (false, true) => self.note(k, "policy_on", sector),
                (true, false) => self.note(k, "policy_off", sector),
                _ => {}
            }
        }
    }

    fn note(&mut self, period: usize, kind: &'static str, sector: Option<usize>) {
        self.path.events.push(Event { period, kind, sector });
    }
}

/// The policies that go by a rule and are active at date k.
fn rules(world: &World, k: usize) -> impl Iterator<Item = (usize, &ByRule)> {
    let active = world.policies.iter().enumerate().filter(move |(_, policy)| world.active(policy, k));
    active.filter_map(|(index, policy)| match &policy.promote {
        Some((Promote::ByRule(by), _)) => Some((index, by)),
        Some((Promote::Sector(_), _)) | None => None,
    })
}

/// Whether no later date can decide otherwise, nor begin or end a subsidy, all policies and shocks being in the past.
fn settled(row: &Row, selection: Selection) -> bool {
    let stretch = &row.stretch;
    let n = stretch.n();
    if row.regime == Regime::Closed {
        return true;
    }
    let ways: Vec<Way> = (0..n).map(|i| Way::of(stretch.drives[i], stretch.ln_z[i])).collect();
    let parameters = &stretch.parameters;
    // Bounds of ln v_i^Is − ln v_j^Is from now on, and of ln ℓ.
    let ratio = |i: usize, j: usize| {
        let now = parameters.ln_offer(i) + ways[i].ln_z - parameters.ln_offer(j) - ways[j].ln_z;
        let (low, high) = ways[i].against(&ways[j]).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        (now + low, now + high)
    };
    let ell = |i: usize| {
        let now = parameters.benefit_P(i, stretch.ages[i]).ln();
        (now, if stretch.clusters[i] { parameters.sectors[i].lambda.ln() } else { now })
    };
    let against_outside = |i: usize, k: usize| {
        let ((low, high), (least, most)) = (ratio(i, k), ell(i));
        (low + least, high + most)
    };
    let always_holds = |i: usize| (0..n).all(|k| never_below(against_outside(i, k)));
    let never_holds = |i: usize| (0..n).any(|k| always_below(against_outside(i, k)));
    let best = |i: usize| {
        (0..n).filter(|&k| k != i).all(|k| never_below((ratio(i, k).0 + ell(i).0 - ell(k).1, f64::INFINITY)))
    };
    if let Some(i) = row.promoted {
        if stretch.sustained {
            let paid = (1.0 + stretch.share()).ln();
            let raised = |k: usize| {
                let (low, high) = against_outside(i, k);
                (low + paid, high + paid)
            };
            return (0..n).all(|k| never_below(raised(k))) || (0..n).any(|k| always_below(raised(k)));
        }
        if row.regime == Regime::Cluster(i) {
            return always_holds(i);
        }
        if !never_holds(i) {
            return false;
        }
    }
    match row.regime {
        Regime::Cluster(i) => match selection {
            Selection::History => always_holds(i),
            Selection::Best => always_holds(i) && best(i),
            Selection::Isolation => false,
        },
        Regime::Isolation(i) => selection != Selection::Best && (0..n).all(|k| never_below(ratio(i, k))),
        Regime::Diversified(_) => {
            let A = row.v_Is.iter().copied().fold(0.0, f64::max);
            let mut tied = (0..n).filter(|&i| ties(row.v_Is[i], A, TIE));
            selection != Selection::Best && tied.all(|i| (0..n).all(|k| never_below(ratio(i, k))))
        }
        Regime::Closed => true,
    }
}
