//! The rows of an audit. Memory holds what scoring and summary need of each; texts and features are in a
//! [`Spool`].

use crate::audit::conflicts::{experience_conflict, level_conflict, salary_conflict};
use crate::audit::noise;
use crate::audit::row_issues::RowIssue;
use crate::audit::steps::{NumbersOfRow, RowNumbers};
use crate::counts::sketch::Sketch;
use crate::evidence::{Evidence, Extractor, FEW_WORDS, Occurrence, Stated, Title, TitleRole};
use crate::examples::example::Example;
use crate::examples::identity::{RowId, rows_hash};
use crate::examples::neighbours::Neighbours;
use crate::examples::rows::Rows;
use crate::lexicon::Lexicon;
use crate::metrics::top;
use crate::model::labels_repeat_titles;
use crate::postings::{Spool, SpoolRange};
use crate::roles::{Label, RoleId};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

/// Least probability of a wrong role for a row to be counted under its most probable role instead. Chosen on planted
/// noise, of .4 to .6.
const CORRECTED: f64 = 0.6;

/// A posting to be audited.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// Row number in the file, from 1, without the header.
    pub row: u64,
    /// Its identity, title, organisation and text.
    pub texts: Texts<'a>,
    /// The role, or `other`, stated by its label or title; `None` if neither states one.
    pub stated: Option<Label>,
}

/// The fields of a posting.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Texts<'a> {
    /// Its identity, if the file has such a column.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its organisation.
    pub company: &'a str,
    /// Its text.
    pub description: &'a str,
}

/// The rows of an audit.
#[derive(Debug)]
pub struct AuditRows<'a> {
    extractor: Extractor<'a>,
    spool: Spool,
    sketch: Sketch,
    pub(crate) rows: Vec<AuditRow>,
    /// Index in `rows` of the first of equal postings.
    known: HashMap<RowKey, usize>,
    /// Groups of near copies and organisations; set by [`Self::find_copies`].
    neighbours: Neighbours,
    /// Rows without a label whose titles state two roles.
    pub(crate) undecided: Vec<UndecidedTitle>,
    /// Rows that state another role than their title, and rows whose title states one.
    differing: [u64; 2],
    names: Interner,
    /// The highest number of a row.
    read: u64,
}

impl Posting<'_> {
    /// A hash of all but its row number and its identity.
    fn key(&self) -> RowKey {
        let Texts { title, company, description, .. } = self.texts;
        let mut hash = blake3::Hasher::new();
        for text in [title, company, description] {
            hash.update(&text.len().to_le_bytes()).update(text.as_bytes());
        }
        hash.update(format!("{:?}", self.stated).as_bytes()).finalize().into()
    }
}

type RowKey = [u8; blake3::OUT_LEN];

/// Spool ranges of the fields of a posting.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SpooledTexts {
    id: SpoolRange,
    /// The other fields, shared by equal postings.
    others: SpoolRange,
}

/// A row that states a role or `other`.
#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub(crate) row: u64,
    id: RowId,
    /// Index of the stated outcome.
    pub(crate) stated: usize,
    pub(crate) texts: SpooledTexts,
    features: SpoolRange,
    company: u32,
    /// The words of its title that state a role.
    form: u32,
    /// Whether its text has fewer than [`FEW_WORDS`] words.
    pub(crate) is_short: bool,
    /// See [`noise::max_power`].
    pub(crate) max_power: f64,
    /// Issues that do not depend on a model.
    pub(crate) row_issues: Vec<RowIssue>,
}

impl AuditRow {
    /// Hash of its organisation.
    pub(crate) fn organisation(&self) -> u64 {
        self.id.organisation
    }

    /// Whether its text is the same as that of another row or nearly so.
    pub(crate) fn has_text_of(&self, other: &Self) -> bool {
        self.id.has_text_of(&other.id)
    }
}

#[derive(Debug)]
pub(crate) struct UndecidedTitle {
    pub(crate) row: u64,
    pub(crate) texts: SpooledTexts,
    pub(crate) roles: Vec<RoleId>,
}

