//! What a comparison says: which path is best and what it is worth against what, the two classical tests of infant support,
//! and the paper's paradox where the runs show it.

use super::paradox::paradox;
use super::rules::Rules;
use super::{Told, capital, listed, quoted};
use crate::compare::{Comparison, ROUNDING};
use crate::measure::Measure;
use crate::model::policy::{Policy, Promote};
use crate::model::problem::Window;
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
        words.extend(paradox(comparison, &said.told));
    }
    words
}

/// What is asked, as the title of a page, and in which order the paths stand there: by what they are worth, or where nothing is by the
/// gap with which they end.
pub fn question(comparison: &Comparison) -> [String; 2] {
    let count = comparison.members.len();
    let poor = &comparison.members[comparison.baseline].scenario.people().poor;
    let poor = if poor == "P" { "the poor region" } else { poor };
    match comparison.is_valued() {
        true => [format!("Which of {count} paths is best for {poor}?"), "The paths, best first".to_owned()],
        false => [
            format!("Which of {count} paths leads {poor} to the lowest gap?"),
            "The paths, lowest gap first".to_owned(),
        ],
    }
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
        let (by, baseline, valued) = (self.terms(), self.name(base), all.is_valued());
        if all.gains[base].rank > 1 {
            let best = self.best();
            let place = match self.told[best].summary.ruin {
                _ if valued => format!("is best for {poor}"),
                None => "ends with the lowest gap".to_owned(),
                Some(_) => "would end with the lowest gap".to_owned(),
            };
            return self.details(best, &place);
        }
        let equal = self.sharing(base);
        let (names, one) = (listed(&equal), equal.len() == 1);
        let every = equal.len() + 1 == all.members.len();
        if !valued {
            let (gap, unvalued) = (self.gap(base), self.unvalued());
            let all = if equal.len() == 1 { "Both" } else { "All" };
            return match (every, equal.is_empty()) {
                (true, _) => {
                    let names: Vec<String> = [vec![baseline], equal].concat();
                    format!("{all} paths end with the same gap, {gap}: {}; {unvalued}.", listed(&names))
                }
                (_, true) => {
                    format!("In the long run no other path ends with a gap as low as {baseline}, {gap}; {unvalued}.")
                }
                _ => format!(
                    "In the long run no path ends with a lower gap than {baseline}, {gap}; {names} {} with the same one, and \
                     every other path with a higher one; {unvalued}.",
                    if one { "ends" } else { "end" }
                ),
            };
        }
        if every {
            let names: Vec<String> = [vec![baseline], equal].concat();
            let all = if names.len() == 2 { "Both" } else { "All" };
            format!("{all} paths are worth the same to {poor}, {by}: {}.", listed(&names))
        } else if equal.is_empty() {
            format!("Nothing beats {baseline}: no other path is worth as much to {poor}, {by}.")
        } else {
            let are = if one { "is" } else { "are" };
            format!(
                "Nothing beats {baseline}; {names} {are} worth as much to {poor}, {by}. Every other path is worth less."
            )
        }
    }

    /// The long-run gap of a run in a sentence.
    fn gap(&self, index: usize) -> String {
        self.told[index].summary[Measure::LongRunGap].map_or_else(|| "one without bound".to_owned(), short)
    }

    /// Why not all runs have a present value.
    fn unvalued(&self) -> String {
        let ruined = self.told.iter().position(|told| told.summary.ruin.is_some());
        match ruined.filter(|_| self.base().scenario.problem.window == Window::Infinite) {
            Some(index) => {
                let poor = &self.base().people().poor;
                format!("{}, which {poor} cannot pay for, has no present value", self.name(index))
            }
            None => format!("present values do not converge, {}", self.terms()),
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
        said += &self.subsidy(index);
        // What cannot be paid for leads nowhere.
        said += &match self.all.gains[index].passes_baseline_year {
            _ if told.summary.ruin.is_some() => String::new(),
            Some(since) if since <= told.grid().start => "; real income is higher from the start".to_owned(),
            Some(since) => format!("; real income is higher for good from {} on", told.date(since)),
            None if self.all.gains[index].ends_level => {
                format!("; in the end real income is as high as in {}", self.name(self.all.baseline))
            }
            None => "; real income is never higher for good".to_owned(),
        };
        said += &self.assumed(index).map_or_else(String::new, |shocks| format!("; {shocks}"));
        let valued = self.all.is_valued();
        said += &match (&self.sharing(index)[..], valued) {
            ([], _) => String::new(),
            ([other], true) => format!("; {other} is worth as much"),
            ([other], false) => format!("; {other} ends with the same gap"),
            (others, true) => format!("; {} are worth as much", listed(others)),
            (others, false) => format!("; {} end with the same gap", listed(others)),
        };
        format!("{said}.")
    }

    /// What is paid for the clusters of a run and by whom, or that nothing is. What is never paid is not needed where the promoted
    /// cluster stands all the same.
    fn subsidy(&self, index: usize) -> String {
        let (told, summary) = (&self.told[index], self.told[index].summary);
        let value = summary[Measure::SubsidyPv].filter(|pv| *pv > 0.0);
        if summary.subsidies.is_empty() {
            return match (value, summary.measures.outcome) {
                (Some(pv), _) => format!("; a subsidy is paid between two dates alone, and costs {}", told.wages(pv)),
                (_, None) => String::new(),
                (_, Some(Outcome::SelfSustaining)) => "; it needs no subsidy".to_owned(),
                _ => "; no subsidy is paid".to_owned(),
            };
        }
        let (payers, pay) = (told.payers(), if summary.paid_by().len() > 1 { "pay" } else { "pays" });
        let peak = summary[Measure::PeakSubsidyShare].filter(|share| *share > 0.0);
        let said = match (value, peak) {
            (Some(pv), _) => format!("; the subsidy that {payers} {pay} costs {}", told.wages(pv)),
            (None, Some(peak)) => format!("; {payers} {pay} a subsidy of up to {} % of the wage", short(100.0 * peak)),
            (None, None) => format!("; {payers} {pay} a subsidy after the last row"),
        };
        format!("{said}{}", told.ruin().map_or_else(String::new, |ruin| format!("; {ruin}")))
    }

    /// What a run is worth over the baseline, and on what terms.
    fn worth(&self, index: usize) -> String {
        let (baseline, terms) = (self.against(), self.terms());
        match self.all.gains[index].equivalent_variation.filter(|_| self.all.is_valued()) {
            Some(variation) => {
                let rounded = (1e4 * variation).round() / 100.0;
                let percent = short(if rounded == 0.0 { 100.0 * variation } else { rounded }.abs());
                match variation < 0.0 {
                    true => format!("worth {percent} % of income less at every moment than {baseline}, {terms}"),
                    false => format!("worth {percent} % of income at every moment over {baseline}, {terms}"),
                }
            }
            None => format!(
                "in the long run its gap is {} against {} in {baseline} ({})",
                self.gap(index),
                self.gap(self.all.baseline),
                self.unvalued()
            ),
        }
    }

    /// The baseline, and what becomes of the cluster that it starts with where no policy promotes one.
    fn against(&self) -> String {
        let (told, name) = (self.base(), self.name(self.all.baseline));
        let problem = &told.scenario.problem;
        let promoted = problem.policies.iter().any(|policy| policy.promote.is_some());
        let Some(start) = problem.start.filter(|_| !promoted) else { return name };
        let spells = self.all.members[self.all.baseline].trajectory.spells.list();
        let stands: Vec<bool> = spells.iter().map(|spell| spell.clustered(problem, start)).collect();
        let verb = match (stands.iter().all(|stands| *stands), stands.last()) {
            (true, _) => "keeps",
            (false, Some(true)) => "loses and regains",
            (false, _) => "loses",
        };
        format!("{name}, which {verb} its cluster in {}", told.people().sectors()[start])
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
    /// `None` where nothing is promoted, where what is promoted stands and never costs anything, or where P cannot pay for it.
    fn tests(&self, index: usize) -> Option<String> {
        let told = &self.told[index];
        let outcome = told.summary.measures.outcome.filter(|_| told.summary.ruin.is_none())?;
        let sector = told.people().sector(told.promoted_last()?);
        let since = told.summary[Measure::SelfSustainingYear];
        let fate = match (outcome, since) {
            (Outcome::SelfSustaining, Some(since)) => format!("stands on its own from {} on", told.date(since)),
            (Outcome::SelfSustaining, None) => "ends up on its own".to_owned(),
            (Outcome::NeverFormed, _) => "never forms".to_owned(),
            (Outcome::Subsidised, _) if told.summary.stands_in_the_end() => {
                "is paid a subsidy for ever, and in the end would stand without it".to_owned()
            }
            (Outcome::Subsidised, _) => "is subsidised for ever".to_owned(),
            (Outcome::Replaced | Outcome::Collapsed, _) => told.end_of_cluster(),
        };
        let (name, mill) = (self.name(index), told.summary.stands_in_the_end());
        if told.summary.infant != Some(true) {
            let costs = told.summary.measures.promoted.is_some_and(|sector| told.summary.pays_for(sector));
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

    /// What the support of a run's infant is worth to P: its equivalent variation, where nothing but promotions of that one sector
    /// sets it apart from the baseline, and that promotes nothing.
    fn worth_of_support(&self, index: usize) -> Option<f64> {
        let problem = |index: usize| &self.told[index].scenario.problem;
        let base = problem(self.all.baseline);
        let alone = base.policies.iter().all(|policy| policy.promote.is_none());
        let promoted = self.told[index].summary.measures.promoted;
        let choices = &self.all.members[index].trajectory.choices;
        let other = |(place, policy): (usize, &Policy)| match policy.promote {
            None => false,
            Some(Promote::Sector(i)) => Some(i) != promoted,
            Some(Promote::ByRule(_)) => choices
                .iter()
                .any(|choice| choice.policy == place && choice.sector.is_some() && choice.sector != promoted),
        };
        let others = problem(index).policies.iter().enumerate().any(other);
        let variation = self.all.gains[index].equivalent_variation?;
        (alone && !others && problem(index).promoting(None) == base.promoting(None)).then_some(variation)
    }
}
