//! Protects the folders of sweeps: what is computed stands whole or not at all, nothing damaged or foreign is
//! believed, and the tables are the same bytes whatever happened on the way to them.

mod common;

use catchup::batch::{Chunk, Row};
use catchup::control::Control;
use catchup::record::{self, Outcome, Plan, RecordError, Shard, merge, open_sweep};
use catchup::scenario::sweep::{Level, Varied};
use catchup::summary::Verdict;
use catchup::trajectory::{ColumnType, Trajectory};
use common::random::Spec;
use fastrand::Rng;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

fn varied(key: &str, kind: ColumnType, levels: Vec<Level>) -> Varied {
    Varied { key: key.to_owned(), kind, levels }
}

fn plan(draws: u64, draws_per_chunk: u64) -> Plan {
    let text = |text: &str| Level::Text(text.to_owned());
    Plan {
        name: "study".to_owned(),
        title: Some("A study".to_owned()),
        description: None,
        resolved: "name = \"study\"\nseed = 42\n".to_owned(),
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
        draws,
        draws_per_chunk,
        keep: 0,
        csv: true,
    }
}

/// What a run of the made-up study gives: a function of its draw and variant alone.
fn row(run: u64, variant: usize) -> Row {
    let mut random = Rng::with_seed(run * 31 + variant as u64);
    let number = |random: &mut Rng| match random.u32(0..20) {
        0 => None,
        // Neither may reach a table.
        1 => Some(if random.bool() { f64::NAN } else { f64::INFINITY }),
        2 => Some(f64::from(random.i32(-3..3))),
        3 => Some(-0.0),
        _ => Some((random.f64() * 12.0 - 4.0).exp() * if random.bool() { 1.0 } else { -1.0 }),
    };
    let verdicts = [Verdict::Ahead, Verdict::Converged, Verdict::Converging, Verdict::PersistentGap];
    let error = (random.u32(0..40) == 0).then(|| format!("sector \"a\", t = {}:\nno, too steep", random.u8(..)));
    Row {
        verdict: error.is_none().then(|| verdicts[random.usize(0..4)]),
        error,
        initial_gap: Some(2.5),
        final_gap: number(&mut random),
        long_run_gap: number(&mut random),
        half_life: number(&mut random),
        regime_changes: random.bool().then(|| random.u32(0..90)),
        welfare: number(&mut random),
        subsidy_pv: number(&mut random),
        d_final_gap: number(&mut random),
        equivalent_variation: if variant == 0 { Some(0.0) } else { number(&mut random) },
        externality: Some(1.0 + random.f64()),
    }
}

fn chunk(plan: &Plan, index: u64) -> Chunk {
    let first = index * plan.draws_per_chunk;
    let draws = first..(first + plan.draws_per_chunk).min(plan.draws);
    let mut drawn = vec![Vec::new(); plan.vary.len()];
    for draw in draws.clone() {
        let mut random = Rng::with_seed(draw);
        drawn.iter_mut().take(1).for_each(|column| column.push(random.f64()));
        drawn.iter_mut().skip(1).for_each(|column| column.push(f64::from(random.u8(0..2))));
    }
    let rows = draws.clone().flat_map(|draw| (0..plan.variants.len()).map(move |variant| row(draw, variant)));
    let mut trajectories = Vec::new();
    for draw in draws.filter(|&draw| draw < plan.keep) {
        trajectories.extend((0..plan.variants.len()).map(|variant| (draw, variant, trajectory(draw, variant))));
    }
    Chunk { index, first, drawn, rows: rows.collect(), trajectories }
}

fn scenario(draw: u64, variant: usize) -> catchup::scenario::Scenario {
    let spec = Spec::random(&mut Rng::with_seed(draw * 7 + variant as u64));
    catchup::scenario::parse(&spec.toml(), &[]).expect("a scenario")
}

fn trajectory(draw: u64, variant: usize) -> Trajectory {
    let scenario = scenario(draw, variant);
    catchup::simulate::simulate(&scenario.problem, scenario.solver, &Control::default()).expect("not stopped")
}

/// Puts the chunks that are missing, in a random order, and finishes.
fn go_on(out: &Path, plan: &Plan, shard: Option<Shard>, random: &mut Rng) -> Outcome {
    let sweeping = open_sweep(out, plan.clone(), shard, false).expect("opened");
    let mut missing = sweeping.missing().to_vec();
    random.shuffle(&mut missing);
    missing.iter().for_each(|&index| sweeping.put(&chunk(plan, index)).expect("put"));
    sweeping.finish(&Control::default()).expect("finished")
}

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).unwrap_or_default())).collect()
}

