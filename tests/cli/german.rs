//! A lexicon in another language: German, from `data/german`.

use crate::workspace::{DATA, Workspace};
use rolecall::evidence::{Extractor, Title, TitleRole, asked_experience, stated_salary};
use rolecall::lexicon::Lexicon;
use std::path::Path;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let folder = Path::new(DATA).join("german/lexicon");
    Lexicon::from_dir(&folder).expect("the German lexicon is sound")
});

/// A posting of a Product Owner in sentences of the sample, from an organisation that is not in it.
const OWNER: &str = "Wir machen Software für Werften.\n\nDeine Aufgaben\n\
    - Du pflegst und priorisierst das Product Backlog für dein Scrum-Team.\n\
    - Mit den Fachbereichen schreibst du User Storys und klare Akzeptanzkriterien.\n\
    - Du nimmst die Ergebnisse jedes Sprints ab und gibst dem Team Rückmeldung.\n\
    - In der Sprintplanung erklärst du, was als Nächstes den größten Nutzen bringt.\n\
    - Du zerlegst große Anforderungen in Epics und User Storys, die ein Sprint schafft.\n\
    - Du legst mit dem Team die Definition of Done fest.\n\nDas bringst du mit\n\
    - Erfahrung mit Scrum und agilen Teams\n\
    - Mindestens fünf Jahre Berufserfahrung\n\nWir bieten\n\
    - Ein Jahresgehalt von 70.000 bis 80.000 Euro brutto, Produktstrategie und Roadmap als Hobby\n\n\
    Wir freuen uns über alle, unabhängig von Geschlecht oder Herkunft.";

/// A workspace with the sample, the lexicon and a model of them.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    std::os::unix::fs::symlink(DATA, workspace.path("data")).expect("it can be linked to");
    let train = ["train", "data/german/postings.csv", "--lexicon", "data/german/lexicon"];
    workspace.rolecall(&[&train[..], &["-o", "german.rolecall"]].concat()).succeeds();
    workspace
}

/// Writes a file of postings, each with id, title, company and description.
fn write(workspace: &Workspace, rows: &[[&str; 4]]) {
    let mut file = csv::Writer::from_path(workspace.path("in.csv")).expect("it can be written");
    file.write_record(["id", "title", "company", "description"]).expect("it can be written");
    for row in rows {
        file.write_record(row).expect("it can be written");
    }
    file.flush().expect("it can be written");
}

#[test]
fn a_german_model_tells_the_roles_apart_in_organisations_that_it_has_not_seen() {
    let workspace = workspace();
    let evaluate = ["evaluate", "data/german/postings.csv", "--lexicon", "data/german/lexicon"];
    for view in ["text", "duties"] {
        let more = ["--folds", "5", "--view", view, "--json"];
        let figures = workspace.rolecall(&[&evaluate[..], &more].concat()).succeeds().json();
        let f1 = figures["open"]["macro_f1"].as_f64().expect("it is measured");
        // The most common label has 18 of 60 rows.
        assert!(f1 > 0.8, "{view}: {f1}");
    }
}

#[test]
fn a_german_posting_is_read_with_its_level_and_its_years() {
    let workspace = workspace();
    write(&workspace, &[["1", "Senior Product Owner:in (m/w/d)", "Werft", OWNER]]);
    let run = workspace.rolecall(&["classify", "in.csv", "--model", "german.rolecall"]);
    let verdict = run.succeeds().table();
    for (column, value) in [
        ("predicted_role", "product_owner"),
        ("title_level", "senior"),
        ("experience_years", "5"),
        ("language", "de"),
    ] {
        assert_eq!(verdict.column(column), [value], "{column}");
    }
    let salary = stated_salary(OWNER, &LEXICON).expect("it states one");
    assert_eq!((salary.low, salary.high, salary.currency), (70e3, 80e3, "EUR"));
}

#[test]
fn what_german_headings_and_boilerplate_begin_is_left_out() {
    let evidence = Extractor::new(&LEXICON).extract("", OWNER);
    let text = evidence.text().as_str();
    let ignored: String = evidence.ignored().map(|part| &text[part]).collect();
    for part in ["Jahresgehalt", "Roadmap als Hobby", "unabhängig von Geschlecht"] {
        assert!(ignored.contains(part), "{part} is read: {ignored}");
    }
    assert!(!ignored.contains("Sprintplanung"), "{ignored}");
}

#[test]
fn an_english_posting_is_in_a_language_that_a_german_model_does_not_know() {
    let workspace = workspace();
    let english = "You will own the product backlog and write user stories with our stakeholders, so \
        that the team is able to deliver what customers need from us. You work with the team every \
        day and you decide what is done next.";
    write(&workspace, &[["1", "Office clerk", "Yard", english], ["2", "", "", OWNER]]);
    let run = workspace.rolecall(&["classify", "in.csv", "--model", "german.rolecall"]).succeeds();
    let verdicts = run.table();
    assert_eq!(verdicts.column("language"), ["en", "de"]);
    assert_eq!(verdicts.column("decision")[0], "no_evidence");
    assert_eq!(verdicts.column("notes")[0], "unknown_language");
}

