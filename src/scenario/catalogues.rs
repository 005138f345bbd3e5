//! The price books that a scenario takes its models from, merged under the scenario's own tables.

use std::path::Path;

use crate::catalog::derive::{Derived, derive};
use crate::catalog::{Book, BookFile, builtin};
use crate::provider::provider;
use crate::spec::{Data, Field, Key, Located, Mistake, Mistakes, Node, OneOrMany, Place, Reader, Sources, nearest};

use super::asking::Asking;
use super::file::{self, ReadFile};
use super::like::LIKE;
use super::misses::Misses;
use super::overlay::{OF_THE_PRICE, overlay};
use super::tiers;

/// A price book that was used: what the manifest says about it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// As the scenario names it.
    pub name: String,
    /// The titles, dates and sources of its files.
    pub files: Vec<BookFile>,
}

/// The tables of a scenario that price books may hold too.
pub(super) const SHARED: [&str; 5] = ["models", "accounts", "providers", "clouds", "gateways"];
const MODELS: usize = 0;
const ACCOUNTS: usize = 1;
const PROVIDERS: usize = 2;

/// All price books of a scenario: what is known of them, and their entries in order.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) used: Vec<Catalogue>,
    /// The entries of each of the shared tables.
    tables: [Vec<(Key, Node)>; 5],
    /// A book could not be read, or not what the scenario asks of it: which models there are is not known.
    pub(super) incomplete: bool,
    /// What the books have no price for.
    pub(super) misses: Misses,
}

