//! What a person reads of a sweep: how many runs, how many failed and why, and what became of P under each variant.

use super::table::{aligned, plural};
use super::{Exit, Terminal};
use crate::error::Error;
use crate::numbers::{percent, short};
use crate::record::sweep::{Outcome, Statistic};
use crate::summary::{Status, Verdict};
use anstyle::Style;
use indicatif::HumanCount;
use serde_json::json;
use std::fmt::Write;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// What a call of `sweep` did itself.
#[derive(Debug)]
pub(super) struct Done {
    /// Runs computed in this call.
    pub(super) now: u64,
    /// Whether there was nothing to do.
    pub(super) was_complete: bool,
    /// Part K of N.
    pub(super) shard: Option<(u64, u64)>,
}

/// Prints the account of a sweep that stands, and says how it ended.
pub(super) fn print(name: &str, outcome: &Outcome, done: Option<&Done>, terminal: &Terminal) -> Exit {
    if terminal.json {
        let first = outcome.first_error.as_ref();
        let account = json!({
            "name": name,
            "folder": outcome.folder.display().to_string(),
            "runs": outcome.runs,
            "computed": done.map(|done| done.now),
            "failed": outcome.failed,
            "first_error": first.map(|(run, variant, error)| json!({ "run": run, "variant": variant, "error": error })),
            "summary": outcome.summary.iter().map(|row| json!({ "variant": row.variant, "measure": row.measure,
                "statistic": row.statistic, "value": row.value })).collect::<Vec<_>>(),
            "shard": done.and_then(|done| done.shard).map(|(index, of)| format!("{index}/{of}")),
        });
        terminal.print(&format!("{account}\n"));
    } else if !terminal.quiet {
        terminal.print(&account(name, outcome, done));
    }
    if outcome.failed == 0 {
        return Exit::Done;
    }
    let share =
        format!("{} of {} {}", HumanCount(outcome.failed), HumanCount(outcome.runs), plural(outcome.runs, "run"));
    let first = outcome.first_error.as_ref();
    let first = first.map(|(run, variant, error)| format!("the first is run {run} ({variant}): {error}"));
    let failed = Error::failed(format!("{name}: {share} failed")).note(first.unwrap_or_default());
    terminal.fail(&failed.hint("each is a row with its reason (column error)"));
    // A part is complete even if all its runs failed: what that says of the sweep is for the merge to say.
    let is_part = done.is_some_and(|done| done.shard.is_some());
    if outcome.failed == outcome.runs && !is_part { Exit::Failed } else { Exit::SomeFailed }
}

fn account(name: &str, outcome: &Outcome, done: Option<&Done>) -> String {
    let runs = format!("{} {}", HumanCount(outcome.runs), plural(outcome.runs, "run"));
    let did = match done {
        None => format!("{runs}, put together"),
        Some(done) if done.was_complete => format!("{runs}; complete already, nothing to do"),
        Some(done) if done.now == outcome.runs => runs,
        Some(done) => {
            let stood = outcome.runs.saturating_sub(done.now);
            format!("{runs}: {} computed now, {} stood already", HumanCount(done.now), HumanCount(stood))
        }
    };
    let mut text = format!("{BOLD}{name}{BOLD:#}\n  ");
    if let Some((index, of)) = done.and_then(|done| done.shard) {
        let _ = write!(text, "part {index} of {of}: ");
    }
    let _ = writeln!(text, "{did}");
    if let Some(table) = variants(&outcome.summary) {
        let _ = write!(text, "\n{table}");
    }
    text += &regrets(&outcome.summary).unwrap_or_default();
    let _ = writeln!(text, "  {DIM}{}{DIM:#}\n", outcome.folder.join("").display());
    text
}

/// What became of P under each variant, from the rows of `summary.csv`; `None` for a part, which has none.
fn variants(summary: &[Statistic]) -> Option<String> {
    let names = names(summary);
    let statistic_of = |variant: &str, measure: &str, statistic: &str| value(summary, variant, measure, statistic);
    let reached: Vec<&str> = Verdict::RANKED
        .into_iter()
        .map(Verdict::name)
        .filter(|verdict| {
            names.iter().any(|name| statistic_of(name, "verdict", verdict).is_some_and(|share| share > 0.0))
        })
        .collect();
    let header = ["variant"].into_iter().chain(reached.iter().copied());
    let header = header.chain(["failed", "long-run gap (median)", "beats the baseline"]);
    let mut rows = vec![header.map(str::to_owned).collect::<Vec<_>>()];
    for (index, name) in names.iter().enumerate() {
        let mut row = vec![(*name).to_owned()];
        let share = |measure, statistic| statistic_of(name, measure, statistic).map_or_else(String::new, percent);
        row.extend(reached.iter().map(|verdict| share("verdict", verdict)));
        row.push(share("status", Status::Failed.name()));
        let median = |gap: f64| if gap.is_finite() { short(gap) } else { "no bound".to_owned() };
        row.push(statistic_of(name, "long_run_gap", "p50").map_or_else(String::new, median));
        row.push(if index == 0 { "(baseline)".to_owned() } else { share("equivalent_variation", "better") });
        rows.push(row);
    }
    (rows.len() > 1).then(|| aligned(&rows))
}

/// How often each of several variants is the best, and what it falls short of the best of a draw; `None` of one or two, of
/// which the share that beats the baseline says enough.
fn regrets(summary: &[Statistic]) -> Option<String> {
    let names = names(summary);
    let of = |variant: &str, statistic: &str| value(summary, variant, "regret", statistic);
    let known = |name: &&&str| of(name, "best").is_some();
    let mut rows = vec![["variant", "best of all", "regret: mean", "worst"].map(str::to_owned).to_vec()];
    for name in names.iter().filter(known) {
        let numbers = ["best", "mean", "max"].map(|statistic| of(name, statistic).map_or_else(String::new, percent));
        rows.push(std::iter::once((*name).to_owned()).chain(numbers).collect());
    }
    (rows.len() > 3).then(|| aligned(&rows))
}

/// The variants, in their order.
fn names(summary: &[Statistic]) -> Vec<&str> {
    let mut names: Vec<&str> = summary.iter().map(|row| row.variant.as_str()).collect();
    names.dedup();
    names
}

fn value(summary: &[Statistic], variant: &str, measure: &str, statistic: &str) -> Option<f64> {
    let is = |row: &&Statistic| row.variant == variant && row.measure == measure && row.statistic == statistic;
    summary.iter().find(is).and_then(|row| row.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_per_variant_and_a_column_per_verdict_reached() {
        let row = |variant: &str, measure: &str, statistic: &str, value: f64| Statistic {
            variant: variant.to_owned(),
            measure: measure.to_owned(),
            statistic: statistic.to_owned(),
            value: Some(value),
        };
        let table = variants(&[
            row("none", "verdict", "converging", 0.25),
            row("none", "verdict", "ahead", 0.0),
            row("none", "long_run_gap", "p50", 1.5),
            row("none", "equivalent_variation", "better", 0.0),
            row("held", "verdict", "converging", 0.75),
            row("held", "equivalent_variation", "better", 0.5),
        ]);
        let table = table.expect("two variants");
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0][..3], ["variant", "converging", "failed"]);
        assert_eq!(lines[1], ["none", "25", "%", "1.5", "(baseline)"]);
        assert_eq!(lines[2], ["held", "75", "%", "50", "%"]);
        assert_eq!(variants(&[]), None);
    }
}
