//! What a finished sweep says: which key matters most for what, where a condition holds, which variant to choose, and how sure that
//! is. Every sentence has a condition; where it is not met, nothing is said.

use super::{listed, quoted};
use crate::design::Kind;
use crate::explain::choice::{Choice, Order};
use crate::explain::estimate::{Halving, halving};
use crate::explain::threshold::{Half, Joint, Rule, Side};
use crate::explain::{Basis, Estimate};
use crate::findings::{Chosen, Findings, Index, Place, Subject};
use crate::measure::Measure;
use crate::numbers::{counted, short};

/// Keys that are named in a sentence.
const KEYS: usize = 3;
/// A key that explains less is not worth a word.
const LITTLE: f64 = 0.01;
/// What is right less often says next to nothing.
const TELLING: f64 = 0.6;

/// A share in per cent.
fn percent(value: f64) -> String {
    format!("{} %", short(round(100.0 * value)))
}

/// No more digits than a person needs.
fn round(value: f64) -> f64 {
    let digits = if value.abs() >= 10.0 { 1.0 } else { 100.0 };
    (value * digits).round() / digits
}

/// A share with its interval of 95 %.
fn within(estimate: &Estimate) -> String {
    let (low, high) = (100.0 * estimate.low, 100.0 * estimate.high);
    format!("{} ({} to {})", percent(estimate.value), short(round(low)), short(round(high)))
}

/// All that is worth saying, in the order of questions: what matters, where, which variant, how sure.
pub fn answer(findings: &Findings) -> Vec<String> {
    let said = Said { findings };
    let mut words = vec![said.scope()];
    words.extend(said.failed());
    words.extend(said.matters());
    words.extend(findings.places.iter().filter_map(|place| said.place(place)));
    words.extend(said.chosen());
    words.extend(said.sure());
    words
}

struct Said<'a> {
    findings: &'a Findings,
}

