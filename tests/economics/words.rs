//! Protects what the program says: each kind of sentence with a scenario that earns it and a near twin that does not, and no
//! sentence of a shipped scenario that its measures do not bear out.

use crate::common::root;
use catchup::compare::{Comparison, Member};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::scenario::{Scenario, load, parse};
use catchup::simulate::simulate;
use catchup::summary::{Outcome, Summary, Verdict, summarise};
use catchup::trajectory::Trajectory;
use catchup::words::{Told, comparison, run};

const WORLD: &str = r#"schema_version = 1
regions = { poor = "Norte", rich = "Germany" }
time = { start = 2000, horizon = 200 }
growth.x = 0.02
catch_up.beta = 0.04
sector.cloth = { label = "Wool & cloth", lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.5 }
sector.micro_chips = { lambda = 1.5, y_R = 1, y_P = 0.6, Z_P = 0.5 }
"#;

fn member(text: &str, sets: &[&str]) -> Member {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    told_of(parse(text, &sets).unwrap_or_else(|report| panic!("{}", report.render(false))))
}

fn told_of(scenario: Scenario) -> Member {
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(&scenario.keys.name, scenario.keys.title.as_deref(), &trajectory);
    Member { scenario, trajectory, summary }
}

/// The account of a run of the world.
fn account(sets: &[&str], adjust: impl Fn(&mut Summary)) -> Vec<String> {
    let Member { scenario, trajectory, mut summary } = member(WORLD, sets);
    adjust(&mut summary);
    run::account(&Told::new(&scenario, &summary), &trajectory.paid())
}

fn verdict(sets: &[&str]) -> String {
    account(sets, |_| {}).remove(0)
}

#[track_caller]
fn begins(sentence: &str, with: &str) {
    assert!(sentence.starts_with(with), "{sentence}\nshould begin: {with}");
}

const BEHIND: &str = "sector.cloth.Z_P=0.4";
const CLUSTER: &str = "poor.start=cluster:cloth";

#[test]
fn verbs_follow_the_verdict_and_the_direction() {
    let between = "The gap between Norte and Germany";
    let both = |z: &str| [format!("sector.cloth.Z_P={z}"), format!("sector.micro_chips.Z_P={z}")];
    let with = |z: &str, more: &[&str]| {
        let both = both(z);
        let sets: Vec<&str> = both.iter().map(String::as_str).chain(more.iter().copied()).collect();
        verdict(&sets)
    };
    begins(&with("0.5", &[]), &format!("{between} stays at 2.6"));
    begins(&with("0.4", &[]), &format!("{between} narrows from 3.25 to 2.6"));
    begins(&with("1", &[]), &format!("{between} widens from 1.3 to 2.6"));
    begins(&with("1.3", &[]), &format!("{between} opens from 1 to 2.6"));
    begins(&with("0.8", &[]), &format!("{between} widens from 1.625 to 2.6"));
    begins(&with("2", &[]), "Norte loses its lead over Germany: the gap goes from 0.65 to 2.6");
    begins(&with("0.5", &["catch_up.beta=0.01"]), "Norte falls behind Germany without end");
    begins(&with("2", &["catch_up.beta=0.01"]), "Norte loses its lead and falls behind Germany without end");
    begins(&with("0.5", &[CLUSTER]), &format!("{between} closes by 2200"));
    begins(&with("0.5", &[CLUSTER, "time.horizon=20"]), &format!("{between} closes"));
    begins(&with("1", &[CLUSTER]), &format!("{between} ends closed, as it began"));
    begins(&with("0.5", &[CLUSTER, "sector.cloth.y_P=1.25"]), "Norte overtakes Germany");
    begins(
        &with("0.9", &[CLUSTER, "sector.cloth.y_P=1.25"]),
        "Norte stays ahead of Germany, by more for good: the gap goes from 0.8889 to 0.8",
    );
    begins(&with("1", &[CLUSTER, "sector.cloth.y_P=1.25"]), "Norte stays ahead of Germany: the gap stays at 0.8");
    let late = with("0.5", &[CLUSTER, "time.horizon=20"]);
    assert!(late.contains("after 2020") && late.contains("; in 2020 it is 1."), "{late}");
    let (own, settled) = (with("0.5", &[CLUSTER]), with("0.5", &[]));
    assert!(own.contains("with a cluster in Wool & cloth"), "{own}");
    assert!(settled.contains("in isolation, making Wool & cloth"), "{settled}");
}

