//! Recorded behaviour of real gateways, replayed against the strategies of this program.
//!
//! A recording has a gateway's settings, what the providers answered, and what the gateway then did. The same settings become
//! a strategy as a scenario would write it; the recorded answers are given to it, and what it does is compared call by call.
//! There is no provider, no engine and no time but the recorded one.

mod case;
mod outcome;
mod replay;
mod settings;

pub use case::{Answer, Case, DeploymentCase, Met, Request};
pub use replay::{Difference, Seen, replay};

/// What came of a file of recordings.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Cases read.
    pub read: usize,
    /// Cases in which every request went as recorded.
    pub matched: usize,
    /// Requests and calls in all cases.
    pub requests: usize,
    /// Calls in all cases.
    pub calls: usize,
    /// The first difference.
    pub first: Option<Difference>,
}

/// Replays recordings, one JSON object a line.
///
/// # Errors
/// The number of the line, from 1, that is no recording, and why.
pub fn replay_all<'a>(lines: impl Iterator<Item = std::io::Result<String>> + 'a) -> Result<Report, (usize, String)> {
    let mut report = Report::default();
    for (number, line) in (1..).zip(lines) {
        let line = line.map_err(|error| (number, error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).map_err(|error| (number, error.to_string()))?;
        let difference = replay(&case).map_err(|what| (number, what))?;
        report.read += 1;
        report.requests += case.requests.len();
        report.calls += case.requests.iter().map(|request| request.hits.len()).sum::<usize>();
        report.matched += usize::from(difference.is_none());
        report.first = report.first.or(difference);
    }
    Ok(report)
}
