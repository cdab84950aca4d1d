//! `catchup explain DIR`: what a sweep says. Which key matters, where a condition holds, which variant to choose, how
//! sure that is.

use super::pictures::Drawn;
use super::progress::Progress;
use super::signals::Signals;
use super::threads::Threads;
use super::{Exit, Terminal, in_utf8, named};
use crate::control::Control;
use crate::draw::findings as pictures;
use crate::error::{Error, Kind};
use crate::explain::Analysis;
use crate::finding::{self, Question};
use crate::findings::{self, Findings, Key, Says, Subject, Variant};
use crate::measure::Measure;
use crate::probe::{Condition, Number, Relation, Test};
use crate::read::Draws;
use crate::record::sweep::Standing;
use crate::record::{self, Staged};
use crate::report;
use crate::scenario::diagnostics::did_you_mean;
use crate::scenario::people::unit;
use crate::scenario::sweep::Sweep;
use crate::scenario::sweep::keys::Tie;
use crate::table::{Column, Object, Texts};
use crate::words::{findings as words, flip};
use anstyle::Style;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BOLD: Style = Style::new().bold();
/// Tables of runs in the folder of a sweep, the first that is there.
const RUNS: [&str; 2] = ["runs.parquet", "runs.csv"];
/// What a sweep's folder says of it.
const RESOLVED: &str = "sweep.toml";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of a sweep, finished or under way, or its runs.parquet or runs.csv
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,

    /// A condition whose place among the keys is looked for, several with more --of: 'equivalent_variation<0',
    /// outcome=self-sustaining, best=VARIANT [default: what pays, and the answer that is least decided]
    #[arg(long, value_name = "CONDITION")]
    of: Vec<String>,

    /// Measures to look at, several with commas [default: all]
    #[arg(long, value_name = "MEASURE", value_delimiter = ',')]
    measure: Vec<String>,

    /// Analyses of which key matters, several with commas; one that the design has not the draws for is refused
    /// [default: all that it has the draws for]
    #[arg(long, value_name = "ANALYSIS", value_delimiter = ',', value_parser = named::<Analysis>())]
    analysis: Vec<Analysis>,

    #[command(flatten)]
    drawn: Drawn,

    /// Threads, 1 to 1024 [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// Folder in which what is found gets a folder `explained` [default: that of the sweep]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let Given { table, folder, standing } = Given::at(&args.path)?;
    let draws = Draws::open(&table)?.ok_or_else(|| {
        Error::invalid(format!("{} is no table of a sweep's runs", table.display()))
            .note("expected its columns: run, variant, the varied keys, status, error, verdict, …")
            .hint("name a folder that catchup sweep wrote")
    })?;
    let sweep = match &standing {
        Some(standing) => Sweep::parse(&standing.resolved, &folder).ok(),
        None => sweep(&folder, &draws, terminal)?,
    };
    let follows = |tie: Tie| matches!(tie, Tie::Same | Tie::Carried);
    let followers = sweep.iter().flat_map(|sweep| &sweep.vary).filter(|varied| follows(varied.tie));
    let draws = draws.without(followers.map(|varied| varied.name.clone()).collect());
    let subject = subject(&draws, sweep.as_ref(), &table, &folder);
    let measures = measures(args, &draws)?;
    let conditions = conditions(args, &draws, &subject, sweep.as_ref())?;
    let layout = finding::layout(sweep.as_ref());
    fits(&args.analysis, &subject, &table)?;
    let signals = Signals::watch();
    let control = Arc::new(Control::new(Arc::clone(&signals.stop)));
    let threads = Threads::new(args.threads, terminal);
    let out = args.out.as_deref().unwrap_or(&folder);
    let stage = record::open_explained(out).map_err(|error| error.about(&subject.name))?;
    let sectors = sweep.as_ref().map(sectors).unwrap_or_default();
    let question = Question { subject, layout, measures, analyses: args.analysis.clone(), conditions, sectors };
    let steps = finding::steps(&draws, &question);
    let progress = Progress::start(&control, steps, "questions", terminal);
    let found = threads.run(|| finding::find(&draws, question, &control));
    drop(progress);
    let written = found.and_then(|found| {
        let said = words::answer(&found);
        let mut drawn = Vec::new();
        for (about, svg) in pictures::of_findings(&found, &args.drawn.look()) {
            drawn.extend(args.drawn.files(about.stem(), &svg, &found.subject.name)?);
        }
        let more = |files: &[Staged]| {
            let files: Vec<_> = files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect();
            let page = report::sweep::page(&found, &words::scope(&found), &said, &files);
            drawn.into_iter().chain([("sweep.html".to_owned(), page.into_bytes())]).collect()
        };
        let folder = record::write_explained(stage, &found, &said, more, &control)?;
        Ok((found, said, folder))
    });
    match written {
        Ok((found, said, folder)) => {
            print(&found, &said, &folder, terminal);
            Ok(Exit::Done)
        }
        Err(error) if error.kind == Kind::Stopped => {
            terminal.note("interrupted: nothing was written");
            Ok(signals.received().map_or(Exit::Failed, Exit::Signal))
        }
        Err(error) => Err(error),
    }
}

