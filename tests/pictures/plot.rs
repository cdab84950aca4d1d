//! Protects the pictures: they show what the tables hold, are well-formed, the same every time, and refuse what is not
//! ours or not whole.

use crate::common::{Bench, Ran, column, root};
use roxmltree::{Document, Node};

const KINDS: [(&str, &str); 5] = [
    ("gap", "Income gap, wR / wP"),
    ("wage", "Earnings of a worker in P, in units of R’s wage"),
    ("z", "Relative productivity, z = ZP / ZR"),
    ("growth", "Growth of real income per worker, % per year"),
    ("margin", "Margin of the cluster, vCl / max vIs − 1, %"),
];

/// A folder with runs of shipped scenarios.
fn with_runs(names: &[&str]) -> Bench {
    let bench = Bench::new();
    for name in names {
        let file = root().join("scenarios").join(format!("{name}.toml"));
        let ran = bench.run(&["run", file.to_str().expect("UTF-8")]);
        assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    }
    bench
}

fn done(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
}

fn of_class<'a>(document: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn texts(document: &Document<'_>, class: &str) -> Vec<String> {
    of_class(document, class).into_iter().map(text).collect()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// What pixel a value lies at, from the ticks: intercept and slope over the value or its logarithm.
fn axis(document: &Document<'_>, class: &str, place: &str, log: bool) -> impl Fn(f64) -> f64 {
    let of = move |value: f64| if log { value.ln() } else { value };
    let ticks: Vec<(f64, f64)> = of_class(document, class)
        .into_iter()
        .map(|node| (of(text(node).replace('−', "-").parse().expect("a number")), number(node, place)))
        .collect();
    let ((a, at_a), (b, at_b)) = (ticks[0], ticks[ticks.len() - 1]);
    move |value| at_a + (of(value) - a) / (b - a) * (at_b - at_a)
}

/// Points of the first line, in pixels.
fn line(document: &Document<'_>) -> Vec<(f64, f64)> {
    let d = of_class(document, "line")[0].attribute("d").expect("a path");
    d.split(['M', 'L'])
        .filter(|point| !point.is_empty())
        .map(|point| point.split_once(' ').expect("x y"))
        .map(|(x, y)| (x.parse().expect("x"), y.parse().expect("y")))
        .collect()
}

/// Two scenarios over three dates, as `compare` writes them.
fn write_comparison(bench: &Bench, folder: &str, names: &[&str]) {
    let mut comparison =
        "scenario,period,t,year,regime,sector,w_P,income_gap,real_income_R,real_income_P,growth_R,growth_P,\
                          margin,subsidy,d_income_gap,d_ln_real_income_P\n"
            .to_owned();
    let mut summary =
        "scenario,baseline,rank,verdict,initial_gap,final_gap,long_run_gap,half_life,regime_changes,welfare,\
                       equivalent_variation,subsidy_pv,net_gain_pv,passes_baseline_year,self_sustaining_year,\
                       peak_subsidy_share\n"
            .to_owned();
    let terms = ["d_ln_gap", "static", "respecialisation", "catch_up", "learning", "shock", "trade"];
    let mut decomposition = format!("scenario,period,t,{},cum_{}\n", terms.join(","), terms.join(",cum_"));
    for (i, name) in names.iter().enumerate() {
        for k in 0..3 {
            let gap = 2.0 - 0.1 * f64::from(k) + 0.001 * i as f64;
            let growth = if k == 0 { "" } else { "0.02" };
            comparison += &format!(
                "{name},{k},{k},{},cluster,a,{},{gap},1,0.5,{growth},{growth},0.1,0,0,0\n",
                2000 + k,
                1.0 / gap
            );
            let (step, sum) = (if k == 0 { 0.0 } else { -0.05 }, -0.05 * f64::from(k));
            decomposition += &format!("{name},{k},{k},{step},{step},0,0,0,0,0,{sum},{},0.1,0,0,0,0\n", sum - 0.1);
        }
        summary += &format!("{name},{},1,persistent-gap,2,1.8,1.7,,0,1,,0,,,,\n", i == 0);
    }
    bench.write(&format!("{folder}/comparison.csv"), comparison);
    bench.write(&format!("{folder}/summary.csv"), summary);
    bench.write(&format!("{folder}/decomposition.csv"), decomposition);
}

#[test]
fn every_kind_is_drawn_from_a_run_well_formed_and_labelled() {
    let bench = with_runs(&["garments-electronics", "cluster-collapse"]);
    for name in ["garments-electronics", "cluster-collapse"] {
        let ran = bench.run(&["plot", &format!("output/{name}"), "--what", "gap,wage,z,growth,margin"]);
        done(&ran);
        for ((kind, label), told) in KINDS.iter().zip(ran.out.lines()) {
            assert_eq!(told, format!("output/{name}/{kind}.svg"));
            let svg = bench.read(told);
            let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{told}: {error}"));
            assert_eq!(texts(&document, "y-label"), [*label], "{told}");
            assert_eq!(texts(&document, "x-label"), ["Year"], "{told}");
            assert!(texts(&document, "tick-x").len() >= 4 && texts(&document, "tick-y").len() >= 3, "{told}");
            assert_eq!(of_class(&document, "band").len(), of_class(&document, "shade").len(), "{told}: regimes");
            assert!(of_class(&document, "band").len() >= 2, "{told}: regimes");
            assert!(!texts(&document, "band-label").is_empty(), "{told}: regimes are named");
            assert!(!of_class(&document, "act-date").is_empty(), "{told}: policies and shocks are marked");
            let dashed = of_class(&document, "long-run");
            assert_eq!(dashed.len(), usize::from(*kind == "gap"), "{told}: the long run");
            assert!(dashed.iter().all(|line| line.attribute("stroke-dasharray").is_some()), "{told}");
            assert!(svg.contains("sans-serif"), "{told}: a generic font as the last resort");
        }
    }
    let svg = bench.read("output/garments-electronics/gap.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "act"), ["promote electronics, always"]);
    assert!(texts(&document, "end-label").iter().any(|label| label.starts_with("long run 1")));
}

#[test]
fn points_lie_where_the_table_says() {
    let bench = with_runs(&["garments-electronics", "paper/proposition-e-persistent-gap"]);
    for (name, log) in [("garments-electronics", false), ("proposition-e-persistent-gap", true)] {
        let table = bench.read(&format!("output/{name}/trajectory.csv"));
        let (years, gaps) = (column(&table, "year"), column(&table, "income_gap"));
        let svg = bench.read(&format!("output/{name}/gap.svg"));
        let document = Document::parse(&svg).expect("XML");
        assert_eq!(texts(&document, "y-label")[0].ends_with("log scale"), log, "{name}");
        let (x, y) = (axis(&document, "tick-x", "x", false), axis(&document, "tick-y", "y", log));
        let points = line(&document);
        assert_eq!(points.len(), years.len(), "{name}");
        // The text of a tick stands a little below its value.
        let below = number(of_class(&document, "tick-y")[0], "y") - number(of_class(&document, "grid")[0], "y1");
        for k in [0, 1, 5, 40, years.len() - 1] {
            let expected = (x(years[k].parse().expect("a year")), y(gaps[k].parse().expect("a gap")) - below);
            let near = (points[k].0 - expected.0).abs() < 0.05 && (points[k].1 - expected.1).abs() < 0.05;
            assert!(near, "{name}, row {k}: {:?}, expected {expected:?}", points[k]);
        }
    }
}

#[test]
fn the_gap_that_run_draws_is_the_one_that_plot_draws() {
    let bench = with_runs(&["lagging-region", "cluster-collapse", "paper/literal"]);
    for name in ["lagging-region", "cluster-collapse", "literal"] {
        let path = format!("output/{name}/gap.svg");
        let drawn = bench.read(&path);
        std::fs::remove_file(bench.path().join(&path)).expect("removed");
        done(&bench.run(&["plot", &format!("output/{name}")]));
        assert!(bench.read(&path) == drawn, "{name}: the data package's checksum holds for both");
        done(&bench.run(&["plot", &format!("output/{name}/trajectory.csv"), "--quiet"]));
        assert!(bench.read(&path) == drawn, "{name}: a table named alone is drawn with its neighbours");
    }
}

#[test]
fn run_lists_its_picture_and_no_plot_removes_it() {
    let bench = with_runs(&["lagging-region"]);
    let package = bench.read("output/lagging-region/datapackage.json");
    assert!(package.contains("\"path\": \"gap.svg\"") && package.contains("image/svg+xml"), "{package}");
    let file = root().join("scenarios/lagging-region.toml");
    let ran = bench.run(&["run", file.to_str().expect("UTF-8"), "--no-plot"]);
    done(&ran);
    assert!(!bench.exists("output/lagging-region/gap.svg"), "the stale picture goes");
    assert!(!bench.read("output/lagging-region/datapackage.json").contains("gap.svg"));
}

#[test]
fn titles_are_text_and_never_markup() {
    let bench = Bench::new();
    let scenario = std::fs::read_to_string(root().join("scenarios/lagging-region.toml")).expect("a scenario");
    bench.write("nasty.toml", scenario);
    let title = "title=\"<script>alert('1')</script> & _{x} ]]>\"";
    done(&bench.run(&["run", "nasty.toml", "--set", title]));
    let svg = bench.read("output/nasty/gap.svg");
    let document = Document::parse(&svg).expect("XML");
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    let shown = texts(&document, "title").join(" ").replace('\u{200d}', "");
    assert_eq!(shown, "<script>alert('1')</script> & _{x} ]]>");
}

#[test]
fn a_failed_run_is_drawn_as_far_as_it_got() {
    let bench = with_runs(&["paper/literal"]);
    done(&bench.run(&["plot", "output/literal", "--what", "gap,wage,z,growth,margin"]));
    let svg = bench.read("output/literal/gap.svg");
    let document = Document::parse(&svg).expect("XML");
    assert!(texts(&document, "subtitle").join(" ").contains("the run failed"));
    assert!(!of_class(&document, "point").is_empty(), "few dates are shown as points");
    assert!(of_class(&document, "long-run").is_empty());
    assert_eq!(texts(&Document::parse(&bench.read("output/literal/margin.svg")).expect("XML"), "empty").len(), 1);
}

#[test]
fn a_comparison_labels_each_scenario_once_without_overlap() {
    let bench = Bench::new();
    let names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];
    write_comparison(&bench, "output/side-by-side", &names);
    let ran = bench.run(&["plot", "output/side-by-side", "--what", "gap,wage,growth,margin"]);
    done(&ran);
    for kind in ["gap", "wage", "growth", "margin"] {
        let svg = bench.read(&format!("output/side-by-side/{kind}.svg"));
        let document = Document::parse(&svg).expect("XML");
        let labels = of_class(&document, "end-label");
        for name in names {
            assert_eq!(labels.iter().filter(|label| text(**label) == name).count(), 1, "{kind}: {name}");
        }
        let mut places: Vec<f64> = labels.iter().map(|label| number(*label, "y")).collect();
        places.sort_by(f64::total_cmp);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 11.5), "{kind}: {places:?}");
        assert_eq!(of_class(&document, "line").len(), names.len(), "{kind}");
        assert_eq!(of_class(&document, "long-run").len(), if kind == "gap" { names.len() } else { 0 });
        assert!(texts(&document, "subtitle").join("").contains("baseline: alpha"));
    }
}

