//! Protects what `export` makes of a folder's tables: every value of the CSV, whole files or none, and what is too long for a
//! sheet is refused. That others can open the workbook is protected among the outside programs.

use crate::common::{Bench, root};
use std::fs;

fn recorded() -> Bench {
    let bench = Bench::new();
    let scenario = root().join("scenarios/garments-electronics.toml");
    let ran = bench.run(&["run", scenario.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    bench
}

/// The cells of a table, decimal commas turned back into points.
fn cells(text: &str, delimiter: u8, numbers: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let number = |place: usize| numbers.contains(&&header[place]);
    let mut rows = vec![header.iter().map(str::to_owned).collect::<Vec<_>>()];
    for record in reader.records() {
        let record = record.expect("a row");
        let cell = |(place, cell): (usize, &str)| {
            if number(place) { cell.replace(',', ".") } else { cell.to_owned() }
        };
        rows.push(record.iter().enumerate().map(cell).collect());
    }
    rows
}

#[test]
fn csv_with_decimal_commas_holds_every_cell_of_the_table() {
    let bench = recorded();
    let ran = bench.run(&["export", "output/garments-electronics", "--format", "csv2"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.out.lines().count(), 3, "{ran:?}");
    let package: serde_json::Value =
        serde_json::from_str(&bench.read("output/garments-electronics/datapackage.json")).expect("JSON");
    for table in ["trajectory", "sectors", "events"] {
        let resource = package["resources"].as_array().into_iter().flatten().find(|resource| resource["name"] == table);
        let fields = resource.and_then(|resource| resource["schema"]["fields"].as_array()).expect("fields");
        let numbers: Vec<&str> = fields
            .iter()
            .filter(|field| field["type"] == "number")
            .filter_map(|field| field["name"].as_str())
            .collect();
        let exported = bench.read(&format!("output/garments-electronics/{table}.csv2.csv"));
        let text = exported.strip_prefix('\u{feff}').expect("a byte-order mark");
        assert!(text.ends_with("\r\n") && text.lines().nth(1).is_some_and(|line| line.contains(';')), "{table}");
        let original = cells(&bench.read(&format!("output/garments-electronics/{table}.csv")), b',', &[]);
        assert_eq!(cells(text, b';', &numbers), original, "{table}");
        assert!(original.len() > 3);
    }
}

/// The text of a file inside a workbook.
fn inflated(workbook: &[u8], name: &str) -> String {
    let names = workbook.windows(name.len()).position(|part| part == name.as_bytes()).expect("the file");
    let header = &workbook[names - 30..names];
    assert!(header.starts_with(b"PK\x03\x04"));
    let extra = usize::from(u16::from_le_bytes([header[28], header[29]]));
    let packed = &workbook[names + name.len() + extra..];
    String::from_utf8(miniz_oxide::inflate::decompress_to_vec(packed).expect("deflated")).expect("UTF-8")
}

/// A quantile that has no bound is there and infinite: not a cell that nobody could fill.
#[test]
fn what_has_no_bound_is_said_so_and_not_left_out() {
    let bench = Bench::new();
    bench.write("study/summary.csv", "statistic,value\np50,1.5\np95,inf\nmean,\n");
    let package = r#"{"catchup": {"kind": "sweep"}, "resources": [{"path": "summary.csv", "schema": {"fields": [
        {"name": "statistic", "type": "string"}, {"name": "value", "type": "number"}]}}]}"#;
    bench.write("study/datapackage.json", package);
    let ran = bench.run(&["export", "study", "--format", "csv2"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(bench.read("study/summary.csv2.csv"), "\u{feff}statistic;value\r\np50;1,5\r\np95;inf\r\nmean;\r\n");
    assert_eq!(bench.run(&["export", "study"]).code, Some(0));
    let workbook = fs::read(bench.path().join("study/study.xlsx")).expect("a workbook");
    let sheet = inflated(&workbook, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<t>inf</t>") && sheet.contains("<v>1.5</v>"), "{sheet}");
}

#[test]
fn an_export_is_whole_the_same_each_time_and_no_part_of_the_run() {
    let bench = recorded();
    let export = || bench.run(&["export", "output/garments-electronics"]);
    let ran = export();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (Some(0), "output/garments-electronics/garments-electronics.xlsx\n"),
        "{ran:?}"
    );
    let path = bench.path().join("output/garments-electronics/garments-electronics.xlsx");
    let first = fs::read(&path).expect("a workbook");
    assert!(first.starts_with(b"PK") && first.len() > 10_000);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(export().code, Some(0));
    assert!(fs::read(&path).expect("a workbook") == first, "another second, the same bytes");
    let scenario = root().join("scenarios/garments-electronics.toml");
    assert_eq!(bench.run(&["run", scenario.to_str().expect("UTF-8")]).code, Some(0), "the run is written again");
    assert!(path.exists(), "what was exported stays");
    // A table that is cut leaves the workbook of before.
    let csv = bench.read("output/garments-electronics/sectors.csv");
    bench.write("output/garments-electronics/sectors.csv", &csv[..csv.len() - 1]);
    let ran = export();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("sectors.csv: its last line does not end"), "{ran:?}");
    assert!(fs::read(&path).expect("a workbook") == first);
    let left: Vec<_> = fs::read_dir(path.parent().expect("a folder")).expect("a folder").flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().ends_with(".tmp")), "{left:?}");
}

