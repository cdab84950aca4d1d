//! The index of discounted comparative advantage beside the best policy (`docs/model.md` M11).

use crate::integrate::Solver;
use crate::model::policy::Trade;
use crate::model::problem::Problem;
use crate::present::Prospect;
use crate::spells::Spells;

/// I of every sector at period `k` of a path, in logarithms of R-wages: what a cluster in it is worth that is held from then on.
/// Empty where there is none: under `literal`, while trade is closed, where it has no bound, and beyond the path's end.
pub fn indices(problem: &Problem, spells: &Spells, solver: Solver, k: usize) -> Vec<f64> {
    let Some(state) = spells.state_at(problem, k) else { return Vec::new() };
    let bounded = !state.params.sectors.iter().any(|sector| sector.catch_up.form.runs_away());
    if !bounded || state.spell.trade == Trade::Closed {
        return Vec::new();
    }
    let index = |i: usize| {
        let age = state.age(i).unwrap_or(0.0);
        let (params, z, lambda) = (state.params, state.z[i], state.params.sectors[i].lambda);
        let weight = Prospect { problem, params, solver, i, z, age, lambda }.index();
        Some(weight.level).filter(|level| weight.growth == 0.0 && level.is_finite())
    };
    (0..state.n()).map(index).collect::<Option<_>>().unwrap_or_default()
}
