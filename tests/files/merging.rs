//! What protects layered scenarios: which layer wins, what a layer removes, what it keeps, and that the resolved
//! scenario says it all: run again, it gives the same bytes.

use crate::common::Bench;
use catchup::model::policy::{Selection, Trade};
use catchup::scenario::{Scenario, load};
use std::collections::BTreeMap;

const BASE: &str = r#"schema_version = 1
name = "base"
title = "The base"

[time]
horizon = 40

[growth]
x = 0.02

[catch_up]
beta = 0.04

[sector.wool]
lambda = 1.5
y_R = 1.0
y_P = 0.8

[sector.chips]
lambda = 1.8
y_R = 1.0
y_P = 0.6

[poor]
closed_clusters = ["wool", "chips"]

[[policy]]
from = 5
until = 15
promote = "chips"

[[policy]]
from = 10
trade = "closed"

[[shock]]
at = 20
set = { "growth.x" = 0.03, "sector.wool.lambda" = 2 }

[sources]
"growth.x" = "a book"
catch_up.beta = "an article"
sector.wool.lambda = "a census"
policy.0.from = "a law"
shock.0.set.growth.x = "a forecast"
"#;

/// The scenario `own.toml` that extends the base, with `sets` on top.
fn over_base(own: &str, sets: &[&str]) -> Result<Scenario, String> {
    chain(&[("base.toml", BASE), ("own.toml", &format!("extends = \"base.toml\"\n{own}"))], sets)
}

/// Loads the last of `files`.
fn chain(files: &[(&str, &str)], sets: &[&str]) -> Result<Scenario, String> {
    let bench = Bench::new();
    for (name, text) in files {
        bench.write(name, text);
    }
    let own = bench.path().join(files[files.len() - 1].0);
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    load(own.to_str().expect("a plain path"), &sets).map_err(|report| report.render(false))
}

#[track_caller]
fn good(scenario: Result<Scenario, String>) -> Scenario {
    scenario.unwrap_or_else(|message| panic!("{message}"))
}

#[track_caller]
fn notes(scenario: &Scenario, expected: &[(&str, &str)]) {
    let found: Vec<_> = scenario.notes().iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
    assert_eq!(found, expected);
}

/// The notes of the base.
const NOTES: [(&str, &str); 5] = [
    ("growth.x", "a book"),
    ("catch_up.beta", "an article"),
    ("sector.wool.lambda", "a census"),
    ("policy.0.from", "a law"),
    ("shock.0.set.growth.x", "a forecast"),
];

#[test]
fn tables_merge_key_by_key_along_a_chain() {
    let scenario = good(chain(
        &[
            ("base.toml", BASE),
            ("middle.toml", "extends = \"base.toml\"\n[time]\nperiod = 2\n[sector.wool]\nlambda = 1.6\nZ_P = 0.5"),
            ("own.toml", "extends = \"middle.toml\"\n[time]\nstart = 2000\n[sector.wool]\nlambda = 1.7"),
        ],
        &[],
    ));
    let keys = &scenario.keys;
    assert_eq!((keys.time.start, keys.time.horizon, keys.time.period), (2000.0, 40.0, 2.0));
    let wool = &keys.sector["wool"];
    assert_eq!((wool.lambda, wool.Z_P, wool.y_P), (1.7, 0.5, 0.8));
    assert_eq!(keys.title.as_deref(), Some("The base"));
}

#[test]
fn the_name_is_not_inherited() {
    assert_eq!(good(over_base("", &[])).keys.name, "own");
    assert_eq!(good(over_base("name = \"mine\"", &[])).keys.name, "mine");
    assert_eq!(good(over_base("name = \"mine\"", &["name=other"])).keys.name, "other");
    let grandchild = chain(
        &[
            ("base.toml", BASE),
            ("middle.toml", "extends = \"base.toml\"\nname = \"middle-name\""),
            ("own.toml", "extends = \"middle.toml\""),
        ],
        &[],
    );
    assert_eq!(good(grandchild).keys.name, "own");
}

