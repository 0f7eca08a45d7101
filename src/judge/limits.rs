//! From which confidence on a verdict is a decision.

use super::verdict::Decision;
use crate::evidence::{FEW_WORDS, Stated};
use crate::stacking::inputs::View;
use crate::stacking::summary::Summary;

/// No posting of fewer words is called another job or given a role without a second look; and one whose title may
/// be that of a role is not called another job below [`FEW_WORDS`]: what its duties would be is not in it.
const SHORTEST: usize = 30;

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
    /// Those that figures of held-out rows give for a precision. No single row that is decided is more than
    /// twice as likely to be wrong as rows may be on average.
    pub fn new(summary: &Summary, closed: bool, precision: f64) -> Self {
        let learned = Self {
            role: summary.threshold(closed, precision),
            other: Some(precision),
            role_like_other: summary.other_threshold(precision),
        };
        learned.at_least(2.0 * precision - 1.0)
    }

    /// The same with no threshold below a confidence. Where roles are more or less common than among the held-out
    /// rows, that is the precision: probabilities are what they say, but thresholds were found on other rows.
    pub(super) fn at_least(self, confidence: f64) -> Self {
        let sure = |least: Option<f64>| least.map(|least| least.max(confidence));
        let Self { role, other, role_like_other } = self;
        Self { role: sure(role), other: sure(other), role_like_other: sure(role_like_other) }
    }

    /// What to make of a verdict on a posting with so many words: `other` tells whether it is that of another
    /// job, `role_like` whether the title sounds like a role.
    pub fn decide(&self, other: bool, confidence: f64, role_like: bool, words: usize) -> Decision {
        let reached = |least: Option<f64>| least.is_some_and(|least| confidence >= least);
        let (least, shortest, decided) = match (other, role_like) {
            (true, true) => (self.role_like_other, FEW_WORDS, Decision::OutOfScope),
            (true, false) => (self.other, SHORTEST, Decision::OutOfScope),
            (false, _) => (self.role, SHORTEST, Decision::Accept),
        };
        if words >= shortest && reached(least) { decided } else { Decision::Review }
    }
}

/// Whether a title may be that of a role, as far as a view can know.
pub(super) fn may_be_role(view: View, stated: Stated) -> bool {
    view != View::Whole || !stated.is_there() || stated.is_role_like()
}
