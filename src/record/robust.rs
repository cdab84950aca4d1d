//! The folder of a search over states of the world. While it is in progress the folder holds one file of what has been seen, replaced
//! whole each time; it goes when the tables stand.

use super::mark::{self, FILE, ROBUST};
use super::stage::{STATES, Stage};
use super::sweep::{Manifest, Plan};
use super::{json, package, write};
use crate::control::Control;
use crate::error::Error;
use crate::optimise::{self, Averages, Criterion, InState, Robust, Rows, Survey, Weighed};
use crate::scenario::sweep::Sweep;
use crate::table::Object;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// States whose rows are made at a time.
const BLOCK: usize = 1 << 10;
/// Bytes of a checksum.
const CHECKSUM: usize = 32;
/// What a call that fails has kept.
const KEPT: &str = "what was seen before is kept; the same command goes on from there";

/// The folder of a search, locked, with what stands in it.
#[derive(Debug)]
pub struct Weighing {
    stage: Stage,
    manifest: Manifest,
    /// The summary of this very search, where it is finished.
    finished: Option<Value>,
}

/// What stands of a search in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Nothing.
    Nothing,
    /// Something that is not whole.
    Damaged,
    /// Some states.
    States(usize),
}

/// The folder `out/name` of the search that `plan` tells; `fresh`: starts over.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else or to another search.
pub fn open(out: &Path, plan: Plan, fresh: bool) -> Result<Weighing, Error> {
    let stage = Stage::open(out, &plan.name, ROBUST)?;
    let manifest = Manifest::new(plan);
    let folder = stage.folder().to_owned();
    let package = fs::read(folder.join(FILE)).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let path = folder.join(STATES);
    if fresh {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", &path, error)),
            _ => {}
        }
        return Ok(Weighing { stage, manifest, finished: None });
    }
    let differences = match (head(&path), &package) {
        (Some(Some(there)), _) => there.differences(&manifest),
        // What is not whole belongs to nobody.
        (Some(None), _) => Vec::new(),
        (None, Some(package)) if package["catchup"]["fingerprint"] != json!(manifest.mark()) => {
            package::sweep_differences(package, &manifest)
        }
        (None, _) => Vec::new(),
    };
    if !differences.is_empty() {
        let title = format!("{} holds another search: {}", folder.display(), differences.join("; "));
        return Err(Error::foreign(title)
            .hint("to start over, add --fresh; to keep what stands there, choose another --name or --out DIR"));
    }
    let same = package.filter(|package| package["catchup"]["fingerprint"] == json!(manifest.mark()));
    let whole = same.is_some_and(|package| mark::stands(&folder, &package, |_| true));
    let finished = whole.then(|| fs::read(folder.join("summary.json")).ok()).flatten();
    let finished = finished.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(Weighing { stage, manifest, finished })
}

/// Whose the file of states at `path` is: `None` where there is none, an inner `None` where it cannot be told.
fn head(path: &Path) -> Option<Option<Manifest>> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).ok()?).read_until(b'\n', &mut line).ok()?;
    Some(Manifest::from_json(&line))
}

fn failed(action: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format_args!("{action} {}", path.display()), error, KEPT)
}

