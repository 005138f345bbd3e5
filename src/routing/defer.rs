//! Deferral: requests that can wait are collected and sent in batches, at a model's batch price; what is not back in time is sent at
//! once, through the strategy's router.
//!
//! Vendors sell batches at about half the list price and promise them within 24 hours (OpenAI's and Gemini's batch modes, as of
//! 2026-11-22); nobody publishes how long they take, so the latency of a batch model is assumed. A deferral comes after the client's
//! caches and before everything else: what waits for a batch takes no place of `parallel.requests`, and no router, retry, cooldown
//! or hedge hears of it. Each request of a batch comes back by itself: that a provider hands a whole batch back at once is not here.
//!
//! A request is sent to the batch model once at most, and every deferred request ends by its deadline.

use super::client::{Action, Ask, Ended, Heard};
use super::note::Note;
use super::router::{Find, Router};
use super::spec::{ModelName, When, find};
use super::strategy::kind;
use super::turn::Turn;
use crate::model::{DeploymentId, Stage, Status, Statuses};
use crate::spec::{self, Located, Mistake, OneOrMany};
use crate::units::{SimDuration, SimTime};

/// What is deferred, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Defer {
    ways: Box<[Deferral]>,
    /// By class and stage, the way of its requests; `None`: they are sent at once.
    of: Box<[Option<u8>]>,
}

/// A way to defer requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deferral {
    /// Where batches go.
    pub model: DeploymentId,
    /// How far apart batches are sent; `None`: each request at once.
    pub every: Option<SimDuration>,
    /// From its arrival to the end of a request.
    pub within: SimDuration,
    /// How long before that it is no longer waited for.
    pub reserve: SimDuration,
    /// Answers after which it is sent at once.
    pub on: Statuses,
}

/// How far the batch of a request is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Batch {
    /// It is in none, not yet or no longer.
    #[default]
    None,
    /// It waits for the next to be sent.
    Collected,
    /// It is sent.
    Sent,
}

/// How long requests may take in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deadline {
    /// All of them.
    All(SimDuration),
    /// By class and stage; `None`: as long as it takes.
    Each(Box<[Option<SimDuration>]>),
}

impl Deadline {
    /// That of a request.
    pub(super) fn of(&self, ask: &Ask) -> Option<SimDuration> {
        match self {
            Self::All(time) => Some(*time),
            Self::Each(times) => times[kind(ask.class, ask.stage)],
        }
    }
}

impl Defer {
    /// How this request is deferred, where it is.
    fn of(&self, ask: &Ask) -> Option<Deferral> {
        self.of_kind(kind(ask.class, ask.stage)).copied()
    }

    fn of_kind(&self, kind: usize) -> Option<&Deferral> {
        self.of[kind].map(|way| &self.ways[usize::from(way)])
    }

    /// Where the batches of requests of this kind go.
    pub(super) fn model(&self, kind: usize) -> Option<DeploymentId> {
        self.of_kind(kind).map(|deferral| deferral.model)
    }

    /// The deadlines of all requests; `others` is that of those that are not deferred.
    pub(super) fn deadline(&self, others: Option<SimDuration>) -> Deadline {
        let of = |kind| self.of_kind(kind).map(|deferral| deferral.within).or(others);
        Deadline::Each((0..self.of.len()).map(of).collect())
    }
}

impl Deferral {
    /// When the next batch is sent: now, where that is when one is.
    fn next(&self, now: SimTime) -> SimTime {
        let Some(every) = self.every else { return now };
        let (now, every) = (now.since(SimTime::START).micros(), every.micros());
        SimTime::from_micros((now + every - 1) / every * every)
    }

    /// Until when a request that arrived then is waited for.
    fn until(&self, arrived: SimTime) -> SimTime {
        arrived + SimDuration::from_micros(self.within.micros() - self.reserve.micros())
    }
}

