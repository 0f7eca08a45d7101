//! Files as they come: other delimiters, encodings and packings, quotes that are wrong, and rejected
//! rows that are mended and given back.

use crate::workspace::{PLAIN, Table, Workspace};
use arrow_array::builder::{Int64Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, Decimal128Array, DictionaryArray,
    FixedSizeBinaryArray, Float64Array, Int64Array, IntervalYearMonthArray, LargeStringArray,
    ListArray, RecordBatch, StringArray, StringViewArray, StructArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

/// The posting that every file here has.
fn posting() -> (String, String) {
    let plain = Table::of(PLAIN);
    (plain.column("title")[0].to_owned(), plain.column("description")[0].replace('"', "'"))
}

/// The lines that a file becomes.
fn judged_as(name: &str, bytes: impl AsRef<[u8]>, out: &str, more: &[&str]) -> Vec<String> {
    let workspace = Workspace::with(name, bytes);
    workspace.rolecall(&[&["classify", name, "-o", out, "-q"], more].concat()).succeeds();
    let written = String::from_utf8(workspace.read(out)).expect("it is UTF-8");
    written.lines().map(str::to_owned).collect()
}

fn judged(bytes: impl AsRef<[u8]>, more: &[&str]) -> Vec<String> {
    judged_as("in.csv", bytes, "out.csv", more)
}

#[test]
fn delimiters_are_found_and_kept() {
    let (title, text) = posting();
    for delimiter in [",", "\t", ";", "|"] {
        let file = format!("title{delimiter}text\n\"{title}\"{delimiter}\"{text}\"\n");
        let head = format!("title{delimiter}text{delimiter}predicted_role");
        let written = |more| judged_as("in.txt", &file, "out.txt", more)[0].clone();
        for more in [&[][..], &["--delimiter", delimiter]] {
            assert!(written(more).starts_with(&head), "{delimiter:?} {more:?}");
        }
    }
}

#[test]
fn encodings_are_found_or_told() {
    let row = "Produktbesitzer,Für “größere” Märkte – auch in Köln\n";
    let file = format!("title,text\n{row}");
    let mac = encoding_rs::MACINTOSH.encode(&file).0;
    let western = encoding_rs::WINDOWS_1252.encode(&file).0;
    let wide: Vec<u8> = file.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&mac[..], &western, &wide, file.as_bytes(), format!("\u{feff}{file}").as_bytes()]
    {
        assert!(judged(bytes, &[])[1].starts_with(row.trim_end()), "{bytes:?}");
    }
    let told = judged(b"title,text\nA,\xa4\n", &["--encoding", "iso-8859-15"]);
    assert!(told[1].starts_with("A,€,"), "{told:?}");
}

#[test]
fn a_quote_that_is_not_closed_costs_its_row_only() {
    let many = "4,\"good, text\"\n5,more\n".repeat(2000);
    for (wrong, rows) in [("3,\"never closed\n", 1), ("3,\"he said \"yes\"\nand left\n", 1)] {
        let workspace = Workspace::with("in.csv", format!("id,text\n1,one\n{wrong}{many}"));
        let arguments = ["classify", "in.csv", "--rejects", "wrong.csv", "-o", "out.csv"];
        let ran = workspace.rolecall(&arguments).succeeds();
        ran.says(&["line 3", "not closed", "wrong.csv"]);
        assert_eq!(workspace.table("out.csv").rows.len(), 4001);
        let rejected = workspace.table("wrong.csv");
        assert_eq!(rejected.rows.len(), 1 + rows);
        assert_eq!(rejected.column("raw")[1], wrong.trim_end());
    }
    // A quote within a line can be read.
    let read = judged("id,text\n1,5\" pipe\n2,\"a \"small\" one\"\n", &[]);
    assert!(read[1].starts_with("1,5\" pipe,") && read[2].starts_with("2,\"a small\"\" one\"\"\""));
}

#[test]
fn rejected_rows_can_be_mended_and_given_back() {
    let workspace = Workspace::with("in.csv", "id,text\n1,one\n2,two,too\n3,\"x\n4,four\n");
    let reject = ["classify", "in.csv", "--rejects", "wrong.csv", "-o", "out.csv"];
    workspace.rolecall(&reject).succeeds();
    let mended = String::from_utf8(workspace.read("wrong.csv")).expect("it is UTF-8");
    workspace
        .write("mended.csv", mended.replace("2,two,too", "2,two too").replace("3,\"\"x", "3,x"));
    let again = ["classify", "mended.csv", "-o", "rest.csv", "--max-rejects", "0"];
    workspace.rolecall(&again).succeeds();
    let rest = workspace.read("rest.csv");
    let table = workspace.table("rest.csv");
    assert_eq!(table.column("id"), ["2", "3"]);
    assert_eq!(table.column("text"), ["two too", "x"]);
    // Saved again by a spreadsheet.
    let mut saved = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let mended = workspace.table("mended.csv");
    [&mended.header].into_iter().chain(&mended.rows).for_each(|row| {
        saved.write_record(row).expect("memory");
    });
    let saved = saved.into_inner().expect("memory");
    let saved = String::from_utf8(saved).expect("it is UTF-8").replace('\n', "\r\n");
    workspace.write("mended.csv", format!("\u{feff}{saved};;;\r\n"));
    workspace.rolecall(&again).succeeds();
    // The mark stays.
    assert!(workspace.read("rest.csv").strip_prefix("\u{feff}".as_bytes()) == Some(&rest[..]));
    let none = workspace.rolecall(&["classify", "wrong.csv", "-o", "other.csv"]).fails();
    assert!(none.contains("none of 2 rows could be read"), "{none}");
}

