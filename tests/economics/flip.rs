//! Protects `catchup flip`: ends of intervals against closed forms and against dense scans, both runs at every end, and what is
//! said of them.

use crate::common::random::Spec;
use crate::common::{Bench, root};
use catchup::compare::{Comparison, Member};
use catchup::control::Control;
use catchup::flip::{Account, Asked, Axis, First, Flips, Joint, Part, along, moved};
use catchup::measure::{Measure, Outcome};
use catchup::numbers::short;
use catchup::probe::{Answer, Condition, Question, World};
use catchup::scenario::{Scenario, parse};
use catchup::simulate::simulate;
use catchup::summary::summarise;
use catchup::words::{first, flip as words};
use fastrand::Rng;

/// The example of the model's page: Cl(2) sustained from the start, `ratio` the comparative advantage against it.
fn support(ratio: f64, period: f64, until: &str) -> Scenario {
    let text = format!(
        "schema_version = 1\nname = \"support\"\n[time]\nhorizon = 200\nperiod = {period:?}\n[growth]\nx = 0.02\n[catch_up]\n\
         form = \"logistic\"\nbeta = 0.05\n[sector.one]\nlambda = 1.2\ny_R = 1.0\ny_P = {ratio:?}\nZ_P = 0.4\n[sector.two]\n\
         lambda = 1.5\ny_R = 1.0\ny_P = 1.0\nZ_P = 0.4\n[solver]\nmethod = \"exact\"\n[[policy]]\nfrom = 0\n{until}\
         promote = \"two\"\nsustain = \"always\"\n"
    );
    parse(&text, &[]).expect("valid")
}

fn asked(scenario: &Scenario, key: &str) -> Asked {
    Asked::parse("--key", key, scenario).unwrap_or_else(|report| panic!("{report}"))
}

fn condition(scenario: &Scenario, text: &str) -> Condition {
    Condition::parse("--until", text, &scenario.problem.sectors).unwrap_or_else(|report| panic!("{report}"))
}

fn account(scenario: &Scenario, key: &str, until: &str) -> Account {
    let keys = if key.is_empty() { Vec::new() } else { vec![asked(scenario, key)] };
    Account::new(scenario, &condition(scenario, until), &keys, None, &Control::default()).expect("proved")
}

/// The only interval along the only key, from and until, and what lies outside.
fn only(account: &Account) -> [(f64, Option<f64>); 2] {
    let [Flips { found, .. }] = &account.keys[..] else { panic!("one key") };
    let [interval] = &found.intervals[..] else { panic!("one interval: {:?}", found.intervals) };
    [&interval.from, &interval.until].map(|end| (end.inside.value, end.outside.as_ref().map(|seen| seen.value)))
}

#[test]
fn support_must_last_as_long_as_the_model_says() {
    let closed = [(1.3, 4.181_457_611_315_148), (1.5, 12.936_250_866_193_08), (1.8, 29.771_920_079_463_626)];
    for (ratio, years) in closed {
        let scenario = support(ratio, 0.01, "until = 100\n");
        let account = account(&scenario, "policy.0.until", "outcome=self-sustaining");
        let [(from, before), (until, after)] = only(&account);
        let first = (years / 0.01_f64).ceil() * 0.01;
        assert!(
            (from - first).abs() < 1e-9 && (before.expect("a bracket") - (first - 0.01)).abs() < 1e-9,
            "{ratio}: {from}"
        );
        assert_eq!((until, after), (200.0, None));
        assert!(account.runs <= 64, "{} runs", account.runs);
        let said = words::answer(&account).join("\n");
        let [enough, not] = [first, first - 0.01].map(|years| format!("{years:.2}"));
        assert!(
            said.contains(&format!(
                "{enough} years of support suffice for this, from year 0 to year {not}; {not} do not"
            )),
            "{said}"
        );
    }
}

#[test]
fn a_stretch_on_its_own_feet_is_told_where_nothing_lasts() {
    let scenario = support(2.01, 0.01, "until = 100\n");
    let account = account(&scenario, "policy.0.until", "outcome=self-sustaining");
    assert!(account.keys[0].found.intervals.is_empty() && !account.met());
    // λ_1 z_2/z_1 = 2.01 between the two years in which it passes; z of [M4] with and without a cluster.
    let z = |years: f64, d: f64| {
        1.0 / ((0.05 / (0.05 - d)) + (1.0 / 0.4 - 0.05 / (0.05 - d)) * (-(0.05 - d) * years).exp())
    };
    let lead = |years: f64| 1.2 * z(years, 0.0) / z(years, 0.02) - 2.01;
    let root = |mut low: f64, mut high: f64| {
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if (lead(middle) > 0.0) == (lead(high) > 0.0) { high = middle } else { low = middle }
        }
        high
    };
    let (from, until) = (root(20.0, 81.0), root(81.0, 200.0));
    let stretch = account.stretch.expect("a stretch");
    assert!((stretch.from - from).abs() < 0.0101 && stretch.from >= from, "{stretch:?} {from}");
    assert!((stretch.until - until).abs() < 0.0101 && stretch.until <= until, "{stretch:?} {until}");
    let said = words::answer(&account).join("\n");
    assert!(
        said.contains("stands on its own for a stretch") && said.contains("Nothing that was asked meets it"),
        "{said}"
    );
    // From 2.0349 on it never stands.
    let never = support(2.04, 0.05, "until = 100\n");
    let never = self::account(&never, "policy.0.until", "outcome=self-sustaining");
    assert!(never.stretch.is_none() && !words::answer(&never).join("\n").contains("stretch"));
}

