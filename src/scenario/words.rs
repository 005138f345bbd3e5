//! What models call qualities, read from a scenario's tree before it is merged with its price books: a book is asked for a price
//! in the words of the model.

use crate::spec::{Data, Node};

use super::like::LIKE;

/// Pairs of a word that is asked for, and the model's.
pub(super) type Vocabulary = Vec<(String, String)>;

const QUALITY: &str = "quality";

/// The vocabularies of a scenario's models.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<Model>);

#[derive(Debug)]
struct Model {
    name: String,
    like: Option<String>,
    words: Vocabulary,
}

impl Words {
    /// Those of all models of a tree. What is of the wrong type is reported when the scenario is read.
    pub(super) fn read(scenario: &Node) -> Self {
        let models = scenario.get("models").and_then(Node::entries).unwrap_or_default();
        let text = |node: &Node| if let Data::Text(text) = &node.data { Some(text.clone()) } else { None };
        let model = |name: &str, node: &Node| Model {
            name: name.to_owned(),
            like: node.get(LIKE).and_then(text),
            words: vocabulary(node),
        };
        Self(models.iter().map(|(key, node)| model(&key.name, node)).collect())
    }

    /// In which words a model's prices are asked for: its own, or else its book's, and those of the models that are like it.
    pub(super) fn of(&self, model: &str, in_book: &Node) -> Vec<Vocabulary> {
        let own = self.0.iter().find(|known| known.name == model).map(|known| known.words.clone()).unwrap_or_default();
        let mut all = vec![if own.is_empty() { vocabulary(in_book) } else { own }];
        let mut names = vec![model];
        let mut next = 0;
        while let Some(name) = names.get(next).copied() {
            next += 1;
            for like in self.0.iter().filter(|known| known.like.as_deref() == Some(name)) {
                if !names.contains(&like.name.as_str()) {
                    names.push(&like.name);
                    all.extend((!like.words.is_empty()).then(|| like.words.clone()));
                }
            }
        }
        all
    }
}

fn vocabulary(model: &Node) -> Vocabulary {
    let entries = model.get(QUALITY).and_then(Node::entries).unwrap_or_default();
    let pair = |(key, node): &(crate::spec::Key, Node)| match &node.data {
        Data::Text(word) => Some((key.name.clone(), word.clone())),
        _ => None,
    };
    entries.iter().filter_map(pair).collect()
}
