//! What is measured of each replication.

use super::Row;
use crate::model::Gap;
use crate::units::{SimTime, Usd};

/// A figure of one replication of one strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The invoice.
    Cost,
    /// The invoice per image delivered.
    CostPerDelivered,
    /// The invoice per journey that ended with an accepted image.
    CostPerAccepted,
    /// The share of journeys that ended with an accepted image.
    AcceptedShare,
    /// The share of requests that were delivered.
    DeliveredShare,
    /// The share of requests lost to a content filter.
    FilteredShare,
    /// The share of requests lost to failures of a provider.
    FailedShare,
    /// The share of requests lost because the client stopped waiting.
    TimedOutShare,
    /// The share of requests lost to limits.
    RateLimitedShare,
    /// Share of requests lost because no model was there: not yet, or no longer.
    GoneShare,
    /// Share of requests that the client itself refused: nothing left to ask, over budget, shed.
    RefusedShare,
    /// Share of requests served from a cache of the client's own.
    CacheHitShare,
    /// The part of the invoice that bought no delivered image.
    Wasted,
    /// The same as a share of the invoice.
    WastedShare,
    /// What the client books: the list price of what was delivered.
    Booked,
    /// The part of the invoice that the client does not book; less than zero where it books more.
    Unbooked,
    /// Of that, attempts that failed or were turned away.
    UnbookedFailed,
    /// Of that, attempts that the client no longer waited for.
    UnbookedTimedOut,
    /// Of that, attempts that a content filter refused.
    UnbookedRefused,
    /// Of that, attempts that another one made needless.
    UnbookedHedged,
    /// Of that, fees and standing charges.
    UnbookedFees,
    /// Of that, prices other than the list's.
    UnbookedPrices,
    /// Of that, attempts after the first at a request, hedges aside; counted among failures, timeouts and refusals too.
    UnbookedRetried,
    /// What was booked beyond the limits of the client's own budgets.
    Overshoot,
    /// The part of the invoice that these budgets saw too late.
    SeenLate,
    /// The share of replications in which one of them raised an alert.
    AlertedShare,
    /// When the first alert was raised, where one was.
    FirstAlert,
    /// Attempts per request, rate-limited ones included.
    AttemptsPerRequest,
    /// The median time from a delivered request to its images.
    TimeToImageP50,
    /// Its 95th percentile.
    TimeToImageP95,
    /// Its 99th percentile.
    TimeToImageP99,
    /// The median time from the arrival of an accepted journey to its accepted image, waiting and thinking included.
    TimeToAcceptedP50,
    /// Its 95th percentile.
    TimeToAcceptedP95,
    /// A bound: what it paid at least, with hindsight, for what it delivered.
    BoundCost,
    /// The invoice by this bound: 1 is the best possible.
    CostOverBound,
    /// The mean time from a delivered request to its images. Told beside its bound.
    TimeToImageMean,
    /// A bound: that mean at least, with hindsight.
    BoundTimeToImageMean,
    /// The mean by this bound: 1 is the best possible.
    TimeOverBound,
    /// A bound: the share of requests that were delivered at most, with hindsight.
    BoundDeliveredShare,
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetricUnit {
    /// US dollars.
    Usd,
    /// A share of a whole, 0 to 1.
    Share,
    /// A plain number.
    Number,
    /// Seconds.
    Seconds,
    /// Days since the start.
    Days,
}

