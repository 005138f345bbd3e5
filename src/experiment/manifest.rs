//! Where results come from: enough to make them again.

use serde::Serialize;

/// The provenance of an experiment. It holds no clock, no path of the machine and no command line, so that the same
/// run has the same manifest everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The program's version.
    pub version: String,
    /// The commit it was built from; `unknown` outside a checkout.
    pub commit: String,
    /// The scenario's name: the name of its file, without the extension.
    pub scenario: String,
    /// SHA-256 of the scenario file, in hex.
    pub scenario_sha256: String,
    /// Hash of the compiled plan, in hex: equal plans give equal results.
    pub plan_hash: String,
    /// The seed.
    pub seed: u64,
    /// The replications that were simulated: from the first up to, but without, the last.
    pub replications: [u32; 2],
    /// The price books that were used.
    pub catalogues: Vec<Catalogue>,
    /// The other files that were read.
    pub inputs: Vec<InputFile>,
}

/// A price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Catalogue {
    /// Its name.
    pub name: String,
    /// The day its prices were read, as it says itself.
    pub date: String,
}

/// A file that results depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// Its name as the scenario writes it.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}
