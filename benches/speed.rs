//! `cargo bench`: the trade step, each integrator over 200 years, CSV writing, a whole run. Times of one call, and
//! where it says items/s, dates (or rows) a second.

use catchup::control::Control;
use catchup::integrate::{Method, Path, Solver};
use catchup::model::catch_up::{CatchUp, Form};
use catchup::model::choice::choose;
use catchup::model::motion::Motion;
use catchup::model::policy::{Payer, Selection, Stance, Trade};
use catchup::model::trade::Offers;
use catchup::scenario::sweep::Sweep;
use catchup::scenario::{STARTER, Scenario, parse};
use catchup::simulate::simulate;
use catchup::summary::summarise;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn scenario(sets: &[&str]) -> Scenario {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    parse(STARTER, &sets).expect("the starter scenario is valid")
}

/// Prices, offers and the choice of a regime at one date.
#[divan::bench(args = [2, 8, 64])]
fn trade_step(bencher: Bencher, n: usize) {
    let mut params = scenario(&[]).problem.epochs[0].params.clone();
    params.sectors = params.sectors.iter().cycle().take(n).cloned().collect();
    let z: Vec<f64> = (0..n).map(|i| 0.3 + 0.5 * i as f64 / n as f64).collect();
    let ages = vec![None; n];
    let standing = vec![false; n];
    let stance = Stance { promoting: None, promote: None, funded_by: Payer::P, trade: Trade::Open };
    let mut offers = Offers::default();
    bencher.bench_local(move || {
        offers.fill(black_box(&params), black_box(&z), &ages);
        choose(&offers, &stance, Selection::HighestWage, &standing, None)
    });
}

/// z of one sector at 200 yearly dates.
#[divan::bench(args = [Method::Exact, Method::Dopri5])]
fn integrate_200_years(bencher: Bencher, method: Method) {
    let motion =
        Motion { catch_up: Some(CatchUp { form: Form::Logistic, beta: 0.05, shape: 0.0 }), x_R: 0.02, x_P: 0.0 };
    let solver = Solver { method, ..Solver::default() };
    bencher.counter(ItemsCount::new(200_usize)).bench(|| {
        let mut path = Path::default();
        path.renew(solver, 1.0, 200);
        path.start(black_box(motion), 0, 0.4).expect("starts");
        (1..=200).map(|k| path.z(k, 200).expect("exists")).sum::<f64>()
    });
}

/// A draw of seven keys, made into a problem.
#[divan::bench]
fn bind_a_draw(bencher: Bencher) {
    let keys = [
        "growth.x",
        "catch_up.beta",
        "sector.a.lambda",
        "sector.b.lambda",
        "sector.a.y_P",
        "sector.b.y_P",
        "sector.a.Z_P",
    ];
    let vary: String = keys.iter().map(|key| format!("\"{key}\" = {{ uniform = [1.1, 1.2] }}\n")).collect();
    let scenario = "[scenario]\nschema_version = 1\n[scenario.time]\nhorizon = 200\n[scenario.growth]\nx = 0.02\n\
                    [scenario.catch_up]\nbeta = 0.04\n[scenario.sector.a]\nlambda = 1.5\ny_R = 1.0\ny_P = 0.8\n\
                    [scenario.sector.b]\nlambda = 1.8\ny_R = 1.0\ny_P = 0.6\n";
    let text = format!(
        "schema_version = 1\nname = \"bench\"\n[design]\nkind = \"random\"\nsamples = 100\n[vary]\n{vary}{scenario}"
    );
    let sweep = Sweep::parse(&text, std::path::Path::new("")).expect("the sweep is valid");
    let mut binder = sweep.binder(0);
    let mut draw = vec![1.1; keys.len()];
    let mut i = 0;
    bencher.bench_local(move || {
        draw[i % keys.len()] = 1.1 + (i % 1000) as f64 * 1e-4;
        i += 1;
        binder.bind(black_box(&draw)).map(|(problem, _)| problem.epochs[0].params.sectors[0].lambda)
    });
}

/// The period loop and the measures, 200 yearly periods, two sectors, a policy.
#[divan::bench(args = ["exact", "dopri5"])]
fn simulate_200_years(bencher: Bencher, method: &str) {
    let scenario = scenario(&["time.horizon=200", &format!("solver.method={method}")]);
    let control = Control::default();
    bencher.counter(ItemsCount::new(201_usize)).bench(|| {
        let trajectory = simulate(&scenario.problem, scenario.solver, &control).expect("not stopped");
        summarise("bench", None, &trajectory)
    });
}

/// A run's folder: three rows (one of the trajectory, two of sectors) for each of 10,000 dates, synced.
#[divan::bench]
fn write_csv_rows(bencher: Bencher) {
    let scenario = scenario(&["time.horizon=10000", "growth.x=0.001"]);
    let control = Control::default();
    let trajectory = simulate(&scenario.problem, scenario.solver, &control).expect("not stopped");
    let summary = summarise("bench", None, &trajectory);
    let folder = tempfile::tempdir().expect("a temporary folder");
    bencher.counter(ItemsCount::new(3 * trajectory.rows.len())).bench_local(|| {
        let stage = catchup::record::open(folder.path(), "bench").expect("a folder");
        catchup::record::write_run(stage, &scenario, &trajectory, &summary, &[], &control).expect("written")
    });
}

/// From the scenario's text to finished files: 150 years, two sectors.
#[divan::bench]
fn whole_run(bencher: Bencher) {
    let control = Control::default();
    let folder = tempfile::tempdir().expect("a temporary folder");
    bencher.bench_local(|| {
        let scenario = scenario(&[]);
        let trajectory = simulate(&scenario.problem, scenario.solver, &control).expect("not stopped");
        let summary = summarise("bench", None, &trajectory);
        let pictures = [("gap.svg", catchup::draw::gap(&scenario, &trajectory, &summary))];
        let stage = catchup::record::open(folder.path(), "bench").expect("a folder");
        catchup::record::write_run(stage, &scenario, &trajectory, &summary, &pictures, &control).expect("written")
    });
}
