//! A density for charts: an averaged shifted histogram.

use super::{Moments, type_1};

/// Bins per width of the kernel: enough for the curve to look smooth.
const SHIFTS: f64 = 8.0;
/// A chart needs no more bins than this; heavy tails are binned more coarsely instead.
const MOST_BINS: f64 = 400.0;

/// An estimated density on equal bins.
///
/// It is the averaged shifted histogram of Scott (*Annals of Statistics* 13, 1985), which is a kernel density
/// with a triangular kernel on a grid. Its half-width is 2.576 s n^(-1/5) (Scott, *Multivariate Density
/// Estimation*, 2nd ed., section 5.2), where s is the lesser of the standard deviation and the quartile range / 1.349
/// (Silverman 1986, eq. 3.31). It reaches at most that half-width beyond the data, and integrates to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// Where the first bin begins.
    pub start: f64,
    /// The width of a bin.
    pub width: f64,
    /// The density in each bin, per unit of the data.
    pub heights: Vec<f64>,
}

impl Density {
    /// The density of ascending values; `None` where all are equal or there are none: they have no density.
    pub fn of(ascending: &[f64]) -> Option<Self> {
        let (&first, &last) = (ascending.first()?, ascending.last()?);
        let reach = half_width(ascending)?;
        let span = last - first + 2.0 * reach;
        let bins = (span / reach * SHIFTS).ceil().clamp(1.0, MOST_BINS);
        let width = span / bins;
        let start = first - reach;
        let mut counts = vec![0.0_f64; bins as usize];
        for &x in ascending {
            counts[(((x - start) / width) as usize).min(bins as usize - 1)] += 1.0;
        }
        let shifts = (reach / width).round().max(1.0) as usize;
        let unit = ascending.len() as f64 * width * shifts as f64;
        let heights = (0..counts.len()).map(|at| triangular(&counts, at, shifts) / unit).collect();
        Some(Self { start, width, heights })
    }

    /// The middle of each bin with the density there.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.heights.iter().enumerate().map(|(i, &height)| (self.start + (i as f64 + 0.5) * self.width, height))
    }
}

fn half_width(ascending: &[f64]) -> Option<f64> {
    let sd = ascending.iter().copied().collect::<Moments>().variance()?.sqrt();
    let quartiles = (type_1(ascending, 0.75)? - type_1(ascending, 0.25)?) / 1.349;
    let scale = if quartiles > 0.0 { sd.min(quartiles) } else { sd };
    (scale > 0.0).then(|| 2.576 * scale * libm::pow(ascending.len() as f64, -0.2))
}

/// The weighted count around one bin: weight 1 in the bin itself, falling to 0 at `shifts` bins from it.
fn triangular(counts: &[f64], at: usize, shifts: usize) -> f64 {
    let window = at.saturating_sub(shifts - 1)..(at + shifts).min(counts.len());
    window.map(|i| (1.0 - i.abs_diff(at) as f64 / shifts as f64) * counts[i]).sum()
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    use super::*;

    #[test]
    fn a_normal_sample_gives_the_normal_density() {
        let normal = Normal::new(1_000.0, 30.0).expect("valid");
        let sample: Vec<f64> = (0..10_000).map(|i| normal.inverse_cdf((f64::from(i) + 0.5) / 10_000.0)).collect();
        let density = Density::of(&sample).expect("spread out");
        for (x, height) in density.points() {
            assert!((height - normal.pdf(x)).abs() < 0.04 * normal.pdf(1_000.0), "at {x}: {height}");
        }
    }

    #[test]
    fn it_integrates_to_one_with_any_tail() {
        let heavy: Vec<f64> = (1..=2_000).map(|i| (2_000.0 / (2_000.5 - f64::from(i))).powi(2)).collect();
        for sample in [heavy, vec![1.0, 2.0], vec![0.0, 0.0, 0.0, 0.0, 5.0]] {
            let density = Density::of(&sample).expect("spread out");
            let area = density.heights.iter().sum::<f64>() * density.width;
            assert!((area - 1.0).abs() < 0.01, "{area}");
            assert!(density.heights.len() <= 400);
        }
    }

    #[test]
    fn equal_values_have_no_density() {
        assert_eq!(Density::of(&[3.0; 50]), None);
        assert_eq!(Density::of(&[3.0]), None);
        assert_eq!(Density::of(&[]), None);
    }
}
