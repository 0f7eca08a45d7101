//! The columns added by `classify`.

use super::sheet::{AddedColumn, Cell, ColumnType};
use crate::evidence::TitleRole;
use crate::judge::Verdict;
use crate::lexicon::Lexicon;
use crate::roles::RoleSet;
use crate::stacking::summary::outcome_names;

/// The decision of rows that could not be read.
const REJECTED: &str = "rejected";

/// The added columns, with `evidence` last if wanted.
pub fn added_columns(roles: &RoleSet, evidence: bool) -> Vec<AddedColumn> {
    let columns = |names: &[(&str, ColumnType)]| -> Vec<AddedColumn> {
        names.iter().map(|&(name, kind)| (name.to_owned(), kind)).collect()
    };
    let mut all = columns(&[
        ("predicted_role", ColumnType::Text),
        ("confidence", ColumnType::Number),
        ("decision", ColumnType::Text),
    ]);
    all.extend(outcome_names(roles).iter().map(|name| (format!("p_{name}"), ColumnType::Number)));
    all.extend(columns(&[
        ("second_role", ColumnType::Text),
        ("other_job", ColumnType::Text),
        ("title_role", ColumnType::Text),
        ("title_level", ColumnType::Text),
        ("experience_years", ColumnType::Text),
        ("language", ColumnType::Text),
        ("notes", ColumnType::List),
    ]));
    all.extend(evidence.then(|| ("evidence".to_owned(), ColumnType::List)));
    all
}

/// Calls `then` with the fields of the added columns.
pub fn with_added_fields<T>(
    verdict: &Verdict,
    lexicon: &Lexicon,
    evidence: bool,
    then: impl FnOnce(&[Cell]) -> T,
) -> T {
    let roles = lexicon.roles();
    let title_role = title_role(&verdict.title.role, roles);
    let notes: Vec<&str> = verdict.notes.iter().map(|note| note.name()).collect();
    let phrases: Vec<&str> = verdict.evidence.iter().map(|p| p.text.as_str()).collect();
    let experience = verdict.experience.map(|years| years.to_string());
    let mut cells = vec![
        Cell::Text(verdict.label.id(roles)),
        Cell::Number(verdict.confidence),
        Cell::Text(verdict.decision.name()),
    ];
    cells.extend(verdict.probabilities.iter().map(|p| Cell::Number(*p)));
    cells.extend([
        verdict.second.map(|id| roles.get(id).id.as_str()).into(),
        verdict.other_job.map(|family| lexicon.families()[family].as_str()).into(),
        Cell::Text(&title_role),
        verdict.title.level.as_deref().into(),
        experience.as_deref().into(),
        verdict.language.into(),
        Cell::List(&notes),
    ]);
    cells.extend(evidence.then_some(Cell::List(&phrases)));
    then(&cells)
}

/// Calls `then` with the fields of the added columns of a row that could not be read: the decision `rejected`, and in the
/// notes the reason.
pub fn with_rejected_fields<T>(
    roles: &RoleSet,
    evidence: bool,
    reason: &str,
    then: impl FnOnce(&[Cell]) -> T,
) -> T {
    let reason = [reason];
    let cell = |(name, _): &AddedColumn| match name.as_str() {
        "decision" => Cell::Text(REJECTED),
        "notes" => Cell::List(&reason),
        _ => Cell::Missing,
    };
    let cells: Vec<Cell> = added_columns(roles, evidence).iter().map(cell).collect();
    then(&cells)
}

/// The role that a title states, in words of files.
pub(super) fn title_role(role: &TitleRole, roles: &RoleSet) -> String {
    match role {
        TitleRole::One(id) => roles.get(*id).id.clone(),
        TitleRole::Several(ids) => {
            ids.iter().map(|id| roles.get(*id).id.as_str()).collect::<Vec<_>>().join("+")
        }
        TitleRole::Undecided => "undecided".into(),
        TitleRole::None => "none".into(),
    }
}
