//! What a person reads of a run: the verdict in a sentence, the gap from start to long run, what changed and when.

use crate::math::ln;
use crate::numbers::year;
use crate::scenario::Scenario;
use crate::summary::{Status, Summary, Verdict};
use crate::trajectory::{Event, EventKind, Trajectory};
use crate::words::{Told, run};
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
pub(super) fn of_run(scenario: &Scenario, trajectory: &Trajectory, summary: &Summary, folder: &Path) -> String {
    let told = Told::new(scenario, summary);
    let mut text = format!("{BOLD}{}{BOLD:#}", summary.name);
    if let Some(title) = &summary.title {
        let _ = write!(text, "  {title}");
    }
    text.push('\n');
    let style = match summary.measures.verdict {
        _ if summary.measures.status() == Status::Failed => BAD,
        Some(Verdict::FallingBehind) => BAD,
        Some(Verdict::PersistentGap) | None => MIDDLE,
        Some(Verdict::Ahead | Verdict::Converged | Verdict::Converging) => GOOD,
    };
    let mut sentences = run::account(&told).into_iter();
    if let Some(verdict) = sentences.next() {
        let _ = writeln!(text, "  {style}{verdict}{style:#}");
    }
    for line in sentences.chain(sparkline(trajectory)) {
        let _ = writeln!(text, "  {line}");
    }
    text.push_str(&events(&told, trajectory));
    let _ = writeln!(text, "  {DIM}{}{DIM:#}\n", folder.join("").display());
    text
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

/// What changed, with the years: events, and where a subsidy begins and ends.
fn events(told: &Told<'_>, trajectory: &Trajectory) -> String {
    let grid = trajectory.grid;
    let listed = |kind: EventKind| !matches!(kind, EventKind::PolicyOn | EventKind::PolicyOff);
    let event = |event: &Event| {
        let what = event.in_words(told.people().sectors(), &told.people().poor);
        let detail = match event.detail.as_str() {
            "" => String::new(),
            detail => format!(" {DIM}({}){DIM:#}", told.people().retold(detail)),
        };
        (grid.start + grid.t(event.period), format!("{what}{detail}"))
    };
    let events = trajectory.events.iter().filter(|event| listed(event.kind)).map(event);
    // The list is that of the rows: a subsidy that is paid at the last one ends later, or never.
    let on_rows = |period: usize| (period < trajectory.rows.len()).then(|| grid.start + grid.t(period));
    let subsidies = told.summary.subsidies.iter().flat_map(|stretch| {
        let ends = stretch.last.and_then(|last| on_rows(last + 1));
        let begins = on_rows(stretch.from).map(|year| (year, "a subsidy begins".to_owned()));
        [begins, ends.map(|year| (year, "the subsidy ends".to_owned()))]
    });
    let subsidies = subsidies.flatten();
    let mut told: Vec<(f64, String)> = events.chain(subsidies).collect();
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut text = String::new();
    for (when, what) in told.iter().take(EVENTS_TOLD) {
        let _ = writeln!(text, "  {:>7}  {what}", year(*when));
    }
    if told.len() > EVENTS_TOLD {
        let _ = writeln!(text, "           and {} more", told.len() - EVENTS_TOLD);
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
