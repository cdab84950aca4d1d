//! `catchup check` of a sweep: what was understood, what was probably not meant. Writes nothing, runs nothing.

use super::Terminal;
use super::table::{aligned, level_as_json, level_in_words, plural};
use crate::advice::{Warning, dates};
use crate::design::{Axis, Distribution, Kind};
use crate::error::Error;
use crate::numbers::short;
use crate::scenario::sweep::{Level, Sweep, Varied};
use anstyle::Style;
use indicatif::HumanCount;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();

/// Kept trajectories from which on somebody should know what they ask for.
const MANY_KEPT: u64 = 10_000;
/// Levels of a varied key that are named.
const LEVELS_NAMED: usize = 12;
/// Changes of a variant that are named.
const CHANGES_NAMED: usize = 12;

/// Loads sweeps; with mistakes in any, all of these are the error.
pub(super) fn load(paths: &[PathBuf]) -> Result<Vec<Sweep>, Error> {
    let mut mistakes = 0;
    let mut wrong: Vec<Error> = Vec::new();
    let mut sweeps = Vec::new();
    for path in paths {
        let name = path.to_string_lossy();
        match Sweep::load(&name) {
            Ok(sweep) => sweeps.push(sweep),
            // All that a scenario lacks of a sweep would hide the one mistake.
            Err(_) if path.is_file() && !Sweep::is_sweep(&name) => {
                mistakes += 1;
                let title = format!("{name} is no sweep: it names no scenario and says nothing of what varies");
                let hint = format!(
                    "a scenario is run with `catchup run {name}`; a sweep file has scenario = \"{name}\", [design] and [vary]"
                );
                wrong.push(Error::invalid(title).hint(hint));
            }
            Err(report) => {
                mistakes += report.diagnostics.len();
                wrong.push(report.into());
            }
        }
    }
    if !wrong.is_empty() {
        let counted = format!("{mistakes} {}; nothing was written", plural(mistakes as u64, "mistake"));
        return Err(Error::several(wrong, counted));
    }
    Ok(sweeps)
}

/// Prints what was understood of a sweep, and its warnings.
pub(super) fn print(sweep: &Sweep, terminal: &Terminal) {
    let warnings = warnings(sweep);
    if terminal.json {
        terminal.print(&format!("{}\n", described(sweep, &warnings)));
        return;
    }
    if !terminal.quiet {
        terminal.print(&understood(sweep));
    }
    for warning in &warnings {
        terminal.warning(&format!("{}: {}: {}", sweep.name, warning.key, warning.what), &warning.hint);
    }
}

fn understood(sweep: &Sweep) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#}  {}\n", sweep.name, sweep.path);
    let (draws, variants) = (sweep.design.draws(), sweep.variants.len() as u64);
    let scenario = sweep.variants.first().map_or("", |variant| variant.scenario.path.as_str());
    let _ = writeln!(text, "  scenario  {scenario}");
    let seed = if seeded(sweep.design.kind()) { format!(", seed {}", sweep.seed) } else { String::new() };
    let design = sweep.design.kind().name();
    let _ = writeln!(text, "  design    {design}{seed}: {} {}", HumanCount(draws), plural(draws, "draw"));
    let _ = writeln!(
        text,
        "  runs      {}, each draw under {variants} {}",
        HumanCount(sweep.runs()),
        plural(variants, "variant")
    );
    let keep = match sweep.keep {
        0 => "no trajectories".to_owned(),
        keep if keep >= draws => "the trajectories of all draws".to_owned(),
        keep => format!("the trajectories of the first {} {}", HumanCount(keep), plural(keep, "draw")),
    };
    let _ = writeln!(text, "  keeps     {keep}\n");
    let mut rows = vec![["varied", "drawn from", "lowest", "highest"].map(str::to_owned).to_vec()];
    for (varied, axis) in sweep.vary.iter().zip(sweep.design.axes()) {
        let (low, high) = range(varied, axis);
        rows.push(vec![varied.key.clone(), drawn_from(varied, axis), bound(low), bound(high)]);
    }
    text.push_str(&aligned(&rows));
    for (index, (variant, changes)) in sweep.variants.iter().zip(changes(sweep)).enumerate() {
        let what = match (index, changes.len()) {
            (0, _) => "the baseline".to_owned(),
            (_, count) if count <= CHANGES_NAMED => changes.join("; "),
            (_, count) => format!("{}; and {} more", changes[..CHANGES_NAMED].join("; "), count - CHANGES_NAMED),
        };
        let against = match variant.baseline {
            0 => String::new(),
            other => format!(" (against {})", sweep.variants[other].name),
        };
        let _ = writeln!(text, "  variant {}{against}: {what}", variant.name);
    }
    text.push('\n');
    text
}

