//! Incidents in which everything fails: attempts at random times meet one in the share of time lasts / (between + lasts),
//! in means, from the first instant to the last; models of one provider fail together, and so do providers on one cloud.

use crate::fixture::{assert_mean, run, world};

/// Three weeks of a source that is down for 2 h on average every 20 h, with the laws that the defaults have.
const INCIDENTS: &str = "between.weibull = { shape = 0.53, scale = \"10h\" }\nlasts.lognormal = { p50 = \"1h\", sigma = 1.13 }\n\
    kinds.down.error_rate = \"100%\"\n";
/// Another: constant down times after exponential up times.
const OTHERS: &str = "between.exponential.mean = \"9h\"\nlasts = \"3h\"\nkinds.down.error_rate = \"100%\"\n";
const MODEL: &str = "price.per_image = \"0.04 USD\"\nlatency = \"0s\"\n";

/// The share of time that [`INCIDENTS`] are down.
fn down() -> f64 {
    let (up, down) = (10.0 * libm::tgamma(1.0 + 1.0 / 0.53), (1.13_f64 * 1.13 / 2.0).exp());
    down / (up + down)
}

const OTHERS_DOWN: f64 = 0.25;

/// Checks the share of requests that are lost to failures where the strategy goes from one model to the next at once.
fn check(what: &str, models: &[&str], rest: &str, lost: f64) {
    let described = models.iter().map(|model| format!("[models.\"{model}\"]\n{MODEL}")).collect::<Vec<_>>().concat();
    let text = format!("{described}\n{rest}\n[strategies.only]\nrouter.fallback = {models:?}\n");
    let rows = run(&world("poisson.rate = \"30/h\"", "21d", 400, &text)).rows;
    assert_mean(&rows, |row| row.failed as f64 - lost * row.requests as f64, 0.0, what);
    assert!(rows.iter().all(|row| row.failed + row.delivered == row.requests && row.wasted.picos() == 0));
}

#[test]
fn a_model_is_to_be_had_between_its_incidents() {
    check("a model", &["p/a"], &format!("[models.\"p/a\".incidents]\n{INCIDENTS}"), down());
    check("another", &["p/a"], &format!("[models.\"p/a\".incidents]\n{OTHERS}"), OTHERS_DOWN);
}

/// A second model of the same provider is no way out, one with incidents of its own mostly is.
#[test]
fn models_of_one_provider_fail_together() {
    check("one provider", &["p/a", "p/b"], &format!("[providers.p.incidents]\n{INCIDENTS}"), down());
    let apart = format!("[models.\"p/a\".incidents]\n{INCIDENTS}[models.\"p/b\".incidents]\n{OTHERS}");
    check("each its own", &["p/a", "p/b"], &apart, down() * OTHERS_DOWN);
    let both = format!("[providers.p.incidents]\n{INCIDENTS}[models.\"p/a\".incidents]\n{OTHERS}");
    check("one has more", &["p/a", "p/b"], &both, down());
}

/// Two providers are down together where their cloud is, or where both are by themselves.
#[test]
fn providers_on_one_cloud_fail_together() {
    let cloud = format!("[clouds.c.incidents]\n{OTHERS}[providers.p]\ncloud = \"c\"\n[providers.q]\ncloud = \"c\"\n");
    check("one cloud", &["p/a", "q/b"], &cloud, OTHERS_DOWN);
    let own = format!("{cloud}[providers.p.incidents]\n{INCIDENTS}[providers.q.incidents]\n{INCIDENTS}");
    check("a cloud and their own", &["p/a", "q/b"], &own, OTHERS_DOWN + (1.0 - OTHERS_DOWN) * down() * down());
}

/// A gateway's incidents are those of all that is reached through it, and of nothing else.
#[test]
fn what_a_gateway_loses_is_to_be_had_directly() {
    let gateway = format!("[gateways.g.incidents]\n{INCIDENTS}");
    let of = |router: &str| {
        format!("[models.\"p/a\"]\n{MODEL}[models.\"q/b\"]\n{MODEL}\n{gateway}\n[strategies.only]\nrouter.fallback = {router}\n")
    };
    let lost = |router: &str, share: f64| {
        let rows = run(&world("poisson.rate = \"30/h\"", "21d", 200, &of(router))).rows;
        assert_mean(&rows, |row| row.attempts as f64 - (1.0 + share) * row.requests as f64, 0.0, router);
    };
    lost("[\"p/a via g\", \"q/b via g\"]", down());
    lost("[\"p/a via g\", \"q/b\"]", down());
    assert!(
        run(&world("poisson.rate = \"30/h\"", "21d", 3, &of("[\"q/b\", \"p/a via g\"]")))
            .rows
            .iter()
            .all(|row| row.attempts == row.requests)
    );
}

/// Besides errors of its own, and slower: 1 - (1 - f)(1 - e) in the down time, and the latency as many times as long.
#[test]
fn partial_incidents_add_errors_and_time() {
    let text = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"2s\"\nfailure = \"10%\"\n[models.\"p/a\".incidents]\n\
        between.exponential.mean = \"9h\"\nlasts = \"3h\"\nkinds.partial = { error_rate = \"30%\", latency = 3 }\n\
        [strategies.only]\nrouter.single = \"p/a\"";
    let rows = run(&world("poisson.rate = \"30/h\"", "21d", 400, text)).rows;
    let failed = 0.75 * 0.1 + 0.25 * (1.0 - 0.9 * 0.7);
    assert_mean(&rows, |row| row.failed as f64 - failed * row.requests as f64, 0.0, "failed");
    let time = 2.0 * 0.75 * 0.9 + 6.0 * 0.25 * 0.9 * 0.7;
    assert_mean(&rows, |row| row.time_to_image_sum as f64 / 1e6 - time * row.requests as f64, 0.0, "time");
}
