//! `replications.csv` and `charges.csv` read back: as much of rows as they hold.

use crate::experiment::Row;
use crate::model::{Gap, Guarded, Outcome};
use crate::units::{SimDuration, SimTime, Usd};

/// One line, its cells by their columns.
struct Line<'a> {
    columns: &'a csv::StringRecord,
    cells: &'a csv::StringRecord,
}

impl Line<'_> {
    fn cell(&self, column: &str) -> Result<&str, String> {
        let at = self.columns.iter().position(|name| name == column).ok_or_else(|| format!("there is no column {column}"))?;
        Ok(self.cells.get(at).unwrap_or_default())
    }

    fn read<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let cell = self.cell(column)?;
        let line = self.cells.position().map_or(0, csv::Position::line);
        read(cell).ok_or_else(|| format!("line {line}: {cell:?} is nothing for column {column}"))
    }

    /// The same, where an empty cell is undefined.
    fn perhaps<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        self.read(column, |cell| if cell.is_empty() { Some(None) } else { read(cell).map(Some) })
    }

    fn count(&self, column: &str) -> Result<u64, String> {
        self.read(column, |cell| cell.parse().ok())
    }

    fn usd(&self, column: &str) -> Result<Usd, String> {
        self.read(column, usd)
    }

    /// Times that are defined together.
    fn times<const N: usize>(&self, columns: [&str; N]) -> Result<Option<[SimDuration; N]>, String> {
        let mut times = [SimDuration::ZERO; N];
        for (time, column) in times.iter_mut().zip(columns) {
            match self.perhaps(column, seconds)? {
                Some(read) => *time = read,
                None => return Ok(None),
            }
        }
        Ok(Some(times))
    }
}

/// The rows of `replications.csv`; names of strategies are put in the order in which they stand there.
///
/// # Errors
/// What is wrong with them.
pub(super) fn replications(text: &str, strategies: &mut Vec<String>) -> Result<Vec<Row>, String> {
    let mut ordered: Vec<String> = Vec::new();
    let rows = lines(text, |line| {
        let name = line.cell("strategy")?.to_owned();
        if !strategies.contains(&name) {
            return Err(format!("{name:?} is no strategy of summary.json"));
        }
        if !ordered.contains(&name) {
            ordered.push(name.clone());
        }
        let strategy = ordered.iter().position(|known| *known == name).unwrap_or(0) as u16;
        row(line, strategy)
    })?;
    *strategies = ordered;
    let each = strategies.len().max(1);
    let in_order =
        rows.iter().enumerate().all(|(at, row)| row.replication as usize == at / each && usize::from(row.strategy) == at % each);
    if in_order { Ok(rows) } else { Err("its rows are not in order".to_owned()) }
}

/// What was charged for delivered attempts: by payee, how many, and their sum.
///
/// # Errors
/// What is wrong with it.
pub(super) fn delivered(text: &str) -> Result<Vec<(String, u64, Usd)>, String> {
    let all = lines(text, |line| {
        let counts = line.cell("cause")? == "delivered" && line.cell("billed")? == "yes";
        Ok(counts.then_some((line.cell("payee")?.to_owned(), line.count("count")?, line.usd("total_usd")?)))
    })?;
    Ok(all.into_iter().flatten().collect())
}

fn lines<T>(text: &str, mut read: impl FnMut(&Line<'_>) -> Result<T, String>) -> Result<Vec<T>, String> {
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let columns = csv.headers().map_err(|wrong| wrong.to_string())?.clone();
    let mut all = Vec::new();
    for cells in csv.records() {
        let cells = cells.map_err(|wrong| wrong.to_string())?;
        all.push(read(&Line { columns: &columns, cells: &cells })?);
    }
    Ok(all)
}

fn row(line: &Line<'_>, strategy: u16) -> Result<Row, String> {
    let gap = |name: &str| line.usd(&format!("unbooked_{name}_usd"));
    let gaps: [Usd; Gap::ALL.len()] =
        [gap("failed")?, gap("timed_out")?, gap("refused")?, gap("hedged")?, gap("fees")?, gap("prices")?];
    let guarded = match (line.perhaps("overshoot_usd", usd)?, line.perhaps("seen_late_usd", usd)?) {
        (Some(overshoot), Some(late)) => Some(Guarded { overshoot, late, alerted: line.perhaps("first_alert_day", day)? }),
        _ => None,
    };
    Ok(Row {
        replication: line.read("replication", |cell| cell.parse().ok())?,
        strategy,
        journeys: line.count("journeys")?,
        listed: line.usd("list_usd")?,
        accepted: line.perhaps("accepted", |cell| cell.parse().ok())?,
        requests: line.count("requests")?,
        delivered: line.count("delivered")?,
        filtered: line.count("filtered")?,
        failed: line.count("failed")?,
        timed_out: line.count("timed_out")?,
        rate_limited: line.count("rate_limited")?,
        gone: line.count("gone")?,
        refused: line.count("refused")?,
        cached: line.count("cached")?,
        images: line.count("images")?,
        attempts: line.count("attempts")?,
        answers: Vec::<[u64; Outcome::ALL.len()]>::new(),
        cost: line.usd("cost_usd")?,
        wasted: line.usd("wasted_usd")?,
        booked: line.usd("booked_usd")?,
        gaps,
        retried: line.usd("unbooked_retried_usd")?,
        guarded,
        cases: Vec::new(),
        time_to_image: line.times(["time_to_image_p50_s", "time_to_image_p95_s", "time_to_image_p99_s"])?,
        time_to_image_sum: 0,
        time_to_accepted: line.times(["time_to_accepted_p50_s", "time_to_accepted_p95_s"])?,
        time_to_accepted_sum: 0,
        spend: Vec::new(),
        bounds: None,
    })
}

/// An exact amount, as the tables have it.
fn usd(cell: &str) -> Option<Usd> {
    const PLACES: usize = 12;
    let (sign, digits) = cell.strip_prefix('-').map_or((1, cell), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || part.len() > PLACES || !plain(whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<PLACES$}").parse::<i128>().ok().map(|picos| Usd::from_picos(sign * picos))
}

fn seconds(cell: &str) -> Option<SimDuration> {
    let seconds: f64 = cell.parse().ok()?;
    (0.0..1e12).contains(&seconds).then(|| SimDuration::from_micros((seconds * 1e6).round() as i64))
}

fn day(cell: &str) -> Option<SimTime> {
    let days: f64 = cell.parse().ok()?;
    (0.0..1e6).contains(&days).then(|| SimTime::from_micros((days * 86_400e6).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_back_exactly() {
        for picos in [0, 1, -1, 1_000_000_000_000, -751_115_000_000_000, 123_456_789_012_345_678_901] {
            let amount = Usd::from_picos(picos);
            assert_eq!(usd(&amount.to_string()), Some(amount));
        }
        for wrong in ["", "-", "1e3", "1.1234567890123", " 1", "1.-2", "+1"] {
            assert_eq!(usd(wrong), None, "{wrong}");
        }
    }
}
