//! Any bytes as a model file: it is refused, or it can be used.
//!
//! Checksums would refuse nearly all that is changed at random, so the parts of a file are changed, and
//! put together again as one would who makes such a file on purpose.
#![no_main]

mod parts;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use parts::Parts;
use rolecall::evidence::Extractor;
use rolecall::lexicon::Lexicon;
use rolecall::judge::{Judge, Settings, strongest};
use rolecall::model::{Change, Collector, Model, RetrainError, View};
use rolecall::report::{write_header, write_strongest};
use rolecall::roles::Label;
use std::io::sink;
use std::sync::LazyLock;

/// Bytes that a part may grow by at once.
const ROOM: usize = 1 << 12;
const TEXT: &str = "As Product Owner you own the product backlog of our app. You write user stories with \
                    acceptance criteria, refine and prioritise the backlog with the Scrum team and accept \
                    what is done. You work with the product manager and the project manager.";

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::embedded().expect("the lexicon inside the program is sound"));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let (kind, choice) = (seed % 16, seed as usize / 16);
    let parts = if kind == 0 { None } else { Parts::of(&data[..size]) };
    let Some(mut parts) = parts else { return fuzzer_mutate(data, size, max_size) };
    match kind {
        1..4 => parts.renumber(choice),
        4..10 if !parts.training_state.is_empty() => mutate(&mut parts.training_state),
        _ => mutate(&mut parts.features),
    }
    let file = parts.file();
    if file.len() > max_size {
        return size;
    }
    data[..file.len()].copy_from_slice(&file);
    file.len()
});

fn mutate(part: &mut Vec<u8>) {
    let length = part.len();
    part.resize(length + ROOM, 0);
    let length = fuzzer_mutate(part, length, length + ROOM);
    part.truncate(length);
}

fuzz_target!(|file: &[u8]| {
    let Ok(model) = Model::from_bytes(file, &LEXICON) else { return };
    judge(&model);
    write_header(&mut sink(), model.header(), model.features().count()).expect("nothing is kept");
    write_strongest(&mut sink(), &strongest(&model, 3)).expect("nothing is kept");

    let written = written(&model);
    let again = Model::from_bytes(&written, &LEXICON).expect("what was written can be read");
    assert!(self::written(&again) == written);
    let more = Change { added: posting(), ..Change::default() };
    let Ok(more) = retrained(&model, &more) else { return };
    let less = Change { removed: posting(), ..Change::default() };
    retrained(&more, &less).expect("what was added last can be taken back");
});

/// A model after a change, if it can be made.
fn retrained(model: &Model, change: &Change) -> Result<Model, RetrainError> {
    let retrained = model.retrain(change, &LEXICON)?.model;
    judge(&retrained);
    let written = written(&retrained);
    Ok(Model::from_bytes(&written, &LEXICON).expect("what was written can be read"))
}

fn judge(model: &Model) {
    for view in View::ALL {
        let settings = Settings { view, ..Settings::default() };
        let verdict = Judge::new(model, &LEXICON, settings).verdict("Product Owner", TEXT);
        assert!(verdict.probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{verdict:?}");
        assert!((verdict.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{verdict:?}");
    }
}

fn written(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::new();
    model.write(&mut bytes).expect("memory");
    bytes
}

fn posting() -> Collector {
    let mut posting = Collector::default();
    let role = LEXICON.roles().ids().next().map(Label::Role).expect("there are roles");
    let evidence = Extractor::new(&LEXICON).extract("", TEXT);
    posting.add(&evidence, "Product Owner", "Alderbrook", Ok(role), &LEXICON);
    posting
}
