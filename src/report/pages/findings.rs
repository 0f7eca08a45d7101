//! The findings of an audit as a review page.

use super::charts::{Chart, bars, words};
use super::review::{PageDetail, PageIssue, PagePosting, ReviewPage, Wording, rounded};
use crate::audit::{AuditSummary, Estimate, Finding};
use std::collections::HashMap;
use std::io::{self, Write};

const WORDING: Wording = Wording {
    issue: "Issue",
    stated: "Stated role",
    suggested: "Suggested role",
    measure: "suspicion",
    accept: "accept the suggested role",
    keep: "keep the stated role",
    evidence_for: "for the suggested role",
    evidence_against: "for the stated role",
};

/// Writes the page, a single file without external resources. The browser stores decisions under `key`.
///
/// # Errors
/// Those of the writer.
pub fn write_review_page(
    out: &mut dyn Write,
    summary: &AuditSummary,
    findings: &[Finding],
    file: &str,
    key: &str,
) -> io::Result<()> {
    let cases = cases(findings);
    let page = ReviewPage {
        key,
        file,
        lead: lead(summary),
        method: &summary.method,
        wording: &WORDING,
        charts: charts(summary),
        outcomes: &summary.outcomes,
        postings: cases.iter().map(posting).collect(),
        details: cases.iter().map(detail).collect(),
    };
    page.write(out)
}

/// A posting with all its findings.
struct ReviewCase<'a> {
    /// The first finding that suggests a role, or else the first.
    main: &'a Finding,
    findings: Vec<&'a Finding>,
}

/// Groups findings by posting, in the order of their first finding.
fn cases(findings: &[Finding]) -> Vec<ReviewCase<'_>> {
    let mut index_of: HashMap<u64, usize> = HashMap::new();
    let mut cases: Vec<ReviewCase> = Vec::new();
    for finding in findings {
        let index = *index_of.entry(finding.row).or_insert(cases.len());
        if let Some(case) = cases.get_mut(index) {
            case.findings.push(finding);
            if case.main.suggested_role.is_empty() && !finding.suggested_role.is_empty() {
                case.main = finding;
            }
        } else {
            cases.push(ReviewCase { main: finding, findings: vec![finding] });
        }
    }
    cases
}

fn posting<'a>(case: &ReviewCase<'a>) -> PagePosting<'a> {
    let main = case.main;
    PagePosting {
        row: main.row,
        id: &main.id,
        title: &main.title,
        company: &main.company,
        text: main.fingerprint.clone(),
        stated: main.stated_role.clone(),
        suggested: &main.suggested_role,
        measure: rounded(case.findings.iter().map(|f| f.suspicion).fold(0.0, f64::max)),
        issues: case.findings.iter().map(|f| f.issue.name()).collect(),
    }
}

fn detail<'a>(case: &ReviewCase<'a>) -> PageDetail<'a> {
    let main = case.main;
    let issue = |finding: &&'a Finding| PageIssue {
        issue: finding.issue.name(),
        measure: rounded(finding.suspicion),
        suggested: &finding.suggested_role,
        detail: finding.detail.clone(),
    };
    PageDetail {
        matters: case.findings.iter().map(issue).collect(),
        probabilities: main.probabilities.iter().copied().map(rounded).collect(),
        evidence_for: &main.evidence_for,
        against: &main.evidence_against,
        rival: &main.stated_role,
        parts: &main.parts,
    }
}

fn lead(summary: &AuditSummary) -> String {
    let findings: u64 = summary.findings.iter().map(|(_, count)| count).sum();
    format!(
        "{findings} findings. Of {} rows, an estimated {} state the wrong role. Read the {} most suspect \
         rows to find 80 % of them.",
        summary.rows,
        estimated(summary.wrong),
        summary.rows_to_read
    )
}

/// A number of rows, with its interval if there is one.
fn estimated(Estimate { rows, interval }: Estimate) -> String {
    let interval = interval.map(|[low, high]| format!(" ({low:.0} to {high:.0})"));
    format!("{rows:.0}{}", interval.unwrap_or_default())
}

