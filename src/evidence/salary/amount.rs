//! Amounts of money as they are written: `$120-150k`, `USD 85,000`, `65.000 €`, `CAD $90,000`.

use crate::lexicon::{PayWords, currency_code};
use std::ops::Range;

/// One amount, or the two ends of a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Whether the upper end is open ("+").
    pub(super) open: bool,
    /// ISO 4217 code, if a sign or a code is next to it.
    pub(super) currency: Option<&'static str>,
    /// Byte range from the first sign or digit to the last.
    pub(super) at: Range<usize>,
}

const SIGNS: [(char, &str); 6] =
    [('$', "USD"), ('£', "GBP"), ('€', "EUR"), ('₹', "INR"), ('¥', "JPY"), ('₪', "ILS")];
/// Letters before a dollar sign, and their currency.
const DOLLARS: [(&str, &str); 19] = [
    ("US", "USD"),
    ("USD", "USD"),
    ("C", "CAD"),
    ("CA", "CAD"),
    ("CAD", "CAD"),
    ("CDN", "CAD"),
    ("A", "AUD"),
    ("AU", "AUD"),
    ("AUD", "AUD"),
    ("NZ", "NZD"),
    ("NZD", "NZD"),
    ("HK", "HKD"),
    ("HKD", "HKD"),
    ("S", "SGD"),
    ("SG", "SGD"),
    ("SGD", "SGD"),
    ("MX", "MXN"),
    ("NT", "TWD"),
    ("R", "BRL"),
];
/// The first amount that begins at byte `from` or later.
pub(super) fn next_amount(text: &str, from: usize, words: &PayWords) -> Option<Amount> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find(|c: char| c.is_ascii_digit())?;
        let within_word = text[..start].chars().next_back().is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '/') && is_joined(text, start)
        });
        if let Some(first) = number(text, start, words).filter(|_| !within_word) {
            return Some(whole(text, start, first, words));
        }
        let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        from = start + digits;
    }
}

/// Whether the mark before a number joins it to a preceding word or number.
fn is_joined(text: &str, start: usize) -> bool {
    text[..start - 1].chars().next_back().is_some_and(char::is_alphanumeric)
}

/// A number, whether it is in thousands, and the byte where it ends.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: f64,
    thousands: bool,
    end: usize,
}

/// The amount that begins with a number.
fn whole(text: &str, start: usize, first: Number, words: &PayWords) -> Amount {
    let before = before(text, start);
    let (mut low, mut high, mut end) = (first.value, first.value, first.end);
    let mut currency = before.as_ref().map(|(code, _)| *code);
    let behind = behind(text, end, words);
    if let Some((code, after)) = behind {
        (currency, end) = (Some(joined(currency, code)), after);
    }
    let mut open = text[first.end..].starts_with('+');
    if let Some((second, after, code)) = second(text, end, words) {
        // "120-150k": the first is in thousands, too.
        if second.thousands && !first.thousands && low < 1000.0 {
            low *= 1000.0;
        }
        if second.value >= low {
            (high, end) = (second.value, after);
            open = text[second.end..].starts_with('+');
            if let Some(code) = code {
                currency = Some(joined(currency, code));
            }
        } else {
            high = low;
        }
    }
    Amount { low, high, open, currency, at: before.map_or(start, |(_, at)| at)..end }
}

/// The currency of a sign and a code: "$90,000 CAD" are Canadian dollars.
fn joined(sign: Option<&'static str>, code: &'static str) -> &'static str {
    match sign {
        Some(sign) if sign != "USD" && code == "USD" => sign,
        _ => code,
    }
}

/// The upper end of a range, after a dash or a word such as "to", with the byte where it ends and its currency code.
fn second(
    text: &str,
    end: usize,
    words: &PayWords,
) -> Option<(Number, usize, Option<&'static str>)> {
    let rest = text[end..].trim_start_matches([' ', '\u{a0}', '+']);
    let passed = words.before_up_to.iter().find_map(|period| rest.strip_prefix(period.as_str()));
    let rest = passed.unwrap_or(rest).trim_start_matches([' ', '\u{a0}']);
    let word = || words.up_to.iter().find_map(|word| rest.strip_prefix(word.as_str()));
    let rest = rest.strip_prefix(['-', '–', '—', '~']).or_else(word)?;
    let rest = rest.trim_start_matches([' ', '\u{a0}']);
    let digits = rest.find(|c: char| c.is_ascii_digit())?;
    let sign = rest[..digits].trim_matches([' ', '\u{a0}']);
    let letters = sign.trim_end_matches(SIGNS.map(|(sign, _)| sign));
    let known = letters.is_empty()
        || currency_code(letters).is_some()
        || DOLLARS.iter().any(|(of, _)| *of == letters);
    if !known {
        return None;
    }
    let number = number(text, text.len() - rest.len() + digits, words)?;
    match behind(text, number.end, words) {
        Some((code, after)) => Some((number, after, Some(code))),
        None => Some((number, number.end, currency_code(letters))),
    }
}

