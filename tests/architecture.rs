//! Protects the rooms: which may import which, which packages each may use, that no files import one another in a circle,
//! and that the core knows no terminal, clock or thread.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// For each room of the core, from the bottom up: the rooms, all of them above it here, and the packages that it uses.
const CORE: &[(&str, &[&str])] = &[
    ("math", &["libm"]),
    ("names", &["serde"]),
    ("table", &["names", "serde"]),
    ("numbers", &["math"]),
    ("control", &[]),
    ("column", &[]),
    ("model", &["column", "math", "names", "numbers", "lambert_w"]),
    ("integrate", &["column", "math", "model", "names", "nalgebra", "num_traits", "ode_solvers", "simba"]),
    ("measure", &["math", "model", "names", "table"]),
    ("quantity", &["measure", "table"]),
    ("spells", &["integrate", "math", "model"]),
    ("present", &["column", "integrate", "math", "model", "spells"]),
    ("trajectory", &["math", "measure", "model", "names", "spells", "table"]),
    (
        "simulate",
        &[
            "column",
            "control",
            "integrate",
            "math",
            "measure",
            "model",
            "numbers",
            "present",
            "spells",
            "trajectory",
            "pulp",
        ],
    ),
    ("summary", &["math", "measure", "model", "table", "trajectory", "serde"]),
    ("design", &["math", "names", "rand_chacha"]),
    ("explain", &["design", "math", "names"]),
    // `sha2`: a sweep's table is known by its hash.
    (
        "scenario",
        &[
            "design",
            "integrate",
            "math",
            "measure",
            "model",
            "names",
            "quantity",
            "table",
            "annotate_snippets",
            "csv",
            "indexmap",
            "serde",
            "sha2",
            "strsim",
            "toml",
        ],
    ),
    (
        "batch",
        &["control", "integrate", "math", "measure", "model", "names", "scenario", "simulate", "table", "trajectory"],
    ),
    (
        "compare",
        &["math", "measure", "model", "names", "scenario", "summary", "table", "trajectory", "numbers", "present"],
    ),
    ("probe", &["compare", "control", "integrate", "math", "measure", "model", "names", "scenario", "simulate"]),
    ("map", &["control", "math", "measure", "model", "names", "numbers", "probe", "scenario", "table"]),
    (
        "flip",
        &[
            "compare",
            "control",
            "math",
            "measure",
            "model",
            "numbers",
            "probe",
            "scenario",
            "simulate",
            "table",
            "trajectory",
        ],
    ),
    ("findings", &["design", "explain", "measure", "names", "quantity", "scenario", "table"]),
    (
        "draw",
        &[
            "compare",
            "explain",
            "findings",
            "flip",
            "map",
            "math",
            "measure",
            "names",
            "numbers",
            "probe",
            "quantity",
            "scenario",
            "summary",
            "trajectory",
            "notosans",
            "skrifa",
        ],
    ),
    ("equilibria", &["math", "model", "scenario", "table", "trajectory", "numbers"]),
    (
        "optimise",
        &[
            "compare",
            "control",
            "integrate",
            "math",
            "measure",
            "model",
            "names",
            "numbers",
            "present",
            "scenario",
            "simulate",
            "spells",
            "table",
        ],
    ),
    (
        "words",
        &[
            "compare",
            "design",
            "explain",
            "findings",
            "flip",
            "map",
            "math",
            "measure",
            "model",
            "numbers",
            "optimise",
            "probe",
            "quantity",
            "scenario",
            "summary",
            "trajectory",
        ],
    ),
    (
        "advice",
        &[
            "control",
            "measure",
            "design",
            "integrate",
            "math",
            "model",
            "numbers",
            "scenario",
            "simulate",
            "summary",
            "trajectory",
        ],
    ),
];

