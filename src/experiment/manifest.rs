//! Where results come from: enough to make them again.

use serde::{Deserialize, Serialize};

/// The provenance of an experiment. It holds no clock and no path of the machine, and of the command line only what
/// changes results, so that the same run has the same manifest everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Values of the scenario that the command line replaced, in order: the last word counts.
    pub set: Vec<Replaced>,
    /// The seed.
    pub seed: u64,
    /// The replications that were simulated: from the first up to, but without, the last.
    pub replications: [u32; 2],
    /// How many replications were asked for: more than were simulated where the run was stopped.
    pub asked: u32,
    /// The price books that were used.
    pub catalogues: Vec<Catalogue>,
    /// The other files that were read: price books of the user's own, then recordings.
    pub inputs: Vec<InputFile>,
}

/// The provenance of an experiment that was run at several points: that of all of them, whose plan stands for all plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DesignManifest {
    /// The command that chose the points: `sweep` or `break-even`.
    pub command: String,
    /// What varied, as it was given.
    pub over: Vec<Replaced>,
    /// The metric that was compared.
    pub metric: String,
    /// The two strategies that were compared, where they were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Vec<String>>,
    /// How closely was looked, in the unit of the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// At how many points it was run.
    pub points: usize,
    /// What they have in common.
    #[serde(flatten)]
    pub of_all: Manifest,
}

/// A value that stands in the place of the scenario's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The path of its keys, parted by points.
    pub path: String,
    /// The value as it was given.
    pub value: String,
}

/// A price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Its name.
    pub name: String,
    /// The day its prices were read, as it says itself.
    pub date: String,
    /// The public price files that it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imported: Vec<Imported>,
}

/// A public price file that a price book was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Its form, such as litellm.
    pub form: String,
    /// Its name, without directories.
    pub file: String,
    /// Its version, as the user named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// A file that results depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Its name, relative to the scenario.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}
