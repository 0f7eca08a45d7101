//! What words are to the phrases of the lexicon.

use crate::text::AppendBuffer;
use std::ops::BitOr;
use wide::u8x16;

/// What a word is to the phrases that are looked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenClass(u8);

impl TokenClass {
    /// How many bits there are.
    pub(crate) const BITS: u32 = 7;
    /// A phrase begins with it.
    pub(crate) const BEGINS: Self = Self(1);
    /// It is a phrase.
    pub(crate) const WHOLE: Self = Self(2);
    /// Phrases may have it between their own words.
    pub(crate) const DETERMINER: Self = Self(4);

    /// It is the second of a phrase, or one that may stand before that.
    pub(crate) const SECOND: Self = Self(8);
    /// A heading may begin with it.
    pub(crate) const HEADING: Self = Self(16);
    /// A form of boilerplate may begin with it.
    pub(crate) const BOILERPLATE: Self = Self(32);
    /// It is a common word of English.
    pub(crate) const COMMON: Self = Self(64);

    /// Whether it is of a kind.
    pub(crate) fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// What it is besides a kind.
    pub(crate) fn without(self, kind: Self) -> Self {
        Self(self.0 & !kind.0)
    }

    /// Where it is among some.
    #[inline]
    pub(crate) fn among(self, some: u8x16) -> u8x16 {
        let each = u8x16::splat(self.0);
        (some & each).simd_eq(each)
    }

    /// As a number, below 2 to the power of [`Self::BITS`].
    pub(crate) fn number(self) -> u32 {
        self.0.into()
    }

    /// From the lowest bits of a number.
    #[inline]
    pub(crate) fn from_number(number: u32) -> Self {
        Self(number as u8 & ((1 << Self::BITS) - 1))
    }
}

/// Those of the words of a text, one after the other, each with a bit that says whether a sentence or a line
/// ends before it.
#[derive(Debug, Default, Clone)]
pub(crate) struct TokenClasses(Vec<u8>);

/// Words that are looked at together by [`TokenClasses::has_few`].
pub(crate) const WINDOW: usize = 40;
const BREAKS: TokenClass = TokenClass(1 << TokenClass::BITS);
/// Words behind those of a text.
const BEHIND: usize = 64;
/// Those of eight words.
const EIGHT_BREAKS: u64 = u64::from_le_bytes([BREAKS.0; 8]);

impl TokenClasses {
    /// Takes those of other words, each with whether a sentence or a line ends before it.
    pub(crate) fn set(&mut self, token_classes: impl Iterator<Item = (TokenClass, bool)>) {
        self.0.clear();
        let breaks = |breaks| u8::from(breaks) << TokenClass::BITS;
        self.0
            .extend(token_classes.map(|(token_classes, before)| token_classes.0 | breaks(before)));
        // Words that are nothing, so that 64 can be looked at from everywhere, and those behind them.
        self.0.push(breaks(true));
        self.0.extend([0; BEHIND - 1]);
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len().saturating_sub(BEHIND)
    }

    /// Whether the word at a place is of a kind.
    #[inline]
    pub(crate) fn has(&self, at: usize, kind: TokenClass) -> bool {
        self.0[at] & kind.0 != 0
    }

