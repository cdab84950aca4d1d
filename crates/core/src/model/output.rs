//! Output per worker in P beside R's, sector by sector, before the first date: what statistics measure, split into what the
//! model tells apart (docs/data.md).

use super::policy::Trade;
use super::problem::Problem;

/// Output per worker of P in one sector as a share of R's, each in the mode of production in which it works:
/// (y_P/y_R) (Z_P/Z_R) ℓ/Λ. World prices are R's costs, so this is a ratio of values as well as of goods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelativeOutput {
    /// y_P/y_R > 0, 1: what catch-up never closes.
    pub lasting: f64,
    /// z = Z_P/Z_R > 0 at t = 0, 1: the technology gap, which moves.
    pub technology: f64,
    /// ℓ, 1: what P's own cluster gives, where one has stood before t = 0; it is mature, ℓ = λ.
    pub cluster_P: Option<f64>,
    /// Λ, 1: what R's cluster gives it, where it has one.
    pub cluster_R: Option<f64>,
}

impl RelativeOutput {
    /// P's output per worker as a share of R's, 1.
    pub fn ratio(&self) -> f64 {
        self.lasting * self.technology * self.cluster_P.unwrap_or(1.0) / self.cluster_R.unwrap_or(1.0)
    }

    /// Of each sector, in the scenario's order, with the clusters that stand before the first date and the parameters that
    /// hold from it on. What a policy does at t = 0 is not counted: it is no part of what was measured.
    pub fn today(problem: &Problem) -> Vec<Self> {
        let closed = problem.trade_at(0, &problem.policy_periods()) == Trade::Closed;
        let stands = |i: usize| problem.start == Some(i) || closed && problem.closed_clusters[i];
        let sectors = problem.params_at(0).sectors.iter().enumerate();
        sectors
            .map(|(i, sector)| Self {
                lasting: sector.y_P / sector.y_R,
                technology: problem.Z_P[i] / problem.Z_R[i],
                cluster_P: stands(i).then_some(sector.lambda),
                cluster_R: sector.cluster_R.then_some(sector.lambda),
            })
            .collect()
    }
}
