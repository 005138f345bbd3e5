//! The mean cost, corrected for how many journeys happened to arrive and for what they happened to ask for.

use crate::stats::{Control, Estimate, LEVEL, control_variates};

use super::Metric;
use super::Results;
use super::ends::lowest_and_highest;

/// A mean cost at the known mean number of journeys and the known mean of what they would cost at list prices. It stands beside the plain mean and never in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlledMean {
    /// The mean.
    pub estimate: Estimate,
    /// The share of the variance of the plain mean that is gone; less than zero where the correction is of no use. `None` where
    /// there was none.
    pub reduction: Option<f64>,
    /// The known mean number of journeys of a replication.
    pub journeys: f64,
    /// The known mean of what they would cost at list prices, in USD; `None` where it adds nothing: one class and one number of images.
    pub listed: Option<f64>,
}

impl ControlledMean {
    /// What they cost at list prices counts only beside their number, which it follows: what it has on top is their mix.
    /// `None` where the mean number of journeys is not known, where their number never differs, and with fewer than three
    /// replications. Of a cost that depends on unknown billing it is the lowest end.
    pub(super) fn of(results: &Results, strategy: usize) -> Option<Self> {
        let journeys = results.expected_journeys?;
        let numbers: Vec<f64> = results.of(strategy).map(|row| row.journeys as f64).collect();
        let costs: Vec<f64> = if results.doubts.is_empty() {
            results.of(strategy).map(|row| row.cost.to_f64()).collect()
        } else {
            let [lowest, _] = lowest_and_highest(results, Metric::Cost, strategy);
            results.of(strategy).map(|row| results.if_billed(row, &lowest).cost.to_f64()).collect()
        };
        let listed: Vec<f64> = results.of(strategy).map(|row| row.listed.to_f64()).collect();
        let mut controls = vec![Control { values: &numbers, mean: journeys }];
        let expected = results.expected_listed.get(strategy).copied().flatten();
        controls.extend(expected.map(|mean| Control { values: &listed, mean }));
        let found = control_variates(&costs, &controls, LEVEL)?;
        found.slopes[0]?;
        let listed = expected.filter(|_| found.slopes.get(1).is_some_and(Option::is_some));
        Some(Self { estimate: found.estimate, reduction: found.reduction, journeys, listed })
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    /// Made-up demand is about 20 000 journeys a month, at a standard deviation of 8 % of it; the rest of the cost varies by 2 %.
    #[test]
    fn what_demand_explains_is_gone() {
        let results = made_up::results(&["a"], 500);
        let controlled = ControlledMean::of(&results, 0).expect("known");
        let reduction = controlled.reduction.expect("it varies");
        assert!((0.90..0.97).contains(&reduction), "{reduction}");
        assert!((controlled.estimate.value - 1_000.0).abs() < 5.0, "{controlled:?}");
        let unknown = Results { expected_journeys: None, ..results.clone() };
        assert_eq!(ControlledMean::of(&unknown, 0), None);
        let mut same = results;
        same.rows.iter_mut().for_each(|row| row.journeys = 20_000);
        assert_eq!(ControlledMean::of(&same, 0), None);
        assert_eq!(ControlledMean::of(&made_up::results(&["a"], 2), 0), None);
    }

    #[test]
    fn unknown_billing_counts_at_its_lowest_end() {
        let certain = made_up::results(&["a"], 100);
        let expected = ControlledMean::of(&certain, 0);
        let doubtful = made_up::in_doubt(certain, &["google bills filtered"], |_, _| 20);
        assert_eq!(ControlledMean::of(&doubtful, 0), expected);
    }
}
