//! A scenario asked at other values of its keys.

use super::condition::{Condition, Test};
use super::question::{Answer, Needs, Number, Question, Which};
use crate::compare::{Path, Worth, gains, ranks};
use crate::control::{Control, Stopped};
use crate::integrate::Solver;
use crate::math::ln;
use crate::measure::{Baseline, Measure, Measures};
use crate::model::policy::{Payer, Policy, Promote, Sustain};
use crate::model::problem::Problem;
use crate::scenario::Scenario;
use crate::scenario::sweep::Binder;
use crate::simulate::{Engine, simulate};

/// A scenario that is asked at other values of some of its keys, as often as one likes: the answers are those of
/// `catchup run --set KEY=VALUE …`. Holds the memory that runs need; one per thread.
///
/// Where the expenditure share of a sector is moved, those that are not keep their proportions, so that the sum stays 1.
#[derive(Debug)]
pub struct World {
    /// The keys asked for; in the binder, shares that follow come behind them.
    keys: Vec<String>,
    binder: Binder,
    /// α of every sector that is not moved, today, where any is.
    shares: Vec<f64>,
    values: Vec<f64>,
    engine: Engine,
    /// How often a run was computed.
    runs: u64,
}

impl World {
    /// The scenario at other values of `keys`: dotted paths that it has, all of which take numbers.
    pub fn new(scenario: &Scenario, keys: &[String]) -> Self {
        let share = |name: &str| format!("sector.{name}.alpha");
        let mut all = keys.to_vec();
        let mut shares = Vec::new();
        if scenario.keys.sector.keys().any(|name| keys.contains(&share(name))) {
            for (name, sector) in &scenario.keys.sector {
                if !keys.contains(&share(name)) {
                    all.push(share(name));
                    shares.push(sector.alpha);
                }
            }
        }
        Self {
            binder: scenario.binder(&all),
            keys: keys.to_vec(),
            shares,
            values: Vec::with_capacity(all.len()),
            engine: Engine::default(),
            runs: 0,
        }
    }

    /// The keys that it is asked at other values of.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// How many runs have been computed so far.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// The answer at `values`, one for each key.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn ask(&mut self, question: Question, values: &[f64], control: &Control) -> Result<Answer, Stopped> {
        let Some(mut asked) = self.asked(values, control) else { return Ok(Answer::NoScenario) };
        match question {
            Question::Which(Which::Best | Which::Rank) => {
                let Some(worths) = asked.worths()? else { return Ok(Answer::Failed) };
                let ranks = ranks(&worths);
                Ok(if question == Question::Which(Which::Rank) { Answer::Rank(ranks) } else { best_of(&ranks) })
            }
            Question::Which(which) => {
                let problem = asked.problem;
                Ok(answer_of(which, asked.measure(problem)?))
            }
            Question::Number(number) => asked.number(number, question.needs()),
        }
    }

    /// Whether a condition holds at `values`, and how far it is from turning.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn look(&mut self, condition: &Condition, values: &[f64], control: &Control) -> Result<Look, Stopped> {
        if let Test::Best(wanted) = condition.test {
            let Some(mut asked) = self.asked(values, control) else { return Ok(Look::default()) };
            let Some(worths) = asked.worths()? else { return Ok(Look::of(Answer::Failed, condition, None)) };
            let clusters = &worths[..worths.len() - 1];
            let places = ranks(&worths);
            // Of clusters that are worth the same each is the best.
            let shares = places[..clusters.len()].iter().min() == places.get(wanted);
            let answer = if shares { Answer::Best(wanted) } else { best_of(&places) };
            return Ok(Look::of(answer, condition, lead(clusters, |i| i == wanted)));
        }
        let answer = self.ask(condition.question(), values, control)?;
        let signal = match (condition.test, &answer) {
            (Test::Number(_, _, bound), Answer::Number(number)) => Some(number - bound).filter(|left| left.is_finite()),
            _ => None,
        };
        Ok(Look::of(answer, condition, signal))
    }

    fn asked<'a>(&'a mut self, values: &[f64], control: &'a Control) -> Option<Asked<'a>> {
        self.place(values);
        let Self { binder, engine, runs, values, .. } = self;
        let (problem, solver) = binder.bind(values).ok()?;
        Some(Asked { problem, solver, engine, runs, control })
    }

    /// What the scenario's own run comes to at `values`; `None` where there is no scenario.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn measures(&mut self, values: &[f64], control: &Control) -> Result<Option<Measures>, Stopped> {
        let Some(mut asked) = self.asked(values, control) else { return Ok(None) };
        let problem = asked.problem;
        Ok(Some(asked.measure(problem)?.clone()))
    }

    /// Why there is no scenario at `values`; `None` where there is one.
    pub fn refusal(&mut self, values: &[f64]) -> Option<String> {
        self.place(values);
        self.binder.bind(&self.values).err()
    }

    /// `values`, and the shares that follow from them.
    fn place(&mut self, values: &[f64]) {
        self.values.clear();
        self.values.extend_from_slice(values);
        if !self.shares.is_empty() {
            let moved = self.keys.iter().zip(values).filter(|(key, _)| is_share(key)).map(|(_, value)| value);
            let left = 1.0 - moved.sum::<f64>();
            let total: f64 = self.shares.iter().sum();
            self.values.extend(self.shares.iter().map(|share| share / total * left));
        }
    }
}

