//! FOCUS rows through the command line: the rules of the specification on a scenario with every kind of charge, and that they add up to
//! what the other files say.

use std::collections::BTreeMap;
use std::path::Path;

use spendcast::units::Usd;

use crate::fixture;

/// Terms, a gateway, hedging, unknown billing and something that is given back.
const TEXT: &str = r#"
title = "Every kind of charge"
start = 2026-01-30
time_zone = "America/New_York"
horizon = "3d"
replications = 7
seed = 5
[workload.arrivals.poisson]
rate = "6/h"
[workload.classes.only]
size = "1024x1024"
[models."p/a"]
price.per_image = "0.04 USD"
latency.exponential.mean = "4s"
failure = "5%"
billing = { failed = "yes", filtered = "yes" }
filter.rate = "3%"
terms = { volume = { kind = "cliff", by.images = [{ above = 100, discount = "10%" }], resets = "1d" } }
[models."q/b"]
price.per_image = "0.02 USD"
latency.exponential.mean = "9s"
failure = "20%"
billing.failed = "unknown"
[gateways.g]
terms = { per_request.fee = "0.001 USD" }
[accounts.p]
terms = { subscription = { fee = "30 USD", every = "month", quota.images = 20, beyond.slow = 2 } }
[strategies.one]
router.single = "p/a"
retry.attempts = 3
[strategies.other]
router.fallback = ["q/b via g", "q/b"]
retry.attempts = 2
hedge = { after = "8s", same = true }
"#;

type Row = BTreeMap<String, String>;

fn table(place: &Path, name: &str) -> Vec<Row> {
    let mut read = csv::Reader::from_path(place.join("out").join(name)).expect("the file is there");
    let names = read.headers().expect("a head").clone();
    let row = |record: csv::StringRecord| names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    read.records().map(|record| row(record.expect("well-formed"))).collect()
}

/// A decimal number: digits, a point, and a minus, and nothing else.
fn usd(text: &str) -> Usd {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    assert!(digits.chars().all(|c| c.is_ascii_digit() || c == '.') && !digits.is_empty(), "{text:?}");
    let amount: Usd = format!("{digits} USD").parse().expect("a decimal number");
    Usd::from_picos(sign * amount.picos())
}

