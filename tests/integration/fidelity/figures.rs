//! Figures of a run, and how two sets of runs differ in them.

use std::collections::BTreeMap;

/// What a run came to, by name. What is not there is none: of a count 0, of a mean nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures(BTreeMap<String, f64>);

impl Figures {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn put(&mut self, name: String, value: f64) {
        self.0.insert(name, value);
    }

    pub(super) fn add(&mut self, name: String, value: f64) {
        *self.0.entry(name).or_default() += value;
    }

    /// Puts the mean of a deployment's cooldowns in place of their sum.
    pub(super) fn mean(&mut self, id: &str) {
        if let Some(sum) = self.0.remove(&format!("sum of cooldowns of {id}")) {
            let count = self.0[&format!("cooldowns of {id}")];
            self.0.insert(format!("mean cooldown of {id}, s"), sum / count);
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    fn get(&self, name: &str) -> Option<f64> {
        // A mean of nothing is no 0.
        self.0.get(name).copied().or((!name.contains("mean")).then_some(0.0))
    }
}

/// The figure that a request of so many calls or attempts counts in.
pub(super) fn fold(count: u32, of: &str) -> String {
    match count {
        0 => format!("requests of no {of}"),
        1 => format!("requests of 1 {of}"),
        2 | 3 => format!("requests of {count} {of}s"),
        _ => format!("requests of 4 {of}s or more"),
    }
}

/// Mean and spread of a figure over runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Over {
    pub(super) runs: usize,
    pub(super) mean: f64,
    /// The standard deviation between runs.
    pub(super) spread: f64,
}

impl Over {
    /// `None` where fewer than two runs have the figure.
    pub(super) fn of(runs: &[Figures], name: &str) -> Option<Self> {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.get(name)).collect();
        if values.len() < 2 {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let spread = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0)).sqrt();
        Some(Self { runs: values.len(), mean, spread })
    }
}

/// The difference of two means over its standard error, from the pooled spread between runs; 0 where both are the same and
/// infinite where they differ without any spread.
pub(super) fn z(recorded: Over, simulated: Over) -> f64 {
    let difference = simulated.mean - recorded.mean;
    // What the recording has rounded to a thousandth is no difference.
    if difference.abs() <= 0.0005 {
        return 0.0;
    }
    let (n, m) = (recorded.runs as f64, simulated.runs as f64);
    let squares = (n - 1.0) * recorded.spread * recorded.spread + (m - 1.0) * simulated.spread * simulated.spread;
    let error = (squares / (n + m - 2.0) * (1.0 / n + 1.0 / m)).sqrt();
    // Sums of equal amounts differ by what floating point rounds.
    if error < 1e-9 { difference.signum() * f64::INFINITY } else { difference / error }
}
