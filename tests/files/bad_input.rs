//! What protects users from their own mistakes: every wrong scenario is refused with exit code 2, before anything is
//! written, by a message that names file, line, column and key, says what is allowed and what to do.
//!
//! The tables below have one case a line: what it is called | how the good scenario is spoilt | line:column | what else
//! the message says. `A → B` replaces A by B, `+ A` appends A, `&&` joins several of these, `⏎` is a line break.

use crate::common::Bench;

/// A scenario with nothing wrong in it; the cases spoil it.
const GOOD: &str = r#"schema_version = 1
name = "good"

[time]
horizon = 20
period = 1

[growth]
x = 0.02

[catch_up]
form = "logistic"
beta = 0.04

[sector.textiles]
lambda = 1.5
y_R = 1.0
y_P = 0.8

[sector.electronics]
lambda = 1.8
y_R = 1.0
y_P = 0.6
"#;

/// The good scenario after the edits that a table describes.
fn edited(edits: &str) -> String {
    edits.replace('⏎', "\n").split(" && ").fold(GOOD.to_owned(), |text, edit| {
        if let Some(more) = edit.strip_prefix("+ ") {
            return format!("{text}\n{more}\n");
        }
        let (old, new) = edit.split_once('→').unwrap_or_else(|| panic!("no edit: {edit}"));
        let (old, new) = (old.trim_matches(' '), new.trim_matches(' '));
        assert!(text.contains(old), "the scenario has no {old:?}");
        text.replacen(old, new, 1)
    })
}

/// Runs the program with `args` in `bench` and checks that it refuses: exit code 2, every fragment in the message,
/// nothing printed or written. Returns the message.
fn refused(bench: &Bench, case: &str, args: &[&str], fragments: &[&str]) -> String {
    let ran = bench.run(&[&["run"], args].concat());
    let message = ran.err;
    let missing: Vec<_> = fragments.iter().filter(|fragment| !message.contains(**fragment)).collect();
    assert!(missing.is_empty(), "{case}: the message lacks {missing:#?}:\n{message}");
    assert_eq!(ran.code, Some(2), "{case}: exit code\n{message}");
    assert!(ran.out.is_empty(), "{case}: printed\n{}", ran.out);
    assert!(message.contains("nothing was written"), "{case}: it does not say so\n{message}");
    assert!(!bench.exists("output"), "{case}: something was written\n{message}");
    assert!(!message.contains("panicked"), "{case}: {message}");
    message
}

fn refused_text(case: &str, text: impl AsRef<[u8]>, fragments: &[&str]) -> String {
    let bench = Bench::new();
    bench.write("case.toml", text);
    refused(&bench, case, &["case.toml"], fragments)
}

/// Checks every line of a table.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [case, edits, position, fragments @ ..] = cells.as_slice() else { panic!("too few cells: {line}") };
        let place = format!("case.toml:{position}\n");
        refused_text(case, edited(edits), &[&[place.as_str()], fragments].concat());
    }
}

/// Checks how many mistakes the message counts.
fn counts(message: &str, mistakes: &str) {
    assert!(message.contains(&format!("\n{mistakes} in 1 scenario")), "not {mistakes}:\n{message}");
}

#[test]
fn the_good_scenario_is_good() {
    let bench = Bench::new();
    bench.write("case.toml", GOOD);
    assert_eq!(bench.run(&["run", "case.toml"]).code, Some(0));
}

