//! Every sentence that the program says of a run or a comparison, for the terminal and the page alike, made from what the run
//! comes to and from what people call its parts. No sentence looks at rows: what holds for good, what comes after the last
//! row and what is paid for ever are measures.

pub mod comparison;
pub mod findings;
pub mod first;
pub mod flip;
pub mod map;
pub mod optimum;
mod paradox;
pub mod robust;
mod rules;
pub mod run;
mod speech;

use crate::measure::Measure;
use crate::model::grid::Grid;
use crate::model::policy::{NEVER, Policy, Promote, Selection};
use crate::model::problem::{Epoch, Window};
use crate::model::trade::RegimeKind;
use crate::numbers::short;
use crate::scenario::Scenario;
use crate::scenario::keys;
use crate::scenario::people::{People, capital};
use crate::summary::Summary;
use speech::Speech;
use std::ops::Range;

/// A run as sentences speak of it.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// What was run.
    pub scenario: &'a Scenario,
    /// What it comes to.
    pub summary: &'a Summary,
    speech: Speech,
}

impl<'a> Told<'a> {
    /// The run of `scenario` that comes to `summary`.
    pub fn new(scenario: &'a Scenario, summary: &'a Summary) -> Self {
        Self { scenario, summary, speech: Speech::of(scenario) }
    }

    /// What people call its parts.
    pub fn people(&self) -> &People {
        &self.speech.people
    }

    fn grid(&self) -> Grid {
        self.speech.grid
    }

    /// A year in prose.
    pub fn date(&self, value: f64) -> String {
        self.speech.year(value)
    }

    /// The first date.
    fn start(&self) -> String {
        self.date(self.grid().start)
    }

    /// The date of the last row.
    fn end(&self) -> String {
        self.date(self.last())
    }

    fn last(&self) -> f64 {
        self.year(self.grid().periods)
    }

    /// The year of a date of the path.
    fn year(&self, period: usize) -> f64 {
        self.grid().start + self.grid().t(period)
    }

    /// Whether a year is one of the rows'.
    fn reaches(&self, value: f64) -> bool {
        value <= self.last() + 1e-9 * self.grid().period
    }

    /// Whether the gap goes one way from the start on: one regime, open trade, one set of parameters, and no cluster that is
    /// still being built up.
    fn is_undisturbed(&self) -> bool {
        let (summary, problem) = (self.summary, &self.scenario.problem);
        let settled = summary[Measure::SettledYear].is_none_or(|settled| settled <= self.grid().start);
        let closed = summary.long_run_regime() == Some(RegimeKind::Closed);
        let built_up = summary.long_run_regime() == Some(RegimeKind::Cluster) && problem.epochs[0].params.tau > 0.0;
        settled && !closed && !built_up && problem.epochs.len() == 1
    }

    /// Whether nothing that moves the gap is still to come after the last row: no change of regime or sector, whatever brings it, and
    /// none of a parameter.
    fn is_settled(&self) -> bool {
        self.summary.half_life_from.is_none_or(|last| self.reaches(last))
    }

    /// From a year to the last one in which it still holds, or in that alone; without one, on and on.
    pub fn span(&self, from: f64, last: Option<f64>) -> String {
        self.speech.span(from, last)
    }

    /// A sector by its name in files.
    fn sector(&self, name: Option<&str>) -> String {
        name.map_or_else(String::new, |name| self.people().sector(name).to_owned())
    }

    /// An amount in wages of R, per worker of P.
    fn wages(&self, amount: f64) -> String {
        let amount = short(amount);
        let wages = if amount == "1" { "wage" } else { "wages" };
        format!("{amount} yearly {wages} of {} per worker of {}", self.people().rich, self.people().poor)
    }

    /// At which discount rate, and how far present values look.
    fn terms(&self) -> String {
        let problem = &self.scenario.problem;
        let rate = short(100.0 * problem.discount_rate);
        match problem.window {
            Window::Infinite => format!("discounted at {rate} % a year over the whole path"),
            Window::Horizon => format!("discounted at {rate} % a year and cut off in {}", self.end()),
        }
    }

