//! The parameters of all runs side by side: key, meaning, values, and where they come from.

use super::html::{escape, names};
use crate::compare::{Comparison, Member};
use std::collections::BTreeMap;

/// Different values, or sources, of one key that are told one by one.
const MOST_TOLD: usize = 8;
/// Names told for one value.
const MOST_NAMES: usize = 6;

/// One key of the scenarios.
struct Row {
    key: String,
    meaning: &'static str,
    /// One per run; `None` where the run does not have the key.
    values: Vec<Option<String>>,
}

/// What [`cells`] holds.
pub(super) const HEADER: [&str; 4] = ["key", "meaning", "value", "source"];

/// A line of HTML cells for each key; first those in which the runs differ.
pub(super) fn cells(comparison: &Comparison) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let members = &comparison.members;
    let mut rows: Vec<Row> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        for (key, meaning, value) in keys(member) {
            let place = *places.entry(key.clone()).or_insert_with(|| {
                rows.push(Row { key, meaning, values: vec![None; members.len()] });
                rows.len() - 1
            });
            rows[place].values[index] = Some(value);
        }
    }
    let name = |index: usize| members[index].summary.name.as_str();
    let cells = |row: &Row| {
        let source = |index: usize| members[index].scenario.notes().get(&row.key).cloned();
        let holders: Vec<usize> = (0..members.len()).filter(|&index| row.values[index].is_some()).collect();
        let value = |index: usize| row.values[index].clone();
        let all: Vec<usize> = (0..members.len()).collect();
        vec![
            format!("<code>{}</code>", escape(&row.key)),
            escape(row.meaning),
            grouped(&all, value, name, "not set"),
            grouped(&holders, source, name, ""),
        ]
    };
    let differs = |row: &&Row| row.values.iter().any(|value| value != &row.values[0]);
    let (different, same): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(differs);
    (different.into_iter().map(cells).collect(), same.into_iter().map(cells).collect())
}

/// One text where all runs have the same, else each text with the names of its runs.
fn grouped<'a>(
    runs: &[usize],
    text: impl Fn(usize) -> Option<String>,
    name: impl Fn(usize) -> &'a str + Copy,
    missing: &str,
) -> String {
    let mut groups: Vec<(Option<String>, Vec<usize>)> = Vec::new();
    for &index in runs {
        let text = text(index);
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, members)) => members.push(index),
            None => groups.push((text, vec![index])),
        }
    }
    let show = |text: &Option<String>| text.as_deref().map_or_else(|| missing.to_owned(), escape);
    if missing.is_empty() {
        groups.retain(|(text, _)| text.is_some());
    }
    if let [(text, _)] = &groups[..] {
        return show(text);
    }
    let told = groups.iter().take(MOST_TOLD).map(|(text, runs)| {
        let of = names(runs.iter().copied().map(name), MOST_NAMES);
        format!("<div>{} <span class=\"of\">{of}</span></div>", show(text))
    });
    let mut html: String = told.collect();
    if groups.len() > MOST_TOLD {
        html += &format!("<div>and {} more</div>", groups.len() - MOST_TOLD);
    }
    html
}

/// A run's keys in the order of the scenario format: dotted key, meaning, value.
fn keys(member: &Member) -> Vec<(String, &'static str, String)> {
    let keys = &member.scenario.keys;
    let mut all: Vec<(String, &'static str, String)> = Vec::new();
    let mut add = |key: String, meaning: &'static str, value: Option<String>| {
        all.extend(value.map(|value| (key, meaning, value)));
    };
    let number = |value: f64| Some(plain(value));
    add("time.start".into(), "year of t = 0", number(keys.time.start));
    add("time.horizon".into(), "years simulated", number(keys.time.horizon));
    add("time.period".into(), "Δ, years from date to date", number(keys.time.period));
    add("growth.x".into(), "x, learning in a cluster, per year", keys.growth.x.map(plain));
    add("catch_up.form".into(), "form of catch-up", Some(keys.catch_up.form.name().to_owned()));
    add("catch_up.beta".into(), "β, speed of catch-up, per year", keys.catch_up.beta.map(plain));
    add("catch_up.z_hat".into(), "ẑ, where z settles without a cluster", keys.catch_up.z_hat.map(plain));
    for (name, value) in &keys.catch_up.shape {
        add(format!("catch_up.{name}"), "shape of the form", number(*value));
    }
    for (name, sector) in &keys.sector {
        let key = |what: &str| format!("sector.{name}.{what}");
        add(key("lambda"), "λ, static benefit of a cluster", number(sector.lambda));
        add(key("alpha"), "α, expenditure share", number(sector.alpha));
        add(key("y_R"), "exogenous productivity in R", number(sector.y_R));
        add(key("y_P"), "exogenous productivity in P", number(sector.y_P));
        add(key("Z_R"), "accumulated productivity in R at t = 0", number(sector.Z_R));
        add(key("Z_P"), "accumulated productivity in P at t = 0", number(sector.Z_P));
        add(key("x"), "x of this sector, per year", sector.x.map(plain));
        add(key("cluster_R"), "whether R has a cluster here", Some(sector.cluster_R.to_string()));
    }
    let poor = &keys.poor;
    add("poor.start".into(), "P before t = 0", Some(poor.start.clone()));
    add("poor.selection".into(), "which equilibrium holds where no policy decides", Some(poor.selection.to_owned()));
    add("poor.trade".into(), "whether P trades", Some(poor.trade.to_owned()));
    let closed = poor.closed_clusters.join(", ");
    add("poor.closed_clusters".into(), "clusters while closed", (!closed.is_empty()).then_some(closed));
    add("poor.tau".into(), "τ, build-up of a new cluster, years", number(poor.tau));
    for (index, policy) in keys.policy.iter().enumerate() {
        let key = |what: &str| format!("policy.{index}.{what}");
        let text = |value: Option<&str>| value.map(str::to_owned);
        add(key("from"), "a policy begins, years after t = 0", number(policy.from));
        add(key("until"), "the policy ends, years after t = 0", policy.until.map(plain));
        add(key("promote"), "cluster promoted", policy.promote.clone());
        add(key("sustain"), "how long it is held", text(policy.sustain));
        add(key("trade"), "trade under the policy", text(policy.trade));
    }
    for (index, shock) in keys.shock.iter().enumerate() {
        add(format!("shock.{index}.at"), "parameters change, years after t = 0", number(shock.at));
        for (name, setting) in &shock.set {
            add(format!("shock.{index}.set.{name}"), "new value", Some(setting.to_string()));
        }
    }
    add("welfare.discount_rate".into(), "ρ, per year", number(keys.welfare.discount_rate));
    add("solver.method".into(), "how z is advanced", Some(keys.solver.method.to_owned()));
    add("solver.rtol".into(), "relative tolerance on ln z", number(keys.solver.rtol));
    add("solver.atol".into(), "absolute tolerance on ln z", number(keys.solver.atol));
    all
}

/// The shortest text that reads back as the same number, an exponent where that is shorter.
fn plain(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
