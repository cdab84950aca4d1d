//! `cargo bench --bench sweep`: runs a second of workload W1, as ratios to what could be had by hand.
//!
//! All contestants take turns in one process, on one core, on the same draws; a ratio is taken within each round, and
//! the table shows the median over the rounds, so that a machine that is now fast and now slow does no harm. Then one
//! thread against two, and the whole command with its tables.
//!
//! Options after `--`: `--rounds N`; `--quick`, without the threads and the whole command; `--draws FILE`, which writes the
//! draws as little-endian doubles, seven a run; `--json FILE`, which writes the figures; `--memory`, which measures the peak memory of a large and a very large
//! sweep and nothing else (Linux; takes minutes and some GB of disk). `benches/peers` uses them.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(non_snake_case, reason = "the field's symbols")]

mod bare;
mod end_to_end;
mod limit;
mod w1;

use catchup::control::Control;
use catchup::integrate::Method;
use catchup::measure::Measure;
use catchup::model::problem::Problem;
use catchup::simulate::Engine;
use limit::{InStep, LANES};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use w1::{Draw, PERIODS};

/// How many draws the contestants share.
const DRAWS: usize = 10_000;
/// How long each contestant's turn in a round should be.
const TURN: Duration = Duration::from_millis(40);

/// The program itself: from seven numbers to its measures.
struct Catchup {
    problem: Problem,
    engine: Engine,
    control: Control,
    method: Method,
}

impl Catchup {
    fn new(method: Method) -> Self {
        Self { problem: w1::problem(), engine: Engine::default(), control: Control::default(), method }
    }

    fn final_gap(&mut self, draw: &Draw) -> f64 {
        w1::patch(&mut self.problem, draw);
        let measured = self.engine.measure(&self.problem, w1::solver(self.method), &self.control);
        black_box(measured.expect("not stopped"))[Measure::FinalGap].expect("W1 does not fail")
    }
}

/// Appends the last gap of each draw.
type Run = Box<dyn FnMut(&[Draw], &mut Vec<f64>) + Send>;

/// Who takes part.
struct Contestant {
    name: &'static str,
    run: Run,
    /// Draws in a turn, a multiple of [`LANES`].
    turn: usize,
}

fn contestant(name: &'static str, mut run: impl FnMut(&Draw) -> f64 + Send + 'static) -> Contestant {
    let run = move |draws: &[Draw], last: &mut Vec<f64>| last.extend(draws.iter().map(&mut run));
    Contestant { name, run: Box::new(run), turn: DRAWS }
}

fn limit_scalar() -> Contestant {
    contestant("by hand, scalar", |draw| black_box(limit::scalar(draw)).last)
}

fn exact() -> Contestant {
    let mut catchup = Catchup::new(Method::Exact);
    contestant("catchup exact", move |draw| catchup.final_gap(draw))
}

fn contestants() -> Vec<Contestant> {
    let mut in_step = InStep::new();
    let lanes = move |draws: &[Draw], last: &mut Vec<f64>| {
        for draws in draws.as_chunks::<LANES>().0 {
            last.extend(black_box(in_step.runs(draws)).map(|summary| summary.last));
        }
    };
    let mut dopri5 = Catchup::new(Method::Dopri5);
    vec![
        limit_scalar(),
        Contestant { name: "by hand, 8 lanes", run: Box::new(lanes), turn: DRAWS },
        exact(),
        contestant("bare ode_solvers Dopri5, rtol 1e-8", |draw| black_box(bare::dopri5(draw, 1e-8, 1e-10)).last),
        contestant("catchup dopri5, rtol 1e-8", move |draw| dopri5.final_gap(draw)),
    ]
}

impl Contestant {
    /// Runs a turn; runs a second.
    fn take_turn(&mut self, draws: &[Draw], last: &mut Vec<f64>) -> f64 {
        last.clear();
        let start = Instant::now();
        let mut left = self.turn;
        while left > 0 {
            let part = left.min(draws.len());
            last.clear();
            (self.run)(&draws[..part], last);
            left -= part;
        }
        self.turn as f64 / start.elapsed().as_secs_f64()
    }

