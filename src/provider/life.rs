//! The life cycle of a model: launched, deprecated, shut down, succeeded.
//!
//! Announced dates are what clients go by; a shutdown may slip, and what really happens is drawn for each replication.

use super::identity;
use super::spec::Setting;
use crate::dist::{LawSpec, QuantileTable};
use crate::random::{Key, split};
use crate::spec::{self, Date, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime};

spec::table! {
    /// When a model is to be had.
    pub struct LifeSpec {
        /// The first day on which it is to be had; without it, it always was.
        launch: Option<Located<Date>>,
        /// The day on which its end is announced: clients that prepare for the shutdown do not do so before it. Without it, the
        /// announced shutdown is known from the start.
        deprecated: Option<Located<Date>>,
        /// The first day on which it is gone, as announced; without it, it stays.
        shutdown: Option<Located<Date>>,
        /// What it is to be replaced by.
        successor: Option<Located<String>>,
        /// How the shutdown keeps to its date; without it, exactly.
        slips: Option<SlipSpec>,
        /// Where the dates are from.
        source: Option<String>,
    }
}

spec::table! {
    /// How a shutdown keeps to its announced date.
    pub struct SlipSpec {
        /// Probability that it comes later than announced.
        later: Share = "0%",
        /// Probability that it comes earlier.
        earlier: Share = "0%",
        /// By how much.
        by: Located<LawSpec<SimDuration>>,
    }
}

/// When a model is to be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    id: u64,
    /// From when on.
    launch: SimTime,
    /// When its end is announced, where that is said.
    notice: Option<SimTime>,
    /// The announced shutdown.
    announced: Option<SimTime>,
    slips: Option<Slips>,
}

/// How the shutdown keeps to its date.
#[derive(Debug, Clone, PartialEq)]
struct Slips {
    later: u64,
    /// Later or earlier, as a threshold.
    moves: u64,
    by: QuantileTable,
}

/// When a model is to be had in one replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From this time on.
    pub from: SimTime,
    /// Before this time.
    pub until: SimTime,
}

impl Span {
    /// Always.
    pub const ALWAYS: Self = Self { from: SimTime::from_micros(i64::MIN), until: SimTime::from_micros(i64::MAX) };

    /// Whether the model is to be had now.
    #[inline]
    pub fn contains(self, now: SimTime) -> bool {
        self.from <= now && now < self.until
    }
}

impl LifeSpec {
    /// The life of the model with this name.
    ///
    /// # Errors
    /// Dates out of order or beyond the calendar, a law that is none.
    pub fn build(&self, name: &str, setting: &Setting<'_>) -> Result<Life, Mistake> {
        let time = |date: &Option<Located<Date>>| {
            let read = |date: &Located<Date>| (setting.time)(**date).map_err(|what| Mistake::error(&date.place, what));
            date.as_ref().map(read).transpose()
        };
        let (launch, notice, announced) = (time(&self.launch)?, time(&self.deprecated)?, time(&self.shutdown)?);
        let in_order = [launch, notice, announced].into_iter().flatten().is_sorted();
        if let (false, Some(last)) = (in_order, self.shutdown.as_ref().or(self.deprecated.as_ref())) {
            let mistake = Mistake::error(&last.place, "a model is launched, then deprecated, then shut down");
            return Err(mistake.label("before what comes first"));
        }
        let slips = self.slips.as_ref().map(SlipSpec::build).transpose()?;
        let launch = launch.unwrap_or(Span::ALWAYS.from);
        Ok(Life { id: identity::of_kind("life", name), launch, notice, announced, slips })
    }
}

impl SlipSpec {
    fn build(&self) -> Result<Slips, Mistake> {
        let wrong = |what| Mistake::error(&self.by.place, what).label("no such distribution");
        let law = self.by.law().map_err(wrong)?;
        let moves = self.later.threshold() + self.earlier.threshold();
        if moves > 1 << 32 {
            let mistake = Mistake::error(&self.by.place, "a shutdown cannot slip in more than all cases");
            return Err(mistake.label("later and earlier are more than 100 % together"));
        }
        Ok(Slips { later: self.later.threshold(), moves, by: QuantileTable::new(law) })
    }
}

