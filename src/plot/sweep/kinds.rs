//! Kinds of a sweep's runs: what their cells are coloured by.

use crate::measure::Verdict;

/// Kinds of a sweep's runs: the verdicts, the worst first as in [`Runs::text`](crate::read::Runs::text), then runs that failed.
pub(super) const KINDS: usize = Verdict::RANKED.len() + 1;
pub(super) const FAILED_KIND: usize = KINDS - 1;

/// The verdict of a kind; `None` of runs that failed.
pub(super) fn kind(at: usize) -> Option<Verdict> {
    Verdict::RANKED.get(at).copied()
}

/// The name of a kind.
pub(super) fn kind_name(at: usize) -> &'static str {
    kind(at).map_or("failed", Verdict::name)
}
