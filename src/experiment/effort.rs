//! What a run takes, estimated from the first replications of it.
//!
//! All in proportion: time and journal to the replications, memory to the rows, the report to its rows beyond what it takes
//! anyway. It knows nothing of other work on the machine, and nothing of replications that take longer than the first.

use serde::Serialize;

use super::{Row, Run};

/// What the first replications took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    /// On so many threads.
    pub threads: usize,
    /// So many of them were timed, at least one.
    pub timed: u32,
    /// And took so long, in seconds.
    pub seconds: f64,
    /// Bytes of the journal of all of them.
    pub journal: u64,
    /// The most memory that it had until the last of the trial reports was made, in bytes, where that is known.
    pub peak: Option<u64>,
}

/// What a report took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reporting {
    /// Of so many replications.
    pub replications: u32,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// What a run takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effort {
    /// Replications of it.
    pub replications: u32,
    /// Strategies in each.
    pub strategies: usize,
    /// Threads that it runs on.
    pub threads: usize,
    /// Replications that this is estimated from.
    pub sampled: u32,
    /// Requests per replication, over all strategies.
    pub requests: f64,
    /// Seconds to simulate them.
    pub simulating_seconds: f64,
    /// Seconds to make the report.
    pub reporting_seconds: f64,
    /// Bytes of memory at the peak; `None` where the system does not tell what it has now.
    pub memory_bytes: Option<u64>,
    /// Bytes of memory that one row takes, of one replication of one strategy.
    pub row_bytes: u64,
    /// Bytes of all files of the report.
    pub results_bytes: u64,
    /// Bytes of the journal by the end, when it is removed.
    pub journal_bytes: u64,
}

impl Effort {
    /// Of a run of so many replications, from the first of it and from reports of some, with the largest last.
    pub fn of(sample: &Sample, first: &Run, reports: &[Reporting], replications: u32) -> Self {
        let sampled = first.replications.max(1);
        let (all, per_sampled) = (f64::from(replications), f64::from(replications) / f64::from(sampled));
        let requests: u64 = first.rows.iter().map(|row| row.requests).sum();
        let strategies = first.charges.len();
        let row_bytes = first.rows.iter().map(Row::bytes).sum::<usize>() as f64 / first.rows.len().max(1) as f64;
        let seconds = grown(reports, all, |report| report.seconds);
        let bytes = grown(reports, all, |report| report.bytes as f64);
        let last = reports.last().map_or(0.0, |report| report.bytes as f64);
        // Both the first replications and those of the last report were held at the peak.
        let held = f64::from(sampled) + reports.last().map_or(0.0, |report| f64::from(report.replications));
        let more = (all - held) * strategies as f64 * row_bytes + (bytes - last);
        Self {
            replications,
            strategies,
            threads: sample.threads,
            sampled: first.replications,
            requests: requests as f64 / f64::from(sampled),
            simulating_seconds: all * sample.seconds / f64::from(sample.timed.max(1)),
            reporting_seconds: seconds,
            memory_bytes: sample.peak.map(|peak| (peak as f64 + more).max(0.0) as u64),
            row_bytes: row_bytes as u64,
            results_bytes: bytes as u64,
            journal_bytes: (sample.journal as f64 * per_sampled) as u64,
        }
    }
}

/// A figure of the largest report, and what it grew by from the one before, in proportion.
fn grown(reports: &[Reporting], replications: f64, figure: impl Fn(&Reporting) -> f64) -> f64 {
    let per_replication = match reports {
        [.., before, last] if before.replications < last.replications => {
            (figure(last) - figure(before)).max(0.0) / f64::from(last.replications - before.replications)
        }
        _ => 0.0,
    };
    reports.last().map_or(0.0, |last| figure(last) + per_replication * (replications - f64::from(last.replications)).max(0.0))
}

impl Run {
    /// The same replications over and over, until there are so many. They are no results, but as large.
    #[must_use]
    pub fn repeated(&self, replications: u32) -> Self {
        let strategies = self.charges.len().max(1);
        let numbered = |(at, row): (usize, &Row)| Row { replication: (at / strategies) as u32, ..row.clone() };
        let rows = self.rows.iter().cycle().take(replications as usize * strategies).enumerate().map(numbered).collect();
        let replications = if self.rows.is_empty() { 0 } else { replications };
        Self { replications, rows, charges: self.charges.clone(), spent: self.spent.clone(), days: self.days.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn run(replications: u32) -> Run {
        let results = made_up::results(&["a", "b"], replications);
        Run { replications, rows: results.rows, charges: results.charges, spent: results.spent, days: results.days }
    }

    #[test]
    fn all_is_in_proportion() {
        let first = run(10);
        let sample = Sample { threads: 2, timed: 8, seconds: 0.5, journal: 10_000, peak: Some(50_000_000) };
        let report = |replications, seconds, bytes| Reporting { replications, seconds, bytes };
        let reports = [report(200, 0.3, 40_000), report(400, 0.5, 60_000)];
        let effort = Effort::of(&sample, &first, &reports, 2400);
        assert_eq!((effort.simulating_seconds, effort.journal_bytes, effort.results_bytes), (150.0, 2_400_000, 260_000));
        assert!((effort.reporting_seconds - 2.5).abs() < 1e-9);
        let rows: f64 = first.rows.iter().map(|row| row.bytes() as f64).sum::<f64>() / 20.0 * 2.0 * (2400.0 - 410.0);
        assert_eq!(effort.memory_bytes, Some((50_000_000.0 + rows + 200_000.0) as u64));
        let requests: u64 = first.rows.iter().map(|row| row.requests).sum();
        assert!((effort.requests * 10.0 - requests as f64).abs() < 1e-6);
        let whole = Effort::of(&Sample { peak: None, ..sample }, &first, &[report(10, 0.1, 7)], 10);
        assert_eq!((whole.memory_bytes, whole.results_bytes, whole.reporting_seconds), (None, 7, 0.1));
    }

    #[test]
    fn repeated_rows_are_in_order() {
        let repeated = run(3).repeated(8);
        let numbers: Vec<_> = repeated.rows.iter().map(|row| (row.replication, row.strategy)).collect();
        assert_eq!(numbers, (0..8).flat_map(|r| [(r, 0), (r, 1)]).collect::<Vec<_>>());
        assert_eq!((repeated.replications, &repeated.rows[6].cost), (8, &run(3).rows[0].cost));
        assert_eq!(Run::default().repeated(5), Run::default());
    }
}