/// A stated posting as read by a thread.
struct StatedPosting {
    id: RowId,
    stated: usize,
    features: Vec<u8>,
    is_short: bool,
    max_power: f64,
    row_issues: Vec<RowIssue>,
}

/// A posting as read by a thread.
struct ReadPosting {
    title: Title,
    stated: Option<StatedPosting>,
}

impl<'a> AuditRows<'a> {
    /// No rows yet.
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            extractor: Extractor::new(lexicon),
            spool: Spool::default(),
            sketch: Sketch::default(),
            rows: Vec::new(),
            known: HashMap::new(),
            neighbours: Neighbours::default(),
            undecided: Vec::new(),
            differing: [0, 0],
            names: Interner::default(),
            read: 0,
        }
    }

    /// Sketch of the features that may be frequent enough.
    pub(crate) fn sketch(&self) -> &Sketch {
        &self.sketch
    }

    /// The lexicon.
    pub(crate) fn lexicon(&self) -> &'a Lexicon {
        self.extractor.lexicon()
    }

    /// The extractor.
    pub(crate) fn extractor(&self) -> &Extractor<'a> {
        &self.extractor
    }

    /// Whether the stated roles are those of the titles: then the audit is one of titles.
    pub(crate) fn state_titles(&self) -> bool {
        self.differing[0] == 0 || labels_repeat_titles(self.differing)
    }

    /// Adds postings. Of equal ones with a stated role, only the first is read.
    ///
    /// # Errors
    /// If the spool cannot be written.
    pub fn add(&mut self, postings: &[Posting]) -> io::Result<()> {
        let keys: Vec<RowKey> = postings.par_iter().map(Posting::key).collect();
        let mut seen = HashSet::new();
        let mut first = |key: &RowKey| !self.known.contains_key(key) && seen.insert(*key);
        let new = postings.iter().zip(&keys).map(|(p, key)| p.stated.is_none() || first(key));
        let new: Vec<bool> = new.collect();
        let read: Vec<Option<ReadPosting>> = postings
            .par_iter()
            .zip(&new)
            .map_init(Evidence::default, |evidence, (posting, new)| {
                new.then(|| self.read(posting, evidence))
            })
            .collect();
        self.read = postings.iter().map(|posting| posting.row).fold(self.read, u64::max);
        for ((posting, key), read) in postings.iter().zip(keys).zip(read) {
            match read {
                Some(read) => self.add_new(posting, key, read)?,
                None => self.add_again(posting, self.known[&key])?,
            }
        }
        Ok(())
    }

    fn add_new(&mut self, posting: &Posting, key: RowKey, read: ReadPosting) -> io::Result<()> {
        let ReadPosting { title, stated } = read;
        if let Some(StatedPosting { id, stated, features, is_short, max_power, row_issues }) =
            stated
        {
            if let TitleRole::One(role) = title.role {
                self.differing[0] += u64::from(role.index() != stated);
                self.differing[1] += 1;
            }
            let row = AuditRow {
                row: posting.row,
                id,
                stated,
                texts: self.keep(&posting.texts)?,
                features: self.spool.push(&features)?,
                company: self.names.index(posting.texts.company.trim()),
                form: self.names.index(&title.form),
                is_short,
                max_power,
                row_issues,
            };
            self.known.insert(key, self.rows.len());
            self.rows.push(row);
        } else if let TitleRole::Several(roles) = title.role {
            let texts = self.keep(&posting.texts)?;
            self.undecided.push(UndecidedTitle { row: posting.row, texts, roles });
        }
        Ok(())
    }

    fn add_again(&mut self, posting: &Posting, first: usize) -> io::Result<()> {
        let mut row = AuditRow { row: posting.row, ..self.rows[first].clone() };
        row.texts.id = self.spool.push(posting.texts.id.as_bytes())?;
        self.rows.push(row);
        Ok(())
    }

    fn keep(&mut self, texts: &Texts) -> io::Result<SpooledTexts> {
        let others = postcard::to_stdvec(&Texts { id: "", ..*texts }).map_err(io::Error::other)?;
        Ok(SpooledTexts {
            id: self.spool.push(texts.id.as_bytes())?,
            others: self.spool.push(&others)?,
        })
    }

    fn read(&self, posting: &Posting, evidence: &mut Evidence) -> ReadPosting {
        let Texts { title: raw, company, description, .. } = posting.texts;
        let lexicon = self.lexicon();
        let title = Title::read(raw, lexicon);
        let stated = posting.stated.map(|label| {
            self.extractor.extract_into(raw, description, evidence);
            let example = Example::new(evidence, raw, company, label, lexicon);
            let features = pack(&example);
            let example = example.without_title();
            self.sketch.note(&example);
            let mut row_issues = Vec::new();
            if let Label::Role(role) = label {
                row_issues.extend(level_conflict(&title, evidence, lexicon));
                row_issues.extend(salary_conflict(role, &title, evidence, lexicon));
                row_issues.extend(experience_conflict(role, &title, evidence, lexicon));
            }
            if matches!(title.role, TitleRole::Several(_)) {
                row_issues.push(RowIssue::two_roles());
            }
            StatedPosting {
                id: example.row,
                stated: example.outcome,
                features,
                is_short: evidence.words() < FEW_WORDS,
                max_power: noise::max_power(
                    evidence.words(),
                    evidence.skills(),
                    matches!(label, Label::Role(_)),
                ),
                row_issues,
            }
        });
        ReadPosting { title, stated }
    }

    /// Finds near copies; call it after the last [`Self::add`].
    pub fn find_copies(&mut self) {
        self.known.clear();
        let ids: Vec<RowId> = self.rows.iter().map(|row| row.id).collect();
        self.neighbours = Neighbours::new(&ids);
    }

    /// Text number of each row, equal for near copies.
    pub(crate) fn copies(&self) -> &[usize] {
        self.neighbours.texts()
    }

    /// Number of independent groups of rows.
    pub(crate) fn independent(&self) -> usize {
        self.neighbours.all_independent()
    }

    /// Row indices in an order independent of the file, except between equal rows.
    pub(crate) fn canonical_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.par_sort_by_key(|&index| self.rows[index].id);
        order
    }

    /// The identities of the rows.
    pub(crate) fn ids(&self) -> Vec<RowId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    /// What another machine needs to know of the rows; call it before [`Self::find_copies`].
    ///
    /// # Errors
    /// If a title cannot be read back.
    pub fn numbers(&self) -> io::Result<RowNumbers> {
        let numbers = |row: &AuditRow| NumbersOfRow {
            row: row.row,
            id: row.id,
            stated: row.stated,
            company: row.company,
            form: row.form,
            is_short: row.is_short,
            max_power: row.max_power,
        };
        let title = |(key, &index): (&RowKey, &usize)| {
            let row = &self.rows[index];
            let role =
                self.with_texts(row.texts, |texts| Title::read(texts.title, self.lexicon()).role)?;
            let short = u64::from_le_bytes(key.as_chunks().0[0]);
            Ok(match role {
                TitleRole::One(role) => Some((short, role.index() != row.stated)),
                _ => None,
            })
        };
        let mut titles = self.known.iter().map(title).collect::<io::Result<Vec<_>>>()?;
        titles.sort_unstable();
        let (rows, names) = (self.rows.iter().map(numbers).collect(), self.names.list.clone());
        Ok(RowNumbers {
            rows,
            names,
            titles: titles.into_iter().flatten().collect(),
            read: self.read,
        })
    }

    /// Rows of which there are only numbers, from several machines in their order.
    pub(crate) fn of_numbers(parts: &[RowNumbers], lexicon: &'a Lexicon) -> Self {
        let mut rows = Self::new(lexicon);
        let mut titles = HashSet::new();
        for part in parts {
            let names: Vec<u32> = part.names.iter().map(|name| rows.names.index(name)).collect();
            let name = |index: u32| names.get(index as usize).copied().unwrap_or_default();
            let before = rows.read;
            rows.rows.extend(part.rows.iter().map(|row| AuditRow {
                row: before + row.row,
                id: row.id,
                stated: row.stated,
                texts: SpooledTexts::default(),
                features: SpoolRange::default(),
                company: name(row.company),
                form: name(row.form),
                is_short: row.is_short,
                max_power: row.max_power,
                row_issues: Vec::new(),
            }));
            for (_, differs) in part.titles.iter().filter(|(key, _)| titles.insert(*key)) {
                rows.differing[0] += u64::from(*differs);
                rows.differing[1] += 1;
            }
            rows.read += part.read;
        }
        rows.find_copies();
        rows
    }

    /// Number of rows that state a role.
    pub fn stated_count(&self) -> usize {
        self.rows.len()
    }

    /// For each row, the index of its stated outcome and the hash of its organisation.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (usize, u64)> {
        self.rows.iter().map(|row| (row.stated, row.id.organisation))
    }

    /// Hash of all rows.
    pub fn hash(&self) -> String {
        rows_hash(self.rows.iter().map(|row| row.id))
    }

    /// Calls `then` with row number and fields of the row at an index among those that state a role.
    ///
    /// # Errors
    /// If it cannot be read back.
    pub fn with_row<T>(&self, index: usize, then: impl FnOnce(u64, Texts) -> T) -> io::Result<T> {
        let row = &self.rows[index];
        self.with_texts(row.texts, |texts| then(row.row, texts))
    }

    /// Calls `then` with fields read back from the spool.
    pub(crate) fn with_texts<T>(
        &self,
        kept: SpooledTexts,
        then: impl FnOnce(Texts) -> T,
    ) -> io::Result<T> {
        let (id, others) = (self.spool.read(kept.id)?, self.spool.read(kept.others)?);
        let id = str::from_utf8(&id).map_err(io::Error::other)?;
        Ok(then(Texts { id, ..postcard::from_bytes(&others).map_err(io::Error::other)? }))
    }

    /// The organisation of a row.
    pub(crate) fn company(&self, row: &AuditRow) -> &str {
        &self.names.list[row.company as usize]
    }

    /// The words of the title that state a role.
    pub(crate) fn form(&self, row: &AuditRow) -> &str {
        &self.names.list[row.form as usize]
    }
}