impl Metric {
    /// Every metric, in the order in which reports list them.
    pub const ALL: [Self; 39] = [
        Self::Cost,
        Self::CostPerDelivered,
        Self::CostPerAccepted,
        Self::AcceptedShare,
        Self::DeliveredShare,
        Self::FilteredShare,
        Self::FailedShare,
        Self::TimedOutShare,
        Self::RateLimitedShare,
        Self::GoneShare,
        Self::RefusedShare,
        Self::CacheHitShare,
        Self::Wasted,
        Self::WastedShare,
        Self::Booked,
        Self::Unbooked,
        Self::UnbookedFailed,
        Self::UnbookedTimedOut,
        Self::UnbookedRefused,
        Self::UnbookedHedged,
        Self::UnbookedFees,
        Self::UnbookedPrices,
        Self::UnbookedRetried,
        Self::Overshoot,
        Self::SeenLate,
        Self::AlertedShare,
        Self::FirstAlert,
        Self::AttemptsPerRequest,
        Self::TimeToImageP50,
        Self::TimeToImageP95,
        Self::TimeToImageP99,
        Self::TimeToAcceptedP50,
        Self::TimeToAcceptedP95,
        Self::BoundCost,
        Self::CostOverBound,
        Self::TimeToImageMean,
        Self::BoundTimeToImageMean,
        Self::TimeOverBound,
        Self::BoundDeliveredShare,
    ];

