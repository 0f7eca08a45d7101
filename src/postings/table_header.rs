//! Finds the header of a table that does not begin with it.

use super::columns::{Column, ColumnNames, Columns};

/// First rows in which the header is sought.
pub(super) const FIRST_ROWS: usize = 20;
/// Letters of the longest name of a column.
const LONGEST_NAME: usize = 80;

/// The index of the header among the first rows of a table, and whether it has a column for the text. Titles and notes may
/// stand before it.
pub(super) fn header_index<T: AsRef<str>>(
    rows: &[Vec<T>],
    chosen: &ColumnNames,
) -> Option<(usize, bool)> {
    let described = |row: &Vec<T>| {
        let names: Vec<String> = row.iter().map(|name| name.as_ref().to_owned()).collect();
        names.iter().all(|name| is_name(name))
            && Columns::find(&names, chosen)
                .is_ok_and(|columns| columns.index_of(Column::Description).is_some())
    };
    if let Some(index) = rows.iter().position(described) {
        return Some((index, true));
    }
    // A title is in one cell, a header in many.
    let filled = |row: &Vec<T>| row.iter().filter(|name| !name.as_ref().is_empty()).count();
    let most = rows.iter().map(filled).max()?;
    rows.iter().position(|row| 2 * filled(row) >= most).map(|index| (index, false))
}

/// Whether a field may be the name of a column, rather than a text.
pub(super) fn is_name(field: &str) -> bool {
    field.chars().count() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_before_the_header_are_passed() {
        let names = ColumnNames::default();
        for (rows, found) in [
            (&[&["title", "text"][..], &["A", "B"]][..], Some((0, true))),
            (&[&["Jobs of May", ""], &["title", "description"]], Some((1, true))),
            (&[&["Jobs of May", "", ""], &["a", "b", "c"], &["1", "2", "3"]], Some((1, false))),
            (&[], None),
        ] {
            let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.to_vec()).collect();
            assert_eq!(header_index(&rows, &names), found, "{rows:?}");
        }
    }
}