#[test]
fn text_that_is_not_toml() {
    check(
        r#"
        accent in a name     | [sector.textiles] → [sector.pêche] | 15:10 | not valid TOML: a name holds ê | label = "…"
        unclosed header      | [growth] → [growth       | 8:8   | not valid TOML: unclosed table | expected `]`
        more after a header  | [growth] → [growth]]     | 8:9   | something follows the header
        word without quotes  | "logistic" → logistic    | 12:8  | logistic is not a value | text in quotes | straight quotes
        word that begins so  | "logistic" → nelson-phelps | 12:8 | nelson-phelps is not a value | text in quotes | straight quotes
        not known            | 0.04 → NA                | 13:8  | NA is not a value | a number | what is not known is left out
        none                 | 0.04 → None              | 13:8  | None is not a value | what is not known is left out
        typographic quotes   | "good" → “good”          | 2:8   | “good” is not a value | straight quotes
        no closing quote     | "good" → "good           | 2:13  | a text does not end on its line | expected the closing `"`
        unit                 | 0.04 → 0.04 per year     | 13:8  | 0.04 per year is not a value | takes no unit
        decimal comma        | 0.04 → 0,04              | 13:9  | something follows the value | decimals take a point
        no zero              | 0.04 → .04               | 13:8  | a number begins with a point | write the zero
        no value             | 0.04 →                   | 13:8  | the value is missing
        no key               | beta = → =               | 13:1  | a key is missing
        backslash            | "good" → "a\d"           | 2:11  | a backslash begins no known escape | write it twice
        key twice            | beta = → form =          | 13:1  | `form` is given twice | each key once
        bracket left open    | [time] → policy = [{ trade = "open" }⏎[time] | 5:1 | is a bracket before this place left open?
        sector twice         | + [sector.textiles]⏎lambda = 2⏎y_R = 1 | 25:9 | the table [sector.textiles] is given twice | under one header
        "#,
    );
    let several = edited("horizon = 20 → horizon = = 20 && beta = → beta && \"good\" → \"good");
    let places = ["case.toml:2:13\n", "case.toml:5:11\n", "extra `=`", "case.toml:13:6\n", "expected `=`"];
    counts(&refused_text("several syntax errors", several, &places), "3 mistakes");
    // What follows from an error is not told as another one.
    let twice = edited("+ [sector.textiles]⏎lambda = 2⏎y_R = 1⏎y_P = 1");
    counts(&refused_text("sector twice", twice, &["given twice"]), "1 mistake");
    let open = edited("[time] → policy = [{}⏎[time]");
    counts(&refused_text("bracket left open", open, &["left open?"]), "1 mistake");
}

#[test]
fn a_value_that_is_not_known_is_told_to_be_left_out() {
    let bench = Bench::new();
    bench.write("case.toml", GOOD);
    for word in ["NA", "None", "null"] {
        let set = format!("catch_up.beta={word}");
        refused(&bench, word, &["case.toml", "--set", &set], &["what is not known is left out", "a number > 0"]);
    }
    let typo = refused(&bench, "a word", &["case.toml", "--set", "catch_up.beta=fast"], &["a number > 0"]);
    assert!(!typo.contains("not known is left out"), "{typo}");
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let deep = |open: &str, close: &str| format!("a = {}{}", open.repeat(10_000), close.repeat(10_000));
    let dotted = vec!["a"; 10_000].join(".");
    for (case, text) in [
        ("brackets", deep("[", "]")),
        ("open brackets", deep("[", "")),
        ("braces", deep("{a=", "}")),
        ("dotted key", format!("{dotted} = 1")),
        ("dotted header", format!("[{dotted}]")),
    ] {
        counts(&refused_text(case, text, &["case.toml:1:", "nested too deeply"]), "1 mistake");
    }
}

#[test]
fn files_that_hold_no_scenario() {
    let latin = b"schema_version = 1\n\n# caf\xe9\n";
    refused_text("another encoding", latin, &["case.toml:3:6\n", "not a text file in UTF-8", "save the file as UTF-8"]);
    let wide: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused_text("UTF-16", wide, &["case.toml:1:2\n", "control character U+0000", "plain text"]);
    refused_text("NUL in a text", edited("good → go\0od"), &["case.toml:2:11\n", "control character U+0000"]);
    refused_text("NUL in a comment", edited("[time] → # \0"), &["case.toml:4:3\n", "control character U+0000"]);
    refused_text("empty", "", &["case.toml:1:1\n", "the scenario is empty", "time.horizon", "catchup init"]);
    refused_text("a comment", "# to do\n", &["case.toml:1:1\n", "the scenario is empty"]);
    let marked = format!("\u{feff}{}", edited("schema_version = 1 → schema_version = 2"));
    refused_text("a byte order mark takes no column", marked, &["case.toml:1:18\n"]);
    refused_text("CR LF", edited("0.04 → -1").replace('\n', "\r\n"), &["case.toml:13:8\n", "catch_up.beta = -1"]);

    let bench = Bench::new();
    bench.write("folder/inside.toml", GOOD);
    bench.write("my scenario.toml", edited("name = \"good\" →"));
    for (file, fragments) in [
        ("nowhere.toml", ["cannot read nowhere.toml: No such file", "check the path", "catchup init"]),
        ("folder", ["cannot read folder: Is a directory", "name the scenario file", "not its folder"]),
        ("my scenario.toml", ["my scenario.toml:1:1\n", "the file's own, \"my scenario\"", "add `name ="]),
    ] {
        refused(&bench, file, &[file], &fragments);
    }
}

#[test]
fn unknown_keys_and_words() {
    check(
        r#"
        key                | period → perod           | 6:1   | unknown key time.perod | allowed here: start, horizon, period | did you mean `period`?
        letter case        | y_R → Y_R                | 17:1  | unknown key sector.textiles.Y_R | did you mean `y_R`?
        table              | + [welfar]               | 25:2  | unknown key welfar | welfare, solver | did you mean `welfare`?
        far from all       | x = 0.02 → x = 0.02⏎far = 1 | 10:1 | unknown key growth.far | allowed here: x
        wrong table        | period = 1 → discount_rate = 0 | 6:1 | `discount_rate` belongs in [welfare]
        top of the file    | period = 1 → title = "t" | 6:1   | `title` belongs at the top of the file, above the first [table]
        control characters | form → "\u001b\n"        | 12:1  | unknown key catch_up.\u{1b}\n
        form               | logistic → logistc       | 12:8  | catch_up.form = "logistc" is not known | logistic, nelson-phelps, gompertz, benhabib-spiegel, verspagen, constant, literal | did you mean `logistic`?
        form in capitals   | logistic → Gompertz      | 12:8  | did you mean `gompertz`?
        selection          | + [poor]⏎selection = "bets" | 26:13 | poor.selection = "bets" is not known | history, highest-wage, isolation | did you mean `best`?
        trade              | + [poor]⏎trade = "shut"  | 26:9  | poor.trade = "shut" is not known | allowed: open, closed
        method             | + [solver]⏎method = "rk4" | 26:10 | solver.method = "rk4" is not known | allowed: dopri5, exact
        source of nothing  | + [sources]⏎"catch_up.bta" = "a" | 26:1 | "catch_up.bta" is no parameter | did you mean `catch_up.beta`?
        source of a table  | + [sources]⏎sector.textiles = "a" | 26:8 | sector.textiles is a table: name a key of it
        source of no shock | + [sources]⏎"shock.0.at" = "a" | 26:1 | "shock.0.at" is no parameter
        "#,
    );
    // A key mistyped is not also a key missing.
    counts(&refused_text("once", edited("horizon → horizn"), &["unknown key time.horizn"]), "1 mistake");
    counts(&refused_text("once", edited("[time] → [tiem]"), &["unknown key tiem"]), "1 mistake");
}

