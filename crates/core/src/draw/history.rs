//! What happens to runs beside their numbers: regimes, policies, shocks, and the dates at which numbers jump.

use super::colour::Pen;
use super::data::Run;
use super::figure::{Act, Band, Strip};
use super::text::literal;
use crate::trajectory::EventKind;

/// Sectors in which P specialises at some date, in order of first appearance.
pub(super) fn sectors<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for spell in runs.flat_map(|run| &run.spells).filter(|spell| !spell.sector.is_empty()) {
        if !order.contains(&spell.sector) {
            order.push(spell.sector.clone());
        }
    }
    order
}

/// The regimes of a run; `order` is that of the sectors in all of the picture.
pub(super) fn strip(place: usize, run: &Run, (pen, label): (Option<Pen>, &str), order: &[String]) -> Strip {
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
    Strip { pen, run: place, label: label.to_owned(), bands, subsidised }
}

/// Policies with their ends, shocks, and trade that opens or closes, of one run.
fn acts_of(run: &Run) -> Vec<Act> {
    let mut acts: Vec<(Act, String, bool)> = Vec::new();
    for mark in &run.marks {
        let at = run.year.get(mark.period).copied().unwrap_or(0.0);
        let words = || literal(mark.detail.strip_suffix(", if an equilibrium").unwrap_or(&mark.detail));
        let act = |until: f64, text: String| Act { from: at, until, text, runs: Vec::new() };
        let policy = [EventKind::PolicyOn, EventKind::PolicyOff];
        let explained = || run.marks.iter().any(|other| other.period == mark.period && policy.contains(&other.event));
        match mark.event {
            EventKind::PolicyOn => acts.push((act(run.end(), words()), mark.detail.clone(), true)),
            EventKind::PolicyOff => {
                let open = acts.iter_mut().find(|(_, detail, open)| *open && *detail == mark.detail);
                if let Some((act, _, open)) = open {
                    act.until = at;
                    *open = false;
                }
            }
            EventKind::Shock => {
                let text = if mark.detail.is_empty() { "shock".to_owned() } else { format!("shock: {}", words()) };
                acts.push((act(at, text), String::new(), false));
            }
            EventKind::TradeOpened if !explained() => {
                acts.push((act(at, "trade opens".to_owned()), String::new(), false));
            }
            EventKind::TradeClosed if !explained() => {
                acts.push((act(at, "trade closes".to_owned()), String::new(), false));
            }
            _ => {}
        }
    }
    acts.into_iter().map(|(act, ..)| act).collect()
}

/// What is done in the runs, each act once, with the runs it is done in where these are not all.
pub(super) fn acts(runs: &[(&Run, Pen)]) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::new();
    for (place, (run, pen)) in runs.iter().enumerate() {
        for act in acts_of(run) {
            let known = |other: &&mut Act| {
                (other.from, other.until, &other.text) == (act.from, act.until, &act.text)
                    && other.runs.iter().all(|(other, _)| *other != place)
            };
            match acts.iter_mut().find(known) {
                Some(known) => known.runs.push((place, *pen)),
                None => acts.push(Act { runs: vec![(place, *pen)], ..act }),
            }
        }
    }
    for act in acts.iter_mut().filter(|act| act.runs.len() == runs.len()) {
        act.runs.clear();
    }
    acts.sort_by(|a, b| a.from.total_cmp(&b.from));
    acts
}

/// What a value that jumps at row `k` would have been without the jump: what it was, moved on as it moved before.
pub(super) fn without_jump(values: &[Option<f64>], jumps: &[bool], k: usize) -> Option<f64> {
    let before = values.get(k.checked_sub(1)?).copied().flatten()?;
    let moved = k.checked_sub(2).filter(|_| !jumps[k - 1]).and_then(|earlier| values[earlier]);
    Some(moved.map_or(before, |earlier| before + (before - earlier)))
}

/// Rows at which `values` jump rather than move on: something happens there, and the step is none that its neighbours would
/// lead one to expect.
pub(super) fn steps(run: &Run, values: &[Option<f64>]) -> Vec<bool> {
    let mut changes = vec![false; values.len()];
    let spells = run.spells.iter().skip(1).map(|spell| spell.first);
    for row in spells.chain(run.marks.iter().map(|mark| mark.period)) {
        if let Some(change) = changes.get_mut(row) {
            *change = true;
        }
    }
    let move_to =
        |k: usize| Some(values.get(k).copied().flatten()? - values.get(k.checked_sub(1)?).copied().flatten()?);
    (0..values.len())
        .map(|k| {
            let Some(step) = move_to(k).filter(|_| changes[k]) else { return false };
            // Rows beside it that jump themselves tell nothing.
            let usual = |k: usize| move_to(k).filter(|_| changes.get(k) == Some(&false));
            let (before, after) = (k.checked_sub(1).and_then(usual), usual(k + 1));
            let near: Vec<f64> = [before, after].into_iter().flatten().collect();
            let (low, high) =
                near.iter().fold((0.0_f64, 0.0_f64), |(low, high), step| (low.min(*step), high.max(*step)));
            let room = 0.5 * (high - low) + 1e-9 * values[k].unwrap_or(0.0).abs();
            step < low - room || step > high + room
        })
        .collect()
}
