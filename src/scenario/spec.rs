//! What a scenario file says, at its top level; the parts are declared by the modules that they belong to.

use serde_json::{Value, json};

use crate::gate::{Gate, Gates};
use crate::provider::ModelSpec;
use crate::provider::{AccountSpec, CloudSpec, GatewaySpec, ProviderSpec};
use crate::routing::tree::Branch;
use crate::routing::{RouterSpec, StrategySpec};
use crate::spec::{self, Date, Field, Located, Mistake, Named, Node, OneOrMany, Reader, TimeZoneName};
use crate::units::{Share, SimDuration, Usd};
use crate::workload::WorkloadSpec;

use super::BoundsSpec;
use super::uncertain::admit;

spec::table! {
    /// A question about image traffic, its inputs, and the strategies to compare.
    pub struct Scenario {
        /// What is compared, in one line.
        title: String,
        /// The question that the result answers.
        question: Option<String>,
        /// Price books to take models, accounts, providers, clouds and gateways from: "article", "2026-11", or files of your own,
        /// relative to this one.
        catalog: Option<OneOrMany<Located<String>>>,
        /// The tier in which one starts at each provider whose limits a price book lists by tier, such as openai = "tier 1"; "none"
        /// for no limits. Higher ones are earned as far as the book says how, or bought by the account.
        tiers: Option<Named<Located<String>>>,
        /// The first day that is simulated, such as 2026-01-01 (no quotes).
        start: Located<Date>,
        /// The time zone of the days, such as "Europe/Berlin".
        time_zone: TimeZoneName = "UTC",
        /// How long is simulated, at most 5 years.
        horizon: Located<Horizon>,
        /// How many times the horizon is simulated; every strategy sees the same ones.
        replications: Replications = 1000,
        /// How precise costs should be, such as "1%": replications end as soon as they are, in rounds of 100, and `replications` are the
        /// most. Meant are the mean cost of every strategy, and every difference from the baseline as a share of what that costs.
        precision: Option<Precision>,
        /// The least difference in mean cost that matters, such as "5 USD": replications end as soon as the cheapest strategy is chosen, to
        /// within that, in rounds of 100, and `replications` are the most. With a precision too, both have to be reached.
        indifference: Option<Located<Indifference>>,
        /// Where the random numbers start; the same seed gives the same results.
        seed: u64 = 1,
        /// What may be spent over the horizon.
        budget: Option<Usd>,
        /// Bounds with hindsight: how little the same requests and users could have cost, how fast their images could have come, how
        /// many could have been delivered. `true` for all of them, or a list. They slow a run down.
        bounds: BoundsSpec = false,
        /// The strategy that the others are compared with; the first one if left out.
        baseline: Option<StrategyName>,
        /// The traffic: how requests arrive, of which classes, and what users do with the images.
        workload: WorkloadSpec,
        /// Models by name. A field given here replaces the catalogue's field, or that of the model that this one is `like`;
        /// `adjust`, `billing`, `filter` and `limits` are merged key by key, and a price also replaces price changes and
        /// adjustments.
        models: Named<ModelSpec>,
        /// Accounts (keys, projects) by name: what was spent through them, and limits that their models share. A model is
        /// reached through the account that it names, or else through the one named like its provider.
        accounts: Option<Named<AccountSpec>>,
        /// Providers by name, which is the first part of their models' names: what all their models share.
        providers: Option<Named<ProviderSpec>>,
        /// Clouds by name, on which providers run.
        clouds: Option<Named<CloudSpec>>,
        /// Gateways by name: "MODEL via GATEWAY" is a model reached through one.
        gateways: Option<Named<GatewaySpec>>,
        /// Other names for models, in all strategies: each stands for a model or another alias, as LiteLLM's `model_group_alias`.
        aliases: Option<Named<Located<String>>>,
        /// The strategies to compare, by name.
        strategies: Strategies,
        /// Conditions that the results have to meet, by name, such as "P(cost > 5000 USD) <= 10%": see docs/gates.md. One that names
        /// no strategy holds for each.
        gates: Option<Gates>,
    }
}

spec::checked! {
    /// How long is simulated.
    pub struct Horizon(SimDuration): |length| *length > SimDuration::ZERO && *length <= LONGEST,
        "more than nothing and at most 5 years (1826d)", "30d";

    /// How precise costs should be.
    pub struct Precision(Share): |share| *share > Share::NONE && *share < Share::ALL, "a share between 0% and 100%", "1%";

    /// The least difference that matters.
    pub struct Indifference(Usd): |amount| *amount > Usd::ZERO, "more than nothing", "5 USD";

    /// How many times the horizon is simulated.
    pub struct Replications(u32): |count| *count >= 1, "at least 1", 1000;
}

/// Five years with one leap day.
const LONGEST: SimDuration = SimDuration::from_micros(1826 * SimDuration::DAY.micros());

spec::names! {
    /// One of the scenario's strategies.
    pub struct StrategyName: "strategy";
}

impl Scenario {
    /// The position of the strategy that the others are compared with.
    pub fn baseline_index(&self) -> usize {
        let named = self.baseline.as_ref().and_then(|name| self.strategies.0.position(name.as_str()));
        named.unwrap_or(0)
    }

    /// Its gates.
    pub fn gates(&self) -> &[Gate] {
        self.gates.as_ref().map_or(&[], |gates| &gates.0)
    }

    /// The first instant that is simulated.
    ///
    /// # Errors
    /// A mistake where this or the end is beyond the year 9999.
    pub fn first_instant(&self) -> Result<jiff::Zoned, Mistake> {
        let length = jiff::SignedDuration::from_micros(self.horizon.0.micros());
        let start = self.start.in_zone(&self.time_zone.zone).ok();
        start.filter(|start| start.checked_add(length).is_ok()).ok_or_else(|| {
            let mistake = Mistake::error(&self.start.place, "the calendar ends before the horizon does");
            mistake.label("the horizon must end before the year 10000")
        })
    }
}

/// The strategies by name: at least one, with names that are fit for files and charts.
#[derive(Debug, Clone)]
pub struct Strategies(pub Named<StrategySpec>);

impl Strategies {
    fn is_fit(name: &str) -> bool {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && !name.starts_with('.')
    }
}

impl Field for Strategies {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let entries = node.entries().unwrap_or_default();
        for (key, _) in entries.iter().filter(|(key, _)| !Self::is_fit(&key.name)) {
            let mistake = Mistake::error(&key.place, format!("{:?} is no name for a strategy", key.name));
            reader.push(mistake.label("expected letters, digits, \"-\", \"_\" and \".\" only, and no \".\" first"));
        }
        let read = Named::read(node, reader)?;
        if read.is_empty() {
            reader.push(Mistake::error(&node.place, "there is no strategy to simulate").label("empty"));
        }
        (!read.is_empty()).then_some(Self(read))
    }

    fn example() -> Option<String> {
        Some("{ cheap = { router.single = \"qwen/image\" } }".to_owned())
    }

    fn schema() -> Value {
        let mut schema = Named::<StrategySpec>::schema();
        schema["minProperties"] = json!(1);
        schema["propertyNames"] = json!({ "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]*$" });
        schema
    }
}

/// The JSON Schema of scenario files, for editors.
///
/// The models may all come from a catalogue, so the file need not have any.
pub fn schema() -> Value {
    let mut schema = Scenario::schema();
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("spendcast scenario");
    schema["definitions"] = json!({ (Branch::NAME): RouterSpec::schema() });
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|key| key != "models");
    }
    admit(&mut schema);
    schema
}
