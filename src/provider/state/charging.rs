//! What an attempt is charged: the list price of what its outcome is billed for, on the terms of all whose terms hold.
//!
//! Nobody knows whether unknown rules bill. So terms on which charges meet that depend on them have one state for each set of
//! these rules: what they would come to if just these billed. The set in which none of them bills is what is billed for
//! certain; of every other set the difference to it is told, with its case.

use super::{Attempt, Extra, Providers};
use crate::model::{Accepted, Answer, CaseId, Cause, Charge, DeploymentId, Outcome, PayeeId, Place};
use crate::provider::billing::{Doubt, Part, Rule};
use crate::provider::moving::Factor;
use crate::provider::terms::{Fee, Item, Terms};
use crate::provider::{Cache, Deployment, Market, Usage};
use crate::units::{SimTime, Usd};

/// What is needed to bill an attempt.
pub(super) struct Bill<'a> {
    pub(super) market: &'a Market,
    pub(super) deployment: &'a Deployment,
    pub(super) id: DeploymentId,
    /// Whose terms hold, by number.
    pub(super) owners: &'a [u16],
    /// Whether a gateway has tried another model before, for the same request.
    pub(super) again: bool,
    pub(super) factor: Factor,
    pub(super) now: SimTime,
    /// The cache that the image came from.
    pub(super) stored: Option<&'a Cache>,
}

/// What an attempt is charged.
#[derive(Clone, Copy)]
pub(super) struct Charged {
    /// For certain.
    pub(super) certain: Usd,
    /// If everything unknown bills.
    pub(super) most: Usd,
}

impl Providers {
    /// What an attempt is charged under this rule. What depends on unknown rules is told apart from it.
    #[inline]
    pub(super) fn charge<const MORE: bool>(
        &mut self,
        bill: &Bill<'_>,
        rule: Rule,
        cause: Cause,
        attempt: &Attempt<'_>,
        used: impl FnOnce() -> Usage,
    ) -> Charged {
        if MORE {
            return self.on_terms(bill, rule, cause, &used());
        }
        let amount = list(bill.deployment, rule.part, attempt, bill.now, used);
        match rule.doubt {
            None => Charged { certain: amount, most: amount },
            Some(doubt) => self.doubtful(bill, doubt, cause, amount),
        }
    }

    /// The same at a deployment that has [more](crate::provider::More).
    fn on_terms(&mut self, bill: &Bill<'_>, rule: Rule, cause: Cause, usage: &Usage) -> Charged {
        let tariff = bill.deployment.tariff(usage.shape, bill.now);
        let list = match rule.part {
            Part::Nothing => Usd::ZERO,
            Part::Input => tariff.input_part(usage),
            Part::All => tariff.of(usage),
        };
        self.listed = list;
        let list = bill.factor.of(bill.stored.map_or(list, |cache| cache.price(list)));
        if let (Some(moving), true) = (bill.deployment.moving(), rule.part != Part::Nothing) {
            let moving = usize::from(moving);
            bill.market.moving[moving].bought(&mut self.paths[moving], usage.images);
        }
        if bill.owners.is_empty() {
            let certain = Charged { certain: list, most: list };
            return rule.doubt.map_or(certain, |doubt| self.doubtful(bill, doubt, cause, list));
        }
        let (tokens, generation) = (tariff.tokens(usage), usage.took);
        let item = Item { images: usage.images, tokens, generation, list, at: bill.now, billed: true, request: true };
        let group = rule.doubt.map(|doubt| doubt.group).or_else(|| bill.deployment.more.as_ref()?.group);
        self.begin(super::states(bill.market, group), item, rule);
        for &owner in bill.owners {
            let is_gateway = bill.market.owners[usize::from(owner)].is_gateway;
            let item = Item { request: !(is_gateway && bill.again), ..item };
            self.apply(bill.market, usize::from(owner), group, item, rule);
        }
        self.conclude(bill, group, cause)
    }

    /// What each set of unknown rules makes of a charge before any terms.
    fn begin(&mut self, states: usize, item: Item, rule: Rule) {
        self.lists.clear();
        self.lists.extend((0..states).map(|set| if rule.bills_if(set) { item.list } else { Usd::ZERO }));
    }

    /// What an owner's terms make of it in each set of the group's rules. Terms that keep attempts apart have one state, that of
    /// any set: each set begins from a copy of it.
    fn apply(&mut self, market: &Market, owner: usize, group: Option<u16>, item: Item, rule: Rule) {
        let (Self { lists, terms, spare, extras, .. }, of) = (self, &market.owners[owner]);
        let [before, copy] = &mut spare[owner];
        let apart = of.group.is_none() && lists.len() > 1;
        if apart {
            Terms::copy(&terms[owner][0], before);
        }
        let from = extras.len();
        let item = |set: usize, list| Item { list, billed: rule.bills_if(set), ..item };
        lists[0] = of.terms.apply(&mut terms[owner][0], item(0, lists[0]), &mut |fee| extras.push(fee_of(of.payee, fee)));
        let certain = extras.len();
        for (set, list) in lists.iter_mut().enumerate().skip(1) {
            if apart {
                Terms::copy(before, copy);
            }
            let state = if apart { &mut *copy } else { &mut terms[owner][set] };
            let mut more = MoreFees::than(&extras[from..certain]);
            *list = of.terms.apply(state, item(set, *list), &mut |fee| more.add(fee));
            more.tell(of.payee, case(market, group, set), item(set, *list).at, extras);
        }
    }

