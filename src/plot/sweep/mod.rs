//! A sweep's table → heat maps, cumulative curves and histograms. The table is read in batches, twice at most for a
//! picture, and never held: millions of runs need no more memory than a hundred.

mod draw;
mod heat;
mod kinds;
mod side;
mod spread;
mod survey;
mod telling;
mod words;

pub(super) use draw::render;
pub(super) use heat::{Cell, HeatMap, Legend, Map};
pub(super) use side::{Side, Slots, bin};

use super::read::{PACKAGE, listed, whole};
use super::{Options, What, unfit};
use crate::control::Control;
use crate::draw::figure::Figure;
use crate::error::Error;
use crate::measure::Measure;
use crate::read::{Runs, is_runs};
use crate::record::sweep::{self as record, Standing};
use serde_json::{Value, json};
use spread::Shape;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use survey::Survey;
use words::{VERDICT, unknown};

const PARQUET: &str = "runs.parquet";
const CSV: &str = "runs.csv";
/// What is drawn where nothing is asked for, the first that suits.
const OPEN: [Measure; 4] = [Measure::EquivalentVariation, Measure::LongRunGap, Measure::FinalGap, Measure::HalfLife];
/// Variants on one picture.
const MOST_VARIANTS: usize = 12;

/// The table of a sweep.
pub(super) struct Found {
    /// Folder for pictures.
    pub(super) folder: PathBuf,
    table: PathBuf,
    package: Value,
    listed: HashMap<String, u64>,
    /// Of a sweep under way: the runs that stand, whose table it is.
    standing: Option<Standing>,
}

/// What is on a picture of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawn {
    Heat(Box<HeatMap>),
    Spread(Box<Figure>),
}

/// What the user asked for, as far as every picture needs it.
struct Asked<'a> {
    title: &'a str,
    /// Name of the sweep, where its title is another.
    name: Option<&'a str>,
    x: Option<&'a String>,
    y: Option<&'a String>,
    /// Places of the variants to draw.
    variants: Vec<usize>,
    /// Says which others there are.
    left_over: Option<String>,
}

impl Asked<'_> {
    fn subtitle(&self, shown: &str) -> String {
        let mut letters = shown.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
        self.name.map_or_else(|| format!("{first}{}", letters.as_str()), |name| format!("{name}: {shown}"))
    }
}

/// Whether the file is a Parquet file, or a CSV file with the columns of runs.
fn looks_like_runs(path: &Path) -> bool {
    let mut start = [0; 4];
    let parquet = File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"PAR1";
    let headers = || {
        let headers = csv::Reader::from_path(path).ok()?.headers().ok()?.clone();
        Some(is_runs(headers.iter()))
    };
    parquet || headers().unwrap_or(false)
}

