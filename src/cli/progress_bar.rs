//! Shows how far a run is, on standard error if it is a terminal, and only if the run takes longer than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that takes less is not shown.
const SHOWN_AFTER: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(200);

/// The bar on the terminal, if there is one.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `print`, which writes to the terminal, with the bar out of the way.
pub(super) fn beside_the_bar<T>(print: impl FnOnce() -> T) -> T {
    match &*shown() {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Whether there is a terminal to show a bar on.
fn has_terminal(quiet: bool) -> bool {
    !quiet && io::stderr().is_terminal()
}

/// Shows a bar or a spinner.
fn show(template: &str) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    bar.set_style(ProgressStyle::with_template(template).expect("the template is sound"));
    *shown() = Some(bar);
}

fn hide() {
    if let Some(bar) = shown().take() {
        bar.finish_and_clear();
    }
}

/// Shows how many rows are read.
pub(super) struct RowsRead {
    /// When reading began; `None` if nothing is to be shown.
    began: Option<Instant>,
    is_shown: bool,
}

impl RowsRead {
    pub(super) fn new(quiet: bool) -> Self {
        Self { began: has_terminal(quiet).then(Instant::now), is_shown: false }
    }

    /// Shows the number of rows and, if they are known, how many bytes of the file were read, and its size.
    pub(super) fn show(&mut self, rows: u64, bytes: Option<[u64; 2]>) {
        let Some(elapsed) = self.began.map(|began| began.elapsed()) else { return };
        if elapsed < SHOWN_AFTER {
            return;
        }
        if !std::mem::replace(&mut self.is_shown, true) {
            show(if bytes.is_some() { "{bar:30} {msg}" } else { "{spinner} {msg}" });
        }
        if let Some(bar) = &*shown() {
            if let Some([read, size]) = bytes {
                bar.set_length(size);
                bar.set_position(read);
            }
            bar.set_message(message(rows, elapsed, bytes));
        }
    }
}

impl Drop for RowsRead {
    fn drop(&mut self) {
        if self.is_shown {
            hide();
        }
    }
}

/// Shows what is done with the rows that were read, until it is dropped.
pub(super) struct Working(Option<(Sender<()>, JoinHandle<()>)>);

impl Working {
    pub(super) fn new(what: &'static str, quiet: bool) -> Self {
        let (working, ended) = mpsc::channel::<()>();
        let lasts = move |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        let spin = move || {
            if !lasts(SHOWN_AFTER) {
                return;
            }
            show("{spinner} {msg} ({elapsed})");
            while lasts(TICK) {
                if let Some(bar) = &*shown() {
                    bar.set_message(what);
                    bar.tick();
                }
            }
            hide();
        };
        Self(has_terminal(quiet).then(|| (working, std::thread::spawn(spin))))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some((working, thread)) = self.0.take() {
            drop(working);
            let _ = thread.join();
        }
    }
}

/// Rows, rate, and time left.
fn message(rows: u64, elapsed: Duration, bytes: Option<[u64; 2]>) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = (rows as f64 / seconds).round();
    let left = bytes.filter(|[read, _]| *read > 0).map(|[read, size]| {
        let left = elapsed.as_secs() * (size - read) / read;
        format!(", {}:{:02} left", left / 60, left % 60)
    });
    format!("{rows} rows, {rate} a second{}", left.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_rate_and_time_left_are_told() {
        let after = |seconds| Duration::from_secs(seconds);
        assert_eq!(message(3000, after(2), None), "3000 rows, 1500 a second");
        assert_eq!(
            message(3000, after(30), Some([100, 400])),
            "3000 rows, 100 a second, 1:30 left"
        );
        assert_eq!(message(0, after(1), Some([0, 400])), "0 rows, 0 a second");
    }
}
