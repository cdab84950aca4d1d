//! The reference against numbers that the model's description states, and against itself on longer horizons and finer grids.

use super::measures::{panels, summarise};
use super::parts::parts;
use super::path::{Outlook, Path};
use super::values::{Panels, gains};
use super::world::{Form, Policy, Promote, Rule, Sector, Selection, Sustain, World};
use super::{SEED, draw, for_all, near};

/// A region with R clustered everywhere and nothing special.
fn plain(form: Form, beta: f64, x: f64, sectors: &[Sector]) -> World {
    World {
        period: 1.0,
        periods: 150,
        growth_x: x,
        form,
        beta: Some(beta),
        z_hat: None,
        speed: None,
        s: if form == Form::Logistic { 1.0 } else { 0.0 },
        delta: 1.0,
        sectors: sectors.to_vec(),
        start: None,
        selection: Selection::History,
        closed: false,
        closed_clusters: Vec::new(),
        tau: 0.0,
        policies: Vec::new(),
        shocks: Vec::new(),
        discount_rate: 0.03,
        within_horizon: false,
        cost_of_funds: 1.0,
    }
}

fn sector(lambda: f64, y_P: f64, Z_P: f64) -> Sector {
    Sector { lambda, y_R: 1.0, y_P, Z_P: Some(Z_P), ..Sector::default() }
}

fn support(i: usize, from: f64, until: Option<f64>) -> Policy {
    Policy { from, until, promote: Some((Promote::Sector(i), Sustain::Always)), paid_by_R: false, closed: None }
}

/// The garment exporter that enters electronics, and the same region left alone.
fn garments() -> [World; 2] {
    let mut left_alone = plain(Form::Gompertz, 0.029, 0.017, &[sector(1.1, 1.0, 0.385), sector(1.05, 0.8, 0.875)]);
    (left_alone.start, left_alone.tau) = (Some(1), 3.0);
    let mut entering = left_alone.clone();
    entering.policies = vec![support(0, 5.0, Some(35.0))];
    [entering, left_alone]
}

fn worth([own, other]: &[World; 2]) -> super::values::Gains {
    let (own, other) = (Path::of(own), Path::of(other));
    gains((&own, &panels(&own)), (&other, &panels(&other)))
}

#[test]
fn entering_electronics_is_worth_what_is_known() {
    for (rho, equivalent_variation, net_gain) in
        [(0.005, 0.109, 20.7), (0.01, 0.017, 3.73), (0.02, -0.090, -2.25), (0.03, -0.148, -3.02)]
    {
        for (periods, within_horizon, break_even) in
            [(150, false, 0.011_214_9), (60, false, 0.011_214_9), (150, true, 0.004_630)]
        {
            let worlds = garments().map(|world| World { discount_rate: rho, periods, within_horizon, ..world });
            let gains = worth(&worlds);
            let found = gains.break_even.expect("a break-even rate");
            assert!(
                (found - break_even).abs() < 6e-8 || within_horizon && (found - break_even).abs() < 6e-7,
                "{found} for {break_even}"
            );
            if !within_horizon {
                let found =
                    (gains.equivalent_variation.expect("an infinite window"), gains.net_gain.expect("m converges"));
                assert!((found.0 - equivalent_variation).abs() < 6e-4, "{found:?} at {rho}");
                assert!((found.1 - net_gain).abs() < 6e-2, "{found:?} at {rho}");
            }
        }
    }
}

/// Present values do not hang on how dense the dates are, as long as they decide the same.
#[test]
fn present_values_do_not_hang_on_the_period() {
    let value = |per_year: usize| {
        let [world, _] = garments();
        let path = Path::of(&World { period: 1.0 / per_year as f64, periods: 150 * per_year, ..world });
        let values = summarise(&path, &panels(&path)).expect("a run").values;
        [values.welfare.expect("it converges"), values.subsidy.expect("it ends")]
    };
    let yearly = value(1);
    for per_year in [2, 10] {
        let denser = value(per_year);
        (0..2).for_each(|j| assert!(near(denser[j], yearly[j], 1e-12), "{denser:?} for {yearly:?}"));
    }
}

/// The dates from which a supported cluster stands on its own, and the year in which it stands best.
#[test]
fn a_supported_cluster_stands_on_its_own_when_it_should() {
    let supported = |advantage: f64| {
        let mut world = plain(Form::Logistic, 0.05, 0.02, &[sector(1.2, 1.0, 0.4), sector(1.4, 1.0 / advantage, 0.4)]);
        (world.period, world.periods) = (0.01, 10_000);
        world.policies = vec![support(1, 0.0, None)];
        Path::of(&world)
    };
    for (advantage, known) in [(1.3, 4.181_457_611_315_15), (1.5, 12.936_250_866_193_08), (1.8, 29.771_920_079_463_63)]
    {
        let path = supported(advantage);
        let long_run = summarise(&path, &panels(&path)).expect("a run").long_run.expect("it does not fail");
        assert_eq!(long_run.self_sustaining_year, Some((known * 100.0_f64).ceil() / 100.0), "{advantage}");
        assert_eq!(long_run.outcome, Some("self-sustaining"));
        let now = path.dates[0].stretch.at(known);
        assert!((now.ln_w - now.ln_v_Is[0]).abs() < 1e-14, "{advantage}");
    }
    for (advantage, stands) in [(2.034, true), (2.035, false)] {
        let path = supported(advantage);
        let long_run = summarise(&path, &panels(&path)).expect("a run").long_run.expect("it does not fail");
        assert_eq!((long_run.outcome, long_run.self_sustaining_year), (Some("subsidised"), None), "{advantage}");
        assert_eq!(path.dates.iter().any(|row| row.subsidy == 0.0), stands, "{advantage}");
    }
}