fn undisturbed(plan: &Plan) -> BTreeMap<String, Vec<u8>> {
    let out = TempDir::new().expect("a folder");
    go_on(out.path(), plan, None, &mut Rng::with_seed(1));
    files(&out.path().join("study"))
}

fn same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>, when: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{when}");
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{when}: {name} differs");
    }
}

fn chunk_file(out: &Path, index: u64) -> PathBuf {
    out.join(format!("study/chunks/{index:09}.chunk"))
}

/// The rows of a Parquet file as the cells of a CSV table.
fn parquet_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes.to_vec())).expect("parquet");
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Long(value) => value.to_string(),
        Field::Bool(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        Field::Double(value) => {
            assert!(value.is_finite(), "{value} in a table");
            let text = ryu::Buffer::new().format_finite(*value).to_owned();
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
        other => panic!("{other:?} in a table"),
    };
    let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row"));
    rows.map(|row| row.get_column_iter().map(|(_, field)| cell(field)).collect()).collect()
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn both_tables_hold_every_run_as_it_came() {
    let plan = plan(701, 64);
    let files = undisturbed(&plan);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["datapackage.json", "runs.csv", "runs.parquet", "summary.csv", "sweep.toml"]);
    let rows = csv_rows(&files["runs.csv"]);
    assert_eq!(rows, parquet_rows(&files["runs.parquet"]));
    assert_eq!(rows.len(), 1402);
    let header = String::from_utf8(files["runs.csv"].clone()).expect("text");
    let expected = "run,variant,catch_up.beta,growth.x,poor.trade,sector.a.cluster_R,status,error,verdict,initial_gap,\
                    final_gap,long_run_gap,half_life,regime_changes,welfare,subsidy_pv,d_final_gap,equivalent_variation";
    assert_eq!(header.lines().next(), Some(expected));
    let number = |value: Option<f64>| value.filter(|value| value.is_finite());
    for (i, cells) in rows.iter().enumerate() {
        let (run, variant) = (i as u64 / 2, i % 2);
        let row = row(run, variant);
        assert_eq!(cells[..2], [run.to_string(), plan.variants[variant].clone()]);
        let mut random = Rng::with_seed(run);
        assert_eq!(cells[2].parse(), Ok(random.f64()));
        assert_eq!(cells[3], ["0.5", "2"][usize::from(random.u8(0..2))]);
        assert_eq!(cells[4], ["open", "closed, \"quite\""][usize::from(random.u8(0..2))]);
        assert_eq!(cells[5], ["false", "true"][usize::from(random.u8(0..2))]);
        assert_eq!(cells[6], if row.error.is_some() { "failed" } else { "ok" });
        assert_eq!(cells[7], row.error.unwrap_or_default());
        assert_eq!(cells[8], row.verdict.map_or("", Verdict::name));
        let numbers = [
            row.initial_gap,
            row.final_gap,
            row.long_run_gap,
            row.half_life,
            row.regime_changes.map(f64::from),
            row.welfare,
            row.subsidy_pv,
            row.d_final_gap,
            row.equivalent_variation,
        ];
        for (cell, value) in cells[9..].iter().zip(numbers) {
            assert_eq!(cell.parse().ok(), number(value), "run {run}");
        }
    }
    let package: serde_json::Value = serde_json::from_slice(&files["datapackage.json"]).expect("JSON");
    assert_eq!(package["resources"].as_array().map(Vec::len), Some(4));
    assert_eq!(package["resources"][0]["schema"]["primaryKey"], serde_json::json!(["run", "variant"]));
}

#[test]
fn row_groups_are_counted_from_the_first_run_whatever_the_chunks() {
    let mut plans = [plan(70_000, 9_999), plan(70_000, 40_001)];
    plans.iter_mut().for_each(|plan| plan.vary.truncate(1));
    let [one, other] = plans.map(|plan| undisturbed(&plan));
    for name in ["runs.csv", "runs.parquet", "summary.csv"] {
        assert!(one[name] == other[name], "{name}");
    }
    let reader = SerializedFileReader::new(bytes::Bytes::from(one["runs.parquet"].clone())).expect("parquet");
    let rows: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(rows, [65_536, 65_536, 8_928]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let mut plan = plan(40_000, 1_000);
    plan.vary.truncate(2);
    let expected = undisturbed(&plan);
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let found = pool.install(|| undisturbed(&plan));
        same(&found, &expected, &format!("{threads} threads"));
    }
}

