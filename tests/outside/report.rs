//! Protects the report of a comparison as its readers see it: in a browser without a network, on a laptop and on a phone.
//! What needs no browser is checked on the bytes: one file, not too big, escaped, the same every time.
//!
//! Needs Debian's `chromium` and `chromium-driver`, and Python with `selenium`: `python3`, or the interpreter that
//! `CATCHUP_PYTHON` names. Without them the browser's tests are shown as ignored; with `CATCHUP_REQUIRE_OUTSIDE=1` they
//! fail instead. Screenshots are left in `target/report`.

use crate::common::{Bench, root};
use crate::{ensure, missing_packages, python, trial};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// A title and a description that would be mischief if they were not escaped.
const MISCHIEF: &str = "</title><script>alert(window.hacked = 1)</script> & \\\"<b>\\\" 'x' </script><!--";

/// What is missing to open pages, if anything.
fn missing() -> Option<String> {
    let program = ["/usr/bin/chromium", "/usr/bin/chromedriver"].into_iter().find(|path| !Path::new(path).exists());
    if let Some(program) = program {
        return Some(format!("{program} is missing: apt install chromium chromium-driver"));
    }
    missing_packages(&["selenium"])
}

/// Compares every counterfactual of a shipped scenario, its title replaced by mischief; the folder's name.
fn compared(bench: &Bench, scenario: &str, more: &[&str]) -> Result<String, Failed> {
    let text = std::fs::read_to_string(root().join(format!("scenarios/{scenario}.toml")))?;
    // Its own title and description stand before the first table.
    let (_, tables) = text.split_once("\n[").ok_or("no table")?;
    let sources = format!("[sources]\n\"welfare.discount_rate\" = \"{MISCHIEF}\"\n");
    let tables = tables.replace("[sources]\n", &sources);
    let file = format!("schema_version = 1\ntitle = \"{MISCHIEF}\"\ndescription = \"{MISCHIEF}\"\n[{tables}");
    bench.write(&format!("{scenario}.toml"), file);
    let file = format!("{scenario}.toml");
    let mut args = vec!["compare", &file, "--each-cluster"];
    args.extend(more);
    let ran = bench.run(&args);
    if ran.code == Some(0) { Ok(format!("output/compare-{scenario}")) } else { Err(format!("{ran:?}").into()) }
}

fn browsed(scenario: &str, more: &[&str]) -> Result<(), Failed> {
    let bench = Bench::new();
    let folder = bench.path().join(compared(&bench, scenario, more)?);
    let output = Command::new(python())
        .arg(root().join("tests/outside/browse.py"))
        .args([&folder.join("report.html"), &folder, &root().join("target/report")])
        .output()?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(()) } else { Err(said.into()) }
}

fn one_file_that_needs_nothing() -> Result<(), Failed> {
    let bench = Bench::new();
    let folder = compared(&bench, "garments-electronics", &["--from", "5"])?;
    let page = bench.read(&format!("{folder}/report.html"));
    ensure(page.len() < 400_000, || format!("{} bytes", page.len()))?;
    for reference in [" src=", "href=\"http", "href='http", "@import", "url(\"", "url(http", "url(data"] {
        ensure(!page.contains(reference), || format!("{reference} refers to something outside"))?;
    }
    for danger in ["eval(", "Function(", "innerHTML", "insertAdjacentHTML", "document.write"] {
        ensure(!page.contains(danger), || format!("{danger} makes code or markup of text"))?;
    }
    ensure(page.contains("default-src 'none'"), || "no policy keeps the page offline".to_owned())?;
    ensure(page.matches("<script").count() == 2, || "two scripts: data and behaviour".to_owned())
}

/// What the page shows under a pointer are the tables' own cells, digit by digit.
fn numbers_are_those_of_the_tables() -> Result<(), Failed> {
    let bench = Bench::new();
    let folder = compared(&bench, "cluster-collapse", &[])?;
    let page = bench.read(&format!("{folder}/report.html"));
    let (_, data) = page.split_once("id=\"numbers\">").ok_or("no numbers")?;
    let numbers: serde_json::Value = serde_json::from_str(data.split_once("</script>").ok_or("no end")?.0)?;
    // The page calls runs what people call them, the tables by their names: summary.csv says which is which.
    let summary = bench.read(&format!("{folder}/summary.csv"));
    let called = csv::Reader::from_reader(summary.as_bytes())
        .deserialize()
        .collect::<Result<Vec<BTreeMap<String, String>>, _>>()?;
    let shown = numbers["runs"].as_array().ok_or("no runs")?;
    ensure(shown.len() == called.len(), || format!("{shown:?} for {called:?}"))?;
    let mut names = Vec::new();
    for shown in shown {
        let ending = format!(": {}", shown.as_str().ok_or("no text")?);
        let own: Vec<_> = called.iter().filter(|run| run["label"].ends_with(&ending)).collect();
        ensure(own.len() == 1, || format!("{shown} is the end of {} labels", own.len()))?;
        names.push(own[0]["scenario"].as_str());
    }
    let mut columns = 0;
    for table in ["comparison.csv", "decomposition.csv"] {
        let text = bench.read(&format!("{folder}/{table}"));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers()?.clone();
        let rows = reader.records().collect::<Result<Vec<_>, _>>()?;
        for (i, column) in header.iter().enumerate() {
            let Some(runs) = numbers["columns"][column].as_array() else { continue };
            columns += 1;
            ensure(runs.len() == names.len(), || format!("{} runs have {column}", runs.len()))?;
            for (run, cells) in names.iter().zip(runs) {
                let own = rows.iter().filter(|row| row.get(0) == Some(run));
                let wanted: Vec<&str> = own.map(|row| &row[i]).collect();
                ensure(cells.as_str() == Some(wanted.join(",").as_str()), || format!("{column} of {run}: {cells}"))?;
            }
        }
    }
    ensure(columns == 11, || format!("{columns} columns"))
}

