//! How long a client waits before it tries again.

use crate::spec;
use crate::units::{Share, SimDuration};

/// How waits grow, how they are spread, and what a retry-after means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waits {
    /// How they grow.
    pub backoff: Backoff,
    /// How they are spread.
    pub jitter: Jitter,
    /// A retry-after up to this long is obeyed; a longer one is ignored.
    pub honor_retry_after: SimDuration,
    /// How a retry-after that is obeyed goes with the wait.
    pub retry_after: RetryAfter,
}

/// How waits grow with the failures before them, up to a cap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The first wait.
    pub base: SimDuration,
    /// The longest wait.
    pub cap: SimDuration,
    /// No wait is shorter, except by the cap.
    pub least: SimDuration,
    /// How they grow.
    pub growth: Growth,
}

/// How waits grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// Not at all.
    Constant,
    /// The k-th wait, from 1, is k times the first.
    Linear,
    /// Each wait is so many times the one before it.
    Exponential(f64),
}

/// How a wait is spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Uniformly between nothing and the wait (M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015-03-04).
    Full,
    /// Uniformly between the wait and so much more: also on top of a retry-after that takes the place of the wait.
    More(SimDuration),
    /// Uniformly between such a share less than the wait, and the wait.
    Less(f64),
    /// Uniformly between such a share less than the wait, and the same share more.
    Around(f64),
}

spec::words! {
    /// What a retry-after that is obeyed means for the wait.
    pub enum RetryAfter {
        /// The wait is at least so long.
        "at_least" => AtLeast,
        /// The wait is just so long.
        "instead" => Instead,
    }
}

impl Backoff {
    /// No wait at all.
    pub const NONE: Self =
        Self { base: SimDuration::ZERO, cap: SimDuration::ZERO, least: SimDuration::ZERO, growth: Growth::Constant };

    /// 0.5 s, doubling up to 8 s: the waits of OpenAI's Python client (2.54.0, `_constants.py`).
    pub const OPENAI: Self = Self {
        base: SimDuration::from_micros(500_000),
        cap: SimDuration::from_micros(8_000_000),
        least: SimDuration::ZERO,
        growth: Growth::Exponential(2.0),
    };

    /// The wait after this many failures, at least 1.
    #[inline]
    pub fn after(&self, failures: u8) -> SimDuration {
        let (base, cap, k) = (self.base.micros(), self.cap.micros(), failures.saturating_sub(1));
        let micros = match self.growth {
            Growth::Constant => base,
            Growth::Linear => base.saturating_mul(i64::from(k) + 1),
            // Powers of two are exact in a float, and what is beyond the cap is cut to it.
            Growth::Exponential(factor) => (base as f64 * libm::pow(factor, f64::from(k))).min(cap as f64) as i64,
        };
        SimDuration::from_micros(micros.max(self.least.micros()).min(cap))
    }
}

impl Waits {
    /// The wait after this many failures, at least 1. `asked` is what the last answer said about trying again.
    #[inline]
    pub fn after(&self, failures: u8, asked: Option<SimDuration>, jitter: impl FnOnce() -> u32) -> SimDuration {
        let backoff = self.backoff.after(failures);
        match asked.filter(|asked| *asked > SimDuration::ZERO && *asked <= self.honor_retry_after) {
            None => self.jitter.spread(backoff, jitter),
            Some(asked) if self.retry_after == RetryAfter::AtLeast => self.jitter.spread(backoff, jitter).max(asked),
            // Only what comes on top of a wait comes on top of one that was asked for: nobody comes before he may.
            Some(asked) if matches!(self.jitter, Jitter::More(_)) => self.jitter.spread(asked, jitter),
            Some(asked) => asked,
        }
    }
}

impl Jitter {
    fn spread(self, wait: SimDuration, bits: impl FnOnce() -> u32) -> SimDuration {
        let micros = wait.micros();
        let part = |of: i64, bits: u32| ((i128::from(of) * i128::from(bits)) >> 32) as i64;
        let share = |of: f64| (micros as f64 * of) as i64;
        SimDuration::from_micros(match self {
            Self::Full if micros > 0 => part(micros, bits()),
            Self::More(most) if most > SimDuration::ZERO => micros + part(most.micros(), bits()),
            Self::Less(of) => micros - part(share(of), bits()),
            Self::Around(of) => micros - share(of) + part(2 * share(of), bits()),
            Self::None | Self::Full | Self::More(_) => micros,
        })
    }
}

spec::choice! {
    /// How the wait before a retry grows.
    pub enum BackoffSpec {
        /// So many times the last wait after each failure.
        exponential => Exponential(Exponential),
        /// Once more the first wait after each failure.
        linear => Linear(Linear),
        /// Always the same.
        constant => Constant(SimDuration),
    }
}

spec::table! {
    /// Waits that grow by a factor.
    pub struct Exponential {
        /// The first wait.
        base: SimDuration,
        /// The longest wait.
        cap: spec::Located<SimDuration>,
        /// The factor, from 1 to 100.
        factor: spec::Located<f64> = 2.0,
        /// The shortest wait.
        least: SimDuration = "0s",
    }
}

