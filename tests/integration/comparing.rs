//! `spendcast compare`: results against results, through the files that runs leave.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::fixture::spendcast;

/// Journeys, failures, refusals, a budget of the client's own, and bounds: everything that rows may hold.
const TEXT: &str = "title = \"Compared\"\nstart = 2026-01-01\nhorizon = \"6h\"\nreplications = 60\nseed = 5\nbounds = true\n\
    [workload.arrivals.poisson]\nrate = \"60/h\"\n[workload.classes.only]\nsize = \"1024x1024\"\n\
    [workload.journey]\nrounds = 3\nfinal = \"30%\"\nthink_time.exponential.mean = \"20s\"\n\
    [models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency.exponential.mean = \"4s\"\nfailure = \"5%\"\nacceptance = \"60%\"\n\
    billing.failed = \"unknown\"\nfilter.rate = \"3%\"\n\
    [strategies.one]\nrouter.single = \"p/a\"\nbudget = { limit = \"5 USD\", every = \"1h\" }\n\
    [strategies.tries]\nrouter.single = \"p/a\"\nretry.attempts = 3\n";

fn place() -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("a.toml"), TEXT).expect("writable");
    place
}

fn run(place: &Path, out: &str, more: &[&str]) -> Value {
    let run = spendcast(place, &[&["run", "a.toml", "--quiet", "--json", "--out", out], more].concat());
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("JSON")
}

fn compared(place: &Path, before: &str, after: &str) -> Value {
    let run = spendcast(place, &["compare", before, after, "--json"]);
    assert!(run.status.success() && run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    let document: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string("docs/compare.schema.json").expect("there")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

fn refused(place: &Path, before: &str, after: &str) -> String {
    let run = spendcast(place, &["compare", before, after]);
    assert!(run.status.code() == Some(2) && run.stdout.is_empty());
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// What is read back from the files is what the run reported, figure by figure.
#[test]
fn rows_are_read_back_as_they_were() {
    let place = place();
    let summary = run(place.path(), "one", &[]);
    let same = compared(place.path(), "one", "one");
    assert_eq!((&same["same_plan"], &same["paired_replications"]), (&true.into(), &60.into()));
    let strategies = same["strategies"].as_object().expect("an object");
    assert_eq!(strategies.len(), 2);
    for (name, figures) in strategies {
        let figures = figures.as_object().expect("an object");
        assert!(figures.len() > 20, "{}", figures.len());
        for (metric, figure) in figures {
            assert_eq!(figure["before"], summary["strategies"][name][metric]["mean"], "{name} {metric}");
            assert_eq!(
                (figure["difference"]["value"].as_f64(), &figure["surely"]),
                (Some(0.0), &false.into()),
                "{name} {metric}"
            );
        }
    }
    assert_eq!(same["inputs"], Value::Array(Vec::new()));
}

/// A price that is 5 % higher is seen in every replication's own pair, and not among runs of other seeds.
#[test]
fn pairs_see_what_strangers_do_not() {
    let place = place();
    let price = "models.\"p/a\".price.per_image=0.0402 USD";
    run(place.path(), "before", &[]);
    run(place.path(), "after", &["--set", price]);
    run(place.path(), "stranger", &["--set", price, "--seed", "6", "--replications", "50"]);
    let cost = |document: &Value| document["strategies"]["tries"]["cost_usd"].clone();
    let paired = compared(place.path(), "before", "after");
    assert_eq!((&cost(&paired)["surely"], &paired["same_plan"]), (&true.into(), &false.into()));
    assert_eq!(paired["inputs"][0]["what"], "--set models.\"p/a\".price.per_image");
    let [before, after] = ["before_usd", "after_usd"].map(|key| paired["prices"][0][key].as_f64().expect("a number"));
    assert!((before - 0.04).abs() < 1e-12 && (after - 0.0402).abs() < 1e-12);
    let apart = compared(place.path(), "before", "stranger");
    assert_eq!((&cost(&apart)["surely"], &apart["paired_replications"]), (&false.into(), &Value::Null));
    assert_eq!(cost(&apart)["difference"]["method"], "Welch");
    let told: Vec<&str> =
        apart["inputs"].as_array().expect("a list").iter().filter_map(|change| change["what"].as_str()).collect();
    assert_eq!(told, ["seed", "replications", "--set models.\"p/a\".price.per_image"]);
}

#[test]
fn what_is_no_whole_run_is_told() {
    let place = place();
    run(place.path(), "whole", &[]);
    let broken = |name: &str, file: &str, text: Option<&dyn Fn(String) -> String>| {
        let out = place.path().join(name);
        std::fs::create_dir(&out).expect("writable");
        for kept in ["manifest.json", "summary.json", "replications.csv", "charges.csv"] {
            let whole = std::fs::read_to_string(place.path().join("whole").join(kept)).expect("written");
            match text.filter(|_| kept == file) {
                Some(change) => std::fs::write(out.join(kept), change(whole)).expect("writable"),
                None if kept == file => {}
                None => std::fs::write(out.join(kept), whole).expect("writable"),
            }
        }
        refused(place.path(), "whole", name)
    };
    assert!(broken("unfinished", "manifest.json", None).contains("there is no manifest.json: it is written last"));
    assert!(broken("no-rows", "replications.csv", None).contains("there is no replications.csv"));
    let cut = |text: String| text.lines().take(50).collect::<Vec<_>>().join("\n");
    assert!(broken("cut", "replications.csv", Some(&cut)).contains("it was cut off"));
    let half = |text: String| text[..text.len() / 2].to_owned();
    assert!(broken("half", "summary.json", Some(&half)).contains("not JSON, or cut off"));
    let newer = |text: String| text.replacen("\"schema\": 1", "\"schema\": 99", 1);
    assert!(broken("newer", "summary.json", Some(&newer)).contains("has schema 99, and this program knows 1"));
    let other = |text: String| text.replacen("\"seed\": 5", "\"seed\": 6", 1);
    assert!(broken("mixed", "manifest.json", Some(&other)).contains("are of different runs"));
    let garbled = |text: String| text.replacen(",one,", ",one,x", 1);
    assert!(broken("garbled", "replications.csv", Some(&garbled)).contains("is nothing for column"));
    let both = refused(place.path(), "nowhere", "a.toml");
    assert!(both.contains("nowhere: there is no such directory\nerror: a.toml: there is no such directory"), "{both}");
}
