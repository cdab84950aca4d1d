//! A made-up sweep: chunks whose rows are a function of draw and variant alone, and the folder they end up in.

use super::random::Spec;
use catchup::batch::{AtDate, Chunk};
use catchup::control::Control;
use catchup::measure::{Direction, Measure, Measures, Outcome as Promotion, Verdict};
use catchup::model::trade::Regime;
use catchup::record::sweep::Draws;
use catchup::record::{Outcome, Plan, Shard, open_sweep};
use catchup::scenario::sweep::{Kept, Level, Tie, Varied};
use catchup::simulate::Seen;
use catchup::table::ColumnType;
use catchup::trajectory::Trajectory;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A varied key.
pub fn varied(key: &str, kind: ColumnType, levels: Vec<Level>) -> Varied {
    Varied { key: key.to_owned(), name: key.to_owned(), kind, levels, tie: Tie::Independent }
}

/// A study with keys and variants of every kind.
pub fn plan(draws: u64, draws_per_chunk: u64) -> Plan {
    let text = |text: &str| Level::Text(text.to_owned());
    Plan {
        name: "study".to_owned(),
        title: Some("A study".to_owned()),
        description: None,
        resolved: "name = \"study\"\nseed = 42\n".to_owned(),
        goes_on: true,
        identity: vec![
            ("sweep file".to_owned(), "seed = 42\nsamples = 9\n".to_owned()),
            ("scenario".to_owned(), "x = 0.02\nbeta = 0.04\n".to_owned()),
        ],
        vary: vec![
            varied("catch_up.beta", ColumnType::Number, vec![]),
            varied("growth.x", ColumnType::Integer, vec![Level::Number(0.5), Level::Number(2.0)]),
            varied("poor.trade", ColumnType::String, vec![text("open"), text("closed, \"quite\"")]),
            varied("sector.a.cluster_R", ColumnType::Boolean, vec![Level::Flag(false), Level::Flag(true)]),
        ],
        variants: vec!["base".to_owned(), "with, comma".to_owned()],
        baselines: vec![0, 0],
        sectors: vec![vec!["one".to_owned(), "two".to_owned()]; 2],
        draws,
        draws_per_chunk,
        keep: Kept::First(0),
        dates: vec![2030.0, 2050.5],
        csv: true,
    }
}

/// What a run of the made-up study gives: a function of its draw and variant alone.
pub fn row(run: u64, variant: usize) -> Measures {
    let mut random = Rng::with_seed(run * 31 + variant as u64);
    let number = |random: &mut Rng| match random.u32(0..20) {
        0 => None,
        // It may not reach a table.
        1 => Some(f64::NAN),
        2 => Some(f64::from(random.i32(-3..3))),
        3 => Some(-0.0),
        _ => Some((random.f64() * 12.0 - 4.0).exp() * if random.bool() { 1.0 } else { -1.0 }),
    };
    let verdicts = [Verdict::Ahead, Verdict::Converged, Verdict::Converging, Verdict::PersistentGap];
    let regimes = [0, 1].map(|i| [Regime::Cluster(i), Regime::Isolation(i)]).concat();
    let regimes = [regimes, vec![Regime::Diversified, Regime::Closed]].concat();
    let error = (random.u32(0..40) == 0).then(|| format!("sector \"a\", t = {}:\nno, too steep", random.u8(..)));
    let mut row =
        Measures { verdict: error.is_none().then(|| verdicts[random.usize(0..4)]), error, ..Measures::default() };
    row.direction = row.verdict.map(|_| Direction::ALL[random.usize(0..Direction::ALL.len())]);
    row.outcome = row.verdict.and_then(|_| Promotion::ALL.get(random.usize(0..=Promotion::ALL.len())).copied());
    row.last = random.bool().then(|| regimes[random.usize(0..regimes.len())]);
    row.long_run = random.bool().then(|| regimes[random.usize(0..regimes.len())]);
    row[Measure::SettledYear] = random.bool().then(|| f64::from(random.u32(2000..2100)));
    row[Measure::InitialGap] = Some(2.5);
    row[Measure::FinalGap] = number(&mut random);
    // Without bound often enough for a quantile to have none; who has none falls behind.
    row[Measure::LongRunGap] = number(&mut random);
    if random.u8(0..8) == 0 && row.verdict.is_some() {
        (row.verdict, row[Measure::LongRunGap]) = (Some(Verdict::FallingBehind), Some(f64::INFINITY));
    }
    row[Measure::HalfLife] = number(&mut random);
    row[Measure::RegimeChanges] = random.bool().then(|| f64::from(random.u32(0..90)));
    row[Measure::Welfare] = number(&mut random);
    row[Measure::SubsidyPv] = number(&mut random);
    row[Measure::PeakSubsidyShare] = number(&mut random);
    row[Measure::SelfSustainingYear] = random.bool().then(|| f64::from(random.u32(2000..2100)));
    row[Measure::DFinalGap] = number(&mut random);
    row[Measure::EquivalentVariation] = if variant == 0 { Some(0.0) } else { number(&mut random) };
    row[Measure::NetGainPv] = if variant == 0 { Some(0.0) } else { number(&mut random) };
    row.externality = 1.0 + random.f64();
    row
}

