//! `classify`: every row comes back as it was, with a verdict.

use crate::workspace::{DUTIES, PLAIN, ROLES, SAMPLE, Table, Workspace, close};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use std::process::Stdio;

const ADDED: [&str; 15] = [
    "predicted_role",
    "confidence",
    "decision",
    "p_product_owner",
    "p_product_manager",
    "p_technical_project_manager",
    "p_other",
    "second_role",
    "other_job",
    "title_role",
    "title_level",
    "experience_years",
    "language",
    "notes",
    "evidence",
];
/// Half of the last decimal that is written.
const ROUNDING: f64 = 0.5e-6;
/// What `classify` makes of one description.
fn verdict(description: &str, options: &[&str]) -> Table {
    let header = vec!["description".to_owned()];
    let table = Table { header, rows: vec![vec![description.to_owned()]] };
    let workspace = Workspace::with("in.csv", table.bytes());
    workspace.rolecall(&[&["classify", "in.csv"], options].concat()).succeeds().table()
}

#[test]
fn input_columns_come_first_and_unchanged() {
    let input = Table {
        header: ["note", "title", "description", "", "note"].map(str::to_owned).to_vec(),
        rows: vec![
            ["=1+1", "  PO, \"lead\"", DUTIES, " ", "\u{e9}\u{4e2d}\r\n\t"]
                .map(str::to_owned)
                .to_vec(),
            ["", "", "<p>Plan &amp; track</p>", "a,b", "\\N"].map(str::to_owned).to_vec(),
        ],
    };
    let workspace = Workspace::with("in.csv", input.bytes());
    let output = workspace.rolecall(&["classify", "in.csv"]).succeeds().table();
    let added: Vec<String> = ADDED.map(str::to_owned).to_vec();
    assert_eq!(output.header, [input.header.clone(), added].concat());
    for (output, input) in output.rows.iter().zip(&input.rows) {
        assert_eq!(&output[..input.len()], input);
    }
    assert_eq!(output.rows.len(), input.rows.len());
}

#[test]
fn probabilities_sum_to_one_and_the_largest_is_the_verdict() {
    for options in [&["--closed"][..], &["--view", "duties"], &["--view", "text"], &[]] {
        let workspace = Workspace::new();
        let run = workspace.rolecall(&[&["classify", SAMPLE], options].concat());
        let output = run.succeeds().table();
        assert_eq!(output.rows.len(), Table::of(SAMPLE).rows.len());
        for (row, p) in output.probabilities().into_iter().enumerate() {
            close(p.iter().sum(), 1.0, 4.0 * ROUNDING + 1e-12, (options, row));
            let verdict = format!("p_{}", output.column("predicted_role")[row]);
            assert_eq!(output.column(&verdict)[row], output.column("confidence")[row], "{row}");
            let confidence = output.numbers("confidence")[row];
            assert!(p.iter().all(|p| *p <= confidence), "{options:?} {row}");
        }
    }
}

#[test]
fn plain_postings_get_their_role() {
    let workspace = Workspace::new();
    let output = workspace.rolecall(&["classify", PLAIN, "--closed"]).succeeds().table();
    assert_eq!(output.column("predicted_role"), output.column("role"));
    assert_eq!(output.column("title_role"), output.column("role"));
    assert_eq!(output.column("title_level"), ["", "", "senior", "", "", ""]);
    assert!(output.column("evidence").iter().all(|quotes| !quotes.is_empty()));
}

/// The phrases that decided, in small letters.
fn evidence(description: &str) -> Vec<String> {
    let quoted = verdict(description, &[]).column("evidence")[0].to_lowercase();
    quoted.split("; ").filter(|phrase| !phrase.is_empty()).map(str::to_owned).collect()
}

/// Around the duties of every job: none of it is a reason for a verdict.
const AROUND: &str = "We are hiring five amazing people! Apply today, send me your resume or call my \
    telephone, and join a passionate team with a great mission. Face-to-face interviews are held \
    on weekends from 9am to 5pm. You get 401k, a bonus and six weeks of paid vacation.";

#[test]
fn duties_are_the_evidence_for_a_role() {
    let duties = "You refine the product backlog, write user stories with acceptance criteria, and \
        join sprint planning as the Product Owner of the ordering app.";
    let quoted = evidence(&format!("{AROUND}\n{duties}\n{AROUND}"));
    let wanted = ["product backlog", "user stories", "acceptance criteria", "product owner"];
    let first = &quoted[..3.min(quoted.len())];
    assert_eq!(first.len(), 3, "{quoted:?}");
    for phrase in first {
        assert!(wanted.iter().any(|words| phrase.contains(words)), "{quoted:?}");
    }
    for phrase in &quoted {
        assert!(duties.to_lowercase().contains(phrase), "{quoted:?}");
    }
}

