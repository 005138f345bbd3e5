//! Outages of a cache: while it is out, nothing is found and nothing stored; what it held is there again afterwards.
//!
//! Up and down times alternate as an alternating renewal process that begins in its stationary state, as incidents of providers
//! do. The history is keyed by the replication and the number of the outage: it is the same for every strategy with such a cache,
//! however often it is asked. Times that it is asked about do not decrease.

use crate::dist::{Law, LawSpec};
use crate::random::open01;
use crate::routing::Luck;
use crate::spec::{self, Located, Mistake};
use crate::units::{SimDuration, SimTime};

spec::table! {
    /// When a cache is out.
    pub struct OutagesSpec {
        /// Time from the end of an outage to the start of the next.
        between: Located<LawSpec<SimDuration>>,
        /// How long an outage lasts.
        lasts: Located<LawSpec<SimDuration>>,
    }
}

/// When a cache is out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outages {
    between: Law,
    lasts: Law,
}

/// The outage that is under way or comes next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outage {
    number: u64,
    begins: SimTime,
    ends: SimTime,
}

/// Whose draws they are.
const OUTAGES: u64 = 0x6f75_7461_6765;
/// What comes more often is no outage: each would be walked through.
const SHORTEST: f64 = 1e6;
/// Nothing lasts longer: eight years, beyond every horizon.
const LONGEST: f64 = 2.5e14;

impl OutagesSpec {
    pub(super) fn build(&self) -> Result<Outages, Mistake> {
        let law = |law: &Located<LawSpec<SimDuration>>| {
            law.law().map_err(|what| Mistake::error(&law.place, what).label("no such distribution"))
        };
        let outages = Outages { between: law(&self.between)?, lasts: law(&self.lasts)? };
        if outages.between.quantile(0.5) < SHORTEST {
            let mistake = Mistake::error(&self.between.place, "outages are half the time less than a second apart");
            return Err(mistake.label("too often"));
        }
        Ok(outages)
    }
}

fn length(micros: f64) -> SimDuration {
    SimDuration::from_micros((micros.min(LONGEST) + 0.5) as i64)
}

impl Outages {
    /// Whether the cache is out now.
    pub(super) fn is_out(&self, outage: &mut Option<Outage>, now: SimTime, luck: &Luck) -> bool {
        let outage = outage.get_or_insert_with(|| self.first(luck));
        while outage.ends <= now {
            let number = outage.number + 1;
            let [between, lasts, ..] = luck.of_client(OUTAGES, number);
            let begins = outage.ends + length(self.between.quantile(open01(between)));
            *outage = Outage { number, begins, ends: begins + length(self.lasts.quantile(open01(lasts))) };
        }
        outage.begins <= now
    }

    /// What a passer-by finds: an interval in proportion to its length, and a uniform part of it left (Cox, "Renewal theory",
    /// 1962, chapter 5).
    fn first(&self, luck: &Luck) -> Outage {
        let [between, lasts, state, part] = luck.of_client(OUTAGES, 0);
        let (up, down) = (self.between.mean(), self.lasts.mean());
        let rest = |law: &Law, bits| length(law.length_biased_quantile(open01(bits)) * open01(part));
        if open01(state) * (up + down) < up {
            let begins = SimTime::START + rest(&self.between, between);
            return Outage { number: 0, begins, ends: begins + length(self.lasts.quantile(open01(lasts))) };
        }
        Outage { number: 0, begins: SimTime::START, ends: SimTime::START + rest(&self.lasts, lasts) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};

    /// Out for lasts / (between + lasts) of the time, from the start on and in the long run: 10 %.
    #[test]
    fn is_out_for_its_share_of_time() {
        let law = |seconds: f64| Law::exponential(seconds * 1e6).expect("valid");
        let outages = Outages { between: law(900.0), lasts: law(100.0) };
        let luck = |replication| Luck::new(Key::new(5, replication, Purpose::Attempt), 0, 0);
        let n = 20_000;
        let first = (0..n).filter(|number| outages.is_out(&mut None, SimTime::START, &luck(*number))).count() as f64;
        assert!((first - 0.1 * f64::from(n)).abs() < 4.5 * (0.09 * f64::from(n)).sqrt(), "{first}");
        let mut outage = None;
        // Every 2000 s, nearly independent: what one says of the next is e^-22.
        let at = |number: u32| SimTime::from_micros(i64::from(number) * 2_000_000_000);
        let later = (0..n).filter(|number| outages.is_out(&mut outage, at(*number), &luck(0))).count() as f64;
        assert!((later - 0.1 * f64::from(n)).abs() < 4.5 * (0.09 * f64::from(n)).sqrt(), "{later}");
    }
}
