//! Functions of which all indices are known, without a simulator.

use super::*;
use crate::design::{Axis, Design, Distribution, Kind, Layout};
use crate::math::sin;
use std::f64::consts::PI;

/// Draws of keys that are uniform on [0, 1].
fn units(layout: impl Into<Layout>, seed: u64, samples: u64, keys: usize) -> Vec<Vec<f64>> {
    let layout = layout.into();
    let draws = samples * layout.block(keys);
    let axes = vec![Axis::Distribution(Distribution::Uniform { low: 0.0, high: 1.0 }); keys];
    let mut columns = vec![vec![0.0; usize::try_from(draws).expect("few")]; keys];
    Design::new(layout, seed, draws, axes).fill(0, &mut columns);
    columns
}

fn measured(columns: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    (0..columns[0].len()).map(|row| of(&columns.iter().map(|column| column[row]).collect::<Vec<_>>())).collect()
}

/// Ishigami and Homma (1990), a = 7, b = 0.1, keys uniform on [−π, π].
fn ishigami(u: &[f64]) -> f64 {
    let x = |key: usize| PI * (2.0 * u[key] - 1.0);
    let (s, t) = (sin(x(1)), x(2) * x(2));
    sin(x(0)) * (1.0 + 0.1 * t * t) + 7.0 * s * s
}
const ISHIGAMI: [[f64; 3]; 2] =
    [[0.313_905_191_1, 0.442_411_144_8, 0.0], [0.557_588_855_2, 0.442_411_144_8, 0.243_683_664_1]];
const SHAPLEY: [f64; 3] = [0.435_747_023_2, 0.442_411_144_8, 0.121_841_832_0];

/// Sobol's G.
const A: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
fn g(u: &[f64]) -> f64 {
    u.iter().zip(A).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
}
const OF_G: [[f64; 4]; 2] = [
    [0.716_192_17, 0.179_048_04, 0.023_675_77, 0.007_161_92],
    [0.787_144_13, 0.242_198_19, 0.034_316_91, 0.010_460_39],
];

fn classed(columns: &[Vec<f64>]) -> Vec<Classed> {
    columns.iter().map(|column| Classed::new(Key::Numbers(column))).collect()
}

fn worst(found: &[Estimate], known: &[f64]) -> f64 {
    found.iter().zip(known).map(|(found, known)| (found.value - known).abs()).fold(0.0, f64::max)
}

/// Largest errors of first and total order.
fn of_saltelli(seed: u64, keys: usize, f: fn(&[f64]) -> f64, known: [&[f64]; 2]) -> [f64; 2] {
    let columns = units(Kind::Saltelli, seed, 65_536, keys);
    let found = sobol(&Measured::new(&measured(&columns, f)).expect("it varies"), keys, false).expect("indices");
    [worst(&found.first, known[0]), worst(&found.total, known[1])]
}

#[test]
fn sobol_indices_of_a_saltelli_design_are_the_known_ones() {
    let mut totals = Vec::new();
    for seed in 0..9 {
        let errors = [
            of_saltelli(seed, 3, ishigami, [&ISHIGAMI[0], &ISHIGAMI[1]]),
            of_saltelli(seed, 8, g, [&OF_G[0], &OF_G[1]]),
        ];
        for [first, total] in errors {
            // One seed in a dozen has three times the error of the median.
            assert!(first <= 2e-3 && total <= if seed == 0 { 1e-4 } else { 5e-4 }, "seed {seed}: {errors:?}");
            totals.push(total);
        }
    }
    totals.sort_by(f64::total_cmp);
    assert!(totals[totals.len() / 2] <= 1e-4, "{totals:?}");
}

