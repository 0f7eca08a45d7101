//! Python errors, and work that Ctrl-C interrupts.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use std::fmt::Display;
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Interval between checks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// A `ValueError`.
pub(crate) fn wrong(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
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
