//! Every dotted path that the keys of one scenario have.

use super::key::{Key, Section};
use super::keys::{Keys, Policy, Shock, all, find};

/// What of a scenario its dotted paths depend on.
#[derive(Debug, Clone)]
pub struct Extent<'a> {
    /// Names of the sectors.
    pub sectors: Vec<&'a str>,
    /// The policies.
    pub policies: &'a [Policy],
    /// The shocks.
    pub shocks: &'a [Shock],
}

impl Extent<'_> {
    /// Every dotted path that such a key has in the scenario; those that a shock may set come first.
    pub fn paths(&self, wanted: impl Fn(&Key) -> bool) -> Vec<String> {
        let below_the_root = |key: &&Key| key.section != Section::Root && wanted(key);
        let (shocked, others): (Vec<&Key>, Vec<&Key>) =
            all().iter().filter(below_the_root).partition(|key| key.shocked);
        let mut paths: Vec<String> = shocked.into_iter().chain(others).flat_map(|key| self.paths_of(key)).collect();
        for (index, shock) in self.shocks.iter().enumerate() {
            let set = shock.set.keys().filter(|path| find(path).is_some_and(&wanted));
            paths.extend(set.map(|path| format!("shock.{index}.set.{path}")));
        }
        paths
    }

    /// The policies that go by a rule.
    fn by_rule(&self) -> impl Iterator<Item = usize> {
        (0..self.policies.len()).filter(|&index| self.policies[index].rule().is_some())
    }

    fn paths_of(&self, key: &Key) -> Vec<String> {
        let section = key.section.name();
        let indexed = |count: usize| (0..count).map(|index| format!("{section}.{index}.{}", key.name)).collect();
        match key.section {
            Section::Sector => self.sectors.iter().map(|name| format!("{section}.{name}.{}", key.name)).collect(),
            Section::Policy => indexed(self.policies.len()),
            Section::Rule => self.by_rule().map(|index| format!("policy.{index}.promote.{}", key.name)).collect(),
            Section::Perceived => {
                let of = |index: usize| {
                    let each = self.sectors.iter();
                    each.map(move |name| format!("policy.{index}.promote.perceived.sector.{name}.{}", key.name))
                };
                self.by_rule().flat_map(of).collect()
            }
            Section::Shock => indexed(self.shocks.len()),
            // They stand inside the value of another key.
            Section::Series => Vec::new(),
            Section::Root
            | Section::Regions
            | Section::Time
            | Section::Growth
            | Section::CatchUp
            | Section::Poor
            | Section::Welfare
            | Section::Solver
            | Section::Design
            | Section::Keep => vec![key.path()],
        }
    }
}

impl Keys {
    /// What its dotted paths depend on.
    pub fn extent(&self) -> Extent<'_> {
        Extent {
            sectors: self.sector.keys().map(String::as_str).collect(),
            policies: &self.policy,
            shocks: &self.shock,
        }
    }
}
