//! Verdicts with the words for and against them marked in the text, for people to look at.

use super::classify::Judge;
use super::contrast::Quote;
use super::text_part::TextPart;
use super::verdict::Verdict;

/// Most phrases of each side.
const MOST: usize = 12;

/// A verdict with the words that speak for it and against it.
#[derive(Debug, Clone)]
pub struct MarkedVerdict {
    /// The verdict.
    pub verdict: Verdict,
    /// The class that was weighed against the label.
    pub rival: String,
    /// Phrases for the label, strongest first.
    pub evidence_for: Vec<String>,
    /// Phrases for the rival, strongest first.
    pub evidence_against: Vec<String>,
    /// The text with its marks.
    pub parts: Vec<TextPart>,
}

impl Judge<'_> {
    /// Classifies a posting, and marks the words for and against the verdict.
    pub fn marked(&self, title: &str, description: &str) -> MarkedVerdict {
        let evidence = self.evidence(title, description);
        let scores = self.model().scores(&evidence);
        let by_title = self.title_probabilities(&scores, evidence.has_no_text(self.lexicon()));
        let probabilities = by_title.unwrap_or_else(|| self.probabilities(&scores));
        let verdict = self.verdict_on(title, &evidence, &scores);
        let contrast = self.contrast(&evidence, &scores, &probabilities, verdict.label);
        let texts = |quotes: Vec<Quote>| quotes.into_iter().map(|q| q.text).take(MOST).collect();
        MarkedVerdict {
            verdict,
            rival: contrast.rival,
            evidence_for: texts(contrast.for_winner),
            evidence_against: texts(contrast.for_rival),
            parts: TextPart::split(&contrast.text, &contrast.marks),
        }
    }
}
