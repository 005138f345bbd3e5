//! A whole price book: its files read, and the rows of all of them in one place.

use super::plain;
use super::rates::{Confidence, RateList, RateRow, TokenList};
use super::{BookFile, Event, LatencyList, LimitList, Policy, Statement, builtin};
use crate::provider::provider;
use crate::spec::{Data, Field, Located, Mistakes, Named, Node, Reader, Sources, parse};

/// A price book.
#[derive(Debug)]
pub struct Book {
    /// Its name: a built-in one's, or a file's.
    pub name: String,
    /// Its files, without their rates and tokens.
    pub files: Vec<BookFile>,
    /// All rates: those of the files, and those that models state directly.
    pub rates: Vec<RateList>,
    /// All token counts.
    pub tokens: Vec<TokenList>,
}

/// One price with the list that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Price<'a> {
    /// What holds for the whole list.
    pub list: &'a RateList,
    /// The price.
    pub row: &'a RateRow,
}

impl Book {
    /// Reads a book from its files' names and texts. What is wrong with them is put down; what can be read is read.
    pub fn read<'a>(
        name: &str,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        sources: &mut Sources,
        mistakes: &mut Mistakes,
    ) -> Self {
        let trees: Vec<Node> = files.into_iter().map(|(path, text)| parse(text, sources.add(path, text), mistakes)).collect();
        Self::of(name, &trees, mistakes)
    }

    /// A book from its files' trees.
    pub fn of(name: &str, trees: &[Node], mistakes: &mut Mistakes) -> Self {
        let mut book = Self { name: name.to_owned(), files: Vec::new(), rates: Vec::new(), tokens: Vec::new() };
        for node in trees {
            let mut reader = Reader::new();
            if let Some(file) = BookFile::read(node, &mut reader) {
                book.add(file, node);
            }
            mistakes.extend(reader.into_mistakes().into_sorted());
        }
        book
    }

    /// A built-in book; `None` where there is none of that name.
    pub fn builtin(name: &str) -> Option<Self> {
        let files = builtin::files(name)?;
        Some(Self::read(name, files.iter().copied(), &mut Sources::new(), &mut Mistakes::new()))
    }

    fn add(&mut self, mut file: BookFile, node: &Node) {
        let date = Located { value: file.retrieved.to_string(), place: node.place.clone() };
        let confidence = file.confidence.unwrap_or(Confidence::High);
        self.rates.append(file.rates.as_mut().unwrap_or(&mut Vec::new()));
        self.tokens.append(file.tokens.as_mut().unwrap_or(&mut Vec::new()));
        if let Some(Data::Table(models)) = node.get("models").map(|models| &models.data) {
            for (key, model) in models {
                let rows = plain::rows(key, model, &date, confidence);
                self.rates.extend(rows.rates);
                self.tokens.extend(rows.tokens);
            }
        }
        self.files.push(file);
    }

    /// Every name that has a price or is a model, sorted.
    pub fn names(&self) -> Vec<&str> {
        let models = self.files.iter().flat_map(|file| file.models.iter().flat_map(Named::names));
        let mut names: Vec<&str> = models.chain(self.rates.iter().map(|list| list.model.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The prices of a model.
    pub fn prices<'a>(&'a self, model: &'a str) -> impl Iterator<Item = Price<'a>> {
        let lists = self.rates.iter().filter(move |list| list.model.value == model);
        lists.flat_map(|list| list.rows.iter().map(move |row| Price { list, row }))
    }

    /// The token lists of a model.
    pub fn token_lists<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a TokenList> {
        self.tokens.iter().filter(move |list| list.models.0.iter().any(|name| name.value == model))
    }

    /// The dates of a model.
    pub fn events<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Event> {
        let events = self.files.iter().flat_map(|file| file.events.iter().flatten());
        events.filter(move |event| event.models.0.iter().any(|name| name.value == model))
    }

    /// The limits of a model and of its provider.
    pub fn limits<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a LimitList> {
        let limits = self.files.iter().flat_map(|file| file.limits.iter().flatten());
        limits.filter(move |list| about(&list.of, model))
    }

    /// The rules of a model's provider.
    pub fn policies<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Policy> {
        let policies = self.files.iter().flat_map(|file| file.policies.iter().flatten());
        policies.filter(move |policy| about(&policy.of, model))
    }

    /// The latencies of a model and of its provider.
    pub fn latencies<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a LatencyList> {
        let latencies = self.files.iter().flat_map(|file| file.latencies.iter().flatten());
        latencies.filter(move |list| about(&list.of, model))
    }

    /// The statements about a model and its provider.
    pub fn statements<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Statement> {
        let statements = self.files.iter().flat_map(|file| file.statements.iter().flatten());
        statements.filter(move |statement| about(&statement.about, model))
    }
}

/// Whether a fact is about a model: it names the model, or its provider as a whole.
fn about(of: &str, model: &str) -> bool {
    of == model || of == provider(model)
}
