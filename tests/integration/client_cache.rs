//! Caches of the client's own against closed forms: TTL and LRU, coalescing, outages, variants, false hits, and what they cost.

use spendcast::experiment::{Metric, Row};
use spendcast::units::Usd;

use crate::fixture::{assert_mean, run, world};

const PRICE: &str = "0.04 USD";

/// Requests of 1/s that all repeat one of so many prompts by Zipf's law, and would all take an image made before.
fn scenario(horizon: &str, replications: u32, prompts: u32, exponent: f64, latency: &str, strategies: &str) -> String {
    let prompts = format!(
        "[workload.prompts]\nrepeats = \"100%\"\ncacheable = \"100%\"\n\
         popularity.zipf = {{ prompts = {prompts}, exponent = {exponent:?} }}\n"
    );
    let model = format!("[models.\"a/model\"]\nprice.per_image = \"{PRICE}\"\nlatency = \"{latency}\"\n");
    world("poisson.rate = \"1/s\"", horizon, replications, &(prompts + &model + strategies))
}

/// A strategy with this cache.
fn cached(name: &str, cache: &str) -> String {
    format!("[strategies.{name}]\nrouter.single = \"a/model\"\ncache = {{ {cache} }}\n")
}

fn hits(row: &Row) -> f64 {
    (row.requests - row.attempts) as f64
}

