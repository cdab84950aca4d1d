//! Protects what `catchup explain` says of a finished sweep: numbers against functions whose answers are known, sentences against
//! tables that earn them and twins that do not, and refusals.

use crate::common::{Bench, column};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Well-spread numbers in (0, 1): additive recurrences with irrational steps.
fn unit(draw: usize, axis: usize) -> f64 {
    const STEPS: [f64; 3] = [0.754_877_666_246_692_8, 0.569_840_290_998_053_3, 0.324_717_957_244_746];
    (0.5 + (draw as f64 + 1.0) * STEPS[axis]).fract()
}

/// A table of runs with keys `a` and `b`: of each draw and variant the status, the verdict, the long-run gap and the equivalent
/// variation, as text.
fn table(draws: usize, variants: &[&str], row: impl Fn([f64; 2], usize) -> [String; 4]) -> String {
    let mut text = "run,variant,a,b,status,error,verdict,long_run_gap,equivalent_variation\n".to_owned();
    for draw in 0..draws {
        let keys = [unit(draw, 0), unit(draw, 1)];
        for (place, variant) in variants.iter().enumerate() {
            let [status, verdict, gap, gain] = row(keys, place);
            let error = if status == "ok" { "" } else { "it did not work" };
            let _ = writeln!(text, "{draw},{variant},{},{},{status},{error},{verdict},{gap},{gain}", keys[0], keys[1]);
        }
    }
    text
}

fn ok(verdict: &str, gap: f64, gain: f64) -> [String; 4] {
    ["ok".to_owned(), verdict.to_owned(), gap.to_string(), gain.to_string()]
}

