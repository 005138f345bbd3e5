//! The scenarios for what the article claims: each opens with its question, runs, and ends with what the simulation says of
//! the claim; and what it says still points the same way. The figures there are those of a full run, and are not repeated
//! here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use spendcast::experiment::{Row, Settings};
use spendcast::ledger::Unsure;

use crate::fixture::{compile, more_if, run_with};

const FOLDERS: [&str; 2] = ["scenarios/article", "scenarios/gateways"];
pub(crate) const SAYS: &str = "\n# What the simulation says\n";

/// Something that a scenario says, by file: in words, and whether it is so.
type Claim = (&'static str, &'static str, fn(&Sums) -> bool);

/// What the scenarios say, as far as two replications tell. A new scenario adds its lines.
const CLAIMS: &[Claim] = &[
    ("true-cost-by-size", "the second tries of users cost more than all waste", |sums| {
        let all = sums.of("three-tries");
        all.per_accepted() - all.per_delivered() > 5.0 * all.wasted / all.delivered
    }),
    ("true-cost-by-size", "refused prompts sent again buy nothing", |sums| {
        let (again, once) = (sums.of("tries-refusals-again"), sums.of("three-tries"));
        again.cost > once.cost && again.delivered <= once.delivered
    }),
    ("true-cost-by-size", "the published rule wastes less", |sums| {
        sums.of("as-published").wasted < sums.of("three-tries").wasted / 3.0
    }),
    ("failures-billed", "failures billed cost 4 % to 12 %", |sums| {
        let more = sums.of("bills-every-request").per_delivered() / sums.of("bills-images-alone").per_delivered();
        (1.04..1.12).contains(&more)
    }),
    ("failures-billed", "nobody knows more than the two ends", |sums| {
        let open = sums.of("nobody-knows");
        (open.cost - sums.of("bills-images-alone").cost).abs() < 0.02 * open.cost && open.unknown > 0.04 * open.cost
    }),
    ("verbose-prompts", "twice the tokens cost Gemini's users less than a thousandth", |sums| {
        let more = sums.of("gemini-verbose").cost / sums.of("gemini").cost - 1.0;
        more > 0.0 && more < 0.001
    }),
    ("verbose-prompts", "twice the tokens show beside the cheapest image", |sums| {
        (1.05..1.10).contains(&(sums.of("gpt-image-2-verbose").cost / sums.of("gpt-image-2").cost))
    }),
    ("five-against-fifty-per-minute", "the limit loses requests at the peak, a queue more of them", |sums| {
        sums.of("five-queued").share() < sums.of("five").share() && sums.of("five").share() < 0.98
    }),
    ("five-against-fifty-per-minute", "the base fee is more than the images", |sums| {
        sums.of("fifty").cost > 2.0 * sums.of("ladder").cost && sums.of("fifty").share() > 0.999
    }),
    ("five-against-fifty-per-minute", "overflow delivers as much for less", |sums| {
        let overflow = sums.of("five-and-overflow");
        overflow.share() > 0.999 && overflow.cost < sums.of("fifty").cost / 2.0
    }),
    ("sdxl-to-sd35", "those who moved or were moved pay more, the prepared most", |sums| {
        let [prepared, floating, unprepared] = ["prepared", "floating", "unprepared"].map(|name| sums.of(name).cost);
        prepared > floating && floating > unprepared && floating > 1.6 * sums.of("nothing-happens").cost
    }),
    ("sdxl-to-sd35", "who is pinned is left with nothing, who falls back pays less", |sums| {
        sums.of("pinned").share() < 0.4 && sums.of("fallback").cost < sums.of("nothing-happens").cost
    }),
];

/// What became of a strategy's requests, over all replications; money in USD.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    cost: f64,
    unknown: f64,
    wasted: f64,
    requests: f64,
    delivered: f64,
    accepted: f64,
}