#[test]
fn second_order_is_what_two_keys_do_together_only() {
    let layout = Layout { second_order: true, ..Kind::Saltelli.into() };
    let columns = units(layout, 3, 16_384, 3);
    let found = sobol(&Measured::new(&measured(&columns, ishigami)).expect("it varies"), 3, true).expect("indices");
    let pairs: Vec<_> = found.second.iter().map(|pair| pair.keys).collect();
    assert_eq!(pairs, [(0, 1), (0, 2), (1, 2)]);
    for (pair, known) in found.second.iter().zip([0.0, 0.243_683_664_1, 0.0]) {
        assert!((pair.index.value - known).abs() < 5e-3, "{pair:?}");
    }
    assert!(worst(&found.first, &ISHIGAMI[0]) < 5e-3 && worst(&found.total, &ISHIGAMI[1]) < 1e-3, "{found:?}");
}

/// Independent base points, as the intervals suppose them.
fn random_saltelli(seed: u64, samples: usize) -> Vec<Vec<f64>> {
    let base = units(Kind::Random, seed, samples as u64, 6);
    let mut columns = vec![Vec::new(); 3];
    for (row, place) in (0..samples).flat_map(|row| (0..5).map(move |place| (row, place))) {
        for (key, column) in columns.iter_mut().enumerate() {
            let of_b = place == 4 || place == key + 1;
            column.push(base[if of_b { 3 + key } else { key }][row]);
        }
    }
    columns
}

/// Of 1,000 seeds, how many intervals hold what they should.
fn coverage(known: &[f64], of_seed: impl Fn(u64) -> Vec<Estimate>) -> Vec<f64> {
    let mut held = vec![0.0; known.len()];
    for seed in 0..1000 {
        for ((held, estimate), known) in held.iter_mut().zip(of_seed(seed)).zip(known) {
            *held += if estimate.low <= *known && *known <= estimate.high { 1e-3 } else { 0.0 };
        }
    }
    held
}

fn assert_covers(what: &str, held: &[f64]) {
    assert!(held.iter().all(|held| (0.93..=0.97).contains(held)), "{what}: {held:?}");
}

#[test]
fn intervals_of_sobol_indices_hold_what_they_should() {
    let of = |seed| {
        let columns = random_saltelli(seed, 500);
        sobol(&Measured::new(&measured(&columns, ishigami)).expect("it varies"), 3, false).expect("indices")
    };
    assert_covers("first order", &coverage(&ISHIGAMI[0], |seed| of(seed).first));
    assert_covers("total order", &coverage(&ISHIGAMI[1], |seed| of(seed).total));
}

#[test]
fn intervals_of_first_order_indices_hold_what_they_should() {
    let held = coverage(&ISHIGAMI[0], |seed| {
        let columns = units(Kind::Random, seed, 8192, 3);
        let measured = Measured::new(&measured(&columns, ishigami)).expect("it varies");
        classed(&columns).iter().map(|key| first_order(key, &measured).expect("an index")).collect()
    });
    // Of a key that explains nothing they hold it more often: what scatters is a square then.
    assert_covers("first order", &held[..2]);
    assert!(held[2] >= 0.93, "{held:?}");
}

#[test]
fn intervals_of_shapley_effects_hold_what_they_should() {
    let held = coverage(&SHAPLEY, |seed| {
        let columns = units(Kind::Random, seed, 16_384, 3);
        shapley(&classed(&columns), &Measured::new(&measured(&columns, ishigami)).expect("it varies")).expect("effects")
    });
    // What the cells are too coarse for makes some of them wider.
    assert!(held.iter().all(|held| *held >= 0.93), "{held:?}");
}

/// Two keys that act alone and together, one that hardly does, and three that do nothing.
fn with_idle_keys(u: &[f64]) -> f64 {
    u[0] + 2.0 * u[1] + 4.0 * (u[0] - 0.5) * (u[1] - 0.5) + 0.1 * u[2]
}

