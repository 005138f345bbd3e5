//! What was recorded of the real Router: a case, and the figures of its runs.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::figures::{Figures, fold};

/// A file of `tests/fidelity/recordings`.
#[derive(Debug, Deserialize)]
pub(super) struct Recording {
    pub(super) case: Case,
    pub(super) runs: Vec<Run>,
}

/// One Router, its deployments, and the traffic.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) question: String,
    pub(super) ask: String,
    pub(super) adapter: String,
    pub(super) threads: u32,
    pub(super) start: String,
    pub(super) router: BTreeMap<String, Value>,
    pub(super) deployments: Vec<Deployment>,
    pub(super) traffic: Traffic,
}

/// A deployment of the Router, and what its provider does.
#[derive(Debug, Deserialize)]
pub(super) struct Deployment {
    pub(super) id: String,
    pub(super) group: String,
    pub(super) price: f64,
    pub(super) weight: Option<f64>,
    /// In LiteLLM's words, provider first; the adapter's usual one if left out.
    model: Option<String>,
    pub(super) rpm: Option<u32>,
    pub(super) max_parallel_requests: Option<u32>,
    pub(super) max_budget: Option<f64>,
    pub(super) budget_duration: Option<String>,
    pub(super) order: Option<u32>,
    pub(super) mock: Mock,
}

/// What a provider does.
#[derive(Debug, Deserialize)]
pub(super) struct Mock {
    pub(super) latency: Value,
    pub(super) in_flight: Option<u32>,
    pub(super) requests: Option<Limit>,
    pub(super) retry_after: Option<f64>,
    #[serde(default)]
    pub(super) failures: Vec<Failure>,
    #[serde(default)]
    pub(super) down: Vec<Down>,
}

/// So many requests within any such stretch.
#[derive(Debug, Deserialize)]
pub(super) struct Limit {
    pub(super) most: u32,
    pub(super) per_s: u32,
}

/// A share of calls that fails: a status, or "policy".
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) share: f64,
    pub(super) status: Value,
}

/// A time in which all calls fail.
#[derive(Debug, Deserialize)]
pub(super) struct Down {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) status: Value,
}

/// When requests arrive.
#[derive(Debug, Deserialize)]
pub(super) struct Traffic {
    pub(super) poisson: Option<f64>,
    pub(super) requests: Option<usize>,
    pub(super) bursts: Option<Bursts>,
}

/// So many at once, again and again.
#[derive(Debug, Deserialize)]
pub(super) struct Bursts {
    pub(super) size: usize,
    pub(super) every_s: f64,
    pub(super) count: usize,
}

type Counts = BTreeMap<String, f64>;

/// What one run of the real Router came to.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    outcomes: Counts,
    delivered_by: Counts,
    calls: Counts,
    picks: Counts,
    attempts_by_outcome: BTreeMap<String, Counts>,
    calls_per_request: Counts,
    fell_back: f64,
    cooldowns: BTreeMap<String, Cooldowns>,
    booked_usd: Counts,
    invoiced_usd: Counts,
    time_to_image_s: Option<Times>,
    time_to_failure_s: Option<Times>,
}

#[derive(Debug, Deserialize)]
struct Cooldowns {
    count: f64,
    mean_s: f64,
}

#[derive(Debug, Deserialize)]
struct Times {
    mean: Option<f64>,
}

impl Traffic {
    /// Requests in all.
    pub(super) fn count(&self) -> usize {
        self.bursts.as_ref().map_or(self.requests.unwrap_or(0), |bursts| bursts.size * bursts.count)
    }
}

impl Case {
    /// Seconds of the clock's minute at which the case begins.
    pub(super) fn second(&self) -> u32 {
        self.start.rsplit(':').next().and_then(|second| second.parse().ok()).unwrap_or(0)
    }

    /// The name of a deployment in the scenario: LiteLLM's provider, and its id.
    pub(super) fn model(&self, deployment: &Deployment) -> String {
        let own = deployment.model.as_ref().and_then(|model| model.split('/').next());
        let usual = if self.adapter == "openai" { "openai" } else { "recraft" };
        format!("{}/{}", own.unwrap_or(usual), deployment.id)
    }

    /// Deployments of other groups than the one that is asked.
    pub(super) fn falls_back_to(&self, id: &str) -> bool {
        self.deployments.iter().any(|deployment| deployment.id == id && deployment.group != self.ask)
    }
}

impl Run {
    /// The figures that are compared.
    pub(super) fn figures(&self, case: &Case) -> Figures {
        let mut figures = Figures::new();
        for Deployment { id, .. } in &case.deployments {
            figures.put(format!("calls of {id}"), self.calls.get(id).copied().unwrap_or(0.0));
            figures.put(format!("picks of {id}"), self.picks.get(id).copied().unwrap_or(0.0));
            figures.put(format!("delivered by {id}"), self.delivered_by.get(id).copied().unwrap_or(0.0));
            let cooled = self.cooldowns.get(id);
            figures.put(format!("cooldowns of {id}"), cooled.map_or(0.0, |cooled| cooled.count));
            if let Some(cooled) = cooled.filter(|cooled| cooled.count > 0.0) {
                figures.put(format!("mean cooldown of {id}, s"), cooled.mean_s);
            }
        }
        for (calls, requests) in &self.calls_per_request {
            figures.add(fold(calls.parse().unwrap_or(0), "call"), *requests);
        }
        for (attempts, requests) in self.attempts_by_outcome.values().flatten() {
            figures.add(fold(attempts.parse().unwrap_or(0), "attempt"), *requests);
        }
        for (outcome, requests) in &self.outcomes {
            let class = outcome.split(' ').next().unwrap_or_default();
            figures.add(format!("ended as {class}"), *requests);
        }
        if case.deployments.iter().any(|deployment| deployment.group != case.ask) {
            figures.put("fell back".to_owned(), self.fell_back);
        }
        figures.put("booked, USD".to_owned(), self.booked_usd.values().sum());
        figures.put("invoiced, USD".to_owned(), self.invoiced_usd.values().sum());
        let mean = |times: &Option<Times>| times.as_ref().and_then(|times| times.mean);
        if let Some(mean) = mean(&self.time_to_image_s) {
            figures.put("mean time to an image, s".to_owned(), mean);
        }
        if let Some(mean) = mean(&self.time_to_failure_s) {
            figures.put("mean time to a failure, s".to_owned(), mean);
        }
        figures
    }
}

/// All recordings in virtual time, by name.
pub(super) fn all() -> Vec<Recording> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fidelity/recordings");
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).expect("recordings").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| !path.to_string_lossy().ends_with(".real.json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("readable");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}
