//! Gates: conditions on the figures of an experiment, read from text and judged on their intervals.
//!
//! ```text
//! P(cost > 5000 USD) <= 10%        tiered: p95(time_to_image) < 40 s        mean(cost - baseline) < 0 USD
//! ```
//!
//! A gate that was read can be judged: its metric, its strategies and the unit of its limit are known to exist and to fit. It
//! passes only where all that is not known (the interval, unknown billing) leaves no other answer: what is undefined never passes.
//! Nothing is computed here that [`Figure`](crate::experiment::Figure) does not, nothing is printed, and no file is read.

mod amount;
mod judge;
mod names;
mod spec;
mod text;

use crate::experiment::{Metric, Relation};

pub use amount::Kind;
pub use judge::{Judgement, Judgements, Mode, Verdict, Why, judge};
pub use spec::{Gates, Known, declare_budget, given};

/// A condition on a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// What the scenario calls it; `None` where it has no name.
    pub name: Option<String>,
    /// The condition as it was written.
    pub text: String,
    /// The strategy that it is about; `None` for each.
    pub strategy: Option<String>,
    /// The metric of the figure.
    pub metric: Metric,
    /// What is told of its values.
    pub told: Told,
    /// What the metric is compared with.
    pub against: Option<Against>,
    /// How the figure is to relate to the limit.
    pub relation: Relation,
    /// The limit.
    pub limit: Limit,
}

/// What is told of the values of all replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// Their mean.
    Mean,
    /// Their standard deviation.
    Sd,
    /// A quantile, at a probability in (0, 1).
    Quantile(f64),
    /// The mean of those above a quantile, at a probability in (0, 1).
    TailMean(f64),
    /// The share of those that relate so to a limit of their own.
    Chance(Relation, Limit),
}

/// A limit, in the unit of what it is a limit of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A number.
    Amount(f64),
    /// The scenario's budget.
    Budget,
}

/// What a strategy's metric is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Against {
    /// It less another's, replication by replication.
    Minus(Reference),
    /// The ratio of the means.
    Over(Reference),
}

/// Another strategy.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference {
    /// The scenario's baseline.
    Baseline,
    /// The one of this name.
    Strategy(String),
}

impl Gate {
    /// What it goes by: its name, or else its text.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.text)
    }

    /// Whether one of its limits is the scenario's budget.
    pub fn needs_budget(&self) -> bool {
        self.limit == Limit::Budget || matches!(self.told, Told::Chance(_, Limit::Budget))
    }

    /// What its figure is counted in.
    pub const fn kind(&self) -> Kind {
        match self.told {
            Told::Chance(..) => Kind::Share,
            Told::Mean | Told::Sd | Told::Quantile(_) | Told::TailMean(_) => {
                Kind::of(self.metric, self.against.as_ref(), self.told)
            }
        }
    }
}

impl Against {
    /// The other strategy.
    pub const fn reference(&self) -> &Reference {
        match self {
            Self::Minus(reference) | Self::Over(reference) => reference,
        }
    }
}