#[test]
fn damage_of_any_kind_is_found_and_computed_again() {
    let mut plan = plan(40, 10);
    plan.keep = 12;
    let expected = undisturbed(&plan);
    let out = TempDir::new().expect("a folder");
    let mut random = Rng::with_seed(3);
    let fill = || {
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        sweeping.missing().iter().for_each(|&index| sweeping.put(&chunk(&plan, index)).expect("put"));
    };
    for case in 0..150 {
        fill();
        let victim = random.u64(0..4);
        let path = chunk_file(out.path(), victim);
        let mut bytes = fs::read(&path).expect("a chunk");
        match case % 6 {
            0 | 1 => {
                let place = if case % 12 == 0 { random.usize(0..130) } else { random.usize(0..bytes.len()) };
                bytes[place] ^= 1 << random.u32(0..8);
            }
            2 => bytes.truncate(random.usize(0..bytes.len())),
            3 => bytes.extend((0..random.usize(1..99)).map(|_| random.u8(..))),
            4 => bytes = fs::read(chunk_file(out.path(), (victim + 1) % 4)).expect("a chunk"),
            _ => bytes = (0..random.usize(0..400)).map(|_| random.u8(..)).collect(),
        }
        fs::write(&path, bytes).expect("write");
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        assert_eq!((sweeping.missing(), sweeping.damaged()), (&[victim][..], 1), "case {case}");
        let failed =
            (0..4).filter(|&i| i != victim).flat_map(|i| chunk(&plan, i).rows).filter(|row| row.error.is_some());
        assert_eq!(sweeping.standing(), (60, failed.count() as u64));
    }
    // Of another sweep, deleted, half written, and something that is no chunk at all.
    fill();
    let other = TempDir::new().expect("a folder");
    let foreign = Plan { resolved: "seed = 43".to_owned(), ..plan.clone() };
    let sweeping = open_sweep(other.path(), foreign.clone(), None, false).expect("opened");
    sweeping.put(&chunk(&foreign, 0)).expect("put");
    fs::copy(chunk_file(other.path(), 0), chunk_file(out.path(), 0)).expect("copy");
    fs::remove_file(chunk_file(out.path(), 2)).expect("remove");
    fs::write(out.path().join("study/chunks/.000000002.chunk.tmp"), "half").expect("write");
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    assert_eq!((sweeping.missing(), sweeping.damaged()), (&[0, 2][..], 1));
    drop(sweeping);
    go_on(out.path(), &plan, None, &mut random);
    same(&files(&out.path().join("study")), &expected, "after damage");
}

#[test]
fn what_is_damaged_after_it_was_looked_at_is_not_believed() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    (0..4).for_each(|index| sweeping.put(&chunk(&plan, index)).expect("put"));
    let path = chunk_file(out.path(), 3);
    let mut bytes = fs::read(&path).expect("a chunk");
    bytes[300] ^= 1;
    fs::write(&path, bytes).expect("write");
    let error = sweeping.finish(&Control::default()).expect_err("damaged");
    let RecordError::Parts { problems, .. } = error else { panic!("{error:?}") };
    assert!(problems[0].contains("000000003.chunk is damaged"), "{problems:?}");
    assert!(!out.path().join("study/runs.csv").exists());
    go_on(out.path(), &plan, None, &mut Rng::with_seed(1));
    same(&files(&out.path().join("study")), &undisturbed(&plan), "computed again");
}

#[test]
fn chunks_that_are_none_of_the_sweep_are_refused() {
    let plan = plan(25, 10);
    let out = TempDir::new().expect("a folder");
    let shard = Shard { index: 2, of: 2 };
    let sweeping = open_sweep(out.path(), plan.clone(), Some(shard), false).expect("opened");
    assert_eq!(sweeping.missing(), [1, 2]);
    let good = chunk(&plan, 2);
    let mut bad =
        vec![chunk(&plan, 0), Chunk { index: 1, ..good.clone() }, Chunk { index: 3, first: 30, ..good.clone() }];
    let mut change = |what: &dyn Fn(&mut Chunk)| {
        let mut chunk = good.clone();
        what(&mut chunk);
        bad.push(chunk);
    };
    change(&|chunk| chunk.rows.truncate(9));
    change(&|chunk| chunk.drawn.truncate(3));
    change(&|chunk| chunk.drawn[0][1] = f64::NAN);
    change(&|chunk| chunk.drawn[2][1] = 7.0);
    for bad in bad {
        assert!(matches!(sweeping.put(&bad), Err(RecordError::Io { .. })), "{bad:?}");
    }
    assert_eq!(fs::read_dir(out.path().join("study/chunks")).expect("a folder").count(), 0);
    assert!(matches!(sweeping.finish(&Control::default()), Err(RecordError::Io { .. })), "finished without its chunks");
}

