//! Protects what an account claims of the whole path against the path itself: random scenarios are run again with a horizon many
//! times as long, and what was said of them must be what the rows of that run show.

#![expect(clippy::cast_possible_truncation, reason = "periods of a few thousand years at most")]

use super::told_of;
use crate::reference::draw::draw;
use crate::reference::for_all;
use crate::reference::world::World;
use catchup::compare::Member;
use catchup::integrate::Method;
use catchup::measure::{Measure, near_parity};
use catchup::model::policy::Payer;
use catchup::model::trade::Regime;
use catchup::scenario::parse;
use catchup::summary::{Status, Verdict};
use catchup::words::{Told, run};

/// Random scenarios.
const CASES: u64 = 600;
/// How many times as long the other run is.
const LONGER: usize = 40;
/// Change of ln gap over the last tenth of a path from which on it has not arrived.
const ARRIVED: f64 = 1e-9;
/// Share by which the numbers of a sentence are rounded.
const ROUNDED: f64 = 6e-4;

fn run_of(world: &World) -> Option<Member> {
    let mut scenario = parse(&world.toml(), &[]).ok()?;
    if scenario.keys.catch_up.form.has_closed_form() {
        scenario.solver.method = Method::Exact;
    }
    Some(told_of(scenario)).filter(|member| member.summary.measures.status() == Status::Ok)
}

/// A scenario, what is said of it, and the longer run.
struct Case {
    here: Member,
    far: Member,
    said: Vec<String>,
}

impl Case {
    fn of(seed: u64) -> Option<Self> {
        let world = draw(seed);
        let here = run_of(&world)?;
        let far = run_of(&World { periods: LONGER * world.periods, ..world })?;
        let said = run::account(&Told::new(&here.scenario, &here.summary));
        Some(Self { here, far, said })
    }

    fn gap(&self, k: usize) -> f64 {
        self.far.trajectory.rows[k].income_gap()
    }

    fn end(&self) -> usize {
        self.far.trajectory.rows.len() - 1
    }

    /// The last row of the shorter run.
    fn last(&self) -> usize {
        self.here.trajectory.rows.len() - 1
    }

    /// The period of a year in a sentence.
    fn period(&self, year: &str) -> usize {
        let year: f64 = year.trim_matches([',', '.', ';', ':']).parse().unwrap_or_else(|_| panic!("{year}"));
        (year / self.here.trajectory.grid.period).round() as usize
    }

    /// The number behind a few words of the account.
    fn after(&self, words: &str) -> Option<&str> {
        let line = self.said.iter().find(|line| line.contains(words))?;
        line.split_once(words)?.1.split_whitespace().next()
    }

    /// Whether the gap of the longer run has all but arrived.
    fn has_arrived(&self) -> bool {
        let moved = self.gap(self.end()).ln() - self.gap(self.end() - self.end() / 10).ln();
        moved.abs() < ARRIVED
    }

    /// Periods after the shorter run's last row at which regime, sector or a parameter changes.
    fn changes(&self) -> Vec<usize> {
        let (rows, problem) = (&self.far.trajectory.rows, &self.far.scenario.problem);
        let differs =
            |k: &usize| rows[*k].regime != rows[k - 1].regime || problem.params_at(*k) != problem.params_at(k - 1);
        (self.last() + 1..=self.end()).filter(differs).collect()
    }

    /// Who pays for which cluster at a row of the longer run, by the policy in force.
    fn pays(&self, k: usize) -> Option<(Payer, usize)> {
        let (row, problem) = (&self.far.trajectory.rows[k], &self.far.scenario.problem);
        let (Regime::Cluster(sector), true) = (row.regime, row.subsidy > 0.0) else { return None };
        let policy = problem.in_force(k, &problem.policy_periods()).expect("a policy pays");
        Some((problem.policies[policy].funded_by, sector))
    }
}

/// A claim of an account: `None` where it is not made, else whether it holds.
type Claim = fn(&Case) -> Option<bool>;

/// What is said to be for good is: nothing changes after the last row, the gap goes to what is said, and one that is said to be
/// closed stays closed.
fn for_good(case: &Case) -> Option<bool> {
    let verdict = &case.said[0];
    verdict.contains(" for good").then_some(())?;
    let limit = case.here.summary[Measure::LongRunGap]?;
    let there = !case.has_arrived() || (case.gap(case.end()) / limit).ln().abs() < 1e-6;
    let closed = !verdict.contains(" closes by ") || (case.last()..=case.end()).all(|k| near_parity(case.gap(k)));
    Some(case.changes().is_empty() && there && closed)
}

