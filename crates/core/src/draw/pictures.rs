//! What each kind of picture shows. A new one is a line in the list and an arm that draws it.

use super::axis::{Scale, significant};
use super::colour::{HUES, MOST_RUNS, Pen};
use super::data::{Comparison, LongRun, Run, Source};
use super::decomposition::decomposition;
use super::figure::{Figure, Jump, Level, LevelKind, Line, Panel};
use super::history::{acts, sectors, steps, strip, without_jump};
use super::shown::{Shown, heading, labels, shown_of, x_label};
use super::text::literal;
use crate::math::exp_m1;
use crate::names;
use crate::trajectory::EventKind;

names! {
    /// What a picture of a run or a comparison shows.
    pub enum What {
        Gap = "gap": "The income gap, with its long run",
        Share = "share": "Income in P as a share of R's",
        Wage = "wage": "The wage in P against what leaving the cluster would pay",
        Z = "z": "Relative productivity of every sector (of a run)",
        Growth = "growth": "Growth of real incomes",
        Margin = "margin": "How far the cluster is from collapse",
        Decomposition = "decomposition": "What moved the gap (of a comparison)",
    }
}

impl What {
    /// Heading over the picture in a report, and how to read it, the regions called by their names.
    pub fn reading(self, poor: &str, rich: &str) -> (String, String) {
        let (heading, reading) = match self {
            Self::Gap => (
                "Income gap",
                "{R}’s wage over {P}’s; 1 is parity. Beyond the last year stands the gap in the long run, to which the path goes on.",
            ),
            Self::Share => ("Income", "Income in {P} as a share of {R}’s: 100 % is parity."),
            Self::Wage => ("Wage in {P}", "In units of {R}’s wage: the inverse of the income gap."),
            Self::Z => (
                "Relative productivities",
                "z = Z_P / Z_R, the technology gap in each sector: 1 is {R}’s level. Clusters learn; outside them {P} lives on spillovers.",
            ),
            Self::Growth => (
                "Growth",
                "Growth of real income per worker in {P}. Where the regime or a parameter changes, the level jumps.",
            ),
            Self::Margin => (
                "How far a cluster is from collapse",
                "What a worker earns in the cluster over the best that he would earn outside it, less 1. Below 0 the cluster collapses, or \
                 needs a subsidy.",
            ),
            Self::Decomposition => (
                "What moved the gap",
                "Change of ln(income gap) since the start, in six parts that add up to it. What widens the gap is stacked upwards, what \
                 narrows it downwards; the black line is their sum.",
            ),
        };
        let named = |text: &str| text.replace("{P}", poor).replace("{R}", rich);
        (named(heading), named(reading))
    }
}

/// The pictures that a comparison comes with.
pub const OF_A_COMPARISON: [What; 5] = [What::Gap, What::Wage, What::Growth, What::Margin, What::Decomposition];

/// Growth rates this near are alike.
const FLAT: f64 = 1e-6;

const GAP: &str = "Income gap, w_{R} / w_{P}";
const RELATIVE: &str = "Relative productivity, z = Z_{P} / Z_{R}";
const GROWTH: &str = "Growth of real income per worker, % per year";
const MARGIN: &str = "Margin of the cluster, v_{Cl} / max v_{Is} − 1, %";

/// The picture of `what`.
pub(super) fn figure(source: &Source, what: What) -> Figure {
    match source {
        Source::Run(run) => of_run(run, what),
        Source::Comparison(comparison) if what == What::Decomposition => decomposition(comparison),
        Source::Comparison(comparison) => of_comparison(comparison, what),
    }
}