/// Who these draws are for among those who look at a model's bits.
const SLIPS: u64 = 1;
const BY: u64 = 2;

impl Life {
    /// The identity of the model, from its name.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// From when on it is to be had; the beginning of time where it always was.
    pub const fn launch(&self) -> SimTime {
        self.launch
    }

    /// When a client moves away that prepares: `ahead` of the announced shutdown, but not before anybody can know of it.
    /// `None` where no shutdown is announced.
    pub fn prepared(&self, ahead: SimDuration) -> Option<SimTime> {
        let planned = self.announced? + SimDuration::from_micros(-ahead.micros());
        Some(self.notice.map_or(planned, |notice| planned.max(notice)))
    }

    /// Its span in the replication that the key (of [`crate::random::Purpose::Life`]) is of.
    pub fn span(&self, key: Key) -> Span {
        let Some(announced) = self.announced else { return Span { from: self.launch, ..Span::ALWAYS } };
        let [low, high, ..] = key.block(self.id, 0);
        let bits = u64::from(high) << 32 | u64::from(low);
        let slip = self.slips.as_ref().map_or(SimDuration::ZERO, |slips| slips.draw(bits));
        Span { from: self.launch, until: announced + slip }
    }
}

impl Slips {
    /// By how much the shutdown is late; negative where it is early.
    fn draw(&self, bits: u64) -> SimDuration {
        let which = u64::from(split(bits, SLIPS));
        let by = self.by.draw(split(bits, BY));
        SimDuration::from_micros(if which < self.later {
            by
        } else if which < self.moves {
            -by
        } else {
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{read, with_setting};
    use super::*;
    use crate::random::Purpose;

    fn build(text: &str) -> Result<Life, Mistake> {
        with_setting("2026-01-01T00:00[UTC]", |setting| read::<LifeSpec>(text).build("acme/model", setting))
    }

    fn day(day: i64) -> SimTime {
        SimTime::START + SimDuration::from_micros(day * SimDuration::DAY.micros())
    }

    #[test]
    fn is_there_between_launch_and_shutdown() {
        let life = build("launch = 2026-01-03\nshutdown = 2026-01-11").expect("valid");
        let span = life.span(Key::new(1, 0, Purpose::Life));
        assert_eq!([1, 2, 9, 10].map(|at| span.contains(day(at))), [false, true, true, false]);
        assert!(build("successor = \"a/b\"").expect("valid").span(Key::new(1, 0, Purpose::Life)).contains(day(9999)));
        assert!(build("launch = 2026-03-01\nshutdown = 2026-02-01").is_err());
    }

    /// Whoever would move ten days ahead of a shutdown that is announced four days ahead has four days.
    #[test]
    fn nobody_prepares_before_the_notice() {
        let prepared = |text: &str, days: i64| build(text).expect("valid").prepared(day(days).since(SimTime::START));
        let announced = "deprecated = 2026-01-07\nshutdown = 2026-01-11";
        assert_eq!([0, 3, 4, 10].map(|days| prepared(announced, days)), [10, 7, 6, 6].map(|at| Some(day(at))));
        assert_eq!((prepared("shutdown = 2026-01-11", 10), prepared("deprecated = 2026-01-07", 1)), (Some(day(0)), None));
    }

    /// 3 of 10 shutdowns come 5 days late and 1 of 10 five days early: within 4.5 standard errors over 10 000 replications.
    #[test]
    fn slips_as_often_as_it_says() {
        let life = build("shutdown = 2026-02-01\nslips = { later = \"30%\", earlier = \"10%\", by = \"5d\" }").expect("valid");
        let ends: Vec<SimTime> = (0..10_000).map(|n| life.span(Key::new(7, n, Purpose::Life)).until).collect();
        for (at, share) in [(26, 0.1), (31, 0.6), (36, 0.3_f64)] {
            let met = ends.iter().filter(|end| **end == day(at)).count() as f64 / 10_000.0;
            assert!((met - share).abs() < 4.5 * (share * (1.0 - share) / 10_000.0).sqrt(), "day {at}: {met}");
        }
    }
}
