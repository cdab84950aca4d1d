//! Protects the designs of sweeps: draws have the distributions asked for, fill space as their kind promises, and depend
//! on nothing but design, seed and index.

#![expect(clippy::cast_possible_truncation, reason = "small numbers")]

use catchup::design::{Axis, Design, Distribution, Kind, Layout};
use fastrand::Rng;

const SAMPLED: [Kind; 3] = [Kind::Random, Kind::LatinHypercube, Kind::Sobol];

const UNIT: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };

fn unit_axes(dimensions: usize) -> Vec<Axis> {
    vec![Axis::Distribution(UNIT); dimensions]
}

fn draws(design: &Design, first: u64, count: usize) -> Vec<Vec<f64>> {
    let mut columns = vec![vec![f64::NAN; count]; design.dimensions()];
    design.fill(first, &mut columns);
    columns
}

/// One of each distribution, and levels.
fn mixed() -> Vec<Axis> {
    vec![
        Axis::Distribution(Distribution::Uniform { low: 0.03, high: 0.08 }),
        Axis::Distribution(Distribution::LogUniform { low: 1e-3, high: 10.0 }),
        Axis::Distribution(Distribution::Normal { mean: 1.0, sd: 0.2, min: None, max: None }),
        Axis::Distribution(Distribution::Normal { mean: 0.0, sd: 1.0, min: Some(-0.5), max: Some(2.0) }),
        Axis::Distribution(Distribution::Triangular { min: 1.0, mode: 1.2, max: 2.0 }),
        Axis::Levels(3),
    ]
}