/// Ends that are alike say nothing of what lies between: a shock that passes leaves the gap where it began, and it did not stay there.
#[test]
fn a_gap_that_comes_back_has_not_stayed() {
    let shock = "shock=[{at=20, set={'sector.cloth.y_P'=0.7}}, {at=60, set={'sector.cloth.y_P'=1}}]";
    begins(&verdict(&[shock]), "The gap between Norte and Germany ends at 2.6 for good, as it began");
    begins(&verdict(&[]), "The gap between Norte and Germany stays at 2.6 for good, in isolation");
}

/// Where the gap comes from is what was there before a policy of the first date moved it at once.
#[test]
fn what_a_policy_does_at_once_is_told_as_its_doing() {
    let held = |more: &str| format!("policy=[{{promote='micro_chips', sustain='always', {more}}}]");
    let said = account(&[&held("until=5")], |_| {});
    begins(&said[0], "The gap between Norte and Germany ends at 2.6 for good, as it began, in isolation");
    assert!(said[0].contains("making Wool & cloth; policy raises the gap at once to 3.333;"), "{}", said[0]);
    assert!(
        said[1].contains("(a gap of 3.333 and before the policy 38 % (2.6)")
            || said[1].contains("before the policy 38 % (2.6)"),
        "{}",
        said[1]
    );
    // A policy that acts later moves what the rows show; one that acts at once and moves nothing is not mentioned.
    begins(&verdict(&[&held("from=10")]), "The gap between Norte and Germany narrows from 2.6 to 1.667");
    let kept = [CLUSTER, "sector.micro_chips.y_P=0.5", "policy=[{promote='cloth'}]"];
    assert!(!account(&kept, |_| {}).join(" ").contains("policy,"), "{:?}", account(&kept, |_| {}));
    let closed = account(&["policy=[{trade='closed', until=20}]"], |_| {});
    assert!(closed[0].contains("; policy raises the gap at once to "), "{}", closed[0]);
    // A lead that is lost is told from before the policy, too.
    let lost = account(&["sector.cloth.Z_P=1.4", &held("until=5")], |_| {});
    begins(&lost[0], "Norte loses its lead over Germany: the gap goes from 0.9286 to 2.6 for good");
}

/// Without policies nothing acts: the first row shows what is there.
#[test]
fn before_its_policies_a_region_earns_what_it_would_without_them() {
    for Member { scenario, .. } in shipped() {
        let mut problem = scenario.problem.clone();
        let before = problem.gap_before_policy();
        problem.policies.clear();
        let trajectory = simulate(&problem, scenario.solver, &Control::default()).expect("not stopped");
        let first = trajectory.rows[0].income_gap();
        assert!((before / first - 1.0).abs() < 1e-12, "{}: {before} {first}", scenario.keys.name);
    }
    for sets in [
        &["poor.trade=closed", "poor.closed_clusters=['cloth']", "poor.tau=5"][..],
        &["poor.trade=closed"],
        &["poor.selection=highest-wage"],
        &[CLUSTER, "poor.tau=5"],
        &[CLUSTER, "poor.selection=isolation"],
        &["poor.start=cluster:micro_chips"],
    ] {
        let Member { scenario, trajectory, .. } = member(WORLD, sets);
        let (before, first) = (scenario.problem.gap_before_policy(), trajectory.rows[0].income_gap());
        assert!((before / first - 1.0).abs() < 1e-12, "{sets:?}: {before} {first}");
    }
}

#[test]
fn for_good_is_said_where_nothing_changes_after_the_last_row() {
    let settle = |year: Option<f64>| {
        account(&[BEHIND], move |summary| {
            summary.measures[Measure::SettledYear] = year;
            summary.next_change = year.filter(|year| *year > 2200.0).map(|year| (year, Regime::Isolation(0)));
            (summary.measures.last, summary.last_sector) = (Some(Regime::Cluster(0)), Some("cloth".to_owned()));
            (summary.measures.long_run, summary.long_run_sector) =
                (Some(Regime::Isolation(0)), Some("cloth".to_owned()));
        })
    };
    for past in [None, Some(2060.0), Some(2200.0)] {
        let said = settle(past);
        assert!(said[0].contains(" for good"), "{past:?}: {said:?}");
        assert!(!said.iter().any(|line| line.contains("after the last row")), "{past:?}: {said:?}");
    }
    let said = settle(Some(2243.0));
    assert!(!said.join(" ").contains("for good"), "{said:?}");
    assert!(
        said.contains(
            &"What no row shows: the cluster in Wool & cloth collapses in 2243, after the last row.".to_owned()
        ),
        "{said:?}"
    );
    // A policy that ends after the last row may be why: then it is not said to collapse.
    let policy = "policy=[{promote='cloth', until=243}]";
    let ended = account(&[BEHIND, policy], |summary| {
        summary.measures[Measure::SettledYear] = Some(2243.0);
        summary.next_change = Some((2243.0, Regime::Isolation(0)));
        (summary.measures.last, summary.last_sector) = (Some(Regime::Cluster(0)), Some("cloth".to_owned()));
        (summary.measures.long_run, summary.long_run_sector) = (Some(Regime::Isolation(0)), Some("cloth".to_owned()));
    });
    assert!(ended.iter().any(|line| line.contains("the cluster in Wool & cloth ends in 2243")), "{ended:?}");
}

