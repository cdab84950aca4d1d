//! The names of a scenario's keys: which there are, which a shock may set, and where a misplaced one belongs.

use super::keys::Shock;
use crate::model::catch_up::Form;

/// Keys above the first table, and the tables.
pub const ROOT_KEYS: [&str; 15] = [
    "schema_version",
    "name",
    "title",
    "description",
    "extends",
    "time",
    "growth",
    "catch_up",
    "sector",
    "poor",
    "policy",
    "shock",
    "welfare",
    "solver",
    "sources",
];
/// Of [`ROOT_KEYS`], those that are no tables.
const PLAIN_ROOT_KEYS: usize = 5;
/// Keys of `[time]`.
pub const TIME_KEYS: [&str; 3] = ["start", "horizon", "period"];
/// Keys of `[growth]`.
pub const GROWTH_KEYS: [&str; 1] = ["x"];
/// Keys of `[sector.NAME]`.
pub const SECTOR_KEYS: [&str; 8] = ["lambda", "alpha", "y_R", "y_P", "Z_R", "Z_P", "x", "cluster_R"];
/// Of these, what a shock may set.
const SHOCKED_SECTOR_KEYS: [&str; 6] = ["lambda", "alpha", "y_R", "y_P", "x", "cluster_R"];
/// Keys of `[poor]`.
pub const POOR_KEYS: [&str; 5] = ["start", "selection", "trade", "closed_clusters", "tau"];
/// Keys of `[[policy]]`.
pub const POLICY_KEYS: [&str; 5] = ["from", "until", "promote", "sustain", "trade"];
/// Keys of `[[shock]]`.
pub const SHOCK_KEYS: [&str; 2] = ["at", "set"];
/// Keys of `[welfare]`.
pub const WELFARE_KEYS: [&str; 1] = ["discount_rate"];
/// Keys of `[solver]`.
pub const SOLVER_KEYS: [&str; 3] = ["method", "rtol", "atol"];

/// Keys of `[catch_up]`.
pub fn catch_up_keys() -> Vec<&'static str> {
    let mut keys = vec!["form"];
    keys.extend(Form::parameter_keys());
    keys
}

/// `path.key`.
pub fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Where a key that is unknown in the table at `path` belongs, as a hint.
pub fn home(path: &str, key: &str) -> Option<String> {
    if ROOT_KEYS[..PLAIN_ROOT_KEYS].contains(&key) {
        return Some(format!("`{key}` belongs at the top of the file, above the first [table]"));
    }
    let catch_up = catch_up_keys();
    let tables: [(&str, &[&str]); 8] = [
        ("[time]", &TIME_KEYS),
        ("[catch_up]", &catch_up),
        ("[sector.NAME]", &SECTOR_KEYS),
        ("[poor]", &POOR_KEYS),
        ("[[policy]]", &POLICY_KEYS),
        ("[[shock]]", &SHOCK_KEYS),
        ("[welfare]", &WELFARE_KEYS),
        ("[solver]", &SOLVER_KEYS),
    ];
    let homes: Vec<&str> = tables.iter().filter(|(_, keys)| keys.contains(&key)).map(|(table, _)| *table).collect();
    match (path, key) {
        ("" | "time" | "catch_up", "x") => Some("`x` belongs in [growth], or in [sector.NAME]".to_owned()),
        _ if homes.is_empty() => None,
        _ => Some(format!("`{key}` belongs in {}", homes.join(" or "))),
    }
}

/// The keys that a shock may set.
pub fn settable<'a>(sectors: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut paths = vec!["growth.x".to_owned(), "poor.tau".to_owned()];
    paths.extend(Form::parameter_keys().iter().map(|key| format!("catch_up.{key}")));
    for sector in sectors {
        paths.extend(SHOCKED_SECTOR_KEYS.iter().map(|key| format!("sector.{sector}.{key}")));
    }
    paths
}

/// The keys that a shock may set, in words.
pub fn settable_in_words() -> String {
    let catch_up = Form::parameter_keys().join("|");
    format!("growth.x, catch_up.{catch_up}, sector.NAME.{}, poor.tau", SHOCKED_SECTOR_KEYS.join("|"))
}

/// Every key that a value can come from: what `[sources]` may name.
pub fn all<'a>(sectors: impl Iterator<Item = &'a str> + Clone, policies: usize, shocks: &[Shock]) -> Vec<String> {
    let mut paths = settable(sectors.clone());
    let mut add = |table: &str, keys: &[&str]| paths.extend(keys.iter().map(|key| format!("{table}.{key}")));
    add("time", &TIME_KEYS);
    add("catch_up", &["form"]);
    add("poor", &POOR_KEYS);
    add("welfare", &WELFARE_KEYS);
    add("solver", &SOLVER_KEYS);
    sectors.for_each(|sector| add(&format!("sector.{sector}"), &["Z_R", "Z_P"]));
    (0..policies).for_each(|index| add(&format!("policy.{index}"), &POLICY_KEYS));
    for (index, shock) in shocks.iter().enumerate() {
        add(&format!("shock.{index}"), &SHOCK_KEYS);
        let set: Vec<&str> = shock.set.keys().map(String::as_str).collect();
        add(&format!("shock.{index}.set"), &set);
    }
    paths
}
