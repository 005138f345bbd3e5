//! The journeys under way, each in a numbered slot that is used again after it.

/// A slab: slots with a list of free ones. Grows to the largest number ever in use at once and then never allocates.
#[derive(Debug, Clone)]
pub(super) struct Slots<T> {
    all: Vec<T>,
    free: Vec<u32>,
}

impl<T: Copy> Slots<T> {
    pub(super) const fn new() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }

    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.free.clear();
    }

    /// How many slots are in use.
    pub(super) fn in_use(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// A slot that is free, with whatever was there before: to be written field by field, which is cheaper than to copy a value
    /// that was just put together. A new one begins as `blank`.
    #[inline]
    pub(super) fn claim(&mut self, blank: impl FnOnce() -> T) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.all.push(blank());
            (self.all.len() - 1) as u32
        })
    }

    #[inline]
    pub(super) fn insert(&mut self, value: T) -> u32 {
        if let Some(number) = self.free.pop() {
            self.all[number as usize] = value;
            return number;
        }
        self.all.push(value);
        (self.all.len() - 1) as u32
    }

    #[inline]
    pub(super) fn remove(&mut self, number: u32) {
        self.free.push(number);
    }

    #[inline]
    pub(super) fn get(&mut self, number: u32) -> &mut T {
        &mut self.all[number as usize]
    }
}
