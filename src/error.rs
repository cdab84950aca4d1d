//! What can go wrong in the program: one type, from what is wrong with a file to a folder in use.

use crate::scenario::diagnostics::Report;
use crate::scenario::os_message;
use std::fmt::{Display, Formatter};
use std::path::Path;

/// What an error means for the call; the command line makes an exit code of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for cannot be done: a wrong scenario, argument or file.
    Invalid,
    /// It was tried, and failed.
    Failed,
    /// The operating system refused to read or write.
    Io,
    /// Another process is writing there.
    Busy,
    /// What stands there belongs to something else.
    Foreign,
    /// Told to stop.
    Stopped,
}

/// What went wrong, in words for people: what it is, what stands now or what is allowed, and what to do.
#[derive(Debug)]
pub struct Error {
    /// What it means for the call.
    pub kind: Kind,
    /// What is wrong.
    pub title: String,
    /// What is allowed, or what stands now; may be empty.
    pub note: String,
    /// What to do; may be empty.
    pub hint: String,
    /// What lies behind it.
    pub cause: Cause,
}

/// What lies behind an error.
#[derive(Debug)]
pub enum Cause {
    /// Nothing that the error's own words do not say.
    Itself,
    /// The located mistakes of a scenario or a sweep: they say more than the title.
    Mistakes(Box<Report>),
    /// Several things are wrong; the title counts them.
    Several(Vec<Error>),
    /// The operating system.
    System(std::io::Error),
}

impl Error {
    /// An error of a kind.
    pub fn new(kind: Kind, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), note: String::new(), hint: String::new(), cause: Cause::Itself }
    }

    /// What was asked for cannot be done.
    pub fn invalid(title: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, title)
    }

    /// It was tried, and failed.
    pub fn failed(title: impl Into<String>) -> Self {
        Self::new(Kind::Failed, title)
    }

    /// Told to stop.
    pub fn stopped() -> Self {
        Self::new(Kind::Stopped, "interrupted")
    }

    /// The operating system refused to `action`, such as "write output/a.csv"; `kept` says what stands now.
    pub fn io(action: impl Display, error: std::io::Error, kept: impl Into<String>) -> Self {
        let title = format!("cannot {action}: {}", os_message(&error));
        Self { cause: Cause::System(error), ..Self::new(Kind::Io, title) }.note(kept)
    }

    /// What stands at `path` belongs to something else.
    pub fn foreign(title: impl Into<String>) -> Self {
        Self::new(Kind::Foreign, title).note("it was left as it is")
    }

    /// Another process, where it left its number, is writing in `folder`.
    pub fn busy(folder: &Path, process: Option<u32>) -> Self {
        let who = process.map_or_else(|| "another process".to_owned(), |id| format!("process {id}"));
        Self::new(Kind::Busy, format!("{} is in use: {who} is writing there", folder.display()))
            .hint("wait for it, or choose another folder with --out DIR")
    }

    /// Several errors of one call, counted by `title`; of the kind of the first.
    pub fn several(parts: Vec<Self>, title: impl Into<String>) -> Self {
        let kind = parts.first().map_or(Kind::Failed, |first| first.kind);
        Self { cause: Cause::Several(parts), ..Self::new(kind, title) }
    }

    /// The same with what is allowed, or what stands now.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same with what to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same, said of the run or sweep `name`, where the operating system refused: its message names a path only.
    #[must_use]
    pub fn about(self, name: &str) -> Self {
        if self.kind == Kind::Io { Self { title: format!("{name}: {}", self.title), ..self } } else { self }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::System(error) => Some(error),
            Cause::Mistakes(report) => Some(report.as_ref()),
            Cause::Itself | Cause::Several(_) => None,
        }
    }
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        Self { cause: Cause::Mistakes(Box::new(report)), ..Self::invalid("the scenario is not valid") }
    }
}
