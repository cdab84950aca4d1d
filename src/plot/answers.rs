//! The folder of a search, of states of the world too, or of flips → the pictures that came with it, from its tables.

use super::optimum::{Dates, Front, Seen, dates, front};
use super::read::{PACKAGE, listed, whole};
use super::{Drawing, Picture, What, unfit};
use crate::draw::flips::{BARS, Bar, Flips};
use crate::error::Error;
use crate::flip::{self, moved};
use crate::measure::{Measure, Outcome, Status};
use crate::model::policy::Sustain;
use crate::optimise::{self, Candidate, Criterion, Objective};
use crate::probe::Condition;
use crate::read::{Row, Table};
use crate::scenario::sweep::Sweep;
use crate::scenario::{self, Scenario};
use crate::table::{ColumnType, Field, fields};
use crate::words::flip::claim;
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder whose pictures are those that came with it.
pub(super) struct Answers {
    folder: PathBuf,
    /// What can be drawn of it.
    kinds: &'static [What],
    package: Value,
    listed: HashMap<String, u64>,
}

/// The folder at `path`, if it is that of a search or of flips.
pub(super) fn find(path: &Path) -> Result<Option<Answers>, Error> {
    let Ok(bytes) = fs::read(path.join(PACKAGE)) else { return Ok(None) };
    let Ok(package) = serde_json::from_slice::<Value>(&bytes) else { return Ok(None) };
    let kinds: &[What] = match package["catchup"]["kind"].as_str() {
        Some("optimum") => &[What::Optimum, What::Front],
        Some("flip") => &[What::Flip],
        Some("robust-optimum") => &[What::Robust],
        Some(kind @ ("map" | "explained")) => {
            let command = if kind == "map" { "map" } else { "explain" };
            return Err(unfit(
                format!("{} is drawn by catchup {command}, with more than its tables hold", path.display()),
                "its pictures stand there".to_owned(),
                &format!("catchup {command} takes --format, --width, --grey and --no-title itself"),
            ));
        }
        _ => return Ok(None),
    };
    Ok(Some(Answers { folder: path.to_owned(), kinds, package, listed: listed(path)? }))
}

impl Answers {
    /// The pictures of `what`, all that there are where it is empty.
    pub(super) fn load(&self, what: &[What]) -> Result<Vec<Picture>, Error> {
        if let Some(other) = what.iter().find(|what| !self.kinds.contains(what)) {
            let has: Vec<&str> = self.kinds.iter().map(|what| what.name()).collect();
            return Err(unfit(
                format!("{} has no picture \"{}\"", self.folder.display(), other.name()),
                format!("it has {}", has.join(" and ")),
                "leave --what out to draw them",
            ));
        }
        if self.kinds == [What::Robust] {
            return self.robust();
        }
        let path = self.file("scenario.toml")?;
        let scenario = scenario::load(&path.to_string_lossy(), &[])?;
        let wanted = if what.is_empty() { self.kinds } else { what };
        let mut pictures = Vec::new();
        for &what in wanted {
            let drawing = match what {
                What::Optimum => self.dates(&scenario)?,
                What::Front => self.front(&scenario)?,
                _ => Some(self.flips(&scenario)?),
            };
            pictures.extend(drawing.map(|drawing| self.picture(what, &scenario.keys.name, drawing)));
        }
        Ok(pictures)
    }

    fn picture(&self, what: What, name: &str, drawing: Drawing) -> Picture {
        let (folder, stem) = (self.folder.clone(), what.name().to_owned());
        Picture { what, folder, name: name.to_owned(), stem, partial: None, drawing }
    }

    /// What it is worth on average to promote each sector from when to when; nothing where no policy was looked at but none.
    fn robust(&self) -> Result<Vec<Picture>, Error> {
        let path = self.file("sweep.toml")?;
        let sweep = Sweep::load(&path.to_string_lossy())?;
        let summary = self.summary()?;
        let variant = summary["variant"].as_str().unwrap_or_default();
        let Some(variant) = sweep.variants.iter().find(|own| own.name == variant) else {
            return Err(unfit(
                format!("{} has no variant {variant}", path.display()),
                "summary.json says that the policies are of it".to_owned(),
                "run the command that wrote the folder again",
            ));
        };
        let scenario = &variant.scenario;
        let objective = summary["objective"].as_str().and_then(Objective::from_name).unwrap_or_default();
        let title = sweep.title.as_ref().unwrap_or(&sweep.name);
        let people = scenario.people();
        let mut map = Dates::on_average(title, &people, scenario.problem.grid, objective);
        let best = summary[Criterion::Expected.name()]["policy"].as_u64();
        let wanted = ["policy", "sector", "sustain", "from", "until", "expected"];
        self.table("expected.csv", &fields(&optimise::averages()))?.rows(&wanted, |row| {
            let Some(candidate) = candidate(scenario, row) else { return Ok(()) };
            map.seen.push(Seen { candidate, shown: true, value: row.number("expected") });
            if Some(row.count("policy")? as u64) == best {
                map.best = Some(candidate);
            }
            Ok(())
        })?;
        let drawn = (!map.seen.is_empty()).then(|| Drawing::Heat(Box::new(dates(&map))));
        Ok(drawn.map(|drawing| self.picture(What::Robust, &sweep.name, drawing)).into_iter().collect())
    }

    /// A file of the folder, whole.
    fn file(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        if !path.is_file() {
            return Err(unfit(
                format!("{} is missing", path.display()),
                "the picture is drawn from it".to_owned(),
                "run the command that wrote the folder again",
            ));
        }
        whole(&path, &self.listed)?;
        Ok(path)
    }