/// What is to be explained.
struct Given {
    table: PathBuf,
    folder: PathBuf,
    /// Of a sweep under way: the runs that stand, whose table it is.
    standing: Option<Standing>,
}

impl Given {
    /// The table that `path` is or holds.
    fn at(path: &Path) -> Result<Self, Error> {
        let unreadable = |error: std::io::Error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let mut found = Error::io(format_args!("read {}", path.display()), error, "expected the folder of a sweep");
            found.kind = if missing { Kind::Invalid } else { Kind::Io };
            found
        };
        if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            return Ok(Self { table: path.to_owned(), folder: folder.to_owned(), standing: None });
        }
        if let Some(standing) = record::sweep::standing(path, &Control::default())? {
            return Ok(Self { table: standing.table().to_owned(), folder: path.to_owned(), standing: Some(standing) });
        }
        let table = RUNS.iter().map(|name| path.join(name)).find(|table| table.is_file());
        let table = table.ok_or_else(|| {
            Error::invalid(format!("{} holds no sweep", path.display()))
                .note(format!("expected {} or {}, or a sweep under way", RUNS[0], RUNS[1]))
                .hint("name a folder that catchup sweep wrote, such as output/my-sweep")
        })?;
        Ok(Self { table, folder: path.to_owned(), standing: None })
    }
}

/// What stands beside the table of its sweep; `None` where nothing does, or it is of another one.
fn sweep(folder: &Path, draws: &Draws, terminal: &Terminal) -> Result<Option<Sweep>, Error> {
    let path = folder.join(RESOLVED);
    if !path.is_file() {
        return Ok(None);
    }
    match Sweep::load(in_utf8(&path)?) {
        Ok(sweep) if sweep.variant_names() == draws.variants => Ok(Some(sweep)),
        Ok(_) => {
            terminal.warning(
                &format!("{} is of other variants than the table", path.display()),
                "nothing of it is used: each draw counts for itself, and the first variant is the baseline",
            );
            Ok(None)
        }
        Err(report) => {
            terminal.warning(
                &format!("{} cannot be read: {report}", path.display()),
                "nothing of it is used: each draw counts for itself, and the first variant is the baseline",
            );
            Ok(None)
        }
    }
}

fn sectors(sweep: &Sweep) -> Vec<String> {
    let mut sectors: Vec<String> = Vec::new();
    for sector in sweep.sector_names().into_iter().flatten() {
        if !sectors.contains(&sector) {
            sectors.push(sector);
        }
    }
    sectors
}

