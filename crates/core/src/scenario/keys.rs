//! The keys of a scenario: one line for each, from which follow how it is read and written, what `--set`, shocks and
//! sweeps may do with it, its unit on axes, its meaning in reports, the tables of `docs/files.md`, the schema, and the
//! completions of a shell.
//!
//! To add a key, add its line here, and say in `Keys::params` or `Keys::problem` what becomes of its value.

use super::field::{Field, Place, is_absent, section};
use super::key::{Count, GOODS, Goes, Key, Otherwise, PURE, Reach, Section, Takes, is_share, join};
use super::promotion::{BELIEFS, PERCEIVED, Promotion, Rule};
use super::reader::Reader;
use super::series::Series;
use crate::integrate::{Method, Solver as Integrator};
use crate::model::catch_up::{CatchUp as Spillovers, Form, Pace};
use crate::model::grid::Grid;
use crate::model::params::{Params, Sector as Parameters};
use crate::model::policy::{Payer, Policy as Intervention, Promote, Selection, Sustain, Trade};
use crate::model::problem::{Epoch, Problem, Window};
use crate::model::range::{End, Range};
use indexmap::IndexMap;
use serde::Serialize;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Version of the scenario format that this program reads.
pub const SCHEMA_VERSION: u32 = 1;

const PER_YEAR: &str = "per year";
const YEARS: &str = "years";
const YEARS_AFTER_START: &str = "years after t = 0";
/// Over which values a level is asked where nobody says.
const LEVEL: Reach = Reach::Times(2.0);
/// The same for what is known less well: rates.
const RATE: Reach = Reach::Times(3.0);
/// Tolerances on ln z that the solver can keep.
const RTOL: Range = Range::between(1e-14, 1e-2);

/// The keys above the first table.
const ROOT: &[Key] = &[
    Key { name: "schema_version", meaning: "Version of this format", ..Key::number("", VERSION) },
    Key { name: "name", meaning: "Name of the scenario and of its folder", ..Key::taking(Takes::Text(NAME)) }
        .rule("letters, digits, `.`, `_`, `-`; the first a letter or digit; at most 100 characters")
        .or(Otherwise::Said("the file's name without its last extension; `stdin` for standard input")),
    Key { name: "title", meaning: "A title, for pictures and reports", ..Key::taking(Takes::Text(ONE_LINE)) }
        .rule("one line")
        .or(Otherwise::Said("none")),
    Key { name: "description", meaning: "A description", ..Key::taking(Takes::Text("")) }.or(Otherwise::Said("none")),
    Key { name: "extends", meaning: "Scenario that this one builds on", ..Key::taking(Takes::Text(".")) }
        .rule("a path, relative to this file")
        .or(Otherwise::Said("none")),
    Key {
        name: "baseline",
        meaning: "Whether `compare` measures the others against this one",
        ..Key::taking(Takes::Flag).or(Otherwise::Flag(false)).rule("not inherited")
    },
];

/// The version of the format, as a range.
pub(super) const VERSION: Range = Range::whole_between(SCHEMA_VERSION as f64, SCHEMA_VERSION as f64);
/// What can name a folder.
pub(super) const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$";
/// A text without line breaks and other control characters.
pub(super) const ONE_LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
/// A name for people: one line that begins with a letter, a digit or a sign.
pub(super) const LABEL: &str = "^[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]{0,99}$";
/// How many sectors a scenario has.
pub const SECTORS: RangeInclusive<usize> = 2..=64;
/// What names a sector.
pub const SECTOR_NAME: &str = "^[a-z][a-z0-9_]{0,99}$";

section! {
    /// `[regions]`.
    Regions of Regions {
        poor: String = "What people call P", LABELLED.or(Otherwise::Text(|| "P"));
        rich: String = "What people call R", LABELLED.or(Otherwise::Text(|| "R"));
    }
}

/// A key that names something for people.
const LABELLED: Key = Key::taking(Takes::Text(LABEL)).rule("one line of at most 100 characters");

section! {
    /// `[time]`.
    Time of Time {
        start: f64 = "Label of t = 0", Key::number("year", Range::ANY).or(Otherwise::Number(0.0));
        horizon: f64 = "Length of the run", Key::number(YEARS, Range::POSITIVE)
            .rule("a whole number of periods, at most 1,000,000 of them")
            .reach(Reach::Dates);
        period: f64 = "Δ, distance between two dates", Key::number(YEARS, Range::POSITIVE).or(Otherwise::Number(1.0));
    }
}

