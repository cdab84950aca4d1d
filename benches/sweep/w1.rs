//! Workload W1: two sectors, 200 yearly periods, logistic catch-up, R clustered everywhere, P's cluster in sector 1
//! promoted from t = 0; seven drawn numbers a run.

use catchup::integrate::{Method, Solver};
use catchup::model::problem::Problem;
use catchup::scenario::parse;

/// N, yearly periods.
pub const PERIODS: usize = 200;

/// Ranges of the draws, uniform, in the order of [`Draw`]'s fields.
const RANGES: [(f64, f64); 7] =
    [(0.01, 0.03), (0.04, 0.12), (0.1, 0.9), (1.2, 2.0), (1.2, 2.5), (0.5, 1.0), (0.3, 0.8)];

/// One run's numbers; names are docs/model.md's.
#[derive(Debug, Clone, Copy)]
pub struct Draw {
    /// Growth of Z in a cluster, both sectors.
    pub x: f64,
    /// Speed of catch-up.
    pub beta: f64,
    /// z at t = 0 in both sectors (Z_R = 1).
    pub z_0: f64,
    /// λ of both sectors.
    pub lambda: [f64; 2],
    /// y_P of both sectors (y_R = 1).
    pub y_P: [f64; 2],
}

impl Draw {
    /// The seven numbers in the order in which the peers read them.
    pub fn numbers(&self) -> [f64; 7] {
        let ([lambda_1, lambda_2], [y_1P, y_2P]) = (self.lambda, self.y_P);
        [self.x, self.beta, self.z_0, lambda_1, lambda_2, y_1P, y_2P]
    }

    /// Whether the promoted cluster is an equilibrium, v_1^Cl ≥ A. Both sectors start at one z, so what holds at t = 0
    /// holds on the whole path.
    pub fn clustered(&self) -> bool {
        let isolated = (self.y_P[0] / self.lambda[0]).max(self.y_P[1] / self.lambda[1]);
        self.y_P[0] >= isolated
    }

    /// d of both sectors: growth of Z_R less that of Z_P without catch-up.
    pub fn d(&self) -> [f64; 2] {
        [if self.clustered() { 0.0 } else { self.x }, self.x]
    }

    /// w_P = max over sectors of this times z: sector 1 with its cluster where it has one, sector 2 isolated.
    pub fn earnings(&self) -> [f64; 2] {
        let first = if self.clustered() { self.y_P[0] } else { self.y_P[0] / self.lambda[0] };
        [first, self.y_P[1] / self.lambda[1]]
    }

    /// z of both sectors at `t`, by the closed form as docs/model.md states it (M4).
    pub fn z(&self, t: f64) -> [f64; 2] {
        self.d().map(|d| {
            let (k, g_0) = (self.beta - d, self.beta * (1.0 - self.z_0));
            let elapsed = -(-k * t).exp_m1() / k;
            self.z_0 / (elapsed * (d - g_0)).ln_1p().exp()
        })
    }

    /// The income gap at `t`.
    pub fn gap(&self, t: f64) -> f64 {
        let ([z_1, z_2], [first, second]) = (self.z(t), self.earnings());
        1.0 / (z_1 * first).max(z_2 * second)
    }
}

/// `count` draws, always the same.
pub fn draws(count: usize) -> Vec<Draw> {
    let mut random = fastrand::Rng::with_seed(20_240_501);
    let mut draw = || {
        let [x, beta, z_0, lambda_1, lambda_2, y_1P, y_2P] =
            RANGES.map(|(low, high)| low + (high - low) * random.f64());
        Draw { x, beta, z_0, lambda: [lambda_1, lambda_2], y_P: [y_1P, y_2P] }
    };
    (0..count).map(|_| draw()).collect()
}

/// W1 as a scenario file, with the middle of every range.
pub const SCENARIO: &str = r#"
schema_version = 1
name = "w1"
[time]
horizon = 200
[growth]
x = 0.02
[catch_up]
form = "logistic"
beta = 0.08
[sector.one]
lambda = 1.6
y_R = 1
y_P = 0.75
Z_P = 0.5
[sector.two]
lambda = 1.85
y_R = 1
y_P = 0.55
Z_P = 0.5
[[policy]]
from = 0
promote = "one"
"#;

/// The tolerances at which the integrators are compared.
pub fn solver(method: Method) -> Solver {
    Solver { method, rtol: 1e-8, atol: 1e-10 }
}

/// W1 as the program's own checked problem.
pub fn problem() -> Problem {
    parse(SCENARIO, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))).problem
}

/// Writes a draw into a problem, in place.
pub fn patch(problem: &mut Problem, draw: &Draw) {
    for (i, sector) in problem.epochs[0].params.sectors.iter_mut().enumerate() {
        sector.x = draw.x;
        sector.catch_up.beta = draw.beta;
        sector.lambda = draw.lambda[i];
        sector.y_P = draw.y_P[i];
    }
    problem.Z_P.fill(draw.z_0);
}
