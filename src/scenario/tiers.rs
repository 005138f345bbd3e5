//! The tiers in which a scenario starts: each is of a provider that there is, and one by which a price book lists its limits.

use std::collections::BTreeSet;

use crate::catalog::Book;
use crate::catalog::derive::{NO_TIER, tiers};
use crate::provider::provider;
use crate::spec::{Located, Mistake, Named, Node, nearest};

/// What is wrong with the tiers. An unknown one becomes none, so that nothing more is said of it.
pub(super) fn settle(chosen: &mut Named<Located<String>>, books: &[&Book], scenario: &Node) -> Vec<Mistake> {
    let own = scenario.get("models").and_then(Node::entries).unwrap_or_default().iter().map(|(key, _)| key.name.as_str());
    let in_books = books.iter().flat_map(|book| book.names());
    let providers: BTreeSet<&str> = own.chain(in_books).map(provider).collect();
    let mut mistakes = Vec::new();
    for (name, tier) in &mut chosen.0 {
        let known: BTreeSet<&str> = books.iter().flat_map(|book| tiers(book, name)).collect();
        if known.contains(tier.as_str()) {
            continue;
        }
        if !providers.contains(name.as_str()) {
            mistakes.push(no_provider(name, &providers));
        } else if tier.value != NO_TIER {
            mistakes.push(no_tier(name, tier, &known));
        }
        NO_TIER.clone_into(&mut tier.value);
    }
    mistakes
}

fn no_provider(name: &Located<String>, providers: &BTreeSet<&str>) -> Mistake {
    let mistake = Mistake::error(&name.place, format!("no model is of provider \"{}\"", name.value)).label("used by no model");
    let providers: Vec<&str> = providers.iter().copied().collect();
    nearest(name, &providers).map(|near| format!("did you mean \"{near}\"?")).into_iter().fold(mistake, Mistake::help)
}

fn no_tier(name: &str, tier: &Located<String>, known: &BTreeSet<&str>) -> Mistake {
    if known.is_empty() {
        let mistake =
            Mistake::error(&tier.place, format!("no catalogue lists limits of {name} by tier")).label("would not be read");
        return mistake.help(format!(
            "leave it out, or write \"{NO_TIER}\"; its models, account and provider can have limits of their own"
        ));
    }
    let mistake = Mistake::error(&tier.place, format!("{name} has no tier \"{}\"", tier.value)).label("no such tier");
    let known: Vec<&str> = known.iter().copied().collect();
    let near = nearest(tier, &known).map(|near| format!("did you mean \"{near}\"? ")).unwrap_or_default();
    let all = known.iter().map(|tier| format!("\"{tier}\"")).collect::<Vec<_>>().join(", ");
    mistake.help(format!("{near}its tiers: {all}; or \"{NO_TIER}\" for no limits"))
}
