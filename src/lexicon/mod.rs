//! The role lexicon: the content of `data/roles/`, validated and indexed for matching.

mod checks;
mod currency;
mod entries;
mod files;
mod load;
mod names;
mod phrase_table;
mod token_classes;
mod wording;

pub(crate) use currency::currency_code;
pub use entries::{
    Claim, ExperienceBand, JobCount, Rung, SalaryBand, Sharing, Skill, SourceDocument, Stub, Upper,
};
pub(crate) use entries::{HeadingPart, Level, Strength, TitleForm, TitleStates};
pub use files::MissingFile;
pub use load::LexiconError;
pub(crate) use phrase_table::PhraseTable;
pub(crate) use token_classes::{TokenClass, TokenClasses, WINDOW};
pub(crate) use wording::{
    ExperienceWords, FunctionWord, LabelWord, Pattern, PayWords, Period, PlainWords, TitleWords,
    WordSet, Wording, Worth, YearsSense, fits_any,
};

use crate::roles::{Label, RoleSet};
use crate::text::Token;
use crate::text::{Capitals, CleanText, Tokens};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The meaning of a phrase of the lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// A [`Skill`].
    Skill {
        /// Its index in [`Lexicon::skills`].
        index: u32,
        /// Whether the name of a role may begin within the phrase.
        may_hold_name: bool,
    },
    /// The name of another job that contains the name of a role ("director of product marketing").
    OtherJob,
    /// The name of a role.
    Mention {
        /// Index in the role set, or its length for names that leave the role undecided ("project manager").
        name: u32,
        /// The capitals it must have ("PO", "POs"), if any are required.
        capitals: Option<Capitals>,
        /// Index of the skill with the same phrase: the name of a discipline ("project management") is both.
        discipline: Option<u32>,
    },
}

/// The role lexicon.
#[derive(Debug, Clone)]
pub struct Lexicon {
    pub(crate) roles: RoleSet,
    pub(crate) sources: Vec<SourceDocument>,
    pub(crate) skills: Vec<Skill>,
    pub(crate) terms: PhraseTable<Term>,
    pub(crate) families: Vec<String>,
    pub(crate) other_jobs: PhraseTable<u32>,
    pub(crate) headings: PhraseTable<HeadingPart>,
    /// Each form with its strength and its number among the forms.
    pub(crate) boilerplate: PhraseTable<(Strength, u32)>,
    pub(crate) stubs: PhraseTable<Stub>,
    pub(crate) sharing: PhraseTable<Sharing>,
    pub(crate) titles: PhraseTable<TitleForm>,
    /// Words of the roles' names, for correcting typing errors, with their hashes and sorted by these.
    pub(crate) name_words: Vec<(String, u64)>,
    /// Indices in `level_list`; `None` for names that only contain a level word.
    pub(crate) levels: PhraseTable<Option<u32>>,
    pub(crate) level_list: Vec<Level>,
    pub(crate) ladders: Vec<Rung>,
    pub(crate) experience: Vec<ExperienceBand>,
    pub(crate) market: Vec<JobCount>,
    pub(crate) salaries: Vec<SalaryBand>,
    /// The words of the language of the texts.
    pub(crate) wording: Wording,
    pub(crate) missing: Vec<MissingFile>,
    pub(crate) hash: String,
    /// Its files as bytes, to go with a model; `None` for the lexicon inside the program.
    pub(crate) own_files: Option<Arc<[u8]>>,
}

