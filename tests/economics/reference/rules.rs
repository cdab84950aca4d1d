//! Rules that name the sector which a policy promotes (§7), once more and naively: what each takes the largest of, and the
//! index [M11] by quadrature.

use super::motion::{Drive, Moved};
use super::path::TIE;
use super::stretch::Parameters;
use super::values::gauss_legendre;
use super::world::{ByRule, Form, Rule};

/// ρt after which nothing counts.
const ENOUGH: f64 = 42.0;
/// A time so far off that what has a limit has come to it.
const FAR: f64 = 2e4;

/// P at a date, before the trade step's choice.
pub struct Seen<'a> {
    pub parameters: &'a Parameters,
    pub ln_z: &'a [f64],
    pub ages: &'a [Option<f64>],
    pub discount_rate: f64,
}

impl ByRule {
    fn lambda(&self, seen: &Seen<'_>, i: usize) -> f64 {
        self.lambda[i].unwrap_or(seen.parameters.sectors[i].lambda)
    }

    fn y_P(&self, seen: &Seen<'_>, i: usize) -> f64 {
        self.y_P[i].unwrap_or(seen.parameters.sectors[i].y_P)
    }

    /// The sector that is named where ties reach so far.
    pub fn names(&self, seen: &Seen<'_>, reach: f64) -> Option<usize> {
        let n = seen.ln_z.len();
        let sector = |i: usize| &seen.parameters.sectors[i];
        let alone = |i: usize| {
            let believed = (self.y_P(seen, i) / sector(i).y_P).ln();
            (seen.parameters.ln_offer(i) + seen.ln_z[i] + believed).exp()
        };
        let benefit = |i: usize, age: Option<f64>| seen.parameters.benefit_of(self.lambda(seen, i), age);
        let together = |i: usize| benefit(i, seen.ages[i]) * alone(i);
        let all: Vec<usize> = (0..n).collect();
        let standing: Vec<usize> = (0..n).filter(|&i| seen.ages[i].is_some()).collect();
        match self.rule {
            Rule::StrongestExternality => first_largest(&all, |i| self.lambda(seen, i), reach),
            Rule::ComparativeAdvantage => first_largest(&all, |i| self.y_P(seen, i) / sector(i).y_R, reach),
            Rule::RevealedAdvantage => {
                first_largest(&all, |i| seen.ln_z[i].exp() * self.y_P(seen, i) / sector(i).y_R, reach)
            }
            Rule::Pigou => first_largest(&all, |i| self.lambda(seen, i) * together(i), reach),
            Rule::Established => {
                let pays = |i: usize| {
                    seen.parameters.benefit_P(i, seen.ages[i]) * (seen.parameters.ln_offer(i) + seen.ln_z[i]).exp()
                };
                first_largest(&standing, pays, reach)
            }
            Rule::Porter => {
                let outside = (0..n).map(alone).fold(0.0, f64::max);
                let holds = |i: &usize| together(*i) >= outside * (1.0 - reach);
                let goes_on = first_largest(&standing, together, reach).filter(holds);
                let candidates: Vec<usize> = (0..n).filter(holds).collect();
                goes_on.or_else(|| first_largest(&candidates, together, reach))
            }
            Rule::Index => {
                let worth: Vec<(f64, f64)> = (0..n).map(|i| self.index(seen, i)).collect();
                let ahead = |a: usize, b: usize| {
                    let apart = worth[a].0 - worth[b].0;
                    if apart.abs() > 1e-9 { apart * f64::INFINITY } else { worth[a].1 - worth[b].1 }
                };
                let top = all.iter().copied().reduce(|top, i| if ahead(i, top) > 0.0 { i } else { top })?;
                all.into_iter().find(|&i| ahead(top, i) <= reach)
            }
        }
    }

    /// What the index grows by in a year and its level [M11].
    fn index(&self, seen: &Seen<'_>, i: usize) -> (f64, f64) {
        let [with, without] = [true, false].map(|cluster| Drive::of(seen.parameters, i, cluster, true));
        let (ln_z, alpha) = (seen.ln_z[i], seen.parameters.sectors[i].alpha);
        let believed = (self.y_P(seen, i) / seen.parameters.sectors[i].y_P).ln();
        let pay = |years: f64, moved: &Moved| {
            let age = seen.ages[i].unwrap_or(0.0) + years;
            let ell = seen.parameters.benefit_of(self.lambda(seen, i), Some(age));
            seen.parameters.ln_offer(i) + believed + moved.ln_z + ell.ln()
        };
        let worth = |years: f64| {
            let [held, left] = [&with, &without].map(|drive| drive.after(ln_z, 0.0, years));
            pay(years, &held) + alpha * (held.ln_Z_R - left.ln_Z_R)
        };
        let rho = seen.discount_rate;
        if rho == 0.0 {
            let growth = (worth(2.0 * FAR) - worth(FAR)) / FAR;
            return (growth, worth(FAR) - growth * FAR);
        }
        let mut edges = vec![0.0];
        let (mut t, mut width) = (0.0, 0.05);
        // No panel longer than what verspagen's fall far from its peak allows.
        let longest = if with.form == Form::Verspagen { 4.0 / with.beta } else { f64::INFINITY };
        while rho * t < ENOUGH {
            t += f64::min(width, longest).min(2.0 / rho);
            width *= 1.25;
            edges.push(t);
        }
        let kinks = [&with, &without].map(|drive| drive.after(ln_z, 0.0, t).met);
        edges.extend(kinks.into_iter().flatten());
        edges.sort_by(f64::total_cmp);
        let rule = gauss_legendre();
        let mut sum = 0.0;
        for ends in edges.windows(2) {
            let width = ends[1] - ends[0];
            for (place, weight) in &rule {
                let t = ends[0] + width * place;
                sum += width * weight * (-rho * t).exp() * worth(t);
            }
        }
        (0.0, rho * sum)
    }
}

/// Of several the first whose value is the largest, or as good.
fn first_largest(among: &[usize], value: impl Fn(usize) -> f64, reach: f64) -> Option<usize> {
    let largest = among.iter().map(|&i| value(i)).fold(0.0, f64::max);
    among.iter().copied().find(|&i| largest - value(i) <= reach * largest)
}

/// Whether ties that reach farther, or less far, would change what is named.
pub fn too_close(by: &ByRule, seen: &Seen<'_>, reaches: [f64; 2]) -> bool {
    let named = by.names(seen, TIE);
    reaches.into_iter().any(|reach| by.names(seen, reach) != named)
}
