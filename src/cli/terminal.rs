//! Standard output for data, standard error for everything else. A pipe closed by the reader is no error of ours;
//! any other failure to write is.

use super::{Colour, Exit};
use crate::scenario::diagnostics::{Diagnostic, Report, Sources, render};
use annotate_snippets::Level;
use anstream::ColorChoice;
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

    /// The mistakes of a scenario.
    pub(super) fn report(&self, report: &Report) {
        self.eprint(&format!("{}\n\n", report.render(self.colours_errors())));
    }

    /// An error that no scenario text shows.
    pub(super) fn error(&self, title: &str, explanation: Option<&str>, hint: &str) {
        let diagnostic = Diagnostic { allowed: explanation.unwrap_or("").to_owned(), ..Diagnostic::bare(title) };
        let diagnostic = if hint.is_empty() { diagnostic } else { diagnostic.hint(hint) };
        self.eprint(&format!("{}\n", render(&Sources::default(), &diagnostic, &Level::ERROR, self.colours_errors())));
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
                self.error(&format!("cannot write to standard output: {kind}"), None, "");
                if outcome == Exit::Done { Exit::Failed } else { outcome }
            }
        }
    }
}
