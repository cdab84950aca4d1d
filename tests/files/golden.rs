//! Protects whole outputs of three shipped scenarios against unnoticed change: text to the letter, numbers to 1e-9.
//! What the numbers should be is proved elsewhere; here they only must not drift.
//!
//! After a change that is meant to move them: `CATCHUP_RENEW_GOLDEN=1 cargo test --test files golden`, and read the diff.

use crate::common::{Bench, root};

const SCENARIOS: [&str; 3] = ["lagging-region", "garments-electronics", "paper/infant-cluster"];
const FILES: [&str; 5] = ["trajectory.csv", "sectors.csv", "events.csv", "summary.json", "scenario.toml"];

/// Whether two cells (or words) are the same text, or numbers within the tolerance.
fn same(got: &str, golden: &str) -> bool {
    match (got.parse::<f64>(), golden.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-12,
        _ => got == golden,
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split([',', ' ', '\n', ':']).collect()
}

#[test]
fn outputs_are_what_they_were() {
    let bench = Bench::new();
    for scenario in SCENARIOS {
        let file = root().join("scenarios").join(format!("{scenario}.toml"));
        let ran = bench.run(&["run", file.to_str().expect("UTF-8")]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let name = scenario.rsplit('/').next().expect("a name");
        let golden = root().join("tests/golden").join(name);
        if std::env::var_os("CATCHUP_RENEW_GOLDEN").is_some() {
            std::fs::create_dir_all(&golden).expect("a folder");
            for file in FILES {
                std::fs::write(golden.join(file), bench.read(&format!("output/{name}/{file}"))).expect("written");
            }
        }
        for file in FILES {
            let got = bench.read(&format!("output/{name}/{file}"));
            let kept =
                std::fs::read_to_string(golden.join(file)).unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
            let (got, kept): (Vec<&str>, Vec<&str>) = (got.lines().collect(), kept.lines().collect());
            assert_eq!(got.len(), kept.len(), "{name}/{file}: number of lines");
            for (number, (got, kept)) in got.iter().zip(&kept).enumerate() {
                let (a, b) = (words(got), words(kept));
                let equal = a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a, b));
                assert!(equal, "{name}/{file}:{}\n  now    {got}\n  golden {kept}", number + 1);
            }
        }
    }
}
