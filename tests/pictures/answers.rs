//! Protects the pictures of searches, flips and maps: `catchup plot` draws those of a folder again from its tables, to the last byte,
//! in other formats and widths too; the names on a map keep clear of each other.

use crate::common::{Bench, Ran, root};
use roxmltree::{Document, Node};
use std::fs;

fn scenario() -> String {
    root().join("scenarios/garments-electronics.toml").to_string_lossy().into_owned()
}

#[track_caller]
fn done(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
}

#[track_caller]
fn refused(bench: &Bench, args: &[&str], parts: &[&str]) {
    let ran = bench.run(&[&["plot"], args].concat());
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(parts.iter().all(|part| ran.err.contains(part)), "{args:?}: {}", ran.err);
}

/// Draws the pictures of a folder again; they are as they were.
#[track_caller]
fn again(bench: &Bench, folder: &str, pictures: &[&str]) {
    let before: Vec<String> = pictures.iter().map(|picture| bench.read(&format!("{folder}/{picture}.svg"))).collect();
    for picture in pictures {
        fs::remove_file(bench.path().join(format!("{folder}/{picture}.svg"))).expect("it was there");
    }
    done(&bench.run(&["plot", folder]));
    for (picture, before) in pictures.iter().zip(before) {
        assert!(bench.read(&format!("{folder}/{picture}.svg")) == before, "{folder}/{picture}.svg differs");
    }
}

#[test]
fn a_search_is_drawn_again_from_its_tables() {
    let bench = Bench::new();
    let file = scenario();
    let short = ["--from=20:60", "--until=25:80,never"];
    let cases: [(&str, &[&str]); 4] = [
        ("worth", &["--set=welfare.discount_rate=0.01"]),
        ("bounded", &["--set=welfare.discount_rate=0.01", "--budget=0.6"]),
        ("gap", &["--objective=long_run_gap", "--sectors=electronics"]),
        ("nothing", &["--set=welfare.cost_of_funds=2.5", "--objective=net_gain_pv"]),
    ];
    for (name, more) in cases {
        let args = [&["optimise", file.as_str(), "--name", name, "--quiet"], &short[..], more].concat();
        done(&bench.run(&args));
        // A front of one policy has no picture.
        let policies = bench.read(&format!("output/{name}/front.csv")).lines().count() - 1;
        let pictures: &[&str] = if policies > 1 { &["optimum", "front"] } else { &["optimum"] };
        again(&bench, &format!("output/{name}"), pictures);
        assert_eq!(bench.exists(&format!("output/{name}/front.svg")), policies > 1, "{name}");
    }
    // The policies of the front are marked, and nothing else is: not the corners between them.
    let front = bench.read("output/worth/front.svg");
    let marked = |class: &str| front.matches(&format!("<circle class=\"{class}\"")).count();
    let policies = bench.read("output/worth/front.csv").lines().count() - 1;
    assert!(policies > 1, "one policy has no corners");
    assert_eq!((marked("point"), marked("jump")), (policies, 1));
    // Where nothing pays, what is nothing but rounding has no colours, and nothing costs less than nothing.
    done(&bench.run(&[&["optimise", file.as_str(), "--name=plain", "--quiet"], &short[..]].concat()));
    again(&bench, "output/plain", &["optimum"]);
    let dates = bench.read("output/plain/optimum.svg");
    let (dates, front) = (Document::parse(&dates).expect("XML"), Document::parse(&front).expect("XML"));
    let said = |document: &Document<'_>, class: &str| -> Vec<String> {
        let nodes = document.descendants().filter(|node| node.attribute("class") == Some(class));
        nodes.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    };
    assert!(said(&dates, "map-name").contains(&"garments: 0 throughout".to_owned()), "{:?}", said(&dates, "map-name"));
    let scale = said(&dates, "tick-scale");
    assert!(scale.len() > 2 && scale.iter().all(|tick| !tick.contains('×')), "{scale:?}");
    let costs = said(&front, "tick-x");
    assert!(costs.len() > 2 && costs.iter().all(|tick| !tick.starts_with('\u{2212}')), "{costs:?}");
    // Another width is another file; other formats are of the same picture.
    done(&bench.run(&["plot", "output/worth", "--what", "optimum", "--width", "84mm", "--format", "pdf"]));
    assert!(bench.read_bytes("output/worth/optimum-84mm.pdf").starts_with(b"%PDF"));
    let title = "A garment exporter that could enter electronics";
    assert!(bench.read("output/worth/optimum.svg").contains(title));
    // The front alone is too little for the picture of dates.
    done(&bench.run(&[&["optimise", file.as_str(), "--name=front", "--front", "--quiet"], &short[..]].concat()));
    refused(&bench, &["output/front"], &["holds the front alone", "--what front"]);
    done(&bench.run(&["plot", "output/front", "--what", "front"]));
    refused(&bench, &["output/worth", "--what", "gap"], &["has no picture \"gap\"", "optimum and front"]);
    refused(&bench, &["output/worth", "--x", "catch_up.beta"], &["is no sweep", "leave them out"]);
    // A table that was edited is not believed.
    let table = bench.read("output/worth/optimum.csv");
    bench.write("output/worth/optimum.csv", &table[..table.len() / 2]);
    refused(&bench, &["output/worth"], &["optimum.csv is not as it was written"]);
}

