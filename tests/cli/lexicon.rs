//! `--lexicon`: a folder of one's own, and what can be wrong in it.

use crate::workspace::{LEXICON, PLAIN, SAMPLE, SAMPLE_MODEL, Workspace, copy_lexicon};
use std::path::Path;

/// A copy of the lexicon in the folder `mine`.
fn copy() -> Workspace {
    let workspace = Workspace::new();
    copy_lexicon(&workspace, "mine");
    workspace
}

/// Adds a line to a file of the copy; gives its number.
fn append(workspace: &Workspace, file: &str, line: &str) -> usize {
    let name = format!("mine/{file}");
    let mut text = String::from_utf8(workspace.read(&name)).expect("the lexicon is text");
    text.push_str(line);
    text.push('\n');
    workspace.write(&name, &text);
    text.lines().count()
}

#[test]
fn the_same_lexicon_in_a_folder_changes_nothing() {
    let workspace = copy();
    let inside = workspace.rolecall(&["classify", PLAIN]).succeeds();
    let folder = workspace.rolecall(&["classify", PLAIN, "--lexicon", "mine"]).succeeds();
    assert_eq!(folder.stdout, inside.stdout);
}

/// How a spreadsheet saves the bytes of a file again.
type Saving = dyn Fn(&[u8]) -> Vec<u8>;

/// A table as a spreadsheet saves it.
fn saved_again(bytes: &[u8], delimiter: u8, wide: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let records = reader.records().map(|record| record.expect("the lexicon is sound"));
    for record in records {
        let blank = std::iter::repeat_n("", if wide { 2 } else { 0 });
        writer.write_record(record.iter().chain(blank)).expect("memory");
    }
    writer.into_inner().expect("memory")
}

/// A text in Windows-1252, if it has all of its characters.
fn in_windows_1252(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).expect("the lexicon is text");
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(text);
    if lost { text.as_bytes().to_vec() } else { bytes.into_owned() }
}

#[test]
fn a_spreadsheet_may_save_the_lexicon_again() {
    let inside = Workspace::new().rolecall(&["classify", PLAIN]).succeeds().stdout.clone();
    let ways: [&Saving; 5] = [
        &|bytes| [b"\xef\xbb\xbf", &*saved_again(bytes, b';', false), b";\r\n"].concat(),
        &|bytes| [&*saved_again(bytes, b',', true), b",,,\r\n\r\n,\n"].concat(),
        &|bytes| in_windows_1252(&saved_again(bytes, b';', false)),
        &|bytes| String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes(),
        &|bytes| saved_again(bytes, b'\t', false),
    ];
    for (number, way) in ways.iter().enumerate() {
        let workspace = copy();
        for entry in std::fs::read_dir(workspace.path("mine")).expect("it was copied") {
            let path = entry.expect("it can be listed").path();
            let bytes = std::fs::read(&path).expect("it was copied");
            std::fs::write(&path, way(&bytes)).expect("it can be written");
        }
        // The embedded model takes it for the lexicon that it was trained with.
        let run = workspace.rolecall(&["classify", PLAIN, "--lexicon", "mine"]).succeeds();
        assert_eq!(run.stdout, inside, "way {number}");
    }
    let workspace = copy();
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,Product_Owner,5,postings,Own,zyxwvut");
    workspace.rolecall(&["skills", "--lexicon", "mine"]).succeeds();
}

#[test]
fn a_new_entry_is_found_and_trained_with() {
    let workspace = copy();
    let entry = "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut|zyxwvuts boards";
    append(&workspace, "skills.csv", entry);
    workspace.write("in.csv", "text\n\"Keep the Zyxwvuts boards, now\"\n");
    let found = workspace.rolecall(&["skills", "in.csv", "--lexicon", "mine"]).succeeds().table();
    let place = found.column("skill").iter().position(|s| *s == "zyxwvut").expect("it is found");
    assert_eq!(found.rows[place][3..], ["Zyxwvuts boards", "9", "24"]);
    let lexicon = ["--lexicon", "mine"];
    let run =
        workspace.rolecall(&[&["train", SAMPLE, "-o", "own.rolecall"], &lexicon[..]].concat());
    run.succeeds();
    let classify = ["classify", PLAIN, "--closed", "--model", "own.rolecall"];
    let output = workspace.rolecall(&[&classify[..], &lexicon].concat()).succeeds().table();
    assert_eq!(output.column("predicted_role"), output.column("role"));
}