#[test]
fn columns_without_names_go_by_number() {
    let rows = judged(
        "Product Owner,Own the backlog\nBaker,Bread\n",
        &["--no-header", "--title", "1", "--description", "2"],
    );
    assert_eq!(rows.len(), 2);
    assert!(rows[1].starts_with("Baker,Bread,"), "{rows:?}");
}

#[test]
fn lines_may_end_as_on_old_macintoshes() {
    let rows = judged("title,text\rBaker,Bread\rCook,Soup\r", &[]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn what_was_found_is_said() {
    let workspace = Workspace::with("in.csv", b"\n\ntitle\ttext\nA\tK\xf6ln\n");
    let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["encoding windows-1252", "delimiter '\\t'"]);
}

/// The rows of JSON lines.
fn objects(lines: &[String]) -> Vec<serde_json::Value> {
    lines.iter().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

fn of_json(text: &str, more: &[&str]) -> Vec<serde_json::Value> {
    objects(&judged_as("in.json", text, "out.jsonl", more))
}

#[test]
fn nested_fields_are_named_by_path() {
    let text = "{\"job\": {\"ad\": \"Own the backlog\", \"of\": {\"title\": \"Product Owner\"}}}\n\
                {\"job\": {\"ad\": \"Bread\", \"pay\": 7.50}, \"x\": [1, {\"y\": null}]}\n";
    let rows = of_json(text, &["--description", "job.ad"]);
    assert_eq!(rows[0]["title_role"], "product_owner");
    // What was there stays as it was, and what is added stands behind it.
    let lines = judged_as("in.json", text, "out.jsonl", &["--description", "job.ad"]);
    let own = "{\"job\": {\"ad\": \"Bread\", \"pay\": 7.50}, \"x\": [1, {\"y\": null}],\"predicted_role\":";
    assert!(lines[1].starts_with(own), "{}", lines[1]);
    let table = judged_as("in.json", text, "out.csv", &["--description", "job.ad"]);
    assert!(table[0].starts_with("job.ad,job.of.title,job.pay,x,predicted_role,"), "{table:?}");
    assert!(table[2].starts_with("Bread,,7.50,\"[1, {\"\"y\"\": null}]\","), "{table:?}");
}

#[test]
fn exports_of_job_boards_are_read_as_they_are() {
    let duties = "&lt;p&gt;You own the product backlog and write user stories.&lt;/p&gt;";
    let greenhouse = format!(
        "{{\"jobs\": [{{\"id\": 7, \"title\": \"Product Owner\", \"content\": \"{duties}\"}}], \"meta\": {{}}}}"
    );
    let lever = "[{\"id\": \"a\", \"text\": \"Product Owner\", \"descriptionPlain\": \"We are here.\", \
                 \"lists\": [{\"text\": \"Duties\", \"content\": \"<li>Write user stories and acceptance criteria\"}], \
                 \"hostedUrl\": \"h\"}]";
    let schema = "{\"@type\": \"JobPosting\", \"title\": \"Product Owner\", \
                  \"description\": \"Write user stories and acceptance criteria\", \"hiringOrganization\": {\"name\": \"X\"}}";
    for text in [greenhouse.as_str(), lever, schema] {
        let rows = of_json(text, &["--closed"]);
        assert_eq!(rows[0]["title_role"], "product_owner", "{text}");
        let evidence = rows[0]["evidence"].to_string();
        assert!(evidence.contains("user stories"), "{text}: {evidence}");
    }
}

#[test]
fn a_document_may_be_large() {
    let posting = format!("{{\"title\": \"PO\", \"content\": \"{}\"}}", "bread ".repeat(2000));
    let document = format!("{{\"jobs\": [{}]}}", vec![posting; 1000].join(","));
    assert_eq!(of_json(&document, &[]).len(), 1000);
}

#[test]
fn several_columns_can_be_the_text() {
    let file = "title,text,needs\nPO,We are here.,Own the product backlog\n";
    let one = judged(file, &[]);
    let both = judged(file, &["--description", "text", "--description", "needs"]);
    assert!(!one[1].contains("product backlog;") && both[1].contains("product backlog"));
}

#[test]
fn objects_that_are_wrong_are_mended_or_set_aside() {
    let workspace = Workspace::with(
        "in.jsonl",
        "{\"text\": \"a\"}\n{\"text\": \"never closed\n{\"text\": \"c\", \"pay\": NaN}\n12\n{\"text\": \"half \\ud83d\"}\n",
    );
    let arguments = ["classify", "in.jsonl", "-o", "out.jsonl", "--rejects", "wrong.csv"];
    workspace.rolecall(&arguments).succeeds().says(&["2 of 5 rows", "in.jsonl, line 2"]);
    let rows = String::from_utf8(workspace.read("out.jsonl")).expect("it is UTF-8");
    let rows: Vec<String> = rows.lines().map(str::to_owned).collect();
    assert_eq!(objects(&rows)[1]["pay"], serde_json::Value::Null);
    assert_eq!(objects(&rows)[2]["text"], "half \u{fffd}");
    // Mended by hand, they can be given back.
    let wrong = String::from_utf8(workspace.read("wrong.csv")).expect("it is UTF-8");
    let mended =
        wrong.replace("never closed\"", "closed\"\"}\"").replace(",12", ",\"{\"\"text\"\":1}\"");
    workspace.write("mended.csv", mended);
    let again = ["classify", "mended.csv", "-o", "rest.jsonl", "--max-rejects", "0"];
    workspace.rolecall(&again).succeeds();
}

#[test]
fn what_only_later_objects_have_is_not_lost() {
    let mut text = "{\"text\": \"Bread\"}\n".repeat(600);
    text += "{\"text\": \"Soup\", \"late\": {\"more\": [1]}}\n";
    let table = judged_as("in.jsonl", &text, "out.csv", &[]);
    assert!(table[0].starts_with("text,other_fields,predicted_role"), "{}", table[0]);
    assert!(table[601].starts_with("Soup,\"{\"\"late.more\"\":\"\"[1]\"\"}\","), "{}", table[601]);
}

#[test]
fn every_form_says_the_same() {
    let workspace = Workspace::new();
    let read = |name: &str| workspace.read(name);
    for form in ["csv", "tsv", "jsonl", "json", "parquet", "csv.gz", "jsonl.zst"] {
        let out = format!("out.{form}");
        workspace.rolecall(&["classify", PLAIN, "-o", &out]).succeeds();
    }
    let table = Table::parse(&read("out.csv"));
    assert_eq!(Table::parse_with(&read("out.tsv"), b'\t').rows, table.rows);
    let lines = String::from_utf8(read("out.jsonl")).expect("it is UTF-8");
    let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    let array: Vec<serde_json::Value> = serde_json::from_slice(&read("out.json")).expect("JSON");
    assert_eq!(array, objects(&lines));
    assert_eq!(
        zstd::decode_all(&read("out.jsonl.zst")[..]).expect("it is sound"),
        read("out.jsonl")
    );
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&read("out.csv.gz")[..])
        .read_to_end(&mut unpacked)
        .expect("it is sound");
    assert_eq!(unpacked, read("out.csv"));
    // Read again as they are, without the columns that were added.
    let columns = ["predicted_role", "confidence", "p_other", "title_role", "evidence"];
    for (place, row) in array.iter().enumerate() {
        for column in columns {
            let field = table.column(column)[place];
            let value = match &row[column] {
                serde_json::Value::Array(texts) => {
                    texts.iter().filter_map(|t| t.as_str()).collect::<Vec<_>>().join("; ")
                }
                serde_json::Value::Number(number) => {
                    format!("{:.6}", number.as_f64().unwrap_or(2.0))
                }
                value => value.as_str().unwrap_or_default().to_owned(),
            };
            assert_eq!(value, field, "{column}");
        }
    }
    let batches = parquet_rows(&workspace.path("out.parquet"));
    let confidence = batches.column_by_name("confidence").expect("it is there");
    let confidence = confidence.as_any().downcast_ref::<Float64Array>().expect("numbers");
    let numbers: Vec<String> = confidence.values().iter().map(|n| format!("{n:.6}")).collect();
    assert_eq!(numbers, table.column("confidence"));
}

fn parquet_rows(path: &std::path::Path) -> RecordBatch {
    let file = std::fs::File::open(path).expect("it is there");
    let mut rows = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build();
    rows.as_mut().expect("Parquet").next().expect("there are rows").expect("they are sound")
}

#[test]
fn parquet_keeps_its_types() {
    let workspace = Workspace::new();
    let text: ArrayRef = Arc::new(StringArray::from(vec![Some("Own the product backlog"), None]));
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![&b"Product Owner"[..], b"Baker"]));
    let fold: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
    let inner = Arc::new(Field::new("name", DataType::Utf8, true));
    let names: ArrayRef = Arc::new(StringArray::from(vec!["X", "Y"]));
    let company: ArrayRef = Arc::new(StructArray::from(vec![(inner, names)]));
    let columns = [("description", text), ("title", bytes), ("fold", fold), ("company", company)];
    let rows = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = std::fs::File::create(workspace.path("in.parquet")).expect("there is room");
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).expect("Parquet");
    writer.write(&rows).and_then(|()| writer.close()).expect("there is room");
    let ran = workspace.rolecall(&["classify", "in.parquet", "-o", "out.parquet"]).succeeds();
    ran.says(&["company from \"company.name\"", "title from \"title\""]);
    let out = parquet_rows(&workspace.path("out.parquet"));
    for (place, column) in rows.columns().iter().enumerate() {
        assert_eq!(out.column(place), column);
    }
    let title_role = out.column_by_name("title_role").expect("it is there");
    let title_role = title_role.as_any().downcast_ref::<StringArray>().expect("text");
    assert_eq!(title_role.value(0), "product_owner");
    let table = workspace.rolecall(&["classify", "in.parquet"]).succeeds().table();
    assert_eq!(table.header[..4], ["description", "title", "fold", "company.name"]);
    assert_eq!(table.rows[1][..4], ["", "Baker", "", "Y"]);
    let refused = workspace.rolecall(&["classify"]).stdin(workspace.read("in.parquet")).fails();
    assert!(refused.contains("Parquet file, which cannot be read from a stream"), "{refused}");
    workspace.write("cut.parquet", &workspace.read("in.parquet")[..600]);
    assert!(workspace.rolecall(&["classify", "cut.parquet"]).fails().contains("damaged"));
    let brotli = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/brotli.parquet");
    assert!(workspace.rolecall(&["classify", brotli]).fails().contains("packed with brotli"));
}

