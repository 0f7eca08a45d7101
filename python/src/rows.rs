//! Processes rows in chunks on a number of threads.

use crate::errors::wrong;
use pyo3::prelude::*;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::Range;

/// Rows between checks for Ctrl-C.
const AT_ONCE: usize = 1024;

/// A thread pool; `None` is the global one.
pub(crate) struct Threads(Option<ThreadPool>);

impl Threads {
    /// A pool of this many threads; all cores for `None`.
    pub(crate) fn new(threads: Option<usize>) -> PyResult<Self> {
        let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self(threads.map(pool).transpose().map_err(wrong)?))
    }

    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
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
            let results = py.detach(|| {
                self.run(|| range.clone().into_par_iter().with_max_len(16).map(&make).collect())
            });
            py.check_signals()?;
            then(range, results)?;
        }
        Ok(())
    }
}
