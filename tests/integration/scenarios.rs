//! The scenarios that are shipped compare what they say they compare.

use spendcast::scenario::STARTER;
use spendcast::spec::{Data, Mistakes, Node, Sources, parse};

fn tree(text: &str) -> Node {
    let mut mistakes = Mistakes::new();
    let node = parse(text, Sources::new().add("scenario.toml", text), &mut mistakes);
    assert!(!mistakes.has_errors());
    node
}

fn shipped(name: &str) -> String {
    std::fs::read_to_string(format!("scenarios/{name}.toml")).unwrap_or_else(|reason| panic!("{name}: {reason}"))
}

/// The value without its places.
fn shape(node: &Node) -> String {
    match &node.data {
        Data::Table(entries) => {
            let mut entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{:?}={}", key.name, shape(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        Data::Array(items) => format!("[{}]", items.iter().map(shape).collect::<Vec<_>>().join(",")),
        scalar => format!("{scalar:?}"),
    }
}

/// All routers of a strategy, its own and those of its rules.
fn routers(strategy: &Node) -> Vec<&Node> {
    let rules = strategy.get("rules").map(|rules| match &rules.data {
        Data::Array(rules) => rules.as_slice(),
        _ => &[],
    });
    strategy.get("router").into_iter().chain(rules.unwrap_or_default().iter().filter_map(|rule| rule.get("router"))).collect()
}

/// The model that a router goes on to when its first one does not deliver.
fn falls_back_to(router: &Node) -> String {
    let Some(Node { data: Data::Array(models), .. }) = router.get("fallback") else { panic!("no fallback: {router:?}") };
    assert_eq!(models.len(), 2);
    shape(&models[1])
}

/// A strategy that may try again, compared with one that may not, wins or loses by that.
#[test]
fn strategies_differ_in_nothing_but_the_tiers() {
    for text in [STARTER.to_owned(), shipped("tiered-vs-single"), shipped("tiered-vs-single-recorded")] {
        let root = tree(&text);
        let of = |name: &str| root.get("strategies").and_then(|all| all.get(name)).expect("there is such a strategy");
        let (premium, tiered) = (of("premium-only"), of("tiered"));
        for key in ["retry", "timeout"] {
            assert_eq!(premium.get(key).map(shape), tiered.get(key).map(shape), "{key}");
        }
        assert!(premium.get("retry").is_some());
        let fallbacks: Vec<String> = [premium, tiered].into_iter().flat_map(routers).map(falls_back_to).collect();
        assert!(fallbacks.len() == 3 && fallbacks.iter().all(|model| *model == fallbacks[0]), "{fallbacks:?}");
        assert_eq!(shape(routers(premium)[0]), shape(routers(tiered)[1]), "finals go where everything else goes");
    }
}

#[test]
fn recorded_traffic_meets_the_same_models() {
    let models = |name: &str| tree(&shipped(name)).get("models").map(shape).expect("there are models");
    assert_eq!(models("tiered-vs-single"), models("tiered-vs-single-recorded"));
}