#[test]
fn sound_records_stay_byte_for_byte() {
    let row = "\"a\",\"\",,  b  ,\"=1+1\",'c,\"Own the\r\nbacklog\"";
    let written = judged(format!("\"w\",x,y,z,f,q,\"text\"\n{row}\n"), &[]).join("\n");
    assert!(written.starts_with("\"w\",x,y,z,f,q,\"text\",predicted_role,"), "{written}");
    assert!(written.contains(&format!("\n{row},").replace("\r\n", "\n")), "{written}");
}

#[test]
fn garbled_characters_are_read_as_they_were_meant() {
    let text = "You donâ€™t own the backlog â€“ you own the teamâ€™s roadmap.";
    let workspace = Workspace::with("in.csv", format!("text\n\"{text}\"\nBread\n"));
    let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["1 rows have garbled characters"]);
    let meant = text.replace("â€™", "’").replace("â€“", "–");
    let output = workspace.table("out.csv");
    assert_eq!(output.column("text")[0], text);
    let other = Workspace::with("in.csv", format!("text\n\"{meant}\"\n"));
    other.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
    assert_eq!(output.probabilities()[0], other.table("out.csv").probabilities()[0]);
}

#[test]
fn other_languages_are_marked_and_not_judged() {
    let german = "Als Product Owner verantwortest du das Product Backlog, schreibst User Stories und \
                  stimmst dich mit unseren Stakeholdern ab. Du arbeitest eng mit dem Scrum Master \
                  und den Entwicklern zusammen und bringst mehrere Jahre Erfahrung mit.";
    let english = "You own the product backlog, write user stories and agree on them with our \
                   stakeholders, and you work with the Scrum Master and the developers.";
    let workspace =
        Workspace::with("in.csv", format!("text\n\"{german}\"\n\"{english}\"\nBread\n"));
    let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
    ran.says(&["1 rows (33.3 %) are in a language that the model does not know", ": 1 de"]);
    let output = workspace.table("out.csv");
    assert_eq!(output.column("language"), ["de", "en", ""]);
    assert_eq!(output.column("decision")[0], "no_evidence");
    assert_ne!(output.column("decision")[1], "no_evidence");
    assert_eq!(output.column("notes")[0], "unknown_language");
    assert_eq!(output.column("notes")[2], "too_few_known_words");
}

