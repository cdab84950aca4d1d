//! What is known of a key: its table, name, unit and meaning, what it takes, what holds without it, who may set it and where
//! its number goes. The keys themselves are in `keys`.

use crate::integrate::Solver;
use crate::model::catch_up::CatchUp;
use crate::model::params::{Params, Sector};
use crate::model::policy::Policy;
use crate::model::problem::Problem;
use crate::model::range::{End, Range};
use crate::model::rule::Belief;
use crate::names::Named;

/// Units of several keys.
pub(super) const GOODS: &str = "goods per worker";
pub(super) const PURE: &str = "1";

/// A table of a scenario, or of a sweep file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the table of its name")]
pub enum Section {
    Root,
    Regions,
    Time,
    Growth,
    CatchUp,
    Sector,
    Poor,
    Policy,
    Rule,
    Perceived,
    Shock,
    Welfare,
    Solver,
    Design,
    Keep,
    Series,
}

impl Section {
    /// Every table of a scenario below the root, in the order of the documentation.
    pub const TABLES: [Self; 10] = [
        Self::Regions,
        Self::Time,
        Self::Growth,
        Self::CatchUp,
        Self::Sector,
        Self::Poor,
        Self::Policy,
        Self::Shock,
        Self::Welfare,
        Self::Solver,
    ];

    /// Every table of a scenario that stands inside an entry of another.
    pub const INSIDE: [Self; 2] = [Self::Rule, Self::Perceived];

    /// Its key in the root, or in the table that it stands in; empty for the root itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Regions => "regions",
            Self::Time => "time",
            Self::Growth => "growth",
            Self::CatchUp => "catch_up",
            Self::Sector => "sector",
            Self::Poor => "poor",
            Self::Policy => "policy",
            Self::Rule => "promote",
            Self::Perceived => "perceived",
            Self::Shock => "shock",
            Self::Welfare => "welfare",
            Self::Solver => "solver",
            Self::Design => "design",
            Self::Keep => "keep",
            Self::Series => "series",
        }
    }

    /// How many such tables a scenario has.
    pub const fn count(self) -> Count {
        match self {
            Self::Root
            | Self::Regions
            | Self::Time
            | Self::Growth
            | Self::CatchUp
            | Self::Poor
            | Self::Welfare
            | Self::Solver
            | Self::Design
            | Self::Keep => Count::One,
            Self::Sector => Count::Named,
            Self::Policy | Self::Shock => Count::Listed,
            Self::Rule => Count::Inside("policy.*.promote"),
            Self::Perceived => Count::Inside("policy.*.promote.perceived.sector.*"),
            Self::Series => Count::Inside("*"),
        }
    }

    /// Its header in a file.
    pub fn header(self) -> String {
        match self.count() {
            Count::One => format!("[{}]", self.name()),
            Count::Named => format!("[{}.NAME]", self.name()),
            Count::Listed => format!("[[{}]]", self.name()),
            Count::Inside(_) => format!("{} = {{ … }}", self.name()),
        }
    }
}

/// How many tables of one kind a scenario has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// One.
    One,
    /// One for each name.
    Named,
    /// Any number, in a row; a dotted key addresses them by index.
    Listed,
    /// One in an entry of another table, at this dotted path.
    Inside(&'static str),
}

/// A key of a scenario.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The table that it stands in.
    pub section: Section,
    /// Its name there.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its unit: "1" of a pure number, empty where it is no number.
    pub unit: &'static str,
    /// What values it takes.
    pub takes: Takes,
    /// What holds where it is not given.
    pub otherwise: Otherwise,
    /// What else holds of its value; empty where nothing does.
    pub rule: &'static str,
    /// Whether a shock may set it.
    pub shocked: bool,
    /// Where its number goes in a problem.
    pub goes: Goes,
    /// Over which values it is asked where nobody says.
    pub reach: Reach,
}

/// Over which values a key is asked where nobody says: around its own, and never outside its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// None: no result depends on it, or it says how a scenario is computed and shown, not what it is.
    Nowhere,
    /// From its own value over this to its own value times this.
    Times(f64),
    /// From one number to another, and to its own value where that lies outside.
    Between(f64, f64),
    /// The dates of the run.
    Dates,
}