#[test]
fn what_is_no_folder_of_ours_is_refused() {
    let bench = Bench::new();
    bench.write("mine/notes.csv", "a,b\n1,2\n");
    for folder in ["mine", "nowhere"] {
        let ran = bench.run(&["export", folder]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains("no finished output of catchup") && ran.err.contains("datapackage.json"), "{ran:?}");
    }
}

#[test]
fn more_rows_than_a_sheet_has_are_refused_and_csv2_takes_them() {
    const ROWS: usize = 1_048_576;
    let bench = Bench::new();
    let mut table = String::from("k\n");
    (0..ROWS).for_each(|k| table.extend([k.to_string().as_str(), "\n"]));
    bench.write("long/long.csv", &table);
    let package = r#"{"catchup": {"kind": "run"}, "resources": [{"path": "long.csv", "schema": {"fields": [{"name": "k", "type": "integer"}]}}]}"#;
    bench.write("long/datapackage.json", package);
    let ran = bench.run(&["export", "long"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("1,048,576") && ran.err.contains("--format csv2"), "{ran:?}");
    assert_eq!(fs::read_dir(bench.path().join("long")).expect("a folder").count(), 2, "nothing is left");
    let ran = bench.run(&["export", "long", "--format", "csv2", "--out", "elsewhere"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(bench.read("elsewhere/long.csv2.csv").lines().count(), ROWS + 1);
}

/// What was made of tables goes with them: beside new tables stands nothing that claims to be theirs, and nothing of the user's is
/// lost.
#[test]
fn what_was_made_of_tables_that_are_gone_goes_too() {
    let bench = recorded();
    let scenario = root().join("scenarios/garments-electronics.toml");
    let done = |args: &[&str]| assert_eq!(bench.run(args).code, Some(0), "{args:?}");
    let run = |sets: &[&str]| done(&[&["run", scenario.to_str().expect("UTF-8")], sets].concat());
    let folder = "output/garments-electronics";
    done(&["export", folder]);
    done(&["export", folder, "--format", "csv2"]);
    done(&["plot", folder, "--what", "wage", "--format", "png"]);
    let made = ["garments-electronics.xlsx", "trajectory.csv2.csv", "wage.png"].map(|name| format!("{folder}/{name}"));
    bench.write(&format!("{folder}/notes.txt"), "mine");
    // The same tables again: what was made of them is still theirs.
    run(&[]);
    made.iter().for_each(|name| assert!(bench.exists(name), "{name}"));
    // Others: it goes, but for what somebody has made their own.
    bench.write(&made[1], "changed by hand");
    run(&["--set", "time.horizon=120"]);
    assert!(!bench.exists(&made[0]) && !bench.exists(&made[2]), "stale");
    assert!(bench.exists(&made[1]) && bench.exists(&format!("{folder}/notes.txt")), "the user's own");
    assert!(bench.exists(&format!("{folder}/trajectory.csv")));
}
