//! What must hold for any text, any rows and any predictions.

use proptest::prelude::*;
use rolecall::evidence::{Extractor, Title};
use rolecall::judge::{Decision, Judge, Settings};
use rolecall::lexicon::Lexicon;
use rolecall::metrics::{average_precision, figures, most_confident};
use rolecall::model::{Collector, Counting, Model, View};
use rolecall::postings::{Dialect, PostingReader};
use rolecall::roles::Label;
use rolecall::text::{CleanText, Tokens};
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));
static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::embedded(&LEXICON).expect("the model inside the program is sound"));

/// Pieces that cleaning, tokenising and matching look at closely.
const PIECES: [&str; 57] = [
    "product owner",
    "Product Manager",
    "PO",
    "POs",
    "5 PM",
    "technical project manager",
    "user stories",
    "road",
    "map",
    "sprint planning",
    "the",
    "budget",
    " ",
    "\n",
    "\r\n",
    "\t",
    "<p>",
    "</p>",
    "<br/>",
    "<li",
    ">",
    "<b>",
    "</b>",
    "<script>",
    "</script>",
    "<style>",
    "<!--",
    "-->",
    "&amp;",
    "&lt;p&gt;",
    "&lt;/",
    "&amp;nbsp;",
    "&quot;",
    "&nGt;",
    "&#",
    ";",
    "&#x110000;",
    "\\",
    "\\-",
    "'s",
    "\u{2019}",
    "\u{ad}",
    "\u{feff}",
    "\u{202e}",
    "\u{e9}",
    "â€™",
    "Ã©",
    "Ã\u{a0}",
    "Ã¢â‚¬â„¢",
    "\u{92}",
    "\u{130}",
    "\u{fdfa}",
    "\u{1d40f}",
    "C++",
    ".NET",
    "https://x.y/z",
    "\u{0}",
];

