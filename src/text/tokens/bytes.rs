//! What a byte can be, and eight of them looked at as one number.

/// What a byte is, as bits: a small letter, a capital, a digit, of a character beyond ASCII, a sign that
/// stands within a phrase, one that may go on with the word before it, one that may end it, a dot.
pub(super) const SMALL: u8 = 1;
pub(super) const CAPITAL: u8 = 2;
pub(super) const DIGIT: u8 = 4;
pub(super) const BEYOND: u8 = 8;
pub(super) const WITHIN: u8 = 16;
pub(super) const GOES_ON: u8 = 32;
pub(super) const CLOSES: u8 = 64;
pub(super) const DOT: u8 = 128;
/// What a word may go on with behind a sign.
pub(super) const WORD: u8 = SMALL | CAPITAL | DIGIT | BEYOND | GOES_ON;
pub(super) const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            0x80.. => BEYOND,
            b' ' | b'-' | b'"' | b'*' | b'_' => WITHIN,
            b'\'' | b'&' => WITHIN | GOES_ON,
            b'.' => GOES_ON | DOT,
            b'/' | b':' | b'@' => GOES_ON,
            b'+' | b'#' => GOES_ON | CLOSES,
            _ => 0,
        };
        b += 1;
    }
    kinds
};

/// The first bytes, with spaces behind them if there are too few.
#[inline]
pub(super) fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [b' '; N];
        padded[..bytes.len()].copy_from_slice(bytes);
        padded
    })
}

/// A byte in each place of a number.
pub(super) const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte that is from `first` to `last`, if all are of ASCII.
#[inline]
pub(super) fn within(eight: u64, first: u8, last: u8) -> u64 {
    let seven = eight & each(0x7f);
    let from_first = seven + each(0x80 - first);
    let beyond_last = seven + each(0x7f - last);
    from_first & !beyond_last & each(0x80)
}