/// Φ by its series 1/2 + φ(z) (z + z³/3 + z⁵/(3·5) + …), whose terms have one sign.
fn normal_cdf(z: f64) -> f64 {
    let (mut term, mut sum, mut k) = (z, z, 3.0);
    while term.abs() > 1e-18 * sum.abs() {
        term *= z * z / k;
        sum += term;
        k += 2.0;
    }
    0.5 + sum * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The distribution function, without help from the code under test.
fn cdf(distribution: Distribution, x: f64) -> f64 {
    match distribution {
        Distribution::Uniform { low, high } => (x - low) / (high - low),
        Distribution::LogUniform { low, high } => (x / low).ln() / (high / low).ln(),
        Distribution::Normal { mean, sd, min, max } => {
            let below = |z: f64| if z.is_finite() { normal_cdf((z - mean) / sd) } else { f64::from(z > 0.0) };
            let a = below(min.unwrap_or(f64::NEG_INFINITY));
            (below(x) - a) / (below(max.unwrap_or(f64::INFINITY)) - a)
        }
        Distribution::Triangular { min, mode, max } => {
            if x < mode {
                (x - min).powi(2) / ((max - min) * (mode - min))
            } else {
                1.0 - (max - x).powi(2) / ((max - min) * (max - mode))
            }
        }
    }
}

/// Any distribution.
fn random_distribution(rng: &mut Rng) -> Distribution {
    let low = rng.f64() * 4.0 - 2.0;
    let high = low + 10f64.powf(rng.f64() * 6.0 - 4.0);
    match rng.u8(0..4) {
        0 => Distribution::Uniform { low, high },
        1 => {
            let low = 10f64.powf(rng.f64() * 12.0 - 6.0);
            Distribution::LogUniform { low, high: low * 10f64.powf(rng.f64() * 8.0) }
        }
        2 => {
            let (mean, sd) = (low, 10f64.powf(rng.f64() * 4.0 - 3.0));
            let (min, max) = (mean + sd * (rng.f64() * 4.0 - 3.0), mean + sd * (1.5 + rng.f64() * 3.0));
            Distribution::Normal { mean, sd, min: rng.bool().then_some(min), max: rng.bool().then_some(max) }
        }
        _ => {
            let mode = [low, high, low + (high - low) * rng.f64()][rng.usize(0..3)];
            Distribution::Triangular { min: low, mode, max: high }
        }
    }
}

#[test]
fn quantiles_undo_the_distribution_function() {
    let mut rng = Rng::with_seed(31);
    for _ in 0..3_000 {
        let distribution = random_distribution(&mut rng);
        let u = rng.f64().clamp(1e-9, 1.0 - 1e-9);
        let x = distribution.quantile(u);
        let back = cdf(distribution, x);
        // The value's own last digit is coarse where the support is narrow and far from 0.
        let (low, high) = (distribution.quantile(1e-3), distribution.quantile(0.999));
        let tolerance = 1e-11 + 1e3 * f64::EPSILON * x.abs() / (high - low);
        assert!((back - u).abs() < tolerance, "{distribution:?}: u = {u} → {x} → {back}");
    }
}

#[test]
fn quantiles_rise_and_stay_inside() {
    let mut rng = Rng::with_seed(32);
    let tiny = f64::EPSILON / 2.0;
    for _ in 0..5_000 {
        let distribution = random_distribution(&mut rng);
        let (low, high) = distribution.support();
        let mut us: Vec<f64> = (0..20).map(|_| rng.f64().max(tiny)).chain([tiny, 1e-12, 0.5, 1.0 - tiny]).collect();
        us.sort_by(f64::total_cmp);
        let xs: Vec<f64> = us.iter().map(|u| distribution.quantile(*u)).collect();
        assert!(xs.iter().all(|x| x.is_finite() && (low..=high).contains(x)), "{distribution:?}: {xs:?}");
        let digits = |x: f64| 8.0 * f64::EPSILON * x.abs().max(distribution.quantile(0.5).abs());
        assert!(xs.windows(2).all(|pair| pair[0] <= pair[1] + digits(pair[1])), "{distribution:?}: {xs:?}");
    }
}

#[test]
fn ends_are_respected_however_extreme() {
    for distribution in [
        Distribution::Uniform { low: 0.1, high: 0.1 + 1e-16 },
        Distribution::Uniform { low: 0.3, high: 0.3 },
        Distribution::LogUniform { low: 1e-300, high: 1e300 },
        Distribution::LogUniform { low: 0.1, high: 0.3 },
        Distribution::Normal { mean: 0.0, sd: 1.0, min: None, max: None },
        Distribution::Normal { mean: 0.0, sd: 1e-300, min: Some(1.0), max: Some(2.0) },
        Distribution::Normal { mean: 0.0, sd: 1e-3, min: Some(1.0), max: None },
        Distribution::Normal { mean: 5.0, sd: 1e-2, min: None, max: Some(-3.0) },
        Distribution::Normal { mean: 0.0, sd: 1.0, min: Some(2.0), max: Some(2.0) },
        Distribution::Triangular { min: 1.0, mode: 1.0, max: 1.0 },
        Distribution::Triangular { min: 0.1, mode: 0.3, max: 0.3 },
    ] {
        let (low, high) = distribution.support();
        for u in [f64::EPSILON / 2.0, 1e-3, 0.5, 0.7, 1.0 - f64::EPSILON / 2.0] {
            let x = distribution.quantile(u);
            assert!(x.is_finite() && (low..=high).contains(&x), "{distribution:?}: {u} → {x}");
        }
    }
    // The middle of 600 decades.
    let middle = Distribution::LogUniform { low: 1e-300, high: 1e300 }.quantile(0.5);
    assert!((middle - 1.0).abs() < 1e-14, "{middle}");
}

/// Truncation points, u, and the quantile of the standard normal so truncated, computed with 60 digits.
type Known = (Option<f64>, Option<f64>, f64, f64);

#[expect(clippy::excessive_precision, reason = "as computed")]
const KNOWN: [Known; 24] = [
    (None, None, 1.1102230246251565e-16, -8.20953615160138686),
    (None, None, 1e-10, -6.3613409024040562),
    (None, None, 0.003, -2.74778138544499284),
    (None, None, 0.25, -0.674489750196081743),
    (None, None, 0.7, 0.524400512708040656),
    (None, None, 0.999999, 4.75342430881708777),
    (None, None, 0.9999999999999999, 8.20953615160138686),
    (Some(-1.0), Some(2.0), 0.25, -0.349641429292465473),
    (Some(-1.0), Some(2.0), 0.7, 0.617876073011408668),
    (Some(3.0), None, 0.25, 3.08656348283517565),
    (Some(3.0), None, 0.9999999999999999, 8.96880908770390066),
    (Some(8.0), Some(9.5), 0.003, 8.00036994216421044),
    (Some(8.0), Some(9.5), 0.999999, 9.45140606811780792),
    (None, Some(-12.0), 1e-10, -13.7760265611745325),
    (None, Some(-12.0), 0.5, -12.0572345570072624),
    (Some(29.5), None, 0.5, 29.5234603001512096),
    (Some(29.5), None, 0.9999999999999999, 30.7187696972719794),
    (Some(31.0), None, 0.5, 31.0223283671480362),
    (Some(31.0), None, 0.9999999999999999, 32.16209174668615),
    (Some(100.0), None, 0.25, 100.002876491765952),
    (Some(100.0), None, 0.999999, 100.138046029718211),
    (Some(100.0), Some(100.001), 0.7, 100.000689362320925),
    (Some(-0.25), Some(60.0), 0.25, 0.128113075553168844),
    (Some(-0.25), Some(60.0), 0.9999999999999999, 8.27091077930048092),
];

#[test]
fn normal_quantiles_are_the_known_ones_into_the_tails() {
    for (min, max, u, expected) in KNOWN {
        let z = Distribution::Normal { mean: 0.0, sd: 1.0, min, max }.quantile(u);
        assert!((z / expected - 1.0).abs() < 2e-15, "{min:?} to {max:?}, u = {u}: {z}, not {expected}");
        // Its mirror image: u is 1 − u, to the digits that 1 − u has.
        let mirrored = Distribution::Normal { mean: 0.0, sd: 1.0, min: max.map(|z| -z), max: min.map(|z| -z) };
        if 1.0 - (1.0 - u) == u {
            let z = -mirrored.quantile(1.0 - u);
            assert!((z / expected - 1.0).abs() < 2e-15, "mirrored {min:?} to {max:?}, u = {u}: {z}, not {expected}");
        }
    }
}

#[test]
fn draws_have_their_distributions() {
    const N: usize = 20_000;
    // Kolmogorov's distribution: a larger distance comes by chance once in a million.
    let critical = (0.5 * (2.0f64 / 1e-6).ln()).sqrt() / (N as f64).sqrt();
    for kind in SAMPLED {
        for seed in [1, 2] {
            let axes = mixed();
            let columns = draws(&Design::new(kind, seed, N as u64, axes.clone()), 0, N);
            for (axis, mut column) in axes.into_iter().zip(columns) {
                column.sort_by(f64::total_cmp);
                match axis {
                    Axis::Distribution(distribution) => {
                        let distance = (column.iter().enumerate())
                            .map(|(i, x)| (cdf(distribution, *x), i as f64 / N as f64, (i + 1) as f64 / N as f64))
                            .fold(0.0, |worst: f64, (f, before, after)| worst.max((f - before).max(after - f)));
                        assert!(distance < critical, "{kind:?}, {distribution:?}: {distance} > {critical}");
                    }
                    Axis::Levels(count) => {
                        for level in 0..count {
                            let share = column.iter().filter(|x| **x == level as f64).count() as f64 / N as f64;
                            assert!((share - 1.0 / count as f64).abs() < critical, "{kind:?}, level {level}: {share}");
                        }
                        assert!(column.iter().all(|x| *x < count as f64 && x.fract() == 0.0));
                    }
                    Axis::Column(_) | Axis::Empirical(_) | Axis::Share(_) | Axis::Follows { .. } => {}
                }
            }
        }
    }
}

#[test]
fn blocks_begin_where_they_like() {
    let mut rng = Rng::with_seed(33);
    let n = 1_000;
    for kind in Kind::ALL {
        let axes = match kind {
            Kind::Grid => vec![Axis::Levels(5), Axis::Levels(40), Axis::Levels(1), Axis::Levels(5)],
            Kind::Table => vec![Axis::Column((0..n).map(f64::from).collect()); 3],
            _ => mixed(),
        };
        let design = Design::new(kind, 7, n as u64, axes);
        let whole = draws(&design, 0, n as usize);
        for _ in 0..50 {
            let first = rng.usize(0..n as usize);
            let count = rng.usize(0..=n as usize - first);
            for (part, whole) in draws(&design, first as u64, count).iter().zip(&whole) {
                assert_eq!(part, &whole[first..first + count], "{kind:?} from {first}");
            }
        }
    }
}

#[test]
fn the_first_draws_of_a_larger_design_are_those_of_the_smaller() {
    for kind in [Kind::Random, Kind::Sobol, Kind::Saltelli, Kind::Morris] {
        let [small, large] = [100, 1 << 40].map(|n| draws(&Design::new(kind, 5, n, mixed()), 0, 100));
        assert_eq!(small, large, "{kind:?}");
    }
}

#[test]
fn another_axis_leaves_the_others_alone() {
    for kind in SAMPLED {
        let few = draws(&Design::new(kind, 5, 64, unit_axes(3)), 0, 64);
        let more = draws(&Design::new(kind, 5, 64, unit_axes(4)), 0, 64);
        assert_eq!(few, more[..3], "{kind:?}");
    }
}

#[test]
fn far_draws_are_as_near_ones() {
    for kind in SAMPLED {
        let n = if kind == Kind::LatinHypercube { 1_000_000_000 } else { (1 << 40) + 64 };
        let columns = draws(&Design::new(kind, 3, n, unit_axes(2)), n - 64, 64);
        for column in &columns {
            assert!(column.iter().all(|u| 0.0 < *u && *u < 1.0));
            let mean = column.iter().sum::<f64>() / 64.0;
            assert!((mean - 0.5).abs() < 0.2, "{kind:?}: {mean}");
        }
        assert_ne!(columns, draws(&Design::new(kind, 3, n, unit_axes(2)), 0, 64), "{kind:?} begins anew");
    }
    // 64 consecutive points from a multiple of 64 are stratified, wherever they lie.
    let design = Design::new(Kind::Sobol, 3, 1 << 41, unit_axes(8));
    for column in draws(&design, (1 << 40) + 640, 64) {
        let mut cells: Vec<usize> = column.iter().map(|u| (u * 64.0) as usize).collect();
        cells.sort_unstable();
        assert!(cells.into_iter().eq(0..64));
    }
}

#[test]
fn seeds_change_draws() {
    for kind in SAMPLED {
        let all: Vec<_> = (0..50).map(|seed| draws(&Design::new(kind, seed, 16, unit_axes(2)), 0, 16)).collect();
        for (i, one) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|other| other != one), "{kind:?}, seed {i}");
            assert_ne!(one[0], one[1], "{kind:?}: axes differ");
        }
    }
}

