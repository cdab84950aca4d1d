//! Protects sweeps that go on: more draws of what stands, finished or not, and other names for people, cost no run that was
//! computed, and give the bytes of a sweep that was whole at once. The chunks are made up.

use crate::common::study::{chunk, files, go_on, plan, same, undisturbed};
use catchup::control::Control;
use catchup::error::Kind;
use catchup::record::sweep::{Draws, Sweeping};
use catchup::record::{Plan, Shard, merge, open_sweep};
use catchup::scenario::sweep::Kept;
use fastrand::Rng;
use std::path::Path;
use tempfile::TempDir;

fn open(out: &Path, plan: &Plan, shard: Option<Shard>) -> Sweeping {
    open_sweep(out, plan.clone(), shard, false).expect("opened")
}

/// Puts some of the chunks that are missing.
fn put_some(sweeping: &Sweeping, plan: &Plan, share: f64, random: &mut Rng) {
    let put = |draws: &Draws| sweeping.put(&chunk(plan, draws)).expect("put");
    sweeping.missing().iter().filter(|_| random.f64() < share).for_each(put);
}

/// Draws that are missing.
fn missing(sweeping: &Sweeping) -> u64 {
    sweeping.missing().iter().map(|draws| draws.end - draws.start).sum()
}

#[test]
fn more_draws_of_a_finished_sweep_cost_only_those() {
    let (first, chosen) = (Kept::First, |draws: &[u64]| Kept::of(draws.to_vec()));
    for (case, (draws, per_chunk, more, per_chunk_then, keep, keep_then)) in [
        (40, 10, 80, 10, first(0), first(0)),
        (45, 10, 97, 7, first(0), first(0)),
        (45, 4, 300, 64, first(45), first(300)),
        (45, 4, 300, 64, first(12), first(12)),
        (30, 30, 31, 1, first(30), first(31)),
        (3, 1, 500, 100, first(1), first(1)),
        (45, 10, 97, 7, chosen(&[3, 17, 44]), chosen(&[3, 17, 44, 45, 90])),
        (30, 4, 60, 64, first(0), chosen(&[31])),
    ]
    .into_iter()
    .enumerate()
    {
        let small = Plan { keep: keep.clone(), ..plan(draws, per_chunk) };
        let large = Plan { keep: keep_then, ..plan(more, per_chunk_then) };
        let out = TempDir::new().expect("a folder");
        let mut random = Rng::with_seed(case as u64);
        go_on(out.path(), &small, None, &mut random);
        let folder = out.path().join("study");
        same(&files(&folder), &undisturbed(&small), "the smaller");
        let sweeping = open(out.path(), &large, None);
        assert_eq!((missing(&sweeping), sweeping.damaged(), sweeping.complete()), (more - draws, 0, false), "{case}");
        assert_eq!(sweeping.standing().0, 2 * draws, "{case}");
        // Broken off, and gone on from.
        put_some(&sweeping, &large, 0.5, &mut random);
        drop(sweeping);
        let sweeping = open(out.path(), &large, None);
        assert_eq!(sweeping.damaged(), 0, "{case}");
        drop(sweeping);
        let outcome = go_on(out.path(), &large, None, &mut random);
        assert_eq!(outcome.runs, 2 * more);
        same(&files(&folder), &undisturbed(&large), &format!("case {case}"));
    }
}

#[test]
fn more_draws_of_a_sweep_in_progress_keep_what_stands() {
    let mut random = Rng::with_seed(11);
    for case in 0..30 {
        let out = TempDir::new().expect("a folder");
        let keep_all = case % 3 == 0;
        let (mut draws, mut stands) = (random.u64(1..60), 0);
        let step = |draws: u64, random: &mut Rng| {
            let keep = Kept::First(if keep_all { draws } else { 1 });
            Plan { keep, ..plan(draws, random.u64(1..20)) }
        };
        for _ in 0..3 {
            let now = step(draws, &mut random);
            let sweeping = open(out.path(), &now, None);
            assert_eq!((draws - missing(&sweeping), sweeping.damaged()), (stands, 0), "case {case}");
            put_some(&sweeping, &now, 0.6, &mut random);
            drop(sweeping);
            stands = draws - missing(&open(out.path(), &now, None));
            draws += random.u64(1..60);
        }
        let last = step(draws, &mut random);
        go_on(out.path(), &last, None, &mut random);
        same(&files(&out.path().join("study")), &undisturbed(&last), &format!("case {case}"));
    }
}

