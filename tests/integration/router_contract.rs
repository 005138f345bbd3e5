//! What every router of the table keeps to, whatever its rule: it picks what it may pick, the same in the same state, without
//! allocating; it works with one deployment and ends with none; it is documented and shown in a scenario.

use std::fs;
use std::path::Path;

use spendcast::model::{DeploymentId, Stage, Status};
use spendcast::random::{Key, Purpose};
use spendcast::routing::{Among, AnyRouter, AnyState, Ask, Heed, Known, Luck, Router, RouterSpec, Sight, View};
use spendcast::spec::{Data, Mistakes, Node, Sources, parse};
use spendcast::units::{SimTime, Usd};

use crate::fixture::{run, world};
use crate::router_examples::{MODELS, examples};

const DECISIONS: usize = 4000;
const STATUSES: [Status; 4] = [Status::Delivered, Status::Failed, Status::TimedOut, Status::RateLimited];

/// A client that asks a router again and again, among random sets of candidates, and tells it random ends.
struct Client<'a> {
    router: &'a AnyRouter,
    state: AnyState,
    known: Known,
    key: Key,
    /// Targets under way, oldest first: at most a few, in a place of their own.
    under_way: Vec<(usize, SimTime)>,
}

impl<'a> Client<'a> {
    fn new(router: &'a AnyRouter, seed: u64) -> Self {
        let sight = |at: usize| Sight { price: Usd::from_picos(10_000_000_000 * (1 + at as i128 % 5)), ..Sight::default() };
        let known = Known { sights: (0..MODELS).map(sight).collect(), in_flight: vec![0; MODELS].into(), ..Known::default() };
        let key = Key::new(seed, 0, Purpose::Attempt);
        Self { router, state: router.state(), known, key, under_way: Vec::with_capacity(16) }
    }

    /// Random bits of a decision.
    fn bits(&self, number: usize, part: u64) -> u64 {
        let [low, high, ..] = self.key.block(number as u64, u64::MAX - part);
        u64::from(high) << 32 | u64::from(low)
    }

    /// Makes the decision with this number; `None` where the router refuses by limits of its own.
    fn decide(&mut self, number: usize) -> Option<usize> {
        let bits = self.bits(number, 0);
        let now = SimTime::from_micros(number as i64 * 700_000);
        let all = self.router.targets().len();
        let among = Among::first(all).only(|at| bits >> at & 1 == 1).or(Among::NONE.with((bits >> 32) as usize % all));
        let ask = Ask {
            stage: if bits >> 40 & 1 == 0 { Stage::Draft } else { Stage::Final },
            images: 1 + (bits >> 41 & 3) as u8,
            tokens: 50,
            user: self.bits(number / 3, 1),
            prompt: self.bits(number / 2, 2),
            category: (bits >> 44 & 1) as u8,
            ..Ask::PLAIN
        };
        if self.under_way.len() == 16 {
            let (target, sent) = self.under_way.remove(0);
            let deployment = self.router.targets()[target];
            self.known.in_flight[deployment.index()] -= 1;
            if self.router.manner().heeds {
                let heed = Heed { target, status: STATUSES[(bits >> 48 & 3) as usize], took: now.since(sent) };
                let view = View { now, known: &self.known };
                self.router.ended(&mut self.state, &heed, &ask, &view);
            }
        }
        let view = View { now, known: &self.known };
        let mut luck = Luck::new(self.key, number as u64, 0);
        let may =
            if self.router.manner().has_limits { self.router.admits(&mut self.state, among, &ask, &view).ok()? } else { among };
        assert!(!may.is_empty() && may.without(among).is_empty(), "admits what it may not pick");
        let target = self.router.pick(&mut self.state, may, &ask, &view, &mut luck);
        assert!(target < all && may.has(target), "picks {target}, which is not among {may:?}");
        if self.router.manner().heeds {
            self.router.sent(&mut self.state, target, &ask, &view);
        }
        self.known.in_flight[self.router.targets()[target].index()] += 1;
        self.under_way.push((target, now));
        Some(target)
    }
}

