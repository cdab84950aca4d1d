//! Which variant of a sweep to choose, when the inputs are not known: what each is worth from draw to draw, and what it would be
//! worth to know more.
//!
//! **Worth**: w_v of variant v in a draw is 1 + its equivalent variation against its baseline, times the worth of that one, and 1
//! for a variant that is its own baseline: the factor by which income under the first baseline would have to rise at every moment
//! to be as good as v. What is worth as much to within [`TIE`] counts as equal. A draw in which one variant has no equivalent
//! variation, or one that is infinite or loses everything, compares nothing: it is left out and counted. Since welfare is a
//! present value of logarithms, expected welfare ranks by the mean of ln w; a number in logarithms is told as the share
//! exp(·) − 1 by which income would have to rise.
//!
//! | number | formula | reads |
//! |---|---|---|
//! | better than its baseline | share of draws with w_v > w_baseline | how likely it pays |
//! | best of all | share of draws with w_v ≥ max w | how likely no other is better |
//! | expected worth | exp(E ln w_v) − 1 | the certain gain that is as good as the gamble |
//! | worst | min w_v − 1; **maximin** (Wald 1950): the variant whose worst is the best | what it brings in the worst of the draws |
//! | regret | r = max w / w_v − 1; its mean, its 90th percentile, its maximum (Savage 1951: choose the least) | what having chosen v may cost, once the draw is known |
//! | first-order dominance of v over u | F_v(x) ≤ F_u(x) for every x, < for some | whoever prefers more prefers v (Hadar and Russell 1969) |
//! | second-order dominance | ∫ F_v ≤ ∫ F_u up to every x, < for some | whoever prefers more and dislikes risk prefers v (Rothschild and Stiglitz 1970) |
//! | value of perfect information | exp(E max ln w − max E ln w) − 1 | the most that knowing the draw beforehand could be worth (Raiffa and Schlaifer 1961) |
//! | value of knowing one key | exp(E_c max_v E[ln w_v \| c] − max E ln w) − 1, c the classes of the key | the most that research into this key alone could be worth (Felli and Hazen 1998; by classes: Strong and Oakley 2013) |
//! | smallest sets | the fewest variants of which one is best in every draw; those that no other dominates | what may be struck off the list |
//!
//! The value of knowing a key, as the classes give it, is biased in two ways. A maximum of noisy means is too high: by how much at
//! most is seen beside a **cautious** value, in which the variant of each class is chosen by 63 parts of the draws and valued by the
//! 64th, which is too low. And who knows only the class knows less than the key, which makes it too low the coarser the classes are.
//!
//! - J. C. Felli and G. B. Hazen, "Sensitivity analysis and the expected value of perfect information", Medical Decision
//!   Making 18 (1998), 95–109.
//! - J. Hadar and W. R. Russell, "Rules for ordering uncertain prospects", American Economic Review 59 (1969), 25–34.
//! - H. Raiffa and R. Schlaifer, Applied Statistical Decision Theory, Harvard 1961.
//! - M. Rothschild and J. E. Stiglitz, "Increasing risk: I. A definition", Journal of Economic Theory 2 (1970), 225–243.
//! - L. J. Savage, "The theory of statistical decision", Journal of the American Statistical Association 46 (1951), 55–67.
//! - M. Strong and J. E. Oakley, "An efficient method for computing single-parameter partial expected value of perfect
//!   information", Medical Decision Making 33 (2013), 755–766.
//! - A. Wald, Statistical Decision Functions, Wiley 1950.

mod information;
mod ranked;
mod smallest;
mod tally;
mod worth;

pub use information::Information;
pub use ranked::{Dominance, Dominances, Order, Ranked, noise};
pub use smallest::{Held, Smallest};
pub use tally::{Choice, Pair, Standing, Tally};
pub use worth::{Regret, Regrets, TIE, Worths};

#[cfg(test)]
mod tests {
    //! Every number beside one that is counted the plain way, draw by draw and pair by pair.

    #![expect(clippy::cast_possible_truncation, reason = "small numbers")]

    use super::*;
    use crate::explain::chance::Chance;
    use crate::explain::columns::Classed;
    use crate::explain::estimate::{Mean, Untold, share};
    use crate::explain::key::Key;

    /// Equivalent variations of some variants in some draws: ties, gaps, what is infinite and what loses everything among them.
    struct Table {
        baselines: Vec<usize>,
        gains: Vec<f64>,
        key: Vec<f64>,
    }

