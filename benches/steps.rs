//! What each step from a field to a verdict costs: `cargo bench`.

use divan::Bencher;
use divan::counter::BytesCount;
use rolecall::evidence::{Evidence, Extractor};
use rolecall::judge::{Judge, Settings};
use rolecall::lexicon::Lexicon;
use rolecall::model::Model;
use rolecall::text::{CleanText, Tokens};
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));
static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::embedded(&LEXICON).expect("the model inside the program is sound"));
static POSTINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut rows = csv::Reader::from_path("data/sample_postings.csv").expect("the sample is there");
    let place = rows.headers().expect("a header").iter().position(|name| name == "description");
    let place = place.expect("a column of descriptions");
    rows.records().map(|row| row.expect("a sound row")[place].to_owned()).collect()
});

fn main() {
    divan::main();
}

fn over_postings(bencher: Bencher, mut step: impl FnMut(&str)) {
    let bytes: usize = POSTINGS.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| POSTINGS.iter().for_each(|p| step(p)));
}

#[divan::bench]
fn clean(bencher: Bencher) {
    let mut clean = CleanText::default();
    over_postings(bencher, |posting| clean.set(divan::black_box(posting)));
}

#[divan::bench]
fn tokens(bencher: Bencher) {
    let mut tokens = Tokens::default();
    over_postings(bencher, |posting| tokens.set(divan::black_box(posting)));
}

#[divan::bench]
fn all_evidence(bencher: Bencher) {
    let extractor = Extractor::new(&LEXICON);
    let mut evidence = Evidence::default();
    over_postings(bencher, |posting| {
        extractor.extract_into("", divan::black_box(posting), &mut evidence);
    });
}

#[divan::bench]
fn verdict(bencher: Bencher) {
    let judge = Judge::new(&MODEL, &LEXICON, Settings::default());
    over_postings(bencher, |posting| {
        divan::black_box(judge.verdict("Product Owner", posting));
    });
}

#[divan::bench]
fn lexicon_loaded() -> Lexicon {
    Lexicon::embedded().expect("the lexicon inside the program is sound")
}

#[divan::bench]
fn model_loaded(bencher: Bencher) {
    bencher.bench_local(|| Model::embedded(&LEXICON));
}
