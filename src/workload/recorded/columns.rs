//! Finds the mapping's columns in the header.

use csv::ByteRecord;

use super::{Classes, Mapping, ReadError};

/// Positions of the mapped columns.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) time: usize,
    pub(super) user: Option<usize>,
    pub(super) images: Option<usize>,
    pub(super) size: Option<usize>,
    pub(super) quality: Option<usize>,
    pub(super) class: Option<usize>,
    pub(super) tokens: Option<usize>,
    pub(super) status: Option<usize>,
}

impl Columns {
    /// # Errors
    /// A column that is missing, or there twice.
    pub(super) fn find(header: &ByteRecord, mapping: &Mapping) -> Result<Self, ReadError> {
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect();
        let at = |name: &str| position(&names, name);
        let maybe = |name: Option<&str>| name.map(at).transpose();
        let class = match &mapping.class {
            Classes::All(_) => None,
            Classes::Column { name, .. } => Some(name.as_str()),
        };
        Ok(Self {
            time: at(&mapping.time)?,
            user: maybe(mapping.user.as_deref())?,
            images: maybe(mapping.n.as_deref())?,
            size: maybe(mapping.size.as_deref())?,
            quality: maybe(mapping.quality.as_deref())?,
            class: maybe(class)?,
            tokens: maybe(mapping.tokens.as_ref().map(|tokens| tokens.name.as_str()))?,
            status: maybe(mapping.status.as_ref().map(|status| status.name.as_str()))?,
        })
    }
}

fn position(names: &[String], wanted: &str) -> Result<usize, ReadError> {
    let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted.trim()).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => Err(ReadError::TwoColumns(wanted.to_owned())),
        (None, _) => {
            Err(ReadError::NoColumn { name: wanted.to_owned(), nearest: nearest(names, wanted), header: names.to_vec() })
        }
    }
}

/// The name most like `wanted`, where one is at all like it (Jaro-Winkler above 0.7 without regard to case; *assumed*).
fn nearest(names: &[String], wanted: &str) -> Option<String> {
    let wanted = wanted.to_lowercase();
    let likeness = |name: &String| strsim::jaro_winkler(&name.to_lowercase(), &wanted);
    let best = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) > 0.7).then(|| best.clone())
}
