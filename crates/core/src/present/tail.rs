//! Present values of a smooth approach that goes on for ever, as series in closed form.
//!
//! On a branch where F = d ln z/dt has F' = −k F + s F² (every form but `verspagen`; also ln ℓ, with k = 1/τ and s = −1),
//! 1 + c e^(−kt), c = sF_0/(k − sF_0), carries the whole path: ln z(t) = ln z_0 + [ln(1 + c) − ln(1 + c e^(−kt))]/s, and
//! both this and z itself are power series in e^(−kt).

use crate::math::{exp, ln_1p};
use crate::model::branch::Approach;

/// |c| up to which the series are used.
const NEAR: f64 = 0.6;
/// Share of a series below which its terms no longer count.
const NEGLIGIBLE: f64 = 1e-16;
/// More terms than |c| ≤ 0.6 needs.
const TERMS: usize = 120;

/// Present values of an endless approach.
pub(super) trait ForEver {
    /// ∫_0^∞ e^(−ρt) (u(t) − u(0)) dt of the logarithm u itself; `None` where the series do not reach.
    fn of_log(self, rho: f64) -> Option<f64>;
    /// ∫_0^∞ e^(−ρt) e^(u(t) − u(0)) dt; `None` where the series do not reach.
    fn of_level(self, rho: f64) -> Option<f64>;
}

impl ForEver for Approach {
    #[inline]
    fn of_log(self, rho: f64) -> Option<f64> {
        let Self { rate, k, s } = self;
        if rate == 0.0 {
            return Some(0.0);
        }
        if k == 0.0 && s == 0.0 {
            return Some(rate / (rho * rho));
        }
        if k <= 0.0 {
            return None;
        }
        if s == 0.0 {
            return Some(rate / (rho * (rho + k)));
        }
        let c = s * rate / (k - s * rate);
        if !(c.abs() <= NEAR) {
            return None;
        }
        // Σ (−1)^(n+1) c^n/n ∫ e^(−(ρ+nk)t) dt
        let (mut power, mut sum) = (c, 0.0);
        for n in 1..TERMS {
            let n = n as f64;
            let term = power / (n * (rho + n * k));
            sum += term;
            if term.abs() <= NEGLIGIBLE * sum.abs() {
                break;
            }
            power *= -c;
        }
        Some((ln_1p(c) / rho - sum) / s)
    }

    #[inline]
    fn of_level(self, rho: f64) -> Option<f64> {
        let Self { rate, k, s } = self;
        if rate == 0.0 || (k == 0.0 && s == 0.0) {
            return (rho > rate).then(|| 1.0 / (rho - rate));
        }
        if k <= 0.0 {
            return None;
        }
        // e^u = e^(u_0) (1 + c)^(1/s) (1 + c q)^(−1/s), or for s = 0: e^(F_0/k) e^(−F_0 q/k).
        let (c, front) = if s == 0.0 {
            (rate / k, exp(rate / k))
        } else {
            let c = s * rate / (k - s * rate);
            (
                c,
                if s == 1.0 {
                    1.0 + c
                } else if s == -1.0 {
                    1.0 / (1.0 + c)
                } else {
                    exp(ln_1p(c) / s)
                },
            )
        };
        if !(c.abs() <= NEAR) {
            return None;
        }
        let (mut power, mut sum) = (1.0, 1.0 / rho);
        for n in 0..TERMS {
            let n = n as f64;
            power *= if s == 0.0 { -c / (n + 1.0) } else { -c * (1.0 / s + n) / (n + 1.0) };
            let term = power / (rho + (n + 1.0) * k);
            sum += term;
            if term.abs() <= NEGLIGIBLE * sum.abs() {
                break;
            }
        }
        Some(front * sum)
    }
}
