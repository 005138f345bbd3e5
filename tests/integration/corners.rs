//! Corners where parts of a strategy meet: nothing hangs, nobody waits for what will not come, and refusals take the way that the
//! client can tell.

use spendcast::experiment::Row;
use spendcast::units::Usd;

use crate::fixture::{run, world};

fn rows(model: &str, strategy: &str) -> Vec<Row> {
    let models = format!(
        "[models.\"a/m\"]\nprice.per_image = \"1 USD\"\n{model}\n[models.\"b/m\"]\nprice.per_image = \"3 USD\"\nlatency = \"1s\"\n\
                          [models.\"c/m\"]\nprice.per_image = \"5 USD\"\nlatency = \"1s\"\n"
    );
    run(&world("poisson.rate = \"60/h\"", "1h", 3, &format!("{models}[strategies.only]\n{strategy}\n"))).rows
}

/// A model that fails its checks is not cooling, and waiting for a cooldown would not bring it back. Only what comes before the
/// first check is answered is sent.
#[test]
fn what_fails_its_checks_is_not_waited_for() {
    let rows = rows(
        "latency = \"20s\"\nfailure = \"100%\"",
        "router.single = \"a/m\"\ncooldown.all_cooling = \"wait\"\nhealth = { every = \"60s\", all_failing = \"fail\" }",
    );
    assert!(rows.iter().all(|row| row.refused + row.failed == row.requests && row.failed < 4 && row.refused > 20), "{rows:?}");
}

/// A model that is full is not cooling either: with and without cooldowns the same requests are refused.
#[test]
fn what_is_full_is_not_waited_for() {
    let with = |cooldown: &str| {
        rows("latency = \"10min\"", &format!("timeout = \"1h\"\nrouter.single = \"a/m\"\nparallel.each = 1\n{cooldown}"))
    };
    let [without, waits] = ["", "cooldown.all_cooling = \"wait\""].map(with);
    assert!(waits.iter().all(|row| row.refused > 0), "{waits:?}");
    assert_eq!(without, waits);
}

/// A cooldown beyond the end of the calendar ends with it, and so do those who wait for it.
#[test]
fn waits_end_with_the_calendar() {
    let rows = rows(
        "latency = \"1s\"\nfailure = \"100%\"",
        "router.single = \"a/m\"\ncooldown = { time = \"100000d\", always = [\"failed\"], all_cooling = \"wait\" }",
    );
    assert!(rows.iter().all(|row| row.failed + row.timed_out == row.requests && row.failed > 0), "{rows:?}");
}

/// LiteLLM's adapters by httpx take a refusal for a bad request, so that it goes where errors go; OpenAI's can tell it.
#[test]
fn refusals_take_the_way_that_the_adapter_can_tell() {
    let refuses = "latency = \"1s\"\nfilter.rate = \"100%\"\nbilling.filtered = \"no\"";
    for (profile, price) in [("httpx", 3), ("openai", 5)] {
        let strategy = format!(
            "profile = \"litellm-1.106/{profile}\"\ngroup = \"g\"\n\
             fallbacks = {{ general = {{ g = [\"r\"] }}, content_policy = {{ g = [\"p\"] }} }}\n\
             [strategies.only.groups]\ng.router.simple_shuffle = [\"a/m\"]\nr.router.simple_shuffle = [\"b/m\"]\n\
             p.router.simple_shuffle = [\"c/m\"]"
        );
        for row in rows(refuses, &strategy) {
            assert_eq!((row.delivered, row.cost), (row.requests, Usd::from_picos(1_000_000_000_000) * (price * row.requests)));
        }
        let gives_up = format!("profile = \"litellm-1.106/{profile}\"\nrouter.simple_shuffle = [\"a/m\"]");
        assert!(rows(refuses, &gives_up).iter().all(|row| row.filtered == row.requests), "{profile}");
    }
}

/// Numbers of attempts that are none, and times without an answer, are mistakes.
#[test]
fn what_could_never_act_is_a_mistake() {
    for (key, what) in [
        ("cooldown.probes = 0", "this many attempts are none"),
        ("cooldown.in_a_row = 0", "this many attempts are none"),
        ("cooldown.share.of_at_least = 0", "this many attempts are none"),
        ("deadline = \"0s\"", "leaves no time for an answer"),
        ("parallel.queue = 5", "nothing waits where any number may be under way"),
        ("hedge.after = \"5s\"", "has nowhere to send a copy"),
        ("budget = {}", "limits nothing"),
        ("retry.backoff.exponential = { base = \"9s\", cap = \"5s\" }", "the longest wait is shorter than a wait of 9s"),
        ("retry.backoff.exponential = { base = \"1s\", least = \"6s\", cap = \"5s\" }", "shorter than a wait of 6s"),
        ("groups.g.router.single = \"a/m\"\nfallbacks.general.g = [\"g\"]", "group \"g\" falls back to itself"),
        ("groups.g.router.simple_shuffle = [\"a/m\", \"a/m\"]", "lists \"a/m\" twice"),
        (
            "groups.g.router.threshold = { strong = \"a/m\", weak = \"a/m\", threshold = \"50%\" }",
            "the weak model is the strong one",
        ),
    ] {
        let text = world(
            "poisson.rate = \"60/h\"",
            "1h",
            1,
            &format!("[models.\"a/m\"]\nprice.per_image = \"1 USD\"\n[strategies.only]\nrouter.single = \"a/m\"\n{key}\n"),
        );
        let read = |_: &std::path::Path| Ok(text.clone().into_bytes());
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        let (sources, mistakes) =
            spendcast::scenario::load_and_compile(std::path::Path::new("a.toml"), &[], &read, &none).expect_err(key);
        let told = spendcast::spec::render(&sources, &mistakes, false);
        assert!(told.contains(what), "{key}: {told}");
    }
}
