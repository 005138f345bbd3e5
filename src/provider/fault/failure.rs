//! Failures of single attempts, independent or sticky to a prompt or a user.
//!
//! Sticky failures are a mixture: at this deployment a share q of prompts (or users) always fails, and every other attempt
//! fails independently with probability t. With the overall rate f and the probability s that what has failed fails again,
//!
//! ```text
//! t = f (1 - s) / (1 - f)        q = (f - t) / (1 - t)
//! q + (1 - q) t = f              (q + (1 - q) t^2) / f = s
//! ```
//!
//! In the one public trace of image generation (GenTD26: Alibaba cluster-trace-v2026-GenAI, 26 823 requests) f is 1.48 %
//! and s about 50 %. A consequence of the mixture that the trace does not test: what has failed twice fails a third time
//! with a probability above s.

use super::super::identity;
use crate::random::split;
use crate::spec::{self, Field, Located, Mistake, Node, Reader};
use crate::units::Share;

spec::words! {
    /// What failures stick to.
    pub enum Sticky {
        /// To a prompt: it fails here whoever sends it.
        "prompt" => Prompt,
        /// To a user: all that the user sends here fails.
        "user" => User,
    }
}

spec::table! {
    /// Failures that come again when the same is tried again.
    struct StickySpec {
        /// Probability that an attempt fails.
        rate: Share,
        /// Probability that what has failed fails again when it is tried again; at least `rate`.
        sticky: Option<Located<Share>>,
        /// What failures stick to.
        to: Sticky = "prompt",
    }
}

/// How often attempts fail: `"2%"`, or `{ rate = "2%", sticky = "50%", to = "prompt" }`.
#[derive(Debug, Clone)]
pub struct FailureSpec(StickySpec);

impl Default for FailureSpec {
    /// Attempts never fail.
    fn default() -> Self {
        Self(StickySpec { rate: Share::NONE, sticky: None, to: Sticky::Prompt })
    }
}

impl Field for FailureSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.entries().is_some() {
            return StickySpec::read(node, reader).map(Self);
        }
        Share::read(node, reader).map(|rate| Self(StickySpec { rate, sticky: None, to: Sticky::Prompt }))
    }

    fn schema() -> serde_json::Value {
        serde_json::json!({ "anyOf": [Share::schema(), StickySpec::schema()] })
    }
}

/// Failures of the attempts at one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Probability that an attempt fails by itself, as a threshold of 32 bits.
    pub independent: u64,
    /// Share of prompts or users that always fail, as a threshold of 32 bits; zero for none.
    pub persistent: u64,
    /// What they stick to.
    pub to: Sticky,
    id: u64,
}

impl FailureSpec {
    /// The failures of the deployment with this name. Deployments differ in what always fails at them.
    ///
    /// # Errors
    /// Failures that would come again less often than others.
    pub fn build(&self, deployment: &str) -> Result<Failure, Mistake> {
        let StickySpec { rate, sticky, to } = &self.0;
        let (independent, persistent) = match sticky {
            None => (*rate, Share::NONE),
            Some(again) => mixture(*rate, **again).ok_or_else(|| {
                let what =
                    format!("what has failed cannot fail again less often ({}) than attempts do at first ({rate})", **again);
                Mistake::error(&again.place, what).label("less than the rate").help("give at least the rate")
            })?,
        };
        let id = identity::of_kind("failure", deployment);
        Ok(Failure { independent: independent.threshold(), persistent: persistent.threshold(), to: *to, id })
    }
}

/// The independent and the persistent part (t, q) of an overall rate f of which s fails again; `None` where s < f.
fn mixture(rate: Share, again: Share) -> Option<(Share, Share)> {
    let (f, s) = (rate.get(), again.get());
    if s < f {
        return None;
    }
    // At s = f nothing is sticky, and the rate is taken as it is, to the last bit; so is a rate of 1.
    if again == rate {
        return Some((rate, Share::NONE));
    }
    let t = f * (1.0 - s) / (1.0 - f);
    Some((Share::new(t)?, Share::new(((f - t) / (1.0 - t)).max(0.0))?))
}

