//! Protects the pictures of a sweep: cells, curves and bars show what the table holds, from Parquet and CSV alike, and
//! what cannot be drawn is refused with a hint.

use crate::common::{Bench, Ran};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use roxmltree::{Document, Node};
use std::sync::Arc;

/// A column of a made-up table; `None` is missing.
#[derive(Clone)]
enum Cells {
    Whole(Vec<i64>),
    Number(Vec<Option<f64>>),
    Flag(Vec<bool>),
    Text(Vec<Option<String>>),
}

impl Cells {
    fn csv(&self, row: usize) -> String {
        match self {
            Self::Whole(values) => values[row].to_string(),
            Self::Number(values) => values[row].map_or_else(String::new, |value| value.to_string()),
            Self::Flag(values) => values[row].to_string(),
            Self::Text(values) => {
                let text = values[row].clone().unwrap_or_default();
                let quoted = text.contains([',', '"']);
                if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
            }
        }
    }

    fn schema(&self, name: &str) -> String {
        match self {
            Self::Whole(_) => format!("required int64 {name};"),
            Self::Number(_) => format!("optional double {name};"),
            Self::Flag(_) => format!("required boolean {name};"),
            Self::Text(_) => format!("optional binary {name} (UTF8);"),
        }
    }
}

/// A value of a varied key.
#[derive(Clone)]
enum Value {
    Number(f64),
    Flag(bool),
    Text(&'static str),
}

/// What a run yields; `None` fails.
#[derive(Clone, Copy)]
struct Yield {
    verdict: &'static str,
    gap: Option<f64>,
    gain: f64,
}

/// A made-up sweep.
struct Sweep {
    variants: Vec<String>,
    keys: Vec<String>,
    draws: Vec<Vec<Value>>,
}

impl Sweep {
    fn new(variants: &[&str], keys: &[&str], draws: Vec<Vec<Value>>) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { variants: owned(variants), keys: owned(keys), draws }
    }

    /// A grid over two keys, the second fastest.
    fn grid(variants: &[&str], xs: &[f64], ys: &[f64]) -> Self {
        let draws = xs.iter().flat_map(|x| ys.iter().map(|y| vec![Value::Number(*x), Value::Number(*y)])).collect();
        Self::new(variants, &["catch_up.beta", "sector.textiles.lambda"], draws)
    }

    /// Draws of two keys, uniform in [0, 1).
    fn sample(variants: &[&str], count: usize) -> Self {
        let mut rng = fastrand::Rng::with_seed(7);
        let draws = (0..count).map(|_| vec![Value::Number(rng.f64()), Value::Number(rng.f64())]).collect();
        Self::new(variants, &["catch_up.beta", "sector.textiles.lambda"], draws)
    }

