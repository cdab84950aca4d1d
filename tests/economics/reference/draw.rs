//! Random scenarios, of every kind that the model knows.

use super::world::{ByRule, Change, Form, Policy, Promote, Rule, Sector, Selection, Shock, Sustain, World};
use fastrand::Rng;

/// What is drawn at random, in words of probability and range.
struct Draw {
    rng: Rng,
}

impl Draw {
    fn chance(&mut self, probability: f64) -> bool {
        self.rng.f64() < probability
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.rng.f64()
    }

    /// Evenly in logs.
    fn scale(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    fn maybe<T>(&mut self, probability: f64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(probability).then(|| value(self))
    }

    fn lambda(&mut self) -> f64 {
        if self.chance(0.08) { 1.0 } else { self.scale(1.01, 2.2) }
    }

    /// Learning by doing; 0 in some sectors where `zero` allows it.
    fn x(&mut self, zero: bool) -> f64 {
        if zero && self.chance(0.15) { 0.0 } else { self.between(0.003, X_MAX) }
    }

    fn shares(&mut self, n: usize) -> Vec<f64> {
        let weights: Vec<f64> = (0..n).map(|_| self.between(0.2, 1.0)).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    /// A date: on the grid, off it, a hair after it on either side of the tolerance, or beyond the horizon.
    fn date(&mut self, world: &World) -> f64 {
        let k = self.rng.usize(0..world.periods) as f64;
        let offset = match self.rng.u32(0..20) {
            0..8 => 0.0,
            8..16 => self.rng.f64(),
            16 => 1e-10,
            17 => 1e-7,
            18 => 1.0 - 1e-10,
            _ => world.periods as f64,
        };
        (k + offset) * world.period
    }

    fn sector(&mut self, world: &World) -> Sector {
        let literal_from_far = world.form == Form::Literal && world.beta.is_none();
        let Z_R = self.maybe(0.4, |draw| draw.scale(0.5, 2.0));
        let Z_P = if literal_from_far {
            Some(Z_R.unwrap_or(1.0) * self.scale(0.001, 0.01))
        } else {
            self.maybe(0.8, |draw| if draw.chance(0.7) { draw.scale(0.05, 1.2) } else { draw.scale(1.0, 4.0) })
        };
        let zero = world.z_hat.is_none();
        Sector {
            lambda: self.lambda(),
            alpha: None,
            y_R: if self.chance(0.3) { 1.0 } else { self.scale(0.5, 2.0) },
            y_P: if self.chance(0.1) { 1.0 } else { self.scale(0.4, 2.0) },
            Z_R,
            Z_P,
            x: self.maybe(0.35, |draw| draw.x(zero)),
            cluster_R: self.maybe(0.35, |draw| draw.chance(0.4)),
        }
    }

    fn policy(&mut self, world: &World) -> Policy {
        let n = world.sectors.len();
        let from = if self.chance(0.15) { 0.0 } else { self.date(world) };
        let until = self.maybe(0.65, |draw| {
            let until = draw.date(world);
            if until > from { until } else { from + draw.between(0.1, 12.0) * world.period }
        });
        let promote = self.maybe(0.8, |draw| draw.promotion(world.form, n));
        let closed = if promote.is_some() { self.maybe(0.2, |draw| draw.chance(0.6)) } else { Some(self.chance(0.6)) };
        let paid_by_R = promote.is_some() && self.chance(0.3);
        Policy { from, until, promote, paid_by_R, closed }
    }

    /// A sector, or a rule that names one, and how its cluster is held.
    fn promotion(&mut self, form: Form, n: usize) -> (Promote, Sustain) {
        let sustain = if self.rng.bool() { Sustain::Always } else { Sustain::IfEquilibrium };
        if self.chance(0.55) {
            return (Promote::Sector(self.rng.usize(0..n)), sustain);
        }
        let rule = loop {
            let (rule, _) = Rule::ALL[self.rng.usize(0..Rule::ALL.len())];
            // Under `verspagen` each node of an index is an integration.
            let slow = form == Form::Verspagen && !self.chance(0.05);
            if rule != Rule::Index || (form != Form::Literal && !slow) {
                break rule;
            }
        };
        let sustain = match rule {
            Rule::Porter => Sustain::IfEquilibrium,
            Rule::Pigou if self.chance(0.6) => Sustain::Pigou,
            _ => sustain,
        };
        let believes = rule != Rule::Established && self.chance(0.3);
        let belief = |draw: &mut Self, of: fn(&mut Self) -> f64| {
            (0..n).map(|_| if believes { draw.maybe(0.5, of) } else { None }).collect()
        };
        let lambda = belief(self, Self::lambda);
        let y_P = belief(self, |draw| draw.scale(0.4, 2.0));
        // An index by quadrature at every date takes its time: rarely, and never where each is an integration.
        let anew = match rule {
            Rule::Index => form != Form::Verspagen && self.chance(0.04),
            _ => self.chance(0.4),
        };
        (Promote::ByRule(ByRule { rule, anew, lambda, y_P }), sustain)
    }

    /// New values for one to four parameters that the form in use has.
    fn changes(&mut self, world: &World) -> Vec<Change> {
        let n = world.sectors.len();
        let zero = world.z_hat.is_none();
        let mut changes: Vec<Change> = Vec::new();
        for _ in 0..self.rng.usize(1..=4) {
            let i = self.rng.usize(0..n);
            let change = match self.rng.u32(0..11) {
                0 if world.sectors.iter().any(|sector| sector.x.is_none()) => Change::GrowthX(self.x(zero)),
                1 | 2 if world.z_hat.is_some() => Change::ZHat(self.between(0.2, 0.95)),
                1 | 2 if world.speed.is_some() => Change::Speed(self.speed()),
                1 | 2 if world.beta.is_some() => Change::Beta(self.beta(world)),
                3 if world.form == Form::BenhabibSpiegel => Change::S(self.s()),
                3 if world.form == Form::Verspagen => Change::Delta(self.scale(0.3, 3.0)),
                4 => Change::Tau(if self.chance(0.3) { 0.0 } else { self.scale(0.5, 15.0) }),
                5 => Change::Lambda(i, self.lambda()),
                6 => Change::YR(i, self.scale(0.5, 2.0)),
                7 => Change::YP(i, self.scale(0.4, 2.0)),
                8 => Change::X(i, self.x(zero)),
                9 => Change::ClusterR(i, self.rng.bool()),
                _ => {
                    changes.retain(|change| !matches!(change, Change::Alpha(..)));
                    changes.extend(self.shares(n).into_iter().enumerate().map(|(i, share)| Change::Alpha(i, share)));
                    continue;
                }
            };
            let key = change.key_and_value().0;
            changes.retain(|change| change.key_and_value().0 != key);
            changes.push(change);
        }
        changes
    }

    /// One to four shocks: some at one date, some at different dates of one period, listed in any order.
    fn shocks(&mut self, world: &World) -> Vec<Shock> {
        let mut shocks: Vec<Shock> = Vec::new();
        for _ in 0..self.rng.usize(1..=4) {
            let near = (!shocks.is_empty() && self.chance(0.4)).then(|| shocks[shocks.len() - 1].at);
            let at = match near {
                Some(at) => at * if self.rng.bool() { 1.0 } else { self.rng.f64() },
                None => self.date(world),
            };
            let set = self.changes(world);
            // The shares of all sectors may come in two shocks of one date: what counts is their joint result.
            let (shares, others): (Vec<Change>, Vec<Change>) =
                set.iter().copied().partition(|change| matches!(change, Change::Alpha(..)));
            if !shares.is_empty() && self.chance(0.4) {
                let mut first = others;
                first.push(shares[0]);
                shocks.push(Shock { at, set: first });
                shocks.push(Shock { at, set: shares[1..].to_vec() });
            } else {
                shocks.push(Shock { at, set });
            }
        }
        shocks
    }

    fn s(&mut self) -> f64 {
        match self.rng.u32(0..10) {
            0 => -1.0,
            1 => 0.0,
            2 => 1.0,
            3 => 1e-6,
            _ => self.between(-1.0, 1.0),
        }
    }

    /// Above what β = speed + s x needs for s = −1 and the highest x.
    fn speed(&mut self) -> f64 {
        self.between(1.1 * X_MAX, 0.25)
    }

    /// Makes two values equal that decide something: today's earnings, the limits', or β and x.
    fn tie(&mut self, world: &mut World) {
        let mut first = world.sectors[0].clone();
        first.cluster_R = None;
        let ratio = |sector: &Sector| sector.Z_P.unwrap_or(1.0) / sector.Z_R.unwrap_or(1.0);
        let lasting = first.y_P / first.y_R;
        let second = &mut world.sectors[1];
        match self.rng.u32(0..4) {
            0 if world.beta.is_some() && world.growth_x > 0.0 => world.beta = Some(world.growth_x),
            1 => {
                (second.y_R, second.y_P) = (first.y_R, first.y_P);
                (second.lambda, second.cluster_R, first.cluster_R) = (first.lambda, Some(false), Some(false));
            }
            2 => {
                second.cluster_R = None;
                second.y_P = second.y_R * lasting * ratio(&first) / ratio(second) / first.lambda;
            }
            _ => {
                second.cluster_R = None;
                second.y_P = second.y_R * lasting * world.z_hat.unwrap_or(1.0) / first.lambda;
            }
        }
        world.sectors[0] = first;
    }

    /// β: for `literal` mostly so small that z cannot blow up before the horizon.
    fn beta(&mut self, world: &World) -> f64 {
        match world.form {
            Form::Literal => {
                let years = world.periods as f64 * world.period;
                let highest = world
                    .sectors
                    .iter()
                    .map(|sector| sector.Z_P.unwrap_or(1.0) / sector.Z_R.unwrap_or(1.0))
                    .fold(1.0, f64::max);
                let always_clustered = world.sectors.iter().all(|sector| sector.cluster_R != Some(false));
                let lead = if always_clustered && world.shocks.is_empty() { 1.0 } else { (X_MAX * years).exp() };
                let ample = if self.chance(0.15) { 6.0 } else { 0.9 };
                self.between(0.05, ample) / (years * highest * lead)
            }
            Form::Constant if self.chance(0.1) => world.growth_x.max(0.001),
            Form::Verspagen => self.scale(0.01, 0.5),
            _ => self.scale(0.004, 0.3),
        }
    }
}

/// Highest rate of learning by doing, per year.
const X_MAX: f64 = 0.05;

/// The random scenario number `seed`.
pub fn draw(seed: u64) -> World {
    let mut draw = Draw { rng: Rng::with_seed(seed) };
    let (form, _) = Form::ALL[draw.rng.usize(0..Form::ALL.len())];
    let z_hat = if form.accepts_z_hat() { draw.maybe(0.35, |draw| draw.between(0.2, 0.95)) } else { None };
    let speed = if form.accepts_z_hat() && z_hat.is_none() { draw.maybe(0.2, Draw::speed) } else { None };
    let mut world = World {
        period: [1.0, 1.0, 1.0, 0.5, 0.25, 0.1, 1.0 / 12.0, 2.0, 5.0][draw.rng.usize(0..9)],
        periods: draw.rng.usize(10..=60),
        growth_x: draw.x(z_hat.is_none()),
        form,
        // Until the sectors are known; `literal` alone may leave β out, and is then drawn to start far from blow-up.
        beta: if z_hat.is_some() || speed.is_some() || (form == Form::Literal && draw.chance(0.3)) {
            None
        } else {
            Some(0.0)
        },
        z_hat,
        speed,
        s: match form {
            Form::Logistic => 1.0,
            Form::NelsonPhelps => -1.0,
            Form::BenhabibSpiegel => draw.s(),
            _ => 0.0,
        },
        delta: draw.scale(0.3, 3.0),
        sectors: Vec::new(),
        start: None,
        selection: [Selection::History, Selection::History, Selection::Best, Selection::Isolation]
            [draw.rng.usize(0..4)],
        closed: draw.chance(0.15),
        closed_clusters: Vec::new(),
        tau: if draw.chance(0.5) { 0.0 } else { draw.scale(0.5, 15.0) },
        policies: Vec::new(),
        shocks: Vec::new(),
        discount_rate: if draw.chance(0.1) { 0.0 } else { draw.between(0.0, 0.1) },
        within_horizon: draw.chance(0.25),
        cost_of_funds: match draw.rng.u32(0..10) {
            0..5 => 1.0,
            5..9 => draw.between(1.0, 1.6),
            _ => draw.between(1.6, 5.0),
        },
    };
    let far = form == Form::Literal && world.beta.is_none();
    if far {
        world.period = world.period.min(1.0);
    }
    let n = draw.rng.usize(2..=6);
    let alike = draw.chance(0.1).then(|| draw.sector(&world));
    for _ in 0..n {
        let sector = alike.clone().unwrap_or_else(|| draw.sector(&world));
        world.sectors.push(sector);
    }
    if far {
        // Without R's cluster, P's own learning could carry z to the blow-up.
        world.sectors.iter_mut().for_each(|sector| sector.cluster_R = None);
    }
    if draw.chance(0.6) {
        let shares = draw.shares(n);
        world.sectors.iter_mut().zip(shares).for_each(|(sector, share)| sector.alpha = Some(share));
    }
    world.closed_clusters = (0..n).filter(|_| draw.chance(0.4)).collect();
    world.policies = (0..draw.rng.usize(0..=4)).map(|_| draw.policy(&world)).collect();
    if draw.chance(0.5) && !far {
        if form == Form::Literal {
            // β's bound must know that shocks will come.
            world.shocks = vec![Shock { at: 0.0, set: Vec::new() }];
        }
        if world.beta.is_some() {
            world.beta = Some(draw.beta(&world));
        }
        world.shocks = draw.shocks(&world);
    } else if world.beta.is_some() {
        world.beta = Some(draw.beta(&world));
    }
    if draw.chance(0.08) && !far {
        draw.tie(&mut world);
    }
    let candidates = if world.closed || world.closed_at(0) { world.closed_clusters.clone() } else { (0..n).collect() };
    if !candidates.is_empty() && draw.chance(0.35) {
        world.start = Some(candidates[draw.rng.usize(0..candidates.len())]);
    }
    world
}
