//! Longest match of phrases on tokens.

use super::Kinds;
use crate::text::{Listed, Sieve, Table, Token, Tokens, combine};
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
    /// What words are to the phrases, by their hashes.
    words: Vec<(u64, Kinds)>,
    determiners: Vec<u64>,
    /// The first two words of phrases.
    pairs: Sieve,
}

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
        let mut pairs = Sieve::new(6 * phrases.0.len());
        let mut words: BTreeMap<u64, Kinds> = BTreeMap::new();
        let mut note = |word, kind| {
            let kinds = words.entry(word).or_default();
            *kinds = *kinds | kind;
        };
        for phrase in phrases.0.keys() {
            let Some(&first) = phrase.first() else { continue };
            note(first, Kinds::BEGINS);
            match phrase.get(1) {
                Some(&second) => {
                    pairs.insert(combine(first, second));
                    note(second, Kinds::SECOND);
                }
                None => note(first, Kinds::WHOLE),
            }
        }
        let determiners = Tokens::new(&DETERMINERS.join(" "));
        let determiners: Vec<u64> = determiners.as_slice().iter().map(|token| token.hash).collect();
        for &word in &determiners {
            note(word, Kinds::DETERMINER | Kinds::SECOND);
        }
        Self {
            edges: Table::new(&edges, 2 * values.len()),
            values,
            words: words.into_iter().collect(),
            determiners,
            pairs,
        }
    }

    /// What words are to the phrases, by their hashes; the others are nothing.
    pub(crate) fn words(&self) -> impl Iterator<Item = (u64, Kinds)> {
        self.words.iter().copied()
    }

    /// Finds the tokens that a phrase may begin at, hardly any others among them, with few branches: what
    /// comes next is hard to foresee. `kinds` says what a token is to the phrases, from its place.
    pub(crate) fn starts(
        &self,
        tokens: &[Token],
        kinds: impl Fn(usize) -> Kinds,
        starts: &mut Listed<u32>,
    ) {
        let is = |at: usize, kind| at < tokens.len() && kinds(at).has(kind);
        starts.clear();
        starts.reserve(tokens.len());
        let all = 0..tokens.len();
        starts.add_wanted(all.map(|at| {
            let goes_on = is(at, Kinds::WHOLE) | is(at + 1, Kinds::SECOND);
            (is(at, Kinds::BEGINS) & goes_on, at as u32)
        }));
        let hash = |at: usize| tokens.get(at).map_or(0, |token| token.hash);
        let pair = |at, next| self.pairs.may_have(combine(hash(at), hash(next)));
        starts.retain(|&at| {
            let at = at as usize;
            let mut goes_on = pair(at, at + 1);
            if is(at + 1, Kinds::DETERMINER) {
                goes_on |= pair(at, at + 2) | is(at + 2, Kinds::DETERMINER);
            }
            goes_on | is(at, Kinds::WHOLE)
        });
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
                None if i > 0 && self.determiners.contains(&token.hash) => {}
                None => break,
            }
        }
        best
    }
}
