//! Billing by outcome: what of an attempt is charged, depending on how it ended.
//!
//! What nobody knows stays unknown: it becomes an interval in every figure of money, and no default.

use crate::model::{Cause, Outcome};
use crate::spec;

use super::filter::Stage;

spec::words! {
    /// Whether an outcome is billed.
    pub enum Billed {
        /// Like a delivered attempt.
        "yes" => Yes,
        /// Not at all.
        "no" => No,
        /// Only its input: tokens of the prompt, input images.
        "input_only" => InputOnly,
        /// Nobody knows: results hold for both cases, and say so.
        "unknown" => Unknown,
    }
}

spec::words! {
    /// Whether a cancelled attempt is billed.
    pub enum Cancelled {
        /// In full.
        "yes" => Yes,
        /// Not at all.
        "no" => No,
        /// Nobody knows: results hold for both cases, and say so.
        "unknown" => Unknown,
    }
}

spec::table! {
    /// Which outcomes are billed.
    pub struct BillingSpec {
        /// Attempts that delivered.
        delivered: Billed = "yes",
        /// Failed attempts. No provider that states a rule bills them (as of 2026-11-22).
        failed: Billed = "no",
        /// Attempts that the content filter refused, before generation or after.
        filtered: Option<Billed>,
        /// Attempts refused before generation; without it, as `filtered`, else "no".
        blocked_before: Option<Billed>,
        /// Attempts refused after generation; without it, as `filtered`, else "no".
        blocked_after: Option<Billed>,
        /// Attempts that the provider finished after the client had stopped waiting.
        timed_out: Billed = "yes",
        /// Attempts that the client gave up before the provider had begun with them: in its queue.
        gave_up: Billed = "no",
        /// Attempts that the client cancelled while they were made, because another one was faster; without it, as `timed_out`.
        cancelled: Option<Cancelled>,
        /// Attempts rejected at a limit.
        rate_limited: Billed = "no",
    }
}

impl BillingSpec {
    /// The outcomes of which nobody knows whether they are billed, by their keys; "filtered" once for each stage that it
    /// stands for.
    pub fn unknown(&self) -> Vec<&'static str> {
        let mut unknown = Vec::new();
        Billing::new(self, |outcome| {
            unknown.push(outcome);
            Doubt { group: 0, rules: 1 }
        });
        unknown
    }
}

/// A rule of billing: how much is billed, and on which unknown rules that depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How much.
    pub part: Part,
    /// What it depends on; `None`: it is so for certain.
    pub doubt: Option<Doubt>,
}

/// How much of an attempt is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Nothing.
    Nothing,
    /// Its input.
    Input,
    /// All.
    All,
}

/// Unknown rules of one group, all of which must bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The group, by number.
    pub group: u16,
    /// Its rules, as bits in their order; not 0.
    pub rules: u8,
}

/// The rules of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billing {
    /// Delivered attempts.
    pub delivered: Rule,
    /// Failed attempts.
    pub failed: Rule,
    /// Attempts refused before generation.
    pub blocked_before: Rule,
    /// Attempts refused after it.
    pub blocked_after: Rule,
    /// Attempts that the provider delivered after the client had given up. Those that it failed or refused by then are
    /// billed only where failed or refused ones are too.
    pub timed_out: Rule,
    /// Attempts that the client gave up in the queue.
    pub gave_up: Rule,
    /// Attempts that would have delivered and that the client cancelled.
    pub cancelled: Rule,
    /// Rejected attempts.
    pub rate_limited: Rule,
}

impl Billing {
    /// The rules as a provider has them that says nothing: what is delivered or finished too late is billed.
    pub const USUAL: Self = Self {
        delivered: Rule::ALL,
        failed: Rule::NOTHING,
        blocked_before: Rule::NOTHING,
        blocked_after: Rule::NOTHING,
        timed_out: Rule::ALL,
        gave_up: Rule::NOTHING,
        cancelled: Rule::ALL,
        rate_limited: Rule::NOTHING,
    };

