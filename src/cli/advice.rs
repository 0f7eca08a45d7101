//! What to type after an error of the library, which knows no options.

use rolecall::model::{ModelError, RetrainError};
use rolecall::postings::{ContentError, InputError, MissingColumn};
use std::borrow::Cow;
use std::error::Error;

/// The end of the message of an error; empty if there is nothing to add.
pub(super) fn advice(error: &anyhow::Error) -> Cow<'static, str> {
    error.chain().find_map(of_cause).unwrap_or_default()
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<Cow<'static, str>> {
    if let Some(InputError::Content { problem, .. }) = cause.downcast_ref() {
        if let ContentError::Column(MissingColumn { likely: Some(likely), .. }) = problem {
            // What was typed, with the column.
            let typed = std::env::args_os().skip(1);
            let typed = typed.map(|argument| quoted(&argument.to_string_lossy()).into_owned());
            let typed = typed.collect::<Vec<_>>().join(" ");
            return Some(format!(": rolecall {typed} --description {}", quoted(likely)).into());
        }
        return of_content(problem).map(Cow::from);
    }
    let advice = match cause.downcast_ref() {
        Some(error) => of_retrain(error),
        None => of_model(cause.downcast_ref()?),
    };
    advice.map(Cow::from)
}

/// A name as it is typed in a shell.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        name.into()
    } else {
        format!("'{}'", name.replace('\'', "'\\''")).into()
    }
}

fn of_content(problem: &ContentError) -> Option<&'static str> {
    match problem {
        ContentError::Column(_) => {
            Some(". Choose one with --description COLUMN (or --title, --company, --label, --id)")
        }
        ContentError::HeaderEncoding => Some("; name its encoding with --encoding"),
        ContentError::Model => Some("; give it with --model"),
        ContentError::Other(_) => None,
    }
}

fn of_retrain(error: &RetrainError) -> Option<&'static str> {
    match error {
        RetrainError::Model(error) => of_model(error),
        RetrainError::InBoth { .. } => Some(
            "; take them out of one of them first (retrain MODEL --remove FILE), or count them twice \
             with --count-twice",
        ),
        RetrainError::Nothing => {
            Some(": give labelled rows with --add or --remove, or a model with --merge")
        }
        RetrainError::NotInModel { .. } | RetrainError::CompactMerge => None,
    }
}

fn of_model(error: &ModelError) -> Option<&'static str> {
    match error {
        ModelError::Lexicon { .. } => Some(
            "; leave out --lexicon if it was trained with the lexicon of the program, give the folder it was trained \
                 with as --lexicon DIR, or train it again",
        ),
        ModelError::OwnLexicon { .. } => Some(
            "; leave out --lexicon to use the model with its own, or train it again with this one (models of \
             different lexicons cannot be compared feature by feature, or merged)",
        ),
        ModelError::Older { .. } => Some(
            " (rolecall train LABELLED.csv -o NEW.rolecall); without --model, the model in the program is used",
        ),
        ModelError::TooFew { .. } => Some(" (without labels, `train --lexicon-only` makes one)"),
        ModelError::SameRows => Some(" (--from-file)"),
        _ => None,
    }
}

/// What to do where rows cannot be kept in a temporary file.
pub(crate) fn cannot_keep() -> String {
    format!(
        "cannot keep rows aside in a temporary file in {}; name a folder with room in TMPDIR",
        std::env::temp_dir().display()
    )
}
