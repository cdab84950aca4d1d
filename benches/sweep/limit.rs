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

/// Eight runs in step, in vectors.
pub struct InStep {
    arch: pulp::Arch,
    gaps: Vec<f64>,
}

impl InStep {
    pub fn new(arch: pulp::Arch) -> Self {
        Self { arch, gaps: vec![0.0; LANES * (PERIODS + 1)] }
    }

    pub fn runs(&mut self, draws: &[Draw; LANES]) -> [Summary; LANES] {
        let sectors: [[Sector; 2]; LANES] = std::array::from_fn(|lane| self::sectors(&draws[lane]));
        let of = |i: usize, what: fn(&Sector) -> f64| std::array::from_fn(|lane| what(&sectors[lane][i]));
        let mut results = [[0.0; LANES]; 3];
        self.arch.dispatch(Step {
            k: [of(0, |s| s.k), of(1, |s| s.k)],
            beta: of(0, |s| s.beta),
            c: [of(0, |s| s.c), of(1, |s| s.c)],
            year: [of(0, |s| s.year), of(1, |s| s.year)],
            gaps: &mut self.gaps,
            results: &mut results,
        });
        let [last, least, first_near] = results;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a date between 0 and 200")]
        std::array::from_fn(|lane| Summary {
            last: last[lane],
            least: least[lane],
            first_near: first_near[lane] as usize,
        })
    }
}

/// The constants of eight runs, room for their gaps, and where the last, the least and the first near date go.
struct Step<'a> {
    k: [[f64; LANES]; 2],
    beta: [f64; LANES],
    c: [[f64; LANES]; 2],
    year: [[f64; LANES]; 2],
    gaps: &'a mut [f64],
    results: &'a mut [[f64; LANES]; 3],
}

impl pulp::WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let vectors = LANES / S::F64_LANES;
        let gaps = S::as_mut_simd_f64s(self.gaps).0;
        let [last, least, first_near] = self.results.each_mut().map(|result| S::as_mut_simd_f64s(result).0);
        let [k_1, k_2] = self.k.each_ref().map(|values| S::as_simd_f64s(values).0);
        let [c_1, c_2] = self.c.each_ref().map(|values| S::as_simd_f64s(values).0);
        let [year_1, year_2] = self.year.each_ref().map(|values| S::as_simd_f64s(values).0);
        let beta = S::as_simd_f64s(&self.beta).0;
        let (one, share) = (simd.splat_f64s(1.0), simd.splat_f64s(0.05));
        for i in 0..vectors {
            let gaps = &mut gaps[i * (PERIODS + 1)..(i + 1) * (PERIODS + 1)];
            let (mut decay_1, mut decay_2) = (one, one);
            let mut smallest = simd.splat_f64s(f64::INFINITY);
            for gap in gaps.iter_mut() {
                let v_1 = simd.div_f64s(k_1[i], simd.add_f64s(beta[i], simd.mul_f64s(c_1[i], decay_1)));
                let v_2 = simd.div_f64s(k_2[i], simd.add_f64s(beta[i], simd.mul_f64s(c_2[i], decay_2)));
                *gap = simd.div_f64s(one, simd.max_f64s(v_1, v_2));
                smallest = simd.min_f64s(smallest, *gap);
                decay_1 = simd.mul_f64s(decay_1, year_1[i]);
                decay_2 = simd.mul_f64s(decay_2, year_2[i]);
            }
            (last[i], least[i]) = (gaps[PERIODS], smallest);
            // From the last date to the first: what stays is the first that is near.
            let far = simd.mul_f64s(share, last[i]);
            let (mut first, mut date) = (simd.splat_f64s(0.0), simd.splat_f64s(PERIODS as f64));
            for gap in gaps.iter().rev() {
                let near = simd.less_than_or_equal_f64s(simd.abs_f64s(simd.sub_f64s(*gap, last[i])), far);
                first = simd.select_f64s(near, date, first);
                date = simd.sub_f64s(date, one);
            }
            first_near[i] = first;
        }
    }
}
