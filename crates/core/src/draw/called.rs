//! What people call a key: never its dotted path where there are words for it.

use crate::scenario::key::{Count, Key, Section};
use crate::scenario::keys;
use crate::scenario::people::People;

/// What a sector is called that nobody has named.
fn sector(name: &str, people: Option<&People>) -> String {
    people.map_or_else(|| name.replace('_', " "), |people| people.sector(name).to_owned())
}

/// The key at a dotted path in words, its sector, policy or shock before them; the path itself where it is no key. Plain text.
pub fn key(path: &str, people: Option<&People>) -> String {
    let Some((key, which)) = keys::locate(path) else { return path.to_owned() };
    // What a shock sets is the key that it sets.
    if let Some((at, set)) = path.strip_prefix("shock.").and_then(|rest| rest.split_once(".set.")) {
        return format!("{}: {}", shock(at, people), self::key(set, people));
    }
    match (which, key.section, key.section.count()) {
        (Some(at), Section::Perceived, _) => {
            let believed = path.split_once(".perceived.").map_or("", |(_, believed)| believed);
            format!("{} believes: {}", policy(at, people), self::key(believed, people))
        }
        (Some(at), Section::Policy | Section::Rule, _) => format!("{}: {}", policy(at, people), uncapital(key.meaning)),
        (Some(at), Section::Shock, _) => format!("{}: {}", shock(at, people), uncapital(key.meaning)),
        (Some(name), _, Count::Named) => format!("{}: {}", capital(&sector(name, people)), uncapital(key.meaning)),
        _ => key.meaning.to_owned(),
    }
}

/// The number at a dotted path as a sentence speaks of it, with its symbol: the learning rate x, the externality λ of high tech. What
/// has no such words is called as on a picture, between quotation marks.
pub fn phrase(path: &str, people: Option<&People>) -> String {
    let Some((key, which)) = keys::locate(path) else { return path.to_owned() };
    let noun = match (key.section, key.name) {
        (Section::Sector, "lambda") => "the externality λ",
        (Section::Sector, "alpha") => "the expenditure share α",
        (Section::Sector, "y_R") => "the productivity y_R",
        (Section::Sector, "y_P") => "the productivity y_P",
        (Section::Sector, "Z_R") => "the initial technology Z_R",
        (Section::Sector, "Z_P") => "the initial technology Z_P",
        (Section::Sector | Section::Growth, "x") => "the learning rate x",
        (Section::CatchUp, "beta") => "the speed of catch-up β",
        (Section::CatchUp, "z_hat") => "the steady state ẑ",
        (Section::CatchUp, "speed") => "the speed of convergence",
        (Section::Poor, "tau") => "the build-up time τ",
        (Section::Welfare, "discount_rate") => "the discount rate ρ",
        (Section::Welfare, "cost_of_funds") => "the cost of public funds μ",
        _ => return format!("“{}”", self::key(path, people)),
    };
    let owner = which.filter(|_| key.section.count() == Count::Named);
    owner.map_or_else(|| noun.to_owned(), |name| format!("{noun} of {}", sector(name, people)))
}

/// The key at a dotted path in words, with its unit: the label of an axis or of a bar. Plain text.
pub fn with_unit(path: &str, people: Option<&People>) -> String {
    let words = key(path, people);
    unit(path).map_or_else(|| words.clone(), |unit| format!("{words}, {unit}"))
}

/// The unit of the key at a dotted path, for axes; `None` for pure numbers and for what is no number.
pub fn unit(path: &str) -> Option<&'static str> {
    keys::find(path).and_then(Key::unit_shown)
}

/// The policy at an index that counts from 0: its label, or its number as people count.
fn policy(at: &str, people: Option<&People>) -> String {
    nth("Policy", at, |at| people?.policy(at))
}

/// The shock at such an index.
fn shock(at: &str, people: Option<&People>) -> String {
    nth("Shock", at, |at| people?.shock(at))
}

fn nth<'a>(what: &str, at: &str, label: impl Fn(usize) -> Option<&'a str>) -> String {
    let Ok(at) = at.parse::<usize>() else { return what.to_owned() };
    label(at).map_or_else(|| format!("{what} {}", at + 1), str::to_owned)
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Without one, unless it begins with a symbol such as L_P.
fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    let word = text.chars().nth(1).is_some_and(char::is_lowercase);
    match letters.next() {
        Some(first) if word => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_by_their_meaning_and_by_what_they_belong_to() {
        let cases = [
            ("catch_up.beta", "β, speed of catch-up"),
            ("sector.high_tech.lambda", "High tech: λ, static benefit of a cluster"),
            ("sector.high_tech.y_P", "High tech: exogenous productivity in P"),
            ("policy.0.until", "Policy 1: no longer active from this date on"),
            ("shock.1.set.sector.high_tech.y_R", "Shock 2: High tech: exogenous productivity in R"),
            (
                "policy.0.promote.perceived.sector.steel.lambda",
                "Policy 1 believes: Steel: λ, static benefit of a cluster",
            ),
            ("lambda_guessed", "lambda_guessed"),
        ];
        for (path, words) in cases {
            assert_eq!(key(path, None), words);
        }
        let phrases = [
            ("catch_up.beta", "the speed of catch-up β"),
            ("growth.x", "the learning rate x"),
            ("sector.high_tech.x", "the learning rate x of high tech"),
            ("sector.high_tech.lambda", "the externality λ of high tech"),
            ("policy.0.until", "“Policy 1: no longer active from this date on”"),
            ("lambda_guessed", "lambda_guessed"),
        ];
        for (path, words) in phrases {
            assert_eq!(phrase(path, None), words);
        }
        assert_eq!((unit("catch_up.beta"), unit("sector.a.lambda"), unit("nothing")), (Some("per year"), None, None));
        assert_eq!(unit("shock.0.set.growth.x"), Some("per year"));
    }
}
