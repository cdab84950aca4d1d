//! What a comparison of rules says: which of them agree, by which P fares best, and why one is wrong where it is.

use super::{Told, listed};
use crate::compare::Comparison;
use crate::model::params::Sector;
use crate::model::rule::Rule;
use crate::model::trade::{RegimeKind, ties};
use crate::numbers::short;
use crate::summary::Outcome;

/// A run that goes by a rule.
#[derive(Debug, Clone, Copy)]
struct Ruled {
    /// Its place among the runs.
    run: usize,
    rule: Rule,
    /// What the rule named last; `None` where it names none.
    sector: Option<usize>,
}

/// The rules among the runs, where there are several.
pub(super) struct Rules<'a> {
    all: &'a Comparison,
    told: &'a [Told<'a>],
    ruled: Vec<Ruled>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(all: &'a Comparison, told: &'a [Told<'a>]) -> Option<Self> {
        let ruled = |run: usize| {
            let member = &all.members[run];
            let policies = member.scenario.problem.policies.iter().enumerate();
            let (index, policy) = policies.rev().find(|(_, policy)| policy.promote.is_some())?;
            let chosen = member.trajectory.choices.iter().rev().find(|choice| choice.policy == index)?;
            Some(Ruled { run, rule: policy.rule()?.rule, sector: chosen.sector })
        };
        let ruled: Vec<Ruled> = (0..all.members.len()).filter_map(ruled).collect();
        (ruled.len() > 1).then_some(Self { all, told, ruled })
    }

    /// Which agree, which are best, and why others are not.
    pub(super) fn account(&self) -> Vec<String> {
        let mut said = vec![self.agreement()];
        said.extend(self.best());
        said.extend(self.ruled.iter().filter_map(|ruled| self.mistake(*ruled)));
        said
    }

    fn sector(&self, ruled: Ruled) -> Option<&str> {
        let told = &self.told[ruled.run];
        Some(told.people().sector(&told.scenario.problem.sectors[ruled.sector?]))
    }

    fn agreement(&self) -> String {
        let mut named: Vec<Option<usize>> = Vec::new();
        for ruled in &self.ruled {
            if !named.contains(&ruled.sector) {
                named.push(ruled.sector);
            }
        }
        // Those that name none come last.
        named.sort_by_key(Option::is_none);
        let group = |sector: &Option<usize>| {
            let of: Vec<Ruled> = self.ruled.iter().copied().filter(|ruled| ruled.sector == *sector).collect();
            let labels: Vec<String> = of.iter().map(|ruled| ruled.rule.label().to_owned()).collect();
            let verb = if of.len() == 1 { "names" } else { "name" };
            format!("{} {verb} {}", listed(&labels), self.sector(of[0]).unwrap_or("none"))
        };
        let groups: Vec<String> = named.iter().map(group).collect();
        format!("{}.", super::capital(&groups.join("; ")))
    }

    /// The rules than which none is worth more.
    fn first(&self) -> Vec<Ruled> {
        let rank = |ruled: &&Ruled| self.all.gains[ruled.run].rank;
        let best = self.ruled.iter().map(|ruled| rank(&ruled)).min().unwrap_or(1);
        self.ruled.iter().filter(|ruled| rank(ruled) == best).copied().collect()
    }

    /// Which are best; `None` where they cannot be told apart.
    fn best(&self) -> Option<String> {
        let (first, poor) = (self.first(), &self.told[self.all.baseline].people().poor);
        if first.len() == self.ruled.len() {
            let all = if first.len() == 2 { "Both" } else { "All" };
            return self.all.is_valued().then(|| format!("{all} rules are worth the same to {poor}."));
        }
        let name = |ruled: &Ruled| match (ruled.rule.label(), ruled.rule.advocate()) {
            (label, advocate) if label.starts_with(advocate) => label.to_owned(),
            (label, advocate) => format!("{label} ({advocate})"),
        };
        let names: Vec<String> = first.iter().map(name).collect();
        Some(match self.all.is_valued() {
            true => format!("Of the rules, {poor} fares best by {}.", listed(&names)),
            false => format!("Of the rules, {poor} ends with the lowest gap by {}.", listed(&names)),
        })
    }

    /// Parameters of a sector when the policy of a run begins.
    fn params(&self, run: usize, i: usize) -> &Sector {
        let problem = &self.told[run].scenario.problem;
        let from = problem.promotion().map_or(0, |policy| policy.periods(&problem.grid).start);
        &problem.params_at(from).sectors[i]
    }

    /// Why a rule that is worth less than the best names the wrong sector, where its own formula shows it.
    fn mistake(&self, ruled: Ruled) -> Option<String> {
        let best = *self.first().first()?;
        let (i, j) = (ruled.sector?, best.sector?);
        let worse = self.all.gains[ruled.run].rank > self.all.gains[best.run].rank;
        let told = &self.told[ruled.run];
        let measures = &told.summary.measures;
        let closed = told.summary.long_run_regime() == Some(RegimeKind::Closed);
        let stood = measures.outcome.is_some_and(|outcome| outcome != Outcome::NeverFormed);
        let believes = told
            .scenario
            .problem
            .promotion()
            .and_then(|policy| policy.rule())
            .is_some_and(|by| by.perceived.iter().any(|belief| belief.lambda.is_some() || belief.y_P.is_some()));
        if !worse || i == j || closed || !stood || believes {
            return None;
        }
        let (own, other) = (self.params(ruled.run, i), self.params(ruled.run, j));
        let stronger = own.lambda > other.lambda && !ties(own.lambda, other.lambda);
        let (lasting, better) = (own.y_P / own.y_R, other.y_P / other.y_R);
        let [picked, right] = [self.sector(ruled)?, self.sector(best)?];
        let (lambda, rich) = (short(own.lambda), &told.people().rich);
        match ruled.rule {
            Rule::StrongestExternality if stronger && own.cluster_R => Some(format!(
                "Industrial targeting picks {picked} for its λ of {lambda}; {rich} has its cluster there too, and the price is lower by as much."
            )),
            Rule::Pigou if stronger && own.cluster_R => Some(format!(
                "Pigou's rule pays {picked} for its λ of {lambda}, which {rich}'s own cluster has taken out of the price already."
            )),
            Rule::RevealedAdvantage if better > lasting && !ties(better, lasting) => Some(format!(
                "Trade statistics point to {picked}, where {} is less behind today; {right} has the lasting advantage (y_P/y_R = {} against {}).",
                told.people().poor,
                short(better),
                short(lasting)
            )),
            _ => None,
        }
    }

    /// Whether it is said why the strongest externality is the wrong choice.
    pub(super) fn tells_the_paradox(&self) -> bool {
        let strongest = |ruled: &&Ruled| ruled.rule == Rule::StrongestExternality;
        self.ruled.iter().find(strongest).is_some_and(|ruled| self.mistake(*ruled).is_some())
    }
}
