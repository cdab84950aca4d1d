//! How z = Z_P/Z_R of one sector moves while a regime holds (§2), for any number of years, and where it goes (§5). In logs
//! throughout: ln z may go to ±∞.

use super::stretch::Parameters;
use super::world::Form;

/// |z − 1| up to this is no gap.
const COUNTS_AS_1: f64 = 1e-12;

/// Halvings of a bisection.
const HALVINGS: usize = 100;

/// What drives Z_R and Z_P of one sector while the regime holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drive {
    pub form: Form,
    pub open: bool,
    pub beta: f64,
    pub s: f64,
    pub delta: f64,
    /// c_R x and c_P x.
    learning_R: f64,
    learning_P: f64,
    /// d of [M3].
    pub d: f64,
}

/// The state of a sector after some years.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    pub ln_z: f64,
    pub ln_Z_R: f64,
    /// When z met 1, coming from elsewhere.
    pub met: Option<f64>,
}

/// The point in [low, high] where `beyond` turns from false to true.
pub fn bisect(mut low: f64, mut high: f64, beyond: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if beyond(middle) { high = middle } else { low = middle }
    }
    high
}

impl Drive {
    pub fn of(parameters: &Parameters, i: usize, cluster_P: bool, open: bool) -> Self {
        let sector = &parameters.sectors[i];
        let learning_R = if sector.cluster_R { sector.x } else { 0.0 };
        let learning_P = if cluster_P { sector.x } else { 0.0 };
        Self {
            form: parameters.form,
            open,
            beta: sector.beta,
            s: parameters.s,
            delta: parameters.delta,
            learning_R,
            learning_P,
            d: learning_R - learning_P,
        }
    }

    /// Growth of the region behind, `ln_z` ≤ 0 from its side.
    fn catch_up(&self, ln_z: f64) -> f64 {
        match self.form {
            Form::Literal => self.beta * ln_z.exp(),
            Form::Constant => self.beta,
            Form::Verspagen => self.beta * -ln_z * (ln_z / self.delta).exp(),
            _ if self.s == 0.0 => -self.beta * ln_z,
            _ => -self.beta * (self.s * ln_z).exp_m1() / self.s,
        }
    }

    /// Catch-up growth of P and of R now.
    pub fn spillovers(&self, ln_z: f64) -> (f64, f64) {
        if !self.open {
            (0.0, 0.0)
        } else if self.form == Form::Literal {
            (self.catch_up(ln_z), 0.0)
        } else if ln_z.exp_m1().abs() <= COUNTS_AS_1 {
            let held = if self.form == Form::Constant { self.beta } else { 0.0 };
            (held.min(self.d.max(0.0)), held.min((-self.d).max(0.0)))
        } else if ln_z < 0.0 {
            (self.catch_up(ln_z), 0.0)
        } else {
            (0.0, self.catch_up(-ln_z))
        }
    }

    /// Growth of Z_R once z is where it ends: 0 and ∞ are far off.
    pub fn lasting_growth_R(&self, ln_z: f64) -> f64 {
        self.learning_R + self.spillovers(self.limit(ln_z).clamp(-1e5, 1e5)).1
    }

    /// d ln z / dt.
    pub fn rate(&self, ln_z: f64) -> f64 {
        let (to_P, to_R) = self.spillovers(ln_z);
        to_P - to_R - self.d
    }

    /// A region behind at ln z ≤ 0 that loses `d` a year: where it is after `years`, or when it meets 1 before.
    fn behind(&self, ln_z: f64, d: f64, years: f64) -> Result<f64, f64> {
        let (beta, s) = (self.beta, self.s);
        match self.form {
            Form::Constant => {
                let rate = beta - d;
                if rate > 0.0 && ln_z + rate * years >= 0.0 { Err(-ln_z / rate) } else { Ok(ln_z + rate * years) }
            }
            Form::Verspagen => self.behind_verspagen(-ln_z, d, years),
            _ => {
                let (g, k) = (self.catch_up(ln_z), beta - s * d);
                if d < 0.0 && ln_z < 0.0 {
                    let T = g / (beta * (g - d));
                    let meets = if k == 0.0 { T } else { -(-k * T).ln_1p() / k };
                    if meets <= years {
                        return Err(meets);
                    }
                }
                if -k * years > 300.0 {
                    let q = s * (d - g);
                    let rest = (q / -k + (k * years).exp() * (1.0 - q / -k)).ln();
                    return Ok(ln_z - (-k * years + rest) / s);
                }
                let T = if k == 0.0 { years } else { -(-k * years).exp_m1() / k };
                Ok(if s == 0.0 { ln_z - T * (d - g) } else { ln_z - (s * T * (d - g)).ln_1p() / s })
            }
        }
    }

