//! Colours, dashes and hatchings: of runs, of the parts of a decomposition, of regimes, verdicts and numbers. A run looks the
//! same in every picture, on the page and on the terminal.

use crate::math::powf;
use crate::measure::{Outcome, Verdict};
use std::fmt::Write;

/// Colour of text.
pub const INK: &str = "#222222";
/// Colour of what only explains.
pub const SOFT: &str = "#555555";

/// How a line looks. Colour and dashes differ together, so that either alone tells lines apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// `#rrggbb`.
    pub colour: &'static str,
    /// SVG dash pattern; empty for a solid line.
    pub dash: &'static str,
    /// Width.
    pub width: f64,
}

impl Style {
    /// Red, green and blue, 0 to 255, for those who do not draw in SVG.
    pub fn rgb(&self) -> [u8; 3] {
        [0, 1, 2].map(|k| channel(self.colour, k))
    }
}

/// What a line is; the [`Palette`] says how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pen {
    /// The run that others are measured against.
    Baseline,
    /// The i-th of several, or one that stands alone (0).
    Run(usize),
    /// What belongs to the i-th, but is not its main line.
    Thin(usize),
    /// The sum of a decomposition.
    Total,
}

/// The pens of runs in their order: the baseline's, where it is known, and one of its own for each other run.
pub fn pens(runs: usize, baseline: Option<usize>) -> Vec<Pen> {
    // Beside a baseline, which is solid, no other line is solid before all dashes are used.
    let mut next = usize::from(baseline.is_some());
    let mut pen = |i| {
        if Some(i) == baseline {
            return Pen::Baseline;
        }
        next += 1;
        Pen::Run(next - 1)
    };
    (0..runs).map(&mut pen).collect()
}

/// Lines that look different from each other, the baseline's apart.
pub const MOST_RUNS: usize = HUES.len() * DASHES.len();

/// Okabe and Ito's colours but for black, which is the baseline's, and two of Tol's; the darkest contrasts first.
pub(super) const HUES: [&str; 8] =
    ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#882255", "#E69F00", "#56B4E9", "#999933"];
const GREYS: [&str; 4] = ["#333333", "#777777", "#555555", "#999999"];
const DASHES: [&str; 7] = ["", "9 3", "2 2.5", "9 3 2 3", "5 2.5", "13 3", "9 2.5 2 2.5 2 2.5"];
const BASELINE: Style = Style { colour: "#000000", dash: "", width: 2.4 };

/// What an area, a cell or a band is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fill {
    /// Part of its pattern's identifier.
    pub name: &'static str,
    /// `#rrggbb`, or `none`.
    pub ground: &'static str,
    /// Lines over it in a square of 8, as the `d` of a path; empty for none.
    pub hatch: &'static str,
    /// Attributes of these lines.
    pub ink: &'static str,
}

impl Fill {
    const fn plain(name: &'static str, ground: &'static str) -> Self {
        Self { name, ground, hatch: "", ink: "" }
    }

    const fn hatched(name: &'static str, ground: &'static str, hatch: &'static str, ink: &'static str) -> Self {
        Self { name, ground, hatch, ink }
    }

    /// Value of a `fill` attribute; `ids` is put before identifiers.
    pub fn paint(&self, ids: &str) -> String {
        if self.hatch.is_empty() { self.ground.to_owned() } else { format!("url(#{ids}{})", self.name) }
    }

    /// Appends the pattern that [`Self::paint`] names, if it names one.
    pub fn define(&self, ids: &str, defs: &mut String) {
        if !self.hatch.is_empty() {
            let Self { name, ground, hatch, ink } = self;
            let _ = writeln!(
                defs,
                "<pattern id=\"{ids}{name}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" \
                 height=\"8\" fill=\"{ground}\"/><path d=\"{hatch}\" {ink}/></pattern>"
            );
        }
    }
}

/// A fill in colour and, without, in grey.
#[derive(Debug, Clone, Copy)]
struct Twins([Fill; 2]);

impl Twins {
    const fn plain(name: &'static str, grounds: [&'static str; 2]) -> Self {
        Self::hatched(name, grounds, "", "")
    }

    const fn hatched(
        name: &'static str,
        [colour, grey]: [&'static str; 2],
        hatch: &'static str,
        ink: &'static str,
    ) -> Self {
        Self([Fill::hatched(name, colour, hatch, ink), Fill::hatched(name, grey, hatch, ink)])
    }

    /// With other lines over the grey one: there are fewer greys than hues that can be told apart.
    const fn in_grey(self, hatch: &'static str, ink: &'static str) -> Self {
        let [colour, grey] = self.0;
        Self([colour, Fill { hatch, ink, ..grey }])
    }
}

