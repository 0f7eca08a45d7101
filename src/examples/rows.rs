//! Labelled rows, in memory or elsewhere.

use crate::examples::example::Example;
use crate::examples::identity::RowId;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Rows that are read and processed together.
const CHUNK: usize = 1024;

/// Labelled rows, by index.
pub trait Rows: Sync {
    /// Number of rows.
    fn count(&self) -> usize;

    /// The identity of the row at an index.
    fn id(&self, index: usize) -> RowId;

    /// The row at an index.
    ///
    /// # Errors
    /// Those of reading it.
    fn get(&self, index: usize) -> io::Result<Cow<'_, Example>>;
}

impl Rows for [&Example] {
    fn count(&self) -> usize {
        self.len()
    }

    fn id(&self, index: usize) -> RowId {
        self[index].row
    }

    fn get(&self, index: usize) -> io::Result<Cow<'_, Example>> {
        Ok(Cow::Borrowed(self[index]))
    }
}

/// Rows, some of them with another role than their label.
pub(crate) struct Relabelled<'a, R> {
    pub(crate) rows: &'a R,
    /// New roles, by row index.
    pub(crate) roles: BTreeMap<usize, usize>,
}

impl<'a, R> Relabelled<'a, R> {
    /// All rows with their labels.
    pub(crate) fn unchanged(rows: &'a R) -> Self {
        Self { rows, roles: BTreeMap::new() }
    }
}

impl<R: Rows> Rows for Relabelled<'_, R> {
    fn count(&self) -> usize {
        self.rows.count()
    }

    fn id(&self, index: usize) -> RowId {
        let id = self.rows.id(index);
        self.roles.get(&index).map_or(id, |&role| id.with_class(role))
    }

    fn get(&self, index: usize) -> io::Result<Cow<'_, Example>> {
        let mut row = self.rows.get(index)?;
        if let Some(&role) = self.roles.get(&index) {
            row.to_mut().row = self.id(index);
            row.to_mut().outcome = role;
        }
        Ok(row)
    }
}

/// The identities of all rows.
pub(crate) fn ids<R: Rows + ?Sized>(rows: &R) -> Vec<RowId> {
    (0..rows.count()).map(|i| rows.id(i)).collect()
}

/// Calls `then` with all rows, a chunk at a time.
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