/// The same for the program, which stands on the core.
const PROGRAM: &[(&str, &[&str])] = &[
    ("examples", &["scenario"]),
    ("error", &["scenario"]),
    ("crew", &["batch", "control", "scenario"]),
    ("read", &["error", "measure", "table", "csv", "parquet"]),
    (
        "record",
        &[
            "batch",
            "compare",
            "control",
            "error",
            "design",
            "explain",
            "findings",
            "flip",
            "map",
            "measure",
            "optimise",
            "quantity",
            "read",
            "scenario",
            "summary",
            "table",
            "trajectory",
            "bytes",
            "csv",
            "itoa",
            "parquet",
            "rayon",
            "serde",
            "serde_json",
            "sha2",
            "zmij",
        ],
    ),
    (
        "finding",
        &[
            "control", "design", "error", "explain", "findings", "measure", "model", "probe", "read", "scenario",
            "table", "rayon",
        ],
    ),
    ("export", &["error", "names", "read", "record", "table", "itoa", "rust_xlsxwriter", "serde_json"]),
    // `strsim`: of a sweep, the user names keys and measures that may be misspelt.
    (
        "plot",
        &[
            "compare",
            "control",
            "draw",
            "error",
            "flip",
            "math",
            "measure",
            "model",
            "numbers",
            "optimise",
            "probe",
            "quantity",
            "read",
            "record",
            "scenario",
            "table",
            "trajectory",
            "words",
            "csv",
            "miniz_oxide",
            "notosans",
            "pdf_writer",
            "resvg",
            "serde_json",
            "strsim",
        ],
    ),
    (
        "report",
        &[
            "compare",
            "draw",
            "equilibria",
            "explain",
            "findings",
            "flip",
            "measure",
            "model",
            "record",
            "scenario",
            "table",
            "trajectory",
            "words",
            "numbers",
            "askama",
            "serde",
            "serde_json",
        ],
    ),
    ("schema", &["design", "integrate", "model", "scenario", "serde_json"]),
    (
        "cli",
        &[
            "advice",
            "batch",
            "compare",
            "control",
            "crew",
            "design",
            "draw",
            "equilibria",
            "error",
            "explain",
            "examples",
            "export",
            "finding",
            "findings",
            "flip",
            "map",
            "math",
            "measure",
            "model",
            "names",
            "optimise",
            "plot",
            "probe",
            "read",
            "record",
            "report",
            "scenario",
            "schema",
            "simulate",
            "spells",
            "summary",
            "table",
            "trajectory",
            "words",
            "numbers",
            "anstream",
            "anstyle",
            "clap",
            "clap_complete",
            "clap_mangen",
            "indicatif",
            "rayon",
            "serde_json",
            "signal_hook",
        ],
    ),
];

/// A source file.
struct File {
    path: PathBuf,
    /// The crate, then the modules down to this one: `["core", "scenario", "sweep"]`.
    module: Vec<String>,
    code: String,
    /// The paths that its code names.
    named: Vec<Named>,
}

/// A path in code: `crate::model::Problem`.
struct Named {
    path: Vec<String>,
    /// What it goes by in this file, where a `use` imports it.
    imported: Option<String>,
}

impl File {
    /// The top-level module it belongs to; `None` for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        self.module.get(1).map(String::as_str).filter(|room| *room != "main")
    }

    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }

    /// Whether one of the two contains the other: a module and its parts may know each other.
    fn is_kin(&self, other: &Self) -> bool {
        self.module.starts_with(&other.module) || other.module.starts_with(&self.module)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file of both crates, without comments and unit tests.
fn files() -> Vec<File> {
    let mut files = Vec::new();
    for (name, src) in [("core", "crates/core/src"), ("program", "src")] {
        let src = root().join(src);
        let mut paths = Vec::new();
        sources(&src, &mut paths);
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let text = text.split("\n#[cfg(test)]\n").next().unwrap_or("");
            let code = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
            let inside = path.strip_prefix(&src).expect("inside src").with_extension("");
            let modules = inside.iter().map(|part| part.to_string_lossy().into_owned());
            let module = std::iter::once(name.to_owned()).chain(modules.filter(|part| part != "mod" && part != "lib"));
            files.push(File { module: module.collect(), named: named(&code), path, code });
        }
    }
    files
}

