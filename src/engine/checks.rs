//! The health checks that a client makes: when they are made, what the client knows of them, and what they cost.
//!
//! They are made at whole multiples of their interval since the scenario's start, of each deployment as long as the client may send
//! requests there and until the horizon. They are no events: what has become of them is worked out when the client is next asked.
//! Only the last two can matter by then, the last of which may not have been answered yet; the others have no effect on anything.

use super::migration::Moves;
use crate::model::{Cause, Charge, DeploymentId};
use crate::provider::{Market, Providers};
use crate::random::{Key, Purpose};
use crate::routing::{self, CheckPrice, Known};
use crate::units::{SimTime, Usd};

const NEVER: SimTime = SimTime::from_micros(i64::MAX);

/// Tokens of a check's prompt: *assumed*, a handful of words.
const TOKENS: u32 = 10;

/// The checks of a client; nothing for one that makes none.
#[derive(Debug, Clone)]
pub(super) struct Checks {
    made: Option<routing::Checks>,
    key: Key,
    /// By deployment; empty without checks.
    watches: Box<[Watch]>,
    /// When there is something to be done.
    next: SimTime,
}

/// The checks of one deployment, by number: the check with number n is made at n times the interval.
#[derive(Debug, Clone, Copy, Default)]
struct Watch {
    first: i64,
    end: i64,
    /// The next to be made.
    next: i64,
    /// Of the last that was made, where it is not answered yet: when it will be, and whether it fails.
    open: Option<(SimTime, bool)>,
}

impl Checks {
    /// Of a client that makes these, if any.
    pub(super) fn new(market: &Market, checks: Option<routing::Checks>) -> Self {
        let count = if checks.is_some() { market.deployments.len() } else { 0 };
        Self { made: checks, key: Key::new(0, 0, Purpose::Check), watches: vec![Watch::default(); count].into(), next: NEVER }
    }

    /// Goes to the start of a replication, in which moves are known.
    pub(super) fn reset(
        &mut self,
        market: &Market,
        moves: &Moves,
        (seed, replication): (u64, u32),
        uses: impl Fn(DeploymentId) -> bool,
        known: &mut Known,
    ) {
        let Some(checks) = self.made else { return };
        if known.failing.len() != self.watches.len() {
            known.failing = vec![false; self.watches.len()].into();
        }
        known.failing.fill(false);
        self.key = Key::new(seed, replication, Purpose::Check);
        for (id, watch) in market.ids().zip(&mut self.watches) {
            *watch = moves.span(market, id, &uses).map_or_else(Watch::default, |span| {
                let (first, end) = (checks.number(span.from), checks.number(span.until.min(market.horizon)));
                Watch { first, end, next: first, open: None }
            });
        }
        self.next = SimTime::START;
    }

    /// When there is something to be done.
    pub(super) const fn next(&self) -> SimTime {
        self.next
    }

    /// Makes the checks that are due by now, and tells the client of those that are answered. The time must not be before any other
    /// at which providers were asked for anything.
    pub(super) fn up_to(&mut self, market: &Market, providers: &mut Providers, now: SimTime, known: &mut Known) {
        let Some(checks) = self.made.filter(|_| self.next <= now) else { return };
        let key = self.key;
        self.next = NEVER;
        for ((id, watch), failing) in market.ids().zip(&mut self.watches).zip(&mut known.failing) {
            let mut make = |number: i64| {
                let at = checks.time(number);
                let probed = providers.probe(market, id, (number as u64, key), at, checks.timeout);
                (at + probed.takes, probed.fails)
            };
            let by = watch.end.min(checks.number(now) + i64::from(checks.is_due(now)));
            if by > watch.next {
                // Whatever was open has been answered before the next was made.
                if let Some((_, fails)) = watch.open.take() {
                    *failing = fails;
                }
                if by - 1 > watch.next {
                    *failing = make(by - 2).1;
                }
                watch.open = Some(make(by - 1));
                watch.next = by;
            }
            if let Some((_, fails)) = watch.open.filter(|(answered, _)| *answered <= now) {
                (*failing, watch.open) = (fails, None);
            }
            let next = if watch.next < watch.end { checks.time(watch.next) } else { NEVER };
            self.next = self.next.min(watch.open.map_or(next, |(answered, _)| answered));
        }
    }

    /// What the checks of a whole replication cost: one charge for each deployment. What is not to be had bills none.
    pub(super) fn costs<'a>(
        &'a self,
        market: &'a Market,
        providers: &'a Providers,
    ) -> impl Iterator<Item = (Charge, SimTime)> + 'a {
        market.ids().zip(&self.watches).filter_map(move |(id, watch)| {
            let (checks, span) = (self.made?, providers.span(id));
            let (first, end) = (watch.first.max(checks.number(span.from)), watch.end.min(checks.number(span.until)));
            let amount = checks.cost(market, id, first, end);
            let charge = Charge { payee: id.into(), stage: None, cause: Cause::Checks, amount, case: None };
            (amount > Usd::ZERO).then_some((charge, market.horizon))
        })
    }
}

impl routing::Checks {
    /// The number of the first check that is not made before this time.
    fn number(&self, time: SimTime) -> i64 {
        let (time, every) = (time.micros().max(0), self.every.micros());
        time / every + i64::from(time % every > 0)
    }

    /// Whether a check is made at this very time.
    const fn is_due(&self, now: SimTime) -> bool {
        now.micros() % self.every.micros() == 0
    }

    const fn time(&self, number: i64) -> SimTime {
        SimTime::from_micros(number * self.every.micros())
    }

    /// What the checks from one number on and before another cost.
    fn cost(&self, market: &Market, id: DeploymentId, mut from: i64, end: i64) -> Usd {
        let count = |from: i64, to: i64| (to - from).max(0) as u64;
        let mut sum = Usd::ZERO;
        match self.price {
            CheckPrice::Amount(price) => price * count(from, end),
            CheckPrice::List => {
                while from < end {
                    let (price, until) = Providers::cheapest_image(market, id, TOKENS, self.time(from));
                    let to = self.number(until).min(end);
                    sum += price * count(from, to);
                    from = to;
                }
                sum
            }
        }
    }
}
