//! Which policies are looked at: none, and each sector promoted from one date to another, sustained or not.

use crate::model::grid::Grid;
use crate::model::policy::{NEVER, Payer, Policy, Promote, Sustain};
use std::ops::RangeInclusive;

/// How a cluster may be held, in the order of tables: what never costs comes first.
const HELD: [Sustain; 2] = [Sustain::IfEquilibrium, Sustain::Always];

/// Most policies that are looked at: what is kept of them takes 600 MB.
pub const MOST: usize = 10_000_000;

/// One policy: promotion of a cluster on dates of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Index of the sector.
    pub sector: usize,
    /// How its cluster is held.
    pub sustain: Sustain,
    /// The first period at which it is promoted.
    pub from: usize,
    /// The first period at which it is no longer; `None` where it is for ever.
    pub until: Option<usize>,
}

impl Candidate {
    /// The policy, paid for by `payer`.
    pub fn policy(&self, grid: &Grid, payer: Payer) -> Policy {
        Policy {
            from: grid.t(self.from),
            until: self.until.map(|until| grid.t(until)),
            promote: Some(Promote::Sector(self.sector)),
            sustain: self.sustain,
            funded_by: payer,
            trade: None,
        }
    }

    /// Number of periods for which it lasts.
    pub fn periods(&self) -> usize {
        self.until.map_or(NEVER, |until| until - self.from)
    }
}

/// An end of the dates looked at on which a policy lies: beyond it there may be a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// It begins as early as was looked at, and could begin earlier.
    FirstFrom,
    /// It begins as late as was looked at.
    LastFrom,
    /// It ends as early as was looked at, and could end earlier.
    FirstUntil,
    /// It ends as late as was looked at.
    LastUntil,
}

/// The policies that are looked at. Each has a number: 0 is none at all; then they come by sector, by how the cluster is held, by
/// when promotion begins and by when it ends, what never ends last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    sectors: Vec<usize>,
    from: RangeInclusive<usize>,
    until: Option<RangeInclusive<usize>>,
    for_ever: bool,
    /// Per beginning the place of its first policy among those of one sector held in one way, and how many these are.
    starts: Vec<usize>,
}

impl Space {
    /// Policies for `sectors` that begin at a period of `from` and end at a later one of `until`, or never where they may be
    /// `for_ever`. `None` where these are more than [`MOST`], none at all among them.
    pub fn new(
        sectors: Vec<usize>,
        from: RangeInclusive<usize>,
        until: Option<RangeInclusive<usize>>,
        for_ever: bool,
    ) -> Option<Self> {
        if Self::size(sectors.len(), &from, until.as_ref(), for_ever) > MOST as u64 {
            return None;
        }
        let mut starts = vec![0];
        for begins in from.clone() {
            let ends = ends(begins, until.as_ref()) + usize::from(for_ever);
            starts.push(starts[starts.len() - 1] + ends);
        }
        Some(Self { sectors, from, until, for_ever, starts })
    }

    /// All policies on the dates of the rows, for all of `n` sectors.
    pub fn whole(n: usize, grid: &Grid) -> Option<Self> {
        let last = grid.periods;
        Self::new((0..n).collect(), 0..=last - 1, Some(1..=last), true)
    }

    /// How many policies these are, none at all among them.
    pub fn size(
        sectors: usize,
        from: &RangeInclusive<usize>,
        until: Option<&RangeInclusive<usize>>,
        for_ever: bool,
    ) -> u64 {
        let begins = (from.end() + 1).saturating_sub(*from.start()) as u128;
        // Beginnings before all ends have all of them; each later one has one less than the one before.
        let ends = until.map_or(0, |until| {
            let all = (until.end() + 1).saturating_sub(*until.start()) as u128;
            let before = (*until.start()).min(from.end() + 1).saturating_sub(*from.start()) as u128;
            let first = (*from.start()).max(*until.start());
            let last = (*from.end()).min(until.end().saturating_sub(1));
            let among = (last + 1).saturating_sub(first) as u128;
            let most = until.end().saturating_sub(first) as u128;
            before * all + among * most - among * among.saturating_sub(1) / 2
        });
        let each = ends + if for_ever { begins } else { 0 };
        u64::try_from(1 + (sectors * HELD.len()) as u128 * each).unwrap_or(u64::MAX)
    }

    /// How many policies these are, none at all among them.
    pub fn len(&self) -> usize {
        1 + self.sectors.len() * HELD.len() * self.of_a_kind()
    }