#[test]
fn the_ways_of_giving_a_speed_replace_one_another() {
    let replaced = good(over_base("[catch_up]\nz_hat = 0.5", &[]));
    assert_eq!((replaced.keys.catch_up.beta, replaced.keys.catch_up.z_hat), (None, Some(0.5)));
    assert!(!replaced.notes().contains_key("catch_up.beta"), "beta is gone, and so is its source");
    let back = good(over_base("[catch_up]\nz_hat = 0.5", &["catch_up.beta=0.07"]));
    assert_eq!((back.keys.catch_up.beta, back.keys.catch_up.z_hat), (Some(0.07), None));
    let last = good(over_base("", &["catch_up.beta=0.07", "catch_up.z_hat=0.6"]));
    assert_eq!((last.keys.catch_up.beta, last.keys.catch_up.z_hat), (None, Some(0.6)));
    let measured = good(over_base("[catch_up]\nspeed = 0.02", &[]));
    assert_eq!((measured.keys.catch_up.beta, measured.keys.catch_up.speed), (None, Some(0.02)));
    let again = good(over_base("[catch_up]\nspeed = 0.02", &["catch_up.z_hat=0.6"]));
    assert_eq!((again.keys.catch_up.speed, again.keys.catch_up.z_hat), (None, Some(0.6)));
    let both = over_base("[catch_up]\nbeta = 0.1\nz_hat = 0.5", &[]).expect_err("one layer gives both");
    assert!(both.contains("own.toml:3:8") && both.contains("both given"), "{both}");
}

#[test]
fn what_a_file_says_of_itself_is_not_inherited() {
    let parent = format!("baseline = true\n{BASE}");
    let both = [("base.toml", parent.as_str()), ("own.toml", "extends = \"base.toml\"")];
    assert!(!good(chain(&both, &[])).keys.baseline);
    assert!(good(chain(&both[..1], &[])).keys.baseline);
    assert!(good(chain(&both, &["baseline=true"])).keys.baseline);
}

#[test]
fn people_have_names_of_their_own() {
    let plain = good(over_base("[sector.basic_metals]\nlambda = 1.1\ny_R = 1\ny_P = 1", &[])).people();
    assert_eq!((plain.poor.as_str(), plain.rich.as_str()), ("P", "R"));
    assert_eq!(plain.sector("basic_metals"), "basic metals");
    let own = "title = \"Cloth\"\n[regions]\npoor = \"Norte\"\n[sector.wool]\nlabel = \"Wool & cloth\"\n\
               [[policy]]\npromote = \"wool\"\nlabel = \"Programme\"\n[[shock]]\nat = 5\nset = { \"growth.x\" = 0.01 }";
    let named = good(over_base(own, &[]));
    let people = named.people();
    assert_eq!((people.poor.as_str(), people.rich.as_str()), ("Norte", "R"));
    assert_eq!(
        (people.sector("wool"), people.retold("promote wool, if an equilibrium").as_str()),
        ("Wool & cloth", "Programme")
    );
    assert_eq!(
        people.retold("from wool to chips, sector.wool.lambda = 2, v_Is of wool"),
        "from Wool & cloth to chips, the externality λ of Wool & cloth = 2, v_Is of Wool & cloth"
    );
    assert_eq!(named.problem.sectors[0], "wool", "files keep the identifier");
}

#[test]
fn a_form_drops_inherited_keys_that_it_does_not_use() {
    let middle = "extends = \"base.toml\"\n[catch_up]\nform = \"benhabib-spiegel\"\ns = 0.5\nz_hat = 0.4\n\
                  [sources]\n\"catch_up.s\" = \"a guess\"";
    let over = |own: &str| chain(&[("base.toml", BASE), ("middle.toml", middle), ("own.toml", own)], &[]);
    let own = |keys: &str| format!("extends = \"middle.toml\"\n[catch_up]\n{keys}");
    let verspagen = good(over(&own("form = \"verspagen\"\ndelta = 2\nbeta = 0.1")));
    assert_eq!(verspagen.keys.catch_up.shape.keys().collect::<Vec<_>>(), [&"delta"]);
    assert!(!verspagen.notes().contains_key("catch_up.s"), "s is gone, and so is its source");
    let gompertz = good(over(&own("form = \"gompertz\"")));
    assert_eq!((gompertz.keys.catch_up.z_hat, gompertz.keys.catch_up.shape.len()), (Some(0.4), 0));
    // What the layer itself gives is a mistake, not dropped; and so is what the new form lacks.
    let unused = over(&own("form = \"gompertz\"\ns = 0.5")).expect_err("s is of no use");
    assert!(unused.contains("own.toml:4:1") && unused.contains("catch_up.s means nothing"), "{unused}");
    let lacking = over(&own("form = \"constant\"")).expect_err("z_hat is dropped, so beta is missing");
    assert!(lacking.contains("catch_up.beta is missing"), "{lacking}");
    // The same form again drops nothing.
    assert_eq!(good(over(&own("form = \"benhabib-spiegel\""))).keys.catch_up.shape["s"], 0.5);
}

