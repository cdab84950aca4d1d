//! What a comparison says: which path is best and what it is worth against what, the two classical tests of infant support,
//! and the paper's paradox where the runs show it.

use super::rules::Rules;
use super::{Told, capital, listed, quoted};
use crate::compare::{Comparison, ROUNDING};
use crate::math::ln;
use crate::measure::Measure;
use crate::model::trade::{RegimeKind, ties};
use crate::numbers::short;
use crate::summary::Outcome;

/// Policies of one run that are told one by one.
const POLICIES: usize = 3;
/// Shocks that are told one by one.
const SHOCKS: usize = 3;

/// The answer: the headline, Mill's and Bastable's tests, the paradox.
pub fn answer(comparison: &Comparison) -> Vec<String> {
    let said = Said::new(comparison);
    let best = said.best();
    let mut words = vec![said.headline()];
    if comparison.gains[best].rank > 1 {
        words.push(said.details(best, "comes next"));
    }
    words.extend(said.tests(best));
    let rules = Rules::of(comparison, &said.told);
    words.extend(rules.iter().flat_map(Rules::account));
    if !rules.is_some_and(|rules| rules.tells_the_paradox()) {
        words.extend(said.paradox());
    }
    words
}

struct Said<'a> {
    all: &'a Comparison,
    told: Vec<Told<'a>>,
    labels: Vec<&'a str>,
}

impl<'a> Said<'a> {
    fn new(all: &'a Comparison) -> Self {
        let told = all.members.iter().map(|member| Told::new(&member.scenario, &member.summary)).collect();
        Self { all, told, labels: all.labels() }
    }