/// What is still to come is announced, with its year and that of the last change.
fn what_comes(case: &Case) -> Option<bool> {
    let changes = case.changes();
    let line = case.said.iter().find(|line| line.starts_with("What no row shows: "));
    let Some(line) = line else { return (!changes.is_empty()).then_some(false) };
    let dates = line.match_indices(" in year ").map(|(at, words)| case.period(number(&line[at + words.len()..])));
    // What lies beyond the longer run, too, it does not show.
    let dates: Vec<usize> = dates.collect();
    let beyond = |date: Option<&usize>| date.is_some_and(|date| *date > case.end());
    let first = dates.first() == changes.first() || beyond(dates.first());
    Some(first && (dates.last() == changes.last() || beyond(dates.last())))
}

/// The number with which a text begins.
fn number(text: &str) -> &str {
    text.split_whitespace().next().expect("a number")
}

/// The gap goes the way that is said from the year that is said on, and half of it in the time that is said.
fn half_life(case: &Case) -> Option<bool> {
    let line = case.said.iter().find(|line| line.contains(", half of the way in "))?;
    let (before, after) = line.split_once(" on the gap ")?;
    let since = case.period(before.rsplit_once("year ")?.1);
    (since < case.end()).then_some(())?;
    let sign = if after.starts_with("falls") { -1.0 } else { 1.0 };
    let steps = (since..case.end()).map(|k| sign * (case.gap(k + 1) / case.gap(k)).ln());
    let one_way = steps.fold(0.0, f64::min) > -1e-9;
    let years: f64 = number(after.split_once("in ")?.1).trim_end_matches([',', '.']).parse().ok()?;
    let limit = case.here.summary[Measure::LongRunGap]?;
    let left = |k: usize| (case.gap(k) / limit).ln().abs() / (case.gap(since) / limit).ln().abs();
    let period = case.here.trajectory.grid.period;
    let (early, late) = (years * (1.0 - ROUNDED) / period, years * (1.0 + ROUNDED) / period);
    let (early, late) = (since + early.floor() as usize, since + late.ceil() as usize);
    Some(one_way && (late > case.end() || (left(early) >= 0.5 - 1e-6 && left(late) <= 0.5 + 1e-6)))
}

