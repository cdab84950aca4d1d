//! What a search for the best policy says: the best and what it is worth, whether it lies on an end of what was looked at, and
//! what stands beside it.

use super::{Told, listed};
use crate::compare::ROUNDING;
use crate::model::policy::{Payer, Sustain, Trade};
use crate::model::problem::Window;
use crate::numbers::{counted, short};
use crate::optimise::{Candidate, Edge, Objective, Optimum, SHIFT, Space};
use std::ops::RangeInclusive;

/// A policy as an instruction: promote electronics from 2030 to 2059, sustained.
pub fn policy(told: &Told<'_>, candidate: &Candidate, payer: Payer) -> String {
    let grid = told.grid();
    let year = |k: usize| grid.start + grid.t(k);
    let last = candidate.until.map(|until| until - 1);
    let span = match last {
        Some(last) if last == candidate.from => format!("in {} alone", told.date(year(last))),
        _ => told.span(year(candidate.from), last.map(year)),
    };
    let held = match (candidate.sustain, payer) {
        (Sustain::IfEquilibrium, _) => "as long as it is an equilibrium".to_owned(),
        (_, Payer::P) => "sustained".to_owned(),
        (_, Payer::R) => format!("sustained by {}", told.people().rich),
    };
    format!("promote {} {span}, {held}", told.people().sectors()[candidate.sector])
}

/// The answer, for the scenario left alone: the best policy, its cost, and what else is worth knowing before one takes it.
pub fn answer(told: &Told<'_>, optimum: &Optimum, payer: Payer) -> Vec<String> {
    let said = Said { told, optimum, payer };
    let mut words = vec![said.headline()];
    words.extend(said.cost());
    words.extend(said.others_as_good());
    words.extend(optimum.edges().into_iter().map(|edge| on_edge(told, &optimum.space, edge)));
    words.extend(said.shifted());
    words.extend(said.shortest());
    words.extend(said.no_choice());
    words.extend(said.index());
    words.extend(said.left_out());
    words
}

/// How many policies were looked at, and which.
pub(super) fn scope(told: &Told<'_>, space: &Space) -> String {
    let (people, grid) = (told.people(), told.grid());
    let date = |k: usize| told.date(grid.start + grid.t(k));
    let all = counted(space.len() as u64);
    if Some(space) == Space::whole(people.sectors().len(), &grid).as_ref() {
        return format!("{all} policies looked at, all of them");
    }
    let sectors: Vec<String> = space.sectors().iter().map(|&i| people.sectors()[i].clone()).collect();
    let which =
        if sectors.len() == people.sectors().len() { String::new() } else { format!(" for {}", listed(&sectors)) };
    let between = |range: &RangeInclusive<usize>| match range.start() == range.end() {
        true => format!("in {}", date(*range.start())),
        false => format!("from {} to {}", date(*range.start()), date(*range.end())),
    };
    let ends = match (space.until(), space.for_ever()) {
        (Some(until), true) => format!("end {} or never", between(until)),
        (Some(until), false) => format!("end {}", between(until)),
        (None, _) => "never end".to_owned(),
    };
    // Each is looked at twice, sustained and not: there are two at least.
    let all = match space.len() - 1 {
        2 => "both".to_owned(),
        policies => format!("all {}", counted(policies as u64)),
    };
    format!("looked at: no policy, and {all}{which} that begin {} and {ends}", between(space.from()))
}

/// That a policy lies on an end of the dates looked at.
pub(super) fn on_edge(told: &Told<'_>, space: &Space, edge: Edge) -> String {
    let grid = told.grid();
    let date = |k: usize| told.date(grid.start + grid.t(k));
    let until = |end: fn(&RangeInclusive<usize>) -> &usize| space.until().map_or(String::new(), |u| date(*end(u)));
    let (does, which, when, better) = match edge {
        Edge::FirstFrom => ("begins", "first", date(*space.from().start()), "an earlier beginning"),
        Edge::LastFrom => ("begins", "last", date(*space.from().end()), "a later beginning"),
        Edge::FirstUntil => ("ends", "first", until(RangeInclusive::start), "an earlier end"),
        Edge::LastUntil => ("ends", "last", until(RangeInclusive::end), "a later end"),
    };
    format!("It {does} at the {which} date looked at, {when}: {better} may be better.")
}

struct Said<'a> {
    told: &'a Told<'a>,
    optimum: &'a Optimum,
    payer: Payer,
}

