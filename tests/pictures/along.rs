//! Protects the pictures along one key and over time: means, quantiles and shares are those of the table, and what says nothing is
//! neither drawn nor said.

use crate::common::Bench;
use roxmltree::{Document, Node};

/// A scenario whose second sector promises little.
const SCENARIO: &str = "schema_version = 1\ntime = { start = 2025, horizon = 60 }\ngrowth.x = 0.01\n\
    catch_up = { form = \"gompertz\", beta = 0.02 }\n\
    [sector.wool]\nlabel = \"Wool & cloth\"\nlambda = 1.2\ny_R = 1\ny_P = 0.9\nZ_P = 0.7\n\
    [sector.steel]\nlambda = 1.1\ny_R = 1\ny_P = 0.8\nZ_P = 0.7\n";
const HELPED: &str = "[variants.none]\npolicy = []\n\
    [variants.helped]\ntitle = \"Wool, helped\"\n\
    policy = [{ from = 5, until = 20, promote = \"wool\", sustain = \"always\" }]\n";
const ONE_KEY: &str = "design = { kind = \"random\", samples = 600 }\n\
    [vary]\n\"sector.wool.y_P\" = { uniform = [0.55, 1.3] }\n";
const TWO_KEYS: &str = "design = { kind = \"random\", samples = 500 }\n\
    [vary]\n\"sector.wool.y_P\" = { uniform = [0.6, 1.2] }\n\"catch_up.beta\" = { uniform = [0.01, 0.03] }\n";

/// Sweeps, and returns the rows of the table by its header.
fn swept(bench: &Bench, name: &str, sweep: &str) -> Vec<Vec<(String, String)>> {
    bench.write("wool.toml", SCENARIO);
    let head = format!("name = \"{name}\"\nscenario = \"wool.toml\"\nseed = 3\n");
    bench.write(&format!("{name}.toml"), format!("schema_version = 1\n{head}{sweep}"));
    let ran = bench.run(&["sweep", &format!("{name}.toml"), "--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    rows(&bench.read(&format!("output/{name}/runs.csv")))
}

pub(crate) fn rows(csv: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| header.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect())
        .collect()
}

pub(crate) fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    row.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
}

fn number(row: &[(String, String)], name: &str) -> Option<f64> {
    cell(row, name).parse().ok()
}

/// Key and measure of every run of a variant that has both, by the key.
fn pairs(rows: &[Vec<(String, String)>], variant: &str, key: &str, measure: &str) -> Vec<(f64, f64)> {
    let own = rows.iter().filter(|row| cell(row, "variant") == variant);
    let mut pairs: Vec<(f64, f64)> = own.filter_map(|row| Some((number(row, key)?, number(row, measure)?))).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs
}

