//! `catchup plot DIR|FILE…`: pictures from tables that stand; nothing is simulated.

use super::{Exit, Terminal};
use crate::draw;
use crate::error::Error;
use crate::plot::{self, Format, Options, What};
use crate::record;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of a run, a comparison or a sweep, or one of its tables
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,

    /// Format of the picture
    #[arg(long, default_value = "svg", value_name = "FORMAT")]
    format: Format,

    /// What to show; several with commas. Without it, the gap, what suits a table that is named, or all of a sweep
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = kinds())]
    what: Vec<What>,

    /// Of a sweep: the varied key across the heat map
    #[arg(long, value_name = "KEY")]
    x: Option<String>,

    /// Of a sweep: the varied key up the heat map
    #[arg(long, value_name = "KEY")]
    y: Option<String>,

    /// Of a sweep: the measure to draw, such as final_gap; of the heat map also verdict
    #[arg(long, value_name = "MEASURE")]
    by: Option<String>,

    /// Of a sweep: the variant to draw; several with commas. Without it, all
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    variant: Vec<String>,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

fn kinds() -> impl TypedValueParser<Value = What> {
    let names = What::all().map(|what| PossibleValue::new(what.name()).help(what.about()));
    PossibleValuesParser::new(names)
        .map(|name| What::all().find(|what| what.name() == name).unwrap_or(What::Path(draw::What::Gap)))
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let options = Options { x: args.x.clone(), y: args.y.clone(), by: args.by.clone(), variants: args.variant.clone() };
    let mut pictures = Vec::new();
    let mut mistakes = Vec::new();
    for path in &args.paths {
        match plot::load(path, &args.what, &options) {
            Ok(drawn) => pictures.extend(drawn.into_iter().map(|picture| (path, picture))),
            Err(errors) => mistakes.extend(errors),
        }
    }
    if !mistakes.is_empty() {
        return Err(Error::several(mistakes, "no picture was drawn"));
    }
    for (path, picture) in pictures {
        let name = picture.file_name(args.format);
        let bytes = picture
            .draw(args.format)
            .map_err(|error| Error::failed(format!("cannot draw {name} of {}: {error}", path.display())))?;
        let file = picture.folder.join(&name);
        record::replace(&file, &bytes)?;
        if terminal.json {
            let line = json!({ "file": file, "what": picture.what.name(), "format": args.format.name() });
            terminal.print(&format!("{line}\n"));
        } else if !terminal.quiet {
            terminal.print(&format!("{}\n", file.display()));
        }
    }
    Ok(Exit::Done)
}
