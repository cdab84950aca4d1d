//! What is said of a comparison: the headline, Mill's test and Bastable's, the paradox.

use super::{CLUSTER, WORLD, begins, member};
use catchup::compare::{Comparison, Member};
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::summary::Outcome;
use catchup::words::comparison;

/// Cl(cloth) and Cl(micro_chips) against the world left alone.
fn compared(sets: &[&str], adjust: impl Fn(&mut Comparison)) -> Vec<String> {
    let policy =
        |sector: &str, until: &str| format!("policy=[{{promote='{sector}', sustain='always', from=10{until}}}]");
    let named = |name: &str, policy: String| {
        let sets: Vec<String> =
            sets.iter().map(|set| (*set).to_owned()).chain([format!("title={name}"), policy]).collect();
        member(WORLD, &sets.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let members = vec![
        named("'Left alone'", "policy=[]".to_owned()),
        named("Cloth", policy("cloth", ", until=40")),
        named("Chips", policy("micro_chips", "")),
    ];
    let mut all = Comparison::new("all".to_owned(), 0, members);
    adjust(&mut all);
    comparison::answer(&all)
}

fn outcomes(all: &mut Comparison, chips: Outcome) {
    all.members[1].summary.measures.outcome = Some(Outcome::SelfSustaining);
    all.members[1].summary.measures[Measure::SelfSustainingYear] = Some(2010.0);
    all.members[2].summary.measures.outcome = Some(chips);
    for member in &mut all.members[1..] {
        member.summary.measures[Measure::PeakSubsidyShare] = Some(0.2);
    }
    for (gains, variation) in all.gains.iter_mut().zip([0.0, 0.3, -0.1]) {
        gains.equivalent_variation = Some(variation);
    }
    (all.gains[0].rank, all.gains[1].rank, all.gains[2].rank) = (2, 1, 3);
    all.gains[1].passes_baseline_year = Some(2010.0);
}

#[test]
fn the_headline_says_what_was_done_and_what_it_is_worth_against_what() {
    let shock = "shock=[{at=50, label='Free trade', set={'growth.x'=0.025}}]";
    let said = compared(&[shock], |all| outcomes(all, Outcome::Collapsed));
    begins(
        &said[0],
        "“Cloth” (a cluster in Wool & cloth promoted from 2010 to 2039) is best for Norte: worth 30 % of income at every moment over \
         “Left alone”, discounted at 3 % a year over the whole path; ",
    );
    for part in ["real income is higher for good from 2010 on", "both paths assume the shock of 2050 (Free trade)."] {
        assert!(said[0].contains(part), "{part}: {}", said[0]);
    }
    assert_eq!(
        said[1],
        "“Cloth” passes Mill's test and Bastable's: its cluster in Wool & cloth stands on its own from 2010 on, and Norte fares \
         better with it than without."
    );
    let cut = compared(&["welfare.window=horizon"], |all| outcomes(all, Outcome::Collapsed));
    assert!(cut[0].contains("discounted at 3 % a year and cut off in 2200"), "{}", cut[0]);
    assert!(!cut[0].contains("assume"), "{}", cut[0]);
}

/// The two tests of infant support, each passed and failed, of what is an infant and differs from the baseline by support alone.
#[test]
fn the_tests_of_infant_support_are_told_of_infants() {
    let told = |sets: &[&str], outcome: Outcome, variation: f64, share: f64| {
        let said = compared(sets, |all| {
            outcomes(all, Outcome::Collapsed);
            all.members[1].summary.measures.outcome = Some(outcome);
            all.members[1].summary.measures[Measure::PeakSubsidyShare] = Some(share);
            all.members[1].summary.measures[Measure::SubsidyPv] = Some(share);
            all.gains[1].equivalent_variation = Some(variation);
        });
        said.into_iter().find(|line| line.contains("Mill's test") || line.starts_with("Under “Cloth”"))
    };
    let says = |outcome: Outcome, variation: f64| told(&[], outcome, variation, 0.2).expect("told");
    let [stands, gone] = ["stands on its own from 2010 on", "does not last"];
    let [better, worse, as_well] =
        ["better", "worse", "no better"].map(|how| format!("Norte fares {how} with it than without."));
    let cluster = "its cluster in Wool & cloth";
    let [own, lost] = [Outcome::SelfSustaining, Outcome::Collapsed];
    assert_eq!(says(own, 0.1), format!("“Cloth” passes Mill's test and Bastable's: {cluster} {stands}, and {better}"));
    assert_eq!(
        says(own, -0.1),
        format!("“Cloth” passes Mill's test but not Bastable's: {cluster} {stands}, but {worse}")
    );
    assert_eq!(
        says(own, 0.0),
        format!("“Cloth” passes Mill's test but not Bastable's: {cluster} {stands}, but {as_well}")
    );
    assert_eq!(
        says(lost, 0.1),
        format!("“Cloth” fails Mill's test but passes Bastable's: {cluster} {gone}, but {better}")
    );
    assert_eq!(
        says(lost, -0.1),
        format!("“Cloth” fails both Mill's test and Bastable's: {cluster} {gone}, and {worse}")
    );
    // No subsidy, or a cluster that stood before: no infant.
    assert_eq!(told(&[], own, 0.1, 0.0), None);
    assert_eq!(told(&[], lost, 0.1, 0.0).as_deref(), Some("Under “Cloth” the cluster in Wool & cloth does not last."));
    let stood = told(&[CLUSTER], own, 0.1, 0.2);
    assert_eq!(stood.as_deref(), Some("Under “Cloth” the cluster in Wool & cloth stands on its own from 2010 on."));
}

/// Bastable's test is of support: against another support, or another world, it is not told.
#[test]
fn what_support_is_worth_is_told_against_none() {
    let held = |name: &str, more: &[&str], policy: &str| {
        let title = format!("title={name}");
        member(WORLD, &[&[title.as_str(), policy], more].concat())
    };
    let [cloth, chips] =
        ["cloth", "micro_chips"].map(|sector| format!("policy=[{{promote='{sector}', sustain='always', until=60}}]"));
    let told = |members: Vec<Member>| {
        let said = comparison::answer(&Comparison::new("all".to_owned(), 0, members));
        said.into_iter().find(|line| line.contains("Mill's test")).expect("a subsidy is paid")
    };
    let (dear, none) = (["sector.micro_chips.y_P=0.7"], "policy=[]");
    let against_none = told(vec![held("Alone", &dear, none), held("Chips", &dear, &chips)]);
    assert!(against_none.contains("Bastable"), "{against_none}");
    let against_other = told(vec![held("Cloth", &dear, &cloth), held("Chips", &dear, &chips)]);
    assert!(!against_other.contains("Bastable"), "{against_other}");
    let elsewhere = told(vec![held("Alone", &["growth.x=0.021"], none), held("Chips", &dear, &chips)]);
    assert!(!elsewhere.contains("Bastable"), "{elsewhere}");
}

#[test]
fn those_that_are_worth_the_same_share_their_place() {
    let tie = compared(&[], |all| {
        outcomes(all, Outcome::Collapsed);
        all.gains[2].rank = 1;
    });
    assert!(tie[0].contains("“Cloth”") && tie[0].ends_with("; “Chips” is worth as much."), "{}", tie[0]);
    let alone = compared(&[], |all| outcomes(all, Outcome::Collapsed));
    assert!(!alone[0].contains("worth as much"), "{}", alone[0]);
}

#[test]
fn a_baseline_left_alone_is_told_by_what_becomes_of_its_cluster() {
    let left = |end: Regime, start: &str| {
        let said = compared(&[start], move |all| {
            outcomes(all, Outcome::Collapsed);
            let summary = &mut all.members[0].summary;
            summary.measures.long_run = Some(end);
            summary.long_run_sector = Some("cloth".to_owned());
        });
        said[0].clone()
    };
    assert!(left(Regime::Cluster(0), CLUSTER).contains("over “Left alone”, which keeps its cluster in Wool & cloth, "));
    assert!(
        left(Regime::Isolation(0), CLUSTER).contains("over “Left alone”, which loses its cluster in Wool & cloth, ")
    );
    assert!(left(Regime::Cluster(0), "poor.start=isolation").contains("over “Left alone”, discounted"));
}

#[test]
fn the_baseline_may_be_the_best() {
    let said = compared(&[], |all| {
        for (index, rank) in [1, 2, 3].into_iter().enumerate() {
            all.gains[index].rank = rank;
        }
    });
    begins(&said[0], "Nothing beats “Left alone”: no other path is worth as much to Norte");
    assert!(
        said[1].starts_with("“Cloth” (a cluster in Wool & cloth promoted from 2010 to 2039) comes next: worth "),
        "{}",
        said[1]
    );
    let tie = compared(&[], |all| {
        for (index, rank) in [1, 1, 3].into_iter().enumerate() {
            all.gains[index].rank = rank;
        }
    });
    begins(&tie[0], "Nothing beats “Left alone”; “Cloth” is worth as much to Norte");
    let all = compared(&[], |all| all.gains.iter_mut().for_each(|gains| gains.rank = 1));
    begins(&all[0], "All paths are worth the same to Norte");
}

/// The paradox needs all of: worth less, R clustered there, trade open, and a reason that the measures show.
#[test]
fn the_paradox_is_said_only_where_it_is_true() {
    const SAYS: &str = "has the stronger externality";
    let paradox = |said: Vec<String>| said.into_iter().find(|line| line.contains(SAYS));
    let lasting = paradox(compared(&[], |all| outcomes(all, Outcome::SelfSustaining))).expect("it is true");
    begins(&lasting, "A cluster in micro chips has the stronger externality (λ = 1.5 against 1.3 in Wool & cloth)");
    assert!(
        lasting.contains("Norte is for good at a greater disadvantage there (y_R/y_P = 1.667 against 1)"),
        "{lasting}"
    );
    let gone = paradox(compared(&[], |all| outcomes(all, Outcome::Collapsed))).expect("it is true");
    assert!(gone.ends_with("and the cluster does not last."), "{gone}");
    // Near twins.
    let as_good = |all: &mut Comparison| {
        outcomes(all, Outcome::Collapsed);
        all.gains[2].rank = 1;
    };
    assert_eq!(paradox(compared(&[], as_good)), None, "it is worth as much");
    let weaker = compared(&["sector.micro_chips.lambda=1.3"], |all| outcomes(all, Outcome::Collapsed));
    assert_eq!(paradox(weaker), None, "the externality is no stronger");
    let alone = compared(&["sector.micro_chips.cluster_R=false"], |all| outcomes(all, Outcome::Collapsed));
    assert_eq!(paradox(alone), None, "R has no cluster there: its price has not fallen");
    let closed = compared(&[], |all| {
        outcomes(all, Outcome::Collapsed);
        all.members[2].summary.measures.long_run = Some(Regime::Closed);
    });
    assert_eq!(paradox(closed), None, "trade is closed");
    let no_reason = compared(&[], |all| {
        outcomes(all, Outcome::SelfSustaining);
        all.members[2].summary.factors = all.members[1].summary.factors;
        all.members[2].summary.measures[Measure::SubsidyPv] = Some(0.0);
        all.members[2].summary.measures[Measure::HalfLife] = None;
    });
    assert_eq!(paradox(no_reason), None, "no measure shows why");
}

/// How a cluster ended that is worth less: never begun, with its promotion, or later by itself. Of several paths with the stronger
/// externality the best is judged.
#[test]
fn the_paradox_says_how_a_cluster_ended() {
    let told = |chips: &[(&str, &str)]| {
        let one =
            |(name, policy): &(&str, &str)| member(WORLD, &[&format!("policy=[{policy}]"), &format!("title={name}")]);
        let cloth = ("cloth", "{promote='cloth'}");
        let all = [("none", ""), cloth].iter().chain(chips).map(one).collect();
        let said = comparison::answer(&Comparison::new("all".to_owned(), 0, all));
        said.into_iter().find(|line| line.contains("has the stronger externality")).unwrap_or_default()
    };
    let (never, brief) = ("{promote='micro_chips'}", "{promote='micro_chips', sustain='always', until=12}");
    let ever = "{promote='micro_chips', sustain='always'}";
    assert!(told(&[("never", never)]).ends_with("and the cluster never forms."), "{}", told(&[("never", never)]));
    let ended = told(&[("brief", brief)]);
    assert!(ended.ends_with("and the cluster ends in 2012, when its promotion is over."), "{ended}");
    let best = told(&[("brief", brief), ("ever", ever), ("never", never)]);
    assert!(best.contains("for good at a greater disadvantage") && !best.contains("the cluster "), "{best}");
}

/// With nothing lasting between them, the cluster whose technology starts further behind is worth less while it catches up.
#[test]
fn the_paradox_may_lie_in_technology_that_has_to_catch_up() {
    const BEHIND: &str = "its technology starts further behind (z = 0.25 against 0.5)";
    const COSTS: &str = "holding it costs";
    let told = |z: &str, funds: &str| {
        let sets = ["sector.micro_chips.y_P=1", "policy=[]", z, funds];
        let promoting = |sector: &str| {
            let policy = format!("policy=[{{promote='{sector}', sustain='always'}}]");
            member(WORLD, &[sets[0], sets[2], sets[3], &policy, &format!("title={sector}")])
        };
        let members = vec![member(WORLD, &sets), promoting("cloth"), promoting("micro_chips")];
        comparison::answer(&Comparison::new("all".to_owned(), 0, members)).join("\n")
    };
    let (late, level) = ("sector.micro_chips.Z_P=0.25", "sector.micro_chips.Z_P=0.5");
    let said = told(late, "welfare.cost_of_funds=1");
    // The subsidy goes from pockets of P to others: it is no cost of its own.
    assert!(said.contains(BEHIND) && !said.contains(COSTS), "{said}");
    let said = told(late, "welfare.cost_of_funds=1.2");
    assert!(said.contains(BEHIND) && said.contains(COSTS), "{said}");
    let said = told(level, "welfare.cost_of_funds=1");
    assert!(!said.contains("further behind"), "{said}");
}

/// A mature cluster against a new one whose benefit takes years to come: with all else equal the stronger externality is worth
/// less while it does.
#[test]
fn the_paradox_may_lie_in_the_time_that_a_cluster_takes() {
    const TAKES: &str = "its benefit takes years to build up (τ = 60 against 0)";
    let told = |start: &str, tau: &str| {
        let sets = ["sector.micro_chips.y_P=1", "policy=[]", start, tau];
        let promoting = |sector: &str| {
            let policy = format!("policy=[{{promote='{sector}', sustain='always'}}]");
            member(WORLD, &[sets[0], sets[2], sets[3], &policy, &format!("title={sector}")])
        };
        let members = vec![member(WORLD, &sets), promoting("cloth"), promoting("micro_chips")];
        comparison::answer(&Comparison::new("all".to_owned(), 0, members)).join("\n")
    };
    let said = told(CLUSTER, "poor.tau=60");
    assert!(said.contains("has the stronger externality") && said.contains(TAKES), "{said}");
    // Both new: the same years for both. At once: worth as much.
    for (start, tau) in [("poor.start=isolation", "poor.tau=60"), (CLUSTER, "poor.tau=0")] {
        let said = told(start, tau);
        assert!(!said.contains("build up"), "{start}, {tau}: {said}");
    }
}
