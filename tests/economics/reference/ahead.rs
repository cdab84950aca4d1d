//! What can still happen while a regime is held for ever: bounds on ln (v_i/v_j), and its limit (§3, §5).

use super::motion::Drive;
use super::path::TIE;
use super::world::Form;

/// A sector on its way: how it moves, ln z now, and ln of z's limit.
#[derive(Clone, Copy)]
pub struct Way {
    pub drive: Drive,
    pub ln_z: f64,
    pub limit: f64,
}

/// A sector bound for 0 or ∞, once on the side of 1 where it ends: |ln z| = rate · t − rest, `rest` between the two ends
/// of an interval whose other end is its limit; no rest where |ln z| grows without a rate (β = s d).
struct Departure {
    rate: f64,
    rest: Option<(f64, f64)>,
}

impl Way {
    pub fn of(drive: Drive, ln_z: f64) -> Self {
        Self { drive, ln_z, limit: drive.limit(ln_z) }
    }

    pub fn later(self, years: f64) -> Self {
        Self { ln_z: self.drive.after(self.ln_z, 0.0, years).ln_z, ..self }
    }

    fn departure(&self) -> Option<Departure> {
        let Drive { form, open, beta, s, delta, d, .. } = self.drive;
        let steady = |rate: f64, rest: f64| Some(Departure { rate, rest: Some((rest.min(0.0), rest.max(0.0))) });
        if !open {
            return steady(d.abs(), 0.0);
        }
        if form == Form::Literal {
            if self.drive.blow_up(self.ln_z) < f64::INFINITY {
                return None;
            }
            return steady(d, -(-beta * self.ln_z.exp() / d).ln_1p());
        }
        let (behind, d) = (if d > 0.0 { self.ln_z } else { -self.ln_z }, d.abs());
        if behind >= 0.0 {
            return None;
        }
        match form {
            Form::Constant => steady(d - beta, 0.0),
            Form::Verspagen => {
                let G = -behind;
                let fading = beta * (-G / delta).exp();
                let rate = d - fading * G;
                (G > delta && rate > 0.0).then_some(())?;
                // ∫ β G e^(−G/δ) dt, dt = dG / rate at most.
                steady(d, fading / rate * delta * (G + delta))
            }
            _ => {
                let excess = s * d - beta;
                if excess == 0.0 {
                    return Some(Departure { rate: 0.0, rest: None });
                }
                let fed = -beta * (s * behind).exp_m1() / s;
                steady(excess / s, -(s * (d - fed) / excess).ln() / s)
            }
        }
    }

    /// Bounds of what ln z − ln z of `other` will yet change by; `None` if nothing can be said yet.
    pub fn against(&self, other: &Way) -> Option<(f64, f64)> {
        if self.alike(other) {
            return Some((0.0, 0.0));
        }
        let (to_go, others) = (self.limit - self.ln_z, other.limit - other.ln_z);
        if self.limit.is_finite() || self.limit != other.limit {
            return Some((to_go.min(0.0) - others.max(0.0), to_go.max(0.0) - others.min(0.0)));
        }
        let (own, its) = (self.departure()?, other.departure()?);
        // How −|ln z| − (−|ln z| of the other) will change.
        let lead = match (own.rest, its.rest) {
            (None, None) => {
                let end =
                    -(self.drive.beta / other.drive.beta).ln() / self.drive.s - (other.ln_z.abs() - self.ln_z.abs());
                (end.min(0.0), end.max(0.0))
            }
            (Some(rest), Some(others)) => {
                let change = (rest.0 - others.1, rest.1 - others.0);
                if same_rate(own.rate, its.rate) {
                    change
                } else if own.rate < its.rate {
                    (change.0, f64::INFINITY)
                } else {
                    (f64::NEG_INFINITY, change.1)
                }
            }
            _ => self.by_rates(&own, other, &its)?,
        };
        Some(if self.limit < 0.0 { lead } else { (-lead.1, -lead.0) })
    }

    /// From the rates at which |ln z| grows now and in the end, which bound those between.
    fn by_rates(&self, own: &Departure, other: &Way, its: &Departure) -> Option<(f64, f64)> {
        let between = |way: &Way, end: f64| {
            let now = way.drive.rate(way.ln_z).abs();
            (now.min(end), now.max(end))
        };
        let (own, its) = (between(self, own.rate), between(other, its.rate));
        if its.0 >= own.1 { Some((0.0, f64::INFINITY)) } else { (its.1 <= own.0).then_some((f64::NEG_INFINITY, 0.0)) }
    }

    fn alike(&self, other: &Way) -> bool {
        let same = (self.ln_z - other.ln_z).abs() <= 1e-13 * self.ln_z.abs().max(1.0);
        let (a, b) = (&self.drive, &other.drive);
        same && (a.beta, a.d, a.open) == (b.beta, b.d, b.open)
    }

    /// The limit of ln z − ln z of `other`.
    pub fn limit_against(&self, other: &Way) -> f64 {
        if self.limit.is_finite() || self.limit != other.limit {
            return self.limit - other.limit;
        }
        let (mut own, mut its, mut years) = (*self, *other, 1.0);
        for _ in 0..400 {
            let now = own.ln_z - its.ln_z;
            match own.against(&its) {
                Some((low, high)) if high - low < 1e-12 => return now + low,
                Some((f64::NEG_INFINITY, _)) if now < -1e3 => return f64::NEG_INFINITY,
                Some((_, f64::INFINITY)) if now > 1e3 => return f64::INFINITY,
                _ => {}
            }
            (own, its) = (own.later(years), its.later(years));
            years *= 1.2;
        }
        own.ln_z - its.ln_z
    }
}

fn same_rate(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-15 * a.abs()
}

/// Whether a value of ln (a/b) that lies in `bounds` for ever is never below the tie.
pub fn never_below(bounds: (f64, f64)) -> bool {
    bounds.0 >= -TIE
}

/// Whether it is always below.
pub fn always_below(bounds: (f64, f64)) -> bool {
    bounds.1 < -TIE
}
