//! Hedging under exponential latency: the minimum of two, and how often there are two, in closed form; and who pays.

use spendcast::experiment::Row;
use spendcast::units::Usd;

use crate::fixture::{assert_mean, run, world};

const PRICE: &str = "0.04 USD";

/// Two models with exponential latency of 10 s in the mean; a copy goes to the other after 5 s.
fn rows(billed: &str, replications: u32) -> Vec<Row> {
    let model = |name: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"{PRICE}\"\nlatency.exponential.mean = \"10s\"\nbilling.timed_out = \"{billed}\"\n"
        )
    };
    let strategy = "[strategies.only]\nrouter.weighted = { \"p/a\" = 1, \"q/b\" = 1 }\nhedge.after = \"5s\"\n";
    run(&world("poisson.rate = \"2/min\"", "1d", replications, &(model("p/a") + &model("q/b") + strategy))).rows
}

/// With rate l and delay d: the time is (1 - e^-ld) / l + e^-ld / (2 l) in the mean, and e^-ld requests have a copy.
#[test]
fn the_time_is_that_of_the_faster_and_copies_are_as_many_as_are_slow() {
    let rows = rows("yes", 200);
    let late = (-0.5_f64).exp();
    let time = 10.0 * (1.0 - late) + 5.0 * late;
    assert_mean(&rows, |row| row.time_to_image_sum as f64 / 1e6 - time * row.delivered as f64, 0.0, "time to image");
    assert_mean(&rows, |row| row.attempts as f64 - (1.0 + late) * row.requests as f64, 0.0, "attempts");
    assert!(rows.iter().all(|row| row.delivered == row.requests), "nothing fails");
}

/// Every copy is either the one that delivers or needless: the needless ones are waste, and the client books none of them.
#[test]
fn the_loser_is_billed_or_not_as_its_provider_bills_what_comes_too_late() {
    let price: Usd = PRICE.parse().expect("money");
    for row in rows("yes", 5) {
        let needless = price * (row.attempts - row.delivered);
        let bought = price * (row.delivered);
        assert_eq!((row.cost, row.wasted, row.booked), (bought + needless, needless, bought));
        assert_eq!(row.gaps[3], needless);
        assert!(needless > Usd::ZERO);
    }
    for row in rows("no", 5) {
        assert_eq!((row.cost, row.wasted, row.booked), (row.booked, Usd::ZERO, row.cost));
        assert_eq!(row.cost, price * (row.delivered));
    }
    for (unknown, billed) in rows("unknown", 3).iter().zip(rows("yes", 3)) {
        let most: Usd = unknown.cases.iter().map(|case| case.cost).sum();
        assert!(unknown.cost == unknown.booked && unknown.cost + most == billed.cost, "{most:?}");
    }
}

/// A hedge after the time of 90 % of the answers: the tail is shorter. More than a tenth has a copy, since slow answers that are
/// overtaken are called off and never measured.
#[test]
fn a_hedge_by_measured_times_cuts_the_tail() {
    let model = |name: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{PRICE}\"\nlatency.lognormal = {{ p50 = \"5s\", p95 = \"30s\" }}\n")
    };
    let strategy = |name: &str, hedge: &str| format!("[strategies.{name}]\nrouter.fallback = [\"p/a\", \"q/b\"]\n{hedge}\n");
    let strategies = strategy("plain", "") + &strategy("hedged", "hedge.after_share = \"90%\"");
    let rows = run(&world("poisson.rate = \"2/min\"", "1d", 20, &(model("p/a") + &model("q/b") + &strategies))).rows;
    for pair in rows.chunks(2) {
        let (plain, hedged) = (&pair[0], &pair[1]);
        let share = hedged.attempts as f64 / hedged.requests as f64 - 1.0;
        assert!((0.1..0.35).contains(&share), "{share}");
        let p99 = |row: &Row| row.time_to_image.expect("delivered")[2].as_secs_f64();
        assert!(p99(hedged) < 0.8 * p99(plain), "{} against {}", p99(hedged), p99(plain));
    }
}
