//! A provider's own cache through whole scenarios: hits from an empty cache to the end of the horizon, and what they cost.

use statrs::distribution::{DiscreteCDF, Poisson};

use crate::fixture::{assert_mean, run, world};

/// Requests per hour for each of 10 prompts: of 200 an hour 80 % repeat, of which 75 % would take what was made before.
const RATE: f64 = 12.0;
const TTL: f64 = 0.25;
const HOURS: f64 = 24.0;

fn text(cache: &str, latency: &str) -> String {
    let prompts = "[workload.prompts]\nrepeats = \"80%\"\ncacheable = \"75%\"\npopularity.uniform.prompts = 10\n";
    let model = format!("[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"{latency}\"\ncache = {{ {cache} }}\n");
    world("poisson.rate = \"200/h\"", "24h", 300, &format!("{prompts}{model}[strategies.only]\nrouter.single = \"p/a\""))
}

/// Mean misses of one prompt from an empty cache on: the k-th comes k - 1 TTLs and k exponential gaps after the start, so
/// before the end with the probability that a Poisson number of mean l (T - (k - 1) TTL) is at least k.
fn misses() -> f64 {
    let before_the_end = |k: u32| {
        let left = HOURS - f64::from(k - 1) * TTL;
        let poisson = (left > 0.0).then(|| Poisson::new(RATE * left).expect("a mean"));
        poisson.map_or(0.0, |poisson| poisson.sf(u64::from(k - 1)))
    };
    (1..=200).map(before_the_end).sum()
}

#[test]
fn hits_come_at_half_price() {
    let rows = run(&text("price = \"50%\", ttl = \"15min\"", "0s")).rows;
    let hits = 10.0 * (RATE * HOURS - misses());
    // Not far from l T / (1 + l T) = 3/4 of what could be served.
    assert!((hits / (10.0 * RATE * HOURS) - 0.75).abs() < 0.01);
    assert_mean(&rows, |row| 0.04 * row.requests as f64 - row.cost.to_f64(), 0.02 * hits, "saved");
    assert!(rows.iter().all(|row| row.delivered == row.requests));
    let free = run(&text("price = \"0%\", ttl = \"15min\"", "0s")).rows;
    assert!(rows.iter().zip(&free).all(|(half, free)| (half.cost - free.cost) * 2 == free.saved()), "the same hits at any price");
}

/// The picodollars that a row's requests would cost without a cache, less its cost.
trait Saved {
    fn saved(&self) -> spendcast::units::Usd;
}

impl Saved for spendcast::experiment::Row {
    fn saved(&self) -> spendcast::units::Usd {
        spendcast::units::Usd::from_picos(40_000_000_000 * i128::from(self.requests)) - self.cost
    }
}

/// A hit takes its own time: of every request that paid nothing, 1 s in place of 8.
#[test]
fn hits_take_their_own_time() {
    let rows = run(&text("price = \"0%\", ttl = \"15min\", latency = \"1s\"", "8s")).rows;
    for row in &rows {
        let hits = row.saved().picos() as u128 / 40_000_000_000;
        assert_eq!(row.time_to_image_sum, 8_000_000 * (u128::from(row.requests) - hits) + 1_000_000 * hits);
    }
    // Cycles are 8 s longer than with no time to make, and what comes meanwhile misses too.
    assert!(rows.iter().all(|row| row.saved().picos() > 0));
}

/// Another shape is another image, and what nobody would take twice is made anew.
#[test]
fn what_is_not_the_same_is_made_anew() {
    let text = text("price = \"0%\", ttl = \"24h\"", "0s").replace("cacheable = \"75%\"", "cacheable = \"0%\"");
    assert!(run(&text).rows.iter().all(|row| row.saved().picos() == 0));
}

/// A provider that is down hands out nothing: the same requests fail with a cache and without.
#[test]
fn who_is_down_hands_out_nothing() {
    let incidents = "[models.\"p/a\".incidents]\nbetween.exponential.mean = \"3h\"\nlasts.exponential.mean = \"1h\"\n";
    let failed = |text: String| -> Vec<u64> {
        let text = text.replace("[strategies", &format!("{incidents}[strategies"));
        run(&text).rows.iter().map(|row| row.failed).collect()
    };
    let with = failed(text("price = \"0%\", ttl = \"23h\"", "0s"));
    assert!(with.iter().sum::<u64>() > 1_000);
    assert_eq!(with, failed(text("price = \"0%\", ttl = \"1ms\"", "0s")));
}
