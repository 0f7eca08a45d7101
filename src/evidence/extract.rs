//! Extracts the features of a posting, by channel.

use super::abbreviations::Abbreviations;
use super::boilerplate::leave_out;
use super::feature::{CHANNEL_AT, Channel, Feature, FeatureKey, Side, Span};
use super::other_language::leave_out_others;
use super::sections::{LONGEST_HEADING, leave_out_sections};
use super::{Stated, Title, is_title, title_words};
use crate::lexicon::Lexicon;
use crate::lexicon::Stub;
use crate::lexicon::{Term, TokenClass, TokenClasses};
use crate::text::{AppendBuffer, CleanText, HashTable, Token, Tokens, combine};
use std::collections::BTreeMap;
use std::ops::Range;

/// The evidence of one posting: each feature once, ordered by key.
#[derive(Debug, Default, Clone)]
pub struct Evidence {
    features: Vec<Feature>,
    /// Scratch buffer for sorting the features.
    unsorted: Vec<Feature>,
    clean: CleanText,
    tokens: Tokens,
    token_classes: TokenClasses,
    terms: TermMatches,
    title: CleanText,
    title_tokens: Tokens,
    stated: Stated,
}

impl Evidence {
    /// The features, ordered by key.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Mentions by role, in the order of the role set; last those of names that leave the role undecided.
    pub fn mentions(&self) -> &[u32] {
        &self.terms.mentions
    }

    /// Whether the text is no posting: it has no word, or is a login wall, an error page and the like.
    pub fn has_no_text(&self, lexicon: &Lexicon) -> bool {
        self.tokens.as_slice().is_empty() || self.stub(lexicon).is_some()
    }

    /// What the text is if it is no posting.
    pub(crate) fn stub(&self, lexicon: &Lexicon) -> Option<Stub> {
        let skills = self.skills();
        Stub::find(
            self.clean.as_str(),
            self.tokens.as_slice(),
            &self.token_classes,
            lexicon,
            skills,
        )
    }

    /// Number of lexicon entries that occur in the text.
    pub(crate) fn skills(&self) -> usize {
        self.features.iter().filter(|f| f.key.channel() == Channel::Skills).count()
    }

    /// What the title states.
    pub fn stated(&self) -> Stated {
        self.stated
    }

    /// The cleaned text.
    pub fn text(&self) -> &CleanText {
        &self.clean
    }

    /// The tokens of the text.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The token classes of the text.
    pub(super) fn token_classes(&self) -> &TokenClasses {
        &self.token_classes
    }

    /// By token, whether it counts as a word: see [`TermMatches::counts`].
    pub(crate) fn counts_as_word(&self) -> &[bool] {
        &self.terms.counts
    }

    /// Number of words outside the ignored parts.
    pub(crate) fn words_not_ignored(&self) -> usize {
        self.terms.words()
    }

    /// Number of words in the text.
    pub fn words(&self) -> usize {
        self.tokens.as_slice().len()
    }

    /// Byte range of the first occurrence of a feature: in the cleaned title for title words, else in the cleaned text.
    pub fn span(&self, feature: &Feature) -> Range<usize> {
        let of_title = feature.key.channel() == Channel::Title;
        let tokens = if of_title { &self.title_tokens } else { &self.tokens };
        let tokens = &tokens.as_slice()[feature.tokens()];
        tokens[0].start as usize..tokens[tokens.len() - 1].end as usize
    }

    /// Byte ranges of the ignored parts of the cleaned text, which say nothing about the job.
    pub fn ignored(&self) -> impl Iterator<Item = Range<usize>> {
        let tokens = self.tokens.as_slice();
        let span = |part: &Range<usize>| {
            tokens[part.start].start as usize..tokens[part.end - 1].end as usize
        };
        self.terms.ignored.iter().map(span)
    }

    /// Whether the text describes several jobs, each under its title.
    pub fn several_jobs(&self) -> bool {
        self.terms.several_jobs
    }

    /// Whether a part in another language is ignored.
    pub fn other_language_left_out(&self) -> bool {
        self.terms.other_language
    }