/// Lines that rise, and the corners of their neighbours.
const RISING: &str = "M0 8L8 0M-2 2L2 -2M6 10L10 6";
const FALLING: &str = "M0 0L8 8M-2 6L2 10M6 -2L10 2";
const UPRIGHT: &str = "M4 0V8";
const LEVEL: &str = "M0 4H8";
const DOTTED: &str = "M1 2H3M5 6H7";
const CROSSED: &str = "M0 0L8 8M0 8L8 0";
const WHITE: &str = "stroke=\"#FFFFFF\" stroke-width=\"1.5\"";

/// Parts of a decomposition, in the order of [`super::data::TERMS`].
const PARTS: [Twins; 6] = [
    Twins::plain("part-0", ["#0072B2", "#4D4D4D"]),
    Twins::hatched("part-1", ["#E69F00", "#8C8C8C"], RISING, WHITE),
    Twins::plain("part-2", ["#009E73", "#B8B8B8"]),
    Twins::hatched("part-3", ["#56B4E9", "#6E6E6E"], DOTTED, WHITE),
    Twins::hatched("part-4", ["#CC79A7", "#A0A0A0"], FALLING, WHITE),
    Twins::hatched("part-5", ["#D55E00", "#5E5E5E"], UPRIGHT, WHITE),
];

const HAZE: &str = "stroke=\"#FFFFFF\" stroke-width=\"1.3\" stroke-opacity=\"0.75\"";
/// Verdicts as [`place`] counts them, then runs that failed: from the worst to the best, Brewer's brown to blue-green, which no run
/// has.
const VERDICTS: [Twins; 6] = [
    Twins::hatched("falling-behind", ["#8C510A", "#3A3A3A"], RISING, HAZE),
    Twins::plain("persistent-gap", ["#D8B365", "#6E6E6E"]),
    Twins::hatched("converging", ["#C7EAE5", "#9A9A9A"], "M3 4H5", TINT),
    Twins::plain("converged", ["#35978F", "#C9C9C9"]),
    Twins::hatched("ahead", ["#01665E", "#E6E6E6"], UPRIGHT, HAZE)
        .in_grey(UPRIGHT, "stroke=\"#777777\" stroke-width=\"1.3\""),
    Twins::hatched("failed", ["#8C8C8C", "#8C8C8C"], CROSSED, HAZE),
];

/// Outcomes in the order of [`Outcome::RANKED`], then runs that promote nothing; in the colours of verdicts.
const OUTCOMES: [Twins; 6] = [
    Twins::hatched("collapsed", ["#8C510A", "#3A3A3A"], RISING, HAZE),
    Twins::plain("never-formed", ["#D8B365", "#6E6E6E"]),
    Twins::hatched("replaced", ["#BF812D", "#8C8C8C"], FALLING, HAZE),
    Twins::hatched("subsidised", ["#80CDC1", "#A6A6A6"], "M3 4H5", HAZE),
    Twins::plain("self-sustaining", ["#35978F", "#C9C9C9"]),
    Twins::plain("none-promoted", ["#DDDDDD", "#F0F0F0"]),
];

/// What an area or a cell stands for; the [`Palette`] says how it is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tint {
    /// The i-th part of a sum.
    Part(usize),
    /// Runs with a verdict.
    Verdict(Verdict),
    /// Runs with an outcome.
    Outcome(Outcome),
    /// Runs that promote nothing.
    NonePromoted,
    /// Runs that failed.
    Failed,
}

fn place(verdict: Option<Verdict>) -> usize {
    match verdict {
        Some(Verdict::FallingBehind) => 0,
        Some(Verdict::PersistentGap) => 1,
        Some(Verdict::Converging) => 2,
        Some(Verdict::Converged) => 3,
        Some(Verdict::Ahead) => 4,
        None => 5,
    }
}

