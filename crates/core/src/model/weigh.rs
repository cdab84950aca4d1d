//! What a rule makes of the sectors at one date (docs/model.md §7): it gives each that it may name a weight, and names the one
//! whose weight is largest. Weights are logarithms: one way of comparing them serves all rules.

use super::long_run::Far;
use super::motion::{Motion, Side};
use super::params::Params;
use super::policy::Trade;
use super::rule::{ByRule, Rule};
use super::trade::{Offers, TIE};
use crate::math::{exp, ln, ln_1p};
use crate::numbers::precise;

/// A logarithm, or where it has no bound what it nears: level + growth · t. Of two the one that grows faster is larger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Its limit, less what grows.
    pub level: f64,
    /// Per year; 0 where the logarithm is a number.
    pub growth: f64,
}

impl Weight {
    /// ln of a number > 0.
    pub fn of(number: f64) -> Self {
        Self { level: ln(number), growth: 0.0 }
    }

    /// By how much it is above the other: infinite where one outgrows the other.
    pub fn over(&self, other: &Self) -> f64 {
        let apart = self.growth - other.growth;
        if apart.abs() > 1e-12 * self.growth.abs().max(other.growth.abs()) {
            return apart * f64::INFINITY;
        }
        self.level - other.level
    }

    /// With so much added.
    #[must_use]
    pub fn plus(self, level: f64) -> Self {
        Self { level: self.level + level, ..self }
    }
}

/// What a rule sees at one date: P as it is before the choice.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The parameters.
    pub params: &'a Params,
    /// z, per sector.
    pub z: &'a [f64],
    /// Ages of P's clusters, years, per sector.
    pub ages: &'a [Option<f64>],
    /// Whether P has a cluster, per sector.
    pub standing: &'a [bool],
    /// What the world pays.
    pub offers: &'a Offers,
}

impl ByRule {
    /// λ of sector i as the rule believes it to be.
    pub fn lambda(&self, params: &Params, i: usize) -> f64 {
        self.perceived[i].lambda.unwrap_or(params.sectors[i].lambda)
    }

    /// ln of y_P as the rule believes it to be, beside what it is, in sector i.
    pub fn ln_misjudged(&self, params: &Params, i: usize) -> f64 {
        self.perceived[i].y_P.map_or(0.0, |y_P| ln(y_P / params.sectors[i].y_P))
    }

    /// What it gives every sector, `None` where it may not name it; `index` is I of a sector with such a λ (M11).
    pub fn weigh(&self, view: &View<'_>, index: impl Fn(usize, f64) -> Weight, weights: &mut Vec<Option<Weight>>) {
        let n = view.z.len();
        let sector = |i: usize| &view.params.sectors[i];
        let y_P = |i: usize| self.perceived[i].y_P.unwrap_or(sector(i).y_P);
        // As the rule believes: v^Is and v^Cl.
        let alone = |i: usize| view.offers.v_Is[i] * (y_P(i) / sector(i).y_P);
        let together = |i: usize| {
            let lambda = self.lambda(view.params, i);
            view.params.ell_with(lambda, || view.ages[i]) * alone(i)
        };
        weights.clear();
        match self.rule {
            Rule::StrongestExternality => {
                weights.extend((0..n).map(|i| Some(Weight::of(self.lambda(view.params, i)))));
            }
            Rule::ComparativeAdvantage => weights.extend((0..n).map(|i| Some(Weight::of(y_P(i) / sector(i).y_R)))),
            Rule::RevealedAdvantage => {
                weights.extend((0..n).map(|i| Some(Weight::of(view.z[i] * y_P(i) / sector(i).y_R))));
            }
            Rule::Pigou => {
                weights.extend((0..n).map(|i| Some(Weight::of(self.lambda(view.params, i) * together(i)))));
            }
            Rule::Established => {
                weights.extend((0..n).map(|i| view.standing[i].then(|| Weight::of(view.offers.v_Cl[i]))));
            }
            Rule::Porter => {
                let outside = (0..n).map(alone).fold(0.0, f64::max);
                let holds = |i: usize| together(i) + outside * TIE >= outside;
                weights.extend((0..n).map(|i| view.standing[i].then(|| Weight::of(together(i)))));
                let standing = largest(weights).filter(|&i| holds(i));
                for (i, weight) in weights.iter_mut().enumerate() {
                    let may = standing.map_or_else(|| holds(i), |standing| standing == i);
                    *weight = may.then(|| Weight::of(together(i)));
                }
            }
            Rule::Index => weights.extend((0..n).map(|i| {
                let lambda = self.lambda(view.params, i);
                Some(index(i, lambda).plus(self.ln_misjudged(view.params, i)))
            })),
        }
    }

    /// The weights in words: what a rule compares, by sector.
    pub fn retell(&self, weights: &[Option<Weight>], sectors: &[String]) -> String {
        let weight = |weight: &Weight| match (self.rule, weight.growth == 0.0) {
            (Rule::Index, true) => precise(weight.level),
            (Rule::Index, false) => format!("{} + {} a year", precise(weight.level), precise(weight.growth)),
            _ => precise(exp(weight.level)),
        };
        let each = sectors.iter().zip(weights).filter_map(|(name, w)| Some(format!("{name} {}", weight(w.as_ref()?))));
        let each: Vec<String> = each.collect();
        let none = match self.rule {
            Rule::Established => "no cluster stands",
            _ => "no cluster is an equilibrium",
        };
        let said =
            if each.is_empty() { none.to_owned() } else { format!("{}: {}", self.rule.formula(), each.join(", ")) };
        format!("{}, {said}", self.rule.name())
    }
}

