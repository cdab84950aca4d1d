//! Earnings that go straight towards their limit, as a curve over the years of a spell: what they are worth for ever, and
//! when one curve passes another.

use super::branch::Approach;
use super::params::Params;
use super::policy::Trade;
use crate::column::{Col, Number};
use crate::math::exp;

/// Stretches on which two curves are compared, at most.
const STRETCHES: u32 = 500;
/// Steps of Newton's that no crossing needs.
const STEPS: u32 = 200;
/// kt after which nothing moves any more.
const STILL: f64 = 40.0;

/// What a worker earns in a sector: e ℓ z, z on a smooth approach, ℓ = λ − (λ − ℓ_0) e^(−t/τ).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// e z at the start, R-wages.
    isolated: f64,
    /// How ln z moves.
    approach: Approach,
    /// How ln ℓ moves, where it does.
    build_up: Option<Approach>,
    /// ℓ in the end, and what it lacks at the start.
    ell: f64,
    lacking: f64,
}

/// A logarithm at a moment, and the rates of its two parts, per year.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    ln: f64,
    rates: [f64; 2],
}

impl Point {
    fn rate(&self) -> f64 {
        self.rates[0] + self.rates[1]
    }
}

impl Curve {
    /// What sector i earns from a moment on at which it has relative productivity `z`: isolated, or where P has a cluster in it of
    /// this age, years. `None` where z meets 1 on the way or has no limit.
    #[inline(always)]
    pub fn new(params: &Params, trade: Trade, i: usize, z: f64, cluster: Option<f64>) -> Option<Self> {
        let sector = &params.sectors[i];
        let motion = sector.motion(cluster.is_some(), trade);
        let approach = motion.branch(motion.side(z)).approach(z)?;
        if !(approach.k > 0.0 || approach.rate == 0.0) || motion.meets_parity(z) {
            return None;
        }
        let ell = if cluster.is_some() { sector.lambda } else { 1.0 };
        let build_up = params.build_up(i, cluster);
        let lacking = if build_up.is_some() { ell - params.ell(i, || cluster) } else { 0.0 };
        Some(Self { isolated: z * sector.earnings(), approach, build_up, ell, lacking })
    }

    /// A value that never changes.
    pub fn constant(ln: f64) -> Self {
        let approach = Approach { rate: 0.0, k: 0.0, s: 0.0 };
        Self { isolated: exp(ln), approach, build_up: None, ell: 1.0, lacking: 0.0 }
    }

    /// The same, times a constant.
    pub fn times(self, factor: f64) -> Self {
        Self { isolated: self.isolated * factor, ..self }
    }

    /// Its logarithm now.
    #[inline(always)]
    pub fn ln_now(&self) -> f64 {
        Col([self.isolated * (self.ell - self.lacking)]).natural_log().0[0]
    }

    /// How ln z moves, where nothing else does.
    pub fn mature(&self) -> Option<Approach> {
        Some(self.approach).filter(|_| self.build_up.is_none())
    }

    /// Whether [`Curve::worth`] has a formula at the discount rate ρ, from now and from any later moment on.
    #[inline(always)]
    pub fn has_formula(&self, rho: f64) -> bool {
        self.approach.has_formula(rho)
            && self
                .build_up
                .is_none_or(|build_up| build_up.has_formula(rho) && self.approach.has_formula(rho + build_up.k))
    }

    /// ∫_0^∞ e^(−ρt) ln v dt and ∫_0^∞ e^(−ρt) v dt.
    #[inline(always)]
    pub fn worth(&self, rho: f64) -> Option<[f64; 2]> {
        let (mut log, level) = self.approach.for_ever(rho)?;
        let mut level = self.isolated * self.ell * level?;
        if let Some(build_up) = self.build_up {
            log += build_up.for_ever(rho)?.0;
            level -= self.isolated * self.lacking * self.approach.for_ever(rho + build_up.k)?.1?;
        }
        Some([self.ln_now() / rho + log, level])
    }

    /// The curve from a later moment on.
    pub fn from(&self, years: f64) -> Self {
        let Point { rates: [rate, build_up], .. } = self.at(years);
        let left = self.build_up.map_or(0.0, |build_up| exp(-build_up.k * years));
        Self {
            isolated: self.isolated * exp(grown(self.approach, years)),
            approach: Approach { rate, ..self.approach },
            build_up: self.build_up.map(|approach| Approach { rate: build_up, ..approach }),
            lacking: self.lacking * left,
            ..*self
        }
    }

    /// Its logarithm in so many years.
    pub fn at(&self, years: f64) -> Point {
        let mut ln = self.ln_now() + grown(self.approach, years);
        let mut rates = [rate_in(self.approach, years), 0.0];
        if let Some(build_up) = self.build_up {
            ln += grown(build_up, years);
            rates[1] = rate_in(build_up, years);
        }
        Point { ln, rates }
    }