/// The first draws of ten on three unit axes under seed 42, worked out by a second program from the definitions (its own
/// ChaCha, the plain Sobol points of another library). They protect what users' seeds mean: if this fails, old sweeps
/// can no longer be had again.
type Recorded = (Kind, [[f64; 4]; 3]);

const RECORDED: [Recorded; 3] = [
    (
        Kind::Random,
        [
            [0.5243567432308253, 0.15116067737565653, 0.49885198285729115, 0.8452605569881798],
            [0.44949204160509526, 0.7774687886965689, 0.9627441784939682, 0.04549356934913196],
            [0.034992290704956575, 0.8128086466705869, 0.9087420690393823, 0.41505839258104527],
        ],
    ),
    (
        Kind::LatinHypercube,
        [
            [0.2540798080576529, 0.7402981592330811, 0.9863077317678268, 0.1756183722665064],
            [0.18146994564448776, 0.5197602382989238, 0.8504825062834336, 0.7760851493189243],
            [0.2702910367421346, 0.4974652362253771, 0.8956938454170149, 0.9059126624083298],
        ],
    ),
    (
        Kind::Sobol,
        [
            [0.28337646067617406, 0.8629938471691013, 0.5054535703056938, 0.15588063262830432],
            [0.08267117463850082, 0.5871266453239662, 0.3564911404561849, 0.9511103572341794],
            [0.04845657212103294, 0.830137007180887, 0.39316527807728086, 0.6532524799226526],
        ],
    ),
];

