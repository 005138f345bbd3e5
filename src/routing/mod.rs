//! Routing: everything the client decides. It sees a [`View`] of the world, never the providers themselves.
//!
//! The engine knows no retry and no fallback: it tells a [`Client`] what happened and carries out the action it returns.
//! A router is one file and one line in the table below.

mod among;
mod bandit;
pub mod budget;
pub mod cache;
pub mod calls;
mod client;
pub mod cooldown;
pub mod defer;
pub mod fallbacks;
pub mod group;
pub mod health;
pub mod hedge;
#[cfg(test)]
mod made_up;
mod migrate;
mod minute;
pub mod models;
pub mod note;
pub mod observed;
pub mod parallel;
pub mod profile;
mod ramp;
mod rates;
pub mod recent;
mod registry;
pub mod retry;
pub mod retry_budget;
mod router;
pub mod spec;
mod strategy;
pub mod tree;
mod turn;
pub mod waits;
pub mod window;

pub use among::Among;
pub use client::{Action, Ask, Client, Ended, Heard, Known, Luck, Sight, View};
pub use fallbacks::Run;
pub use health::{CheckPrice, Checks};
pub use profile::Profile;
pub use router::{Find, Heed, Manner, Refusal, Router};
pub use spec::{ClassName, ModelName, StrategySpec};
pub use strategy::{Memo, Migration, Quotes, State, Strategy};

registry::strategies! {
    /// Always the same model.
    single => Single,
    /// Models in order: the next one when the attempts at one are used up, or its outcome is not retried.
    fallback => Fallback,
    /// A model at random, in proportion to weights, among those whose retry-after has passed.
    weighted => Weighted,
    /// The cheapest for this request, by list or by the last quote; the next cheapest when its attempts are used up.
    cheapest => Cheapest,
    /// A model at random, the likelier the cheaper: in proportion to price^-power.
    price_weighted => PriceWeighted,
    /// A model at random by the first of weight, requests and tokens per minute that any has: LiteLLM's default.
    simple_shuffle => SimpleShuffle,
    /// Models in turn, in proportion to whole weights: nginx's smooth weighted round robin.
    round_robin => RoundRobin,
    /// The model with the fewest attempts under way.
    least_busy => LeastBusy,
    /// The model that this minute's traffic has used least, among those whose limits it has not used up.
    usage_based => UsageBased,
    /// The model whose last answers came soonest, on average.
    lowest_latency => LowestLatency,
    /// Of two models at random, the one with the lower load.
    peak_ewma => PeakEwma,
    /// The model that LiteLLM believes to be the cheapest, by prices per token alone.
    litellm_cost => LitellmCost,
    /// Always the same model for the same user or prompt.
    sticky => Sticky,
    /// The model at which a delivered image is expected to cost least; the next one when its attempts are used up.
    lowest_effective_cost => LowestEffectiveCost,
    /// A model at random by adjusted price and speed, with a small share for everyone, as OpenRouter does.
    openrouter_shares => OpenrouterShares,
    /// The model with the lowest weighted score of LLM Gateway, kept as long as it is good enough.
    llmgateway => Llmgateway,
    /// The model with the highest weighted sum of quality, latency, price and load, as vLLM semantic-router has it.
    multi_factor => MultiFactor,
    /// The model with the lowest weighted sum of price, latency, failures and strictness.
    cost_weighting => CostWeighting,
    /// The model whose chance to deliver, drawn from what is believed of it, is highest: Thompson sampling.
    thompson => Thompson,
    /// The model with the highest upper confidence bound of its mean reward: UCB1.
    ucb => Ucb,
    /// A strong model where a prompt's score is at least a threshold, otherwise a weak one, as RouteLLM does.
    threshold => Threshold,
    /// Models from the cheapest, with a checker that sends bad images back to the next one.
    cascade => Cascade,
    /// Prompts that look risky to lenient models first, all others to another router.
    policy_aware => PolicyAware,
    /// The first of several routers whose conditions a request meets.
    conditional => Conditional,
    /// So many percent of requests or users to each of several routers.
    split => Split,
    /// Models from the best to the cheapest: a cheaper one while spending runs ahead of the plan.
    budget_aware => BudgetAware,
}