impl Lexicon {
    /// The numbers of roles and of classes (roles and families of other jobs).
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.roles().len(), self.classes().len()]
    }

    /// The roles, in the order of the model's columns.
    pub fn roles(&self) -> &RoleSet {
        &self.roles
    }

    /// Token classes by word hash, for terms, headings, boilerplate and common words; other words have none.
    pub(crate) fn words(&self) -> BTreeMap<u64, TokenClass> {
        let mut words: BTreeMap<u64, TokenClass> = self.terms.words().collect();
        let headings = self.headings.first_words().map(|word| (word, TokenClass::HEADING));
        let boilerplate = self.boilerplate.words().map(|(word, token_classes)| {
            let begins = if token_classes.has(TokenClass::BEGINS) {
                TokenClass::BOILERPLATE
            } else {
                TokenClass::default()
            };
            (word, begins | token_classes.without(TokenClass::BEGINS))
        });
        let common = self.common_words().iter().map(|&word| (word, TokenClass::COMMON));
        for (word, class) in headings.chain(boilerplate).chain(common) {
            let token_classes = words.entry(word).or_default();
            *token_classes = *token_classes | class;
        }
        words
    }

    /// ISO 639 code of the language that the texts must be in; `None` if they may be in any.
    pub fn language(&self) -> Option<&'static str> {
        self.wording.language.as_ref().map(|language| language.code)
    }

    /// Whether a language, if it is known, is another than that of the lexicon.
    pub(crate) fn is_foreign(&self, language: Option<&str>) -> bool {
        matches!((self.language(), language), (Some(own), Some(language)) if own != language)
    }

    /// Whether nouns of its language have capitals, which are then no sign of a name.
    pub(crate) fn nouns_have_capitals(&self) -> bool {
        self.wording.language.as_ref().is_some_and(|language| language.nouns_have_capitals)
    }

    /// Hashes of the common words of its language.
    pub(crate) fn common_words(&self) -> &[u64] {
        self.wording.language.as_ref().map_or(&[], |language| language.common.hashes())
    }

    /// The files that its folder does not have, with what is therefore not read.
    pub fn missing_files(&self) -> &[MissingFile] {
        &self.missing
    }

    /// The skills, duties and other entries, in the order of the files.
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// Names of the families of other jobs; last that of jobs of no family.
    pub(crate) fn families(&self) -> &[String] {
        &self.families
    }

    /// Names of the classes: the roles, then the families of other jobs.
    pub fn classes(&self) -> Vec<String> {
        self.roles.iter().map(|r| r.id.clone()).chain(self.families.iter().cloned()).collect()
    }

    /// The class of a posting by its label; if that is none of the roles, the first family with a form in the title.
    pub fn class(&self, label: Label, title: &str) -> usize {
        let Label::Other = label else { return label.outcome(&self.roles) };
        let tokens = Tokens::new(CleanText::new(title).as_str());
        let tokens = tokens.as_slice();
        let families = (0..tokens.len())
            .filter_map(|i| self.other_jobs.longest(&tokens[i..], false, |_, _| true))
            .map(|(family, _)| family as usize);
        self.roles.len() + families.min().unwrap_or(self.families.len() - 1)
    }

    /// Whether a hash belongs to a word of the roles' names.
    pub(crate) fn is_name_word(&self, hash: u64) -> bool {
        self.name_words.binary_search_by_key(&hash, |(_, hash)| *hash).is_ok()
    }

    /// The source documents.
    pub fn sources(&self) -> &[SourceDocument] {
        &self.sources
    }

    /// Rank of a level, from 0 for the lowest.
    pub(crate) fn rank(&self, level: &str) -> Option<u32> {
        self.level_list.iter().find(|l| l.id == level).map(|l| l.rank)
    }

    /// The documents' salary bands for a role and a level (`mid` if the title has none). A level without bands has
    /// those of directors from `head` upwards, else those for any level, without an upper limit above `senior`.
    pub fn salary_bands(&self, role: &str, level: Option<&str>) -> Vec<SalaryBand> {
        let of = |wanted: &str| -> Vec<SalaryBand> {
            let fits = |s: &&SalaryBand| s.role == role && s.level == wanted;
            self.salaries.iter().filter(fits).cloned().collect()
        };
        let rank = |level: &str| self.rank(level).unwrap_or(0);
        let level = level.unwrap_or("mid");
        let mut bands = of(level);
        if bands.is_empty() && rank(level) >= rank("head") {
            bands = of("director");
        }
        if bands.is_empty() && rank(level) > 0 {
            bands = of("any");
            let high = rank(level) > rank("senior");
            for band in &mut bands {
                band.high.open |= high;
            }
        }
        bands
    }

    /// How roles are shared or ranked, if the text states it.
    pub(crate) fn sharing(&self, tokens: &[Token]) -> Option<Sharing> {
        (0..tokens.len()).find_map(|at| {
            let said = self.sharing.longest(&tokens[at..], false, |_, _| true);
            said.map(|(sharing, _)| sharing)
        })
    }

    /// Years of experience by role.
    pub fn experience(&self) -> &[ExperienceBand] {
        &self.experience
    }

    /// Number of jobs by role, where a document gives it.
    pub fn market(&self) -> &[JobCount] {
        &self.market
    }

    /// The career ladders.
    pub fn ladders(&self) -> &[Rung] {
        &self.ladders
    }

    /// The salary bands.
    pub fn salaries(&self) -> &[SalaryBand] {
        &self.salaries
    }

    /// BLAKE3 hash of the files, in hexadecimal: a model belongs to the lexicon it was trained with.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}
