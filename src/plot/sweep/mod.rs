//! A sweep's tables → heat maps, profiles, shares, fans, cumulative curves and histograms. A table is read in batches, a few
//! times at most for a picture, and never held: millions of runs need no more memory than a hundred.

mod along;
mod called;
mod draw;
mod fan;
mod heat;
mod kinds;
mod profile;
mod shares;
mod side;
mod spread;
mod survey;
mod telling;
mod words;

pub(super) use draw::render;
pub(super) use heat::{Cell, HeatMap, Legend, Map};
pub(super) use side::{Side, Slots, bin};

use super::read::{PACKAGE, listed, whole};
use super::{Options, What, no_gap, unfit};
use crate::control::Control;
use crate::draw::figure::Figure;
use crate::error::Error;
use crate::measure::Measure;
use crate::numbers::counted;
use crate::quantity::Quantity;
use crate::read::{Runs, is_runs};
use crate::record::sweep::{self as record, Standing};
use called::Called;
use fan::TRAJECTORIES;
use kinds::{By, Kinds};
use serde_json::{Value, json};
use spread::Shape;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use survey::Survey;
use words::unknown;

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
    Lines(Box<Figure>),
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
        let folder = || Some(fs::canonicalize(&self.folder).ok()?.file_name()?.to_string_lossy().into_owned());
        let stem = || self.table.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if self.own() { folder() } else { stem() }.unwrap_or_else(|| "sweep".to_owned())
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
        let share = options.y.as_deref() == Some(crate::draw::What::Share.name());
        if let Some(what) = what.iter().find(|what| share && **what != What::Fan) {
            return Err(no_gap(*what));
        }
        let by = self.by(what, options)?;
        let mut measures: Vec<Quantity> = match by {
            Some(By::Kinds(_)) => Vec::new(),
            Some(By::Measure(by)) => vec![by],
            // Which of them, the variants and the runs say.
            None => OPEN.map(Quantity::Measure).to_vec(),
        };
        if let Some(by) = by.filter(|by| !table.has(&by.name())) {
            let hint = match by {
                By::Measure(Quantity::Wage(_) | Quantity::Gap(_)) => "name the year in [keep] dates, and sweep again",
                _ => "name a table that this version of the program wrote",
            };
            let title = format!("{} lacks the column {}", self.shown(), by.name());
            return Err(unfit(title, "it is drawn from it".to_owned(), hint));
        }
        measures.retain(|measure| table.has(&measure.name()));
        let called =
            if self.own() || self.standing.is_some() { Called::beside(&self.folder) } else { Called::default() };
        let survey = survey::survey(&mut table, &measures, &called)?;
        if survey.rows == 0 {
            return Err(unfit(
                format!("{} has no rows", self.shown()),
                "a picture needs at least one run".to_owned(),
                "sweep again",
            ));
        }
        let name = self.name();
        let title = self.package["title"].as_str().unwrap_or(&name);
        let (variants, left_over) = chosen(&survey, options)?;
        if by.is_none() {
            // A single variant differs from no baseline, and what does not vary comes last.
            measures.retain(|measure| survey.variants.len() > 1 || measure.about().difference.is_none());
            measures.sort_by_key(|measure| !survey.varies(*measure, &variants));
        }
        let asked = Asked {
            title,
            name: Some(name.as_str()).filter(|name| *name != title),
            x: options.x.as_ref(),
            y: options.y.as_ref().filter(|_| !share),
            variants,
            left_over,
        };
        let trajectories = self.folder.join(TRAJECTORIES);
        // What stands beside the runs of a sweep under way is of another time.
        let kept = self.own() && self.standing.is_none() && trajectories.is_file();
        let open = Open { survey: &survey, by, measures: &measures, share, kept };
        let wanted = if what.is_empty() { open.suiting(&asked) } else { what.to_vec() };
        let suffix = options.by.as_ref().map_or_else(String::new, |by| format!("-{by}"));
        let mut drawn = Vec::new();
        for what in wanted {
            let figure = match (what, measures.first().copied()) {
                (What::Fan, _) if !kept => {
                    return Err(unfit(
                        format!("{} has no {TRAJECTORIES}", self.folder.display()),
                        "a fan is drawn from the trajectories that a sweep keeps".to_owned(),
                        "write [keep] trajectories = 200 into the sweep file, and sweep again",
                    ));
                }
                (What::Fan, _) => {
                    whole(&trajectories, &self.listed)?;
                    let of = if share { fan::Of::Share } else { fan::Of::Gap };
                    fan::figure(&trajectories, &survey, of, &asked, &called)?
                }
                (What::Ecdf, Some(by)) => spread::figure(&mut table, &survey, by, Shape::Ecdf, &asked)?,
                (What::Histogram, Some(by)) => spread::figure(&mut table, &survey, by, Shape::Histogram, &asked)?,
                (What::Profile, Some(by)) => profile::figure(&mut table, &survey, by, &asked)?,
                (What::Shares, _) => shares::figure(&mut table, &survey, open.kinds(&asked), &asked)?,
                _ => {
                    let map = open.heat(&mut table, &asked)?;
                    let picture = self.noted(Drawn::Heat(Box::new(map)));
                    drawn.push((what, format!("{}{suffix}", what.name()), picture));
                    continue;
                }
            };
            let suffix = match what {
                What::Fan if share => "-share",
                What::Fan => "",
                _ => &suffix,
            };
            let picture = self.noted(Drawn::Lines(Box::new(figure)));
            drawn.push((what, format!("{}{suffix}", what.name()), picture));
        }
        Ok(drawn)
    }

    /// Whether the table has the name that the program gives it, so that what stands beside it belongs to it.
    fn own(&self) -> bool {
        self.table.file_name().is_some_and(|name| name == PARQUET || name == CSV)
    }

    /// Says on a picture that it is of a sweep under way.
    fn noted(&self, mut picture: Drawn) -> Drawn {
        if let Some((runs, of)) = self.partial() {
            let note = format!("The sweep is under way: {} of {} runs.", counted(runs), counted(of));
            match &mut picture {
                Drawn::Heat(map) => map.notes.push(note),
                Drawn::Lines(figure) => figure.notes.push(note),
            }
        }
        picture
    }

    /// What to draw by; refuses pictures that a sweep does not have.
    fn by(&self, what: &[What], options: &Options) -> Result<Option<By>, Error> {
        if let Some(what) = what.iter().find(|what| matches!(what, What::Path(_))) {
            return Err(unfit(
                format!("{} is a sweep: it has no picture \"{}\"", self.shown(), what.name()),
                "of a sweep there are heat, profile, shares, fan, ecdf and histogram".to_owned(),
                "of a run or a comparison: catchup run SCENARIO…, then plot the folder that it writes",
            ));
        }
        let Some(typed) = &options.by else { return Ok(None) };
        if let Some(kinds) = Kinds::from_name(typed) {
            let numbers = [What::Ecdf, What::Histogram, What::Profile];
            if let Some(what) = what.iter().find(|what| numbers.contains(what)) {
                return Err(unfit(
                    format!("--what {} --by {typed}: {} is no number", what.name(), kinds.with_article()),
                    format!("expected one of {}", Measure::ALL.map(Measure::name).join(", ")),
                    "it is drawn by --what heat and --what shares",
                ));
            }
            return Ok(Some(By::Kinds(kinds)));
        }
        let kinds = [Kinds::Outcome, Kinds::Verdict].map(Kinds::name);
        let names: Vec<&str> = kinds.into_iter().chain(Measure::ALL.map(Measure::name)).collect();
        let measure = Quantity::from_name(typed).ok_or_else(|| unknown("--by", typed, "measure", &names))?;
        if what.contains(&What::Shares) {
            return Err(unfit(
                format!("--what shares --by {typed}: a measure has no shares"),
                "expected outcome or verdict".to_owned(),
                "a measure along a key is drawn by --what profile",
            ));
        }
        Ok(Some(By::Measure(measure)))
    }
}