#[test]
fn a_decomposition_stacks_its_terms_on_both_sides_of_zero() {
    let bench = Bench::new();
    write_comparison(&bench, "output/cmp", &["one"]);
    done(&bench.run(&["plot", "output/cmp", "--what", "decomposition"]));
    let first = bench.read("output/cmp/decomposition.svg");
    let document = Document::parse(&first).expect("XML");
    let drawn: Vec<_> = of_class(&document, "area").iter().filter_map(|node| node.attribute("data-name")).collect();
    assert_eq!(drawn, ["static benefit of clusters", "change of specialisation"], "terms that are 0 are left out");
    let labels = texts(&document, "end-label");
    assert!(labels.iter().any(|label| label == "total") && labels.len() == 3, "{labels:?}");
    // The table alone is enough, but for the calendar.
    done(&bench.run(&["plot", "output/cmp/decomposition.csv"]));
    assert_eq!(bench.read("output/cmp/decomposition.svg"), first);
    bench.write("alone/decomposition.csv", bench.read("output/cmp/decomposition.csv"));
    done(&bench.run(&["plot", "alone/decomposition.csv"]));
    let svg = bench.read("alone/decomposition.svg");
    assert_eq!(texts(&Document::parse(&svg).expect("XML"), "x-label"), ["Years since the start"]);
}

