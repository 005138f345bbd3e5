//! The charts: each answers the question in its title. Drawn once, in points, and written as SVG and PNG.
//!
//! No chart needs a font of the system: PNGs use one that the program brings, SVGs name common ones.

mod axis;
mod canvas;
mod causes;
mod contour;
mod convergence;
mod cost;
mod crossing;
mod dash;
mod data;
mod differences;
mod exceedance;
mod fill;
mod frame;
mod heatmap;
mod lines;
mod look;
mod panels;
mod pareto;
mod payees;
mod places;
mod png;
mod spending;
mod waterfall;
mod words;

use std::io;

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};

use canvas::{Canvas, TextPlacing};
use frame::Frame;

use super::Report;
use crate::experiment::{BreakEven, Sweep};

pub use data::{Cell, Data, Hint};
pub(super) use look::dark;

/// The file names of all charts, without extension.
pub(super) const NAMES: [&str; 9] = [
    cost::NAME,
    exceedance::NAME,
    differences::NAME,
    pareto::NAME,
    waterfall::NAME,
    causes::NAME,
    spending::NAME,
    payees::NAME,
    convergence::NAME,
];

/// Pixels of the SVG's grid per point: plotters rounds to whole pixels, so that a fine grid keeps curves smooth.
const SVG_GRID: u32 = 4;
/// Pixels of the PNG per point.
const PNG_PIXELS: u32 = 2;
/// Pixels drawn per point before the PNG is halved.
const PNG_GRID: u32 = 2 * PNG_PIXELS;

/// A chart, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Its file name without extension.
    pub name: &'static str,
    /// The question it answers.
    pub title: String,
    /// How to read it.
    pub reading: String,
    /// What else must be known to read it; may be empty.
    pub notes: String,
    /// What it shows in words, a sentence for each part of it.
    pub spoken: Vec<String>,
    /// The figures behind it.
    pub data: Data,
    /// Texts for places on it.
    pub hints: Vec<Hint>,
    /// Its drawing alone, without title, reading and footer: SVG elements, without the element around them.
    pub drawing: Drawing,
    /// The SVG file.
    pub svg: String,
    /// The PNG file.
    pub png: Vec<u8>,
}

/// A chart within a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// SVG elements.
    pub elements: String,
    /// The part of the SVG's grid that they fill: left, top, width, height.
    pub view: [u32; 4],
    /// Units of that grid per point.
    pub grid: u32,
}

/// What a chart must know to be drawn on any backend.
trait Picture {
    /// Its frame: title, subtitle, footer and height.
    fn frame(&self) -> &Frame;
    /// Draws what the frame holds.
    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()>;
    /// The figures behind it.
    fn data(&self) -> Data;
    /// Texts for places on it.
    fn hints(&self) -> Vec<Hint>;
    /// What it shows in words, a sentence for each part of it.
    fn spoken(&self) -> Vec<String>;
}

/// All charts of a report; paired differences and the choice among strategies only where there is something to compare.
///
/// # Errors
/// None that a report can cause; passed on from plotters.
pub fn charts(report: &Report<'_>) -> io::Result<Vec<Chart>> {
    let mut charts = vec![
        rendered(cost::NAME, &cost::CostChart::new(report))?,
        rendered(exceedance::NAME, &exceedance::ExceedanceChart::new(report))?,
    ];
    if let Some(chart) = differences::DifferenceChart::new(report) {
        charts.push(rendered(differences::NAME, &chart)?);
    }
    if report.summary.strategies.len() > 1 {
        charts.push(rendered(pareto::NAME, &pareto::ParetoChart::new(report))?);
    }
    charts.push(rendered(waterfall::NAME, &waterfall::WaterfallChart::new(report))?);
    charts.push(rendered(causes::NAME, &causes::CauseChart::new(report))?);
    charts.push(rendered(spending::NAME, &spending::SpendingChart::new(report))?);
    charts.push(rendered(payees::NAME, &payees::PayeeChart::new(report))?);
    charts.push(rendered(convergence::NAME, &convergence::ConvergenceChart::new(report))?);
    Ok(charts)
}

/// The file names of the charts of a sweep over one path, and over two.
pub(super) const OF_SWEEPS: [&str; 2] = [lines::NAME, heatmap::NAME];
/// Those of break-evens.
pub(super) const OF_BREAK_EVENS: [&str; 4] = crossing::NAMES;

