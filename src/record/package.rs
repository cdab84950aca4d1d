//! `datapackage.json`: Frictionless Data Package v2 with types, units and descriptions of every column, the
//! program's version and commit, and the SHA-256 of every file. It names no time, host or absolute path.

use super::stage::Staged;
use super::sweep::{Manifest, Outcome, Plan, rows, trajectories};
use crate::compare::Comparison;
use crate::model::trade::RegimeKind;
use crate::scenario::Scenario;
use crate::trajectory::{
    Column, DECOMPOSITION, DIFFERENCES, EVENTS, EventKind, GAINS, OUTCOME, RUN_KEY, SECTORS, STATISTICS, TRAJECTORY,
};
use serde_json::{Value, json};

/// Name of the data package's file.
pub(super) const FILE: &str = "datapackage.json";

/// What the data package of a run calls its folder.
pub(super) const RUN: &str = "run";

/// What the data package of a comparison calls its folder.
pub(super) const COMPARISON: &str = "comparison";

/// What the data package of a sweep calls its folder.
pub(super) const SWEEP: &str = "sweep";

/// The package of one run over its files.
pub(super) fn of_run(scenario: &Scenario, files: &[Staged]) -> Value {
    let keys = &scenario.keys;
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        // Identifiers of a data package are lower case.
        "name": keys.name.to_lowercase(),
        "title": keys.title.as_deref().unwrap_or(&keys.name),
        "catchup": program(RUN),
        "resources": files.iter().map(|file| resource(file, true)).collect::<Vec<_>>(),
    });
    if let Some(description) = &keys.description {
        package["description"] = json!(description);
    }
    let mut sources: Vec<&str> = Vec::new();
    for source in scenario.notes().values() {
        if !sources.contains(&source.as_str()) {
            sources.push(source);
        }
    }
    if !sources.is_empty() {
        package["sources"] = sources.iter().map(|source| json!({ "title": source })).collect();
    }
    package
}

/// The package of a comparison over its files, those in the runs' own folders included.
pub(super) fn of_comparison(comparison: &Comparison, files: &[Staged]) -> Value {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": comparison.name.to_lowercase(),
        "title": format!("Comparison of {}", comparison.members.iter().map(|m| m.summary.name.as_str()).collect::<Vec<_>>().join(", ")),
        "catchup": program(COMPARISON),
        "resources": files.iter().map(|file| resource(file, false)).collect::<Vec<_>>(),
    })
}

/// The package of a finished sweep over its files.
pub(super) fn of_sweep(sweep: &Manifest, outcome: &Outcome, files: &[Staged]) -> Value {
    let plan = &sweep.plan;
    let mut note = program(SWEEP);
    note["fingerprint"] = json!(sweep.mark());
    note["parts"] = sweep.parts();
    note["runs"] = json!(outcome.runs);
    note["failed"] = json!(outcome.failed);
    let first = outcome.first_error.as_ref();
    note["first_error"] =
        json!(first.map(|(run, variant, error)| json!({ "run": run, "variant": variant, "error": error })));
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": plan.name.to_lowercase(),
        "title": plan.title.as_deref().unwrap_or(&plan.name),
        "catchup": note,
        "resources": files.iter().map(|file| sweep_resource(file, plan)).collect::<Vec<_>>(),
    });
    if let Some(description) = &plan.description {
        package["description"] = json!(description);
    }
    package
}

