//! Protects present values and the path after the last row: known figures, independence of where the table ends and of how
//! fine its dates are, and the same end that a long horizon shows.

use crate::common::random::Spec;
use crate::common::root;
use catchup::compare::{Comparison, Gains, Member};
use catchup::control::Control;
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::scenario::{Scenario, load, parse};
use catchup::simulate::simulate;
use catchup::summary::{Status, Summary, summarise};
use catchup::trajectory::{Event, EventKind};
use fastrand::Rng;

fn garments(sets: &[&str]) -> Scenario {
    let path = root().join("scenarios/garments-electronics.toml");
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    load(&path.to_string_lossy(), &sets).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn member(scenario: Scenario) -> Member {
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(&scenario.keys.name, scenario.keys.title.as_deref(), &trajectory);
    Member { scenario, trajectory, summary }
}

/// What the move into electronics gains over staying with garments.
fn gained(sets: &[&str]) -> Gains {
    let alone: Vec<&str> = sets.iter().copied().chain(["policy=[]"]).collect();
    let members = vec![member(garments(&alone)), member(garments(sets))];
    Comparison::new("test".to_owned(), 0, members).gains[1]
}

#[test]
fn the_move_into_electronics_pays_below_a_rate_that_no_horizon_moves() {
    for horizon in ["time.horizon=150", "time.horizon=60", "time.horizon=1500"] {
        let gains = gained(&[horizon]);
        let rate = gains.break_even_rate.expect("it pays for the patient");
        assert!((rate - 0.011_214_9).abs() < 5e-8, "{horizon}: {rate}");
    }
    let appraised = gained(&["welfare.window=horizon"]).break_even_rate.expect("it pays for the patient");
    assert!((appraised - 0.004_630).abs() < 5e-7, "{appraised}");
    let figures = [(0.005, 0.109, 20.7), (0.01, 0.017, 3.73), (0.02, -0.090, -2.25), (0.03, -0.148, -3.02)];
    for (rate, variation, gain) in figures {
        let gains = gained(&[&format!("welfare.discount_rate={rate}")]);
        let found = (gains.equivalent_variation.expect("it converges"), gains.net_gain_pv.expect("it converges"));
        let digit = if gain > 10.0 { 0.05 } else { 0.005 };
        assert!((found.0 - variation).abs() < 5e-4 && (found.1 - gain).abs() < digit, "{rate}: {found:?}");
    }
}

/// The numbers of a run that do not depend on where its table ends.
const ENDLESS: [Measure; 5] =
    [Measure::LongRunGap, Measure::HalfLife, Measure::Welfare, Measure::SubsidyPv, Measure::SelfSustainingYear];

fn close(a: Option<f64>, b: Option<f64>, share: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= share * a.abs().max(b.abs()).max(1e-9),
        (None, None) => true,
        _ => false,
    }
}

fn summary(spec: &Spec) -> Summary {
    member(parse(&spec.toml(), &[]).unwrap_or_else(|report| panic!("{}\n{}", report.render(false), spec.toml())))
        .summary
}

#[test]
fn where_the_table_ends_moves_nothing_that_looks_beyond_it() {
    let mut rng = Rng::with_seed(20_261_125);
    let (mut compared, mut changed_after, mut arrived) = (0, 0, 0);
    while compared < 2_000 {
        let mut spec = Spec::random(&mut rng);
        spec.method = "exact";
        if spec.catch_up.contains("verspagen") {
            continue;
        }
        let periods = rng.u32(20..=200);
        spec.horizon = f64::from(periods) * spec.period;
        let here = summary(&spec);
        let far = Spec { horizon: 50.0 * spec.horizon, ..spec.clone() };
        // Levels that far off may leave the range of numbers; what a path that blows up shows differs by design.
        let Ok(scenario) = parse(&far.toml(), &[]) else { continue };
        let Member { trajectory, summary: far, .. } = member(scenario);
        if far.measures.status() == Status::Failed || here.measures.status() == Status::Failed {
            continue;
        }
        compared += 1;
        changed_after += usize::from(here.measures.last != here.measures.long_run);
        let text = || format!("{}\n{here:#?}\n{far:#?}", spec.toml());
        assert_eq!(here.measures.long_run, far.measures.long_run, "{}", text());
        assert_eq!(here.measures.long_run, far.measures.last, "{}", text());
        assert_eq!(here.measures.outcome, far.measures.outcome, "{}", text());
        assert_eq!(here[Measure::SettledYear], far[Measure::SettledYear], "{}", text());
        for measure in ENDLESS {
            assert!(close(here[measure], far[measure], 2e-9), "{measure:?}\n{}", text());
        }
        // What the longer run computes of its limit it also shows, where it has all but arrived.
        let gap = |row: usize| trajectory.rows[row].income_gap();
        let end = trajectory.rows.len() - 1;
        let limit = here[Measure::LongRunGap].filter(|limit| *limit > 0.0);
        if let Some(limit) = limit.filter(|_| (gap(end) / gap(end - end / 10)).ln().abs() < 1e-10) {
            arrived += 1;
            assert!((gap(end) / limit).ln().abs() < 1e-8, "it ends at {}\n{}", gap(end), text());
        }
    }
    assert!(arrived > 1_000, "{arrived} paths arrived");
    assert!(changed_after > 20, "{changed_after} paths changed after their last row");
}