/// `YYYY-MM-DDTHH:mm:ssZ`, as an instant.
fn time(text: &str) -> jiff::Timestamp {
    assert!(text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T', "{text}");
    text.parse().expect("an instant")
}

fn check(row: &Row, version: &str) {
    let of = |name: &str| row.get(name).unwrap_or_else(|| panic!("there is no {name}")).as_str();
    let names: &[&str] = match version {
        "1.2" => &["ProviderName", "PublisherName", "InvoiceIssuerName"],
        _ => &["ServiceProviderName", "InvoiceIssuerName"],
    };
    let never_null =
        ["BillingAccountId", "ServiceCategory", "ServiceName", "ChargeFrequency", "ServiceSubcategory", "SubAccountId"];
    for name in names.iter().chain(&never_null) {
        assert!(!of(name).is_empty() && of(name).trim() == of(name), "{name}");
    }
    assert_eq!((of("BillingCurrency"), of("ChargeClass"), of("x_Simulated")), ("USD", "", "true"));
    assert!(["Usage", "Purchase", "Credit"].contains(&of("ChargeCategory")));
    assert!(["One-Time", "Recurring", "Usage-Based"].contains(&of("ChargeFrequency")));
    assert!(of("ChargeCategory") != "Purchase" || of("ChargeFrequency") != "Usage-Based");
    let services =
        [("AI and Machine Learning", "Generative AI"), ("AI and Machine Learning", "AI Platforms"), ("Other", "Other (Other)")];
    assert!(services.contains(&(of("ServiceCategory"), of("ServiceSubcategory"))));
    let [from, to, month, end] =
        ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"].map(|name| time(of(name)));
    assert!(month <= from && from < to && to <= end, "{row:?}");
    let costs = ["BilledCost", "EffectiveCost", "ContractedCost", "ListCost"].map(|name| usd(of(name)));
    assert_eq!(costs[..3], [costs[0]; 3]);
    let null = |name: &str| of(name).is_empty();
    assert_eq!((null("PricingQuantity"), null("ConsumedQuantity")), (null("PricingUnit"), null("ConsumedUnit")));
    assert_eq!(null("PricingQuantity"), of("ChargeCategory") == "Credit");
    assert_eq!(null("ConsumedQuantity"), of("ChargeCategory") != "Usage");
    if of("ChargeCategory") == "Credit" {
        assert!(costs[0] < Usd::ZERO && costs[3] == costs[0]);
    }
    for (price, cost) in [("ListUnitPrice", costs[3]), ("ContractedUnitPrice", costs[2])] {
        if !null(price) {
            let product = usd(of(price)).picos() * usd(of("PricingQuantity")).picos();
            assert!(product == cost.picos() * 1_000_000_000_000 && product >= 0, "{row:?}");
        }
    }
}

#[test]
fn every_row_keeps_the_rules_and_all_of_them_are_the_invoices() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    let run = fixture::spendcast(place.path(), &["run", "a.toml", "--quiet", "--out", "out", "--focus", "1.4,1.2,1.4"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let charges = table(place.path(), "charges.csv");
    let replications = table(place.path(), "replications.csv");
    for version in ["1.2", "1.4"] {
        let rows = table(place.path(), &format!("focus-{version}.csv"));
        for row in &rows {
            check(row, version);
        }
        for strategy in ["one", "other"] {
            let own = || rows.iter().filter(|row| row["SubAccountId"] == strategy && row["x_Strategy"] == strategy);
            let billed: Usd = own().map(|row| usd(&row["x_SumOfReplications"])).sum();
            let invoices: Usd =
                replications.iter().filter(|row| row["strategy"] == strategy).map(|row| usd(&row["cost_usd"])).sum();
            assert_eq!(billed, invoices, "{strategy}");
            let means: Usd = own().map(|row| usd(&row["BilledCost"])).sum();
            assert!((means.picos() - invoices.times_ratio(1, 7).picos()).abs() <= own().count() as i128);
            // What is unknown, and each cause by itself.
            let of_charges = |billed: &str, cause: &str| -> Usd {
                let of =
                    charges.iter().filter(|row| row["strategy"] == strategy && row["billed"] == billed && row["cause"] == cause);
                of.map(|row| usd(&row["total_usd"])).sum()
            };
            for cause in ["delivered", "filtered", "failed", "hedged", "standing", "fee"] {
                let billed: Usd = own().filter(|row| row["x_Cause"] == cause).map(|row| usd(&row["x_SumOfReplications"])).sum();
                assert_eq!(billed, of_charges("yes", cause), "{strategy}: {cause}");
                let unknown: Usd = own().filter(|row| row["x_Cause"] == cause).map(|row| usd(&row["x_UnknownCost"])).sum();
                let expected = of_charges("unknown", cause).times_ratio(1, 7);
                assert!((unknown.picos() - expected.picos()).abs() <= own().count() as i128, "{strategy}: {cause}");
            }
        }
        let has = |name: &str, value: &str| rows.iter().any(|row| row[name] == value);
        assert!(has("ChargeCategory", "Purchase") && has("InvoiceIssuerName", "g") && has("x_Cause", "hedged"));
        assert!(
            rows.iter().any(|row| row["x_UnknownCost"] != "0") && rows.iter().any(|row| row["ListCost"] != row["BilledCost"])
        );
    }
}

/// The list prices of what was delivered are what a client books.
#[test]
fn list_costs_are_what_is_booked() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    let arguments = ["run", "a.toml", "--quiet", "--out", "out", "--focus", "1.4", "--replications", "1"];
    assert!(fixture::spendcast(place.path(), &arguments).status.success());
    let replications = table(place.path(), "replications.csv");
    for row in &replications {
        let rows = table(place.path(), "focus-1.4.csv");
        let own = rows.iter().filter(|line| line["x_Strategy"] == row["strategy"] && line["x_Cause"] == "delivered");
        let listed: Usd = own.filter(|line| line["ChargeCategory"] != "Credit").map(|line| usd(&line["ListCost"])).sum();
        assert_eq!(listed, usd(&row["booked_usd"]), "{}", row["strategy"]);
    }
}