impl Weighing {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.stage.folder()
    }

    /// The summary of this very search, where all its files stand already.
    pub fn finished(&self) -> Option<&Value> {
        self.finished.as_ref()
    }

    fn path(&self) -> PathBuf {
        self.folder().join(STATES)
    }

    /// Gives `survey` the states that stand.
    pub fn resume(&self, survey: &mut Survey) -> Stands {
        let Ok(bytes) = fs::read(self.path()) else { return Stands::Nothing };
        let whole = || -> Option<()> {
            let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
            if *Sha256::digest(body) != *checksum {
                return None;
            }
            let end = body.iter().position(|byte| *byte == b'\n')?;
            let words = body.get(end + 1..)?.chunks_exact(8);
            let (exact, words) = (words.remainder().is_empty(), words.filter_map(|word| word.try_into().ok()));
            (exact && survey.restore(words.map(u64::from_le_bytes))).then_some(())
        }();
        match whole {
            Some(()) => Stands::States(survey.states.len()),
            None => Stands::Damaged,
        }
    }

    /// Makes what `survey` has seen stand, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written; what stood before is kept.
    pub fn keep(&self, survey: &Survey) -> Result<(), Error> {
        let (path, temporary) = (self.path(), self.folder().join(format!("{STATES}.tmp")));
        let write = || -> io::Result<()> {
            let mut out = BufWriter::with_capacity(1 << 16, File::create(&temporary)?);
            let mut hash = Sha256::new();
            let mut put = |bytes: &[u8]| {
                hash.update(bytes);
                out.write_all(bytes)
            };
            put(format!("{}\n", self.manifest.to_json()).as_bytes())?;
            survey.words().try_for_each(|word| put(&word.to_le_bytes()))?;
            out.write_all(&hash.finalize())?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()?;
            fs::rename(&temporary, &path)
        };
        write().map_err(|error| {
            let _ = fs::remove_file(&temporary);
            failed("write", &path, error)
        })
    }

    /// Writes the tables of a finished search, its summary with `account`, the answer in words, and `pictures` (name, content); the data
    /// package last.
    ///
    /// # Errors
    /// Where a file cannot be written whole: what was seen is kept.
    pub fn finish(
        self,
        found: &Found<'_>,
        account: &[String],
        pictures: &[(String, String)],
        control: &Control,
    ) -> Result<(PathBuf, Value), Error> {
        let path = self.path();
        let Self { mut stage, manifest, .. } = self;
        let Found { sweep, variant, robust } = *found;
        let sectors = &sweep.variants[variant].scenario.problem.sectors[..];
        let rows = Rows { robust, sectors, listed: &robust.rows };
        stage.file("robust.csv", control, |out| {
            write::table(out, &optimise::robust(), [(rows, rows.listed.len())], 1, control)
        })?;
        let (averages, policies) = (Averages { robust, sectors }, robust.survey.space.len());
        stage.file("expected.csv", control, |out| {
            write::table(out, &optimise::averages(), [(averages, policies)], 1, control)
        })?;
        let states = robust.survey.states.len();
        let blocks = (0..states).step_by(BLOCK).map(|first| {
            let count = BLOCK.min(states - first);
            (InState::new(robust, sectors, sweep, first, count), count)
        });
        stage.file("states.csv", control, |out| {
            write::table(out, &optimise::in_states(&sweep.vary), blocks, 1, control)
        })?;
        let summary = summary(found, sectors, account);
        stage.file("summary.json", control, |out| json(out, &summary))?;
        stage.file("sweep.toml", control, |out| out.write_all(manifest.plan.resolved.as_bytes()))?;
        for (name, picture) in pictures {
            stage.file(name, control, |out| out.write_all(picture.as_bytes()))?;
        }
        let package = package::of_robust(&manifest, stage.files());
        stage.file(FILE, control, |out| json(out, &package))?;
        let folder = stage.commit()?;
        // Once the data package stands, nothing else is needed.
        let _ = fs::remove_file(path);
        Ok((folder, summary))
    }
}

/// What was found, and in what.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The sweep whose draws are the states of the world.
    pub sweep: &'a Sweep,
    /// Number of its variant.
    pub variant: usize,
    /// What was found.
    pub robust: &'a Robust,
}

/// What the search comes to: what was looked at, the best policy by each criterion as a row of `robust.csv`, and the answer in words.
fn summary(found: &Found<'_>, sectors: &[String], account: &[String]) -> Value {
    let Found { sweep, variant, robust } = *found;
    let variant = &sweep.variants[variant].name;
    let (columns, rows) = (optimise::weighed(), Weighed { sweep: &sweep.name, variant, robust });
    let mut summary = json!(Object { columns: &columns, rows: &rows, row: 0 });
    let columns = optimise::robust();
    let rows = Rows { robust, sectors, listed: &robust.rows };
    for criterion in Criterion::ALL {
        let place = robust.pick(criterion).and_then(|own| robust.rows.iter().position(|row| row.index == own));
        summary[criterion.name().replace('-', "_")] =
            place.map_or(Value::Null, |row| json!(Object { columns: &columns, rows: &rows, row }));
    }
    summary["account"] = json!(account);
    summary
}