#[test]
fn of_a_text_without_end_the_beginning_is_read() {
    let text = "own the product backlog ".repeat(100_000);
    let rows = judged(format!("title,text\nPO,{text}\nBaker,Bread\n"), &[]);
    assert!(rows[1].contains("only_beginning_read,"), "{}", &rows[1][text.len()..]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn headers_may_be_wide_empty_or_double() {
    let names: Vec<String> = (0..10_000).map(|i| format!("c{i}")).collect();
    let fields = vec!["x"; 10_000].join("|");
    let rows =
        judged_as("in.txt", format!("{}|text\n{fields}|Bread\n", names.join("|")), "out.txt", &[]);
    assert!(rows[1].starts_with(&format!("{fields}|Bread|")));
    let rows = judged("text,text,,\nBread,b,c,d\n", &[]);
    assert!(rows[1].starts_with("Bread,b,c,d,"));
    let rows = objects(&judged_as("in.csv", "text,text,,\nBread,b,c,d\n", "out.jsonl", &[]));
    assert_eq!((&rows[0]["text_2"], &rows[0]["column_3"]), (&"b".into(), &"c".into()));
}

#[test]
fn nul_bytes_are_kept_and_not_read() {
    let rows = judged("title,text\nBak\0er,Br\0ead and soup\n", &[]);
    assert!(rows[1].starts_with("Bak\0er,Br\0ead and soup,"));
}

/// The page names a test for each kind of dirt.
#[test]
fn every_line_of_the_page_has_its_test() {
    let page = include_str!("../../src/postings/README.md");
    let sources = [
        include_str!("dirt.rs"),
        include_str!("faults.rs"),
        include_str!("classify.rs"),
        include_str!("columns.rs"),
        include_str!("input.rs"),
        include_str!("json.rs"),
        include_str!("layout.rs"),
        include_str!("lines.rs"),
        include_str!("pages.rs"),
        include_str!("../properties.rs"),
        include_str!("../dialects.rs"),
        include_str!("../../src/postings/open.rs"),
        include_str!("../../src/postings/encoding.rs"),
        include_str!("../../src/postings/records.rs"),
        include_str!("../../src/postings/objects.rs"),
        include_str!("train.rs"),
        include_str!("workbooks.rs"),
        include_str!("../../src/text/mojibake.rs"),
        include_str!("../../src/report/sheet/workbook.rs"),
    ];
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.contains("| test |"));
    let mut named = 0;
    for line in lines {
        let test = line.trim_end_matches([' ', '|']).rsplit("| ").next().unwrap_or_default();
        let test = format!("fn {}(", test.trim_matches('`'));
        assert!(sources.iter().any(|source| source.contains(&test)), "{line}");
        named += 1;
    }
    assert!(named > 20, "{named}");
}

/// The text that a row of a file gives, and what is said.
fn texts(file: &str, options: &[&str]) -> (Vec<String>, String) {
    let workspace = Workspace::with("in.csv", file);
    let arguments = ["classify", "in.csv", "--format", "csv", "-o", "out.csv", "--no-evidence"];
    let ran = workspace.rolecall(&[&arguments[..], options].concat()).succeeds();
    let found = workspace.read("out.csv");
    let delimiter = [b',', b';', b'^', 1].into_iter().find(|d| found[..12].contains(d));
    let table = Table::parse_with(&found, delimiter.expect("it has columns"));
    let texts = table.column("text").into_iter().map(str::to_owned).collect();
    (texts, ran.lines.join("\n"))
}

#[test]
fn what_an_exporter_does_in_every_row_is_found() {
    let expected = ["say \"go\", then plan", "it's bread", "soup"];
    let backslash = "\"say \\\"go\\\", then plan\",\"it's bread\",\"soup\"";
    let single = "'say \"go\", then plan','it''s bread','soup'";
    let rows = |texts: &str, end: &str| {
        let quote = &texts[..1];
        let row = |(id, text): (usize, &str)| format!("{id},{quote}{text}{quote}{end}\n");
        let inner = texts.trim_matches(|c| c == '"' || c == '\'');
        let between = format!("{quote},{quote}");
        inner.split(&between).enumerate().map(row).collect::<String>().repeat(2)
    };
    for (file, options, says) in [
        (format!("id,text\n{}", rows(backslash, "")), &[][..], "have \\ before them"),
        (format!("id,text\n{}", rows(single, "")), &[], "quoted with '"),
        (format!("'id','text'\n{}", rows(single, "")), &[], "quoted with '"),
        (format!("id,text\n{}", rows(backslash, "")), &["--escape", "\\"], "have \\ before them"),
        (format!("id,text\n{}", rows(single, "")), &["--quote", "'"], "quoted with '"),
        (format!("id,text\n{}", rows(backslash, ",")), &[], "end with a delimiter"),
    ] {
        let (found, said) = texts(&file, options);
        assert_eq!(found, [expected, expected].concat(), "{file}");
        assert!(said.contains(says) && said.contains("6 rows in, 6 out"), "{said}");
    }
    // Where one row alone has it, it is that row that is odd.
    let rest = "2,\\\\server\n3,c\n4,d\n";
    let (found, _) = texts(&format!("id,text\n1,\"a \\\"b\\\"\"\n{rest}"), &[]);
    assert_eq!(found[1], "\\\\server");
    let many = "1,a,\n2,b,\n".repeat(10);
    let (found, said) = texts(&format!("id,text\n{many}3,c,d\n4,e,\n"), &[]);
    assert!(found.len() == 21 && said.contains("1 of 22 rows could not be read"), "{said}");
}

#[test]
fn delimiters_may_be_named_in_the_file_or_be_rare() {
    for (file, says) in [
        ("sep=;\nid;text\n1;a, b\n", "names the delimiter ';'"),
        ("\"sep=^\"\r\nid^text\r\n1^a, b\r\n", "names the delimiter '^'"),
        ("id^text\n1^a, b\n", "delimiter '^'"),
        ("id\u{1}text\n1\u{1}a, b\n", "delimiter '\\u{1}'"),
    ] {
        let (found, said) = texts(file, &[]);
        assert_eq!(found, ["a, b"], "{file}");
        assert!(said.contains(says), "{said}");
    }
    let told = texts("id\u{1}text\n1\u{1}a, b\n", &["--delimiter", "\\x01"]);
    assert_eq!(told.0, ["a, b"]);
}

#[test]
fn titles_before_the_header_are_not_read() {
    for before in ["Jobs of May\n\n", "# made in May\n", "Jobs of May,,\nmade,by me,\n,,\n"] {
        let workspace = Workspace::with(
            "in.csv",
            format!("{before}id,title,text\n1,Baker,a\n2,Cook,b,c\n").as_bytes(),
        );
        let arguments = ["classify", "in.csv", "-o", "out.csv", "--rejects", "wrong.csv"];
        let ran = workspace.rolecall(&arguments).succeeds();
        let line = before.lines().count() + 1;
        ran.says(&[&format!("the header is in line {line}; what stands before it is not read")]);
        assert_eq!(workspace.table("out.csv").column("text"), ["a"]);
        let rejected = workspace.table("wrong.csv");
        assert_eq!(rejected.column("line")[1], (line + 2).to_string());
        assert_eq!(rejected.column("raw")[0], "id,title,text");
    }
}

#[test]
fn headers_of_files_that_were_joined_are_no_rows() {
    let (found, said) = texts("id,text\n1,a\nid,text\n2,b\n\u{feff}id,text\n3,c\n", &[]);
    assert_eq!(found, ["a", "b", "c"]);
    assert!(said.contains("the header stands 2 times among the rows"), "{said}");
}

#[test]
fn a_byte_order_mark_stays_and_can_be_asked_for() {
    let text = "title,text\nBäcker,Brot\n";
    let wide: Vec<u8> =
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    for (file, more, expected) in [
        (&marked, &[][..], true),
        (&wide, &[], true),
        (&text.as_bytes().to_vec(), &[], false),
        (&text.as_bytes().to_vec(), &["--bom"], true),
        (&marked, &["--bom"], true),
    ] {
        let workspace = Workspace::with("in.csv", file);
        for (name, resume) in [("out.csv", &[][..]), ("again.csv", &["--resume"])] {
            let classify = [&["classify", "in.csv", "-o", name], more, resume].concat();
            workspace.rolecall(&classify).succeeds();
            let written = String::from_utf8(workspace.read(name)).expect("it is UTF-8");
            assert_eq!(written.starts_with('\u{feff}'), expected, "{more:?}");
            assert_eq!(written.matches('\u{feff}').count(), usize::from(expected));
        }
        workspace.rolecall(&["classify", "in.csv", "-o", "out.jsonl"]).succeeds();
        assert!(workspace.read("out.jsonl").starts_with(b"{"));
    }
    let refused = Workspace::with("in.csv", text);
    let refused = refused.rolecall(&["classify", "in.csv", "-o", "out.jsonl", "--bom"]).fails();
    assert!(refused.contains("--bom is for CSV"), "{refused}");
}

/// A Parquet file of these columns.
fn parquet_file(workspace: &Workspace, name: &str, columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let rows = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = std::fs::File::create(workspace.path(name)).expect("there is room");
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).expect("Parquet");
    writer.write(&rows).and_then(|()| writer.close()).expect("there is room");
    rows
}

