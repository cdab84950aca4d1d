//! What a person reads of a run: the verdict in a sentence, the gap from start to long run, what changed and when.

use crate::math::ln;
use crate::measure::Measure;
use crate::scenario::Scenario;
use crate::summary::{Status, Summary, Verdict, describe_regime};
use crate::trajectory::{EventKind, Trajectory};
use crate::words::{short, year};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use std::path::Path;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const MIDDLE: Style = AnsiColor::Yellow.on_default();

/// Events told one by one; the rest are counted.
const EVENTS_TOLD: usize = 12;
/// Change of ln(gap) from top to bottom that is flat to the eye.
const FLAT: f64 = 0.001;
/// Characters of the sparkline.
const SPARK_WIDTH: usize = 60;

/// The account of one run.
pub(super) fn of_run(trajectory: &Trajectory, summary: &Summary, folder: &Path) -> String {
    let mut text = format!("{BOLD}{}{BOLD:#}", summary.name);
    if let Some(title) = &summary.title {
        let _ = write!(text, "  {title}");
    }
    let _ = writeln!(text, "\n  {}", sentence(trajectory, summary));
    let _ = writeln!(text, "  {}", numbers(trajectory, summary));
    for line in [subsidy(trajectory, summary), sparkline(trajectory)].into_iter().flatten() {
        let _ = writeln!(text, "  {line}");
    }
    text.push_str(&events(trajectory));
    let _ = writeln!(text, "  {DIM}{}{DIM:#}\n", folder.join("").display());
    text
}

/// The date of period k in prose: a calendar year, or a year of the run where t = 0 has none.
fn date(trajectory: &Trajectory, k: usize) -> String {
    let (start, t) = (trajectory.grid.start, trajectory.grid.t(k));
    if start == 0.0 { format!("year {}", year(t)) } else { year(start + t) }
}

fn years(value: f64) -> String {
    let text = short(value);
    if text == "1" { "1 year".to_owned() } else { format!("{text} years") }
}

/// What the long run brings to both regions alike.
fn growth(rate: f64) -> String {
    if rate == 0.0 {
        "neither region grows".to_owned()
    } else {
        let percent = if rate >= 0.001 { format!("{:.1}", 100.0 * rate) } else { short(100.0 * rate) };
        format!("both regions grow at {percent} % a year")
    }
}

/// The verdict in words.
fn sentence(trajectory: &Trajectory, summary: &Summary) -> String {
    if summary.measures.status() == Status::Failed {
        return format!("{BAD}the run failed{BAD:#}: {}", summary.measures.error.as_deref().unwrap_or(""));
    }
    let last =
        trajectory.rows.last().map(|row| describe_regime(row.regime, &trajectory.sector_names)).unwrap_or_default();
    let subsidised = if summary.last_regime_subsidised == Some(true) { ", subsidised" } else { "" };
    let under = format!("with {last}{subsidised}");
    let growth = growth(trajectory.outlook.map_or(0.0, |outlook| outlook.growth_R));
    let end = date(trajectory, trajectory.grid.periods);
    let final_gap = short(summary[Measure::FinalGap].unwrap_or(f64::NAN));
    let long_run = short(summary[Measure::LongRunGap].unwrap_or(f64::NAN));
    match summary.measures.verdict {
        Some(Verdict::PersistentGap) => {
            format!("{MIDDLE}P keeps a gap of {long_run} for good{MIDDLE:#}, {under}; in the long run {growth}.")
        }
        Some(Verdict::Converged) => {
            format!("{GOOD}P has converged{GOOD:#} by {end}: the gap is {final_gap}, {under}; {growth}.")
        }
        Some(Verdict::Converging) => format!(
            "{GOOD}P is converging{GOOD:#}: the gap is still {final_gap} in {end} and closes, {under}; in the long run {growth}."
        ),
        Some(Verdict::Ahead) if summary[Measure::LongRunGap] == Some(0.0) => {
            format!(
                "{GOOD}P pulls ahead of R for ever{GOOD:#}, {under}: the gap is {final_gap} in {end} and goes to 0."
            )
        }
        Some(Verdict::Ahead) => {
            let how = if summary[Measure::InitialGap].is_some_and(|gap| gap < 1.0) {
                "stays ahead of R"
            } else {
                "overtakes R"
            };
            format!("{GOOD}P {how}{GOOD:#}, {under}: the gap settles at {long_run}; in the long run {growth}.")
        }
        Some(Verdict::FallingBehind) => format!(
            "{BAD}P falls behind for ever{BAD:#}, {under}: the gap is {final_gap} in {end} and grows without bound."
        ),
        None => "no verdict".to_owned(),
    }
}

