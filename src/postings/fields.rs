//! The fields of a row, as ranges of the record, which is stored once.

use std::ops::{Index, Range};

/// The fields of a row in order, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The record as written, if there is one, followed by the fields that differ from it.
    text: String,
    /// Length of the record in bytes.
    record: usize,
    /// Byte range of each field in `text`.
    ranges: Vec<Range<usize>>,
}

impl Fields {
    /// No fields yet, of a record as written, without its line end; with capacity for `fields`.
    pub(super) fn of_record(record: &str, fields: usize) -> Self {
        let (text, record) = (record.to_owned(), record.len());
        Self { text, record, ranges: Vec::with_capacity(fields) }
    }

    /// Adds a field by its byte range in the record.
    pub(super) fn push_bytes(&mut self, of_record: Range<usize>) {
        self.ranges.push(of_record);
    }

    /// Adds a field.
    pub(super) fn push(&mut self, field: &str) {
        let start = self.text.len();
        self.text.push_str(field);
        self.ranges.push(start..self.text.len());
    }

    /// Adds empty fields up to a number of them; returns whether any were missing.
    pub(super) fn fill(&mut self, fields: usize) -> bool {
        let short = self.len() < fields;
        (self.len()..fields).for_each(|_| self.push(""));
        short
    }

    /// Other fields of the same record.
    #[must_use]
    pub fn replaced<'f>(&self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        let mut replaced = Self::of_record(self.record(), self.len());
        fields.into_iter().for_each(|field| replaced.push(field));
        replaced
    }

    /// The record as written, without its line end; empty if there is none.
    pub(crate) fn record(&self) -> &str {
        &self.text[..self.record]
    }

    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The field at an index, from 0.
    pub fn get(&self, index: usize) -> Option<&str> {
        Some(&self.text[self.ranges.get(index)?.clone()])
    }

    /// The fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ranges.iter().map(|range| &self.text[range.clone()])
    }
}

impl<T: AsRef<str>> FromIterator<T> for Fields {
    fn from_iter<I: IntoIterator<Item = T>>(fields: I) -> Self {
        let mut all = Self::default();
        fields.into_iter().for_each(|field| all.push(field.as_ref()));
        all
    }
}

impl Index<usize> for Fields {
    type Output = str;

    fn index(&self, index: usize) -> &str {
        &self.text[self.ranges[index].clone()]
    }
}