#[test]
fn a_seed_never_changes_its_draws() {
    for (kind, expected) in RECORDED {
        assert_eq!(draws(&Design::new(kind, 42, 10, unit_axes(3)), 0, 4), expected, "{kind:?}");
    }
}

#[test]
fn a_latin_hypercube_has_one_draw_in_each_slice() {
    let powers = (1..=12).flat_map(|k| [(1usize << k) - 1, 1 << k, (1 << k) + 1]);
    for n in (1..=100).chain(powers).chain([997, 1_000, 10_007, 100_000]) {
        for (axis, column) in
            draws(&Design::new(Kind::LatinHypercube, 8, n as u64, unit_axes(3)), 0, n).iter().enumerate()
        {
            let mut seen = vec![false; n];
            for u in column {
                let slice = (u * n as f64) as usize;
                assert!(!std::mem::replace(&mut seen[slice], true), "axis {axis}: slice {slice} of {n} twice");
            }
        }
    }
    // Levels that divide N are exactly even.
    let levels = draws(&Design::new(Kind::LatinHypercube, 8, 900, vec![Axis::Levels(9)]), 0, 900);
    assert!((0..9).all(|level| levels[0].iter().filter(|x| **x == f64::from(level)).count() == 100));
}

#[test]
fn axes_are_uncorrelated() {
    const N: usize = 4_096;
    for kind in SAMPLED {
        for seed in 0..5 {
            let columns = draws(&Design::new(kind, seed, N as u64, unit_axes(8)), 0, N);
            for i in 0..8 {
                for j in 0..i {
                    let covariance: f64 = columns[i].iter().zip(&columns[j]).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum();
                    let correlation = 12.0 * covariance / N as f64;
                    assert!(correlation.abs() < 5.5 / (N as f64).sqrt(), "{kind:?}, axes {j} and {i}: {correlation}");
                }
            }
        }
    }
}

