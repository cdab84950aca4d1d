//! What a sweep file and its scenario say together: whether each key can vary as it says, what it costs, and whether every
//! draw makes a valid scenario.

use super::catalogue::{Kind, kind};
use super::spec::{Entry, Spec};
use super::{Level, Sweep, Tie, Variant, variants};
use crate::design::Distribution;
use crate::model::catch_up::Pace;
use crate::scenario::diagnostics::{At, Diagnostic, clip, did_you_mean};
use crate::scenario::document::Node;
use crate::scenario::key::Section;
use crate::scenario::keys;
use crate::scenario::paths;
use crate::scenario::reader::Reader;

/// The most runs of one sweep.
const MAX_RUNS: f64 = 1e9;
/// The most runs whose draws are looked at before the first one is run; later ones that make no valid scenario fail.
const MAX_LOOKED_AT: u64 = 20_000_000;
/// As [`MAX_LOOKED_AT`], where every draw is read like a file.
const MAX_READ: u64 = 20_000;
/// Draws looked at together.
const BLOCK: u64 = 4096;

/// Whether each key exists, can vary, and takes the values it is given.
pub fn keys(reader: &mut Reader<'_>, entries: &[Entry], known: &[String], variants: &[Variant]) {
    for entry in entries.iter().filter(|entry| entry.tie != Tie::Carried) {
        let key = entry.key.as_str();
        if let Some(variant) = variants.iter().find(|variant| variant.scenario.keys.is_series(key)) {
            let under = if variants.len() > 1 { format!(" under {}", variant.name) } else { String::new() };
            let title = format!("vary: {key} is a series{under}: one number cannot take the place of its values");
            let hint = "say a number in its place: in the scenario, in [variants], or with --set";
            reader.hinted(&entry.at, title, "allowed: a key that has one value", hint);
            continue;
        }
        let Some(kind) = kind(key).filter(|_| known.iter().any(|known| known == key)) else {
            unknown(reader, entry, known);
            continue;
        };
        // A belief has its place where somebody holds it.
        let mut perceived = variants.iter().filter_map(|variant| variant.scenario.keys.perceives(key)).peekable();
        if perceived.peek().is_some() {
            if !perceived.any(|perceived| perceived) {
                let title = format!("vary: no rule perceives {key}");
                let allowed = "allowed: what a rule of the scenario or of a variant perceives";
                let hint = "give it a value there, which each draw replaces: perceived = { … }";
                reader.hinted(&entry.at, title, allowed, hint);
            }
            suits(reader, entry, kind);
            continue;
        }
        for variant in variants {
            if let Err(error) = variants::has_place(variant, key, &entry.at, &entry.at) {
                let error = variants::named(&variant.name, error);
                let hint =
                    "a variant without that policy can have one that does nothing: { from = 0, trade = \"open\" }";
                reader.errors.push(Diagnostic { title: format!("vary: {}", error.title), ..error }.hint(hint));
                break;
            }
        }
        suits(reader, entry, kind);
    }
    let at = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.at);
    let paces = Pace::ALL.map(|pace| format!("catch_up.{}", pace.name()));
    let varied: Vec<(&String, &At)> = paces.iter().filter_map(|key| Some((key, at(key)?))).collect();
    if let [(first, _), (second, place), ..] = varied.as_slice() {
        let title = format!("vary: {first} and {second} replace each other");
        reader.hinted(place, title, "allowed: one of them", "z_hat and speed determine beta, sector by sector");
    }
}

/// Whether what `--set` says is not replaced by every draw.
pub fn sets(reader: &mut Reader<'_>, entries: &[Entry], sets: &[Node]) {
    for (path, node) in sets.iter().flat_map(variants::leaves) {
        if let Some(entry) =
            entries.iter().find(|entry| entry.tie != Tie::Carried && variants::rival(&entry.key, &path))
        {
            let title = format!("--set {path}: {} varies, and each draw replaces it", entry.key);
            reader.hinted(&node.key_at, title, "allowed: keys that [vary] does not name", "remove it here or there");
        }
    }
}

fn unknown(reader: &mut Reader<'_>, entry: &Entry, known: &[String]) {
    const ALLOWED: &str = "allowed: the dotted path of a parameter of the scenario, such as \"catch_up.beta\"";
    let key = entry.key.as_str();
    let first = key.split('.').next().unwrap_or(key);
    let shown = clip(key);
    let label = keys::find(key).or_else(|| keys::find(first));
    if first == paths::SOURCES || label.is_some_and(|key| key.section == Section::Root || key.is_label()) {
        let title = format!("vary: {shown} cannot be varied");
        reader.error(&entry.at, title, ALLOWED).hint = Some("it is a label and changes no result".to_owned());
        return;
    }
    if key == "poor.closed_clusters" || key.ends_with(".set") {
        let title = format!("vary: {shown} cannot be varied: it is no single value");
        reader.error(&entry.at, title, ALLOWED).hint = Some("give it in [variants.NAME]".to_owned());
        return;
    }
    let inside = known.iter().find(|path| path.starts_with(&format!("{key}.")));
    let hint = match inside {
        Some(path) => Some(format!("{shown} is a table: name a key of it, such as \"{path}\"")),
        None => did_you_mean(key, known.iter().map(String::as_str)),
    };
    reader.error(&entry.at, format!("vary: there is no key {shown} in the scenario"), ALLOWED).hint = hint;
}

