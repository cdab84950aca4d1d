//! Whose a sweep's folder is, which sweep stands in it, finished or not, and whether another one goes on from it.

use super::super::mark::{self, hexadecimal};
use super::super::package;
use super::super::stage::{LOCK, SWEEP, not_ours};
use super::assemble::KEPT;
use super::manifest::{Manifest, lines};
use super::{Outcome, files, statistics};
use crate::error::Error;
use crate::scenario::sweep::Kept;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::Path;

/// The operating system refused to read or write.
pub(super) fn failed(action: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format_args!("{action} {}", path.display()), error, KEPT)
}

/// Refuses a folder that holds something else than a sweep.
pub(super) fn refuse_foreign(folder: &Path) -> Result<(), Error> {
    let foreign = |found: &str| Err(not_ours(folder, found));
    if folder.join(SWEEP).exists() {
        return Ok(());
    }
    match fs::read(folder.join(mark::FILE)) {
        Ok(bytes) if mark::kind_of(&bytes).as_deref() == Some(mark::SWEEP) => return Ok(()),
        Ok(_) => return foreign("it holds something else than a sweep"),
        Err(_) => {}
    }
    let entries = fs::read_dir(folder).map_err(|error| failed("read", folder, error))?;
    let names: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    let ours = names.is_empty() || names.iter().any(|name| name.starts_with(LOCK));
    if ours { Ok(()) } else { foreign("it holds files but no sweep of catchup") }
}

/// The data package of the finished sweep that stands in a folder.
pub(super) fn finished(folder: &Path) -> Option<Value> {
    let bytes = fs::read(folder.join(mark::FILE)).ok()?;
    let ours = mark::kind_of(&bytes).as_deref() == Some(mark::SWEEP);
    serde_json::from_slice(&bytes).ok().filter(|_| ours)
}

/// What the data package of a finished sweep says of its runs: their series, how many draws they are of, of which of
/// these trajectories are kept.
fn counted(package: &Value) -> Option<(&str, u64, Kept)> {
    let note = &package["catchup"];
    Some((note["series"].as_str()?, note["draws"].as_u64()?, Kept::deserialize(&note["keep"]).ok()?))
}

/// How many draws of `manifest`'s sweep stand in the tables of a finished one, which may have fewer.
pub(super) fn draws_in(package: &Value, manifest: &Manifest) -> Option<u64> {
    counted(package)
        .filter(|(series, draws, keep)| manifest.goes_on_from(series, *draws, keep))
        .map(|(_, draws, _)| draws)
}

/// Refuses a folder in which another sweep stands, finished or not; one that goes on here is none.
pub(super) fn refuse_changed(folder: &Path, manifest: &Manifest, hint: &str) -> Result<(), Error> {
    let mut fewer = None;
    let differences = match files::manifest(folder).map_err(|error| failed("read", &folder.join(SWEEP), error))? {
        Some(Some(there)) if manifest.goes_on_from(&there.series(), there.plan.draws, &there.plan.keep) => Vec::new(),
        Some(Some(there)) => {
            fewer = Some(there.plan.draws).filter(|_| there.series == manifest.series);
            there.differences(manifest)
        }
        Some(None) => vec![format!("{SWEEP} there is damaged or of another version of catchup")],
        None => match finished(folder) {
            Some(package) if draws_in(&package, manifest).is_none() => {
                let mut found = package::sweep_differences(&package, manifest);
                let same = counted(&package).filter(|(series, ..)| *series == manifest.series());
                match same {
                    Some((_, draws, keep)) => {
                        fewer = Some(draws);
                        found.extend(manifest.counts_differ(draws, &keep));
                    }
                    // Its texts are gone but for one.
                    None => {
                        let text = fs::read_to_string(folder.join("sweep.toml")).unwrap_or_default();
                        if text != manifest.plan.resolved {
                            found.push(format!("sweep.toml: {}", lines(&text, &manifest.plan.resolved)));
                        }
                    }
                }
                found
            }
            _ => Vec::new(),
        },
    };
    if differences.is_empty() {
        return Ok(());
    }
    let title = format!("{} holds another sweep: {}", folder.display(), differences.join("; "));
    let error = Error::foreign(title).hint(hint);
    let draws = manifest.plan.draws;
    Err(match fewer.filter(|fewer| *fewer > draws && manifest.plan.goes_on) {
        Some(_) => {
            error.note(format!("the runs asked for are rows of the larger sweep: those whose run is below {draws}"))
        }
        None => error,
    })
}

/// The data package of the finished sweep in a folder, if its files stand to the last bit.
pub(super) fn whole(folder: &Path) -> Option<Value> {
    let package = finished(folder)?;
    mark::stands(folder, &package, |path| files::FINAL.contains(&path)).then_some(package)
}

/// Whether a data package is that of `manifest`'s sweep, whatever its things are called.
pub(super) fn is_of(package: &Value, manifest: &Manifest) -> bool {
    package["catchup"]["fingerprint"] == json!(manifest.mark())
}

/// Whether the files of `manifest`'s finished sweep stand in the folder, to the last bit.
pub(super) fn is_complete(folder: &Path, manifest: &Manifest) -> Option<Value> {
    finished(folder).filter(|package| is_of(package, manifest)).and_then(|_| whole(folder))
}

/// Whether its things are called in these files as they are now.
pub(super) fn is_called_so(package: &Value, manifest: &Manifest) -> bool {
    let hash = json!(format!("sha256:{}", hexadecimal(&Sha256::digest(&manifest.plan.resolved))));
    resource(package, "sweep.toml").is_some_and(|resource| resource["hash"] == hash)
}

fn resource<'a>(package: &'a Value, file: &str) -> Option<&'a Value> {
    package["resources"].as_array()?.iter().find(|resource| resource["path"] == json!(file))
}

/// Whether the tables of a data package are there as text too.
pub(super) fn has_csv(package: &Value) -> bool {
    resource(package, "runs.csv").is_some()
}

/// The outcome of the finished sweep in a folder, of its data package.
pub(super) fn of_finished(folder: &Path, package: &Value) -> Option<Outcome> {
    let note = &package["catchup"];
    let first = &note["first_error"];
    let text = |key: &str| first[key].as_str().map(str::to_owned);
    let first_error = first["run"].as_u64().and_then(|run| Some((run, text("variant")?, text("error")?)));
    let summary = statistics::read(&fs::read(folder.join("summary.csv")).ok()?)?;
    Some(Outcome {
        folder: folder.to_owned(),
        runs: note["runs"].as_u64()?,
        failed: note["failed"].as_u64()?,
        first_error,
        summary,
    })
}