#[test]
fn the_reasons_of_a_german_verdict_are_german() {
    let workspace = workspace();
    write(&workspace, &[["1", "", "Werft", OWNER]]);
    let explain = ["explain", "in.csv", "--row", "1", "--model", "german.rolecall"];
    let run = workspace.rolecall(&explain).succeeds();
    let text = run.text();
    assert!(text.contains("Akzeptanzkriterien") && text.contains("Backlog"), "{text}");
}

#[test]
fn a_title_that_the_german_duties_contradict_is_found_by_an_audit() {
    let workspace = workspace();
    let sample = workspace.read("data/german/postings.csv");
    let mut reader = csv::Reader::from_reader(&*sample);
    let records: Vec<csv::StringRecord> =
        reader.records().map(|record| record.expect("it is sound")).collect();
    let mut rows: Vec<[&str; 4]> =
        records.iter().map(|record| [&record[0], &record[1], &record[2], &record[3]]).collect();
    rows.push(["wrong", "Technischer Projektleiter (m/w/d)", "Werft", OWNER]);
    write(&workspace, &rows);
    let run = workspace.rolecall(&["audit", "in.csv", "--model", "german.rolecall"]).succeeds();
    let findings = run.table();
    let first = [findings.column("id")[0], findings.column("suggested_role")[0]];
    assert_eq!(first, ["wrong", "product_owner"]);
}

#[test]
fn gender_forms_and_spellings_of_titles_are_the_same_title() {
    for (role, titles) in [
        (
            Some("product_manager"),
            &[
                "Produktmanager (m/w/d)",
                "Produktmanagerin",
                "Produktmanager:in",
                "Produktmanager/-in",
                "Produktmanager/in",
                "Produktmanager*innen (m/w/d)",
                "Produktmanager_in",
                "ProduktmanagerIn",
                "Produkt-Manager",
                "Produkt Manager (w/m/d)",
                "PRODUKTMANAGER FÜR GRÖSSERE KUNDEN",
                "Leiter Produktmanagement",
            ][..],
        ),
        (Some("product_owner"), &["Product Owner:in", "Product Ownerin", "PO (m/w/d)"]),
        (
            Some("technical_project_manager"),
            &[
                "Technischer Projektleiter",
                "Technische:r Projektleiter:in (m/w/d)",
                "IT-Projektleiter/-in",
                "Projektleiter (m/w/d) IT",
            ],
        ),
        (
            None,
            &[
                "Bauprojektleiter (m/w/d)",
                "Buchhalterin",
                "Assistenz der Produktmanagerin",
                "Recruiter für Produktmanager",
            ],
        ),
    ] {
        for title in titles {
            let stated = match Title::read(title, &LEXICON).role {
                TitleRole::One(role) => Some(LEXICON.roles().get(role).id.as_str()),
                _ => None,
            };
            assert_eq!(stated, role, "{title}");
        }
    }
}

#[test]
fn german_years_levels_and_amounts_are_read() {
    for (text, years) in [
        ("Sie bringen mindestens fünf Jahre Berufserfahrung mit.", Some(5)),
        ("3 bis 5 Jahre Berufserfahrung", Some(3)),
        ("Du hast zwölf oder mehr Jahre Erfahrung.", Some(12)),
        ("Seit 30 Jahren haben wir Erfahrung im Bau.", None),
        ("Wir sind 20 Jahre alt.", None),
        ("5 years of experience", None),
    ] {
        assert_eq!(asked_experience(text, &LEXICON).map(|asked| asked.least), years, "{text}");
    }
    for (text, pay) in [
        ("Gehalt: 70.000 € brutto im Jahr", Some((70e3, 70e3, "EUR"))),
        ("Wir zahlen ein Gehalt zwischen 60.000 und 75.000 Euro.", Some((60e3, 75e3, "EUR"))),
        ("Vergütung: 4.500 EUR pro Monat", Some((54e3, 54e3, "EUR"))),
        ("Ein Projektbudget von 200.000 Euro", None),
        ("Umsatz: 90 Mio. Euro", None),
    ] {
        let found = stated_salary(text, &LEXICON).map(|s| (s.low, s.high, s.currency));
        assert_eq!(found, pay, "{text}");
    }
    for (title, level) in [
        ("Werkstudent Produktmanagement", Some("intern")),
        ("Junior Produktmanagerin", Some("junior")),
        ("Leiterin Produktmanagement", Some("head")),
        ("Projektleiter IT", None),
    ] {
        assert_eq!(Title::read(title, &LEXICON).level.as_deref(), level, "{title}");
    }
}
