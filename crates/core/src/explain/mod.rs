//! What a finished table of draws says: which key matters, how much of it, and how sure that is. A library room that takes
//! columns and knows nothing of scenarios, sweeps, files or threads.
//!
//! A column is `&[f64]`, one entry a draw: a key's value (of a key that takes texts, its level's index) or a measure. NaN is
//! "missing" and is left out and counted; ±∞ is a value, and where a measure has one it is analysed through its ranks.
//!
//! # Which key matters
//!
//! | number | of | formula | source | design |
//! |---|---|---|---|---|
//! | [`first_order()`] | what the key explains alone | S = Var E(Y\|X)/Var Y | Saltelli et al. 2008; Rice 1984 | any |
//! | [`pawn()`] | how far the distribution moves | D_c = max_y \|F(y\|c) − F(y)\|, median and maximum over classes c | Pianosi and Wagener 2018 | any |
//! | [`delta()`] | how far the density moves | δ = ½ E ∫ \|f(y\|X) − f(y)\| dy | Borgonovo 2007; Plischke, Borgonovo and Smith 2013 | any |
//! | [`shapley()`] | a share of the variance, shares of all keys sum to 1 | mean over orders of what the key adds | Owen 2014; Song, Nelson and Staum 2016; Broto, Bachoc and Depecker 2020 | any |
//! | [`sobol()`] | first, total and second order | S, ST = E Var(Y\|X_∼i)/Var Y, S_ij | Saltelli 2002; Saltelli et al. 2010; Jansen 1999 | Saltelli |
//! | [`morris()`] | effects of the key's range | μ, μ*, σ of Δy/Δu | Morris 1991; Campolongo, Cariboni and Saltelli 2007 | Morris |
//!
//! [`importance()`] gives all that any design tells of a measure at once; it holds one measure's column at a time and may be
//! called from several threads for several measures. Which analysis fits which design: [`Analysis::fits`].
//!
//! A measure's column is taken in once ([`Measured`]) and a key's once ([`Classed`]); of a measure of 0 and 1, such as
//! whether an outcome comes, the same numbers are those of its share. Each number is an [`Estimate`] with its error; errors
//! come from the influence of single draws (the infinitesimal jackknife; Efron 1982), which is what a bootstrap tends to as
//! its draws become many, and needs no draws of its own.
//!
//! # Where a condition holds
//!
//! | number | of | source | draws |
//! |---|---|---|---|
//! | [`prim`] | boxes of several keys in which it holds more often than elsewhere | Friedman and Fisher 1999; Bryant and Lempert 2010 | whole columns |
//! | [`threshold`] | the one or two thresholds that separate best where it holds from where it does not | Youden 1950 | whole columns |
//!
//! # Which variant
//!
//! | number | of | source | draws |
//! |---|---|---|---|
//! | [`choice::Tally`] | how likely a variant pays and is the best, expected worth, worst, regret, value of information, smallest set | Savage 1951; Raiffa and Schlaifer 1961 | one after another |
//! | [`choice::Ranked`] | quantiles of regret, stochastic dominance | Hadar and Russell 1969 | whole columns |
//!
//! How sure each number is, [`mod@estimate`] says.
//!
//! - E. Borgonovo, "A new uncertainty importance measure", Reliability Engineering & System Safety 92 (2007), 771–784.
//! - B. Broto, F. Bachoc and M. Depecker, "Variance reduction for estimation of Shapley effects and adaptation to unknown
//!   input distribution", SIAM/ASA Journal on Uncertainty Quantification 8 (2020), 693–716.
//! - F. Campolongo, J. Cariboni and A. Saltelli, "An effective screening design for sensitivity analysis of large models",
//!   Environmental Modelling & Software 22 (2007), 1509–1518.
//! - B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans, SIAM 1982.
//! - T. Gasser, L. Sroka and C. Jennen-Steinmetz, "Residual variance and residual pattern in nonlinear regression",
//!   Biometrika 73 (1986), 625–633.
//! - M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics Communications 117 (1999), 35–43.
//! - F. Khorashadi Zadeh et al., "Comparison of variance-based and moment-independent global sensitivity analysis approaches by
//!   application to the SWAT model", Environmental Modelling & Software 91 (2017), 210–222.
//! - M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991), 161–174.
//! - A. B. Owen, "Sobol' indices and Shapley value", SIAM/ASA Journal on Uncertainty Quantification 2 (2014), 245–251.
//! - F. Pianosi and T. Wagener, "Distribution-based sensitivity analysis from a generic input-output sample",
//!   Environmental Modelling & Software 108 (2018), 197–207.
//! - E. Plischke, E. Borgonovo and C. L. Smith, "Global sensitivity measures from given data", European Journal of
//!   Operational Research 226 (2013), 536–550.
//! - J. Rice, "Bandwidth choice for nonparametric regression", Annals of Statistics 12 (1984), 1215–1230.
//! - A. Saltelli, "Making best use of model evaluations to compute sensitivity indices", Computer Physics Communications 145
//!   (2002), 280–297.
//! - A. Saltelli et al., Global Sensitivity Analysis: The Primer, Wiley 2008; "Variance based sensitivity analysis of model
//!   output. Design and estimator for the total sensitivity index", Computer Physics Communications 181 (2010), 259–270.
//! - E. Song, B. L. Nelson and J. Staum, "Shapley effects for global sensitivity analysis: theory and computation", SIAM/ASA
//!   Journal on Uncertainty Quantification 4 (2016), 1060–1083.

mod binomial;
pub mod choice;
mod columns;
mod delta;
pub mod estimate;
mod first_order;
mod importance;
mod independent;
mod interval;
mod key;
mod morris;
mod pawn;
pub mod prim;
mod shapley;
mod sobol;
pub mod threshold;

pub use columns::{Basis, Classed, Classes, Measured};
pub use delta::{Cells, Delta, delta};
pub use estimate::{Estimate, Untold};
pub use first_order::first_order;
pub use importance::{Analysis, Importance, Misfit, OfKey, base_points, importance, importance_of_each};
pub use key::Key;
pub use morris::{Effects, Steps, morris};
pub use pawn::{Pawn, pawn};
pub use shapley::shapley;
pub use sobol::{Pair, Sobol, block, sobol};

#[cfg(test)]
mod chance;
#[cfg(test)]
mod known;