#[test]
fn intervals_of_shapley_effects_hold_what_is_possible_whatever_the_design() {
    // Variances in twelfths: 1, 4 and 0.01 alone, 16/12 together.
    let all = 5.01 + 16.0 / 12.0;
    let known = [(1.0 + 8.0 / 12.0) / all, (4.0 + 8.0 / 12.0) / all, 0.01 / all, 0.0, 0.0, 0.0];
    for (kind, draws) in [(Kind::Random, 512), (Kind::Random, 2048), (Kind::Sobol, 512), (Kind::Sobol, 2048)] {
        let (seeds, mut held) = (100, [0; 6]);
        for seed in 0..seeds {
            let columns = units(kind, seed, draws, 6);
            let measured = Measured::new(&measured(&columns, with_idle_keys)).expect("it varies");
            for (place, told) in shapley(&classed(&columns), &measured).expect("effects").iter().enumerate() {
                assert!(told.high >= 0.0 && told.low <= 1.0, "{kind:?}, {draws}, key {place}: {told:?}");
                held[place] += usize::from((told.low..=told.high).contains(&known[place]));
            }
        }
        assert!(held.iter().all(|held| *held >= 90), "{kind:?}, {draws}: {held:?} of {seeds}");
    }
}

#[test]
fn indices_of_any_design_are_the_known_ones() {
    for kind in [Kind::Random, Kind::Sobol, Kind::LatinHypercube] {
        for draws in [1024, 65_536] {
            let columns = units(kind, 5, draws, 3);
            let told = importance(&classed(&columns), &measured(&columns, ishigami)).expect("it varies");
            let of = |what: fn(&OfKey) -> Result<Estimate, Untold>| -> Vec<Estimate> {
                told.keys.iter().map(|key| what(key).expect("an index")).collect()
            };
            let within = 2.0 / (draws as f64).sqrt();
            let (first, effects) = (of(|key| key.first), of(|key| key.shapley));
            assert!(worst(&first, &ISHIGAMI[0]) < within, "{kind:?}, {draws}: {first:?}");
            assert!(worst(&effects, &SHAPLEY) < within, "{kind:?}, {draws}: {effects:?}");
            let sum: f64 = effects.iter().map(|effect| effect.value).sum();
            assert!((sum - 1.0).abs() < 1e-12, "they share out the whole: {sum}");
            // By 20 million draws in 256 × 256 cells.
            let delta = of(|key| key.delta.map(|delta| delta.index));
            let wide = if draws == 1024 { 0.12 } else { 0.012 };
            assert!(worst(&delta, &[0.262, 0.4245, 0.208]) < wide, "{kind:?}, {draws}: {delta:?}");
        }
    }
}

/// Both of two keys must be large: S = 1/3, δ = 1/4 and half of the variance each, and nothing of a third.
#[test]
fn a_share_is_told_like_any_measure() {
    for kind in [Kind::Random, Kind::Sobol] {
        let columns = units(kind, 2, 16_384, 3);
        let column = measured(&columns, |u| f64::from(u8::from(u[0] > 0.5 && u[1] > 0.5)));
        let told = importance(&classed(&columns), &column).expect("it varies");
        for (key, [first, effect, delta]) in
            told.keys.iter().zip([[1.0 / 3.0, 0.5, 0.25], [1.0 / 3.0, 0.5, 0.25], [0.0; 3]])
        {
            let near = |found: f64, known: f64| assert!((found - known).abs() < 0.015, "{kind:?}: {key:?}");
            near(key.first.expect("an index").value, first);
            near(key.shapley.expect("an effect").value, effect);
            near(key.delta.expect("an index").index.value, delta);
        }
    }
}

/// Y = X₁ + X₂, uniform: where X₁ = x, the density of Y is 1 on [x, x + 1] and that of all is a triangle; δ = 1/3.
#[test]
fn delta_and_pawn_of_a_sum_are_the_known_ones() {
    let columns = units(Kind::Random, 4, 262_144, 3);
    let told = importance(&classed(&columns), &measured(&columns, |u| u[0] + u[1])).expect("it varies");
    for (key, known) in told.keys.iter().zip([1.0 / 3.0, 1.0 / 3.0, 0.0]) {
        let (delta, pawn) = (key.delta.expect("an index"), key.pawn.expect("an index"));
        let expected = if known == 0.0 { delta.idle } else { known };
        assert!((delta.index.value - expected).abs() < 0.01, "{delta:?}");
        // In the first tenth of X₁, at y = 1: 1 − x of the draws lie below, and of all a half.
        let maximum = if known == 0.0 { pawn.idle_maximum } else { 0.45 };
        assert!((pawn.maximum.value - maximum).abs() < 0.01, "{pawn:?}");
        assert!(known > 0.0 || (pawn.median.value / pawn.idle_median - 1.0).abs() < 0.3, "{pawn:?}");
    }
}