#[test]
fn parquet_columns_of_any_type_are_carried_along() {
    let workspace = Workspace::new();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["Own the product backlog", "Bread"]));
    let moments = || TimestampMillisecondArray::from(vec![1_760_360_342_000, 0]);
    let zones = ["UTC", "Europe/Berlin", "+02:00"].map(|zone| moments().with_timezone(zone));
    let within = Arc::new(zones[1].clone()) as ArrayRef;
    let inner = Arc::new(Field::new("at", within.data_type().clone(), true));
    let intervals = IntervalYearMonthArray::from(vec![1, 2]);
    let [utc, berlin, east] = zones.map(|zone| Arc::new(zone) as ArrayRef);
    let columns = vec![
        ("description", text),
        ("utc", utc),
        ("berlin", berlin),
        ("east", east),
        ("within", Arc::new(StructArray::from(vec![(inner, within)])) as ArrayRef),
        ("interval", Arc::new(intervals) as ArrayRef),
    ];
    let rows = parquet_file(&workspace, "in.parquet", columns);
    workspace.rolecall(&["classify", "in.parquet", "-o", "out.parquet"]).succeeds();
    let out = parquet_rows(&workspace.path("out.parquet"));
    for (place, column) in rows.columns().iter().enumerate() {
        assert_eq!(out.column(place), column);
    }
    let table = workspace.rolecall(&["classify", "in.parquet"]).succeeds().table();
    for column in ["utc", "berlin", "east", "within.at"] {
        assert_eq!(table.column(column)[0], "2025-10-13T12:59:02Z", "{column}");
    }
}

