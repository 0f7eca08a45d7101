//! Longest match of phrases on tokens.

use crate::lexicon::{TokenClass, TokenClasses};
use crate::text::{AppendBuffer, BloomFilter, HashTable, Token, Tokens, combine};
use std::collections::BTreeMap;
use std::hint::black_box;

/// Words that a phrase may have between its own: "prioritize the backlog".
const DETERMINERS: [&str; 11] =
    ["a", "an", "the", "our", "your", "their", "its", "this", "that", "these", "those"];

/// Phrases by the hashes of their words, each with a value.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<V>(BTreeMap<Vec<u64>, V>);

impl<V> Phrases<V> {
    /// No phrases.
    pub(crate) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The phrases by their words.
    pub(crate) fn by_words(&self) -> &BTreeMap<Vec<u64>, V> {
        &self.0
    }

    /// The values of the phrases.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&[u64], &mut V)> {
        self.0.iter_mut().map(|(words, value)| (words.as_slice(), value))
    }

    /// The value of a phrase.
    pub(crate) fn get(&self, phrase: &[u64]) -> Option<&V> {
        self.0.get(phrase)
    }

    /// Adds a phrase. Gives back the value it already had, which the new one replaces.
    pub(crate) fn insert(&mut self, phrase: Vec<u64>, value: V) -> Option<V> {
        self.0.insert(phrase, value)
    }
}

/// Phrases that are looked for in texts, each with a value.
#[derive(Debug, Clone)]
pub struct PhraseTable<V> {
    /// From the hash of the first words of a phrase to one more than the place of its value if the phrase
    /// ends there, or 0.
    paths: HashTable,
    values: Vec<V>,
    /// The phrases of one word.
    alone: BloomFilter,
    /// What words are to the phrases, by their hashes.
    words: Vec<(u64, TokenClass)>,
    determiners: Vec<u64>,
}

impl<V: Copy> PhraseTable<V> {
    /// A trie of phrases.
    pub(crate) fn new(phrases: &Phrases<V>) -> Self {
        let mut paths: BTreeMap<u64, u32> = BTreeMap::new();
        let values: Vec<V> = phrases.0.values().copied().collect();
        for (phrase, place) in phrases.0.keys().zip(1..) {
            let mut path = None;
            for &word in phrase {
                let next = path.map_or(word, |path| combine(path, word));
                paths.entry(next).or_default();
                path = Some(next);
            }
            if let Some(path) = path {
                paths.insert(path, place);
            }
        }
        let paths: Vec<(u64, u32)> = paths.into_iter().collect();
        let mut words: BTreeMap<u64, TokenClass> = BTreeMap::new();
        let mut note = |word, kind| {
            let token_classes = words.entry(word).or_default();
            *token_classes = *token_classes | kind;
        };
        for phrase in phrases.0.keys() {
            let Some(&first) = phrase.first() else { continue };
            note(first, TokenClass::BEGINS);
            match phrase.get(1) {
                Some(&second) => note(second, TokenClass::SECOND),
                None => note(first, TokenClass::WHOLE),
            }
        }
        let alone: Vec<u64> =
            phrases.0.keys().filter(|phrase| phrase.len() == 1).map(|phrase| phrase[0]).collect();
        let determiners = Tokens::new(&DETERMINERS.join(" "));
        let determiners: Vec<u64> = determiners.as_slice().iter().map(|token| token.hash).collect();
        for &word in &determiners {
            note(word, TokenClass::DETERMINER | TokenClass::SECOND);
        }
        Self {
            // Twice the room: it is small, and each step waits for the one before.
            paths: HashTable::with_room(2 * paths.len(), &paths, values.len() + 1),
            values,
            alone: BloomFilter::of(&alone),
            words: words.into_iter().collect(),
            determiners,
        }
    }

    /// What words are to the phrases, by their hashes; the others are nothing.
    pub(crate) fn words(&self) -> impl Iterator<Item = (u64, TokenClass)> {
        self.words.iter().copied()
    }

    /// The first words of phrases, by their hashes.
    pub(crate) fn first_words(&self) -> impl Iterator<Item = u64> {
        self.words()
            .filter(|(_, token_classes)| token_classes.has(TokenClass::BEGINS))
            .map(|(word, _)| word)
    }