impl Sum {
    fn add(&mut self, row: &Row, unknown: Unsure) {
        self.cost += row.cost.to_f64();
        self.unknown += unknown.cost.to_f64();
        self.wasted += row.wasted.to_f64();
        self.requests += row.requests as f64;
        self.delivered += row.delivered as f64;
        self.accepted += row.accepted.unwrap_or(0) as f64;
    }

    fn share(&self) -> f64 {
        self.delivered / self.requests
    }

    fn per_delivered(&self) -> f64 {
        self.cost / self.delivered
    }

    fn per_accepted(&self) -> f64 {
        self.cost / self.accepted
    }
}

/// The sums of a scenario's strategies, by name.
#[derive(Debug)]
struct Sums(BTreeMap<String, Sum>);

impl Sums {
    /// Two replications of the scenario.
    fn run(text: &str) -> Self {
        let (compiled, settings) = compile(text);
        let run = run_with(&compiled, Settings { replications: 2, ..settings });
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for row in &run.rows {
            sums.entry(compiled.strategies[usize::from(row.strategy)].clone())
                .or_default()
                .add(row, more_if(&compiled, row, |_| true));
        }
        Self(sums)
    }

    fn of(&self, strategy: &str) -> &Sum {
        self.0.get(strategy).unwrap_or_else(|| panic!("no strategy {strategy}"))
    }
}

/// The scenarios of a folder, by name.
pub(crate) fn scenarios(folder: &str) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let toml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml");
    let named = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("readable");
        (path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned(), text)
    };
    files.map(|file| file.expect("readable").path()).filter(toml).map(named).collect()
}

/// The scenarios of all folders, by name.
fn all_scenarios() -> BTreeMap<String, String> {
    FOLDERS.into_iter().flat_map(scenarios).collect()
}

#[test]
fn each_opens_with_its_question_and_ends_with_what_comes_of_the_claim() {
    for (name, text) in all_scenarios() {
        let opening: Vec<&str> = text.lines().skip(1).take_while(|line| line.starts_with('#')).collect();
        assert!(text.starts_with("#:schema ../../docs/scenario.schema.json\n# "), "{name}: no schema, or no question");
        assert!(opening.iter().any(|line| line.ends_with('?')), "{name}: no question");
        assert!(text.lines().any(|line| line.starts_with("question = \"") && line.ends_with("?\"")), "{name}: no question");
        let (_, says) = text.split_once(SAYS).unwrap_or_else(|| panic!("{name}: no word on what the simulation says"));
        assert!(says.lines().all(|line| line.starts_with('#')), "{name}: something follows what the simulation says");
        for needed in ["\"", "`spendcast run`", "seed", "[", "Verdict", "hold"] {
            assert!(says.contains(needed), "{name}: what the simulation says lacks {needed}");
        }
    }
}

#[test]
fn each_runs_and_says_what_it_said() {
    let scenarios = all_scenarios();
    assert!(CLAIMS.iter().all(|(file, ..)| scenarios.contains_key(*file)), "a claim of no scenario");
    for (name, text) in &scenarios {
        let sums = Sums::run(text);
        assert!(sums.0.len() > 1 && sums.0.values().all(|sum| sum.delivered > 0.0), "{name}: {sums:?}");
        for (_, claim, holds) in CLAIMS.iter().filter(|(file, ..)| file == name) {
            assert!(holds(&sums), "{name}: {claim}: {sums:#?}");
        }
    }
}

/// What a name stands for since ever is in order before any date, also where the scenario starts on or after that date.
#[test]
fn a_version_may_change_before_the_start() {
    let text = scenarios(FOLDERS[0]).remove("sdxl-to-sd35").expect("it is there");
    let sums = Sums::run(&text.replace("start = 2026-01-01", "start = 2026-02-01").replace("\"90d\"", "\"10d\""));
    assert!(sums.of("floating").cost > 2.0 * sums.of("nothing-happens").cost);
    assert!(sums.of("pinned").delivered == 0.0 && sums.of("floating").share() > 0.999);
}
