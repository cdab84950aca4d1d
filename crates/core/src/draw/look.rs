//! How a picture looks, apart from what is on it.

use super::colour::Palette;

/// How a picture looks. Lengths are CSS pixels, 1/96 inch.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Width of the picture, [`Self::WIDTHS`].
    pub width: f64,
    /// Greys, dashes and hatchings instead of hues.
    pub grey: bool,
    /// Whether the title is on it.
    pub title: bool,
    /// Put before identifiers; where it is empty, the picture stands alone.
    pub ids: String,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: Self::USUAL, grey: false, title: true, ids: String::new() }
    }
}

impl Look {
    /// The width that nobody asked for.
    pub const USUAL: f64 = 760.0;
    /// Narrowest and widest picture: 5 cm and about two metres.
    pub const WIDTHS: [f64; 2] = [189.0, 7600.0];

    /// Colours and styles.
    pub fn palette(&self) -> Palette {
        Palette { grey: self.grey }
    }

    /// Size of what is not measured in data, 1 at the usual width: a narrow picture has smaller letters, but no tiny ones.
    pub fn scale(&self) -> f64 {
        (self.width / Self::USUAL).sqrt().max(0.84)
    }

    /// Heights of axes, relative to those at the usual width.
    pub(super) fn tall(&self) -> f64 {
        (self.width / Self::USUAL).sqrt().max(0.6)
    }

    /// Size of most text.
    pub fn text(&self) -> f64 {
        11.5 * self.scale()
    }

    /// Size of what only explains.
    pub fn small(&self) -> f64 {
        10.0 * self.scale()
    }

    /// Size of the title.
    pub fn heading(&self) -> f64 {
        15.0 * self.scale()
    }

    /// Around everything.
    pub fn edge(&self) -> f64 {
        (14.0 * self.scale()).min(0.025 * self.width)
    }

    /// Sample of a line before its label.
    pub(super) fn swatch(&self) -> f64 {
        20.0 * self.scale()
    }

    /// Widest line of a label beside the axes.
    pub(super) fn label(&self) -> f64 {
        150.0 * self.scale()
    }

    /// Height of a strip of regimes.
    pub(super) fn strip(&self) -> f64 {
        1.5 * self.small()
    }
}
