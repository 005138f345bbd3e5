//! The profiles of LiteLLM through the whole engine, against what was seen of the real Router (1.106.2): how many calls a request
//! makes that cannot be served, how long that takes, and who pays for it.

use spendcast::engine::{Closed, Observer, Simulation};
use spendcast::ledger::Ledger;
use spendcast::model::{Answer, DeploymentId, Outcome};
use spendcast::units::SimTime;

use crate::fixture::{assert_mean_of, compile, drive, world};

/// The two adapters, and the calls that each makes within an attempt.
const ADAPTERS: [(&str, usize); 2] = [("httpx", 1), ("openai", 3)];

/// Who was called for each request, in order, and how requests ended: outcome and seconds. Requests are hours apart.
#[derive(Default)]
struct Seen {
    calls: Vec<Vec<u16>>,
    ends: Vec<(Outcome, f64)>,
}

struct Watcher {
    seen: Seen,
    ledger: Ledger,
}

impl Observer for Watcher {
    fn journey_begins(&mut self, now: SimTime) {
        self.seen.calls.push(Vec::new());
        self.ledger.journey_begins(now);
    }

    fn attempted(&mut self, deployment: DeploymentId, answer: &Answer, now: SimTime) {
        self.seen.calls.last_mut().expect("a request").push(deployment.0);
        self.ledger.attempted(deployment, answer, now);
    }

    fn charged(&mut self, charge: &spendcast::model::Charge, now: SimTime) {
        self.ledger.charged(charge, now);
    }

    fn closed(&mut self, request: &Closed, _: SimTime) {
        self.seen.ends.push((request.outcome, request.took.as_secs_f64()));
    }
}

/// What comes of requests so far apart, with these models (by letter: what else they have) and this strategy; booked and
/// invoiced at the end.
fn watch(adapter: &str, gap: &str, models: &[(&str, &str)], strategy: &str) -> (Seen, f64, f64) {
    let model = |(id, more): &(&str, &str)| format!("[models.\"p/{id}\"]\nprice.per_image = \"0.04 USD\"\n{more}\n");
    let models: String = models.iter().map(model).collect();
    let strategy = format!("[strategies.only]\nprofile = \"litellm-1.106/{adapter}\"\n{strategy}");
    let text = world(&format!("constant.rate = \"1/{gap}\""), "200h", 1, &format!("{models}{strategy}"));
    let (compiled, settings) = compile(&text);
    let watcher = Watcher { seen: Seen::default(), ledger: Ledger::of(&compiled.plan) };
    let mut simulation = Simulation::new(&compiled.plan, &compiled.plan.strategies[0], watcher);
    drive(&mut simulation, &compiled.plan, settings.seed, 0);
    let watcher = simulation.observer();
    let money = [watcher.ledger.booked(), watcher.ledger.cost()].map(spendcast::units::Usd::to_f64);
    (std::mem::take(&mut watcher.seen), money[0], money[1])
}

const FAILS: &str = "latency = \"1ms\"\nfailure = \"100%\"";
const WORKS: &str = "latency = \"1ms\"";

/// One deployment that always fails: 3 attempts with waits of 0.5, 1 and 2 s and up to 0.75 s more each, the last one after
/// the last attempt; through OpenAI's SDK 3 calls in each, after 0.5 and 1 s less up to a quarter. Real runs took 8.7 to
/// 10.4 s, the time to load what a first failure needs included.
#[test]
fn a_deployment_that_fails_is_called_three_or_nine_times() {
    for (adapter, calls) in ADAPTERS {
        let (seen, ..) = watch(adapter, "1h", &[("a", FAILS)], "router.simple_shuffle = [\"p/a\"]");
        assert!(seen.calls.iter().all(|request| request.len() == 3 * calls), "{adapter}");
        let sdk = if calls > 1 { (3.375, 4.5) } else { (0.0, 0.0) };
        let (low, high) = (3.5 + sdk.0, 5.75 + sdk.1);
        let times: Vec<f64> = seen.ends.iter().map(|(_, took)| *took).collect();
        assert!(times.iter().all(|took| (low..high + 0.01).contains(took)), "{adapter}: {times:?}");
        let latencies = 0.003 * calls as f64;
        assert_mean_of(&times, f64::midpoint(low, high) + latencies, adapter);
    }
}

/// The first request fails although a peer is healthy, since retries follow at once and a cooldown takes five failures; the
/// second meets the fourth and fifth, and is delivered by the peer.
#[test]
fn a_peer_is_asked_only_when_five_attempts_have_failed() {
    let shuffle = "router.simple_shuffle = { \"p/a\" = 1000000, \"p/b\" = 1 }";
    for (adapter, calls) in ADAPTERS {
        let (seen, ..) = watch(adapter, "20s", &[("a", FAILS), ("b", WORKS)], shuffle);
        assert_eq!(seen.calls[0], vec![0; 3 * calls], "{adapter}");
        let second: Vec<u16> = std::iter::repeat_n(0, 2 * calls).chain([1]).collect();
        assert_eq!(seen.calls[1], second, "{adapter}");
        assert_eq!([seen.ends[0].0, seen.ends[1].0], [Outcome::Failed, Outcome::Delivered], "{adapter}");
    }
}

/// A group and its two fallbacks, of which the last works: 7 calls, and 19 through the SDK.
#[test]
fn fallbacks_come_after_all_attempts_at_each_group() {
    let strategy = "group = \"img\"\nfallbacks.general.img = [\"backup\", \"last\"]\n\
         groups.img.router.simple_shuffle = [\"p/a\"]\ngroups.backup.router.simple_shuffle = [\"p/y\"]\n\
         groups.last.router.simple_shuffle = [\"p/z\"]";
    for (adapter, calls) in ADAPTERS {
        let (seen, ..) = watch(adapter, "1h", &[("a", FAILS), ("y", FAILS), ("z", WORKS)], strategy);
        assert!(seen.calls.iter().all(|request| request.len() == 6 * calls + 1), "{adapter}");
        assert!(seen.ends.iter().all(|(outcome, _)| *outcome == Outcome::Delivered), "{adapter}");
    }
}

/// A timeout before the image is done: 3 or 9 images are made and billed, none is delivered, and nothing is booked.
#[test]
fn images_that_come_too_late_are_invoiced_and_not_booked() {
    for (adapter, calls) in ADAPTERS {
        let slow = "latency = \"1.5s\"";
        let (seen, booked, invoiced) =
            watch(adapter, "1h", &[("a", slow)], "router.simple_shuffle = [\"p/a\"]\ntimeout = \"400ms\"");
        assert!(seen.calls.iter().all(|request| request.len() == 3 * calls), "{adapter}");
        assert!(seen.ends.iter().all(|(outcome, _)| *outcome == Outcome::TimedOut), "{adapter}");
        let images = (3 * calls * seen.calls.len()) as f64;
        assert!(booked == 0.0 && (invoiced - 0.04 * images).abs() < 1e-9, "{adapter}: {booked} {invoiced}");
    }
}
