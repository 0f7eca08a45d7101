//! Web pages: single files without external resources, by the templates of askama in this folder.

mod charts;
mod evaluation;
mod explanation;
mod findings;
mod review;
mod verdicts;

pub use evaluation::write_evaluation_page;
pub use explanation::write_explanation_page;
pub use findings::write_review_page;
pub use verdicts::{VerdictRow, VerdictSummary, write_verdict_page};

use askama::filters::{Escaper, Html};
use std::fmt;

/// What templates do to every value: markup is escaped, control characters are removed.
#[derive(Clone, Copy)]
struct PageText;

impl Escaper for PageText {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        text.split(|c: char| c.is_control() && c != '\n')
            .try_for_each(|part| Html.write_escaped_str(&mut out, part))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    #[test]
    fn text_is_no_markup() {
        #[derive(askama::Template)]
        #[template(path = "page.html", config = "src/report/pages/askama.toml")]
        struct Page {
            title: &'static str,
        }

        let page = Page { title: "<b a='x'>&\"\u{1b}\n" }.render().unwrap();
        assert!(page.contains("<h1>&#60;b a=&#39;x&#39;&#62;&#38;&#34;\n</h1>"), "{page}");
    }
}