impl Books {
    /// Reads the price books that the scenario's tree names, and takes what it asks of them.
    pub(super) fn read(
        scenario: &Node,
        asking: &mut Asking<'_>,
        (directory, read_file): (&Path, ReadFile<'_>),
        sources: &mut Sources,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut books = Self::default();
        // A value of the wrong type is reported when the whole scenario is read.
        let read = |node| OneOrMany::<Located<String>>::read(node, &mut Reader::new());
        let names = scenario.get("catalog").and_then(read).unwrap_or_default();
        let mut opened = Vec::new();
        for name in &names.0 {
            match open(name, directory, read_file, sources, mistakes) {
                Some(files) => opened.push((name, Book::of(name, &files, mistakes), files)),
                None => books.incomplete = true,
            }
        }
        if !books.incomplete {
            let known: Vec<&Book> = opened.iter().map(|(_, book, _)| book).collect();
            mistakes.extend(tiers::settle(&mut asking.tiers, &known, scenario));
        }
        for (name, book, files) in opened {
            books.add(name, book, &files, asking, mistakes);
        }
        if let [_, second, ..] = names.0.as_slice() {
            let mistake = Mistake::warning(&second.place, "prices of two catalogues are mixed").label("a second catalogue");
            mistakes.push(mistake.help("where both name a model, the last one's is used whole"));
        }
        books
    }

    fn add(&mut self, name: &Located<String>, book: Book, files: &[Node], asking: &mut Asking<'_>, mistakes: &mut Mistakes) {
        for (top, table) in SHARED.iter().zip(&mut self.tables) {
            for (key, node) in files.iter().filter_map(|file| file.get(top)?.entries()).flatten() {
                table.retain(|(other, _)| other.name != key.name);
                table.push((key.clone(), node.clone()));
            }
        }
        self.derive(&book, name, asking, mistakes);
        self.used.push(Catalogue { name: name.value.clone(), files: book.files });
    }

    /// Derives the models of this book that the scenario names, and those that they lead to.
    fn derive(&mut self, book: &Book, name: &Located<String>, asking: &mut Asking<'_>, mistakes: &mut Mistakes) {
        let mut next = 0;
        while let Some(model) = asking.names.get(next).cloned() {
            next += 1;
            let is_of_book = book.files.iter().any(|file| file.models.iter().any(|models| models.get(&model).is_some()));
            let Some((_, node)) = self.tables[MODELS].iter_mut().find(|(key, _)| is_of_book && key.name == model) else {
                continue;
            };
            let words = asking.words.of(&model, node);
            let Some(wanted) = asking.wanted(&model, &words, &name.place) else {
                self.incomplete |= node.get("price").is_none();
                continue;
            };
            let Derived { model: mut derived, provider_limits, standing, misses, warnings } = derive(book, &model, node, &wanted);
            overlay(&mut derived, std::mem::replace(node, Node { place: node.place.clone(), data: Data::Table(Vec::new()) }));
            asking.add_from(&derived);
            *node = derived;
            mistakes.extend(warnings);
            self.misses.add(&model, misses);
            if let Some(limits) = provider_limits {
                self.complete(PROVIDERS, provider(&model), &[("limits", limits)]);
            }
            let standing = standing.as_ref().and_then(Node::entries).unwrap_or_default();
            let standing: Vec<(&str, Node)> = standing.iter().map(|(key, node)| (key.name.as_str(), node.clone())).collect();
            self.complete(ACCOUNTS, provider(&model), &standing);
        }
    }

    /// Puts derived fields under what a book says of a provider or account.
    fn complete(&mut self, table: usize, name: &str, derived: &[(&str, Node)]) {
        let Some((_, first)) = derived.first() else { return };
        let place = first.place.clone();
        let key = |name: &str| Key { name: name.to_owned(), place: place.clone() };
        let table = &mut self.tables[table];
        let at = table.iter().position(|(known, _)| known.name == name).unwrap_or_else(|| {
            table.push((key(name), Node { place: place.clone(), data: Data::Table(Vec::new()) }));
            table.len() - 1
        });
        for (field, node) in derived {
            if table[at].1.get(field).is_none() {
                *table[at].1.entry(key(field)) = node.clone();
            }
        }
    }

    /// Puts the books' entries under the scenario's, as [`overlay`] says. `repriced` are models whose price is going to be
    /// replaced on the command line: that counts as a price of the scenario's.
    pub(super) fn merge_into(mut self, scenario: &mut Node, repriced: &[&str], mistakes: &mut Mistakes) {
        for (_, model) in self.tables[MODELS].iter_mut().filter(|(key, _)| repriced.contains(&key.name.as_str())) {
            for field in OF_THE_PRICE {
                model.remove(field);
            }
        }
        for (top, table) in SHARED.iter().zip(self.tables) {
            merge_table(top, table, scenario, mistakes);
        }
    }
}

/// Puts the entries of one table under the scenario's.
fn merge_table(top: &str, mut merged: Vec<(Key, Node)>, scenario: &mut Node, mistakes: &mut Mistakes) {
    let Some(place) = merged.first().map(|(key, _)| key.place.clone()) else { return };
    let table = scenario.entry(Key { name: top.to_owned(), place });
    let Data::Table(own) = &mut table.data else { return };
    let known: Vec<String> = merged.iter().map(|(key, _)| key.name.clone()).collect();
    // Other tables may well have entries like the books', and names of their own that lead nowhere are found later.
    let is_new = |(key, node): &&(Key, Node)| top == SHARED[MODELS] && !known.contains(&key.name) && node.get(LIKE).is_none();
    for (key, _) in own.iter().filter(is_new) {
        if let Some(near) = nearest(&key.name, &known) {
            let mistake = Mistake::warning(&key.place, format!("\"{}\" is in no catalogue", key.name));
            mistakes.push(mistake.label("taken as a model of its own").help(format!("did you mean \"{near}\"?")));
        }
    }
    for (key, node) in own.drain(..) {
        match merged.iter_mut().find(|(other, _)| other.name == key.name) {
            // What is like another model takes nothing of the catalogue's of its own name.
            Some((_, base)) if node.get(LIKE).is_some() => *base = node,
            Some((_, base)) => overlay(base, node),
            None => merged.push((key, node)),
        }
    }
    *own = merged;
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
