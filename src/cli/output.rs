//! Atomic output files, and messages to the user.

use super::files::{is_pipe, link_target};
use super::progress_bar::beside_the_bar;
use super::synced_file::SyncedFile;
use super::terminal::Terminal;
use super::unfinished_file::unfinished_in;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, Once, mpsc};
use std::time::Duration;

/// Unfinished files, removed on an interrupt.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Whether a partial file is kept for a later run.
static KEPT: AtomicBool = AtomicBool::new(false);
static WATCH: Once = Once::new();
/// How the word `error` is shown.
const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
/// Exit status after Ctrl-C.
const INTERRUPTED: i32 = 130;
/// Time after which waiting for a pipe is said.
const SOON: Duration = Duration::from_secs(3);
/// Longest time that a program may take to open the pipe that is to be written.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Bytes per write to a file.
const BUFFER: usize = 1 << 18;

/// Standard output, a device or pipe, or a file that is renamed into position when complete.
pub(crate) enum Output {
    Standard(BufWriter<Terminal<io::Stdout>>),
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
            return Ok(Self::Standard(BufWriter::new(Terminal::new(io::stdout()))));
        };
        let context = || format!("cannot write {}", path.display());
        if path.is_dir() {
            anyhow::bail!("{}: it is a folder; name a file in it", context());
        }
        // Links are followed, so that their target is replaced; devices and pipes are written to directly.
        let path = &link_target(path);
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            let opened = if is_pipe(path) { open_pipe(path) } else { open_to_write(path) };
            let device = BufWriter::new(opened.with_context(context)?);
            return Ok(Self::Device { device, path: path.to_owned() });
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = unfinished_in(folder, permissions_of(path)).with_context(context)?;
        keep_owner_and_permissions(path, file.as_file());
        UNFINISHED.lock().expect("no holder panics").push(file.path().to_owned());
        watch();
        let file = BufWriter::with_capacity(BUFFER, SyncedFile::new(file));
        Ok(Self::File { file, path: path.to_owned() })
    }

    /// Opens a path, or standard output, for a table, whose cells have no control characters: its own styles pass.
    pub(crate) fn open_for_table(path: Option<&Path>) -> Result<Self> {
        let output = Self::open(path)?;
        Ok(match output {
            Self::Standard(_) => Self::Standard(BufWriter::new(Terminal::unfiltered(io::stdout()))),
            other => other,
        })
    }

    /// Resumes an open partial file after its first `sound` bytes.
    pub(crate) fn keep(path: &Path, part: PathBuf, mut file: File, sound: u64) -> Result<Self> {
        let context = || format!("cannot write {}", part.display());
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
                keep_owner_and_permissions(&path, file.get_ref());
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

/// The permissions of a new file in place of the one at a path: never more open.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn permissions_of(path: &Path) -> Option<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map_or(0o666, |old| old.permissions().mode() & 0o777);
    Some(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permissions_of(_: &Path) -> Option<std::fs::Permissions> {
    None
}

fn open_to_write(path: &Path) -> io::Result<File> {
    File::options().write(true).open(path)
}

/// Opens a pipe, which waits for a program that reads it, but not for ever.
fn open_pipe(path: &Path) -> io::Result<File> {
    let _said = if_it_lasts(format!("waiting for a program that reads {}", path.display()));
    let (sender, opened) = mpsc::channel();
    let pipe = path.to_owned();
    std::thread::spawn(move || sender.send(open_to_write(&pipe)));
    let nobody = |_| {
        let problem = format!("it is a pipe that no program reads within {LONGEST_WAIT:?}");
        io::Error::new(io::ErrorKind::TimedOut, problem)
    };
    opened.recv_timeout(LONGEST_WAIT).map_err(nobody)?
}

/// Says a message unless what is given is dropped soon.
pub(crate) fn if_it_lasts(message: String) -> mpsc::Sender<()> {
    let (waiting, ended) = mpsc::channel();
    std::thread::spawn(move || {
        if ended.recv_timeout(SOON) == Err(mpsc::RecvTimeoutError::Timeout) {
            say(&message);
        }
    });
    waiting
}

/// Gives a new file the permissions of the file that it replaces and, if the system allows it, the owner.
fn keep_owner_and_permissions(old: &Path, new: &File) {
    let Ok(old) = old.metadata() else { return };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        // The group alone can be given without rights of an administrator.
        if fchown(new, Some(old.uid()), Some(old.gid())).is_err() {
            let _ = fchown(new, None, Some(old.gid()));
        }
    }
    let _ = new.set_permissions(old.permissions());
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

/// Prints a report as a line of JSON: to standard output if what the command writes goes to a file, or else to standard
/// error. `written` is the path of what it writes.
pub(crate) fn report_json(written: Option<&Path>, report: &impl serde::Serialize) -> Result<()> {
    let json = serde_json::to_string(report)?;
    if written.is_none_or(|path| path == Path::new("-")) {
        return Ok(writeln!(Terminal::new(io::stderr()), "{json}")?);
    }
    let mut out = Output::open(None)?;
    writeln!(out, "{json}")?;
    out.finish()
}

/// Prints a message to standard error; a closed one is ignored.
pub(crate) fn say(message: &str) {
    beside_the_bar(|| {
        let _ = writeln!(anstream::stderr(), "rolecall: {}", rolecall::report::printable(message));
    });
}

/// Prints an error to standard error, in colour on a terminal that has it.
pub(crate) fn say_error(message: &str) {
    beside_the_bar(|| {
        let message = rolecall::report::printable(message);
        let _ = writeln!(anstream::stderr(), "rolecall: {ERROR}error:{ERROR:#} {message}");
    });
}

/// Whether standard output shows colours.
pub(crate) fn stdout_has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
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