/// The year that is told is that of the change that is told, also where others follow it.
#[test]
fn what_comes_after_the_last_row_is_told_in_its_own_year() {
    let later = |sets: &[&str]| account(sets, |_| {}).into_iter().find(|line| line.starts_with("What no row shows"));
    let short = ["time.horizon=20", "poor.selection=isolation"];
    let policy = "policy=[{promote='cloth', from=30, until=40}]";
    assert_eq!(
        later(&[short[0], short[1], policy]).as_deref(),
        Some(
            "What no row shows: a cluster in Wool & cloth forms in 2030, after the last row; the last change comes in 2040."
        )
    );
    let for_good = "policy=[{promote='cloth', from=30}]";
    assert_eq!(
        later(&[short[0], short[1], for_good]).as_deref(),
        Some("What no row shows: a cluster in Wool & cloth forms in 2030, after the last row.")
    );
    assert_eq!(later(&["time.horizon=50", short[1], for_good]), None);
}

#[test]
fn the_gap_is_told_both_ways() {
    let said = account(&["sector.cloth.Z_P=0.4"], |_| {});
    begins(&said[1], "In 2000 Norte earns 31 % of Germany (a gap of 3.25), in 2200 38 % (2.6");
    for (gap, share) in
        [(1.43, "70 %"), (1.0, "100 %"), (1.012, "98.8 %"), (0.8, "125 %"), (20.0, "5 %"), (4e3, "0.025 %")]
    {
        assert_eq!(run::share(gap), share, "{gap}");
    }
    let endless = account(&["catch_up.beta=0.01"], |_| {});
    assert!(endless[1].contains("in the long run ever less"), "{endless:?}");
}

#[test]
fn a_half_life_says_which_way_the_gap_goes() {
    let half = |sets: &[&str]| {
        account(sets, |summary| {
            summary.measures[Measure::HalfLife] = Some(12.0);
            summary.half_life_from = Some(2000.0);
        })
        .remove(1)
    };
    assert!(half(&[BEHIND]).contains("from 2000 on the gap falls, half of the way in 12 years"), "{}", half(&[BEHIND]));
    let opens = half(&["sector.cloth.Z_P=1"]);
    assert!(opens.contains("from 2000 on the gap rises, half of the way in 12 years"), "{opens}");
    let none = account(&[BEHIND], |summary| summary.measures[Measure::HalfLife] = None);
    assert!(!none[1].contains("half"), "{none:?}");
}

/// Mill's test is of an infant: a cluster that did not stand before, and that is helped.
#[test]
fn what_becomes_of_a_promoted_cluster_is_told_by_mills_test_where_it_is_an_infant() {
    let of = |outcome: Option<Outcome>, sets: &[&str]| {
        account(sets, |summary| {
            summary.measures.outcome = outcome;
            summary.measures[Measure::SelfSustainingYear] = Some(2031.0);
            summary.long_run_sector = Some("cloth".to_owned());
        })
        .into_iter()
        .find(|line| line.contains("that policy promotes"))
    };
    let helped = "policy=[{promote='micro_chips', sustain='always', until=30}]";
    let said = |outcome: Outcome| of(Some(outcome), &[helped]).unwrap_or_default();
    let promoted = "The cluster in micro chips that policy promotes";
    assert_eq!(
        said(Outcome::SelfSustaining),
        format!("{promoted} stands on its own from 2031 on: Mill's test is passed.")
    );
    assert_eq!(said(Outcome::Subsidised), format!("{promoted} is subsidised for ever: Mill's test is failed."));
    assert_eq!(said(Outcome::Replaced), format!("{promoted} gives way to one in Wool & cloth: Mill's test is failed."));
    assert_eq!(said(Outcome::Collapsed), format!("{promoted} does not last: Mill's test is failed."));
    assert_eq!(of(None, &[helped]), None);
    // No help, or a cluster that stood before there was any: no infant, and no test.
    let chosen = "policy=[{promote='cloth'}]";
    assert_eq!(
        of(Some(Outcome::SelfSustaining), &[chosen]).as_deref(),
        Some("The cluster in Wool & cloth that policy promotes stands on its own from 2031 on.")
    );
    let refused = "policy=[{promote='micro_chips'}]";
    assert_eq!(of(Some(Outcome::NeverFormed), &[refused]), Some(format!("{promoted} never forms.")));
    let stood = of(Some(Outcome::SelfSustaining), &[helped, "poor.start=cluster:micro_chips"]);
    assert_eq!(stood, Some(format!("{promoted} stands on its own from 2031 on.")));
}