/// What is drawn where the user leaves it open.
struct Open<'a> {
    survey: &'a Survey,
    by: Option<By>,
    /// Those that may be drawn, the best first.
    measures: &'a [Quantity],
    /// Whether P's income is asked for in % of R's.
    share: bool,
    /// Whether trajectories are kept.
    kept: bool,
}

impl Open<'_> {
    /// The pictures that suit the sweep: none of one colour.
    fn suiting(&self, asked: &Asked<'_>) -> Vec<What> {
        if self.share {
            return vec![What::Fan];
        }
        let vary = self.survey.keys.iter().filter(|key| key.varies()).count();
        let measures = !matches!(self.by, Some(By::Kinds(_)));
        let several = vary > 1 || (asked.x.is_some() && asked.y.is_some());
        let shares = !matches!(self.by, Some(By::Measure(_))) && self.survey.mixed(self.kinds(asked), &asked.variants);
        let mut suiting = Vec::new();
        suiting.extend(Some(What::Heat).filter(|_| several));
        suiting.extend(Some(What::Profile).filter(|_| !several && vary > 0 && measures));
        suiting.extend(Some(What::Shares).filter(|_| !several && vary > 0 && shares));
        suiting.extend(Some(What::Fan).filter(|_| self.kept && self.by.is_none()));
        suiting.extend([What::Ecdf, What::Histogram].into_iter().filter(|_| measures));
        if suiting.is_empty() {
            suiting.push(if several || vary == 0 { What::Heat } else { What::Shares });
        }
        suiting
    }

    /// Outcomes where some variant has any and they differ, unless something else is asked for.
    fn kinds(&self, asked: &Asked<'_>) -> Kinds {
        match self.by {
            Some(By::Kinds(kinds)) => kinds,
            _ if !self.survey.has_outcomes(&asked.variants) => Kinds::Verdict,
            // Of two that are the same everywhere, the outcome.
            _ => {
                let mixed = |kinds| self.survey.mixed(kinds, &self.survey.of_kinds(kinds, &asked.variants));
                if mixed(Kinds::Verdict) && !mixed(Kinds::Outcome) { Kinds::Verdict } else { Kinds::Outcome }
            }
        }
    }

    /// The heat map: by outcome, by verdict, or by the first measure that varies, of which the first that is not of one colour.
    fn heat(&self, table: &mut Runs, asked: &Asked<'_>) -> Result<HeatMap, Error> {
        if let Some(by) = self.by {
            return heat::heat(table, self.survey, by, asked);
        }
        let outcomes = Some(Kinds::Outcome).filter(|_| self.survey.has_outcomes(&asked.variants));
        let mut told = Vec::new();
        let mut first = None;
        for kinds in outcomes.into_iter().chain([Kinds::Verdict]) {
            let map = heat::heat(table, self.survey, By::Kinds(kinds), asked)?;
            let Some(same) = heat::one_kind_each(&map) else {
                return Ok(HeatMap { notes: [map.notes, told].concat(), ..map });
            };
            told.push(same);
            first.get_or_insert(map);
        }
        let varies = self.measures.iter().find(|measure| self.survey.varies(**measure, &asked.variants));
        match (varies, first) {
            (None, Some(map)) => Ok(map),
            (varies, _) => {
                let by = varies.map_or(By::Kinds(Kinds::Verdict), |measure| By::Measure(*measure));
                let map = heat::heat(table, self.survey, by, asked)?;
                Ok(HeatMap { notes: [map.notes, told].concat(), ..map })
            }
        }
    }
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