impl<R: Router> Turn<'_, R> {
    /// No cache has what the request asks for: it is deferred, or let in.
    pub(super) fn enter(&mut self) -> Action {
        match self.strategy.defer.as_ref().and_then(|defer| defer.of(self.ask)) {
            Some(deferral) => self.collected(&deferral),
            None => self.let_in(),
        }
    }

    /// The same for what happens to a request later, where no cache has to do with it.
    pub(super) fn goes_on_with_batches(&mut self, heard: &Heard) -> Action {
        let deferral = self.strategy.defer.as_ref().and_then(|defer| defer.of(self.ask));
        match (heard, deferral) {
            (Heard::Due, Some(deferral)) if self.more().batch == Batch::Collected => self.sends_with_batch(&deferral),
            (Heard::Ended(ended), Some(deferral)) if self.more().batch == Batch::Sent => self.comes_back(&deferral, ended),
            // What is remembered under the number of one that arrives is of an earlier request.
            _ => self.goes_on(heard),
        }
    }

    /// A request waits for the next batch, where that is soon enough.
    fn collected(&mut self, deferral: &Deferral) -> Action {
        let next = deferral.next(self.view.now);
        if next >= deferral.until(self.more().arrived) {
            return self.leaves_batches(Status::TimedOut);
        }
        if next <= self.view.now {
            return self.sends_with_batch(deferral);
        }
        self.more().batch = Batch::Collected;
        self.note(|_| Note::Collected { until: next });
        Action::Wait(next.since(self.view.now))
    }

    /// Sends the request to the batch model, where no budget is against it.
    fn sends_with_batch(&mut self, deferral: &Deferral) -> Action {
        if let Some(budgets) = &self.strategy.budgets {
            let (model, now) = (deferral.model, self.view.now);
            let (price, accounts) = (self.view.sight(model).price, &mut self.state.accounts);
            if !accounts.model_allows(budgets, model, price, now) || !accounts.request_allows(budgets, self.ask, price, now) {
                return self.leaves_batches(Status::OverBudget);
            }
            accounts.sends(budgets, self.ask, model, price);
            self.more().price = price;
        }
        let until = deferral.until(self.more().arrived);
        self.more().batch = Batch::Sent;
        self.note(|_| Note::InBatch { until });
        Action::Attempt { deployment: deferral.model, timeout: until.since(self.view.now) }
    }

    /// A request is back from its batch, or is no longer waited for.
    fn comes_back(&mut self, deferral: &Deferral, ended: &Ended) -> Action {
        if let Some(budgets) = &self.strategy.budgets {
            let booked = (self.more().price, ended.status == Status::Delivered);
            self.state.accounts.ends(budgets, self.ask, deferral.model, booked, self.view.now);
        }
        if ended.status == Status::Delivered {
            self.more().batch = Batch::None;
            return Action::Deliver;
        }
        if ended.empty && !self.strategy.counts_images || !deferral.on.has(ended.status) {
            self.more().batch = Batch::None;
            return Action::GiveUp(ended.status);
        }
        self.leaves_batches(ended.status)
    }

    /// A request is sent at once, since its batch came to this.
    fn leaves_batches(&mut self, status: Status) -> Action {
        self.more().batch = Batch::None;
        self.note(|_| Note::NoBatch(status));
        self.let_in()
    }
}

spec::table! {
    /// Requests that can wait are sent in batches, at the price of a batch model; what is not back in time is sent at once, through
    /// the router.
    pub struct DeferralSpec {
        /// Which requests; without it, all.
        when: Option<When>,
        /// The model that sells batches: often one with `like` another and `service = "batch"`.
        model: ModelName,
        /// How far apart batches are sent, the first at the start of the scenario; without it, each request is sent at once.
        every: Option<Located<SimDuration>>,
        /// From the arrival of a request to its deadline, in place of the strategy's `deadline`. 24 h is what vendors promise.
        within: Located<SimDuration> = "24h",
        /// How long before the deadline it is no longer waited for, and sent at once through the router. Assumed.
        reserve: SimDuration = "1h",
        /// Answers of the batch model after which it is sent at once; any other ends the request.
        on: Vec<Status> = ["failed", "unavailable", "timed_out", "rate_limited", "gone"],
    }
}

/// How a strategy defers: one way, or the first of several that fits a request.
pub type DeferSpec = OneOrMany<DeferralSpec>;

impl DeferralSpec {
    fn build(&self, models: Find<'_>) -> Result<Deferral, Mistake> {
        let Self { every, within, reserve, .. } = self;
        let left = SimDuration::from_micros(within.micros() - reserve.micros());
        if left <= SimDuration::ZERO {
            let mistake = Mistake::error(&within.place, format!("a reserve of {reserve} leaves nothing of {}", **within));
            return Err(mistake.label("no time for a batch").help("give a longer `within`, or a shorter `reserve`"));
        }
        let fits = |every: SimDuration| SimDuration::ZERO < every && every < left;
        if let Some(every) = every.as_ref().filter(|every| !fits(***every)) {
            let mistake = Mistake::error(&every.place, format!("batches are sent more than 0 s and less than {left} apart"));
            return Err(mistake.label("not within the deadline less the reserve"));
        }
        let (model, on) = (find(&self.model.0, models)?, self.on.iter().copied().collect());
        Ok(Deferral { model, every: every.as_ref().map(|every| **every), within: **within, reserve: *reserve, on })
    }
}