impl Failure {
    /// The identity of the deployment, from its name.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Whether an attempt fails: `prompt` and `user` are 64 random bits of each, `draw` 32 of the attempt's own.
    #[inline]
    pub fn fails(&self, prompt: u64, user: u64, draw: u32) -> bool {
        u64::from(draw) < self.independent || (self.persistent > 0 && self.always(prompt, user))
    }

    /// Whether all attempts of this prompt or user fail here.
    #[inline]
    pub fn always(&self, prompt: u64, user: u64) -> bool {
        let bits = match self.to {
            Sticky::Prompt => prompt,
            Sticky::User => user,
        };
        u64::from(split(bits, self.id)) < self.persistent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::spec::{Sources, parse_value, render};

    fn read(text: &str) -> FailureSpec {
        let file = Sources::new().add("a.toml", text);
        FailureSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut Reader::new()).expect("valid")
    }

    fn build(text: &str) -> Failure {
        read(text).build("acme/model").expect("valid")
    }

    #[test]
    fn a_plain_share_is_independent() {
        let failure = build("\"2%\"");
        let share = Share::new(0.02).expect("a share");
        assert_eq!((failure.independent, failure.persistent), (share.threshold(), 0));
        assert_eq!(build("{ rate = \"2%\" }"), failure);
        assert_eq!(build("{ rate = \"2%\", sticky = \"2%\" }"), failure);
        assert_eq!(build("\"100%\"").independent, 1 << 32);
    }

    #[test]
    fn both_parts_give_the_rate_and_the_stickiness() {
        for (f, s) in [(0.0148, 0.507), (0.02, 0.5), (0.3, 0.3001), (0.3, 1.0), (0.0, 0.5), (0.9, 0.99)] {
            let share = |value| Share::new(value).expect("a share");
            let (t, q) = mixture(share(f), share(s)).expect("s >= f");
            let (t, q) = (t.get(), q.get());
            assert!((q + (1.0 - q) * t - f).abs() < 1e-15, "rate of {f}, {s}");
            assert!((q + (1.0 - q) * t * t - f * s).abs() < 1e-15, "stickiness of {f}, {s}");
        }
    }

    /// Pairs of attempts: 4.5 standard errors around f and s.
    #[test]
    fn half_of_what_failed_fails_again() {
        let failure = build("{ rate = \"10%\", sticky = \"50%\", to = \"user\" }");
        let (users, attempts) = (Key::new(1, 0, Purpose::User), Key::new(1, 0, Purpose::Attempt));
        let n = 200_000_u64;
        let (mut first, mut both) = (0_u32, 0_u32);
        for user in 0..n {
            let [low, high, ..] = users.block(user, 0);
            let bits = u64::from(high) << 32 | u64::from(low);
            let [one, two, ..] = attempts.block(user, 0);
            if failure.fails(0, bits, one) {
                first += 1;
                both += u32::from(failure.fails(0, bits, two));
            }
        }
        let near = |count: u32, of: f64, p: f64| (f64::from(count) / of - p).abs() < 4.5 * (p * (1.0 - p) / of).sqrt();
        assert!(near(first, n as f64, 0.1), "{first}");
        assert!(near(both, f64::from(first), 0.5), "{both} of {first}");
    }

    #[test]
    fn other_deployments_fail_other_prompts() {
        let spec = read("{ rate = \"50%\", sticky = \"100%\" }");
        let [one, other] = ["acme/model", "acme/other"].map(|name| spec.build(name).expect("valid"));
        let both = (0..10_000).filter(|prompt| one.always(*prompt, 0) && other.always(*prompt, 0)).count();
        assert!(both.abs_diff(2500) < 200, "{both}");
    }

    #[test]
    fn less_than_the_rate_is_a_mistake() {
        let text = "{ rate = \"50%\", sticky = \"20%\" }";
        let mut sources = Sources::new();
        let file = sources.add("a.toml", text);
        let spec = FailureSpec::read(&parse_value(text, file, 0).expect("TOML"), &mut Reader::new()).expect("readable");
        let mistake = spec.build("acme/model").expect_err("s < f");
        let shown = render(&sources, &[mistake], false);
        assert!(
            shown.contains("error: what has failed cannot fail again less often (20%) than attempts do at first (50%)"),
            "{shown}"
        );
    }
}
