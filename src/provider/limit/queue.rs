//! The queue before a limit: first come, first served, bounded or not.
//!
//! Every attempt's start is known when it joins, so a queue is no list of attempts: it is the time before which nobody
//! behind them may start, and, where it is bounded, the times at which those in it leave. Nobody overtakes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::SimTime;

/// Those who wait for one limit.
#[derive(Debug)]
pub(super) struct Queue {
    /// The most that may wait; `None` for any number.
    most: Option<u32>,
    /// Nobody who comes later starts before this.
    frontier: SimTime,
    /// When those who wait leave, to start or to give up; kept only where the queue is bounded.
    leave: BinaryHeap<Reverse<SimTime>>,
}

impl Queue {
    /// An empty queue that holds at most so many.
    pub(super) fn new(most: Option<u32>) -> Self {
        Self { most, frontier: SimTime::START, leave: BinaryHeap::with_capacity(most.unwrap_or(0) as usize) }
    }

    /// Forgets everybody and keeps the memory.
    pub(super) fn reset(&mut self) {
        self.frontier = SimTime::START;
        self.leave.clear();
    }

    /// The first time at which one who comes now could start, for all that those before have done.
    pub(super) fn from(&self, now: SimTime) -> SimTime {
        now.max(self.frontier)
    }

    /// When a place in the queue is free for one who comes now: now, or when the next one leaves.
    pub(super) fn place(&mut self, now: SimTime) -> SimTime {
        let Some(most) = self.most else { return now };
        while self.leave.peek().is_some_and(|Reverse(leaves)| *leaves <= now) {
            self.leave.pop();
        }
        if self.leave.len() < most as usize { now } else { self.leave.peek().map_or(super::NEVER, |Reverse(leaves)| *leaves) }
    }

    /// One who came now leaves then: it starts, or it gives up. Where it waits, there must be a place.
    pub(super) fn join(&mut self, now: SimTime, leaves: SimTime) {
        self.frontier = self.from(leaves);
        if self.most.is_some() && leaves > now {
            self.leave.push(Reverse(leaves));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn nobody_overtakes_and_places_come_free() {
        let mut queue = Queue::new(Some(2));
        queue.join(at(0), at(0));
        assert_eq!(queue.place(at(0)), at(0));
        queue.join(at(0), at(50));
        queue.join(at(1), at(40));
        assert_eq!((queue.from(at(2)), queue.place(at(2))), (at(50), at(40)));
        assert_eq!((queue.place(at(40)), queue.from(at(60))), (at(40), at(60)));
    }

    #[test]
    fn a_queue_of_none_has_no_place() {
        assert_eq!(Queue::new(Some(0)).place(at(3)), crate::provider::limit::NEVER);
        assert_eq!(Queue::new(None).place(at(3)), at(3));
    }
}