fn drawn(bench: &Bench, args: &[&str], file: &str) -> String {
    let ran = bench.run(&[&["plot"], args].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{args:?}: {ran:?}");
    bench.read(file)
}

pub(crate) fn of_class<'a>(node: Node<'a, 'a>, class: &str) -> Vec<Node<'a, 'a>> {
    node.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

pub(crate) fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn texts(document: &Document<'_>, class: &str) -> Vec<String> {
    of_class(document.root(), class).into_iter().map(text).collect()
}

fn notes(document: &Document<'_>) -> String {
    texts(document, "note").join(" ")
}

/// A place in the data's units, by what its panel says of its axes.
fn in_units(panel: Node<'_, '_>, x: f64, y: f64) -> (f64, f64) {
    let at = |name: &str| panel.attribute(name).and_then(|value| value.parse::<f64>().ok()).expect("a number");
    let part = |value: f64, from: f64, until: f64| (value - from) / (until - from);
    let (x, y) = (part(x, at("data-left"), at("data-right")), part(y, at("data-bottom"), at("data-top")));
    let (y0, y1) = (at("data-y0"), at("data-y1"));
    let log = panel.attribute("data-log") == Some("true");
    let up = if log { y0 * (y1 / y0).powf(y) } else { y0 + y * (y1 - y0) };
    (at("data-x0") + x * (at("data-x1") - at("data-x0")), up)
}

/// The points of a path in the data's units.
fn points(panel: Node<'_, '_>, path: Node<'_, '_>) -> Vec<(f64, f64)> {
    let d = path.attribute("d").expect("a path").trim_end_matches('Z').to_owned();
    let pairs = d.split(['M', 'L']).filter_map(|point| point.split_once(' '));
    pairs.map(|(x, y)| in_units(panel, x.parse().expect("x"), y.parse().expect("y"))).collect()
}

fn attribute(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// The value below which a share of sorted values lies, between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn a_profile_shows_the_mean_and_the_middle_eight_tenths_of_the_draws() {
    let bench = Bench::new();
    let rows = swept(&bench, "two", &format!("{TWO_KEYS}{HELPED}"));
    let args = ["output/two", "--what", "profile", "--by", "final_gap", "--x", "sector.wool.y_P"];
    let svg = drawn(&bench, &args, "output/two/profile-final_gap.svg");
    let document = Document::parse(&svg).expect("XML");
    let panels = of_class(document.root(), "panel");
    assert_eq!(panels.len(), 2, "a panel for each variant");
    for (panel, variant) in panels.into_iter().zip(["none", "helped"]) {
        let pairs = pairs(&rows, variant, "sector.wool.y_P", "final_gap");
        let all = sorted(pairs.iter().map(|(_, y)| *y));
        let step = (all[all.len() - 1] - all[0]) / 900.0;
        let line = points(panel, of_class(panel, "line")[0]);
        let ribbon = points(panel, of_class(panel, "ribbon")[0]);
        // Eleven parts of equal width, of which each holds twenty draws or more here.
        let (lo, hi) = (pairs[0].0, pairs[pairs.len() - 1].0);
        assert_eq!((line.len(), ribbon.len()), (11, 22));
        for (k, (x, y)) in line.iter().enumerate() {
            let edge = |k: usize| lo + (hi - lo) * k as f64 / 11.0;
            let inside = |x: f64| x >= edge(k) && (x < edge(k + 1) || k == 10);
            let own: Vec<(f64, f64)> = pairs.iter().copied().filter(|(x, _)| inside(*x)).collect();
            let mean = |of: &dyn Fn(&(f64, f64)) -> f64| own.iter().map(of).sum::<f64>() / own.len() as f64;
            let unseen = 0.004 * (all[all.len() - 1] - all[0]);
            assert!(
                (x - mean(&|pair| pair.0)).abs() < 1e-3 && (y - mean(&|pair| pair.1)).abs() < unseen,
                "{variant}, {k}"
            );
            let values = sorted(own.iter().map(|(_, y)| *y));
            // Two definitions of a quantile differ by the distance of two draws at most.
            let near = |share: f64, drawn: f64| {
                let around = [share - 1.0 / own.len() as f64, share + 1.0 / own.len() as f64];
                let [low, high] = around.map(|share| quantile(&values, share.clamp(0.0, 1.0)));
                (low - 2.0 * step..=high + 2.0 * step).contains(&drawn)
            };
            assert!(near(0.9, ribbon[k].1) && near(0.1, ribbon[21 - k].1), "{variant}, {k}");
        }
    }
    let says = notes(&document);
    assert!(says.contains("over the other varied keys: β, speed of catch-up, per year."), "{says}");
    assert_eq!(texts(&document, "x-label"), ["Wool & cloth: exogenous productivity in P, goods per worker"]);
    let titles = texts(&document, "y-label").join(" ");
    assert!(titles.contains("none: Income gap") && titles.contains("Wool, helped: Income gap"), "{titles}");
    // Where no other key varies, none is averaged over.
    swept(&bench, "one", &format!("{ONE_KEY}{HELPED}"));
    let svg = drawn(&bench, &["output/one", "--what", "profile"], "output/one/profile.svg");
    let says = notes(&Document::parse(&svg).expect("XML"));
    assert!(!says.contains("other varied keys") && says.contains("none, the baseline, is left out."), "{says}");
}

/// Of few draws each is a point; of many, cells are the darker the more draws they hold.
#[test]
fn the_draws_of_a_profile_lie_where_the_table_says() {
    let bench = Bench::new();
    let drawn_of = |name: &str, keys: &str| {
        let rows = swept(&bench, name, &format!("{keys}{HELPED}"));
        let folder = format!("output/{name}");
        let args = [folder.as_str(), "--what", "profile", "--by", "final_gap", "--x", "sector.wool.y_P"];
        (rows, drawn(&bench, &args, &format!("{folder}/profile-final_gap.svg")))
    };
    let (rows, svg) = drawn_of("few", &TWO_KEYS.replace("500", "60"));
    let document = Document::parse(&svg).expect("XML");
    for (panel, variant) in of_class(document.root(), "panel").into_iter().zip(["none", "helped"]) {
        let circles = of_class(panel, "draw").into_iter();
        let mut seen: Vec<(f64, f64)> =
            circles.map(|node| in_units(panel, attribute(node, "cx"), attribute(node, "cy"))).collect();
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let known = pairs(&rows, variant, "sector.wool.y_P", "final_gap");
        assert_eq!(seen.len(), known.len());
        for (seen, known) in seen.iter().zip(&known) {
            assert!((seen.0 - known.0).abs() < 2e-3 && (seen.1 - known.1).abs() < 0.01, "{seen:?} {known:?}");
        }
    }
    let (rows, svg) = drawn_of("many", TWO_KEYS);
    let document = Document::parse(&svg).expect("XML");
    for (panel, variant) in of_class(document.root(), "panel").into_iter().zip(["none", "helped"]) {
        let known = pairs(&rows, variant, "sector.wool.y_P", "final_gap");
        let cells: Vec<(f64, f64)> = of_class(panel, "density")
            .into_iter()
            .map(|cell| {
                let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| attribute(cell, name));
                let ((left, high), (right, low)) = (in_units(panel, x, y), in_units(panel, x + width, y + height));
                let inside = |(x, y): &&(f64, f64)| (left..right).contains(x) && (low..high).contains(y);
                (known.iter().filter(inside).count() as f64, attribute(cell, "fill-opacity"))
            })
            .collect();
        let all: f64 = cells.iter().map(|(count, _)| count).sum();
        assert!(all > 0.97 * known.len() as f64, "{variant}: {all} of {}", known.len());
        let (most, darkest) = cells.iter().copied().fold((0.0_f64, 0.0_f64), |(a, b), (c, d)| (a.max(c), b.max(d)));
        for (count, opacity) in cells {
            let wanted = most * (opacity / darkest).powi(2);
            assert!((count - wanted).abs() < 1.5 + 0.05 * most, "{variant}: {count} draws, {wanted} drawn");
        }
    }
}

