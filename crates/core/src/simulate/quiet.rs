//! Dates at which nothing changes, taken in columns: the same trade step as at one date, for several at once.

use super::{Formed, Memory, Run, Sink, subsidy};
use crate::column::{Col, DATES, Number, Truth};
use crate::integrate::Path;
use crate::math::exp;
use crate::model::choice::{Choice, choose};
use crate::model::params::Params;
use crate::model::trade::{Market, Quotes, Regime, closed_ln_wage, ties};

/// P's sectors at a column of dates from period k on.
struct Ahead<'a> {
    k: usize,
    period: f64,
    paths: &'a [Path],
    clusters: &'a [Option<Formed>],
    earnings: &'a [f64],
}

impl Ahead<'_> {
    #[inline(always)]
    fn z(&self, i: usize) -> Col<DATES> {
        Col::load(self.paths[i].dates(self.k))
    }

    #[inline(always)]
    fn isolation(&self, i: usize) -> Col<DATES> {
        self.z(i) * self.earnings[i]
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
    /// The dates from `k` on (none from `until` on) at which the trade step chooses the regime that holds: their wages and
    /// rows. Returns how many they are; the date after them, if there is one before `until`, is for [`Run::date`].
    #[inline(always)]
    pub(super) fn quiet(&mut self, k: usize, until: usize, sink: &mut impl Sink) -> usize {
        let n = self.n();
        let period = self.problem.grid.period;
        let (Some(stance), Some(regime)) = (self.memory.stance, self.memory.regime) else { return 0 };
        Path::prepare(&mut self.memory.paths, k, until);
        let mut known = until - k;
        for path in &mut self.memory.paths {
            known = known.min(path.ahead(k, until));
            // The date at which z meets 1 has an event.
            if let Some(parity) = path.parity_period().filter(|&parity| parity >= k) {
                known = known.min(parity - k);
            }
        }
        let Memory { paths, clusters, standing, earnings, made, holding, .. } = &*self.memory;
        let stays = if let Regime::Isolation(i) = regime { Some(i) } else { None };
        let support = holding.and_then(|holding| holding.support);
        let (mut count, mut rows) = (0, self.memory.rows);
        while count < known {
            let ahead = Ahead { k: k + count, period, paths, clusters, earnings };
            let quotes = Quotes::new(
                self.params,
                #[inline(always)]
                |i| ahead.isolation(i),
                #[inline(always)]
                |i| ahead.age(i),
            );
            let left = DATES.min(known - count);
            let same = match regime {
                Regime::Closed => left,
                _ => match choose(&quotes, &stance, self.problem.selection, standing, stays) {
                    Choice::One(chosen) if chosen == regime => left,
                    Choice::One(_) => 0,
                    Choice::Each(chosen) => {
                        // A diversified region whose first sector no longer ties goes by another.
                        let chosen = match regime {
                            Regime::Diversified => {
                                ties(quotes.v_Is(*made), quotes.outside()).pick(chosen, Col::all(-1.0))
                            }
                            _ => chosen,
                        };
                        left.min(Col::all(regime.code(n)).same(chosen).leading())
                    }
                },
            };
            match quotes.wage(regime, *made) {
                Some(w_P) => w_P.store(self.meter.w_P(k + count)),
                None => {
                    for (j, w_P) in self.meter.w_P(k + count).iter_mut().enumerate().take(same) {
                        *w_P = ahead.closed_wage(self.params, standing, j);
                    }
                }
            }
            let mut same = same;
            if let (Regime::Cluster(i), Some(paid), Some(room)) = (regime, support, self.meter.subsidy(k + count)) {
                let subsidy = subsidy(self.params, &quotes, i, paid);
                subsidy.store(room);
                // Where P cannot pay, the run ends: that date is for `Run::date`.
                let ruinous = |j: &usize| self.disposable(self.meter.w_P[k + count + j], subsidy.0[*j], support) <= 0.0;
                same = (0..same).find(ruinous).unwrap_or(same);
                if let Some(room) = self.meter.subsidy(k + count) {
                    room[same..DATES].fill(0.0);
                }
            }
            sink.rows(self, k + count, same, &quotes, |i| (ahead.z(i), ahead.age(i)));
            count += same;
            rows = k + count;
            if same < left {
                break;
            }
        }
        self.memory.rows = rows;
        count
    }
}
