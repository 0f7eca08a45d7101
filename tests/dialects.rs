//! Known rows, written in the dialects of many exporters, encodings and line ends: all come back as they were.

use rolecall::postings::{Dialect, PostingReader};

/// How fields are quoted.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Quotes {
    /// Where they must be.
    Few,
    /// All.
    All,
    /// All by single quotes.
    Single,
    /// All, with backslashes before quotes within.
    Escaped,
}

/// How rows end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    Usual,
    /// With a delimiter too many, in the header, too.
    Surplus,
    /// The same, but not in the header.
    SurplusInRows,
    /// Behind the last field that is not empty.
    Short,
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Written {
    delimiter: char,
    quotes: Quotes,
    ends: Ends,
    /// Whether the first line names the delimiter.
    named: bool,
    /// Whether the header comes again before the last rows.
    joined: bool,
    line_end: &'static str,
    encoding: &'static str,
}

const HEADER: [&str; 5] = ["id", "title", "description", "city", "note"];

/// Fourteen rows, of which few have a note, with all that must be quoted in some dialect.
fn rows(line_end: &str) -> Vec<[String; 5]> {
    let texts = [
        "plan each sprint, order the backlog; measure what comes | of it ~ and ask ^ users",
        "speak \"with\" customers, in two\tlanguages",
        "own it: 'the' budget; and\nthe plan,\n\nin four lines",
        "Führung für Köln, Malmö und Łódź",
        "café; naïve, \"done\"",
    ];
    let row = |number: usize| {
        let text = texts[number % texts.len()].replace('\n', line_end);
        [
            format!("{}", 7000 + number),
            ["Product Owner", "Owner, Product", "Baker \"night\"", "Leiter's Büro"][number % 4]
                .into(),
            format!("You {text}, each day of the week."),
            ["Köln", ""][number % 2].into(),
            if number == 3 { "seen; twice".into() } else { String::new() },
        ]
    };
    (0..14).map(row).collect()
}

impl Written {
    fn field(self, text: &str) -> String {
        let needs = text.contains(['"', '\n', '\r', self.delimiter]);
        match self.quotes {
            Quotes::Few if !needs => text.into(),
            Quotes::Few | Quotes::All => format!("\"{}\"", text.replace('"', "\"\"")),
            Quotes::Single => format!("'{}'", text.replace('\'', "''")),
            Quotes::Escaped => format!("\"{}\"", text.replace('"', "\\\"")),
        }
    }

    fn line(self, fields: &[&str], surplus: bool) -> String {
        let last = fields.iter().rposition(|field| !field.is_empty()).unwrap_or(0);
        let length = if self.ends == Ends::Short { last + 1 } else { fields.len() };
        let fields: Vec<String> = fields[..length].iter().map(|field| self.field(field)).collect();
        let end = if surplus { self.delimiter.to_string() } else { String::new() };
        fields.join(&self.delimiter.to_string()) + &end + self.line_end
    }

    fn text(self, rows: &[[String; 5]]) -> String {
        let header = self.line(&HEADER, self.ends == Ends::Surplus);
        let mut text = String::new();
        if self.named {
            text += &format!("sep={}{}", self.delimiter, self.line_end);
        }
        text += &header;
        for (number, row) in rows.iter().enumerate() {
            if self.joined && number == 9 {
                text += &header;
            }
            let fields = row.each_ref().map(String::as_str);
            text += &self.line(&fields, matches!(self.ends, Ends::Surplus | Ends::SurplusInRows));
        }
        text
    }

    fn bytes(self, rows: &[[String; 5]]) -> Vec<u8> {
        let text = self.text(rows);
        match self.encoding {
            "utf-8" => text.into_bytes(),
            "utf-8 with a mark" => format!("\u{feff}{text}").into_bytes(),
            "utf-16le" => {
                format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            "utf-16be" => {
                format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()
            }
            _ => {
                encoding_rs::WINDOWS_1252.encode(&text.replace(['Ł', 'ó', 'ź'], "o")).0.into_owned()
            }
        }
    }
}

/// The fields of the rows that are read, and the number of those that are set aside.
fn read(bytes: &[u8]) -> Result<(Vec<Vec<String>>, usize), String> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("there is room");
    let reader = PostingReader::open(file.path(), &Dialect::default());
    let mut reader = reader.map_err(|e| e.to_string())?;
    let (mut rows, mut rejected) = (Vec::new(), 0);
    loop {
        let batch = reader.batch(5).map_err(|e| e.to_string())?;
        if batch.is_empty() {
            return Ok((rows, rejected));
        }
        let fields = |row: &rolecall::postings::Row| {
            row.fields.iter().take(HEADER.len()).map(str::to_owned).collect()
        };
        rows.extend(batch.rows.iter().map(fields));
        rejected += batch.rejected.len();
    }
}

/// All dialects in an encoding, with these line ends.
fn dialects(encoding: &'static str, line_end: &'static str) -> Vec<Written> {
    let mut all = Vec::new();
    for delimiter in [',', ';', '\t', '|', '^', '~', '\u{1f}'] {
        for quotes in [Quotes::Few, Quotes::All, Quotes::Single, Quotes::Escaped] {
            for ends in [Ends::Usual, Ends::Surplus, Ends::SurplusInRows, Ends::Short] {
                for [named, joined] in [[false, false], [true, false], [false, true], [true, true]]
                {
                    let written =
                        Written { delimiter, quotes, ends, named, joined, line_end, encoding };
                    all.push(written);
                }
            }
        }
    }
    all
}

/// Asserts that the rows come back from each dialect in an encoding.
fn come_back(encoding: &'static str) {
    let mut wrong = Vec::new();
    let mut files = 0;
    for line_end in ["\n", "\r\n", "\r"] {
        let rows = rows(line_end);
        let western = |text: &String| {
            let narrow = encoding == "windows-1252";
            if narrow { text.replace(['Ł', 'ó', 'ź'], "o") } else { text.clone() }
        };
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(western).collect()).collect();
        for written in dialects(encoding, line_end) {
            files += 1;
            let found = read(&written.bytes(&rows));
            if found != Ok((expected.clone(), 0)) {
                let what = found.map(|(rows, rejected)| {
                    let same = rows.iter().zip(&expected).filter(|(a, b)| a == b).count();
                    format!("{} rows, {same} of them the same, {rejected} set aside", rows.len())
                });
                wrong.push(format!("{written:?}: {what:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {files}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rows_in_utf_8_come_back_from_every_dialect() {
    come_back("utf-8");
    come_back("utf-8 with a mark");
}

#[test]
fn rows_in_utf_16_come_back_from_every_dialect() {
    come_back("utf-16le");
    come_back("utf-16be");
}

#[test]
fn rows_in_windows_1252_come_back_from_every_dialect() {
    come_back("windows-1252");
}