/// Of G, E(G|X_u) is the product over u: the variances of all sets are known, and Shapley's mean can be taken over them.
#[test]
fn shapley_effects_of_eight_keys_are_the_known_ones() {
    let alone = A.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let of_set =
        |set: usize| (0..8).filter(|key| set >> key & 1 == 1).map(|key| 1.0 + alone[key]).product::<f64>() - 1.0;
    let orders = [5040.0, 720.0, 240.0, 144.0, 144.0, 240.0, 720.0, 5040.0].map(|orders| orders / 40_320.0);
    let known: Vec<f64> = (0..8)
        .map(|key| {
            let sets = (0..256usize).filter(|set| set >> key & 1 == 0);
            sets.map(|set| orders[set.count_ones() as usize] * (of_set(set | 1 << key) - of_set(set))).sum::<f64>()
                / of_set(255)
        })
        .collect();
    for kind in [Kind::Random, Kind::Sobol] {
        let columns = units(kind, 3, 16_384, 8);
        let told =
            shapley(&classed(&columns), &Measured::new(&measured(&columns, g)).expect("it varies")).expect("effects");
        assert!(worst(&told, &known) < 0.02, "{kind:?}: {told:?}, {known:?}");
    }
}

/// Two normal keys of correlation ρ, Y = X₁ + 2 X₂: Owen and Prieur (2017), "On Shapley value for measuring importance of
/// dependent inputs".
#[test]
fn shapley_effects_of_dependent_keys_are_the_known_ones() {
    let (rho, b) = (0.6, [1.0, 2.0]);
    let normal = Distribution::Normal { mean: 0.0, sd: 1.0, min: None, max: None };
    let mut columns = vec![vec![0.0; 65_536]; 2];
    Design::new(Kind::Random, 3, 65_536, vec![Axis::Distribution(normal); 2]).fill(0, &mut columns);
    let (first, second) = columns.split_at_mut(1);
    second[0].iter_mut().zip(&first[0]).for_each(|(y, x)| *y = rho * x + (1.0f64 - rho * rho).sqrt() * *y);
    let effects = shapley(
        &classed(&columns),
        &Measured::new(&measured(&columns, |x| b[0] * x[0] + b[1] * x[1])).expect("it varies"),
    );
    let variance = b[0] * b[0] + b[1] * b[1] + 2.0 * rho * b[0] * b[1];
    let known = [0, 1].map(|key| {
        let (own, other) = (b[key], b[1 - key]);
        (own * own * (1.0 - rho * rho / 2.0) + rho * own * other + other * other * rho * rho / 2.0) / variance
    });
    let effects = effects.expect("effects");
    assert!(worst(&effects, &known) < 0.01, "{effects:?}, {known:?}");
}

/// Effects of levels without an order: means 0, 3, 0 beside noise of variance 1.
#[test]
fn levels_without_an_order_are_classes_of_their_own() {
    let axes = vec![Axis::Levels(3), Axis::Distribution(Distribution::Uniform { low: 0.0, high: 12f64.sqrt() })];
    let mut columns = vec![vec![0.0; 16_384]; 2];
    Design::new(Kind::Random, 1, 16_384, axes).fill(0, &mut columns);
    let keys = [Classed::new(Key::Levels(&columns[0], 3)), Classed::new(Key::Numbers(&columns[1]))];
    let told =
        importance(&keys, &measured(&columns, |x| if x[0] == 1.0 { 3.0 + x[1] } else { x[1] })).expect("it varies");
    for (key, known) in told.keys.iter().zip([2.0 / 3.0, 1.0 / 3.0]) {
        assert!((key.first.expect("an index").value - known).abs() < 0.01, "{key:?}");
        assert!((key.shapley.expect("an effect").value - known).abs() < 0.01, "{key:?}");
    }
}