section! {
    /// `[growth]`.
    Growth of Growth {
        x: Option<f64> = "Growth of productivity where a region has a cluster, in all sectors that give no x of their own",
            Key::number(PER_YEAR, Range::NOT_NEGATIVE)
                .or(Otherwise::Said("required unless every sector has its own"))
                .shocked()
                .goes(Goes::Learning)
                .reach(RATE);
    }
}

section! {
    /// `[catch_up]`.
    CatchUp of CatchUp {
        form: Form = "Functional form of g(z)", Key::word::<Form>().or(Otherwise::Text(|| Form::default().name()));
        beta: Option<f64> = "β, speed of catch-up", Key::number(PER_YEAR, Range::POSITIVE)
            .or(Otherwise::Said("required unless `z_hat` or `speed` is given; 1 for `literal`"))
            .shocked()
            .goes(Goes::CatchUp(|catch_up| &mut catch_up.beta))
            .reach(RATE);
        z_hat: Option<f64> = "ẑ, where z settles without a cluster; gives β sector by sector",
            Key::number(PURE, Range::UNIT_OPEN)
                .or(Otherwise::Said("none"))
                .rule("instead of `beta`")
                .shocked()
                .goes(Goes::Pace)
                .reach(Reach::Between(0.02, 0.98));
        speed: Option<f64> = "Speed of convergence near the steady state, as regressions measure it; gives β sector by sector",
            Key::number(PER_YEAR, Range::POSITIVE)
                .or(Otherwise::Said("none"))
                .rule("instead of `beta`")
                .shocked()
                .goes(Goes::Pace)
                .reach(RATE);
    } and {
        /// The form's own parameter under its own key ([`Form::shape`]).
        #[serde(flatten)]
        shape: IndexMap<&'static str, f64>,
    }
}

section! {
    /// `[sector.NAME]`.
    #[expect(non_snake_case, reason = "keys carry the field's symbols")]
    Sector of Sector {
        label: Option<String> = "What people call it",
            LABELLED.or(Otherwise::Said("the name with spaces for underscores"));
        lambda: f64 = "λ, static benefit of a cluster", Key::number(PURE, Range::AT_LEAST_ONE)
            .shocked()
            .goes(Goes::Sector(|sector| &mut sector.lambda))
            .reach(LEVEL);
        alpha: f64 = "α, expenditure share", Key::number(PURE, Range::POSITIVE)
            .or(Otherwise::Said("equal shares"))
            .rule("for all sectors or for none; sum 1 within 1e-9")
            .shocked()
            .goes(Goes::Sector(|sector| &mut sector.alpha))
            .reach(Reach::Between(0.02, 0.98));
        y_R: f64 = "Exogenous productivity in R", Key::number(GOODS, Range::POSITIVE)
            .shocked()
            .goes(Goes::Sector(|sector| &mut sector.y_R))
            .reach(LEVEL);
        y_P: f64 = "Exogenous productivity in P", Key::number(GOODS, Range::POSITIVE)
            .shocked()
            .goes(Goes::Sector(|sector| &mut sector.y_P))
            .reach(LEVEL);
        Z_R: f64 = "Accumulated productivity in R at t = 0", Key::number(PURE, Range::POSITIVE)
            .or(Otherwise::Number(1.0))
            .goes(Goes::Start(|problem| &mut problem.Z_R))
            .reach(LEVEL);
        Z_P: f64 = "Accumulated productivity in P at t = 0", Key::number(PURE, Range::POSITIVE)
            .or(Otherwise::Number(1.0))
            .goes(Goes::Start(|problem| &mut problem.Z_P))
            .reach(LEVEL);
        x: Option<f64> = "Growth of productivity in a cluster of this sector", Key::number(PER_YEAR, Range::NOT_NEGATIVE)
            .or(Otherwise::Said("`growth.x`"))
            .shocked()
            .goes(Goes::Learning)
            .reach(RATE);
        cluster_R: bool = "Whether R has a cluster here", Key::taking(Takes::Flag).or(Otherwise::Flag(true)).shocked();
    }
}

