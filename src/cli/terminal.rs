//! Standard output and error, to which nothing of a posting goes that controls a terminal.

use super::progress_bar::beside_the_bar;
use rolecall::report::printable;
use std::io::{self, IsTerminal, Write};

/// A stream that lets no control characters through if it is a terminal.
pub(crate) struct Terminal<W> {
    stream: W,
    filtered: bool,
    /// Bytes of a character that has not been written whole.
    begun: Vec<u8>,
}

impl<W: Write + IsTerminal> Terminal<W> {
    pub(crate) fn new(stream: W) -> Self {
        Self { filtered: stream.is_terminal(), stream, begun: Vec::new() }
    }

    /// A stream for what has no control characters but those of styles.
    pub(crate) fn unfiltered(stream: W) -> Self {
        Self { stream, filtered: false, begun: Vec::new() }
    }
}

impl<W: Write> Write for Terminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.filtered {
            return self.stream.write(bytes);
        }
        self.begun.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest: &[u8] = &self.begun;
        loop {
            match std::str::from_utf8(rest) {
                Ok(sound) => {
                    text.push_str(sound);
                    rest = &[];
                    break;
                }
                Err(e) => {
                    let (sound, other) = rest.split_at(e.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(sound));
                    let Some(wrong) = e.error_len() else {
                        rest = other;
                        break;
                    };
                    text.push('\u{fffd}');
                    rest = &other[wrong..];
                }
            }
        }
        self.begun = rest.to_vec();
        beside_the_bar(|| self.stream.write_all(harmless(&text).as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// A text without control characters but line feeds and tabs.
fn harmless(text: &str) -> String {
    let cells = text.split('\t').map(printable);
    cells.collect::<Vec<_>>().join("\t").replace('\u{61c}', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_comes_through_however_it_is_cut() {
        let text = "a\u{1b}]0;x\u{7}\tb\u{9b}31m\u{202e}c\r\u{7f}é\u{61c}\n";
        for step in 1..text.len() {
            let mut out = Terminal { stream: Vec::new(), filtered: true, begun: Vec::new() };
            for bytes in text.as_bytes().chunks(step) {
                out.write_all(bytes).expect("memory");
            }
            assert_eq!(String::from_utf8_lossy(&out.stream), "a]0;x\tb31mcé\n");
        }
        let mut out = Terminal { stream: Vec::new(), filtered: false, begun: Vec::new() };
        out.write_all(text.as_bytes()).expect("memory");
        assert_eq!(out.stream, text.as_bytes());
    }
}
