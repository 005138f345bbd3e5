//! Invoices through the whole simulation: 96 images at 0.0413 USD, one each hour from 30 January to 2 February, 48 in each
//! month, 3.9648 USD by list; under each term the total of charges.csv is what a hand computes, to the picodollar.

use spendcast::experiment::Summary;
use spendcast::report::charges_table;
use spendcast::units::Usd;

use crate::fixture::{assert_mean, compile, results, run_with, world};

const MODELS: &str = "[models.\"p/a\"]\nprice.per_image = \"0.0413 USD\"\nlatency = \"1s\"\n";

fn scenario(rest: &str, router: &str) -> String {
    let text =
        world("constant.rate = \"24/d\"", "4d", 2, &format!("{MODELS}{rest}\n[strategies.only]\nrouter.single = \"{router}\"\n"));
    text.replace("start = 2026-01-01", "start = 2026-01-30")
}

/// The total of charges.csv for one replication, which is the cost in every row as well.
fn total(text: &str) -> String {
    let (compiled, settings) = compile(text);
    let results = results(&compiled, run_with(&compiled, settings));
    let csv = charges_table(&results, &Summary::of(&results)).csv().expect("memory");
    let mut read = csv::Reader::from_reader(csv.as_slice());
    let total: Usd = read.records().map(|record| amount(&record.expect("well-formed")[6])).sum();
    assert!(results.rows.iter().all(|row| row.cost * 2 == total && row.spend.last() == Some(&row.cost)));
    results.rows[0].cost.to_string()
}

/// Exact decimal text; a rebate is negative.
fn amount(text: &str) -> Usd {
    let usd: Usd = format!("{} USD", text.trim_start_matches('-')).parse().expect("exact decimal text");
    if text.starts_with('-') { -usd } else { usd }
}

/// What every term makes of it, for an account, a provider, the model alone, and a gateway alike.
const TERMS: [(&str, &str); 24] = [
    ("", "3.9648"),
    ("markup = \"+30%\"", "5.15424"),
    ("markup = \"-25%\"", "2.9736"),
    ("free.amount.images = 10", "3.5518"),
    ("free = { amount.images = 10, renews = \"month\" }", "3.1388"),
    ("free = { amount.money = \"1 USD\", expires = \"10h\" }", "3.5518"),
    ("volume.by.images = [{ above = 20, price = \"0.03 USD\" }]", "3.332"),
    ("volume = { kind = \"cliff\", by.images = [{ above = 20, discount = \"10%\" }] }", "3.56832"),
    ("volume = { by.spend = [{ above = \"1 USD\", discount = \"50%\" }], resets = \"never\" }", "2.4824"),
    ("subscription = { fee = \"10 USD\", quota.images = 30 }", "21.4868"),
    ("subscription = { fee = \"10 USD\", quota.images = 30, beyond.price = \"0.05 USD\" }", "21.8"),
    ("subscription = { fee = \"10 USD\", quota.images = 30, beyond.slow = 10 }", "20"),
    ("subscription = { fee = \"10 USD\", every = \"1d\", quota.generation = \"20s\", beyond.price = \"36 USD\" }", "40.16"),
    ("per_request.fee = \"0.001 USD\"", "4.0608"),
    ("usage_fee = { share = \"5.5%\", free_requests = 8 }", "4.14652"),
    ("platform = { fee = \"49 USD\", included = 20, overage = { fee = \"9 USD\", per = 20 } }", "137.9648"),
    ("credits = { credit = \"0.01 USD\", pack = 100, price = \"0.90 USD\" }", "3.56832"),
    ("credits = { credit = \"0.01 USD\", pack = 100, price = \"0.90 USD\", whole = true }", "4.32"),
    // A pack lasts for 12 images and expires; of the eighth, the horizon meets only the images.
    ("credits = { credit = \"0.01 USD\", pack = 100, price = \"0.90 USD\", expires = \"12h\" }", "6.74604"),
    ("top_up = { purchase = \"1 USD\", fee = \"5.5%\", minimum = \"0.80 USD\" }", "7.1648"),
    ("top_up = { purchase = \"100 USD\", fee = \"5.5%\", minimum = \"0.80 USD\" }", "9.4648"),
    ("standing = [{ fee = \"200 USD\" }, { fee = \"0.25 USD\", every = \"day\" }]", "404.9648"),
    ("integration = \"4000 USD\"", "4003.9648"),
    // 0.05369 USD each, of which 76 are paid, with 1 % and from a balance of 5 USD bought for 5.50.
    (
        "markup = \"+30%\"\nfree = { amount.images = 10, renews = \"month\" }\nusage_fee.share = \"1%\"\ntop_up = { purchase = \"5 USD\", fee = \"10%\" }",
        "4.6212444",
    ),
];

#[test]
fn each_term_makes_the_invoice_that_a_hand_computes() {
    for (terms, expected) in TERMS {
        for (owner, router) in [
            ("models.\"p/a\".terms", "p/a"),
            ("accounts.p.terms", "p/a"),
            ("providers.p.terms", "p/a"),
            ("gateways.g.terms", "p/a via g"),
        ] {
            assert_eq!(total(&scenario(&format!("[{owner}]\n{terms}"), router)), expected, "{owner}: {terms}");
        }
    }
}

/// Through a gateway the provider's own terms are left out, unless the client brings its own key: then both bill. The
/// provider 10 % off, the gateway 5 % of that: 96 x 0.03717 = 3.56832, and 0.178416.
#[test]
fn with_ones_own_key_both_bill() {
    let terms = "[accounts.p.terms]\nmarkup = \"-10%\"\nstanding.fee = \"7 USD\"\n[gateways.g]\nown_key = false\nterms.usage_fee.share = \"5%\"\n";
    assert_eq!(total(&scenario(terms, "p/a")), "17.56832");
    assert_eq!(total(&scenario(terms, "p/a via g")), "4.16304");
    assert_eq!(total(&scenario(&terms.replace("own_key = false", "own_key = true"), "p/a via g")), "17.746736");
}

