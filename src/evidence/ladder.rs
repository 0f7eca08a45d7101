//! The step of a title on the career ladder of a role.

use super::Title;
use crate::lexicon::Lexicon;
use crate::lexicon::Rung;
use serde::Serialize;

/// A step of a career ladder, with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// The title of the step below.
    pub below: Option<String>,
    /// The title of the step.
    pub title: String,
    /// The title of the step above.
    pub above: Option<String>,
    /// Title of the document that has the ladder.
    pub source: String,
}

/// Level of a title that names none.
const PLAIN: &str = "mid";

/// The step of a title on the ladder of a role id: the one with the same name, else the first of the highest level that
/// is not above the title's. `None` if no document has a ladder of the role.
pub(crate) fn ladder_step(title: &Title, role: &str, lexicon: &Lexicon) -> Option<Step> {
    // Of several ladders, the one with the most steps.
    let steps = |source: &str| -> Vec<&Rung> {
        let of_it = |rung: &&Rung| rung.role == role && rung.source == source;
        let mut steps: Vec<&Rung> = lexicon.ladders().iter().filter(of_it).collect();
        steps.sort_by_key(|rung| rung.rank);
        steps
    };
    let steps = lexicon.sources().iter().map(|source| steps(&source.id)).max_by_key(Vec::len)?;
    let rank = |title: &Title| lexicon.rank(title.level.as_deref().unwrap_or(PLAIN));
    let read: Vec<Title> = steps.iter().map(|rung| Title::read(&rung.title, lexicon)).collect();
    let same = |of: &Title| !of.form.is_empty() && of.form == title.form && of.level == title.level;
    let title_rank = rank(title);
    let reaches = |of: &Title| rank(of) <= title_rank;
    let index = read.iter().rposition(same).or_else(|| {
        let level = read.iter().filter(|of| reaches(of)).filter_map(rank).max()?;
        read.iter().position(|of| rank(of) == Some(level))
    });
    let index = index.or((!steps.is_empty()).then_some(0))?;
    let title_of = |index: usize| steps.get(index).map(|rung| rung.title.clone());
    let source = lexicon.sources().iter().find(|source| source.id == steps[index].source);
    Some(Step {
        below: index.checked_sub(1).and_then(title_of),
        title: title_of(index)?,
        above: title_of(index + 1),
        source: source.map(|source| source.title.clone()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_have_their_step() {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        for (role, title, steps) in [
            (
                "product_owner",
                "Product Owner",
                "Associate Product Owner < Product Owner < Senior Product Owner",
            ),
            (
                "product_owner",
                "Sr. Product Owner",
                "Product Owner < Senior Product Owner < Lead Product Owner",
            ),
            ("product_owner", "Junior Product Owner", " < Associate Product Owner < Product Owner"),
            (
                "product_owner",
                "Product Owner Manager",
                "Lead Product Owner < Product Owner Manager < Director of Product (Delivery focus)",
            ),
            (
                "product_owner",
                "Director of Product (Delivery focus)",
                "Product Owner Manager < Director of Product (Delivery focus) < VP of Program Management",
            ),
            (
                "product_owner",
                "VP of Program Management",
                "Director of Product (Delivery focus) < VP of Program Management < ",
            ),
            ("product_manager", "Assistant PM", " < Associate Product Manager < Product Manager"),
            (
                "product_manager",
                "Group Product Manager",
                "Senior Product Manager < Group Product Manager < Director of Product",
            ),
            (
                "product_manager",
                "Chief Product Officer",
                "VP of Product < Chief Product Officer < ",
            ),
        ] {
            let step = ladder_step(&Title::read(title, &lexicon), role, &lexicon).expect("a step");
            let or_empty = |title: Option<String>| title.unwrap_or_default();
            let found = [or_empty(step.below), step.title, or_empty(step.above)].join(" < ");
            assert_eq!(found, steps, "{title}");
        }
        let title = Title::read("Technical Project Manager", &lexicon);
        assert_eq!(ladder_step(&title, "technical_project_manager", &lexicon), None);
    }
}