#[test]
fn picks_only_what_it_may() {
    for example in examples() {
        let router = example.router();
        let mut client = Client::new(&router, 1);
        let picked = (0..DECISIONS).filter(|number| client.decide(*number).is_some()).count();
        assert!(picked > DECISIONS / 2, "{}: {picked} decisions", example.key);
    }
}

/// One that is left is picked, whichever it is.
#[test]
fn one_deployment_works() {
    for example in examples() {
        let router = example.router();
        for at in 0..router.targets().len() {
            let mut client = Client::new(&router, 2);
            let view = View { now: SimTime::START, known: &client.known };
            let ask = Ask { user: 7, prompt: 7, ..Ask::PLAIN };
            let alone = Among::NONE.with(at);
            assert_eq!(router.admits(&mut client.state, alone, &ask, &view), Ok(alone), "{}", example.key);
            let mut luck = Luck::new(client.key, 0, 0);
            assert_eq!(router.pick(&mut client.state, alone, &ask, &view, &mut luck), at, "{}", example.key);
        }
    }
}

#[test]
fn the_same_state_and_draws_give_the_same_picks() {
    for example in examples() {
        let router = example.router();
        let of = |client: &mut Client, from: usize| (from..DECISIONS).map(|number| client.decide(number)).collect::<Vec<_>>();
        let mut client = Client::new(&router, 3);
        (0..DECISIONS / 2).for_each(|number| _ = client.decide(number));
        let mut copy = Client {
            router: &router,
            state: client.state.clone(),
            known: client.known.clone(),
            key: client.key,
            under_way: client.under_way.clone(),
        };
        let rest = of(&mut client, DECISIONS / 2);
        assert_eq!(of(&mut copy, DECISIONS / 2), rest, "{}", example.key);
        assert_eq!(of(&mut Client::new(&example.router(), 3), 0)[DECISIONS / 2..], rest, "{}", example.key);
    }
}

#[test]
fn a_decision_allocates_nothing() {
    for example in examples() {
        let router = example.router();
        let mut client = Client::new(&router, 4);
        client.under_way.reserve(17);
        let used = allocation_counter::measure(|| (0..DECISIONS).for_each(|number| _ = client.decide(number)));
        assert_eq!(used.count_total, 0, "{}", example.key);
    }
}

/// A strategy of a router over eight models, of which all fail but one, if any.
fn with_one_up(line: &str, up: Option<usize>) -> String {
    let model = |number: usize| {
        let failure = if up == Some(number) { "0%" } else { "100%" };
        format!(
            "[models.\"a/{}\"]\nprice.per_image = \"0.0{} USD\"\nlatency = \"2s\"\nfailure = \"{failure}\"\n",
            number + 1,
            number + 1
        )
    };
    let models: String = (0..MODELS).map(model).collect();
    let retry = "retry = { attempts = 10, backoff.constant = \"100ms\", jitter = \"none\" }";
    let cooldown = "cooldown = { time = \"60s\", always = [\"failed\"], all_cooling = \"bypass\" }";
    world("poisson.rate = \"30/min\"", "10min", 2, &format!("{models}[strategies.only]\nrouter.{line}\n{retry}\n{cooldown}\n"))
}

/// Every request ends, after finitely many attempts: 10 at each of at most 8 levels.
#[test]
fn all_down_ends_with_an_error() {
    for example in examples() {
        for row in run(&with_one_up(&example.line, None)).rows {
            let lost = row.failed + row.rate_limited + row.timed_out + row.gone + row.filtered;
            assert!(row.requests > 200 && row.delivered == 0 && lost == row.requests, "{}: {row:?}", example.key);
            assert!((row.requests..=10 * MODELS as u64 * row.requests).contains(&row.attempts), "{}: {row:?}", example.key);
        }
    }
}

