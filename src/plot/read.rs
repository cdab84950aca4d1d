//! Files of a run or a comparison → what a picture is drawn from. A file that is not ours or not whole is refused.

use super::{unfit, unreadable};
use crate::draw::data::{Comparison, Decomposition, LongRun, Mark, Row, Run, Sector, TERMS};
use crate::draw::{Source, What};
use crate::error::Error;
use crate::read::Table;
use crate::scenario;
use crate::summary::Verdict;
use crate::table::{Cell, ColumnType, Field, fields};
use crate::trajectory::EventKind;
use crate::{compare, trajectory};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

const TRAJECTORY: &str = "trajectory.csv";
const SECTORS: &str = "sectors.csv";
const EVENTS: &str = "events.csv";
const SUMMARY: &str = "summary.json";
const SCENARIO: &str = "scenario.toml";
const COMPARISON: &str = "comparison.csv";
const COMPARISON_SUMMARY: &str = "summary.csv";
const DECOMPOSITION: &str = "decomposition.csv";
pub(super) const PACKAGE: &str = "datapackage.json";

/// Columns of `trajectory.csv` and `comparison.csv` that are drawn.
const STATE: [&str; 12] = [
    "scenario",
    "t",
    "year",
    "regime",
    "sector",
    "w_P",
    "income_gap",
    "growth_R",
    "growth_P",
    "margin",
    "subsidy",
    "period",
];

/// Which table a file is, by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Trajectory,
    Sectors,
    Comparison,
    Decomposition,
}

