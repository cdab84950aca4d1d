//! Rules by which a policy chooses the cluster that it promotes (docs/model.md §7); what each makes of the sectors is in
//! [`super::weigh`].

use crate::names;

names! {
    /// A rule that names the sector whose cluster a policy promotes.
    #[derive(PartialOrd, Ord)]
    pub enum Rule {
        StrongestExternality = "strongest-externality": "The largest static benefit of a cluster, λ",
        ComparativeAdvantage = "comparative-advantage": "The largest y_P/y_R: what catch-up never closes",
        RevealedAdvantage = "revealed-advantage": "The largest z y_P/y_R: what trade statistics show today",
        Pigou = "pigou": "The largest λ v_Cl: what workers follow where clusters are paid for their externality",
        Established = "established": "The cluster that stands; none where none does",
        Porter = "porter": "The cluster that stands while it is an equilibrium, else of those that are one that which pays most",
        Index = "index": "The largest index of discounted comparative advantage",
    }
}

names! {
    /// When a rule chooses.
    #[derive(Default)]
    pub enum Decide {
        #[default]
        Once = "once": "At the first date at which the policy is active, and keeps to it",
        Always = "always": "Anew at every date",
    }
}

impl Rule {
    /// What it takes the largest of.
    pub fn formula(self) -> &'static str {
        match self {
            Self::StrongestExternality => "λ",
            Self::ComparativeAdvantage => "y_P/y_R",
            Self::RevealedAdvantage => "z y_P/y_R",
            Self::Pigou => "λ v_Cl",
            Self::Established => "v_Cl of the cluster that stands",
            Self::Porter => "v_Cl of clusters that are equilibria",
            Self::Index => "I",
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::StrongestExternality => "the strongest externality",
            Self::ComparativeAdvantage => "comparative advantage",
            Self::RevealedAdvantage => "revealed advantage",
            Self::Pigou => "Pigou's rule",
            Self::Established => "reinforcing what stands",
            Self::Porter => "Porter's rule",
            Self::Index => "discounted comparative advantage",
        }
    }

    /// Who recommends it.
    pub fn advocate(self) -> &'static str {
        match self {
            Self::StrongestExternality => "industrial targeting",
            Self::ComparativeAdvantage => "the paper",
            Self::RevealedAdvantage => "trade statistics",
            Self::Pigou => "Pigou",
            Self::Established => "Porter",
            Self::Porter => "Porter",
            Self::Index => "the index",
        }
    }

    /// Whether its choice depends on λ.
    pub fn reads_lambda(self) -> bool {
        match self {
            Self::StrongestExternality | Self::Pigou | Self::Porter | Self::Index => true,
            Self::ComparativeAdvantage | Self::RevealedAdvantage | Self::Established => false,
        }
    }

    /// Whether its choice depends on y_P.
    pub fn reads_y_P(self) -> bool {
        match self {
            Self::ComparativeAdvantage | Self::RevealedAdvantage | Self::Pigou | Self::Porter | Self::Index => true,
            Self::StrongestExternality | Self::Established => false,
        }
    }

    /// Whether it can go by what somebody believes: `established` looks at what stands, and at nothing else.
    pub fn may_err(self) -> bool {
        self.reads_lambda() || self.reads_y_P()
    }
}

/// What a rule believes of a sector where that is not what is true.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Belief {
    /// λ ≥ 1, 1.
    pub lambda: Option<f64>,
    /// y_P > 0, goods per worker.
    pub y_P: Option<f64>,
}

/// A rule as a policy follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ByRule {
    /// The rule.
    pub rule: Rule,
    /// When it chooses.
    pub decide: Decide,
    /// What it believes, by sector.
    pub perceived: Vec<Belief>,
}
