//! How many attempts each strategy sent to each deployment, and how they ended.

use super::named::{self, Defined};
use super::{About, Column, Kind, Table};
use crate::experiment::{AnswerLine, Results, Summary};

pub(super) static ABOUT: About = About {
    name: "attempts",
    rows: "a strategy, a deployment and a way in which its attempts ended, over all replications; only what occurred. They are \
           counts of whole replications: a limit meets more of them at its busiest hour",
};

pub(super) static COLUMNS: [Defined<AnswerLine>; 5] = [
    (Column::new("strategy", Kind::Text, "the strategy"), |row| row.0.into()),
    (Column::new("deployment", Kind::Text, "the model that was asked, with the gateway between, if any"), |row| row.1.into()),
    (
        Column::new(
            "outcome",
            Kind::Text,
            "how they ended: delivered, filtered, failed, timed_out, rate_limited, gone or refused",
        ),
        |row| row.2.outcome.name().into(),
    ),
    (Column::new("count", Kind::Count, "how many, over all replications"), |row| row.2.count.into()),
    (Column::new("mean", Kind::Number, "how many per replication"), |row| row.2.mean.into()),
];

pub(super) fn table<'a>(results: &'a Results, summary: &'a Summary) -> Table<'a> {
    named::table(&ABOUT, &COLUMNS, (results, summary), |strategy| &strategy.answers, |line| line.deployment.index())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::made_up;
    use crate::report::tables::csv;

    #[test]
    fn attempts_name_strategy_deployment_and_outcome() {
        let results = made_up::results(&["a", "b"], 4);
        let text = csv::write(&table(&results, &Summary::of(&results))).expect("memory");
        let text = String::from_utf8(text).expect("text");
        let delivered: u64 = results.of(0).map(|row| row.delivered).sum();
        let first = format!("a,google/imagen-3,delivered,{delivered},{}\n", delivered as f64 / 4.0);
        assert!(text.starts_with(&format!("strategy,deployment,outcome,count,mean\n{first}")), "{text}");
        assert!(text.lines().count() == 11 && text.contains("\nb,qwen/image,rate_limited,"), "{text}");
    }
}
