//! Recordings of LiteLLM's Router: its settings, what the providers answered, and what it did.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One Router with its settings, and requests one after the other.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Its number in the recording.
    pub case: u64,
    /// The version of LiteLLM.
    pub litellm: String,
    /// HTTP calls that the SDK makes at most within one attempt.
    pub sdk_attempts_per_router_attempt: u32,
    /// Jitter of waits in seconds.
    pub jitter: f64,
    /// Setting of the Router.
    pub num_retries: u32,
    /// Setting of the Router, in seconds.
    pub cooldown_time: Option<f64>,
    /// Setting of the Router; 3 is as if it were not set.
    pub allowed_fails: Option<u32>,
    /// Setting of the Router: group to groups.
    pub fallbacks: Option<Vec<BTreeMap<String, Vec<String>>>>,
    /// Setting of the Router: group to groups.
    pub content_policy_fallbacks: Option<Vec<BTreeMap<String, Vec<String>>>>,
    /// All deployments, in the order of the Router's list.
    pub deployments: Vec<DeploymentCase>,
    /// By deployment, the answers to the calls that reach it, in order; 200 after the last.
    pub answers: BTreeMap<String, Vec<(Answer, Option<f64>)>>,
    /// The numbers that the Router drew, from 0 up to 1.
    pub uniform_draws: Vec<f64>,
    /// The requests.
    pub requests: Vec<Request>,
}

/// A deployment of the Router.
#[derive(Debug, Clone, Deserialize)]
pub struct DeploymentCase {
    /// Its group: `model_name`.
    pub group: String,
    /// Its id.
    pub id: String,
    /// Its weight.
    pub weight: Option<f64>,
    /// Its order.
    pub order: Option<u32>,
    /// Its own length of a cooldown, in seconds.
    pub cooldown_time: Option<f64>,
}

/// What a provider answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A status of HTTP.
    Status(u16),
    /// `policy`: 400, and the body says that the content filter refused.
    Word(String),
}

/// A call that reached a deployment, and its answer.
pub type Met = (String, Answer);

/// One request and what was seen of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Request {
    /// Since the end of the request before it, in seconds.
    pub gap_s: f64,
    /// The calls, in order.
    pub hits: Vec<Met>,
    /// The deployment that delivered, or the class of the error.
    pub outcome: String,
    /// How long the Router slept, in seconds.
    pub slept_s: f64,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}
