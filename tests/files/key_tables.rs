//! Protects that docs/files.md knows every key as the program does: name, meaning, unit, what is allowed, default.
//!
//! After a change of the lists of keys: `CATCHUP_RENEW_DOCS=1 cargo test --test files key_tables`, and read the diff.

use crate::common::docs::{FILE, check};
use crate::common::root;
use catchup::design::Kind;
use catchup::scenario::key::{Key, Otherwise, Reach, Section, Takes, Word};
use catchup::scenario::keys;
use catchup::scenario::series::read::KEYS as SERIES_KEYS;
use catchup::scenario::sweep::keys::{self as sweep_keys, Manner};

fn code(name: &str) -> String {
    format!("`{name}`")
}

/// A word and what it means: the list's capital letter goes, where it begins no symbol.
fn word(word: &Word) -> String {
    let mut letters = word.meaning.chars();
    let plain = word.meaning.chars().nth(1).is_some_and(char::is_lowercase);
    let first = letters.next().filter(|_| plain).map(|first| first.to_lowercase().to_string());
    let meaning = first.map_or_else(|| word.meaning.to_owned(), |first| first + letters.as_str());
    let aliases: String = word.aliases.iter().map(|alias| format!(", also spelled `{alias}`")).collect();
    format!("`{}` ({meaning}{aliases})", word.name)
}

fn allowed(key: &Key) -> String {
    let takes = match key.takes {
        Takes::Number(range) => match range.to_string() {
            words if words == "a finite number" => "any number".to_owned(),
            words => words.trim_start_matches("a number ").to_owned(),
        },
        Takes::Flag => "`true`, `false`".to_owned(),
        Takes::Word(words) => words().iter().map(word).collect::<Vec<_>>().join(", "),
        Takes::Start => "`isolation`, or `cluster:SECTOR`".to_owned(),
        Takes::Text(_) => "text".to_owned(),
        Takes::Sectors => "list of sectors".to_owned(),
        Takes::Numbers(_) | Takes::Values => "list".to_owned(),
        Takes::Settings | Takes::Beliefs => "table".to_owned(),
        Takes::Promotion
        | Takes::Scenario
        | Takes::Specifications
        | Takes::Layers
        | Takes::Carried
        | Takes::Groups
        | Takes::Correlations => key.takes.words(),
    };
    let users = keys::forms_using(key).map(|forms| {
        format!("only with {}", forms.iter().map(|form| code(form.name())).collect::<Vec<_>>().join(", "))
    });
    let rule = Some(key.rule.to_owned()).filter(|rule| !rule.is_empty());
    [Some(takes), rule, users].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn row(key: &Key, name: &str) -> Vec<String> {
    let default = match key.otherwise {
        Otherwise::Required => "required".to_owned(),
        _ => key.otherwise.words(),
    };
    vec![code(name), key.meaning.to_owned(), key.unit.to_owned(), allowed(key), default]
}

#[test]
fn the_tables_of_keys_are_those_of_the_program() {
    let path = root().join(FILE);
    let before = std::fs::read_to_string(&path).expect("the documentation");
    let mut text = before.clone();
    let columns = ["key", "meaning", "unit", "allowed", "default"];
    for section in [Section::Root].into_iter().chain(Section::TABLES).chain(Section::INSIDE) {
        let heading = match section {
            Section::Root => "### Top level".to_owned(),
            _ => format!("### `{}`", section.header()),
        };
        let rows: Vec<_> = keys::of_section(section).map(|key| row(key, key.name)).collect();
        check(&mut text, &heading, &columns, &rows);
    }
    let rows: Vec<_> = SERIES_KEYS.iter().map(|key| row(key, key.name)).collect();
    check(&mut text, "### Series", &columns, &rows);
    let asked = keys::all().iter().filter(|key| key.reach != Reach::Nowhere);
    let rows: Vec<_> = asked.map(|key| vec![code(&key.path()), key.reach.words()]).collect();
    check(&mut text, "#### Over which values a key is asked", &["key", "asked over"], &rows);
    let rows: Vec<_> = sweep_keys::all().iter().map(|key| row(key, &key.path())).collect();
    check(&mut text, "## 14. Sweep files", &columns, &rows);
    let rows: Vec<_> = Kind::ALL.iter().map(|kind| vec![code(kind.name()), kind.meaning().to_owned()]).collect();
    check(&mut text, "## 14. Sweep files", &["`kind`", "draws"], &rows);
    let rows: Vec<_> =
        Manner::ALL.iter().map(|manner| vec![code(&manner.example()), manner.meaning().to_owned()]).collect();
    check(&mut text, "## 14. Sweep files", &["specification", "values"], &rows);
    if text != before {
        std::fs::write(path, text).expect("the documentation is renewed");
    }
}
