//! Codes of the languages that the detector tells apart.

/// Pairs of ISO 639-3 and ISO 639-1 codes.
const TWO_LETTERS: &str = "\
    afr af aka ak amh am ara ar aze az bel be ben bn bul bg cat ca ces cs cmn zh cym cy dan da \
    deu de ell el eng en epo eo est et fin fi fra fr guj gu heb he hin hi hrv hr hun hu hye hy \
    ind id ita it jav jv jpn ja kan kn kat ka khm km kor ko lat la lav lv lit lt mal ml mar mr \
    mkd mk mya my nep ne nld nl nob nb ori or pan pa pes fa pol pl por pt ron ro rus ru sin si \
    slk sk slv sl sna sn spa es srp sr swe sv tam ta tel te tgl tl tha th tuk tk tur tr ukr uk \
    urd ur uzb uz vie vi yid yi zul zu";

/// The ISO 639 code of a language, of two letters where there is one.
pub(crate) fn language_code(language: whatlang::Lang) -> &'static str {
    let three = language.code();
    let mut codes = TWO_LETTERS.split_whitespace();
    codes.find(|code| *code == three).and_then(|_| codes.next()).unwrap_or(three)
}

/// A code as [`language_code`] gives it, if it is that of a language that the detector tells apart.
pub(crate) fn known_language(code: &str) -> Option<&'static str> {
    whatlang::Lang::all()
        .iter()
        .map(|&language| language_code(language))
        .find(|known| *known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_code() {
        for language in whatlang::Lang::all() {
            assert_eq!(language_code(*language).len(), 2, "{language}");
        }
        assert_eq!(known_language("de"), Some("de"));
        assert_eq!(["xx", "deu", "DE", ""].map(known_language), [None; 4]);
    }
}
