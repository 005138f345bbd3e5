//! Providers: the truth about what an attempt meets - limits, filter, failures, latency - and what it costs.
//!
//! [`Providers::submit`] answers at once what will happen to an attempt: its draws are keyed, so its whole fate is known.
//! It knows neither who routed the attempt nor why.

mod billing;
mod build;
mod cache;
mod deployment;
mod doubts;
mod fate;
pub mod fault;
pub mod filter;
mod grouping;
mod hindsight;
mod identity;
mod life;
pub mod limit;
#[cfg(test)]
mod made_up;
mod market;
pub mod moving;
mod party;
mod period;
pub mod price;
mod rule_name;
pub mod spec;
mod state;
pub mod terms;

pub use billing::{Billing, BillingSpec, Doubt, Part, Rule};
pub use build::{MarketBuilder, Parties};
pub use cache::{Cache, CacheSpec, Cached};
pub use deployment::{Deployment, More};
pub use doubts::{Doubts, Group};
pub use filter::{Filter, FilterSpec};
pub use hindsight::{Hindsight, Wanted};
pub use life::{Life, LifeSpec, Span};
pub use limit::{Applied, Bucket, Gauges, Limits, LimitsBuilder, LimitsSpec, Measure};
pub use market::{Market, Owner};
pub use party::{AccountSpec, CloudSpec, GatewaySpec, ModelName, ProviderSpec, VIA, Via, parts, provider};
pub use period::{Every, Periods};
pub use price::{AdjustSpec, ExchangeSpec, Price, PriceSpec, Rates, Tariff, Usage};
pub use spec::{ModelSpec, Setting};
pub use state::{Attempt, Details, Extra, Probed, Providers};
