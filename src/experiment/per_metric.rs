//! One of something for each metric.

use super::Metric;

/// A table with one entry per metric.
#[derive(Debug, Clone, PartialEq)]
pub struct PerMetric<T>([T; Metric::ALL.len()]);

impl<T> PerMetric<T> {
    /// The table made by asking for each metric in turn.
    pub fn from_fn(entry: impl FnMut(Metric) -> T) -> Self {
        Self(Metric::ALL.map(entry))
    }

    /// The entry of one metric.
    pub const fn get(&self, metric: Metric) -> &T {
        &self.0[metric as usize]
    }

    /// All entries, in the order of [`Metric::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Metric, &T)> {
        Metric::ALL.into_iter().zip(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_finds_its_own_entry() {
        let table = PerMetric::from_fn(|metric| metric);
        assert!(Metric::ALL.into_iter().all(|metric| *table.get(metric) == metric));
        assert!(table.iter().all(|(metric, entry)| metric == *entry));
    }
}
