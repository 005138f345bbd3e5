//! The charts: each answers the question in its title. Drawn once, in points, and written as SVG and PNG.
//!
//! No chart needs a font of the system: PNGs use one that the program brings, SVGs name common ones.

mod axis;
mod canvas;
mod causes;
mod cost;
mod dash;
mod differences;
mod exceedance;
mod frame;
mod look;
mod png;
mod spending;
mod words;

use std::io;

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};

use canvas::{Canvas, TextPlacing};
use frame::Frame;

use super::Report;

/// The file names of all charts, without extension.
pub(super) const NAMES: [&str; 5] = [cost::NAME, exceedance::NAME, differences::NAME, causes::NAME, spending::NAME];

/// Pixels of the SVG's grid per point: plotters rounds to whole pixels, so that a fine grid keeps curves smooth.
const SVG_GRID: u32 = 4;
/// Pixels of the PNG per point.
const PNG_PIXELS: u32 = 2;
/// Pixels drawn per point before the PNG is halved.
const PNG_GRID: u32 = 2 * PNG_PIXELS;

/// A chart, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its file name without extension.
    pub name: &'static str,
    /// The question it answers.
    pub title: String,
    /// The SVG file.
    pub svg: String,
    /// The PNG file.
    pub png: Vec<u8>,
}

/// What a chart must know to be drawn on any backend.
trait Picture {
    /// Its frame: title, subtitle, footer and height.
    fn frame(&self) -> &Frame;
    /// Draws what the frame holds.
    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> io::Result<()>;
}

/// All charts of a report; paired differences only where there is something to compare.
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
    charts.push(rendered(causes::NAME, &causes::CauseChart::new(report))?);
    charts.push(rendered(spending::NAME, &spending::SpendingChart::new(report))?);
    Ok(charts)
}

fn rendered(name: &'static str, picture: &impl Picture) -> io::Result<Chart> {
    let title = picture.frame().title.clone();
    Ok(Chart { name, title, svg: svg(picture)?, png: bitmap(picture)? })
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
        vec![
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
            assert_eq!(charts.len(), if compared { 5 } else { 4 });
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

    #[test]
    fn a_strategy_keeps_its_colour_in_every_chart() {
        let results = made_up::results(&EIGHT[..3], 50);
        for chart in with_report(&results, |report| charts(report).expect("drawn")) {
            for colour in ["#D55E00", "#009E73"] {
                assert!(chart.svg.contains(colour), "{} lacks {colour}", chart.name);
            }
        }
    }
}
