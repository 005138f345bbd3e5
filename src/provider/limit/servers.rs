//! So many attempts in flight at once, with a queue: each attempt takes the server that is free first.
//!
//! The service time is known when an attempt is sent, so its start is too: the vector of the servers' workloads of J. Kiefer
//! and J. Wolfowitz, "On the theory of queues with many servers", Transactions of the AMS 78 (1955), as a heap of the times
//! at which the servers are free. It does not say who waits: that is the [queue](super::queue)'s.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::SimTime;

/// The servers that have been busy, by the time at which each is free again.
#[derive(Debug)]
pub(super) struct Servers {
    most: usize,
    free_at: BinaryHeap<Reverse<SimTime>>,
}

impl Servers {
    /// `most` idle servers, and `ever` at most after it was raised.
    pub(super) fn new(most: u32, ever: u32) -> Self {
        Self { most: most as usize, free_at: BinaryHeap::with_capacity(ever as usize) }
    }

    /// All idle again, in the same memory.
    pub(super) fn reset(&mut self, most: u32) {
        self.most = most as usize;
        self.free_at.clear();
    }

    /// So many from now on, not fewer than before. Attempts that wait already keep their start.
    pub(super) const fn raise(&mut self, most: u32) {
        self.most = most as usize;
    }

    /// The first time from `from` on at which a server is free.
    #[inline]
    pub(super) fn earliest(&self, from: SimTime) -> SimTime {
        match self.free_at.peek() {
            Some(Reverse(first)) if self.free_at.len() >= self.most => from.max(*first),
            _ => from,
        }
    }

    /// Keeps the server that is free first busy until `end`.
    #[inline]
    pub(super) fn occupy(&mut self, end: SimTime) {
        if self.free_at.len() < self.most {
            self.free_at.push(Reverse(end));
        } else if let Some(mut first) = self.free_at.peek_mut() {
            *first = Reverse(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn the_third_waits_for_the_first_of_two_that_is_done() {
        let mut servers = Servers::new(2, 3);
        servers.occupy(at(50));
        servers.occupy(at(30));
        assert_eq!((servers.earliest(at(10)), servers.earliest(at(40))), (at(30), at(40)));
        servers.raise(3);
        assert_eq!(servers.earliest(at(10)), at(10));
    }

    proptest! {
        /// At no time are more under way than there are servers, and nobody waits while one is idle.
        #[test]
        fn all_servers_work_while_somebody_waits(
            steps in proptest::collection::vec((0_i64..20, 0_i64..100), 1..300),
            most in 1_u32..6,
        ) {
            let (mut servers, mut served, mut now) = (Servers::new(most, most), Vec::<(i64, i64)>::new(), 0);
            for (gap, takes) in steps {
                now += gap;
                let start = served.last().map_or(now, |(start, _)| now.max(*start));
                let start = servers.earliest(at(start)).micros();
                let under_way = |t: i64| served.iter().filter(|(from, to)| *from <= t && t < *to).count();
                prop_assert!(under_way(start) < most as usize);
                prop_assert!(start == now || under_way(start - 1) == most as usize);
                servers.occupy(at(start + takes));
                served.push((start, start + takes));
            }
        }
    }
}
