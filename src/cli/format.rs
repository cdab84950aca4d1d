//! The forms in which a command prints a table: for people on a terminal, in a document or on paper; for programs as CSV or
//! JSON. What stands in the table is the command's to say, once.

use super::named;
use super::table::aligned_in;
use crate::error::Error;
use crate::names;
use crate::record::csv;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::people::capital;
use crate::table::{Column, Object, Role, Shown, shown};
use anstyle::Style;

names! {
    /// How a table is printed.
    #[derive(Default)]
    pub(super) enum Format {
        #[default]
        Table = "table": "Columns of text",
        Csv = "csv": "Comma-separated values, all columns",
        Json = "json": "JSON, all columns",
        Markdown = "markdown": "A table for Markdown",
        Latex = "latex": "A booktabs table for LaTeX, at most six columns unless --columns names more",
    }
}

/// The arguments of a command that prints a table.
#[derive(Debug, clap::Args)]
pub(super) struct Printing {
    /// How to print the table
    #[arg(long, value_parser = named::<Format>(), default_value = Format::Table.name())]
    pub format: Format,

    /// The columns of the table, by their headings; several with commas [default: all; six or fewer with --format latex]
    #[arg(long, value_name = "HEADING", value_delimiter = ',')]
    columns: Vec<String>,
}

/// A table, and what is said above and below it.
pub(super) struct Answer<'a, R: ?Sized> {
    /// What it is about.
    pub title: String,
    /// Sentences above the table.
    pub above: Vec<String>,
    /// Sentences below it.
    pub below: Vec<String>,
    /// Its columns for programs.
    pub columns: Vec<Column<'a, R>>,
    /// What it is read from.
    pub rows: &'a R,
    /// How many rows it has.
    pub count: usize,
    /// The order of its rows for people.
    pub order: Vec<usize>,
    /// In which the sentences above stand on a terminal.
    pub voice: Style,
    /// In which the name of each row stands on a terminal; none where all look alike.
    pub inks: Vec<Style>,
}

impl Printing {
    /// A printer of tables with these columns; `--json` is another way to ask for JSON.
    ///
    /// # Errors
    /// Where they have no such columns.
    pub fn printer<R: ?Sized>(&self, json: bool, shown: Vec<Shown<R>>) -> Result<Printer<R>, Error> {
        let format = if json { Format::Json } else { self.format };
        let columns = match (format, &self.columns[..]) {
            (Format::Csv | Format::Json, [_, ..]) => {
                let title = format!("--columns does not go with --format {}", format.name());
                return Err(Error::invalid(title).note("CSV and JSON have all columns, under their names in files"));
            }
            (_, []) => (0..shown.len())
                .filter(|&column| !(format == Format::Latex && shown[column].role == Role::Spare))
                .collect(),
            (_, wanted) => wanted.iter().map(|typed| place(&shown, typed)).collect::<Result<Vec<_>, _>>()?,
        };
        Ok(Printer { format, shown, columns })
    }
}

/// The place of the column with this heading, upper or lower case, with spaces, `_` or `-`.
fn place<R: ?Sized>(shown: &[Shown<R>], typed: &str) -> Result<usize, Error> {
    let plain = |text: &str| text.trim().replace(['_', '-'], " ").to_lowercase();
    let headings: Vec<&str> = shown.iter().map(|column| column.heading).collect();
    headings.iter().position(|heading| plain(heading) == plain(typed)).ok_or_else(|| {
        Error::invalid(format!("--columns {typed}: the table has no such column"))
            .note(format!("allowed: {}", headings.join(", ")))
            .hint(did_you_mean(&plain(typed), headings.iter().copied()).unwrap_or_default())
    })
}

/// Prints tables in one form.
pub(super) struct Printer<R: ?Sized> {
    /// That form.
    pub format: Format,
    shown: Vec<Shown<R>>,
    /// Places of the columns chosen.
    columns: Vec<usize>,
}

impl<R: ?Sized> Printer<R> {
    /// The table as text.
    pub fn print(&self, answer: &Answer<'_, R>) -> String {
        match self.format {
            Format::Table => self.table(answer),
            Format::Csv => csv(&answer.columns, answer.rows, answer.count),
            Format::Json => objects(answer),
            Format::Markdown => markdown(answer, &self.lines(answer)),
            Format::Latex => latex(answer, &self.lines(answer)),
        }
    }

    /// The lines of the columns chosen, that of the headings first.
    fn lines(&self, answer: &Answer<'_, R>) -> Vec<Vec<String>> {
        let all = shown(&self.shown, answer.rows, answer.order.iter().copied());
        all.into_iter().map(|line| self.columns.iter().map(|&column| line[column].clone()).collect()).collect()
    }