    /// Text of a feature, as models store it.
    pub fn feature_text(&self, feature: &Feature, lexicon: &Lexicon) -> String {
        let of_title = feature.key.channel() == Channel::Title;
        let (tokens, text) = if of_title {
            (self.title_tokens.as_slice(), self.title.as_str())
        } else {
            (self.tokens.as_slice(), self.clean.as_str())
        };
        let word = |i: u32| tokens[i as usize].word(text);
        match feature.key.channel() {
            Channel::Skills => lexicon.skills()[feature.term as usize].id.clone(),
            Channel::Words => word(feature.token).into_owned(),
            Channel::Title if feature.length == 1 => word(feature.token).into_owned(),
            Channel::Phrases | Channel::Title => {
                let second = feature.token + feature.length - 1;
                format!("{} {}", word(feature.token), word(second))
            }
            Channel::Mentions => mention_text(feature.term, lexicon),
            Channel::Contexts => {
                let side = Side::ALL[feature.term as usize];
                let at = if side == Side::Before { 0 } else { feature.length - 1 };
                side.text(&word(feature.token + at))
            }
        }
    }
}

/// A property of the mentions of one name, which is a feature.
#[derive(Debug, Clone, Copy)]
enum Naming {
    Once,
    Twice,
    FourTimes,
    First,
    Most,
    Early,
}

impl Naming {
    const ALL: [Self; 6] =
        [Self::Once, Self::Twice, Self::FourTimes, Self::First, Self::Most, Self::Early];

    fn text(self) -> &'static str {
        match self {
            Self::Once => "named",
            Self::Twice => "named twice",
            Self::FourTimes => "named four times",
            Self::First => "named first",
            Self::Most => "named most",
            Self::Early => "named early",
        }
    }
}

fn mention_text(term: u32, lexicon: &Lexicon) -> String {
    let each = Naming::ALL.len();
    let name = lexicon.roles().iter().nth(term as usize / each);
    let name = name.map_or("undecided", |r| r.id.as_str());
    format!("{name} {}", Naming::ALL[term as usize % each].text())
}

/// Turns raw text into evidence.
#[derive(Debug, Clone)]
pub struct Extractor<'a> {
    lexicon: &'a Lexicon,
    skill_keys: Vec<FeatureKey>,
    mention_keys: Vec<FeatureKey>,
    words: BTreeMap<u64, TokenClass>,
    /// Token class by word hash.
    token_classes: HashTable,
}

