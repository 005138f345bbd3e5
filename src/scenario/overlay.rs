//! One table of a tree over another: a scenario's model over its price book's, a model over the one that it is like.

use crate::spec::{Data, Node};

use super::floating::VERSIONS;

const PRICE_CHANGES: &str = "price_changes";

/// What a book says of its price, and not of another in its place.
pub(super) const OF_THE_PRICE: [&str; 2] = [PRICE_CHANGES, "adjust"];

/// Tables of independent choices: a scenario that gives one of them means no other.
const BY_KEY: [&str; 4] = ["adjust", "billing", "filter", "limits"];

/// A field that the scenario gives replaces the book's whole field, except that `BY_KEY` are merged key by key. A price
/// takes the place of the book's whole course of prices: its dated changes and adjustments are no longer meant. A name that
/// floats takes the place of the whole model.
pub(super) fn overlay(base: &mut Node, over: Node) {
    if let (Some(_), Data::Table(fields)) = (over.get(VERSIONS), &mut base.data) {
        fields.clear();
    }
    if over.get("price").is_some() {
        for field in OF_THE_PRICE {
            base.remove(field);
        }
    }
    base.overlay(over, &|key| BY_KEY.contains(&key));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Mistakes, Sources, parse};

    const BOOK: &str = r#"
price.per_image = "1 USD"
price_changes = [{ from = 2026-02-01, price.per_image = "2 USD" }]
adjust = { markup = "+5%", cached_input = "10%" }
latency.lognormal = { p50 = "2s", p95 = "4s" }
billing = { failed = "yes", filtered = "yes" }
limits = { requests = { rate = "5/min", burst = 9 }, in_flight = 3 }
filter = { rate = "3%", name = "strict" }
"#;

    fn over_the_book(own: &str) -> Node {
        let read = |text: &str| parse(text, Sources::new().add("a.toml", text), &mut Mistakes::new());
        let mut base = read(BOOK);
        overlay(&mut base, read(own));
        base
    }

    fn keys(node: &Node, path: &[&str]) -> Vec<String> {
        let at = path.iter().try_fold(node, |node, key| node.get(key));
        at.and_then(Node::entries).unwrap_or_default().iter().map(|(key, _)| key.name.clone()).collect()
    }

    #[test]
    fn a_price_takes_the_place_of_all_prices() {
        let own = over_the_book("price.table.standard = { \"1024x1024\" = \"3 USD\" }");
        assert_eq!((keys(&own, &["price"]), own.get(PRICE_CHANGES).is_some()), (vec!["table".to_owned()], false));
        let both = over_the_book("price.per_image = \"3 USD\"\nprice_changes = []");
        assert!(matches!(&both.get(PRICE_CHANGES).expect("its own").data, Data::Array(changes) if changes.is_empty()));
        assert!(over_the_book("failure = \"1%\"").get(PRICE_CHANGES).is_some());
        assert_eq!(keys(&over_the_book("adjust.cached_input = \"20%\""), &["adjust"]), ["markup", "cached_input"]);
        assert_eq!(keys(&over_the_book("price.per_image = \"3 USD\"\nadjust.markup = \"1%\""), &["adjust"]), ["markup"]);
    }

    #[test]
    fn billing_limits_and_filter_are_merged_key_by_key() {
        let own = over_the_book("billing.timed_out = \"no\"\nlimits.requests = \"9/min\"\nfilter.rate = \"5%\"");
        assert_eq!(keys(&own, &["billing"]), ["failed", "filtered", "timed_out"]);
        assert_eq!(
            (keys(&own, &["limits"]), keys(&own, &["limits", "requests"])),
            (vec!["requests".into(), "in_flight".into()], vec![])
        );
        assert_eq!(keys(&own, &["filter"]), ["rate", "name"]);
        let latency = over_the_book("latency.exponential.mean = \"3s\"");
        assert_eq!(keys(&latency, &["latency"]), ["exponential"]);
        assert!(keys(&over_the_book("limits = 3"), &["limits"]).is_empty(), "what is no table is reported as such");
    }
}
