//! What all charts share: colours, dashes, sizes of type.

use plotters::prelude::RGBColor;

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x29, 0x33);
/// Text of second rank.
pub(super) const MUTED: RGBColor = RGBColor(0x5a, 0x66, 0x75);
/// Paper.
pub(super) const WHITE: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xe3, 0xe7, 0xec);

/// Sizes of type in points.
pub(super) const TITLE: f64 = 22.0;
pub(super) const LABEL: f64 = 14.0;
pub(super) const SMALL: f64 = 12.5;

/// The width of every chart.
pub(super) const WIDTH: f64 = 960.0;
/// The margin at both sides.
pub(super) const MARGIN: f64 = 28.0;

/// The colours of strategies, in the order of the scenario: Wong's, without the yellow that white paper swallows
/// (Wong, *Nature Methods* 8, 2011), then Tol's wine and a grey. Told apart with any common colour blindness.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x88, 0x22, 0x55),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x55, 0x5f, 0x6b),
];

/// The dashes of strategies, so that lines can be told apart in grey.
const DASHES: [&[f64]; 8] = [
    &[],
    &[9.0, 4.0],
    &[2.5, 3.0],
    &[11.0, 3.0, 2.5, 3.0],
    &[5.0, 3.0],
    &[14.0, 5.0],
    &[8.0, 3.0, 2.0, 3.0, 2.0, 3.0],
    &[1.5, 5.0],
];

/// The budget's dashes.
pub(super) const BUDGET: [f64; 2] = [5.0, 3.5];

/// The colour of a strategy, the same in every chart.
pub(super) const fn colour(strategy: usize) -> RGBColor {
    COLOURS[strategy % COLOURS.len()]
}

/// The dashes of a strategy's line.
pub(super) const fn dashes(strategy: usize) -> &'static [f64] {
    DASHES[strategy % DASHES.len()]
}

/// A colour mixed with white: 1 is the colour itself.
pub(super) fn tint(RGBColor(r, g, b): RGBColor, strength: f64) -> RGBColor {
    let mixed = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * strength).round() as u8;
    RGBColor(mixed(r), mixed(g), mixed(b))
}
