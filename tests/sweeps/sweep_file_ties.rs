//! Protects inputs that belong together: margins are those asked for, ranks correlate as asked for, shares sum to what they
//! should, and every draw stays a function of design, seed and index.

use crate::common::{Bench, column};
use catchup::design::{Axis, Copula, Design, Distribution, Empirical, Group, Kind};
use catchup::scenario::sweep::{Sweep, Tie};

const DRAWN: [Kind; 3] = [Kind::Random, Kind::LatinHypercube, Kind::Sobol];

fn draws(design: &Design, first: u64, count: usize) -> Vec<Vec<f64>> {
    let mut columns = vec![vec![f64::NAN; count]; design.dimensions()];
    design.fill(first, &mut columns);
    columns
}

/// The largest distance of a sample from a distribution function.
fn distance(sample: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let gap = |(i, x): (usize, &f64)| (cdf(*x) - i as f64 / n).max((i + 1) as f64 / n - cdf(*x));
    sorted.iter().enumerate().map(gap).fold(0.0, f64::max)
}

/// Kolmogorov's distribution: a larger distance comes by chance once in a million.
fn critical(n: usize) -> f64 {
    (0.5 * (2.0f64 / 1e-6).ln()).sqrt() / (n as f64).sqrt()
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
        let mut ranks = vec![0.0; values.len()];
        order.iter().enumerate().for_each(|(rank, &i)| ranks[i] = rank as f64);
        ranks
    };
    let (a, b) = (ranks(a), ranks(b));
    let n = a.len() as f64;
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

#[test]
fn ranks_correlate_as_asked_for_and_margins_stay() {
    const N: usize = 65_536;
    let axes = vec![
        Axis::Distribution(Distribution::Uniform { low: 0.0, high: 1.0 }),
        Axis::Distribution(Distribution::LogUniform { low: 0.01, high: 1.0 }),
        Axis::Levels(3),
        Axis::Distribution(Distribution::Triangular { min: 0.0, mode: 0.0, max: 1.0 }),
    ];
    let pairs = [(0, 1, 0.6), (1, 2, -0.4), (0, 2, 0.25)];
    for kind in DRAWN {
        let copula = Copula::new(vec![0, 1, 3], &pairs).expect("possible");
        let design = Design::new(kind, 7, N as u64, axes.clone()).tied(Some(copula), Vec::new());
        let found = draws(&design, 0, N);
        for (a, b, rank) in [(0, 1, 0.6), (1, 3, -0.4), (0, 3, 0.25), (0, 2, 0.0)] {
            let reached = spearman(&found[a], &found[b]);
            let ties = if b == 2 { 0.02 } else { 0.01 };
            assert!((reached - rank).abs() < ties, "{kind:?}, {a} and {b}: {reached}, not {rank}");
        }
        let apart = [
            distance(&found[0], |x| x),
            distance(&found[1], |x| (x / 0.01).ln() / 100f64.ln()),
            distance(&found[3], |x| 1.0 - (1.0 - x) * (1.0 - x)),
        ];
        assert!(apart.iter().all(|apart| *apart < critical(N)), "{kind:?}: {apart:?}");
        // Without the copula the first axis is what it is with it.
        assert_eq!(draws(&Design::new(kind, 7, N as u64, axes.clone()), 0, 100)[0], found[0][..100]);
    }
}

#[test]
fn shares_sum_to_the_constant_and_have_the_margins_of_dirichlet() {
    const N: usize = 20_000;
    for kind in DRAWN {
        let axes = [1.0, 1.0, 1.0, 2.0, 1.0].map(Axis::Share).to_vec();
        let groups = vec![Group { axes: vec![0, 1, 2], sum: 1.0 }, Group { axes: vec![3, 4], sum: 0.6 }];
        let found = draws(&Design::new(kind, 3, N as u64, axes).tied(None, groups), 0, N);
        let sum = |axes: &[usize], draw: usize| axes.iter().map(|axis| found[*axis][draw]).sum::<f64>();
        for (axes, constant) in [(&[0, 1, 2][..], 1.0), (&[3, 4], 0.6)] {
            assert!((0..N).all(|draw| (sum(axes, draw) - constant).abs() < 1e-12), "{kind:?}");
        }
        assert!(found.iter().flatten().all(|share| *share > 0.0));
        // Of three alike each is Beta(1, 2), of 2 and 1 the first Beta(2, 1).
        for share in &found[..3] {
            assert!(distance(share, |x| 1.0 - (1.0 - x) * (1.0 - x)) < critical(N), "{kind:?}");
        }
        assert!(distance(&found[3], |x| (x / 0.6) * (x / 0.6)) < critical(N), "{kind:?}");
    }
}