#[test]
fn the_words_of_another_job_are_the_evidence_for_it() {
    let duties = "As a registered nurse you give medication to the patients of our nursing home and \
        write their care plans. You report to the senior nurse of the ward in the hospital.";
    let quoted = evidence(&format!("{AROUND}\n{duties}\n{AROUND}"));
    assert!(quoted.iter().any(|phrase| phrase.contains("nurs")), "{quoted:?}");
    for phrase in &quoted {
        assert!(duties.to_lowercase().contains(phrase), "{quoted:?}");
    }
}

#[test]
fn columns_are_found_by_their_usual_names_and_named() {
    for header in [
        ["title", "description"],
        ["description", "title"],
        ["job_title", "job_description"],
        ["Job Description", "Job Title"],
        ["Position", "text"],
        ["TEXT", "POSITION"],
    ] {
        let title = header
            .iter()
            .position(|h| h.to_lowercase().ends_with('e') || h.to_lowercase().starts_with('p'));
        let title = title.expect("one of them is a title");
        let mut row = [DUTIES; 2];
        row[title] = "Product Owner";
        let table = Table {
            header: header.map(str::to_owned).to_vec(),
            rows: vec![row.map(str::to_owned).to_vec()],
        };
        let workspace = Workspace::with("in.csv", table.bytes());
        let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
        let named = |column, place: usize| format!("{column} from {:?}", header[place]);
        ran.says(&["in.csv", &named("title", title), &named("description", 1 - title)]);
        assert_eq!(ran.table().column("title_role"), ["product_owner"], "{header:?}");
        assert_ne!(ran.table().column("decision"), ["no_evidence"], "{header:?}");
    }
}

#[test]
fn a_column_can_be_chosen() {
    let csv =
        format!("description,title,old title,advert\nshort,Baker,Product Owner,\"{DUTIES}\"\n");
    let workspace = Workspace::with("in.csv", csv);
    let options = ["--description", "advert", "--title", "old title", "--view", "text"];
    let ran = workspace.rolecall(&[&["classify", "in.csv"][..], &options].concat()).succeeds();
    ran.says(&["description from \"advert\"", "title from \"old title\""]);
    assert_eq!(ran.table().column("title_role"), ["product_owner"]);
    assert_eq!(ran.table().probabilities(), verdict(DUTIES, &[]).probabilities());
}

#[test]
fn the_same_table_in_any_wrapping_gives_the_same_rows() {
    let csv = format!("title,text\nPO,\"{DUTIES}\n\nLine two, \"\"quoted\"\"\"\nBaker,Bread\n");
    let crlf =
        csv.replace("\nPO", "\r\nPO").replace("\nBaker", "\r\nBaker").replace("d\n", "d\r\n");
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(csv.as_bytes()).expect("memory");
    let gz = gz.finish().expect("memory");
    let expected = Workspace::with("in.csv", &csv).rolecall(&["classify", "in.csv"]).succeeds();
    assert_eq!(expected.table().rows.len(), 2);
    for (what, bytes) in [
        ("byte order mark", ["\u{feff}", &csv].concat().into_bytes()),
        ("CRLF", crlf.into_bytes()),
        ("no last line end", csv.trim_end().as_bytes().to_vec()),
        ("gzip", gz),
    ] {
        let workspace = Workspace::with("in.csv", &bytes);
        for arguments in [&["classify", "in.csv"][..], &["classify", "-"], &["classify"]] {
            let ran = workspace.rolecall(arguments).stdin(&bytes).succeeds();
            // The mark stays.
            let mark: &[u8] = if what == "byte order mark" { b"\xef\xbb\xbf" } else { b"" };
            let rows = ran.stdout.strip_prefix(mark).expect("it begins so");
            assert_eq!(rows, expected.stdout, "{what} {arguments:?}");
        }
    }
}

#[test]
fn another_delimiter_is_read_and_written() {
    let workspace = Workspace::with("in.tsv", format!("title\ttext\nPO, lead\t{DUTIES}\n"));
    let ran = workspace.rolecall(&["classify", "in.tsv", "--delimiter", "tab"]).succeeds();
    let output = Table::parse_with(&ran.stdout, b'\t');
    assert_eq!(output.rows[0][..2], ["PO, lead", DUTIES]);
    assert_eq!(output.header[2..], ADDED);
}