#[test]
fn continuous_keys_turn_where_the_closed_forms_say() {
    // Ties count as equilibria: within 1e-9.
    let at = |closed: f64| closed * (1.0 + 1e-9);
    // (8): a cluster in two holds for ever iff y_1P / y_2P <= λ_1 / ẑ = 1.2 / 0.6.
    let scenario = support(1.5, 1.0, "until = 120\n");
    let found = account(&scenario, "sector.one.y_P=1.2:3", "outcome=self-sustaining");
    let [(from, before), (until, after)] = only(&found);
    assert_eq!((from, before, after), (1.2, None, Some(until.next_up())));
    assert!((until - at(2.0)).abs() < 1e-12, "{until}");
    assert!(found.runs <= 64, "{} runs", found.runs);
    // (4), today: a cluster that stands at t = 0 holds iff the ratio is at most λ_1, the gaps being alike.
    let sets = ["policy=[]", "poor.start=cluster:two", "sector.one.Z_P=0.6", "sector.two.Z_P=0.6"].map(str::to_owned);
    let today = parse(&scenario.resolved(), &sets).expect("valid");
    let found = account(&today, "sector.one.y_P=1.01:1.9", "long_run_regime=cluster:two");
    let [(from, before), (until, after)] = only(&found);
    assert_eq!((from, before, after), (1.01, None, Some(until.next_up())));
    assert!((until - at(1.2)).abs() < 1e-12, "{until}");
    assert!(found.runs <= 64, "{} runs", found.runs);
    // A number against a bound: the gap without a cluster is (λ_1 / ẑ) / y_1P in the long run.
    let alone = parse(&scenario.resolved(), &["policy=[]".to_owned()]).expect("valid");
    let found = account(&alone, "sector.one.y_P=1.2:3", "long_run_gap<1.25");
    let [(from, before), (_, after)] = only(&found);
    assert_eq!((before, after), (Some(from.next_down()), None));
    assert!((from - 1.6).abs() < 1e-12 && found.runs <= 64, "{from} after {} runs", found.runs);
}

#[test]
fn the_discount_rate_turns_at_the_break_even_rate() {
    let file = root().join("scenarios/garments-electronics.toml");
    let scenario = catchup::scenario::load(file.to_str().expect("UTF-8"), &[]).expect("valid");
    let member = |scenario: Scenario| {
        let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        let summary = summarise(&scenario.keys.name, None, &trajectory);
        Member { scenario, trajectory, summary }
    };
    let none = scenario.promoting("none", "none", None).expect("valid");
    let both = Comparison::new("both".to_owned(), 0, vec![member(none), member(scenario.clone())]);
    let rate = both.gains[1].break_even_rate.expect("a rate");
    let account = account(&scenario, "welfare.discount_rate", "equivalent_variation>0");
    let [_, (until, after)] = only(&account);
    assert!((until - rate).abs() <= 1e-12 && after == Some(until.next_up()), "{until} {rate}");
    assert!(account.runs <= 64 * 2, "{} runs of two each", account.runs);
}

