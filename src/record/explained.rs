//! The folder of what a sweep's table says: `explained` in the folder of the sweep.

use super::mark::{EXPLAINED, FILE};
use super::note::note;
use super::stage::{Stage, Staged};
use super::{csv, json, package};
use crate::control::Control;
use crate::error::Error;
use crate::findings::{self, Findings};
use crate::table::Column;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Its name.
pub const NAME: &str = "explained";

/// The folder, locked for writing: `out/explained`.
///
/// # Errors
/// Where it cannot be made, is in use, or belongs to something else.
pub fn open(out: &Path) -> Result<Stage, Error> {
    Stage::open(out, NAME, EXPLAINED)
}

/// Writes what was found, said in `words`; `more` makes of the files written what else belongs into the folder (name, content). The
/// data package comes last.
///
/// # Errors
/// Where a file cannot be written whole: the folder is then as it was.
pub fn write(
    mut stage: Stage,
    found: &Findings,
    words: &[String],
    more: impl FnOnce(&[Staged]) -> Vec<(String, Vec<u8>)>,
    control: &Control,
) -> Result<PathBuf, Error> {
    fn text<R>(columns: &[Column<'_, R>], rows: &R, count: usize) -> String {
        csv(columns, rows, count)
    }
    let importance = found.importances();
    let (limits, steps, rules) = (found.limits(), found.steps(), found.rules());
    let (standings, pairs, known) = (found.standings(), found.pairs(), found.informations());
    let tables = [
        ("importance.csv", text(&findings::importance(), &importance, importance.rows.len())),
        ("thresholds.csv", text(&findings::thresholds(), &rules, rules.rows.len())),
        ("boxes.csv", text(&findings::limits(), &limits, limits.rows.len())),
        ("peeling.csv", text(&findings::peeling(), &steps, steps.rows.len())),
        ("variants.csv", text(&findings::chosen(), &standings, standings.rows.len())),
        ("pairs.csv", text(&findings::compared(), &pairs, pairs.rows.len())),
        ("information.csv", text(&findings::information(), &known, known.rows.len())),
    ];
    for (name, table) in &tables {
        stage.file(name, control, |out| out.write_all(table.as_bytes()))?;
    }
    let subject = &found.subject;
    let summary = json!({
        "name": subject.name,
        "title": subject.title,
        "design": subject.kind.map(crate::design::Kind::name),
        "draws": subject.draws,
        "planned": subject.planned,
        "keys": subject.keys.iter().map(|key| &key.name).collect::<Vec<_>>(),
        "variants": subject.variants.iter().map(|variant| &variant.name).collect::<Vec<_>>(),
        "conditions": conditions(found),
        "words": words,
    });
    stage.file("summary.json", control, |out| json(out, &summary))?;
    for (name, content) in more(stage.files()) {
        stage.file(&name, control, |out| out.write_all(&content))?;
    }
    let package = package::of_findings(found, stage.files());
    stage.file(FILE, control, |out| json(out, &package))?;
    let names: Vec<String> = stage.files().iter().map(|file| format!("{NAME}/{}", file.name)).collect();
    let folder = stage.commit()?;
    if let Some(sweep) = folder.parent() {
        note(sweep, &names)?;
    }
    Ok(folder)
}

fn conditions(found: &Findings) -> Vec<&str> {
    let mut conditions: Vec<&str> = Vec::new();
    for place in &found.places {
        if !conditions.contains(&place.claim.condition.as_str()) {
            conditions.push(&place.claim.condition);
        }
    }
    conditions
}
