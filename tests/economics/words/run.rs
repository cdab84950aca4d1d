//! What is said of one run.

use super::{CLUSTER, WORLD, begins, member, shipped};
use catchup::compare::Member;
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::simulate::simulate;
use catchup::summary::{Outcome, Summary};
use catchup::words::{Told, run};

/// The account of a run of the world.
fn account(sets: &[&str], adjust: impl Fn(&mut Summary)) -> Vec<String> {
    let Member { scenario, mut summary, .. } = member(WORLD, sets);
    adjust(&mut summary);
    run::account(&Told::new(&scenario, &summary))
}

fn verdict(sets: &[&str]) -> String {
    account(sets, |_| {}).remove(0)
}

const BEHIND: &str = "sector.cloth.Z_P=0.4";

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
            (summary.measures[Measure::SettledYear], summary.half_life_from) = (year, year);
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
        (summary.measures[Measure::SettledYear], summary.half_life_from) = (Some(2243.0), Some(2243.0));
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
    let half = |sets: &[&str]| account(sets, |_| {}).remove(1);
    let both = |sets: &[&'static str], way: &str| {
        let said = half(sets);
        assert!(said.contains(&format!("from 2000 on the gap {way}, half of the way in ")), "{sets:?}: {said}");
    };
    both(&[BEHIND], "falls");
    both(&["sector.cloth.Z_P=1"], "rises");
    assert!(!half(&[]).contains("half"), "{}", half(&[]));
    // Which way it goes is that of the path after the last change, wherever the rows end.
    let late = half(&[BEHIND, "time.horizon=3", "policy=[{promote='cloth', from=2}]"]);
    assert!(late.contains("from 2002 on the gap falls, half of the way in "), "{late}");
    // A cluster's benefit builds up while its lead is lost: the gap falls, then rises.
    let ahead = ["sector.cloth.Z_P=1.3", "policy=[{promote='cloth', from=2}]"];
    let turns = half(&[&ahead[..], &["poor.tau=5"]].concat());
    assert!(!turns.contains("half"), "{turns}");
    let at_once = half(&ahead);
    assert!(at_once.contains("from 2002 on the gap rises, half of the way in "), "{at_once}");
}

