//! What a strategy's money went for.

use crate::model::{Cause, DeploymentId, Stage};
use crate::units::Usd;

use super::{ChargeCell, Results};

/// All charges of one strategy with one deployment, stage and cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BillLine {
    /// Who billed.
    pub deployment: DeploymentId,
    /// What they served.
    pub stage: Stage,
    /// What they were for.
    pub cause: Cause,
    /// How many charges, over all replications.
    pub count: u64,
    /// Their sum over all replications, exact.
    pub total: Usd,
    /// Their sum per replication, rounded half to even to the picodollar.
    pub mean: Usd,
}

/// The lines of one strategy, in the order of the results.
pub(super) fn bill(results: &Results, strategy: usize) -> Vec<BillLine> {
    let cells = results.charges.get(strategy).map_or(&[][..], Vec::as_slice);
    cells.iter().map(|cell| line(cell, results.replications)).collect()
}

fn line(cell: &ChargeCell, replications: u32) -> BillLine {
    let ChargeCell { deployment, stage, cause, count, total } = *cell;
    BillLine { deployment, stage, cause, count, total, mean: total.times_ratio(1, u64::from(replications.max(1))) }
}

/// Dollars per replication that went for this stage and cause, at any deployment.
pub fn mean_for(bill: &[BillLine], stage: Stage, cause: Cause) -> f64 {
    bill.iter().filter(|line| line.stage == stage && line.cause == cause).map(|line| line.mean).sum::<Usd>().to_f64()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn means_are_exact_to_the_picodollar() {
        let cell = |picos| ChargeCell {
            deployment: DeploymentId(0),
            stage: Stage::Final,
            cause: Cause::Delivered,
            count: 1,
            total: Usd::from_picos(picos),
        };
        let means = [(300_000_000_000, 3), (1, 2), (3, 2), (2, 3)].map(|(picos, n)| line(&cell(picos), n).mean.picos());
        assert_eq!(means, [100_000_000_000, 0, 2, 1]);
    }

    #[test]
    fn the_bill_adds_up_to_the_invoices() {
        let results = made_up::results(&["a", "b"], 7);
        for strategy in 0..2 {
            let bill = bill(&results, strategy);
            let invoices: Usd = results.of(strategy).map(|row| row.cost).sum();
            assert_eq!(bill.iter().map(|line| line.total).sum::<Usd>(), invoices);
            let shown: f64 =
                Stage::ALL.iter().flat_map(|&s| Cause::ALL.map(|c| (s, c))).map(|(s, c)| mean_for(&bill, s, c)).sum();
            assert!((shown - invoices.to_f64() / 7.0).abs() < 1e-9 * shown);
        }
    }
}
