//! Protects the folders of sweeps: what is computed stands whole or not at all, nothing damaged or foreign is
//! believed, and the files are the same bytes whatever happened on the way to them. The chunks are made up.

use crate::common::study::{self, files, go_on, plan, row, same, undisturbed};
use catchup::batch::Chunk;
use catchup::control::Control;
use catchup::error::{Error, Kind};
use catchup::record::{self, Plan, Shard, merge, open_sweep};
use catchup::scenario::sweep::Kept;
use fastrand::Rng;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// The file of a chunk of ten draws.
fn chunk_file(out: &Path, index: u64) -> PathBuf {
    out.join(format!("study/chunks/{:010}-{:010}.chunk", 10 * index, 10 * index + 9))
}

/// A chunk of the study by its number.
fn chunk(plan: &Plan, index: u64) -> Chunk {
    study::chunk(plan, &study::draws(plan, index))
}

/// The kind of an outcome's error, if it is one.
fn kind<T>(outcome: Result<T, Error>) -> Option<Kind> {
    outcome.err().map(|error| error.kind)
}

#[test]
fn damage_of_any_kind_is_found_and_computed_again() {
    let mut plan = plan(40, 10);
    plan.keep = Kept::First(12);
    let expected = undisturbed(&plan);
    let out = TempDir::new().expect("a folder");
    let mut random = Rng::with_seed(3);
    let fill = || {
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        sweeping.missing().iter().for_each(|draws| sweeping.put(&study::chunk(&plan, draws)).expect("put"));
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
        assert_eq!((sweeping.missing(), sweeping.damaged()), (&[study::draws(&plan, victim)][..], 1), "case {case}");
        let failed = (0..4).filter(|&i| i != victim).flat_map(|i| chunk(&plan, i).errors);
        assert_eq!(sweeping.standing(), (60, failed.count() as u64));
    }
    // Of another sweep, deleted, half written, and something that is no chunk at all.
    fill();
    let other = TempDir::new().expect("a folder");
    let mut foreign = plan.clone();
    foreign.identity[0].1 = "seed = 43".to_owned();
    let sweeping = open_sweep(other.path(), foreign.clone(), None, false).expect("opened");
    sweeping.put(&chunk(&foreign, 0)).expect("put");
    fs::copy(chunk_file(other.path(), 0), chunk_file(out.path(), 0)).expect("copy");
    fs::remove_file(chunk_file(out.path(), 2)).expect("remove");
    fs::write(out.path().join("study/chunks/.0000000020-0000000029.chunk.tmp"), "half").expect("write");
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    assert_eq!((sweeping.missing(), sweeping.damaged()), (&[0..10, 20..30][..], 1));
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
    assert_eq!(error.kind, Kind::Failed);
    assert!(error.title.contains("0000000030-0000000039.chunk is damaged"), "{error:?}");
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
    assert_eq!(sweeping.missing(), [10..20, 20..25]);
    let good = chunk(&plan, 2);
    let mut bad = vec![chunk(&plan, 0), Chunk { first: 21, ..good.clone() }, Chunk { first: 30, ..good.clone() }];
    let mut change = |what: &dyn Fn(&mut Chunk)| {
        let mut chunk = good.clone();
        what(&mut chunk);
        bad.push(chunk);
    };
    change(&|chunk| chunk.kinds[0].truncate(9));
    change(&|chunk| chunk.measures[3].truncate(9));
    change(&|chunk| chunk.drawn.truncate(3));
    change(&|chunk| chunk.drawn[0][1] = f64::NAN);
    change(&|chunk| chunk.drawn[2][1] = 7.0);
    for bad in bad {
        assert_eq!(kind(sweeping.put(&bad)), Some(Kind::Io), "{bad:?}");
    }
    assert_eq!(fs::read_dir(out.path().join("study/chunks")).expect("a folder").count(), 0);
    assert_eq!(kind(sweeping.finish(&Control::default())), Some(Kind::Io), "finished without its chunks");
}

#[test]
fn one_process_at_a_time_but_different_shards_together() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let shard = |index| Some(Shard { index, of: 3 });
    let open = |shard| open_sweep(out.path(), plan.clone(), shard, false);
    let busy = |shard| {
        let error = open(shard).expect_err("in use");
        assert_eq!(error.kind, Kind::Busy);
        assert!(error.title.contains(&format!("process {} ", std::process::id())), "{error}");
    };
    let whole = open(None).expect("opened");
    busy(None);
    busy(shard(1));
    assert!(merge(&[out.path().join("study")], out.path(), &Control::default()).is_err());
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
        let error = open_sweep(out.path(), plan, None, false).expect_err("another sweep");
        assert!(error.kind == Kind::Foreign && error.hint.contains("--fresh"), "{error:?}");
        let differences = error.title.split_once(" holds another sweep: ").expect("what is different").1;
        differences.to_owned()
    };
    let beta = |plan: &mut Plan| plan.identity[1].1 = "x = 0.02\nbeta = 0.05\n".to_owned();
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    sweeping.put(&chunk(&plan, 0)).expect("put");
    drop(sweeping);
    assert_eq!(changed(&beta), "scenario: `beta = 0.04` there, `beta = 0.05` now");
    assert_eq!(changed(&|plan| plan.identity[0].1.push_str("draws = 7\n")), "sweep file: `draws = 7` is new");
    let fewer = |plan: &mut Plan| plan.draws = 39;
    assert_eq!(changed(&fewer), "samples: 40 there, 39 now");
    let laid_out = |plan: &mut Plan| (plan.draws, plan.goes_on) = (41, false);
    assert!(changed(&laid_out).contains("samples: 40 there, 41 now"));
    assert_eq!(changed(&|plan| plan.keep = Kept::First(3)), "[keep]: `trajectories = 0` there, `trajectories = 3` now");
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
    assert_eq!(changed(&fewer), "samples: 40 there, 39 now");
    same(&files(&out.path().join("study")), &before, "refused");
    // Over: the new sweep starts with nothing of the old one.
    let mut other = plan.clone();
    beta(&mut other);
    let sweeping = open_sweep(out.path(), other.clone(), None, true).expect("opened");
    assert_eq!(sweeping.missing(), [0..10, 10..20, 20..30, 30..40]);
    drop(sweeping);
    go_on(out.path(), &other, None, &mut Rng::with_seed(1));
    same(&files(&out.path().join("study")), &undisturbed(&other), "fresh");
    let sweeping = open_sweep(out.path(), other, None, true).expect("opened");
    assert!(!sweeping.complete());
    assert_eq!(sweeping.missing(), [0..10, 10..20, 20..30, 30..40]);
}

