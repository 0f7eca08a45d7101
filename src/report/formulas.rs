//! Fields that a spreadsheet would take for formulas.

use std::borrow::Cow;

/// A spreadsheet takes a field that begins so for a formula.
pub(super) fn defused(field: Cow<str>) -> Cow<str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{field}").into()
    } else {
        field
    }
}
