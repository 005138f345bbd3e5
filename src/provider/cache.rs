//! A provider's own cache: a prompt that was asked for before, in the same shape, comes at a reduced price.
//!
//! Entries live for a time from their insertion, or from their last use. One deployment has one cache; an entry is one
//! prompt of the workload's repertoire in one shape, whatever the number of images: one that was made serves them all. What
//! is in the cache already is not inserted again, so that copies that were under way at once do not prolong its life.
//! The cache has no bound but the repertoire, and it does not know which requests may be served from it: the caller does.

use crate::spec::{self, Located, Mistake};
use crate::units::{Share, SimDuration, SimTime, Usd};

spec::table! {
    /// The provider's own cache: what it made for the same prompt and parameters before comes cheaper.
    pub struct CacheSpec {
        /// What a hit is billed: a share of the list price, in steps of 0.0001 %, and "0%" for nothing.
        price: Share,
        /// How long an image stays in the cache.
        ttl: Located<SimDuration>,
        /// How long a hit takes; without it, as long as making the image.
        latency: Option<SimDuration>,
        /// Whether a hit keeps the image for another `ttl`; otherwise it leaves a `ttl` after it was made.
        refresh: bool = false,
    }
}

/// A cache: what does not change during a replication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    ttl: SimDuration,
    latency: Option<SimDuration>,
    refresh: bool,
    /// What a hit is billed, in 10^-6 of the list price.
    millionths: u64,
    templates: usize,
    shapes: usize,
}

/// What is in a cache during a replication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// From when each entry is there, by template and shape; in the future for one that is under way.
    since: Box<[SimTime]>,
}

const MILLION: u64 = 1_000_000;
/// More entries than this in one cache (32 MiB) are refused.
const MOST: usize = 1 << 22;
/// Earlier than any entry that can still be there: no duration that is read is longer than a thousand years.
const NEVER: SimTime = SimTime::from_micros(i64::MIN / 2);

impl CacheSpec {
    /// The cache of one deployment, for a repertoire of so many prompts in so many shapes.
    ///
    /// # Errors
    /// A `ttl` of zero, and more than 2^22 pairs of prompt and shape.
    pub fn build(&self, templates: usize, shapes: usize) -> Result<Cache, Mistake> {
        let wrong = |what: String| Mistake::error(&self.ttl.place, what).label("this cache");
        if *self.ttl == SimDuration::ZERO {
            return Err(wrong("a cache that keeps nothing is none: the ttl is zero".to_owned()));
        }
        if templates.checked_mul(shapes).is_none_or(|entries| entries > MOST) {
            return Err(wrong(format!("{templates} prompts in {shapes} shapes are too many to be cached: more than {MOST}")));
        }
        let millionths = (self.price.get() * MILLION as f64).round_ties_even() as u64;
        Ok(Cache { ttl: *self.ttl, latency: self.latency, refresh: self.refresh, millionths, templates, shapes })
    }
}

impl Cache {
    /// An empty cache.
    pub fn empty(&self) -> Cached {
        Cached { since: vec![NEVER; self.templates * self.shapes].into() }
    }

    /// Whether an image of this prompt in this shape is there now; with `refresh`, it stays for another TTL then. Calls for
    /// one cache are in order of `now`.
    ///
    /// # Panics
    /// If the cache was built for fewer prompts or shapes.
    #[inline]
    pub fn lookup(&self, cached: &mut Cached, template: usize, shape: usize, now: SimTime) -> bool {
        let since = &mut cached.since[self.entry(template, shape)];
        let hit = *since <= now && now < *since + self.ttl;
        if hit && self.refresh {
            *since = now;
        }
        hit
    }

    /// An image that was asked for is delivered at this time, now or later, and is in the cache from then on.
    ///
    /// Of copies under way at once the first to be delivered counts; one that comes a whole TTL after another under way
    /// takes its place, so that where the TTL is shorter than such a wait the other is forgotten.
    ///
    /// # Panics
    /// If the cache was built for fewer prompts or shapes.
    #[inline]
    pub fn store(&self, cached: &mut Cached, template: usize, shape: usize, delivered_at: SimTime) {
        let since = &mut cached.since[self.entry(template, shape)];
        if delivered_at < *since || delivered_at >= *since + self.ttl {
            *since = delivered_at;
        }
    }

