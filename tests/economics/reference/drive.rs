//! How Z moves between two dates (§2) and where it goes in the long run (§5): Runge–Kutta in ln Z_R and ln Z_P, and
//! bisection for whatever has to be solved.

use super::model::{CLOSE, Sector};
use super::world::{Form, World};

/// |z − 1| up to this is no gap.
const COUNTS_AS_1: f64 = 1e-12;

/// What drives Z_R and Z_P of one sector while the regime holds.
#[derive(Clone, Copy)]
pub struct Drive {
    form: Form,
    open: bool,
    beta: f64,
    s: f64,
    delta: f64,
    /// c_R x and c_P x.
    learning_R: f64,
    learning_P: f64,
}

/// On which side of z = 1 the sector is: the forms have a kink there.
#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    Below,
    At,
    Above,
}

impl Drive {
    pub fn of(world: &World, sector: &Sector, cluster_P: bool, open: bool) -> Self {
        Self {
            form: world.form,
            open,
            beta: sector.beta,
            s: sector.s,
            delta: sector.delta,
            learning_R: if sector.cluster_R { sector.x } else { 0.0 },
            learning_P: if cluster_P { sector.x } else { 0.0 },
        }
    }

    /// d of [M3].
    pub fn d(&self) -> f64 {
        self.learning_R - self.learning_P
    }

    /// Catch-up growth on one side of 1.
    pub fn g(&self, side: Side, ln_z: f64) -> f64 {
        if !self.open {
            return 0.0;
        }
        match (self.form, side) {
            (Form::Literal, _) => self.beta * ln_z.exp(),
            (Form::Constant, Side::Below) => self.beta,
            (Form::Constant, Side::At) => self.beta.min(self.d().max(0.0)),
            (_, Side::At | Side::Above) => 0.0,
            (Form::Verspagen, Side::Below) => self.beta * -ln_z * (ln_z / self.delta).exp(),
            (_, Side::Below) if self.s == 0.0 => -self.beta * ln_z,
            (_, Side::Below) => -self.beta / self.s * (self.s * ln_z).exp_m1(),
        }
    }

    pub fn side(ln_z: f64) -> Side {
        if ln_z.exp_m1().abs() <= COUNTS_AS_1 {
            Side::At
        } else if ln_z < 0.0 {
            Side::Below
        } else {
            Side::Above
        }
    }

    /// One Runge–Kutta step of `h` years from (ln Z_R, ln Z_P), staying on one side of 1.
    fn step(&self, side: Side, [r, p]: [f64; 2], h: f64) -> [f64; 2] {
        let rate = |r: f64, p: f64| [self.learning_R, self.learning_P + self.g(side, p - r)];
        let k1 = rate(r, p);
        let k2 = rate(r + h / 2.0 * k1[0], p + h / 2.0 * k1[1]);
        let k3 = rate(r + h / 2.0 * k2[0], p + h / 2.0 * k2[1]);
        let k4 = rate(r + h * k3[0], p + h * k3[1]);
        let move_by = |i: usize| h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        [r + move_by(0), p + move_by(1)]
    }

    /// Moves (ln Z_R, ln Z_P) over one period; says whether z met 1 on the way, coming from elsewhere.
    pub fn advance(&self, start: [f64; 2], years: f64) -> ([f64; 2], bool) {
        let gap = |state: [f64; 2]| state[1] - state[0];
        let d = self.d();
        let kinked = self.open && self.form != Form::Literal;
        let mut state = start;
        let mut side = Self::side(gap(state));
        let mut met = false;
        let steps = self.steps(gap(state), years);
        if !kinked {
            // Nothing changes at 1, but z may pass through it: at most once, since ż/z keeps its sign.
            for _ in 0..steps {
                state = self.step(side, state, years / steps as f64);
            }
            return (state, side != Side::At && side != Self::side(gap(state)));
        }
        for _ in 0..steps {
            let mut left = years / steps as f64;
            while left > 0.0 {
                if side == Side::At {
                    let rate = self.g(Side::At, 0.0) - d;
                    side = if rate < 0.0 {
                        Side::Below
                    } else if rate > 0.0 {
                        Side::Above
                    } else {
                        Side::At
                    };
                }
                let next = self.step(side, state, left);
                let arrives = match side {
                    // All forms but `constant` die out at 1: only P's own lead in learning takes z there in finite time.
                    Side::Below => {
                        (d < 0.0 || self.form == Form::Constant && self.beta > d) && gap(next) >= -COUNTS_AS_1
                    }
                    Side::Above => d > 0.0 && gap(next) <= COUNTS_AS_1,
                    Side::At => false,
                };
                if !arrives {
                    state = next;
                    break;
                }
                let (mut early, mut late) = (0.0, left);
                for _ in 0..100 {
                    let middle = 0.5 * (early + late);
                    let beyond = gap(self.step(side, state, middle));
                    if (beyond < 0.0) == (side == Side::Below) { early = middle } else { late = middle }
                }
                state = self.step(side, state, late);
                state[1] = state[0];
                side = Side::At;
                met = true;
                left -= late;
            }
        }
        (state, met)
    }

    /// Enough steps for 1e-10: g changes with ln z at rates up to β, or β z^s where s < 0.
    #[expect(clippy::cast_possible_truncation, reason = "some hundreds")]
    fn steps(&self, ln_z: f64, years: f64) -> usize {
        let steepest = if self.open { self.beta * (self.s.min(0.0) * ln_z).exp().max(1.0) } else { 0.0 };
        200 + (years * steepest * 50.0).round() as usize
    }

    /// z*, where z goes as t → ∞ (§5), and whether that is too close to call.
    pub fn z_star(&self, z: f64) -> (f64, bool) {
        let d = self.d();
        let near = |a: f64, b: f64| a != b && (a - b).abs() < CLOSE * a.abs().max(b.abs());
        if d < 0.0 {
            return (f64::INFINITY, false);
        }
        let (beta, s, delta) = (self.beta, self.s, self.delta);
        if self.form == Form::Literal {
            let threshold = d / beta;
            let limit = if z < threshold {
                0.0
            } else if z > threshold {
                f64::INFINITY
            } else {
                z
            };
            return (limit, near(z, threshold));
        }
        if d == 0.0 {
            return (z.max(1.0), false);
        }
        match self.form {
            Form::Constant if beta > d => (1.0, near(beta, d)),
            Form::Constant if beta == d => (z.min(1.0), false),
            Form::Constant => (0.0, near(beta, d)),
            Form::Verspagen => {
                // g(G) = β G e^(−G/δ) rises to its peak at G = δ and falls for ever after.
                let excess = |G: f64| beta * G * (-G / delta).exp() - d;
                if excess(delta) < 0.0 {
                    return (0.0, near(excess(delta) + d, d));
                }
                let root = |mut inside: f64, mut outside: f64| {
                    for _ in 0..200 {
                        let middle = 0.5 * (inside + outside);
                        if excess(middle) >= 0.0 { inside = middle } else { outside = middle }
                    }
                    0.5 * (inside + outside)
                };
                let (stable, unstable) = (root(delta, 0.0), root(delta, 1000.0 * delta));
                let beyond = -z.ln() > unstable;
                (if beyond { 0.0 } else { (-stable).exp() }, near(-z.ln(), unstable) || near(excess(delta) + d, d))
            }
            // (β/s)(1 − z^s) = d
            _ if s == 0.0 => ((-d / beta).exp(), false),
            _ if s > 0.0 && beta <= s * d => (0.0, near(beta, s * d)),
            _ => ((1.0 - s * d / beta).powf(1.0 / s), near(beta, s * d)),
        }
    }
}
