//! The price books that a scenario takes its models from, merged under the scenario's own models.

use std::path::Path;

use crate::catalog::{BookFile, builtin};
use crate::spec::{Data, Field, Key, Located, Mistake, Mistakes, Node, OneOrMany, Place, Reader, Sources, nearest};

use super::file::{self, ReadFile};

/// A price book that was used: what the manifest says about it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// As the scenario names it.
    pub name: String,
    /// The titles, dates and sources of its files.
    pub files: Vec<BookFile>,
}

/// All price books of a scenario: what is known of them, and their models in order.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) used: Vec<Catalogue>,
    models: Vec<(Key, Node)>,
    /// A book could not be read: which models there are is not known.
    pub(super) incomplete: bool,
}

impl Books {
    /// Reads the price books that the scenario's tree names.
    pub(super) fn read(
        scenario: &Node,
        directory: &Path,
        read_file: ReadFile<'_>,
        sources: &mut Sources,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut books = Self::default();
        let Some(node) = scenario.get("catalog") else { return books };
        // A value of the wrong type is reported when the whole scenario is read.
        let names = OneOrMany::<Located<String>>::read(node, &mut Reader::new()).unwrap_or_default();
        for name in &names.0 {
            match open(name, directory, read_file, sources, mistakes) {
                Some(files) => books.add(name, &files, mistakes),
                None => books.incomplete = true,
            }
        }
        if let [_, second, ..] = names.0.as_slice() {
            let mistake = Mistake::warning(&second.place, "prices of two catalogues are mixed").label("a second catalogue");
            mistakes.push(mistake.help("where both name a model, the last one's is used whole"));
        }
        books
    }

    fn add(&mut self, name: &Located<String>, files: &[Node], mistakes: &mut Mistakes) {
        let mut reader = Reader::new();
        let read: Vec<BookFile> = files.iter().filter_map(|node| BookFile::read(node, &mut reader)).collect();
        mistakes.extend(reader.into_mistakes().into_sorted());
        for models in files.iter().filter_map(|file| file.get("models")?.entries()) {
            for (key, model) in models {
                self.models.retain(|(other, _)| other.name != key.name);
                self.models.push((key.clone(), model.clone()));
            }
        }
        self.used.push(Catalogue { name: name.value.clone(), files: read });
    }

    /// Puts the books' models under the scenario's, as [`overlay`] says. `repriced` are models whose price is going to be
    /// replaced on the command line: that counts as a price of the scenario's.
    pub(super) fn merge_into(self, scenario: &mut Node, repriced: &[&str], mistakes: &mut Mistakes) {
        if self.models.is_empty() {
            return;
        }
        let place = self.models[0].0.place.clone();
        let models = scenario.entry(Key { name: "models".to_owned(), place });
        let Data::Table(own) = &mut models.data else { return };
        let known: Vec<String> = self.models.iter().map(|(key, _)| key.name.clone()).collect();
        for (key, _) in own.iter().filter(|(key, _)| !known.contains(&key.name)) {
            if let Some(near) = nearest(&key.name, &known) {
                let mistake = Mistake::warning(&key.place, format!("\"{}\" is in no catalogue", key.name));
                mistakes.push(mistake.label("taken as a model of its own").help(format!("did you mean \"{near}\"?")));
            }
        }
        let mut merged = self.models;
        for (_, model) in merged.iter_mut().filter(|(key, _)| repriced.contains(&key.name.as_str())) {
            for field in OF_THE_PRICE {
                model.remove(field);
            }
        }
        for (key, model) in own.drain(..) {
            match merged.iter_mut().find(|(other, _)| other.name == key.name) {
                Some((_, base)) => overlay(base, model),
                None => merged.push((key, model)),
            }
        }
        *own = merged;
    }
}

const PRICE_CHANGES: &str = "price_changes";

/// What a book says of its price, and not of another in its place.
const OF_THE_PRICE: [&str; 2] = [PRICE_CHANGES, "adjust"];

/// Tables of independent choices: a scenario that gives one of them means no other.
const BY_KEY: [&str; 4] = ["adjust", "billing", "filter", "limits"];

/// A field that the scenario gives replaces the book's whole field, except that `BY_KEY` are merged key by key. A price
/// takes the place of the book's whole course of prices: its dated changes and adjustments are no longer meant.
fn overlay(base: &mut Node, over: Node) {
    if over.get("price").is_some() {
        for field in OF_THE_PRICE {
            base.remove(field);
        }
    }
    merge(base, over, &|key| BY_KEY.contains(&key));
}

/// Puts the entries of one table over those of another; those of which `deeper` says so are merged in turn.
fn merge(base: &mut Node, over: Node, deeper: &dyn Fn(&str) -> bool) {
    match (&mut base.data, over.data) {
        (Data::Table(fields), Data::Table(own)) => {
            for (key, value) in own {
                match fields.iter_mut().find(|(other, _)| other.name == key.name) {
                    Some((_, field)) if deeper(&key.name) => merge(field, value, &|_| false),
                    Some(field) => *field = (key, value),
                    None => fields.push((key, value)),
                }
            }
        }
        (_, data) => *base = Node { place: over.place, data },
    }
}

/// The trees of a price book's files. `None` after a mistake.
fn open(
    name: &Located<String>,
    directory: &Path,
    read_file: ReadFile<'_>,
    sources: &mut Sources,
    mistakes: &mut Mistakes,
) -> Option<Vec<Node>> {
    if let Some(files) = builtin::files(name) {
        return files.iter().map(|(path, text)| file::tree(path, text, sources, mistakes)).collect();
    }
    let is_file = name.contains('/') || Path::new(name.as_str()).extension().is_some_and(|end| end == "toml");
    if !is_file {
        unknown(name, &name.place, mistakes);
        return None;
    }
    let path = directory.join(name.strip_prefix("./").unwrap_or(name));
    file::read(&path, Some(&name.place), read_file, sources, mistakes).map(|tree| vec![tree])
}

fn unknown(name: &str, place: &Place, mistakes: &mut Mistakes) {
    let mut reader = Reader::new();
    reader.unknown_name(place, "catalogue", name, &builtin::NAMES);
    mistakes.extend(reader.into_mistakes().into_sorted().into_iter().map(|mistake| {
        let help = mistake.help.clone().unwrap_or_default();
        mistake.help(format!("{help}, or a file such as \"./prices.toml\""))
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

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