/// The sector whose weight is largest; of several that tie the first. `None` where there is none.
pub fn largest(weights: &[Option<Weight>]) -> Option<usize> {
    let each = || weights.iter().enumerate().filter_map(|(i, weight)| Some((i, weight.as_ref()?)));
    let (_, top) = each().reduce(|a, b| if b.1.over(a.1) > 0.0 { b } else { a })?;
    each().find(|(_, weight)| top.over(weight) <= tie()).map(|(i, _)| i)
}

/// ln of the largest ratio of two that tie: b ≥ a (1 − 1e-9).
fn tie() -> f64 {
    -ln_1p(-TIE)
}

/// lim ln Z_R(t) − ln Z_R(0) as it nears level + growth · t, of a sector that is at z and meets z = 1 after `parity` years, if
/// it does; M1.
pub fn far_growth_R(motion: &Motion, z: f64, parity: Option<f64>) -> Weight {
    let line = |growth: f64, level: f64| Weight { level, growth };
    let both = motion.x_R.max(motion.x_P);
    if !motion.turns_at_parity() {
        return line(motion.x_R, 0.0);
    }
    let far = Far::new(motion, z);
    let ends = if parity.is_some() { motion.side(1.0) } else { motion.side(z) };
    // Until it meets 1, and what is left behind there.
    let (met, before) = match (motion.side(z), parity) {
        (_, None) => (0.0, 0.0),
        (Side::Above, Some(met)) => (met, motion.x_P * met + ln(z)),
        (_, Some(met)) => (met, motion.x_R * met),
    };
    let from = if parity.is_some() { 0.0 } else { ln(z) };
    match ends {
        Side::Below => line(motion.x_R, before - motion.x_R * met),
        Side::At => line(both, before - both * met),
        Side::Above => line(motion.x_P - far.rate, before - motion.x_P * met - (far.level - from)),
    }
}

/// How z of sector i moves where P has a cluster in it for ever, and where it has none.
pub fn motions(params: &Params, i: usize) -> [Motion; 2] {
    [true, false].map(|cluster_P| params.sectors[i].motion(cluster_P, Trade::Open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;
    use crate::model::catch_up::{CatchUp, Form};

    fn weights(levels: &[Option<f64>]) -> Vec<Option<Weight>> {
        levels.iter().map(|level| level.map(Weight::of)).collect()
    }

    #[test]
    fn the_largest_weight_is_named_and_of_several_that_tie_the_first() {
        assert_eq!(largest(&weights(&[Some(1.0), Some(2.0), Some(1.5)])), Some(1));
        assert_eq!(largest(&weights(&[Some(1.0), Some(1.0 + 0.9e-9)])), Some(0));
        assert_eq!(largest(&weights(&[Some(1.0), Some(1.0 + 1.1e-9)])), Some(1));
        assert_eq!(largest(&weights(&[None, Some(0.1), None])), Some(1));
        assert_eq!(largest(&weights(&[None, None])), None);
        // What grows faster is larger, however low it is now.
        let growing = [Weight { level: 5.0, growth: 0.01 }, Weight { level: -5.0, growth: 0.02 }].map(Some);
        assert_eq!(largest(&growing), Some(1));
    }

    /// Far off, what R has grown by lies on the line: M6 over a path that begins on either side of 1, meets it or not, and falls
    /// behind without end.
    #[test]
    fn growth_of_r_nears_its_line() {
        let shapes = [
            (Form::Logistic, 0.0),
            (Form::NelsonPhelps, 0.0),
            (Form::Gompertz, 0.0),
            (Form::BenhabibSpiegel, 0.5),
            (Form::BenhabibSpiegel, -0.7),
            (Form::Constant, 0.0),
        ];
        let (mut met, mut kept) = (0, 0);
        for (form, shape) in shapes {
            for (x_R, x_P) in
                [(0.02, 0.0), (0.0, 0.02), (0.03, 0.03), (0.0, 0.0), (0.0, 0.12), (0.12, 0.0), (0.13, 0.01)]
            {
                for catch_up in [Some(CatchUp { form, beta: 0.07, shape }), None] {
                    let motion = Motion { catch_up, x_R, x_P };
                    for z in [0.05, 0.4, 1.0, 2.0, 12.0] {
                        let (parity, years) = (motion.parity_after(z), 3000.0);
                        let ln_z = motion.ln_z_after(z, years).expect("no form here runs away");
                        // A number where z has one.
                        if ln_z.abs() > 600.0 {
                            continue;
                        }
                        let found = far_growth_R(&motion, z, parity);
                        let grown = motion.growth_R(z, exp(ln_z), years, parity);
                        let line = found.level + found.growth * years;
                        assert!((line - grown).abs() < 1e-9 * (1.0 + grown), "{motion:?} {z}: {line} {grown}");
                        *if parity.is_some() { &mut met } else { &mut kept } += 1;
                    }
                }
            }
        }
        assert!(met > 30 && kept > 200, "{met} {kept}");
    }
}
