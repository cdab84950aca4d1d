//! Which lines, areas and marks each kind of picture has.

use super::axis::{Scale, significant};
use super::data::{Comparison, Decomposition, LongRun, Run, TERMS};
use super::figure::{Act, Area, Band, Figure, Jump, Level, LevelKind, Line, Panel, Strip, Style, style};
use super::text::literal;
use super::{Source, What};

/// A growth rate this many times the usual spread away from the middle is a jump.
const FAR: f64 = 8.0;
/// Growth rates this near are alike.
const FLAT: f64 = 1e-6;

const GAP: &str = "Income gap, w_{R} / w_{P}";
const WAGE: &str = "Earnings of a worker in P, in units of R’s wage";
const RELATIVE: &str = "Relative productivity, z = Z_{P} / Z_{R}";
const GROWTH: &str = "Growth of real income per worker, % per year";
const GROWTH_P: &str = "Growth of real income per worker in P, % per year";
const MARGIN: &str = "Margin of the cluster, v_{Cl} / max v_{Is} − 1, %";
const OF_ONE: &str = "change of ln (income gap) since the start";
const TERM: &str = "Change of ln (income gap) since the start";

/// The picture of `what`.
pub(super) fn figure(source: &Source, what: What) -> Figure {
    match source {
        Source::Run(run) => of_run(run, what),
        Source::Comparison(comparison) if what == What::Decomposition => decomposition(comparison),
        Source::Comparison(comparison) => of_comparison(comparison, what),
    }
}

fn of_run(run: &Run, what: What) -> Figure {
    let panel = match what {
        What::Gap | What::Decomposition => gap_of_run(run),
        What::Wage => wage_of_run(run),
        What::Z => relative(run),
        What::Growth => {
            let lines = [("R", &run.growth_R, 1), ("P", &run.growth_P, 0)];
            let lines =
                lines.map(|(label, rates, i)| Rates { label: label.to_owned(), rates, style: style(i), run, place: 0 });
            growth(GROWTH, &lines)
        }
        What::Margin => margin(&[(run, String::new())]),
    };
    let title = run.title.clone().unwrap_or_else(|| run.name.clone());
    let mut subtitle = if run.title.is_some() { run.name.clone() } else { String::new() };
    if let Some(error) = &run.error {
        let name = if subtitle.is_empty() { String::new() } else { format!("{subtitle}: ") };
        subtitle = format!("{name}the run failed: {error}");
    }
    let mut notes = Vec::new();
    if what == What::Gap {
        match run.long_run {
            LongRun::Unbounded => notes.push("In the long run the gap grows without bound.".to_owned()),
            LongRun::Gap(gap) if gap <= 0.0 => notes.push("In the long run the gap goes to 0.".to_owned()),
            _ => {}
        }
    }
    notes.extend(jump_note(&panel));
    Figure {
        title: literal(&title),
        subtitle: literal(&subtitle),
        runs: vec![run.name.clone()],
        x_label: x_label(run.calendar),
        x: years(run.year.first().copied(), run.end()),
        acts: acts(run),
        strips: vec![strip(0, run, None, &sectors(std::slice::from_ref(run)))],
        panels: vec![panel],
        notes,
    }
}

