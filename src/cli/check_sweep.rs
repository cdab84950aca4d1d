//! `catchup check` of a sweep: what was understood, what was probably not meant. Writes nothing; a few draws are run in memory for it.

use super::table::{aligned, level_as_json, level_in_words, plural};
use super::{Terminal, in_utf8};
use crate::advice::{Warning, of_sweep};
use crate::design::{Axis, Distribution, Kind};
use crate::error::Error;
use crate::numbers::short;
use crate::scenario::sweep::{Kept, Over, Sweep, Tie, Varied};
use anstyle::Style;
use indicatif::HumanCount;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();

/// Levels of a varied key that are named.
const LEVELS_NAMED: usize = 12;
/// Changes of a variant that are named.
const CHANGES_NAMED: usize = 12;

/// Loads sweeps, each with the same on top; with mistakes in any, all of these are the error.
pub(super) fn load(paths: &[PathBuf], over: &Over<'_>) -> Result<Vec<Sweep>, Error> {
    let mut mistakes = 0;
    let mut wrong: Vec<Error> = Vec::new();
    let mut sweeps = Vec::new();
    for path in paths {
        let name = in_utf8(path)?;
        match Sweep::load_with(name, over) {
            Ok(sweep) => sweeps.push(sweep),
            // All that a scenario lacks of a sweep would hide the one mistake.
            Err(_) if path.is_file() && !Sweep::is_sweep(name) => {
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
    let warnings = of_sweep(sweep);
    if terminal.json {
        terminal.print(&format!("{}\n", described(sweep, &warnings)));
        return;
    }
    if !terminal.quiet {
        terminal.print(&understood(sweep));
    }
    terminal.warn(&sweep.name, &warnings);
}

fn understood(sweep: &Sweep) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#}  {}\n", sweep.name, sweep.path);
    let (draws, variants) = (sweep.design.draws(), sweep.variants.len() as u64);
    let scenario = sweep.variants.first().map_or("", |variant| variant.scenario.path.as_str());
    let _ = writeln!(text, "  scenario  {scenario}");
    let seed = if sweep.design.kind().is_seeded() { format!(", seed {}", sweep.seed) } else { String::new() };
    let design = sweep.design.kind().name();
    let (samples, laid_out) = (sweep.design.samples(), sweep.design.layout());
    let made_of = match laid_out.kind {
        Kind::Saltelli => {
            let order = if laid_out.second_order { " with second order" } else { "" };
            format!(" of {} {}{order}", HumanCount(samples), plural(samples, "base point"))
        }
        Kind::Morris => {
            let word = if samples == 1 { "trajectory" } else { "trajectories" };
            format!(" of {} {word} on {} levels", HumanCount(samples), laid_out.levels)
        }
        _ => String::new(),
    };
    let _ = writeln!(text, "  design    {design}{seed}: {} {}{made_of}", HumanCount(draws), plural(draws, "draw"));
    let _ = writeln!(
        text,
        "  runs      {}, each draw under {variants} {}",
        HumanCount(sweep.runs()),
        plural(variants, "variant")
    );
    let keep = match &sweep.keep {
        Kept::First(0) => "no trajectories".to_owned(),
        Kept::First(keep) if *keep >= draws => "the trajectories of all draws".to_owned(),
        Kept::First(keep) => format!("the trajectories of the first {} {}", HumanCount(*keep), plural(*keep, "draw")),
        Kept::Chosen(chosen) => {
            let count = chosen.len() as u64;
            format!("the trajectories of {} chosen {}", HumanCount(count), plural(count, "draw"))
        }
    };
    let dates: Vec<String> = sweep.dates.iter().map(f64::to_string).collect();
    let dates =
        if dates.is_empty() { String::new() } else { format!("; of every run what it is in {}", dates.join(", ")) };
    let _ = writeln!(text, "  keeps     {keep}{dates}\n");
    let mut rows = vec![["varied", "drawn from", "lowest", "highest"].map(str::to_owned).to_vec()];
    for (slot, (varied, axis)) in sweep.vary.iter().zip(sweep.design.axes()).enumerate() {
        let (low, high) = sweep.range(slot);
        rows.push(vec![varied.key.clone(), drawn_from(sweep, varied, axis), bound(low), bound(high)]);
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

fn drawn_from(sweep: &Sweep, varied: &Varied, axis: &Axis) -> String {
    let ranks = if varied.tie == Tie::Correlated { ", correlated" } else { "" };
    match axis {
        Axis::Distribution(distribution) => format!("{}{ranks}", named(distribution)),
        Axis::Empirical(empirical) => format!("empirical, {} values{ranks}", empirical.count()),
        Axis::Share(concentration) => format!("share of a group, concentration {}", short(*concentration)),
        Axis::Follows { axis, .. } => {
            let times = sweep.times(varied);
            let times = if times == 1.0 { "the same as".to_owned() } else { format!("{} times", short(times)) };
            format!("{times} {}", sweep.vary[*axis].key)
        }
        Axis::Levels(count) => {
            let levels = varied.levels.iter().take(LEVELS_NAMED).map(level_in_words).collect::<Vec<_>>().join(", ");
            let more = if *count > LEVELS_NAMED { ", …" } else { "" };
            format!("{count} {}: {levels}{more}", plural(*count as u64, "value"))
        }
        Axis::Column(_) if !varied.is_key() => "carried through".to_owned(),
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

fn described(sweep: &Sweep, warnings: &[Warning]) -> Value {
    let vary = sweep.vary.iter().zip(sweep.design.axes()).enumerate().map(|(slot, (varied, axis))| {
        let (low, high) = sweep.range(slot);
        let levels: Option<Vec<Value>> =
            (!varied.levels.is_empty()).then(|| varied.levels.iter().map(level_as_json).collect());
        let kind = if let Axis::Distribution(distribution) = axis { Some(named(distribution)) } else { None };
        json!({ "key": varied.key, "distribution": kind, "tie": varied.tie.name(), "values": levels, "lowest": low, "highest": high })
    });
    let variants = sweep.variants.iter().zip(changes(sweep));
    let variants = variants.map(|(variant, changes)| json!({ "name": variant.name, "changes": changes }));
    let warnings = warnings.iter().map(|w| json!({ "key": w.key, "warning": w.what, "hint": w.hint }));
    json!({
        "name": sweep.name,
        "file": sweep.path,
        "scenario": sweep.variants.first().map(|variant| &variant.scenario.path),
        "design": sweep.design.kind().name(),
        "seed": sweep.design.kind().is_seeded().then_some(sweep.seed),
        "draws": sweep.design.draws(),
        "runs": sweep.runs(),
        "keep": sweep.keep,
        "dates": sweep.dates,
        "vary": vary.collect::<Vec<_>>(),
        "variants": variants.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
    })
}
