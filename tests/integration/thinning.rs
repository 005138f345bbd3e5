//! Fewer journeys of the same traffic (`workload.keep`): which are kept, that nothing else of them changes, and what it costs.

use std::path::Path;

use spendcast::scenario;
use spendcast::spec::render;
use spendcast::workload::{Arrival, Generator, Workload};

use crate::fixture::{assert_mean, compile, run, world};

const REST: &str = "[workload.classes.only]\nsize = \"1024x1024\"\nn.weights = { \"1\" = \"50%\", \"4\" = \"50%\" }\n\
    prompt_tokens.uniform = { low = 10, high = 500 }\n[workload.prompts]\nrepeats = \"30%\"\n\
    [models.\"p/a\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"1s\"\nacceptance = \"50%\"\n[strategies.only]\nrouter.single = \"p/a\"\n";

const JOURNEY: &str = "[workload.journey]\nrounds = 3\nfinal = \"20%\"\nthink_time = \"1s\"\n";

const PROCESSES: [&str; 3] = [
    "constant.rate = \"3/min\"",
    "poisson.rate = \"3/min\"",
    "nonhomogeneous = { rate = \"3/min\", day_noise = \"30%\", growth = { by = \"10%\", per = \"30d\" } }",
];

/// A scenario that keeps so much of traffic from this source.
fn text(source: &str, keep: &str) -> String {
    let head = "title = \"Thinned\"\nstart = 2026-01-01\nhorizon = \"1d\"\nreplications = 1\n[workload]\nkeep";
    format!("{head} = \"{keep}\"\n{source}\n{REST}")
}

fn workload(arrivals: &str, keep: &str) -> Workload {
    compile(&text(&format!("[workload.arrivals]\n{arrivals}\n{JOURNEY}"), keep)).0.plan.workload
}

/// All arrivals of a replication, in chunks of this size.
fn arrivals(workload: &Workload, replication: u32, chunk: usize) -> Vec<Arrival> {
    let (mut generator, mut chunk, mut all) = (Generator::new(), Vec::with_capacity(chunk), Vec::new());
    generator.begin(workload, 7, replication);
    loop {
        generator.fill(workload, &mut chunk);
        if chunk.is_empty() {
            return all;
        }
        all.extend(chunk.iter().copied());
    }
}

/// Every arrival that is kept at a share is there at every higher one, the same in every draw.
fn assert_nested(workloads: &[Workload]) {
    let all: Vec<Vec<Arrival>> = workloads.iter().map(|workload| arrivals(workload, 3, 64)).collect();
    for pair in all.windows(2) {
        let (few, many) = (&pair[0], &pair[1]);
        assert!(few.len() < many.len() && !few.is_empty());
        let mut rest = many.iter();
        assert!(few.iter().all(|kept| rest.any(|other| other == kept)), "in order, each unchanged");
    }
}

#[test]
fn a_smaller_volume_is_a_part_of_a_larger_one() {
    for process in PROCESSES {
        assert_nested(&["3%", "40%", "99%", "100%"].map(|keep| workload(process, keep)));
    }
}

#[test]
fn recorded_traffic_is_thinned_likewise() {
    let rows: Vec<String> = (0..5_000).map(|at| (at * 17).to_string()).collect();
    let csv = format!("at\n{}\n", rows.join("\n"));
    let of = |keep: &str| {
        let text = text("[workload.recorded]\nfile = \"a.csv\"\ntime = { column = \"at\", unit = \"s\" }", keep);
        let loaded = scenario::load(Path::new("a.toml"), &[], &|_| Ok(text.as_bytes().to_vec()))
            .unwrap_or_else(|(sources, found)| panic!("{}", render(&sources, &found, false)));
        let csv = csv.clone();
        let open = move |_: &Path| Ok(Box::new(std::io::Cursor::new(csv.clone().into_bytes())) as Box<dyn std::io::Read>);
        let compiled = scenario::compile(&loaded.scenario, Path::new(""), &open);
        compiled.unwrap_or_else(|found| panic!("{}", render(&loaded.sources, &found, false))).plan.workload
    };
    let workloads = ["2%", "50%", "100%"].map(of);
    assert_nested(&workloads);
    assert!((workloads[0].expected() - 5_000.0).abs() < 1e-9);
}

/// Thinned Poisson arrivals are Poisson arrivals at the lower rate: mean and variance of the number are both 40 % of 4320.
#[test]
fn so_many_are_kept() {
    let rest = "[models.\"p/a\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"1s\"\n[strategies.only]\nrouter.single = \"p/a\"\n";
    let text = world("poisson.rate = \"3/min\"", "1d", 400, rest)
        .replace("[workload.arrivals]", "[workload]\nkeep = \"40%\"\n[workload.arrivals]");
    let rows = run(&text).rows;
    let theory = 0.4 * 4_320.0;
    assert_mean(&rows, |row| row.journeys as f64, theory, "kept");
    // The variance of a Poisson count's square deviation is small: 400 of them tell it to within 7 %.
    assert_mean(&rows, |row| (row.journeys as f64 - theory).powi(2), theory, "their variance");
}

/// How a replication is cut into chunks, and whether a chunk is left empty, changes nothing; nothing at all may be kept.
#[test]
fn chunks_do_not_matter_and_none_is_taken_for_the_end() {
    let rare = workload(PROCESSES[1], "0.2%");
    let all = arrivals(&rare, 0, 1_000);
    assert!((1..30).contains(&all.len()), "{}", all.len());
    for chunk in [1, 7, 64] {
        assert_eq!(arrivals(&rare, 0, chunk), all);
    }
    assert!(arrivals(&workload(PROCESSES[1], "0%"), 0, 64).is_empty());
}

#[test]
fn the_expected_number_is_that_before_thinning() {
    for process in &PROCESSES[..2] {
        for keep in ["10%", "100%"] {
            assert!((workload(process, keep).expected() - 4_320.0).abs() < 1e-6, "{process}");
        }
    }
    // Growth of 10 % in 30 days makes a day 1.0016 times as large on average.
    let grown = workload(PROCESSES[2], "100%").expected() / 4_320.0;
    assert!((grown - 1.001_59).abs() < 1e-4, "{grown}");
}