#[test]
fn png_has_the_size_of_the_svg_and_shows_something() {
    let bench = with_runs(&["garments-electronics"]);
    let read = || std::fs::read(bench.path().join("output/garments-electronics/gap.png")).expect("a picture");
    let ran = bench.run(&["plot", "output/garments-electronics", "--format", "png", "--json"]);
    done(&ran);
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&told["what"], &told["format"]), (&"gap".into(), &"png".into()));
    let png = read();
    let svg = bench.read("output/garments-electronics/gap.svg");
    let document = Document::parse(&svg).expect("XML");
    let scale = f64::from(catchup::plot::SCALE);
    let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
    assert_eq!(f64::from(pixels.width()), scale * number(document.root_element(), "width"));
    assert_eq!(f64::from(pixels.height()), scale * number(document.root_element(), "height"));
    let dark = |x: std::ops::Range<u32>, y: std::ops::Range<u32>| {
        let at = |x, y| pixels.pixel(x, y).is_some_and(|pixel| pixel.red() < 100 && pixel.green() < 100);
        y.flat_map(|y| x.clone().map(move |x| (x, y))).filter(|(x, y)| at(*x, *y)).count()
    };
    assert!(dark(0..900, 30..100) > 1000, "the title is there, without any font of the system");
    assert!(dark(0..pixels.width(), 200..pixels.height()) > 2000, "so are axes and labels");
    done(&bench.run(&["plot", "output/garments-electronics", "--format", "png"]));
    assert!(read() == png, "the same bytes every time");
}