#[test]
fn a_layer_that_changes_a_key_drops_its_source() {
    notes(&good(over_base("", &[])), &NOTES);
    notes(&good(over_base("[growth]\nx = 0.02", &["catch_up.beta=0.04"])), &NOTES);
    notes(&good(over_base("[growth]\nx = 0.03", &[])), &NOTES[1..]);
    notes(&good(over_base("", &["growth.x=0.03"])), &NOTES[1..]);
    let own = "[growth]\nx = 0.03\n[sources]\n\"growth.x\" = \"another book\"\n\"time.horizon\" = \"a choice\"";
    let mut expected = NOTES.to_vec();
    expected[0].1 = "another book";
    expected.push(("time.horizon", "a choice"));
    notes(&good(over_base(own, &[])), &expected);
    // A key that stood at its default is changed too, once a layer gives it.
    let middle = "extends = \"base.toml\"\n[sources]\n\"time.period\" = \"the default\"";
    let files =
        [("base.toml", BASE), ("middle.toml", middle), ("own.toml", "extends = \"middle.toml\"\n[time]\nperiod = 2")];
    assert!(!good(chain(&files, &[])).notes().contains_key("time.period"));
    // Elements of arrays: one key, or the whole array.
    notes(&good(over_base("", &["policy.0.until=20"])), &NOTES);
    let kept = [NOTES[0], NOTES[1], NOTES[2], NOTES[4]];
    notes(&good(over_base("", &["policy.0.from=6"])), &kept);
    notes(&good(over_base("[[policy]]\ntrade = \"closed\"", &[])), &kept);
    notes(&good(over_base("", &["shock.0.set.growth.x=0.01"])), &NOTES[..4]);
}

#[test]
fn a_key_restated_is_noted_with_its_place() {
    let scenario = good(over_base("[growth]\nx = 0.02\n[time]\nperiod = 2", &["time.horizon=40"]));
    let idle = scenario.idle();
    let found: Vec<_> = idle.iter().map(|(at, key)| (scenario.sources.position(at), key.as_str())).collect();
    let [(first, "growth.x"), (second, "time.horizon")] = found.as_slice() else { panic!("{found:?}") };
    assert!(first.ends_with("own.toml:3:1"), "{first}");
    assert_eq!(second, "--set:1:6");
}

#[test]
fn arrays_are_replaced_whole() {
    let scenario = good(over_base(
        "[poor]\nclosed_clusters = [\"chips\"]\n[[policy]]\nfrom = 1\npromote = \"wool\"\n[[shock]]\nat = 3\nset = { \"poor.tau\" = 5 }",
        &[],
    ));
    let keys = &scenario.keys;
    assert_eq!(keys.poor.closed_clusters, ["chips"]);
    let [policy] = keys.policy.as_slice() else { panic!("{:?}", keys.policy) };
    assert_eq!((policy.from, policy.until, policy.sector()), (1.0, None, Some("wool")));
    let [shock] = keys.shock.as_slice() else { panic!("{:?}", keys.shock) };
    assert_eq!(shock.set.keys().collect::<Vec<_>>(), ["poor.tau"]);
    notes(&scenario, &NOTES[..3]);
    let none = good(over_base("policy = []\nshock = []", &["poor.closed_clusters=[]"]));
    assert!(none.keys.policy.is_empty() && none.keys.shock.is_empty() && none.keys.poor.closed_clusters.is_empty());
}

