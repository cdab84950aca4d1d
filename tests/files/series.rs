//! Protects keys over time: read from files as people have them, they are the list of shocks that they stand for, to the last
//! bit; what a file lacks is named, what is wrong in it refused at its place; resolved they need no file.

use crate::common::Bench;
use std::fmt::Write;

/// The starter scenario with its dates, some keys left out, and others behind it.
fn scenario(without: &[&str], more: &str) -> String {
    let kept = catchup::scenario::STARTER
        .lines()
        .filter(|line| !without.iter().any(|key| line.starts_with(key)))
        .collect::<Vec<_>>();
    format!("{}\n{more}\n", kept.join("\n"))
}

const BASE: &str = "schema_version = 1\n[time]\nstart = 2000\nhorizon = 40\n[growth]\nx = 0.015\n[catch_up]\nbeta = 0.05\n\
    [sector.a]\nlambda = 1.2\nalpha = 0.5\ny_P = 0.9\nZ_P = 0.6\n[sector.b]\nlambda = 1.1\nalpha = 0.5\ny_R = 1\ny_P = 0.8\n\
    [poor]\nstart = \"cluster:a\"\n";

/// What a run writes, but for its name and its events.
fn numbers(bench: &Bench, name: &str) -> Vec<String> {
    let files = ["trajectory.csv", "sectors.csv", "summary.json"];
    let read = |file: &&str| bench.read(&format!("output/{name}/{file}")).replace(name, "NAME");
    files.iter().map(read).collect()
}

