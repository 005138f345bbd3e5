//! A cache with a time to live, met by Poisson arrivals of rate l for each prompt: an entry made at once is hit l T times
//! until it expires and missed once after that, so the hit share is lT / (1 + lT). Where making takes d, what arrives
//! meanwhile misses too: lT / (1 + l(d + T)). Where a hit renews the entry, a hit is an arrival less than T after the one
//! before: 1 - exp(-lT).

use spendcast::provider::{Cache, CacheSpec};
use spendcast::spec::{Field, Mistakes, Reader, Sources, parse};
use spendcast::units::{SimDuration, SimTime};
use spendcast::workload::{Generator, Workload};

use crate::fixture::{assert_mean_of, compile, plain};

const PROMPTS: usize = 50;
/// Journeys per second that would take a cached image: 1/s, of which 50 % repeat, of which 40 % are cacheable.
const RATE: f64 = 0.2;
const TTL: f64 = 90.0;
/// A hundred TTLs: the start with an empty cache is forgotten then; the most popular prompt's cycles lose 0.69 of their
/// memory each.
const WARM_UP: SimTime = SimTime::from_micros(9_000_000_000);

fn workload() -> Workload {
    let text = plain(r#"poisson.rate = "1/s""#, "10h", 1, "price.per_image = \"0.04 USD\"\nlatency = \"1s\"", "");
    let prompts = "[workload.prompts]\nrepeats = \"50%\"\ncacheable = \"40%\"";
    compile(&format!("{text}\n{prompts}\npopularity.zipf = {{ prompts = {PROMPTS}, exponent = 1.0 }}")).0.plan.workload
}

fn cache(refresh: bool) -> Cache {
    let text = format!("price = \"50%\"\nttl = \"90s\"\nrefresh = {refresh}");
    let node = parse(&text, Sources::new().add("cache.toml", &text), &mut Mistakes::new());
    CacheSpec::read(&node, &mut Reader::new()).expect("valid").build(PROMPTS, 1).expect("valid")
}

/// Requests and hits of each prompt after the warm-up, where an image takes so long to make.
fn replication(workload: &Workload, cache: &Cache, making: SimDuration, number: u32) -> [(f64, f64); PROMPTS] {
    let (mut generator, mut chunk) = (Generator::new(), Vec::with_capacity(1000));
    let (mut cached, mut counts) = (cache.empty(), [(0.0, 0.0); PROMPTS]);
    generator.begin(workload, 20_260_101, number);
    loop {
        generator.fill(workload, &mut chunk);
        if chunk.is_empty() {
            return counts;
        }
        for journey in chunk.iter().map(|arrival| arrival.journey).filter(|journey| journey.cacheable) {
            let prompt = journey.template.expect("what is cacheable is a repeat").index();
            let hit = cache.lookup(&mut cached, prompt, 0, journey.arrival);
            if !hit {
                cache.store(&mut cached, prompt, 0, journey.arrival + making);
            }
            if journey.arrival >= WARM_UP {
                counts[prompt].0 += 1.0;
                counts[prompt].1 += f64::from(u8::from(hit));
            }
        }
    }
}

/// Checks the hit share of single prompts, and of all together, against that of a prompt with so many arrivals per TTL.
fn check(what: &str, making: f64, refresh: bool, share: impl Fn(f64) -> f64) {
    let (workload, cache) = (workload(), cache(refresh));
    let making = SimDuration::from_secs_f64(making);
    let runs: Vec<_> = (0..60).map(|number| replication(&workload, &cache, making, number)).collect();
    let sum: f64 = (1..=PROMPTS).map(|rank| 1.0 / rank as f64).sum();
    let popularity = |prompt: usize| 1.0 / (sum * (prompt + 1) as f64);
    let share_of = |prompt| share(RATE * TTL * popularity(prompt));
    for prompt in [0, 1, 7, PROMPTS - 1] {
        let off: Vec<f64> = runs.iter().map(|run| run[prompt].1 - share_of(prompt) * run[prompt].0).collect();
        assert_mean_of(&off, 0.0, &format!("{what}, prompt {prompt}"));
    }
    let all: f64 = (0..PROMPTS).map(|prompt| popularity(prompt) * share_of(prompt)).sum();
    let total = |run: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| run.iter().map(of).sum::<f64>();
    let off: Vec<f64> = runs.iter().map(|run| total(run, |count| count.1) - all * total(run, |count| count.0)).collect();
    assert_mean_of(&off, 0.0, &format!("{what}, all prompts"));
}

#[test]
fn hit_share_with_a_ttl_from_insertion() {
    check("from insertion", 0.0, false, |arrivals| arrivals / (1.0 + arrivals));
}

#[test]
fn hit_share_where_making_takes_time() {
    let making = 30.0;
    check("delivered later", making, false, |arrivals| arrivals / (1.0 + arrivals * (1.0 + making / TTL)));
}

#[test]
fn hit_share_with_a_ttl_from_the_last_use() {
    check("from the last use", 0.0, true, |arrivals| 1.0 - (-arrivals).exp());
}