    fn table(chance: &mut Chance, draws: usize, variants: usize) -> Table {
        let baselines: Vec<usize> =
            (0..variants).map(|v| if v == 0 || chance.below(8) == 0 { v } else { chance.below(v) }).collect();
        let (mut gains, mut key) = (Vec::new(), Vec::new());
        let grain = [2.0, 10.0, 1e9][chance.below(3)];
        for _ in 0..draws {
            let x = chance.unit();
            key.push(if chance.below(25) == 0 { f64::NAN } else { (x * 4.0).floor() });
            for (variant, &against) in baselines.iter().enumerate() {
                gains.push(match chance.below(200) {
                    _ if against == variant => 0.0,
                    0 => f64::NAN,
                    1 => f64::INFINITY,
                    2 => -1.0,
                    _ => ((chance.unit() - 0.4 + (x - 0.5) * variant as f64 * 0.3) * grain).round() / grain * 0.5,
                });
            }
        }
        Table { baselines, gains, key }
    }

    impl Table {
        /// The worths of the draws that can be compared, and which draws these are.
        fn worths(&self) -> (Vec<Vec<f64>>, Vec<usize>) {
            let variants = self.baselines.len();
            let (mut worths, mut rows) = (Vec::new(), Vec::new());
            for (row, gains) in self.gains.chunks(variants).enumerate() {
                let mut of: Vec<f64> = Vec::new();
                for (variant, gain) in gains.iter().enumerate() {
                    let base = if self.baselines[variant] == variant { 1.0 } else { of[self.baselines[variant]] };
                    of.push(base * (1.0 + gain));
                }
                if of.iter().all(|worth| *worth > 0.0 && *worth < f64::INFINITY) {
                    worths.push(of);
                    rows.push(row);
                }
            }
            (worths, rows)
        }
    }

    fn mean(of: impl Iterator<Item = f64>) -> f64 {
        let of: Vec<f64> = of.collect();
        of.iter().sum::<f64>() / of.len() as f64
    }

