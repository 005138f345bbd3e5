//! Aliases: what is written under another name is the model in everything that comes out, and whatever else names it means it too.

use std::path::Path;

use spendcast::scenario;

use crate::fixture::{compile, run_with, world};

const MODELS: &str = "[models.\"p/a\"]\nprice.per_image = \"0.04 USD\"\nlatency = \"4s\"\nfailure = \"30%\"\n\
    [models.\"q/b\"]\nprice.per_image = \"0.01 USD\"\nlatency = \"4s\"\n[models.\"q/c\"]\nprice.per_image = \"0.02 USD\"\nlatency = \"4s\"\n";

/// A strategy under other names costs what it costs under the models' own: budgets, cooldowns, orders and places included.
#[test]
fn an_alias_is_its_model() {
    let strategy = |name: &str, a: &str, b: &str, budget: &str| {
        format!(
            "[strategies.{name}]\ngroup = \"g\"\nretry.attempts = 2\ngroups.g.router.weighted = {{ {a} = 1, {b} = 2, \"q/c\" = 1 }}\n\
             groups.g.order = {{ {a} = 1, {b} = 1, \"q/c\" = 2 }}\ncooldown = {{ in_a_row = 2, times = {{ {a} = \"60s\" }} }}\n\
             parallel.models = {{ {b} = 3 }}\n\
             budget = {{ every = \"1h\", models = {{ {budget} = \"0.5 USD\" }}, providers.q = \"0.3 USD\" }}\n"
        )
    };
    let aliases = "[strategies.aliased.aliases]\nsharp = \"q/b\"\n";
    let text = world("poisson.rate = \"120/h\"", "1d", 3, "")
        .replace("[workload.arrivals]", "aliases = { draft = \"p/a\", sharp = \"q/c\" }\n[workload.arrivals]")
        + MODELS
        + &strategy("plain", "\"p/a\"", "\"q/b\"", "\"p/a\"")
        + &strategy("aliased", "draft", "sharp", "draft")
        + aliases
        + &strategy("mixed", "draft", "\"q/b\"", "\"p/a\"");
    let (compiled, settings) = compile(&text);
    assert_eq!(compiled.deployments, ["p/a", "q/b", "q/c"]);
    let run = run_with(&compiled, settings);
    for rows in run.rows.chunks(3) {
        let [plain, renamed, mixed] = rows else { unreachable!("three strategies") };
        assert!(plain.attempts > plain.delivered && plain.refused > 0, "the parts have something to do: {plain:?}");
        for other in [renamed, mixed] {
            assert_eq!(&spendcast::experiment::Row { strategy: 0, ..other.clone() }, plain);
        }
    }
}

fn mistakes(more: &str) -> String {
    let text = world("poisson.rate = \"1/h\"", "1d", 1, "")
        .replace("[workload.arrivals]", &format!("{more}\n[workload.arrivals]"))
        + MODELS
        + "[strategies.only]\nrouter.fallback = [\"draft\", \"q/b\"]\n";
    let read = |_: &Path| Ok(text.as_bytes().to_vec());
    match scenario::load(Path::new("scenario.toml"), &[], &read) {
        Err((sources, mistakes)) => spendcast::spec::render(&sources, &mistakes, false),
        Ok(_) => String::new(),
    }
}

/// Each mistake points to where it was made.
#[test]
fn what_stands_for_no_model_is_a_mistake() {
    assert_eq!(mistakes("aliases.draft = \"p/a\""), "");
    let unknown = mistakes("aliases.draft = \"p/b\"");
    assert!(unknown.contains("unknown model \"p/b\"") && unknown.contains("scenario.toml:6:17"), "{unknown}");
    let circle = mistakes("aliases = { draft = \"fine\", fine = \"draft\" }");
    assert!(circle.contains("the alias \"draft\" stands for no model in the end") && circle.contains("circle"), "{circle}");
    assert!(mistakes("").contains("unknown model \"draft\""));
}
