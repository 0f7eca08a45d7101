//! What is fitted on held-out scores: the combinations, and the figures and thresholds of rows held
//! out of them.

use crate::bayes::scores::Scores;
use crate::evidence::Stated;
use crate::examples::identity::RowId;
use crate::examples::neighbours::{Neighbours, members};
use crate::holdout::leave_group_out::HeldOutRow;
use crate::roles::RoleSet;
use crate::stacking::base::Base;
use crate::stacking::combination::{Combination, FitRow};
use crate::stacking::inputs::{CombinationInput, Question, View};
use crate::stacking::probabilities::Probabilities;
use crate::stacking::summary::{Summary, summarise};
use rayon::prelude::*;

/// Held-out probabilities come from combinations fitted without the row's neighbours, in this many parts.
const PARTS: usize = 10;

/// The parts of rows: those of an organisation are in one.
pub(crate) struct Parts {
    /// By row.
    own: Vec<u8>,
    /// By row, a bit for each part that holds a neighbour.
    neighbours: Vec<u16>,
}

impl Parts {
    /// Deals organisations out in turn, those of one class after those of another: so each class is in as many parts
    /// as it can be.
    pub(crate) fn new(rows: &[RowId], neighbours: &Neighbours) -> Self {
        let mut organisations = members(&neighbours.organisations);
        organisations.sort_by_cached_key(|own| {
            let class = own.iter().map(|&row| rows[row].class()).min();
            (class, own.first().map(|&row| rows[row].organisation))
        });
        let mut own = vec![0; rows.len()];
        for (organisation, part) in organisations.iter().zip((0..PARTS as u8).cycle()) {
            for &row in organisation {
                own[row] = part;
            }
        }
        let mut of_text = vec![0; rows.len()];
        for (&text, part) in neighbours.texts.iter().zip(&own) {
            of_text[text] |= 1 << part;
        }
        let neighbours = neighbours.texts.iter().map(|&text| of_text[text]).collect();
        Self { own, neighbours }
    }

    /// The part that the row at an index is in.
    pub(crate) fn of(&self, index: usize) -> usize {
        self.own[index].into()
    }

    /// Whether a part holds a neighbour of the row at an index, or the row itself.
    fn holds_neighbour(&self, index: usize, part: usize) -> bool {
        self.neighbours[index] >> part & 1 == 1
    }
}

/// How often a row counts in the fit of whether it is a role at all. People look at postings whose titles sound
/// like a role, and a view that does not read titles cannot know which those are. Chosen of 1 to 60 on the rows of
/// the first edition: at 30 the calibration error of the text is about .03 both on those rows (.024; .090 where each
/// row counts once) and on all (.032; .003). Their log-loss falls from .616 to .371, and that of all rows rises from
/// .066 to .151.
fn weight(view: View, stated: Stated) -> u16 {
    if view != View::Whole && stated.is_role_like() { 30 } else { 1 }
}

/// What is fitted to held-out rows.
pub(crate) struct Fit {
    /// Of both views and questions.
    pub(crate) combinations: Vec<Combination>,
    /// What combinations that did not see them say of the rows; in the order of the views, then by row.
    pub(crate) held_out: Vec<Vec<Probabilities>>,
    /// Figures and thresholds of both views.
    pub(crate) summaries: Vec<Summary>,
    /// How many rows are kept out of it, because without their neighbours there is no posting of some role.
    pub(crate) kept_out: usize,
}

