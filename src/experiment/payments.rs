//! Who is paid, and when: mean spending by payee over the horizon.

use crate::ledger::SPEND_POINTS;
use crate::model::PayeeId;
use crate::units::{SimDuration, Usd};

use super::Results;
use super::course::days;

/// What one strategy pays each payee per replication, in one span of the horizon after the other. Only what is billed for
/// certain.
#[derive(Debug, Clone, PartialEq)]
pub struct Payments {
    /// When the spans end, in days since the start: whole days where the horizon has 2 to 60 of them, else sixtieths of it.
    /// The last holds what came after the horizon too.
    pub ends: Vec<f64>,
    /// The payees that billed anything, the one that billed most first.
    pub payees: Vec<PayeeCourse>,
}

/// The course of one payee.
#[derive(Debug, Clone, PartialEq)]
pub struct PayeeCourse {
    /// Who is paid.
    pub payee: PayeeId,
    /// Dollars per replication in each span, which days within a sixtieth of the horizon share evenly; below zero where more
    /// is given back than billed.
    pub spans: Vec<f64>,
    /// Their sum over the horizon, in dollars.
    pub total: f64,
}

impl Payments {
    pub(super) fn of(results: &Results, strategy: usize) -> Self {
        let spent = results.spent.get(strategy).map_or(&[][..], Vec::as_slice);
        let payees = spent.len() / SPEND_POINTS;
        let ends = ends(days(results.horizon));
        // As the ledger cuts the horizon.
        let part = days(SimDuration::from_micros(results.horizon.micros() / SPEND_POINTS as i64 + 1));
        let course = |payee: usize| {
            let until: Vec<Usd> = spent
                .iter()
                .skip(payee)
                .step_by(payees)
                .scan(Usd::ZERO, |sum, &amount| {
                    *sum += amount;
                    Some(*sum)
                })
                .collect();
            let share = |amount: f64| amount / f64::from(results.replications.max(1));
            let at = |end: &f64| share(between(&until, end / part));
            let mut sums: Vec<f64> = ends.iter().map(at).collect();
            let total = share(until.last().map_or(0.0, |all| all.to_f64()));
            sums.last_mut().into_iter().for_each(|last| *last = total);
            let before = std::iter::once(0.0).chain(sums.iter().copied());
            let spans = sums.iter().zip(before).map(|(until, before)| until - before).collect();
            PayeeCourse { payee: PayeeId(payee as u16), spans, total }
        };
        let billed = |payee: &usize| spent.iter().skip(*payee).step_by(payees).any(|&amount| amount != Usd::ZERO);
        let mut payees: Vec<PayeeCourse> = (0..payees).filter(billed).map(course).collect();
        payees.sort_by(|a, b| b.total.total_cmp(&a.total));
        Self { ends, payees }
    }
}

/// Dollars spent until this many parts are over, spending taken to be even within a part.
fn between(until: &[Usd], parts: f64) -> f64 {
    let at = |part: usize| part.checked_sub(1).and_then(|last| until.get(last)).map_or(0.0, |spent| spent.to_f64());
    let whole = (parts.floor() as usize).min(until.len());
    let next = (whole + 1).min(until.len());
    at(whole) + (at(next) - at(whole)) * (parts - whole as f64).clamp(0.0, 1.0)
}

fn ends(horizon: f64) -> Vec<f64> {
    if (2.0..=SPEND_POINTS as f64).contains(&horizon) {
        let whole = horizon.ceil() as usize;
        return (1..=whole).map(|day| (day as f64).min(horizon)).collect();
    }
    (1..=SPEND_POINTS).map(|part| horizon * part as f64 / SPEND_POINTS as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn all_payees_on_all_days_add_up_to_the_mean_invoice() {
        let results = made_up::results(&["a", "b"], 20);
        for (strategy, payees) in [(0, 1), (1, 2)] {
            let payments = Payments::of(&results, strategy);
            assert_eq!((payments.ends.len(), payments.ends[29], payments.payees.len()), (30, 30.0, payees));
            let paid: f64 = payments.payees.iter().flat_map(|payee| &payee.spans).sum();
            let mean = results.of(strategy).map(|row| row.cost.to_f64()).sum::<f64>() / 20.0;
            assert!((paid - mean).abs() < 1e-9 * mean, "{paid} {mean}");
            assert!(payments.payees.iter().all(|payee| (payee.spans.iter().sum::<f64>() - payee.total).abs() < 1e-9));
            assert!(payments.payees.is_sorted_by(|a, b| a.total >= b.total));
        }
    }

    /// 31 days are no whole number of sixtieths: a dollar a part is spread over the days evenly.
    #[test]
    fn days_share_the_parts_that_they_cut() {
        let mut results = made_up::results(&["a"], 1);
        results.horizon = SimDuration::from_micros(31 * SimDuration::DAY.micros());
        results.spent = vec![vec![Usd::from_picos(1_000_000_000_000); SPEND_POINTS]];
        let payments = Payments::of(&results, 0);
        assert_eq!(payments.payees[0].spans.len(), 31);
        assert!(payments.payees[0].spans.iter().all(|day| (day - 60.0 / 31.0).abs() < 1e-6), "{payments:?}");
    }

    #[test]
    fn hours_and_years_are_cut_into_sixtieths() {
        assert_eq!([0.5, 1.9, 2.0, 7.0, 30.5, 60.0, 61.0].map(|days| ends(days).len()), [60, 60, 2, 7, 31, 60, 60]);
        assert!((ends(30.5)[30] - 30.5).abs() < 1e-12);
        assert!(Payments::of(&made_up::results(&["a"], 0), 0).payees.is_empty());
    }
}
