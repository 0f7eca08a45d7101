//! `classify --line-buffered`: every line of standard input is answered before the next one is sent.

use crate::workspace::{DUTIES, SAMPLE, Table, Workspace};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program, asked line by line.
struct Asked {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Asked {
    fn new(workspace: &Workspace, options: &[&str]) -> Self {
        let arguments = [&["classify", "-", "--line-buffered", "-q"], options].concat();
        let mut command = workspace.rolecall(&arguments).command();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, stdin, stdout }
    }

    /// Sends a line and waits for the answer to it.
    fn ask(&mut self, line: &str) -> String {
        self.stdin.write_all(format!("{line}\n").as_bytes()).expect("it reads");
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).expect("it answers");
        assert!(answer.ends_with('\n'), "{line}: {answer:?}");
        answer
    }

    fn ask_json(&mut self, line: &str) -> Value {
        serde_json::from_str(&self.ask(line)).expect("answers are JSON")
    }

    /// Ends the lines: the exit status, if it ends of itself.
    fn end(mut self) -> Option<i32> {
        drop(self.stdin);
        let mut rest = String::new();
        self.stdout.read_line(&mut rest).expect("it ends");
        assert_eq!(rest, "");
        self.child.wait().expect("it ends").code()
    }
}

fn postings() -> Vec<Value> {
    let sample = Table::of(SAMPLE);
    let object = |row: &Vec<String>| {
        let members =
            sample.header.iter().zip(row).map(|(name, field)| (name.clone(), json!(field)));
        Value::Object(members.collect())
    };
    sample.rows.iter().map(object).collect()
}

#[test]
fn each_posting_is_answered_before_the_next_one_is_sent() {
    let workspace = Workspace::new();
    let lines: Vec<String> = postings().iter().take(20).map(Value::to_string).collect();
    let all = workspace.rolecall(&["classify", "-q"]).stdin(lines.join("\n")).succeeds();
    let mut asked = Asked::new(&workspace, &[]);
    for (line, expected) in lines.iter().zip(all.text().lines()) {
        assert_eq!(asked.ask(line).trim_end(), expected);
    }
    assert_eq!(asked.end(), Some(0));
}

#[test]
fn verdicts_of_lines_are_those_of_the_file() {
    let workspace = Workspace::new();
    let mut table = Table::of(SAMPLE);
    // A record is a line.
    table.rows.iter_mut().flatten().for_each(|field| *field = field.replace('\n', " "));
    let json: String = postings().iter().map(|posting| format!("{posting}\n")).collect();
    for options in [&[][..], &["--format", "jsonl"], &["--closed", "--no-evidence"]] {
        for lines in [table.bytes().as_slice(), json.as_bytes()] {
            let run = |more: &[&str]| {
                let arguments = [&["classify", "-q"], options, more].concat();
                workspace.rolecall(&arguments).stdin(lines).succeeds().stdout
            };
            assert!(run(&[]) == run(&["--line-buffered"]), "{options:?}");
        }
    }
}

#[test]
fn a_line_that_cannot_be_read_is_answered_and_set_aside() {
    let workspace = Workspace::new();
    let mut asked = Asked::new(&workspace, &["--rejects", "rejects.csv"]);
    let good = json!({"title": "Product Owner", "text": DUTIES}).to_string();
    assert_eq!(asked.ask_json(&good)["predicted_role"], "product_owner");
    let wrong = ["{\"title\":", "", "[]", "{\"name_of\": \"nothing\"}", "no JSON"];
    for (line, at) in wrong.into_iter().zip(2..) {
        let answer = asked.ask_json(line);
        assert_eq!(
            (&answer["decision"], &answer["predicted_role"]),
            (&json!("rejected"), &Value::Null)
        );
        let why = answer["notes"][0].as_str().expect("there is a reason");
        assert!(why.starts_with(&format!("line {at}: ")), "{why}");
    }
    assert_eq!(asked.ask_json(&good)["predicted_role"], "product_owner");
    assert_eq!(asked.end(), Some(0));
    let rejects = workspace.table("rejects.csv");
    assert_eq!(rejects.column("line"), ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(rejects.column("raw")[1..], wrong);
}

#[test]
fn a_record_that_cannot_be_read_is_answered_with_as_many_fields() {
    let workspace = Workspace::new();
    let mut asked = Asked::new(&workspace, &[]);
    let mut answers = asked.ask("title,text");
    for line in ["PO,\"never closed", "", "a,b,c", "title,text"] {
        answers += &asked.ask(line);
    }
    answers += &asked.ask(&format!("Product Owner,\"{DUTIES}\""));
    assert_eq!(asked.end(), Some(0));
    let table = Table::parse(answers.as_bytes());
    let decisions = table.column("decision");
    assert_eq!((decisions.len(), &decisions[..4]), (5, &["rejected"; 4][..]));
    assert_eq!(table.column("predicted_role")[4], "product_owner");
}

#[test]
fn objects_with_members_of_their_own_are_answered_each_by_itself() {
    let mut asked = Asked::new(&Workspace::new(), &["--title", "position"]);
    let answer =
        asked.ask_json(&json!({"position": "PO", "text": DUTIES, "notes": "mine"}).to_string());
    assert_eq!((&answer["notes"], &answer["rolecall_notes"]), (&json!("mine"), &json!([])));
    let answer = asked.ask(&json!({"id": 7, "job_description": DUTIES}).to_string());
    let verdict: Value = serde_json::from_str(&answer).expect("answers are JSON");
    assert_eq!((&verdict["id"], &verdict["predicted_role"]), (&json!(7), &json!("product_owner")));
    let again = asked.ask_json(answer.trim_end());
    assert_eq!(again["decision"], "rejected");
    assert!(again["notes"][0].as_str().expect("a reason").contains("--replace"), "{again}");
}

#[test]
fn rows_in_are_rows_out_and_rows_set_aside() {
    let workspace = Workspace::new();
    let lines = format!("{}\nnothing\n", json!({"text": DUTIES}));
    let ran = workspace.rolecall(&["classify", "--line-buffered"]).stdin(&lines).succeeds();
    ran.says(&["2 rows in, 1 out, 1 set aside"]).says(&["description from \"text\""]);
    let run = ["classify", "--line-buffered", "--max-rejects", "0"];
    workspace.rolecall(&run).stdin(&lines).notices();
    workspace.rolecall(&run).succeeds().says(&["nothing to do"]);
}

#[test]
fn what_cannot_be_answered_line_by_line_is_refused() {
    let workspace = Workspace::new();
    let run = |options: &[&str], stdin: &str| {
        workspace
            .rolecall(&[&["classify", "--line-buffered"], options].concat())
            .stdin(stdin)
            .fails()
    };
    assert!(run(&[SAMPLE], "").contains("leave the names of files out"));
    assert!(run(&["--format", "parquet"], "title,text\na,b\n").contains("--format jsonl"));
    assert!(run(&["--format", "csv"], "{\"text\":\"a\"}\n").contains("--format jsonl"));
    assert!(run(&[], "name,street\n").contains("--description COLUMN"));
}

#[test]
fn it_ends_on_an_interrupt_while_it_waits() {
    let workspace = Workspace::new();
    let mut asked = Asked::new(&workspace, &["--rejects", "rejects.csv"]);
    asked.ask("{}");
    let process = asked.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status().expect("there is a kill");
    assert!(sent.success());
    assert_eq!(asked.child.wait().expect("it ends").code(), Some(130));
    assert_eq!(workspace.files(), Vec::<String>::new());
}
