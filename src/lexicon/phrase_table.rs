//! Longest match of phrases on tokens, by a hash table of phrase prefixes.

use crate::lexicon::{TokenClass, TokenClasses};
use crate::text::{AppendBuffer, BloomFilter, HashTable, Token, combine};
use std::collections::BTreeMap;
use std::hint::black_box;

/// Most words in a row that a text may have between the words of a phrase: "prioritize all of the backlog".
const MOST_DETERMINERS: usize = 4;

/// Phrases with values, by their word hashes.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<V>(BTreeMap<Vec<u64>, V>);

impl<V> Phrases<V> {
    /// No phrases.
    pub(crate) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// All phrases, sorted by their word hashes.
    pub(crate) fn by_words(&self) -> &BTreeMap<Vec<u64>, V> {
        &self.0
    }

    /// The phrases with their values.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&[u64], &mut V)> {
        self.0.iter_mut().map(|(words, value)| (words.as_slice(), value))
    }

    /// The value of a phrase.
    pub(crate) fn get(&self, phrase: &[u64]) -> Option<&V> {
        self.0.get(phrase)
    }

    /// Adds a phrase. Returns the value it had before, which the new one replaces.
    pub(crate) fn insert(&mut self, phrase: Vec<u64>, value: V) -> Option<V> {
        self.0.insert(phrase, value)
    }
}

/// Phrases with values, indexed for matching.
#[derive(Debug, Clone)]
pub(crate) struct PhraseTable<V> {
    /// By the hash of a prefix of a phrase: the index of its value plus 1 if the prefix is a whole phrase, else 0.
    prefixes: HashTable,
    values: Vec<V>,
    /// The phrases of one word.
    single_words: BloomFilter,
    /// Token classes by word hash.
    words: Vec<(u64, TokenClass)>,
    /// Words that a text may have between the words of a phrase.
    determiners: Vec<u64>,
}

impl<V: Copy> PhraseTable<V> {
    /// Indexes phrases; `determiners` are hashes of words that a text may have between the words of a phrase.
    pub(crate) fn new(phrases: &Phrases<V>, determiners: &[u64]) -> Self {
        let mut prefixes: BTreeMap<u64, u32> = BTreeMap::new();
        let values: Vec<V> = phrases.0.values().copied().collect();
        for (phrase, number) in phrases.0.keys().zip(1..) {
            let mut prefix = None;
            for &word in phrase {
                let next = prefix.map_or(word, |prefix| combine(prefix, word));
                prefixes.entry(next).or_default();
                prefix = Some(next);
            }
            if let Some(prefix) = prefix {
                prefixes.insert(prefix, number);
            }
        }
        let prefixes: Vec<(u64, u32)> = prefixes.into_iter().collect();
        let mut words: BTreeMap<u64, TokenClass> = BTreeMap::new();
        let mut add_class = |word, class| {
            let token_classes = words.entry(word).or_default();
            *token_classes = *token_classes | class;
        };
        for phrase in phrases.0.keys() {
            let Some(&first) = phrase.first() else { continue };
            add_class(first, TokenClass::BEGINS);
            match phrase.get(1) {
                Some(&second) => add_class(second, TokenClass::SECOND),
                None => add_class(first, TokenClass::WHOLE),
            }
        }
        let single_words: Vec<u64> =
            phrases.0.keys().filter(|phrase| phrase.len() == 1).map(|phrase| phrase[0]).collect();
        for &word in determiners {
            add_class(word, TokenClass::DETERMINER | TokenClass::SECOND);
        }
        Self {
            // Twice the usual capacity: the table is small, and each step of a match depends on the one before.
            prefixes: HashTable::with_capacity(2 * prefixes.len(), &prefixes, values.len() + 1),
            values,
            single_words: BloomFilter::of(&single_words),
            words: words.into_iter().collect(),
            determiners: determiners.to_vec(),
        }
    }

    /// Token classes by word hash; other words have none.
    pub(crate) fn words(&self) -> impl Iterator<Item = (u64, TokenClass)> {
        self.words.iter().copied()
    }

