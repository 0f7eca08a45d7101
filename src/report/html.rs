//! Single-file web pages without scripts or external resources.

use std::fmt::Write as _;
use std::io::{self, Write};

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}\
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}h3{font-size:1rem;margin-bottom:.3rem}\
table{border-collapse:collapse;margin:.5rem 0}\
th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}\
th:first-child,td:first-child{text-align:left}th{font-weight:600}\
.plots{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}figcaption{font-size:.85rem;color:#555}\
svg{background:#fafafa;border:1px solid #ddd}text{font:11px system-ui,sans-serif;fill:#444}\
.posting{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ddd;padding:1rem}\
mark{border-radius:3px;padding:0 .1em}.for{background:#bfe3c6}.against{background:#f6cfc6}\
.masked{background:#dbe7f7}.ignored{color:#999}";

/// Text with markup escaped and control characters removed.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a page with a title and a body.
pub(super) fn write_page(out: &mut dyn Write, title: &str, body: &str) -> io::Result<()> {
    let title = escaped(title);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{body}</body></html>"
    )
}

/// A table; cells are escaped.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let cells = |tag: &str, cells: &mut dyn Iterator<Item = &str>| {
        cells.map(|c| format!("<{tag}>{}</{tag}>", escaped(c))).collect::<String>()
    };
    let mut html = format!("<table><tr>{}</tr>", cells("th", &mut head.iter().copied()));
    for row in rows {
        let row = cells("td", &mut row.iter().map(String::as_str));
        let _ = write!(html, "\n<tr>{row}</tr>");
    }
    html + "</table>\n"
}

/// Side of the plot area in pixels.
const SIDE: f64 = 260.0;
/// Margin of the plot area in pixels.
const EDGE: f64 = 34.0;

/// A plot of points with x and y from 0 to 1.
pub(super) struct Plot {
    svg: String,
}

impl Plot {
    /// A plot with named axes and tick marks on the x axis: (x from 0 to 1, text).
    pub(super) fn new(x: &str, y: &str, marks: &[(f64, String)]) -> Self {
        let (width, middle) = (SIDE + 2.0 * EDGE, EDGE / 2.0 + SIDE / 2.0);
        let height = SIDE + 1.8 * EDGE;
        let mut svg = format!(
            "<svg width=\"{width}\" height=\"{height}\" role=\"img\">\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
             <text transform=\"translate(12 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            EDGE + SIDE / 2.0,
            height - 6.0,
            escaped(x),
            escaped(y)
        );
        for (x, text) in marks {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x_pixels(*x),
                y_pixels(0.0) + 14.0,
                escaped(text)
            );
        }
        for tenth in [0.0, 0.5, 1.0] {
            let y = y_pixels(tenth);
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tenth}</text>\
                 <path d=\"M{EDGE} {y:.1}H{}\" stroke=\"#ddd\"/>",
                EDGE - 3.0,
                y + 4.0,
                EDGE + SIDE
            );
        }
        Self { svg }
    }

    /// A line through points.
    pub(super) fn line(mut self, points: &[[f64; 2]], colour: &str) -> Self {
        let points: Vec<String> = points
            .iter()
            .map(|[x, y]| format!("{:.1},{:.1}", x_pixels(*x), y_pixels(*y)))
            .collect();
        let _ = write!(
            self.svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        self
    }

    /// A dot with a tooltip.
    pub(super) fn dot(mut self, [x, y]: [f64; 2], radius: f64, text: &str) -> Self {
        let _ = write!(
            self.svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"#2b6cb0\" fill-opacity=\".75\">\
             <title>{}</title></circle>",
            x_pixels(x),
            y_pixels(y),
            escaped(text)
        );
        self
    }

    /// The plot with a caption.
    pub(super) fn figure(self, caption: &str) -> String {
        let caption = escaped(caption);
        format!("<figure>{}</svg><figcaption>{caption}</figcaption></figure>\n", self.svg)
    }
}

fn x_pixels(x: f64) -> f64 {
    EDGE + x * SIDE
}

fn y_pixels(y: f64) -> f64 {
    EDGE / 2.0 + (1.0 - y) * SIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        assert_eq!(escaped("<b a='x'>&\"\u{1b}"), "&lt;b a=&#39;x&#39;&gt;&amp;&quot;");
        let html = table(&["a"], [vec!["<script>".to_owned()]]);
        assert!(!html.contains("<script>"));
    }
}