    fn table(&self, answer: &Answer<'_, R>) -> String {
        const BOLD: Style = Style::new().bold();
        let voice = answer.voice;
        let above: String = answer.above.iter().map(|text| format!("  {voice}{text}{voice:#}\n")).collect();
        let gap = if above.is_empty() { "" } else { "\n" };
        // A line of the table is a row, but for the first.
        let ink = |line: usize, column: usize| {
            let names = self.shown[self.columns[column]].role == Role::Name;
            let row = line.checked_sub(1).filter(|_| names).and_then(|line| answer.order.get(line));
            row.and_then(|&row| answer.inks.get(row)).copied().unwrap_or_default()
        };
        let table = aligned_in(&self.lines(answer), ink);
        let below: String = answer.below.iter().map(|text| format!("  {text}\n")).collect();
        format!("{BOLD}{}{BOLD:#}\n{above}{gap}{table}{below}", answer.title)
    }
}

/// An object per row.
fn objects<R: ?Sized>(answer: &Answer<'_, R>) -> String {
    let object = |row| Object { columns: &answer.columns, rows: answer.rows, row };
    let line = |row| serde_json::to_string(&object(row)).unwrap_or_default() + "\n";
    (0..answer.count).map(line).collect()
}

/// A note as a sentence among others.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', ':', '?', '!']) { "" } else { "." };
    capital(text) + stop
}

fn markdown<R: ?Sized>(answer: &Answer<'_, R>, lines: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        format!("| {} |\n", cells.iter().map(|cell| in_markdown(cell)).collect::<Vec<_>>().join(" | "))
    };
    let rule: String =
        (0..width(lines)).map(|column| if is_numeric(lines, column) { "--:|" } else { ":--|" }).collect();
    let paragraph = |sentences: &[String]| match sentences {
        [] => String::new(),
        _ => sentences.iter().map(|text| in_markdown(&sentence(text))).collect::<Vec<_>>().join(" ") + "\n\n",
    };
    let rows: Vec<String> = lines.iter().map(|cells| line(cells)).collect();
    let (head, body) = rows.split_at(1.min(rows.len()));
    let text = format!(
        "{}\n\n{}{}|{rule}\n{}\n{}",
        in_markdown(&answer.title),
        paragraph(&answer.above),
        head.concat(),
        body.concat(),
        paragraph(&answer.below)
    );
    text.trim_end().to_owned() + "\n"
}

/// A booktabs table, ready to paste: at six columns it fits the text width of `article`.
fn latex<R: ?Sized>(answer: &Answer<'_, R>, lines: &[Vec<String>]) -> String {
    /// Characters of text beyond which a column is broken into lines.
    const BROAD: usize = 24;
    let columns = width(lines);
    let numeric: Vec<bool> = (0..columns).map(|column| is_numeric(lines, column)).collect();
    let kind = |column: usize| {
        let widest = lines.iter().skip(1).map(|cells| cells[column].chars().count()).max().unwrap_or(0);
        match (numeric[column], widest > BROAD) {
            (true, _) => "r",
            (false, false) => "l",
            (false, true) => ">{\\raggedright\\arraybackslash}p{0.27\\textwidth}",
        }
    };
    let kinds: Vec<&str> = (0..columns).map(kind).collect();
    let cell = |(column, cell): (usize, &String)| match cell.strip_prefix('-').filter(|_| numeric[column]) {
        Some(digits) => format!("$-${}", in_latex(digits)),
        None => in_latex(cell),
    };
    let line =
        |cells: &[String]| format!("{} \\\\\n", cells.iter().enumerate().map(cell).collect::<Vec<_>>().join(" & "));
    let rows: Vec<String> = lines.iter().map(|cells| line(cells)).collect();
    let (head, body) = rows.split_at(1.min(rows.len()));
    let said = std::iter::once(&answer.title).chain(&answer.above).chain(&answer.below);
    let comments: String = said.map(|text| format!("% {text}\n")).collect();
    let array = if kinds.iter().any(|kind| kind.len() > 1) { ", \\usepackage{array}" } else { "" };
    format!(
        "{comments}% needs \\usepackage{{booktabs}}{array}\n\\begingroup\\small\\setlength{{\\tabcolsep}}{{4pt}}%\n\\begin{{tabular}}{{@{{}}{}@{{}}}}\n\\toprule\n{}\\midrule\n{}\\bottomrule\n\\end{{tabular}}%\n\\endgroup\n",
        kinds.concat(),
        head.concat(),
        body.concat(),
    )
}

fn width(lines: &[Vec<String>]) -> usize {
    lines.first().map_or(0, Vec::len)
}

/// Whether all that stands under a heading are numbers, with or without a per cent sign.
fn is_numeric(lines: &[Vec<String>], column: usize) -> bool {
    let number = |cell: &str| cell.trim_end_matches('%').trim().parse::<f64>().is_ok();
    let mut cells = lines.iter().skip(1).map(|cells| cells[column].as_str()).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(number)
}

