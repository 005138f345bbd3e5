//! A 4-ary heap of 16-byte keys: time, then sequence, then slot.

const ARITY: usize = 4;

#[derive(Debug)]
pub(super) struct Heap {
    keys: Vec<u128>,
    sequence: u32,
}

impl Heap {
    pub(super) fn new() -> Self {
        Self { keys: Vec::with_capacity(1024), sequence: 0 }
    }

    fn key(&mut self, time: u64, slot: u32) -> u128 {
        self.sequence = self.sequence.wrapping_add(1);
        u128::from(time) << 64 | u128::from(u64::from(self.sequence) << 32 | u64::from(slot))
    }

    /// The earliest time and its slot.
    #[inline]
    pub(super) fn first(&self) -> Option<(u64, u32)> {
        self.keys.first().map(|key| ((key >> 64) as u64, *key as u32))
    }

    #[inline]
    pub(super) fn push(&mut self, time: u64, slot: u32) {
        let key = self.key(time, slot);
        self.keys.push(key);
        self.rise(self.keys.len() - 1, key);
    }

    /// Takes the earliest key away.
    #[inline]
    pub(super) fn pop(&mut self) {
        if let Some(last) = self.keys.pop()
            && !self.keys.is_empty()
        {
            // The last key belongs near the bottom, so that the hole sinks all the way first: no unpredictable exit.
            let hole = self.sink_hole();
            self.rise(hole, last);
        }
    }

    /// Takes the earliest key away and puts another in: one walk in place of two.
    #[inline]
    pub(super) fn replace_first(&mut self, time: u64, slot: u32) {
        let key = self.key(time, slot);
        let hole = self.sink_hole();
        self.rise(hole, key);
    }

    /// Moves the smallest child up into the hole at the root, and so on to a leaf; returns the leaf.
    #[inline]
    fn sink_hole(&mut self) -> usize {
        let keys = self.keys.as_mut_slice();
        let mut hole = 0;
        loop {
            let first = ARITY * hole + 1;
            if let Some(children) = keys.get(first..first + ARITY) {
                let (left, a) = least(children[0], children[1], 0, 1);
                let (right, b) = least(children[2], children[3], 2, 3);
                let (key, at) = least(left, right, a, b);
                keys[hole] = key;
                hole = first + at;
            } else {
                let Some(rest) = keys.get(first..) else { return hole };
                let Some((at, key)) = rest.iter().copied().enumerate().min_by_key(|(_, key)| *key) else { return hole };
                keys[hole] = key;
                return first + at;
            }
        }
    }

    /// Puts `key` into `hole` or above it.
    #[inline]
    fn rise(&mut self, mut hole: usize, key: u128) {
        let keys = self.keys.as_mut_slice();
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if keys[parent] <= key {
                break;
            }
            keys[hole] = keys[parent];
            hole = parent;
        }
        keys[hole] = key;
    }
}

#[inline]
fn least(a: u128, b: u128, at_a: usize, at_b: usize) -> (u128, usize) {
    let second = b < a;
    (if second { b } else { a }, if second { at_b } else { at_a })
}
