//! Hung requests: attempts that no answer ever comes to until the provider cuts them off.

use crate::random::split;
use crate::spec;
use crate::units::{Share, SimDuration};

spec::table! {
    /// Attempts that hang. Only the client's timeout ends them sooner than the provider's own limit does.
    pub struct HangSpec {
        /// Probability that an attempt hangs.
        share: Share,
        /// When the provider ends it, as a failure. 10 minutes are the default time-out of the openai-python client, which
        /// most others follow; assumed for the providers' own.
        ends_after: SimDuration = "10min",
    }
}

/// Attempts that hang at one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hang {
    share: u64,
    ends_after: SimDuration,
}

/// Who this draw is for among those who look at an attempt's bits.
const WHO: u64 = 0x6861_6E67;

impl HangSpec {
    /// The hung attempts of a deployment.
    pub fn build(&self) -> Hang {
        Hang { share: self.share.threshold(), ends_after: self.ends_after }
    }
}

impl Hang {
    /// How long an attempt with these 64 random bits hangs before the provider fails it; `None` where it does not hang.
    #[inline]
    pub fn hangs(&self, bits: u64) -> Option<SimDuration> {
        (u64::from(split(bits, WHO)) < self.share).then_some(self.ends_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    #[test]
    fn its_share_of_attempts_hangs() {
        let hang = HangSpec { share: Share::new(0.25).expect("a share"), ends_after: SimDuration::HOUR }.build();
        let key = Key::new(1, 0, Purpose::Attempt);
        let after = |i| {
            let [low, high, ..] = key.block(i, 0);
            hang.hangs(u64::from(high) << 32 | u64::from(low))
        };
        let n = 100_000;
        let count = (0..n).filter(|i| after(*i) == Some(SimDuration::HOUR)).count() as f64;
        let (expected, error) = (0.25 * n as f64, (n as f64 * 0.25 * 0.75).sqrt());
        assert!((count - expected).abs() < 4.5 * error, "{count}");
        let never = HangSpec { share: Share::NONE, ends_after: SimDuration::HOUR }.build();
        assert!((0..1000).all(|bits| never.hangs(bits).is_none()));
    }
}
