//! Repairs mojibake, UTF-8 that was decoded with another encoding: `donâ€™t`, `caf√©`.
//!
//! A sequence is repaired if it is certainly garbled, or if it is doubtful and the same text has certain ones: `MANHÃ…`
//! is correct Portuguese.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::sync::LazyLock;

/// Characters that begin a garbled sequence, besides the C1 control characters.
const LEADS: [char; 10] = ['Â', 'Ã', 'â', 'ð', 'ï', '‚', '√', '¬', 'Ô', '\u{f8ff}'];
/// Signs that may follow a word directly.
const ORDINARY: &str = "\u{a0}\u{ad}…‘’“”‹›«»•–—™©®°·ºª¹²³†‡";
/// Decoded characters that make Mac Roman certain: others may be a German quotation, such as `‚Äößerung`.
const MAC: &str = "–—‘’“”•…€™→";
/// Most times that a text was garbled; more is rare.
const TIMES: u8 = 3;

/// An encoding with which UTF-8 is decoded by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodePage {
    Windows,
    Mac,
}

impl CodePage {
    /// The characters of the bytes from 0x80.
    fn upper(self) -> &'static [char] {
        static WINDOWS: LazyLock<Vec<char>> = LazyLock::new(|| upper_half(WINDOWS_1252));
        static MAC: LazyLock<Vec<char>> = LazyLock::new(|| upper_half(MACINTOSH));
        match self {
            Self::Windows => &WINDOWS,
            Self::Mac => &MAC,
        }
    }

    /// The byte beyond ASCII that decodes to a character.
    fn byte(self, c: char) -> Option<u8> {
        // Texts mix Windows-1252 with ISO 8859-1, which has control characters in place of some signs.
        if self == Self::Windows && ('\u{80}'..='\u{9f}').contains(&c) {
            return u8::try_from(c).ok();
        }
        self.upper().iter().position(|&u| u == c).map(|i| i as u8 | 0x80)
    }
}

/// The characters of the bytes from 0x80.
fn upper_half(encoding: &'static Encoding) -> Vec<char> {
    let bytes: Vec<u8> = (0x80..=0xff).collect();
    encoding.decode_without_bom_handling(&bytes).0.chars().collect()
}

/// A garbled sequence.
#[derive(Debug, Clone, Copy)]
struct Sequence {
    /// The repaired character.
    decoded: char,
    /// Length of the sequence in bytes.
    length: usize,
    page: CodePage,
    lead: char,
    /// Whether it cannot be correct text.
    certain: bool,
}

/// Finds the garbled sequences of a text.
pub(super) struct Garbled<'a> {
    raw: &'a str,
    certain: Option<Certain>,
}

/// Which types of certain sequences a text has.
#[derive(Debug, Default, Clone, Copy)]
struct Certain {
    windows: bool,
    /// With the lead `Ã`, which is also a letter.
    letters: bool,
    mac: bool,
}

impl<'a> Garbled<'a> {
    pub(super) fn new(raw: &'a str) -> Self {
        Self { raw, certain: None }
    }

    /// The repaired character of a garbled sequence at byte `at`, and the length of the sequence.
    pub(super) fn at(&mut self, at: usize) -> Option<(char, usize)> {
        let found = sequence(self.raw, at)?;
        (found.certain || self.trusts(found)).then_some((found.decoded, found.length))
    }

    /// Whether the text has certain sequences of the same type. It is searched once, and only if needed.
    fn trusts(&mut self, doubtful: Sequence) -> bool {
        let certain = *self.certain.get_or_insert_with(|| certain_in(self.raw));
        match (doubtful.page, doubtful.lead) {
            (CodePage::Mac, _) => certain.mac,
            (CodePage::Windows, 'Ã') => certain.letters,
            (CodePage::Windows, _) => certain.windows,
        }
    }
}

/// Searches a text for certain sequences.
fn certain_in(raw: &str) -> Certain {
    let mut all = Certain::default();
    for found in raw.char_indices().filter_map(|(at, _)| sequence(raw, at)).filter(|f| f.certain) {
        match found.page {
            CodePage::Windows => {
                all.windows = true;
                all.letters |= found.lead == 'Ã';
            }
            CodePage::Mac => all.mac = true,
        }
    }
    all
}

