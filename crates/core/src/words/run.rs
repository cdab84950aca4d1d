//! What one run says: where the gap goes, what P ends up doing, what became of the cluster that policy promoted.

use super::{Told, listed};
use crate::measure::{Measure, near_parity};
use crate::model::policy::Payer;
use crate::model::problem::Window;
use crate::model::trade::{Regime, RegimeKind};
use crate::numbers::{short, years};
use crate::summary::{Direction, Outcome, Subsidised, Verdict, Way};

/// Stretches of years told one by one; of more, the whole span.
const STRETCHES: usize = 3;
/// Changes after the last row that are told one by one.
const CHANGES: usize = 3;
/// Growth, per year, that is none.
const STILL: f64 = 1e-9;

/// All that is said of a run, one sentence each: the verdict, the gap both ways, what is still to come, what became of what
/// policy promoted, and when a subsidy is paid.
pub fn account(told: &Told<'_>) -> Vec<String> {
    let mut said = vec![verdict(told)];
    said.extend([gaps(told), later(told), promotion(told), subsidy(told), ruin(told)].into_iter().flatten());
    said
}

/// Where the gap goes, verdict and direction in one sentence, and what P does in the end.
pub fn verdict(told: &Told<'_>) -> String {
    let measures = &told.summary.measures;
    if let Some(failure) = failure(told) {
        return format!("The run failed {failure}.");
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

/// Where, when and why a run failed; `None` where it did not.
pub fn failure(told: &Told<'_>) -> Option<String> {
    let failure = told.summary.failure.as_ref()?;
    let date = told.date(told.grid().start + failure.t);
    Some(format!("in {} in {date}: {}", told.people().sectors()[failure.sector], failure.reason))
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
    let (end, settled) = (told.end(), told.is_settled());
    // Where something is still to come, what the gap goes to is not what the rows show it to be.
    let good = if settled { " for good" } else { " in the long run" };
    let closed = if settled { " for good" } else { "" };
    let ahead = initial < 1.0 && !near_parity(initial);
    let without_end = told.summary[Measure::LongRunGap] == Some(0.0);
    let then = format!("; in {end} it is {last}");
    // Who is ahead in the end but not yet at the last row gets there after it.
    let is = |side: fn(&f64) -> bool| told.summary[Measure::FinalGap].as_ref().is_some_and(side);
    let overtakes_later = verdict == Verdict::Ahead && is(|last| *last >= 1.0);
    let loses_later =
        matches!(verdict, Verdict::FallingBehind | Verdict::PersistentGap) && ahead && is(|last| *last <= 1.0);
    let (later, then) = match overtakes_later || loses_later {
        true => (format!(", after {end}"), then),
        false => (String::new(), if verdict == Verdict::Converging { then } else { String::new() }),
    };
    // Ends that are alike say nothing of what lies between them.
    let stays = if undisturbed { "stays" } else { "ends" };
    let moves = match (verdict, direction) {
        (Verdict::FallingBehind, _) if ahead => {
            format!("{poor} loses its lead and falls behind {rich} without end{later}")
        }
        (Verdict::FallingBehind, _) => format!("{poor} falls behind {rich} without end"),
        (Verdict::Ahead, Direction::Overtaking) if without_end => {
            format!("{poor} overtakes {rich} and pulls away without end{later}")
        }
        (Verdict::Ahead, _) if without_end => format!("{poor} pulls away from {rich} without end{later}"),
        (Verdict::Ahead, Direction::Overtaking) => {
            format!("{poor} overtakes {rich}{good}{later}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, _) if !ahead => {
            format!("{poor} pulls ahead of {rich}{good}{later}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, Direction::Narrowing) => {
            format!("{poor} {stays} ahead of {rich}, by less{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, Direction::Widening) => {
            format!("{poor} {stays} ahead of {rich}, by more{good}: the gap goes from {first} to {limit}")
        }
        (Verdict::Ahead, _) => format!("{poor} {stays} ahead of {rich}: the gap {stays} at {limit}{good}"),
        (Verdict::Converged, _) if ahead => {
            format!("{poor} loses its lead over {rich}: by {end} the two earn the same{closed}")
        }
        (Verdict::Converged, Direction::Steady) => format!("{between} ends closed{as_it_began}"),
        (Verdict::Converged, _) => format!("{between} closes by {end}{closed}"),
        (Verdict::Converging, _) if ahead => {
            format!("{poor} loses its lead over {rich}: the gap goes from {first} to 1{good}")
        }
        (Verdict::Converging, Direction::Steady) => format!("{between} ends closed{as_it_began}"),
        (Verdict::Converging, _) => format!("{between} closes{good}, after {end}"),
        (Verdict::PersistentGap, Direction::Overtaken) => {
            format!("{poor} loses its lead over {rich}{later}: the gap goes from {first} to {limit}{good}")
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
    (moves, then)
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
    let half = told.summary[Measure::HalfLife]?;
    let from = told.summary.half_life_from.filter(|from| told.reaches(*from))?;
    let way = match told.summary.way? {
        Way::Falls => "falls",
        Way::Rises => "rises",
    };
    Some(format!("from {} on the gap {way}, half of the way in {}", told.date(from), years(half)))
}

/// What changes after the last row, and when the last change comes; `None` where nothing does.
pub fn later(told: &Told<'_>) -> Option<String> {
    let mut changes = told.later_shocks();
    changes.extend(next_regime(told));
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    changes.truncate(CHANGES);
    let last_told = changes.last()?.0;
    let what: Vec<String> = changes.into_iter().map(|(year, what)| format!("{what} in {}", told.date(year))).collect();
    let last = told.summary.half_life_from.filter(|last| *last > last_told);
    let last = last.map_or_else(String::new, |last| format!("; the last change comes in {}", told.date(last)));
    Some(format!("What no row shows: {}, after the last row{last}.", listed(&what)))
}

/// The first change of regime or sector after the last row: its year, and what happens.
fn next_regime(told: &Told<'_>) -> Option<(f64, String)> {
    let (summary, sectors) = (told.summary, told.people().sectors());
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
    Some((year, what))
}

/// What became of the sector that policy promoted last, by the test that bears Mill's name where it was an infant.
pub fn promotion(told: &Told<'_>) -> Option<String> {
    let summary = told.summary;
    let sector = told.promoted_last().map(|name| told.people().sector(name))?;
    let (fate, passes) = match (summary.measures.outcome?, summary[Measure::SelfSustainingYear]) {
        (Outcome::NeverFormed, _) => ("never forms".to_owned(), false),
        (Outcome::SelfSustaining, Some(since)) => (format!("stands on its own from {} on", told.date(since)), true),
        (Outcome::SelfSustaining, None) => ("ends up standing on its own".to_owned(), true),
        (Outcome::Subsidised, _) if summary.stands_in_the_end() => {
            ("is paid a subsidy for ever, and in the end would stand without it".to_owned(), true)
        }
        (Outcome::Subsidised, _) => ("is subsidised for ever".to_owned(), false),
        (Outcome::Replaced, _) => {
            (format!("gives way to one in {}", told.sector(summary.long_run_sector.as_deref())), false)
        }
        (Outcome::Collapsed, _) => (told.end_of_cluster(), false),
    };
    let test = match (summary.infant == Some(true) && summary.ruin.is_none(), passes) {
        (false, _) => "",
        (true, true) => ": Mill's test is passed",
        (true, false) => ": Mill's test is failed",
    };
    Some(format!("The cluster in {sector} that policy promotes {fate}{test}."))
}

/// When a subsidy is paid, by whom and for which of several sectors, and what it is worth.
pub fn subsidy(told: &Told<'_>) -> Option<String> {
    let (summary, people) = (told.summary, told.people());
    let stretches = &summary.subsidies;
    let (first, last_row) = (stretches.first()?, told.grid().periods);
    let several = stretches.iter().any(|stretch| stretch.sector != first.sector);
    // Who pays for what, in the order in which they begin.
    let mut groups: Vec<(Payer, usize)> = Vec::new();
    for Subsidised { payer, sector, .. } in stretches {
        if !groups.contains(&(*payer, *sector)) {
            groups.push((*payer, *sector));
        }
    }
    let mut payer_before = None;
    let parts: Vec<String> = groups
        .into_iter()
        .map(|(payer, sector)| {
            let own: Vec<_> = stretches.iter().filter(|own| (own.payer, own.sector) == (payer, sector)).collect();
            let by = if payer_before == Some(payer) { String::new() } else { format!("by {} ", people.payer(payer)) };
            let of = if several { format!("in {} ", people.sectors()[sector]) } else { String::new() };
            payer_before = Some(payer);
            format!("{by}{of}{}", when(told, &own))
        })
        .collect();
    let beyond = |stretch: &Subsidised| stretch.last.is_none_or(|last| last > last_row);
    let later = if first.from > last_row {
        ", after the last row"
    } else if stretches.iter().any(|stretch| stretch.last.is_some() && beyond(stretch)) {
        ", in part after the last row"
    } else {
        ""
    };
    // What counts the rows alone says so where more is paid.
    let rows = if stretches.iter().any(beyond) { format!(" up to {}", told.end()) } else { String::new() };
    let cut = if told.scenario.problem.window == Window::Horizon { rows.as_str() } else { "" };
    let worth = summary[Measure::SubsidyPv].filter(|pv| *pv > 0.0);
    let worth = worth.map_or_else(String::new, |pv| format!(", in present value{cut} {}", told.wages(pv)));
    let peak = summary[Measure::PeakSubsidyShare].filter(|share| *share > 0.0);
    let peak = peak.map_or_else(String::new, |peak| format!(", at most {} % of the wage{rows}", short(100.0 * peak)));
    Some(format!("Subsidised {}{later}{worth}{peak}.", listed(&parts)))
}

/// That after the last row P cannot pay for its cluster.
pub fn ruin(told: &Told<'_>) -> Option<String> {
    Some(format!(
        "The subsidy cannot go on: {}; what is said of later years would hold if {} could.",
        told.ruin()?,
        told.people().poor
    ))
}

/// The dates of some stretches, the first ones one by one.
fn when(told: &Told<'_>, stretches: &[&Subsidised]) -> String {
    let year = |k: usize| told.year(k);
    let span = |stretch: &&Subsidised| match stretch.last {
        Some(last) => told.span(year(stretch.from), Some(year(last))),
        None => format!("{}, for ever", told.span(year(stretch.from), None)),
    };
    let [first, .., last] = stretches else { return stretches.iter().map(span).collect() };
    match last.last {
        _ if stretches.len() <= STRETCHES => listed(&stretches.iter().map(span).collect::<Vec<_>>()),
        Some(end) => format!("at times {}", told.span(year(first.from), Some(year(end)))),
        None => format!("at times from {} on, and {}", told.date(year(first.from)), span(last)),
    }
}
