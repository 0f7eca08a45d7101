//! Python errors, and work that Ctrl-C interrupts.

use pyo3::exceptions::{PyRuntimeError, PyUserWarning, PyValueError};
use pyo3::prelude::*;
use rolecall::model::{ModelError, RetrainError};
use rolecall::postings::MissingColumn;
use std::any::Any;
use std::ffi::CString;
use std::fmt::Display;
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Interval between checks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// A `ValueError`; if the library says what is wrong, with what to pass.
pub(crate) fn wrong(error: impl Display + Any) -> PyErr {
    PyValueError::new_err(format!("{error}{}", advice(&error)))
}

/// What to pass after an error of the library, which knows no keywords.
fn advice(error: &dyn Any) -> String {
    if let Some(missing) = error.downcast_ref::<MissingColumn>() {
        return format!(". Choose one: {}=...", missing.column.name());
    }
    let model = match error.downcast_ref() {
        Some(RetrainError::InBoth { .. }) => {
            return "; take them out of one of them first (remove=...), or count them twice with \
                    count_twice=True"
                .into();
        }
        Some(RetrainError::Nothing) => {
            return ": give labelled rows with add=... or remove=..., or models with merge=[...]"
                .into();
        }
        Some(RetrainError::Model(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    match model {
        Some(ModelError::Lexicon { .. }) => {
            "; give the folder it was trained with as lexicon=..., or train it again".into()
        }
        Some(ModelError::SameRows) => " (rolecall.audit)".into(),
        _ => String::new(),
    }
}

/// Gives a `UserWarning`, which is an error if Python is told so.
pub(crate) fn warn(py: Python, text: &str) -> PyResult<()> {
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), &CString::new(text)?, 1)
}

/// Runs `work` in a thread, without the GIL, and checks for Ctrl-C. After an interrupt the work continues detached.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(work()));
    let receiver = Mutex::new(receiver);
    loop {
        let wait = || receiver.lock().expect("nobody else has it").recv_timeout(PATIENCE);
        match py.detach(wait) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("the work ended in a panic"));
            }
        }
    }
}