#[test]
fn one_process_at_a_time_but_different_shards_together() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let shard = |index| Some(Shard { index, of: 3 });
    let open = |shard| open_sweep(out.path(), plan.clone(), shard, false);
    let busy = |shard| match open(shard) {
        Err(RecordError::Busy { process, .. }) => assert_eq!(process, Some(std::process::id())),
        other => panic!("{other:?}"),
    };
    let whole = open(None).expect("opened");
    busy(None);
    busy(shard(1));
    assert!(matches!(merge(&[out.path().join("study")], out.path(), &Control::default()), Err(_)));
    drop(whole);
    let (first, second) = (open(shard(1)).expect("opened"), open(shard(2)).expect("opened"));
    busy(shard(1));
    busy(None);
    drop(first);
    busy(None);
    let first = open(shard(1)).expect("opened");
    drop((first, second));
    let whole = open(None).expect("opened");
    drop(whole);
    let names = files(&out.path().join("study"));
    assert_eq!(names.keys().collect::<Vec<_>>(), [".catchup-sweep.json", "chunks"], "no lock stays");
}

#[test]
fn another_sweep_is_refused_by_what_is_different() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let changed = |what: &dyn Fn(&mut Plan)| {
        let mut plan = plan.clone();
        what(&mut plan);
        match open_sweep(out.path(), plan, None, false) {
            Err(RecordError::Changed { differences, hint, .. }) => {
                assert!(hint.contains("--fresh"));
                differences.join("\n")
            }
            other => panic!("{other:?}"),
        }
    };
    let beta = |plan: &mut Plan| plan.identity[1].1 = "x = 0.02\nbeta = 0.05\n".to_owned();
    let draws = |plan: &mut Plan| plan.draws = 41;
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    sweeping.put(&chunk(&plan, 0)).expect("put");
    drop(sweeping);
    assert_eq!(changed(&beta), "scenario: `beta = 0.04` there, `beta = 0.05` now");
    assert_eq!(changed(&|plan| plan.identity[0].1.push_str("draws = 7\n")), "sweep file: `draws = 7` is new");
    assert!(changed(&draws).starts_with("design: "));
    // Another version of the program.
    let manifest = out.path().join("study/.catchup-sweep.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replacen("0.04", "0.03", 1)).expect("write");
    assert!(changed(&|_| ()).contains("damaged"));
    fs::write(&manifest, text).expect("write");
    // Finished, its texts are gone, but what changed is known.
    go_on(out.path(), &plan, None, &mut Rng::with_seed(1));
    let before = files(&out.path().join("study"));
    assert_eq!(changed(&beta), "scenario has changed");
    assert!(changed(&|plan| plan.resolved = "name = \"study\"\nseed = 43\n".to_owned()).contains("`seed = 43` now"));
    same(&files(&out.path().join("study")), &before, "refused");
    // Over: the new sweep starts with nothing of the old one.
    let mut other = plan.clone();
    beta(&mut other);
    let sweeping = open_sweep(out.path(), other.clone(), None, true).expect("opened");
    assert_eq!(sweeping.missing(), [0, 1, 2, 3]);
    drop(sweeping);
    go_on(out.path(), &other, None, &mut Rng::with_seed(1));
    same(&files(&out.path().join("study")), &undisturbed(&other), "fresh");
    let sweeping = open_sweep(out.path(), other, None, true).expect("opened");
    assert!(!sweeping.complete());
    assert_eq!(sweeping.missing(), [0, 1, 2, 3]);
}

#[test]
fn folders_of_something_else_are_left_alone() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let folder = out.path().join("study");
    fs::create_dir(&folder).expect("make");
    fs::write(folder.join("thesis.txt"), "mine").expect("write");
    for fresh in [false, true] {
        assert!(matches!(open_sweep(out.path(), plan.clone(), None, fresh), Err(RecordError::Foreign { .. })));
        assert_eq!(files(&folder).len(), 1);
    }
    fs::remove_file(folder.join("thesis.txt")).expect("remove");
    fs::write(folder.join("datapackage.json"), "{\"catchup\": {\"kind\": \"run\"}}").expect("write");
    assert!(matches!(open_sweep(out.path(), plan.clone(), None, true), Err(RecordError::Foreign { .. })));
    // And no run takes the folder of a sweep in progress, though a kill left its lock there.
    fs::remove_file(folder.join("datapackage.json")).expect("remove");
    drop(open_sweep(out.path(), plan, None, false).expect("opened"));
    fs::write(folder.join(".catchup-lock"), "1\n").expect("write");
    assert!(matches!(record::open(out.path(), "study"), Err(RecordError::Foreign { .. })));
}