#[test]
fn a_draw_is_a_function_of_design_seed_and_index() {
    let axes = || {
        vec![
            Axis::Distribution(Distribution::Normal { mean: 0.0, sd: 1.0, min: None, max: None }),
            Axis::Empirical(Empirical::new(&[1.0, 2.0, 5.0], &[1.0, 2.0, 1.0])),
            Axis::Share(0.5),
            Axis::Share(3.0),
            Axis::Follows { axis: 0, times: -2.0 },
        ]
    };
    for kind in DRAWN {
        let design = |seed| {
            let copula = Copula::new(vec![0, 1], &[(0, 1, 0.5)]).expect("possible");
            let groups = vec![Group { axes: vec![2, 3], sum: 1.0 }];
            Design::new(kind, seed, 1000, axes()).tied(Some(copula), groups)
        };
        let whole = draws(&design(5), 0, 1000);
        for (first, count) in [(0, 1), (17, 300), (999, 1)] {
            let part = draws(&design(5), first as u64, count);
            for (part, whole) in part.iter().zip(&whole) {
                assert_eq!(part[..], whole[first..first + count], "{kind:?}");
            }
        }
        assert!(whole[4].iter().zip(&whole[0]).all(|(follower, own)| *follower == -2.0 * own));
        let share = |value: f64| whole[1].iter().filter(|found| **found == value).count() as f64 / 1000.0;
        for (value, expected) in [(1.0, 0.25), (2.0, 0.5), (5.0, 0.25)] {
            assert!((share(value) - expected).abs() < 0.08, "{kind:?}: {value} has {}", share(value));
        }
        assert_ne!(draws(&design(6), 0, 10)[2], whole[2][..10]);
    }
}

const SCENARIO: &str = "schema_version = 1\n[time]\nstart = 2000\nhorizon = 40\nperiod = 0.5\n[growth]\nx = 0.02\n[catch_up]\nbeta = 0.04\n\
    [sector.a]\nlambda = 1.5\ny_R = 1.0\ny_P = 0.8\n[sector.b]\nlambda = 1.8\ny_R = 1.0\ny_P = 0.6\n\
    [[policy]]\nfrom = 5\npromote = \"b\"\nsustain = \"always\"\n[solver]\nmethod = \"exact\"\n";

const TIED: &str = "schema_version = 1\nscenario = \"s.toml\"\nseed = 4\n[design]\nkind = \"random\"\nsamples = 40\n[vary]\n\
    \"catch_up.beta\" = { empirical = { file = \"found.csv\", column = \"beta\", weights = \"n\" } }\n\
    \"growth.x\" = { uniform = [0.01, 0.02] }\n\
    \"sector.a.y_P\" = { uniform = [0.7, 0.9], as = \"y\" }\n\
    \"sector.b.y_P\" = { same_as = \"sector.a.y_P\", times = 0.75 }\n\
    [group.shares]\ndirichlet = { \"sector.a.alpha\" = 2, sector.b.alpha = 3.5 }\n\
    [correlation]\n\"catch_up.beta\" = { \"growth.x\" = -0.5 }\nsector.a.y_P.growth.x = 0.3\n";

const FOUND: &str = "\u{feff}study;beta;n\r\nA;0,03;10\r\nB;0,05;30\r\nC;;\r\nD;0,04;10\r\n";

fn bench(sweep: &str) -> Bench {
    let bench = Bench::new();
    bench.write("s.toml", SCENARIO);
    bench.write("found.csv", FOUND);
    bench.write("w.toml", sweep);
    bench
}

fn load(bench: &Bench) -> Result<Sweep, String> {
    Sweep::load(&bench.path().join("w.toml").to_string_lossy()).map_err(|report| report.render(false))
}

