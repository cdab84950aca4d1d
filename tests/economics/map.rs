//! Protects the maps of two keys: boundaries where the paper's algebra puts them, no place on the wrong side of one, the band in
//! which history decides, contours of a number, and every sentence said of them.

#![expect(non_snake_case, reason = "the field's symbols: y_R")]

use crate::common::random::Spec;
use crate::common::root;
use catchup::control::Control;
use catchup::map::plane::SMOOTH;
use catchup::map::{Asked, Condition, Map, Side, Starts};
use catchup::measure::Measure;
use catchup::model::trade::TIE;
use catchup::probe::{Number, Question, Which};
use catchup::scenario::{Scenario, load, parse};
use catchup::words::map::account;
use fastrand::Rng;

/// The paper's world with a comparative advantage in good 1 of (y_1P/y_1R) / (y_2P/y_2R) = y_2R / 1.25.
fn world(sets: &[&str]) -> Scenario {
    let path = root().join("scenarios/paper/proposition-c-never-clustered.toml");
    // The path goes on after its rows: fewer of them change no outcome.
    let exact = ["solver.method=exact", "time.horizon=20"];
    let sets: Vec<String> = exact.iter().chain(sets).map(|set| (*set).to_owned()).collect();
    load(path.to_str().expect("UTF-8"), &sets).expect("valid")
}

fn asked(scenario: &Scenario, sides: [&str; 2], question: Question, starts: Starts, resolution: u32) -> Asked {
    let side = |text: &str| Side::parse("--x", text, scenario).unwrap_or_else(|report| panic!("{report}"));
    Asked { question, sides: sides.map(side), starts, resolution, levels: Vec::new() }
}

fn mapped(scenario: &Scenario, asked: Asked) -> Map {
    let mut worlds = asked.worlds(scenario).expect("valid");
    let (question, control) = (asked.clone(), Control::default());
    let answers = |values: &[[f64; 2]]| values.iter().map(|at| question.answers(&mut worlds, *at, &control)).collect();
    Map::new(scenario, asked, answers).expect("not stopped")
}

const LAMBDA: &str = "sector.good_1.lambda=1.05:1.45";
const ADVANTAGE: &str = "sector.good_2.y_R=1.31:4.31";

/// A cluster in good 2 that is promoted for ever, sustained or not.
fn promoted(sustain: &str) -> Scenario {
    world(&[&format!("policy=[{{ from = 0, promote = \"good_2\", sustain = \"{sustain}\" }}]")])
}

/// The values of λ_1 and r = (y_1P/y_1R) / (y_2P/y_2R) along the only boundary between two answers.
fn boundary(map: &Map, answers: [&str; 2]) -> Vec<[f64; 2]> {
    let spelt = |answer: usize| map.spelt[answer].as_str();
    let between = map.plane.curves.iter().filter(|curve| [spelt(curve.left), spelt(curve.right)] == answers);
    let points: Vec<[f64; 2]> = between.flat_map(|curve| &curve.points).map(|point| map.values(point.at)).collect();
    assert!(!points.is_empty(), "{answers:?} among {:?}", map.spelt);
    points.into_iter().map(|[lambda, y_2R]| [lambda, y_2R / 1.25]).collect()
}

#[test]
fn boundaries_are_the_papers_conditions() {
    let outcome = Question::Which(Which::Outcome);
    // (4): r ≤ λ_1 decides whether it ever forms; (8): r ≤ λ_1/ẑ whether it needs a subsidy for ever.
    let cases = [
        ("if-equilibrium", ["never-formed", "self-sustaining"], 1.0, Condition::Today),
        ("always", ["self-sustaining", "subsidised"], 0.5, Condition::LongRun),
    ];
    for (sustain, answers, z_hat, condition) in cases {
        let scenario = promoted(sustain);
        let map = mapped(&scenario, asked(&scenario, [LAMBDA, ADVANTAGE], outcome, Starts::Own, 170));
        let points = boundary(&map, answers);
        assert!(points.len() >= 500, "{} points", points.len());
        // A point of the boundary is where the comparison, with its tolerance, turns.
        let reach = 1e-9 * f64::max(3.0 / 1.25, 0.4 / z_hat);
        for [lambda, r] in points {
            let expected = lambda / z_hat * (1.0 + TIE);
            assert!((r - expected).abs() <= reach, "r = {r} at lambda_1 = {lambda}, not {expected}");
        }
        // What is drawn beside it is the same curve.
        let frontier = map.frontiers.iter().find(|frontier| frontier.condition == condition).expect("it applies");
        assert_eq!(frontier.sector, 1);
        for [lambda, y_2R] in frontier.lines.iter().flatten().map(|point| map.values(*point)) {
            let (r, expected) = (y_2R / 1.25, lambda / z_hat * (1.0 + TIE));
            assert!((r - expected).abs() <= reach, "{} at {lambda}: {r}, not {expected}", condition.name());
        }
    }
}

