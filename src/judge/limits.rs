//! From which confidence on a verdict is a decision.

use super::classify::Decision;
use crate::model::{Summary, View};

/// A posting of fewer words is never called another job: what its duties would be is not in it.
pub(super) const SHORT: usize = 100;

/// From which confidence on verdicts are decisions; none where no confidence is enough.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// A role is accepted.
    pub role: Option<f64>,
    /// A posting whose title does not sound like a role is out of scope.
    pub other: Option<f64>,
    /// So is one whose title does, or may.
    pub role_like_other: Option<f64>,
}

impl Limits {
    /// Those that figures of held-out rows give for a precision.
    pub fn new(summary: &Summary, closed: bool, precision: f64) -> Self {
        Self {
            role: summary.threshold(closed, precision),
            other: Some(precision),
            role_like_other: summary.other_threshold(precision),
        }
    }

    /// The same where roles are more or less common than among those rows: then a decision needs a confidence
    /// of at least the precision.
    pub(super) fn at_least(self, precision: f64) -> Self {
        let sure = |least: Option<f64>| least.map(|least| least.max(precision));
        Self { role: sure(self.role), role_like_other: sure(self.role_like_other), ..self }
    }

    /// What to make of a verdict on a posting with so many words: `other` tells whether it is that of another
    /// job, `role_like` whether the title sounds like a role.
    pub fn decide(&self, other: bool, confidence: f64, role_like: bool, words: usize) -> Decision {
        let reached = |least: Option<f64>| least.is_some_and(|least| confidence >= least);
        let (least, decided) = match (other, role_like) {
            (true, true) => (self.role_like_other, Decision::OutOfScope),
            (true, false) => (self.other, Decision::OutOfScope),
            (false, _) => (self.role, Decision::Accept),
        };
        let enough = !other || words >= SHORT;
        if enough && reached(least) { decided } else { Decision::Review }
    }
}

/// Whether a title may be that of a role, as far as a view can know.
pub(super) fn may_be_role(view: View, stated: crate::evidence::Stated) -> bool {
    view != View::Whole || stated.is_role_like()
}
