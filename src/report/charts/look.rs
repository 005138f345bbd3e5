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

/// The colours of payees: Tol's light scheme, so that none is taken for a strategy (Tol, *Colour Schemes*, 2021).
const PAYEES: [RGBColor; 8] = [
    RGBColor(0x77, 0xaa, 0xdd),
    RGBColor(0xee, 0x88, 0x66),
    RGBColor(0xee, 0xdd, 0x88),
    RGBColor(0xff, 0xaa, 0xbb),
    RGBColor(0x99, 0xdd, 0xff),
    RGBColor(0x44, 0xbb, 0x99),
    RGBColor(0xbb, 0xcc, 0x33),
    RGBColor(0xdd, 0xdd, 0xdd),
];

/// The budget's dashes.
pub(super) const BUDGET: [f64; 2] = [5.0, 3.5];

/// The colour of a strategy, the same in every chart.
pub(super) const fn colour(strategy: usize) -> RGBColor {
    COLOURS[strategy % COLOURS.len()]
}

/// The colour of a payee, and of all those that are taken together, which is the last.
pub(super) const fn payee_colour(rank: usize) -> RGBColor {
    PAYEES[if rank < PAYEES.len() { rank } else { PAYEES.len() - 1 }]
}

/// How many payees have a colour of their own.
pub(super) const OWN_COLOURS: usize = PAYEES.len() - 1;

/// The dashes of a strategy's line.
pub(super) const fn dashes(strategy: usize) -> &'static [f64] {
    DASHES[strategy % DASHES.len()]
}

/// What every colour of a chart is on dark paper: the same colours on a page that follows its reader's preference. `None`
/// for what no chart draws.
pub(in crate::report) fn dark(colour: RGBColor) -> Option<RGBColor> {
    let known = NIGHT.iter().copied().find(|(day, _)| *day == colour).map(|(_, night)| night);
    known.or_else(|| {
        // A tint: as far towards dark paper as it is towards white.
        let strengths = (1..100).map(|percent| f64::from(percent) / 100.0);
        let bases = || NIGHT.iter().skip(PAPERS);
        strengths
            .flat_map(|s| bases().map(move |pair| (s, pair)))
            .find_map(|(strength, (day, night))| (tint(*day, strength) == colour).then(|| mixed(*night, NIGHT_PAPER, strength)))
    })
}

/// Dark paper.
const NIGHT_PAPER: RGBColor = RGBColor(0x14, 0x1a, 0x21);

/// The first of [`NIGHT`] have no tints.
const PAPERS: usize = 2;

/// Every colour by day and by night; strategies' lighter, so that they stand out from dark paper.
const NIGHT: [(RGBColor, RGBColor); 20] = [
    (WHITE, NIGHT_PAPER),
    (GRID, RGBColor(0x2e, 0x37, 0x42)),
    (INK, RGBColor(0xe8, 0xec, 0xf1)),
    (MUTED, RGBColor(0xa4, 0xaf, 0xbc)),
    (COLOURS[0], RGBColor(0x3f, 0x9f, 0xdc)),
    (COLOURS[1], RGBColor(0xf0, 0x7f, 0x2c)),
    (COLOURS[2], RGBColor(0x1f, 0xbb, 0x8e)),
    (COLOURS[3], RGBColor(0xd9, 0x8c, 0xb8)),
    (COLOURS[4], RGBColor(0xc0, 0x5c, 0x8e)),
    (COLOURS[5], RGBColor(0x8c, 0xd0, 0xf5)),
    (COLOURS[6], RGBColor(0xf2, 0xb6, 0x33)),
    (COLOURS[7], RGBColor(0x97, 0xa1, 0xad)),
    (PAYEES[0], RGBColor(0x5d, 0x8e, 0xc0)),
    (PAYEES[1], RGBColor(0xce, 0x70, 0x52)),
    (PAYEES[2], RGBColor(0xc9, 0xb8, 0x62)),
    (PAYEES[3], RGBColor(0xd9, 0x86, 0x98)),
    (PAYEES[4], RGBColor(0x79, 0xb9, 0xda)),
    (PAYEES[5], RGBColor(0x35, 0x9c, 0x80)),
    (PAYEES[6], RGBColor(0x9b, 0xaa, 0x2b)),
    (PAYEES[7], RGBColor(0x6d, 0x76, 0x81)),
];

/// A colour mixed with white: 1 is the colour itself.
pub(super) fn tint(colour: RGBColor, strength: f64) -> RGBColor {
    mixed(colour, WHITE, strength)
}

fn mixed(colour: RGBColor, paper: RGBColor, strength: f64) -> RGBColor {
    let mixed = |own: u8, other: u8| (f64::from(other) - (f64::from(other) - f64::from(own)) * strength).round() as u8;
    RGBColor(mixed(colour.0, paper.0), mixed(colour.1, paper.1), mixed(colour.2, paper.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_and_its_tints_are_known_by_night() {
        for colour in COLOURS.into_iter().chain(PAYEES) {
            let night = dark(colour).expect("known");
            for strength in [0.1, 0.2, 0.42] {
                let expected = mixed(night, NIGHT_PAPER, strength);
                let found = dark(tint(colour, strength)).expect("a tint");
                let apart = [(found.0, expected.0), (found.1, expected.1), (found.2, expected.2)];
                assert!(apart.iter().all(|(a, b)| a.abs_diff(*b) < 24), "{colour:?} at {strength}: {found:?} {expected:?}");
            }
        }
        assert_eq!((dark(WHITE), dark(RGBColor(1, 2, 3))), (Some(NIGHT_PAPER), None));
    }

    /// WCAG 2.2: texts have at least 4.5 to 1 against their paper, and strategies' colours 2.2 to 1, beside their dashes.
    #[test]
    fn texts_and_lines_stand_out_from_their_paper() {
        let luminance = |RGBColor(r, g, b): RGBColor| {
            let linear = |channel: u8| {
                let c = f64::from(channel) / 255.0;
                if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let contrast = |a, b| {
            let (a, b) = (luminance(a), luminance(b));
            (f64::max(a, b) + 0.05) / (f64::min(a, b) + 0.05)
        };
        for text in [INK, MUTED] {
            let night = dark(text).expect("known");
            assert!(contrast(text, WHITE) > 4.5 && contrast(night, NIGHT_PAPER) > 4.5, "{text:?}");
        }
        for colour in COLOURS {
            let night = dark(colour).expect("known");
            assert!(contrast(colour, WHITE) > 2.1 && contrast(night, NIGHT_PAPER) > 3.0, "{colour:?}");
        }
    }
}
