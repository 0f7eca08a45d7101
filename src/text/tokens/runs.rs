//! Finds runs of letters, and what must be known to tell their words at a glance, 64 bytes at a time.

use super::bytes::{BEYOND, CAPITAL, CLOSES, DIGIT, GOES_ON, KINDS, SMALL, WITHIN, WORD, first};
use wide::u8x16;

/// A run of letters, digits and characters beyond ASCII.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a sign before it, back to the run before, ends a phrase.
    pub(super) phrase_ended: bool,
    /// Whether it has characters beyond ASCII, or a word may begin before it, with a dot, or go on with
    /// the sign behind it.
    pub(super) unsure: bool,
    /// A bit for each letter of ASCII, and for each capital, if it has no more than 63 bytes.
    pub(super) letters: u64,
    pub(super) capitals: u64,
}

/// Finds the runs of a text.
#[inline]
pub(super) fn each_run(bytes: &[u8], mut then: impl FnMut(Run)) {
    let mut from = 0;
    let mut phrase_ended = false;
    while from < bytes.len() {
        let block = Block::new(bytes, from);
        let Block { runs, mut ends_phrase, .. } = block;
        let (mut begins, mut ends) = (runs & !(runs << 1), !runs & (runs << 1));
        let mut ended = 0;
        loop {
            if ends == 0 {
                // A run that does not end in its block begins the next one, and may be longer than that.
                if begins != 1 {
                    break;
                }
                let behind = bytes[from..].iter().position(|b| !is_in_run(*b));
                ended = behind.unwrap_or(bytes.len() - from);
            }
            let (start, end) = (begins & begins.wrapping_neg(), ends & ends.wrapping_neg());
            (begins, ends) = (begins ^ start, ends ^ end);
            let before = ends_phrase & (start - 1);
            ends_phrase ^= before;
            let run = end.wrapping_sub(start);
            then(Run {
                start: from + start.trailing_zeros() as usize,
                end: from + if end == 0 { ended } else { end.trailing_zeros() as usize },
                phrase_ended: phrase_ended | (before != 0),
                unsure: block.unsure & (run | end) != 0,
                letters: block.letters & run,
                capitals: block.capitals & run,
            });
            phrase_ended = false;
        }
        phrase_ended |= ends_phrase != 0;
        from += match begins {
            0 => ended.max(64),
            start => start.trailing_zeros() as usize,
        };
    }
}

fn is_in_run(byte: u8) -> bool {
    KINDS[byte as usize] & (SMALL | CAPITAL | DIGIT | BEYOND) != 0
}

/// Bits of 64 bytes.
struct Block {
    /// Whether a letter, a digit or a character beyond ASCII is there.
    runs: u64,
    letters: u64,
    capitals: u64,
    /// Whether a sign that ends a phrase is there.
    ends_phrase: u64,
    /// Whether the word there needs a closer look, or the one before.
    unsure: u64,
}

impl Block {
    #[inline]
    fn new(bytes: &[u8], from: usize) -> Self {
        let block: [u8; 64] = first(&bytes[from..]);
        let (sixteens, _) = block.as_chunks::<16>();
        let (mut letters, mut capitals, mut digits, mut beyond, mut spaces) = (0, 0, 0, 0, 0);
        for (i, sixteen) in sixteens.iter().enumerate() {
            let sixteen = u8x16::new(*sixteen);
            let each = u8x16::splat;
            let bits = |of: u8x16| u64::from(of.to_bitmask()) << (16 * i);
            let within = |of: u8x16, first: u8, count: u8| (of - each(first)).simd_lt(each(count));
            letters |= bits(within(sixteen | each(0x20), b'a', 26));
            capitals |= bits(within(sixteen, b'A', 26));
            digits |= bits(within(sixteen, b'0', 10));
            beyond |= bits(sixteen);
            spaces |= bits(sixteen.simd_eq(each(b' ')));
        }
        let runs = letters | digits | beyond;
        let dotted = from > 0 && bytes[from - 1] == b'.';
        let mut block =
            Self { runs, letters, capitals, ends_phrase: 0, unsure: beyond | u64::from(dotted) };
        let mut signs = !(runs | spaces);
        while signs != 0 {
            let bit = signs & signs.wrapping_neg();
            signs ^= bit;
            block.note(bytes, from + bit.trailing_zeros() as usize, bit);
        }
        block
    }

    #[inline]
    fn note(&mut self, bytes: &[u8], at: usize, bit: u64) {
        let kind = |at: usize| bytes.get(at).map_or(0, |&b| KINDS[b as usize]);
        let sign = kind(at);
        let set_if = |set: bool| if set { bit } else { 0 };
        self.ends_phrase |= set_if(sign & WITHIN == 0);
        let goes_on = sign & GOES_ON != 0 && (sign & CLOSES != 0 || kind(at + 1) & WORD != 0);
        self.unsure |= set_if(goes_on);
        // A word may begin with a dot.
        self.unsure |= set_if(bytes.get(at) == Some(&b'.')) << 1;
    }
}
