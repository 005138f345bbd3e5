//! A sweep: which strategy is cheapest where, the means at each point, and their paired differences.

use std::io;

use super::WhatIf;
use super::findings::{Findings, Listing};
use super::sweep_json::sweep_json;
use super::wording::{differences_of, named};
use crate::experiment::{Metric, MetricUnit, Sweep, SweepPoint, Value};
use crate::report::charts::{OF_SWEEPS, sweep_charts};
use crate::report::figures::FigureRow;
use crate::report::number::{Show, count};
use crate::report::period::Period;
use crate::report::tables::sweep as of_sweep;

/// A sweep and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct SweepReport<'a> {
    /// What was asked.
    pub asked: WhatIf<'a>,
    /// What came out.
    pub sweep: &'a Sweep,
}

/// What the figures are, in every report.
const LEGEND: &str = "[..] = 95 % interval of our simulation error; more replications narrow it. All points and all strategies met \
    the same traffic with the same luck, as far as what varies lets it be, so differences are taken replication by replication; one \
    whose interval holds zero is no difference shown. A strategy is surely the lowest where it is at 95 % among all at that \
    point; with many points some of these are wrong.";

impl<'a> SweepReport<'a> {
    /// What came out, ready for every output.
    ///
    /// # Errors
    /// None that a sweep can cause; passed on from plotters and `serde_json`.
    pub fn findings(&self) -> io::Result<Findings<'a>> {
        let names = self.sweep.strategies.iter().cloned().enumerate().map(|(strategy, name)| (Some(strategy), name)).collect();
        let means = Listing { heading: self.heading(), names, rows: self.means(), path: String::new() };
        Ok(Findings {
            asked: self.asked,
            verdict: self.verdict(),
            caveats: self.caveats(),
            listings: std::iter::once(means).chain(self.differences()).collect(),
            legend: LEGEND,
            charts: sweep_charts(self.sweep, self.asked.basis())?,
            table: (of_sweep(self.sweep), "every metric of every strategy at every point, as has `summary.json`"),
            summary: sweep_json(self)?,
            of_kind: &OF_SWEEPS,
        })
    }

    fn heading(&self) -> String {
        let n = self.sweep.points.first().map_or(0, |point| point.replications);
        format!(
            "Mean {}{}, each strategy, by {} (n = {})",
            named(self.sweep.metric),
            self.period(),
            self.paths(),
            count(n.into())
        )
    }

    fn heading_of_differences(&self) -> String {
        let baseline = &self.sweep.strategies[self.sweep.baseline];
        let (what, paths) = (named(self.sweep.metric), self.paths());
        format!("Paired differences in {what}{}: each strategy minus {baseline}, by {paths}", self.period())
    }

    /// What varies.
    fn paths(&self) -> String {
        self.sweep.axes.iter().map(|axis| axis.path.as_str()).collect::<Vec<_>>().join(" and ")
    }

    /// The length of a replication behind amounts of money, where it is the same at all points.
    fn period(&self) -> String {
        let mut horizons = self.sweep.points.iter().map(|point| point.horizon);
        let first = horizons.next().filter(|first| horizons.all(|other| other == *first));
        first
            .filter(|_| self.sweep.metric == Metric::Cost)
            .map_or_else(String::new, |horizon| format!(" {}", Period::of_length(horizon).rate))
    }

    fn means(&self) -> Vec<FigureRow> {
        let (sweep, metric) = (self.sweep, self.sweep.metric);
        let rows = sweep.points.iter().map(|point| FigureRow {
            label: label(&point.at),
            show: Show::unit(metric.unit()),
            figures: (0..sweep.strategies.len()).map(|strategy| point.mean(strategy, metric).copied()).collect(),
        });
        rows.collect()
    }

    /// The strategies that are compared with the baseline, with a row for each point; `None` where there are none.
    fn differences(&self) -> Option<Listing> {
        let (sweep, metric) = (self.sweep, self.sweep.metric);
        let others: Vec<usize> = (0..sweep.strategies.len()).filter(|&strategy| strategy != sweep.baseline).collect();
        let rows = sweep.points.iter().map(|point| FigureRow {
            label: label(&point.at),
            show: differences_of(metric),
            figures: others.iter().map(|&strategy| *point.differences[strategy].get(metric)).collect(),
        });
        let names = others.iter().map(|&strategy| (Some(strategy), sweep.strategies[strategy].clone())).collect();
        (!others.is_empty()).then(|| Listing {
            heading: self.heading_of_differences(),
            names,
            rows: rows.collect(),
            path: String::new(),
        })
    }

    /// Which strategy is lowest where.
    fn verdict(&self) -> Vec<String> {
        let sweep = self.sweep;
        if sweep.strategies.len() < 2 {
            return vec![format!("{} alone, at {} points.", sweep.strategies[0], sweep.points.len())];
        }
        let best = if sweep.metric.unit() == MetricUnit::Usd { "cheapest" } else { "lowest" };
        let mut lines = Vec::new();
        for (outer, points) in self.rows() {
            let at = outer.map_or_else(String::new, |value| format!("- {} = {}: ", sweep.axes[0].path, value.text));
            let runs: Vec<String> = runs(points).iter().map(|run| self.stretch(run, points.len())).collect();
            lines.push(format!("{at}{}.", runs.join("; ")));
        }
        let path = sweep.axes.last().map_or("", |axis| axis.path.as_str());
        let what = format!("The {best} strategy by mean {}, by {path}:", sweep.metric.label());
        if sweep.axes.len() == 1 {
            return vec![format!("{what} {}", lines.concat())];
        }
        std::iter::once(what).chain(lines).collect()
    }

    fn caveats(&self) -> Vec<String> {
        let (sweep, mut told) = (self.sweep, Vec::new());
        if sweep.strategies.len() > 1 && sweep.points.iter().any(|point| !point.surely_lowest) {
            told.push("\"perhaps\": at some of these points another may be as low; see the differences below.".to_owned());
        }
        if sweep.points.iter().any(SweepPoint::depends_on_billing) {
            told.push(
                "Nothing that nobody knows to be billed is in these figures; if all of it were, means would be those that \
                summary.json has in `if_billed`."
                    .to_owned(),
            );
        }
        told
    }

    /// The points of each value of the first of two axes; all points of a single one.
    fn rows(&self) -> Vec<(Option<&Value>, &[SweepPoint])> {
        match self.sweep.axes.as_slice() {
            [first, second] => first.values.iter().map(Some).zip(self.sweep.points.chunks(second.values.len().max(1))).collect(),
            _ => vec![(None, &self.sweep.points)],
        }
    }

    /// Neighbouring points with the same lowest strategy.
    fn stretch(&self, run: &[SweepPoint], of: usize) -> String {
        let value = |point: &SweepPoint| point.at.last().map_or_else(String::new, |value| value.text.clone());
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return String::new() };
        let perhaps = if run.iter().all(|point| point.surely_lowest) { "" } else { "perhaps " };
        let name = first.lowest.map_or("none", |lowest| self.sweep.strategies[lowest].as_str());
        match run.len() {
            all if all == of => format!("{perhaps}{name} throughout, from {} to {}", value(first), value(last)),
            1 => format!("{perhaps}{name} at {}", value(first)),
            _ => format!("{perhaps}{name} from {} to {}", value(first), value(last)),
        }
    }
}

/// Neighbours with the same lowest strategy, and as sure of it.
fn runs(points: &[SweepPoint]) -> Vec<&[SweepPoint]> {
    points.chunk_by(|a, b| (a.lowest, a.surely_lowest) == (b.lowest, b.surely_lowest)).collect()
}

/// A point in words.
fn label(at: &[Value]) -> String {
    at.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(", ")
}
