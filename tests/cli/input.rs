//! Input that cannot be used and output that cannot be written: one message, and no file.

use crate::workspace::{PLAIN, SAMPLE, SAMPLE_MODEL, Workspace, copy_lexicon};

/// What each command that reads postings says of this file. They all say the same.
#[track_caller]
fn refusal(workspace: &Workspace, file: &str) -> String {
    let classify = ["classify", file, "-o", "out.csv", "--rejects", "wrong.csv"];
    let refused = workspace.rolecall(&classify).fails();
    for command in [
        &["train", file, "-o", "out.rolecall"][..],
        &["evaluate", file, "--predictions", "out.csv"],
        &["explain", file, "--row", "1"],
        &["skills", file],
        &["classify", PLAIN, file, "-o", "out.csv"],
    ] {
        assert_eq!(workspace.rolecall(command).fails(), refused, "{command:?}");
    }
    refused
}

#[track_caller]
fn refuses(bytes: impl AsRef<[u8]>, because: &[&str]) {
    let refused = refusal(&Workspace::with("in.csv", bytes), "in.csv");
    for part in [&["in.csv"], because].concat() {
        assert!(refused.contains(part), "no {part:?} in: {refused}");
    }
}

#[test]
fn a_missing_file() {
    let refused = refusal(&Workspace::new(), "missing.csv");
    assert!(refused.starts_with("cannot read missing.csv: "), "{refused}");
}

#[test]
fn a_folder() {
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path("postings")).expect("the folder can be written to");
    let refused = refusal(&workspace, "postings");
    assert!(refused.contains("postings: it is a folder"), "{refused}");
}

#[test]
fn an_empty_file() {
    refuses("", &["empty"]);
    refuses("\u{feff}", &["empty"]);
}

#[test]
fn no_column_with_the_text() {
    refuses(
        "titel,descripton of job,ort\nBaker,Bread,Ulm\n",
        &[
            "the columns are \"titel\", \"descripton of job\", \"ort\"",
            "Nearest: \"descripton of job\"",
            "--description",
        ],
    );
}

#[test]
fn a_binary_file() {
    refuses(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", &["not text"]);
    refuses(b"PK\x03\x04\x14\0\x06\0\x08\0", &["zip archive"]);
    refuses(b"\xff\xd8\xff\xe0 no\xfftext\n", &["no column"]);
    refuses(SAMPLE_MODEL.as_slice(), &["--model"]);
}

#[test]
fn a_compressed_file_that_breaks_off() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, &std::fs::read(PLAIN).expect("a fixture")).expect("memory");
    let mut bytes = gz.finish().expect("memory");
    bytes.truncate(bytes.len() / 2);
    let workspace = Workspace::with("in.csv.gz", bytes);
    let refused = workspace.rolecall(&["classify", "in.csv.gz", "-o", "out.csv"]).fails();
    assert!(refused.contains("in.csv.gz"), "{refused}");
}

#[test]
fn a_header_and_no_rows() {
    for text in ["id,title,text,role\n", "id,title,text,role", "id,title,text,role\r\n\r\n"] {
        let workspace = Workspace::with("in.csv", text);
        for command in [
            &["classify", "in.csv", "-o", "out.csv"][..],
            &["train", "in.csv", "-o", "out.rolecall"],
            &["evaluate", "in.csv", "--predictions", "out.csv"],
            &["explain", "in.csv", "--row", "1"],
        ] {
            let refused = workspace.rolecall(command).fails();
            assert!(refused.contains("no rows"), "{command:?}: {refused}");
        }
    }
}

#[test]
fn a_chosen_column_that_is_not_there() {
    let workspace = Workspace::with("in.csv", "titel,text\nBaker,Bread\n");
    for option in ["--title", "--company", "--label", "--id", "--description"] {
        let refused = workspace.rolecall(&["classify", "in.csv", option, "title"]).fails();
        for part in ["no column \"title\"", "\"titel\", \"text\"", "Nearest: \"titel\"", option] {
            assert!(refused.contains(part), "{refused}");
        }
    }
}

#[test]
fn what_to_type_follows_an_error() {
    let workspace = Workspace::with("in.csv", "titel,t\u{e9}xt\na,b\n");
    workspace.rolecall(&["train", "--lexicon-only", "-o", "empty.rolecall"]).succeeds();
    workspace.write("latin.csv", b"titel,t\xe9xt\na,b\n");
    copy_lexicon(&workspace, "lexicon");
    let levels = String::from_utf8(workspace.read("lexicon/levels.csv")).expect("text");
    workspace.write("lexicon/levels.csv", levels + "\n");
    for (command, end) in [
        (
            &["classify", "in.csv"][..],
            ". Choose one with --description COLUMN (or --title, --company, --label, --id)",
        ),
        (&["classify", "latin.csv", "--encoding", "utf-8"], "; name its encoding with --encoding"),
        (&["classify", "empty.rolecall"], "; give it with --model"),
        (
            &["retrain", "empty.rolecall", "-o", "x"],
            ": give labelled rows with --add or --remove, or a model with --merge",
        ),
        (
            &["explain", "--lexicon", "lexicon", "--model", "empty.rolecall"],
            "; give the folder it was trained with as --lexicon DIR, or train it again",
        ),
    ] {
        let refused = workspace.rolecall(command).stdin("").fails();
        assert!(refused.trim_end().ends_with(end), "{command:?}: {refused}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let workspace = Workspace::new();
    // Not even an administrator can write below a file.
    workspace.write("file", "");
    std::fs::create_dir(workspace.path("folder")).expect("the folder can be written to");
    for out in ["file/out", "missing/out", "folder"] {
        for command in [
            ["classify", SAMPLE, "-o", out],
            ["train", SAMPLE, "-o", out],
            ["evaluate", SAMPLE, "--predictions", out],
            ["classify", SAMPLE, "--rejects", out],
        ] {
            let refused = workspace.rolecall(&command).fails();
            assert!(refused.contains(&format!("cannot write {out}")), "{refused}");
        }
    }
}

#[test]
fn names_in_messages_cannot_control_the_terminal() {
    let refused = Workspace::new().rolecall(&["classify", "\u{1b}[31m\u{202e}red.csv"]).fails();
    assert!(!refused.contains(['\u{1b}', '\u{202e}']) && refused.contains("red.csv"), "{refused}");
}

#[test]
fn a_message_is_one_line_whatever_the_columns_are_called() {
    let workspace = Workspace::with("in.csv", "\"ti\u{1b}[1m\ntle\",text\nBaker,Bread\n");
    for command in [
        &["classify", "in.csv", "--title", "titel"][..],
        &["train", "in.csv", "-o", "out.rolecall"],
        &["evaluate", "in.csv", "--folds", "part"],
    ] {
        let refused = workspace.rolecall(command).fails();
        assert!(!refused.contains('\u{1b}') && refused.contains("text"), "{refused}");
    }
}