/// The garbled sequence at byte `at`, if there is one.
fn sequence(raw: &str, at: usize) -> Option<Sequence> {
    let rest = &raw[at..];
    let lead = rest.chars().next()?;
    if let Some(decoded) = control(lead) {
        let length = lead.len_utf8();
        return Some(Sequence { decoded, length, page: CodePage::Windows, lead, certain: true });
    }
    if !LEADS.contains(&lead) {
        return None;
    }
    let mut again = (2..=TIMES).rev().filter_map(|times| decode(rest, CodePage::Windows, times));
    if let Some((decoded, length)) = again.find(|&(c, _)| usual(c)) {
        return Some(Sequence { decoded, length, page: CodePage::Windows, lead, certain: true });
    }
    for page in [CodePage::Windows, CodePage::Mac] {
        let Some((c, length)) = decode(rest, page, 1) else { continue };
        let decoded = control(c).unwrap_or(c);
        if usual(decoded) {
            let certain = match page {
                CodePage::Windows => cannot_be_meant(raw, at..at + length, decoded),
                CodePage::Mac => lead == '‚' && MAC.contains(decoded),
            };
            return Some(Sequence { decoded, length, page, lead, certain });
        }
    }
    // The last byte of a closing quote is undefined in Windows-1252, and often lost.
    let (quote, lost) = ("â€", rest.strip_prefix("â€")?.chars().next());
    let length = match lost {
        Some('\u{fffd}') => quote.len() + '\u{fffd}'.len_utf8(),
        _ if lost.is_none_or(char::is_whitespace) => quote.len(),
        _ => return None,
    };
    Some(Sequence { decoded: '”', length, page: CodePage::Windows, lead, certain: true })
}

/// The character at the start of `text` that was garbled `times` times, and the length of the sequence.
fn decode(text: &str, page: CodePage, times: u8) -> Option<(char, usize)> {
    if times == 0 {
        return text.chars().next().map(|c| (c, c.len_utf8()));
    }
    let (mut bytes, mut filled, mut length) = ([0; 4], 0, 1);
    let mut end = 0;
    while filled < length {
        let (c, more) = decode(&text[end..], page, times - 1)?;
        bytes[filled] = page.byte(c)?;
        if filled == 0 {
            length = match bytes[0] {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return None,
            };
        }
        filled += 1;
        end += more;
    }
    let c = str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((c, end))
}

/// The sign of Windows-1252 in place of a C1 control character.
fn control(c: char) -> Option<char> {
    let sign = matches!(c, '\u{80}' | '\u{91}'..='\u{97}' | '\u{99}');
    sign.then(|| CodePage::Windows.upper()[c as usize - 0x80])
}