    /// The rules as written. `doubt` gives the unknown rule about an outcome, by its key.
    pub fn new(spec: &BillingSpec, mut doubt: impl FnMut(&'static str) -> Doubt) -> Self {
        let mut rule = |key, billed| match billed {
            Billed::Yes => Rule::ALL,
            Billed::No => Rule::NOTHING,
            Billed::InputOnly => Rule::INPUT,
            Billed::Unknown => Rule { part: Part::All, doubt: Some(doubt(key)) },
        };
        // What is said of both stages has one answer for both.
        let filtered = ("filtered", spec.filtered.unwrap_or(Billed::No));
        let mut stage = |key, own: Option<Billed>| {
            let (key, billed) = own.map_or(filtered, |own| (key, own));
            rule(key, billed)
        };
        let blocked_before = stage("blocked_before", spec.blocked_before);
        let blocked_after = stage("blocked_after", spec.blocked_after);
        let timed_out = rule("timed_out", spec.timed_out);
        let cancelled = match spec.cancelled {
            None => timed_out,
            Some(Cancelled::Yes) => Rule::ALL,
            Some(Cancelled::No) => Rule::NOTHING,
            Some(Cancelled::Unknown) => rule("cancelled", Billed::Unknown),
        };
        Self {
            delivered: rule("delivered", spec.delivered),
            failed: rule("failed", spec.failed),
            blocked_before,
            blocked_after,
            timed_out,
            gave_up: rule("gave_up", spec.gave_up),
            cancelled,
            rate_limited: rule("rate_limited", spec.rate_limited),
        }
    }

    /// All rules.
    pub(super) const fn rules(&self) -> [&Rule; 8] {
        let Self { delivered, failed, blocked_before, blocked_after, timed_out, gave_up, cancelled, rate_limited } = self;
        [delivered, failed, blocked_before, blocked_after, timed_out, gave_up, cancelled, rate_limited]
    }

    /// The same, to be changed.
    pub(super) const fn rules_mut(&mut self) -> [&mut Rule; 8] {
        let Self { delivered, failed, blocked_before, blocked_after, timed_out, gave_up, cancelled, rate_limited } = self;
        [delivered, failed, blocked_before, blocked_after, timed_out, gave_up, cancelled, rate_limited]
    }

    /// The rule for an attempt that the provider began with, refused at this stage where it was filtered; `late` says
    /// whether no client was waiting any more when it ended.
    #[inline]
    pub(super) fn of(&self, outcome: Outcome, refused: Stage, late: bool) -> Rule {
        let own = match outcome {
            Outcome::Delivered => self.delivered,
            Outcome::Failed => self.failed,
            Outcome::Filtered if refused == Stage::Before => self.blocked_before,
            Outcome::Filtered => self.blocked_after,
            Outcome::TimedOut | Outcome::RateLimited | Outcome::Gone | Outcome::Refused => Rule::NOTHING,
        };
        if late { own.and(self.timed_out) } else { own }
    }
}

impl Rule {
    /// All of it is billed.
    pub const ALL: Self = Self { part: Part::All, doubt: None };
    /// Only its input is.
    pub const INPUT: Self = Self { part: Part::Input, doubt: None };
    /// Nothing is.
    pub const NOTHING: Self = Self { part: Part::Nothing, doubt: None };

    /// Billed where both rules say so, and no more than either says: what is free under either is free for certain. Two
    /// unknown rules are of one group.
    fn and(self, other: Self) -> Self {
        let part = self.part.min(other.part);
        let both = |own: Doubt| Doubt { rules: own.rules | other.doubt.map_or(0, |doubt| doubt.rules), ..own };
        let doubt = self.doubt.map(both).or(other.doubt);
        Self { part, doubt: doubt.filter(|_| part != Part::Nothing) }
    }

