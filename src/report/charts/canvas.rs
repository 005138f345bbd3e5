//! A sheet to draw on, in points: the few shapes that the charts are made of, on any plotters backend.

use std::io;
use std::sync::Once;

use plotters::prelude::{Color, DrawingBackend, RGBColor, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontFamily, FontStyle, IntoFont, TextStyle, register_font};

use super::look::WHITE;

/// The font's name: in an SVG a list of what to try, in a PNG the key of the font that the program brings.
const FAMILY: &str = "Ubuntu, Helvetica Neue, Helvetica, Arial, sans-serif";

/// Where plotters' ab_glyph sizes differ from em: it takes the height of ascent and descent of Ubuntu Light.
const BITMAP_SIZE_PER_EM: f64 = 1.121;

/// A point, from the upper left, in points.
pub(super) type Point = (f64, f64);

/// How a backend places text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextPlacing {
    /// Plotters' font size for one em.
    size_per_em: f64,
    /// How far, in em, the baseline lies below the point given to the backend.
    drop: f64,
}

impl TextPlacing {
    /// plotters-svg: divides sizes by 1.24; a vertically centred text hangs half an x-height below its point. A little
    /// smaller than the PNG's, since the fonts that readers have are wider.
    pub(super) const SVG: Self = Self { size_per_em: 1.24 * 0.96, drop: 0.25 };
    /// plotters-bitmap with ab_glyph: half a size below a point that is itself moved up by half a layout box.
    pub(super) const BITMAP: Self = Self { size_per_em: BITMAP_SIZE_PER_EM, drop: BITMAP_SIZE_PER_EM * (0.5 - 0.5 / 1.24) };
}

/// Which end of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// A backend with a scale.
pub(super) struct Canvas<DB> {
    backend: DB,
    scale: f64,
    placing: TextPlacing,
}

impl<DB: DrawingBackend> Canvas<DB> {
    /// A white sheet; one point is `scale` of the backend's pixels.
    pub(super) fn new(mut backend: DB, scale: f64, placing: TextPlacing) -> io::Result<Self> {
        register();
        let (width, height) = backend.get_size();
        backend.draw_rect((0, 0), (width as i32, height as i32), &style(WHITE, 1.0, 1), true).map_err(failed)?;
        Ok(Self { backend, scale, placing })
    }

    /// Ends the drawing.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.backend.present().map_err(failed)
    }

    fn at(&self, (x, y): Point) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// A line through these points.
    pub(super) fn line(&mut self, points: &[Point], colour: RGBColor, width: f64) -> io::Result<()> {
        let path: Vec<(i32, i32)> = points.iter().map(|&point| self.at(point)).collect();
        let stroke = (width * self.scale).round().max(1.0) as u32;
        self.backend.draw_path(path, &style(colour, 1.0, stroke)).map_err(failed)
    }

    /// A line through these points of dashes and gaps of these lengths in turn; solid where there are none.
    pub(super) fn dashed(&mut self, points: &[Point], colour: RGBColor, width: f64, dashes: &[f64]) -> io::Result<()> {
        if dashes.is_empty() {
            return self.line(points, colour, width);
        }
        super::dash::dashes(points, dashes).iter().try_for_each(|dash| self.line(dash, colour, width))
    }

    /// A filled area.
    pub(super) fn area(&mut self, corners: &[Point], colour: RGBColor, opacity: f64) -> io::Result<()> {
        let path: Vec<(i32, i32)> = corners.iter().map(|&point| self.at(point)).collect();
        self.backend.fill_polygon(path, &style(colour, opacity, 1)).map_err(failed)
    }

    /// A filled rectangle between two corners.
    pub(super) fn bar(&mut self, from: Point, to: Point, colour: RGBColor) -> io::Result<()> {
        let (from, to) = (self.at(from), self.at(to));
        self.backend.draw_rect(from, to, &style(colour, 1.0, 1), true).map_err(failed)
    }

    /// A filled disc with a white rim.
    pub(super) fn dot(&mut self, centre: Point, radius: f64, colour: RGBColor) -> io::Result<()> {
        for (radius, colour) in [(radius + 1.2, WHITE), (radius, colour)] {
            let (centre, radius) = (self.at(centre), (radius * self.scale).round() as u32);
            self.backend.draw_circle(centre, radius, &style(colour, 1.0, 1), true).map_err(failed)?;
        }
        Ok(())
    }

    /// A text on its baseline, `em` points large.
    pub(super) fn text(&mut self, text: &str, (x, baseline): Point, em: f64, colour: RGBColor, align: Align) -> io::Result<()> {
        let point = self.at((x, baseline - self.placing.drop * em));
        let horizontal = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let font = (FAMILY, em * self.placing.size_per_em * self.scale).into_font();
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        self.backend.draw_text(&typographic(text), &style, point).map_err(failed)
    }
}

/// How much wider than the program's own font the fonts are that an SVG may be shown in.
const WIDER: f64 = 1.1;

/// The room that a text needs in points, whichever of the fonts it is shown in.
pub(super) fn text_room(text: &str, em: f64) -> f64 {
    text_width(text, em) * WIDER
}

/// The width of a text in points in the program's own font.
pub(super) fn text_width(text: &str, em: f64) -> f64 {
    register();
    // Measured large, since plotters rounds widths to whole pixels.
    let font = (FAMILY, 100.0 * BITMAP_SIZE_PER_EM).into_font();
    font.box_size(&typographic(text)).map_or(0.0, |(width, _)| f64::from(width) * em / 100.0)
}

/// True minus signs and dashes, which keyboards and terminals do not have.
fn typographic(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = letters.next() {
        let negative = c == '-' && matches!(before, ' ' | '[' | '(') && letters.peek().is_some_and(char::is_ascii_digit);
        out.push(if negative { '\u{2212}' } else { c });
        before = c;
    }
    out
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let registered = register_font(FAMILY, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
        assert!(registered.is_ok(), "the font that the program brings is a font");
        debug_assert_eq!(FontFamily::from(FAMILY).as_str(), FAMILY);
    });
}

fn style(colour: RGBColor, opacity: f64, stroke: u32) -> ShapeStyle {
    ShapeStyle { color: colour.mix(opacity), filled: false, stroke_width: stroke }
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured() {
        assert!(text_width("wide text", 12.0) > text_width("text", 12.0));
        assert!((text_width("text", 24.0) / text_width("text", 12.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn minus_signs_are_minus_signs() {
        assert_eq!(typographic("a-1 -2 [-3, 4] p-q"), "a-1 \u{2212}2 [\u{2212}3, 4] p-q");
    }
}
