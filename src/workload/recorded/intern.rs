//! Small numbers for texts that repeat.

// The tables are only looked up in, never iterated, and their hash has fixed keys: nothing depends on their order.
#![expect(clippy::disallowed_types, reason = "looked up only, never iterated; std's hash with fixed keys")]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// A table from byte strings to what was found for them once.
#[derive(Debug)]
pub(super) struct Interned<T> {
    values: HashMap<Box<[u8]>, T, BuildHasherDefault<DefaultHasher>>,
}

impl<T: Clone> Interned<T> {
    pub(super) fn new() -> Self {
        Self { values: HashMap::default() }
    }

    /// The value of `text`; where it is seen for the first time, `make` says it from the number of texts known before.
    pub(super) fn get(&mut self, text: &[u8], make: impl FnOnce(usize) -> T) -> T {
        if let Some(value) = self.values.get(text) {
            return value.clone();
        }
        let value = make(self.values.len());
        self.values.insert(text.into(), value.clone());
        value
    }

    /// How many different texts there were.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}