impl<'a> Extractor<'a> {
    /// An extractor for a lexicon.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        let names = lexicon.roles().len() + 1;
        let skill_keys = lexicon.skills().iter().map(|s| FeatureKey::new(Channel::Skills, &s.id));
        let mention_keys = (0..(names * Naming::ALL.len()) as u32)
            .map(|term| FeatureKey::new(Channel::Mentions, &mention_text(term, lexicon)));
        let words = lexicon.words();
        let token_classes: Vec<_> =
            words.iter().map(|(&word, token_classes)| (word, token_classes.number())).collect();
        Self {
            lexicon,
            skill_keys: skill_keys.collect(),
            mention_keys: mention_keys.collect(),
            words,
            token_classes: HashTable::new(&token_classes, 1 << TokenClass::BITS),
        }
    }

    /// The lexicon.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// Feature keys of the lexicon's entries, in their order.
    pub(crate) fn skill_keys(&self) -> &[FeatureKey] {
        &self.skill_keys
    }

    /// Feature keys of mentions: by name, then by [`Naming`].
    pub(crate) fn mention_keys(&self) -> &[FeatureKey] {
        &self.mention_keys
    }

    /// Token classes by word hash; other words have none.
    pub(crate) fn words(&self) -> &BTreeMap<u64, TokenClass> {
        &self.words
    }

    fn token_classes(&self, word: u64) -> TokenClass {
        TokenClass::from_number(self.token_classes.get(word).unwrap_or(0))
    }

    /// The evidence in a raw title, which may be empty, and a raw text field.
    pub fn extract(&self, title: &str, raw: &str) -> Evidence {
        let mut evidence = Evidence::default();
        self.extract_into(title, raw, &mut evidence);
        evidence
    }

    /// The same as [`Self::extract`], reusing the allocations of `evidence`.
    pub fn extract_into(&self, title: &str, raw: &str, evidence: &mut Evidence) {
        let Evidence {
            features,
            unsorted,
            clean,
            tokens,
            token_classes,
            terms,
            title: clean_title,
            title_tokens,
            stated,
        } = evidence;
        clean_title.set(title);
        title_tokens.set(clean_title.as_str());
        let is_there = is_title(title_tokens.as_slice());
        *stated = Stated::new(&Title::read(title, self.lexicon), is_there);
        clean.set(raw);
        tokens.set(clean.as_str());
        features.clear();
        let mut collected = Collected { features, extractor: self };
        let list = tokens.as_slice();
        token_classes.set(list.iter().map(|token| (self.token_classes(token.hash), token.breaks)));
        self.find_terms(clean.as_str(), list, token_classes, terms, &mut collected);
        let mut before: Option<&Token> = None;
        for (i, token) in list.iter().enumerate() {
            let counts = terms.counts[i];
            if counts {
                collected.word(token, i);
            }
            if let Some(first) = before.filter(|_| counts && !token.breaks) {
                collected.phrase(first, token, i - 1);
            }
            before = Some(token).filter(|_| counts);
        }
        title_words(title_tokens.as_slice(), |key, Span { at, length }| {
            let (token, length) = (at as u32, length as u32);
            features.push(Feature { key, plain: true, token, term: 0, length });
        });
        sort_by_key(features, unsorted);
        features.dedup_by(|again, first| {
            let same = again.key == first.key;
            first.plain |= same && again.plain;
            same
        });
    }

    /// Finds lexicon entries and names of roles from left to right, hands them to `to`, and marks which tokens count as
    /// words. `token_classes` are those of the tokens.
    pub(crate) fn find_terms(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        terms: &mut TermMatches,
        to: &mut impl TermSink,
    ) {
        self.find_ignored_parts(text, tokens, token_classes, terms);
        let TermMatches { mentions, ignored, counts, several_jobs, starts, prefetched, .. } = terms;
        mentions.clear();
        mentions.resize(self.lexicon.roles().len() + 1, 0);
        counts.clear();
        counts.extend(tokens.iter().map(|token| !token.numeric));
        // The first occurrence of each name.
        let mut named = vec![None; mentions.len()];
        for part in ignored.iter() {
            counts[part.clone()].fill(false);
        }
        token_classes.append_beginnings(starts, TokenClass::BEGINS);
        self.lexicon.terms.keep_starts(tokens, token_classes, starts);
        self.lexicon.terms.prefetch(tokens, starts.as_slice(), prefetched);
        let mut ahead = ignored.iter().peekable();
        let mut abbreviations = Abbreviations::default();
        let mut from = 0;
        for &at in starts.as_slice() {
            let at = at as usize;
            while let Some(part) = ahead.next_if(|part| part.start <= at) {
                from = from.max(part.end);
            }
            if at < from {
                continue;
            }
            let Some((term, length)) = self.term_at(text, tokens, token_classes, at) else {
                continue;
            };
            let span = Span { at, length };
            from = at + length;
            match term {
                Term::Skill { index, may_hold_name } => {
                    if may_hold_name
                        && let Some(name) = self.name_in(text, tokens, token_classes, span)
                    {
                        if name.at + name.length > from {
                            // It is the name of a role with words before it.
                            from = name.at;
                            self.find_skill_before(from, tokens, token_classes, at, to);
                            continue;
                        }
                        // A certificate or department named after a role: its words do not count.
                        counts[name.at..name.at + name.length].fill(false);
                    }
                    to.skill(index, span);
                }
                Term::Mention { capitals: Some(_), .. }
                    if abbreviations.is_other(text, tokens, token_classes, at, self.lexicon) => {}
                Term::Mention { name, discipline, .. } => {
                    if let Some(index) = discipline {
                        to.skill(index, span);
                    }
                    mentions[name as usize] += 1;
                    named[name as usize].get_or_insert(span);
                    counts[at..at + length].fill(false);
                    find_contexts(tokens, at, length, to);
                }
                Term::OtherJob => {}
            }
        }
        find_mentions(mentions, &named, *several_jobs, to);
    }

    /// Sets the ignored parts of `terms`, and whether the text has several jobs or a part in another language.
    fn find_ignored_parts(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        terms: &mut TermMatches,
    ) {
        let TermMatches { ignored, several_jobs, other_language, starts, .. } = terms;
        token_classes.append_beginnings(starts, TokenClass::BOILERPLATE);
        self.lexicon.boilerplate.keep_starts(tokens, token_classes, starts);
        leave_out(
            text,
            tokens,
            token_classes,
            starts.as_slice(),
            &self.lexicon.boilerplate,
            ignored,
        );
        token_classes.append_in_short_lines(starts, TokenClass::HEADING, LONGEST_HEADING);
        self.lexicon.headings.keep_starts(tokens, token_classes, starts);
        *several_jobs = leave_out_sections(
            text,
            tokens,
            token_classes,
            starts.as_slice(),
            self.lexicon,
            ignored,
        );
        *other_language = leave_out_others(text, tokens, token_classes, ignored);
    }

    /// The longest term that begins at token `at`, with its length.
    fn term_at(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
    ) -> Option<(Term, usize)> {
        self.lexicon.terms.longest_at(at, tokens, token_classes, |term, length| {
            is_written_so(term, text, tokens, at, length)
        })
    }

    /// Hands on the longest entry that begins at token `at` and ends up to token `end`.
    fn find_skill_before(
        &self,
        end: usize,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
        to: &mut impl TermSink,
    ) {
        let before = |term, length| matches!(term, Term::Skill { .. }) && at + length <= end;
        if let Some((Term::Skill { index, .. }, length)) =
            self.lexicon.terms.longest_at(at, tokens, token_classes, before)
        {
            to.skill(index, Span { at, length });
        }
    }

    /// The first name of a role that begins within a phrase.
    fn name_in(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        phrase: Span,
    ) -> Option<Span> {
        let name_at = |at: usize| {
            let found = self.lexicon.terms.longest_at(at, tokens, token_classes, |term, length| {
                !matches!(term, Term::Skill { .. }) && is_written_so(term, text, tokens, at, length)
            });
            found.map(|(_, length)| Span { at, length })
        };
        (phrase.at..phrase.at + phrase.length)
            .filter(|&at| token_classes.has(at, TokenClass::BEGINS))
            .find_map(name_at)
    }
}

