//! The models of a router, by themselves or with what the router knows of each.

use serde_json::{Value, json};

use super::among::Among;
use super::router::Find;
use super::spec::{ModelName, distinct};
use crate::model::DeploymentId;
use crate::spec::{Data, Field, Located, Mistake, Named, Node, Place, Reader};

/// A table of models, each with something about it; or a list of them, where the default is true of each.
#[derive(Debug, Clone)]
pub struct Models<T> {
    entries: Named<T>,
    place: Place,
}

impl<T> Models<T> {
    /// The models in order.
    pub fn names(&self) -> Vec<&Located<String>> {
        self.entries.iter().map(|(name, _)| name).collect()
    }

    /// What is said of each, in the same order.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Their deployments, 1 to [`Among::MOST`].
    pub(super) fn find(&self, router: &str, models: Find<'_>) -> Result<Box<[DeploymentId]>, Mistake> {
        if self.entries.is_empty() || self.entries.len() > Among::MOST {
            return Err(Mistake::error(&self.place, format!("{router} takes 1 to 64 models")).label("to choose from"));
        }
        distinct(router, self.entries.iter().map(|(name, _)| name), models)
    }
}

impl<T: Field + Default> Field for Models<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let entries = match node.data {
            Data::Array(_) => {
                let names = Vec::<ModelName>::read(node, reader)?;
                Named(names.into_iter().map(|name| (name.0, T::default())).collect())
            }
            _ => Named::read(node, reader)?,
        };
        Some(Self { entries, place: node.place.clone() })
    }

    fn schema() -> Value {
        json!({ "oneOf": [Vec::<ModelName>::schema(), Named::<T>::schema()] })
    }
}

/// A weight: a number that is not negative; 1 where none is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight(pub f64);

impl Default for Weight {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Field for Weight {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let weight = f64::read(node, reader)?;
        if weight < 0.0 {
            reader.push(Mistake::error(&node.place, "a weight is not negative").label("below 0"));
            return None;
        }
        Some(Self(weight))
    }

    fn schema() -> Value {
        json!({ "type": "number", "minimum": 0 })
    }
}
