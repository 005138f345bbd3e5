//! Sweeps through the command line: points do not depend on each other, on threads, or on what else is swept.

use serde_json::Value;

use crate::break_even::asked;
use crate::fixture;

const TEXT: &str = "title = \"Swept\"\nstart = 2026-01-01\nhorizon = \"1d\"\nreplications = 12\nseed = 5\n\
    [workload.arrivals.nonhomogeneous]\nrate = \"300/1d\"\nday_noise = \"20%\"\n[workload.classes.only]\nsize = \"1024x1024\"\n\
    [models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency.exponential.mean = \"4s\"\nfailure = \"5%\"\n\
    [models.\"q/b\"]\nprice.per_image = \"0.02 USD\"\nlatency.exponential.mean = \"9s\"\nfailure = \"20%\"\n\
    [strategies.one]\nrouter.single = \"p/a\"\n[strategies.other]\nrouter.fallback = [\"q/b\", \"p/a\"]\nretry.attempts = 2\n";

const PRICE: &str = "models.\"p/a\".price.per_image";

fn points(document: &Value) -> &Vec<Value> {
    document["points"].as_array().expect("a list")
}

#[test]
fn threads_change_nothing_and_points_stand_alone() {
    let over = ["--over", "models.\"p/a\".price.per_image=0.01..0.05 USD:3", "--over", "workload.keep=20%,100%"];
    let one = asked(TEXT, "sweep", &[&over[..], &["--threads", "1"]].concat());
    assert_eq!(one, asked(TEXT, "sweep", &[&over[..], &["--threads", "3"]].concat()));
    assert_eq!(points(&one).len(), 6);
    let alone = asked(TEXT, "sweep", &["--over", "models.\"p/a\".price.per_image=0.03 USD", "--set", "workload.keep=20%"]);
    let same =
        points(&one).iter().find(|point| point["at"][PRICE]["number"] == 0.03 && point["at"]["workload.keep"]["text"] == "20%");
    let same = same.expect("it is there");
    assert_eq!((&same["strategies"], &same["plan_hash"]), (&points(&alone)[0]["strategies"], &points(&alone)[0]["plan_hash"]));
}

/// A point is the run of the same scenario.
#[test]
fn a_point_is_a_run() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    let set = format!("{PRICE}=0.03 USD");
    let run = fixture::spendcast(place.path(), &["run", "a.toml", "--json", "--quiet", "--set", &set]);
    let run: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let swept = asked(TEXT, "sweep", &["--over", &format!("{PRICE}=0.01,0.03 USD")]);
    let point = &points(&swept)[1];
    assert_eq!(point["strategies"]["one"]["metrics"]["cost_usd"]["mean"], run["strategies"]["one"]["cost_usd"]["mean"]);
    assert_eq!(point["strategies"]["other"]["metrics"]["failed_share"]["p90"], run["strategies"]["other"]["failed_share"]["p90"]);
    assert_eq!(
        point["strategies"]["other"]["mean_differences"]["cost_usd"],
        run["comparisons"][0]["cost_usd"]["mean_difference"]
    );
    assert_eq!(point["plan_hash"], run["manifest"]["plan_hash"]);
}

/// Twice the price is twice the cost, exactly; and a volume is the number of journeys that are expected.
#[test]
fn prices_scale_and_volumes_are_met() {
    let text = TEXT.replace("[strategies.other]\nrouter.fallback = [\"q/b\", \"p/a\"]\nretry.attempts = 2\n", "");
    let swept = asked(&text, "sweep", &["--over", &format!("{PRICE}=0.02,0.04 USD")]);
    let mean =
        |at: usize| points(&swept)[at]["strategies"]["one"]["metrics"]["cost_usd"]["mean"]["value"].as_f64().expect("a number");
    assert_eq!((mean(0) * 2.0).to_bits(), mean(1).to_bits());
    let text =
        text.replace("failure = \"5%\"", "").replace("replications = 12", "replications = 60").replace("day_noise = \"20%\"", "");
    let swept = asked(&text, "sweep", &["--over", "volume=100,1000,4000"]);
    for (point, volume) in points(&swept).iter().zip([100.0, 1_000.0, 4_000.0_f64]) {
        let cost = point["strategies"]["one"]["metrics"]["cost_usd"]["mean"]["value"].as_f64().expect("a number") / 0.04;
        assert!((cost - volume).abs() < 4.5 * (volume / 60.0).sqrt(), "{cost} of {volume}");
    }
}
