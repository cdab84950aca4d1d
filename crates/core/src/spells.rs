//! What holds when on a path, on its rows and after: its spells, and the state of P at any moment of one.
//!
//! A spell is a stretch of dates with the same regime, trade, parameters and, where a subsidy can be paid, policy
//! (`docs/model.md` §3). Within it everything follows from the state at its start, so that a path is its spells.

#![expect(non_snake_case, reason = "the field's symbols: Z_R, v_Is")]

use crate::integrate::{Course, Method, Solver, parity_after, z_at};
use crate::math::{exp, ln};
use crate::model::curve::Curve;
use crate::model::grid::Grid;
use crate::model::motion::Motion;
use crate::model::params::Params;
use crate::model::policy::{Payer, Support, Trade};
use crate::model::problem::Problem;
use crate::model::trade::{Regime, ln_real_income_R};
use std::cell::RefCell;

/// A stretch of dates on which nothing changes but z, and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spell {
    /// Its first period.
    pub from: usize,
    /// What P does.
    pub regime: Regime,
    /// The sector whose earnings are P's wage while trade is open: of several that tie the first.
    pub made: usize,
    /// Whether P trades.
    pub trade: Trade,
    /// Which of the problem's epochs holds.
    pub epoch: usize,
    /// How the cluster is paid for, where a policy holds it whatever it costs.
    pub support: Option<Support>,
    /// Whether a subsidy is paid at its first date; after the last row that is so at all of its dates, or at none.
    pub paid: bool,
}

impl Spell {
    /// The subsidy that is paid in any case, as a share of the wage.
    pub fn share_paid(&self, params: &Params) -> f64 {
        self.support.map_or(0.0, |support| support.share(params.sectors[self.made].lambda))
    }

    /// Whether P has a cluster in sector i.
    pub fn clustered(&self, problem: &Problem, i: usize) -> bool {
        match self.regime {
            Regime::Cluster(cluster) => cluster == i,
            Regime::Closed => problem.closed_clusters[i],
            Regime::Isolation(_) | Regime::Diversified => false,
        }
    }
}

/// The smallest z that is told from 0, and the inverse of the largest.
const NUMBERS: f64 = 1e-250;

/// How a path ends.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Ending {
    /// It does not: the last spell goes on for ever.
    #[default]
    Never,
    /// z passes every bound (`literal`): the last spell ends at that moment.
    BlowsUp,
}

/// The spells of a path in their order, and P's state at the start of each. One begins at the last row, also where nothing
/// changes there, so that those before it make the rows; but for a last spell that is seen to go on for ever as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spells {
    n: usize,
    grid: Option<Grid>,
    solver: Solver,
    list: Vec<Spell>,
    /// P's wage in each spell, where it goes straight to a limit.
    wages: Vec<Option<Curve>>,
    /// ln v_R at the start of each spell and its growth, per year, where that is constant.
    income_R: Vec<Option<[f64; 2]>>,
    /// Per spell and sector.
    z: Vec<f64>,
    ln_Z_R: Vec<f64>,
    /// Age in years of P's cluster, infinite if mature; NaN where none stands.
    ages: Vec<f64>,
    /// How the path ends.
    pub ending: Ending,
}

impl Spells {
    /// Forgets all spells; those to come are of a path of `n` sectors.
    pub fn begin(&mut self, n: usize, grid: Grid, solver: Solver) {
        (self.n, self.grid, self.solver, self.ending) = (n, Some(grid), solver, Ending::Never);
        self.list.clear();
        self.wages.clear();
        self.income_R.clear();
        self.z.clear();
        self.ln_Z_R.clear();
        self.ages.clear();
    }

    /// Adds a spell that begins with relative productivities `z`, and P's wage in it, where that goes straight to a limit; ln v_R there and its growth are `income_R`, where the growth
    /// is constant; `sector` gives ln Z_R and the age of P's cluster.
    #[inline(always)]
    pub fn push(
        &mut self,
        spell: Spell,
        wage: Option<Curve>,
        income_R: Option<[f64; 2]>,
        z: &[f64],
        sector: impl Fn(usize) -> (f64, Option<f64>),
    ) {
        self.list.push(spell);
        self.wages.push(wage);
        self.income_R.push(income_R);
        self.z.extend_from_slice(z);
        for i in 0..self.n {
            let (ln_Z_R, age) = sector(i);
            self.ln_Z_R.push(ln_Z_R);
            self.ages.push(age.unwrap_or(f64::NAN));
        }
    }

    /// Whether a solver follows the path step by step, not a closed form.
    pub fn are_solved(&self) -> bool {
        self.solver.method != Method::Exact
    }

    /// The spells.
    pub fn list(&self) -> &[Spell] {
        &self.list
    }

    /// z at the start of spell `index`.
    pub fn z(&self, index: usize) -> &[f64] {
        &self.z[index * self.n..][..self.n]
    }

