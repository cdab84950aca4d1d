//! How a key varies: `{ uniform = [a, b] }` and the like, read and written.

use super::Level;
use super::keys::{AS, MAX_POINTS, Manner, Tie, taken};
use crate::design::{Axis, Distribution, Empirical};
use crate::model::range::Range;
use crate::scenario::diagnostics::{At, clip, did_you_mean};
use crate::scenario::document::{Node, Table, Value};
use crate::scenario::reader::{MAX_NAME, Reader};
use crate::scenario::resolved;
use std::collections::HashMap;

/// Standard deviations beyond which a normal distribution holds nothing that a double could tell from 0.
const TAIL: f64 = 37.0;

/// How a key varies.
#[derive(Debug, Clone, PartialEq)]
pub enum Spec {
    /// A distribution.
    Distribution(Distribution),
    /// These values, each as likely as the others.
    Values(Vec<Level>),
    /// This many points from low to high.
    Linspace { low: f64, high: f64, count: usize },
    /// Values that were found, and the weight of each; none where all are alike.
    Empirical { values: Vec<f64>, weights: Vec<f64> },
    /// So many times what another key is.
    SameAs { key: String, at: At, times: f64 },
    /// A share of a sum, by its concentration.
    Share { concentration: f64, sum: f64 },
    /// The column of a table; where it holds no numbers, `drawn` are indices of `levels`.
    Column { levels: Vec<Level>, drawn: Vec<f64> },
}

/// A value that a specification says can be drawn, and where it says so.
#[derive(Debug, Clone)]
pub struct Place {
    pub level: Level,
    pub at: At,
}

/// A key of `[vary]`.
#[derive(Debug)]
pub struct Entry {
    pub key: String,
    /// Name of its column.
    pub name: String,
    /// Where the key stands.
    pub at: At,
    pub spec: Spec,
    /// How it hangs together with others.
    pub tie: Tie,
    /// Values that show whether the specification suits the key.
    pub places: Vec<Place>,
}

impl Spec {
    /// Whether this is of the key that it follows.
    fn follows(&self, entry: &Entry) -> bool {
        matches!(self, Self::SameAs { key, .. } if *key == entry.key)
    }

    /// The axis of the design, among those of all `entries`.
    pub fn axis(&self, entries: &[Entry]) -> Axis {
        match self {
            Self::Distribution(distribution) => Axis::Distribution(*distribution),
            Self::Empirical { values, weights } => Axis::Empirical(Empirical::new(values, weights)),
            Self::Share { concentration, .. } => Axis::Share(*concentration),
            Self::SameAs { times, .. } => {
                let axis = entries.iter().position(|entry| self.follows(entry)).unwrap_or(0);
                // Where the other's draws are places among values, this key's values are so many times as large.
                let places = entries.get(axis).is_some_and(|entry| !entry.spec.levels(entries).is_empty());
                Axis::Follows { axis, times: if places { 1.0 } else { *times } }
            }
            Self::Values(levels) => Axis::Levels(levels.len()),
            Self::Linspace { count, .. } => Axis::Levels(*count),
            Self::Column { drawn, .. } => Axis::Column(drawn.clone()),
        }
    }

    /// The values that indices stand for; none where draws are the numbers themselves.
    pub fn levels(&self, entries: &[Entry]) -> Vec<Level> {
        match self {
            Self::Distribution(_) | Self::Empirical { .. } | Self::Share { .. } => Vec::new(),
            Self::SameAs { times, .. } => {
                let followed = entries.iter().find(|entry| self.follows(entry) && !entry.spec.is_tied());
                let levels = followed.map_or_else(Vec::new, |entry| entry.spec.levels(entries));
                let level = |level: Level| match level {
                    Level::Number(number) => Level::Number(number * times),
                    other => other,
                };
                levels.into_iter().map(level).collect()
            }
            Self::Values(levels) | Self::Column { levels, .. } => levels.clone(),
            Self::Linspace { low, high, count } => {
                (0..*count).map(|index| Level::Number(point(*low, *high, index, *count))).collect()
            }
        }
    }

