//! Hedging under exponential latency: the minimum of two, and how often there are two, in closed form; who pays; and what budgets
//! count of it.

use spendcast::engine::Simulation;
use spendcast::experiment::Row;
use spendcast::ledger::Ledger;
use spendcast::model::{Cause, ClassId, DeploymentId};
use spendcast::routing::{Action, AnyRouter, Ask, Client, Heard, Luck, Strategy, View};
use spendcast::units::{SimDuration, Usd};

use crate::fixture::{assert_mean, compile, drive, run, world};

const PRICE: &str = "0.04 USD";

/// Two models with exponential latency of 10 s in the mean; a copy goes to the other after 5 s.
fn rows(billing: &str, replications: u32) -> Vec<Row> {
    let model = |name: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"{PRICE}\"\nlatency.exponential.mean = \"10s\"\nbilling = {{ {billing} }}\n"
        )
    };
    let strategy = "[strategies.only]\nrouter.weighted = { \"p/a\" = 1, \"q/b\" = 1 }\nhedge.after = \"5s\"\n";
    run(&world("poisson.rate = \"2/min\"", "1d", replications, &(model("p/a") + &model("q/b") + strategy))).rows
}

/// With rate l and delay d: the time is (1 - e^-ld) / l + e^-ld / (2 l) in the mean, and e^-ld requests have a copy.
#[test]
fn the_time_is_that_of_the_faster_and_copies_are_as_many_as_are_slow() {
    let rows = rows("", 200);
    let late = (-0.5_f64).exp();
    let time = 10.0 * (1.0 - late) + 5.0 * late;
    assert_mean(&rows, |row| row.time_to_image_sum as f64 / 1e6 - time * row.delivered as f64, 0.0, "time to image");
    assert_mean(&rows, |row| row.attempts as f64 - (1.0 + late) * row.requests as f64, 0.0, "attempts");
    assert!(rows.iter().all(|row| row.delivered == row.requests), "nothing fails");
}

/// Every copy is either the one that delivers or needless: the needless ones are waste, and the client books none of them.
#[test]
fn the_loser_is_billed_or_not_as_its_provider_bills_what_is_cancelled() {
    let price: Usd = PRICE.parse().expect("money");
    let yes = "timed_out = \"yes\"";
    for row in rows(yes, 5).into_iter().chain(rows("timed_out = \"no\", cancelled = \"yes\"", 5)) {
        let needless = price * (row.attempts - row.delivered);
        let bought = price * (row.delivered);
        assert_eq!((row.cost, row.wasted, row.booked), (bought + needless, needless, bought));
        assert_eq!((row.gaps[3], row.retried), (needless, Usd::ZERO));
        assert!(needless > Usd::ZERO);
    }
    for row in rows("timed_out = \"no\"", 5).into_iter().chain(rows("cancelled = \"no\"", 5)) {
        assert_eq!((row.cost, row.wasted, row.booked), (row.booked, Usd::ZERO, row.cost));
        assert_eq!(row.cost, price * (row.delivered));
    }
    let unknown = rows("timed_out = \"unknown\"", 3).into_iter().chain(rows("cancelled = \"unknown\"", 3));
    for (unknown, billed) in unknown.zip(rows(yes, 3).into_iter().chain(rows(yes, 3))) {
        let most: Usd = unknown.cases.iter().map(|case| case.cost).sum();
        assert!(unknown.cost == unknown.booked && unknown.cost + most == billed.cost, "{most:?}");
    }
}

/// What is called off before it would have timed out is cancelled, and not late. And what is beside its provider's price, such as
/// incidents, makes no difference to that.
#[test]
fn losers_are_cancelled_whatever_they_would_have_come_to() {
    let of = |more: &str, cancelled: &str| {
        let model = |name: &str, latency: &str| {
            format!(
                "[models.\"{name}\"]\nprice.per_image = \"{PRICE}\"\nlatency = \"{latency}\"\n{more}\nbilling.cancelled = \"{cancelled}\"\n"
            )
        };
        let strategy = "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nhedge.after = \"5s\"\ntimeout = \"60s\"\n";
        run(&world("poisson.rate = \"2/min\"", "6h", 2, &(model("p/a", "90s") + &model("q/b", "3s") + strategy))).rows
    };
    let price: Usd = PRICE.parse().expect("money");
    for more in ["", "hang.share = \"0%\"", "life.shutdown = 2027-01-01"] {
        for row in of(more, "no") {
            assert_eq!((row.attempts, row.cost), (2 * row.requests, price * row.requests), "{more}");
        }
        for row in of(more, "yes") {
            assert_eq!((row.gaps[1], row.gaps[3], row.retried), (Usd::ZERO, price * row.requests, Usd::ZERO), "{more}");
        }
    }
}

