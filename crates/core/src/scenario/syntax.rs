//! What is wrong with a text that is not TOML, said for people.

use super::diagnostics::{At, Diagnostic, clip};
use std::ops::Range;
use toml::de::Error;

/// The parser's errors, from top to bottom; those that only follow from an earlier one are left out.
pub fn diagnostics(source: usize, text: &str, errors: &[Error]) -> Vec<Diagnostic> {
    let boundary = |at: usize| text.floor_char_boundary(at);
    let place = |error: &Error| error.span().map_or(0..0, |span| boundary(span.start)..boundary(span.end));
    let mut sorted: Vec<(Range<usize>, &str)> = errors.iter().map(|error| (place(error), error.message())).collect();
    sorted.sort_by_key(|(span, _)| span.start);
    let mut found = Vec::new();
    let mut last_line = None;
    let mut repeated_header = None;
    for (span, message) in sorted {
        let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..].lines().next().unwrap_or("");
        let repeated = message == "duplicate key";
        // The keys of a table that is given twice are not given twice.
        let follows = repeated && repeated_header.is_some_and(|header| !text[header..start].contains("\n["));
        if last_line == Some(start) || follows {
            continue;
        }
        last_line = Some(start);
        if repeated && line.trim_start().starts_with('[') {
            repeated_header = Some(start);
        }
        found.push(diagnostic(source, text, span, line, message));
        // Once brackets do not match, the rest of the text is misread.
        if in_brackets(message) {
            break;
        }
    }
    found
}

/// Whether a word is what other programs write where there is no value.
pub fn says_missing(word: &str) -> bool {
    ["na", "n/a", "none", "null", "nil"].contains(&word.to_lowercase().as_str())
}

fn in_brackets(message: &str) -> bool {
    ["in array", "array element", "unclosed array", "inline table", "key-value pairs"]
        .iter()
        .any(|m| message.contains(m))
        && !message.contains("array table")
}

fn diagnostic(source: usize, text: &str, span: Range<usize>, line: &str, message: &str) -> Diagnostic {
    let written = clip(text.get(span.clone()).unwrap_or(""));
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let (what, allowed, hint) = match what {
        "duplicate key" if line.trim_start().starts_with('[') => (
            format!("the table {} is given twice", clip(line.trim())),
            "allowed: each table once".to_owned(),
            Some("gather its keys under one header"),
        ),
        "duplicate key" => {
            (format!("`{written}` is given twice"), "allowed: each key once in its table".to_owned(), None)
        }
        "string values must be quoted" if written.is_empty() => {
            ("the value is missing".to_owned(), "expected a value".to_owned(), None)
        }
        "invalid boolean" if ["true", "false"].contains(&written.to_lowercase().as_str()) => (
            format!("{written} is not a value"),
            format!("expected {expected}"),
            Some("true and false are written in lower case"),
        ),
        _ if says_missing(&written) => (
            format!("{written} is not a value"),
            "expected a number, true, false, or text in quotes".to_owned(),
            Some("what is not known is left out: remove the line, and the default holds where there is one"),
        ),
        // A word that begins like `nan` or `inf` is taken for one.
        "string values must be quoted" | "invalid boolean" | "invalid float"
            if what != "invalid float" || ["`nan`", "`inf`"].contains(&expected) =>
        {
            (
                format!("{written} is not a value"),
                "expected a number, true, false, or text in quotes".to_owned(),
                Some("text needs straight quotes: \"…\"; a number takes no unit"),
            )
        }
        "unexpected key or value" => (
            format!("something follows the {}", if line.trim_start().starts_with('[') { "header" } else { "value" }),
            "expected the end of the line, or a comment (#)".to_owned(),
            text[span.start..].starts_with(',').then_some("decimals take a point: 0.04"),
        ),
        "invalid mantissa" => {
            ("a number begins with a point".to_owned(), "expected a digit".to_owned(), Some("write the zero: 0.04"))
        }
        "invalid basic string" | "invalid literal string" if expected.len() <= "`'`".len() => {
            ("a text does not end on its line".to_owned(), format!("expected the closing {expected}"), None)
        }
        "missing escaped value" => (
            "a backslash begins no known escape".to_owned(),
            format!("expected one of {expected} after it"),
            Some("write it twice, or put the text in single quotes: '…'"),
        ),
        "invalid unquoted key" if !text[span.start..].starts_with(|c: char| c.is_ascii()) => (
            format!("a name holds {}", text[span.start..].chars().next().unwrap_or_default()),
            "expected a to z, A to Z, 0 to 9, `-`, `_`".to_owned(),
            Some("what people call a sector goes into its label: label = \"…\""),
        ),
        "unquoted keys cannot be empty" => ("a key is missing".to_owned(), format!("expected {expected}"), None),
        _ if what.contains("recur") => {
            ("nested too deeply".to_owned(), "allowed: a few levels, which is all a scenario needs".to_owned(), None)
        }
        _ => {
            let allowed = match expected {
                "" if what.starts_with("invalid") => "expected a number, true, false, or text in quotes".to_owned(),
                "" => String::new(),
                "nothing" => "not allowed here".to_owned(),
                _ => format!("expected {expected}"),
            };
            (
                what.to_owned(),
                allowed,
                (in_brackets(message) && !what.starts_with("extra"))
                    .then_some("is a bracket before this place left open?"),
            )
        }
    };
    let found = Diagnostic::new(At { source, span }, format!("not valid TOML: {what}"), allowed);
    Diagnostic { hint: hint.map(str::to_owned), ..found }
}
