//! What the random comparison leaves out: blow-ups of `literal` at their date, ties to the last digit, parity behind closed
//! borders.

use super::against::program as run;
use super::{SEED, world};
use catchup::compare::Member;
use catchup::integrate::Method;
use catchup::measure::Measure;
use catchup::model::trade::Regime;
use catchup::summary::{Outcome, Status, Summary};
use catchup::trajectory::{EventKind, Trajectory};

/// Relative error that the integration is allowed.
const TOLERANCE: f64 = 1e-8;

fn program(toml: &str, method: Method) -> Result<(Trajectory, Summary), String> {
    run(toml, method).map(|Member { trajectory, summary, .. }| (trajectory, summary))
}

/// `literal` z reaches infinity at the date that [M5] gives: the rows before it stand, and the run says where it failed.
#[test]
fn a_literal_blow_up_ends_the_run_at_its_date() {
    let mut rng = fastrand::Rng::with_seed(SEED);
    let mut blown_up = 0;
    for case in 0..400 {
        let (beta, x, period) = (0.02 + 0.2 * rng.f64(), 0.05 * rng.f64(), [1.0, 0.5, 3.0][rng.usize(0..3)]);
        let z = [0.05 + 1.5 * rng.f64(), 0.05 + 1.5 * rng.f64()];
        let clustered_R = [rng.bool(), rng.bool()];
        // P keeps a cluster in the first sector throughout.
        let d = [if clustered_R[0] { 0.0 } else { -x }, if clustered_R[1] { x } else { 0.0 }];
        let periods = 40;
        let mut toml = format!(
            "schema_version = 1\ntime = {{ horizon = {:?}, period = {period:?} }}\ngrowth.x = {x:?}\n\
             catch_up = {{ form = \"literal\", beta = {beta:?} }}\n\
             [[policy]]\nfrom = 0\npromote = \"textiles\"\nsustain = \"always\"\n",
            f64::from(periods) * period
        );
        for i in 0..2 {
            toml += &format!(
                "[sector.{}]\nlambda = 1.2\ny_R = 1\ny_P = 1\nZ_P = {:?}\ncluster_R = {}\n",
                world::NAMES[i],
                z[i],
                clustered_R[i]
            );
        }
        // 1/z of [M5] and the date at which it reaches 0.
        let inverse = |i: usize, t: f64| match d[i] {
            0.0 => 1.0 / z[i] - beta * t,
            d => beta / d + (1.0 / z[i] - beta / d) * (d * t).exp(),
        };
        let end = |i: usize| match d[i] {
            0.0 => 1.0 / (beta * z[i]),
            d if beta * z[i] <= d => f64::INFINITY,
            d => (-(-d / (beta * z[i])).ln_1p()) / d,
        };
        let (sector, t) = if end(0) <= end(1) { (0, end(0)) } else { (1, end(1)) };
        let standing = (0..=periods).filter(|&k| f64::from(k) * period < t).count();
        for method in Method::ALL {
            let (trajectory, summary) = program(&toml, method).expect("a scenario that is accepted");
            let named = format!("case {case}, {}:\n{toml}", method.name());
            assert_eq!(trajectory.rows.len(), standing, "rows; blow-up at {t}; {named}");
            for k in 0..standing {
                for (i, row) in trajectory.sectors_at(k).iter().enumerate() {
                    let expected = inverse(i, k as f64 * period);
                    // Near the blow-up it is 1/z that moves evenly.
                    let error = (1.0 / row.z - expected).abs();
                    assert!(
                        error <= TOLERANCE / z[i],
                        "row {k}, sector {i}: z {} for {}; {named}",
                        row.z,
                        1.0 / expected
                    );
                }
            }
            if standing > periods as usize {
                assert_eq!((&trajectory.failure, summary.measures.status()), (&None, Status::Ok), "{named}");
                continue;
            }
            blown_up += 1;
            let failure = trajectory.failure.as_ref().unwrap_or_else(|| panic!("no failure; {named}"));
            assert_eq!(failure.sector, sector, "{named}");
            assert!((failure.t - t).abs() <= 1e-6 * t, "failed at {} for {t}; {named}", failure.t);
            assert_eq!(summary.measures.status(), Status::Failed, "{named}");
            assert!(summary.measures.error.is_some(), "{named}");
        }
    }
    assert!(blown_up > 200, "only {blown_up} runs blow up");
}

/// Two equal regions but for P's productivity in the second sector; R's λ of the first is 1, so A = 1.
fn two_sectors(y_P: f64, poor: &str) -> String {
    format!(
        "schema_version = 1\ntime.horizon = 40\ngrowth.x = 0.05\ncatch_up.beta = 0.05\n\
         [sector.textiles]\nlambda = 1\ny_R = 1\ny_P = 1\n\
         [sector.steel]\nlambda = 2\ny_R = 1\ny_P = {y_P:?}\nZ_P = 1\n[poor]\n{poor}\n"
    )
}