#[test]
fn a_series_is_the_list_of_shocks_that_it_stands_for() {
    let value = |i: usize| 1.0 + 0.01 * ((i * 37) % 23) as f64;
    let rows: String = (0..=45).fold(String::from("year,a,tau\n"), |mut text, i| {
        let _ = writeln!(text, "{},{:?},{:?}", 2000 + i, value(i), 0.1 * (i % 3) as f64);
        text
    });
    for method in ["dopri5", "exact"] {
        let bench = Bench::new();
        bench.write("data/values.csv", &rows);
        let more = format!("tau = {{ file = \"values.csv\", column = \"tau\" }}\n[solver]\nmethod = \"{method}\"\n");
        let y_r = "[sector.a]\ny_R = { file = \"values.csv\", column = \"a\" }\n";
        bench.write("data/series.toml", BASE.replace("[sector.a]\n", y_r) + &more);
        let mut shocks = BASE.replace("[sector.a]\n", &format!("[sector.a]\ny_R = {:?}\n", value(0)));
        let _ = write!(shocks, "tau = 0.0\n[solver]\nmethod = \"{method}\"\n");
        for i in 1..=45 {
            let set = format!("{{ \"sector.a.y_R\" = {:?}, \"poor.tau\" = {:?} }}", value(i), 0.1 * (i % 3) as f64);
            let _ = write!(shocks, "[[shock]]\nat = {i}\nset = {set}\n");
        }
        bench.write("shocks.toml", shocks);
        let ran = bench.run(&["run", "data/series.toml", "shocks.toml"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let [series, shocks] = ["series", "shocks"].map(|name| numbers(&bench, name));
        assert_eq!(series, shocks, "{method}");
        // A list of shocks has an event for each; a series has none, and its collapse has.
        let events = |name: &str| bench.read(&format!("output/{name}/events.csv"));
        assert_eq!(events("shocks").matches(",shock,").count(), 40);
        let without: Vec<String> = events("shocks")
            .lines()
            .filter(|line| !line.contains(",shock,"))
            .map(|line| line.replace("shocks,", "series,"))
            .collect();
        assert_eq!(events("series").lines().collect::<Vec<_>>(), without);
        // Resolved, it needs no file, and gives the same bytes.
        let resolved = bench.read("output/series/scenario.toml");
        assert!(!resolved.contains("file ="), "{resolved}");
        assert!(resolved.contains("\"sector.a.y_R\" = \"values.csv, column a\""), "{resolved}");
        bench.write("elsewhere/again.toml", &resolved);
        let again = bench.run(&["run", "elsewhere/again.toml", "--out", "other"]);
        assert_eq!(again.code, Some(0), "{again:?}");
        for file in ["trajectory.csv", "sectors.csv", "events.csv", "summary.json", "scenario.toml", "gap.svg"] {
            assert_eq!(
                bench.read(&format!("other/series/{file}")),
                bench.read(&format!("output/series/{file}")),
                "{file}"
            );
        }
    }
}

/// What follows from several keys, or is no plain number, is read at each date like a file: it must come to the same.
#[test]
fn what_implies_other_numbers_is_the_same_as_its_shocks_too() {
    let bench = Bench::new();
    bench.write(
        "v.csv",
        "year,z,x,c,one,two\n2000,0.5,0.015,true,0.5,0.5\n2010,0.6,0.02,false,0.4,0.6\n2020,0.55,0.01,1,0.7,0.3\n",
    );
    let base =
        BASE.replace("beta = 0.05", "z_hat = 0.5").replace("[sector.a]\n", "[sector.a]\ny_R = 1\ncluster_R = true\n");
    let series = |key: &str, column: &str| format!("{key} = {{ file = \"v.csv\", column = \"{column}\" }}");
    let text = base
        .replace("x = 0.015", &series("x", "x"))
        .replace("z_hat = 0.5", &series("z_hat", "z"))
        .replace("cluster_R = true", &series("cluster_R", "c"))
        .replacen("alpha = 0.5", &series("alpha", "one"), 1)
        .replacen("alpha = 0.5", &series("alpha", "two"), 1);
    bench.write("series.toml", text + "[[shock]]\nat = 12\nset = { \"poor.tau\" = 2 }\n");
    let set = |z: f64, x: f64, c: bool, one: f64, two: f64| {
        format!(
            "set = {{ \"catch_up.z_hat\" = {z}, \"growth.x\" = {x}, \"sector.a.cluster_R\" = {c}, \"sector.a.alpha\" = {one}, \"sector.b.alpha\" = {two} }}\n"
        )
    };
    let shocks = format!(
        "{base}[[shock]]\nat = 10\n{}[[shock]]\nat = 12\nset = {{ \"poor.tau\" = 2 }}\n[[shock]]\nat = 20\n{}",
        set(0.6, 0.02, false, 0.4, 0.6),
        set(0.55, 0.01, true, 0.7, 0.3)
    );
    bench.write("shocks.toml", shocks);
    let ran = bench.run(&["run", "series.toml", "shocks.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(numbers(&bench, "series"), numbers(&bench, "shocks"));
}

#[test]
fn a_line_has_a_value_at_every_date() {
    let bench = Bench::new();
    let line = "[sector.a]\ny_R = { years = [1990, 2010, 2012], values = [1, 2, 1.5], interpolation = \"linear\" }\n";
    bench.write("series.toml", BASE.replace("[sector.a]\n", line));
    let mut shocks = BASE.replace("[sector.a]\n", "[sector.a]\ny_R = 1.5\n");
    for k in 1..=12 {
        let year = 2000.0 + f64::from(k);
        let value = if k < 10 { 1.0 + (year - 1990.0) / 20.0 } else { 2.0 - 0.5 * ((year - 2010.0) / 2.0) };
        let _ = write!(shocks, "[[shock]]\nat = {k}\nset = {{ \"sector.a.y_R\" = {value:?} }}\n");
    }
    bench.write("shocks.toml", shocks);
    let ran = bench.run(&["run", "series.toml", "shocks.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(numbers(&bench, "series"), numbers(&bench, "shocks"));
}

/// As Excel writes them and as pandas does, with what spreadsheets leave behind.
#[test]
fn files_are_read_as_people_have_them() {
    let plain = "year,a b,note\n2000,1.5,x\n2010,2.5,\n2020,,\n2030,3.25,y\n";
    let semicolons = "\u{feff}year;a b;note\r\n2000;1,5;x\r\n2010;2,5;\r\n2020;;\r\n2030;3,25;y\r\n;;\r\n\r\n";
    let forms = [
        plain.to_owned(),
        semicolons.to_owned(),
        format!("sep=;\r\n{}", semicolons.trim_start_matches('\u{feff}')),
        plain.replace(',', "\t"),
        // pandas: an index without a name, and what it writes for what is missing.
        ",year,a b\n0,2000.0,1.5\n1,2010.0,2.5\n2,2020.0,NaN\n3,2030.0,3.25\n".to_owned(),
        "\"year\",\"a b\"\n\"2030\",\"3.25\"\n\"2000\",\"1.5\"\n\"2020\",\"\"\n\"2010\",\"2.5\"\n".to_owned(),
    ];
    let mut found = Vec::new();
    for form in forms {
        let bench = Bench::new();
        bench.write("v.csv", &form);
        bench.write(
            "s.toml",
            BASE.replace("[sector.a]\n", "[sector.a]\ny_R = { file = \"v.csv\", column = \"a b\" }\n"),
        );
        let ran = bench.run(&["run", "s.toml"]);
        assert_eq!(ran.code, Some(0), "{form:?}: {ran:?}");
        let gap = "warning: s: sector.a.y_R: there is no value between the years 2010–2030: the value before holds";
        assert!(ran.err.contains(gap), "{form:?}: {}", ran.err);
        let resolved = bench.read("output/s/scenario.toml");
        assert!(resolved.contains("values = [1.5, 2.5, 3.25]"), "{resolved}");
        found.push(bench.read("output/s/trajectory.csv"));
    }
    assert!(found.iter().all(|one| *one == found[0]));
}

#[test]
fn what_is_wrong_with_a_series_is_said_at_its_place() {
    let of = |table: &str| BASE.replace("[sector.a]\n", &format!("[sector.a]\ny_R = {table}\n"));
    let file = "{ file = \"v.csv\", column = \"a\" }";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            file,
            "year,a\n2000,1\n2010,-2\n",
            &["v.csv:3:6", "sector.a.y_R: -2 is out of range", "allowed: a number > 0"],
        ),
        (file, "year,a\n2000,1\n2010,abc\n", &["v.csv:3:6", "abc is no number"]),
        (file, "year,a\n2000,1\n2000,2\n", &["v.csv:3:1", "2000 is there twice", "one value for each year"]),
        (file, "year;a\n2000;1,5\n2010;2.5\n", &["v.csv:3:6", "2.5 has a point, where other numbers have a comma"]),
        (file, "year,a\n2000,\"1,500\"\n", &["v.csv:2", "1,500 has a comma, as what separates columns"]),
        (file, "year,a\n2000,1,7\n", &["v.csv:2:1", "row 0 is too long: 3 values", "allowed: 2, as the first line"]),
        (file, "year,a\n2000\n", &["v.csv:2:1", "row 0 is too short: 1 values"]),
        (file, "year,a,a\n2000,1,2\n", &["v.csv has the column a twice"]),
        (file, "year,b\n2000,1\n", &["v.csv has no column a", "allowed: year, b", "s.toml:10"]),
        (file, "date,a\n2000,1\n", &["v.csv has no column year", "allowed: date, a"]),
        (file, "year,a\n2000-01-01,1\n", &["the year 2000-01-01 is no number", "of a date give the year alone"]),
        (file, "year,a\n2000,\n", &["the column a holds no value", "v.csv:1:6"]),
        (file, "", &["v.csv has no column"]),
        (file, "year,a\n2005,1\n", &["the series begins in 2005, after 2000, the year of t = 0", "time.start = 2005"]),
        ("{ file = \"none.csv\", column = \"a\" }", "", &["cannot read none.csv", "s.toml:10", "its first line names"]),
        ("{ file = \"v.csv\" }", "year,a\n2000,1\n", &["sector.a.y_R.column is missing"]),
        ("{ file = \"v.csv\", colum = \"a\" }", "", &["unknown key sector.a.y_R.colum", "did you mean `column`?"]),
        ("{ column = \"a\" }", "", &["sector.a.y_R is a table, and no series", "a series is given whole"]),
        ("{ years = [2000, 2001], values = [1] }", "", &["2 years and 1 values"]),
        ("{ years = [2001, 2000], values = [1, 1] }", "", &["2000 does not follow the year before it"]),
        ("{ years = [2000], values = [0] }", "", &["sector.a.y_R.values = 0 is out of range"]),
        ("{ years = [2000], values = [1], interpolation = \"cubic\" }", "", &["cubic", "step, linear"]),
        ("{ years = [2000], values = [1], file = \"v.csv\", column = \"a\" }", "", &["one of the two"]),
    ];
    for (table, csv, said) in cases {
        let bench = Bench::new();
        bench.write("v.csv", csv);
        bench.write("s.toml", of(table));
        let ran = bench.run(&["check", "s.toml"]);
        assert_eq!(ran.code, Some(2), "{table} {csv:?}: {ran:?}");
        said.iter().for_each(|words| assert!(ran.err.contains(words), "{table} {csv:?}: {words}: {}", ran.err));
    }
    for (text, said) in [
        (
            BASE.replace("Z_P = 0.6", "Z_P = { years = [2000], values = [1] }")
                .replace("[sector.a]\n", "[sector.a]\ny_R = 1\n"),
            "a series can stand where a shock may set the key",
        ),
        (
            of("{ years = [2000], values = [1] }") + "[[shock]]\nat = 5\nset = { \"sector.a.y_R\" = 2 }\n",
            "shock.0.set.sector.a.y_R: the key is a series",
        ),
        (
            of("1\ncluster_R = { years = [2000], values = [true], interpolation = \"linear\" }"),
            "there is no line between true and false",
        ),
        (
            of("1").replacen("alpha = 0.5", "alpha = { years = [2000, 2010], values = [0.5, 0.4] }", 1),
            "in 2010 a series makes the scenario invalid: sector.*.alpha: the expenditure shares sum to 0.9",
        ),
    ] {
        let bench = Bench::new();
        bench.write("s.toml", text);
        let ran = bench.run(&["check", "s.toml"]);
        assert_eq!(ran.code, Some(2), "{said}: {ran:?}");
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
}

#[test]
fn encodings_that_are_not_read_are_named() {
    for (bytes, said) in [
        (b"\xff\xfey\0e\0".to_vec(), "is text in UTF-16"),
        (b"year,a\n2000,1 \xe4\n".to_vec(), "is not a text file in UTF-8"),
    ] {
        let bench = Bench::new();
        bench.write("v.csv", bytes);
        bench.write("s.toml", BASE.replace("[sector.a]\n", "[sector.a]\ny_R = { file = \"v.csv\", column = \"a\" }\n"));
        let ran = bench.run(&["check", "s.toml"]);
        assert!(ran.code == Some(2) && ran.err.contains(said) && ran.err.contains("save it as UTF-8"), "{}", ran.err);
    }
}

#[test]
fn a_layer_replaces_a_series_whole_and_finds_its_file_from_where_it_stands() {
    let bench = Bench::new();
    let of = |table: &str| BASE.replace("[sector.a]\n", &format!("[sector.a]\ny_R = {table}\n"));
    bench.write("deep/v.csv", "year,a\n2000,1\n2010,2\n");
    bench.write("v.csv", "year,a\n2000,3\n2010,4\n");
    bench.write(
        "deep/s.toml",
        of("{ file = \"v.csv\", column = \"a\" }") + "[sources]\n\"sector.a.y_R\" = \"the office\"\n",
    );
    bench.write("child.toml", "extends = \"deep/s.toml\"\n");
    let values = |args: &[&str]| {
        let ran = bench.run(&[&["run", "child.toml"], args].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        bench.read("output/child/scenario.toml")
    };
    let own = values(&[]);
    assert!(own.contains("values = [1.0, 2.0]") && own.contains("\"the office\""), "{own}");
    // What the command line names starts from the working directory; its values come from elsewhere.
    let set = values(&["--set", "sector.a.y_R={file=\"v.csv\", column=\"a\"}"]);
    assert!(set.contains("values = [3.0, 4.0]") && set.contains("v.csv, column a") && !set.contains("office"), "{set}");
    let number = values(&["--set", "sector.a.y_R=1"]);
    assert!(number.contains("y_R = 1.0") && !number.contains("values"), "{number}");
    let part = bench.run(&["run", "child.toml", "--set", "sector.a.y_R.column=b"]);
    assert!(part.code == Some(2) && part.err.contains("a series is given whole"), "{}", part.err);
}

#[test]
fn one_number_cannot_take_the_place_of_a_series_unasked() {
    let bench = Bench::new();
    bench.write("v.csv", "year,a\n2000,1\n2010,2\n");
    bench.write("s.toml", BASE.replace("[sector.a]\n", "[sector.a]\ny_R = { file = \"v.csv\", column = \"a\" }\n"));
    let sweep = |more: &str| {
        format!("schema_version = 1\nscenario = \"s.toml\"\n[design]\nkind = \"random\"\nsamples = 4\n[vary]\n{more}\n")
    };
    bench.write("w.toml", sweep("\"sector.a.y_R\" = { uniform = [1, 2] }"));
    let ran = bench.run(&["check", "w.toml"]);
    assert!(ran.code == Some(2) && ran.err.contains("vary: sector.a.y_R is a series"), "{}", ran.err);
    // Said plainly, it can.
    let ran = bench.run(&["check", "w.toml", "--set", "sector.a.y_R=1"]);
    assert!(ran.code == Some(2) && ran.err.contains("--set sector.a.y_R: sector.a.y_R varies"), "{}", ran.err);
    bench.write("w.toml", sweep("\"sector.a.y_R\" = { uniform = [1, 2] }\n[variants.flat]\n\"sector.b.y_R\" = 1.1\n"));
    let flip = bench.run(&["flip", "s.toml", "--until", "verdict=converged", "--key", "sector.a.y_R"]);
    assert!(flip.code == Some(2) && flip.err.contains("sector.a.y_R is a series"), "{}", flip.err);
    let map = bench.run(&["map", "s.toml", "--x", "sector.a.y_R=1:2", "--y", "sector.b.y_P=1:2", "--of", "verdict"]);
    assert!(map.code == Some(2) && map.err.contains("sector.a.y_R is a series"), "{}", map.err);
    // Where another key varies, the series stays, and a variant may have one of its own.
    let own = "\"sector.b.y_P\" = { uniform = [0.7, 0.9] }\n[variants.own]\n[variants.other]\n\"sector.a.y_R\" = { file = \"v.csv\", column = \"a\", interpolation = \"linear\" }\n";
    bench.write("w.toml", sweep(own));
    let ran = bench.run(&["sweep", "w.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    bench.write("elsewhere/again.toml", bench.read("output/w/sweep.toml"));
    let again = bench.run(&["sweep", "elsewhere/again.toml", "--out", "other"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    for file in ["runs.csv", "sweep.toml"] {
        assert_eq!(bench.read(&format!("other/w/{file}")), bench.read(&format!("output/w/{file}")), "{file}");
    }
}

#[test]
fn the_starter_takes_a_series_too() {
    let bench = Bench::new();
    let text = scenario(&["x ="], "");
    assert!(text.contains("[growth]"));
    bench.write("s.toml", text.replace("[growth]", "[growth]\nx = { years = [-10, 20], values = [0.01, 0.012] }"));
    let ran = bench.run(&["check", "s.toml", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(said["series"]["growth.x"]["values"], serde_json::json!([0.01, 0.012]));
}