#[test]
fn chosen_columns_of_parquet_keep_their_types() {
    let workspace = Workspace::new();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["Own the product backlog", "Bread"]));
    let zoned = TimestampMillisecondArray::from(vec![Some(1_760_360_342_000), None]);
    let zoned: ArrayRef = Arc::new(zoned.with_timezone("Europe/Berlin"));
    let pay: ArrayRef = Arc::new(Float64Array::from(vec![Some(0.1), None]));
    let lists = [Some(vec![Some(1), None]), None];
    let tags: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists));
    let names: ArrayRef = Arc::new(StringArray::from(vec!["X", "Y"]));
    let sizes: ArrayRef = Arc::new(Int64Array::from(vec![7, 8]));
    let fields = [("name", names), ("size", sizes.clone())];
    let fields =
        fields.map(|(name, of)| (Arc::new(Field::new(name, of.data_type().clone(), true)), of));
    let (fields, inner): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let company = StructArray::new(fields.into(), inner, Some(vec![true, false].into()));
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None]));
    let columns = vec![
        ("id", sizes),
        ("description", text),
        ("posted", zoned),
        ("pay", pay),
        ("tags", tags),
        ("company", Arc::new(company) as ArrayRef),
        ("remote", flags),
    ];
    let rows = parquet_file(&workspace, "in.parquet", columns);
    let whole = |name: &str| rows.column_by_name(name).expect("it is there");
    workspace.rolecall(&["classify", "in.parquet", "-o", "all.parquet"]).succeeds();
    let all = parquet_rows(&workspace.path("all.parquet"));
    let names = "remote,confidence,posted,company.size,tags,pay,id,predicted_role,evidence,experience_years";
    let chosen = ["classify", "in.parquet", "-o", "out.parquet", "--select", names];
    workspace.rolecall(&chosen).succeeds();
    let out = parquet_rows(&workspace.path("out.parquet"));
    let schema = out.schema();
    assert_eq!(
        schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>().join(","),
        names
    );
    let column = |name: &str| out.column_by_name(name).expect("it was chosen");
    for name in ["remote", "posted", "tags", "pay", "id"] {
        assert_eq!(column(name), whole(name), "{name}");
    }
    for name in ["confidence", "predicted_role", "evidence", "experience_years"] {
        assert_eq!(column(name), all.column_by_name(name).expect("it was added"), "{name}");
    }
    // Of a field of objects, what is in no object is null.
    let size: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
    assert_eq!(column("company.size"), &size);
    workspace.rolecall(&["classify", "in.parquet", "-o", "slim.parquet", "--slim"]).succeeds();
    let slim = parquet_rows(&workspace.path("slim.parquet"));
    assert_eq!(slim.column_by_name("id"), Some(whole("id")));
    assert!(slim.column_by_name("pay").is_none());
    // Text has no types, so neither has what is made of it.
    workspace.write("in.csv", "id,description\n7,Own the product backlog\n");
    workspace.rolecall(&["classify", "in.csv", "-o", "csv.parquet", "--select", "id"]).succeeds();
    let of_text: ArrayRef = Arc::new(StringArray::from(vec!["7"]));
    assert_eq!(parquet_rows(&workspace.path("csv.parquet")).column(0), &of_text);
}

