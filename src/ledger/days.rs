//! Charges by day: what each payee billed for what, and what it would have been by list.
//!
//! What is given back is kept apart from what is billed, and a charge that is taken back is as if it had never been.
//!
//! A day is 24 hours from the start on; the last holds what comes after the horizon as well. At the end of a day the ledger's cells tell
//! what has come to them, so that no charge is added twice, and the memory that this takes grows with days and not with requests.

use serde::{Deserialize, Serialize};

use super::sums::{CELLS_PER_PAYEE, Cell};
use crate::model::{Cause, Charge, PayeeId};
use crate::units::{SimDuration, SimTime, Usd};

/// What the charges of a day have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayKey {
    /// The day, from 0.
    pub day: u32,
    /// Who billed them.
    pub payee: PayeeId,
    /// What they were for.
    pub cause: Cause,
    /// How they are billed.
    pub billed: Billed,
}

/// How charges are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Billed {
    /// For certain.
    Surely,
    /// Nobody knows: they are what comes to the others if everything unknown bills.
    Perhaps,
    /// They are given back: rebates on what was billed before.
    Back,
}

impl DayKey {
    const fn place(&self) -> (u32, PayeeId, usize, Billed) {
        (self.day, self.payee, self.cause as usize, self.billed)
    }
}

/// By day, payee and cause, and in the order of [`Billed`].
impl Ord for DayKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for DayKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The charges of a day with one payee and cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCell {
    /// What they have in common.
    pub key: DayKey,
    /// How many, less those that were taken back; of deliveries at a price other than the list's, those that were free as well.
    pub count: i64,
    /// What was billed.
    pub total: Usd,
    /// What it would have been at the prices of the list: the same but for deliveries.
    pub listed: Usd,
}

/// A number of charges and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    count: i64,
    total: Usd,
}

const CAUSES: usize = Cause::ALL.len();
/// Later than anything that happens.
pub(super) const NEVER: SimTime = SimTime::from_micros(i64::MAX);

/// The days of a replication.
#[derive(Debug, Clone)]
pub(super) struct Days {
    /// What is put away of all that cells hold, by payee and cause.
    seen: Box<[Sum]>,
    /// What deliveries of today would have been by list, by deployment: only of those that book apart from what they charge.
    listed: Box<[Sum]>,
    /// The deployments at which the client books just what is charged for a delivery, first of all payees.
    plain: Box<[bool]>,
    /// What is put away, in order.
    kept: Vec<DayCell>,
    day: u32,
    count: u32,
    ends: SimTime,
}

impl Days {
    pub(super) fn new(payees: usize, plain: Box<[bool]>, horizon: SimDuration) -> Self {
        let mut days = Self {
            seen: vec![Sum::default(); payees * CAUSES].into(),
            listed: vec![Sum::default(); plain.len()].into(),
            plain,
            kept: Vec::new(),
            day: 0,
            count: days_of(horizon),
            ends: NEVER,
        };
        days.go_on_to(SimTime::START);
        days
    }

    /// Forgets everything and keeps the memory.
    pub(super) fn reset(&mut self) {
        self.seen.fill(Sum::default());
        self.listed.fill(Sum::default());
        self.kept.clear();
        self.go_on_to(SimTime::START);
    }

    /// When today is over; never, if it is the last day.
    pub(super) const fn ends(&self) -> SimTime {
        self.ends
    }

    /// Goes on to the day of this time. What was billed before must have been put away.
    pub(super) fn go_on_to(&mut self, now: SimTime) {
        self.day = self.day_of(now);
        let next = SimDuration::from_micros(SimDuration::DAY.micros() * (i64::from(self.day) + 1));
        self.ends = if self.day + 1 < self.count { SimTime::START + next } else { NEVER };
    }

    /// A charge of any day, told apart from those of today: it is in the cells as well, unless nobody knows whether it is billed.
    pub(super) fn add_at(&mut self, at: SimTime, charge: &Charge, billed: Billed) {
        let Charge { payee, cause, amount, .. } = *charge;
        self.keep(DayKey { day: self.day_of(at), payee, cause, billed }, Sum { count: 1, total: amount });
        if billed != Billed::Perhaps {
            let seen = &mut self.seen[payee.index() * CAUSES + cause as usize];
            (seen.count, seen.total) = (seen.count + 1, seen.total + amount);
        }
    }