const TINT: &str = "stroke=\"#222222\" stroke-width=\"0.8\" stroke-opacity=\"0.4\"";
/// Regions of a plane, which have their names written on them: the hues of runs, paler.
const REGIONS: [Twins; 12] = [
    Twins::plain("region-0", ["#A9CDE6", "#F2F2F2"]),
    Twins::plain("region-1", ["#F3C19F", "#BFBFBF"]),
    Twins::plain("region-2", ["#A5DBC8", "#DADADA"]),
    Twins::plain("region-3", ["#EBD0DF", "#A3A3A3"]),
    Twins::plain("region-4", ["#F6DC9A", "#F2F2F2"]).in_grey(RISING, TINT),
    Twins::plain("region-5", ["#D6B5C6", "#BFBFBF"]).in_grey(FALLING, TINT),
    Twins::plain("region-6", ["#D0EAF8", "#DADADA"]).in_grey(UPRIGHT, TINT),
    Twins::plain("region-7", ["#DCDCB4", "#A3A3A3"]).in_grey(LEVEL, TINT),
    Twins::hatched("region-8", ["#A9CDE6", "#F2F2F2"], RISING, TINT).in_grey(CROSSED, TINT),
    Twins::hatched("region-9", ["#F3C19F", "#BFBFBF"], FALLING, TINT).in_grey(DOTTED, TINT),
    Twins::hatched("region-10", ["#A5DBC8", "#DADADA"], UPRIGHT, TINT).in_grey(CROSSED, TINT),
    Twins::hatched("region-11", ["#F6DC9A", "#A3A3A3"], LEVEL, TINT).in_grey(DOTTED, TINT),
];
/// Where history decides: none of the grounds of one answer.
const HISTORY: Fill = Fill::hatched("history", "#FFFFFF", CROSSED, "stroke=\"#8C8C8C\" stroke-width=\"0.9\"");

/// A cell without a value.
pub const NO_VALUE: Fill = Fill::hatched("no-value", "#F2F2F2", RISING, "stroke=\"#B5B5B5\" stroke-width=\"0.9\"");
/// A cell into which no draw falls.
pub const EMPTY: Fill = Fill::hatched("empty", "#FFFFFF", DOTTED, "stroke=\"#8C8C8C\" stroke-width=\"1\"");
/// Over cells that are worse than the baseline.
pub const WORSE: Fill =
    Fill::hatched("worse", "none", RISING, "stroke=\"#222222\" stroke-width=\"0.7\" stroke-opacity=\"0.5\"");

/// Strips of clusters by sector. Which sector it is, is written on the strip.
const CLUSTER: [Fill; 4] = [
    Fill::plain("cluster-0", "#BDBDBD"),
    Fill::plain("cluster-1", "#D2D2D2"),
    Fill::plain("cluster-2", "#A9A9A9"),
    Fill::plain("cluster-3", "#C8C8C8"),
];
const ISOLATION: Fill = Fill::plain("isolation", "#EDEDED");
const CLOSED: Fill = Fill::hatched("closed", "#E0E0E0", FALLING, WHITE);
const DIVERSIFIED: Fill = Fill::hatched("diversified", "#F2F2F2", LEVEL, "stroke=\"#D0D0D0\" stroke-width=\"1\"");

/// Every fill of a strip, for those who define patterns.
pub fn bands() -> impl Iterator<Item = Fill> {
    CLUSTER.into_iter().chain([ISOLATION, CLOSED, DIVERSIFIED])
}

/// The strip of a regime; `tint` counts sectors.
pub fn band(regime: &str, tint: usize) -> Fill {
    match regime {
        "cluster" => CLUSTER[tint % CLUSTER.len()],
        "isolation" => ISOLATION,
        "closed" => CLOSED,
        _ => DIVERSIFIED,
    }
}

/// The ground of the axes under a regime.
pub fn shade(regime: &str, tint: usize) -> &'static str {
    match regime {
        "cluster" => ["#F0F0F0", "#F6F6F6"][tint % 2],
        "closed" => "#F3F3F3",
        _ => "#FFFFFF",
    }
}

/// What the colours of numbers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramp {
    /// From low to high.
    Size,
    /// From worse over none to better, low numbers being the better ones.
    BetterBelow,
    /// From worse over none to better, high numbers being the better ones.
    BetterAbove,
}

