//! What a client knows of prices: those of now, or those of its last poll, whether they move or change by date.

use super::migration::Moves;
use crate::model::{Cause, Charge, DeploymentId};
use crate::provider::moving::{Quote, Seen};
use crate::provider::{Deployment, Market, Providers, Usage};
use crate::routing::{Quotes, Sight};
use crate::units::{SimTime, Usd};

/// What a client knows of prices; nothing for one that does not look at them.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    /// By deployment; empty where prices are not looked at.
    seen: Box<[Seen]>,
    quote: Option<Quote>,
}

impl Prices {
    /// For a client that looks at prices or not, and polls quotes where there is `Some`.
    pub(super) fn new(market: &Market, looks: bool, quotes: Option<Quotes>) -> Self {
        let seen = if looks { vec![Seen::default(); market.deployments.len()].into() } else { Box::default() };
        Self { seen, quote: quotes.map(|Quotes { every, price }| Quote::new(every, price)) }
    }

    pub(super) fn reset(&mut self) {
        self.seen.fill(Seen::default());
    }

    #[inline]
    pub(super) fn are_wanted(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Writes what a request would cost at each deployment, as far as the client knows now. It is asked before anything is
    /// sent, since a price that has moved on is not moved back to the last poll.
    pub(super) fn look(&mut self, market: &Market, providers: &mut Providers, usage: &Usage, now: SimTime, sights: &mut [Sight]) {
        let asked = self.quote.as_ref().map_or(now, |quote| quote.last_poll(now));
        for ((id, seen), sight) in market.ids().zip(&mut self.seen).zip(sights) {
            // Not every deployment has a price for what other routers are asked for.
            if !Providers::covers(market, id, usage, now) {
                continue;
            }
            let factor = match &self.quote {
                None => providers.factor(market, id, now),
                Some(quote) => quote.look(seen, now, |poll| providers.factor(market, id, poll)),
            };
            sight.price = Providers::list_price(market, id, usage, asked, factor);
        }
    }

    /// What the polls of a whole replication cost: one charge for each deployment that is used and whose price moves or
    /// changes by date, as long as it is used.
    pub(super) fn polls<'a>(
        &self,
        market: &'a Market,
        moves: &'a Moves,
        uses: impl Fn(DeploymentId) -> bool + 'a,
    ) -> impl Iterator<Item = (Charge, SimTime)> + 'a {
        let own = |deployment: &Deployment| deployment.prices.len() > 1 || deployment.moving().is_some();
        let changes = move |id: DeploymentId| {
            let deployment = &market.deployments[id.index()];
            own(deployment) || deployment.versions().iter().any(|(_, version)| own(&market.deployments[version.index()]))
        };
        let (quote, end) = (self.quote, market.horizon);
        market.ids().filter(move |id| quote.is_some() && changes(*id)).filter_map(move |id| {
            let span = moves.span(market, id, &uses)?;
            let amount = quote?.cost(span.from, span.until.min(end));
            let charge = Charge { payee: id.into(), stage: None, cause: Cause::Quotes, amount, case: None };
            (amount > Usd::ZERO).then_some((charge, end))
        })
    }
}