impl Fit {
    /// Fits to rows; `sizes` are the numbers of roles and of classes. With a base it is shrunk towards
    /// that of the base.
    pub(crate) fn new(
        rows: &[HeldOutRow],
        sizes: [usize; 2],
        base: Option<&Base>,
        start: Option<&[Combination]>,
        roles: &RoleSet,
    ) -> Self {
        let fitter = Fitter::new(rows, sizes, base, start, &View::ALL);
        let combinations = fitter.combinations();
        let held_out = fitter.held_out(&combinations);
        let of_view = |(&view, rows): (&View, &Vec<_>)| fitter.summary(view, rows, roles);
        let mut summaries: Vec<Summary> = View::ALL.iter().zip(&held_out).map(of_view).collect();
        if let Some(base) = base {
            summaries = base.held_out.iter().map(|old| old.moved(&summaries)).collect();
        }
        Self { combinations, held_out, summaries, kept_out: fitter.kept_out() }
    }
}

/// Fits combinations to held-out rows.
pub(crate) struct Fitter<'a> {
    /// The rows.
    rows: &'a [HeldOutRow],
    /// Numbers of roles and of classes.
    pub(crate) sizes: [usize; 2],
    /// What the combinations are shrunk towards.
    pub(crate) base: Option<&'a Base>,
    /// Where the search for the combinations begins.
    pub(crate) start: Option<&'a [Combination]>,
    views: &'a [View],
    tables: Vec<FitTable>,
}

/// The inputs of a view and a question, row by row.
struct FitTable {
    view: View,
    question: Question,
    /// By row; empty for a row of no role where the question is which role it is.
    values: Vec<Vec<f64>>,
}

impl FitTable {
    fn new(view: View, question: Question, rows: &[HeldOutRow], sizes: [usize; 2]) -> Self {
        let inputs = CombinationInput::all(view, question, sizes).len();
        let of_row = |row: &HeldOutRow| {
            if question == Question::Role && row.row.class() >= sizes[0] {
                return Vec::new();
            }
            let mut values = Vec::with_capacity(inputs);
            CombinationInput::each_value(view, question, &row.scores, |value| values.push(value));
            values
        };
        Self { view, question, values: rows.par_iter().map(of_row).collect() }
    }
}

impl<'a> Fitter<'a> {
    /// Fits combinations for views.
    pub(crate) fn new(
        rows: &'a [HeldOutRow],
        sizes: [usize; 2],
        base: Option<&'a Base>,
        start: Option<&'a [Combination]>,
        views: &'a [View],
    ) -> Self {
        let questions = [Question::Role, Question::Scope];
        // The text first: where there is no title, it is all there is.
        let wanted = |view: &View| views.iter().any(|v| v == view || v.of_text() == *view);
        let order = [View::Text, View::Whole, View::Duties];
        let both = order.into_iter().filter(wanted);
        let both = both.flat_map(|view| questions.map(|question| (view, question)));
        let tables =
            both.map(|(view, question)| FitTable::new(view, question, rows, sizes)).collect();
        Self { rows, sizes, base, start, views, tables }
    }

    fn outcome(&self, row: &HeldOutRow) -> usize {
        row.row.class().min(self.sizes[0])
    }

    /// The combinations of the views and of both questions.
    pub(crate) fn combinations(&self) -> Vec<Combination> {
        self.combine(&|_| true, self.start, None)
    }