/// A file of a sweep as a resource. Parquet is no table to Frictionless, but its columns are told all the same.
fn sweep_resource(file: &Staged, plan: &Plan) -> Value {
    let mut resource = resource(file, true);
    let (stem, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    if extension == "parquet" {
        resource["name"] = json!(format!("{stem}-parquet"));
        resource["mediatype"] = json!("application/vnd.apache.parquet");
    }
    let runs = || {
        let drawn = plan.vary.iter().map(|varied| {
            let kind = rows::kind(varied).name();
            let constraints = json!({ "required": true });
            json!({ "name": varied.key, "type": kind, "description": "varied key of the scenario", "constraints": constraints })
        });
        RUN_KEY.iter().map(field).chain(drawn).chain(OUTCOME.iter().map(field)).collect::<Vec<_>>()
    };
    let (description, fields, key): (_, Vec<Value>, &[&str]) = match (stem, extension) {
        ("runs", _) => ("every run: what was drawn, and what came of it", runs(), &["run", "variant"]),
        ("trajectories", _) => (
            "state of the poor region at every date, of the runs that are kept",
            trajectories::columns().iter().map(field).collect(),
            &["run", "variant", "period"],
        ),
        ("summary", _) => (
            "quantiles of every measure and shares, per variant",
            STATISTICS.iter().map(field).collect(),
            &["variant", "measure", "statistic"],
        ),
        _ => ("the sweep with every default filled in; swept again, it gives these files", Vec::new(), &[]),
    };
    resource["description"] = json!(description);
    if !fields.is_empty() {
        resource["schema"] = json!({ "fields": fields, "missingValues": [""], "primaryKey": key });
    }
    resource
}

/// In what a finished sweep, of its data package, differs from another one.
pub(super) fn sweep_differences(package: &Value, sweep: &Manifest) -> Vec<String> {
    let (there, now) = (&package["catchup"]["parts"], sweep.parts());
    let names = now.as_object().into_iter().flatten().filter(|(name, hash)| there[name.as_str()] != **hash);
    let mut found: Vec<String> = names.map(|(name, _)| name.clone()).collect();
    if found.len() > 1 {
        found.retain(|name| name != "design");
    }
    let program = |note: &Value| {
        let commit = note["commit"].as_str().unwrap_or("unknown");
        format!("{} (commit {commit})", note["version"].as_str().unwrap_or("unknown"))
    };
    let told = |name: String| match name.as_str() {
        "program" => format!("program: {} there, {} now", program(&package["catchup"]), version()),
        "sweep.toml" => String::new(),
        _ => format!("{name} has changed"),
    };
    found.into_iter().map(told).filter(|text| !text.is_empty()).collect()
}

/// The program, to the commit and to whether it was changed since.
pub(super) fn version() -> String {
    let dirty = if env!("CATCHUP_DIRTY") == "true" { ", changed since" } else { "" };
    match env!("CATCHUP_COMMIT") {
        "" => env!("CARGO_PKG_VERSION").to_owned(),
        commit => format!("{} (commit {commit}{dirty})", env!("CARGO_PKG_VERSION")),
    }
}

/// What wrote the folder.
fn program(kind: &str) -> Value {
    let commit = Some(env!("CATCHUP_COMMIT")).filter(|commit| !commit.is_empty());
    let dirty = commit.map(|_| env!("CATCHUP_DIRTY") == "true");
    json!({ "kind": kind, "version": env!("CARGO_PKG_VERSION"), "commit": commit, "dirty": dirty })
}

/// What kind of folder a data package describes, if this program wrote it.
pub(super) fn kind_of(package: &[u8]) -> Option<String> {
    let package: Value = serde_json::from_slice(package).ok()?;
    Some(package.get("catchup")?.get("kind")?.as_str()?.to_owned())
}

/// A file as a resource; `in_run`: of the package in a run's own folder, to which paths are relative.
fn resource(file: &Staged, in_run: bool) -> Value {
    let file_name = file.name.rsplit('/').next().unwrap_or(&file.name);
    let (stem, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    // In a run's own package its files have no folder; resource names are lower case and hold no slash.
    let file_path = if file_name == FILE || !in_run { file.name.as_str() } else { file_name };
    let name = if in_run { stem.rsplit('/').next().unwrap_or(stem) } else { stem };
    // A table and its picture share a stem.
    let name = if extension == "svg" { format!("{name}-picture") } else { name.to_owned() };
    let mut resource = json!({
        "name": name.replace('/', "-").to_lowercase(),
        "path": file_path,
        "description": "",
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
    });
    let mut set = |key: &str, value: Value| resource[key] = value;
    match extension {
        "csv" => {
            set("type", json!("table"));
            set("format", json!("csv"));
            set("mediatype", json!("text/csv"));
            set("encoding", json!("utf-8"));
            set("dialect", json!({ "delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"", "header": true }));
        }
        _ => {
            set("type", json!("file"));
            set("format", json!(extension));
            let mediatype = match extension {
                "json" => "application/json",
                "toml" => "application/toml",
                "svg" => "image/svg+xml",
                _ => "text/html",
            };
            set("mediatype", json!(mediatype));
        }
    }
    let differences: Vec<Column> = TRAJECTORY.into_iter().chain(DIFFERENCES).collect();
    let (description, table) = match file_name {
        "trajectory.csv" => ("state of the poor region at every date", Some((&TRAJECTORY[..], &["period"][..]))),
        "sectors.csv" => ("state of every sector at every date", Some((&SECTORS[..], &["period", "sector"][..]))),
        "events.csv" => ("what changed, and when", Some((&EVENTS[..], &[][..]))),
        "comparison.csv" => {
            ("every run at every date, against the baseline", Some((&differences[..], &["scenario", "period"][..])))
        }
        "summary.csv" => ("measures of every run, against the baseline", Some((&GAINS[..], &["scenario"][..]))),
        "decomposition.csv" => ("what moved the income gap", Some((&DECOMPOSITION[..], &["scenario", "period"][..]))),
        "summary.json" => ("measures of the whole run", None),
        "scenario.toml" => ("the scenario with every default filled in; run again, it gives these files", None),
        FILE => ("the data package of this run alone", None),
        "report.html" => ("the comparison as a page", None),
        "gap.svg" => ("the income gap over time, with regimes and policies", None),
        _ => ("a picture", None),
    };
    set("description", json!(description));
    if let Some((columns, key)) = table {
        let mut schema = json!({ "fields": columns.iter().map(field).collect::<Vec<_>>(), "missingValues": [""] });
        if !key.is_empty() {
            schema["primaryKey"] = json!(key);
        }
        set("schema", schema);
    }
    resource
}

fn field(column: &Column) -> Value {
    let mut field = json!({ "name": column.name, "type": column.kind.name(), "description": column.description });
    if !column.unit.is_empty() {
        field["unit"] = json!(column.unit);
    }
    let mut constraints = serde_json::Map::new();
    if column.required {
        constraints.insert("required".to_owned(), json!(true));
    }
    match column.name {
        "regime" => {
            constraints.insert("enum".to_owned(), json!(RegimeKind::ALL));
        }
        "event" => {
            constraints.insert("enum".to_owned(), json!(EventKind::ALL));
        }
        _ => {}
    }
    if !constraints.is_empty() {
        field["constraints"] = Value::Object(constraints);
    }
    field
}
