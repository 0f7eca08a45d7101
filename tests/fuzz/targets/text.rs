//! Any bytes as a posting: its evidence stands where it says, each once and in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::evidence::{Evidence, Extractor, Title, asked_experience, stated_salary, text_level};
use rolecall::lexicon::Lexicon;
use std::ops::Range;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));
static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(&LEXICON));

fuzz_target!(|bytes: &[u8]| {
    let raw = String::from_utf8_lossy(bytes);
    let evidence = EXTRACTOR.extract("", &raw);
    let features = evidence.features();
    assert!(features.is_sorted_by(|a, b| a.key < b.key));
    for feature in features {
        stands(&evidence, &raw, evidence.span(feature));
        assert!(!evidence.feature_text(feature, &LEXICON).is_empty());
    }
    for part in evidence.ignored() {
        stands(&evidence, &raw, part);
    }
    let text = evidence.text().as_str();
    let named = text_level(&evidence, &LEXICON).map(|level| level.at);
    let paid = stated_salary(text, &LEXICON).map(|salary| salary.at);
    let asked = asked_experience(text, &LEXICON).map(|asked| asked.at);
    for at in named.into_iter().chain(paid).chain(asked) {
        assert!(text.get(at).is_some());
    }
    Title::read(&raw, &LEXICON);

    // In a buffer that is used again, too.
    let mut again = EXTRACTOR.extract("", text);
    EXTRACTOR.extract_into("", &raw, &mut again);
    assert_eq!(again.features(), features);
    assert_eq!(again.mentions(), evidence.mentions());
    assert_eq!(again.text().as_str(), text);
});

/// Checks that a part of the cleaned text is one, and leads into the raw field.
fn stands(evidence: &Evidence, raw: &str, span: Range<usize>) {
    let at = evidence.text().raw_span(span.clone());
    assert!(evidence.text().as_str().get(span).is_some_and(|words| !words.is_empty()));
    assert!(raw.get(at.clone()).is_some_and(|quoted| !quoted.is_empty()), "{at:?}");
}
