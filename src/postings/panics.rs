//! Turns panics of libraries that read damaged files into errors.

use std::cell::Cell;
use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether panics on this thread print nothing.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`; errors and panics become text.
pub(super) fn without_panics<T, E: Display>(
    read: impl FnOnce() -> Result<T, E>,
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
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(false);
    match read {
        Ok(read) => read.map_err(|e| e.to_string()),
        Err(_) => Err("its parts contradict each other".into()),
    }
}
