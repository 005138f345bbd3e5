//! How a model is written in a catalogue or scenario, and how it becomes a deployment.

use sha2::{Digest, Sha256};

use super::bucket::{Bucket, Measure};
use super::price::{AdjustSpec, Day, Exchange, ExchangeSpec, Laws, Price, PriceSpec};
use super::{Billing, Deployment, Filter};
use crate::dist::{LawSpec, QuantileTable};
use crate::model::Shape;
use crate::spec::{self, Date, Field, Located, Mistake, Node, Reader};
use crate::units::{Rate, Share, SimDuration, SimTime};

spec::table! {
    /// A model at a provider. What a catalogue leaves out, the scenario supplies.
    pub struct ModelSpec {
        /// Where the numbers come from.
        source: Option<String>,
        /// Anything else worth knowing.
        notes: Option<String>,
        /// The price at the start.
        price: Option<Located<PriceSpec>>,
        /// Prices that hold from a date on.
        price_changes: Option<Vec<PriceChange>>,
        /// What changes the price: classes of service, surcharges, a reseller's markup, rounding.
        adjust: Option<AdjustSpec>,
        /// What other currencies are worth, such as CNY = "0.14 USD", or dated: [{ from = 2026-01-01, rate = "0.14 USD" }].
        exchange: Option<ExchangeSpec>,
        /// Limits; without them none is modelled.
        limits: Option<LimitsSpec>,
        /// Time to generate.
        latency: Option<Located<LawSpec<SimDuration>>>,
        /// Probability that an attempt fails, independent of all else. Without it attempts never fail.
        failure: Option<Share>,
        /// The content filter; without it nothing is refused.
        filter: Option<FilterSpec>,
        /// Which outcomes are billed besides delivered ones.
        billing: Option<BillingSpec>,
        /// Probability that a user accepts a draft made by this model.
        acceptance: Option<Share>,
    }
}

spec::table! {
    /// A price that holds from a date on.
    pub struct PriceChange {
        /// The first day, or the moment, on which it holds.
        from: Located<Date>,
        /// The price.
        price: Located<PriceSpec>,
        /// What changes it; without it, what changes the model's price.
        adjust: Option<AdjustSpec>,
        /// Where it comes from.
        source: Option<String>,
    }
}

spec::table! {
    /// Limits. An attempt must pass all of them; what exceeds one is rejected with a retry-after.
    pub struct LimitsSpec {
        /// Requests, as a token bucket.
        requests: Option<Located<LimitSpec>>,
        /// Images, as a token bucket.
        images: Option<Located<LimitSpec>>,
        /// Tokens of prompts, and of images where the price counts them, as a token bucket.
        tokens: Option<Located<LimitSpec>>,
        /// Attempts under way at once.
        in_flight: Option<Located<u32>>,
        /// The retry-after of a rejection for attempts in flight; without it the provider says nothing.
        retry_after: Option<SimDuration>,
    }
}

spec::table! {
    /// A rate with a burst of its own.
    pub struct RateAndBurst {
        /// The rate at which the bucket fills, such as "5/min".
        rate: Rate,
        /// What the bucket holds.
        burst: u64,
    }
}

/// A token bucket: a rate alone holds as many as its count, so "5/min" holds 5.
#[derive(Debug, Clone)]
pub struct LimitSpec(RateAndBurst);

impl Field for LimitSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.entries().is_some() {
            return RateAndBurst::read(node, reader).map(Self);
        }
        Rate::read(node, reader).map(|rate| Self(RateAndBurst { rate, burst: rate.count }))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "anyOf": [Rate::schema(), RateAndBurst::schema()] })
    }
}

spec::table! {
    /// A content filter. Its verdict on a prompt is the same at every attempt.
    pub struct FilterSpec {
        /// Share of prompts that it refuses.
        rate: Share,
        /// Models whose filters have the same name share verdicts; without it, the filter is the model's own.
        name: Option<String>,
        /// When the refusal comes; without it, when the image would have come.
        verdict_after: Option<SimDuration>,
    }
}

spec::words! {
    /// Whether an outcome is billed like a delivered one.
    pub enum Billed {
        /// It is billed.
        "yes" => Yes,
        /// It is not.
        "no" => No,
    }
}

spec::table! {
    /// Which outcomes are billed besides delivered ones.
    pub struct BillingSpec {
        /// Failed attempts. No provider that states a rule bills them (as of 2026-11-22).
        failed: Billed = "no",
        /// Attempts that the content filter refused.
        filtered: Billed = "no",
        /// Attempts that the provider finished after the client had stopped waiting.
        timed_out: Billed = "yes",
    }
}

/// What a deployment is made for.
pub struct Setting<'a> {
    /// The shapes of the workload, by id.
    pub shapes: &'a [Shape],
    /// The time of a date since the scenario's start; negative before it. An error is a sentence.
    pub time: &'a dyn Fn(Date) -> Result<SimTime, String>,
    /// The first instant, in the scenario's time zone.
    pub start: &'a jiff::Zoned,
    /// How long is simulated.
    pub horizon: SimDuration,
}