    /// Keeps the tokens that a phrase may begin at, hardly any others among them, with few branches: what comes
    /// next is hard to foresee. `token_classes` are what the tokens are to the phrases.
    pub(crate) fn keep_starts(
        &self,
        tokens: &[Token],
        token_classes: &TokenClasses,
        starts: &mut AppendBuffer<u32>,
    ) {
        let (may_be, alone) = (self.paths.likely.may_have(), self.alone.may_have());
        starts.retain(|&at| {
            let tokens = &tokens[at as usize..];
            let own = tokens[0].hash;
            let with = |i: usize| tokens.get(i).is_some_and(|next| may_be(combine(own, next.hash)));
            let mut goes_on = with(1) | alone(own);
            let behind = at as usize + 1;
            if token_classes.has(behind, TokenClass::DETERMINER) {
                goes_on |= with(2) | token_classes.has(behind + 1, TokenClass::DETERMINER);
            }
            goes_on
        });
    }

    /// Fetches what is known of the phrases that begin at these tokens, which then is at hand: one after the
    /// other, each is waited for.
    pub(crate) fn fetch(&self, tokens: &[Token], starts: &[u32], fetched: &mut Vec<u64>) {
        let first = self.paths.home_slots();
        fetched.clear();
        fetched.extend(starts.iter().filter_map(|&at| {
            let [one, two] = tokens[at as usize..].first_chunk()?;
            Some(first(combine(one.hash, two.hash)))
        }));
        let places = fetched.iter().map(|&found| self.paths.value_of(found) as usize);
        for value in places.filter_map(|place| self.values.get(place.checked_sub(1)?)) {
            black_box(*value);
        }
    }

    /// What `paths` has, if phrases begin with such words.
    #[inline]
    fn find(&self, path: u64) -> Option<u32> {
        self.paths.likely.may_have()(path).then(|| self.paths.get(path)).flatten()
    }

    /// The value of the phrase that ends there.
    #[inline]
    fn value(&self, found: u32) -> Option<V> {
        (found as usize).checked_sub(1).map(|place| self.values[place])
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
        let first = tokens.first()?;
        let best = self.value(self.find(first.hash)?).filter(|&value| fits(value, 1));
        let is_determiner = |i: usize| self.determiners.contains(&tokens[i].hash);
        self.longer(tokens, within_breaks, is_determiner, fits).or(best.map(|value| (value, 1)))
    }

    /// The same for the token at a place that a phrase begins with, within breaks. `token_classes` are what the tokens
    /// are to the phrases.
    pub(crate) fn longest_at(
        &self,
        at: usize,
        tokens: &[Token],
        token_classes: &TokenClasses,
        fits: impl Fn(V, usize) -> bool,
    ) -> Option<(V, usize)> {
        let is_determiner = |i| token_classes.has(at + i, TokenClass::DETERMINER);
        self.longer(&tokens[at..], true, is_determiner, &fits).or_else(|| {
            let is_whole = token_classes.has(at, TokenClass::WHOLE);
            let found = is_whole.then(|| self.find(tokens[at].hash)).flatten();
            found
                .and_then(|found| self.value(found))
                .filter(|&value| fits(value, 1))
                .map(|value| (value, 1))
        })
    }

    /// The longest phrase of more than one token.
    #[inline]
    fn longer(
        &self,
        tokens: &[Token],
        within_breaks: bool,
        is_determiner: impl Fn(usize) -> bool,
        fits: impl Fn(V, usize) -> bool,
    ) -> Option<(V, usize)> {
        let mut path = tokens[0].hash;
        let mut best = None;
        for (i, token) in tokens.iter().enumerate().skip(1) {
            if within_breaks && token.breaks {
                break;
            }
            let next = combine(path, token.hash);
            match self.find(next) {
                Some(found) => {
                    path = next;
                    if let Some(value) = self.value(found).filter(|&value| fits(value, i + 1)) {
                        best = Some((value, i + 1));
                    }
                }
                None if is_determiner(i) => {}
                None => break,
            }
        }
        best
    }
}
