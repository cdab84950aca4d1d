//! Counterfactuals of a scenario: the same with other policies, as a layer on top of its own.

use super::diagnostics::{At, Report};
use super::document::{Node, Table, Value};
use super::keys::Policy;
use super::{Scenario, build};

impl Scenario {
    /// The scenario with its own promotions left out and, if there is a `cluster`, that policy in their place: its shocks, trade
    /// policies, start and selection stay. `what` follows its title.
    ///
    /// # Errors
    /// What is wrong with it then.
    pub fn promoting(&self, name: &str, what: &str, cluster: Option<&Policy>) -> Result<Self, Report> {
        let title = self.keys.title.as_ref().unwrap_or(&self.keys.name);
        let own = self.keys.policy.iter().filter(|policy| policy.trade.is_some());
        let own = own.map(|policy| Policy { promote: None, sustain: None, funded_by: None, ..policy.clone() });
        let policies: Vec<Node> = own.chain(cluster.cloned()).map(|policy| entry(&policy)).collect();
        let mut layer = Table::new();
        layer.insert("name".to_owned(), text(name));
        layer.insert("baseline".to_owned(), node(Value::Boolean(false)));
        layer.insert("title".to_owned(), text(&format!("{title}: {what}")));
        if !policies.is_empty() || !self.keys.policy.is_empty() {
            layer.insert("policy".to_owned(), node(Value::Array(policies)));
        }
        let mut merged = self.merged.clone();
        let built = match merged.apply(node(Value::Table(layer))) {
            Ok(()) => build::scenario(&merged, name, &self.sources),
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
        ("promote", policy.promote.as_deref().map(text)),
        ("sustain", policy.sustain.map(|sustain| text(sustain.name()))),
        ("funded_by", policy.funded_by.map(|payer| text(payer.name()))),
        ("trade", policy.trade.map(|trade| text(trade.name()))),
    ];
    node(Value::Table(keys.into_iter().filter_map(|(key, node)| Some((key.to_owned(), node?))).collect()))
}

fn text(text: &str) -> Node {
    node(Value::String(text.to_owned()))
}

/// A value that no file holds; a mistake in it would point to the start of the first.
fn node(value: Value) -> Node {
    let at = At { source: 0, span: 0..0 };
    Node { at: at.clone(), key_at: at, value }
}
