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

/// What only passes rows on has nothing to do without rows; what learns or measures needs some.
#[test]
fn an_export_without_rows_is_nothing_to_do() {
    let header = "id,title,text,role\n";
    for (name, text, begins) in [
        ("in.csv", "", "predicted_role,"),
        ("in.csv", "\u{feff}\r\n", "\u{feff}predicted_role,"),
        ("in.csv", header, "id,title,text,role,predicted_role,"),
        ("in.csv", "id,title,text,role\r\n\r\n", "id,title,text,role,predicted_role,"),
        ("in.jsonl", "", ""),
        ("in.json", "[]", ""),
        ("in.json", "{\"jobs\": [], \"meta\": {\"total\": 0}}", ""),
        ("in.json", "{\"page\": 1, \"data\": []}\n{\"page\": 2, \"data\": []}\n", ""),
    ] {
        let workspace = Workspace::with(name, text);
        let passed = workspace.rolecall(&["classify", name]).succeeds();
        assert!(passed.text().starts_with(begins), "{text:?}: {}", passed.text());
        assert_eq!(passed.text().lines().count(), usize::from(!begins.is_empty()), "{text:?}");
        passed.says(&["0 rows in, 0 out"]);
        for out in ["out.csv", "out.jsonl", "out.json", "out.parquet"] {
            workspace.rolecall(&["classify", name, "-o", out]).succeeds();
        }
        let filter = workspace.rolecall(&["classify", "-q"]).stdin(text).succeeds();
        assert_eq!(filter.stdout.is_empty(), !text.starts_with("id"), "{text:?}");
        workspace.rolecall(&["audit", name, "-o", "findings.csv"]).succeeds().says(&["0 rows"]);
        assert!(workspace.read("findings.csv").starts_with(b"row,"));
        workspace.rolecall(&["skills", name, "-o", "skills.csv"]).succeeds();
        workspace.write("m.rolecall", &*SAMPLE_MODEL);
        let same = ["retrain", "m.rolecall", "--add", name, "-o", "n.rolecall"];
        workspace.rolecall(&same).succeeds().says(&["no row to add"]);
        assert!(workspace.read("n.rolecall") == *SAMPLE_MODEL, "{text:?}");
        workspace.rolecall(&["classify", PLAIN, name, PLAIN, "-o", "out.csv"]).succeeds();
        let twice = workspace.table("out.csv");
        assert_eq!(twice.rows.len() % 2, 0);
        for command in [
            &["train", name, "-o", "out.rolecall"][..],
            &["evaluate", name, "--predictions", "figures.csv"],
            &["explain", name, "--row", "1"],
            &["model", "compare", "m.rolecall", "n.rolecall", "--rows", name],
        ] {
            let refused = workspace.rolecall(command).fails();
            assert!(refused.contains("no rows"), "{command:?}: {refused}");
        }
    }
}

#[test]
fn rows_of_which_none_can_be_read_are_an_error() {
    let workspace = Workspace::with("in.csv", "id,title,text\n1,Baker,Bread,a\n2,Cook,Soup,b\n");
    for command in [
        &["classify", "in.csv", "-o", "out.csv"][..],
        &["classify", "in.csv"],
        &["audit", "in.csv"],
        &["skills", "in.csv", "-o", "out.csv"],
        &["train", "in.csv", "--label-from-title", "-o", "out.rolecall"],
        &["explain", "in.csv", "--row", "1"],
    ] {
        let refused = workspace.rolecall(command).fails();
        assert!(refused.contains("none of 2 rows could be read (in.csv, line 2"), "{refused}");
    }
    let kept = ["classify", "in.csv", "-o", "out.csv", "--rejects", "wrong.csv"];
    let refused = workspace.rolecall(&kept).command().output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(workspace.files(), ["in.csv", "wrong.csv"]);
    assert_eq!(workspace.table("wrong.csv").rows.len(), 3);
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
fn files_of_other_forms_are_named() {
    let packed = |names: &[&str]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory");
        }
        zip.finish().expect("memory").into_inner()
    };
    let mut tar = vec![b'a'; 257];
    tar.extend(b"ustar\x0000");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, &tar).expect("memory");
    let tar_gz = gz.finish().expect("memory");
    let page = "<!doctype html><html><head><title>Job</title></head><body>Text</body></html>\n";
    for (bytes, says) in [
        (packed(&["[Content_Types].xml", "xl/workbook.xml"]), "a damaged workbook"),
        (packed(&["[Content_Types].xml", "word/document.xml"]), "a Word document"),
        (packed(&["mimetype", "content.xml"]), "an OpenDocument text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(), "a damaged Office document"),
        (b"%PDF-1.7\n%\xe2\xe3".to_vec(), "a PDF document"),
        (b"From: <Saved by Blink>\r\nSubject: Job\r\n".to_vec(), "a web archive (MHTML)"),
        (b"\xff\xd8\xff\xe0 no\xfftext\n".to_vec(), "a picture"),
        (b"\xfd7zXZ\0\0".to_vec(), "packed with xz"),
        (b"7z\xbc\xaf\x27\x1c\0".to_vec(), "a 7z archive"),
        (b"SQLite format 3\0\x10".to_vec(), "an SQLite database"),
        (tar, "a tar archive"),
        (tar_gz, "a tar archive"),
        (page.into(), "a web page (HTML)"),
        (format!("\u{feff}\n<!-- saved -->{page}").into_bytes(), "a web page (HTML)"),
        (b"<?xml version=\"1.0\"?><list><size>1</size></list>".to_vec(), "it is XML"),
    ] {
        let workspace = Workspace::with("in.csv", &bytes);
        let refused = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).fails();
        assert!(refused.contains("in.csv: it is ") && refused.contains(says), "{refused}");
        assert!(refused.len() < 200 && !refused.contains("no column"), "{refused}");
        if !bytes.starts_with(b"PK") {
            let refused = workspace.rolecall(&["classify"]).stdin(&bytes).fails();
            assert!(refused.contains(says), "{refused}");
        }
    }
}

#[test]
fn an_output_of_a_form_that_is_not_written_is_refused() {
    let workspace = Workspace::with("in.csv", "id,title,text,role\n1,Baker,Bread,other\n");
    for name in ["out.xlsm", "out.XLS", "out.csv.zip", "out.csv.bz2", "out.feather", "out.xlsx.gz"]
    {
        for command in [
            &["classify", "in.csv", "-o", name][..],
            &["classify", "missing.csv", "-o", name],
            &["audit", "in.csv", "-o", name],
            &["skills", "in.csv", "-o", name],
            &["skills", "-o", name],
        ] {
            let refused = workspace.rolecall(command).fails();
            assert!(refused.contains(".jsonl") && refused.contains("--format"), "{refused}");
        }
    }
    for name in ["wrong.xlsx", "wrong.csv.gz", "wrong.parquet", "wrong.json"] {
        for command in [
            &["classify", "in.csv", "--rejects", name][..],
            &["train", "missing.csv", "-o", "m.rolecall", "--rejects", name],
            &["evaluate", "in.csv", "--predictions", name],
        ] {
            let refused = workspace.rolecall(command).fails();
            assert!(refused.contains("written as CSV"), "{refused}");
        }
    }
    let named = ["classify", "in.csv", "-o", "out.zip", "--format", "csv"];
    workspace.rolecall(&named).succeeds();
    workspace.rolecall(&["classify", "in.csv", "-o", "out.labelled"]).succeeds();
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
    workspace.write("lexicon/levels.csv", levels + "zyxwvut,senior,3\n");
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
            "give the folder it was trained with as --lexicon DIR, or train it again",
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
