//! Finds how delimited text differs from the usual one in every row, by its first rows.

use super::records::{RecordEnd, first};
use super::requoted::{Found, Quirks};
use super::source::Dialect;
use memchr::{memchr, memchr2, memmem};

/// First rows that are read.
const SAMPLED: usize = 200;
/// Of this many rows, one may be odd in a text with a custom of its own.
const MOST: usize = 10;
const USUAL_QUOTE: u8 = b'"';

/// How many of the first rows are as they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fit {
    rows: usize,
    good: usize,
    /// Those with a quoted field.
    quoted: usize,
}

impl Fit {
    fn bad(&self) -> usize {
        self.rows - self.good
    }

    fn is_better(&self, other: &Self) -> bool {
        (self.good, other.bad()) > (other.good, self.bad())
    }
}

/// How a text differs from the usual one, and what that is called; `None` if it does not. `sample` begins with the header,
/// which has this many `columns`.
pub(super) fn quirks(
    sample: &[u8],
    at_end: bool,
    delimiter: u8,
    columns: usize,
    dialect: &Dialect,
) -> Option<(Quirks, String)> {
    let usual = Quirks { delimiter, quote: USUAL_QUOTE, escape: None, surplus: None };
    if dialect.quote.is_some() || dialect.escape.is_some() {
        let quote = dialect.quote.unwrap_or(USUAL_QUOTE);
        let told = Quirks { quote, escape: dialect.escape, ..usual };
        return (told != usual).then(|| (told, said(&told)));
    }
    let single = Quirks { quote: b'\'', ..usual };
    let header = sample.split(|b| b"\r\n".contains(b)).next().unwrap_or_default();
    if header.starts_with(b"'") && header.ends_with(b"'") {
        let escape = memmem::find(sample, b"\\'").map(|_| b'\\');
        return Some(single).map(|quirks| Quirks { escape, ..quirks }).map(|q| (q, said(&q)));
    }
    let fit = fit_usual(sample, at_end, delimiter, columns);
    if fit.good == fit.rows {
        return None;
    }
    let escape = memchr(b'\\', sample).map(|_| b'\\');
    let candidates = [
        Quirks { escape, ..usual },
        Quirks { surplus: Some(columns), ..usual },
        Quirks { escape, surplus: Some(columns), ..usual },
        single,
        Quirks { escape, ..single },
    ];
    let mut best: Option<(Fit, Quirks)> = None;
    for quirks in candidates.into_iter().filter(|quirks| *quirks != usual) {
        let other = fit_of(sample, at_end, columns, &quirks);
        let quotes = quirks.quote == USUAL_QUOTE || 2 * other.quoted >= other.rows;
        // One odd row among others is no custom.
        let gained = other.good.saturating_sub(fit.good).max(fit.bad().saturating_sub(other.bad()));
        let many = gained > 1 || (gained == 1 && 2 * fit.good <= fit.rows);
        let fits = many && MOST * other.good >= (MOST - 1) * other.rows && quotes;
        if fits && best.as_ref().is_none_or(|(fit, _)| other.is_better(fit)) {
            best = Some((other, quirks));
        }
    }
    best.map(|(_, quirks)| (quirks, said(&quirks)))
}

/// What is done, for a message.
fn said(quirks: &Quirks) -> String {
    let mut all = Vec::new();
    if quirks.quote != USUAL_QUOTE {
        all.push(format!("fields are quoted with {}", char::from(quirks.quote)));
    }
    if let Some(escape) = quirks.escape {
        all.push(format!("quotes in fields have {} before them", char::from(escape)));
    }
    if quirks.surplus.is_some() {
        all.push("rows end with a delimiter that the header has not".into());
    }
    format!("{}; it is read so", all.join(", "))
}

/// How the rows behind the header fit as they are.
fn fit_usual(sample: &[u8], at_end: bool, delimiter: u8, columns: usize) -> Fit {
    let mut fit = Fit { rows: 0, good: 0, quoted: 0 };
    let (mut at, mut is_header) = (0, true);
    while at < sample.len() && fit.rows < SAMPLED {
        let (end, sound) = match first(&sample[at..], delimiter, &(columns..=columns), at_end) {
            RecordEnd::More => break,
            RecordEnd::Record { end, sound } => (end, sound),
            RecordEnd::Wrong { end, .. } => (end, false),
        };
        let is_blank = sample[at..at + end].iter().all(|b| b"\r\n".contains(b));
        if !is_blank && !std::mem::replace(&mut is_header, false) {
            fit.rows += 1;
            fit.good += usize::from(sound);
        }
        at += end;
    }
    fit
}

/// How the rows behind the header fit when they are read in a way of their own.
fn fit_of(sample: &[u8], at_end: bool, columns: usize, quirks: &Quirks) -> Fit {
    let mut fit = Fit { rows: 0, good: 0, quoted: 0 };
    let (mut at, mut fields, mut is_header) = (0, Vec::new(), true);
    while at < sample.len() && fit.rows < SAMPLED {
        let (end, good) = match quirks.record(&sample[at..], at_end, &mut fields) {
            Found::More => break,
            Found::Record { end, .. } => (end, quirks.count(&fields) == columns),
            Found::Odd => {
                let line = memchr2(b'\n', b'\r', &sample[at..]);
                (line.map_or(sample.len() - at, |end| end + 1), false)
            }
        };
        let is_blank = sample[at..at + end].iter().all(|b| b"\r\n".contains(b));
        if !is_blank && !std::mem::replace(&mut is_header, false) {
            fit.rows += 1;
            fit.good += usize::from(good);
            fit.quoted += usize::from(fields.iter().any(|(_, quoted)| *quoted));
        }
        at += end;
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sample: &str) -> Option<Quirks> {
        let dialect = Dialect::default();
        quirks(sample.as_bytes(), true, b',', 2, &dialect).map(|(quirks, _)| quirks)
    }

    #[test]
    fn what_every_row_has_is_found() {
        let usual = Quirks { delimiter: b',', quote: b'"', escape: None, surplus: None };
        let backslash = Quirks { escape: Some(b'\\'), ..usual };
        for (sample, expected) in [
            ("id,text\n1,\"a \"\"b\"\"\"\n2,c\n", None),
            ("id,text\n1,\"C:\\\"\n2,c\n", None),
            ("id,text\n1,\"a \\\"b\\\" c\"\n2,c\n", Some(backslash)),
            ("id,text\n1,\"a \\\"b\\\", c\"\n\n2,c\n", Some(backslash)),
            ("'id','text'\n'1','a'\n", Some(Quirks { quote: b'\'', ..usual })),
            ("id,text\n1,'a, b'\n2,'c'\n", Some(Quirks { quote: b'\'', ..usual })),
            ("id,text\n1,a\\\nb\n2,c\\\nd\n", Some(backslash)),
            ("id,text\n1,'it\\'s, a'\n2,'it\\'s'\n", Some(Quirks { quote: b'\'', ..backslash })),
            ("id,text\n1,a,\n2,b,\n", Some(Quirks { surplus: Some(2), ..usual })),
            // One row of many is wrong.
            ("id,text\n1,a\n2,b,c\n", None),
            ("id,text\n1,\"a\n2,b\n", None),
            ("id,text\n1,a\n2,\"b \\\"c\\\", d\"\n3,\\\\server\n4,e\n", None),
        ] {
            assert_eq!(found(sample), expected, "{sample}");
        }
    }
}
