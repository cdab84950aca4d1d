//! Conditions on a run, as text and as a test.

use super::question::{Answer, Number, Question, Wanted, Which};
use crate::measure::{Direction, Outcome, Verdict};
use crate::model::trade::RegimeKind;
use crate::names;
use crate::names::Named;
use crate::scenario::diagnostics::{At, Diagnostic, Report, Sources, clip, did_you_mean};
use std::fmt::{Display, Formatter};

names! {
    /// How a number is compared with a bound.
    pub enum Relation {
        Below = "<": "less than",
        AtMost = "<=": "at most",
        Above = ">": "more than",
        AtLeast = ">=": "at least",
    }
}

impl Relation {
    /// Whether a number stands so to a bound.
    pub fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Below => number < bound,
            Self::AtMost => number <= bound,
            Self::Above => number > bound,
            Self::AtLeast => number >= bound,
        }
    }

    /// Whether what is large meets it.
    pub fn asks_for_more(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

/// What a condition asks of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// Where P ends up.
    Verdict(Verdict),
    /// Which way the gap goes.
    Direction(Direction),
    /// What became of the sector promoted last.
    Outcome(Outcome),
    /// The regime that holds in the end.
    LongRunRegime(Wanted),
    /// Which cluster is worth most.
    Best(usize),
    /// A number against a bound.
    Number(Number, Relation, f64),
}

/// A condition on a run: `outcome=self-sustaining`, `long_run_regime=cluster:textiles`, `best=textiles`,
/// `equivalent_variation>0`.
///
/// A number that a run does not have, such as the half-life of a gap that does not move or the year of what never happens, meets
/// no condition on it; a gap without bound is above every bound. A run that fails meets none.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What it asks.
    pub test: Test,
    /// As it was written.
    text: String,
}

impl Condition {
    /// Reads a condition on runs of a scenario with these sectors; `option` is where it was given, for messages.
    ///
    /// # Errors
    /// What cannot be read in it, and what is allowed.
    pub fn parse(option: &str, text: &str, sectors: &[String]) -> Result<Self, Report> {
        let mut sources = Sources::default();
        let source = sources.add(option, text);
        let reader = Text { text, source, sectors };
        match reader.read() {
            Ok(test) => Ok(Self { test, text: text.split_whitespace().collect() }),
            Err(wrong) => Err(Report::new(sources, vec![wrong])),
        }
    }

    /// The question that it puts.
    pub fn question(&self) -> Question {
        match self.test {
            Test::Verdict(_) => Question::Which(Which::Verdict),
            Test::Direction(_) => Question::Which(Which::Direction),
            Test::Outcome(_) => Question::Which(Which::Outcome),
            Test::LongRunRegime(_) => Question::Which(Which::LongRunRegime),
            Test::Best(_) => Question::Which(Which::Best),
            Test::Number(number, ..) => Question::Number(number),
        }
    }

    /// Whether an answer to its question meets it; `None` where there is no scenario to speak of.
    pub fn holds(&self, answer: &Answer) -> Option<bool> {
        Some(match (self.test, answer) {
            (_, Answer::NoScenario) => return None,
            (Test::Verdict(wanted), Answer::Verdict(verdict)) => wanted == *verdict,
            (Test::Direction(wanted), Answer::Direction(direction)) => wanted == *direction,
            (Test::Outcome(wanted), Answer::Outcome(outcome)) => wanted == *outcome,
            (Test::LongRunRegime(wanted), Answer::Regime(regime)) => wanted.is(*regime),
            (Test::Best(wanted), Answer::Best(best)) => wanted == *best,
            (Test::Number(_, relation, bound), Answer::Number(number)) => relation.holds(*number, bound),
            _ => false,
        })
    }
}

/// As it was written, without spaces.
impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text of a condition.
struct Text<'a> {
    text: &'a str,
    source: usize,
    sectors: &'a [String],
}

