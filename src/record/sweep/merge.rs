//! The parts of a sweep, computed on several machines → the tables of the whole.

use super::super::stage::SWEEP;
use super::assemble::{Chunks, NOT_WHOLE, assemble, parts_do_not_fit};
use super::files::{self, Mark};
use super::folder::Held;
use super::manifest::Manifest;
use super::pieces::{gaps, standing};
use super::there::{failed, finished, is_complete, of_finished, refuse_changed};
use super::{Outcome, Shard};
use crate::control::Control;
use crate::error::Error;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Makes `out/name` of the shards of one sweep that stand in `folders`: the same bytes as of one machine.
///
/// # Errors
/// Where a part is missing, unfinished, there twice or of another sweep, each named; where a chunk is not whole; where
/// `out/name` is in use or somebody else's, or cannot be written.
pub fn merge(folders: &[PathBuf], out: &Path, control: &Control) -> Result<Outcome, Error> {
    let manifest = one_sweep(folders)?;
    let manifest = match manifest {
        Found::Sweep(manifest) => *manifest,
        Found::Finished(name) => return again(folders, out, &name),
    };
    let destination = out.join(&manifest.plan.name);
    let inside = folders.iter().any(|folder| is_same(folder, &destination));
    let held = Held::new(out, &manifest.plan.name, None)?;
    refuse_changed(&destination, &manifest, "choose another --out DIR")?;
    held.sweep_out();
    if let ([_], true, Some(package)) = (folders, inside, is_complete(&destination, &manifest)) {
        // Killed while it tidied up.
        files::tidy(&destination).map_err(|error| failed("tidy up", &destination, error))?;
        return of_finished(&destination, &package)
            .ok_or_else(|| failed("read", &destination, std::io::ErrorKind::InvalidData.into()));
    }
    let (shards, csv) = parts(folders, &manifest)?;
    let mut pieces = Vec::new();
    let mut problems = Vec::new();
    for (shard, folder) in &shards {
        let part = manifest.part(Some(*shard));
        let standing = standing(folder, &part).map_err(|error| failed("read", folder, error))?;
        let missing = gaps(&standing, &part);
        problems.extend(missing.iter().map(|draws| format!("{} is missing", files::chunk(folder, draws).display())));
        pieces.extend(standing);
    }
    if !problems.is_empty() {
        return Err(parts_do_not_fit(&problems, NOT_WHOLE, false));
    }
    let chunks = Chunks { manifest: &manifest, pieces };
    let outcome = assemble(&chunks, &destination, held.stage(), csv, control)?;
    if inside {
        files::tidy(&destination).map_err(|error| failed("tidy up", &destination, error))?;
    }
    Ok(outcome)
}

