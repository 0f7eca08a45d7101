//! Where added columns stand beside those of the input, and what they are called there.

use super::sheet::AddedColumn;
use std::ops::Range;

/// What the name of an added column begins with if the input has one of its own name.
const PREFIX: &str = "rolecall_";
/// The added column that may be left out.
const OPTIONAL: &str = "evidence";

/// The added columns under names that the columns of the input leave free.
pub fn renamed(header: &[String], added: &[AddedColumn]) -> Vec<AddedColumn> {
    let names: Vec<&String> = added.iter().map(|(name, _)| name).collect();
    let free = |name: &String| {
        let others = names.iter().filter(|other| **other != name).copied();
        free_name(name, &header.iter().chain(others).map(String::as_str).collect::<Vec<_>>())
    };
    added.iter().map(|(name, kind)| (free(name), *kind)).collect()
}

/// A name that no column has: this one, or else one that begins with `rolecall_`.
fn free_name(name: &str, taken: &[&str]) -> String {
    // An object of this name is several columns, named by their paths.
    let is_of = |column: &str, name: &str| {
        column.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let is_taken = |name: &str| taken.iter().any(|column| is_of(column, name));
    let other = format!("{PREFIX}{name}");
    let (mut free, mut number) = (name.to_owned(), 1);
    while is_taken(&free) {
        free = if number == 1 { other.clone() } else { format!("{other}_{number}") };
        number += 1;
    }
    free
}

/// Where the input has all the added columns, one after the other, because it was classified before; whether
/// `evidence` is among them does not matter.
pub fn added_before(header: &[String], added: &[AddedColumn]) -> Option<Range<usize>> {
    let is = |column: &String, name: &str| {
        column == name || column.strip_prefix(PREFIX).is_some_and(|column| column == name)
    };
    let needed: Vec<&str> =
        added.iter().map(|(name, _)| name.as_str()).filter(|name| *name != OPTIONAL).collect();
    let mut windows = header.windows(needed.len().max(1));
    let start = windows.rposition(|columns| columns.iter().zip(&needed).all(|(c, n)| is(c, n)))?;
    let end = start + needed.len();
    let evidence = header.get(end).is_some_and(|column| is(column, OPTIONAL));
    Some(start..end + usize::from(evidence))
}

/// The added columns under the names that they have in the input at `old_columns`, where they are replaced.
pub fn named_as_before(
    header: &[String],
    old_columns: &Range<usize>,
    added: &[AddedColumn],
) -> Vec<AddedColumn> {
    let others: Vec<&str> = header[..old_columns.start]
        .iter()
        .chain(&header[old_columns.end..])
        .map(String::as_str)
        .collect();
    let old = header[old_columns.clone()].iter().map(Some).chain(std::iter::repeat(None));
    let name = |(old, (name, kind)): (Option<&String>, &AddedColumn)| {
        (old.cloned().unwrap_or_else(|| free_name(name, &others)), *kind)
    };
    old.zip(added).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sheet::ColumnType;
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn added(names: &[&str]) -> Vec<AddedColumn> {
        names.iter().map(|&name| (name.to_owned(), ColumnType::Text)).collect()
    }

    #[test]
    fn names_are_free() {
        let names = header(&["notes", "rolecall_notes", "language.code", "languages"]);
        let free = renamed(&names, &added(&["notes", "language", "languages", "decision"]));
        let free: Vec<&str> = free.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            free,
            ["rolecall_notes_2", "rolecall_language", "rolecall_languages", "decision"]
        );
    }

    #[test]
    fn columns_of_an_earlier_run_are_found_where_they_stand() {
        let columns = added(&["role", "notes", "evidence"]);
        let find = |names: &[&str]| added_before(&header(names), &columns);
        assert_eq!(find(&["text", "role", "notes", "evidence", "mine"]), Some(1..4));
        assert_eq!(find(&["notes", "role", "rolecall_notes", "mine"]), Some(1..3));
        assert_eq!(find(&["role", "text", "notes"]), None);
        assert_eq!(find(&["role"]), None);
        let names = header(&["notes", "role", "rolecall_notes"]);
        let again = named_as_before(&names, &(1..3), &columns);
        assert_eq!(again, added(&["role", "rolecall_notes", "evidence"]));
    }
}
