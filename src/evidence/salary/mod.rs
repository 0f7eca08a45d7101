//! The pay that a text states, where it is certain to be pay.

mod amount;

use crate::lexicon::{Lexicon, PayWords, Period, WordSet};
use amount::{Amount, currency, next_amount};
use std::ops::Range;

/// Yearly pay stated in a text, with 2,080 hours, 260 days, 52 weeks or 12 months to a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Salary {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether it may be more than the upper end: "$180,000+".
    pub open: bool,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// Byte range of the first amount in the text.
    pub at: Range<usize>,
}

impl Period {
    /// Number of periods in a year.
    fn each_year(self) -> f64 {
        match self {
            Self::Hour => 2080.0,
            Self::Day => 260.0,
            Self::Week => 52.0,
            Self::Month => 12.0,
            Self::Year => 1.0,
        }
    }

    /// Whether an amount in US dollars can be pay. Others are prices or turnovers.
    fn can_be(self, amount: f64) -> bool {
        let [least, most] = match self {
            Self::Hour => [7.0, 500.0],
            Self::Day => [50.0, 5000.0],
            Self::Week => [300.0, 20_000.0],
            Self::Month => [1000.0, 80_000.0],
            Self::Year => [15_000.0, 1_000_000.0],
        };
        (least..=most).contains(&amount)
    }
}

/// Bytes of a clause that are read before and after an amount.
const BEFORE: usize = 160;
const AFTER: usize = 90;
/// Bytes added to the distance of a word after an amount, unless it follows directly.
const AFTER_PENALTY: usize = 6;

/// The pay in a text: all amounts of pay as one range. `None` if they have two currencies.
pub fn stated_salary(text: &str, lexicon: &Lexicon) -> Option<Salary> {
    let words = &lexicon.wording.pay;
    let mut stated: Option<Salary> = None;
    let mut from = 0;
    while let Some(amount) = next_amount(text, from, words) {
        from = amount.at.end;
        let Some(salary) = pay(text, &amount, words) else { continue };
        match &mut stated {
            None => stated = Some(salary),
            Some(all) if all.currency == salary.currency => {
                all.low = all.low.min(salary.low);
                all.high = all.high.max(salary.high);
                all.open |= salary.open;
            }
            Some(_) => return None,
        }
    }
    stated
}

/// An amount as yearly pay, if it is pay.
fn pay(text: &str, amount: &Amount, known: &PayWords) -> Option<Salary> {
    let clause = clause(text, &amount.at);
    let [before, behind] = [clause.start..amount.at.start, amount.at.end..clause.end];
    let before: Vec<(usize, &str)> = words(text, before).collect();
    let behind: Vec<(usize, &str)> = words(text, behind).collect();
    let far = |&(at, word): &(usize, &str)| {
        if at < amount.at.start {
            amount.at.start - (at + word.len())
        } else {
            let gap = at - amount.at.end;
            if gap <= 1 { 0 } else { gap + AFTER_PENALTY }
        }
    };
    let nearest = |words: &WordSet| {
        before.iter().chain(&behind).filter(|(_, word)| words.has_word(word)).map(far).min()
    };
    let (of_pay, of_other) = (nearest(&known.pay), nearest(&known.not_pay));
    let follows = period_behind(&behind, known);
    let is_pay = match (of_pay, of_other) {
        (Some(pay), Some(other)) => pay <= other,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => follows.is_some() && amount.currency.is_some(),
    };
    let in_clause =
        || before.iter().rev().chain(&behind).find_map(|(_, word)| currency(word, known));
    let currency = amount.currency.or_else(in_clause).filter(|_| is_pay)?;
    let named = || before.iter().rev().find_map(|(_, word)| known.periods.of_word(word));
    let period = follows.or_else(named).unwrap_or(Period::Year);
    let are_pay = currency != "USD" || (period.can_be(amount.low) && period.can_be(amount.high));
    are_pay.then(|| Salary {
        low: amount.low * period.each_year(),
        high: amount.high * period.each_year(),
        open: amount.open,
        currency,
        at: amount.at.clone(),
    })
}

/// The period that is named right after an amount.
fn period_behind(behind: &[(usize, &str)], known: &PayWords) -> Option<Period> {
    // "p. a."
    if let [(_, first), (_, second), ..] = behind
        && let Some(period) = known.periods.of_two_words(first, second)
    {
        return Some(period);
    }
    let between =
        |word: &str| known.before_period.has_word(word) || currency(word, known).is_some();
    let (_, word) = behind.iter().take(4).find(|(_, word)| !between(word))?;
    known.periods.of_word(word)
}