/// One account's quota is one for all its models: 96 images by turns at 0.0413 and 0.10 USD, of which the first 11 are free.
#[test]
fn models_of_one_account_share_its_terms() {
    let text = "[models.\"p/b\"]\nprice.per_image = \"0.10 USD\"\nlatency = \"1s\"\nlimits.requests = { rate = \"1/2h\", burst = 1 }\n\
        [accounts.p.terms]\nfree.amount.images = 11";
    let text = scenario(text, "p/b").replace("router.single = \"p/b\"", "router.fallback = [\"p/b\", \"p/a\"]");
    // The first at 0.10, the second at 0.0413 and so on: 6 + 5 are free, 42 x 0.10 + 43 x 0.0413 are not.
    assert_eq!(total(&text), "5.9759");
}

/// A standing fee is due whatever is asked for; where a strategy never goes there, it owes nothing.
#[test]
fn who_is_not_used_is_not_paid() {
    let other = "[models.\"q/b\"]\nprice.per_image = \"1 USD\"\nlatency = \"1s\"\n[providers.q.terms]\nstanding.fee = \"100 USD\"\n[strategies.other]\nrouter.fallback = [\"p/a\", \"q/b\"]\n";
    let (compiled, settings) = compile(&scenario(other, "p/a"));
    let rows = run_with(&compiled, settings).rows;
    let mut costs: Vec<String> = rows.iter().map(|row| row.cost.to_string()).collect();
    costs.sort();
    assert_eq!(costs, ["203.9648", "203.9648", "3.9648", "3.9648"]);
}

/// Successors and places that a gateway goes on to bill for every month, too, once the strategy may come there.
#[test]
fn who_may_be_used_is_paid_from_the_start() {
    let next =
        "[models.\"q/b\"]\nprice.per_image = \"0.0413 USD\"\nlatency = \"1s\"\n[providers.q.terms]\nstanding.fee = \"100 USD\"\n";
    let gone = "[models.\"p/old\"]\nprice.per_image = \"0.0413 USD\"\nlatency = \"1s\"\nlife = { shutdown = 2026-02-27, successor = \"q/b\" }\n";
    let text = scenario(&format!("{next}{gone}"), "p/old") + "migrate.ahead = \"0s\"\n";
    assert_eq!(total(&text.replace("2026-02-27", "2026-02-02")), "203.9648");
    // Whom it comes to after the horizon alone is not paid within it.
    assert_eq!(total(&text), "3.9648");
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/a\" }, { from = 2026-02-01, model = \"q/b\" }]\n";
    let text = scenario(&format!("{next}{floating}"), "p/latest");
    assert_eq!(total(&text), "203.9648");
    assert_eq!(total(&text.replace("2026-02-01", "2026-02-27")), "3.9648");
    let failover = "[gateways.g]\nown_key = true\nfailover.\"p/a\" = [\"q/b\"]\n";
    assert_eq!(total(&scenario(&format!("{next}{failover}"), "p/a via g")), "203.9648");
}

/// A gateway's own failover: what fails at the first goes on to the second, and both bill. With failures of f at both and
/// billed ones: delivered 1 - f^2, cost p (1 + f), and the gateway's share on all of it.
#[test]
fn failover_delivers_more_and_bills_both() {
    let model = |name: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\nfailure = \"20%\"\nbilling.failed = \"yes\"\n"
        )
    };
    let gateway = "[gateways.g]\nlatency = \"100ms\"\nfailover.\"p/a\" = [\"q/b\"]\nterms.usage_fee.share = \"5%\"\n";
    let rest = format!("{}{}{gateway}[strategies.only]\nrouter.single = \"p/a via g\"", model("p/a"), model("q/b"));
    let (compiled, settings) = compile(&world("poisson.rate = \"2000/d\"", "1d", 300, &rest));
    let rows = run_with(&compiled, settings).rows;
    assert_mean(&rows, |row| row.delivered as f64 - 0.96 * row.requests as f64, 0.0, "delivered");
    assert_mean(&rows, |row| row.cost.to_f64() - 1.05 * 0.04 * 1.2 * row.requests as f64, 0.0, "cost");
    // Of the failed ones two are billed, of those that went on one.
    assert_mean(&rows, |row| row.wasted.to_f64() - 0.04 * (0.2 + 0.04) * row.requests as f64, 0.0, "wasted");
    // The second starts when the first has failed, and the gateway's own time is taken once: 2.1 s, or 4.1.
    assert_mean(&rows, |row| row.time_to_image_sum as f64 / 1e6 - (0.8 * 2.1 + 0.16 * 4.1) * row.requests as f64, 0.0, "time");
    assert!(rows.iter().all(|row| row.attempts == row.requests && row.failed + row.delivered == row.requests));
}

/// A gateway that fails by itself before anything is billed, of which the failover makes nothing better than its own luck.
#[test]
fn a_gateways_own_failures_cost_nothing() {
    let gateway = "[gateways.g]\nfailure = \"10%\"\n";
    let (compiled, settings) =
        compile(&scenario(gateway, "p/a via g").replace("24/d", "2400/d").replace("replications = 2", "replications = 100"));
    let rows = run_with(&compiled, settings).rows;
    assert_mean(&rows, |row| row.failed as f64, 960.0, "failed");
    assert!(rows.iter().all(|row| row.cost.picos() == 41_300_000_000 * i128::from(row.delivered)));
}