#[test]
fn the_papers_conditions_are_not_drawn_where_they_say_nothing() {
    let beside = |sets: &[&str]| {
        let policy = "policy=[{ promote = \"good_2\", sustain = \"always\" }]";
        let scenario = world(&[&[policy], sets].concat());
        let verdict = Question::Which(Which::Verdict);
        mapped(&scenario, asked(&scenario, [LAMBDA, ADVANTAGE], verdict, Starts::Own, 8)).frontiers.len()
    };
    assert_eq!(beside(&[]), 2);
    assert_eq!(beside(&["poor.tau=5"]), 0);
    assert_eq!(beside(&["sector.good_1.cluster_R=false"]), 0);
    assert_eq!(beside(&["shock=[{ at = 10, set = { \"growth.x\" = 0.01 } }]"]), 0);
    assert_eq!(beside(&["poor.trade=closed"]), 0);
}

#[test]
fn no_cell_of_the_shipped_grid_is_on_the_wrong_side() {
    let policies = [
        "[{ from = 0, promote = \"good_2\" }]",
        "[{ from = 0, until = 600, promote = \"good_2\", sustain = \"always\" }]",
        "[{ from = 0, promote = \"good_2\", sustain = \"always\" }]",
    ];
    for policy in policies {
        let scenario = world(&[&format!("policy={policy}")]);
        let outcome = Question::Which(Which::Outcome);
        let asked = asked(&scenario, [LAMBDA, ADVANTAGE], outcome, Starts::Own, 30);
        let map = mapped(&scenario, asked.clone());
        let mut worlds = asked.worlds(&scenario).expect("valid");
        for i in 0..41 {
            for j in 0..41 {
                let share = [i, j].map(|k| f64::from(k) / 40.0);
                let answers = asked.answers(&mut worlds, map.values(share), &Control::default()).expect("not stopped");
                let told = &map.spelt[map.plane.answer_at(share)];
                assert_eq!(*told, answers[0].spelling(&scenario.problem.sectors), "{policy} at {share:?}");
            }
        }
    }
}

/// How many cells of a grid are on the wrong side of a boundary that is not near.
fn misjudged(scenario: &Scenario, asked: &Asked, cells: u32) -> Vec<[f64; 2]> {
    let map = mapped(scenario, asked.clone());
    let mut worlds = asked.worlds(scenario).expect("valid");
    let mut wrong = Vec::new();
    for i in 0..cells {
        for j in 0..cells {
            let share = [i, j].map(|k| (f64::from(k) + 0.5) / f64::from(cells));
            let answers = asked.answers(&mut worlds, map.values(share), &Control::default()).expect("not stopped");
            let told = map.plane.answer_at(share);
            if map.plane.answers[told] == catchup::map::Label::of(answers) {
                continue;
            }
            let near = map.plane.nearest(share, |_| true).is_some_and(|(_, at)| {
                let [dx, dy] = [at[0] - share[0], at[1] - share[1]];
                dx * dx + dy * dy <= 4.0 * SMOOTH * SMOOTH
            });
            if !near {
                wrong.push(share);
            }
        }
    }
    wrong
}

#[test]
fn maps_of_random_worlds_are_those_of_a_fine_grid() {
    // The full grid of 400 takes minutes: CATCHUP_GRID=400.
    let cells = std::env::var("CATCHUP_GRID").ok().and_then(|cells| cells.parse().ok()).unwrap_or(60);
    let mut rng = Rng::with_seed(2011);
    let questions = [Which::LongRunRegime, Which::Verdict, Which::Direction, Which::Outcome, Which::Best];
    for round in 0..6 {
        let mut spec = Spec::random(&mut rng);
        spec.method = "exact";
        if spec.catch_up.contains("verspagen") {
            spec.catch_up = "form = \"gompertz\"\nbeta = 0.05".to_owned();
        }
        let scenario = parse(&spec.toml(), &[]).expect("valid");
        let question = Question::Which(questions[round % questions.len()]);
        let asked = asked(&scenario, ["sector.s0.y_P=0.3:2.5", "sector.s1.lambda=1:2.5"], question, Starts::Own, 60);
        let wrong = misjudged(&scenario, &asked, cells);
        // What is narrower than the resolution may be missed; it then is a strip or a speck on the grid.
        let wide = |share: &&[f64; 2]| {
            let beside = |dx: f64, dy: f64| {
                wrong
                    .iter()
                    .any(|other| (other[0] - share[0] - dx).abs() < 1e-9 && (other[1] - share[1] - dy).abs() < 1e-9)
            };
            let steps = (cells / 60 + 1) as i32;
            let along = |k: i32| f64::from(k) / f64::from(cells);
            (0..=steps).all(|i| (0..=steps).all(|j| beside(along(i), along(j))))
        };
        assert_eq!(wrong.iter().find(wide), None, "round {round}, {question:?}");
        assert!(wrong.len() < (cells * cells / 100) as usize, "round {round}, {question:?}: {} cells", wrong.len());
    }
}

