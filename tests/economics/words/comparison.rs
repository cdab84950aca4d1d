//! What is said of a comparison: the headline, Mill's test and Bastable's, the paradox.

#![expect(non_snake_case, reason = "the field's symbols: by_P, by_R")]

use super::{CLUSTER, WORLD, begins, member};
use catchup::advice;
use catchup::compare::{Comparison, Member};
use catchup::measure::Measure;
use catchup::model::policy::Payer;
use catchup::model::trade::Regime;
use catchup::summary::Outcome;
use catchup::trajectory::Subsidised;
use catchup::words::{Told, comparison, run};

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
    all.members[1..].iter_mut().for_each(|member| member.summary.infant = Some(true));
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
            let paid = Subsidised { payer: Payer::P, sector: 0, from: 10, last: Some(20) };
            all.members[1].summary.subsidies = if share > 0.0 { vec![paid] } else { Vec::new() };
            all.members[1].summary.infant = Some(share > 0.0 && sets.is_empty());
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
    const COSTS: &str = "raising the money that holds it costs ";
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

/// What is said of real runs of a world: one member per title and keys, the first the baseline.
fn said_of(world: &str, members: &[(&str, &[&str])]) -> Vec<String> {
    comparison::answer(&comparing(world, members))
}

fn comparing(world: &str, members: &[(&str, &[&str])]) -> Comparison {
    let one = |(title, sets): &(&str, &[&str])| {
        let title = format!("title={title}");
        member(world, &[&[title.as_str()], *sets].concat())
    };
    Comparison::new("all".to_owned(), 0, members.iter().map(one).collect())
}

#[track_caller]
fn says(said: &[String], part: &str, expected: bool) {
    assert_eq!(said.iter().any(|line| line.contains(part)), expected, "{part}\n{}", said.join("\n"));
}

const ALONE: &str = "policy=[]";

/// A present value that is not there is no subsidy of 0.
#[test]
fn a_subsidy_without_a_present_value_is_still_a_subsidy() {
    let held = "policy=[{promote='micro_chips', sustain='always', from=10, until=40}]";
    let pair = |more: &[&str]| {
        let (alone, held) = ([&[ALONE], more].concat(), [&[held], more].concat());
        comparing(WORLD, &[("Alone", &alone), ("Chips", &held)])
    };
    let cell = |all: &Comparison, heading: &str| {
        let lines = all.lines();
        let column = lines[0].iter().position(|cell| cell == heading).expect("a column");
        lines[1..].iter().map(|line| line[column].clone()).collect::<Vec<_>>()
    };
    let (valued, endless) = (pair(&[]), pair(&["welfare.discount_rate=0"]));
    says(&comparison::answer(&valued), "; the subsidy that Norte pays costs ", true);
    let said = comparison::answer(&endless);
    says(&said, "; Norte pays a subsidy of up to ", true);
    says(&said, "subsidy that", false);
    says(&said, "needs no subsidy", false);
    assert_eq!(cell(&endless, "subsidy pv"), ["", ""]);
    assert_eq!(cell(&endless, "equiv. variation"), ["", ""]);
    assert!(cell(&valued, "equiv. variation").contains(&"0".to_owned()), "{:?}", valued.lines());
    assert!(cell(&valued, "subsidy pv").contains(&"0".to_owned()), "{:?}", valued.lines());
    // Paid after the last row alone.
    let late = "policy=[{promote='micro_chips', sustain='always', from=300, until=340}]";
    let zero = "welfare.discount_rate=0";
    says(
        &said_of(WORLD, &[("Alone", &[ALONE, zero]), ("Chips", &[late, zero])]),
        "Norte pays a subsidy after the last row",
        true,
    );
    // What stands by itself needs none; what is never held is paid none, and needs one.
    let of = |policy: &str| said_of(WORLD, &[("Alone", &[ALONE]), ("Held", &[policy, "sector.cloth.y_P=1.1"])]);
    says(&of("policy=[{promote='cloth'}]"), "; it needs no subsidy", true);
    let never = of("policy=[{promote='micro_chips'}]");
    says(&never, "needs no subsidy", false);
    says(&never, "; no subsidy is paid", true);
}