/// Popularity of the k-th of so many prompts.
fn zipf(prompts: u32, exponent: f64) -> Vec<f64> {
    let weights: Vec<f64> = (1..=prompts).map(|rank| f64::from(rank).powf(-exponent)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// A TTL from insertion under Poisson arrivals: lT / (1 + lT) by prompt. The start with an empty cache is made up for: until a
/// prompt's first renewal it has one miss, so that hits lag by a constant; a horizon of 1000 TTL leaves a thousandth of it.
#[test]
fn a_ttl_from_insertion_has_its_hit_share() {
    let (prompts, ttl) = (20, 20.0);
    let text = scenario("20000s", 60, prompts, 1.0, "0s", &cached("only", "exact = { ttl = \"20s\", hit_latency = \"0s\" }"));
    // A prompt with rate l is missed at renewals with mean distance T + 1/l, from an arrival on: m(t) = t / mu + (s^2/mu^2 - 1)/2 + ..
    // after the first, where the distance has mean mu = T + 1/l and variance s^2 = 1/l^2; the first comes after 1/l.
    let misses: f64 = zipf(prompts, 1.0)
        .iter()
        .map(|rate| {
            let mu = ttl + 1.0 / rate;
            (20_000.0 - 1.0 / rate) / mu + 1.0 + ((1.0 / rate / mu).powi(2) - 1.0) / 2.0
        })
        .sum();
    let rows = run(&text).rows;
    assert_mean(&rows, |row| row.attempts as f64, misses, "misses");
    let share: f64 = zipf(prompts, 1.0).iter().map(|rate| rate * rate * ttl / (1.0 + rate * ttl)).sum();
    let (found, all): (f64, f64) =
        rows.iter().map(|row| (hits(row), row.requests as f64)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!((found / all / share - 1.0).abs() < 0.005, "{} and not {share}", found / all);
}

/// Che's characteristic time of an LRU cache: the sum of 1 - exp(-p t) over all prompts is its capacity.
fn characteristic_time(popularity: &[f64], capacity: f64) -> f64 {
    let held = |time: f64| popularity.iter().map(|p| -(-p * time).exp_m1()).sum::<f64>();
    let (mut low, mut high) = (0.0, 1e9);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if held(middle) < capacity { low = middle } else { high = middle }
    }
    low
}

/// The strategies of one scenario, with how many requests each served from its cache.
fn shares(text: &str, strategies: usize) -> Vec<f64> {
    let rows = run(text).rows;
    let of = |strategy: usize| rows.iter().skip(strategy).step_by(strategies);
    (0..strategies).map(|at| of(at).map(hits).sum::<f64>() / of(at).map(|row| row.requests as f64).sum::<f64>()).collect()
}

/// LRU follows Che, Tung and Wang, "Hierarchical web caching systems", IEEE JSAC 20(7), 2002, within 1 %; FIFO is below it, and
/// LFU is nearer to keeping the most popular prompts, which no cache without foresight beats (what comes
/// anew has no uses yet and leaves first, so that it learns slowly).
#[test]
fn lru_follows_che_and_lfu_keeps_the_most_popular() {
    let (prompts, capacity) = (1000, 100);
    let cache =
        |evict: &str| cached(evict, &format!("exact = {{ entries = {capacity}, evict = \"{evict}\", hit_latency = \"0s\" }}"));
    let text = scenario("200000s", 2, prompts, 0.8, "0s", &(cache("lru") + &cache("lfu") + &cache("fifo")));
    let popularity = zipf(prompts, 0.8);
    let time = characteristic_time(&popularity, f64::from(capacity));
    let che: f64 = popularity.iter().map(|p| -p * (-p * time).exp_m1()).sum();
    let best: f64 = popularity[..capacity as usize].iter().sum();
    let [lru, lfu, fifo] = shares(&text, 3)[..] else { panic!("three strategies") };
    assert!((lru / che - 1.0).abs() < 0.01, "{lru} and not {che}");
    assert!(fifo < 0.97 * lru && lru < lfu, "{fifo}, {lru}, {lfu}");
    assert!((0.85..1.0).contains(&(lfu / best)), "{lfu} of {best}");
}

/// Images take an hour and are kept for ever: each prompt that was asked for is made exactly once, and all the others wait for it.
/// Without coalescing, everything that arrives before an image is there has one of its own.
#[test]
fn equal_requests_under_way_have_one_call() {
    let patient = |name: &str, cache: &str| cached(name, cache) + "timeout = \"2h\"\n";
    let both = patient("coalesced", "exact = { coalesce = true }") + &patient("apart", "exact = {}");
    let text = scenario("6h", 4, 50, 0.0, "1h", &both);
    for pair in run(&text).rows.chunks(2) {
        // With 432 requests a prompt, each was asked for.
        assert_eq!((pair[0].attempts, pair[0].delivered), (50, pair[0].requests));
        // 3600 requests in the hour from each prompt's first, which comes after 50 s in the mean.
        assert!((3350..3900).contains(&pair[1].attempts), "{}", pair[1].attempts);
        assert_eq!(pair[0].cost, PRICE.parse::<Usd>().expect("money") * 50);
    }
}

/// Where the first of them is lost, the others go on one after the other: of one prompt, calls that fail with probability f
/// are made until one delivers, 1 / (1 - f) in the mean; the requests that made the others are lost.
#[test]
fn where_the_first_is_lost_the_next_goes_on() {
    let text = scenario("3h", 300, 1, 0.0, "10s", &cached("only", "exact = { coalesce = true }"));
    let text = text.replace("latency = \"10s\"", "latency = \"10s\"\nfailure = \"75%\"");
    let rows = run(&text).rows;
    assert_mean(&rows, |row| row.attempts as f64, 4.0, "calls");
    assert!(rows.iter().all(|row| row.failed + 1 == row.attempts && row.delivered == row.requests - row.failed));
}

/// A deadline of the whole request ends the wait in line too. Where no image is ever made in time, each leads when the one before
/// it has given up, with what is left of its own time, and gives up after just as long.
#[test]
fn nobody_waits_beyond_the_deadline() {
    let deadline =
        |name: &str, deadline: &str| cached(name, "exact = { coalesce = true }") + &format!("deadline = \"{deadline}\"\n");
    let text = scenario("1h", 2, 1, 0.0, "60s", &(deadline("short", "20s") + &deadline("long", "61s")));
    for pair in run(&text).rows.chunks(2) {
        assert_eq!((pair[0].delivered, pair[0].timed_out), (0, pair[0].requests));
        assert_eq!((pair[1].delivered, pair[1].attempts), (pair[1].requests, 1));
    }
}

/// A tenth of the time the cache is out: with all images in it, that share of requests is missed.
#[test]
fn an_outage_misses_everything() {
    let outages = "outages = { between.exponential.mean = \"900s\", lasts.exponential.mean = \"100s\" }";
    let text = scenario("30d", 20, 5, 0.0, "0s", &cached("only", &format!("exact = {{ {outages} }}"))).replace("1/s", "1/min");
    let rows = run(&text).rows;
    let mean = rows.iter().map(|row| row.attempts as f64 / row.requests as f64).sum::<f64>() / 20.0;
    // 2592 outages a month: the share has a standard deviation of 0.0025 a replication.
    assert!((mean - 0.1).abs() < 4.5 * 0.0025 / 20_f64.sqrt() + 0.0003, "{mean}");
}

/// Three variants: each prompt is made three times, once for each bucket, and never again.
#[test]
fn each_variant_is_made_once() {
    let text = scenario("6h", 3, 10, 0.0, "0s", &cached("only", "exact = { variants = 3 }"));
    assert!(run(&text).rows.iter().all(|row| row.attempts == 30));
}

/// Costs by time, by size and by lookup are exact, and stand with the client.
#[test]
fn what_a_cache_costs_is_exact() {
    let semantic = "semantic = { share = \"0%\", false_hits = \"0%\", lookup_price = \"0.00002 USD\", latency = \"0s\" }";
    let caches = cached("redis", "exact = { size = \"10GB\", price = \"15 USD/month\", price_per_gb = \"0.73 USD/month\" }")
        + &cached("entries", "exact = { entries = 2000, image_size = \"2MB\", price_per_gb = \"1 USD/h\" }")
        + &cached("semantic", semantic);
    let rows = run(&scenario("73h", 2, 10, 0.0, "0s", &caches)).rows;
    for row in rows.chunks(3) {
        let images = |row: &Row| PRICE.parse::<Usd>().expect("money") * row.attempts;
        let own = |text: &str| text.parse::<Usd>().expect("money");
        assert_eq!(row[0].cost - images(&row[0]), own("2.23 USD"));
        assert_eq!(row[1].cost - images(&row[1]), own("292 USD"));
        assert_eq!(row[2].cost - images(&row[2]), own("0.00002 USD") * row[2].requests);
        assert_eq!(row[2].attempts, row[2].requests);
    }
}

/// A semantic cache finds its share of the first requests of journeys, and of these its users accept all but the wrong ones: with
/// models that please everybody, accepted journeys without another call are share x (1 - wrong).
#[test]
fn false_hits_are_delivered_and_not_accepted() {
    let journeys = "[workload.journey]\nrounds = 3\nfinal = \"0%\"\nthink_time = \"10s\"\n";
    let semantic = "semantic = { share = \"40%\", false_hits = \"25%\", latency = \"200ms\" }";
    let text = scenario("2d", 40, 10, 0.0, "1s", &(cached("only", semantic) + journeys)).replace("1/s", "1/min");
    let text = text
        .replace("repeats = \"100%\"", "repeats = \"0%\"")
        .replace("price.per_image", "acceptance = \"100%\"\nprice.per_image");
    let rows = run(&text).rows;
    // Whoever is served wrongly asks once more, and has an image of its own.
    assert_mean(&rows, |row| row.attempts as f64 - 0.7 * row.journeys as f64, 0.0, "calls");
    assert_mean(&rows, |row| row.requests as f64 - 1.1 * row.journeys as f64, 0.0, "requests");
    assert!(rows.iter().all(|row| row.accepted == Some(row.journeys)));
}

/// Most repeats want another image: they are made, and not stored.
#[test]
fn only_cacheable_repeats_hit() {
    let text = scenario("6h", 3, 10, 0.0, "0s", &cached("only", "exact = {}"));
    let none = text.replace("cacheable = \"100%\"", "cacheable = \"0%\"");
    assert!(run(&none).rows.iter().all(|row| row.attempts == row.requests));
    let some = text.replace("cacheable = \"100%\"", "cacheable = \"10%\"");
    for row in run(&some).rows {
        let share = hits(&row) / row.requests as f64;
        assert_eq!(Metric::CacheHitShare.of(&row), Some(share));
        assert!((0.09..0.11).contains(&share), "{share}");
    }
}

/// What is served counts as of the model that made it, and takes as long as the hit does.
#[test]
fn a_hit_takes_its_time() {
    let text = scenario("6h", 2, 3, 0.0, "8s", &cached("only", "exact = { hit_latency = \"250ms\", coalesce = true }"));
    for row in run(&text).rows {
        let [p50, ..] = row.time_to_image.expect("delivered");
        assert!((p50.as_secs_f64() - 0.25).abs() < 0.002, "{p50}");
    }
}

/// A cache is asked before a request is let in: with one place and no queue, hits need none, and who is shed lets the next in line
/// lead. No request stays behind.
#[test]
fn hits_need_no_place_under_way() {
    let queue = "parallel = { requests = 1, queue = 0 }\n";
    let text = scenario("6h", 3, 5, 0.0, "30s", &(cached("only", "exact = { coalesce = true }") + queue));
    for row in run(&text).rows {
        assert!(row.attempts == 5 && row.refused > 0 && row.refused < 200, "{}, {}", row.attempts, row.refused);
        assert_eq!((row.delivered + row.refused, row.cached + 5), (row.requests, row.delivered));
    }
}
