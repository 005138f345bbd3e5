//! What one shape costs as price models write it and adjustments change it: a linear form of what an attempt uses.
//!
//! Every amount is exact to the picodollar. Nothing here is read in the hot loop unless the price needs more than a request
//! and its images: see [`Tariff`](super::Tariff).

use super::Usage;
use super::adjust::Rounding;
use super::thinking::Thinking;
use crate::random::split;
use crate::units::{Decimal, SimDuration, Usd};

pub(super) const MILLION: u64 = 1_000_000;

/// A second costs no more: 10^6 USD. So no sum over eight years of generation overflows.
pub(super) const MOST_PER_SECOND: Usd = Usd::from_picos(1_000_000_000_000_000_000);

/// The linear form. The default costs nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rates {
    /// Once per request, not for its input.
    pub request: Usd,
    /// Each output image.
    pub image: Usd,
    /// Once per request, for its input: input images, and surcharges on the input.
    pub input: Usd,
    /// Per million tokens of the prompt.
    pub token: Usd,
    /// What the input costs where the provider has it cached.
    pub cached: Option<Cached>,
    /// Tokens of thinking or text on top of the images.
    pub thinking: Option<Thinking>,
    /// Per second of generation.
    pub second: Usd,
    /// A cold start is not billed by the second.
    pub cold_is_free: bool,
    /// Per million tokens of images: what an image costs, and a surcharge in tokens.
    pub image_token: Usd,
    /// Tokens of one output image that count against a token limit.
    pub image_tokens: u32,
    /// Tokens that count against a token limit once per request, those of the prompt aside.
    pub request_tokens: u32,
    /// How the bill is rounded.
    pub rounding: Option<Rounding>,
    /// The model's maker itself asks for more.
    pub below_first_party: bool,
}

/// The input at the price of cached input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cached {
    /// Probability that the input of a request is cached, as a threshold of 32 bits.
    pub hit: u64,
    /// Per million tokens of the prompt.
    pub token: Usd,
    /// In place of `input`.
    pub input: Usd,
}

/// Who looks at the random bits of an attempt.
const CACHE: u64 = 1;

impl Rates {
    /// What this usage costs. Tokens and seconds are rounded half to even to the picodollar, each on its own.
    #[inline(never)]
    pub(super) fn of(&self, usage: &Usage) -> Usd {
        self.bill(usage, self.hit(usage), self.thinking.as_ref().map(|thinking| thinking.of(usage)))
    }

    /// The least that this usage can cost, whatever the random bits of its attempt: no rounding makes more of less.
    pub(super) fn least(&self, usage: &Usage) -> Usd {
        let thought = self.thinking.as_ref().map(|thinking| thinking.least(usage));
        self.hits().map(|hit| self.bill(usage, hit, thought)).min().unwrap_or(Usd::ZERO)
    }

    #[inline]
    fn bill(&self, usage: &Usage, hit: Option<Cached>, thought: Option<Usd>) -> Usd {
        let mut bill = Bill::new(self.rounding);
        bill.add(self.request);
        bill.add(self.image * u64::from(usage.images));
        self.bill_input(usage, hit, &mut bill);
        if let Some(thought) = thought {
            bill.add(thought);
        }
        if self.second != Usd::ZERO {
            let free = if self.cold_is_free { usage.cold } else { SimDuration::ZERO };
            let micros = u64::try_from(usage.took.micros() - free.micros()).unwrap_or(0);
            bill.add(self.second.times_ratio(micros, MILLION));
        }
        bill.total()
    }

    /// What is billed for the input alone.
    pub(super) fn input_part(&self, usage: &Usage) -> Usd {
        self.input_if(usage, self.hit(usage))
    }

    /// The least that the input alone can cost.
    pub(super) fn least_input(&self, usage: &Usage) -> Usd {
        self.hits().map(|hit| self.input_if(usage, hit)).min().unwrap_or(Usd::ZERO)
    }

    fn input_if(&self, usage: &Usage, hit: Option<Cached>) -> Usd {
        let mut bill = Bill::new(self.rounding);
        self.bill_input(usage, hit, &mut bill);
        bill.total()
    }

    /// The price of cached input, where this usage has it.
    fn hit(&self, usage: &Usage) -> Option<Cached> {
        self.cached.filter(|cached| u64::from(split(usage.bits, CACHE)) < cached.hit)
    }

    /// All that this may be.
    fn hits(&self) -> impl Iterator<Item = Option<Cached>> + use<> {
        let always = self.cached.is_some_and(|cached| cached.hit >= 1 << 32);
        let sometimes = self.cached.filter(|cached| cached.hit > 0);
        sometimes.map(Some).into_iter().chain((!always).then_some(None))
    }

    fn bill_input(&self, usage: &Usage, hit: Option<Cached>, bill: &mut Bill) {
        let (token, input) = hit.map_or((self.token, self.input), |cached| (cached.token, cached.input));
        bill.add(input);
        bill.add(token.times_ratio(u64::from(usage.tokens), MILLION));
    }

    /// Whether nothing counts but requests, their input as a whole, and images.
    pub(super) fn is_plain(&self) -> bool {
        self.token == Usd::ZERO
            && self.cached.is_none_or(|cached| cached.hit == 0)
            && self.thinking.is_none()
            && self.second == Usd::ZERO
            && self.rounding.is_none()
    }

    /// All amounts times a factor, each rounded half to even to the picodollar; `None` where that is too much money.
    pub(super) fn times(mut self, factor: Decimal) -> Option<Self> {
        let amounts =
            [&mut self.request, &mut self.image, &mut self.input, &mut self.token, &mut self.second, &mut self.image_token];
        let cached = self.cached.as_mut().map(|cached| [&mut cached.token, &mut cached.input]);
        let thinking = self.thinking.as_mut().map(|thinking| &mut thinking.per_million);
        for amount in amounts.into_iter().chain(cached.into_iter().flatten()).chain(thinking) {
            *amount = amount.times_decimal(factor)?;
        }
        (self.second <= MOST_PER_SECOND).then_some(self)
    }
}

/// The lines of one attempt's bill.
struct Bill {
    rounding: Option<Rounding>,
    total: Usd,
}

impl Bill {
    const fn new(rounding: Option<Rounding>) -> Self {
        Self { rounding, total: Usd::ZERO }
    }

    fn add(&mut self, line: Usd) {
        self.total += self.rounding.map_or(line, |rounding| rounding.line(line));
    }

    fn total(self) -> Usd {
        self.rounding.map_or(self.total, |rounding| rounding.request(self.total))
    }
}