#[test]
fn where_history_decides_is_a_region_of_its_own() {
    let regime = Question::Which(Which::LongRunRegime);
    let free = world(&[]);
    let map = mapped(&free, asked(&free, [LAMBDA, ADVANTAGE], regime, Starts::Both, 40));
    // A cluster in good 1 and isolation always last; one in good 2 where (4) holds.
    let without = "cluster:good_1 | isolation:good_1";
    let with = "cluster:good_1 | cluster:good_2 | isolation:good_1";
    assert_eq!(map.spelt, [without, with]);
    for [lambda, r] in boundary(&map, [without, with]) {
        assert!((r - lambda * (1.0 + TIE)).abs() < 3e-9, "{r} at {lambda}");
    }
    let said = account(&map, &free).join("\n");
    assert!(
        said.contains("History decides in 100 % of the plane: there the answer depends on where P starts."),
        "{said}"
    );
    // Where isolation is chosen, it does not.
    let chosen = world(&["poor.selection=isolation"]);
    let map = mapped(&chosen, asked(&chosen, [LAMBDA, ADVANTAGE], regime, Starts::Both, 10));
    assert_eq!(map.spelt, ["isolation:good_1"]);
    let said = account(&map, &chosen).join("\n");
    assert!(said.contains("History decides nowhere"), "{said}");
    assert!(said.contains("the same in the whole plane, isolation, making good 1."), "{said}");
}

#[test]
fn contours_lie_where_the_number_is_their_level() {
    let scenario = promoted("always");
    let gap = Question::Number(Number::Measure(Measure::LongRunGap));
    let sides = ["sector.good_2.y_R=0.6:4", "sector.good_2.y_P=0.9:1.1"];
    let map = mapped(&scenario, asked(&scenario, sides, gap, Starts::Own, 40));
    // In the limit the gap is y_2R / y_2P: proposition (b).
    let levels = map.levels.as_ref().expect("of a number").at();
    assert!(levels.contains(&1.0) && levels.len() > 4, "{levels:?}");
    let mut met = 0;
    for curve in &map.plane.curves {
        for point in &curve.points {
            let [y_R, y_P] = map.values(point.at);
            let level = levels.iter().copied().find(|level| (level - y_R / y_P).abs() < 2e-8);
            assert!(level.is_some(), "{y_R} / {y_P} is no level of {levels:?}");
            met += 1;
        }
    }
    assert!(met > 200, "{met}");
    // Below parity y_2R < y_2P: 0.4 of 3.4, the mean over y_2P.
    let said = account(&map, &scenario);
    assert!(said[0].starts_with("Income gap in the long run: below 1 (12 %), 1 to 1.5"), "{said:#?}");
    assert!(said[1].starts_with("It is below 1 in 12 % of the plane and above in 88 %."), "{said:#?}");
    assert!(said[2].contains("The nearest place where it is 1 is at the productivity y_R of good 2 = "), "{said:#?}");
    // The twin: a plane without parity on it has no such sentence.
    let away = mapped(&scenario, asked(&scenario, ["sector.good_2.y_R=2:4", sides[1]], gap, Starts::Own, 10));
    let said = account(&away, &scenario);
    assert!(!said.join(" ").contains("is 1 "), "{said:#?}");
}

