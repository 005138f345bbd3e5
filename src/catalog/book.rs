//! One file of a price book.

use super::facts::{Event, LatencyList, LimitList, Policy};
use super::rates::{Confidence, RateList, TokenList};
use crate::provider::{AccountSpec, CloudSpec, GatewaySpec, ModelSpec, ProviderSpec};
use crate::spec::{self, Date, Located, Named};

spec::table! {
    /// A file of a price book: what it covers, as of when, and from where.
    pub struct BookFile {
        /// What it covers.
        title: String,
        /// When its facts were looked up.
        retrieved: Date,
        /// Where its facts are from, where one source holds for all.
        source: Option<String>,
        /// How far the prices can be trusted that models state directly; "high" without it.
        confidence: Option<Confidence>,
        /// The price file that it was made from, where it was imported.
        imported: Option<Imported>,
        /// Models by name.
        models: Option<Named<ModelSpec>>,
        /// Accounts by name.
        accounts: Option<Named<AccountSpec>>,
        /// Providers by name.
        providers: Option<Named<ProviderSpec>>,
        /// Clouds by name.
        clouds: Option<Named<CloudSpec>>,
        /// Gateways by name.
        gateways: Option<Named<GatewaySpec>>,
        /// Prices as their sources give them, unit by unit.
        rates: Option<Vec<RateList>>,
        /// Tokens that an image counts.
        tokens: Option<Vec<TokenList>>,
        /// Limits by tier.
        limits: Option<Vec<LimitList>>,
        /// Launches, shutdowns and other dates.
        events: Option<Vec<Event>>,
        /// What is billed, discounts, fees, and how errors are told.
        policies: Option<Vec<Policy>>,
        /// Latencies as published.
        latencies: Option<Vec<LatencyList>>,
        /// What the source claims beyond what a model can hold; nothing is computed from them.
        statements: Option<Vec<Statement>>,
    }
}

spec::table! {
    /// A claim of a source that no model holds.
    pub struct Statement {
        /// Which provider, model, gateway or tactic it is about.
        about: String,
        /// What is claimed, in short.
        claim: String,
        /// The figure in it, as written.
        number: Option<String>,
        /// The sentence that says so.
        source: String,
    }
}

spec::table! {
    /// The price file that a book was made from.
    pub struct Imported {
        /// Its form: litellm, portkey or genai-prices.
        form: String,
        /// Its name, without directories.
        file: String,
        /// Its version, as the user named it.
        version: Option<String>,
        /// SHA-256 of its bytes, in hex.
        sha256: Located<String>,
    }
}