/// What the random comparison leaves out: two earnings tie when they differ by no more than 1e-9 of the larger.
#[test]
fn a_cluster_stands_down_to_the_tolerance_of_ties() {
    for (y_P, stands) in [(1.0, true), (1.0 - 5e-10, true), (1.0 - 5e-9, false)] {
        let (trajectory, _) =
            program(&two_sectors(y_P, "start = \"cluster:steel\""), Method::Exact).expect("a scenario that runs");
        let expected = if stands { Regime::Cluster(1) } else { Regime::Isolation(0) };
        assert_eq!(trajectory.rows[0].regime, expected, "y_P {y_P}");
    }
}

/// A cluster that is paid for and nears a tie with the best isolated sector reaches it at a date, on the rows or after them.
#[test]
fn a_cluster_that_nears_a_tie_stands_from_the_date_at_which_it_ties() {
    // v of textiles in isolation stays 1.25/1.25; v of steel's cluster is z, 1/z − 1 = (1/z_0 − 1) e^(−βt) under logistic.
    for (z_0, beta) in [(0.4, 0.05), (0.7, 0.11), (0.05, 0.03)] {
        let tied: f64 = 1e-9 / (1.0 - 1e-9);
        let years = ((1.0 / z_0 - 1.0) / tied).ln() / beta;
        for horizon in [40.0, 900.0] {
            let toml = format!(
                "schema_version = 1\ntime.horizon = {horizon:?}\ngrowth.x = 0.02\ncatch_up.beta = {beta:?}\n\
                 [sector.textiles]\nlambda = 1.25\ny_R = 1\ny_P = 1.25\nx = 0\n\
                 [sector.steel]\nlambda = 1.2\ny_R = 1\ny_P = 1\nZ_P = {z_0:?}\n\
                 [[policy]]\npromote = \"steel\"\nsustain = \"always\"\n"
            );
            for method in Method::ALL {
                let (_, summary) = program(&toml, method).expect("a scenario that runs");
                let found = summary[Measure::SelfSustainingYear];
                assert_eq!(found, Some(years.ceil()), "{years}, {}:\n{toml}", method.name());
                assert_eq!(summary.measures.outcome, Some(Outcome::SelfSustaining), "{toml}");
            }
        }
    }
}

/// Sectors that have moved alike part after the last row: by a shock to one of them, or as a cluster's benefit builds up.
#[test]
fn what_has_moved_alike_and_parts_after_the_rows_is_told_apart() {
    let world = |y_P: [f64; 2], rest: &str| {
        format!(
            "schema_version = 1\ntime.horizon = 20\ngrowth.x = 0\ncatch_up = {{ form = \"gompertz\", beta = 0.05 }}\n\
             [sector.textiles]\nlambda = 1\ny_R = 1\ny_P = {:?}\n[sector.steel]\nlambda = 1.5\ny_R = 1.5\ny_P = {:?}\n{rest}",
            y_P[0], y_P[1]
        )
    };
    for method in Method::ALL {
        // From year 50 on ln z of textiles falls to −x/β by [M4]; isolated steel earns 2/3 of y_P/y_R = 1.
        for y_P in [1.02, 1.2] {
            let shock = "[[shock]]\nat = 50\nset = { \"sector.textiles.x\" = 0.02 }\n";
            let (_, summary) = program(&world([y_P, 2.25], shock), method).expect("a scenario that runs");
            let passed = 50.0 - (1.0 - f64::ln(y_P) / 0.4).ln() / 0.05;
            assert_eq!(summary[Measure::SettledYear], Some(passed.ceil()), "{y_P}");
            assert_eq!(summary.measures.long_run, Some(Regime::Isolation(1)), "{y_P}");
        }
        // ℓ = 1 + 0.5 (1 − e^(−a/τ)) reaches 1.25 at the age of τ ln 2: then steel's cluster pays what textiles do.
        let rest = "[poor]\ntau = 40\n[[policy]]\npromote = \"steel\"\nsustain = \"always\"\n";
        let (_, summary) = program(&world([1.0, 1.8], rest), method).expect("a scenario that runs");
        assert_eq!(summary[Measure::SelfSustainingYear], Some((40.0 * f64::ln(2.0)).ceil()));
    }
}

/// "z reached 1 (met in finite time, not approached)" makes no exception for closed trade: a closed region that
/// learns where R does not passes z = 1 on its own.
#[test]
fn a_gap_that_closes_behind_closed_borders_is_an_event() {
    let toml = two_sectors(1.0, "trade = \"closed\"\nclosed_clusters = [\"steel\"]")
        .replace("Z_P = 1\n", "Z_P = 0.5\ncluster_R = false\n");
    for method in Method::ALL {
        let (trajectory, _) = program(&toml, method).expect("a scenario that runs");
        let met = trajectory.events.iter().filter(|event| event.kind == EventKind::ParityReached);
        // 0.5 e^(0.05 t) = 1 at t = 13.9.
        let met: Vec<_> = met.map(|event| (event.period, event.sector)).collect();
        assert_eq!(met, [(14, Some(1))], "{}", method.name());
    }
}
