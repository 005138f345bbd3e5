//! Billing by outcome: what of an attempt is charged, depending on how it ended.
//!
//! What nobody knows stays unknown: it becomes an interval in every figure of money, and no default.

use crate::model::{Cause, DoubtId, Outcome};
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
        /// Attempts rejected at a limit.
        rate_limited: Billed = "no",
    }
}

/// A rule of billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Billed.
    Yes,
    /// Not billed.
    No,
    /// Only its input is.
    InputOnly,
    /// This unknown rule decides.
    Unknown(DoubtId),
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
    /// Rejected attempts.
    pub rate_limited: Rule,
}

impl Billing {
    /// The rules as a provider has them that says nothing: what is delivered or finished too late is billed.
    pub const USUAL: Self = Self {
        delivered: Rule::Yes,
        failed: Rule::No,
        blocked_before: Rule::No,
        blocked_after: Rule::No,
        timed_out: Rule::Yes,
        gave_up: Rule::No,
        rate_limited: Rule::No,
    };

    /// The rules as written. `doubt` gives the unknown rule about an outcome, by its key.
    pub fn new(spec: &BillingSpec, mut doubt: impl FnMut(&'static str) -> DoubtId) -> Self {
        let mut rule = |key, billed| match billed {
            Billed::Yes => Rule::Yes,
            Billed::No => Rule::No,
            Billed::InputOnly => Rule::InputOnly,
            Billed::Unknown => Rule::Unknown(doubt(key)),
        };
        let filtered = spec.filtered.unwrap_or(Billed::No);
        Self {
            delivered: rule("delivered", spec.delivered),
            failed: rule("failed", spec.failed),
            blocked_before: rule("blocked_before", spec.blocked_before.unwrap_or(filtered)),
            blocked_after: rule("blocked_after", spec.blocked_after.unwrap_or(filtered)),
            timed_out: rule("timed_out", spec.timed_out),
            gave_up: rule("gave_up", spec.gave_up),
            rate_limited: rule("rate_limited", spec.rate_limited),
        }
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
            Outcome::TimedOut | Outcome::RateLimited | Outcome::Gone => Rule::No,
        };
        if late { own.and(self.timed_out) } else { own }
    }
}

impl Rule {
    /// Billed where both rules say so: what is free under either is free, and what is unknown under either is unknown.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (_, Self::Unknown(doubt)) | (Self::Unknown(doubt), _) => Self::Unknown(doubt),
            (Self::InputOnly, _) | (_, Self::InputOnly) => Self::InputOnly,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// The unknown rule, where it is one.
    pub const fn doubt(self) -> Option<DoubtId> {
        match self {
            Self::Unknown(doubt) => Some(doubt),
            Self::Yes | Self::No | Self::InputOnly => None,
        }
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

    #[test]
    fn what_comes_late_needs_both_rules() {
        let doubt = Rule::Unknown(DoubtId(3));
        let billing = Billing { failed: Rule::Yes, blocked_before: Rule::InputOnly, timed_out: doubt, ..Billing::USUAL };
        let rule = |outcome, late| billing.of(outcome, Stage::Before, late);
        assert_eq!([rule(Outcome::Delivered, false), rule(Outcome::Delivered, true)], [Rule::Yes, doubt]);
        assert_eq!([rule(Outcome::Failed, false), rule(Outcome::Failed, true)], [Rule::Yes, doubt]);
        assert_eq!(rule(Outcome::Filtered, false), Rule::InputOnly);
        assert_eq!(billing.of(Outcome::Filtered, Stage::After, true), Rule::No);
        let free = Billing { timed_out: Rule::No, ..billing };
        assert_eq!(free.of(Outcome::Delivered, Stage::After, true), Rule::No);
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
            DoubtId(asked.len() as u16)
        };
        let billing = Billing::new(&read("filtered = \"yes\"\nblocked_before = \"unknown\"\nfailed = \"unknown\""), &mut doubt);
        assert_eq!((billing.blocked_before, billing.blocked_after), (Rule::Unknown(DoubtId(2)), Rule::Yes));
        assert_eq!(asked, ["failed", "blocked_before"]);
        assert_eq!(Billing::new(&read(""), |_| DoubtId(0)), Billing::USUAL);
    }
}
