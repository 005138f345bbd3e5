//! What `--set` says of things that nothing uses: models that no strategy leads to, and accounts, providers, clouds and gateways that
//! are none of theirs. What a scenario says of them may be there for another `--set`, but whoever sets it now means something by it.

use std::collections::BTreeSet;

use crate::provider::{parts, provider};
use crate::spec::{Data, Key, Mistake, Node, nearest};

use super::catalogues::SHARED;
use super::models::Models;
use super::set::Setting;

/// A warning for each thing; `own` is the scenario's tree without its price books. What it names elsewhere is in use, such as what another
/// model is like.
pub(super) fn unused(settings: &[Setting], own: &Node, models: &Models<'_>) -> Vec<Mistake> {
    let mut named = BTreeSet::new();
    for top in SHARED.into_iter().chain(["strategies"]).filter_map(|top| own.get(top)) {
        top.entries().unwrap_or_default().iter().for_each(|(_, entry)| names(entry, &mut named));
    }
    let of = |top: &'static str| {
        let used = used(top, models);
        let mut known: BTreeSet<&str> = used.union(&named).copied().collect();
        // Each once, however much is set of it.
        let idle = settings.iter().filter_map(|setting| setting.entry_of(top)).filter(|key| known.insert(&key.name));
        idle.map(|key| warning(top, key, &used)).collect::<Vec<_>>()
    };
    SHARED.into_iter().flat_map(of).collect()
}

/// What is used of a kind of things, in order.
fn used<'a>(top: &str, models: &'a Models<'_>) -> BTreeSet<&'a str> {
    let names = || models.names.iter().map(String::as_str);
    let model = |name| parts(name).0;
    match top {
        "models" => names().map(model).collect(),
        "accounts" => names().filter_map(|name| models.account(name)).collect(),
        "providers" => names().map(|name| provider(model(name))).collect(),
        "gateways" => names().filter_map(|name| parts(name).1).collect(),
        // Clouds are named by providers.
        _ => {
            let providers = models.scenario().providers.as_ref();
            let of = |name| providers?.get(provider(model(name)))?.cloud.as_ref();
            names().filter_map(of).map(|cloud| cloud.value.as_str()).collect()
        }
    }
}

/// All texts and keys within an entry.
fn names<'a>(node: &'a Node, found: &mut BTreeSet<&'a str>) {
    match &node.data {
        Data::Text(text) => {
            found.insert(parts(text).0);
        }
        Data::Array(items) => items.iter().for_each(|item| names(item, found)),
        Data::Table(entries) => {
            for (key, value) in entries {
                found.insert(parts(&key.name).0);
                names(value, found);
            }
        }
        _ => {}
    }
}

fn warning(top: &str, key: &Key, used: &BTreeSet<&str>) -> Mistake {
    let kind = top.trim_end_matches('s');
    let what = if top == "models" {
        format!("no strategy leads to model \"{}\"", key.name)
    } else {
        format!("no model in use is reached by {kind} \"{}\"", key.name)
    };
    let all: Vec<&str> = used.iter().copied().collect();
    let near = nearest(&key.name, &all).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
    let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    Mistake::warning(&key.place, what).label("changes nothing").help(format!("{near}in use: {all}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::load;

    const TEXT: &str = "title = \"x\"\nstart = 2026-01-01\nhorizon = \"1d\"\nseed = 1\nworkload.arrivals.poisson.rate = \"9/d\"\n\
        workload.classes.a.size = \"1024x1024\"\nstrategies.a.router.single = \"p/a\"\n\
        [models.\"p/a\"]\nprice.per_image = \"1 USD\"\n[models.\"p/old\"]\nprice.per_image = \"2 USD\"\n\
        [providers.p]\ncloud = \"sky\"\n[clouds.sky]\nincidents = {}\n";

    fn told(sets: &[&str]) -> Vec<String> {
        let sets: Vec<(String, String)> =
            sets.iter().filter_map(|set| set.split_once('=')).map(|(path, value)| (path.into(), value.into())).collect();
        let loaded = load(Path::new("x.toml"), &sets, &|_: &Path| Ok(TEXT.into()));
        let loaded = loaded.unwrap_or_else(|(sources, mistakes)| panic!("{}", crate::spec::render(&sources, &mistakes, false)));
        loaded.warnings.iter().map(|warning| format!("{}; {}", warning.what, warning.help.as_deref().unwrap_or(""))).collect()
    }

    #[test]
    fn what_nothing_uses_is_told_with_what_is_near() {
        assert_eq!(told(&["models.\"p/a\".price.per_image=3 USD"]), Vec::<String>::new());
        assert_eq!(told(&["models.\"p/old\".like=p/a"]), ["no strategy leads to model \"p/old\"; in use: p/a"]);
        let told = told(&[
            "strategies.b.router.single=p/old",
            "models.\"p/b\".like=p/a",
            "clouds.ski.incidents={}",
            "models.\"p/b\".acceptance=50%",
            "providers.q.cloud=sky",
            "accounts.p.limits.requests=5/s",
            "accounts.o.limits.requests=5/s",
        ]);
        assert_eq!(
            told,
            [
                "no strategy leads to model \"p/b\"; did you mean \"p/a\"? in use: p/a, p/old",
                "no model in use is reached by cloud \"ski\"; did you mean \"sky\"? in use: sky",
                "no model in use is reached by provider \"q\"; did you mean \"p\"? in use: p",
                "no model in use is reached by account \"o\"; did you mean \"p\"? in use: p",
            ]
        );
    }

    #[test]
    fn what_another_is_like_is_in_use() {
        assert_eq!(told(&["models.\"p/old\".price.per_image=3 USD", "models.\"p/a\".like=p/old"]), Vec::<String>::new());
    }
}