/// Whether draws depend on the seed.
fn seeded(kind: Kind) -> bool {
    match kind {
        Kind::Grid | Kind::Table => false,
        Kind::LatinHypercube | Kind::Sobol | Kind::Random => true,
    }
}

fn drawn_from(varied: &Varied, axis: &Axis) -> String {
    match axis {
        Axis::Distribution(distribution) => named(distribution),
        Axis::Levels(count) => {
            let levels = varied.levels.iter().take(LEVELS_NAMED).map(level_in_words).collect::<Vec<_>>().join(", ");
            let more = if *count > LEVELS_NAMED { ", …" } else { "" };
            format!("{count} {}: {levels}{more}", plural(*count as u64, "value"))
        }
        Axis::Column(_) => "a column of the table".to_owned(),
    }
}

fn named(distribution: &Distribution) -> String {
    match distribution {
        Distribution::Uniform { .. } => "uniform".to_owned(),
        Distribution::LogUniform { .. } => "log-uniform".to_owned(),
        Distribution::Normal { mean, sd, min, max } => {
            let truncated = if min.is_some() || max.is_some() { ", truncated" } else { "" };
            format!("normal, mean {}, sd {}{truncated}", short(*mean), short(*sd))
        }
        Distribution::Triangular { mode, .. } => format!("triangular, mode {}", short(*mode)),
    }
}

/// The lowest and highest number that a key can take; `None` where it takes other things, or has no bound.
fn range(varied: &Varied, axis: &Axis) -> (Option<f64>, Option<f64>) {
    let span = |numbers: &mut dyn Iterator<Item = f64>| {
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
    };
    let number = |level: &Level| if let Level::Number(number) = level { Some(*number) } else { None };
    let (low, high) = match axis {
        Axis::Distribution(distribution) => distribution.support(),
        Axis::Column(values) if varied.levels.is_empty() => span(&mut values.iter().copied()),
        Axis::Levels(_) | Axis::Column(_) => span(&mut varied.levels.iter().filter_map(number)),
    };
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    (finite(low), finite(high))
}

fn bound(bound: Option<f64>) -> String {
    bound.map_or_else(String::new, short)
}

/// For each variant, the keys in which it differs from the first, with its values.
fn changes(sweep: &Sweep) -> Vec<Vec<String>> {
    let keys = |index: usize| {
        let mut keys = BTreeMap::new();
        let scenario = &sweep.variants[index].scenario;
        flatten("", &serde_json::to_value(&scenario.keys).unwrap_or_default(), &mut keys);
        // Where a value comes from, and what the scenario is called, change no run.
        keys.retain(|key, _| {
            !(key.starts_with("sources.") || ["name", "title", "description"].contains(&key.as_str()))
        });
        keys
    };
    let baseline = if sweep.variants.is_empty() { BTreeMap::new() } else { keys(0) };
    let change = |index: usize| {
        let own = keys(index);
        let set = own.iter().filter(|(key, value)| baseline.get(*key) != Some(value));
        let dropped = baseline.keys().filter(|key| !own.contains_key(*key));
        let set = set.map(|(key, value)| format!("{key} = {value}"));
        set.chain(dropped.map(|key| format!("without {key}"))).collect()
    };
    (0..sweep.variants.len()).map(change).collect()
}