#[test]
fn missing_draws_are_left_out_and_counted_and_infinite_ones_are_ranked() {
    let columns = units(Kind::Random, 8, 8192, 3);
    let mut column = measured(&columns, |u| if u[0] > 0.9 { f64::INFINITY } else { 1.0 / (1.0 - u[0]) + 3.0 * u[1] });
    (0..100).for_each(|row| column[row * 7] = f64::NAN);
    let told = importance(&classed(&columns), &column).expect("it varies");
    assert_eq!((told.basis, told.missing, told.count), (Basis::Ranks, 100, 8092));
    let kept: Vec<usize> = (0..8192).filter(|row| !column[*row].is_nan()).collect();
    let only = |of: &Vec<f64>| kept.iter().map(|row| of[*row]).collect::<Vec<f64>>();
    // What is left, on another scale that keeps the order.
    let columns: Vec<Vec<f64>> = columns.iter().map(only).collect();
    let rank: Vec<f64> = only(&column).iter().map(|y| if y.is_finite() { -1.0 / y } else { 0.0 }).collect();
    let other = importance(&classed(&columns), &rank).expect("it varies");
    assert_eq!(other.basis, Basis::Values);
    for (key, other) in told.keys.iter().zip(&other.keys) {
        let (one, two) = (key.delta.expect("an index").index, other.delta.expect("an index").index);
        assert!((one.value - two.value).abs() < 0.01 && one.count == 8092, "{one:?} {two:?}");
        let (one, two) = (key.pawn.expect("an index").maximum, other.pawn.expect("an index").maximum);
        assert!((one.value - two.value).abs() < 0.01, "{one:?} {two:?}");
    }
}

#[test]
fn what_cannot_be_told_says_why() {
    let columns = units(Kind::Random, 8, 64, 3);
    let mut keys = classed(&columns);
    keys.push(Classed::new(Key::Numbers(&[0.3; 64])));
    let told = importance(&keys, &columns[0]).expect("it varies");
    assert_eq!(told.keys[3].first, Err(Untold::OneValue));
    assert_eq!(told.keys[3].delta.err(), Some(Untold::OneValue));
    assert_eq!(told.keys[3].pawn.err(), Some(Untold::OneValue));
    assert_eq!(told.keys[3].shapley.map(|effect| effect.value), Ok(0.0), "what does not vary explains nothing");
    let many = units(Kind::Random, 8, 64, 13);
    assert_eq!(importance(&classed(&many), &many[0]).expect("it varies").keys[0].shapley, Err(Untold::ManyKeys));
    let few = units(Kind::Random, 8, 64, 8);
    assert_eq!(importance(&classed(&few), &few[0]).expect("it varies").keys[0].shapley, Err(Untold::FewDraws));
    let measured = Measured::new(&columns[0]).expect("it varies");
    assert_eq!(sobol(&measured, 62, false).err(), Some(Untold::FewDraws), "one block");
}

#[test]
fn a_missing_measure_costs_its_block_only() {
    let columns = units(Kind::Saltelli, 1, 4096, 3);
    let mut column = measured(&columns, ishigami);
    (column[12], column[14], column[20]) = (f64::NAN, f64::NAN, f64::NAN);
    let found = sobol(&Measured::new(&column).expect("it varies"), 3, false).expect("indices");
    assert_eq!((found.incomplete, found.first[0].count), (2, 4094));
    assert!(worst(&found.first, &ISHIGAMI[0]) < 0.02, "{found:?}");
    let base = base_points(&columns[1], 3, false);
    assert_eq!((base.len(), base[0], base[1], base[2]), (8192, columns[1][0], columns[1][4], columns[1][5]));
}

