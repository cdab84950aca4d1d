//! What protects those who write sweep files: what is wrong is said with file, line, column, key, what is allowed and what to
//! do, all at once; what is right means what it says, and its resolved form says the same again.
//!
//! The tables have one case a line: what it is called | how the good sweep is spoilt | line:column | what else the message
//! says. `A → B` replaces A by B, `+ A` appends A, `&&` joins several of these, `⏎` is a line break.

use crate::common::Bench;
use catchup::batch::Meaning;
use catchup::model::policy::Promote;
use catchup::scenario::sweep::keys::taken;
use catchup::scenario::sweep::{Kept, Level, Sweep};
use catchup::scenario::{load, parse};
use catchup::table::ColumnType;

const SCENARIO: &str = r#"schema_version = 1
name = "region"
[time]
horizon = 20
[growth]
x = 0.02
[catch_up]
beta = 0.04
[sector.textiles]
lambda = 1.5
y_R = 1.0
y_P = 0.8
[sector.chips]
lambda = 1.8
y_R = 1.0
y_P = 0.6
[[policy]]
from = 0
until = 10
promote = "textiles"
[[shock]]
at = 12
set = { "catch_up.beta" = 0.06 }
"#;

/// A sweep with nothing wrong in it; the cases spoil it.
const GOOD: &str = r#"schema_version = 1
name = "good"
scenario = "region.toml"
seed = 42

[design]
kind = "sobol"
samples = 8

[vary]
"catch_up.beta" = { uniform = [0.03, 0.08] }
"sector.chips.lambda" = { values = [1.1, 1.3, 1.5] }

[variants.plain]

[variants.chips]
policy = [{ promote = "chips", sustain = "always" }]
"#;

const TABLE: &str =
    "catch_up.beta,catch_up.form,sector.chips.cluster_R\n0.05,logistic,true\n0.06,gompertz,false\n0.07,logistic,TRUE\n";

fn edited(edits: &str) -> String {
    edits.replace('⏎', "\n").split(" && ").fold(GOOD.to_owned(), |text, edit| {
        if let Some(more) = edit.strip_prefix("+ ") {
            return format!("{text}\n{more}\n");
        }
        let (old, new) = edit.split_once('→').unwrap_or_else(|| panic!("no edit: {edit}"));
        let (old, new) = (old.trim_matches(' '), new.trim_matches(' '));
        assert!(text.contains(old), "the sweep has no {old:?}");
        text.replacen(old, new, 1)
    })
}

/// The sweep `sweep.toml` beside the scenario and some tables.
fn read(text: &str, files: &[(&str, &str)]) -> Result<Sweep, String> {
    let bench = Bench::new();
    bench.write("region.toml", SCENARIO);
    for (name, text) in files {
        bench.write(name, text);
    }
    bench.write("sweep.toml", text);
    let path = bench.path().join("sweep.toml").to_string_lossy().into_owned();
    let folder = bench.path().to_string_lossy().into_owned();
    Sweep::load(&path).map_err(|report| report.render(false).replace(&format!("{folder}/"), ""))
}

fn good(text: &str, files: &[(&str, &str)]) -> Sweep {
    read(text, files).unwrap_or_else(|message| panic!("{message}\n{text}"))
}

fn refused(case: &str, text: &str, files: &[(&str, &str)], fragments: &[&str]) -> String {
    let message = read(text, files).expect_err(case);
    let missing: Vec<_> = fragments.iter().filter(|fragment| !message.contains(**fragment)).collect();
    assert!(missing.is_empty(), "{case}: the message lacks {missing:#?}:\n{message}");
    message
}

fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [case, edits, position, fragments @ ..] = cells.as_slice() else { panic!("too few cells: {line}") };
        let place = format!("{}{position}\n", if position.contains(".toml") { "" } else { "sweep.toml:" });
        let message = refused(case, &edited(edits), &[], &[&[place.as_str()], fragments].concat());
        assert_eq!(message.matches("error:").count(), 1, "{case}: not one mistake\n{message}");
    }
}

#[test]
fn the_good_sweep_is_good() {
    let sweep = good(GOOD, &[]);
    assert_eq!(
        (sweep.name.as_str(), sweep.seed, sweep.design.draws(), sweep.runs(), &sweep.keep),
        ("good", 42, 8, 16, &Kept::First(0))
    );
    let keys: Vec<_> = sweep.vary.iter().map(|varied| (varied.key.as_str(), varied.kind)).collect();
    assert_eq!(keys, [("catch_up.beta", ColumnType::Number), ("sector.chips.lambda", ColumnType::Number)]);
    assert_eq!(sweep.vary[1].value(2.0), Level::Number(1.5));
    let names: Vec<_> = sweep.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["plain", "chips"]);
    assert_eq!(sweep.variants[0].scenario.problem.policies[0].until, Some(10.0));
    assert_eq!(sweep.variants[1].scenario.problem.policies[0].promote, Some(Promote::Sector(1)));
    let sets =
        ["policy=[{ promote = \"chips\", sustain = \"always\" }]", "catch_up.beta=0.05", "sector.chips.lambda=1.3"];
    assert_eq!(sweep.sets(1, &[0.05, 1.0]), sets);
}