/// What the folders of a merge hold.
enum Found {
    Sweep(Box<Manifest>),
    /// The only folder holds the result already; its name.
    Finished(String),
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The sweep that all folders hold parts of.
fn one_sweep(folders: &[PathBuf]) -> Result<Found, Error> {
    let mut problems = Vec::new();
    let mut foreign = false;
    let mut sweep: Option<(&Path, Manifest)> = None;
    for (i, folder) in folders.iter().enumerate() {
        let name = folder.display();
        if folders[..i].iter().any(|other| is_same(other, folder)) {
            problems.push(format!("{name} is given twice"));
            continue;
        }
        let there = files::manifest(folder).map_err(|error| failed("read", &folder.join(SWEEP), error))?;
        let marks = files::of_shards(folder, ".catchup-shard-", ".json").unwrap_or_default();
        match (there, &mut sweep) {
            (None, _) if folders.len() == 1 && finished(folder).is_some() => {
                let name = folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
                return Ok(Found::Finished(name.unwrap_or_default()));
            }
            (None, _) if finished(folder).is_some() => {
                problems.push(format!("{name} holds a finished sweep, no shard"));
            }
            (None, _) => problems.push(format!("{name} holds no shard of a sweep")),
            (Some(None), _) => problems.push(format!("{name}: {SWEEP} is damaged or of another version of catchup")),
            (Some(Some(there)), _) if marks.is_empty() && is_complete(folder, &there).is_none() => {
                let what = "holds no finished shard (a sweep that is not split is finished by its own command)";
                problems.push(format!("{name} {what}"));
            }
            (Some(Some(there)), None) => sweep = Some((folder, there)),
            (Some(Some(there)), Some((first, sweep))) => {
                let differences = sweep.differences(&there);
                foreign |= !differences.is_empty();
                let told = |difference| format!("{name} is of another sweep than {}: {difference}", first.display());
                problems.extend(differences.into_iter().map(told));
            }
        }
    }
    match sweep {
        Some((_, sweep)) if problems.is_empty() => Ok(Found::Sweep(Box::new(sweep))),
        _ => {
            if folders.is_empty() {
                problems.push("no folder was given".to_owned());
            }
            Err(parts_do_not_fit(&problems, "give the folder of every shard once, all of the same sweep", foreign))
        }
    }
}

/// The shards that stand in the folders, all of one division, each once; and whether to write `runs.csv`.
fn parts(folders: &[PathBuf], manifest: &Manifest) -> Result<(Vec<(Shard, PathBuf)>, bool), Error> {
    let mut problems = Vec::new();
    let (mut foreign, mut csv) = (false, false);
    let mut found: BTreeMap<(u64, u64), &PathBuf> = BTreeMap::new();
    for folder in folders {
        let marks =
            files::of_shards(folder, ".catchup-shard-", ".json").map_err(|error| failed("read", folder, error))?;
        for (shard, path) in marks {
            let name = format!("shard {} of {}", shard.index, shard.of);
            match Mark::read(&path) {
                None => problems.push(format!("{} is damaged: run {name} again", path.display())),
                Some(mark) if mark.fingerprint != manifest.mark() => {
                    foreign = true;
                    problems.push(format!("{name} in {} is of another sweep", folder.display()));
                }
                Some(mark) => {
                    csv |= mark.csv;
                    if let Some(other) = found.insert((shard.of, shard.index), folder) {
                        problems.push(format!(
                            "{name} is there twice: in {} and in {}",
                            other.display(),
                            folder.display()
                        ));
                    }
                }
            }
        }
    }
    let divisions: Vec<u64> = found.keys().map(|&(of, _)| of).fold(Vec::new(), |mut all, of| {
        if all.last() != Some(&of) {
            all.push(of);
        }
        all
    });
    if let [of] = divisions[..] {
        let missing = (1..=of).filter(|&index| !found.contains_key(&(of, index)));
        problems.extend(missing.map(|index| format!("shard {index} of {of} is missing, or not finished")));
    } else if let (Some((&(a, i), one)), Some((&(b, j), other))) = (found.first_key_value(), found.last_key_value()) {
        let (one, other) = (one.display(), other.display());
        problems.push(format!("the shards are of different divisions: {i} of {a} in {one}, {j} of {b} in {other}"));
    }
    if !problems.is_empty() {
        let hint = "every shard is needed once; one that is not finished goes on when it is run again";
        return Err(parts_do_not_fit(&problems, hint, foreign));
    }
    let shards = found.into_iter().map(|((of, index), folder)| (Shard { index, of }, folder.clone())).collect();
    Ok((shards, csv))
}

/// A merge that was finished before, into the folder in which the shards stood.
fn again(folders: &[PathBuf], out: &Path, name: &str) -> Result<Outcome, Error> {
    let destination = out.join(name);
    let done = folders.iter().all(|folder| is_same(folder, &destination));
    let outcome =
        done.then(|| finished(&destination)).flatten().and_then(|package| of_finished(&destination, &package));
    outcome.ok_or_else(|| {
        let problems = folders.iter().map(|folder| format!("{} holds a finished sweep, no shard", folder.display()));
        parts_do_not_fit(&problems.collect::<Vec<_>>(), "there is nothing to merge", false)
    })
}
