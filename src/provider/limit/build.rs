//! From limits as written to limits as planned: every mistake with its place.

use super::spec::{
    AccountSpec, CountSpec, Exceed, InFlightSpec, LimitsSpec, MoneySpec, QueueLength, RetryAfterSpec, TierSpec, Window,
};
use super::{Applied, Bucket, Frame, Ladder, Limit, Limits, Measure, RetryAfter, Rule, Rung, Standing};
use crate::provider::{Every, Periods, Setting};
use crate::spec::{Mistake, Place, TimeZoneName};
use crate::units::{Rate, SimDuration, Usd};

/// An account while limits are built.
#[derive(Debug, Clone)]
pub struct Account {
    name: String,
    standing: Standing,
    tier: Option<String>,
}

/// Collects the limits of a plan.
#[derive(Debug, Clone, Default)]
pub struct LimitsBuilder {
    limits: Limits,
    accounts: Vec<Account>,
    /// What several deployments share, by the name of what they share it through.
    shared: Vec<(String, Result<Vec<usize>, ()>)>,
}

/// The numbers of a limit on one rung, before it is known how they are counted.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    rate: Option<Rate>,
    burst: Option<u64>,
    most: Option<u64>,
}

/// What is the same on all rungs.
struct Manner<'a> {
    measure: Measure,
    place: &'a Place,
    window: Option<Window>,
    per: Option<SimDuration>,
    every: Option<Every>,
    zone: Option<&'a TimeZoneName>,
    exceed: Exceed,
    queue: Option<QueueLength>,
    retry_after: RetryAfter,
}

impl LimitsBuilder {
    /// The account of this name, as it stands at the start.
    ///
    /// # Errors
    /// More spent so far than is kept exact.
    pub fn account(&mut self, name: &str, spec: Option<&AccountSpec>) -> Result<usize, Vec<Mistake>> {
        if let Some(known) = self.accounts.iter().position(|account| account.name == name) {
            return Ok(known);
        }
        let read = |spec: &AccountSpec| picos(*spec.spent).map_err(|what| vec![Mistake::error(&spec.spent.place, what)]);
        let spent = spec.map_or(Ok(0), read)?;
        let standing = Standing { spent, age: spec.map_or(SimDuration::ZERO, |spec| spec.age) };
        let tier = spec.and_then(|spec| spec.tier.as_ref()).map(|tier| tier.value.clone());
        self.accounts.push(Account { name: name.to_owned(), standing, tier });
        Ok(self.accounts.len() - 1)
    }

    /// Adds limits of their own to one deployment, with the tiers that this account has reached; their numbers.
    ///
    /// # Errors
    /// All that makes no limit.
    pub fn add(&mut self, spec: &LimitsSpec, account: usize, setting: &Setting<'_>) -> Result<Vec<usize>, Vec<Mistake>> {
        let tiers = spec.tiers.as_deref().unwrap_or_default();
        let mut mistakes = Vec::new();
        let ladder = match self.ladder(tiers, account) {
            Ok(ladder) => ladder,
            Err(mistake) => {
                mistakes.push(mistake);
                None
            }
        };
        let first = self.limits.all.len();
        let mut all = std::mem::take(&mut self.limits.all).into_vec();
        for (manner, numbers) in written(spec) {
            let numbers = match rungs(&manner, numbers, tiers) {
                Ok(numbers) => numbers,
                Err(mistake) => {
                    mistakes.push(mistake);
                    continue;
                }
            };
            match manner.limit(&numbers, ladder.filter(|_| numbers.len() > 1), setting) {
                Ok(limit) => all.push(limit),
                Err(what) => mistakes.push(Mistake::error(manner.place, what).label("no such limit")),
            }
        }
        mistakes.extend(tiers.iter().flat_map(|tier| unlimited(spec, tier)));
        let numbers = (first..all.len()).collect();
        self.limits.all = all.into();
        if mistakes.is_empty() { Ok(numbers) } else { Err(mistakes) }
    }

    /// The same for limits that several deployments share through what has this name: added for the first of them.
    ///
    /// # Errors
    /// All that makes no limit, told to the first.
    pub fn share(
        &mut self,
        name: &str,
        spec: &LimitsSpec,
        account: usize,
        setting: &Setting<'_>,
    ) -> Result<Vec<usize>, Vec<Mistake>> {
        if let Some((_, known)) = self.shared.iter().find(|(other, _)| other == name) {
            return Ok(known.clone().unwrap_or_default());
        }
        let made = self.add(spec, account, setting);
        self.shared.push((name.to_owned(), made.as_ref().map(Vec::clone).map_err(|_| ())));
        made
    }

