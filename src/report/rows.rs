//! The columns that `classify` adds to a row.

use crate::evidence::TitleRole;
use crate::judge::Verdict;
use crate::model::outcome_names;
use crate::roles::RoleSet;

/// Names of the added columns.
pub fn added_columns(roles: &RoleSet) -> Vec<String> {
    let fixed = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    let mut names = fixed(&["predicted_role", "confidence", "decision"]);
    names.extend(outcome_names(roles).iter().map(|name| format!("p_{name}")));
    names.extend(fixed(&["second_role", "title_role", "title_level", "notes", "evidence"]));
    names
}

/// Fields of the added columns. Probabilities have six decimals; the evidence is separated by
/// semicolons, strongest first.
pub fn added_fields(verdict: &Verdict, roles: &RoleSet) -> Vec<String> {
    let mut fields = vec![
        verdict.label.id(roles).to_owned(),
        format!("{:.6}", verdict.confidence),
        verdict.decision.name().to_owned(),
    ];
    fields.extend(verdict.probabilities.iter().map(|p| format!("{p:.6}")));
    fields.push(verdict.second.map(|id| roles.get(id).id.clone()).unwrap_or_default());
    fields.push(title_role(&verdict.title.role, roles));
    fields.push(verdict.title.level.clone().unwrap_or_default());
    let notes: Vec<&str> = verdict.notes.iter().map(|note| note.name()).collect();
    fields.push(notes.join("; "));
    let phrases: Vec<&str> = verdict.evidence.iter().map(|p| p.text.as_str()).collect();
    fields.push(defused(phrases.join("; ")));
    fields
}

fn title_role(role: &TitleRole, roles: &RoleSet) -> String {
    match role {
        TitleRole::One(id) => roles.get(*id).id.clone(),
        TitleRole::Several(ids) => {
            ids.iter().map(|id| roles.get(*id).id.as_str()).collect::<Vec<_>>().join("+")
        }
        TitleRole::Undecided => "undecided".into(),
        TitleRole::None => "none".into(),
    }
}

/// A spreadsheet takes a field that begins so for a formula.
pub(super) fn defused(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field }
}