#[test]
fn years_without_a_subsidy_are_not_told_as_subsidised() {
    let closed = "policy=[{promote='micro_chips', sustain='always', until=12}, {trade='closed', from=4, until=8}]";
    let said = account(&[closed], |_| {});
    let line = said.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Norte from 2000 to 2003 and from 2008 to 2011, in present value ");
    let open = account(&["policy=[{promote='micro_chips', sustain='always', until=12, funded_by='R'}]"], |summary| {
        summary.long_run_subsidised = Some(false);
    });
    let line = open.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Germany from 2000 to 2011, in present value ");
    assert!(line.contains("yearly wages of Germany per worker of Norte"), "{line}");
    let late =
        account(&["policy=[{promote='micro_chips', sustain='always', until=1000}]", "time.horizon=10"], |summary| {
            summary.long_run_subsidised = Some(false);
        });
    let line = late.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Norte from 2000 to 2010 and on after the last row, not for ever");
    let ever = account(&["policy=[{promote='micro_chips', sustain='always'}]"], |summary| {
        summary.long_run_subsidised = Some(true);
    });
    let line = ever.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Norte from 2000 on, for ever");
    assert!(!account(&[], |_| {}).iter().any(|line| line.starts_with("Subsidised")));
}

/// Who pays is told of the subsidies that are paid, on the rows or after: not of a promotion that needs none, or pays none
/// while trade is closed.
#[test]
fn who_pays_is_told_of_what_is_paid() {
    let paid = |policies: &str, more: &str| {
        let said = account(&[&format!("policy=[{policies}]"), more], |_| {});
        said.into_iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid")
    };
    let chips =
        |who: &str, dates: &str| format!("{{promote='micro_chips', sustain='always', funded_by='{who}', {dates}}}");
    let needs_none = "{promote='cloth', sustain='always', from=30, until=40}";
    let closed = format!("{}, {{trade='closed', until=5}}", chips("P", "until=5"));
    let horizon = "time.horizon=100";
    begins(&paid(&format!("{}, {needs_none}", chips("R", "until=5")), horizon), "Subsidised by Germany from 2000");
    begins(&paid(&format!("{closed}, {}", chips("R", "from=5, until=9")), horizon), "Subsidised by Germany from 2005");
    begins(&paid(&chips("P", "until=5"), horizon), "Subsidised by Norte from 2000");
    let both = format!("{}, {}", chips("R", "until=5"), chips("P", "from=5, until=9"));
    begins(&paid(&both, horizon), "Subsidised by Norte and Germany from 2000");
    let later = format!("{}, {}", chips("R", "until=5"), chips("P", "from=150, until=190"));
    begins(&paid(&later, horizon), "Subsidised by Norte and Germany from 2000");
}

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

fn shipped() -> Vec<Member> {
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

#[test]
fn accounts_of_the_shipped_scenarios_say_what_their_measures_bear_out() {
    let members = shipped();
    assert!(members.len() > 30, "{}", members.len());
    for Member { scenario, trajectory, summary } in &members {
        let said = run::account(&Told::new(scenario, summary), &trajectory.paid()).join("\n");
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
        assert_eq!(said.contains("Subsidised "), paid, "{name}:\n{said}");
        assert!(!said.contains("for ever") || summary.long_run_subsidised == Some(true), "{name}:\n{said}");
        for sector in scenario.keys.sector.keys().filter(|sector| sector.contains('_')) {
            assert!(!said.contains(sector.as_str()) || summary.measures.error.is_some(), "{name}: {sector} in\n{said}");
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

/// A stretch is told from the first date at which a subsidy is paid to the last.
#[test]
fn stretches_of_a_subsidy_are_those_of_its_rows() {
    let Member { trajectory, .. } = member(WORLD, &["policy=[{promote='micro_chips', sustain='always', until=12}]"]);
    let Trajectory { rows, .. } = &trajectory;
    let last = rows.iter().rposition(|row| row.subsidy > 0.0).expect("a subsidy is paid");
    assert_eq!(trajectory.paid(), [(2000.0, 2000.0 + last as f64)]);
}
