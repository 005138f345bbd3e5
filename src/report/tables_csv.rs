//! `replications.csv`, `charges.csv` and `attempts.csv`: everything that was simulated, for spreadsheets and data frames.
//!
//! Money is exact decimal text without separators, means rounded half to even to the picodollar; an empty field is an
//! undefined value. What nobody knows to be billed is in no cost: `unknown_usd` and `unknown_wasted_usd` are what it adds to
//! `cost_usd` and to `wasted_usd` if all of it is, and are there even where nothing is unknown.

use crate::experiment::{Metric, Results, Row, Summary};
use crate::model::Stage;
use crate::units::SimDuration;

/// The text of `replications.csv`: one row per replication and strategy.
///
/// # Errors
/// None that results can cause; passed on from `csv`.
pub fn replications_csv(results: &Results) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut columns = vec![
        "replication",
        "strategy",
        "journeys",
        "accepted",
        "requests",
        "delivered",
        "filtered",
        "failed",
        "timed_out",
        "rate_limited",
        "gone",
        "refused",
        "images",
        "attempts",
        "cost_usd",
        "wasted_usd",
        "unknown_usd",
        "unknown_wasted_usd",
        "booked_usd",
        "unbooked_failed_usd",
        "unbooked_timed_out_usd",
        "unbooked_refused_usd",
        "unbooked_hedged_usd",
        "unbooked_fees_usd",
        "unbooked_prices_usd",
        "time_to_image_p50_s",
        "time_to_image_p95_s",
        "time_to_image_p99_s",
        "time_to_accepted_p50_s",
        "time_to_accepted_p95_s",
        "cached",
        "overshoot_usd",
        "seen_late_usd",
        "first_alert_day",
        "unbooked_retried_usd",
    ];
    let bounds = results.rows.iter().any(|row| row.bounds.is_some());
    if bounds {
        columns.extend(["time_to_image_mean_s", "bound_usd", "bound_time_to_image_mean_s", "bound_delivered"]);
    }
    csv.write_record(columns)?;
    for row in &results.rows {
        let bounds = if bounds { bounds_of(row) } else { Vec::new() };
        csv.write_record(record(results, row).into_iter().chain(bounds))?;
    }
    finished(csv)
}

fn record(results: &Results, row: &Row) -> Vec<String> {
    let seconds = |length: SimDuration| length.as_secs_f64().to_string();
    let to_image = row.time_to_image.map_or_else(Default::default, |times| times.map(seconds));
    let to_accepted = row.time_to_accepted.map_or_else(Default::default, |times| times.map(seconds));
    let strategy = results.strategies.get(usize::from(row.strategy)).cloned().unwrap_or_default();
    let mut record = vec![row.replication.to_string(), strategy, row.journeys.to_string()];
    record.push(row.accepted.map_or_else(String::new, |accepted| accepted.to_string()));
    let lost = [row.filtered, row.failed, row.timed_out, row.rate_limited, row.gone, row.refused];
    let counts = [row.requests, row.delivered].into_iter().chain(lost).chain([row.images, row.attempts]);
    record.extend(counts.map(|count| count.to_string()));
    let unknown = results.unknown(row);
    let money = [row.cost, row.wasted, unknown.cost, unknown.wasted, row.booked].into_iter().chain(row.gaps);
    record.extend(money.map(|amount| amount.to_string()));
    record.extend(to_image);
    record.extend(to_accepted);
    record.push(row.cached.to_string());
    let guarded = row.guarded.map(|guarded| [guarded.overshoot, guarded.late].map(|amount| amount.to_string()));
    record.extend(guarded.unwrap_or_default());
    record.push(Metric::FirstAlert.of(row).map_or_else(String::new, |day| day.to_string()));
    record.push(row.retried.to_string());
    record
}

/// How far from the best possible a row is.
fn bounds_of(row: &Row) -> Vec<String> {
    let seconds = |metric: Metric| metric.of(row).map_or_else(String::new, |seconds| seconds.to_string());
    let cost = row.bound_cost().map_or_else(String::new, |amount| amount.to_string());
    let delivered = row.bound_delivered().map_or_else(String::new, |count| count.to_string());
    vec![seconds(Metric::TimeToImageMean), cost, seconds(Metric::BoundTimeToImageMean), delivered]
}

/// The text of `charges.csv`: one row per strategy, deployment, stage and cause, over all replications.
///
/// # Errors
/// None that results can cause; passed on from `csv`.
pub fn charges_csv(results: &Results, summary: &Summary) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["strategy", "payee", "stage", "cause", "billed", "count", "total_usd", "mean_usd"])?;
    for strategy in &summary.strategies {
        for line in &strategy.bill {
            let payee = results.payees.get(line.key.payee.index()).map_or("", String::as_str);
            let (count, total, mean) = (line.count.to_string(), line.total.to_string(), line.mean.to_string());
            let stage = line.key.stage.map_or("", Stage::name);
            let billed = if line.key.certain { "yes" } else { "unknown" };
            csv.write_record([&strategy.name, payee, stage, line.key.cause.name(), billed, &count, &total, &mean])?;
        }
    }
    finished(csv)
}

