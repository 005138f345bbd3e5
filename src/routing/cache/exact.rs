//! An exact cache: images by prompt, shape and number, as in Redis or object storage.
//!
//! Only requests for which an earlier image would do are looked up and stored. What is stored again replaces what was there and its
//! deadline, as `SET` with `EX` does in Redis. With several variants, each key has so many buckets; a lookup goes to one of them at
//! random and misses where it is empty, even if others are not (Helicone's `Helicone-Cache-Bucket-Max-Size`). The cache does not know
//! how large images are: their size is given.

use super::outage::{Outage, Outages, OutagesSpec};
use super::store::{Evict, Rules, Store};
use crate::dist::{LawSpec, QuantileTable};
use crate::model::{Cause, DeploymentId};
use crate::routing::{Ask, Luck};
use crate::spec::{self, Located, Mistake};
use crate::units::{Bytes, SimDuration, SimTime, Upkeep, Usd};

spec::table! {
    /// A cache of the client's own: what was made for the same prompt, shape and number of images before.
    pub struct ExactSpec {
        /// How many results it holds; without it or `size`, all.
        entries: Option<Located<u32>>,
        /// How many bytes of images it holds.
        size: Option<Located<Bytes>>,
        /// How large an image is; assumed: 1024x1024 as PNG.
        image_size: Bytes = "1.5MB",
        /// What leaves when it is full. Redis offers LRU and LFU.
        evict: Evict = "lru",
        /// How long a result stays; without it, for ever.
        ttl: Option<Located<SimDuration>>,
        /// Whether a hit keeps the result for another `ttl`; otherwise it leaves a `ttl` after it was stored.
        refresh: Located<bool> = false,
        /// What it costs by the time that it runs, such as "15 USD/month"; a month is 730 h.
        price: Option<Upkeep>,
        /// What each GB of its whole size costs by time, used or not, such as "0.10 USD/month".
        price_per_gb: Option<Located<Upkeep>>,
        /// How long a hit takes; assumed.
        hit_latency: Located<LawSpec<SimDuration>> = "5ms",
        /// When it is out: nothing is found and nothing stored then; without it, never.
        outages: Option<OutagesSpec>,
        /// Whether equal requests under way at once wait for the first of them and have its images.
        coalesce: bool = false,
        /// How many different results there are for a prompt: 1 to 255. A lookup goes to one of as many buckets at random.
        variants: Located<u32> = 1,
    }
}

/// An exact cache: what does not change during a replication.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exact {
    rules: Rules,
    /// Whether results weigh as much as they have images; otherwise each weighs 1.
    by_image: bool,
    latency: QuantileTable,
    outages: Option<Outages>,
    pub(super) coalesce: bool,
    variants: u8,
    /// What it costs by the time that it runs.
    price: Option<Upkeep>,
    /// What a GB costs by time, and how many bytes there are.
    of_size: Option<(Upkeep, u64)>,
}

/// What is in an exact cache.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    store: Store,
    outage: Option<Outage>,
}

/// Numbers of the draws of a request.
const BUCKET: u32 = 0x6275_636b;
const LATENCY: u32 = 0x6869_746c;

impl ExactSpec {
    pub(super) fn build(&self) -> Result<Exact, Mistake> {
        let (capacity, bytes) = self.capacity()?;
        let law = self.hit_latency.law();
        let law = law.map_err(|what| Mistake::error(&self.hit_latency.place, what).label("no such distribution"))?;
        let variants = u8::try_from(*self.variants).ok().filter(|variants| *variants > 0);
        let of_size = match (&self.price_per_gb, bytes) {
            (Some(price), None) => {
                let mistake = Mistake::error(&price.place, "a cache without a size has no price by its size");
                return Err(mistake.label("of what size?").help("give it `size` or `entries`"));
            }
            (price, bytes) => price.as_ref().map(|price| price.value).zip(bytes),
        };
        Ok(Exact {
            rules: Rules { capacity, evict: self.evict, ttl: self.time_to_live()?, refresh: *self.refresh },
            by_image: self.size.is_some(),
            latency: QuantileTable::new(law),
            outages: self.outages.as_ref().map(OutagesSpec::build).transpose()?,
            coalesce: self.coalesce,
            variants: variants
                .ok_or_else(|| Mistake::error(&self.variants.place, "variants are from 1 to 255").label("out of range"))?,
            price: self.price,
            of_size,
        })
    }

