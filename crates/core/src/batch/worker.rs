//! One thread's share of a sweep: draws → problems → measures → rows.

use super::{Chunk, Row};
use crate::control::{Control, Stopped};
use crate::measure::Measures;
use crate::scenario::sweep::{Binder, Sweep};
use crate::simulate::Engine;
use crate::simulate::simulate;
use crate::summary::equivalent_variation;
use crate::trajectory::Trajectory;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Computes chunks of a sweep, one after the other, in any order. Holds the memory that runs need: a run allocates
/// nothing but the reason of its failure.
#[derive(Debug)]
pub struct Worker<'a> {
    sweep: &'a Sweep,
    draws_per_chunk: u64,
    binders: Vec<Binder>,
    engine: Engine,
    /// One number per varied key.
    draw: Vec<f64>,
}

impl<'a> Worker<'a> {
    /// A worker for chunks of `draws_per_chunk` draws, the last one shorter ([`super::draws_per_chunk`]).
    pub fn new(sweep: &'a Sweep, draws_per_chunk: u64) -> Self {
        Self {
            sweep,
            draws_per_chunk,
            binders: binders(sweep),
            engine: Engine::default(),
            draw: vec![0.0; sweep.vary.len()],
        }
    }

    /// Chunk number `index`.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn chunk(&mut self, index: u64, control: &Control) -> Result<Chunk, Stopped> {
        let mut chunk = Chunk::default();
        self.fill(index, &mut chunk, control)?;
        Ok(chunk)
    }

    /// Makes `chunk` chunk number `index`, in the memory that it has.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so; `chunk` is then good for nothing but to be filled again.
    pub fn fill(&mut self, index: u64, chunk: &mut Chunk, control: &Control) -> Result<(), Stopped> {
        let first = index * self.draws_per_chunk;
        let draws = self.sweep.design.draws().saturating_sub(first).min(self.draws_per_chunk);
        self.draws(first, usize::try_from(draws).unwrap_or(usize::MAX), chunk, control)?;
        chunk.index = index;
        Ok(())
    }

    /// Makes `chunk` the `draws` draws from `first` on under every variant.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn draws(&mut self, first: u64, draws: usize, chunk: &mut Chunk, control: &Control) -> Result<(), Stopped> {
        chunk.index = 0;
        chunk.first = first;
        chunk.rows.clear();
        chunk.rows.reserve(draws * self.binders.len());
        chunk.trajectories.clear();
        chunk.drawn.resize_with(self.sweep.vary.len(), Vec::new);
        for column in &mut chunk.drawn {
            column.resize(draws, 0.0);
        }
        self.sweep.design.fill(first, &mut chunk.drawn);
        for i in 0..draws {
            for (value, column) in self.draw.iter_mut().zip(&chunk.drawn) {
                *value = column[i];
            }
            self.every_variant(first + i as u64, chunk, control)?;
        }
        Ok(())
    }

    /// One draw under every variant: common random numbers.
    fn every_variant(&mut self, draw: u64, chunk: &mut Chunk, control: &Control) -> Result<(), Stopped> {
        let mut baseline = Baseline::default();
        for variant in 0..self.binders.len() {
            let measures = self.measured(draw, variant, control)?;
            if variant == 0 {
                baseline = Baseline::of(&measures);
            }
            chunk.rows.push(baseline.row(measures, variant == 0));
            if draw < self.sweep.keep {
                let kept = self.simulated(variant, control)?;
                chunk.trajectories.extend(kept.map(|trajectory| (draw, variant, trajectory)));
            }
        }
        Ok(())
    }

    /// A run's measures. What goes wrong in it, a panic included, is its error and costs no other run.
    fn measured(&mut self, draw: u64, variant: usize, control: &Control) -> Result<Measures, Stopped> {
        let (binder, engine, values) = (&mut self.binders[variant], &mut self.engine, &self.draw);
        let outcome = guarded(|| match binder.bind(values) {
            Ok((problem, solver)) => engine.measure(problem, solver, control).cloned(),
            Err(reason) => Ok(without_run(format!("draw {draw}: {reason}"))),
        });
        outcome.unwrap_or_else(|panicked| {
            // What it left half changed is not to be trusted.
            self.binders = binders(self.sweep);
            self.engine = Engine::default();
            Ok(without_run(format!("internal error: {panicked}")))
        })
    }

    /// The trajectory of a run, up to where it fails; `None` where there is no run.
    fn simulated(&mut self, variant: usize, control: &Control) -> Result<Option<Trajectory>, Stopped> {
        let (binder, values) = (&mut self.binders[variant], &self.draw);
        let outcome = guarded(|| match binder.bind(values) {
            Ok((problem, solver)) => simulate(problem, solver, control).map(Some),
            Err(_) => Ok(None),
        });
        outcome.unwrap_or_else(|_| {
            self.binders = binders(self.sweep);
            Ok(None)
        })
    }
}

