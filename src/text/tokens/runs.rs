//! Finds runs of word characters, 64 bytes at a time, and marks those that need the slow scanner.

use super::bytes::{BYTE_CLASSES, CLOSES, DOT, GOES_ON, WITHIN, WORD, first};
use crate::text::AppendBuffer;
use wide::u8x16;

/// A run of letters, digits and characters beyond ASCII, as a byte range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a sign between it and the run before ends a phrase.
    pub(super) phrase_ended: bool,
    /// Whether it may not be exactly one word: it has characters beyond ASCII, follows a dot (which may begin its
    /// word), or precedes a sign that may continue its word.
    pub(super) unsure: bool,
}

/// The runs of one text.
#[derive(Debug, Default, Clone)]
pub(super) struct Runs {
    /// Byte offsets of the start and the end of each run.
    edges: AppendBuffer<u32>,
    /// A bit for each byte. At the start of a run: whether a phrase ended before it. At the byte after a run: whether
    /// it is unsure.
    bits: Vec<u64>,
}

/// State carried from one block of 64 bytes to the next; each field is 0 or 1.
#[derive(Default)]
struct Carry {
    /// Whether the last byte is in a run.
    in_run: u64,
    /// Whether the last byte is a dot.
    dot: u64,
    /// Whether a sign since the last run ends a phrase.
    phrase_ended: u64,
    /// Whether the run at the end of the block is unsure.
    unsure: u64,
}

impl Runs {
    /// Finds the runs of a text.
    pub(super) fn find(&mut self, bytes: &[u8]) {
        self.edges.clear();
        self.bits.clear();
        let mut carry = Carry::default();
        let (blocks, rest) = bytes.as_chunks::<64>();
        for block in blocks.iter().chain([&first(rest)]) {
            let from = 64 * self.bits.len();
            let behind = bytes.get(from + 64).copied().unwrap_or(b' ');
            let (bits, changes) = carry.block(block, behind);
            self.bits.push(bits);
            self.edges.add_bits(from as u32, changes);
        }
    }

    /// The runs in order.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = Run> {
        let (edges, _) = self.edges.as_slice().as_chunks::<2>();
        edges.iter().map(|&[start, end]| {
            let bit = |at: u32| self.bits[at as usize / 64] >> (at % 64) & 1 == 1;
            Run {
                start: start as usize,
                end: end as usize,
                phrase_ended: bit(start),
                unsure: bit(end),
            }
        })
    }
}

impl Carry {
    /// The bits of [`Runs`] for a block of 64 bytes, of which `behind` is the next byte, and a mask of the bytes where
    /// runs begin or end.
    #[inline]
    fn block(&mut self, bytes: &[u8; 64], behind: u8) -> (u64, u64) {
        let (mut runs, mut beyond, mut spaces) = (0, 0, 0);
        for (i, sixteen) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let sixteen = u8x16::new(*sixteen);
            let each = u8x16::splat;
            let bits = |of: u8x16| u64::from(of.to_bitmask()) << (16 * i);
            let within = |of: u8x16, first: u8, count: u8| (of - each(first)).simd_lt(each(count));
            let letters = within(sixteen | each(0x20), b'a', 26);
            // `to_bitmask` reads the highest bit, which bytes beyond ASCII have.
            runs |= bits(letters | within(sixteen, b'0', 10) | sixteen);
            beyond |= bits(sixteen);
            spaces |= bits(sixteen.simd_eq(each(b' ')));
        }
        let (mut ends_phrase, mut goes_on, mut dots) = (0, 0, 0);
        let mut signs = !(runs | spaces);
        while signs != 0 {
            let at = signs.trailing_zeros() as usize % 64;
            signs &= signs - 1;
            let sign = BYTE_CLASSES[bytes[at] as usize];
            let next = BYTE_CLASSES[*bytes.get(at + 1).unwrap_or(&behind) as usize];
            let unsure = (sign & GOES_ON != 0) & (sign & CLOSES | next & WORD != 0);
            ends_phrase |= u64::from(sign & WITHIN == 0) << at;
            goes_on |= u64::from(unsure) << at;
            dots |= u64::from(sign & DOT != 0) << at;
        }
        // A word may begin with a dot.
        let dotted = dots << 1 | self.dot;
        let changes = runs ^ (runs << 1 | self.in_run);
        let phrase_ended = after_runs_with(!runs, ends_phrase, &mut self.phrase_ended);
        let unsure = after_runs_with(runs, beyond | dotted & runs, &mut self.unsure);
        let bits = phrase_ended | unsure | goes_on;
        (self.in_run, self.dot) = (runs >> 63, dots >> 63);
        (bits, changes)
    }
}

/// Sets the bit after each run of ones in `runs` that contains a bit of `some`, by the carry of their sum. A run at the
/// end of the 64 bits carries over to the next block by `carried`.
#[inline]
fn after_runs_with(runs: u64, some: u64, carried: &mut u64) -> u64 {
    let (sum, over) = runs.overflowing_add(some);
    let (sum, again) = sum.overflowing_add(*carried);
    *carried = u64::from(over | again);
    sum & !runs
}
