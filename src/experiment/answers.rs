//! How a strategy's attempts ended, at each deployment: what limits have to be sized for.

use crate::model::{DeploymentId, Outcome};

use super::Results;

/// All attempts of one strategy at one deployment with one outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerLine {
    /// Where they were sent.
    pub deployment: DeploymentId,
    /// How they ended for the client.
    pub outcome: Outcome,
    /// How many, over all replications.
    pub count: u64,
    /// How many per replication.
    pub mean: f64,
}

/// The lines of one strategy, by deployment and outcome; only those with an attempt.
pub(super) fn answers(results: &Results, strategy: usize) -> Vec<AnswerLine> {
    let mut totals: Vec<[u64; Outcome::ALL.len()]> = Vec::new();
    for row in results.of(strategy) {
        totals.resize(row.answers.len(), [0; Outcome::ALL.len()]);
        totals.iter_mut().flatten().zip(row.answers.iter().flatten()).for_each(|(total, count)| *total += count);
    }
    let replications = f64::from(results.replications.max(1));
    let line = |deployment, outcome, count| AnswerLine { deployment, outcome, count, mean: count as f64 / replications };
    let of = |(deployment, counts): (u16, [u64; Outcome::ALL.len()])| {
        Outcome::ALL.into_iter().zip(counts).map(move |(outcome, count)| line(DeploymentId(deployment), outcome, count))
    };
    (0_u16..).zip(totals).flat_map(of).filter(|line| line.count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    #[test]
    fn the_lines_add_up_to_the_attempts() {
        let results = made_up::results(&["a", "b"], 8);
        for strategy in 0..2 {
            let lines = answers(&results, strategy);
            let attempts: u64 = results.of(strategy).map(|row| row.attempts).sum();
            assert_eq!(lines.iter().map(|line| line.count).sum::<u64>(), attempts);
            assert!(lines.iter().all(|line| line.count > 0 && usize::from(line.deployment.0) == strategy));
            assert!((lines.iter().map(|line| line.mean).sum::<f64>() * 8.0 - attempts as f64).abs() < 1e-6);
            let outcomes: Vec<Outcome> = lines.iter().map(|line| line.outcome).collect();
            assert_eq!(outcomes, Outcome::ALL);
        }
    }

    #[test]
    fn without_replications_there_are_none() {
        assert!(answers(&made_up::results(&["a"], 0), 0).is_empty());
    }
}
