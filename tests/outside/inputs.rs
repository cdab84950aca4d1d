//! Protects that tables and series are read as other programs write them: pandas, in the manners that people choose, spreadsheets'
//! among them.
//!
//! Needs Python with the package `pandas`, as in `read_back.rs`.

use crate::common::{Bench, column, root};
use crate::{ensure, missing_packages, python, trial};
use libtest_mimic::{Failed, Trial};
use std::process::Command;

const MANNERS: [&str; 5] = ["plain", "index", "semicolons", "tabs", "missing"];

fn as_pandas_writes_them() -> Result<(), Failed> {
    let bench = Bench::new();
    let output = Command::new(python()).arg(root().join("tests/outside/inputs.py")).arg(bench.path()).output()?;
    ensure(output.status.success(), || String::from_utf8_lossy(&output.stderr).into_owned())?;
    let scenario = catchup::scenario::STARTER;
    let mut found = Vec::new();
    for manner in MANNERS {
        let series = format!("[sector.textiles]\ny_R = {{ file = \"{manner}-prices.csv\", column = \"textiles\" }}\n");
        let (before, after) = scenario.split_once("[sector.textiles]\n").ok_or("the starter has textiles")?;
        let after: String = after.replacen("y_R = 1.0", "# y_R", 1);
        bench.write("s.toml", format!("{before}{series}{after}"));
        let sweep = format!(
            "schema_version = 1\nscenario = \"s.toml\"\n[design]\nkind = \"table\"\nfile = \"{manner}-table.csv\"\n"
        );
        bench.write("w.toml", sweep);
        let ran = bench.run(&["sweep", "w.toml", "--out", manner]);
        ensure(ran.code == Some(0), || format!("{manner}: {ran:?}"))?;
        let runs = bench.read(&format!("{manner}/w/runs.csv"));
        ensure(column(&runs, "catch_up.beta") == ["0.03", "0.045", "0.03"], || runs.clone())?;
        ensure(runs.contains("\"one, two\"") && runs.contains("x; y"), || runs.clone())?;
        if manner == "index" {
            ensure(column(&runs, "index") == ["0", "1", "2"], || runs.clone())?;
        }
        found.push(["final_gap", "poor.tau", "name"].map(|name| column(&runs, name)));
    }
    ensure(found.iter().all(|one| *one == found[0]), || format!("{found:?}"))
}

pub fn trials() -> Vec<Trial> {
    vec![trial("tables_are_read_as_pandas_writes_them", missing_packages(&["pandas"]), as_pandas_writes_them)]
}
