//! The channels of evidence in one posting.

use super::abbreviations::Abbreviations;
use super::boilerplate::leave_out;
use super::feature::{CHANNEL_AT, Channel, Feature, FeatureKey, Side, Span};
use super::halves::leave_out_others;
use super::parts::{LONGEST_HEADING, boilerplate};
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
    /// Room to sort them.
    unsorted: Vec<Feature>,
    clean: CleanText,
    tokens: Tokens,
    token_classes: TokenClasses,
    terms: Terms,
    title: CleanText,
    title_tokens: Tokens,
    stated: Stated,
}

impl Evidence {
    /// The features, ordered by key.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// How often each role is named, in the order of the role set; last the names that leave the
    /// role undecided.
    pub fn mentions(&self) -> &[u32] {
        &self.terms.mentions
    }

    /// Whether there is nothing of a posting in the text: no word, or a login wall, an error page and the like.
    pub fn has_no_text(&self, lexicon: &Lexicon) -> bool {
        self.tokens.as_slice().is_empty() || self.stub(lexicon).is_some()
    }

    /// What the text is, if it is no posting.
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

    /// How many entries of the lexicon the text shows.
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

    /// The words of the text.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// What the words of the text are to the lexicon.
    pub(super) fn token_classes(&self) -> &TokenClasses {
        &self.token_classes
    }

    /// By word, whether it counts: see [`Terms::counts`].
    pub(crate) fn counting(&self) -> &[bool] {
        &self.terms.counts
    }

    /// Number of words in the parts of the text that are looked at.
    pub(crate) fn words_looked_at(&self) -> usize {
        self.terms.words()
    }

    /// Number of words in the text.
    pub fn words(&self) -> usize {
        self.tokens.as_slice().len()
    }

    /// Bytes where a feature first stands: of the cleaned title for a word of the title, of the cleaned text
    /// for all others.
    pub fn span(&self, feature: &Feature) -> Range<usize> {
        let of_title = feature.key.channel() == Channel::Title;
        let tokens = if of_title { &self.title_tokens } else { &self.tokens };
        let tokens = &tokens.as_slice()[feature.tokens()];
        tokens[0].start as usize..tokens[tokens.len() - 1].end as usize
    }

    /// Bytes of the cleaned text of the parts that say nothing about the job, and are not looked at.
    pub fn ignored(&self) -> impl Iterator<Item = Range<usize>> {
        let tokens = self.tokens.as_slice();
        let span = |part: &Range<usize>| {
            tokens[part.start].start as usize..tokens[part.end - 1].end as usize
        };
        self.terms.ignored.iter().map(span)
    }

    /// Whether there are several jobs in the text, each under its title.
    pub fn several_jobs(&self) -> bool {
        self.terms.several_jobs
    }

    /// Whether a part of the text in another language is not looked at.
    pub fn other_language_left_out(&self) -> bool {
        self.terms.other_language
    }

    /// Text of a feature as models store it.
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

/// What is said of the mentions of one name.
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
    /// By word.
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

