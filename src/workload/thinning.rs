//! Fewer journeys of the same traffic.
//!
//! A journey is kept where its own draw is below the share. Journeys keep their numbers, so that nothing about those that are
//! kept depends on those that are not; and what is kept at one share is a part of what is kept at a larger one, in each
//! replication. So volumes are compared over common journeys (statistics on simulation call it common random numbers across
//! designs), and the cost of a replication is a path over the volume and no cloud. Thinned Poisson arrivals are Poisson
//! arrivals at the lower rate; arrivals at equal gaps are no longer that.

use crate::units::Share;

/// Which journeys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thinning(u64);

impl Thinning {
    /// To this share of the journeys, to within 2^-33; `None` where all of them are kept.
    pub fn to(share: Share) -> Option<Self> {
        (share != Share::ALL).then(|| Self(share.threshold()))
    }

    /// The share of journeys that are kept.
    pub fn share(self) -> f64 {
        self.0 as f64 / 4_294_967_296.0
    }

    /// Whether a journey with this draw is kept.
    #[inline]
    pub const fn keeps(self, draw: u32) -> bool {
        (draw as u64) < self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_smaller_share_keeps_a_larger_one_keeps_too() {
        let of = |share: &str| Thinning::to(share.parse().expect("a share"));
        let (few, many) = (of("3%").expect("not all"), of("40%").expect("not all"));
        let draws = [0, 1, 0x07ae_147a, 0x07ae_147b, 0x6666_6666, u32::MAX];
        assert_eq!(draws.map(|draw| few.keeps(draw)), [true, true, true, false, false, false]);
        assert!(draws.into_iter().all(|draw| many.keeps(draw) || !few.keeps(draw)));
        assert!(of("100%").is_none() && !of("0%").expect("not all").keeps(0));
    }
}
