//! Longest match of phrases on tokens.

use crate::text::{Sieve, Token, Tokens, combine};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Words that a phrase may have between its own: "prioritize the backlog".
const DETERMINERS: [&str; 11] =
    ["a", "an", "the", "our", "your", "their", "its", "this", "that", "these", "those"];

/// Phrases by their tokens, each with a value.
#[derive(Debug, Clone)]
pub struct Trie<V> {
    /// From node and next word, hashed together, to the next node; 0 is the root.
    edges: HashMap<u64, Node, BuildHasherDefault<AsItIs>>,
    values: Vec<Option<V>>,
    determiners: Vec<u64>,
    maybe_determiners: Sieve,
    /// The words that phrases begin with, those that are one, and the first two of the others.
    starts: Sieve,
    singles: Sieve,
    pairs: Sieve,
    /// The edges: most words go on from no node, which is told without a look-up.
    likely: Sieve,
}

/// Bits for words and for edges: many more than there are of each.
const WORDS: usize = 1 << 14;
const EDGES: usize = 1 << 17;

#[derive(Debug, Clone, Copy)]
struct Node {
    number: u32,
    /// Whether a phrase ends there.
    is_end: bool,
}

fn edge(node: u32, word: u64) -> u64 {
    combine(word, u64::from(node))
}

/// Hashes an edge, which is a hash.
#[derive(Debug, Default, Clone, Copy)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = combine(self.0, b.into());
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl<V: Copy> Trie<V> {
    /// A trie with no phrases.
    pub fn new() -> Self {
        let mut determiners: Vec<u64> =
            Tokens::new(&DETERMINERS.join(" ")).as_slice().iter().map(|t| t.hash).collect();
        determiners.sort_unstable();
        let mut maybe_determiners = Sieve::new(WORDS);
        for &word in &determiners {
            maybe_determiners.insert(word);
        }
        Self {
            edges: HashMap::default(),
            values: vec![None],
            determiners,
            maybe_determiners,
            starts: Sieve::new(WORDS),
            singles: Sieve::new(WORDS),
            pairs: Sieve::new(EDGES),
            likely: Sieve::new(EDGES),
        }
    }

    /// Adds a phrase. Gives back the value it already had, which the new one replaces.
    pub fn insert(&mut self, phrase: impl IntoIterator<Item = u64>, value: V) -> Option<V> {
        let (mut at, mut last) = (0, None);
        let mut words = phrase.into_iter().peekable();
        let first = words.peek().copied();
        let mut length = 0;
        for word in words {
            length += 1;
            match (length, first) {
                (1, _) => self.starts.insert(word),
                (2, Some(first)) => self.pairs.insert(combine(first, word)),
                _ => {}
            }
            let edge = edge(at, word);
            self.likely.insert(edge);
            let number = self.values.len() as u32;
            let next = self.edges.entry(edge).or_insert_with(|| {
                self.values.push(None);
                Node { number, is_end: false }
            });
            (at, last) = (next.number, Some(edge));
        }
        if let Some(node) = last.and_then(|edge| self.edges.get_mut(&edge)) {
            node.is_end = true;
        }
        if let Some(word) = first.filter(|_| length == 1) {
            self.singles.insert(word);
        }
        self.values[at as usize].replace(value)
    }

    /// Whether a phrase may begin at a token; hardly ever if none does.
    #[inline]
    pub fn may_begin(&self, tokens: &[Token], at: usize) -> bool {
        // No branches: what comes next is hard to foresee.
        let hash = |at: usize| tokens.get(at).map_or(0, |token| token.hash);
        let [word, next, behind] = [hash(at), hash(at + 1), hash(at + 2)];
        let skips = self.maybe_determiners.may_have(next)
            & (self.maybe_determiners.may_have(behind)
                | self.pairs.may_have(combine(word, behind)));
        let goes_on = self.pairs.may_have(combine(word, next)) | skips;
        self.starts.may_have(word) & (self.singles.may_have(word) | goes_on)
    }

    #[inline]
    fn next(&self, node: u32, word: u64) -> Option<Node> {
        let edge = edge(node, word);
        self.likely.may_have(edge).then(|| self.edges.get(&edge).copied()).flatten()
    }

    /// The longest phrase that begins at `tokens[0]` and whose value `fits` accepts (given the
    /// value and the number of tokens), with its length in tokens. Phrases do not reach over a
    /// break if `within_breaks`.
    pub fn longest(
        &self,
        tokens: &[Token],
        within_breaks: bool,
        fits: impl Fn(V, usize) -> bool,
    ) -> Option<(V, usize)> {
        let mut node = 0;
        let mut best = None;
        for (i, token) in tokens.iter().enumerate() {
            if i > 0 && within_breaks && token.breaks {
                break;
            }
            match self.next(node, token.hash) {
                Some(next) => {
                    node = next.number;
                    if next.is_end
                        && let Some(value) = self.values[node as usize]
                        && fits(value, i + 1)
                    {
                        best = Some((value, i + 1));
                    }
                }
                None if i > 0 && self.determiners.binary_search(&token.hash).is_ok() => {}
                None => break,
            }
        }
        best
    }
}

impl<V: Copy> Default for Trie<V> {
    fn default() -> Self {
        Self::new()
    }
}
