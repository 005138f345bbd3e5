//! The rules of the specification that every row keeps, and that nothing is lost on the way.

use std::collections::BTreeMap;

use super::*;
use crate::experiment::made_up;
use crate::ledger::{Billed, DayCell, DayKey};
use crate::model::{Cause, PayeeId};
use crate::report::tests::with_report;
use crate::units::Usd;

type Rows = Vec<BTreeMap<String, String>>;

fn rows(results: &crate::experiment::Results, start: &str, version: Focus) -> Rows {
    let start: jiff::Zoned = start.parse().expect("an instant");
    let text = with_report(results, |report| table(report, &start, version).csv().expect("memory"));
    let mut read = csv::Reader::from_reader(text.as_slice());
    let names = read.headers().expect("a head").clone();
    let row = |record: csv::StringRecord| names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    read.records().map(|record| row(record.expect("well-formed"))).collect()
}

fn usd(row: &BTreeMap<String, String>, name: &str) -> Usd {
    let text = &row[name];
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let amount: Usd = format!("{text} USD").parse().expect("exact decimal text");
    Usd::from_picos(sign * amount.picos())
}

#[test]
fn each_version_has_its_columns() {
    let names = |version: Focus| version.columns().map(|column| column.name.to_string()).collect::<Vec<_>>();
    let (old, new) = (names(Focus::V1_2), names(Focus::V1_4));
    let mandatory = [
        "BilledCost",
        "BillingAccountId",
        "BillingAccountName",
        "BillingCurrency",
        "BillingPeriodEnd",
        "BillingPeriodStart",
        "ChargeCategory",
        "ChargeClass",
        "ChargeDescription",
        "ChargePeriodEnd",
        "ChargePeriodStart",
        "ContractedCost",
        "EffectiveCost",
        "InvoiceIssuerName",
        "ListCost",
        "PricingQuantity",
        "PricingUnit",
        "ServiceCategory",
        "ServiceName",
    ];
    for name in mandatory {
        assert!(old.iter().any(|has| has == name) && new.iter().any(|has| has == name), "{name}");
    }
    let has = |names: &[String], name: &str| names.iter().any(|has| has == name);
    assert!(has(&old, "ProviderName") && has(&old, "PublisherName") && !has(&old, "HostProviderName"));
    assert!(has(&new, "ServiceProviderName") && has(&new, "HostProviderName") && !has(&new, "ProviderName"));
    assert!(old.iter().chain(&new).filter(|name| name.starts_with('x')).all(|name| name.starts_with("x_")));
}

#[test]
fn days_and_months_are_those_of_the_scenario() {
    let mut results = made_up::results(&["a"], 3);
    results.horizon = crate::units::SimDuration::from_secs_f64(2.25 * 86_400.0);
    results.days[0].retain(|cell| cell.key.day < 3);
    let found = rows(&results, "2026-01-30T00:00:00-08:00[America/Los_Angeles]", Focus::V1_4);
    let times = |at: usize| {
        ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"].map(|name| found[at][name].as_str())
    };
    let january = ["2026-01-01T08:00:00Z", "2026-02-01T08:00:00Z"];
    assert_eq!(times(0), ["2026-01-30T08:00:00Z", "2026-01-31T08:00:00Z", january[0], january[1]]);
    assert!(!found[0].contains_key("InvoiceId"));
    let of_old = rows(&results, "2026-01-30T00:00:00+01:00[Europe/Berlin]", Focus::V1_2);
    assert_eq!(
        [0, 2].map(|at| of_old[at]["InvoiceId"].as_str()),
        ["simulated-made-up-a-google-2026-01", "simulated-made-up-a-google-2026-02"]
    );
    assert_eq!(times(2), ["2026-02-01T08:00:00Z", "2026-02-01T14:00:00Z", january[1], "2026-03-01T08:00:00Z"]);
}

/// A price that is the same for all, one that is not, something given back, a standing charge, and what nobody knows.
#[test]
fn every_row_keeps_the_rules() {
    let mut results = made_up::results(&["a"], 4);
    let cell = |payee, cause, billed, (count, total, listed): (i64, i128, i128)| {
        let key = DayKey { day: 0, payee: PayeeId(payee), cause, billed };
        DayCell { key, count, total: Usd::from_picos(total), listed: Usd::from_picos(listed) }
    };
    results.payees = ["google/imagen-3", "gateway openrouter", "client"].map(str::to_owned).to_vec();
    results.days[0] = vec![
        cell(0, Cause::Delivered, Billed::Surely, (10, 400_000_000_000, 500_000_000_000)),
        cell(0, Cause::Filtered, Billed::Surely, (3, 100_000_000_001, 100_000_000_001)),
        cell(0, Cause::Failed, Billed::Perhaps, (2, 80_000_000_000, 80_000_000_000)),
        cell(1, Cause::Fee, Billed::Back, (1, -8_000_000_000, -8_000_000_000)),
        cell(2, Cause::Standing, Billed::Surely, (4, 120_000_000_000_000, 120_000_000_000_000)),
    ];
    for version in Focus::ALL {
        let rows = rows(&results, "2026-01-01T00:00:00+00:00[UTC]", version);
        let of = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
        assert_eq!(of("ChargeCategory"), ["Usage", "Usage", "Usage", "Credit", "Purchase"]);
        assert_eq!(of("ChargeFrequency"), ["Usage-Based", "Usage-Based", "Usage-Based", "Usage-Based", "Recurring"]);
        assert_eq!(of("BilledCost"), ["0.1", "0.025", "0", "-0.002", "30"]);
        assert_eq!(of("ListCost"), ["0.125", "0.025", "0", "-0.002", "30"]);
        assert_eq!(of("x_UnknownCost"), ["0", "0", "0.02", "0", "0"]);
        assert_eq!(of("x_SumOfReplications")[1], "0.100000000001");
        assert_eq!(of("PricingQuantity"), ["2.5", "0.75", "0", "", "1"]);
        assert_eq!(of("PricingUnit"), ["Requests", "Requests", "Requests", "", "Units"]);
        assert_eq!(of("ConsumedQuantity"), ["2.5", "0.75", "0", "", ""]);
        assert_eq!(of("ContractedUnitPrice"), ["0.04", "", "", "", "30"]);
        assert_eq!(of("ListUnitPrice"), ["0.05", "", "", "", "30"]);
        assert_eq!(of("InvoiceIssuerName"), ["google", "google", "google", "openrouter", "client"]);
        assert_eq!(of("ServiceName"), ["imagen-3", "imagen-3", "imagen-3", "openrouter", "client"]);
        for row in &rows {
            assert!(row["x_Simulated"] == "true" && row["x_SimRunId"] == "cd".repeat(32) && row["x_Seed"] == "7");
            assert_eq!((usd(row, "ContractedCost"), usd(row, "EffectiveCost")), (usd(row, "BilledCost"), usd(row, "BilledCost")));
            assert_eq!(row["PricingQuantity"].is_empty(), row["PricingUnit"].is_empty());
            for (price, cost) in [("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")] {
                if !row[price].is_empty() {
                    let product = usd(row, price).picos() * usd(row, "PricingQuantity").picos();
                    assert_eq!(product, usd(row, cost).picos() * 1_000_000_000_000);
                }
            }
        }
    }
}
