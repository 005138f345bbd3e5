//! What replications yield, batch by batch: the same however they are cut into batches.

use serde::{Deserialize, Serialize};

use super::results::{ChargeCell, Row};
use crate::ledger::{DayCell, merge};
use crate::units::Usd;

/// Consecutive replications that are finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The first of them.
    pub first: u32,
    /// One row per replication and strategy, in order.
    pub rows: Vec<Row>,
    /// Their charges by strategy: only cells with a charge, in order.
    pub charges: Vec<Vec<ChargeCell>>,
    /// By strategy, what each payee billed in each part of the horizon in them: all payees of the first of `SPEND_POINTS` parts by
    /// id, then of the next.
    pub spent: Vec<Vec<Usd>>,
    /// By strategy, their charges by day, in order.
    pub days: Vec<Vec<DayCell>>,
}

/// What all replications up to some number yielded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// Replications finished: those from 0 to this number, fewer than asked for where the run was stopped.
    pub replications: u32,
    /// One row per replication and strategy, in order.
    pub rows: Vec<Row>,
    /// Charges by strategy: only cells with a charge, in order.
    pub charges: Vec<Vec<ChargeCell>>,
    /// By strategy, what each payee billed in each part of the horizon: all payees of the first of `SPEND_POINTS` parts by
    /// id, then of the next.
    pub spent: Vec<Vec<Usd>>,
    /// By strategy, charges by day, in order.
    pub days: Vec<Vec<DayCell>>,
}

impl Batch {
    /// The number of the replication after the last; `None` where its rows are not those of consecutive replications of so
    /// many strategies, which no run hands out.
    pub fn end(&self, strategies: usize) -> Option<u32> {
        let replications = u32::try_from(self.rows.len() / strategies.max(1)).ok()?;
        let end = self.first.checked_add(replications)?;
        let numbers = (self.first..end).flat_map(|replication| (0..strategies).map(move |strategy| (replication, strategy)));
        let of_rows = self.rows.iter().map(|row| (row.replication, usize::from(row.strategy)));
        let is_whole = [self.charges.len(), self.spent.len(), self.days.len()] == [strategies; 3];
        (is_whole && numbers.eq(of_rows)).then_some(end)
    }
}

impl Run {
    /// Goes on with the batch that comes next.
    ///
    /// # Errors
    /// A batch that is not the next one of this run, unchanged.
    pub fn extend(&mut self, mut batch: Batch) -> Result<(), Batch> {
        if self.replications == 0 {
            self.charges.resize(batch.charges.len(), Vec::new());
            self.spent.resize(batch.charges.len(), Vec::new());
            self.days.resize(batch.charges.len(), Vec::new());
        }
        let next = batch.end(self.charges.len()).filter(|_| batch.first == self.replications);
        let Some(end) = next else { return Err(batch) };
        self.replications = end;
        self.rows.append(&mut batch.rows);
        for (totals, cells) in self.charges.iter_mut().zip(&batch.charges) {
            for cell in cells {
                add(totals, cell);
            }
        }
        for (totals, amounts) in self.spent.iter_mut().zip(&batch.spent) {
            add_spent(totals, amounts);
        }
        for (totals, cells) in self.days.iter_mut().zip(&batch.days) {
            add_days(totals, cells);
        }
        Ok(())
    }
}

/// Adds a cell to totals in order. Sums of integers: no order of batches can change them.
fn add(totals: &mut Vec<ChargeCell>, cell: &ChargeCell) {
    match totals.binary_search_by_key(&cell.key, |total| total.key) {
        Ok(at) => {
            totals[at].count += cell.count;
            totals[at].total += cell.total;
        }
        Err(at) => totals.insert(at, cell.clone()),
    }
}

/// Adds what was spent in each place to the totals, which may still be empty.
pub(super) fn add_spent(totals: &mut Vec<Usd>, amounts: &[Usd]) {
    totals.resize(totals.len().max(amounts.len()), Usd::ZERO);
    totals.iter_mut().zip(amounts).for_each(|(total, amount)| *total += *amount);
}

/// Adds charges of days to the totals.
pub(super) fn add_days(totals: &mut Vec<DayCell>, cells: &[DayCell]) {
    for cell in cells {
        merge(totals, cell);
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    /// The rows of `[first, end)`, and charges that tell how many replications they are of.
    fn batch(first: u32, end: u32) -> Batch {
        let all = made_up::results(&["a", "b"], end);
        let rows = all.rows[2 * first as usize..].to_vec();
        let mut charges = all.charges;
        charges.iter_mut().flatten().for_each(|cell| cell.count = u64::from(end - first));
        let mut spent = vec![vec![Usd::ZERO; 4]; 2];
        for row in &rows {
            spent[usize::from(row.strategy)][1] += row.cost;
        }
        let mut days = all.days;
        days.iter_mut().flatten().for_each(|cell| cell.count = i64::from(end - first));
        Batch { first, rows, charges, spent, days }
    }

    #[test]
    fn batches_of_any_size_make_the_same_run() {
        let run = |ends: &[u32]| {
            let mut run = Run::default();
            for &end in ends {
                run.extend(batch(run.replications, end)).expect("the next");
            }
            run.charges.iter_mut().flatten().for_each(|cell| cell.total = crate::units::Usd::ZERO);
            run.days.iter_mut().flatten().for_each(|cell| (cell.total, cell.listed) = Default::default());
            run
        };
        assert_eq!(run(&[12]), run(&[1, 5, 12]));
        assert!(run(&[1, 5, 12]).charges.iter().flatten().all(|cell| cell.count == 12));
        assert!(run(&[1, 5, 12]).days.iter().flatten().all(|cell| cell.count == 12));
    }

    #[test]
    fn only_the_next_batch_is_taken() {
        let mut run = Run::default();
        assert!(run.extend(batch(1, 3)).is_err());
        run.extend(batch(0, 3)).expect("the next");
        let kept = run.clone();
        let mut unfinished = batch(3, 5);
        unfinished.rows.pop();
        let of_one_strategy = Batch { charges: vec![Vec::new()], ..batch(3, 5) };
        let without_course = Batch { spent: Vec::new(), ..batch(3, 5) };
        let without_days = Batch { days: Vec::new(), ..batch(3, 5) };
        for wrong in [batch(2, 4), batch(4, 5), unfinished, of_one_strategy, without_course, without_days] {
            assert_eq!(run.extend(wrong.clone()), Err(wrong));
        }
        assert_eq!(run, kept);
    }
}
