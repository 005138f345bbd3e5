//! A histogram of whole numbers with a fixed relative error and fixed memory.

/// Sub-buckets per octave: a bucket is at most 1/128 (0.8 %) of its values wide.
const SUB_BUCKETS: u64 = 128;
/// Bits of a value that its bucket keeps besides the leading one.
const BITS: u32 = SUB_BUCKETS.trailing_zeros();
/// Two octaves' worth of unit-wide buckets up to 255, then one octave per further bit of a `u64`.
const BUCKETS: usize = ((63 - BITS as usize) + 2) * SUB_BUCKETS as usize;

/// Counts of `u64` values in log-linear buckets (the layout of Tene's HdrHistogram).
///
/// A value is known to be in its bucket and nothing more: values below 256 are exact, all others are told to within
/// [`RELATIVE_ERROR`](Self::RELATIVE_ERROR). It covers every `u64` in 58 KiB; recording, merging and resetting allocate
/// nothing.
///
/// ```
/// use spendcast::stats::Histogram;
/// let mut latencies = Histogram::new();
/// (1..=1_000).for_each(|ms| latencies.record(ms * 1_000));
/// let p95 = latencies.quantile(0.95).unwrap();
/// assert!((p95 as f64 / 950_000.0 - 1.0).abs() < 0.01);
/// ```
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Box<[u64; BUCKETS]>,
    n: u64,
    sum: u128,
}

impl Histogram {
    /// How far the middle of a bucket is from any value in it, as a share of that middle: half a bucket, 1/256 (0.4 %).
    pub const RELATIVE_ERROR: f64 = 0.5 / SUB_BUCKETS as f64;

    /// An empty histogram. The only function here that allocates.
    #[expect(clippy::missing_panics_doc, reason = "the length is always right")]
    pub fn new() -> Self {
        let counts = vec![0; BUCKETS].into_boxed_slice();
        Self { counts: counts.try_into().expect("the length is BUCKETS"), n: 0, sum: 0 }
    }

    /// Counts one value.
    #[inline]
    pub fn record(&mut self, value: u64) {
        self.counts[bucket(value)] += 1;
        self.n += 1;
        self.sum += u128::from(value);
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.counts.fill(0);
        (self.n, self.sum) = (0, 0);
    }

    /// Adds the counts of another histogram: the same as recording its values here, in any order.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts.iter()) {
            *mine += theirs;
        }
        self.n += other.n;
        self.sum += other.sum;
    }

    /// How many values were recorded.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The exact sum of all values.
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// The middle of the bucket of the value of rank ceil(n p): off by half a bucket at most, whatever the distribution.
    /// `None` without values; p lies in [0, 1].
    pub fn quantile(&self, p: f64) -> Option<u64> {
        if self.n == 0 {
            return None;
        }
        let rank = super::quantile::rank(self.n, p);
        let mut before = 0;
        let index = self.counts.iter().position(|count| {
            before += count;
            before >= rank
        })?;
        let (lowest, width) = extent(index);
        Some(lowest + width / 2)
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

/// The bucket of a value. Up to 255 the value itself; beyond, the leading eight bits of the value, after all
/// shorter ones.
#[inline]
const fn bucket(value: u64) -> usize {
    let shift = 63 - BITS - (value | SUB_BUCKETS).leading_zeros();
    (shift as u64 * SUB_BUCKETS + (value >> shift)) as usize
}

/// The lowest value of a bucket and how many values it spans.
const fn extent(bucket: usize) -> (u64, u64) {
    let bucket = bucket as u64;
    let shift = (bucket / SUB_BUCKETS).saturating_sub(1);
    ((bucket - shift * SUB_BUCKETS) << shift, 1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_tile_the_numbers() {
        let mut next = 0_u64;
        for index in 0..BUCKETS {
            let (lowest, width) = extent(index);
            assert_eq!(lowest, next, "bucket {index}");
            assert_eq!((bucket(lowest), bucket(lowest + (width - 1))), (index, index));
            assert!(width == 1 || width * SUB_BUCKETS <= lowest);
            let (middle, half) = ((lowest + width / 2) as f64, (width / 2) as f64);
            assert!(half <= middle * Histogram::RELATIVE_ERROR);
            next = lowest.wrapping_add(width);
        }
        assert_eq!(next, 0, "the last bucket ends at the largest u64");
    }

    #[test]
    fn quantiles_are_within_half_a_bucket() {
        let value = |i: u64| 100 + i * i * 37;
        let mut histogram = Histogram::new();
        (1..=5_000).for_each(|i| histogram.record(value(i)));
        for p in [0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0] {
            let (got, exact) = (histogram.quantile(p).expect("values"), value(super::super::quantile::rank(5_000, p)));
            let error = got.abs_diff(exact) as f64 / got as f64;
            assert!(error <= Histogram::RELATIVE_ERROR, "p {p}: {got} {exact}");
        }
    }

    #[test]
    fn small_values_and_the_largest_are_counted() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.quantile(0.5), None);
        for value in [0, 1, 255, u64::MAX] {
            histogram.record(value);
        }
        assert_eq!([0.25, 0.5, 0.75].map(|p| histogram.quantile(p)), [Some(0), Some(1), Some(255)]);
        assert!(histogram.quantile(1.0).expect("values") > u64::MAX / 256 * 255);
    }

    #[test]
    fn merging_is_recording_and_reset_forgets() {
        let (mut all, mut odd, mut even) = (Histogram::new(), Histogram::new(), Histogram::new());
        for v in (0..10_000).map(|i| i * 977) {
            all.record(v);
            if v % 2 == 0 { even.record(v) } else { odd.record(v) }
        }
        odd.merge(&even);
        assert_eq!((odd.n(), odd.sum(), odd.quantile(0.95)), (all.n(), all.sum(), all.quantile(0.95)));
        assert_eq!(all.sum(), 9_999 * 5_000 * 977);
        odd.reset();
        assert_eq!((odd.n(), odd.sum(), odd.quantile(0.5)), (0, 0, None));
    }
}
