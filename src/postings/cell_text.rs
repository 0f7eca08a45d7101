//! The text of a cell of a workbook, as a spreadsheet shows it.

use calamine::{Data, DataRef, ExcelDateTime};
use std::borrow::Cow;

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Digits of a number that spreadsheets keep, after the first.
const DIGITS: usize = 14;

/// The text of a cell; empty if it has no value.
pub(super) fn text(cell: DataRef<'_>) -> Cow<'_, str> {
    match cell {
        DataRef::Empty => "".into(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.into()
        }
        DataRef::SharedString(text) => text.into(),
        DataRef::Bool(true) => "TRUE".into(),
        DataRef::Bool(false) => "FALSE".into(),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(value) => number(value).into(),
        DataRef::DateTime(time) if time.is_duration() => duration(time.as_f64()).into(),
        DataRef::DateTime(time) => date(&time).into(),
        DataRef::Error(error) => error.to_string().into(),
    }
}

/// The same for a cell that is not borrowed.
pub(super) fn text_of(cell: &Data) -> Cow<'_, str> {
    text(match cell {
        Data::Empty => DataRef::Empty,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Bool(value) => DataRef::Bool(*value),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::DateTime(time) => DataRef::DateTime(*time),
        Data::Error(error) => DataRef::Error(error.clone()),
    })
}

/// A number without the digits that only the arithmetic of computers has.
fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.DIGITS$e}").parse().unwrap_or(value);
    let magnitude = rounded.abs();
    if magnitude != 0.0 && !(1e-9..1e21).contains(&magnitude) {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}

/// A date, a time of day, or both in ISO 8601.
fn date(time: &ExcelDateTime) -> String {
    let value = time.as_f64();
    if !(0.0..2_958_466.0).contains(&value) {
        return number(value);
    }
    // Whole seconds: fractions are what is left of the arithmetic.
    let seconds = (value.fract() * DAY).round();
    let days = value.trunc() + (seconds / DAY).floor();
    let clock = clock(seconds % DAY);
    if days < 1.0 {
        return clock;
    }
    let whole = ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, is_1904(time));
    let (year, month, day, ..) = whole.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if seconds % DAY == 0.0 { date } else { format!("{date}T{clock}") }
}

/// Whether the days are counted from 1904.
fn is_1904(time: &ExcelDateTime) -> bool {
    let from_1900 = ExcelDateTime::new(time.as_f64(), calamine::ExcelDateTimeType::DateTime, false);
    from_1900.to_ymd_hms_milli() != time.to_ymd_hms_milli()
}

/// A duration in hours, minutes and seconds.
fn duration(days: f64) -> String {
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{}", clock((days.abs() * DAY).round()))
}

#[expect(clippy::cast_sign_loss, reason = "callers give none below zero")]
fn clock(seconds: f64) -> String {
    let seconds = seconds as u64;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    #[test]
    fn values_are_written_as_they_are_shown() {
        let time = |value| ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false);
        let taken = |value| ExcelDateTime::new(value, ExcelDateTimeType::TimeDelta, false);
        let of_1904 = ExcelDateTime::new(44_481.0, ExcelDateTimeType::DateTime, true);
        for (cell, shown) in [
            (DataRef::Float(1.0), "1"),
            (DataRef::Float(0.1 + 0.2), "0.3"),
            (DataRef::Float(-1234.5), "-1234.5"),
            (DataRef::Float(4_012_345_678_901.0), "4012345678901"),
            (DataRef::Float(1e300), "1e300"),
            (DataRef::Bool(true), "TRUE"),
            (DataRef::DateTime(time(45_943.0)), "2025-10-13"),
            (DataRef::DateTime(time(45_943.541)), "2025-10-13T12:59:02"),
            (DataRef::DateTime(time(45_943.999_999_999)), "2025-10-14"),
            (DataRef::DateTime(time(0.5)), "12:00:00"),
            (DataRef::DateTime(time(-1.0)), "-1"),
            (DataRef::DateTime(of_1904), "2025-10-13"),
            (DataRef::DateTime(taken(1.25)), "30:00:00"),
            (DataRef::Error(CellErrorType::NA), "#N/A"),
            (DataRef::Empty, ""),
        ] {
            assert_eq!(text(cell), shown);
        }
    }
}
