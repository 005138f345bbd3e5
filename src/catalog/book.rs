//! One file of a price book.

use crate::provider::ModelSpec;
use crate::spec::{self, Date, Named};

spec::table! {
    /// A file of a price book: what it covers, as of when, and from where.
    pub struct BookFile {
        /// What it covers.
        title: String,
        /// When its facts were looked up.
        retrieved: Date,
        /// Where its facts are from, where one source holds for all.
        source: Option<String>,
        /// Models by name.
        models: Option<Named<ModelSpec>>,
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