    fn columns(&self, of: impl Fn(usize, usize, &[Value]) -> Option<Yield>) -> Vec<(String, Cells)> {
        let rows: Vec<(usize, usize)> =
            (0..self.draws.len()).flat_map(|i| (0..self.variants.len()).map(move |v| (i, v))).collect();
        let yields: Vec<Option<Yield>> = rows.iter().map(|(i, v)| of(*i, *v, &self.draws[*i])).collect();
        let text = |of: &dyn Fn(usize) -> Option<String>| Cells::Text((0..rows.len()).map(of).collect());
        let number = |of: &dyn Fn(Yield, usize) -> Option<f64>| {
            Cells::Number(yields.iter().zip(&rows).map(|(y, (_, v))| y.and_then(|y| of(y, *v))).collect())
        };
        let mut columns = vec![
            ("run".to_owned(), Cells::Whole((0..rows.len() as i64).collect())),
            ("variant".to_owned(), text(&|row| Some(self.variants[rows[row].1].clone()))),
        ];
        for (k, key) in self.keys.iter().enumerate() {
            let value = |row: usize| &self.draws[rows[row].0][k];
            let cells = match self.draws[0][k] {
                Value::Number(_) => Cells::Number(
                    (0..rows.len())
                        .map(|row| if let Value::Number(x) = value(row) { Some(*x) } else { None })
                        .collect(),
                ),
                Value::Flag(_) => {
                    Cells::Flag((0..rows.len()).map(|row| matches!(value(row), Value::Flag(true))).collect())
                }
                Value::Text(_) => {
                    text(&|row| if let Value::Text(text) = value(row) { Some((*text).to_owned()) } else { None })
                }
            };
            columns.push((key.clone(), cells));
        }
        columns.extend([
            ("status".to_owned(), text(&|row| Some(if yields[row].is_some() { "ok" } else { "failed" }.to_owned()))),
            ("error".to_owned(), text(&|row| yields[row].is_none().then(|| "blew up, badly".to_owned()))),
            ("verdict".to_owned(), text(&|row| yields[row].map(|y| y.verdict.to_owned()))),
            ("initial_gap".to_owned(), number(&|_, _| Some(2.0))),
            ("final_gap".to_owned(), number(&|y, _| y.gap)),
            ("long_run_gap".to_owned(), number(&|y, _| y.gap)),
            ("half_life".to_owned(), number(&|_, _| None)),
            ("regime_changes".to_owned(), Cells::Whole(rows.iter().map(|(i, _)| (i % 3) as i64).collect())),
            ("welfare".to_owned(), number(&|y, _| Some(y.gain - 1.0))),
            ("subsidy_pv".to_owned(), number(&|_, _| Some(0.0))),
            ("d_final_gap".to_owned(), number(&|y, v| Some(if v == 0 { 0.0 } else { -y.gain }))),
            ("equivalent_variation".to_owned(), number(&|y, v| Some(if v == 0 { 0.0 } else { y.gain }))),
        ]);
        columns
    }

    /// Writes both tables and a data package into `output/<name>`.
    fn write(&self, bench: &Bench, name: &str, of: impl Fn(usize, usize, &[Value]) -> Option<Yield>) {
        let columns = self.columns(of);
        let rows = self.draws.len() * self.variants.len();
        let mut csv = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(",") + "\n";
        for row in 0..rows {
            csv += &columns.iter().map(|(_, cells)| cells.csv(row)).collect::<Vec<_>>().join(",");
            csv.push('\n');
        }
        bench.write(&format!("output/{name}/runs.csv"), csv);
        bench.write(&format!("output/{name}/runs.parquet"), parquet_bytes(&columns, rows));
        let package =
            format!("{{\"title\": \"Title of {name} <&>\", \"catchup\": {{\"kind\": \"sweep\"}}, \"resources\": []}}");
        bench.write(&format!("output/{name}/datapackage.json"), package);
    }
}

/// In row groups of 5000 rows.
fn parquet_bytes(columns: &[(String, Cells)], rows: usize) -> Vec<u8> {
    let fields: Vec<String> = columns.iter().map(|(name, cells)| cells.schema(name)).collect();
    let schema = parse_message_type(&format!("message runs {{ {} }}", fields.join(" "))).expect("a schema");
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), properties).expect("a writer");
    for first in (0..rows).step_by(5000) {
        let range = first..(first + 5000).min(rows);
        let mut group = writer.next_row_group().expect("a group");
        for (_, cells) in columns {
            let mut column = group.next_column().expect("a column").expect("one more");
            match cells {
                Cells::Whole(values) => {
                    column.typed::<Int64Type>().write_batch(&values[range.clone()], None, None).expect("written");
                }
                Cells::Flag(values) => {
                    column.typed::<BoolType>().write_batch(&values[range.clone()], None, None).expect("written");
                }
                Cells::Number(values) => {
                    let values = &values[range.clone()];
                    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                    let there: Vec<f64> = values.iter().flatten().copied().collect();
                    column.typed::<DoubleType>().write_batch(&there, Some(&levels), None).expect("written");
                }
                Cells::Text(values) => {
                    let values = &values[range.clone()];
                    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                    let there: Vec<ByteArray> = values.iter().flatten().map(|text| text.as_str().into()).collect();
                    column.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None).expect("written");
                }
            }
            column.close().expect("closed");
        }
        group.close().expect("closed");
    }
    writer.close().expect("closed");
    bytes
}

fn levels(lo: f64, hi: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| lo + (hi - lo) * i as f64 / (n as f64 - 1.0)).collect()
}