impl ModelSpec {
    /// The deployment of this model. `name` is where a strategy asks for it; `drafts` says whether it makes drafts.
    ///
    /// # Errors
    /// All that is missing or makes no sense.
    pub fn build(&self, name: &Located<String>, drafts: bool, setting: &Setting<'_>) -> Result<Deployment, Vec<Mistake>> {
        let mut mistakes = self.missing(name, drafts);
        let mut keep = |mistake| mistakes.push(mistake);
        let prices = self.prices(setting).map_err(&mut keep).unwrap_or_default();
        let buckets = self.buckets().map_err(&mut keep).unwrap_or_default();
        let latency = self.latency.as_ref().and_then(|law| {
            let wrong = |what| Mistake::error(&law.place, what).label("no such distribution");
            law.law().map_err(wrong).map_err(&mut keep).ok()
        });
        let in_flight = self.limits.as_ref().and_then(|limits| limits.in_flight.as_ref());
        if let Some(zero) = in_flight.filter(|most| ***most == 0) {
            keep(Mistake::error(&zero.place, "a limit of 0 in flight lets nothing through").label("must be at least 1"));
        }
        let Some(latency) = latency.filter(|_| mistakes.is_empty()) else { return Err(mistakes) };
        let billing = self.billing.as_ref();
        let billed = |of: fn(&BillingSpec) -> Billed, default: bool| billing.map_or(default, |b| of(b) == Billed::Yes);
        Ok(Deployment {
            prices: prices.into(),
            buckets: buckets.into(),
            in_flight: in_flight.map(|most| **most),
            retry_after: self.limits.as_ref().and_then(|limits| limits.retry_after).unwrap_or(SimDuration::ZERO),
            latency: QuantileTable::new(latency),
            failure: self.failure.unwrap_or(Share::NONE).threshold(),
            filter: self.filter.as_ref().map(|filter| filter.build(name)),
            billing: Billing {
                failed: billed(|b| b.failed, false),
                filtered: billed(|b| b.filtered, false),
                timed_out: billed(|b| b.timed_out, true),
            },
            acceptance: self.acceptance.unwrap_or(Share::ALL).threshold(),
        })
    }

    fn missing(&self, name: &Located<String>, drafts: bool) -> Vec<Mistake> {
        let absent = [
            ("price", self.price.is_none()),
            ("latency", self.latency.is_none()),
            ("acceptance", drafts && self.acceptance.is_none()),
        ];
        let missing: Vec<&str> = absent.iter().filter(|(_, missing)| *missing).map(|(key, _)| *key).collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let what = format!("model \"{}\" has no {}", &**name, missing.join(", no "));
        let help = format!("give it in [models.\"{}\"]", &**name);
        vec![Mistake::error(&name.place, what).label("used here").help(help)]
    }

    /// The prices with the time from which each holds: a new one at each price change, and at each date of a rate of
    /// exchange.
    pub(super) fn prices(&self, setting: &Setting<'_>) -> Result<Vec<(SimTime, Price)>, Mistake> {
        let Some(first) = &self.price else { return Ok(Vec::new()) };
        let exchange = Exchange::new(self.exchange.as_ref(), setting.time)?;
        let none = AdjustSpec::default();
        let adjust = self.adjust.as_ref().unwrap_or(&none);
        let laws = Laws::default();
        let price = |price: &PriceSpec, adjust: &AdjustSpec, now: SimTime| {
            price.build(adjust, setting.shapes, &Day { exchange: &exchange, now, laws: &laws })
        };
        let mut course: Vec<(SimTime, &PriceSpec, &AdjustSpec)> = vec![(SimTime::START, &**first, adjust)];
        let mut before = None;
        for change in self.price_changes.iter().flatten() {
            let time = (setting.time)(*change.from).map_err(|what| Mistake::error(&change.from.place, what))?;
            if before.replace(time).is_some_and(|before| before >= time) {
                let what = "price changes must be in order of their dates";
                return Err(Mistake::error(&change.from.place, what).label("not after the one before"));
            }
            course.push((time.max(SimTime::START), &*change.price, change.adjust.as_ref().unwrap_or(adjust)));
        }
        let mut prices: Vec<(SimTime, Price)> = Vec::new();
        for (index, (from, spec, adjust)) in course.iter().enumerate() {
            // What held before the scenario began: the price at the start is the last such.
            prices.pop_if(|(before, _)| before == from);
            prices.push((*from, price(spec, adjust, *from)?));
            let until = course.get(index + 1).map(|(next, ..)| *next);
            for date in exchange.dates().filter(|date| date > from && until.is_none_or(|until| *date < until)) {
                let price = price(spec, adjust, date)?;
                if prices.last().is_some_and(|(_, before)| *before != price) {
                    prices.push((date, price));
                }
            }
        }
        Ok(prices)
    }

    fn buckets(&self) -> Result<Vec<Bucket>, Mistake> {
        let Some(limits) = &self.limits else { return Ok(Vec::new()) };
        let given = [(Measure::Requests, &limits.requests), (Measure::Images, &limits.images), (Measure::Tokens, &limits.tokens)];
        let given = given.into_iter().filter_map(|(measure, limit)| Some((measure, limit.as_ref()?)));
        given
            .map(|(measure, limit)| {
                let RateAndBurst { rate, burst } = limit.0;
                let wrong =
                    || Mistake::error(&limit.place, "this limit is zero, or too large to keep exact").label("no such limit");
                Bucket::new(measure, rate, burst).ok_or_else(wrong)
            })
            .collect()
    }
}

impl FilterSpec {
    fn build(&self, model: &str) -> Filter {
        let name = self.name.as_deref().unwrap_or(model);
        // By name and not by number, so that what another strategy uses cannot change a verdict.
        let digest = Sha256::digest(name.as_bytes());
        let id = digest.iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte));
        Filter { id, rate: self.rate.threshold(), verdict_after: self.verdict_after }
    }
}