    /// The first place from one on before which a sentence or a line may end: one with a break before it, or the
    /// end of the text.
    #[inline]
    pub(crate) fn break_from(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(eight) = self.0.get(at..).and_then(<[u8]>::first_chunk) {
            let breaks = u64::from_le_bytes(*eight) & EIGHT_BREAKS;
            if breaks != 0 {
                return at + breaks.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        from
    }

    /// The last such place up to one, or the beginning of the text.
    #[inline]
    pub(crate) fn break_up_to(&self, to: usize) -> usize {
        let mut end = to + 1;
        while let Some(eight) = self.0[..end].last_chunk() {
            let breaks = u64::from_le_bytes(*eight) & EIGHT_BREAKS;
            if breaks != 0 {
                return end - 1 - breaks.leading_zeros() as usize / 8;
            }
            end -= 8;
        }
        (0..end).rev().find(|&at| self.has(at, BREAKS)).unwrap_or(0)
    }

    /// How many are of a kind.
    pub(crate) fn count(&self, kind: TokenClass) -> usize {
        let (sixteens, _) = self.0.as_chunks::<16>();
        let of_kind = |words: &[u8; 16]| kind.among(u8x16::new(*words)).to_bitmask().count_ones();
        sixteens.iter().map(of_kind).sum::<u32>() as usize
    }

    /// Whether there are [`WINDOW`] words in a row, of those that begin at every eighth word, of which no more than so
    /// many are of one kind and of another.
    pub(crate) fn has_few(&self, token_classes: [TokenClass; 2], most: [u32; 2]) -> bool {
        let (eights, _) = self.0[..self.len()].as_chunks::<8>();
        let each = token_classes.map(|kind| u64::from_le_bytes([kind.0; 8]));
        let of_kinds =
            |eight: &[u8; 8]| each.map(|kind| (u64::from_le_bytes(*eight) & kind).count_ones());
        let mut last = [[0; 2]; WINDOW / 8];
        eights.iter().enumerate().any(|(i, eight)| {
            last[i % last.len()] = of_kinds(eight);
            let sum = last.iter().fold([0; 2], |[a, b], [c, d]| [a + c, b + d]);
            i + 1 >= last.len() && sum[0] <= most[0] && sum[1] <= most[1]
        })
    }

    /// Lists the places of those of a kind near to which a line or sentence begins and ends, as in one of so few
    /// words: hardly any of those in longer ones.
    pub(crate) fn list_in_short_lines(
        &self,
        places: &mut AppendBuffer<u32>,
        kind: TokenClass,
        words: usize,
    ) {
        places.clear();
        let (blocks, _) = self.0.as_chunks::<64>();
        let of_kind = |block: &[u8; 64], kind: TokenClass| {
            bits(block.as_chunks::<16>().0.iter().map(|words| kind.among(u8x16::new(*words))))
        };
        let breaks = |block: Option<&[u8; 64]>| block.map_or(0, |block| of_kind(block, BREAKS));
        let (mut before, mut own) = (0, breaks(blocks.first()));
        for (i, block) in blocks.iter().enumerate() {
            let next = breaks(blocks.get(i + 1));
            let with_before = u128::from(own) << 64 | u128::from(before);
            let with_next = u128::from(next) << 64 | u128::from(own);
            let begins = (0..words).fold(0, |any, k| any | (with_before << k >> 64) as u64);
            let ends = (1..=words).fold(0, |any, k| any | (with_next >> k) as u64);
            places.add_bits(64 * i as u32, of_kind(block, kind) & begins & ends);
            (before, own) = (own, next);
        }
    }

    /// Lists the places of those of a kind that are whole phrases, or have a second word of a phrase behind them.
    pub(crate) fn list_beginnings(&self, places: &mut AppendBuffer<u32>, kind: TokenClass) {
        places.clear();
        let (own, _) = self.0.as_chunks::<64>();
        let (next, _) = self.0.get(1..).unwrap_or_default().as_chunks::<64>();
        for ((own, next), from) in own.iter().zip(next).zip((0..).step_by(64)) {
            let sixteens = own.as_chunks::<16>().0.iter().zip(next.as_chunks::<16>().0);
            let masks = sixteens.map(|(own, next)| {
                let [own, next] = [*own, *next].map(u8x16::new);
                kind.among(own) & (TokenClass::WHOLE.among(own) | TokenClass::SECOND.among(next))
            });
            places.add_bits(from, bits(masks));
        }
    }
}

/// The bits of masks of 16 words each, one after the other.
#[inline]
fn bits(masks: impl Iterator<Item = u8x16>) -> u64 {
    masks.zip(0..).fold(0, |bits, (mask, i)| bits | u64::from(mask.to_bitmask()) << (16 * i))
}

impl BitOr for TokenClass {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
