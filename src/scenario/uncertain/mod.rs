//! Inputs that are not known: scalars of a scenario that are distributions.
//!
//! They are found in the tree before it is read, and their medians stand in for them while everything is checked. For a replication
//! they are drawn by their paths, so that adding one moves no draw of another, and all strategies see the same; the tree with what
//! was drawn is then read and compiled like any other.

mod number;
mod schema;
mod spec;

use number::Form;
pub(super) use schema::admit;
pub use spec::UncertainSpec;
use spec::literal;

use crate::dist::Uncertain;
use crate::random::{self, Purpose, open01_wide};
use crate::spec::{Data, Key, Mistake, Mistakes, Node, Place, Reader};

/// An input that is not known.
#[derive(Debug, Clone)]
pub struct Input {
    /// The keys that lead to it, as `--set` takes them.
    pub path: String,
    /// What is said of it, in words.
    pub said: String,
    place: Place,
    law: Uncertain,
    drawn: Drawn,
}

/// What is not known of a scalar.
struct Unknown {
    law: Uncertain,
    drawn: Drawn,
    said: String,
}

/// What a draw stands for.
#[derive(Debug, Clone)]
enum Drawn {
    Number(Form),
    Case(Vec<Node>),
}

/// Keys at the top that hold for all replications: what is asked, and how it is looked for.
const KNOWN: [&str; 13] = [
    "catalog",
    "tiers",
    "start",
    "time_zone",
    "horizon",
    "replications",
    "seed",
    "budget",
    "bounds",
    "baseline",
    "gates",
    "precision",
    "indifference",
];

/// Keys whose texts may look like an interval, such as "5 to 10", and are none.
const TEXTS: [&str; 2] = ["title", "question"];

/// Finds what is not known in a scenario's tree, and puts medians in its place.
pub fn find(tree: &mut Node, mistakes: &mut Mistakes) -> Vec<Input> {
    let Data::Table(entries) = &mut tree.data else { return Vec::new() };
    entries.iter_mut().flat_map(|(key, node)| find_in(node, std::slice::from_ref(key), mistakes)).collect()
}

/// The same in what stands under this path.
pub(super) fn find_in(node: &mut Node, path: &[Key], mistakes: &mut Mistakes) -> Vec<Input> {
    let top = path.first().map_or("", |key| key.name.as_str());
    if TEXTS.contains(&top) {
        return Vec::new();
    }
    let (mut inputs, mut reader) = (Vec::new(), Reader::new());
    let names: Vec<String> = path.iter().map(|key| quoted(&key.name)).collect();
    search(node, &names.join("."), &mut inputs, &mut reader);
    mistakes.extend(reader.into_mistakes().into_sorted());
    if KNOWN.contains(&top) {
        for input in inputs.drain(..) {
            let what = format!("\"{top}\" is the same in all replications");
            mistakes.push(Mistake::error(&input.place, what).label("cannot be uncertain"));
        }
    }
    inputs
}

fn search(node: &mut Node, path: &str, inputs: &mut Vec<Input>, reader: &mut Reader) {
    if let Some(Unknown { law, drawn, said }) = spec::read(node, reader) {
        let input = Input { path: path.to_owned(), said, place: node.place.clone(), law, drawn };
        node.data = input.value(0.5);
        inputs.push(input);
        return;
    }
    match &mut node.data {
        Data::Table(entries) => {
            for (key, value) in entries {
                search(value, &format!("{path}.{}", quoted(&key.name)), inputs, reader);
            }
        }
        Data::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                search(item, &format!("{path}.{index}"), inputs, reader);
            }
        }
        _ => {}
    }
}

/// A key as a path has it.
fn quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { key.to_owned() } else { format!("{key:?}") }
}

impl Input {
    /// Its value in this replication, as a text.
    pub fn text(&self, seed: u64, replication: u32) -> String {
        literal(&Node { place: self.place.clone(), data: self.draw(seed, replication) })
    }

    /// Whether it is a part of what stands under this key at the top.
    pub fn is_of(&self, top: &str) -> bool {
        self.path.strip_prefix(top).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The texts that it may be.
    pub(super) fn cases(&self) -> &[Node] {
        match &self.drawn {
            Drawn::Case(cases) => cases,
            Drawn::Number(_) => &[],
        }
    }

    /// Whether a tree has it.
    pub(super) fn is_in(&self, tree: &Node) -> bool {
        match &tree.data {
            Data::Table(entries) => entries.iter().any(|(_, value)| self.is_in(value)),
            Data::Array(items) => items.iter().any(|item| self.is_in(item)),
            _ => self.place == tree.place,
        }
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Its value in this replication.
    fn draw(&self, seed: u64, replication: u32) -> Data {
        let [high, low, ..] = random::Key::new(seed, replication, Purpose::Input).block(fnv(&self.path), 0);
        self.value(open01_wide(high, low))
    }

    fn value(&self, u: f64) -> Data {
        let value = self.law.quantile(u);
        match &self.drawn {
            Drawn::Case(cases) => cases[value as usize].data.clone(),
            Drawn::Number(form) => {
                let text = form.write(value);
                match text.parse() {
                    Ok(whole) if form.whole => Data::Integer(whole),
                    _ if form.unit.is_empty() => Data::Float(text),
                    _ => Data::Text(text),
                }
            }
        }
    }
}

/// Puts what is drawn for a replication in the place of these inputs, wherever in the tree they have been copied to.
pub(super) fn put(tree: &mut Node, inputs: &[Input], seed: u64, replication: u32) {
    let drawn: Vec<(&Place, Data)> = inputs.iter().map(|input| (&input.place, input.draw(seed, replication))).collect();
    replace(tree, &drawn);
}

fn replace(node: &mut Node, drawn: &[(&Place, Data)]) {
    match &mut node.data {
        Data::Table(entries) => entries.iter_mut().for_each(|(_, value)| replace(value, drawn)),
        Data::Array(items) => items.iter_mut().for_each(|item| replace(item, drawn)),
        data => {
            if let Some((_, value)) = drawn.iter().find(|(place, _)| **place == node.place) {
                *data = value.clone();
            }
        }
    }
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo): a number that a path always has.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
