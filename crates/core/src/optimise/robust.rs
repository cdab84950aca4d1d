//! The policies worth listing of a survey, looked at once more in every state: how their regrets are spread, and what the best of them
//! come to in each state.

use super::survey::{Criterion, Standing, Survey};
use super::worth::Worths;
use super::{Looked, Search};
use crate::control::{Control, Stopped, guarded};
use crate::integrate::Solver;
use crate::model::policy::Payer;
use crate::model::problem::Problem;
use crate::scenario::sweep::{Binder, Sweep};

/// The states of the world that a sweep draws, under one of its variants and left alone.
#[derive(Debug)]
pub struct States<'a> {
    sweep: &'a Sweep,
    variant: usize,
    binder: Binder,
    /// The draw at hand, column by column, as designs give them.
    drawn: Vec<Vec<f64>>,
    draw: Vec<f64>,
}

impl<'a> States<'a> {
    /// The draws of `sweep` under variant number `variant`.
    pub fn new(sweep: &'a Sweep, variant: usize) -> Self {
        let keys = sweep.vary.len();
        Self { sweep, variant, binder: sweep.binder(variant), drawn: vec![vec![0.0]; keys], draw: vec![0.0; keys] }
    }

    /// The numbers of state `state`, one per varied key.
    pub fn draw(&mut self, state: u64) -> &[f64] {
        self.sweep.design.fill(state, &mut self.drawn);
        for (value, column) in self.draw.iter_mut().zip(&self.drawn) {
            *value = column[0];
        }
        &self.draw
    }

    /// State `state` without promotions, solved in closed form where its form has one; `None` where it is no valid scenario.
    pub fn left_alone(&mut self, state: u64) -> Option<(Problem, Solver)> {
        self.draw(state);
        let (binder, draw) = (&mut self.binder, &self.draw);
        let bound = guarded(|| {
            let (problem, solver) = binder.bind(draw).ok()?;
            let form = problem.epochs.first()?.params.sectors.first()?.catch_up.form;
            Some((problem.promoting(None), solver.in_closed_form(form)))
        });
        bound.unwrap_or_else(|_| {
            // What it left half changed is not to be trusted.
            self.binder = self.sweep.binder(self.variant);
            None
        })
    }
}

/// What the listed policies come to in one state, in their order; NaN where one cannot be chosen.
///
/// # Errors
/// [`Stopped`] once `control` says so.
pub fn values_in(
    survey: &Survey,
    states: &mut States<'_>,
    state: usize,
    listed: &[usize],
    payer: Payer,
    control: &Control,
) -> Result<Vec<f64>, Stopped> {
    let counted = survey.states.get(state).is_some_and(|state| state.standing == Standing::Ok);
    let Some((problem, solver)) = states.left_alone(state as u64).filter(|_| counted) else {
        return Ok(vec![f64::NAN; listed.len()]);
    };
    let mut search = Search::new(&problem, solver, payer);
    let weight = search.measure(None, control)?.weight;
    let mut pair = [search.look(None, control)?, Looked::default()];
    let mut values = Vec::with_capacity(listed.len());
    for &index in listed {
        pair[1] = search.look(survey.space.candidate(index), control)?;
        let worths = Worths { looked: &pair, weight, objective: survey.objective, budget: survey.budget };
        values.push(worths.value(1).filter(|_| worths.affordable(1)).unwrap_or(f64::NAN));
    }
    Ok(values)
}

/// A policy worth a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// Its number.
    pub index: usize,
    /// Median regret; `None` where it cannot be chosen in every state.
    pub regret_p50: Option<f64>,
    /// The regret that it exceeds in a tenth of all states.
    pub regret_p90: Option<f64>,
}

impl Listed {
    /// The policy with its regrets, of the objective under it in every state of `survey`.
    pub fn new(survey: &Survey, index: usize, values: &[f64]) -> Self {
        let counted = survey.states.iter().zip(values).filter(|(state, _)| state.standing == Standing::Ok);
        let mut regrets: Vec<f64> =
            counted.map(|(state, value)| survey.objective.regret(state.value, *value)).collect();
        regrets.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| survey.open(index).then(|| quantile(&regrets, share)).flatten();
        Self { index, regret_p50: quantile(0.5), regret_p90: quantile(0.9) }
    }
}

/// A quantile of sorted numbers, between the two nearest where it lies between them; `None` where there are none.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let below = place.floor() as usize;
    let (low, high) = (*sorted.get(below)?, *sorted.get(below + 1).or(sorted.last())?);
    // Two that are infinite have nothing between them.
    Some(if low == high { low } else { low + (place - place.floor()) * (high - low) })
}

/// What a survey of all states comes to.
#[derive(Debug)]
pub struct Robust {
    /// The survey.
    pub survey: Survey,
    /// The best policy by each criterion.
    pub picks: [Option<usize>; Criterion::ALL.len()],
    /// The policies worth a row.
    pub rows: Vec<Listed>,
    /// What the best by each criterion come to in each state; NaN where that is not counted.
    pub chosen: Vec<[f64; Criterion::ALL.len()]>,
}

impl Robust {
    /// The best policy by a criterion; `None` where no state is counted.
    pub fn pick(&self, criterion: Criterion) -> Option<usize> {
        self.picks[criterion as usize]
    }
}
