//! Random scenarios over the whole contract: sectors, forms, policies, shocks, closed trade, build-up time.

use catchup::model::catch_up::Form;
use fastrand::Rng;

/// One sector of a [`Spec`].
#[derive(Debug, Clone)]
pub struct SectorSpec {
    pub name: String,
    pub lambda: f64,
    pub alpha: f64,
    pub y_r: f64,
    pub y_p: f64,
    pub z_r: f64,
    pub z_p: f64,
    pub x: Option<f64>,
    pub cluster_r: bool,
}

/// A scenario that can be varied and written as TOML.
#[derive(Debug, Clone)]
pub struct Spec {
    pub horizon: f64,
    pub period: f64,
    pub x: f64,
    pub catch_up: String,
    pub sectors: Vec<SectorSpec>,
    pub poor: String,
    /// Policies and shocks.
    pub rest: String,
    pub method: &'static str,
}

pub fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.f64()
}

impl Spec {
    pub fn toml(&self) -> String {
        let Self { horizon, period, x, catch_up, poor, rest, method, .. } = self;
        let mut text = format!(
            "schema_version = 1\n[time]\nstart = 2000\nhorizon = {horizon:?}\nperiod = {period:?}\n[growth]\nx = {x:?}\n\
             [catch_up]\n{catch_up}\n[poor]\n{poor}\n[solver]\nmethod = \"{method}\"\n"
        );
        for s in &self.sectors {
            let SectorSpec { name, lambda, alpha, y_r, y_p, z_r, z_p, x, cluster_r } = s;
            text += &format!(
                "[sector.{name}]\nlambda = {lambda:?}\nalpha = {alpha:?}\ny_R = {y_r:?}\ny_P = {y_p:?}\nZ_R = {z_r:?}\n\
                 Z_P = {z_p:?}\ncluster_R = {cluster_r}\n"
            );
            if let Some(x) = x {
                text += &format!("x = {x:?}\n");
            }
        }
        text + rest
    }

    /// Any legal scenario (but for `literal`, whose paths leave every bound).
    pub fn random(rng: &mut Rng) -> Self {
        let n = rng.usize(2..6);
        let shares: Vec<f64> = (0..n).map(|_| between(rng, 0.2, 1.0)).collect();
        let total: f64 = shares.iter().sum();
        let sectors: Vec<SectorSpec> = (0..n)
            .map(|i| SectorSpec {
                name: format!("s{i}"),
                lambda: between(rng, 1.0, 2.0),
                alpha: shares[i] / total,
                y_r: between(rng, 0.5, 2.0),
                y_p: between(rng, 0.5, 2.0),
                z_r: between(rng, 0.5, 2.0),
                z_p: between(rng, 0.1, 2.0),
                x: (rng.f64() < 0.3).then(|| between(rng, 0.0, 0.04)),
                cluster_r: rng.f64() < 0.8,
            })
            .collect();
        let form = Form::ALL[rng.usize(0..6)];
        let mut catch_up = format!("form = \"{}\"\nbeta = {:?}", form.name(), between(rng, 0.01, 0.15));
        match form {
            Form::BenhabibSpiegel => catch_up += &format!("\ns = {:?}", between(rng, -1.0, 1.0)),
            Form::Verspagen => catch_up += &format!("\ndelta = {:?}", between(rng, 0.5, 2.0)),
            _ => {}
        }
        let method = if form.has_closed_form() && rng.bool() { "exact" } else { "dopri5" };
        let period = [0.5, 1.0, 2.5][rng.usize(0..3)];
        let periods = rng.usize(10..80);
        let horizon = periods as f64 * period;
        let pick = |rng: &mut Rng| format!("s{}", rng.usize(0..n));
        let closed = rng.f64() < 0.2;
        let start = match (rng.bool(), closed) {
            (true, _) => "start = \"isolation\"\nclosed_clusters = [\"s1\"]".to_owned(),
            (false, true) => "start = \"cluster:s0\"\nclosed_clusters = [\"s0\", \"s1\"]".to_owned(),
            (false, false) => format!("start = \"cluster:{}\"\nclosed_clusters = [\"s0\"]", pick(rng)),
        };
        let selection = ["history", "highest-wage", "isolation"][rng.usize(0..3)];
        let tau = if rng.bool() { 0.0 } else { between(rng, 0.5, 20.0) };
        let trade = if closed { "closed" } else { "open" };
        let poor = format!("{start}\nselection = \"{selection}\"\ntrade = \"{trade}\"\ntau = {tau:?}");
        let mut rest = String::new();
        for _ in 0..rng.usize(0..4) {
            let from = between(rng, 0.0, horizon);
            rest += &format!("[[policy]]\nfrom = {from:?}\n");
            if rng.bool() {
                rest += &format!("until = {:?}\n", from + between(rng, 0.1, horizon));
            }
            let trades = rng.f64() < 0.3;
            if !trades || rng.bool() {
                let sustain = ["always", "if-equilibrium"][rng.usize(0..2)];
                rest += &format!("promote = \"{}\"\nsustain = \"{sustain}\"\n", pick(rng));
            }
            if trades {
                rest += &format!("trade = \"{}\"\n", ["open", "closed"][rng.usize(0..2)]);
            }
        }
        for _ in 0..rng.usize(0..3) {
            let set = match rng.usize(0..6) {
                0 => format!("\"growth.x\" = {:?}", between(rng, 0.0, 0.04)),
                1 => format!("\"catch_up.beta\" = {:?}", between(rng, 0.01, 0.15)),
                2 => format!("\"sector.{}.lambda\" = {:?}", pick(rng), between(rng, 1.0, 2.0)),
                3 => format!("\"sector.{}.y_P\" = {:?}", pick(rng), between(rng, 0.5, 2.0)),
                4 => format!("\"sector.{}.cluster_R\" = {}", pick(rng), rng.bool()),
                _ => format!("\"poor.tau\" = {:?}", between(rng, 0.0, 10.0)),
            };
            rest += &format!("[[shock]]\nat = {:?}\nset = {{ {set} }}\n", between(rng, 0.0, horizon));
        }
        Self { horizon, period, x: between(rng, 0.0, 0.04), catch_up, sectors, poor, rest, method }
    }
}