/// Identifiers, `::`, and single characters.
fn tokens(code: &str) -> Vec<&str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Every path of two or more names, groups (`a::{b, c}`) taken apart.
fn named(code: &str) -> Vec<Named> {
    /// Reads the path that starts at `at` behind `prefix`; the index of what follows it.
    fn path(tokens: &[&str], mut at: usize, prefix: &[String], imports: bool, found: &mut Vec<Named>) -> usize {
        let mut names = prefix.to_vec();
        loop {
            match tokens.get(at).copied().unwrap_or(";") {
                "{" => {
                    while tokens.get(at).is_some_and(|token| *token != "}") {
                        at = path(tokens, at + 1, &names, imports, found);
                    }
                    return at + 1;
                }
                "}" => return at,
                "self" if !names.is_empty() => {}
                name => names.push(name.to_owned()),
            }
            at += 1;
            if tokens.get(at) != Some(&"::") {
                break;
            }
            at += 1;
        }
        let alias = (tokens.get(at) == Some(&"as")).then(|| tokens[at + 1].to_owned());
        at += if alias.is_some() { 2 } else { 0 };
        let imported = if imports { alias.or_else(|| names.last().cloned()) } else { None };
        found.push(Named { path: names, imported });
        at
    }
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let imports = at > 0 && tokens[at - 1] == "use";
        let leads =
            tokens.get(at + 1) == Some(&"::") && tokens[at].starts_with(|c: char| c.is_alphabetic() || c == '_');
        at = if imports || leads { path(&tokens, at, &[], imports, &mut found) } else { at + 1 };
    }
    found.retain(|named| named.path.len() > 1 || named.imported.is_some());
    found
}

/// The file that defines what `file` calls `path`, imports followed; `None` outside both crates.
fn target<'a>(files: &'a [File], file: &'a File, path: &[String], depth: usize) -> Option<&'a File> {
    let module = |module: &[String]| files.iter().find(|file| file.module == module);
    let parent = |file: &File| module(&file.module[..file.module.len() - 1]);
    let child = |file: &File, name: &String| module(&[file.module.as_slice(), std::slice::from_ref(name)].concat());
    let (head, mut rest) = path.split_first()?;
    let mut here = match head.as_str() {
        "crate" => module(&file.module[..1])?,
        "catchup_core" => module(&["core".to_owned()])?,
        "self" => file,
        "super" => parent(file)?,
        _ => child(file, head)?,
    };
    while let Some((name, more)) = rest.split_first() {
        let next = if name == "super" { parent(here) } else { child(here, name) };
        if let Some(next) = next {
            (here, rest) = (next, more);
            continue;
        }
        let import = here.named.iter().find(|named| named.imported.as_ref() == Some(name));
        let Some(import) = import.filter(|_| depth < 8) else { break };
        return target(files, here, &[import.path.as_slice(), more].concat(), depth + 1).or(Some(here));
    }
    Some(here)
}

/// The names under `[dependencies]` of a manifest, as code spells them.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(manifest)).expect("a manifest");
    let (_, section) = text.split_once("\n[dependencies]\n").expect("[dependencies]");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

/// The rooms and packages that each room of a crate uses.
fn used(files: &[File], name: &str, packages: &BTreeSet<String>) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut used: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.module[0] == name) {
        let Some(room) = file.room() else { continue };
        let uses = used.entry(room.to_owned()).or_default();
        for named in &file.named {
            let other = target(files, file, &named.path, 0).and_then(File::room);
            let other = other.or_else(|| packages.get(&named.path[0]).map(String::as_str));
            if let Some(other) = other.filter(|other| *other != room) {
                uses.entry(other.to_owned()).or_insert_with(|| file.name());
            }
        }
    }
    used
}