#[test]
fn what_is_said_of_a_map_holds() {
    let outcome = Question::Which(Which::Outcome);
    let scenario = promoted("always");
    let map = mapped(&scenario, asked(&scenario, [LAMBDA, ADVANTAGE], outcome, Starts::Own, 50));
    // Below r = 2 λ_1 of a plane from 1.31 to 4.31 = 1.25 r: a trapezoid.
    let share = 2.5 * 1.25 / 3.0 - 1.31 / 3.0;
    let said = account(&map, &scenario);
    let whole = |word: &str, share: f64| {
        let percent = 100.0 * share;
        [percent.floor(), percent.ceil()].iter().any(|whole| said[0].contains(&format!("{word} ({whole} %)")))
    };
    assert!(whole("self-sustaining", share) && whole("subsidised", 1.0 - share), "{said:#?}");
    // λ_1 = 1.3 and y_2R = 4: r = 3.2 is above 2.6, and the boundary y_2R = 2.5 λ_1 is 0.75 below.
    let here = map.here.as_ref().expect("it has both keys");
    assert_eq!((here.values, here.label.spelling(&[])), ([1.3, 4.0], "subsidised".to_owned()));
    let nearest = here.nearest.as_ref().expect("a boundary");
    let (slope, off) = (2.5 * 0.4 / 3.0, 0.75 / 3.0);
    assert!((nearest.distance - off / f64::hypot(1.0, slope)).abs() < SMOOTH, "{nearest:?}");
    assert!(
        said[1]
            .starts_with("The scenario itself lies at the externality λ of good 1 = 1.3 and the productivity y_R of good 2 = 4: subsidised.")
    );
    assert!(said[1].contains(": subsidised. The nearest boundary, to self-sustaining, is at "), "{said:#?}");
    // The twin: a plane on which the scenario does not lie.
    let away = mapped(&scenario, asked(&scenario, [LAMBDA, "sector.good_2.y_R=1.31:3"], outcome, Starts::Own, 10));
    let said = account(&away, &scenario);
    let programme = "Each cluster in turn is promoted from ";
    assert!(!said.join(" ").contains(programme), "{said:#?}");
    let best = Question::Which(Which::Best);
    let best = account(&mapped(&scenario, asked(&scenario, [LAMBDA, ADVANTAGE], best, Starts::Own, 10)), &scenario);
    assert!(best[1].starts_with(programme) && best[1].contains(", sustained at P's cost."), "{best:#?}");
    assert!(said[1].contains("is not on this plane: subsidised."), "{said:#?}");
    assert!(away.here.expect("it has both keys").nearest.is_none());
}

/// Support for good 2 of a cluster that must hold until it stands on its own, in a run from 2000 on.
fn supported(until: f64) -> Scenario {
    let text = format!(
        "schema_version = 1\nname = \"supported\"\n[time]\nstart = 2000\nhorizon = 60\n[growth]\nx = 0.02\n[catch_up]\n\
         form = \"logistic\"\nbeta = 0.05\n[sector.one]\nlambda = 1.2\ny_R = 1.0\ny_P = 1.5\nZ_P = 0.4\n[sector.two]\n\
         lambda = 1.5\ny_R = 1.0\ny_P = 1.0\nZ_P = 0.4\n[solver]\nmethod = \"exact\"\n[[policy]]\nfrom = 0\nuntil = {until:?}\n\
         promote = \"two\"\nsustain = \"always\"\n"
    );
    parse(&text, &[]).expect("valid")
}

#[test]
fn a_boundary_along_dates_is_told_where_what_is_beyond_it_holds() {
    let outcome = Question::Which(Which::Outcome);
    // Too short by a few years, by little, and between two dates; and too long by some.
    for until in [8.0, 12.0, 9.3, 20.0] {
        let scenario = supported(until);
        let asked = asked(&scenario, ["policy.0.until=1:40", "sector.two.Z_P=0.2:0.8"], outcome, Starts::Own, 30);
        let map = mapped(&scenario, asked.clone());
        let nearest = map.here.as_ref().and_then(|here| here.nearest.as_ref()).expect("a boundary");
        let told = nearest.told.expect("a place beyond it");
        assert_eq!(told[0], told[0].round(), "{nearest:?}");
        let mut worlds = asked.worlds(&scenario).expect("valid");
        let mut at = |place: [f64; 2]| {
            let given = asked.answers(&mut worlds, place, &Control::default()).expect("not stopped");
            given[0].spelling(&scenario.problem.sectors)
        };
        let (beyond, own) = (&map.spelt[nearest.beyond], at([until, 0.4]));
        assert!(at(told) == *beyond && own != *beyond, "{until}: {nearest:?}");
        // It is the nearest date: on the way to it nothing has changed yet.
        let before = told[0] + if told[0] > until { -1.0 } else { 1.0 };
        assert!(told[0] == until.ceil() || at([before, told[1]]) == own, "{until}: {nearest:?}");
        let said = account(&map, &scenario)[1].clone();
        let place =
            format!("= {} (t = {}) and the initial technology Z_P of two = {}", 2000.0 + told[0], told[0], told[1]);
        assert!(said.contains(&place), "{said}");
        let lies = format!(
            "The scenario itself lies at the first date without the policy = {} (t = {}) and",
            2000.0 + until.ceil(),
            until.ceil()
        );
        assert!(said.starts_with(&lies), "{said}");
    }
    // A number jumps from date to date: it is not told where it is 0, but on which side.
    let scenario = supported(8.0);
    let variation = Question::Number(Number::Measure(Measure::EquivalentVariation));
    let sides = ["policy.0.until=1:40", "welfare.discount_rate=0.001:0.06"];
    let said = account(&mapped(&scenario, asked(&scenario, sides, variation, Starts::Own, 20)), &scenario).join(" ");
    let side = ["is above 0 is at the first date", "is below 0 is at the first date"];
    assert!(side.iter().any(|side| said.contains(side)), "{said}");
}