    /// The lexicon it looks for.
    pub fn lexicon(&self) -> &'a Lexicon {
        self.lexicon
    }

    /// The features of the entries of the lexicon, in their order.
    pub(crate) fn skill_keys(&self) -> &[FeatureKey] {
        &self.skill_keys
    }

    /// The features of what is said of the mentions of names.
    pub(crate) fn mention_keys(&self) -> &[FeatureKey] {
        &self.mention_keys
    }

    /// What words are to the lexicon, by their hashes; the others are nothing.
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

    /// The same, keeping the allocations of `evidence`.
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
        let mut gathered = Gathered { features, of: self };
        let list = tokens.as_slice();
        token_classes.set(list.iter().map(|token| (self.token_classes(token.hash), token.breaks)));
        self.find_terms(clean.as_str(), list, token_classes, terms, &mut gathered);
        let mut before: Option<&Token> = None;
        for (i, token) in list.iter().enumerate() {
            let counts = terms.counts[i];
            if counts {
                gathered.word(token, i);
            }
            if let Some(first) = before.filter(|_| counts && !token.breaks) {
                gathered.phrase(first, token, i - 1);
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

    /// Finds the entries of the lexicon and the names of roles in a text, one after the other, and which
    /// of its words count. `token_classes` are what the tokens are to the lexicon.
    pub(crate) fn find_terms(
        &self,
        text: &str,
        tokens: &[Token],
        token_classes: &TokenClasses,
        terms: &mut Terms,
        to: &mut impl Finds,
    ) {
        let Terms { mentions, ignored, counts, several_jobs, other_language, starts, fetched } =
            terms;
        token_classes.list_beginnings(starts, TokenClass::BOILERPLATE);
        self.lexicon.boilerplate.keep_starts(tokens, token_classes, starts);
        leave_out(
            text,
            tokens,
            token_classes,
            starts.as_slice(),
            &self.lexicon.boilerplate,
            ignored,
        );
        token_classes.list_in_short_lines(starts, TokenClass::HEADING, LONGEST_HEADING);
        self.lexicon.headings.keep_starts(tokens, token_classes, starts);
        *several_jobs =
            boilerplate(text, tokens, token_classes, starts.as_slice(), self.lexicon, ignored);
        *other_language = leave_out_others(text, tokens, token_classes, ignored);
        mentions.clear();
        mentions.resize(self.lexicon.roles().len() + 1, 0);
        counts.clear();
        counts.extend(tokens.iter().map(|token| !token.numeric));
        // Where each name first stands.
        let mut named = vec![None; mentions.len()];
        for part in ignored.iter() {
            counts[part.clone()].fill(false);
        }
        token_classes.list_beginnings(starts, TokenClass::BEGINS);
        self.lexicon.terms.keep_starts(tokens, token_classes, starts);
        self.lexicon.terms.fetch(tokens, starts.as_slice(), fetched);
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
                Term::Skill { place, may_hold_name } => {
                    if may_hold_name
                        && let Some(name) = self.name_in(text, tokens, token_classes, span)
                    {
                        if name.at + name.length > from {
                            // It is the name of a role, with words before it.
                            from = name.at;
                            self.find_skill_before(from, tokens, token_classes, at, to);
                            continue;
                        }
                        // A certificate or a department that is called after a role: no words are left of it.
                        counts[name.at..name.at + name.length].fill(false);
                    }
                    to.skill(place, span);
                }
                Term::Mention { capitals: Some(_), .. }
                    if abbreviations.is_other(text, tokens, token_classes, at, self.lexicon) => {}
                Term::Mention { name, discipline, .. } => {
                    if let Some(place) = discipline {
                        to.skill(place, span);
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

    /// The longest entry that begins at a token and ends before another.
    fn find_skill_before(
        &self,
        end: usize,
        tokens: &[Token],
        token_classes: &TokenClasses,
        at: usize,
        to: &mut impl Finds,
    ) {
        let before = |term, length| matches!(term, Term::Skill { .. }) && at + length <= end;
        if let Some((Term::Skill { place, .. }, length)) =
            self.lexicon.terms.longest_at(at, tokens, token_classes, before)
        {
            to.skill(place, Span { at, length });
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

/// Whether a name of a role is written as it must be.
fn is_written_so(term: Term, text: &str, tokens: &[Token], at: usize, length: usize) -> bool {
    let Term::Mention { capitals: Some(capitals), .. } = term else { return true };
    // "5 PM" is a time of day.
    let hour = at > 0 && tokens[at - 1].numeric && !tokens[at].breaks;
    !hour && tokens[at..at + length].iter().all(|t| t.capitals(text) == capitals)
}

/// Bits of a key by which features are sorted first: those of the channel and of the hash behind them.
const FIRST_BITS: u32 = u64::BITS - 1 - CHANNEL_AT + 8;

/// Sorts features by key, and those of the same key as they are. The first bits of keys put nearly every
/// feature in its place.
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
        // Each is where its features begin, until they are there.
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

/// A name among the first words is most likely that of the job.
const EARLY: usize = 30;
/// Words this far from the name of a role, in the same sentence, say how it is spoken of.
const WINDOW: usize = 5;

fn find_contexts(tokens: &[Token], at: usize, length: usize, to: &mut impl Finds) {
    let end = at + length;
    to.context(Side::Form, &tokens[end - 1], Span { at, length });
    let near = |i: &usize| !tokens[i + 1].breaks;
    let before = (at.saturating_sub(WINDOW)..at).rev().take_while(near).count();
    for (i, word) in tokens.iter().enumerate().take(at).skip(at - before) {
        to.context(Side::Before, word, Span { at: i, length: end - i });
    }
    let after = tokens[end..].iter().take(WINDOW).take_while(|t| !t.breaks);
    for (i, word) in after.enumerate() {
        to.context(Side::After, word, Span { at, length: length + i + 1 });
    }
}

/// In a text of several jobs it means nothing which is named first.
fn find_mentions(
    mentions: &[u32],
    named: &[Option<Span>],
    several_jobs: bool,
    to: &mut impl Finds,
) {
    let first = named.iter().flatten().min();
    let most = mentions.iter().max().copied().unwrap_or(0);
    let alone = mentions.iter().filter(|&&count| count == most).count() == 1;
    for (name, (&count, place)) in mentions.iter().zip(named).enumerate() {
        let Some(span) = *place else { continue };
        for naming in Naming::ALL {
            let holds = match naming {
                Naming::Once => true,
                Naming::Twice => count >= 2,
                Naming::FourTimes => count >= 4,
                Naming::First => !several_jobs && place.as_ref() == first,
                Naming::Most => count == most && alone,
                Naming::Early => !several_jobs && span.at < EARLY,
            };
            if holds {
                to.mention((name * Naming::ALL.len() + naming as usize) as u32, span);
            }
        }
    }
}

/// What is in a text besides features.
#[derive(Debug, Default, Clone)]
pub(crate) struct Terms {
    /// How often each role is named; last the names that leave it undecided.
    pub(crate) mentions: Vec<u32>,
    /// Tokens of parts that say nothing about the job.
    pub(crate) ignored: Vec<Range<usize>>,
    /// By token, whether it counts as a word: not in such parts, nor in names, nor a number. Two that
    /// count in a row, without a break between them, are a phrase.
    pub(crate) counts: Vec<bool>,
    /// Whether there are several jobs in it.
    pub(crate) several_jobs: bool,
    /// Whether parts in another language are among those that are not looked at.
    pub(crate) other_language: bool,
    /// Tokens that an entry of the lexicon may begin with.
    starts: AppendBuffer<u32>,
    /// What is known of them.
    fetched: Vec<u64>,
}

impl Terms {
    /// Number of words in the parts that are looked at.
    pub(crate) fn words(&self) -> usize {
        self.counts.len() - self.ignored.iter().map(ExactSizeIterator::len).sum::<usize>()
    }
}

/// Takes what is found in a text: the same feature again where it stands again, never before its first
/// place, nor longer there before shorter.
pub(crate) trait Finds {
    /// An entry of the lexicon, by its place.
    fn skill(&mut self, place: u32, span: Span);
    /// What is said of the mentions of a name, by its place in [`Extractor::mention_keys`].
    fn mention(&mut self, term: u32, span: Span);
    /// A word beside the name of a role, and the tokens from the one to the other.
    fn context(&mut self, side: Side, word: &Token, span: Span);
}

/// Gathers features with what their texts are made of.
struct Gathered<'f> {
    features: &'f mut Vec<Feature>,
    of: &'f Extractor<'f>,
}

impl Gathered<'_> {
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

impl Finds for Gathered<'_> {
    fn skill(&mut self, place: u32, span: Span) {
        self.push(self.of.skill_keys[place as usize], place, span, true);
    }

    fn mention(&mut self, term: u32, span: Span) {
        self.push(self.of.mention_keys[term as usize], term, span, true);
    }

    fn context(&mut self, side: Side, word: &Token, span: Span) {
        let plain = side == Side::Form || word.plain;
        self.push(side.key(word.hash), side as u32, span, plain);
    }
}
