//! Tables of a run, a comparison or a sweep → a picture, as SVG, PNG or PDF. Nothing is simulated here.
//!
//! [`load`] reads the files and chooses the pictures, [`Picture::draw`] draws them with [`crate::draw`]; PNG and PDF are made from the
//! SVG with a font that ships with the program, so that no machine's fonts matter.

mod answers;
mod font;
mod optimum;
mod pdf;
mod png;
mod read;
mod sweep;

pub use optimum::{of_optimum, of_robust};
pub use png::{SCALE, png};

use crate::draw::figure::Figure;
use crate::draw::flips::Flips;
use crate::draw::{self, Look, svg};
use crate::error::{Error, Kind};
use std::io;
use std::path::{Path, PathBuf};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Of a run or a comparison.
    Path(draw::What),
    /// Two varied keys of a sweep, by outcome, verdict or measure.
    Heat,
    /// A measure against one varied key of a sweep.
    Profile,
    /// Shares of outcomes or verdicts along one varied key of a sweep.
    Shares,
    /// The trajectories that a sweep keeps: their median, and bands that hold most of them.
    Fan,
    /// Cumulative shares of a measure over a sweep's draws.
    Ecdf,
    /// A measure's distribution over a sweep's draws.
    Histogram,
    /// What it is worth to promote each sector from when to when.
    Optimum,
    /// What money buys.
    Front,
    /// What it is worth on average over states of the world to promote each sector from when to when.
    Robust,
    /// Where along each key a condition holds.
    Flip,
}

impl What {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        draw::What::ALL.into_iter().map(Self::Path).chain([
            Self::Heat,
            Self::Profile,
            Self::Shares,
            Self::Fan,
            Self::Ecdf,
            Self::Histogram,
            Self::Optimum,
            Self::Front,
            Self::Robust,
            Self::Flip,
        ])
    }

    /// Spelling on the command line and of the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path(what) => what.name(),
            Self::Heat => "heat",
            Self::Profile => "profile",
            Self::Shares => "shares",
            Self::Fan => "fan",
            Self::Ecdf => "ecdf",
            Self::Histogram => "histogram",
            Self::Optimum => "optimum",
            Self::Front => "front",
            Self::Robust => "robust",
            Self::Flip => "flip",
        }
    }

    /// What it shows, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Path(what) => what.meaning(),
            Self::Heat => "Two varied keys by outcome, verdict or measure (of a sweep)",
            Self::Profile => "A measure along one varied key: its mean, and where most draws lie (of a sweep)",
            Self::Shares => "Shares of outcomes or verdicts along one varied key (of a sweep)",
            Self::Fan => "Kept trajectories: their median, and bands that hold most of them (of a sweep)",
            Self::Ecdf => "Cumulative shares of a measure (of a sweep)",
            Self::Histogram => "Distribution of a measure (of a sweep)",
            Self::Optimum => "What a promotion is worth by when it begins and ends (of a search for the best policy)",
            Self::Front => "What money buys (of a search for the best policy)",
            Self::Robust => "What a promotion is worth on average (of a search over states of the world)",
            Self::Flip => "Where along each key a condition holds (of flips)",
        }
    }
}

/// Formats of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Scalable, with text as text.
    Svg,
    /// Pixels, [`SCALE`] for each of the SVG's.
    Png,
    /// Scalable, for LaTeX, with letters as outlines.
    Pdf,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::Pdf];

    /// Spelling on the command line, and extension of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
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

/// A picture yet to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub what: What,
    /// Folder of the data.
    pub folder: PathBuf,
    /// What it is of: the name of a run, a comparison or a sweep.
    pub name: String,
    /// Name of its file without extension.
    pub stem: String,
    /// Of how many runs it is, and of how many there will be, where it is of a sweep under way.
    pub partial: Option<(u64, u64)>,
    /// What is on it.
    drawing: Drawing,
}

/// What is on a picture, in the data's units.
#[derive(Debug, Clone, PartialEq)]
enum Drawing {
    /// Lines, areas and bars over one x axis.
    Lines(Box<Figure>),
    /// Cells over two varied keys, or over dates.
    Heat(Box<sweep::HeatMap>),
    /// Bars over keys.
    Flips(Box<Flips>),
}

