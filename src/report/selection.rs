//! The columns of rows that come out, where they are chosen.

use super::sheet::{AddedColumn, Cell, ColumnType, Layout};
use crate::postings::{Row, listed};

/// The columns that come out, in order: of the input, and added ones.
#[derive(Debug, Clone)]
pub struct Selection {
    columns: Vec<Selected>,
    chosen: Vec<AddedColumn>,
}

/// A column by its index.
#[derive(Debug, Clone, Copy)]
enum Selected {
    Input(usize),
    Added(usize),
}

/// A column that is not there.
#[derive(Debug, thiserror::Error)]
#[error("there is no column {name:?}; the columns are {columns}")]
pub struct UnknownColumn {
    name: String,
    columns: String,
}

impl Selection {
    /// The columns with these names; an added one goes before one of the input that is called the same.
    ///
    /// # Errors
    /// The first name that no column has.
    pub fn named(names: &[String], layout: &Layout) -> Result<Self, UnknownColumn> {
        let find = |name: &String| {
            let added = layout.added.iter().position(|(added, _)| added == name);
            let input = || layout.header.iter().position(|input| input == name);
            let found = added.map(Selected::Added).or_else(|| input().map(Selected::Input));
            found.ok_or_else(|| UnknownColumn {
                name: name.clone(),
                columns: listed(&[&layout.header[..], &names_of(&layout.added)].concat()),
            })
        };
        let columns = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::new(columns, layout))
    }

    /// These columns of the input, and all added ones.
    pub fn with_added(inputs: impl IntoIterator<Item = usize>, layout: &Layout) -> Self {
        let added = (0..layout.added.len()).map(Selected::Added);
        Self::new(inputs.into_iter().map(Selected::Input).chain(added).collect(), layout)
    }

    fn new(columns: Vec<Selected>, layout: &Layout) -> Self {
        let column = |selected: &Selected| match *selected {
            Selected::Input(index) => (layout.header[index].clone(), ColumnType::OfInput),
            Selected::Added(index) => layout.added[index].clone(),
        };
        let chosen = columns.iter().map(column).collect();
        Self { columns, chosen }
    }

    /// Names and types of the columns.
    pub fn columns(&self) -> &[AddedColumn] {
        &self.chosen
    }

    /// The layout of rows that have these columns only, all of them added ones.
    pub fn layout(&self, of: &Layout) -> Layout {
        let (added, schema) = (self.chosen.clone(), of.schema.clone());
        Layout { added, schema, chosen: true, mark: of.mark, ..Layout::default() }
    }

    /// The cells of a row: `row` has the fields of the input, if there are any, `added` the added cells.
    pub fn cells<'c>(&self, row: Option<&'c Row>, added: &[Cell<'c>]) -> Vec<Cell<'c>> {
        let field = |index| row.and_then(|row| row.fields.get(index)).unwrap_or_default();
        let cell = |selected: &Selected| match *selected {
            Selected::Input(index) => Cell::Verbatim(field(index)),
            Selected::Added(index) => added[index],
        };
        self.columns.iter().map(cell).collect()
    }
}

fn names_of(columns: &[AddedColumn]) -> Vec<String> {
    columns.iter().map(|(name, _)| name.clone()).collect()
}