#[test]
fn rooms_use_what_they_may_and_no_list_says_more() {
    let files = files();
    let (mut below, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, manifest, may) in [("core", "crates/core/Cargo.toml", CORE), ("program", "Cargo.toml", PROGRAM)] {
        let packages = dependencies(manifest);
        let mut used = used(&files, name, &packages);
        let mut needed = BTreeSet::from(["catchup_core".to_owned()]);
        for (room, allowed) in may {
            let Some(uses) = used.remove(*room) else {
                wrong.push(format!("{name} has no room {room}"));
                continue;
            };
            for (other, file) in &uses {
                if !allowed.contains(&other.as_str()) {
                    wrong.push(format!("{file}: {room} must not use {other}"));
                } else if !packages.contains(other) && !below.contains(other.as_str()) {
                    wrong.push(format!("{file}: {room} uses {other}, which does not stand below it"));
                }
            }
            let idle = allowed.iter().filter(|other| !uses.contains_key(**other));
            wrong.extend(idle.map(|other| format!("{room} uses {other} no more: strike it off the list")));
            below.insert(*room);
            needed.extend(uses.into_keys());
        }
        wrong.extend(
            used.into_iter().map(|(room, uses)| format!("{name}: no line for {room}, which uses {:?}", uses.keys())),
        );
        wrong.extend(packages.difference(&needed).map(|package| format!("{manifest}: nothing uses {package}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_import_one_another_in_a_circle() {
    let files = files();
    let mut reach = vec![vec![false; files.len()]; files.len()];
    for (from, file) in files.iter().enumerate() {
        for other in file.named.iter().filter_map(|named| target(&files, file, &named.path, 0)) {
            let to = files.iter().position(|file| std::ptr::eq(file, other)).expect("one of them");
            reach[from][to] |= !file.is_kin(other);
        }
    }
    for via in 0..files.len() {
        for from in 0..files.len() {
            for to in 0..files.len() {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    let circle = |i: usize| (0..files.len()).filter(|&j| reach[i][j] && reach[j][i]).map(|j| files[j].name()).collect();
    let found: BTreeSet<Vec<String>> =
        (0..files.len()).map(circle).filter(|circle: &Vec<_>| !circle.is_empty()).collect();
    assert!(found.is_empty(), "these files import one another in a circle: {found:#?}");
}

#[test]
fn only_the_command_line_draws_on_a_terminal() {
    for file in files().iter().filter(|file| file.module[0] == "core" || !matches!(file.room(), Some("cli") | None)) {
        for drawing in ["println!", "print!", "stdout()", "stderr()"] {
            assert!(!file.code.contains(drawing), "{}: {drawing}", file.name());
        }
    }
}

#[test]
fn the_core_is_pure() {
    for file in files().iter().filter(|file| file.module[0] == "core") {
        for impure in
            ["std::fs", "std::io", "std::time", "std::env", "std::thread", "std::process", "std::net", "HashMap"]
        {
            let reads = file.room() == Some("scenario") && ["std::fs", "std::io", "HashMap"].contains(&impure);
            assert!(reads || !file.code.contains(impure), "{}: {impure}", file.name());
        }
    }
}

#[test]
fn results_depend_on_no_library_of_the_machine() {
    // Of these, the standard library has the C library's: last digits differ from one to the next.
    let foreign = "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp exp2 exp_m1 gamma hypot ln ln_1p ln_gamma log log10 \
                   log2 powf powi sin sin_cos sinh tan tanh";
    for file in files() {
        for name in foreign.split_whitespace() {
            for used in [format!(".{name}("), format!("f64::{name}("), format!("f64::{name})")] {
                assert!(!file.code.contains(&used), "{}: {used} instead of math::{name}", file.name());
            }
        }
    }
}

#[test]
fn files_stay_readable() {
    for file in files() {
        let lines = std::fs::read_to_string(&file.path).expect("a source file").lines().count();
        assert!(lines <= 600, "{} has {lines} lines: is it still one room?", file.name());
    }
}
