//! Text from postings for a terminal.

use unicode_width::UnicodeWidthChar;

/// Removes control characters, so that a posting cannot move the cursor or colour the screen.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !is_control(*c)).collect()
}

fn is_control(c: char) -> bool {
    // Bidirectional controls can reorder the displayed line.
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A figure with three decimals; `-` if it is undefined.
pub(super) fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

/// Text on one line, cut or padded to a width in terminal columns.
pub(super) fn fit(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let mut chars =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_control(*c));
    let mut cut = false;
    for c in chars.by_ref() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width {
            cut = true;
            break;
        }
        used += columns;
        out.push(c);
    }
    if cut && width > 0 {
        while used >= width {
            used -= out.pop().and_then(UnicodeWidthChar::width).unwrap_or(0);
        }
        out.push('…');
        used += 1;
    }
    out.extend(std::iter::repeat_n(' ', width - used));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_columns() {
        for (text, width, fitted) in [
            ("abc", 5, "abc  "),
            ("abcdef", 5, "abcd…"),
            ("one\ntwo", 7, "one two"),
            ("\u{1b}[31mred", 6, "[31mr…"),
            ("日本語", 5, "日本…"),
            ("x", 0, ""),
        ] {
            assert_eq!(fit(text, width), fitted);
        }
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{7}\u{202e}c\nd"), "a[2Jbc\nd");
    }
}
