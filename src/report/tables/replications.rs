//! One row per replication and strategy: everything that was simulated.

use super::{About, Cell, Column, Kind, Table};
use crate::experiment::{Metric, Results, Row};
use crate::units::SimDuration;

pub(super) static ABOUT: About = About {
    name: "replications",
    rows: "a replication and a strategy, replication by replication. What nobody knows to be billed is in no cost: `unknown_usd` and \
           `unknown_wasted_usd` are what it adds to `cost_usd` and to `wasted_usd` if all of it is, and are there even where nothing \
           is unknown",
};

/// A row and all that it is of.
#[derive(Debug, Clone, Copy)]
struct Line<'r> {
    results: &'r Results,
    row: &'r Row,
}

type Of = for<'r> fn(&Line<'r>) -> Cell<'r>;

/// The columns that every run has; those of bounds follow.
const ALWAYS: usize = 36;

#[rustfmt::skip]
static COLUMNS: [(Column, Of); ALWAYS + 4] = [
    (count("replication", "index of the replication, from 0; all strategies met the same traffic with the same luck in it"), |l| u64::from(l.row.replication).into()),
    (Column::new("strategy", Kind::Text, "the strategy"), |l| l.strategy().into()),
    (count("journeys", "journeys that began within the horizon"), |l| l.row.journeys.into()),
    (Column::perhaps("accepted", Kind::Count, "journeys that ended with an accepted image; empty where the scenario has no journeys"), |l| l.row.accepted.into()),
    (count("requests", "requests; each ends in one of the seven columns that follow"), |l| l.row.requests.into()),
    (count("delivered", "requests that were delivered"), |l| l.row.delivered.into()),
    (count("filtered", "requests lost to a content filter"), |l| l.row.filtered.into()),
    (count("failed", "requests lost to a failure of the provider"), |l| l.row.failed.into()),
    (count("timed_out", "requests lost because the client stopped waiting"), |l| l.row.timed_out.into()),
    (count("rate_limited", "requests lost to a limit"), |l| l.row.rate_limited.into()),
    (count("gone", "requests lost because no model was there any more"), |l| l.row.gone.into()),
    (count("refused", "requests that the client itself refused"), |l| l.row.refused.into()),
    (count("images", "images delivered"), |l| l.row.images.into()),
    (count("attempts", "attempts, rate-limited ones included"), |l| l.row.attempts.into()),
    (usd("cost_usd", "the invoice: the sum of all charges that are billed for certain"), |l| l.row.cost.into()),
    (usd("wasted_usd", "the part of it that bought nothing"), |l| l.row.wasted.into()),
    (usd("unknown_usd", "what comes to `cost_usd` if all that nobody knows to be billed is billed"), |l| l.results.unknown(l.row).cost.into()),
    (usd("unknown_wasted_usd", "what comes to `wasted_usd` then"), |l| l.results.unknown(l.row).wasted.into()),
    (usd("booked_usd", "what the client books: the list price of what was delivered"), |l| l.row.booked.into()),
    (usd("unbooked_failed_usd", "billed and not booked: attempts that failed or were turned away"), |l| l.row.gaps[0].into()),
    (usd("unbooked_timed_out_usd", "billed and not booked: attempts that the client no longer waited for"), |l| l.row.gaps[1].into()),
    (usd("unbooked_refused_usd", "billed and not booked: attempts that a content filter refused"), |l| l.row.gaps[2].into()),
    (usd("unbooked_hedged_usd", "billed and not booked: attempts that another one made needless"), |l| l.row.gaps[3].into()),
    (usd("unbooked_fees_usd", "billed and not booked: fees and what falls due whatever is asked for"), |l| l.row.gaps[4].into()),
    (usd("unbooked_prices_usd", "what was delivered, at another price than the list's; less than nothing where the invoice is lower. These six are `cost_usd` less `booked_usd`"), |l| l.row.gaps[5].into()),
    (seconds("time_to_image_p50_s", "median time from a delivered request to its images, to within 0.4 %; empty where nothing was delivered"), |l| l.time_to_image(0)),
    (seconds("time_to_image_p95_s", "its 95th percentile"), |l| l.time_to_image(1)),
    (seconds("time_to_image_p99_s", "its 99th percentile"), |l| l.time_to_image(2)),
    (seconds("time_to_accepted_p50_s", "median time from the arrival of an accepted journey to its accepted image; empty where there is none"), |l| l.time_to_accepted(0)),
    (seconds("time_to_accepted_p95_s", "its 95th percentile"), |l| l.time_to_accepted(1)),
    (count("cached", "requests served from a cache of the client's own, of those delivered"), |l| l.row.cached.into()),
    (Column::perhaps("overshoot_usd", Kind::Usd, "by how much the client's own budgets were passed; empty for a strategy that keeps none"), |l| l.row.guarded.map(|guarded| guarded.overshoot).into()),
    (Column::perhaps("seen_late_usd", Kind::Usd, "what the client learned of too late to heed it; likewise"), |l| l.row.guarded.map(|guarded| guarded.late).into()),
    (Column::perhaps("first_alert_day", Kind::Number, "when a budget first gave the alarm, in days since the start; empty where none did"), |l| Metric::FirstAlert.of(l.row).into()),
    (usd("unbooked_retried_usd", "of the six, what was billed for attempts after the first at a request, hedges aside, and bought nothing"), |l| l.row.retried.into()),
    (usd("list_usd", "what the first requests of these journeys would cost at the list prices of the strategy's cheapest model that has one for all classes; nothing that a strategy does moves it"), |l| l.row.listed.into()),
    (seconds("time_to_image_mean_s", "mean time from a delivered request to its images; this and the rest only where bounds were asked for"), |l| Metric::TimeToImageMean.of(l.row).into()),
    (Column::perhaps("bound_usd", Kind::Usd, "what it paid at least, with hindsight"), |l| l.row.bound_cost().into()),
    (seconds("bound_time_to_image_mean_s", "the mean time at least, with hindsight"), |l| Metric::BoundTimeToImageMean.of(l.row).into()),
    (Column::perhaps("bound_delivered", Kind::Count, "the requests that it delivered at most, with hindsight"), |l| l.row.bound_delivered().into()),
];

