//! Models that come and go: none is used before its launch or after its shutdown; who is prepared for a shutdown loses
//! nothing, and who is not loses what arrives until he has moved; a floating name has the price of its day.

use spendcast::engine::{Observer, Simulation};
use spendcast::experiment::Row;
use spendcast::model::{Answer, DeploymentId, Outcome};
use spendcast::units::SimTime;

use crate::fixture::{assert_mean, compile, drive, run, world};

fn model(name: &str, price: &str, more: &str) -> String {
    format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency = \"10s\"\n{more}\n")
}

/// Accepted attempts at each deployment: the first and the last, and how many it said were gone.
struct Seen(Vec<(Vec<SimTime>, u64)>);

impl Observer for Seen {
    fn attempted(&mut self, to: DeploymentId, answer: &Answer, now: SimTime) {
        match answer {
            Answer::Accepted(fate) => self.0[fate.place.by.index()].0.push(now),
            Answer::Rejected { outcome, .. } => {
                assert_eq!(*outcome, Outcome::Gone);
                self.0[to.index()].1 += 1;
            }
        }
    }
}

/// What is seen of the deployments, in the order of the strategy.
fn watch(text: &str) -> Vec<(Vec<SimTime>, u64)> {
    let (compiled, settings) = compile(text);
    let seen = Seen(vec![Default::default(); compiled.deployments.len()]);
    let mut simulation = Simulation::new(&compiled.plan, &compiled.plan.strategies[0], seen);
    drive(&mut simulation, &compiled.plan, settings.seed, 0);
    std::mem::take(&mut simulation.observer().0)
}

const fn hour(hour: i64) -> SimTime {
    SimTime::from_micros(hour * 3_600_000_000)
}

#[test]
fn nothing_is_used_before_its_launch_or_after_its_shutdown() {
    let text = [
        model("p/early", "0.04 USD", "life = { launch = 2025-01-01, shutdown = 2026-01-04 }"),
        model("p/late", "0.04 USD", "life = { launch = 2026-01-03T12:00:00 }"),
        model("p/both", "0.04 USD", "life = { launch = 2026-01-02, shutdown = 2026-01-05 }"),
        "[strategies.only]\nrouter.fallback = [\"p/early\", \"p/late\", \"p/both\"]\nretry = { attempts = 2, on = [\"gone\"], backoff.constant = \"1s\" }".to_owned(),
    ];
    let seen = watch(&world("poisson.rate = \"1000/d\"", "7d", 1, &text.concat()));
    let within = |index: usize, from: i64, until: i64| {
        let (accepted, gone): &(Vec<SimTime>, u64) = &seen[index];
        assert!(accepted.iter().all(|at| hour(from) <= *at && *at < hour(until)), "model {index}");
        (accepted.len(), *gone)
    };
    let (early, gone) = within(0, 0, 72);
    assert!(early > 2500 && gone > 2 * 3500);
    let (late, none) = within(1, 72, 7 * 24 + 1);
    assert!(late > 3500 && none == 0);
    assert_eq!(within(2, 24, 96), (0, 0));
    // Alone it is used in its three days, and says at all other times that it is not there.
    let rows = run(&world("poisson.rate = \"1000/d\"", "7d", 20, &text.concat().replace("\"p/early\", \"p/late\", ", ""))).rows;
    assert_mean(&rows, |row| row.delivered as f64, 3000.0, "delivered");
    assert!(rows.iter().all(|row| row.gone + row.delivered == row.requests && row.cost.picos() == 40_000_000_000 * i128::from(row.delivered)));
    let answers = |row: &Row, outcome: Outcome| row.answers.iter().map(|counts| counts[outcome as usize]).sum::<u64>();
    assert!(rows.iter().all(|row| (answers(row, Outcome::Gone), answers(row, Outcome::RateLimited)) == (2 * row.gone, 0)));
}

fn shutdown(slips: &str, migrate: &str) -> String {
    let life = format!("life = {{ shutdown = 2026-01-04, successor = \"p/next\"{slips} }}");
    let strategy = format!("[strategies.only]\nrouter.single = \"p/old\"\nmigrate = {{ {migrate} }}");
    let models = model("p/old", "0.04 USD", &life) + &model("p/next", "0.10 USD", "");
    world("poisson.rate = \"2400/d\"", "8d", 400, &(models + &strategy))
}

