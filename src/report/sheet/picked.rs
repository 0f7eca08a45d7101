//! A column of Parquet, picked out of those of the input with its type.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use arrow_select::nullif::nullif;
use arrow_select::take::take;

/// A column of the input, or a field of its objects.
pub(super) struct Picked {
    /// Index of the column, then of the field in each object.
    path: Vec<usize>,
    field: FieldRef,
}

impl Picked {
    /// The column called so: by its name, or by its path (`company.name`) if it is in objects.
    pub(super) fn named(name: &str, of: &Fields) -> Option<Self> {
        of.iter().enumerate().find_map(|(index, field)| {
            let rest = name.strip_prefix(field.name().as_str())?;
            if rest.is_empty() {
                return Some(Self { path: vec![index], field: field.clone() });
            }
            let DataType::Struct(inner) = field.data_type() else { return None };
            let mut picked = Self::named(rest.strip_prefix('.')?, inner)?;
            picked.path.insert(0, index);
            Some(picked)
        })
    }

    /// Its field, under a name.
    pub(super) fn field(&self, name: &str) -> Field {
        let nullable = self.field.is_nullable() || self.path.len() > 1;
        self.field.as_ref().clone().with_name(name).with_nullable(nullable)
    }

    /// Its values in some rows of a batch.
    pub(super) fn values(
        &self,
        batch: &RecordBatch,
        rows: &UInt32Array,
    ) -> Result<ArrayRef, ArrowError> {
        let mut values = take(batch.column(self.path[0]), rows, None)?;
        for &index in &self.path[1..] {
            let object = values.as_struct();
            let inner = object.column(index);
            // What is in no object is null.
            let without = (0..object.len()).map(|row| Some(object.is_null(row)));
            values = nullif(inner, &without.collect::<BooleanArray>())?;
        }
        Ok(values)
    }
}
