//! The language of a text. Nearly all are in that of the lexicon, which its common words show quickly.

use super::{Channel, Evidence};
use crate::lexicon::{Lexicon, TokenClass, TokenClasses};
use crate::text::{beginning, language_code};

/// A text is in the language of the lexicon if it has this many different common words...
const LEAST_COMMON: usize = 5;
/// ...plus one for each this many words: a text in another language may have a paragraph in it...
const WORDS_EACH: usize = 25;
/// ...but never more than this: a long text may not have more of them...
const MOST_COMMON: usize = 24;
/// ...or if one in this many words is common, and [`LEAST_COMMON`] of them are different.
const SPOKEN_EACH: usize = 8;
/// In a list of terms, a larger percentage of the words begin a lexicon entry; in a text in another language, a
/// smaller one...
const TERMS_PERCENT: usize = 35;
/// ...if it has this many words: a few sentences in another language may be full of terms.
const LEAST_WITH_TERMS: usize = 40;
/// The language of fewer words cannot be told.
const LEAST_WORDS: usize = 8;
/// Bytes of the text that the detector reads.
const SAMPLE: usize = 2048;
/// Least confidence of the detector. Terms in another language make it less sure.
const LEAST_CONFIDENCE: f64 = 0.8;
impl Evidence {
    /// The language of the text as an ISO 639 code, of two letters where there is one; `None` if it cannot be told.
    pub fn language(&self, lexicon: &Lexicon) -> Option<&'static str> {
        if self.other_language_left_out() {
            return lexicon.language();
        }
        let common = lexicon.common_words();
        let occurs = |&&word: &&u64| {
            let key = Channel::Words.key(word);
            self.features().binary_search_by_key(&key, |f| f.key).is_ok()
        };
        let different = common.iter().filter(occurs).count();
        let words = self.tokens().as_slice().iter().zip(self.counts_as_word());
        let is_common = |hash| common.binary_search(&hash).is_ok();
        let spoken = words.filter(|(word, counts)| **counts && is_common(word.hash)).count();
        let common = CommonWords { different, spoken };
        let (text, words) = (self.text().as_str(), self.words_not_ignored());
        language(text, self.token_classes(), words, common, lexicon.language())
    }
}

/// Counts of common words of the lexicon's language in a text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommonWords {
    /// Distinct words.
    pub(crate) different: usize,
    /// Occurrences.
    pub(crate) spoken: usize,
}

/// Whether a text of few common words is in the language of the lexicon all the same, such as a list of terms: `terms` of its `words` begin a
/// lexicon entry.
pub(super) fn are_terms(terms: usize, words: usize) -> bool {
    words >= LEAST_WITH_TERMS && 100 * terms > TERMS_PERCENT * words
}

/// The language of a text with these token classes, of which `looked_at` words are not in ignored parts; `own` is that
/// of the lexicon.
pub(crate) fn language(
    text: &str,
    token_classes: &TokenClasses,
    looked_at: usize,
    common: CommonWords,
    own: Option<&'static str>,
) -> Option<&'static str> {
    let all = token_classes.len();
    if all < LEAST_WORDS {
        return None;
    }
    // Common words are not counted in ignored parts.
    let words = looked_at.max(all / 2);
    let many = common.different >= (LEAST_COMMON + words / WORDS_EACH).min(MOST_COMMON);
    let often = common.different >= LEAST_COMMON && common.spoken * SPOKEN_EACH >= words;
    let is_own = many || often || are_terms(token_classes.count(TokenClass::BEGINS), all);
    own.filter(|_| is_own).or_else(|| detected(text))
}

/// The code of the language of a text, if the detector is sure. As slow as extracting a posting.
pub(super) fn detected(text: &str) -> Option<&'static str> {
    let told = whatlang::detect(beginning(text, SAMPLE))?;
    (told.confidence() >= LEAST_CONFIDENCE).then(|| language_code(told.lang()))
}

#[cfg(test)]
mod tests {
    use crate::evidence::Extractor;
    use crate::lexicon::Lexicon;

    fn language(text: &str) -> Option<&'static str> {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        Extractor::new(&lexicon).extract("", text).language(&lexicon)
    }

    #[test]
    fn languages_are_told_apart() {
        for (text, told) in [
            (
                "You will own the product backlog and write user stories with our stakeholders, \
                 so that the team is able to deliver what customers need from us.",
                Some("en"),
            ),
            (
                "Als Product Owner verantwortest du das Product Backlog, schreibst User Stories \
                 und stimmst dich mit unseren Stakeholdern ab. Scrum ist dir vertraut.",
                Some("de"),
            ),
            (
                "Nous recherchons un Product Owner pour notre équipe. Vous gérez le backlog et \
                 définissez les priorités avec les stakeholders et le Scrum Master.",
                Some("fr"),
            ),
            (
                "当社ではプロダクトオーナー(Product Owner)を募集しています。バックログの管理、優先順位の決定、\
              チームとの調整、レビューへの参加、会議の準備、顧客との対話をお任せします。",
                Some("ja"),
            ),
            (
                "You will own our product backlog and you work with all of our stakeholders. \
                 Vous serez responsable du carnet de produit et vous travaillerez avec les autres.",
                Some("en"),
            ),
            ("Wir suchen einen Product Owner.", None),
            ("1 2 3 4 5 6 7 8 9 10", None),
            ("", None),
        ] {
            assert_eq!(language(text), told, "{text}");
        }
    }
}
