//! The scenarios for what the article claims, and for what users of gateways ask: each opens with its question, runs, and ends with what the simulation says of
//! the claim; and what it says still points the same way. The figures there are those of a full run, and are not repeated
//! here: those that stand in tables are checked by `scenario_figures`.

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
    ("tiered-against-single-by-share", "one in five refined saves 60 to 80 %", |sums| {
        let premium = sums.of("premium-only").cost;
        ["tiered", "tiered-as-liked"].iter().all(|name| (0.2..0.4).contains(&(sums.of(name).cost / premium)))
    }),
    ("cost-weighting-against-cheapest", "weighing wins little of the cheapest with a next model", |sums| {
        let less = sums.of("cost-weighting").per_delivered() / sums.of("cheapest").per_delivered();
        (0.98..1.0).contains(&less)
    }),
    ("cost-weighting-against-cheapest", "the cheapest alone, asked again, is a third dearer and loses a fifth", |sums| {
        let retried = sums.of("cheapest-retried");
        retried.per_delivered() > 1.33 * sums.of("cheapest").per_delivered() && (0.78..0.82).contains(&retried.share())
    }),
    ("aggregator-or-direct", "one key is cheaper for either team, and far cheaper for the small one", |sums| {
        let [small, large] = ["direct-small-team", "direct-large-team"].map(|name| sums.of(name).cost);
        let keys = ["markup", "below-list", "fee-on-top-up"].map(|name| sums.of(name).cost);
        keys.iter().all(|key| *key < 0.2 * small && *key < 0.7 * large)
    }),
    ("cache-for-avatars", "no cache saves two per cent, and Redis costs more than it saves", |sums| {
        let none = sums.of("no-cache").cost;
        sums.0.values().all(|sum| sum.cost > 0.98 * none) && sums.of("redis").cost > 1.01 * none
    }),
    ("cache-for-templates", "a quarter, nearly a half, two thirds", |sums| {
        let saved = ["provider-cache", "redis", "object-storage"].map(|name| 1.0 - sums.of(name).cost / sums.of("no-cache").cost);
        let said = [0.20..0.27, 0.39..0.47, 0.64..0.72];
        saved.iter().zip(said).all(|(saved, said)| said.contains(saved))
    }),
    ("cache-for-templates", "the two together are no better than Redis alone", |sums| {
        (sums.of("redis-and-provider").cost / sums.of("redis").cost - 1.0).abs() < 0.002
    }),
    ("failover-under-outage", "a fallback loses a tenth of what is lost without, for 1 to 2 %", |sums| {
        let [single, fallback] = ["single", "fallback"].map(|name| sums.of(name));
        1.0 - fallback.share() < 0.1 * (1.0 - single.share()) && (1.0..1.02).contains(&(fallback.cost / single.cost))
    }),
    ("failover-under-outage", "a hedge costs more than a fallback, an aggregator more than both", |sums| {
        let [fallback, hedge, aggregator] = ["fallback", "hedge", "aggregator"].map(|name| sums.of(name).cost);
        fallback < hedge && hedge < aggregator
    }),
    ("growth-into-the-limit", "waiting brings back some, spilling and tiers all", |sums| {
        let [reject, again, wait] = ["reject", "retry-after", "wait"].map(|name| sums.of(name).share());
        reject < again && again < wait && wait < 0.99 && sums.of("spill").share().min(sums.of("earned-tiers").share()) > 0.9999
    }),
    ("growth-into-the-limit", "the base fee is about three times the price of the images", |sums| {
        (3.5..4.5).contains(&(sums.of("contract").cost / sums.of("earned-tiers").cost))
            && sums.of("spill").per_delivered() < 0.0406
    }),
    ("cooldown-60-or-5", "60 s by count closes what is healthy, 5 s by share seldom, over one minute never", |sums| {
        let [count, share, sliding] = ["60s-by-count", "5s-by-share", "5s-by-sliding-share"].map(|name| sums.of(name).share());
        count < 0.3 && (0.95..0.99).contains(&share) && sliding > 0.999
    }),
    ("usage-based-or-shuffle", "told nothing, the shuffle makes a tenth more calls", |sums| {
        let [told, untold] = ["simple-shuffle", "shuffle-untold"].map(|name| sums.of(name).attempts);
        (1.07..1.11).contains(&(untold / told)) && sums.of("usage-based-v2").attempts < told
    }),
    ("retries-when-timeouts-bill", "timeouts are a quarter of a per cent, and waiting leaves none", |sums| {
        let [retried, patient] = ["retried", "patient"].map(|name| sums.of(name));
        (1.001..1.004).contains(&(retried.cost / retried.booked)) && (patient.cost / patient.booked - 1.0).abs() < 1e-9
    }),
    ("retries-when-timeouts-bill", "an image delivered costs the same, tried again or not", |sums| {
        let [again, once] = ["retried", "not-after-timeouts"].map(|name| sums.of(name).per_delivered());
        (again / once - 1.0).abs() < 0.001
    }),
    ("hidden-sdk-retries", "no retries through the SDK are as many calls as three attempts without", |sums| {
        let [told, plain] = ["openai-told-not-to-retry", "httpx"].map(|name| sums.of(name).attempts);
        (told / plain - 1.0).abs() < 0.005 && sums.of("openai").attempts > plain
    }),
];

/// What became of a strategy's requests, over all replications; money in USD.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    cost: f64,
    unknown: f64,
    wasted: f64,
    booked: f64,
    attempts: f64,
    requests: f64,
    delivered: f64,
    accepted: f64,
}

impl Sum {
    fn add(&mut self, row: &Row, unknown: Unsure) {
        self.cost += row.cost.to_f64();
        self.unknown += unknown.cost.to_f64();
        self.wasted += row.wasted.to_f64();
        self.booked += row.booked.to_f64();
        self.attempts += row.attempts as f64;
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
