//! What one would write by hand for W1 and nothing else: the limit against which a general engine is measured. The
//! closed form of z per sector and date, wages, the income gap; its last and least value, and the first date from which
//! on it is within 5 % of the last.

use crate::w1::{Draw, PERIODS};

/// What a run is reduced to, here and in all peers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// Income gap at t_N.
    pub last: f64,
    /// Least income gap.
    pub least: f64,
    /// First date at which the gap is within 5 % of the last.
    pub first_near: usize,
}

/// z(t) = k / (β + c e^(−kt)), c = k/z_0 − β, and what it earns: the constants of one sector.
struct Sector {
    k: f64,
    beta: f64,
    c: f64,
    /// e^(−k), by which one year multiplies e^(−kt).
    year: f64,
    earnings: f64,
}

fn sectors(draw: &Draw) -> [Sector; 2] {
    let (d, earnings, beta) = (draw.d(), draw.earnings(), draw.beta);
    [0, 1].map(|i| {
        let k = beta - d[i];
        Sector { k: k * earnings[i], beta, c: k / draw.z_0 - beta, year: (-k).exp(), earnings: earnings[i] }
    })
}

/// One run at a time.
pub fn scalar(draw: &Draw) -> Summary {
    let [one, two] = sectors(draw);
    debug_assert!(one.earnings > 0.0 && two.earnings > 0.0);
    let (mut decay_1, mut decay_2) = (1.0, 1.0);
    let mut gaps = [0.0_f64; PERIODS + 1];
    let mut least = f64::INFINITY;
    for gap in &mut gaps {
        let v_1 = one.k / (one.beta + one.c * decay_1);
        let v_2 = two.k / (two.beta + two.c * decay_2);
        *gap = 1.0 / if v_1 > v_2 { v_1 } else { v_2 };
        least = if *gap < least { *gap } else { least };
        decay_1 *= one.year;
        decay_2 *= two.year;
    }
    let last = gaps[PERIODS];
    let first_near = gaps.iter().position(|gap| (gap - last).abs() <= 0.05 * last).unwrap_or(PERIODS);
    Summary { last, least, first_near }
}

/// Runs that go in step.
pub const LANES: usize = 8;

type Lanes = [f64; LANES];

/// Eight runs in step, at the widest vectors that the machine has.
pub struct InStep {
    arch: pulp::Arch,
    gaps: Vec<Lanes>,
}

impl InStep {
    pub fn new() -> Self {
        Self { arch: pulp::Arch::new(), gaps: vec![[0.0; LANES]; PERIODS + 1] }
    }

    pub fn runs(&mut self, draws: &[Draw; LANES]) -> [Summary; LANES] {
        let Self { arch, gaps } = self;
        arch.dispatch(
            #[inline(always)]
            || in_step(draws, gaps),
        )
    }
}

#[inline(always)]
fn in_step(draws: &[Draw; LANES], gaps: &mut [Lanes]) -> [Summary; LANES] {
    let constants: [[Sector; 2]; LANES] = std::array::from_fn(|lane| sectors(&draws[lane]));
    let of = |i: usize, what: fn(&Sector) -> f64| -> Lanes { std::array::from_fn(|lane| what(&constants[lane][i])) };
    let (k, beta) = ([0, 1].map(|i| of(i, |s| s.k)), of(0, |s| s.beta));
    let (c, year) = ([0, 1].map(|i| of(i, |s| s.c)), [0, 1].map(|i| of(i, |s| s.year)));
    let mut decay = [[1.0; LANES]; 2];
    let mut least = [f64::INFINITY; LANES];
    for gap in gaps.iter_mut() {
        for lane in 0..LANES {
            let v_1 = k[0][lane] / (beta[lane] + c[0][lane] * decay[0][lane]);
            let v_2 = k[1][lane] / (beta[lane] + c[1][lane] * decay[1][lane]);
            gap[lane] = 1.0 / if v_1 > v_2 { v_1 } else { v_2 };
            least[lane] = if gap[lane] < least[lane] { gap[lane] } else { least[lane] };
            decay[0][lane] *= year[0][lane];
            decay[1][lane] *= year[1][lane];
        }
    }
    let last = gaps[PERIODS];
    // From the last date to the first: what stays is the first that is near.
    let mut first_near = [0.0; LANES];
    for (date, gap) in gaps.iter().enumerate().rev() {
        for lane in 0..LANES {
            let near = (gap[lane] - last[lane]).abs() <= 0.05 * last[lane];
            first_near[lane] = if near { date as f64 } else { first_near[lane] };
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a date between 0 and 200")]
    std::array::from_fn(|lane| Summary { last: last[lane], least: least[lane], first_near: first_near[lane] as usize })
}
