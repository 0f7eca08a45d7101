//! The postings of an audit: in memory only what models and the summary need of each, the rest in a
//! [`Spool`].

use crate::audit::conflicts::{experience_conflict, level_conflict, salary_conflict};
use crate::audit::noise;
use crate::audit::row_issues::RowIssue;
use crate::counts::sketch::Sketch;
use crate::evidence::{Evidence, Extractor, FEW_WORDS, Occurrence, Stated, Title, TitleRole};
use crate::examples::example::{Example, RowId, rows_hash};
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

/// From this probability of stating the wrong role on, a row teaches the role that its duties are those of. Chosen
/// on planted noise, of .4 to .6.
const CORRECTED: f64 = 0.6;

/// A posting to be audited.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// Place among the rows of the file, from 1, without the header.
    pub row: u64,
    /// Its identity, title, organisation and text.
    pub texts: Texts<'a>,
    /// The role that its label or its title states, or another job; nothing if none of them does.
    pub stated: Option<Label>,
}

/// What stands in a posting.
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

/// Postings to be audited, as they are read.
#[derive(Debug)]
pub struct AuditRows<'a> {
    extractor: Extractor<'a>,
    spool: Spool,
    sketch: Sketch,
    pub(crate) rows: Vec<AuditRow>,
    /// Places in `rows` of the first of equal postings.
    known: HashMap<RowKey, usize>,
    /// Which rows are of one organisation or near copies, when all have been read.
    neighbours: Neighbours,
    /// Those whose titles state two roles, and that no label decides.
    pub(crate) undecided: Vec<Undecided>,
    /// How many rows state another role than their titles, of all whose title states one.
    differing: [u64; 2],
    names: Interner,
}

impl Posting<'_> {
    /// A hash of all but its place and its identity.
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

/// Where what stands in a posting is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    id: SpoolRange,
    /// Equal postings share it.
    others: SpoolRange,
}

/// A posting that states a role, or another job.
#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub(crate) row: u64,
    id: RowId,
    /// Place of what it states among the outcomes.
    pub(crate) stated: usize,
    pub(crate) texts: Kept,
    features: SpoolRange,
    company: u32,
    /// The words of its title that state a role.
    form: u32,
    /// Whether its text has too few words to show that the job is another one.
    pub(crate) is_short: bool,
    /// The power that its probabilities are raised to, at most.
    pub(crate) most_power: f64,
    /// What is the issue with it, whatever models say.
    pub(crate) row_issues: Vec<RowIssue>,
}

impl AuditRow {
    /// Hash of its organisation.
    pub(crate) fn organisation(&self) -> u64 {
        self.id.organisation
    }
}

#[derive(Debug)]
pub(crate) struct Undecided {
    pub(crate) row: u64,
    pub(crate) texts: Kept,
    pub(crate) roles: Vec<RoleId>,
}

/// What a thread makes of a posting that states something.
struct Stating {
    id: RowId,
    stated: usize,
    features: Vec<u8>,
    is_short: bool,
    most_power: f64,
    row_issues: Vec<RowIssue>,
}

