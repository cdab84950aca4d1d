//! A comparison as one page of HTML that needs nothing else: words first, then pictures, tables, and what it was made of.
//!
//! `page.html` is the page, `page.css` its looks, `page.js` what it does under a pointer, a finger or a key; here is what
//! they are filled with. The pictures are those of the SVG files.

mod numbers;
mod parameters;
pub mod sweep;
mod table;

use crate::compare::{self, Comparison, Member};
use crate::draw::canvas::stroke;
use crate::draw::colour::{Pen, Style, pens};
use crate::draw::figure::Figure;
use crate::draw::{self, Look, OF_A_COMPARISON, Source, What, flips, svg};
use crate::equilibria::{Answer, for_people};
use crate::flip::First;
use crate::model::problem::Window;
use crate::numbers::{short, unbroken, year};
use crate::words;
use askama::Template;
use numbers::Happening;
use table::{Cell, Path, Row, Table, listed, names, texts};

/// Descriptions shown.
const DESCRIPTIONS: usize = 10;
/// Starts whose equilibria are shown.
const STARTS: usize = 10;
/// Axes in one picture.
const PANELS: usize = 12;
/// Keys in the picture of what the first place hangs on.
const BARS: usize = 8;
/// Width of a picture on a phone, pixels.
const NARROW: f64 = 362.0;
/// Runs times dates beyond which pictures are not drawn for phones too.
const POINTS_DRAWN_TWICE: usize = 10_000;
/// Events shown.
const EVENTS: usize = 60;
/// Bytes of scenario files shown; beyond that they are only named.
const SCENARIOS: usize = 200_000;
/// Files of runs whose checksums are shown.
const FILES: usize = 600;
/// What [`page.html`](self) is filled with.
#[derive(Template)]
#[template(path = "page.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    script: String,
    name: &'a str,
    poor_called: &'a str,
    rich_called: &'a str,
    poor: String,
    rich: String,
    question: String,
    order: String,
    sectors: String,
    others: String,
    from: String,
    until: String,
    discount: String,
    cut_off: bool,
    answer: Vec<String>,
    /// The picture of what the first place hangs on, broad and narrow; none where that is not known.
    hangs: Vec<String>,
    runs: Vec<Run<'a>>,
    baseline: usize,
    ranking: Table,
    about: Vec<&'a str>,
    pictures: Vec<Picture>,
    note: String,
    events: Table,
    events_left_out: usize,
    equilibria: [Equilibria; 2],
    parameters: [Table; 2],
    scenarios: Vec<ScenarioFile<'a>>,
    version: String,
    tables: Table,
    tables_of_runs: Table,
    numbers: String,
}

/// A run, as legends and tables show it.
struct Run<'a> {
    name: &'a str,
    /// What files call it, where that is something else.
    file: &'a str,
    /// A short piece of its line, as SVG.
    swatch: String,
}

/// A picture with its heading.
struct Picture {
    id: &'static str,
    heading: String,
    /// How to read it.
    reading: String,
    broad: String,
    /// For a phone; empty where there is no room for it.
    narrow: String,
}

/// Candidates at one date, for each group of runs that share them.
struct Equilibria {
    heading: &'static str,
    tables: Vec<(Table, String)>,
    left_out: usize,
}

/// A scenario file; without its text where there is no room for it.
struct ScenarioFile<'a> {
    index: usize,
    file: String,
    hash: &'a str,
    text: Option<String>,
}