impl Kind {
    const ALL: [(Self, &'static str, &'static [&'static str]); 4] = [
        (Self::Comparison, COMPARISON, &["scenario", "regime", "income_gap", "d_income_gap"]),
        (Self::Trajectory, TRAJECTORY, &["scenario", "regime", "income_gap", "margin"]),
        (Self::Sectors, SECTORS, &["scenario", "sector", "z", "v_Is"]),
        (Self::Decomposition, DECOMPOSITION, &["scenario", "d_ln_gap", "cum_d_ln_gap"]),
    ];
}

/// Where the tables are.
struct Place {
    folder: PathBuf,
    /// The file named by the user, in place of the one of the folder.
    named: Option<(Kind, PathBuf)>,
    /// Sizes that the data package lists.
    listed: HashMap<String, u64>,
}

/// What to draw from `path`, and which picture where the user names none.
pub(super) fn load(path: &Path, what: Option<What>) -> Result<(Source, PathBuf, What), Error> {
    let place = Place::find(path)?;
    let kind = match place.named {
        Some((kind, _)) => kind,
        None if place.folder.join(TRAJECTORY).is_file() => Kind::Trajectory,
        None => Kind::Comparison,
    };
    let what = what.unwrap_or(match kind {
        Kind::Decomposition => What::Decomposition,
        Kind::Sectors => What::Z,
        Kind::Trajectory | Kind::Comparison => What::Gap,
    });
    let source = match kind {
        Kind::Trajectory | Kind::Sectors if what == What::Decomposition => {
            return Err(unfit(
                format!("{} is a run: it has no decomposition", path.display()),
                format!("a decomposition is drawn from {DECOMPOSITION}, which catchup compare makes"),
                "catchup compare SCENARIO…, then plot the folder that it writes",
            ));
        }
        Kind::Trajectory | Kind::Sectors => Source::Run(Box::new(place.run(what)?)),
        Kind::Comparison | Kind::Decomposition if what == What::Z => {
            return Err(unfit(
                format!("{} is a comparison: it has no table of sectors", path.display()),
                format!("z is drawn from {SECTORS} of a run"),
                "plot the folders of the runs instead: catchup run SCENARIO…",
            ));
        }
        Kind::Comparison | Kind::Decomposition => Source::Comparison(place.comparison(what)?),
    };
    Ok((source, place.folder, what))
}

impl Place {
    fn find(path: &Path) -> Result<Self, Error> {
        let about = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if about.is_dir() {
            let place = Self { folder: path.to_owned(), named: None, listed: listed(path)? };
            if [TRAJECTORY, COMPARISON].iter().any(|file| path.join(file).is_file()) {
                return Ok(place);
            }
            return Err(no_tables(path));
        }
        let table = open(path)?;
        let has = |wanted: &[&str]| table.places(wanted).is_ok();
        let Some((kind, usual, _)) = Kind::ALL.into_iter().find(|(.., wanted)| has(wanted)) else {
            let headers: Vec<&str> = table.columns().iter().map(|(name, _)| name.as_str()).collect();
            return Err(foreign(path, &headers.join(",")));
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        // Beside a file that goes by another name stands what belongs to somebody else.
        let own = path.file_name().is_some_and(|name| name == usual);
        let listed = if own { listed(&folder)? } else { HashMap::new() };
        Ok(Self { folder, named: Some((kind, path.to_owned())), listed })
    }

    /// The path of a table, if it is there.
    fn file(&self, kind: Option<Kind>, name: &str) -> Option<PathBuf> {
        if let (Some(wanted), Some((kind, path))) = (kind, &self.named)
            && *kind == wanted
        {
            return Some(path.clone());
        }
        let path = self.folder.join(name);
        let beside = self.named.as_ref().is_none_or(|(kind, path)| {
            let usual = Kind::ALL.into_iter().find(|(of, ..)| of == kind).map_or("", |(_, usual, _)| usual);
            path.file_name().is_some_and(|name| name == usual)
        });
        (beside && (path.is_file() || self.listed.contains_key(name))).then_some(path)
    }

    /// A table that must be there, whole.
    fn table(&self, kind: Kind) -> Result<Table, Error> {
        let usual = Kind::ALL.into_iter().find(|(of, ..)| *of == kind).map_or("", |(_, usual, _)| usual);
        let path = self.file(Some(kind), usual).ok_or_else(|| {
            unfit(
                format!("{} is missing", self.folder.join(usual).display()),
                "the picture is drawn from it".to_owned(),
                "name the folder that the program wrote",
            )
        })?;
        self.whole(&path)?;
        open(&path)
    }

    fn whole(&self, path: &Path) -> Result<(), Error> {
        let inside = path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy();
        self.listed.get(inside.as_ref()).map_or(Ok(()), |bytes| has(path, *bytes))
    }

    fn run(&self, what: What) -> Result<Run, Error> {
        let mut runs = states(&self.table(Kind::Trajectory)?)?;
        let mut run = match (runs.pop(), runs.is_empty()) {
            (Some(run), true) => run,
            _ => {
                return Err(unfit(
                    format!("{} holds several scenarios", self.folder.join(TRAJECTORY).display()),
                    "a trajectory is of one".to_owned(),
                    "catchup compare puts several into a comparison.csv",
                ));
            }
        };
        if let Some(path) = self.file(None, SUMMARY) {
            self.whole(&path)?;
            summary(&path, &mut run)?;
        }
        if let Some(path) = self.file(None, EVENTS) {
            self.whole(&path)?;
            events(&path, &mut run)?;
        }
        if matches!(what, What::Z | What::Wage) {
            sectors(&self.table(Kind::Sectors)?, &mut run)?;
        }
        self.call(&mut run, SCENARIO);
        Ok(run)
    }

    /// What the folder of a run in a comparison says of it: its title, and what happens in it.
    fn own(&self, run: &mut Run) -> Result<(), Error> {
        if run.name.contains(['/', '\\']) || run.name == ".." {
            return Ok(());
        }
        if let Some(path) = self.file(None, &format!("{}/{SUMMARY}", run.name)) {
            self.whole(&path)?;
            summary(&path, run)?;
        }
        if let Some(path) = self.file(None, &format!("{}/{EVENTS}", run.name)) {
            self.whole(&path)?;
            events(&path, run)?;
        }
        self.call(run, &format!("{}/{SCENARIO}", run.name));
        Ok(())
    }

    /// Calls things what the scenario of a run calls them, where it stands there.
    fn call(&self, run: &mut Run, file: &str) {
        let path = self.file(None, file).filter(|path| self.whole(path).is_ok());
        if let Some(Ok(scenario)) = path.map(|path| scenario::load(&path.to_string_lossy(), &[])) {
            run.tell(&scenario);
        }
    }

    fn comparison(&self, what: What) -> Result<Comparison, Error> {
        let name = fs::canonicalize(&self.folder).ok().and_then(|folder| Some(folder.file_name()?.to_owned()));
        let name = name.map_or_else(|| "comparison".to_owned(), |name| name.to_string_lossy().into_owned());
        let drawn_alone = what == What::Decomposition && self.file(Some(Kind::Comparison), COMPARISON).is_none();
        let runs = if drawn_alone { Vec::new() } else { states(&self.table(Kind::Comparison)?)? };
        let mut comparison = Comparison { name, runs, baseline: None, decompositions: Vec::new() };
        for run in &mut comparison.runs {
            self.own(run)?;
        }
        if let Some(path) = self.file(None, COMPARISON_SUMMARY) {
            self.whole(&path)?;
            let wanted = ["scenario", "baseline", "verdict", "long_run_gap"];
            open(&path)?.rows(&wanted, |line| {
                if line.cell("baseline") == Cell::Truth(true) {
                    comparison.baseline = Some(line.text("scenario").to_owned());
                }
                if let Some(run) = comparison.runs.iter_mut().find(|run| run.name == line.text("scenario")) {
                    run.long_run = long_run(line.text("verdict"), line.number("long_run_gap"));
                }
                Ok(())
            })?;
        }
        if what == What::Decomposition {
            comparison.decompositions = decompositions(&self.table(Kind::Decomposition)?)?;
        }
        Ok(comparison)
    }
}

/// Whether a file has the size that the data package lists.
pub(super) fn whole(path: &Path, listed: &HashMap<String, u64>) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    listed.get(name.as_ref()).map_or(Ok(()), |bytes| has(path, *bytes))
}

fn has(path: &Path, bytes: u64) -> Result<(), Error> {
    let has = fs::metadata(path).map_err(|error| unreadable(path, error))?.len();
    if has == bytes {
        return Ok(());
    }
    Err(unfit(
        format!("{} is not as it was written: {has} bytes, {PACKAGE} lists {bytes}", path.display()),
        "it was cut short or edited, or a run is being written".to_owned(),
        "run again; to draw your own data, copy the file elsewhere",
    ))
}

fn long_run(verdict: &str, gap: Option<f64>) -> LongRun {
    match gap {
        Some(gap) => LongRun::Gap(gap),
        None if verdict == Verdict::FallingBehind.name() => LongRun::Unbounded,
        None => LongRun::Unknown,
    }
}

/// Sizes of the files that the data package of a folder lists; none where there is no package.
pub(super) fn listed(folder: &Path) -> Result<HashMap<String, u64>, Error> {
    let path = folder.join(PACKAGE);
    let Ok(bytes) = fs::read(&path) else { return Ok(HashMap::new()) };
    let package: Value = serde_json::from_slice(&bytes).map_err(|error| not_json(&path, &error))?;
    let resources = package["resources"].as_array().cloned().unwrap_or_default();
    let size = |resource: &Value| Some((resource["path"].as_str()?.to_owned(), resource["bytes"].as_u64()?));
    Ok(resources.iter().filter_map(size).collect())
}

fn not_json(path: &Path, error: &serde_json::Error) -> Error {
    unfit(
        format!("{} is not the JSON that the program writes: {error}", path.display()),
        "it was cut short or edited".to_owned(),
        "run again",
    )
}

fn no_tables(folder: &Path) -> Error {
    let holds = |path: &PathBuf| [TRAJECTORY, COMPARISON].iter().any(|file| path.join(file).is_file());
    let mut inside: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).filter(holds).collect())
        .unwrap_or_default();
    inside.sort();
    let hint = inside.first().map_or_else(
        || "name a folder that catchup run, compare or sweep wrote, such as output/my-region".to_owned(),
        |first| format!("name a folder inside it, such as {}", first.display()),
    );
    unfit(
        format!("{} holds no run, no comparison and no finished sweep", folder.display()),
        format!("expected {TRAJECTORY} (of a run), {COMPARISON} (of a comparison) or runs.parquet (of a sweep)"),
        &hint,
    )
}