#[test]
fn several_files_are_one_table_with_their_names() {
    let workspace = Workspace::with("a.csv", format!("title,text\nPO,{DUTIES:?}\n"));
    workspace.write("b.csv", "text;place;title\nBread;Here;Baker\nSoup;There;Cook\n");
    workspace.write("e.csv", "text,text\nIron,Steel\n");
    let double = workspace.rolecall(&["classify", "e.csv", "a.csv"]).succeeds().table();
    assert_eq!(double.rows[0][..4], ["Iron", "Steel", "", "e.csv"]);
    workspace.write("c.jsonl", "{\"text\": \"Iron\", \"title\": \"Smith\"}\n");
    let output = workspace.rolecall(&["classify", "[ab].csv", "c.jsonl"]).succeeds().table();
    assert_eq!(output.header[..4], ["title", "text", "place", "source"]);
    assert_eq!(output.column("title"), ["PO", "Baker", "Cook", "Smith"]);
    assert_eq!(output.column("place"), ["", "Here", "There", ""]);
    assert_eq!(output.column("source"), ["a.csv", "b.csv", "b.csv", "c.jsonl"]);
    let refused = workspace.rolecall(&["classify", "d*.csv", "-o", "out.csv"]).fails();
    assert!(refused.contains("no file fits d*.csv"), "{refused}");
}

const WITH_WRONG_ROWS: &[u8] =
    b"title,text\nPO,\"one\ntwo \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\"\nBaker,Bread,fresh\nCook\nClerk,\xff\nSmith,Iron\n";

#[test]
fn wrong_rows_are_set_aside_with_line_and_reason() {
    let workspace = Workspace::with("in.csv", WITH_WRONG_ROWS);
    let arguments = ["classify", "in.csv", "--rejects", "wrong.csv", "-o", "out.csv", "--json"];
    let ran = workspace.rolecall(&arguments).succeeds();
    ran.says(&["3 of 5 rows", "line 4", "3 fields", "wrong.csv"]);
    let output = workspace.table("out.csv");
    // They are kept byte by byte, so this file need not be UTF-8 either.
    let wrong = String::from_utf8_lossy(&workspace.read("wrong.csv")).into_owned();
    let wrong = Table::parse(wrong.as_bytes());
    assert_eq!(output.column("title"), ["PO", "Smith"]);
    assert_eq!(wrong.header, ["file", "line", "reason", "raw"]);
    assert_eq!(wrong.column("file"), ["in.csv"; 4]);
    assert_eq!(wrong.column("line"), ["1", "4", "5", "6"]);
    assert_eq!(wrong.column("raw")[..3], ["title,text", "Baker,Bread,fresh", "Cook"]);
    assert!(workspace.read("wrong.csv").windows(7).any(|w| w == b"Clerk,\xff"));
    let reasons = wrong.column("reason");
    assert!(reasons[1].contains("3 fields") && reasons[2].contains("1 fields"), "{reasons:?}");
    assert!(reasons[3].contains("\"text\" is not UTF-8"), "{reasons:?}");
    let summary = ran.json();
    assert_eq!(summary["rows_read"], 5);
    assert_eq!(summary["rows_written"], 2);
    assert_eq!(summary["rows_rejected"], 3);
}

#[test]
fn too_many_wrong_rows_give_status_1_and_the_output() {
    let workspace = Workspace::with("in.csv", WITH_WRONG_ROWS);
    let run = |most| workspace.rolecall(&["classify", "in.csv", "--max-rejects", most]);
    assert_eq!(run("2").notices().table().rows.len(), 2);
    assert_eq!(run("3").succeeds().table().rows.len(), 2);
}

#[test]
fn closed_never_gives_other() {
    let workspace = Workspace::new();
    let open = workspace.rolecall(&["classify", SAMPLE]).succeeds().table();
    assert!(open.column("predicted_role").contains(&"other"));
    let closed = workspace.rolecall(&["classify", SAMPLE, "--closed"]).succeeds().table();
    assert!(closed.column("predicted_role").iter().all(|role| ROLES.contains(role)));
    assert!(closed.column("decision").iter().all(|decision| *decision != "out_of_scope"));
    assert!(closed.numbers("p_other").iter().all(|p| *p == 0.0));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    // More rows than are worked on together.
    let mut sample = Table::of(SAMPLE);
    sample.rows = (0..8).flat_map(|_| sample.rows.clone()).collect();
    let workspace = Workspace::with("in.csv", sample.bytes());
    for format in ["csv", "table"] {
        let run = |threads| {
            workspace.rolecall(&["classify", "in.csv", "--format", format, "--threads", threads])
        };
        assert_eq!(run("1").succeeds().stdout, run("2").succeeds().stdout, "{format}");
    }
}

