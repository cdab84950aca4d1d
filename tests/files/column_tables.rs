//! Protects that docs/files.md knows every column and key of the output as the program does: name, type, unit, meaning.
//!
//! After a change of a list of columns: `CATCHUP_RENEW_DOCS=1 cargo test --test files column_tables`, and read the diff.

use crate::common::docs::{FILE, check};
use crate::common::root;
use catchup::batch::Meaning;
use catchup::record::tables;
use catchup::table::{Field, fields};
use catchup::{equilibria, summary};

/// A line per column: of those that may be empty, `missing` says what stands there.
fn rows(fields: &[Field], missing: &str) -> Vec<Vec<String>> {
    let row = |field: &Field| {
        let kind =
            if field.required { field.kind.name().to_owned() } else { format!("{}{missing}", field.kind.name()) };
        let among: Vec<String> = field.among.iter().map(|name| format!("`{name}`")).collect();
        let among = if among.is_empty() { String::new() } else { format!(": {}", among.join(", ")) };
        let meaning = format!("{}{among}", field.description).replace('|', "\\|");
        vec![format!("`{}`", field.name), kind, field.unit.to_owned(), meaning]
    };
    fields.iter().map(row).collect()
}

#[test]
fn the_tables_of_columns_are_those_of_the_program() {
    let path = root().join(FILE);
    let before = std::fs::read_to_string(&path).expect("the documentation");
    let mut text = before.clone();
    let mut renew = |heading: &str, fields: &[Field], missing: &str| {
        check(&mut text, heading, &["column", "type", "unit", "meaning"], &rows(fields, missing));
    };
    renew("### The table of equilibria", &fields(&equilibria::columns()), " or empty");
    for table in tables::of_run() {
        renew(&format!("### `{}`", table.file), &table.fields, " or empty");
    }
    for table in tables::of_comparison() {
        renew(&format!("#### `{}`", table.file), &table.fields, " or empty");
    }
    for table in tables::of_flip().into_iter().chain(tables::of_map()) {
        renew(&format!("#### `{}`", table.file), &table.fields, " or empty");
    }
    for table in tables::of_optimum().into_iter().filter(|table| table.file != "front.csv") {
        renew(&format!("#### `{}`", table.file), &table.fields, " or empty");
    }
    for table in tables::of_findings() {
        renew(&format!("#### `{}`", table.file), &table.fields, " or empty");
    }
    for table in tables::of_robust(&[]) {
        renew(&format!("#### `{}`", table.file), &table.fields, " or empty");
    }
    renew("## 7. `summary.json`", &fields(&summary::columns()), " or null");
    renew("### `runs.csv`", &fields(&Meaning::default().columns()), " or empty");
    if text != before {
        std::fs::write(path, text).expect("the documentation is renewed");
    }
}