#[test]
fn values_of_the_wrong_type() {
    check(
        r#"
        number in quotes   | 20 → "20"                | 5:11  | time.horizon is a string | allowed: a number > 0 | without the quotes
        truth              | 1.5 → true               | 16:10 | sector.textiles.lambda is true | allowed: a number ≥ 1
        date               | 20 → 2045-01-01          | 5:11  | time.horizon is a date
        list               | 0.04 → [0.04]            | 13:8  | catch_up.beta is an array
        number for a word  | "logistic" → 1           | 12:8  | catch_up.form is a whole number | allowed: logistic, nelson-phelps
        number for a text  | "good" → 3               | 2:8   | name is a whole number | allowed: text in quotes
        no table           | name = "good" → time = 3 && [time] → # | 2:8 | time is a whole number | allowed: a table [time]
        one bracket        | + [policy]⏎promote = "textiles" | 25:1 | policy is a table | write [[policy]], with two brackets
        flag in quotes     | 1.5 → 1.5⏎cluster_R = "true" | 17:13 | sector.textiles.cluster_R is a string | true or false | without the quotes
        one closed cluster | + [poor]⏎closed_clusters = "textiles" | 26:19 | poor.closed_clusters is a string | ["textiles"]
        source             | + [sources]⏎"growth.x" = 3 | 26:14 | sources.growth.x is a whole number | text in quotes
        two-line title     | [time] → title = "a\nb"⏎[time] | 4:9 | title holds a line break | one line of text | description
        "#,
    );
}

#[test]
fn missing_keys() {
    check(
        r#"
        horizon         | horizon = 20 →            | 4:2   | time.horizon is missing | a number > 0 | add `horizon = …` under [time]
        its table too   | [time]⏎horizon = 20⏎period = 1 → | 1:1 | time.horizon is missing | under [time]
        x               | x = 0.02 →                | 8:2   | growth.x is missing | lacking in textiles, electronics | under [growth]
        x of one sector | x = 0.02 → && 1.5 → 1.5⏎x = 0 | 8:2 | growth.x is missing | lacking in electronics)
        beta            | beta = 0.04 →             | 11:2  | catch_up.beta is missing | z_hat, between 0 and 1, or speed, per year, instead
        s               | logistic → benhabib-spiegel | 11:2 | catch_up.s is missing | from -1 to 1
        delta           | logistic → verspagen      | 11:2  | catch_up.delta is missing | a number > 0
        y_R             | y_R = 1.0 →               | 15:9  | sector.textiles.y_R is missing | under [sector.textiles]
        version         | schema_version = 1 →      | 1:1   | schema_version is missing | add `schema_version = 1` at the top
        date of a shock | + [[shock]]⏎set = { "growth.x" = 0 } | 25:1 | shock.0.at is missing | add `at = …` to this [[shock]]
        "#,
    );
    let none = &GOOD[..GOOD.find("[sector").expect("sectors")];
    refused_text("sectors", none, &["case.toml:1:1\n", "sector is missing", "[sector.NAME] with lambda, y_R and y_P"]);
}

#[test]
fn versions_of_the_format() {
    check(
        r#"
        newer | schema_version = 1 → schema_version = 2 | 1:18 | schema_version = 2 is not known | allowed: 1 | needs a newer catchup
        older | schema_version = 1 → schema_version = 0 | 1:18 | schema_version = 0 is not known | allowed: 1
        text  | schema_version = 1 → schema_version = "1" | 1:18 | schema_version is a string
        "#,
    );
    // Of a newer format this program says nothing else.
    let newer = edited("schema_version = 1 → schema_version = 2 && beta → beta_of_tomorrow");
    counts(&refused_text("newer", newer, &["case.toml:1:18\n"]), "1 mistake");
}

#[test]
fn numbers_out_of_range() {
    check(
        r#"
        NaN          | 0.02 → nan          | 9:5   | growth.x = nan is not a finite number | allowed: a number ≥ 0
        infinity     | 0.02 → inf          | 9:5   | growth.x = inf is not a finite number | numbers go up to 1.8e308
        minus        | 0.02 → -inf         | 9:5   | growth.x = -inf is not a finite number
        overflow     | 0.02 → 1e400        | 9:5   | growth.x = 1e400 is not a finite number | numbers go up to 1.8e308
        underflow    | y_R = 1.0 → y_R = 1e-400 | 17:7 | y_R = 1e-400 is out of range | what is smaller counts as 0
        horizon 0    | 20 → 0              | 5:11  | time.horizon = 0 is out of range | a number > 0
        horizon < 0  | 20 → -20            | 5:11  | time.horizon = -20 is out of range
        period 0     | period = 1 → period = 0 | 6:10 | time.period = 0 is out of range | a number > 0
        period < 0   | period = 1 → period = -1 | 6:10 | time.period = -1 is out of range
        x < 0        | 0.02 → -0.02        | 9:5   | growth.x = -0.02 is out of range | a number ≥ 0
        beta 0       | 0.04 → 0            | 13:8  | catch_up.beta = 0 is out of range | a number > 0
        beta < 0     | 0.04 → -0.04        | 13:8  | catch_up.beta = -0.04 is out of range
        lambda       | 1.5 → 0.99          | 16:10 | sector.textiles.lambda = 0.99 is out of range | a number ≥ 1
        y_R 0        | 1.0 → 0             | 17:7  | sector.textiles.y_R = 0 is out of range | a number > 0
        y_P < 0      | 0.8 → -0.8          | 18:7  | sector.textiles.y_P = -0.8 is out of range
        Z_R 0        | 1.5 → 1.5⏎Z_R = 0   | 17:7  | sector.textiles.Z_R = 0 is out of range
        Z_P < 0      | 1.5 → 1.5⏎Z_P = -1  | 17:7  | sector.textiles.Z_P = -1 is out of range
        tau          | + [poor]⏎tau = -1   | 26:7  | poor.tau = -1 is out of range | a number ≥ 0
        discounting  | + [welfare]⏎discount_rate = -0.01 | 26:17 | welfare.discount_rate = -0.01 is out of range
        rtol         | + [solver]⏎rtol = 1e-20 | 26:8 | solver.rtol = 1e-20 is out of range | from 1e-14 to 1e-2
        atol         | + [solver]⏎atol = 0 | 26:8  | solver.atol = 0 is out of range
        "#,
    );
    let long = edited(&format!("0.02 → {}", "9".repeat(400)));
    refused_text("a long number is cut", long, &["growth.x = 999", "9… is not a finite number"]);
}

