//! A table from keys to numbers: open addressing with linear probing, half full at most.
//!
//! Nothing in it is random, and nothing is ever listed, so that no result can depend on its order. It grows with what it holds
//! and keeps its memory: after it has held as much as it will, it never allocates.

/// A table from keys to numbers.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// A power of two of places.
    places: Vec<(u64, u32)>,
    len: usize,
}

/// No key: keys have fewer bits.
pub(super) const NO_KEY: u64 = u64::MAX;
const EMPTY: (u64, u32) = (NO_KEY, 0);

impl Index {
    /// An empty table.
    pub(super) fn new() -> Self {
        Self { places: vec![EMPTY; 16], len: 0 }
    }

    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.places.fill(EMPTY);
        self.len = 0;
    }

    /// Where a key would be if nothing else were there: the multiplicative method (Knuth, volume 3, section 6.4).
    fn home(&self, key: u64) -> usize {
        let bits = self.places.len().trailing_zeros();
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - bits)) as usize
    }

    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    /// The place of a key, or the empty one where it would go.
    fn place(&self, key: u64) -> usize {
        let mut at = self.home(key);
        while self.places[at].0 != key && self.places[at].0 != NO_KEY {
            at = self.next(at);
        }
        at
    }

    /// The number of a key.
    pub(super) fn get(&self, key: u64) -> Option<u32> {
        let (found, number) = self.places[self.place(key)];
        (found == key).then_some(number)
    }

    /// Gives a key a number, in place of the one it may have.
    pub(super) fn set(&mut self, key: u64, number: u32) {
        let at = self.place(key);
        self.len += usize::from(self.places[at].0 == NO_KEY);
        self.places[at] = (key, number);
        if self.len * 2 > self.places.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let twice = vec![EMPTY; self.places.len() * 2];
        for (key, number) in std::mem::replace(&mut self.places, twice) {
            if key != NO_KEY {
                let at = self.place(key);
                self.places[at] = (key, number);
            }
        }
    }

    /// Takes a key out: what was pushed on by it moves back (Knuth, algorithm 6.4 R).
    pub(super) fn remove(&mut self, key: u64) {
        let (mut hole, mask) = (self.place(key), self.places.len() - 1);
        if self.places[hole].0 == NO_KEY {
            return;
        }
        self.len -= 1;
        let mut at = self.next(hole);
        while self.places[at].0 != NO_KEY {
            let wanted = self.home(self.places[at].0);
            if at.wrapping_sub(wanted) & mask >= at.wrapping_sub(hole) & mask {
                self.places[hole] = self.places[at];
                hole = at;
            }
            at = self.next(at);
        }
        self.places[hole] = EMPTY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Against a map of the standard library, under many insertions and removals of few keys.
    #[test]
    fn is_a_map() {
        let (mut index, mut map, mut bits) = (Index::new(), BTreeMap::new(), 1_u64);
        for number in 0..20_000_u32 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = ((bits >> 33) % 300) << 24;
            if bits >> 63 == 0 {
                index.set(key, number);
                map.insert(key, number);
            } else {
                index.remove(key);
                map.remove(&key);
            }
            let other = ((bits >> 40) % 300) << 24;
            assert_eq!((index.get(key), index.get(other)), (map.get(&key).copied(), map.get(&other).copied()));
        }
        assert_eq!(index.len, map.len());
        index.clear();
        assert!(map.keys().all(|key| index.get(*key).is_none()));
    }
}