fn foreign(path: &Path, header: &str) -> Error {
    let header: String = header.chars().take(60).collect();
    unfit(
        format!("{} is no table that catchup draws", path.display()),
        format!(
            "expected the columns of {TRAJECTORY}, {SECTORS}, {COMPARISON}, {DECOMPOSITION} or runs.csv; its first line is \"{header}\""
        ),
        "name a folder or a table that catchup run, compare or sweep wrote",
    )
}

/// A table with these columns, whose types are those that the program gives them.
fn open(path: &Path) -> Result<Table, Error> {
    fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let of_run = [fields(&trajectory::states()), fields(&trajectory::sector_states()), fields(&trajectory::events())];
    let of_comparison = [fields(&compare::versus()), fields(&compare::gained()), fields(&compare::decomposed())];
    let fields: Vec<Field> = of_run.into_iter().chain(of_comparison).flatten().collect();
    let kind =
        |name: &str| fields.iter().find(|field| field.name == name).map_or(ColumnType::String, |field| field.kind);
    Table::open(path, kind)
}

/// Scenarios of `trajectory.csv` or `comparison.csv`, in the order of the table.
fn states(table: &Table) -> Result<Vec<Run>, Error> {
    let path = table.path();
    let mut runs: Vec<Run> = Vec::new();
    let mut place = 0;
    table.rows(&STATE, |line| {
        let name = line.text("scenario");
        if runs.get(place).is_none_or(|run: &Run| run.name != name) {
            place = runs.iter().position(|run| run.name == name).unwrap_or(runs.len());
            if place == runs.len() {
                runs.push(Run::named(name));
            }
        }
        let period = line.count("period")?;
        let expected = runs[place].year.len();
        if period != expected {
            return Err(line.wrong("period", &format!("period {expected}, which is due")));
        }
        runs[place].push(&Row {
            t: line.required("t")?,
            year: line.required("year")?,
            regime: line.text("regime"),
            sector: line.text("sector"),
            w_P: line.number("w_P"),
            gap: line.number("income_gap"),
            growth_R: line.number("growth_R"),
            growth_P: line.number("growth_P"),
            margin: line.number("margin"),
            subsidised: line.number("subsidy").is_some_and(|subsidy| subsidy > 0.0),
        });
        Ok(())
    })?;
    if runs.is_empty() {
        return Err(unfit(
            format!("{} has no rows", path.display()),
            "a picture needs at least one date".to_owned(),
            "run again",
        ));
    }
    Ok(runs)
}