/// What was found at some values of a scenario's keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What the scenario answers.
    pub answer: Answer,
    /// Whether the condition holds; `None` where there is no scenario.
    pub holds: Option<bool>,
    /// How far a number is above its bound, or the cluster that is to be the best above the next best; `None` where the answer
    /// is a word or a number is missing or without bound.
    pub signal: Option<f64>,
}

impl Look {
    fn of(answer: Answer, condition: &Condition, signal: Option<f64>) -> Self {
        Self { holds: condition.holds(&answer), answer, signal }
    }
}

/// There is no scenario.
impl Default for Look {
    fn default() -> Self {
        Self { answer: Answer::NoScenario, holds: None, signal: None }
    }
}

/// How much more the best of the runs that are `ours` is worth than the best of the others; `None` where present values do not
/// converge.
pub fn lead(runs: &[Worth], ours: impl Fn(usize) -> bool) -> Option<f64> {
    let variations: Option<Vec<f64>> = runs.iter().map(|run| run.equivalent_variation).collect();
    let variations = variations?;
    let best = |own: bool| {
        let side = variations.iter().enumerate().filter(|(i, _)| ours(*i) == own);
        side.map(|(_, variation)| *variation).fold(f64::NEG_INFINITY, f64::max)
    };
    Some(best(true) - best(false)).filter(|lead| lead.is_finite())
}

/// When, how and at whose cost each cluster is promoted in turn where the best is asked for: as the last-listed promotion is, or from
/// t = 0 for ever, sustained, where there is none.
pub fn programme(problem: &Problem) -> Policy {
    let own = problem.promotion().cloned().unwrap_or(Policy {
        from: 0.0,
        until: None,
        promote: None,
        sustain: Sustain::Always,
        funded_by: Payer::P,
        trade: None,
    });
    // What a rule is paid for, a sector is not.
    let sustain = if own.sustain == Sustain::Pigou { Sustain::Always } else { own.sustain };
    Policy { sustain, trade: None, ..own }
}

/// The problems by which a question about `problem` is answered, of clusters promoted in turn the first: where these are the same,
/// the answer is.
pub fn runs(question: Question, problem: &Problem) -> Vec<Problem> {
    match question.needs() {
        Needs::EachCluster => {
            let first = Policy { promote: Some(Promote::Sector(0)), ..programme(problem) };
            vec![problem.promoting(None), problem.promoting(Some(first))]
        }
        Needs::Run | Needs::Baseline | Needs::Rows => vec![problem.clone()],
    }
}

