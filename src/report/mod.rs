//! A comparison as one page of HTML that needs nothing else: words first, then charts, tables, and what it was made of.
//! The charts are plotly's; its script is part of the page once, without MathJax.

mod charts;
mod html;
mod look;
mod parameters;

use crate::compare::{Comparison, HEADER, in_words};
use crate::equilibria::{Answer, HEADER as CANDIDATE};
use crate::words::{short, year};
use charts::{Charts, PART_NAMES, turns};
use html::{Narrow, escape, in_script, listed, names, table};
use look::{Look, PARTS, square};
use plotly::Plot;
use std::fmt::Write;

/// What the page may weigh, with room to spare below 8 MB.
const BYTES: usize = 7_800_000;
/// Bytes of a point in a chart: year and value.
const BYTES_A_POINT: usize = 30;
/// Runs drawn; the tables have all.
const RUNS_DRAWN: usize = 30;
/// Starts whose equilibria are shown.
const STARTS_SHOWN: usize = 10;
/// Changes of regime told one by one.
const TURNS_TOLD: usize = 40;
/// Bytes of scenario files shown; beyond that they are only named.
const SCENARIOS_SHOWN: usize = 400_000;

/// The page. `files`: name and SHA-256 of each file written beside it.
pub fn page(comparison: &Comparison, files: &[(String, String)]) -> String {
    let mut before = String::new();
    head(&mut before, comparison);
    answer(&mut before, comparison);
    let mut after = String::new();
    equilibria(&mut after, comparison);
    parameters(&mut after, comparison);
    scenarios(&mut after, comparison, files);
    provenance(&mut after, files);
    let library = library();
    let runs = drawn(comparison);
    let taken = library.len() + before.len() + after.len() + 100_000 + 8_000 * runs.len();
    let charts = Charts::new(comparison, runs, BYTES.saturating_sub(taken) / BYTES_A_POINT);
    let mut figures = Vec::new();
    let mut page = before;
    page.reserve(BYTES);
    sections(&mut page, comparison, &charts, &mut figures);
    page.push_str(&after);
    page.push_str("</main>\n");
    let _ = writeln!(page, "<script type=\"application/json\" id=\"figures\">{{{}}}</script>", figures.join(","));
    page.push_str(&library);
    let _ = write!(page, "\n<script>\n{}</script>\n</body>\n</html>\n", include_str!("page.js"));
    page
}

/// plotly's script in its element, as the package brings it, without the MathJax that follows.
fn library() -> String {
    let both = Plot::offline_js_sources();
    let end = "</script>";
    both.find(end).map_or_else(String::new, |at| both[..at + end.len()].trim().to_owned())
}

/// The best runs, and the baseline, in the order of the call.
fn drawn(comparison: &Comparison) -> Vec<usize> {
    let mut runs: Vec<usize> = comparison.ranked().into_iter().filter(|&index| index != comparison.baseline).collect();
    runs.truncate(RUNS_DRAWN - 1);
    runs.push(comparison.baseline);
    runs.sort_unstable();
    runs
}

fn name(comparison: &Comparison, index: usize) -> &str {
    &comparison.members[index].summary.name
}

/// A date of the comparison in words.
fn date(comparison: &Comparison, k: usize) -> String {
    let grid = comparison.members[comparison.baseline].trajectory.grid;
    year(grid.start + grid.t(k))
}

fn head(page: &mut String, comparison: &Comparison) {
    // Nothing is fetched, whatever the page holds.
    let policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; \
                  base-uri 'none'; form-action 'none'";
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        escape(&comparison.name),
        include_str!("page.css"),
    );
}

