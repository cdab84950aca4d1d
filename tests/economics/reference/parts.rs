//! The gap's change from row to row in six parts (§5).

use super::path::{Path, Row};
use super::stretch::{Parameters, Regime};

/// Parts of one row, in the order of their columns: static, respecialisation, catch-up, learning, shock, trade.
pub type Parts = [f64; 6];

const STATIC: usize = 0;
const RESPECIALISATION: usize = 1;
const CATCH_UP: usize = 2;
const LEARNING: usize = 3;
const SHOCK: usize = 4;
const TRADE: usize = 5;

/// ln gap of `row`'s regime after `years` of it, in two: (y_R/y_P)/z and Λ/ℓ, under given parameters and z.
fn split(row: &Row, parameters: &Parameters, ln_z: &[f64], years: f64) -> [f64; 2] {
    let stretch = &row.stretch;
    let of = |i: usize, weight: f64, clustered: bool| {
        let sector = &parameters.sectors[i];
        let held = if clustered { parameters.benefit_P(i, stretch.age(i, years)) } else { 1.0 };
        [weight * ((sector.y_R / sector.y_P).ln() - ln_z[i]), weight * (parameters.benefit_R(i) / held).ln()]
    };
    let sum = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
    match row.regime {
        Regime::Cluster(i) => of(i, 1.0, true),
        Regime::Isolation(i) | Regime::Diversified(i) => of(i, 1.0, false),
        Regime::Closed => {
            let shares = parameters.sectors.iter().map(|sector| sector.alpha).enumerate();
            shares.map(|(i, alpha)| of(i, alpha, stretch.clusters[i])).fold([0.0; 2], sum)
        }
    }
}

/// The parts of every row; of the first they are zero.
pub fn parts(path: &Path) -> Vec<Parts> {
    let rows = &path.dates[..path.rows];
    let period = path.world.period;
    let mut all = vec![[0.0; 6]; rows.len().min(1)];
    for (before, row) in rows.iter().zip(rows.iter().skip(1)) {
        let (old, new) = (&before.stretch, &row.stretch);
        let weighted = |of: &dyn Fn(usize) -> f64| match before.regime.followed() {
            Some(i) => of(i),
            None => (0..old.n()).map(|i| old.parameters.sectors[i].alpha * of(i)).sum(),
        };
        let mut parts = [0.0; 6];
        parts[LEARNING] = period * weighted(&|i| old.drives[i].d);
        parts[CATCH_UP] = -weighted(&|i| new.ln_z[i] - old.ln_z[i]) - parts[LEARNING];
        let start = split(before, &old.parameters, &old.ln_z, 0.0);
        let end = split(before, &old.parameters, &new.ln_z, period);
        let shocked = split(before, &new.parameters, &new.ln_z, period);
        let chosen = split(row, &new.parameters, &new.ln_z, 0.0);
        parts[STATIC] = end[1] - start[1];
        parts[SHOCK] = shocked[0] + shocked[1] - end[0] - end[1];
        if (before.regime == Regime::Closed) == (row.regime == Regime::Closed) {
            parts[STATIC] += chosen[1] - shocked[1];
            parts[RESPECIALISATION] = chosen[0] - shocked[0];
        } else {
            parts[TRADE] = chosen[0] + chosen[1] - shocked[0] - shocked[1];
        }
        all.push(parts);
    }
    all
}
