//! Longest match of phrases on tokens.

use crate::text::{Token, Tokens};
use std::collections::HashMap;

/// Words that a phrase may have between its own: "prioritize the backlog".
const DETERMINERS: [&str; 11] =
    ["a", "an", "the", "our", "your", "their", "its", "this", "that", "these", "those"];

/// Phrases by their tokens, each with a value.
#[derive(Debug, Clone)]
pub struct Trie<V> {
    /// (node, hash of the next word) to the next node; 0 is the root.
    edges: HashMap<(u32, u64), u32, rapidhash::fast::RandomState>,
    values: Vec<Option<V>>,
    determiners: Vec<u64>,
}

impl<V: Copy> Trie<V> {
    /// A trie with no phrases.
    pub fn new() -> Self {
        let mut determiners: Vec<u64> =
            Tokens::new(&DETERMINERS.join(" ")).as_slice().iter().map(|t| t.hash).collect();
        determiners.sort_unstable();
        Self { edges: HashMap::default(), values: vec![None], determiners }
    }

    /// Adds a phrase. Gives back the value it already had, which the new one replaces.
    pub fn insert(&mut self, phrase: impl IntoIterator<Item = u64>, value: V) -> Option<V> {
        let mut node = 0;
        for word in phrase {
            let next = self.values.len() as u32;
            node = *self.edges.entry((node, word)).or_insert_with(|| {
                self.values.push(None);
                next
            });
        }
        self.values[node as usize].replace(value)
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
            match self.edges.get(&(node, token.hash)) {
                Some(&next) => {
                    node = next;
                    if let Some(value) = self.values[node as usize]
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
