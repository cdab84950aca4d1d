//! SVG → the tree that PNG and PDF are made of, with the font that ships with the program.

use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// The picture with its letters placed.
///
/// # Errors
/// Where `svg` is no SVG.
pub(super) fn tree(svg: &str) -> Result<Tree, String> {
    let mut options = Options { font_family: "Noto Sans".to_owned(), ..Options::default() };
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    fonts.set_sans_serif_family("Noto Sans");
    Tree::from_str(svg, &options).map_err(|error| error.to_string())
}
