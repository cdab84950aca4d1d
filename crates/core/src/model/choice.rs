//! Which equilibrium holds: policies first, then the selection rule (docs/model.md §3, step 5).

use super::policy::{Selection, Stance, Sustain};
use super::trade::{Market, Regime, ties};
use crate::column::{Number, Truth};

/// What is chosen at one date, or at each of several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice<T> {
    /// The same regime at all of them.
    One(Regime),
    /// The codes of regimes ([`Regime::code`]).
    Each(T),
}

impl Choice<f64> {
    /// The regime, of n sectors.
    pub fn regime(self, n: usize) -> Regime {
        match self {
            Self::One(regime) => regime,
            Self::Each(code) => Regime::of_code(code, n),
        }
    }
}

/// The regime that holds under open trade, where `standing` marks P's clusters of the period before, and `stays` is the
/// sector in which it has been isolated, where nothing has jumped since.
#[inline(always)]
pub fn choose<M: Market>(
    offers: &M,
    stance: &Stance,
    selection: Selection,
    standing: &[bool],
    stays: Option<usize>,
) -> Choice<M::T> {
    let (promoted, held) = match stance.promote {
        Some((i, Sustain::Always | Sustain::Pigou)) => return Choice::One(Regime::Cluster(i)),
        Some((i, Sustain::IfEquilibrium)) => (i, offers.cluster_holds(i)),
        None => (0, Truth::all(false)),
    };
    if held.everywhere() {
        return Choice::One(Regime::Cluster(promoted));
    }
    let chosen = match selection {
        Selection::Isolation => M::T::all(-1.0),
        // Of those that stand (several, where trade has just opened) the one that pays most, if it holds.
        Selection::History => {
            let mut best = offers.best_cluster(standing).1;
            for i in (0..standing.len()).filter(|&i| standing[i]) {
                let it_fails = is_sector(best, i).and(offers.cluster_holds(i).not());
                best = it_fails.pick(M::T::all(-1.0), best);
            }
            best
        }
        Selection::HighestWage => highest_wage(offers, standing),
    };
    let regime = chosen.at_least(M::T::default()).pick(chosen, offers.isolation_code_from(stays));
    Choice::Each(held.pick(M::T::all(promoted as f64), regime))
}

/// Where a code is that of sector i.
#[inline(always)]
fn is_sector<T: Number>(code: T, i: usize) -> T::Truth {
    let i = T::all(i as f64);
    code.at_least(i).and(i.at_least(code))
}

/// The cluster that pays most among those that hold, −1 where none does: a standing one first where several tie.
/// Whatever holds pays no less than isolation, and ties with it go to the cluster.
#[inline(always)]
fn highest_wage<M: Market>(offers: &M, standing: &[bool]) -> M::T {
    let (highest, mut chosen) = offers.best_holding_cluster();
    for i in (0..standing.len()).rev().filter(|&i| standing[i]) {
        chosen = offers.cluster_holds(i).and(ties(offers.v_Cl(i), highest)).pick(M::T::all(i as f64), chosen);
    }
    chosen
}
