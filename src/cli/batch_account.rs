//! What a person reads of a sweep: how many runs, how many failed and why, and what became of P under each variant.

use super::trial::plural;
use super::{Exit, Terminal};
use crate::record::sweep::Outcome;
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
pub(super) fn tell(name: &str, outcome: &Outcome, done: Option<&Done>, terminal: &Terminal) -> Exit {
    if terminal.json {
        let first = outcome.first_error.as_ref();
        let told = json!({
            "name": name,
            "folder": outcome.folder.display().to_string(),
            "runs": outcome.runs,
            "computed": done.map(|done| done.now),
            "failed": outcome.failed,
            "first_error": first.map(|(run, variant, error)| json!({ "run": run, "variant": variant, "error": error })),
            "shard": done.and_then(|done| done.shard).map(|(index, of)| format!("{index}/{of}")),
        });
        terminal.print(&format!("{told}\n"));
    } else if !terminal.quiet {
        terminal.print(&account(name, outcome, done));
    }
    if outcome.failed == 0 {
        return Exit::Done;
    }
    let of = format!("{} of {} {}", HumanCount(outcome.failed), HumanCount(outcome.runs), plural(outcome.runs, "run"));
    let first = outcome.first_error.as_ref();
    let first = first.map(|(run, variant, error)| format!("the first is run {run} ({variant}): {error}"));
    terminal.error(&format!("{name}: {of} failed"), first.as_deref(), "each is a row with its reason (column error)");
    if outcome.failed == outcome.runs { Exit::Failed } else { Exit::SomeFailed }
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
    let _ = writeln!(text, "  {DIM}{}{DIM:#}\n", outcome.folder.join("").display());
    text
}