#[test]
fn the_top_of_the_file() {
    check(
        r#"
        no TOML          | [vary] → [vary              | 10:6 | not valid TOML
        unknown key      | seed = → sed =              | 4:1  | unknown key sed | allowed here: schema_version, name | did you mean `seed`?
        scenario's key   | seed = 42 → horizon = 20    | 4:1  | unknown key horizon | belongs in the scenario
        scenario's table | + [time]⏎horizon = 2        | 19:2 | unknown key time | belongs in the scenario, in [variants.NAME], or below [vary]
        no version       | schema_version = 1 → ""="" && ""=""→  | 1:1 | schema_version is missing
        newer version    | schema_version = 1 → schema_version = 2 | 1:18 | a newer format needs a newer catchup
        name             | "good" → "my sweep"         | 2:8  | name = "my sweep" cannot name a run
        seed             | seed = 42 → seed = -1       | 4:8  | seed = -1 is out of range | a whole number ≥ 0
        seed a fraction  | seed = 42 → seed = 1.5      | 4:8  | seed = 1.5 is out of range
        seed too large   | seed = 42 → seed = 9007199254740994 | 4:8 | at most 9007199254740992
        no scenario      | scenario = "region.toml" →  | 1:1  | scenario is missing | scenario = "FILE.toml"
        scenario a number | "region.toml" → 3          | 3:12 | scenario is a whole number | the path of a scenario file
        no such scenario | "region.toml" → "nation.toml" | 3:12 | scenario: cannot read nation.toml | relative path starts from the folder of this file
        keep             | + [keep]⏎trajectories = -1  | 20:16 | keep.trajectories = -1 is out of range | or "all"
        keep a word      | + [keep]⏎trajectories = "some" | 20:16 | keep.trajectories is a string | or "all"
        keep no draw     | + [keep]⏎trajectories = [3, 8]  | 20:16 | keep.trajectories: there is no draw 8 | draws from 0 to 7
        keep half a draw | + [keep]⏎trajectories = [1.5]   | 20:17 | keep.trajectories = 1.5 is out of range
        no row           | + [keep]⏎dates = [10, 2030]     | 20:14 | keep.dates: no row has the year 2030 under plain | years of rows, from 0 to | time.start
        between rows     | + [keep]⏎dates = [10.5]         | 20:10 | keep.dates: no row has the year 10.5 under plain | in steps of 1 | time.period
        a date twice     | + [keep]⏎dates = [10, 20, 10]   | 20:18 | keep.dates has 10 twice | each date once
        no dates         | + [keep]⏎dates = 2030           | 20:9  | keep.dates is a whole number | a list of years
        the name taken   | + [keep]⏎dates = [10] && { uniform = [0.03, 0.08] } → { as = "w_P_10", uniform = [0.03, 0.08] } | 20:10 | keep.dates: 10 gives another column called w_P_10
        keep misspelt    | + [keep]⏎trajectory = 3     | 20:1  | unknown key keep.trajectory | did you mean `trajectories`?
        "#,
    );
    let message = refused("empty", "", &[], &["sweep.toml:1:1", "the sweep is empty", "scenario, [design] and [vary]"]);
    assert!(!message.contains("missing"), "{message}");
    let file = [("region.toml", SCENARIO.replace("beta = 0.04", "beta = -1"))];
    let files: Vec<(&str, &str)> = file.iter().map(|(name, text)| (*name, text.as_str())).collect();
    refused("the scenario's own", GOOD, &files, &["region.toml:8:8", "catch_up.beta = -1 is out of range"]);
}

#[test]
fn the_design() {
    check(
        r#"
        no design        | [design] → [keep] && kind = "sobol" → && samples = 8 → | 1:1 | design.kind is missing | grid, latin-hypercube, sobol, random, table, saltelli, morris
        unknown kind     | "sobol" → "sobel"   | 7:8  | design.kind = "sobel" is not known | did you mean `sobol`?
        zero samples     | samples = 8 → samples = 0    | 8:11 | design.samples = 0 is out of range | a whole number ≥ 1
        half a sample    | samples = 8 → samples = 1.5  | 8:11 | a whole number ≥ 1
        no samples       | samples = 8 →               | 6:2  | design.samples is missing
        samples of a grid | "sobol" → "grid" && { uniform = [0.03, 0.08] } → { linspace = [0.03, 0.08, 3] } | 8:1 | design.samples means nothing with kind = "grid" | every combination
        too many         | samples = 8 → samples = 600_000_000 | 6:2 | the design makes 1.2e9 runs (6e8 draws × 2 variants) | at most 1,000,000,000 | GB as CSV | hours on one core
        a grid too large | "sobol" → "grid" && samples = 8 → && { uniform = [0.03, 0.08] } → { linspace = [0.03, 0.08, 1000000] } && { values = [1.1, 1.3, 1.5] } → { linspace = [1, 2, 1000] } | 6:2 | 2e9 runs
        a grid of a distribution | "sobol" → "grid" && samples = 8 → | 11:19 | a grid has fixed values | allowed: values or linspace | linspace = [a, b, n]
        file of a sobol design | samples = 8 → samples = 8⏎file = "x.csv" | 9:1 | design.file means nothing with kind = "sobol"
        second order of a sobol design | samples = 8 → samples = 8⏎second_order = true | 9:1 | design.second_order means nothing with kind = "sobol" | choose kind = "saltelli"
        levels of a saltelli design | "sobol" → "saltelli" && samples = 8 → samples = 8⏎levels = 4 | 9:1 | design.levels means nothing with kind = "saltelli" | choose kind = "morris"
        odd levels       | "sobol" → "morris" && samples = 8 → samples = 8⏎levels = 5 | 9:10 | design.levels = 5 is odd | an even number from 2 to 1000 | moves half of its levels
        one level        | "sobol" → "morris" && samples = 8 → samples = 8⏎levels = 1 | 9:10 | design.levels = 1 is out of range
        a word for second order | "sobol" → "saltelli" && samples = 8 → samples = 8⏎second_order = "yes" | 9:16 | design.second_order is a string | true or false
        no base points   | "sobol" → "saltelli" && samples = 8 → | 6:2 | design.samples is missing
        too many crossings | "sobol" → "saltelli" && samples = 8 → samples = 200_000_000 | 6:2 | the design makes 1.6e9 runs (8e8 draws × 2 variants)
        a table without file | "sobol" → "table" && samples = 8 → && [vary] → && "catch_up.beta" = { uniform = [0.03, 0.08] } → && "sector.chips.lambda" = { values = [1.1, 1.3, 1.5] } → | 6:2 | design.file is missing
        "#,
    );
}

#[test]
fn what_varies() {
    check(
        r#"
        nothing          | "catch_up.beta" = { uniform = [0.03, 0.08] } → && "sector.chips.lambda" = { values = [1.1, 1.3, 1.5] } → | 10:2 | nothing varies
        unknown key      | "catch_up.beta" → "catch_up.bta"        | 11:1 | there is no key catch_up.bta in the scenario | did you mean `catch_up.beta`?
        unknown sector   | "sector.chips.lambda" → "sector.chip.lambda" | 12:1 | there is no key sector.chip.lambda | did you mean `sector.chips.lambda`?
        unknown policy   | "catch_up.beta" = { uniform = [0.03, 0.08] } → "policy.1.until" = { uniform = [3, 8] } | 11:1 | there is no key policy.1.until
        a table          | "catch_up.beta" → "catch_up"            | 11:1 | catch_up is a table: name a key of it
        a label          | "catch_up.beta" → "title"               | 11:1 | title cannot be varied
        a note           | "catch_up.beta" → "sources.growth.x"    | 11:1 | sources.growth.x cannot be varied
        a list           | "catch_up.beta" → "poor.closed_clusters" | 11:1 | poor.closed_clusters cannot be varied | [variants.NAME]
        a fixed value    | { uniform = [0.03, 0.08] } → 0.05       | 11:19 | catch_up.beta is a number | a fixed value belongs in the scenario
        a bare list      | { uniform = [0.03, 0.08] } → [0.03, 0.08] | 11:19 | catch_up.beta is an array | { uniform = [a, b] }
        unknown spec     | uniform → unifrom                       | 11:21 | unknown key catch_up.beta.unifrom | did you mean `uniform`?
        no spec          | { uniform = [0.03, 0.08] } → {}         | 11:1 | does not say how it varies
        two specs        | [0.03, 0.08] } → [0.03, 0.08], values = [0.05] } | 11:1 | varies in 2 ways: uniform, values
        reversed         | [0.03, 0.08] → [0.08, 0.03]             | 11:31 | uniform = [0.08, 0.03] has its bounds reversed | did you mean [0.03, 0.08]?
        reversed logs    | uniform = [0.03, 0.08] → log_uniform = [0.08, 0.03] | 11:35 | has its bounds reversed
        logs from zero   | uniform = [0.03, 0.08] → log_uniform = [0, 0.03] | 11:36 | a number > 0
        one value only   | [0.03, 0.08] → [0.03, 0.03]             | 11:31 | holds one value only
        three bounds     | [0.03, 0.08] → [0.03, 0.08, 0.1]        | 11:31 | is 3 numbers | uniform = [lowest, highest]
        text bound       | [0.03, 0.08] → ["0.03", 0.08]           | 11:32 | is a string | without the quotes
        not finite       | [0.03, 0.08] → [0.03, inf]              | 11:38 | is not a finite number
        no spread        | uniform = [0.03, 0.08] → normal = [0.05, 0], min = 0.01 | 11:37 | a number > 0
        truncation reversed | uniform = [0.03, 0.08] → normal = [0.05, 0.01], min = 0.1, max = 0.02 | 11:61 | min = 0.1 is not below max = 0.02
        truncation leaves nothing | uniform = [0.03, 0.08] → normal = [0.05, 0.001], min = 0.1 | 11:51 | leave nothing of the distribution
        a name taken     | [0.03, 0.08] } → [0.03, 0.08], as = "verdict" } | 11:50 | catch_up.beta.as = "verdict" is the name of another column
        a measure's name | [0.03, 0.08] } → [0.03, 0.08], as = "welfare" } | 11:50 | is the name of another column
        no name          | [0.03, 0.08] } → [0.03, 0.08], as = "my beta" } | 11:50 | cannot name a column | a letter, then letters
        one name for two | [0.03, 0.08] } → [0.03, 0.08], as = "b" } && 1.5] } → 1.5], as = "b" } | 12:1 | have columns of one name, b
        min of a uniform | [0.03, 0.08] } → [0.03, 0.08], min = 0.01 } | 11:45 | means nothing beside uniform
        mode outside     | uniform = [0.03, 0.08] → triangular = [0.03, 0.1, 0.08] | 11:41 | mode outside its bounds | a number from 0.03 to 0.08
        triangle reversed | uniform = [0.03, 0.08] → triangular = [0.08, 0.05, 0.03] | 11:34 | has its bounds reversed
        no values        | [1.1, 1.3, 1.5] → []                    | 12:36 | sector.chips.lambda.values is empty
        a value twice    | 1.3, 1.5 → 1.3, 1.10                    | 12:47 | names 1.1 twice
        mixed values     | 1.3, 1.5 → 1.3, "two"                   | 12:47 | mixes a string with other values
        text for a number | [1.1, 1.3, 1.5] → ["1.1"]              | 12:37 | is text | allowed: a number ≥ 1 | without the quotes
        number for text  | "catch_up.beta" = { uniform = [0.03, 0.08] } → "catch_up.form" = { values = [1] } && "sector.chips.lambda" = { values = [1.1, 1.3, 1.5] } → | 11:31 | is a number | text in quotes
        distribution of words | "catch_up.beta" → "poor.selection"     | 11:1 | poor.selection takes no numbers | allowed: values, each text in quotes
        unknown word     | "catch_up.beta" = { uniform = [0.03, 0.08] } → "poor.selection" = { values = ["best", "hystory"] } | 11:1 | poor.selection = "hystory" is not known | did you mean `history`?
        value out of range | [1.1, → [0.9,                         | 12:37 | sector.chips.lambda = 0.9 is out of range | allowed: a number ≥ 1
        bound out of range | [0.03, 0.08] → [-0.01, 0.08]          | 11:32 | catch_up.beta = -0.01 is out of range | allowed: a number > 0
        truncated out of range | uniform = [0.03, 0.08] → normal = [0.05, 0.01], min = -0.1 | 11:50 | catch_up.beta = -0.1 is out of range
        one point        | uniform = [0.03, 0.08] → linspace = [0.03, 0.08, 1] | 11:45 | a whole number from 2
        half a point     | uniform = [0.03, 0.08] → linspace = [0.03, 0.08, 2.5] | 11:45 | a whole number from 2
        points reversed  | uniform = [0.03, 0.08] → linspace = [0.08, 0.03, 5] | 11:32 | has its bounds reversed
        given twice      | + [vary.catch_up]⏎beta = { values = [0.05] } | 20:1 | catch_up.beta is given twice
        replace each other | + [vary.catch_up]⏎z_hat = { values = [0.5] } | 20:1 | catch_up.beta and catch_up.z_hat replace each other
        until before from | "catch_up.beta" = { uniform = [0.03, 0.08] } → "policy.0.from" = { uniform = [5, 20] } && policy = [{ promote = "chips", sustain = "always" }] → poor.tau = 1 | 11:1 | policy.0.until = 10 is not after policy.0.from
        of another form  | "catch_up.beta" = { uniform = [0.03, 0.08] } → "catch_up.delta" = { uniform = [1, 2] } | 11:1 | draw 0 under plain: catch_up.delta means nothing under form = "logistic"
        "#,
    );
}