    /// Whether anything is billed if just these rules of the group bill, as bits.
    #[inline]
    pub(super) fn bills_if(self, rules: usize) -> bool {
        let needs = self.doubt.map_or(0, |doubt| usize::from(doubt.rules));
        self.part != Part::Nothing && rules & needs == needs
    }
}

/// What an attempt is billed for that ended like this for its client.
#[inline]
pub(super) const fn cause(outcome: Outcome, late: bool) -> Cause {
    if late { Cause::TimedOut } else { Cause::of(outcome) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn unknown(rules: u8) -> Rule {
        Rule { part: Part::All, doubt: Some(Doubt { group: 3, rules }) }
    }

    #[test]
    fn what_comes_late_needs_both_rules() {
        let billing = Billing { failed: Rule::ALL, blocked_before: Rule::INPUT, timed_out: unknown(1), ..Billing::USUAL };
        let rule = |outcome, late| billing.of(outcome, Stage::Before, late);
        assert_eq!([rule(Outcome::Delivered, false), rule(Outcome::Delivered, true)], [Rule::ALL, unknown(1)]);
        assert_eq!([rule(Outcome::Failed, false), rule(Outcome::Failed, true)], [Rule::ALL, unknown(1)]);
        assert_eq!(rule(Outcome::Filtered, false), Rule::INPUT);
        assert_eq!(billing.of(Outcome::Filtered, Stage::After, true), Rule::NOTHING);
        let free = Billing { timed_out: Rule::NOTHING, ..billing };
        assert_eq!(free.of(Outcome::Delivered, Stage::After, true), Rule::NOTHING);
    }

    /// What is billed only for its input is billed for no more where it is unknown whether it is billed at all, and two
    /// unknown rules must both bill.
    #[test]
    fn what_is_unknown_is_no_more_than_what_is_known() {
        let late_input = Rule { part: Part::Input, ..unknown(1) };
        let billing = Billing { blocked_before: Rule::INPUT, failed: unknown(2), timed_out: unknown(1), ..Billing::USUAL };
        assert_eq!(billing.of(Outcome::Filtered, Stage::Before, true), late_input);
        let both = billing.of(Outcome::Failed, Stage::Before, true);
        assert_eq!(both, unknown(3));
        assert_eq!([0, 1, 2, 3].map(|rules| both.bills_if(rules)), [false, false, false, true]);
        assert_eq!([0, 1, 2, 3].map(|rules| late_input.bills_if(rules)), [false, true, false, true]);
        assert_eq!([0, 1].map(|rules| Rule::NOTHING.bills_if(rules)), [false; 2]);
        assert_eq!([0, 1].map(|rules| Rule::ALL.bills_if(rules)), [true; 2]);
    }

    #[test]
    fn filtered_stands_for_both_stages() {
        let read = |text: &str| {
            let file = spec::Sources::new().add("a.toml", text);
            let node = spec::parse(text, file, &mut spec::Mistakes::new());
            spec::Field::read(&node, &mut spec::Reader::new()).expect("valid")
        };
        let mut asked = Vec::new();
        let mut doubt = |key| {
            asked.push(key);
            Doubt { group: 3, rules: asked.len() as u8 }
        };
        let billing = Billing::new(&read("filtered = \"yes\"\nblocked_before = \"unknown\"\nfailed = \"unknown\""), &mut doubt);
        assert_eq!((billing.blocked_before, billing.blocked_after), (unknown(1), Rule::ALL));
        assert_eq!(asked, ["blocked_before", "failed"]);
        let mut doubt = |key| Doubt { group: 3, rules: 1 << u8::from(key == "filtered") };
        let both = Billing::new(&read("filtered = \"unknown\"\nfailed = \"unknown\""), &mut doubt);
        assert_eq!([both.blocked_before, both.blocked_after, both.failed], [unknown(2), unknown(2), unknown(1)]);
        assert_eq!(Billing::new(&read(""), |_| Doubt { group: 0, rules: 1 }), Billing::USUAL);
    }
}
