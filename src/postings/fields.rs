//! The fields of a row, kept once with the record that they stand in.

use std::ops::{Index, Range};

/// Fields in their order, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The record as it stands, if there is one, and behind it the fields that do not stand so there.
    text: String,
    /// Bytes of the record.
    record: usize,
    places: Vec<Range<usize>>,
}

impl Fields {
    /// None yet, of a record as it stands, without the end of its line; with room for so many.
    pub(super) fn of_record(record: &str, fields: usize) -> Self {
        let (text, record) = (record.to_owned(), record.len());
        Self { text, record, places: Vec::with_capacity(fields) }
    }

    /// Adds a field that stands in the record.
    pub(super) fn push_bytes(&mut self, of_record: Range<usize>) {
        self.places.push(of_record);
    }

    /// Adds a field.
    pub(super) fn push(&mut self, field: &str) {
        let start = self.text.len();
        self.text.push_str(field);
        self.places.push(start..self.text.len());
    }

    /// Other fields of the same record.
    #[must_use]
    pub fn replaced<'f>(&self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        let mut replaced = Self::of_record(self.record(), self.len());
        fields.into_iter().for_each(|field| replaced.push(field));
        replaced
    }

    /// The record as it stands, without the end of its line; empty if there is none.
    pub fn record(&self) -> &str {
        &self.text[..self.record]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The field at a place, from 0.
    pub fn get(&self, place: usize) -> Option<&str> {
        Some(&self.text[self.places.get(place)?.clone()])
    }

    /// The fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.places.iter().map(|place| &self.text[place.clone()])
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

    fn index(&self, place: usize) -> &str {
        &self.text[self.places[place].clone()]
    }
}
