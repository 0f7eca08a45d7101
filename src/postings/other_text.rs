//! Tells texts that are neither tables nor JSON by their beginning.

/// First bytes by which a text is told.
const BEGINNING: usize = 1 << 10;
/// Letters of the longest name before a call.
const LONGEST_NAME: usize = 80;

/// What a text is and what to do with it, if it is none of what is read.
pub(super) fn other_text(bytes: &[u8]) -> Option<&'static str> {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)]);
    let text = beginning.trim_start();
    let first = text.lines().next().unwrap_or_default();
    let begins = |marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    if begins(&["[{'", "{'", "[\n{'", "[ {'"]) {
        return Some("it is a list as Python prints it; write it as JSON (`json.dumps`)");
    }
    if first.starts_with("[[") && first.ends_with("]]") && text.contains(" = ") {
        return Some("it is TOML; write the postings as JSON or CSV");
    }
    if begins(&["\"{\\\"", "\"[{\\\"", "\"[\\n"]) {
        return Some("it is JSON in a string; decode it once more (`jq fromjson`)");
    }
    let is_dump =
        ["dump", "database", "mysql", "postgres"].iter().any(|w| first_lines(text).contains(w));
    if begins(&["INSERT INTO ", "CREATE TABLE ", "COPY ", "SET "])
        || (begins(&["--", "/*!"]) && is_dump)
    {
        return Some("it is a dump of a database (SQL); export its table as CSV");
    }
    if begins(&["data: {", "data:{", "event: "]) {
        return Some(
            "it is a stream of events; leave `data:` out, so that each line is a JSON object",
        );
    }
    if begins(&["---\n", "---\r\n"]) || (first.starts_with("- ") && first.contains(": ")) {
        return Some("it is YAML; write the postings as JSON or CSV");
    }
    is_script(text).then_some(
        "it is JSON with a script or a comment around it; leave out what stands before the first { or [ and \
         behind the last } or ]",
    )
}

/// The first lines in lower case.
fn first_lines(text: &str) -> String {
    text.lines().take(3).collect::<String>().to_lowercase()
}

/// Whether JSON follows an assignment, a call or a comment.
fn is_script(text: &str) -> bool {
    let Some(at) = text.find(['{', '[']) else { return text.starts_with("/*") };
    let before = text[..at].trim_end();
    let json = text[at + 1..].trim_start();
    let is_json = json.starts_with(['{', '[', '"', ']', '}']);
    let is_assignment = before.ends_with('=')
        && ["var ", "let ", "const ", "window.", "export ", "module."]
            .iter()
            .any(|w| before.starts_with(w));
    let name = before.trim_end_matches('(');
    let is_call = before.ends_with('(')
        && !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.chars().all(|c| c.is_alphanumeric() || "_$.".contains(c));
    let is_comment = before.starts_with("//") || before.starts_with("/*");
    is_json && (is_assignment || is_call || is_comment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_named_and_tables_are_not() {
        for (text, says) in [
            ("[{'id': 1, 'text': None}]", "json.dumps"),
            ("[[job]]\nid = 1\n", "TOML"),
            (r#""{\"id\": 1}""#, "jq fromjson"),
            ("-- MySQL dump 10.13\n--\n", "SQL"),
            ("--\n-- PostgreSQL database dump\n", "SQL"),
            ("data: {\"id\": 1}\n\n", "stream of events"),
            ("- id: 1\n  title: PO\n", "YAML"),
            ("var jobs = [{\"id\": 1}];", "leave out"),
            ("callback({\"id\": 1});", "leave out"),
            ("/*O_o*/\nsetResponse({\"a\": 1});", "leave out"),
            ("// export\n[\n{\"id\": 1}]", "leave out"),
        ] {
            let found = other_text(text.as_bytes()).unwrap_or("a table");
            assert!(found.contains(says), "{text}: {found}");
        }
        for table in [
            "title,text\nPO,own [it]\n",
            "-- jobs\ntitle,text\n",
            "id\n[1]\n",
            "SETTING,text\n",
            "a (b),text\n1,{2}\n",
        ] {
            assert_eq!(other_text(table.as_bytes()), None, "{table}");
        }
    }
}