/// Texts of such pieces, and of anything.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Texts without markup: words and the characters between them. Single line ends may be those of a wrap.
fn plain_text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]{1,8}(([ ,.]{1,2}|\n\n)[A-Za-z0-9]{1,8}){0,12}"
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20),
        ..ProptestConfig::default()
    })]

    #[test]
    fn tokens_lie_in_the_text_in_order(text in any_text()) {
        let tokens = Tokens::new(&text);
        let mut end = 0;
        for &token in tokens.as_slice() {
            let (from, to) = (token.start as usize, token.end as usize);
            prop_assert!(end <= from && from < to, "{text:?}: {from}..{to} after {end}");
            prop_assert!(text.get(from..to).is_some(), "{text:?}: {from}..{to}");
            prop_assert!(!token.word(&text).is_empty());
            end = to;
        }
    }

    #[test]
    fn offsets_lead_into_the_raw_field_in_order(raw in any_text()) {
        let clean = CleanText::new(&raw);
        let mut before = 0;
        for token in Tokens::new(clean.as_str()).as_slice() {
            let (from, to) = (token.start as usize, token.end as usize);
            let at = clean.raw_span(from..to);
            prop_assert!(before <= at.start && !at.is_empty(), "{raw:?}: {at:?}");
            prop_assert!(raw.get(at.clone()).is_some(), "{raw:?}: {at:?}");
            before = at.start;
        }
    }

    #[test]
    fn words_are_found_where_they_stand_in_the_raw_field(
        words in proptest::collection::vec("[a-z]{3,8}", 1..6),
        gaps in proptest::collection::vec(proptest::sample::select(vec![
            " ", "<br>", "&nbsp;", " &quot; ", " \u{e9} ", "\n", " &amp;amp; ", " &lt;p&gt; ", " \\- ", " \u{2019} ",
        ]), 6),
    ) {
        let pieces = gaps.iter().copied().zip(words.iter().map(String::as_str));
        let raw: String = pieces.flat_map(|(gap, word)| [gap, word]).collect();
        let clean = CleanText::new(&raw);
        let tokens = Tokens::new(clean.as_str());
        for &token in tokens.as_slice().iter().filter(|t| (t.end - t.start) >= 3) {
            let from = clean.raw_offset(token.start as usize);
            prop_assert!(
                raw.get(from..).is_some_and(|rest| rest.starts_with(&*token.word(clean.as_str()))),
                "{raw:?}: {:?} at {from}", token.word(clean.as_str())
            );
        }
    }

    #[test]
    fn plain_text_is_clean_already(text in plain_text()) {
        let clean = CleanText::new(&text);
        prop_assert_eq!(clean.as_str(), &text);
        let again = CleanText::new(clean.as_str());
        prop_assert_eq!(again.as_str(), clean.as_str());
        for at in 0..=text.len() {
            prop_assert_eq!(clean.raw_offset(at), at);
        }
    }

    #[test]
    fn words_of_words_are_the_same_words(text in any_text()) {
        let words = |text: &str| {
            let tokens = Tokens::new(text);
            tokens.as_slice().iter().map(|&t| t.word(text).into_owned()).collect::<Vec<_>>()
        };
        let plain: Vec<String> = words(&text)
            .into_iter()
            .filter(|word| word.bytes().all(|b| b.is_ascii_alphanumeric()))
            .collect();
        prop_assert_eq!(words(&plain.join(" ")), plain);
    }

    #[test]
    fn a_buffer_can_be_used_again(first in any_text(), second in any_text()) {
        let extractor = Extractor::new(&LEXICON);
        let mut evidence = extractor.extract("", &first);
        extractor.extract_into("", &second, &mut evidence);
        let fresh = extractor.extract("", &second);
        prop_assert_eq!(evidence.features(), fresh.features());
        prop_assert_eq!(evidence.mentions(), fresh.mentions());
        prop_assert_eq!(evidence.text().as_str(), fresh.text().as_str());
    }

    #[test]
    fn a_posting_has_each_feature_once_and_in_order(text in any_text()) {
        let evidence = Extractor::new(&LEXICON).extract("", &text);
        let features = evidence.features();
        prop_assert!(features.windows(2).all(|f| f[0].key < f[1].key));
        for feature in features {
            prop_assert!(evidence.text().as_str().get(evidence.span(feature)).is_some());
            prop_assert!(!evidence.feature_text(feature, &LEXICON).is_empty());
        }
    }

    #[test]
    fn any_posting_can_be_judged(title in any_text(), text in any_text(), switches in 0u8..8) {
        let (closed, view) = (switches & 1 == 1, View::ALL[usize::from(switches >> 1) % 3]);
        let settings = Settings { view, closed, ..Settings::default() };
        let judge = Judge::new(&MODEL, &LEXICON, settings);
        let verdict = judge.verdict(&title, &text);
        let p = &verdict.probabilities;
        prop_assert_eq!(p.len(), LEXICON.roles().len() + 1);
        prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{:?}", p);
        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() <= 1e-9, "{:?}", p);
        let outcome = verdict.label.outcome(LEXICON.roles());
        prop_assert!(p.iter().all(|other| *other <= p[outcome]), "{:?}", verdict);
        prop_assert!(verdict.confidence.total_cmp(&p[outcome]).is_eq());
        prop_assert!(!closed || verdict.label != Label::Other);
        match verdict.decision {
            Decision::Accept => prop_assert!(verdict.label != Label::Other),
            Decision::OutOfScope => prop_assert!(verdict.label == Label::Other),
            Decision::Review | Decision::NoEvidence => {}
        }
        let strengths: Vec<f64> = verdict.evidence.iter().map(|phrase| phrase.strength).collect();
        prop_assert!(strengths.iter().all(|s| *s > 0.0) && strengths.is_sorted_by(|a, b| a >= b));
        prop_assert_eq!(verdict.title, Title::read(&title, &LEXICON));
    }

    #[test]
    fn explanations_add_up(text in any_text(), closed in any::<bool>()) {
        let judge = Judge::new(&MODEL, &LEXICON, Settings { closed, ..Settings::default() });
        let verdict = judge.verdict("", &text);
        let explanation = judge.explain("", &text);
        for question in &explanation.questions {
            for (class, score) in question.scores.iter().enumerate() {
                let parts: f64 = question.parts.iter().map(|part| part.adds[class]).sum();
                let pieces: f64 =
                    question.parts.iter().flat_map(|p| &p.pieces).map(|p| p.adds[class]).sum();
                prop_assert!((question.prior[class] + parts - score).abs() <= 1e-9);
                prop_assert!((parts - pieces).abs() <= 1e-9);
            }
        }
        let roles = &explanation.questions[0].probabilities;
        let scope = explanation.questions.get(1).map_or(1.0, |q| q.probabilities[0]);
        for (role, verdict) in roles.iter().zip(&verdict.probabilities) {
            prop_assert!((role * scope - verdict).abs() <= 1e-9, "{role} {scope} {verdict}");
        }
    }

    #[test]
    fn figures_stay_in_their_bounds(rows in proptest::collection::vec((
        proptest::array::uniform4(0.0..1.0f64), 0usize..4,
    ), 0..40)) {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let normal = |p: &[f64; 4]| {
            let sum: f64 = p.iter().sum::<f64>().max(1e-300);
            p.iter().map(|v| v / sum).collect::<Vec<f64>>()
        };
        let p: Vec<Vec<f64>> = rows.iter().map(|(p, _)| normal(p)).collect();
        let truths: Vec<usize> = rows.iter().map(|(_, truth)| *truth).collect();
        let f = figures(&names, &p, &truths);
        let classes = f.classes.iter().flat_map(|c| [c.precision, c.recall, c.f1]);
        let shares = [f.macro_f1, f.accuracy, f.calibration_error, f.coverage_at_95];
        for share in shares.into_iter().chain(classes).flatten() {
            prop_assert!((0.0..=1.0).contains(&share), "{:?}", f);
        }
        let undefined = rows.is_empty();
        prop_assert!(shares.iter().all(|share| share.is_none() == undefined), "{:?}", f);
        prop_assert!(f.classes.iter().all(|c| c.f1.is_none() == (c.rows == 0)), "{:?}", f);
        prop_assert!(f.brier.is_none_or(|brier| (0.0..=2.0).contains(&brier)));
        prop_assert!(f.log_loss.is_none_or(|loss| loss >= 0.0 && loss.is_finite()));
        prop_assert_eq!(f.confusion.iter().flatten().sum::<u64>(), truths.len() as u64);
        let mut reversed = (p.clone(), truths.clone());
        reversed.0.reverse();
        reversed.1.reverse();
        let again = figures(&names, &reversed.0, &reversed.1);
        prop_assert_eq!(again.confusion, f.confusion);
        let losses = again.log_loss.zip(f.log_loss);
        prop_assert!(losses.is_none_or(|(again, loss)| (again - loss).abs() <= 1e-9));
    }

    #[test]
    fn rankings_stay_in_their_bounds(rows in proptest::collection::vec((0u8..6, any::<bool>()), 0..40)) {
        let scores: Vec<f64> = rows.iter().map(|(score, _)| f64::from(*score) / 5.0).collect();
        let positive: Vec<bool> = rows.iter().map(|(_, positive)| *positive).collect();
        let ap = average_precision(&scores, &positive);
        prop_assert_eq!(ap.is_none(), !positive.contains(&true));
        prop_assert!(ap.is_none_or(|ap| (0.0..=1.0 + 1e-12).contains(&ap)), "{:?}", ap);
        let pairs: Vec<(f64, bool)> = scores.into_iter().zip(positive).collect();
        let (kept, least) = most_confident(&pairs, |right, rows| right as f64 >= 0.9 * rows as f64);
        let above = pairs.iter().filter(|(score, _)| *score >= least);
        prop_assert_eq!(above.clone().count(), kept);
        let right = above.filter(|(_, right)| *right).count();
        prop_assert!(right as f64 >= 0.9 * kept as f64);
    }
}

