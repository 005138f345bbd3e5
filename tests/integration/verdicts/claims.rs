//! `docs/article/claims.toml` as types: results and the commands that make them, and a page for each question.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    /// What to take from it all: Markdown, with `{references}`.
    pub(super) takeaways: String,
    pub(super) results: BTreeMap<String, Wanted>,
    pub(super) page: Vec<Page>,
    pub(super) untested: Vec<Untested>,
    pub(super) fact: Vec<Fact>,
}

/// A result that is kept, and how it is made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The scenario below `scenarios`, without its extension.
    pub(super) scenario: String,
    #[serde(default)]
    pub(super) command: Command,
    #[serde(default)]
    pub(super) arguments: Vec<String>,
    /// The charts that are kept of it.
    #[serde(default)]
    pub(super) charts: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Command {
    #[default]
    Run,
    BreakEven,
}

impl Command {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::BreakEven => "break-even",
        }
    }
}

/// A question, and how the results answer it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub(super) name: String,
    /// As the contents name it.
    pub(super) title: String,
    pub(super) question: String,
    /// What the article says, in our words.
    pub(super) claim: String,
    /// When it is taken to hold, in words, with where the threshold is from.
    pub(super) rule: String,
    /// What the figures of the cases are.
    pub(super) measure: String,
    /// The condition on the figure, in the unit that it is shown in: all of `[lo, hi]` from here on ...
    pub(super) from: Option<f64>,
    /// ... and up to here.
    pub(super) to: Option<f64>,
    pub(super) case: Vec<Case>,
    /// The figure that the table of all verdicts shows, in a few words.
    pub(super) figure: String,
    pub(super) chart: Chart,
    /// What else the results show, and what the verdict depends on: Markdown, with `{references}` to figures.
    pub(super) text: String,
}

/// A situation that the claim is tested in: by a figure, or by where on the way of a break-even it holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// What completes "It holds when ...".
    pub(super) when: String,
    pub(super) figure: Option<String>,
    /// Whether it is shown for comparison alone and does not count: it is not what the article speaks of.
    #[serde(default)]
    pub(super) aside: bool,
    /// This case's own condition, in place of both ends of the page's.
    pub(super) from: Option<f64>,
    pub(super) to: Option<f64>,
    /// All of these have to hold.
    #[serde(default)]
    pub(super) place: Vec<Place>,
}

/// Where one strategy is lower than the other of a break-even.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) result: String,
    /// The claim holds where this one is lower.
    pub(super) lower: String,
    /// What the path of the break-even is called.
    pub(super) what: String,
    /// The unit of the numbers below.
    pub(super) unit: String,
    /// From numbers of the path to numbers of that unit.
    #[serde(default = "one")]
    pub(super) times: f64,
}

const fn one() -> f64 {
    1.0
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chart {
    pub(super) result: String,
    pub(super) name: String,
    pub(super) caption: String,
}

/// A statement that no simulation can judge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Untested {
    pub(super) says: String,
    pub(super) why: String,
}

/// A statement of fact, and what public sources say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    pub(super) says: String,
    pub(super) sources_say: String,
    pub(super) source: String,
}

/// The file's content.
pub(super) fn read(text: &str) -> Claims {
    toml::from_str(text).unwrap_or_else(|error| panic!("docs/article/claims.toml: {error}"))
}