/// Interned strings.
#[derive(Debug, Default)]
struct Interner {
    index_of: HashMap<String, u32>,
    list: Vec<String>,
}

impl Interner {
    fn index(&mut self, name: &str) -> u32 {
        if let Some(&index) = self.index_of.get(name) {
            return index;
        }
        let index = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.index_of.insert(name.to_owned(), index);
        index
    }
}

/// The rows that are scored: all, or one of each group of near copies.
#[derive(Debug)]
pub(crate) struct ScoredRows<'a> {
    pub(crate) all: &'a AuditRows<'a>,
    /// Identity and index of each scored row.
    scored: Vec<(RowId, usize)>,
    /// For each row, the index in `scored` of itself or of the row it repeats.
    pub(crate) scored_index: Vec<usize>,
}

impl<'a> ScoredRows<'a> {
    /// For counts of the rows themselves: near copies with the same organisation, title and label are one row, the
    /// least of them.
    pub(crate) fn counted(rows: &'a AuditRows<'a>) -> Self {
        let order = rows.canonical_order();
        let mut first = vec![None; order.len()];
        let known = |&i: &usize| {
            let id = rows.rows[i].id;
            let text = *first[rows.copies()[i]].get_or_insert(id);
            (id.with_text_of(text), i)
        };
        let mut scored: Vec<(RowId, usize)> = order.iter().map(known).collect();
        // Stable sort: of equal identities the least comes first.
        scored.par_sort_by_key(|(id, _)| *id);
        let mut scored_index = vec![0; scored.len()];
        let mut last = 0;
        let mut before: Option<RowId> = None;
        for (id, i) in &scored {
            last += usize::from(before.is_some_and(|before| before != *id));
            before = Some(*id);
            scored_index[*i] = last;
        }
        scored.dedup_by_key(|(id, _)| *id);
        Self { all: rows, scored, scored_index }
    }

