//! Protects what `catchup map` writes and refuses: brackets that can be run again, the same bytes on any number of threads, and
//! every mistake told with what is allowed.

use crate::common::{Bench, column};

const WORLD: &str = r#"schema_version = 1
name = "world"
[time]
horizon = 60
[growth]
x = 0.02
[catch_up]
z_hat = 0.5
[sector.textiles]
lambda = 1.3
y_R = 1.25
y_P = 1.0
Z_P = 0.8
[sector.electronics]
lambda = 1.5
y_R = 2.0
y_P = 1.0
Z_P = 0.8
[solver]
method = "exact"
[[policy]]
from = 5
until = 30
promote = "electronics"
sustain = "always"
"#;

const MAP: [&str; 10] = [
    "map",
    "world.toml",
    "--x",
    "sector.textiles.lambda=1.05:1.45",
    "--y",
    "sector.electronics.y_R=1.31:4.31",
    "--of",
    "outcome",
    "--resolution",
    "20",
];

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("world.toml", WORLD);
    bench
}

#[test]
fn every_point_of_a_boundary_lies_between_two_runs_of_different_answers() {
    let bench = bench();
    let ran = bench.run(&MAP);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.starts_with("map-world\n  What became of the sector promoted last: "), "{}", ran.out);
    assert!(ran.out.trim_end().ends_with("output/map-world/"), "{}", ran.out);
    let text = bench.read("output/map-world/boundaries.csv");
    let [x, y] = [["x_left", "x_right"], ["y_left", "y_right"]].map(|names| names.map(|name| column(&text, name)));
    let told = [column(&text, "left"), column(&text, "right")];
    let rows = told[0].len();
    assert!(rows > 30, "{rows} points");
    for row in (0..rows).step_by(rows / 4) {
        for side in 0..2 {
            let sets = [
                format!("sector.textiles.lambda={}", x[side][row]),
                format!("sector.electronics.y_R={}", y[side][row]),
            ];
            let ran = bench.run(&["run", "world.toml", "--json", "--no-plot", "--set", &sets[0], "--set", &sets[1]]);
            let outcome = format!("\"outcome\":\"{}\"", told[side][row]);
            assert!(ran.out.contains(&outcome), "row {row}, {sets:?}: no {outcome} in {}", ran.out);
        }
        let far = |of: &[Vec<String>; 2]| {
            let [left, right] = [0, 1].map(|side: usize| of[side][row].parse::<f64>().expect("a number"));
            (left - right).abs()
        };
        assert!(far(&x) <= 0.4e-9 && far(&y) <= 3e-9, "row {row}");
    }
}

#[test]
fn threads_change_no_byte_and_another_name_another_folder() {
    let bench = bench();
    let mut before: Option<Vec<String>> = None;
    for threads in ["1", "2", "7"] {
        let ran = bench.run(&[&MAP[..], &["--threads", threads, "--name", &format!("by-{threads}")]].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let files = ["boundaries.csv", "regions.csv", "map.svg", "scenario.toml"];
        let read: Vec<String> = files.iter().map(|file| bench.read(&format!("output/by-{threads}/{file}"))).collect();
        assert!(before.is_none_or(|before| before == read), "{threads} threads");
        before = Some(read);
    }
    let regions = bench.read("output/by-1/regions.csv");
    let shares: f64 = column(&regions, "share").iter().map(|share| share.parse::<f64>().expect("a number")).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    assert_eq!(column(&regions, "here").iter().filter(|here| *here == "true").count(), 1);
    let package = bench.read("output/by-1/datapackage.json");
    assert!(package.contains("\"kind\": \"map\"") && package.contains("\"boundaries.csv\""), "{package}");
    // A folder of another kind is not taken over.
    let ran = bench.run(&["run", "world.toml", "--set", "name=by-1"]);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
}

#[test]
fn machines_get_the_same_as_people() {
    let bench = bench();
    let ran = bench.run(&[&MAP[..], &["--json", "--no-plot"]].concat());
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let file: serde_json::Value = serde_json::from_str(&bench.read("output/map-world/summary.json")).expect("JSON");
    assert_eq!(said, file);
    assert_eq!(said["of"], "outcome");
    assert_eq!(said["here"]["on_the_plane"], true);
    assert!(!bench.exists("output/map-world/map.svg"));
}

#[test]
fn a_plane_that_cannot_be_mapped_is_refused_with_what_is_allowed() {
    let bench = bench();
    let x = MAP[3];
    let cases: [(&[&str], &[&str]); 15] = [
        (
            &["sector.textiles.lambda=1.4:1.1"],
            &["is a range from above to below", "write sector.textiles.lambda=1.1:1.4"],
        ),
        (&["sector.textiles.lambda=1.4:1.4"], &["is a range of one value", "FROM below UNTIL"]),
        (&["sector.textiles.lambda=1.1:inf"], &["sector.textiles.lambda = inf is out of range", "a number ≥ 1"]),
        (&["sector.textiles.lambda=0.5:2"], &["sector.textiles.lambda = 0.5 is out of range", "a number ≥ 1"]),
        (&["sector.textiles.lambda=a:2"], &["a is no number", "a number ≥ 1"]),
        (&["sector.textiles.lambda=1.2"], &["is given one value, not a range", "FROM:UNTIL"]),
        (&["sector.textiles.lambda"], &["is no side of a plane", "KEY=FROM:UNTIL"]),
        (&["sector.textiles.lamda=1:2"], &["no key of this scenario", "did you mean `sector.textiles.lambda`?"]),
        (&["sector.garments.lambda=1:2"], &["no key of this scenario", "sector.textiles.lambda"]),
        (
            &["poor.selection=1:2"],
            &["poor.selection takes history, highest-wage, isolation: a plane has numbers", "--set"],
        ),
        (&["sector.electronics.y_R=1:2"], &["--x and --y are both sector.electronics.y_R", "two different keys"]),
        (&[x, "--of", "outcom"], &["--of outcom: a run has nothing of that name", "did you mean `outcome`?"]),
        (
            &[x, "--of", "welfare", "--start", "both"],
            &["--start both does not go with --of welfare", "long_run_regime"],
        ),
        (
            &[x, "--of", "equivalent_variation", "--set", "policy=[]"],
            &["world promotes nothing: equivalent_variation is the same everywhere", "--set 'policy="],
        ),
        (&[x, "--of", "verdict", "--levels", "1"], &["--levels says nothing about verdict", "contours"]),
    ];
    for (given, fragments) in cases {
        let of: &[&str] = if given.contains(&"--of") { &[] } else { &["--of", "outcome"] };
        let args = [&["map", "world.toml", "--y", MAP[5], "--x"], given, of].concat();
        let ran = bench.run(&args);
        for fragment in fragments {
            assert!(ran.err.contains(fragment), "{given:?}: no {fragment:?} in\n{}", ran.err);
        }
        assert_eq!(ran.code, Some(2), "{given:?}: {}", ran.err);
        assert!(ran.err.contains("nothing was written") && !bench.exists("output"), "{given:?}: {}", ran.err);
    }
    // Nowhere on the plane is there a scenario: a policy would end before it begins.
    let args = ["map", "world.toml", "--x", "policy.0.from=40:50", "--y", "policy.0.until=10:20", "--of", "outcome"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("there is no scenario at policy.0.from = 45, policy.0.until = 15"), "{}", ran.err);
}