const fn count(name: &'static str, meaning: &'static str) -> Column {
    Column::new(name, Kind::Count, meaning)
}

const fn usd(name: &'static str, meaning: &'static str) -> Column {
    Column::new(name, Kind::Usd, meaning)
}

const fn seconds(name: &'static str, meaning: &'static str) -> Column {
    Column::perhaps(name, Kind::Number, meaning)
}

impl<'r> Line<'r> {
    fn strategy(&self) -> &'r str {
        self.results.strategies.get(usize::from(self.row.strategy)).map_or("", String::as_str)
    }

    fn time_to_image(&self, at: usize) -> Cell<'r> {
        self.row.time_to_image.map(|times| SimDuration::as_secs_f64(times[at])).into()
    }

    fn time_to_accepted(&self, at: usize) -> Cell<'r> {
        self.row.time_to_accepted.map(|times| SimDuration::as_secs_f64(times[at])).into()
    }
}

/// The columns of any run.
pub(super) fn columns() -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().map(|(column, _)| column)
}

pub(super) fn table(results: &Results) -> Table<'_> {
    let bounds = results.rows.iter().any(|row| row.bounds.is_some());
    let columns = columns().take(if bounds { COLUMNS.len() } else { ALWAYS }).cloned().collect();
    let cell = |row: usize, column: usize| (COLUMNS[column].1)(&Line { results, row: &results.rows[row] });
    Table { about: &ABOUT, columns, rows: results.rows.len(), cell: Box::new(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tables::csv;
    use crate::units::Usd;

    #[test]
    fn replications_are_exact_and_complete() {
        let results = made_up::results(&["a", "b, \"quoted\""], 3);
        let mut results = made_up::in_doubt(results, &["google bills filtered"], |_, strategy| strategy as u64 * 7);
        results.rows[0].accepted = None;
        results.rows[0].time_to_image = None;
        results.rows[2].time_to_accepted = None;
        results.rows[4].guarded = None;
        let text = csv::write(&table(&results)).expect("memory");
        let mut read = ::csv::Reader::from_reader(text.as_slice());
        let records: Vec<::csv::StringRecord> = read.records().map(|r| r.expect("well-formed")).collect();
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
        let text = |results: &Results| String::from_utf8(csv::write(&table(results)).expect("memory")).expect("text");
        let (plain, text) = (text(&plain), text(&with));
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
}