/// 100 requests an hour are lost from the shutdown to the migration.
#[test]
fn the_unprepared_lose_what_arrives_until_they_have_moved() {
    for (lag, hours) in [
        ("lag = \"3h\"", 3.0),
        ("lag.uniform = { low = \"1h\", high = \"9h\" }", 5.0),
        ("lag.uniform = { low = \"0s\", high = \"18h\" }", 9.0),
    ] {
        let rows = run(&shutdown("", lag)).rows;
        assert_mean(&rows, |row| row.gone as f64, 100.0 * hours, lag);
        assert!(rows.iter().all(|row| row.delivered + row.gone == row.requests));
        let left = 0.04 * 7200.0 + 0.10 * (12_000.0 - 100.0 * hours);
        assert_mean(&rows, |row| row.cost.to_f64(), left, lag);
    }
    // Whoever never moves loses all that is left.
    let rows = run(&shutdown("", "ahead = \"0s\"").replace("migrate = { ahead = \"0s\" }", "")).rows;
    assert_mean(&rows, |row| row.gone as f64, 12_000.0, "never");
}

#[test]
fn the_prepared_lose_nothing() {
    let rows = run(&shutdown("", "ahead = \"12h\"")).rows;
    assert!(rows.iter().all(|row| row.delivered == row.requests));
    assert_mean(&rows, |row| row.cost.to_f64(), 0.04 * 6000.0 + 0.10 * 13_200.0, "cost");
    assert!(run(&shutdown("", "ahead = \"0s\"")).rows.iter().all(|row| row.delivered == row.requests));
}

/// A shutdown may come earlier than announced: with 30 % by 10 h, of which 4 are covered. Later ones harm nobody who moves
/// by the announced date, and who moves after the fact counts from the fact.
#[test]
fn dates_that_slip_catch_the_prepared_too() {
    let slips = ", slips = { earlier = \"30%\", later = \"50%\", by = \"10h\" }";
    let rows = run(&shutdown(slips, "ahead = \"4h\"")).rows;
    assert_mean(&rows, |row| row.gone as f64, 0.3 * 600.0, "prepared");
    let rows = run(&shutdown(slips, "lag = \"2h\"")).rows;
    assert_mean(&rows, |row| row.gone as f64, 200.0, "unprepared");
    let dear = 0.10 * 100.0 * (118.0 + 10.0 * (0.3 - 0.5));
    assert_mean(&rows, |row| row.cost.to_f64(), 0.04 * 100.0 * (72.0 + 10.0 * 0.2) + dear, "cost of what slips");
}

/// 24 images a day: two days at 0.04 USD, then three at 0.08, exactly; a name that is pinned keeps its price.
#[test]
fn a_floating_name_has_the_price_of_its_day() {
    let models = model("p/one", "0.04 USD", "") + &model("p/two", "0.08 USD", "");
    let floating = "[models.\"p/latest\"]\nversions = [{ model = \"p/one\" }, { from = 2026-01-03, model = \"p/two\" }]\n";
    let cost = |name: &str| {
        let strategy = format!("[strategies.only]\nrouter.single = \"{name}\"");
        run(&world("constant.rate = \"24/d\"", "5d", 1, &format!("{models}{floating}{strategy}"))).rows[0].cost.to_string()
    };
    assert_eq!([cost("p/latest"), cost("p/one"), cost("p/two")], ["7.68", "4.8", "9.6"]);
}

/// A lag of a day: what arrives meanwhile is lost, and the successor of a successor is found, too.
#[test]
fn successors_have_successors() {
    let text = [
        model("p/a", "1 USD", "life = { shutdown = 2026-01-02, successor = \"p/b\" }"),
        model("p/b", "10 USD", "life = { shutdown = 2026-01-04, successor = \"p/c\" }"),
        model("p/c", "100 USD", ""),
        "[strategies.only]\nrouter.single = \"p/a\"\nmigrate.lag = \"1d\"".to_owned(),
    ];
    let rows = run(&world("constant.rate = \"1/d\"", "7d", 1, &text.concat())).rows;
    assert_eq!((rows[0].cost.to_string().as_str(), rows[0].gone), ("311", 2));
}
