//! A key, and over which values it is asked.

use crate::model::range::Range;
use crate::probe::Lattice;
use crate::scenario::Scenario;
use crate::scenario::diagnostics::{At, Diagnostic, Report, Sources, clip, did_you_mean};
use crate::scenario::key::{Key, Reach, Section, Takes};
use crate::scenario::keys;
use crate::scenario::sweep::Level;

/// A key that takes numbers, and over which values it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its dotted path.
    pub key: String,
    /// What is known of it.
    pub about: &'static str,
    /// Its unit, "1" of a pure number.
    pub unit: &'static str,
    /// Its value in the scenario, where it has one.
    pub now: Option<f64>,
    /// Which values there are.
    pub lattice: Lattice,
    /// The first and the last.
    pub range: [f64; 2],
}

/// What somebody asks: `KEY`, `KEY=A:B`, or of a key that takes words `KEY=WORD,WORD`.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Numbers.
    Numbers(Axis),
    /// A key, and words or truths that it takes.
    Words(String, Vec<Level>),
}

impl Axis {
    /// Whether it moves a date.
    pub fn is_dated(&self) -> bool {
        self.lattice != Lattice::Floats
    }

    /// Every number of a scenario on which a result can depend, over the values of its [`Reach`].
    pub fn every(scenario: &Scenario) -> Vec<Self> {
        let mut axes: Vec<Self> = Vec::new();
        let mut shares = 0;
        for shown in scenario.keys.shown() {
            let computed = [Section::Time, Section::Solver].contains(&shown.key.section);
            let (Takes::Number(allowed), false) = (shown.key.takes, computed) else { continue };
            // Of two shares, one follows from the other.
            shares += usize::from(shown.key.name == "alpha" && shown.key.section == Section::Sector);
            // The shares of a series do not move one by one, whichever of them is one.
            if scenario.keys.is_series(&shown.path) {
                continue;
            }
            if shown.path.ends_with(".alpha") && scenario.keys.sector.len() == 2 && shares > 1 {
                continue;
            }
            let Some(now) = scenario.number(&shown.path) else { continue };
            if let Some(range) = shown.key.reach.around(now, allowed, scenario.keys.time.horizon) {
                axes.push(Self::over(scenario, shown.path, shown.key, Some(now), range));
            }
        }
        axes
    }

    fn over(scenario: &Scenario, key: String, known: &'static Key, now: Option<f64>, range: [f64; 2]) -> Self {
        let lattice = Lattice::of(known, scenario.problem.grid);
        Self { key, about: known.meaning, unit: known.unit, now, lattice, range }
    }
}

impl Asked {
    /// The key, as a dotted path.
    pub fn key(&self) -> &str {
        match self {
            Self::Numbers(axis) => &axis.key,
            Self::Words(key, _) => key,
        }
    }

    /// Reads what is asked of a scenario; `option` is where it was given, for messages.
    ///
    /// # Errors
    /// What cannot be asked, and what is allowed.
    pub fn parse(option: &str, text: &str, scenario: &Scenario) -> Result<Self, Report> {
        let mut sources = Sources::default();
        let source = sources.add(option, text);
        let reader = Text { text, source, scenario };
        reader.read().map_err(|wrong| Report::new(sources, vec![wrong]))
    }
}

struct Text<'a> {
    text: &'a str,
    source: usize,
    scenario: &'a Scenario,
}

