//! A bounded store: what it holds leaves when its time to live is over, or when room is needed for another.
//!
//! What has expired leaves before anything else does. Of what is left, the one with the lowest rank leaves: the least recently used
//! (LRU), the least often used since it came (LFU; the least recently used of equals), or the first that came (FIFO). Redis
//! approximates LRU and LFU by samples; here they are exact. Its size is never above its capacity, and it allocates only
//! while it holds more than it ever did. Times that it is given do not decrease.

use super::index::Index;
use crate::model::DeploymentId;
use crate::spec;
use crate::units::{SimDuration, SimTime};

spec::words! {
    /// What leaves a full cache.
    pub enum Evict {
        /// What was not used for the longest time.
        "lru" => Lru,
        /// What was used least often since it came; of equals, what was not used for the longest time.
        "lfu" => Lfu,
        /// What came first.
        "fifo" => Fifo,
    }
}

/// By what rules a store holds things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The largest sum of weights; `u64::MAX` for no bound.
    pub capacity: u64,
    /// What leaves.
    pub evict: Evict,
    /// How long anything stays; `None` for ever.
    pub ttl: Option<SimDuration>,
    /// Whether that counts from the last use; otherwise from when it came.
    pub refresh: bool,
}

/// Something that is held.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: u64,
    by: DeploymentId,
    weight: u32,
    deadline: SimTime,
    /// Uses, for LFU, and when it was ranked.
    rank: (u64, u64),
    /// Its place in the heap.
    at: u32,
    /// Its neighbours by deadline.
    before: u32,
    after: u32,
}

/// A store.
#[derive(Debug, Clone)]
pub struct Store {
    index: Index,
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Entries as a binary heap: the lowest rank first.
    heap: Vec<u32>,
    /// The ends of the list by deadline.
    first: u32,
    last: u32,
    used: u64,
    ranked: u64,
}

const NONE: u32 = u32::MAX;
const FOREVER: SimTime = SimTime::from_micros(i64::MAX);

impl Default for Store {
    fn default() -> Self {
        let (entries, free, heap) = Default::default();
        Self { index: Index::new(), entries, free, heap, first: NONE, last: NONE, used: 0, ranked: 0 }
    }
}