#[test]
fn elementary_effects_of_a_linear_function_are_its_slopes() {
    let slopes = [3.0, -2.0, 0.0, 0.5];
    let columns = units(Kind::Morris, 6, 20, 4);
    let keys: Vec<Key<'_>> = columns.iter().map(|column| Key::Numbers(column)).collect();
    let steps = Steps::found(&keys, 0.5).expect("a Morris design");
    let mut column = measured(&columns, |u| 7.0 + u.iter().zip(slopes).map(|(u, slope)| slope * u).sum::<f64>());
    let check = |column: &[f64], count: u64| {
        for (key, slope) in morris(&Measured::new(column).expect("it varies"), &steps).into_iter().zip(slopes) {
            let key = key.expect("effects");
            for (found, known) in [(key.mean, slope), (key.size, slope.abs()), (key.deviation, 0.0)] {
                assert!((found.value - known).abs() < 1e-12 && found.error < 1e-12, "{key:?}");
            }
            assert!(key.mean.count >= count, "{key:?}");
        }
    };
    check(&column, 20);
    // Both steps at a missing draw are lost, and no others.
    column[7] = f64::NAN;
    check(&column, 19);
    assert_eq!(
        Steps::found(&[keys[0], keys[1]], 0.5),
        Err(1),
        "the other keys move too: draw 1 may move none of these"
    );
}

#[test]
fn a_bend_shows_in_the_deviation() {
    let columns = units(Layout { levels: 6, ..Kind::Morris.into() }, 6, 2000, 2);
    let keys: Vec<Key<'_>> = columns.iter().map(|column| Key::Numbers(column)).collect();
    let steps = Steps::found(&keys, 0.5).expect("a Morris design");
    // y = u₁²: over half of the range from a, the slope is 2a + ½; the effects 2/3, 1 and 4/3 are equally likely.
    let found = morris(&Measured::new(&measured(&columns, |u| u[0] * u[0] + u[1])).expect("it varies"), &steps);
    let bent = found[0].expect("effects");
    let deviation = (2.0f64 / 27.0).sqrt();
    assert!((bent.mean.value - 1.0).abs() < 0.03 && (bent.deviation.value / deviation - 1.0).abs() < 0.03, "{bent:?}");
    assert!(bent.deviation.low < deviation && deviation < bent.deviation.high, "{bent:?}");
    assert!(found[1].expect("effects").deviation.value < 1e-12);
}

/// Against the definition, over every class and every value, ties among them.
#[test]
fn pawn_finds_the_greatest_distance() {
    let columns = units(Kind::Random, 3, 500, 2);
    for coarse in [1e9, 20.0, 3.0] {
        let y = measured(&columns, |u| (coarse * (u[0] + 0.3 * u[1])).floor());
        let key = Classed::new(Key::Numbers(&columns[0]));
        let found = pawn(&key.slides, &Measured::new(&y).expect("it varies")).expect("distances");
        let mut distances: Vec<f64> = (0..10u8)
            .map(|class| {
                let of = |at: f64, own: bool| {
                    let rows = (0..500).filter(|row| !own || key.slides.code[*row] == class);
                    let (below, all) =
                        rows.fold((0.0, 0.0), |(b, n), row| (b + f64::from(u8::from(y[row] <= at)), n + 1.0));
                    below / all
                };
                y.iter().map(|at| f64::abs(of(*at, true) - of(*at, false))).fold(0.0, f64::max)
            })
            .collect();
        distances.sort_by(f64::total_cmp);
        assert!((found.maximum.value - distances[9]).abs() < 1e-12, "{coarse}");
        assert!((found.median.value - 0.5 * (distances[4] + distances[5])).abs() < 1e-12, "{coarse}");
    }
}

#[test]
fn an_analysis_names_the_design_that_would_fit() {
    assert_eq!(Analysis::Sobol.fits(Kind::Saltelli), Ok(()));
    let misfit = Analysis::Sobol.fits(Kind::Random).expect_err("no crossings");
    assert!(misfit.to_string().contains("kind = \"random\"") && misfit.hint().contains("\"saltelli\""), "{misfit}");
    assert!(Analysis::Morris.fits(Kind::Grid).expect_err("no steps").hint().contains("\"morris\""));
    assert!(Analysis::Given.fits(Kind::Morris).is_err() && Analysis::Given.fits(Kind::Table).is_ok());
}