    /// How much it holds, in results or images, and how many bytes that are.
    fn capacity(&self) -> Result<(u64, Option<u64>), Mistake> {
        let image = self.image_size.get();
        match (&self.entries, &self.size) {
            (Some(_), Some(size)) => {
                let mistake = Mistake::error(&size.place, "a cache has a number of entries or a size, not both");
                Err(mistake.label("besides `entries`").help("give at most one of: entries, size"))
            }
            (Some(entries), None) if **entries == 0 => {
                Err(Mistake::error(&entries.place, "a cache that holds nothing is none").label("no entries"))
            }
            (Some(entries), None) => Ok((u64::from(**entries), Some(u64::from(**entries).saturating_mul(image)))),
            (None, Some(size)) if size.get() < image.max(1) => {
                let what = format!("not one image of {} fits into this cache", self.image_size);
                Err(Mistake::error(&size.place, what).label("too small").help("see `image_size`"))
            }
            (None, Some(size)) => Ok((size.get() / image.max(1), Some(size.get()))),
            (None, None) => Ok((u64::MAX, None)),
        }
    }

    fn time_to_live(&self) -> Result<Option<SimDuration>, Mistake> {
        match &self.ttl {
            Some(ttl) if **ttl == SimDuration::ZERO => {
                let what = "a cache that keeps nothing is none: the ttl is zero";
                Err(Mistake::error(&ttl.place, what).label("this cache"))
            }
            None if *self.refresh => {
                let mistake = Mistake::error(&self.refresh.place, "what stays for ever need not be kept longer");
                Err(mistake.label("changes nothing").help("give the cache a `ttl`"))
            }
            ttl => Ok(ttl.as_ref().map(|ttl| ttl.value)),
        }
    }
}

impl Stored {
    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.store.clear();
        self.outage = None;
    }
}

impl Exact {
    /// Where the result of a request is looked for; `None` where no earlier image would do.
    pub(super) fn key(&self, ask: &Ask, luck: &Luck) -> Option<u64> {
        let bucket = if self.variants == 1 { 0 } else { ((luck.of_request(BUCKET) >> 32) * u64::from(self.variants)) >> 32 };
        let what = u64::from(ask.template?) << 16 | u64::from(ask.shape.0);
        Some((what << 8 | u64::from(ask.images)) << 8 | bucket)
    }

    /// Who made what is stored there.
    pub(super) fn lookup(&self, stored: &mut Stored, key: u64, now: SimTime, luck: &Luck) -> Option<DeploymentId> {
        if self.is_out(stored, now, luck) {
            return None;
        }
        stored.store.lookup(&self.rules, key, now)
    }

    /// Stores what was made there.
    pub(super) fn store(&self, stored: &mut Stored, key: u64, (by, images): (DeploymentId, u8), now: SimTime, luck: &Luck) {
        if !self.is_out(stored, now, luck) {
            let weight = if self.by_image { images.max(1) } else { 1 };
            stored.store.insert(&self.rules, (key, u32::from(weight)), by, now);
        }
    }

    fn is_out(&self, stored: &mut Stored, now: SimTime, luck: &Luck) -> bool {
        self.outages.is_some_and(|outages| outages.is_out(&mut stored.outage, now, luck))
    }

    /// How long this request's hit takes.
    pub(super) fn takes(&self, luck: &Luck) -> SimDuration {
        SimDuration::from_micros(self.latency.draw((luck.of_request(LATENCY) >> 32) as u32))
    }

    /// What it costs over so long.
    pub(super) fn costs(&self, horizon: SimDuration, tell: &mut dyn FnMut(Cause, Usd)) {
        let of_time = self.price.map(|price| price.over(horizon));
        let of_size = self.of_size.map(|(price, bytes)| price.over(horizon).times_ratio(bytes, Bytes::GB));
        of_time.into_iter().chain(of_size).for_each(|amount| tell(Cause::Standing, amount));
    }
}