/// A subsidy is paid in the years that are said, by whom and for which cluster, and in no others.
fn subsidised(case: &Case) -> Option<bool> {
    let pays = |k: usize| case.pays(k);
    let Some(line) = case.said.iter().find(|line| line.starts_with("Subsidised ")) else {
        return (0..=case.end()).any(|k| pays(k).is_some()).then_some(false);
    };
    let told = &case.here.scenario.people();
    let cut = [", in present value", ", at most ", ", after the last row", ", in part after"];
    let end = cut.iter().filter_map(|cut| line.find(cut)).min().unwrap_or(line.len());
    let words: Vec<&str> =
        line["Subsidised ".len()..end].split_whitespace().map(|word| word.trim_matches([',', '.'])).collect();
    let first = (0..=case.end()).find_map(pays)?;
    let (mut by, mut sector, mut claimed) = (first.0, first.1, vec![None; case.end() + 1]);
    let mut at = 0;
    while at < words.len() {
        let year = |at: usize| case.period(words[at]);
        let (from, last, next) = match &words[at..] {
            ["at", "times", ..] => return Some(at_times(case, line)),
            ["by", region, ..] => {
                by = if *region == "P" { Payer::P } else { Payer::R };
                at += 2;
                continue;
            }
            ["in", "year", ..] => (year(at + 2), year(at + 2), at + 3),
            ["from", "year", _, "to", "year", ..] => (year(at + 2), year(at + 5), at + 6),
            ["from", "year", _, "on", "for", "ever", ..] => (year(at + 2), case.end(), at + 6),
            ["in", name, ..] => {
                sector = told.sectors().iter().position(|sector| sector == name)?;
                at += 2;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        claimed[from..=last.min(case.end())].fill(Some((by, sector)));
        at = next;
    }
    let beyond = (case.last() + 1..=case.end()).any(|k| pays(k).is_some());
    let said = line.contains("after the last row") || line.contains("for ever");
    Some((0..=case.end()).all(|k| pays(k) == claimed[k]) && beyond == said)
}

/// Of many stretches: the first date and the last, or none.
fn at_times(case: &Case, line: &str) -> bool {
    let paid: Vec<usize> = (0..=case.end()).filter(|&k| case.pays(k).is_some()).collect();
    let for_ever = paid.last() == Some(&case.end());
    line.contains("for ever") == for_ever && line.contains(" at times from ")
}

/// Who overtakes after the last row has not done so before.
fn overtakes(case: &Case) -> Option<bool> {
    let verdict = &case.said[0];
    let ahead = case.here.summary.measures.verdict == Some(Verdict::Ahead);
    let turns =
        [" overtakes ", " pulls ahead ", " pulls away ", " loses its lead "].iter().any(|verb| verdict.contains(verb));
    let begins = &verdict[..verdict.find(": the gap").unwrap_or(verdict.len())];
    let later = begins.contains(&format!(
        ", after year {}",
        catchup::numbers::year(case.last() as f64 * case.here.trajectory.grid.period)
    ));
    let (last, end) = (case.gap(case.last()), case.gap(case.end()));
    let beyond = |gap: f64| if ahead { gap < 1.0 } else { gap > 1.0 };
    let there = !case.has_arrived() || beyond(end) || near_parity(end);
    let closes = case.here.summary.measures.verdict == Some(Verdict::Converging);
    turns.then_some(there && (closes || later != beyond(last)))
}

/// What P is said to do in the end it does.
fn in_the_end(case: &Case) -> Option<bool> {
    let last = &case.far.trajectory.rows[case.end()];
    let verdict = &case.said[0];
    if !case.has_arrived() {
        return None;
    }
    if verdict.contains("that is subsidised for ever") {
        return Some(last.subsidy > 0.0);
    }
    let own = verdict.contains("that stands on its own");
    own.then_some(matches!(last.regime, Regime::Cluster(_)) && last.margin.is_some_and(|margin| margin > -1e-6))
}

/// From the year on from which a cluster is said to stand on its own no subsidy is paid for it, and in the year before one was or
/// it did not stand.
fn on_its_own(case: &Case) -> Option<bool> {
    let since = case.period(case.after(" stands on its own from year ")?);
    (since <= case.end()).then_some(())?;
    let rows = &case.far.trajectory.rows;
    let Regime::Cluster(sector) = rows[case.end()].regime else { return Some(false) };
    let stands = |k: usize| case.far.trajectory.sectors_at(k)[sector].cluster_P && rows[k].subsidy == 0.0;
    Some((since..=case.end()).all(stands) && (since == 0 || !stands(since - 1)))
}

/// The claims, and in how many of the cases each is made at least.
const CLAIMS: [(&str, Claim, usize); 7] = [
    ("for good", for_good, 100),
    ("what comes", what_comes, 50),
    ("half-life", half_life, 100),
    ("subsidies", subsidised, 60),
    ("overtakes", overtakes, 30),
    ("in the end", in_the_end, 30),
    ("on its own", on_its_own, 10),
];

#[test]
fn what_is_said_of_a_path_holds_on_a_path_many_times_as_long() {
    let checked = for_all(500_000, CASES, |seed| {
        let case = Case::of(seed)?;
        let verdicts = CLAIMS.map(|(_, claim, _)| claim(&case));
        let false_claims = CLAIMS.iter().zip(&verdicts).filter(|(_, verdict)| **verdict == Some(false));
        let account = case.said.join("\n");
        let told: Vec<String> = false_claims.map(|((what, ..), _)| format!("{seed}, {what}:\n{account}")).collect();
        Some((verdicts, told))
    });
    let checked: Vec<_> = checked.into_iter().flatten().collect();
    let told: Vec<&str> = checked.iter().flat_map(|(_, told)| told).map(String::as_str).collect();
    assert!(told.is_empty(), "{} claims are false\n{}", told.len(), told[..told.len().min(8)].join("\n\n"));
    for (i, (what, _, least)) in CLAIMS.iter().enumerate() {
        let made = checked.iter().filter(|(verdicts, _)| verdicts[i].is_some()).count();
        assert!(made >= *least, "{what}: {made} of {}", checked.len());
    }
}