/// The axes of `what`, of one run or of several.
fn panel(shown: &[Shown<'_>], what: What) -> Panel {
    match (what, shown) {
        (What::Share, _) => share(shown),
        (What::Wage, [only]) if only.label.is_empty() => wage_of_run(only.run),
        (What::Wage, _) => wages(shown),
        (What::Z, _) => relative(shown),
        (What::Growth, [only]) if only.label.is_empty() => {
            let in_rich = Shown { pen: Pen::Run(1), label: literal(&only.run.rich), ..*only };
            let in_poor = Shown { label: literal(&only.run.poor), ..*only };
            growth(GROWTH, &[(&in_rich, &only.run.growth_R), (&in_poor, &only.run.growth_P)])
        }
        (What::Growth, _) => {
            let label = format!("Growth of real income per worker in {}, % per year", regions(shown).0);
            growth(&label, &shown.iter().map(|shown| (shown, &shown.run.growth_P)).collect::<Vec<_>>())
        }
        (What::Margin, _) => margin(shown),
        (What::Gap | What::Decomposition, [only]) if only.label.is_empty() => gap_of_run(only.run),
        (What::Gap | What::Decomposition, _) => gaps(shown),
    }
}

fn of_run(run: &Run, what: What) -> Figure {
    let panel = panel(&[Shown { run, pen: Pen::Run(0), place: 0, label: String::new() }], what);
    let title = run.title.clone().unwrap_or_else(|| run.name.clone());
    let mut subtitle = if run.title.is_some() { run.name.clone() } else { String::new() };
    if let Some(error) = &run.error {
        let name = if subtitle.is_empty() { String::new() } else { format!("{subtitle}: ") };
        subtitle = format!("{name}the run failed: {error}");
    }
    let mut notes = Vec::new();
    if matches!(what, What::Gap | What::Share) {
        match run.long_run {
            LongRun::Unbounded => notes.push("In the long run the gap grows without bound.".to_owned()),
            LongRun::Gap(gap) if gap <= 0.0 => notes.push("In the long run the gap goes to 0.".to_owned()),
            _ => {}
        }
    }
    notes.extend(jump_note(&panel).into_iter().chain(before_note(&panel)));
    if what == What::Z && run.sectors.len() > MOST_RUNS {
        notes.push(format!("The first {MOST_RUNS} of {} sectors: more would not look different.", run.sectors.len()));
    }
    Figure {
        title: literal(&title),
        subtitle: literal(&subtitle),
        runs: vec![run.name.clone()],
        x_label: x_label(run.calendar),
        x: years(run.year.first().copied(), run.end()),
        names: Vec::new(),
        multiples: false,
        acts: acts(&[(run, Pen::Run(0))]),
        strips: vec![strip(0, run, (None, ""), &sectors(std::iter::once(run)))],
        panels: vec![panel],
        notes,
    }
}

fn of_comparison(comparison: &Comparison, what: What) -> Figure {
    let shown = shown_of(comparison);
    let panel = panel(&shown, what);
    let (title, name) = heading(comparison);
    let baseline = labels(comparison).into_iter().zip(&comparison.runs);
    let baseline = baseline.filter(|(_, run)| Some(&run.name) == comparison.baseline.as_ref());
    let baseline = baseline.map(|(label, _)| format!("baseline: {label}"));
    let subtitle: Vec<String> = Some(name).filter(|name| *name != title).into_iter().chain(baseline).collect();
    let start = shown.iter().filter_map(|shown| shown.run.year.first().copied()).reduce(f64::min);
    let end = shown.iter().map(|shown| shown.run.end()).fold(f64::NEG_INFINITY, f64::max);
    let sectors = sectors(shown.iter().map(|shown| shown.run));
    let several = shown.len() > 1;
    let mut notes: Vec<String> = jump_note(&panel).into_iter().chain(before_note(&panel)).collect();
    let has_line =
        |shown: &&Shown<'_>| panel.lines.iter().any(|line| line.run == shown.place && !line.pieces.is_empty());
    let without: Vec<&str> = shown.iter().filter(|shown| !has_line(shown)).map(|shown| shown.label.as_str()).collect();
    if !without.is_empty() && panel.empty.is_empty() {
        notes.push(format!("Without a line, for want of values: {}.", without.join(", ")));
    }
    if shown.len() < comparison.runs.len() {
        notes.push(format!(
            "The first {} of {} runs: more would not look different from each other.",
            shown.len(),
            comparison.runs.len()
        ));
    }
    Figure {
        title: literal(&title),
        subtitle: literal(&subtitle.join("; ")),
        runs: shown.iter().map(|shown| shown.run.name.clone()).collect(),
        x_label: x_label(shown.iter().any(|shown| shown.run.calendar)),
        x: years(start, end),
        names: Vec::new(),
        multiples: false,
        acts: acts(&shown.iter().map(|shown| (shown.run, shown.pen)).collect::<Vec<_>>()),
        strips: shown
            .iter()
            .map(|shown| strip(shown.place, shown.run, (several.then_some(shown.pen), &shown.label), &sectors))
            .collect(),
        panels: vec![panel],
        notes,
    }
}

fn jump_note(panel: &Panel) -> Option<String> {
    let note = "Marks apart from the lines: at these dates the level jumps, as the regime, a parameter or the policy in force changes, \
                by so much from one date to the next.";
    (!panel.jumps.is_empty()).then(|| note.to_owned())
}

fn before_note(panel: &Panel) -> Option<String> {
    let begins = panel.lines.iter().any(|line| line.before.is_some());
    begins.then(|| "Dot at the beginning: just before it, where a policy moves the path at once.".to_owned())
}

fn years(start: Option<f64>, end: f64) -> Scale {
    Scale::spanning(start.unwrap_or(0.0), end)
}

/// A line of what is the gap, or follows from it as `of` says: it begins where the gap stood before a policy of t = 0.
fn line_of_gap(shown: &Shown<'_>, values: &[Option<f64>], of: impl Fn(f64) -> f64) -> Line {
    let mut line = line(shown, values);
    let first = shown.run.year.first().copied().filter(|_| values.first().is_some_and(Option::is_some));
    let before = first.zip(shown.run.before.map(of));
    if let (Some((year, before)), Some(piece)) = (before, line.pieces.first_mut()) {
        piece.insert(0, (year, before));
        line.before = Some(before);
    }
    line
}

/// A line through the values that are there, upright where they jump.
fn line(shown: &Shown<'_>, values: &[Option<f64>]) -> Line {
    let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    let jumps = steps(shown.run, values);
    for (k, (year, value)) in shown.run.year.iter().zip(values).enumerate() {
        match (value, pieces.last_mut()) {
            (Some(value), Some(piece)) => {
                let before = if jumps[k] { without_jump(values, &jumps, k) } else { None };
                piece.extend(before.map(|before| (*year, before)));
                piece.push((*year, *value));
            }
            (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    Line {
        label: shown.label.clone(),
        pen: shown.pen,
        pieces,
        stepped: false,
        before: None,
        limit: None,
        run: shown.place,
    }
}

fn points(line: &Line) -> impl Iterator<Item = (f64, f64)> {
    line.pieces.iter().flatten().copied()
}

fn drawable(long_run: LongRun) -> Option<f64> {
    match long_run {
        LongRun::Gap(gap) if gap > 0.0 => Some(gap),
        _ => None,
    }
}

fn with_log(mut panel: Panel) -> Panel {
    if panel.y.log {
        panel.y_label += ", log scale";
    }
    panel
}

/// A line at parity where the axis shows it.
fn parity(panel: &mut Panel, at: f64) {
    if panel.y.holds(at) {
        panel.levels.insert(0, Level { y: at, kind: LevelKind::Reference, label: "parity".to_owned() });
    }
}

fn gap_of_run(run: &Run) -> Panel {
    let shown = Shown { run, pen: Pen::Run(0), place: 0, label: String::new() };
    let mut line = line_of_gap(&shown, &run.gap, |gap| gap);
    let limit = drawable(run.long_run);
    if let Some((_, last)) = points(&line).last() {
        line.label = format!("income gap {}", significant(last));
    }
    let values = points(&line).map(|(_, y)| y).chain(limit);
    let mut panel = Panel::new("income_gap", GAP, Scale::holding(values, Some(1.0), true));
    panel.lines.push(line);
    // Where both are one line, one label says so.
    let at_parity = limit.is_some_and(|limit| (limit - 1.0).abs() < 1e-9);
    if !at_parity {
        parity(&mut panel, 1.0);
    }
    if let Some(limit) = limit {
        let also = if at_parity { " (parity)" } else { "" };
        let label = format!("long run {}{also}", significant(limit));
        panel.levels.push(Level { y: limit, kind: LevelKind::LongRun, label });
    }
    with_log(panel)
}

fn gaps(shown: &[Shown<'_>]) -> Panel {
    let limited = |shown: &Shown<'_>| Line {
        limit: drawable(shown.run.long_run),
        ..line_of_gap(shown, &shown.run.gap, |gap| gap)
    };
    lines("income_gap", GAP, Some(1.0), shown.iter().map(limited).collect())
}

/// What P and R are called.
fn regions(shown: &[Shown<'_>]) -> (String, String) {
    let called = |name: fn(&Run) -> &String| shown.first().map_or_else(String::new, |shown| literal(name(shown.run)));
    (called(|run| &run.poor), called(|run| &run.rich))
}

/// The inverse of the gap: it cannot leave the page.
fn share(shown: &[Shown<'_>]) -> Panel {
    let (poor, rich) = regions(shown);
    let of = |gap: f64| 100.0 / gap;
    let drawn = |shown: &Shown<'_>| {
        let values: Vec<Option<f64>> = shown.run.gap.iter().map(|gap| gap.map(of).filter(|y| y.is_finite())).collect();
        let limit = match shown.run.long_run {
            LongRun::Unbounded => Some(0.0),
            other => drawable(other).map(of),
        };
        let mut line = line_of_gap(shown, &values, of);
        if let (true, Some((_, last))) = (line.label.is_empty(), points(&line).last()) {
            line.label = format!("income in {poor} {} %", significant(last));
        }
        Line { limit, ..line }
    };
    lines("income_share", &format!("Income in {poor}, % of {rich}’s"), Some(100.0), shown.iter().map(drawn).collect())
}

fn wages(shown: &[Shown<'_>]) -> Panel {
    let (poor, rich) = regions(shown);
    let label = format!("Wage in {poor}, w_{{P}}, in units of {rich}’s wage");
    let wage = |shown: &Shown<'_>| line_of_gap(shown, &shown.run.w_P, f64::recip);
    lines("w_P", &label, Some(1.0), shown.iter().map(wage).collect())
}

fn wage_of_run(run: &Run) -> Panel {
    let of = |pen, label: &str| Shown { run, pen, place: 0, label: label.to_owned() };
    let wage = line_of_gap(&of(Pen::Run(0), "wage w_{P}"), &run.w_P, f64::recip);
    let outside = line(&of(Pen::Thin(1), "outside option, best v_{Is}"), &run.outside);
    let label = format!("Earnings of a worker in {}, in units of {}’s wage", literal(&run.poor), literal(&run.rich));
    lines("w_P", &label, Some(1.0), vec![wage, outside])
}

fn relative(shown: &[Shown<'_>]) -> Panel {
    let of = |shown: &Shown<'_>| -> Vec<Line> {
        let sectors = shown.run.sectors.iter().enumerate();
        let one = |(i, name): (usize, &String)| Shown { pen: Pen::Run(i), label: literal(name), ..*shown };
        sectors.map(|(i, sector)| line(&one((i, &sector.name)), &sector.z)).collect()
    };
    let mut all: Vec<Line> = shown.iter().flat_map(of).collect();
    all.truncate(MOST_RUNS);
    lines("z", RELATIVE, Some(1.0), all)
}

/// Axes around lines, with parity where it is near.
fn lines(column: &'static str, y_label: &str, at_parity: Option<f64>, lines: Vec<Line>) -> Panel {
    let values = lines.iter().flat_map(|line| points(line).map(|(_, y)| y).chain(line.limit));
    let mut panel = Panel::new(column, y_label, Scale::holding(values, at_parity, true));
    panel.lines = lines;
    if let Some(at) = at_parity {
        parity(&mut panel, at);
    }
    with_log(panel)
}

fn growth(y_label: &str, wanted: &[(&Shown<'_>, &Vec<Option<f64>>)]) -> Panel {
    let (mut lines, mut jumps) = (Vec::new(), Vec::new());
    for (shown, rates) in wanted {
        let marked = jumps_of(shown.run, rates);
        let percent = |k: usize| rates[k].map(|rate| 100.0 * rate).filter(|rate| rate.is_finite());
        let smooth: Vec<Option<f64>> = (0..rates.len()).map(|k| percent(k).filter(|_| !marked[k])).collect();
        lines.push(line(shown, &smooth));
        jumps.extend((1..rates.len()).filter(|k| marked[*k]).filter_map(|k| {
            let y = percent(k)?;
            let size = jump(shown.run, rates, k)?;
            // A mark has a colour, but no dashes: where colours come again it says whose it is.
            let text = if wanted.len() > HUES.len() { format!("{size}, {}", shown.label) } else { size };
            Some(Jump { x: shown.run.year[k], y, pen: shown.pen, text, run: shown.place })
        }));
    }
    let values = lines.iter().flat_map(points).map(|(_, y)| y);
    let mut y = Scale::holding(values, Some(0.0), false);
    if y.hi - y.lo < 0.1 {
        let middle = f64::midpoint(y.lo, y.hi);
        y = Scale { lo: middle - 0.1, hi: middle + 0.1, log: false };
    }
    let mut panel = Panel { percent: true, ..Panel::new("growth_P", y_label, y) };
    if panel.y.holds(0.0) {
        panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: String::new() });
    }
    panel.lines = lines;
    panel.jumps = jumps;
    panel
}

/// By how much the level jumps at row `k`: growth is a difference of logarithms, far from a share where it is large.
fn jump(run: &Run, rates: &[Option<f64>], k: usize) -> Option<String> {
    let period = run.year[k] - run.year[k.checked_sub(1)?];
    let percent = round(100.0 * exp_m1(rates[k]? * period));
    let sign = if percent > 0.0 { "+" } else { "" };
    Some(format!("{sign}{} %", significant(percent)))
}

/// Events at which parameters or the policy in force change.
const CHANGES: [EventKind; 4] = [EventKind::Shock, EventKind::PolicyOn, EventKind::PolicyOff, EventKind::RuleChose];

/// Rows at which growth is a jump of the level: regime, sector, parameters or the policy in force change there, and it does not
/// fit between its neighbours.
fn jumps_of(run: &Run, rates: &[Option<f64>]) -> Vec<bool> {
    let mut jumps = vec![false; run.year.len()];
    let changes = run.marks.iter().filter(|mark| CHANGES.contains(&mark.event));
    for row in run.spells.iter().skip(1).map(|spell| spell.first).chain(changes.map(|mark| mark.period)) {
        if let Some(jump) = jumps.get_mut(row) {
            *jump = true;
        }
    }
    let rate = |k: Option<usize>| k.and_then(|k| rates.get(k).copied().flatten());
    for k in (1..jumps.len()).filter(|k| jumps[*k]).collect::<Vec<_>>() {
        let before = rate(Some(k - 1));
        // At the last row what comes next is what went before, gone on.
        let next = rate(Some(k + 1)).or_else(|| Some(2.0 * before? - rate(k.checked_sub(2))?));
        if let (Some(before), Some(rate), Some(next)) = (before, rates[k], next) {
            let (low, high) = (before.min(next), before.max(next));
            jumps[k] = rate < low - FLAT || rate > high + FLAT;
        }
    }
    jumps
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn margin(shown: &[Shown<'_>]) -> Panel {
    let lines: Vec<Line> = shown
        .iter()
        .map(|shown| {
            let percent: Vec<Option<f64>> = shown
                .run
                .margin
                .iter()
                .map(|value| value.map(|value| 100.0 * value).filter(|value| value.is_finite()))
                .collect();
            let mut line = line(shown, &percent);
            if let (true, Some((_, last))) = (line.label.is_empty(), points(&line).last()) {
                line.label = format!("margin {} %", significant(round(last)));
            }
            line
        })
        .filter(|line| !line.pieces.is_empty())
        .collect();
    // Zero is the point of the picture: it is always on the axis.
    let values: Vec<f64> = lines.iter().flat_map(points).map(|(_, y)| y).chain([0.0]).collect();
    let mut panel =
        Panel { percent: true, ..Panel::new("margin", MARGIN, Scale::holding(values.into_iter(), Some(0.0), false)) };
    if lines.is_empty() {
        panel.y = Scale { lo: -10.0, hi: 10.0, log: false };
        panel.empty = "no cluster at any date".to_owned();
    }
    panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: "below 0: no equilibrium".to_owned() });
    panel.lines = lines;
    panel
}