impl Said<'_> {
    fn poor(&self) -> &str {
        &self.told.people().poor
    }

    fn date(&self, k: usize) -> String {
        let grid = self.told.grid();
        self.told.date(grid.start + grid.t(k))
    }

    /// A policy by its number, as an instruction.
    fn policy(&self, candidate: &Candidate) -> String {
        policy(self.told, candidate, self.payer)
    }

    fn headline(&self) -> String {
        let (poor, terms, scope) = (self.poor(), self.told.terms(), scope(self.told, &self.optimum.space));
        // The long run is not discounted.
        let on_terms = match self.optimum.objective {
            Objective::LongRunGap => "in the long run".to_owned(),
            Objective::EquivalentVariation | Objective::NetGainPv => terms,
        };
        match self.optimum.candidate(self.optimum.best) {
            None => format!("Nothing beats leaving {poor} alone, {on_terms}; {scope}."),
            Some(best) => format!(
                "The best for {poor} is to {}: {}, {on_terms}; {scope}.",
                self.policy(&best),
                self.worth(self.optimum.best)
            ),
        }
    }

    /// What a policy is worth over leaving P alone.
    fn worth(&self, index: usize) -> String {
        let (poor, value) = (self.poor(), self.optimum.value(index).unwrap_or(f64::NAN));
        match self.optimum.objective {
            Objective::EquivalentVariation => {
                format!("worth {} % of income at every moment over leaving it alone", short(100.0 * value))
            }
            Objective::LongRunGap => {
                let alone = self.optimum.value(0).unwrap_or(f64::NAN);
                format!("its gap goes to {}, against {} if {poor} is left alone", short(value), short(alone))
            }
            Objective::NetGainPv => format!("it gains {} over being left alone", self.told.wages(value)),
        }
    }

    /// The objective at a policy, in short.
    fn value(&self, index: usize) -> String {
        let value = self.optimum.value(index).unwrap_or(f64::NAN);
        // Worth as much as nothing, rounding aside.
        let value = if value.abs() < ROUNDING { 0.0 } else { value };
        match self.optimum.objective {
            Objective::EquivalentVariation => format!("{} %", short(100.0 * value)),
            Objective::LongRunGap => format!("a gap of {}", short(value)),
            Objective::NetGainPv => format!("a gain of {}", short(value)),
        }
    }

    /// What the best policy costs, and what becomes of its cluster.
    fn cost(&self) -> Option<String> {
        self.optimum.candidate(self.optimum.best)?;
        let best = &self.optimum.looked[self.optimum.best];
        let paid = match best.subsidy_pv() {
            Some(0.0) => "It needs no subsidy".to_owned(),
            Some(pv) => format!("Its subsidy costs {} in present value", self.told.wages(pv)),
            None if best.peak_subsidy_share() == Some(0.0) => "It needs no subsidy on the rows".to_owned(),
            None if self.told.scenario.problem.discount_rate == 0.0 => {
                "Its subsidy has no present value, since nothing is discounted".to_owned()
            }
            None => "Its subsidy has no finite present value".to_owned(),
        };
        Some(match best.self_sustaining_year() {
            Some(since) => format!("{paid}; the cluster stands on its own from {} on.", self.told.date(since)),
            None => format!("{paid}; the cluster never stands on its own for good."),
        })
    }

    /// That the best is not the only one: of those worth the same it costs least, and then does least.
    fn others_as_good(&self) -> Option<String> {
        let others = self.optimum.others_as_good();
        let count = counted(others as u64);
        let (policies, come) = if others == 1 { ("policy", "comes") } else { ("policies", "come") };
        (others > 0).then(|| match self.optimum.candidate(self.optimum.best) {
            None => format!("{count} {policies} {come} to the same as none."),
            Some(_) => format!("{count} other {policies} {come} to the same, at no lower cost."),
        })
    }

    /// What it comes to to begin earlier or later.
    fn shifted(&self) -> Option<String> {
        let [earlier, later] = self.optimum.shifted;
        let best = self.value(self.optimum.best);
        let told = [(earlier, "earlier"), (later, "later")];
        // What reads as the best itself does says nothing.
        let told = told.into_iter().filter_map(|(index, when)| {
            let value = Some(self.value(index?)).filter(|value| *value != best)?;
            Some(format!("{} years {when} comes to {value}", short(SHIFT)))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| format!("With the best end for it, to begin {}.", listed(&told)))
    }

    /// Among which policies, where these are not all that there are.
    fn among(&self) -> &'static str {
        let all = Space::whole(self.told.people().sectors().len(), &self.told.grid());
        match (Some(&self.optimum.space) == all.as_ref(), self.optimum.budget.is_some()) {
            (true, false) => "",
            (true, true) => " within the budget",
            (false, false) => " looked at",
            (false, true) => " looked at and within the budget",
        }
    }

    /// That one policy is the cheapest and worth the most: what money buys is a single point then.
    fn no_choice(&self) -> Option<String> {
        let [only] = self.optimum.front[..] else { return None };
        (self.optimum.space.len() > 1).then(|| {
            let what = match self.optimum.candidate(only) {
                Some(candidate) => format!("to {}", self.policy(&candidate)),
                None => format!("to leave {} alone", self.poor()),
            };
            format!(
                "Of what was looked at no subsidy buys a larger equivalent variation than what costs least: {what}."
            )
        })
    }

    /// The shortest support that leads to the best long run.
    fn shortest(&self) -> Option<String> {
        let (index, grid) = (self.optimum.shortest?, self.told.grid());
        let gap = short(self.optimum.looked[index].long_run_gap()?);
        Some(match self.optimum.candidate(index) {
            None => format!("No policy{} leads to a better long run than none: a gap of {gap}.", self.among()),
            Some(_) if index == self.optimum.best => {
                format!("No shorter support{} leads to as good a long run: a gap of {gap}.", self.among())
            }
            Some(shortest) => {
                let lasts = match shortest.until {
                    Some(_) => {
                        let years = grid.t(shortest.periods());
                        format!("lasts {} year{}", short(years), if years == 1.0 { "" } else { "s" })
                    }
                    None => "never ends".to_owned(),
                };
                format!(
                    "The shortest support{} that leads to the best long run (a gap of {gap}) {lasts}: {}; it comes to {}.",
                    self.among(),
                    self.policy(&shortest),
                    self.value(index)
                )
            }
        })
    }

    /// Which sector the index of discounted comparative advantage is largest for, and why the best policy is for another.
    fn index(&self) -> Option<String> {
        let (optimum, sectors) = (self.optimum, self.told.people().sectors());
        let first = optimum.first_by_index()?;
        let of = |&sector: &usize| Some(format!("{} in {}", short(*optimum.indices.get(sector)?), sectors[sector]));
        let others: Vec<String> =
            optimum.space.sectors().iter().filter(|sector| **sector != first).filter_map(of).collect();
        if others.is_empty() {
            return None;
        }
        let when = self.date(*optimum.space.from().start());
        let mut said = format!(
            "The index of discounted comparative advantage in {when} is largest for {} ({} against {})",
            sectors[first],
            short(optimum.indices[first]),
            listed(&others)
        );
        if let Some(held) = optimum.first_for_ever() {
            let held_worth = optimum.for_ever(held).map_or_else(String::new, |index| self.value(index));
            said += &format!(
                "; of clusters held for ever from then on, the one in {} is the best ({held_worth})",
                sectors[held]
            );
            // The index is what a cluster is worth discounted; the long run is not discounted, whatever it costs on the way.
            if held != first && self.ignores_time() {
                said += ": the index discounts the years to come, and the objective is the long run alone";
            } else if held != first {
                let why = self.beyond_the_index();
                said += &if why.is_empty() {
                    String::new()
                } else {
                    format!(": the index leaves out that {}", listed(&why))
                };
            }
        }
        let best = optimum.candidate(optimum.best);
        if let Some(best) = best.filter(|best| best.sector != first) {
            let mut why = Vec::new();
            if best.from != *optimum.space.from().start() && !self.ignores_time() {
                why.push(format!("a beginning in {}", self.date(best.from)));
            }
            let until = best.until.filter(|_| !self.ignores_time());
            why.extend(until.map(|until| format!("an end after {}", self.date(until - 1))));
            said += &format!("; the best policy is for {}", sectors[best.sector]);
            said += &if why.is_empty() {
                String::new()
            } else {
                format!(", and has what the index knows nothing of: {}", listed(&why))
            };
        }
        Some(said + ".")
    }

    /// Whether only the end counts, and neither when it comes nor what it costs until then.
    fn ignores_time(&self) -> bool {
        self.optimum.objective == Objective::LongRunGap
    }

    /// What the index leaves out of a cluster held for ever in this scenario.
    fn beyond_the_index(&self) -> Vec<String> {
        let (problem, people) = (&self.told.scenario.problem, self.told.people());
        let mut why = Vec::new();
        if self.payer == Payer::R {
            why.push(format!("{} pays the subsidy", people.rich));
        } else if problem.cost_of_funds > 1.0 {
            why.push(format!("a unit of public money costs {}", short(problem.cost_of_funds)));
        }
        if problem.epochs.len() > 1 {
            why.push("parameters change later".to_owned());
        }
        if problem.policies.iter().any(|policy| policy.trade.is_some()) || problem.trade == Trade::Closed {
            why.push("trade is not open throughout".to_owned());
        }
        if problem.window == Window::Horizon {
            why.push(format!("nothing counts after {}", self.told.end()));
        }
        why
    }

    /// Policies that were looked at and cannot be chosen.
    fn left_out(&self) -> Vec<String> {
        let mut words = Vec::new();
        let are = |count: usize| {
            if count == 1 { "1 policy".to_owned() } else { format!("{} policies", counted(count as u64)) }
        };
        if let Some(budget) = self.optimum.budget {
            let over = match self.optimum.over_budget() {
                0 => "no policy looked at costs more".to_owned(),
                1 => "1 policy costs more and is left out".to_owned(),
                over => format!("{} cost more and are left out", are(over)),
            };
            words.push(format!("The budget is {} in present value: {over}.", self.told.wages(budget)));
        }
        let failed = self.optimum.failed();
        if failed > 0 {
            words.push(format!("{} failed: {} cannot pay for them.", are(failed), self.poor()));
        }
        words
    }
}
