//! What a finished sweep says: which key matters most for what, where a condition holds, which variant to choose, and how sure that
//! is. Every sentence has a condition; where it is not met, nothing is said.

use super::{capital, listed, quoted};
use crate::design::Kind;
use crate::explain::choice::{Choice, Order, Pair, Standing};
use crate::explain::estimate::{Halving, Z, halving};
use crate::explain::threshold::{Half, Joint, Rule, Side};
use crate::explain::{Basis, Estimate};
use crate::findings::{Chosen, Findings, Importance, Index, LITTLE, Place, Says, Subject};
use crate::model::trade::TIE;
use crate::numbers::{counted, percent, percentage, short};
use crate::quantity::Quantity;

/// Keys that are named in a sentence.
const KEYS: usize = 3;
/// What keys do together is not worth a word where it is less, nor that their shares add up to more than all.
const REST: f64 = 0.05;
/// Draws, or blocks of a design, from which on intervals of shares rank keys.
const RANKED: u64 = 32;
/// Draws from which on the error of a sum of shares is told well enough to speak of what keys do together.
const ENOUGH: u64 = 256;
/// What is right less often says next to nothing.
const TELLING: f64 = 0.6;

/// Draws, of those in which a condition holds or of the others, below which nothing is said of where it holds: chance would speak.
const FEW: u64 = 10;

/// Variants on which there is a sentence each; of more, on the baseline and those that come into question.
const VARIANTS: usize = 4;
/// Sentences on where conditions hold: the least decided first.
const PLACES: usize = 4;

/// Whether two numbers of either sign tie.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= TIE * a.abs().max(b.abs())
}

/// What it is that speaks: draws, keys, variants.
pub fn scope(findings: &Findings) -> String {
    Said { findings }.scope()
}

/// All that is worth saying: which variant, what matters, where, how sure.
pub fn answer(findings: &Findings) -> Vec<String> {
    let said = Said { findings };
    let mut words = Vec::new();
    words.extend(said.chosen());
    words.extend(said.matters());
    if findings.subject.together {
        words.push("Some keys are drawn together: they share what they explain, and their shares overlap.".to_owned());
    }
    words.extend(said.places());
    words.extend(said.failed());
    words.extend(said.sure());
    words
}

/// What the keys, each alone, add up to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Alone {
    /// More than there is, by more than its error.
    Over,
    /// All, as far as the draws tell.
    All,
    /// Less than all by more than its error: such a share.
    Less(f64),
}

struct Said<'a> {
    findings: &'a Findings,
}