#[test]
fn shards_in_any_order_and_any_folder_make_the_same_bytes() {
    let mut plan = plan(130, 10);
    plan.keep = 5;
    let expected = undisturbed(&plan);
    let mut random = Rng::with_seed(8);
    for of in 1..=16 {
        let out = TempDir::new().expect("a folder");
        let mut order: Vec<u64> = (1..=of).collect();
        random.shuffle(&mut order);
        let mut folders = Vec::new();
        for index in order {
            // All in one folder, each in its own, or some together.
            let place = [1, index, index % 3][(of % 3) as usize];
            let part = out.path().join(format!("part-{place}"));
            let outcome = go_on(&part, &plan, Some(Shard { index, of }), &mut random);
            assert!(outcome.runs <= 260 && outcome.summary.is_empty());
            if !folders.contains(&outcome.folder) {
                folders.push(outcome.folder);
            }
        }
        let sources: Vec<_> = folders.iter().map(|folder| files(folder)).collect();
        let into = if of % 2 == 0 { out.path().join("all") } else { folders[0].parent().expect("out").to_owned() };
        let outcome = merge(&folders, &into, &Control::default()).expect("merged");
        same(&files(&into.join("study")), &expected, &format!("{of} shards"));
        assert_eq!(outcome.runs, 260);
        for (folder, before) in folders.iter().zip(sources).filter(|(folder, _)| **folder != into.join("study")) {
            same(&files(folder), &before, "a source");
        }
        // Once more: a task that was requeued after it was done.
        let again = if folders == [into.join("study")] {
            merge(&folders, &into, &Control::default())
        } else {
            Ok(outcome.clone())
        };
        assert_eq!(again.expect("merged"), outcome);
    }
}

#[test]
fn a_merge_names_what_does_not_fit() {
    let plan = plan(80, 10);
    let out = TempDir::new().expect("a folder");
    let mut random = Rng::with_seed(2);
    let mut part = |place: &str, plan: &Plan, index, of| {
        go_on(&out.path().join(place), plan, Some(Shard { index, of }), &mut random).folder
    };
    let three: Vec<PathBuf> = (1..=3).map(|index| part(&format!("p{index}"), &plan, index, 3)).collect();
    let double = part("double", &plan, 2, 3);
    let quarter = part("quarter", &plan, 2, 4);
    let other = Plan { identity: vec![("scenario".to_owned(), "x = 0.03".to_owned())], ..plan.clone() };
    let foreign = part("foreign", &other, 3, 3);
    let empty = out.path().join("empty");
    fs::create_dir(&empty).expect("make");
    let whole = out.path().join("whole");
    drop(open_sweep(&whole, plan.clone(), None, false).expect("opened"));
    let refusal = |folders: &[&PathBuf]| {
        let folders: Vec<PathBuf> = folders.iter().map(|&folder| folder.clone()).collect();
        match merge(&folders, &out.path().join("all"), &Control::default()) {
            Err(RecordError::Parts { problems, foreign, .. }) => (problems.join("\n"), foreign),
            other => panic!("{other:?}"),
        }
    };
    let [p1, p2, p3] = &three[..] else { panic!("three") };
    assert_eq!(refusal(&[p1, p2]).0, "shard 3 of 3 is missing, or not finished");
    assert!(refusal(&[p1, p2, p3, &double]).0.contains("shard 2 of 3 is there twice: in "));
    assert!(refusal(&[p1, p2, p2, p3]).0.contains("is given twice"));
    assert!(refusal(&[p1, p2, p3, &quarter]).0.contains("different divisions"));
    let (text, is_foreign) = refusal(&[p1, p2, &foreign]);
    assert!(is_foreign && text.contains("foreign/study") && text.contains("scenario"), "{text}");
    assert!(refusal(&[p1, p2, p3, &empty]).0.contains("holds no shard"));
    assert!(refusal(&[&whole.join("study")]).0.contains("holds no finished shard"));
    assert!(refusal(&[]).0.contains("no folder"));
    // A chunk that is damaged, then gone; run again, the shard is whole.
    let victim = fs::read_dir(p2.join("chunks")).expect("chunks").next().expect("one").expect("entry").path();
    let bytes = fs::read(&victim).expect("a chunk");
    fs::write(&victim, &bytes[..bytes.len() - 1]).expect("write");
    let name = victim.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(refusal(&[p1, p2, p3]).0.contains(&format!("{name} is damaged")));
    fs::remove_file(&victim).expect("remove");
    assert!(refusal(&[p1, p2, p3]).0.contains(&format!("{name} is missing")));
    assert!(!out.path().join("all/study").exists(), "nothing is left of a refused merge");
    part("p2", &plan, 2, 3);
    let folders = three.clone();
    merge(&folders, &out.path().join("all"), &Control::default()).expect("merged");
    let expected = undisturbed(&plan);
    same(&files(&out.path().join("all/study")), &expected, "merged");
    merge(&folders, &out.path().join("all"), &Control::default()).expect("the same sweep is replaced");
    same(&files(&out.path().join("all/study")), &expected, "merged again");
    // What is finished is no shard, and another sweep is not replaced.
    assert!(refusal(&[&out.path().join("all/study"), p1]).0.contains("finished sweep"));
    let foreign: Vec<PathBuf> = (1..=3).map(|index| part("others", &other, index, 3)).take(1).collect();
    let error = merge(&foreign, &out.path().join("all"), &Control::default()).expect_err("another sweep");
    assert!(matches!(error, RecordError::Changed { .. }), "{error:?}");
}

