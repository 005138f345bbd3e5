//! What routers say may be sent to each of their models in a minute, for other parts that go by it.
//!
//! These are the routers of LiteLLM, whose `rpm` and `tpm` stand with the deployment and are read by more than the router. Branches of
//! routers of routers, which LiteLLM does not have, say nothing here.

use super::{RouterSpec, litellm_cost, lowest_latency, simple_shuffle, usage_based};

/// What may be sent to a model in a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rates {
    /// Requests.
    pub(super) rpm: Option<f64>,
    /// Tokens.
    pub(super) tpm: Option<f64>,
}

/// What a router says, in the order of its models; nothing where it says nothing of any.
pub(super) fn of(router: &RouterSpec) -> Vec<Rates> {
    match router {
        RouterSpec::SimpleShuffle(spec) => simple_shuffle::rates(spec),
        RouterSpec::UsageBased(spec) => usage_based::rates(spec),
        RouterSpec::LowestLatency(spec) => lowest_latency::rates(spec),
        RouterSpec::LitellmCost(spec) => litellm_cost::rates(spec),
        _ => Vec::new(),
    }
}
