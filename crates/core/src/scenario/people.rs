//! What people call the things of a scenario: regions, sectors, policies, shocks and keys. Files keep to
//! identifiers; whatever is read by people takes its names from here.

use super::Scenario;
use super::key::{Count, Key, Section, Takes};
use super::keys::{self, Sector, Shock};
use crate::model::policy::{NAMES, Payer};

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

/// Of a scenario that nobody knows: P, R, and sectors by their names.
impl Default for People {
    fn default() -> Self {
        let [poor, rich] = ["P", "R"].map(str::to_owned);
        Self { poor, rich, names: Vec::new(), sectors: Vec::new(), labels: Vec::new(), acts: Default::default() }
    }
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

    /// The region that pays.
    pub fn payer(&self, payer: Payer) -> &str {
        match payer {
            Payer::P => &self.poor,
            Payer::R => &self.rich,
        }
    }

    /// The label of the i-th policy, where it has one.
    pub fn policy(&self, i: usize) -> Option<&str> {
        self.labelled(Act::Policy, i)
    }

    /// The label of the i-th shock, where it has one.
    pub fn shock(&self, i: usize) -> Option<&str> {
        self.labelled(Act::Shock, i)
    }

    /// The detail of an event with policies, shocks and sectors called by their labels, and keys in words.
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
            told += &match &rest[..word] {
                path if path.contains('.') => self.phrase(path),
                name => self.sector(name).to_owned(),
            };
            rest = &rest[word..];
        }
        told
    }

    /// What a shock sets, keys in words.
    pub fn settings(&self, shock: &Shock) -> String {
        let set = shock.set.iter().map(|(key, value)| format!("{} = {value}", self.phrase(key)));
        set.collect::<Vec<_>>().join("; ")
    }

    /// The key at a dotted path in words, its sector, policy or shock before them: what a picture calls it. The path itself where
    /// it is no key. Plain text.
    pub fn key(&self, path: &str) -> String {
        let Some((key, which)) = keys::locate(path) else { return path.to_owned() };
        // What a shock sets is the key that it sets.
        if let Some((at, set)) = set_by_shock(path) {
            return format!("{}: {}", self.nth(Act::Shock, at), self.key(set));
        }
        let meaning = uncapital(key.meaning);
        match (which, key.section, key.section.count()) {
            (Some(at), Section::Perceived, _) => {
                let believed = believed(path);
                format!("{} believes: {}", self.nth(Act::Policy, at), self.key(believed))
            }
            (Some(at), Section::Policy | Section::Rule, _) => format!("{}: {meaning}", self.nth(Act::Policy, at)),
            (Some(at), Section::Shock, _) => format!("{}: {meaning}", self.nth(Act::Shock, at)),
            (Some(name), _, Count::Named) => format!("{}: {meaning}", capital(&self.named(name))),
            _ => key.meaning.to_owned(),
        }
    }

    /// The same, with its unit: the label of an axis or of a bar.
    pub fn key_with_unit(&self, path: &str) -> String {
        let words = self.key(path);
        unit(path).map_or_else(|| words.clone(), |unit| format!("{words}, {unit}"))
    }

    /// The key at a dotted path as a sentence speaks of it, with its symbol: the learning rate x, the externality λ of high tech. What
    /// has no such words is called as on a picture, between quotation marks; the path itself where it is no key.
    pub fn phrase(&self, path: &str) -> String {
        let Some((key, which)) = keys::locate(path) else { return path.to_owned() };
        let which = which.unwrap_or("");
        if let Some((at, set)) = set_by_shock(path) {
            return format!("{} as {} sets it", self.phrase(set), self.act(Act::Shock, at));
        }
        let policy = || self.act(Act::Policy, which);
        let noun = match (key.section, key.name) {
            (Section::Sector, "lambda") => "the externality λ",
            (Section::Sector, "alpha") => "the expenditure share α",
            (Section::Sector, "y_R") => "the productivity y_R",
            (Section::Sector, "y_P") => "the productivity y_P",
            (Section::Sector, "Z_R") => "the initial technology Z_R",
            (Section::Sector, "Z_P") => "the initial technology Z_P",
            (Section::Sector | Section::Growth, "x") => "the learning rate x",
            (Section::Sector, "cluster_R") => {
                return format!("whether {} has a cluster in {}", self.rich, self.named(which));
            }
            (Section::CatchUp, "form") => "the form of catch-up",
            (Section::CatchUp, "beta") => "the speed of catch-up β",
            (Section::CatchUp, "z_hat") => "the steady state ẑ",
            (Section::CatchUp, "speed") => "the speed of convergence",
            (Section::Poor, "start") => "the regime before t = 0",
            (Section::Poor, "selection") => "the selection of equilibria",
            (Section::Poor, "trade") => "trade",
            (Section::Poor, "tau") => "the build-up time τ",
            (Section::Policy, "from") => return format!("the first date of {}", policy()),
            (Section::Policy, "until") => return format!("the first date without {}", policy()),
            (Section::Policy, "promote") => return format!("the cluster that {} promotes", policy()),
            (Section::Policy, "trade") => return format!("trade under {}", policy()),
            (Section::Perceived, _) => {
                return format!("{} as {} believes it to be", self.phrase(believed(path)), policy());
            }
            (Section::Shock, "at") => return format!("the date of {}", self.act(Act::Shock, which)),
            (Section::Welfare, "discount_rate") => "the discount rate ρ",
            (Section::Welfare, "cost_of_funds") => "the cost of public funds μ",
            _ => return format!("“{}”", self.key(path)),
        };
        let owned = !which.is_empty() && key.section.count() == Count::Named;
        if owned { format!("{noun} of {}", self.named(which)) } else { noun.to_owned() }
    }

    /// A word that the key at a dotted path takes, sectors called by their labels.
    pub fn value(&self, path: &str, word: &str) -> String {
        match keys::find(path).map(|key| key.takes) {
            Some(Takes::Start) => match word.strip_prefix("cluster:") {
                Some(sector) => format!("a cluster in {}", self.named(sector.trim())),
                None => word.to_owned(),
            },
            Some(Takes::Promotion) => self.retold(word),
            _ => word.to_owned(),
        }
    }

    /// A sector, whether or not it is known.
    fn named(&self, name: &str) -> String {
        let known = self.names.iter().position(|other| other == name);
        known.map_or_else(|| label(name, None), |i| self.sectors[i].clone())
    }

    /// The policy or shock at an index that counts from 0 as a picture calls it: its label, or its number as people count.
    fn nth(&self, act: Act, at: &str) -> String {
        let what = capital(act.noun());
        let Ok(at) = at.parse::<usize>() else { return what };
        self.labelled(act, at).map_or_else(|| format!("{what} {}", at + 1), str::to_owned)
    }

    /// The same in a sentence: the only one needs no number.
    fn act(&self, act: Act, at: &str) -> String {
        match at.parse::<usize>() {
            Ok(at) => match (self.labelled(act, at), self.acts[act as usize].len()) {
                (Some(label), _) => format!("“{label}”"),
                (None, 1) => format!("the {}", act.noun()),
                (None, _) => format!("{} {}", act.noun(), at + 1),
            },
            Err(_) => act.noun().to_owned(),
        }
    }

    fn labelled(&self, act: Act, at: usize) -> Option<&str> {
        self.acts[act as usize].get(at)?.as_deref()
    }
}

