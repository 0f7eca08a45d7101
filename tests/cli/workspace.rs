//! A private folder for each test, and the program run in it. What every command must keep to is
//! checked here, so that no test has to say it.

use std::fmt::Debug;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Duties of a product owner.
pub(crate) const DUTIES: &str = "You own the product backlog, write user stories with acceptance criteria \
                      and plan each sprint with the Scrum team as its Product Owner.";

/// What the program calls its roles, in the order of its columns.
pub(crate) const ROLES: [&str; 3] =
    ["product_owner", "product_manager", "technical_project_manager"];
/// What the project knows beforehand: the sample and the lexicon.
pub(crate) const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
/// Labelled postings of invented organisations.
pub(crate) const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample_postings.csv");
/// The role lexicon.
pub(crate) const LEXICON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/roles");
/// Two postings of each role that nobody would take for another.
pub(crate) const PLAIN: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/plain_postings.csv");

/// A model of the sample, trained once for all tests.
pub(crate) static SAMPLE_MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let workspace = Workspace::new();
    workspace.rolecall(&["train", SAMPLE, "-o", "sample.rolecall"]).succeeds();
    workspace.read("sample.rolecall")
});

/// What is in a model file but for what only retraining needs.
pub(crate) fn model_bytes(model: &[u8]) -> Vec<u8> {
    let mut decoder = zstd::Decoder::with_buffer(model).expect("a model is packed").single_frame();
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).expect("it is sound");
    bytes
}

/// Copies the lexicon into a folder of a workspace.
pub(crate) fn copy_lexicon(workspace: &Workspace, folder: &str) {
    std::fs::create_dir(workspace.path(folder)).expect("the folder can be written to");
    for entry in std::fs::read_dir(LEXICON).expect("the lexicon is there") {
        let path = entry.expect("the lexicon can be read").path();
        if path.extension().is_some_and(|e| e == "csv") {
            let name = path.file_name().expect("a file has a name");
            std::fs::copy(&path, workspace.path(folder).join(name)).expect("it can be copied");
        }
    }
}

/// A private folder.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with one file in it.
    pub(crate) fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let workspace = Self::new();
        workspace.write(name, bytes);
        workspace
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("the folder can be written to");
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    #[track_caller]
    pub(crate) fn table(&self, name: &str) -> Table {
        Table::parse(&self.read(name))
    }

    /// Names of the files in the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        let name = |e: std::io::Result<std::fs::DirEntry>| {
            e.expect("the folder can be read").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// The program, to be run in this folder.
    pub(crate) fn rolecall(&self, arguments: &[&str]) -> Run<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        Run { workspace: self, command, stdin: Vec::new() }
    }
}

/// The program with its arguments.
pub(crate) struct Run<'a> {
    workspace: &'a Workspace,
    command: Command,
    stdin: Vec<u8>,
}

impl Run<'_> {
    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// The command itself, for what the methods below cannot do.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    /// Runs it: done.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Ran {
        self.ends_with(0)
    }

    /// Runs it: done, and something to notice happened.
    #[track_caller]
    pub(crate) fn notices(self) -> Ran {
        self.ends_with(1)
    }

    /// Runs it: could not be done. Then nothing is on standard output, no file was made, and the
    /// last line of standard error is the only message of an error. Gives that message.
    #[track_caller]
    pub(crate) fn fails(self) -> String {
        let (before, workspace) = (self.workspace.files(), self.workspace);
        let ran = self.ends_with(2);
        ran.holds(ran.stdout.is_empty(), "there is output");
        ran.holds(workspace.files() == before, &format!("{before:?}: {:?}", workspace.files()));
        let (last, lines) = ran.lines.split_last().unwrap_or_else(|| ran.fail("no message"));
        let others = lines.iter().filter(|l| l.starts_with("rolecall: error:")).count();
        ran.holds(others == 0, "several messages");
        match last.strip_prefix("rolecall: error: ") {
            Some(message) => message.to_owned(),
            None => ran.fail("the last line is no error"),
        }
    }

    #[track_caller]
    fn ends_with(mut self, status: i32) -> Ran {
        let shown = format!("{:?}", self.command);
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("it is piped");
        let stdin = self.stdin;
        // The program need not read what it does not use.
        let feed = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().expect("the program ends");
        feed.join().expect("writing does not panic");
        let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
        let ran = Ran {
            shown,
            status: output.status.code(),
            stdout: output.stdout,
            lines: stderr.lines().map(str::to_owned).collect(),
        };
        ran.holds(ran.status == Some(status), &format!("the status is not {status}"));
        let unfinished = self.workspace.files().iter().any(|name| name.contains(".part"));
        ran.holds(!unfinished, "an unfinished file was left behind");
        ran
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    shown: String,
    status: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    /// Lines of standard error.
    pub(crate) lines: Vec<String>,
}

