//! `datapackage.json`: Frictionless Data Package v2 with types, units and descriptions of every column, the
//! program's version and commit, and the SHA-256 of every file. It names no time, host or absolute path.

use super::mark::{COMPARISON, EXPLAINED, FILE, FLIP, MAP, OPTIMUM, ROBUST, RUN, SWEEP, program, version};
use super::stage::Staged;
use super::sweep::{Manifest, Outcome};
use super::tables::{self, Table};
use crate::compare::Comparison;
use crate::findings::Findings;
use crate::flip::Account;
use crate::scenario::Scenario;
use crate::table::Field;
use serde_json::{Value, json};

/// The package of one run over its files.
pub(super) fn of_run(scenario: &Scenario, files: &[Staged]) -> Value {
    let keys = &scenario.keys;
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        // Identifiers of a data package are lower case.
        "name": keys.name.to_lowercase(),
        "title": keys.title.as_deref().unwrap_or(&keys.name),
        "catchup": program(RUN),
        "resources": resources(files, true, &tables::of_run()),
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
        "resources": resources(files, false, &tables::of_comparison()),
    })
}

/// The package of a search called `name` for the best policy in a scenario over its files.
pub(super) fn of_optimum(name: &str, scenario: &Scenario, files: &[Staged]) -> Value {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name.to_lowercase(),
        "title": format!("The best policy for {}", scenario.keys.title.as_deref().unwrap_or(&scenario.keys.name)),
        "catchup": program(OPTIMUM),
        "resources": resources(files, true, &tables::of_optimum()),
    })
}

/// The package of a finished search over states of the world over its files.
pub(super) fn of_robust(search: &Manifest, files: &[Staged]) -> Value {
    let plan = &search.plan;
    let mut note = program(ROBUST);
    note["fingerprint"] = json!(search.mark());
    note["parts"] = search.parts();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": plan.name.to_lowercase(),
        "title": format!("Robust policies for {}", plan.title.as_deref().unwrap_or(&plan.name)),
        "catchup": note,
        "resources": resources(files, true, &tables::of_robust(&plan.vary)),
    })
}

/// The package of an answer on flips over its files.
pub(super) fn of_flip(name: &str, account: &Account, files: &[Staged]) -> Value {
    let mut note = program(FLIP);
    note["condition"] = json!(account.condition.to_string());
    note["every_number"] = json!(account.all);
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name.to_lowercase(),
        "title": format!("Where {} holds for {}", account.condition, account.scenario.keys.name),
        "catchup": note,
        "resources": resources(files, true, &tables::of_flip()),
    })
}

/// The package of a map over its files.
pub(super) fn of_map(name: &str, scenario: &Scenario, files: &[Staged]) -> Value {
    let title = scenario.keys.title.as_deref().unwrap_or(&scenario.keys.name);
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name.to_lowercase(),
        "title": format!("Map of {title}"),
        "catchup": program(MAP),
        "resources": resources(files, true, &tables::of_map()),
    })
}

/// The package of what a sweep's table says over its files.
pub(super) fn of_findings(found: &Findings, files: &[Staged]) -> Value {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": format!("{}-explained", found.subject.name.to_lowercase()),
        "title": format!("What {} says", found.subject.title),
        "catchup": program(EXPLAINED),
        "resources": resources(files, true, &tables::of_findings()),
    })
}

/// The package of a finished sweep over its files.
pub(super) fn of_sweep(sweep: &Manifest, outcome: &Outcome, files: &[Staged]) -> Value {
    let plan = &sweep.plan;
    let mut note = program(SWEEP);
    note["fingerprint"] = json!(sweep.mark());
    note["series"] = json!(sweep.series());
    note["draws"] = json!(plan.draws);
    note["keep"] = json!(plan.keep);
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
        "resources": resources(files, true, &tables::of_sweep(plan)),
    });
    if let Some(description) = &plan.description {
        package["description"] = json!(description);
    }
    package
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
        _ => format!("{name} has changed"),
    };
    found.into_iter().map(told).collect()
}

/// Files as resources, `tables` among them; `flat`: of a package to whose folder all paths are relative, else runs have
/// folders of their own in it.
fn resources(files: &[Staged], flat: bool, tables: &[Table]) -> Vec<Value> {
    let of_run = tables::of_run();
    let of_its_kind = |file: &Staged| {
        // In a comparison the tables of runs stand in folders.
        let (name, tables) = match file.name.rsplit_once('/') {
            Some((_, name)) => (name, &of_run[..]),
            None => (file.name.as_str(), tables),
        };
        resource(file, name, flat, tables.iter().find(|table| table.file == name))
    };
    files.iter().map(of_its_kind).collect()
}

fn resource(file: &Staged, file_name: &str, flat: bool, table: Option<&Table>) -> Value {
    let (stem, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    // In a run's own package its files have no folder; resource names are lower case and hold no slash.
    let file_path = if file_name == FILE || !flat { file.name.as_str() } else { file_name };
    let name = if flat { stem.rsplit('/').next().unwrap_or(stem) } else { stem };
    // A table and its picture, or its other form, share a stem.
    let name = match extension {
        "svg" => format!("{name}-picture"),
        "parquet" => format!("{name}-parquet"),
        _ => name.to_owned(),
    };
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
        // Parquet is no table to Frictionless, but its columns are described all the same.
        _ => {
            set("type", json!("file"));
            set("format", json!(extension));
            let mediatype = match extension {
                "json" => "application/json",
                "toml" => "application/toml",
                "svg" => "image/svg+xml",
                "parquet" => "application/vnd.apache.parquet",
                _ => "text/html",
            };
            set("mediatype", json!(mediatype));
        }
    }
    let description = match (table, file_name) {
        (Some(table), _) => table.description,
        (None, "summary.json") => "measures of the whole run",
        (None, "scenario.toml") => "the scenario with every default filled in; run again, it gives these files",
        (None, "best.toml") => "the scenario under the best policy, to run, compare or plot",
        (None, "sweep.toml") => "the sweep with every default filled in; swept again, it gives these files",
        (None, FILE) => "the data package of this run alone",
        (None, "report.html") => "the comparison as a page",
        (None, "flips.svg") => "what the first place hangs on",
        (None, "flip.svg") => "where along each key the condition holds",
        (None, "gap.svg") => "the income gap over time, with regimes and policies",
        _ => "a picture",
    };
    set("description", json!(description));
    if let Some(table) = table {
        let fields: Vec<Value> = table.fields.iter().map(field).collect();
        let mut schema = json!({ "fields": fields, "missingValues": [""] });
        if !table.key.is_empty() {
            schema["primaryKey"] = json!(table.key);
        }
        set("schema", schema);
    }
    resource
}

fn field(column: &Field) -> Value {
    let mut field = json!({ "name": column.name, "type": column.kind, "description": column.description });
    if !column.unit.is_empty() {
        field["unit"] = json!(column.unit);
    }
    let mut constraints = serde_json::Map::new();
    if column.required {
        constraints.insert("required".to_owned(), json!(true));
    }
    if !column.among.is_empty() {
        constraints.insert("enum".to_owned(), json!(column.among));
    }
    if !constraints.is_empty() {
        field["constraints"] = Value::Object(constraints);
    }
    field
}
