//! What a sweep in progress is: written before its first chunk, compared before any more are.

use super::super::mark::{self, hexadecimal};
use super::{Draws, Plan, Shard};
use crate::scenario::sweep::{Kept, Level, Tie, Varied};
use crate::table::ColumnType;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Version of the manifest and of the chunks that it speaks for.
const FORMAT: u64 = 4;

/// Most lines of a text that differ and are named.
const LINES: usize = 3;

/// A sweep's definition, by this program or by another version of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::record) struct Manifest {
    /// What the user asked for; `csv` is not part of it.
    pub plan: Plan,
    /// The program that computes it.
    program: String,
    /// SHA-256 of all that its runs depend on, but for how many there are where they go on: what chunks carry.
    pub series: [u8; 32],
    /// SHA-256 of that, of how many runs there are, and of which trajectories are kept. What names things for people is
    /// no part of it.
    pub fingerprint: [u8; 32],
}

impl Manifest {
    pub fn new(plan: Plan) -> Self {
        Self::of(plan, mark::version())
    }

    fn of(plan: Plan, program: String) -> Self {
        let mut manifest = Self { plan, program, series: [0; 32], fingerprint: [0; 32] };
        let mut hash = Sha256::new();
        for (what, text) in manifest.texts() {
            for part in [what, text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        manifest.series = hash.finalize().into();
        let mut hash = Sha256::new_with_prefix(manifest.series);
        let Plan { draws, draws_per_chunk, keep, .. } = &manifest.plan;
        [draws, draws_per_chunk].into_iter().for_each(|number| hash.update(number.to_le_bytes()));
        hash.update(keep.toml());
        manifest.fingerprint = hash.finalize().into();
        manifest
    }

    /// The fingerprint in hexadecimal.
    pub fn mark(&self) -> String {
        hexadecimal(&self.fingerprint)
    }

    /// What chunks carry, in hexadecimal.
    pub fn series(&self) -> String {
        hexadecimal(&self.series)
    }

    /// Number of runs.
    pub fn runs(&self) -> u64 {
        self.plan.draws * self.plan.variants.len() as u64
    }

    /// The draws of a part of it; all of them without one.
    pub fn part(&self, shard: Option<Shard>) -> Draws {
        let plan = &self.plan;
        let chunks = shard.map_or(0..plan.chunks(), |shard| shard.part(plan.chunks()));
        let draw = |chunk: u64| chunk.saturating_mul(plan.draws_per_chunk).min(plan.draws);
        draw(chunks.start)..draw(chunks.end)
    }

    /// Of how many of these draws trajectories are kept.
    pub fn kept(&self, draws: &Draws) -> u64 {
        self.plan.keep.among(draws)
    }

    /// Whether the runs of a sweep of as many draws, with the trajectories of `keep` of them, are runs of this one.
    pub fn goes_on_from(&self, series: &str, draws: u64, keep: &Kept) -> bool {
        self.series() == series && draws <= self.plan.draws && self.plan.keep.below(draws) == *keep
    }

    /// In how many draws and kept trajectories a sweep of `draws` and `keep` differs from this one, in words.
    pub fn counts_differ(&self, draws: u64, keep: &Kept) -> Vec<String> {
        let mut found = Vec::new();
        if draws != self.plan.draws {
            found.push(format!("samples: {draws} there, {} now", self.plan.draws));
        }
        let all = *keep == Kept::First(draws) && self.plan.keep == Kept::First(self.plan.draws);
        if *keep != self.plan.keep && !all {
            let (there, now) = (keep.toml(), self.plan.keep.toml());
            found.push(format!("[keep]: `trajectories = {there}` there, `trajectories = {now}` now"));
        }
        found
    }

    /// All that its runs depend on: what users know by a name first.
    fn texts(&self) -> Vec<(String, String)> {
        let plan = &self.plan;
        let mut texts = vec![("program".to_owned(), self.program.clone())];
        texts.extend(plan.identity.iter().cloned());
        let draws = Some(plan.draws).filter(|_| !plan.goes_on);
        let mut vary = varied_json(&plan.vary);
        // What a column is called changes no run.
        for varied in vary.as_array_mut().into_iter().flatten() {
            varied["name"] = Value::Null;
        }
        let rest = json!([FORMAT, plan.name, plan.variants, plan.baselines, plan.sectors, vary, draws, plan.dates]);
        texts.push(("design".to_owned(), rest.to_string()));
        texts
    }

    /// SHA-256 of each of the texts, for the data package of the finished sweep.
    pub fn parts(&self) -> Value {
        let hashed = |(what, text): (String, String)| (what, json!(hexadecimal(&Sha256::digest(text))));
        Value::Object(self.texts().into_iter().map(hashed).collect())
    }

    pub fn to_json(&self) -> Value {
        let plan = &self.plan;
        json!({
            "format": FORMAT,
            "fingerprint": self.mark(),
            "program": self.program,
            "name": plan.name,
            "title": plan.title,
            "description": plan.description,
            "resolved": plan.resolved,
            "identity": plan.identity,
            "goes_on": plan.goes_on,
            "vary": varied_json(&plan.vary),
            "variants": plan.variants,
            "baselines": plan.baselines,
            "sectors": plan.sectors,
            "draws": plan.draws,
            "draws_per_chunk": plan.draws_per_chunk,
            "keep": plan.keep,
            "dates": plan.dates,
        })
    }

    /// Reads a manifest; `None` where it is damaged or of another format.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let number = |key: &str| value[key].as_u64();
        if number("format")? != FORMAT {
            return None;
        }
        let plan = Plan {
            name: text("name")?,
            title: text("title"),
            description: text("description"),
            resolved: text("resolved")?,
            identity: serde_json::from_value(value["identity"].clone()).ok()?,
            goes_on: value["goes_on"].as_bool()?,
            vary: value["vary"].as_array()?.iter().map(varied).collect::<Option<_>>()?,
            variants: serde_json::from_value(value["variants"].clone()).ok()?,
            baselines: serde_json::from_value(value["baselines"].clone()).ok()?,
            sectors: serde_json::from_value(value["sectors"].clone()).ok()?,
            draws: number("draws")?,
            draws_per_chunk: number("draws_per_chunk").filter(|&draws| draws > 0)?,
            keep: serde_json::from_value(value["keep"].clone()).ok()?,
            dates: serde_json::from_value(value["dates"].clone()).ok()?,
            csv: true,
        };
        let manifest = Self::of(plan, text("program")?);
        (manifest.mark() == text("fingerprint")?).then_some(manifest)
    }

    /// What is different in `now`, in words; nothing where it is the same sweep.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let (before, after) = (self.texts(), now.texts());
        let mut found: Vec<String> = after
            .iter()
            .filter_map(|(what, text)| {
                match before.iter().find(|(other, _)| other == what) {
                    Some((_, old)) if old == text => None,
                    Some((_, old)) if what == "program" => Some(format!("program: {old} there, {text} now")),
                    // What a user has no name for says nothing where something better named has changed, too.
                    Some(_) if what == "design" => {
                        Some("design: its columns, its size or the program's chunks".to_owned())
                    }
                    Some((_, old)) => Some(format!("{what}: {}", lines(old, text))),
                    None => Some(format!("{what}: not there, now part of the sweep")),
                }
            })
            .collect();
        for (what, _) in before.iter().filter(|(what, _)| after.iter().all(|(other, _)| other != what)) {
            found.push(format!("{what}: there, no part of the sweep now"));
        }
        found.extend(now.counts_differ(self.plan.draws, &self.plan.keep));
        if found.len() > 1 {
            found.retain(|difference| !difference.starts_with("design: "));
        }
        found
    }
}