/// Text in which Markdown sees nothing but text.
fn in_markdown(text: &str) -> String {
    let escaped = |c: char| match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$' => format!("\\{c}"),
        '&' => "&amp;".to_owned(),
        _ => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// Text in which LaTeX sees nothing but text, the symbols of the model's included.
fn in_latex(text: &str) -> String {
    let escaped = |c: char| match c {
        '\\' => "\\textbackslash{}".to_owned(),
        '{' | '}' | '$' | '&' | '#' | '_' | '%' => format!("\\{c}"),
        '^' => "\\textasciicircum{}".to_owned(),
        '~' => "\\textasciitilde{}".to_owned(),
        '<' | '>' => format!("${c}$"),
        '≤' => "$\\le$".to_owned(),
        '≥' => "$\\ge$".to_owned(),
        '−' => "$-$".to_owned(),
        '×' => "$\\times$".to_owned(),
        '∞' => "$\\infty$".to_owned(),
        'α' => "$\\alpha$".to_owned(),
        'β' => "$\\beta$".to_owned(),
        'λ' => "$\\lambda$".to_owned(),
        'μ' => "$\\mu$".to_owned(),
        'ρ' => "$\\rho$".to_owned(),
        'τ' => "$\\tau$".to_owned(),
        'ẑ' => "$\\hat{z}$".to_owned(),
        '…' => "\\dots{}".to_owned(),
        _ => c.to_string(),
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of a table with a text that each form must escape.
    fn printed(format: Format, columns: &[&str]) -> Result<String, Error> {
        let rows = [("a_b | <x> & 50 % of $C", -1.5), ("plain", 2.0)];
        type Rows = [(&'static str, f64); 2];
        let shown: Vec<Shown<Rows>> = vec![
            Shown { heading: "what it is", role: Role::Name, cell: |rows, i| rows[i].0.to_owned() },
            Shown { heading: "how much", role: Role::Usual, cell: |rows, i| format!("{:+.1} %", rows[i].1) },
            Shown { heading: "twice", role: Role::Spare, cell: |rows, i| format!("{}", 2.0 * rows[i].1) },
        ];
        let columns_of_files = vec![
            Column::text("name", "", |rows: &Rows, i| rows[i].0),
            Column::number("value", "1", "", |rows: &Rows, i| rows[i].1),
        ];
        let answer = Answer {
            title: "#1 of [two]".to_owned(),
            above: vec!["λ ≥ 1".to_owned()],
            below: vec![],
            columns: columns_of_files,
            rows: &rows,
            count: 2,
            order: vec![1, 0],
            voice: Style::new(),
            inks: Vec::new(),
        };
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Ok(Printing { format, columns }.printer(false, shown)?.print(&answer))
    }

    #[test]
    fn every_form_says_the_same_and_escapes_what_means_something_in_it() {
        let text = |format| printed(format, &[]).expect("a table");
        let table = text(Format::Table);
        assert!(
            table.contains("  plain                   +2.0 %    4\n  a_b | <x> & 50 % of $C  -1.5 %    -3\n"),
            "{table}"
        );
        assert_eq!(text(Format::Csv), "name,value\na_b | <x> & 50 % of $C,-1.5\nplain,2.0\n");
        assert_eq!(
            text(Format::Json),
            "{\"name\":\"a_b | <x> & 50 % of $C\",\"value\":-1.5}\n{\"name\":\"plain\",\"value\":2.0}\n"
        );
        let markdown = text(Format::Markdown);
        assert!(markdown.contains("|:--|--:|--:|\n| plain | +2.0 % | 4 |\n"), "{markdown}");
        assert!(markdown.contains("| a\\_b \\| \\<x\\> &amp; 50 % of \\$C | -1.5 % | -3 |\n"), "{markdown}");
        let latex = text(Format::Latex);
        assert!(
            latex.contains("{@{}lr@{}}\n\\toprule\nwhat it is & how much \\\\\n\\midrule\nplain & +2.0 \\% \\\\\n"),
            "{latex}"
        );
        assert!(latex.contains("a\\_b | $<$x$>$ \\& 50 \\% of \\$C & $-$1.5 \\% \\\\\n\\bottomrule\n"), "{latex}");
    }

    #[test]
    fn columns_are_chosen_by_heading() {
        let latex = printed(Format::Latex, &["twice", "What_it-is"]).expect("a table");
        assert!(latex.contains("\\toprule\ntwice & what it is \\\\\n"), "{latex}");
        let unknown = printed(Format::Table, &["twise"]).expect_err("no such column");
        assert_eq!(unknown.note, "allowed: what it is, how much, twice");
        assert_eq!(unknown.hint, "did you mean `twice`?");
        let all = printed(Format::Csv, &["twice"]).expect_err("CSV has all");
        assert_eq!(all.title, "--columns does not go with --format csv");
    }
}