impl Store {
    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.index.clear();
        self.entries.clear();
        self.free.clear();
        self.heap.clear();
        (self.first, self.last, self.used, self.ranked) = (NONE, NONE, 0, 0);
    }

    /// The sum of the weights of what it holds, expired or not.
    pub const fn used(&self) -> u64 {
        self.used
    }

    /// Who made what is held under this key; it has been used then.
    pub fn lookup(&mut self, rules: &Rules, key: u64, now: SimTime) -> Option<DeploymentId> {
        self.expire(now);
        let at = self.index.get(key)?;
        let entry = &mut self.entries[at as usize];
        let by = entry.by;
        if rules.evict != Evict::Fifo {
            self.ranked += 1;
            entry.rank = (entry.rank.0 + u64::from(rules.evict == Evict::Lfu), self.ranked);
            let place = entry.at;
            self.sink(place as usize);
        }
        if rules.refresh {
            self.unlink(at);
            self.link(at, rules, now);
        }
        Some(by)
    }

    /// Holds something, in place of what may be held under this key; what is heavier than the whole store is not held.
    pub fn insert(&mut self, rules: &Rules, (key, weight): (u64, u32), by: DeploymentId, now: SimTime) {
        self.expire(now);
        let uses = self.index.get(key).map_or(0, |at| {
            let uses = self.entries[at as usize].rank.0;
            self.remove(at);
            uses
        });
        if u64::from(weight) > rules.capacity {
            return;
        }
        while self.used > rules.capacity - u64::from(weight) {
            self.remove(self.heap[0]);
        }
        self.ranked += 1;
        let place = self.heap.len();
        let rank = (uses, self.ranked);
        let entry = Entry { key, by, weight, deadline: FOREVER, rank, at: place as u32, before: NONE, after: NONE };
        let at = if let Some(at) = self.free.pop() {
            self.entries[at as usize] = entry;
            at
        } else {
            self.entries.push(entry);
            (self.entries.len() - 1) as u32
        };
        self.heap.push(at);
        self.rise(place);
        self.link(at, rules, now);
        self.index.set(key, at);
        self.used += u64::from(weight);
    }

    /// What has expired leaves.
    fn expire(&mut self, now: SimTime) {
        while self.first != NONE && self.entries[self.first as usize].deadline <= now {
            self.remove(self.first);
        }
    }

    fn remove(&mut self, at: u32) {
        let Entry { key, weight, at: place, .. } = self.entries[at as usize];
        self.unlink(at);
        self.index.remove(key);
        self.used -= u64::from(weight);
        self.free.push(at);
        let place = place as usize;
        self.heap.swap_remove(place);
        if place < self.heap.len() {
            self.seat(place);
            self.rise(place);
            self.sink(place);
        }
    }

    /// Puts an entry last by deadline: all have the same time to live.
    fn link(&mut self, at: u32, rules: &Rules, now: SimTime) {
        let before = std::mem::replace(&mut self.last, at);
        let entry = &mut self.entries[at as usize];
        (entry.before, entry.after) = (before, NONE);
        entry.deadline = rules.ttl.map_or(FOREVER, |ttl| now + ttl);
        if before == NONE {
            self.first = at;
        } else {
            self.entries[before as usize].after = at;
        }
    }

    fn unlink(&mut self, at: u32) {
        let Entry { before, after, .. } = self.entries[at as usize];
        if before == NONE {
            self.first = after;
        } else {
            self.entries[before as usize].after = after;
        }
        if after == NONE {
            self.last = before;
        } else {
            self.entries[after as usize].before = before;
        }
    }

    fn rank(&self, place: usize) -> (u64, u64) {
        self.entries[self.heap[place] as usize].rank
    }

    /// Tells the entry at this place of the heap where it is.
    fn seat(&mut self, place: usize) {
        self.entries[self.heap[place] as usize].at = place as u32;
    }

    fn exchange(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.seat(a);
        self.seat(b);
    }

    fn rise(&mut self, mut place: usize) {
        while place > 0 && self.rank(place) < self.rank((place - 1) / 2) {
            self.exchange(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let children = [2 * place + 1, 2 * place + 2].into_iter().filter(|child| *child < self.heap.len());
            let Some(child) = children.min_by_key(|child| self.rank(*child)) else { return };
            if self.rank(place) <= self.rank(child) {
                return;
            }
            self.exchange(place, child);
            place = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn second(second: i64) -> SimTime {
        SimTime::from_micros(second * 1_000_000)
    }

    fn rules(capacity: u64, evict: Evict) -> Rules {
        Rules { capacity, evict, ttl: None, refresh: false }
    }

    /// Which of keys 0 to 9 are held, without using them.
    fn held(store: &Store) -> Vec<u64> {
        (0..10).filter(|key| store.index.get(*key).is_some()).collect()
    }

    fn insert(store: &mut Store, rules: &Rules, key: u64, at: i64) {
        store.insert(rules, (key, 1), DeploymentId(key as u16), second(at));
    }

    #[test]
    fn the_rule_says_what_leaves() {
        let left = |evict| {
            let (mut store, rules) = (Store::default(), rules(3, evict));
            (0..3).for_each(|key| insert(&mut store, &rules, key, 0));
            for key in [0, 0, 1] {
                assert_eq!(store.lookup(&rules, key, second(1)), Some(DeploymentId(key as u16)));
            }
            insert(&mut store, &rules, 3, 2);
            store.lookup(&rules, 3, second(3));
            insert(&mut store, &rules, 4, 4);
            held(&store)
        };
        // 2 was never used; then 0 is the oldest use, 1 was used once before 3 was, and 1 came after 0.
        assert_eq!(left(Evict::Lru), [1, 3, 4]);
        assert_eq!(left(Evict::Lfu), [0, 3, 4]);
        assert_eq!(left(Evict::Fifo), [2, 3, 4]);
    }

    #[test]
    fn time_is_over_from_insertion_or_from_the_last_use() {
        let hits = |refresh| {
            let rules = Rules { capacity: 2, evict: Evict::Lru, ttl: Some(SimDuration::from_micros(10_000_000)), refresh };
            let mut store = Store::default();
            insert(&mut store, &rules, 1, 0);
            [9, 18, 27, 37].map(|at| store.lookup(&rules, 1, second(at)).is_some())
        };
        assert_eq!(hits(false), [true, false, false, false]);
        assert_eq!(hits(true), [true, true, true, false]);
    }

    /// What has expired makes room before what has not; what comes again is held anew.
    #[test]
    fn what_has_expired_leaves_first() {
        let rules = Rules { ttl: Some(SimDuration::from_micros(10_000_000)), ..rules(2, Evict::Lru) };
        let mut store = Store::default();
        insert(&mut store, &rules, 1, 0);
        insert(&mut store, &rules, 2, 5);
        store.lookup(&rules, 1, second(9));
        insert(&mut store, &rules, 3, 11);
        assert_eq!((held(&store), store.used()), (vec![2, 3], 2));
        insert(&mut store, &rules, 2, 12);
        assert!(store.lookup(&rules, 2, second(21)).is_some() && store.lookup(&rules, 3, second(21)).is_none());
    }

    #[test]
    fn heavy_things_need_the_room_of_several() {
        let (mut store, rules) = (Store::default(), rules(4, Evict::Fifo));
        (0..4).for_each(|key| insert(&mut store, &rules, key, 0));
        store.insert(&rules, (7, 3), DeploymentId(0), second(1));
        assert_eq!((held(&store), store.used()), (vec![3, 7], 4));
        store.insert(&rules, (8, 5), DeploymentId(0), second(1));
        assert_eq!(held(&store), [3, 7]);
        store.clear();
        assert_eq!((held(&store), store.used()), (vec![], 0));
    }

    /// Random use: the size is never above the capacity, and heap, list and index hold the same entries.
    #[test]
    fn keeps_its_bounds_and_its_order() {
        for (evict, ttl) in [(Evict::Lru, None), (Evict::Lfu, Some(40)), (Evict::Fifo, Some(7)), (Evict::Lfu, None)] {
            let ttl = ttl.map(|seconds| SimDuration::from_micros(seconds * 1_000_000));
            let rules = Rules { capacity: 20, evict, ttl, refresh: ttl.is_some() };
            let (mut store, mut bits) = (Store::default(), 7_u64);
            for at in 0..5000 {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let key = (bits >> 40) % 50;
                if store.lookup(&rules, key, second(at)).is_none() {
                    store.insert(&rules, (key, 1 + (bits >> 60) as u32 % 4), DeploymentId(0), second(at));
                }
                assert!(store.used() <= rules.capacity);
                assert!((1..store.heap.len()).all(|place| store.rank((place - 1) / 2) < store.rank(place)));
                let mut listed = 0;
                let mut entry = store.first;
                while entry != NONE {
                    let Entry { key, at, after, .. } = store.entries[entry as usize];
                    assert!(store.index.get(key) == Some(entry) && store.heap[at as usize] == entry);
                    (listed, entry) = (listed + 1, after);
                }
                assert_eq!(listed, store.heap.len());
            }
        }
    }
}
