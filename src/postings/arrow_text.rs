//! The rows of Arrow tables as JSON.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, NullArray, RecordBatch, make_array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_data::ArrayData;
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema};
use std::collections::HashMap;
use std::sync::Arc;

/// The only time zone whose rules are known here; its moments are those of all.
const UNIVERSAL: &str = "+00:00";

/// The rows of a batch.
pub(super) struct RowTexts {
    /// A JSON object each.
    pub(super) objects: Vec<String>,
    /// Names of the columns that have no text, which are null in the objects.
    pub(super) carried: Vec<String>,
}

/// The rows of a batch as JSON objects.
pub(super) fn row_texts(batch: &RecordBatch) -> Result<RowTexts, ArrowError> {
    let batch = readable(batch)?;
    if let Ok(objects) = objects(&batch) {
        return Ok(RowTexts { objects, carried: Vec::new() });
    }
    // One type that cannot be written costs its column only.
    let (mut columns, mut schema): (Vec<ArrayRef>, Vec<FieldRef>) = Default::default();
    let mut carried = Vec::new();
    for (column, field) in batch.columns().iter().zip(batch.schema().fields()) {
        let alone = Arc::new(Schema::new(vec![field.clone()]));
        let alone = RecordBatch::try_new(alone, vec![column.clone()])?;
        if objects(&alone).is_ok() {
            columns.push(column.clone());
            schema.push(field.clone());
        } else if let Ok(shown) = shown(column) {
            columns.push(Arc::new(shown));
            schema.push(Arc::new(Field::new(field.name(), DataType::LargeUtf8, true)));
        } else {
            columns.push(Arc::new(NullArray::new(batch.num_rows())));
            schema.push(Arc::new(Field::new(field.name(), DataType::Null, true)));
            carried.push(field.name().clone());
        }
    }
    let objects = objects(&RecordBatch::try_new(Arc::new(Schema::new(schema)), columns)?)?;
    Ok(RowTexts { objects, carried })
}

fn objects(batch: &RecordBatch) -> Result<Vec<String>, ArrowError> {
    let mut writer =
        WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    let text = String::from_utf8(writer.into_inner());
    let text = text.map_err(|e| ArrowError::JsonError(e.to_string()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The values of a column as they are shown to people, for types that JSON has no form for, such as intervals.
fn shown(column: &ArrayRef) -> Result<LargeStringArray, ArrowError> {
    let options = FormatOptions::new().with_display_error(false);
    let formatter = ArrayFormatter::try_new(column, &options)?;
    let value = |row| {
        if column.is_null(row) { Ok(None) } else { formatter.value(row).try_to_string().map(Some) }
    };
    (0..column.len()).map(value).collect()
}

/// Converts binary columns to text, because some programs write text as binary, and moments of any time zone to universal
/// time. Universally unique identifiers are written with dashes. Other values that are not UTF-8 become hexadecimal digits.
fn readable(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut columns, mut schema): (Vec<ArrayRef>, Vec<FieldRef>) = Default::default();
    for (column, field) in batch.columns().iter().zip(batch.schema().fields()) {
        let column = match values(column) {
            _ if is_uuid(field) => {
                let values = column.as_fixed_size_binary().iter();
                Arc::new(values.map(|value| value.map(uuid)).collect::<LargeStringArray>())
            }
            Some(values) => Arc::new(values.map(text).collect::<LargeStringArray>()) as ArrayRef,
            None if of_universal_time(field.data_type()) == *field.data_type() => column.clone(),
            None => make_array(in_universal_time(column.to_data())?),
        };
        let field = Field::new(field.name(), column.data_type().clone(), field.is_nullable());
        schema.push(Arc::new(field));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(schema)), columns)
}

/// The values of a binary column.
fn values(column: &ArrayRef) -> Option<Box<dyn Iterator<Item = Option<&[u8]>> + '_>> {
    Some(match column.data_type() {
        DataType::Binary => Box::new(column.as_binary::<i32>().iter()),
        DataType::LargeBinary => Box::new(column.as_binary::<i64>().iter()),
        DataType::BinaryView => Box::new(column.as_binary_view().iter()),
        _ => return None,
    })
}

/// Whether a column has universally unique identifiers (RFC 9562).
fn is_uuid(field: &Field) -> bool {
    let sixteen_bytes = matches!(field.data_type(), DataType::FixedSizeBinary(16));
    sixteen_bytes && field.extension_type_name() == Some("arrow.uuid")
}

/// The usual form of such an identifier.
fn uuid(bytes: &[u8]) -> String {
    let dash = |at| if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
    bytes.iter().enumerate().map(|(at, byte)| format!("{}{byte:02x}", dash(at))).collect()
}

/// A binary value as text.
fn text(value: Option<&[u8]>) -> Option<String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    value.map(|bytes| String::from_utf8(bytes.into()).unwrap_or_else(|_| hex(bytes)))
}

/// Why rows are rejected whose values in these columns are bytes that are no text, by their index.
pub(super) fn wrong_texts(batch: &RecordBatch, used: &[&String]) -> HashMap<usize, String> {
    let mut wrong = HashMap::new();
    for name in used {
        let Some(values) = batch.column_by_name(name).and_then(values) else { continue };
        for (row, value) in values.enumerate() {
            if let Some(Err(e)) = value.map(simdutf8::compat::from_utf8) {
                let at = e.valid_up_to() + 1;
                wrong
                    .entry(row)
                    .or_insert_with(|| format!("column {name:?} is not UTF-8 at its byte {at}"));
            }
        }
    }
    wrong
}

/// The type with its time zones replaced.
fn of_universal_time(kind: &DataType) -> DataType {
    let field = |field: &FieldRef| {
        let kind = of_universal_time(field.data_type());
        Arc::new(field.as_ref().clone().with_data_type(kind))
    };
    match kind {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some(UNIVERSAL.into())),
        DataType::List(inner) => DataType::List(field(inner)),
        DataType::LargeList(inner) => DataType::LargeList(field(inner)),
        DataType::FixedSizeList(inner, length) => DataType::FixedSizeList(field(inner), *length),
        DataType::Struct(inner) => DataType::Struct(inner.iter().map(field).collect()),
        DataType::Map(inner, sorted) => DataType::Map(field(inner), *sorted),
        DataType::Dictionary(key, value) => {
            DataType::Dictionary(key.clone(), Box::new(of_universal_time(value)))
        }
        other => other.clone(),
    }
}

/// The same moments in universal time.
fn in_universal_time(data: ArrayData) -> Result<ArrayData, ArrowError> {
    let kind = of_universal_time(data.data_type());
    if kind == *data.data_type() {
        return Ok(data);
    }
    let inner = data.child_data().iter().cloned().map(in_universal_time);
    let inner = inner.collect::<Result<Vec<ArrayData>, _>>()?;
    data.into_builder().data_type(kind).child_data(inner).build()
}
