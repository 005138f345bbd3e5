//! Providers: the truth about what an attempt meets - limits, filter, failures, latency - and what it costs.
//!
//! [`Providers::submit`] answers at once what will happen to an attempt: its draws are keyed, so its whole fate is known.
//! It knows neither who routed the attempt nor why.

mod deployment;
pub mod fault;
pub mod filter;
mod identity;
pub mod limit;
pub mod moving;
mod period;
pub mod price;
pub mod spec;
mod state;
pub mod terms;

pub use deployment::{Billing, Deployment, Filter};
pub use limit::{Applied, Bucket, Gauges, Limits, LimitsBuilder, LimitsSpec, Measure};
pub use period::{Every, Periods};
pub use price::{Price, PriceSpec, Rates, Tariff, Usage};
pub use spec::{BillingSpec, FilterSpec, ModelSpec, Setting, Shared};
pub use state::{Attempt, Providers};