#[test]
fn horizon_and_period() {
    check(
        r#"
        fraction               | 20 → 20.5               | 5:11 | time.horizon = 20.5 is not a whole number of periods | a multiple of time.period | the nearest are 20 and 21
        shorter than a period  | 20 → 0.5                | 5:11 | the shortest is 1
        no rounding shows      | period = 1 → period = 0.3 | 5:11 | (time.period = 0.3) | the nearest are 19.8 and 20.1
        too many periods       | 20 → 2000000            | 5:11 | makes 2000000 periods | at most 1,000,000 | a longer time.period
        far too many           | 20 → 1e300              | 5:11 | makes 1e300 periods
        beyond numbers         | 20 → 1e300 && period = 1 → period = 1e-300 | 5:11 | more than 1e308 periods
        growth beyond numbers  | 20 → 200000             | 9:5  | x times time.horizon is 4000 in electronics | time.horizon ≤ 648 here | can be at most 32445
        x in per cent          | 0.02 → 40               | 9:5  | x times time.horizon is 800 | x = 0.02 is 2 % a year
        levels beyond numbers  | 1.0 → 1e-300            | 15:9 | sector.textiles: y_R, y_P, Z_R, Z_P and lambda span | ≤ 650 | units nearer to 1
        "#,
    );
    // The limit that the message names holds.
    let bench = Bench::new();
    bench.write("case.toml", edited("20 → 32445"));
    assert_eq!(bench.run(&["check", "case.toml"]).code, Some(0));
}

#[test]
fn catch_up() {
    check(
        r#"
        both           | 0.04 → 0.04⏎z_hat = 0.5      | 13:8 | catch_up.beta and catch_up.z_hat are both given | one of beta, z_hat, speed
        both measured  | 0.04 → 0.04⏎speed = 0.02     | 13:8 | catch_up.beta and catch_up.speed are both given
        speed 0        | beta = 0.04 → speed = 0      | 13:9 | catch_up.speed = 0 is out of range
        unused speed   | logistic" → constant" && beta = 0.04 → speed = 0.02 | 13:1 | catch_up.speed means nothing under form = "constant"
        too slow       | logistic → nelson-phelps && beta = 0.04 → speed = 0.02 | 13:9 | catch_up.speed = 0.02 implies beta = 0 per year in textiles (x = 0.02) | a speed whose beta is > 0
        z_hat 0        | beta = 0.04 → z_hat = 0      | 13:9 | catch_up.z_hat = 0 is out of range | between 0 and 1
        z_hat 1        | beta = 0.04 → z_hat = 1.0    | 13:9 | catch_up.z_hat = 1.0 is out of range
        z_hat above    | beta = 0.04 → z_hat = 50     | 13:9 | catch_up.z_hat = 50 is out of range
        s below        | logistic" → benhabib-spiegel"⏎s = -1.1 | 13:5 | catch_up.s = -1.1 is out of range | from -1 to 1
        s above        | logistic" → benhabib-spiegel"⏎s = 1.1 | 13:5 | catch_up.s = 1.1 is out of range
        delta          | logistic" → verspagen"⏎delta = 0 | 13:9 | catch_up.delta = 0 is out of range
        unused s       | logistic" → logistic"⏎s = 0.5 | 13:1 | catch_up.s means nothing under form = "logistic" | used by: benhabib-spiegel | remove it
        unused z_hat   | logistic" → constant" && beta = 0.04 → z_hat = 0.5 | 13:1 | catch_up.z_hat means nothing under form = "constant" | used by: logistic, nelson-phelps, gompertz, benhabib-spiegel
        exact          | logistic" → verspagen"⏎delta = 1.2 && + [solver]⏎method = "exact" | 27:10 | cannot solve form = "verspagen": it has no closed form | allowed with this form: dopri5
        no learning    | beta = 0.04 → z_hat = 0.5 && x = 0.02 → x = 0 | 13:9 | x is 0 in textiles, electronics | give beta instead
        none in one    | beta = 0.04 → z_hat = 0.5 && 1.8 → 1.8⏎x = 0 | 13:9 | x is 0 in electronics
        z_hat near 1   | beta = 0.04 → z_hat = 0.99999 | 13:9 | catch_up.z_hat = 0.99999 implies beta = 2000 per year in textiles (x = 0.02) | at most 100 | z_hat can be at most 0.9998
        "#,
    );
}

