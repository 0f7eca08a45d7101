//! Finds how delimited text differs from the usual one in every row, by its first rows.

use super::records::{RecordEnd, first};
use super::requoted::{Found, Quirks};
use super::source::Dialect;
use memchr::{memchr, memchr2, memmem};
use std::ops::RangeInclusive;

/// First rows that are read.
const SAMPLED: usize = 200;
/// Of this many rows, one may be odd in a text with a custom of its own.
const MOST: usize = 10;
/// Fields of a row that leaves out empty ones: fewer are no row of a table.
const FEWEST: usize = 2;
/// What some programs write before the quotes around a field: spaces, or the sign of a formula.
const BEFORE_QUOTES: [u8; 2] = [b' ', b'='];
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
    let usual = Quirks::usual(delimiter);
    if dialect.quote.is_some() || dialect.escape.is_some() {
        let quote = dialect.quote.unwrap_or(USUAL_QUOTE);
        let told = Quirks { quote, escape: dialect.escape, ..usual };
        return (told != usual).then(|| (told, said(&told)));
    }
    let single = Quirks { quote: b'\'', ..usual };
    let header = sample.split(|b| b"\r\n".contains(b)).next().unwrap_or_default();
    if header.starts_with(b"'") && header.ends_with(b"'") {
        let escape = memmem::find(sample, b"\\'").map(|_| b'\\');
        let plain = Quirks { escape, ..single };
        let surplus = Quirks { surplus: Some(columns), ..plain };
        let [good, better] =
            [plain, surplus].map(|q| fit_of(sample, at_end, &(columns..=columns), &q).good);
        let found = if better > good { surplus } else { plain };
        return Some((found, said(&found)));
    }
    // Rows may leave out their last fields if they are empty.
    let shorter = columns.min(FEWEST)..=columns;
    let found = [columns..=columns, shorter]
        .into_iter()
        .find_map(|fields| best_of(sample, at_end, delimiter, fields));
    found.map(|quirks| (quirks, said(&quirks)))
}

/// How most rows differ from usual ones of so many fields, if they do.
fn best_of(
    sample: &[u8],
    at_end: bool,
    delimiter: u8,
    fields: RangeInclusive<usize>,
) -> Option<Quirks> {
    let usual = Quirks::usual(delimiter);
    let single = Quirks { quote: b'\'', ..usual };
    let fit = fit_usual(sample, at_end, delimiter, &fields);
    if fit.good == fit.rows {
        return None;
    }
    let escape = memchr(b'\\', sample).map(|_| b'\\');
    let surplus = Some(*fields.end());
    let stands = |byte: &u8| memmem::find(sample, &[delimiter, *byte, USUAL_QUOTE]).is_some();
    let before = BEFORE_QUOTES.into_iter().find(stands);
    let candidates = [
        Quirks { escape, ..usual },
        Quirks { surplus, ..usual },
        Quirks { escape, surplus, ..usual },
        single,
        Quirks { escape, ..single },
        Quirks { escape, surplus, ..single },
        Quirks { before, ..usual },
        Quirks { escape, before, ..usual },
        Quirks { numbered: true, ..usual },
    ];
    let mut best: Option<(Fit, Quirks)> = None;
    for quirks in candidates.into_iter().filter(|quirks| *quirks != usual) {
        let other = fit_of(sample, at_end, &fields, &quirks);
        let quotes = quirks.quote == USUAL_QUOTE || 2 * other.quoted >= other.rows;
        // One odd row among others is no custom.
        let gained = other.good.saturating_sub(fit.good).max(fit.bad().saturating_sub(other.bad()));
        let many = gained > 1 || (gained == 1 && 2 * fit.good <= fit.rows);
        let fits = many && MOST * other.good >= (MOST - 1) * other.rows && quotes;
        if fits && best.as_ref().is_none_or(|(fit, _)| other.is_better(fit)) {
            best = Some((other, quirks));
        }
    }
    best.map(|(_, quirks)| quirks)
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
    match quirks.before {
        Some(b' ') => all.push("fields have spaces before their quotes".into()),
        Some(before) => all.push(format!("quoted fields have {} before them", char::from(before))),
        None => {}
    }
    if quirks.numbered {
        all.push("rows begin with a number that the header has no name for".into());
    }
    if quirks.surplus.is_some() {
        all.push("rows end with a delimiter that the header has not".into());
    }
    format!("{}; it is read so", all.join(", "))
}

/// How the rows behind the header fit as they are.
fn fit_usual(sample: &[u8], at_end: bool, delimiter: u8, columns: &RangeInclusive<usize>) -> Fit {
    let mut fit = Fit { rows: 0, good: 0, quoted: 0 };
    let (mut at, mut is_header) = (0, true);
    while at < sample.len() && fit.rows < SAMPLED {
        let (end, sound) = match first(&sample[at..], delimiter, columns, at_end) {
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
fn fit_of(sample: &[u8], at_end: bool, columns: &RangeInclusive<usize>, quirks: &Quirks) -> Fit {
    let mut fit = Fit { rows: 0, good: 0, quoted: 0 };
    let (mut at, mut fields, mut is_header) = (0, Vec::new(), true);
    while at < sample.len() && fit.rows < SAMPLED {
        let (end, good) = match quirks.record(&sample[at..], at_end, &mut fields) {
            Found::More => break,
            Found::Record { end, .. } => {
                let number = (fit.rows + usize::from(!is_header)).to_string();
                let is_numbered = fields
                    .first()
                    .is_some_and(|(field, quoted)| *quoted && *field == number.as_bytes());
                let good =
                    columns.contains(&quirks.count(&fields)) && (!quirks.numbered || is_numbered);
                (end, good)
            }
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
        let usual = Quirks::usual(b',');
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
            ("'id','text'\n'1','a',\n", Some(Quirks { quote: b'\'', surplus: Some(2), ..usual })),
            ("id, text\n1, \"a, b\"\n2, \"c, d\"\n", Some(Quirks { before: Some(b' '), ..usual })),
            (
                "id,text\n=\"1\",=\"a, b\"\n2,=\"c, d\"\n",
                Some(Quirks { before: Some(b'='), ..usual }),
            ),
            ("id,text\n\"1\",7,a\n\"2\",8,b\n", Some(Quirks { numbered: true, ..usual })),
            ("id,text\n1,7,a\n2,8,b\n", None),
            // One row of many is wrong.
            ("id,text\n1,a\n2,b,c\n", None),
            ("id,text\n1,\"a\n2,b\n", None),
            ("id,text\n1,a\n2,\"b \\\"c\\\", d\"\n3,\\\\server\n4,e\n", None),
        ] {
            assert_eq!(found(sample), expected, "{sample}");
        }
    }
}
