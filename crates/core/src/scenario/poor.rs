//! Reads what P does and what happens to it: `[poor]`, `[[policy]]`, `[[shock]]`.

use super::diagnostics::{At, clip, did_you_mean};
use super::document::{Node, Table, Value};
use super::keys::{CatchUp, Policy, Poor, Sector, Setting, Shock};
use super::paths::{self, POLICY_KEYS, POOR_KEYS, SHOCK_KEYS};
use super::reader::{ANY, Allowed, NOT_NEGATIVE, Reader, list, range};
use crate::model::policy::{Selection, Sustain, Trade};
use indexmap::IndexMap;

type Sectors = IndexMap<String, Sector>;

impl Reader<'_> {
    /// `[poor]`.
    pub fn poor(&mut self, root: &Table, root_at: &At, sectors: &Sectors) -> Poor {
        let (table, _) = self.table(root, root_at, "poor", &POOR_KEYS);
        let selection = self.choice(&table, "poor", "selection", &Selection::ALL, Selection::name).unwrap_or_default();
        let trade = self.choice(&table, "poor", "trade", &Trade::ALL, Trade::name).unwrap_or_default();
        let closed_clusters = self.closed_clusters(&table, sectors);
        let start = self.start(&table, sectors, (trade == Trade::Closed).then_some(&closed_clusters));
        let tau = self.number_or(&table, "poor", "tau", range("tau"), 0.0);
        Poor { start, selection: selection.name(), trade: trade.name(), closed_clusters, tau }
    }

    fn closed_clusters(&mut self, table: &Table, sectors: &Sectors) -> Vec<String> {
        const PATH: &str = "poor.closed_clusters";
        let mut clusters = Vec::new();
        let Some(node) = table.get("closed_clusters") else { return clusters };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, PATH, "a list of sectors, such as [\"textiles\"]");
            return clusters;
        };
        for item in items {
            match &item.value {
                Value::String(name) if clusters.contains(name) => {
                    self.error(&item.at, format!("{PATH} names {name} twice"), "allowed: each sector once");
                }
                Value::String(name) => {
                    if self.is_sector(name, &item.at, PATH, sectors) {
                        clusters.push(name.clone());
                    }
                }
                _ => self.wrong_type(item, &format!("{PATH}: an entry"), "the name of a sector in quotes"),
            }
        }
        clusters
    }

    /// `closed` lists the clusters of a closed region; `None` where trade is open.
    fn start(&mut self, table: &Table, sectors: &Sectors, closed: Option<&Vec<String>>) -> String {
        const ISOLATION: &str = "isolation";
        let given = self.text(table, "poor", "start", "\"isolation\" or \"cluster:SECTOR\"");
        let Some((start, at)) = given else { return ISOLATION.to_owned() };
        let cluster = start.strip_prefix("cluster:").filter(|name| sectors.contains_key(*name));
        match (cluster, closed) {
            (None, _) if start != ISOLATION => {
                let clusters: Vec<String> = sectors.keys().map(|name| format!("cluster:{name}")).collect();
                let names: Vec<&str> = std::iter::once(ISOLATION).chain(clusters.iter().map(String::as_str)).collect();
                self.not_among(&at, "poor.start", &start, &names);
                if let (true, Some(error)) = (sectors.contains_key(&start), self.errors.last_mut()) {
                    error.hint = Some(format!("did you mean `cluster:{start}`?"));
                }
            }
            (Some(name), Some(closed)) if !closed.iter().any(|listed| listed == name) => self.hinted(
                &at,
                format!("poor.start = \"{start}\", but trade is closed and {name} is not in poor.closed_clusters"),
                "allowed: a closed region starts with the clusters of poor.closed_clusters",
                format!("add \"{name}\" to poor.closed_clusters"),
            ),
            _ => {}
        }
        start
    }

    /// `[[policy]]`, in file order.
    pub fn policies(&mut self, root: &Table, sectors: &Sectors) -> Vec<Policy> {
        let policies = self.tables(root, "policy", &POLICY_KEYS);
        policies.into_iter().map(|(path, table, at)| self.policy(&path, table, &at, sectors)).collect()
    }

    fn policy(&mut self, path: &str, table: &Table, at: &At, sectors: &Sectors) -> Policy {
        let from = self.number_or(table, path, "from", NOT_NEGATIVE, 0.0);
        let until = self.optional(table, path, "until", ANY);
        if let (Some(until), Some(node)) = (until.filter(|&until| until <= from), table.get("until")) {
            let title = format!("{path}.until = {until} is not after {path}.from = {from}");
            self.hinted(&node.at, title, format!("allowed: a number > {from}"), "both count years after t = 0");
        }
        let names: Vec<&str> = sectors.keys().map(String::as_str).collect();
        let promote = self.text(table, path, "promote", &format!("a sector ({})", list(&names)));
        let promote = promote.filter(|(name, at)| self.is_sector(name, at, &format!("{path}.promote"), sectors));
        let sustain = self.choice(table, path, "sustain", &Sustain::ALL, Sustain::name);
        let trade = self.choice(table, path, "trade", &Trade::ALL, Trade::name);
        if !table.contains_key("promote") && !table.contains_key("trade") {
            self.hinted(
                at,
                format!("{path} does nothing: it has neither promote nor trade"),
                "allowed: promote, trade, or both",
                "add `promote = \"SECTOR\"`, or `trade = \"closed\"` or `\"open\"`",
            );
        } else if let (Some(node), false) = (table.get("sustain"), table.contains_key("promote")) {
            self.hinted(
                &node.key_at,
                format!("{path}.sustain means nothing without promote"),
                "allowed: sustain beside promote",
                "remove it, or add `promote = \"SECTOR\"`",
            );
        }
        let promote = promote.map(|(name, _)| name);
        let sustain = promote.is_some().then(|| sustain.unwrap_or_default().name());
        Policy { from, until, promote, sustain, trade: trade.map(Trade::name) }
    }

    /// `[[shock]]`, in file order.
    pub fn shocks(&mut self, root: &Table, sectors: &Sectors, catch_up: &CatchUp) -> Vec<Shock> {
        const SET: &str = "{ \"catch_up.beta\" = 0.08 } or the like";
        let settable = paths::settable(sectors.keys().map(String::as_str));
        let mut shocks = Vec::new();
        for (path, table, at) in self.tables(root, "shock", &SHOCK_KEYS) {
            let date = self.required(table, &at, &path, "at", NOT_NEGATIVE);
            let path = format!("{path}.set");
            let mut set = IndexMap::new();
            match table.get("set").map(|node| (&node.value, node)) {
                Some((Value::Table(settings), node)) => {
                    if settings.is_empty() {
                        self.error(&node.at, format!("{path} is empty"), format!("allowed: {SET}"));
                    }
                    for (key, node) in settings {
                        if let Some(value) = self.setting(key, node, &path, &settable, catch_up) {
                            set.insert(key.clone(), value);
                        }
                    }
                }
                Some((_, node)) => self.wrong_type(node, &path, SET),
                None => self.missing(&at, &path, SET),
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
        settable: &[String],
        catch_up: &CatchUp,
    ) -> Option<Setting> {
        if !settable.iter().any(|path| path == key) {
            let title = format!("{path}: a shock cannot set \"{}\"", clip(key));
            let hint = did_you_mean(key, settable.iter().map(String::as_str));
            self.error(&node.key_at, title, format!("allowed: {}", paths::settable_in_words())).hint = hint;
            return None;
        }
        let full = format!("{path}.{key}");
        let parameter = key.rsplit('.').next().unwrap_or(key);
        if parameter == "cluster_R" {
            if let Value::Boolean(value) = node.value {
                return Some(Setting::Flag(value));
            }
            self.wrong_type(node, &full, "true or false");
            return None;
        }
        let form = catch_up.form;
        if key.starts_with("catch_up.") {
            let other = match parameter {
                "beta" => catch_up.z_hat.and(Some("z_hat")),
                "z_hat" => catch_up.beta.and(Some("beta")),
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
        let allowed = match form.shape() {
            Some(own) if own.key == parameter => Allowed(own.allowed, own.contains),
            _ => range(parameter),
        };
        self.number(node, &full, allowed).map(Setting::Number)
    }
}
