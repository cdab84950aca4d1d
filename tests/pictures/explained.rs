//! Protects the pictures of `catchup explain`: bars, intervals, boxes and regrets stand where the numbers of the tables are.

use crate::along::{cell, of_class, rows, text};
use crate::common::Bench;
use roxmltree::{Document, Node};

const SCENARIO: &str = "schema_version = 1\ntime = { start = 2025, horizon = 60 }\ngrowth.x = 0.01\n\
    catch_up = { form = \"gompertz\", beta = 0.02 }\n\
    [sector.wool]\nlabel = \"Wool & cloth\"\nlambda = 1.2\ny_R = 1\ny_P = 0.9\nZ_P = 0.7\n\
    [sector.steel]\nlambda = 1.1\ny_R = 1\ny_P = 0.8\nZ_P = 0.7\n";
const SWEEP: &str = "schema_version = 1\nname = \"study\"\nscenario = \"wool.toml\"\nseed = 3\n\
    design = { kind = \"sobol\", samples = 512 }\n\
    [vary]\n\"sector.wool.y_P\" = { uniform = [0.55, 1.3] }\n\"catch_up.beta\" = { uniform = [0.01, 0.04] }\n\
    \"growth.x\" = { uniform = [0.005, 0.02] }\n\
    [variants.none]\npolicy = []\n\
    [variants.helped]\ntitle = \"Help for <wool>\"\npolicy = [{ from = 5, until = 20, promote = \"wool\", sustain = \"always\" }]\n\
    [variants.steel]\ntitle = \"Help for steel\"\npolicy = [{ from = 5, until = 40, promote = \"steel\", sustain = \"always\" }]\n";

/// A row of a table: names of columns, and what it has there.
type Row = Vec<(String, String)>;

fn number(row: &[(String, String)], name: &str) -> f64 {
    cell(row, name).parse().unwrap_or_else(|_| panic!("{name} of {row:?}"))
}

