//! Budgets that a client keeps itself: how much passes in each window, by check and by reservation, and what happens then.

use std::path::Path;

use spendcast::experiment::{Metric, Row};
use spendcast::scenario;
use spendcast::units::Usd;

use crate::fixture::{run, world};

/// What is wrong with a scenario, as it is shown.
fn mistakes(text: &str) -> String {
    let read = |_: &Path| Ok(text.as_bytes().to_vec());
    let missing = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    match scenario::load_and_compile(Path::new("scenario.toml"), &[], &read, &missing) {
        Err((sources, mistakes)) => spendcast::spec::render(&sources, &mistakes, false),
        Ok(_) => String::new(),
    }
}

/// One request a minute for six hours, 0.04 USD each at the first model, answered in 4 s; `strategy` has the rest.
fn rows(latency: &str, strategy: &str) -> Vec<Row> {
    let model =
        |name: &str, price: &str| format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency = \"{latency}\"\n");
    let text = model("p/a", "0.04 USD") + &model("q/b", "0.01 USD") + "[strategies.only]\n" + strategy;
    run(&world("constant.rate = \"60/h\"", "6h", 1, &text)).rows
}

fn usd(text: &str) -> Usd {
    text.parse().expect("money")
}

/// A budget of 0.10 USD an hour: a check lets the third image of 0.04 through, as in LiteLLM, and a reservation does not.
#[test]
fn a_check_is_passed_by_one_and_a_reservation_by_none() {
    for (reserve, images) in [("false", 3), ("true", 2)] {
        let budget =
            format!("router.single = \"p/a\"\nbudget = {{ limit = \"0.10 USD\", every = \"1h\", reserve = {reserve} }}\n");
        let row = &rows("4s", &budget)[0];
        assert_eq!((row.delivered, row.refused, row.attempts), (6 * images, 360 - 6 * images, 6 * images));
        assert_eq!(row.booked, usd("0.04 USD") * (6 * images));
    }
}

/// Answers that take nine and a half minutes: all that is sent before the third of them is booked passes.
#[test]
fn a_check_is_passed_by_all_that_is_under_way() {
    let budget = |reserve: &str| {
        format!("router.single = \"p/a\"\nbudget = {{ limit = \"0.10 USD\", every = \"6h\", reserve = {reserve} }}\n")
    };
    let (checked, reserved) = (rows("570s", &budget("false")), rows("570s", &budget("true")));
    // The third answer comes nine and a half minutes after the third request: twelve are sent by then.
    assert_eq!((checked[0].delivered, reserved[0].delivered), (12, 2));
}

#[test]
fn a_model_over_its_budget_is_left_out() {
    let strategy = "router.fallback = [\"p/a\", \"q/b\"]\nbudget = { models = { \"p/a\" = \"0.10 USD\" }, every = \"1h\" }\n";
    let row = &rows("4s", strategy)[0];
    assert_eq!((row.answers[0][0], row.answers[1][0], row.delivered), (18, 342, 360));
}

#[test]
fn a_spent_budget_degrades_to_a_group() {
    let strategy = "group = \"good\"\ngroups.good.router.single = \"p/a\"\ngroups.cheap.router.single = \"q/b\"\n\
        budget = { limit = \"0.10 USD\", every = \"1h\", degrade_to = \"cheap\" }\n";
    let row = &rows("4s", strategy)[0];
    assert_eq!((row.answers[0][0], row.answers[1][0], row.refused), (18, 342, 0));
    assert_eq!(row.cost, usd("0.04 USD") * 18 + usd("0.01 USD") * 342);
}

/// A provider's budget is one for all its models: 0.10 USD an hour is three images, whoever makes them.
#[test]
fn a_provider_over_its_budget_is_left_out_with_all_its_models() {
    let second = "[models.\"p/c\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"4s\"\n";
    let strategy = "router.round_robin = [\"p/a\", \"p/c\", \"q/b\"]\nbudget = { providers.p = \"0.10 USD\", every = \"1h\" }\n";
    let model = |name: &str, price: &str| format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency = \"4s\"\n");
    let text = model("p/a", "0.04 USD") + second + &model("q/b", "0.01 USD") + "[strategies.only]\n" + strategy;
    let row = &run(&world("constant.rate = \"60/h\"", "6h", 1, &text)).rows[0];
    assert_eq!((row.delivered, row.cost), (360, usd("0.04 USD") * 18 + usd("0.01 USD") * 342));
}

