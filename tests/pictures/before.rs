//! Protects how a picture of the gap, of income or of the wage begins: where the path stood before a policy of t = 0 moved it at once.

use crate::common::Bench;
use roxmltree::{Document, Node};

/// A region in isolation; a cluster in chips pays less at first, and needs a subsidy.
fn world(bench: &Bench, name: &str, policy: &str) {
    let text = format!(
        "schema_version = 1\nname = \"{name}\"\ntime = {{ start = 2000, horizon = 60 }}\ngrowth.x = 0.02\ncatch_up.beta = 0.05\n\
         sector.cloth = {{ lambda = 1.2, y_R = 1, y_P = 1, Z_P = 0.6 }}\n\
         sector.chips = {{ lambda = 1.5, y_R = 1, y_P = 1, Z_P = 0.3 }}\npolicy = [{policy}]\n"
    );
    bench.write(&format!("{name}.toml"), text);
}

const AT_ONCE: &str = "{ promote = \"chips\", sustain = \"always\" }";
const LATER: &str = "{ from = 5, promote = \"chips\", sustain = \"always\" }";

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

/// Values at which the dots before the first date stand, from their pixels and the ends of their panel's scale; all at its left end,
/// and at the beginning of their line.
fn dots(svg: &str) -> Vec<f64> {
    let document = Document::parse(svg).expect("XML");
    let of = |node: Node<'_, '_>| {
        let panel = node.ancestors().find(|node| node.attribute("class") == Some("panel")).expect("a panel");
        let [top, bottom, low, high] =
            ["data-top", "data-bottom", "data-y0", "data-y1"].map(|name| number(panel, name));
        let log = panel.attribute("data-log") == Some("true");
        let scale = |value: f64| if log { value.ln() } else { value };
        let y = scale(low) + (number(node, "cy") - bottom) / (top - bottom) * (scale(high) - scale(low));
        assert_eq!(number(node, "cx"), number(panel, "data-left"));
        let line = node.parent().expect("a run").children().find(|node| node.attribute("class") == Some("line"));
        let d = line.and_then(|line| line.attribute("d")).expect("a line");
        let start = format!("M{} {}", node.attribute("cx").expect("cx"), node.attribute("cy").expect("cy"));
        assert!(d.starts_with(&start), "{d} should begin {start}");
        if log { y.exp() } else { y }
    };
    document.descendants().filter(|node| node.attribute("class") == Some("before")).map(of).collect()
}

fn near(own: &[f64], expected: &[f64]) {
    let alike = |(a, b): (&f64, &f64)| (a / b - 1.0).abs() < 0.01;
    assert!(own.len() == expected.len() && own.iter().zip(expected).all(alike), "{own:?}, not {expected:?}");
}

/// Isolation in cloth: R's cluster makes it λ = 1.2 times as productive, and Z_P is 0.6 of Z_R.
const GAP: f64 = 1.2 / 0.6;

#[test]
fn a_path_that_policy_moves_at_once_begins_where_it_stood() {
    let bench = Bench::new();
    world(&bench, "at-once", AT_ONCE);
    world(&bench, "later", LATER);
    world(&bench, "alone", "");
    assert_eq!(bench.run(&["run", "at-once.toml", "later.toml", "alone.toml"]).code, Some(0));
    let run = bench.read("output/at-once/gap.svg");
    near(&dots(&run), &[GAP]);
    assert!(run.contains("Dot at the beginning"));
    for twin in ["later", "alone"] {
        let svg = bench.read(&format!("output/{twin}/gap.svg"));
        assert!(dots(&svg).is_empty() && !svg.contains("Dot at the beginning"), "{twin}");
    }
    // Drawn again from the files it is the same, and so begin income and the wage; what leaving would pay does not jump.
    assert_eq!(bench.run(&["plot", "output/at-once", "--what", "gap,share,wage,growth,z,margin"]).code, Some(0));
    assert_eq!(bench.read("output/at-once/gap.svg"), run);
    near(&dots(&bench.read("output/at-once/share.svg")), &[100.0 / GAP]);
    near(&dots(&bench.read("output/at-once/wage.svg")), &[1.0 / GAP]);
    for other in ["growth", "z", "margin"] {
        assert!(dots(&bench.read(&format!("output/at-once/{other}.svg"))).is_empty(), "{other}");
    }
    // Where the scenario no longer stands beside its tables, nothing is known of it.
    std::fs::remove_file(bench.path().join("output/at-once/scenario.toml")).expect("a scenario");
    std::fs::remove_file(bench.path().join("output/at-once/datapackage.json")).expect("a package");
    assert_eq!(bench.run(&["plot", "output/at-once"]).code, Some(0));
    assert!(dots(&bench.read("output/at-once/gap.svg")).is_empty());
}

#[test]
fn the_paths_of_a_comparison_begin_at_one_point() {
    let bench = Bench::new();
    world(&bench, "at-once", AT_ONCE);
    world(&bench, "later", LATER);
    world(&bench, "alone", "");
    let ran = bench.run(&["compare", "at-once.toml", "later.toml", "alone.toml", "--name=all"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let svg = bench.read("output/all/gap.svg");
    near(&dots(&svg), &[GAP]);
    near(&dots(&bench.read("output/all/wage.svg")), &[1.0 / GAP]);
    assert!(bench.read("output/all/report.html").contains("class=\"before\""));
    assert_eq!(bench.run(&["plot", "output/all", "--what", "gap"]).code, Some(0));
    assert_eq!(bench.read("output/all/gap.svg"), svg);
}