section! {
    /// `[poor]`.
    Poor of Poor {
        start: String = "Regime before t = 0", Key::taking(Takes::Start)
            .or(Otherwise::Text(|| ISOLATION))
            .rule("`cluster:SECTOR` is a mature cluster");
        selection: Selection = "Which equilibrium holds where no policy decides", Key::word::<Selection>()
            .or(Otherwise::Text(|| Selection::default().name()));
        size: Option<f64> = "L_P / L_R, how large P is beside R; only warns where P is too large to be small",
            Key::number(PURE, Range::POSITIVE)
                .or(Otherwise::Said("not known"))
                .goes(Goes::Problem(|problem| problem.size.get_or_insert(0.0)));
        trade: Trade = "Trade where no policy decides", Key::word::<Trade>()
            .or(Otherwise::Text(|| Trade::default().name()));
        closed_clusters: Vec<String> = "Sectors in which P has clusters while trade is closed", Key::taking(Takes::Sectors)
            .or(Otherwise::Nothing)
            .rule("each once");
        tau: f64 = "τ, build-up time of a cluster's static benefit", Key::number(YEARS, Range::NOT_NEGATIVE)
            .or(Otherwise::Number(0.0))
            .shocked()
            .goes(Goes::Params(|params| &mut params.tau))
            .reach(Reach::Between(0.0, 50.0));
    }
}

impl CatchUp {
    /// What is given of its speed.
    pub(super) fn given(&self, pace: Pace) -> Option<f64> {
        match pace {
            Pace::Beta => self.beta,
            Pace::ZHat => self.z_hat,
            Pace::Speed => self.speed,
        }
    }

    /// How its speed is given, and what.
    pub(super) fn pace(&self) -> Option<(Pace, f64)> {
        Pace::ALL.into_iter().find_map(|pace| Some((pace, self.given(pace)?)))
    }
}

/// `poor.start` without a cluster.
pub(super) const ISOLATION: &str = "isolation";

section! {
    /// An entry of `[[policy]]`.
    Policy of Policy {
        from: f64 = "Active from this date on", Key::number(YEARS_AFTER_START, Range::NOT_NEGATIVE)
            .or(Otherwise::Number(0.0))
            .goes(Goes::Policy(|policy| &mut policy.from))
            .reach(Reach::Dates);
        until: Option<f64> = "No longer active from this date on", Key::number(YEARS_AFTER_START, Range::ANY)
            .or(Otherwise::Said("never ends"))
            .rule("> `from`")
            .goes(Goes::Policy(|policy| policy.until.get_or_insert(0.0)))
            .reach(Reach::Dates);
        label: Option<String> = "What people call it", LABELLED.or(Otherwise::Said("what it does"));
        promote: Option<Promotion> = "Sector whose cluster is promoted, or the rule that names it", Key::taking(Takes::Promotion)
            .or(Otherwise::Said("none"));
        sustain: Option<Sustain> = "How long the promoted cluster is held", Key::word::<Sustain>()
            .or(Otherwise::Text(|| Sustain::default().name()))
            .rule("only with `promote`");
        funded_by: Option<Payer> = "Who pays the subsidy that holds the cluster", Key::word::<Payer>()
            .or(Otherwise::Text(|| Payer::default().name()))
            .rule("only with `promote`");
        trade: Option<Trade> = "Trade while the policy is active", Key::word::<Trade>()
            .or(Otherwise::Said("no influence"));
    }
}

impl Policy {
    /// The rule that names the sector that it promotes.
    pub fn rule(&self) -> Option<&Rule> {
        match &self.promote {
            Some(Promotion::ByRule(rule)) => Some(rule),
            Some(Promotion::Sector(_)) | None => None,
        }
    }

    /// The sector that it promotes.
    pub fn sector(&self) -> Option<&str> {
        match &self.promote {
            Some(Promotion::Sector(sector)) => Some(sector),
            Some(Promotion::ByRule(_)) | None => None,
        }
    }
}

section! {
    /// An entry of `[[shock]]`.
    Shock of Shock {
        at: f64 = "Date from which on parameters are others, for good", Key::number(YEARS_AFTER_START, Range::NOT_NEGATIVE)
            .reach(Reach::Dates);
        label: Option<String> = "What people call it", LABELLED.or(Otherwise::Said("what it sets"));
    } and {
        /// New values by dotted key.
        set: IndexMap<String, Setting>,
    }
}