#[test]
fn flips_are_drawn_again_from_their_table() {
    let bench = Bench::new();
    let file = scenario();
    let ask = |name: &str, more: &[&str]| {
        let args = [&["flip", file.as_str(), "--name", name, "--quiet"], more].concat();
        done(&bench.run(&args));
        again(&bench, &format!("output/{name}"), &["flip"]);
    };
    ask("one", &["--key=policy.0.until", "--until=outcome=self-sustaining"]);
    ask("every", &["--until=outcome=self-sustaining"]);
    ask("number", &["--key=poor.tau", "--key=growth.x", "--until=equivalent_variation>0"]);
    refused(&bench, &["output/one", "--what", "optimum"], &["has no picture \"optimum\"", "it has flip"]);
}

#[test]
fn robust_searches_are_drawn_again_from_their_table() {
    let bench = Bench::new();
    let sweep = fs::read_to_string(root().join("scenarios/sweeps/garments-electronics.toml")).expect("a sweep");
    bench.write("garments-electronics.toml", fs::read_to_string(scenario()).expect("a scenario"));
    let sweep = sweep.replace("../garments-electronics.toml", "garments-electronics.toml").replace("256", "16");
    bench.write("states.toml", sweep);
    let dates = ["--from=60:70", "--until=80:90,never"];
    done(&bench.run(&[&["optimise", "states.toml", "--name=states", "--quiet"], &dates[..]].concat()));
    again(&bench, "output/states", &["robust"]);
    done(&bench.run(&["plot", "output/states", "--width=84mm", "--grey", "--no-title", "--format=pdf"]));
    assert!(bench.read_bytes("output/states/robust-84mm-grey-untitled.pdf").starts_with(b"%PDF"));
    // A row for every policy, and none of them but the first is none at all.
    let table = bench.read("output/states/expected.csv");
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert!(
        rows.len() > 400 && rows[0].starts_with("0,,") && rows[1..].iter().all(|row| !row.contains(",,if")),
        "{}",
        rows[0]
    );
    let summary: serde_json::Value = serde_json::from_str(&bench.read("output/states/summary.json")).expect("JSON");
    assert_eq!(summary["policies"].as_u64(), Some(rows.len() as u64));
}

#[test]
fn maps_and_explanations_take_the_looks_of_pictures() {
    let bench = Bench::new();
    let file = scenario();
    let plane =
        ["--x=catch_up.beta=0.02:0.04", "--y=welfare.discount_rate=0.01:0.04", "--of=verdict", "--resolution=6"];
    let looks = ["--width=84mm", "--grey", "--no-title", "--format=svg,pdf"];
    done(&bench.run(&[&["map", &file, "--name=m", "--quiet"], &plane[..], &looks[..]].concat()));
    let svg = bench.read("output/m/map.svg");
    assert!(svg.contains("width=\"317.48\"") && !svg.contains("class=\"title\""), "{svg}");
    assert!(bench.read_bytes("output/m/map.pdf").starts_with(b"%PDF") && !bench.exists("output/m/map.png"));
    let ran = bench.run(&[&["map", &file, "--name=n", "--no-plot", "--grey"], &plane[..]].concat());
    assert!(ran.code == Some(2) && ran.err.contains("--no-plot does not go with"), "{ran:?}");
    refused(&bench, &["output/m"], &["is drawn by catchup map", "--width, --grey and --no-title itself"]);
}

/// Without hues what is worse than nothing is told from what is better by lines over it, in the plane and in its key.
#[test]
fn losses_on_a_grey_map_are_hatched() {
    let bench = Bench::new();
    let file = scenario();
    let mapped = |of: &str, more: &[&str]| {
        let plane =
            ["--x=catch_up.beta=0.02:0.06", "--y=welfare.discount_rate=0.005:0.04", "--resolution=8", "--quiet"];
        done(&bench.run(&[&["map", &file, "--name=m", "--of", of], &plane[..], more].concat()));
        bench.read("output/m/map.svg")
    };
    let svg = mapped("equivalent_variation", &["--grey"]);
    let document = Document::parse(&svg).expect("well-formed");
    let of = |class: &str, what: &str| -> Vec<String> {
        let nodes = document.descendants().filter(|node| node.attribute("class") == Some(class));
        nodes.filter_map(|node| node.attribute(what).map(str::to_owned)).collect()
    };
    let (outlines, hatched) = (of("region", "d"), of("worse", "d"));
    let worse = |name: &String| name.starts_with("..-") || name.starts_with('-');
    let wanted: Vec<&String> =
        of("region", "data-name").iter().zip(&outlines).filter(|(name, _)| worse(name)).map(|(_, d)| d).collect();
    assert!(!wanted.is_empty() && wanted.len() < outlines.len(), "losses and gains");
    assert_eq!(hatched.iter().collect::<Vec<_>>(), wanted);
    let looks: Vec<(String, bool)> =
        of("region", "fill").into_iter().zip(outlines.iter().map(|d| hatched.contains(d))).collect();
    let names = of("region", "data-name");
    for (a, first) in names.iter().enumerate() {
        for (b, second) in names.iter().enumerate().filter(|(_, second)| *second != first) {
            assert!(looks[a] != looks[b], "{first} and {second} look alike: {:?}", looks[a]);
        }
    }
    assert!(!of("key-worse", "fill").is_empty(), "the key says so");
    assert!(!mapped("equivalent_variation", &[]).contains("class=\"worse\""), "hues say it");
    assert!(!mapped("half_life", &["--grey"]).contains("class=\"worse\""), "a size is no loss");
}