/// The first lines by which two texts differ.
pub(super) fn lines(before: &str, after: &str) -> String {
    let only = |here: &str, there: &str| -> Vec<String> {
        let there: std::collections::BTreeSet<&str> = there.lines().map(str::trim).collect();
        let mine = here.lines().map(str::trim).filter(|line| !line.is_empty() && !there.contains(line));
        mine.map(|line| line.chars().take(80).collect()).collect()
    };
    let (gone, new) = (only(before, after), only(after, before));
    let count = gone.len().max(new.len());
    let pair = |i: usize| match (gone.get(i), new.get(i)) {
        (Some(gone), Some(new)) => format!("`{gone}` there, `{new}` now"),
        (Some(gone), None) => format!("`{gone}` there, gone now"),
        (None, Some(new)) => format!("`{new}` is new"),
        (None, None) => String::new(),
    };
    let mut text: Vec<String> = (0..count.min(LINES)).map(pair).collect();
    if count == 0 {
        text.push("its lines stand in another order".to_owned());
    } else if count > LINES {
        text.push(format!("and {} more", count - LINES));
    }
    text.join("; ")
}

fn varied_json(vary: &[Varied]) -> Value {
    let level = |level: &Level| match level {
        Level::Number(value) => json!(value),
        Level::Flag(value) => json!(value),
        Level::Text(value) => json!(value),
    };
    let one = |varied: &Varied| {
        let levels: Vec<Value> = varied.levels.iter().map(level).collect();
        json!({ "key": varied.key, "name": varied.name, "kind": varied.kind.name(), "tie": varied.tie.name(), "levels": levels })
    };
    vary.iter().map(one).collect()
}

fn varied(value: &Value) -> Option<Varied> {
    let level = |value: &Value| match value {
        Value::Number(number) => number.as_f64().map(Level::Number),
        Value::Bool(flag) => Some(Level::Flag(*flag)),
        Value::String(text) => Some(Level::Text(text.clone())),
        _ => None,
    };
    Some(Varied {
        key: value["key"].as_str()?.to_owned(),
        name: value["name"].as_str()?.to_owned(),
        kind: ColumnType::from_name(value["kind"].as_str()?)?,
        tie: Tie::from_name(value["tie"].as_str()?)?,
        levels: value["levels"].as_array()?.iter().map(level).collect::<Option<_>>()?,
    })
}