#[test]
fn an_assembly_cut_short_anywhere_begins_anew() {
    let mut plan = plan(40, 10);
    plan.keep = 3;
    let expected = undisturbed(&plan);
    let out = TempDir::new().expect("a folder");
    let folder = out.path().join("study");
    let fill = |fresh| {
        let sweeping = open_sweep(out.path(), plan.clone(), None, fresh).expect("opened");
        sweeping.missing().iter().for_each(|&index| sweeping.put(&chunk(&plan, index)).expect("put"));
        sweeping
    };
    // A name that cannot be written, for each file in turn: as a disk that is full.
    for name in expected.keys() {
        let sweeping = fill(true);
        expected.keys().filter_map(|name| fs::remove_file(folder.join(name)).ok()).for_each(drop);
        let hurdle = folder.join(format!(".{name}.tmp"));
        fs::create_dir(&hurdle).expect("make");
        let error = sweeping.finish(&Control::default()).expect_err(name);
        let RecordError::Io { kept, .. } = error else { panic!("{error:?}") };
        assert!(kept.contains("chunks are kept"), "{kept}");
        fs::remove_dir(&hurdle).expect("remove");
        for file in files(&folder).keys() {
            assert!(!expected.contains_key(file) && !file.ends_with(".tmp"), "{file} stands after {name} failed");
        }
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        assert_eq!(sweeping.missing(), [0u64; 0]);
        sweeping.finish(&Control::default()).expect("finished");
        same(&files(&folder), &expected, name);
    }
    // Told to stop.
    let sweeping = fill(true);
    expected.keys().filter_map(|name| fs::remove_file(folder.join(name)).ok()).for_each(drop);
    let stop = Control::new(Arc::new(AtomicBool::new(true)));
    assert!(matches!(sweeping.finish(&stop), Err(RecordError::Stopped)));
    assert_eq!(files(&folder).len(), 2, "the manifest and the chunks");
    // Killed between two renames, with leftovers of all kinds and the data package gone.
    for whole in 0..expected.len() {
        drop(fill(true));
        for (i, (name, bytes)) in expected.iter().filter(|(name, _)| *name != "datapackage.json").enumerate() {
            let (path, length) =
                if i < whole { (name.clone(), bytes.len()) } else { (format!(".{name}.tmp"), bytes.len() / 2) };
            fs::write(folder.join(path), &bytes[..length]).expect("write");
        }
        fs::write(folder.join(".catchup-lock"), "1\n").expect("write");
        go_on(out.path(), &plan, None, &mut Rng::with_seed(1));
        same(&files(&folder), &expected, "killed between renames");
    }
    // Killed while tidying up: the tables stand.
    for gone in 0..=4 {
        drop(fill(true));
        (0..gone).for_each(|index| fs::remove_file(chunk_file(out.path(), index)).expect("remove"));
        expected.iter().for_each(|(name, bytes)| fs::write(folder.join(name), bytes).expect("write"));
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        assert!(sweeping.complete() && sweeping.missing().is_empty());
        let outcome = sweeping.finish(&Control::default()).expect("finished");
        same(&files(&folder), &expected, "killed while tidying up");
        assert_eq!((outcome.runs, outcome.summary.is_empty()), (80, false));
    }
    // A table changed by hand is not believed.
    fs::write(folder.join("summary.csv"), "mine").expect("write");
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    assert_eq!((sweeping.complete(), sweeping.missing().len()), (false, 4));
}

