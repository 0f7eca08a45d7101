//! Finds runs of letters, and what must be known to tell their words at a glance, 64 bytes at a time.

use super::bytes::{CLOSES, DOT, GOES_ON, KINDS, WITHIN, WORD, first};
use crate::text::AppendBuffer;
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
}

/// The runs of one text.
#[derive(Debug, Default, Clone)]
pub(super) struct Runs {
    /// Where each begins and ends.
    edges: AppendBuffer<u32>,
    /// Bits of each 64 bytes: where a run begins, whether a phrase ended before it; at the byte behind a run,
    /// whether it is unsure.
    bits: Vec<u64>,
}

/// What the bytes before some 64 have to say of them: 1 or 0.
#[derive(Default)]
struct Before {
    /// Whether the last is in a run.
    in_run: u64,
    dot: u64,
    phrase_ended: u64,
    unsure: u64,
}

impl Runs {
    /// Finds the runs of a text.
    pub(super) fn find(&mut self, bytes: &[u8]) {
        self.edges.clear();
        self.bits.clear();
        let mut before = Before::default();
        let (blocks, rest) = bytes.as_chunks::<64>();
        for block in blocks.iter().chain([&first(rest)]) {
            let from = 64 * self.bits.len();
            let behind = bytes.get(from + 64).copied().unwrap_or(b' ');
            let (bits, changes) = before.block(block, behind);
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

impl Before {
    /// The bits of [`Runs`] of a block of 64 bytes, with the byte behind it, and where runs begin or end.
    #[inline]
    fn block(&mut self, bytes: &[u8; 64], behind: u8) -> (u64, u64) {
        let (mut runs, mut beyond, mut spaces) = (0, 0, 0);
        for (i, sixteen) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let sixteen = u8x16::new(*sixteen);
            let each = u8x16::splat;
            let bits = |of: u8x16| u64::from(of.to_bitmask()) << (16 * i);
            let within = |of: u8x16, first: u8, count: u8| (of - each(first)).simd_lt(each(count));
            let letters = within(sixteen | each(0x20), b'a', 26);
            // Characters beyond ASCII have the highest bit, which is the one that counts.
            runs |= bits(letters | within(sixteen, b'0', 10) | sixteen);
            beyond |= bits(sixteen);
            spaces |= bits(sixteen.simd_eq(each(b' ')));
        }
        let (mut ends_phrase, mut goes_on, mut dots) = (0, 0, 0);
        let mut signs = !(runs | spaces);
        while signs != 0 {
            let at = signs.trailing_zeros() as usize % 64;
            signs &= signs - 1;
            let sign = KINDS[bytes[at] as usize];
            let next = KINDS[*bytes.get(at + 1).unwrap_or(&behind) as usize];
            let unsure = (sign & GOES_ON != 0) & (sign & CLOSES | next & WORD != 0);
            ends_phrase |= u64::from(sign & WITHIN == 0) << at;
            goes_on |= u64::from(unsure) << at;
            dots |= u64::from(sign & DOT != 0) << at;
        }
        // A word may begin with a dot.
        let dotted = dots << 1 | self.dot;
        let changes = runs ^ (runs << 1 | self.in_run);
        let phrase_ended = behind_each(!runs, ends_phrase, &mut self.phrase_ended);
        let unsure = behind_each(runs, beyond | dotted & runs, &mut self.unsure);
        let bits = phrase_ended | unsure | goes_on;
        (self.in_run, self.dot) = (runs >> 63, dots >> 63);
        (bits, changes)
    }
}

/// Marks the bits behind each row of ones that has one of some bits in it: those that a sum of both carries
/// over to. The row that ends the 64 bits carries over to the next. Other bits behind rows are not set.
#[inline]
fn behind_each(rows: u64, some: u64, carried: &mut u64) -> u64 {
    let (sum, over) = rows.overflowing_add(some);
    let (sum, again) = sum.overflowing_add(*carried);
    *carried = u64::from(over | again);
    sum & !rows
}
