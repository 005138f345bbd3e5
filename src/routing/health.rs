//! Health checks: requests of the client's own at an interval, which cost money and say who is left out until the next.
//!
//! A deployment whose last check failed is left out while another is there. What is known is as old as the last check: an incident
//! that begins between two of them is met by requests. The checks themselves are made by the engine; nothing here sees providers.
//!
//! As LiteLLM has them (`background_health_checks` with `enable_health_check_routing`: docs.litellm.ai/docs/proxy/health_check_routing,
//! 2026-10-06): they come before cooldowns, and where all are left out, none is. For image models each check is a real image.

use serde_json::{Value, json};

use super::among::Among;
use super::client::View;
use super::group::Group;
use super::router::Router;
use crate::spec::{self, Data, Field, Located, Mistake, Node, Reader};
use crate::units::{SimDuration, Usd};

/// Checks that a client makes, of each deployment that it may send requests to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// How often: at whole multiples since the start of the scenario, the first at the start.
    pub every: SimDuration,
    /// How long it waits for the answer; not longer than until the next.
    pub timeout: SimDuration,
    /// What one costs.
    pub price: CheckPrice,
}

/// What a check costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckPrice {
    /// The list price of one image, of the cheapest kind that the workload may ask the model for.
    List,
    /// An amount.
    Amount(Usd),
}

impl Field for CheckPrice {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.data {
            Data::Text(text) if text == LIST => Some(Self::List),
            _ => Usd::read(node, reader).map(Self::Amount),
        }
    }

    fn schema() -> Value {
        json!({ "oneOf": [{ "const": LIST }, Usd::schema()] })
    }
}

const LIST: &str = "list";

spec::words! {
    /// What happens to a request where the last checks of all deployments of a group have failed.
    pub enum AllFailing {
        /// It is sent as if there were no checks.
        "bypass" => Bypass,
        /// The group has none left: a fallback, or an error.
        "fail" => Fail,
    }
}

spec::table! {
    /// Health checks: a request of the client's own to each of its models at an interval. A model whose last check failed is left
    /// out while another is there.
    pub struct HealthSpec {
        /// How often each model is checked, the first time at the start. 300 s as in LiteLLM.
        every: Located<SimDuration> = "300s",
        /// How long an answer is waited for, at most as long as until the next; 60 s as in LiteLLM.
        timeout: Located<SimDuration> = "60s",
        /// What a check of one model costs, whatever its outcome: an amount, or "list" for the list price of one image of the cheapest
        /// kind that the workload may ask it for.
        price: CheckPrice = "list",
        /// What happens where the last checks of all models of a group have failed.
        all_failing: AllFailing = "bypass",
    }
}

impl HealthSpec {
    pub(super) fn build(&self) -> Result<Checks, Mistake> {
        if self.every.micros() < 1_000_000 {
            return Err(Mistake::error(&self.every.place, "models are checked every second at most").label("too often"));
        }
        if *self.timeout > *self.every {
            let mistake = Mistake::error(&self.timeout.place, "a check would still wait when the next is due");
            return Err(mistake.label("longer than `every`").help("give a `timeout` that is not longer than `every`"));
        }
        Ok(Checks { every: *self.every, timeout: *self.timeout, price: self.price })
    }
}

impl<R: Router> Group<R> {
    /// The targets whose last check has failed.
    pub(super) fn failing(&self, left: Among, view: &View<'_>) -> Among {
        if self.checked.is_none() {
            return Among::NONE;
        }
        left.only(|at| view.fails_checks(self.target(at)))
    }

    /// Those that checks leave of `left`.
    pub(super) fn passing(&self, left: Among, view: &View<'_>) -> Among {
        let Some(all_failing) = self.checked else { return left };
        let passing = left.without(self.failing(left, view));
        if passing.is_empty() && all_failing == AllFailing::Bypass { left } else { passing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Sources, parse_value};

    fn build(text: &str) -> Result<Checks, String> {
        let node = parse_value(text, Sources::new().add("a.toml", text), 0).expect("TOML");
        let mut reader = Reader::new();
        let spec = HealthSpec::read(&node, &mut reader);
        spec.unwrap_or_else(|| panic!("{:?}", reader.into_mistakes().into_sorted())).build().map_err(|mistake| mistake.what)
    }

    #[test]
    fn is_litellms_where_nothing_is_said() {
        let checks = build("{}").expect("valid");
        assert_eq!((checks.every.as_secs_f64(), checks.timeout.as_secs_f64()), (300.0, 60.0));
        assert_eq!(checks.price, CheckPrice::List);
        assert_eq!(build("{ price = \"0.5 USD\" }").expect("valid").price, CheckPrice::Amount("0.5 USD".parse().expect("money")));
    }

    #[test]
    fn no_check_outlasts_the_next() {
        assert_eq!(build("{ every = \"30s\" }"), Err("a check would still wait when the next is due".to_owned()));
        assert_eq!(build("{ every = \"0s\", timeout = \"0s\" }"), Err("models are checked every second at most".to_owned()));
    }
}
