//! A log-linear histogram: 64 cells for each power of two, so that a quantile is right to within 0.8 %.

const BITS: u32 = 6;

#[derive(Debug)]
pub(super) struct Histogram {
    cells: Box<[u32; 64 << BITS]>,
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self { cells: Box::new([0; 64 << BITS]) }
    }

    #[inline]
    pub(super) fn record(&mut self, micros: u64) {
        let value = micros | 1 << BITS;
        let power = value.ilog2();
        let cell = (power << BITS) as usize | (value >> (power - BITS)) as usize & ((1 << BITS) - 1);
        self.cells[cell] += 1;
    }

    /// The middle of the cell that holds the quantile.
    pub(super) fn quantile(&self, probability: f64) -> u64 {
        let total: u64 = self.cells.iter().map(|count| u64::from(*count)).sum();
        let rank = (probability * total as f64).ceil() as u64;
        let mut seen = 0;
        let cell = self.cells.iter().position(|count| {
            seen += u64::from(*count);
            seen >= rank.max(1)
        });
        let cell = cell.unwrap_or(0);
        let (power, part) = ((cell >> BITS) as u32, (cell & ((1 << BITS) - 1)) as u64);
        let width = 1_u64 << power.saturating_sub(BITS);
        ((1 << BITS) + part) * width + width / 2
    }
}