spec::table! {
    /// Waits that grow by the same each time.
    pub struct Linear {
        /// The first wait, and how much longer each is than the one before it.
        base: SimDuration,
        /// The longest wait.
        cap: spec::Located<SimDuration>,
    }
}

spec::choice! {
    /// How a wait is spread: "none", "full", or one of these.
    pub enum JitterSpec {
        /// Uniformly between the wait and so much more.
        more => More(SimDuration),
        /// Uniformly between such a share less than the wait, and the wait.
        less => Less(Share),
        /// Uniformly between such a share less than the wait, and the same share more.
        around => Around(Share),
        _ => Plain(JitterWord),
    }
}

spec::words! {
    /// How a wait is spread.
    pub enum JitterWord {
        /// Not at all.
        "none" => None,
        /// Uniformly between nothing and the whole wait.
        "full" => Full,
    }
}

impl BackoffSpec {
    /// The backoff.
    ///
    /// # Errors
    /// A factor that is none, a longest wait that is shorter than another.
    pub(super) fn build(&self) -> Result<Backoff, spec::Mistake> {
        let (base, cap, least, growth) = match self {
            Self::Exponential(Exponential { base, cap, factor, least }) => {
                if !(1.0..=100.0).contains(&**factor) {
                    let mistake = spec::Mistake::error(&factor.place, "a factor is from 1 to 100");
                    return Err(mistake.label("out of range"));
                }
                (*base, cap, *least, Growth::Exponential(**factor))
            }
            Self::Linear(Linear { base, cap }) => (*base, cap, SimDuration::ZERO, Growth::Linear),
            Self::Constant(wait) => {
                return Ok(Backoff { base: *wait, cap: *wait, least: SimDuration::ZERO, growth: Growth::Constant });
            }
        };
        let longest = base.max(least);
        if **cap < longest {
            let what = format!("the longest wait is shorter than a wait of {longest}");
            return Err(spec::Mistake::error(&cap.place, what).label("at least as long as base and least"));
        }
        Ok(Backoff { base, cap: **cap, least, growth })
    }
}

impl JitterSpec {
    pub(super) fn build(&self) -> Jitter {
        match self {
            Self::Plain(JitterWord::None) => Jitter::None,
            Self::Plain(JitterWord::Full) => Jitter::Full,
            Self::More(most) => Jitter::More(*most),
            Self::Less(share) => Jitter::Less(share.get()),
            Self::Around(share) => Jitter::Around(share.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: f64) -> SimDuration {
        SimDuration::from_secs_f64(s)
    }

    fn waits(growth: Growth, jitter: Jitter) -> Waits {
        let backoff = Backoff { base: seconds(1.0), cap: seconds(20.0), least: SimDuration::ZERO, growth };
        Waits { backoff, jitter, honor_retry_after: seconds(120.0), retry_after: RetryAfter::AtLeast }
    }

    #[test]
    fn grows_up_to_the_cap() {
        let of = |growth| (1..=7).map(|k| waits(growth, Jitter::None).after(k, None, || 0).micros() / 1_000_000).collect();
        let (twice, three, linear): (Vec<i64>, Vec<i64>, Vec<i64>) =
            (of(Growth::Exponential(2.0)), of(Growth::Exponential(3.0)), of(Growth::Linear));
        assert_eq!(twice, [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(three, [1, 3, 9, 20, 20, 20, 20]);
        assert_eq!(linear, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(waits(Growth::Exponential(100.0), Jitter::None).after(255, None, || 0), seconds(20.0));
        assert_eq!(waits(Growth::Constant, Jitter::None).after(9, None, || 0), seconds(1.0));
    }

    #[test]
    fn each_jitter_spreads_its_own_way() {
        let at = |jitter, bits| waits(Growth::Constant, jitter).after(1, None, || bits).micros();
        assert_eq!((at(Jitter::Full, 0), at(Jitter::Full, 1 << 31)), (0, 500_000));
        let more = Jitter::More(seconds(0.75));
        assert_eq!((at(more, 0), at(more, 1 << 31)), (1_000_000, 1_375_000));
        assert_eq!((at(Jitter::Less(0.25), 0), at(Jitter::Less(0.25), 1 << 31)), (1_000_000, 875_000));
        assert_eq!((at(Jitter::Around(0.2), 0), at(Jitter::Around(0.2), 1 << 31)), (800_000, 1_000_000));
    }

    #[test]
    fn a_retry_after_is_a_lower_bound_or_takes_the_place_of_the_wait() {
        let least = waits(Growth::Exponential(2.0), Jitter::Full);
        assert_eq!(least.after(2, Some(seconds(7.0)), || 0), seconds(7.0));
        assert_eq!(least.after(2, Some(seconds(121.0)), || 0), seconds(0.0));
        let instead = Waits { retry_after: RetryAfter::Instead, ..waits(Growth::Constant, Jitter::More(seconds(1.0))) };
        assert_eq!(instead.after(2, Some(seconds(0.3)), || 1 << 31), seconds(0.8));
        let less = Waits { jitter: Jitter::Less(0.25), ..instead };
        assert_eq!(less.after(2, Some(seconds(0.3)), || 1 << 31), seconds(0.3));
        assert_eq!(less.after(2, None, || 0), seconds(1.0));
    }
}
