//! The verdict of a filter on a prompt.

use super::copula::Copula;
use crate::random::split;
use crate::spec;
use crate::units::{Share, SimDuration};

spec::words! {
    /// When a filter looks.
    pub enum Stage {
        /// At the prompt, before an image is generated.
        "before" => Before,
        /// At the image, after it was generated.
        "after" => After,
    }
}

spec::words! {
    /// How a refusal looks to the client.
    pub enum Refusal {
        /// As an error that names its reason, such as HTTP 400 with moderation_blocked (OpenAI).
        "error" => Error,
        /// As HTTP 200 without an image, such as Gemini's IMAGE_SAFETY and NO_IMAGE.
        "empty" => Empty,
    }
}

/// A content filter. Its verdict on a prompt is the same at every attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Identity of the filter, from its name: deployments with the same name share verdicts.
    id: u64,
    /// Share of prompts that it refuses, by number of their category, as thresholds of 32 bits.
    rates: Box<[u64]>,
    /// What it has in common with other filters, where that is anything.
    copula: Option<Copula>,
    /// When it looks.
    pub stage: Stage,
    /// When the refusal comes; `None`: when the image would have.
    pub verdict_after: Option<SimDuration>,
    /// How the refusal looks.
    pub answer: Refusal,
}

impl Filter {
    pub(super) fn new(
        id: u64,
        rates: &[Share],
        copula: Option<Copula>,
        stage: Stage,
        verdict_after: Option<SimDuration>,
        answer: Refusal,
    ) -> Self {
        let rates = rates.iter().map(|rate| rate.threshold()).collect();
        Self { id, rates, copula, stage, verdict_after, answer }
    }

    /// Whether it depends on the category what it refuses.
    pub fn tells_categories_apart(&self) -> bool {
        self.rates.len() > 1
    }

    /// Whether it refuses the prompt with these 64 random bits, which is of this category (0: ordinary).
    ///
    /// # Panics
    /// If the filter was built for fewer categories.
    #[inline]
    pub fn refuses(&self, prompt: u64, category: u8) -> bool {
        // The same for every attempt with this prompt, and as if drawn anew for every other filter.
        let own = split(prompt, self.id);
        match &self.copula {
            None => u64::from(own) < self.rates[usize::from(category)],
            Some(copula) => copula.refuses(prompt, own, category),
        }
    }

    /// The share of prompts of a category that it refuses, as a threshold of 32 bits.
    ///
    /// # Panics
    /// If the filter was built for fewer categories.
    pub fn rate(&self, category: u8) -> u64 {
        self.rates[usize::from(category)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose, open01};

    /// No copula is as a threshold on one word; a correlation of next to nothing refuses next to the same prompts.
    #[test]
    fn without_correlation_the_bits_decide() {
        let rates = [Share::new(0.2).expect("a share")];
        let with = |copula| Filter::new(42, &rates, copula, Stage::After, None, Refusal::Error);
        let (plain, nearly) = (with(None), with(Some(Copula::new(Share::new(1e-12).expect("a share"), &rates))));
        let key = Key::new(1, 0, Purpose::Prompt);
        for i in 0..50_000 {
            let [low, high, ..] = key.block(i, 0);
            let prompt = u64::from(high) << 32 | u64::from(low);
            let draw = split(prompt, 42);
            assert_eq!(plain.refuses(prompt, 0), u64::from(draw) < rates[0].threshold());
            assert!(plain.refuses(prompt, 0) == nearly.refuses(prompt, 0) || (open01(draw) - 0.2).abs() < 1e-4);
        }
    }
}