/// What a run of the made-up study is at its two dates: a row it has not always.
pub fn seen(run: u64, variant: usize) -> [Option<Seen>; 2] {
    let mut random = Rng::with_seed(run * 37 + variant as u64);
    let mut one = || {
        let regime = [Regime::Cluster(1), Regime::Isolation(0), Regime::Diversified, Regime::Closed];
        let (wage, regime) = (random.f64() * 2.0, regime[random.usize(0..4)]);
        random.u8(0..5).gt(&0).then_some(Seen { w_P: wage, regime })
    };
    [one(), one()]
}

/// The draws of a chunk of the study.
pub fn draws(plan: &Plan, index: u64) -> Draws {
    index * plan.draws_per_chunk..((index + 1) * plan.draws_per_chunk).min(plan.draws)
}

/// A chunk of the study.
pub fn chunk(plan: &Plan, draws: &Draws) -> Chunk {
    let mut drawn = vec![Vec::new(); plan.vary.len()];
    for draw in draws.clone() {
        let mut random = Rng::with_seed(draw);
        drawn.iter_mut().take(1).for_each(|column| column.push(random.f64()));
        drawn.iter_mut().skip(1).for_each(|column| column.push(f64::from(random.u8(0..2))));
    }
    let dates = vec![AtDate::default(); plan.dates.len()];
    let mut chunk = Chunk { first: draws.start, drawn, dates, ..Chunk::default() };
    for draw in draws.clone() {
        (0..plan.variants.len()).for_each(|variant| chunk.push(row(draw, variant), &seen(draw, variant)));
    }
    for draw in draws.clone().filter(|&draw| plan.keep.has(draw)) {
        chunk.trajectories.extend((0..plan.variants.len()).map(|variant| (draw, variant, trajectory(draw, variant))));
    }
    chunk
}

/// The scenario whose trajectory is kept for a run.
pub fn scenario(draw: u64, variant: usize) -> catchup::scenario::Scenario {
    let spec = Spec::random(&mut Rng::with_seed(draw * 7 + variant as u64));
    catchup::scenario::parse(&spec.toml(), &[]).expect("a scenario")
}

/// The trajectory that is kept for a run.
pub fn trajectory(draw: u64, variant: usize) -> Trajectory {
    let scenario = scenario(draw, variant);
    catchup::simulate::simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped")
}

/// Puts the chunks that are missing, in a random order, and finishes.
pub fn go_on(out: &Path, plan: &Plan, shard: Option<Shard>, random: &mut Rng) -> Outcome {
    let sweeping = open_sweep(out, plan.clone(), shard, false).expect("opened");
    let mut missing = sweeping.missing().to_vec();
    random.shuffle(&mut missing);
    missing.iter().for_each(|draws| sweeping.put(&chunk(plan, draws)).expect("put"));
    sweeping.finish(&Control::default()).expect("finished")
}

/// Every file of a folder.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).unwrap_or_default())).collect()
}

/// The files of a sweep that nothing disturbed.
pub fn undisturbed(plan: &Plan) -> BTreeMap<String, Vec<u8>> {
    let out = TempDir::new().expect("a folder");
    go_on(out.path(), plan, None, &mut Rng::with_seed(1));
    files(&out.path().join("study"))
}

/// Fails where two folders differ.
pub fn same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>, when: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{when}");
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{when}: {name} differs");
    }
}

/// The cells of a CSV table below its header.
pub fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}