    /// The sector that policy promotes last, trade being open.
    fn promoted_last(&self) -> Option<&'a str> {
        self.scenario.problem.sectors.get(self.summary.measures.promoted?).map(String::as_str)
    }

    /// When the promoted cluster ends that stood for a while, and what ends with it.
    fn end_of_cluster(&self) -> String {
        let Some(year) = self.summary.ended else { return "does not last".to_owned() };
        let (problem, grid) = (&self.scenario.problem, self.grid());
        let of_it = |policy: &&Policy| match policy.promote {
            Some(Promote::Sector(i)) => Some(i) == self.summary.measures.promoted,
            Some(Promote::ByRule(_)) => true,
            None => false,
        };
        let ends = |policy: &Policy| grid.start + grid.t(policy.periods(&grid).end) == year;
        let after = if self.reaches(year) { "" } else { ", after the last row" };
        let over = if problem.policies.iter().filter(of_it).any(ends) { ", when its promotion is over" } else { "" };
        format!("ends in {}{after}{over}", self.date(year))
    }

    /// From when on P cannot pay for its cluster, if a date after the last row is that.
    fn ruin(&self) -> Option<String> {
        let (poor, ruin) = (&self.people().poor, self.summary.ruin?);
        Some(format!(
            "from {} on, after the last row, {poor} cannot pay it, for it takes all that {poor} makes",
            self.date(ruin)
        ))
    }

    /// What its policies do and when, the first `most` of them; `None` where there are none.
    pub fn deeds(&self, most: usize) -> Option<String> {
        let (policies, sectors) = (&self.scenario.problem.policies, self.people().sectors());
        // What a rule has named is known where one policy promotes at all.
        let alone = policies.iter().filter(|policy| policy.promote.is_some()).count() == 1;
        let named = self.promoted_last().filter(|_| alone).map(|sector| self.people().sector(sector));
        let deed = |index: usize, policy: &Policy, keys: &keys::Policy| {
            let promoted = policy.promote.as_ref().map(|promote| match promote {
                Promote::Sector(i) => (format!("a cluster in {} promoted", sectors[*i]), String::new()),
                Promote::ByRule(by) => match named {
                    Some(sector) => {
                        (format!("a cluster in {sector} promoted"), format!(", named by {}", by.rule.label()))
                    }
                    None => (format!("the cluster promoted that is named by {}", by.rule.label()), String::new()),
                },
            });
            let (does, by) = promoted.map_or((None, String::new()), |(does, by)| (Some(does), by));
            let trade = policy.trade.map(|trade| format!("trade {}", trade.name()));
            // Each as long as no policy listed later has its own word on it.
            let promotes = does.map(|does| (does, self.in_force(index, |policy| policy.promote.is_some())));
            let trades = trade.map(|trade| (trade, self.in_force(index, |policy| policy.trade.is_some())));
            let acts: Vec<_> = promotes.into_iter().chain(trades).filter(|(_, when)| !when.is_empty()).collect();
            let what = match &acts[..] {
                [] => return None,
                [(one, when), (other, same)] if when == same => format!("{one} and {other} {}", self.spans(when)),
                acts => {
                    listed(&acts.iter().map(|(does, when)| format!("{does} {}", self.spans(when))).collect::<Vec<_>>())
                }
            };
            let label = keys.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
            Some(format!("{label}{what}{by}"))
        };
        let all = policies.iter().zip(&self.scenario.keys.policy).take(most).enumerate();
        let mut deeds: Vec<String> = all.filter_map(|(index, (policy, keys))| deed(index, policy, keys)).collect();
        if policies.len() > most {
            deeds.push(format!("{} more policies", policies.len() - most));
        }
        (!deeds.is_empty()).then(|| listed(&deeds))
    }

    /// The stretches of periods in which no active policy that is listed later and `speaks` of the same takes the place of one: the
    /// first and the last of each, `None` where it never ends.
    fn in_force(&self, index: usize, speaks: impl Fn(&Policy) -> bool) -> Vec<(usize, Option<usize>)> {
        let problem = &self.scenario.problem;
        let periods = problem.policy_periods();
        let later = problem.policies.iter().zip(&periods).skip(index + 1).filter(|(policy, _)| speaks(policy));
        let left = later.fold(vec![periods[index].clone()], |left, (_, taken)| {
            let parts = |own: Range<usize>| [own.start..own.end.min(taken.start), own.start.max(taken.end)..own.end];
            left.into_iter().flat_map(parts).filter(|part| !part.is_empty()).collect()
        });
        let ends = |part: Range<usize>| (part.start, Some(part.end - 1).filter(|_| part.end != NEVER));
        left.into_iter().filter(|part| !part.is_empty()).map(ends).collect()
    }

    /// Stretches of periods in prose.
    fn spans(&self, stretches: &[(usize, Option<usize>)]) -> String {
        let span =
            |(from, last): &(usize, Option<usize>)| self.span(self.year(*from), last.map(|last| self.year(last)));
        listed(&stretches.iter().map(span).collect::<Vec<_>>())
    }

    /// Its shocks in words, with the years.
    fn shocks(&self) -> Vec<String> {
        self.scenario.keys.shock.iter().map(|shock| self.speech.shock(shock)).collect()
    }

    /// The changes of parameters after the last row: their years, and what happens.
    fn later_shocks(&self) -> Vec<(f64, String)> {
        let (problem, grid) = (&self.scenario.problem, self.grid());
        let pairs =
            problem.epochs.windows(2).filter(|pair| pair[1].k > grid.periods && pair[0].params != pair[1].params);
        let tell = |pair: &[Epoch]| {
            let what = match &pair[1].shocks[..] {
                [] => "the series change a parameter".to_owned(),
                shocks => {
                    let told: Vec<String> = shocks.iter().map(|shock| self.people().retold(shock)).collect();
                    format!("a shock falls due ({})", told.join("; "))
                }
            };
            (self.year(pair[1].k), what)
        };
        pairs.map(tell).collect()
    }

    /// Whether after the last row no policy begins or ends, nothing is shocked, and history decides.
    fn left_to_itself(&self) -> bool {
        let (problem, last) = (&self.scenario.problem, self.grid().t(self.grid().periods));
        let later = |date: f64| date > last;
        let dated = problem.policies.iter().any(|policy| later(policy.from) || policy.until.is_some_and(later));
        let shocked = self.scenario.keys.shock.iter().any(|shock| later(shock.at));
        !dated && !shocked && problem.selection == Selection::History
    }

    /// Who pays the subsidies that are paid.
    fn payers(&self) -> String {
        let payers = self.summary.paid_by().into_iter().map(|payer| self.people().payer(payer).to_owned());
        listed(&payers.collect::<Vec<_>>())
    }
}

/// A title in a sentence.
fn quoted(title: &str) -> String {
    format!("“{title}”")
}

/// Texts in a row, the last after "and".
pub fn listed(texts: &[String]) -> String {
    joined(texts, "and")
}

/// Texts in a row, any one of which will do.
fn either(texts: &[String]) -> String {
    joined(texts, "or")
}

fn joined(texts: &[String], by: &str) -> String {
    match texts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} {by} {last}", others.join(", ")),
    }
}