impl Shock {
    /// What it sets, in words.
    pub fn describe(&self) -> String {
        self.set.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join("; ")
    }
}

/// What a shock sets, beside the date that [`Shock::KEYS`] holds.
const SHOCK_SET: Key = Key {
    section: Section::Shock,
    name: "set",
    meaning: "New values by dotted key",
    ..Key::taking(Takes::Settings).rule("at least one of the keys below")
};

section! {
    /// `[welfare]`.
    Welfare of Welfare {
        discount_rate: f64 = "ρ, for present values", Key::number(PER_YEAR, Range::NOT_NEGATIVE)
            .or(Otherwise::Number(0.03))
            .goes(Goes::Problem(|problem| &mut problem.discount_rate))
            .reach(Reach::Between(1e-4, 0.3));
        window: Window = "How far present values look", Key::word::<Window>()
            .or(Otherwise::Text(|| Window::default().name()));
        cost_of_funds: f64 = "μ, what a unit of public money costs those who pay it",
            Key::number(PURE, Range::AT_LEAST_ONE)
                .or(Otherwise::Number(1.0))
                .goes(Goes::Problem(|problem| &mut problem.cost_of_funds))
                .reach(Reach::Between(1.0, 3.0));
    }
}

section! {
    /// `[solver]`.
    Solver of Solver {
        method: Method = "How z is advanced", Key::word::<Method>().or(Otherwise::Text(|| Method::default().name()));
        rtol: f64 = "Relative tolerance on ln z", Key::number(PURE, RTOL)
            .or(Otherwise::Number(Integrator::RTOL))
            .goes(Goes::Solver(|solver| &mut solver.rtol));
        atol: f64 = "Absolute tolerance on ln z", Key::number(PURE, Range::POSITIVE)
            .or(Otherwise::Number(Integrator::ATOL))
            .goes(Goes::Solver(|solver| &mut solver.atol));
    }
}

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let shapes = Form::ALL.iter().filter_map(|form| form.shape()).map(|shape| Key {
        section: Section::CatchUp,
        name: shape.key,
        meaning: shape.meaning,
        ..Key::number(PURE, shape.range)
            .shocked()
            .goes(Goes::CatchUp(|catch_up| &mut catch_up.shape))
            .reach(shape_reach(shape.range))
    });
    let tables = [Regions::KEYS, Time::KEYS, Growth::KEYS, CatchUp::KEYS].concat().into_iter();
    let more = [Sector::KEYS, Poor::KEYS, Policy::KEYS, Rule::KEYS, &[PERCEIVED], &BELIEFS, Shock::KEYS, &[SHOCK_SET]]
        .concat();
    let last = [Welfare::KEYS, Solver::KEYS].concat();
    ROOT.iter().copied().chain(tables).chain(shapes).chain(more).chain(last).collect()
});

/// A parameter of a form is asked over its whole range, or where that has no end around its value.
fn shape_reach(range: Range) -> Reach {
    match (range.low, range.high) {
        (End::Included(low), End::Included(high)) => Reach::Between(low, high),
        _ => RATE,
    }
}

/// Every key, in the order of the documentation.
pub fn all() -> &'static [Key] {
    &KEYS
}

/// The keys of a table.
pub fn of_section(section: Section) -> impl Iterator<Item = &'static Key> {
    all().iter().filter(move |key| key.section == section)
}

/// The forms under which a key of `[catch_up]` means something, where these are not all.
pub fn forms_using(key: &Key) -> Option<Vec<Form>> {
    let parameter = key.section == Section::CatchUp && !matches!(key.takes, Takes::Word(_));
    let users: Vec<Form> = Form::ALL.into_iter().filter(|form| parameter && form.uses(key.name)).collect();
    (parameter && users.len() < Form::ALL.len()).then_some(users)
}