#[test]
fn shares_add_up_and_are_those_of_the_table() {
    let bench = Bench::new();
    let rows = swept(&bench, "one", &format!("{ONE_KEY}{HELPED}"));
    let svg = drawn(&bench, &["output/one", "--what", "shares"], "output/one/shares.svg");
    let document = Document::parse(&svg).expect("XML");
    let panel = of_class(document.root(), "panel")[0];
    let areas = of_class(panel, "area");
    let outcomes: Vec<&str> = areas.iter().filter_map(|area| area.attribute("data-name")).collect();
    assert!(outcomes.len() > 1, "the draws differ: {outcomes:?}");
    let mut paints: Vec<&str> = areas.iter().filter_map(|area| area.attribute("fill")).collect();
    let own = outcomes.iter().position(|outcome| *outcome == "self-sustaining").expect("some last");
    assert_eq!(paints[own], "#0072B2", "as in every picture");
    paints.sort_unstable();
    paints.dedup();
    assert_eq!(paints.len(), outcomes.len(), "no two outcomes look alike");
    let own: Vec<(f64, &str)> = rows
        .iter()
        .filter(|row| cell(row, "variant") == "helped")
        .map(|row| (number(row, "sector.wool.y_P").expect("a key"), cell(row, "outcome")))
        .collect();
    let all = sorted(own.iter().map(|(x, _)| *x));
    let (lo, hi) = (all[0], all[all.len() - 1]);
    // 600 draws: twelve parts.
    for k in 0..12 {
        let edge = |k: usize| lo + (hi - lo) * f64::from(u32::try_from(k).expect("few")) / 12.0;
        let inside = |x: f64| x >= edge(k) && (x < edge(k + 1) || k == 11);
        let here: Vec<&str> = own.iter().filter(|(x, _)| inside(*x)).map(|(_, outcome)| *outcome).collect();
        let middle = f64::midpoint(edge(k), edge(k + 1));
        for (area, outcome) in areas.iter().zip(&outcomes) {
            let share = 100.0 * here.iter().filter(|own| *own == outcome).count() as f64 / here.len() as f64;
            let outline = points(panel, *area);
            let crossed = outline.windows(2).filter(|pair| (pair[0].0 < middle) != (pair[1].0 < middle));
            let ends: Vec<f64> = crossed
                .map(|pair| pair[0].1 + (middle - pair[0].0) / (pair[1].0 - pair[0].0) * (pair[1].1 - pair[0].1))
                .collect();
            let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
            assert!((high - low - share).abs() < 0.2, "{k}, {outcome}: {share}, {ends:?}");
        }
    }
    let says = notes(&document);
    assert!(says.contains("Without an outcome, as nothing is promoted: none."), "{says}");
    // By verdict, every variant has shares, and none is left out.
    let svg = drawn(&bench, &["output/one", "--what", "shares", "--by", "verdict"], "output/one/shares-verdict.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(of_class(document.root(), "panel").len(), 2);
    assert!(!notes(&document).contains("Without an outcome"));
}

#[test]
fn a_fan_holds_the_quantiles_of_the_trajectories_and_marks_policies() {
    let bench = Bench::new();
    swept(&bench, "kept", &format!("{TWO_KEYS}{HELPED}[keep]\ntrajectories = 40\n"));
    let svg = drawn(&bench, &["output/kept", "--what", "fan"], "output/kept/fan.svg");
    let document = Document::parse(&svg).expect("XML");
    let panels = of_class(document.root(), "panel");
    assert_eq!(panels.len(), 2);
    let rows = rows(&bench.read("output/kept/runs.csv"));
    for (panel, variant) in panels.iter().zip(["none", "helped"]) {
        let own: Vec<&Vec<(String, String)>> =
            rows.iter().filter(|row| cell(row, "variant") == variant).take(40).collect();
        // What the table of runs says of these draws at both ends of the path.
        for (measure, last) in [("initial_gap", false), ("final_gap", true)] {
            let gaps = sorted(own.iter().filter_map(|row| number(row, measure)));
            let end = |path: Node<'_, '_>| {
                let points = points(*panel, path);
                if last { points[points.len() - 1] } else { points[0] }
            };
            let (year, median) = end(of_class(*panel, "line")[0]);
            assert!((year - if last { 2085.0 } else { 2025.0 }).abs() < 0.2, "{year}");
            let reach = (quantile(&gaps, 0.5 - 1.0 / 40.0) - 0.01, quantile(&gaps, 0.5 + 1.0 / 40.0) + 0.01);
            assert!(reach.0 <= median && median <= reach.1, "{variant}, {measure}: {median} in {reach:?}");
        }
        let ribbons = of_class(*panel, "ribbon");
        assert_eq!(ribbons.len(), 3, "95, 80 and 50 % of the draws");
        let widths: Vec<f64> = ribbons
            .iter()
            .map(|ribbon| {
                let points = points(*panel, *ribbon);
                let half = points.len() / 2;
                points[half - 1].1 - points[half].1
            })
            .collect();
        assert!(widths[0] >= widths[1] && widths[1] >= widths[2] && widths[2] > 0.0, "{widths:?}");
        // At the horizon their ends are quantiles of the last gaps, which two definitions put a draw apart at most.
        let gaps = sorted(own.iter().filter_map(|row| number(row, "final_gap")));
        for (ribbon, share) in ribbons.iter().zip([0.95, 0.8, 0.5]) {
            let points = points(*panel, *ribbon);
            let half = points.len() / 2;
            for (drawn, at) in [(points[half - 1].1, 0.5 + share / 2.0), (points[half].1, 0.5 - share / 2.0)] {
                let [low, high] = [at - 1.0 / 40.0, at + 1.0 / 40.0].map(|at: f64| quantile(&gaps, at.clamp(0.0, 1.0)));
                assert!((low - 0.01..=high + 0.01).contains(&drawn), "{variant}, {share}: {drawn} in {low} to {high}");
            }
        }
    }
    assert_eq!(texts(&document, "act"), ["promote Wool & cloth, always"]);
    let span = of_class(document.root(), "act-span")[0];
    let years = ["x1", "x2"].map(|end| in_units(panels[0], attribute(span, end), 0.0).0);
    assert!((years[0] - 2030.0).abs() < 0.2 && (years[1] - 2045.0).abs() < 0.2, "{years:?}");
    let says = notes(&document);
    assert!(says.contains("The first 40 of 500 draws under each variant."), "{says}");
    assert!(!says.contains("vary with the draws"), "{says}");
    // In % of R's income, what is twice as far behind is half as high.
    let svg = drawn(&bench, &["output/kept", "--what", "fan", "--y", "share"], "output/kept/fan-share.svg");
    let share = Document::parse(&svg).expect("XML");
    let last = |document: &Document<'_>| {
        let panel = document.descendants().find(|node| node.attribute("class") == Some("panel")).expect("a panel");
        let line = panel.descendants().find(|node| node.attribute("class") == Some("line")).expect("a line");
        points(panel, line).last().expect("a point").1
    };
    assert!((last(&document) * last(&share) - 100.0).abs() < 1.5, "{} {}", last(&document), last(&share));
    // Where the policy ends in another year in every draw, no year is marked.
    let ends = TWO_KEYS
        .replace("\"catch_up.beta\" = { uniform = [0.01, 0.03] }", "\"policy.0.until\" = { uniform = [10, 50] }");
    let always = HELPED
        .split("[variants.helped]")
        .nth(1)
        .map(|helped| format!("[variants.helped]{}", helped.replace("until = 20, ", "")))
        .expect("a variant");
    swept(&bench, "ends", &format!("{ends}{always}[keep]\ntrajectories = 5\n"));
    let svg = drawn(&bench, &["output/ends", "--what", "fan"], "output/ends/fan.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "act"), [""; 0]);
    let says = notes(&document);
    assert!(
        says.contains("Dates that vary with the draws are not marked.") && says.contains("The first 5 of"),
        "{says}"
    );
}

#[test]
fn what_is_drawn_of_its_own_accord_suits_the_sweep() {
    let bench = Bench::new();
    swept(&bench, "one", &format!("{ONE_KEY}{HELPED}"));
    let two = swept(&bench, "two", &format!("{TWO_KEYS}{HELPED}[keep]\ntrajectories = 4\n"));
    let files = |name: &str| -> Vec<String> {
        let ran = bench.run(&["plot", &format!("output/{name}")]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let stem = |line: &str| line.rsplit('/').next().unwrap_or(line).trim_end_matches(".svg").to_owned();
        ran.out.lines().map(stem).collect()
    };
    assert_eq!(files("one"), ["profile", "shares", "ecdf", "histogram"]);
    assert_eq!(files("two"), ["heat", "fan", "ecdf", "histogram"]);
    // By outcome where there is one, of the variants that promote something.
    let svg = bench.read("output/two/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "subtitle"), ["Most frequent outcome"]);
    assert_eq!(texts(&document, "map-name"), ["Wool, helped"]);
    let known = ["collapsed", "never-formed", "replaced", "subsidised", "self-sustaining", "no draw"];
    let keys = texts(&document, "key-label");
    assert!(keys.len() > 1 && keys.iter().all(|key| known.contains(&key.as_str())), "{keys:?}");
    // Each cell has the colour that the legend gives to the outcome of most draws in it.
    let paints =
        of_class(document.root(), "key").into_iter().map(|key| key.attribute("fill").expect("a fill").to_owned());
    let legend: Vec<(String, String)> = keys.into_iter().zip(paints).collect();
    for (outcome, hue) in [("self-sustaining", "#35978F"), ("never-formed", "#D8B365")] {
        assert!(legend.iter().all(|(name, paint)| (name == outcome) == (paint == hue)), "{legend:?}");
    }
    let helped: Vec<_> = two.iter().filter(|row| cell(row, "variant") == "helped").collect();
    let place = |row: &[(String, String)], key: &str| {
        let all = sorted(two.iter().filter_map(|row| number(row, key)));
        (number(row, key).expect("a key") - all[0]) / (all[all.len() - 1] - all[0])
    };
    let frame = of_class(document.root(), "frame")[0];
    let at = attribute;
    let x_is_wool = texts(&document, "x-label")[0].starts_with("Wool");
    let (across, up) =
        if x_is_wool { ("sector.wool.y_P", "catch_up.beta") } else { ("catch_up.beta", "sector.wool.y_P") };
    let mut there: Vec<Vec<&str>> = Vec::new();
    let cells = of_class(document.root(), "cell");
    there.resize(cells.len(), Vec::new());
    for row in &helped {
        let x = at(frame, "x") + place(row, across) * at(frame, "width");
        let y = at(frame, "y") + (1.0 - place(row, up)) * at(frame, "height");
        let holds = |cell: &Node<'_, '_>| {
            let [left, top] = [at(*cell, "x"), at(*cell, "y")];
            (left..left + at(*cell, "width")).contains(&x) && (top..top + at(*cell, "height")).contains(&y)
        };
        // Those on an edge belong to one side or the other.
        if let Some(found) = cells.iter().position(holds) {
            there[found].push(cell(row, "outcome"));
        }
    }
    let mut told = 0;
    for (drawn, outcomes) in cells.iter().zip(there) {
        if let [first, rest @ ..] = &outcomes[..]
            && rest.iter().all(|other| other == first)
        {
            let paint = drawn.attribute("fill").expect("a fill");
            assert!(legend.contains(&((*first).to_owned(), paint.to_owned())), "{first} is {paint} of {legend:?}");
            told += 1;
        }
    }
    assert!(told > 100, "{told} of {} cells", cells.len());
    // Where no cluster is promoted there is no outcome to speak of.
    let none = HELPED.split("[variants.helped]").next().expect("a variant");
    swept(&bench, "left", &format!("{TWO_KEYS}{none}"));
    files("left");
    let svg = bench.read("output/left/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    let says = notes(&document);
    assert!(!says.contains("outcome") && !texts(&document, "subtitle")[0].contains("outcome"), "{says}");
}

#[test]
fn pictures_without_what_they_are_drawn_from_are_refused() {
    let bench = Bench::new();
    swept(&bench, "one", &format!("{ONE_KEY}{HELPED}"));
    let cases: [(&[&str], &[&str]); 4] = [
        (&["--what", "fan"], &["has no trajectories.parquet", "[keep] trajectories"]),
        (&["--what", "shares", "--by", "final_gap"], &["a measure has no shares", "--what profile"]),
        (&["--what", "profile", "--by", "outcome"], &["an outcome is no number", "--what shares"]),
        (&["--what", "heat"], &["a heat map needs two keys", "--what profile"]),
    ];
    for (args, words) in cases {
        let ran = bench.run(&[&["plot", "output/one"], args].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {ran:?}");
        assert!(words.iter().all(|word| ran.err.contains(word)), "{args:?}: {}", ran.err);
    }
}
