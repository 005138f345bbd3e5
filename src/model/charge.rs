//! Charges: lines of money with their cause.

use serde::{Deserialize, Serialize};

use crate::units::Usd;

use super::{CaseId, Outcome, PayeeId, Stage};

/// What a charge was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// Images that were delivered.
    Delivered,
    /// An attempt that the content filter refused and the provider billed all the same.
    Filtered,
    /// An attempt that failed and the provider billed all the same.
    Failed,
    /// An attempt that the provider finished after the client had stopped waiting.
    TimedOut,
    /// An attempt that the client gave up before the provider had begun, or cancelled.
    GaveUp,
    /// An attempt whose answer nobody needed any more: another attempt for the same request was faster.
    Hedged,
    /// An attempt that was rejected because a limit was reached.
    RateLimited,
    /// What falls due whatever is asked for: subscriptions, contracts, platforms, machines.
    Standing,
    /// What a gateway takes: a share of what is bought or used, or an amount per request.
    Fee,
    /// Prepaid money that expired unused.
    Expired,
    /// Polls of prices.
    Quotes,
    /// Health checks.
    Checks,
    /// People's work on connecting a provider.
    Integration,
}

impl Cause {
    /// Every cause, in the order in which reports list them.
    pub const ALL: [Self; 13] = [
        Self::Delivered,
        Self::Filtered,
        Self::Failed,
        Self::TimedOut,
        Self::GaveUp,
        Self::Hedged,
        Self::RateLimited,
        Self::Standing,
        Self::Fee,
        Self::Expired,
        Self::Quotes,
        Self::Checks,
        Self::Integration,
    ];

    /// The cause of what an attempt with this outcome is billed; what is gone bills nothing, and would as a rejection.
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered => Self::Delivered,
            Outcome::Filtered => Self::Filtered,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::RateLimited | Outcome::Gone | Outcome::Refused => Self::RateLimited,
        }
    }

    /// Whether a single attempt causes it; all else falls due by date or by what was bought or used in all.
    pub const fn is_of_an_attempt(self) -> bool {
        !matches!(self, Self::Standing | Self::Fee | Self::Expired | Self::Quotes | Self::Checks | Self::Integration)
    }

    /// Whether the money bought nothing: no image, and nothing that images need.
    pub const fn is_wasted(self) -> bool {
        match self {
            Self::Delivered | Self::Standing | Self::Fee | Self::Quotes | Self::Checks | Self::Integration => false,
            Self::Filtered | Self::Failed | Self::TimedOut | Self::GaveUp | Self::Hedged | Self::RateLimited | Self::Expired => {
                true
            }
        }
    }

    /// Why a client that books the list price of what was delivered, and nothing else, does not book this.
    pub const fn gap(self) -> Gap {
        match self {
            Self::Delivered => Gap::Prices,
            Self::Filtered => Gap::Refused,
            Self::Failed | Self::RateLimited => Gap::Failed,
            Self::TimedOut | Self::GaveUp => Gap::TimedOut,
            Self::Hedged => Gap::Hedged,
            Self::Standing | Self::Fee | Self::Expired | Self::Quotes | Self::Checks | Self::Integration => Gap::Fees,
        }
    }

    /// The name used in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Filtered => "filtered",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::GaveUp => "gave_up",
            Self::Hedged => "hedged",
            Self::RateLimited => "rate_limited",
            Self::Standing => "standing",
            Self::Fee => "fee",
            Self::Expired => "expired",
            Self::Quotes => "quotes",
            Self::Checks => "checks",
            Self::Integration => "integration",
        }
    }
}

/// Why an invoice and what a client books are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// Attempts that failed or were turned away, and were billed all the same.
    Failed,
    /// Attempts that the client no longer waited for, and were billed all the same.
    TimedOut,
    /// Attempts that a content filter refused, and were billed all the same.
    Refused,
    /// Attempts that another one for the same request made needless, and were billed all the same.
    Hedged,
    /// Fees and what falls due whatever is asked for.
    Fees,
    /// What was delivered, at another price than the list's: terms, moving prices, stored images. Less than nothing where the
    /// invoice is lower.
    Prices,
}

impl Gap {
    /// Every one, in the order in which reports list them.
    pub const ALL: [Self; 6] = [Self::Failed, Self::TimedOut, Self::Refused, Self::Hedged, Self::Fees, Self::Prices];
}

/// One line of money on an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Who bills it.
    pub payee: PayeeId,
    /// Which part of a journey it served; `None` where no single attempt caused it.
    pub stage: Option<Stage>,
    /// What it was for.
    pub cause: Cause,
    /// How much.
    pub amount: Usd,
    /// The only case in which it is billed: what the invoice has more then, or less, than if nothing unknown were billed.
    /// `None`: it is billed for certain.
    pub case: Option<CaseId>,
}
