//! Why a recording cannot be read at all.

use std::fmt;
use std::io;

use super::Account;

/// Why a recording cannot be read at all. A single bad row is no error: the account has it.
#[derive(Debug)]
pub enum ReadError {
    /// The input stopped with an error, or its compressed data is damaged.
    Input(io::Error),
    /// The text is UTF-16.
    Utf16,
    /// There is not even a header.
    Empty,
    /// The header lacks a column that the mapping names.
    NoColumn {
        /// The name.
        name: String,
        /// The most similar name in the header, where one is similar.
        nearest: Option<String>,
        /// All names in the header.
        header: Vec<String>,
    },
    /// The header has a column of the mapping more than once.
    TwoColumns(String),
    /// The mapping itself makes no sense.
    Mapping(String),
    /// No row is left to simulate: the account says why.
    NoRows(Box<Account>),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => write!(f, "cannot be read: {error}"),
            Self::Utf16 => f.write_str("is UTF-16; save it as UTF-8"),
            Self::Empty => f.write_str("is empty: there is no header"),
            Self::NoColumn { name, nearest: Some(nearest), .. } => {
                write!(f, "has no column {name:?}; the nearest name is {nearest:?}")
            }
            Self::NoColumn { name, header, .. } => write!(f, "has no column {name:?}; its columns are {}", header.join(", ")),
            Self::TwoColumns(name) => write!(f, "has more than one column {name:?}"),
            Self::Mapping(what) => f.write_str(what),
            Self::NoRows(account) => write!(f, "holds no request to simulate\n{account}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            _ => None,
        }
    }
}
