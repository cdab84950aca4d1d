//! Tables of a run, a comparison or a sweep → a picture, as SVG or PNG. Nothing is simulated here.
//!
//! [`load`] reads the files ([`data`] is what they hold), [`Picture::draw`] chooses lines and marks ([`figure`]) and
//! writes SVG; PNG is made from that SVG with a font that ships with the program, so that no machine's fonts matter.

pub mod axis;
mod canvas;
pub mod data;
pub mod figure;
mod layout;
mod panel;
mod pictures;
mod png;
mod read;
mod svg;
mod sweep;
mod text;

pub use png::{SCALE, png};
pub use svg::WIDTH;

use crate::error::{Error, Kind};
use crate::summary::Summary;
use crate::trajectory::Trajectory;
use data::{Comparison, Run};
use figure::Figure;
use std::io;
use std::path::{Path, PathBuf};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The income gap.
    Gap,
    /// The wage in P against what leaving the cluster would pay.
    Wage,
    /// Relative productivity of every sector.
    Z,
    /// Growth of real incomes.
    Growth,
    /// How far the cluster is from collapse.
    Margin,
    /// What moved the gap, stacked.
    Decomposition,
    /// Two varied keys of a sweep, by verdict or measure.
    Heat,
    /// Cumulative shares of a measure over a sweep's draws.
    Ecdf,
    /// A measure's distribution over a sweep's draws.
    Histogram,
}

impl What {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Gap,
        Self::Wage,
        Self::Z,
        Self::Growth,
        Self::Margin,
        Self::Decomposition,
        Self::Heat,
        Self::Ecdf,
        Self::Histogram,
    ];

    /// Spelling on the command line and of the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Wage => "wage",
            Self::Z => "z",
            Self::Growth => "growth",
            Self::Margin => "margin",
            Self::Decomposition => "decomposition",
            Self::Heat => "heat",
            Self::Ecdf => "ecdf",
            Self::Histogram => "histogram",
        }
    }

    /// Whether it is drawn from a sweep, not from a run or a comparison.
    pub fn of_sweep(self) -> bool {
        matches!(self, Self::Heat | Self::Ecdf | Self::Histogram)
    }
}

/// Formats of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Scalable, with text as text.
    Svg,
    /// Pixels, [`SCALE`] for each of the SVG's.
    Png,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Svg, Self::Png];

    /// Spelling on the command line, and extension of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// What was asked for cannot be drawn: what is wrong with which file, what was expected, and what to do.
fn unfit(title: String, expected: String, hint: &str) -> Error {
    Error::invalid(title).note(expected).hint(hint)
}

/// A file cannot be read: it is not there, or the operating system refuses.
fn unreadable(path: &Path, error: io::Error) -> Error {
    let expected = "expected a folder of a run, a comparison or a sweep, or one of its tables";
    let there_is_none = error.kind() == io::ErrorKind::NotFound;
    let mut unreadable = Error::io(format_args!("read {}", path.display()), error, expected);
    unreadable.kind = if there_is_none { Kind::Invalid } else { Kind::Io };
    unreadable
}

/// What a picture is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One run.
    Run(Box<Run>),
    /// Runs side by side.
    Comparison(Comparison),
}

/// A picture yet to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub what: What,
    /// Folder of the data.
    pub folder: PathBuf,
    /// Name of its file without extension.
    pub stem: String,
    /// What is on it.
    drawing: Drawing,
}

/// What is on a picture, in the data's units.
#[derive(Debug, Clone, PartialEq)]
enum Drawing {
    /// Lines, areas and bars over one x axis.
    Lines(Box<Figure>),
    /// Cells over two varied keys.
    Heat(Box<sweep::HeatMap>),
}

/// What to show of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Key across a heat map.
    pub x: Option<String>,
    /// Key up a heat map.
    pub y: Option<String>,
    /// `verdict` (of a heat map) or the measure to draw.
    pub by: Option<String>,
    /// Variants; all of them where empty.
    pub variants: Vec<String>,
}

/// Reads a folder or a table and lays out the pictures of `what`; where that is empty, those that suit the file.
///
/// # Errors
/// Where a file is missing, not ours, or not whole, or cannot show what is asked for: one error per picture.
pub fn load(path: &Path, what: &[What], options: &Options) -> Result<Vec<Picture>, Vec<Error>> {
    if let Some(found) = sweep::find(path).map_err(|error| vec![error])? {
        let drawn = found.load(what, options).map_err(|error| vec![error])?;
        let picture = |(what, stem, drawn)| {
            let drawing = match drawn {
                sweep::Drawn::Heat(map) => Drawing::Heat(map),
                sweep::Drawn::Spread(figure) => Drawing::Lines(figure),
            };
            Picture { what, folder: found.folder.clone(), stem, drawing }
        };
        return Ok(drawn.into_iter().map(picture).collect());
    }
    let wanted: Vec<Option<What>> = if what.is_empty() { vec![None] } else { what.iter().copied().map(Some).collect() };
    let (mut pictures, mut errors) = (Vec::new(), Vec::new());
    for what in wanted {
        match read::load(path, what) {
            Ok((source, folder, what)) => {
                let drawing = Drawing::Lines(Box::new(pictures::figure(&source, what)));
                pictures.push(Picture { what, folder, stem: what.name().to_owned(), drawing });
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() && *options != Options::default() {
        errors.push(unfit(
            format!("{} is no sweep: --x, --y, --by and --variant say nothing about it", path.display()),
            "they choose what is drawn of a sweep".to_owned(),
            "leave them out",
        ));
    }
    if errors.is_empty() { Ok(pictures) } else { Err(errors) }
}

impl Picture {
    /// Name of its file.
    pub fn file_name(&self, format: Format) -> String {
        format!("{}.{}", self.stem, format.name())
    }

    /// Its bytes.
    ///
    /// # Errors
    /// Where an SVG cannot be turned into pixels.
    pub fn draw(&self, format: Format) -> Result<Vec<u8>, String> {
        let svg = match &self.drawing {
            Drawing::Lines(figure) => svg::render(figure),
            Drawing::Heat(map) => sweep::render(map),
        };
        match format {
            Format::Svg => Ok(svg.into_bytes()),
            Format::Png => png(&svg),
        }
    }
}

/// `gap.svg` of a run in memory: the bytes that [`load`] and [`Picture::draw`] give for its folder.
pub fn gap(trajectory: &Trajectory, summary: &Summary) -> String {
    let run = Source::Run(Box::new(Run::of(trajectory, summary)));
    svg::render(&pictures::figure(&run, What::Gap))
}

/// The pictures of a comparison in memory, by name of file: the bytes that [`load`] and [`Picture::draw`] give for its
/// folder.
pub fn of_comparison(comparison: Comparison) -> Vec<(String, String)> {
    let source = Source::Comparison(comparison);
    let kinds = What::ALL.into_iter().filter(|what| *what != What::Z && !what.of_sweep());
    kinds.map(|what| (format!("{}.svg", what.name()), svg::render(&pictures::figure(&source, what)))).collect()
}