/// The table of runs that `path` is or holds; `None` where it is something else.
pub(super) fn find(path: &Path) -> Result<Option<Found>, Error> {
    let package_of = |folder: &Path| {
        let bytes = fs::read(folder.join(PACKAGE)).unwrap_or_default();
        let package: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if package["catchup"]["kind"] == "sweep" { package } else { Value::Null }
    };
    if path.is_dir() {
        if let Some(standing) = record::standing(path, &Control::default())? {
            let (folder, table) = (path.to_owned(), standing.table().to_owned());
            let package = json!({ "title": standing.title.as_deref().unwrap_or(&standing.name) });
            return Ok(Some(Found { folder, table, package, listed: HashMap::new(), standing: Some(standing) }));
        }
        let package = package_of(path);
        let tables = [PARQUET, CSV].map(|name| path.join(name));
        let Some(table) = tables.into_iter().find(|table| table.is_file()) else {
            if package.is_null() {
                return Ok(None);
            }
            return Err(unfit(
                format!("{} is a sweep without its table", path.display()),
                format!("expected {PARQUET} or {CSV}"),
                "sweep again",
            ));
        };
        // A run has no such table; in a folder of somebody else's it is drawn if it is one of ours.
        if package.is_null() && !looks_like_runs(&table) {
            return Ok(None);
        }
        return Ok(Some(Found { folder: path.to_owned(), table, listed: listed(path)?, package, standing: None }));
    }
    if !path.is_file() || !looks_like_runs(path) {
        return Ok(None);
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    // Beside a file that goes by another name stands what belongs to somebody else.
    let own = path.file_name().is_some_and(|name| name == PARQUET || name == CSV);
    let (package, listed) = if own { (package_of(&folder), listed(&folder)?) } else { (Value::Null, HashMap::new()) };
    Ok(Some(Found { folder, table: path.to_owned(), package, listed, standing: None }))
}

impl Found {
    /// Name of the sweep: of its folder, or of a table that stands alone.
    pub(super) fn name(&self) -> String {
        if let Some(standing) = &self.standing {
            return standing.name.clone();
        }
        let own = self.table.file_name().is_some_and(|name| name == PARQUET || name == CSV);
        let folder = || Some(fs::canonicalize(&self.folder).ok()?.file_name()?.to_string_lossy().into_owned());
        let stem = || self.table.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if own { folder() } else { stem() }.unwrap_or_else(|| "sweep".to_owned())
    }

    /// What users know the table by.
    fn shown(&self) -> std::path::Display<'_> {
        if self.standing.is_some() { self.folder.display() } else { self.table.display() }
    }

    /// Of how many runs a picture is, and of how many there will be, where the sweep is under way.
    pub(super) fn partial(&self) -> Option<(u64, u64)> {
        self.standing.as_ref().map(|standing| (standing.runs, standing.of))
    }

    /// The pictures asked for, or all that make sense.
    pub(super) fn load(&self, what: &[What], options: &Options) -> Result<Vec<(What, String, Drawn)>, Error> {
        whole(&self.table, &self.listed)?;
        let mut table = Runs::open(&self.table)?.ok_or_else(|| {
            unfit(
                format!("{} is no table that catchup draws", self.shown()),
                format!("expected the columns of {PARQUET}: run, variant, the varied keys, status, error, verdict, …"),
                "name a folder that catchup sweep wrote",
            )
        })?;
        let by = self.by(what, options)?;
        let mut measures: Vec<Measure> = match by {
            By::Verdict => Vec::new(),
            By::Measure(by) => vec![by],
            // Which of them, the variants and the runs say.
            By::Open => OPEN.to_vec(),
        };
        if let Some(measure) = measures.iter().find(|measure| !table.has(measure.name())) {
            return Err(unfit(
                format!("{} lacks the column {}", self.shown(), measure.name()),
                "it is drawn from it".to_owned(),
                "name a table that this version of the program wrote",
            ));
        }
        let survey = survey::survey(&mut table, &measures)?;
        if survey.rows == 0 {
            return Err(unfit(
                format!("{} has no rows", self.shown()),
                "a picture needs at least one run".to_owned(),
                "sweep again",
            ));
        }
        if by == By::Open && survey.variants.len() < 2 {
            // A single variant differs from no baseline.
            measures.retain(|measure| measure.about().difference.is_none());
        }
        let name = self.name();
        let title = self.package["title"].as_str().unwrap_or(&name);
        let (variants, left_over) = chosen(&survey, options)?;
        let asked = Asked {
            title,
            name: Some(name.as_str()).filter(|name| *name != title),
            x: options.x.as_ref(),
            y: options.y.as_ref(),
            variants,
            left_over,
        };
        let mut wanted = what.to_vec();
        if wanted.is_empty() {
            let vary = survey.keys.iter().filter(|key| key.varies()).count();
            let heat = vary > 1 || options.x.is_some() || options.y.is_some();
            wanted.extend(Some(What::Heat).filter(|_| heat));
            wanted.extend([What::Ecdf, What::Histogram].into_iter().filter(|_| by != By::Verdict));
        }
        if wanted.is_empty() {
            wanted.push(What::Heat);
        }
        let suffix = options.by.as_ref().map_or_else(String::new, |by| format!("-{by}"));
        let mut drawn = Vec::new();
        for what in wanted {
            let picture = match (what, measures.first()) {
                (What::Ecdf, Some(by)) => {
                    let figure = spread::figure(&mut table, &survey, *by, Shape::Ecdf, &asked)?;
                    Drawn::Spread(Box::new(figure))
                }
                (What::Histogram, Some(by)) => {
                    let figure = spread::figure(&mut table, &survey, *by, Shape::Histogram, &asked)?;
                    Drawn::Spread(Box::new(figure))
                }
                (_, measure) => {
                    let measure = measure.filter(|_| by != By::Open).copied();
                    let mut map = heat::heat(&mut table, &survey, measure, &asked)?;
                    // One colour everywhere says less than the first measure that varies.
                    if let (By::Open, Some(verdicts)) = (by, heat::one_verdict_each(&map))
                        && let Some(varies) = measures.iter().find(|measure| survey.varies(**measure, &asked.variants))
                    {
                        map = heat::heat(&mut table, &survey, Some(*varies), &asked)?;
                        map.notes.push(verdicts);
                    }
                    Drawn::Heat(Box::new(map))
                }
            };
            drawn.push((what, format!("{}{suffix}", what.name()), self.noted(picture)));
        }
        Ok(drawn)
    }

    /// Says on a picture that it is of a sweep under way.
    fn noted(&self, mut picture: Drawn) -> Drawn {
        if let Some((runs, of)) = self.partial() {
            let note = format!("The sweep is under way: {} of {} runs.", words::count(runs), words::count(of));
            match &mut picture {
                Drawn::Heat(map) => map.notes.push(note),
                Drawn::Spread(figure) => figure.notes.push(note),
            }
        }
        picture
    }

    /// What to draw by; refuses pictures that a sweep does not have.
    fn by(&self, what: &[What], options: &Options) -> Result<By, Error> {
        if let Some(what) = what.iter().find(|what| matches!(what, What::Path(_))) {
            return Err(unfit(
                format!("{} is a sweep: it has no picture \"{}\"", self.shown(), what.name()),
                "of a sweep there are heat, ecdf and histogram".to_owned(),
                "of a run or a comparison: catchup run SCENARIO…, then plot the folder that it writes",
            ));
        }
        let Some(by) = &options.by else { return Ok(By::Open) };
        if by != VERDICT {
            let names: Vec<&str> = [VERDICT].into_iter().chain(Measure::ALL.map(Measure::name)).collect();
            let measure = Measure::from_name(by).ok_or_else(|| unknown("--by", by, "measure", &names))?;
            return Ok(By::Measure(measure));
        }
        if let Some(what) = what.iter().find(|what| **what != What::Heat) {
            return Err(unfit(
                format!("--what {} --by verdict: a verdict is no number", what.name()),
                format!("expected one of {}", Measure::ALL.map(Measure::name).join(", ")),
                "the verdict is drawn by --what heat",
            ));
        }
        Ok(By::Verdict)
    }
}

/// What `--by` says.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Open,
    Verdict,
    Measure(Measure),
}

/// Places of the variants to draw, and what to say about others.
fn chosen(survey: &Survey, options: &Options) -> Result<(Vec<usize>, Option<String>), Error> {
    if options.variants.is_empty() {
        let all = survey.variants.len();
        let left = all.saturating_sub(MOST_VARIANTS);
        let told =
            (left > 0).then(|| format!("The first {MOST_VARIANTS} of {all} variants; --variant chooses others."));
        return Ok(((0..all.min(MOST_VARIANTS)).collect(), told));
    }
    let names: Vec<&str> = survey.variants.iter().map(|variant| variant.name.as_str()).collect();
    let mut places = Vec::new();
    for typed in &options.variants {
        let place = names.iter().position(|name| name == typed);
        places.push(place.ok_or_else(|| unknown("--variant", typed, "variant", &names))?);
    }
    places.sort_unstable();
    places.dedup();
    Ok((places, None))
}
