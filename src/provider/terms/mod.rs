//! Terms: what an account, a provider or a gateway makes of the list charges of its attempts, over time.
//!
//! A price says what one attempt costs; a term knows what came before it: credits, quotas, tiers, fees by the month. Each
//! is a state machine in integers with a small `Copy` state; a term is one file and one line in the table below, and the
//! order of the table is the order in which the terms of one account are applied: first what changes the price, then what
//! is taken on top of it, then how it is paid, then what falls due anyway.
//!
//! ```toml
//! [gateways.openrouter.terms]
//! top_up = { purchase = "100 USD", fee = "5.5%", minimum = "0.80 USD", expires = "365d" }
//!
//! [accounts.midjourney.terms.subscription]
//! fee = "30 USD"                    # each calendar month that the simulation meets; every = "30d": from the start
//! quota.generation = "15h"
//! beyond.price = "4 USD"            # or beyond.slow = 10, or beyond = "list"
//! ```
//!
//! Accounting is accrual: prepaid money becomes a charge when it is used or expires; what is left at the end is no cost
//! and can be read with [`Terms::prepaid`]. Terms draw no random numbers and know neither models nor strategies. A term
//! for one model alone belongs to that model's own list of terms.
//!
//! Invariant: what [`Terms::apply`] returns and the fees of [`Terms::due`] and [`Terms::apply`] together are all the money
//! there is; nothing is rounded but to the picodollar, half to even, and each place that rounds says so.

mod account;
mod allowance;
#[cfg(test)]
mod conservation;
mod cycle;
#[cfg(test)]
mod made_up;
mod percent;
mod prepaid;
mod proportion;
mod registry;
mod slowdown;

use crate::model::Cause;
use crate::units::{SimDuration, SimTime, Usd};

pub use account::{Terms, TermsState};
pub use allowance::AllowanceSpec;
pub use cycle::CycleSpec;
pub use percent::Percent;
pub use slowdown::Slowdown;

/// Money that a term takes apart from the charge of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// What it is for.
    pub cause: Cause,
    /// How much; negative for what is given back.
    pub amount: Usd,
    /// When it falls due: at or before the time that brought it about, never before the scenario's start. Fees of different
    /// terms do not come in the order of their times.
    pub at: SimTime,
}

/// One attempt, as the terms see it. An attempt that a limit rejected is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// How many images it asked for.
    pub images: u8,
    /// Tokens that it used.
    pub tokens: u64,
    /// How long the provider worked on it.
    pub generation: SimDuration,
    /// What it is charged before these terms; zero or more.
    pub list: Usd,
    /// When it was sent; never earlier than that of the item before.
    pub at: SimTime,
    /// Whether the provider bills its outcome. What is not billed uses up no quota and moves no tier.
    pub billed: bool,
    /// Whether it is a request of its own; the second model that a gateway tries for the same one is none to the gateway.
    pub request: bool,
}

/// One condition of an account.
pub trait Term {
    /// What it remembers during a replication.
    type State: Copy;

    /// The state at the scenario's start.
    fn start(&self) -> Self::State;

    /// Brings the state up to `now` and hands over what has fallen due since the last call, over any number of periods.
    /// A time that is not later than that of the last call changes nothing.
    fn due(&self, state: &mut Self::State, now: SimTime, fees: &mut impl FnMut(Fee));

    /// What the attempt is charged in place of its list charge; anything else is handed over as fees. The state must have
    /// been brought up to the item's time.
    fn apply(&self, state: &mut Self::State, item: &Item, fees: &mut impl FnMut(Fee)) -> Usd;

    /// The least that it leaves of a charge of at least this much, whatever came before; fees only come on top. Nothing, where it
    /// is not said: what was included, bought at a discount or is given back later.
    fn least(&self, _: Usd) -> Usd {
        Usd::ZERO
    }

    /// Whether it takes every attempt by itself: what it makes of one does not depend on what others are charged, nor on
    /// whether they are billed.
    fn keeps_apart(&self) -> bool {
        false
    }

    /// By how much an attempt sent now is slowed.
    fn slowdown(&self, _: &Self::State) -> Slowdown {
        Slowdown::NONE
    }

    /// Money that was paid and not yet used.
    fn prepaid(&self, _: &Self::State) -> Usd {
        Usd::ZERO
    }
}

registry::terms! {
    /// A reseller's prices as a change of the list prices, such as "+30%" or "-25%".
    markup => Markup,
    /// Usage that costs nothing, until it is used up or expires.
    free => Free,
    /// Lower prices for larger volumes.
    volume => Volume,
    /// A fee by the period with a quota, and what comes after the quota.
    subscription => Subscription,
    /// An amount for every request, whatever becomes of it.
    per_request => PerRequest,
    /// A share of what is charged, after a number of free requests.
    usage_fee => UsageFee,
    /// A fee by the period that includes a number of requests, and a fee for every further block of requests.
    platform => Platform,
    /// Credits, bought in packs when the balance is short.
    credits => Credits,
    /// A balance in dollars, bought in purchases of one size on each of which a fee is taken.
    top_up => TopUp,
    /// A fee by the period, whatever is asked for: a contract, or machines of one's own.
    standing => Standing,
    /// The cost of connecting to it, once, at the scenario's start.
    integration => Integration,
}