impl<'a> Said<'a> {
    fn subject(&self) -> &'a Subject {
        &self.findings.subject
    }

    /// A number with its interval of 95 %; a grid, which has no chance in it, has none.
    fn within(&self, estimate: &Estimate) -> String {
        let said = percent(estimate.value);
        if self.is_grid() {
            return said;
        }
        format!("{said} ({} to {})", percentage(estimate.low), percentage(estimate.high))
    }

    fn is_grid(&self) -> bool {
        self.subject().kind == Some(Kind::Grid)
    }

    fn variant(&self, place: usize) -> String {
        quoted(&self.subject().variants[place].label)
    }

    /// “under “x””, where there is more than one variant.
    fn under(&self, place: usize) -> String {
        if self.subject().variants.len() > 1 { format!(" under {}", self.variant(place)) } else { String::new() }
    }

    /// A key as a sentence calls it.
    fn key(&self, place: usize) -> &'a str {
        &self.subject().keys[place].phrase
    }

    fn scope(&self) -> String {
        let Subject { draws, planned, variants, keys, kind, .. } = self.subject();
        let drawn = if draws < planned {
            format!("{} of {} draws (the sweep is not finished)", counted(*draws), counted(*planned))
        } else {
            format!("{} {}", counted(*draws), if *draws == 1 { "draw" } else { "draws" })
        };
        let design = kind.map_or_else(String::new, |kind| match kind {
            Kind::Sobol | Kind::Saltelli | Kind::Morris => format!(" of a {} design", capital(kind.name())),
            _ => format!(" of a {} design", kind.name()),
        });
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

    /// The variants that are spoken of one by one, and whether there are others.
    fn spoken_of(&self) -> (Vec<usize>, bool) {
        let all = self.subject().variants.len();
        if all <= VARIANTS {
            return ((0..all).collect(), false);
        }
        let mut some = vec![0];
        if let Some(Chosen { choice, .. }) = &self.findings.chosen {
            for variant in [self.likely(choice), choice.expected, choice.maximin, choice.least_regret] {
                if !some.contains(&variant) {
                    some.push(variant);
                }
            }
        }
        (some, true)
    }

    fn matters(&self) -> Vec<String> {
        let (variants, others) = self.spoken_of();
        let mut words: Vec<String> = variants.into_iter().filter_map(|variant| self.matter(variant)).collect();
        if others && !words.is_empty() {
            words.push("What moves the other variants is in importance.csv.".to_owned());
        }
        words
    }

    fn matter(&self, variant: usize) -> Option<String> {
        let of = self.findings.main(variant)?;
        let index = [Index::TotalOrder, Index::FirstOrder, Index::MuStar]
            .into_iter()
            .find(|index| !self.findings.ranked(variant, &of, *index).is_empty())?;
        let is_share = index != Index::MuStar;
        let ranked: Vec<(&Importance, Estimate)> = (self.findings.ranked(variant, &of, index).into_iter())
            .map(|(row, told)| (row, if is_share { told.as_share() } else { told }))
            .collect();
        let (first, most) = ranked.first()?;
        if is_share && most.high < LITTLE {
            return None;
        }
        let what = format!("What moves the {}{} most", Quantity::phrase_of(&of), self.under(variant));
        let draws = counted(self.subject().draws);
        let ahead = self.ahead(&ranked);
        let alone = (index == Index::FirstOrder && !self.subject().together).then(|| self.alone(&ranked));
        let together = match alone {
            Some(Alone::Less(sum)) => {
                format!(". The keys, each alone, add up to {}; the rest is what they do together", percent(sum))
            }
            _ => String::new(),
        };
        let little = is_share && ahead.iter().any(|(_, told)| self.ends(told)[0] < LITTLE);
        let few = is_share && !self.is_grid() && most.count < RANKED;
        if few || little || ahead.len() > KEYS || alone == Some(Alone::Over) {
            return Some(format!("{what} is not told: {draws} draws are too few to rank the keys{together}."));
        }
        let called = |(row, _): &(&Importance, Estimate)| self.key(row.key).to_owned();
        let said = |told: &Estimate| if is_share { self.within(told) } else { short(told.value) };
        let keys = listed(&ahead.iter().copied().map(called).collect::<Vec<_>>());
        let by = listed(&ahead.iter().map(|(_, told)| said(told)).collect::<Vec<_>>());
        let (are, too_close) = match ahead.len() {
            1 => ("is", String::new()),
            _ => ("are", format!(", too close for {draws} draws to rank them")),
        };
        if index == Index::MuStar {
            let range = if ahead.len() == 1 { "its whole range" } else { "their whole ranges" };
            return Some(format!("{what} {are} {keys}: over {range} by {by} on average{too_close}."));
        }
        let explains = match (index, ahead.len()) {
            (Index::TotalOrder, 1) => "with all that it does together with others it accounts for",
            (Index::TotalOrder, _) => "with all that they do together with others they account for",
            (_, 1) => "alone it explains",
            _ => "alone they explain",
        };
        let ranks = if first.basis == Basis::Ranks { " of its ranks, some values being infinite" } else { "" };
        let named = |key: usize| ahead.iter().any(|(row, _)| row.key == key);
        let then: Vec<String> = (ranked.iter())
            .filter(|(row, told)| told.low > LITTLE && !named(row.key))
            .take(KEYS - ahead.len())
            .map(|(row, told)| format!("{} with {}", self.key(row.key), percent(told.value)))
            .collect();
        let then = if then.is_empty() { String::new() } else { format!("; then {}", listed(&then)) };
        Some(format!("{what} {are} {keys}: {explains} {by} of the variance{ranks}{too_close}{then}{together}."))
    }

    /// Of keys, the most important first, those that the draws do not tell from the first one, with it.
    fn ahead<'r>(&self, ranked: &'r [(&'r Importance, Estimate)]) -> Vec<&'r (&'r Importance, Estimate)> {
        let least = ranked.first().map_or(0.0, |(_, told)| self.ends(told)[0]);
        ranked.iter().filter(|(_, told)| self.ends(told)[1] >= least).collect()
    }

    /// Between which ends a number lies; in a grid there is no chance.
    fn ends(&self, told: &Estimate) -> [f64; 2] {
        if self.is_grid() { [told.value; 2] } else { [told.low, told.high] }
    }

    /// What the keys, each alone, add up to, beside all.
    fn alone(&self, ranked: &[(&Importance, Estimate)]) -> Alone {
        let sum: f64 = ranked.iter().map(|(_, told)| told.value).sum();
        // Errors of shares are told key by key; those of different keys hardly go together.
        let error = ranked.iter().map(|(_, told)| told.error * told.error).sum::<f64>().sqrt();
        let half = if self.is_grid() { 0.0 } else { Z * error };
        let enough = self.is_grid() || ranked.iter().all(|(_, told)| told.count >= ENOUGH);
        match () {
            () if sum > 1.0 + half.max(REST) => Alone::Over,
            () if enough && sum < 1.0 - half.max(REST) => Alone::Less(sum),
            () => Alone::All,
        }
    }

    /// A half of a rule: “lambda above 1.42”.
    fn half(&self, key: usize, half: &Half) -> String {
        let name = self.key(key);
        match half {
            Half::Numbers { side: Side::Above, at, .. } => format!("{name} is above {}", short(*at)),
            Half::Numbers { side: Side::Below, at, .. } => format!("{name} is below {}", short(*at)),
            Half::Levels(inside) => {
                format!("{name} is {}", self.subject().levels(key, inside).join(" or "))
            }
        }
    }

    /// The least decided conditions, each under each variant in which it does not always hold; none that holds in the same draws
    /// as one before it.
    fn places(&self) -> Vec<String> {
        let (variants, _) = self.spoken_of();
        let rule = |place: &'a Place| place.one.iter().find_map(|(key, rule)| Some((*key, rule.as_ref().ok()?)));
        let mut open: Vec<(&'a Place, usize, &'a Rule)> = Vec::new();
        for place in self.findings.places.iter().filter(|place| variants.contains(&place.variant)) {
            let Some((key, one)) = rule(place) else { continue };
            let same =
                |(other, _, known): &(&'a Place, usize, &'a Rule)| other.variant == place.variant && *known == one;
            if !open.iter().any(same) {
                open.push((place, key, one));
            }
        }
        let from_half = |rule: &Rule| rule.cases.all.abs_diff(2 * rule.cases.hits) as f64 / rule.cases.all as f64;
        open.sort_by(|a, b| from_half(a.2).total_cmp(&from_half(b.2)));
        open.into_iter().take(PLACES).map(|(place, key, one)| self.place(place, key, one)).collect()
    }

    fn place(&self, place: &Place, key: usize, one: &Rule) -> String {
        let told = |rule: &Rule| rule.accuracy.value >= TELLING;
        let (hits, all) = (one.cases.hits, one.cases.all);
        let share = percent(hits as f64 / all as f64);
        let rare = hits.min(all - hits);
        let few = (1..FEW).contains(&rare);
        let of_draws = match (few, rare == hits) {
            (false, _) => format!("{share} of the draws"),
            (true, true) => format!("{share} of the draws ({} of {})", counted(hits), counted(all)),
            (true, false) => format!("{share} of the draws (all but {} of {})", counted(rare), counted(all)),
        };
        let variant = self.variant(place.variant);
        let holds = match &place.claim.says {
            Says::Better => format!("{variant} is better than its baseline in {of_draws}"),
            // Which variant is best is the same under each.
            Says::Best => format!("In {of_draws} {variant} is the best of all"),
            Says::OfRun(words) => format!("In {of_draws}{} {words}", self.under(place.variant)),
        };
        if few {
            return format!("{holds}: too few to tell where.");
        }
        // In how many of the draws in a rule it holds, and in how many of those outside it.
        let apart = |rule: &Rule| {
            let outside = (rule.cases.hits - rule.inside.hits) as f64 / (rule.cases.all - rule.inside.all) as f64;
            format!("in {} of them, elsewhere in {}", percent(rule.inside.share()), percent(outside))
        };
        let interval = match &one.halves[0] {
            Half::Numbers { low, high, .. }
                if low.is_finite() && high.is_finite() && self.subject().kind != Some(Kind::Grid) =>
            {
                format!(" ({} to {})", short(*low), short(*high))
            }
            _ => String::new(),
        };
        let two = place.two.as_ref().filter(|(_, rule)| told(rule) && rule.accuracy.low > one.accuracy.value);
        let two = two.map(|(keys, rule)| {
            let joint = if rule.joint == Joint::Both { "and" } else { "or" };
            let halves = [self.half(keys[0], &rule.halves[0]), self.half(keys[1], &rule.halves[1])];
            format!("where {} {joint} {} {}", halves[0], halves[1], apart(rule))
        });
        let one = told(one).then(|| format!("where {}{interval} {}", self.half(key, &one.halves[0]), apart(one)));
        match (one, two) {
            (Some(one), Some(two)) => format!("{holds}: {one}; {two}."),
            (Some(rule), None) | (None, Some(rule)) => format!("{holds}: {rule}."),
            (None, None) => format!("{holds}; no threshold of one key or two tells where."),
        }
    }

    fn chosen(&self) -> Vec<String> {
        let Some(Chosen { choice, dominances, keys, .. }) = &self.findings.chosen else { return Vec::new() };
        let mut words = vec![self.best(choice)];
        words.push(self.careful(choice));
        words.extend(self.needless(choice));
        let undominated = dominances.undominated(Order::First);
        if undominated.len() == 1 {
            words.push(format!(
                "{} dominates every other to first order: whoever prefers more prefers its draws, taken as a whole.",
                self.variant(undominated[0])
            ));
        }
        words.extend(self.knowing(choice, keys));
        words
    }

    /// The variant that is the best in the most draws, the first of equals.
    fn likely(&self, choice: &Choice) -> usize {
        (0..choice.variants.len()).fold(0, |best, variant| {
            if choice.variants[variant].best.value > choice.variants[best].best.value { variant } else { best }
        })
    }

    /// Variants that none of two numbers tells apart, by their names.
    fn alike(&self, choice: &Choice, number: impl Fn(&Standing) -> f64, as_in: usize) -> Vec<String> {
        let like = number(&choice.variants[as_in]);
        let alike = (0..choice.variants.len()).filter(|other| same(number(&choice.variants[*other]), like));
        alike.map(|variant| self.variant(variant)).collect()
    }

    fn best(&self, choice: &Choice) -> String {
        let likely = self.likely(choice);
        let share = self.within(&choice.variants[likely].best);
        let most = self.alike(choice, |standing| standing.best.value, likely);
        let often = match &most[..] {
            [only] => format!("{only} is the best of all, ties included, in {share} of the draws"),
            several => format!("{} are each the best of all, ties included, in {share} of the draws", listed(several)),
        };
        let expected = &choice.variants[choice.expected].expected;
        let first = self.variant(0);
        let worth = match choice.expected {
            0 => "as good as nothing more".to_owned(),
            _ => format!("as good as {} more income at every moment than under {first}", self.within(expected)),
        };
        let highest = self.alike(choice, |standing| standing.expected.value, choice.expected);
        if highest.len() > 1 {
            return format!("{often}; the highest expected worth is shared by {}: {worth}.", listed(&highest));
        }
        let near = self.as_good(choice);
        if !near.is_empty() {
            let worth = if choice.expected == 0 { String::new() } else { format!(", {worth},") };
            let comma = if choice.expected == 0 { "," } else { "" };
            return format!(
                "{often}; the highest expected worth seems to be that of {}{worth}{comma} but the draws do not tell it from that of {}.",
                highest[0],
                listed(&near)
            );
        }
        match likely == choice.expected && most.len() == 1 {
            true if likely == 0 => format!("{often}; it has the highest expected worth, too."),
            true => format!("{often}; it has the highest expected worth, too: {worth}."),
            false => format!("{often}; the highest expected worth is that of {}: {worth}.", highest[0]),
        }
    }

    /// Variants whose expected worth the draws do not tell from the highest: by the differences draw by draw.
    fn as_good(&self, choice: &Choice) -> Vec<String> {
        let near = |pair: &&Pair| {
            let [low, high] = self.ends(&pair.ahead);
            pair.of.contains(&choice.expected) && low <= 0.0 && high >= 0.0
        };
        let other = |pair: &Pair| if pair.of[0] == choice.expected { pair.of[1] } else { pair.of[0] };
        choice.pairs.iter().filter(near).map(|pair| self.variant(other(pair))).collect()
    }

    /// Who fears the worst, or to have chosen wrongly.
    fn careful(&self, choice: &Choice) -> String {
        let (worst, regret) = (choice.maximin, choice.least_regret);
        let of_worst = match worst {
            0 => String::new(),
            _ => format!(" ({} of income against {})", percent(choice.variants[worst].worst), self.variant(0)),
        };
        let of_regret = format!(
            "{} of income, by which the best variant of a draw is ahead of it at most",
            percent(choice.variants[regret].worst_regret)
        );
        if worst == regret {
            format!(
                "{} has the best worst draw{of_worst} and the smallest largest regret ({of_regret}).",
                self.variant(worst)
            )
        } else {
            format!(
                "The best worst draw is that of {}{of_worst}, the smallest largest regret that of {} ({of_regret}).",
                self.variant(worst),
                self.variant(regret)
            )
        }
    }

    /// Variants that are never needed.
    fn needless(&self, choice: &Choice) -> Option<String> {
        let needed = &choice.smallest.variants;
        if needed.len() == choice.variants.len() {
            return None;
        }
        let names: Vec<String> = needed.iter().map(|variant| self.variant(*variant)).collect();
        if let [only] = &names[..] {
            return Some(format!("{only} is the best, or as good, in every draw."));
        }
        let left = (0..choice.variants.len()).filter(|variant| !needed.contains(variant));
        let left: Vec<String> = left.map(|variant| self.variant(variant)).collect();
        let others = if let [only] = &left[..] { format!("{only} is") } else { "the others are".to_owned() };
        Some(format!("One of {} is the best, or as good, in every draw; {others} never needed.", listed(&names)))
    }

    fn knowing(&self, choice: &Choice, keys: &[usize]) -> Option<String> {
        if choice.perfect.value < 1e-6 {
            return None;
        }
        let all =
            format!("To know every draw before choosing would be worth {} of income", percent(choice.perfect.value));
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
        let hoped = hoped
            .filter(|hoped| *hoped < enough)
            .map_or_else(String::new, |hoped| format!(", {} perhaps", counted(hoped)));
        let even = "; these are laid out more evenly, and their errors are smaller";
        let of = match kind {
            Kind::Sobol | Kind::LatinHypercube => format!("for independent draws{even}"),
            Kind::Saltelli => {
                format!(
                    "over the blocks of the design; shares and means are those of its base points, as of independent draws{even}"
                )
            }
            Kind::Morris => {
                "over the trajectories of the design; shares and means are those of the first draw of each, \
                             since the draws of one trajectory are not independent"
                    .to_owned()
            }
            _ => "for independent draws".to_owned(),
        };
        Some(format!("Intervals are those of 95 % {of}. {} draws in all would halve them{hoped}.", counted(enough)))
    }
}
