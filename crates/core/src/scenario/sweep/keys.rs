//! The keys of a sweep file: one line for each, as for a scenario's. From them follow which are known, the table of
//! `docs/files.md`, and the schema.

use crate::design::{Kind, LEVELS};
use crate::measure::Measure;
use crate::model::range::Range;
use crate::names;
use crate::scenario::key::{Key, Otherwise, Section, Takes};
use crate::scenario::keys::{NAME, ONE_LINE, VERSION};

/// A seed of draws.
pub(super) const SEED: Range = Range::whole_from(0.0);
/// A number of draws; of base points of a Saltelli design, of trajectories of a Morris design.
pub(super) const SAMPLES: Range = Range::whole_from(1.0);
/// Levels of a Morris design, which must be even.
pub(super) const MORRIS_LEVELS: Range = Range::whole_between(2.0, 1000.0);
/// A number of draws whose trajectories are kept.
pub(super) const TRAJECTORIES: Range = Range::whole_from(0.0);
/// A year at which runs are looked at.
pub(super) const DATES: Range = Range::ANY;
/// The most points of a `linspace`.
pub const MAX_POINTS: f64 = 1_000_000.0;

const fn root(name: &'static str, meaning: &'static str, key: Key) -> Key {
    Key { section: Section::Root, name, meaning, ..key }
}

const fn design(name: &'static str, meaning: &'static str, key: Key) -> Key {
    Key { section: Section::Design, name, meaning, ..key }
}

const KEYS: &[Key] = &[
    root("schema_version", "Version of the format", Key::number("", VERSION)),
    root(
        "name",
        "Name of the sweep's folder",
        Key::taking(Takes::Text(NAME)).or(Otherwise::Said("the file's stem")).rule("as in a scenario"),
    ),
    root(
        "title",
        "A title, for pictures",
        Key::taking(Takes::Text(ONE_LINE)).or(Otherwise::Said("none")).rule("one line"),
    ),
    root("description", "A description, for readers", Key::taking(Takes::Text("")).or(Otherwise::Said("none"))),
    root(
        "scenario",
        "The scenario, which may extend others",
        Key::taking(Takes::Scenario).rule("relative to this file; or the scenario itself as a table `[scenario]`"),
    ),
    root(
        "seed",
        "Starts the random numbers; another seed gives other draws",
        Key::number("", SEED).or(Otherwise::Number(0.0)),
    ),
    design("kind", "How draws are laid out, see below", Key::word::<Kind>()),
    design(
        "samples",
        "Number of draws; base points of `saltelli`, trajectories of `morris`",
        Key::number("", SAMPLES).or(Otherwise::Said("required, but not for `grid` and `table`")),
    ),
    design(
        "second_order",
        "Whether a `saltelli` design has the draws that second-order indices take",
        Key::taking(Takes::Flag).or(Otherwise::Flag(false)),
    ),
    design(
        "levels",
        "Levels of every key in a `morris` design",
        Key::number("", MORRIS_LEVELS).or(Otherwise::Number(LEVELS as f64)).rule("even"),
    ),
    design(
        "file",
        "The table of a `table` design",
        Key::taking(Takes::Text("."))
            .or(Otherwise::Said("columns in `[vary]`"))
            .rule("the path of a CSV file, relative to this file"),
    ),
    design(
        "sha256",
        "SHA-256 of that file; another file is refused",
        Key::taking(Takes::Text("")).or(Otherwise::Said("not checked")).rule("64 hexadecimal digits"),
    ),
    root(
        "vary",
        "What values keys of the scenario take: a line for each, `\"KEY\" = …`, see below",
        Key::taking(Takes::Specifications),
    )
    .or(Otherwise::Said("one key or more")),
    root(
        "group",
        "Keys that sum to a constant: a table `[group.NAME]` for each group, see below",
        Key::taking(Takes::Groups),
    )
    .or(Otherwise::Said("none")),
    root(
        "correlation",
        "Rank correlations of keys, `\"KEY\" = { \"OTHER\" = … }`, see below",
        Key::taking(Takes::Correlations),
    )
    .or(Otherwise::Said("every key by itself"))
    .rule("of keys drawn from distributions; between -1 and 1"),
    root(
        "carry",
        "Columns of a `table` design that are no keys: they stand in `runs.csv` as they are",
        Key::taking(Takes::Carried),
    )
    .or(Otherwise::Said("those of `file`"))
    .rule("a list for each, `NAME = […]`, with an entry for each draw"),
    root("variants", "Keys set on top of the scenario: a table `[variants.NAME]` for each", Key::taking(Takes::Layers))
        .or(Otherwise::Said("one variant `base`"))
        .rule("as in a scenario, but for `schema_version`, `name`, `extends`"),
    Key {
        section: Section::Keep,
        name: "trajectories",
        meaning: "Of how many draws, the first ones, or of which draws trajectories are kept",
        ..Key::number("", TRAJECTORIES)
            .or(Otherwise::Number(0.0))
            .rule("or `\"all\"`, or a list of draws, counted from 0 as in the column `run`")
    },
    Key {
        section: Section::Keep,
        name: "dates",
        meaning: "Years at which `runs.csv` says what every run is: `w_P`, `income_gap`, `regime` and `sector`, each followed by the year",
        ..Key::taking(Takes::Numbers(DATES))
            .or(Otherwise::Nothing)
            .rule("years of rows, as in the column `year`; at most 100")
    },
];

