//! Requirements on the rows that a model is trained on.

use super::error::ModelError;
use crate::examples::identity::RowId;
use crate::examples::neighbours::Neighbours;
use crate::roles::RoleSet;

/// Fails if there are no rows.
pub(super) fn require_rows(rows: usize, roles: &RoleSet) -> Result<(), ModelError> {
    if rows > 0 {
        return Ok(());
    }
    let role = roles.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
    Err(ModelError::TooFew { role, organisations: 0 })
}

/// Fails if a role has rows of fewer than two organisations, or only near copies of one text; but not if there is no
/// row at all.
pub(super) fn require_organisations(rows: &[RowId], roles: &RoleSet) -> Result<(), ModelError> {
    if rows.is_empty() {
        return Ok(());
    }
    let neighbours = Neighbours::new(rows);
    for (index, role) in roles.iter().enumerate() {
        let of_role = (0..rows.len()).filter(|&row| rows[row].class() == index);
        let organisations = neighbours.independent(&of_role.collect::<Vec<_>>());
        if organisations < 2 {
            return Err(ModelError::TooFew { role: role.id.clone(), organisations });
        }
    }
    Ok(())
}
