//! One thread's share of a sweep: draws → problems → measures → rows.

use super::{AtDate, Chunk};
use crate::control::{Control, Stopped, guarded};
use crate::measure::{Baseline, Measures};
use crate::scenario::sweep::{Binder, Sweep};
use crate::simulate::Engine;
use crate::simulate::simulate;
use crate::trajectory::Trajectory;
use std::ops::Range;

/// Computes chunks of a sweep, one after the other, in any order. Holds the memory that runs need: a run allocates
/// nothing but the reason of its failure.
#[derive(Debug)]
pub struct Worker<'a> {
    sweep: &'a Sweep,
    binders: Vec<Binder>,
    engine: Engine,
    /// One number per varied key.
    draw: Vec<f64>,
    /// The runs of the draw at hand, as others are measured against them.
    baselines: Vec<Baseline>,
}

impl<'a> Worker<'a> {
    /// A worker for runs of `sweep`.
    pub fn new(sweep: &'a Sweep) -> Self {
        Self {
            sweep,
            binders: binders(sweep),
            engine: Engine::watching(sweep.dates.clone()),
            draw: vec![0.0; sweep.vary.len()],
            baselines: Vec::with_capacity(sweep.variants.len()),
        }
    }

    /// These draws under every variant.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so.
    pub fn chunk(&mut self, draws: Range<u64>, control: &Control) -> Result<Chunk, Stopped> {
        let mut chunk = Chunk::default();
        self.fill(draws, &mut chunk, control)?;
        Ok(chunk)
    }

    /// Makes `chunk` these draws under every variant, in the memory that it has.
    ///
    /// # Errors
    /// [`Stopped`] once `control` says so; `chunk` is then good for nothing but to be filled again.
    pub fn fill(&mut self, draws: Range<u64>, chunk: &mut Chunk, control: &Control) -> Result<(), Stopped> {
        let first = draws.start;
        let draws = usize::try_from(draws.end.saturating_sub(first)).unwrap_or(usize::MAX);
        chunk.first = first;
        chunk.clear();
        chunk.drawn.resize_with(self.sweep.vary.len(), Vec::new);
        for column in &mut chunk.drawn {
            column.resize(draws, 0.0);
        }
        chunk.dates.resize_with(self.sweep.dates.len(), AtDate::default);
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
        self.baselines.clear();
        for variant in 0..self.binders.len() {
            let mut measures = self.measured(draw, variant, control)?;
            self.baselines.push(Baseline::of(&measures));
            let baseline = self.sweep.variants[variant].baseline;
            self.baselines[baseline].set_against(&mut measures);
            chunk.push(measures, self.engine.seen());
            if self.sweep.keep.has(draw) {
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
            self.engine = Engine::watching(self.sweep.dates.clone());
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

fn without_run(error: String) -> Measures {
    Measures { error: Some(error), ..Measures::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Measure, Verdict, equivalent_variation};

    fn measures(final_gap: f64, welfare: f64) -> Measures {
        let mut measures = Measures {
            verdict: Some(Verdict::PersistentGap),
            weight: Some(20.0),
            income: Some(welfare),
            externality: 1.5,
            ..Measures::default()
        };
        measures[Measure::FinalGap] = Some(final_gap);
        measures[Measure::Welfare] = Some(welfare);
        measures
    }

    /// Final gap, welfare and income against those of `baseline`.
    fn differences(baseline: &Measures, mut run: Measures) -> [Option<f64>; 3] {
        Baseline::of(baseline).set_against(&mut run);
        [Measure::DFinalGap, Measure::EquivalentVariation, Measure::NetGainPv].map(|measure| run[measure])
    }

    #[test]
    fn differences_are_taken_from_the_baseline_of_the_draw() {
        let baseline = measures(2.0, 10.0);
        assert_eq!(differences(&baseline, baseline.clone()), [Some(0.0); 3]);
        assert_eq!(
            differences(&baseline, measures(1.5, 12.0)),
            [Some(-0.5), Some(equivalent_variation(12.0, 10.0, 20.0)), Some(2.0)]
        );
    }

    #[test]
    fn a_failed_run_has_no_differences_and_a_failed_baseline_gives_none() {
        let failed = Measures { error: Some("lost".to_owned()), ..measures(2.0, 10.0) };
        assert_eq!(differences(&measures(2.0, 10.0), failed.clone()), [None; 3]);
        assert_eq!(differences(&failed, measures(2.0, 10.0)), [None; 3]);
    }

    #[test]
    fn present_values_over_other_dates_or_at_another_rate_have_no_difference() {
        let mut other = measures(1.5, 12.0);
        other.weight = Some(19.0);
        assert_eq!(differences(&measures(2.0, 10.0), other), [Some(-0.5), None, None]);
    }
}