/// The chart of a sweep; `basis` is what stands below it.
///
/// # Errors
/// None that a sweep can cause; passed on from plotters.
pub(super) fn sweep_charts(sweep: &Sweep, basis: String) -> io::Result<Vec<Chart>> {
    let chart = match sweep.axes.as_slice() {
        [_] => rendered(lines::NAME, &lines::LinesChart::new(sweep, basis))?,
        _ => rendered(heatmap::NAME, &heatmap::HeatmapChart::new(sweep, basis))?,
    };
    Ok(vec![chart])
}

/// The charts of break-evens, one for each of the first pairs; `billing` says whether something unknown is left out.
///
/// # Errors
/// None that they can cause; passed on from plotters.
pub(super) fn break_even_charts(found: &BreakEven, basis: &str, billing: bool) -> io::Result<Vec<Chart>> {
    let pairs = crossing::NAMES.iter().zip(0..found.pairs.len());
    pairs.map(|(name, pair)| rendered(name, &crossing::CrossingChart::new(found, pair, basis.to_owned(), billing))).collect()
}

fn rendered(name: &'static str, picture: &impl Picture) -> io::Result<Chart> {
    let frame = picture.frame();
    let svg = svg(picture)?;
    Ok(Chart {
        name,
        title: frame.title.clone(),
        reading: frame.subtitle.clone(),
        notes: frame.notes().to_owned(),
        spoken: picture.spoken(),
        data: picture.data(),
        hints: picture.hints(),
        drawing: drawing(frame, &svg),
        png: bitmap(picture)?,
        svg,
    })
}

/// What an SVG holds between its frame's texts, which a page says by itself, and its end.
fn drawing(frame: &Frame, svg: &str) -> Drawing {
    const FRAME_TEXTS: usize = 3;
    const TEXT_ENDS: &str = "</text>\n";
    let frame_ends = svg.match_indices(TEXT_ENDS).nth(FRAME_TEXTS - 1).map_or(0, |(at, end)| at + end.len());
    let elements = svg[frame_ends..].trim_end().trim_end_matches("</svg>").to_owned();
    let [left, top, right, bottom] = frame.inner().map(|points| points as u32 * SVG_GRID);
    Drawing { elements, view: [left, top, right - left, bottom - top], grid: SVG_GRID }
}

fn svg(picture: &impl Picture) -> io::Result<String> {
    let (width, height) = picture.frame().size();
    let (wide, high) = (width * SVG_GRID, height * SVG_GRID);
    let mut text = String::new();
    let mut canvas = Canvas::new(SVGBackend::with_string(&mut text, (wide, high)), f64::from(SVG_GRID), TextPlacing::SVG)?;
    picture.frame().draw(&mut canvas)?;
    picture.draw(&mut canvas)?;
    canvas.finish()?;
    // The view box keeps the fine grid; the size is what a page should show.
    let (grid, size) =
        (format!("width=\"{wide}\" height=\"{high}\""), format!("width=\"{width}\" height=\"{height}\" role=\"img\""));
    Ok(text.replacen(&grid, &size, 1))
}

