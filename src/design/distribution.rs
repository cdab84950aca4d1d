//! Distributions of a varied key: uniform numbers → its values.

/// A distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Uniform on [low, high].
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Uniform in logs on [low, high].
    LogUniform {
        /// Lower bound, > 0.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Normal, truncated to [min, max] where given.
    Normal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation, > 0.
        sd: f64,
        /// Lower truncation point.
        min: Option<f64>,
        /// Upper truncation point.
        max: Option<f64>,
    },
    /// Triangular on [min, max] with its peak at mode.
    Triangular {
        /// Lower bound.
        min: f64,
        /// Peak.
        mode: f64,
        /// Upper bound.
        max: f64,
    },
}

impl Distribution {
    /// The value below which the share `u` ∈ (0, 1) lies.
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Self::Uniform { low, high } => low + (high - low) * u,
            _ => f64::NAN,
        }
    }

    /// The lowest and the highest value that can be drawn; infinite where there is no bound.
    pub fn support(&self) -> (f64, f64) {
        match *self {
            Self::Uniform { low, high } | Self::LogUniform { low, high } => (low, high),
            Self::Normal { min, max, .. } => (min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY)),
            Self::Triangular { min, max, .. } => (min, max),
        }
    }
}
