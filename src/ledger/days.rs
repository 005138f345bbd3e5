//! Charges by day: what each payee billed for what, and what it would have been by list.
//!
//! What is given back is kept apart from what is billed, and a charge that is taken back is as if it had never been.
//!
//! A day is 24 hours from the start on; the last holds what comes after the horizon as well. What is billed is collected by payee and
//! cause and put away at the end of the day, so that the memory that this takes grows with days and not with requests.

use serde::{Deserialize, Serialize};

use crate::model::{Cause, PayeeId};
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

impl Sum {
    #[inline]
    fn add(&mut self, amount: Usd) {
        self.count += 1;
        self.total += amount;
    }

    /// What was added before is not there after all.
    fn take_back(&mut self, amount: Usd) {
        self.count -= 1;
        self.total += amount;
    }
}

const CAUSES: usize = Cause::ALL.len();
/// Later than anything that happens.
pub(super) const NEVER: SimTime = SimTime::from_micros(i64::MAX);

/// The days of a replication.
#[derive(Debug, Clone)]
pub(super) struct Days {
    /// What was billed today for certain, by payee and cause.
    today: Box<[Sum]>,
    /// What deliveries of today would have been by list, by deployment: only of those that book apart from what they charge.
    listed: Box<[Sum]>,
    /// The deployments that charge just what the list says.
    plain: Box<[bool]>,
    /// What is put away, in order.
    kept: Vec<DayCell>,
    day: u32,
    count: u32,
    ends: SimTime,
}

impl Days {
    pub(super) fn new(payees: usize, plain: Box<[bool]>, horizon: SimDuration) -> Self {
        let count = (horizon.micros().max(1) - 1) / SimDuration::DAY.micros() + 1;
        let mut days = Self {
            today: vec![Sum::default(); payees * CAUSES].into(),
            listed: vec![Sum::default(); plain.len()].into(),
            plain,
            kept: Vec::new(),
            day: 0,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            ends: NEVER,
        };
        days.begin();
        days
    }

    /// Forgets everything and keeps the memory.
    pub(super) fn reset(&mut self) {
        self.today.fill(Sum::default());
        self.listed.fill(Sum::default());
        self.kept.clear();
        self.begin();
    }

    fn begin(&mut self) {
        (self.day, self.ends) = (0, if self.count > 1 { SimTime::START + SimDuration::DAY } else { NEVER });
    }

    /// When today is over; never, if it is the last day.
    pub(super) const fn ends(&self) -> SimTime {
        self.ends
    }

    /// Goes on to the next day, which is there. What was billed must have been put away.
    pub(super) fn next(&mut self) {
        self.day += 1;
        self.ends = if self.day + 1 < self.count { self.ends + SimDuration::DAY } else { NEVER };
    }

    /// A charge of today.
    #[inline]
    pub(super) fn add(&mut self, payee: PayeeId, cause: Cause, amount: Usd) {
        self.today[payee.index() * CAUSES + cause as usize].add(amount);
    }

    /// A charge of today is not billed after all: the amount is below zero.
    pub(super) fn take_back(&mut self, payee: PayeeId, cause: Cause, amount: Usd) {
        self.today[payee.index() * CAUSES + cause as usize].take_back(amount);
    }

    /// A charge of any day.
    pub(super) fn add_at(&mut self, at: SimTime, (payee, cause, billed): (PayeeId, Cause, Billed), amount: Usd) {
        let mut sum = Sum::default();
        sum.add(amount);
        self.keep(DayKey { day: self.day_of(at), payee, cause, billed }, sum);
    }

    fn day_of(&self, at: SimTime) -> u32 {
        let day = at.since(SimTime::START).micros().max(0) / SimDuration::DAY.micros();
        u32::try_from(day).unwrap_or(u32::MAX).min(self.count - 1)
    }

    /// What a delivery would have been by list; below zero where it is none after all.
    #[inline]
    pub(super) fn list(&mut self, by: PayeeId, amount: Usd, now: SimTime) {
        if now >= self.ends {
            // The day goes on with the charge that follows.
            let key = DayKey { day: self.day_of(now), payee: by, cause: Cause::Delivered, billed: Billed::Surely };
            let count = if amount < Usd::ZERO { -1 } else { 1 };
            return self.merge(DayCell { key, count, total: Usd::ZERO, listed: amount });
        }
        let sum = &mut self.listed[by.index()];
        if amount < Usd::ZERO { sum.take_back(amount) } else { sum.add(amount) }
    }

