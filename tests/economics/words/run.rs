//! What is said of one run.

use super::{CLUSTER, WORLD, begins, member, shipped};
use catchup::compare::Member;
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::simulate::simulate;
use catchup::summary::{Outcome, Summary};
use catchup::trajectory::Trajectory;
use catchup::words::{Told, run};

/// The account of a run of the world.
fn account(sets: &[&str], adjust: impl Fn(&mut Summary)) -> Vec<String> {
    let Member { scenario, trajectory, mut summary } = member(WORLD, sets);
    adjust(&mut summary);
    run::account(&Told::new(&scenario, &summary), &trajectory.paid())
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

/// A stretch is told from the first date at which a subsidy is paid to the last.
#[test]
fn stretches_of_a_subsidy_are_those_of_its_rows() {
    let Member { trajectory, .. } = member(WORLD, &["policy=[{promote='micro_chips', sustain='always', until=12}]"]);
    let Trajectory { rows, .. } = &trajectory;
    let last = rows.iter().rposition(|row| row.subsidy > 0.0).expect("a subsidy is paid");
    assert_eq!(trajectory.paid(), [(2000.0, 2000.0 + last as f64)]);
}