#[test]
fn a_setting_wins_over_all_files_and_the_last_one_over_others() {
    let scenario = good(over_base("[growth]\nx = 0.03", &["growth.x=0.04", "time.horizon=50", "growth.x=0.05"]));
    assert_eq!((scenario.keys.growth.x, scenario.keys.time.horizon), (Some(0.05), 50.0));
    let table = good(over_base("", &["time={ period = 2, start = 1990 }", " growth . x = 0.01 "]));
    assert_eq!((table.keys.time.start, table.keys.time.horizon, table.keys.growth.x), (1990.0, 40.0, Some(0.01)));
}

#[test]
fn a_bare_word_is_a_string() {
    let scenario = good(over_base(
        "",
        &[
            "poor.selection=best",
            "poor.start=cluster:wool",
            "title=Two words",
            "catch_up.form=nelson-phelps",
            "description=Größe",
        ],
    ));
    let keys = &scenario.keys;
    assert_eq!((keys.poor.selection, keys.poor.start.as_str()), (Selection::HighestWage, "cluster:wool"));
    assert_eq!((keys.title.as_deref(), keys.description.as_deref()), (Some("Two words"), Some("Größe")));
    assert_eq!(keys.catch_up.form.name(), "nelson-phelps");
    let quoted = good(over_base("", &["title=\"It's 5 = 5\"", "sector.wool.cluster_R=false", "poor.tau=1e-3"]));
    assert_eq!(quoted.keys.title.as_deref(), Some("It's 5 = 5"));
    assert!(!quoted.keys.sector["wool"].cluster_R);
    assert_eq!(quoted.keys.poor.tau, 0.001);
}

#[test]
fn a_setting_reaches_into_policies_and_shocks() {
    let sets = ["policy.0.until=30", "policy.1.trade=open", "shock.0.at=25", "shock.0.set.sector.wool.lambda=3"];
    let scenario = good(over_base("", &sets));
    let keys = &scenario.keys;
    assert_eq!((keys.policy[0].from, keys.policy[0].until), (5.0, Some(30.0)));
    assert_eq!((keys.policy[1].from, keys.policy[1].trade), (10.0, Some(Trade::Open)));
    assert_eq!(keys.shock[0].at, 25.0);
    let set: Vec<_> = keys.shock[0].set.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    assert_eq!(set, ["growth.x = 0.03", "sector.wool.lambda = 3"]);
    let more = good(over_base("", &["shock.0.set.\"poor.tau\"=4", "shock.0.set.catch_up.beta=0.05"]));
    assert_eq!(
        more.keys.shock[0].set.keys().collect::<Vec<_>>(),
        ["growth.x", "sector.wool.lambda", "poor.tau", "catch_up.beta"]
    );
}

#[test]
fn dotted_paths_are_one_key_quoted_or_not() {
    let quoted = over_base("[sources]\n\"sector.wool.y_P\" = \"a survey\"\n\"growth.x\" = \"notes\"", &[]);
    let dotted = over_base("[sources]\nsector.wool.y_P = \"a survey\"\ngrowth.x = \"notes\"", &[]);
    let tables = over_base("sources = { sector.wool = { y_P = \"a survey\" }, growth.x = \"notes\" }", &[]);
    let set = over_base("", &["sources.sector.wool.y_P=a survey", "sources.\"growth.x\"=notes"]);
    let resolved: Vec<String> = [quoted, dotted, tables, set].map(|scenario| good(scenario).resolved()).to_vec();
    assert!(resolved[0].contains("\"growth.x\" = \"notes\"\n"), "{}", resolved[0]);
    assert!(resolved[0].ends_with("\"sector.wool.y_P\" = \"a survey\"\n"), "{}", resolved[0]);
    assert!(resolved.iter().all(|text| *text == resolved[0]), "{resolved:#?}");
}

#[test]
fn sectors_keep_their_order() {
    let own = "[sector.apples]\nlambda = 1\ny_R = 1\ny_P = 1\n[sector.chips]\nlambda = 2\n[sector.wool]\nlambda = 2";
    let scenario = good(over_base(own, &["sector.zinc={ lambda = 1, y_R = 1, y_P = 1 }", "sector.wool.y_P=1"]));
    assert_eq!(scenario.problem.sectors, ["wool", "chips", "apples", "zinc"]);
    let again = catchup::scenario::parse(&scenario.resolved(), &[]).expect("resolved");
    assert_eq!(again.problem, scenario.problem);
}

