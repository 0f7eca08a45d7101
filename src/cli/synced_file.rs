//! A file that is synced in the background while it is written, so that the final sync is short.

use std::fs::File;
use std::io::{self, Write};
use std::thread::JoinHandle;
use tempfile::NamedTempFile;

/// Unsynced bytes that start a sync.
const SYNC_BYTES: usize = 1 << 25;

pub(crate) struct SyncedFile {
    file: NamedTempFile,
    /// Bytes written since the last sync started.
    unsynced: usize,
    sync: Option<JoinHandle<io::Result<()>>>,
}

impl SyncedFile {
    pub(crate) fn new(file: NamedTempFile) -> Self {
        Self { file, unsynced: 0, sync: None }
    }

    /// The file, after a final sync.
    pub(crate) fn into_synced(mut self) -> io::Result<NamedTempFile> {
        self.wait()?;
        self.file.as_file().sync_all()?;
        Ok(self.file)
    }

    /// Waits for the running sync. The system reports a write error only once, so it must not be lost.
    fn wait(&mut self) -> io::Result<()> {
        self.sync.take().map_or(Ok(()), |sync| sync.join().expect("syncing does not panic"))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.wait()?;
        let file: File = self.file.as_file().try_clone()?;
        self.sync = Some(std::thread::Builder::new().spawn(move || file.sync_data())?);
        self.unsynced = 0;
        Ok(())
    }
}

impl Write for SyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsynced += written;
        if self.unsynced >= SYNC_BYTES && self.sync.as_ref().is_none_or(JoinHandle::is_finished) {
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
    fn all_bytes_are_in_the_file() {
        let mut file = SyncedFile::new(NamedTempFile::new().expect("a file can be made"));
        for part in 0..5u8 {
            file.write_all(&vec![part; SYNC_BYTES / 2 + 1]).expect("it can be written");
        }
        let file = file.into_synced().expect("it is on the disk");
        let all = std::fs::read(file.path()).expect("it can be read");
        assert!(
            all.chunk_by(|a, b| a == b)
                .map(|part| (part[0], part.len()))
                .eq((0..5).map(|part| (part, SYNC_BYTES / 2 + 1)))
        );
    }
}