/// What a thread makes of a posting.
struct ReadPosting {
    title: Title,
    stating: Option<Stating>,
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
        }
    }

    /// Which features may take part.
    pub(crate) fn sketch(&self) -> &Sketch {
        &self.sketch
    }

    /// The lexicon it reads by.
    pub(crate) fn lexicon(&self) -> &'a Lexicon {
        self.extractor.lexicon()
    }

    /// What finds evidence in texts.
    pub(crate) fn extractor(&self) -> &Extractor<'a> {
        &self.extractor
    }

    /// Whether what rows state is what their titles say: then a title is what is audited, and no further evidence that
    /// it is wrong.
    pub(crate) fn state_titles(&self) -> bool {
        self.differing[0] == 0 || labels_repeat_titles(self.differing)
    }

    /// Reads postings, and of equal ones that state something only the first.
    ///
    /// # Errors
    /// If they cannot be kept aside.
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
        for ((posting, key), read) in postings.iter().zip(keys).zip(read) {
            match read {
                Some(read) => self.add_new(posting, key, read)?,
                None => self.add_again(posting, self.known[&key])?,
            }
        }
        Ok(())
    }

    fn add_new(&mut self, posting: &Posting, key: RowKey, read: ReadPosting) -> io::Result<()> {
        let ReadPosting { title, stating } = read;
        if let Some(Stating { id, stated, features, is_short, most_power, row_issues }) = stating {
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
                company: self.names.place(posting.texts.company.trim()),
                form: self.names.place(&title.form),
                is_short,
                most_power,
                row_issues,
            };
            self.known.insert(key, self.rows.len());
            self.rows.push(row);
        } else if let TitleRole::Several(roles) = title.role {
            let texts = self.keep(&posting.texts)?;
            self.undecided.push(Undecided { row: posting.row, texts, roles });
        }
        Ok(())
    }

    fn add_again(&mut self, posting: &Posting, first: usize) -> io::Result<()> {
        let mut row = AuditRow { row: posting.row, ..self.rows[first].clone() };
        row.texts.id = self.spool.push(posting.texts.id.as_bytes())?;
        self.rows.push(row);
        Ok(())
    }

    fn keep(&mut self, texts: &Texts) -> io::Result<Kept> {
        let others = postcard::to_stdvec(&Texts { id: "", ..*texts }).map_err(io::Error::other)?;
        Ok(Kept { id: self.spool.push(texts.id.as_bytes())?, others: self.spool.push(&others)? })
    }

    fn read(&self, posting: &Posting, evidence: &mut Evidence) -> ReadPosting {
        let Texts { title: raw, company, description, .. } = posting.texts;
        let lexicon = self.lexicon();
        let title = Title::read(raw, lexicon);
        let stating = posting.stated.map(|stated| {
            self.extractor.extract_into(raw, description, evidence);
            let example = Example::new(evidence, raw, company, stated, lexicon);
            let features = pack(&example);
            let example = example.without_title();
            self.sketch.note(&example);
            let mut row_issues = Vec::new();
            if let Label::Role(role) = stated {
                row_issues.extend(level_conflict(&title, evidence, lexicon));
                row_issues.extend(salary_conflict(role, &title, evidence, lexicon));
                row_issues.extend(experience_conflict(role, &title, evidence, lexicon));
            }
            if matches!(title.role, TitleRole::Several(_)) {
                row_issues.push(RowIssue::two_roles());
            }
            Stating {
                id: example.row,
                stated: example.outcome,
                features,
                is_short: evidence.words() < FEW_WORDS,
                most_power: noise::most_power(
                    evidence.words(),
                    evidence.skills(),
                    matches!(stated, Label::Role(_)),
                ),
                row_issues,
            }
        });
        ReadPosting { title, stating }
    }

    /// Finds the near copies among the rows, when all of them have been read.
    pub fn find_copies(&mut self) {
        self.known.clear();
        let ids: Vec<RowId> = self.rows.iter().map(|row| row.id).collect();
        self.neighbours = Neighbours::new(&ids);
    }

    /// For each row the number of its text, near copies having the same.
    pub(crate) fn copies(&self) -> &[usize] {
        self.neighbours.texts()
    }

    /// How many rows speak for themselves, at most.
    pub(crate) fn independent(&self) -> usize {
        self.neighbours.all_independent()
    }

    /// The places of the rows in an order that does not depend on that of the file, but for rows that are equal.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.par_sort_by_key(|&place| self.rows[place].id);
        order
    }

    /// Number of rows that state a role.
    pub fn stating(&self) -> usize {
        self.rows.len()
    }

    /// The rows that state something, as what and by which organisation: place of what they state
    /// among the outcomes, and hash of the organisation.
    pub(crate) fn stated(&self) -> impl Iterator<Item = (usize, u64)> {
        self.rows.iter().map(|row| (row.stated, row.id.organisation))
    }

    /// One hash of all rows.
    pub fn hash(&self) -> String {
        rows_hash(self.rows.iter().map(|row| row.id))
    }

    /// The number of the row at a place among those that state a role, and what `then` makes of what
    /// stands in it.
    ///
    /// # Errors
    /// If it cannot be read back.
    pub fn with_row<T>(&self, place: usize, then: impl FnOnce(u64, Texts) -> T) -> io::Result<T> {
        let row = &self.rows[place];
        self.with_texts(row.texts, |texts| then(row.row, texts))
    }

    /// What `then` makes of texts that were kept.
    pub(crate) fn with_texts<T>(&self, kept: Kept, then: impl FnOnce(Texts) -> T) -> io::Result<T> {
        let (id, others) = (self.spool.read(kept.id)?, self.spool.read(kept.others)?);
        let id = str::from_utf8(&id).map_err(io::Error::other)?;
        Ok(then(Texts { id, ..postcard::from_bytes(&others).map_err(io::Error::other)? }))
    }

    /// The organisation of a row.
    pub(crate) fn company(&self, row: &AuditRow) -> &str {
        &self.names.list[row.company as usize]
    }

    /// The words of a title that state a role.
    pub(crate) fn form(&self, row: &AuditRow) -> &str {
        &self.names.list[row.form as usize]
    }
}

