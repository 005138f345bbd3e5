//! What each strategy's money went for.

use super::named::{self, Defined};
use super::{About, Column, Kind, Table};
use crate::experiment::{BillLine, Results, Summary};
use crate::model::Stage;

pub(super) static ABOUT: About =
    About { name: "charges", rows: "a strategy, a payee, a stage and a cause, over all replications; only what occurred" };

pub(super) static COLUMNS: [Defined<BillLine>; 8] = [
    (Column::new("strategy", Kind::Text, "the strategy"), |row| row.0.into()),
    (
        Column::new(
            "payee",
            Kind::Text,
            "who is paid: a deployment, or an account, a provider, a gateway; `client` is one's own",
        ),
        |row| row.1.into(),
    ),
    (Column::perhaps("stage", Kind::Text, "what it served, draft or final; empty where no single attempt caused it"), |row| {
        row.2.key.stage.map(Stage::name).into()
    }),
    (
        Column::new(
            "cause",
            Kind::Text,
            "what it was for: delivered; billed and not delivered: filtered, failed, timed_out, gave_up, hedged, rate_limited; and \
             what no attempt causes: standing, fee, expired, quotes, checks, integration",
        ),
        |row| row.2.key.cause.name().into(),
    ),
    (
        Column::new(
            "billed",
            Kind::Text,
            "yes; or unknown, of what comes to the rest if all that nobody knows to be billed is billed",
        ),
        |row| if row.2.key.certain { "yes" } else { "unknown" }.into(),
    ),
    (Column::new("count", Kind::Count, "how many charges, over all replications"), |row| row.2.count.into()),
    (Column::new("total_usd", Kind::Usd, "their sum over all replications, exact"), |row| row.2.total.into()),
    (Column::new("mean_usd", Kind::Usd, "their sum per replication, rounded half to even to the picodollar"), |row| {
        row.2.mean.into()
    }),
];

/// The table of what was charged.
pub fn table<'a>(results: &'a Results, summary: &'a Summary) -> Table<'a> {
    named::table(&ABOUT, &COLUMNS, (results, summary), |strategy| &strategy.bill, |line| line.key.payee.index())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tables::csv;
    use crate::units::Usd;

    #[test]
    fn charges_name_strategy_and_payee() {
        let results = made_up::results(&["a", "b"], 3);
        let text = csv::write(&table(&results, &Summary::of(&results))).expect("memory");
        let text = String::from_utf8(text).expect("text");
        assert!(
            text.starts_with(
                "strategy,payee,stage,cause,billed,count,total_usd,mean_usd\na,google/imagen-3,final,delivered,yes,"
            )
        );
        assert_eq!(text.lines().count(), 11);
        let mut read = ::csv::Reader::from_reader(text.as_bytes());
        let amount = |text: &str| format!("{text} USD").parse::<Usd>().expect("exact decimal text");
        for record in read.records().map(|r| r.expect("well-formed")) {
            assert_eq!(amount(&record[7]), amount(&record[6]).times_ratio(1, 3));
        }
    }
}