fn number_of(value: &Value) -> f64 {
    if let Value::Number(number) = value { *number } else { 0.0 }
}

/// Converged where both keys are large together, else a gap that remains.
fn split(at: f64) -> impl Fn(usize, usize, &[Value]) -> Option<Yield> {
    move |_, variant, draw| {
        let (x, y) = (number_of(&draw[0]), number_of(&draw[1]));
        let far = x + y + 0.1 * variant as f64 - at;
        let verdict = if far > 0.0 { "converged" } else { "persistent-gap" };
        Some(Yield { verdict, gap: Some((-far).exp()), gain: far })
    }
}

fn done(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
}

fn of_class<'a>(document: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn texts(document: &Document<'_>, class: &str) -> Vec<String> {
    let text =
        |node: Node<'_, '_>| node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect::<String>();
    of_class(document, class).into_iter().map(text).collect()
}

fn at(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

#[test]
fn a_grid_has_a_cell_per_point_in_the_colour_of_its_verdict() {
    let bench = Bench::new();
    let (xs, ys) = (levels(0.0, 1.0, 5), levels(0.0, 3.0, 4));
    Sweep::grid(&["base"], &xs, &ys).write(&bench, "grid", split(2.1));
    done(&bench.run(&["plot", "output/grid", "--what", "heat"]));
    let svg = bench.read("output/grid/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    let frame = of_class(&document, "frame")[0];
    let cells = of_class(&document, "cell");
    assert_eq!(cells.len(), 20);
    for cell in cells {
        // Levels are evenly spaced, so cells are alike.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the grid")]
        let place = |share: f64| share.round() as usize;
        let i = place((at(cell, "x") - at(frame, "x")) / at(frame, "width") * 5.0);
        let below = at(frame, "y") + at(frame, "height") - at(cell, "y") - at(cell, "height");
        let j = place(below / at(frame, "height") * 4.0);
        let wanted = if xs[i] + ys[j] > 2.1 { "#35978F" } else { "#D8B365" };
        assert_eq!(cell.attribute("fill"), Some(wanted), "{i}, {j}");
        assert_eq!(cell.attribute("fill-opacity"), None, "one draw, one verdict");
    }
    assert_eq!(texts(&document, "key-label"), ["persistent-gap", "converged"]);
    assert_eq!(texts(&document, "x-label"), ["β, speed of catch-up, per year"]);
    assert_eq!(texts(&document, "y-label"), ["Textiles: λ, static benefit of a cluster"]);
    assert_eq!(texts(&document, "title"), ["Title of grid <&>"]);
    assert_eq!(texts(&document, "tick-y"), ["0", "1", "2", "3"]);
    // x + y > 2.1: below y = 3 in the first column, below y = 2 in the others, and one step between the two.
    let line = of_class(&document, "boundary")[0].attribute("d").expect("a path");
    let edge = |share: f64, from: &str, of: &str| at(frame, from) + share * at(frame, of);
    let (x, y) = (edge(0.2, "x", "width"), edge(0.25, "y", "height"));
    assert_eq!((line.matches('H').count(), line.matches('V').count()), (2, 1), "{line}");
    let numbers: Vec<f64> = line.split(['M', 'V', 'H', ' ']).filter_map(|number| number.parse().ok()).collect();
    let expected = [x, y + at(frame, "height") / 4.0, y];
    assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.02), "{numbers:?} {expected:?}");
}

