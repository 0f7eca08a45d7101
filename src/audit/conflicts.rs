//! Contradictions between title and text that do not depend on a model: level, salary, experience.

use crate::audit::finding::Issue;
use crate::audit::row_issues::RowIssue;
use crate::evidence::{Evidence, Title, asked_experience, stated_salary, text_level};
use crate::lexicon::Lexicon;
use crate::lexicon::SalaryBand;
use crate::roles::RoleId;

/// Least distance of conflicting ranks, of which one must be an entry level: texts call directors senior, so
/// other pairs are too vague.
const LEVELS_APART: u32 = 3;
/// The highest rank of an entry level.
const ENTRY: u32 = 1;
/// A salary conflicts if its ratio to the nearest bound of the band is below this.
const FAR: f64 = 0.6;
/// Most years of experience of a beginner.
const LITTLE: u32 = 1;

/// Conflict between the levels of title and text.
pub(crate) fn level_conflict(
    title: &Title,
    evidence: &Evidence,
    lexicon: &Lexicon,
) -> Option<RowIssue> {
    let level = title.level.as_ref()?;
    let text = text_level(evidence, lexicon)?;
    let stated = lexicon.rank(level)?;
    let steps = stated.abs_diff(text.rank);
    (steps >= LEVELS_APART && stated.min(text.rank) <= ENTRY).then(|| RowIssue {
        issue: Issue::LevelConflict,
        certainty: 1.0 - 1.0 / f64::from(steps),
        suggested: None,
        detail: format!(
            "Its title says {level}, and its text speaks of a job at the level {}.",
            text.id
        ),
    })
}

/// Conflict between the salary and the bands of the documents for the stated role and level, in its currency.
pub(crate) fn salary_conflict(
    role: RoleId,
    title: &Title,
    evidence: &Evidence,
    lexicon: &Lexicon,
) -> Option<RowIssue> {
    let salary = stated_salary(evidence.text().as_str(), lexicon)?;
    let role = &lexicon.roles().get(role).id;
    let near = |band: &SalaryBand| {
        let below = salary.high / band.low;
        let above = if band.high.open { 1.0 } else { band.high.amount / salary.low };
        if salary.open { above } else { below.min(above) }
    };
    let mut bands = lexicon.salary_bands(role, title.level.as_deref());
    bands.retain(|band| band.currency == salary.currency);
    let nearest = bands.iter().max_by(|a, b| near(a).total_cmp(&near(b)))?;
    let ratio = near(nearest);
    (ratio < FAR).then(|| {
        let level = title.level.as_ref().map(|level| format!(" ({level})")).unwrap_or_default();
        let SalaryBand { low, high, source, .. } = nearest;
        let source = lexicon.sources().iter().find(|s| s.id == *source).map(|s| s.title.as_str());
        let currency = if salary.currency == "USD" { "US dollars" } else { salary.currency };
        let to = if high.open { "up".to_owned() } else { format!("to {:.0}", high.amount) };
        RowIssue {
            issue: Issue::SalaryConflict,
            certainty: 1.0 - ratio,
            suggested: None,
            detail: format!(
                "It states {:.0} to {:.0} {currency} a year; \"{}\" gives {low:.0} {to} for {}{level}.",
                salary.low,
                salary.high,
                source.unwrap_or_default(),
                role.replace('_', " ")
            ),
        }
    })
}

/// Conflict between title level and experience: an entry level with more years than the documents give for the
/// role, or a senior level with at most a year.
pub(crate) fn experience_conflict(
    role: RoleId,
    title: &Title,
    evidence: &Evidence,
    lexicon: &Lexicon,
) -> Option<RowIssue> {
    let level = title.level.as_ref()?;
    let rank = lexicon.rank(level)?;
    let asked = asked_experience(evidence.text().as_str(), lexicon)?;
    let role = &lexicon.roles().get(role).id;
    let of_role = lexicon.experience().iter().filter(|band| band.role == *role);
    // A role without a band in the documents uses the highest band of any role.
    let band = of_role
        .max_by_key(|band| band.high)
        .or_else(|| lexicon.experience().iter().max_by_key(|band| band.high))?;
    let (certainty, detail) = if rank <= ENTRY && asked.least > band.high {
        let of = band.role.replace('_', " ");
        let title = lexicon.sources().iter().find(|s| s.id == band.source);
        let source = title.map(|s| s.title.as_str()).unwrap_or_default();
        (
            1.0 - f64::from(band.high) / f64::from(asked.least + band.high),
            format!(
                "Its title says {level}, and its text asks for {} years of experience; \"{source}\" gives {} for {of}.",
                asked.least, band.high
            ),
        )
    } else if rank >= lexicon.rank("senior")? && asked.most.is_some_and(|most| most <= LITTLE) {
        let most = asked.most.unwrap_or_default();
        (
            0.5,
            format!(
                "Its title says {level}, and its text asks for at most {most} years of experience."
            ),
        )
    } else {
        return None;
    };
    Some(RowIssue { issue: Issue::ExperienceConflict, certainty, suggested: None, detail })
}
