//! The language of a text. Nearly all are English, which is told at once by its common words.

use super::{Channel, Evidence, FeatureKey};
use crate::lexicon::common_words::{COMMON, common_words};
use crate::lexicon::{TokenClass, TokenClasses};
use crate::text::beginning;
use std::collections::BTreeSet;

/// A text with so many of them is English...
const LEAST_COMMON: usize = 5;
/// ...and one more for so many words: a text in another language may have an English paragraph.
const WORDS_EACH: usize = 25;
/// A long English text may show no more of them than this.
const MOST_COMMON: usize = 24;
/// ...or one of which every eighth word is one of them, if they are as many different ones.
const SPOKEN_EACH: usize = 8;
/// Of a list of terms in English more words in a hundred begin an entry of the lexicon; of a text in another
/// language, fewer.
const OF_TERMS: usize = 35;
/// ...if it has so many words: a few sentences in another language may be full of terms.
const LEAST_WITH_TERMS: usize = 40;
/// Of fewer words, the language cannot be told.
const LEAST_WORDS: usize = 8;
/// Bytes that are enough to tell a language by.
const SAMPLE: usize = 2048;
/// The detector's confidence that is believed: terms in English make it less sure of other languages.
const LEAST_CONFIDENCE: f64 = 0.8;
/// ISO 639-1 codes of the languages that have one.
const TWO_LETTERS: &str = "\
    afr af aka ak amh am ara ar aze az bel be ben bn bul bg cat ca ces cs cmn zh cym cy dan da \
    deu de ell el eng en epo eo est et fin fi fra fr guj gu heb he hin hi hrv hr hun hu hye hy \
    ind id ita it jav jv jpn ja kan kn kat ka khm km kor ko lat la lav lv lit lt mal ml mar mr \
    mkd mk mya my nep ne nld nl nob nb ori or pan pa pes fa pol pl por pt ron ro rus ru sin si \
    slk sk slv sl sna sn spa es srp sr swe sv tam ta tel te tgl tl tha th tuk tk tur tr ukr uk \
    urd ur uzb uz vie vi yid yi zul zu";

impl Evidence {
    /// The language of the text by its ISO 639 code, of two letters where there is one; none if it
    /// cannot be told.
    pub fn language(&self) -> Option<&'static str> {
        if self.other_language_left_out() {
            return Some("en");
        }
        let stands = |word: &&&str| {
            let key = FeatureKey::new(Channel::Words, word);
            self.features().binary_search_by_key(&key, |f| f.key).is_ok()
        };
        let different = COMMON.iter().filter(stands).count();
        let common: BTreeSet<u64> = common_words().collect();
        let words = self.tokens().as_slice().iter().zip(self.counting());
        let spoken = words.filter(|(word, counts)| **counts && common.contains(&word.hash)).count();
        let common = CommonWords { different, spoken };
        language(self.text().as_str(), self.token_classes(), self.words_looked_at(), common)
    }
}

/// How many words of a text are common ones of English.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommonWords {
    /// Each once.
    pub(crate) different: usize,
    /// Each as often as it stands there.
    pub(crate) spoken: usize,
}

/// Whether so many words that begin an entry of the lexicon, of all, show that a text is English that has few
/// common words, such as a list of terms.
pub(super) fn are_english_terms(terms: usize, words: usize) -> bool {
    words >= LEAST_WITH_TERMS && 100 * terms > OF_TERMS * words
}

/// The language of a text. `token_classes` are what its words are to the lexicon, of which so many are looked at.
pub(crate) fn language(
    text: &str,
    token_classes: &TokenClasses,
    looked_at: usize,
    common: CommonWords,
) -> Option<&'static str> {
    let all = token_classes.len();
    if all < LEAST_WORDS {
        return None;
    }
    // The common words are counted among those that are looked at.
    let words = looked_at.max(all / 2);
    let many = common.different >= (LEAST_COMMON + words / WORDS_EACH).min(MOST_COMMON);
    let often = common.different >= LEAST_COMMON && common.spoken * SPOKEN_EACH >= words;
    if many || often || are_english_terms(token_classes.count(TokenClass::BEGINS), all) {
        return Some("en");
    }
    detected(text).map(code)
}

/// The language of a text, as far as a detector is sure. It takes as long as reading a posting.
pub(super) fn detected(text: &str) -> Option<whatlang::Lang> {
    let told = whatlang::detect(beginning(text, SAMPLE))?;
    (told.confidence() >= LEAST_CONFIDENCE).then(|| told.lang())
}

fn code(language: whatlang::Lang) -> &'static str {
    let three = language.code();
    let mut codes = TWO_LETTERS.split_whitespace();
    codes.find(|code| *code == three).and_then(|_| codes.next()).unwrap_or(three)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Extractor;
    use crate::lexicon::Lexicon;

    fn language(text: &str) -> Option<&'static str> {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        Extractor::new(&lexicon).extract("", text).language()
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

    #[test]
    fn every_language_has_its_code() {
        for language in whatlang::Lang::all() {
            assert_eq!(code(*language).len(), 2, "{language}");
        }
    }
}