#[test]
fn a_very_long_run_gives_a_small_picture() {
    let bench = Bench::new();
    let file = root().join("scenarios/garments-electronics.toml");
    let sets = ["--set", "time.period=0.01", "--set", "name=fine"];
    done(&bench.run(&[&["run", file.to_str().expect("UTF-8")][..], &sets].concat()));
    let svg = bench.read("output/fine/gap.svg");
    assert!(svg.len() < 100_000, "{} bytes", svg.len());
    Document::parse(&svg).expect("XML");
}

/// Refused with exit code 2, a message that has all of `words`, and nothing written.
fn refused(bench: &Bench, args: &[&str], words: &[&str]) {
    let ran = bench.run(&[&["plot"], args].concat());
    assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{args:?}: no \"{word}\" in\n{}", ran.err);
    }
    assert_eq!(ran.out, "", "{args:?}");
}

#[test]
fn what_is_not_ours_is_refused() {
    let bench = with_runs(&["lagging-region"]);
    write_comparison(&bench, "output/cmp", &["one", "two"]);
    bench.write("other.csv", "a,b\n1,2\n");
    bench.write("empty.csv", "");
    bench.write("picture.csv", [0x89, b'P', b'N', b'G', 0xff, 0xfe, b'\n']);
    bench.write("folder/notes.txt", "mine");
    refused(&bench, &["other.csv"], &["other.csv is no table that catchup draws", "trajectory.csv", "a,b"]);
    refused(&bench, &["empty.csv"], &["empty.csv is no table"]);
    refused(&bench, &["picture.csv"], &["picture.csv is no table"]);
    refused(&bench, &["missing"], &["cannot read missing", "expected a folder of a run, a comparison or a sweep"]);
    refused(
        &bench,
        &["folder"],
        &["folder holds no run, no comparison and no finished sweep", "trajectory.csv", "comparison.csv"],
    );
    refused(&bench, &["output"], &["output holds no run", "name a folder inside it, such as output/"]);
    let kinds = ["gap", "wage", "z", "growth", "margin", "decomposition"];
    refused(&bench, &["output/lagging-region", "--what", "gpa"], &kinds);
    refused(&bench, &["output/lagging-region", "--format", "pdf"], &["svg", "png"]);
    refused(&bench, &["output/lagging-region", "--what", "decomposition"], &["is a run", "catchup compare makes"]);
    refused(&bench, &["output/cmp", "--what", "z"], &["is a comparison", "sectors.csv"]);
    refused(&bench, &[], &["DIR|FILE"]);
    // One mistake among several: nothing is drawn.
    refused(&bench, &["output/lagging-region", "folder", "--what", "wage"], &["folder holds", "no picture was drawn"]);
    assert!(!bench.exists("output/lagging-region/wage.svg"));
}

#[test]
fn what_is_not_whole_is_refused() {
    let bench = with_runs(&["lagging-region"]);
    let table = bench.read("output/lagging-region/trajectory.csv");
    let rows: Vec<&str> = table.lines().collect();
    // In its folder, the data package knows how long it was.
    bench.write("output/lagging-region/trajectory.csv", rows[..40].join("\n") + "\n");
    refused(&bench, &["output/lagging-region"], &["trajectory.csv is not as it was written", "datapackage.json lists"]);
    let cut = |name: &str, text: String, words: &[&str]| {
        bench.write(&format!("{name}/trajectory.csv"), text);
        refused(&bench, &[&format!("{name}/trajectory.csv")], words);
        assert!(!bench.exists(&format!("{name}/gap.svg")));
    };
    cut("no-end", table[..table.len() - 9].to_owned(), &["cut short: its last line does not end"]);
    cut(
        "ragged",
        format!("{}\nlagging-region,1,1\n", rows[..2].join("\n")),
        &["line 3", "3 cells where the header has 14"],
    );
    cut("rows-lost", [&rows[..3], &rows[6..]].concat().join("\n") + "\n", &["line 4", "period 5 follows period 1"]);
    cut("no-rows", format!("{}\n", rows[0]), &["has no rows"]);
    cut("words", table.replacen(",2025,", ",soon,", 1), &["line 2", "year = \"soon\" is no number"]);
    cut("infinite", table.replacen(",2025,", ",inf,", 1), &["year = \"inf\" is no number"]);
    cut("columns", table.replace(",w_P,", ",wage,"), &["lacks columns: w_P"]);
    // Sectors that end before the trajectory does.
    bench.write("short/trajectory.csv", &table);
    let sectors = bench.read("output/lagging-region/sectors.csv");
    let lines: Vec<&str> = sectors.lines().collect();
    bench.write("short/sectors.csv", lines[..11].join("\n") + "\n");
    done(&bench.run(&["plot", "short"]));
    refused(&bench, &["short", "--what", "z"], &["sectors.csv ends before trajectory.csv does"]);
    std::fs::remove_file(bench.path().join("short/sectors.csv")).expect("removed");
    refused(&bench, &["short", "--what", "wage"], &["sectors.csv is missing"]);
    bench.write("short/summary.json", "{\"title\": \"cut");
    refused(&bench, &["short"], &["summary.json is not the JSON"]);
}

