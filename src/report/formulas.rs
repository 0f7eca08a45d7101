//! Protection against formula injection in spreadsheets.

use std::borrow::Cow;

/// Prefixes fields that a spreadsheet would take for formulas with an apostrophe.
pub(super) fn defused(field: Cow<str>) -> Cow<str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{field}").into()
    } else {
        field
    }
}