/// The key that a dotted path addresses, and the sector or index in it. What a shock sets is the key that it sets.
pub fn locate(path: &str) -> Option<(&'static Key, Option<&str>)> {
    let (table, rest) = path.split_once('.').unwrap_or(("", path));
    let section = Section::TABLES.into_iter().chain([Section::Root]).find(|section| section.name() == table)?;
    let (which, name) = match section.count() {
        Count::One => (None, rest),
        Count::Named | Count::Listed => {
            let (which, name) = rest.split_once('.')?;
            (Some(which), name)
        }
        Count::Inside(_) => return None,
    };
    let (section, name) = match (section, name.strip_prefix("promote.")) {
        (Section::Policy, Some(inside)) => match inside.strip_prefix("perceived.") {
            Some(believed) => (Section::Perceived, believed.strip_prefix("sector.")?.split_once('.')?.1),
            None => (Section::Rule, inside),
        },
        _ => (section, name),
    };
    if let (Section::Shock, Some(set)) = (section, name.strip_prefix("set.")) {
        return locate(set);
    }
    of_section(section).find(|key| key.name == name).map(|key| (key, which))
}

/// The key that a dotted path addresses.
pub fn find(path: &str) -> Option<&'static Key> {
    locate(path).map(|(key, _)| key)
}

/// A scenario's keys, all of the right type and in range, defaults filled in: what `scenario.toml` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the tables and keys of their names")]
pub struct Keys {
    pub schema_version: u32,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
    pub regions: Regions,
    pub time: Time,
    #[serde(skip_serializing_if = "Growth::is_empty")]
    pub growth: Growth,
    pub catch_up: CatchUp,
    pub sector: IndexMap<String, Sector>,
    pub poor: Poor,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy: Vec<Policy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shock: Vec<Shock>,
    pub welfare: Welfare,
    pub solver: Solver,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub sources: IndexMap<String, String>,
    /// The keys whose value changes over time, by dotted path; what stands above is their value at t = 0.
    #[serde(skip)]
    pub series: IndexMap<String, Series>,
}

impl Growth {
    fn is_empty(&self) -> bool {
        self.x.is_none()
    }
}

/// A value that a shock sets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// A parameter.
    Number(f64),
    /// `cluster_R`.
    Flag(bool),
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Flag(value) => write!(f, "{value}"),
        }
    }
}

/// A key of a scenario with its value, for people.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Dotted path.
    pub path: String,
    /// What is known of the key.
    pub key: &'static Key,
    /// The value.
    pub value: String,
}

impl Keys {
    /// The dates t_k. The horizon is a whole number of periods (checked).
    pub fn grid(&self) -> Grid {
        let Time { start, horizon, period } = self.time;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 1,000,000, checked")]
        let periods = (horizon / period).round() as usize;
        Grid { start, period, periods }
    }

    /// x of each sector, per year.
    pub(super) fn learning(&self) -> impl Iterator<Item = (&String, f64)> {
        self.sector.iter().map(|(name, sector)| (name, sector.x.or(self.growth.x).unwrap_or(0.0)))
    }

    /// s or δ, where the form has one; else 0.
    pub(super) fn shape(&self) -> f64 {
        self.catch_up.shape.values().next().copied().unwrap_or(0.0)
    }

    /// The parameters that a shock can change.
    pub(super) fn params(&self) -> Params {
        let (form, shape) = (self.catch_up.form, self.shape());
        let sector = |(sector, (_, x)): (&Sector, (&String, f64))| {
            let beta = self.catch_up.pace().and_then(|(pace, given)| pace.beta(form, shape, given, x));
            let beta = beta.unwrap_or(f64::NAN);
            Parameters {
                lambda: sector.lambda,
                alpha: sector.alpha,
                y_R: sector.y_R,
                y_P: sector.y_P,
                x,
                cluster_R: sector.cluster_R,
                catch_up: Spillovers { form, beta, shape },
            }
        };
        Params { sectors: self.sector.values().zip(self.learning()).map(sector).collect(), tau: self.poor.tau }
    }

