//! The role lexicon: everything `data/roles/` says about the roles, checked and ready to match.

pub(crate) mod common_words;
mod entries;
mod load;
mod names;
mod phrase_table;
mod token_classes;

pub(crate) use entries::TitleForm;
pub use entries::{
    Claim, ExperienceBand, HeadingPart, JobCount, Level, Rung, SalaryBand, Sharing, Skill,
    SourceDocument, Strength, Stub, TitleStates, Upper,
};
pub use load::LexiconError;
pub use phrase_table::PhraseTable;
pub(crate) use token_classes::{TokenClass, TokenClasses, WINDOW};

use crate::roles::{Label, RoleSet};
use crate::text::Token;
use crate::text::{Capitals, CleanText, Tokens};
use common_words::common_words;
use std::collections::BTreeMap;

/// What a phrase of the lexicon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// A skill, duty or other listed matter.
    Skill {
        /// Its place in [`Lexicon::skills`].
        place: u32,
        /// Whether the name of a role may begin within the phrase.
        may_hold_name: bool,
    },
    /// The name of another job that contains the name of a role ("director of product marketing").
    OtherJob,
    /// The name of a role: its place in the role set, or one past the last role for names that
    /// leave the role undecided ("project manager").
    Mention {
        /// Place in the role set, or its length.
        name: u32,
        /// How it must be written ("PO", "POs"), if that matters.
        capitals: Option<Capitals>,
        /// The skill that has the name of a discipline ("project management"), which is one and the other.
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
    /// Each form with its strength and a number of its own.
    pub(crate) boilerplate: PhraseTable<(Strength, u32)>,
    pub(crate) stubs: PhraseTable<Stub>,
    pub(crate) sharing: PhraseTable<Sharing>,
    pub(crate) titles: PhraseTable<TitleForm>,
    /// Words of the roles' names, in which typing errors are looked for, with their hashes, by these.
    pub(crate) name_words: Vec<(String, u64)>,
    /// Places in `level_list`; nothing for names that only contain the word for a level.
    pub(crate) levels: PhraseTable<Option<u32>>,
    pub(crate) level_list: Vec<Level>,
    pub(crate) ladders: Vec<Rung>,
    pub(crate) experience: Vec<ExperienceBand>,
    pub(crate) market: Vec<JobCount>,
    pub(crate) salaries: Vec<SalaryBand>,
    pub(crate) hash: String,
}

impl Lexicon {
    /// The numbers of roles and of classes: the roles, and the families of other jobs.
    pub(crate) fn sizes(&self) -> [usize; 2] {
        [self.roles().len(), self.classes().len()]
    }

    /// The roles, in the order of the model's columns.
    pub fn roles(&self) -> &RoleSet {
        &self.roles
    }

    /// What words are to the terms, to the headings and to boilerplate, by their hashes, and which are common;
    /// the others are nothing.
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
        let common = common_words().map(|word| (word, TokenClass::COMMON));
        for (word, kind) in headings.chain(boilerplate).chain(common) {
            let token_classes = words.entry(word).or_default();
            *token_classes = *token_classes | kind;
        }
        words
    }

    /// Every skill, duty and other listed matter, in the order of the files.
    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }

    /// The families of other jobs; last the jobs of no family.
    pub fn families(&self) -> &[String] {
        &self.families
    }

    /// Names of what is counted apart: the roles, then the families of other jobs.
    pub fn classes(&self) -> Vec<String> {
        self.roles.iter().map(|r| r.id.clone()).chain(self.families.iter().cloned()).collect()
    }

    /// The class of a posting, by its label, and by its title if it is none of the roles: the
    /// first family with a form in the title.
    pub fn class(&self, label: Label, title: &str) -> usize {
        let Label::Other = label else { return label.outcome(&self.roles) };
        let tokens = Tokens::new(CleanText::new(title).as_str());
        let tokens = tokens.as_slice();
        let families = (0..tokens.len())
            .filter_map(|i| self.other_jobs.longest(&tokens[i..], false, |_, _| true))
            .map(|(family, _)| family as usize);
        self.roles.len() + families.min().unwrap_or(self.families.len() - 1)
    }

    /// Whether a hash is that of a word of the roles' names.
    pub(crate) fn is_name_word(&self, hash: u64) -> bool {
        self.name_words.binary_search_by_key(&hash, |(_, hash)| *hash).is_ok()
    }

    /// The source documents.
    pub fn sources(&self) -> &[SourceDocument] {
        &self.sources
    }

    /// Place of a level from the lowest (0) upwards.
    pub fn rank(&self, level: &str) -> Option<u32> {
        self.level_list.iter().find(|l| l.id == level).map(|l| l.rank)
    }

    /// The bands of the documents for a role and a level; a title without a level is of the middle. Where a level has
    /// none, that of all levels, which is open above for levels that are higher than most.
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

    /// How a text says that roles are shared, if it does.
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

    /// How many jobs of a role there are, as far as a document says it.
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