/// Whether postings have such characters: Latin-1, punctuation, symbols, emoji, bullets of Word, and invisible
/// characters next to them.
fn usual(c: char) -> bool {
    matches!(
        c,
        '\u{a0}'..='\u{ff}'
            | '\u{2000}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}'
            | '\u{f000}'..='\u{f0ff}'
            | '\u{fe0f}'
            | '\u{feff}'
            | '\u{fffd}'
            | '\u{1d400}'..='\u{1d7ff}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

/// Whether a sequence in Windows-1252 cannot be a letter followed by signs.
fn cannot_be_meant(raw: &str, span: std::ops::Range<usize>, decoded: char) -> bool {
    let mut chars = raw[span.clone()].chars();
    let lead = chars.next();
    if !chars.clone().all(|c| ORDINARY.contains(c)) {
        return true;
    }
    if !matches!(lead, Some('Â' | 'Ã')) {
        return false;
    }
    let before = raw[..span.start].chars().next_back();
    let after = raw[span.end..].chars().next();
    // No capital is within a lower-case word, or directly after a digit or a full stop.
    let within = |c: char| c.is_lowercase() || c.is_ascii_digit() || ".,;:!?)".contains(c);
    // No sign is between the first two letters of a word.
    let first = decoded.is_alphabetic()
        && chars.next() != Some('\u{a0}')
        && !before.is_some_and(char::is_alphanumeric)
        && after.is_some_and(char::is_lowercase);
    before.is_some_and(within) || first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CleanText, Tokens};
    use proptest::prelude::*;

    fn repaired(raw: &str) -> String {
        CleanText::new(raw).as_str().to_owned()
    }

    #[test]
    fn what_is_certain_is_repaired() {
        for (raw, text) in [
            ("donâ€™t", "don't"),
            ("weâ\u{80}\u{99}re", "we're"),
            ("weâ€\u{99}re", "we're"),
            ("â€œyesâ€\u{9d}", "“yes”"),
            ("â€œyesâ€\u{fffd} â€œnoâ€ ", "“yes” “no” "),
            ("Owner â€“ Payments", "Owner – Payments"),
            ("â‚¬5, Â£6, 20Â°, AgileÂ®", "€5, £6, 20°, Agile®"),
            ("date.Â\u{a0}We", "date. We"),
            ("cafÃ©, CAFÃ‰, voilÃ\u{a0}", "café, CAFÉ, voilà"),
            ("Ãœber Ã–sterreich", "Über Österreich"),
            ("ï»¿ï‚· Own", "\u{f0b7} Own"),
            ("ðŸš€ âœ” âž¢ â—\u{8f}", "🚀 ✔ ➢ ●"),
            ("weÃ¢â‚¬â„¢re", "we're"),
            ("weÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢re", "we're"),
            ("don‚Äôt ‚Äì caf√© ‚Äú¬†‚Äù", "don't – café “ ”"),
            ("don\u{92}t, donÂ’t", "don't, don't"),
        ] {
            assert_eq!(repaired(raw), text, "{raw}");
        }
    }

    #[test]
    fn what_is_doubtful_is_repaired_beside_what_is_certain() {
        assert_eq!(repaired("ATENCIÃ“N"), "ATENCIÃ“N");
        assert_eq!(repaired("ATENCIÃ“N, corazÃ³n"), "ATENCIÓN, corazón");
        assert_eq!(repaired(" Â\u{a0} x"), " Â  x");
        assert_eq!(repaired(" Â\u{a0} donâ€™t"), "   don't");
        // A garbled dash is no evidence for a garbled letter.
        assert_eq!(repaired("MANHÃ… â€“"), "MANHÃ… –");
    }

    #[test]
    fn honest_text_stays() {
        for text in [
            "CAFÉ® SÃO PAULO, MANHÃ, MANHÃ\u{a0}E, MANHÃ… “MANHÃ” MAÇÃ® IRMÃ™ Â A, Â, Ã",
            "Für größere Übersicht: „Äußerungen“, ‚Ärger‘, ‚Äöüß‘. ÄRGER, GRÖSSE – SCHÖN…",
            "Château, Âge, bâtir à l’âme… «Noël», naïveté. L’ÉLÈVE ÂGÉ – À BIENTÔT",
            "¿Mañana? ¡Acción! El niño comió. ATENCIÓN: AÑO 2° Y 3ª",
            "A manhã de amanhã não é a da irmã… ÓRGÃO, CÂMARA, AMANHÃ – NÃO, CAFÉ 3º",
            "Zażółć gęślą jaźń „łódź”. ŻÓŁĆ – ŚWIĘTO",
            "Příliš žluťoučký kůň úpěl. ŽLUŤOUČKÝ KŮŇ",
            "Chúng tôi đã tuyển dụng. ĐÃ TUYỂN DỤNG – MÃ… DÂN, CÂU ‘LÃ’",
            "İstanbul’da çalışma. ÇALIŞMA ŞARTLARI, KÂR, RÜZGÂR… hâlâ",
            "Vi söker någon på Åland – HÅLL ÖGONEN ÖPPNA. Smörgåsbord™",
            "Er sagte „hâlâ…” und mollâ’",
            "√2 ≥ 1, ¬a, Ô, ð, þ",
        ] {
            let clean = CleanText::new(text);
            let expected = text.replace(['‘', '’'], "'").replace('\u{a0}', " ");
            assert_eq!((clean.as_str(), clean.repaired()), (expected.as_str(), 0));
        }
    }

    #[test]
    fn offsets_lead_to_the_garbled_sequence() {
        let raw = "the <b>teamâ€™s</b> goal â€“ roadmap";
        let clean = CleanText::new(raw);
        assert_eq!(clean.repaired(), 2);
        for word in ["team", "goal", "roadmap"] {
            let at = clean.as_str().find(word).expect("the word is kept");
            assert!(raw[clean.raw_offset(at)..].starts_with(word));
        }
        let dash = clean.as_str().find('–').expect("it is repaired");
        assert!(raw[clean.raw_offset(dash)..].starts_with("â€“"));
    }

    const GAPS: [&str; 17] = [
        " ",
        ", ",
        " – ",
        "—",
        "’s ",
        " “",
        "” ",
        "… ",
        " • ",
        " 🚀 ",
        " ✔\u{fe0f} ",
        " €5 ",
        "™ ",
        "® ",
        "\u{a0}",
        " £",
        ".\n",
    ];

    fn sensible_text() -> impl Strategy<Value = String> {
        let words = "[a-zàâäåæçèéêëíîïñóôöøùûüß]{1,7}|[A-ZÀÂÄÅÇÉÑÖÜØ][a-zéè]{1,6}|[A-ZÉÜÇÑ]{2,6}";
        let piece = (words, proptest::sample::select(GAPS.as_slice()));
        // A text with a single doubtful letter could be correct.
        proptest::collection::vec(piece, 1..16).prop_map(|pieces| {
            let text: String = pieces.into_iter().map(|(word, gap)| word + gap).collect();
            format!("{text} né")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 1000,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20),
            ..ProptestConfig::default()
        })]

        #[test]
        fn garbled_text_has_the_words_it_had(text in sensible_text(), times in 1..3) {
            let mut garbled = text.clone();
            for _ in 0..times {
                garbled = WINDOWS_1252.decode_without_bom_handling(garbled.as_bytes()).0.into_owned();
            }
            let words = |raw: &str| {
                let clean = CleanText::new(raw);
                let tokens = Tokens::new(clean.as_str());
                let word = |t: &crate::text::Token| (t.word(clean.as_str()).into_owned(), t.breaks);
                tokens.as_slice().iter().map(word).collect::<Vec<_>>()
            };
            prop_assert_eq!(CleanText::new(&text).repaired(), 0, "{}", text);
            prop_assert_eq!(words(&garbled), words(&text), "{}", garbled);
        }
    }
}