/// Whether the values suit the key: type and range.
fn suits(reader: &mut Reader<'_>, entry: &Entry, kind: Kind) {
    let key = &entry.key;
    let numbers = matches!(
        entry.spec,
        Spec::Distribution(_) | Spec::Empirical { .. } | Spec::Share { .. } | Spec::Linspace { .. }
    );
    if let (true, Kind::Flag | Kind::Text) = (numbers, kind) {
        let title = format!("vary: {key} takes no numbers");
        let hint = "for example { values = [ … ] }";
        reader.hinted(&entry.at, title, format!("allowed: values, each {}", kind.words()), hint);
        return;
    }
    for place in &entry.places {
        let (fault, hint) = match (&place.level, kind) {
            (Level::Number(number), Kind::Number(range)) if range.contains(*number) => continue,
            (Level::Flag(_), Kind::Flag) | (Level::Text(_), Kind::Text) => continue,
            (Level::Number(_), Kind::Number(_)) => ("is out of range", None),
            (Level::Text(text), Kind::Number(_)) if text.parse::<f64>().is_ok() => {
                ("is text", Some("without the quotes"))
            }
            (Level::Text(text), Kind::Flag) if ["true", "false"].contains(&text.as_str()) => {
                ("is text", Some("without the quotes"))
            }
            (Level::Text(_), _) => ("is text", None),
            (Level::Number(_), _) => ("is a number", None),
            (Level::Flag(_), _) => ("is no such value", None),
        };
        let written = clip(reader.sources.excerpt(&place.at));
        let title = format!("vary: {key} = {written} {fault}");
        reader.error(&place.at, title, format!("allowed: {}", kind.words())).hint = hint.map(str::to_owned);
    }
}

/// Whether so many draws under so many variants can be paid.
///
/// # Errors
/// What more than 10⁹ runs would cost.
pub fn cost(draws: f64, variants: usize, at: &At) -> Result<(), Diagnostic> {
    let runs = draws * variants as f64;
    if runs <= MAX_RUNS {
        return Ok(());
    }
    let title = format!("the design makes {runs:e} runs ({draws:e} draws × {variants} variants)");
    // A row is about 200 bytes as CSV and 80 as Parquet; a core makes about half a million a second.
    let (csv, parquet, hours) = (runs * 200.0 / 1e9, runs * 80.0 / 1e9, runs / 500_000.0 / 3600.0);
    let hint = format!(
        "that would be as many rows: about {csv:.0} GB as CSV, {parquet:.0} GB as Parquet, and {hours:.1} hours on one core"
    );
    Err(Diagnostic::new(at.clone(), title, "allowed: at most 1,000,000,000 runs in all").hint(hint))
}

/// Looks at every draw of the design that is not sure to be valid.
///
/// # Errors
/// The first draw that makes no valid scenario, by its number.
pub fn draws(sweep: &Sweep, entries: &[Entry]) -> Result<(), Vec<Diagnostic>> {
    let bounds: Vec<(f64, f64)> = entries.iter().map(|entry| entry.spec.bounds(entries)).collect();
    let mut columns: Vec<Vec<f64>> = vec![vec![0.0]; entries.len()];
    let mut first: Option<(u64, Vec<Diagnostic>)> = None;
    for variant in 0..sweep.variants.len() {
        let mut binder = sweep.binder(variant);
        columns.iter_mut().for_each(|column| column.resize(1, 0.0));
        sweep.design.fill(0, &mut columns);
        let draw: Vec<f64> = columns.iter().map(|column| column[0]).collect();
        let sure = binder.holds(&draw, &bounds);
        let endless = |entry: &Entry| {
            let words = matches!(entry.spec, Spec::Values(_))
                || matches!(&entry.spec, Spec::Column { levels, .. } if !levels.is_empty());
            entry.tie != Tie::Carried && !super::wires::patchable(&entry.key) && !words
        };
        let most = if entries.iter().any(endless) { MAX_READ } else { MAX_LOOKED_AT } / sweep.variants.len() as u64;
        let until = if sure { 1 } else { sweep.design.draws().min(most.max(1)) };
        let mut start = 0;
        let mut row = draw;
        'design: while start < until {
            let length = (until - start).min(BLOCK);
            columns.iter_mut().for_each(|column| column.resize(length as usize, 0.0));
            sweep.design.fill(start, &mut columns);
            for offset in 0..length {
                if first.as_ref().is_some_and(|(earliest, _)| *earliest <= start + offset) {
                    break 'design;
                }
                #[expect(clippy::cast_possible_truncation, reason = "at most BLOCK")]
                row.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[offset as usize]);
                if let Err(errors) = binder.checked(&row) {
                    let several = sweep.variants.len() > 1;
                    let named = several.then(|| sweep.variants[variant].name.as_str());
                    let place = |error: Diagnostic| of_draw(error, start + offset, named, entries, &binder);
                    first = Some((start + offset, errors.into_iter().map(place).collect()));
                    break 'design;
                }
            }
            start += length;
        }
    }
    first.map_or(Ok(()), |(_, errors)| Err(errors))
}

/// A mistake of a draw, told of the key whose value makes it.
fn of_draw(
    error: Diagnostic,
    draw: u64,
    variant: Option<&str>,
    entries: &[Entry],
    binder: &super::Binder,
) -> Diagnostic {
    let entry = error.at.as_ref().and_then(|at| binder.slot(at)).and_then(|slot| entries.get(slot));
    let under = variant.map_or_else(String::new, |name| format!(" under {name}"));
    let hint = match entry.map(|entry| &entry.spec) {
        Some(Spec::Distribution(Distribution::Normal { .. })) => {
            Some("cut the distribution: { normal = [mean, sd], min = …, max = … }".to_owned())
        }
        _ => error.hint,
    };
    let at = entry.or(entries.first()).map(|entry| entry.at.clone());
    Diagnostic {
        at: at.or(error.at),
        title: format!("draw {draw}{under}: {}", error.title),
        allowed: error.allowed,
        hint,
    }
}
