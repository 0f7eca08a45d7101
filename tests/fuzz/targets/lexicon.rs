//! A folder of the lexicon in which one file is any bytes: it is refused, or it can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::evidence::{Extractor, Title};
use rolecall::lexicon::Lexicon;
use rolecall::roles::Label;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Lines that are kept of the files that are larger than this: with all of them a run takes many times as
/// long.
const LINES: usize = 12;
const SMALL: usize = 1 << 11;
const TEXT: &str = "Senior Product Owner\n\nYou own the product backlog, write user stories and plan each \
                    sprint with the PO of the other team. CSPO, 5 years, agile.\nBenefits\nA pension.";

static FOLDER: LazyLock<Folder> = LazyLock::new(Folder::new);

fuzz_target!(|input: &[u8]| {
    let Some((&place, bytes)) = input.split_first() else { return };
    let (path, whole) = &FOLDER.files[place as usize % FOLDER.files.len()];
    write(path, bytes);
    let loaded = Lexicon::from_dir(FOLDER.dir.path());
    write(path, whole.as_bytes());
    let Ok(lexicon) = loaded else { return };
    let evidence = Extractor::new(&lexicon).extract("", TEXT);
    for feature in evidence.features() {
        assert!(evidence.text().as_str().get(evidence.span(feature)).is_some());
        assert!(!evidence.feature_text(feature, &lexicon).is_empty());
    }
    let title = Title::read(TEXT, &lexicon);
    for role in lexicon.roles().iter() {
        lexicon.salary_bands(&role.id, title.level.as_deref());
    }
    assert!(lexicon.class(Label::Other, TEXT) < lexicon.classes().len());
    for skill in lexicon.skills() {
        assert!(skill.weights(lexicon.roles().len()).iter().any(|weight| *weight > 0.0));
    }
});

/// The first lines of the files of the lexicon, on disk.
struct Folder {
    dir: TempDir,
    /// In the order of their names.
    files: Vec<(PathBuf, String)>,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let roles = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/roles"));
        let mut names: Vec<_> = fs::read_dir(roles)
            .expect("the lexicon is there")
            .map(|entry| entry.expect("it can be listed").file_name())
            .collect();
        names.sort();
        let file = |name| {
            let text = fs::read_to_string(roles.join(&name)).expect("the lexicon is text");
            let lines = if text.len() > SMALL { LINES } else { usize::MAX };
            // An entry without a form belongs to one above, which may be gone.
            let whole = text.split_inclusive('\n').filter(|line| !line.ends_with(",\n"));
            let text: String = whole.take(lines).collect();
            let path = dir.path().join(name);
            write(&path, text.as_bytes());
            (path, text)
        };
        let files = names.into_iter().map(file).collect();
        Lexicon::from_dir(dir.path()).expect("a sound lexicon");
        Self { dir, files }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("room for a few bytes");
}
