//! What a strategy's money went for.

use crate::ledger::CellKey;
use crate::units::Usd;

use super::{ChargeCell, Results};

/// All charges of one strategy with one payee, stage and cause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BillLine {
    /// What they have in common.
    pub key: CellKey,
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
    let ChargeCell { key, count, total } = *cell;
    BillLine { key, count, total, mean: total.times_ratio(1, u64::from(replications.max(1))) }
}

/// Dollars per replication that went for the lines that are asked for.
pub fn mean_for(bill: &[BillLine], asked: impl Fn(&BillLine) -> bool) -> f64 {
    bill.iter().filter(|line| asked(line)).map(|line| line.mean).sum::<Usd>().to_f64()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;
    use crate::model::{Cause, PayeeId};

    #[test]
    fn means_are_exact_to_the_picodollar() {
        let cell = |picos| ChargeCell {
            key: CellKey { payee: PayeeId(0), stage: None, cause: Cause::Fee, certain: true },
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
            let shown: f64 = Cause::ALL.iter().map(|&cause| mean_for(&bill, |line| line.key.cause == cause)).sum();
            assert!((shown - invoices.to_f64() / 7.0).abs() < 1e-9 * shown);
        }
    }
}
