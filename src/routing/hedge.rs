//! Hedging: a second attempt elsewhere when the first takes long; the first that delivers wins.
//!
//! Dean and Barroso, "The tail at scale", Communications of the ACM 56(2), 2013-02: a copy is sent after the time within which
//! most requests are answered. It goes by what the client itself has measured, and knows nothing of why an attempt is
//! slow. Answers that were overtaken are called off and never measured: a hedge after the time of 90 % of the answers is sent for
//! more than a tenth of the requests.

use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration};

/// When another attempt is sent beside those that are under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hedge {
    /// After how long.
    pub after: After,
    /// How many further attempts at most, at least 1.
    pub copies: u8,
    /// Whether a copy may go to a deployment that one is under way at already, where there is no other.
    pub same: bool,
}

/// After how long a copy is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum After {
    /// So long.
    Time(SimDuration),
    /// The time within which such a share of the last answers came; never before there were [`FEWEST`].
    Share(f64),
}

/// How many of the last answers are looked at.
const WINDOW: usize = 128;

/// Without so many answers, nobody knows how long most of them take.
pub const FEWEST: usize = 20;

/// How long the last answers took: those that delivered.
#[derive(Debug, Clone)]
pub struct Took {
    last: [i64; WINDOW],
    count: usize,
}

impl Default for Took {
    fn default() -> Self {
        Self { last: [0; WINDOW], count: 0 }
    }
}

impl Took {
    /// Notes an answer.
    pub fn note(&mut self, took: SimDuration) {
        self.last[self.count % WINDOW] = took.micros();
        self.count += 1;
    }

    /// The time within which such a share of the last answers came; `None` where there were too few.
    pub fn within(&self, share: f64) -> Option<SimDuration> {
        let known = self.count.min(WINDOW);
        if known < FEWEST {
            return None;
        }
        let mut sorted = self.last;
        let rank = ((known as f64 * share).ceil() as usize).clamp(1, known) - 1;
        let (_, at, _) = sorted[..known].select_nth_unstable(rank);
        Some(SimDuration::from_micros(*at))
    }
}

impl Hedge {
    /// After how long the next copy is sent, where that is known.
    pub fn delay(&self, took: &Took) -> Option<SimDuration> {
        match self.after {
            After::Time(time) => Some(time),
            After::Share(share) => took.within(share),
        }
    }
}

spec::table! {
    /// Another attempt beside those under way when they take long: after a time, or after the time of most answers.
    pub struct HedgeSpec {
        /// After so long without an answer.
        after: Option<SimDuration>,
        /// After the time within which such a share of the last 128 answers came, such as "95%".
        after_share: Option<Share>,
        /// How many further attempts at most: 1 to 8.
        copies: Located<u32> = 1,
        /// Whether a copy may go where one is under way already, if there is no other place.
        same: bool = false,
    }
}

impl HedgeSpec {
    pub(super) fn build(&self, strategy: &Located<String>) -> Result<Hedge, Mistake> {
        let copies = u8::try_from(*self.copies).ok().filter(|copies| (1..=8).contains(copies));
        let copies = copies.ok_or_else(|| Mistake::error(&self.copies.place, "copies are from 1 to 8").label("out of range"))?;
        let after = match (self.after, self.after_share) {
            (Some(time), None) => After::Time(time),
            (None, Some(share)) => After::Share(share.get()),
            _ => {
                let mistake = Mistake::error(&strategy.place, "a hedge is sent either after a time or after a share of answers");
                return Err(mistake.label("of this strategy").help("give exactly one of: hedge.after, hedge.after_share"));
            }
        };
        Ok(Hedge { after, copies, same: self.same })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_by_the_last_answers() {
        let mut took = Took::default();
        for micros in 0..200 {
            assert_eq!(took.within(0.95).is_some(), micros >= FEWEST as i64);
            took.note(SimDuration::from_micros(micros));
        }
        // The last 128: from 72 to 199.
        assert_eq!(took.within(0.5).map(SimDuration::micros), Some(72 + 63));
        assert_eq!(took.within(1.0).map(SimDuration::micros), Some(199));
    }
}
