//! One colour and one dash for each run, the same in every chart; the colours of Okabe and Ito, which most
//! colour-blind readers tell apart.

use plotly::common::DashType;

/// The baseline is almost black, solid and thick; the yellow of the palette is too pale for lines on white.
const COLORS: [&str; 6] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const BASELINE: &str = "#333333";

/// Parts of the decomposition, in the order of [`crate::compare::Parts`].
pub(super) const PARTS: [&str; 6] = ["#0072B2", "#CC79A7", "#009E73", "#D55E00", "#E69F00", "#56B4E9"];

/// How a run's lines look.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// Colour, as HTML spells it.
    pub color: &'static str,
    /// Dash.
    pub dash: DashType,
    /// The same dash in SVG.
    pub dashes: &'static str,
    /// Width, pixels.
    pub width: f64,
}

impl Look {
    /// The look of the run `index` of a comparison.
    pub fn of(index: usize, baseline: usize) -> Self {
        if index == baseline {
            return Self { color: BASELINE, dash: DashType::Solid, dashes: "none", width: 5.0 };
        }
        let place = if index > baseline { index - 1 } else { index };
        // Seven dashes would be too many to tell apart; with six colours and five dashes, 30 runs differ in one or both.
        let (dash, dashes) = match place % 5 {
            0 => (DashType::Solid, "none"),
            1 => (DashType::Dash, "9 5"),
            2 => (DashType::DashDot, "9 4 3 4"),
            3 => (DashType::Dot, "3 3"),
            _ => (DashType::LongDash, "14 5"),
        };
        Self { color: COLORS[place % COLORS.len()], dash, dashes, width: 2.5 }
    }

    /// A short piece of the line, for legends.
    pub fn swatch(&self) -> String {
        format!(
            "<svg class=\"swatch\" width=\"34\" height=\"10\" aria-hidden=\"true\"><line x1=\"1\" x2=\"33\" y1=\"5\" y2=\"5\" \
             stroke=\"{}\" stroke-width=\"{}\" stroke-dasharray=\"{}\"/></svg>",
            self.color, self.width, self.dashes
        )
    }
}

/// A square of the colour of a part, for the legend of the decomposition.
pub(super) fn square(color: &str) -> String {
    format!(
        "<svg class=\"swatch\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect width=\"14\" height=\"14\" fill=\"{color}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn thirty_one_runs_look_different() {
        let looks: BTreeSet<String> = (0..31).map(|index| Look::of(index, 3).swatch()).collect();
        assert_eq!(looks.len(), 31);
    }
}