/// What to show, beyond the kind of picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Of a sweep: the key across a picture.
    pub x: Option<String>,
    /// Of a sweep: the key up a heat map. `share` for P's income in % of R's in place of the gap.
    pub y: Option<String>,
    /// Of a sweep: `outcome` or `verdict`, where there are shares of them, or the measure to draw.
    pub by: Option<String>,
    /// Of a sweep: variants; all of them where empty.
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
                sweep::Drawn::Lines(figure) => Drawing::Lines(figure),
            };
            Picture { what, folder: found.folder.clone(), name: found.name(), stem, partial: found.partial(), drawing }
        };
        return Ok(drawn.into_iter().map(picture).collect());
    }
    if let Some(found) = answers::find(path).map_err(|error| vec![error])? {
        let pictures = found.load(what).map_err(|error| vec![error])?;
        if *options == Options::default() {
            return Ok(pictures);
        }
        return Err(vec![no_sweep(path)]);
    }
    let share = options.y.as_deref() == Some(draw::What::Share.name());
    let (mut pictures, mut errors) = (Vec::new(), Vec::new());
    let mut wanted = Vec::new();
    for what in what {
        match what {
            What::Path(draw::What::Gap | draw::What::Share) if share => wanted.push(Some(draw::What::Share)),
            what if share => errors.push(no_gap(*what)),
            What::Path(what) => wanted.push(Some(*what)),
            of_sweep => errors.push(unfit(
                format!("{} is no sweep: it has no picture \"{}\"", path.display(), of_sweep.name()),
                "heat, profile, shares, fan, ecdf and histogram are drawn from the folder of a sweep".to_owned(),
                "catchup sweep FILE, then plot the folder that it writes",
            )),
        }
    }
    if what.is_empty() {
        wanted.push(share.then_some(draw::What::Share));
    }
    for what in wanted {
        match read::load(path, what) {
            Ok((source, folder, what)) => {
                let drawing = Drawing::Lines(Box::new(draw::figure(&source, what)));
                let name = source.name().to_owned();
                let (stem, what) = (what.name().to_owned(), What::Path(what));
                pictures.push(Picture { what, folder, name, stem, partial: None, drawing });
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() && *options != (Options { y: options.y.clone().filter(|_| share), ..Options::default() }) {
        errors.push(no_sweep(path));
    }
    if errors.is_empty() { Ok(pictures) } else { Err(errors) }
}

/// Of a picture that shows no gap, `--y share` says nothing.
fn no_gap(what: What) -> Error {
    unfit(
        format!("--y share says nothing about --what {}", what.name()),
        "it draws P’s income in % of R’s in place of the gap: in the pictures gap and fan".to_owned(),
        "leave it out, or draw the others without it",
    )
}

fn no_sweep(path: &Path) -> Error {
    unfit(
        format!("{} is no sweep: --x, --y, --by and --variant say nothing about it", path.display()),
        "they choose what is drawn of a sweep; of a run or a comparison there is --y share".to_owned(),
        "leave them out",
    )
}

impl Picture {
    /// Its bytes.
    ///
    /// # Errors
    /// Where an SVG cannot be turned into the format.
    pub fn draw(&self, format: Format, look: &Look) -> Result<Vec<u8>, String> {
        let svg = match &self.drawing {
            Drawing::Lines(figure) => svg::render(figure, look),
            Drawing::Heat(map) => sweep::render(map, look),
            Drawing::Flips(flips) => draw::flips::render(flips, look),
        };
        converted(&svg, format, &format!("{}: {}", self.name, self.what.name()))
    }
}

/// An SVG of ours in some format; `title` is a PDF's.
///
/// # Errors
/// Where it cannot be turned into the format.
pub fn converted(svg: &str, format: Format, title: &str) -> Result<Vec<u8>, String> {
    match format {
        Format::Svg => Ok(svg.as_bytes().to_vec()),
        Format::Png => png(svg),
        Format::Pdf => pdf::pdf(svg, title),
    }
}