fn binders(sweep: &Sweep) -> Vec<Binder> {
    (0..sweep.variants.len()).map(|variant| sweep.binder(variant)).collect()
}

/// What `run` gives, or what it said when it panicked.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        text.unwrap_or("a panic without a message").to_owned()
    })
}

fn without_run(error: String) -> Measures {
    Measures { error: Some(error), ..Measures::default() }
}

/// What the rows of a draw are measured against: nothing where the baseline failed.
#[derive(Debug, Clone, Copy, Default)]
struct Baseline {
    final_gap: Option<f64>,
    welfare: Option<f64>,
    weights: f64,
}

impl Baseline {
    fn of(measures: &Measures) -> Self {
        let reached = measures.error.is_none();
        Self {
            final_gap: measures.final_gap.filter(|_| reached),
            welfare: measures.welfare.filter(|_| reached),
            weights: measures.weights,
        }
    }

    /// The row of a run of this draw.
    fn row(&self, measures: Measures, is_baseline: bool) -> Row {
        let failed = measures.error.is_some();
        let d_final_gap = match (measures.final_gap, self.final_gap) {
            (Some(own), Some(baseline)) => Some(own - baseline),
            _ => None,
        };
        // Present values over other dates, or at another rate, cannot be set against each other.
        let variation = match (measures.welfare, self.welfare) {
            (Some(_), Some(_)) if is_baseline => Some(0.0),
            (Some(own), Some(baseline)) if measures.weights == self.weights => {
                Some(equivalent_variation(own, baseline, self.weights)).filter(|variation| variation.is_finite())
            }
            _ => None,
        };
        Row {
            verdict: measures.verdict,
            initial_gap: measures.initial_gap,
            final_gap: measures.final_gap,
            long_run_gap: measures.long_run_gap,
            half_life: measures.half_life,
            regime_changes: measures.regime_changes.and_then(|changes| u32::try_from(changes).ok()),
            welfare: measures.welfare,
            subsidy_pv: measures.subsidy_pv,
            d_final_gap: d_final_gap.filter(|_| !failed),
            equivalent_variation: variation.filter(|_| !failed),
            externality: (!failed).then_some(measures.externality),
            error: measures.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Verdict;

    fn measures(final_gap: f64, welfare: f64) -> Measures {
        Measures {
            verdict: Some(Verdict::PersistentGap),
            final_gap: Some(final_gap),
            welfare: Some(welfare),
            weights: 20.0,
            externality: 1.5,
            ..Measures::default()
        }
    }

    #[test]
    fn differences_are_taken_from_the_baseline_of_the_draw() {
        let baseline = Baseline::of(&measures(2.0, 10.0));
        let own = baseline.row(measures(2.0, 10.0), true);
        assert_eq!((own.d_final_gap, own.equivalent_variation), (Some(0.0), Some(0.0)));
        let other = baseline.row(measures(1.5, 12.0), false);
        assert_eq!((other.d_final_gap, other.equivalent_variation), (Some(-0.5), Some(0.1_f64.exp_m1())));
    }

    #[test]
    fn a_failed_run_has_no_differences_and_a_failed_baseline_gives_none() {
        let failed = without_run("lost".to_owned());
        let row = Baseline::of(&measures(2.0, 10.0)).row(failed.clone(), false);
        assert_eq!((row.d_final_gap, row.equivalent_variation, row.externality), (None, None, None));
        assert_eq!(row.error.as_deref(), Some("lost"));
        let row = Baseline::of(&failed).row(measures(2.0, 10.0), false);
        assert_eq!((row.d_final_gap, row.equivalent_variation), (None, None));
        assert_eq!((row.final_gap, row.welfare), (Some(2.0), Some(10.0)), "its own measures stand");
    }

    #[test]
    fn other_dates_or_another_discount_rate_have_no_equivalent_variation() {
        let mut other = measures(1.5, 12.0);
        other.weights = 19.0;
        assert_eq!(Baseline::of(&measures(2.0, 10.0)).row(other, false).equivalent_variation, None);
    }

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| panic!("out of {}", "range")), Err::<(), _>("out of range".to_owned()));
        assert_eq!(guarded(|| panic!("plain")), Err::<(), _>("plain".to_owned()));
    }
}
