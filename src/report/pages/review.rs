//! A web page for review: postings, each with what is to be decided about it, and the keys to decide.

use super::charts::Chart;
use crate::judge::{MarkKind, TextPart};
use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = concat!(include_str!("colours.css"), include_str!("review.css"));
const SCRIPT: &str = concat!(include_str!("decisions.js"), include_str!("review.js"));
/// Postings per block of details. The page parses a block when it first shows one of its postings.
const BLOCK: usize = 100;

/// Kinds of parts of a text. A part has its index here plus 1, or 0 for none.
const KINDS: [MarkKind; 4] =
    [MarkKind::ForWinner, MarkKind::ForRival, MarkKind::Masked, MarkKind::Ignored];

/// What a page calls things.
#[derive(Serialize)]
pub(super) struct Wording {
    /// What a posting is shown for.
    pub(super) issue: &'static str,
    /// The role that is stated.
    pub(super) stated: &'static str,
    /// The role that is suggested instead.
    pub(super) suggested: &'static str,
    /// The number between 0 and 1 beside each posting.
    pub(super) measure: &'static str,
    pub(super) accept: &'static str,
    pub(super) keep: &'static str,
    pub(super) evidence_for: &'static str,
    pub(super) evidence_against: &'static str,
}

/// What is on a page.
pub(super) struct ReviewPage<'a> {
    /// The browser stores decisions under it.
    pub(super) key: &'a str,
    /// Name of the file of the postings.
    pub(super) file: &'a str,
    pub(super) lead: String,
    pub(super) method: &'a str,
    pub(super) wording: &'static Wording,
    pub(super) charts: Vec<Chart>,
    /// Names of the outcomes: the roles, then `other`.
    pub(super) outcomes: &'a [String],
    pub(super) postings: Vec<PagePosting<'a>>,
    /// Those of each posting.
    pub(super) details: Vec<PageDetail<'a>>,
}

impl ReviewPage<'_> {
    /// Writes the page, a single file without external resources.
    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let data = Data {
            key: self.key,
            file: self.file,
            outcomes: self.outcomes,
            wording: self.wording,
            kinds: KINDS,
            block: BLOCK,
            postings: self.postings,
        };
        let html = ReviewHtml {
            policy: policy(),
            file: self.file,
            lead: self.lead,
            method: self.method,
            wording: self.wording,
            charts: self.charts,
            style: STYLE,
            data: for_script(&data)?,
            script: SCRIPT,
            blocks: self.details.chunks(BLOCK).map(for_script).collect::<io::Result<_>>()?,
        };
        html.write_into(out)
    }
}

#[derive(Template)]
#[template(path = "review.html", config = "src/report/pages/askama.toml")]
struct ReviewHtml<'a> {
    policy: String,
    file: &'a str,
    lead: String,
    method: &'a str,
    wording: &'a Wording,
    charts: Vec<Chart>,
    style: &'a str,
    data: String,
    script: &'a str,
    blocks: Vec<String>,
}

/// Content security policy: nothing is loaded, and only the script and the style of the page run.
fn policy() -> String {
    let hash = |text| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// JSON escaped for a script element.
fn for_script<T: Serialize + ?Sized>(value: &T) -> io::Result<String> {
    let json = serde_json::to_string(value)?;
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out += &format!("\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

#[derive(Serialize)]
struct Data<'a> {
    key: &'a str,
    file: &'a str,
    outcomes: &'a [String],
    wording: &'a Wording,
    kinds: [MarkKind; 4],
    block: usize,
    postings: Vec<PagePosting<'a>>,
}

/// Data of a posting for list and filters.
#[derive(Serialize)]
pub(super) struct PagePosting<'a> {
    pub(super) row: u64,
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) company: &'a str,
    /// Hash of the text.
    pub(super) text: String,
    pub(super) stated: String,
    pub(super) suggested: &'a str,
    pub(super) measure: f64,
    pub(super) issues: Vec<&'a str>,
}

/// Data of a posting that is loaded on demand.
#[derive(Serialize)]
pub(super) struct PageDetail<'a> {
    pub(super) matters: Vec<PageIssue<'a>>,
    pub(super) probabilities: Vec<f64>,
    #[serde(rename = "for")]
    pub(super) evidence_for: &'a [String],
    pub(super) against: &'a [String],
    /// What the evidence against is for.
    pub(super) rival: &'a str,
    #[serde(flatten, serialize_with = "text_and_parts")]
    pub(super) parts: &'a [TextPart],
}

/// The text, and of each part its length in UTF-16 units and its kind.
fn text_and_parts<S: Serializer>(parts: &[TextPart], serializer: S) -> Result<S::Ok, S::Error> {
    let kind = |part: &TextPart| KINDS.iter().position(|kind| Some(*kind) == part.kind);
    let length = |part: &TextPart| part.text.encode_utf16().count();
    let lengths: Vec<(usize, usize)> =
        parts.iter().map(|part| (length(part), kind(part).map_or(0, |index| index + 1))).collect();
    let text: String = parts.iter().map(|part| part.text.as_str()).collect();
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("text", &text)?;
    map.serialize_entry("parts", &lengths)?;
    map.end()
}

/// What a posting is shown for.
#[derive(Serialize)]
pub(super) struct PageIssue<'a> {
    pub(super) issue: &'a str,
    pub(super) measure: f64,
    pub(super) suggested: &'a str,
    pub(super) detail: String,
}

/// A probability with three decimals.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
