//! The cheapest strategy, chosen with as few replications as it takes.
//!
//! What is compared is the mean cost of what is billed for certain. It is looked at after the rounds of [`ROUND`], the first of
//! which is the first stage of the procedure, so that the choice depends neither on threads nor on batches nor on an
//! interruption.

use super::Row;
use super::rounds::ROUND;
use crate::stats::{Choice, KimNelson, LEVEL};
use crate::units::Usd;

/// A choice among strategies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choosing {
    /// Differences below this are not worth telling apart.
    pub indifference: Usd,
    /// How many strategies there are.
    pub strategies: usize,
}

/// What a choice has come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Differences below this were not told apart.
    pub indifference: Usd,
    /// The strategies that may be the cheapest: the chosen one alone, once it is.
    pub left: Vec<usize>,
    /// After how many replications that was so.
    pub after: u32,
    /// Whether one is chosen.
    pub enough: bool,
    /// So many replications are enough in any case; `None` where even that cannot be told.
    pub most: Option<u64>,
}

impl Choosing {
    /// What the rows of whole replications tell, looked at after each round; a last one may be shorter.
    pub fn chosen(&self, rows: &[Row]) -> Chosen {
        let k = self.strategies.max(1);
        let costs: Vec<Vec<f64>> =
            (0..k).map(|strategy| rows.iter().skip(strategy).step_by(k).map(|row| row.cost.to_f64()).collect()).collect();
        let (all, round) = (rows.len() / k, ROUND as usize);
        let first: Vec<&[f64]> = costs.iter().map(|costs| &costs[..round.min(all)]).collect();
        let nothing = Chosen { indifference: self.indifference, left: (0..k).collect(), after: 0, enough: false, most: None };
        let Some(mut procedure) = KimNelson::new(&first, self.indifference.to_f64(), LEVEL) else { return nothing };
        let mut sums = vec![0.0; k];
        let (mut before, mut told) = (0, nothing);
        while before < all {
            let end = all.min(before + round);
            for (sum, costs) in sums.iter_mut().zip(&costs) {
                *sum += costs[before..end].iter().sum::<f64>();
            }
            let means: Vec<f64> = sums.iter().map(|sum| sum / end as f64).collect();
            let (left, enough) = match procedure.round(end as u64, &means) {
                Choice::Best(best) => (vec![best], true),
                Choice::Among(left) => (left, false),
            };
            told = Chosen {
                left,
                after: end as u32,
                enough,
                most: Some(if enough { end as u64 } else { procedure.most() + 1 }),
                ..told
            };
            if enough {
                break;
            }
            before = end;
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up;
    use super::*;

    fn among(names: &[&str], n: u32, usd: &str) -> Chosen {
        let results = made_up::results(names, n);
        Choosing { indifference: usd.parse().expect("money"), strategies: names.len() }.chosen(&results.rows)
    }

    /// Made-up strategies cost about 1000, 750, 600, ... USD, with a spread of 8 % that they have in common.
    #[test]
    fn far_ones_are_told_apart_in_the_first_round() {
        let chosen = among(&["a", "b", "c"], 400, "10 USD");
        assert_eq!((chosen.left, chosen.after, chosen.enough), (vec![2], 100, true));
    }

    #[test]
    fn close_ones_take_as_long_as_the_bound_says() {
        let mut results = made_up::results(&["a", "b"], 900);
        for row in &mut results.rows {
            // Equal on average, and independent.
            let noise = i128::from((row.replication * 7_919 + u32::from(row.strategy) * 104_729) % 100);
            row.cost = Usd::from_picos((1_000 + noise) * 1_000_000_000_000);
        }
        let choosing = Choosing { indifference: "5 USD".parse().expect("money"), strategies: 2 };
        let early = choosing.chosen(&results.rows[..200]);
        assert!(!early.enough && early.left == [0, 1] && early.after == 100, "{early:?}");
        let most = early.most.expect("two strategies");
        assert!((100..900).contains(&most), "{most}");
        let late = choosing.chosen(&results.rows);
        assert!(late.enough && u64::from(late.after) <= most.next_multiple_of(100), "{late:?} {most}");
        // What came later changes nothing.
        assert_eq!(choosing.chosen(&results.rows[..late.after as usize * 2]), late);
    }

    #[test]
    fn nothing_is_chosen_without_replications_or_rivals() {
        assert!(!among(&["a"], 50, "1 USD").enough);
        assert!(!among(&["a", "b"], 1, "1 USD").enough && !among(&["a", "b"], 0, "1 USD").enough);
        // The same row twice is no reason to prefer either: the first.
        let mut results = made_up::results(&["a", "b"], 60);
        results.rows.iter_mut().for_each(|row| row.cost = Usd::ZERO);
        let chosen = Choosing { indifference: Usd::from_picos(1), strategies: 2 }.chosen(&results.rows);
        assert_eq!((chosen.left, chosen.after, chosen.enough), (vec![0], 60, true));
    }
}
