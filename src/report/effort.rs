//! What a run takes, in words.

use super::number::{count, grouped};
use crate::experiment::Effort;

/// What a run takes, one line for each kind.
pub fn effort(effort: &Effort) -> String {
    let (simulating, reporting) = (effort.simulating_seconds, effort.reporting_seconds);
    let rows = u64::from(effort.replications) * effort.strategies as u64;
    let of_rows = format!("{} for {} rows of {}", bytes(rows * effort.row_bytes), count(rows), bytes(effort.row_bytes));
    let memory = match effort.memory_bytes {
        Some(memory) => format!("about {} at its peak, with {of_rows}", bytes(memory)),
        None => format!("{of_rows}; what comes on top is not known on this system"),
    };
    let lines = [
        (
            "replications",
            format!(
                "{} of {}, on {}",
                count(effort.replications.into()),
                plural(effort.strategies, "strategy", "strategies"),
                plural(effort.threads, "thread", "threads")
            ),
        ),
        ("requests", format!("about {} a replication, over all strategies", grouped(effort.requests, 0))),
        (
            "time",
            format!(
                "about {}: {} to simulate, {} for the report",
                time(simulating + reporting),
                time(simulating),
                time(reporting)
            ),
        ),
        ("memory", memory),
        (
            "disk",
            format!(
                "about {} of results, and up to {} of journal until they are written",
                bytes(effort.results_bytes),
                bytes(effort.journal_bytes)
            ),
        ),
    ];
    let text = lines.iter().fold(String::new(), |text, (name, line)| text + &format!("{name:<14}{line}\n"));
    let sampled = plural(effort.sampled as usize, "replication", "replications");
    format!("{text}estimated from the first {sampled} and trial reports; nothing was written\n")
}

fn plural(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n as u64), if n == 1 { one } else { many })
}

/// Two digits of the largest unit: more would be made up.
fn time(seconds: f64) -> String {
    let units = [(86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s")];
    let (length, unit) = units.into_iter().find(|(length, _)| seconds >= 2.0 * length).unwrap_or((1.0, "s"));
    match seconds / length {
        little if little < 0.1 => format!("less than 0.1 {unit}"),
        few if few < 10.0 => format!("{} {unit}", grouped(few, 1)),
        many => format!("{} {unit}", grouped(many, 0)),
    }
}

/// The same of bytes.
fn bytes(n: u64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let n = n as f64;
    let Some((size, unit)) = units.into_iter().find(|(size, _)| n >= *size) else { return format!("{} B", grouped(n, 0)) };
    format!("{} {unit}", grouped(n / size, usize::from(n < 10.0 * size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_enough() {
        assert_eq!(
            [0.01, 0.5, 59.0, 130.0, 9000.0, 400_000.0].map(time),
            ["less than 0.1 s", "0.5 s", "59 s", "2.2 min", "2.5 h", "4.6 d"]
        );
        assert_eq!([999, 1870, 18_700, 9_400_000, 1_200_000_000].map(bytes), ["999 B", "1.9 kB", "19 kB", "9.4 MB", "1.2 GB"]);
    }

    #[test]
    fn says_what_is_not_known() {
        let known = Effort {
            replications: 10_000,
            strategies: 5,
            threads: 2,
            sampled: 1,
            requests: 512_345.4,
            simulating_seconds: 600.0,
            reporting_seconds: 5.0,
            memory_bytes: Some(240_000_000),
            row_bytes: 1900,
            results_bytes: 16_000_000,
            journal_bytes: 20_000_000,
        };
        let text = effort(&known);
        assert!(text.contains("memory        about 240 MB at its peak, with 95 MB for 50 000 rows of 1.9 kB\n"), "{text}");
        assert!(
            text.contains("requests      about 512 345 a replication")
                && text.ends_with("first 1 replication and trial reports; nothing was written\n")
        );
        assert!(effort(&Effort { memory_bytes: None, ..known }).contains("is not known on this system"));
    }
}