fn explained(table: &str, args: &[&str]) -> (Bench, String) {
    let bench = Bench::new();
    bench.write("runs.csv", table);
    let ran = bench.run(&[&["explain", "runs.csv"], args].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (bench, ran.out)
}

/// Rows of a table as (column → cell).
fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

#[test]
fn a_linear_measure_has_the_known_shares() {
    // Var = (1 + 4)/12: a explains 1/5, b 4/5, alone and in all.
    let (bench, words) =
        explained(&table(4096, &["base"], |[a, b], _| ok("persistent-gap", 1.0 + a + 2.0 * b, 0.0)), &[]);
    let importance = rows(&bench.read("explained/importance.csv"));
    for (key, share) in [("a", 0.2), ("b", 0.8)] {
        for index in ["first-order", "shapley"] {
            let row =
                importance.iter().find(|row| row["of"] == "long_run_gap" && row["key"] == key && row["index"] == index);
            let row = row.expect("a row");
            assert!((number(&row["value"]) - share).abs() < 0.02, "{row:?}");
            assert_eq!(
                (row["draws"].as_str(), row["missing"].as_str(), row["basis"].as_str()),
                ("4096", "0", "values")
            );
        }
    }
    assert!(words.contains("What moves the income gap in the long run most is b: alone it explains "), "{words}");
    assert!(words.contains("; then a with "), "{words}");
    // Together they explain all: nothing is said of a rest, and there is no variant to choose.
    assert!(!words.contains("the rest is") && !words.contains("best"), "{words}");
    assert_eq!(rows(&bench.read("explained/variants.csv")).len(), 0);
}

#[test]
fn what_keys_do_together_is_said_and_shared_out() {
    // (a − ½)(b − ½): nothing alone, one half each.
    let gap = |a: f64, b: f64| 2.0 + (a - 0.5) * (b - 0.5) + 0.2 * a;
    let (bench, words) = explained(&table(4096, &["base"], |[a, b], _| ok("persistent-gap", gap(a, b), 0.0)), &[]);
    // Var of 0.2 a is 0.04/12, of the product 1/144.
    let (alone, both) = (0.04 / 12.0, 1.0 / 144.0);
    let importance = rows(&bench.read("explained/importance.csv"));
    let value = |key: &str, index: &str| {
        let found =
            importance.iter().find(|row| row["of"] == "long_run_gap" && row["key"] == key && row["index"] == index);
        number(&found.expect("a row")["value"])
    };
    let all = alone + both;
    for (key, index, expected) in [
        ("a", "first-order", alone / all),
        ("b", "first-order", 0.0),
        ("a", "shapley", (alone + 0.5 * both) / all),
        ("b", "shapley", 0.5 * both / all),
    ] {
        assert!((value(key, index) - expected).abs() < 0.03, "{key} {index}: {}, not {expected}", value(key, index));
    }
    assert!(words.contains(". The keys, each alone, add up to 3"), "{words}");
    assert!(words.contains(" %; the rest is what they do together."), "{words}");
}

#[test]
fn a_key_that_does_nothing_explains_no_less_than_nothing() {
    let gap = |[a, _]: [f64; 2], _| ok("persistent-gap", 1.0 + a, 0.0);
    let (bench, words) = explained(&table(256, &["base"], gap), &[]);
    let importance = rows(&bench.read("explained/importance.csv"));
    let told = |key: &str, column: &str| {
        let row = importance
            .iter()
            .find(|row| row["of"] == "long_run_gap" && row["key"] == key && row["index"] == "first-order");
        number(&row.expect("a row")[column])
    };
    // Noise takes the number without bias below 0; shares of a variance are not.
    assert!(told("b", "value") < 0.0 && told("a", "value_high") > 1.0, "{importance:?}");
    for row in importance.iter().filter(|row| row["index"] == "shapley") {
        assert!(number(&row["value_low"]) <= 1.0 && number(&row["value_high"]) >= 0.0, "{row:?}");
    }
    assert!(words.contains("alone it explains ") && words.contains(" to 100) of the variance."), "{words}");
    assert!(!words.contains("the rest is"), "a alone is all: {words}");
    let page = bench.read("explained/sweep.html");
    assert!(page.contains("1 of 2 keys, the others explain under 1 % each"), "{page}");
    assert!(
        (0..10).all(|digit| !page.contains(&format!("(-{digit}")) && !page.contains(&format!(">-{digit}"))),
        "{page}"
    );

    // The twin: b does as much as a hundredth of all, and is shown.
    let gap = |[a, b]: [f64; 2], _| ok("persistent-gap", 1.0 + a + 0.25 * b, 0.0);
    let (bench, _) = explained(&table(4096, &["base"], gap), &[]);
    assert!(!bench.read("explained/sweep.html").contains("of 2 keys"), "both are shown");
}

#[test]
fn keys_are_ranked_where_the_draws_tell_them_apart() {
    let most = |draws: usize, of_b: f64| {
        let gap = |[a, b]: [f64; 2], _| ok("persistent-gap", 1.0 + a + of_b * b, 0.0);
        let (_, words) = explained(&table(draws, &["base"], gap), &[]);
        words.lines().find(|line| line.contains("What moves")).expect("a sentence").trim().to_owned()
    };
    let few = most(8, 1.2);
    assert_eq!(
        few,
        "What moves the income gap in the long run most is not told: 8 draws are too few to rank the keys."
    );
    let close = most(1000, 1.0);
    assert!(
        close.contains(" most are ") && close.contains(": alone they explain ") && close.contains(" and 5"),
        "{close}"
    );
    assert!(close.ends_with(" of the variance, too close for 1,000 draws to rank them."), "{close}");
    let clear = most(1000, 1.5);
    assert!(clear.contains(" most is b: alone it explains ") && clear.contains("; then a with 3"), "{clear}");
}

#[test]
fn a_highest_expected_worth_is_told_by_the_difference_to_the_next() {
    // The two differ by their draws: ±2 % beside ±0.1 %, on average alike.
    let row = |apart: f64| {
        move |[a, b]: [f64; 2], variant: usize| {
            let gain = [0.0, 0.03 + 0.02 * (a - 0.5), 0.03 + apart + 0.02 * (b - 0.5)][variant];
            ok("persistent-gap", 1.5, gain)
        }
    };
    let (_, words) = explained(&table(500, &["alone", "bold", "safe"], row(0.0)), &[]);
    assert!(words.contains("the highest expected worth seems to be that of “"), "{words}");
    assert!(
        words.contains(" more income at every moment than under “alone”, but the draws do not tell it from that of “"),
        "{words}"
    );
    // The twin: the same ranges, one of them higher by more than the error of the difference.
    let (_, words) = explained(&table(500, &["alone", "bold", "safe"], row(0.005)), &[]);
    assert!(!words.contains("seems to be") && words.contains("it has the highest expected worth, too"), "{words}");
}

#[test]
fn a_gap_without_bound_is_ranked_above_every_other_and_failed_runs_are_left_out() {
    let row = |[a, b]: [f64; 2], _| match () {
        () if b < 0.01 => ["failed".to_owned(), String::new(), String::new(), String::new()],
        () if a > 0.7 => ["ok".to_owned(), "falling-behind".to_owned(), String::new(), "0".to_owned()],
        () => ok("persistent-gap", 1.0 + a, 0.0),
    };
    let text = table(2000, &["base"], row);
    let failed = text.matches(",failed,").count();
    let (bench, words) = explained(&text, &["--of", "long_run_gap>1e9"]);
    let importance = rows(&bench.read("explained/importance.csv"));
    let of_gap: Vec<_> = importance.iter().filter(|row| row["of"] == "long_run_gap").collect();
    assert!(of_gap.iter().all(|row| row["basis"] == "ranks" && row["missing"] == failed.to_string()), "{of_gap:?}");
    assert!(words.contains("of its ranks, some values being infinite"), "{words}");
    assert!(words.contains(&format!("Runs that failed are left out and counted: {failed}.")), "{words}");
    // The condition is met where there is no bound, and nowhere else.
    let rules = rows(&bench.read("explained/thresholds.csv"));
    let rule = rules.iter().find(|rule| rule["keys"] == "1" && rule["key"] == "a").expect("a rule");
    assert_eq!(
        (rule["side"].as_str(), rule["accuracy"].as_str(), rule["left_out"].as_str()),
        ("above", "1.0", failed.to_string().as_str())
    );
    assert!((number(&rule["at"]) - 0.7).abs() < 1e-3, "{rule:?}");
    assert!(words.contains("of the draws long_run_gap>1e9 holds: where"), "{words}");
}

#[test]
fn what_has_nothing_to_be_measured_against_is_neither_better_nor_worse() {
    // The baseline fails in some draws: its followers run, and nothing can be said of what they are worth.
    let row = |[a, b]: [f64; 2], variant: usize| match variant {
        0 if b < 0.1 => ["failed".to_owned(), String::new(), String::new(), String::new()],
        0 => ok("persistent-gap", 1.5, 0.0),
        _ if b < 0.1 => ["ok".to_owned(), "persistent-gap".to_owned(), "1.5".to_owned(), String::new()],
        _ => ok("persistent-gap", 1.5, a - 0.4),
    };
    let text = table(2000, &["alone", "bold"], row);
    let failed = text.matches(",failed,").count();
    assert!(failed > 100);
    let (bench, _) = explained(&text, &["--of", "equivalent_variation<0", "--of", "best=bold"]);
    let rules = rows(&bench.read("explained/thresholds.csv"));
    for (condition, side) in [("equivalent_variation<0", "below"), ("best=bold", "above")] {
        let rule = rules.iter().find(|rule| {
            rule["condition"] == condition && rule["variant"] == "bold" && rule["keys"] == "1" && rule["key"] == "a"
        });
        let rule = rule.unwrap_or_else(|| panic!("{condition}: {rules:?}"));
        assert_eq!((&*rule["side"], &*rule["left_out"]), (side, &*failed.to_string()), "{rule:?}");
        assert!((number(&rule["at"]) - 0.4).abs() < 1e-3 && number(&rule["accuracy"]) == 1.0, "{rule:?}");
    }
}

#[test]
fn a_place_of_two_keys_is_found_as_thresholds_and_as_a_box() {
    // Better where a > 0.6 and b < 0.3.
    let inside = |[a, b]: [f64; 2]| a > 0.6 && b < 0.3;
    let row = |keys, variant: usize| {
        ok(
            "persistent-gap",
            1.5,
            if variant == 0 {
                0.0
            } else if inside(keys) {
                0.02
            } else {
                -0.01
            },
        )
    };
    let (bench, words) = explained(&table(3000, &["left-alone", "cluster"], row), &[]);
    let rules = rows(&bench.read("explained/thresholds.csv"));
    let two: Vec<_> =
        rules.iter().filter(|rule| rule["keys"] == "2" && rule["condition"] == "equivalent_variation>0").collect();
    assert_eq!(two.len(), 2, "one row for each half");
    for (rule, (key, side, at)) in two.iter().zip([("a", "above", 0.6), ("b", "below", 0.3)]) {
        assert_eq!(
            (rule["variant"].as_str(), rule["key"].as_str(), rule["side"].as_str(), rule["joint"].as_str()),
            ("cluster", key, side, "both")
        );
        assert!((number(&rule["at"]) - at).abs() < 2e-3 && rule["accuracy"] == "1.0", "{rule:?}");
        assert!(number(&rule["at_low"]) <= at && at <= number(&rule["at_high"]), "{rule:?}");
    }
    let boxes = rows(&bench.read("explained/boxes.csv"));
    let first: Vec<_> =
        boxes.iter().filter(|limit| limit["box"] == "1" && limit["condition"] == "equivalent_variation>0").collect();
    assert_eq!(first.len(), 2, "{first:?}");
    assert!((number(&first[0]["low"]) - 0.6).abs() < 0.03 && first[0]["high"].is_empty(), "{first:?}");
    assert!((number(&first[1]["high"]) - 0.3).abs() < 0.03 && first[1]["low"].is_empty(), "{first:?}");
    let picked: Vec<_> =
        rows(&bench.read("explained/peeling.csv")).into_iter().filter(|step| step["picked"] == "true").collect();
    assert!(number(&picked[0]["coverage"]) > 0.9 && number(&picked[0]["density"]) > 0.9, "{picked:?}");
    assert!(words.contains("“cluster” is better than its baseline in 12 % of the draws: where"), "{words}");
    assert!(words.contains(" and b is below 0.3 in 100 % of them, elsewhere in 0 %"), "{words}");

    // What holds in a few draws alone is told as few, and not where.
    let rare = |[a, _]: [f64; 2], variant: usize| {
        ok("persistent-gap", 1.5, if variant == 1 { if a > 0.995 { 0.1 } else { -0.01 } } else { 0.0 })
    };
    let (_, words) = explained(&table(600, &["left-alone", "cluster"], rare), &[]);
    assert!(words.contains(" of 600): too few to tell where."), "{words}");

    // The twin: better by chance, as far as the keys know.
    let chance = |keys: [f64; 2]| (1e4 * (keys[0] + 3.0 * keys[1])).fract() > 0.5;
    let row = |keys, variant: usize| {
        ok(
            "persistent-gap",
            1.5,
            if variant == 0 {
                0.0
            } else if chance(keys) {
                0.02
            } else {
                -0.01
            },
        )
    };
    let (_, words) = explained(&table(3000, &["left-alone", "cluster"], row), &[]);
    assert!(words.contains("no threshold of one key or two tells where."), "{words}");
}

#[test]
fn the_choice_is_what_its_draws_say() {
    // One is better where a > ¼, the other is safe.
    let gain = |[a, _]: [f64; 2], variant: usize| [0.0, if a > 0.25 { 0.08 } else { -0.02 }, 0.01][variant];
    let row = |keys, variant| ok("persistent-gap", 1.5, gain(keys, variant));
    let (bench, words) = explained(&table(2000, &["alone", "bold", "safe"], row), &[]);
    let draws: Vec<[f64; 3]> =
        (0..2000).map(|draw| [0, 1, 2].map(|v| gain([unit(draw, 0), unit(draw, 1)], v))).collect();
    let variants = rows(&bench.read("explained/variants.csv"));
    let mean = |of: &dyn Fn(&[f64; 3]) -> f64| draws.iter().map(of).sum::<f64>() / draws.len() as f64;
    let most = |draw: &[f64; 3]| draw.iter().copied().fold(f64::MIN, f64::max);
    for (v, row) in variants.iter().enumerate() {
        let regret = |draw: &[f64; 3]| (1.0 + most(draw)) / (1.0 + draw[v]) - 1.0;
        let mut regrets: Vec<f64> = draws.iter().map(regret).collect();
        regrets.sort_by(f64::total_cmp);
        let place: f64 = 0.9 * 1999.0;
        #[expect(clippy::cast_possible_truncation, reason = "a rank")]
        let [below, above] = [place.floor(), place.ceil()].map(|place| regrets[place as usize]);
        let p90 = below + place.fract() * (above - below);
        for (column, expected) in [
            ("best", mean(&|draw| f64::from(u8::from(draw[v] == most(draw))))),
            ("expected", mean(&|draw| (1.0 + draw[v]).ln()).exp() - 1.0),
            ("worst", draws.iter().map(|draw| draw[v]).fold(f64::MAX, f64::min)),
            ("regret", mean(&|draw| regret(draw))),
            ("regret_p90", p90),
            ("regret_max", regrets[1999]),
        ] {
            assert!((number(&row[column]) - expected).abs() < 1e-12, "{column}: {row:?}, not {expected}");
        }
    }
    assert_eq!(column(&bench.read("explained/variants.csv"), "better")[0], "", "the baseline is better than none");
    let knowing = rows(&bench.read("explained/information.csv"));
    // Whoever knows a chooses rightly; whoever knows b knows nothing.
    let all = mean(&|draw| (1.0 + most(draw)).ln()) - mean(&|draw| (1.0 + draw[1]).ln());
    assert!(knowing[0]["key"].is_empty() && (number(&knowing[0]["value"]) - all.exp_m1()).abs() < 1e-12, "{knowing:?}");
    assert!(
        (number(&knowing[1]["value"]) / all.exp_m1() - 1.0).abs() < 0.1 && number(&knowing[2]["value"]) < 1e-3,
        "{knowing:?}"
    );
    for sentence in [
        "“bold” is the best of all, ties included, in 75 % (73 to 77) of the draws",
        "it has the highest expected worth, too",
        "The best worst draw is that of “safe” (1 % of income against “alone”), the smallest largest regret that of “bold”",
        "One of “bold” and “safe” is the best, or as good, in every draw; “alone” is never needed.",
        "to know a alone",
    ] {
        assert!(words.contains(sentence), "{sentence}\n{words}");
    }
    assert!(!words.contains("dominates every other"), "“bold” is worse at times: {words}");

    // The twin: one that is better always.
    let row = |_, variant: usize| ok("persistent-gap", 1.5, [0.0, 0.05][variant]);
    let (_, words) = explained(&table(200, &["alone", "bold"], row), &[]);
    assert!(words.contains("“bold” is the best, or as good, in every draw."), "{words}");
    assert!(words.contains("“bold” dominates every other to first order"), "{words}");
    assert!(!words.contains("To know every draw"), "there is nothing to know: {words}");
}

#[test]
fn a_sweep_explains_itself_with_the_same_bytes_on_any_number_of_threads() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    bench.write(
        "study.toml",
        "schema_version = 1\nscenario = \"a.toml\"\ntitle = \"How fast, and what then?\"\n[design]\nkind = \"sobol\"\nsamples = 256\n\
         [vary]\n\"catch_up.beta\" = { uniform = [0.02, 0.06], as = \"beta\" }\n\"growth.x\" = { uniform = [0.005, 0.015] }\n\
         [variants.alone]\npolicy = []\nsolver.method = \"exact\"\n[variants.as-it-is]\nsolver.method = \"exact\"\n",
    );
    assert_eq!(bench.run(&["sweep", "study.toml", "-q"]).code, Some(0));
    let files = [
        "importance.csv",
        "thresholds.csv",
        "boxes.csv",
        "peeling.csv",
        "variants.csv",
        "pairs.csv",
        "information.csv",
        "summary.json",
        "sweep.html",
        "datapackage.json",
    ];
    let told = |threads: &str| {
        let ran = bench.run(&["explain", "output/study", "--threads", threads]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        (ran.out, files.map(|file| bench.read(&format!("output/study/explained/{file}"))))
    };
    let (words, one) = told("1");
    assert_eq!(told("2").1, one, "on two threads");
    assert!(
        words.contains("How fast, and what then?")
            && words.contains("256 draws of a Sobol design over 2 keys under 2 variants."),
        "{words}"
    );
    assert!(words.contains("1,024 draws in all would halve them"), "{words}");
    assert!(one[0].contains(",beta,") && !one[0].contains("catch_up.beta"), "its short name is its name");
    assert!(one[8].contains("<h1>How fast, and what then?</h1>"), "the page's title");
    assert!(!one.iter().any(|file| file.contains("NaN")));
    // The tables can be put into a workbook: the folder is one of ours.
    assert_eq!(bench.run(&["export", "output/study/explained", "--format", "csv2"]).code, Some(0));
    let ran = bench.run(&["explain", "output/study", "--json", "--measure", "final_gap"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let of = answer["importance"].as_array().expect("rows").iter().map(|row| row["of"].as_str().expect("a text"));
    assert!(of.filter(|of| !of.contains('=')).all(|of| of == "final_gap"), "{answer}");
}

/// What a table says goes when the sweep writes another table; it stays with the one that it is of, as does what somebody put there.
#[test]
fn what_a_table_says_goes_with_it() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    let sweep = |samples: u32| {
        let text = format!(
            "schema_version = 1\nscenario = \"a.toml\"\nseed = 1\n[design]\nkind = \"random\"\nsamples = {samples}\n\
             [vary]\n\"catch_up.beta\" = {{ uniform = [0.02, 0.06] }}\n"
        );
        bench.write("study.toml", text);
        assert_eq!(bench.run(&["sweep", "study.toml", "-q"]).code, Some(0));
    };
    let explain = || assert_eq!(bench.run(&["explain", "output/study", "-q"]).code, Some(0));
    let there = |file: &str| bench.exists(&format!("output/study/explained/{file}"));
    sweep(64);
    explain();
    sweep(64);
    assert!(there("importance.csv") && there("sweep.html") && there("importance.svg"), "it is of this table");
    bench.write("output/study/explained/notes.txt", "mine");
    sweep(128);
    assert!(!there("importance.csv") && !there("sweep.html") && !there("importance.svg") && !there("datapackage.json"));
    assert_eq!(bench.read("output/study/explained/notes.txt"), "mine");
    std::fs::remove_file(bench.path().join("output/study/explained/notes.txt")).expect("it is there");
    explain();
    sweep(192);
    assert!(bench.exists("output/study/runs.csv") && !bench.exists("output/study/explained"), "nothing is left of it");
}

#[test]
fn a_sweep_under_way_says_what_its_runs_say_and_is_not_disturbed() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    bench.write(
        "study.toml",
        "schema_version = 1\nscenario = \"a.toml\"\n[design]\nkind = \"sobol\"\nsamples = 40000\n\
         [vary]\ncatch_up.beta = { uniform = [0.02, 0.06] }\n[variants.alone]\npolicy = []\nsolver.method = \"exact\"\n",
    );
    assert_eq!(bench.run(&["sweep", "study.toml", "-q", "--out", "whole"]).code, Some(0));
    assert_eq!(bench.run(&["sweep", "study.toml", "-q", "--shard", "1/2"]).code, Some(0));
    let ran = bench.run(&["explain", "output/study"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains(" of 40,000 draws (the sweep is not finished)"), "{ran:?}");
    assert_eq!(bench.run(&["sweep", "study.toml", "-q"]).code, Some(0));
    let read = |folder: &str| std::fs::read(bench.path().join(folder).join("study/runs.parquet")).expect("a table");
    assert!(read("output") == read("whole"), "it goes on to the same bytes");
    let ran = bench.run(&["explain", "output/study"]);
    assert!(ran.out.contains("40,000 draws of a Sobol design over one key."), "{ran:?}");
}

#[test]
fn keys_that_hang_together_are_told_as_such() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    let told = |more: &str| {
        bench.write(
            "study.toml",
            format!(
                "schema_version = 1\nscenario = \"a.toml\"\n[design]\nkind = \"random\"\nsamples = 200\n[vary]\n\
                 \"sector.textiles.y_P\" = {{ uniform = [0.7, 0.9], as = \"a\" }}\n\"sector.electronics.y_P\" = {{ uniform = [0.7, 0.9], as = \"b\" }}\n{more}"
            ),
        );
        let ran = bench.run(&["sweep", "study.toml", "-q", "--fresh"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let ran = bench.run(&["explain", "output/study"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        (ran.out, column(&bench.read("output/study/explained/importance.csv"), "key"))
    };
    const TOGETHER: &str = "Some keys are drawn together";
    let (words, keys) = told("\"sector.electronics.y_R\" = { same_as = \"sector.textiles.y_P\", as = \"c\" }\n");
    assert!(!words.contains(TOGETHER) && words.contains("over 2 keys"), "{words}");
    assert!(keys.iter().all(|key| key != "c"), "a key that follows another is no key of its own");
    let (words, _) = told("[correlation]\n\"sector.textiles.y_P\" = { \"sector.electronics.y_P\" = 0.6 }\n");
    assert!(words.contains(TOGETHER), "{words}");
}

#[test]
fn designs_made_for_it_have_their_own_indices() {
    let bench = Bench::new();
    bench.write("a.toml", catchup::scenario::STARTER);
    for (kind, samples, wanted, not, said, independent) in [
        (
            "saltelli",
            64,
            ["first-order", "total-order"],
            "mu-star",
            "Intervals are those of 95 % over the blocks of the design; shares and means are those of its base points",
            "128",
        ),
        (
            "morris",
            20,
            ["mu-star", "sigma"],
            "first-order",
            "Intervals are those of 95 % over the trajectories of the design; shares and means are those of the first draw of each",
            "20",
        ),
    ] {
        bench.write(
            "study.toml",
            format!(
                "schema_version = 1\nscenario = \"a.toml\"\nname = \"{kind}\"\n[design]\nkind = \"{kind}\"\nsamples = {samples}\n\
                 [vary]\ncatch_up.beta = {{ uniform = [0.03, 0.06] }}\ngrowth.x = {{ uniform = [0.005, 0.015] }}\n\
                 [variants.alone]\npolicy = []\nsolver.method = \"exact\"\n[variants.as-it-is]\nsolver.method = \"exact\"\n"
            ),
        );
        assert_eq!(bench.run(&["sweep", "study.toml", "-q"]).code, Some(0));
        let ran = bench.run(&["explain", &format!("output/{kind}")]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let importance = rows(&bench.read(&format!("output/{kind}/explained/importance.csv")));
        let of_gap: Vec<&str> = importance
            .iter()
            .filter(|row| row["of"] == "long_run_gap" && row["reason"].is_empty())
            .map(|row| row["index"].as_str())
            .collect();
        assert!(wanted.iter().all(|index| of_gap.contains(index)) && !of_gap.contains(&not), "{kind}: {of_gap:?}");
        assert!(ran.out.contains(said), "{kind}: {}", ran.out);
        let variants = rows(&bench.read(&format!("output/{kind}/explained/variants.csv")));
        assert!(!variants.is_empty() && variants.iter().all(|row| row["draws"] == independent), "{kind}: {variants:?}");
    }
    // What is asked for by name is told alone, and refused where the draws are not laid out for it.
    let told = |analysis: &str| {
        let ran = bench.run(&["explain", "output/saltelli", "--analysis", analysis]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let importance = rows(&bench.read("output/saltelli/explained/importance.csv"));
        importance.into_iter().map(|row| row["index"].clone()).collect::<BTreeSet<String>>()
    };
    assert_eq!(told("sobol"), BTreeSet::from(["first-order", "total-order"].map(str::to_owned)));
    let given = told("given-data");
    assert!(given.contains("first-order") && given.contains("delta") && !given.contains("total-order"), "{given:?}");
    assert!(told("given-data,sobol").contains("total-order"));
    for (folder, analysis, parts) in [
        ("output/morris", "given-data", ["kind = \"morris\" has none", "kind = \"sobol\" or \"random\""]),
        ("output/saltelli", "morris", ["kind = \"saltelli\" has none", "kind = \"morris\""]),
        ("output/saltelli", "sobol,morris", ["one key at a time", "kind = \"morris\""]),
        ("alone.csv", "sobol", ["nothing says how the draws of alone.csv are laid out", "sweep.toml"]),
    ] {
        bench.write("alone.csv", bench.read("output/saltelli/runs.csv"));
        let ran = bench.run(&["explain", folder, "--analysis", analysis]);
        assert_eq!(ran.code, Some(2), "{analysis}: {ran:?}");
        assert!(parts.iter().all(|part| ran.err.contains(part)), "{analysis}: {}", ran.err);
    }
}

/// Keys for which there is no room are not said to explain little.
#[test]
fn keys_without_room_are_told_from_those_that_do_little() {
    let bench = Bench::new();
    let sectors = ["one", "two", "three"];
    let of = |name: &str| format!("[sector.{name}]\nlambda = 1.3\ny_R = 1\ny_P = 0.8\nZ_P = 0.6\n");
    let world = "schema_version = 1\ntime.horizon = 40\ngrowth.x = 0.02\ncatch_up.beta = 0.04\n";
    bench.write("a.toml", world.to_owned() + &sectors.map(of).concat());
    let keys = ["lambda", "y_R", "y_P", "Z_P"];
    let all = sectors.iter().flat_map(|name| keys.map(|key| format!("sector.{name}.{key}")));
    let all: Vec<String> = all.chain(["growth.x".to_owned(), "catch_up.beta".to_owned()]).collect();
    let vary = |key: &String| match key.rsplit('.').next() {
        Some("lambda") => format!("{key} = {{ uniform = [1.1, 1.6] }}\n"),
        Some("x") => format!("{key} = {{ uniform = [0.01, 0.02] }}\n"),
        Some("beta") => format!("{key} = {{ uniform = [0.03, 0.06] }}\n"),
        _ => format!("{key} = {{ uniform = [0.5, 0.9] }}\n"),
    };
    let vary: String = all.iter().map(vary).collect();
    for (kind, wanted, not) in
        [("morris", "; the first 12 of 14 keys", "under 1 %"), ("sobol", "under 1 % each", "; the first 12")]
    {
        let sweep = "schema_version = 1\nscenario = \"a.toml\"\n";
        let design = format!("name = \"{kind}\"\n[design]\nkind = \"{kind}\"\nsamples = 256\n");
        bench.write("study.toml", format!("{sweep}{design}[vary]\n{vary}"));
        let ran = bench.run(&["sweep", "study.toml", "-q"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(bench.run(&["explain", &format!("output/{kind}"), "-q"]).code, Some(0));
        let page = bench.read(&format!("output/{kind}/explained/sweep.html"));
        assert!(page.contains(wanted) && !page.contains(not), "{kind}: {wanted}, not {not}");
    }
}

#[test]
fn what_cannot_be_explained_is_refused_with_a_hint() {
    let bench = Bench::new();
    bench.write("runs.csv", table(20, &["one", "two"], |[a, _], _| ok("persistent-gap", 1.0 + a, 0.0)));
    let whole = bench.read("runs.csv");
    bench.write("mixed.csv", whole.replacen(",two,", ",one,", 1));
    bench.write("empty.csv", whole.lines().next().expect("a header").to_owned() + "\n");
    bench.write("other.csv", "a,b\n1,2\n");
    bench.write("folder/notes.txt", "mine");
    for (args, parts) in [
        (&["nowhere"][..], &["cannot read nowhere", "the folder of a sweep"][..]),
        (&["folder"], &["folder holds no sweep", "runs.parquet", "catchup sweep"]),
        (&["other.csv"], &["other.csv is no table of a sweep's runs", "run, variant"]),
        (&["mixed.csv"], &["not in the order of a sweep's", "every draw has a row for each variant"]),
        (&["empty.csv"], &["empty.csv has no rows"]),
        (&["runs.csv", "--measure", "long_run_gpa"], &["no such measure", "did you mean `long_run_gap`?"]),
        (&["runs.csv", "--of", "long_run_gap"], &["is no condition"]),
        (&["runs.csv", "--of", "best=three"], &["best is never three", "allowed: one, two"]),
        (&["runs.csv", "--of", "benefit_cost>1"], &["no column benefit_cost", "long_run_gap"]),
        (&["runs.csv", "--of", "half_life<10"], &["no column half_life"]),
    ] {
        let ran = bench.run(&[&["explain"], args].concat());
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(parts.iter().all(|part| ran.err.contains(part)), "{args:?}: {}", ran.err);
        assert!(!bench.exists("explained"), "{args:?} leaves nothing");
    }
}
