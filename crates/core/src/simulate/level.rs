//! The vector instructions that runs are computed with.

use pulp::Arch;

/// A level of x86-64 for which the engine is compiled. Runs have the same bits at every one; they differ in speed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What any machine runs that has no more: vectors of two doubles, as in plain x86-64. Other processors run this too.
    V2,
    /// Vectors of four doubles: AVX2.
    V3,
    /// Vectors of eight doubles: AVX-512.
    V4,
}

impl Level {
    /// Every level, the narrowest first.
    pub const ALL: [Self; 3] = [Self::V2, Self::V3, Self::V4];

    /// As compilers spell it, without the architecture.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }

    /// The level at which this machine runs.
    pub fn of_this_machine() -> Self {
        Self::ALL.into_iter().rev().find(|level| level.arch().is_some()).unwrap_or(Self::V2)
    }

    /// What dispatches to the code of this level; `None` where this machine cannot run it.
    pub fn arch(self) -> Option<Arch> {
        match self {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::V2 => Some(Arch::Scalar),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::V3 => pulp::x86::V3::try_new().map(Arch::V3),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::V4 => pulp::x86::V4::try_new().map(Arch::V4),
            #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
            Self::V2 => Some(Arch::new()),
            #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
            Self::V3 | Self::V4 => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many doubles are computed with at once.
    struct Width;

    impl pulp::WithSimd for Width {
        type Output = usize;
        fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
            S::F64_LANES
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_machine_runs_the_code_of_its_own_level() {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
        let own = match (avx512, avx2) {
            (true, _) => Level::V4,
            (false, true) => Level::V3,
            (false, false) => Level::V2,
        };
        assert_eq!(Level::of_this_machine(), own);
        let width = |arch: Arch| arch.dispatch(Width);
        for (level, lanes) in Level::ALL.into_iter().zip([1, 4, 8]) {
            assert_eq!(level.arch().map(width), (level <= own).then_some(lanes), "{}", level.name());
        }
        assert_eq!(width(Arch::default()), width(own.arch().expect("its own level")));
    }
}
