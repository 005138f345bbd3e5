//! Providers: the truth about what an attempt meets - limits, filter, failures, latency - and what it costs.
//!
//! [`Providers::submit`] answers at once what will happen to an attempt: its draws are keyed, so its whole fate is known.
//! It knows neither who routed the attempt nor why.

mod bucket;
mod deployment;
mod period;
pub mod price;
pub mod spec;
mod state;

pub use bucket::{Bucket, Measure};
pub use deployment::{Billing, Deployment, Filter};
pub use period::{Every, Periods};
pub use price::{AdjustSpec, ExchangeSpec, Price, PriceSpec, Rates, Tariff, Usage};
pub use spec::{BillingSpec, FilterSpec, LimitsSpec, ModelSpec, Setting};
pub use state::{Attempt, Providers};
