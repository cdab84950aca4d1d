//! Random scenario files: what one says, how it is written as TOML, and how it is drawn.

use fastrand::Rng;
use std::fmt::Write;

/// A catch-up form, by its spelling in a scenario file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    Logistic,
    NelsonPhelps,
    Gompertz,
    BenhabibSpiegel,
    Verspagen,
    Constant,
    Literal,
}

impl Form {
    pub const ALL: [(Form, &'static str); 7] = [
        (Form::Logistic, "logistic"),
        (Form::NelsonPhelps, "nelson-phelps"),
        (Form::Gompertz, "gompertz"),
        (Form::BenhabibSpiegel, "benhabib-spiegel"),
        (Form::Verspagen, "verspagen"),
        (Form::Constant, "constant"),
        (Form::Literal, "literal"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(form, _)| *form == self).expect("every form is listed").1
    }

    /// The first four rows of the table of forms: those that a long-run gap ẑ can describe.
    fn accepts_z_hat(self) -> bool {
        matches!(self, Form::Logistic | Form::NelsonPhelps | Form::Gompertz | Form::BenhabibSpiegel)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    History,
    Best,
    Isolation,
}

/// A sector as the file gives it; `None` is a key that is left out.
#[derive(Debug, Clone, Default)]
pub struct Sector {
    pub lambda: f64,
    pub alpha: Option<f64>,
    pub y_R: f64,
    pub y_P: f64,
    pub Z_R: Option<f64>,
    pub Z_P: Option<f64>,
    pub x: Option<f64>,
    pub cluster_R: Option<bool>,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub from: f64,
    pub until: Option<f64>,
    /// The sector, and whether the policy says `sustain = "always"`.
    pub promote: Option<(usize, bool)>,
    /// Whether trade is closed while the policy is active.
    pub closed: Option<bool>,
}

/// One key that a shock sets.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    GrowthX(f64),
    Beta(f64),
    ZHat(f64),
    S(f64),
    Delta(f64),
    Tau(f64),
    Lambda(usize, f64),
    Alpha(usize, f64),
    YR(usize, f64),
    YP(usize, f64),
    X(usize, f64),
    ClusterR(usize, bool),
}

impl Change {
    fn key_and_value(self) -> (String, String) {
        let of = |i: usize, key: &str| format!("sector.{}.{key}", NAMES[i]);
        let (key, value) = match self {
            Change::GrowthX(v) => ("growth.x".to_owned(), v),
            Change::Beta(v) => ("catch_up.beta".to_owned(), v),
            Change::ZHat(v) => ("catch_up.z_hat".to_owned(), v),
            Change::S(v) => ("catch_up.s".to_owned(), v),
            Change::Delta(v) => ("catch_up.delta".to_owned(), v),
            Change::Tau(v) => ("poor.tau".to_owned(), v),
            Change::Lambda(i, v) => (of(i, "lambda"), v),
            Change::Alpha(i, v) => (of(i, "alpha"), v),
            Change::YR(i, v) => (of(i, "y_R"), v),
            Change::YP(i, v) => (of(i, "y_P"), v),
            Change::X(i, v) => (of(i, "x"), v),
            Change::ClusterR(i, v) => return (of(i, "cluster_R"), v.to_string()),
        };
        (key, format!("{value:?}"))
    }

