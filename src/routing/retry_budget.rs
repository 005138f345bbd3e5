//! A budget of retries: they are at most a share of requests, so that a client does not multiply the load of whoever fails.
//!
//! Two kinds. A share of recent requests, and so many a second on top: Finagle's `RetryBudget` (20 % and 10 a second, over 10 s;
//! finagle.github.io/blog/2016/02/08/retry-budgets), as in Linkerd and tower. Here too what is counted is forgotten by tenths. And
//! a share of the requests under way: Envoy's `retry_budget` (`budget_percent` 20 %, `min_retry_concurrency` 3).
//!
//! A retry is another attempt at the same level of a group. What an SDK repeats within an attempt, the next level, a fallback and a
//! copy of a hedge are none. It counts over all that the strategy sends, wherever it goes.

use super::router::Router;
use super::turn::Turn;
use super::window::{Counter, Window, WindowKind};
use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime};

/// A budget of retries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryBudget {
    share: f64,
    /// Retries that need no request.
    least: u32,
    /// Over which time requests and retries count; `None`: those under way do.
    within: Option<Window>,
}

spec::words! {
    /// What retries are a share of.
    pub enum BudgetOf {
        /// Of the requests of the last so long.
        "recent" => Recent,
        /// Of the requests under way.
        "under_way" => UnderWay,
    }
}

spec::table! {
    /// How many retries there may be, all requests of the strategy together. What is beyond is not tried again.
    pub struct RetryBudgetSpec {
        /// At most this share of the requests.
        share: Share = "20%",
        /// Of which requests: "recent" as in Finagle and Linkerd, "under_way" as in Envoy.
        of: BudgetOf = "recent",
        /// Of recent requests: over which time.
        within: Located<SimDuration> = "10s",
        /// Of recent requests: so many retries a second on top. 10 as in Finagle, which is more than most image traffic ever makes.
        per_second: Located<f64> = 10.0,
        /// Of requests under way: so many retries at a time in any case. 3 as in Envoy.
        at_least: u32 = 3,
    }
}

/// Requests and retries, as far as the budget counts them.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    requests: Counter,
    retries: Counter,
    under_way: u32,
    retrying: u32,
}

/// What of a request is counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    is_under_way: bool,
    is_a_retry: bool,
}

impl RetryBudgetSpec {
    pub(super) fn build(&self) -> Result<RetryBudget, Mistake> {
        if self.within.micros() < 1000 {
            return Err(Mistake::error(&self.within.place, "requests are counted over 1 ms at least").label("too short"));
        }
        let recent = self.of == BudgetOf::Recent;
        let on_top = *self.per_second * self.within.as_secs_f64();
        if !(0.0..=1e9).contains(&on_top) {
            return Err(Mistake::error(&self.per_second.place, "no such number of retries a second").label("from 0 on"));
        }
        let window = Window { kind: WindowKind::Sliding, length: *self.within };
        let least = if recent { on_top as u32 } else { self.at_least };
        Ok(RetryBudget { share: self.share.get(), least, within: recent.then_some(window) })
    }
}

impl RetryBudget {
    /// The share of so many requests. A millionth more, so that a fifth of five is one.
    fn share_of(&self, requests: u32) -> u32 {
        (self.share * f64::from(requests) + 1e-6) as u32
    }
}

impl Counted {
    fn request(&mut self, budget: &RetryBudget, now: SimTime) {
        match budget.within {
            Some(window) => self.requests.add(window, now),
            None => self.under_way += 1,
        }
    }

    /// Takes one retry from the budget, where there is one left.
    fn retry(&mut self, budget: &RetryBudget, now: SimTime) -> bool {
        let Some(window) = budget.within else {
            let allowed = self.retrying < budget.least.max(budget.share_of(self.under_way));
            self.retrying += u32::from(allowed);
            return allowed;
        };
        let most = budget.least + budget.share_of(self.requests.count(window, now));
        let allowed = self.retries.count(window, now) < most;
        if allowed {
            self.retries.add(window, now);
        }
        allowed
    }
}