#[test]
fn folders_of_something_else_are_left_alone() {
    let plan = plan(40, 10);
    let out = TempDir::new().expect("a folder");
    let folder = out.path().join("study");
    fs::create_dir(&folder).expect("make");
    fs::write(folder.join("thesis.txt"), "mine").expect("write");
    for fresh in [false, true] {
        assert_eq!(kind(open_sweep(out.path(), plan.clone(), None, fresh)), Some(Kind::Foreign));
        assert_eq!(files(&folder).len(), 1);
    }
    fs::remove_file(folder.join("thesis.txt")).expect("remove");
    fs::write(folder.join("datapackage.json"), "{\"catchup\": {\"kind\": \"run\"}}").expect("write");
    assert_eq!(kind(open_sweep(out.path(), plan.clone(), None, true)), Some(Kind::Foreign));
    // And no run takes the folder of a sweep in progress, though a kill left its lock there.
    fs::remove_file(folder.join("datapackage.json")).expect("remove");
    drop(open_sweep(out.path(), plan, None, false).expect("opened"));
    fs::write(folder.join(".catchup-lock"), "1\n").expect("write");
    assert_eq!(kind(record::open(out.path(), "study")), Some(Kind::Foreign));
}

#[test]
fn shards_in_any_order_and_any_folder_make_the_same_bytes() {
    let mut plan = plan(130, 10);
    plan.keep = Kept::First(5);
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
        let error = merge(&folders, &out.path().join("all"), &Control::default()).expect_err("parts that do not fit");
        (error.title, error.kind == Kind::Foreign)
    };
    let [p1, p2, p3] = &three[..] else { panic!("three") };
    assert!(refusal(&[p1, p2]).0.ends_with(": shard 3 of 3 is missing, or not finished"));
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
    assert!(error.kind == Kind::Foreign && error.title.contains("another sweep"), "{error:?}");
}

#[test]
fn an_assembly_cut_short_anywhere_begins_anew() {
    let mut plan = plan(40, 10);
    plan.keep = Kept::First(3);
    let expected = undisturbed(&plan);
    let out = TempDir::new().expect("a folder");
    let folder = out.path().join("study");
    let fill = |fresh| {
        let sweeping = open_sweep(out.path(), plan.clone(), None, fresh).expect("opened");
        sweeping.missing().iter().for_each(|draws| sweeping.put(&study::chunk(&plan, draws)).expect("put"));
        sweeping
    };
    // A name that cannot be written, for each file in turn: as a disk that is full.
    for name in expected.keys() {
        let sweeping = fill(true);
        expected.keys().filter_map(|name| fs::remove_file(folder.join(name)).ok()).for_each(drop);
        let hurdle = folder.join(format!(".{name}.tmp"));
        fs::create_dir(&hurdle).expect("make");
        let error = sweeping.finish(&Control::default()).expect_err(name);
        assert!(error.kind == Kind::Io && error.note.contains("chunks are kept"), "{error:?}");
        fs::remove_dir(&hurdle).expect("remove");
        for file in files(&folder).keys() {
            assert!(!expected.contains_key(file) && !file.ends_with(".tmp"), "{file} stands after {name} failed");
        }
        let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
        assert!(sweeping.missing().is_empty());
        sweeping.finish(&Control::default()).expect("finished");
        same(&files(&folder), &expected, name);
    }
    // Told to stop.
    let sweeping = fill(true);
    expected.keys().filter_map(|name| fs::remove_file(folder.join(name)).ok()).for_each(drop);
    let stop = Control::new(Arc::new(AtomicBool::new(true)));
    assert_eq!(kind(sweeping.finish(&stop)), Some(Kind::Stopped));
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
    // It is had back without a run.
    let sweeping = open_sweep(out.path(), plan.clone(), None, false).expect("opened");
    assert_eq!((sweeping.complete(), sweeping.missing().len(), sweeping.standing().0), (false, 0, 120));
    sweeping.finish(&Control::default()).expect("finished");
    same(&files(&out.path().join("study")), &before, "with it again");
}