/// A strategy that may hedge and never does has the same retries as one that cannot.
#[test]
fn retries_are_retries_beside_a_hedge_too() {
    let model =
        "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"5s\"\nfailure = \"30%\"\nbilling.failed = \"yes\"\n";
    let strategy = |name: &str, hedge: &str| format!("[strategies.{name}]\nrouter.single = \"p/a\"\nretry = {{}}\n{hedge}\n");
    let both = strategy("plain", "") + &strategy("ready", "hedge = { after = \"100s\", same = true }");
    let rows = run(&world("poisson.rate = \"2/min\"", "1d", 3, &format!("{model}{both}"))).rows;
    for pair in rows.chunks(2) {
        assert!(pair[0].retried > Usd::ZERO && pair[0].retried == pair[1].retried && pair[0].cost == pair[1].cost);
    }
}

/// A hedge after the time of 90 % of the answers: the tail is shorter. More than a tenth has a copy, since slow answers that are
/// overtaken are called off and never measured.
#[test]
fn a_hedge_by_measured_times_cuts_the_tail() {
    let model = |name: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{PRICE}\"\nlatency.lognormal = {{ p50 = \"5s\", p95 = \"30s\" }}\n")
    };
    let strategy = |name: &str, hedge: &str| format!("[strategies.{name}]\nrouter.fallback = [\"p/a\", \"q/b\"]\n{hedge}\n");
    let strategies = strategy("plain", "") + &strategy("hedged", "hedge.after_share = \"90%\"");
    let rows = run(&world("poisson.rate = \"2/min\"", "1d", 20, &(model("p/a") + &model("q/b") + &strategies))).rows;
    for pair in rows.chunks(2) {
        let (plain, hedged) = (&pair[0], &pair[1]);
        let share = hedged.attempts as f64 / hedged.requests as f64 - 1.0;
        assert!((0.1..0.35).contains(&share), "{share}");
        let p99 = |row: &Row| row.time_to_image.expect("delivered")[2].as_secs_f64();
        assert!(p99(hedged) < 0.8 * p99(plain), "{} against {}", p99(hedged), p99(plain));
    }
}

/// A client that looks, at the end of a replication, whether it has anything reserved still.
struct Watched<'a>(&'a Strategy<AnyRouter>);

impl Client for Watched<'_> {
    type Memo = <Strategy<AnyRouter> as Client>::Memo;
    type State = <Strategy<AnyRouter> as Client>::State;

    fn state(&self, deployments: usize) -> Self::State {
        self.0.state(deployments)
    }

    fn reset(&self, state: &mut Self::State) {
        self.0.reset(state);
    }

    fn next(
        &self,
        heard: &Heard,
        ask: &Ask,
        memo: &mut Self::Memo,
        state: &mut Self::State,
        view: &View<'_>,
        luck: &mut Luck,
    ) -> Action {
        self.0.next(heard, ask, memo, state, view, luck)
    }

    fn own_costs(&self, state: &Self::State, _: SimDuration, _: &mut dyn FnMut(Cause, Usd)) {
        assert!(state.reserves_nothing(), "something is reserved where nothing is under way");
    }

    fn finals(&self, class: ClassId) -> &[DeploymentId] {
        self.0.finals(class)
    }

    fn may_use(&self, deployment: DeploymentId) -> bool {
        self.0.may_use(deployment)
    }

    fn checks_images(&self) -> bool {
        self.0.checks_images()
    }

    fn goes_by_price(&self) -> bool {
        self.0.goes_by_price()
    }
}

/// Two models of different prices, of which a fifth of the attempts fail, with a budget for each and for all.
fn guarded(strategies: &str, replications: u32) -> String {
    let model = |name: &str, price: &str| {
        format!(
            "[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency.exponential.mean = \"10s\"\nfailure = \"20%\"\n\
             acceptance = \"60%\"\n"
        )
    };
    let rest = model("p/a", "0.04 USD") + &model("q/b", "0.07 USD") + strategies;
    world("poisson.rate = \"4/min\"", "12h", replications, &rest)
}

