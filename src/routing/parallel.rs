//! What a client lets be under way at once: attempts at a model, and requests in all, with a queue before them.
//!
//! A full model either is left out, or refuses at once as LiteLLM's `max_parallel_requests` does (1.106.2, `router.py`: a 429 of
//! the Router's own, which cools nobody). Requests beyond the most wait in a queue of a length, by priority and then in order,
//! or are shed. It counts its own traffic and knows nothing of what others send.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::spec::ClassName;
use crate::spec::{self, Located, Mistake, Named};
use crate::units::SimDuration;

spec::words! {
    /// What happens to an attempt at a model that is full.
    pub enum WhenFull {
        /// The model is left out while another is not full.
        "spill" => Spill,
        /// The router picks it all the same, and the attempt fails at once as if rate-limited.
        "refuse" => Refuse,
    }
}

/// The most requests under way, and who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// The most under way at once, at least 1.
    pub most: u32,
    /// The most that wait.
    pub queue: u32,
    /// How long one waits at most; `None`: as long as it takes.
    pub patience: Option<SimDuration>,
    /// The priority of each class: lower goes first.
    pub priority: Box<[u32]>,
}

/// Who is under way and who waits.
#[derive(Debug, Clone, Default)]
pub struct Line {
    under_way: u32,
    /// Priority, then order of arrival, then the request.
    waiting: BinaryHeap<Reverse<(u32, u64, u32)>>,
    arrived: u64,
}

/// What becomes of a request that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It goes on.
    Goes,
    /// It waits in the queue.
    Waits,
    /// It is turned away.
    Shed,
}

impl Line {
    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.waiting.clear();
        (self.under_way, self.arrived) = (0, 0);
    }

    /// A request of this class arrives.
    pub fn enter(&mut self, requests: &Requests, class: usize, number: u32) -> Entry {
        if self.under_way < requests.most {
            self.under_way += 1;
            return Entry::Goes;
        }
        if self.waiting.len() >= requests.queue as usize {
            return Entry::Shed;
        }
        self.arrived += 1;
        self.waiting.push(Reverse((requests.priority[class], self.arrived, number)));
        Entry::Waits
    }

    /// A request that was under way is over.
    pub fn leave(&mut self) {
        self.under_way -= 1;
    }

    /// The next of those that wait, where there is room for it: it is under way from now on.
    pub fn next(&mut self, requests: &Requests) -> Option<u32> {
        if self.under_way >= requests.most {
            return None;
        }
        let Reverse((_, _, number)) = self.waiting.pop()?;
        self.under_way += 1;
        Some(number)
    }

    /// A request that waits gives up.
    pub fn give_up(&mut self, number: u32) {
        self.waiting.retain(|Reverse((_, _, waiting))| *waiting != number);
    }
}

spec::table! {
    /// The most that is under way at once.
    pub struct ParallelSpec {
        /// Attempts under way at each model, at most.
        models: Option<Named<Located<u32>>>,
        /// What happens at a model that is full.
        when_full: WhenFull = "spill",
        /// Requests under way in all, at most: from the first attempt to the end. Without it, any number.
        requests: Option<Located<u32>>,
        /// Requests that wait, at most; further ones are shed.
        queue: u32 = 0,
        /// How long a request waits at most before it is shed; as long as it takes if left out.
        patience: Option<SimDuration>,
        /// Priorities of classes: those with a lower number go first; 0 where left out.
        priority: Option<Vec<PrioritySpec>>,
    }
}

spec::table! {
    /// The priority of a class.
    pub struct PrioritySpec {
        /// The class.
        class: ClassName,
        /// Its priority: lower goes first.
        priority: u32,
    }
}

impl ParallelSpec {
    /// The limit on requests, where there is one.
    pub(super) fn requests(&self, classes: &[String]) -> Result<Option<Requests>, Mistake> {
        let Some(most) = &self.requests else { return Ok(None) };
        if **most == 0 {
            return Err(Mistake::error(&most.place, "with 0 requests under way, none is ever answered").label("at least 1"));
        }
        let of = |class: &String| {
            let own = self.priority.iter().flatten().find(|own| own.class.as_str() == class);
            own.map_or(0, |own| own.priority)
        };
        let priority = classes.iter().map(of).collect();
        Ok(Some(Requests { most: **most, queue: self.queue, patience: self.patience, priority }))
    }

    /// The models that have a most.
    pub(super) fn models(&self) -> impl Iterator<Item = (&Located<String>, &Located<u32>)> {
        self.models.iter().flatten().map(|(name, most)| (name, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_wait_go_by_priority_then_in_order() {
        let requests = Requests { most: 2, queue: 3, patience: None, priority: [5, 1].into() };
        let mut line = Line::default();
        let entries: Vec<Entry> = (0..6).map(|number| line.enter(&requests, usize::from(number == 4), number)).collect();
        assert_eq!(entries, [Entry::Goes, Entry::Goes, Entry::Waits, Entry::Waits, Entry::Waits, Entry::Shed]);
        assert_eq!(line.next(&requests), None);
        line.leave();
        line.give_up(2);
        assert_eq!((line.next(&requests), line.next(&requests)), (Some(4), None));
        line.leave();
        line.leave();
        assert_eq!((line.next(&requests), line.next(&requests)), (Some(3), None));
    }
}