#[test]
fn what_belongs_together_is_said_in_the_file() {
    let bench = bench(TIED);
    let sweep = load(&bench).expect("valid");
    let ties: Vec<Tie> = sweep.vary.iter().map(|varied| varied.tie).collect();
    assert_eq!(ties, [Tie::Correlated, Tie::Correlated, Tie::Correlated, Tie::Same, Tie::Group, Tie::Group]);
    let found = draws(&sweep.design, 0, 40);
    assert!(found[0].iter().all(|beta| [0.03, 0.04, 0.05].contains(beta)));
    assert!(found[3].iter().zip(&found[2]).all(|(follower, own)| *follower == 0.75 * own));
    assert!(found[4].iter().zip(&found[5]).all(|(a, b)| (a + b - 1.0).abs() < 1e-12));
    // Resolved it is the same sweep, and needs no file.
    let resolved = sweep.resolved();
    bench.write("elsewhere/w.toml", &resolved);
    let again = Sweep::load(&bench.path().join("elsewhere/w.toml").to_string_lossy()).expect("valid again");
    assert_eq!((again.resolved(), &again.design), (resolved, &sweep.design));
    // Every run is that of `run --set`.
    let ran = bench.run(&["sweep", "w.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let gaps = column(&bench.read("output/w/runs.csv"), "final_gap");
    for draw in [0, 17, 39] {
        let row: Vec<f64> = found.iter().map(|column| column[draw]).collect();
        let mut args = vec!["run".to_owned(), "s.toml".to_owned()];
        for set in sweep.sets(0, &row) {
            args.extend(["--set".to_owned(), set]);
        }
        let ran = bench.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let summary: serde_json::Value = serde_json::from_str(&bench.read("output/s/summary.json")).expect("JSON");
        assert_eq!(summary["final_gap"].as_f64(), gaps[draw].parse().ok(), "draw {draw}");
    }
}

#[test]
fn what_cannot_belong_together_is_refused_with_its_reason() {
    for (old, new, said) in [
        ("-0.5 }", "-1 }", "correlation: catch_up.beta and growth.x = -1 is out of range"),
        ("\"growth.x\" = -0.5", "\"growth.y\" = -0.5", "correlation: growth.y does not vary"),
        (
            "\"growth.x\" = -0.5",
            "\"sector.b.y_P\" = -0.5",
            "sector.b.y_P follows another key, with which it goes together anyhow",
        ),
        ("\"growth.x\" = -0.5", "\"sector.b.alpha\" = -0.5", "sector.b.alpha is a share of a sum"),
        ("{ uniform = [0.01, 0.02] }", "{ values = [0.01, 0.02] }", "growth.x has a few values, whose ranks are tied"),
        ("sector.a.y_P.growth.x = 0.3", "\"growth.x\" = { \"catch_up.beta\" = 0.1 }", "is given twice"),
        (
            "sector.a.y_P.growth.x = 0.3",
            "\"growth.x\" = { \"sector.a.y_P\" = 0.95 }\n\"sector.a.y_P\" = { \"catch_up.beta\" = 0.9 }",
            "no keys have all of these rank correlations at once",
        ),
        (
            "same_as = \"sector.a.y_P\"",
            "same_as = \"sector.a.y_R\"",
            "sector.b.y_P follows sector.a.y_R, which does not vary",
        ),
        ("same_as = \"sector.a.y_P\"", "same_as = \"sector.b.y_P\"", "sector.b.y_P follows itself"),
        (
            "{ uniform = [0.01, 0.02] }",
            "{ same_as = \"sector.b.y_P\" }",
            "growth.x follows sector.b.y_P, which follows another",
        ),
        ("sector.b.alpha = 3.5", "sector.b.alpha = 0.01", "sector.b.alpha = 0.01 is out of range"),
        (", sector.b.alpha = 3.5", "", "has one key, which would not vary"),
        ("sector.b.alpha = 3.5", "growth.x = 3.5", "growth.x varies already"),
        ("column = \"beta\"", "column = \"bta\"", "found.csv has no column bta"),
        ("kind = \"random\"\nsamples = 40", "kind = \"grid\"", "group means nothing with design.kind = \"grid\""),
        ("times = 0.75", "weights = [1]", "sector.b.y_P.weights means nothing beside same_as"),
    ] {
        assert!(TIED.contains(old), "{old}");
        let refused = load(&bench(&TIED.replace(old, new))).expect_err(new);
        assert!(refused.contains(said), "{new}: {said}\n{refused}");
    }
    let bench = bench(TIED);
    bench.write("found.csv", "beta;n\n0,03;1\n0,04;-1\n");
    let refused = load(&bench).expect_err("a weight below 0");
    assert!(refused.contains("-1 is out of range") && refused.contains("found.csv:3:6"), "{refused}");
}

#[test]
fn a_key_can_follow_another_in_every_design_that_draws() {
    let grid = "schema_version = 1\nscenario = \"s.toml\"\n[design]\nkind = \"grid\"\n[vary]\n\
        \"sector.b.y_P\" = { same_as = \"sector.a.y_P\", times = 0.5 }\n\"sector.a.y_P\" = { values = [0.7, 0.9] }\n\
        \"growth.x\" = { linspace = [0.01, 0.02, 3] }\n";
    let sweep = load(&bench(grid)).expect("valid");
    assert_eq!(sweep.design.draws(), 6, "what follows is no dimension of its own");
    let found = draws(&sweep.design, 0, 6);
    let value = |slot: usize, draw: usize| sweep.vary[slot].number(found[slot][draw]);
    assert!((0..6).all(|draw| value(0, draw) == 0.5 * value(1, draw)));
    assert_eq!((value(1, 0), value(1, 5)), (0.7, 0.9));
}
