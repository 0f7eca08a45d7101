//! Records of the stream that is a workbook of Excel up to 2003 ([MS-XLS]), and the strings in them.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The kinds of records that are read.
pub(super) mod kind {
    pub(in super::super) const FORMULA: u16 = 0x06;
    pub(in super::super) const END: u16 = 0x0a;
    pub(in super::super) const DATE_MODE: u16 = 0x22;
    pub(in super::super) const PASSWORD: u16 = 0x2f;
    pub(in super::super) const CONTINUE: u16 = 0x3c;
    pub(in super::super) const CODE_PAGE: u16 = 0x42;
    pub(in super::super) const SHEET: u16 = 0x85;
    pub(in super::super) const NUMBERS: u16 = 0xbd;
    pub(in super::super) const RICH_TEXT: u16 = 0xd6;
    pub(in super::super) const CELL_FORMAT: u16 = 0xe0;
    pub(in super::super) const STRINGS: u16 = 0xfc;
    pub(in super::super) const STRING_CELL: u16 = 0xfd;
    pub(in super::super) const NUMBER: u16 = 0x203;
    pub(in super::super) const TEXT: u16 = 0x204;
    pub(in super::super) const BOOLEAN_OR_ERROR: u16 = 0x205;
    pub(in super::super) const FORMULA_TEXT: u16 = 0x207;
    pub(in super::super) const SHORT_NUMBER: u16 = 0x27e;
    pub(in super::super) const NUMBER_FORMAT: u16 = 0x41e;
    pub(in super::super) const BEGIN: u16 = 0x809;
}

/// A record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'s> {
    pub(super) kind: u16,
    /// Where it stands in the stream.
    pub(super) at: usize,
    pub(super) data: &'s [u8],
}

/// The records of a stream from an offset; they end where one is cut.
pub(super) fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let head = stream.get(at..at.checked_add(4)?)?;
        let (kind, length) = (u16_of(head, 0)?, usize::from(u16_of(head, 2)?));
        let data = stream.get(at + 4..at + 4 + length)?;
        let record = Record { kind, at, data };
        at += 4 + length;
        Some(record)
    })
}

pub(super) fn u16_of(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

pub(super) fn u32_of(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

pub(super) fn f64_of(bytes: &[u8], at: usize) -> Option<f64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(f64::from_le_bytes(eight.try_into().ok()?))
}

/// A number in the four bytes of a short one: a whole number or the upper half of another, or a hundredth of it.
pub(super) fn short_number(bytes: u32) -> f64 {
    let value = if bytes & 2 == 0 {
        f64::from_bits(u64::from(bytes & !3) << 32)
    } else {
        f64::from(bytes.cast_signed() >> 2)
    };
    if bytes & 1 == 0 { value } else { value / 100.0 }
}

/// How strings are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Strings {
    /// As UTF-16, or by the lower halves of its units.
    Unicode,
    /// In an encoding of before.
    Bytes(&'static Encoding),
}

impl Strings {
    /// The encoding of a code page, if strings are not Unicode.
    pub(super) fn of_code_page(page: u16) -> &'static Encoding {
        let label = match page {
            932 => "shift_jis".into(),
            936 => "gbk".into(),
            949 => "euc-kr".into(),
            950 => "big5".into(),
            10_000 | 32_768 => "macintosh".into(),
            65_001 => "utf-8".into(),
            _ => format!("windows-{page}"),
        };
        Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
    }
}

/// The data of a record and of those that continue it, read in order.
pub(super) struct Continued<'s> {
    stream: &'s [u8],
    /// What is left of the part that is read.
    part: &'s [u8],
    /// Where the next record stands.
    next: usize,
}

impl<'s> Continued<'s> {
    pub(super) fn new(stream: &'s [u8], record: &Record<'s>) -> Self {
        Self { stream, part: record.data, next: record.at + 4 + record.data.len() }
    }

    /// Goes on with the next part, if there is one.
    fn turn(&mut self) -> Option<()> {
        let record = records(self.stream, self.next).next()?;
        if record.kind != kind::CONTINUE {
            return None;
        }
        *self = Self::new(self.stream, &record);
        Some(())
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&mut self) -> bool {
        while self.part.is_empty() {
            if self.turn().is_none() {
                return true;
            }
        }
        false
    }

    pub(super) fn skip(&mut self, mut length: usize) -> Option<()> {
        while length > self.part.len() {
            length -= self.part.len();
            self.turn()?;
        }
        self.part = &self.part[length..];
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        if self.is_empty() {
            return None;
        }
        let (first, rest) = self.part.split_first()?;
        self.part = rest;
        Some(*first)
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        (0..bytes).try_fold(0, |sum, index| Some(sum | usize::from(self.byte()?) << (8 * index)))
    }