#[test]
fn sectors() {
    check(
        r#"
        one            | [sector.electronics]⏎lambda = 1.8⏎y_R = 1.0⏎y_P = 0.6 → | 15:2 | there is only one sector | allowed: 2 to 64 | at least two
        capital        | textiles → Textiles       | 15:9 | sector."Textiles" cannot name a sector | a lower-case letter | for example [sector.textiles]
        hyphen         | textiles → tex-tiles      | 15:9 | sector."tex-tiles" cannot name a sector | for example [sector.tex_tiles]
        digit first    | textiles → 1a             | 15:9 | sector."1a" cannot name a sector
        no name        | textiles → ""             | 15:9 | sector."" cannot name a sector
        shares         | 1.5 → 1.5⏎alpha = 0.4 && 1.8 → 1.8⏎alpha = 0.4 | 17:9 | sector.*.alpha: the expenditure shares sum to 0.8 | sum to 1
        per cent       | 1.5 → 1.5⏎alpha = 40 && 1.8 → 1.8⏎alpha = 60 | 17:9 | sum to 100 | not per cent
        share 0        | 1.5 → 1.5⏎alpha = 0 && 1.8 → 1.8⏎alpha = 1 | 17:9 | sector.textiles.alpha = 0 is out of range
        shares of some | 1.5 → 1.5⏎alpha = 0.4     | 21:9 | sector.electronics.alpha is missing | for some sectors only | for none (then equal shares)
        "#,
    );
    let long = edited(&format!("textiles → {}", "a".repeat(101)));
    refused_text("long name", long, &["case.toml:15:9\n", "cannot name a sector", "at most 100 characters"]);
    let before = &GOOD[..GOOD.find("[sector").expect("sectors")];
    let many: String = (0..65).map(|i| format!("[sector.s{i}]\nlambda = 1\ny_R = 1\ny_P = 1\n")).collect();
    refused_text("65", format!("{before}{many}"), &["case.toml:15:2\n", "there are 65 sectors", "allowed: 2 to 64"]);
}

#[test]
fn poor_region_and_policies() {
    check(
        r#"
        start sector    | + [poor]⏎start = "cluster:textile" | 26:9 | poor.start = "cluster:textile" is not known | isolation, cluster:textiles | did you mean `cluster:textiles`?
        start           | + [poor]⏎start = "electronics" | 26:9 | did you mean `cluster:electronics`?
        start, closed   | + [poor]⏎start = "cluster:textiles"⏎trade = "closed"⏎closed_clusters = ["electronics"] | 26:9 | trade is closed and textiles is not in poor.closed_clusters | add "textiles" to poor.closed_clusters
        listed twice    | + [poor]⏎closed_clusters = ["textiles", "textiles"] | 26:32 | poor.closed_clusters names textiles twice
        listed unknown  | + [poor]⏎closed_clusters = ["steel"] | 26:20 | poor.closed_clusters: there is no sector "steel" | allowed: textiles, electronics
        unknown sector  | + [[policy]]⏎promote = "electronic" | 26:11 | policy.0.promote: there is no sector "electronic" | allowed: textiles, electronics | did you mean `electronics`?
        until too early | + [[policy]]⏎from = 10⏎until = 5⏎trade = "closed" | 27:9 | policy.0.until = 5 is not after policy.0.from = 10 | a number > 10 | years after t = 0
        until as from   | + [[policy]]⏎from = 5⏎until = 5⏎trade = "closed" | 27:9 | policy.0.until = 5 is not after policy.0.from = 5
        from            | + [[policy]]⏎from = -1⏎trade = "closed" | 26:8 | policy.0.from = -1 is out of range | a number ≥ 0
        nothing to do   | + [[policy]]⏎from = 5⏎until = 9 | 25:1 | policy.0 does nothing: it has neither promote nor trade | add `promote = "SECTOR"`
        sustain alone   | + [[policy]]⏎trade = "open"⏎sustain = "always" | 27:1 | policy.0.sustain means nothing without promote
        sustain         | + [[policy]]⏎promote = "textiles"⏎sustain = "alway" | 27:11 | policy.0.sustain = "alway" is not known | did you mean `always`?
        "#,
    );
}

#[test]
fn rules() {
    check(
        r#"
        of no known name | + [[policy]]⏎promote = { rule = "comparative-avantage" } | 26:20 | policy.0.promote.rule = "comparative-avantage" is not known | allowed: strongest-externality, comparative-advantage | did you mean `comparative-advantage`?
        without a table  | + [[policy]]⏎promote = "pigou" | 26:11 | policy.0.promote: there is no sector "pigou" | a rule stands in a table: promote = { rule = "pigou" }
        neither          | + [[policy]]⏎promote = 3 | 26:11 | policy.0.promote is a whole number | allowed: a sector, or { rule = … }
        no rule          | + [[policy]]⏎promote = { decide = "once" } | 26:1 | policy.0.promote.rule is missing | allowed: strongest-externality | add `rule = "comparative-advantage"`
        decide           | + [[policy]]⏎promote = { rule = "pigou", decide = "twice" } | 26:38 | policy.0.promote.decide = "twice" is not known | allowed: once, always
        decide without   | + [[policy]]⏎promote = "textiles"⏎decide = "once" | 27:1 | unknown key policy.0.decide | `decide` belongs in promote = { … }
        a key unknown    | + [[policy]]⏎promote = { rule = "pigou", percieved = {} } | 26:29 | unknown key policy.0.promote.percieved | allowed here: rule, decide, perceived | did you mean `perceived`?
        beliefs unused   | + [[policy]]⏎promote = { rule = "established", perceived = { "sector.textiles.lambda" = 1.9 } } | 26:35 | policy.0.promote.perceived means nothing under the rule established | allowed: perceived beside strongest-externality | remove it
        no such sector   | + [[policy]]⏎promote = { rule = "pigou", perceived = { "sector.textile.lambda" = 1.9 } } | 26:43 | policy.0.promote.perceived: a rule cannot perceive "sector.textile.lambda" | "sector.NAME.y_P" | did you mean `sector.textiles.lambda`?
        no such key      | + [[policy]]⏎promote = { rule = "pigou", perceived = { "sector.textiles.y_R" = 1.9 } } | 26:43 | a rule cannot perceive "sector.textiles.y_R"
        not by a rule    | + [[policy]]⏎promote = { rule = "pigou", perceived = { "catch_up.beta" = 1.9 } } | 26:43 | a rule cannot perceive "catch_up.beta"
        lambda below 1   | + [[policy]]⏎promote = { rule = "pigou", perceived = { "sector.textiles.lambda" = 0.9 } } | 26:70 | policy.0.promote.perceived.sector.textiles.lambda = 0.9 is out of range | a number ≥ 1
        y_P of 0         | + [[policy]]⏎promote = { rule = "pigou", perceived = { sector.textiles.y_P = 0 } } | 26:65 | policy.0.promote.perceived.sector.textiles.y_P = 0 is out of range | a number > 0
        perceived        | + [[policy]]⏎promote = { rule = "pigou", perceived = 3 } | 26:41 | policy.0.promote.perceived is a whole number | { "sector.textiles.lambda" = 1.9 } or the like
        porter subsidised | + [[policy]]⏎promote = { rule = "porter" }⏎sustain = "always" | 27:11 | policy.0.sustain = "always" does not go with this promote | allowed here: if-equilibrium | established holds the cluster that stands
        paid otherwise   | + [[policy]]⏎promote = { rule = "index" }⏎sustain = "pigou" | 27:11 | policy.0.sustain = "pigou" does not go with this promote | allowed here: if-equilibrium, always | promote = { rule = "pigou" }
        paid a sector    | + [[policy]]⏎promote = "textiles"⏎sustain = "pigou" | 27:11 | policy.0.sustain = "pigou" does not go with this promote | allowed here: if-equilibrium, always
        without an index | form = "logistic" → form = "literal" && + [[policy]]⏎promote = { rule = "index" } | 26:11 | policy.0.promote: there is no index under catch_up.form = "literal" | allowed: strongest-externality
        "#,
    );
}