/// Whether a name of a role has the capitals it needs.
fn is_written_so(term: Term, text: &str, tokens: &[Token], at: usize, length: usize) -> bool {
    let Term::Mention { capitals: Some(capitals), .. } = term else { return true };
    // "5 PM" is a time of day.
    let hour = at > 0 && tokens[at - 1].numeric && !tokens[at].breaks;
    !hour && tokens[at..at + length].iter().all(|t| t.capitals(text) == capitals)
}

/// Bits of a key that the radix pass sorts by: the channel and the first eight bits of the hash.
const FIRST_BITS: u32 = u64::BITS - 1 - CHANNEL_AT + 8;

/// Stable sort by key: one pass of a radix sort on the first bits, which leaves few features to sort in each bucket.
fn sort_by_key(features: &mut [Feature], unsorted: &mut Vec<Feature>) {
    let first_bits = |f: &Feature| (f.key.number() >> (u64::BITS - 1 - FIRST_BITS)) as usize;
    unsorted.clear();
    unsorted.extend_from_slice(features);
    let mut ends = [0; 1 << FIRST_BITS];
    for feature in unsorted.iter() {
        ends[first_bits(feature)] += 1;
    }
    let mut next = 0;
    for end in &mut ends {
        // Each is the start of its bucket here, and its end once the features are moved.
        next += std::mem::replace(end, next);
    }
    for feature in unsorted {
        let at = &mut ends[first_bits(feature)];
        features[*at] = *feature;
        *at += 1;
    }
    let mut start = 0;
    for end in ends {
        features[start..end].sort_by_key(|f| f.key);
        start = end;
    }
}

/// A name among this many first words is most likely that of the job.
const EARLY: usize = 30;
/// Most tokens between the name of a role and its context words, in the same sentence.
const WINDOW: usize = 5;

/// Hands on the form of a name and its context words.
fn find_contexts(tokens: &[Token], at: usize, length: usize, to: &mut impl TermSink) {
    let end = at + length;
    to.context(Side::Form, &tokens[end - 1], Span { at, length });
    let in_sentence = |i: &usize| !tokens[i + 1].breaks;
    let before = (at.saturating_sub(WINDOW)..at).rev().take_while(in_sentence).count();
    for (i, word) in tokens.iter().enumerate().take(at).skip(at - before) {
        to.context(Side::Before, word, Span { at: i, length: end - i });
    }
    let after = tokens[end..].iter().take(WINDOW).take_while(|t| !t.breaks);
    for (i, word) in after.enumerate() {
        to.context(Side::After, word, Span { at, length: length + i + 1 });
    }
}