impl<'a> Said<'a> {
    fn subject(&self) -> &'a Subject {
        &self.findings.subject
    }

    fn variant(&self, place: usize) -> String {
        quoted(&self.subject().variants[place].name)
    }

    /// “under “x””, where there is more than one variant.
    fn under(&self, place: usize) -> String {
        if self.subject().variants.len() > 1 { format!(" under {}", self.variant(place)) } else { String::new() }
    }

    fn key(&self, place: usize) -> &'a str {
        &self.subject().keys[place].name
    }

    fn scope(&self) -> String {
        let Subject { draws, planned, variants, keys, kind, .. } = self.subject();
        let drawn = if draws < planned {
            format!("{} of {} draws (the sweep is not finished)", counted(*draws), counted(*planned))
        } else {
            format!("{} {}", counted(*draws), if *draws == 1 { "draw" } else { "draws" })
        };
        let design = kind.map_or_else(String::new, |kind| format!(" of a {} design", kind.name()));
        let under = if variants.len() > 1 { format!(" under {} variants", variants.len()) } else { String::new() };
        let keys = if keys.len() == 1 { "one key".to_owned() } else { format!("{} keys", keys.len()) };
        format!("{drawn}{design} over {keys}{under}.")
    }

    /// Runs that failed are no part of the numbers.
    fn failed(&self) -> Option<String> {
        let failed: Vec<String> = (self.subject().variants.iter().enumerate())
            .filter(|(_, variant)| variant.failed > 0)
            .map(|(place, variant)| format!("{}{}", counted(variant.failed), self.under(place)))
            .collect();
        (!failed.is_empty()).then(|| format!("Runs that failed are left out and counted: {}.", listed(&failed)))
    }

    fn matters(&self) -> Vec<String> {
        (0..self.subject().variants.len()).filter_map(|variant| self.matter(variant)).collect()
    }

    fn matter(&self, variant: usize) -> Option<String> {
        let of = self.findings.main(variant)?;
        let phrase = Measure::from_name(&of).map_or(of.as_str(), |measure| measure.about().phrase);
        let index = [Index::TotalOrder, Index::FirstOrder, Index::MuStar].into_iter().find(|index| {
            !self.findings.ranked(variant, &of, *index).is_empty()
        })?;
        let ranked = self.findings.ranked(variant, &of, index);
        let (first, told) = ranked.first()?;
        let under = self.under(variant);
        let ranks = if first.basis == Basis::Ranks { " of its ranks, some values being infinite" } else { "" };
        if index == Index::MuStar {
            return Some(format!(
                "What moves the {phrase}{under} most is {}: over its whole range by {} on average.",
                self.key(first.key),
                short(told.value)
            ));
        }
        if told.high < LITTLE {
            return None;
        }
        let explains = match index {
            Index::TotalOrder => "with all that it does together with others it accounts for",
            _ => "alone it explains",
        };
        let then: Vec<String> = ranked[1..]
            .iter()
            .filter(|(_, told)| told.low > LITTLE)
            .take(KEYS - 1)
            .map(|(row, told)| format!("{} with {}", self.key(row.key), percent(told.value)))
            .collect();
        let then = if then.is_empty() { String::new() } else { format!("; then {}", listed(&then)) };
        let alone: f64 = ranked.iter().map(|(_, told)| told.value).sum();
        let together = match index {
            Index::FirstOrder if alone < 0.95 => {
                format!(". All keys alone explain {}; the rest is what they do together", percent(alone.max(0.0)))
            }
            _ => String::new(),
        };
        Some(format!(
            "What moves the {phrase}{under} most is {}: {explains} {} of the variance{ranks}{then}{together}.",
            self.key(first.key),
            within(told)
        ))
    }

    /// A half of a rule: “lambda above 1.42”.
    fn half(&self, key: usize, half: &Half) -> String {
        let name = self.key(key);
        match half {
            Half::Numbers { side: Side::Above, at, .. } => format!("{name} above {}", short(*at)),
            Half::Numbers { side: Side::Below, at, .. } => format!("{name} below {}", short(*at)),
            Half::Levels(inside) => {
                let levels = self.subject().keys[key].levels.iter().zip(inside);
                let levels: Vec<String> = levels.filter(|(_, inside)| **inside).map(|(level, _)| level.clone()).collect();
                format!("{name} {}", listed(&levels))
            }
        }
    }

    fn place(&self, place: &Place) -> Option<String> {
        let told = |rule: &Rule| rule.accuracy.value >= TELLING;
        let (key, one) = place.one.iter().find_map(|(key, rule)| Some((*key, rule.as_ref().ok()?)))?;
        let share = one.cases.hits as f64 / one.cases.all as f64;
        let holds = format!("{} holds in {} of the draws{}", place.condition, percent(share), self.under(place.variant));
        if !told(one) && !place.two.as_ref().is_some_and(|(_, rule)| told(rule)) {
            return Some(format!("{holds}; no threshold of one key or two tells where."));
        }
        let right = |rule: &Rule| {
            let missed = rule.cases.hits - rule.inside.hits;
            let wrong = rule.inside.all - rule.inside.hits;
            let right = (rule.cases.all - missed - wrong) as f64 / rule.cases.all as f64;
            format!("right in {} of all draws", percent(right))
        };
        let interval = match &one.halves[0] {
            Half::Numbers { low, high, .. } if low.is_finite() && high.is_finite() => {
                format!(" ({} to {})", short(*low), short(*high))
            }
            _ => String::new(),
        };
        let best = format!("one key tells it best by {}{interval}, {}", self.half(key, &one.halves[0]), right(one));
        let two = place.two.as_ref().filter(|(_, rule)| rule.accuracy.value > one.accuracy.high.min(1.0 - 1e-9)).map(|(keys, rule)| {
            let joint = if rule.joint == Joint::Both { "and" } else { "or" };
            let halves = [self.half(keys[0], &rule.halves[0]), self.half(keys[1], &rule.halves[1])];
            format!("; two by {} {joint} {}, {}", halves[0], halves[1], right(rule))
        });
        Some(format!("{holds}; {best}{}.", two.unwrap_or_default()))
    }

    fn chosen(&self) -> Vec<String> {
        let Some(Chosen { choice, dominances, keys, .. }) = &self.findings.chosen else { return Vec::new() };
        let mut words = vec![self.best(choice)];
        words.extend(self.careful(choice));
        words.extend(self.needless(choice));
        let undominated = dominances.undominated(Order::First);
        if undominated.len() == 1 {
            words.push(format!(
                "{} dominates every other to first order: whoever prefers more prefers it.",
                self.variant(undominated[0])
            ));
        }
        words.extend(self.knowing(choice, keys));
        words
    }

    fn best(&self, choice: &Choice) -> String {
        let likely = (0..choice.variants.len()).fold(0, |best, variant| {
            if choice.variants[variant].best.value > choice.variants[best].best.value { variant } else { best }
        });
        let standing = &choice.variants[likely];
        let often = format!("{} is the best of all, ties included, in {} of the draws", self.variant(likely), within(&standing.best));
        let expected = &choice.variants[choice.expected].expected;
        let first = self.variant(0);
        let worth = match choice.expected {
            0 => "as good as nothing more".to_owned(),
            _ => format!("as good as {} more income at every moment than under {first}", within(expected)),
        };
        match likely == choice.expected {
            true if likely == 0 => format!("{often}; it has the highest expected worth, too."),
            true => format!("{often}; it has the highest expected worth, too: {worth}."),
            false => format!("{often}; the highest expected worth is that of {}: {worth}.", self.variant(choice.expected)),
        }
    }

    /// Who fears the worst, or to have chosen wrongly.
    fn careful(&self, choice: &Choice) -> Option<String> {
        let (worst, regret) = (choice.maximin, choice.least_regret);
        let of_worst = percent(choice.variants[worst].worst);
        let of_regret = percent(choice.variants[regret].worst_regret);
        Some(if worst == regret {
            format!(
                "Its worst draw is the best under {} ({of_worst} of income against {}), and so is its largest regret, {of_regret}: \
                 no more than that would have been gained by another choice in any draw.",
                self.variant(worst),
                self.variant(0)
            )
        } else {
            format!(
                "The worst draw is the best under {} ({of_worst} of income against {}); the largest regret is the least under {}, \
                 {of_regret}.",
                self.variant(worst),
                self.variant(0),
                self.variant(regret)
            )
        })
    }

    /// Variants that are never needed.
    fn needless(&self, choice: &Choice) -> Option<String> {
        let needed = &choice.smallest.variants;
        if needed.len() == choice.variants.len() {
            return None;
        }
        let names: Vec<String> = needed.iter().map(|variant| self.variant(*variant)).collect();
        Some(match &names[..] {
            [only] => format!("{only} is the best, or as good, in every draw."),
            _ => format!("One of {} is the best, or as good, in every draw; the others are never needed.", listed(&names)),
        })
    }

    fn knowing(&self, choice: &Choice, keys: &[usize]) -> Option<String> {
        if choice.perfect.value < 1e-6 {
            return None;
        }
        let all = format!("To know every draw before choosing would be worth {} of income", percent(choice.perfect.value));
        let of = choice.keys.iter().zip(keys).filter_map(|(told, key)| Some((*key, told.as_ref().ok()?)));
        let best = of.max_by(|a, b| a.1.value.value.total_cmp(&b.1.value.value));
        Some(match best.filter(|(_, told)| told.cautious > 0.0) {
            Some((key, told)) => {
                format!("{all}; to know {} alone {}.", self.key(key), percent(told.value.value))
            }
            None => format!("{all}; to know one key alone next to nothing."),
        })
    }

    /// What the errors are of, and what would halve them.
    fn sure(&self) -> Option<String> {
        let Subject { kind, draws, keys, .. } = self.subject();
        let kind = (*kind)?;
        let Some(Halving { enough, hoped }) = halving(kind, *draws, keys.len(), false) else {
            return Some("A grid has no chance in it: its shares are shares of the grid.".to_owned());
        };
        let hoped = hoped.filter(|hoped| *hoped < enough).map_or_else(String::new, |hoped| {
            format!(", {} perhaps", counted(hoped))
        });
        let even = match kind {
            Kind::Sobol | Kind::LatinHypercube => "; these are laid out more evenly, and their errors are smaller",
            _ => "",
        };
        Some(format!(
            "Intervals are those of 95 % for independent draws{even}. {} draws in all would halve them{hoped}.",
            counted(enough)
        ))
    }
}