#[test]
fn shocks() {
    check(
        r#"
        no such key    | + [[shock]]⏎at = 5⏎set = { "catch_up.bta" = 1 } | 27:9 | shock.0.set: a shock cannot set "catch_up.bta" | sector.NAME.lambda|alpha|y_R|y_P|x|cluster_R | did you mean `catch_up.beta`?
        no such sector | + [[shock]]⏎at = 5⏎set = { "sector.steel.x" = 0 } | 27:9 | a shock cannot set "sector.steel.x"
        not for shocks | + [[shock]]⏎at = 5⏎set = { "time.horizon" = 9 } | 27:9 | a shock cannot set "time.horizon" | allowed: growth.x, catch_up.beta
        out of range   | + [[shock]]⏎at = 5⏎set = { "sector.textiles.lambda" = 0.5 } | 27:36 | shock.0.set.sector.textiles.lambda = 0.5 is out of range | a number ≥ 1
        never due      | + [[shock]]⏎at = 50⏎set = { "catch_up.beta" = 0 } | 27:27 | shock.0.set.catch_up.beta = 0 is out of range
        no number      | + [[shock]]⏎at = 5⏎set = { "growth.x" = "high" } | 27:22 | shock.0.set.growth.x is a string | a number ≥ 0
        no flag        | + [[shock]]⏎at = 5⏎set = { "sector.textiles.cluster_R" = 1 } | 27:39 | cluster_R is a whole number | true or false
        z_hat for beta | + [[shock]]⏎at = 5⏎set = { "catch_up.z_hat" = 0.5 } | 27:9 | shock.0.set.catch_up.z_hat is not in use: the scenario gives catch_up.beta | allowed: catch_up.beta
        beta for z_hat | beta = 0.04 → z_hat = 0.5 && + [[shock]]⏎at = 5⏎set = { "catch_up.beta" = 1 } | 27:9 | shock.0.set.catch_up.beta is not in use | allowed: catch_up.z_hat
        speed for beta | + [[shock]]⏎at = 5⏎set = { "catch_up.speed" = 0.5 } | 27:9 | shock.0.set.catch_up.speed is not in use: the scenario gives catch_up.beta | allowed: catch_up.beta
        another form's | + [[shock]]⏎at = 5⏎set = { "catch_up.s" = 0.5 } | 27:9 | shock.0.set.catch_up.s means nothing under form = "logistic" | used by: benhabib-spiegel
        nothing set    | + [[shock]]⏎at = 5⏎set = {} | 27:7 | shock.0.set is empty
        date           | + [[shock]]⏎at = -5⏎set = { "growth.x" = 0 } | 26:6 | shock.0.at = -5 is out of range
        one share      | + [[shock]]⏎at = 5⏎set = { "sector.textiles.alpha" = 0.6 } | 27:7 | the shock at 5 makes the scenario invalid: sector.electronics.alpha is missing
        no learning    | beta = 0.04 → z_hat = 0.5 && + [[shock]]⏎at = 5⏎set = { "growth.x" = 0 } | 27:7 | the shock at 5 makes the scenario invalid: catch_up.z_hat needs x > 0
        growth         | + [[shock]]⏎at = 5⏎set = { "growth.x" = 100 } | 27:22 | the shock at 5 makes the scenario invalid: x times time.horizon is 1500
        levels         | + [[shock]]⏎at = 5⏎set = { "sector.textiles.y_P" = 1e-300 } | 27:33 | the shock at 5 makes the scenario invalid: sector.textiles: y_R, y_P
        "#,
    );
    let lasting = "1.5 → 1.5⏎alpha = 0.5 && 1.8 → 1.8⏎alpha = 0.5 && \
                   + [[shock]]⏎at = 5⏎set = { \"sector.textiles.alpha\" = 0.6 } && \
                   + [[shock]]⏎at = 7⏎set = { \"growth.x\" = 0.01 }";
    let fragments = ["case.toml:29:35\n", "the shock at 5 makes the scenario invalid", "sum to 1.1"];
    counts(&refused_text("a lasting mistake is told once", edited(lasting), &fragments), "1 mistake");
}

