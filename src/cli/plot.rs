//! `catchup plot DIR|FILE…`: pictures from tables that stand; nothing is simulated.

use super::pictures::Looks;
use super::{Exit, Terminal};
use crate::draw;
use crate::error::Error;
use crate::plot::{self, Format, Options, Picture, What};
use crate::record;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use indicatif::HumanCount;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of a run, a comparison, a sweep, a search for the best policy or of flips, or a table of one of the first three
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,

    /// Format of the pictures [default: that of a file named by --out, or svg]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// Folder for the pictures, or the file of one [default: the folder of the data]
    #[arg(long, value_name = "DIR|FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    looks: Looks,

    /// What to show; several with commas. Without it, the gap, what suits a table that is named, or what suits a sweep
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = kinds())]
    what: Vec<What>,

    /// Of a sweep: the varied key across the picture [default: the one that matters most]
    #[arg(long, value_name = "KEY")]
    x: Option<String>,

    /// Of a sweep: the varied key up the heat map. Or `share`: P's income in % of R's, in place of the gap
    #[arg(long, value_name = "KEY|share")]
    y: Option<String>,

    /// Of a sweep: the measure to draw, such as final_gap; of heat and shares also outcome or verdict
    #[arg(long, value_name = "MEASURE")]
    by: Option<String>,

    /// Of a sweep: the variant to draw; several with commas. Without it, all
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    variant: Vec<String>,
}

fn kinds() -> impl TypedValueParser<Value = What> {
    let names = What::all().map(|what| PossibleValue::new(what.name()).help(what.about()));
    PossibleValuesParser::new(names)
        .map(|name| What::all().find(|what| what.name() == name).unwrap_or(What::Path(draw::What::Gap)))
}

impl Args {
    /// The file named by `--out`, and its format.
    fn file(&self) -> Option<(&Path, Format)> {
        let path = self.out.as_deref().filter(|path| !path.is_dir())?;
        let extension = path.extension()?.to_str()?;
        Format::ALL.into_iter().find(|format| format.name() == extension).map(|format| (path, format))
    }

    /// Where each picture goes, and in which format; one that is asked for twice goes once.
    fn targets(&self, pictures: Vec<Picture>) -> Result<Vec<(PathBuf, Format, Picture)>, Error> {
        let file = self.file();
        if let (Some((path, format)), Some(other)) = (file, self.format)
            && format != other
        {
            let title = format!("--out {} is no name for --format {}", path.display(), other.name());
            return Err(Error::invalid(title).hint("leave --format out, or give the file the extension of the format"));
        }
        let format = self.format.or(file.map(|(_, format)| format)).unwrap_or(Format::Svg);
        let mut targets: Vec<(PathBuf, Format, Picture)> = Vec::new();
        for picture in pictures {
            let name = format!("{}{}.{}", picture.stem, self.looks.suffix(), format.name());
            let path = match (&self.out, file) {
                (_, Some((path, _))) => path.to_owned(),
                // Pictures of several folders in one are told apart by the folders they show.
                (Some(folder), None) if self.paths.len() > 1 => folder.join(format!("{}-{name}", picture.name)),
                (Some(folder), None) => folder.join(name),
                (None, None) => picture.folder.join(name),
            };
            match targets.iter().find(|(known, ..)| *known == path) {
                Some((.., same)) if *same == picture => {}
                Some((.., other)) => {
                    let title = format!("two pictures would be {}", path.display());
                    let which = |picture: &Picture| format!("{} of {}", picture.what.name(), picture.folder.display());
                    let note = format!("{} and {}", which(other), which(&picture));
                    return Err(Error::invalid(title)
                        .note(note)
                        .hint("draw them one after the other, each with its own --out"));
                }
                None => targets.push((path, format, picture)),
            }
        }
        Ok(targets)
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Error> {
    let options = Options { x: args.x.clone(), y: args.y.clone(), by: args.by.clone(), variants: args.variant.clone() };
    let mut pictures = Vec::new();
    let mut mistakes = Vec::new();
    for path in &args.paths {
        match plot::load(path, &args.what, &options) {
            Ok(drawn) => {
                if let Some((runs, of)) = drawn.first().and_then(|picture: &Picture| picture.partial) {
                    let runs = format!("{} of {} runs", HumanCount(runs), HumanCount(of));
                    terminal.note(&format!("{} is a sweep under way: drawn of {runs}", path.display()));
                }
                pictures.extend(drawn);
            }
            Err(errors) => mistakes.extend(errors),
        }
    }
    if !mistakes.is_empty() {
        return Err(Error::several(mistakes, "no picture was drawn"));
    }
    let look = args.looks.look();
    let targets = args.targets(pictures)?;
    if let (Some(folder), None) = (&args.out, args.file()) {
        let failed = |error| Error::io(format_args!("create {}", folder.display()), error, "no picture was drawn");
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    for (file, format, picture) in targets {
        let failed = |error| Error::failed(format!("cannot draw {}: {error}", file.display()));
        record::replace(&file, &picture.draw(format, &look).map_err(failed)?)?;
        if let (true, Some(name)) = (file.parent() == Some(picture.folder.as_path()), file.file_name()) {
            record::note(&picture.folder, &[name.to_string_lossy().into_owned()])?;
        }
        if terminal.json {
            let line = json!({ "file": file, "what": picture.what.name(), "format": format.name() });
            terminal.print(&format!("{line}\n"));
        } else if !terminal.quiet {
            terminal.print(&format!("{}\n", file.display()));
        }
    }
    Ok(Exit::Done)
}