fn of_comparison(comparison: &Comparison, what: What) -> Figure {
    let runs = &comparison.runs;
    let panel = match what {
        What::Gap => gaps(runs),
        What::Wage | What::Z | What::Decomposition => {
            let lines: Vec<Line> = runs
                .iter()
                .enumerate()
                .map(|(i, run)| Line { run: i, ..line(literal(&run.name), i, run, &run.w_P) })
                .collect();
            let values = lines.iter().flat_map(points).map(|(_, y)| y);
            let mut panel =
                Panel::new("w_P", "Wage in P, w_{P}, in units of R’s wage", Scale::holding(values, Some(1.0), true));
            panel.lines = lines;
            parity(&mut panel);
            panel
        }
        What::Growth => {
            let rates = runs.iter().enumerate().map(|(i, run)| Rates {
                label: literal(&run.name),
                rates: &run.growth_P,
                style: style(i),
                run,
                place: i,
            });
            growth(GROWTH_P, &rates.collect::<Vec<_>>())
        }
        What::Margin => {
            let runs: Vec<(&Run, String)> = runs.iter().map(|run| (run, literal(&run.name))).collect();
            margin(&runs)
        }
    };
    let baseline = comparison.baseline.as_ref().map_or_else(String::new, |name| format!("baseline: {name}"));
    let start = runs.iter().filter_map(|run| run.year.first().copied()).reduce(f64::min);
    let end = runs.iter().map(Run::end).fold(f64::NEG_INFINITY, f64::max);
    let sectors = sectors(runs);
    let several = runs.len() > 1;
    Figure {
        title: literal(&comparison.name),
        subtitle: literal(&baseline),
        runs: runs.iter().map(|run| run.name.clone()).collect(),
        x_label: x_label(runs.iter().any(|run| run.calendar)),
        x: years(start, end),
        acts: Vec::new(),
        strips: runs.iter().enumerate().map(|(i, run)| strip(i, run, several.then(|| style(i)), &sectors)).collect(),
        notes: jump_note(&panel),
        panels: vec![panel],
    }
}

fn jump_note(panel: &Panel) -> Vec<String> {
    let note = "Marks apart from the lines: at these dates the level jumps, as the regime or a parameter changes.";
    if panel.jumps.is_empty() { Vec::new() } else { vec![note.to_owned()] }
}

fn x_label(calendar: bool) -> String {
    if calendar { "Year".to_owned() } else { "Years since the start".to_owned() }
}

fn years(start: Option<f64>, end: f64) -> Scale {
    Scale::spanning(start.unwrap_or(0.0), end)
}

