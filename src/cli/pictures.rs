//! How pictures look and in which formats they are written: the same options for every command that draws.

use crate::draw::Look;
use crate::error::Error;
use crate::plot::{Format, converted};
use clap::builder::PossibleValue;

/// A look that differs from the usual one.
#[derive(Debug, clap::Args)]
pub(super) struct Looks {
    /// Width on paper or screen, such as a journal's column: 84mm, 8.4cm, 3.3in, 240pt or 320px [default: 760px]
    #[arg(long, value_name = "LENGTH", value_parser = width)]
    width: Option<Width>,

    /// Greys, dashes and hatchings in place of colours
    #[arg(long)]
    grey: bool,

    /// Leave the title out: it stands in the caption
    #[arg(long)]
    no_title: bool,
}

/// A look, and formats: of a command whose pictures come with its tables.
#[derive(Debug, clap::Args)]
pub(super) struct Drawn {
    /// Format of the pictures; several with commas [default: svg]
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    format: Vec<Format>,

    #[command(flatten)]
    looks: Looks,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// A width as it was typed, and in CSS pixels.
#[derive(Debug, Clone, PartialEq)]
struct Width {
    typed: String,
    pixels: f64,
}

fn width(typed: &str) -> Result<Width, String> {
    let typed = typed.trim();
    let split = typed.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(typed.len());
    let (number, unit) = typed.split_at(split);
    let unit = match unit {
        "mm" => 96.0 / 25.4,
        "cm" => 96.0 / 2.54,
        "in" => 96.0,
        "pt" => 96.0 / 72.0,
        "px" | "" => 1.0,
        _ => return Err("expected a length such as 84mm, 8.4cm, 3.3in, 240pt or 320px".to_owned()),
    };
    let [narrowest, widest] = Look::WIDTHS;
    match number.trim().parse::<f64>().map(|number| number * unit) {
        Ok(pixels) if (narrowest..=widest).contains(&pixels) => Ok(Width { typed: typed.replace(' ', ""), pixels }),
        Ok(_) => Err("expected a width from 5cm to 2m".to_owned()),
        Err(_) => Err("expected a length such as 84mm, 8.4cm, 3.3in, 240pt or 320px".to_owned()),
    }
}

impl Looks {
    pub(super) fn look(&self) -> Look {
        let usual = Look::default();
        let width = self.width.as_ref().map_or(usual.width, |width| width.pixels);
        Look { width, grey: self.grey, title: !self.no_title, ..usual }
    }

    /// What a look that nobody records adds to the name of a file: the picture that came with a run stays what it is.
    pub(super) fn suffix(&self) -> String {
        let width = self.width.as_ref().map(|width| width.typed.as_str());
        let parts = [width, self.grey.then_some("grey"), self.no_title.then_some("untitled")];
        parts.into_iter().flatten().map(|part| format!("-{part}")).collect()
    }
}

impl Drawn {
    pub(super) fn look(&self) -> Look {
        self.looks.look()
    }

    /// Refuses to be given where nothing is drawn.
    ///
    /// # Errors
    /// Where `no_plot` goes with one of them.
    pub(super) fn but_not(&self, no_plot: bool) -> Result<(), Error> {
        let Looks { width, grey, no_title } = &self.looks;
        if no_plot && (!self.format.is_empty() || width.is_some() || *grey || *no_title) {
            let title = "--no-plot does not go with --format, --width, --grey and --no-title";
            return Err(Error::invalid(title).hint("leave it out, or the others"));
        }
        Ok(())
    }

    /// The files of the picture `svg`, `stem` being their name without extension: each format once. `of` is what it is of.
    ///
    /// # Errors
    /// Where it cannot be turned into a format.
    pub(super) fn files(&self, stem: &str, svg: &str, of: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let formats = if self.format.is_empty() { &[Format::Svg][..] } else { &self.format };
        for format in formats {
            let file = format!("{stem}.{}", format.name());
            if files.iter().all(|(other, _)| *other != file) {
                let picture = converted(svg, *format, &format!("{of}: {stem}"));
                files.push((file, picture.map_err(|error| Error::failed(format!("cannot draw {stem}: {error}")))?));
            }
        }
        Ok(files)
    }
}