#[test]
fn extends() {
    for (case, path, fragments) in [
        ("missing", "nowhere.toml", ["extends: cannot read nowhere.toml: No such file", "folder of this file"]),
        ("folder", ".", ["extends: cannot read .: Is a directory", "the path of a scenario file"]),
        ("empty", "", ["extends is empty", "the path of a scenario file"]),
        ("itself", "case.toml", ["case.toml extends itself", "remove one `extends`"]),
        ("itself in other words", "./case.toml", ["case.toml extends itself", "does not lead back here"]),
    ] {
        let text = format!("extends = \"{path}\"\n{GOOD}");
        refused_text(case, text, &[&["case.toml:1:11\n"], &fragments[..]].concat());
    }
    refused_text("type", format!("extends = 3\n{GOOD}"), &["case.toml:1:11\n", "extends is a whole number"]);

    let bench = Bench::new();
    bench.write("case.toml", format!("extends = \"deeper/b.toml\"\n{GOOD}"));
    bench.write("deeper/b.toml", "extends = \"c.toml\"\n");
    let chain = "case.toml → deeper/b.toml → deeper/c.toml → case.toml";
    for (grandparent, fragments) in [
        ("extends = \"../case.toml\"", ["deeper/c.toml:1:11\n", chain]),
        ("extends = \"d.toml\"", ["deeper/c.toml:1:11\n", "cannot read deeper/d.toml: No such file"]),
        ("[time]\nhorizn = 9", ["deeper/c.toml:2:1\n", "unknown key time.horizn"]),
        ("[time", ["deeper/c.toml:1:6\n", "unclosed table"]),
    ] {
        bench.write("deeper/c.toml", grandparent);
        refused(&bench, grandparent, &["case.toml"], &fragments);
    }
}

#[test]
fn names() {
    let long = "a".repeat(101);
    for name in ["a/b", "a\\\\b", "..", ".a", "=1", "+1", "-1", "@a", "a b", "ä", "", "a\\u0007", "a\\nb", &long] {
        let text = edited(&format!("\"good\" → \"{name}\""));
        let fragments = ["case.toml:2:8\n", "name = \"", "cannot name a run", "at most 100 characters", "run's folder"];
        refused_text(name, text, &fragments);
    }
    let bench = Bench::new();
    bench.write("a.toml", GOOD);
    bench.write("b.toml", GOOD);
    bench.write("c.toml", edited("good → GOOD"));
    for other in ["b.toml", "c.toml"] {
        refused(
            &bench,
            "one name twice",
            &["a.toml", other],
            &["two scenarios are called", "a.toml", other, "another name"],
        );
    }
}

#[test]
fn settings_on_the_command_line() {
    let bench = Bench::new();
    bench.write("case.toml", edited("+ [[policy]]⏎from = 5⏎promote = \"textiles\""));
    let table = r#"
        no value         | catch_up.beta         | 1:1  | --set catch_up.beta gives no value | allowed: KEY=VALUE | for example
        no key           | =3                    | 1:1  | --set =3: the key cannot be read | one dotted key
        no such key      | a b=3                 | 1:3  | the key cannot be read
        nothing          | catch_up.beta=        | 1:15 | the value cannot be read | for example
        open bracket     | catch_up.beta=[1      | 1:17 | the value cannot be read
        quotes           | title=it's            | 1:7  | the value cannot be read | --set 'title="it is"'
        two lines        | growth.x=1⏎name=2     | 1:1  | sets more than one key | repeat --set
        extends          | extends=case.toml     | 1:1  | extends cannot be set from the command line | at the top of a scenario file
        unknown key      | catch_up.bta=1        | 1:10 | unknown key catch_up.bta | did you mean `beta`?
        no table         | horizon=1             | 1:1  | unknown key horizon | `horizon` belongs in [time]
        word             | catch_up.beta=high    | 1:15 | catch_up.beta is a string | a number > 0
        range            | catch_up.beta=-1      | 1:15 | catch_up.beta = -1 is out of range | a number > 0
        table            | catch_up=3            | 1:10 | catch_up is a whole number | a table [catch_up]
        mistyped sector  | sector.textile.x=0    | 1:8  | sector.textile.y_R is missing | did you mean `textiles`?
        unknown sector   | sector.steel.x=0      | 1:8  | sector.steel.y_R is missing | the sectors are: textiles, electronics
        index too large  | policy.1.until=9      | 1:8  | policy.1 does not exist: there is one [[policy]] | allowed: policy.0 | count from 0
        no index         | policy.until=9        | 1:8  | policy.until does not exist | allowed: policy.0
        no key of it     | policy.0=9            | 1:8  | policy.0 is a whole number | policy.0.KEY=VALUE
        element          | policy.0.until=2      | 1:16 | policy.0.until = 2 is not after policy.0.from = 5
        no shock         | shock.0.at=2          | 1:7  | shock.0 does not exist: there is no [[shock]]
        name             | name=a/b              | 1:6  | name = "a/b" cannot name a run
        version          | schema_version=2      | 1:16 | schema_version = 2 is not known
        "#;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [case, set, position, fragments @ ..] = cells.as_slice() else { panic!("too few cells: {line}") };
        let place = format!("--set:{position}\n");
        let set = set.replace('⏎', "\n");
        refused(&bench, case, &["case.toml", "--set", &set], &[&[place.as_str()], fragments].concat());
    }
    let both = ["case.toml", "--set", "growth.x=-1", "--set", "time.horizon=0"];
    counts(&refused(&bench, "two", &both, &["growth.x = -1", "time.horizon = 0"]), "2 mistakes");
}