#[cfg(unix)]
#[test]
fn a_picture_that_cannot_be_written_leaves_the_one_before() {
    let bench = with_runs(&["lagging-region"]);
    let before = bench.read("output/lagging-region/gap.svg");
    let script = "ulimit -f 1; exec \"$0\" plot output/lagging-region --format png; ";
    let program = env!("CARGO_BIN_EXE_catchup");
    let output = std::process::Command::new("sh").args(["-c", script, program]).current_dir(bench.path()).output();
    let ran = Ran::from(output.expect("a shell"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.err.contains("cannot write output/lagging-region/gap.png") && ran.err.contains("untouched"),
        "{}",
        ran.err
    );
    let left = std::fs::read_dir(bench.path().join("output/lagging-region")).expect("a folder").flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
    assert!(left.len() == 7 && left.iter().all(|name| !name.ends_with("png") && !name.ends_with("tmp")), "{left:?}");
    assert_eq!(bench.read("output/lagging-region/gap.svg"), before);
}

#[test]
fn a_script_finds_runs_and_scales() {
    let bench = Bench::new();
    write_comparison(&bench, "output/cmp", &["one", "two & <more>"]);
    done(&bench.run(&["plot", "output/cmp", "--what", "gap,growth,decomposition"]));
    for kind in ["gap", "growth", "decomposition"] {
        let svg = bench.read(&format!("output/cmp/{kind}.svg"));
        let document = Document::parse(&svg).expect("XML");
        for (i, name) in ["one", "two & <more>"].into_iter().enumerate() {
            let own: Vec<Node<'_, '_>> = of_class(&document, "run")
                .into_iter()
                .filter(|node| node.attribute("data-run") == Some(name))
                .collect();
            assert!(own.iter().all(|node| node.attribute("data-i") == Some(&i.to_string())), "{kind}: {name}");
            let holds = |class: &str| {
                own.iter().flat_map(Node::descendants).filter(|node| node.attribute("class") == Some(class)).count()
            };
            assert_eq!(holds("line"), 1, "{kind}: {name}");
            assert_eq!(holds("end-label"), 1, "{kind}: {name}");
            assert_eq!(holds("band"), usize::from(kind != "decomposition"), "{kind}: {name}");
        }
        // Pixels of the first and the last date are the ends of the line.
        for panel in of_class(&document, "panel") {
            assert!(panel.attribute("data-y").is_some_and(|column| !column.is_empty()));
            let line = panel.descendants().find(|node| node.attribute("class") == Some("line")).expect("a line");
            let d = line.attribute("d").expect("a path");
            let xs: Vec<f64> = d.split(['M', 'L']).filter_map(|point| point.split_once(' ')?.0.parse().ok()).collect();
            let at = |year: f64| {
                let [x0, x1] = ["data-x0", "data-x1"].map(|name| number(panel, name));
                let [left, right] = ["data-left", "data-right"].map(|name| number(panel, name));
                left + (year - x0) / (x1 - x0) * (right - left)
            };
            let first = if kind == "growth" { 2001.0 } else { 2000.0 };
            assert!((xs[0] - at(first)).abs() < 0.02 && (xs[xs.len() - 1] - at(2002.0)).abs() < 0.02, "{kind}: {xs:?}");
        }
        // What is clipped names what clips it, once.
        let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        for node in document.descendants().filter_map(|node| node.attribute("clip-path")) {
            let id = node.trim_start_matches("url(#").trim_end_matches(')');
            assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{kind}: {node}");
        }
    }
}