/// A region that cannot pay its subsidy after the last row is told so, and is not said to do best.
#[test]
fn a_subsidy_that_cannot_be_paid_is_told_with_its_date() {
    let held = "policy=[{promote='micro_chips', sustain='always', from=10}]";
    let pair = |funds: &str| {
        let (alone, held) = ([ALONE, funds, "time.horizon=8"], [held, funds, "time.horizon=8"]);
        said_of(WORLD, &[("Alone", &alone), ("Chips", &held)])
    };
    let (dear, cheap) = (pair("welfare.cost_of_funds=5"), pair("welfare.cost_of_funds=1.1"));
    says(&dear, "from 2010 on, after the last row, Norte cannot pay it", true);
    says(&dear, "is best for", false);
    let asked = |funds: &str| {
        comparison::question(&comparing(WORLD, &[("Alone", &[ALONE]), ("Chips", &[held, funds, "time.horizon=8"])]))
    };
    let [question, order] = asked("welfare.cost_of_funds=5");
    assert_eq!(question, "Which of 2 paths leads Norte to the lowest gap?");
    assert_eq!(order, "The paths, lowest gap first");
    assert_eq!(asked("welfare.cost_of_funds=1.1")[0], "Which of 2 paths is best for Norte?");
    says(&dear, "Mill's test", false);
    says(&dear, "“Chips”, which Norte cannot pay for, has no present value", true);
    says(&cheap, "cannot pay", false);
    let member = member(WORLD, &[held, "welfare.cost_of_funds=5", "time.horizon=8"]);
    let told = |member: &Member| run::account(&Told::new(&member.scenario, &member.summary));
    says(&told(&member), "The subsidy cannot go on: from 2010 on, after the last row, Norte cannot pay it", true);
    let warned = advice::warnings(&member.scenario, &member.trajectory);
    assert!(warned.iter().any(|warning| warning.key == "welfare.cost_of_funds"), "{warned:?}");
    // R pays: nothing is taken from P.
    let by_R = "policy=[{promote='micro_chips', sustain='always', from=10, funded_by='R'}]";
    let paid = self::member(WORLD, &[by_R, "welfare.cost_of_funds=5", "time.horizon=8"]);
    says(&told(&paid), "cannot", false);
    // On the rows the run fails, and the hint is of what is paid.
    let fails = self::member(WORLD, &[held, "welfare.cost_of_funds=5"]);
    let warned = advice::warnings(&fails.scenario, &fails.trajectory);
    let hint = &warned.last().expect("it fails").hint;
    assert_eq!(hint, "a smaller one, or a policy with funded_by = \"R\"");
    let fall = ["catch_up.form=literal", "catch_up.beta=0.5", "time.horizon=100"];
    let blows_up = self::member(WORLD, &fall);
    let warned = advice::warnings(&blows_up.scenario, &blows_up.trajectory);
    assert_eq!(warned.last().expect("it fails").hint, "another form, or a shorter horizon");
}

/// What has no present value is not worth the same: it ends with the same gap, or does not.
#[test]
fn paths_without_present_values_are_compared_by_where_they_end() {
    let (soon, late, zero) = (
        "policy=[{promote='cloth', sustain='always'}]",
        "policy=[{promote='cloth', sustain='always', from=30}]",
        "welfare.discount_rate=0",
    );
    let at = |rate: &[&str], last: &str| {
        let of = |policy: &str| [&[policy], rate].concat().into_iter().map(str::to_owned).collect::<Vec<String>>();
        let [soon, late, last] = [soon, late, last].map(of);
        let sets = [&soon, &late, &last].map(|sets| sets.iter().map(String::as_str).collect::<Vec<&str>>());
        said_of(WORLD, &[("Soon", &sets[0]), ("Late", &sets[1]), ("Last", &sets[2])])
    };
    let alike = at(&[zero], late);
    begins(
        &alike[0],
        "All paths end with the same gap, 1: “Soon”, “Late” and “Last”; present values do not converge, ",
    );
    says(&alike, "worth", false);
    says(&at(&[], late), "same gap", false);
    let apart = at(&[zero], ALONE);
    begins(
        &apart[0],
        "In the long run no path ends with a lower gap than “Soon”, 1; “Late” ends with the same one, and every other",
    );
    says(&apart, "worth", false);
    begins(&at(&[], soon)[0], "Nothing beats “Soon”; “Last” is worth as much to Norte");
    let all = said_of(WORLD, &[("Soon", &[soon]), ("Again", &[soon]), ("Once more", &[soon])]);
    assert_eq!(
        all[0],
        "All paths are worth the same to Norte, discounted at 3 % a year over the whole path: “Soon”, “Again” and “Once more”."
    );
}

