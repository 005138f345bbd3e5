//! The state of all limits during a replication: who is let in, when, and what it takes.

use super::gauge::Gauge;
use super::queue::Queue;
use super::{Applied, Limits, Measure, NEVER};
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
    gauges: Box<[Gauge]>,
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
            gauges: plan.all.iter().map(gauge).collect(),
            queues: plan.all.iter().map(|limit| Queue::new(limit.queue.flatten())).collect(),
            rungs,
            spent,
        }
    }

    /// Goes back to the start, in the memory that is there.
    pub fn reset(&mut self, plan: &Limits) {
        self.spent.iter_mut().zip(&plan.accounts).for_each(|(spent, account)| *spent = account.spent);
        self.rungs.iter_mut().enumerate().for_each(|(ladder, rung)| *rung = first_rung(plan, ladder));
        for (gauge, limit) in self.gauges.iter_mut().zip(&plan.all) {
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
        if !of.ladders().is_empty() {
            self.climb(plan, of, now);
        }
        let (mut rejected, mut retry_after) = (false, SimDuration::ZERO);
        for &number in of.rejecting() {
            let limit = &plan.all[usize::from(number)];
            let passes = self.gauges[usize::from(number)].earliest(limit, now, amount(limit.measure));
            if passes > now {
                rejected = true;
                retry_after = retry_after.max(limit.retry_after.told(now, passes));
            }
        }
        if rejected {
            Admission::Rejected { retry_after }
        } else if of.queueing().is_empty() {
            Admission::Start { at: now }
        } else {
            self.line_up(plan, of, now, deadline, amount)
        }
    }

    /// The same for the limits that queue. Each lets the attempt in from some time on, as all who came before have their
    /// start: so all do from the latest of these times on.
    fn line_up(
        &mut self,
        plan: &Limits,
        of: &Applied,
        now: SimTime,
        deadline: SimTime,
        amount: impl Fn(Measure) -> u64,
    ) -> Admission {
        let mut start = now;
        for &number in of.queueing() {
            let (limit, number) = (&plan.all[usize::from(number)], usize::from(number));
            let from = self.queues[number].from(now);
            start = start.max(self.gauges[number].earliest(limit, from, amount(limit.measure)));
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

    /// Takes what an attempt takes that arrives now and starts and ends then. `amount` is what it takes of each measure: of
    /// dollars its charge.
    #[inline]
    pub fn occupy(
        &mut self,
        plan: &Limits,
        of: &Applied,
        now: SimTime,
        (start, end): (SimTime, SimTime),
        amount: impl Fn(Measure) -> u64,
    ) {
        self.take_arrival(plan, of, now, end, &amount);
        for &number in of.queueing() {
            let (limit, number) = (&plan.all[usize::from(number)], usize::from(number));
            self.gauges[number].take(limit, start, end, amount(limit.measure));
            self.queues[number].join(now, start);
        }
    }

    /// An attempt that arrives now waits until its client gives up. It has counted for the limits that reject.
    pub fn abandon(&mut self, plan: &Limits, of: &Applied, now: SimTime, at: SimTime, amount: impl Fn(Measure) -> u64) {
        self.take_arrival(plan, of, now, at, &amount);
        for &number in of.queueing() {
            self.queues[usize::from(number)].join(now, at);
        }
    }

    #[inline]
    fn take_arrival(&mut self, plan: &Limits, of: &Applied, now: SimTime, end: SimTime, amount: &impl Fn(Measure) -> u64) {
        for &number in of.rejecting() {
            let limit = &plan.all[usize::from(number)];
            self.gauges[usize::from(number)].take(limit, now, end, amount(limit.measure));
        }
    }

    /// Frees the places of an attempt that was let in and has ended, or was given up in the queue.
    #[inline]
    pub fn release(&mut self, of: &Applied) {
        for &number in of.places() {
            self.gauges[usize::from(number)].release();
        }
    }

    /// An attempt at a deployment was charged so many picodollars: its account has spent them.
    #[inline]
    pub fn spend(&mut self, of: &Applied, picos: impl FnOnce() -> u64) {
        if !self.rungs.is_empty() {
            let spent = &mut self.spent[of.account()];
            *spent = spent.saturating_add(picos());
        }
    }

    /// Brings the ladders of these limits up to the rung that their accounts have reached.
    fn climb(&mut self, plan: &Limits, of: &Applied, now: SimTime) {
        for &number in of.ladders() {
            let (ladder, number) = (&plan.ladders[usize::from(number)], usize::from(number));
            let rung = ladder.climb(self.rungs[number], plan.accounts[ladder.account], self.spent[ladder.account], now);
            if rung > self.rungs[number] {
                self.rungs[number] = rung;
                let all = self.gauges.iter_mut().zip(&plan.all).filter(|(_, limit)| limit.ladder == Some(number));
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