    /// A charge of today took another one back: neither counts.
    pub(super) fn uncount(&mut self, charge: &Charge) {
        let Charge { payee, cause, .. } = *charge;
        self.keep(DayKey { day: self.day, payee, cause, billed: Billed::Surely }, Sum { count: -2, total: Usd::ZERO });
    }

    /// What a delivery would have been by list; below zero where it is none after all.
    #[inline]
    pub(super) fn list(&mut self, by: PayeeId, amount: Usd, now: SimTime) {
        let count = if amount < Usd::ZERO { -1 } else { 1 };
        if now >= self.ends {
            // The day goes on with the charge that follows.
            let key = DayKey { day: self.day_of(now), payee: by, cause: Cause::Delivered, billed: Billed::Surely };
            return merge(&mut self.kept, &DayCell { key, count, total: Usd::ZERO, listed: amount });
        }
        let listed = &mut self.listed[by.index()];
        (listed.count, listed.total) = (listed.count + count, listed.total + amount);
    }

    /// Puts away what was billed today so far, by payee, stage and cause.
    pub(super) fn put_away(&mut self, cells: &[Cell]) {
        for payee in 0..self.seen.len() / CAUSES {
            let own = &cells[payee * CELLS_PER_PAYEE..][..CELLS_PER_PAYEE];
            for cause in Cause::ALL {
                let (mut now, seen) = (Sum::default(), &mut self.seen[payee * CAUSES + cause as usize]);
                for cell in own.iter().skip(cause as usize).step_by(CAUSES) {
                    (now.count, now.total) = (now.count + cell.count as i64, now.total + cell.total);
                }
                if now == *seen {
                    continue;
                }
                let new = Sum { count: now.count - seen.count, total: now.total - seen.total };
                *seen = now;
                self.keep(DayKey { day: self.day, payee: PayeeId(payee as u16), cause, billed: Billed::Surely }, new);
            }
        }
        for payee in 0..self.listed.len() {
            let Sum { count, total: listed } = std::mem::take(&mut self.listed[payee]);
            if count != 0 || listed != Usd::ZERO {
                let payee = PayeeId(payee as u16);
                let key = DayKey { day: self.day, payee, cause: Cause::Delivered, billed: Billed::Surely };
                merge(&mut self.kept, &DayCell { key, count, total: Usd::ZERO, listed });
            }
        }
    }

    /// Whether the client books just what this deployment charges for a delivery; `None` of payees that are none.
    pub(super) fn plain(&self, payee: PayeeId) -> Option<bool> {
        self.plain.get(payee.index()).copied()
    }

    /// What was put away, in order.
    pub(super) fn kept(&self) -> &[DayCell] {
        &self.kept
    }

    fn day_of(&self, at: SimTime) -> u32 {
        let day = at.since(SimTime::START).micros().max(0) / SimDuration::DAY.micros();
        u32::try_from(day).unwrap_or(u32::MAX).min(self.count - 1)
    }

    fn keep(&mut self, key: DayKey, Sum { count, total }: Sum) {
        let told_apart = key.billed == Billed::Surely && key.cause == Cause::Delivered && self.plain(key.payee) == Some(false);
        let (count, listed) = if told_apart { (0, Usd::ZERO) } else { (count, total) };
        merge(&mut self.kept, &DayCell { key, count, total, listed });
    }
}

/// How many days a horizon has, of which the last may be shorter.
pub fn days_of(horizon: SimDuration) -> u32 {
    u32::try_from((horizon.micros().max(1) - 1) / SimDuration::DAY.micros() + 1).unwrap_or(u32::MAX)
}

