//! SVG → PNG.

use super::font::tree;
use resvg::tiny_skia::{Pixmap, Transform};

/// Pixels of a PNG for each of its SVG: 288 to the inch.
pub const SCALE: u16 = 3;

/// The picture in pixels.
///
/// # Errors
/// Where `svg` is no SVG, or too large.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size().scale_by(f32::from(SCALE)).ok_or("the picture has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture is too large")?;
    let scale = f32::from(SCALE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