fn at(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// The values of pixels along an axis, from two of its ticks: marks and their texts in the order of the document.
fn axis(marks: &[f64], texts: &[String]) -> impl Fn(f64) -> f64 + use<> {
    let values: Vec<f64> = texts.iter().map(|text| text.replace('\u{2212}', "-").parse().expect("a number")).collect();
    let (first, last) = (0, values.len() - 1);
    let (x0, x1, v0, v1) = (marks[first], marks[last], values[first], values[last]);
    move |x| v0 + (x - x0) / (x1 - x0) * (v1 - v0)
}

/// The sweep, explained.
fn explained() -> Bench {
    let bench = Bench::new();
    bench.write("wool.toml", SCENARIO);
    bench.write("study.toml", SWEEP);
    for args in [&["sweep", "study.toml", "--quiet"][..], &["explain", "output/study", "--quiet"]] {
        let ran = bench.run(args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    bench
}

/// One of its pictures, and the rows of a table that says the same.
fn drawn(picture: &str, table: &str) -> (String, Vec<Row>) {
    let bench = explained();
    let file = |name: &str| bench.read(&format!("output/study/explained/{name}"));
    (file(picture), rows(&file(table)))
}

/// What people call a variant.
fn label(variant: &str) -> &str {
    match variant {
        "helped" => "Help for <wool>",
        "steel" => "Help for steel",
        untitled => untitled,
    }
}

/// Marks of an axis that have a text, and these.
fn ticks(node: Node<'_, '_>) -> (Vec<f64>, Vec<String>) {
    let texts = of_class(node, "tick-x");
    (texts.iter().map(|text| at(*text, "x")).collect(), texts.into_iter().map(text).collect())
}

#[test]
fn bars_of_importance_are_the_numbers_of_the_table_the_largest_first() {
    let (svg, table) = drawn("importance.svg", "importance.csv");
    let document = Document::parse(&svg).expect("XML");
    let keys = [
        ("sector.wool.y_P", "Wool & cloth: exogenous"),
        ("catch_up.beta", "β, speed"),
        ("growth.x", "Growth of productivity"),
    ];
    let (marks, said) = ticks(document.root());
    // All blocks have one axis: the ticks of the first.
    let count = marks.windows(2).position(|pair| pair[1] < pair[0]).map_or(marks.len(), |last| last + 1);
    let value = axis(&marks[..count], &said[..count]);
    let shown = |variant: &str, index: &str, key: &str| {
        let of = if variant == "none" { "long_run_gap" } else { "equivalent_variation" };
        let wanted = [("variant", variant), ("of", of), ("index", index), ("key", key), ("basis", "values")];
        table.iter().find(|row| wanted.iter().all(|(name, value)| cell(row, name) == *value)).expect("a row")
    };
    let blocks: Vec<String> = of_class(document.root(), "block").into_iter().map(text).collect();
    assert_eq!(blocks.len(), 3, "{blocks:?}");
    for (block, variant) in blocks.iter().zip(["none", "helped", "steel"]) {
        assert!(block.ends_with(&format!(", {}", label(variant))), "{block}");
    }
    let (mut bars, mut before) = (0, None::<(f64, f64)>);
    for row in of_class(document.root(), "key").into_iter().filter(Node::has_children) {
        let label: String = of_class(row, "label").into_iter().map(text).collect::<Vec<_>>().join(" ");
        let (key, _) = keys.iter().find(|(_, start)| label.starts_with(start)).expect("a key");
        let y = at(of_class(row, "label")[0], "y");
        let block = of_class(document.root(), "block").into_iter().filter(|block| at(*block, "y") < y).count() - 1;
        let variant = ["none", "helped", "steel"][block];
        for (i, index) in ["first-order", "shapley"].into_iter().enumerate() {
            let known = shown(variant, index, key);
            let (bar, line) = (of_class(row, "bar")[i], of_class(row, "interval")[i]);
            let zero = at(of_class(document.root(), "zero")[block], "x1");
            // A share is shown within what is possible.
            let number = |known, name| number(known, name).clamp(0.0, 1.0);
            let end = at(bar, "x") + at(bar, "width");
            let near =
                |x: f64, wanted: f64| assert!((value(x) - wanted).abs() < 2e-3, "{variant} {key} {index}: {wanted}");
            near(end, number(known, "value"));
            // The number beside it, to the second digit of its error.
            let (said, error) =
                (text(of_class(row, "number")[i]), number(known, "value_high") - number(known, "value_low"));
            let said: f64 =
                said.replace('\u{2212}', "-").split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
            assert!((said - number(known, "value")).abs() < 0.06 * error, "{variant} {key} {index}: {said}");
            near(zero, 0.0);
            near(at(line, "x1"), number(known, "value_low"));
            near(at(line, "x2"), number(known, "value_high"));
            bars += 1;
            if index == "shapley" {
                let own = (number(known, "value"), y);
                if let Some((value, above)) = before
                    && above < y
                    && of_class(document.root(), "block").iter().all(|block| !(above..y).contains(&at(*block, "y")))
                {
                    assert!(value >= own.0, "{label} stands below one that matters less");
                }
                before = Some(own);
            }
        }
    }
    assert!(bars >= 10, "{bars}");
}

#[test]
fn boxes_are_those_of_the_table() {
    let bench = explained();
    let file = |name: &str| bench.read(&format!("output/study/explained/{name}"));
    let (svg, steps) = (file("boxes.svg"), rows(&file("peeling.csv")));
    let document = Document::parse(&svg).expect("XML");
    let subtitle = text(of_class(document.root(), "subtitle")[0]);
    let named = |row: &&Row| {
        let claim = match cell(row, "condition") {
            "equivalent_variation>0" => "is better than its baseline",
            "outcome=self-sustaining" => "the promoted cluster stands on its own in the end",
            "outcome=collapsed" => "the promoted cluster does not last, and none takes its place",
            "outcome=replaced" => "another cluster than the promoted one holds in the end",
            condition => condition,
        };
        let variant = format!("“{}”", label(cell(row, "variant")));
        subtitle.contains(claim) && subtitle.contains(&variant) && cell(row, "box") == "1"
    };
    // The limits of the box, as numbers and as the part of a bar over all that was drawn.
    let runs = rows(&bench.read("output/study/runs.csv"));
    let limits = rows(&file("boxes.csv"));
    let limits: Vec<&Row> = limits.iter().filter(named).collect();
    let bars: Vec<Node<'_, '_>> = of_class(document.root(), "key").into_iter().filter(Node::has_children).collect();
    assert!(!limits.is_empty() && bars.len() == limits.len(), "{subtitle}");
    for (bar, row) in bars.into_iter().zip(limits) {
        let values = runs.iter().map(|run| number(run, cell(row, "key")));
        let [least, most] = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], x| [a.min(x), b.max(x)]);
        let known: Vec<f64> = ["low", "high"].into_iter().filter_map(|end| cell(row, end).parse().ok()).collect();
        let said: Vec<f64> =
            of_class(bar, "limit").into_iter().map(|node| text(node).parse().expect("a number")).collect();
        assert_eq!(said.len(), known.len(), "{row:?}");
        for (said, known) in said.iter().zip(&known) {
            assert!((said / known - 1.0).abs() < 6e-3, "{said} of {row:?}");
        }
        let (all, inside) = (of_class(bar, "drawn")[0], of_class(bar, "inside")[0]);
        let value = |x: f64| least + (x - at(all, "x")) / at(all, "width") * (most - least);
        let ends = [value(at(inside, "x")), value(at(inside, "x") + at(inside, "width"))];
        let wanted = [cell(row, "low").parse().unwrap_or(least), cell(row, "high").parse().unwrap_or(most)];
        for (end, wanted) in ends.into_iter().zip(wanted) {
            assert!((end - wanted).abs() < 2e-3 * (most - least), "{end} of {row:?}");
        }
    }
    let own: Vec<&Row> = steps.iter().filter(named).collect();
    let points = of_class(document.root(), "step");
    assert!(!own.is_empty() && points.len() == own.len(), "{subtitle}: {} and {}", own.len(), points.len());
    let (marks, said) = ticks(document.root());
    let across = axis(&marks, &said);
    let up = of_class(document.root(), "tick-y");
    let size = at(up[0], "font-size");
    let heights: Vec<f64> = up.iter().map(|tick| at(*tick, "y") - 0.36 * size).collect();
    let density = axis(&heights, &up.into_iter().map(text).collect::<Vec<_>>());
    for (point, row) in points.iter().zip(&own) {
        assert!((across(at(*point, "cx")) - 100.0 * number(row, "coverage")).abs() < 0.05, "{row:?}");
        assert!((density(at(*point, "cy")) - 100.0 * number(row, "density")).abs() < 0.05, "{row:?}");
    }
    let ring = of_class(document.root(), "chosen")[0];
    let picked = own.iter().position(|row| cell(row, "picked") == "true").expect("one is chosen");
    assert_eq!((at(ring, "cx"), at(ring, "cy")), (at(points[picked], "cx"), at(points[picked], "cy")));
}

#[test]
fn regrets_are_those_of_the_table() {
    let (svg, table) = drawn("regret.svg", "variants.csv");
    let document = Document::parse(&svg).expect("XML");
    let variants = of_class(document.root(), "variant");
    assert_eq!(variants.len(), table.len());
    let (marks, said) = ticks(document.root());
    let count = said.iter().skip(1).position(|text| text == "0").map_or(said.len(), |at| at + 1);
    let (regret, best) = (axis(&marks[..count], &said[..count]), axis(&marks[count..], &said[count..]));
    for (variant, row) in variants.into_iter().zip(&table) {
        assert_eq!(text(of_class(variant, "label")[0]), label(cell(row, "variant")));
        let end = |bar: Node<'_, '_>| at(bar, "x") + at(bar, "width");
        let near = |drawn: f64, name: &str, unit: f64| {
            assert!((drawn - unit * number(row, name)).abs() < 2e-3 * unit, "{name}: {drawn} in {row:?}");
        };
        near(regret(end(of_class(variant, "expected")[0])), "regret", 1.0);
        near(regret(at(of_class(variant, "ninetieth")[0], "x1")), "regret_p90", 1.0);
        near(regret(at(of_class(variant, "reach")[0], "x2")), "regret_max", 1.0);
        let corner = of_class(variant, "maximum")[0].attribute("points").and_then(|points| points.split(',').next());
        near(regret(corner.and_then(|x| x.parse().ok()).expect("a corner")), "regret_max", 1.0);
        near(best(end(of_class(variant, "best")[0])), "best", 100.0);
    }
}

/// People read the title that a variant has of its own, sectors by their labels, and conditions in words; tables have names. A
/// title that others share tells nothing.
#[test]
fn variants_levels_and_conditions_are_said_as_people_call_them() {
    let said = |bench: &Bench| bench.run(&["explain", "output/study", "--of", "outcome=self-sustaining"]).out;
    let bench = explained();
    let (words, table) = (said(&bench), bench.read("output/study/explained/thresholds.csv"));
    assert!(words.contains("“Help for <wool>”") && !words.contains("helped"), "{words}");
    assert!(table.contains("helped") && !table.contains("Help for"), "{table}");
    let page = bench.read("output/study/explained/sweep.html");
    assert!(page.contains("Help for &#60;wool&#62;") || page.contains("Help for &lt;wool&gt;"), "escaped");
    assert!(page.contains("the promoted cluster stands on its own in the end") && !page.contains("outcome=self"));
    let shared = SWEEP.replace("Help for steel", "Help for <wool>");
    // Where wool is good enough, the start alone decides.
    let start = "\"poor.start\" = { values = [\"isolation\", \"cluster:wool\"] }\n\"growth.x\"";
    let levels = shared.replace("[0.55, 1.3]", "[0.95, 1.3]").replace("\"growth.x\"", start);
    bench.write("study.toml", levels);
    let ran = bench.run(&["sweep", "study.toml", "--quiet", "--out", "twin"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let twin = bench.run(&["explain", "twin/study", "--of", "long_run_regime=cluster:wool"]).out;
    assert!(twin.contains("“helped”") && !twin.contains("Help for"), "{twin}");
    assert!(twin.contains("the regime before t = 0 is a cluster in Wool & cloth in "), "{twin}");
    assert!(bench.read("twin/study/explained/thresholds.csv").contains("cluster:wool"));
}

/// What is between `start` and `end` goes, as often as there is any.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(start) {
        kept += before;
        rest = after.split_once(end).expect("an end").1;
    }
    kept + rest
}

#[test]
fn pages_have_pictures_for_phones_and_keep_numbers_with_their_units() {
    let bench = explained();
    let ran = bench.run(&["compare", "wool.toml", "--each-cluster", "--from=5", "--name=paths", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for (page, still) in [("output/study/explained/sweep.html", 3), ("output/paths/report.html", 1)] {
        let html = bench.read(page);
        let figures: Vec<&str> = html.split("<figure class=\"still\">").skip(1).collect();
        assert_eq!(figures.len(), still, "{page}");
        for figure in figures {
            let figure = figure.split("</figure>").next().expect("its end");
            let drawings: Vec<&str> = figure.split("<svg ").skip(1).collect();
            assert!(drawings.len() == 2 && drawings[1].contains(" width=\"362\""), "{page}");
            // On a phone of 390 pixels, this drawing has its own size: its letters can be read.
            let sizes = drawings[1].lines().filter(|line| line.starts_with("<text "));
            let sizes =
                sizes.filter_map(|line| line.split("font-size=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
            let least = sizes.fold(f64::INFINITY, f64::min);
            assert!((8.0..20.0).contains(&least), "{page}: {least}");
        }
        let words = without(&without(&without(&html, "<svg ", "</svg>"), "<style", "</style>"), "<script", "</script>");
        let torn = words.match_indices(" %").find(|(at, _)| words[..*at].ends_with(|c: char| c.is_ascii_digit()));
        assert_eq!(torn.map(|(at, _)| &words[at.saturating_sub(40)..at + 2]), None, "{page}");
        assert!(words.contains("\u{a0}%"), "{page}");
    }
}