/// Hickernell's centred L2 discrepancy (Mathematics of Computation 67, 1998).
fn centred_discrepancy(columns: &[Vec<f64>]) -> f64 {
    let (d, n) = (columns.len() as i32, columns[0].len());
    let centred: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().map(|u| u - 0.5).collect()).collect();
    let single: f64 =
        (0..n).map(|i| centred.iter().map(|c| 1.0 + 0.5 * c[i].abs() - 0.5 * c[i].powi(2)).product::<f64>()).sum();
    let mut double = 0.0;
    for i in 0..n {
        for k in 0..n {
            double += (centred.iter())
                .map(|c| 1.0 + 0.5 * c[i].abs() + 0.5 * c[k].abs() - 0.5 * (c[i] - c[k]).abs())
                .product::<f64>();
        }
    }
    let n = n as f64;
    ((13.0f64 / 12.0).powi(d) - 2.0 / n * single + double / n.powi(2)).sqrt()
}

#[test]
fn a_sobol_design_fills_space_better_than_a_random_one() {
    // The factor that the worst of the seeds must keep against the best random design.
    for (dimensions, factor) in [(2, 5.0), (5, 3.0), (8, 1.5)] {
        let of =
            |kind, seed| centred_discrepancy(&draws(&Design::new(kind, seed, 1_024, unit_axes(dimensions)), 0, 1_024));
        let worst_sobol = (0..4).map(|seed| of(Kind::Sobol, seed)).fold(0.0, f64::max);
        let best_random = (0..4).map(|seed| of(Kind::Random, seed)).fold(f64::INFINITY, f64::min);
        assert!(
            best_random > factor * worst_sobol,
            "{dimensions} dimensions: Sobol {worst_sobol}, random {best_random}"
        );
    }
}

/// Owen 1997: the error of a scrambled net falls almost as N^(−3/2), not N^(−1/2). A scrambling whose digits are not
/// independent loses this.
#[test]
fn a_scrambled_mean_is_unbiased_and_converges_fast() {
    let errors = |n: usize| {
        let errors: Vec<f64> = (0..200)
            .map(|seed| {
                let c = draws(&Design::new(Kind::Sobol, seed, n as u64, unit_axes(3)), 0, n);
                let sum: f64 = (0..n).map(|i| c[0][i] * c[1][i].exp() * (1.0 + c[2][i].powi(2))).sum();
                sum / n as f64 - 0.5 * (std::f64::consts::E - 1.0) * 4.0 / 3.0
            })
            .collect();
        let size = (errors.iter().map(|e| e * e).sum::<f64>() / 200.0).sqrt();
        let bias = errors.iter().sum::<f64>() / 200.0;
        assert!(bias.abs() < 4.5 * size / 200f64.sqrt(), "{n} points: bias {bias}, size {size}");
        size
    };
    let [few, many] = [errors(64), errors(4_096)];
    // 64 times the points: 8 at random's rate, 512 at the net's.
    assert!(few / many > 150.0, "{few} → {many}: {}", few / many);
}