impl Reach {
    /// The first and the last value, around the key's own; `horizon` is that of the run. `None` where there are none.
    pub fn around(self, now: f64, allowed: Range, horizon: f64) -> Option<[f64; 2]> {
        let [low, high] = match self {
            Self::Nowhere => return None,
            Self::Times(factor) if now < 0.0 => [now * factor, now / factor],
            Self::Times(factor) => [now / factor, now * factor],
            Self::Between(low, high) => [low.min(now), high.max(now)],
            Self::Dates => [0.0, horizon.max(now)],
        };
        let low = if let End::Included(least) = allowed.low { low.max(least) } else { low };
        let high = if let End::Included(most) = allowed.high { high.min(most) } else { high };
        (low < high && allowed.contains(low) && allowed.contains(high)).then_some([low, high])
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Nowhere => "only where a range is given".to_owned(),
            Self::Times(factor) => format!("1/{factor} to {factor} times its value"),
            Self::Between(low, high) => format!("{low} to {high}"),
            Self::Dates => "the dates of the run".to_owned(),
        }
    }
}

/// What values a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// Numbers in a range.
    Number(Range),
    /// A list of numbers in a range.
    Numbers(Range),
    /// A list of what another key takes.
    Values,
    /// true or false.
    Flag,
    /// One of a closed set of words.
    Word(fn() -> Vec<Word>),
    /// A text that this regular expression matches.
    Text(&'static str),
    /// The name of a sector, or a rule that names one.
    Promotion,
    /// What a rule believes of sectors, by dotted key.
    Beliefs,
    /// `isolation`, or `cluster:` and a sector.
    Start,
    /// A list of sectors.
    Sectors,
    /// Values of other keys, by dotted key.
    Settings,
    /// A scenario: the path of its file, or itself.
    Scenario,
    /// What values keys of the scenario take, by dotted key.
    Specifications,
    /// Layers over the scenario, by name.
    Layers,
    /// Columns of a table of draws, by name.
    Carried,
    /// Keys that sum to a constant, by the name of their group.
    Groups,
    /// Numbers by two keys.
    Correlations,
}

/// A word of a closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its spelling.
    pub name: &'static str,
    /// Other spellings that are read as the same.
    pub aliases: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
}

/// What holds where a key is not given.
#[derive(Debug, Clone, Copy)]
pub enum Otherwise {
    /// It must be given.
    Required,
    /// This number.
    Number(f64),
    /// true or false.
    Flag(bool),
    /// This word or text.
    Text(fn() -> &'static str),
    /// An empty list.
    Nothing,
    /// What these words say.
    Said(&'static str),
}

/// Where the number of a key goes in a problem.
#[derive(Debug, Clone, Copy)]
pub enum Goes {
    /// Nowhere by itself: it changes more than a number, and the scenario has to be read anew.
    Anew,
    /// To a parameter of its sector, a level, at every date.
    Sector(fn(&mut Sector) -> &mut f64),
    /// To x of its sector, or of every sector without one of its own.
    Learning,
    /// To a parameter of catch-up in every sector.
    CatchUp(fn(&mut CatchUp) -> &mut f64),
    /// To ẑ or the speed of convergence, which makes β of every sector.
    Pace,
    /// To a parameter that all sectors share.
    Params(fn(&mut Params) -> &mut f64),
    /// To its sector's entry in a list of levels at t = 0.
    Start(fn(&mut Problem) -> &mut Vec<f64>),
    /// To a date of its policy.
    Policy(fn(&mut Policy) -> &mut f64),
    /// To what the rule of its policy believes of its sector.
    Belief(fn(&mut Belief) -> &mut f64),
    /// To a number of the problem.
    Problem(fn(&mut Problem) -> &mut f64),
    /// To the solver.
    Solver(fn(&mut Solver) -> &mut f64),
}

impl Takes {
    /// What is allowed, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Number(range) => range.to_string(),
            Self::Numbers(_) | Self::Values => "a list of numbers".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Word(words) => words().iter().map(|word| word.name).collect::<Vec<_>>().join(", "),
            Self::Text(_) => "text in quotes".to_owned(),
            Self::Promotion => "a sector, or { rule = … }".to_owned(),
            Self::Beliefs => "{ \"sector.textiles.lambda\" = 1.9 } or the like".to_owned(),
            Self::Start => "\"isolation\" or \"cluster:SECTOR\"".to_owned(),
            Self::Sectors => "a list of sectors, such as [\"textiles\"]".to_owned(),
            Self::Settings => "{ \"catch_up.beta\" = 0.08 } or the like".to_owned(),
            Self::Scenario => "the path of a scenario file".to_owned(),
            Self::Specifications => "specifications".to_owned(),
            Self::Layers => "tables".to_owned(),
            Self::Carried => "lists of texts, or of whole numbers".to_owned(),
            Self::Groups => "tables".to_owned(),
            Self::Correlations => "numbers by two keys".to_owned(),
        }
    }
}