    /// What a hit is billed, for the list price; rounded half to even to the picodollar.
    #[inline]
    pub fn price(&self, list: Usd) -> Usd {
        list.times_ratio(self.millionths, MILLION)
    }

    /// How long a hit takes that would have taken so long to make.
    #[inline]
    pub fn takes(&self, making: SimDuration) -> SimDuration {
        self.latency.unwrap_or(making)
    }

    #[inline]
    fn entry(&self, template: usize, shape: usize) -> usize {
        assert!(shape < self.shapes, "the cache was built for all shapes of the workload");
        template * self.shapes + shape
    }
}

impl Cached {
    /// Empties it.
    pub fn reset(&mut self) {
        self.since.fill(NEVER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Field, Mistakes, Reader, Sources, parse};

    fn build(text: &str, templates: usize) -> Result<Cache, Mistake> {
        let node = parse(text, Sources::new().add("a.toml", text), &mut Mistakes::new());
        let spec = CacheSpec::read(&node, &mut Reader::new()).expect("valid");
        spec.build(templates, 2)
    }

    fn cache(more: &str) -> (Cache, Cached) {
        let cache = build(&format!("price = \"50%\"\nttl = \"10s\"\n{more}"), 3).expect("valid");
        let cached = cache.empty();
        (cache, cached)
    }

    const fn second(second: i64) -> SimTime {
        SimTime::from_micros(second * 1_000_000)
    }

    #[test]
    fn an_entry_lives_from_its_delivery_for_a_ttl() {
        let (cache, mut cached) = cache("");
        assert!(!cache.lookup(&mut cached, 1, 0, second(0)));
        cache.store(&mut cached, 1, 0, second(4));
        let hit = |cached: &mut Cached, at| cache.lookup(cached, 1, 0, second(at));
        assert_eq!([3, 4, 13, 14].map(|at| hit(&mut cached, at)), [false, true, true, false]);
        let others = [(1, 1), (0, 0), (2, 1)];
        assert_eq!(others.map(|(template, shape)| cache.lookup(&mut cached, template, shape, second(5))), [false; 3]);
        cached.reset();
        assert_eq!(cached, cache.empty());
    }

    #[test]
    fn a_hit_refreshes_where_it_should() {
        let (cache, mut cached) = cache("refresh = true");
        cache.store(&mut cached, 0, 0, second(0));
        assert_eq!([9, 18, 27, 37].map(|at| cache.lookup(&mut cached, 0, 0, second(at))), [true, true, true, false]);
    }

    #[test]
    fn of_copies_under_way_the_first_delivered_counts() {
        let (cache, mut cached) = cache("");
        for delivered in [8, 6, 7] {
            cache.store(&mut cached, 0, 0, second(delivered));
        }
        assert_eq!([5, 6, 15, 16].map(|at| cache.lookup(&mut cached, 0, 0, second(at))), [false, true, true, false]);
        cache.store(&mut cached, 0, 0, second(20));
        assert!(cache.lookup(&mut cached, 0, 0, second(29)));
    }

    #[test]
    fn a_hit_has_its_own_price_and_latency() {
        let (plain, _) = cache("");
        let list: Usd = "0.0000000001 USD".parse().expect("valid");
        assert_eq!((plain.price(list).picos(), plain.takes(SimDuration::DAY)), (50, SimDuration::DAY));
        let quick = build("price = \"0%\"\nttl = \"10s\"\nlatency = \"200ms\"", 1).expect("valid");
        assert_eq!((quick.price(list), quick.takes(SimDuration::DAY).micros()), (Usd::ZERO, 200_000));
    }

    #[test]
    fn what_keeps_nothing_or_too_much_is_refused() {
        let what = |text: &str, templates| build(text, templates).expect_err("refused").what;
        assert_eq!(what("price = \"0%\"\nttl = \"0s\"", 1), "a cache that keeps nothing is none: the ttl is zero");
        let most = "3000000 prompts in 2 shapes are too many to be cached: more than 4194304";
        assert_eq!(what("price = \"0%\"\nttl = \"1s\"", 3_000_000), most);
    }
}
