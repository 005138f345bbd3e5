//! `sweep.csv` and `break-even.csv`: tidy, one figure a row, for spreadsheets and data frames.

use crate::experiment::{Axis, BreakEven, Metric, Sweep, Value};
use crate::stats::Estimate;

/// The columns of every figure.
const FIGURE: [&str; 9] = ["strategy", "baseline", "metric", "figure", "value", "lo", "hi", "n", "method"];

/// The text of `sweep.csv`: a row for each point, strategy, metric and figure. Of the columns of axes one has the value as the
/// scenario has it, and one the number in it.
pub(super) fn sweep_csv(sweep: &Sweep) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(axes(&sweep.axes).into_iter().chain(FIGURE.map(str::to_owned)))?;
    for point in &sweep.points {
        let at = places(&point.at);
        let mut put = |strategy: usize, baseline: &str, metric: Metric, name: &str, e: Option<&Estimate>| match e {
            Some(e) => csv.write_record(at.iter().cloned().chain(figure(&sweep.strategies[strategy], baseline, metric, name, e))),
            None => Ok(()),
        };
        for strategy in 0..sweep.strategies.len() {
            for (metric, distribution) in point.strategies[strategy].iter() {
                let d = distribution.as_ref();
                put(strategy, "", metric, "mean", d.map(|d| &d.mean))?;
                put(strategy, "", metric, "p10", d.map(|d| &d.p10))?;
                put(strategy, "", metric, "p50", d.map(|d| &d.p50))?;
                put(strategy, "", metric, "p90", d.map(|d| &d.p90))?;
            }
            put(strategy, "", sweep.metric, "mean_if_billed", point.if_billed[strategy].as_ref())?;
            for (metric, difference) in point.differences[strategy].iter() {
                put(strategy, &sweep.strategies[sweep.baseline], metric, "mean_difference", difference.as_ref())?;
            }
        }
    }
    finished(csv)
}

/// The text of `break-even.csv`: every place at which it was run, with the mean of each strategy and the difference of each pair.
pub(super) fn break_even_csv(found: &BreakEven) -> csv::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let (asked, metric) = (&found.question, found.question.metric);
    csv.write_record(axes(std::slice::from_ref(&asked.axis)).into_iter().chain(FIGURE.map(str::to_owned)))?;
    for place in &found.places {
        let at = places(std::slice::from_ref(&place.at));
        for (name, mean) in asked.strategies.iter().zip(&place.means) {
            if let Some(e) = mean {
                csv.write_record(at.iter().cloned().chain(figure(name, "", metric, "mean", e)))?;
            }
        }
        for (&[a, b], difference) in asked.pairs.iter().zip(&place.differences) {
            if let Some(e) = difference {
                let names = (&asked.strategies[a], &asked.strategies[b]);
                csv.write_record(at.iter().cloned().chain(figure(names.0, names.1, metric, "mean_difference", e)))?;
            }
        }
    }
    finished(csv)
}

fn axes(axes: &[Axis]) -> Vec<String> {
    axes.iter().flat_map(|axis| [axis.path.clone(), format!("{} (number)", axis.path)]).collect()
}

fn places(at: &[Value]) -> Vec<String> {
    let number = |value: &Value| value.number.map_or_else(String::new, |number| number.to_string());
    at.iter().flat_map(|value| [value.text.clone(), number(value)]).collect()
}

fn figure(strategy: &str, baseline: &str, metric: Metric, name: &str, e: &Estimate) -> [String; 9] {
    let end = |end: Option<f64>| end.map_or_else(String::new, |end| end.to_string());
    let start = [strategy, baseline, metric.key(), name].map(str::to_owned);
    let [strategy, baseline, metric, name] = start;
    [strategy, baseline, metric, name, e.value.to_string(), end(e.lo), end(e.hi), e.n.to_string(), e.method.to_owned()]
}

fn finished(csv: csv::Writer<Vec<u8>>) -> csv::Result<Vec<u8>> {
    csv.into_inner().map_err(|error| error.into_error().into())
}