#[test]
fn a_measure_has_the_colours_of_a_scale_and_a_line_where_the_sign_changes() {
    let bench = Bench::new();
    let both = ["no-cluster", "textiles"];
    Sweep::grid(&both, &levels(0.0, 1.0, 5), &levels(0.0, 1.0, 5)).write(&bench, "grid", split(0.7));
    done(&bench.run(&["plot", "output/grid", "--what", "heat", "--by", "equivalent_variation"]));
    let svg = bench.read("output/grid/heat-equivalent_variation.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "map-name"), ["textiles"], "the baseline's zeros are left out");
    let cells = of_class(&document, "cell");
    assert_eq!((cells.len(), of_class(&document, "boundary").len(), of_class(&document, "worse").len()), (25, 1, 1));
    // From −0.6 to 1.4: the highest has the full colour, the lowest is 0.6/1.4 towards the other.
    assert_eq!(cells[24].attribute("fill"), Some("#053061"));
    let worse = of_class(&document, "worse")[0].attribute("d").expect("a path");
    let negative = (0..25).filter(|k| f64::from(k % 5) * 0.25 + f64::from(k / 5) * 0.25 < 0.6 - 1e-9).count();
    assert_eq!(worse.matches('M').count(), negative);
    assert_eq!(texts(&document, "scale-end"), ["worse", "better"]);
    done(&bench.run(&["plot", "output/grid", "--what", "heat", "--by", "half_life"]));
    let svg = bench.read("output/grid/heat-half_life.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "empty"), ["no run has a value"; 2]);
}

#[test]
fn a_sample_is_binned_and_every_variant_has_its_map() {
    let bench = Bench::new();
    Sweep::sample(&["a", "b", "c"], 20_000).write(&bench, "sample", split(1.0));
    done(&bench.run(&["plot", "output/sample", "--what", "heat"]));
    let svg = bench.read("output/sample/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "map-name"), ["a", "b", "c"]);
    for map in of_class(&document, "map") {
        let of = |class: &str| map.children().filter(|node| node.attribute("class") == Some(class)).collect::<Vec<_>>();
        let (cells, empty) = (of("cell").len(), of("nothing"));
        // What no draw falls into is told from what is white, and the legend says so.
        let empty: usize = empty.iter().map(|path| path.attribute("d").unwrap_or("").matches('M').count()).sum();
        assert_eq!(cells + empty, 40 * 30);
        assert!(cells > 1180, "hardly one empty: {cells}");
    }
    let dotted = of_class(&document, "nothing");
    assert_eq!(texts(&document, "key-label").contains(&"no draw".to_owned()), !dotted.is_empty());
    let mut few = Sweep::grid(&["a"], &levels(0.0, 1.0, 5), &levels(0.0, 1.0, 4));
    few.draws.retain(|draw| number_of(&draw[0]) + number_of(&draw[1]) < 1.2);
    let drawn = few.draws.len();
    few.write(&bench, "few", split(1.0));
    done(&bench.run(&["plot", "output/few", "--what", "heat"]));
    let svg = bench.read("output/few/heat.svg");
    let few = Document::parse(&svg).expect("XML");
    let nothing = of_class(&few, "nothing")[0];
    let holes = nothing.attribute("d").expect("a path").matches('M').count();
    assert_eq!((of_class(&few, "cell").len(), holes), (drawn, 20 - drawn));
    let paint = nothing.attribute("fill").expect("a fill");
    let key = of_class(&few, "key").into_iter().find(|key| key.attribute("fill") == Some(paint));
    let pattern = paint.trim_start_matches("url(#").trim_end_matches(')');
    assert!(
        few.descendants().any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "pattern"))
            && node.attribute("id") == Some(pattern)),
        "{paint} is defined"
    );
    assert!(
        paint.starts_with("url(") && key.is_some() && texts(&few, "key-label").contains(&"no draw".to_owned()),
        "{svg}"
    );
    done(&bench.run(&["plot", "output/sample", "--variant", "b", "--what", "heat"]));
    assert_eq!(texts(&Document::parse(&bench.read("output/sample/heat.svg")).expect("XML"), "map-name"), ["b"]);
}

/// Points of a curve with y as share, from the pixels of the axes.
fn curve(document: &Document<'_>, k: usize) -> Vec<(f64, f64)> {
    let (ticks, places) = (texts(document, "tick-x"), of_class(document, "tick-x"));
    let value = |text: &str| text.replace('−', "-").parse::<f64>().expect("a number");
    let (a, b) = (0, ticks.len() - 1);
    let (xa, xb) = (at(places[a], "x"), at(places[b], "x"));
    let axis = of_class(document, "axis")[0];
    let (top, bottom) = (at(axis, "y1"), at(axis, "y2"));
    let d = of_class(document, "line")[k].attribute("d").expect("a path").to_owned();
    d.split(['M', 'L'])
        .filter(|point| !point.is_empty())
        .map(|point| point.split_once(' ').expect("x y"))
        .map(|(x, y)| (x.parse::<f64>().expect("x"), y.parse::<f64>().expect("y")))
        .map(|(x, y)| {
            (
                value(&ticks[a]) + (x - xa) / (xb - xa) * (value(&ticks[b]) - value(&ticks[a])),
                (bottom - y) / (bottom - top),
            )
        })
        .collect()
}