/// What a strategy defers; `None` where it says nothing of it.
///
/// # Errors
/// What is no deferral, and one that no request comes to.
pub(super) fn build(spec: &DeferSpec, classes: &[String], stages: &[Stage], models: Find<'_>) -> Result<Option<Defer>, Mistake> {
    let ways: Box<[Deferral]> = spec.0.iter().map(|way| way.build(models)).collect::<Result<_, _>>()?;
    let kinds = classes.iter().flat_map(|class| Stage::ALL.map(|stage| (class, stage)));
    let takes = |way: &DeferralSpec, class: &str, stage| way.when.as_ref().is_none_or(|when| when.takes(class, stage));
    let first = |(class, stage): (&String, Stage)| {
        let fits = spec.0.iter().position(|way| takes(way, class, stage));
        fits.filter(|_| stages.contains(&stage)).map(|way| way as u8)
    };
    let of: Box<[Option<u8>]> = kinds.map(first).collect();
    let idle = spec.0.iter().enumerate().find(|(way, _)| !of.contains(&Some(*way as u8)));
    if let Some((_, idle)) = idle {
        let mistake = Mistake::error(&idle.model.0.place, format!("no request is deferred to \"{}\"", &*idle.model.0));
        return Err(mistake.label("would not be used").help("its `when` fits no request, or one before it takes them all"));
    }
    Ok((!ways.is_empty()).then_some(Defer { ways, of }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};

    fn built(text: &str) -> Result<Option<Defer>, String> {
        let mut sources = Sources::new();
        let file = sources.add("defer.toml", text);
        let mut reader = Reader::new();
        let node = parse(text, file, &mut Mistakes::new());
        let spec = DeferSpec::read(node.get("defer").expect("given"), &mut reader);
        let mistakes = reader.into_mistakes().into_sorted();
        let spec = spec.filter(|_| mistakes.is_empty()).ok_or_else(|| mistakes[0].what.clone())?;
        let models =
            |name: &str| ["p/batch", "q/batch"].iter().position(|known| *known == name).map(|at| DeploymentId(at as u16));
        build(&spec, &["a".to_owned(), "b".to_owned()], &Stage::ALL, &models).map_err(|mistake| mistake.what)
    }

    #[test]
    fn the_first_way_that_fits_a_request_is_its_own() {
        let defer = built(
            "[[defer]]\nwhen = { class = \"b\", stage = \"final\" }\nmodel = \"q/batch\"\n\
             [[defer]]\nwhen.stage = \"final\"\nmodel = \"p/batch\"\nwithin = \"2h\"\n",
        );
        let defer = defer.expect("valid").expect("some");
        let models: Vec<Option<u16>> = (0..4).map(|kind| defer.model(kind).map(|model| model.0)).collect();
        assert_eq!(models, [None, Some(0), None, Some(1)]);
        let hours = |hours| Some(SimDuration::from_secs_f64(hours * 3600.0));
        assert_eq!(defer.deadline(hours(0.5)), Deadline::Each([hours(0.5), hours(2.0), hours(0.5), hours(24.0)].into()));
    }

    #[test]
    fn batches_are_aligned_to_the_start() {
        let defer = built("defer = { model = \"p/batch\", every = \"1h\", within = \"3h\", reserve = \"30min\" }");
        let way = defer.expect("valid").expect("some").ways[0];
        let next = |micros| way.next(SimTime::from_micros(micros)).micros();
        assert_eq!([0, 1, 3_599_999_999, 3_600_000_000].map(next), [0, 3_600_000_000, 3_600_000_000, 3_600_000_000]);
        assert_eq!(way.until(SimTime::from_micros(7)).micros(), 9_000_000_007);
        let at_once = Deferral { every: None, ..way };
        assert_eq!(at_once.next(SimTime::from_micros(1)).micros(), 1);
    }

    #[test]
    fn what_is_no_deferral_is_refused() {
        for (text, what) in [
            ("defer = { model = \"p/batch\", within = \"1h\" }", "a reserve of 1h leaves nothing of 1h"),
            ("defer = { model = \"p/batch\", every = \"23h\" }", "batches are sent more than 0 s and less than 23h apart"),
            ("defer = { model = \"p/batch\", every = \"0s\" }", "batches are sent more than 0 s and less than 23h apart"),
            ("defer = { model = \"r/batch\" }", "unknown model \"r/batch\""),
            ("defer = { within = \"1h\" }", "the key \"model\" is missing"),
            ("defer = [{ model = \"p/batch\" }, { model = \"q/batch\" }]", "no request is deferred to \"q/batch\""),
        ] {
            assert_eq!(built(text).expect_err(text), what, "{text}");
        }
        assert_eq!(built("defer = []"), Ok(None));
    }
}
