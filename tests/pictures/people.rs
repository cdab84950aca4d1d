//! Protects names for people: regions, labels and titles on the terminal, in pictures and on the page; identifiers in files.

use crate::common::Bench;

const SCENARIO: &str = r#"schema_version = 1
name = "chips"
title = "Norte: a programme for chips"
regions = { poor = "Norte", rich = "Germany" }
time = { start = 2000, horizon = 60 }
growth.x = 0.02
catch_up.beta = 0.04
sector.cloth = { label = "Wool & cloth", lambda = 1.3, y_R = 1, y_P = 1, Z_P = 0.5 }
sector.micro_chips = { lambda = 1.5, y_R = 1, y_P = 0.8, Z_P = 0.5 }
policy = [{ from = 10, until = 30, promote = "micro_chips", sustain = "always", label = "Chips for all" }]
shock = [{ at = 40, label = "Cheap wool", set = { "sector.cloth.y_R" = 1.2 } }]
"#;

/// What each file must say, and must not.
fn says(bench: &Bench, file: &str, wanted: &[&str], unwanted: &[&str]) {
    let text = bench.read(file).replace("&amp;", "&").replace("&#38;", "&");
    for part in wanted {
        assert!(text.contains(part), "{file}: no {part:?}");
    }
    for part in unwanted {
        assert!(!text.contains(part), "{file}: {part:?}");
    }
}

