//! Budgets that a client keeps itself: how much passes in each window, by check and by reservation, and what happens then.

use spendcast::experiment::Row;
use spendcast::units::Usd;

use crate::fixture::{run, world};

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
    let row = &rows("4s", "router.single = \"p/a\"\nprofile = \"litellm-1.106/httpx\"\nhedge.after = \"60s\"\n")[0];
    assert_eq!((row.delivered, row.refused), (360, 0));
}
