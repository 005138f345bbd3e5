//! A table as Apache Parquet, gzipped, with what each column means and where all comes from in the file's metadata.
//!
//! Money is `DECIMAL(38, 12)`, which data frames read exactly; no value is rounded. The same table makes the same bytes.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::{Cell, Column, Kind, Provenance, Table};

/// Rows that are written together: what is in memory besides the file.
const GROUP: usize = 65_536;
/// The digits of money, and how many of them are behind the point: picodollars, in as many digits as 128 bits hold.
const PRECISION: i32 = 38;
const SCALE: i32 = 12;

/// The bytes of a table.
pub(super) fn write(table: &Table<'_>, provenance: &Provenance) -> Result<Vec<u8>> {
    let fields = table.columns.iter().map(|column| Ok(Arc::new(field(column)?))).collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder(table.about.name).with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(parquet::basic::GzipLevel::default()))
        .set_created_by(format!("spendcast version {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata(table, provenance)))
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    for first in (0..table.rows).step_by(GROUP) {
        let rows = first..table.rows.min(first + GROUP);
        let mut group = file.next_row_group()?;
        for (at, column) in table.columns.iter().enumerate() {
            let mut writer = group.next_column()?.expect("the schema has these columns");
            put(&mut writer, column, rows.clone().map(|row| (table.cell)(row, at)))?;
            writer.close()?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(bytes)
}

fn field(column: &Column) -> Result<Type> {
    let physical = match column.kind {
        Kind::Text => Physical::BYTE_ARRAY,
        Kind::Count => Physical::INT64,
        Kind::Number => Physical::DOUBLE,
        Kind::Usd => Physical::FIXED_LEN_BYTE_ARRAY,
    };
    let field = Type::primitive_type_builder(&column.name, physical).with_repetition(if column.optional {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    });
    match column.kind {
        Kind::Text => field.with_logical_type(Some(LogicalType::String)),
        Kind::Usd => {
            let field = field.with_logical_type(Some(LogicalType::decimal(SCALE, PRECISION)));
            field.with_length(size_of::<i128>() as i32).with_precision(PRECISION).with_scale(SCALE)
        }
        Kind::Count | Kind::Number => field,
    }
    .build()
}

/// The metadata of a file: where it comes from, what a row is, and the columns as a JSON array.
fn metadata(table: &Table<'_>, provenance: &Provenance) -> Vec<KeyValue> {
    let described = table.columns.iter().map(|column| {
        serde_json::json!({ "name": column.name, "kind": column.kind.name(), "unit": column.unit(), "meaning": column.meaning })
    });
    let own = [
        ("spendcast.table", table.about.name.to_owned()),
        ("spendcast.rows", table.about.rows.to_owned()),
        ("spendcast.columns", described.collect::<serde_json::Value>().to_string()),
    ];
    let of_all = provenance.entries.iter().map(|(name, value)| (*name, value.clone()));
    own.into_iter().chain(of_all).map(|(name, value)| KeyValue::new(name.to_owned(), value)).collect()
}

/// Writes the cells of a column, each of which is of its kind or nothing.
fn put<'a>(writer: &mut SerializedColumnWriter<'_>, column: &Column, cells: impl Iterator<Item = Cell<'a>>) -> Result<()> {
    match column.kind {
        Kind::Text => batch::<ByteArrayType>(writer, column, cells, |cell| match cell {
            Cell::Text(text) => Some(ByteArray::from(text.as_bytes().to_vec())),
            _ => None,
        }),
        Kind::Count => batch::<Int64Type>(writer, column, cells, |cell| match cell {
            // No count comes near the end of 63 bits.
            Cell::Count(count) => Some(i64::try_from(count).unwrap_or(i64::MAX)),
            _ => None,
        }),
        Kind::Number => batch::<DoubleType>(writer, column, cells, |cell| match cell {
            Cell::Number(number) => Some(number),
            _ => None,
        }),
        Kind::Usd => batch::<FixedLenByteArrayType>(writer, column, cells, |cell| match cell {
            Cell::Usd(amount) => Some(FixedLenByteArray::from(amount.picos().to_be_bytes().to_vec())),
            _ => None,
        }),
    }
}

fn batch<'a, T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    cells: impl Iterator<Item = Cell<'a>>,
    read: impl Fn(Cell<'a>) -> Option<T::T>,
) -> Result<()> {
    let read: Vec<Option<T::T>> = cells.map(read).collect();
    let there: Vec<i16> = read.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = read.into_iter().flatten().collect();
    writer.typed::<T>().write_batch(&values, column.optional.then_some(&there), None)?;
    Ok(())
}