impl<R: Router> Turn<'_, R> {
    /// The request is let in, once or again.
    pub(super) fn counts_as_request(&mut self) {
        let Some(budget) = &self.strategy.retry.budget else { return };
        if !self.more().counts.is_under_way {
            self.state.counted.request(budget, self.view.now);
            self.more().counts = Counts { is_under_way: true, is_a_retry: false };
        }
    }

    /// After an answer that may be tried again: whether it is within the budget, from which a retry is taken unless it was the `last`
    /// attempt.
    pub(super) fn may_retry(&mut self, last: bool) -> bool {
        let Some(budget) = &self.strategy.retry.budget else { return true };
        self.retried(budget);
        let may = last || self.state.counted.retry(budget, self.view.now);
        self.more().counts.is_a_retry = may && !last;
        may
    }

    /// What was a retry is over. One whose answer is not tried again, and which goes on elsewhere, counts until its request is over.
    fn retried(&mut self, budget: &RetryBudget) {
        if std::mem::take(&mut self.more().counts.is_a_retry) && budget.within.is_none() {
            self.state.counted.retrying -= 1;
        }
    }

    /// The request is over.
    pub(super) fn no_longer_counts(&mut self) {
        let Some(budget) = &self.strategy.retry.budget else { return };
        self.retried(budget);
        if std::mem::take(&mut self.more().counts.is_under_way) && budget.within.is_none() {
            self.state.counted.under_way -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Reader, Sources, parse_value};

    fn build(text: &str) -> Result<RetryBudget, String> {
        let node = parse_value(text, Sources::new().add("a.toml", text), 0).expect("TOML");
        let mut reader = Reader::new();
        let spec = RetryBudgetSpec::read(&node, &mut reader);
        spec.unwrap_or_else(|| panic!("{:?}", reader.into_mistakes().into_sorted())).build().map_err(|mistake| mistake.what)
    }

    fn at(seconds: i64) -> SimTime {
        SimTime::from_micros(seconds * 1_000_000)
    }

    /// How many of so many retries a budget grants at these seconds.
    fn granted(counted: &mut Counted, budget: &RetryBudget, second: i64, wanted: usize) -> usize {
        (0..wanted).filter(|_| counted.retry(budget, at(second))).count()
    }

    /// Finagle's defaults: 100 retries over 10 s, and one for each five requests; all of it is forgotten after 10 s.
    #[test]
    fn a_share_of_recent_requests_and_a_reserve() {
        let (budget, mut counted) = (build("{}").expect("valid"), Counted::default());
        (0..50).for_each(|_| counted.request(&budget, at(0)));
        assert_eq!(granted(&mut counted, &budget, 1, 200), 110);
        assert_eq!(granted(&mut counted, &budget, 9, 200), 0);
        assert_eq!(granted(&mut counted, &budget, 11, 200), 100);
    }

    /// Envoy's: a fifth of what is under way, and at least three.
    #[test]
    fn a_share_of_requests_under_way() {
        let (budget, mut counted) = (build("{ of = \"under_way\" }").expect("valid"), Counted::default());
        assert_eq!(granted(&mut counted, &budget, 0, 9), 3);
        (0..40).for_each(|_| counted.request(&budget, at(0)));
        assert_eq!(granted(&mut counted, &budget, 5000, 9), 5);
        counted.retrying -= 2;
        assert_eq!(granted(&mut counted, &budget, 5000, 9), 2);
    }

    #[test]
    fn what_is_no_budget_is_refused() {
        assert_eq!(build("{ within = \"0s\" }"), Err("requests are counted over 1 ms at least".to_owned()));
        assert_eq!(build("{ per_second = -1 }"), Err("no such number of retries a second".to_owned()));
    }
}
