//! What one run says: where the gap goes, what P ends up doing, what became of the cluster that policy promoted.

use super::{Told, listed};
use crate::measure::{Measure, near_parity};
use crate::model::trade::{Regime, RegimeKind};
use crate::numbers::short;
use crate::summary::{Direction, Outcome, Status, Verdict};

/// Stretches of years told one by one; of more, the whole span.
const STRETCHES: usize = 3;
/// Relative distance from the long-run gap below which it is not said from which side the gap comes.
const THERE: f64 = 1e-9;
/// Growth, per year, that is none.
const STILL: f64 = 1e-9;

/// All that is said of a run, one sentence each: the verdict, the gap both ways, what is still to come, what became of what
/// policy promoted, and when a subsidy was `paid`, as stretches of years.
pub fn account(told: &Told<'_>, paid: &[(f64, f64)]) -> Vec<String> {
    let mut said = vec![verdict(told)];
    said.extend([gaps(told), later(told), promotion(told), subsidy(told, paid)].into_iter().flatten());
    said
}

/// Where the gap goes, verdict and direction in one sentence, and what P does in the end.
pub fn verdict(told: &Told<'_>) -> String {
    let measures = &told.summary.measures;
    if measures.status() == Status::Failed {
        return format!("The run failed: {}.", measures.error.as_deref().unwrap_or("no reason is known"));
    }
    let (Some(verdict), Some(direction), Some(initial)) =
        (measures.verdict, measures.direction, told.summary[Measure::InitialGap])
    else {
        return "There is no verdict.".to_owned();
    };
    // A policy of the first date acts at once: where the gap comes from is what was there before it.
    let before = told.scenario.problem.gap_before_policy_moves_it(initial);
    let direction = before.map_or(direction, |before| {
        let limit = told.summary[Measure::LongRunGap].unwrap_or(f64::INFINITY);
        Direction::new(before, limit)
    });
    let undisturbed = told.is_undisturbed() && before.is_none();
    let (moves, mut then) = movement(told, verdict, direction, before.unwrap_or(initial), undisturbed);
    if let Some(before) = before {
        let verb = if initial > before { "raises" } else { "lowers" };
        then += &format!("; policy {verb} the gap at once to {}", short(initial));
    }
    let in_the_end = in_the_end(told).map_or_else(String::new, |end| format!(", {end}"));
    let growth = growth(told).map_or_else(String::new, |growth| format!("; {growth}"));
    format!("{moves}{in_the_end}{then}{growth}.")
}

/// At what rate both regions grow in the long run, where the gap settles. `None` where they do not grow alike.
fn growth(told: &Told<'_>) -> Option<String> {
    told.summary[Measure::LongRunGap].filter(|gap| *gap > 0.0 && gap.is_finite())?;
    let rate = told.summary.long_run_growth_R?;
    let percent = (1e4 * rate).round() / 100.0;
    Some(if rate.abs() < STILL {
        "in the long run neither region grows".to_owned()
    } else {
        let percent = if percent == 0.0 { 100.0 * rate } else { percent };
        format!("in the long run both grow at {} % a year", short(percent))
    })
}

