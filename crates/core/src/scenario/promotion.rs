//! The keys of what a policy promotes: a sector, or a rule that names one and what that rule believes.

use super::field::{Field, Place, is_absent, section};
use super::key::{GOODS, Goes, Key, Otherwise, PURE, Section, Takes};
use super::reader::Reader;
use crate::model::range::Range;
use crate::model::rule::{Belief, ByRule, Decide, Rule as Choosing};
use indexmap::IndexMap;
use serde::Serialize;

/// What a policy promotes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Promotion {
    /// The cluster of this sector.
    Sector(String),
    /// The cluster that a rule names.
    ByRule(Rule),
}

section! {
    /// `promote` of a policy, where a rule names the sector.
    Rule of Rule {
        rule: Option<Choosing> = "Rule that names the sector", Key::word::<Choosing>();
        decide: Decide = "When it chooses", Key::word::<Decide>().or(Otherwise::Text(|| Decide::default().name()));
    } and {
        /// What it believes by dotted key, where that is not what is true.
        #[serde(skip_serializing_if = "IndexMap::is_empty")]
        perceived: IndexMap<String, f64>,
    }
}

impl Rule {
    /// A rule that chooses once, and sees what is true.
    pub fn once(rule: Choosing) -> Self {
        Self { rule: Some(rule), decide: Decide::Once, perceived: IndexMap::new() }
    }

    /// The rule over these sectors; `None` where none is given.
    pub(super) fn over<'a>(&self, sectors: impl Iterator<Item = &'a String>) -> Option<ByRule> {
        let believed = |sector: &str, key: &str| self.perceived.get(&format!("sector.{sector}.{key}")).copied();
        let belief = |name: &String| Belief { lambda: believed(name, "lambda"), y_P: believed(name, "y_P") };
        Some(ByRule { rule: self.rule?, decide: self.decide, perceived: sectors.map(belief).collect() })
    }
}

/// What a rule believes, beside what [`Rule::KEYS`] holds.
pub(super) const PERCEIVED: Key = Key {
    section: Section::Rule,
    name: "perceived",
    meaning: "What the rule believes, by dotted key, where that is not what is true",
    ..Key::taking(Takes::Beliefs).or(Otherwise::Said("what is true")).rule("the keys below; not with `established`")
};

/// What a rule may believe of a sector.
pub(super) const BELIEFS: [Key; 2] = [
    Key {
        section: Section::Perceived,
        name: "lambda",
        meaning: "λ as the rule believes it to be",
        ..Key::number(PURE, Range::AT_LEAST_ONE)
            .or(Otherwise::Said("the sector's own"))
            .goes(Goes::Belief(|belief| belief.lambda.get_or_insert(1.0)))
    },
    Key {
        section: Section::Perceived,
        name: "y_P",
        meaning: "y_P as the rule believes it to be",
        ..Key::number(GOODS, Range::POSITIVE)
            .or(Otherwise::Said("the sector's own"))
            .goes(Goes::Belief(|belief| belief.y_P.get_or_insert(1.0)))
    },
];

/// A sector, or a rule that names one; its own keys are shown beside it.
impl Field for Option<Promotion> {
    fn read(reader: &mut Reader<'_>, place: Place<'_>, key: &Key) -> Self {
        reader.promotion_of(place, key)
    }

    fn shown(&self) -> Option<String> {
        match self {
            Some(Promotion::Sector(sector)) => Some(sector.clone()),
            Some(Promotion::ByRule(_)) | None => None,
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}
