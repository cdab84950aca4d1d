//! What a scenario file says, and how it is written as TOML.

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
    pub fn accepts_z_hat(self) -> bool {
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

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    StrongestExternality,
    ComparativeAdvantage,
    RevealedAdvantage,
    Pigou,
    Established,
    Porter,
    Index,
}

impl Rule {
    pub const ALL: [(Rule, &'static str); 7] = [
        (Rule::StrongestExternality, "strongest-externality"),
        (Rule::ComparativeAdvantage, "comparative-advantage"),
        (Rule::RevealedAdvantage, "revealed-advantage"),
        (Rule::Pigou, "pigou"),
        (Rule::Established, "established"),
        (Rule::Porter, "porter"),
        (Rule::Index, "index"),
    ];
}

/// A rule, whether it chooses anew at every date, and what it believes of each sector.
#[derive(Debug, Clone, PartialEq)]
pub struct ByRule {
    pub rule: Rule,
    pub anew: bool,
    pub lambda: Vec<Option<f64>>,
    pub y_P: Vec<Option<f64>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Promote {
    Sector(usize),
    ByRule(ByRule),
}

impl Promote {
    pub fn toml(&self) -> String {
        let by = match self {
            Promote::Sector(i) => return format!("\"{}\"", NAMES[*i]),
            Promote::ByRule(by) => by,
        };
        let name = Rule::ALL.iter().find(|(rule, _)| *rule == by.rule).expect("every rule is listed").1;
        let believed = |key: &str, values: &[Option<f64>]| {
            let each = values.iter().enumerate();
            let each = each.filter_map(|(i, value)| Some(format!("\"sector.{}.{key}\" = {:?}", NAMES[i], (*value)?)));
            each.collect::<Vec<_>>()
        };
        let perceived = [believed("lambda", &by.lambda), believed("y_P", &by.y_P)].concat();
        let decide = if by.anew { ", decide = \"always\"" } else { "" };
        let perceived =
            if perceived.is_empty() { String::new() } else { format!(", perceived = {{ {} }}", perceived.join(", ")) };
        format!("{{ rule = \"{name}\"{decide}{perceived} }}")
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sustain {
    IfEquilibrium,
    Always,
    Pigou,
}

#[derive(Debug, Clone)]
pub struct Policy {
    pub from: f64,
    pub until: Option<f64>,
    /// What it promotes, and how it holds it.
    pub promote: Option<(Promote, Sustain)>,
    /// Whether R pays what it costs.
    pub paid_by_R: bool,
    /// Whether trade is closed while the policy is active.
    pub closed: Option<bool>,
}

/// One key that a shock sets.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    GrowthX(f64),
    Beta(f64),
    ZHat(f64),
    Speed(f64),
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
    pub fn key_and_value(self) -> (String, String) {
        let of = |i: usize, key: &str| format!("sector.{}.{key}", NAMES[i]);
        let (key, value) = match self {
            Change::GrowthX(v) => ("growth.x".to_owned(), v),
            Change::Beta(v) => ("catch_up.beta".to_owned(), v),
            Change::ZHat(v) => ("catch_up.z_hat".to_owned(), v),
            Change::Speed(v) => ("catch_up.speed".to_owned(), v),
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
            Change::Speed(v) => world.speed = Some(v),
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
    pub speed: Option<f64>,
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
    /// Whether nothing after the last row counts.
    pub within_horizon: bool,
    pub cost_of_funds: f64,
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
        for (key, value) in [("beta", self.beta), ("z_hat", self.z_hat), ("speed", self.speed)] {
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
        let selection = match self.selection {
            Selection::History => "history",
            Selection::Best => "highest-wage",
            Selection::Isolation => "isolation",
        };
        let listed: Vec<&str> = self.closed_clusters.iter().map(|&i| NAMES[i]).collect();
        writeln!(out, "[poor]\nstart = \"{start}\"\nselection = \"{selection}\"\ntau = {:?}", self.tau)?;
        writeln!(out, "trade = \"{}\"\nclosed_clusters = {listed:?}", trade(self.closed))?;
        for policy in &self.policies {
            writeln!(out, "[[policy]]\nfrom = {:?}", policy.from)?;
            if let Some(until) = policy.until {
                writeln!(out, "until = {until:?}")?;
            }
            if let Some((promote, sustain)) = &policy.promote {
                let sustain = match sustain {
                    Sustain::IfEquilibrium => "if-equilibrium",
                    Sustain::Always => "always",
                    Sustain::Pigou => "pigou",
                };
                writeln!(out, "promote = {}\nsustain = \"{sustain}\"", promote.toml())?;
                if policy.paid_by_R {
                    writeln!(out, "funded_by = \"R\"")?;
                }
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
        let window = if self.within_horizon { "horizon" } else { "infinite" };
        writeln!(out, "[welfare]\ndiscount_rate = {:?}\nwindow = \"{window}\"", self.discount_rate)?;
        writeln!(out, "cost_of_funds = {:?}", self.cost_of_funds)
    }
}

fn trade(closed: bool) -> &'static str {
    if closed { "closed" } else { "open" }
}
