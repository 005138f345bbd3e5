//! How a model is written in a catalogue or scenario, and how it becomes a deployment.

use sha2::{Digest, Sha256};

use super::limit::spec::{AccountSpec, ProviderSpec};
use super::limit::{Applied, LimitsBuilder, LimitsSpec};
use super::price::{Price, PriceSpec};
use super::{Billing, Deployment, Filter};
use crate::dist::{LawSpec, QuantileTable};
use crate::model::Shape;
use crate::spec::{self, Date, Located, Mistake, Named};
use crate::units::{Share, SimDuration, SimTime};

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
        /// Limits; without them none is modelled.
        limits: Option<LimitsSpec>,
        /// The account through which it is reached; without it, the one named like the provider.
        account: Option<Located<String>>,
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
        /// Where it comes from.
        source: Option<String>,
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

/// What models have in common.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shared<'a> {
    /// Accounts by name.
    pub accounts: Option<&'a Named<AccountSpec>>,
    /// Providers by name.
    pub providers: Option<&'a Named<ProviderSpec>>,
}

impl ModelSpec {
    /// The deployment of this model. `name` is where a strategy asks for it; `drafts` says whether it makes drafts. Its limits
    /// are added to `limits`.
    ///
    /// # Errors
    /// All that is missing or makes no sense.
    pub fn build(
        &self,
        name: &Located<String>,
        drafts: bool,
        setting: &Setting<'_>,
        shared: Shared<'_>,
        limits: &mut LimitsBuilder,
    ) -> Result<Deployment, Vec<Mistake>> {
        let mut mistakes = self.missing(name, drafts);
        let mut keep = |mistake| mistakes.push(mistake);
        let prices = self.prices(setting).map_err(&mut keep).unwrap_or_default();
        let applied =
            self.limits(name, shared, setting, limits).map_err(|found| found.into_iter().for_each(&mut keep)).unwrap_or_default();
        let latency = self.latency.as_ref().and_then(|law| {
            let wrong = |what| Mistake::error(&law.place, what).label("no such distribution");
            law.law().map_err(wrong).map_err(&mut keep).ok()
        });
        let Some(latency) = latency.filter(|_| mistakes.is_empty()) else { return Err(mistakes) };
        let billing = self.billing.as_ref();
        let billed = |of: fn(&BillingSpec) -> Billed, default: bool| billing.map_or(default, |b| of(b) == Billed::Yes);
        Ok(Deployment {
            prices: prices.into(),
            limits: applied,
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

    fn prices(&self, setting: &Setting<'_>) -> Result<Vec<(SimTime, Price)>, Mistake> {
        let Some(first) = &self.price else { return Ok(Vec::new()) };
        let mut prices = vec![(SimTime::START, first.build(setting.shapes)?)];
        let mut before = None;
        for change in self.price_changes.iter().flatten() {
            let time = (setting.time)(*change.from).map_err(|what| Mistake::error(&change.from.place, what))?;
            let price = change.price.build(setting.shapes)?;
            if before.replace(time).is_some_and(|before| before >= time) {
                let what = "price changes must be in order of their dates";
                return Err(Mistake::error(&change.from.place, what).label("not after the one before"));
            }
            if time <= SimTime::START {
                // It held before the scenario began: the price at the start is the last such.
                prices[0] = (SimTime::START, price);
            } else {
                prices.push((time, price));
            }
        }
        Ok(prices)
    }

    /// The limits that apply: the model's own, those of its account and those of its provider.
    fn limits(
        &self,
        name: &str,
        shared: Shared<'_>,
        setting: &Setting<'_>,
        all: &mut LimitsBuilder,
    ) -> Result<Applied, Vec<Mistake>> {
        let provider = name.split('/').next().unwrap_or_default();
        let through = self.account.as_ref().map_or(provider, |account| &**account);
        let spec = shared.accounts.and_then(|accounts| accounts.get(through));
        if let Some(unknown) = self.account.as_ref().filter(|_| spec.is_none()) {
            let mistake = Mistake::error(&unknown.place, format!("unknown account \"{through}\"")).label("no such account");
            return Err(vec![mistake.help(format!("describe it in [accounts.{through}]"))]);
        }
        let account = all.account(through, spec)?;
        let mut numbers = self.limits.as_ref().map_or(Ok(Vec::new()), |limits| all.add(limits, account, setting))?;
        if let Some(limits) = spec.and_then(|spec| spec.limits.as_ref()) {
            numbers.extend(all.share(&format!("account {through}"), limits, account, setting)?);
        }
        if let Some(limits) = shared.providers.and_then(|all| all.get(provider)).and_then(|spec| spec.limits.as_ref()) {
            numbers.extend(all.share(&format!("provider {provider}"), limits, account, setting)?);
        }
        Ok(all.applied(&numbers, account))
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
