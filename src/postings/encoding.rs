//! Detects the encoding of a text by its first bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

/// Least share of byte pairs with a NUL at the same offset for a text to be UTF-16.
const WIDE: f64 = 0.4;
/// Least number of pairs: in fewer, a stray NUL weighs too much.
const FEWEST: usize = 4;
/// A text with at least this many valid UTF-8 sequences for each invalid one is UTF-8 with errors.
const GOOD: usize = 4;
/// Frequent characters beyond ASCII in Western texts.
const USUAL: &str = "éèêëàâäáãåæçñóòôöõøœúùûüíìîïßÉÈÀÄÅÖÜØÇÑ’‘“”–—…•·°®™€£©«»½";

/// The most likely encoding of a text.
pub(super) fn detect(sample: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return encoding;
    }
    if let Some(encoding) = wide(sample) {
        return encoding;
    }
    let (good, bad) = sequences(sample);
    if bad == 0 || good >= GOOD * bad {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if guess.is_single_byte() && usual(sample, MACINTOSH) > usual(sample, guess) {
        return MACINTOSH;
    }
    guess
}

/// Detects UTF-16 without a byte order mark: every other byte of Western letters is NUL.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = sample.as_chunks::<2>();
    let with_nul = |offset: usize| pairs.iter().filter(|pair| pair[offset] == 0).count() as f64;
    let least = WIDE * pairs.len() as f64;
    let [high, low] = [with_nul(0), with_nul(1)];
    if pairs.len() < FEWEST || high.max(low) < least {
        None
    } else if low > 2.0 * high {
        Some(UTF_16LE)
    } else {
        (high > 2.0 * low).then_some(UTF_16BE)
    }
}

/// Numbers of valid multi-byte UTF-8 sequences and of invalid ones.
fn sequences(sample: &[u8]) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        // The sample may end within a sequence.
        let cut = chunks.peek().is_none()
            && chunk.invalid().len() < 4
            && chunk.invalid().first() >= Some(&0xc2);
        bad += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    (good, bad)
}

/// Share of [`USUAL`] characters among those beyond ASCII, decoded with a single-byte encoding.
fn usual(sample: &[u8], encoding: &'static Encoding) -> f64 {
    let beyond: Vec<u8> = sample.iter().copied().filter(|b| *b >= 0x80).collect();
    let (text, _) = encoding.decode_without_bom_handling(&beyond);
    let usual = text.chars().filter(|c| USUAL.contains(*c)).count();
    usual as f64 / text.chars().count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    const TEXT: &str = "Wir suchen für unser Büro in Köln eine Führungskraft – “Product Owner” – \
                        die Café-Kultur liebt. L’équipe est à Paris, près de la Défense, où …";

    fn macintosh(text: &str) -> Vec<u8> {
        MACINTOSH.encode(text).0.into_owned()
    }

    #[test]
    fn encodings_are_told_apart() {
        let wide = |swap: bool| -> Vec<u8> {
            let units = TEXT.encode_utf16();
            units.flat_map(|u| if swap { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), UTF_8),
            (b"plain".to_vec(), UTF_8),
            (b"".to_vec(), UTF_8),
            (WINDOWS_1252.encode(TEXT).0.into_owned(), WINDOWS_1252),
            (macintosh(TEXT), MACINTOSH),
            (wide(false), UTF_16LE),
            (wide(true), UTF_16BE),
            ([b"\xff\xfe".to_vec(), wide(false)].concat(), UTF_16LE),
        ] {
            assert_eq!(detect(&bytes), encoding);
        }
    }

    #[test]
    fn a_few_bad_bytes_do_not_make_another_encoding() {
        let mut bytes = TEXT.repeat(3).into_bytes();
        bytes.extend(b",\xff\xfe\n");
        assert_eq!(detect(&bytes), UTF_8);
        // Cut within a character.
        assert_eq!(detect("aé".repeat(9).as_bytes().split_last().expect("not empty").1), UTF_8);
    }
}