#[test]
fn a_table_has_a_header_and_a_line_for_each_row() {
    let workspace = Workspace::new();
    let ran = workspace.rolecall(&["classify", PLAIN, "--format", "table"]).succeeds();
    let lines: Vec<&str> = ran.text().lines().collect();
    let header: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(header, ["title", "verdict", "conf.", "decision", "evidence"]);
    assert_eq!(lines.len(), 7);
    assert!(lines[1].starts_with("Product Owner"), "{}", lines[1]);
}

#[test]
fn an_output_file_replaces_the_old_one_when_it_is_whole() {
    let workspace = Workspace::with("out.csv", "old");
    let ran = workspace.rolecall(&["classify", PLAIN, "-o", "out.csv"]).succeeds();
    assert!(ran.stdout.is_empty());
    assert_eq!(workspace.table("out.csv").rows.len(), 6);
    assert_eq!(workspace.files(), ["out.csv"]);
}

#[test]
fn a_failed_run_leaves_the_old_output_alone() {
    let workspace = Workspace::with("out.csv", "old");
    workspace.rolecall(&["classify", "missing.csv", "-o", "out.csv"]).fails();
    assert_eq!(workspace.read("out.csv"), b"old");
}

#[test]
fn columns_of_your_own_keep_their_names() {
    let own =
        "title,language,text,notes,rolecall_notes\nProduct Owner,Klingon,We bake bread.,mine,old\n";
    let objects = r#"{"title":"Product Owner","language":{"code":"tlh"},"text":"We bake bread.","notes":"mine"}"#;
    let workspace = Workspace::with("in.csv", own);
    workspace.write("in.jsonl", objects);
    let said = ["\"rolecall_language\" instead of \"language\"", "\"rolecall_notes"];
    let ran = workspace.rolecall(&["classify", "in.csv"]).succeeds();
    let table = ran.says(&said).table();
    assert_eq!(table.column("language"), ["Klingon"]);
    assert_eq!(
        (table.column("notes"), table.column("rolecall_notes")),
        (vec!["mine"], vec!["old"])
    );
    assert_ne!(table.column("rolecall_notes_2"), ["mine"]);
    let ran = workspace.rolecall(&["classify", "in.jsonl"]).succeeds();
    let object = ran.says(&said).json();
    assert_eq!((&object["language"]["code"], &object["notes"]), (&"tlh".into(), &"mine".into()));
    assert!(object["rolecall_notes"].is_array() && object["decision"].is_string(), "{object}");
    workspace.rolecall(&["classify", "in.jsonl", "-o", "out.parquet"]).succeeds();
    let again = workspace.rolecall(&["classify", "out.parquet", "--replace", "--format", "jsonl"]);
    let again = again.succeeds().json();
    assert_eq!((&again["notes"], &again["decision"]), (&"mine".into(), &object["decision"]));
    assert_eq!(again["rolecall_notes"], object["rolecall_notes"]);
}

#[test]
fn what_was_classified_before_is_refused() {
    let workspace = Workspace::new();
    workspace.rolecall(&["classify", PLAIN, "-o", "once.csv"]).succeeds();
    let refused = workspace.rolecall(&["classify", "once.csv", "-o", "twice.csv"]).fails();
    assert!(refused.contains("\"predicted_role\"") && refused.contains("--replace"), "{refused}");
}

#[test]
fn the_columns_of_an_earlier_run_are_written_over_if_wanted() {
    let workspace = Workspace::new();
    workspace.rolecall(&["classify", PLAIN, "-o", "once.csv"]).succeeds();
    let once = workspace.table("once.csv");
    let (role, decision) = (once.place("predicted_role"), once.place("decision"));
    let mut edited = once.clone();
    edited.header.push("mine".into());
    for row in &mut edited.rows {
        row[role] = "baker".into();
        row[decision] = "perhaps".into();
        row.push("kept".into());
    }
    workspace.write("edited.csv", edited.bytes());
    let replace = |from: &str, to: &str, other: &[&str]| {
        let command = ["classify", from, "--replace", "-o", to];
        workspace.rolecall(&[&command, other].concat()).succeeds();
    };
    replace("edited.csv", "twice.csv", &[]);
    let twice = workspace.table("twice.csv");
    assert_eq!((&twice.header, twice.column("mine")[0]), (&edited.header, "kept"));
    for (once, twice) in once.rows.iter().zip(&twice.rows) {
        assert_eq!(once[..], twice[..once.len()]);
    }
    // In every form, and with the evidence left out.
    for form in ["jsonl", "parquet"] {
        let [from, to] = ["from", "to"].map(|name| format!("{name}.{form}"));
        workspace.rolecall(&["classify", PLAIN, "-o", &from]).succeeds();
        replace(&from, &to, &[]);
        assert!(workspace.read(&from) == workspace.read(&to), "{form}");
        replace(&from, "again.csv", &["--no-evidence"]);
        let again = workspace.table("again.csv");
        assert_eq!(again.header, once.header[..once.header.len() - 1]);
        assert_eq!(again.column("decision"), once.column("decision"));
    }
}

