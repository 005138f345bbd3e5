//! Lognormal latency by inversion: a table of 1024 cells, exact in the last one, so that the tail is not cut.

use statrs::distribution::{ContinuousCDF, Normal};

const CELLS: usize = 1024;
/// The 95 % quantile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

#[derive(Debug)]
pub(super) struct Latency {
    /// Microseconds at `i / 1024`; the last entry is not used.
    table: [u32; CELLS + 1],
    median: f64,
    sigma: f64,
}

impl Latency {
    /// From the median and the 95 % quantile in seconds.
    pub(super) fn new(p50: f64, p95: f64) -> Self {
        let mut latency = Self { table: [0; CELLS + 1], median: p50 * 1e6, sigma: libm::log(p95 / p50) / Z95 };
        for cell in 1..CELLS {
            latency.table[cell] = latency.exact(cell as f64 / CELLS as f64) as u32;
        }
        latency
    }

    #[cold]
    fn exact(&self, probability: f64) -> f64 {
        self.median * libm::exp(self.sigma * Normal::standard().inverse_cdf(probability))
    }

    /// The quantile of a uniform draw, in microseconds.
    #[inline]
    pub(super) fn sample(&self, uniform: u32) -> u64 {
        let (cell, part) = ((uniform >> 22) as usize, u64::from(uniform & 0x3F_FFFF));
        if cell == CELLS - 1 {
            return self.exact((f64::from(uniform) + 0.5) / 4_294_967_296.0) as u64;
        }
        let (low, high) = (u64::from(self.table[cell]), u64::from(self.table[cell + 1]));
        low + (((high - low) * part) >> 22)
    }
}
