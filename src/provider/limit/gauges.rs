//! The state of all limits during a replication: who is let in, when, and what it takes.

use super::gauge::{Filled, Gauge, Places};
use super::queue::Queue;
use super::{Applied, Limits, Measure, NEVER, RetryAfter};
use crate::units::{SimDuration, SimTime};

/// What becomes of an attempt that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is rejected, and has taken nothing.
    Rejected {
        /// The longest retry-after of the limits that it exceeded; zero where none says anything.
        retry_after: SimDuration,
    },
    /// It starts then, now or later; its amounts are to be [taken](Gauges::occupy).
    Start {
        /// When.
        at: SimTime,
    },
    /// Its client gives up before it could start, and has taken nothing from the limits that queue.
    Abandoned {
        /// When.
        at: SimTime,
    },
}

/// The state of all limits, their queues and the rungs that accounts have reached.
#[derive(Debug)]
pub struct Gauges {
    /// By limit.
    states: Box<[Gauge]>,
    queues: Box<[Queue]>,
    /// Rung by ladder.
    rungs: Box<[usize]>,
    /// Picodollars spent in all, by account.
    spent: Box<[u64]>,
}

impl Gauges {
    /// The state at the start: nothing taken, nobody waiting, every account where it stands.
    pub fn new(plan: &Limits) -> Self {
        let spent: Box<[u64]> = plan.accounts.iter().map(|account| account.spent).collect();
        let rungs: Box<[usize]> = (0..plan.ladders.len()).map(|ladder| first_rung(plan, ladder)).collect();
        let gauge = |limit: &super::Limit| Gauge::new(limit, limit.ladder.map_or(0, |ladder| rungs[ladder]));
        Self {
            states: plan.all.iter().map(gauge).collect(),
            queues: plan.all.iter().map(|limit| Queue::new(limit.queue.flatten())).collect(),
            rungs,
            spent,
        }
    }

    /// Goes back to the start, in the memory that is there.
    pub fn reset(&mut self, plan: &Limits) {
        self.spent.iter_mut().zip(&plan.accounts).for_each(|(spent, account)| *spent = account.spent);
        self.rungs.iter_mut().enumerate().for_each(|(ladder, rung)| *rung = first_rung(plan, ladder));
        for (gauge, limit) in self.states.iter_mut().zip(&plan.all) {
            gauge.reset(limit, limit.ladder.map_or(0, |ladder| self.rungs[ladder]));
        }
        self.queues.iter_mut().for_each(Queue::reset);
    }

    /// What becomes of an attempt that arrives now and whose client waits until `deadline`. `amount` is what it asks for of
    /// each measure: of dollars its list price.
    #[inline]
    pub fn arrive(
        &mut self,
        plan: &Limits,
        of: &Applied,
        now: SimTime,
        deadline: SimTime,
        amount: impl Fn(Measure) -> u64,
    ) -> Admission {
        if !of.is_plain() {
            return self.arrive_at_any(plan, of, (now, deadline), amount);
        }
        // Neither buckets nor places depend on what follows: they are taken at once.
        let mut retry_after = None;
        for &number in of.buckets() {
            let passes = self.bucket(number).try_take(now, &amount);
            if passes > now {
                retry_after = retry_after.max(Some(RetryAfter::Exact.told(now, passes)));
            }
        }
        for &number in of.places() {
            let places = self.places(number);
            if places.taken >= places.most {
                retry_after = retry_after.max(Some(places.retry_after));
            }
        }
        if let Some(retry_after) = retry_after {
            of.buckets().iter().for_each(|&number| self.bucket(number).give_back());
            return Admission::Rejected { retry_after };
        }
        of.places().iter().for_each(|&number| self.places(number).taken += 1);
        Admission::Start { at: now }
    }

    /// A token bucket, by its number among all limits.
    #[inline]
    fn bucket(&mut self, number: u16) -> &mut Filled {
        let Gauge::Bucket(filled) = &mut self.states[usize::from(number)] else { unreachable!("it is a bucket in the plan") };
        filled
    }

    /// Places for attempts in flight, by their number among all limits.
    #[inline]
    fn places(&mut self, number: u16) -> &mut Places {
        let Gauge::Places(places) = &mut self.states[usize::from(number)] else { unreachable!("these are places in the plan") };
        places
    }

    /// The same for limits of any kind.
    #[inline(never)]
    fn arrive_at_any(
        &mut self,
        plan: &Limits,
        of: &Applied,
        (now, deadline): (SimTime, SimTime),
        amount: impl Fn(Measure) -> u64,
    ) -> Admission {
        self.climb(plan, of, now);
        let mut retry_after = None;
        for &number in of.rejecting() {
            let limit = &plan.all[usize::from(number)];
            let passes = self.states[usize::from(number)].earliest(limit, now, amount(limit.measure));
            if passes > now {
                retry_after = retry_after.max(Some(limit.retry_after.told(now, passes)));
            }
        }
        match retry_after {
            Some(retry_after) => Admission::Rejected { retry_after },
            None if of.queueing().is_empty() => Admission::Start { at: now },
            None => self.line_up(plan, of, (now, deadline), amount),
        }
    }