/// What is numbered in a scenario.
#[derive(Debug, Clone, Copy)]
enum Act {
    Policy,
    Shock,
}

impl Act {
    const fn noun(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Shock => "shock",
        }
    }
}

/// The index of the shock that sets a key, and the key, where a path is of that kind.
fn set_by_shock(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("shock.")?.split_once(".set.")
}

/// The key of which a rule believes something.
fn believed(path: &str) -> &str {
    path.split_once(".perceived.").map_or("", |(_, believed)| believed)
}

/// The unit of the key at a dotted path, for axes; `None` for pure numbers and for what is no number.
pub fn unit(path: &str) -> Option<&'static str> {
    keys::find(path).and_then(Key::unit_shown)
}

/// With a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Without one, unless it begins with a symbol such as L_P.
fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    let word = text.chars().nth(1).is_some_and(char::is_lowercase);
    match letters.next() {
        Some(first) if word => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_by_their_meaning_and_by_what_they_belong_to() {
        let nobody = People::default();
        let cases = [
            ("catch_up.beta", "β, speed of catch-up"),
            ("sector.high_tech.lambda", "High tech: λ, static benefit of a cluster"),
            ("sector.high_tech.y_P", "High tech: exogenous productivity in P"),
            ("policy.0.until", "Policy 1: no longer active from this date on"),
            ("shock.1.set.sector.high_tech.y_R", "Shock 2: High tech: exogenous productivity in R"),
            (
                "policy.0.promote.perceived.sector.steel.lambda",
                "Policy 1 believes: Steel: λ, static benefit of a cluster",
            ),
            ("lambda_guessed", "lambda_guessed"),
        ];
        for (path, words) in cases {
            assert_eq!(nobody.key(path), words);
        }
        let phrases = [
            ("catch_up.beta", "the speed of catch-up β"),
            ("growth.x", "the learning rate x"),
            ("sector.high_tech.x", "the learning rate x of high tech"),
            ("sector.high_tech.lambda", "the externality λ of high tech"),
            ("policy.0.until", "the first date without policy 1"),
            ("shock.1.set.sector.high_tech.y_R", "the productivity y_R of high tech as shock 2 sets it"),
            (
                "policy.0.promote.perceived.sector.steel.lambda",
                "the externality λ of steel as policy 1 believes it to be",
            ),
            ("solver.rtol", "“Relative tolerance on ln z”"),
            ("lambda_guessed", "lambda_guessed"),
        ];
        for (path, words) in phrases {
            assert_eq!(nobody.phrase(path), words);
        }
        assert_eq!(["catch_up.beta", "sector.a.lambda", "nothing"].map(unit), [Some("per year"), None, None]);
        assert_eq!(unit("shock.0.set.growth.x"), Some("per year"));
    }
}