fn numbers(trajectory: &Trajectory, summary: &Summary) -> String {
    let last = trajectory.rows.len().saturating_sub(1);
    let mut text = String::from("income gap");
    if let Some(initial) = summary[Measure::InitialGap] {
        let _ = write!(text, " {} in {}", short(initial), date(trajectory, 0));
    }
    if let (true, Some(row)) = (last > 0, trajectory.rows.last()) {
        let _ = write!(text, ", {} in {}", short(row.income_gap()), date(trajectory, last));
    }
    match (summary.measures.verdict, summary[Measure::LongRunGap]) {
        (None, _) => {}
        (Some(_), Some(long_run)) => {
            let _ = write!(text, ", {} in the long run", short(long_run));
        }
        (Some(_), None) => text.push_str(", without bound in the long run"),
    }
    if let Some(half_life) = summary[Measure::HalfLife] {
        let since = match trajectory.last_change {
            0 => String::new(),
            k => format!(" from {}", date(trajectory, k)),
        };
        let _ = write!(text, "; half-life {}{since}", years(half_life));
    }
    text
}

/// When a subsidy is paid, and what it is worth.
fn subsidy(trajectory: &Trajectory, summary: &Summary) -> Option<String> {
    let paid = |row: &crate::trajectory::Row| row.subsidy > 0.0;
    let first = trajectory.rows.iter().position(paid)?;
    let last = trajectory.rows.iter().rposition(paid)?;
    let until =
        if last + 1 == trajectory.rows.len() { "on".to_owned() } else { format!("to {}", date(trajectory, last)) };
    let worth = summary[Measure::SubsidyPv]
        .map_or_else(String::new, |value| format!(", present value {} R-wages per worker of P", short(value)));
    if first == last {
        return Some(format!("subsidised in {}{worth}", date(trajectory, first)));
    }
    Some(format!("subsidised from {} {until}{worth}", date(trajectory, first)))
}

/// The gap over time in one line, on a log scale; `None` where there is nothing to see.
fn sparkline(trajectory: &Trajectory) -> Option<String> {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let rows = &trajectory.rows;
    let width = rows.len().min(SPARK_WIDTH);
    let sampled: Vec<f64> = (0..width)
        .map(|cell| ln(rows[cell * (rows.len() - 1) / (width - 1).max(1)].income_gap()))
        .filter(|ln_gap| ln_gap.is_finite())
        .collect();
    let low = sampled.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sampled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = high - low;
    if sampled.len() < 3 || span < FLAT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7.99")]
    let bar = |ln_gap: &f64| BARS[((ln_gap - low) / span * 7.99) as usize];
    Some(sampled.iter().map(bar).collect())
}

/// What changed, with the years.
fn events(trajectory: &Trajectory) -> String {
    let listed = |kind: EventKind| !matches!(kind, EventKind::PolicyOn | EventKind::PolicyOff);
    let events: Vec<_> = trajectory.events.iter().filter(|event| listed(event.kind)).collect();
    let mut text = String::new();
    for event in events.iter().take(EVENTS_TOLD) {
        let when = year(trajectory.grid.start + trajectory.grid.t(event.period));
        let what = event.in_words(&trajectory.sector_names);
        let detail = if event.detail.is_empty() { String::new() } else { format!(" {DIM}({}){DIM:#}", event.detail) };
        let _ = writeln!(text, "  {when:>7}  {what}{detail}");
    }
    if events.len() > EVENTS_TOLD {
        let _ = writeln!(text, "           and {} more in events.csv", events.len() - EVENTS_TOLD);
    }
    text
}

/// What the model says about a run that failed.
pub(super) fn why_failed(scenario: &Scenario) -> Option<&'static str> {
    scenario.keys.catch_up.form.runs_away().then_some(
        "the form `literal` reads the paper's \"ẑ = Z_P/Z_R\" to the letter: spillovers grow as P catches up, so z \
         cannot settle below 1; it blows up or falls to 0. The other forms let spillovers shrink as P catches up",
    )
}