#[test]
fn a_model_belongs_to_the_lexicon_it_was_trained_with() {
    let workspace = copy();
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut");
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    for model in [&["--model", "sample.rolecall"][..], &[]] {
        let command = ["classify", PLAIN, "-o", "out.csv", "--lexicon", "mine"];
        let refused = workspace.rolecall(&[&command[..], model].concat()).fails();
        for part in ["another lexicon", "--lexicon DIR", "train"] {
            assert!(refused.contains(part), "{refused}");
        }
    }
}

#[test]
fn a_model_holds_a_lexicon_of_its_own() {
    let workspace = copy();
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut");
    let run = |arguments: &[&str]| workspace.rolecall(arguments);
    run(&["train", SAMPLE, "-o", "own.rolecall", "--lexicon", "mine"]).succeeds();
    std::fs::rename(workspace.path("mine"), workspace.path("away")).expect("it can be moved");
    // The folder is gone, and none of these needs it.
    run(&["classify", PLAIN, "--model", "own.rolecall", "-o", "own.csv"]).succeeds();
    run(&["explain", PLAIN, "--row", "1", "--model", "own.rolecall"]).succeeds();
    run(&["audit", SAMPLE, "--model", "own.rolecall"]).succeeds();
    run(&["suggest", PLAIN, "--model", "own.rolecall"]).succeeds();
    run(&["features", PLAIN, "--model", "own.rolecall"]).succeeds();
    run(&["evaluate", PLAIN, "--model", "own.rolecall"]).succeeds();
    run(&["model", "show", "own.rolecall"]).succeeds();
    run(&["model", "export", "own.rolecall", "--compact", "-o", "given.rolecall"]).succeeds();
    run(&["retrain", "own.rolecall", "--add", PLAIN, "-o", "more.rolecall", "--allow-worse"])
        .succeeds();
    run(&["model", "compare", "own.rolecall", "more.rolecall", "--rows", PLAIN]).succeeds();
    for (model, like_own) in [("given.rolecall", true), ("more.rolecall", false)] {
        run(&["classify", PLAIN, "--model", model, "-o", "out.csv"]).succeeds();
        assert_eq!(workspace.read("out.csv") == workspace.read("own.csv"), like_own, "{model}");
    }
    // The same lexicon may be named, another may not.
    run(&["classify", PLAIN, "--model", "own.rolecall", "--lexicon", "away"]).succeeds();
    let refused =
        run(&["classify", PLAIN, "--model", "own.rolecall", "--lexicon", LEXICON]).fails();
    for part in ["own.rolecall", "holds the lexicon it was trained with", "leave out --lexicon"] {
        assert!(refused.contains(part), "{refused}");
    }
    let merge = ["retrain", "own.rolecall", "--merge", "sample.rolecall", "-o", "both.rolecall"];
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    let refused = run(&merge).fails();
    assert!(
        refused.contains("sample.rolecall") && refused.contains("another lexicon"),
        "{refused}"
    );
}

#[test]
fn models_of_two_lexicons_are_measured_on_the_same_rows() {
    let workspace = copy();
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut");
    workspace.write("sample.rolecall", &*SAMPLE_MODEL);
    workspace.rolecall(&["train", SAMPLE, "-o", "own.rolecall", "--lexicon", "mine"]).succeeds();
    let own = ["--model", "own.rolecall"];
    let evaluate = |models: &[&str]| {
        workspace.rolecall(&[&["evaluate", PLAIN, "--json"], models].concat()).succeeds().json()
    };
    let both = evaluate(&[&["--model", "sample.rolecall"], &own[..]].concat());
    assert_eq!(both["models"][1]["open"], evaluate(&own)["open"]);
}

