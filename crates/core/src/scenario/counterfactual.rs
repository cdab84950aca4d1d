//! Counterfactuals of a scenario: the same with other policies, as a layer on top of its own.

use super::diagnostics::{At, Report};
use super::document::{Node, Table, Value};
use super::key::Section;
use super::keys::{ISOLATION, Policy};
use super::promotion::{Promotion, Rule};
use super::sweep::{Level, layer};
use super::{Scenario, build};
use crate::integrate::Method;
use crate::model::policy::Selection;

impl Scenario {
    /// The scenario with its own promotions left out and, if there is a `cluster`, that policy in their place: its shocks, trade
    /// policies, start and selection stay. `what` follows its title.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn promoting(&self, name: &str, what: &str, cluster: Option<&Policy>) -> Result<Self, Report> {
        self.with(name, what, self.policies(cluster))
    }

    /// The scenario without clusters where trade is open: no promotions, isolation from the start and by the rule of selection.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn isolated(&self, name: &str, what: &str) -> Result<Self, Report> {
        let poor = [("start", text(ISOLATION)), ("selection", text(Selection::Isolation.name()))];
        let mut layer = self.policies(None);
        layer.insert("poor".to_owned(), table(poor));
        self.with(name, what, layer)
    }

    /// The scenario under another rule of selection.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn selecting(&self, name: &str, what: &str, rule: Selection) -> Result<Self, Report> {
        let poor = table([("selection", text(rule.name()))]);
        self.with(name, what, std::iter::once(("poor".to_owned(), poor)).collect())
    }

    /// The scenario with one of its policies left out.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn without_policy(&self, index: usize) -> Result<Self, Report> {
        self.without(Section::Policy, index)
    }

    /// The scenario with one of its shocks left out.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn without_shock(&self, index: usize) -> Result<Self, Report> {
        self.without(Section::Shock, index)
    }

    /// The scenario with an entry of a list left out.
    fn without(&self, section: Section, index: usize) -> Result<Self, Report> {
        let list = if let Value::Table(root) = &self.merged.root.value { root.get(section.name()) } else { None };
        let mut list = list.cloned().unwrap_or_else(|| node(Value::Array(Vec::new())));
        if let Value::Array(entries) = &mut list.value
            && index < entries.len()
        {
            entries.remove(index);
        }
        let what = format!("without {}.{index}", section.name());
        self.with(&self.keys.name, &what, std::iter::once((section.name().to_owned(), list)).collect())
    }

    /// The scenario with another value of a key, as `--set KEY=VALUE` gives it.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn set(&self, key: &str, value: &Level) -> Result<Self, Report> {
        let at = At { source: 0, span: 0..0 };
        match layer(key, value, &at, &at).value {
            Value::Table(layer) => self.with(&self.keys.name, &format!("{key} = {}", value.toml()), layer),
            _ => Ok(self.clone()),
        }
    }

    /// The scenario from another start: with a mature cluster in that sector, or in isolation.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn starting(&self, cluster: Option<&str>) -> Result<Self, Report> {
        let (start, what) = match cluster {
            Some(sector) => (format!("cluster:{sector}"), format!("from a cluster in {sector}")),
            None => (ISOLATION.to_owned(), "from isolation".to_owned()),
        };
        let poor = table([("start", text(&start))]);
        self.with(&self.keys.name, &what, std::iter::once(("poor".to_owned(), poor)).collect())
    }

    /// The scenario solved in closed form, where its form has one and whatever its method: what is run by the ten thousand takes
    /// a tenth of the time so.
    ///
    /// # Errors
    /// None that the scenario itself does not have.
    pub fn in_closed_form(&self) -> Result<Self, Report> {
        if self.solver.method == Method::Exact || !self.keys.catch_up.form.has_closed_form() {
            return Ok(self.clone());
        }
        let solver = table([("method", text(Method::Exact.name()))]);
        self.under(&self.keys.name, std::iter::once(("solver".to_owned(), solver)).collect())
    }

    /// A layer that replaces the promotions by `cluster`, and keeps what policies say of trade.
    fn policies(&self, cluster: Option<&Policy>) -> Table {
        let own = self.keys.policy.iter().filter(|policy| policy.trade.is_some());
        let own = own.map(|policy| Policy { promote: None, sustain: None, funded_by: None, ..policy.clone() });
        let policies: Vec<Node> = own.chain(cluster.cloned()).map(|policy| entry(&policy)).collect();
        let mut layer = Table::new();
        if !policies.is_empty() || !self.keys.policy.is_empty() {
            layer.insert("policy".to_owned(), node(Value::Array(policies)));
        }
        layer
    }

    /// The scenario under another name, with `layer` on top of its own; `what` follows its title.
    fn with(&self, name: &str, what: &str, mut layer: Table) -> Result<Self, Report> {
        let title = self.keys.title.as_ref().unwrap_or(&self.keys.name);
        layer.insert("name".to_owned(), text(name));
        layer.insert("baseline".to_owned(), node(Value::Boolean(false)));
        layer.insert("title".to_owned(), text(&format!("{title}: {what}")));
        self.under(name, layer)
    }

    /// The scenario with `layer` on top of its own; it is called `name` where no layer says how.
    fn under(&self, name: &str, layer: Table) -> Result<Self, Report> {
        let mut merged = self.merged.clone();
        let built = match merged.apply(node(Value::Table(layer))) {
            Ok(()) => {
                // What this layer leaves as it was, nobody has set in vain.
                merged.idle.clone_from(&self.merged.idle);
                build::scenario(&merged, name, &self.sources)
            }
            Err(error) => Err(vec![error]),
        };
        match built {
            Ok((keys, problem, solver)) => {
                Ok(Self { path: self.path.clone(), keys, problem, solver, merged, sources: self.sources.clone() })
            }
            Err(diagnostics) => Err(Report::new(self.sources.clone(), diagnostics)),
        }
    }
}

/// A policy as an entry of `[[policy]]`.
fn entry(policy: &Policy) -> Node {
    let number = |number: f64| node(Value::Float(number));
    let keys = [
        ("from", Some(number(policy.from))),
        ("until", policy.until.map(number)),
        ("label", policy.label.as_deref().map(text)),
        ("promote", policy.promote.as_ref().map(promotion)),
        ("sustain", policy.sustain.map(|sustain| text(sustain.name()))),
        ("funded_by", policy.funded_by.map(|payer| text(payer.name()))),
        ("trade", policy.trade.map(|trade| text(trade.name()))),
    ];
    table(keys.into_iter().filter_map(|(key, node)| Some((key, node?))))
}

fn promotion(promotion: &Promotion) -> Node {
    match promotion {
        Promotion::Sector(sector) => text(sector),
        Promotion::ByRule(Rule { rule, decide, perceived }) => {
            let believed = perceived.iter().map(|(key, value)| (key.clone(), node(Value::Float(*value))));
            let keys = [
                ("rule", rule.map(|rule| text(rule.name()))),
                ("decide", Some(text(decide.name()))),
                ("perceived", (!perceived.is_empty()).then(|| node(Value::Table(believed.collect())))),
            ];
            table(keys.into_iter().filter_map(|(key, node)| Some((key, node?))))
        }
    }
}

fn table(entries: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    node(Value::Table(entries.into_iter().map(|(key, node)| (key.to_owned(), node)).collect()))
}

fn text(text: &str) -> Node {
    node(Value::String(text.to_owned()))
}

/// A value that no file holds; a mistake in it would point to the start of the first.
fn node(value: Value) -> Node {
    let at = At { source: 0, span: 0..0 };
    Node { at: at.clone(), key_at: at, value }
}
