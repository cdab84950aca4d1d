//! Protects the pictures: they show what the tables hold, are well-formed, the same every time, and refuse what is not
//! ours or not whole.

use crate::common::{Bench, Ran, column, root};
use catchup::scenario::load;
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

/// A text in which P and R are called as a shipped scenario calls them.
fn called(name: &str, text: &str) -> String {
    let file = root().join("scenarios").join(format!("{name}.toml"));
    let scenario = load(&file.to_string_lossy(), &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let people = scenario.people();
    text.replace("in P,", &format!("in {},", people.poor)).replace("R’s", &format!("{}’s", people.rich))
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
            assert_eq!(texts(&document, "y-label"), [called(name, label)], "{told}");
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
    assert_eq!(texts(&document, "act"), ["Electronics programme"]);
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
        // The text of a tick stands a little below its value.
        let below = number(of_class(&document, "tick-y")[0], "y") - number(of_class(&document, "grid")[0], "y1");
        for k in [0, 1, 5, 40, years.len() - 1] {
            let expected = (x(years[k].parse().expect("a year")), y(gaps[k].parse().expect("a gap")) - below);
            let near = |(x, y): &(f64, f64)| (x - expected.0).abs() < 0.05 && (y - expected.1).abs() < 0.05;
            assert!(points.iter().any(near), "{name}, row {k}: expected {expected:?}");
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

/// Values of the `k`-th line by year, from its pixels and what its panel says of its scales.
fn drawn(document: &Document<'_>, k: usize) -> Vec<(f64, f64)> {
    let line = of_class(document, "line")[k];
    let panel = line.ancestors().find(|node| node.attribute("class") == Some("panel")).expect("a panel");
    let along = |pixel: f64, [a, b]: [&str; 2], [from, to]: [&str; 2]| {
        let [a, b, from, to] = [a, b, from, to].map(|name| number(panel, name));
        from + (pixel - a) / (b - a) * (to - from)
    };
    let points = line.attribute("d").expect("a path").split(['M', 'L']).filter_map(|point| point.split_once(' '));
    points
        .map(|(x, y)| (x.parse().expect("x"), y.parse().expect("y")))
        .map(|(x, y)| {
            (
                along(x, ["data-left", "data-right"], ["data-x0", "data-x1"]),
                along(y, ["data-bottom", "data-top"], ["data-y0", "data-y1"]),
            )
        })
        .collect()
}

#[test]
fn jumps_stand_upright_at_their_date() {
    let bench = Bench::new();
    let file = root().join("scenarios/cluster-collapse.toml");
    done(&bench.run(&["run", file.to_str().expect("UTF-8"), "--set", "time.period=5", "--set", "name=coarse"]));
    let svg = bench.read("output/coarse/gap.svg");
    let points = drawn(&Document::parse(&svg).expect("XML"), 0);
    let table = bench.read("output/coarse/trajectory.csv");
    let (years, gaps) = (column(&table, "year"), column(&table, "income_gap"));
    let at = |year: &str| years.iter().position(|other| *other == year).map(|k| gaps[k].parse::<f64>().expect("a gap"));
    // The cluster collapses in 2005: a gap of 1 until then, and the table's from then on.
    let upright: Vec<&[(f64, f64)]> = points.windows(2).filter(|pair| (pair[0].0 - pair[1].0).abs() < 0.05).collect();
    assert!(!upright.is_empty(), "{points:?}");
    let first = upright[0];
    assert!((first[0].0 - 2005.0).abs() < 0.2 && (first[0].1 - 1.0).abs() < 0.005, "{first:?}");
    assert!((first[1].1 - at("2005.0").expect("a row")).abs() < 0.005, "{first:?}");
    // Between two dates nothing leads from one level to the other.
    for pair in points.windows(2).filter(|pair| pair[1].0 - pair[0].0 > 1.0) {
        assert!((pair[1].1 - pair[0].1).abs() < 0.2, "{pair:?}");
    }
}

#[test]
fn a_comparison_marks_what_is_done_in_it_and_is_drawn_again_alike() {
    let bench = Bench::new();
    let scenario = root().join("scenarios/garments-electronics.toml");
    done(&bench.run(&[
        "compare",
        scenario.to_str().expect("UTF-8"),
        "--each-cluster",
        "--from",
        "5",
        "--until",
        "30",
        "--name",
        "cmp",
    ]));
    let kinds = ["gap", "wage", "growth", "margin", "decomposition"];
    let first = kinds.map(|kind| bench.read(&format!("output/cmp/{kind}.svg")));
    done(&bench.run(&["plot", "output/cmp", "--what", &kinds.join(",")]));
    for (kind, first) in kinds.iter().zip(&first) {
        assert!(bench.read(&format!("output/cmp/{kind}.svg")) == *first, "{kind}: the same bytes");
        let document = Document::parse(first).expect("XML");
        assert_eq!(texts(&document, "title"), ["A garment exporter that could enter electronics"], "{kind}");
        assert_eq!(texts(&document, "act"), ["promote electronics, always", "promote garments, always"], "{kind}");
        assert!(of_class(&document, "act-date").len() >= 2, "{kind}: its begin and its end");
        // Whose it is.
        let act = of_class(&document, "act")[0].parent().expect("a group");
        assert_eq!(act.attribute("data-run"), Some("cluster-electronics"), "{kind}");
    }
    // What a policy moves at the first date comes before the changes that are drawn.
    let note = "after what a policy moved at once there: a cluster in electronics, a cluster in garments.";
    assert!(!first[4].contains(note), "the policies begin later");
    let at_once = ["compare", scenario.to_str().expect("UTF-8"), "--each-cluster", "--name", "at-once", "--no-flips"];
    done(&bench.run(&at_once));
    assert!(bench.read("output/at-once/decomposition.svg").contains(note));
    // A run looks the same in all of them; the baseline is black and solid.
    for (name, colour) in
        [("no-policy", "#000000"), ("cluster-electronics", "#D55E00"), ("cluster-garments", "#009E73")]
    {
        for svg in &first[..4] {
            let document = Document::parse(svg).expect("XML");
            let own = of_class(&document, "run").into_iter().filter(|node| node.attribute("data-run") == Some(name));
            let inks: Vec<&str> = own
                .flat_map(|group| group.descendants().collect::<Vec<_>>())
                .filter(|node| ["line", "strip-of", "sample"].contains(&node.attribute("class").unwrap_or("")))
                .filter_map(|node| node.attribute("stroke"))
                .collect();
            assert!(inks.len() >= 3 && inks.iter().all(|ink| *ink == colour), "{name}: {inks:?}");
        }
    }
}

/// A jump is where the regime, a parameter or the policy in force changes, not where growth is fast.
#[test]
fn only_what_changes_makes_a_jump_of_growth() {
    let bench = Bench::new();
    let world = "schema_version = 1\ntime = { start = 2000, horizon = 60 }\ngrowth.x = 0.02\ncatch_up.beta = 0.45\n\
                 sector.cloth = { lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.05 }\n\
                 sector.chips = { lambda = 1.5, y_R = 1, y_P = 0.6, Z_P = 0.05 }\n";
    let labels = |name: &str, more: &str| {
        bench.write(&format!("{name}.toml"), format!("{world}{more}"));
        done(&bench.run(&["run", &format!("{name}.toml"), "--quiet"]));
        done(&bench.run(&["plot", &format!("output/{name}"), "--what", "growth"]));
        let svg = bench.read(&format!("output/{name}/growth.svg"));
        texts(&Document::parse(&svg).expect("XML"), "jump-label")
    };
    assert_eq!(labels("fast", "poor.start = 'cluster:cloth'\n"), Vec::<String>::new(), "fast, and smooth");
    // Who pays changes in 2020: P's income with it, and nothing else.
    let held = "promote = 'chips', sustain = 'always'";
    let policies =
        format!("policy = [{{ {held}, until = 20, funded_by = 'R' }}, {{ {held}, from = 20, funded_by = 'P' }}]\n");
    let marks = labels("payer", &policies);
    assert!(marks.len() == 1 && marks[0].starts_with('-') || marks[0].starts_with('−'), "{marks:?}");
    // The same policy all the time.
    assert_eq!(labels("same", &format!("policy = [{{ {held} }}]\n")), Vec::<String>::new());
}

#[test]
fn marks_of_jumps_keep_apart() {
    let bench = Bench::new();
    write_comparison(&bench, "output/cmp", &["one", "two", "three"]);
    let table = bench.read("output/cmp/comparison.csv");
    // All jump at the same date, far beyond the axis.
    let rows = table.lines().map(|line| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        match cells[1].as_str() {
            "1" => (cells[4], cells[11]) = ("isolation".to_owned(), "-0.6".to_owned()),
            "2" => cells[4] = "isolation".to_owned(),
            _ => {}
        }
        cells.join(",")
    });
    let table: Vec<String> = rows.collect();
    bench.write("output/cmp/comparison.csv", table.join("\n") + "\n");
    done(&bench.run(&["plot", "output/cmp", "--what", "growth"]));
    let svg = bench.read("output/cmp/growth.svg");
    let document = Document::parse(&svg).expect("XML");
    let (marks, labels) = (of_class(&document, "jump"), of_class(&document, "jump-label"));
    assert_eq!((marks.len(), labels.len()), (3, 3), "each has its own");
    let mut heights: Vec<f64> = labels.iter().map(|label| number(*label, "y")).collect();
    heights.sort_by(f64::total_cmp);
    assert!(heights.windows(2).all(|pair| pair[1] - pair[0] > 10.0), "{heights:?}");
    // A rate is a difference of logarithms: e^−0.6 of the income is left.
    let said: Vec<&str> = labels.iter().filter_map(Node::text).collect();
    assert_eq!(said, ["\u{2212}45.1 %"; 3]);
}

#[test]
fn what_draws_the_share_of_income_needs_a_gap() {
    let bench = Bench::new();
    write_comparison(&bench, "output/cmp", &["one", "two"]);
    for (what, named) in [("wage", "wage"), ("gap,growth", "growth"), ("margin", "margin")] {
        let ran = bench.run(&["plot", "output/cmp", "--what", what, "--y", "share"]);
        let said = format!("--y share says nothing about --what {named}");
        assert!(ran.code == Some(2) && ran.err.contains(&said), "{ran:?}");
    }
    done(&bench.run(&["plot", "output/cmp", "--what", "gap", "--y", "share"]));
    assert!(bench.exists("output/cmp/share.svg") && !bench.exists("output/cmp/gap.svg"));
}

#[test]
fn a_decomposition_has_one_scale_and_names_no_part_that_is_nothing() {
    let bench = Bench::new();
    let scenario = root().join("scenarios/garments-electronics.toml");
    done(&bench.run(&["compare", scenario.to_str().expect("UTF-8"), "--each-cluster", "--name", "cmp"]));
    let svg = bench.read("output/cmp/decomposition.svg");
    let document = Document::parse(&svg).expect("XML");
    let panels = of_class(&document, "panel");
    assert_eq!(panels.len(), 4);
    assert!(panels.iter().all(|panel| panel.attribute("data-y1") == panels[0].attribute("data-y1")));
    for panel in panels {
        let of = |class: &str, name: &str| -> Vec<String> {
            let own = panel.descendants().filter(|node| node.attribute("class") == Some(class));
            own.map(|node| node.attribute(name).map_or_else(|| text(node), str::to_owned)).collect()
        };
        let (areas, labels) = (of("area", "data-name"), of("end-label", "text"));
        assert!(labels.iter().all(|label| label == "total" || areas.contains(label)), "{labels:?}, {areas:?}");
    }
}

#[test]
fn titles_of_axes_keep_clear_of_ticks() {
    let bench = with_runs(&["garments-electronics"]);
    write_comparison(&bench, "output/cmp", &["one", "two"]);
    for folder in ["output/garments-electronics", "output/cmp"] {
        let what = if folder.ends_with("cmp") { "gap,growth,decomposition" } else { "gap,z,growth,margin" };
        for width in ["760px", "84mm"] {
            let ran = bench.run(&["plot", folder, "--what", what, "--width", width]);
            done(&ran);
            for path in ran.out.lines() {
                let svg = bench.read(path);
                let document = Document::parse(&svg).expect("XML");
                let labels = of_class(&document, "y-label");
                for tick in of_class(&document, "tick-y") {
                    let (base, size) = (number(tick, "y"), number(tick, "font-size"));
                    for label in &labels {
                        let (below, tall) = (number(*label, "y"), number(*label, "font-size"));
                        // Base lines as far apart as letters are tall, with what hangs below the upper one.
                        let apart =
                            if base > below { base - below >= 0.95 * size } else { below - base >= 0.95 * tall };
                        assert!(apart, "{path}: {} on {}", text(tick), text(*label));
                    }
                }
            }
        }
    }
}

#[test]
fn many_runs_are_all_told_apart() {
    let bench = Bench::new();
    let names: Vec<String> = (0..50).map(|i| format!("run-{i}")).collect();
    write_comparison(&bench, "output/many", &names.iter().map(String::as_str).collect::<Vec<_>>());
    for more in [&[][..], &["--grey"]] {
        done(&bench.run(&[&["plot", "output/many", "--what", "gap,growth", "--out", "out"][..], more].concat()));
        let suffix = if more.is_empty() { "" } else { "-grey" };
        let svg = bench.read(&format!("out/gap{suffix}.svg"));
        let document = Document::parse(&svg).expect("XML");
        let mut looks: Vec<[Option<&str>; 3]> = of_class(&document, "line")
            .iter()
            .map(|line| ["stroke", "stroke-dasharray", "stroke-width"].map(|name| line.attribute(name)))
            .collect();
        looks.sort_unstable();
        looks.dedup();
        assert_eq!(looks.len(), 50, "no two lines look alike");
        let labels = texts(&document, "end-label");
        assert!(names.iter().all(|name| labels.contains(name)), "{labels:?}");
        assert_eq!(of_class(&document, "band").len(), 50);
    }
    let names: Vec<String> = (0..60).map(|i| format!("run-{i}")).collect();
    write_comparison(&bench, "output/more", &names.iter().map(String::as_str).collect::<Vec<_>>());
    done(&bench.run(&["plot", "output/more"]));
    let svg = bench.read("output/more/gap.svg");
    let notes = texts(&Document::parse(&svg).expect("XML"), "note").join(" ");
    assert!(notes.contains("The first 56 of 60 runs"), "{notes}");
}

#[test]
fn many_sectors_are_all_named() {
    let bench = Bench::new();
    let mut table = "scenario,period,t,year,regime,sector,w_P,income_gap,growth_R,growth_P,margin,subsidy\n".to_owned();
    for k in 0..300 {
        // Thirty sectors, each for ten years; then one for a single year.
        let sector = if k == 299 { "brief-one".to_owned() } else { format!("sector-number-{}", k / 10) };
        table += &format!("s,{k},{k},{k},isolation,{sector},0.5,2,0.02,0.02,,0\n");
    }
    bench.write("s/trajectory.csv", table);
    done(&bench.run(&["plot", "s"]));
    let svg = bench.read("s/gap.svg");
    let document = Document::parse(&svg).expect("XML");
    let said =
        [texts(&document, "band-label"), texts(&document, "key-label"), texts(&document, "note")].concat().join("\n");
    for sector in (0..30).map(|i| format!("sector-number-{i}")).chain(["brief-one".to_owned()]) {
        assert!(said.contains(&sector), "{sector} is not in\n{said}");
    }
}

#[test]
fn a_narrow_picture_is_readable() {
    let bench = with_runs(&["garments-electronics"]);
    write_comparison(&bench, "output/cmp", &["first-of-two", "second-of-two"]);
    for (folder, what) in [("output/garments-electronics", "gap,growth,z"), ("output/cmp", "gap,decomposition")] {
        let ran = bench.run(&["plot", folder, "--what", what, "--width", "84mm", "--grey", "--no-title"]);
        done(&ran);
        for path in ran.out.lines() {
            assert!(path.ends_with("-84mm-grey-untitled.svg"), "{path}: the picture that came with the run stays");
            let svg = bench.read(path);
            let document = Document::parse(&svg).expect("XML");
            let width = number(document.root_element(), "width");
            assert!((width - 84.0 * 96.0 / 25.4).abs() < 0.01);
            assert!(of_class(&document, "title").is_empty());
            for node in document.descendants().filter(|node| node.has_tag_name("text")) {
                // 6 points at least.
                assert!(number(node, "font-size") * 0.75 >= 6.0, "{path}: {}", text(node));
            }
            let axes = of_class(&document, "panel")[0];
            let wide = number(axes, "data-right") - number(axes, "data-left");
            assert!(wide > 0.55 * width, "{path}: the axes have {wide} of {width}");
            assert!(texts(&document, "tick-x").len() > 1 && texts(&document, "tick-y").len() > 1, "{path}");
            for colour in ["fill", "stroke", "stop-color"] {
                for value in document.descendants().filter_map(|node| node.attribute(colour)) {
                    let grey = !value.starts_with('#') || (value[1..3] == value[3..5] && value[3..5] == value[5..7]);
                    assert!(grey, "{path}: {colour} {value}");
                }
            }
        }
    }
    let wrong = [("3mm", "5cm to 2m"), ("wide", "84mm"), ("84km", "84mm"), ("nanmm", "84mm")];
    for (width, told) in wrong {
        refused(&bench, &["output/cmp", "--width", width], &[told]);
    }
}

#[test]
fn income_is_drawn_as_a_share_of_the_rich_regions() {
    let bench = with_runs(&["garments-electronics"]);
    let ran = bench.run(&["plot", "output/garments-electronics", "--y", "share"]);
    done(&ran);
    assert_eq!(ran.out.trim(), "output/garments-electronics/share.svg", "beside the picture of the gap");
    let svg = bench.read("output/garments-electronics/share.svg");
    let document = Document::parse(&svg).expect("XML");
    assert_eq!(texts(&document, "y-label"), ["Income in Norte, % of Germany’s"]);
    let table = bench.read("output/garments-electronics/trajectory.csv");
    let last: f64 = column(&table, "income_gap").last().expect("a row").parse().expect("a gap");
    let points = drawn(&document, 0);
    assert!((points[points.len() - 1].1 - 100.0 / last).abs() < 0.1);
    refused(&bench, &["output/garments-electronics", "--y", "catch_up.beta"], &["is no sweep", "--y share"]);
}

#[test]
fn pictures_go_where_they_are_sent_and_none_covers_another() {
    let bench = with_runs(&["lagging-region", "cluster-collapse"]);
    let both = ["output/lagging-region", "output/cluster-collapse"];
    let ran = bench.run(&["plot", both[0], both[1], "--out", "pictures/new", "--what", "gap,growth"]);
    done(&ran);
    let told: Vec<&str> = ran.out.lines().collect();
    let expected = ["lagging-region-gap", "lagging-region-growth", "cluster-collapse-gap", "cluster-collapse-growth"];
    assert_eq!(told, expected.map(|name| format!("pictures/new/{name}.svg")));
    assert_eq!(bench.read("pictures/new/cluster-collapse-gap.svg"), bench.read("output/cluster-collapse/gap.svg"));
    done(&bench.run(&["plot", both[0], "--out", "one.png"]));
    assert!(std::fs::read(bench.path().join("one.png")).expect("a file").starts_with(b"\x89PNG"));
    refused(
        &bench,
        &[both[0], "--out", "one.svg", "--what", "gap,growth"],
        &["two pictures would be one.svg", "gap", "growth"],
    );
    refused(&bench, &[both[0], "--out", "one.svg", "--format", "png"], &["--out one.svg is no name for --format png"]);
    // The same picture twice is one.
    let ran = bench.run(&["plot", both[0], both[0], "--what", "gap,gap"]);
    done(&ran);
    assert_eq!(ran.out.lines().count(), 1);
}

#[test]
fn pdf_is_one_page_of_the_size_of_the_svg_and_always_the_same() {
    let bench = with_runs(&["garments-electronics"]);
    write_comparison(&bench, "output/cmp", &["one", "two"]);
    let read = |path: &str| std::fs::read(bench.path().join(path)).expect("a picture");
    for (folder, what) in [("output/garments-electronics", "gap"), ("output/cmp", "decomposition")] {
        done(&bench.run(&["plot", folder, "--what", what, "--format", "pdf"]));
        done(&bench.run(&["plot", folder, "--what", what]));
        let path = format!("{folder}/{what}.pdf");
        let pdf = read(&path);
        let text = String::from_utf8_lossy(&pdf).into_owned();
        assert!(text.starts_with("%PDF-1.") && text.trim_end().ends_with("%%EOF"));
        assert!(!text.contains("Date"), "nothing of the clock");
        let svg = bench.read(&format!("{folder}/{what}.svg"));
        let document = Document::parse(&svg).expect("XML");
        let size = ["width", "height"].map(|name| 0.75 * number(document.root_element(), name));
        assert!(text.contains(&format!("/MediaBox [0 0 {} {}]", size[0], size[1])), "{size:?}");
        assert_eq!(text.contains("/PatternType 1"), what == "decomposition", "hatchings are patterns");
        done(&bench.run(&["plot", folder, "--what", what, "--format", "pdf"]));
        assert!(read(&path) == pdf, "the same bytes every time");
    }
}

#[test]
fn no_picture_holds_what_is_no_number() {
    let bench = Bench::new();
    write_comparison(&bench, "output/cmp", &["one", "two"]);
    let table = bench.read("output/cmp/comparison.csv");
    // As wide as numbers go, and gaps that are empty.
    let rows = table.lines().map(|line| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        match (cells[0].as_str(), cells[1].as_str()) {
            ("one", "1") => cells[7] = "1.7e308".to_owned(),
            ("one", "2") => cells[7] = "4e-320".to_owned(),
            ("two", "1") => {
                cells[7].clear();
                cells[10] = "-1.7e308".to_owned();
                cells[11] = "1.7e308".to_owned();
            }
            _ => {}
        }
        cells.join(",")
    });
    let rows: Vec<String> = rows.collect();
    bench.write("output/cmp/comparison.csv", rows.join("\n") + "\n");
    let ran = bench.run(&["plot", "output/cmp", "--what", "gap,share,wage,growth,margin,decomposition"]);
    done(&ran);
    for path in ran.out.lines() {
        let svg = bench.read(path);
        for word in ["NaN", "inf", "Infinity"] {
            assert!(!svg.contains(word), "{path}: {word}");
        }
    }
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
    refused(&bench, &["output/lagging-region", "--format", "gif"], &["svg", "png", "pdf"]);
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
    cut("no-end", table[..table.len() - 9].to_owned(), &["its last line does not end", "cut short"]);
    cut(
        "ragged",
        format!("{}\nlagging-region,1,1\n", rows[..2].join("\n")),
        &["line 3", "3 cells where the header has 15"],
    );
    cut(
        "rows-lost",
        [&rows[..3], &rows[6..]].concat().join("\n") + "\n",
        &["line 4", "period = \"5\" is no period 2, which is due"],
    );
    cut("no-rows", format!("{}\n", rows[0]), &["has no rows"]);
    cut("words", table.replacen(",2025.0,", ",soon,", 1), &["line 2", "year = \"soon\" is no number"]);
    cut("infinite", table.replacen(",2025.0,", ",inf,", 1), &["year = \"inf\" is no number"]);
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
    let events = bench.read("output/lagging-region/events.csv");
    bench.write("short/events.csv", format!("{events}lagging-region,1,1.0,2026.0,harvest,,good\n"));
    refused(&bench, &["short"], &["events.csv", "event = \"harvest\" is no event of a run"]);
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
