//! The course of spending over the horizon.

use crate::stats::{Estimate, LEVEL, quantile, sorted, type_1};
use crate::units::{SimDuration, Usd};

use super::Results;

/// Which quantiles of spending the fan has at each point.
pub const FAN: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// Cumulative spending of one strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Day and the quantiles [`FAN`] of what was spent until then, in dollars; begins at day 0 with nothing.
    pub points: Vec<(f64, [f64; 5])>,
    /// The day by which half of the replications have spent more than the budget, spending taken to be even between
    /// two points; `None` without a budget, and where fewer than half ever do.
    pub budget_passed: Option<Estimate>,
}

impl Course {
    pub(super) fn of(results: &Results, strategy: usize) -> Self {
        let courses: Vec<&[Usd]> = results.of(strategy).map(|row| row.spend.as_slice()).collect();
        let steps = courses.iter().map(|spend| spend.len()).min().unwrap_or(0);
        let day = |point: usize| days(results.horizon) * point as f64 / steps as f64;
        let fan = |point: usize| {
            let spent = sorted(courses.iter().map(|spend| spend[point - 1].to_f64()));
            (day(point), FAN.map(|p| type_1(&spent, p).unwrap_or(0.0)))
        };
        let start = (0.0, [0.0; 5]);
        let points = std::iter::once(start).chain((1..=steps).map(fan)).collect();
        let budget_passed = results.budget.and_then(|budget| {
            let passages = courses.iter().map(|spend| passage(spend, budget).map_or(f64::INFINITY, |at| day(1) * at));
            median_passage(&sorted(passages))
        });
        Self { points, budget_passed }
    }
}

/// When spending first passes the budget, in steps of the course; `None` where it never does.
fn passage(spend: &[Usd], budget: Usd) -> Option<f64> {
    let step = spend.iter().position(|&spent| spent > budget)?;
    let before = step.checked_sub(1).map_or(Usd::ZERO, |previous| spend[previous]);
    Some(step as f64 + (budget - before).to_f64() / (spend[step] - before).to_f64())
}

/// The median of passage days, of which those that never come are infinite.
fn median_passage(ascending: &[f64]) -> Option<Estimate> {
    let median = quantile(ascending, 0.5, LEVEL).filter(|median| median.value.is_finite())?;
    match median.hi {
        Some(hi) if hi.is_infinite() => {
            let method = "order statistics, unbounded above: too few replications pass the budget";
            Some(Estimate { hi: None, method, ..median })
        }
        _ => Some(median),
    }
}

/// A length of time in days.
pub(super) fn days(length: SimDuration) -> f64 {
    length.as_secs_f64() / SimDuration::DAY.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn dollars(amount: i128) -> Usd {
        Usd::from_picos(amount * 1_000_000_000_000)
    }

    #[test]
    fn passage_is_interpolated_within_a_step() {
        let spend = [10, 20, 40, 40].map(dollars);
        assert_eq!(passage(&spend, dollars(5)), Some(0.5));
        assert_eq!(passage(&spend, dollars(30)), Some(2.5));
        assert_eq!(passage(&spend, dollars(40)), None);
    }

    #[test]
    fn half_of_the_replications_must_pass() {
        let never = f64::INFINITY;
        assert_eq!(median_passage(&[3.0, 4.0, never, never]).map(|day| day.value), Some(4.0));
        assert_eq!(median_passage(&[3.0, never, never]), None);
        let early: Vec<f64> = [9.0; 11].into_iter().chain([never; 9]).collect();
        let day = median_passage(&early).expect("eleven of twenty");
        assert_eq!((day.value, day.lo, day.hi), (9.0, Some(9.0), None));
    }

    #[test]
    fn the_fan_opens_from_nothing_to_the_invoice() {
        let results = made_up::results(&["a"], 50);
        let course = Course::of(&results, 0);
        assert_eq!((course.points.len(), course.points[0]), (61, (0.0, [0.0; 5])));
        let (day, last) = course.points[60];
        let costs = sorted(results.of(0).map(|row| row.cost.to_f64()));
        assert_eq!((day, Some(last[2])), (30.0, type_1(&costs, 0.5)));
        assert!(course.points.iter().all(|(_, fan)| fan.is_sorted()));
    }
}
