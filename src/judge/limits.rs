//! Confidence thresholds of decisions.

use super::verdict::Decision;
use crate::evidence::{FEW_WORDS, Stated};
use crate::stacking::inputs::View;
use crate::stacking::summary::Summary;

/// Postings of fewer words are reviewed; those whose title may be that of a role are not out of scope below
/// [`FEW_WORDS`], since so short a text may leave out the duties.
const SHORTEST: usize = 30;

/// Least confidence of each decision; `None` where no confidence is enough.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// For a role to be accepted.
    pub role: Option<f64>,
    /// For a posting to be out of scope if its title is not like a role.
    pub other: Option<f64>,
    /// The same if its title is, or may be, like a role.
    pub role_like_other: Option<f64>,
}

impl Limits {
    /// Thresholds for a precision, from held-out metrics. They are at least `2 * precision - 1`: no decided row is
    /// more than twice as likely to be wrong as the average may be.
    pub fn new(summary: &Summary, closed: bool, precision: f64) -> Self {
        let learned = Self {
            role: summary.threshold(closed, precision),
            other: Some(precision),
            role_like_other: summary.other_threshold(precision),
        };
        learned.at_least(2.0 * precision - 1.0)
    }

    /// The same with no threshold below a confidence. With a changed prior that is the precision: the probabilities
    /// remain calibrated, but the thresholds were found under the prior of the held-out rows.
    pub(super) fn at_least(self, confidence: f64) -> Self {
        let sure = |least: Option<f64>| least.map(|least| least.max(confidence));
        let Self { role, other, role_like_other } = self;
        Self { role: sure(role), other: sure(other), role_like_other: sure(role_like_other) }
    }

    /// Decides on a verdict: `other` is whether the label is `other`, `role_like` whether the title is like a role,
    /// `words` the length of the posting.
    pub(crate) fn decide(
        &self,
        other: bool,
        confidence: f64,
        role_like: bool,
        words: usize,
    ) -> Decision {
        let reached = |least: Option<f64>| least.is_some_and(|least| confidence >= least);
        let (least, shortest, decided) = match (other, role_like) {
            (true, true) => (self.role_like_other, FEW_WORDS, Decision::OutOfScope),
            (true, false) => (self.other, SHORTEST, Decision::OutOfScope),
            (false, _) => (self.role, SHORTEST, Decision::Accept),
        };
        if words >= shortest && reached(least) { decided } else { Decision::Review }
    }
}

/// Whether the title may be that of a role; true where the view does not read it.
pub(super) fn may_be_role(view: View, stated: Stated) -> bool {
    view != View::Whole || !stated.has_title() || stated.is_role_like()
}
