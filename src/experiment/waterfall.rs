//! From the list price of what was delivered to the bill: mean contributions, which add up exactly. Medians would not.

use crate::model::Gap;
use crate::stats::Estimate;
use crate::units::Usd;

use super::{Distribution, Metric, Results, Row};

/// One step of a waterfall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaterfallStep {
    /// What it contributes: [`Metric::Booked`] first, then why the invoice is another.
    pub metric: Metric,
    /// How much over all replications, exact: the steps add up to all that is billed for certain.
    pub total: Usd,
    /// How much per replication.
    pub mean: Estimate,
}

/// The steps after the list price, in the order of the waterfall.
const STEPS: [Metric; 6] = [
    Metric::UnbookedPrices,
    Metric::UnbookedFailed,
    Metric::UnbookedTimedOut,
    Metric::UnbookedRefused,
    Metric::UnbookedHedged,
    Metric::UnbookedFees,
];

/// The steps of one strategy: all of them, even those of nothing; none without replications.
pub(super) fn waterfall(results: &Results, strategy: usize) -> Vec<WaterfallStep> {
    let step = |metric: Metric| {
        let total = results.of(strategy).map(|row| amount(metric, row)).sum();
        let mean = Distribution::of_metric(metric, results.of(strategy))?.mean;
        Some(WaterfallStep { metric, total, mean })
    };
    std::iter::once(Metric::Booked).chain(STEPS).filter_map(step).collect()
}

fn amount(metric: Metric, row: &Row) -> Usd {
    metric.gap().map_or(row.booked, |gap: Gap| row.gaps[gap as usize])
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn every_reason_is_a_step_and_all_steps_are_the_bill() {
        let results = made_up::results(&["a", "b"], 33);
        for strategy in 0..2 {
            let steps = waterfall(&results, strategy);
            let gaps: Vec<Gap> = steps.iter().filter_map(|step| step.metric.gap()).collect();
            assert!(Gap::ALL.iter().all(|gap| gaps.iter().filter(|told| *told == gap).count() == 1));
            let invoices: Usd = results.of(strategy).map(|row| row.cost).sum();
            assert_eq!(steps.iter().map(|step| step.total).sum::<Usd>(), invoices);
            let means: f64 = steps.iter().map(|step| step.mean.value).sum();
            assert!((means - invoices.to_f64() / 33.0).abs() < 1e-9 * means);
        }
        assert!(waterfall(&made_up::results(&["a"], 0), 0).is_empty());
    }
}
