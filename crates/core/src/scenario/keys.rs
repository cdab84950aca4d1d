//! The keys of a scenario, typed: what each file, once merged, must hold. This is also what `scenario.toml`
//! writes, every default filled in. Meaning, unit and range of each key: `docs/files.md`.

#![allow(missing_docs, reason = "the keys are described in docs/files.md, where their users look")]

use crate::model::grid::Grid;
use indexmap::IndexMap;
use serde::Serialize;

/// Version of the scenario format that this program reads.
pub const SCHEMA_VERSION: u32 = 1;

/// A scenario's keys, all of the right type and in range, defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Keys {
    pub schema_version: u32,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub time: Time,
    #[serde(skip_serializing_if = "Growth::is_empty")]
    pub growth: Growth,
    pub catch_up: CatchUp,
    pub sector: IndexMap<String, Sector>,
    pub poor: Poor,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy: Vec<Policy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shock: Vec<Shock>,
    pub welfare: Welfare,
    pub solver: Solver,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub sources: IndexMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Time {
    pub start: f64,
    pub horizon: f64,
    pub period: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Growth {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
}

impl Growth {
    fn is_empty(&self) -> bool {
        self.x.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUp {
    #[serde(serialize_with = "name_of_form")]
    pub form: crate::model::catch_up::Form,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z_hat: Option<f64>,
    /// The form's own parameter under its own key (s or delta).
    #[serde(flatten)]
    pub shape: IndexMap<&'static str, f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn name_of_form<S: serde::Serializer>(form: &crate::model::catch_up::Form, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(form.name())
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(non_snake_case, reason = "keys carry the field's symbols")]
pub struct Sector {
    pub lambda: f64,
    pub alpha: f64,
    pub y_R: f64,
    pub y_P: f64,
    pub Z_R: f64,
    pub Z_P: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    pub cluster_R: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Poor {
    pub start: String,
    pub selection: &'static str,
    pub trade: &'static str,
    pub closed_clusters: Vec<String>,
    pub tau: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    pub from: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sustain: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trade: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shock {
    pub at: f64,
    pub set: IndexMap<String, Setting>,
}

/// A value that a shock sets.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// A parameter.
    Number(f64),
    /// `cluster_R`.
    Flag(bool),
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Flag(value) => write!(f, "{value}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Welfare {
    pub discount_rate: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Solver {
    pub method: &'static str,
    pub rtol: f64,
    pub atol: f64,
}

impl Time {
    /// The dates t_k. The horizon is a whole number of periods (checked).
    pub fn grid(&self) -> Grid {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 1,000,000, checked")]
        let periods = (self.horizon / self.period).round() as usize;
        Grid { start: self.start, period: self.period, periods }
    }
}
