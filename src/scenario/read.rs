//! Merged tables → typed keys: types, ranges, unknown and missing keys. Collects every mistake.

use super::diagnostics::{At, Diagnostic, Sources, did_you_mean};
use super::document::{Node, Table, Value};
use super::keys::{CatchUp, Growth, Keys, Policy, Poor, SCHEMA_VERSION, Sector, Setting, Shock, Solver, Time, Welfare};
use crate::integrate::{Method, Solver as Integrator};
use crate::model::catch_up::Form;
use crate::model::policy::{Selection, Sustain, Trade};
use indexmap::IndexMap;

/// The most periods a run may have.
pub const MAX_PERIODS: f64 = 1_000_000.0;
/// The most sectors a scenario may have.
pub const MAX_SECTORS: usize = 64;
/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Default of `welfare.discount_rate`.
const DISCOUNT_RATE: f64 = 0.03;

const ROOT_KEYS: [&str; 14] = [
    "schema_version",
    "name",
    "title",
    "description",
    "extends",
    "time",
    "growth",
    "catch_up",
    "sector",
    "poor",
    "policy",
    "shock",
    "welfare",
    "solver",
];
const TIME_KEYS: [&str; 3] = ["start", "horizon", "period"];
const SECTOR_KEYS: [&str; 8] = ["lambda", "alpha", "y_R", "y_P", "Z_R", "Z_P", "x", "cluster_R"];
const POOR_KEYS: [&str; 5] = ["start", "selection", "trade", "closed_clusters", "tau"];
const POLICY_KEYS: [&str; 5] = ["from", "until", "promote", "sustain", "trade"];
const SHOCK_KEYS: [&str; 2] = ["at", "set"];
const SOLVER_KEYS: [&str; 3] = ["method", "rtol", "atol"];