#[test]
fn variants_that_cannot_be() {
    check(
        r#"
        a name           | variants.chips → variants."a b"   | 16:11 | "a b" cannot name a variant
        no table         | policy = [{ promote = "chips", sustain = "always" }] →  && [variants.chips] → && [variants.plain] → [variants]⏎plain = 3 | 15:9 | variants.plain is a whole number
        a mistake        | "always" → "ever"                 | 17:42 | variants.chips: policy.0.sustain = "ever" is not known
        an unknown key   | policy = [{ promote → poor.taw = 1⏎policy = [{ promote | 17:6 | variants.chips: unknown key poor.taw | did you mean `tau`?
        a name of its own | policy = [{ promote → name = "x"⏎policy = [{ promote | 17:1 | a variant cannot set name
        a baseline below | [variants.plain] → [variants.plain]⏎baseline = "chips" | 15:12 | variants.plain.baseline = "chips" is no variant above this one | a variant that follows another
        no such baseline | policy = [{ promote → baseline = "plan"⏎policy = [{ promote | 17:12 | variants.chips.baseline = "plan" is no variant above this one | allowed: plain | did you mean `plain`?
        what varies      | policy = [{ promote → catch_up.beta = 0.05⏎policy = [{ promote | 17:10 | catch_up.beta is set, but catch_up.beta varies
        what varies, quoted | policy = [{ promote → "catch_up.beta" = 0.05⏎policy = [{ promote | 17:1 | catch_up.beta is set, but catch_up.beta varies
        what draws replace | policy = [{ promote → catch_up.z_hat = 0.5⏎shock = []⏎policy = [{ promote | 17:10 | catch_up.z_hat is set, but catch_up.beta varies
        alike            | policy = [{ promote = "chips", sustain = "always" }] → sector.textiles.lambda = 1.5 | 16:11 | variants.plain and variants.chips are the same scenario
        other dates      | policy = [{ promote = "chips", sustain = "always" }] → time.horizon = 30 | 16:11 | variants.chips: time.horizon is 30, and 20 in the baseline plain
        other rate       | policy = [{ promote = "chips", sustain = "always" }] → welfare.discount_rate = 0.01 | 16:11 | welfare.discount_rate is 0.01
        other shares     | policy = [{ promote = "chips", sustain = "always" }] → sector = { textiles.alpha = 0.4, chips.alpha = 0.6 } | 16:11 | sector.textiles.alpha at t = 0 is 0.4
        no such policy   | "catch_up.beta" = { uniform = [0.03, 0.08] } → "policy.0.from" = { uniform = [3, 8] } && policy = [{ promote = "chips", sustain = "always" }] → policy = [] | 11:1 | variants.chips: policy.0 does not exist | { from = 0, trade = "open" }
        "#,
    );
}

#[test]
fn several_mistakes_are_told_together() {
    let text = edited(
        "seed = 42 → sed = 42 && samples = 8 → samples = 0 && [0.03, 0.08] → [0.08, 0.03] && variants.chips → variants.\"!\"",
    );
    let message =
        refused("several", &text, &[], &["sweep.toml:4:1", "sweep.toml:8:11", "sweep.toml:11:31", "sweep.toml:16:11"]);
    assert_eq!(message.matches("error:").count(), 4, "{message}");
}

#[test]
fn draws_are_looked_at_before_the_first_run() {
    // Equal rows but one, which only the two keys together make invalid.
    let text = "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"table\"\n[vary]\n\
                policy.0.from = { column = [1, 2, 30, 4] }\npolicy.0.until = { column = [5, 6, 7, 8] }\n";
    refused(
        "from after until",
        text,
        &[],
        &["sweep.toml:7:10\n", "draw 2: policy.0.until = 7 is not after policy.0.from = 30"],
    );
    let z_hat = "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"table\"\n[vary]\n\
                catch_up.z_hat = { column = [0.5, 0.9999] }\n[variants.a]\nshock = []\n[variants.b]\nshock = []\npoor.tau = 3\n";
    refused("z_hat", z_hat, &[], &["sweep.toml:6:10\n", "draw 1 under a: catch_up.z_hat = 0.9999 implies beta = 200"]);
}

fn table(csv: &str) -> (String, Vec<(&'static str, String)>) {
    let text = "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"table\"\nfile = \"design.csv\"\n";
    (text.to_owned(), vec![("design.csv", csv.to_owned())])
}

fn with_table(csv: &str) -> Result<Sweep, String> {
    let (text, files) = table(csv);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    read(&text, &files)
}

#[test]
fn a_design_can_be_a_table() {
    let sweep = with_table(TABLE).expect("a good table");
    assert_eq!(sweep.design.draws(), 3);
    let kinds: Vec<_> = sweep.vary.iter().map(|varied| varied.kind).collect();
    assert_eq!(kinds, [ColumnType::Number, ColumnType::String, ColumnType::Boolean]);
    let mut columns = vec![vec![0.0; 3]; 3];
    sweep.design.fill(0, &mut columns);
    let cells: Vec<Vec<Level>> = sweep
        .vary
        .iter()
        .zip(&columns)
        .map(|(varied, column)| column.iter().map(|drawn| varied.value(*drawn)).collect())
        .collect();
    assert_eq!(cells[0], [0.05, 0.06, 0.07].map(Level::Number));
    assert_eq!(cells[1], ["logistic", "gompertz", "logistic"].map(|form| Level::Text(form.to_owned())));
    assert_eq!(cells[2], [true, false, true].map(Level::Flag));
    // What a spreadsheet adds: a mark, CR LF, blanks, an empty line at the end.
    let dressed = format!("\u{feff}{}\r\n\r\n", TABLE.trim_end().replace('\n', "\r\n").replace(',', ", "));
    assert_eq!(with_table(&dressed).expect("the same table").design, sweep.design);
    assert_eq!(with_table(&dressed).expect("the same table").resolved(), sweep.resolved());
}

/// Tables as people have them: with numbers of rows, names and notes, cells left empty, from a spreadsheet or a program.
#[test]
fn a_table_is_read_as_people_have_it() {
    let plain = "catch_up.beta,sector.chips.cluster_R,name,poor.tau\n0.05,true,Ærø,1.5\n0.06,,,2.5\n,false,\"a, b\",\n";
    let forms = [
        plain.to_owned(),
        "\u{feff}catch_up.beta;sector.chips.cluster_R;name;poor.tau\r\n0,05;WAHR;Ærø;1,5\r\n0,06;;;2,5\r\n;FALSCH;a, b;\r\n;;;\r\n"
            .replace("WAHR", "TRUE")
            .replace("FALSCH", "FALSE"),
        plain.replace("\"a, b\"", "a; b").replace(',', "\t").replace("a; b", "a, b"),
        format!("\n\n{}\n", plain.replace('\n', "\n\n")),
        plain.replace("0.06,,,2.5", "0.06,NA,,2.5").replace("\n,false", "\nNaN,false"),
    ];
    let own = good(
        "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"random\"\nsamples = 2\n[vary]\n\"growth.x\" = { uniform = [0.01, 0.02] }\n",
        &[],
    );
    let own = |key: &str| own.variants[0].scenario.number(key).expect("a number");
    for form in &forms {
        let sweep = with_table(form).unwrap_or_else(|message| panic!("{form:?}: {message}"));
        let names: Vec<(&str, bool)> =
            sweep.vary.iter().map(|varied| (varied.name.as_str(), varied.is_key())).collect();
        let keys = [("catch_up.beta", true), ("sector.chips.cluster_R", true), ("poor.tau", true), ("name", false)];
        assert_eq!(names, keys, "{form:?}");
        let mut columns = vec![vec![0.0; 3]; 4];
        sweep.design.fill(0, &mut columns);
        // Where a cell is empty, the scenario's value holds.
        assert_eq!(columns[0], [0.05, 0.06, own("catch_up.beta")]);
        assert_eq!(columns[2], [1.5, 2.5, own("poor.tau")]);
        let flags = columns[1].iter().map(|drawn| sweep.vary[1].value(*drawn)).collect::<Vec<_>>();
        assert_eq!(flags, [true, true, false].map(Level::Flag));
        let notes = columns[3].iter().map(|drawn| sweep.vary[3].value(*drawn)).collect::<Vec<_>>();
        assert_eq!(notes, ["Ærø", "", "a, b"].map(|note| Level::Text(note.to_owned())));
        assert_eq!(sweep.resolved(), with_table(&forms[0]).expect("a table").resolved());
        // Every draw is what `run --set` would make of it, without the note.
        assert_eq!(
            sweep.sets(0, &[columns[0][1], columns[1][1], columns[2][1], columns[3][1]]),
            ["catch_up.beta=0.06", "sector.chips.cluster_R=true", "poor.tau=2.5"]
        );
    }
    // An index, as pandas writes it, is carried through as whole numbers.
    let index = with_table(",catch_up.beta\n0,0.05\n1,0.06\n").expect("a table");
    assert_eq!((index.vary[1].name.as_str(), index.vary[1].kind), ("index", ColumnType::Integer));
    assert!(index.resolved().contains("[carry]\nindex = [0, 1]\n"), "{}", index.resolved());
    // What looks like a number and is none stays as it is.
    let codes = with_table("catch_up.beta,code\n0.05,007\n0.06,8\n").expect("a table");
    assert!(codes.resolved().contains("code = [\"007\", \"8\"]"), "{}", codes.resolved());
}

#[test]
fn what_is_carried_beside_columns_is_checked() {
    let of = |carry: &str| {
        format!(
            "schema_version = 1\nscenario = \"region.toml\"\n[design]\nkind = \"table\"\n[vary]\n\"growth.x\" = {{ column = [0.01, 0.02] }}\n[carry]\n{carry}\n"
        )
    };
    let sweep = good(&of("id = [3, 4]\nnote = [\"a\", \"b\"]"), &[]);
    assert_eq!(good(&sweep.resolved(), &[]).resolved(), sweep.resolved());
    for (carry, fragments) in [
        ("id = [3]", vec!["growth.x has 2 rows, and id has 1"]),
        ("id = [0.5, 1]", vec!["8:7", "carry: id holds 0.5", "whole numbers"]),
        ("id = 3", vec!["carry: id is a whole number"]),
        ("run = [0, 1]", vec!["8:1", "would stand beside another"]),
        ("\"catch_up.bet\" = [0, 1]", vec!["did you mean `catch_up.beta`?"]),
    ] {
        refused(carry, &of(carry), &[], &fragments);
    }
    let grid = of("id = [1, 2]").replace("\"table\"", "\"grid\"").replace("column", "values");
    refused("a grid", &grid, &[], &["7:2", "carry means nothing here"]);
}

#[test]
fn tables_that_are_no_design() {
    for (case, csv, fragments) in [
        ("empty", "", vec!["design.csv:1:1", "the table is empty"]),
        ("no row", "catch_up.beta\n", vec!["design.csv:1:1", "the table has no row"]),
        (
            "no header",
            "0.05,0.06\n0.05,0.06\n",
            vec!["design.csv:1:1", "0.05 is no key: the table has no line of keys"],
        ),
        (
            "a column without a name",
            "catch_up.beta,\n0.05,1\n",
            vec!["design.csv:2:6", "column 2 has values and no name"],
        ),
        (
            "unknown column",
            "catch_up.beta,growth.z\n0.05,1\n",
            vec!["design.csv:1:15", "the column growth.z is no parameter", "did you mean `growth.x`?"],
        ),
        (
            "a column twice",
            "growth.x,growth.x\n0.05,1\n",
            vec!["design.csv:1:10", "the column growth.x is there twice"],
        ),
        ("no key at all", "index;note\n0;a\n", vec!["design.csv:1:1", "no column of the table is a parameter"]),
        (
            "a taken name",
            "growth.x,verdict\n0.05,a\n",
            vec!["design.csv:1:10", "would stand beside another of this name"],
        ),
        ("a note twice", "growth.x,a,a\n0.05,1,2\n", vec!["design.csv:1:12", "the column a is there twice"]),
        (
            "points and commas",
            "growth.x;poor.tau\n0.05;1\n0,02;1\n",
            vec!["design.csv:3:1", "draw 1: growth.x = 0,02 has a comma, where other numbers have a point"],
        ),
        ("thousands", "poor.tau;growth.x\n1.234,5;1\n", vec!["design.csv:2:1", "has a comma and a point"]),
        (
            "a comma between commas",
            "growth.x,poor.tau\n\"0,02\",1\n",
            vec!["design.csv:2", "as what separates columns"],
        ),
        (
            "text",
            "growth.x,poor.tau\n0.05,1\n0.02,long\n",
            vec!["design.csv:3:6", "draw 1: poor.tau = long is no number", "a number ≥ 0"],
        ),
        (
            "nothing to stand for",
            "growth.x,poor.size\n0.05,1\n0.02,\n",
            vec!["design.csv:3:6", "poor.size =  is missing, and the scenario has no value", "give it there, or here"],
        ),
        (
            "a short row",
            "growth.x,poor.tau\n0.05,1\n0.02\n",
            vec!["design.csv:3:1", "row 1 is too short: 1 values", "allowed: 2"],
        ),
        ("a long row", "growth.x,poor.tau\n0.05,1,2\n", vec!["design.csv:2:1", "row 0 is too long: 3 values"]),
        (
            "out of range",
            "growth.x,poor.tau\n0.05,-1\n",
            vec!["design.csv:2:6", "poor.tau = -1 is out of range", "a number ≥ 0"],
        ),
        ("not finite", "growth.x\ninf\n", vec!["design.csv:2:1", "growth.x = inf is not a finite number"]),
        ("no flag", "sector.chips.cluster_R\nyes\n", vec!["design.csv:2:1", "is neither true nor false"]),
        (
            "unknown word",
            "catch_up.form\ngompetz\n",
            vec!["draw 0: catch_up.form = \"gompetz\" is not known", "did you mean `gompertz`?"],
        ),
    ] {
        let message = with_table(csv).expect_err(case);
        for fragment in fragments {
            assert!(message.contains(fragment), "{case}: lacks {fragment}:\n{message}");
        }
    }
    let (text, _) = table("");
    refused("no file", &text, &[], &["sweep.toml:5:8", "design.file: cannot read design.csv"]);
    let both = format!("{text}[vary]\n\"growth.x\" = {{ column = [0.1] }}\n");
    refused("both", &both, &[("design.csv", TABLE)], &["sweep.toml:6:2", "design.file does so too"]);
    let hashed = format!("{text}sha256 = \"00\"\n");
    refused("another table", &hashed, &[("design.csv", TABLE)], &["sweep.toml:6:10", "not the table"]);
    let ragged =
        text.replace("file = \"design.csv\"", "[vary]\ngrowth.x = { column = [0.1] }\npoor.tau = { column = [1, 2] }");
    refused("ragged columns", &ragged, &[], &["sweep.toml:7:6", "growth.x has 1 rows, and poor.tau has 2"]);
}

#[test]
fn dotted_keys_are_one_key_quoted_or_not() {
    let tables = edited(
        "\"catch_up.beta\" = → catch_up.beta = && \"sector.chips.lambda\" = { values = [1.1, 1.3, 1.5] } → sector = { chips = { lambda = { values = [1.1, 1.3, 1.5] } } }",
    );
    assert_eq!(good(&tables, &[]).resolved(), good(GOOD, &[]).resolved());
    let shock = edited("\"catch_up.beta\" → \"shock.0.set.catch_up.beta\"");
    let dotted = edited("\"catch_up.beta\" → shock.0.set.catch_up.beta");
    assert_eq!(good(&shock, &[]).resolved(), good(&dotted, &[]).resolved());
    let mut binder = good(&shock, &[]).binder(0);
    let (problem, _) = binder.bind(&[0.07, 0.0]).expect("a draw");
    assert_eq!(problem.epochs[1].params.sectors[0].catch_up.beta, 0.07);
}

#[test]
fn order_is_the_files() {
    let text = edited("+ [variants.aaa]⏎poor.tau = 1⏎[variants.Z]⏎poor.tau = 2");
    let text = text.replace("[variants.plain]\n", "\"growth.x\" = { values = [0.01] }\n\"catch_up.form\" = { values = [\"logistic\", \"gompertz\"] }\n[variants.plain]\n");
    let sweep = good(&text, &[]);
    let keys: Vec<_> = sweep.vary.iter().map(|varied| varied.key.as_str()).collect();
    assert_eq!(keys, ["catch_up.beta", "sector.chips.lambda", "growth.x", "catch_up.form"]);
    let names: Vec<_> = sweep.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["plain", "chips", "aaa", "Z"]);
}

#[test]
fn linspace_ends_exactly() {
    let sweep = good(
        &edited("\"sobol\" → \"grid\" && samples = 8 → && { uniform = [0.03, 0.08] } → { linspace = [0.03, 0.1, 8] }"),
        &[],
    );
    let points: Vec<_> =
        sweep.vary[0].levels.iter().map(|level| if let Level::Number(n) = level { *n } else { f64::NAN }).collect();
    assert_eq!((points.len(), points[0], points[7]), (8, 0.03, 0.1));
    assert!(points.windows(2).all(|pair| pair[1] > pair[0]));
    assert_eq!((sweep.design.draws(), sweep.runs()), (24, 48));
}

#[test]
fn trajectories_are_kept_of_no_more_draws_than_there_are() {
    let chosen = |draws: &[u64]| Kept::of(draws.to_vec());
    for (keep, kept) in [
        ("0", Kept::First(0)),
        ("3", Kept::First(3)),
        ("8", Kept::First(8)),
        ("1000", Kept::First(8)),
        ("\"all\"", Kept::First(8)),
        ("[]", Kept::First(0)),
        ("[6, 2]", chosen(&[2, 6])),
        ("[1, 0]", Kept::First(2)),
    ] {
        let text = edited(&format!("+ [keep]⏎trajectories = {keep}"));
        assert_eq!(good(&text, &[]).keep, kept, "{keep}");
    }
}

/// Sweeps of every kind, with what stands beside them.
fn sweeps() -> Vec<(String, Vec<(&'static str, String)>)> {
    let plain = |edits: &str| (edited(edits), Vec::new());
    let long = format!("growth.x\n{}", "0.01\n".repeat(10_001));
    vec![
        (GOOD.to_owned(), Vec::new()),
        plain(
            "\"sobol\" → \"random\" && seed = 42 → seed = 9007199254740992⏎title = \"a \\\"b\\\"\"⏎description = \"two⏎lines\" && \"two⏎lines\" → \"two\\nlines\"",
        ),
        plain(
            "\"sobol\" → \"latin-hypercube\" && [variants.plain] → [variants.plain]⏎title = \"x\"⏎sources.\"poor.tau\" = \"a book\"⏎poor.tau = 2",
        ),
        plain("\"sobol\" → \"grid\" && samples = 8 → && { uniform = [0.03, 0.08] } → { linspace = [0.03, 0.1, 7] }"),
        plain(
            "[0.03, 0.08] } → [1e-3, 0.08] }⏎\"poor.selection\" = { values = [\"best\", \"history\"] }⏎sector.textiles.cluster_R = { values = [true, false] }⏎\"policy.0.trade\" = { values = [\"open\", \"closed\"] }",
        ),
        plain(
            "+ [variants.shocked]⏎shock = [{ at = 5, set = { growth.x = 0.01, \"poor.tau\" = 3 } }]⏎[keep]⏎trajectories = \"all\"",
        ),
        plain("[0.03, 0.08] } → [0.03, 0.08], as = \"beta\" } && 1.5] } → 1.5], as = \"lambda\" }"),
        plain("+ [variants.later]⏎baseline = \"chips\"⏎poor.tau = 3"),
        plain("\"sobol\" → \"saltelli\""),
        plain("\"sobol\" → \"saltelli\" && samples = 8 → samples = 8⏎second_order = true"),
        plain("\"sobol\" → \"morris\""),
        plain("\"sobol\" → \"morris\" && samples = 8 → samples = 3⏎levels = 10"),
        (table("").0, vec![("design.csv", TABLE.to_owned())]),
        (table("").0, vec![("design.csv", long)]),
        (
            edited("\"region.toml\" → \"north/own.toml\""),
            vec![("north/own.toml", "extends = \"../region.toml\"\n[poor]\ntau = 4\n".to_owned())],
        ),
    ]
}

#[test]
fn a_resolved_sweep_is_a_fixed_point() {
    for (text, files) in sweeps() {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let sweep = good(&text, &files);
        let resolved = sweep.resolved();
        // Without the scenario's file: it is inside. A long table stays a file.
        let bench = Bench::new();
        files.iter().filter(|(name, _)| name.ends_with(".csv")).for_each(|(name, text)| drop(bench.write(name, text)));
        let again = Sweep::parse(&resolved, bench.path())
            .unwrap_or_else(|report| panic!("{}\n{resolved}", report.render(false)));
        assert_eq!(again.resolved(), resolved);
        assert_eq!(again.identity(), sweep.identity());
        assert_eq!(
            (&again.design, &again.vary, &again.keep, &again.dates),
            (&sweep.design, &sweep.vary, &sweep.keep, &sweep.dates)
        );
        for (one, other) in sweep.variants.iter().zip(&again.variants) {
            assert_eq!((&one.name, &one.scenario.problem), (&other.name, &other.scenario.problem));
            assert!(one.scenario.solver == other.scenario.solver);
        }
        assert_eq!(sweep.variants.len(), again.variants.len());
    }
}

#[test]
fn identity_names_what_changed() {
    let parts = |text: &str, files: &[(&str, &str)]| good(text, files).identity();
    let before = parts(GOOD, &[]);
    let changed = |edits: &str, files: &[(&str, &str)]| -> Vec<&str> {
        let after = parts(&edited(edits), files);
        before.iter().zip(after).filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0).collect()
    };
    assert_eq!(changed("seed = 42 → seed = 43", &[]), ["the seed"]);
    let larger = "samples = 8 → samples = 9";
    assert_eq!(changed(larger, &[]), [""; 0], "the first eight draws are the same");
    let laid_out = |edits: &str| parts(&edited(&format!("\"sobol\" → \"latin-hypercube\"{edits}")), &[]);
    assert_ne!(laid_out(""), laid_out(&format!(" && {larger}")));
    assert_eq!(changed("0.08 → 0.09", &[]), ["[vary]"]);
    assert_eq!(changed("\"always\" → \"if-equilibrium\"", &[]), ["[variants]"]);
    assert_eq!(changed("+ [keep]⏎trajectories = 2", &[]), [""; 0], "kept trajectories are no runs");
    let labels = "seed = 42 → title = \"Good\"⏎description = \"long\"⏎seed = 42 && 0.08] } → 0.08], as = \"beta\" } \
                  && \"always\" → \"always\", label = \"The programme\"";
    assert_eq!(changed(labels, &[]), [""; 0]);
    let labelled =
        format!("title = \"A region\"\nregions.poor = \"Norte\"\n{SCENARIO}\n[sources]\ngrowth.x = \"a book\"\n");
    assert_eq!(changed("+ ", &[("region.toml", &labelled)]), [""; 0]);
    assert_eq!(changed("+ # a remark", &[]), [""; 0]);
    let other = SCENARIO.replace("horizon = 20", "horizon = 30");
    assert_eq!(changed("+ ", &[("region.toml", &other)]), ["the scenario"]);
    let remarked = format!("# a remark\n{SCENARIO}");
    assert_eq!(changed("+ ", &[("region.toml", &remarked)]), [""; 0]);
}

#[test]
fn a_scenario_can_stand_in_the_sweep_file() {
    let inside = SCENARIO.replace("schema_version = 1\n", "").replace("name = \"region\"\n", "");
    let inside = inside.replace("[[", "@@").replace('[', "[scenario.").replace("@@", "[[scenario.");
    let text = format!("{}\n{inside}", edited("scenario = \"region.toml\" →"));
    let sweep = good(&text, &[]);
    assert_eq!(sweep.variants[0].scenario.problem, parse(SCENARIO, &[]).expect("a scenario").problem);
    assert_eq!((sweep.scenario, sweep.variants[0].scenario.keys.name.as_str()), (None, "good"));
    refused(
        "a mistake inside",
        &text.replace("beta = 0.04", "beta = -4"),
        &[],
        &["sweep.toml:24:8", "catch_up.beta = -4 is out of range"],
    );
}

#[test]
fn the_two_kinds_of_file_are_told_apart() {
    let bench = Bench::new();
    bench.write("region.toml", SCENARIO);
    bench.write("sweep.toml", GOOD);
    bench.write("broken.toml", "[vary\n[design]\n");
    let is_sweep = |name: &str| Sweep::is_sweep(&bench.path().join(name).to_string_lossy());
    assert!(is_sweep("sweep.toml") && is_sweep("broken.toml"));
    assert!(!is_sweep("region.toml") && !is_sweep("none.toml"));
    let path = bench.path().join("sweep.toml").to_string_lossy().into_owned();
    let report = load(&path, &[]).expect_err("a sweep is no scenario").render(false);
    assert!(report.contains("this is a sweep, not a scenario") && report.contains("catchup sweep FILE"), "{report}");
    assert_eq!(report.matches("error:").count(), 1, "{report}");
}

#[test]
fn the_sweep_of_the_documentation_works() {
    let docs = std::fs::read_to_string(crate::common::root().join("docs/files.md")).expect("docs");
    let section = docs.split("## 14. Sweep files").nth(1).expect("a section");
    let block = |fence: &str| {
        section.split(fence).nth(1).and_then(|rest| rest.split("```").next()).expect("a block").to_owned()
    };
    let sweep = good(&block("```toml\n"), &[("my-region.toml", SCENARIO)]);
    assert_eq!((sweep.runs(), sweep.name.as_str()), (2048, "does-lambda-matter"));
    with_table(&block("```csv\n")).expect("the table");
}

/// Keys far beyond what a scenario of 64 sectors has: every sector's lambda, y_R and y_P.
#[test]
fn a_sobol_design_has_as_many_keys_as_its_sequence_is_known_for() {
    let sector = |i: usize| format!("[scenario.sector.s{i}]\nlambda = 1.5\ny_R = 1.0\ny_P = 0.8\n");
    let sectors: String = (0..64).map(sector).collect();
    let text = |kind: &str, keys: usize| {
        let key =
            |i: usize| format!("sector.s{}.{} = {{ uniform = [1.1, 1.2] }}\n", i / 3, ["lambda", "y_R", "y_P"][i % 3]);
        let vary: String = (0..keys).map(key).collect();
        format!(
            "schema_version = 1\nname = \"wide\"\n[design]\nkind = \"{kind}\"\nsamples = 2\n[vary]\n{vary}\
             [scenario]\nschema_version = 1\ntime.horizon = 10\ngrowth.x = 0.02\ncatch_up.beta = 0.04\n{sectors}"
        )
    };
    let read = |kind: &str, keys: usize| Sweep::parse(&text(kind, keys), std::path::Path::new(""));
    // A Saltelli design takes two points of the sequence at a time.
    for (kind, most, draws) in [("sobol", 128, 2), ("saltelli", 64, 132)] {
        let wide = read(kind, most).unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert_eq!((wide.design.dimensions(), wide.design.draws()), (most, draws));
        let refused = read(kind, most + 1).expect_err("too many keys").render(false);
        assert!(refused.contains(&format!("{} keys", most + 1)), "{refused}");
        assert!(refused.contains(&format!("at most {most} keys under design.kind = \"{kind}\"")), "{refused}");
    }
    assert_eq!(read("morris", 65).map(|sweep| sweep.design.draws()).ok(), Some(132));
}

/// A distribution without bounds is drawn through before the first run; the first draw outside is named.
#[test]
fn the_first_draw_outside_a_keys_range_is_named() {
    let bench = Bench::new();
    bench.write("region.toml", SCENARIO);
    let text = GOOD.replace("uniform = [0.03, 0.08]", "normal = [0.05, 0.04]").replace("samples = 8", "samples = 512");
    let refused = Sweep::parse(&text, bench.path()).expect_err("beta below 0").render(false);
    let named = refused.lines().any(|line| line.contains("draw") && line.contains("catch_up.beta"));
    assert!(named && refused.contains("-0.0"), "{refused}");
    let cut = text.replace("normal = [0.05, 0.04]", "normal = [0.05, 0.04], min = 0.01");
    Sweep::parse(&cut, bench.path()).unwrap_or_else(|report| panic!("{}", report.render(false)));
}

/// A varied key may have a short name; no two columns of `runs.csv` have the same.
#[test]
fn a_short_name_is_the_name_of_a_column() {
    let sweep = good(&edited("[0.03, 0.08] } → [0.03, 0.08], as = \"speed\" }"), &[]);
    let names = |vary: &[catchup::scenario::sweep::Varied]| -> Vec<String> {
        let columns = Meaning { vary, variants: &["plain".to_owned()], ..Meaning::default() }.columns();
        columns.iter().map(|column| column.field.name.to_string()).collect()
    };
    assert_eq!(names(&sweep.vary)[2..4], ["speed", "sector.chips.lambda"]);
    assert!(sweep.sets(0, &[0.05, 0.0])[0].starts_with("catch_up.beta="), "the key is still what is set");
    let others = names(&[]);
    let untold: Vec<&String> = others.iter().filter(|name| taken().all(|taken| taken != name.as_str())).collect();
    assert!(untold.is_empty(), "a varied key could be called like these columns: {untold:?}");
}

#[test]
fn a_setting_changes_the_design_or_the_scenario_and_says_where_it_is_wrong() {
    let bench = Bench::new();
    bench.write("region.toml", SCENARIO);
    bench.write("good.toml", GOOD);
    let told = |sets: &[&str]| {
        let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        let ran = bench.run(&[&["sweep", "good.toml", "--fresh", "--quiet"], &sets[..]].concat());
        (ran.code, ran.err, bench.read("output/good/sweep.toml"))
    };
    let (code, err, plain) = told(&[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(plain.contains("samples = 8\n") && plain.contains("\"sobol\""), "{plain}");
    let (code, err, other) = told(&["design.samples=16", "design.kind=saltelli", "catch_up.form=gompertz"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        other.contains("samples = 16\n") && other.contains("\"saltelli\"") && other.contains("gompertz"),
        "{other}"
    );
    for (set, says) in [
        ("design.sample=16", "design.sample"),
        ("design.samples=many", "design.samples is a string"),
        ("design=8", "a table [design]"),
        ("vary.x=8", "`vary` is set in the sweep's file alone"),
        ("seed=8", "`seed` is set in the sweep's file alone"),
    ] {
        let (code, err, _) = told(&[set]);
        assert!(code == Some(2) && err.contains(says) && err.contains("--set"), "{set}: {code:?} {err}");
    }
}
