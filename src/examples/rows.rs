//! Labelled rows, wherever they are kept.

use crate::examples::example::{Example, RowId};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Rows that are worked on together.
const CHUNK: usize = 1024;

/// Labelled rows in an order.
pub trait Rows: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Which row stands at a place.
    fn id(&self, place: usize) -> RowId;

    /// The row at a place.
    ///
    /// # Errors
    /// Those of where it is kept.
    fn get(&self, place: usize) -> io::Result<Cow<'_, Example>>;
}

impl Rows for [&Example] {
    fn count(&self) -> usize {
        self.len()
    }

    fn id(&self, place: usize) -> RowId {
        self[place].row
    }

    fn get(&self, place: usize) -> io::Result<Cow<'_, Example>> {
        Ok(Cow::Borrowed(self[place]))
    }
}

/// Rows, some of them counted as another role than theirs.
pub(crate) struct Relabelled<'a, R> {
    pub(crate) rows: &'a R,
    /// By place.
    pub(crate) roles: BTreeMap<usize, usize>,
}

impl<'a, R> Relabelled<'a, R> {
    /// All rows as they are.
    pub(crate) fn as_they_are(rows: &'a R) -> Self {
        Self { rows, roles: BTreeMap::new() }
    }
}

impl<R: Rows> Rows for Relabelled<'_, R> {
    fn count(&self) -> usize {
        self.rows.count()
    }

    fn id(&self, place: usize) -> RowId {
        let id = self.rows.id(place);
        self.roles.get(&place).map_or(id, |&role| id.with_class(role))
    }

    fn get(&self, place: usize) -> io::Result<Cow<'_, Example>> {
        let mut row = self.rows.get(place)?;
        if let Some(&role) = self.roles.get(&place) {
            row.to_mut().row = self.id(place);
            row.to_mut().outcome = role;
        }
        Ok(row)
    }
}

/// The identities of all rows.
pub(crate) fn ids<R: Rows + ?Sized>(rows: &R) -> Vec<RowId> {
    (0..rows.count()).map(|i| rows.id(i)).collect()
}

/// All rows, some at a time.
pub(crate) fn in_chunks<R: Rows + ?Sized>(
    rows: &R,
    mut then: impl FnMut(&[Cow<Example>]),
) -> io::Result<()> {
    for start in (0..rows.count()).step_by(CHUNK) {
        let end = rows.count().min(start + CHUNK);
        let chunk: io::Result<Vec<_>> = (start..end).into_par_iter().map(|i| rows.get(i)).collect();
        then(&chunk?);
    }
    Ok(())
}
