//! Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
//! 1, 2, 3" (SC11), checked against the known answers of Random123.

/// Four words that one key and counter determine.
pub type Block = [u32; 4];

const ROUNDS: usize = 10;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The block of this counter under this key.
#[inline]
pub fn philox4x32_10(counter: Block, key: [u32; 2]) -> Block {
    lanes(counter.map(|word| [word]), key).map(|[word]| word)
}

/// Several blocks under one key, word by word: `counters[word][lane]`. Written so that the compiler uses vectors.
#[inline]
pub(super) fn lanes<const N: usize>(mut counters: [[u32; N]; 4], mut key: [u32; 2]) -> [[u32; N]; 4] {
    for _ in 0..ROUNDS {
        let mut next = [[0; N]; 4];
        for lane in 0..N {
            let p0 = u64::from(MULTIPLIERS[0]) * u64::from(counters[0][lane]);
            let p1 = u64::from(MULTIPLIERS[1]) * u64::from(counters[2][lane]);
            next[0][lane] = (p1 >> 32) as u32 ^ counters[1][lane] ^ key[0];
            next[1][lane] = p1 as u32;
            next[2][lane] = (p0 >> 32) as u32 ^ counters[3][lane] ^ key[1];
            next[3][lane] = p0 as u32;
        }
        counters = next;
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counters
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random123, `kat_vectors`, rows `philox4x32 10`.
    #[test]
    fn known_answers_of_random123() {
        let zeros = philox4x32_10([0; 4], [0; 2]);
        assert_eq!(zeros, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = philox4x32_10([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = philox4x32_10([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]);
        assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }
}