/// Real income ends as high where both its growth and its level do: a gap that ends the same is not enough.
#[test]
fn real_income_ends_as_high_where_the_level_does_not_differ_for_good() {
    const AS_HIGH: &str = "in the end real income is as high as in";
    // While P clusters where R does not, R learns from P: the gap comes back, what both know does not.
    let world = "schema_version = 1\ntime = { start = 2000, horizon = 100 }\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
                 sector.a = { lambda = 1.2, y_R = 1, y_P = 1, cluster_R = false }\n\
                 sector.b = { lambda = 1.2, y_R = 1, y_P = 0.5 }\npoor.selection = 'isolation'\n";
    let cluster = "policy=[{promote='a', until=30}]";
    let of = |sets: &[&str]| {
        let (held, alone) = ([&[cluster], sets].concat(), [&[ALONE], sets].concat());
        said_of(world, &[("Held", &held), ("Alone", &alone)])
    };
    says(&of(&[]), AS_HIGH, false);
    says(&of(&["sector.a.cluster_R=true"]), AS_HIGH, true);
}

/// The tests of infant support are of the cluster that is promoted last, if it is that one which is helped.
#[test]
fn another_clusters_subsidy_makes_no_infant() {
    // Chips are paid for; cloth, promoted last, stands by itself.
    let policies =
        "policy=[{promote='micro_chips', sustain='always', until=20}, {promote='cloth', from=30, sustain='always'}]";
    let of_chips = said_of(WORLD, &[("Alone", &[ALONE]), ("Both", &[policies])]);
    says(&of_chips, "the subsidy that Norte pays", true);
    says(&of_chips, "'s test", false);
    let held = |sector: &str, more: &[&str]| {
        let policy = format!("policy=[{{promote='{sector}', sustain='always', until=60}}]");
        let both = format!(
            "policy=[{{promote='cloth', until=5}}, {{promote='{sector}', from=5, sustain='always', until=60}}]"
        );
        let alone = [&[ALONE], more].concat();
        let [one, both] = [policy, both]
            .map(|policy| said_of(WORLD, &[("Alone", &alone), ("Held", &[&[policy.as_str()], more].concat())]));
        (one, both)
    };
    // Where another cluster is promoted, too, what both are worth is not what the infant is worth.
    let (one, both) = held("micro_chips", &["sector.micro_chips.y_P=0.7"]);
    says(&one, "Bastable's", true);
    says(&both, "Mill's test", true);
    says(&both, "Bastable's", false);
}

/// Pigou's subsidy is paid whether it is needed or not: what stands without it in the end passes Mill's test.
#[test]
fn a_cluster_that_is_paid_for_its_externality_may_stand_without() {
    let world = "schema_version = 1\nregions = { poor = 'Norte', rich = 'Germany' }\ntime = { start = 2025, horizon = 8 }\n\
                 growth.x = 0.02\ncatch_up.beta = 0.05\nsector.a = { lambda = 2.0, y_R = 1, y_P = 1, Z_P = 0.4 }\n\
                 sector.b = { lambda = 1.1, y_R = 1, y_P = 0.8, Z_P = 0.75 }\n";
    let pigou = "policy=[{promote={rule='pigou'}, sustain='pigou'}]";
    let of = |more: &[&str]| {
        let (alone, paid) = ([&[ALONE], more].concat(), [&[pigou], more].concat());
        said_of(world, &[("Alone", &alone), ("Paid", &paid)])
    };
    let hints = |more: &[&str]| {
        let member = member(world, &[&[pigou], more].concat());
        let warned = advice::warnings(&member.scenario, &member.trajectory);
        warned.into_iter().map(|warning| format!("{}: {}", warning.what, warning.hint)).collect::<Vec<String>>()
    };
    const HOPELESS: &str = "no support makes it stand on its own";
    let stands = of(&[]);
    says(&stands, "“Paid” passes Mill's test", true);
    says(&stands, "its cluster in a is paid a subsidy for ever, and in the end would stand without it", true);
    says(&hints(&[]), HOPELESS, false);
    let alone = member(world, &[pigou]);
    let told = run::account(&Told::new(&alone.scenario, &alone.summary));
    says(&told, "in the end would stand without it: Mill's test is passed.", true);
    // Where isolation pays more for good, it never does.
    let dear = ["sector.a.y_P=0.35", "sector.a.Z_P=0.9", "sector.b.Z_P=0.5"];
    let falls = of(&dear);
    says(&falls, "“Paid” fails ", true);
    says(&falls, "its cluster in a is subsidised for ever", true);
    says(&hints(&dear), HOPELESS, true);
}