/// With cooldowns and retries the one deployment that works is found, by every router that may ask for it.
#[test]
fn the_one_that_works_is_found() {
    for example in examples() {
        let reached = example.router().targets().to_vec();
        for up in [0, MODELS - 1] {
            for row in run(&with_one_up(&example.line, Some(up))).rows {
                let may = reached.contains(&DeploymentId(up as u16));
                assert_eq!(row.delivered > row.requests / 2, may, "{} with a/{} up: {row:?}", example.key, up + 1);
            }
        }
    }
}

/// Who cools, is shut down or has spent its budget is not asked while another is free: after the answer by which the client learns of
/// it, never again. Requests come one by one, so that nothing is under way when the next is routed.
#[test]
fn nobody_asks_who_is_to_be_left_alone() {
    let other = |at: usize| format!("[models.\"a/{at}\"]\nprice.per_image = \"0.0{at} USD\"\nlatency = \"2s\"\n");
    let others: String = (2..=MODELS).map(other).collect();
    let cooldown = "cooldown = { time = \"1d\", always = [\"failed\", \"gone\"] }";
    for (hazard, strategy, most) in [
        ("failure = \"100%\"", cooldown, 1),
        ("life.shutdown = 2020-01-01", cooldown, 1),
        ("", "budget.models.\"a/1\" = \"0.05 USD\"", 5),
    ] {
        for example in examples() {
            let first = format!("[models.\"a/1\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"2s\"\n{hazard}\n");
            let only = format!("[strategies.only]\nrouter.{}\nretry.attempts = 3\n{strategy}\n", example.line);
            let rows = run(&world("constant.rate = \"2/min\"", "1h", 1, &format!("{first}{others}{only}"))).rows;
            let asked: u64 = rows[0].answers[0].iter().sum();
            let alone = example.router().targets() == [DeploymentId(0)];
            assert!(alone || asked <= most, "{} with {hazard}{strategy}: {asked} attempts at a/1", example.key);
        }
    }
}

#[test]
fn each_is_documented() {
    let page = fs::read_to_string("docs/strategies.md").expect("the page is there");
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`')).collect();
    let missing: Vec<_> = RouterSpec::KEYS.iter().filter(|key| !headings.contains(key)).collect();
    assert!(missing.is_empty(), "docs/strategies.md says nothing of {missing:?}");
}

/// The keys of all routers in a scenario: those of tables called `router`, nested ones too.
fn routers(node: &Node, under_router: bool, found: &mut Vec<String>) {
    match &node.data {
        Data::Table(entries) => {
            for (key, value) in entries {
                if under_router {
                    found.push(key.name.clone());
                }
                routers(value, key.name == "router", found);
            }
        }
        Data::Array(items) => items.iter().for_each(|item| routers(item, false, found)),
        _ => {}
    }
}

fn scenarios(folder: &Path, found: &mut Vec<String>) {
    for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()) {
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "toml") {
            let text = fs::read_to_string(&path).expect("readable");
            let mut mistakes = Mistakes::new();
            let node = parse(&text, Sources::new().add("scenario.toml", &text), &mut mistakes);
            routers(&node, false, found);
        }
    }
}

#[test]
fn each_is_in_a_scenario() {
    let mut found = Vec::new();
    scenarios(Path::new("scenarios"), &mut found);
    let missing: Vec<_> = RouterSpec::KEYS.iter().filter(|key| !found.iter().any(|name| name == *key)).collect();
    assert!(missing.is_empty(), "no file under scenarios/ has a router {missing:?}");
}

#[test]
fn a_router_with_limits_of_its_own_calls_nobody_beyond_them() {
    let models = "[models.\"a/1\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"1s\"\n";
    let router = "[strategies.only]\nrouter.usage_based = { models = { \"a/1\" = { rpm = 5 } } }\n";
    let text = world("constant.rate = \"20/min\"", "10min", 1, &format!("{models}{router}"));
    for row in run(&text).rows {
        assert_eq!((row.requests, row.delivered, row.attempts, row.rate_limited), (200, 40, 40, 160));
    }
}