fn charts(summary: &AuditSummary) -> Vec<Chart> {
    let plain = |name: String, rows: u64| (name, rows as f64, None, rows.to_string());
    let issues = summary.findings.iter().map(|(issue, rows)| plain(words(issue.name()), *rows));
    let reading = [("rows to read for 80 %", summary.rows_to_read), ("all rows", summary.rows)];
    let pairs = summary.pairs.iter().map(|pair| {
        let Estimate { rows, interval } = pair.estimate;
        let name = format!("{} → {}", words(&pair.stated), words(&pair.actual));
        (name, rows, interval, estimated(pair.estimate))
    });
    let group = |group: &crate::audit::SuspectGroup| {
        let mut text = format!("{:.0} of {}", group.wrong, group.rows);
        if !group.mostly.is_empty() {
            text += &format!(", mostly {}", words(&group.mostly));
        }
        (group.name.clone(), group.wrong, None, text)
    };
    let charts = [
        ("Findings by issue", bars(issues)),
        ("Stated role → estimated role, in rows", bars(pairs)),
        ("Organisations with the most wrong titles", bars(summary.organisations.iter().map(group))),
        ("Forms of titles that are wrong most", bars(summary.titles.iter().map(group))),
        ("Rows to read", bars(reading.map(|(name, rows)| plain(name.to_owned(), rows)))),
    ];
    let charts = charts.into_iter().filter(|(_, bars)| !bars.is_empty());
    charts.map(|(title, bars)| Chart { title, bars }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Issue, SuspectGroup};
    use crate::judge::{MarkKind, TextPart};
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use sha2::{Digest, Sha256};

    const HOSTILE: [&str; 6] = [
        "</script><script>window.pwned=1</script>",
        "<!--<script>",
        "\"><img src=x onerror=window.pwned=2>",
        "]]>&lt;\u{2028}\u{2029}\u{0}\u{202e}",
        "{{ file }}{% raw %}{# #}",
        "\\u003c/script\\u003e\\",
    ];

    fn finding(row: u64, issue: Issue, suggested: &str, hostile: &str) -> Finding {
        Finding {
            row,
            id: hostile.into(),
            title: hostile.into(),
            company: hostile.into(),
            fingerprint: hostile.into(),
            stated_role: "product_owner".into(),
            suggested_role: suggested.into(),
            suspicion: 0.98765,
            issue,
            detail: hostile.into(),
            further: vec![Issue::MixedRole],
            probabilities: vec![0.25, 0.75],
            evidence_for: vec![hostile.into()],
            evidence_against: vec![hostile.into()],
            parts: vec![
                TextPart { text: format!("é🎈{hostile}"), kind: None },
                TextPart { text: hostile.into(), kind: Some(MarkKind::Masked) },
            ],
        }
    }

    fn summary(hostile: &str) -> AuditSummary {
        let group =
            SuspectGroup { name: hostile.into(), rows: 8, wrong: 2.5, mostly: "other".into() };
        AuditSummary {
            method: hostile.into(),
            outcomes: vec!["product_owner".into(), "other".into()],
            rows: 100,
            findings: vec![(Issue::MislabeledTitle, 6)],
            wrong: Estimate { rows: 5.0, interval: Some([3.0, 8.0]) },
            pairs: Vec::new(),
            organisations: vec![group],
            titles: Vec::new(),
            rows_to_read: 7,
        }
    }

    fn page(findings: &[Finding], hostile: &str) -> String {
        let mut out = Vec::new();
        write_review_page(&mut out, &summary(hostile), findings, hostile, "key").unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The text between two strings.
    fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
        let (_, rest) = page.split_once(from).unwrap();
        rest.split_once(to).unwrap().0
    }

    fn json(page: &str, id: &str) -> serde_json::Value {
        let from = format!("<script type=\"application/json\" id=\"{id}\">");
        serde_json::from_str(between(page, &from, "</script>")).unwrap()
    }

    #[test]
    fn postings_are_data_and_never_markup() {
        let harmless = page(&[finding(1, Issue::MislabeledTitle, "other", "x")], "x");
        for hostile in HOSTILE {
            let page = page(&[finding(1, Issue::MislabeledTitle, "other", hostile)], hostile);
            let data = |page: &str| page.split_once("id=\"data\"").unwrap().1.to_owned();
            for sign in ["<", ">"] {
                assert_eq!(page.matches(sign).count(), harmless.matches(sign).count(), "{hostile}");
            }
            assert!(!data(&page).contains(['\u{2028}', '\u{2029}']));
            assert_eq!(json(&page, "data")["postings"][0]["title"], hostile);
            let detail = &json(&page, "block-0")[0];
            assert_eq!(detail["matters"][0]["detail"], hostile);
            assert_eq!(detail["text"], format!("é🎈{hostile}{hostile}"));
            let length = hostile.encode_utf16().count();
            assert_eq!(detail["parts"], serde_json::json!([[length + 3, 0], [length, 3]]));
        }
    }

    #[test]
    fn only_its_own_script_and_style_run() {
        let page = page(&[], "x");
        let policy =
            between(&page, "Content-Security-Policy\" content=\"", "\">").replace("&#39;", "'");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"));
        for (directive, from, to) in
            [("script-src", "<script>", "</script>"), ("style-src", "<style>", "</style>")]
        {
            let hash = BASE64_STANDARD.encode(Sha256::digest(between(&page, from, to)));
            assert!(policy.contains(&format!("; {directive} 'sha256-{hash}';")));
        }
        assert!(!page.contains(" style=") && !page.contains(" onclick="));
    }

    #[test]
    fn findings_of_a_row_share_its_text() {
        let findings = [
            finding(7, Issue::SalaryConflict, "", "salary"),
            finding(3, Issue::OutOfScope, "other", "scope"),
            finding(7, Issue::MislabeledTitle, "other", "label"),
        ];
        let page = page(&findings, "x");
        let postings = &json(&page, "data")["postings"];
        assert_eq!(postings.as_array().unwrap().len(), 2);
        assert_eq!(postings[0]["row"], 7);
        assert_eq!(postings[0]["suggested"], "other");
        assert_eq!(
            postings[0]["issues"],
            serde_json::json!(["salary_conflict", "mislabeled_title"])
        );
        assert_eq!(json(&page, "block-0")[0]["text"], "é🎈labellabel");
    }

    #[test]
    fn long_lists_are_cut_into_blocks() {
        let findings: Vec<Finding> =
            (1..=250).map(|row| finding(row, Issue::OutOfScope, "other", "x")).collect();
        let page = page(&findings, "x");
        assert_eq!(json(&page, "data")["block"], 100);
        assert_eq!(json(&page, "block-2").as_array().unwrap().len(), 50);
        assert!(!page.contains("block-3"));
    }
}