    fn base(&self) -> &Told<'a> {
        &self.told[self.all.baseline]
    }

    fn name(&self, index: usize) -> String {
        quoted(self.labels[index])
    }

    /// The best of the runs besides the baseline.
    fn best(&self) -> usize {
        self.all.ranked().into_iter().find(|index| *index != self.all.baseline).unwrap_or(self.all.baseline)
    }

    fn headline(&self) -> String {
        let (all, base, poor) = (self.all, self.all.baseline, &self.base().people().poor);
        let (by, baseline) = (self.terms(), self.name(base));
        if all.gains[base].rank > 1 {
            return self.details(self.best(), &format!("is best for {poor}"));
        }
        let equal = self.sharing(base);
        let (names, are) = (listed(&equal), if equal.len() == 1 { "is" } else { "are" });
        if equal.len() + 1 == all.members.len() {
            let all = if equal.len() == 1 { "Both" } else { "All" };
            format!("{all} paths are worth the same to {poor}, {by}: {baseline} and {names}.")
        } else if equal.is_empty() {
            format!("Nothing beats {baseline}: no other path is worth as much to {poor}, {by}.")
        } else {
            format!(
                "Nothing beats {baseline}; {names} {are} worth as much to {poor}, {by}. Every other path is worth less."
            )
        }
    }

    /// The names of the runs that share a run's rank.
    fn sharing(&self, index: usize) -> Vec<String> {
        let shares = |&other: &usize| other != index && self.all.gains[other].rank == self.all.gains[index].rank;
        (0..self.all.members.len()).filter(shares).map(|other| self.name(other)).collect()
    }

    /// What was done in a run, what it is worth against what, what its subsidy costs, from when it pays, and what it assumes.
    fn details(&self, index: usize, place: &str) -> String {
        let told = &self.told[index];
        let subject = match told.deeds(POLICIES) {
            // A title that says no more than the policy.
            Some(deeds) if deeds.starts_with(self.labels[index]) => capital(&deeds),
            Some(deeds) => format!("{} ({deeds})", self.name(index)),
            None => self.name(index),
        };
        let mut said = format!("{subject} {place}: {}", self.worth(index));
        said += &match told.summary[Measure::SubsidyPv].filter(|pv| *pv > 0.0) {
            Some(pv) => {
                let pay = if told.summary.paid_by().len() > 1 { "pay" } else { "pays" };
                format!("; the subsidy that {} {pay} costs {}", told.payers(), told.wages(pv))
            }
            None if told.promoted_last().is_some() => "; it needs no subsidy".to_owned(),
            None => String::new(),
        };
        said += &match self.all.gains[index].passes_baseline_year {
            Some(since) if since <= told.grid().start => "; real income is higher from the start".to_owned(),
            Some(since) => format!("; real income is higher for good from {} on", told.date(since)),
            None if self.goes_to_the_same(index) => {
                format!("; in the end real income is as high as in {}", self.against())
            }
            None => "; real income is never higher for good".to_owned(),
        };
        said += &self.assumed(index).map_or_else(String::new, |shocks| format!("; {shocks}"));
        said += &match &self.sharing(index)[..] {
            [] => String::new(),
            [other] => format!("; {other} is worth as much"),
            others => format!("; {} are worth as much", listed(others)),
        };
        format!("{said}.")
    }

    /// Whether the gap goes to where the baseline's goes.
    fn goes_to_the_same(&self, index: usize) -> bool {
        let gap = |index: usize| self.told[index].summary[Measure::LongRunGap];
        gap(index).zip(gap(self.all.baseline)).is_some_and(|(own, base)| ties(own, base))
    }

    /// What a run is worth over the baseline, and on what terms.
    fn worth(&self, index: usize) -> String {
        let (baseline, terms) = (self.against(), self.terms());
        match self.all.gains[index].equivalent_variation {
            Some(variation) => {
                let rounded = (1e4 * variation).round() / 100.0;
                let percent = short(if rounded == 0.0 { 100.0 * variation } else { rounded }.abs());
                match variation < 0.0 {
                    true => format!("worth {percent} % of income less at every moment than {baseline}, {terms}"),
                    false => format!("worth {percent} % of income at every moment over {baseline}, {terms}"),
                }
            }
            None => {
                let gap =
                    |index: usize| self.told[index].summary[Measure::LongRunGap].map_or("no bound".to_owned(), short);
                format!(
                    "in the long run its gap is {} against {} in {baseline} (present values do not converge, {terms})",
                    gap(index),
                    gap(self.all.baseline)
                )
            }
        }
    }

    /// The baseline, and what becomes of the cluster that it starts with where no policy promotes one.
    fn against(&self) -> String {
        let (told, name) = (self.base(), self.name(self.all.baseline));
        let problem = &told.scenario.problem;
        let promoted = problem.policies.iter().any(|policy| policy.promote.is_some());
        let start = problem.start.map(|i| problem.sectors[i].as_str()).filter(|_| !promoted);
        match (start, told.summary.measures.long_run) {
            (Some(start), Some(end)) => {
                let kept = end.kind() == RegimeKind::Cluster && told.summary.long_run_sector.as_deref() == Some(start);
                let verb = if kept { "keeps" } else { "loses" };
                format!("{name}, which {verb} its cluster in {}", told.people().sector(start))
            }
            _ => name,
        }
    }

    /// At which discount rate, and how far present values look.
    fn terms(&self) -> String {
        self.base().terms()
    }

    /// The shocks that a run assumes.
    fn assumed(&self, index: usize) -> Option<String> {
        let shocks = self.told[index].shocks();
        let (told, more) = shocks.split_at(shocks.len().min(SHOCKS));
        let mut told = told.to_vec();
        if !more.is_empty() {
            told.push(format!("{} more shocks", more.len()));
        }
        let who = if self.base().shocks() == shocks { "both paths assume" } else { "it assumes" };
        (!told.is_empty()).then(|| format!("{who} {}", listed(&told)))
    }

    /// Mill's test and Bastable's of a run that supports an infant; what becomes of the cluster of one that promotes another.
    /// `None` where nothing is promoted, or where what is promoted stands and never costs anything.
    fn tests(&self, index: usize) -> Option<String> {
        let told = &self.told[index];
        let outcome = told.summary.measures.outcome?;
        let sector = told.people().sector(told.promoted_last()?);
        let since = told.summary[Measure::SelfSustainingYear];
        let fate = match (outcome, since) {
            (Outcome::SelfSustaining, Some(since)) => format!("stands on its own from {} on", told.date(since)),
            (Outcome::SelfSustaining, None) => "ends up on its own".to_owned(),
            (Outcome::NeverFormed, _) => "never forms".to_owned(),
            (Outcome::Subsidised, _) => "is subsidised for ever".to_owned(),
            (Outcome::Replaced | Outcome::Collapsed, _) => told.end_of_cluster(),
        };
        let (name, mill) = (self.name(index), outcome == Outcome::SelfSustaining);
        if !told.is_infant() {
            let costs = told.summary[Measure::PeakSubsidyShare].is_some_and(|share| share > 0.0);
            return (!mill || costs).then(|| format!("Under {name} the cluster in {sector} {fate}."));
        }
        let poor = &told.people().poor;
        let better = self.worth_of_support(index).map(|variation| match variation {
            _ if variation > ROUNDING => (true, format!("{poor} fares better with it than without")),
            _ if variation < -ROUNDING => (false, format!("{poor} fares worse with it than without")),
            _ => (false, format!("{poor} fares no better with it than without")),
        });
        let (verdict, weighed) = match (mill, better) {
            (true, Some((true, says))) => ("passes Mill's test and Bastable's", format!(", and {says}")),
            (true, Some((false, says))) => ("passes Mill's test but not Bastable's", format!(", but {says}")),
            (false, Some((true, says))) => ("fails Mill's test but passes Bastable's", format!(", but {says}")),
            (false, Some((false, says))) => ("fails both Mill's test and Bastable's", format!(", and {says}")),
            (true, None) => ("passes Mill's test", String::new()),
            (false, None) => ("fails Mill's test", String::new()),
        };
        Some(format!("{name} {verdict}: its cluster in {sector} {fate}{weighed}."))
    }

    /// What a run's support is worth to P: its equivalent variation, where nothing but its promotions sets it apart from the
    /// baseline, and that promotes nothing.
    fn worth_of_support(&self, index: usize) -> Option<f64> {
        let problem = |index: usize| &self.told[index].scenario.problem;
        let base = problem(self.all.baseline);
        let alone = base.policies.iter().all(|policy| policy.promote.is_none());
        let variation = self.all.gains[index].equivalent_variation?;
        (alone && problem(index).promoting(None) == base.promoting(None)).then_some(variation)
    }

    /// The paper's point, where the runs show it: the strength of an externality does not make a cluster the better choice. Said
    /// of the best run that ends with a cluster and of the one whose cluster has the strongest externality, if that one is
    /// worth less and the measures show why.
    fn paradox(&self) -> Option<String> {
        let chosen = |index: usize| {
            let told = &self.told[index];
            let i = told
                .scenario
                .problem
                .sectors
                .iter()
                .position(|sector| Some(sector.as_str()) == told.promoted_last())?;
            Some((index, i))
        };
        let candidates: Vec<(usize, usize)> = self.all.ranked().into_iter().filter_map(chosen).collect();
        let params = |(index, i): (usize, usize)| {
            let epochs = &self.told[index].scenario.problem.epochs;
            epochs[epochs.len() - 1].params.sectors[i].clone()
        };
        let &good = candidates.first()?;
        let strength = |at: &(usize, usize)| params(*at).lambda;
        // Of several paths with that cluster the best.
        let &strong = candidates.iter().rev().max_by(|a, b| strength(a).total_cmp(&strength(b)))?;
        let (best, worse) = (params(good), params(strong));
        let told = &self.told[strong.0];
        let closed = told.summary.long_run_regime() == Some(RegimeKind::Closed);
        let worth_less = self.all.gains[strong.0].rank > self.all.gains[good.0].rank;
        if worse.lambda <= best.lambda || ties(worse.lambda, best.lambda) || !worth_less || closed || !worse.cluster_R {
            return None;
        }
        let mut reasons = self.reasons(strong, good);
        if reasons.is_empty() {
            return None;
        }
        let price = format!("{}'s own cluster lowers the price as much as it raises output", told.people().rich);
        reasons.insert(0, price);
        let name = |(index, i): (usize, usize)| {
            let told = &self.told[index];
            told.people().sector(&told.scenario.problem.sectors[i]).to_owned()
        };
        Some(format!(
            "A cluster in {} has the stronger externality (λ = {} against {} in {}) and is still the worse choice, since {}.",
            name(strong),
            short(worse.lambda),
            short(best.lambda),
            name(good),
            listed(&reasons),
        ))
    }

    /// z at t = 0 of sector i of a run.
    fn first_z(&self, (index, i): (usize, usize)) -> f64 {
        let problem = &self.told[index].scenario.problem;
        problem.Z_P[i] / problem.Z_R[i]
    }

    /// The build-up time of the cluster in sector i of a run, years; 0 where it is mature from the start.
    fn build_up(&self, (index, i): (usize, usize)) -> f64 {
        let problem = &self.told[index].scenario.problem;
        if problem.start == Some(i) { 0.0 } else { problem.epochs[0].params.tau }
    }

    /// Why one run is worth less than another, as far as their measures show.
    fn reasons(&self, worse: (usize, usize), better: (usize, usize)) -> Vec<String> {
        let [a, b] = [worse, better].map(|(index, _)| self.told[index].summary);
        let told = &self.told[worse.0];
        let mut reasons = Vec::new();
        let gone = match a.measures.outcome {
            Some(Outcome::NeverFormed) => Some("never forms".to_owned()),
            Some(Outcome::Replaced | Outcome::Collapsed) => Some(told.end_of_cluster()),
            _ => None,
        };
        if let Some(gone) = gone {
            reasons.push(format!("the cluster {gone}"));
        } else if let (Some(own), Some(other)) = (a.factors, b.factors) {
            if ln(own.ricardian) - ln(other.ricardian) > ROUNDING {
                reasons.push(format!(
                    "{} is for good at a greater disadvantage there (y_R/y_P = {} against {})",
                    told.people().poor,
                    short(own.ricardian),
                    short(other.ricardian)
                ));
            }
            if ln(own.technology) - ln(other.technology) > ROUNDING {
                let [own, other] = [own, other].map(|factors| 1.0 / factors.technology);
                let level = format!("only draws level with {}'s", told.people().rich);
                let stays = match own {
                    _ if ties(own, 1.0) => &level,
                    _ if own < 1.0 => "stays further behind",
                    _ => "gets less far ahead",
                };
                reasons.push(format!("its technology {stays} (z = {} against {})", short(own), short(other)));
            }
        }
        if reasons.is_empty() {
            let [behind, ahead] = [worse, better].map(|cluster| self.first_z(cluster));
            if ln(ahead) - ln(behind) > ROUNDING {
                reasons.push(format!(
                    "its technology starts further behind (z = {} against {})",
                    short(behind),
                    short(ahead)
                ));
            } else if let (Some(own), Some(other)) = (a[Measure::HalfLife], b[Measure::HalfLife])
                && own > other
            {
                reasons.push(format!(
                    "its technology catches up later (half-life {} years against {})",
                    short(own),
                    short(other)
                ));
            }
            // A subsidy goes from pockets of P to others; what it costs beside is the funds' own cost.
            if let (Some(own), other) = (a[Measure::SubsidyPv], b[Measure::SubsidyPv].unwrap_or(0.0))
                && own > other
                && (reasons.is_empty() || told.scenario.problem.cost_of_funds > 1.0)
            {
                reasons.push(format!("holding it costs {}", told.wages(own)));
            }
            let [own, other] = [worse, better].map(|cluster| self.build_up(cluster));
            if own > other {
                reasons.push(format!(
                    "its benefit takes years to build up (τ = {} against {})",
                    short(own),
                    short(other)
                ));
            }
        }
        reasons
    }
}
