//! Which rows are removed from the counts together, so that each row is scored without its neighbours and no group is
//! removed more often than necessary.

use crate::examples::neighbours::{Neighbours, members};

/// Rows to remove, and the rows that are scored without them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    /// An organisation, or the near copies of a text.
    pub(crate) rows: Vec<usize>,
    /// Rows that have no other neighbours.
    pub(crate) scored: Vec<usize>,
    /// Rows to remove in addition, with those that are scored without all of them.
    pub(crate) further: Vec<Further>,
}

/// Rows to remove after the others, and the rows that are scored without all of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Further {
    pub(crate) rows: Vec<usize>,
    pub(crate) scored: Vec<usize>,
}

/// The removals that score each of the wanted rows once.
pub(crate) fn removals(neighbours: &Neighbours, wanted: impl Fn(usize) -> bool) -> Vec<Removal> {
    let Neighbours { organisations, texts } = neighbours;
    let (of_organisation, of_text) = (members(organisations), members(texts));
    let same_number = |numbers: &[usize], rows: &[usize]| {
        rows.windows(2).all(|two| numbers[two[0]] == numbers[two[1]])
    };
    let one_text: Vec<bool> = of_organisation.iter().map(|rows| same_number(texts, rows)).collect();
    let one_organisation: Vec<bool> =
        of_text.iter().map(|rows| same_number(organisations, rows)).collect();
    // Groups are numbered: organisations, then texts. A row needs both of its groups removed, the larger first, or one
    // if that contains the other.
    let first_text = of_organisation.len();
    let members_of = |group: usize| match group.checked_sub(first_text) {
        None => &of_organisation[group],
        Some(text) => &of_text[text],
    };
    let groups_of = |row: usize| {
        let (organisation, text) = (organisations[row], texts[row]);
        let both = [organisation, first_text + text];
        if one_organisation[text] {
            (organisation, None)
        } else if one_text[organisation] {
            (first_text + text, None)
        } else if members_of(both[0]).len() >= members_of(both[1]).len() {
            (both[0], Some(both[1]))
        } else {
            (both[1], Some(both[0]))
        }
    };
    let rows = (0..texts.len()).filter(|&row| wanted(row));
    let mut plan: Vec<_> = rows.map(|row| (groups_of(row), row)).collect();
    plan.sort_unstable();
    let removal = |same: &[((usize, Option<usize>), usize)]| {
        let first = same[0].0.0;
        let rows = members_of(first).clone();
        let mut removal = Removal { rows, scored: Vec::new(), further: Vec::new() };
        for same in same.chunk_by(|a, b| a.0 == b.0) {
            let scored = same.iter().map(|(_, row)| *row).collect();
            let Some(other) = same[0].0.1 else {
                removal.scored = scored;
                continue;
            };
            let outside = |row: &&usize| {
                let numbers = if first < first_text { organisations } else { texts };
                numbers[**row] != numbers[removal.rows[0]]
            };
            let rows = members_of(other).iter().filter(outside).copied().collect();
            removal.further.push(Further { rows, scored });
        }
        removal
    };
    plan.chunk_by(|a, b| a.0.0 == b.0.0).map(removal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_row_is_scored_once_without_its_neighbours(
            rows in prop::collection::vec((0..6usize, 0..6usize), 0..40),
        ) {
            let (organisations, texts): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            let neighbours = Neighbours { organisations: organisations.clone(), texts: texts.clone() };
            let wanted = |row: usize| !row.is_multiple_of(3);
            let mut scored = Vec::new();
            for removal in removals(&neighbours, wanted) {
                let none = Further { rows: Vec::new(), scored: removal.scored };
                for further in std::iter::once(none).chain(removal.further) {
                    let mut out = [removal.rows.as_slice(), &further.rows].concat();
                    out.sort_unstable();
                    for row in further.scored {
                        let near = |&other: &usize| {
                            organisations[row] == organisations[other] || texts[row] == texts[other]
                        };
                        let expected: Vec<usize> = (0..texts.len()).filter(near).collect();
                        prop_assert_eq!(&out, &expected);
                        scored.push(row);
                    }
                }
            }
            scored.sort_unstable();
            prop_assert_eq!(scored, (0..texts.len()).filter(|&row| wanted(row)).collect::<Vec<_>>());
        }
    }
}