fn scenario_text_is_escaped() -> Result<(), Failed> {
    let bench = Bench::new();
    let folder = compared(&bench, "garments-electronics", &[])?;
    let page = bench.read(&format!("{folder}/report.html"));
    ensure(!page.contains("<script>alert"), || "a title is markup".to_owned())?;
    ensure(page.contains("&#60;script&#62;alert(window.hacked = 1)&#60;/script&#62;"), || {
        "the title is not shown".to_owned()
    })?;
    ensure(!page.contains("<!--"), || "a comment swallows the rest".to_owned())?;
    ensure(page.matches("</script>").count() == 2, || "each script ends once".to_owned())
}

fn everything_is_in_its_place() -> Result<(), Failed> {
    let bench = Bench::new();
    let folder = compared(&bench, "cluster-collapse", &[])?;
    let page = bench.read(&format!("{folder}/report.html"));
    let places = [
        "<h1>",
        "The answer",
        "The paths, best first",
        "Income gap",
        "Wage in Valdoro",
        "Growth",
        "How far a cluster is from collapse",
        "What moved the gap",
        "What happens when",
        "Equilibria",
        "Parameters and their sources",
        "Scenario files",
        "Version and checksums",
    ];
    let at: Vec<Option<usize>> = places
        .iter()
        .map(|place| page.find(&if place.starts_with('<') { (*place).to_owned() } else { format!("<h2>{place}</h2>") }))
        .collect();
    ensure(at.iter().all(Option::is_some) && at.is_sorted(), || format!("{at:?}"))?;
    // The checksums are those of the data package; pictures are drawn together with the page.
    let package: serde_json::Value = serde_json::from_str(&bench.read(&format!("{folder}/datapackage.json")))?;
    for resource in package["resources"].as_array().ok_or("no resources")? {
        let (path, hash) = (resource["path"].as_str().unwrap_or(""), resource["hash"].as_str().unwrap_or(""));
        let hash = hash.trim_start_matches("sha256:");
        ensure(path == "report.html" || path.ends_with(".svg") || page.contains(hash), || {
            format!("no checksum of {path}")
        })?;
    }
    ensure(page.contains(env!("CARGO_PKG_VERSION")), || "no version".to_owned())
}

fn same_input_same_page() -> Result<(), Failed> {
    let (first, second) = (Bench::new(), Bench::new());
    let pages = [&first, &second].map(|bench| {
        compared(bench, "cluster-collapse", &[]).map(|folder| bench.read(&format!("{folder}/report.html")))
    });
    let [first, second] = pages;
    ensure(first? == second?, || "two pages differ".to_owned())
}

/// 64 sectors, 65 paths: the largest that `--each-cluster` can ask for.
fn the_largest_comparison_fits() -> Result<(), Failed> {
    let bench = Bench::new();
    let mut text =
        "schema_version = 1\n[time]\nhorizon = 400\n[growth]\nx = 0.02\n[catch_up]\nform = \"logistic\"\nbeta = 0.04\n"
            .to_owned();
    for i in 0..64 {
        text += &format!(
            "[sector.quite_a_long_name_of_a_sector_{i}]\nlambda = 1.{:02}\ny_R = 1\ny_P = 0.{}\nZ_P = 0.3\n",
            i + 10,
            35 + i / 2
        );
    }
    bench.write("large.toml", text);
    let ran = bench.run(&["compare", "large.toml", "--each-cluster"]);
    ensure(ran.code == Some(0), || format!("{ran:?}"))?;
    let bytes = bench.read("output/compare-large/report.html").len();
    ensure(bytes < 3_500_000, || format!("{bytes} bytes"))
}

pub fn trials() -> Vec<Trial> {
    let missing = missing();
    let browser = |name: &str, scenario: &'static str, more: &'static [&'static str]| {
        trial(name, missing.clone(), move || browsed(scenario, more))
    };
    vec![
        Trial::test("one_file_that_needs_nothing", one_file_that_needs_nothing),
        Trial::test("numbers_are_those_of_the_tables", numbers_are_those_of_the_tables),
        Trial::test("scenario_text_is_escaped", scenario_text_is_escaped),
        Trial::test("everything_is_in_its_place", everything_is_in_its_place),
        Trial::test("same_input_same_page", same_input_same_page),
        Trial::test("the_largest_comparison_fits", the_largest_comparison_fits),
        browser("in_a_browser_garments_electronics", "garments-electronics", &["--from", "5"]),
        browser("in_a_browser_cluster_collapse", "cluster-collapse", &[]),
    ]
}
