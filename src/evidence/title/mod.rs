//! Parses job titles: the role (one, several, undecided or none) and the level.

mod level;
mod spelling;
mod words;

use crate::lexicon::{HeadingPart, Lexicon, TitleForm, TitleStates, fits_any};
use crate::roles::{Label, RoleId};
use crate::text::Token;
use std::cell::RefCell;
use std::ops::Range;
pub(super) use words::MOST_WORDS;
use words::{Gap, Words};

thread_local! {
    /// Scratch buffers of each thread, reused for every title.
    static SCRATCH: RefCell<Words> = RefCell::default();
}

/// The role a title states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitleRole {
    /// Exactly one role.
    One(RoleId),
    /// Two or more roles, in the order of the role set.
    Several(Vec<RoleId>),
    /// A form of several roles ("project manager"): the text decides.
    Undecided,
    /// No role.
    None,
}

/// A parsed title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The role it states.
    pub role: TitleRole,
    /// The highest level it names, such as `senior`.
    pub level: Option<String>,
    /// The words that state the role, in lower case: `it project manager`.
    pub form: String,
}

impl Title {
    /// Reads a title.
    pub fn read(title: &str, lexicon: &Lexicon) -> Self {
        Self::read_with_words(title, lexicon, |_, _| ())
    }

    /// Reads a title; `then` receives its cleaned text and its first [`MOST_WORDS`] tokens.
    pub(crate) fn read_with_words(
        title: &str,
        lexicon: &Lexicon,
        then: impl FnOnce(&str, &[Token]),
    ) -> Self {
        SCRATCH.with_borrow_mut(|words| {
            words.set(title, lexicon);
            then(words.text(), words.tokens());
            Reader { words, lexicon }.title()
        })
    }

    /// The role as a label.
    ///
    /// # Errors
    /// Why it does not state exactly one role.
    pub fn label(&self) -> Result<Label, &'static str> {
        match self.role {
            TitleRole::One(role) => Ok(Label::Role(role)),
            TitleRole::Several(_) => Err("title states several roles"),
            TitleRole::Undecided => Err("title leaves the role undecided"),
            TitleRole::None => Err("title states no role"),
        }
    }
}

/// A form found in a title.
#[derive(Debug)]
struct FoundForm {
    at: usize,
    end: usize,
    form: TitleForm,
    /// The words of the form, if the title has them in another order.
    words: Option<String>,
}

impl FoundForm {
    /// Whether it states a role, even an undecided one.
    fn names_role(&self) -> bool {
        self.form.names_role()
    }
}

/// Reads one title.
struct Reader<'a> {
    words: &'a Words,
    lexicon: &'a Lexicon,
}

