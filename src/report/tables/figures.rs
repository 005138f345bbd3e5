//! The figures of a sweep or a break-even: tidy, one a row.

use std::borrow::Cow;

use super::column::ends;
use super::{About, Cell, Column, Kind, Table};
use crate::experiment::{Axis, BreakEven, Metric, Sweep, Value};
use crate::stats::Estimate;

pub(super) static SWEEP: About = About {
    name: "sweep",
    rows: "a point, a strategy, a metric and a figure: `mean`, `p10`, `p50`, `p90`; `mean_if_billed`, the mean if all that nobody knows \
           to be billed is; and `mean_difference`, that of the strategy and the baseline",
};

pub(super) static BREAK_EVEN: About = About {
    name: "break-even",
    rows: "a place at which it was run, and the mean of a strategy, or the mean difference of a pair: the strategy less the baseline",
};

/// The columns of both: the first two for each path that varies.
pub(super) static COLUMNS: [Column; 11] = [
    Column::new("*PATH*", Kind::Text, "the value of a path that varies, as the scenario has it"),
    Column::perhaps("*PATH* (number)", Kind::Number, "the number in it; empty where it is none"),
    Column::new("strategy", Kind::Text, "the strategy"),
    Column::perhaps("baseline", Kind::Text, "what it is compared with; empty where the figure is its own"),
    Column::new("metric", Kind::Text, "the metric, which ends in its unit"),
    Column::new("figure", Kind::Text, "what of the metric"),
    Column::new("value", Kind::Number, "the figure"),
    Column::perhaps("lo", Kind::Number, "the lower end of its 95 % interval; empty where there is none"),
    Column::perhaps("hi", Kind::Number, "the upper end"),
    Column::new("n", Kind::Count, "the number of replications that it rests on"),
    Column::new("method", Kind::Text, "the estimator"),
];

/// A row: where, of whom, against whom, of what, which figure.
struct Row<'a> {
    at: &'a [Value],
    strategy: &'a str,
    baseline: Option<&'a str>,
    metric: Metric,
    figure: &'static str,
    e: &'a Estimate,
}

impl<'a> Row<'a> {
    fn cell(&self, column: usize) -> Cell<'a> {
        if let Some(value) = self.at.get(column / 2) {
            return if column.is_multiple_of(2) { value.text.as_str().into() } else { value.number.into() };
        }
        let [value, lo, hi] = ends(self.e);
        match column - 2 * self.at.len() {
            0 => self.strategy.into(),
            1 => self.baseline.into(),
            2 => self.metric.key().into(),
            3 => self.figure.into(),
            4 => value.into(),
            5 => lo.into(),
            6 => hi.into(),
            7 => self.e.n.into(),
            _ => Cell::Text(Cow::Borrowed(self.e.method)),
        }
    }
}

/// A row for each point, strategy, metric and figure.
pub(in crate::report) fn sweep<'a>(sweep: &'a Sweep) -> Table<'a> {
    let (mut rows, baseline) = (Vec::new(), sweep.strategies[sweep.baseline].as_str());
    for point in &sweep.points {
        for (strategy, name) in sweep.strategies.iter().enumerate() {
            let mut put = |baseline: Option<&'a str>, metric, figure, e: Option<&'a Estimate>| {
                rows.extend(e.map(|e| Row { at: &point.at, strategy: name, baseline, metric, figure, e }));
            };
            for (metric, distribution) in point.strategies[strategy].iter() {
                let d = distribution.as_ref();
                put(None, metric, "mean", d.map(|d| &d.mean));
                put(None, metric, "p10", d.map(|d| &d.p10));
                put(None, metric, "p50", d.map(|d| &d.p50));
                put(None, metric, "p90", d.map(|d| &d.p90));
            }
            put(None, sweep.metric, "mean_if_billed", point.if_billed[strategy].as_ref());
            for (metric, difference) in point.differences[strategy].iter() {
                put(Some(baseline), metric, "mean_difference", difference.as_ref());
            }
        }
    }
    table(&SWEEP, &sweep.axes, rows)
}

/// Every place at which it was run, with the mean of each strategy and the difference of each pair.
pub(in crate::report) fn break_even(found: &BreakEven) -> Table<'_> {
    let (mut rows, asked) = (Vec::new(), &found.question);
    for place in &found.places {
        let at = std::slice::from_ref(&place.at);
        let row = |strategy, baseline, figure, e| Row { at, strategy, baseline, metric: asked.metric, figure, e };
        let means = asked.strategies.iter().zip(&place.means);
        rows.extend(means.filter_map(|(name, mean)| Some(row(name.as_str(), None, "mean", mean.as_ref()?))));
        let of_pairs = asked.pairs.iter().zip(&place.differences);
        let pair = |&[a, b]: &[usize; 2]| (asked.strategies[a].as_str(), Some(asked.strategies[b].as_str()));
        rows.extend(of_pairs.filter_map(|(names, difference)| {
            let (name, other) = pair(names);
            Some(row(name, other, "mean_difference", difference.as_ref()?))
        }));
    }
    table(&BREAK_EVEN, std::slice::from_ref(&asked.axis), rows)
}

fn table<'a>(about: &'static About, axes: &[Axis], rows: Vec<Row<'a>>) -> Table<'a> {
    let of_axis = |axis: &Axis| {
        let named = |column: &Column| Column { name: Cow::Owned(column.name.replace("*PATH*", &axis.path)), ..column.clone() };
        [named(&COLUMNS[0]), named(&COLUMNS[1])]
    };
    let columns = axes.iter().flat_map(of_axis).chain(COLUMNS[2..].iter().cloned()).collect();
    Table { about, columns, rows: rows.len(), cell: Box::new(move |row, column| rows[row].cell(column)) }
}
