//! Repeated prompts: a share of journeys starts from a prompt of a fixed repertoire, some far more often than others.
//!
//! A repeat is not yet a cache hit: most users who send a known prompt want another image of it. So each repeat is cacheable
//! only with a given probability. What any cache makes of it is not decided here. Two journeys with the same template have
//! the same 64 prompt bits and, within a class, the same length, until their users change the prompt.

use std::num::NonZeroU16;

use crate::dist::Alias;

/// A prompt of the repertoire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateId(NonZeroU16);

impl TemplateId {
    /// The largest repertoire.
    pub const MOST: u16 = u16::MAX;

    /// The prompt at this position of the repertoire; `None` beyond the largest.
    pub fn new(index: usize) -> Option<Self> {
        u16::try_from(index + 1).ok().and_then(NonZeroU16::new).map(Self)
    }

    /// Its position in the repertoire, from 0.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Which journeys start from a prompt of the repertoire, and from which.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompts {
    repeats: u64,
    cacheable: u64,
    popularity: Alias,
    /// How many prompts the repertoire has.
    templates: u16,
}

/// A prompt of the repertoire as a journey starts from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) template: TemplateId,
    pub(super) cacheable: bool,
}

impl Prompts {
    /// The share `repeats` of journeys, as a threshold of 32 bits, starts from one of so many prompts; of all journeys, those
    /// below the threshold `cacheable` would take an image made before.
    pub(super) const fn new(repeats: u64, cacheable: u64, popularity: Alias, templates: u16) -> Self {
        Self { repeats, cacheable, popularity, templates }
    }

    /// How many prompts the repertoire has, 1 to 65 535.
    pub const fn templates(&self) -> usize {
        self.templates as usize
    }

    /// What a journey repeats, for two words of 32 uniform bits. One word decides whether it repeats and whether the repeat
    /// is cacheable: a larger share of either only adds to those that did before.
    #[inline]
    pub(super) fn pick(&self, whether: u32, which: u32) -> Option<Repeat> {
        if u64::from(whether) >= self.repeats {
            return None;
        }
        let template = TemplateId::new(self.popularity.pick(which))?;
        Some(Repeat { template, cacheable: u64::from(whether) < self.cacheable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_reach_from_the_first_prompt_to_the_largest_repertoire() {
        let index = |index: usize| TemplateId::new(index).map(TemplateId::index);
        assert_eq!([0, 65_534].map(index), [Some(0), Some(65_534)]);
        assert_eq!(index(65_535), None);
        assert_eq!(size_of::<Option<TemplateId>>(), 2);
    }

    #[test]
    fn one_word_decides_repeat_and_cacheable() {
        let quarter = 1 << 30;
        let prompts = Prompts::new(2 * quarter, quarter, Alias::new(&[1.0, 3.0]).expect("valid"), 2);
        let cacheable = |whether| prompts.pick(whether, 0).map(|repeat| repeat.cacheable);
        assert_eq!([0, 1 << 30, 1 << 31].map(cacheable), [Some(true), Some(false), None]);
        let of = |which| prompts.pick(0, which).map(|repeat| repeat.template.index());
        assert_eq!([0, u32::MAX].map(of), [Some(0), Some(1)]);
    }
}
