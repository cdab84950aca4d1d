//! Text as HTML: everything that a scenario says goes through [`escape`].

use std::fmt::Write;

/// `text` so that HTML shows it letter by letter, between tags and inside quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Nothing to see, and not allowed in HTML.
            c if c.is_control() && !matches!(c, '\n' | '\t') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// JSON that can stand inside a `<script>`: no `<` ends it, and it is still the same JSON.
pub(super) fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// How a table fits a narrow screen, where each row becomes a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Narrow {
    /// Each cell beside the name of its column.
    Cards,
    /// Each cell on a line of its own.
    Lines,
}

/// A table of cells that are HTML already; `caption` is HTML too.
pub(super) fn table(caption: &str, header: &[&str], rows: &[Vec<String>], narrow: Narrow) -> String {
    let class = if narrow == Narrow::Cards { "cards" } else { "lines" };
    let mut html = format!("<div class=\"wide\"><table class=\"{class}\">");
    if !caption.is_empty() {
        let _ = write!(html, "<caption>{caption}</caption>");
    }
    html.push_str("<thead><tr>");
    for name in header {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escape(name));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for (cell, name) in row.iter().zip(header) {
            let _ = write!(html, "<td data-label=\"{}\">{cell}</td>", escape(name));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
    html
}

/// A list of names that ends in `and`, for a sentence.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => escape(one),
        [most @ .., last] if names.len() <= 6 => {
            format!("{} and {}", most.iter().map(|name| escape(name)).collect::<Vec<_>>().join(", "), escape(last))
        }
        _ => format!("{} sectors", names.len()),
    }
}

/// A list of names, the rest counted.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.collect();
    let told: Vec<String> = names.iter().take(most).map(|name| escape(name)).collect();
    let rest = names.len() - told.len();
    if rest == 0 { told.join(", ") } else { format!("{} and {rest} more", told.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_shows_as_text() {
        assert_eq!(escape("<script>alert('a & \"b\"')</script>\u{0}"), {
            "&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;\u{fffd}"
        });
        assert_eq!(in_script("{\"a\":\"</script><!--\"}"), "{\"a\":\"\\u003c/script>\\u003c!--\"}");
    }

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(names(["a", "b"].into_iter(), 2), "a, b");
        assert_eq!(names(["a", "b", "<c>", "d"].into_iter(), 3), "a, b, &lt;c&gt; and 1 more");
    }
}