/// Every key, in the order of the documentation.
pub fn all() -> &'static [Key] {
    KEYS
}

/// Names of the keys of a table; of the root, its tables' too.
pub(super) fn names(section: Section) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for key in KEYS {
        let name = match (section, key.section) {
            (Section::Root, inner) if inner != Section::Root => inner.name(),
            _ if key.section == section => key.name,
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

names! {
    /// How the column of a key hangs together with others.
    pub enum Tie {
        Independent = "independent": "Drawn by itself",
        Same = "same-as": "Follows the draw of another key",
        Group = "group": "A share of a sum",
        Correlated = "correlated": "Its ranks go together with those of others",
        Carried = "carried": "No key: a column of the table of draws that is carried through",
    }
}

names! {
    /// In what manner a key varies.
    pub enum Manner {
        Uniform = "uniform": "Between a and b, a < b",
        LogUniform = "log_uniform": "The logarithm is uniform; 0 < a < b",
        Normal = "normal": "Normal, sd > 0; `min = …` and `max = …` beside it, one or both, cut it off",
        Triangular = "triangular": "min < max, the mode between them",
        Values = "values": "Numbers, texts, or true and false, each once; equally likely where drawn",
        Linspace = "linspace": "n numbers from a to b, both included; 2 to 1,000,000; equally likely where drawn",
        Empirical = "empirical": "Values that were found, each as likely as its weight (1 without `weights`); or `{ file = …, column = …, weights = … }`: columns of a CSV file",
        SameAs = "same_as": "The draw of another key, `times` as much (1 without it)",
        Column = "column": "In a `table` design, a value for each draw",
    }
}

/// What may stand in every specification: the name of the key's column.
pub const AS: &str = "as";
/// What names a column.
pub const COLUMN_NAME: &str = "^[A-Za-z][A-Za-z0-9_]{0,99}$";
/// The columns of `runs.csv` besides those of keys and measures.
pub const OTHERS: [&str; 12] = [
    "run",
    "variant",
    "status",
    "error",
    "verdict",
    "direction",
    "outcome",
    "last_regime",
    "last_sector",
    "long_run_regime",
    "long_run_sector",
    "externality",
];

/// Names that the column of a varied key cannot have: other columns of `runs.csv` do.
pub fn taken() -> impl Iterator<Item = &'static str> {
    OTHERS.into_iter().chain(Measure::ALL.map(Measure::name))
}

impl Manner {
    /// How its values are written.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Uniform | Self::LogUniform => "[a, b]",
            Self::Normal => "[mean, sd]",
            Self::Triangular => "[min, mode, max]",
            Self::Values | Self::Column | Self::Empirical => "[ … ]",
            Self::SameAs => "\"KEY\"",
            Self::Linspace => "[a, b, n]",
        }
    }

    /// What may stand beside it.
    pub fn beside(self) -> &'static [&'static str] {
        match self {
            Self::Normal => &["min", "max"],
            Self::Empirical => &["weights"],
            Self::SameAs => &["times"],
            Self::Uniform | Self::LogUniform | Self::Triangular | Self::Values | Self::Linspace | Self::Column => &[],
        }
    }

    /// A specification in this manner.
    pub fn example(self) -> String {
        let beside: String = self.beside().iter().map(|name| format!(", {name} = …")).collect();
        format!("{{ {} = {}{beside} }}", self.name(), self.pattern())
    }
}