/// Words for postings of each outcome: the roles, then other jobs.
const TOPICS: [[&str; 5]; 4] = [
    ["user stories", "product backlog", "sprint planning", "acceptance criteria", "Scrum team"],
    ["product strategy", "market research", "pricing", "product launch", "customer interviews"],
    ["project plan", "budget", "milestones", "risk register", "project schedule"],
    ["bread", "invoices", "nursing", "forklift", "night shift"],
];

/// Labelled postings: outcome, organisation, text. Every role has several organisations.
fn labelled() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let posting = |outcome: usize| {
        let words = prop_oneof![
            3 => proptest::sample::select(TOPICS[outcome].as_slice()),
            1 => proptest::sample::select(TOPICS.as_flattened()),
        ];
        let text = proptest::collection::vec(words, 3..8).prop_map(|words| words.join(" and "));
        (Just(outcome), 0usize..20, text)
    };
    let of = |outcome| proptest::collection::vec(posting(outcome), 5..9);
    (of(0), of(1), of(2), of(3)).prop_map(|(mut a, b, c, d)| {
        a.extend(b.into_iter().chain(c).chain(d));
        for (i, row) in a.iter_mut().enumerate() {
            // Two organisations at least, whatever was drawn.
            row.1 += 20 * (i % 2);
        }
        a
    })
}