#[test]
fn dates_that_decide_nothing_can_be_as_fine_as_one_likes() {
    let mut rng = Rng::with_seed(7);
    let mut compared = 0;
    while compared < 300 {
        let mut spec = Spec::random(&mut rng);
        (spec.period, spec.method) = (1.0, "exact");
        // Dates between those of the coarser grid would be decided at others.
        let several = spec.rest.contains("[[shock]]") || spec.rest.matches("[[policy]]").count() > 1;
        if several || spec.catch_up.contains("verspagen") {
            continue;
        }
        spec.horizon = f64::from(rng.u32(20..=100));
        let [whole, half, tenth] = [1.0, 0.5, 0.1].map(|period| {
            let spec = Spec { period, ..spec.clone() };
            member(parse(&spec.toml(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false))))
        });
        // The same decisions, at the same dates; z may meet 1 between them.
        let decided = |member: &Member| {
            let events = member.trajectory.events.iter().filter(|event| event.kind != EventKind::ParityReached);
            let t = |event: &Event| (10.0 * member.trajectory.grid.t(event.period)).round().to_bits();
            let events: Vec<_> = events.map(|event| (event.kind, event.sector, t(event))).collect();
            let summary = &member.summary;
            let years = [summary[Measure::SelfSustainingYear], summary[Measure::SettledYear], summary.half_life_from];
            (events, summary.measures.long_run, years.map(|year| year.map(f64::to_bits)))
        };
        if decided(&whole) != decided(&half) || decided(&whole) != decided(&tenth) {
            continue;
        }
        let [whole, half, tenth] = [whole, half, tenth].map(|member| member.summary);
        compared += 1;
        for measure in [Measure::Welfare, Measure::SubsidyPv, Measure::HalfLife] {
            for finer in [&half, &tenth] {
                assert!(
                    close(whole[measure], finer[measure], 1e-8),
                    "{measure:?}\n{}\n{whole:#?}\n{finer:#?}",
                    spec.toml()
                );
            }
        }
    }
}

#[test]
fn an_endless_path_that_is_not_discounted_has_no_present_value_also_of_what_ends() {
    // Electronics is paid for until 2046.
    let values = |sets: &[&str]| {
        let summary = member(garments(sets)).summary;
        [summary[Measure::Welfare], summary[Measure::SubsidyPv], summary.measures.income, summary.measures.weight]
    };
    for rate in ["welfare.discount_rate=0", "welfare.discount_rate=1e-13"] {
        assert_eq!(values(&[rate]), [None; 4], "{rate}");
        let within = values(&[rate, "welfare.window=horizon"]).map(|value| value.expect("a window has an end"));
        assert!(within[1] > 1.0 && (within[3] - 150.0).abs() < 1e-8, "{within:?}");
    }
    assert!(values(&["welfare.discount_rate=1e-4"]).iter().all(Option::is_some));
}