#[test]
fn garments_need_twenty_two_years_of_support() {
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let file = file.to_str().expect("UTF-8");
    let ran = bench.run(&["flip", file, "--key", "policy.0.until", "--until", "outcome=self-sustaining"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // Promoted from t = 5 on, up to but not at t = 22.
    let said = "17 years of support suffice for this, from 2030 to 2046; 16 do not.";
    assert!(ran.out.contains(said), "{}", ran.out);
    let table = bench.read("output/flip-garments-electronics/flip.csv");
    let cell = |name: &str| crate::common::column(&table, name)[0].clone();
    assert_eq!(
        [cell("from"), cell("from_outside"), cell("until"), cell("until_outside")],
        ["22.0", "21.0", "150.0", ""]
    );
    for file in ["flip.svg", "scenario.toml", "datapackage.json"] {
        assert!(bench.exists(&format!("output/flip-garments-electronics/{file}")), "{file}");
    }
    // The two runs that it speaks of.
    for (until, outcome) in [("22", "self-sustaining"), ("21", "collapsed")] {
        let ran = bench.run(&["run", file, "--set", &format!("policy.0.until={until}"), "--json"]);
        assert!(ran.out.contains(&format!("\"outcome\":\"{outcome}\"")), "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_can() {
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let file = file.to_str().expect("UTF-8");
    let cases: [(&[&str], [&str; 2]); 9] = [
        (&["--key", "catch_up.beta=0.1:0.05"], ["runs backwards", "--key catch_up.beta=0.05:0.1"]),
        (&["--key", "catch_up.beta=0:1"], ["out of range", "a number > 0"]),
        (
            &["--key", "catch_up.beta=0.01:inf"],
            ["inf is no finite number", "FROM"].map(|text| if text == "FROM" { "a number > 0" } else { text }),
        ),
        (&["--key", "catch_up.beta=0.01"], ["is no range", "FROM:TO"]),
        (&["--key", "catch_up.betta"], ["no key of garments-electronics", "did you mean `catch_up.beta`?"]),
        (&["--key", "poor.selection"], ["takes no numbers", "history, highest-wage, isolation"]),
        (&["--key", "poor.selection=hystory"], ["hystory", "did you mean `history`?"]),
        (&["--key", "solver.rtol"], ["over which values?", "--key solver.rtol=FROM:TO"]),
        (&["--key", "poor.tau", "--key", "poor.tau=0:3"], ["given twice", "one range for each key"]),
    ];
    for (args, parts) in cases {
        let mut all = vec!["flip", file, "--until", "outcome=collapsed"];
        all.extend(args);
        let ran = bench.run(&all);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
        assert!(parts.iter().all(|part| ran.err.contains(part)), "{args:?}: {}", ran.err);
        assert!(!bench.exists("output"), "{args:?}");
    }
    let ran = bench.run(&["flip", file, "--until", "outcom=collapsed"]);
    assert!(ran.code == Some(2) && ran.err.contains("did you mean `outcome`?"), "{ran:?}");
}

/// A condition that random scenarios meet now and then.
fn any_condition(scenario: &Scenario, rng: &mut Rng) -> Condition {
    let own = World::new(scenario, &[])
        .ask(Question::from_name("long_run_gap").expect("a measure"), &[], &Control::default())
        .expect("not stopped");
    let gap = if let Answer::Number(gap) = own { gap } else { 1.5 };
    let texts = [
        "outcome=self-sustaining".to_owned(),
        "outcome=collapsed".to_owned(),
        "verdict=persistent-gap".to_owned(),
        "direction=narrowing".to_owned(),
        "long_run_regime=cluster".to_owned(),
        "best=s0".to_owned(),
        "best=s1".to_owned(),
        "equivalent_variation>0".to_owned(),
        "net_gain_pv>=0".to_owned(),
        format!("long_run_gap<{:?}", if gap.is_finite() { gap * (0.9 + 0.2 * rng.f64()) } else { 1.5 }),
    ];
    condition(scenario, &texts[rng.usize(0..texts.len())])
}

#[test]
fn every_interval_that_a_dense_scan_shows_is_found_and_no_end_is_wrong() {
    let more = std::env::var("CATCHUP_FLIPS").ok().and_then(|count| count.parse().ok());
    let (cases, dense): (u32, usize) = more.map_or((150, 400), |cases| (cases, 10_000));
    let mut rng = Rng::with_seed(113);
    let (mut ends, mut intervals, mut dates, mut third) = (0, 0, 0, 0);
    for case in 0..cases {
        let scenario = parse(&Spec::random(&mut rng).toml(), &["solver.method=dopri5".to_owned()]).expect("valid");
        let condition = any_condition(&scenario, &mut rng);
        let axes = catchup::flip::Axis::every(&scenario);
        let axis = axes[rng.usize(0..axes.len())].clone();
        if axis.key.ends_with("alpha") {
            continue;
        }
        let flips = along(&scenario, &condition, axis.clone(), None, true, &Control::default()).expect("proved");
        let key = [axis.key.clone()];
        // Where nothing turns, every fifth is scanned all the same.
        if more.is_none() && flips.nearest.is_none() && case % 5 != 0 {
            continue;
        }
        // A fresh world for each look: from the scenario as a file would give it.
        let fresh = |value: f64| {
            let look = World::new(&scenario, &key).look(&condition, &[value], &Control::default());
            look.expect("not stopped").holds
        };
        let answer = |value: f64| {
            let look = World::new(&scenario, &key).look(&condition, &[value], &Control::default());
            look.expect("not stopped").answer
        };
        for part in &flips.found.parts {
            assert_eq!(
                part.values.map(&answer),
                [0, 1].map(|_| part.answer.clone()),
                "{case}: {} {condition}",
                axis.key
            );
        }
        for pair in flips.found.parts.windows(2) {
            let [last, next] = [pair[0].values[1], pair[1].values[0]];
            let near =
                if axis.is_dated() { 1.001 * scenario.problem.grid.period } else { 2e-6 * last.abs().max(next.abs()) };
            assert!(next > last && next - last <= near, "{case}: {} {last} {next}", axis.key);
        }
        if let (Some(first), Some(nearest)) = (flips.beyond().first(), &flips.nearest) {
            let [from, until] = first.values;
            assert!((from..=until).contains(&nearest.seen.value), "{case}: {} {condition}", axis.key);
            assert_eq!(first.answer, nearest.seen.look.answer);
            third += usize::from(flips.beyond().len() > 1);
        }
        for interval in &flips.found.intervals {
            intervals += 1;
            for end in [&interval.from, &interval.until] {
                assert_eq!(fresh(end.inside.value), Some(true), "{case}: {} {condition}", axis.key);
                let Some(outside) = &end.outside else { continue };
                assert_ne!(fresh(outside.value), Some(true), "{case}: {} {condition}", axis.key);
                let (low, high) = (end.inside.value.min(outside.value), end.inside.value.max(outside.value));
                let next = if axis.is_dated() { low + scenario.problem.grid.period } else { low.next_up() };
                assert!((high - next).abs() <= if axis.is_dated() { 1e-9 * next } else { 0.0 }, "{case}: {low} {high}");
                ends += 1;
            }
        }
        dates += usize::from(axis.is_dated());
        let [low, high] = axis.range;
        let mut world = World::new(&scenario, &key);
        let mut since: Option<f64> = None;
        for step in 0..=dense + 1 {
            let value = axis.lattice.nearest(low + (high - low) * (step as f64 / dense as f64));
            let holds = step <= dense
                && world.look(&condition, &[value], &Control::default()).expect("not stopped").holds == Some(true);
            match (holds, since) {
                (true, None) => since = Some(value),
                (false, Some(from)) => {
                    let found = |at: f64| {
                        flips.found.intervals.iter().any(|i| i.from.inside.value <= at && at <= i.until.inside.value)
                    };
                    let wide = value - from > flips.found.resolution;
                    assert!(
                        !wide || found(0.5 * (from + value)) || found(from),
                        "{case}: {} {condition} from {from} to {value}: {:?}",
                        axis.key,
                        flips.found.intervals
                    );
                    since = None;
                }
                _ => {}
            }
        }
    }
    assert!(ends > 8 && intervals > 8 && dates > 1 && third > 0, "{ends} {intervals} {dates} {third}");
}

#[test]
fn every_number_is_asked_and_the_joint_change_is_no_larger_than_any_alone() {
    let scenario = support(1.5, 1.0, "until = 30\n");
    let mut all = account(&scenario, "", "outcome=self-sustaining");
    assert!(all.holds() && all.all);
    // Numbers by shares of their own value, then dates by years; the two are not mixed.
    let of = |dated: bool| -> Vec<(usize, f64)> {
        let keys = all.keys.iter().enumerate().filter(|(_, flips)| flips.axis.is_dated() == dated);
        let far = |(place, flips): (usize, &Flips)| {
            let nearest = flips.nearest.as_ref()?;
            assert!(!dated || nearest.relative.is_none(), "{flips:?}");
            Some((place, if dated { nearest.distance } else { nearest.relative? }.abs()))
        };
        keys.filter_map(far).collect()
    };
    let (numbers, dates) = (of(false), of(true));
    assert!(numbers.len() > 5 && !dates.is_empty(), "{numbers:?} {dates:?}");
    for near in [&numbers, &dates] {
        assert!(near.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{near:?}");
    }
    assert!(numbers[numbers.len() - 1].0 < dates[0].0, "{numbers:?} {dates:?}");
    // Without the policy no cluster is promoted at all.
    assert_eq!(all.alternatives.len(), 1);
    assert_eq!((all.alternatives[0].turns, &all.alternatives[0].look.answer), (true, &Answer::Nothing));
    let joint = Joint::find(&all, &Control::default()).expect("not stopped").expect("a change");
    assert!(joint.proved, "{joint:?}");
    let alone = all
        .keys
        .iter()
        .filter(|flips| !flips.axis.is_dated())
        .filter_map(|flips| Some((flips.nearest.as_ref()?.seen.value / flips.axis.now?).ln().abs()));
    let alone = alone.filter(|size| size.is_finite()).fold(f64::INFINITY, f64::min);
    assert!(joint.size < alone, "{} {alone}", joint.size);
    // The change is what its table says, and turns the answer in a scenario that says so.
    let size: f64 = joint
        .axes
        .iter()
        .zip(&joint.values)
        .map(|(axis, value)| (value / axis.now.expect("a value")).ln().powi(2))
        .sum();
    assert!((size.sqrt() - joint.size).abs() < 1e-9);
    let sets: Vec<String> =
        joint.axes.iter().zip(&joint.values).map(|(axis, value)| format!("{}={value:?}", axis.key)).collect();
    let there = parse(&scenario.resolved(), &sets).expect("valid");
    let trajectory = simulate(&there.problem, there.solver, &Control::default()).expect("not stopped");
    assert_ne!(trajectory.measures.outcome, Some(Outcome::SelfSustaining));
    assert!(trajectory.measures[Measure::LongRunGap].is_some());
    all.joint = Some(joint);
    let said = words::answer(&all).join("\n");
    assert!(said.contains("What the answer hangs on") && said.contains("All keys together"), "{said}");
}

/// What is printed of a joint change is what a user types: it turns the answer as it is printed.
#[test]
fn a_joint_change_turns_the_answer_as_it_is_said() {
    let mut nearest_would_not = 0;
    for (advantage, tau, until) in [(1.5, 1.0, 30), (1.3, 1.0, 10), (1.4, 1.0, 20), (1.6, 1.0, 30), (1.45, 1.0, 25)] {
        let scenario = support(advantage, tau, &format!("until = {until}\n"));
        let mut all = account(&scenario, "", "outcome=self-sustaining");
        let holds = |sets: &[String]| {
            let there = parse(&scenario.resolved(), sets).expect("valid");
            let trajectory = simulate(&there.problem, there.solver, &Control::default()).expect("not stopped");
            trajectory.measures.outcome == Some(Outcome::SelfSustaining)
        };
        let Some(joint) = Joint::find(&all, &Control::default()).expect("not stopped") else { continue };
        let has_part = |axis: &Axis, value: f64| (value / axis.now.expect("a value") - 1.0).abs() >= 1e-4;
        let keys = joint.axes.iter().zip(&joint.values).filter(|(axis, value)| has_part(axis, **value));
        let nearest: Vec<String> = keys.map(|(axis, value)| format!("{}={}", axis.key, short(*value))).collect();
        nearest_would_not += usize::from(holds(&nearest) == all.holds());
        all.joint = Some(joint);
        let said = words::answer(&all).into_iter().find(|line| line.starts_with("All keys together")).expect("told");
        // "words of a key = value (+1.2 %), key = value (-3.4 %) and key = value (-5.6 %)"
        let list = said.split_once("(norm of the logs): ").expect("a list").1.split_once(';').expect("a proof").0;
        let (people, axes) = (scenario.people(), &all.joint.as_ref().expect("found").axes);
        let set = |told: &str| {
            let (words, value) = told.trim_start_matches([',', ' ']).trim_start_matches("and ").split_once(" = ")?;
            let axis = axes.iter().find(|axis| people.phrase(&axis.key) == words)?;
            Some(format!("{}={value}", axis.key))
        };
        let told: Vec<String> = list
            .split("%)")
            .filter_map(|part| part.split_once(" ("))
            .map(|(told, _)| set(told).unwrap_or_else(|| panic!("{told} of {said}")))
            .collect();
        assert!(!told.is_empty() && told.iter().all(|set| set.contains('=')), "{said}");
        assert_ne!(holds(&told), all.holds(), "{told:?} of {said}");
    }
    assert!(nearest_would_not > 0, "rounding to the nearest would do");
}

/// Sentences speak of keys in words, with the names that people gave; paths stand in the table beside them.
#[test]
fn keys_are_said_in_words() {
    let text = |sector: &str, policy: &str| {
        format!(
            "schema_version = 1\nname = \"named\"\ntime = {{ start = 2000, horizon = 100 }}\ngrowth.x = 0.02\n\
             catch_up.beta = 0.05\nsector.one = {{ lambda = 1.2, y_R = 1, y_P = 1.3, Z_P = 0.4{sector} }}\n\
             sector.two = {{ lambda = 1.5, y_R = 1, y_P = 1, Z_P = 0.4 }}\n[[policy]]\nfrom = 0\nuntil = 30\n\
             promote = \"two\"\nsustain = \"always\"\n{policy}"
        )
    };
    let said = |text: &str, key: &str, until: &str| {
        words::answer(&account(&parse(text, &[]).expect("valid"), key, until)).join("\n")
    };
    let (named, plain) = (text(", label = \"Cloth\"", "label = \"Programme\"\n"), text("", ""));
    for (text, cloth, programme) in [(&named, "Cloth", "“Programme”"), (&plain, "one", "the policy")] {
        let all = said(text, "", "outcome=self-sustaining");
        assert!(all.contains(&format!("the productivity y_P of {cloth} (")), "{all}");
        assert!(all.contains(&format!("the first date without {programme} (20")), "{all}");
        let along = said(text, "policy.0.from", "outcome=self-sustaining");
        assert!(
            along.contains(&format!("The first date of {programme}: it holds from 2000 (t = 0), the end")),
            "{along}"
        );
        let step = said(text, "poor.selection=isolation", "outcome=self-sustaining");
        assert!(step.contains("Where the selection of equilibria is isolation it does not hold"), "{step}");
        let start = said(text, "poor.start=cluster:one", "outcome=self-sustaining");
        assert!(start.contains(&format!("Where the regime before t = 0 is a cluster in {cloth} it ")), "{start}");
        for sentence in [all, along, step, start] {
            assert!(
                !["sector.", "policy.", "poor.", "welfare."].iter().any(|table| sentence.contains(table)),
                "{sentence}"
            );
        }
    }
    // Of two policies each needs its number.
    let two = format!("{plain}[[policy]]\nfrom = 40\nuntil = 50\npromote = \"one\"\n");
    let second = said(&two, "policy.1.from", "outcome=self-sustaining");
    assert!(second.contains("The first date of policy 2: "), "{second}");
}

/// A gap within 1 % of 1 counts as closed: where an answer turns by that alone, it is said to be no threshold.
#[test]
fn a_flip_that_is_only_the_tolerance_of_the_verdict_is_called_so() {
    let world = "schema_version = 1\nname = \"tolerance\"\ntime.horizon = 100\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
                 poor.start = \"cluster:a\"\nsector.a = { lambda = 1.5, y_R = 1, y_P = 0.8 }\n\
                 sector.b = { lambda = 1.2, y_R = 1, y_P = 0.7 }\n";
    let scenario = parse(world, &[]).expect("valid");
    let said = |key: &str, until: &str| words::answer(&account(&scenario, key, until)).join("\n");
    let tolerance = "Near the productivity y_P of a = 0.9901 no threshold of the economy is passed, but the 1 % within which a gap counts as closed.";
    assert!(
        said("sector.a.y_P=0.8:1.2", "verdict=persistent-gap").contains(tolerance),
        "{}",
        said("sector.a.y_P=0.8:1.2", "verdict=persistent-gap")
    );
    // Where it falls behind without end is a threshold.
    assert!(!said("catch_up.beta=0.005:0.05", "verdict=falling-behind").contains("no threshold"));
    assert!(!said("sector.a.y_P=0.8:1.2", "long_run_gap>1").contains("no threshold"));
}

#[test]
fn changes_are_shares_years_or_what_their_unit_counts() {
    assert_eq!(moved(0.3, Some(0.12), "per year"), "+12 %");
    assert_eq!(moved(-0.001, Some(-0.000_488), "1"), "-0.05 %", "a small change is not none");
    assert_eq!(moved(-19.0, None, "years after t = 0"), "-19 years");
    assert_eq!(moved(-1.0, None, "years after t = 0"), "-1 year");
    assert_eq!(moved(4.250_01, None, "years"), "+4.251 years");
    assert_eq!(moved(0.5, None, "1"), "+0.5");
    assert_eq!(moved(5e-324, None, "years"), "");
}

/// Of clusters that are worth the same each is the best, and none is called the only one.
#[test]
fn a_tie_for_the_best_is_a_tie() {
    let world = "schema_version = 1\nname = \"tie\"\ntime.horizon = 60\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
                 sector.a = { lambda = 1.2, y_R = 1, y_P = 1, Z_P = 0.5 }\nsector.b = { lambda = 1.2, y_R = 1, y_P = 1, Z_P = 0.5 }\n\
                 policy = [{ promote = \"a\", sustain = \"always\" }]\n";
    let holds = |set: &str, best: &str| account(&parse(world, &[set.to_owned()]).expect("valid"), "", best).holds();
    let level = "sector.b.y_P=1";
    assert!(holds(level, "best=a") && holds(level, "best=b"));
    assert!(!holds("sector.b.y_P=0.9", "best=b"));
    let said = |set: &str, until: &str| {
        words::answer(&account(&parse(world, &[set.to_owned()]).expect("valid"), "growth.x=0.015:0.025", until))
            .join("\n")
    };
    let worse = said("sector.b.y_P=0.5", "best=b");
    assert!(
        worse.contains("As the scenario stands, the cluster worth most to P is not one in b but one in a.\nEach cluster in turn is promoted from year 0 on, sustained at P's cost."),
        "{worse}"
    );
    // No word is nearer than another, and what is always the same is said once.
    assert!(worse.contains("Nothing that was asked meets it: the answer is the same everywhere."), "{worse}");
    assert!(!worse.contains("nearest") && !worse.contains("No number by itself"), "{worse}");
    assert!(!said(level, "outcome=self-sustaining").contains("Each cluster in turn"));
}

/// What is not so is said without "it is not so that", and never as what is.
#[test]
fn what_does_not_hold_is_denied_and_what_holds_is_claimed() {
    let first = |until: &str, test: &str| {
        let scenario = support(1.5, 1.0, until);
        let account = account(&scenario, "policy.0.from=0:1", test);
        (account.holds(), words::answer(&account)[0].clone())
    };
    let (mut held, mut denied) = (0, 0);
    for test in [
        "outcome=self-sustaining",
        "outcome=collapsed",
        "outcome=never-formed",
        "outcome=subsidised",
        "outcome=replaced",
        "verdict=persistent-gap",
        "verdict=ahead",
        "verdict=converged",
        "verdict=falling-behind",
        "direction=narrowing",
        "direction=widening",
        "direction=steady",
        "direction=overtaking",
        "long_run_regime=cluster:two",
        "long_run_regime=isolation",
        "equivalent_variation>0",
        "long_run_gap<1.1",
        "best=one",
    ] {
        let both = ["until = 30\n", "until = 3\n"].map(|until| first(until, test));
        assert!(both.iter().all(|(_, said)| said.starts_with("As the scenario stands, ")), "{both:?}");
        assert!(both.iter().all(|(_, said)| !said.contains("it is not so")), "{both:?}");
        if both[0].0 != both[1].0 {
            assert_ne!(both[0].1, both[1].1, "{test}");
        }
        held += both.iter().filter(|(holds, _)| *holds).count();
        denied += both.iter().filter(|(holds, said)| !holds && said.contains(" no")).count();
    }
    assert!(held > 5 && denied > 12, "{held} {denied}");
    let (_, enough) = first("until = 30\n", "outcome=self-sustaining");
    assert_eq!(enough, "As the scenario stands, the promoted cluster stands on its own in the end.");
    let (_, short) = first("until = 3\n", "outcome=self-sustaining");
    assert_eq!(short, "As the scenario stands, the promoted cluster does not stand on its own in the end (collapsed).");
}

/// How near a number came is told of the nearest that was asked, steps and the scenario itself included.
#[test]
fn the_nearest_miss_is_the_nearest_of_all_that_was_asked() {
    let scenario = support(1.5, 1.0, "until = 30\n");
    let said = |scenario: &Scenario, key: &str| words::answer(&account(scenario, key, "subsidy_pv<0")).join("\n");
    let all = said(&scenario, "");
    assert!(all.contains("It comes nearest without the policy from year 0 on (promote two, always): 0."), "{all}");
    assert!(!all.contains("No number by itself") && all.contains("asked at 33 values or more"), "{all}");
    let alone = parse(&scenario.resolved(), &["policy=[]".to_owned()]).expect("valid");
    assert!(said(&alone, "").contains("It comes nearest as the scenario stands: 0."));
    let along = said(&scenario, "sector.one.y_P=1.3:1.5");
    assert!(along.contains("It comes nearest where the productivity y_P of one is 1.3: "), "{along}");
    // Words are heard one by one, and what is no answer is told apart.
    let words =
        words::answer(&account(&support(2.04, 1.0, "until = 100\n"), "policy.0.until", "outcome=self-sustaining"));
    assert!(words.iter().any(|line| line.starts_with("What comes of it instead is collapsed")), "{words:?}");
    // What is met, though by no number, is told so.
    let met = words::answer(&account(&scenario, "", "long_run_gap>0")).join("\n");
    assert!(met.contains("No number by itself turns the answer") && !met.contains("nearest"), "{met}");
}

/// Two runs of one world that differ in how long they promote; what `compare` says of them.
fn long_and_short(z: f64) -> (Bench, String) {
    let bench = Bench::new();
    for (name, until) in [("long", 25), ("short", 1)] {
        let text = format!(
            "schema_version = 1\nname = \"{name}\"\ntime = {{ start = 2000, horizon = 60 }}\ngrowth.x = 0.02\n\
             catch_up = {{ form = \"gompertz\", beta = 0.05 }}\nsolver.method = \"exact\"\n\
             sector.cloth = {{ lambda = 1.3, y_R = 1, y_P = 0.7, Z_P = 0.7 }}\n\
             sector.chips = {{ lambda = 1.3, y_R = 1, y_P = 1, Z_P = {z:?} }}\n\
             policy = [{{ from = 0, until = {until}, promote = \"chips\", sustain = \"always\" }}]\n"
        );
        bench.write(&format!("{name}.toml"), text);
    }
    let ran = bench.run(&["compare", "long.toml", "short.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (bench, ran.out)
}

/// Where a run fails nobody else is first; and a date that differs from run to run is moved in some of them.
#[test]
fn a_run_that_fails_is_no_flip_and_a_key_that_differs_says_where_it_moves() {
    let (bench, said) = long_and_short(0.15);
    let hangs = said.lines().find(|line| line.contains("What the first place hangs on")).expect("told");
    assert!(!hangs.contains("fails"), "{said}");
    assert!(
        said.contains("  Where the cost of public funds μ is 1.662 instead of 1 (+66 %) a run fails, and nothing can be compared.\n"),
        "{said}"
    );
    assert!(said.contains("the first date without the policy in “long” is 2012 instead of 2025"), "{said}");
    assert!(!hangs.contains(" in “long” is"), "what is the same in both is moved in both: {said}");
    let picture = bench.read("output/compare-long/flips.svg");
    assert!(picture.contains("a run fails") && picture.contains("Grey along a key without orange"), "{picture}");
    let (bench, never) = long_and_short(0.1);
    assert!(!never.contains("a run fails"), "{never}");
    assert!(!bench.read("output/compare-long/flips.svg").contains("a run fails"));
}

/// A path that loses the first place again is told with where it does.
#[test]
fn how_far_another_path_keeps_the_first_place_is_said() {
    let bench = Bench::new();
    let world = "schema_version = 1\nname = \"NAME\"\ntime = { start = 2000, horizon = 100 }\ngrowth.x = 0.018\n\
                 catch_up = { form = \"logistic\", beta = 0.05 }\npoor = { start = \"isolation\", tau = 2 }\n\
                 sector.cloth = { lambda = 1.06, y_R = 1, y_P = 0.75, Z_P = 0.7 }\n\
                 sector.chips = { lambda = 1.3, y_R = 1, y_P = 0.9, Z_P = 0.4 }\nwelfare = { discount_rate = 0.03, cost_of_funds = 1.2 }\n\
                 policy = [POLICY]\n";
    for (name, policy) in [
        ("chips", "{ until = 8, promote = \"chips\", sustain = \"always\" }"),
        ("none", ""),
        ("pigou", "{ until = 20, promote = { rule = \"pigou\" }, sustain = \"pigou\", funded_by = \"R\" }"),
    ] {
        bench.write(&format!("{name}.toml"), world.replace("NAME", name).replace("POLICY", policy));
    }
    let ran = bench.run(&["compare", "chips.toml", "none.toml", "pigou.toml", "--baseline", "none", "--no-plot"]);
    let told = "the productivity y_R of chips is 0.883 instead of 1 (-12 %; from 0.6857 down “pigou” again), ";
    assert!(ran.out.contains(told), "{}", ran.out);
    // Only ratios count, so that y_P of cloth is as near: of two that differ by rounding the first in the file's order is told first.
    let nearest = "“chips” takes it where the productivity y_P of cloth is 0.6623 instead of 0.75 (-12 %; ";
    assert!(ran.out.contains(nearest), "{}", ran.out);
    // From the number that is told on it is so, and not just before.
    let first = |value: &str| {
        let set = format!("sector.chips.y_R={value}");
        let ran =
            bench.run(&["compare", "chips.toml", "none.toml", "pigou.toml", "--set", &set, "--no-plot", "--quiet"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let table = bench.read("output/compare-chips/summary.csv");
        let mut rows = table.lines().skip(1).filter_map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            (cells[3] == "1").then(|| cells[0].to_owned())
        });
        rows.next().expect("one is first")
    };
    assert_eq!(["0.884", "0.883", "0.6858", "0.6857"].map(first), ["pigou", "chips", "chips", "pigou"]);
    // One that keeps it to the end of what was asked is told without.
    let (_, kept) = long_and_short(0.15);
    assert!(kept.contains("takes it where the productivity y_R of cloth is 0.7226 instead of 1 (-28 %),"), "{kept}");
}

#[test]
fn a_shock_that_carries_the_first_place_is_named_in_the_headline_and_one_that_does_not_is_not() {
    let text = |shock: &str| {
        format!(
            "schema_version = 1\nname = \"carried\"\n[time]\nstart = 2000\nhorizon = 100\n[growth]\nx = 0.02\n[catch_up]\n\
             beta = 0.05\n[sector.one]\nlambda = 1.2\ny_R = 1.0\ny_P = 1.0\nZ_P = 0.6\n[sector.two]\nlambda = 1.2\ny_R = 1.0\n\
             y_P = 1.3\nZ_P = 0.6\n{shock}"
        )
    };
    let compared = |shock: &str, more: &[&str]| {
        let bench = Bench::new();
        let file = bench.write("carried.toml", text(shock));
        let mut args = vec!["compare", file.to_str().expect("UTF-8"), "--each-cluster"];
        args.extend(more);
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        (bench, ran.out)
    };
    let carries = "[[shock]]\nat = 4\nset = { \"sector.one.y_P\" = 2.6 }\n";
    let (bench, said) = compared(carries, &[]);
    let headline = said.lines().nth(1).expect("a headline").to_owned();
    assert!(
        headline.to_lowercase().contains("a cluster in one") && headline.contains("Without the shock of 2004"),
        "{said}"
    );
    assert!(headline.contains("“a cluster in two” is first."), "{said}");
    assert!(
        said.contains("What the first place hangs on, nearest first: “a cluster in two” takes it where the "),
        "{said}"
    );
    // The same shock, and the first place is another's without it: the run that it speaks of.
    let (_, without) = compared("", &[]);
    assert!(without.lines().nth(1).expect("a headline").to_lowercase().contains("a cluster in two"), "{without}");
    let page = bench.read("output/compare-carried/report.html");
    assert!(page.contains("What the answer hangs on") && page.contains("Without the shock of 2004"));
    assert!(bench.exists("output/compare-carried/flips.svg"));
    // One that changes nothing of the order is told, and not in the headline.
    let (_, harmless) = compared("[[shock]]\nat = 4\nset = { \"sector.one.y_P\" = 1.01 }\n", &[]);
    assert!(!harmless.lines().nth(1).expect("a headline").contains("Without the shock"), "{harmless}");
    assert!(
        harmless.contains(
            "Without the shock of 2004 (the productivity y_P of one = 1.01) “a cluster in two” is first all the same"
        ),
        "{harmless}"
    );
    // Where two are first without it, both are.
    let worse = "[[shock]]\nat = 4\nset = { \"sector.one.y_P\" = 1.2 }\n";
    let (_, shared) = compared(worse, &["--set", "sector.one.y_P=1.3"]);
    assert!(shared.contains("“a cluster in one” and “a cluster in two” share the first place."), "{shared}");
    assert!(!shared.contains("share the first place all the same"), "{shared}");
    // Where two are first with it and without it, it changes nothing.
    let (_, level) = compared("[[shock]]\nat = 4\nset = { \"growth.x\" = 0.021 }\n", &["--set", "sector.one.y_P=1.3"]);
    assert!(level.contains("“a cluster in one” and “a cluster in two” share the first place all the same."), "{level}");
    let (bench, skipped) = compared(carries, &["--no-flips"]);
    assert!(!skipped.contains("hangs on") && !bench.exists("output/compare-carried/flips.svg"), "{skipped}");
}

/// Where a condition does not hold, what is answered instead is told where that is not one thing.
#[test]
fn what_is_answered_elsewhere_is_told_where_it_is_several() {
    let file = root().join("scenarios/garments-electronics.toml");
    let scenario = catchup::scenario::load(file.to_str().expect("UTF-8"), &[]).expect("valid");
    let key = "sector.electronics.y_P=0.5:2";
    let said = |until: &str| words::answer(&account(&scenario, key, until)).join("\n");
    let gap = said("verdict=persistent-gap");
    let expected =
        "Elsewhere along it: converging from 0.9901 to 1.003; converged from 1.004 to 1.01; ahead from 1.011 to 2.";
    assert!(gap.contains(expected), "{gap}");
    // As it is said, so it is: at the ends that are told.
    for (value, verdict) in [
        ("0.9901", "converging"),
        ("1.003", "converging"),
        ("1.004", "converged"),
        ("1.01", "converged"),
        ("1.011", "ahead"),
        ("2", "ahead"),
    ] {
        let set = format!("sector.electronics.y_P={value}");
        let scenario = catchup::scenario::load(file.to_str().expect("UTF-8"), &[set]).expect("valid");
        let run = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        assert_eq!(run.measures.verdict.map(catchup::summary::Verdict::name), Some(verdict), "{value}");
    }
    // The twins: one other answer, and numbers.
    for until in ["outcome=self-sustaining", "long_run_gap<1.2"] {
        assert!(!said(until).contains("Elsewhere"), "{}", said(until));
    }
}

/// Beyond the path that takes the first place a third may follow, or the first one again, or none that can be compared.
#[test]
fn who_follows_beyond_a_flip_is_named() {
    let text = |policy: &str| {
        format!(
            "schema_version = 1\nname = \"follows\"\ntime = {{ start = 2000, horizon = 60 }}\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
             sector.one = {{ lambda = 1.2, y_R = 1, y_P = 1, Z_P = 0.6 }}\nsector.two = {{ lambda = 1.2, y_R = 1, y_P = 1.3, Z_P = 0.6 }}\n\
             policy = [{policy}]\n"
        )
    };
    let member = |title: &str, policy: &str| {
        let mut scenario = parse(&text(policy), &[]).expect("valid");
        scenario.keys.title = Some(title.to_owned());
        let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
        let summary = summarise(title, Some(title), &trajectory);
        Member { scenario, trajectory, summary }
    };
    let promoted = |sector: &str| format!("{{ promote = \"{sector}\", sustain = \"always\" }}");
    let all = vec![member("none", ""), member("one", &promoted("one")), member("two", &promoted("two"))];
    let all = Comparison::new("all".to_owned(), 0, all);
    let found = First::of(&all, &Control::default()).expect("not stopped").expect("soon done");
    let above = found.keys.iter().find(|flips| flips.nearest.as_ref().is_some_and(|nearest| nearest.distance > 0.0));
    let flips = above.expect("one lies above").clone();
    assert_eq!((found.leader, &flips.beyond()[0].answer), (2, &Answer::Best(1)), "{flips:?}");
    let told = |followers: &[(Answer, f64)]| {
        let mut flips = flips.clone();
        let end = flips.axis.range[1];
        let last =
            flips.found.parts.iter().position(|part| part.answer == Answer::Best(1)).expect("it takes the place");
        flips.found.parts.truncate(last + 1);
        for (answer, from) in followers {
            let before = flips.found.parts.last_mut().expect("a part");
            before.values[1] = from.next_down();
            flips.found.parts.push(Part { answer: answer.clone(), values: [*from, end] });
        }
        let turned = First { keys: vec![flips], ..found.clone() };
        first::answer(&all, Some(&turned)).join("\n")
    };
    let at = flips.nearest.as_ref().expect("a flip").seen.value;
    let [b, c] = [1.1, 1.2].map(|times| (times * at * 1e3).round() / 1e3);
    assert!(told(&[(Answer::Best(0), b)]).contains(&format!("; from {} up “none”)", short(b))));
    let both = told(&[(Answer::Best(0), b), (Answer::Best(2), c)]);
    assert!(both.contains(&format!("; from {} up “none”; from {} up “two” again)", short(b), short(c))), "{both}");
    let fails = told(&[(Answer::Failed, b), (Answer::NoScenario, c)]);
    let expected = format!("; from {} up a run fails; from {} up there is no valid scenario)", short(b), short(c));
    assert!(fails.contains(&expected), "{fails}");
    // The twin: kept to the end of what was asked.
    assert!(!told(&[]).contains(" up "), "{}", told(&[]));
}