/// The cluster that a baseline starts with may be kept, lost, or lost and formed again.
#[test]
fn a_baseline_left_alone_is_told_by_what_becomes_of_its_cluster() {
    let against = |more: &[&str]| {
        let (alone, chips) = (
            [&[ALONE], more].concat(),
            [&["policy=[{promote='micro_chips', sustain='always', from=10}]"], more].concat(),
        );
        said_of(WORLD, &[("Left alone", &alone), ("Chips", &chips)]).join("\n")
    };
    let kept = |verb: &str| format!("“Left alone”, which {verb} its cluster in Wool & cloth");
    let poorer = "shock=[{at=20, set={'sector.cloth.y_P'=0.3}}]";
    let passing = "shock=[{at=20, set={'sector.cloth.y_P'=0.3}}, {at=60, set={'sector.cloth.y_P'=1}}]";
    for (more, verb) in [
        (&[CLUSTER][..], "keeps"),
        (&[CLUSTER, poorer, "sector.micro_chips.y_P=1.2"], "loses"),
        (&[CLUSTER, passing, "poor.selection=highest-wage"], "loses and regains"),
    ] {
        let said = against(more);
        assert!(said.contains(&kept(verb)), "{verb}: {said}");
    }
    let none = against(&[]);
    assert!(none.contains("“Left alone”, discounted at"), "{none}");
}

/// The reasons of the paradox are those that favour the other cluster: what R has in neither, what a smaller advantage is, what only
/// P pays.
#[test]
fn the_paradox_gives_reasons_that_hold() {
    let told = |world: &str, more: &[&str], policy: &str| {
        let promoting = |sector: &str| format!("policy=[{{promote='{sector}', sustain='always'{policy}}}]");
        let [a, b] = ["a", "b"].map(promoting);
        let of = |policy: &str| [&[policy], more].concat().into_iter().map(str::to_owned).collect::<Vec<String>>();
        let sets = [ALONE, &a, &b].map(of);
        let sets = sets.each_ref().map(|sets| sets.iter().map(String::as_str).collect::<Vec<&str>>());
        let said = said_of(world, &[("None", &sets[0]), ("a", &sets[1]), ("b", &sets[2])]);
        said.into_iter().find(|line| line.contains("has the stronger externality")).unwrap_or_default()
    };
    let head = "schema_version = 1\nregions = { poor = 'Norte', rich = 'Germany' }\ntime = { start = 2000, horizon = 100 }\ngrowth.x = 0.02\n";
    // R has no cluster in a: its price is not lowered. b is ahead in all else.
    let other = format!(
        "{head}catch_up = {{ form = 'constant', beta = 0.03 }}\nsector.a = {{ lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.55, cluster_R = false }}\n\
         sector.b = {{ lambda = 1.5, y_R = 1, y_P = 1.1, Z_P = 0.56 }}\n"
    );
    let only = told(&other, &[], "");
    assert!(only.ends_with("since Germany's own cluster lowers the price as much as it raises output and Germany has no cluster in a, whose price is not lowered."), "{only}");
    let both = told(&other, &["sector.a.cluster_R=true", "sector.b.y_P=0.9"], "");
    assert!(
        !both.contains("has no cluster") && both.contains("greater disadvantage there (y_R/y_P = 1.111 against 1)"),
        "{both}"
    );
    // An advantage that is smaller is no disadvantage.
    let ahead = format!(
        "{head}catch_up.beta = 0.05\nsector.a = {{ lambda = 1.2, y_R = 1, y_P = 1.3, Z_P = 0.6 }}\nsector.b = {{ lambda = 1.6, y_R = 1, y_P = 1.2, Z_P = 0.6 }}\n"
    );
    let smaller = told(&ahead, &[], "");
    assert!(smaller.contains("Norte's lasting advantage is smaller there (y_P/y_R = 1.2 against 1.3)"), "{smaller}");
    assert!(!smaller.contains("disadvantage"), "{smaller}");
    let behind = told(&ahead, &["sector.b.y_P=0.9"], "");
    assert!(behind.contains("at a disadvantage there and not in a (y_R/y_P = 1.111 against 0.7692)"), "{behind}");
    // What R pays is no cost to P, and what P pays is one by what the money costs beside.
    let late = ["sector.a.y_P=1", "sector.b.y_P=1", "sector.b.Z_P=0.3", "welfare.cost_of_funds=1.2"];
    const RAISING: &str = "raising the money that holds it costs ";
    let (by_P, by_R) = (told(&ahead, &late, ""), told(&ahead, &late, ", funded_by='R'"));
    assert!(by_P.contains("starts further behind (z = 0.3 against 0.6)") && by_P.contains(RAISING), "{by_P}");
    assert!(by_R.contains("starts further behind") && !by_R.contains("costs"), "{by_R}");
    // Ahead of R, it does not start behind.
    let led = told(&ahead, &["sector.a.y_P=1", "sector.b.y_P=1", "sector.a.Z_P=1.6", "sector.b.Z_P=1.2"], "");
    assert!(led.contains("its technology starts less far ahead (z = 1.2 against 1.6)"), "{led}");
}
