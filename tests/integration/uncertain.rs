//! Inputs that are not known: drawn once a replication as their distribution says, the same for all strategies, by their paths; and a
//! replication with its draws is the one that has these values.

use std::ops::ControlFlow;
use std::path::Path;

use spendcast::experiment::{self, Objectives, Plans, Row, Run, Settings};
use spendcast::scenario::{Compiled, Loaded, load_and_compile};
use spendcast::spec::render;
use spendcast::units::Usd;

use crate::fixture::{assert_mean, world};

const FILE: &str = "a.toml";

fn load(text: &str, sets: &[(&str, &str)]) -> Result<(Loaded, Compiled), String> {
    let read = |_: &Path| Ok(text.as_bytes().to_vec());
    let open = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let sets: Vec<(String, String)> = sets.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    load_and_compile(Path::new(FILE), &sets, &read, &open).map_err(|(sources, mistakes)| render(&sources, &mistakes, false))
}

fn settings(loaded: &Loaded, threads: usize) -> Settings {
    let (seed, replications) = (loaded.scenario.seed, loaded.scenario.replications.0);
    Settings { seed, replications, threads, batch: 16, bounds: Objectives::NONE }
}

fn run_on(threads: usize, text: &str) -> Vec<Row> {
    let (loaded, compiled) = load(text, &[]).unwrap_or_else(|told| panic!("{told}"));
    let open = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let draw = |replication| {
        let drawn = loaded.redrawn(replication, &compiled, Path::new(FILE), &open).map(|compiled| compiled.plan);
        drawn.map_err(|mistakes| render(&loaded.sources, &mistakes, false))
    };
    let plans = Plans::Drawn(&compiled.plan, &draw);
    let keep = |_: &experiment::Batch| ControlFlow::Continue(());
    experiment::resume(plans, settings(&loaded, threads), Run::default(), &(), keep).expect("draws that fit").rows
}

fn rows(text: &str) -> Vec<Row> {
    run_on(0, text)
}

/// 60 images an hour for ten hours, at a price and under strategies.
fn flat(price: &str, replications: u32, strategies: &str) -> String {
    let model = format!("[models.\"p/a\"]\nlatency = \"1s\"\nprice.per_image = {price}\n");
    world("constant.rate = \"60/h\"", "10h", replications, &format!("{model}{strategies}"))
}

const ONE: &str = "[strategies.only]\nrouter.single = \"p/a\"\n";

/// Costs in units of the price, sorted.
fn prices(text: &str) -> Vec<f64> {
    let mut prices: Vec<f64> = rows(text).iter().map(|row| row.cost.to_f64() / row.requests as f64).collect();
    prices.sort_by(f64::total_cmp);
    prices
}

/// Nine tenths of the replications have a price in the interval, a twentieth below and a twentieth above: each share within 4.5
/// standard errors of a binomial.
#[test]
fn nine_of_ten_are_within_the_interval() {
    let n = 4000.0;
    let prices = prices(&flat("\"0.02 to 0.06 USD\"", 4000, ONE));
    let (below, above) = (prices.partition_point(|p| *p < 0.02) as f64, prices.partition_point(|p| *p <= 0.06) as f64);
    let error = 4.5 * (n * 0.05 * 0.95_f64).sqrt();
    assert!((below - 0.05 * n).abs() < error && (above - 0.95 * n).abs() < error, "{below} below, {above} up to 0.06");
    // The median is the geometric mean of the ends: no more than so many ranks off.
    let middle = prices.partition_point(|p| *p < 0.0012_f64.sqrt()) as f64;
    assert!((middle - n / 2.0).abs() < 4.5 * (n / 4.0).sqrt(), "{middle}");
}

/// The mean cost is that of the mean price: triangular (a + b + c) / 3, PERT (a + 4 b + c) / 6, cases by weight, uniform in the middle.
#[test]
fn means_are_those_of_the_distributions() {
    for (law, mean) in [
        ("triangular = { low = \"0.01 USD\", mode = \"0.02 USD\", high = \"0.06 USD\" }", 0.03),
        ("pert = { low = \"0.01 USD\", mode = \"0.02 USD\", high = \"0.06 USD\" }", 0.025),
        ("uniform = { low = \"0.01 USD\", high = \"0.06 USD\" }", 0.035),
        ("cases = [{ value = \"0.02 USD\", weight = 3 }, { value = \"0.06 USD\" }]", 0.03),
    ] {
        let rows = rows(&flat(&format!("{{ uncertain.{law} }}"), 2000, ONE));
        assert_mean(&rows, |row| row.cost.to_f64() - mean * row.requests as f64, 0.0, law);
    }
}

/// All strategies have the same draws, and other inputs move none.
#[test]
fn draws_go_by_replication_and_path() {
    let two = "[strategies.a]\nrouter.single = \"p/a\"\n[strategies.b]\nrouter.single = \"p/a\"\n";
    let both = rows(&flat("\"0.02 to 0.06 USD\"", 50, two));
    assert!(both.chunks(2).all(|pair| pair[0].cost == pair[1].cost));
    let alone = rows(&flat("\"0.02 to 0.06 USD\"", 50, ONE));
    let beside = rows(&flat("\"0.02 to 0.06 USD\"", 50, ONE).replace("latency = \"1s\"", "latency = \"1s to 9s\""));
    assert!(alone.iter().zip(&beside).all(|(one, other)| one.cost == other.cost));
    assert!(alone.iter().zip(&beside).any(|(one, other)| one.time_to_image != other.time_to_image));
    assert_eq!(run_on(1, &flat("\"0.02 to 0.06 USD\"", 50, ONE)), run_on(2, &flat("\"0.02 to 0.06 USD\"", 50, ONE)));
}

