//! Policies that go by a rule: when it chooses, and for how long it cannot choose otherwise (`docs/model.md` §7).

use super::settled::Earned;
use super::{Run, Sink};
use crate::model::policy::Promote;
use crate::model::rule::{ByRule, Decide, Rule};
use crate::model::trade::TIE;
use crate::model::weigh::{View, Weight, largest as largest_of};
use crate::present::Prospect;
use crate::trajectory::{EventKind, RuleChoice};

impl Run<'_> {
    /// What each policy promotes before any rule has chosen.
    pub(super) fn begin_rules(&mut self) {
        let memory = &mut *self.memory;
        memory.named.clear();
        memory.named.extend(self.problem.policies.iter().map(|policy| match policy.promote {
            Some(Promote::Sector(i)) => Some(i),
            Some(Promote::ByRule(_)) | None => None,
        }));
        memory.by_rule = self.problem.policies.iter().any(|policy| policy.rule().is_some());
        memory.choices.clear();
    }

    /// Lets the rules of active policies choose that are to at t_k, at the offers and clusters before the trade step's choice.
    #[inline(never)]
    pub(super) fn follow_rules(&mut self, k: usize, sink: &mut impl Sink) {
        for (index, policy) in self.problem.policies.iter().enumerate() {
            let Some(by) = policy.rule().filter(|_| self.memory.policy_periods[index].contains(&k)) else { continue };
            let before = self.memory.choices.iter().rev().find(|choice| choice.policy == index).copied();
            if before.is_some() && by.decide == Decide::Once {
                continue;
            }
            let weights = self.weights(by, k);
            let sector = largest_of(&weights);
            self.memory.named[index] = sector;
            if before.is_none_or(|before| before.sector != sector) {
                self.memory.choices.push(RuleChoice { policy: index, period: k, sector });
                sink.event(k, EventKind::RuleChose, sector, || by.retell(&weights, &self.problem.sectors));
            }
        }
    }

    /// What a rule gives every sector at the date at hand, with P's clusters as they are.
    fn weights(&self, by: &ByRule, k: usize) -> Vec<Option<Weight>> {
        let memory = &*self.memory;
        let ages: Vec<_> =
            memory.clusters.iter().map(|formed| formed.map(|f| f.age(k, self.problem.grid.period))).collect();
        let view =
            View { params: self.params, z: &memory.z, ages: &ages, standing: &memory.standing, offers: &memory.offers };
        let mut weights = Vec::new();
        by.weigh(&view, |i, lambda| self.prospect(i, memory.z[i], self.age(i, k), lambda).index(), &mut weights);
        weights
    }

    fn prospect(&self, i: usize, z: f64, age: f64, lambda: f64) -> Prospect<'_> {
        Prospect { problem: self.problem, params: self.params, solver: self.memory.solver, i, z, age, lambda }
    }

    /// Age in years of P's cluster in sector i; a new one's where none stands.
    fn age(&self, i: usize, k: usize) -> f64 {
        self.memory.clusters[i].map_or(0.0, |formed| formed.age(k, self.problem.grid.period))
    }

    /// Whether a rule that chooses anew at every date is active at t_k.
    pub(super) fn reconsiders(&self, k: usize) -> bool {
        self.memory.by_rule && self.reconsidering(k).next().is_some()
    }

    fn reconsidering(&self, k: usize) -> impl Iterator<Item = (&ByRule, Option<usize>)> {
        let active = move |index: usize| self.memory.policy_periods[index].contains(&k);
        let policies = self.problem.policies.iter().enumerate().filter(move |(index, _)| active(*index));
        let rules = policies.filter_map(|(index, policy)| Some((policy.rule()?, self.memory.named[index])));
        rules.filter(|(by, _)| by.decide == Decide::Always)
    }

    /// Years from t_k, the date at hand, for which no rule can name another sector as long as the regime, policies and parameters
    /// stay; infinite where none ever will.
    pub(super) fn rules_quiet_for(&self, k: usize) -> f64 {
        if !self.memory.by_rule {
            return f64::INFINITY;
        }
        self.reconsidering(k).map(|(by, named)| self.rule_quiet_for(by, named, k)).fold(f64::INFINITY, f64::min)
    }

    fn rule_quiet_for(&self, by: &ByRule, named: Option<usize>, k: usize) -> f64 {
        let n = self.n();
        // Of two that tie the first is named: what comes before the one that is must stay below by more than a tie.
        let largest = |i: usize, others: &dyn Fn(usize) -> bool, earned: &dyn Fn(usize) -> Earned| {
            let stays = |j: usize| self.stays_above(earned(i), earned(j), j < i, k);
            (0..n).filter(|&j| j != i && others(j)).map(stays).fold(f64::INFINITY, f64::min)
        };
        let sector = |i: usize| &self.params.sectors[i];
        let misjudged = |i: usize| by.ln_misjudged(self.params, i);
        // What goes by the clusters that stand may choose otherwise as soon as others do.
        if matches!(by.rule, Rule::Established | Rule::Porter) && largest_of(&self.weights(by, k)) != named {
            return 0.0;
        }
        match (by.rule, named) {
            (Rule::StrongestExternality | Rule::ComparativeAdvantage, _) => f64::INFINITY,
            (Rule::RevealedAdvantage, Some(i)) => {
                // z y_P/y_R is what a worker would earn alone but for R's Λ.
                largest(i, &|_| true, &|i| Earned::alone(i).times(sector(i).Lambda()).raised(misjudged(i)))
            }
            (Rule::Pigou, Some(i)) => largest(i, &|_| true, &|i| {
                let lambda = by.lambda(self.params, i);
                Earned::in_cluster_with(i, lambda).times(lambda).raised(misjudged(i))
            }),
            (Rule::Established, Some(i)) => {
                largest(i, &|i| self.memory.standing[i], &|i| Earned::in_cluster(i, self.params))
            }
            (Rule::Porter, _) => self.porter_quiet_for(by, named, k),
            (Rule::Index, Some(i)) => self.index_quiet_for(by, i, k),
            (Rule::Established | Rule::RevealedAdvantage | Rule::Pigou | Rule::Index, None) => f64::INFINITY,
        }
    }

    /// Which clusters are equilibria, as the rule sees it, and which of those pays most.
    fn porter_quiet_for(&self, by: &ByRule, named: Option<usize>, k: usize) -> f64 {
        let n = self.n();
        let misjudged = |i: usize| by.ln_misjudged(self.params, i);
        let alone = |i: usize| Earned::alone(i).raised(misjudged(i));
        let together = |i: usize| Earned::in_cluster_with(i, by.lambda(self.params, i)).raised(misjudged(i));
        let now = |earned: Earned| self.range(earned, k).now;
        let best = (0..n).max_by(|&a, &b| now(alone(a)).total_cmp(&now(alone(b)))).unwrap_or(0);
        let holds = |i: usize| now(together(i)) + TIE >= now(alone(best));
        let stays_as_it_is = |i: usize| {
            if holds(i) {
                let each = (0..n).filter(|&j| j != i).map(|j| self.stays_above(together(i), alone(j), false, k));
                each.fold(f64::INFINITY, f64::min)
            } else {
                self.stays_above(alone(best), together(i), true, k)
            }
        };
        let goes_on = named.is_some_and(|i| self.memory.standing[i]);
        let matters = |i: &usize| !goes_on || self.memory.standing[*i];
        let mut years = (0..n).filter(matters).map(stays_as_it_is).fold(f64::INFINITY, f64::min);
        if let Some(i) = named {
            for j in (0..n).filter(|&j| j != i && matters(&j) && (goes_on || holds(j))) {
                years = years.min(self.stays_above(together(i), together(j), j < i, k));
            }
        }
        years
    }

    /// I of a sector rises with its z and with the age of its cluster, both of which move between what they are and their limits:
    /// infinite where these bounds keep the order, else not beyond the next date.
    fn index_quiet_for(&self, by: &ByRule, i: usize, k: usize) -> f64 {
        let ends = |j: usize| {
            let z = self.memory.z[j];
            let motion = self.params.sectors[j].motion(self.memory.standing[j], self.memory.trade);
            let stands = self.memory.standing[j];
            let lambda = by.lambda(self.params, j);
            let limits = [(z, self.age(j, k)), (motion.limit(z), if stands { f64::INFINITY } else { 0.0 })];
            let misjudged = by.ln_misjudged(self.params, j);
            // Low or high in either: age only ever grows.
            [(0, 0), (0, 1), (1, 0), (1, 1)]
                .map(|(z, age)| self.prospect(j, limits[z].0, limits[age].1, lambda).index().plus(misjudged))
        };
        let own = ends(i);
        let stays_above = |j: usize| {
            let tie = if j < i { -TIE } else { TIE };
            let alike = self.alike(i, j) && self.is_mature(i) && self.is_mature(j);
            let least = own.iter().flat_map(|own| ends(j).map(|other| own.over(&other))).fold(f64::INFINITY, f64::min);
            alike || least + tie >= 0.0
        };
        if (0..self.n()).filter(|&j| j != i).all(stays_above) { f64::INFINITY } else { 0.0 }
    }
}
