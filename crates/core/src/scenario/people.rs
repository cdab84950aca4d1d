//! What people call the things of a scenario: regions, sectors, policies and shocks. Files keep to
//! identifiers; whatever is read by people takes its names from here.

use super::Scenario;
use super::keys::Sector;
use crate::model::policy::NAMES;

/// Names for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Region P.
    pub poor: String,
    /// Region R.
    pub rich: String,
    /// In the scenario's order, as files call them.
    names: Vec<String>,
    /// In the same order, as people do.
    sectors: Vec<String>,
    /// Labels of policies and shocks, behind what their events say.
    labels: Vec<(String, String)>,
    /// Those of policies and those of shocks, in the scenario's order.
    acts: [Vec<Option<String>>; 2],
}

impl People {
    fn of(scenario: &Scenario) -> Self {
        let (keys, problem) = (&scenario.keys, &scenario.problem);
        let sector = |(name, sector): (&String, &Sector)| label(name, sector.label.as_deref());
        let policies = keys.policy.iter().zip(&problem.policies);
        let policies = policies.map(|(keys, policy)| (&keys.label, policy.describe(&problem.sectors)));
        let shocks = keys.shock.iter().map(|shock| (&shock.label, shock.describe()));
        let labelled = policies.chain(shocks).filter_map(|(label, detail)| Some((detail, label.clone()?)));
        Self {
            poor: keys.regions.poor.clone(),
            rich: keys.regions.rich.clone(),
            names: keys.sector.keys().cloned().collect(),
            sectors: keys.sector.iter().map(sector).collect(),
            labels: labelled.collect(),
            acts: [
                keys.policy.iter().map(|policy| policy.label.clone()).collect(),
                keys.shock.iter().map(|shock| shock.label.clone()).collect(),
            ],
        }
    }

    /// The sector that files call `name`.
    pub fn sector<'a>(&'a self, name: &'a str) -> &'a str {
        let place = self.names.iter().position(|other| other == name);
        place.map_or(name, |i| self.sectors[i].as_str())
    }

    /// All sectors, in the scenario's order.
    pub fn sectors(&self) -> &[String] {
        &self.sectors
    }

    /// The label of the i-th policy, where it has one.
    pub fn policy(&self, i: usize) -> Option<&str> {
        self.acts[0].get(i)?.as_deref()
    }

    /// The label of the i-th shock, where it has one.
    pub fn shock(&self, i: usize) -> Option<&str> {
        self.acts[1].get(i)?.as_deref()
    }

    /// The detail of an event with policies, shocks and sectors called by their labels; dotted keys stay what they are.
    pub fn retold(&self, text: &str) -> String {
        if let Some((_, label)) = self.labels.iter().find(|(detail, _)| detail == text) {
            return label.clone();
        }
        // What a rule names stands behind what its policy does.
        if let Some((policy, named)) = text.split_once(NAMES)
            && let Some((_, label)) = self.labels.iter().find(|(detail, _)| detail == policy)
        {
            return format!("{label}{NAMES}{}", self.retold(named));
        }
        let inside = |c: char| c.is_alphanumeric() || "_.".contains(c);
        let mut told = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c| inside(c) != inside(first)).unwrap_or(rest.len());
            told += self.sector(&rest[..word]);
            rest = &rest[word..];
        }
        told
    }
}

/// What a sector is called: its label, or its name with spaces for underscores.
pub(super) fn label(name: &str, label: Option<&str>) -> String {
    label.map_or_else(|| name.replace('_', " "), str::to_owned)
}

impl Scenario {
    /// What people call its parts.
    pub fn people(&self) -> People {
        People::of(self)
    }
}