/// The text of `attempts.csv`: how many attempts each strategy sent to each deployment and how they ended, over all
/// replications and per replication; only what occurred. They are counts of a whole replication: a limit
/// meets more of them at its busiest hour.
///
/// # Errors
/// None that results can cause; passed on from `csv`.
pub fn attempts_csv(results: &Results, summary: &Summary) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["strategy", "deployment", "outcome", "count", "mean"])?;
    for strategy in &summary.strategies {
        for line in &strategy.answers {
            let deployment = results.payees.get(line.deployment.index()).map_or("", String::as_str);
            let (count, mean) = (line.count.to_string(), line.mean.to_string());
            csv.write_record([&strategy.name, deployment, line.outcome.name(), &count, &mean])?;
        }
    }
    finished(csv)
}

fn finished(csv: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    csv.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::units::Usd;

    #[test]
    fn replications_are_exact_and_complete() {
        let results = made_up::results(&["a", "b, \"quoted\""], 3);
        let mut results = made_up::in_doubt(results, &["google bills filtered"], |_, strategy| strategy as u64 * 7);
        results.rows[0].accepted = None;
        results.rows[0].time_to_image = None;
        results.rows[2].time_to_accepted = None;
        results.rows[4].guarded = None;
        let text = replications_csv(&results).expect("memory");
        let mut read = csv::Reader::from_reader(text.as_slice());
        let records: Vec<csv::StringRecord> = read.records().map(|r| r.expect("well-formed")).collect();
        assert_eq!(records.len(), 6);
        assert_eq!((&records[1][1], &records[0][3], &records[0][25]), ("b, \"quoted\"", "", ""));
        let median = results.rows[0].time_to_accepted.map(|[p50, _]| p50.as_secs_f64().to_string());
        assert_eq!((Some(&records[0][28]), &records[2][28], &records[2][29]), (median.as_deref(), "", ""));
        assert_eq!([31, 32, 33].map(|column| &records[4][column]), [""; 3]);
        for (record, row) in records.iter().zip(&results.rows) {
            let money = |column: usize| format!("{} USD", &record[column]).parse::<Usd>().expect("exact decimal text");
            let known = [row.cost, row.wasted, row.cases[0].cost, row.cases[0].wasted, row.booked];
            assert_eq!([14, 15, 16, 17, 18].map(money), known);
            assert_eq!([19, 20, 21, 22, 23, 24].map(money), row.gaps);
            assert_eq!(row.gaps.into_iter().sum::<Usd>(), row.cost - row.booked);
            if let Some(guarded) = row.guarded {
                assert_eq!([31, 32].map(money), [guarded.overshoot, guarded.late]);
            }
            let count = |column: usize| record[column].parse::<u64>().expect("a count");
            assert_eq!(count(4), (5..12).map(count).sum::<u64>());
        }
    }

    #[test]
    fn bounds_have_columns_where_they_were_asked_for() {
        let plain = made_up::results(&["a"], 2);
        let with = made_up::with_bounds(plain.clone());
        let table = |results: &Results| String::from_utf8(replications_csv(results).expect("memory")).expect("text");
        let (plain, text) = (table(&plain), table(&with));
        for (before, after) in plain.lines().zip(text.lines()) {
            assert_eq!(after.strip_prefix(before).map(|more| more.matches(',').count()), Some(4), "{after}");
        }
        let row = &with.rows[0];
        let seconds = |sum: u128| (sum as f64 / 1e6 / row.delivered as f64).to_string();
        let (time, bound) = (seconds(row.time_to_image_sum), seconds(row.time_to_image_sum / 3));
        let delivered = row.delivered + row.requests / 100;
        let end = format!(",{time},{},{bound},{delivered}", row.cost.times_ratio(1, 2));
        assert!(text.lines().nth(1).is_some_and(|line| line.ends_with(&end)), "{text}\n{end}");
    }

    #[test]
    fn attempts_name_strategy_deployment_and_outcome() {
        let results = made_up::results(&["a", "b"], 4);
        let text = attempts_csv(&results, &Summary::of(&results)).expect("memory");
        let text = String::from_utf8(text).expect("text");
        let delivered: u64 = results.of(0).map(|row| row.delivered).sum();
        let first = format!("a,google/imagen-3,delivered,{delivered},{}\n", delivered as f64 / 4.0);
        assert!(text.starts_with(&format!("strategy,deployment,outcome,count,mean\n{first}")), "{text}");
        assert!(text.lines().count() == 11 && text.contains("\nb,qwen/image,rate_limited,"), "{text}");
    }

    #[test]
    fn charges_name_strategy_and_payee() {
        let results = made_up::results(&["a", "b"], 3);
        let text = charges_csv(&results, &Summary::of(&results)).expect("memory");
        let text = String::from_utf8(text).expect("text");
        assert!(
            text.starts_with(
                "strategy,payee,stage,cause,billed,count,total_usd,mean_usd\na,google/imagen-3,final,delivered,yes,"
            )
        );
        assert_eq!(text.lines().count(), 11);
        let mut read = csv::Reader::from_reader(text.as_bytes());
        let amount = |text: &str| format!("{text} USD").parse::<Usd>().expect("exact decimal text");
        for record in read.records().map(|r| r.expect("well-formed")) {
            assert_eq!(amount(&record[7]), amount(&record[6]).times_ratio(1, 3));
        }
    }
}