/// Mill's test is of an infant: a cluster that did not stand before, and that is helped.
#[test]
fn what_becomes_of_a_promoted_cluster_is_told_by_mills_test_where_it_is_an_infant() {
    let of = |outcome: Option<Outcome>, sets: &[&str]| {
        account(sets, |summary| {
            summary.measures.outcome = outcome;
            summary.measures[Measure::SelfSustainingYear] = Some(2031.0);
            summary.long_run_self_sustaining = Some(outcome != Some(Outcome::Subsidised));
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
    // This one stands for good, whatever is said to become of it: when it ends there is nothing to say.
    let ends = |until: &str, ended: Option<f64>| {
        let said =
            account(&[&format!("policy=[{{promote='micro_chips', sustain='always', until={until}}}]")], |summary| {
                summary.measures.outcome = Some(Outcome::Collapsed);
                summary.ended = ended;
            });
        said.into_iter().find(|line| line.contains("that policy promotes")).expect("one is promoted")
    };
    let failed = "Mill's test is failed.";
    assert_eq!(ends("30", None), format!("{promoted} does not last: {failed}"));
    assert_eq!(ends("30", Some(2030.0)), format!("{promoted} ends in 2030, when its promotion is over: {failed}"));
    assert_eq!(ends("30", Some(2041.0)), format!("{promoted} ends in 2041: {failed}"));
    let late = ends("230", Some(2230.0));
    assert_eq!(late, format!("{promoted} ends in 2230, after the last row, when its promotion is over: {failed}"));
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

/// Whatever formed a cluster before its support began, it is no infant; what support forms is one, also where it is helped again.
#[test]
fn a_cluster_that_stood_before_its_support_is_no_infant() {
    // Chips pay more from 2020 on: then the cluster in cloth needs a subsidy.
    let shock = "shock=[{at=20, set={'sector.micro_chips.y_P'=3}}]";
    let said = |sets: &[&str]| {
        let said = account(&[&[shock], sets].concat(), |_| {});
        assert!(said.iter().any(|line| line.starts_with("Subsidised by Norte from 2020 ")), "{said:#?}");
        said.into_iter().find(|line| line.contains("that policy promotes")).expect("one is promoted")
    };
    let (late, myopic) =
        ("policy=[{promote='cloth', sustain='always', from=10, until=40}]", "poor.selection=highest-wage");
    let cluster = "The cluster in Wool & cloth that policy promotes";
    begins(&said(&[late, myopic]), &format!("{cluster} gives way to one in micro chips."));
    begins(&said(&[late]), &format!("{cluster} ends in 2040, when its promotion is over: Mill's test is failed."));
    // The rule would form it at the date at which support begins, but support does.
    let first = "policy=[{promote='cloth', sustain='always', until=40}]";
    begins(&said(&[first, myopic]), &format!("{cluster} gives way to one in micro chips: Mill's test is failed."));
    // A policy that formed it pays nothing; a later one does.
    let twice = "policy=[{promote='cloth', from=5, until=10}, {promote='cloth', sustain='always', from=10, until=40}]";
    begins(&said(&[twice]), &format!("{cluster} ends in 2040, when its promotion is over: Mill's test is failed."));
    // In whatever order they are listed.
    let turned = "policy=[{promote='cloth', sustain='always', from=10, until=40}, {promote='cloth', from=5, until=10}]";
    begins(&said(&[turned]), &format!("{cluster} ends in 2040, when its promotion is over: Mill's test is failed."));
}

/// What is said to end ends then: not so the date before, and with another regime from then on.
#[test]
fn a_cluster_ends_in_the_year_that_is_told() {
    let (mut within, mut after) = (0, 0);
    for until in ["12.0", "37.0", "240.0"] {
        let policy = format!("policy=[{{promote='micro_chips', sustain='always', until={until}}}]");
        let Member { trajectory, summary, .. } = member(WORLD, &[&policy, "sector.micro_chips.y_P=0.3"]);
        let ended = summary.ended.expect("it collapses");
        assert_eq!(ended, 2000.0 + until.parse::<f64>().expect("a number"));
        if ended > 2200.0 {
            assert_eq!(summary.next_change, Some((ended, Regime::Isolation(0))));
            after += 1;
            continue;
        }
        let row = trajectory.grid.row_at(ended).expect("on the rows");
        let regime = |row: usize| trajectory.rows[row].regime;
        assert_eq!([regime(row - 1), regime(row)], [Regime::Cluster(1), Regime::Isolation(0)]);
        within += 1;
    }
    assert_eq!((within, after), (2, 1));
    // The twins: one that stands in the end, and one that never stood.
    let ended = |policy: &str| member(WORLD, &[policy]).summary.ended;
    assert_eq!(ended("policy=[{promote='micro_chips', sustain='always'}]"), None);
    assert_eq!(ended("policy=[{promote='micro_chips'}]"), None);
}

/// Where periods are half years a date may be the middle of a year.
#[test]
fn the_middle_of_a_year_is_called_so() {
    let policy = "policy=[{promote='micro_chips', sustain='always', until=12}]";
    let said = account(&[policy, "time.period=0.5", "time.horizon=100.5"], |_| {}).join("\n");
    assert!(said.contains("from 2000 to mid-2011") && said.contains(", in mid-2100 "), "{said}");
    assert!(!said.contains(".5 ") && !said.contains(".5,"), "{said}");
    // The twins: whole years, and years of the run.
    let whole = account(&[policy, "time.horizon=100"], |_| {}).join("\n");
    assert!(!whole.contains("mid-"), "{whole}");
    let run = account(&[policy, "time.period=0.5", "time.start=0", "time.horizon=100.5"], |_| {}).join("\n");
    assert!(run.contains("from year 0 to year 11.5"), "{run}");
}

#[test]
fn years_without_a_subsidy_are_not_told_as_subsidised() {
    let closed = "policy=[{promote='micro_chips', sustain='always', until=12}, {trade='closed', from=4, until=8}]";
    let said = account(&[closed], |_| {});
    let line = said.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Norte from 2000 to 2003 and from 2008 to 2011, in present value ");
    let open = account(&["policy=[{promote='micro_chips', sustain='always', until=12, funded_by='R'}]"], |_| {});
    let line = open.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Germany from 2000 to 2011, in present value ");
    assert!(line.contains("yearly wages of Germany per worker of Norte"), "{line}");
    let ever = account(&["policy=[{promote='micro_chips', sustain='always'}]", "sector.micro_chips.y_P=0.3"], |_| {});
    let line = ever.iter().find(|line| line.starts_with("Subsidised")).expect("a subsidy is paid");
    begins(line, "Subsidised by Norte from 2000 on, for ever, in present value ");
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
    begins(&paid(&both, horizon), "Subsidised by Germany from 2000 to 2004 and by Norte from 2005 to 2008, in ");
    let later = format!("{}, {}", chips("R", "until=5"), chips("P", "from=150, until=190"));
    let years = "Subsidised by Germany from 2000 to 2004 and by Norte from 2150 ";
    begins(&paid(&later, horizon), years);
    assert!(paid(&later, horizon).contains(", in part after the last row, in present value "));
}

/// The account of a subsidy.
fn subsidised(policies: &str, more: &[&str]) -> String {
    let policies = format!("policy=[{policies}]");
    let weak = "sector.micro_chips.y_P=0.3";
    let said = account(&[&[policies.as_str(), weak], more].concat(), |_| {});
    said.into_iter().find(|line| line.starts_with("Subsidised")).unwrap_or_default()
}

/// A subsidy is told from its first date to its last, wherever the rows end.
#[test]
fn a_subsidy_is_told_from_its_first_date_to_its_last_wherever_the_rows_end() {
    let held = |dates: &str| format!("{{promote='micro_chips', sustain='always', {dates}}}");
    let horizon = ["time.horizon=10"];
    let late = subsidised(&held("until=1000"), &horizon);
    begins(&late, "Subsidised by Norte from 2000 to 2999, in part after the last row, in present value ");
    assert!(late.ends_with("% of the wage up to 2010."), "{late}");
    begins(
        &subsidised(&held("from=30, until=40"), &horizon),
        "Subsidised by Norte from 2030 to 2039, after the last row, in ",
    );
    // At the last row it is paid for the last time: nothing is said of what comes after.
    let last = subsidised(&held("until=11"), &horizon);
    begins(&last, "Subsidised by Norte from 2000 to 2010, in present value ");
    assert!(last.ends_with("% of the wage."), "{last}");
    // What begins again after the last row is told from then on.
    let twice = format!("{}, {}", held("until=5"), held("from=30"));
    begins(&subsidised(&twice, &horizon), "Subsidised by Norte from 2000 to 2004 and from 2030 on, for ever, in ");
    let closed = [horizon[0], "welfare.window=horizon"];
    assert!(subsidised(&held("until=1000"), &closed).contains(", in present value up to 2010 "));
    assert!(!subsidised(&held("until=9"), &closed).contains("up to"));
}

/// Who pays for which of several clusters, and when, is told together.
#[test]
fn of_several_payers_and_clusters_each_has_its_years() {
    let held = |sector: &str, who: &str, dates: &str| {
        format!("{{promote='{sector}', sustain='always', funded_by='{who}', {dates}}}")
    };
    let behind = ["sector.cloth.y_P=0.7", "sector.micro_chips.y_P=0.9", "sector.micro_chips.Z_P=0.9"];
    let two = format!("{}, {}", held("cloth", "R", "until=5"), held("cloth", "P", "from=5, until=9"));
    begins(&subsidised(&two, &behind), "Subsidised by Germany from 2000 to 2004 and by Norte from 2005 to 2008, in ");
    let other = ["sector.micro_chips.Z_P=0.3"];
    let poor = ["shock=[{at=20, set={'sector.micro_chips.y_P'=3}}]"];
    let both = format!("{}, {}", held("micro_chips", "P", "until=10"), held("cloth", "P", "from=30, until=40"));
    begins(
        &subsidised(&both, &[poor, other].concat()),
        "Subsidised by Norte in micro chips from 2000 to 2009 and in Wool & cloth from 2030 to 2039, in ",
    );
    let many = (0..5).map(|i| held("micro_chips", "P", &format!("from={}, until={}", 10 * i, 10 * i + 5)));
    let many: Vec<String> = many.collect();
    begins(&subsidised(&many.join(", "), &[]), "Subsidised by Norte at times from 2000 to 2044, in ");
}

/// A shock after the last row is told, and nothing that it moves is said to be for good.
#[test]
fn what_a_shock_after_the_last_row_moves_is_not_for_good() {
    let shock = |at: u32, level: &str| format!("shock=[{{at={at}, set={{'sector.cloth.y_P'={level}}}}}]");
    let between = "The gap between Norte and Germany";
    let late = account(&[&shock(250, "0.7")], |_| {});
    begins(&late[0], &format!("{between} widens from 2.6 to 3.714 in the long run, in isolation"));
    let told = "What no row shows: a shock falls due (the productivity y_P of Wool & cloth = 0.7) in 2250, after the last row.";
    assert!(late.iter().any(|line| line == told), "{late:#?}");
    let early = account(&[&shock(150, "0.7")], |_| {});
    begins(&early[0], &format!("{between} widens from 2.6 to 3.714 for good, in isolation"));
    assert!(!early.join("\n").contains("after the last row"), "{early:#?}");
    // One that changes nothing is none.
    let idle = account(&[&shock(250, "1.0")], |_| {});
    assert!(idle[0].contains(" for good") && !idle.join("\n").contains("after the last row"), "{idle:#?}");
    // What it brings about is told with it.
    let ends = account(&[CLUSTER, "shock=[{at=250, set={'sector.micro_chips.y_P'=5}}]"], |_| {});
    let told = "What no row shows: a shock falls due (the productivity y_P of micro chips = 5) in 2250 and the cluster in Wool & cloth ends in 2250, after the last row.";
    assert!(ends.iter().any(|line| line == told), "{ends:#?}");
}

/// Who is ahead in the end, but behind at the last row, gets there after it.
#[test]
fn a_lead_that_comes_after_the_last_row_is_dated_so() {
    let rich = |at: u32, end: &str| {
        verdict(&[&format!("shock=[{{at={at}, set={{'sector.cloth.y_P'=2.9}}}}]"), &format!("time.horizon={end}")])
    };
    begins(
        &rich(250, "200"),
        "Norte overtakes Germany in the long run, after 2200: the gap goes from 2.6 to 0.8966, in ",
    );
    assert!(rich(250, "200").contains("; in 2200 it is 2.6;"), "{}", rich(250, "200"));
    begins(&rich(250, "300"), "Norte overtakes Germany for good: the gap goes from 2.6 to 0.8966, in isolation");
    assert!(!rich(250, "300").contains("; in 2300 it is"), "{}", rich(250, "300"));
    // The rows may end before P has caught up, though nothing changes any more.
    let slow = verdict(&[CLUSTER, "sector.cloth.y_P=1.25", "time.horizon=5"]);
    begins(&slow, "Norte overtakes Germany for good, after 2005: the gap goes from 1.6 to 0.8, ");
    let poor = "shock=[{at=250, set={'sector.cloth.y_P'=0.2}}]";
    begins(
        &verdict(&[poor, "sector.cloth.y_P=3"]),
        "Norte loses its lead over Germany, after 2200: the gap goes from 0.8667 to ",
    );
    let lost = "shock=[{at=150, set={'sector.cloth.y_P'=0.2}}]";
    begins(&verdict(&[lost, "sector.cloth.y_P=3"]), "Norte loses its lead over Germany: the gap goes from 0.8667 to ");
}

/// A failure is told of a sector by its name for people, at its date.
#[test]
fn a_failure_names_sector_and_date() {
    let literal = ["catch_up.form=literal", "catch_up.beta=0.1", "sector.micro_chips.label=Chips"];
    let said = verdict(&literal);
    begins(&said, "The run failed in ");
    assert!(!said.contains("micro_chips") && !said.contains(" t = ") && said.contains(" in 20"), "{said}");
}

/// Of overlapping policies each is told for the dates at which it holds.
#[test]
fn what_a_later_policy_takes_the_place_of_is_not_told() {
    let deeds = |policies: &str| {
        let Member { scenario, summary, .. } = member(WORLD, &[&format!("policy=[{policies}]")]);
        Told::new(&scenario, &summary).deeds(3)
    };
    let closed = "{trade='closed', until=48}";
    assert_eq!(deeds(closed).as_deref(), Some("trade closed from 2000 to 2047"));
    assert_eq!(
        deeds(&format!("{closed}, {{trade='open', from=2, until=27}}")).as_deref(),
        Some("trade closed from 2000 to 2001 and from 2027 to 2047 and trade open from 2002 to 2026")
    );
    let both = format!("{closed}, {{promote='cloth', trade='open', from=60}}, {{promote='micro_chips', from=80}}");
    let told = "trade closed from 2000 to 2047, a cluster in Wool & cloth promoted from 2060 to 2079 and trade open from 2060 on";
    begins(&deeds(&both).expect("it does"), told);
    assert_eq!(
        deeds("{promote='cloth', from=5, until=9}, {promote='cloth'}").as_deref(),
        Some("a cluster in Wool & cloth promoted from 2000 on")
    );
}