impl Text<'_> {
    fn read(&self) -> Result<Test, Diagnostic> {
        const EXAMPLES: &str = "for example outcome=self-sustaining, or 'equivalent_variation>0'";
        let Some(at) = self.text.find(['=', '<', '>', '!', '≤', '≥']) else {
            let title = format!("{} is no condition", clip(self.text));
            return Err(self
                .wrong(self.text, title, "allowed: NAME=WORD, or a measure and <, <=, > or >= a number")
                .hint(format!("{EXAMPLES}; < and > need quotes in a shell")));
        };
        let name = self.text[..at].trim();
        let rest = &self.text[at..];
        let length = rest.find(|c: char| !"=<>!≤≥".contains(c)).unwrap_or(rest.len());
        let (sign, value) = (&rest[..length], rest[length..].trim());
        // `rank` has too many answers to be one of a condition.
        let known = |question: &Question| *question != Question::Which(Which::Rank);
        let Some(question) = Question::from_name(name).filter(known) else {
            let names: Vec<&str> = Question::all().filter(known).map(Question::name).collect();
            let wrong = self.wrong(
                name,
                format!("{} is nothing to be asked of a run", clip(name)),
                format!("allowed: {}", names.join(", ")),
            );
            return Err(match did_you_mean(name, names) {
                Some(hint) => wrong.hint(hint),
                None => wrong.hint(EXAMPLES),
            });
        };
        match question {
            Question::Number(number) => self.number(number, sign, value),
            Question::Which(_) if sign != "=" => {
                let title = format!("{name} is compared with =, not {sign}");
                Err(self.wrong(sign, title, "allowed: =").hint(format!("{name}=WORD asks whether it is that word")))
            }
            Question::Which(which) => self.word(which, value),
        }
    }

    fn number(&self, number: Number, sign: &str, value: &str) -> Result<Test, Diagnostic> {
        let name = number.name();
        let relation = match sign {
            "≤" => Some(Relation::AtMost),
            "≥" => Some(Relation::AtLeast),
            _ => Relation::from_name(sign),
        };
        let Some(relation) = relation else {
            let title = format!("{name} is compared with <, <=, > or >=, not {sign}");
            return Err(self.wrong(sign, title, "allowed: <, <=, >, >=").hint("two numbers are hardly ever equal"));
        };
        match value.parse::<f64>() {
            Ok(bound) if bound.is_finite() => Ok(Test::Number(number, relation, bound)),
            _ => {
                let title = format!("{name} is compared with a number, not with {}", said(value));
                Err(self.wrong(value, title, "allowed: a finite number").hint(format!("for example '{name}{sign}1.5'")))
            }
        }
    }

    fn word(&self, which: Which, value: &str) -> Result<Test, Diagnostic> {
        match which {
            Which::Verdict => self.one_of(which, value).map(Test::Verdict),
            Which::Direction => self.one_of(which, value).map(Test::Direction),
            Which::Outcome => self.one_of(which, value).map(Test::Outcome),
            Which::LongRunRegime => {
                let (kind, sector) = value.split_once(':').map_or((value, None), |(kind, sector)| (kind, Some(sector)));
                let kind: RegimeKind = self.one_of(which, kind)?;
                let sector = sector.map(|sector| self.sector(which, sector)).transpose()?;
                Ok(Test::LongRunRegime(Wanted { kind, sector }))
            }
            Which::Best | Which::Rank => self.sector(which, value).map(Test::Best),
        }
    }

    fn one_of<E: Named>(&self, which: Which, value: &str) -> Result<E, Diagnostic> {
        E::from_name(value)
            .ok_or_else(|| self.unknown(which, value, E::VARIANTS.iter().map(|word| word.spelling()).collect()))
    }

    fn sector(&self, which: Which, value: &str) -> Result<usize, Diagnostic> {
        let found = self.sectors.iter().position(|sector| sector == value);
        found.ok_or_else(|| self.unknown(which, value, self.sectors.iter().map(String::as_str).collect()))
    }

    fn unknown(&self, which: Which, value: &str, allowed: Vec<&str>) -> Diagnostic {
        let title = format!("{} is never {}", which.name(), said(value));
        let wrong = self.wrong(value, title, format!("allowed: {}", allowed.join(", ")));
        match did_you_mean(value, allowed) {
            Some(hint) => wrong.hint(hint),
            None => wrong,
        }
    }

    /// A mistake in a part of the text.
    fn wrong(&self, part: &str, title: String, allowed: impl Into<String>) -> Diagnostic {
        let start = self.text.find(part).filter(|_| !part.is_empty()).unwrap_or(self.text.len());
        Diagnostic::new(At { source: self.source, span: start..start + part.len() }, title, allowed)
    }
}