/// A line through the values that are there.
fn line(label: String, i: usize, run: &Run, values: &[Option<f64>]) -> Line {
    let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (year, value) in run.year.iter().zip(values) {
        match (value, pieces.last_mut()) {
            (Some(value), Some(piece)) => piece.push((*year, *value)),
            (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    Line { label, style: style(i), pieces, limit: None, run: 0 }
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
fn parity(panel: &mut Panel) {
    if panel.y.holds(1.0) {
        panel.levels.insert(0, Level { y: 1.0, kind: LevelKind::Reference, label: "parity".to_owned() });
    }
}

fn gap_of_run(run: &Run) -> Panel {
    let mut line = line(String::new(), 0, run, &run.gap);
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
        parity(&mut panel);
    }
    if let Some(limit) = limit {
        let also = if at_parity { " (parity)" } else { "" };
        let label = format!("long run {}{also}", significant(limit));
        panel.levels.push(Level { y: limit, kind: LevelKind::LongRun, label });
    }
    with_log(panel)
}

fn gaps(runs: &[Run]) -> Panel {
    let lines: Vec<Line> = runs
        .iter()
        .enumerate()
        .map(|(i, run)| Line { limit: drawable(run.long_run), run: i, ..line(literal(&run.name), i, run, &run.gap) })
        .collect();
    let values = lines.iter().flat_map(|line| points(line).map(|(_, y)| y).chain(line.limit));
    let mut panel = Panel::new("income_gap", GAP, Scale::holding(values, Some(1.0), true));
    panel.lines = lines;
    parity(&mut panel);
    with_log(panel)
}

fn wage_of_run(run: &Run) -> Panel {
    let wage = line("wage w_{P}".to_owned(), 0, run, &run.w_P);
    let mut outside = line("outside option, best v_{Is}".to_owned(), 1, run, &run.outside);
    outside.style.width = 1.4;
    let values = points(&wage).chain(points(&outside)).map(|(_, y)| y);
    let mut panel = Panel::new("w_P", WAGE, Scale::holding(values, Some(1.0), true));
    panel.lines = vec![wage, outside];
    parity(&mut panel);
    with_log(panel)
}

fn relative(run: &Run) -> Panel {
    let order = sectors(std::slice::from_ref(run));
    let mut others = order.len();
    let lines: Vec<Line> = run
        .sectors
        .iter()
        .map(|sector| {
            // The hue of its band, where it has one.
            let i = order.iter().position(|name| *name == sector.name).unwrap_or_else(|| {
                others += 1;
                others - 1
            });
            line(sector.name.clone(), i, run, &sector.z)
        })
        .collect();
    let values = lines.iter().flat_map(points).map(|(_, y)| y);
    let mut panel = Panel::new("z", RELATIVE, Scale::holding(values, Some(1.0), true));
    panel.lines = lines;
    parity(&mut panel);
    with_log(panel)
}

/// Growth rates of a run.
struct Rates<'a> {
    label: String,
    rates: &'a [Option<f64>],
    style: Style,
    run: &'a Run,
    /// Place of the run in the picture.
    place: usize,
}

fn growth(y_label: &str, wanted: &[Rates<'_>]) -> Panel {
    let (mut lines, mut jumps) = (Vec::new(), Vec::new());
    for Rates { label, rates, style, run, place } in wanted {
        let marked = jumps_of(run, rates);
        let percent = |k: usize| rates[k].map(|rate| 100.0 * rate);
        let smooth: Vec<Option<f64>> = (0..rates.len()).map(|k| percent(k).filter(|_| !marked[k])).collect();
        lines.push(Line { style: *style, run: *place, ..line(label.clone(), 0, run, &smooth) });
        jumps.extend((0..rates.len()).filter(|k| marked[*k]).filter_map(|k| {
            let y = percent(k)?;
            let sign = if y > 0.0 { "+" } else { "" };
            let text = format!("{sign}{} %", significant(round(y)));
            Some(Jump { x: run.year[k], y, style: *style, text, run: *place })
        }));
    }
    let values = lines.iter().flat_map(points).map(|(_, y)| y);
    let mut y = Scale::holding(values, Some(0.0), false);
    if y.hi - y.lo < 0.1 {
        let middle = f64::midpoint(y.lo, y.hi);
        y = Scale { lo: middle - 0.1, hi: middle + 0.1, log: false };
    }
    let mut panel = Panel::new("growth_P", y_label, y);
    if panel.y.holds(0.0) {
        panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: String::new() });
    }
    panel.lines = lines;
    panel.jumps = jumps;
    panel
}

/// Rows at which growth is a jump of the level, by what changes there or by its size.
fn jumps_of(run: &Run, rates: &[Option<f64>]) -> Vec<bool> {
    let mut jumps = vec![false; run.year.len()];
    for spell in run.spells.iter().skip(1) {
        jumps[spell.first] = true;
    }
    for mark in run.marks.iter().filter(|mark| mark.event == "shock") {
        jumps[mark.period] = true;
    }
    // What fits between its neighbours is none.
    for k in 1..jumps.len().saturating_sub(1) {
        if let (true, Some(before), Some(rate), Some(after)) = (jumps[k], rates[k - 1], rates[k], rates[k + 1]) {
            let (low, high) = (before.min(after), before.max(after));
            jumps[k] = rate < low - FLAT || rate > high + FLAT;
        }
    }
    let mut sorted: Vec<f64> =
        rates.iter().zip(&jumps).filter(|(_, jump)| !**jump).filter_map(|(rate, _)| *rate).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |tenth: usize| sorted.get(sorted.len() * tenth / 10);
    if let (Some(low), Some(middle), Some(high)) = (at(1), at(5), at(9)) {
        let far = FAR * (high - low) + 0.01;
        for (jump, rate) in jumps.iter_mut().zip(rates) {
            *jump |= rate.is_some_and(|rate| (rate - middle).abs() > far);
        }
    }
    jumps
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn margin(runs: &[(&Run, String)]) -> Panel {
    let lines: Vec<Line> = runs
        .iter()
        .enumerate()
        .map(|(i, (run, label))| {
            let values: Vec<Option<f64>> = run.margin.iter().map(|value| value.map(|value| 100.0 * value)).collect();
            let label = if label.is_empty() {
                let last = values.iter().rev().find_map(|value| *value);
                last.map_or_else(String::new, |last| format!("margin {} %", significant(round(last))))
            } else {
                label.clone()
            };
            Line { run: i, ..line(label, i, run, &values) }
        })
        .filter(|line| !line.pieces.is_empty())
        .collect();
    let values = lines.iter().flat_map(points).map(|(_, y)| y);
    // Zero is the point of the picture: it is always on the axis.
    let values: Vec<f64> = values.chain([0.0]).collect();
    let mut panel = Panel::new("margin", MARGIN, Scale::holding(values.into_iter(), Some(0.0), false));
    if lines.is_empty() {
        panel.y = Scale { lo: -10.0, hi: 10.0, log: false };
        panel.empty = "no cluster at any date".to_owned();
    }
    panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: "below 0: no equilibrium".to_owned() });
    panel.lines = lines;
    panel
}

