//! What a choice comes to, taken in draw by draw: memory does not grow with them.

use super::information::{ByClass, Information, best};
use super::smallest::{Best, Smallest};
use super::worth::{Regret, TIE, Worths, take_in};
use crate::explain::columns::Classed;
use crate::explain::estimate::{Estimate, Mean, Untold, share};
use crate::math::{exp, exp_m1, ln};

/// Takes in draws.
#[derive(Debug, Clone)]
pub struct Tally<'a> {
    worths: Worths,
    draws: usize,
    compared: u64,
    regrets: Vec<Regret>,
    /// By variant: ln w.
    logs: Vec<Mean>,
    /// By variant: ln max w − ln w.
    short: Vec<Mean>,
    /// By variant, the least worth.
    worst: Vec<f64>,
    /// By pair v, u in the order of a square: draws in which v is worth more than u, beyond a tie.
    better: Vec<u64>,
    /// By pair v < u in the same square: ln w_v − ln w_u.
    ahead: Vec<Mean>,
    best: Best,
    keys: Vec<ByClass<'a>>,
    log: Vec<f64>,
}

impl<'a> Tally<'a> {
    /// Of variants and their baselines ([`Worths::new`]) and the keys whose knowledge is to be valued, which have an entry for
    /// each draw that will be taken in, in the same order.
    pub fn new(baselines: &[usize], keys: &'a [Classed]) -> Self {
        let variants = baselines.len();
        Self {
            worths: Worths::new(baselines),
            draws: 0,
            compared: 0,
            regrets: vec![Regret::default(); variants],
            logs: vec![Mean::default(); variants],
            short: vec![Mean::default(); variants],
            worst: vec![f64::INFINITY; variants],
            better: vec![0; variants * variants],
            ahead: vec![Mean::default(); variants * variants],
            best: Best::default(),
            keys: keys.iter().map(|key| ByClass::new(key, variants)).collect(),
            log: vec![0.0; variants],
        }
    }

    /// Takes in the next draws: equivalent variations, NaN where missing, all variants of a draw in their order, then the
    /// next draw.
    pub fn add(&mut self, gains: &[f64]) {
        let variants = self.regrets.len();
        for draw in gains.chunks_exact(variants.max(1)) {
            let row = self.draws;
            self.draws += 1;
            let Some(worths) = self.worths.of(draw) else { continue };
            self.compared += 1;
            let most = take_in(&mut self.regrets, worths);
            self.best.take_in(worths, most);
            let most = ln(most);
            for (variant, &worth) in worths.iter().enumerate() {
                let log = ln(worth);
                self.log[variant] = log;
                self.logs[variant].add(log);
                self.short[variant].add(most - log);
                self.worst[variant] = self.worst[variant].min(worth);
            }
            for v in 0..variants {
                for u in v + 1..variants {
                    self.better[v * variants + u] += u64::from(worths[v] / worths[u] - 1.0 > TIE);
                    self.better[u * variants + v] += u64::from(worths[u] / worths[v] - 1.0 > TIE);
                    self.ahead[v * variants + u].add(self.log[v] - self.log[u]);
                }
            }
            self.keys.iter_mut().for_each(|key| key.take_in(row, &self.log));
        }
    }

    /// What it comes to.
    ///
    /// # Errors
    /// [`Untold::NoDraws`] where no draw can be compared, [`Untold::FewDraws`] where one can.
    pub fn choice(self) -> Result<Choice, Untold> {
        let variants = self.regrets.len();
        let baselines = self.worths.baselines().to_vec();
        let certain = |mean: &Mean| mean.estimate().map(|log| log.through(exp_m1, exp(log.value)));
        let standing = |variant: usize| {
            let (regret, baseline) = (&self.regrets[variant], baselines[variant]);
            let better = || share(self.better[variant * variants + baseline], self.compared);
            Ok(Standing {
                best: share(regret.best, self.compared)?,
                better: if baseline == variant { None } else { Some(better()?) },
                expected: certain(&self.logs[variant])?,
                worst: self.worst[variant] - 1.0,
                regret: regret.mean.estimate()?,
                worst_regret: regret.max,
            })
        };
        let standings = (0..variants).map(standing).collect::<Result<Vec<_>, Untold>>()?;
        let mut pairs = Vec::new();
        for v in 0..variants {
            for u in v + 1..variants {
                pairs.push(Pair {
                    of: [v, u],
                    better: share(self.better[v * variants + u], self.compared)?,
                    worse: share(self.better[u * variants + v], self.compared)?,
                    ahead: certain(&self.ahead[v * variants + u])?,
                });
            }
        }
        let means: Vec<f64> = self.logs.iter().map(|mean| mean.value().unwrap_or(f64::NEG_INFINITY)).collect();
        let expected = best(&means);
        let perfect = self.short.get(expected).ok_or(Untold::NoDraws).and_then(certain)?;
        let least: Vec<f64> = standings.iter().map(|standing| standing.worst).collect();
        let most: Vec<f64> = standings.iter().map(|standing| -standing.worst_regret).collect();
        Ok(Choice {
            draws: self.draws as u64,
            left_out: self.draws as u64 - self.compared,
            expected,
            maximin: best(&least),
            least_regret: best(&most),
            perfect,
            keys: self.keys.iter().map(ByClass::information).collect(),
            smallest: self.best.smallest(variants),
            variants: standings,
            pairs,
        })
    }
}

/// How a variant stands among the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The share of draws in which no variant is worth more.
    pub best: Estimate,
    /// The share of draws in which it is worth more than its baseline; `None` of a variant that is its own.
    pub better: Option<Estimate>,
    /// exp(E ln w) − 1: the certain gain over the first baseline that is as good.
    pub expected: Estimate,
    /// The least gain over the first baseline in any draw: no more than an upper bound of the worst there can be.
    pub worst: f64,
    /// Mean regret.
    pub regret: Estimate,
    /// The largest regret in any draw: no more than a lower bound of the largest there can be.
    pub worst_regret: f64,
}

/// Two variants on the same draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The two, the first listed first.
    pub of: [usize; 2],
    /// The share of draws in which the first is worth more, beyond a tie. 0: it is never better.
    pub better: Estimate,
    /// The share of draws in which the second is.
    pub worse: Estimate,
    /// exp(E (ln w_1 − ln w_2)) − 1: what the first is worth over the second. Its error is that of the differences.
    pub ahead: Estimate,
}

/// What a choice comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Draws taken in.
    pub draws: u64,
    /// Those left out: one variant is missing or cannot be compared.
    pub left_out: u64,
    /// By variant.
    pub variants: Vec<Standing>,
    /// Every two of them.
    pub pairs: Vec<Pair>,
    /// The variant of the highest expected worth; of equals the first, here and below.
    pub expected: usize,
    /// The one whose worst draw is the best.
    pub maximin: usize,
    /// The one whose largest regret is the least.
    pub least_regret: usize,
    /// What knowing the draw before choosing would be worth over the variant of the highest expected worth.
    pub perfect: Estimate,
    /// What knowing each key would be.
    pub keys: Vec<Result<Information, Untold>>,
    /// The fewest variants that hold the best of every draw.
    pub smallest: Smallest,
}
