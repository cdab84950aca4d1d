//! Standard output for data, standard error for everything else. A pipe closed by the reader is no error of ours;
//! any other failure to write is.

use super::{Colour, Exit};
use crate::advice::{Warning, twins};
use crate::error::{Cause, Error, Kind};
use crate::scenario::Scenario;
use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use std::cell::Cell;
use std::io::{ErrorKind, IsTerminal, Write};

/// Where a command prints.
pub(super) struct Terminal {
    pub(super) quiet: bool,
    pub(super) json: bool,
    out: ColorChoice,
    err: ColorChoice,
    /// A failure to write to standard output.
    broken: Cell<Option<ErrorKind>>,
}

impl Terminal {
    pub(super) fn new(quiet: bool, json: bool, colour: Colour) -> Self {
        let choice = |auto: ColorChoice| match colour {
            Colour::Auto => auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        let out = choice(anstream::AutoStream::choice(&std::io::stdout()));
        let err = choice(anstream::AutoStream::choice(&std::io::stderr()));
        Self { quiet, json, out, err, broken: Cell::new(None) }
    }

    /// Writes a block of text to standard output.
    pub(super) fn print(&self, text: &str) {
        if self.broken.get().is_some() {
            return;
        }
        let mut out = anstream::AutoStream::new(std::io::stdout().lock(), self.out);
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            self.broken.set(Some(error.kind()));
        }
    }

    fn eprint(&self, text: &str) {
        let mut err = anstream::AutoStream::new(std::io::stderr().lock(), self.err);
        let _ = err.write_all(text.as_bytes());
    }

    fn colours_errors(&self) -> bool {
        self.err != ColorChoice::Never
    }

    /// Prints an error; what it means for the call.
    pub(super) fn fail(&self, error: &Error) -> Exit {
        const RED: Style = AnsiColor::Red.on_default().bold();
        match &error.cause {
            Cause::Mistakes(report) => self.eprint(&format!("{}\n\n", report.render(self.colours_errors()))),
            Cause::Several(parts) => {
                for part in parts {
                    self.fail(part);
                }
                self.note(&error.title);
            }
            Cause::Itself | Cause::System(_) => {
                self.message(&format!("{RED}error{RED:#}"), &error.title, &error.note, &error.hint);
            }
        }
        error.kind.into()
    }

    /// What is legal in a run, a comparison or a sweep but probably not meant.
    pub(super) fn warn(&self, about: &str, warnings: &[Warning]) {
        for Warning { key, what, hint } in warnings {
            self.warning(&format!("{about}: {key}: {what}"), hint);
        }
    }

    /// That several scenarios of a call are one problem.
    pub(super) fn warn_of_twins(&self, scenarios: &[Scenario]) {
        for Warning { key, what, hint } in
            twins(scenarios.iter().map(|scenario| (scenario.keys.name.as_str(), scenario)))
        {
            self.warning(&format!("{key}: {what}"), &hint);
        }
    }

    /// Something that is no error; on standard error, unless quiet.
    pub(super) fn warning(&self, title: &str, hint: &str) {
        const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
        if self.quiet {
            return;
        }
        self.message(&format!("{YELLOW}warning{YELLOW:#}"), title, "", hint);
    }

    fn message(&self, level: &str, title: &str, explanation: &str, hint: &str) {
        let mut text = format!("{level}: {title}\n");
        for (label, line) in [("note", explanation), ("help", hint)] {
            if !line.is_empty() {
                text.push_str(&format!("  {label}: {line}\n"));
            }
        }
        self.eprint(&text);
    }

    /// A line on standard error, unless quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.eprint(&format!("{text}\n"));
        }
    }

    /// Whether a progress bar has somewhere to be drawn.
    pub(super) fn draws(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Folds a failure of standard output into the outcome.
    pub(super) fn finish(&self, outcome: Exit) -> Exit {
        match self.broken.get() {
            None | Some(ErrorKind::BrokenPipe) => outcome,
            Some(kind) => {
                let failed = self.fail(&Error::new(Kind::Io, format!("cannot write to standard output: {kind}")));
                if outcome == Exit::Done { failed } else { outcome }
            }
        }
    }
}