#[test]
fn mistakes_are_shown_in_the_layer_that_made_them() {
    let message = over_base("[growth]\nx = -1", &["time.horizon=-1"]).expect_err("two mistakes");
    assert!(message.contains("own.toml:3:5") && message.contains("--set:1:14"), "{message}");
    let missing = chain(&[("base.toml", "[growth]\nx = 0.02\n"), ("own.toml", "extends = \"base.toml\"\n")], &[]);
    let message = missing.expect_err("nearly all is missing");
    assert!(message.contains("own.toml:1:1") && message.contains("time.horizon is missing"), "{message}");
    // The same mistake, mended by a later layer, is none.
    good(chain(
        &[("base.toml", &BASE.replace("x = 0.02", "x = -1")), ("own.toml", "extends = \"base.toml\"\ngrowth.x = 0.02")],
        &[],
    ));
}

#[test]
fn extends_is_relative_to_the_file_that_says_it() {
    let bench = Bench::new();
    bench.write("shared/base.toml", BASE);
    bench.write("regions/north/own.toml", "extends = \"../middle.toml\"\n");
    bench.write("regions/middle.toml", "extends = \"../shared/base.toml\"\n[growth]\nx = 0.01\n");
    let direct = bench.run(&["run", "regions/north/own.toml"]);
    assert_eq!(direct.code, Some(0), "{}", direct.err);
    let text = bench.read("output/own/scenario.toml");
    assert!(text.contains("x = 0.01") && !text.contains("extends"), "{text}");
    // On standard input: relative to the working directory.
    let input = std::fs::File::open(bench.path().join("regions/middle.toml")).expect("open");
    let mut command = bench.command();
    command.current_dir(bench.path().join("regions")).args(["run", "-", "--out", "piped"]).stdin(input);
    assert_eq!(command.output().expect("runs").status.code(), Some(0));
    assert!(bench.read("regions/piped/stdin/scenario.toml").contains("x = 0.01"));
}

/// All files of a folder.
fn contents(bench: &Bench, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(bench.path().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry");
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("read"))
    };
    files.map(file).collect()
}

#[test]
fn a_resolved_scenario_is_a_fixed_point() {
    let bench = Bench::new();
    bench.write("base.toml", BASE);
    bench.write("thirds.toml", "extends = \"base.toml\"\nsector.apples = { lambda = 1, y_R = 3, y_P = 0.1, x = 0 }");
    bench.write(
        "z_hat.toml",
        "extends = \"base.toml\"\n[catch_up]\nz_hat = 0.3\ns = -0.25\nform = \"benhabib-spiegel\"",
    );
    bench.write(
        "literal.toml",
        "extends = \"base.toml\"\npolicy = []\nshock = []\nsources = {}\n[catch_up]\nform = \"literal\"\nbeta = 1e-5",
    );
    bench.write("tiny.toml", "extends = \"base.toml\"\n[solver]\natol = 1e-100\nrtol = 1.5e-13\n[poor]\ntau = 0.00001234\n[time]\nstart = -1e15");
    bench.write(
        "text.toml",
        "extends = \"base.toml\"\ntitle = \"quote \\\" back \\\\ slash ' Ünï\"\n\
         description = \"two\\nlines\\r\\nand \\t a tab, ''' \\\"\\\"\\\" and \\u0000\\u001b\"\n[sources]\n\"poor.tau\" = \"\"\"a\n= 'b' # c\"\"\"",
    );
    for name in ["base", "thirds", "z_hat", "literal", "tiny", "text"] {
        let first = bench.run(&["run", &format!("{name}.toml")]);
        assert_eq!(first.code, Some(0), "{name}: {}", first.err);
        let resolved = format!("output/{name}/scenario.toml");
        let again = bench.run(&["run", &resolved, "--out", "again"]);
        assert_eq!(again.code, Some(0), "{name}: {}\n{}", again.err, bench.read(&resolved));
        let (before, after) = (contents(&bench, &format!("output/{name}")), contents(&bench, &format!("again/{name}")));
        let differ: Vec<_> =
            before.iter().filter(|(file, bytes)| after.get(*file) != Some(bytes)).map(|(file, _)| file).collect();
        assert!(differ.is_empty() && before.len() == after.len(), "{name}: {differ:?}\n{}", bench.read(&resolved));
    }
    let tiny = bench.read("output/tiny/scenario.toml");
    for line in
        ["atol = 1e-100\n", "rtol = 1.5e-13\n", "tau = 1.234e-5\n", "start = -1000000000000000.0\n", "x = 0.02\n"]
    {
        assert!(tiny.contains(line), "{line} in\n{tiny}");
    }
}

