//! Where a title and its text say what cannot both be, whatever the role: levels and salaries.

use super::finding::Issue;
use super::matters::Matter;
use crate::evidence::lexicon::Salary;
use crate::evidence::{Evidence, Lexicon, Title, stated_salary, text_level};
use crate::roles::RoleId;

/// Levels this far apart are not a matter of taste, if one of them is where careers begin: texts call
/// directors senior.
const LEVELS_APART: u32 = 3;
/// The highest level where careers begin.
const ENTRY: u32 = 1;
/// A salary is far outside a band if it reaches only this share of it, or the band this share of it.
const FAR: f64 = 0.6;

/// The title says one level and the text quite another.
pub(super) fn level_conflict(
    title: &Title,
    evidence: &Evidence,
    lexicon: &Lexicon,
) -> Option<Matter> {
    let level = title.level.as_ref()?;
    let text = text_level(evidence, lexicon)?;
    let stated = lexicon.rank(level)?;
    let steps = stated.abs_diff(text.rank);
    (steps >= LEVELS_APART && stated.min(text.rank) <= ENTRY).then(|| Matter {
        issue: Issue::LevelConflict,
        certainty: 1.0 - 1.0 / f64::from(steps),
        suggested: None,
        detail: format!(
            "Its title says {level}, and its text speaks of a job at the level {}.",
            text.id
        ),
    })
}

/// The salary is far outside the bands that the documents give for the stated role and level.
pub(super) fn salary_conflict(
    role: RoleId,
    title: &Title,
    evidence: &Evidence,
    lexicon: &Lexicon,
) -> Option<Matter> {
    let salary = stated_salary(evidence.text().as_str()).filter(|s| s.currency == "USD")?;
    let role = &lexicon.roles().get(role).id;
    let near = |band: &Salary| {
        let below = salary.high / band.low;
        let above = if band.high.open { 1.0 } else { band.high.amount / salary.low };
        if salary.open { above } else { below.min(above) }
    };
    let bands = lexicon.salary_bands(role, title.level.as_deref());
    let nearest = bands.iter().max_by(|a, b| near(a).total_cmp(&near(b)))?;
    let ratio = near(nearest);
    (ratio < FAR).then(|| {
        let level = title.level.as_ref().map(|level| format!(" ({level})")).unwrap_or_default();
        let Salary { low, high, source, .. } = nearest;
        let source = lexicon.sources().iter().find(|s| s.id == *source).map(|s| s.title.as_str());
        let to = if high.open { "up".to_owned() } else { format!("to {:.0}", high.amount) };
        Matter {
            issue: Issue::SalaryConflict,
            certainty: 1.0 - ratio,
            suggested: None,
            detail: format!(
                "It states {:.0} to {:.0} US dollars a year; \"{}\" gives {low:.0} {to} for {}{level}.",
                salary.low,
                salary.high,
                source.unwrap_or_default(),
                role.replace('_', " ")
            ),
        }
    })
}