    /// The name used in files; it ends in the unit.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cost => "cost_usd",
            Self::CostPerDelivered => "cost_per_delivered_usd",
            Self::CostPerAccepted => "cost_per_accepted_usd",
            Self::AcceptedShare => "accepted_share",
            Self::DeliveredShare => "delivered_share",
            Self::FilteredShare => "filtered_share",
            Self::FailedShare => "failed_share",
            Self::TimedOutShare => "timed_out_share",
            Self::RateLimitedShare => "rate_limited_share",
            Self::GoneShare => "gone_share",
            Self::RefusedShare => "refused_share",
            Self::CacheHitShare => "cache_hit_share",
            Self::Wasted => "wasted_usd",
            Self::WastedShare => "wasted_share",
            Self::Booked => "booked_usd",
            Self::Unbooked => "unbooked_usd",
            Self::UnbookedFailed => "unbooked_failed_usd",
            Self::UnbookedTimedOut => "unbooked_timed_out_usd",
            Self::UnbookedRefused => "unbooked_refused_usd",
            Self::UnbookedHedged => "unbooked_hedged_usd",
            Self::UnbookedFees => "unbooked_fees_usd",
            Self::UnbookedPrices => "unbooked_prices_usd",
            Self::UnbookedRetried => "unbooked_retried_usd",
            Self::Overshoot => "overshoot_usd",
            Self::SeenLate => "seen_late_usd",
            Self::AlertedShare => "alerted_share",
            Self::FirstAlert => "first_alert_day",
            Self::AttemptsPerRequest => "attempts_per_request",
            Self::TimeToImageP50 => "time_to_image_p50_s",
            Self::TimeToImageP95 => "time_to_image_p95_s",
            Self::TimeToImageP99 => "time_to_image_p99_s",
            Self::TimeToAcceptedP50 => "time_to_accepted_p50_s",
            Self::TimeToAcceptedP95 => "time_to_accepted_p95_s",
            Self::BoundCost => "bound_usd",
            Self::CostOverBound => "cost_over_bound",
            Self::TimeToImageMean => "time_to_image_mean_s",
            Self::BoundTimeToImageMean => "bound_time_to_image_mean_s",
            Self::TimeOverBound => "time_over_bound",
            Self::BoundDeliveredShare => "bound_delivered_share",
        }
    }

    /// The same without the unit; a share keeps the word, because amounts may have the same name otherwise.
    pub fn short(self) -> &'static str {
        let key = self.key();
        match self.unit() {
            MetricUnit::Usd => key.trim_end_matches("_usd"),
            MetricUnit::Seconds => key.trim_end_matches("_s"),
            MetricUnit::Days => key.trim_end_matches("_day"),
            MetricUnit::Share | MetricUnit::Number => key,
        }
    }

    /// The metric of this name, with its unit at the end or without.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.key() == name || metric.short() == name)
    }

    /// The name used in tables and charts, without the unit.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::CostPerDelivered => "cost per delivered",
            Self::CostPerAccepted => "cost per accepted",
            Self::AcceptedShare => "journeys accepted",
            Self::DeliveredShare => "requests delivered",
            Self::FilteredShare => "requests filtered",
            Self::FailedShare => "requests failed",
            Self::TimedOutShare => "requests timed out",
            Self::RateLimitedShare => "requests rate-limited",
            Self::GoneShare => "requests gone",
            Self::RefusedShare => "requests refused",
            Self::CacheHitShare => "requests from cache",
            Self::Wasted => "wasted",
            Self::WastedShare => "wasted share",
            Self::Booked => "booked by the client",
            Self::Unbooked => "not booked",
            Self::UnbookedFailed => "not booked: failures",
            Self::UnbookedTimedOut => "not booked: timeouts",
            Self::UnbookedRefused => "not booked: refusals",
            Self::UnbookedHedged => "not booked: hedges",
            Self::UnbookedFees => "not booked: fees",
            Self::UnbookedPrices => "not booked: prices",
            Self::UnbookedRetried => "of these, on retries",
            Self::Overshoot => "beyond own budgets",
            Self::SeenLate => "billed, seen too late",
            Self::AlertedShare => "budget alert",
            Self::FirstAlert => "first alert",
            Self::AttemptsPerRequest => "attempts per request",
            Self::TimeToImageP50 => "time to image, p50",
            Self::TimeToImageP95 => "time to image, p95",
            Self::TimeToImageP99 => "time to image, p99",
            Self::TimeToAcceptedP50 => "time to accepted, p50",
            Self::TimeToAcceptedP95 => "time to accepted, p95",
            Self::BoundCost => "bound: cost",
            Self::CostOverBound => "cost over its bound",
            Self::TimeToImageMean => "time to image, mean",
            Self::BoundTimeToImageMean => "bound: its mean",
            Self::TimeOverBound => "mean over its bound",
            Self::BoundDeliveredShare => "bound: delivered",
        }
    }

    /// What it is counted in.
    pub const fn unit(self) -> MetricUnit {
        match self {
            Self::Cost
            | Self::CostPerDelivered
            | Self::CostPerAccepted
            | Self::Wasted
            | Self::Booked
            | Self::Unbooked
            | Self::UnbookedFailed
            | Self::UnbookedTimedOut
            | Self::UnbookedRefused
            | Self::UnbookedHedged
            | Self::UnbookedFees
            | Self::UnbookedPrices
            | Self::UnbookedRetried
            | Self::Overshoot
            | Self::SeenLate
            | Self::BoundCost => MetricUnit::Usd,
            Self::AcceptedShare
            | Self::DeliveredShare
            | Self::FilteredShare
            | Self::FailedShare
            | Self::TimedOutShare
            | Self::RateLimitedShare
            | Self::GoneShare
            | Self::RefusedShare
            | Self::CacheHitShare
            | Self::AlertedShare
            | Self::WastedShare
            | Self::BoundDeliveredShare => MetricUnit::Share,
            Self::AttemptsPerRequest | Self::CostOverBound | Self::TimeOverBound => MetricUnit::Number,
            Self::FirstAlert => MetricUnit::Days,
            Self::TimeToImageP50
            | Self::TimeToImageP95
            | Self::TimeToImageP99
            | Self::TimeToAcceptedP50
            | Self::TimeToAcceptedP95
            | Self::TimeToImageMean
            | Self::BoundTimeToImageMean => MetricUnit::Seconds,
        }
    }

    /// Whether unknown billing moves it: what is made of the invoice. What the client books is known, and why it books less is
    /// told of what is billed for certain, as is what came too late for a budget.
    pub const fn is_of_money(self) -> bool {
        (matches!(self.unit(), MetricUnit::Usd) || matches!(self, Self::WastedShare))
            && self.gap().is_none()
            && !matches!(self, Self::Booked | Self::UnbookedRetried | Self::BoundCost | Self::Overshoot | Self::SeenLate)
    }

    /// Whether it is told only where bounds are asked for.
    pub const fn is_of_bounds(self) -> bool {
        matches!(
            self,
            Self::BoundCost
                | Self::CostOverBound
                | Self::TimeToImageMean
                | Self::BoundTimeToImageMean
                | Self::TimeOverBound
                | Self::BoundDeliveredShare
        )
    }

    /// Whether it is a time that is read from a histogram, and not an exact mean.
    pub(super) const fn is_coarse(self) -> bool {
        matches!(self.unit(), MetricUnit::Seconds) && !matches!(self, Self::TimeToImageMean | Self::BoundTimeToImageMean)
    }

    /// Why the invoice is not what the client books, where it tells just that.
    pub const fn gap(self) -> Option<Gap> {
        match self {
            Self::UnbookedFailed => Some(Gap::Failed),
            Self::UnbookedTimedOut => Some(Gap::TimedOut),
            Self::UnbookedRefused => Some(Gap::Refused),
            Self::UnbookedHedged => Some(Gap::Hedged),
            Self::UnbookedFees => Some(Gap::Fees),
            Self::UnbookedPrices => Some(Gap::Prices),
            _ => None,
        }
    }

    /// What it can be: an interval never reaches beyond.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::Unbooked | Self::UnbookedPrices => (f64::NEG_INFINITY, f64::INFINITY),
            _ if matches!(self.unit(), MetricUnit::Share) => (0.0, 1.0),
            _ => (0.0, f64::INFINITY),
        }
    }

    /// Its value in one replication, in its unit; `None` where it is undefined, such as a cost per delivered
    /// image where nothing was delivered.
    pub fn of(self, row: &Row) -> Option<f64> {
        match self {
            Self::Cost => Some(row.cost.to_f64()),
            Self::Wasted => Some(row.wasted.to_f64()),
            Self::Booked => Some(row.booked.to_f64()),
            Self::UnbookedRetried => Some(row.retried.to_f64()),
            Self::Unbooked => Some((row.cost - row.booked).to_f64()),
            Self::BoundCost => row.bound_cost().map(Usd::to_f64),
            Self::Overshoot => Some(row.guarded?.overshoot.to_f64()),
            Self::SeenLate => Some(row.guarded?.late.to_f64()),
            Self::FirstAlert => Some(row.guarded?.alerted?.since(SimTime::START).as_secs_f64() / 86_400.0),
            Self::TimeToImageP50 => row.time_to_image.map(|[p50, _, _]| p50.as_secs_f64()),
            Self::TimeToImageP95 => row.time_to_image.map(|[_, p95, _]| p95.as_secs_f64()),
            Self::TimeToImageP99 => row.time_to_image.map(|[_, _, p99]| p99.as_secs_f64()),
            Self::TimeToAcceptedP50 => row.time_to_accepted.map(|[p50, _]| p50.as_secs_f64()),
            Self::TimeToAcceptedP95 => row.time_to_accepted.map(|[_, p95]| p95.as_secs_f64()),
            _ => match self.gap() {
                Some(gap) => Some(row.gaps[gap as usize].to_f64()),
                None => self.parts(row).and_then(|(part, whole)| (whole != 0.0).then(|| part / whole)),
            },
        }
    }

    /// Of the requests of one replication, those of which the metric is the share; `None` for any other metric.
    fn requests_of(self, row: &Row) -> Option<u64> {
        match self {
            Self::DeliveredShare => Some(row.delivered),
            Self::FilteredShare => Some(row.filtered),
            Self::FailedShare => Some(row.failed),
            Self::TimedOutShare => Some(row.timed_out),
            Self::RateLimitedShare => Some(row.rate_limited),
            Self::GoneShare => Some(row.gone),
            Self::RefusedShare => Some(row.refused),
            Self::CacheHitShare => Some(row.cached),
            Self::BoundDeliveredShare => row.bound_delivered(),
            _ => None,
        }
    }

    /// The exact sum behind a time of one replication; `None` for what is no time. Times themselves are coarse.
    pub(super) const fn exact_sum(self, row: &Row) -> Option<u128> {
        match self {
            Self::TimeToImageP50 | Self::TimeToImageP95 | Self::TimeToImageP99 => Some(row.time_to_image_sum),
            Self::TimeToAcceptedP50 | Self::TimeToAcceptedP95 => Some(row.time_to_accepted_sum),
            _ => None,
        }
    }

    /// Numerator and denominator of one replication, where the metric is a ratio: over several replications it is the
    /// ratio of their sums. `None` for what is no ratio, and for accepted images where there are no journeys.
    pub(super) fn parts(self, row: &Row) -> Option<(f64, f64)> {
        let (cost, requests, delivered) = (row.cost.to_f64(), row.requests as f64, row.delivered as f64);
        let seconds = |micros: u128| micros as f64 / 1e6;
        match self {
            Self::CostPerDelivered => Some((cost, row.images as f64)),
            Self::CostPerAccepted => Some((cost, row.accepted? as f64)),
            Self::AcceptedShare => Some((row.accepted? as f64, row.journeys as f64)),
            Self::WastedShare => Some((row.wasted.to_f64(), cost)),
            Self::AlertedShare => Some((if row.guarded?.alerted.is_some() { 1.0 } else { 0.0 }, 1.0)),
            Self::AttemptsPerRequest => Some((row.attempts as f64, requests)),
            Self::CostOverBound => Some((cost, row.bound_cost()?.to_f64())),
            Self::TimeToImageMean => row.bound_time_to_image_sum().map(|_| (seconds(row.time_to_image_sum), delivered)),
            Self::BoundTimeToImageMean => Some((seconds(row.bound_time_to_image_sum()?), delivered)),
            Self::TimeOverBound => Some((seconds(row.time_to_image_sum), seconds(row.bound_time_to_image_sum()?))),
            _ => self.requests_of(row).map(|part| (part as f64, requests)),
        }
    }

    /// Of how many things the metric is a share in one replication, counted; `None` where it is none. For a share of money
    /// these are the requests that it was paid for: the delivered ones, or where all of it was wasted the others.
    pub(super) fn counted(self, row: &Row) -> Option<u64> {
        match self {
            Self::AcceptedShare => Some(row.journeys),
            Self::AlertedShare if row.guarded.is_some() => Some(1),
            Self::WastedShare if row.wasted.picos() == 0 => Some(row.delivered),
            Self::WastedShare => Some(row.requests - row.delivered),
            _ if self.requests_of(row).is_some() => Some(row.requests),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn undefined_where_nothing_was_delivered_or_asked() {
        let results = made_up::with_bounds(made_up::results(&["a"], 1));
        let row = &results.rows[0];
        assert!(Metric::ALL.iter().all(|m| m.of(row).is_some()));
        let nothing = Row {
            requests: 0,
            delivered: 0,
            images: 0,
            accepted: None,
            time_to_image: None,
            time_to_accepted: None,
            guarded: None,
            cost: Usd::ZERO,
            wasted: Usd::ZERO,
            bounds: Some((crate::engine::Bounds::default(), crate::engine::Objectives::ALL)),
            ..row.clone()
        };
        let defined: Vec<Metric> = Metric::ALL.into_iter().filter(|m| m.of(&nothing).is_some()).collect();
        let money = |m: &Metric| {
            matches!(m, Metric::Cost | Metric::Wasted | Metric::Booked | Metric::Unbooked | Metric::BoundCost)
                || m.gap().is_some()
                || *m == Metric::UnbookedRetried
        };
        assert!(defined.iter().all(money) && defined.len() == 12, "{defined:?}");
    }

    #[test]
    fn keys_end_in_the_unit() {
        for metric in Metric::ALL {
            let suffix = match metric.unit() {
                MetricUnit::Usd => "_usd",
                MetricUnit::Share => "_share",
                MetricUnit::Number if metric.is_of_bounds() => "_over_bound",
                MetricUnit::Number => "attempts_per_request",
                MetricUnit::Seconds => "_s",
                MetricUnit::Days => "_day",
            };
            assert!(metric.key().ends_with(suffix), "{}", metric.key());
        }
    }
}