/// Viridis at equal steps.
const VIRIDIS: [&str; 11] = [
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26",
    "#fde725",
];
/// From worse over white to better.
const DIVERGING: [&str; 11] = [
    "#7f2704", "#b03b03", "#e05206", "#f68d3f", "#fdc994", "#f7f7f7", "#c6dcec", "#83b7d8", "#3f8ac0", "#1a5899",
    "#053061",
];
const GREY_SIZE: [&str; 11] = [
    "#1a1a1a", "#2e2e2e", "#434343", "#585858", "#6e6e6e", "#858585", "#9c9c9c", "#b3b3b3", "#cacaca", "#e0e0e0",
    "#f5f5f5",
];
/// Both sides alike: what is worse is hatched.
const GREY_DIVERGING: [&str; 11] = [
    "#4d4d4d", "#707070", "#949494", "#b7b7b7", "#d9d9d9", "#fafafa", "#d9d9d9", "#b7b7b7", "#949494", "#707070",
    "#4d4d4d",
];

fn channel(colour: &str, k: usize) -> u8 {
    u8::from_str_radix(&colour[1 + 2 * k..3 + 2 * k], 16).unwrap_or(0)
}

/// Relative luminance of a colour, 0 to 1, as WCAG 2 defines it.
pub fn luminance(colour: &str) -> f64 {
    let part = |k: usize| {
        let value = f64::from(channel(colour, k)) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { powf((value + 0.055) / 1.055, 2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
}

/// How letters are drawn on a ground: black or white, whichever stands out more.
pub fn ink_on(ground: &str) -> &'static str {
    let light = luminance(ground);
    // Contrast is the ratio of luminances, 0.05 added to each.
    if (light + 0.05) / (luminance(INK) + 0.05) >= 1.05 / (light + 0.05) { INK } else { "#FFFFFF" }
}

/// Where colours come from: hues, or for print without colour greys alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// No hue, but greys, dashes and hatchings.
    pub grey: bool,
}

impl Palette {
    /// How a line looks.
    pub fn line(self, pen: Pen) -> Style {
        let (i, width) = match pen {
            Pen::Baseline | Pen::Total => return BASELINE,
            Pen::Run(i) => (i % MOST_RUNS, 2.0),
            Pen::Thin(i) => (i % MOST_RUNS, 1.4),
        };
        if self.grey {
            // 4 and 7 have no common factor: 28 pairs, then wider ones.
            let wide = i / (GREYS.len() * DASHES.len());
            return Style {
                colour: GREYS[i % GREYS.len()],
                dash: DASHES[i % DASHES.len()],
                width: width * (1.0 + 0.6 * wide as f64),
            };
        }
        Style { colour: HUES[i % HUES.len()], dash: DASHES[(i + i / HUES.len()) % DASHES.len()], width }
    }

    fn twin(self, Twins([colour, grey]): Twins) -> Fill {
        if self.grey { grey } else { colour }
    }

    /// The i-th part of a decomposition.
    pub fn part(self, i: usize) -> Fill {
        self.twin(PARTS[i % PARTS.len()])
    }

    /// Runs with a verdict; runs that failed have none.
    pub fn verdict(self, verdict: Option<Verdict>) -> Fill {
        self.twin(VERDICTS[place(verdict)])
    }

    /// Runs with an outcome; runs that promote nothing have none.
    fn outcome(self, outcome: Option<Outcome>) -> Fill {
        let ranked = |outcome| Outcome::RANKED.iter().position(|other| *other == outcome);
        self.twin(OUTCOMES[outcome.and_then(ranked).unwrap_or(Outcome::RANKED.len())])
    }

    /// What stands for `tint`.
    pub fn fill(self, tint: Tint) -> Fill {
        match tint {
            Tint::Part(part) => self.part(part),
            Tint::Verdict(verdict) => self.verdict(Some(verdict)),
            Tint::Failed => self.verdict(None),
            Tint::Outcome(outcome) => self.outcome(Some(outcome)),
            Tint::NonePromoted => self.outcome(None),
        }
    }

    /// The i-th of several regions of a plane.
    pub fn region(self, i: usize) -> Fill {
        self.twin(REGIONS[i % REGIONS.len()])
    }

    /// A region of a plane in which history decides.
    pub fn history(self) -> Fill {
        HISTORY
    }

    /// Colours along a scale of numbers, from its low end to its high one.
    pub fn stops(self, ramp: Ramp) -> [&'static str; 11] {
        let mut stops = match (ramp, self.grey) {
            (Ramp::Size, false) => VIRIDIS,
            (Ramp::Size, true) => GREY_SIZE,
            (_, false) => DIVERGING,
            (_, true) => GREY_DIVERGING,
        };
        if ramp == Ramp::BetterBelow {
            stops.reverse();
        }
        stops
    }

    /// The colour at `share` of a scale of numbers.
    pub fn number(self, ramp: Ramp, share: f64) -> String {
        let stops = self.stops(ramp);
        let along = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 9")]
        let below = (along.floor() as usize).min(stops.len() - 2);
        let part = along - below as f64;
        let mut text = "#".to_owned();
        for k in 0..3 {
            let [low, high] = [stops[below], stops[below + 1]].map(|stop| f64::from(channel(stop, k)));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let mixed = (low + part * (high - low)).round() as u8;
            let _ = write!(text, "{mixed:02x}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOUR: Palette = Palette { grey: false };
    const GREY: Palette = Palette { grey: true };

    #[test]
    fn lines_differ_from_each_other_and_from_the_baseline() {
        for palette in [COLOUR, GREY] {
            let pens = pens(MOST_RUNS, Some(3));
            assert_eq!(pens[3], Pen::Baseline);
            let looks: Vec<Style> = pens.into_iter().map(|pen| palette.line(pen)).collect();
            for (i, a) in looks.iter().enumerate() {
                assert!(looks[i + 1..].iter().all(|b| a != b), "{i}: {a:?}");
            }
        }
        let near: Vec<Style> = pens(7, Some(0)).into_iter().map(|pen| COLOUR.line(pen)).collect();
        for (i, a) in near.iter().enumerate() {
            assert!(near[i + 1..].iter().all(|b| a.colour != b.colour && a.dash != b.dash), "{i}: {near:?}");
        }
    }

    #[test]
    fn letters_stand_out_from_every_ground() {
        for palette in [COLOUR, GREY] {
            for ramp in [Ramp::Size, Ramp::BetterAbove, Ramp::BetterBelow] {
                for i in 0..=50 {
                    let ground = palette.number(ramp, f64::from(i) / 50.0);
                    let (one, other) = (luminance(&ground), luminance(ink_on(&ground)));
                    let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                    assert!(contrast >= 4.0, "{ground}: {contrast}");
                }
            }
        }
    }

    #[test]
    fn numbers_get_lighter_with_size_and_differences_with_nearness_to_zero() {
        for palette in [COLOUR, GREY] {
            let lights = |ramp| -> Vec<f64> {
                (0..=50).map(|i| luminance(&palette.number(ramp, f64::from(i) / 50.0))).collect()
            };
            assert!(lights(Ramp::Size).windows(2).all(|pair| pair[0] < pair[1]));
            for ramp in [Ramp::BetterAbove, Ramp::BetterBelow] {
                let lights = lights(ramp);
                assert!(lights[..26].windows(2).all(|pair| pair[0] < pair[1]), "{lights:?}");
                assert!(lights[25..].windows(2).all(|pair| pair[0] > pair[1]), "{lights:?}");
            }
        }
        assert_eq!(COLOUR.number(Ramp::BetterBelow, 1.0), COLOUR.number(Ramp::BetterAbove, 0.0));
    }

    #[test]
    fn no_answer_has_the_colour_of_a_run() {
        let answers = VERDICTS.into_iter().chain(OUTCOMES);
        answers.for_each(|Twins([colour, _])| assert!(!HUES.contains(&colour.ground), "{colour:?}"));
    }

    #[test]
    fn verdicts_and_parts_differ_in_grey_by_light_or_hatching() {
        for palette in [COLOUR, GREY] {
            let verdicts = Verdict::ALL.into_iter().map(Some).chain([None]);
            let verdicts: Vec<Fill> = verdicts.map(|verdict| palette.verdict(verdict)).collect();
            let outcomes = Outcome::ALL.into_iter().map(Tint::Outcome).chain([Tint::NonePromoted, Tint::Failed]);
            let outcomes: Vec<Fill> = outcomes.map(|tint| palette.fill(tint)).collect();
            for fills in [verdicts, outcomes, (0..6).map(|i| palette.part(i)).collect()] {
                for (i, a) in fills.iter().enumerate() {
                    for b in &fills[i + 1..] {
                        let apart = (luminance(a.ground) - luminance(b.ground)).abs() > 0.1;
                        assert!(a.hatch != b.hatch || apart, "{a:?} {b:?}");
                    }
                }
            }
        }
    }
}
