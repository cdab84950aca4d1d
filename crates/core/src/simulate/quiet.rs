//! Dates at which nothing changes, taken in columns: the same trade step as at one date, for several at once.

use super::{Formed, Memory, Run, Sink};
use crate::column::{Col, DATES, Number};
use crate::integrate::Path;
use crate::math::exp;
use crate::model::choice::{Choice, choose};
use crate::model::params::Params;
use crate::model::trade::{Market, Quotes, Regime, closed_ln_wage};

/// P's sectors at a column of dates from period k on.
struct Ahead<'a> {
    k: usize,
    period: f64,
    paths: &'a [Path],
    clusters: &'a [Option<Formed>],
}

impl Ahead<'_> {
    #[inline(always)]
    fn z(&self, i: usize) -> Col<DATES> {
        Col::load(self.paths[i].dates(self.k))
    }

    #[inline(always)]
    fn age(&self, i: usize) -> Option<Col<DATES>> {
        self.clusters[i].map(|formed| match formed {
            Formed::Before => Col::all(f64::INFINITY),
            Formed::At(since) => (Col::count() + (self.k - since) as f64) * self.period,
        })
    }

    /// The wage while trade is closed, `j` periods after k: it follows from real incomes, date by date.
    fn closed_wage(&self, params: &Params, standing: &[bool], j: usize) -> f64 {
        let z = |i: usize| self.paths[i].dates(self.k)[j];
        let age = |i: usize| self.clusters[i].map(|formed| formed.age(self.k + j, self.period));
        exp(closed_ln_wage(params, z, |i| params.ell(i, || age(i)), standing))
    }
}

impl Run<'_> {
    /// The dates from `k` on (at most a column of them, none from `until` on) at which the trade step chooses the
    /// regime that holds: their wages and rows. Returns how many they are; the date after them, if there is one
    /// before `until`, is for [`Run::date`].
    #[inline(always)]
    pub(super) fn quiet(&mut self, k: usize, until: usize, sink: &mut impl Sink) -> usize {
        let n = self.n();
        let period = self.problem.grid.period;
        let Memory { paths, clusters, standing, meter, stance, regime, .. } = &mut *self.memory;
        let (Some(stance), Some(regime)) = (*stance, *regime) else { return 0 };
        Path::prepare(paths, k, until);
        let mut count = DATES.min(until - k);
        for path in paths.iter_mut() {
            count = count.min(path.ahead(k, until));
            // The date at which z meets 1 has an event.
            if let Some(parity) = path.parity_period().filter(|&parity| parity >= k) {
                count = count.min(parity - k);
            }
        }
        if count == 0 {
            return 0;
        }
        let ahead = Ahead { k, period, paths, clusters };
        let quotes = Quotes::new(self.params, |i| ahead.z(i), |i| ahead.age(i));
        if regime != Regime::Closed {
            count = match choose(&quotes, &stance, self.problem.selection, standing) {
                Choice::One(chosen) if chosen == regime => count,
                Choice::One(_) => 0,
                Choice::Each(chosen) => count.min(Col::all(regime.code(n)).same(chosen).leading()),
            };
        }
        match quotes.wage(regime) {
            Some(w_P) => w_P.store(meter.w_P(k)),
            None => {
                for (j, w_P) in meter.w_P(k).iter_mut().enumerate().take(count) {
                    *w_P = ahead.closed_wage(self.params, standing, j);
                }
            }
        }
        if let (Regime::Cluster(i), Some(subsidy)) = (regime, meter.subsidy(k)) {
            quotes.subsidy(i).store(subsidy);
            subsidy[count..DATES].fill(0.0);
        }
        // The same again, now that the meter has been written to: a sink may look at the whole run.
        let Memory { paths, clusters, .. } = &*self.memory;
        let ahead = Ahead { k, period, paths, clusters };
        let quotes = Quotes::new(self.params, |i| ahead.z(i), |i| ahead.age(i));
        sink.rows(self, k, count, &quotes, |i| (ahead.z(i), ahead.age(i)));
        count
    }
}
