//! Merged tables → typed keys: types, ranges, unknown and missing keys. Collects every mistake.
//!
//! Here the root, time, catch-up, the solver and the notes on sources; `sectors` and `poor` read the rest.

use super::diagnostics::{At, Diagnostic, brief, clip, did_you_mean};
use super::document::{Node, Table, Value};
use super::extent::Extent;
use super::field::{Field, Place};
use super::key::Section;
use super::keys::{self, CatchUp, Growth, Keys, Regions, SCHEMA_VERSION, Solver, Time, Welfare};
use super::paths;
use super::reader::{MAX_NAME, Reader};
use crate::integrate::Method;
use crate::model::catch_up::{Form, Pace};
use crate::model::range::Range;
use indexmap::IndexMap;

/// The most periods a run may have.
const MAX_PERIODS: f64 = 1_000_000.0;

/// What a text must be.
pub const TEXT: &str = "text in quotes";

/// Whether `name` is fit for a folder, on every system and in a shell: letters, digits, `.`, `_` and `-`, the first a
/// letter or digit.
pub fn names_a_folder(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(legal)
}

impl Reader<'_> {
    /// Everything a scenario says. With mistakes noted in `self.errors` the result is not to be used.
    pub fn keys(&mut self, root: &Node, stem: &str) -> Keys {
        let empty = Table::new();
        let table = if let Value::Table(table) = &root.value { table } else { &empty };
        if let Some(node) = ["vary", "design"].iter().find_map(|key| table.get(*key)) {
            let allowed = "allowed: the keys of a scenario";
            self.hinted(&node.key_at, "this is a sweep, not a scenario", allowed, "run it with `catchup sweep FILE`");
        }
        let sweep = !self.errors.is_empty();
        let newer = self.schema_version(table, &root.at);
        self.unknown(table, "", &paths::names(Section::Root), paths::home);
        let name = self.name(table, &root.at, stem);
        let title = self.title(table);
        let description = self.text(table, "", "description", TEXT).map(|(text, _)| text);
        let baseline = self.boolean(table, "", "baseline", false);
        let regions = self.regions(table, &root.at);
        let time = self.time(table, &root.at);
        let (growth, growth_at) = self.table(table, &root.at, Section::Growth);
        let growth = Growth::read(self, Place { table: &growth, at: &growth_at, path: "growth" });
        let catch_up = self.catch_up(table, &root.at);
        let sector = self.sectors(table, &root.at);
        self.sectors = sector.keys().cloned().collect();
        if !given(table, "growth", "x") {
            self.learning_everywhere(table, &growth_at);
        }
        let poor = self.poor(table, &root.at);
        let policy = self.policies(table, &catch_up);
        let shock = self.shocks(table, &catch_up);
        let (welfare, at) = self.table(table, &root.at, Section::Welfare);
        let welfare = Welfare::read(self, Place { table: &welfare, at: &at, path: "welfare" });
        let solver = self.solver(table, &root.at, catch_up.form);
        let sectors = sector.keys().map(String::as_str).collect();
        let sources = self.origin_notes(table, &Extent { sectors, policies: &policy, shocks: &shock });
        if newer || sweep {
            // What a newer format or a sweep means is not for this reader to say.
            self.errors.truncate(1);
        }
        Keys {
            schema_version: SCHEMA_VERSION,
            name,
            title,
            description,
            baseline,
            regions,
            time,
            growth,
            catch_up,
            sector,
            poor,
            policy,
            shock,
            welfare,
            solver,
            sources,
            series: IndexMap::new(),
        }
    }

    /// Whether the scenario says that it is of a newer format.
    pub fn schema_version(&mut self, root: &Table, at: &At) -> bool {
        let allowed = format!("{SCHEMA_VERSION}, the version that this program reads");
        let Some(node) = root.get("schema_version") else {
            let hint = format!("add `schema_version = {SCHEMA_VERSION}` at the top of the file");
            self.missing_with(at, "schema_version", &allowed, &hint);
            return false;
        };
        match node.value {
            Value::Integer(version) if version == f64::from(SCHEMA_VERSION) => false,
            Value::Integer(version) => {
                let newer = version > f64::from(SCHEMA_VERSION);
                let title = format!("schema_version = {} is not known", clip(self.sources.excerpt(&node.at)));
                let error = self.error(&node.at, title, format!("allowed: {allowed}"));
                error.hint = newer.then(|| "a newer format needs a newer catchup".to_owned());
                newer
            }
            _ => {
                self.wrong_type(node, "schema_version", &allowed);
                false
            }
        }
    }

    /// `name`, or the file's own.
    pub fn name(&mut self, root: &Table, root_at: &At, stem: &str) -> String {
        const ALLOWED: &str =
            "allowed: letters, digits, `.`, `_` and `-`, the first a letter or digit, at most 100 characters";
        let given = self.text(root, "", "name", TEXT);
        if given.is_none() && root.contains_key("name") {
            return String::new();
        }
        let (name, at) = given.clone().unwrap_or_else(|| (stem.to_owned(), root_at.clone()));
        let fine = names_a_folder(&name) && name.len() <= MAX_NAME;
        match given {
            _ if fine => {}
            Some(_) => {
                let title = format!("name = \"{}\" cannot name a run", clip(&name));
                self.hinted(&at, title, ALLOWED, "the run's folder is called by this name");
            }
            None => {
                let title = format!("name is missing, and the file's own, \"{}\", cannot name a run", clip(&name));
                self.hinted(&at, title, ALLOWED, "add `name = \"…\"` at the top of the file, or rename the file");
            }
        }
        name
    }

    /// `title`.
    pub fn title(&mut self, root: &Table) -> Option<String> {
        let (text, at) = self.text(root, "", "title", TEXT)?;
        if text.chars().any(char::is_control) {
            self.hinted(
                &at,
                "title holds a line break or another control character",
                "allowed: one line of text",
                "longer text has its place in description",
            );
        }
        Some(text)
    }

    fn regions(&mut self, root: &Table, root_at: &At) -> Regions {
        let (table, at) = self.table(root, root_at, Section::Regions);
        let regions = Regions::read(self, Place { table: &table, at: &at, path: "regions" });
        if let Some((key, node)) = table.first().filter(|_| regions.poor == regions.rich) {
            let title = format!("regions.{key}: both regions are called {}", clip(&regions.poor));
            self.error(&node.at, title, "allowed: two names");
        }
        regions
    }

    fn time(&mut self, root: &Table, root_at: &At) -> Time {
        let (table, at) = self.table(root, root_at, Section::Time);
        let time = Time::read(self, Place { table: &table, at: &at, path: "time" });
        let Time { horizon, period, .. } = time;
        let at = table.get("horizon").map_or(at, |node| node.at.clone());
        let periods = horizon / period;
        // Where one of the two is wrong, periods is NaN and no comparison holds.
        if periods > MAX_PERIODS * (1.0 + 1e-9) {
            let count = if periods.is_finite() { brief(periods, 8) } else { "more than 1e308".to_owned() };
            self.hinted(
                &at,
                format!("time.horizon / time.period makes {count} periods"),
                "allowed: at most 1,000,000 periods",
                "a longer time.period or a shorter time.horizon",
            );
        } else if (periods - periods.round()).abs() > 1e-9 * periods || periods.round() < 1.0 {
            let near = |count: f64| brief(count * period, 12);
            let (below, above) = (periods.floor(), periods.floor() + 1.0);
            let hint = if below >= 1.0 {
                format!("the nearest are {} and {}", near(below), near(above))
            } else {
                format!("the shortest is {}", near(above))
            };
            let title = format!(
                "time.horizon = {} is not a whole number of periods (time.period = {})",
                brief(horizon, 17),
                brief(period, 17)
            );
            self.hinted(&at, title, "allowed: a multiple of time.period", hint);
        }
        time
    }

    fn catch_up(&mut self, root: &Table, root_at: &At) -> CatchUp {
        let (table, at) = self.table(root, root_at, Section::CatchUp);
        let place = Place { table: &table, at: &at, path: "catch_up" };
        let mistakes = self.errors.len();
        let mut catch_up = CatchUp::read(self, place);
        let form = catch_up.form;
        // Of a form that is not known, nothing can be said about its keys.
        let unknown = |error: &Diagnostic| table.get("form").is_some_and(|node| error.at.as_ref() == Some(&node.at));
        if self.errors[mistakes..].iter().any(unknown) {
            return catch_up;
        }
        for key in Form::parameter_keys() {
            if let (false, Some(node)) = (form.uses(key), table.get(key)) {
                self.unused_by_form(&node.key_at, &format!("catch_up.{key}"), key, form);
            }
        }
        let accepted = Pace::ALL.into_iter().filter(|pace| form.accepts(*pace));
        let given: Vec<(Pace, &Node)> = accepted.filter_map(|pace| Some((pace, table.get(pace.name())?))).collect();
        match given.as_slice() {
            [(first, node), (second, _), ..] => self.hinted(
                &node.at,
                format!("catch_up.{} and catch_up.{} are both given", first.name(), second.name()),
                format!("allowed: one of {}", Pace::ALL.map(Pace::name).join(", ")),
                "z_hat and speed determine beta, sector by sector: remove what is not meant",
            ),
            [] if form.default_beta().is_none() => {
                let instead = match form.accepts(Pace::ZHat) {
                    true => "; or z_hat, between 0 and 1, or speed, per year, instead",
                    false => "",
                };
                self.missing(&at, "catch_up.beta", &format!("{}{instead}", Range::POSITIVE));
            }
            _ => {}
        }
        if let Some(key) = form.shape().and_then(|own| keys::find(&format!("catch_up.{}", own.key))) {
            catch_up.shape.insert(key.name, f64::read(self, place, key));
        }
        if given.is_empty() {
            catch_up.beta = form.default_beta();
        }
        catch_up
    }

    /// Notes a key (or what a shock sets) that means nothing under `form`.
    pub fn unused_by_form(&mut self, at: &At, path: &str, key: &str, form: Form) {
        let users: Vec<&str> = Form::ALL.into_iter().filter(|form| form.uses(key)).map(Form::name).collect();
        let one = if users.len() == 1 { "this form" } else { "one of these forms" };
        self.hinted(
            at,
            format!("{path} means nothing under form = \"{}\"", form.name()),
            format!("used by: {}", users.join(", ")),
            format!("remove it, or choose {one}"),
        );
    }

    fn solver(&mut self, root: &Table, root_at: &At, form: Form) -> Solver {
        let (table, at) = self.table(root, root_at, Section::Solver);
        let solver = Solver::read(self, Place { table: &table, at: &at, path: "solver" });
        if let (Method::Exact, false, Some(node)) = (solver.method, form.has_closed_form(), table.get("method")) {
            let title =
                format!("solver.method = \"exact\" cannot solve form = \"{}\": it has no closed form", form.name());
            let hint = "remove solver.method (dopri5 is the default), or choose another form";
            self.hinted(&node.at, title, "allowed with this form: dopri5", hint);
        }
        solver
    }

    fn origin_notes(&mut self, root: &Table, extent: &Extent<'_>) -> IndexMap<String, String> {
        let mut notes = IndexMap::new();
        let Some(node) = root.get(paths::SOURCES) else { return notes };
        let Value::Table(table) = &node.value else {
            self.wrong_type(node, "sources", "a table [sources]");
            return notes;
        };
        let paths = extent.paths(|_| true);
        for (key, node) in table {
            if !paths.contains(key) {
                let inside = paths.iter().find(|path| path.starts_with(&format!("{key}.")));
                let hint = match inside {
                    Some(path) => Some(format!("{key} is a table: name a key of it, such as `{path}`")),
                    None => did_you_mean(key, paths.iter().map(String::as_str)),
                };
                let title = format!("sources: \"{}\" is no parameter of this scenario", clip(key));
                let allowed = "allowed: the dotted path of a parameter, such as \"catch_up.beta\"";
                self.error(&node.key_at, title, allowed).hint = hint;
            }
            match &node.value {
                Value::String(text) => {
                    notes.insert(key.clone(), text.clone());
                }
                _ => self.wrong_type(node, &format!("sources.{key}"), TEXT),
            }
        }
        notes
    }
}

/// Whether the table `section` of the root says something of `key`.
fn given(root: &Table, section: &str, key: &str) -> bool {
    matches!(root.get(section).map(|node| &node.value), Some(Value::Table(table)) if table.contains_key(key))
}