    /// P's wage in spell `index`, where it goes straight to a limit.
    pub fn wage(&self, index: usize) -> Option<&Curve> {
        self.wages[index].as_ref()
    }

    /// ln v_R at the start of spell `index` and its growth, per year, where that is constant.
    pub fn income_R(&self, index: usize) -> Option<[f64; 2]> {
        self.income_R[index]
    }

    /// Age in years of P's cluster in sector i at the start of spell `index`; `None` where none stands.
    pub fn age(&self, index: usize, i: usize) -> Option<f64> {
        Some(self.ages[index * self.n + i]).filter(|age| !age.is_nan())
    }

    /// The index of the spell that holds at period `k`.
    pub fn at(&self, k: usize) -> usize {
        self.list.partition_point(|spell| spell.from <= k).saturating_sub(1)
    }

    /// P at the start of spell `index`.
    pub fn state<'a>(&self, problem: &'a Problem, index: usize) -> State<'a> {
        let spell = self.list[index];
        let range = index * self.n..(index + 1) * self.n;
        State {
            problem,
            params: &problem.epochs[spell.epoch].params,
            spell,
            solver: self.solver,
            z: self.z[range.clone()].to_vec(),
            ln_Z_R: self.ln_Z_R[range.clone()].to_vec(),
            ages: self.ages[range].to_vec(),
            courses: RefCell::default(),
        }
    }

    /// P at t_k, in the spell that holds from then on; beyond the last row as the path goes on. `None` where the path does
    /// not go so far.
    pub fn state_at<'a>(&self, problem: &'a Problem, k: usize) -> Option<State<'a>> {
        let index = self.at(k);
        let mut state = self.state(problem, index);
        let years = self.grid?.t(k) - self.grid?.t(self.list.get(index)?.from);
        (years == 0.0 || state.advance(years)).then_some(state)
    }
}

/// P at a moment of a spell.
#[derive(Debug, Clone)]
pub struct State<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Its parameters now.
    pub params: &'a Params,
    /// The spell.
    pub spell: Spell,
    /// How z is found where it has no closed form.
    pub solver: Solver,
    /// Relative productivity, per sector.
    pub z: Vec<f64>,
    /// ln of R's productivity, per sector.
    pub ln_Z_R: Vec<f64>,
    ages: Vec<f64>,
    /// Where there is no closed form, per sector how z goes on from here, as far as it has been asked for.
    courses: RefCell<Vec<Option<Course>>>,
}

impl<'a> State<'a> {
    /// P as it might be, with one sector alone, z there, and the age in years of P's cluster.
    pub fn imagined(problem: &'a Problem, params: &'a Params, spell: Spell, solver: Solver, z: f64, age: f64) -> Self {
        let (z, ln_Z_R, ages) = (vec![z], vec![0.0], vec![age]);
        Self { problem, params, spell, solver, z, ln_Z_R, ages, courses: RefCell::default() }
    }
}