/// However a race ends (one wins, all fail, the SDK calls again, a checker sends images back, the deadline comes, copies go where
/// one is under way), nothing stays reserved.
#[test]
fn every_reservation_is_released() {
    let budget =
        "budget = { limit = \"2 USD\", models = { \"q/b\" = \"1 USD\" }, every = \"1h\", reserve = true }\nretry.attempts = 3\n";
    let hedge = "hedge = { after = \"5s\", copies = 3, same = true }\n";
    let both = "router.weighted = { \"p/a\" = 1, \"q/b\" = 1 }\n";
    let strategies = [
        format!("{both}hedge.after = \"5s\"\n"),
        format!("{both}{hedge}"),
        format!("{both}{hedge}sdk = {{ backoff.constant = \"3s\" }}\n"),
        format!("{both}{hedge}deadline = \"12s\"\ntimeout = \"9s\"\n"),
        format!("router.cascade = {{ models = [\"p/a\", \"q/b\"] }}\n{hedge}"),
        format!("router.least_busy = {{ models = [\"p/a\", \"q/b\"] }}\n{hedge}cooldown = {{}}\n"),
    ];
    for strategy in strategies {
        let (compiled, settings) = compile(&guarded(&format!("[strategies.only]\n{strategy}{budget}"), 1));
        let client = Watched(&compiled.plan.strategies[0]);
        for replication in 0..5 {
            let mut simulation = Simulation::new(&compiled.plan, &client, Ledger::of(&compiled.plan));
            drive(&mut simulation, &compiled.plan, settings.seed, replication);
            let ledger = simulation.observer();
            // Of twelve windows, most of what there is; and never more.
            assert!(ledger.booked() <= "24 USD".parse().expect("money"), "{strategy}");
            assert!(ledger.booked() > "12 USD".parse().expect("money"), "{strategy}: {}", ledger.booked());
        }
    }
}

/// What a budget counts of races is what the client books: the price of each attempt that won, at the model that won. Copies that
/// lost count for nothing.
#[test]
fn a_budget_counts_the_winners_alone() {
    let hedge = "router.weighted = { \"p/a\" = 1, \"q/b\" = 1 }\nhedge = { after = \"5s\", copies = 2, same = true }\nretry.attempts = 2\n";
    let strategy = |name: &str, budget: &str| format!("[strategies.{name}]\n{hedge}{budget}");
    let soft = strategy("soft", "budget = { limit = \"1 USD\", soft = true }\n");
    let firm = strategy("firm", "budget = { limit = \"10 USD\", reserve = true }\n");
    let loose = strategy("loose", "budget.limit = \"10 USD\"\n");
    let [one, ten]: [Usd; 2] = ["1 USD", "10 USD"].map(|text| text.parse().expect("money"));
    for rows in run(&guarded(&(strategy("free", "") + &soft + &firm + &loose), 10)).rows.chunks(4) {
        let [free, soft, firm, loose] = rows else { panic!("four strategies") };
        // Nothing is refused, so that all is as without a budget.
        assert_eq!((soft.booked, soft.cost, soft.attempts), (free.booked, free.cost, free.attempts));
        assert!(soft.attempts > soft.requests + soft.requests / 2);
        let [of_soft, of_firm, of_loose] = [soft, firm, loose].map(|row| row.guarded.expect("a budget"));
        assert_eq!(of_soft.overshoot, soft.booked - one);
        assert!(firm.booked <= ten && firm.refused > 0 && (of_firm.overshoot, of_firm.late) == (Usd::ZERO, Usd::ZERO));
        assert_eq!(of_loose.overshoot, loose.booked - ten);
        let price: Usd = "0.07 USD".parse().expect("money");
        assert!(of_loose.overshoot <= of_loose.late + price, "{of_loose:?}");
    }
}

/// A copy goes nowhere that has spent its budget.
#[test]
fn no_copy_is_sent_over_budget() {
    let strategy = "[strategies.only]\nrouter.fallback = [\"p/a\", \"q/b\"]\nhedge.after = \"5s\"\nbudget.models = { \"q/b\" = \"0.70 USD\" }\n";
    for row in run(&guarded(strategy, 3)).rows {
        let won = row.answers[1][0];
        // Ten winners, and those that were under way with the tenth; losers that would have delivered count as delivered there.
        assert!(won >= 10 && row.attempts < row.requests + 60, "{won} {}", row.attempts);
        let guarded = row.guarded.expect("a budget");
        assert!(guarded.overshoot <= guarded.late, "{guarded:?}");
    }
}