    /// The lowest and the highest number; infinite where there is no bound, NaN where there are no numbers.
    pub fn bounds(&self, entries: &[Entry]) -> (f64, f64) {
        let among = |numbers: &mut dyn Iterator<Item = f64>| {
            numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
        };
        match self {
            Self::Distribution(distribution) => distribution.support(),
            Self::Empirical { values, weights } => Empirical::new(values, weights).support(),
            Self::Share { sum, .. } => (0.0, *sum),
            Self::SameAs { times, .. } => {
                let followed = entries.iter().find(|entry| self.follows(entry) && !entry.spec.is_tied());
                let (low, high) = followed.map_or((f64::NAN, f64::NAN), |entry| entry.spec.bounds(entries));
                if *times < 0.0 { (high * times, low * times) } else { (low * times, high * times) }
            }
            Self::Linspace { low, high, .. } => (*low, *high),
            Self::Column { levels, drawn } if levels.is_empty() => among(&mut drawn.iter().copied()),
            Self::Values(levels) | Self::Column { levels, .. } => among(&mut levels.iter().map(|level| match level {
                Level::Number(number) => *number,
                _ => f64::NAN,
            })),
        }
    }

    /// As TOML, as it was written.
    pub fn toml(&self) -> String {
        let list = |values: &[f64]| {
            let texts: Vec<String> = values.iter().map(|value| Level::Number(*value).toml()).collect();
            format!("[{}]", texts.join(", "))
        };
        let levels = |levels: &[Level]| format!("[{}]", levels.iter().map(Level::toml).collect::<Vec<_>>().join(", "));
        let body = match self {
            Self::Distribution(Distribution::Uniform { low, high }) => format!("uniform = {}", list(&[*low, *high])),
            Self::Distribution(Distribution::LogUniform { low, high }) => {
                format!("log_uniform = {}", list(&[*low, *high]))
            }
            Self::Distribution(Distribution::Normal { mean, sd, min, max }) => {
                let bound =
                    |name: &str, bound: &Option<f64>| bound.map_or_else(String::new, |b| format!(", {name} = {b:?}"));
                format!("normal = {}{}{}", list(&[*mean, *sd]), bound("min", min), bound("max", max))
            }
            Self::Distribution(Distribution::Triangular { min, mode, max }) => {
                format!("triangular = {}", list(&[*min, *mode, *max]))
            }
            Self::Empirical { values, weights } if weights.is_empty() => format!("empirical = {}", list(values)),
            Self::Empirical { values, weights } => {
                format!("empirical = {}, weights = {}", list(values), list(weights))
            }
            Self::SameAs { key, times, .. } => {
                let times = if *times == 1.0 { String::new() } else { format!(", times = {times:?}") };
                format!("same_as = {}{times}", Level::Text(key.clone()).toml())
            }
            // It stands in its group.
            Self::Share { .. } => String::new(),
            Self::Values(values) => format!("values = {}", levels(values)),
            Self::Linspace { low, high, count } => format!("linspace = [{low:?}, {high:?}, {count}]"),
            Self::Column { .. } => format!("column = {}", levels(&self.rows())),
        };
        format!("{{ {body} }}")
    }

    /// Whether it is what it is through another key.
    pub fn is_tied(&self) -> bool {
        matches!(self, Self::SameAs { .. } | Self::Share { .. })
    }

    /// Whether it is a distribution of numbers, by whose ranks it can go together with another.
    pub fn has_ranks(&self) -> bool {
        matches!(self, Self::Distribution(_) | Self::Empirical { .. })
    }

    /// The entries of a column, as they stand in `[carry]`.
    pub fn list(&self) -> String {
        let entry = |level: &Level| match level {
            Level::Number(number) => number.to_string(),
            level => level.toml(),
        };
        let rows: Vec<String> = self.rows().iter().map(entry).collect();
        format!("[{}]", rows.join(", "))
    }

    /// The entries of a column.
    fn rows(&self) -> Vec<Level> {
        let Self::Column { levels, drawn } = self else { return Vec::new() };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a level")]
        let named = |index: &f64| levels.get(*index as usize).cloned().unwrap_or(Level::Number(*index));
        drawn.iter().map(named).collect()
    }

