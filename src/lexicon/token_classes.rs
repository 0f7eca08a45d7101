//! Classes of tokens, as bit flags: how a word can occur in the phrases of the lexicon.

use crate::text::AppendBuffer;
use std::ops::BitOr;
use wide::u8x16;

/// The classes of a word, as bit flags.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenClass(u8);

impl TokenClass {
    /// Number of flags.
    pub(crate) const BITS: u32 = 7;
    /// First word of a phrase.
    pub(crate) const BEGINS: Self = Self(1);
    /// A phrase of one word.
    pub(crate) const WHOLE: Self = Self(2);
    /// A determiner, which texts may have between the words of a phrase.
    pub(crate) const DETERMINER: Self = Self(4);

    /// Second word of a phrase, or a determiner, which may precede it.
    pub(crate) const SECOND: Self = Self(8);
    /// First word of a heading.
    pub(crate) const HEADING: Self = Self(16);
    /// First word of a form of boilerplate.
    pub(crate) const BOILERPLATE: Self = Self(32);
    /// A common word of the language of the texts.
    pub(crate) const COMMON: Self = Self(64);

    /// Whether it has any of the classes.
    pub(crate) fn has(self, classes: Self) -> bool {
        self.0 & classes.0 != 0
    }

    /// Its other classes.
    pub(crate) fn without(self, classes: Self) -> Self {
        Self(self.0 & !classes.0)
    }

    /// A mask of those of 16 tokens that have all its classes.
    #[inline]
    pub(crate) fn among(self, tokens: u8x16) -> u8x16 {
        let each = u8x16::splat(self.0);
        (tokens & each).simd_eq(each)
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

/// The classes of the tokens of a text, one byte each, whose highest bit is whether a sentence or a line ends before
/// it. Followed by [`PADDING`] bytes.
#[derive(Debug, Default, Clone)]
pub(crate) struct TokenClasses(Vec<u8>);

/// Tokens in a sliding window of [`TokenClasses::has_few`].
pub(crate) const WINDOW: usize = 40;
/// The flag of a break before the token.
const BREAKS: TokenClass = TokenClass(1 << TokenClass::BITS);
/// Bytes after those of the tokens, so that 64 can be read from any token.
const PADDING: usize = 64;
/// The flags of breaks of eight tokens.
const EIGHT_BREAKS: u64 = u64::from_le_bytes([BREAKS.0; 8]);

impl TokenClasses {
    /// Replaces the tokens by others, each with whether a sentence or a line ends before it.
    pub(crate) fn set(&mut self, token_classes: impl Iterator<Item = (TokenClass, bool)>) {
        self.0.clear();
        let breaks = |breaks| u8::from(breaks) << TokenClass::BITS;
        self.0
            .extend(token_classes.map(|(token_classes, before)| token_classes.0 | breaks(before)));
        // The padding: the end of the text is a break.
        self.0.push(breaks(true));
        self.0.extend([0; PADDING - 1]);
    }

    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.0.len().saturating_sub(PADDING)
    }

    /// Whether the token at an index has any of the classes.
    #[inline]
    pub(crate) fn has(&self, at: usize, classes: TokenClass) -> bool {
        self.0[at] & classes.0 != 0
    }

    /// The first token index, from `from`, with a break before it, or the end of the text.
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

    /// The last token index, up to `to`, with a break before it, or the beginning of the text.
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

    /// Number of tokens of a class.
    pub(crate) fn count(&self, class: TokenClass) -> usize {
        let (sixteens, _) = self.0.as_chunks::<16>();
        let of_class =
            |tokens: &[u8; 16]| class.among(u8x16::new(*tokens)).to_bitmask().count_ones();
        sixteens.iter().map(of_class).sum::<u32>() as usize
    }

    /// Whether a window of [`WINDOW`] tokens has at most `most[i]` tokens of class `i`, for both classes. Windows begin
    /// at every eighth token.
    pub(crate) fn has_few(&self, token_classes: [TokenClass; 2], most: [u32; 2]) -> bool {
        let (eights, _) = self.0[..self.len()].as_chunks::<8>();
        let each = token_classes.map(|class| u64::from_le_bytes([class.0; 8]));
        let of_classes =
            |eight: &[u8; 8]| each.map(|class| (u64::from_le_bytes(*eight) & class).count_ones());
        let mut last = [[0; 2]; WINDOW / 8];
        eights.iter().enumerate().any(|(i, eight)| {
            last[i % last.len()] = of_classes(eight);
            let sum = last.iter().fold([0; 2], |[a, b], [c, d]| [a + c, b + d]);
            i + 1 >= last.len() && sum[0] <= most[0] && sum[1] <= most[1]
        })
    }

    /// Sets `indices` to the tokens of a class that have a break within `words` tokens both before and after: all those
    /// in lines or sentences of at most `words` tokens, and few others.
    pub(crate) fn append_in_short_lines(
        &self,
        indices: &mut AppendBuffer<u32>,
        class: TokenClass,
        words: usize,
    ) {
        indices.clear();
        let (blocks, _) = self.0.as_chunks::<64>();
        let of_class = |block: &[u8; 64], class: TokenClass| {
            bits(block.as_chunks::<16>().0.iter().map(|tokens| class.among(u8x16::new(*tokens))))
        };
        let breaks = |block: Option<&[u8; 64]>| block.map_or(0, |block| of_class(block, BREAKS));
        let (mut before, mut current) = (0, breaks(blocks.first()));
        for (i, block) in blocks.iter().enumerate() {
            let next = breaks(blocks.get(i + 1));
            let with_before = u128::from(current) << 64 | u128::from(before);
            let with_next = u128::from(next) << 64 | u128::from(current);
            let begins = (0..words).fold(0, |any, k| any | (with_before << k >> 64) as u64);
            let ends = (1..=words).fold(0, |any, k| any | (with_next >> k) as u64);
            indices.add_bits(64 * i as u32, of_class(block, class) & begins & ends);
            (before, current) = (current, next);
        }
    }

    /// Sets `indices` to the tokens of a class that are whole phrases, or are followed by the second word of a phrase.
    pub(crate) fn append_beginnings(&self, indices: &mut AppendBuffer<u32>, class: TokenClass) {
        indices.clear();
        let (blocks, _) = self.0.as_chunks::<64>();
        let (next, _) = self.0.get(1..).unwrap_or_default().as_chunks::<64>();
        for ((block, next), from) in blocks.iter().zip(next).zip((0..).step_by(64)) {
            let sixteens = block.as_chunks::<16>().0.iter().zip(next.as_chunks::<16>().0);
            let masks = sixteens.map(|(tokens, next)| {
                let [tokens, next] = [*tokens, *next].map(u8x16::new);
                class.among(tokens)
                    & (TokenClass::WHOLE.among(tokens) | TokenClass::SECOND.among(next))
            });
            indices.add_bits(from, bits(masks));
        }
    }
}

/// Concatenates masks of 16 tokens each into one bit per token.
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