    /// The charge of the attempt after all terms.
    fn conclude(&mut self, bill: &Bill<'_>, group: Option<u16>, cause: Cause) -> Charged {
        let certain = self.lists[0];
        for (set, &list) in self.lists.iter().enumerate().skip(1) {
            let charge = Charge { payee: bill.id.into(), stage: None, cause, amount: list - certain, case: None };
            tell(&mut self.extras, Charge { case: case(bill.market, group, set), ..charge }, bill.now);
        }
        Charged { certain, most: self.lists.last().copied().unwrap_or(certain) }
    }

    /// An amount that is billed in all cases in which these rules bill.
    #[cold]
    fn doubtful(&mut self, bill: &Bill<'_>, doubt: Doubt, cause: Cause, amount: Usd) -> Charged {
        let (group, needs) = (&bill.market.doubts.groups()[usize::from(doubt.group)], usize::from(doubt.rules));
        for set in group.sets().filter(|set| set & needs == needs) {
            let charge = Charge { payee: bill.id.into(), stage: None, cause, amount, case: Some(group.case(set)) };
            tell(&mut self.extras, charge, bill.now);
        }
        Charged { certain: Usd::ZERO, most: amount }
    }

    /// What is still billed for certain of a delivery that its client has called off before it ended. Where there are terms all of
    /// it is, and so is what bills the input only.
    #[cold]
    pub fn call_off(&mut self, market: &Market, charge: &Charge, now: SimTime) -> Usd {
        let id = DeploymentId(charge.payee.0);
        let deployment = &market.deployments[id.index()];
        let Rule { part, doubt } = deployment.billing.cancelled;
        if deployment.more.as_ref().is_some_and(|more| !more.owners.is_empty()) {
            return charge.amount;
        }
        match (part, doubt) {
            (Part::Nothing, _) => Usd::ZERO,
            (_, None) => charge.amount,
            (_, Some(doubt)) => {
                let bill = Bill { market, deployment, id, owners: &[], again: false, factor: Factor::ONE, now, stored: None };
                self.doubtful(&bill, doubt, Cause::Hedged, charge.amount).certain
            }
        }
    }

    /// What falls due on an owner's terms up to now.
    pub(super) fn fall_due(&mut self, market: &Market, owner: usize, now: SimTime) {
        let (Self { terms, extras, .. }, of) = (self, &market.owners[owner]);
        let from = extras.len();
        let mut states = terms[owner].iter_mut().enumerate();
        if let Some((_, state)) = states.next() {
            of.terms.due(state, now, &mut |fee| extras.push(fee_of(of.payee, fee)));
        }
        let certain = extras.len();
        for (set, state) in states {
            let mut more = MoreFees::than(&extras[from..certain]);
            of.terms.due(state, now, &mut |fee| more.add(fee));
            more.tell(of.payee, case(market, of.group, set), now, extras);
        }
    }

    /// The charge of an attempt that was not let in.
    #[cold]
    pub(super) fn bill_rejected(&mut self, bill: &Bill<'_>, rule: Rule, usage: Usage) {
        let amount = self.on_terms(bill, rule, Cause::RateLimited, &usage).certain;
        let charge = Charge { payee: bill.id.into(), stage: None, cause: Cause::RateLimited, amount, case: None };
        tell(&mut self.extras, charge, bill.now);
    }

    /// An attempt whose client gave it up in a queue.
    #[cold]
    pub(super) fn given_up(&mut self, bill: &Bill<'_>, rule: Rule, usage: Usage, at: SimTime, place: Place) -> Answer {
        let cause = Cause::GaveUp;
        let Charged { certain: charge, most } = self.on_terms(bill, rule, cause, &usage);
        let outcome = Outcome::TimedOut;
        self.most = most;
        Answer::Accepted(Accepted { outcome, empty: false, place, ends: at, released: at, charge, cause })
    }
}

/// What the list says of an attempt. What it used is only worked out where the price depends on it.
#[inline]
fn list(deployment: &Deployment, part: Part, attempt: &Attempt<'_>, now: SimTime, used: impl FnOnce() -> Usage) -> Usd {
    match part {
        Part::Nothing => Usd::ZERO,
        Part::Input => deployment.tariff(attempt.shape, now).input_part(&used()),
        Part::All => {
            let tariff = deployment.tariff(attempt.shape, now);
            tariff.of_images(attempt.images).unwrap_or_else(|| tariff.of(&used()))
        }
    }
}

/// The fees of one set of unknown rules, less those that are billed for certain, by cause.
struct MoreFees([Usd; Cause::ALL.len()]);

impl MoreFees {
    fn than(certain: &[Extra]) -> Self {
        let mut more = Self([Usd::ZERO; Cause::ALL.len()]);
        certain.iter().filter(|extra| extra.charge.case.is_none()).for_each(|extra| {
            let sum = &mut more.0[extra.charge.cause as usize];
            *sum = *sum - extra.charge.amount;
        });
        more
    }

    fn add(&mut self, fee: Fee) {
        self.0[fee.cause as usize] += fee.amount;
    }

    fn tell(&self, payee: PayeeId, case: Option<CaseId>, at: SimTime, extras: &mut Vec<Extra>) {
        for (cause, amount) in Cause::ALL.into_iter().zip(self.0) {
            tell(extras, Charge { payee, stage: None, cause, amount, case }, at);
        }
    }
}

fn tell(extras: &mut Vec<Extra>, charge: Charge, at: SimTime) {
    if charge.amount != Usd::ZERO {
        extras.push(Extra { charge, at });
    }
}

/// The case in which just these rules of a group bill.
fn case(market: &Market, group: Option<u16>, set: usize) -> Option<CaseId> {
    Some(market.doubts.groups()[usize::from(group?)].case(set))
}

const fn fee_of(payee: PayeeId, Fee { cause, amount, at }: Fee) -> Extra {
    Extra { charge: Charge { payee, stage: None, cause, amount, case: None }, at }
}