fn subject(draws: &Draws, sweep: Option<&Sweep>, table: &Path, folder: &Path) -> Subject {
    let own = table.file_name().is_some_and(|name| RUNS.iter().any(|known| name == *known));
    let of =
        |path: &Path| std::fs::canonicalize(path).ok()?.file_name().map(|name| name.to_string_lossy().into_owned());
    let called = if own { of(folder) } else { table.file_stem().map(|stem| stem.to_string_lossy().into_owned()) };
    let name = sweep.map(|sweep| sweep.name.clone()).or(called).unwrap_or_else(|| "sweep".to_owned());
    let people = sweep.map(|sweep| sweep.variants[0].scenario.people()).unwrap_or_default();
    let key = |name: String| {
        let varied = sweep.and_then(|sweep| sweep.vary.iter().find(|varied| varied.name == name));
        let path = varied.map_or(name.as_str(), |varied| &varied.key);
        // A short name is what the user calls it.
        let own = path == name;
        let called = if own { people.key(path) } else { name.clone() };
        let phrase = if own { people.phrase(path) } else { name.clone() };
        Key { called, phrase, path: path.to_owned(), unit: unit(path), name, levels: Vec::new(), range: [f64::NAN; 2] }
    };
    let baseline = |place: usize| sweep.map_or(0, |sweep| sweep.variants[place].baseline);
    let variants = draws.variants.iter().zip(&draws.failed).enumerate();
    Subject {
        title: sweep.and_then(|sweep| sweep.title.clone()).unwrap_or_else(|| name.clone()),
        name,
        kind: sweep.map(|sweep| sweep.design.kind()),
        draws: draws.count as u64,
        planned: sweep.map_or(draws.count as u64, |sweep| sweep.design.draws()),
        keys: draws.keys().into_iter().map(|(name, _)| key(name)).collect(),
        together: sweep
            .is_some_and(|sweep| sweep.vary.iter().any(|varied| matches!(varied.tie, Tie::Group | Tie::Correlated))),
        variants: variants
            .map(|(place, (name, failed))| Variant {
                name: name.clone(),
                label: sweep.map_or(name.as_str(), |sweep| sweep.variant_label(place)).to_owned(),
                baseline: baseline(place),
                failed: *failed,
            })
            .collect(),
        people,
    }
}

fn measures(args: &Args, draws: &Draws) -> Result<Vec<String>, Error> {
    let known = draws.measures();
    let wrong = args.measure.iter().map(|typed| typed.trim()).find(|typed| known.iter().all(|name| name != typed));
    match wrong {
        None => Ok(args.measure.iter().map(|typed| typed.trim().to_owned()).collect()),
        Some(typed) => Err(Error::invalid(format!("--measure {typed}: the table has no such measure"))
            .note(format!("allowed: {}", known.join(", ")))
            .hint(did_you_mean(typed, known.iter().map(String::as_str)).unwrap_or_default())),
    }
}

/// Refuses an analysis that the draws are not laid out for.
fn fits(analyses: &[Analysis], subject: &Subject, table: &Path) -> Result<(), Error> {
    for &analysis in analyses {
        let Some(kind) = subject.kind else {
            if analysis == Analysis::Given {
                continue;
            }
            let title = format!(
                "--analysis {}: nothing says how the draws of {} are laid out",
                analysis.name(),
                table.display()
            );
            return Err(Error::invalid(title)
                .hint(format!("put the {RESOLVED} of its sweep beside it, or name the sweep's folder")));
        };
        analysis.fits(kind).map_err(|misfit| {
            Error::invalid(format!("--analysis {}: {misfit}", analysis.name())).hint(misfit.hint())
        })?;
    }
    Ok(())
}

/// The conditions asked for; else what pays where there are several variants, and the answer that is least decided.
fn conditions(
    args: &Args,
    draws: &Draws,
    subject: &Subject,
    sweep: Option<&Sweep>,
) -> Result<Vec<(Condition, Says)>, Error> {
    let sectors = sweep.map(sectors).unwrap_or_default();
    let read = |text: &str| {
        // Of a sweep, what can be best is a variant.
        let names = if text.trim_start().starts_with("best") { &draws.variants } else { &sectors };
        let condition = Condition::parse("--of", text, names)?;
        let column = match condition.test {
            Test::Number(number, ..) => number.name(),
            Test::Best(_) => Measure::EquivalentVariation.name(),
            _ => text.split('=').next().unwrap_or_default().trim(),
        };
        if draws.has(column) {
            let says = says(&condition, sweep);
            return Ok((condition, says));
        }
        Err(Error::invalid(format!("--of {text}: the table has no column {column}"))
            .note(format!("allowed: {}", draws.measures().join(", "))))
    };
    if !args.of.is_empty() {
        return args.of.iter().map(|text| read(text)).collect();
    }
    let mut texts = Vec::new();
    if subject.variants.len() > 1 && draws.has(Measure::EquivalentVariation.name()) {
        texts.push("equivalent_variation>0".to_owned());
    }
    texts.extend(undecided(draws)?);
    texts.iter().map(|text| read(text)).collect()
}