/// The clause around a byte range: up to the end of a sentence, a semicolon, a line end or a bullet on either side.
fn clause(text: &str, at: &Range<usize>) -> Range<usize> {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i));
    let first = floor(at.start.saturating_sub(BEFORE)).unwrap_or(0);
    let last = floor(at.end + AFTER).unwrap_or(text.len());
    let ends = |i: usize| match text.as_bytes()[i] {
        b';' | b'\n' | b'!' | b'?' | b'|' => true,
        // A dot before a space ends a sentence, unless it follows a single letter: "p. a."
        b'.' => {
            let next = text.as_bytes().get(i + 1).is_none_or(u8::is_ascii_whitespace);
            let letters = text[..i].bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
            next && letters != 1
        }
        _ => text[i..].starts_with('•'),
    };
    let boundary = |i: &usize| text.is_char_boundary(*i) && ends(*i);
    let start = (first..at.start).rev().find(boundary).map_or(first, |i| i + 1);
    let start = (start..=at.start).find(|&i| text.is_char_boundary(i)).unwrap_or(at.start);
    start..(at.end..last).find(boundary).unwrap_or(last)
}

/// The words in a byte range of a text, each with its offset.
fn words(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    text[range].split_inclusive(|c: char| !c.is_alphabetic()).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        (!word.is_empty()).then_some((start, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static LEXICON: LazyLock<Lexicon> =
        LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));

    fn stated_salary(text: &str) -> Option<Salary> {
        super::stated_salary(text, &LEXICON)
    }

    fn check(text: &str, stated: Option<(f64, f64, &str)>) {
        let found = stated_salary(text).map(|s| (s.low, s.high, s.currency));
        assert_eq!(found, stated, "{text}");
    }

    #[test]
    fn pay_is_read_where_it_is_certain() {
        for (text, low, high, currency) in [
            ("The base salary is $120,000 - $150,000.", 120e3, 150e3, "USD"),
            ("Pay: $120-150k", 120e3, 150e3, "USD"),
            ("£65,000 per annum", 65e3, 65e3, "GBP"),
            ("Salary range C$90,000 to C$110,000 a year", 90e3, 110e3, "CAD"),
            ("$52.50 to $60 per hour", 52.5 * 2080.0, 60.0 * 2080.0, "USD"),
            ("$52.50/hr - $60/hr", 52.5 * 2080.0, 60.0 * 2080.0, "USD"),
            ("base pay: $100,000; in New York $120,000-$140,000 base", 100e3, 140e3, "USD"),
            ("only - $157-$181K salary - $17-20K bonus", 157e3, 181e3, "USD"),
            ("Salary: $90k; up to $25K reimbursement", 90e3, 90e3, "USD"),
            ("$4,000 per month", 48e3, 48e3, "USD"),
            ("Daily rate: $600", 600.0 * 260.0, 600.0 * 260.0, "USD"),
            ("$1,500 a week", 78e3, 78e3, "USD"),
            ("Salary 120,000 - 150,000 USD", 120e3, 150e3, "USD"),
            ("Salary (USD): 120000-150000", 120e3, 150e3, "USD"),
            ("USD 120k to 150k salary", 120e3, 150e3, "USD"),
            ("Gehalt und salary: 65.000 € brutto", 65e3, 65e3, "EUR"),
            ("compensation of 85 000 EUR", 85e3, 85e3, "EUR"),
            ("Salary: $600,000 - $720,000 MXN a year", 600e3, 720e3, "MXN"),
            ("Base salary: $640,000 HKD per year", 640e3, 640e3, "HKD"),
            ("Salary: SGD $260,000 a year", 260e3, 260e3, "SGD"),
            ("Salary range: CAD $255,000 - $270,000 per year", 255e3, 270e3, "CAD"),
            ("Salary: AU$245,000 a year", 245e3, 245e3, "AUD"),
            ("Salary: MX$700,000 a year", 700e3, 700e3, "MXN"),
            ("Salary: $118,000 p.a.", 118e3, 118e3, "USD"),
            ("You earn between $90,000 and $110,000, plus a bonus of $10,000.", 90e3, 110e3, "USD"),
            ("Salary $180,000+ and equity worth $50,000", 180e3, 180e3, "USD"),
        ] {
            check(text, Some((low, high, currency)));
        }
        assert!(stated_salary("Salary $180,000+").is_some_and(|salary| salary.open));
    }

    #[test]
    fn other_money_is_no_pay() {
        for text in [
            "we raised $120,000,000",
            "we raised $120 million",
            "a budget of $250,000",
            "manage $5M of spend, salary to be agreed",
            "salary £60,000 or $80,000",
            "salary $",
            "€",
            "a sign-on bonus of $20,000",
            "$30,000 in equity each year",
            "We have a turnover of $90,000 a day",
            "You own a portfolio of $150,000 per customer",
            "customers who spend $40,000 a month",
            "deals of $100,000 to $200,000",
            "401k match, $25,000 of life insurance",
            "A $50,000 referral bonus",
            "Charitable donations are matched up to $15,000 annually",
            "the database holds $100,000 records",
            "Series A of $900,000",
            "Save $80,000 with our product",
            "corporate events at $60,000",
            "5 to 7 years, 10000 users, 24/7",
            "Salary: competitive. Budget: $120,000.",
        ] {
            check(text, None);
        }
    }
}