    /// For a given model: every row is scored.
    pub(crate) fn as_read(rows: &'a AuditRows<'a>) -> Self {
        let scored = rows.rows.iter().enumerate().map(|(i, row)| (row.id, i)).collect();
        let scored_index = (0..rows.rows.len()).collect();
        Self { all: rows, scored, scored_index }
    }

    /// Rows that are probably of another role than they state, as index to role. `predicted` has index and role
    /// probabilities of each row that states a role.
    pub(crate) fn corrections(&self, predicted: &[(usize, Vec<f64>)]) -> BTreeMap<usize, usize> {
        let stated: Vec<usize> =
            predicted.iter().map(|(index, _)| self.id(*index).class()).collect();
        let (indices, probabilities): (Vec<usize>, Vec<Vec<f64>>) =
            predicted.iter().cloned().unzip();
        let actual = noise::true_class(probabilities, &stated, noise::RANKING, |i| {
            self.all.rows[self.scored[indices[i]].1].max_power
        });
        let rows = indices.into_iter().zip(stated).zip(actual);
        let wrong = rows.filter(|((_, stated), actual)| 1.0 - actual[*stated] >= CORRECTED);
        wrong.map(|((index, _), actual)| (index, top(&actual))).collect()
    }
}

impl ScoredRows<'_> {
    /// The example at an index, with its title features.
    fn with_title(&self, index: usize) -> io::Result<Example> {
        let (id, i) = self.scored[index];
        let bytes = self.all.spool.read(self.all.rows[i].features)?;
        let damaged = || io::Error::other("the features of a row are damaged");
        unpack(&bytes, id, self.all.lexicon().roles().len()).ok_or_else(damaged)
    }
}