fn decomposition(comparison: &Comparison) -> Figure {
    let shown: Vec<&Decomposition> = comparison
        .decompositions
        .iter()
        .filter(|decomposition| decomposition.total.iter().flatten().any(|value| value.abs() > 1e-12))
        .collect();
    let shown = if shown.is_empty() { comparison.decompositions.iter().collect() } else { shown };
    let start_of = |name: &str| {
        let run = comparison.runs.iter().find(|run| run.name == name).or(comparison.runs.first());
        run.and_then(|run| run.year.first().copied()).unwrap_or(0.0)
    };
    let mut used = [false; TERMS.len()];
    for decomposition in &shown {
        for (used, term) in used.iter_mut().zip(&decomposition.terms) {
            *used |= term.iter().flatten().any(|value| value.abs() > 1e-12);
        }
    }
    let several = shown.len() > 1;
    let (mut start, mut end) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut panels = Vec::new();
    for decomposition in shown {
        let x: Vec<f64> = decomposition.t.iter().map(|t| start_of(&decomposition.name) + t).collect();
        start = x.iter().copied().fold(start, f64::min);
        end = x.iter().copied().fold(end, f64::max);
        let (areas, extent) = stack(&x, &decomposition.terms, &used);
        let place = comparison.decompositions.iter().position(|other| other.name == decomposition.name).unwrap_or(0);
        let total = Line {
            label: "total".to_owned(),
            style: Style { dash: "", width: 2.2, ..style(4) },
            pieces: vec![x.iter().zip(&decomposition.total).filter_map(|(x, y)| Some((*x, (*y)?))).collect()],
            limit: None,
            run: place,
        };
        let values: Vec<f64> = extent.into_iter().chain(points(&total).map(|(_, y)| y)).chain([0.0]).collect();
        let label = if several { format!("{}: {OF_ONE}", literal(&decomposition.name)) } else { TERM.to_owned() };
        let mut panel = Panel::new("cum_d_ln_gap", &label, Scale::holding(values.into_iter(), Some(0.0), false));
        panel.run = Some(place);
        panel.areas = areas;
        panel.lines.push(total);
        panel.levels.push(Level { y: 0.0, kind: LevelKind::Reference, label: String::new() });
        panels.push(panel);
    }
    let only = comparison.decompositions.first().filter(|_| !several);
    Figure {
        title: literal(&comparison.name),
        subtitle: only.map_or_else(
            || "What moved the income gap".to_owned(),
            |only| format!("What moved the income gap: {}", literal(&only.name)),
        ),
        runs: comparison.decompositions.iter().map(|decomposition| decomposition.name.clone()).collect(),
        x_label: x_label(comparison.runs.iter().any(|run| run.calendar)),
        x: Scale::spanning(if start.is_finite() { start } else { 0.0 }, end),
        acts: Vec::new(),
        strips: Vec::new(),
        panels,
        notes: Vec::new(),
    }
}