impl Otherwise {
    /// In words; a value as it is written in a file.
    pub fn words(&self) -> String {
        match self {
            Self::Required => "required".to_owned(),
            Self::Number(number) if *number != 0.0 && number.abs() < 1e-4 => format!("{number:e}"),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => format!("`{flag}`"),
            Self::Text(text) => format!("`{}`", text()),
            Self::Nothing => "`[]`".to_owned(),
            Self::Said(words) => (*words).to_owned(),
        }
    }
}

impl Key {
    /// A key that takes numbers.
    pub const fn number(unit: &'static str, range: Range) -> Self {
        Self::taking(Takes::Number(range)).in_unit(unit)
    }

    /// A key that takes one of the words of an enum.
    pub const fn word<T: Named>() -> Self {
        Self::taking(Takes::Word(words::<T>))
    }

    /// A key that takes such values, must be given, and changes more than a number.
    pub const fn taking(takes: Takes) -> Self {
        Self {
            section: Section::Root,
            name: "",
            meaning: "",
            unit: "",
            takes,
            otherwise: Otherwise::Required,
            rule: "",
            shocked: false,
            goes: Goes::Anew,
            reach: Reach::Nowhere,
        }
    }

    const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// With what holds where it is not given.
    pub const fn or(self, otherwise: Otherwise) -> Self {
        Self { otherwise, ..self }
    }

    /// With what else holds of its value.
    pub const fn rule(self, rule: &'static str) -> Self {
        Self { rule, ..self }
    }

    /// A shock may set it.
    pub const fn shocked(self) -> Self {
        Self { shocked: true, ..self }
    }

    /// With where its number goes.
    pub const fn goes(self, goes: Goes) -> Self {
        Self { goes, ..self }
    }

    /// With the values over which it is asked where nobody says.
    pub const fn reach(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// Its dotted path, `*` standing for the name of a sector or the index of a policy or shock.
    pub fn path(&self) -> String {
        match self.section.count() {
            Count::One => join(self.section.name(), self.name),
            Count::Named | Count::Listed => format!("{}.*.{}", self.section.name(), self.name),
            Count::Inside(path) => join(path, self.name),
        }
    }

    /// Whether draws of a sweep can vary it: it takes single values, and is no label.
    pub fn varies(&self) -> bool {
        match self.takes {
            Takes::Number(_) | Takes::Flag | Takes::Word(_) | Takes::Promotion | Takes::Start => {
                self.section != Section::Root
            }
            Takes::Text(_)
            | Takes::Numbers(_)
            | Takes::Values
            | Takes::Sectors
            | Takes::Beliefs
            | Takes::Settings
            | Takes::Scenario
            | Takes::Specifications
            | Takes::Carried
            | Takes::Groups
            | Takes::Correlations
            | Takes::Layers => false,
        }
    }

    /// Whether it is for people alone: no result depends on it.
    pub fn is_label(&self) -> bool {
        matches!(self.takes, Takes::Text(_))
    }

    /// Its unit, for axes; `None` for pure numbers and for what is no number.
    pub fn unit_shown(&self) -> Option<&'static str> {
        Some(self.unit).filter(|unit| !["", "1"].contains(unit))
    }
}

fn words<T: Named>() -> Vec<Word> {
    T::VARIANTS
        .iter()
        .map(|word| Word { name: word.spelling(), aliases: word.aliases(), meaning: word.meaning() })
        .collect()
}

/// `path.key`.
pub fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// How near to 1 expenditure shares must sum.
pub const SHARES: f64 = 1e-9;

/// Whether a dotted path is that of an expenditure share: with the others it sums to 1.
pub fn is_share(path: &str) -> bool {
    path.starts_with("sector.") && path.ends_with(".alpha")
}
