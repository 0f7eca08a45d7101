//! The threads that work is done on: those of this process, even if it was forked.

use crate::errors::wrong;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::Range;
use std::process;
use std::sync::{Arc, Mutex};

/// Rows between checks for Ctrl-C.
const AT_ONCE: usize = 1024;

/// The pool of all cores, and the number of the process that its threads are of. A forked child has the memory
/// of its parent and none of its threads: work that it gave to them, as to rayon's global pool, would never end.
///
/// Python forks with the GIL held, and so is this taken: no child finds it taken by a thread that it has not.
static ALL_CORES: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// A thread pool.
pub(crate) struct Threads(Arc<ThreadPool>);

impl Threads {
    /// A pool of this many threads; for `None` that of all cores.
    pub(crate) fn new(py: Python, threads: Option<usize>) -> PyResult<Self> {
        match threads {
            None => Self::all_cores(py),
            Some(0) => {
                Err(wrong("threads=0 does no work: give a number from 1 on, or None for all cores"))
            }
            Some(threads) => Ok(Self(Arc::new(pool(threads)?))),
        }
    }

    /// The pool of all cores of this process.
    pub(crate) fn all_cores(_gil: Python) -> PyResult<Self> {
        let mut made = ALL_CORES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, of_parent)) = made.take_if(|(process, _)| *process != process::id()) {
            // To end it would be to wait for threads that are not here.
            std::mem::forget(of_parent);
        }
        let (_, cores) = match &mut *made {
            Some(made) => made,
            // The default number: of cores, or what RAYON_NUM_THREADS says.
            none => none.insert((process::id(), Arc::new(pool(0)?))),
        };
        Ok(Self(cores.clone()))
    }

    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.install(work)
    }

    /// Does work without the GIL.
    pub(crate) fn detached<T: Send>(&self, py: Python, work: impl FnOnce() -> T + Send) -> T {
        py.detach(|| self.run(work))
    }

    /// Maps rows in parallel with `make`; `then` gets the results in chunks, in order.
    pub(crate) fn each<T: Send>(
        &self,
        py: Python,
        rows: usize,
        make: impl Fn(usize) -> T + Sync,
        mut then: impl FnMut(Range<usize>, Vec<T>) -> PyResult<()>,
    ) -> PyResult<()> {
        for start in (0..rows).step_by(AT_ONCE) {
            let range = start..rows.min(start + AT_ONCE);
            let results = self.detached(py, || {
                range.clone().into_par_iter().with_max_len(16).map(&make).collect()
            });
            py.check_signals()?;
            then(range, results)?;
        }
        Ok(())
    }
}

/// Does work without the GIL, on all cores.
pub(crate) fn on_all_cores<T: Send>(py: Python, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    Ok(Threads::all_cores(py)?.detached(py, work))
}

fn pool(threads: usize) -> PyResult<ThreadPool> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|e| PyRuntimeError::new_err(format!("{e}; with threads=1 fewer are started")))
}