#[test]
fn bytes_that_are_no_text_are_set_aside_in_parquet_too() {
    let workspace = Workspace::new();
    let text: ArrayRef =
        Arc::new(BinaryArray::from(vec![&b"Own the backlog"[..], b"Br\xff", b"c"]));
    let other: ArrayRef = Arc::new(BinaryArray::from(vec![&b"\xff"[..], b"a", b"b"]));
    parquet_file(&workspace, "in.parquet", vec![("description", text), ("hash", other)]);
    let arguments = ["classify", "in.parquet", "-o", "out.csv", "--rejects", "wrong.csv"];
    let ran = workspace.rolecall(&arguments).succeeds();
    ran.says(&["1 of 3 rows could not be read", "\"description\" is not UTF-8 at its byte 3"]);
    assert_eq!(workspace.table("out.csv").column("hash"), ["ff", "b"]);
}

#[test]
fn parquet_values_of_types_without_json_are_readable_as_text_and_stay_as_they_are_in_parquet() {
    let workspace = Workspace::new();
    let text: ArrayRef = Arc::new(StringArray::from(vec!["Own the product backlog", "Bread"]));
    let bytes: Vec<u8> = (0..16).map(|byte| 17 * byte).collect();
    let ids = FixedSizeBinaryArray::try_from_iter([&bytes, &bytes].into_iter()).expect("16 bytes");
    let is_uuid = [("ARROW:extension:name".to_owned(), "arrow.uuid".to_owned())];
    let uuid =
        Field::new("uid", ids.data_type().clone(), true).with_metadata(HashMap::from(is_uuid));
    let pay = Decimal128Array::from(vec![Some(123_456), None]).with_precision_and_scale(9, 2);
    let mut tags = ListBuilder::new(StringBuilder::new());
    tags.append_value([Some("agile"), None]);
    tags.append_null();
    let mut counts = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    counts.keys().append_value("seen");
    counts.values().append_value(7);
    counts.append(true).expect("as many keys as values");
    counts.append(true).expect("as many keys as values");
    let team: DictionaryArray<Int32Type> = ["crew", "crew"].into_iter().collect();
    let others: Vec<(&str, ArrayRef)> = vec![
        ("pay", Arc::new(pay.expect("it fits"))),
        ("notice", Arc::new(IntervalYearMonthArray::from(vec![14, 2]))),
        ("tags", Arc::new(tags.finish())),
        ("counts", Arc::new(counts.finish())),
        ("team", Arc::new(team)),
        ("long", Arc::new(LargeStringArray::from(vec!["a", "b"]))),
        ("view", Arc::new(BinaryViewArray::from_iter_values([b"a", b"b"]))),
        ("words", Arc::new(StringViewArray::from(vec!["a longer text than twelve", "b"]))),
    ];
    let mut fields = vec![Field::new("description", DataType::Utf8, true), uuid];
    fields.extend(
        others.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)),
    );
    let columns =
        [text, Arc::new(ids)].into_iter().chain(others.into_iter().map(|(_, column)| column));
    let batch =
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.collect()).expect("a table");
    let file = std::fs::File::create(workspace.path("in.parquet")).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("room");
    writer.close().expect("room");
    workspace.rolecall(&["classify", "in.parquet", "-o", "out.parquet"]).succeeds();
    let out = std::fs::File::open(workspace.path("out.parquet")).expect("it is there");
    let out = ParquetRecordBatchReaderBuilder::try_new(out).expect("it is Parquet");
    let kind = out.parquet_schema().column(1).logical_type_ref().cloned();
    assert_eq!(kind, Some(parquet::basic::LogicalType::Uuid));
    let rows = parquet_rows(&workspace.path("out.parquet"));
    for (place, column) in batch.columns().iter().enumerate() {
        assert_eq!(rows.column(place), column);
    }
    let table = workspace.rolecall(&["classify", "in.parquet"]).succeeds().table();
    for (name, shown) in [
        ("uid", "00112233-4455-6677-8899-aabbccddeeff"),
        ("pay", "1234.56"),
        ("notice", "1 years 2 mons"),
        ("tags", "[\"agile\",null]"),
        ("team", "crew"),
        ("long", "a"),
        ("view", "a"),
        ("words", "a longer text than twelve"),
    ] {
        assert_eq!(table.column(name)[0], shown, "{name}");
    }
    // The keys of maps are columns that only some rows have.
    let others = table.column("other_fields")[0];
    assert!(others.contains("seen") && others.contains('7'), "{others}");
}