#[test]
fn a_finished_sweep_is_known_again_and_says_the_same() {
    let plan = plan(60, 10);
    let out = TempDir::new().expect("a folder");
    let first = go_on(out.path(), &plan, None, &mut Rng::with_seed(1));
    let before = files(&out.path().join("study"));
    assert!(first.failed > 0, "the study has failures");
    let (run, variant, why) = first.first_error.clone().expect("an error");
    let place = plan.variants.iter().position(|name| *name == variant).expect("a variant");
    assert_eq!(row(run, place).error, Some(why));
    assert_eq!(go_on(out.path(), &plan, None, &mut Rng::with_seed(1)), first);
    same(&files(&out.path().join("study")), &before, "again");
    // Without the CSV it is the same sweep, with one file less.
    let without = Plan { csv: false, ..plan.clone() };
    let sweeping = open_sweep(out.path(), without.clone(), None, false).expect("opened");
    assert!(sweeping.complete());
    sweeping.finish(&Control::default()).expect("finished");
    same(&files(&out.path().join("study")), &undisturbed(&without), "without");
    // It cannot be had back without the runs.
    go_on(out.path(), &plan, None, &mut Rng::with_seed(1));
    same(&files(&out.path().join("study")), &before, "with it again");
}

#[test]
fn kept_trajectories_are_those_of_the_runs_one_by_one() {
    let mut plan = plan(25, 10);
    plan.keep = 12;
    let found = parquet_rows(&undisturbed(&plan)["trajectories.parquet"]);
    let out = TempDir::new().expect("a folder");
    let mut expected = Vec::new();
    for draw in 0..12 {
        for (variant, name) in plan.variants.iter().enumerate() {
            let (scenario, trajectory) = (scenario(draw, variant), trajectory(draw, variant));
            let summary = catchup::summary::summarise("one", None, 0.03, &trajectory);
            let stage = record::open(out.path(), "one").expect("opened");
            let folder = record::write_run(stage, &scenario, &trajectory, &summary, &[], &Control::default());
            let table = csv_rows(&fs::read(folder.expect("written").join("trajectory.csv")).expect("a table"));
            expected.extend(table.into_iter().map(|mut row| {
                row.splice(0..1, [draw.to_string(), name.clone()]);
                row
            }));
        }
    }
    assert_eq!(found.len(), expected.len());
    found.iter().zip(&expected).for_each(|(found, expected)| assert_eq!(found, expected));
}

#[test]
fn the_summary_is_that_of_the_sorted_table() {
    let mut plan = plan(20_000, 700);
    plan.vary.clear();
    let files = undisturbed(&plan);
    let rows: Vec<Vec<Row>> = (0..2).map(|variant| (0..plan.draws).map(|run| row(run, variant)).collect()).collect();
    let summary = csv_rows(&files["summary.csv"]);
    let value = |variant: usize, measure: &str, statistic: &str| -> Option<f64> {
        let key = [plan.variants[variant].as_str(), measure, statistic];
        let found: Vec<_> = summary.iter().filter(|row| row[..3] == key).collect();
        assert_eq!(found.len(), 1, "{key:?}");
        found[0][3].parse().ok()
    };
    for (variant, rows) in rows.iter().enumerate() {
        let measures: [(&str, fn(&Row) -> Option<f64>); 3] = [
            ("welfare", |row| row.welfare),
            ("regime_changes", |row| row.regime_changes.map(f64::from)),
            ("final_gap", |row| row.final_gap),
        ];
        for (name, measure) in measures {
            let mut sorted: Vec<f64> = rows.iter().filter_map(measure).filter(|value| value.is_finite()).collect();
            let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
            sorted.sort_by(f64::total_cmp);
            let n = sorted.len();
            assert_eq!(value(variant, name, "count"), Some(n as f64));
            assert_eq!(value(variant, name, "missing"), Some((rows.len() - n) as f64));
            assert_eq!(value(variant, name, "min"), Some(sorted[0]));
            assert_eq!(value(variant, name, "max"), Some(sorted[n - 1]));
            let found = value(variant, name, "mean").expect("a mean");
            assert!((found - mean).abs() <= 1e-9 * mean.abs().max(1.0), "{name}: {found} {mean}");
            for (label, p) in [("p5", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95)] {
                let place = p * (n - 1) as f64;
                let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
                let expected = below + place.fract() * (above - below);
                assert_eq!(value(variant, name, label), Some(expected), "{name} {label}");
            }
        }
        let share = |count: usize, all: usize| Some(count as f64 / all as f64);
        let counted = |which: &dyn Fn(usize) -> bool| (0..rows.len()).filter(|&i| which(i)).count();
        let draws = rows.len();
        assert_eq!(value(variant, "status", "failed"), share(counted(&|i| rows[i].error.is_some()), draws));
        assert_eq!(value(variant, "verdict", "none"), share(counted(&|i| rows[i].verdict.is_none()), draws));
        let ahead = counted(&|i| rows[i].verdict == Some(Verdict::Ahead));
        assert_eq!(value(variant, "verdict", "ahead"), share(ahead, draws));
        assert_eq!(value(variant, "verdict", "falling-behind"), Some(0.0));
        let gain = |i: usize| rows[i].equivalent_variation.filter(|value| value.is_finite());
        let comparable = counted(&|i| gain(i).is_some());
        let better = counted(&|i| gain(i).is_some_and(|gain| gain > 1e-9));
        assert_eq!(value(variant, "equivalent_variation", "better"), share(better, comparable));
        let worse = counted(&|i| {
            gain(i).is_some_and(|g| g < -1e-9) && rows[i].externality > self::row(i as u64, 0).externality
        });
        assert_eq!(value(variant, "externality", "stronger_yet_worse"), share(worse, comparable));
    }
    assert!(summary.iter().all(|row| row[3] != "NaN"));
}