#[test]
fn the_evidence_can_be_left_out() {
    let workspace = Workspace::new();
    let whole = workspace.rolecall(&["classify", SAMPLE, "--format", "csv"]).succeeds().table();
    let command = ["classify", SAMPLE, "--format", "csv", "--no-evidence"];
    let mut without = workspace.rolecall(&command).succeeds().table();
    assert_eq!(whole.header.last().map(String::as_str), Some("evidence"));
    without.header.push("evidence".into());
    assert_eq!(whole.header, without.header);
    for (whole, without) in whole.rows.iter().zip(&without.rows) {
        assert_eq!(whole[..whole.len() - 1], without[..]);
    }
}

#[test]
fn too_little_text_gives_no_evidence() {
    for text in [
        "",
        " \n ",
        "<p></p>",
        "<script>product owner</script>",
        "Apply now!",
        "...",
        "\u{6211}\u{4eec}\u{6b63}\u{5728}\u{62db}\u{8058}\u{4e00}\u{4f4d}",
    ] {
        let output = verdict(text, &[]);
        assert_eq!(output.column("decision"), ["no_evidence"], "{text:?}");
        close(output.probabilities()[0].iter().sum(), 1.0, 4.0 * ROUNDING + 1e-12, text);
    }
}

#[test]
fn markup_and_scripts_do_not_count() {
    let added = [ADDED[0], ADDED[1], ADDED[2], ADDED[12]];
    let seen = |text: &str| {
        let output = verdict(text, &[]);
        let fields = added.map(|column| output.column(column)[0].to_owned());
        (fields, output.probabilities())
    };
    let plain = seen("You own the backlog.\nYou plan each sprint with the Scrum team.");
    for text in [
        "<p>You own the <b>back</b>log.</p><div class=\"roadmap pricing\">You plan each sprint with the Scrum team.</div>",
        "You own the backlog.<script>let roadmap = 'pricing';</script><style>.budget{}</style>\nYou plan each sprint with the Scrum team.",
        "&lt;p&gt;You own the backlog.&lt;/p&gt;&lt;p&gt;You plan each sprint with the Scrum team.&lt;/p&gt;",
        "<!-- budget and milestones -->You own the backlog.<br/>You plan each&nbsp;sprint with the Scrum team.",
    ] {
        assert_eq!(seen(text), plain, "{text}");
    }
}

#[test]
fn evidence_is_one_line_and_no_formula() {
    let texts = [
        "=Product roadmap and pricing strategy, launch and growth",
        "@product backlog\n+user stories\n-sprint planning\nacceptance criteria",
        ".NET projects\n=cmd|project plan\n-PMP\n+risk management",
        "\"=product\nroadmap\" is what you own, with market research",
    ];
    for text in texts {
        for options in [&[][..], &["--closed"]] {
            let output = verdict(text, options);
            let evidence = output.column("evidence")[0];
            assert!(!evidence.starts_with(['=', '+', '-', '@', '\t', '\r']), "{evidence:?}");
            assert!(!evidence.contains(['\n', '\r']), "{evidence:?}");
        }
    }
}

#[test]
fn evidence_is_quoted_from_the_text() {
    let workspace = Workspace::new();
    let output = workspace.rolecall(&["classify", PLAIN]).succeeds().table();
    for (text, evidence) in output.column("description").iter().zip(output.column("evidence")) {
        for phrase in evidence.split("; ") {
            assert!(text.contains(phrase), "{phrase:?} is not in {text:?}");
        }
    }
}

#[test]
fn the_duties_do_not_see_names_of_roles() {
    let named = |name: &str| DUTIES.replace("Product Owner", name);
    let blind = verdict(&named("Product Owner"), &["--view", "duties"]).probabilities();
    for name in ["Product Manager", "Technical Project Manager"] {
        assert_eq!(verdict(&named(name), &["--view", "duties"]).probabilities(), blind, "{name}");
        assert_ne!(verdict(&named(name), &[]).probabilities(), blind, "{name}");
    }
}

#[test]
fn the_title_is_evidence_in_the_whole_view_alone() {
    let csv = format!("title,text\nTechnical Project Manager,{DUTIES:?}\n,{DUTIES:?}\n");
    let workspace = Workspace::with("in.csv", csv);
    let run = |view| {
        let arguments = ["classify", "in.csv", "--view", view];
        workspace.rolecall(&arguments).succeeds().table().probabilities()
    };
    for view in ["text", "duties"] {
        let read = run(view);
        assert_eq!(read[0], read[1], "{view}");
    }
    let whole = run("whole");
    assert!(whole[0][2] > 2.0 * whole[1][2], "{whole:?}");
    // Without a title there is only the text.
    assert_eq!(whole[1], run("text")[1]);
}