/// What was written, for a title.
fn said(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { clip(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Gain;
    use crate::measure::Measure;
    use crate::model::trade::Regime;

    fn parse(text: &str) -> Result<Condition, String> {
        let sectors = ["textiles".to_owned(), "steel".to_owned()];
        Condition::parse("--until", text, &sectors).map_err(|report| report.render(false))
    }

    #[test]
    fn conditions_are_read_and_written_back() {
        let ev = Number::Measure(Measure::EquivalentVariation);
        let cases = [
            ("outcome=self-sustaining", Test::Outcome(Outcome::SelfSustaining)),
            ("verdict = persistent-gap", Test::Verdict(Verdict::PersistentGap)),
            ("direction=steady", Test::Direction(Direction::Steady)),
            ("long_run_regime=cluster", Test::LongRunRegime(Wanted { kind: RegimeKind::Cluster, sector: None })),
            (
                "long_run_regime=cluster:steel",
                Test::LongRunRegime(Wanted { kind: RegimeKind::Cluster, sector: Some(1) }),
            ),
            ("best=steel", Test::Best(1)),
            ("equivalent_variation>0", Test::Number(ev, Relation::Above, 0.0)),
            ("equivalent_variation ≤ -0.5", Test::Number(ev, Relation::AtMost, -0.5)),
            ("benefit_cost>=1", Test::Number(Number::Gain(Gain::BenefitCost), Relation::AtLeast, 1.0)),
        ];
        for (text, test) in cases {
            let condition = parse(text).expect("a condition");
            assert_eq!(condition.test, test, "{text}");
            assert_eq!(condition.to_string(), text.replace(' ', ""));
        }
    }

    #[test]
    fn what_is_no_condition_is_told_with_what_is_allowed() {
        let cases = [
            ("outcome", ["is no condition", "outcome=self-sustaining"]),
            ("outcom=subsidised", ["outcom is nothing to be asked of a run", "did you mean `outcome`?"]),
            ("rank=steel", ["rank is nothing to be asked", "allowed: verdict"]),
            ("outcome=self-sustained", ["outcome is never self-sustained", "did you mean `self-sustaining`?"]),
            ("outcome>collapsed", ["compared with =", "allowed: ="]),
            ("outcome=", ["outcome is never nothing", "never-formed"]),
            ("welfare=3", ["compared with <, <=, > or >=", "hardly ever equal"]),
            ("welfare>three", ["compared with a number, not with three", "a finite number"]),
            ("welfare<inf", ["compared with a number, not with inf", "a finite number"]),
            ("best=steal", ["best is never steal", "did you mean `steel`?"]),
            ("long_run_regime=cluster:coal", ["long_run_regime is never coal", "allowed: textiles, steel"]),
        ];
        for (text, parts) in cases {
            let said = parse(text).expect_err(text);
            assert!(parts.iter().all(|part| said.contains(part)), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_missing_meets_no_condition_and_what_is_infinite_is_above_every_bound() {
        let holds = |text: &str, answer: Answer| parse(text).expect("a condition").holds(&answer);
        for text in ["half_life<10", "half_life>10"] {
            assert_eq!(holds(text, Answer::Nothing), Some(false));
            assert_eq!(holds(text, Answer::Failed), Some(false));
            assert_eq!(holds(text, Answer::NoScenario), None);
        }
        assert_eq!(holds("long_run_gap>1e300", Answer::Number(f64::INFINITY)), Some(true));
        assert_eq!(holds("long_run_gap<=1", Answer::Number(1.0)), Some(true));
        assert_eq!(holds("long_run_gap<1", Answer::Number(1.0)), Some(false));
        assert_eq!(holds("long_run_regime=cluster", Answer::Regime(Regime::Cluster(1))), Some(true));
        assert_eq!(holds("long_run_regime=cluster:steel", Answer::Regime(Regime::Cluster(0))), Some(false));
        assert_eq!(holds("outcome=collapsed", Answer::Outcome(Outcome::Replaced)), Some(false));
    }
}
