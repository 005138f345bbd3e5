//! How bars are filled, so that their parts read without colour.

use std::io;

use plotters::prelude::{DrawingBackend, RGBColor};

use super::canvas::{Canvas, Point};
use super::look::tint;

/// How a part of a bar is filled.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    Light,
    Full,
    Rising,
    Falling,
    Upright,
    Crossed,
}

/// A filled rectangle: solid, or outlined and hatched.
pub(super) fn swatch<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    from: Point,
    to: Point,
    colour: RGBColor,
    fill: Fill,
) -> io::Result<()> {
    let slopes: &[f64] = match fill {
        Fill::Light => return canvas.bar(from, to, tint(colour, 0.42)),
        Fill::Full => return canvas.bar(from, to, colour),
        Fill::Rising => &[-1.0],
        Fill::Falling => &[1.0],
        Fill::Upright => &[0.0],
        Fill::Crossed => &[-1.0, 1.0],
    };
    canvas.bar(from, to, tint(colour, 0.1))?;
    slopes.iter().try_for_each(|&slope| hatch(canvas, from, to, colour, slope))?;
    let ((x0, y0), (x1, y1)) = (from, to);
    canvas.line(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], colour, 1.0)
}

/// Strokes of one slope across a rectangle.
fn hatch<DB: DrawingBackend>(canvas: &mut Canvas<DB>, from: Point, to: Point, colour: RGBColor, slope: f64) -> io::Result<()> {
    let ((x0, y0), (x1, y1)) = (from, to);
    let run = (y1 - y0) * slope;
    let mut at = x0 - run.abs();
    while at < x1 + run.abs() {
        if let Some(stroke) = clipped((at, y0), (at + run, y1), (x0, x1)) {
            canvas.line(&stroke, colour, 1.2)?;
        }
        at += if slope == 0.0 { 4.0 } else { 5.5 };
    }
    Ok(())
}

/// The part of a stroke that lies between two uprights.
fn clipped(a: Point, b: Point, (low, high): (f64, f64)) -> Option<[Point; 2]> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    if dx == 0.0 {
        return (low..=high).contains(&a.0).then_some([a, b]);
    }
    let (at_low, at_high) = ((low - a.0) / dx, (high - a.0) / dx);
    let (from, to) = (at_low.min(at_high).max(0.0), at_low.max(at_high).min(1.0));
    (from < to).then(|| [from, to].map(|t| (a.0 + dx * t, a.1 + dy * t)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hatching_stays_within_the_bar() {
        assert_eq!(clipped((0.0, 0.0), (10.0, 10.0), (4.0, 6.0)), Some([(4.0, 4.0), (6.0, 6.0)]));
        assert_eq!(clipped((0.0, 0.0), (-10.0, 10.0), (4.0, 6.0)), None);
        assert_eq!(clipped((5.0, 0.0), (5.0, 10.0), (4.0, 6.0)), Some([(5.0, 0.0), (5.0, 10.0)]));
    }
}
