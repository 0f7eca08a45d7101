//! Turns panics of libraries that read damaged files, or write to full disks, into errors.

use std::cell::Cell;
use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether panics on this thread print nothing.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What a panic of a reader means.
pub(super) const DAMAGED: &str = "its parts contradict each other";

/// Runs what may fail; errors become text, and a panic becomes `meaning`.
pub(crate) fn without_panics<T, E: Display>(
    meaning: &str,
    run: impl FnOnce() -> Result<T, E>,
) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                usual(info);
            }
        }));
    });
    GUARDED.set(true);
    let ran = panic::catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    match ran {
        Ok(ran) => ran.map_err(|e| e.to_string()),
        Err(_) => Err(meaning.into()),
    }
}
