//! The names of metrics and of what is told of them.

use crate::experiment::Metric;

use super::Told;

/// What is told of a metric, as it is written; any other whole or broken number may stand for these.
pub(super) const FIGURES: [&str; 10] = ["mean", "median", "sd", "p10", "p50", "p90", "p95", "p99", "cvar95", "P"];

/// Times of which each replication has its own percentiles over its requests, or its journeys.
pub(super) const OF_REQUESTS: [&str; 2] = ["time_to_image", "time_to_accepted"];

/// The percentile or mean over a replication's own requests, where such a time is told so.
pub(super) fn of_requests(time: &str, told: Told) -> Option<Metric> {
    let suffix = match told {
        Told::Quantile(p) => format!("p{}", p * 100.0),
        Told::Mean => "mean".to_owned(),
        Told::Sd | Told::TailMean(_) | Told::Chance(..) => return None,
    };
    Metric::named(&format!("{time}_{suffix}"))
}

/// All names without units.
pub(super) fn metrics() -> Vec<&'static str> {
    Metric::ALL.into_iter().map(Metric::short).collect()
}

/// What a word tells of a metric, but for chances: `mean`, `median`, `sd`, `p95`, `cvar95`.
pub(super) fn told(word: &str) -> Option<Told> {
    let share = |digits: &str| {
        let plain = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        let percent: f64 = digits.parse().ok().filter(|_| plain)?;
        (percent > 0.0 && percent < 100.0).then_some(percent / 100.0)
    };
    match word {
        "mean" => Some(Told::Mean),
        "median" => Some(Told::Quantile(0.5)),
        "sd" => Some(Told::Sd),
        _ => match (word.strip_prefix("cvar"), word.strip_prefix('p')) {
            (Some(digits), _) => share(digits).map(Told::TailMean),
            (None, Some(digits)) => share(digits).map(Told::Quantile),
            (None, None) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_any_number() {
        assert_eq!((told("p95"), told("p99.9"), told("median")), (Some(Told::Quantile(0.95)), told("p99.9"), told("p50")));
        assert_eq!(told("cvar90"), Some(Told::TailMean(0.9)));
        for wrong in ["p0", "p100", "p", "p-5", "p1e1", "cvar", "cvar100", "pinf", "max", "P", "p.5"] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_of_requests_are_metrics_of_replications() {
        assert_eq!(of_requests("time_to_image", Told::Quantile(0.95)), Some(Metric::TimeToImageP95));
        assert_eq!(of_requests("time_to_accepted", Told::Quantile(0.5)), Some(Metric::TimeToAcceptedP50));
        assert_eq!(of_requests("time_to_image", Told::Mean), Some(Metric::TimeToImageMean));
        assert_eq!(of_requests("time_to_image", Told::Quantile(0.9)), None);
        let both = OF_REQUESTS.map(|time| metrics().iter().filter(|name| name.starts_with(time)).count());
        assert!(both.iter().all(|count| *count >= 2) && OF_REQUESTS.iter().all(|time| Metric::named(time).is_none()));
    }
}