impl Ran {
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap_or_else(|e| self.fail(&e.to_string()))
    }

    /// Standard output as CSV.
    #[track_caller]
    pub(crate) fn table(&self) -> Table {
        Table::parse(&self.stdout)
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.text()).unwrap_or_else(|e| self.fail(&e.to_string()))
    }

    /// Asserts that standard error has a line with all of these in it.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) -> &Self {
        let found = self.lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
        self.holds(found, &format!("no line of standard error has {parts:?}"));
        self
    }

    #[track_caller]
    fn holds(&self, holds: bool, otherwise: &str) {
        if !holds {
            self.fail(otherwise);
        }
    }

    #[track_caller]
    fn fail(&self, problem: &str) -> ! {
        const MOST: usize = 2000;
        let stdout: String = String::from_utf8_lossy(&self.stdout).chars().take(MOST).collect();
        panic!(
            "{problem}\n\ncommand  {}\nstatus   {:?}\n\nstandard error\n{}\n\nstandard output\n{stdout}\n",
            self.shown,
            self.status,
            self.lines.join("\n"),
        );
    }
}

/// A CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    #[track_caller]
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self::parse_with(bytes, b',')
    }

    /// A table whose rows are all as long as its header.
    #[track_caller]
    pub(crate) fn parse_with(bytes: &[u8], delimiter: u8) -> Self {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(bytes);
        let mut records =
            reader.deserialize().map(|row| row.unwrap_or_else(|e| panic!("no table: {e}")));
        let header = records.next().expect("a header");
        Self { header, rows: records.collect() }
    }

    pub(crate) fn of(path: impl AsRef<Path>) -> Self {
        Self::parse(&std::fs::read(path).expect("a file of the repository"))
    }

    /// Written as CSV again.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).expect("rows are as long as the header");
        }
        writer.into_inner().expect("memory")
    }

    /// The fields of a column.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let place = self.place(name);
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    /// The fields of a column as numbers.
    #[track_caller]
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{name}: {text:?}"));
        self.column(name).into_iter().map(number).collect()
    }

    /// Place of a column.
    #[track_caller]
    pub(crate) fn place(&self, name: &str) -> usize {
        let place = self.header.iter().position(|h| h == name);
        place.unwrap_or_else(|| panic!("no column {name} among {:?}", self.header))
    }

    /// The probabilities of each row: the roles, then `other`.
    #[track_caller]
    pub(crate) fn probabilities(&self) -> Vec<Vec<f64>> {
        let columns: Vec<Vec<f64>> =
            outcomes().iter().map(|name| self.numbers(&format!("p_{name}"))).collect();
        (0..self.rows.len()).map(|row| columns.iter().map(|c| c[row]).collect()).collect()
    }
}

/// The roles, then `other`.
pub(crate) fn outcomes() -> Vec<&'static str> {
    ROLES.into_iter().chain(["other"]).collect()
}

/// Asserts that two numbers differ by at most so much.
#[track_caller]
pub(crate) fn close(a: f64, b: f64, by: f64, what: impl Debug) {
    assert!((a - b).abs() <= by, "{what:?}: {a} and {b} differ by more than {by}");
}
