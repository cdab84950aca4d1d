//! How a call ends: the one place that makes exit codes of outcomes and of errors.

use crate::error::Kind;

/// How a call ends (`docs/files.md`, "Exit codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Done,
    Failed,
    Invalid,
    SomeFailed,
    Busy,
    Foreign,
    Signal(i32),
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::SomeFailed => 3,
            Self::Busy => 4,
            Self::Foreign => 5,
            Self::Signal(signal) => u8::try_from(128 + signal).unwrap_or(1),
        }
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Invalid => Self::Invalid,
            // Who was told to stop by a signal says so by its number; this is a stop that nobody can explain.
            Kind::Failed | Kind::Io | Kind::Stopped => Self::Failed,
            Kind::Busy => Self::Busy,
            Kind::Foreign => Self::Foreign,
        }
    }
}
