//! Keyed draws: one block per request, one per attempt, one per prompt and filter. Those that every request needs are
//! made ahead in batches.

use super::philox::{block, blocks};

/// How many requests are drawn ahead.
pub(super) const BATCH: usize = 64;
/// Sixteen were fastest without AVX; eight are unrolled and spill.
const LANES: usize = 16;

/// Purposes, the last word of the counter.
const ARRIVAL: u32 = 0;
const ATTEMPT: u32 = 1;
const FILTER: u32 = 2;

/// Draws of the next requests, by lane.
#[derive(Debug)]
pub(super) struct Batch {
    /// Time since the previous request, in microseconds.
    pub(super) gap: [u64; BATCH],
    pub(super) latency: [u32; BATCH],
    pub(super) failure: [u32; BATCH],
    pub(super) jitter: [u32; BATCH],
    pub(super) filter: [u32; BATCH],
}

impl Batch {
    pub(super) fn new() -> Self {
        Self { gap: [0; BATCH], latency: [0; BATCH], failure: [0; BATCH], jitter: [0; BATCH], filter: [0; BATCH] }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Draws {
    key: [u32; 2],
}

impl Draws {
    pub(super) fn new(seed: u64) -> Self {
        // The known answer of Random123 for zeros.
        debug_assert_eq!(block([0; 4], [0; 2]), [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]);
        Self { key: [seed as u32, (seed >> 32) as u32] }
    }

    /// Latency, failure, jitter and a spare word of one attempt.
    pub(super) fn attempt(self, request: u64, index: u32) -> [u32; 4] {
        block([request as u32, (request >> 32) as u32, index, ATTEMPT], self.key)
    }

    /// What a filter thinks of a prompt; each request has a prompt of its own.
    pub(super) fn filter(self, prompt: u64, filter: u32) -> u32 {
        block([prompt as u32, (prompt >> 32) as u32, filter, FILTER], self.key)[0]
    }

    /// The draws of `BATCH` requests from `request` on.
    pub(super) fn fill(self, batch: &mut Batch, request: u64, mean_gap: f64) {
        for start in (0..BATCH).step_by(LANES) {
            let [uniform, more, _, _] = self.lanes(request + start as u64, ARRIVAL);
            batch.gap[start..start + LANES].copy_from_slice(&gaps(uniform, more, mean_gap));
            let [latency, failure, jitter, _] = self.lanes(request + start as u64, ATTEMPT);
            let [filter, _, _, _] = self.lanes(request + start as u64, FILTER);
            batch.latency[start..start + LANES].copy_from_slice(&latency);
            batch.failure[start..start + LANES].copy_from_slice(&failure);
            batch.jitter[start..start + LANES].copy_from_slice(&jitter);
            batch.filter[start..start + LANES].copy_from_slice(&filter);
        }
    }

    /// Blocks of consecutive requests, for the first deployment and attempt.
    #[inline]
    fn lanes(self, request: u64, purpose: u32) -> [[u32; LANES]; 4] {
        let ids: [u64; LANES] = std::array::from_fn(|lane| request + lane as u64);
        blocks([ids.map(|id| id as u32), ids.map(|id| (id >> 32) as u32), [0; LANES], [purpose; LANES]], self.key)
    }
}

/// Exponential gaps by inversion, from 53 bits each, in microseconds.
#[inline]
fn gaps(high: [u32; LANES], low: [u32; LANES], mean: f64) -> [u64; LANES] {
    // 1.x with the 52 high bits, minus 1: an integer never has to be converted, which SSE2 vectors cannot do.
    let bits: [u64; LANES] = std::array::from_fn(|lane| u64::from(high[lane]) << 20 | u64::from(low[lane] >> 12));
    let uniform = bits.map(|bits| f64::from_bits(0x3FF0_0000_0000_0000 | bits) - (1.0 - 0.5 / 4_503_599_627_370_496.0));
    let ln = uniform.map(ln);
    // The largest gap, 37 means, is far below 2^52 microseconds: adding 2^52 leaves it in the mantissa.
    ln.map(|ln| (4_503_599_627_370_496.0 - ln * mean).to_bits() & 0x000F_FFFF_FFFF_FFFF)
}

/// The natural logarithm of a number in (0, 1), without branches: fdlibm's reduction and polynomial (e_log.c), to within
/// 2 units in the last place.
#[inline]
#[expect(clippy::many_single_char_names, reason = "the names of e_log.c")]
fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_588e-10;
    const SQRT_HALF: u64 = 0x3FE6_A09E_0000_0000;
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    // x = 2^k * (1 + f) with 1 + f from sqrt(1/2) to sqrt(2).
    let shifted = x.to_bits() + (ONE - SQRT_HALF);
    let f = f64::from_bits((shifted & 0x000F_FFFF_FFFF_FFFF) + SQRT_HALF) - 1.0;
    let k = f64::from_bits(0x4330_0000_0000_0000 | shifted >> 52) - (4_503_599_627_370_496.0 + 1023.0);
    let s = f / (2.0 + f);
    let (z, half) = (s * s, 0.5 * f * f);
    let w = z * z;
    let even = w * (0.399_999_999_994_094_2 + w * (0.222_221_984_321_497_84 + w * 0.153_138_376_992_093_73));
    let odd = z
        * (0.666_666_666_666_673_5
            + w * (0.285_714_287_436_623_9 + w * (0.181_835_721_616_180_5 + w * 0.147_981_986_051_165_86)));
    k * LN2_HIGH - ((half - (s * (half + even + odd) + k * LN2_LOW)) - f)
}