/// A model with an own window among others.
#[test]
fn a_model_may_have_a_window_of_its_own() {
    let strategy = "router.fallback = [\"p/a\", \"q/b\"]\nbudget = { models = { \"p/a\" = { limit = \"0.10 USD\", every = \"2h\" } }, every = \"1h\" }\n";
    let row = &rows("4s", strategy)[0];
    assert_eq!((row.answers[0][0], row.answers[1][0]), (9, 351));
}

/// What has spent its budget is left out before orders are looked at: the next order is asked at once, without an error.
#[test]
fn the_next_order_takes_over_from_a_spent_one() {
    let strategy = "group = \"g\"\ngroups.g.router.simple_shuffle = [\"p/a\", \"q/b\"]\ngroups.g.order = { \"p/a\" = 1, \"q/b\" = 2 }\n\
        budget = { models = { \"p/a\" = \"0.10 USD\" }, every = \"1h\" }\n";
    let row = &rows("4s", strategy)[0];
    assert_eq!((row.answers[0][0], row.answers[1][0], row.refused), (18, 342, 0));
}

/// What a profile says of windows is no budget.
#[test]
fn windows_alone_limit_nothing() {
    let row =
        &rows("4s", "router.single = \"p/a\"\nprofile = \"litellm-1.106/httpx\"\nhedge = { after = \"60s\", same = true }\n")[0];
    assert_eq!((row.delivered, row.refused), (360, 0));
}

/// Twelve are under way or done when the third answer reaches 0.10 USD: 0.48 USD are booked, 0.38 of them beyond. Nine of them were
/// sent before the budget was reached and ended after: 0.36. A reservation is passed by nothing.
#[test]
fn overshoot_is_what_was_in_flight() {
    let budget = |reserve: &str| {
        format!("router.single = \"p/a\"\nbudget = {{ limit = \"0.10 USD\", every = \"6h\", reserve = {reserve} }}\n")
    };
    let of = |reserve: &str| rows("570s", &budget(reserve))[0].guarded.expect("a budget");
    let (checked, reserved) = (of("false"), of("true"));
    assert_eq!((checked.overshoot, checked.late), (usd("0.38 USD"), usd("0.36 USD")));
    assert_eq!((reserved.overshoot, reserved.late), (Usd::ZERO, Usd::ZERO));
    // In each of six windows the third image passes the limit by 0.02 USD, and nothing else is under way.
    let hourly = rows("4s", "router.single = \"p/a\"\nbudget = { limit = \"0.10 USD\", every = \"1h\" }\n");
    let hourly = hourly[0].guarded.expect("a budget");
    assert_eq!((hourly.overshoot, hourly.late), (usd("0.02 USD") * 6, Usd::ZERO));
    // Budgets of two scopes are passed each by itself.
    let both =
        "router.single = \"p/a\"\nbudget = { limit = \"0.10 USD\", models = { \"p/a\" = \"0.11 USD\" }, every = \"1h\" }\n";
    assert_eq!(rows("4s", both)[0].guarded.expect("budgets").overshoot, usd("0.03 USD") * 6);
    assert_eq!(rows("4s", "router.single = \"p/a\"\n")[0].guarded, None);
}

/// Half of what is sent fails and is billed: what is under way when the budget is reached is billed late, booked or not.
#[test]
fn what_is_seen_late_is_of_the_invoice() {
    let model =
        "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"570s\"\nfailure = \"50%\"\nbilling.failed = \"yes\"\n";
    let strategy = "[strategies.only]\nrouter.single = \"p/a\"\nbudget.limit = \"0.10 USD\"\n";
    for row in run(&world("constant.rate = \"60/h\"", "6h", 40, &format!("{model}{strategy}"))).rows {
        let guarded = row.guarded.expect("a budget");
        // From the third delivery on, what was sent in the nine and a half minutes before.
        assert_eq!((guarded.late, guarded.overshoot), (usd("0.36 USD"), row.booked - usd("0.10 USD")));
        assert!(row.cost > row.booked);
    }
}