    fn table(&self, name: &str, fields: &[Field]) -> Result<Table, Error> {
        let kind =
            |name: &str| fields.iter().find(|field| field.name == name).map_or(ColumnType::String, |field| field.kind);
        Table::open(&self.file(name)?, kind)
    }

    fn summary(&self) -> Result<Value, Error> {
        let path = self.file("summary.json")?;
        fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            unfit(
                format!("{} is not the JSON that the program writes", path.display()),
                "it was cut short or edited".to_owned(),
                "run the command that wrote the folder again",
            )
        })
    }

    /// What it is worth to promote each sector from when to when; `None` where nothing was looked at but to do nothing.
    fn dates(&self, scenario: &Scenario) -> Result<Option<Drawing>, Error> {
        let summary = self.summary()?;
        let objective = summary["objective"].as_str().and_then(Objective::from_name).unwrap_or_default();
        let budget = summary["budget"].as_f64().unwrap_or(f64::INFINITY);
        let (measure, grid) = (objective.measure().name(), scenario.problem.grid);
        let [cost, peak] = [Measure::SubsidyPv.name(), Measure::PeakSubsidyShare.name()];
        let best = summary["policy"].as_u64();
        let title = scenario.keys.title.as_ref().unwrap_or(&scenario.keys.name);
        let people = scenario.people();
        let mut map = Dates::new(title, &people, grid, objective);
        let mut rows = 0;
        let table = self.table("optimum.csv", &fields(&optimise::policies()))?;
        let wanted = ["policy", "sector", "sustain", "from", "until", "status", "outcome", measure, cost, peak];
        table.rows(&wanted, |row| {
            rows += 1;
            let Some(candidate) = candidate(scenario, row) else { return Ok(()) };
            // Where no present value converges, what is never paid still costs nothing.
            let costs = row.number(cost).or(row.number(peak).filter(|peak| *peak == 0.0)).unwrap_or(f64::INFINITY);
            let chosen = row.text("status") == Status::Ok.name() && costs <= budget;
            let outcome = row.text("outcome");
            map.seen.push(Seen {
                candidate,
                shown: !outcome.is_empty() && outcome != Outcome::NeverFormed.name(),
                value: row.number(measure).filter(|_| chosen),
            });
            if Some(row.count("policy")? as u64) == best {
                map.best = Some(candidate);
            }
            Ok(())
        })?;
        if Some(rows) != summary["policies"].as_u64() {
            return Err(unfit(
                format!("{} holds the front alone", table.path().display()),
                "the picture of dates is drawn from all policies".to_owned(),
                "draw --what front; or catchup optimise without --front",
            ));
        }
        Ok((!map.seen.is_empty()).then(|| Drawing::Heat(Box::new(dates(&map)))))
    }

    /// What money buys; `None` where nothing is worth a number.
    fn front(&self, scenario: &Scenario) -> Result<Option<Drawing>, Error> {
        let [cost, worth] = [Measure::SubsidyPv.name(), Measure::EquivalentVariation.name()];
        let mut points = Vec::new();
        self.table("front.csv", &fields(&optimise::policies()))?.rows(&[cost, worth], |row| {
            points.extend(row.number(cost).zip(row.number(worth)));
            Ok(())
        })?;
        let summary = self.summary()?;
        let best = summary[cost].as_f64().zip(summary[worth].as_f64());
        let title = scenario.keys.title.as_ref().unwrap_or(&scenario.keys.name);
        let people = scenario.people();
        let drawn = (points.len() > 1).then(|| front(&Front { title, people: &people, points, best }));
        Ok(drawn.map(|figure| Drawing::Lines(Box::new(figure))))
    }

    /// Where along each key the condition holds.
    fn flips(&self, scenario: &Scenario) -> Result<Drawing, Error> {
        let note = &self.package["catchup"];
        let text = note["condition"].as_str().unwrap_or_default();
        let condition = Condition::parse(PACKAGE, text, &scenario.problem.sectors)?;
        let people = scenario.people();
        let mut bars: Vec<Bar> = Vec::new();
        let mut steps = 0;
        let wanted = ["key", "value", "now", "low", "high", "from", "until", "flip", "distance", "relative", "unit"];
        self.table("flip.csv", &fields(&flip::columns()))?.rows(&wanted, |row| {
            // A step has no numbers.
            let (Some(low), Some(high)) = (row.number("low"), row.number("high")) else {
                steps += 1;
                return Ok(());
            };
            let holds = row.number("from").zip(row.number("until")).map(|(from, until)| [from, until]);
            match bars.last_mut().filter(|bar| bar.key == row.text("key")) {
                Some(bar) => bar.holds.extend(holds),
                None => {
                    let change = |distance| moved(distance, row.number("relative"), row.text("unit"));
                    let flip = row.number("flip").zip(row.number("distance").map(change));
                    let holds = holds.into_iter().collect();
                    bars.push(Bar::new(row.text("key"), &people, [low, high], holds, row.number("now"), flip));
                }
            }
            Ok(())
        })?;
        let every = note["every_number"].as_bool().unwrap_or(false);
        let title = scenario.keys.title.as_ref().unwrap_or(&scenario.keys.name);
        let flips = Flips::new(title, &claim(&condition, &people), bars, if every { BARS } else { usize::MAX }, steps);
        Ok(Drawing::Flips(Box::new(flips)))
    }
}

/// The policy of a row; `None` where that is none at all.
fn candidate(scenario: &Scenario, row: &Row<'_>) -> Option<Candidate> {
    let grid = scenario.problem.grid;
    Some(Candidate {
        sector: scenario.problem.sectors.iter().position(|sector| sector == row.text("sector"))?,
        sustain: Sustain::from_name(row.text("sustain"))?,
        from: grid.first_period(row.number("from")?),
        until: row.number("until").map(|until| grid.first_period(until)),
    })
}