/// Adds a cell to others in order.
pub fn merge(cells: &mut Vec<DayCell>, more: &DayCell) {
    match cells.binary_search_by_key(&more.key, |cell| cell.key) {
        Ok(at) => {
            let cell = &mut cells[at];
            cell.count += more.count;
            cell.total += more.total;
            cell.listed += more.listed;
        }
        Err(at) => cells.insert(at, *more),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sums::cell_of;
    use super::*;
    use crate::model::Stage;

    fn at(day: f64) -> SimTime {
        SimTime::START + SimDuration::from_secs_f64(day * 86_400.0)
    }

    fn dollars(amount: i128) -> Usd {
        Usd::from_picos(amount * 1_000_000_000_000)
    }

    fn charge(payee: u16, cause: Cause, amount: i128) -> Charge {
        Charge { payee: PayeeId(payee), stage: Some(Stage::Final), cause, amount: dollars(amount), case: None }
    }

    /// Two payees, the second of which does not charge just what the list says, and their cells.
    struct Book {
        days: Days,
        cells: Vec<Cell>,
    }

    impl Book {
        fn of(days: f64) -> Self {
            let days = Days::new(2, vec![true, false].into(), SimDuration::from_secs_f64(days * 86_400.0));
            Self { days, cells: vec![Cell::default(); 2 * CELLS_PER_PAYEE] }
        }

        fn add(&mut self, charge: &Charge) {
            let cell = &mut self.cells[cell_of(charge.payee, 1, charge.cause)];
            (cell.count, cell.total) = (cell.count + 1, cell.total + charge.amount);
        }

        fn found(&mut self) -> Vec<(u32, Cause, Billed, i64, Usd, Usd)> {
            self.days.put_away(&self.cells);
            let told = |cell: &DayCell| (cell.key.day, cell.key.cause, cell.key.billed, cell.count, cell.total, cell.listed);
            self.days.kept().iter().filter(|cell| cell.count != 0 || cell.total != Usd::ZERO).map(told).collect()
        }
    }

    #[test]
    fn days_begin_and_end_and_the_last_never_does() {
        let mut days = Book::of(2.5).days;
        assert_eq!((days.day, days.ends()), (0, at(1.0)));
        days.go_on_to(at(1.0));
        assert_eq!((days.day, days.ends()), (1, at(2.0)));
        for later in [2.0, 9.0] {
            days.go_on_to(at(later));
            assert_eq!((days.day, days.ends()), (2, NEVER));
        }
        days.reset();
        assert_eq!((days.day, days.ends()), (0, at(1.0)));
        assert_eq!([0.0, 1.0].map(|horizon| Book::of(horizon).days.ends()), [NEVER; 2]);
    }

    #[test]
    fn what_is_billed_is_kept_by_day_and_in_order() {
        let mut book = Book::of(3.0);
        for amount in [3, -3] {
            book.add(&charge(0, Cause::Delivered, amount));
        }
        book.days.uncount(&charge(0, Cause::Delivered, -3));
        book.add(&charge(0, Cause::Hedged, 2));
        let standing = charge(0, Cause::Standing, 7);
        book.add(&standing);
        book.days.add_at(at(9.0), &standing, Billed::Surely);
        let back = charge(0, Cause::Hedged, -1);
        book.add(&back);
        book.days.add_at(at(0.5), &back, Billed::Back);
        book.days.add_at(at(0.5), &charge(0, Cause::Failed, 1), Billed::Perhaps);
        let first = [
            (0, Cause::Failed, Billed::Perhaps, 1, dollars(1), dollars(1)),
            (0, Cause::Hedged, Billed::Surely, 1, dollars(2), dollars(2)),
            (0, Cause::Hedged, Billed::Back, 1, dollars(-1), dollars(-1)),
            (2, Cause::Standing, Billed::Surely, 1, dollars(7), dollars(7)),
        ];
        assert_eq!(book.found(), first);
        book.days.go_on_to(at(1.5));
        book.add(&charge(0, Cause::Hedged, 4));
        assert_eq!(book.found()[3], (1, Cause::Hedged, Billed::Surely, 1, dollars(4), dollars(4)));
    }

    /// Where the price is another than the list's, the number and the list price are those of what was delivered, free or not.
    #[test]
    fn list_prices_are_told_apart() {
        let mut book = Book::of(3.0);
        book.days.list(PayeeId(1), dollars(5), at(0.9));
        book.add(&charge(1, Cause::Delivered, 4));
        book.days.list(PayeeId(1), dollars(5), at(0.9));
        // The first of the next day is told before its charge.
        book.days.list(PayeeId(1), dollars(5), at(1.0));
        book.found();
        book.days.go_on_to(at(1.0));
        book.add(&charge(1, Cause::Delivered, 4));
        let found = book.found().into_iter().map(|(day, _, _, count, total, listed)| (day, count, total, listed));
        assert_eq!(found.collect::<Vec<_>>(), [(0, 2, dollars(4), dollars(10)), (1, 1, dollars(4), dollars(5))]);
    }
}
