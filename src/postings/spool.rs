//! A buffer of records that moves to a temporary file, so that memory does not grow with the input.

use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, MutexGuard};
use tempfile::SpooledTempFile;

/// Bytes that are kept in memory; beyond them, an unnamed temporary file is used, which the system deletes when the
/// program ends.
const IN_MEMORY: usize = 1 << 24;
/// Bytes of the write buffer.
const BUFFER: usize = 1 << 16;

/// Records of bytes, written in sequence and read in any order.
#[derive(Debug)]
pub(crate) struct Spool {
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    file: BufWriter<SpooledTempFile>,
    /// Bytes written.
    end: u64,
}

/// Byte range of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SpoolRange {
    at: u64,
    length: u32,
}

impl Default for Spool {
    fn default() -> Self {
        let file = BufWriter::with_capacity(BUFFER, SpooledTempFile::new(IN_MEMORY));
        Self { written: Mutex::new(Written { file, end: 0 }) }
    }
}

impl Spool {
    /// Appends a record; from any thread. No record may be appended after the first is read.
    ///
    /// # Errors
    /// Those of the temporary file.
    pub(crate) fn push(&self, bytes: &[u8]) -> io::Result<SpoolRange> {
        let mut written = self.written()?;
        written.file.write_all(bytes)?;
        let range = SpoolRange { at: written.end, length: bytes.len() as u32 };
        written.end += bytes.len() as u64;
        Ok(range)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Those of the temporary file.
    pub(crate) fn read(&self, range: SpoolRange) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; range.length as usize];
        let mut written = self.written()?;
        written.file.seek(SeekFrom::Start(range.at))?;
        written.file.get_mut().read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn written(&self) -> io::Result<MutexGuard<'_, Written>> {
        self.written.lock().map_err(|_| io::Error::other("a thread failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_in_any_order() {
        let spool = Spool::default();
        let records: Vec<Vec<u8>> = (0..40).map(|i| vec![i as u8; i * 30_000]).collect();
        let ranges: Vec<SpoolRange> =
            records.iter().map(|r| spool.push(r).expect("there is room")).collect();
        for (range, record) in ranges.iter().zip(&records).rev() {
            assert_eq!(&spool.read(*range).expect("it is there"), record);
        }
    }
}
