//! What people call the things of a scenario: regions, sectors, policies, shocks and the scenario itself. Files keep to
//! identifiers; whatever is read by people takes its names from here.

use super::Scenario;
use super::keys::{Keys, Sector};

/// Names for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The scenario: its title, or its name.
    pub scenario: String,
    /// Region P.
    pub poor: String,
    /// Region R.
    pub rich: String,
    /// In the scenario's order, as files call them.
    names: Vec<String>,
    /// In the same order, as people do.
    sectors: Vec<String>,
    /// In file order; `None` where there is no label.
    policies: Vec<Option<String>>,
    /// In file order; `None` where there is no label.
    shocks: Vec<Option<String>>,
}

impl People {
    fn of(keys: &Keys) -> Self {
        let sector = |(name, sector): (&String, &Sector)| label(name, sector.label.as_deref());
        Self {
            scenario: keys.title.clone().unwrap_or_else(|| keys.name.clone()),
            poor: keys.regions.poor.clone(),
            rich: keys.regions.rich.clone(),
            names: keys.sector.keys().cloned().collect(),
            sectors: keys.sector.iter().map(sector).collect(),
            policies: keys.policy.iter().map(|policy| policy.label.clone()).collect(),
            shocks: keys.shock.iter().map(|shock| shock.label.clone()).collect(),
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

    /// A text of ours with sectors called by their labels; dotted keys stay what they are.
    pub fn retold(&self, text: &str) -> String {
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

    /// The label of policy number `index`.
    pub fn policy(&self, index: usize) -> Option<&str> {
        self.policies.get(index)?.as_deref()
    }

    /// The label of shock number `index`.
    pub fn shock(&self, index: usize) -> Option<&str> {
        self.shocks.get(index)?.as_deref()
    }
}

/// What a sector is called: its label, or its name with spaces for underscores.
pub(super) fn label(name: &str, label: Option<&str>) -> String {
    label.map_or_else(|| name.replace('_', " "), str::to_owned)
}

impl Scenario {
    /// What people call its parts.
    pub fn people(&self) -> People {
        People::of(&self.keys)
    }
}
