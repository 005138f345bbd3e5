//! What a client lets be under way at once: attempts at a model, and requests in all, with a queue before them.
//!
//! A full model either is left out, or refuses at once as LiteLLM's `max_parallel_requests` does (1.106.2,
//! `router_utils/client_initalization_utils.py`: a 429 of the Router's own, which cools nobody; nobody waits for a place). Where a
//! model has no number of its own, it has that of its router's limits per minute, as there, or that of all models. Requests beyond
//! the most wait in a queue of a length, by priority and then in order, or are shed. It counts its own traffic and knows nothing of
//! what others send.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::rates::Rates;
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
        /// The same at each model that has neither a number of its own nor one by `from_rpm`.
        each: Option<Located<u32>>,
        /// Whether a model without a number of its own has as many as its router says requests per minute, or 6 for each 1000 tokens
        /// per minute where it says those alone: as LiteLLM, which takes a rate for a number under way.
        from_rpm: bool = false,
        /// What happens at a model that is full.
        when_full: WhenFull = "spill",
        /// Requests under way in all, at most: from the first attempt to the end. Without it, any number.
        requests: Option<Located<u32>>,
        /// Requests that wait, at most; further ones are shed. 0 if left out.
        queue: Option<Located<u32>>,
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
        let Some(most) = &self.requests else {
            let Some(queue) = self.queue.as_ref().filter(|queue| ***queue > 0) else { return Ok(None) };
            let mistake = Mistake::error(&queue.place, "nothing waits where any number may be under way");
            return Err(mistake.label("never used").help("give it `requests`, or leave it out"));
        };
        if **most == 0 {
            return Err(Mistake::error(&most.place, "with 0 requests under way, none is ever answered").label("at least 1"));
        }
        let of = |class: &String| {
            let own = self.priority.iter().flatten().find(|own| own.class.as_str() == class);
            own.map_or(0, |own| own.priority)
        };
        let priority = classes.iter().map(of).collect();
        Ok(Some(Requests {
            most: **most,
            queue: self.queue.as_ref().map_or(0, |queue| **queue),
            patience: self.patience,
            priority,
        }))
    }

    /// The most attempts under way at a model, by its own number, its limits per minute and the number for all; the largest number
    /// is no most (LiteLLM 1.106.2, `utils.py`: `calculate_max_parallel_requests`; 0 per minute is no most there).
    pub(super) fn most(&self, own: Option<u32>, rates: Rates) -> u32 {
        let whole = |rate: f64| rate.ceil() as u32;
        let by_tokens = |tpm: f64| ((tpm / 1000.0 * 6.0) as u32).max(1);
        let by_rate = || rates.rpm.map(whole).or(rates.tpm.map(by_tokens)).filter(|_| self.from_rpm);
        let most = own.or_else(by_rate).or(self.each.as_ref().map(|each| **each));
        most.filter(|most| *most > 0).unwrap_or(u32::MAX)
    }

    /// Whether any model may have a most.
    pub(super) const fn limits_models(&self) -> bool {
        self.models.is_some() || self.each.is_some() || self.from_rpm
    }

    /// The models that have a most of their own.
    pub(super) fn models(&self) -> impl Iterator<Item = (&Located<String>, &Located<u32>)> {
        self.models.iter().flatten().map(|(name, most)| (name, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Place, Sources};

    #[test]
    fn a_models_most_is_its_own_or_by_its_rates_or_that_of_all() {
        let place = Place::whole(Sources::new().add("a.toml", ""));
        let each = Some(Located { value: 7, place });
        let spec = |from_rpm| ParallelSpec {
            models: None,
            each: each.clone(),
            from_rpm,
            when_full: WhenFull::Refuse,
            requests: None,
            queue: None,
            patience: None,
            priority: None,
        };
        let rates = |rpm, tpm| Rates { rpm, tpm };
        let most = |own, rpm, tpm| spec(true).most(own, rates(rpm, tpm));
        assert_eq!((most(Some(3), Some(5.0), None), most(None, Some(5.0), Some(1e6)), most(None, None, None)), (3, 5, 7));
        assert_eq!((most(None, None, Some(1500.0)), most(None, None, Some(10.0)), most(None, Some(0.0), None)), (9, 1, u32::MAX));
        assert_eq!(spec(false).most(None, rates(Some(5.0), None)), 7);
    }

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