    /// Years after which it does not move any more.
    pub fn still_after(&self) -> f64 {
        let after = |approach: Approach| if approach.rate == 0.0 { 0.0 } else { STILL / approach.k };
        after(self.approach).max(self.build_up.map_or(0.0, after))
    }

    /// Whether it is the higher one of two in so many years, or rises faster where they are level.
    pub fn is_above(&self, other: &Self, years: f64) -> bool {
        let (own, other) = (self.at(years), other.at(years));
        own.ln > other.ln || (own.ln == other.ln && own.rate() > other.rate())
    }

    /// The first moment between two, to a share of `precision`, at which `rival` comes to be above this one, which has been the
    /// higher.
    ///
    /// # Errors
    /// [`Unresolved`] where they run so near to each other that bounds do not tell.
    pub fn overtaken_by(&self, rival: &Self, from: f64, to: f64, precision: f64) -> Result<Option<f64>, Unresolved> {
        let both = |years: f64| Both { years, own: self.at(years), rival: rival.at(years) };
        // From the last stretch to the first; the first that is not told yet is on top.
        let mut stretches = vec![(both(from), both(to))];
        for _ in 0..STRETCHES {
            let Some((from, to)) = stretches.pop() else { return Ok(None) };
            match self.crosses(rival, &from, &to) {
                Some(false) => {}
                Some(true) => return Ok(Some(self.crossing(rival, from.years, to.years, precision))),
                None => {
                    let middle = both(0.5 * (from.years + to.years));
                    stretches.extend([(middle, to), (from, middle)]);
                }
            }
        }
        Err(Unresolved)
    }

    /// Whether `rival` passes on a stretch, at whose start it is not above, and then stays above; `None` where it may pass and
    /// fall back.
    fn crosses(&self, rival: &Self, from: &Both, to: &Both) -> Option<bool> {
        // Each part of a rate goes straight to its limit: the ends bound it.
        let bounds = |a: Point, b: Point, of: fn(f64, f64) -> f64| -> f64 {
            a.rates.into_iter().zip(b.rates).map(|(a, b)| of(a, b)).sum()
        };
        let slowest = bounds(from.rival, to.rival, f64::min) - bounds(from.own, to.own, f64::max);
        let fastest = bounds(from.rival, to.rival, f64::max) - bounds(from.own, to.own, f64::min);
        // Under one law the faster one stays the faster one.
        let straight = slowest >= 0.0 || fastest <= 0.0 || self.has_the_law_of(rival);
        match to.lead() > 0.0 {
            true => straight.then_some(true),
            false if straight || from.lead().min(0.0) + fastest * (to.years - from.years) < 0.0 => Some(false),
            false => None,
        }
    }

    fn has_the_law_of(&self, other: &Self) -> bool {
        let law = |curve: &Self| (curve.approach.k, curve.approach.s);
        self.build_up.is_none() && other.build_up.is_none() && law(self) == law(other)
    }

    /// Where a lead that only grows passes 0: Newton's steps, halved where they leave the stretch.
    fn crossing(&self, rival: &Self, mut low: f64, mut high: f64, precision: f64) -> f64 {
        let mut years = 0.5 * (low + high);
        for _ in 0..STEPS {
            let (own, other) = (self.at(years), rival.at(years));
            let lead = other.ln - own.ln;
            if lead > 0.0 {
                high = years;
            } else {
                low = years;
            }
            let next = years - lead / (other.rate() - own.rate());
            let next = if next > low && next < high { next } else { 0.5 * (low + high) };
            if (next - years).abs() <= precision * high || next <= low || next >= high {
                return next;
            }
            years = next;
        }
        high
    }
}

/// Two curves run too near to each other for bounds to tell whether they cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unresolved;

/// Two curves at a moment.
#[derive(Debug, Clone, Copy)]
struct Both {
    years: f64,
    own: Point,
    rival: Point,
}

impl Both {
    fn lead(&self) -> f64 {
        self.rival.ln - self.own.ln
    }
}

/// By how much the logarithm grows in so many years.
fn grown(approach: Approach, years: f64) -> f64 {
    let Approach { rate, k, s } = approach;
    if rate == 0.0 || years == 0.0 {
        return 0.0;
    }
    let (left, less_1) = Col([-k * years]).exponential_and_less_1();
    let (q, passed) = (left.0[0], -less_1.0[0]);
    if s == 0.0 {
        return rate / k * passed;
    }
    let c = approach.c();
    Col([c * passed / (1.0 + c * q)]).log_of_1_plus().0[0] / s
}

/// Its rate then, per year.
fn rate_in(approach: Approach, years: f64) -> f64 {
    let Approach { rate, k, s } = approach;
    if rate == 0.0 || years == 0.0 {
        return rate;
    }
    let q = exp(-k * years);
    if s == 0.0 {
        return rate * q;
    }
    let c = approach.c();
    k * c * q / (s * (1.0 + c * q))
}
