//! What is known of a model whose rows are not known one by one.

use crate::stacking::combination::Combination;
use crate::stacking::inputs::Question;
use crate::stacking::summary::Summary;
use serde::{Deserialize, Serialize};

/// A model whose rows are not known one by one, as the start of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// Its postings, by class.
    pub postings: Vec<u32>,
    /// Its organisations.
    pub organisations: u64,
    /// Its combinations.
    pub combinations: Vec<Combination>,
    /// Its figures and thresholds.
    pub held_out: Vec<Summary>,
}

impl Base {
    /// Rows it stands for in a question.
    pub(crate) fn rows(&self, question: Question, roles: usize) -> f64 {
        let counted = match question {
            Question::Role => &self.postings[..roles],
            Question::Scope => &self.postings[..],
        };
        counted.iter().map(|&n| f64::from(n)).sum()
    }
}