#[test]
fn a_run_passes_its_baseline_at_the_very_date_however_late() {
    // In isolation textiles pay 1.25/1.25 for ever; a cluster in steel pays 1.25 z, 1/z − 1 = (1/z_0 − 1) e^(−βt).
    for (period, horizon) in [(1.0, 200.0), (1.0, 5.0), (0.05, 5.0), (0.01, 1.0)] {
        let world = format!(
            "schema_version = 1\ntime = {{ horizon = {horizon:?}, period = {period:?} }}\ngrowth.x = 0.02\n\
             catch_up.beta = 0.05\n[sector.textiles]\nlambda = 1.25\ny_R = 1\ny_P = 1.25\nx = 0\n\
             [sector.steel]\nlambda = 1.2\ny_R = 1\ny_P = 1.25\nZ_P = 0.05\n"
        );
        let policy = "[[policy]]\npromote = \"steel\"\nsustain = \"always\"\n";
        let members = [world.clone(), format!("{world}{policy}")]
            .map(|text| member(parse(&text, &[]).unwrap_or_else(|report| panic!("{}", report.render(false)))));
        let gains = Comparison::new("test".to_owned(), 0, members.into()).gains[1];
        let passed = f64::ln((1.0 / 0.05 - 1.0) / (1.0 / 0.8 - 1.0)) / 0.05;
        let expected = (passed / period).ceil() * period;
        let found = gains.passes_baseline_year.expect("it does");
        assert!((found - expected).abs() < 1e-6, "{period} {horizon}: {found} {expected}");
    }
}

#[test]
fn of_two_rates_at_which_a_run_breaks_even_the_nearest_is_told() {
    // Ahead by 2 % for 5 years, behind by 3 % for 35, then ahead by 5 %: it pays for the patient and for the impatient.
    let [first, then, last] = [1.02_f64, 0.97, 1.05].map(f64::ln);
    let worth = |rho: f64| {
        let [near, far] = [-5.0 * rho, -40.0 * rho].map(f64::exp);
        first * (1.0 - near) + then * (near - far) + last * far
    };
    let root = |mut low: f64, mut high: f64| {
        let begins = worth(low) > 0.0;
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if (worth(middle) > 0.0) == begins { low = middle } else { high = middle }
        }
        low
    };
    let [patient, impatient] = [root(1e-4, 0.05), root(0.05, 0.3)];
    for rho in [0.001, 0.03, 0.49 * (patient + impatient), 0.51 * (patient + impatient), 0.25] {
        let world = |output: f64, shocks: &str| {
            let text = format!(
                "schema_version = 1\ntime = {{ start = 1990, horizon = 60 }}\ngrowth.x = 0\ncatch_up.beta = 0.05\n\
                 welfare.discount_rate = {rho:?}\n[sector.textiles]\nlambda = 1\ny_R = 1\ny_P = {output:?}\n\
                 [sector.steel]\nlambda = 1\ny_R = 1\ny_P = 0.5\n{shocks}"
            );
            member(parse(&text, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))))
        };
        let shock =
            |at: u32, output: f64| format!("[[shock]]\nat = {at}\nset = {{ \"sector.textiles.y_P\" = {output:?} }}\n");
        let members = vec![world(1.0, ""), world(1.02, &(shock(5, 0.97) + &shock(40, 1.05))), world(1.02, "")];
        let gains = Comparison::new("test".to_owned(), 0, members).gains;
        let expected = if rho < 0.5 * (patient + impatient) { patient } else { impatient };
        let found = gains[1].break_even_rate.expect("there are two");
        assert!((found - expected).abs() < 1e-9, "{rho}: {found} {expected}");
        let years = [gains[1].passes_baseline_year, gains[2].passes_baseline_year, gains[0].passes_baseline_year];
        assert_eq!(years, [Some(2030.0), Some(1990.0), None]);
    }
}

/// How near, as a share of the years and the value, two ways to a present value come.
const SWITCH: f64 = 1e-10;

/// The present values of a run whose file gets these keys too; nothing where it fails.
fn present_values(text: &str, sets: &[String]) -> Option<[Option<f64>; 3]> {
    let scenario = parse(text, sets).unwrap_or_else(|report| panic!("{}\n{text}", report.render(false)));
    let Summary { measures, .. } = member(scenario).summary;
    (measures.status() == Status::Ok)
        .then(|| [measures[Measure::Welfare], measures[Measure::SubsidyPv], measures.income])
}

#[test]
fn where_one_way_to_present_values_takes_over_from_another_they_agree() {
    let mut rng = Rng::with_seed(2_005);
    let mut paid = 0;
    for _ in 0..400 {
        let spec = Spec { method: "exact", ..Spec::random(&mut rng) };
        if spec.catch_up.contains("verspagen") {
            continue;
        }
        // From this rate on a window is valued as what never ends less what comes after it.
        let [below, above] = [1.0 - 1e-12, 1.0 + 1e-12].map(|side| {
            let rate = side * 0.05 / spec.horizon;
            let sets = ["welfare.window=horizon".to_owned(), format!("welfare.discount_rate={rate:?}")];
            present_values(&spec.toml(), &sets)
        });
        let Some((below, above)) = below.zip(above) else { continue };
        paid += usize::from(below[1] > Some(0.0));
        for (below, above) in below.into_iter().zip(above) {
            let (below, above) = (below.expect("a window has an end"), above.expect("a window has an end"));
            let size = spec.horizon + below.abs();
            assert!((below - above).abs() <= SWITCH * size, "{below:?} {above:?}\n{}", spec.toml());
        }
    }
    assert!(paid > 40, "{paid} runs pay a subsidy");
}