    /// The problem, given the parameters over time.
    pub(super) fn problem(&self, epochs: Vec<Epoch>) -> Problem {
        let sectors: Vec<String> = self.sector.keys().cloned().collect();
        let index = |name: &str| self.sector.get_index_of(name);
        let policy = |policy: &Policy| Intervention {
            from: policy.from,
            until: policy.until,
            promote: policy.promote.as_ref().and_then(|promotion| match promotion {
                Promotion::Sector(name) => index(name).map(Promote::Sector),
                Promotion::ByRule(rule) => rule.over(self.sector.keys()).map(Promote::ByRule),
            }),
            sustain: policy.sustain.unwrap_or_default(),
            funded_by: policy.funded_by.unwrap_or_default(),
            trade: policy.trade,
        };
        Problem {
            closed_clusters: sectors.iter().map(|name| self.poor.closed_clusters.contains(name)).collect(),
            sectors,
            grid: self.grid(),
            Z_R: self.sector.values().map(|sector| sector.Z_R).collect(),
            Z_P: self.sector.values().map(|sector| sector.Z_P).collect(),
            epochs,
            start: self.poor.start.strip_prefix("cluster:").and_then(index),
            selection: self.poor.selection,
            trade: self.poor.trade,
            policies: self.policy.iter().map(policy).collect(),
            discount_rate: self.welfare.discount_rate,
            window: self.welfare.window,
            cost_of_funds: self.welfare.cost_of_funds,
            size: self.poor.size,
        }
    }

    /// Whether the rule of a policy perceives what a dotted path says, `None` of a path that is no belief.
    pub fn perceives(&self, path: &str) -> Option<bool> {
        let (policy, belief) = path.strip_prefix("policy.")?.split_once(".promote.perceived.")?;
        let rule = policy.parse().ok().and_then(|index: usize| self.policy.get(index)?.rule());
        Some(rule.is_some_and(|rule| rule.perceived.contains_key(belief)))
    }

    /// Whether a key is a series, or one of shares of which another is: no single number can take its place.
    pub fn is_series(&self, path: &str) -> bool {
        self.series.contains_key(path) || (is_share(path) && self.series.keys().any(|other| is_share(other)))
    }

    /// The solver.
    pub(super) fn integrator(&self) -> Integrator {
        let Solver { method, rtol, atol } = self.solver;
        Integrator { method, rtol, atol }
    }

    /// Every key below the root that has a value, with it, in the order of the documentation.
    pub fn shown(&self) -> Vec<Shown> {
        let mut shown = Vec::new();
        let mut add = |path: &str, key: &'static Key, value: Option<String>| {
            shown.extend(value.map(|value| Shown { path: join(path, key.name), key, value }));
        };
        self.regions.shown().for_each(|(key, value)| add("regions", key, value));
        self.time.shown().for_each(|(key, value)| add("time", key, value));
        self.growth.shown().for_each(|(key, value)| add("growth", key, value));
        self.catch_up.shown().for_each(|(key, value)| add("catch_up", key, value));
        for (name, value) in &self.catch_up.shape {
            if let Some(key) = find(&join("catch_up", name)) {
                add("catch_up", key, value.shown());
            }
        }
        for (name, sector) in &self.sector {
            sector.shown().for_each(|(key, value)| add(&format!("sector.{name}"), key, value));
        }
        self.poor.shown().for_each(|(key, value)| add("poor", key, value));
        for (index, policy) in self.policy.iter().enumerate() {
            let path = format!("policy.{index}");
            policy.shown().for_each(|(key, value)| add(&path, key, value));
            let Some(rule) = policy.rule() else { continue };
            let path = join(&path, "promote");
            rule.shown().for_each(|(key, value)| add(&path, key, value));
            for (name, value) in &rule.perceived {
                let path = format!("{path}.perceived.{name}");
                if let (Some(key), Some((table, _))) = (find(&path), path.rsplit_once('.')) {
                    add(table, key, value.shown());
                }
            }
        }
        for (index, shock) in self.shock.iter().enumerate() {
            let path = format!("shock.{index}");
            shock.shown().for_each(|(key, value)| add(&path, key, value));
            for (name, setting) in &shock.set {
                if let (Some(key), Some((table, _))) = (find(name), name.rsplit_once('.')) {
                    add(&format!("{path}.set.{table}"), key, Some(setting.to_string()));
                }
            }
        }
        self.welfare.shown().for_each(|(key, value)| add("welfare", key, value));
        self.solver.shown().for_each(|(key, value)| add("solver", key, value));
        for shown in &mut shown {
            if let Some(series) = self.series.get(&shown.path) {
                shown.value = series.words();
            }
        }
        shown
    }
}
