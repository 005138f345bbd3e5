//! Cold starts: the wait for a model that is not loaded.
//!
//! By idle time, one instance is modelled: an attempt that finds it idle for `after` or longer loads it, those that come
//! meanwhile wait for the same loading, and it stays loaded while there is work and `after` beyond. Only this client's
//! attempts keep it warm, which suits private deployments; for a model that others use too, give a share. It starts cold.

use crate::dist::{LawSpec, QuantileTable};
use crate::random::split;
use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime};

spec::table! {
    /// Cold starts: either after idle time or for a share of attempts.
    pub struct ColdStartSpec {
        /// Idle for so long, the model is unloaded.
        after: Option<SimDuration>,
        /// Probability that an attempt meets a cold model, whatever was before. Assumed for hosted open models: 2 to 5 %.
        share: Option<Share>,
        /// What loading adds to the latency. Measured at a service of its own: a median of 22.7 s for a base model (GenTD26).
        takes: Located<LawSpec<SimDuration>>,
        /// Whether the seconds of loading are billed where seconds are.
        billed: bool = false,
    }
}

/// When attempts meet a cold model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Idle(SimDuration),
    Share(u64),
}

/// Cold starts of one deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct ColdStart {
    when: When,
    takes: QuantileTable,
    /// Whether the seconds of loading are billed where seconds are.
    pub billed: bool,
}

/// Whether the model of a deployment is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warmth {
    /// Since when, or from when on.
    ready: SimTime,
    /// Until when.
    until: SimTime,
}

impl Default for Warmth {
    /// Not loaded.
    fn default() -> Self {
        Self { ready: SimTime::START, until: SimTime::from_micros(i64::MIN) }
    }
}

/// Who these draws are for among those who look at an attempt's bits.
const MEETS: u64 = 0x636F_6C64;
const TAKES: u64 = 0x6C6F_6164;

impl ColdStartSpec {
    /// The cold starts of a deployment.
    ///
    /// # Errors
    /// Both conditions or neither, and a law that is none.
    pub fn build(&self) -> Result<ColdStart, Mistake> {
        let place = &self.takes.place;
        let when = match (self.after, self.share) {
            (Some(after), None) => When::Idle(after),
            (None, Some(share)) => When::Share(share.threshold()),
            _ => {
                let mistake = Mistake::error(place, "a cold start comes either after idle time or for a share of attempts");
                return Err(mistake.label("of this cold start").help("give exactly one of: after, share"));
            }
        };
        let law = self.takes.law().map_err(|what| Mistake::error(place, what).label("no such distribution"))?;
        Ok(ColdStart { when, takes: QuantileTable::new(law), billed: self.billed })
    }
}

impl ColdStart {
    /// How long an attempt that starts now waits for the model. `bits` are 64 random bits of the attempt. Starts must not
    /// decrease at a deployment.
    #[inline]
    pub fn wait(&self, warmth: &mut Warmth, start: SimTime, bits: u64) -> SimDuration {
        match self.when {
            When::Idle(_) if start < warmth.until => warmth.ready.since(start.min(warmth.ready)),
            When::Idle(_) => {
                let takes = self.loading(bits);
                warmth.ready = start + takes;
                takes
            }
            When::Share(share) if u64::from(split(bits, MEETS)) < share => self.loading(bits),
            When::Share(_) => SimDuration::ZERO,
        }
    }

    /// Keeps the model loaded for an attempt that is under way until then. To be called for each after [`Self::wait`].
    #[inline]
    pub fn busy(&self, warmth: &mut Warmth, until: SimTime) {
        if let When::Idle(after) = self.when {
            warmth.until = warmth.until.max(until + after);
        }
    }

    #[inline]
    fn loading(&self, bits: u64) -> SimDuration {
        SimDuration::from_micros(self.takes.draw(split(bits, TAKES)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::spec::{Field, Reader, Sources, parse_value};

    fn build(text: &str) -> Result<ColdStart, Mistake> {
        let file = Sources::new().add("a.toml", text);
        let spec = ColdStartSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut Reader::new());
        spec.expect("readable").build()
    }

    fn at(seconds: i64) -> SimTime {
        SimTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn only_the_first_after_idle_time_loads() {
        let cold = build("{ after = \"10m\", takes = \"30s\" }").expect("valid");
        let mut warmth = Warmth::default();
        // Each takes 5 s once the model is there.
        let mut send = |seconds: i64| {
            let wait = cold.wait(&mut warmth, at(seconds), 0);
            cold.busy(&mut warmth, at(seconds) + wait + SimDuration::from_micros(5_000_000));
            wait.micros() / 1_000_000
        };
        assert_eq!([0, 10, 29, 30, 100].map(&mut send), [30, 20, 1, 0, 0]);
        // The last ended at 105 s: warm until 705 s.
        assert_eq!([704, 1309].map(&mut send), [0, 30]);
    }

    #[test]
    fn a_share_of_attempts_meets_a_cold_model() {
        let cold = build("{ share = \"5%\", takes.exponential = { mean = \"20s\" }, billed = true }").expect("valid");
        assert!(cold.billed);
        let key = Key::new(1, 0, Purpose::Attempt);
        let mut warmth = Warmth::default();
        let n = 200_000_u64;
        let waits: Vec<i64> = (0..n)
            .map(|i| {
                let [low, high, ..] = key.block(i, 0);
                cold.wait(&mut warmth, at(0), u64::from(high) << 32 | u64::from(low)).micros()
            })
            .filter(|wait| *wait > 0)
            .collect();
        let count = waits.len() as f64;
        assert!((count - 0.05 * n as f64).abs() < 4.5 * (n as f64 * 0.05 * 0.95).sqrt(), "{count}");
        let mean = waits.iter().sum::<i64>() as f64 / count / 1e6;
        assert!((mean - 20.0).abs() < 4.5 * 20.0 / count.sqrt(), "{mean}");
    }

    #[test]
    fn exactly_one_condition_is_given() {
        for text in ["{ takes = \"30s\" }", "{ after = \"10m\", share = \"5%\", takes = \"30s\" }"] {
            let mistake = build(text).expect_err("neither or both");
            assert_eq!(mistake.help.as_deref(), Some("give exactly one of: after, share"));
        }
    }
}
