//! One router of each kind, from `tests/data/routers.toml`: what tests and benchmarks of all routers begin with.

use std::fs;

use spendcast::model::DeploymentId;
use spendcast::routing::{AnyRouter, RouterSpec};
use spendcast::spec::{Field, Mistakes, Reader, Sources, parse};

/// How many models the examples choose from: "a/1" to "a/8".
pub(crate) const MODELS: usize = 8;

/// An example: its key in the table of routers, and the line that says it.
pub(crate) struct Example {
    pub(crate) key: String,
    pub(crate) line: String,
}

/// All examples.
///
/// # Panics
/// If they are not those of the table of routers, one each and in its order.
pub(crate) fn examples() -> Vec<Example> {
    let text = fs::read_to_string("tests/data/routers.toml").expect("the examples are there");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let key = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let all: Vec<Example> = lines.map(|line| Example { key: key(line), line: line.to_owned() }).collect();
    let keys: Vec<&str> = all.iter().map(|example| example.key.as_str()).collect();
    assert_eq!(keys, RouterSpec::KEYS, "tests/data/routers.toml has one example of each router");
    all
}

impl Example {
    /// The router that it says, with deployment 0 for "a/1" and so on.
    pub(crate) fn router(&self) -> AnyRouter {
        let mut mistakes = Mistakes::new();
        let node = parse(&self.line, Sources::new().add("routers.toml", &self.line), &mut mistakes);
        let mut reader = Reader::new();
        let spec = RouterSpec::read(&node, &mut reader);
        mistakes.extend(reader.into_mistakes().into_sorted());
        let found = mistakes.into_sorted();
        let spec = spec.filter(|_| found.is_empty()).unwrap_or_else(|| panic!("{}: {found:?}", self.key));
        let find = |name: &str| {
            let number: usize = name.strip_prefix("a/")?.parse().ok()?;
            (1..=MODELS).contains(&number).then(|| DeploymentId(number as u16 - 1))
        };
        spec.build(&find).unwrap_or_else(|mistake| panic!("{}: {mistake:?}", self.key))
    }
}