/// Examples without title features, since labels mostly come from titles.
impl Rows for ScoredRows<'_> {
    fn count(&self) -> usize {
        self.scored.len()
    }

    fn id(&self, index: usize) -> RowId {
        self.scored[index].0
    }

    fn get(&self, index: usize) -> io::Result<Cow<'_, Example>> {
        self.with_title(index).map(|row| Cow::Owned(row.without_title()))
    }
}

/// Examples with title features.
pub(crate) struct TitledRows<'a>(pub(crate) &'a ScoredRows<'a>);

impl Rows for TitledRows<'_> {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn id(&self, index: usize) -> RowId {
        self.0.id(index)
    }

    fn get(&self, index: usize) -> io::Result<Cow<'_, Example>> {
        self.0.with_title(index).map(Cow::Owned)
    }
}

/// Serialises an example without its identity, little-endian: number of features (u32), features (u64 each), stated
/// role (i32), mentions (u32 each).
fn pack(example: &Example) -> Vec<u8> {
    let features = example.features();
    let mut bytes = Vec::with_capacity(8 + 8 * features.len() + 4 * example.mentions.len());
    bytes.extend_from_slice(&(features.len() as u32).to_le_bytes());
    bytes.extend(features.iter().flat_map(|feature| feature.number().to_le_bytes()));
    bytes.extend_from_slice(&example.stated().number().to_le_bytes());
    bytes.extend(example.mentions.iter().flat_map(|mentions| mentions.to_le_bytes()));
    bytes
}

fn unpack(bytes: &[u8], id: RowId, roles: usize) -> Option<Example> {
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    let (features, rest) = rest.split_at_checked(8 * u32::from_le_bytes(*count) as usize)?;
    let (stated, mentions) = rest.split_first_chunk::<4>()?;
    let stated = Stated::from_number(i32::from_le_bytes(*stated));
    let features = features.as_chunks::<8>().0.iter();
    let features = features.map(|feature| Occurrence::from_number(u64::from_le_bytes(*feature)));
    let mentions = mentions.as_chunks::<4>().0.iter().map(|n| u32::from_le_bytes(*n)).collect();
    let features: Vec<Occurrence> = features.collect::<Option<_>>()?;
    Some(Example::of_parts(id, roles, &features, stated, mentions))
}
