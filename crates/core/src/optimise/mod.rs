//! Which cluster, from when to when: every policy of a kind, looked at one by one, so that the best of them is proved to be
//! that (`docs/model.md` §7).
//!
//! [`Space`] is which policies are looked at, [`Search`] runs them one after the other, [`Optimum`] is what they come to. Where the state
//! of the world is not known, [`States`] are those that a sweep draws, [`Survey`] counts what the policies come to in each, and
//! [`Robust`] is what that comes to.

mod index;
mod optimum;
mod robust;
mod robust_tables;
mod search;
mod space;
mod survey;
mod tables;
mod worth;

pub use index::indices;
pub use optimum::{Optimum, SHIFT, Undecided, decides};
pub use robust::{Listed, Robust, States, values_in};
pub use robust_tables::{Averages, InState, Rows, Weighed, averages, in_states, robust, robust_for_people, weighed};
pub use search::{Looked, Search};
pub use space::{Candidate, Edge, MOST, Space};
pub use survey::{Criterion, Standing, State, Survey, Tally};
pub use tables::{Best, Concluded, Picked, Policies, best, concluded, for_people, picked, policies};

use crate::measure::Measure;
use crate::names;

names! {
    /// What the best policy is best at.
    #[derive(Default)]
    pub enum Objective {
        #[default]
        EquivalentVariation = "equivalent_variation":
            "What the whole path is worth to P, as a share of its income at every moment were it left alone",
        LongRunGap = "long_run_gap": "How small the income gap gets in the long run",
        NetGainPv = "net_gain_pv": "What P gains in present value, in R-wages per worker",
    }
}

impl Objective {
    /// The measure that it is about.
    pub fn measure(self) -> Measure {
        match self {
            Self::EquivalentVariation => Measure::EquivalentVariation,
            Self::LongRunGap => Measure::LongRunGap,
            Self::NetGainPv => Measure::NetGainPv,
        }
    }

    /// Whether one value of it is better than another.
    pub fn prefers(self, value: f64, other: f64) -> bool {
        if self == Self::LongRunGap { value < other } else { value > other }
    }
}
