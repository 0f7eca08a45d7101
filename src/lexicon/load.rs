//! Reads and checks the files of `data/roles/`.

use crate::lexicon::checks::{Checks, error_in, rows};
use crate::lexicon::entries::{
    Claim, ExperienceBand, HeadingPart, JobCount, Level, Rung, SalaryBand, Sharing, Skill,
    SourceDocument, Strength, Stub, TitleForm, TitleStates,
};
use crate::lexicon::files::{
    FILES, LexiconFile, LexiconFiles, from_bytes, hash_of, missing_from, to_bytes,
};
use crate::lexicon::names::mark_names;
use crate::lexicon::phrase_table::Phrases;
use crate::lexicon::wording::{TitleWords, Wording};
use crate::lexicon::{Lexicon, PhraseTable, Term, TokenClass};
use crate::postings::Table;
use crate::roles::{OTHER, Role, RoleId, RoleSet};
use crate::text::{Capitals, word_hash};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// Most families of other jobs: each adds a column to every feature of a model.
const MOST_FAMILIES: usize = 32;

/// Files of [`Skill`]s.
const EVIDENCE: [&str; 9] = [
    "skills",
    "duties",
    "dimensions",
    "challenges",
    "industries",
    "traits",
    "entry_points",
    "certifications",
    "facts",
];

/// Why a lexicon cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// A file that every lexicon has is missing, or one cannot be read.
    #[error(
        "cannot read {file}, which every lexicon folder has (copy data/roles/ and edit the copy)"
    )]
    File {
        /// Path of the file.
        file: String,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A line is invalid.
    #[error("{file}, line {line}: {problem}")]
    Line {
        /// Path of the file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Lexicon {
    /// The lexicon inside the program.
    ///
    /// # Errors
    /// None in a released program: a test loads it.
    pub fn embedded() -> Result<Self, LexiconError> {
        Self::from_files(&embedded_files()?)
    }

    /// The lexicon in a folder laid out like `data/roles/`.
    ///
    /// # Errors
    /// A missing file, or an invalid line with its file and number.
    pub fn from_dir(dir: &Path) -> Result<Self, LexiconError> {
        let mut files = LexiconFiles::new();
        for LexiconFile { name, without, .. } in &FILES {
            let path = dir.join(format!("{name}.csv"));
            let file = path.display().to_string();
            let bytes = match std::fs::read(&path) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == ErrorKind::NotFound && without.is_some() => continue,
                Err(source) => return Err(LexiconError::File { file, source }),
            };
            let table = Table::read(bytes).map_err(|error| error_in(&file, error))?;
            files.insert(*name, (file, table));
        }
        let embedded = hash_of(&embedded_files()?);
        let lexicon = Self::from_files(&files)?;
        let own_files = (lexicon.hash != embedded).then(|| to_bytes(&files).into());
        Ok(Self { own_files, ..lexicon })
    }

    /// The lexicon that a model holds, from the bytes of its files.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn from_own_files(bytes: &[u8]) -> Result<Self, String> {
        let files = from_bytes(bytes)?;
        let lexicon = Self::from_files(&files).map_err(|error| error.to_string())?;
        Ok(Self { own_files: Some(bytes.into()), ..lexicon })
    }

    fn from_files(files: &LexiconFiles) -> Result<Self, LexiconError> {
        let sources: Vec<SourceDocument> =
            rows(files, "sources")?.into_iter().map(|(_, s)| s).collect();
        let roles = load_roles(files)?;
        let checks = Checks { roles: &roles, sources: &sources, files, skipped: &[] };
        let wording = Wording::load(&checks)?;
        let checks = Checks { skipped: wording.titles.skipped.hashes(), ..checks };
        let (skills, mut terms) = load_skills(&checks)?;
        load_mentions(&checks, &mut terms)?;
        mark_names(&mut terms);
        let (families, other_jobs) = load_other_jobs(&checks)?;
        let mut headings = load_headings(&checks)?;
        add_job_titles(&terms, &wording.titles, &mut headings);
        let (terms, headings) = (checks.table(&terms), checks.table(&headings));
        let boilerplate = load_boilerplate(&checks)?;
        let stubs = load_stubs(&checks)?;
        let sharing = load_sharing(&checks)?;
        let (level_list, levels) = load_levels(&checks)?;
        let titles = load_titles(&checks, &level_list)?;
        let name_words = load_name_words(&checks, &levels, &wording.titles)?;
        let ladders = load_ladders(&checks)?;
        let experience = load_experience(&checks)?;
        let market = load_market(&checks)?;
        let salaries = load_salaries(&checks, &level_list)?;
        Ok(Self {
            roles,
            sources,
            skills,
            terms,
            families,
            other_jobs,
            headings,
            boilerplate,
            stubs,
            sharing,
            titles,
            name_words,
            levels,
            level_list,
            ladders,
            experience,
            market,
            salaries,
            wording,
            missing: missing_from(files),
            hash: hash_of(files),
            own_files: None,
        })
    }
}