/// The first of the clusters with the best rank, `ranks` ending with that of no promotion.
fn best_of(ranks: &[usize]) -> Answer {
    let clusters = &ranks[..ranks.len() - 1];
    let best = clusters.iter().min().and_then(|best| clusters.iter().position(|rank| rank == best));
    best.map_or(Answer::Nothing, Answer::Best)
}

/// Whether a dotted path is that of an expenditure share.
fn is_share(key: &str) -> bool {
    key.starts_with("sector.") && key.ends_with(".alpha")
}

fn answer_of(which: Which, measures: &Measures) -> Answer {
    if measures.error.is_some() {
        return Answer::Failed;
    }
    match which {
        Which::Verdict => measures.verdict.map(Answer::Verdict),
        Which::Direction => measures.direction.map(Answer::Direction),
        Which::Outcome => measures.outcome.map(Answer::Outcome),
        Which::LongRunRegime => measures.long_run.map(Answer::Regime),
        Which::Best | Which::Rank => None,
    }
    .unwrap_or(Answer::Nothing)
}

fn number_of(found: Option<f64>) -> Answer {
    found.map_or(Answer::Nothing, Answer::Number)
}

/// One problem that is asked.
struct Asked<'a> {
    problem: &'a Problem,
    solver: Solver,
    engine: &'a mut Engine,
    runs: &'a mut u64,
    control: &'a Control,
}

impl Asked<'_> {
    fn measure(&mut self, problem: &Problem) -> Result<&Measures, Stopped> {
        *self.runs += 1;
        self.engine.measure(problem, self.solver, self.control)
    }

    fn number(&mut self, number: Number, needs: Needs) -> Result<Answer, Stopped> {
        match number {
            Number::Measure(measure) if needs == Needs::Run => {
                let measures = self.measure(self.problem)?;
                Ok(if measures.error.is_some() { Answer::Failed } else { number_of(measures[measure]) })
            }
            Number::Measure(measure) => {
                let mut own = self.measure(self.problem)?.clone();
                let baseline = self.problem.promoting(None);
                let same = baseline == *self.problem;
                let base = if same { &own } else { self.measure(&baseline)? };
                if own.error.is_some() || base.error.is_some() {
                    return Ok(Answer::Failed);
                }
                Baseline::of(base).set_against(&mut own);
                Ok(number_of(own[measure]))
            }
            Number::Gain(gain) => {
                *self.runs += 2;
                let own = simulate(self.problem, self.solver, self.control)?;
                let problem = self.problem.promoting(None);
                let baseline = simulate(&problem, self.solver, self.control)?;
                if own.failure.is_some() || baseline.failure.is_some() {
                    return Ok(Answer::Failed);
                }
                let own = Path { problem: self.problem, trajectory: &own };
                let found = gains(own, Path { problem: &problem, trajectory: &baseline });
                Ok(number_of(gain.of(&found)))
            }
        }
    }

    /// What a cluster in each sector is worth, then what no promotion is; `None` where one of these runs fails.
    fn worths(&mut self) -> Result<Option<Vec<Worth>>, Stopped> {
        let own = programme(self.problem);
        let mut none = self.measure(&self.problem.promoting(None))?.clone();
        let baseline = Baseline::of(&none);
        let mut worth = Vec::with_capacity(self.problem.sectors.len() + 1);
        for i in 0..self.problem.sectors.len() {
            let cluster = Policy { promote: Some(Promote::Sector(i)), ..own.clone() };
            let mut measures = self.measure(&self.problem.promoting(Some(cluster)))?.clone();
            baseline.set_against(&mut measures);
            worth.push(worth_of(&measures));
        }
        baseline.set_against(&mut none);
        worth.push(worth_of(&none));
        Ok(worth.into_iter().collect())
    }
}

fn worth_of(measures: &Measures) -> Option<Worth> {
    measures.error.is_none().then(|| Worth {
        equivalent_variation: measures[Measure::EquivalentVariation],
        long_run_ln_gap: measures[Measure::LongRunGap].map_or(f64::INFINITY, ln),
    })
}
