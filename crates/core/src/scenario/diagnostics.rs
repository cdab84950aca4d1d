//! What is wrong with a scenario: where, which key, what is allowed, and a hint. Collected, so that several
//! mistakes are reported together.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The most mistakes of one scenario that are shown; the rest are counted.
const SHOWN: usize = 30;
/// The most characters of a user's text that a title repeats.
const CLIPPED: usize = 60;

/// A text that keys and values come from: a file, standard input, or a `--set`.
#[derive(Debug, Clone)]
pub struct Source {
    /// How it is named in messages: the path as the user wrote it, relative to where it was named.
    pub label: String,
    /// Its text.
    pub text: String,
    /// The folder from which the paths in it start; the working directory where it is empty.
    pub folder: PathBuf,
}

/// A place in a [`Source`]: its index in [`Sources`] and a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// Index of the source.
    pub source: usize,
    /// Bytes of its text.
    pub span: Range<usize>,
}

/// All texts that one scenario is made of.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text; returns its index.
    pub fn add(&mut self, label: impl Into<String>, text: impl Into<String>) -> usize {
        self.0.push(Source { label: label.into(), text: text.into(), folder: PathBuf::new() });
        self.0.len() - 1
    }

    /// Says from which folder the paths in a text start.
    pub fn place(&mut self, source: usize, folder: &Path) {
        if let Some(source) = self.0.get_mut(source) {
            source.folder = folder.to_owned();
        }
    }

    /// The folder from which a path written at a place starts.
    pub fn folder(&self, at: &At) -> &Path {
        self.0.get(at.source).map_or(Path::new(""), |source| &source.folder)
    }

    /// Number of texts.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Forgets all texts but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// The whole text of a source.
    pub fn text(&self, source: usize) -> &str {
        self.0.get(source).map_or("", |source| source.text.as_str())
    }

    /// The text at a place, as written.
    pub fn excerpt(&self, at: &At) -> &str {
        self.0.get(at.source).and_then(|source| source.text.get(at.span.clone())).unwrap_or("")
    }

    /// How the source of a place is named.
    pub fn label(&self, at: &At) -> &str {
        self.0.get(at.source).map_or("", |source| source.label.as_str())
    }

    /// `file:line:column`.
    pub fn position(&self, at: &At) -> String {
        let Some(source) = self.0.get(at.source) else { return String::new() };
        let before = source.text.get(..at.span.start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!("{}:{line}:{column}", source.label)
    }
}

/// One mistake, or one warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where; `None` where no text is at fault (a file that cannot be read).
    pub at: Option<At>,
    /// What is wrong, naming the key.
    pub title: String,
    /// What is allowed.
    pub allowed: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(at: At, title: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { at: Some(at), title: title.into(), allowed: allowed.into(), hint: None }
    }

    /// A mistake that no text shows.
    pub fn bare(title: impl Into<String>) -> Self {
        Self { at: None, title: title.into(), allowed: String::new(), hint: None }
    }

    /// With what is allowed.
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = allowed.into();
        self
    }

    /// With a remedy.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The mistakes of one scenario with the texts they point into.
#[derive(Debug, Clone)]
pub struct Report {
    /// The texts.
    pub sources: Sources,
    /// File by file, each from top to bottom; never empty.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// The mistakes found, put in order.
    pub fn new(sources: Sources, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by_key(|diagnostic| diagnostic.at.as_ref().map(|at| (at.source, at.span.start)));
        Self { sources, diagnostics }
    }

    /// The report as text, errors first to last; of very many, the first.
    pub fn render(&self, colour: bool) -> String {
        let shown = self.diagnostics.iter().take(SHOWN);
        let mut rendered: Vec<_> = shown.map(|d| render(&self.sources, d, &Level::ERROR, colour)).collect();
        if self.diagnostics.len() > SHOWN {
            rendered.push(format!("… and {} more", self.diagnostics.len() - SHOWN));
        }
        rendered.join("\n\n")
    }
}

/// Its mistakes as text, without colour.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

/// One diagnostic as text.
pub fn render(sources: &Sources, diagnostic: &Diagnostic, level: &Level<'_>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let title = level.clone().primary_title(diagnostic.title.as_str());
    let mut group = Group::with_title(title);
    if let Some((at, source)) = diagnostic.at.as_ref().and_then(|at| Some((at, sources.0.get(at.source)?))) {
        // An empty span at the very end would fall outside the text.
        let end = at.span.end.min(source.text.len());
        let span = at.span.start.min(end)..end;
        let mark = AnnotationKind::Primary.span(span);
        let mark = if diagnostic.allowed.is_empty() { mark } else { mark.label(diagnostic.allowed.as_str()) };
        group = group.element(Snippet::source(source.text.as_str()).path(source.label.as_str()).annotation(mark));
    } else if !diagnostic.allowed.is_empty() {
        group = group.element(Level::NOTE.message(diagnostic.allowed.as_str()));
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer.render(&[group]).to_string()
}

/// An operating system's message without its error number.
pub fn os_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// The candidate nearest to what was typed, if any is near.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&typed, &candidate.to_lowercase());
    let near = candidates.into_iter().map(|candidate| (distance(candidate), candidate)).min_by_key(|(d, _)| *d)?;
    (near.0 <= (typed.chars().count() / 3).max(1)).then_some(near.1)
}

/// "did you mean" for a hint.
pub fn did_you_mean<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// What a user wrote, fit for a title: one line, no control characters, not too long.
pub fn clip(text: &str) -> String {
    let plain = |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
    let shown: String = text.chars().take(CLIPPED).map(plain).collect();
    if text.chars().nth(CLIPPED).is_some() { format!("{shown}…") } else { shown }
}

/// A number for a message: no more than `digits` significant ones, and an exponent where it would be long.
pub fn brief(value: f64, digits: usize) -> String {
    let rounded = format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value);
    let short = rounded == 0.0 || (1e-4..1e9).contains(&f64::abs(rounded));
    if short { format!("{rounded}") } else { format!("{rounded:e}") }
}
