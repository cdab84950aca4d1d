//! Protects against inputs that nobody thought of: whatever a scenario or a sweep file holds, nothing panics, no number that
//! is none reaches a table, a picture or a sentence, every mistake is told with its place, and all of it is quick.
//!
//! For a longer hunt: `FUZZ_CASES=500000 FUZZ_SEED=7 cargo test --release --test files fuzz` (and `FUZZ_FIRST`, the first case). Every case follows from the
//! seed and its own number alone; what fails is printed whole.

mod inputs;

use crate::common::root;
use catchup::advice;
use catchup::batch::{self, Worker};
use catchup::compare::{self, Comparison, Decomposed, Member, Versus};
use catchup::control::Control;
use catchup::draw::{self, Look, Source, svg};
use catchup::equilibria::{self, Answer};
use catchup::plot;
use catchup::record::{self, Plan};
use catchup::scenario::diagnostics::{At, Report};
use catchup::scenario::sweep::{Kept, Sweep};
use catchup::scenario::{self, Scenario};
use catchup::simulate::simulate;
use catchup::summary::summarise;
use catchup::trajectory;
use catchup::words::{Told, comparison, run};
use fastrand::Rng;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Cases where the environment says nothing else.
const CASES: usize = 20_000;
/// The longest that a run may take; more where nothing is optimised.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 5 });
/// Rows of a table that are looked at.
const ROWS: usize = 4_000;
/// Draws of a sweep that are run.
const DRAWS: usize = 8;

/// What a number that is none looks like in a text.
const NO_NUMBERS: [&str; 3] = ["nan", "inf", "infinity"];

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} = {text}")))
}

/// The shipped files: scenarios with all they extend, and sweeps.
struct Corpus {
    scenarios: Vec<String>,
    sweeps: Vec<String>,
}

impl Corpus {
    fn new() -> Self {
        let files = |folder: &str| -> Vec<PathBuf> {
            let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
            let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
            files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
            files.sort();
            files
        };
        let resolved = |path: PathBuf| scenario::load(&path.to_string_lossy(), &[]).expect("valid").resolved();
        let folders = ["scenarios", "scenarios/paper", "scenarios/comparisons"];
        let mut scenarios: Vec<String> = folders.into_iter().flat_map(files).map(resolved).collect();
        scenarios.push(scenario::STARTER.to_owned());
        let read = |path: PathBuf| std::fs::read_to_string(path).expect("a file");
        Self { scenarios, sweeps: files("scenarios/sweeps").into_iter().map(read).collect() }
    }

    fn scenario(&self, rng: &mut Rng) -> String {
        if rng.bool() { inputs::scenario(rng) } else { self.scenarios[rng.usize(0..self.scenarios.len())].clone() }
    }

    fn sweep(&self, rng: &mut Rng) -> String {
        if rng.bool() { inputs::sweep(rng) } else { self.sweeps[rng.usize(0..self.sweeps.len())].clone() }
    }
}

/// What is put in.
enum Input {
    Scenario(String),
    Sweep(String),
    /// A scenario that may be no text.
    Bytes(Vec<u8>),
}