    /// What applies to a deployment with these limits, reached through this account.
    pub fn applied(&self, numbers: &[usize], account: usize) -> Applied {
        Applied::new(&self.limits, numbers.iter().copied(), account)
    }

    /// The limits so far.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// All limits.
    pub fn finish(self) -> Limits {
        Limits { accounts: self.accounts.iter().map(|account| account.standing).collect(), ..self.limits }
    }

    /// The ladder of these tiers; `None` without any.
    fn ladder(&mut self, tiers: &[TierSpec], account: usize) -> Result<Option<usize>, Mistake> {
        if tiers.is_empty() {
            return Ok(None);
        }
        let mut rungs = vec![Rung::LOWEST];
        for tier in tiers {
            let wrong = |what: String| Mistake::error(&tier.name.place, what).label("this tier");
            let spent = tier.spent.map(picos).transpose().map_err(wrong)?;
            let rung = Rung { spent, age: tier.age };
            let before = rungs.iter().rfind(|rung| rung.spent.is_some());
            if before.is_some_and(|before| spent.is_some() && (before.spent > spent || before.age > rung.age)) {
                let what = format!("tier \"{}\" takes less than the one before it", &*tier.name);
                return Err(wrong(what).help("tiers are written from the lowest to the highest"));
            }
            rungs.push(rung);
        }
        let by_contract = self.accounts[account].tier.as_ref();
        let contract = tiers.iter().position(|tier| by_contract == Some(&tier.name.value)).map_or(0, |tier| tier + 1);
        let mut ladders = std::mem::take(&mut self.limits.ladders).into_vec();
        ladders.push(Ladder { account, rungs: rungs.into(), contract });
        self.limits.ladders = ladders.into();
        Ok(Some(self.limits.ladders.len() - 1))
    }
}

/// An amount in picodollars, where it is kept exact.
fn picos(amount: Usd) -> Result<u64, String> {
    u64::try_from(amount.picos()).map_err(|_| format!("{amount} USD is more than limits can count (18 million USD)"))
}

/// The limits that are written, attempts in flight first, with their lowest numbers.
fn written(spec: &LimitsSpec) -> Vec<(Manner<'_>, Result<Numbers, String>)> {
    let mut all = Vec::new();
    if let Some(limit) = &spec.in_flight {
        let InFlightSpec { most, exceed, queue, retry_after } = limit.value.0;
        let stated =
            retry_after.map_or(spec.retry_after.map_or(RetryAfter::Nothing, RetryAfter::Stated), |RetryAfterSpec(said)| said);
        let (measure, place, retry_after) = (Measure::InFlight, &limit.place, stated);
        let manner = Manner { measure, place, window: None, per: None, every: None, zone: None, exceed, queue, retry_after };
        all.push((manner, Ok(Numbers { most: Some(u64::from(most)), ..Numbers::default() })));
    }
    let counts = [(Measure::Requests, &spec.requests), (Measure::Images, &spec.images), (Measure::Tokens, &spec.tokens)];
    for (measure, limit) in counts.into_iter().filter_map(|(measure, limit)| Some((measure, limit.as_ref()?))) {
        let CountSpec { rate, window, burst, most, every, zone, exceed, queue, retry_after } = &limit.value.0;
        let manner = Manner {
            measure,
            place: &limit.place,
            window: *window,
            per: rate.map(|rate| rate.per),
            every: *every,
            zone: zone.as_ref(),
            exceed: *exceed,
            queue: *queue,
            retry_after: told(*retry_after),
        };
        all.push((manner, Ok(Numbers { rate: *rate, burst: *burst, most: *most })));
    }
    if let Some(limit) = &spec.usd {
        let MoneySpec { most, per, window, every, zone, exceed, queue, retry_after } = &limit.value;
        let manner = Manner {
            measure: Measure::Dollars,
            place: &limit.place,
            window: *window,
            per: *per,
            every: *every,
            zone: zone.as_ref(),
            exceed: *exceed,
            queue: *queue,
            retry_after: told(*retry_after),
        };
        all.push((manner, picos(*most).map(|most| Numbers { most: Some(most), ..Numbers::default() })));
    }
    all
}