#[test]
fn a_higher_precision_accepts_no_more() {
    let workspace = Workspace::new();
    let run = |p| workspace.rolecall(&["classify", SAMPLE, "--precision", p]).succeeds().table();
    let (low, high) = (run("0.6"), run("0.99"));
    assert_eq!(low.probabilities(), high.probabilities());
    for (low, high) in low.column("decision").iter().zip(high.column("decision")) {
        let doubted = high == "review" && ["accept", "out_of_scope"].contains(low);
        assert!(*low == high || doubted, "{low} becomes {high}");
    }
}

#[test]
fn quiet_says_nothing() {
    let workspace = Workspace::with("in.csv", WITH_WRONG_ROWS);
    let ran = workspace.rolecall(&["classify", "in.csv", "--quiet"]).succeeds();
    assert_eq!(ran.lines, [""; 0]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut sample = Table::of(SAMPLE);
    sample.rows = (0..20).flat_map(|_| sample.rows.clone()).collect();
    let workspace = Workspace::with("in.csv", sample.bytes());
    let mut command = workspace.rolecall(&["classify", "in.csv", "--quiet"]).command();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdout.take().expect("it is piped");
    pipe.read_exact(&mut [0; 100]).expect("there is more than that");
    drop(pipe);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_no_file() {
    let workspace = Workspace::new();
    let mut command = workspace.rolecall(&["classify", "-", "-o", "out.csv"]).command();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Standard input stays open, so the program waits for more when it has begun to write.
    let mut pipe = child.stdin.take().expect("it is piped");
    let rows = format!("text\n{}", "Bake bread.\n".repeat(40_000));
    pipe.write_all(rows.as_bytes()).expect("the program reads");
    let begun = || workspace.files().iter().any(|name| name.contains(".part"));
    while !begun() && child.try_wait().expect("it can be asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill").arg(child.id().to_string()).status();
    assert!(kill.expect("kill is there").success());
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("interrupted"), "{said}");
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert_eq!(workspace.files(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let workspace = Workspace::new();
    workspace.rolecall(&["classify", PLAIN, "-o", "/dev/null"]).succeeds();
    let null = std::fs::metadata("/dev/null").expect("there is a /dev/null");
    assert!(null.file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_file_is_replaced_and_the_link_stays() {
    let workspace = Workspace::with("real.csv", "old");
    std::os::unix::fs::symlink(workspace.path("real.csv"), workspace.path("link.csv"))
        .expect("links can be made");
    workspace.rolecall(&["classify", PLAIN, "-o", "link.csv"]).succeeds();
    let link = std::fs::symlink_metadata(workspace.path("link.csv")).expect("it is there");
    assert!(link.is_symlink());
    assert!(workspace.read("real.csv").starts_with(b"title,"));
}

#[test]
fn a_posting_of_two_roles_says_so() {
    let header = vec!["title".to_owned(), "description".to_owned()];
    let both = "You are Product Owner and Project Manager in one person. You own the product backlog, \
                refine user stories and accept them at the sprint review. You also keep the project \
                plan, report status to the steering committee, manage the budget, the risk register \
                and the vendors.";
    let rows = vec![
        vec!["Product Owner / Product Manager".to_owned(), DUTIES.to_owned()],
        vec!["Product Owner".to_owned(), both.to_owned()],
        vec!["Product Owner".to_owned(), DUTIES.to_owned()],
    ];
    let workspace = Workspace::with("in.csv", Table { header, rows }.bytes());
    let output = workspace.rolecall(&["classify", "in.csv", "--closed"]).succeeds().table();
    let notes = output.column("notes");
    assert_eq!(notes[0], "title_states_two_roles");
    assert!(notes[1].contains("text_speaks_for_two_roles"), "{}", notes[1]);
    assert_eq!(notes[2], "");
    for (second, best) in output.column("second_role").iter().zip(output.column("predicted_role")) {
        assert!(ROLES.contains(second) && *second != best, "{second} after {best}");
    }
}

#[test]
fn what_says_nothing_is_never_accepted() {
    let random: String = (0..400u64)
        .map(|i| {
            let word = i.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) % 308_915_776;
            (0..5)
                .map(|k| (b'a' + (word / 26u64.pow(k) % 26) as u8) as char)
                .chain([' '])
                .collect::<String>()
        })
        .collect();
    let template = "Job title: Location: Department: About us: Responsibilities: Requirements: Benefits: \
                    How to apply: Equal opportunity employer.";
    let german = "Wir suchen zum n\u{e4}chstm\u{f6}glichen Zeitpunkt eine Person, die unsere Abteilung \
                  verst\u{e4}rkt, das Lager pr\u{fc}ft, Rechnungen schreibt und mit Kunden spricht.";
    for text in ["", "Product", &random, template, german] {
        for options in [&[][..], &["--view", "duties"], &["--precision", "0.5"]] {
            assert_ne!(
                verdict(text, options).column("decision"),
                ["accept"],
                "{text:?} {options:?}"
            );
        }
    }
}

#[test]
fn pieces_in_a_pipe_are_as_the_whole() {
    let workspace = Workspace::new();
    let filter = |lines: &str| {
        workspace.rolecall(&["classify", "-", "-q"]).stdin(lines).succeeds().text().to_owned()
    };
    let posting = |i: usize| {
        format!("{{\"text\": \"{DUTIES} Team {i}.\", \"title\": \"Product Owner {i}\"}}\n")
    };
    let whole: String = (0..40).map(posting).collect();
    let pieces: String =
        (0..4).map(|p| filter(&(10 * p..10 * p + 10).map(posting).collect::<String>())).collect();
    assert_eq!(filter(&whole), pieces);
    assert_eq!(pieces.lines().count(), 40);
}

#[test]
fn what_stands_for_no_title_is_none() {
    let rows: String =
        ["", "N/A", "nan", "None", "-"].iter().map(|t| format!("{t},{DUTIES:?}\n")).collect();
    let workspace = Workspace::with("in.csv", format!("title,text\n{rows}"));
    let judged = workspace.rolecall(&["classify", "in.csv"]).succeeds().table().probabilities();
    assert!(judged.iter().all(|p| *p == judged[0]), "{judged:?}");
}

#[test]
fn a_title_and_a_text_that_disagree_say_so() {
    let csv = format!("title,text\nProduct Manager,{DUTIES:?}\nProduct Owner,{DUTIES:?}\n");
    let output = Workspace::with("in.csv", csv).rolecall(&["classify", "in.csv"]).succeeds();
    let output = output.table();
    assert!(output.column("notes")[0].contains("title_and_text_disagree"));
    let both = [output.column("predicted_role")[0], output.column("second_role")[0]];
    assert!(both.contains(&"product_owner") && both.contains(&"product_manager"), "{both:?}");
    assert_eq!(output.column("notes")[1], "");
}

#[test]
fn a_prior_shifts_the_odds_exactly() {
    let classify = |options: &[&str]| {
        let workspace = Workspace::new();
        let duties = ["classify", SAMPLE, "--view", "duties"];
        workspace.rolecall(&[&duties, options].concat()).succeeds().table().probabilities()
    };
    let (plain, low, high) =
        (classify(&[]), classify(&["--prior", "0.2"]), classify(&["--prior", "0.5"]));
    let odds = |p: &[f64]| (1.0 - p[3]) / p[3];
    let mut compared = 0;
    for ((plain, low), high) in plain.iter().zip(&low).zip(&high) {
        // What is written has six decimals.
        if plain[3] > 0.05 && plain[3] < 0.95 && low[3] > 0.01 && high[3] > 0.01 {
            close(odds(high) / odds(low), 4.0, 0.02, plain);
            compared += 1;
        }
    }
    assert!(compared > 5, "{compared}");
    let by_role = classify(&["--prior", "product_owner=0.3,product_manager=0.1"]);
    assert!(by_role.iter().zip(&plain).any(|(a, b)| a[0] > b[0] + 0.01));
    let market = classify(&["--prior", "market"]);
    // Of the two roles of which a document counts the jobs, the odds move together; of the third nothing does.
    let owner_to_manager = |p: &[f64]| p[0] / p[2];
    let mut moved = Vec::new();
    for (plain, market) in plain.iter().zip(&market) {
        if plain[0] > 0.02 && plain[2] > 0.02 && market[0] > 0.02 && market[2] > 0.02 {
            moved.push(owner_to_manager(market) / owner_to_manager(plain));
        }
        if plain[1] > 0.05 && plain[1] < 0.95 && plain[3] > 0.01 {
            close((market[1] / market[3]) / (plain[1] / plain[3]), 1.0, 0.02, plain);
        }
    }
    assert!(
        moved.len() > 1 && moved.iter().all(|m| (m / moved[0] - 1.0).abs() < 0.02),
        "{moved:?}"
    );
    let refused = Workspace::new().rolecall(&["classify", SAMPLE, "--prior", "owner=0.1"]).fails();
    assert!(refused.contains("--prior") && refused.contains("\"owner\""), "{refused}");
}

#[test]
fn years_of_experience_and_shared_roles_are_said() {
    let owner = "You own the product backlog, write user stories with acceptance criteria and plan each sprint \
        with the Scrum team.";
    let rows = [
        (format!("{owner} You have 5+ years of experience, 3 of them with Scrum."), "5", ""),
        (
            format!("{owner} You act as Product Owner and Product Manager."),
            "",
            "one_person_two_roles",
        ),
        (
            format!("{owner} Three Product Owners report to one Product Manager."),
            "",
            "several_owners_one_manager",
        ),
        (
            format!("{owner} All Product Managers report to the Product Owner."),
            "",
            "owner_above_manager",
        ),
    ];
    let mut file = "title,description\n".to_owned();
    for (text, ..) in &rows {
        file.push_str(&format!("Product Owner,\"{text}\"\n"));
    }
    let workspace = Workspace::with("in.csv", file);
    let output = workspace.rolecall(&["classify", "in.csv"]).succeeds().table();
    for (i, (text, years, note)) in rows.iter().enumerate() {
        assert_eq!(output.column("experience_years")[i], *years, "{text}");
        assert!(output.column("notes")[i].contains(note), "{text}");
    }
}

#[test]
fn an_abbreviation_that_is_spelt_out_means_that() {
    let office = "You are part of the PO (Project Office). The PO keeps the project plans and budgets, and reports to \
        the PO lead. You maintain the schedule and the risk register of the PO.";
    let orders = "You create each PO, match the PO number with the invoice, and send the PO to the supplier.";
    let owner = "You are the PO (Product Owner) of our app. As PO you own the backlog and write user stories.";
    let file = format!("description\n\"{office}\"\n\"{orders}\"\n\"{owner}\"\n");
    let workspace = Workspace::with("in.csv", file);
    let output = workspace.rolecall(&["classify", "in.csv", "--view", "text"]).succeeds().table();
    let owners = output.numbers("p_product_owner");
    assert!(owners[0] < 0.5 && owners[1] < 0.5 && owners[2] > 0.5, "{owners:?}");
}

#[test]
fn the_columns_that_come_out_can_be_chosen() {
    let workspace = Workspace::new();
    let all = workspace.rolecall(&["classify", SAMPLE]).succeeds().table();
    let wanted = ["predicted_role", "id", "confidence", "title"];
    for (form, read) in [("csv", b','), ("tsv", b'\t')] {
        let arguments = ["classify", SAMPLE, "--format", form, "--select", &wanted.join(",")];
        let ran = workspace.rolecall(&arguments).succeeds();
        let chosen = Table::parse_with(&ran.stdout, read);
        assert_eq!(chosen.header, wanted);
        for name in wanted {
            assert_eq!(chosen.column(name), all.column(name), "{form} {name}");
        }
    }
    let lines =
        workspace.rolecall(&["classify", SAMPLE, "--format", "jsonl", "--select", "id,p_other"]);
    let lines = lines.succeeds();
    let first = lines.text().lines().next().expect("a row");
    assert!(
        first.starts_with(&format!("{{\"id\":\"{}\",\"p_other\":", all.column("id")[0])),
        "{first}"
    );
    let table = ["classify", SAMPLE, "--format", "table", "--select", "title,decision"];
    let table = workspace.rolecall(&table).succeeds();
    assert!(table.text().starts_with("title "), "{}", table.text());
    let refused = workspace.rolecall(&["classify", SAMPLE, "--select", "id,salary"]).fails();
    assert!(
        refused.contains("no column \"salary\"") && refused.contains("\"p_other\""),
        "{refused}"
    );
}

#[test]
fn slim_rows_have_what_tells_the_row_and_the_verdict() {
    let workspace = Workspace::new();
    let all = workspace.rolecall(&["classify", SAMPLE]).succeeds().table();
    let slim = workspace.rolecall(&["classify", SAMPLE, "--slim"]).succeeds().table();
    let input = Table::of(SAMPLE).header.len();
    assert_eq!(
        slim.header,
        [&["id".to_owned(), "title".to_owned()], &all.header[input..]].concat()
    );
    for name in &slim.header {
        assert_eq!(slim.column(name), all.column(name), "{name}");
    }
    // Also where a run goes on, or takes the place of an earlier one.
    let resume = ["classify", SAMPLE, "--slim", "--resume", "-o", "out.csv"];
    workspace.rolecall(&resume).succeeds();
    assert_eq!(workspace.table("out.csv"), slim);
    workspace.write("again.csv", all.bytes());
    let again = workspace.rolecall(&["classify", "again.csv", "--slim", "--replace"]).succeeds();
    assert_eq!(again.table(), slim);
}