    /// The combinations of the wanted rows. Where `all` are those of all rows, the lexicon speaks for what gives a
    /// probability to a class that no wanted row is of.
    fn combine(
        &self,
        wanted: &dyn Fn(usize) -> bool,
        start: Option<&[Combination]>,
        all: Option<&[Combination]>,
    ) -> Vec<Combination> {
        let [roles, _] = self.sizes;
        let mut combined: Vec<Combination> = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            let FitTable { view, question, .. } = *table;
            let mut rows = Vec::new();
            let read = |scores: &Scores| {
                !scores.lexicon_only && (view != View::Whole || scores.stated.has_title())
            };
            for (i, row) in self.rows.iter().enumerate().filter(|(i, _)| wanted(*i)) {
                let outcome = self.outcome(row);
                match question {
                    _ if !read(&row.scores) => {}
                    Question::Role if outcome == roles => {}
                    Question::Role => {
                        rows.push(FitRow { values: &table.values[i], class: outcome, times: 1 });
                    }
                    Question::Scope => rows.push(FitRow {
                        values: &table.values[i],
                        class: usize::from(outcome == roles),
                        times: weight(view, row.scores.stated),
                    }),
                }
            }
            let text =
                (view == View::Whole).then(|| Combination::of(&combined, View::Text, question));
            let lacks_a_class = |all| !Combination::of(all, view, question).is_covered(&rows);
            let of_table = match text {
                _ if self.base.is_none() && all.is_some_and(lacks_a_class) => {
                    Combination::of_lexicon(view, question, self.sizes)
                }
                Some(text) if self.base.is_none() && !text.is_covered(&rows) => {
                    text.without_title(view, self.sizes)
                }
                _ => {
                    let of_base = |base: &'a Base| {
                        let combination = Combination::of(&base.combinations, view, question);
                        (combination, base.rows(question, roles))
                    };
                    let base = self.base.map(of_base);
                    Combination::fit((view, question), &rows, self.sizes, base, start, text)
                }
            };
            combined.push(of_table);
        }
        combined
    }

    /// The figures and thresholds of a view, of the rows that the fit is made of.
    pub(crate) fn summary(
        &self,
        view: View,
        held_out: &[Probabilities],
        roles: &RoleSet,
    ) -> Summary {
        let fitted = self.rows.iter().zip(held_out).filter(|(row, _)| !row.scores.lexicon_only);
        let (rows, held_out): (Vec<&HeldOutRow>, Vec<Probabilities>) =
            fitted.map(|(row, said)| (row, said.clone())).unzip();
        let outcomes: Vec<usize> = rows.iter().map(|row| self.outcome(row)).collect();
        let stated: Vec<Stated> = rows.iter().map(|row| row.scores.stated).collect();
        let mut summary = summarise(view, &held_out, &outcomes, &stated, roles);
        for (&outcome, &stated) in outcomes.iter().zip(&stated) {
            summary.fitted_rows[outcome] += u64::from(weight(view, stated));
        }
        summary
    }

    /// How many rows are kept out of the fit, because without their neighbours there is no posting of some role.
    pub(crate) fn kept_out(&self) -> usize {
        self.rows.iter().filter(|row| row.scores.lexicon_only).count()
    }

    /// For each part, combinations that no row had a part in which is left out. `all` are those that every row had
    /// a part in, near which the search begins.
    fn without_each(
        &self,
        all: &[Combination],
        is_left_out: impl Fn(usize, usize) -> bool + Sync,
    ) -> Vec<Vec<Combination>> {
        let outside = |part: usize| self.combine(&|i| !is_left_out(i, part), Some(all), Some(all));
        (0..PARTS).into_par_iter().map(outside).collect()
    }

    /// For each part of more rows, combinations that neither its rows nor their neighbours had a part in; `indices` are
    /// those of the rows that are fitted to among these.
    pub(crate) fn without_parts(&self, parts: &Parts, indices: &[usize]) -> Vec<Vec<Combination>> {
        let is_left_out = |row: usize, part| parts.holds_neighbour(indices[row], part);
        self.without_each(&self.combinations(), is_left_out)
    }

    /// Probabilities of each row by combinations that neither it nor a neighbour had a part in; by view.
    pub(crate) fn held_out(&self, all: &[Combination]) -> Vec<Vec<Probabilities>> {
        let rows: Vec<RowId> = self.rows.iter().map(|r| r.row).collect();
        let parts = &Parts::new(&rows, &Neighbours::new(&rows));
        let combined = self.without_each(all, |row, part| parts.holds_neighbour(row, part));
        let of_view = |&view: &View| {
            let of_row = |(i, row): (usize, &HeldOutRow)| {
                Probabilities::new(&combined[parts.of(i)], view, &row.scores)
            };
            self.rows.par_iter().enumerate().map(of_row).collect()
        };
        self.views.iter().map(of_view).collect()
    }
}