impl State<'_> {
    /// Number of sectors.
    pub fn n(&self) -> usize {
        self.z.len()
    }

    /// How z of sector i moves.
    pub fn motion(&self, i: usize) -> Motion {
        self.params.sectors[i].motion(self.spell.clustered(self.problem, i), self.spell.trade)
    }

    /// z of sector i in `years`; NaN where it has passed every bound by then.
    pub fn z_in(&self, i: usize, years: f64) -> f64 {
        let motion = self.motion(i);
        if motion.has_closed_form() {
            return z_at(&motion, self.solver, self.z[i], years).unwrap_or(f64::NAN);
        }
        self.on_course(i, |course| course.z(years).unwrap_or(f64::NAN)).unwrap_or(f64::NAN)
    }

    /// Asks the course of sector i; `None` where the solver finds none.
    fn on_course<T>(&self, i: usize, ask: impl FnOnce(&mut Course) -> T) -> Option<T> {
        let mut courses = self.courses.borrow_mut();
        courses.resize(self.n(), None);
        if courses[i].is_none() {
            courses[i] = Course::new(&self.motion(i), self.solver, self.z[i]).ok();
        }
        courses[i].as_mut().map(ask)
    }

    /// ln z of sector i in `years`, also where z itself is too near 0 or too large to be held.
    pub fn ln_z_in(&self, i: usize, years: f64) -> f64 {
        if years == 0.0 {
            return ln(self.z[i]);
        }
        match self.motion(i).ln_z_after(self.z[i], years) {
            Ok(ln_z) if !ln_z.is_nan() => ln_z,
            Ok(_) => match self.z_in(i, years) {
                z if (NUMBERS..=1.0 / NUMBERS).contains(&z) || z.is_nan() => ln(z),
                // Half-way there z is so small, or so large, that its rate is that of the limit.
                _ => self.ln_z_in(i, 0.5 * years) + self.motion(i).limit_rate(self.z[i]) * (0.5 * years),
            },
            Err(_) => f64::NAN,
        }
    }

    /// Years until z of sector i meets 1 in finite time.
    pub fn parity_in(&self, i: usize) -> Option<f64> {
        let motion = self.motion(i);
        if motion.has_closed_form() {
            return parity_after(&motion, self.solver, self.z[i]).unwrap_or(None);
        }
        self.on_course(i, |course| course.parity()).flatten()
    }

    /// ln Z_R of sector i in `years`.
    pub fn ln_Z_R_in(&self, i: usize, years: f64) -> f64 {
        let motion = self.motion(i);
        self.ln_Z_R[i] + motion.growth_R(self.z[i], self.z_in(i, years), years, self.parity_in(i))
    }

    /// Whether the state at any moment to come follows from this one without steps between.
    pub fn is_closed_form(&self) -> bool {
        self.params.sectors.iter().all(|sector| sector.catch_up.form.has_closed_form())
    }

    /// Goes on by `years`; whether the path goes so far.
    pub fn advance(&mut self, years: f64) -> bool {
        let z: Vec<f64> = (0..self.n()).map(|i| self.z_in(i, years)).collect();
        if z.iter().any(|z| !(*z > 0.0 && z.is_finite())) {
            return false;
        }
        for (i, &z) in z.iter().enumerate() {
            self.ln_Z_R[i] += self.motion(i).growth_R(self.z[i], z, years, self.parity_in(i));
            self.ages[i] += years;
        }
        self.z = z;
        self.courses.get_mut().clear();
        true
    }

    /// Age in years of P's cluster in sector i; `None` where none stands.
    pub fn age(&self, i: usize) -> Option<f64> {
        Some(self.ages[i]).filter(|age| !age.is_nan())
    }

    /// ln ℓ of sector i in `years`: of a cluster that stands, or that would be new now.
    pub fn ln_ell_in(&self, i: usize, years: f64) -> f64 {
        ln(self.params.ell(i, || self.age(i).map(|age| age + years)))
    }

    /// ln v^Is of sector i in `years`, R-wages.
    pub fn ln_v_Is_in(&self, i: usize, years: f64) -> f64 {
        ln(self.params.sectors[i].earnings()) + self.ln_z_in(i, years)
    }

    /// ln A in `years`: of the best isolated sector.
    pub fn ln_outside_in(&self, years: f64) -> f64 {
        (0..self.n()).map(|i| self.ln_v_Is_in(i, years)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// ln w_P in `years`, R-wages.
    pub fn ln_wage_in(&self, years: f64) -> f64 {
        let earned = |i: usize| {
            let ell = if self.spell.clustered(self.problem, i) { self.ln_ell_in(i, years) } else { 0.0 };
            ell + self.ln_v_Is_in(i, years)
        };
        match self.spell.regime {
            Regime::Closed => self.params.sectors.iter().enumerate().map(|(i, sector)| sector.alpha * earned(i)).sum(),
            _ => earned(self.spell.made),
        }
    }

    /// The subsidy that is paid in any case, as a share of the wage.
    pub fn share_paid(&self) -> f64 {
        self.spell.share_paid(self.params)
    }

    /// s e^(−away) in `years`, R-wages per worker: what the cluster lacks where a policy holds it, and what is paid in any case
    /// if that is more.
    pub fn subsidy_in(&self, years: f64, away: f64) -> f64 {
        if self.spell.support.is_none() {
            return 0.0;
        }
        let wage = exp(self.ln_wage_in(years) - away);
        (exp(self.ln_outside_in(years) - away) - wage).max(self.share_paid() * wage)
    }

    /// What a unit of the subsidy adds to P's disposable income: M10.
    pub fn subsidy_counts(&self) -> f64 {
        match self.spell.support.map(|support| support.payer) {
            Some(Payer::P) => 1.0 - self.problem.cost_of_funds,
            Some(Payer::R) => 1.0,
            None => 0.0,
        }
    }

    /// m e^(−away) in `years`, R-wages per worker: P's disposable income, M10.
    pub fn income_in(&self, years: f64, away: f64) -> f64 {
        let wage = exp(self.ln_wage_in(years) - away);
        match self.subsidy_counts() {
            0.0 => wage,
            counts => wage + counts * self.subsidy_in(years, away),
        }
    }

    /// ln m in `years`.
    pub fn ln_income_in(&self, years: f64) -> f64 {
        match self.subsidy_counts() {
            0.0 => self.ln_wage_in(years),
            _ => ln(self.income_in(years, 0.0)),
        }
    }

    /// ln v_R in `years`: real income per worker of R.
    pub fn ln_real_income_R_in(&self, years: f64) -> f64 {
        ln_real_income_R(self.params, |i| self.ln_Z_R_in(i, years))
    }

    /// ln v_P in `years`: real income per worker of P.
    pub fn ln_real_income_P_in(&self, years: f64) -> f64 {
        self.ln_real_income_R_in(years) + self.ln_income_in(years)
    }
}