/// Terms stacked away from zero, those above and those below apart; and how far they reach.
fn stack(x: &[f64], terms: &[Vec<Option<f64>>; TERMS.len()], used: &[bool; TERMS.len()]) -> (Vec<Area>, [f64; 2]) {
    let value = |i: usize, k: usize| terms[i][k].unwrap_or(0.0);
    // Where a term changes sign between two dates, both stacks have a corner.
    let mut corners: Vec<(usize, f64)> = Vec::new();
    for k in 0..x.len() {
        corners.push((k, 0.0));
        if k + 1 < x.len() {
            let crossing = |i: usize| {
                let (a, b) = (value(i, k), value(i, k + 1));
                (a * b < 0.0).then(|| a / (a - b))
            };
            let mut shares: Vec<f64> = (0..TERMS.len()).filter_map(crossing).collect();
            shares.sort_by(f64::total_cmp);
            corners.extend(shares.into_iter().map(|share| (k, share)));
        }
    }
    let mut areas: Vec<Area> = TERMS
        .iter()
        .enumerate()
        .map(|(fill, (_, label))| Area { label: (*label).to_owned(), fill, above: Vec::new(), below: Vec::new() })
        .collect();
    let mut extent = [0.0, 0.0];
    for (k, share) in corners {
        let next = (k + 1).min(x.len() - 1);
        let at = x[k] + share * (x[next] - x[k]);
        let (mut top, mut bottom) = (0.0, 0.0);
        for (i, area) in areas.iter_mut().enumerate() {
            let term = value(i, k) + share * (value(i, next) - value(i, k));
            area.above.push((at, top, top + term.max(0.0)));
            area.below.push((at, bottom + term.min(0.0), bottom));
            top += term.max(0.0);
            bottom += term.min(0.0);
        }
        extent = [f64::min(extent[0], bottom), f64::max(extent[1], top)];
    }
    areas.retain(|area| used[area.fill]);
    (areas, extent)
}

/// Sectors in which P specialises at some date, in order of first appearance.
fn sectors(runs: &[Run]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for spell in runs.iter().flat_map(|run| &run.spells).filter(|spell| !spell.sector.is_empty()) {
        if !order.contains(&spell.sector) {
            order.push(spell.sector.clone());
        }
    }
    order
}

fn strip(place: usize, run: &Run, style: Option<Style>, order: &[String]) -> Strip {
    let until = |next: Option<usize>| next.map_or_else(|| run.end(), |row| run.year[row]);
    let bands = run
        .spells
        .iter()
        .enumerate()
        .map(|(i, spell)| Band {
            from: run.year[spell.first],
            until: until(run.spells.get(i + 1).map(|next| next.first)),
            regime: spell.regime.clone(),
            sector: spell.sector.clone(),
            tint: order.iter().position(|sector| *sector == spell.sector).unwrap_or(0),
        })
        .collect();
    let mut subsidised: Vec<(f64, f64)> = Vec::new();
    let mut since = None;
    for (k, paid) in run.subsidised.iter().enumerate() {
        match (paid, since) {
            (true, None) => since = Some(run.year[k]),
            (false, Some(from)) => {
                subsidised.push((from, run.year[k]));
                since = None;
            }
            _ => {}
        }
    }
    if let Some(from) = since {
        subsidised.push((from, run.end()));
    }
    Strip { style, run: place, bands, subsidised }
}

/// Policies with their ends, shocks, and trade that opens or closes.
fn acts(run: &Run) -> Vec<Act> {
    let mut acts: Vec<(Act, String, bool)> = Vec::new();
    for mark in &run.marks {
        let at = run.year.get(mark.period).copied().unwrap_or(0.0);
        let words = || literal(mark.detail.strip_suffix(", if an equilibrium").unwrap_or(&mark.detail));
        match mark.event.as_str() {
            "policy_on" => acts.push((Act { from: at, until: run.end(), text: words() }, mark.detail.clone(), true)),
            "policy_off" => {
                let open = acts.iter_mut().find(|(_, detail, open)| *open && *detail == mark.detail);
                if let Some((act, _, open)) = open {
                    act.until = at;
                    *open = false;
                }
            }
            "shock" => {
                let text = if mark.detail.is_empty() { "shock".to_owned() } else { format!("shock: {}", words()) };
                acts.push((Act { from: at, until: at, text }, String::new(), false));
            }
            _ => {}
        }
    }
    acts.into_iter().map(|(act, ..)| act).collect()
}
