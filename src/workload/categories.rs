//! Categories of prompts: a few kinds, each with its share, that content filters treat differently; the rest is ordinary.
//!
//! The category is a property of the prompt and nobody's opinion of it: a pure function of its 64 random bits. A prompt that
//! the user changes is a new one, of a category drawn anew (*assumed*).

use crate::random::split;

/// Who looks at the prompt's bits here, so that the category tells nothing about any filter's verdict: "category".
const CATEGORY: u64 = u64::from_be_bytes(*b"category");

/// The shares of categories, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories {
    /// The threshold of 32 bits below which a prompt is of the first, of the second or a lower category, and so on.
    upto: Box<[u64]>,
}

impl Categories {
    /// The categories below these thresholds of 32 uniform bits, in ascending order.
    pub(super) fn new(upto: Box<[u64]>) -> Self {
        Self { upto }
    }

    /// The category of the prompt with these 64 random bits: 0 for an ordinary one, otherwise the number of its name, from 1.
    #[inline]
    pub fn of(&self, prompt: u64) -> u8 {
        if self.upto.is_empty() {
            return 0;
        }
        let bits = u64::from(split(prompt, CATEGORY));
        self.upto.iter().position(|upto| bits < *upto).map_or(0, |position| position as u8 + 1)
    }

    /// How many there are besides the ordinary one, 0 to 255.
    pub fn len(&self) -> usize {
        self.upto.len()
    }

    /// Whether all prompts are ordinary.
    pub fn is_empty(&self) -> bool {
        self.upto.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::units::Share;
    use crate::workload::journey::prompt_bits;

    fn counts(shares: &[f64], prompts: u64) -> Vec<u32> {
        let mut sum = 0.0;
        let upto = shares.iter().map(|share| {
            sum += share;
            Share::new(sum).expect("a share").threshold()
        });
        let categories = Categories::new(upto.collect());
        let key = Key::new(20_260_101, 0, Purpose::Prompt);
        let mut counts = vec![0; shares.len() + 1];
        for prompt in 0..prompts {
            counts[usize::from(categories.of(prompt_bits(key.block(prompt, 0))))] += 1;
        }
        counts
    }

    #[test]
    fn shares_are_those_that_were_given() {
        let n = 200_000_u32;
        for (count, share) in counts(&[0.02, 0.0, 0.05], n.into()).into_iter().zip([0.93, 0.02, 0.0, 0.05]) {
            let error = (f64::from(n) * share * (1.0 - share)).sqrt();
            assert!((f64::from(count) - f64::from(n) * share).abs() <= 4.5 * error, "{count} of {share}");
        }
    }

    #[test]
    fn nothing_and_everything() {
        assert_eq!(counts(&[], 100), [100]);
        assert_eq!(counts(&[1.0], 100), [0, 100]);
    }
}
