//! Protects what is said of a finished table of draws, by others who compute the same: boxes by the EMA Workbench, on the 882 cases of
//! Bryant and Lempert (2010) that come with it (read from the installed package) and on random tables; what a choice comes to
//! by pandas, from a table and from the runs of a sweep.
//!
//! Needs Python with the packages `ema_workbench`, `pandas` and `pyarrow`, as in `read_back.rs`.

use crate::common::{Bench, root};
use crate::{ensure, missing_packages, python, trial};
use catchup::explain::choice::{Order, Ranked, Tally};
use catchup::explain::prim::{Course, Found, Limit, Pick, Settings, search};
use catchup::explain::{Classed, Estimate, Key, Untold};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn script(verb: &str, folder: &Path) -> Result<(), Failed> {
    let script = root().join("tests/outside/explain.py");
    let output = Command::new(python()).arg(script).arg(verb).arg(folder).output()?;
    let said = || String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    ensure(output.status.success(), said)
}

/// A table of texts, its first row the names.
fn cells(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    let rows: Vec<Vec<String>> = lines.collect();
    let columns = (0..names.len()).map(|i| rows.iter().map(|row| row[i].clone()).collect()).collect();
    (names, columns)
}

fn limits(course: &Course, keys: &[Key<'_>]) -> Vec<Value> {
    let of = |(limit, quasi_p): (&Limit, &[Option<f64>; 2])| match limit {
        Limit::Range(ends) => json!({ "ends": ends, "quasi_p": quasi_p }),
        Limit::Levels(levels) => json!({ "levels": levels, "quasi_p": quasi_p }),
    };
    let step = |step: &catchup::explain::prim::Step| {
        assert_eq!(step.limits.len(), keys.len());
        json!({
            "cases": step.cases.all,
            "hits": step.cases.hits,
            "coverage": step.coverage,
            "density": step.density,
            "mass": step.mass,
            "restricted": step.restricted,
            "limits": step.limits.iter().zip(&step.quasi_p).map(of).collect::<Vec<_>>(),
        })
    };
    course.steps.iter().map(step).collect()
}

/// Searches `cases.csv`, whose last column says whether the condition holds, and leaves what was found for the script.
fn boxes(bench: &Bench, peeling: f64, count: usize) -> Result<Found, Failed> {
    let (names, columns) = cells(&bench.read("cases.csv"));
    let numbers = |column: &Vec<String>| column.iter().map(|cell| cell.parse()).collect::<Result<Vec<f64>, _>>();
    let mut read: Vec<(Vec<f64>, Vec<String>)> = Vec::new();
    for column in &columns {
        read.push(numbers(column).map(|numbers| (numbers, Vec::new())).unwrap_or_else(|_| {
            let mut levels = column.clone();
            levels.sort();
            levels.dedup();
            let level = |cell: &String| levels.iter().position(|level| level == cell).map_or(f64::NAN, |at| at as f64);
            (column.iter().map(level).collect(), levels)
        }));
    }
    let (holds, read) = read.split_last().ok_or("no column")?;
    let key = |(column, levels): &'_ (Vec<f64>, Vec<String>)| (column.clone(), levels.len());
    let read: Vec<(Vec<f64>, usize)> = read.iter().map(key).collect();
    let keys: Vec<Key<'_>> = read
        .iter()
        .map(|(column, levels)| if *levels > 0 { Key::Levels(column, *levels) } else { Key::Numbers(column) })
        .collect();
    let settings = Settings { peeling, ..Settings::default() };
    let found = search(&keys, &holds.0, &settings, Pick::Last, count).map_err(Untold::meaning)?;
    let courses: Vec<_> = found.courses.iter().map(|course| limits(course, &keys)).collect();
    let told = json!({ "names": names[..names.len() - 1], "peeling": peeling, "courses": courses });
    bench.write("boxes.json", told.to_string());
    Ok(found)
}

fn the_cases_of_bryant_and_lempert_have_the_boxes_that_are_known() -> Result<(), Failed> {
    let bench = Bench::new();
    script("cases", bench.path())?;
    let found = boxes(&bench, 0.1, 2)?;
    script("boxes", bench.path())?;
    let steps = &found.courses[0].steps;
    let counts: Vec<[u64; 2]> = steps.iter().map(|step| [step.cases.all, step.cases.hits]).collect();
    let known = counts[..3] == [[882, 89], [792, 89], [710, 89]] && counts[20..23] == [[97, 71], [87, 67], [78, 65]];
    ensure(known, || format!("{counts:?}"))?;
    let step = &steps[21];
    let near = [(step.coverage, 0.752_809), (step.density, 0.770_115), (step.mass, 0.098_639_5)];
    ensure(near.iter().all(|(found, known)| (found - known).abs() < 5e-7), || format!("{near:?}"))?;
    let ends: Vec<f64> = step
        .limits
        .iter()
        .flat_map(|limit| if let Limit::Range(ends) = limit { ends.to_vec() } else { Vec::new() })
        .flatten()
        .collect();
    // Cellulosic cost, total biomass, demand elasticity, biomass backstop price.
    let known = [72.65, 755.8, -0.422, 150.05];
    let same = ends.len() == known.len() && ends.iter().zip(known).all(|(end, known)| (end - known).abs() < 1e-4);
    ensure(same, || format!("{ends:?}"))?;
    boxes(&bench, 0.05, 1)?;
    script("boxes", bench.path())
}

/// Two corners and a level where the condition holds more often, values with ties, and noise.
fn the_boxes_of_random_tables_are_the_workbenchs() -> Result<(), Failed> {
    let mut random = fastrand::Rng::with_seed(4);
    let mut pasted = 0;
    for case in 0..8 {
        let bench = Bench::new();
        let mut text = String::from("a,b,c,kind,holds\n");
        for _ in 0..300 + 100 * case {
            let (a, b) = (random.f64(), (random.f64() * 20.0).floor() / 20.0 - 0.5);
            let (c, kind) = (random.f64() * 1e3, ["left", "right", "middle"][random.usize(0..3)]);
            let inside = (a > 0.6 && b < 0.2 && kind != "left") || (c < 150.0 && kind == "left");
            let holds = u8::from(random.f64() < if inside { 0.8 } else { 0.15 });
            text += &format!("{a:?},{b:?},{c:?},{kind},{holds}\n");
        }
        bench.write("cases.csv", text);
        let found = boxes(&bench, [0.05, 0.1, 0.2][case % 3], 2)?;
        pasted += found.courses.iter().map(|course| course.steps.len() - course.pasted).sum::<usize>();
        script("boxes", bench.path()).map_err(|error| format!("case {case}: {error:?}"))?;
    }
    ensure(pasted > 0, || "no box was pasted".to_owned())
}

fn told(estimate: &Estimate) -> Value {
    json!([estimate.value, estimate.low, estimate.high, estimate.error])
}

/// Variants of which two are measured against others than the first, with ties, gaps, and what cannot be compared.
fn what_a_choice_comes_to_is_what_pandas_computes() -> Result<(), Failed> {
    let bench = Bench::new();
    let mut random = fastrand::Rng::with_seed(6);
    let baselines = [0, 0, 1, 0, 3];
    // What the key moves: which variant is best depends on it.
    let slopes = [0.0, 0.03, -0.06, 0.0, 0.01];
    let (mut gains, mut key) = (Vec::new(), Vec::new());
    let mut text = String::from("run,variant,against,key,equivalent_variation\n");
    for run in 0..3000 {
        let x = random.usize(0..7);
        key.push(x as f64);
        for (variant, against) in baselines.iter().enumerate() {
            let gain = match random.usize(0..300) {
                _ if *against == variant => 0.0,
                0 => f64::NAN,
                1 => f64::INFINITY,
                2 => -1.0,
                _ => ((random.f64() - 0.45) * 40.0).round() / 80.0 + slopes[variant] * (x as f64 - 3.0),
            };
            let cell = if gain.is_nan() { String::new() } else { format!("{gain}") };
            text += &format!("{run},v{variant},v{against},{x},{cell}\n");
            gains.push(gain);
        }
    }
    bench.write("runs.csv", text);
    let keys = [Classed::new(Key::Levels(&key, 7))];
    let mut tally = Tally::new(&baselines, &keys);
    let mut ranked = Ranked::new(&baselines);
    for piece in gains.chunks(5 * 77) {
        tally.add(piece);
        ranked.add(piece);
    }
    let choice = tally.choice().map_err(Untold::meaning)?;
    let quantiles: Vec<Value> =
        ranked.regret(0.9).iter().map(|told_of| told_of.as_ref().map(told).unwrap_or_default()).collect();
    let dominances = ranked.dominances();
    let over =
        |v: usize, u: usize| dominances.over(v, u).map(|of| json!([of.first, of.second, of.excess, of.shortfall]));
    let square = |of: &dyn Fn(usize, usize) -> Option<Value>| -> Vec<Vec<Option<Value>>> {
        (0..5).map(|v| (0..5).map(|u| of(v, u)).collect()).collect()
    };
    let known = choice.keys[0].as_ref().map_err(|why| why.meaning())?;
    let variants: Vec<Value> = choice
        .variants
        .iter()
        .zip(&quantiles)
        .map(|(of, regret_90)| {
            json!({
                "best": told(&of.best), "better": of.better.as_ref().map(told), "expected": told(&of.expected),
                "worst": of.worst, "regret": told(&of.regret), "regret_90": regret_90, "worst_regret": of.worst_regret,
            })
        })
        .collect();
    let pairs: Vec<Value> = choice
        .pairs
        .iter()
        .map(|pair| {
            json!({ "of": pair.of, "better": told(&pair.better), "worse": told(&pair.worse), "ahead": told(&pair.ahead) })
        })
        .collect();
    let all = json!({
        "draws": choice.draws, "left_out": choice.left_out, "variants": variants, "pairs": pairs,
        "expected": choice.expected, "maximin": choice.maximin, "least_regret": choice.least_regret,
        "perfect": told(&choice.perfect), "key": told(&known.value), "cautious": known.cautious,
        "smallest": choice.smallest.variants,
        "over": square(&over),
        "undominated": [dominances.undominated(Order::First), dominances.undominated(Order::Second)],
    });
    bench.write("choice.json", all.to_string());
    script("choice", bench.path())
}

/// The shipped study, smaller, with a variant that is measured against another than the first.
fn the_tables_of_a_sweep_are_what_pandas_computes_from_its_runs() -> Result<(), Failed> {
    let bench = Bench::new();
    let path = root().join("scenarios/sweeps/lagging-region.toml");
    let study = std::fs::read_to_string(path)?;
    let scenario = root().join("scenarios/lagging-region.toml");
    let study = study
        .replace("../lagging-region.toml", &scenario.display().to_string())
        .replace("samples = 4096", "samples = 600")
        .replace("kind = \"sobol\"", "kind = \"random\"")
        .replace("[variants.business-services]\n", "[variants.business-services]\nbaseline = \"manufacturing\"\n");
    bench.write("study.toml", study);
    for args in [&["sweep", "study.toml"][..], &["explain", "output/lagging-region-study"]] {
        let ran = bench.run(args);
        ensure(ran.code == Some(0), || format!("{ran:?}"))?;
    }
    script("tables", &bench.path().join("output/lagging-region-study"))
}

pub fn trials() -> Vec<Trial> {
    let boxes = || missing_packages(&["ema_workbench", "pandas"]);
    vec![
        trial(
            "explain::the_cases_of_bryant_and_lempert_have_the_boxes_that_are_known",
            boxes(),
            the_cases_of_bryant_and_lempert_have_the_boxes_that_are_known,
        ),
        trial(
            "explain::the_boxes_of_random_tables_are_the_workbenchs",
            boxes(),
            the_boxes_of_random_tables_are_the_workbenchs,
        ),
        trial(
            "explain::what_a_choice_comes_to_is_what_pandas_computes",
            missing_packages(&["pandas"]),
            what_a_choice_comes_to_is_what_pandas_computes,
        ),
        trial(
            "explain::the_tables_of_a_sweep_are_what_pandas_computes_from_its_runs",
            missing_packages(&["pandas", "pyarrow"]),
            the_tables_of_a_sweep_are_what_pandas_computes_from_its_runs,
        ),
    ]
}
