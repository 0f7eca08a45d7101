//! The salary that a text states, where there is no doubt what it is.

use std::ops::Range;

/// What a salary is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// An hour.
    Hour,
    /// A year.
    Year,
}

/// A salary stated in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Salary {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// What it is paid for.
    pub period: Period,
    /// Bytes of the text where the first amount stands.
    pub at: Range<usize>,
}

impl Salary {
    /// Both ends as amounts a year, at 2,080 hours.
    pub fn yearly(&self) -> [f64; 2] {
        let times = if self.period == Period::Hour { 2080.0 } else { 1.0 };
        [self.low * times, self.high * times]
    }
}

const SIGNS: [(&str, &str); 8] = [
    ("US$", "USD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("A$", "AUD"),
    ("$", "USD"),
    ("£", "GBP"),
    ("€", "EUR"),
    ("₹", "INR"),
];
const CODES: [&str; 6] = ["USD", "CAD", "AUD", "GBP", "EUR", "INR"];
/// Amounts that are salaries, a year and an hour.
const YEARLY: [f64; 2] = [15_000.0, 1_000_000.0];
const HOURLY: [f64; 2] = [7.0, 500.0];
/// Bytes after an amount in which its period stands, and before it in which pay is spoken of.
const AFTER: usize = 40;
const BEFORE: usize = 120;
const PAY: [&str; 8] =
    ["salary", "pay", "compensation", "base", "wage", "rate", "remuneration", "earn"];
/// Bytes after an amount in which stands what else it may be.
const BESIDE: usize = 20;
const EXTRAS: [&str; 9] =
    ["bonus", "reimburse", "stipend", "allowance", "equity", "budget", "credit", "reloc", "sign"];

/// The salary in a text: all amounts that are salaries of one currency and period, as one range.
pub fn stated_salary(text: &str) -> Option<Salary> {
    let mut stated: Option<Salary> = None;
    let mut from = 0;
    while let Some(found) = next_sign(text, from) {
        from = found.end;
        let Some((salary, end)) = salary_at(text, found) else { continue };
        from = end;
        match &mut stated {
            None => stated = Some(salary),
            Some(all) if (all.currency, all.period) == (salary.currency, salary.period) => {
                all.low = all.low.min(salary.low);
                all.high = all.high.max(salary.high);
            }
            // Two currencies or periods: which one counts is in doubt.
            Some(_) => return None,
        }
    }
    stated
}

/// The next currency sign.
fn next_sign(text: &str, from: usize) -> Option<Range<usize>> {
    let at = text.get(from..)?.find(['$', '£', '€', '₹'])? + from;
    let sign = text[at..].chars().next()?;
    Some(at..at + sign.len_utf8())
}

fn salary_at(text: &str, sign: Range<usize>) -> Option<(Salary, usize)> {
    let before = &text[..sign.start];
    let letters = before.len() - before.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
    let written = &text[sign.start - letters..sign.end];
    let currency = SIGNS.iter().find(|(s, _)| *s == written)?.1;
    let (mut low, mut end) = amount(text, sign.end)?;
    let mut high = low;
    let gap = text[end..].trim_start_matches([' ', '-', '–', '—']);
    let gap = gap.strip_prefix("to ").or(gap.strip_prefix("and ")).unwrap_or(gap);
    let gap = gap.trim_start_matches([' ', '$', '£', '€', '₹']);
    let second = text.len() - gap.len();
    if second > end
        && let Some((other, after)) = amount(text, second)
    {
        // "120-150k": the first is in thousands too.
        if low < 1000.0 && other >= 10_000.0 {
            low *= 1000.0;
        }
        if other >= low {
            (high, end) = (other, after);
        }
    }
    let after = clipped(text, end..end + AFTER).to_ascii_lowercase();
    let code = CODES.iter().find(|code| text[end..].trim_start().starts_with(**code));
    let currency = code.copied().unwrap_or(currency);
    let within = |[least, most]: [f64; 2]| low >= least && high <= most;
    let hourly = after.contains("hour") || after.contains("/hr") || after.contains("per hr");
    let other = ["month", "day", "week", "million", "billion"].iter().any(|p| after.contains(p));
    let yearly = after.contains("year") || after.contains("annu") || after.contains("/yr");
    let start = sign.start.saturating_sub(BEFORE);
    let said = clipped(text, start..sign.start).to_ascii_lowercase();
    let is_pay = PAY.iter().any(|word| after.trim_start().starts_with(word));
    let of_pay = is_pay || PAY.iter().any(|word| said.contains(word));
    let beside = clipped(&after, 0..BESIDE);
    if !is_pay && EXTRAS.iter().any(|word| beside.contains(word)) {
        return None;
    }
    let period = match (hourly, yearly) {
        (true, _) if within(HOURLY) => Period::Hour,
        (false, true) if within(YEARLY) => Period::Year,
        (false, false) if within(YEARLY) && of_pay && !other => Period::Year,
        _ => return None,
    };
    Some((Salary { low, high, currency, period, at: sign.start..end }, end))
}

/// An amount, and where it ends.
fn amount(text: &str, at: usize) -> Option<(f64, usize)> {
    let rest = text.get(at..)?;
    let trimmed = rest.trim_start_matches(' ');
    let start = at + rest.len() - trimmed.len();
    let length = trimmed.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
    let digits = trimmed[..length.unwrap_or(trimmed.len())].trim_end_matches([',', '.']);
    let mut end = start + digits.len();
    let mut value: f64 = digits.replace(',', "").parse().ok()?;
    let mut next = text[end..].chars();
    match (next.next(), next.next()) {
        (Some('k' | 'K'), after) if !after.is_some_and(char::is_alphabetic) => {
            value *= 1000.0;
            end += 1;
        }
        (Some(c), _) if c.is_alphabetic() => return None,
        _ => {}
    }
    Some((value, end))
}

/// A range of a text, as far as it goes.
fn clipped(text: &str, range: Range<usize>) -> &str {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i));
    &text[floor(range.start).unwrap_or(0)..floor(range.end).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salaries_are_read_where_there_is_no_doubt() {
        let year = |low, high, currency| Some((low, high, currency, Period::Year));
        for (text, stated) in [
            ("The base salary is $120,000 - $150,000.", year(120e3, 150e3, "USD")),
            ("Pay: $120-150k", year(120e3, 150e3, "USD")),
            ("£65,000 per annum", year(65e3, 65e3, "GBP")),
            ("Salary range C$90,000 to C$110,000 a year", year(90e3, 110e3, "CAD")),
            ("$52.50 to $60 per hour", Some((52.5, 60.0, "USD", Period::Hour))),
            ("base pay: $100,000; in New York $120,000-$140,000", year(100e3, 140e3, "USD")),
            ("only - $157-$181K salary - $17-20K bonus", year(157e3, 181e3, "USD")),
            ("Salary: $90k; up to $25K reimbursement", year(90e3, 90e3, "USD")),
            ("we raised $120,000,000", None),
            ("a budget of $250,000", None),
            ("manage $5M of spend, salary to be agreed", None),
            ("salary £60,000 or $80,000", None),
            ("$4,000 per month", None),
            ("salary $", None),
            ("€", None),
        ] {
            let found = stated_salary(text).map(|s| (s.low, s.high, s.currency, s.period));
            assert_eq!(found, stated, "{text}");
        }
    }
}