/// Left, top, right and bottom of a text, roughly.
fn extent(node: Node<'_, '_>, centred: bool) -> [f64; 4] {
    let number = |name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok()).expect("a number");
    let (x, y, size) = (number("x"), number("y"), number("font-size"));
    let letters: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    let wide = 0.5 * size * letters.chars().count() as f64;
    let left = match node.attribute("text-anchor") {
        _ if centred => x - wide / 2.0,
        Some("end") => x - wide,
        _ => x,
    };
    [left, y - 0.8 * size, left + wide, y]
}

#[test]
fn names_on_a_map_keep_clear_of_the_scenario() {
    let bench = Bench::new();
    let file = scenario();
    // Planes in whose middle, or at whose edge, the scenario lies.
    let (mut names, mut close) = (0, 0);
    for (x, y) in [
        ("catch_up.beta=0.018:0.04", "welfare.discount_rate=0.01:0.05"),
        ("catch_up.beta=0.028:0.06", "welfare.discount_rate=0.02:0.04"),
        ("catch_up.beta=0.01:0.03", "welfare.discount_rate=0.0001:0.06"),
        ("growth.x=0.01:0.024", "poor.tau=1:5"),
    ] {
        let args = ["map", &file, "--x", x, "--y", y, "--of=verdict", "--resolution=12", "--name=m", "--quiet"];
        done(&bench.run(&args));
        let svg = bench.read("output/m/map.svg");
        let document = Document::parse(&svg).expect("well-formed");
        let of = |class: &str| {
            document.descendants().filter(|node| node.attribute("class") == Some(class)).collect::<Vec<_>>()
        };
        let here = extent(of("here-name")[0], false);
        // Where it lies on the frame, the line does not go through its name.
        assert!(of("frame")[0].id().get() < of("here-name")[0].id().get(), "what is drawn later is seen");
        let across = |own: &[f64; 4], other: &[f64; 4]| own[0] < other[2] && other[0] < own[2];
        for name in of("region-name") {
            let own = extent(name, true);
            assert!(!(across(&own, &here) && own[1] < here[3] && here[1] < own[3]), "{x} {y}: {own:?} {here:?}");
            names += 1;
            close += usize::from(across(&own, &here));
        }
    }
    assert!(names >= 4 && close > 0, "{names} names, {close} above or below");
}

/// A region of a plane that is wide in two places and narrow between them is called by its name in both; every name stands in a region
/// that it is the name of.
#[test]
fn each_wide_part_of_a_region_has_its_name() {
    let bench = Bench::new();
    let text = "schema_version = 1\nname = \"valley\"\ntime = { start = 2000, horizon = 100 }\ngrowth.x = 0.018\n\
                catch_up = { form = \"logistic\", beta = 0.05 }\npoor = { start = \"isolation\", tau = 2 }\n\
                sector.cloth = { lambda = 1.06, y_R = 1, y_P = 0.75, Z_P = 0.7 }\n\
                sector.chips = { lambda = 1.3, y_R = 1, y_P = 0.9, Z_P = 0.4 }\n\
                policy = [{ until = 8, promote = \"chips\", sustain = \"always\" }]\n";
    bench.write("valley.toml", text);
    let sides = ["--x=catch_up.beta=0.02:0.08", "--y=growth.x=0.005:0.05"];
    let args = ["map", "valley.toml", sides[0], sides[1], "--of=half_life", "--resolution=20", "--name=m", "--quiet"];
    assert_eq!(bench.run(&args).code, Some(0));
    let svg = bench.read("output/m/map.svg");
    let document = Document::parse(&svg).expect("well-formed");
    let names: Vec<&str> = document
        .descendants()
        .filter(|node| node.attribute("class") == Some("region-name"))
        .filter_map(|node| node.text())
        .collect();
    let count = |name: &str| names.iter().filter(|other| **other == name).count();
    assert_eq!([count("10 to 20"), count("20 to 50"), count("below 10")], [2, 2, 1], "{names:?}");
}