    /// verspagen has no closed form: Runge–Kutta in G = −ln z, each step once whole and once in halves.
    fn behind_verspagen(&self, start: f64, d: f64, years: f64) -> Result<f64, f64> {
        let (beta, delta) = (self.beta, self.delta);
        let slope = |G: f64| d - beta * G * (-G / delta).exp();
        let runge_kutta = |G: f64, h: f64| {
            let k1 = slope(G);
            let k2 = slope(G + h / 2.0 * k1);
            let k3 = slope(G + h / 2.0 * k2);
            let k4 = slope(G + h * k3);
            G + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        };
        let step = |G: f64, h: f64| {
            let whole = runge_kutta(G, h);
            let halves = runge_kutta(runge_kutta(G, h / 2.0), h / 2.0);
            (halves + (halves - whole) / 15.0, (halves - whole).abs())
        };
        let rest = if d >= 0.0 { self.roots(d).map(|(stable, _)| stable) } else { None };
        let (mut G, mut left) = (start, years);
        while left > 0.0 {
            if let Some(rest) = rest
                && rest < delta * (1.0 - 1e-6)
                && (G - rest).abs() < 1e-8 * rest.max(1e-8)
            {
                let speed = beta * (-rest / delta).exp() * (1.0 - rest / delta);
                return Ok(-(rest + (G - rest) * (-speed * left).exp()));
            }
            if d > 0.0 && G > delta && beta * G * (-G / delta).exp() < 1e-19 * d {
                return Ok(-(G + d * left));
            }
            let mut h = left.min(0.05 / beta);
            let (mut next, mut error) = step(G, h);
            while error > 1e-13 * G.abs().max(1e-3) && h > 1e-9 {
                h /= 2.0;
                (next, error) = step(G, h);
            }
            if d < 0.0 && next <= 0.0 {
                return Err(years - left + bisect(0.0, h, |h| step(G, h).0 <= 0.0));
            }
            (G, left) = (next, left - h);
        }
        Ok(-G)
    }

    /// Where verspagen's catch-up makes good for d ≥ 0: the stable and the unstable G, if there is any.
    pub fn roots(&self, d: f64) -> Option<(f64, f64)> {
        let (beta, delta) = (self.beta, self.delta);
        let excess = |G: f64| beta * G * (-G / delta).exp() - d;
        if d == 0.0 {
            return Some((0.0, f64::INFINITY));
        }
        if excess(delta) < 0.0 {
            return None;
        }
        Some((bisect(0.0, delta, |G| excess(G) >= 0.0), bisect(delta, 1000.0 * delta, |G| excess(G) < 0.0)))
    }

    /// Years until `literal` blows up; infinite where it never does.
    pub fn blow_up(&self, ln_z: f64) -> f64 {
        let (fed, d) = (self.beta * ln_z.exp(), self.d);
        if self.form != Form::Literal || !self.open || fed <= d {
            f64::INFINITY
        } else if d == 0.0 {
            1.0 / fed
        } else {
            (-d / fed).ln_1p() / -d
        }
    }