#[test]
fn pictures_call_things_what_people_call_them() {
    let bench = Bench::new();
    bench.write("chips.toml", SCENARIO);
    let ran = bench.run(&["run", "chips.toml"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for part in ["Norte", "Germany", "Wool & cloth", "micro chips", "Cheap wool"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(!ran.out.contains("micro_chips") && !ran.out.contains(" P "), "{}", ran.out);
    says(&bench, "output/chips/gap.svg", &["Chips for all", "Cheap wool", "micro chips"], &["micro_chips"]);
    let gap = bench.read("output/chips/gap.svg");
    let drawn = bench.run(&["plot", "output/chips", "--what", "gap,share,wage,z,growth"]);
    assert_eq!(drawn.code, Some(0), "{drawn:?}");
    assert_eq!(bench.read("output/chips/gap.svg"), gap, "from files as from memory");
    says(&bench, "output/chips/share.svg", &["Income in Norte, % of Germany’s"], &["micro_chips"]);
    says(&bench, "output/chips/wage.svg", &["Earnings of a worker in Norte, in units of Germany’s wage"], &[]);
    says(&bench, "output/chips/z.svg", &["Wool & cloth", "micro chips"], &["micro_chips"]);
    says(&bench, "output/chips/growth.svg", &["Norte", "Germany"], &[]);
    // Files keep to identifiers.
    says(&bench, "output/chips/trajectory.csv", &["micro_chips"], &["micro chips", "Norte", "Wool & cloth"]);
    says(&bench, "output/chips/events.csv", &["micro_chips"], &["Chips for all", "Cheap wool"]);
}

#[test]
fn a_comparison_calls_its_runs_by_their_titles() {
    let bench = Bench::new();
    bench.write("chips.toml", SCENARIO);
    let ran = bench.run(&["compare", "chips.toml", "--each-cluster", "--name", "cmp"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for part in ["left alone", "a cluster in Wool & cloth", "a cluster in micro chips"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(!ran.out.contains("cluster-micro_chips"), "{}", ran.out);
    says(&bench, "output/cmp/gap.svg", &["a cluster in micro chips", "left alone"], &[">cluster-micro_chips"]);
    let moved = [">a cluster in micro chips: change of", "left alone"];
    says(&bench, "output/cmp/decomposition.svg", &moved, &[">cluster-micro_chips", ">no-policy"]);
    says(&bench, "output/cmp/growth.svg", &["baseline: left alone"], &["baseline: no-policy"]);
    says(&bench, "output/cmp/flips.svg", &["Micro chips: ", "β, speed of catch-up"], &[">catch_up.beta", ">sector."]);
    let page = [
        "for Norte?",
        "Norte, the poor region (P), trades Wool & cloth and micro chips with Germany, the rich one (R)",
    ];
    says(&bench, "output/cmp/report.html", &page, &["sector.cloth.label"]);
    says(&bench, "output/cmp/comparison.csv", &["cluster-micro_chips"], &["Norte"]);
}

#[test]
fn flips_and_sweeps_call_keys_and_their_values_by_labels() {
    let bench = Bench::new();
    bench.write("chips.toml", SCENARIO);
    for (name, keys) in [("all", &[][..]), ("three", &["policy.0.until", "shock.0.at", "sector.cloth.y_P"])] {
        let keys: Vec<String> = keys.iter().map(|key| format!("--key={key}")).collect();
        let mut args = vec!["flip", "chips.toml", "--until", "outcome=self-sustaining", "--name", name, "--quiet"];
        args.extend(keys.iter().map(String::as_str));
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let names = [
        "Wool & cloth: ",
        "Micro chips: ",
        "β, speed of catch-up, per year",
        "keys, those with the nearest flips above",
    ];
    says(&bench, "output/all/flip.svg", &names, &[">catch_up.beta", ">sector.", ">policy.0"]);
    let names = ["Chips for all: ", "Cheap wool: ", "Wool & cloth: ", "data-key=\"policy.0.until\""];
    says(&bench, "output/three/flip.svg", &names, &[">Policy 1", ">Shock 1", "nearest flips above"]);
    bench.write(
        "sweep.toml",
        "schema_version = 1\nname = \"many\"\nscenario = \"chips.toml\"\ndesign = { kind = \"grid\" }\n\
         [keep]\ntrajectories = 4\n\
         [vary]\n\"policy.0.promote\" = { values = [\"cloth\", \"micro_chips\"] }\n\
         \"catch_up.beta\" = { values = [0.02, 0.03, 0.04] }\n",
    );
    let ran = bench.run(&["sweep", "sweep.toml", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran =
        bench.run(&["plot", "output/many", "--what", "heat,fan", "--x", "policy.0.promote", "--y", "catch_up.beta"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    says(
        &bench,
        "output/many/heat.svg",
        &["Chips for all: ", ">Wool & cloth<", ">micro chips<"],
        &[">cloth<", "micro_chips"],
    );
    says(&bench, "output/many/fan.svg", &[">Chips for all<"], &["promote micro"]);
}

#[test]
fn maps_call_their_sides_by_labels() {
    let bench = Bench::new();
    bench.write("chips.toml", SCENARIO);
    let sides = ["--x=sector.cloth.y_P=0.8:1.2", "--y=policy.0.until=15:40", "--of=outcome", "--resolution=6"];
    let ran = bench.run(&[&["map", "chips.toml", "--name=plane"], &sides[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.out.contains("the productivity y_P of Wool & cloth = 1 and the first date without “Chips for all” = 2030")
    );
    says(
        &bench,
        "output/plane/map.svg",
        &["Wool & cloth: exogenous productivity in P", "Chips for all: no longer active"],
        &[">sector.cloth", ">policy.0"],
    );
}

#[test]
fn equilibria_are_told_by_labels_and_written_by_names() {
    let bench = Bench::new();
    bench.write("chips.toml", SCENARIO);
    let people = bench.run(&["equilibria", "chips.toml"]);
    assert!(people.out.contains("Cl(micro chips)") && people.out.contains("Is(Wool & cloth)"), "{}", people.out);
    let latex = bench.run(&["equilibria", "chips.toml", "--format", "latex"]);
    assert!(latex.out.contains("Cl(micro chips)") && latex.out.contains("Wool \\& cloth"), "{}", latex.out);
    let csv = bench.run(&["equilibria", "chips.toml", "--format", "csv"]);
    assert!(csv.out.contains("micro_chips") && !csv.out.contains("Wool"), "{}", csv.out);
}