    /// The column that holds these values.
    pub fn column(rows: Vec<Level>) -> Self {
        let mut levels: Vec<Level> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let drawn = rows
            .into_iter()
            .map(|row| match row {
                Level::Number(number) => number,
                word => {
                    let place = *known.entry(word.toml()).or_insert(levels.len());
                    if place == levels.len() {
                        levels.push(word);
                    }
                    place as f64
                }
            })
            .collect();
        Self::Column { levels, drawn }
    }
}

/// Point `index` of `count` from low to high: the ends exactly, the others by index.
fn point(low: f64, high: f64, index: usize, count: usize) -> f64 {
    match index {
        0 => low,
        _ if index + 1 == count => high,
        _ => decimal(low + (high - low) * (index as f64 / (count - 1) as f64)),
    }
}

/// The decimal that is meant by a number computed from decimals: 0.3, not 0.30000000000000004.
fn decimal(number: f64) -> f64 {
    /// Digits that rounding must save to show that a decimal was meant.
    const SAVED: usize = 3;
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    let digits = |number: f64| format!("{number:e}").len();
    if digits(rounded) + SAVED <= digits(number) { rounded } else { number }
}

/// The keys of a specification.
fn words() -> Vec<&'static str> {
    Manner::ALL
        .iter()
        .flat_map(|manner| std::iter::once(manner.name()).chain(manner.beside().iter().copied()))
        .chain([AS])
        .collect()
}