#[test]
fn a_grid_takes_every_combination_the_last_axis_fastest() {
    let axes = vec![Axis::Levels(2), Axis::Levels(3), Axis::Column(vec![0.5, 0.7])];
    let columns = draws(&Design::new(Kind::Grid, 0, 12, axes), 0, 12);
    let expected: Vec<[f64; 3]> =
        (0..2).flat_map(|a| (0..3).flat_map(move |b| [0.5, 0.7].map(|c| [f64::from(a), f64::from(b), c]))).collect();
    let found: Vec<[f64; 3]> = (0..12).map(|i| [columns[0][i], columns[1][i], columns[2][i]]).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_table_gives_its_rows() {
    let axes = vec![Axis::Column(vec![1.5, -2.0, 0.1]), Axis::Column(vec![1.0, 0.0, 1.0])];
    assert_eq!(draws(&Design::new(Kind::Table, 1, 3, axes), 1, 2), [[-2.0, 0.1], [0.0, 1.0]]);
}

/// Blocks of a Saltelli design: A, AB_1 … AB_k, (BA_1 … BA_k,) B, of the points of a Sobol design of 2k axes.
#[test]
fn a_saltelli_design_crosses_two_points() {
    const K: usize = 6;
    for second_order in [false, true] {
        let layout = Layout { second_order, ..Kind::Saltelli.into() };
        let width = if second_order { 2 * K + 2 } else { K + 2 };
        assert_eq!(layout.block(K), width as u64);
        let design = Design::new(layout, 9, 50 * width as u64, mixed());
        assert_eq!((design.samples(), design.draws()), (50, 50 * width as u64));
        let columns = draws(&design, 0, 50 * width);
        let pairs = draws(&Design::new(Kind::Sobol, 9, 50, [mixed(), mixed()].concat()), 0, 50);
        for block in 0..50 {
            let row = |place: usize| columns.iter().map(|column| column[block * width + place]).collect::<Vec<f64>>();
            let point = |of: usize| (0..K).map(|key| pairs[of * K + key][block]).collect::<Vec<f64>>();
            let crossed = |from: usize, key: usize| {
                let mut point_of = point(from);
                point_of[key] = point(1 - from)[key];
                point_of
            };
            assert_eq!((row(0), row(width - 1)), (point(0), point(1)));
            for key in 0..K {
                assert_eq!(row(1 + key), crossed(0, key), "block {block}: A with key {key} from B");
                if second_order {
                    assert_eq!(row(1 + K + key), crossed(1, key), "block {block}: B with key {key} from A");
                }
            }
        }
    }
}

#[test]
fn a_morris_design_moves_each_key_once_by_half_its_levels() {
    const K: usize = 5;
    const TRAJECTORIES: usize = 6_000;
    for levels in [2, 4, 6] {
        let layout = Layout { levels, ..Kind::Morris.into() };
        let design = Design::new(layout, 3, (TRAJECTORIES * (K + 1)) as u64, unit_axes(K));
        assert_eq!(design.samples(), TRAJECTORIES as u64);
        let columns = draws(&design, 0, TRAJECTORIES * (K + 1));
        let (mut first_moved, mut starts) = ([0.0; K], vec![0.0; levels as usize]);
        for trajectory in 0..TRAJECTORIES {
            let mut order = Vec::new();
            for step in 1..=K {
                let row = trajectory * (K + 1) + step;
                let moved: Vec<usize> = (0..K).filter(|key| columns[*key][row] != columns[*key][row - 1]).collect();
                assert_eq!(moved.len(), 1, "trajectory {trajectory}, step {step}");
                let by = columns[moved[0]][row] - columns[moved[0]][row - 1];
                assert!((by.abs() - 0.5).abs() < 1e-12, "half of the levels: {by}");
                order.push(moved[0]);
            }
            first_moved[order[0]] += 1.0 / TRAJECTORIES as f64;
            order.sort_unstable();
            assert!(order.into_iter().eq(0..K), "each once");
            let level = columns[0][trajectory * (K + 1)] * f64::from(levels) - 0.5;
            assert!((level - level.round()).abs() < 1e-9, "the middle of a level");
            starts[level.round() as usize] += 1.0 / TRAJECTORIES as f64;
        }
        // Five standard deviations.
        assert!(first_moved.iter().all(|share| (share - 1.0 / K as f64).abs() < 0.026), "{first_moved:?}");
        assert!(starts.iter().all(|share| (share * f64::from(levels) - 1.0).abs() < 0.15), "{starts:?}");
    }
}