#[test]
fn parts_of_a_larger_sweep_go_on_from_parts_of_the_smaller() {
    let mut random = Rng::with_seed(12);
    let large = Plan { keep: Kept::First(130), ..plan(130, 9) };
    let expected = undisturbed(&large);
    for of in 1..=7 {
        let out = TempDir::new().expect("a folder");
        let small = Plan { keep: Kept::First(71), ..plan(71, 10) };
        let mut folders = Vec::new();
        let mut computed = 0;
        let part = |index| out.path().join(if of % 2 == 0 { "one".to_owned() } else { format!("part-{index}") });
        for index in 1..=of {
            go_on(&part(index), &small, Some(Shard { index, of }), &mut random);
        }
        for index in 1..=of {
            let (part, shard) = (part(index), Some(Shard { index, of }));
            let sweeping = open(&part, &large, shard);
            assert_eq!(sweeping.damaged(), 0);
            computed += missing(&sweeping);
            drop(sweeping);
            let folder = go_on(&part, &large, shard, &mut random).folder;
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        assert!(computed < 130, "{computed} of {of} parts");
        merge(&folders, &out.path().join("all"), &Control::default()).expect("merged");
        same(&files(&out.path().join("all/study")), &expected, &format!("{of} parts"));
        // A part of the smaller does not fit among them.
        if of % 2 == 1 {
            let twin = go_on(&out.path().join("twin"), &small, Some(Shard { index: 1, of }), &mut random).folder;
            folders[0] = twin;
            let refused = merge(&folders, &out.path().join("none"), &Control::default()).map(|_| ());
            assert!(of == 1 || refused.is_err_and(|error| error.title.contains("samples: ")), "{of}");
        }
    }
}

#[test]
fn a_part_goes_on_from_the_finished_whole() {
    let mut random = Rng::with_seed(13);
    let (small, large) = (plan(50, 10), plan(90, 8));
    let out = TempDir::new().expect("a folder");
    go_on(out.path(), &small, None, &mut random);
    for index in [2, 1] {
        let shard = Some(Shard { index, of: 2 });
        let sweeping = open(out.path(), &large, shard);
        assert_eq!(missing(&sweeping), if index == 1 { 0 } else { 40 });
        drop(sweeping);
        go_on(out.path(), &large, shard, &mut random);
    }
    merge(&[out.path().join("study")], out.path(), &Control::default()).expect("merged");
    same(&files(&out.path().join("study")), &undisturbed(&large), "of two parts");
}

#[test]
fn names_for_people_cost_no_run() {
    let before = Plan { keep: Kept::First(7), ..plan(45, 10) };
    let mut after = before.clone();
    after.title = Some("Another title".to_owned());
    after.description = Some("Words".to_owned());
    after.resolved = "name = \"study\"\ntitle = \"Another title\"\nseed = 42\n".to_owned();
    after.vary[0].name = "beta".to_owned();
    for finished in [true, false] {
        let out = TempDir::new().expect("a folder");
        let mut random = Rng::with_seed(14);
        if finished {
            go_on(out.path(), &before, None, &mut random);
        } else {
            let sweeping = open(out.path(), &before, None);
            sweeping.missing().iter().for_each(|draws| sweeping.put(&chunk(&before, draws)).expect("put"));
        }
        let sweeping = open(out.path(), &after, None);
        assert_eq!((sweeping.complete(), missing(&sweeping), sweeping.standing().0), (false, 0, 90));
        sweeping.finish(&Control::default()).expect("finished");
        same(&files(&out.path().join("study")), &undisturbed(&after), "renamed");
        assert!(open(out.path(), &after, None).complete());
    }
}

#[test]
fn fewer_draws_are_refused_with_what_would_do() {
    let out = TempDir::new().expect("a folder");
    let (small, large) = (plan(50, 10), plan(90, 8));
    let refused = || {
        let error = open_sweep(out.path(), small.clone(), None, false).expect_err("fewer draws");
        assert_eq!(error.kind, Kind::Foreign);
        assert!(error.title.ends_with("samples: 90 there, 50 now"), "{}", error.title);
        assert!(error.note.contains("run is below 50"), "{error:?}");
    };
    drop(open(out.path(), &large, None));
    refused();
    go_on(out.path(), &large, None, &mut Rng::with_seed(15));
    refused();
    same(&files(&out.path().join("study")), &undisturbed(&large), "refused");
}

#[test]
fn tables_that_were_changed_are_not_gone_on_from() {
    let out = TempDir::new().expect("a folder");
    let (small, large) = (plan(50, 10), plan(90, 8));
    go_on(out.path(), &small, None, &mut Rng::with_seed(16));
    let path = out.path().join("study/runs.parquet");
    let mut bytes = std::fs::read(&path).expect("a table");
    bytes[1000] ^= 1;
    std::fs::write(&path, bytes).expect("written");
    assert_eq!(missing(&open(out.path(), &large, None)), 90);
    go_on(out.path(), &large, None, &mut Rng::with_seed(16));
    same(&files(&out.path().join("study")), &undisturbed(&large), "computed anew");
}