    fn near(found: f64, expected: f64, what: &str) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{what}: {found:e} beside {expected:e}");
    }

    #[test]
    fn every_number_of_a_choice_is_what_counting_gives() {
        let mut chance = Chance(21);
        for case in 0..60 {
            let variants = 1 + chance.below(6);
            let draws = 200 + chance.below(400);
            let table = table(&mut chance, draws, variants);
            let keys = [Classed::new(Key::Levels(&table.key, 4))];
            let mut tally = Tally::new(&table.baselines, &keys);
            let mut ranked = Ranked::new(&table.baselines);
            // In uneven pieces, which must not show.
            let mut rest = &table.gains[..];
            while !rest.is_empty() {
                let (piece, more) = rest.split_at((variants * (1 + chance.below(50))).min(rest.len()));
                tally.add(piece);
                ranked.add(piece);
                rest = more;
            }
            let choice = tally.choice().expect("draws");
            let (worths, rows) = table.worths();
            let n = worths.len() as f64;
            assert_eq!((choice.draws, choice.left_out), (draws as u64, (draws - worths.len()) as u64));
            let best = |draw: &[f64]| draw.iter().copied().fold(0.0, f64::max);
            let regret = |draw: &[f64], v: usize| best(draw) / draw[v] - 1.0;
            let holds = |draw: &[f64], v: usize| regret(draw, v) <= TIE;
            let logs = |v: usize| mean(worths.iter().map(|draw| draw[v].ln()));
            let quantiles = ranked.regret(0.9);
            for (v, standing) in choice.variants.iter().enumerate() {
                let count = |of: &dyn Fn(&[f64]) -> bool| worths.iter().filter(|draw| of(draw)).count() as f64 / n;
                near(standing.best.value, count(&|draw| holds(draw, v)), "best");
                let base = table.baselines[v];
                match standing.better {
                    Some(better) => near(better.value, count(&|draw| draw[v] / draw[base] - 1.0 > TIE), "better"),
                    None => assert_eq!(base, v),
                }
                near(standing.expected.value, logs(v).exp() - 1.0, "expected");
                near(standing.regret.value, mean(worths.iter().map(|draw| regret(draw, v))), "regret");
                let all =
                    |of: &dyn Fn(&[f64]) -> f64| worths.iter().map(|draw| of(draw)).fold(f64::NEG_INFINITY, f64::max);
                near(standing.worst_regret, all(&|draw| regret(draw, v)), "worst regret");
                near(standing.worst, -all(&|draw| 1.0 - draw[v]), "worst");
                let mut sorted: Vec<f64> = worths.iter().map(|draw| regret(draw, v)).collect();
                sorted.sort_by(f64::total_cmp);
                let place = 0.9 * (n - 1.0);
                let [below, above] = [place.floor(), place.ceil()].map(|place| sorted[place as usize]);
                let told = quantiles[v].as_ref().expect("enough draws");
                near(told.value, below + place.fract() * (above - below), "90th percentile");
                assert!(told.low <= told.value && told.value <= told.high && sorted.contains(&told.low));
            }
            for pair in &choice.pairs {
                let [v, u] = pair.of;
                let ahead: Vec<f64> = worths.iter().map(|draw| draw[v].ln() - draw[u].ln()).collect();
                let middle = mean(ahead.iter().copied());
                near(pair.ahead.value, middle.exp() - 1.0, "ahead");
                let variance = ahead.iter().map(|one| (one - middle).powi(2)).sum::<f64>() / (n - 1.0);
                near(pair.ahead.error, (variance / n).sqrt() * middle.exp(), "its error, of differences");
                let more = worths.iter().filter(|draw| draw[v] / draw[u] - 1.0 > TIE).count();
                assert_eq!(pair.better, share(more as u64, worths.len() as u64).expect("draws"));
            }
            let means: Vec<f64> = (0..variants).map(logs).collect();
            let most = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            near(means[choice.expected], most, "highest expected worth");
            let perfect = mean(worths.iter().map(|draw| best(draw).ln())) - most;
            near(choice.perfect.value, perfect.exp() - 1.0, "perfect information");
            let worst = |v: usize| choice.variants[v].worst;
            assert!((0..variants).all(|v| worst(v) <= worst(choice.maximin)));
            // By class the best of the class, by all the best of all.
            let known: Vec<(&Vec<f64>, usize)> = worths
                .iter()
                .zip(&rows)
                .filter(|(_, row)| !table.key[**row].is_nan())
                .map(|(draw, row)| (draw, table.key[*row] as usize))
                .collect();
            let sum = |v: usize, class: Option<usize>| -> f64 {
                known
                    .iter()
                    .filter(|(_, of)| class.is_none_or(|class| class == *of))
                    .map(|(draw, _)| draw[v].ln())
                    .sum()
            };
            let top = |class: Option<usize>| (0..variants).map(|v| sum(v, class)).fold(f64::NEG_INFINITY, f64::max);
            match &choice.keys[0] {
                Ok(told) => {
                    let gain = ((0..4).map(|class| top(Some(class))).sum::<f64>() - top(None)) / known.len() as f64;
                    near(told.value.value, gain.exp() - 1.0, "one key");
                    assert!(told.cautious <= told.value.value + 1e-12, "{told:?}");
                    assert_eq!(told.missing, (worths.len() - known.len()) as u64);
                }
                Err(why) => assert!(variants == 1 && *why == Untold::OneVariant, "{why:?}"),
            }
            smallest(&choice.smallest, &worths, variants, case);
            dominance(ranked, &worths, variants);
        }
    }

    /// Against every set of variants there is.
    fn smallest(found: &Smallest, worths: &[Vec<f64>], variants: usize, case: usize) {
        let best = |draw: &[f64]| draw.iter().copied().fold(0.0, f64::max);
        let held = |set: &dyn Fn(usize) -> bool| {
            worths.iter().filter(|draw| (0..variants).any(|v| set(v) && best(draw) / draw[v] - 1.0 <= TIE)).count()
        };
        let enough = |set: u32| held(&|v| set >> v & 1 == 1) == worths.len();
        let least = (1u32..1 << variants).filter(|set| enough(*set)).map(u32::count_ones).min().expect("all of them");
        assert!(found.proven && found.variants.len() == least as usize, "case {case}: {found:?}, but {least} will do");
        assert!(enough(found.variants.iter().map(|v| 1 << v).sum()));
        for (i, held_here) in found.curve.iter().enumerate() {
            let before: Vec<usize> = found.curve[..i].iter().map(|held| held.variant).collect();
            let with = |other: usize| held(&|v| v == other || before.contains(&v)) as u64;
            assert_eq!(held_here.draws, with(held_here.variant));
            assert!((0..variants).all(|other| with(other) <= held_here.draws));
        }
    }

    /// Distribution functions at every worth there is.
    fn dominance(ranked: Ranked, worths: &[Vec<f64>], variants: usize) {
        let n = worths.len() as f64;
        let found = ranked.dominances();
        let mut levels: Vec<f64> = worths.iter().flatten().copied().collect();
        levels.sort_by(f64::total_cmp);
        let below = |v: usize, x: f64| worths.iter().filter(|draw| draw[v] <= x * (1.0 + TIE)).count() as f64 / n;
        // ∫ F up to x: the mean of what draws fall short of x.
        let area = |v: usize, x: f64| worths.iter().map(|draw| (x - draw[v]).max(0.0)).sum::<f64>() / n;
        let least = |v: usize, count: usize| {
            let mut of: Vec<f64> = worths.iter().map(|draw| draw[v]).collect();
            of.sort_by(f64::total_cmp);
            of[..count].iter().sum::<f64>() / n
        };
        for v in 0..variants {
            for u in 0..variants {
                let told = found.over(v, u).expect("two variants");
                let apart: Vec<f64> = levels.iter().map(|&x| below(v, x) - below(u, x)).collect();
                let first = apart.iter().all(|d| *d <= 1e-12) && apart.iter().any(|d| *d < -1e-12);
                assert_eq!(told.first, first, "{v} over {u}");
                near(told.excess, apart.iter().copied().fold(0.0, f64::max), "excess");
                let areas: Vec<f64> = levels.iter().map(|&x| area(v, x) - area(u, x)).collect();
                let second = areas.iter().all(|d| *d <= 1e-8) && areas.iter().any(|d| *d < -1e-8);
                assert_eq!(told.second, second, "{v} over {u}: {told:?}");
                let short = (1..=worths.len()).step_by(37).map(|count| least(u, count) - least(v, count));
                let short = short.fold(0.0, f64::max);
                assert!(told.shortfall >= short - 1e-8, "{told:?}, {short}");
            }
        }
        let beaten = |u: usize| (0..variants).any(|v| v != u && found.over(v, u).is_some_and(|of| of.first));
        assert_eq!(found.undominated(Order::First), (0..variants).filter(|&u| !beaten(u)).collect::<Vec<_>>());
    }

    #[test]
    fn dominance_has_an_order() {
        // The third is the first or worse by half, as is likely; the second is as good on average as the first, and safe; the fourth
        // is the first's draws in another order.
        let draws = [[0.0, 0.2, -0.2, 0.4], [0.4, 0.2, 0.0, 0.0], [0.0, 0.2, -0.2, 0.4], [0.4, 0.2, 0.0, 0.0]];
        let gains: Vec<f64> = draws.iter().flat_map(|[a, b, c, d]| [0.0, *a, *b, *c, *d]).collect();
        let mut ranked = Ranked::new(&[0, 0, 0, 0, 0]);
        ranked.add(&gains);
        let found = ranked.dominances();
        let over = |v, u| found.over(v, u).map(|of| [of.first, of.second]);
        assert_eq!(over(1, 3), Some([true, true]));
        assert_eq!(over(2, 1), Some([false, true]), "as good on average, and safe");
        assert_eq!(over(1, 2), Some([false, false]));
        assert_eq!([over(1, 4), over(4, 1)], [Some([false, false]); 2], "the same distribution");
        assert_eq!(found.undominated(Order::First), [1, 2, 4]);
        assert_eq!(found.undominated(Order::Second), [2]);
    }

    /// Two variants, one of which is worth more by as much as a key says: known values of information.
    #[test]
    fn to_know_a_key_is_worth_what_it_is_worth() {
        let mut chance = Chance(77);
        let (mut covered, runs) = (0, 200);
        for _ in 0..runs {
            let draws = 2000;
            let (mut key, mut other, mut gains) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..draws {
                // The key decides: +a in half of the draws, −a in the others; noise decides nothing on average.
                let high = chance.unit() < 0.5;
                key.push(f64::from(u8::from(high)));
                other.push(chance.unit());
                let log = if high { 0.1 } else { -0.1 } + 0.3 * chance.normal();
                gains.extend([0.0, log.exp_m1()]);
            }
            let keys = [Classed::new(Key::Levels(&key, 2)), Classed::new(Key::Numbers(&other))];
            let mut tally = Tally::new(&[0, 0], &keys);
            tally.add(&gains);
            let choice = tally.choice().expect("draws");
            let [Ok(known), Ok(idle)] = &choice.keys[..] else { panic!("{:?}", choice.keys) };
            // exp(E max(0, ±0.1)) − 1, the better for all being worth 0 ± little.
            let truth = 0.05f64.exp_m1();
            covered += u32::from(known.value.low <= truth && truth <= known.value.high);
            assert!((known.value.value - truth).abs() < 0.03 && known.classes == 2, "{known:?}");
            // Noise in twenty classes looks like something; chosen by other draws it does not.
            assert!(idle.value.value > 0.0 && idle.cautious < 0.02, "{idle:?}");
            assert!(choice.perfect.value >= known.value.value - 1e-12);
        }
        assert!((170..=200).contains(&covered), "{covered} of {runs} intervals");
    }

    #[test]
    fn nothing_compares_to_nothing() {
        let mut tally = Tally::new(&[0, 0], &[]);
        tally.add(&[0.0, f64::NAN, f64::NAN, 0.1]);
        assert_eq!(tally.choice().err(), Some(Untold::NoDraws));
        assert_eq!(Mean::default().value(), None);
        assert_eq!(Ranked::new(&[0, 0]).regret(0.9), [Err(Untold::NoDraws); 2]);
    }
}
