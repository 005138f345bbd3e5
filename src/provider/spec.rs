//! How a model is written in a catalogue or scenario, and how it becomes a deployment.

use super::billing::BillingSpec;
use super::cache::CacheSpec;
use super::fault::{ColdStartSpec, FailureSpec, HangSpec, IncidentsSpec};
use super::filter::FilterSpec;
use super::life::LifeSpec;
use super::limit::LimitsSpec;
use super::moving::MovesSpec;
use super::party::parts;
use super::price::{AdjustSpec, Day, Exchange, ExchangeSpec, Laws, Price, PriceSpec};
use super::terms::TermsSpec;
use crate::dist::LawSpec;
use crate::model::{Service, Shape};
use crate::spec::{self, Date, Located, Mistake, Named};
use crate::units::{Share, SimDuration, SimTime};

spec::table! {
    /// A model at a provider. What a catalogue leaves out, the scenario supplies.
    pub struct ModelSpec {
        /// The model whose fields it takes where it has none of its own: for a second account, or a copy with other numbers.
        like: Option<Located<String>>,
        /// Where the numbers come from.
        source: Option<String>,
        /// Anything else worth knowing.
        notes: Option<String>,
        /// The price at the start.
        price: Option<Located<PriceSpec>>,
        /// Prices that hold from a date on.
        price_changes: Option<Vec<PriceChange>>,
        /// What it calls a quality that is asked for in other words, such as high = "hd"; any other word is its own.
        quality: Option<Named<Located<String>>>,
        /// The class of service in which it is sold, such as "batch": all that it is asked for is asked for in this class, and costs
        /// what `adjust.service` says. Without it, each request says its class.
        service: Option<Service>,
        /// What changes the price: classes of service, surcharges, a reseller's markup, rounding.
        adjust: Option<AdjustSpec>,
        /// What other currencies are worth, such as CNY = "0.14 USD", or dated: [{ from = 2026-01-01, rate = "0.14 USD" }].
        exchange: Option<ExchangeSpec>,
        /// Limits; without them none is modelled.
        limits: Option<LimitsSpec>,
        /// The account through which it is reached; without it, the one named like the provider.
        account: Option<Located<String>>,
        /// Time to generate.
        latency: Option<Located<LawSpec<SimDuration>>>,
        /// Probability that an attempt fails: "2%", or with what sticks to a prompt or user. Without it attempts never fail.
        failure: Option<FailureSpec>,
        /// Attempts that hang; without it none does.
        hang: Option<HangSpec>,
        /// Cold starts; without it there are none.
        cold_start: Option<ColdStartSpec>,
        /// Incidents of its own, besides those of its provider and cloud.
        incidents: Option<IncidentsSpec>,
        /// The content filter; without it nothing is refused.
        filter: Option<FilterSpec>,
        /// Which outcomes are billed besides delivered ones.
        billing: Option<BillingSpec>,
        /// A cache of what was made before, by prompt, size and quality; without it, everything is made anew.
        cache: Option<Located<CacheSpec>>,
        /// Terms for what is charged for this model alone; those of its account, provider and gateway come after them.
        terms: Option<TermsSpec>,
        /// How its price moves between the dates on which it changes; without it, not at all.
        moves: Option<MovesSpec>,
        /// When it is launched, deprecated and shut down; without it, it always is.
        life: Option<LifeSpec>,
        /// The models that this name stands for, by date: a name that floats. It has nothing else of its own.
        versions: Option<Vec<VersionSpec>>,
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
    /// What a floating name stands for from a date on.
    pub struct VersionSpec {
        /// The first day, or the moment; without it, since ever.
        from: Option<Located<Date>>,
        /// The model.
        model: Located<String>,
    }
}

/// What a deployment is made for.
pub struct Setting<'a> {
    /// The shapes of the workload, by id.
    pub shapes: &'a [Shape],
    /// The categories of prompts that filters may tell apart, from 1 on: 0 is an ordinary prompt.
    pub categories: &'a [String],
    /// How many prompts the workload's repertoire has.
    pub templates: usize,
    /// The time of a date since the scenario's start; negative before it. An error is a sentence.
    pub time: &'a dyn Fn(Date) -> Result<SimTime, String>,
    /// The first instant, in the scenario's time zone.
    pub start: &'a jiff::Zoned,
    /// How long is simulated.
    pub horizon: SimDuration,
}

impl ModelSpec {
    /// A shape as this model calls it.
    pub fn in_its_words(&self, shape: &Shape) -> Shape {
        let word = self.quality.as_ref().and_then(|words| words.get(&shape.quality));
        let quality = word.map_or_else(|| shape.quality.clone(), |word| word.value.clone());
        Shape { quality, service: self.service.unwrap_or(shape.service), ..shape.clone() }
    }

    /// Whether what it costs depends on the quality. Where it has no price it is taken to.
    pub fn goes_by_quality(&self) -> bool {
        let changes = self.price_changes.iter().flatten();
        let mut adjusted = self.adjust.iter().chain(changes.clone().filter_map(|change| change.adjust.as_ref()));
        let mut prices = self.price.iter().chain(changes.map(|change| &change.price));
        self.price.is_none() || prices.any(|price| price.goes_by_quality()) || adjusted.any(AdjustSpec::goes_by_quality)
    }

    /// What it lacks to be a deployment.
    pub(crate) fn missing(&self, name: &Located<String>, drafts: bool) -> Vec<Mistake> {
        self.lacking(name, drafts, self.price.is_none())
    }

    /// The same, where it is said already that it has no price.
    pub(crate) fn missing_besides_price(&self, name: &Located<String>, drafts: bool) -> Vec<Mistake> {
        self.lacking(name, drafts, false)
    }

    fn lacking(&self, name: &Located<String>, drafts: bool, price: bool) -> Vec<Mistake> {
        if self.versions.is_some() {
            return Vec::new();
        }
        let absent = [("price", price), ("latency", self.latency.is_none()), ("acceptance", drafts && self.acceptance.is_none())];
        let missing: Vec<&str> = absent.iter().filter(|(_, missing)| *missing).map(|(key, _)| *key).collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let what = format!("model \"{}\" has no {}", &**name, missing.join(", no "));
        let help = format!("give it in [models.\"{}\"]", parts(name).0);
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
        let shapes: Vec<Shape> = setting.shapes.iter().map(|shape| self.in_its_words(shape)).collect();
        let price = |price: &PriceSpec, adjust: &AdjustSpec, now: SimTime| {
            price.build(adjust, &shapes, &Day { exchange: &exchange, now, laws: &laws })
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
}