/// What the gap does from its `initial` width on, `undisturbed` or not, and what is said after what P does in the end.
fn movement(
    told: &Told<'_>,
    verdict: Verdict,
    direction: Direction,
    initial: f64,
    undisturbed: bool,
) -> (String, String) {
    let (poor, rich) = (&told.people().poor, &told.people().rich);
    let measure = |measure: Measure| told.summary[measure].map_or_else(String::new, short);
    let (last, limit, first) = (measure(Measure::FinalGap), measure(Measure::LongRunGap), short(initial));
    let between = format!("The gap between {poor} and {rich}");
    let as_it_began = ", as it began";
    let (end, good) = (told.end(), if told.is_settled() { " for good" } else { "" });
    let ahead = initial < 1.0 && !near_parity(initial);
    let without_end = told.summary[Measure::LongRunGap] == Some(0.0);
    let then = format!("; in {end} it is {last}");
    // Ends that are alike say nothing of what lies between them.
    let stays = if undisturbed { "stays" } else { "ends" };
    let moves = match (verdict, direction) {
        (Verdict::FallingBehind, _) if ahead => format!("{poor} loses its lead and falls behind {rich} without end"),
        (Verdict::FallingBehind, _) => format!("{poor} falls behind {rich} without end"),
        (Verdict::Ahead, Direction::Overtaking) if without_end => {
            format!("{poor} overtakes {rich} and pulls away without end")
        }
        (Verdict::Ahead, _) if without_end => format!("{poor} pulls away from {rich} without end"),
        (Verdict::Ahead, Direction::Overtaking) => {
            format!("{poor} overtakes {rich}{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, _) if !ahead => {
            format!("{poor} pulls ahead of {rich}{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, Direction::Narrowing) => {
            format!("{poor} {stays} ahead of {rich}, by less{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, Direction::Widening) => {
            format!("{poor} {stays} ahead of {rich}, by more{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, _) => format!("{poor} {stays} ahead of {rich}: the gap {stays} at {limit}{good}"),
        (Verdict::Converged, _) if ahead => {
            format!("{poor} loses its lead over {rich}: by {end} the two earn the same{good}")
        }
        (Verdict::Converged, Direction::Steady) => format!("{between} ends closed{as_it_began}"),
        (Verdict::Converged, _) => format!("{between} closes by {end}{good}"),
        (Verdict::Converging, _) if ahead => {
            return (format!("{poor} loses its lead over {rich}: the gap goes from {first} to 1{good}"), then);
        }
        (Verdict::Converging, Direction::Steady) => return (format!("{between} ends closed{as_it_began}"), then),
        (Verdict::Converging, _) => return (format!("{between} closes{good}, after {end}"), then),
        (Verdict::PersistentGap, Direction::Overtaken) => {
            format!("{poor} loses its lead over {rich}: the gap goes from {first} to {limit}{good}")
        }
        (Verdict::PersistentGap, Direction::Steady) => {
            let began = if undisturbed { "" } else { as_it_began };
            format!("{between} {stays} at {limit}{good}{began}")
        }
        // What is closed opens; what is open already widens.
        (Verdict::PersistentGap, Direction::Widening) => {
            let verb = if near_parity(initial) { "opens" } else { "widens" };
            format!("{between} {verb} from {first} to {limit}{good}")
        }
        (Verdict::PersistentGap, Direction::Narrowing | Direction::Overtaking) => {
            format!("{between} narrows from {first} to {limit}{good}")
        }
    };
    (moves, String::new())
}

/// What P does in the end.
fn in_the_end(told: &Told<'_>) -> Option<String> {
    let summary = told.summary;
    let sector = told.sector(summary.long_run_sector.as_deref());
    Some(match summary.long_run_regime()? {
        RegimeKind::Cluster if summary.long_run_subsidised == Some(true) => {
            format!("with a cluster in {sector} that is subsidised for ever")
        }
        RegimeKind::Cluster if summary.long_run_self_sustaining == Some(true) => {
            format!("with a cluster in {sector} that stands on its own")
        }
        RegimeKind::Cluster => format!("with a cluster in {sector}"),
        RegimeKind::Isolation => format!("in isolation, making {sector}"),
        RegimeKind::Diversified => "in isolation, in sectors that pay the same".to_owned(),
        RegimeKind::Closed => "closed to trade".to_owned(),
    })
}

/// What a worker of P earns beside one of R at the start, at the end of the rows and in the long run, and how fast the gap goes.
pub fn gaps(told: &Told<'_>) -> Option<String> {
    let (poor, rich, summary) = (&told.people().poor, &told.people().rich, told.summary);
    let initial = summary[Measure::InitialGap]?;
    let mut said = format!("In {} {poor} {}", told.start(), earns(initial, rich));
    if let Some(before) = told.scenario.problem.gap_before_policy_moves_it(initial) {
        said += &format!(" and before the policy {} ({})", share(before), short(before));
    }
    if let Some(last) = summary[Measure::FinalGap] {
        said += &format!(", in {} {} ({})", told.end(), share(last), short(last));
    }
    said += &match (summary.measures.verdict, summary[Measure::LongRunGap]) {
        (None, _) => String::new(),
        (Some(_), None) => ", in the long run ever less".to_owned(),
        (Some(_), Some(0.0)) => ", in the long run ever more".to_owned(),
        (Some(_), Some(limit)) => format!(", in the long run {} ({})", share(limit), short(limit)),
    };
    Some(format!("{said}{}.", half_life(told).map_or_else(String::new, |half| format!("; {half}"))))
}

/// "earns 70 % of Germany (a gap of 1.43)".
pub fn earns(gap: f64, rich: &str) -> String {
    format!("earns {} of {rich} (a gap of {})", share(gap), short(gap))
}

/// 1 over a gap, in per cent: two digits, more where it is near 100 or small.
pub fn share(gap: f64) -> String {
    let percent = 100.0 / gap;
    let rounded = if (10.0..95.0).contains(&percent) || (105.0..1e4).contains(&percent) {
        percent.round()
    } else if (1.0..105.0).contains(&percent) {
        (10.0 * percent).round() / 10.0
    } else {
        percent
    };
    format!("{} %", short(rounded))
}

/// In what time half of the change that is left is done, and which way it goes.
fn half_life(told: &Told<'_>) -> Option<String> {
    let (half, limit) = (told.summary[Measure::HalfLife]?, told.summary[Measure::LongRunGap]?);
    let from = told.summary.half_life_from.filter(|from| told.reaches(*from))?;
    // From the last change on the gap goes one way: from where it was then, through the last row, to its limit.
    let before = if from <= told.grid().start { Measure::InitialGap } else { Measure::FinalGap };
    let before = told.summary[before].filter(|before| (before / limit - 1.0).abs() > THERE)?;
    let way = if before > limit { "falls" } else { "rises" };
    Some(format!("from {} on the gap {way}, half of the way in {}", told.date(from), years(half)))
}

fn years(value: f64) -> String {
    let text = short(value);
    if text == "1" { "1 year".to_owned() } else { format!("{text} years") }
}

/// What changes first after the last row, and when the last change comes; `None` where nothing changes.
pub fn later(told: &Told<'_>) -> Option<String> {
    let (summary, sectors) = (told.summary, told.people().sectors());
    let settled = summary[Measure::SettledYear].filter(|settled| !told.reaches(*settled))?;
    let (year, next) = summary.next_change?;
    let before = told.sector(summary.last_sector.as_deref());
    let what = match (summary.last_regime()?, next) {
        (_, Regime::Closed) => "trade closes".to_owned(),
        (RegimeKind::Closed, Regime::Cluster(i)) => format!("trade opens and a cluster in {} holds", sectors[i]),
        (RegimeKind::Closed, _) => "trade opens".to_owned(),
        (RegimeKind::Cluster, Regime::Cluster(i)) => {
            format!("the cluster in {before} gives way to one in {}", sectors[i])
        }
        (_, Regime::Cluster(i)) => format!("a cluster in {} forms", sectors[i]),
        (RegimeKind::Cluster, _) if told.left_to_itself() => format!("the cluster in {before} collapses"),
        (RegimeKind::Cluster, _) => format!("the cluster in {before} ends"),
        (_, Regime::Isolation(i)) => format!("{} comes to make {}", told.people().poor, sectors[i]),
        (_, Regime::Diversified) => format!("{} comes to earn the same in several sectors", told.people().poor),
    };
    let last =
        if settled > year { format!("; the last change comes in {}", told.date(settled)) } else { String::new() };
    Some(format!("What no row shows: {what} in {}, after the last row{last}.", told.date(year)))
}

/// What became of the sector that policy promoted last, by the test that bears Mill's name where it was an infant.
pub fn promotion(told: &Told<'_>) -> Option<String> {
    let summary = told.summary;
    let sector = told.promoted_last().map(|name| told.people().sector(name))?;
    let (fate, passes) = match (summary.measures.outcome?, summary[Measure::SelfSustainingYear]) {
        (Outcome::NeverFormed, _) => ("never forms".to_owned(), false),
        (Outcome::SelfSustaining, Some(since)) => (format!("stands on its own from {} on", told.date(since)), true),
        (Outcome::SelfSustaining, None) => ("ends up standing on its own".to_owned(), true),
        (Outcome::Subsidised, _) => ("is subsidised for ever".to_owned(), false),
        (Outcome::Replaced, _) => {
            (format!("gives way to one in {}", told.sector(summary.long_run_sector.as_deref())), false)
        }
        (Outcome::Collapsed, _) => (told.end_of_cluster(), false),
    };
    let test = match (told.is_infant(), passes) {
        (false, _) => "",
        (true, true) => ": Mill's test is passed",
        (true, false) => ": Mill's test is failed",
    };
    Some(format!("The cluster in {sector} that policy promotes {fate}{test}."))
}

/// When a subsidy is paid, what it is worth, and who pays it.
pub fn subsidy(told: &Told<'_>, paid: &[(f64, f64)]) -> Option<String> {
    let ((first, _), (_, last)) = (paid.first()?, paid.last()?);
    let for_ever = told.summary.long_run_subsidised == Some(true);
    let stretch = |(from, to): &(f64, f64)| told.span(*from, Some(*to));
    let when = if for_ever && paid.len() == 1 {
        format!("{}, for ever", told.span(*first, None))
    } else if paid.len() <= STRETCHES {
        let stretches = listed(&paid.iter().map(stretch).collect::<Vec<_>>());
        let goes_on = *last >= told.last();
        match (for_ever, goes_on) {
            (true, _) => format!("{stretches}, and for ever after"),
            (false, true) => format!("{stretches} and on after the last row, not for ever"),
            (false, false) => stretches,
        }
    } else {
        format!("at times {}", told.span(*first, Some(*last)))
    };
    let worth = told.summary[Measure::SubsidyPv].filter(|pv| *pv > 0.0);
    let worth = worth.map_or_else(String::new, |pv| format!(", in present value {}", told.wages(pv)));
    let peak = told.summary[Measure::PeakSubsidyShare].filter(|share| *share > 0.0);
    let peak = peak.map_or_else(String::new, |peak| format!(", at most {} % of the wage", short(100.0 * peak)));
    Some(format!("Subsidised by {} {when}{worth}{peak}.", told.payers()))
}