/// What a condition says; of a run of which nothing is known, it speaks for itself.
fn says(condition: &Condition, sweep: Option<&Sweep>) -> Says {
    match (condition.test, sweep) {
        (Test::Best(_), _) => Says::Best,
        (Test::Number(Number::Measure(Measure::EquivalentVariation), Relation::Above, 0.0), _) => Says::Better,
        (_, Some(sweep)) => Says::OfRun(flip::claim(condition, &sweep.variants[0].scenario.people())),
        (_, None) => Says::OfRun(format!("{condition} holds")),
    }
}

/// The outcome, or else the verdict, whose share of all runs is nearest to one half; none where there is one alone.
fn undecided(draws: &Draws) -> Result<Option<String>, Error> {
    for column in ["outcome", "verdict"].into_iter().filter(|column| draws.has(column)) {
        let words = draws.words(column)?;
        let mut counts = vec![0u64; words.known.len()];
        let mut all = 0u64;
        for place in words.places.iter().flatten() {
            all += 1;
            if *place != Texts::MISSING {
                counts[*place as usize] += 1;
            }
        }
        let from_half = |count: u64| all.abs_diff(2 * count);
        let found = counts.iter().enumerate().filter(|(_, count)| (1..all).contains(*count));
        if let Some((place, _)) = found.min_by_key(|(_, count)| from_half(**count)) {
            return Ok(Some(format!("{column}={}", words.known[place])));
        }
    }
    Ok(None)
}

fn print(found: &Findings, said: &[String], folder: &Path, terminal: &Terminal) {
    if terminal.json {
        terminal.print(&format!("{}\n", for_machines(found, said, folder)));
    } else if !terminal.quiet {
        let Subject { name, title, .. } = &found.subject;
        let heading = if name == title { String::new() } else { format!("  {title}") };
        let mut text = format!("{BOLD}{name}{BOLD:#}{heading}\n");
        text += &format!("  {}\n", words::scope(found));
        said.iter().for_each(|sentence| text += &format!("  {sentence}\n"));
        terminal.print(&format!("{text}\n  {}\n", folder.join("").display()));
    }
}

fn for_machines(found: &Findings, said: &[String], folder: &Path) -> Value {
    fn rows<R>(columns: &[Column<'_, R>], rows: &R, count: usize) -> Value {
        let object = |row| serde_json::to_value(Object { columns, rows, row }).unwrap_or(Value::Null);
        (0..count).map(object).collect()
    }
    let importance = found.importances();
    let (limits, steps, rules) = (found.limits(), found.steps(), found.rules());
    let (standings, pairs, known) = (found.standings(), found.pairs(), found.informations());
    json!({
        "name": found.subject.name,
        "folder": folder.display().to_string(),
        "scope": words::scope(found),
        "words": said,
        "importance": rows(&findings::importance(), &importance, importance.rows.len()),
        "thresholds": rows(&findings::thresholds(), &rules, rules.rows.len()),
        "boxes": rows(&findings::limits(), &limits, limits.rows.len()),
        "peeling": rows(&findings::peeling(), &steps, steps.rows.len()),
        "variants": rows(&findings::chosen(), &standings, standings.rows.len()),
        "pairs": rows(&findings::compared(), &pairs, pairs.rows.len()),
        "information": rows(&findings::information(), &known, known.rows.len()),
    })
}