    /// Puts away what was billed today so far, and tells who billed how much of it.
    pub(super) fn put_away(&mut self, mut billed: impl FnMut(usize, Usd)) {
        for at in 0..self.today.len() {
            let sum = self.today[at];
            if sum == Sum::default() {
                continue;
            }
            self.today[at] = Sum::default();
            let (payee, cause) = (at / CAUSES, Cause::ALL[at % CAUSES]);
            billed(payee, sum.total);
            self.keep(DayKey { day: self.day, payee: PayeeId(payee as u16), cause, billed: Billed::Surely }, sum);
        }
        for payee in 0..self.listed.len() {
            let Sum { count, total: listed } = std::mem::take(&mut self.listed[payee]);
            if count != 0 || listed != Usd::ZERO {
                let key = DayKey { day: self.day, payee: PayeeId(payee as u16), cause: Cause::Delivered, billed: Billed::Surely };
                self.merge(DayCell { key, count, total: Usd::ZERO, listed });
            }
        }
    }

    /// What was put away, in order.
    pub(super) fn kept(&self) -> &[DayCell] {
        &self.kept
    }

    fn keep(&mut self, key: DayKey, Sum { count, total }: Sum) {
        let plain = self.plain.get(key.payee.index()).is_none_or(|plain| *plain);
        let told_apart = key.billed == Billed::Surely && key.cause == Cause::Delivered && !plain;
        let (count, listed) = if told_apart { (0, Usd::ZERO) } else { (count, total) };
        self.merge(DayCell { key, count, total, listed });
    }

    fn merge(&mut self, cell: DayCell) {
        merge(&mut self.kept, &cell);
    }
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
    use super::*;

    fn at(day: f64) -> SimTime {
        SimTime::START + SimDuration::from_secs_f64(day * 86_400.0)
    }

    fn dollars(amount: i128) -> Usd {
        Usd::from_picos(amount * 1_000_000_000_000)
    }

    const PAYEE: PayeeId = PayeeId(0);
    const OTHER: PayeeId = PayeeId(1);

    #[test]
    fn days_begin_and_end_and_the_last_never_does() {
        let mut days = Days::new(2, vec![true].into(), SimDuration::from_secs_f64(2.5 * 86_400.0));
        assert_eq!(days.ends(), at(1.0));
        days.next();
        assert_eq!(days.ends(), at(2.0));
        days.next();
        assert_eq!((days.day, days.ends()), (2, NEVER));
        days.reset();
        assert_eq!((days.day, days.ends()), (0, at(1.0)));
        for horizon in [SimDuration::ZERO, SimDuration::DAY] {
            assert_eq!(Days::new(1, vec![true].into(), horizon).ends(), NEVER);
        }
    }

    #[test]
    fn what_is_billed_is_kept_by_day_and_in_order() {
        let mut days = Days::new(2, vec![true, false].into(), SimDuration::from_secs_f64(3.0 * 86_400.0));
        days.add(PAYEE, Cause::Delivered, dollars(3));
        days.take_back(PAYEE, Cause::Delivered, dollars(-3));
        days.add(PAYEE, Cause::Hedged, dollars(2));
        days.add_at(at(9.0), (PAYEE, Cause::Standing, Billed::Surely), dollars(7));
        days.add_at(at(0.5), (PAYEE, Cause::Failed, Billed::Perhaps), dollars(1));
        let mut billed = [Usd::ZERO; 2];
        days.put_away(|payee, amount| billed[payee] += amount);
        assert_eq!(billed, [dollars(2), Usd::ZERO]);
        let found: Vec<_> = days.kept().iter().map(|cell| (cell.key.day, cell.key.cause, cell.count, cell.total)).collect();
        let (failed, hedged) = ((0, Cause::Failed, 1, dollars(1)), (0, Cause::Hedged, 1, dollars(2)));
        assert_eq!(found, [failed, hedged, (2, Cause::Standing, 1, dollars(7))]);
    }

    /// Where the price is another than the list's, the number and the list price are those of what was delivered, free or not.
    #[test]
    fn list_prices_are_told_apart() {
        let mut days = Days::new(2, vec![true, false].into(), SimDuration::from_secs_f64(3.0 * 86_400.0));
        for charged in [Some(4), None] {
            days.list(OTHER, dollars(5), at(0.9));
            if let Some(amount) = charged {
                days.add(OTHER, Cause::Delivered, dollars(amount));
            }
        }
        // The first of the next day is told before its charge.
        days.list(OTHER, dollars(5), at(1.0));
        days.put_away(|_, _| ());
        days.next();
        days.add(OTHER, Cause::Delivered, dollars(4));
        days.put_away(|_, _| ());
        let found: Vec<_> = days.kept().iter().map(|cell| (cell.key.day, cell.count, cell.total, cell.listed)).collect();
        assert_eq!(found, [(0, 2, dollars(4), dollars(10)), (1, 1, dollars(4), dollars(5))]);
    }
}