fn plan_of_kept(draws: u64) -> Plan {
    let mut plan = plan(draws, 256);
    plan.variants.truncate(1);
    Plan { keep: draws, ..plan }
}

/// How fast the tables are made: `cargo test --release --test chunks -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement, not a test"]
fn speed() {
    let mut plan = plan(4_000_000, 16_384);
    plan.variants.truncate(1);
    plan.vary = (0..7).map(|i| varied(&format!("key.{i}"), ColumnType::Number, vec![])).collect();
    let out = TempDir::new().expect("a folder");
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    let mut random = Rng::with_seed(1);
    for &index in sweeping.missing() {
        let first = index * plan.draws_per_chunk;
        let draws = plan.draws_per_chunk.min(plan.draws - first);
        let drawn = (0..7).map(|_| (0..draws).map(|_| random.f64()).collect()).collect();
        let mut number = || Some(random.f64() + 1.0);
        let rows = (0..draws).map(|_| Row {
            verdict: Some(Verdict::PersistentGap),
            initial_gap: number(),
            final_gap: number(),
            long_run_gap: number(),
            half_life: number(),
            regime_changes: Some(1),
            welfare: number(),
            subsidy_pv: Some(0.0),
            d_final_gap: Some(0.0),
            equivalent_variation: number(),
            externality: number(),
            error: None,
        });
        sweeping.put(&Chunk { index, first, drawn, rows: rows.collect(), trajectories: vec![] }).expect("put");
    }
    drop(sweeping);
    let rate = |what: &str, runs: f64, start: std::time::Instant| {
        let seconds = start.elapsed().as_secs_f64();
        println!("{what}: {seconds:.2} s, {:.2} million rows a second", runs / seconds / 1e6);
    };
    let start = std::time::Instant::now();
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    rate("verify", plan.draws as f64, start);
    let start = std::time::Instant::now();
    sweeping.finish(&Control::default()).expect("finished");
    rate("assemble", plan.draws as f64, start);
    for (name, bytes) in files(&out.path().join("study")) {
        println!("{name}: {:.1} MB", bytes.len() as f64 / 1e6);
    }
    let path = trajectory(1, 0);
    let (dates, count) = (path.rows.len(), 2_000_000 / path.rows.len());
    let mut plan = plan_of_kept(count as u64);
    plan.vary.clear();
    let sweeping = open_sweep(out.path().join("kept").as_path(), plan.clone(), None, false).expect("opened");
    let start = std::time::Instant::now();
    for &index in sweeping.missing() {
        let first = index * plan.draws_per_chunk;
        let draws = first..(first + plan.draws_per_chunk).min(plan.draws);
        let rows = draws.clone().map(|_| Row::default()).collect();
        let trajectories = draws.map(|draw| (draw, 0, path.clone())).collect();
        sweeping.put(&Chunk { index, first, drawn: vec![], rows, trajectories }).expect("put");
    }
    rate("put trajectories, one thread at a time", (count * dates) as f64, start);
    sweeping.finish(&Control::default()).expect("finished");
    rate("put and assemble trajectories", (count * dates) as f64, start);
}