impl Input {
    fn new(rng: &mut Rng, corpus: &Corpus) -> Self {
        match rng.u8(0..10) {
            0..4 => Self::Scenario(inputs::scenario(rng)),
            4 => Self::Sweep(inputs::sweep(rng)),
            5 | 6 => {
                let text = corpus.scenario(rng);
                Self::Scenario(inputs::rearranged(rng, &text))
            }
            7 => {
                let text = corpus.sweep(rng);
                Self::Sweep(inputs::rearranged(rng, &text))
            }
            8 => {
                let (text, other) = (corpus.scenario(rng), corpus.sweep(rng));
                Self::Bytes(inputs::garbled(rng, &text, &other))
            }
            _ => {
                let (text, other) = (corpus.sweep(rng), corpus.scenario(rng));
                Self::Sweep(String::from_utf8_lossy(&inputs::garbled(rng, &text, &other)).into_owned())
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Scenario(text) | Self::Sweep(text) => text.clone(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// Whether an input made a scenario or a sweep.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Ran,
    Refused,
}

/// What a text says where a number should be; `None` where all is well.
fn no_number(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let word = words.into_iter().find(|word| NO_NUMBERS.contains(&word.to_lowercase().as_str()))?;
    let line = text.lines().find(|line| line.contains(word)).unwrap_or_default();
    Some(format!("{word} in: {}", line.chars().take(400).collect::<String>()))
}

/// What came out, to be looked through.
struct Out<'a> {
    /// Not for texts that say so themselves.
    look: bool,
    wrong: &'a mut Vec<String>,
}

impl Out<'_> {
    fn says(&mut self, what: &str, text: &str) {
        if let Some(found) = no_number(text).filter(|_| self.look) {
            self.wrong.push(format!("{what}: {found}"));
        }
    }

    fn picture(&mut self, what: &str, svg: &str) {
        self.says(what, svg);
        if let Err(error) = roxmltree::Document::parse(svg) {
            self.wrong.push(format!("{what} is no XML: {error}"));
        }
    }
}

/// Every mistake has its place (or names the `file`, which may be no text), and says what is allowed or what to do.
fn refused(report: &Report, file: Option<&str>, wrong: &mut Vec<String>) -> End {
    if report.diagnostics.is_empty() {
        wrong.push("refused without a mistake".to_owned());
    }
    for mistake in &report.diagnostics {
        let inside = |at: &At| at.span.start <= report.sources.text(at.source).len();
        let told = |file: &Option<&str>| file.is_some_and(|file| mistake.title.contains(file));
        if !mistake.at.as_ref().map_or_else(|| told(&file), inside) {
            wrong.push(format!("a mistake without a place: {}", mistake.title));
        }
        if mistake.allowed.is_empty() && mistake.hint.is_none() {
            wrong.push(format!("a mistake that tells no way out: {}", mistake.title));
        }
    }
    if report.render(false).is_empty() {
        wrong.push("an empty report".to_owned());
    }
    End::Refused
}

fn member(scenario: Scenario) -> Member {
    let trajectory = simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped");
    let summary = summarise(&scenario.keys.name, scenario.keys.title.as_deref(), &trajectory);
    Member { scenario, trajectory, summary }
}

/// All that is said and tabled of a scenario, and one of its pictures.
fn of_scenario(scenario: Scenario, case: usize, out: &mut Out<'_>) {
    let resolved = scenario.resolved();
    match scenario::parse(&resolved, &[]) {
        Ok(again) if again.resolved() == resolved => {}
        Ok(_) => out.wrong.push("the resolved scenario is no fixed point".to_owned()),
        Err(report) => out.wrong.push(format!("the resolved scenario is refused: {report}")),
    }
    let alone = scenario.promoting("no-policy", "left alone", None);
    let member = member(scenario);
    let Member { scenario, trajectory, summary } = &member;
    let advice = advice::warnings(scenario, trajectory);
    out.says("a warning", &advice.iter().map(|w| format!("{}: {} {}\n", w.key, w.what, w.hint)).collect::<String>());
    out.says("the account", &run::account(&Told::new(scenario, summary)).join("\n"));
    out.says("summary.json", &serde_json::to_string(summary).expect("JSON"));
    let (rows, sectors) = (trajectory.rows.len().min(ROWS), trajectory.sectors.len().min(ROWS));
    out.says("trajectory.csv", &record::csv(&trajectory::states(), &member.run(), rows));
    out.says("sectors.csv", &record::csv(&trajectory::sector_states(), &member.run(), sectors));
    out.says("events.csv", &record::csv(&trajectory::events(), &member.run(), trajectory.events.len().min(ROWS)));
    let last = trajectory.grid.periods;
    for (k, long_run) in [(0, false), (0, true), (last, false), (last + last / 2, true)] {
        if let Some(answer) = Answer::new(scenario, trajectory, k, long_run) {
            let count = answer.candidates.len();
            out.says("equilibria.csv", &record::csv(&equilibria::columns(), &answer, count));
            out.says("equilibria", &answer.lines().concat().join(" "));
        }
    }
    let drawn = Source::Run(Box::new(draw::Run::of(scenario, trajectory, summary)));
    let what = draw::What::ALL[case % draw::What::ALL.len()];
    out.picture(what.name(), &svg::render(&draw::figure(&drawn, what), &Look::default()));
    match alone {
        // Takes longer than all else.
        Ok(_) if !case.is_multiple_of(16) => {}
        Ok(alone) => compared(vec![self::member(alone), member], out),
        Err(report) => out.wrong.push(format!("left alone it is refused: {report}")),
    }
}

/// All that is said, tabled and drawn of a comparison.
fn compared(members: Vec<Member>, out: &mut Out<'_>) {
    if members.iter().any(|member| member.trajectory.failure.is_some()) {
        return;
    }
    if let Some(difference) = compare::difference(&members[0].scenario, &members[1].scenario) {
        return out.wrong.push(format!("not comparable with itself left alone: {difference}"));
    }
    let all = Comparison::new("both".to_owned(), 0, members);
    out.says("the comparison", &comparison::answer(&all).join("\n"));
    out.says("its table", &all.lines().concat().join(" "));
    out.says("summary.csv", &record::csv(&compare::gained(), &all, 2));
    let versus = Versus { run: all.members[1].run(), baseline: &all.members[0].trajectory };
    let rows = all.members[1].trajectory.rows.len().min(ROWS);
    out.says("comparison.csv", &record::csv(&compare::versus(), &versus, rows));
    out.says("decomposition.csv", &record::csv(&compare::decomposed(), &Decomposed::new(&all, 1), rows));
    for (name, picture) in draw::of_comparison(draw::Comparison::of(&all)) {
        out.picture(&name, &picture);
    }
}

/// All that is tabled and said of a sweep's first draws; with a `folder`, drawn too.
fn of_sweep(sweep: &Sweep, folder: Option<&TempDir>, out: &mut Out<'_>) {
    let advice = advice::of_sweep(sweep);
    out.says("a warning", &advice.iter().map(|w| format!("{}: {} {}\n", w.key, w.what, w.hint)).collect::<String>());
    let draws = usize::try_from(sweep.design.draws()).unwrap_or(usize::MAX).min(DRAWS);
    let mut chunk = batch::Chunk::default();
    Worker::new(sweep).fill(0..draws as u64, &mut chunk, &Control::default()).expect("not stopped");
    let (variants, sectors) = (sweep.variant_names(), sweep.sector_names());
    let meaning = batch::Meaning { vary: &sweep.vary, variants: &variants, sectors: &sectors, dates: &sweep.dates };
    let columns = meaning.columns();
    let table = record::csv(&columns, &chunk, chunk.runs());
    out.says("runs.csv", &table);
    if let Some(row) = table.lines().find(|row| row.contains("internal error")) {
        out.wrong.push(format!("a run panicked: {row}"));
    }
    let (Some(folder), true) = (folder, draws as u64 == sweep.design.draws()) else { return };
    let plan = Plan {
        name: "study".to_owned(),
        title: sweep.title.clone(),
        description: None,
        resolved: String::new(),
        goes_on: false,
        identity: Vec::new(),
        vary: sweep.vary.clone(),
        variants: sweep.variant_names(),
        baselines: sweep.variants.iter().map(|variant| variant.baseline).collect(),
        sectors: sweep.sector_names(),
        draws: draws as u64,
        draws_per_chunk: draws as u64,
        keep: Kept::First(0),
        dates: sweep.dates.clone(),
        csv: true,
    };
    let sweeping = record::open_sweep(folder.path(), plan, None, true).expect("opened");
    sweeping.put(&chunk).expect("put");
    let outcome = sweeping.finish(&Control::default()).expect("finished");
    let pictures = plot::load(&outcome.folder, &[], &plot::Options::default());
    for picture in pictures.into_iter().flatten() {
        let svg = picture.draw(plot::Format::Svg, &Look::default()).expect("drawn");
        out.picture(&picture.stem, &String::from_utf8(svg).expect("UTF-8"));
    }
}

/// What is wrong with what becomes of an input, and how it ended.
fn outcome(input: &Input, case: usize) -> (End, Vec<String>) {
    let mut wrong = Vec::new();
    let text = input.text();
    let mut out = Out { look: no_number(&text).is_none(), wrong: &mut wrong };
    let end = match input {
        Input::Scenario(text) => match scenario::parse(text, &[]) {
            Ok(scenario) => {
                of_scenario(scenario, case, &mut out);
                End::Ran
            }
            Err(report) => refused(&report, None, &mut wrong),
        },
        Input::Bytes(bytes) => {
            let folder = TempDir::new().expect("a folder");
            let path = folder.path().join("case.toml");
            std::fs::write(&path, bytes).expect("written");
            match scenario::load(&path.to_string_lossy(), &[]) {
                Ok(scenario) => {
                    of_scenario(scenario, case, &mut out);
                    End::Ran
                }
                Err(report) => refused(&report, Some("case.toml"), &mut wrong),
            }
        }
        Input::Sweep(text) => match Sweep::parse(text, &root().join("scenarios/sweeps")) {
            Ok(sweep) => {
                let folder = case.is_multiple_of(8).then(|| TempDir::new().expect("a folder"));
                of_sweep(&sweep, folder.as_ref(), &mut out);
                End::Ran
            }
            Err(report) => refused(&report, None, &mut wrong),
        },
    };
    (end, wrong)
}

#[test]
fn no_input_breaks_the_program() {
    let (cases, seed) = (setting("FUZZ_CASES", CASES), setting("FUZZ_SEED", 1));
    let first = setting("FUZZ_FIRST", 0);
    let corpus = Corpus::new();
    let one = |case: usize| {
        let mut rng = Rng::with_seed((seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ case as u64);
        let input = Input::new(&mut rng, &corpus);
        let begin = Instant::now();
        let (end, mut wrong) = catch_unwind(AssertUnwindSafe(|| outcome(&input, case)))
            .unwrap_or_else(|_| (End::Ran, vec!["it panicked".to_owned()]));
        let took = begin.elapsed();
        // Of a sweep, each of its runs.
        let runs = if let Input::Sweep(_) = input { 2 * DRAWS } else { 1 };
        if took > LONGEST * u32::try_from(runs).unwrap_or(1) {
            wrong.push(format!("it took {took:?}"));
        }
        let told =
            (!wrong.is_empty()).then(|| format!("case {case} of seed {seed}: {}\n{}", wrong.join("\n"), input.text()));
        (end, told)
    };
    let ended: Vec<(End, Option<String>)> = (first..first + cases).into_par_iter().map(one).collect();
    let ran = ended.iter().filter(|(end, _)| *end == End::Ran).count() as f64 / cases as f64;
    let wrong: Vec<&String> = ended.iter().filter_map(|(_, told)| told.as_ref()).collect();
    let shown = wrong.iter().take(20).map(|told| told.as_str()).collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {cases} inputs went wrong:\n\n{shown}", wrong.len());
    assert!(cases < 1_000 || (0.2..0.8).contains(&ran), "a share of {ran} ran: both ends are to be tried");
}
