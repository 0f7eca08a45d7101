//! Longest match of phrases on tokens.

use crate::text::{Listed, Sieve, Token, Tokens, bit, combine};
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
    /// The words that may be of a kind, by bits of their hashes.
    kinds: Vec<[u64; 3]>,
    /// The first two words of phrases.
    pairs: Sieve,
    /// The edges: most words go on from no node, which is told without a look-up.
    likely: Sieve,
}

/// Bits for words and for edges: many more than there are of each.
const WORDS: usize = 1 << 14;
const EDGES: usize = 1 << 17;

/// Words that phrases begin with, words that are a phrase, and determiners.
const START: usize = 0;
const SINGLE: usize = 1;
const DETERMINER: usize = 2;

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
        let mut trie = Self {
            edges: HashMap::default(),
            values: vec![None],
            determiners,
            kinds: vec![[0; 3]; WORDS / 64],
            pairs: Sieve::new(EDGES),
            likely: Sieve::new(EDGES),
        };
        for i in 0..trie.determiners.len() {
            trie.note(trie.determiners[i], DETERMINER);
        }
        trie
    }

    fn note(&mut self, word: u64, kind: usize) {
        let (place, mask) = bit(word, self.kinds.len());
        self.kinds[place][kind] |= mask;
    }

    /// Of which kinds a word may be.
    #[inline]
    fn kinds(&self, word: u64) -> [bool; 3] {
        let (place, mask) = bit(word, WORDS / 64);
        self.kinds[place].map(|bits| bits & mask != 0)
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
                (1, _) => self.note(word, START),
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
            self.note(word, SINGLE);
        }
        self.values[at as usize].replace(value)
    }

    /// Whether a phrase may begin with a word.
    #[inline]
    pub fn may_begin(&self, word: u64) -> bool {
        self.kinds(word)[START]
    }

    /// Finds the tokens that a phrase may begin at, hardly any others among them, with few branches: what
    /// comes next is hard to foresee.
    pub(crate) fn starts(&self, tokens: &[Token], starts: &mut Listed<u32>) {
        let hash = |at: usize| tokens.get(at).map_or(0, |token| token.hash);
        let kinds = |at: usize| self.kinds(hash(at));
        starts.clear();
        starts.reserve(tokens.len());
        let (mut next, mut behind) = (kinds(0), kinds(1));
        for at in 0..tokens.len() {
            let now = next;
            (next, behind) = (behind, kinds(at + 2));
            let mut goes_on = self.pairs.may_have(combine(hash(at), hash(at + 1)));
            if next[DETERMINER] {
                let pair = self.pairs.may_have(combine(hash(at), hash(at + 2)));
                goes_on |= pair | behind[DETERMINER];
            }
            starts.add_if(now[START] & (now[SINGLE] | goes_on), at as u32);
        }
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
