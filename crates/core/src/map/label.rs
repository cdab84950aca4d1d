//! What holds in a region of the plane, as something that can be ordered, written and told.

use crate::model::trade::Regime;
use crate::names::Named;
use crate::numbers::short;
use crate::probe::Answer;
use crate::scenario::people::People;
use std::cmp::Ordering;

/// What holds in a region.
#[derive(Debug, Clone, PartialEq)]
pub enum Label {
    /// One answer, or where history decides, each of several; each once, in an order of their own.
    Answers(Vec<Answer>),
    /// A number between two neighbouring levels, the lower one included.
    Band(Band),
}

/// Numbers between two levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The level below; minus infinity below the lowest. Infinite where numbers have no bound.
    pub from: f64,
    /// The level above; infinite above the highest. Equal to `from` for the pivot itself, where that holds in a region.
    pub until: f64,
}

impl Label {
    /// The label of the answers from each start.
    pub fn of(mut answers: Vec<Answer>) -> Self {
        answers.sort_by(order);
        answers.dedup();
        Self::Answers(answers)
    }

    /// Whether history decides: several answers hold, each from another start.
    pub fn is_several(&self) -> bool {
        matches!(self, Self::Answers(answers) if answers.len() > 1)
    }

    /// Whether a number is below, on or above the pivot.
    pub fn side_of(&self, pivot: Option<f64>) -> Option<Ordering> {
        let (Self::Band(Band { from, until }), Some(pivot)) = (self, pivot) else { return None };
        match (*until <= pivot, *from >= pivot) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        }
    }

    /// In words, the sectors called as people do.
    pub fn words(&self, people: &People) -> String {
        match self {
            Self::Answers(answers) => {
                let each: Vec<String> = answers.iter().map(|answer| words(answer, people)).collect();
                each.join(" or ")
            }
            Self::Band(band) => band.words(),
        }
    }

    /// As it stands in files, the sectors called as there.
    pub fn spelling(&self, sectors: &[String]) -> String {
        match self {
            Self::Answers(answers) => {
                let each: Vec<String> = answers.iter().map(|answer| spelling(answer, sectors)).collect();
                each.join(" | ")
            }
            Self::Band(Band { from, until }) => match (from.is_finite(), until.is_finite()) {
                (true, true) if from == until => format!("{from}"),
                (true, true) => format!("{from}..{until}"),
                (true, false) => format!("{from}.."),
                (false, true) => format!("..{until}"),
                (false, false) if *from > 0.0 => "inf".to_owned(),
                (false, false) => "..".to_owned(),
            },
        }
    }
}

/// An answer in words.
fn words(answer: &Answer, people: &People) -> String {
    let sectors = people.sectors();
    match answer {
        Answer::NoScenario => "no valid scenario".to_owned(),
        Answer::Failed => "a run that fails".to_owned(),
        Answer::Nothing => "nothing to tell".to_owned(),
        Answer::Regime(Regime::Cluster(i)) => format!("a cluster in {}", sectors[*i]),
        Answer::Regime(Regime::Isolation(i)) => format!("isolation, making {}", sectors[*i]),
        Answer::Regime(Regime::Diversified) => "isolation, diversified".to_owned(),
        Answer::Regime(Regime::Closed) => "closed to trade".to_owned(),
        _ => answer.spelling(sectors),
    }
}

/// An answer in files: never empty, so that every region has a name.
fn spelling(answer: &Answer, sectors: &[String]) -> String {
    let text = answer.spelling(sectors);
    if text.is_empty() { "none".to_owned() } else { text }
}

impl Band {
    /// In words.
    pub fn words(&self) -> String {
        match (self.from.is_finite(), self.until.is_finite()) {
            (true, true) if self.from == self.until => format!("exactly {}", short(self.from)),
            (true, true) => format!("{} to {}", short(self.from), short(self.until)),
            (true, false) => format!("above {}", short(self.from)),
            (false, true) => format!("below {}", short(self.until)),
            (false, false) => "no bound".to_owned(),
        }
    }
}

/// The order of labels in tables and legends: numbers by size, other answers as their enums list them; what is no answer first.
pub fn label_order(a: &Label, b: &Label) -> Ordering {
    match (a, b) {
        (Label::Band(a), Label::Band(b)) => a.from.total_cmp(&b.from).then(a.until.total_cmp(&b.until)),
        (Label::Answers(_), Label::Band(_)) => Ordering::Less,
        (Label::Band(_), Label::Answers(_)) => Ordering::Greater,
        (Label::Answers(a), Label::Answers(b)) => {
            let first = a.iter().zip(b).map(|(a, b)| order(a, b)).find(|order| order.is_ne());
            a.len().cmp(&b.len()).then(first.unwrap_or(Ordering::Equal))
        }
    }
}

/// The order of answers.
fn order(a: &Answer, b: &Answer) -> Ordering {
    let place = |answer: &Answer| -> (usize, Vec<usize>) {
        match answer {
            Answer::NoScenario => (0, Vec::new()),
            Answer::Failed => (1, Vec::new()),
            Answer::Nothing => (2, Vec::new()),
            Answer::Verdict(verdict) => (3, vec![verdict.place()]),
            Answer::Direction(direction) => (3, vec![direction.place()]),
            Answer::Outcome(outcome) => (3, vec![outcome.place()]),
            Answer::Regime(regime) => (3, vec![regime.kind().place(), regime.sector().unwrap_or(0)]),
            Answer::Best(sector) => (3, vec![*sector]),
            Answer::Rank(ranks) => (3, ranks.clone()),
            Answer::Number(_) => (4, Vec::new()),
        }
    };
    match (a, b) {
        (Answer::Number(a), Answer::Number(b)) => a.total_cmp(b),
        _ => place(a).cmp(&place(b)),
    }
}