/// Hands on the features of mentions. In a text of several jobs, which name comes first means nothing.
fn find_mentions(
    mentions: &[u32],
    named: &[Option<Span>],
    several_jobs: bool,
    to: &mut impl TermSink,
) {
    let first = named.iter().flatten().min();
    let most = mentions.iter().max().copied().unwrap_or(0);
    let alone = mentions.iter().filter(|&&count| count == most).count() == 1;
    for (name, (&count, occurrence)) in mentions.iter().zip(named).enumerate() {
        let Some(span) = *occurrence else { continue };
        for naming in Naming::ALL {
            let holds = match naming {
                Naming::Once => true,
                Naming::Twice => count >= 2,
                Naming::FourTimes => count >= 4,
                Naming::First => !several_jobs && occurrence.as_ref() == first,
                Naming::Most => count == most && alone,
                Naming::Early => !several_jobs && span.at < EARLY,
            };
            if holds {
                to.mention((name * Naming::ALL.len() + naming as usize) as u32, span);
            }
        }
    }
}

/// What is found in a text besides features.
#[derive(Debug, Default, Clone)]
pub(crate) struct TermMatches {
    /// Mentions by role; last those of names that leave the role undecided.
    pub(crate) mentions: Vec<u32>,
    /// Token ranges of the parts that say nothing about the job, in order.
    pub(crate) ignored: Vec<Range<usize>>,
    /// By token, whether it counts as a word: numbers and words of names or ignored parts do not. Two counting tokens
    /// in a row, with no break between them, are a phrase.
    pub(crate) counts: Vec<bool>,
    /// Whether the text describes several jobs.
    pub(crate) several_jobs: bool,
    /// Whether parts in another language are among the ignored ones.
    pub(crate) other_language: bool,
    /// Scratch buffer: indices of tokens that may begin a lexicon entry.
    starts: AppendBuffer<u32>,
    /// Scratch buffer: prefetched slots of the phrase table.
    prefetched: Vec<u64>,
}

impl TermMatches {
    /// Number of words outside the ignored parts.
    pub(crate) fn words(&self) -> usize {
        self.counts.len() - self.ignored.iter().map(ExactSizeIterator::len).sum::<usize>()
    }
}

/// Receives the features found in a text, one call for each occurrence: occurrences of a feature come in the order of
/// the text, the shorter first where they begin at the same token.
pub(crate) trait TermSink {
    /// A lexicon entry, by its index.
    fn skill(&mut self, index: u32, span: Span);
    /// A feature of mentions, by its index in [`Extractor::mention_keys`].
    fn mention(&mut self, term: u32, span: Span);
    /// A context word of a role's name; the span reaches from the one to the other.
    fn context(&mut self, side: Side, word: &Token, span: Span);
}

/// Collects features with what their texts are made from.
struct Collected<'f> {
    features: &'f mut Vec<Feature>,
    extractor: &'f Extractor<'f>,
}

impl Collected<'_> {
    fn push(&mut self, key: FeatureKey, term: u32, span: Span, plain: bool) {
        let (token, length) = (span.at as u32, span.length as u32);
        self.features.push(Feature { key, plain, token, term, length });
    }

    fn word(&mut self, word: &Token, at: usize) {
        let plain = word.plain;
        self.push(Channel::Words.key(word.hash), 0, Span { at, length: 1 }, plain);
    }

    fn phrase(&mut self, first: &Token, second: &Token, at: usize) {
        let plain = first.plain && second.plain;
        let key = Channel::Phrases.key(combine(first.hash, second.hash));
        self.push(key, 0, Span { at, length: 2 }, plain);
    }
}

impl TermSink for Collected<'_> {
    fn skill(&mut self, index: u32, span: Span) {
        self.push(self.extractor.skill_keys[index as usize], index, span, true);
    }

    fn mention(&mut self, term: u32, span: Span) {
        self.push(self.extractor.mention_keys[term as usize], term, span, true);
    }

    fn context(&mut self, side: Side, word: &Token, span: Span) {
        let plain = side == Side::Form || word.plain;
        self.push(side.key(word.hash), side as u32, span, plain);
    }
}
