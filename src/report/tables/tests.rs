//! Parquet read back by the reader of its own crate, against CSV.

use std::io::Write as _;

use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::Field;

use super::*;
use crate::experiment::{DrawnInput, made_up};
use crate::report::tests::with_report;
use crate::units::Usd;

/// Every cell as CSV would have it.
fn read_back(bytes: &[u8]) -> (Vec<(String, String)>, Vec<Vec<String>>) {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("writable");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let metadata = reader.metadata().file_metadata();
    let entries = metadata.key_value_metadata().expect("provenance").iter();
    let entries = entries.map(|entry| (entry.key.clone(), entry.value.clone().unwrap_or_default())).collect();
    let names: Vec<String> = metadata.schema_descr().columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("readable");
        row.get_column_iter().map(|(_, field)| text(field)).collect()
    });
    (entries, std::iter::once(names).chain(rows).collect())
}

fn text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(count) => count.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Decimal(decimal) => {
            assert_eq!((decimal.precision(), decimal.scale()), (38, 12));
            Usd::from_picos(i128::from_be_bytes(decimal.data().try_into().expect("16 bytes"))).to_string()
        }
        other => panic!("{other:?}"),
    }
}

fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut read = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    read.records().map(|record| record.expect("well-formed").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_cell_is_that_of_the_csv() {
    let mut results = made_up::with_bounds(made_up::results(&["a", "b, \"quoted\" | é"], 40));
    results.rows[0].accepted = None;
    results.rows[1].time_to_image = None;
    results.rows[3].guarded = None;
    results.rows[5].cost = Usd::ZERO - Usd::from_picos(1);
    results.rows[6].cost = Usd::from_picos(99_999_999_999_999_999_999_999_999_999_999_999_999);
    let values = (0..40).map(|at| format!("{at}%")).collect();
    results.inputs = vec![DrawnInput { path: "models.\"a/b\".failure".to_owned(), said: "1% to 5%".to_owned(), values }];
    with_report(&results, |report| {
        let provenance = Provenance::of(report.manifest, report.manifest).expect("JSON");
        let tables = of_run(report);
        assert_eq!(tables.iter().map(|table| table.about).collect::<Vec<_>>(), OF_RUNS);
        for table in tables {
            let (csv, parquet) = (
                table.write(Format::Csv, &provenance).expect("CSV"),
                table.write(Format::Parquet, &provenance).expect("Parquet"),
            );
            assert_eq!(table.write(Format::Parquet, &provenance).expect("Parquet"), parquet, "the same bytes");
            let (entries, cells) = read_back(&parquet);
            assert_eq!(cells, records(&csv), "{}", table.about.name);
            let entry = |name: &str| entries.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).expect("there");
            assert_eq!((entry("spendcast.seed"), entry("spendcast.plan_hash")), ("7".to_owned(), "cd".repeat(32)));
            assert_eq!(entry("spendcast.manifest"), serde_json::to_string(report.manifest).expect("JSON"));
            let described: Vec<serde_json::Value> = serde_json::from_str(&entry("spendcast.columns")).expect("JSON");
            let named: Vec<&str> = described.iter().filter_map(|column| column["name"].as_str()).collect();
            assert!(named == cells[0] && described.iter().all(|column| column["meaning"] != ""), "{named:?}");
        }
    });
}
