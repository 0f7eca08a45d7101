//! A file that goes to the disk while it is written: then little is left to wait for in the end.

use std::fs::File;
use std::io::{self, Write};
use std::thread::JoinHandle;
use tempfile::NamedTempFile;

/// Bytes that wait for the disk.
const AHEAD: usize = 1 << 25;

pub(crate) struct SyncedFile {
    file: NamedTempFile,
    /// Bytes that nobody sent to the disk yet.
    waiting: usize,
    sync: Option<JoinHandle<io::Result<()>>>,
}

impl SyncedFile {
    pub(crate) fn new(file: NamedTempFile) -> Self {
        Self { file, waiting: 0, sync: None }
    }

    /// The file, when all of it is on the disk.
    pub(crate) fn into_synced(mut self) -> io::Result<NamedTempFile> {
        self.wait()?;
        self.file.as_file().sync_all()?;
        Ok(self.file)
    }

    /// The disk tells of an error only once: it must not be lost.
    fn wait(&mut self) -> io::Result<()> {
        self.sync.take().map_or(Ok(()), |sync| sync.join().expect("syncing does not panic"))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.wait()?;
        let file: File = self.file.as_file().try_clone()?;
        self.sync = Some(std::thread::Builder::new().spawn(move || file.sync_data())?);
        self.waiting = 0;
        Ok(())
    }
}

impl Write for SyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.waiting += written;
        if self.waiting >= AHEAD && self.sync.as_ref().is_none_or(JoinHandle::is_finished) {
            self.sync()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_is_in_the_file() {
        let mut file = SyncedFile::new(NamedTempFile::new().expect("a file can be made"));
        for part in 0..5u8 {
            file.write_all(&vec![part; AHEAD / 2 + 1]).expect("there is room");
        }
        let file = file.into_synced().expect("it is on the disk");
        let all = std::fs::read(file.path()).expect("it can be read");
        assert!(
            all.chunk_by(|a, b| a == b)
                .map(|part| (part[0], part.len()))
                .eq((0..5).map(|part| (part, AHEAD / 2 + 1)))
        );
    }
}
