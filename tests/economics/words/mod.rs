//! Protects what the program says: each kind of sentence with a scenario that earns it and a near twin that does not, and no
//! sentence of a shipped scenario that its measures do not bear out.

mod comparison;
mod rules;
mod run;
mod shipped;
mod truths;

use crate::common::root;
use catchup::compare::Member;
use catchup::control::Control;
use catchup::scenario::{Scenario, load, parse};
use catchup::simulate::simulate;
use catchup::summary::summarise;

const WORLD: &str = r#"schema_version = 1
regions = { poor = "Norte", rich = "Germany" }
time = { start = 2000, horizon = 200 }
growth.x = 0.02
catch_up.beta = 0.04
sector.cloth = { label = "Wool & cloth", lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.5 }
sector.micro_chips = { lambda = 1.5, y_R = 1, y_P = 0.6, Z_P = 0.5 }
"#;

pub(super) fn member(text: &str, sets: &[&str]) -> Member {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    told_of(parse(text, &sets).unwrap_or_else(|report| panic!("{}", report.render(false))))
}

pub(super) fn told_of(scenario: Scenario) -> Member {
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(&scenario.keys.name, scenario.keys.title.as_deref(), &trajectory);
    Member { scenario, trajectory, summary }
}

#[track_caller]
pub(super) fn begins(sentence: &str, with: &str) {
    assert!(sentence.starts_with(with), "{sentence}\nshould begin: {with}");
}

/// P begins with a cluster in cloth.
const CLUSTER: &str = "poor.start=cluster:cloth";

pub(super) fn shipped() -> Vec<Member> {
    let mut members = Vec::new();
    for folder in ["scenarios", "scenarios/paper", "scenarios/comparisons"] {
        let entries = std::fs::read_dir(root().join(folder)).expect("scenarios");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
            let scenario =
                load(&file.to_string_lossy(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
            members.push(told_of(scenario));
        }
    }
    members
}
