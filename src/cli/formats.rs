//! In which forms tables and rows of bills are asked for.

use clap::ValueEnum;

use super::Failure;
use crate::report::{Focus, Format, PARQUET};

/// A form of tables, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// Text, one row a line
    Csv,
    /// Apache Parquet
    Parquet,
}

/// A version of FOCUS, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FocusVersion {
    /// 1.2
    #[value(name = "1.2")]
    V1_2,
    /// 1.4
    #[value(name = "1.4")]
    V1_4,
}

/// The versions, each once.
pub(super) fn versions(asked: &[FocusVersion]) -> Vec<Focus> {
    each_once(asked, |version| match version {
        FocusVersion::V1_2 => Focus::V1_2,
        FocusVersion::V1_4 => Focus::V1_4,
    })
}

/// The forms, each once.
///
/// # Errors
/// Parquet, where this build does not write it.
pub(super) fn formats(asked: &[TableFormat]) -> Result<Vec<Format>, Failure> {
    let formats = each_once(asked, |format| match format {
        TableFormat::Csv => Format::Csv,
        TableFormat::Parquet => Format::Parquet,
    });
    if formats.contains(&Format::Parquet) && !PARQUET {
        return Err(Failure::Mistake(
            "--tables parquet: this build writes no Parquet; build it with `cargo build --release --features parquet`, or leave it at csv"
                .to_owned(),
        ));
    }
    Ok(formats)
}

/// What is asked for, in order.
fn each_once<A: Copy, B: Ord>(asked: &[A], meant: impl Fn(A) -> B) -> Vec<B> {
    let mut each: Vec<B> = asked.iter().map(|&one| meant(one)).collect();
    each.sort();
    each.dedup();
    each
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_taken_once_and_only_those_that_there_are() {
        let csv = |asked: &[TableFormat]| formats(asked).expect("always there");
        assert_eq!(csv(&[TableFormat::Csv, TableFormat::Csv]), [Format::Csv]);
        let both = formats(&[TableFormat::Parquet, TableFormat::Csv]);
        match both {
            Ok(both) => assert!(PARQUET && both == [Format::Csv, Format::Parquet]),
            Err(Failure::Mistake(what)) => assert!(!PARQUET && what.contains("--features parquet"), "{what}"),
            Err(other) => panic!("{other:?}"),
        }
    }
}