#[test]
fn cumulative_curves_rise_from_0_to_1_through_known_quantiles() {
    let bench = Bench::new();
    let sweep = Sweep::sample(&["base", "other", "third"], 10_000);
    // Welfare is exactly the draw's number over 10,000 (minus 1), shifted by the variant.
    sweep.write(&bench, "s", |i, variant, _| {
        Some(Yield { verdict: "converged", gap: Some(1.0), gain: 1.0 + (i as f64 + 0.5) / 1e4 + variant as f64 })
    });
    done(&bench.run(&["plot", "output/s", "--what", "ecdf", "--by", "welfare"]));
    let svg = bench.read("output/s/ecdf-welfare.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(of_class(&document, "line").len(), 3);
    for variant in 0..3 {
        let points = curve(&document, variant);
        assert!(points.windows(2).all(|pair| pair[1].1 >= pair[0].1 - 1e-4 && pair[1].0 >= pair[0].0 - 1e-4));
        assert!(points[0].1.abs() < 1e-4 && (points[points.len() - 1].1 - 1.0).abs() < 1e-4);
        for (x, share) in points.into_iter().filter(|(_, share)| *share > 0.01 && *share < 0.99) {
            assert!((x - variant as f64 - share).abs() < 0.02, "{variant}: {share} at {x}");
        }
    }
    // Differences from the baseline: of the baseline, none is shown.
    done(&bench.run(&["plot", "output/s", "--what", "ecdf,histogram"]));
    for kind in ["ecdf", "histogram"] {
        let svg = bench.read(&format!("output/s/{kind}.svg"));
        let document = Document::parse(&svg).expect("XML");
        assert_eq!(texts(&document, "x-label"), ["Equivalent variation, share of the baseline’s income"]);
        assert!(texts(&document, "note").iter().any(|note| note == "base, the baseline, is left out."), "{kind}");
    }
    let svg = bench.read("output/s/ecdf.svg");
    let labels = texts(&Document::parse(&svg).expect("XML"), "end-label");
    assert!(labels.contains(&"other".to_owned()) && !labels.contains(&"base".to_owned()), "{labels:?}");
}

#[test]
fn twelve_variants_are_told_apart_and_all_named() {
    let bench = Bench::new();
    let names: Vec<String> = (1..=12).map(|i| format!("variant-{i}")).collect();
    let sweep = Sweep::sample(&names.iter().map(String::as_str).collect::<Vec<_>>(), 200);
    sweep.write(&bench, "s", |i, variant, _| {
        Some(Yield { verdict: "converged", gap: Some(1.0 + (i + 40 * variant) as f64), gain: 1.0 })
    });
    for more in [&[][..], &["--grey"]] {
        done(
            &bench.run(
                &[&["plot", "output/s", "--what", "ecdf", "--by", "final_gap", "--out", "out"][..], more].concat(),
            ),
        );
        let suffix = if more.is_empty() { "" } else { "-grey" };
        let svg = bench.read(&format!("out/ecdf-final_gap{suffix}.svg"));
        let document = Document::parse(&svg).expect("XML");
        let look = |line: &Node<'_, '_>| {
            ["stroke", "stroke-dasharray", "stroke-width"].map(|name| line.attribute(name).map(str::to_owned))
        };
        let mut looks: Vec<_> = of_class(&document, "line").iter().map(look).collect();
        assert_eq!(looks.len(), 12);
        looks.sort_unstable();
        looks.dedup();
        assert_eq!(looks.len(), 12, "no two lines look alike");
        let said = [texts(&document, "end-label"), texts(&document, "key-label")].concat();
        assert!(names.iter().all(|name| said.contains(name)), "{said:?}");
    }
}

#[test]
fn bars_add_up_to_the_whole() {
    let bench = Bench::new();
    Sweep::sample(&["base"], 1000).write(&bench, "s", |i, _, draw| {
        let gap = (i % 10 != 0).then(|| 1.0 + number_of(&draw[0]));
        (i % 20 != 0).then_some(Yield { verdict: "converged", gap, gain: 0.0 })
    });
    done(&bench.run(&["plot", "output/s", "--what", "histogram"]));
    let svg = bench.read("output/s/histogram.svg");
    let document = Document::parse(&svg).expect("XML");
    let bars = of_class(&document, "bar");
    let (ticks, grid) = (texts(&document, "tick-y"), of_class(&document, "grid"));
    let last = ticks.len() - 1;
    let high: f64 = ticks[last].parse().expect("a number");
    let unit = (at(grid[0], "y1") - at(grid[last], "y1")) / high;
    let sum: f64 = bars.iter().map(|bar| at(*bar, "height") / unit).sum();
    assert_eq!(bars.len(), 20);
    assert!((sum - 100.0).abs() < 0.05, "{sum}");
    let notes = texts(&document, "note").join(" ");
    assert!(notes.contains("10 %, 5 % failed") && notes.contains("1,000 runs"), "{notes}");
}

#[test]
fn parquet_and_csv_give_the_same_pictures() {
    let bench = Bench::new();
    let flags = (0..400)
        .map(|i| vec![Value::Flag(i % 2 == 1), Value::Text(["a, \"b\"", "c"][i / 7 % 2]), Value::Number(i as f64)]);
    let mixed = Sweep::new(&["one", "two"], &["sector.a.cluster_R", "policy.0.sustain", "time.start"], flags.collect());
    mixed.write(&bench, "mixed", |i, variant, _| {
        (i != 5).then_some(Yield {
            verdict: ["ahead", "converging"][i % 2],
            gap: Some(1.0 + i as f64),
            gain: variant as f64,
        })
    });
    Sweep::sample(&["base", "b"], 12_000).write(&bench, "sample", split(1.0));
    for name in ["mixed", "sample"] {
        done(&bench.run(&["plot", &format!("output/{name}")]));
        let read = || ["heat", "ecdf", "histogram"].map(|kind| bench.read(&format!("output/{name}/{kind}.svg")));
        let first = read();
        done(&bench.run(&["plot", &format!("output/{name}/runs.csv")]));
        assert!(read() == first, "{name}");
        std::fs::remove_file(bench.path().join(format!("output/{name}/runs.parquet"))).expect("removed");
        done(&bench.run(&["plot", &format!("output/{name}")]));
        assert!(read() == first, "{name}: the same bytes");
    }
    let svg = bench.read("output/mixed/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "tick-x"), ["false", "true", "false", "true"]);
    assert_eq!(texts(&document, "tick-y"), ["a, \"b\"", "c"]);
}

#[test]
fn a_heat_map_shows_what_varies_over_the_keys_that_matter() {
    let bench = Bench::new();
    let mut rng = fastrand::Rng::with_seed(3);
    let draws = (0..2000).map(|_| (0..3).map(|_| Value::Number(rng.f64())).collect()).collect();
    let keys = ["catch_up.beta", "growth.x", "sector.textiles.lambda"];
    let sweep = Sweep::new(&["base", "other"], &keys, draws);
    let heat = |name: &str| {
        let ran = bench.run(&["plot", &format!("output/{name}"), "--what", "heat"]);
        done(&ran);
        bench.read(&format!("output/{name}/heat.svg"))
    };
    // One verdict under each variant: no picture. The gain depends on the last key, and on the second by half as much.
    sweep.write(&bench, "plain", |_, variant, draw| {
        let gain = number_of(&draw[1]) / 2.0 + number_of(&draw[2]);
        Some(Yield { verdict: ["persistent-gap", "converging"][variant], gap: Some(1.5), gain })
    });
    let svg = heat("plain");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "x-label"), ["Textiles: λ, static benefit of a cluster"]);
    assert_eq!(
        texts(&document, "y-label"),
        ["Growth of productivity where a region has a cluster, in all sectors that give no x of their own, per year"]
    );
    assert!(texts(&document, "scale-label")[0].contains("Equivalent variation"));
    let notes = texts(&document, "note").join(" ");
    assert!(notes.contains("persistent-gap under base, converging under other"), "{notes}");
    // Verdicts that vary are shown, over the key that decides on them.
    sweep.write(&bench, "split", |_, _, draw| {
        let verdict = if number_of(&draw[2]) > 0.5 { "converged" } else { "persistent-gap" };
        Some(Yield { verdict, gap: Some(1.5), gain: 0.0 })
    });
    let svg = heat("split");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "key-label"), ["persistent-gap", "converged"]);
    assert_eq!(texts(&document, "x-label"), ["Textiles: λ, static benefit of a cluster"]);
}