/// DESIGN, section 4: budgets guarded are never passed by more than the charges in flight. One window, random traffic and times: what
/// is beyond is at most what was billed late and the one that reached the limit; and with a reservation nothing.
#[test]
fn a_budget_is_passed_by_no_more_than_what_is_in_flight() {
    let model = |name: &str, price: &str| {
        format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency.lognormal = {{ p50 = \"60s\", p95 = \"400s\" }}\n")
    };
    let strategy = |name: &str, reserve: bool| {
        format!(
            "[strategies.{name}]\nrouter.weighted = {{ \"p/a\" = 1, \"q/b\" = 1 }}\n\
             budget = {{ limit = \"3 USD\", reserve = {reserve} }}\n"
        )
    };
    let text = model("p/a", "0.04 USD") + &model("q/b", "0.11 USD") + &strategy("checks", false) + &strategy("reserves", true);
    let rows = run(&world("poisson.rate = \"10/min\"", "6h", 100, &text)).rows;
    for pair in rows.chunks(2) {
        let [checks, reserves] = [0, 1].map(|at| pair[at].guarded.expect("a budget"));
        assert!(checks.overshoot > Usd::ZERO && checks.overshoot <= checks.late + usd("0.11 USD"), "{checks:?}");
        assert_eq!(checks.overshoot, pair[0].booked - usd("3 USD"));
        assert!((reserves.overshoot, reserves.late) == (Usd::ZERO, Usd::ZERO) && pair[1].booked <= usd("3 USD"));
    }
}

/// Without anything else that leaves models out: all of them are refused once all have spent their budgets.
#[test]
fn models_that_have_all_spent_their_budgets_are_refused() {
    let strategy = "router.fallback = [\"p/a\", \"q/b\"]\n\
        budget = { models = { \"p/a\" = \"0.10 USD\", \"q/b\" = \"0.05 USD\" }, every = \"1h\" }\n";
    let row = &rows("4s", strategy)[0];
    assert_eq!((row.answers[0][0], row.answers[1][0], row.refused), (18, 30, 312));
}

/// Two classes, one with a budget of its own: only that one's requests are refused, or degraded.
#[test]
fn a_class_has_a_budget_of_its_own() {
    let model = |name: &str, price: &str| format!("[models.\"{name}\"]\nprice.per_image = \"{price}\"\nlatency = \"4s\"\n");
    let text = |out: &str| {
        format!(
            "[workload.classes.other]\nsize = \"1024x1024\"\nshare = \"50%\"\n{}{}[strategies.only]\ngroup = \"good\"\n\
             groups.good.router.single = \"p/a\"\ngroups.cheap.router.single = \"q/b\"\n\
             budget = {{ classes.other = \"0.10 USD\", every = \"1h\"{out} }}\n",
            model("p/a", "0.04 USD"),
            model("q/b", "0.01 USD")
        )
    };
    let world =
        |out: &str| world("constant.rate = \"60/h\"", "6h", 1, &text(out)).replace("only]\nsize", "only]\nshare = \"50%\"\nsize");
    let (refused, degraded) = (&run(&world("")).rows[0], &run(&world(", degrade_to = \"cheap\"")).rows[0]);
    // Three of the class pass in each hour, and all of the other class.
    assert_eq!((degraded.answers[0][0], degraded.answers[1][0]), (refused.delivered, refused.refused));
    assert!((100..=260).contains(&refused.refused) && refused.delivered == 360 - refused.refused, "{}", refused.refused);
    assert_eq!(refused.guarded.expect("a budget").overshoot, usd("0.02 USD") * 6);
}

/// Every user sends three drafts that nobody accepts: 0.05 USD a user lets two through.
#[test]
fn a_user_has_a_budget_of_its_own() {
    let journey = "[workload.journey]\nrounds = 3\nfinal = \"0%\"\nthink_time = \"10s\"\n";
    let model = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"4s\"\nacceptance = \"0%\"\n";
    let strategy = |name: &str, budget: &str| format!("[strategies.{name}]\nrouter.single = \"p/a\"\n{budget}\n");
    let strategies = strategy("free", "") + &strategy("guarded", "budget.users = \"0.05 USD\"");
    let rows = run(&world("poisson.rate = \"10/min\"", "6h", 3, &format!("{journey}{model}{strategies}"))).rows;
    for pair in rows.chunks(2) {
        assert_eq!((pair[0].delivered, pair[1].delivered), (3 * pair[0].journeys, 2 * pair[1].journeys));
        assert!(pair[1].refused >= pair[1].journeys);
        assert_eq!(pair[1].guarded.expect("budgets").overshoot, usd("0.03 USD") * pair[1].journeys);
    }
}

/// A soft budget refuses nothing; its alert at half of 1 USD comes with the thirteenth image of 0.04 USD, in the thirteenth minute.
#[test]
fn a_soft_budget_raises_an_alert_and_refuses_nothing() {
    let soft = |limit: &str| {
        let budget = format!("budget = {{ limit = \"{limit}\", every = \"3h\", soft = true, alert_at = \"50%\" }}\n");
        rows("4s", &format!("router.single = \"p/a\"\n{budget}")).swap_remove(0)
    };
    let (alerted, quiet) = (soft("1 USD"), soft("20 USD"));
    assert_eq!((alerted.refused, quiet.refused, alerted.delivered), (0, 0, 360));
    let [of, none] = [&alerted, &quiet].map(|row| row.guarded.expect("a budget"));
    let first = of.alerted.expect("an alert").since(spendcast::units::SimTime::START).as_secs_f64();
    assert!((12.0 * 60.0..=13.0 * 60.0 + 4.0).contains(&first), "{first}");
    // 180 images of 0.04 USD in each window of three hours.
    assert_eq!((of.overshoot, none.overshoot, none.alerted), ((usd("7.20 USD") - usd("1 USD")) * 2, Usd::ZERO, None));
    assert_eq!([&alerted, &quiet].map(|row| Metric::AlertedShare.of(row)), [Some(1.0), Some(0.0)]);
    assert_eq!(Metric::FirstAlert.of(&alerted), Some(first / 86_400.0));
}

/// Bills that are rounded up are so by list, which is what the client books: no gap, and the budget counts them rounded.
#[test]
fn rounding_makes_no_gap() {
    let model = "[models.\"p/a\"]\nprice.per_image = \"0.033 USD\"\nadjust.rounding = { unit = \"0.01 USD\", of = \"request\" }\nlatency = \"4s\"\n";
    let strategy = "[strategies.only]\nrouter.single = \"p/a\"\nbudget = { limit = \"0.10 USD\", every = \"1h\" }\n";
    let row = &run(&world("constant.rate = \"60/h\"", "6h", 1, &format!("{model}{strategy}"))).rows[0];
    assert_eq!((row.cost, row.booked), (usd("0.04 USD") * 18, row.cost));
    assert_eq!((row.gaps, row.guarded.expect("a budget").overshoot), ([Usd::ZERO; 6], usd("0.02 USD") * 6));
}

/// Mistakes are told: a class that is not there, a way out that is never taken.
#[test]
fn budgets_that_cannot_be_kept_are_mistakes() {
    let text = |budget: &str| {
        let model = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\n";
        world("constant.rate = \"60/h\"", "6h", 1, &format!("{model}[strategies.only]\nrouter.single = \"p/a\"\n{budget}\n"))
    };
    for (budget, what) in [
        ("budget.classes.nobody = \"1 USD\"", "unknown class \"nobody\""),
        (
            "groups.g.router.single = \"p/a\"\nbudget = { limit = \"1 USD\", soft = true, degrade_to = \"g\" }",
            "a soft budget refuses nothing",
        ),
        ("budget = { limit = \"1 USD\", alert_at = \"0%\" }", "an alert at 0 % tells nothing"),
    ] {
        assert!(mistakes(&text(budget)).contains(what), "{budget}");
    }
}
