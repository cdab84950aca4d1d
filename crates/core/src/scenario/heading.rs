//! What a file says about itself before anything in it is checked.

/// The heading of a scenario or a sweep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The file it extends or, of a sweep, sweeps over; relative to its own folder.
    pub rests_on: Option<String>,
    /// The files that hold its series or its draws, relative to its own folder, each once.
    pub files: Vec<String>,
    /// Whether it is a sweep.
    pub is_sweep: bool,
}

/// The heading of the file `text`; empty where it is no TOML.
pub fn heading(text: &str) -> Heading {
    let table: toml::Table = text.parse().unwrap_or_default();
    let string = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    Heading {
        title: string("title"),
        description: string("description"),
        rests_on: string("extends").or_else(|| string("scenario")),
        files: {
            let mut files = Vec::new();
            named_files(&table, &mut files);
            files
        },
        is_sweep: table.contains_key("design"),
    }
}

fn named_files(table: &toml::Table, into: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => named_files(inner, into),
            toml::Value::String(file) if key == "file" && !into.contains(file) => into.push(file.clone()),
            _ => {}
        }
    }
}