fn told(spec: Option<RetryAfterSpec>) -> RetryAfter {
    spec.map_or(RetryAfter::Exact, |RetryAfterSpec(said)| said)
}

/// The numbers on every rung, from the lowest: a tier that says nothing of a limit leaves it as it was.
fn rungs(manner: &Manner<'_>, lowest: Result<Numbers, String>, tiers: &[TierSpec]) -> Result<Vec<Numbers>, Mistake> {
    let mut all = vec![lowest.map_err(|what| Mistake::error(manner.place, what).label("no such limit"))?];
    for tier in tiers {
        let count = |spec: &super::spec::TierCount| Numbers { rate: spec.rate, burst: spec.burst, most: spec.most };
        let wrong = |what| Mistake::error(&tier.name.place, what).label("this tier");
        let given = match manner.measure {
            Measure::Requests => tier.requests.as_ref().map(|spec| count(&spec.0)),
            Measure::Images => tier.images.as_ref().map(|spec| count(&spec.0)),
            Measure::Tokens => tier.tokens.as_ref().map(|spec| count(&spec.0)),
            Measure::Dollars => tier.usd.map(picos).transpose().map_err(wrong)?.map(Numbers::only),
            Measure::InFlight => tier.in_flight.map(|most| Numbers::only(u64::from(most))),
        };
        let last = all[all.len() - 1];
        all.push(given.unwrap_or(last));
    }
    // A ladder that never changes a limit is none for it.
    let changes = tiers.iter().any(|tier| manner.measure.is_in(tier));
    all.truncate(if changes { all.len() } else { 1 });
    Ok(all)
}

/// What a tier changes that is not limited at all.
fn unlimited(spec: &LimitsSpec, tier: &TierSpec) -> Vec<Mistake> {
    let all = [
        ("requests", spec.requests.is_some(), Measure::Requests),
        ("images", spec.images.is_some(), Measure::Images),
        ("tokens", spec.tokens.is_some(), Measure::Tokens),
        ("usd", spec.usd.is_some(), Measure::Dollars),
        ("in_flight", spec.in_flight.is_some(), Measure::InFlight),
    ];
    let missing = all.into_iter().filter(|(_, limited, measure)| !limited && measure.is_in(tier));
    let mistake = |(key, _, _): (&str, bool, Measure)| {
        let what = format!("tier \"{}\" changes {key}, which have no limit below it", &*tier.name);
        Mistake::error(&tier.name.place, what).label("this tier").help(format!("give limits.{key} for the lowest tier"))
    };
    missing.map(mistake).collect()
}

impl Measure {
    fn is_in(self, tier: &TierSpec) -> bool {
        match self {
            Self::Requests => tier.requests.is_some(),
            Self::Images => tier.images.is_some(),
            Self::Tokens => tier.tokens.is_some(),
            Self::Dollars => tier.usd.is_some(),
            Self::InFlight => tier.in_flight.is_some(),
        }
    }
}

impl Numbers {
    fn only(most: u64) -> Self {
        Self { most: Some(most), ..Self::default() }
    }

    /// The most in a window: that of a rate must be over the window's length.
    fn in_window(self, per: Option<SimDuration>) -> Result<u64, String> {
        if self.burst.is_some() {
            return Err("only a token bucket has a burst".to_owned());
        }
        match (self.rate, self.most) {
            (Some(rate), None) if Some(rate.per) == per => Ok(rate.count),
            (Some(rate), None) => Err(format!("{rate} is not over the same time as in the lowest tier")),
            (None, Some(most)) => Ok(most),
            _ => Err("the most is written either as a rate or as `most`".to_owned()),
        }
    }

    fn bucket(self) -> Result<Bucket, String> {
        let Some(rate) = self.rate.filter(|_| self.most.is_none()) else {
            return Err("a token bucket has a rate, such as \"5/min\"".to_owned());
        };
        let zero = || "this limit is zero, or too large to keep exact".to_owned();
        Bucket::new(rate, self.burst.unwrap_or(rate.count)).ok_or_else(zero)
    }
}