/// Where a path is said to be settled, date by date it shows nothing else up to a horizon of fifty times its own.
#[test]
fn what_is_settled_stays() {
    let checked = for_all(SEED, 600, |seed| {
        let world = draw::draw(seed);
        let by_index = |policy: &Policy| match &policy.promote {
            Some((Promote::ByRule(by), _)) => by.anew && by.rule == Rule::Index,
            _ => false,
        };
        // Its quadratures at thousands of dates would take hours.
        if world.policies.iter().any(by_index) {
            return false;
        }
        let path = Path::of(&world);
        let beyond = 50 * world.periods.max(path.dates.len() / 4);
        if path.outlook != Outlook::Settled || path.too_close_from.is_some() || beyond > 20_000 {
            return false;
        }
        let long = Path::of(&World { periods: beyond, ..world.clone() });
        let end = path.dates[path.dates.len() - 1].regime;
        let later = &long.dates[path.dates.len() - 1..];
        assert!(long.failure.is_some() || long.rows > beyond, "{}", world.toml());
        if long.failure.is_none() && long.too_close_from.is_none() {
            assert!(later.iter().all(|row| row.regime.key() == end.key()), "seed {seed}\n{}", world.toml());
        }
        if let (Some(short), Some(long)) = (summarise(&path, &panels(&path)), summarise(&long, &panels(&long)))
            && let (Some(short), Some(long)) = (short.long_run, long.long_run)
        {
            assert!(near(short.gap, long.gap, 1e-12), "seed {seed}: {} for {}\n{}", short.gap, long.gap, world.toml());
            assert_eq!(short.outcome, long.outcome, "seed {seed}\n{}", world.toml());
            assert_eq!(short.self_sustaining_year, long.self_sustaining_year, "seed {seed}\n{}", world.toml());
        }
        true
    });
    let checked = checked.into_iter().filter(|&checked| checked).count();
    assert!(checked > 350, "only {checked}");
}

/// One regime and one sector: welfare has a closed form under `gompertz`, ∫ ρ e^(−ρt) e^(−kt) dt = ρ/(ρ + k).
#[test]
fn the_quadrature_finds_a_closed_form() {
    let world = plain(Form::Gompertz, 0.029, 0.017, &[sector(1.3, 1.0, 0.4), sector(1.1, 0.1, 0.1)]);
    let path = Path::of(&world);
    let values = summarise(&path, &Panels::of(&path, 2e4)).expect("a run").values;
    let (rho, beta, x) = (world.discount_rate, 0.029, 0.017);
    // R's real income grows at x; P's wage in isolation is z/λ.
    let rest = -x / beta;
    let ln_z = rest / rho + (0.4_f64.ln() - rest) / (rho + beta);
    let income_R = (0.5 * (0.5_f64 * 1.3).ln() + 0.5 * (0.5_f64 * 1.1).ln()) / rho + x / (rho * rho);
    let expected = income_R + ln_z - 1.3_f64.ln() / rho;
    assert!(near(values.welfare.expect("it converges"), expected, 1e-13), "{values:?} for {expected}");
}

/// What moves the gap adds up to what it moved by.
#[test]
fn the_parts_of_the_gap_add_up() {
    for_all(SEED, 300, |seed| {
        let path = Path::of(&draw::draw(seed));
        for (k, parts) in parts(&path).iter().enumerate().skip(1) {
            let whole = (path.dates[k - 1].w / path.dates[k].w).ln();
            let sum: f64 = parts.iter().sum();
            assert!((sum - whole).abs() < 1e-8, "seed {seed}, row {k}: {sum} for {whole}");
        }
    });
}

/// Proposition (a): λ_2 moves no part of the way to Cl(2), nor P's wage there.
#[test]
fn the_externality_of_a_cluster_moves_no_part_of_the_way_to_it() {
    let with = |lambda: f64| {
        let mut world = plain(Form::Logistic, 0.05, 0.02, &[sector(1.2, 1.0, 0.4), sector(lambda, 0.7, 0.4)]);
        world.policies = vec![support(1, 10.0, None)];
        let path = Path::of(&world);
        (parts(&path), path.dates.iter().map(|row| row.w).collect::<Vec<f64>>())
    };
    let (weak, strong) = (with(1.3), with(1.9));
    let far = |a: f64, b: f64| (a - b).abs() > 1e-14;
    assert!(weak.1.iter().zip(&strong.1).all(|(a, b)| !far(*a, *b)));
    assert!(weak.0.iter().flatten().zip(strong.0.iter().flatten()).all(|(a, b)| !far(*a, *b)));
    assert!(weak.0[10].iter().any(|part| part.abs() > 0.1), "something happens on entry");
}