#[test]
fn only_a_lexicon_of_ones_own_is_held_and_however_it_was_saved() {
    let workspace = copy();
    let train = |model: &str, folder: &str| {
        workspace.rolecall(&["train", SAMPLE, "-o", model, "--lexicon", folder]).succeeds();
        workspace.read(model)
    };
    assert_eq!(train("same.rolecall", "mine"), *SAMPLE_MODEL);
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut");
    let own = train("own.rolecall", "mine");
    let size = own.len() - SAMPLE_MODEL.len();
    assert!((1..200_000).contains(&size), "{size} bytes more");
    let text = String::from_utf8(workspace.read("mine/skills.csv")).expect("text");
    workspace.write("mine/skills.csv", format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(train("again.rolecall", "mine"), own);
}

#[test]
fn a_lexicon_that_was_tampered_with_is_refused() {
    let workspace = copy();
    append(&workspace, "skills.csv", "zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut");
    workspace.rolecall(&["train", SAMPLE, "-o", "own.rolecall", "--lexicon", "mine"]).succeeds();
    let export = ["model", "export", "own.rolecall", "--compact", "-o", "given.rolecall"];
    workspace.rolecall(&export).succeeds();
    let mut plain = zstd::decode_all(&*workspace.read("given.rolecall")).expect("it is packed");
    let at = plain.windows(7).position(|w| w == b"Zyxwvut").expect("the lexicon is in it");
    plain[at] = b'X';
    // The checksum of the file is made to fit again.
    let sealed = plain.len() - 32;
    let hash = blake3::hash(&plain[..sealed]);
    plain[sealed..].copy_from_slice(hash.as_bytes());
    workspace.write("changed.rolecall", zstd::encode_all(&*plain, 1).expect("memory"));
    let refused = workspace.rolecall(&["classify", PLAIN, "--model", "changed.rolecall"]).fails();
    assert!(refused.contains("its lexicon") && refused.contains("hash"), "{refused}");
}

#[test]
fn a_wrong_line_is_named_with_file_and_line() {
    let text = std::fs::read_to_string(Path::new(LEXICON).join("skills.csv")).expect("it is there");
    let first = csv::Reader::from_reader(text.as_bytes()).records().next().expect("an entry");
    let first = first.expect("an entry");
    let form = first[6].split(';').next().expect("a form");
    let entry = |role: &str, source: &str, form: &str| {
        format!("zyxwvut,Zyxwvut,{role},5,{source},Own,{form}")
    };
    for (file, line, problem) in [
        ("skills.csv", entry("product_owner", "postings", form), "already stands for"),
        (
            "skills.csv",
            entry("product_boss", "postings", "zyxwvut"),
            "unknown role \"product_boss\"",
        ),
        ("skills.csv", entry("product_owner", "", "zyxwvut"), "source is missing"),
        ("skills.csv", entry("product_owner", "gossip", "zyxwvut"), "unknown source \"gossip\""),
        ("skills.csv", entry("product_owner", "postings", ""), "no form"),
        ("skills.csv", entry("product_owner", "postings", "zyxwvut ;--"), "has no word"),
        (
            "duties.csv",
            entry("product_owner", "postings", "zyxwvut").replace(",5,", ",x,"),
            "column weight",
        ),
        (
            "duties.csv",
            entry("product_owner", "postings", "zyxwvut").replace(",5,", ",0,"),
            "weight 0",
        ),
        (
            "duties.csv",
            entry("product_owner", "postings", "zyxwvut").replace("zyxwvut,Z", "zyx\twvut,Z"),
            "control character",
        ),
        ("duties.csv", "zyxwvut,Zyxwvut".into(), "fields"),
        ("titles.csv", "zyxwvut owner,product_boss,postings,Own,".into(), "unknown role"),
        ("titles.csv", "product owner,product_owner,postings,Own,".into(), "stands twice"),
        ("titles.csv", "zyxwvut owner,product_owner,postings,Own,boss".into(), "no level"),
        ("mentions.csv", "product owner,product_owner,any".into(), "stands twice"),
        ("mentions.csv", "zyxwvut,product_owner,lower".into(), "case \"lower\""),
        ("levels.csv", "senior,senior,77".into(), "already has rank"),
        ("ladders.csv", "product_boss,1,Boss,postings,Own".into(), "unknown role"),
        ("salaries.csv", "product_owner,any,9,1,USD,postings,Own".into(), "not a range"),
        ("roles.csv", "product_owner,Product Owner".into(), "stands twice"),
        ("language.csv", "de,40,der;die;das".into(), "one language"),
        ("function_words.csv", "skiped,a;an".into(), "column use: \"skiped\""),
        (
            "function_words.csv",
            "numbers,two words".into(),
            "column words: \"two words\" is not one",
        ),
        ("title_words.csv", "people,*own*".into(), "column words: \"*own*\""),
        ("title_words.csv", "level_nouns,step;step".into(), "\"step\" stands twice"),
        ("experience_words.csv", "age,old".into(), "the uses are years, before_years"),
        ("pay_words.csv", "year,once in a year".into(), "neither one word nor two"),
        ("numbers.csv", "2,two".into(), "\"two\" stands for a number already"),
        ("numbers.csv", "many,lots".into(), "column number"),
        ("currencies.csv", "EURO,euronen".into(), "column currency: \"EURO\""),
        ("plain_words.csv", "sundry,none,zyxwvut".into(), "column worth"),
        ("plain_words.csv", "sundry,nothing,the".into(), "\"the\" has a class already"),
        ("labels.csv", "product_owner,boss".into(), "column label"),
        ("abbreviations.csv", "po box,mail".into(), "column abbreviations: \"po box\" is not one"),
    ] {
        let workspace = copy();
        let number = append(&workspace, file, &line);
        let command = ["classify", PLAIN, "-o", "out.csv", "--lexicon", "mine"];
        let refused = workspace.rolecall(&command).fails();
        for part in [&format!("{file}, line {number}: "), problem] {
            assert!(refused.contains(part), "no {part:?} in: {refused}");
        }
    }
}

#[test]
fn what_is_not_read_without_a_file_is_said_once() {
    let workspace = copy();
    for file in ["pay_words.csv", "language.csv"] {
        std::fs::remove_file(workspace.path("mine").join(file)).expect("it is there");
    }
    let train = ["train", SAMPLE, "-o", "own.rolecall", "--lexicon", "mine"];
    let said = workspace.rolecall(&train).succeeds().lines;
    let note = "mine is without language.csv (texts may be in any language), pay_words.csv (no pay is read)";
    assert_eq!(said.iter().filter(|line| line.contains(note)).count(), 1, "{said:?}");
    let quiet = workspace.rolecall(&[&train[..], &["-q"]].concat()).succeeds().lines;
    assert!(quiet.is_empty(), "{quiet:?}");
    // A lexicon of no language takes no text for one of another.
    let german = "Als Product Owner verantwortest du das Product Backlog, schreibst User Stories und \
        stimmst dich mit unseren Stakeholdern ab. Scrum ist dir vertraut.";
    workspace.write("in.csv", format!("text\n\"{german}\"\n"));
    let classify = ["classify", "in.csv", "--model", "own.rolecall"];
    let verdict = workspace.rolecall(&classify).succeeds().table();
    assert_eq!(verdict.column("language"), ["de"]);
    assert!(!verdict.column("notes")[0].contains("unknown_language"));
}

#[test]
fn a_missing_file_of_the_lexicon_is_named() {
    let workspace = copy();
    std::fs::remove_file(workspace.path("mine").join("duties.csv")).expect("it is there");
    let command = ["classify", PLAIN, "-o", "out.csv", "--lexicon", "mine"];
    let refused = workspace.rolecall(&command).fails();
    assert!(refused.contains("duties.csv") && refused.contains("copy"), "{refused}");
    let refused = workspace.rolecall(&["skills", "--lexicon", "missing"]).fails();
    assert!(refused.contains("missing"), "{refused}");
}