#[test]
fn a_resolved_scenario_reads_like_one_written_by_hand() {
    let resolved = good(over_base("", &[])).resolved();
    let expected = r#"schema_version = 1
name = "own"
title = "The base"

[regions]
poor = "P"
rich = "R"

[time]
start = 0.0
horizon = 40.0
period = 1.0

[growth]
x = 0.02

[catch_up]
form = "logistic"
beta = 0.04

[sector.wool]
lambda = 1.5
alpha = 0.5
y_R = 1.0
y_P = 0.8
Z_R = 1.0
Z_P = 1.0
cluster_R = true

[sector.chips]
lambda = 1.8
alpha = 0.5
y_R = 1.0
y_P = 0.6
Z_R = 1.0
Z_P = 1.0
cluster_R = true

[poor]
start = "isolation"
selection = "history"
trade = "open"
closed_clusters = ["wool", "chips"]
tau = 0.0

[[policy]]
from = 5.0
until = 15.0
promote = "chips"
sustain = "if-equilibrium"
funded_by = "P"

[[policy]]
from = 10.0
trade = "closed"

[[shock]]
at = 20.0
set = { "growth.x" = 0.03, "sector.wool.lambda" = 2.0 }

[welfare]
discount_rate = 0.03
window = "infinite"
cost_of_funds = 1.0

[solver]
method = "dopri5"
rtol = 1e-12
atol = 1e-14

[sources]
"growth.x" = "a book"
"catch_up.beta" = "an article"
"sector.wool.lambda" = "a census"
"policy.0.from" = "a law"
"shock.0.set.growth.x" = "a forecast"
"#;
    assert_eq!(resolved, expected);
}

#[test]
fn a_rule_is_merged_key_by_key_and_resolved_as_it_stands() {
    let own = "[[policy]]\nfrom = 3\npromote = { rule = \"pigou\", perceived = { sector.wool.lambda = 1.9 } }\nsustain = \"pigou\"";
    let set = |sets: &[&str]| good(over_base(own, sets));
    let rule = |scenario: &Scenario| scenario.keys.policy[0].rule().expect("a rule").clone();
    let believed = |scenario: &Scenario| rule(scenario).perceived.into_iter().collect::<Vec<_>>();
    let wool = |value: f64| ("sector.wool.lambda".to_owned(), value);
    assert_eq!(believed(&set(&[])), [wool(1.9)]);
    // A dotted key and a quoted one mean the same, and add to what there is.
    for key in ["sector.chips.y_P", "\"sector.chips.y_P\"", "sector.\"chips\".y_P"] {
        let both = set(&[&format!("policy.0.promote.perceived.{key}=0.7")]);
        assert_eq!(believed(&both), [wool(1.9), ("sector.chips.y_P".to_owned(), 0.7)], "{key}");
    }
    assert_eq!(believed(&set(&["policy.0.promote.perceived.sector.wool.lambda=1.2"])), [wool(1.2)]);
    // Another rule keeps what is believed, but for one that goes by no belief; a sector replaces the rule.
    assert_eq!(believed(&set(&["policy.0.promote.rule=index", "policy.0.sustain=always"])), [wool(1.9)]);
    assert_eq!(believed(&set(&["policy.0.promote.rule=established", "policy.0.sustain=always"])), []);
    let sector = set(&["policy.0.promote=wool", "policy.0.sustain=always"]);
    assert_eq!(sector.keys.policy[0].sector(), Some("wool"));
    // The resolved scenario is a fixed point.
    for scenario in [set(&[]), set(&["policy.0.promote.decide=always"]), sector] {
        let resolved = scenario.resolved();
        let again =
            catchup::scenario::parse(&resolved, &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert_eq!((again.resolved(), again.problem), (resolved, scenario.problem));
    }
}