/// The files of the lexicon inside the program.
fn embedded_files() -> Result<LexiconFiles, LexiconError> {
    let table = |&LexiconFile { name, embedded, .. }: &LexiconFile| {
        let file = format!("{name}.csv");
        let table = Table::read(embedded.into()).map_err(|error| error_in(&file, error))?;
        Ok((name, (file, table)))
    };
    FILES.iter().map(table).collect()
}

fn load_roles(files: &LexiconFiles) -> Result<RoleSet, LexiconError> {
    let rows: Vec<(u64, Role)> = rows(files, "roles")?;
    let last = rows.last().map_or(1, |(line, _)| *line);
    RoleSet::new(rows.into_iter().map(|(_, role)| role).collect()).map_err(|problem| {
        LexiconError::Line { file: files["roles"].0.clone(), line: last, problem }
    })
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SkillRow {
    id: String,
    name: String,
    role: String,
    weight: f64,
    source: String,
    section: String,
    forms: String,
}

fn load_skills(checks: &Checks) -> Result<(Vec<Skill>, Phrases<Term>), LexiconError> {
    let mut skills: Vec<Skill> = Vec::new();
    let mut indices: BTreeMap<String, usize> = BTreeMap::new();
    let mut terms = Phrases::new();
    for kind in EVIDENCE {
        for (line, row) in checks.rows::<SkillRow>(kind)? {
            checks.source(kind, line, &row.source)?;
            if row.id.is_empty() || row.section.is_empty() {
                return Err(checks.error(kind, line, "an entry needs an id and a section"));
            }
            if row.id.contains(char::is_control) {
                let problem = format!("id {:?} has a control character", row.id);
                return Err(checks.error(kind, line, problem));
            }
            if !(row.weight > 0.0 && row.weight <= 100.0) {
                let problem = format!("weight {} is not above 0 and at most 100", row.weight);
                return Err(checks.error(kind, line, problem));
            }
            let role = checks.role(kind, line, &row.role)?;
            let index = *indices.entry(row.id.clone()).or_insert_with(|| {
                let (id, name) = (row.id.clone(), row.name.clone());
                skills.push(Skill { id, name, kind, claims: Vec::new(), forms: Vec::new() });
                skills.len() - 1
            });
            let skill = &mut skills[index];
            let claim =
                Claim { role, weight: row.weight, source: row.source, section: row.section };
            if skill
                .claims
                .iter()
                .any(|c| (c.role, &c.source, &c.section) == (role, &claim.source, &claim.section))
            {
                let problem =
                    format!("{:?} is listed twice for this role, source and section", row.id);
                return Err(checks.error(kind, line, problem));
            }
            skill.claims.push(claim);
            for form in row.forms.split(';').map(str::trim).filter(|f| !f.is_empty()) {
                for phrase in checks.phrases(kind, line, form)? {
                    let skill = Term::Skill { index: index as u32, may_hold_name: false };
                    let before = terms.insert(phrase, skill);
                    if let Some(Term::Skill { index: other, .. }) = before {
                        let other = &skills[other as usize].id;
                        let problem = format!("form {form:?} already stands for {other:?}");
                        return Err(checks.error(kind, line, problem));
                    }
                }
                skills[index].forms.push(form.to_owned());
            }
            if skills[index].forms.is_empty() {
                return Err(checks.error(kind, line, format!("{:?} has no form", row.id)));
            }
        }
    }
    Ok((skills, terms))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct MentionRow {
    form: String,
    role: String,
    case: String,
}

fn load_mentions(checks: &Checks, terms: &mut Phrases<Term>) -> Result<(), LexiconError> {
    for (line, row) in checks.rows::<MentionRow>("mentions")? {
        let name = match row.role.as_str() {
            "none" => None,
            "undecided" => Some(checks.roles.len() as u32),
            id => Some(checks.role("mentions", line, id)?.index() as u32),
        };
        let upper = match row.case.as_str() {
            "any" => false,
            "upper" => true,
            other => {
                let problem = format!("case {other:?} is neither \"any\" nor \"upper\"");
                return Err(checks.error("mentions", line, problem));
            }
        };
        let capitals = match (upper, row.form.ends_with(['s', 'S'])) {
            (false, _) => None,
            (true, false) => Some(Capitals::All),
            // "POs" is a plural; "POS" is a point of sale.
            (true, true) => Some(Capitals::AllButPlural),
        };
        for phrase in checks.phrases("mentions", line, &row.form)? {
            let discipline = match terms.get(&phrase) {
                Some(Term::Skill { index, .. }) => Some(*index),
                Some(Term::Mention { .. } | Term::OtherJob) => {
                    return Err(checks.repeated("mentions", line, &row.form));
                }
                None => None,
            };
            let mention =
                name.map_or(Term::OtherJob, |name| Term::Mention { name, capitals, discipline });
            terms.insert(phrase, mention);
        }
    }
    Ok(())
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherJobRow {
    family: String,
    forms: String,
}

fn load_other_jobs(checks: &Checks) -> Result<(Vec<String>, PhraseTable<u32>), LexiconError> {
    let (mut families, mut words): (Vec<String>, _) = (Vec::new(), Phrases::new());
    for (line, row) in checks.rows::<OtherJobRow>("other_jobs")? {
        let error = |problem: String| checks.error("other_jobs", line, problem);
        let is_duplicate = row.family == OTHER || families.contains(&row.family);
        if is_duplicate || row.family.is_empty() || checks.roles.find(&row.family).is_some() {
            return Err(error(format!("family {:?} has no name of its own", row.family)));
        }
        if families.len() == MOST_FAMILIES {
            return Err(error(format!("there can be at most {MOST_FAMILIES} families")));
        }
        let index = families.len() as u32;
        for form in row.forms.split(';').map(str::trim).filter(|f| !f.is_empty()) {
            checks.add(&mut words, ("other_jobs", line), form, index)?;
        }
        families.push(row.family);
    }
    families.push(OTHER.to_owned());
    Ok((families, checks.table(&words)))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadingRow {
    form: String,
    part: HeadingPart,
}

fn load_headings(checks: &Checks) -> Result<Phrases<HeadingPart>, LexiconError> {
    let mut headings = Phrases::new();
    for (line, row) in checks.rows::<HeadingRow>("headings")? {
        checks.add(&mut headings, ("headings", line), &row.form, row.part)?;
    }
    Ok(headings)
}

/// Adds the names of roles to the headings.
fn add_job_titles(terms: &Phrases<Term>, titles: &TitleWords, headings: &mut Phrases<HeadingPart>) {
    for (phrase, term) in terms.by_words() {
        let Term::Mention { name, capitals: None, .. } = *term else { continue };
        if phrase.last().is_some_and(|&word| titles.heads.has(word)) {
            headings.insert(phrase.clone(), HeadingPart::Title(name));
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct BoilerplateRow {
    form: String,
    kind: String,
    strength: Strength,
}

fn load_boilerplate(checks: &Checks) -> Result<PhraseTable<(Strength, u32)>, LexiconError> {
    let mut forms = Phrases::new();
    for ((line, row), number) in checks.rows::<BoilerplateRow>("boilerplate")?.into_iter().zip(0..)
    {
        if row.kind.is_empty() {
            return Err(checks.error("boilerplate", line, "the kind is missing"));
        }
        checks.add(&mut forms, ("boilerplate", line), &row.form, (row.strength, number))?;
    }
    Ok(checks.table(&forms))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StubRow {
    form: String,
    kind: Stub,
}

fn load_stubs(checks: &Checks) -> Result<PhraseTable<Stub>, LexiconError> {
    let mut forms = Phrases::new();
    for (line, row) in checks.rows::<StubRow>("stubs")? {
        checks.add(&mut forms, ("stubs", line), &row.form, row.kind)?;
    }
    Ok(checks.table(&forms))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SharingRow {
    form: String,
    kind: Sharing,
    source: String,
    #[serde(rename = "section")]
    _section: String,
}

fn load_sharing(checks: &Checks) -> Result<PhraseTable<Sharing>, LexiconError> {
    let mut forms = Phrases::new();
    for (line, row) in checks.rows::<SharingRow>("sharing")? {
        checks.source("sharing", line, &row.source)?;
        checks.add(&mut forms, ("sharing", line), &row.form, row.kind)?;
    }
    Ok(checks.table(&forms))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleRow {
    form: String,
    states: String,
    source: String,
    section: String,
    /// The level that the form itself is on.
    #[serde(default)]
    level: String,
}

fn load_titles(checks: &Checks, levels: &[Level]) -> Result<PhraseTable<TitleForm>, LexiconError> {
    let mut titles = Phrases::new();
    for (line, row) in checks.rows::<TitleRow>("titles")? {
        checks.source("titles", line, &row.source)?;
        if row.section.is_empty() {
            return Err(checks.error("titles", line, "the section is missing"));
        }
        let states = match row.states.as_str() {
            "undecided" => TitleStates::Undecided,
            "none" => TitleStates::Neither,
            "anothers" => TitleStates::Anothers,
            "serves" => TitleStates::Serves,
            id => TitleStates::Role(checks.role("titles", line, id)?),
        };
        let level = levels.iter().position(|level| level.id == row.level).map(|at| at as u32);
        if level.is_none() && !row.level.is_empty() {
            let problem = format!("{:?} is no level of levels.csv", row.level);
            return Err(checks.error("titles", line, problem));
        }
        let form = TitleForm { states, written: abbreviation(&row.form), may_be: None, level };
        checks.add(&mut titles, ("titles", line), &row.form, form)?;
    }
    let with_a_word = roles_with_a_word(&titles);
    for (words, form) in titles.values_mut() {
        if form.states == TitleStates::Undecided {
            form.may_be = with_a_word.get(words).copied().flatten();
        }
    }
    Ok(checks.table(&titles))
}

/// Hash of the last word of a form, with its capitals, if it has two or more of them.
fn abbreviation(form: &str) -> Option<u64> {
    let last = form.split_whitespace().last()?;
    (last.chars().filter(|c| c.is_uppercase()).count() > 1).then(|| word_hash(last))
}

/// By the words of a form without the first: the role of these forms, if they all have the same.
fn roles_with_a_word(titles: &Phrases<TitleForm>) -> BTreeMap<Vec<u64>, Option<RoleId>> {
    let mut roles = BTreeMap::new();
    for (words, form) in titles.by_words() {
        if let (TitleStates::Role(role), [_, rest @ ..]) = (form.states, words.as_slice()) {
            let one = roles.entry(rest.to_vec()).or_insert(Some(role));
            *one = one.filter(|&one| one == role);
        }
    }
    roles
}

/// Least characters of a word that is checked for typing errors: shorter ones are one edit from too many others.
const SHORTEST_NAME_WORD: usize = 5;

/// The words of the roles' names, without level words, with their hashes and sorted by these.
fn load_name_words(
    checks: &Checks,
    levels: &PhraseTable<Option<u32>>,
    titles: &TitleWords,
) -> Result<Vec<(String, u64)>, LexiconError> {
    let begin = |(word, token_classes): (u64, TokenClass)| {
        token_classes.has(TokenClass::BEGINS).then_some(word)
    };
    let levels: Vec<u64> = levels.words().filter_map(begin).collect();
    let mut words = BTreeMap::new();
    for (_, row) in checks.rows::<MentionRow>("mentions")? {
        if row.role == "none" || row.case != "any" {
            continue;
        }
        for word in row.form.split([' ', '|']).map(str::to_lowercase) {
            let singular = titles.plural.iter().filter_map(|plural| plural.without(&word));
            let of_level =
                [&*word].into_iter().chain(singular).any(|w| levels.contains(&word_hash(w)));
            if word.chars().count() >= SHORTEST_NAME_WORD && !of_level {
                words.insert(word.clone(), word_hash(&word));
            }
        }
    }
    let mut words: Vec<(String, u64)> = words.into_iter().collect();
    words.sort_by_key(|(_, hash)| *hash);
    Ok(words)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelRow {
    word: String,
    level: String,
    rank: u32,
}

fn load_levels(checks: &Checks) -> Result<(Vec<Level>, PhraseTable<Option<u32>>), LexiconError> {
    let mut list: Vec<Level> = Vec::new();
    let mut words = Phrases::new();
    for (line, row) in checks.rows::<LevelRow>("levels")? {
        let level = Level { id: row.level, rank: row.rank };
        let index = (level.id != "none").then(|| {
            list.iter().position(|l| l.id == level.id).unwrap_or_else(|| {
                list.push(level.clone());
                list.len() - 1
            })
        });
        if let Some(known) = index.map(|index| &list[index]).filter(|known| **known != level) {
            let problem = format!("level {:?} already has rank {}", level.id, known.rank);
            return Err(checks.error("levels", line, problem));
        }
        let index = index.map(|index| index as u32);
        checks.add(&mut words, ("levels", line), &row.word, index)?;
    }
    Ok((list, checks.table(&words)))
}

fn load_ladders(checks: &Checks) -> Result<Vec<Rung>, LexiconError> {
    let mut ladders = Vec::new();
    for (line, rung) in checks.rows::<Rung>("ladders")? {
        checks.role("ladders", line, &rung.role)?;
        checks.source("ladders", line, &rung.source)?;
        ladders.push(rung);
    }
    Ok(ladders)
}

fn load_experience(checks: &Checks) -> Result<Vec<ExperienceBand>, LexiconError> {
    let mut bands = Vec::new();
    for (line, band) in checks.rows::<ExperienceBand>("experience")? {
        checks.role("experience", line, &band.role)?;
        checks.source("experience", line, &band.source)?;
        if band.low > band.high {
            let problem = format!(
                "{} to {} years are not a range; give the lower number first",
                band.low, band.high
            );
            return Err(checks.error("experience", line, problem));
        }
        bands.push(band);
    }
    Ok(bands)
}

fn load_market(checks: &Checks) -> Result<Vec<JobCount>, LexiconError> {
    let mut counts: Vec<JobCount> = Vec::new();
    for (line, count) in checks.rows::<JobCount>("market")? {
        checks.role("market", line, &count.role)?;
        checks.source("market", line, &count.source)?;
        let problem = if count.jobs == 0 {
            "a role without jobs is as if it were left out; leave the row out".to_owned()
        } else if counts.iter().any(|other| other.role == count.role) {
            format!("{} has a number of jobs already; give it one row", count.role)
        } else {
            counts.push(count);
            continue;
        };
        return Err(checks.error("market", line, problem));
    }
    Ok(counts)
}

fn load_salaries(checks: &Checks, levels: &[Level]) -> Result<Vec<SalaryBand>, LexiconError> {
    let mut salaries = Vec::new();
    for (line, band) in checks.rows::<SalaryBand>("salaries")? {
        checks.role("salaries", line, &band.role)?;
        checks.source("salaries", line, &band.source)?;
        let problem = if band.level != "any" && !levels.iter().any(|l| l.id == band.level) {
            format!("unknown level {:?}; levels.csv has the levels", band.level)
        } else if !(band.low > 0.0 && band.low <= band.high.amount) {
            format!("the band {} to {} is not a range", band.low, band.high.amount)
        } else {
            salaries.push(band);
            continue;
        };
        return Err(checks.error("salaries", line, problem));
    }
    Ok(salaries)
}