/// A model of these rows, as bytes.
fn trained(rows: &[(usize, usize, String)]) -> Vec<u8> {
    let extractor = Extractor::new(&LEXICON);
    let mut collector = Collector::default();
    for (outcome, organisation, text) in rows {
        let label = LEXICON.roles().ids().nth(*outcome).map_or(Label::Other, Label::Role);
        let company = format!("Company {organisation}");
        collector.add(&extractor.extract("", text), "", &company, Ok(label), &LEXICON);
    }
    let model =
        collector.train(Counting::default(), &LEXICON).expect("every role has two organisations");
    let mut bytes = Vec::new();
    model.write(&mut bytes).expect("memory");
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_order_of_rows_does_not_change_the_model(
        (rows, shuffled) in labelled().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        prop_assert!(trained(&rows) == trained(&shuffled), "another order gives another model");
    }

    #[test]
    fn a_model_that_is_read_and_written_stays_the_same(rows in labelled()) {
        let bytes = trained(&rows);
        let model = Model::from_bytes(&bytes, &LEXICON).expect("what was written can be read");
        let mut written = Vec::new();
        model.write(&mut written).expect("memory");
        prop_assert!(bytes == written);
    }
}

#[test]
fn models_and_judges_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Model>();
    shared::<Lexicon>();
    shared::<Judge>();
}

/// The rows of a file, or why it cannot be read.
fn rows(bytes: &[u8]) -> Result<usize, String> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("there is room");
    let reader = PostingReader::open(file.path(), &Dialect::default());
    let mut reader = reader.map_err(|e| e.to_string())?;
    let mut rows = 0;
    loop {
        let batch = reader.batch(64).map_err(|e| e.to_string())?;
        if batch.is_empty() {
            return Ok(rows);
        }
        rows += batch.rows.len();
    }
}

#[test]
fn an_old_workbook_that_is_cut_or_spoiled_is_an_error_or_rows() {
    let whole = include_bytes!("fixtures/plain.xls");
    assert_eq!(rows(whole), Ok(3));
    for length in (512..whole.len()).step_by(509) {
        // The last sector is of the directory, of which the end is empty.
        let read = rows(&whole[..length]);
        assert!(read == Ok(3) || read.is_err(), "{length}: {read:?}");
    }
    // All numbers of the header and of the first records, and some of what follows.
    for at in (8..600).chain((600..whole.len()).step_by(97)) {
        for value in [1, 0xff] {
            let mut spoiled = whole.to_vec();
            spoiled[at..whole.len().min(at + 2)].fill(value);
            assert!(rows(&spoiled).unwrap_or(0) < 100, "{at}: {value}");
        }
    }
}