    /// Appends a string whose length takes so many bytes, up to where it is cut.
    pub(super) fn string(&mut self, length: u32, form: Strings, text: &mut String) -> Option<()> {
        let length = self.number(length)?;
        match form {
            Strings::Bytes(encoding) => {
                let bytes = self.part.get(..length).unwrap_or(self.part);
                text.push_str(&encoding.decode_without_bom_handling(bytes).0);
                self.skip(length)
            }
            Strings::Unicode => {
                let flags = self.byte()?;
                self.characters(length, flags & 1 != 0, text)
            }
        }
    }

    /// Appends a string of the table of strings: behind it may stand its formats and how it is pronounced.
    pub(super) fn rich_string(&mut self, text: &mut String) -> Option<()> {
        let length = self.number(2)?;
        let flags = self.byte()?;
        let formats = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let extra = if flags & 4 == 0 { 0 } else { self.number(4)? };
        self.characters(length, flags & 1 != 0, text)?;
        self.skip(4 * formats)?;
        self.skip(extra)
    }

    /// Appends so many units of UTF-16. A part that continues them begins with a byte that says how they are written.
    fn characters(&mut self, mut left: usize, mut wide: bool, text: &mut String) -> Option<()> {
        let mut units = Vec::new();
        loop {
            let width = 1 + usize::from(wide);
            let here = left.min(self.part.len() / width);
            let (bytes, rest) = self.part.split_at(here * width);
            self.part = rest;
            if wide {
                units.extend(bytes.chunks_exact(2).filter_map(|unit| u16_of(unit, 0)));
            } else {
                units.extend(bytes.iter().map(|&byte| u16::from(byte)));
            }
            left -= here;
            if left == 0 || self.turn().is_none() {
                break;
            }
            let (flags, rest) = self.part.split_first()?;
            (wide, self.part) = (flags & 1 != 0, rest);
        }
        text.push_str(&String::from_utf16_lossy(&units));
        (left == 0).then_some(())
    }
}

/// How the numbers of a format are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    /// As a date, a time of day, or both.
    Moment,
    /// As hours, minutes or seconds beyond those of a day.
    Duration,
}

impl Shown {
    /// That of a format that every program knows, by its number.
    pub(super) fn of_number(format: u16) -> Self {
        match format {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Moment,
            46 => Self::Duration,
            _ => Self::Number,
        }
    }

    /// That of a format as it is written, such as `dd.mm.yyyy`: what is quoted, escaped, filled or in brackets is no
    /// part of a date, but for brackets around hours, minutes or seconds.
    pub(super) fn of_code(code: &str) -> Self {
        let code = code.to_lowercase();
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => _ = letters.by_ref().find(|&c| c == '"'),
                '\\' | '_' | '*' => _ = letters.next(),
                ';' => break,
                '[' => {
                    let inside: String = letters.by_ref().take_while(|&c| c != ']').collect();
                    let first = inside.chars().next().filter(|c| "hms".contains(*c));
                    if first.is_some_and(|first| inside.chars().all(|c| c == first)) {
                        return Self::Duration;
                    }
                }
                // The years of era of East Asia are an e, as are powers of ten.
                'd' | 'm' | 'y' | 'h' | 's' => return Self::Moment,
                // "General".
                'g' if letters.as_str().starts_with("eneral") => _ = letters.nth(5),
                _ => {}
            }
        }
        Self::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_dates_are_told_from_those_of_numbers() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("#,##0\\ \"days\"", Shown::Number),
            ("[Red]#,##0;[$-407]dd", Shown::Number),
            ("0.0E+00", Shown::Number),
            ("DD.MM.YYYY", Shown::Moment),
            ("[$-409]mmm-yy;@", Shown::Moment),
            ("h:mm AM/PM", Shown::Moment),
            ("[h]:mm:ss", Shown::Duration),
            ("[mm]:ss", Shown::Duration),
        ] {
            assert_eq!(Shown::of_code(code), shown, "{code}");
        }
    }

    #[test]
    fn short_numbers_are_whole_ones_or_halves_of_others() {
        let whole = |value: i32| (value << 2).cast_unsigned() | 2;
        let half = (1.5f64.to_bits() >> 32) as u32;
        let shown = [whole(-7), whole(1234) | 1, half].map(|n| short_number(n).to_string());
        assert_eq!(shown, ["-7", "12.34", "1.5"]);
    }

    #[test]
    fn a_string_may_change_its_width_where_it_is_continued() {
        let mut stream = vec![0xfc, 0, 5, 0, 4, 0, 0, b'a', b'b'];
        stream.extend([0x3c, 0, 5, 0, 1, 0x42, 0x04, b'd', 0]);
        let record = records(&stream, 0).next().expect("a record");
        let mut text = String::new();
        Continued::new(&stream, &record).rich_string(&mut text).expect("it is whole");
        assert_eq!(text, "ab\u{442}d");
        let cut = records(&stream[..9], 0).next().expect("a record");
        assert_eq!(Continued::new(&stream[..9], &cut).rich_string(&mut text), None);
    }
}