/// Strings that many rows share.
#[derive(Debug, Default)]
struct Interner {
    places: HashMap<String, u32>,
    list: Vec<String>,
}

impl Interner {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// Rows as models judge them.
#[derive(Debug)]
pub(crate) struct Judgeable<'a> {
    pub(crate) all: &'a AuditRows<'a>,
    /// Places of the rows that are judged, and what they are known by.
    judged: Vec<(RowId, usize)>,
    /// For each row its place among those that are judged, or that of the row that it repeats.
    pub(crate) places: Vec<usize>,
}

impl<'a> Judgeable<'a> {
    /// For models that count the rows themselves: near copies of one organisation, title and label are one row, the
    /// least of them.
    pub(crate) fn counted(rows: &'a AuditRows<'a>) -> Self {
        let order = rows.in_order();
        let mut first = vec![None; order.len()];
        let known = |&i: &usize| {
            let id = rows.rows[i].id;
            let text = *first[rows.copies()[i]].get_or_insert(id);
            (id.with_text_of(text), i)
        };
        let mut judged: Vec<(RowId, usize)> = order.iter().map(known).collect();
        // Stable, so that of equal ones the least comes first.
        judged.par_sort_by_key(|(id, _)| *id);
        let mut places = vec![0; judged.len()];
        let mut last = 0;
        let mut before: Option<RowId> = None;
        for (id, i) in &judged {
            last += usize::from(before.is_some_and(|before| before != *id));
            before = Some(*id);
            places[*i] = last;
        }
        judged.dedup_by_key(|(id, _)| *id);
        Self { all: rows, judged, places }
    }

    /// For models that may have counted the rows.
    pub(crate) fn as_read(rows: &'a AuditRows<'a>) -> Self {
        let judged = rows.rows.iter().enumerate().map(|(i, row)| (row.id, i)).collect();
        let places = (0..rows.rows.len()).collect();
        Self { all: rows, judged, places }
    }

    /// The rows that are most likely of another role than they state, by place, with that role. `said` has the
    /// probabilities of the roles, for the rows of roles, each with its place.
    pub(crate) fn corrections(&self, said: &[(usize, Vec<f64>)]) -> BTreeMap<usize, usize> {
        let stated: Vec<usize> = said.iter().map(|(place, _)| self.id(*place).class()).collect();
        let said: (Vec<usize>, Vec<Vec<f64>>) = said.iter().cloned().unzip();
        let (places, probabilities) = said;
        let actual = noise::actual(probabilities, &stated, noise::RANKING, |i| {
            self.all.rows[self.judged[places[i]].1].most_power
        });
        let rows = places.into_iter().zip(stated).zip(actual);
        let wrong = rows.filter(|((_, stated), actual)| 1.0 - actual[*stated] >= CORRECTED);
        wrong.map(|((place, _), actual)| (place, top(&actual))).collect()
    }
}

impl Judgeable<'_> {
    /// The row at a place, with its title.
    fn with_title(&self, place: usize) -> io::Result<Example> {
        let (id, i) = self.judged[place];
        let bytes = self.all.spool.read(self.all.rows[i].features)?;
        let damaged = || io::Error::other("the features of a row are damaged");
        unpack(&bytes, id, self.all.lexicon().roles().len()).ok_or_else(damaged)
    }
}

/// Rows without their titles: labels are most often those of the titles.
impl Rows for Judgeable<'_> {
    fn count(&self) -> usize {
        self.judged.len()
    }

    fn id(&self, place: usize) -> RowId {
        self.judged[place].0
    }

    fn get(&self, place: usize) -> io::Result<Cow<'_, Example>> {
        self.with_title(place).map(|row| Cow::Owned(row.without_title()))
    }
}

/// Rows with their titles.
pub(crate) struct Titled<'a>(pub(crate) &'a Judgeable<'a>);

impl Rows for Titled<'_> {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn id(&self, place: usize) -> RowId {
        self.0.id(place)
    }

    fn get(&self, place: usize) -> io::Result<Cow<'_, Example>> {
        self.0.with_title(place).map(Cow::Owned)
    }
}

/// A row but for its identity as bytes: the number of its features, then each; what its title states; the mentions.
fn pack(example: &Example) -> Vec<u8> {
    let features = &example.features;
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
    Some(Example::of_parts(id, roles, features.collect::<Option<_>>()?, stated, mentions))
}