fn bitmap(picture: &impl Picture) -> io::Result<Vec<u8>> {
    let (width, height) = picture.frame().size();
    let (wide, high) = (width * PNG_GRID, height * PNG_GRID);
    let mut pixels = vec![0_u8; wide as usize * high as usize * 3];
    let backend = BitMapBackend::with_buffer(&mut pixels, (wide, high));
    let mut canvas = Canvas::new(backend, f64::from(PNG_GRID), TextPlacing::BITMAP)?;
    picture.frame().draw(&mut canvas)?;
    picture.draw(&mut canvas)?;
    canvas.finish()?;
    png::png(&png::halved(&pixels, wide as usize), width * PNG_PIXELS, height * PNG_PIXELS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Results, made_up};
    use crate::report::tests::with_report;
    use crate::units::Usd;

    const EIGHT: [&str; 8] = [
        "premium-only",
        "tiered",
        "tiered-with-retries-and-a-fallback-to-three-other-providers-in-order-of-price",
        "cheap <b>&\"only\"</b>",
        "weighted",
        "a/b/c-provider-mixture-of-everything",
        "hedged",
        "cached",
    ];

    fn equal(mut results: Results, cost: Usd) -> Results {
        for row in &mut results.rows {
            (row.cost, row.wasted) = (cost, Usd::ZERO);
            row.spend.fill(cost);
        }
        results.charges.iter_mut().for_each(Vec::clear);
        results
    }

    /// Every kind of results that charts must survive.
    fn cases() -> Vec<(&'static str, Results)> {
        let one_dollar = Usd::from_picos(1_000_000_000_000);
        let mut unlimited = made_up::results(&EIGHT[..3], 300);
        unlimited.budget = None;
        let mut between = made_up::results(&EIGHT[..4], 400);
        (between.baseline, between.budget) = (1, Some(one_dollar * 700));
        let rules = ["google bills filtered", "qwen bills timed_out"];
        let doubt = |results, a: [u64; 2], b: [u64; 2]| {
            made_up::in_doubt(results, &rules, |rule, strategy| if strategy == 0 { a[rule] } else { b[rule] })
        };
        let mut open = made_up::results(&EIGHT[..2], 500);
        open.budget = None;
        vec![
            ("unknown", doubt(made_up::results(&EIGHT[..3], 500), [6, 0], [2, 5])),
            ("unknown-eight", doubt(made_up::results(&EIGHT, 200), [0, 0], [12, 15])),
            ("unknown-open", doubt(open, [30, 0], [0, 40])),
            ("unknown-constant", doubt(equal(made_up::results(&EIGHT[..2], 20), one_dollar), [10, 0], [0, 0])),
            ("unknown-single", doubt(made_up::results(&EIGHT[..2], 1), [10, 0], [0, 40])),
            ("between", between),
            ("none", made_up::results(&EIGHT[..2], 0)),
            ("two", made_up::results(&EIGHT[..2], 1_000)),
            ("three", made_up::results(&EIGHT[..3], 500)),
            ("unlimited", unlimited),
            ("five", made_up::results(&EIGHT[..5], 200)),
            ("eight", made_up::results(&EIGHT, 200)),
            ("alone", made_up::results(&EIGHT[..1], 100)),
            ("single", made_up::results(&EIGHT[..2], 1)),
            ("constant", equal(made_up::results(&EIGHT[..2], 20), one_dollar)),
            ("free", equal(made_up::results(&EIGHT[..2], 20), Usd::ZERO)),
        ]
    }

    /// With `SPENDCAST_CHARTS` set to a directory, the charts of all cases are left there to be looked at.
    #[test]
    fn charts_are_drawn_whatever_the_results() {
        let keep = std::env::var_os("SPENDCAST_CHARTS").map(std::path::PathBuf::from);
        for (case, results) in cases() {
            let charts = with_report(&results, |report| charts(report).expect("drawn"));
            let compared = results.strategies.len() > 1 && results.replications > 0;
            let several = usize::from(results.strategies.len() > 1);
            assert_eq!(charts.len(), 7 + several + usize::from(compared), "{case}");
            for chart in charts {
                assert!(chart.svg.len() < 200_000, "{case} {} has {} bytes", chart.name, chart.svg.len());
                assert!(chart.svg.ends_with("</svg>\n") && !chart.svg.contains("NaN") && !chart.svg.contains("<b>"));
                if let Some(directory) = &keep {
                    std::fs::write(directory.join(format!("{case}-{}.svg", chart.name)), &chart.svg).expect("writable");
                    std::fs::write(directory.join(format!("{case}-{}.png", chart.name)), &chart.png).expect("writable");
                }
            }
        }
    }

    #[test]
    fn a_question_mark_is_explained_in_its_chart() {
        for replications in [1, 30] {
            let results = made_up::results(&EIGHT[..2], replications);
            for chart in with_report(&results, |report| charts(report).expect("drawn")) {
                assert_eq!(chart.svg.contains(", ?]"), chart.svg.contains("? = no bound known"), "{}", chart.name);
                assert!(replications == 1 || !chart.svg.contains(", ?]"), "{}", chart.name);
            }
        }
    }

    /// What is unknown is seen in every chart; where nothing is, no chart speaks of it.
    #[test]
    fn unknown_billing_is_visible_in_every_chart() {
        let certain = made_up::results(&EIGHT[..2], 60);
        let doubtful = made_up::in_doubt(certain.clone(), &["google bills filtered"], |_, strategy| 3 + strategy as u64 * 5);
        let speaks = |results: &Results| -> Vec<bool> {
            let charts = with_report(results, |report| charts(report).expect("drawn"));
            charts.iter().map(|chart| chart.svg.contains("unknown") || chart.svg.contains("nobody knows")).collect()
        };
        assert_eq!((speaks(&certain), speaks(&doubtful)), (vec![false; 9], vec![true; 9]));
    }

    #[test]
    fn a_strategy_keeps_its_colour_in_every_chart() {
        let results = made_up::results(&EIGHT[..3], 50);
        let charts = with_report(&results, |report| charts(report).expect("drawn"));
        // Payees have colours of their own.
        for chart in charts.into_iter().filter(|chart| chart.name != payees::NAME) {
            for colour in ["#D55E00", "#009E73"] {
                assert!(chart.svg.contains(colour), "{} lacks {colour}", chart.name);
            }
        }
    }
}
