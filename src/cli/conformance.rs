//! `spendcast conformance GATEWAY FILE...`: recordings of a real gateway, replayed.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::output::data;
use super::{ConformanceArguments, Failure, Gateway};
use crate::conformance::{Difference, Report, Seen, replay_all};

/// Replays all files, prints how many cases matched, and the first difference in full.
///
/// # Errors
/// A file that is no recording is the user's mistake; a case that does not match is ours.
pub fn conformance(arguments: &ConformanceArguments) -> Result<(), Failure> {
    let Gateway::Litellm = arguments.gateway;
    let mut differs = false;
    for file in &arguments.files {
        let report = read(file)?;
        differs |= report.matched < report.read;
        data(&format!(
            "{}: {} of {} cases matched, {} requests, {} calls\n",
            file.display(),
            report.matched,
            report.read,
            report.requests,
            report.calls
        ))?;
        if let Some(first) = &report.first {
            data(&difference(first))?;
        }
    }
    if differs { Err(Failure::Error("not all cases matched".to_owned())) } else { Ok(()) }
}

fn read(file: &Path) -> Result<Report, Failure> {
    let mistake = |what: String| Failure::Mistake(format!("{}: {what}", file.display()));
    let mut bytes = Vec::new();
    File::open(file).and_then(|mut open| open.read_to_end(&mut bytes)).map_err(|error| mistake(error.to_string()))?;
    let gzipped = bytes.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(&*bytes)) } else { Box::new(&*bytes) };
    let report = replay_all(BufReader::new(reader).lines()).map_err(|(line, what)| mistake(format!("line {line}: {what}")))?;
    if report.read == 0 { Err(mistake("no recordings in it".to_owned())) } else { Ok(report) }
}

fn difference(Difference { case, request, recorded, simulated }: &Difference) -> String {
    format!(
        "the first difference: case {case}, request {request}\n{}{}",
        side("recorded", recorded),
        side("simulated", simulated)
    )
}

fn side(name: &str, seen: &Seen) -> String {
    let calls: Vec<String> = seen.hits.iter().map(|(deployment, answer)| format!("{deployment} {answer}")).collect();
    let calls = if calls.is_empty() { "none".to_owned() } else { calls.join(", ") };
    let waited = seen.slept as f64 / 1e6;
    format!("  {name:<9}  calls: {calls}; ended with {}; waited {waited} s\n", seen.outcome)
}