/// The question, the answer in words, and the runs in order.
fn answer(page: &mut String, comparison: &Comparison) {
    let base = &comparison.members[comparison.baseline];
    let (problem, grid) = (&base.scenario.problem, base.trajectory.grid);
    let others = comparison.members.len() - 1;
    let _ = write!(
        page,
        "<header>\n<p class=\"eyebrow\">{}</p>\n\
         <h1>Which of {} paths is best for the poor region?</h1>\n\
         <p>P, the poor region, trades {} with R, the rich one. The income gap is R’s wage over P’s. {} measured against \
         <strong>{}</strong> from {} to {}; the future is discounted at {} % a year.</p>\n</header>\n",
        escape(&comparison.name),
        others + 1,
        listed(&problem.sectors),
        if others == 1 { "One path is".to_owned() } else { format!("{others} paths are") },
        escape(&base.summary.name),
        date(comparison, 0),
        date(comparison, grid.periods),
        short(100.0 * problem.discount_rate),
    );
    page.push_str("<section id=\"answer\" class=\"answer\">\n<h2>The answer</h2>\n");
    for sentence in in_words(comparison) {
        let _ = writeln!(page, "<p>{}</p>", escape(&sentence));
    }
    page.push_str("</section>\n<section id=\"paths\">\n<h2>The paths, best first</h2>\n");
    let rows: Vec<Vec<String>> = comparison
        .ranked()
        .into_iter()
        .map(|index| {
            let mut cells = comparison.cells(index).map(|cell| escape(&cell)).to_vec();
            let look = Look::of(index, comparison.baseline);
            let title = comparison.members[index].summary.title.as_deref().unwrap_or("");
            cells[1] = format!(
                "{}<strong>{}</strong><span class=\"title\">{}</span>",
                look.swatch(),
                cells[1].replace(" (baseline)", "</strong> (baseline)<strong>"),
                escape(title)
            );
            cells
        })
        .collect();
    page.push_str(&table("", &HEADER, &rows, Narrow::Cards));
    page.push_str(
        "<p class=\"note\"><b>Equivalent variation</b>: the share by which the baseline’s income would have to rise in every \
         period to be as good. <b>Subsidy pv</b>: present value in R-wages per worker of P. <b>Own feet from</b>: from when on \
         the last cluster stands without a subsidy. <b>Passes baseline</b>: from when on real income is above the baseline’s \
         for good.</p>\n",
    );
    let mut told: Vec<&str> = Vec::new();
    let described = comparison.members.iter().filter_map(|member| member.scenario.keys.description.as_deref());
    for description in described.map(str::trim).filter(|description| !description.is_empty()) {
        if !told.contains(&description) && told.len() < STARTS_SHOWN {
            told.push(description);
        }
    }
    if !told.is_empty() {
        page.push_str("<details open><summary>What the scenarios are about</summary>\n");
        for description in told {
            let _ = writeln!(page, "<p class=\"description\">{}</p>", escape(description));
        }
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

/// The charts with their headings; their data go to `figures`.
fn sections(page: &mut String, comparison: &Comparison, charts: &Charts<'_>, figures: &mut Vec<String>) {
    page.push_str(
        "<div id=\"charts\">\n<div class=\"chips\" role=\"group\" aria-label=\"Scenarios shown in the charts\">\n",
    );
    for &index in &charts.runs {
        let name = escape(name(comparison, index));
        let swatch = Look::of(index, comparison.baseline).swatch();
        let _ = writeln!(
            page,
            "<button type=\"button\" class=\"chip\" aria-pressed=\"true\" data-scenario=\"{name}\">{swatch}{name}</button>"
        );
    }
    page.push_str("</div>\n<noscript><p>The charts need JavaScript; the tables do not.</p></noscript>\n");
    let left_out = comparison.members.len() - charts.runs.len();
    if left_out > 0 {
        let _ = writeln!(
            page,
            "<p class=\"note\">The charts show the baseline and the best {}; {left_out} more are in the table above and in comparison.csv.</p>",
            charts.runs.len() - 1
        );
    }
    if charts.thinned() {
        let dates = charts.dates.len();
        let _ = writeln!(page, "<p class=\"note\">The charts show {dates} dates; the CSV files have all.</p>");
    }
    let mut draw = |page: &mut String, id: &str, label: &str, class: &str, plot: &Plot| {
        let _ = writeln!(
            page,
            "<div class=\"chart {class}\" id=\"{id}\" role=\"img\" aria-label=\"{}\"></div>",
            escape(label)
        );
        figures.push(in_script(&format!("\"{id}\":{}", plot.to_json())));
    };

    page.push_str(
        "<section><h2>Income gap</h2>\n<p>R’s wage over P’s; 1 is parity. A thin dashed line is the gap in the long run, if \
         the last regime is held. ○ marks a change of regime, ✕ a cluster that breaks off.</p>\n",
    );
    draw(page, "gap", "Income gap over time", "tall", &charts.gap());
    changes(page, comparison, charts);
    page.push_str("</section>\n<section><h2>Relative productivities</h2>\n<p>z = Z<sub>P</sub> / Z<sub>R</sub>, the technology gap in each sector: 1 is R’s level. Clusters learn; outside them P lives on spillovers.</p>\n<div class=\"grid\">\n");
    let (sectors, left_out) = charts.sectors();
    for sector in &sectors {
        let _ = writeln!(page, "<div><h3>{}</h3>", escape(sector));
        draw(
            page,
            &format!("z-{sector}"),
            &format!("Relative productivity in {sector}"),
            "small",
            &charts.productivity(sector),
        );
        page.push_str("</div>\n");
    }
    page.push_str("</div>\n");
    if left_out > 0 {
        let _ = writeln!(page, "<p class=\"note\">{left_out} more sectors are in each run’s sectors.csv.</p>");
    }

    page.push_str(
        "</section>\n<section><h2>Wage against the outside option</h2>\n<p>Thick: the wage in P. Thin and dotted, while a \
         cluster stands: the best that a worker would earn outside it. Where dotted rises above thick, the cluster collapses \
         or needs a subsidy.</p>\n",
    );
    draw(page, "wage", "Wage in P and the outside option", "tall", &charts.wage());
    page.push_str("</section>\n<section><h2>Subsidy</h2>\n");
    match charts.subsidy() {
        Some(plot) => {
            page.push_str("<p>What keeps workers in a cluster that pays less than they would earn outside.</p>\n");
            draw(page, "subsidy", "Subsidy over time", "", &plot);
        }
        None => page.push_str("<p>No path pays a subsidy.</p>\n"),
    }
    page.push_str(
        "</section>\n<section><h2>What moved the gap</h2>\n<p>Change of ln(income gap) since the start, in six parts that add up \
         to it. What widens the gap is stacked upwards, what narrows it downwards; the black line is their sum.</p>\n",
    );
    let decompositions = charts.decompositions();
    // The best path that differs from the baseline.
    let rank = |index: usize| comparison.gains[index].rank;
    let told = |index: &usize| charts.runs.contains(index) && rank(*index) != rank(comparison.baseline);
    let chosen = comparison.ranked().into_iter().find(told);
    let chosen = chosen.map(|index| name(comparison, index));
    page.push_str("<p><label>Path: <select id=\"decomposed\">");
    for (name, _) in &decompositions {
        let selected = if Some(name.as_str()) == chosen { " selected" } else { "" };
        let _ = write!(page, "<option value=\"{0}\"{selected}>{0}</option>", escape(name));
    }
    page.push_str(
        "</select></label></p>\n<div class=\"chart tall\" id=\"decomposition\" role=\"img\" aria-label=\"What moved the income gap\"></div>\n",
    );
    let all: Vec<String> = decompositions.iter().map(|(name, plot)| format!("\"{name}\":{}", plot.to_json())).collect();
    figures.push(in_script(&format!("\"decomposition\":{{{}}}", all.join(","))));
    let meanings = [
        "a cluster’s static benefit gained, lost or built up",
        "P specialises in another sector",
        "spillovers from R",
        "R’s learning outruns P’s",
        "parameters change",
        "trade opens or closes",
    ];
    page.push_str("<dl class=\"parts\">");
    for ((name, color), meaning) in PART_NAMES.iter().zip(PARTS).zip(meanings) {
        let _ = write!(page, "<dt>{}{name}</dt><dd>{meaning}</dd>", square(color));
    }
    page.push_str("</dl>\n</section>\n</div>\n");
}

/// What changed and when, for readers on paper and without a pointer.
fn changes(page: &mut String, comparison: &Comparison, charts: &Charts<'_>) {
    let mut all: Vec<(usize, usize, String)> = Vec::new();
    for &index in &charts.runs {
        all.extend(turns(&comparison.members[index]).into_iter().map(|(k, _, words)| (k, index, words)));
    }
    if all.is_empty() {
        page.push_str("<p class=\"note\">No path changes its regime.</p>\n");
        return;
    }
    all.sort_by_key(|(k, index, _)| (*k, *index));
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(TURNS_TOLD)
        .map(|(k, index, words)| {
            let swatch = Look::of(*index, comparison.baseline).swatch();
            vec![date(comparison, *k), format!("{swatch}{}", escape(name(comparison, *index))), escape(words)]
        })
        .collect();
    let _ = write!(
        page,
        "<details open><summary>Changes of regime</summary>\n{}",
        table("", &["year", "path", "from then on"], &rows, Narrow::Cards)
    );
    if all.len() > TURNS_TOLD {
        let _ = writeln!(page, "<p class=\"note\">{} more are in each run’s events.csv.</p>", all.len() - TURNS_TOLD);
    }
    page.push_str("</details>\n");
}

/// Every candidate at the start and in the long run, once for all runs that share them.
fn equilibria(page: &mut String, comparison: &Comparison) {
    page.push_str(
        "<section><h2>Equilibria</h2>\n<p>Every candidate: a cluster in each sector, Cl, and isolation, Is. A cluster is an \
         equilibrium if nobody gains by leaving it: comparative advantage (left of the inequality) must not outweigh the \
         externalities (right).</p>\n",
    );
    for long_run in [false, true] {
        let heading = if long_run { "In the long run of each candidate" } else { "At the start" };
        let _ = writeln!(page, "<h3>{heading}</h3>");
        let mut groups: Vec<(Answer<'_>, Vec<usize>)> = Vec::new();
        for (index, member) in comparison.members.iter().enumerate() {
            let last = member.scenario.problem.epochs.last().map_or(0, |epoch| epoch.k);
            let answer = Answer::new(&member.scenario, &member.trajectory, if long_run { last } else { 0 }, long_run);
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
        for (answer, runs) in groups.iter().take(STARTS_SHOWN) {
            let of = if groups.len() == 1 {
                "all paths".to_owned()
            } else {
                names(runs.iter().map(|&index| name(comparison, index)), 6)
            };
            let closed = if answer.closed { "; trade is closed, were it open:" } else { "" };
            let rows: Vec<Vec<String>> =
                answer.cells().iter().map(|cells| cells.iter().map(|cell| escape(cell)).collect()).collect();
            let caption = format!("{of}: {}{closed}", escape(&answer.when()));
            page.push_str(&table(&caption, &CANDIDATE, &rows, Narrow::Cards));
            let [ordering, assumption] = answer.assumptions();
            let _ = writeln!(page, "<p class=\"note\">Here {}; {}.</p>", escape(&ordering), escape(&assumption));
        }
        if groups.len() > STARTS_SHOWN {
            let _ = writeln!(
                page,
                "<p class=\"note\">{} more differ; see <code>catchup equilibria</code>.</p>",
                groups.len() - STARTS_SHOWN
            );
        }
    }
    page.push_str("</section>\n");
}

fn parameters(page: &mut String, comparison: &Comparison) {
    let (different, same) = parameters::cells(comparison);
    page.push_str("<section><h2>Parameters and their sources</h2>\n");
    if different.is_empty() {
        page.push_str("<p>All paths have the same parameters.</p>\n");
    } else {
        page.push_str(&table("Where the paths differ", &parameters::HEADER, &different, Narrow::Lines));
    }
    page.push_str(&table("The same in all paths", &parameters::HEADER, &same, Narrow::Lines));
    page.push_str("</section>\n");
}

fn scenarios(page: &mut String, comparison: &Comparison, files: &[(String, String)]) {
    page.push_str(
        "<section><h2>Scenario files</h2>\n<p>Each run again gives the same tables: every layer merged, every default \
         written out.</p>\n",
    );
    let mut shown = 0;
    for member in &comparison.members {
        let file = format!("{}/scenario.toml", member.summary.name);
        let text = member.scenario.resolved();
        shown += text.len();
        if shown > SCENARIOS_SHOWN {
            let _ = writeln!(page, "<p class=\"note\"><code>{}</code> stands beside this page.</p>", escape(&file));
            continue;
        }
        let hash = files.iter().find(|(name, _)| *name == file).map_or("", |(_, hash)| hash);
        let _ = writeln!(
            page,
            "<details class=\"file\"><summary><code>{}</code></summary>\n<p class=\"hash\">SHA-256 {hash}</p>\n<pre>{}</pre></details>",
            escape(&file),
            escape(&text)
        );
    }
    page.push_str("</section>\n");
}

fn provenance(page: &mut String, files: &[(String, String)]) {
    let commit = env!("CATCHUP_COMMIT");
    let changed = if env!("CATCHUP_DIRTY") == "true" { ", with local changes" } else { "" };
    let built = if commit.is_empty() { String::new() } else { format!(", commit <code>{commit}</code>{changed}") };
    let _ = writeln!(
        page,
        "<section><h2>Version and checksums</h2>\n<p>Written by catchup {}{built}. The tables beside this page, with their SHA-256:</p>",
        env!("CARGO_PKG_VERSION")
    );
    let rows = |inside: bool| -> Vec<Vec<String>> {
        let chosen = files.iter().filter(|(name, _)| name.contains('/') == inside).take(4_000);
        chosen
            .map(|(name, hash)| {
                vec![format!("<code>{}</code>", escape(name)), format!("<code class=\"hash\">{hash}</code>")]
            })
            .collect()
    };
    page.push_str(&table("", &["file", "SHA-256"], &rows(false), Narrow::Lines));
    let _ = write!(
        page,
        "<details><summary>Files of each run</summary>\n{}</details>\n</section>\n",
        table("", &["file", "SHA-256"], &rows(true), Narrow::Lines)
    );
}
