//! What is known of providers and models besides prices: limits, dates, billing, latencies.

use super::Exact;
use crate::spec::{self, Date, Located, OneOrMany};
use crate::units::{SimDuration, Usd};

spec::words! {
    /// What a limit counts.
    pub enum LimitMetric {
        /// Images per minute.
        "ipm" => ImagesPerMinute,
        /// Requests per minute.
        "rpm" => RequestsPerMinute,
        /// Requests per second.
        "rps" => RequestsPerSecond,
        /// Requests per 10 seconds.
        "requests_per_10s" => RequestsPerTenSeconds,
        /// Requests per day.
        "rpd" => RequestsPerDay,
        /// Images per 5 minutes.
        "images_per_5min" => ImagesPerFiveMinutes,
        /// Tokens per minute.
        "tpm" => TokensPerMinute,
        /// Requests in flight.
        "concurrency" => InFlight,
        /// Requests waiting.
        "queue_length" => Waiting,
        /// Dollars per calendar month.
        "monthly_usage_cap_usd" => UsdPerMonth,
        /// Dollars in any 10 minutes.
        "spend_usd_per_rolling_10min" => UsdPerTenMinutes,
        /// Dollars spent in all before this tier is reached.
        "tier_threshold_usd_cumulative" => UsdToReach,
    }
}

impl LimitMetric {
    /// The metric for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImagesPerMinute => "images/min",
            Self::RequestsPerMinute => "requests/min",
            Self::RequestsPerSecond => "requests/s",
            Self::RequestsPerTenSeconds => "requests/10 s",
            Self::RequestsPerDay => "requests/day",
            Self::ImagesPerFiveMinutes => "images/5 min",
            Self::TokensPerMinute => "tokens/min",
            Self::InFlight => "in flight",
            Self::Waiting => "waiting",
            Self::UsdPerMonth => "USD/month",
            Self::UsdPerTenMinutes => "USD in any 10 min",
            Self::UsdToReach => "USD spent to reach it",
        }
    }
}

spec::table! {
    /// The limits of one tier.
    pub struct LimitList {
        /// A provider, or one of its models or endpoints.
        of: Located<String>,
        /// The tier, in the provider's words.
        tier: String,
        /// What has to be paid in all to reach the tier.
        paid: Option<Usd>,
        /// How old the account has to be.
        age: Option<SimDuration>,
        /// What else the tier requires, or what happens beyond the limit.
        requirement: Option<String>,
        /// Where they are from.
        source: String,
        /// When the source was read or written, as exactly as is known.
        date: Located<String>,
        /// The limits.
        rows: Vec<LimitRow>,
    }
}

spec::table! {
    /// A limit.
    pub struct LimitRow {
        /// What it counts.
        metric: LimitMetric,
        /// How many.
        value: u64,
    }
}

spec::words! {
    /// What happened to a model.
    pub enum EventKind {
        /// It can be used from then on.
        "launch" => Launch,
        /// Its end is announced.
        "deprecated" => Deprecated,
        /// It can be used no longer.
        "shutdown" => Shutdown,
        /// Its price changed.
        "price_change" => PriceChange,
    }
}

impl EventKind {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Deprecated => "deprecated",
            Self::Shutdown => "shutdown",
            Self::PriceChange => "price change",
        }
    }
}

spec::table! {
    /// A date in the life of a model.
    pub struct Event {
        /// The models, or the endpoints: the same one under the names of its sellers.
        models: OneOrMany<Located<String>>,
        /// What happened.
        event: EventKind,
        /// The day.
        on: Option<Date>,
        /// What is known in place of the day: "2023-11", "2026-06-01..2026-07-15".
        period: Option<String>,
        /// The model that takes its place, or what changed.
        successor: Option<String>,
        /// Where it is from.
        source: Located<String>,
    }
}

spec::words! {
    /// Whether an outcome is billed.
    pub enum BilledWord {
        /// Like a delivered one.
        "yes" => Yes,
        /// Not at all.
        "no" => No,
        /// Only what went in.
        "input_only" => InputOnly,
        /// No source says.
        "unknown" => Unknown,
    }
}

impl BilledWord {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::InputOnly => "input only",
            Self::Unknown => "unknown",
        }
    }
}

spec::table! {
    /// A rule of a provider or gateway.
    pub struct Policy {
        /// The provider or gateway.
        of: Located<String>,
        /// What it rules, such as "bills_failed".
        policy: String,
        /// For rules of billing, whether it bills.
        billed: Option<BilledWord>,
        /// For rules of billing, the same at a later stage, where there are two: after the image was made.
        billed_after: Option<BilledWord>,
        /// The rule, in the words of its source.
        value: String,
        /// Where it is from.
        source: String,
    }
}

spec::words! {
    /// Which figure of a latency is given.
    pub enum LatencyMetric {
        /// The median.
        "p50" => P50,
        /// Nine of ten are faster.
        "p90" => P90,
        /// 95 of 100 are faster.
        "p95" => P95,
        /// 99 of 100 are faster.
        "p99" => P99,
        /// The mean.
        "mean" => Mean,
        /// The lower of two means.
        "mean_low" => MeanLow,
        /// The higher of two means.
        "mean_high" => MeanHigh,
        /// The fastest.
        "min" => Min,
        /// From so much.
        "range_low" => RangeLow,
        /// Up to so much.
        "range_high" => RangeHigh,
        /// At most, as promised.
        "upper_bound" => UpperBound,
        /// Always.
        "constant" => Constant,
        /// Computing time, without the queue.
        "gpu_time" => GpuTime,
        /// The share of gpt-image-2's: no seconds.
        "ratio_vs_gpt-image-2" => Ratio,
        /// The time that a slot is taken.
        "slot" => Slot,
    }
}

impl LatencyMetric {
    /// The metric for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Mean => "mean",
            Self::MeanLow => "mean from",
            Self::MeanHigh => "mean to",
            Self::Min => "min",
            Self::RangeLow => "from",
            Self::RangeHigh => "to",
            Self::UpperBound => "at most",
            Self::Constant => "always",
            Self::GpuTime => "gpu time",
            Self::Ratio => "share of gpt-image-2's",
            Self::Slot => "slot",
        }
    }
}

spec::table! {
    /// The latencies that one source gives of one model.
    pub struct LatencyList {
        /// The model, or the provider.
        of: Located<String>,
        /// Under which conditions, such as "1024x1024 medium" or "cold start".
        when: Option<String>,
        /// Where they are from.
        source: String,
        /// The figures.
        rows: Vec<LatencyRow>,
    }
}

spec::table! {
    /// A latency.
    pub struct LatencyRow {
        /// Which figure.
        metric: LatencyMetric,
        /// Seconds.
        seconds: Exact,
    }
}