#[test]
fn several_mistakes_are_told_together_from_top_to_bottom() {
    let text = edited(
        "20 → -20 && 0.02 → nan && logistic → logistc && lambda → lamda && y_P = 0.6 → && \
         + [[policy]]⏎from = 3 && + [[shock]]⏎at = 5⏎set = { \"time.start\" = 3 }",
    );
    let found =
        ["time.horizon = -20", "growth.x = nan", "logistc", ".lamda", "electronics.y_P", "policy.0", "time.start"];
    let message = refused_text("several", text, &found);
    counts(&message, "7 mistakes");
    assert!(found.map(|fragment| message.find(fragment)).is_sorted(), "{message}");

    let many: String = (0..200).map(|i| format!("key_{i} = 1\n")).collect();
    let message = refused_text("very many", format!("{many}{GOOD}"), &["unknown key key_0", "… and 170 more"]);
    counts(&message, "200 mistakes");
    assert!(!message.contains("key_31"), "{message}");
}

/// Everything a scenario may say, for spoiling.
const RICH: &str = r#"schema_version = 1
name = "rich"
title = "Ünïcode – title"
description = '''two
lines'''
time = { start = 2025, horizon = 60, period = 0.5 }
growth.x = 0.02
solver = { method = "exact", rtol = 1e-10 }
welfare = { discount_rate = 0.04 }
catch_up = { form = "benhabib-spiegel", z_hat = 0.5, s = 0.25 }
[poor]
start = "cluster:textiles"
selection = "best"
closed_clusters = ["textiles", "electronics"]
tau = 3
[sector.textiles]
lambda = 1.5
alpha = 0.25
y_R = 1.0
y_P = 0.8
Z_P = 0.4
x = 0.03
cluster_R = false
[sector]
electronics = { lambda = 1.8, alpha = 0.75, y_R = 1.0, y_P = 0.6, Z_R = 2 }
[[policy]]
from = 20
until = 40
promote = "electronics"
sustain = "always"
trade = "closed"
[[shock]]
at = 25
set = { "catch_up.s" = -0.5, "sector.textiles.lambda" = 1.8, sector.electronics.cluster_R = false }
[sources]
"catch_up.z_hat" = "a guess"
sector.textiles.lambda = "a book"
"#;

/// What a text is spoilt with, one piece a word.
const PIECES: &str = "\" ' \"\"\" = . , # [ ] [[ { } \0 \r é \u{feff} nan -inf 1e308 5e-324 -0.0 0 7 9999999999999999999999 \
                      0x_ true 1979-05-27 x sector \\u0000 extends";

/// The rich scenario spoilt in one to three random places.
fn spoilt(random: &mut fastrand::Rng) -> String {
    let mut bytes = RICH.as_bytes().to_vec();
    for _ in 0..random.usize(1..=3) {
        let at = random.usize(0..=bytes.len());
        let end = (at + random.usize(0..5)).min(bytes.len());
        let piece = random.choice(PIECES.split(' ').collect::<Vec<_>>()).unwrap_or("\n");
        match random.u8(0..25) {
            0 => bytes.truncate(at),
            1..=6 => drop(bytes.drain(at..end)),
            7..=10 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            11..=14 => drop(bytes.splice(at..at, piece.bytes())),
            15..=18 => drop(bytes.splice(at..end, piece.bytes())),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.u8(..128)),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_text_makes_the_program_panic() {
    catchup::scenario::parse(RICH, &[]).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let mut random = fastrand::Rng::with_seed(1);
    let mut accepted = 0;
    for _ in 0..8_000 {
        let text = spoilt(&mut random);
        let outcome = std::panic::catch_unwind(|| match catchup::scenario::parse(&text, &[]) {
            Ok(scenario) => Some(scenario.resolved()),
            Err(report) => {
                assert!(!report.render(true).is_empty() && !report.render(false).is_empty());
                None
            }
        });
        let Some(resolved) = outcome.unwrap_or_else(|_| panic!("this text makes it panic:\n{text}")) else { continue };
        // What is accepted is written in full, and reads the same again.
        let again = catchup::scenario::parse(&resolved, &[]);
        let again = again.unwrap_or_else(|report| panic!("{}\nof\n{text}", report.render(false)));
        assert_eq!(again.resolved(), resolved, "of\n{text}");
        accepted += 1;
    }
    assert!((300..7_000).contains(&accepted), "{accepted} accepted: spoil more evenly");
}

#[test]
fn no_setting_makes_the_program_panic() {
    let mut random = fastrand::Rng::with_seed(2);
    let lines: Vec<&str> = RICH.lines().filter(|line| line.contains('=')).collect();
    for _ in 0..4_000 {
        let text = spoilt(&mut random);
        let from = text.floor_char_boundary(random.usize(0..=text.len()));
        let to = text.floor_char_boundary(from + random.usize(0..30));
        let tables = ["", "time.", "sector.textiles.", "policy.0.", "policy.9.", "shock.0.set.", "sources."];
        let line = if random.bool() { &text[from..to] } else { random.choice(&lines).copied().unwrap_or("") };
        let set = format!("{}{line}", random.choice(tables).unwrap_or(""));
        let outcome = std::panic::catch_unwind(|| {
            catchup::scenario::parse(RICH, std::slice::from_ref(&set))
                .is_err_and(|report| report.render(false).is_empty())
        });
        assert!(matches!(outcome, Ok(false)), "this --set makes it panic: {set:?}");
    }
}
