//! Classes of bytes, and operations on eight bytes in one number (SWAR).

// Classes of bytes, as bit flags.

/// A lower-case letter.
pub(super) const SMALL: u8 = 1;
/// An upper-case letter.
pub(super) const CAPITAL: u8 = 2;
/// A digit.
pub(super) const DIGIT: u8 = 4;
/// A byte of a character beyond ASCII.
pub(super) const BEYOND: u8 = 8;
/// A sign that does not end a phrase.
pub(super) const WITHIN: u8 = 16;
/// A sign that may continue the word before it.
pub(super) const GOES_ON: u8 = 32;
/// A sign that may be the end of the word before it.
pub(super) const CLOSES: u8 = 64;
/// A dot.
pub(super) const DOT: u8 = 128;
/// Classes with which a word may go on after a sign.
pub(super) const WORD: u8 = SMALL | CAPITAL | DIGIT | BEYOND | GOES_ON;
/// The classes of each byte.
pub(super) const BYTE_CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut b = 0;
    while b < 256 {
        classes[b] = match b as u8 {
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
    classes
};

/// The first `N` bytes, padded with spaces.
#[inline]
pub(super) fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [b' '; N];
        padded[..bytes.len()].copy_from_slice(bytes);
        padded
    })
}

/// A number of eight equal bytes.
pub(super) const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Sets the highest bit of each byte from `first` to `last`. All bytes must be ASCII.
#[inline]
pub(super) fn within(eight: u64, first: u8, last: u8) -> u64 {
    let seven = eight & each(0x7f);
    let from_first = seven + each(0x80 - first);
    let beyond_last = seven + each(0x7f - last);
    from_first & !beyond_last & each(0x80)
}