/// A range of numbers, in words and as a test. Nothing infinite, nothing that is no number.
#[derive(Clone, Copy)]
struct Allowed(&'static str, fn(f64) -> bool);

const ANY: Allowed = Allowed("a finite number", |_| true);
const POSITIVE: Allowed = Allowed("a number > 0", |v| v > 0.0);
const NOT_NEGATIVE: Allowed = Allowed("a number ≥ 0", |v| v >= 0.0);
const AT_LEAST_ONE: Allowed = Allowed("a number ≥ 1", |v| v >= 1.0);
const UNIT_OPEN: Allowed = Allowed("a number between 0 and 1, both excluded", |v| v > 0.0 && v < 1.0);
const RTOL: Allowed = Allowed("a number from 1e-14 to 1e-2", |v| (1e-14..=1e-2).contains(&v));

/// Reads merged tables, collecting mistakes.
pub struct Reader<'a> {
    sources: &'a Sources,
    /// Mistakes so far.
    pub errors: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader over texts.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, errors: Vec::new() }
    }

    /// Notes a mistake.
    pub fn error(&mut self, at: &At, title: impl Into<String>, allowed: impl Into<String>) -> &mut Diagnostic {
        self.errors.push(Diagnostic::new(at.clone(), title, allowed));
        self.errors.last_mut().expect("just pushed")
    }

    fn hinted(&mut self, at: &At, title: impl Into<String>, allowed: impl Into<String>, hint: impl Into<String>) {
        self.error(at, title, allowed).hint = Some(hint.into());
    }

    fn wrong_type(&mut self, node: &Node, path: &str, allowed: &str) {
        let title = format!("{path} is {}", node.value.kind());
        self.error(&node.at, title, format!("allowed: {allowed}"));
    }

    fn missing(&mut self, at: &At, path: &str, allowed: &str) {
        let key = path.rsplit('.').next().unwrap_or(path);
        self.hinted(at, format!("{path} is missing"), format!("needs {key}: {allowed}"), format!("add {key} = … here"));
    }

    fn unknown(&mut self, table: &Table, path: &str, known: &[&str]) {
        for (key, node) in table.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let full = join(path, key);
            let hint = did_you_mean(key, known.iter().copied());
            let found =
                self.error(&node.key_at, format!("unknown key {full}"), format!("allowed here: {}", known.join(", ")));
            found.hint = hint;
        }
    }

    fn number(&mut self, node: &Node, path: &str, allowed: Allowed) -> Option<f64> {
        let (Value::Integer(value) | Value::Float(value)) = node.value else {
            self.wrong_type(node, path, allowed.0);
            return None;
        };
        let written = self.sources.excerpt(&node.at).to_owned();
        if !value.is_finite() {
            let title = format!("{path} = {written} is no finite number");
            self.hinted(&node.at, title, format!("allowed: {}", allowed.0), "a double holds numbers up to 1.8e308");
            return None;
        }
        if !(allowed.1)(value) {
            self.error(&node.at, format!("{path} = {written} is out of range"), format!("allowed: {}", allowed.0));
            return None;
        }
        Some(value)
    }

    /// A number of `table`, or `None` where it is absent or wrong.
    fn optional(&mut self, table: &Table, path: &str, key: &str, allowed: Allowed) -> Option<f64> {
        let node = table.get(key)?;
        self.number(node, &join(path, key), allowed)
    }

    /// A number of `table`, or NaN (with a mistake noted) where it is wrong, or absent without a default.
    fn number_or(
        &mut self,
        table: &Table,
        at: &At,
        path: &str,
        key: &str,
        allowed: Allowed,
        default: Option<f64>,
    ) -> f64 {
        let value = match (table.get(key), default) {
            (Some(node), _) => self.number(node, &join(path, key), allowed),
            (None, Some(default)) => Some(default),
            (None, None) => {
                self.missing(at, &join(path, key), allowed.0);
                None
            }
        };
        value.unwrap_or(f64::NAN)
    }

    fn boolean(&mut self, table: &Table, path: &str, key: &str, default: bool) -> bool {
        match table.get(key).map(|node| (&node.value, node)) {
            None => default,
            Some((Value::Boolean(value), _)) => *value,
            Some((_, node)) => {
                self.wrong_type(node, &join(path, key), "true or false");
                default
            }
        }
    }

    fn text(&mut self, table: &Table, path: &str, key: &str) -> Option<(String, At)> {
        let node = table.get(key)?;
        let Value::String(text) = &node.value else {
            self.wrong_type(node, &join(path, key), "text in quotes");
            return None;
        };
        Some((text.clone(), node.at.clone()))
    }

    /// One of a closed set of words.
    fn choice<T: Copy>(
        &mut self,
        table: &Table,
        path: &str,
        key: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let (text, at) = self.text(table, path, key)?;
        let found = all.iter().copied().find(|&choice| name(choice) == text);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|&choice| name(choice)).collect();
            let hint = did_you_mean(&text, names.iter().copied());
            let title = format!("{} = \"{text}\" is not known", join(path, key));
            self.error(&at, title, format!("allowed: {}", names.join(", "))).hint = hint;
        }
        found
    }

    /// A table of the root, empty where it is absent.
    fn table<'t>(
        &mut self,
        root: &'t Table,
        root_at: &At,
        key: &str,
        known: &[&str],
    ) -> (std::borrow::Cow<'t, Table>, At) {
        match root.get(key).map(|node| (&node.value, node)) {
            Some((Value::Table(table), node)) => {
                self.unknown(table, key, known);
                (std::borrow::Cow::Borrowed(table), node.key_at.clone())
            }
            Some((_, node)) => {
                self.wrong_type(node, key, &format!("a table [{key}]"));
                (std::borrow::Cow::Owned(Table::new()), node.at.clone())
            }
            None => (std::borrow::Cow::Owned(Table::new()), root_at.clone()),
        }
    }

    /// The elements of `[[key]]`.
    fn tables<'t>(&mut self, root: &'t Table, key: &str, known: &[&str]) -> Vec<(String, &'t Table, At)> {
        let Some(node) = root.get(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, key, &format!("entries that each begin with [[{key}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{key}.{index}");
            if let Value::Table(table) = &item.value {
                self.unknown(table, &path, known);
                tables.push((path, table, item.at.clone()));
            } else {
                self.wrong_type(item, &path, &format!("a table [[{key}]]"));
            }
        }
        tables
    }

    /// Everything a scenario says. With mistakes noted in `self.errors` the result is not to be used.
    pub fn keys(&mut self, root: &Node, stem: &str) -> Keys {
        let empty = Table::new();
        let table = if let Value::Table(table) = &root.value { table } else { &empty };
        let known: Vec<&str> = ROOT_KEYS.iter().copied().chain(["sources"]).collect();
        self.unknown(table, "", &known);
        self.schema_version(table, &root.at);
        let name = self.name(table, &root.at, stem);
        let title = self.line_of_text(table, "title");
        let description = self.text(table, "", "description").map(|(text, _)| text);
        let time = self.time(table, &root.at);
        let (growth, _) = self.table(table, &root.at, "growth", &["x"]);
        let growth = Growth { x: self.optional(&growth, "growth", "x", NOT_NEGATIVE) };
        let catch_up = self.catch_up(table, &root.at);
        let sector = self.sectors(table, &root.at, growth.x.is_some() || has(table, "growth", "x"));
        let poor = self.poor(table, &root.at, &sector);
        let policy = self.policies(table, &sector);
        let shock = self.shocks(table, &sector, &catch_up);
        let (welfare, at) = self.table(table, &root.at, "welfare", &["discount_rate"]);
        let discount_rate =
            self.number_or(&welfare, &at, "welfare", "discount_rate", NOT_NEGATIVE, Some(DISCOUNT_RATE));
        let solver = self.solver(table, &root.at, catch_up.form);
        let sources = self.origin_notes(table, &sector, policy.len(), shock.len());
        Keys {
            schema_version: SCHEMA_VERSION,
            name,
            title,
            description,
            time,
            growth,
            catch_up,
            sector,
            poor,
            policy,
            shock,
            welfare: Welfare { discount_rate },
            solver,
            sources,
        }
    }

    fn schema_version(&mut self, root: &Table, at: &At) {
        let allowed = format!("{SCHEMA_VERSION}, the version that this program reads");
        match root.get("schema_version").map(|node| (&node.value, node)) {
            Some((Value::Integer(1.0), _)) => {}
            Some((Value::Integer(_) | Value::Float(_), node)) => {
                let title = format!("schema_version = {} is not known", self.sources.excerpt(&node.at));
                self.hinted(&node.at, title, format!("allowed: {allowed}"), "a newer format needs a newer catchup");
            }
            Some((_, node)) => self.wrong_type(node, "schema_version", &allowed),
            None => self.missing(at, "schema_version", &allowed),
        }
    }

    fn name(&mut self, root: &Table, root_at: &At, stem: &str) -> String {
        const ALLOWED: &str =
            "allowed: letters, digits, `.`, `_` and `-`, the first a letter or digit, at most 100 characters";
        let given = self.text(root, "", "name");
        let from_file = given.is_none();
        let (name, at) = given.unwrap_or_else(|| (stem.to_owned(), root_at.clone()));
        let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let fine =
            name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(legal) && name.len() <= MAX_NAME;
        if !fine && !root.get("name").is_some_and(|node| !matches!(node.value, Value::String(_))) {
            let title = format!("the name {name:?} cannot name a folder");
            let hint = if from_file {
                "the name comes from the file's; give another with name = \"…\""
            } else {
                "the run's folder is called by this name"
            };
            self.hinted(&at, title, ALLOWED, hint);
        }
        name
    }

    fn line_of_text(&mut self, root: &Table, key: &str) -> Option<String> {
        let (text, at) = self.text(root, "", key)?;
        if text.chars().any(char::is_control) {
            self.error(&at, format!("{key} holds a control character"), "allowed: one line of text");
        }
        Some(text)
    }

    fn time(&mut self, root: &Table, root_at: &At) -> Time {
        let (time, at) = self.table(root, root_at, "time", &TIME_KEYS);
        let start = self.number_or(&time, &at, "time", "start", ANY, Some(0.0));
        let horizon = self.number_or(&time, &at, "time", "horizon", POSITIVE, None);
        let period = self.number_or(&time, &at, "time", "period", POSITIVE, Some(1.0));
        let periods = horizon / period;
        let horizon_at = time.get("horizon").map_or(at, |node| node.at.clone());
        if periods.is_finite() && periods > MAX_PERIODS * (1.0 + 1e-9) {
            let title = format!("time.horizon / time.period is {periods:.0} periods");
            self.hinted(
                &horizon_at,
                title,
                "allowed: at most 1,000,000 periods",
                "a longer period or a shorter horizon",
            );
        } else if periods.is_infinite() {
            self.error(
                &horizon_at,
                "time.horizon / time.period passes every number",
                "allowed: at most 1,000,000 periods",
            );
        } else if periods.is_finite() && ((periods - periods.round()).abs() > 1e-9 * periods || periods.round() < 1.0) {
            let near = periods.round().max(1.0) * period;
            let title = format!("time.horizon = {horizon} is no whole number of periods of {period} years");
            self.hinted(
                &horizon_at,
                title,
                "allowed: a multiple of time.period",
                format!("the nearest is horizon = {near}"),
            );
        }
        Time { start, horizon, period }
    }

    fn catch_up(&mut self, root: &Table, root_at: &At) -> CatchUp {
        let mut known = vec!["form"];
        known.extend(Form::parameter_keys());
        let (table, at) = self.table(root, root_at, "catch_up", &known);
        let wrong_form = table.contains_key("form");
        let form = self.choice(&table, "catch_up", "form", &Form::ALL, Form::name);
        let wrong_form = wrong_form && form.is_none();
        let form = form.unwrap_or_default();
        let beta = self.optional(&table, "catch_up", "beta", POSITIVE);
        let z_hat = self.optional(&table, "catch_up", "z_hat", UNIT_OPEN);
        let mut shape = IndexMap::new();
        // Of a form that is not known, nothing can be said about its keys.
        if !wrong_form {
            self.unused_catch_up(&table, form);
            if let (Some(beta), Some(_)) = (table.get("beta"), table.get("z_hat").filter(|_| form.accepts_z_hat())) {
                self.hinted(
                    &beta.at,
                    "catch_up.beta and catch_up.z_hat are both given",
                    "allowed: one of the two",
                    "z_hat determines beta, sector by sector",
                );
            } else if !table.contains_key("beta") && !table.contains_key("z_hat") && form.default_beta().is_none() {
                let allowed =
                    if form.accepts_z_hat() { "a number > 0, or instead z_hat between 0 and 1" } else { POSITIVE.0 };
                self.missing(&at, "catch_up.beta", allowed);
            }
            if let Some(own) = form.shape() {
                let allowed = Allowed(own.allowed, own.contains);
                shape.insert(own.key, self.number_or(&table, &at, "catch_up", own.key, allowed, None));
            }
        }
        let given = table.contains_key("beta") || table.contains_key("z_hat");
        CatchUp { form, beta: beta.or(form.default_beta().filter(|_| !given)), z_hat, shape }
    }

    fn unused_catch_up(&mut self, table: &Table, form: Form) {
        for key in Form::parameter_keys() {
            let Some(node) = table.get(key).filter(|_| !form.uses(key)) else { continue };
            let users: Vec<&str> = Form::ALL.into_iter().filter(|form| form.uses(key)).map(Form::name).collect();
            let title = format!("catch_up.{key} means nothing under form = \"{}\"", form.name());
            self.hinted(
                &node.key_at,
                title,
                format!("used by: {}", users.join(", ")),
                format!("remove {key}, or choose one of these forms"),
            );
        }
    }

    fn sectors(&mut self, root: &Table, root_at: &At, has_growth_x: bool) -> IndexMap<String, Sector> {
        let mut sectors = IndexMap::new();
        let Some(node) = root.get("sector") else {
            self.missing(root_at, "sector", "two tables [sector.NAME] or more");
            return sectors;
        };
        let Value::Table(tables) = &node.value else {
            self.wrong_type(node, "sector", "tables [sector.NAME]");
            return sectors;
        };
        if tables.len() < 2 || tables.len() > MAX_SECTORS {
            let title = format!("{} sector{}", tables.len(), if tables.len() == 1 { "" } else { "s" });
            self.hinted(
                &node.key_at,
                title,
                "allowed: 2 to 64 tables [sector.NAME]",
                "trade needs something to choose between",
            );
        }
        let with_alpha =
            tables.values().filter(|node| matches!(&node.value, Value::Table(t) if t.contains_key("alpha"))).count();
        for (name, node) in tables {
            let path = format!("sector.{name}");
            let fine = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                && name.len() <= MAX_NAME;
            if !fine {
                self.error(
                    &node.key_at,
                    format!("{name:?} cannot name a sector"),
                    "allowed: a lower-case letter, then lower-case letters, digits and `_`",
                );
            }
            let Value::Table(table) = &node.value else {
                self.wrong_type(node, &path, &format!("a table [{path}]"));
                continue;
            };
            self.unknown(table, &path, &SECTOR_KEYS);
            let at = &node.key_at;
            let equal_share = (with_alpha == 0).then(|| 1.0 / tables.len() as f64);
            if with_alpha > 0 && !table.contains_key("alpha") {
                self.hinted(
                    at,
                    format!("{path}.alpha is missing"),
                    "alpha is given for some sectors only",
                    "give alpha for all sectors, or for none (then equal shares)",
                );
            }
            let x = self.optional(table, &path, "x", NOT_NEGATIVE);
            if !has_growth_x && !table.contains_key("x") {
                self.hinted(
                    at,
                    "growth.x is missing",
                    format!("{path} has no x of its own"),
                    "add [growth] with x = …, per year",
                );
            }
            let sector = Sector {
                lambda: self.number_or(table, at, &path, "lambda", AT_LEAST_ONE, None),
                alpha: self.number_or(table, at, &path, "alpha", POSITIVE, equal_share.or(Some(f64::NAN))),
                y_R: self.number_or(table, at, &path, "y_R", POSITIVE, None),
                y_P: self.number_or(table, at, &path, "y_P", POSITIVE, None),
                Z_R: self.number_or(table, at, &path, "Z_R", POSITIVE, Some(1.0)),
                Z_P: self.number_or(table, at, &path, "Z_P", POSITIVE, Some(1.0)),
                x,
                cluster_R: self.boolean(table, &path, "cluster_R", true),
            };
            sectors.insert(name.clone(), sector);
        }
        let total: f64 = sectors.values().map(|sector| sector.alpha).sum();
        if (total - 1.0).abs() > 1e-9 {
            let first =
                tables.values().find_map(|node| if let Value::Table(t) = &node.value { t.get("alpha") } else { None });
            let at = first.map_or(&node.key_at, |alpha| &alpha.at);
            self.error(
                at,
                format!("the alphas sum to {total}"),
                "allowed: expenditure shares that sum to 1 (within 1e-9)",
            );
        }
        sectors
    }

    /// The name of a sector that exists.
    fn sector_name(&mut self, name: &str, at: &At, path: &str, sectors: &IndexMap<String, Sector>) -> bool {
        let known = sectors.contains_key(name);
        if !known {
            let names: Vec<&str> = sectors.keys().map(String::as_str).collect();
            let hint = did_you_mean(name, names.iter().copied());
            self.error(at, format!("{path}: there is no sector {name:?}"), format!("allowed: {}", names.join(", ")))
                .hint = hint;
        }
        known
    }

    fn poor(&mut self, root: &Table, root_at: &At, sectors: &IndexMap<String, Sector>) -> Poor {
        let (table, at) = self.table(root, root_at, "poor", &POOR_KEYS);
        let trade = self.choice(&table, "poor", "trade", &Trade::ALL, Trade::name).unwrap_or_default();
        let selection = self.choice(&table, "poor", "selection", &Selection::ALL, Selection::name).unwrap_or_default();
        let mut closed_clusters = Vec::new();
        if let Some(node) = table.get("closed_clusters") {
            let Value::Array(items) = &node.value else {
                self.wrong_type(node, "poor.closed_clusters", "a list of sectors");
                return Poor {
                    start: String::new(),
                    selection: selection.name(),
                    trade: trade.name(),
                    closed_clusters,
                    tau: 0.0,
                };
            };
            for item in items {
                match &item.value {
                    Value::String(name) if closed_clusters.contains(name) => {
                        self.error(
                            &item.at,
                            format!("poor.closed_clusters names {name} twice"),
                            "allowed: each sector once",
                        );
                    }
                    Value::String(name) => {
                        if self.sector_name(name, &item.at, "poor.closed_clusters", sectors) {
                            closed_clusters.push(name.clone());
                        }
                    }
                    _ => self.wrong_type(item, "poor.closed_clusters", "a list of sectors"),
                }
            }
        }
        let start = self.text(&table, "poor", "start");
        if let Some((start, at)) = &start {
            match start.strip_prefix("cluster:") {
                Some(name) => {
                    if self.sector_name(name, at, "poor.start", sectors)
                        && trade == Trade::Closed
                        && !closed_clusters.iter().any(|c| c == name)
                    {
                        self.hinted(
                            at,
                            format!("poor.start = \"{start}\" while trade is closed"),
                            "a closed region has the clusters of poor.closed_clusters",
                            format!("add \"{name}\" to poor.closed_clusters"),
                        );
                    }
                }
                None if start == "isolation" => {}
                None => {
                    let hint = did_you_mean(start, ["isolation"])
                        .or_else(|| sectors.contains_key(start).then(|| format!("did you mean `cluster:{start}`?")));
                    self.error(
                        at,
                        format!("poor.start = \"{start}\" is not known"),
                        "allowed: isolation, or cluster:SECTOR",
                    )
                    .hint = hint;
                }
            }
        }
        let start = start.map_or_else(|| "isolation".to_owned(), |(start, _)| start);
        let tau = self.number_or(&table, &at, "poor", "tau", NOT_NEGATIVE, Some(0.0));
        Poor { start, selection: selection.name(), trade: trade.name(), closed_clusters, tau }
    }

    fn policies(&mut self, root: &Table, sectors: &IndexMap<String, Sector>) -> Vec<Policy> {
        let mut policies = Vec::new();
        for (path, table, at) in self.tables(root, "policy", &POLICY_KEYS) {
            let from = self.number_or(table, &at, &path, "from", NOT_NEGATIVE, Some(0.0));
            let until = self.optional(table, &path, "until", ANY);
            if let (Some(until), Some(node)) = (until, table.get("until"))
                && until <= from
            {
                self.hinted(
                    &node.at,
                    format!("{path}.until = {until} is not after from = {from}"),
                    "allowed: a number > from",
                    "both count years after t = 0",
                );
            }
            let promote = self
                .text(table, &path, "promote")
                .filter(|(name, at)| self.sector_name(name, at, &format!("{path}.promote"), sectors));
            let sustain = self.choice(table, &path, "sustain", &Sustain::ALL, Sustain::name);
            let trade = self.choice(table, &path, "trade", &Trade::ALL, Trade::name);
            if !table.contains_key("promote") && !table.contains_key("trade") {
                self.hinted(
                    &at,
                    format!("{path} does nothing"),
                    "needs promote, or trade, or both",
                    "promote = \"SECTOR\" or trade = \"closed\"",
                );
            }
            if let (Some(node), false) = (table.get("sustain"), table.contains_key("promote")) {
                self.error(
                    &node.key_at,
                    format!("{path}.sustain means nothing without promote"),
                    "needs promote = \"SECTOR\"",
                );
            }
            let promote = promote.map(|(name, _)| name);
            let sustain = promote.is_some().then(|| sustain.unwrap_or_default().name());
            policies.push(Policy { from, until, promote, sustain, trade: trade.map(Trade::name) });
        }
        policies
    }

    fn shocks(&mut self, root: &Table, sectors: &IndexMap<String, Sector>, catch_up: &CatchUp) -> Vec<Shock> {
        let mut shocks = Vec::new();
        for (path, table, at) in self.tables(root, "shock", &SHOCK_KEYS) {
            let date = self.number_or(table, &at, &path, "at", NOT_NEGATIVE, None);
            let mut set = IndexMap::new();
            match table.get("set").map(|node| (&node.value, node)) {
                Some((Value::Table(settings), node)) => {
                    if settings.is_empty() {
                        self.error(&node.at, format!("{path}.set is empty"), "needs a parameter and its new value");
                    }
                    for (key, node) in settings {
                        if let Some(value) = self.setting(key, node, &path, sectors, catch_up) {
                            set.insert(key.clone(), value);
                        }
                    }
                }
                Some((_, node)) => self.wrong_type(node, &format!("{path}.set"), "a table { \"KEY\" = VALUE }"),
                None => self.missing(&at, &format!("{path}.set"), "{ \"KEY\" = VALUE, … }"),
            }
            shocks.push(Shock { at: date, set });
        }
        shocks
    }

    fn setting(
        &mut self,
        key: &str,
        node: &Node,
        path: &str,
        sectors: &IndexMap<String, Sector>,
        catch_up: &CatchUp,
    ) -> Option<Setting> {
        let settable = settable_paths(sectors.keys().map(String::as_str));
        if !settable.iter().any(|path| path == key) {
            let hint = did_you_mean(key, settable.iter().map(String::as_str));
            let mut kinds = vec!["growth.x", "poor.tau", "sector.*.{lambda, alpha, y_R, y_P, x, cluster_R}"];
            let catch_up: Vec<String> = Form::parameter_keys().iter().map(|key| format!("catch_up.{key}")).collect();
            kinds.splice(1..1, catch_up.iter().map(String::as_str));
            let title = format!("{path}.set: a shock cannot set {key:?}");
            self.error(&node.key_at, title, format!("allowed: {}", kinds.join(", "))).hint = hint;
            return None;
        }
        if let Some(parameter) = key.strip_prefix("catch_up.") {
            let form = catch_up.form;
            let other = match parameter {
                "beta" => catch_up.z_hat.and(Some("z_hat")),
                "z_hat" => catch_up.beta.and(Some("beta")),
                _ => None,
            };
            if !form.uses(parameter) {
                let title = format!("{path}.set: {key} means nothing under form = \"{}\"", form.name());
                self.error(&node.key_at, title, format!("{parameter} is not used"));
                return None;
            }
            if let Some(other) = other {
                let title = format!("{path}.set: {key} is not in use");
                self.error(&node.key_at, title, format!("the scenario gives catch_up.{other}: set that"));
                return None;
            }
        }
        match node.value {
            Value::Integer(value) | Value::Float(value) if !key.ends_with(".cluster_R") => Some(Setting::Number(value)),
            Value::Boolean(value) if key.ends_with(".cluster_R") => Some(Setting::Flag(value)),
            _ => {
                let allowed = if key.ends_with(".cluster_R") { "true or false" } else { "a number" };
                self.wrong_type(node, &format!("{path}.set: {key}"), allowed);
                None
            }
        }
    }

    fn solver(&mut self, root: &Table, root_at: &At, form: Form) -> Solver {
        let (table, at) = self.table(root, root_at, "solver", &SOLVER_KEYS);
        let method = self.choice(&table, "solver", "method", &Method::ALL, Method::name).unwrap_or_default();
        if let (Method::Exact, false, Some(node)) = (method, form.has_closed_form(), table.get("method")) {
            let title = format!("solver.method = \"exact\" has no closed form for form = \"{}\"", form.name());
            self.hinted(&node.at, title, "allowed for this form: dopri5", "remove method: dopri5 is the default");
        }
        let rtol = self.number_or(&table, &at, "solver", "rtol", RTOL, Some(Integrator::RTOL));
        let atol = self.number_or(&table, &at, "solver", "atol", POSITIVE, Some(Integrator::ATOL));
        Solver { method: method.name(), rtol, atol }
    }

    fn origin_notes(
        &mut self,
        root: &Table,
        sectors: &IndexMap<String, Sector>,
        policies: usize,
        shocks: usize,
    ) -> IndexMap<String, String> {
        let mut notes = IndexMap::new();
        let Some(node) = root.get("sources") else { return notes };
        let Value::Table(table) = &node.value else {
            self.wrong_type(node, "sources", "a table [sources]");
            return notes;
        };
        let paths = all_paths(sectors.keys().map(String::as_str), policies, shocks);
        for (key, node) in table {
            let known = paths.iter().any(|path| path == key) || shock_setting(key, shocks);
            if !known {
                let hint = did_you_mean(key, paths.iter().map(String::as_str));
                self.error(
                    &node.key_at,
                    format!("sources: there is no key {key:?}"),
                    "allowed: the dotted path of a key, in quotes",
                )
                .hint = hint;
            }
            match &node.value {
                Value::String(text) => {
                    notes.insert(key.clone(), text.clone());
                }
                _ => self.wrong_type(node, &format!("sources.{key}"), "text in quotes"),
            }
        }
        notes
    }
}

