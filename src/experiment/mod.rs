//! Experiments: strategies x replications on common random numbers.

mod answers;
mod axis;
mod batch;
mod bill;
mod break_even;
mod changes;
mod comparison;
mod course;
mod distribution;
mod effort;
mod ends;
mod explain;
mod frontier;
#[cfg(test)]
pub(crate) mod made_up;
mod manifest;
mod metric;
mod payments;
mod per_metric;
mod results;
mod runner;
mod summary;
mod sweep;
mod unknown;
mod waterfall;

pub use answers::AnswerLine;
pub use axis::{Axis, Spacing, VOLUME, Value, product};
pub use batch::{Batch, Run};
pub use bill::{BillLine, mean_for};
pub use break_even::{BreakEven, Evaluated, Own, Pair, Question};
pub use changes::{Change, Changes, KeptRun, StrategyChange};
pub use comparison::{Comparison, Difference, Reference};
pub use course::{Course, FAN};
pub use distribution::Distribution;
pub use effort::{Effort, Reporting, Sample};
pub use ends::{End, Ends};
pub use explain::{Explained, Moment, explain};
pub use frontier::Frontier;
pub use manifest::{Catalogue, DesignManifest, Imported, InputFile, Manifest, Replaced};
pub use metric::{Metric, MetricUnit};
pub use payments::{PayeeCourse, Payments};
pub use per_metric::PerMetric;
pub use results::{ChargeCell, DrawnInput, Results, Row};
pub use runner::{Draw, Follower, Plans, RunError, Settings, Step, resume, run};
pub use summary::{StrategySummary, Summary};
pub use sweep::{Sweep, SweepPoint};
pub use unknown::{MoneyFigures, UnknownRule};
pub use waterfall::WaterfallStep;

pub use crate::engine::{Bounds, Objectives};
pub use crate::ledger::SPEND_POINTS;
pub use crate::workload::Recording;
