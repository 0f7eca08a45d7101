//! Atomic output files, and messages to the user.

use super::synced_file::SyncedFile;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, Once};

/// Unfinished files, removed on an interrupt.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Whether a partial file is kept for a later run.
static KEPT: AtomicBool = AtomicBool::new(false);
static WATCH: Once = Once::new();
/// Exit status after Ctrl-C.
const INTERRUPTED: i32 = 130;
/// Bytes per write to a file.
const BUFFER: usize = 1 << 18;

/// Standard output, a device or pipe, or a file that is renamed into position when complete.
pub(crate) enum Output {
    Standard(BufWriter<io::Stdout>),
    Device {
        device: BufWriter<File>,
        path: PathBuf,
    },
    File {
        file: BufWriter<SyncedFile>,
        path: PathBuf,
    },
    /// A partial file that is kept for a later run.
    Kept {
        file: BufWriter<File>,
        part: PathBuf,
        path: PathBuf,
    },
}

impl Output {
    /// Opens a path, or standard output without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|p| *p != Path::new("-")) else {
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        };
        let context = || format!("cannot write {}", path.display());
        if path.is_dir() {
            anyhow::bail!("{}: it is a folder; name a file in it", context());
        }
        // Links are followed, so that their target is replaced; devices are written to directly.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            let device = File::options().write(true).open(path).with_context(context)?;
            return Ok(Self::Device { device: BufWriter::new(device), path: path.to_owned() });
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".rolecall-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).with_context(context)?;
        UNFINISHED.lock().expect("no holder panics").push(file.path().to_owned());
        watch();
        let file = BufWriter::with_capacity(BUFFER, SyncedFile::new(file));
        Ok(Self::File { file, path: path.to_owned() })
    }

    /// Resumes a partial file after its first `sound` bytes, or creates it.
    pub(crate) fn keep(path: &Path, part: PathBuf, sound: u64) -> Result<Self> {
        let context = || format!("cannot write {}", part.display());
        let file = File::options().create(true).write(true).truncate(false).open(&part);
        let mut file = file.with_context(context)?;
        file.set_len(sound).with_context(context)?;
        file.seek(SeekFrom::End(0)).with_context(context)?;
        KEPT.store(true, Relaxed);
        watch();
        Ok(Self::Kept { file: BufWriter::with_capacity(BUFFER, file), part, path: path.to_owned() })
    }

    /// Flushes; a kept file is also synced. Gives the size of a kept file in bytes, 0 for others.
    pub(crate) fn sync(&mut self) -> io::Result<u64> {
        self.flush()?;
        let Self::Kept { file, .. } = self else { return Ok(0) };
        file.get_ref().sync_data()?;
        file.stream_position()
    }

    /// Syncs the file and renames it to its path.
    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Standard(mut out) => out.flush().context("cannot write standard output"),
            Self::Kept { mut file, part, path } => {
                let context = || format!("cannot write {}", path.display());
                file.flush().and_then(|()| file.get_ref().sync_all()).with_context(context)?;
                std::fs::rename(part, &path).with_context(context)
            }
            Self::Device { mut device, path } => {
                device.flush().with_context(|| format!("cannot write {}", path.display()))
            }
            Self::File { file, path } => {
                let context = || format!("cannot write {}", path.display());
                let file = file
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)
                    .with_context(context)?;
                let file = file.into_synced().with_context(context)?;
                file.persist(&path).map_err(|e| e.error).with_context(context)?;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::Device { device, .. } => device.write(bytes),
            Self::File { file, .. } => file.write(bytes),
            Self::Kept { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::Device { device, .. } => device.flush(),
            Self::File { file, .. } => file.flush(),
            Self::Kept { file, .. } => file.flush(),
        }
    }
}

/// Writes a file atomically.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut Output) -> io::Result<()>,
) -> anyhow::Result<()> {
    let mut output = Output::open(Some(path))?;
    write(&mut output).with_context(|| format!("cannot write {}", path.display()))?;
    output.finish()
}

/// Removes unfinished files on Ctrl-C and SIGTERM.
fn watch() {
    WATCH.call_once(|| {
        // Without a handler, an interrupted run leaves its .part file behind.
        let _ = ctrlc::set_handler(|| {
            for path in UNFINISHED.lock().expect("no holder panics").iter() {
                let _ = std::fs::remove_file(path);
            }
            say(if KEPT.load(Relaxed) {
                "interrupted; the same command goes on from here"
            } else {
                "interrupted; no output was written"
            });
            std::process::exit(INTERRUPTED);
        });
    });
}

/// Prints a message to standard error; a closed one is ignored.
pub(crate) fn say(message: &str) {
    let _ = writeln!(anstream::stderr(), "rolecall: {}", rolecall::report::printable(message));
}

/// Whether the reader closed the pipe, which is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |e: &io::Error| e.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(closed)
            || cause
                .downcast_ref::<csv::Error>()
                .is_some_and(|e| matches!(e.kind(), csv::ErrorKind::Io(e) if closed(e)))
    })
}