fn has(root: &Table, table: &str, key: &str) -> bool {
    root.get(table).is_some_and(|node| matches!(&node.value, Value::Table(table) if table.contains_key(key)))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The keys that a shock may set.
fn settable_paths<'a>(sectors: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut paths = vec!["growth.x".to_owned(), "poor.tau".to_owned()];
    paths.extend(Form::parameter_keys().iter().map(|key| format!("catch_up.{key}")));
    for sector in sectors {
        let keys = ["lambda", "alpha", "y_R", "y_P", "x", "cluster_R"];
        paths.extend(keys.iter().map(|key| format!("sector.{sector}.{key}")));
    }
    paths
}

/// Every key that a value can come from.
fn all_paths<'a>(sectors: impl Iterator<Item = &'a str> + Clone, policies: usize, shocks: usize) -> Vec<String> {
    let mut paths = settable_paths(sectors.clone());
    let mut add = |table: &str, keys: &[&str]| paths.extend(keys.iter().map(|key| format!("{table}.{key}")));
    add("time", &TIME_KEYS);
    add("catch_up", &["form"]);
    add("poor", &POOR_KEYS);
    add("welfare", &["discount_rate"]);
    add("solver", &SOLVER_KEYS);
    sectors.for_each(|sector| add(&format!("sector.{sector}"), &["Z_R", "Z_P"]));
    (0..policies).for_each(|index| add(&format!("policy.{index}"), &POLICY_KEYS));
    (0..shocks).for_each(|index| add(&format!("shock.{index}"), &SHOCK_KEYS));
    paths
}

/// Whether `key` names a value of a shock: `shock.0.set.catch_up.beta`.
fn shock_setting(key: &str, shocks: usize) -> bool {
    (0..shocks).any(|index| key.starts_with(&format!("shock.{index}.set.")))
}