/// Leaves of `value` by dotted path.
fn flatten(path: &str, value: &Value, keys: &mut BTreeMap<String, Value>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(table) => table.iter().for_each(|(key, value)| flatten(&below(key), value, keys)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().enumerate().for_each(|(index, value)| flatten(&below(&index.to_string()), value, keys));
        }
        Value::Null => {}
        leaf => drop(keys.insert(path.to_owned(), leaf.clone())),
    }
}

/// What is legal but probably not meant.
fn warnings(sweep: &Sweep) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |key: &str, what: String, hint: &str| {
        warnings.push(Warning { key: key.to_owned(), what, hint: hint.to_owned() });
    };
    let (draws, variants) = (sweep.design.draws(), sweep.variants.len() as u64);
    if sweep.design.kind() == Kind::Sobol && !draws.is_power_of_two() {
        let (below, above) = (draws.next_power_of_two() / 2, draws.checked_next_power_of_two().unwrap_or(draws));
        let hint = format!("take {below} or {above}");
        warn("design.samples", format!("a Sobol design is balanced at powers of two only, and {draws} is none"), &hint);
    }
    for varied in sweep.vary.iter().filter(|varied| varied.levels.len() == 1) {
        let what = "it has one value only, so it does not vary".to_owned();
        warn(&format!("vary.{}", varied.key), what, "give it more values, or set it in the scenario");
    }
    let kept = sweep.keep.min(draws) * variants;
    if kept > MANY_KEPT {
        let periods = sweep.variants.iter().map(|variant| variant.scenario.problem.grid.periods).max().unwrap_or(0);
        let what = format!("{} trajectories of {} dates are kept", HumanCount(kept), HumanCount(periods as u64 + 1));
        warn("keep.trajectories", what, "--dry-run says how large they get; a few hundred are enough for pictures");
    }
    let varies = |key: &str| sweep.vary.iter().any(|varied| varied.key == key);
    for variant in &sweep.variants {
        // Only what no draw changes.
        let settled = |warning: &Warning| {
            let own = |end: &str| varies(&format!("{}{end}", warning.key));
            !(own("") || own(".from") || own(".until") || own(".at") || varies("time.horizon") || varies("time.period"))
        };
        for warning in dates(&variant.scenario).into_iter().filter(settled) {
            warn(&format!("variants.{}.{}", variant.name, warning.key), warning.what, &warning.hint);
        }
    }
    warnings
}

fn described(sweep: &Sweep, warnings: &[Warning]) -> Value {
    let vary = sweep.vary.iter().zip(sweep.design.axes()).map(|(varied, axis)| {
        let (low, high) = range(varied, axis);
        let levels: Option<Vec<Value>> =
            (!varied.levels.is_empty()).then(|| varied.levels.iter().map(level_as_json).collect());
        let kind = if let Axis::Distribution(distribution) = axis { Some(named(distribution)) } else { None };
        json!({ "key": varied.key, "distribution": kind, "values": levels, "lowest": low, "highest": high })
    });
    let variants = sweep.variants.iter().zip(changes(sweep));
    let variants = variants.map(|(variant, changes)| json!({ "name": variant.name, "changes": changes }));
    let warnings = warnings.iter().map(|w| json!({ "key": w.key, "warning": w.what, "hint": w.hint }));
    json!({
        "name": sweep.name,
        "file": sweep.path,
        "scenario": sweep.variants.first().map(|variant| &variant.scenario.path),
        "design": sweep.design.kind().name(),
        "seed": seeded(sweep.design.kind()).then_some(sweep.seed),
        "draws": sweep.design.draws(),
        "runs": sweep.runs(),
        "keep": sweep.keep.min(sweep.design.draws()),
        "vary": vary.collect::<Vec<_>>(),
        "variants": variants.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
    })
}