    /// Writes the key into `world`, as if the file had said so from the start.
    pub fn apply(self, world: &mut World) {
        match self {
            Change::GrowthX(v) => world.growth_x = v,
            Change::Beta(v) => world.beta = Some(v),
            Change::ZHat(v) => world.z_hat = Some(v),
            Change::S(v) => world.s = v,
            Change::Delta(v) => world.delta = v,
            Change::Tau(v) => world.tau = v,
            Change::Lambda(i, v) => world.sectors[i].lambda = v,
            Change::Alpha(i, v) => world.sectors[i].alpha = Some(v),
            Change::YR(i, v) => world.sectors[i].y_R = v,
            Change::YP(i, v) => world.sectors[i].y_P = v,
            Change::X(i, v) => world.sectors[i].x = Some(v),
            Change::ClusterR(i, v) => world.sectors[i].cluster_R = Some(v),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Shock {
    pub at: f64,
    pub set: Vec<Change>,
}

/// All that a scenario file says about the path of the two regions.
#[derive(Debug, Clone)]
pub struct World {
    pub period: f64,
    pub periods: usize,
    pub growth_x: f64,
    pub form: Form,
    pub beta: Option<f64>,
    pub z_hat: Option<f64>,
    pub s: f64,
    pub delta: f64,
    pub sectors: Vec<Sector>,
    pub start: Option<usize>,
    pub selection: Selection,
    pub closed: bool,
    pub closed_clusters: Vec<usize>,
    pub tau: f64,
    pub policies: Vec<Policy>,
    pub shocks: Vec<Shock>,
    pub discount_rate: f64,
}

/// Names of the sectors, in the order of appearance (which is not the alphabet's).
pub const NAMES: [&str; 6] = ["textiles", "electronics", "steel", "cars", "wine", "banking"];

impl World {
    /// Whether `date` has come at t_k: dates up to 1e-9 Δ after t_k count as reached.
    pub fn reached(&self, date: f64, k: usize) -> bool {
        date <= k as f64 * self.period + 1e-9 * self.period
    }

    pub fn active(&self, policy: &Policy, k: usize) -> bool {
        self.reached(policy.from, k) && !policy.until.is_some_and(|until| self.reached(until, k))
    }

    /// Trade at t_k is that of the last-listed active policy that speaks of trade, else the region's own.
    pub fn closed_at(&self, k: usize) -> bool {
        let active = self.policies.iter().filter(|policy| self.active(policy, k));
        active.filter_map(|policy| policy.closed).next_back().unwrap_or(self.closed)
    }

    /// The scenario file.
    pub fn toml(&self) -> String {
        let mut text = String::from("schema_version = 1\n");
        self.write(&mut text).expect("writing to a string");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "[time]\nhorizon = {:?}", self.periods as f64 * self.period)?;
        if self.period != 1.0 {
            writeln!(out, "period = {:?}", self.period)?;
        }
        writeln!(out, "[growth]\nx = {:?}", self.growth_x)?;
        writeln!(out, "[catch_up]\nform = \"{}\"", self.form.name())?;
        for (key, value) in [("beta", self.beta), ("z_hat", self.z_hat)] {
            if let Some(value) = value {
                writeln!(out, "{key} = {value:?}")?;
            }
        }
        match self.form {
            Form::BenhabibSpiegel => writeln!(out, "s = {:?}", self.s)?,
            Form::Verspagen => writeln!(out, "delta = {:?}", self.delta)?,
            _ => {}
        }
        for (i, sector) in self.sectors.iter().enumerate() {
            writeln!(out, "[sector.{}]\nlambda = {:?}", NAMES[i], sector.lambda)?;
            writeln!(out, "y_R = {:?}\ny_P = {:?}", sector.y_R, sector.y_P)?;
            let optional = [("alpha", sector.alpha), ("Z_R", sector.Z_R), ("Z_P", sector.Z_P), ("x", sector.x)];
            for (key, value) in optional {
                if let Some(value) = value {
                    writeln!(out, "{key} = {value:?}")?;
                }
            }
            if let Some(cluster_R) = sector.cluster_R {
                writeln!(out, "cluster_R = {cluster_R}")?;
            }
        }
        let start = self.start.map_or_else(|| "isolation".to_owned(), |i| format!("cluster:{}", NAMES[i]));
        let selection = format!("{:?}", self.selection).to_lowercase();
        let listed: Vec<&str> = self.closed_clusters.iter().map(|&i| NAMES[i]).collect();
        writeln!(out, "[poor]\nstart = \"{start}\"\nselection = \"{selection}\"\ntau = {:?}", self.tau)?;
        writeln!(out, "trade = \"{}\"\nclosed_clusters = {listed:?}", trade(self.closed))?;
        for policy in &self.policies {
            writeln!(out, "[[policy]]\nfrom = {:?}", policy.from)?;
            if let Some(until) = policy.until {
                writeln!(out, "until = {until:?}")?;
            }
            if let Some((i, always)) = policy.promote {
                let sustain = if always { "always" } else { "if-equilibrium" };
                writeln!(out, "promote = \"{}\"\nsustain = \"{sustain}\"", NAMES[i])?;
            }
            if let Some(closed) = policy.closed {
                writeln!(out, "trade = \"{}\"", trade(closed))?;
            }
        }
        for shock in &self.shocks {
            let set: Vec<String> = shock
                .set
                .iter()
                .map(|change| {
                    let (key, value) = change.key_and_value();
                    format!("\"{key}\" = {value}")
                })
                .collect();
            writeln!(out, "[[shock]]\nat = {:?}\nset = {{ {} }}", shock.at, set.join(", "))?;
        }
        writeln!(out, "[welfare]\ndiscount_rate = {:?}", self.discount_rate)
    }
}

fn trade(closed: bool) -> &'static str {
    if closed { "closed" } else { "open" }
}

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
            self.maybe(0.8, |draw| if draw.chance(0.8) { draw.scale(0.05, 1.2) } else { draw.scale(1.0, 4.0) })
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
            cluster_R: self.maybe(0.3, |draw| draw.chance(0.4)),
        }
    }

    fn policy(&mut self, world: &World) -> Policy {
        let n = world.sectors.len();
        let from = if self.chance(0.15) { 0.0 } else { self.date(world) };
        let until = self.maybe(0.65, |draw| {
            let until = draw.date(world);
            if until > from { until } else { from + draw.between(0.1, 12.0) * world.period }
        });
        let promote = self.maybe(0.8, |draw| (draw.rng.usize(0..n), draw.rng.bool()));
        let closed = if promote.is_some() { self.maybe(0.2, |draw| draw.chance(0.6)) } else { Some(self.chance(0.6)) };
        Policy { from, until, promote, closed }
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

    /// β: for `literal` so small that z cannot blow up before the horizon.
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
                self.between(0.05, 0.9) / (years * highest * lead)
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
    let mut world = World {
        period: [1.0, 1.0, 1.0, 0.5, 0.25, 0.1, 1.0 / 12.0, 2.0, 5.0][draw.rng.usize(0..9)],
        periods: draw.rng.usize(10..=60),
        growth_x: draw.x(z_hat.is_none()),
        form,
        // Until the sectors are known; `literal` alone may leave β out, and is then drawn to start far from blow-up.
        beta: if z_hat.is_some() || (form == Form::Literal && draw.chance(0.3)) { None } else { Some(0.0) },
        z_hat,
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
    let candidates = if world.closed || world.closed_at(0) { world.closed_clusters.clone() } else { (0..n).collect() };
    if !candidates.is_empty() && draw.chance(0.35) {
        world.start = Some(candidates[draw.rng.usize(0..candidates.len())]);
    }
    world
}
