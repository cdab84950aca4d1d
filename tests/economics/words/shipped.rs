//! What is said of the shipped scenarios and comparisons.

use super::{shipped, told_of};
use crate::common::root;
use catchup::compare::{Comparison, Member};
use catchup::measure::Measure;
use catchup::scenario::load;
use catchup::summary::Verdict;
use catchup::words::{Told, comparison, run};

#[test]
fn accounts_of_the_shipped_scenarios_say_what_their_measures_bear_out() {
    let members = shipped();
    assert!(members.len() > 30, "{}", members.len());
    for Member { scenario, trajectory, summary } in &members {
        let said = run::account(&Told::new(scenario, summary)).join("\n");
        let name = &summary.name;
        for old in ["keeps a gap", "falls by as much", "NaN", "inf ", "until ", "half-life", "  "] {
            assert!(!said.contains(old), "{name}: {old:?} in\n{said}");
        }
        let last = trajectory.grid.start + trajectory.grid.t(trajectory.grid.periods);
        if summary[Measure::SettledYear].is_some_and(|settled| settled > last + 1e-9) {
            assert!(!said.contains("for good") && said.contains("after the last row"), "{name}:\n{said}");
        }
        let (first, limit) = (summary[Measure::InitialGap], summary[Measure::LongRunGap]);
        if let (Some(first), Some(limit)) = (first, limit)
            && summary.measures.verdict == Some(Verdict::PersistentGap)
        {
            assert!(!said.contains("narrows") || limit < first, "{name}:\n{said}");
            assert!(!said.contains("opens") || limit > first, "{name}:\n{said}");
            assert!(!said.contains("stays at") || (limit / first - 1.0).abs() < 0.011, "{name}:\n{said}");
        }
        let paid = trajectory.rows.iter().any(|row| row.subsidy > 0.0);
        assert!(!paid || said.contains("Subsidised "), "{name}:\n{said}");
        assert!(!said.contains("for ever") || summary.long_run_subsidised == Some(true), "{name}:\n{said}");
        for sector in scenario.keys.sector.keys().filter(|sector| sector.contains('_')) {
            assert!(!said.contains(sector.as_str()), "{name}: {sector} in\n{said}");
        }
    }
}

/// The answers of comparisons: of each shipped scenario left alone and with a cluster in each sector, and of the shipped ones.
#[test]
fn answers_of_the_shipped_comparisons_say_nothing_of_the_old_kind() {
    let mut compared: Vec<Vec<Member>> = Vec::new();
    for name in ["garments-electronics", "lagging-region", "cluster-collapse"] {
        let path = root().join("scenarios").join(format!("{name}.toml"));
        let scenario = load(&path.to_string_lossy(), &[]).expect("valid");
        let sectors = scenario.keys.sector.keys();
        let clusters = sectors.map(|sector| {
            let policy = format!("policy=[{{promote='{sector}', sustain='always'}}]");
            let sets = [policy, format!("name=cluster-{}", sector.replace('_', "-"))];
            load(&path.to_string_lossy(), &sets).expect("valid")
        });
        let alone = scenario.promoting("no-policy", "left alone", None).expect("valid");
        compared.push(std::iter::once(alone).chain(clusters).map(told_of).collect());
    }
    for group in ["hysteresis", "infant"] {
        compared.push(shipped().into_iter().filter(|member| member.scenario.keys.name.starts_with(group)).collect());
    }
    for members in compared {
        assert!(members.len() > 2);
        let all = Comparison::new("all".to_owned(), 0, members);
        let said = comparison::answer(&all).join("\n");
        for old in
            ["keeps a gap", "falls by as much", "NaN", "inf ", "until ", "half-life", "  ", "no-cluster", " P ", " R "]
        {
            let named = all.members[0].scenario.keys.regions.poor == "P" && [" P ", " R "].contains(&old);
            assert!(named || !said.contains(old), "{old:?} in\n{said}");
        }
        assert!(said.lines().all(|line| line.ends_with('.') && !line.ends_with("..")), "{said}");
        let sectors = all.members.iter().flat_map(|member| member.scenario.keys.sector.keys());
        for sector in sectors.filter(|sector| sector.contains('_')) {
            assert!(!said.contains(sector.as_str()), "{sector} in\n{said}");
        }
    }
}
