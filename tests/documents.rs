//! Everything that the source documents list about the roles is in the lexicon, and everything in
//! the lexicon can be found in a text.

use rolecall::evidence::{Channel, Extractor};
use rolecall::lexicon::Lexicon;
use rolecall::lexicon::Skill;
use serde::Deserialize;

/// One item of a list in a document, and the entry that stands for it.
#[derive(Debug, Deserialize)]
struct Item {
    source: String,
    list: String,
    role: String,
    weight: Option<f64>,
    name: String,
    id: String,
}

fn items() -> Vec<Item> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/document_lists.csv");
    let mut reader = csv::Reader::from_path(path).expect("the fixture is there");
    reader.deserialize().collect::<Result<_, _>>().expect("the fixture has these columns")
}

fn lexicon() -> Lexicon {
    Lexicon::embedded().expect("the lexicon inside the program is sound")
}

/// What the lexicon lacks of an item.
fn lacks(item: &Item, lexicon: &Lexicon) -> Option<String> {
    let Some(entry) = lexicon.skills().iter().find(|skill| skill.id == item.id) else {
        return Some("no entry".into());
    };
    let role = lexicon.roles().find(&item.role);
    let claims = entry.claims.iter().filter(|c| Some(c.role) == role && c.source == item.source);
    let weights: Vec<f64> = claims.map(|claim| claim.weight).collect();
    match item.weight {
        _ if weights.is_empty() => Some("no claim for this role and source".into()),
        Some(weight) if !weights.contains(&weight) => Some(format!("weights {weights:?}")),
        _ => None,
    }
}

#[test]
fn every_item_of_the_documents_has_its_entry() {
    let (items, lexicon) = (items(), lexicon());
    assert!(items.len() > 200, "{} items", items.len());
    let lacking: Vec<String> = items
        .iter()
        .filter_map(|item| Some(format!("{}: {item:?}", lacks(item, &lexicon)?)))
        .collect();
    assert!(lacking.is_empty(), "{} items:\n{}", lacking.len(), lacking.join("\n"));
}

#[test]
fn every_list_and_item_of_the_fixture_is_named() {
    for item in items() {
        assert!(!item.list.is_empty() && !item.name.is_empty(), "{item:?}");
    }
}

/// A text made of a form: the first alternative of each position.
fn text(form: &str) -> String {
    let first = |position: &str| position.split('|').next().unwrap_or_default().to_owned();
    form.split_whitespace().map(first).collect::<Vec<_>>().join(" ")
}

/// Whether an entry is found in the text of a form; `None` if the form names a role, which masks
/// it.
fn finds(entry: &Skill, form: &str, extractor: &Extractor) -> Option<bool> {
    let evidence = extractor.extract("", &text(form));
    if evidence.mentions().iter().any(|&n| n > 0) {
        return None;
    }
    let skills = evidence.features().iter().filter(|f| f.key.channel() == Channel::Skills);
    let mut ids = skills.map(|f| evidence.feature_text(f, extractor.lexicon()));
    Some(ids.any(|id| id == entry.id))
}

#[test]
fn every_entry_is_found_by_each_of_its_forms() {
    let lexicon = lexicon();
    let extractor = Extractor::new(&lexicon);
    let mut missed = Vec::new();
    for entry in lexicon.skills() {
        let forms = entry.forms.iter().filter(|f| finds(entry, f, &extractor) == Some(false));
        missed.extend(forms.map(|form| format!("{}: {form:?}", entry.id)));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// An entry of a document in its own words.
#[derive(Debug, Deserialize)]
struct Entry {
    source: String,
    section: String,
    role: String,
    weight: Option<f64>,
    words: String,
    /// Why its words do not speak for its role, if they do not.
    exception: String,
}

fn entries() -> Vec<Entry> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documents.csv");
    let mut reader = csv::Reader::from_path(path).expect("the fixture is there");
    reader.deserialize().collect::<Result<_, _>>().expect("the fixture has these columns")
}

/// Whether the words of an entry of a document, in a sentence of their own, fire an entry of its role; and whether
/// what they fire speaks more for another.
fn fires(entry: &Entry, extractor: &Extractor) -> (bool, bool) {
    let lexicon = extractor.lexicon();
    let role = lexicon.roles().find(&entry.role).expect("a role of the lexicon");
    let evidence = extractor.extract("", &format!("The job: {}.", entry.words));
    let mut sums = vec![0.0; lexicon.roles().len()];
    let mut own = false;
    for feature in evidence.features().iter().filter(|f| f.key.channel() == Channel::Skills) {
        let id = evidence.feature_text(feature, lexicon);
        let skill = lexicon.skills().iter().find(|skill| skill.id == id).expect("an entry");
        sums.iter_mut().zip(skill.weights(lexicon.roles().len())).for_each(|(sum, w)| *sum += w);
        own |= skill.claims.iter().any(|claim| claim.role == role);
    }
    (own, sums.iter().any(|sum| *sum > sums[role.index()]))
}

#[test]
fn the_documents_own_words_speak_for_their_roles() {
    let (entries, lexicon) = (entries(), lexicon());
    let extractor = Extractor::new(&lexicon);
    let (mut fired, mut problems) = (0, Vec::new());
    for entry in &entries {
        assert!(lexicon.sources().iter().any(|source| source.id == entry.source), "{entry:?}");
        assert!(!entry.section.is_empty(), "{entry:?}");
        let (own, other) = fires(entry, &extractor);
        fired += usize::from(own);
        let fine = own && !other;
        if fine != entry.exception.is_empty() {
            problems.push(format!("own {own}, other {other}: {entry:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(entries.len() > 500 && 100 * fired >= 95 * entries.len(), "{fired}");
}

#[test]
fn percentages_are_weights() {
    let lexicon = lexicon();
    let with_weights: Vec<Entry> = entries().into_iter().filter(|e| e.weight.is_some()).collect();
    assert_eq!(with_weights.len(), 12);
    for entry in with_weights {
        let role = lexicon.roles().find(&entry.role);
        let claims = lexicon.skills().iter().flat_map(|skill| &skill.claims);
        let mut of_role = claims.filter(|c| Some(c.role) == role && c.source == entry.source);
        assert!(of_role.any(|claim| Some(claim.weight) == entry.weight), "{entry:?}");
    }
}

/// The table of data/README.md: of each document its entries, its own words in the fixture, and its numbers.
#[test]
fn the_table_of_documents_is_right() {
    let lexicon = lexicon();
    let entries = entries();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/README.md");
    let text = std::fs::read_to_string(path).expect("the file is there");
    for source in lexicon.sources() {
        let claims = lexicon.skills().iter().flat_map(|skill| &skill.claims);
        let claims = claims.filter(|claim| claim.source == source.id).count();
        let own = entries.iter().filter(|entry| entry.source == source.id).count();
        let numbers = lexicon.ladders().iter().filter(|rung| rung.source == source.id).count()
            + lexicon.salaries().iter().filter(|band| band.source == source.id).count()
            + lexicon.experience().iter().filter(|band| band.source == source.id).count()
            + lexicon.market().iter().filter(|count| count.source == source.id).count();
        let row = format!("| `{}` | {claims} | {own} | {numbers} |", source.id);
        assert!(text.contains(&row), "{row}");
    }
    let exceptions = entries.iter().filter(|entry| !entry.exception.is_empty()).count();
    assert!(text.contains(&format!("{exceptions} of {}", entries.len())));
}