    /// Whether there is nothing to look at but to do nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// Policies of one sector held in one way.
    fn of_a_kind(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Policy number `index`; `None` for none at all.
    pub fn candidate(&self, index: usize) -> Option<Candidate> {
        let at = index.checked_sub(1)?;
        let (kind, place) = (at / self.of_a_kind(), at % self.of_a_kind());
        let begins = self.starts.partition_point(|&start| start <= place) - 1;
        let from = self.from.start() + begins;
        let nth = place - self.starts[begins];
        let until = self.until.as_ref().filter(|_| nth < ends(from, self.until.as_ref()));
        Some(Candidate {
            sector: *self.sectors.get(kind / HELD.len())?,
            sustain: HELD[kind % HELD.len()],
            from,
            until: until.map(|until| (*until.start()).max(from + 1) + nth),
        })
    }

    /// The numbers of the policies for one sector, held in one way.
    pub fn kind(&self, sector: usize, sustain: Sustain) -> std::ops::Range<usize> {
        let place = self.sectors.iter().position(|own| *own == sector);
        let held = HELD.iter().position(|own| *own == sustain);
        let kind = place.zip(held).map_or(0, |(place, held)| place * HELD.len() + held);
        let first = 1 + kind * self.of_a_kind();
        if place.is_some() && held.is_some() { first..first + self.of_a_kind() } else { 0..0 }
    }

    /// On which ends of the dates looked at a policy lies, by its number.
    pub fn edges(&self, index: usize) -> Vec<Edge> {
        let Some(own) = self.candidate(index) else { return Vec::new() };
        let mut edges = Vec::new();
        if own.from == *self.from.start() && own.from > 0 {
            edges.push(Edge::FirstFrom);
        }
        if own.from == *self.from.end() {
            edges.push(Edge::LastFrom);
        }
        if let (Some(ends), Some(until)) = (own.until, &self.until) {
            if ends == *until.start() && ends > own.from + 1 {
                edges.push(Edge::FirstUntil);
            }
            if ends == *until.end() {
                edges.push(Edge::LastUntil);
            }
        }
        edges
    }

    /// The sectors that are looked at.
    pub fn sectors(&self) -> &[usize] {
        &self.sectors
    }

    /// The periods at which promotion may begin.
    pub fn from(&self) -> &RangeInclusive<usize> {
        &self.from
    }

    /// The periods at which it may end; `None` where it goes on for ever.
    pub fn until(&self) -> Option<&RangeInclusive<usize>> {
        self.until.as_ref()
    }

    /// Whether it may go on for ever.
    pub fn for_ever(&self) -> bool {
        self.for_ever
    }
}

/// How many ends come after a beginning.
fn ends(begins: usize, until: Option<&RangeInclusive<usize>>) -> usize {
    until.map_or(0, |until| (until.end() + 1).saturating_sub((*until.start()).max(begins + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_one_number_and_none_is_left_out() {
        for (from, until, for_ever) in [
            (0..=4, Some(1..=5), true),
            (2..=9, Some(4..=6), true),
            (2..=9, Some(4..=6), false),
            (3..=3, None, true),
            (0..=2, Some(8..=9), false),
        ] {
            let sectors = vec![0, 2];
            let space = Space::new(sectors.clone(), from.clone(), until.clone(), for_ever).expect("few");
            let mut expected = vec![];
            for sector in sectors {
                for sustain in HELD {
                    for from in from.clone() {
                        let later = until.clone().into_iter().flatten().filter(|until| *until > from);
                        let ends = later.map(Some).chain(for_ever.then_some(None));
                        expected.extend(ends.map(|until| Candidate { sector, sustain, from, until }));
                    }
                }
            }
            let found: Vec<Candidate> = (1..space.len()).filter_map(|index| space.candidate(index)).collect();
            assert_eq!(found, expected, "{from:?} {until:?} {for_ever}");
            assert_eq!(space.candidate(0), None);
            assert_eq!(Space::size(2, &from, until.as_ref(), for_ever), space.len() as u64, "{from:?} {until:?}");
            let kind = space.kind(2, Sustain::Always);
            assert!(kind.clone().all(|index| {
                space.candidate(index).is_some_and(|found| (found.sector, found.sustain) == (2, Sustain::Always))
            }));
            assert_eq!(kind.end, space.len());
            assert!(space.kind(1, Sustain::Always).is_empty());
        }
    }

    #[test]
    fn all_policies_on_the_dates_of_a_scenario_are_as_many_as_the_model_counts() {
        for (n, periods) in [(2, 150), (5, 500), (3, 1)] {
            let size = Space::size(n, &(0..=periods - 1), Some(&(1..=periods)), true);
            assert_eq!(size, (n * periods * (periods + 1) + 2 * n * periods + 1) as u64);
        }
        assert_eq!(Space::new(vec![0], 0..=2_999, Some(1..=3_500), true), None);
        // A hundred million dates are counted, not made.
        assert!(Space::size(2, &(0..=100_000_000), Some(&(1..=100_000_000)), true) > 1 << 50);
    }
}
