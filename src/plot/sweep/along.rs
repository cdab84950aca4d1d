//! Pictures along one varied key: the parts that its range is cut into, and the x axis that they stand on.

use super::Asked;
use super::kinds::By;
use super::side::{Side, Slots, shared};
use super::spread::value_at;
use super::survey::Survey;
use super::telling::most_telling;
use crate::draw::figure::Figure;
use crate::draw::text::literal;
use crate::error::Error;
use crate::plot::unfit;
use crate::read::Runs;

/// Parts of a range of numbers, at most.
const PARTS: f64 = 40.0;
/// Share of a name's room on the axis that is filled.
const NAME: f64 = 0.7;

/// A varied key as the x axis.
pub(super) struct Along {
    /// Place of the key's column.
    pub(super) column: usize,
    /// Its parts.
    pub(super) side: Side,
}

impl Along {
    /// The key that `--x` names, else the one that matters most; in as many parts as the draws can fill.
    pub(super) fn of(table: &mut Runs, survey: &Survey, by: By, asked: &Asked<'_>) -> Result<Self, Error> {
        let named = survey.named("--x", asked.x)?;
        let varying = if named.is_some() { Vec::new() } else { most_telling(table, survey, by, &asked.variants)? };
        let key = named.or(varying.first().copied()).or(survey.keys.first()).ok_or_else(|| {
            unfit(
                "the sweep varies no key".to_owned(),
                "a picture along a key needs one".to_owned(),
                "draw --what histogram or --what ecdf",
            )
        })?;
        let draws = asked.variants.iter().map(|place| survey.variants[*place].rows).max().unwrap_or(0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 40")]
        let parts = (0.5 * (draws as f64).sqrt()).round().clamp(1.0, PARTS) as usize;
        // Where no other key varies, every number has an answer of its own.
        let alone = survey.keys.iter().filter(|key| key.varies()).count() <= 1;
        Ok(Self { column: key.column, side: Side::of(key, alone || shared(key, draws), parts) })
    }

    /// The ends of a part, on the axis.
    pub(super) fn ends(&self, part: usize) -> [f64; 2] {
        match &self.side.slots {
            Slots::Names(_) => [0.5 - NAME / 2.0, 0.5 + NAME / 2.0].map(|within| part as f64 + within),
            Slots::Levels(_) | Slots::Bins(_) | Slots::BinsAndMore(..) => {
                let edges = self.side.edges();
                [edges[part], edges[part + 1]].map(|share| value_at(&self.side.scale, share))
            }
        }
    }

    /// Whether its parts have names in place of numbers.
    pub(super) fn named(&self) -> bool {
        matches!(self.side.slots, Slots::Names(_))
    }

    /// A picture with this x axis and nothing on it.
    pub(super) fn figure(&self, survey: &Survey, asked: &Asked<'_>, subtitle: &str) -> Figure {
        let names = match &self.side.slots {
            Slots::Names(names) => {
                names.iter().enumerate().map(|(i, (_, name))| (i as f64 + 0.5, name.clone())).collect()
            }
            Slots::Levels(_) | Slots::Bins(_) | Slots::BinsAndMore(..) => Vec::new(),
        };
        Figure {
            title: literal(asked.title),
            subtitle: literal(&asked.subtitle(subtitle)),
            runs: survey.variants.iter().map(|variant| variant.name.clone()).collect(),
            x_label: self.side.title.clone(),
            x: self.side.scale,
            names,
            multiples: false,
            acts: Vec::new(),
            strips: Vec::new(),
            panels: Vec::new(),
            notes: Vec::new(),
        }
    }
}