/// The currency before a number, and the byte where it begins.
fn before(text: &str, start: usize) -> Option<(&'static str, usize)> {
    let close = text[..start].trim_end_matches([' ', '\u{a0}']);
    let sign = close.chars().next_back()?;
    let Some((_, of_sign)) = SIGNS.iter().find(|(of, _)| *of == sign) else {
        let letters = close.len() - close.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
        let at = close.len() - letters;
        let begins = !close[..at].ends_with(char::is_alphanumeric);
        return currency_code(&close[at..]).filter(|_| begins).map(|code| (code, at));
    };
    let at = close.len() - sign.len_utf8();
    let prefix = close[..at].trim_end_matches([' ', '(']);
    let letters = prefix.len() - prefix.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
    let word = &prefix[prefix.len() - letters..];
    let of_word = DOLLARS.iter().find(|(of, _)| *of == word).map(|(_, code)| *code);
    match of_word.filter(|_| sign == '$' && (letters > 1 || prefix.len() == at)) {
        Some(code) => Some((code, prefix.len() - letters)),
        // "R$ 5.000" is matched above; "XY$" is unknown.
        None if prefix.len() == at && (1..=3).contains(&letters) => None,
        None => Some((of_sign, at)),
    }
}

/// The currency code, word or sign after a number, and the byte where it ends.
fn behind(text: &str, end: usize, words: &PayWords) -> Option<(&'static str, usize)> {
    let rest = text[end..].trim_start_matches([' ', '\u{a0}', '+', '(', ',']);
    let at = text.len() - rest.len();
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    if let Some(code) = currency(&rest[..letters], words) {
        return Some((code, at + letters));
    }
    let sign = rest.chars().next()?;
    let follows = |at: usize| text[at..].starts_with(|c: char| c.is_ascii_digit());
    let after = at + sign.len_utf8();
    let of_sign = SIGNS.iter().find(|(of, _)| *of == sign && sign != '$')?;
    (!follows(after)).then_some((of_sign.1, after))
}

/// A currency by its code, or by a word of the language.
pub(super) fn currency(word: &str, words: &PayWords) -> Option<&'static str> {
    currency_code(word).or_else(|| words.currencies.of_word(word))
}

/// The number that begins at byte `at`; `None` if it is in millions, or the beginning of a word.
fn number(text: &str, at: usize, words: &PayWords) -> Option<Number> {
    let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = at + digits(at);
    let mut value: f64 = text[at..end].parse().ok()?;
    let mut groups = false;
    let is_short = end - at <= 3;
    while is_short
        && let Some(mark) = text[end..].chars().next()
        && matches!(mark, ',' | '.' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
        && digits(end + mark.len_utf8()) == 3
    {
        let next = end + mark.len_utf8();
        value = value * 1000.0 + text[next..next + 3].parse::<f64>().ok()?;
        (end, groups) = (next + 3, true);
    }
    let point = text[end..].chars().next().filter(|mark| matches!(mark, '.' | ','));
    let decimals = point.map_or(0, |_| digits(end + 1));
    if (1..=2).contains(&decimals) {
        let fraction: f64 = text[end + 1..end + 1 + decimals].parse().ok()?;
        value += fraction / if decimals == 1 { 10.0 } else { 100.0 };
        end += 1 + decimals;
    }
    let rest = text[end..].trim_start_matches([' ', '\u{a0}']);
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (word, adjacent) = (&rest[..letters], rest.len() == text.len() - end);
    if words.thousand.has_word(word) && !groups {
        let end = text.len() - rest.len() + letters;
        return Some(Number { value: value * 1000.0, thousands: true, end });
    }
    // "5M", "3rd"
    if words.too_large.has_word(word)
        || (adjacent && !word.is_empty() && currency(word, words).is_none())
    {
        return None;
    }
    Some(Number { value, thousands: groups, end })
}
