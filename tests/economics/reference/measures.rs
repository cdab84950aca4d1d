//! The summary measures of a run (§5).

use super::drive::Drive;
use super::model::{CLOSE, Judge, Row, SAME, Sector};
use super::world::World;
use catchup::model::trade::Regime;

/// The measures of §5; those too close to call are left out of `half_life_known` and `long_run_known`.
#[derive(Debug, Clone)]
pub struct Summary {
    pub verdict: &'static str,
    pub long_run_gap: f64,
    pub long_run_known: bool,
    pub self_sustaining: Option<bool>,
    pub factors: Option<[f64; 3]>,
    pub half_life: Option<f64>,
    pub half_life_known: bool,
    pub welfare: f64,
    pub subsidy_pv: f64,
    pub regime_changes: usize,
    pub peak_growth_P: Option<f64>,
}

/// The measures of §5.
pub fn summarise(world: &World, sectors: &[Sector], rows: &[Row], jumps: &[usize]) -> Summary {
    let last = rows.last().expect("a run has rows");
    let mut judge = Judge::default();
    let (long_run_gap, self_sustaining, factors) = long_run(world, sectors, last, &mut judge);

    let final_gap = 1.0 / last.w_P;
    let closed = |gap: f64| (gap - 1.0).abs() <= 0.01;
    judge.too_close |= [final_gap, long_run_gap].iter().any(|gap| ((gap - 1.0).abs() - 0.01).abs() < CLOSE);
    let verdict = if long_run_gap == f64::INFINITY {
        "falling-behind"
    } else if long_run_gap < 0.99 {
        "ahead"
    } else if closed(final_gap) && closed(long_run_gap) {
        "converged"
    } else if closed(long_run_gap) {
        "converging"
    } else {
        "persistent-gap"
    };

    let change = jumps.last().copied().unwrap_or(0);
    let distance = |k: usize| (-rows[k].w_P.ln() - long_run_gap.ln()).abs();
    let (mut half_life, mut half_life_known) = (None, !judge.too_close);
    if long_run_gap > 0.0 && long_run_gap.is_finite() {
        let whole = distance(change);
        half_life_known &= !(SAME..1e-6).contains(&whole);
        if whole >= 1e-9 {
            for k in change..rows.len() {
                half_life_known &= half_life.is_some() || (distance(k) / whole - 0.5).abs() > 1e-6;
                if distance(k) <= 0.5 * whole && half_life.is_none() {
                    half_life = Some((k - change) as f64 * world.period);
                }
            }
        }
    }

    let present_value = |of: &dyn Fn(&Row) -> f64| {
        let discounted = |(k, row): (usize, &Row)| (-world.discount_rate * k as f64 * world.period).exp() * of(row);
        rows[..world.periods].iter().enumerate().map(discounted).sum::<f64>() * world.period
    };
    let calm = (1..rows.len()).filter(|k| !jumps.contains(k));
    Summary {
        verdict,
        long_run_gap,
        long_run_known: !judge.too_close,
        self_sustaining,
        factors,
        half_life,
        half_life_known,
        welfare: present_value(&|row| row.ln_income_P),
        subsidy_pv: present_value(&|row| row.subsidy),
        regime_changes: (1..rows.len()).filter(|&k| rows[k].regime != rows[k - 1].regime).count(),
        peak_growth_P: calm.filter_map(|k| rows[k].growth_P).max_by(f64::total_cmp),
    }
}

/// The gap as t → ∞ if all that holds in the last row held for ever; whether its cluster would then stand by
/// itself; the three factors of the gap, where it is neither 0 nor infinite.
fn long_run(world: &World, sectors: &[Sector], last: &Row, judge: &mut Judge) -> (f64, Option<bool>, Option<[f64; 3]>) {
    let n = sectors.len();
    let open = last.regime != Regime::Closed;
    let cluster = |i: usize| last.sectors[i].cluster_P;
    let drive = |i: usize| Drive::of(world, &sectors[i], cluster(i), open);
    // The factors of sector i at relative productivity z, ℓ → λ.
    let split = |i: usize, z: f64| {
        let Sector { lambda, y_R, y_P, cluster_R, .. } = sectors[i];
        let benefit = |clustered: bool| if clustered { lambda } else { 1.0 };
        [y_R / y_P, benefit(cluster_R) / benefit(cluster(i)), 1.0 / z]
    };
    let product = |factors: [f64; 3]| factors[0] * factors[1] * factors[2];
    if !open {
        let terms: Vec<f64> = (0..n).map(|i| sectors[i].alpha * drive(i).d()).collect();
        let D: f64 = terms.iter().sum();
        judge.too_close |= D != 0.0 && D.abs() < 1e-12;
        if D != 0.0 {
            return (if D > 0.0 { f64::INFINITY } else { 0.0 }, None, None);
        }
        let mut mean = [1.0; 3];
        for i in 0..n {
            let factors = split(i, last.sectors[i].z);
            (0..3).for_each(|j| mean[j] *= factors[j].powf(sectors[i].alpha));
        }
        return (product(mean), None, Some(mean));
    }
    let z_star: Vec<f64> = (0..n)
        .map(|i| {
            let (z, too_close) = drive(i).z_star(last.sectors[i].z);
            judge.too_close |= too_close;
            z
        })
        .collect();
    let v_Is = |i: usize| {
        let Sector { lambda, y_R, y_P, cluster_R, .. } = sectors[i];
        z_star[i] * y_P / (y_R * if cluster_R { lambda } else { 1.0 })
    };
    let A = (0..n).map(v_Is).fold(0.0, f64::max);
    let (i, self_sustaining) = match last.regime {
        Regime::Cluster(i) => (i, Some(judge.at_least(sectors[i].lambda * v_Is(i), A))),
        _ => ((0..n).find(|&i| judge.ties(v_Is(i), A)).expect("some sector pays most"), None),
    };
    let factors = split(i, z_star[i]);
    let gap = product(factors);
    (gap, self_sustaining, (gap > 0.0 && gap.is_finite()).then_some(factors))
}
