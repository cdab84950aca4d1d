//! Protects present values and the path after the last row: known figures, independence of where the table ends and of how
//! fine its dates are, and the same end that a long horizon shows.

use crate::common::random::Spec;
use crate::common::root;
use catchup::compare::{Comparison, Gains, Member};
use catchup::control::Control;
use catchup::measure::Measure;
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
    let (mut compared, mut changed_after) = (0, 0);
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
        let far = member(scenario).summary;
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
    }
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
