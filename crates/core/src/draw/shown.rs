//! What the pictures of runs have in common: which runs are on them, how these look, and what the picture is called.

use super::colour::{MOST_RUNS, Pen, pens};
use super::data::{Comparison, Run};
use super::text::literal;
use crate::compare::{self, stem};

/// A run in a picture.
pub(super) struct Shown<'a> {
    pub(super) run: &'a Run,
    pub(super) pen: Pen,
    /// Its place in the picture.
    pub(super) place: usize,
    /// Its name; empty where it stands alone.
    pub(super) label: String,
}

/// The runs of a comparison that can be told apart.
pub(super) fn shown_of(comparison: &Comparison) -> Vec<Shown<'_>> {
    let baseline = comparison.runs.iter().position(|run| Some(&run.name) == comparison.baseline.as_ref());
    let pens = pens(comparison.runs.len(), baseline);
    let labels = labels(comparison);
    let shown = comparison.runs.iter().zip(pens).zip(labels).enumerate();
    shown.map(|(place, ((run, pen), label))| Shown { run, pen, place, label: literal(label) }).take(MOST_RUNS).collect()
}

/// What people call the runs.
pub(super) fn labels(comparison: &Comparison) -> Vec<&str> {
    let called: Vec<_> = comparison.runs.iter().map(|run| (run.title.as_deref(), run.name.as_str())).collect();
    compare::labels(&called)
}

/// Title of a comparison, and its name: what the titles of its scenarios share before a colon, or all of them.
pub(super) fn heading(comparison: &Comparison) -> (String, String) {
    let name = comparison.name.clone();
    let titles: Option<Vec<&str>> = comparison.runs.iter().map(|run| run.title.as_deref()).collect();
    let mut titles = titles.filter(|titles| !titles.is_empty()).unwrap_or_default();
    titles.dedup();
    let title = match (stem(&titles), &titles[..]) {
        (_, [only]) => (*only).to_owned(),
        (Some(shared), _) => shared.to_owned(),
        (None, [_, _] | [_, _, _]) => titles.join("; "),
        _ => name.clone(),
    };
    (title, name)
}

/// What the x axis shows.
pub(super) fn x_label(calendar: bool) -> String {
    if calendar { "Year".to_owned() } else { "Years since the start".to_owned() }
}
