//! Marks the lexicon entries that may overlap the name of a role: "AI product" and "AI product manager".

use crate::lexicon::Term;
use crate::lexicon::phrase_table::Phrases;
use std::collections::HashSet;

/// Marks the skill phrases in which the name of a role may begin, so that only those are searched for names.
pub(crate) fn mark_names(phrases: &mut Phrases<Term>) {
    let is_name = |term: &Term| !matches!(term, Term::Skill { .. });
    let begins_name: HashSet<u64> = phrases
        .by_words()
        .iter()
        .filter(|(_, term)| is_name(term))
        .filter_map(|(p, _)| p.first().copied())
        .collect();
    for (phrase, term) in phrases.values_mut() {
        if let Term::Skill { may_hold_name, .. } = term {
            *may_hold_name = phrase.iter().any(|word| begins_name.contains(word));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::{Channel, Extractor};
    use crate::lexicon::Lexicon;

    const QUALIFIERS: [&str; 30] = [
        "AI",
        "ML",
        "SaaS",
        "B2B",
        "Mobile",
        "API",
        "Data",
        "Platform",
        "Digital",
        "Enterprise",
        "Growth",
        "Agile",
        "Scrum",
        "Cloud",
        "Payments",
        "Senior",
        "Software",
        "Business",
        "Customer",
        "Security",
        "Analytics",
        "E-Commerce",
        "Infrastructure",
        "Internal",
        "Successful",
        "Strategic",
        "Experienced",
        "Data Driven",
        "New",
        "Launch",
    ];
    const NAMES: [&str; 6] = [
        "Product Owner",
        "Product Manager",
        "Technical Product Manager",
        "Technical Project Manager",
        "Technical Program Manager",
        "IT Project Manager",
    ];

    #[test]
    fn words_of_a_name_do_not_count_whatever_precedes_it() {
        let lexicon = Lexicon::embedded().expect("the lexicon inside the program is sound");
        let extractor = Extractor::new(&lexicon);
        for (qualifier, name) in
            QUALIFIERS.iter().flat_map(|qualifier| NAMES.iter().map(move |name| (qualifier, name)))
        {
            for ending in ["", "s"] {
                let text = format!(
                    "We are looking for one or more {qualifier} {name}{ending} for our office."
                );
                let evidence = extractor.extract("", &text);
                assert_eq!(evidence.mentions().iter().sum::<u32>(), 1, "{text}");
                for feature in evidence.features() {
                    let found = evidence.feature_text(feature, &lexicon);
                    let counted =
                        matches!(feature.key.channel(), Channel::Words | Channel::Phrases);
                    let last = name.split(' ').next_back().unwrap_or_default().to_lowercase();
                    let of_name =
                        found.split(' ').any(|word| word.starts_with(&last) || word == "product");
                    assert!(!(counted && of_name), "{text}: {found}");
                    let at = evidence.span(feature);
                    let words = evidence.text().as_str()[at].to_lowercase();
                    let of_name =
                        feature.key.channel() == Channel::Skills && words.contains("product");
                    assert!(!of_name, "{text}: {found}");
                }
            }
        }
    }
}
