//! A side of the plane: a key and the range that it takes there.

use super::plane::BRACKET;
use crate::math::{exp, ln};
use crate::numbers::rounded_to;
use crate::probe::Lattice;
use crate::scenario::Scenario;
use crate::scenario::diagnostics::{At, Diagnostic, Report, Sources, clip, did_you_mean};
use crate::scenario::key::{Goes, Key, Takes};
use crate::scenario::keys;
use std::ops::Range;

/// The ends of a side whose ratio is larger ask for a log scale, if ratios of the key mean anything.
const DECADE: f64 = 10.0;

/// A key, and the values that it takes along a side of the plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its dotted path.
    pub key: String,
    /// Its value at the beginning of the side.
    pub from: f64,
    /// Its value at the end, above `from`.
    pub until: f64,
    /// Whether equal ratios take equal room.
    pub log: bool,
    /// Which values there are.
    pub lattice: Lattice,
}

impl Side {
    /// Reads `KEY=FROM:UNTIL`, a key of the scenario that takes numbers and a range within its own; `option` is where it was
    /// given, for messages.
    ///
    /// # Errors
    /// What is wrong with it, and what is allowed.
    pub fn parse(option: &str, text: &str, scenario: &Scenario) -> Result<Self, Report> {
        let mut sources = Sources::default();
        let source = sources.add(option, text);
        read(text, source, scenario).map_err(|wrong| Report::new(sources, vec![wrong]))
    }

    /// The key's value at a share of the side.
    pub fn at(&self, share: f64) -> f64 {
        match share {
            0.0 => self.from,
            1.0 => self.until,
            _ if self.log => exp(ln(self.from) + share * (ln(self.until) - ln(self.from))),
            _ => self.from + share * (self.until - self.from),
        }
    }

    /// The values to both sides of one on a boundary that are told with so many digits; of a date, those that fall due just before it
    /// and just after.
    pub fn beside(&self, value: f64, digits: usize) -> [f64; 2] {
        let near = 2.0 * BRACKET * (self.until - self.from);
        match self.lattice {
            Lattice::Floats => [false, true].map(|up| rounded_to(value, digits, up)),
            Lattice::Dates(_) => [value - near, value + near].map(|date| self.lattice.nearest(date)),
        }
    }

    /// At which share of the side the key has a value; beyond 0 or 1 where that is not on it.
    pub fn share(&self, value: f64) -> f64 {
        if self.log {
            (ln(value) - ln(self.from)) / (ln(self.until) - ln(self.from))
        } else {
            (value - self.from) / (self.until - self.from)
        }
    }
}

fn read(text: &str, source: usize, scenario: &Scenario) -> Result<Side, Diagnostic> {
    let place = |span: Range<usize>| At { source, span };
    let example = "for example sector.NAME.lambda=1:2";
    let Some((path, values)) = text.split_once('=') else {
        let title = format!("{} is no side of a plane", clip(text));
        return Err(Diagnostic::new(place(0..text.len()), title, "allowed: KEY=FROM:UNTIL").hint(example));
    };
    let path = path.trim();
    let key_at = place(0..text.find('=').unwrap_or(text.len()));
    if scenario.keys.is_series(path) {
        let title = format!("{path} is a series: one number cannot take the place of its values");
        let found = Diagnostic::new(key_at, title, "allowed: a key that has one value");
        return Err(found.hint(format!("say a number in its place: --set {path}=…")));
    }
    let known = scenario.keys.extent().paths(|key| key.varies() && range_of(key).is_some());
    if !known.iter().any(|other| other == path) {
        return Err(unknown(path, key_at, &known));
    }
    let Some((key, allowed)) = keys::find(path).and_then(|key| Some((key, range_of(key)?))) else {
        return Err(unknown(path, key_at, &known));
    };
    let start = key_at.span.end + 1;
    let values_at = place(start..text.len());
    let Some((from, until)) = values.split_once(':') else {
        let title = format!("{path} is given one value, not a range");
        return Err(Diagnostic::new(values_at, title, "allowed: FROM:UNTIL").hint(example));
    };
    let number = |part: &str, span: Range<usize>| match part.trim().parse::<f64>() {
        Ok(number) if allowed.contains(number) => Ok(number),
        Ok(_) => Err(Diagnostic::new(
            place(span),
            format!("{path} = {} is out of range", part.trim()),
            format!("allowed: {allowed}"),
        )),
        Err(_) => {
            let title = format!(
                "{} is no number",
                if part.trim().is_empty() { "nothing".to_owned() } else { clip(part.trim()) }
            );
            Err(Diagnostic::new(place(span), title, format!("allowed: {allowed}")).hint(example))
        }
    };
    let middle = start + from.len();
    let (from, until) = (number(from, start..middle)?, number(until, middle + 1..text.len())?);
    if from >= until {
        let title = if from == until { "is a range of one value" } else { "is a range from above to below" };
        return Err(Diagnostic::new(
            values_at,
            format!("{path}={values} {title}"),
            "allowed: FROM:UNTIL, FROM below UNTIL",
        )
        .hint(if from == until {
            "name another value of the key".to_owned()
        } else {
            format!("write {path}={until}:{from}")
        }));
    }
    let ratios_matter =
        matches!(key.goes, Goes::Sector(_) | Goes::Start(_) | Goes::CatchUp(_) | Goes::Pace | Goes::Learning);
    let log = ratios_matter && from > 0.0 && until / from > DECADE;
    let lattice = Lattice::of(key, scenario.problem.grid);
    Ok(Side { key: path.to_owned(), from, until, log, lattice })
}

/// What numbers a key takes.
fn range_of(key: &Key) -> Option<crate::model::range::Range> {
    if let Takes::Number(range) = key.takes { Some(range) } else { None }
}

fn unknown(path: &str, at: At, known: &[String]) -> Diagnostic {
    if let Some(key) = keys::find(path)
        && range_of(key).is_none()
    {
        let title = format!("{path} takes {}: a plane has numbers on its sides", key.takes.words());
        return Diagnostic::new(at, title, "allowed: a key that takes numbers")
            .hint("map the scenario under each of its values in turn, with --set");
    }
    let wrong =
        Diagnostic::new(at, format!("{} is no key of this scenario with numbers", clip(path)), "allowed: a dotted key");
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let alike: Vec<&str> = known.iter().map(String::as_str).filter(|other| last(other) == last(path)).collect();
    match (did_you_mean(path, known.iter().map(String::as_str)), &alike[..]) {
        (Some(hint), _) => wrong.hint(hint),
        (None, []) => wrong.hint(format!("its keys are {}", known.join(", "))),
        (None, alike) => wrong.hint(format!("did you mean {}?", alike.join(" or "))),
    }
}