impl Reader<'_> {
    fn title(&self) -> Title {
        let mut found = self.forms();
        let of_others =
            if found.is_empty() { Vec::new() } else { self.leave_out_others(&mut found) };
        if of_others.is_empty() && !found.iter().any(|f| f.form.role().is_some()) {
            let undecided = found.iter().any(FoundForm::names_role);
            if let Some(role) = self.reordered_or_misspelt(undecided) {
                found.retain(|f| f.end <= role.at || role.end <= f.at);
                found.push(role);
            }
        }
        let level = self.level(&found, &of_others);
        Title { role: self.role(&found), level, form: self.form(&found) }
    }

    /// The role of a title in which no form states one: its words are in another order, or misspelt.
    fn reordered_or_misspelt(&self, undecided: bool) -> Option<FoundForm> {
        if !self.words.tokens().iter().any(|token| self.lexicon.is_name_word(token.hash)) {
            return None;
        }
        let decides = |f: &FoundForm| !undecided || f.form.role().is_some();
        self.with_head_first().or_else(|| self.misspelt().filter(decides))
    }

    fn role(&self, found: &[FoundForm]) -> TitleRole {
        let mut roles: Vec<RoleId> = Vec::new();
        for f in found.iter().filter(|f| f.names_role()) {
            let halves = self.other_halves(f);
            let is_joined = || found.iter().any(|role| self.is_joined(f, role));
            match f.form.states {
                TitleStates::Role(role) => {
                    roles.push(role);
                    roles.extend(halves.iter().filter_map(|half| half.role().or(half.may_be)));
                }
                _ if halves.iter().any(|half| half.role().is_some()) || is_joined() => {
                    roles.extend(f.form.may_be);
                    roles.extend(halves.iter().filter_map(TitleForm::role));
                }
                _ => {}
            }
        }
        roles.sort_unstable();
        roles.dedup();
        match roles.as_slice() {
            [] if found.iter().any(FoundForm::names_role) => TitleRole::Undecided,
            [] => TitleRole::None,
            [one] => TitleRole::One(*one),
            _ => TitleRole::Several(roles),
        }
    }

    fn form(&self, found: &[FoundForm]) -> String {
        let words = |f: &FoundForm| {
            let in_title = || self.words.joined(f.at..f.end);
            f.words.clone().unwrap_or_else(in_title)
        };
        found.iter().map(words).collect::<Vec<_>>().join(" ")
    }

    /// The longest form at token `at`, of at most `most` words, with its length.
    fn longest(&self, at: usize, most: usize) -> Option<(TitleForm, usize)> {
        self.lexicon.titles.longest(&self.words.tokens()[at..], false, |form, length| {
            let last = at + length - 1;
            length <= most
                && form.written.is_none_or(|written| self.words.is_written(last, written))
        })
    }

    /// The forms in a title, from left to right. A form that begins within another and ends after it wins: the head of
    /// a name comes last ("VP, Product Owner").
    fn forms(&self) -> Vec<FoundForm> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let Some((mut form, mut length)) = self.longest(at, usize::MAX) else {
                at += 1;
                continue;
            };
            let mut next = at + length;
            if let Some(later) = self.wins_over(at, next, form) {
                next = later;
                let Some(shorter) = self.longest(at, later - at) else {
                    at = later;
                    continue;
                };
                (form, length) = shorter;
            } else if let Some(shorter) = self.role_before_a_mark(at, next, form) {
                (form, length) = shorter;
                next = at + length;
            }
            found.push(FoundForm { at, end: at + length, form, words: None });
            at = next;
        }
        found
    }

    /// Where a form begins that wins over `form` at the tokens `at..end`.
    fn wins_over(&self, at: usize, end: usize, form: TitleForm) -> Option<usize> {
        let joined = |later| self.words.gap(later) == Gap::Joins;
        (at + 1..end).find(|&later| {
            let Some((other, length)) = self.longest(later, usize::MAX) else { return false };
            let reaches = later + length;
            match form.states {
                TitleStates::Role(_) => reaches > end && self.is_whole(later, reaches),
                // "Product/Project Manager"
                TitleStates::Undecided => {
                    (reaches > end && self.is_whole(later, reaches))
                        || (reaches == end && joined(later) && other.names_role())
                }
                _ => false,
            }
        })
    }

    /// The form of a role that ends at the first mark within another job, or at a slash: "Director of Product,
    /// Security", "Product Owner/Manager".
    fn role_before_a_mark(
        &self,
        at: usize,
        end: usize,
        form: TitleForm,
    ) -> Option<(TitleForm, usize)> {
        let ends = |&i: &usize| match form.states {
            TitleStates::Neither => self.words.is_separated(i),
            TitleStates::Role(_) => self.words.gap(i) == Gap::Joins,
            _ => false,
        };
        let mark = (at + 1..end).find(ends)?;
        let (form, length) = self.longest(at, mark - at)?;
        (form.role().is_some() && at + length == mark).then_some((form, length))
    }

    /// Whether no mark separates the words.
    fn is_whole(&self, at: usize, end: usize) -> bool {
        (at + 1..end).all(|i| !self.words.is_separated(i))
    }

    /// The roles of a form whose last word, or first words, are replaced by joined words: "Product Owner/Manager",
    /// "Product & Project Manager".
    fn other_halves(&self, f: &FoundForm) -> Vec<TitleForm> {
        let (words, tokens) = (self.words, self.words.tokens());
        let mut halves = Vec::new();
        if f.words.is_some() || f.end - f.at < 2 {
            return halves;
        }
        let mut add = |name: &[Token]| {
            let form = self.lexicon.titles.longest(name, false, |form, length| {
                length == name.len() && form.written.is_none()
            });
            let form = form.map(|(form, _)| form);
            halves.extend(form.filter(|f| f.role().is_some() || f.may_be.is_some()));
            form.is_some()
        };
        if let Some(last) = words.joined_at(f.end)
            && last < words.len()
            && words.ends_at(last + 1)
            && words.level(last, self.lexicon).is_none()
        {
            add(&[&tokens[f.at..f.end - 1], &tokens[last..=last]].concat());
        }
        if let Some(first) = words.joined_before(f.at) {
            let starts = words.phrase_start(first)..=first;
            let names = (f.at + 1..f.end).flat_map(|rest| {
                starts
                    .clone()
                    .map(move |start| [&tokens[start..=first], &tokens[rest..f.end]].concat())
            });
            let _ = names.into_iter().any(|name| add(&name));
        }
        halves
    }

    /// Whether a form is joined with one of a role: "Product Owner / Project Manager".
    fn is_joined(&self, f: &FoundForm, role: &FoundForm) -> bool {
        role.form.role().is_some()
            && (self.words.joined_before(f.at).is_some_and(|before| before + 1 == role.end)
                || self.words.joined_at(f.end) == Some(role.at))
    }

    /// Removes forms of roles that are not the title's, and returns the token ranges about other people.
    fn leave_out_others(&self, found: &mut Vec<FoundForm>) -> Vec<Range<usize>> {
        let named = |f: &FoundForm| f.names_role() && f.form.written.is_none();
        let first = found.iter().find(|f| named(f)).map(|f| f.at);
        found.retain(|f| {
            f.form.written.is_none() || first.is_some_and(|at| at < f.at) || self.is_head(f)
        });
        let mut of_others: Vec<Range<usize>> = Vec::new();
        for f in found.iter() {
            match f.form.states {
                TitleStates::Anothers if f.at > 0 => of_others.push(self.scope(f, found)),
                TitleStates::Serves => of_others.extend(self.served(f, found)),
                _ if f.names_role() && (self.is_spelt_out(f) || self.serves_others(f)) => {
                    of_others.push(f.at..f.end);
                }
                _ => {}
            }
        }
        found.retain(|f| match f.form.states {
            TitleStates::Anothers | TitleStates::Serves => false,
            TitleStates::Neither => true,
            _ => !of_others.iter().any(|words| words.contains(&f.at)),
        });
        of_others
    }

    /// The tokens about another person, after "reporting to".
    fn scope(&self, f: &FoundForm, found: &[FoundForm]) -> Range<usize> {
        let words = self.words;
        let ends = |&at: &usize| words.gap(at) == Gap::Ends;
        let end = (f.end..words.len()).find(ends).unwrap_or(words.len());
        // "Go to Market Product Manager" is not about another person.
        let direct = words.behind_levels(f.end, end, self.lexicon);
        let is_of_another = f.end - f.at > 1
            || (f.end < end && words.is_determiner(f.end))
            || found.iter().any(|role| role.names_role() && (f.end..=direct).contains(&role.at));
        f.end..if is_of_another { end } else { f.end }
    }

    /// Whether a name is that of the people whom the job serves: "Copywriter for Product Managers", "Product Owner's
    /// Assistant".
    fn serves_others(&self, f: &FoundForm) -> bool {
        let words = self.words;
        if f.end < words.len() && words.gap(f.end) == Gap::Possessive {
            return true;
        }
        let is_person = fits_any(&self.lexicon.wording.titles.people, &words.word(f.end - 1));
        let counts = |at: usize| {
            let level = words.level(at, self.lexicon).is_some_and(|(level, _)| level.is_some());
            level || words.is_determiner(at) || words.is_number(at)
        };
        let first = (0..f.at).rev().find(|&at| !counts(at));
        let head = first.filter(|&at| words.is_for(at)).and_then(|at| at.checked_sub(1));
        is_person && head.is_some_and(|head| self.is_job(head))
    }

    /// Whether the title of another job may end with token `at`.
    fn is_job(&self, at: usize) -> bool {
        let ends = |start: usize| {
            let words = &self.words.tokens()[start..=at];
            let part = self.lexicon.headings.longest(words, false, |_, _| true);
            part.is_some_and(|(part, length)| {
                part == HeadingPart::OtherJob && length == words.len()
            })
        };
        ends(at) || at.checked_sub(1).is_some_and(ends)
    }

    /// Whether the title spells out an abbreviation: "Chief People Officer (CPO)". If the words name a role, they state
    /// it themselves.
    fn is_spelt_out(&self, f: &FoundForm) -> bool {
        let words = self.words;
        let letters: Vec<char> = words.word(f.at).chars().collect();
        if f.end - f.at != 1 || !(2..=4).contains(&letters.len()) || f.form.role().is_none() {
            return false;
        }
        let spells = |start: usize| {
            let initial = |at: usize| words.word(at).chars().next();
            letters.iter().zip(start..).all(|(letter, at)| initial(at) == Some(*letter))
        };
        let before = f.at.checked_sub(letters.len());
        let is_before = before.filter(|_| words.is_bracketed(f.at)).is_some_and(spells);
        let is_behind = f.end + letters.len() <= words.len()
            && (words.gap(f.end) == Gap::Space || words.is_bracketed(f.end))
            && (f.end + 1..f.end + letters.len()).all(|at| !words.is_separated(at))
            && spells(f.end);
        is_before || is_behind
    }

    /// The tokens that name whom a recruiter or trainer works for.
    fn served(&self, f: &FoundForm, found: &[FoundForm]) -> Option<Range<usize>> {
        let words = self.words;
        let is_head = words.ends_at(f.end);
        let roles = || found.iter().filter(|role| role.names_role());
        // "Product Owner Trainer"
        let before = roles().find(|r| is_head && r.end <= f.at && words.phrase_end(r.end) == f.end);
        if let Some(role) = before {
            return Some(role.at..f.end);
        }
        if roles().any(|role| role.at < f.at) || f.end >= words.len() {
            return None;
        }
        // "Headhunter Product Owner"
        let alone = |role: &FoundForm| role.at == f.end && role.end == words.len();
        let whole = f.at == 0
            && f.end < words.len()
            && words.gap(f.end) == Gap::Space
            && roles().any(alone);
        // "Recruiter, Product Owners", "Trainer for Product Owners"
        let separated = matches!(words.gap(f.end), Gap::Comma | Gap::Ends);
        let endings = &self.lexicon.wording.titles.plural;
        let plural =
            |role: &FoundForm| role.at == f.end && fits_any(endings, &words.word(role.end - 1));
        (whole || separated || words.is_preposition(f.end) || roles().any(plural))
            .then(|| f.end..words.len())
    }

    /// Whether an abbreviation is the head of the title: "Senior PO", and not "PO Processing" or "8 PM".
    fn is_head(&self, f: &FoundForm) -> bool {
        let (words, tokens) = (self.words, self.words.tokens());
        let ends = words.ends_at(f.end)
            || tokens[f.end].numeric
            || words.word(f.end).chars().count() == 1
            || matches!(words.level(f.end, self.lexicon), Some((Some(_), _)));
        let start = words.phrase_start(f.at);
        let only_levels = |from, to| words.behind_levels(from, to, self.lexicon) == to;
        let decided = f.form.role().is_some();
        let begins = only_levels(0, start) || (decided && words.joined_before(start).is_some());
        let is_name = decided || only_levels(start, f.at);
        ends && begins && is_name && !(f.at > 0 && tokens[f.at - 1].numeric)
    }

    /// The role of a title with its head first: "Manager, Product".
    fn with_head_first(&self) -> Option<FoundForm> {
        (1..self.words.len()).find_map(|mark| {
            let words = self.words;
            let behind = match words.gap(mark) {
                Gap::Comma | Gap::Ends => mark,
                Gap::Hyphen if words.phrase_start(mark - 1) == 0 => mark,
                Gap::Space if mark + 1 < words.len() && words.is_of(mark) => mark + 1,
                _ => return None,
            };
            let head = self.head(words.phrase_start(mark - 1), mark)?;
            let end = words.phrase_end(behind + 1);
            let name = [&words.tokens()[behind..end], &words.tokens()[head.clone()]].concat();
            let (skip, form) = (0..end - behind).find_map(|skip| {
                let name = &name[skip..];
                let whole =
                    |form: TitleForm, length| form.written.is_none() && length == name.len();
                Some((skip, self.lexicon.titles.longest(name, false, whole)?.0))
            })?;
            form.role()?;
            // "Director, Clinical Product Strategy" is no product strategy director.
            let is_level =
                words.level(head.start, self.lexicon).is_some_and(|(level, _)| level.is_some());
            if is_level && skip > 0 && end - behind - skip > 1 {
                return None;
            }
            let indices = (behind + skip..end).chain(head.clone());
            let words = words.joined(indices);
            Some(FoundForm { at: head.start, end, form, words: Some(words) })
        })
    }

    /// The tokens before a mark without level words: "manager" of "senior manager ii".
    fn head(&self, start: usize, mark: usize) -> Option<Range<usize>> {
        const MOST: usize = 3;
        let words = self.words;
        let numeral = |at: usize| {
            words.tokens()[at].numeric || matches!(&*words.word(at), "i" | "ii" | "iii" | "iv")
        };
        let mut end = mark;
        while end > start + 1 && numeral(end - 1) {
            end -= 1;
        }
        let start = words.behind_levels(start, end, self.lexicon).min(end - 1);
        (end - start <= MOST).then_some(start..end)
    }
}

#[cfg(test)]
mod tests;