    /// Hashes of the first words of phrases.
    pub(crate) fn first_words(&self) -> impl Iterator<Item = u64> {
        self.words()
            .filter(|(_, token_classes)| token_classes.has(TokenClass::BEGINS))
            .map(|(word, _)| word)
    }

    /// Keeps the indices of tokens that may begin a phrase, with few false positives (Bloom filters). Has few branches,
    /// because they would be mispredicted.
    pub(crate) fn keep_starts(
        &self,
        tokens: &[Token],
        token_classes: &TokenClasses,
        starts: &mut AppendBuffer<u32>,
    ) {
        let (may_be, single_words) =
            (self.prefixes.likely.may_have(), self.single_words.may_have());
        starts.retain(|&at| {
            let tokens = &tokens[at as usize..];
            let first = tokens[0].hash;
            let with =
                |i: usize| tokens.get(i).is_some_and(|next| may_be(combine(first, next.hash)));
            let mut may_begin = with(1) | single_words(first);
            let second = at as usize + 1;
            if token_classes.has(second, TokenClass::DETERMINER) {
                may_begin |= with(2) | token_classes.has(second + 1, TokenClass::DETERMINER);
            }
            may_begin
        });
    }

    /// Prefetches the slots and values of the first two tokens at each start into the cache: these reads are
    /// independent, while those of a match wait for each other. `slots` is a scratch buffer.
    pub(crate) fn prefetch(&self, tokens: &[Token], starts: &[u32], slots: &mut Vec<u64>) {
        let home_slot = self.prefixes.home_slots();
        slots.clear();
        slots.extend(starts.iter().filter_map(|&at| {
            let [one, two] = tokens[at as usize..].first_chunk()?;
            Some(home_slot(combine(one.hash, two.hash)))
        }));
        let numbers = slots.iter().map(|&slot| self.prefixes.value_of(slot) as usize);
        for value in numbers.filter_map(|number| self.values.get(number.checked_sub(1)?)) {
            black_box(*value);
        }
    }

    /// The table's value for the hash of a prefix, if a phrase begins with it.
    #[inline]
    fn find(&self, prefix: u64) -> Option<u32> {
        self.prefixes.likely.may_have()(prefix).then(|| self.prefixes.get(prefix)).flatten()
    }

    /// The value of the phrase that is this prefix, by the prefix's value in the table.
    #[inline]
    fn value(&self, found: u32) -> Option<V> {
        (found as usize).checked_sub(1).map(|index| self.values[index])
    }

    /// The longest phrase that begins at `tokens[0]` and that `fits` accepts (by its value and length): its value and
    /// length in tokens. If `within_breaks`, phrases do not extend over a break.
    pub(crate) fn longest(
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

    /// The same within breaks, for the token at index `at`, which a phrase begins with. `token_classes` are those of
    /// the tokens.
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
        let mut prefix = tokens[0].hash;
        let mut best = None;
        let mut determiners = 0;
        for (i, token) in tokens.iter().enumerate().skip(1) {
            if within_breaks && token.breaks {
                break;
            }
            let next = combine(prefix, token.hash);
            match self.find(next) {
                Some(found) => {
                    prefix = next;
                    determiners = 0;
                    if let Some(value) = self.value(found).filter(|&value| fits(value, i + 1)) {
                        best = Some((value, i + 1));
                    }
                }
                None if determiners < MOST_DETERMINERS && is_determiner(i) => determiners += 1,
                None => break,
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Tokens, word_hash};

    #[test]
    fn a_few_determiners_may_stand_between_the_words_of_a_phrase() {
        let tokens = |text: &str| Tokens::new(text).as_slice().to_vec();
        let mut phrases = Phrases::new();
        phrases.insert(tokens("own backlog").iter().map(|token| token.hash).collect(), 7);
        let table = PhraseTable::new(&phrases, &[word_hash("the")]);
        let longest = |between: usize| {
            let text = format!("own {}backlog", "the ".repeat(between));
            table.longest(&tokens(&text), true, |_, _| true)
        };
        assert_eq!(longest(0), Some((7, 2)));
        assert_eq!(longest(MOST_DETERMINERS), Some((7, 2 + MOST_DETERMINERS)));
        assert_eq!(longest(MOST_DETERMINERS + 1), None);
    }
}