impl Manner<'_> {
    fn limit(&self, numbers: &[Numbers], ladder: Option<usize>, setting: &Setting<'_>) -> Result<Limit, String> {
        let queue = match (self.exceed, self.queue) {
            (Exceed::Reject, None) => None,
            (Exceed::Reject, Some(_)) => return Err("a queue needs exceed = \"queue\"".to_owned()),
            (Exceed::Queue, length) => Some(length.map(|QueueLength(length)| length)),
        };
        let rule = self.rule(numbers, setting)?;
        Ok(Limit { measure: self.measure, rule, queue, retry_after: self.retry_after, ladder })
    }

    fn rule(&self, numbers: &[Numbers], setting: &Setting<'_>) -> Result<Rule, String> {
        if self.measure == Measure::InFlight {
            return in_flight(numbers);
        }
        if self.zone.is_some() && self.every.is_none() {
            return Err("a time zone is for periods of the calendar: give `every`".to_owned());
        }
        let default = if self.measure == Measure::Dollars { Window::Sliding } else { Window::Bucket };
        match (self.per, self.every, self.window.unwrap_or(default)) {
            (None, Some(every), _) if self.window.is_none_or(|window| window == Window::Fixed) => {
                Ok(Rule::Fixed { frame: Frame::Calendar(self.periods(every, setting)?), most: self.windows(numbers)? })
            }
            (None, Some(_), _) => Err("periods of the calendar are fixed windows".to_owned()),
            (Some(_), None, Window::Bucket) if self.measure == Measure::Dollars => {
                Err("dollars are counted in windows: \"sliding\" or \"fixed\"".to_owned())
            }
            (Some(_), None, Window::Bucket) => self.buckets(numbers),
            (Some(length), None, _) if length <= SimDuration::ZERO => Err("a window of no length".to_owned()),
            (Some(length), None, Window::Fixed) => Ok(Rule::Fixed { frame: Frame::Length(length), most: self.windows(numbers)? }),
            (Some(length), None, Window::Sliding) => Ok(Rule::Sliding { length, most: self.windows(numbers)? }),
            _ if self.measure == Measure::Dollars => Err("give either `per` or `every`".to_owned()),
            _ => Err("give either a rate, or `most` and `every`".to_owned()),
        }
    }

    fn periods(&self, every: Every, setting: &Setting<'_>) -> Result<Periods, String> {
        let zone = self.zone.map_or(setting.start.time_zone(), |zone| &zone.zone);
        Periods::new(every, &setting.start.with_time_zone(zone.clone()), setting.horizon)
    }

    fn windows(&self, numbers: &[Numbers]) -> Result<Box<[u64]>, String> {
        let most = numbers.iter().map(|numbers| numbers.in_window(self.per)).collect::<Result<Box<[u64]>, _>>()?;
        rising(most, |lower, higher| lower <= higher, |most| *most > 0)
    }

    fn buckets(&self, numbers: &[Numbers]) -> Result<Rule, String> {
        let buckets = numbers.iter().map(|numbers| numbers.bucket()).collect::<Result<Box<[Bucket]>, _>>()?;
        rising(buckets, |lower, higher| higher.covers(lower), |_| true).map(Rule::Bucket)
    }
}

fn in_flight(numbers: &[Numbers]) -> Result<Rule, String> {
    let most = numbers.iter().map(|numbers| u32::try_from(numbers.most.unwrap_or(0)).unwrap_or(u32::MAX));
    let most: Box<[u32]> = most.collect();
    if most.contains(&0) {
        return Err("a limit of 0 in flight lets nothing through".to_owned());
    }
    if most.iter().any(|most| *most > 1_000_000) {
        return Err("more than 1000000 in flight are as good as no limit: leave it out".to_owned());
    }
    rising(most, |lower, higher| lower <= higher, |_| true).map(Rule::InFlight)
}

/// The numbers, where all are valid and no tier has less than the one below it.
fn rising<T>(all: Box<[T]>, in_order: impl Fn(&T, &T) -> bool, valid: impl Fn(&T) -> bool) -> Result<Box<[T]>, String> {
    if !all.iter().all(valid) {
        return Err("this limit is zero, or too large to keep exact".to_owned());
    }
    let falls = all.windows(2).any(|pair| !in_order(&pair[0], &pair[1]));
    if falls { Err("a higher tier has a lower limit than the one before it".to_owned()) } else { Ok(all) }
}
