//! The name of the organisation of a posting.

/// Suffixes that are no part of the name of an organisation, without dots.
const LEGAL_FORMS: [&str; 34] = [
    "inc",
    "incorporated",
    "llc",
    "llp",
    "lp",
    "ltd",
    "limited",
    "corp",
    "corporation",
    "co",
    "company",
    "plc",
    "pllc",
    "pbc",
    "pte",
    "pty",
    "pvt",
    "gmbh",
    "ag",
    "kg",
    "se",
    "ug",
    "bv",
    "nv",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "ab",
    "as",
    "asa",
    "oy",
    "aps",
];
/// Placeholders of exports for no organisation, letters and digits only.
const PLACEHOLDERS: [&str; 19] = [
    "na",
    "nan",
    "none",
    "null",
    "nil",
    "unknown",
    "unspecified",
    "undisclosed",
    "confidential",
    "anonymous",
    "tbd",
    "notspecified",
    "notdisclosed",
    "notavailable",
    "notprovided",
    "confidentialcompany",
    "companyconfidential",
    "confidentialclient",
    "confidentialemployer",
];

/// The letters and digits of a clean name; empty for a placeholder.
///
/// Case, spaces, punctuation, "The" and legal forms are ignored: "The Acme Co., Inc." is "ACME".
/// "Confidential", "N/A" and the like are no names.
pub(super) fn name(company: &str) -> String {
    let written: String =
        company.chars().filter(|c| *c != '.').flat_map(char::to_lowercase).collect();
    let words: Vec<&str> =
        written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut kept = words.as_slice();
    if let ["the", rest @ ..] = kept
        && !rest.is_empty()
    {
        kept = rest;
    }
    while let [rest @ .., last] = kept
        && !rest.is_empty()
        && LEGAL_FORMS.contains(last)
    {
        kept = rest;
    }
    let name = kept.concat();
    if PLACEHOLDERS.contains(&name.as_str()) { String::new() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_organisation_may_be_written_in_many_ways() {
        for (written, is) in [
            ("Acme", "acme"),
            (" ACME, Inc. ", "acme"),
            ("The Acme Co., L.L.C.", "acme"),
            ("Acme GmbH & Co. KG", "acme"),
            ("Acme S.A.", "acme"),
            ("Acme Software Limited", "acmesoftware"),
            ("Acme Labs", "acmelabs"),
            ("3M Company", "3m"),
            ("Zürich Versicherung AG", "zürichversicherung"),
            // Names that consist of nothing else.
            ("The Limited", "limited"),
            ("The Company Inc.", "company"),
            ("SE", "se"),
        ] {
            assert_eq!(name(written), is, "{written}");
        }
    }

    #[test]
    fn a_placeholder_is_no_name() {
        for none in
            ["", "N/A", "nan", "-", "None", "Confidential", "Not specified", "CONFIDENTIAL, Inc."]
        {
            assert_eq!(name(none), "", "{none}");
        }
    }
}