fn summary(path: &Path, run: &mut Run) -> Result<(), Error> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
    let summary: Value = serde_json::from_slice(&bytes).map_err(|error| not_json(path, &error))?;
    let text = |key: &str| summary[key].as_str().map(str::to_owned);
    run.title = text("title");
    run.error = text("error");
    run.long_run = long_run(summary["verdict"].as_str().unwrap_or(""), summary["long_run_gap"].as_f64());
    Ok(())
}

fn events(path: &Path, run: &mut Run) -> Result<(), Error> {
    let last = run.year.len().saturating_sub(1);
    open(path)?.rows(&["period", "event", "detail"], |line| {
        let period = line.count("period")?.min(last);
        let event = EventKind::from_name(line.text("event"));
        let event = event.ok_or_else(|| line.wrong("event", "event of a run"))?;
        run.marks.push(Mark { period, event, detail: line.text("detail").to_owned() });
        Ok(())
    })
}

fn sectors(table: &Table, run: &mut Run) -> Result<(), Error> {
    let path = table.path();
    let dates = run.year.len();
    run.outside = vec![None; dates];
    table.rows(&["period", "sector", "z", "v_Is"], |line| {
        let period = line.count("period")?;
        let place = match run.sectors.iter().position(|sector| sector.name == line.text("sector")) {
            Some(place) => place,
            None => {
                run.sectors.push(Sector { name: line.text("sector").to_owned(), z: Vec::new() });
                run.sectors.len() - 1
            }
        };
        if period >= dates || run.sectors[place].z.len() != period {
            return Err(line.wrong("period", "period that is due"));
        }
        run.sectors[place].z.push(line.number("z"));
        let offer = line.number("v_Is");
        run.outside[period] = match (run.outside[period], offer) {
            (Some(best), Some(offer)) => Some(f64::max(best, offer)),
            (best, offer) => best.or(offer),
        };
        Ok(())
    })?;
    if run.sectors.is_empty() || run.sectors.iter().any(|sector| sector.z.len() != dates) {
        return Err(unfit(
            format!("{} ends before {TRAJECTORY} does", path.display()),
            format!("expected a row for each of {dates} dates and every sector"),
            "run again",
        ));
    }
    Ok(())
}

fn decompositions(table: &Table) -> Result<Vec<Decomposition>, Error> {
    let path = table.path();
    let columns: Vec<String> = TERMS.iter().map(|(name, _)| format!("cum_{name}")).collect();
    let mut wanted = vec!["scenario", "t", "cum_d_ln_gap"];
    wanted.extend(columns.iter().map(String::as_str));
    let mut found: Vec<Decomposition> = Vec::new();
    table.rows(&wanted, |line| {
        let place =
            found.iter().position(|decomposition| decomposition.name == line.text("scenario")).unwrap_or(found.len());
        if place == found.len() {
            let name = line.text("scenario").to_owned();
            found.push(Decomposition { name, t: Vec::new(), total: Vec::new(), terms: Default::default() });
        }
        let decomposition = &mut found[place];
        decomposition.t.push(line.required("t")?);
        decomposition.total.push(line.number("cum_d_ln_gap"));
        for (i, term) in decomposition.terms.iter_mut().enumerate() {
            term.push(line.number(&columns[i]));
        }
        Ok(())
    })?;
    if found.is_empty() {
        return Err(unfit(
            format!("{} has no rows", path.display()),
            "a picture needs at least one date".to_owned(),
            "compare again",
        ));
    }
    Ok(found)
}