#[test]
fn odd_sweeps_are_drawn_too() {
    let bench = Bench::new();
    Sweep::grid(&["base"], &[0.5], &[1.5]).write(&bench, "single", split(1.0));
    Sweep::sample(&["a", "b"], 50).write(&bench, "failed", |_, _, _| None);
    let ran = bench.run(&["plot", "output/single"]);
    done(&ran);
    assert_eq!(ran.out.lines().count(), 2, "no heat map of two keys with one value each: {}", ran.out);
    done(&bench.run(&["plot", "output/single", "--what", "heat"]));
    let svg = bench.read("output/single/heat.svg");
    assert_eq!(of_class(&Document::parse(&svg).expect("XML"), "cell").len(), 1);
    done(&bench.run(&["plot", "output/failed", "--format", "png"]));
    done(&bench.run(&["plot", "output/failed"]));
    let svg = bench.read("output/failed/heat.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "key-label"), ["failed"]);
    for kind in ["ecdf", "histogram"] {
        let svg = bench.read(&format!("output/failed/{kind}.svg"));
        let document = Document::parse(&svg).expect("XML");
        assert!(texts(&document, "empty")[0].starts_with("no run has a value"), "{kind}");
    }
}

/// Refused with exit code 2, a message that has all of `words`, and nothing written.
fn refused(bench: &Bench, args: &[&str], words: &[&str]) {
    let ran = bench.run(&[&["plot"], args].concat());
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{args:?}: no \"{word}\" in\n{}", ran.err);
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_with_a_hint() {
    let bench = Bench::new();
    Sweep::sample(&["base", "textiles"], 100).write(&bench, "s", split(1.0));
    bench.write("run/trajectory.csv", "scenario,regime,income_gap,margin\n");
    refused(&bench, &["output/s", "--x", "lamda"], &["--x lamda", "did you mean `sector.textiles.lambda`"]);
    refused(&bench, &["output/s", "--by", "wellfare"], &["--by wellfare", "did you mean `welfare`", "verdict"]);
    refused(&bench, &["output/s", "--variant", "textile"], &["did you mean `textiles`"]);
    refused(&bench, &["output/s", "--what", "gap"], &["is a sweep", "heat, profile, shares, fan, ecdf and histogram"]);
    refused(&bench, &["output/s", "--what", "ecdf", "--by", "verdict"], &["a verdict is no number"]);
    refused(&bench, &["output/s", "--x", "catch_up.beta", "--y", "catch_up.beta"], &["two different keys"]);
    refused(&bench, &["run", "--what", "heat"], &["run is no sweep", "catchup sweep"]);
    let csv = bench.read("output/s/runs.csv");
    bench.write("cut/runs.csv", &csv[..csv.len() - 3]);
    refused(&bench, &["cut"], &["its last line does not end"]);
    bench.write("odd/runs.csv", csv.replacen(",ok,", ",fine,", 1));
    refused(&bench, &["odd"], &["line 2", "status = \"fine\" is none of ok, failed"]);
    let bytes = std::fs::read(bench.path().join("output/s/runs.parquet")).expect("a table");
    bench.write("torn/runs.parquet", &bytes[..bytes.len() / 2]);
    refused(&bench, &["torn"], &["runs.parquet", "cut short, edited or damaged"]);
}
