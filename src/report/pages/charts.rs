//! Charts of bars.

pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) bars: Vec<Bar>,
}

/// A bar; length and interval are in percent of the longest.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) length: f64,
    pub(super) interval: Option<[f64; 2]>,
    pub(super) text: String,
}

/// Bars of names, values, intervals and texts.
pub(super) fn bars(
    rows: impl IntoIterator<Item = (String, f64, Option<[f64; 2]>, String)>,
) -> Vec<Bar> {
    let rows: Vec<_> = rows.into_iter().collect();
    let end = |value: f64, interval: Option<[f64; 2]>| interval.map_or(value, |i| i[1].max(value));
    let longest = rows.iter().map(|row| end(row.1, row.2)).fold(f64::MIN_POSITIVE, f64::max);
    let percent = |value: f64| (value / longest * 1000.0).round() / 10.0;
    rows.into_iter()
        .map(|(name, value, interval, text)| Bar {
            name,
            length: percent(value),
            interval: interval.map(|i| i.map(percent)),
            text,
        })
        .collect()
}

/// A name in words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}