    /// The sector after `years` of this motion.
    pub fn after(&self, ln_z: f64, ln_Z_R: f64, years: f64) -> Moved {
        let d = self.d;
        let led_by_R = |ln_z, met| Moved { ln_z, ln_Z_R: ln_Z_R + self.learning_R * years, met };
        if !self.open {
            let at = ln_z / d;
            return led_by_R(ln_z - d * years, (d != 0.0 && at > 0.0 && at <= years).then_some(at));
        }
        if self.form == Form::Literal {
            let fed = self.beta * ln_z.exp();
            let reached = |t: f64| {
                let inner = if d == 0.0 { -fed * t } else { fed * (-d * t).exp_m1() / d };
                if inner > -1.0 { ln_z - d * t - inner.ln_1p() } else { f64::INFINITY }
            };
            let end = reached(years);
            let crosses = ln_z.exp_m1().abs() > COUNTS_AS_1 && (ln_z < 0.0) != (end < 0.0);
            return led_by_R(end, crosses.then(|| bisect(0.0, years, |t| (reached(t) < 0.0) != (ln_z < 0.0))));
        }
        let (mut left, mut base, mut met) = (years, ln_Z_R, None);
        if ln_z.exp_m1().abs() > COUNTS_AS_1 {
            if ln_z < 0.0 {
                match self.behind(ln_z, d, years) {
                    Ok(end) => return led_by_R(end, None),
                    Err(t) => {
                        met = Some(t);
                        base += self.learning_R * t;
                    }
                }
            } else {
                base += ln_z;
                match self.behind(-ln_z, -d, years) {
                    Ok(end) => return Moved { ln_z: -end, ln_Z_R: base + self.learning_P * years + end, met: None },
                    Err(t) => {
                        met = Some(t);
                        base += self.learning_P * t;
                    }
                }
            }
            left -= met.unwrap_or(0.0);
        }
        // At 1: it stays, or one side leaves the other behind.
        let stays = d == 0.0 || self.form == Form::Constant && d.abs() <= self.beta;
        if stays || left <= 0.0 {
            let learning = if d >= 0.0 { self.learning_R } else { self.learning_P };
            return Moved { ln_z: 0.0, ln_Z_R: base + learning * left.max(0.0), met };
        }
        let behind = self.behind(0.0, d.abs(), left).unwrap_or(0.0);
        if d > 0.0 {
            Moved { ln_z: behind, ln_Z_R: base + self.learning_R * left, met }
        } else {
            Moved { ln_z: -behind, ln_Z_R: base + self.learning_P * left + behind, met }
        }
    }

    /// ln of the limit of z if this motion goes on for ever.
    pub fn limit(&self, ln_z: f64) -> f64 {
        let towards = |d: f64| if d > 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
        let d = self.d;
        if !self.open {
            return if d == 0.0 { ln_z } else { towards(d) };
        }
        if self.form == Form::Literal {
            let z = ln_z.exp();
            return if d <= 0.0 || z > d / self.beta {
                f64::INFINITY
            } else if z < d / self.beta {
                f64::NEG_INFINITY
            } else {
                ln_z
            };
        }
        if d < 0.0 { -self.limit_behind(-ln_z, -d) } else { self.limit_behind(ln_z, d) }
    }

    fn limit_behind(&self, ln_z: f64, d: f64) -> f64 {
        let (beta, s) = (self.beta, self.s);
        match self.form {
            _ if d == 0.0 => 0.0,
            Form::Constant if beta > d => 0.0,
            Form::Constant if beta == d => ln_z.min(0.0),
            Form::Constant => f64::NEG_INFINITY,
            Form::Verspagen => match self.roots(d) {
                Some((stable, unstable)) if -ln_z <= unstable => -stable,
                _ => f64::NEG_INFINITY,
            },
            _ if s == 0.0 => -d / beta,
            _ if s > 0.0 && beta <= s * d => f64::NEG_INFINITY,
            _ => (-s * d / beta).ln_1p() / s,
        }
    }

    /// Whether z starts so near to where it tips over that an error of `relative` size decides its limit.
    pub fn on_edge(&self, ln_z: f64, relative: f64) -> bool {
        let near = |a: f64, b: f64| a != b && (a - b).abs() < relative * a.abs().max(b.abs());
        let (z, d) = (if self.d < 0.0 { -ln_z } else { ln_z }, self.d.abs());
        match self.form {
            _ if !self.open => false,
            Form::Literal => self.d > 0.0 && near(ln_z.exp(), self.d / self.beta),
            Form::Verspagen if d > 0.0 => {
                let peak = self.beta * self.delta / std::f64::consts::E;
                near(peak, d) || self.roots(d).is_some_and(|(_, unstable)| near(-z, unstable))
            }
            _ => near(self.beta, d) || near(self.beta, self.s * d),
        }
    }
}
