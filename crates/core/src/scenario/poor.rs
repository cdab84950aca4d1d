//! Reads what P does and what happens to it: `[poor]`, `[[policy]]`, `[[shock]]`.

use super::diagnostics::{At, clip, did_you_mean};
use super::document::{Node, Table, Value};
use super::field::Place;
use super::key::{Key, Section, Takes, join};
use super::keys::{self, CatchUp, ISOLATION, Policy, Poor, Setting, Shock};
use super::paths;
use super::promotion::{Promotion, Rule};
use super::reader::Reader;
use crate::model::catch_up::Pace;
use crate::model::policy::{Sustain, Trade};
use crate::model::rule::Rule as Choosing;
use indexmap::IndexMap;

impl Reader<'_> {
    /// `[poor]`.
    pub fn poor(&mut self, root: &Table, root_at: &At) -> Poor {
        let (table, at) = self.table(root, root_at, Section::Poor);
        let poor = Poor::read(self, Place { table: &table, at: &at, path: "poor" });
        if let Some(Node { value: Value::String(_), at, .. }) = table.get("start") {
            self.check_start(&poor, at);
        }
        poor
    }

    /// Whether the region can start so.
    fn check_start(&mut self, poor: &Poor, at: &At) {
        let start = &poor.start;
        let cluster = start.strip_prefix("cluster:").filter(|name| self.sectors.iter().any(|sector| sector == name));
        let closed = (poor.trade == Trade::Closed).then_some(&poor.closed_clusters);
        match (cluster, closed) {
            (None, _) if start != ISOLATION => {
                let clusters: Vec<String> = self.sectors.iter().map(|name| format!("cluster:{name}")).collect();
                let names: Vec<&str> = std::iter::once(ISOLATION).chain(clusters.iter().map(String::as_str)).collect();
                self.not_among(at, "poor.start", start, &names);
                if let (true, Some(error)) = (self.sectors.contains(start), self.errors.last_mut()) {
                    error.hint = Some(format!("did you mean `cluster:{start}`?"));
                }
            }
            (Some(name), Some(closed)) if !closed.iter().any(|listed| listed == name) => self.hinted(
                at,
                format!("poor.start = \"{start}\", but trade is closed and {name} is not in poor.closed_clusters"),
                "allowed: a closed region starts with the clusters of poor.closed_clusters",
                format!("add \"{name}\" to poor.closed_clusters"),
            ),
            _ => {}
        }
    }

    /// `[[policy]]`, in file order.
    pub fn policies(&mut self, root: &Table, catch_up: &CatchUp) -> Vec<Policy> {
        let policies = self.tables(root, Section::Policy);
        policies.into_iter().map(|(path, table, at)| self.policy(&path, table, &at, catch_up)).collect()
    }

    fn policy(&mut self, path: &str, table: &Table, at: &At, catch_up: &CatchUp) -> Policy {
        let policy = Policy::read(self, Place { table, at, path });
        let from = policy.from;
        if let (Some(until), Some(node)) = (policy.until.filter(|&until| until <= from), table.get("until")) {
            let title = format!("{path}.until = {until} is not after {path}.from = {from}");
            self.hinted(&node.at, title, format!("allowed: a number > {from}"), "both count years after t = 0");
        }
        if !table.contains_key("promote") && !table.contains_key("trade") {
            self.hinted(
                at,
                format!("{path} does nothing: it has neither promote nor trade"),
                "allowed: promote, trade, or both",
                "add `promote = \"SECTOR\"`, or `trade = \"closed\"` or `\"open\"`",
            );
        } else if !table.contains_key("promote") {
            for key in ["sustain", "funded_by"] {
                let Some(node) = table.get(key) else { continue };
                self.hinted(
                    &node.key_at,
                    format!("{path}.{key} means nothing without promote"),
                    format!("allowed: {key} beside promote"),
                    "remove it, or add `promote = \"SECTOR\"`",
                );
            }
        }
        self.check_rule(&policy, path, table, catch_up);
        let promotes = policy.promote.is_some();
        Policy {
            sustain: promotes.then(|| policy.sustain.unwrap_or_default()),
            funded_by: promotes.then(|| policy.funded_by.unwrap_or_default()),
            ..policy
        }
    }

    /// What a policy promotes.
    pub fn promotion_of(&mut self, place: Place<'_>, key: &Key) -> Option<Promotion> {
        let (node, path) = (place.table.get(key.name)?, join(place.path, key.name));
        match &node.value {
            Value::Table(table) => self.rule(table, &node.key_at, &path).map(Promotion::ByRule),
            Value::String(text) => {
                let sector = self.sector_of(place.table, place.path, key.name);
                if let (None, Some(rule), Some(error)) = (&sector, Choosing::from_name(text), self.errors.last_mut()) {
                    error.hint = Some(format!("a rule stands in a table: promote = {{ rule = \"{}\" }}", rule.name()));
                }
                sector.map(Promotion::Sector)
            }
            _ => {
                self.wrong_type(node, &path, &key.takes.words());
                None
            }
        }
    }

    fn rule(&mut self, table: &Table, at: &At, path: &str) -> Option<Rule> {
        self.unknown(table, path, &paths::names(Section::Rule), paths::home);
        let rule = Rule::read(self, Place { table, at, path });
        if !table.contains_key("rule") {
            let rules = Choosing::ALL.map(Choosing::name).join(", ");
            self.missing_with(
                at,
                &join(path, "rule"),
                &rules,
                "add `rule = \"comparative-advantage\"` or another of them",
            );
        }
        let perceived = match table.get("perceived") {
            Some(node) => self.beliefs(node, &join(path, "perceived"), rule.rule),
            None => IndexMap::new(),
        };
        Some(Rule { perceived, ..rule })
    }

    /// What a rule believes of sectors.
    fn beliefs(&mut self, node: &Node, path: &str, rule: Option<Choosing>) -> IndexMap<String, f64> {
        let mut beliefs = IndexMap::new();
        let Value::Table(given) = &node.value else {
            self.wrong_type(node, path, &Takes::Beliefs.words());
            return beliefs;
        };
        if let Some(rule) = rule.filter(|rule| !rule.may_err() && !given.is_empty()) {
            let title = format!("{path} means nothing under the rule {}", rule.name());
            let rules: Vec<&str> =
                Choosing::ALL.into_iter().filter(|rule| rule.may_err()).map(Choosing::name).collect();
            let allowed = format!("allowed: perceived beside {}", rules.join(", "));
            self.hinted(
                &node.key_at,
                title,
                allowed,
                "it looks at the cluster that stands and at nothing else: remove it",
            );
            return beliefs;
        }
        let names: Vec<&Key> = keys::of_section(Section::Perceived).collect();
        let known = |key: &Key| {
            let name = key.name;
            self.sectors.iter().map(move |sector| format!("sector.{sector}.{name}")).collect::<Vec<_>>()
        };
        let known: Vec<(String, &Key)> =
            names.into_iter().flat_map(|key| known(key).into_iter().map(move |path| (path, key))).collect();
        for (name, node) in given {
            match known.iter().find(|(path, _)| path == name) {
                Some((_, Key { takes: Takes::Number(range), .. })) => {
                    beliefs.extend(self.number(node, &join(path, name), *range).map(|value| (name.clone(), value)));
                }
                _ => {
                    let title = format!("{path}: a rule cannot perceive \"{}\"", clip(name));
                    let hint = did_you_mean(name, known.iter().map(|(path, _)| path.as_str()));
                    let allowed = "allowed: \"sector.NAME.lambda\" and \"sector.NAME.y_P\" of the scenario's sectors";
                    self.error(&node.key_at, title, allowed).hint = hint;
                }
            }
        }
        beliefs
    }

    /// What a rule and the rest of its scenario say together.
    fn check_rule(&mut self, policy: &Policy, path: &str, table: &Table, catch_up: &CatchUp) {
        let rule = policy.rule().and_then(|rule| rule.rule);
        let place = |key: &str| table.get(key).map(|node| node.at.clone());
        let sustain = policy.sustain.unwrap_or_default();
        let held_otherwise = match (sustain, rule) {
            (_, Some(rule)) => !rule.allows(sustain),
            (Sustain::Pigou, None) => policy.promote.is_some(),
            (Sustain::Always | Sustain::IfEquilibrium, None) => false,
        };
        if let Some(at) = place("sustain").filter(|_| held_otherwise) {
            let (what, hint) = match (rule, sustain) {
                (Some(Choosing::Porter), Sustain::Always) => (
                    "the rule porter leaves clusters to private initiative: it pays no subsidy".to_owned(),
                    "established holds the cluster that stands; or sustain = \"if-equilibrium\"",
                ),
                _ => (
                    "it pays for the externality by which the rule pigou chooses".to_owned(),
                    "promote = { rule = \"pigou\" }; or sustain = \"always\"",
                ),
            };
            let allowed: Vec<&str> = Sustain::ALL
                .into_iter()
                .filter(|sustain| rule.map_or(*sustain != Sustain::Pigou, |rule| rule.allows(*sustain)))
                .map(Sustain::name)
                .collect();
            let title = format!("{path}.sustain = \"{}\" does not go with this promote: {what}", sustain.name());
            self.hinted(&at, title, format!("allowed here: {}", allowed.join(", ")), hint);
        }
        if let (Some(Choosing::Index), true, Some(at)) = (rule, catch_up.form.runs_away(), place("promote")) {
            let title = format!("{path}.promote: there is no index under catch_up.form = \"{}\"", catch_up.form.name());
            let hint = "z grows past every bound there, and what a cluster is worth for ever has no value";
            let rules: Vec<&str> =
                Choosing::ALL.into_iter().filter(|r| *r != Choosing::Index).map(Choosing::name).collect();
            self.hinted(&at, title, format!("allowed: {}", rules.join(", ")), hint);
        }
    }

    /// `[[shock]]`, in file order.
    pub fn shocks(&mut self, root: &Table, catch_up: &CatchUp) -> Vec<Shock> {
        let settings = Takes::Settings.words();
        let settable = paths::settable(&self.sectors);
        let mut shocks = Vec::new();
        for (path, table, at) in self.tables(root, Section::Shock) {
            let shock = Shock::read(self, Place { table, at: &at, path: &path });
            let path = format!("{path}.set");
            let mut set = IndexMap::new();
            match table.get("set").map(|node| (&node.value, node)) {
                Some((Value::Table(given), node)) => {
                    if given.is_empty() {
                        self.error(&node.at, format!("{path} is empty"), format!("allowed: {settings}"));
                    }
                    for (key, node) in given {
                        if let Some(value) = self.setting(key, node, &path, &settable, catch_up) {
                            set.insert(key.clone(), value);
                        }
                    }
                }
                Some((_, node)) => self.wrong_type(node, &path, &settings),
                None => self.missing(&at, &path, &settings),
            }
            shocks.push(Shock { set, ..shock });
        }
        shocks
    }

    fn setting(
        &mut self,
        key: &str,
        node: &Node,
        path: &str,
        settable: &[String],
        catch_up: &CatchUp,
    ) -> Option<Setting> {
        let known = keys::find(key).filter(|_| settable.iter().any(|path| path == key));
        let Some(known) = known else {
            let title = format!("{path}: a shock cannot set \"{}\"", clip(key));
            let hint = did_you_mean(key, settable.iter().map(String::as_str));
            self.error(&node.key_at, title, format!("allowed: {}", paths::settable_in_words())).hint = hint;
            return None;
        };
        let full = format!("{path}.{key}");
        let parameter = known.name;
        let Takes::Number(range) = known.takes else {
            if let Value::Boolean(value) = node.value {
                return Some(Setting::Flag(value));
            }
            self.wrong_type(node, &full, &known.takes.words());
            return None;
        };
        let form = catch_up.form;
        if known.section == Section::CatchUp {
            let other = match (Pace::from_name(parameter), catch_up.pace()) {
                (Some(pace), Some((in_use, _))) if pace != in_use => Some(in_use.name()),
                _ => None,
            };
            if !form.uses(parameter) {
                self.unused_by_form(&node.key_at, &full, parameter, form);
                return None;
            }
            if let Some(other) = other {
                let title = format!("{full} is not in use: the scenario gives catch_up.{other}");
                self.error(&node.key_at, title, format!("allowed: catch_up.{other}"));
                return None;
            }
        }
        self.number(node, &full, range).map(Setting::Number)
    }
}
