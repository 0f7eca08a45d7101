//! The rows that are promising by themselves, and which of them is worth most beside those chosen.
//!
//! While rows are chosen, a row is worth less and less: its outcomes are expected more often, its organisation has more
//! labels, and what was chosen resembles it more. So what it was worth when last looked at is an upper bound, and
//! only rows with the highest bounds are looked at again (lazy greedy selection, Minoux 1978). A row is compared with
//! no more of the rows chosen than show that another is worth more.

use super::choose::{Candidate, Labels};
use super::descriptor::Sketch;
use super::sketches::Sketches;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

pub(super) struct Promising {
    rows: Vec<Promise>,
    /// Those that may still be chosen, the highest bound first.
    open: BinaryHeap<Bound>,
    /// Sketches of the rows chosen.
    chosen: Sketches,
}

/// A row that may be chosen.
struct Promise {
    candidate: Candidate,
    /// Its similarity to the most similar of the rows chosen that it was compared with, 0 to 1.
    similar: f64,
    /// How many of the rows chosen those are, from the first on.
    compared: usize,
}

/// The most that the label of a row may be worth, and the row's index: of two that are worth as much, the first is
/// chosen.
struct Bound(f64, usize);

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Bound {}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

impl Promise {
    /// What it is worth beside the rows that it was compared with.
    fn worth(&self, labels: &Labels) -> f64 {
        labels.worth(&self.candidate.row, self.similar)
    }

    /// The most that it may be worth later on. What is less than nothing, as rounding makes of a copy, may grow up to it.
    fn bound(&self, labels: &Labels) -> f64 {
        let worth = self.worth(labels);
        if worth > 0.0 { worth } else { 0.0 }
    }

    /// Compares it with the next rows chosen; whether there were any.
    fn compare(&mut self, chosen: &Sketches) -> bool {
        if self.compared == chosen.len() {
            return false;
        }
        let (similar, compared) = chosen.similarity(&self.candidate.row.sketch, self.compared);
        (self.similar, self.compared) = (self.similar.max(similar), compared);
        true
    }
}

impl Promising {
    /// Rows in their order.
    pub(super) fn new(rows: Vec<Candidate>, labels: &Labels) -> Self {
        let promise = |candidate| Promise { candidate, similar: 0.0, compared: 0 };
        let rows: Vec<Promise> = rows.into_iter().map(promise).collect();
        let open = rows.iter().map(|row| row.bound(labels)).zip(0..);
        let open = open.map(|(bound, index)| Bound(bound, index)).collect();
        Self { rows, open, chosen: Sketches::default() }
    }

    /// Takes note of a row that was chosen.
    pub(super) fn compare_with(&mut self, chosen: &Sketch) {
        self.chosen.push(chosen);
    }

    /// Takes out the row whose label is worth most; the first of several.
    pub(super) fn best(&mut self, labels: &Labels) -> Option<Candidate> {
        while let Some(Bound(_, index)) = self.open.pop() {
            let row = &mut self.rows[index];
            if labels.have_text(&row.candidate.row) {
                continue;
            }
            let is_first = |bound: &Bound| self.open.peek().is_none_or(|next| bound > next);
            let mut bound = Bound(row.bound(labels), index);
            while is_first(&bound) && row.compare(&self.chosen) {
                bound.0 = row.bound(labels);
            }
            if !is_first(&bound) {
                self.open.push(bound);
            } else if row.worth(labels).is_sign_negative() {
                self.open.push(bound);
                return self.best_of_all(labels);
            } else {
                return Some(row.candidate.clone());
            }
        }
        None
    }

    /// The same by looking at all rows: bounds do not tell those apart that are worth less than nothing.
    fn best_of_all(&mut self, labels: &Labels) -> Option<Candidate> {
        let mut open = std::mem::take(&mut self.open).into_vec();
        open.retain(|Bound(_, index)| !labels.have_text(&self.rows[*index].candidate.row));
        for Bound(_, index) in &open {
            while self.rows[*index].compare(&self.chosen) {}
        }
        let worths =
            open.iter().map(|Bound(_, index)| Bound(self.rows[*index].worth(labels), *index));
        let best = worths.max()?.1;
        open.retain(|Bound(_, index)| *index != best);
        self.open = open.into();
        Some(self.rows[best].candidate.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::descriptor::Descriptor;
    use super::*;
    use crate::evidence::Channel;
    use crate::examples::identity::RowId;
    use crate::examples::known::KnownPostings;
    use proptest::prelude::*;

    /// A row of one of four organisations and 50 texts, with up to five of eight words.
    fn row() -> impl Strategy<Value = Descriptor> {
        let share = prop_oneof![Just(0.0), 0.0..1.0f64];
        let words = prop::collection::vec(0..8u64, 0..5);
        (0..4u64, 0..50u64, prop::collection::vec(share, 3), words).prop_map(
            |(organisation, text, shares, words)| {
                let sum = shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
                let probabilities = shares.iter().map(|share| share / sum).collect();
                let words = words.into_iter().map(|word| Channel::Words.key(word));
                Descriptor::of_features(RowId::new(organisation, text, 0, 0), probabilities, words)
            },
        )
    }

    /// The plain way: what every row is worth beside all rows chosen.
    fn plain_best(rows: &[Descriptor], chosen: &[Descriptor], labels: &Labels) -> Option<usize> {
        let worth = |row: &Descriptor| {
            let similarities = chosen.iter().map(|other| row.sketch.similarity(&other.sketch));
            labels.worth(row, similarities.fold(0.0, f64::max))
        };
        let open = rows.iter().enumerate().filter(|(_, row)| !labels.have_text(row));
        let worths = open.map(|(index, row)| (worth(row), index));
        let best = worths.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map(|(_, index)| index)
    }

    proptest! {
        #[test]
        fn the_rows_chosen_are_those_worth_most_of_all(
            rows in prop::collection::vec(row(), 0..60),
            drawn in prop::collection::vec(any::<bool>(), 60),
        ) {
            let mut labels = Labels { known: KnownPostings::default(), counts: vec![3.0, 0.0, 1.5] };
            let candidates = rows.iter().zip(0..);
            let candidates =
                candidates.map(|(row, number)| Candidate { priority: 0.0, number, row: row.clone() });
            let mut promising = Promising::new(candidates.collect(), &labels);
            let mut chosen: Vec<Descriptor> = Vec::new();
            for (row, drawn) in rows.iter().zip(drawn) {
                let next = if drawn {
                    row.clone()
                } else {
                    let plain = plain_best(&rows, &chosen, &labels);
                    let best = promising.best(&labels);
                    prop_assert_eq!(best.as_ref().map(|best| best.number), plain.map(|index| index as u64));
                    let Some(best) = best else { break };
                    best.row
                };
                labels.expect(&next);
                promising.compare_with(&next.sketch);
                chosen.push(next);
            }
        }
    }
}
