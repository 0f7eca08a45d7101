//! Longest match of phrases on tokens.

use crate::text::{Listed, Sieve, Table, Token, Tokens, bit, combine};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Words that a phrase may have between its own: "prioritize the backlog".
const DETERMINERS: [&str; 11] =
    ["a", "an", "the", "our", "your", "their", "its", "this", "that", "these", "those"];

/// Phrases by the hashes of their words, each with a value.
#[derive(Debug, Clone)]
pub(super) struct Phrases<V>(BTreeMap<Vec<u64>, V>);

impl<V> Phrases<V> {
    /// No phrases.
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a phrase. Gives back the value it already had, which the new one replaces.
    pub(super) fn insert(&mut self, phrase: Vec<u64>, value: V) -> Option<V> {
        self.0.insert(phrase, value)
    }
}

/// Phrases that are looked for in texts, each with a value.
#[derive(Debug, Clone)]
pub struct Trie<V> {
    /// From node and next word, hashed together, to the next node: twice its number, and one more if a
    /// phrase ends there. The root is 0.
    edges: Table,
    /// By node.
    values: Vec<Option<V>>,
    determiners: Vec<u64>,
    /// The words that may be of a kind, by bits of their hashes.
    kinds: Vec<[u64; 3]>,
    /// The first two words of phrases.
    pairs: Sieve,
}

/// Words that phrases begin with, words that are a phrase, and determiners.
const START: usize = 0;
const SINGLE: usize = 1;
const DETERMINER: usize = 2;

fn edge(node: u32, word: u64) -> u64 {
    combine(word, u64::from(node))
}

impl<V: Copy> Trie<V> {
    /// A trie of phrases.
    pub(super) fn new(phrases: &Phrases<V>) -> Self {
        let mut edges = BTreeMap::new();
        let mut values = vec![None];
        for (phrase, &value) in &phrases.0 {
            let mut at = 0;
            for &word in phrase {
                at = match edges.entry(edge(at, word)) {
                    Entry::Occupied(next) => *next.get(),
                    Entry::Vacant(next) => {
                        values.push(None);
                        *next.insert(values.len() as u32 - 1)
                    }
                };
            }
            values[at as usize] = Some(value);
        }
        let is_end = |node: u32| u32::from(values[node as usize].is_some());
        let edges: Vec<(u64, u32)> =
            edges.into_iter().map(|(edge, node)| (edge, 2 * node + is_end(node))).collect();
        let mut trie = Self {
            edges: Table::new(&edges, 2 * values.len()),
            values,
            determiners: Vec::new(),
            kinds: vec![[0; 3]; phrases.0.len().div_ceil(64).next_power_of_two()],
            pairs: Sieve::new(6 * phrases.0.len()),
        };
        for phrase in phrases.0.keys() {
            let Some(&first) = phrase.first() else { continue };
            trie.note(first, START);
            match phrase.get(1) {
                Some(&second) => trie.pairs.insert(combine(first, second)),
                None => trie.note(first, SINGLE),
            }
        }
        for token in Tokens::new(&DETERMINERS.join(" ")).as_slice() {
            trie.note(token.hash, DETERMINER);
            trie.determiners.push(token.hash);
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
        let (place, mask) = bit(word, self.kinds.len());
        self.kinds[place].map(|bits| bits & mask != 0)
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

    fn is_determiner(&self, word: u64) -> bool {
        self.kinds(word)[DETERMINER] && self.determiners.contains(&word)
    }

    /// The next node, and whether a phrase ends there.
    #[inline]
    fn next(&self, node: u32, word: u64) -> Option<(u32, bool)> {
        let edge = edge(node, word);
        let known = self.edges.likely.may_have(edge).then(|| self.edges.first(edge));
        let next = known.and_then(|first| self.edges.get(edge, first))?;
        Some((next / 2, next % 2 == 1))
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
                Some((next, is_end)) => {
                    node = next;
                    if is_end
                        && let Some(value) = self.values[node as usize]
                        && fits(value, i + 1)
                    {
                        best = Some((value, i + 1));
                    }
                }
                None if i > 0 && self.is_determiner(token.hash) => {}
                None => break,
            }
        }
        best
    }
}