    /// Chooses how many draws make a turn.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    fn calibrate(&mut self, draws: &[Draw]) {
        let mut last = Vec::with_capacity(DRAWS);
        self.turn = 10 * LANES;
        for share in [0.25, 1.0] {
            let rate = self.take_turn(draws, &mut last);
            self.turn = ((rate * share * TURN.as_secs_f64()) as usize).next_multiple_of(LANES);
        }
    }

    /// The largest relative error of the last gap against the closed form as the documentation states it.
    fn error(&mut self, draws: &[Draw]) -> f64 {
        let mut last = Vec::with_capacity(draws.len());
        (self.run)(draws, &mut last);
        assert_eq!(last.len(), draws.len(), "{}", self.name);
        let errors = draws.iter().zip(&last).map(|(draw, last)| (last / draw.gap(PERIODS as f64) - 1.0).abs());
        errors.fold(0.0, f64::max)
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Runs a second of each contestant in each round.
fn rounds(contestants: &mut [Contestant], draws: &[Draw], count: usize) -> Vec<Vec<f64>> {
    let mut last = Vec::with_capacity(DRAWS);
    let mut rates = vec![Vec::new(); contestants.len()];
    for _ in 0..count {
        for (contestant, rates) in contestants.iter_mut().zip(&mut rates) {
            rates.push(contestant.take_turn(draws, &mut last));
        }
    }
    rates
}

/// How many times as many runs two threads do as one: median of paired rounds.
fn two_threads(make: fn() -> Contestant, draws: &[Draw], count: usize) -> f64 {
    let mut crew = [make(), make()];
    crew[0].calibrate(draws);
    crew[1].turn = crew[0].turn;
    let turn = |contestant: &mut Contestant| {
        contestant.take_turn(draws, &mut Vec::with_capacity(DRAWS));
    };
    let gains = (0..count).map(|_| {
        let start = Instant::now();
        turn(&mut crew[0]);
        let one = start.elapsed();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for contestant in &mut crew {
                scope.spawn(move || turn(contestant));
            }
        });
        2.0 * one.as_secs_f64() / start.elapsed().as_secs_f64()
    });
    median(gains.collect())
}

#[derive(Debug)]
struct Options {
    rounds: usize,
    quick: bool,
    memory: bool,
    draws: Option<PathBuf>,
    json: Option<PathBuf>,
}

fn options() -> Options {
    let mut options = Options { rounds: 41, quick: false, memory: false, draws: None, json: None };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap_or_else(|| panic!("{arg} needs a value"));
        match arg.as_str() {
            "--rounds" => options.rounds = value().parse().expect("--rounds takes a number"),
            "--quick" => options.quick = true,
            "--memory" => options.memory = true,
            "--draws" => options.draws = Some(value().into()),
            "--json" => options.json = Some(value().into()),
            // Given by cargo.
            "--bench" => {}
            other => {
                panic!("{other}: no such option; allowed: --rounds N, --quick, --memory, --draws FILE, --json FILE")
            }
        }
    }
    options
}

fn main() {
    let options = options();
    if options.memory {
        end_to_end::print_memory();
        return;
    }
    let draws = w1::draws(DRAWS);
    if let Some(file) = &options.draws {
        let bytes: Vec<u8> = draws.iter().flat_map(Draw::numbers).flat_map(f64::to_le_bytes).collect();
        std::fs::write(file, bytes).expect("the draws are written");
    }

    let mut contestants = contestants();
    let errors: Vec<f64> = contestants.iter_mut().map(|contestant| contestant.error(&draws)).collect();
    for contestant in &mut contestants {
        contestant.calibrate(&draws);
    }
    let rates = rounds(&mut contestants, &draws, options.rounds);
    let place = |name: &str| contestants.iter().position(|contestant| contestant.name == name).expect("takes part");
    let ratio = |of: usize, to: usize| median(rates[of].iter().zip(&rates[to]).map(|(a, b)| a / b).collect());
    let (scalar, lanes) = (place("by hand, scalar"), place("by hand, 8 lanes"));
    let bare = place("bare ode_solvers Dopri5, rtol 1e-8");

    println!("W1, one core, median of {} rounds; ratios are taken within a round", options.rounds);
    println!("{:<36} {:>11} {:>10} {:>9} {:>9} {:>9}", "", "runs/s", "error", "/ scalar", "/ 8 lanes", "/ bare");
    let mut figures = Vec::new();
    for (i, contestant) in contestants.iter().enumerate() {
        let (name, rate, error) = (contestant.name, median(rates[i].clone()), errors[i]);
        let (to_scalar, to_lanes, to_bare) = (ratio(i, scalar), ratio(i, lanes), ratio(i, bare));
        println!("{name:<36} {rate:>11.0} {error:>10.1e} {to_scalar:>9.3} {to_lanes:>9.3} {to_bare:>9.3}");
        figures.push(serde_json::json!({ "name": name, "runs_per_second": rate, "error": error }));
    }
    if let Some(file) = &options.json {
        let text = serde_json::Value::from(figures).to_string();
        std::fs::write(file, text).expect("the figures are written");
    }
    if options.quick {
        return;
    }

    println!("\ntwo threads against one, median of {} paired rounds", options.rounds);
    for (name, make) in [("by hand, scalar", limit_scalar as fn() -> Contestant), ("catchup exact", exact)] {
        println!("{name:<36} {:>11.2}", two_threads(make, &draws, options.rounds));
    }
    end_to_end::print();
}
