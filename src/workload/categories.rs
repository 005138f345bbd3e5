//! Categories of prompts: what content filters look at.
//!
//! A category is a property of the prompt, drawn from the prompt's own bits, so that it is the same for every strategy,
//! every attempt and every repeat. What is in none is *ordinary*.

use crate::random::split;
use crate::spec::{Mistake, Named};
use crate::units::Share;

/// The shares of all categories of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Categories {
    names: Box<[String]>,
    /// The thresholds of 32 bits up to which a prompt is of each category: the shares so far.
    up_to: Box<[u64]>,
}

/// Who this draw is for among those who look at a prompt's bits.
const WHO: u64 = 0x6361_7465_676F_7279;

/// The number of ordinary prompts; those of a category have 1 more than its position.
pub const ORDINARY: u8 = 0;

impl Categories {
    /// The categories with these shares, such as `{ privacy = "2%", copyright = "1%" }`. The rest is ordinary. A category
    /// that is added at the end moves no prompt out of an earlier one.
    ///
    /// # Errors
    /// More than 255 categories, and shares of more than everything.
    pub fn new(shares: &Named<Share>) -> Result<Self, Mistake> {
        let mut total = 0.0;
        let mut up_to = Vec::new();
        for (index, (name, share)) in shares.iter().enumerate() {
            total += share.get();
            if index >= usize::from(u8::MAX) {
                return Err(Mistake::error(&name.place, "there are more than 255 categories").label("one too many"));
            }
            // Shares that are meant to sum to 100 % may miss it by a rounding.
            let Some(sum) = Share::new(if total < 1.0 + 1e-12 { total.min(1.0) } else { total }) else {
                let what = "the shares of the categories sum to more than 100%";
                return Err(Mistake::error(&name.place, what).label("more than what is left"));
            };
            up_to.push(sum.threshold());
        }
        Ok(Self { names: shares.names().map(str::to_owned).collect(), up_to: up_to.into() })
    }

    /// Their names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The category of a prompt with these 64 random bits: 0 for an ordinary one.
    #[inline]
    pub fn of(&self, prompt: u64) -> u8 {
        if self.up_to.is_empty() {
            return ORDINARY;
        }
        let draw = u64::from(split(prompt, WHO));
        self.up_to.iter().position(|up_to| draw < *up_to).map_or(ORDINARY, |index| index as u8 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::spec::{Field, Reader, Sources, parse_value};

    fn categories(text: &str) -> Result<Categories, Mistake> {
        let file = Sources::new().add("a.toml", text);
        let shares = Named::read(&parse_value(text, file, 0).expect("TOML"), &mut Reader::new());
        Categories::new(&shares.expect("readable"))
    }

    fn prompts() -> impl Iterator<Item = u64> {
        let key = Key::new(1, 0, Purpose::Prompt);
        (0..100_000).map(move |prompt| {
            let [low, high, ..] = key.block(prompt, 0);
            u64::from(high) << 32 | u64::from(low)
        })
    }

    #[test]
    fn categories_come_in_their_shares() {
        let all = categories("{ privacy = \"20%\", nsfw = \"10%\", copyright = \"0%\" }").expect("valid");
        assert_eq!(all.names(), ["privacy", "nsfw", "copyright"]);
        let mut counts = [0_u32; 4];
        prompts().for_each(|prompt| counts[usize::from(all.of(prompt))] += 1);
        for (count, share) in counts.into_iter().zip([0.7, 0.2, 0.1, 0.0]) {
            assert!((f64::from(count) - 1e5 * share).abs() <= 4.5 * (1e5 * share * (1.0 - share)).sqrt(), "{counts:?}");
        }
    }

    #[test]
    fn a_new_category_at_the_end_moves_no_other() {
        let (few, more) =
            (categories("{ a = \"20%\" }").expect("valid"), categories("{ a = \"20%\", b = \"80%\" }").expect("valid"));
        for prompt in prompts().take(10_000) {
            assert_eq!(few.of(prompt), more.of(prompt) & 1);
        }
        assert!(prompts().all(|prompt| Categories::default().of(prompt) == ORDINARY));
    }

    #[test]
    fn more_than_everything_is_a_mistake() {
        assert!(categories("{ a = \"70%\", b = \"20%\", c = \"10%\" }").is_ok());
        let mistake = categories("{ a = \"70%\", b = \"31%\" }").expect_err("101 %");
        assert_eq!(mistake.what, "the shares of the categories sum to more than 100%");
    }
}