    /// The same for the limits that queue. Each lets the attempt in from some time on, as all who came before have their
    /// start: so all do from the latest of these times on.
    fn line_up(
        &mut self,
        plan: &Limits,
        of: &Applied,
        (now, deadline): (SimTime, SimTime),
        amount: impl Fn(Measure) -> u64,
    ) -> Admission {
        let mut start = now;
        for &number in of.queueing() {
            let (limit, number) = (&plan.all[usize::from(number)], usize::from(number));
            let from = self.queues[number].from(now);
            start = start.max(self.states[number].earliest(limit, from, amount(limit.measure)));
        }
        if start == NEVER {
            return Admission::Rejected { retry_after: SimDuration::ZERO };
        }
        if start == now {
            return Admission::Start { at: now };
        }
        let (mut full, mut retry_after) = (false, SimDuration::ZERO);
        for &number in of.queueing() {
            let place = self.queues[usize::from(number)].place(now);
            if place > now {
                full = true;
                retry_after = retry_after.max(plan.all[usize::from(number)].retry_after.told(now, place));
            }
        }
        if full {
            Admission::Rejected { retry_after }
        } else if start > deadline {
            Admission::Abandoned { at: deadline }
        } else {
            Admission::Start { at: start }
        }
    }

    /// Takes what an attempt takes that arrives now and starts and ends then, and adds its charge to what its account has
    /// spent. `amount` is what it takes of each measure: of dollars its charge.
    #[inline]
    pub fn occupy(
        &mut self,
        plan: &Limits,
        of: &Applied,
        now: SimTime,
        (start, end): (SimTime, SimTime),
        amount: impl Fn(Measure) -> u64,
    ) {
        if !of.is_plain() {
            self.occupy_any(plan, of, now, (start, end), amount);
        }
    }

    #[inline(never)]
    fn occupy_any(
        &mut self,
        plan: &Limits,
        of: &Applied,
        now: SimTime,
        (start, end): (SimTime, SimTime),
        amount: impl Fn(Measure) -> u64,
    ) {
        if !self.rungs.is_empty() {
            let spent = &mut self.spent[of.account()];
            *spent = spent.saturating_add(amount(Measure::Dollars));
        }
        for &number in of.rejecting() {
            let limit = &plan.all[usize::from(number)];
            self.states[usize::from(number)].take(limit, now, end, amount(limit.measure));
        }
        for &number in of.queueing() {
            let (limit, number) = (&plan.all[usize::from(number)], usize::from(number));
            self.states[number].take(limit, start, end, amount(limit.measure));
            self.queues[number].join(now, start);
        }
    }

    /// An attempt that arrives now waits until its client gives up. It has counted for the limits that reject.
    #[inline(never)]
    pub fn abandon(&mut self, plan: &Limits, of: &Applied, now: SimTime, at: SimTime, amount: impl Fn(Measure) -> u64) {
        for &number in of.rejecting() {
            let limit = &plan.all[usize::from(number)];
            self.states[usize::from(number)].take(limit, now, at, amount(limit.measure));
        }
        for &number in of.queueing() {
            self.queues[usize::from(number)].join(now, at);
        }
    }

    /// Frees the places of an attempt that was let in and has ended, or was given up in the queue.
    #[inline]
    pub fn release(&mut self, of: &Applied) {
        for &number in of.places() {
            self.places(number).taken -= 1;
        }
    }

    /// Brings the ladders of these limits up to the rung that their accounts have reached.
    fn climb(&mut self, plan: &Limits, of: &Applied, now: SimTime) {
        for &number in of.ladders() {
            let (ladder, number) = (&plan.ladders[usize::from(number)], usize::from(number));
            let rung = ladder.climb(self.rungs[number], plan.accounts[ladder.account], self.spent[ladder.account], now);
            if rung > self.rungs[number] {
                self.rungs[number] = rung;
                let all = self.states.iter_mut().zip(&plan.all).filter(|(_, limit)| limit.ladder == Some(number));
                all.for_each(|(gauge, limit)| gauge.raise(limit, rung, now));
            }
        }
    }
}

/// The rung on which a ladder's account starts.
fn first_rung(plan: &Limits, ladder: usize) -> usize {
    let ladder = &plan.ladders[ladder];
    let start = plan.accounts[ladder.account];
    ladder.climb(ladder.contract, start, start.spent, SimTime::START)
}
