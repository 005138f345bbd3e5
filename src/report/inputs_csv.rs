//! `inputs.csv`: what was drawn of the inputs that are not known, one row per replication and one column per input.
//!
//! The columns are named by the inputs' paths, and the values are written as in a scenario, so that `--set` takes both.

use crate::experiment::Results;

/// The text of `inputs.csv`; `None` where everything is known.
///
/// # Errors
/// None that results can cause; passed on from `csv`.
pub fn inputs_csv(results: &Results) -> csv::Result<Option<Vec<u8>>> {
    if results.inputs.is_empty() {
        return Ok(None);
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(std::iter::once("replication").chain(results.inputs.iter().map(|input| input.path.as_str())))?;
    for replication in 0..results.replications {
        let values = results.inputs.iter().map(|input| input.values.get(replication as usize).cloned().unwrap_or_default());
        csv.write_record(std::iter::once(replication.to_string()).chain(values))?;
    }
    let bytes = csv.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DrawnInput, made_up};

    #[test]
    fn one_row_a_replication() {
        let mut results = made_up::results(&["a", "b"], 2);
        assert_eq!(inputs_csv(&results).expect("csv"), None);
        let values = vec!["80k/30d".to_owned(), "1, or 2".to_owned()];
        results.inputs = vec![DrawnInput { path: "x.\"a/b\".c".to_owned(), said: String::new(), values }];
        let text = String::from_utf8(inputs_csv(&results).expect("csv").expect("an input")).expect("text");
        assert_eq!(text, "replication,\"x.\"\"a/b\"\".c\"\n0,80k/30d\n1,\"1, or 2\"\n");
    }
}