impl Text<'_> {
    fn read(&self) -> Result<Asked, Diagnostic> {
        let (path, values) = match self.text.split_once('=') {
            Some((path, values)) => (path.trim(), Some(values.trim())),
            None => (self.text.trim(), None),
        };
        let paths = self.scenario.keys.extent().paths(Key::varies);
        if self.scenario.keys.is_series(path) {
            let title = format!("{path} is a series: one number cannot take the place of its values");
            let wrong = self.wrong(path, title, "allowed: a key that has one value");
            return Err(wrong.hint(format!("say a number in its place: --set {path}=…")));
        }
        let Some(key) = keys::find(path).filter(|_| paths.iter().any(|known| known == path)) else {
            let title = format!("{} is no key of {} that can be moved", clip(path), self.scenario.keys.name);
            let wrong = self.wrong(path, title, "allowed: a key of the scenario that takes single values");
            return Err(match did_you_mean(path, paths.iter().map(String::as_str)) {
                Some(hint) => wrong.hint(hint),
                None => wrong.hint("for example policy.0.until, or sector.NAME.lambda=1:2"),
            });
        };
        match (key.takes, values) {
            (Takes::Number(allowed), values) => self.numbers(path, key, allowed, values).map(Asked::Numbers),
            (_, None) => {
                let title = format!("{path} takes no numbers: it needs the values to look at");
                Err(self
                    .wrong(path, title, format!("allowed: {}", key.takes.words()))
                    .hint(format!("--key {path}=ONE,OTHER looks at each")))
            }
            (_, Some(values)) => self.words(path, key, values),
        }
    }

    fn numbers(&self, path: &str, key: &'static Key, allowed: Range, values: Option<&str>) -> Result<Axis, Diagnostic> {
        let now = self.scenario.number(path);
        let axis = |range| Axis::over(self.scenario, path.to_owned(), key, now, range);
        let Some(values) = values else {
            let horizon = self.scenario.keys.time.horizon;
            // A policy that never ends is asked over the dates of the run.
            let around = if key.reach == Reach::Dates { Some(now.unwrap_or(0.0)) } else { now };
            let range = around.and_then(|now| key.reach.around(now, allowed, horizon));
            return range.map(axis).ok_or_else(|| {
                let title = format!("{path}: over which values?");
                self.wrong(path, title, format!("allowed: {allowed}")).hint(format!("--key {path}=FROM:TO"))
            });
        };
        let example = || format!("for example --key {path}={}", self.example(key, allowed, now));
        let Some((low, high)) = values.split_once(':') else {
            let title = format!("{path}={} is no range", clip(values));
            return Err(self.wrong(values, title, "allowed: FROM:TO").hint(example()));
        };
        let number = |text: &str| -> Result<f64, Diagnostic> {
            let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            let title = format!("{path}: {} is no finite number", if text.is_empty() { "nothing" } else { text });
            number.ok_or_else(|| self.wrong(text, title, format!("allowed: {allowed}")).hint(example()))
        };
        let [first, last] = [number(low)?, number(high)?];
        for (text, end) in [(low, first), (high, last)] {
            if !allowed.contains(end) {
                let title = format!("{path} = {} is out of range", clip(text));
                return Err(self.wrong(text, title, format!("allowed: {allowed}")).hint(example()));
            }
        }
        if first >= last {
            let title = format!("{path}={} runs backwards", clip(values));
            return Err(self.wrong(values, title, "allowed: FROM:TO, the smaller number first").hint(format!(
                "--key {path}={}:{}",
                high.trim(),
                low.trim()
            )));
        }
        Ok(axis([first, last]))
    }

    /// A range that one could ask.
    fn example(&self, key: &Key, allowed: Range, now: Option<f64>) -> String {
        let around = key.reach.around(now.unwrap_or(1.0), allowed, self.scenario.keys.time.horizon);
        around.map_or_else(|| "1:2".to_owned(), |[low, high]| format!("{low}:{high}"))
    }

    fn words(&self, path: &str, key: &Key, values: &str) -> Result<Asked, Diagnostic> {
        let mut levels = Vec::new();
        for word in values.split(',').map(str::trim) {
            let level = match (key.takes, word) {
                (Takes::Flag, "true") => Level::Flag(true),
                (Takes::Flag, "false") => Level::Flag(false),
                (Takes::Flag, _) => {
                    let title = format!("{path} is never {}", if word.is_empty() { "nothing" } else { word });
                    return Err(self.wrong(word, title, "allowed: true or false"));
                }
                _ => Level::Text(word.to_owned()),
            };
            // The scenario's own reader knows what may stand there.
            if let Err(report) = self.scenario.set(path, &level) {
                let first = report.diagnostics.first();
                let title = first.map_or_else(|| format!("{path} is never {word}"), |first| first.title.clone());
                let allowed = first.map_or_else(String::new, |first| first.allowed.clone());
                let wrong = self.wrong(word, title, allowed);
                return Err(match first.and_then(|first| first.hint.clone()) {
                    Some(hint) => wrong.hint(hint),
                    None => wrong,
                });
            }
            levels.push(level);
        }
        Ok(Asked::Words(path.to_owned(), levels))
    }

    /// A mistake in a part of the text.
    fn wrong(&self, part: &str, title: String, allowed: impl Into<String>) -> Diagnostic {
        let start = self.text.find(part).filter(|_| !part.is_empty()).unwrap_or(self.text.len());
        Diagnostic::new(At { source: self.source, span: start..start + part.len() }, title, allowed)
    }
}
