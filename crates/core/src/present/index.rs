//! The index of discounted comparative advantage: what a cluster in a sector is worth that is held from now on
//! (`docs/model.md` M11).

use super::march::integral;
use crate::integrate::{Solver, parity_after};
use crate::math::{exp, ln};
use crate::model::long_run::Far;
use crate::model::motion::Motion;
use crate::model::params::Params;
use crate::model::policy::Trade;
use crate::model::problem::Problem;
use crate::model::trade::Regime;
use crate::model::weigh::{Weight, far_growth_R, motions};
use crate::spells::{Spell, State};

/// A sector in which a cluster might be held, as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Prospect<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Its parameters now, which are taken to stay.
    pub params: &'a Params,
    /// How z is found where it has no closed form.
    pub solver: Solver,
    /// The sector.
    pub i: usize,
    /// Its z.
    pub z: f64,
    /// Age of P's cluster there, years; a new one would be 0 years old.
    pub age: f64,
    /// λ, as it is taken to be.
    pub lambda: f64,
}

impl Prospect<'_> {
    /// I, in logarithms of R-wages: with ρ = 0 its limit, which may have no bound.
    pub fn index(&self) -> Weight {
        let rate = self.problem.discount_rate;
        if self.z == 0.0 || self.z.is_infinite() {
            return Weight { level: ln(self.z), growth: 0.0 };
        }
        if rate == 0.0 {
            return self.in_the_end();
        }
        let [with, without] = motions(self.params, self.i);
        let lifts = [with, without].map(|motion| motion.may_lift_R(self.z));
        // Without its cluster P lifts R at most where it does with it.
        let level = if lifts[0] { None } else { self.in_closed_form(&with, rate) };
        let level = level.or_else(|| self.by_quadrature(lifts, rate)).unwrap_or(f64::NEG_INFINITY);
        Weight { level, growth: 0.0 }
    }

    /// ln v^Cl now.
    fn ln_pay(&self) -> f64 {
        let ell = self.params.ell_with(self.lambda, || Some(self.age));
        ln(ell * self.z * self.params.sectors[self.i].earnings())
    }

    /// Where nothing bends on the way.
    fn in_closed_form(&self, with: &Motion, rate: f64) -> Option<f64> {
        if with.meets_parity(self.z) {
            return None;
        }
        let approach = with.branch(with.side(self.z)).approach(self.z)?;
        let mut gained = approach.for_ever(rate)?.0;
        if let Some(build_up) = self.params.build_up_with(self.lambda, Some(self.age)) {
            gained += build_up.for_ever(rate)?.0;
        }
        Some(self.ln_pay() + rate * gained)
    }

    /// Panel by panel; `lifts`: whether P's spillovers lift R with its cluster and without.
    fn by_quadrature(&self, lifts: [bool; 2], rate: f64) -> Option<f64> {
        let params = self.alone();
        let alpha = params.sectors[0].alpha;
        let state = |regime: Regime| self.state(&params, regime);
        let fastest = motions(&params, 0).map(|motion| motion.scale(self.z)).into_iter().fold(0.0, f64::max);
        let fastest = if params.tau > 0.0 { fastest.max(1.0 / params.tau) } else { fastest };
        let step = if fastest > 0.0 && fastest.is_finite() { 2.0 / fastest } else { self.problem.grid.period };
        let held = integral(state(Regime::Cluster(0)), f64::INFINITY, rate, step, &[], |state, years, away| {
            let age = state.age(0).map(|age| age + years);
            let pay = ln(params.ell_with(self.lambda, || age)) + state.ln_v_Is_in(0, years);
            exp(-away) * if lifts[0] { pay + alpha * state.ln_Z_R_in(0, years) } else { pay }
        })?;
        // What R learns without P's cluster; where that lifts nobody, both are alike in it.
        let own = match lifts {
            [false, _] => 0.0,
            [true, false] => motions(&params, 0)[1].x_R / (rate * rate),
            [true, true] => {
                let learnt = |state: &State<'_>, years: f64, away: f64| exp(-away) * state.ln_Z_R_in(0, years);
                integral(state(Regime::Isolation(0)), f64::INFINITY, rate, step, &[], learnt)?
            }
        };
        Some(rate * (held - alpha * own))
    }

    /// What it nears: ρ → 0.
    fn in_the_end(&self) -> Weight {
        let params = self.alone();
        let sector = &params.sectors[0];
        let [with, without] = motions(&params, 0);
        let far = Far::new(&with, self.z);
        let grown = |motion: &Motion| {
            let parity = parity_after(motion, self.solver, self.z).unwrap_or(None);
            far_growth_R(motion, self.z, parity)
        };
        let [with, without] = [grown(&with), grown(&without)];
        Weight {
            level: ln(self.lambda * sector.earnings()) + far.level + sector.alpha * (with.level - without.level),
            growth: far.rate + sector.alpha * (with.growth - without.growth),
        }
    }

    /// The parameters of the sector alone.
    fn alone(&self) -> Params {
        Params { sectors: vec![self.params.sectors[self.i].clone()], tau: self.params.tau }
    }

    fn state<'s>(&'s self, params: &'s Params, regime: Regime) -> State<'s> {
        let spell = Spell { from: 0, regime, made: 0, trade: Trade::Open, epoch: 0, support: None, paid: false };
        State::imagined(self.problem, params, spell, self.solver, self.z, self.age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    /// I of a sector of a world with these keys.
    fn index(i: usize, keys: &[&str]) -> Weight {
        let world = "schema_version = 1\ntime.horizon = 50\ngrowth.x = 0.02\n[catch_up]\nform = \"gompertz\"\nbeta = 0.05\n\
                     [sector.a]\nlambda = 1.4\ny_R = 2\ny_P = 1.5\nZ_P = 0.4\n\
                     [sector.b]\nlambda = 1.2\ny_R = 1\ny_P = 1\nZ_P = 3\ncluster_R = false\n";
        let sets: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let scenario = parse(world, &sets).expect("a valid world");
        let problem = &scenario.problem;
        let params = &problem.epochs[0].params;
        let z = problem.Z_P[i] / problem.Z_R[i];
        let lambda = params.sectors[i].lambda;
        Prospect { problem, params, solver: scenario.solver, i, z, age: 0.0, lambda }.index()
    }

    #[test]
    fn gompertz_has_the_index_in_closed_form() {
        for rho in [0.001, 0.03, 0.2] {
            let expected = f64::ln(0.75) + rho / (rho + 0.05) * f64::ln(0.4);
            let found = index(0, &[&format!("welfare.discount_rate={rho}")]);
            assert!((found.level - expected).abs() < 1e-13 && found.growth == 0.0, "{found:?} {expected}");
        }
    }

    #[test]
    fn both_ways_to_the_index_agree() {
        for form in ["logistic", "nelson-phelps", "gompertz"] {
            for rho in [0.005, 0.08] {
                let keys =
                    [format!("catch_up.form={form}"), format!("welfare.discount_rate={rho}"), "poor.tau=4".to_owned()];
                let sets: Vec<&str> = keys.iter().map(String::as_str).collect();
                let world = |i: usize| index(i, &sets);
                let closed = world(0).level;
                let scenario = parse(
                    &format!(
                        "schema_version = 1\ntime.horizon = 50\ngrowth.x = 0.02\n[catch_up]\nform = \"{form}\"\nbeta = 0.05\n\
                         [sector.a]\nlambda = 1.4\ny_R = 2\ny_P = 1.5\nZ_P = 0.4\n[sector.b]\nlambda = 1.2\ny_R = 1\n\
                         y_P = 1\n[poor]\ntau = 4\n"
                    ),
                    &[format!("welfare.discount_rate={rho}")],
                )
                .expect("a valid world");
                let params = &scenario.problem.epochs[0].params;
                let prospect = Prospect {
                    problem: &scenario.problem,
                    params,
                    solver: scenario.solver,
                    i: 0,
                    z: 0.4,
                    age: 0.0,
                    lambda: 1.4,
                };
                let panels = prospect.by_quadrature([false; 2], rho).expect("it converges");
                assert!((closed - panels).abs() < 1e-11, "{form} {rho}: {closed} {panels}");
            }
        }
    }

    #[test]
    fn without_discounting_it_is_what_it_nears() {
        // z and Z_R of a sector in which R learns nothing go on growing; the index at a small rate is 1/ρ times that growth.
        // Under `constant` z of the second meets 1 from above unless P has a cluster there.
        for (i, form) in [(0, "gompertz"), (1, "gompertz"), (0, "constant"), (1, "constant")] {
            let form = format!("catch_up.form={form}");
            let limit = index(i, &[&form, "welfare.discount_rate=0"]);
            for rho in [1e-5, 1e-6] {
                let near = index(i, &[&form, &format!("welfare.discount_rate={rho:?}")]);
                let expected = limit.growth / rho + limit.level;
                assert!(
                    (near.level - expected).abs() < 100.0 * rho * (1.0 + expected.abs()),
                    "{i} {form} {rho}: {near:?} {limit:?}"
                );
            }
        }
        assert!(index(1, &["welfare.discount_rate=0"]).growth > 0.0);
    }
}