/// The page. `first`: what the first place hangs on, where that is known; `files`: name and SHA-256 of each file written beside it.
pub fn page(comparison: &Comparison, first: Option<&First>, files: &[(String, String)]) -> String {
    let base = &comparison.members[comparison.baseline];
    let grid = base.trajectory.grid;
    let others = comparison.members.len() - 1;
    let people = base.scenario.people();
    let happenings = happenings(comparison);
    let figures = figures(comparison);
    let shown: Vec<&str> =
        figures.iter().flat_map(|(_, figure)| &figure.panels).map(|panel| panel.column.as_ref()).collect();
    let (numbers, note) = numbers::json(comparison, &shown, &happenings);
    let [question, order] = words::comparison::question(comparison);
    let page = Page {
        style: include_str!("page.css"),
        script: terse(include_str!("page.js")),
        name: &comparison.name,
        poor_called: &people.poor,
        rich_called: &people.rich,
        poor: region(&people.poor, "P", "poor region"),
        rich: region(&people.rich, "R", "rich one"),
        question,
        order,
        sectors: listed(people.sectors()),
        others: if others == 1 { "One path is".to_owned() } else { format!("{others} paths are") },
        from: date(comparison, 0),
        until: date(comparison, grid.periods),
        discount: short(100.0 * base.scenario.problem.discount_rate),
        cut_off: base.scenario.problem.window == Window::Horizon,
        answer: words::first::answer(comparison, first).iter().map(|said| unbroken(said)).collect(),
        hangs: first.map_or_else(Vec::new, |first| hangs(comparison, first)),
        runs: runs(comparison),
        baseline: comparison.baseline,
        ranking: ranking(comparison),
        about: about(comparison),
        pictures: pictures(comparison, &figures),
        note,
        events_left_out: happenings.len().saturating_sub(EVENTS),
        events: events(comparison, happenings),
        equilibria: [false, true].map(|long_run| equilibria(comparison, long_run)),
        parameters: parameters::tables(comparison),
        scenarios: scenarios(comparison, files),
        version: version(),
        tables: checksums(files.iter().filter(|(name, _)| !name.contains('/'))),
        tables_of_runs: checksums(files.iter().filter(|(name, _)| name.contains('/')).take(FILES)),
        numbers,
    };
    // Writing into a string fails only where the template itself is at fault.
    let html = page.render().unwrap_or_default();
    // What scenarios say may hold characters that no page may.
    html.chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// A script without its remarks and the space before its lines: each page has it whole.
fn terse(script: &str) -> String {
    let remark =
        |line: &str| line.is_empty() || line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
    let lines = script.lines().map(str::trim).filter(|line| !remark(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The picture of what the first place hangs on, under a heading of the page: broad, and for a phone.
fn hangs(comparison: &Comparison, first: &First) -> Vec<String> {
    let drawn = flips::of_first(comparison, first, BARS);
    let look = |width| Look { width, title: false, ids: "hangs-".to_owned(), ..Look::default() };
    [Look::USUAL, NARROW].map(|width| flips::render(&drawn, &look(width))).into()
}

fn name(comparison: &Comparison, index: usize) -> &str {
    comparison.labels()[index]
}

/// A region with what it is in the model: "Norte, the poor region (P)".
fn region(name: &str, symbol: &str, what: &str) -> String {
    if name == symbol { format!("{name}, the {what}") } else { format!("{name}, the {what} ({symbol})") }
}

/// A date of the comparison in words.
fn date(comparison: &Comparison, k: usize) -> String {
    let grid = comparison.members[comparison.baseline].trajectory.grid;
    year(grid.start + grid.t(k))
}

fn runs<'a>(comparison: &'a Comparison) -> Vec<Run<'a>> {
    let run = |((Member { summary, .. }, name), pen): ((&'a Member, &'a str), Pen)| {
        let Style { colour, dash, width } = Look::default().palette().line(pen);
        let swatch = format!(
            "<svg class=\"swatch\" width=\"30\" height=\"10\" aria-hidden=\"true\"><line x1=\"1\" x2=\"29\" y1=\"5\" y2=\"5\" {}/></svg>",
            stroke(colour, width, dash)
        );
        Run { name, file: if summary.name == name { "" } else { &summary.name }, swatch }
    };
    comparison
        .members
        .iter()
        .zip(comparison.labels())
        .zip(pens(comparison.members.len(), Some(comparison.baseline)))
        .map(run)
        .collect()
}

/// A run for a cell, and what files call it.
fn path(runs: &[Run<'_>], place: usize) -> (Path, String) {
    let Run { name, file, swatch } = &runs[place];
    (Path { place, swatch: swatch.clone(), name: (*name).to_owned() }, (*file).to_owned())
}

/// The table of the terminal, with what files call the runs.
fn ranking(comparison: &Comparison) -> Table {
    let runs = runs(comparison);
    let row = |index: usize| {
        let cells = compare::SHOWN.iter().map(|column| match column.heading {
            "scenario" => {
                let (path, file) = path(&runs, index);
                Cell::Titled(path, file, index == comparison.baseline)
            }
            _ => Cell::Text((column.cell)(comparison, index)),
        });
        Row { runs: index.to_string(), cells: cells.collect() }
    };
    let headings = compare::SHOWN.map(|column| column.heading);
    Table::new(String::new(), "cards", &headings, comparison.ranked().into_iter().map(row).collect())
}

/// What the scenarios say of themselves, each thing once.
fn about(comparison: &Comparison) -> Vec<&str> {
    let mut about: Vec<&str> = Vec::new();
    let described = comparison.members.iter().filter_map(|member| member.scenario.keys.description.as_deref());
    for description in described.map(str::trim).filter(|description| !description.is_empty()) {
        if !about.contains(&description) {
            about.push(description);
        }
    }
    about.truncate(DESCRIPTIONS);
    about
}

/// What is on every picture that the comparison comes with.
fn figures(comparison: &Comparison) -> Vec<(What, Figure)> {
    let source = Source::Comparison(draw::Comparison::of(comparison));
    let figure = |what: What| {
        let mut figure = draw::figure(&source, what);
        limit(&mut figure, comparison);
        (what, figure)
    };
    OF_A_COMPARISON.into_iter().map(figure).collect()
}

/// The pictures, broad and, where there is room for both, narrow.
fn pictures(comparison: &Comparison, figures: &[(What, Figure)]) -> Vec<Picture> {
    let dates = comparison.members[comparison.baseline].trajectory.grid.periods + 1;
    let people = comparison.members[comparison.baseline].scenario.people();
    let twice = comparison.members.len() * dates <= POINTS_DRAWN_TWICE;
    let picture = |(what, figure): &(What, Figure)| {
        let (heading, reading) = what.reading(&people.poor, &people.rich);
        let draw = |kind: &str, width: f64| {
            let look = Look { width, title: false, ids: format!("{}-{kind}-", what.name()), ..Look::default() };
            svg::render(figure, &look)
        };
        let narrow = if twice { draw("narrow", NARROW) } else { String::new() };
        Picture { id: what.name(), heading, reading, broad: draw("broad", Look::USUAL), narrow }
    };
    figures.iter().map(picture).collect()
}

/// Keeps the axes of the baseline and of the best runs, where each run has axes of its own, and says so.
fn limit(figure: &mut Figure, comparison: &Comparison) {
    let panels = figure.panels.len();
    if panels <= PANELS {
        return;
    }
    let others = comparison.ranked().into_iter().filter(|index| *index != comparison.baseline);
    let kept: Vec<usize> = std::iter::once(comparison.baseline).chain(others).take(PANELS).collect();
    figure.panels.retain(|panel| panel.run.is_none_or(|run| kept.contains(&run)));
    figure.notes.push(format!("The baseline and the best {} of {panels} runs.", PANELS - 1));
}

/// Policies, shocks, changes of regime by date: each once, with the runs in which it happens.
fn happenings(comparison: &Comparison) -> Vec<Happening> {
    let mut happenings: Vec<Happening> = Vec::new();
    for (index, member) in comparison.members.iter().enumerate() {
        let people = member.scenario.people();
        for event in &member.trajectory.events {
            let words = event.in_words(people.sectors(), &people.poor);
            let words =
                if event.detail.is_empty() { words } else { format!("{words} ({})", people.retold(&event.detail)) };
            match happenings.iter_mut().find(|other| other.k == event.period && other.words == words) {
                Some(other) if other.runs.last() == Some(&index) => {}
                Some(other) => other.runs.push(index),
                None => happenings.push(Happening { k: event.period, runs: vec![index], words }),
            }
        }
    }
    // Stable: at one date in the order of the runs, and of what happens to each.
    happenings.sort_by_key(|happening| happening.k);
    happenings
}

fn events(comparison: &Comparison, happenings: Vec<Happening>) -> Table {
    let named = self::runs(comparison);
    let row = |Happening { k, runs, words }| {
        let places = runs.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let all = runs.len() == comparison.members.len();
        let paths = match all {
            true => Cell::Text("all paths".to_owned()),
            false => Cell::Paths(runs.into_iter().map(|run| path(&named, run).0).collect()),
        };
        Row { runs: places, cells: vec![Cell::Text(date(comparison, k)), paths, Cell::Text(words)] }
    };
    let rows = happenings.into_iter().take(EVENTS).map(row).collect();
    Table::new(String::new(), "cards", &["year", "path", "event"], rows)
}

/// Every candidate at the start or in the long run, once for all runs that share them.
fn equilibria(comparison: &Comparison, long_run: bool) -> Equilibria {
    let mut groups: Vec<(Answer<'_>, Vec<usize>)> = Vec::new();
    for (index, member) in comparison.members.iter().enumerate() {
        // A shock after the last row is on no row to start from.
        let rows = member.trajectory.rows.len();
        let last = member.scenario.problem.epochs.iter().rev().find(|epoch| epoch.k < rows).map_or(0, |epoch| epoch.k);
        let date = if long_run { last } else { 0 };
        let Some(answer) = Answer::new(&member.scenario, &member.trajectory, date, long_run) else { continue };
        let same = |(other, _): &&mut (Answer<'_>, Vec<usize>)| {
            (&other.candidates, other.real_income_R, other.closed)
                == (&answer.candidates, answer.real_income_R, answer.closed)
                && other.scenario.problem.sectors == answer.scenario.problem.sectors
        };
        match groups.iter_mut().find(same) {
            Some((_, runs)) => runs.push(index),
            None => groups.push((answer, vec![index])),
        }
    }
    let alone = groups.len() == 1;
    let left_out = groups.len().saturating_sub(STARTS);
    let table = |(answer, runs): (Answer<'_>, Vec<usize>)| {
        let paths = runs.iter().map(|&index| name(comparison, index));
        let paths = if alone { "all paths".to_owned() } else { names(paths, 6) };
        let closed = if answer.closed { "; trade is closed, were it open:" } else { "" };
        let rows = texts(answer.lines().into_iter().skip(1));
        let [ordering, assumption] = answer.assumptions();
        let caption = format!("{paths}: {}{closed}", answer.when());
        (
            Table::new(caption, "cards", &for_people().map(|column| column.heading), rows),
            format!("Here {ordering}; {assumption}."),
        )
    };
    Equilibria {
        heading: if long_run { "In the long run of each candidate" } else { "At the start" },
        tables: groups.into_iter().take(STARTS).map(table).collect(),
        left_out,
    }
}

fn scenarios<'a>(comparison: &Comparison, files: &'a [(String, String)]) -> Vec<ScenarioFile<'a>> {
    let mut bytes = 0;
    let shown = |(index, member): (usize, &Member)| {
        let file = format!("{}/scenario.toml", member.summary.name);
        let hash = files.iter().find(|(name, _)| *name == file).map_or("", |(_, hash)| hash);
        let text = member.scenario.resolved();
        bytes += text.len();
        ScenarioFile { index, file, hash, text: Some(text).filter(|_| bytes <= SCENARIOS) }
    };
    comparison.members.iter().enumerate().map(shown).collect()
}

fn version() -> String {
    let commit = env!("CATCHUP_COMMIT");
    let changed = if env!("CATCHUP_DIRTY") == "true" { ", with local changes" } else { "" };
    let built = if commit.is_empty() { String::new() } else { format!(", commit {commit}{changed}") };
    format!("{}{built}", env!("CARGO_PKG_VERSION"))
}

/// Names of files and their SHA-256.
fn checksums<'a>(files: impl Iterator<Item = &'a (String, String)>) -> Table {
    let row = |(name, hash): &(String, String)| {
        let cells = [name, hash].map(|text| Cell::Code(text.clone()));
        Row { runs: String::new(), cells: cells.into() }
    };
    Table::new(String::new(), "lines", &["file", "SHA-256"], files.map(row).collect())
}
