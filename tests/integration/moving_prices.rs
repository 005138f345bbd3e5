//! Moving prices through whole scenarios: the mean cost is that of the factor's law; who picks the cheapest by fresh prices
//! pays the mean of the minimum of two lognormals, by stale quotes that of the one that was the minimum then; polls cost.

use spendcast::model::Cause;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::fixture::{assert_mean, compile, run, run_with, world};

fn model(name: &str, price: &str, moves: &str) -> String {
    format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency = \"1s\"\n{moves}\n")
}

const SINGLE: &str = "[strategies.only]\nrouter.single = \"p/a\"\n";
/// Both are wide, and one is dearer in the mean.
const A: &str = "moves.mean_reverting = { mean = 1.2, sd = 0.5, half_life = \"6h\", step = \"1h\" }";
const B: &str = "moves.mean_reverting = { mean = 0.9, sd = 0.8, half_life = \"12h\", step = \"1h\" }";

#[test]
fn the_mean_cost_is_that_of_the_mean_factor() {
    let jumps = "moves.spot = { mean = 1.1, sd = 0.3, half_life = \"3h\", step = \"1h\", jumps = { rate = \"4/d\", size = 0.5, half_life = \"2h\" } }";
    // Jumps of a step of an hour: p m / (1 - d).
    let jump = (1.0 - (-4.0_f64 / 24.0).exp()) * 0.5 / (1.0 - 0.5_f64.sqrt());
    for (moves, factor) in [(A, 1.2), (B, 0.9), (jumps, 1.1 * (1.0 + jump))] {
        let text = world("poisson.rate = \"240/d\"", "5d", 600, &(model("p/a", "0.04 USD", moves) + SINGLE));
        assert_mean(&run(&text).rows, |row| row.cost.to_f64() - 0.04 * factor * row.requests as f64, 0.0, moves);
    }
}

/// 24 images a day: one day at 0.04 USD, one and a half at 1.5 times as much, the rest at three quarters.
#[test]
fn dated_factors_are_exact() {
    let moves = "moves.dated = [{ from = 2026-01-02, factor = 1.5 }, { from = 2026-01-03T12:00:00, factor = 0.75 }]";
    let text = world("constant.rate = \"24/d\"", "4d", 1, &(model("p/a", "0.04 USD", moves) + SINGLE));
    assert_eq!(run(&text).rows[0].cost.to_string(), "4.2");
}

/// An answer to one's own load: 10 images in each hour make the next half as dear again, but for the first.
#[test]
fn load_raises_the_price_of_the_next_step() {
    let moves = "moves.spot = { sd = 0, half_life = \"1h\", step = \"1h\", load = { capacity = \"20/h\", rise = 1.0 } }";
    let text = world("constant.rate = \"10/h\"", "5h", 1, &(model("p/a", "1 USD", moves) + SINGLE));
    assert_eq!(run(&text).rows[0].cost.to_string(), "70");
}

/// Mean and parameters of the logarithm of one price.
struct Law {
    mean: f64,
    log_mean: f64,
    variance: f64,
    half_life: f64,
}

impl Law {
    fn new(list: f64, factor: f64, sd: f64, half_life: f64) -> Self {
        let variance = (sd * sd).ln_1p();
        Self { mean: list * factor, log_mean: (list * factor).ln() - variance / 2.0, variance, half_life }
    }

    /// E[price now; it was below the other's so long ago]: under the law that is tilted by the price now, its logarithm of
    /// then has a mean that is higher by r s^2, with the autocorrelation r of that time.
    fn where_it_was_below(&self, other: &Self, hours: f64) -> f64 {
        let tilt = 0.5_f64.powf(hours / self.half_life) * self.variance;
        let far = (other.log_mean - self.log_mean - tilt) / (self.variance + other.variance).sqrt();
        self.mean * Normal::standard().cdf(far)
    }
}

/// What an image costs on average at the one of two models that was cheaper so many hours ago.
fn cheapest(hours: f64) -> f64 {
    let (a, b) = (Law::new(0.04, 1.2, 0.5, 6.0), Law::new(0.05, 0.9, 0.8, 12.0));
    a.where_it_was_below(&b, hours) + b.where_it_was_below(&a, hours)
}

fn both(quotes: &str) -> String {
    let models = model("p/a", "0.04 USD", A) + &model("q/b", "0.05 USD", B);
    let strategy = format!("[strategies.only]\nrouter.cheapest = [\"p/a\", \"q/b\"]\n{quotes}\n");
    world("constant.rate = \"24/d\"", "4d", 1500, &(models + &strategy))
}

#[test]
fn the_cheapest_of_two_fresh_prices() {
    assert!(cheapest(0.0) < 0.04 && cheapest(1e3) > 0.0459);
    let fresh = run(&both("")).rows;
    assert_mean(&fresh, |row| row.cost.to_f64(), 96.0 * cheapest(0.0), "without quotes it knows");
    let polled = run(&both("quotes.every = \"1h\"")).rows;
    assert_eq!(fresh, polled, "a quote at the start of every step is fresh");
}

/// An image in the middle of every hour; a poll every 12 hours, or at the start only: prices of so many whole steps ago.
#[test]
fn stale_quotes_miss_what_has_moved() {
    let twelve: f64 = (0..12).map(|hours| 8.0 * cheapest(f64::from(hours))).sum();
    let rows = run(&both("quotes.every = \"12h\"")).rows;
    assert_mean(&rows, |row| row.cost.to_f64(), twelve, "every 12 hours");
    let once: f64 = (0..96).map(|hours| cheapest(f64::from(hours))).sum();
    let rows = run(&both("quotes.every = \"5d\"")).rows;
    assert_mean(&rows, |row| row.cost.to_f64(), once, "once");
    assert!(96.0 * cheapest(0.0) < 0.93 * twelve && twelve < 0.95 * once);
}

/// Two models are polled every 7 h for four days, which is 14 times; a third whose price stands still is not.
#[test]
fn polls_are_charged() {
    let third = "[models.\"r/c\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\n";
    let of = |price: &str| {
        let text =
            both(&format!("quotes = {{ every = \"7h\", price = \"{price}\" }}")).replace(", \"q/b\"]", ", \"q/b\", \"r/c\"]");
        let (compiled, settings) = compile(&format!("{text}{third}"));
        let run = run_with(&compiled, spendcast::experiment::Settings { replications: 10, ..settings });
        (
            run.rows.clone(),
            run.charges[0]
                .iter()
                .filter(|cell| cell.key.cause == Cause::Quotes)
                .map(|cell| (cell.count, cell.total.to_string()))
                .collect::<Vec<_>>(),
        )
    };
    let ((free, none), (paid, polls)) = (of("0 USD"), of("0.0003 USD"));
    assert!(none.is_empty());
    assert_eq!(polls, [(10, "0.042".to_owned()), (10, "0.042".to_owned())]);
    assert!(
        free.iter()
            .zip(&paid)
            .all(|(free, paid)| (paid.cost - free.cost).to_string() == "0.0084" && free.answers == paid.answers)
    );
}