/// What a specification is, in words; columns are for tables.
pub fn allowed() -> String {
    let examples: Vec<String> =
        Manner::ALL.iter().filter(|manner| **manner != Manner::Column).map(|manner| manner.example()).collect();
    match examples.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Whether a table is a specification rather than a part of a dotted key.
pub fn is_spec(table: &Table) -> bool {
    table.keys().any(|key| words().contains(&key.as_str()))
        || !table.values().any(|node| matches!(node.value, Value::Table(_)))
}

/// Reads the specification of `key`, with the values that show whether it suits the key.
pub fn read(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<(Spec, Vec<Place>)> {
    let Value::Table(table) = &node.value else { return None };
    let known = words();
    reader.unknown(table, key, &known, |_, _| None);
    let given: Vec<Manner> = table.keys().filter_map(|name| Manner::from_name(name)).collect();
    let [manner] = given.as_slice() else {
        let title = match given.as_slice() {
            [] if table.is_empty() || table.keys().all(|name| known.contains(&name.as_str())) => {
                format!("vary: {key} does not say how it varies")
            }
            // What it says has been found unknown.
            [] => return None,
            _ => {
                let names: Vec<&str> = given.iter().map(|manner| manner.name()).collect();
                format!("vary: {key} varies in {} ways: {}", given.len(), names.join(", "))
            }
        };
        reader.error(&node.key_at, title, format!("allowed: one of {}", allowed()));
        return None;
    };
    let form = manner.name();
    let own = &table[form];
    for name in Manner::ALL.iter().flat_map(|other| other.beside()).filter(|name| !manner.beside().contains(name)) {
        if let Some(node) = table.get(*name) {
            let title = format!("vary: {key}.{name} means nothing beside {form}");
            let users: Vec<&str> = Manner::ALL
                .iter()
                .filter(|manner| manner.beside().contains(name))
                .map(|manner| manner.name())
                .collect();
            reader.hinted(&node.key_at, title, format!("allowed: {name} beside {}", users.join(", ")), "remove it");
        }
    }
    match manner {
        Manner::Uniform => interval(reader, key, form, own, Range::ANY)
            .map(|(low, high, places)| (Spec::Distribution(Distribution::Uniform { low, high }), places)),
        Manner::LogUniform => interval(reader, key, form, own, Range::POSITIVE)
            .map(|(low, high, places)| (Spec::Distribution(Distribution::LogUniform { low, high }), places)),
        Manner::Normal => normal(reader, key, own, table),
        Manner::Triangular => triangular(reader, key, own),
        Manner::Linspace => linspace(reader, key, own),
        Manner::Values => values(reader, key, own).map(|places| {
            let levels = places.iter().map(|place| place.level.clone()).collect();
            (Spec::Values(levels), places)
        }),
        Manner::Column => column(reader, key, own),
        Manner::Empirical => empirical(reader, key, own, table),
        Manner::SameAs => same_as(reader, key, table),
    }
}

/// Values that were found, and their weights.
fn empirical(reader: &mut Reader<'_>, key: &str, node: &Node, table: &Table) -> Option<(Spec, Vec<Place>)> {
    let found = list_of(reader, &format!("vary: {key}.empirical"), node, Range::ANY)?;
    let weights = match table.get("weights") {
        Some(weights) => list_of(reader, &format!("vary: {key}.weights"), weights, Range::NOT_NEGATIVE)?,
        None => Vec::new(),
    };
    if !weights.is_empty() && weights.len() != found.len() {
        let title = format!("vary: {key} has {} values and {} weights", found.len(), weights.len());
        reader.error(&table["weights"].at, title, "allowed: a weight for each value");
        return None;
    }
    if !weights.is_empty() && weights.iter().all(|weight| *weight == 0.0) {
        reader.error(&table["weights"].at, format!("vary: {key}: all weights are 0"), "allowed: one above 0 at least");
        return None;
    }
    let (low, high) = Empirical::new(&found, &weights).support();
    let places = [low, high].map(|value| Place { level: Level::Number(value), at: node.at.clone() });
    Some((Spec::Empirical { values: found, weights }, places.into()))
}

/// Numbers in a range.
pub(super) fn list_of(reader: &mut Reader<'_>, path: &str, node: &Node, range: Range) -> Option<Vec<f64>> {
    let Value::Array(items) = &node.value else {
        reader.wrong_type(node, path, "a list of numbers, or { file = \"FILE.csv\", column = \"NAME\" }");
        return None;
    };
    if items.is_empty() {
        reader.error(&node.at, format!("{path} is empty"), "allowed: one number or more");
    }
    let numbers: Vec<Option<f64>> = items.iter().map(|item| reader.number(item, path, range)).collect();
    numbers.into_iter().collect::<Option<Vec<f64>>>().filter(|numbers| !numbers.is_empty())
}

/// The draw of another key, which is sought once all are known.
fn same_as(reader: &mut Reader<'_>, key: &str, table: &Table) -> Option<(Spec, Vec<Place>)> {
    let path = format!("vary: {key}");
    let (other, at) = reader.text(table, &path, "same_as", "the dotted path of another key that varies")?;
    let times = reader.number_or(table, &path, "times", Range::ANY, 1.0);
    Some((Spec::SameAs { key: other, at, times }, Vec::new()))
}

/// What the column of `key` is called: `as = "…"`, or the key.
pub fn name(reader: &mut Reader<'_>, key: &str, node: &Node) -> String {
    let Value::Table(table) = &node.value else { return key.to_owned() };
    let path = format!("vary: {key}");
    let Some((name, at)) = reader.text(table, &path, AS, "a short name in quotes") else { return key.to_owned() };
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= MAX_NAME;
    if !plain || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        let title = format!("{path}.{AS} = \"{}\" cannot name a column", clip(&name));
        reader.error(&at, title, "allowed: a letter, then letters, digits and `_`, at most 100 characters");
    } else if taken().any(|taken| taken == name) {
        let title = format!("{path}.{AS} = \"{name}\" is the name of another column");
        reader.error(&at, title, "allowed: a name that no column of runs.csv has");
    }
    name
}

/// A list of so many numbers.
fn numbers<const N: usize>(
    reader: &mut Reader<'_>,
    key: &str,
    form: &str,
    node: &Node,
    ranges: [Range; N],
    shape: &str,
) -> Option<[Place; N]> {
    let items = match &node.value {
        Value::Array(items) if items.len() == N => items,
        value => {
            let what = match value {
                Value::Array(items) => format!("{} numbers", items.len()),
                value => value.kind().to_owned(),
            };
            let title = format!("vary: {key}.{form} is {what}");
            reader.error(&node.at, title, format!("allowed: {form} = {shape}"));
            return None;
        }
    };
    let path = format!("vary: {key}.{form}");
    let found: Vec<Option<Place>> = items
        .iter()
        .zip(ranges)
        .map(|(item, range)| {
            reader.number(item, &path, range).map(|value| Place { level: Level::Number(value), at: item.at.clone() })
        })
        .collect();
    found.into_iter().collect::<Option<Vec<Place>>>()?.try_into().ok()
}

fn value(place: &Place) -> f64 {
    if let Level::Number(number) = place.level { number } else { f64::NAN }
}

/// Notes bounds that are not in order.
fn reversed(reader: &mut Reader<'_>, at: &At, key: &str, written: &str, low: f64, high: f64) {
    let (title, hint) = if low > high {
        (format!("vary: {key}: {written} has its bounds reversed"), format!("did you mean [{high:?}, {low:?}]?"))
    } else {
        (format!("vary: {key}: {written} holds one value only"), "a fixed value belongs in the scenario".to_owned())
    };
    reader.hinted(at, title, "allowed: a lower bound and a higher one", hint);
}

fn interval(
    reader: &mut Reader<'_>,
    key: &str,
    form: &str,
    node: &Node,
    range: Range,
) -> Option<(f64, f64, Vec<Place>)> {
    let places = numbers(reader, key, form, node, [range; 2], "[lowest, highest]")?;
    let (low, high) = (value(&places[0]), value(&places[1]));
    if low >= high {
        reversed(reader, &node.at, key, &format!("{form} = {}", reader.sources.excerpt(&node.at)), low, high);
        return None;
    }
    Some((low, high, places.into()))
}

fn normal(reader: &mut Reader<'_>, key: &str, node: &Node, table: &Table) -> Option<(Spec, Vec<Place>)> {
    let found = numbers(reader, key, "normal", node, [Range::ANY, Range::POSITIVE], "[mean, standard deviation > 0]");
    let mut bounds = Vec::new();
    let mut bound = |reader: &mut Reader<'_>, name: &str| {
        let node = table.get(name)?;
        let number = reader.number(node, &format!("vary: {key}.{name}"), Range::ANY)?;
        bounds.push(Place { level: Level::Number(number), at: node.at.clone() });
        Some(number)
    };
    let (min, max) = (bound(reader, "min"), bound(reader, "max"));
    let [mean, sd] = found.as_ref().map(|places| [value(&places[0]), value(&places[1])])?;
    let (low, high) = (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY));
    let last = bounds.last().map_or(&node.at, |place| &place.at).clone();
    if low >= high {
        let title = format!("vary: {key}: min = {low} is not below max = {high}");
        reader.error(&last, title, "allowed: a lower bound and a higher one");
        return None;
    }
    if (low - mean) / sd > TAIL || (high - mean) / sd < -TAIL {
        let title = format!("vary: {key}: min and max leave nothing of the distribution");
        let allowed = format!("allowed: bounds within {TAIL} standard deviations of the mean");
        reader.hinted(&last, title, allowed, format!("the mean is {mean}, the standard deviation {sd}"));
        return None;
    }
    Some((Spec::Distribution(Distribution::Normal { mean, sd, min, max }), bounds))
}

