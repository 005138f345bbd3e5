//! How limits are written in a catalogue or scenario.

use std::marker::PhantomData;

use crate::provider::Every;
use crate::spec::{self, Field, Located, Node, Reader, TimeZoneName};
use crate::units::{Rate, SimDuration, Usd};

spec::table! {
    /// Limits. An attempt must pass all of them.
    pub struct LimitsSpec {
        /// Requests: "5/min", or a table.
        requests: Option<Located<OrPlain<CountSpec, Rate>>>,
        /// Images: "5/min", or a table.
        images: Option<Located<OrPlain<CountSpec, Rate>>>,
        /// Tokens of prompts, and of images where the price counts them: "100k/min", or a table.
        tokens: Option<Located<OrPlain<CountSpec, Rate>>>,
        /// Money: an attempt passes where its list price fits, and what it is charged is taken.
        usd: Option<Located<MoneySpec>>,
        /// Attempts under way at once: a number, or a table.
        in_flight: Option<Located<OrPlain<InFlightSpec, u32>>>,
        /// The retry-after of a rejection for attempts in flight; without it the provider says nothing.
        retry_after: Option<SimDuration>,
        /// Higher tiers, from the lowest: the numbers that they change. They rise while the scenario runs, and never fall.
        tiers: Option<Vec<TierSpec>>,
    }
}

impl LimitsSpec {
    /// Whether it depends on what is charged how much they let through: limits on money, and tiers that are earned by spend where
    /// an account that has spent so much has not earned them yet.
    pub fn counts_money(&self, spent: Usd) -> bool {
        let by_tier = |tier: &TierSpec| tier.usd.is_some() || tier.spent.is_some_and(|needed| needed > spent);
        self.usd.is_some() || self.tiers.iter().flatten().any(by_tier)
    }
}

spec::table! {
    /// So many per so long (`rate`), or so many in each period of the calendar (`most`, `every`).
    pub struct CountSpec {
        /// So many per so long, such as "5/min".
        rate: Option<Rate>,
        /// How a rate is counted: by a token bucket if left out.
        window: Option<Window>,
        /// What a token bucket holds; the number of the rate if left out.
        burst: Option<u64>,
        /// The most in each period of the calendar.
        most: Option<u64>,
        /// The period at whose start counting begins anew.
        every: Option<Every>,
        /// The time zone of periods, such as "America/Los_Angeles"; the scenario's if left out.
        zone: Option<TimeZoneName>,
        /// What happens to an attempt that exceeds it.
        exceed: Exceed = "reject",
        /// The most attempts that may wait; further ones are rejected. Without it any number may.
        queue: Option<QueueLength>,
        /// What a rejection says about trying again: "exact", "none", or a time such as "30s".
        retry_after: Option<RetryAfterSpec>,
    }
}

spec::table! {
    /// So much money within any stretch of time (`per`), or in each period of the calendar (`every`).
    pub struct MoneySpec {
        /// The most, such as "10 USD".
        most: Usd,
        /// Within which time, such as "10min".
        per: Option<SimDuration>,
        /// How it is counted: over a sliding window if left out.
        window: Option<Window>,
        /// The period at whose start counting begins anew.
        every: Option<Every>,
        /// The time zone of periods, such as "America/Los_Angeles"; the scenario's if left out.
        zone: Option<TimeZoneName>,
        /// What happens to an attempt that exceeds it.
        exceed: Exceed = "reject",
        /// The most attempts that may wait; further ones are rejected. Without it any number may.
        queue: Option<QueueLength>,
        /// What a rejection says about trying again: "exact", "none", or a time such as "30s".
        retry_after: Option<RetryAfterSpec>,
    }
}

spec::table! {
    /// Attempts under way at once.
    pub struct InFlightSpec {
        /// The most.
        most: u32,
        /// What happens to an attempt that exceeds it.
        exceed: Exceed = "reject",
        /// The most attempts that may wait; further ones are rejected. Without it any number may.
        queue: Option<QueueLength>,
        /// What a rejection says about trying again: "none", or a time such as "30s".
        retry_after: Option<RetryAfterSpec>,
    }
}

spec::table! {
    /// A tier: what it takes, and the numbers that it changes.
    pub struct TierSpec {
        /// Its name.
        name: Located<String>,
        /// Spent in all through the account. Without it, only a contract gives this tier.
        spent: Option<Usd>,
        /// Age of the account.
        age: SimDuration = "0s",
        /// Requests.
        requests: Option<OrPlain<TierCount, Rate>>,
        /// Images.
        images: Option<OrPlain<TierCount, Rate>>,
        /// Tokens.
        tokens: Option<OrPlain<TierCount, Rate>>,
        /// Money.
        usd: Option<Usd>,
        /// Attempts under way at once.
        in_flight: Option<u32>,
    }
}

spec::table! {
    /// The numbers of a limit in a tier; how it counts is the same in all tiers.
    pub struct TierCount {
        /// So many per so long.
        rate: Option<Rate>,
        /// What a token bucket holds; the number of the rate if left out.
        burst: Option<u64>,
        /// The most in each period of the calendar.
        most: Option<u64>,
    }
}

spec::words! {
    /// How amounts are counted over time.
    pub enum Window {
        /// A token bucket: it holds a burst and fills at the rate.
        "bucket" => Bucket,
        /// Windows one after the other from the scenario's start; each begins with nothing taken.
        "fixed" => Fixed,
        /// Any stretch of that length.
        "sliding" => Sliding,
    }
}

spec::words! {
    /// What happens to an attempt that exceeds a limit.
    pub enum Exceed {
        /// It is rejected at once.
        "reject" => Reject,
        /// It waits until it passes, first come, first served, or until its client gives up.
        "queue" => Queue,
    }
}

spec::checked! {
    /// How many attempts may wait.
    pub struct QueueLength(u32): |length| *length <= 1_000_000, "at most 1000000, or no number for a queue without bound", 200;
}

/// What a rejection says about trying again: `"exact"`, `"none"` or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfterSpec(pub super::RetryAfter);

impl Field for RetryAfterSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Some(Self(match &node.data {
            spec::Data::Text(text) if text == "exact" => super::RetryAfter::Exact,
            spec::Data::Text(text) if text == "none" => super::RetryAfter::Nothing,
            _ => super::RetryAfter::Stated(SimDuration::read(node, reader)?),
        }))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "type": "string", "examples": ["exact", "none", "30s"] })
    }
}

/// A table that may be written as its most important value alone.
#[derive(Debug, Clone)]
pub struct OrPlain<Table, Plain>(pub Table, PhantomData<Plain>);

impl<Table: Field + From<Plain>, Plain: Field> Field for OrPlain<Table, Plain> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let table = if node.entries().is_some() { Table::read(node, reader) } else { Plain::read(node, reader).map(Table::from) };
        table.map(|table| Self(table, PhantomData))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "anyOf": [Plain::schema(), Table::schema()] })
    }
}

impl From<Rate> for CountSpec {
    fn from(rate: Rate) -> Self {
        let rate = Some(rate);
        let (exceed, queue, retry_after) = (Exceed::Reject, None, None);
        Self { rate, window: None, burst: None, most: None, every: None, zone: None, exceed, queue, retry_after }
    }
}

impl From<Rate> for TierCount {
    fn from(rate: Rate) -> Self {
        Self { rate: Some(rate), burst: None, most: None }
    }
}

impl From<u32> for InFlightSpec {
    fn from(most: u32) -> Self {
        Self { most, exceed: Exceed::Reject, queue: None, retry_after: None }
    }
}