/// What `--set` puts in the place of an input is what this replication has drawn: the same row, bit for bit. The input may stand in
/// the workload, in a model, in one that is like it, and in a strategy.
#[test]
fn a_replication_is_that_of_its_values() {
    let text = "title = \"uncertain\"\nstart = 2026-01-01\nhorizon = \"1d\"\nreplications = 6\nseed = 5\n\
                [workload.arrivals.poisson]\nrate = \"20/h to 60/h\"\n\
                [workload.classes.image]\nsize = \"1024x1024\"\n\
                [models.\"p/a\"]\nprice.per_image = \"0.02 to 0.06 USD\"\nfailure = \"5% to 20%\"\n\
                latency.lognormal = { p50 = \"4s to 8s\", p95 = \"20s\" }\n\
                [models.\"p/b\"]\nlike = \"p/a\"\n\
                [strategies.only]\nrouter.fallback = [\"p/a\", \"p/b\"]\nretry.attempts = { uncertain.cases = [{ value = 2 }, { value = 4 }] }\n";
    let (loaded, _) = load(text, &[]).unwrap_or_else(|told| panic!("{told}"));
    let paths: Vec<&str> = loaded.inputs.iter().map(|input| input.path.as_str()).collect();
    let expected = [
        "workload.arrivals.poisson.rate",
        "models.\"p/a\".price.per_image",
        "models.\"p/a\".failure",
        "models.\"p/a\".latency.lognormal.p50",
        "strategies.only.retry.attempts",
    ];
    assert_eq!(paths, expected);
    for row in rows(text) {
        let drawn: Vec<(&str, String)> =
            loaded.inputs.iter().map(|input| (input.path.as_str(), input.text(5, row.replication))).collect();
        let sets: Vec<(&str, &str)> = drawn.iter().map(|(path, value)| (*path, value.as_str())).collect();
        let (loaded, compiled) = load(text, &sets).unwrap_or_else(|told| panic!("{told}"));
        assert!(loaded.inputs.is_empty(), "what is set is known");
        let none = std::sync::atomic::AtomicBool::new(false);
        let run = experiment::run(&compiled.plan, settings(&loaded, 1), &none, |_| ()).expect("threads");
        // List prices are the same in all replications, those of the medians: they are only measured by.
        let drawn_row = Row { listed: row.listed, ..run.rows[row.replication as usize].clone() };
        assert_eq!(drawn_row, row, "{drawn:?}");
    }
}

/// A title is a text, whatever it looks like, and a median stands for what is not known where nothing is drawn.
#[test]
fn medians_stand_for_what_is_not_known() {
    let text = flat("\"0.02 to 0.08 USD\"", 1, ONE).replacen("title = \"", "title = \"5 to 10 ", 1);
    let (_, compiled) = load(&text, &[]).unwrap_or_else(|told| panic!("{told}"));
    let none = std::sync::atomic::AtomicBool::new(false);
    let settings = Settings { seed: 1, replications: 1, threads: 1, batch: 1, bounds: Objectives::NONE };
    let row = &experiment::run(&compiled.plan, settings, &none, |_| ()).expect("threads").rows[0];
    assert_eq!(row.cost, "0.04 USD".parse::<Usd>().expect("money") * row.requests);
}

#[test]
fn nonsense_is_told_where_it_stands() {
    for (from, to, what) in [
        ("horizon = \"10h\"", "horizon = \"5h to 10h\"", "\"horizon\" is the same in all replications"),
        ("\"0.04 USD\"", "\"0.06 to 0.02 USD\"", "from more than 0 up to something higher"),
        ("\"0.04 USD\"", "\"0 to 0.02 USD\"", "from more than 0 up to something higher"),
        ("\"0.04 USD\"", "\"0.02 EUR to 0.02 USD\"", "different units"),
        ("\"0.04 USD\"", "\"0.02 to 0.04 XYZ\"", "XYZ"),
        ("\"0.04 USD\"", "{ uncertain.normal = 1 }", "normal"),
        ("\"0.04 USD\"", "{ uncertain.cases = [] }", "one of them is more than 0"),
        ("\"0.04 USD\"", "{ uncertain.cases = [{ value = [1] }] }", "a case is a single value"),
        ("\"0.04 USD\"", "{ uncertain.triangular = { low = \"x\", mode = 2, high = 3 } }", "\"x\" is not a number"),
        ("latency = \"1s\"", "latency = \"1s\"\nfailure = \"50% to 120%\"", "between 0 and 100 %"),
    ] {
        let text = flat("\"0.04 USD\"", 1, ONE);
        assert!(text.contains(from), "{from}");
        let told = load(&text.replace(from, to), &[]).map(|_| ()).expect_err(to);
        assert!(told.contains(what), "{to}: {told}");
    }
}

/// A draw that does not fit is told with its replication, and nothing panics.
#[test]
fn a_draw_that_does_not_fit_is_told() {
    let text = flat("\"0.04 USD\"", 200, ONE).replace("latency = \"1s\"", "latency = \"1s\"\nfailure = \"0.7 to 0.99\"");
    let (loaded, compiled) = load(&text, &[]).unwrap_or_else(|told| panic!("{told}"));
    let open = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let told =
        (0..200).find_map(|number| loaded.redrawn(number, &compiled, Path::new(FILE), &open).err()).expect("one is above 1");
    assert!(render(&loaded.sources, &told, false).contains("failure = \"0.7 to 0.99\""));
}