fn triangular(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<(Spec, Vec<Place>)> {
    let [low, peak, high] = numbers(reader, key, "triangular", node, [Range::ANY; 3], "[min, mode, max]")?;
    let (min, mode, max) = (value(&low), value(&peak), value(&high));
    let written = format!("triangular = {}", reader.sources.excerpt(&node.at));
    if min >= max {
        let title = format!("vary: {key}: {written} has its bounds reversed");
        reader.hinted(&node.at, title, "allowed: [min, mode, max] with min < max", "the mode stands in the middle");
        return None;
    }
    if !(min..=max).contains(&mode) {
        let title = format!("vary: {key}: {written} has its mode outside its bounds");
        reader.error(&peak.at, title, format!("allowed: a number from {min} to {max}"));
        return None;
    }
    Some((Spec::Distribution(Distribution::Triangular { min, mode, max }), vec![low, high]))
}

fn linspace(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<(Spec, Vec<Place>)> {
    const COUNT: Range = Range::whole_between(2.0, MAX_POINTS);
    let [first, last, count] =
        numbers(reader, key, "linspace", node, [Range::ANY, Range::ANY, COUNT], "[first, last, how many]")?;
    let (low, high) = (value(&first), value(&last));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 2 and 1,000,000")]
    let count = value(&count) as usize;
    if low >= high {
        reversed(reader, &node.at, key, &format!("linspace = {}", reader.sources.excerpt(&node.at)), low, high);
        return None;
    }
    if (1..count).any(|index| point(low, high, index - 1, count) >= point(low, high, index, count)) {
        let title = format!("vary: {key}: the points of linspace are too near to one another to be told apart");
        reader.error(&node.at, title, "allowed: fewer points, or bounds further apart");
        return None;
    }
    Some((Spec::Linspace { low, high, count }, vec![first, last]))
}

/// Values of one type.
pub fn items(reader: &mut Reader<'_>, path: &str, node: &Node) -> Option<Vec<Place>> {
    const TYPES: &str = "numbers, texts in quotes, or true and false";
    let Value::Array(items) = &node.value else {
        reader.wrong_type(node, path, &format!("a list of {TYPES}"));
        return None;
    };
    if items.is_empty() {
        reader.error(&node.at, format!("{path} is empty"), format!("allowed: {TYPES}"));
        return None;
    }
    let mut places: Vec<Place> = Vec::new();
    for item in items {
        let level = match &item.value {
            Value::Integer(_) | Value::Float(_) => Level::Number(reader.number(item, path, Range::ANY)?),
            Value::Boolean(flag) => Level::Flag(*flag),
            Value::String(text) => Level::Text(text.clone()),
            _ => {
                reader.wrong_type(item, &format!("{path}: an entry"), TYPES);
                return None;
            }
        };
        if let Some(first) = places.first()
            && std::mem::discriminant(&first.level) != std::mem::discriminant(&level)
        {
            let title = format!("{path} mixes {} with other values", item.value.kind());
            reader.error(&item.at, title, "allowed: values of one type");
            return None;
        }
        places.push(Place { level, at: item.at.clone() });
    }
    Some(places)
}

fn values(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<Vec<Place>> {
    let places = items(reader, &format!("vary: {key}.values"), node)?;
    let mut seen = std::collections::HashSet::new();
    for place in &places {
        // 0 and −0 are one value.
        let name = match &place.level {
            Level::Number(number) => (number + 0.0).to_string(),
            level => level.toml(),
        };
        if !seen.insert(name) {
            let title = format!("vary: {key}.values names {} twice", place.level.toml());
            reader.error(&place.at, title, "allowed: each value once");
            return None;
        }
    }
    Some(places)
}

fn column(reader: &mut Reader<'_>, key: &str, node: &Node) -> Option<(Spec, Vec<Place>)> {
    let places = items(reader, &format!("vary: {key}.column"), node)?;
    Some((Spec::column(places.iter().map(|place| place.level.clone()).collect()), places))
}

/// Notes that what stands under a key of `[vary]` is no specification.
pub fn no_spec(reader: &mut Reader<'_>, key: &str, node: &Node) {
    let title = format!("vary: {key} is {}", node.value.kind());
    let hint = match &node.value {
        Value::Array(_) => "two bounds are written { uniform = [a, b] }, single values { values = [ … ] }".to_owned(),
        Value::String(text) => {
            did_you_mean(text, words()).unwrap_or_else(|| "a fixed value belongs in the scenario".to_owned())
        }
        _ => "a fixed value belongs in the scenario".to_owned(),
    };
    reader.hinted(&node.at, title, format!("allowed: {}", allowed()), hint);
}

/// One line of `[vary]`.
pub fn line(key: &str, name: &str, spec: &Spec) -> String {
    let body = spec.toml();
    let body = match body.strip_suffix(" }") {
        Some(open) if name != key => format!("{open}, {AS} = \"{name}\" }}"),
        _ => body,
    };
    format!("{} = {body}\n", resolved::key(key))
}

#[cfg(test)]
mod tests {
    use super::point;

    #[test]
    fn points_are_the_decimals_that_are_meant() {
        let points = |low, high, count| (0..count).map(|i| point(low, high, i, count)).collect::<Vec<_>>();
        assert_eq!(points(0.1, 0.5, 5), [0.1, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!(points(1.3, 3.0, 18)[1..4], [1.4, 1.5, 1.6]);
        // Where no short decimal is near, the number stays.
        assert_eq!(points(0.0, 1.0, 4)[1], 1.0 / 3.0);
    }
}
