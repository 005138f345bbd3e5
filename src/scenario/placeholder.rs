//! Stand-ins for the declarations of workload, models and strategies.

use crate::spec::{self, Node};
use crate::units::{Rate, Share};

spec::names! {
    /// A model of this scenario or of its catalogues.
    pub struct ModelName: "model";
    /// A class of requests.
    pub struct ClassName: "class";
}

spec::table! {
    /// The traffic.
    pub struct WorkloadSpec {
        /// How journeys arrive.
        arrivals: Arrivals,
        /// Classes of requests.
        classes: spec::Named<Class>,
        /// What users do.
        journey: Option<Node>,
    }
}

spec::table! {
    /// A class of requests.
    pub struct Class {
        /// Its share of the journeys.
        share: Share,
        /// Anything else.
        size: Option<Node>,
        /// Anything else.
        prompt_tokens: Option<Node>,
    }
}

spec::choice! {
    /// How journeys arrive.
    pub enum Arrivals {
        /// At even distances.
        constant => Constant(RateSpec),
        /// At random.
        poisson => Poisson(RateSpec),
    }
}

spec::table! {
    /// A rate.
    pub struct RateSpec {
        /// Journeys per time.
        rate: Rate,
    }
}

spec::table! {
    /// A model.
    pub struct ModelSpec {
        /// The share of drafts that users accept.
        acceptance: Option<Share>,
        /// Anything else.
        price: Node,
        /// Anything else.
        latency: Option<Node>,
        /// Anything else.
        limits: Option<Node>,
        /// Anything else.
        failures: Option<Node>,
        /// Anything else.
        filter: Option<Node>,
        /// Anything else.
        grade: Option<Node>,
        /// Anything else.
        about: Option<Node>,
    }
}

spec::table! {
    /// A strategy.
    pub struct StrategySpec {
        /// Which model is asked.
        router: Option<Router>,
        /// When a request is tried again.
        retry: Option<Node>,
        /// Rules.
        rules: Option<Vec<Rule>>,
    }
}

spec::table! {
    /// A rule.
    pub struct Rule {
        /// When it applies.
        when: Option<When>,
        /// Which model is asked.
        router: Router,
    }
}

spec::table! {
    /// When a rule applies.
    pub struct When {
        /// The stage.
        stage: Option<String>,
        /// The class.
        class: Option<ClassName>,
    }
}

spec::choice! {
    /// Which model is asked.
    pub enum Router {
        /// Always the same.
        single => Single(ModelName),
        /// One after the other.
        fallback => Fallback(Vec<ModelName>),
    }
}