#[test]
fn a_shock_that_changes_nothing_moves_no_present_value() {
    let mut rng = Rng::with_seed(1_859);
    let mut compared = 0;
    for _ in 0..400 {
        let spec = Spec::random(&mut rng);
        let at = rng.u32(1..=40);
        let lambda = spec.sectors[0].lambda;
        let shock = format!("[[shock]]\nat = {at}\nset = {{ \"sector.s0.lambda\" = {lambda:?} }}\n");
        // One that changes λ before would be undone.
        if spec.rest.contains("s0.lambda") {
            continue;
        }
        let shaken = Spec { rest: format!("{}{shock}", spec.rest), ..spec.clone() };
        let pair = [&spec, &shaken].map(|spec| member(parse(&spec.toml(), &[]).expect("valid")));
        if pair.iter().all(|member| member.trajectory.failure.is_none()) {
            let [first, gains] = Comparison::new("test".to_owned(), 0, pair.into()).gains[..] else { panic!("two") };
            let told = (gains.break_even_rate, gains.passes_baseline_year, gains.ends_level);
            assert_eq!(told, (None, None, true), "{}", shaken.toml());
            assert_eq!((first.rank, gains.rank), (1, 1), "{:?}\n{}", gains.equivalent_variation, shaken.toml());
        }
        for rate in ["0.01", "0.06"] {
            let sets = [format!("welfare.discount_rate={rate}")];
            let Some((calm, shaken)) = present_values(&spec.toml(), &sets).zip(present_values(&shaken.toml(), &sets))
            else {
                continue;
            };
            compared += 1;
            let error = if spec.method == "exact" { 1e-10 } else { 1e-8 };
            for (calm, shaken) in calm.into_iter().zip(shaken) {
                let size = 100.0 + calm.map_or(0.0, f64::abs);
                let apart = calm.zip(shaken).map_or(0.0, |(calm, shaken)| (calm - shaken).abs());
                assert!(
                    calm.is_some() == shaken.is_some() && apart <= error * size,
                    "{rate}, {at}: {calm:?} {shaken:?}\n{}",
                    spec.toml()
                );
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

/// Two outside options that are the same at the date at which a subsidy begins, and not just after it: that is found, and does not go on
/// for ever.
#[test]
fn a_subsidy_that_bends_as_it_begins_has_a_present_value() {
    let paid = |more: f64| {
        let text = format!(
            "schema_version = 1\nname = \"tie\"\ntime.horizon = 30\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
             sector.one = {{ lambda = 1, y_R = 1, y_P = 1, Z_P = {:?} }}\n\
             sector.two = {{ lambda = 2, y_R = 1, y_P = 1, Z_P = 0.5 }}\n\
             sector.new = {{ lambda = 1.1, y_R = 1, y_P = 1, Z_P = 0.1 }}\n\
             policy = [{{ until = 10, promote = \"new\", sustain = \"always\" }}]\n",
            0.25 * (1.0 + more)
        );
        let scenario = catchup::scenario::parse(&text, &[]).expect("valid");
        let run = catchup::simulate::simulate(&scenario.problem, scenario.solver, &Default::default());
        run.expect("not stopped").measures[catchup::measure::Measure::SubsidyPv].expect("a subsidy is paid")
    };
    let [tie, beside] = [0.0, 1e-10].map(paid);
    assert!(tie > 0.1 && (tie / beside - 1.0).abs() < 1e-8, "{tie} {beside}");
}

/// A path that ends says nothing of later dates, and takes nothing back of those before.
#[test]
fn who_passes_whom_is_told_also_where_a_path_ends() {
    let path = root().join("scenarios/paper/literal.toml");
    let run = |policy: &str| {
        let sets = [format!("policy={policy}"), "time.horizon=1".to_owned()];
        let scenario = load(&path.to_string_lossy(), &sets).unwrap_or_else(|report| panic!("{}", report.render(false)));
        member(scenario)
    };
    let members = ["[]", "[{promote='good_1'}]", "[{promote='good_1', from=1}]"].map(run);
    assert!(members.iter().all(|member| member.trajectory.failure.is_none()), "no row fails");
    let ends =
        |member: &Member| (0..200).find(|&k| member.trajectory.spells.state_at(&member.scenario.problem, k).is_none());
    assert!(members.iter().any(|member| ends(member).is_some()), "one path ends after its last row");
    let years: Vec<_> = {
        let gains = Comparison::new("test".to_owned(), 0, members.into()).gains;
        gains.iter().map(|gains| gains.passes_baseline_year).collect()
    };
    assert_eq!(years, [None, Some(0.0), Some(1.0)]);
}

/// A subsidy for its externality is paid whether the cluster needs it or not: its present value is what its rows add up to.
#[test]
fn a_subsidy_for_an_externality_is_worth_what_its_rows_add_up_to() {
    let worlds = ["gompertz", "nelson-phelps", "logistic"].into_iter().flat_map(|form| {
        // What the cluster needs beside it: more at first and nothing in the end, nothing at any date, a part of it in the end, the
        // whole and more at every date.
        [(0.2, 1.1), (0.9, 1.1), (0.9, 0.6), (0.2, 0.4)].map(|(level, output)| (form, level, output))
    });
    for (form, level, output) in worlds {
        let world = format!(
            "schema_version = 1\ntime.horizon = 400\ntime.period = 0.25\ngrowth.x = 0.01\nwelfare.discount_rate = 0.06\n\
             [catch_up]\nform = \"{form}\"\nbeta = 0.05\n\
             [sector.cloth]\nlambda = 1.2\ny_R = 1\ny_P = 1\nZ_P = 0.6\n\
             [sector.chips]\nlambda = 1.4\ny_R = 1\ny_P = {output}\nZ_P = {level}\n\
             [[policy]]\npromote = {{ rule = \"pigou\" }}\nsustain = \"pigou\"\nfunded_by = \"R\"\n"
        );
        let run = member(parse(&world, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))));
        let rows = &run.trajectory.rows;
        assert!(rows.iter().all(|row| row.subsidy > 0.0) && rows.len() == 1601, "{form}: paid at every date");
        // Boole's rule; by the last row what is left is next to nothing.
        let paid = |k: usize| rows[k].subsidy * f64::exp(-0.06 * 0.25 * k as f64);
        let panel = |k: usize| {
            let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|j| paid(k + j));
            2.0 * 0.25 / 45.0 * (7.0 * (a + e) + 32.0 * (b + d) + 12.0 * c)
        };
        let expected: f64 = (0..1600).step_by(4).map(panel).sum();
        let found = run.summary[Measure::SubsidyPv].expect("it converges");
        assert!((found - expected).abs() < 1e-5 * expected, "{form} {level} {output}: {found} {expected}");
    }
}

/// A cluster lacks something until it has the other sector's advantage, also where that is all it will ever have, and also where
/// no row shows it: as its static benefit builds up, beside a sector that moves alike, and as it catches up with R.
#[test]
fn a_cluster_that_lacks_something_stands_on_its_own_after_the_last_row_when_it_has_it() {
    const TIE: f64 = 1e-9;
    let (lambda, tau, beta) = (1.4, 8.0, 0.05);
    let builds_up = [1.1, 1.25, 1.39, 1.4, 1.45].map(|advantage| {
        let world = format!(
            "growth.x = 0\ncatch_up.beta = {beta}\npoor.tau = {tau}\n\
             sector.old = {{ lambda = {lambda}, y_R = 1, y_P = {advantage}, Z_P = 0.5 }}\n\
             sector.new = {{ lambda = {lambda}, y_R = 1, y_P = 1, Z_P = 0.5 }}\n"
        );
        // ℓ(a) = 1 + (λ − 1)(1 − e^(−a/τ)) = A (1 − 1e-9).
        let lacks: f64 = lambda - advantage * (1.0 - TIE);
        (world, (lacks > 0.0).then(|| -tau * f64::ln(lacks / (lambda - 1.0))))
    });
    let catches_up = [0.7, 0.99, 1.0, 1.01].map(|advantage| {
        let world = format!(
            "growth.x = 0\ncatch_up = {{ form = \"constant\", beta = {beta} }}\n\
             sector.old = {{ lambda = 1, y_R = 1, y_P = {advantage}, Z_P = 1 }}\n\
             sector.new = {{ lambda = {lambda}, y_R = 1, y_P = 1, Z_P = 0.5 }}\n"
        );
        // z(t) = min(1, z_0 e^(βt)) = A (1 − 1e-9).
        (world, (advantage <= 1.0).then(|| f64::ln(advantage * (1.0 - TIE) / 0.5) / beta))
    });
    for (world, known) in builds_up.into_iter().chain(catches_up) {
        let world = format!(
            "schema_version = 1\ntime = {{ horizon = 2, period = 0.125 }}\n{world}\
             policy = [{{ promote = \"new\", sustain = \"always\" }}]\n"
        );
        let run = member(parse(&world, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))));
        assert!(run.trajectory.rows.iter().all(|row| row.subsidy > 0.0), "it lacks something on all rows\n{world}");
        let expected = known.map(|years: f64| (years / 0.125).ceil() * 0.125);
        assert_eq!(run.summary[Measure::SelfSustainingYear], expected, "{world}");
    }
}

/// A sector that R learns in falls further behind than one that it does not, and is given up when the other pays more, however long after
/// the last row; the other way round nothing ever changes.
#[test]
fn what_falls_further_behind_is_given_up_after_the_last_row() {
    let run = |x: [f64; 2]| {
        let world = format!(
            "schema_version = 1\ntime.horizon = 2\ncatch_up.beta = 0.05\n\
             sector.one = {{ lambda = 1, y_R = 1, y_P = 1, Z_P = 0.95, x = {} }}\n\
             sector.two = {{ lambda = 1, y_R = 1, y_P = 0.8, Z_P = 0.9, x = {} }}\n",
            x[0], x[1]
        );
        member(parse(&world, &[]).unwrap_or_else(|report| panic!("{}", report.render(false)))).summary
    };
    for (x, passes) in [([0.025, 0.0], true), ([0.015, 0.001], true), ([0.01, 0.002], false), ([0.0, 0.025], false)] {
        // z = ẑ / (1 + (ẑ/z_0 − 1) e^(−(β − x) t)), ẑ = 1 − x/β.
        let z = |x: f64, z_0: f64, t: f64| {
            let end = 1.0 - x / 0.05;
            end / (1.0 + (end / z_0 - 1.0) * f64::exp(-(0.05 - x) * t))
        };
        let lead = |t: f64| z(x[0], 0.95, t) - 0.8 * z(x[1], 0.9, t);
        let date = (0..10_000).find(|&t| lead(f64::from(t)) < -1e-9);
        assert!(date.is_some() == passes && date.is_none_or(|date| date > 5), "{x:?}: {date:?}");
        let summary = run(x);
        let expected = date.map(|date| (f64::from(date), Regime::Isolation(1)));
        assert_eq!(summary.next_change, expected, "{x:?}");
        assert_eq!(summary.long_run_sector.as_deref(), Some(if passes { "two" } else { "one" }), "{x:?}");
    }
}

/// ∫ m of a closed region whose clusters learn: what it makes grows at Σ α_i x_i, whatever a single sector does.
#[test]
fn income_without_trade_converges_where_all_goods_together_grow_slower_than_it_is_discounted() {
    for (alpha, rate) in [(0.4, 0.03), (0.7, 0.03), (0.74, 0.03), (0.76, 0.03), (0.9, 0.05), (0.2, 0.005)] {
        let world = format!(
            "schema_version = 1\ntime.horizon = 3\nwelfare.discount_rate = {rate}\ncatch_up.beta = 0.05\n\
             poor = {{ trade = \"closed\", closed_clusters = [\"learns\"] }}\n\
             sector.learns = {{ lambda = 1.3, y_R = 1, y_P = 0.6, Z_P = 0.5, x = 0.04, alpha = {alpha}, cluster_R = false }}\n\
             sector.stays = {{ lambda = 1.2, y_R = 1, y_P = 0.8, Z_P = 0.7, x = 0, alpha = {:?} }}\n",
            1.0 - alpha
        );
        let run = member(parse(&world, &[]).unwrap_or_else(|report| panic!("{}", report.render(false))));
        let growth = alpha * 0.04;
        let expected = (growth < rate).then(|| run.trajectory.rows[0].income_P / (rate - growth));
        let found = run.summary.measures.income;
        assert!(close(found, expected, 1e-9), "{alpha} at {rate}: {found:?} {expected:?}");
    }
}