#[test]
fn objects_on_lines_that_end_with_commas_are_read() {
    let lines =
        "{\"title\": \"A\", \"text\": \"Own it\"},\n{\"title\": \"B\", \"text\": \"Bread\"},\n";
    let written = judged_as("in.jsonl", lines, "out.csv", &["--max-rejects", "0"]);
    assert_eq!(written.len(), 3);
}

#[test]
fn what_an_exporter_writes_before_quotes_and_rows_is_found() {
    let (title, text) = posting();
    for file in [
        format!("id, title, text\n1, \"{title}\", \"{text}, a\"\n2, \"{title}\", \"{text}, b\"\n"),
        format!(
            "id,title,text\n=\"1\",=\"{title}\",=\"{text}, a\"\n=\"2\",=\"{title}\",=\"{text}, b\"\n"
        ),
        // Names of rows, as R writes them.
        format!(
            "\"id\",\"title\",\"text\"\n\"1\",7,\"{title}\",\"{text}\"\n\"2\",8,\"{title}\",\"{text}\"\n"
        ),
    ] {
        let workspace = Workspace::with("in.csv", &file);
        let ran = workspace.rolecall(&["classify", "in.csv", "-o", "out.csv"]).succeeds();
        ran.says(&["it is read so"]);
        let table = workspace.table("out.csv");
        let of = |column: &str| table.header.iter().position(|name| name.trim() == column);
        let titles: Vec<&str> =
            table.rows.iter().map(|row| &*row[of("title").expect("it")]).collect();
        assert_eq!(titles, [&title, &title], "{file}");
    }
}

#[test]
fn lines_that_rule_a_table_are_no_rows() {
    let (title, text) = posting();
    let text = text.replace(['\n', '\r'], " ");
    for file in [
        format!("| title | text |\n|---|---|\n| {title} | {text} |\n"),
        format!(" title | text \n-------+-----\n {title} | {text}\n"),
        format!("title\ttext\n{title}\t{text}\n\\.\n"),
    ] {
        let workspace = Workspace::with("in.txt", &file);
        let ran = workspace.rolecall(&["classify", "in.txt", "-o", "out.txt"]).succeeds();
        ran.says(&["1 rows in, 1 out, 0 set aside"]).says(&["1 lines only rule the table"]);
    }
}

#[test]
fn what_a_database_writes_for_no_value_is_no_text() {
    let rows = judged("title,text\nProduct Owner,\\N\n", &[]);
    assert!(rows[1].starts_with("Product Owner,\\N,"), "{}", rows[1]);
    let empty = judged("title,text\nProduct Owner,\n", &[]);
    assert_eq!(rows[1].replace("\\N", ""), empty[1]);
}

#[test]
fn texts_of_other_forms_are_named_with_what_to_do() {
    for (text, says) in [
        ("[{'title': 'A', 'text': None}]", "json.dumps"),
        ("var jobs = [{\"title\": \"A\"}];", "leave out what stands before"),
        ("-- MySQL dump 10.13\nINSERT INTO jobs VALUES (1);\n", "export its table as CSV"),
        ("- title: A\n  text: B\n", "YAML"),
    ] {
        let refused = Workspace::with("in.txt", text).rolecall(&["classify", "in.txt"]).fails();
        assert!(refused.contains(says), "{refused}");
    }
}
