//! What an answer says to a client, as finely as clients tell answers apart. Outcomes are coarser.

use super::Outcome;

/// What an answer says: its HTTP status, or what a client says itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// 200: images.
    #[default]
    Delivered,
    /// 400 with a word that says that the content filter refused the prompt.
    Filtered,
    /// 400, 413, 422: a mistake of the client's, or a refusal in words that the client does not know.
    BadRequest,
    /// 401.
    Unauthorized,
    /// 402.
    PaymentRequired,
    /// 403.
    Forbidden,
    /// 404: the model is not there.
    Gone,
    /// 408, or the client stopped waiting.
    TimedOut,
    /// 409.
    Conflict,
    /// 429.
    RateLimited,
    /// 500, 502, 504.
    Failed,
    /// 503.
    Unavailable,
    /// The client's own: it has no deployment left that it may ask.
    NoneLeft,
    /// The client's own: it has called the attempt off, since another was faster.
    CalledOff,
    /// The client's own: it would spend more than it may.
    OverBudget,
    /// The client's own: more would be under way or waiting than it lets in.
    Shed,
}

impl Status {
    /// Every status, in order.
    pub const ALL: [Self; 16] = [
        Self::Delivered,
        Self::Filtered,
        Self::BadRequest,
        Self::Unauthorized,
        Self::PaymentRequired,
        Self::Forbidden,
        Self::Gone,
        Self::TimedOut,
        Self::Conflict,
        Self::RateLimited,
        Self::Failed,
        Self::Unavailable,
        Self::NoneLeft,
        Self::CalledOff,
        Self::OverBudget,
        Self::Shed,
    ];

    /// What the answer to an attempt that ended so says, where nothing finer is known.
    #[inline]
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered => Self::Delivered,
            Outcome::Filtered => Self::Filtered,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::RateLimited => Self::RateLimited,
            Outcome::Gone => Self::Gone,
            Outcome::Refused => Self::NoneLeft,
        }
    }

    /// The word for it in scenarios; those that no scenario names read like one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Filtered => "filtered",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::PaymentRequired => "payment_required",
            Self::Forbidden => "forbidden",
            Self::Gone => "gone",
            Self::TimedOut => "timed_out",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Failed => "failed",
            Self::Unavailable => "unavailable",
            Self::NoneLeft => "none_left",
            Self::CalledOff => "called off",
            Self::OverBudget => "over_budget",
            Self::Shed => "shed",
        }
    }

    /// The outcome of a request that ends with it.
    #[inline]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Delivered => Outcome::Delivered,
            Self::Filtered => Outcome::Filtered,
            Self::Gone => Outcome::Gone,
            Self::TimedOut | Self::CalledOff => Outcome::TimedOut,
            Self::RateLimited => Outcome::RateLimited,
            Self::NoneLeft | Self::OverBudget | Self::Shed => Outcome::Refused,
            Self::BadRequest
            | Self::Unauthorized
            | Self::PaymentRequired
            | Self::Forbidden
            | Self::Conflict
            | Self::Failed
            | Self::Unavailable => Outcome::Failed,
        }
    }
}

/// A set of statuses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statuses(u16);

impl Statuses {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These.
    pub const fn of(all: &[Status]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < all.len() {
            bits |= 1 << all[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// Whether this is one of them.
    #[inline]
    pub const fn has(self, status: Status) -> bool {
        self.0 & (1 << status as u16) != 0
    }
}

impl FromIterator<Status> for Statuses {
    fn from_iter<I: IntoIterator<Item = Status>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, |set, status| Self(set.0 | Self::of(&[status]).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_becomes_a_status_and_is_its_outcome() {
        for outcome in Outcome::ALL {
            assert_eq!(Status::of(outcome).outcome(), outcome);
        }
    }

    #[test]
    fn sets_hold_what_they_are_made_of() {
        let set: Statuses = [Status::Delivered, Status::NoneLeft, Status::Gone].into_iter().collect();
        let held: Vec<Status> = Status::ALL.into_iter().filter(|status| set.has(*status)).collect();
        assert_eq!(held, [Status::Delivered, Status::Gone, Status::NoneLeft]);
    }
}
