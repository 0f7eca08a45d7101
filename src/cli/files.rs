//! Named files: patterns, links, and a check that inputs and outputs are distinct.

use super::args::CommonArgs;
use anyhow::{Context, Result, bail};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// Most links that lead to a file.
const LINKS: usize = 40;

/// Expands patterns to the matching files, sorted by name; existing files are taken literally. `-`, standard input,
/// if nothing is named.
pub(crate) fn expand_patterns(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if named.is_empty() {
        return Ok(vec!["-".into()]);
    }
    let mut files = Vec::new();
    for name in named {
        let text = name.to_string_lossy();
        if !text.contains(['*', '?', '[']) || name.exists() {
            files.push(name.clone());
            continue;
        }
        let fitting = glob::glob(&text).with_context(|| format!("{text} is no pattern"))?;
        let before = files.len();
        for file in fitting {
            files.push(file?);
        }
        if files.len() == before {
            bail!("no file fits {text}");
        }
    }
    Ok(files)
}

/// The file that a path leads to through links, which need not exist.
pub(crate) fn link_target(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    // Links of the system, such as /dev/stdout, lead to pipes that have no path.
    if target.exists() {
        return target.canonicalize().unwrap_or(target);
    }
    for _ in 0..LINKS {
        let Ok(next) = fs::read_link(&target) else { break };
        target = target.parent().map_or(next.clone(), |folder| folder.join(next));
    }
    target
}

/// Whether a path is a pipe with a name.
pub(crate) fn is_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| is_fifo(&found))
}

/// The files that a command reads.
#[derive(Default)]
pub(crate) struct FilesRead<'p> {
    /// Postings, or patterns of them; standard input if there are none.
    postings: Vec<&'p [PathBuf]>,
    /// Other files, each with what it is.
    others: Vec<(&'p Path, &'static str)>,
    lexicon: Option<&'p Path>,
}

impl<'p> FilesRead<'p> {
    /// Postings, and the lexicon of an option.
    pub(crate) fn new(postings: &'p [PathBuf], common: &'p CommonArgs) -> Self {
        Self { postings: vec![postings], lexicon: common.lexicon.as_deref(), others: Vec::new() }
    }

    /// The lexicon alone.
    pub(crate) fn lexicon(common: &'p CommonArgs) -> Self {
        Self { lexicon: common.lexicon.as_deref(), ..Self::default() }
    }

    /// More postings, if any are named.
    pub(crate) fn and_postings(mut self, files: &'p [PathBuf]) -> Self {
        self.postings.extend((!files.is_empty()).then_some(files));
        self
    }

    /// Another file, and what it is.
    pub(crate) fn and(mut self, file: Option<&'p PathBuf>, what: &'static str) -> Self {
        self.others.extend(file.map(|file| (file.as_path(), what)));
        self
    }

    /// Checks that no output is a file that is read, by whatever path, nor another output, and that no pipe is read
    /// twice. Nothing is opened: opening a pipe would wait for its other end.
    pub(crate) fn check_distinct<'o>(
        &self,
        outputs: impl IntoIterator<Item = Option<&'o PathBuf>>,
    ) -> Result<()> {
        let read = self.read()?;
        let mut written: Vec<(Option<Identity>, PathBuf)> = Vec::new();
        for output in outputs {
            let path = output.filter(|path| *path != Path::new("-"));
            let identity = path.map_or_else(Identity::of_stdout, |path| Identity::of(path));
            let name = path.map_or("standard output".into(), |path| path.display().to_string());
            if let Some(file) = read.iter().find(|file| identity.as_ref() == Some(&file.identity)) {
                bail!("{name} is also read{}: write to another file", file.what);
            }
            let full = path.map_or("-".into(), |path| full(path));
            if let (Some(path), Some(lexicon)) = (path, self.lexicon)
                && full.parent().is_some_and(|folder| is_same_folder(folder, lexicon))
            {
                let (path, lexicon) = (path.display(), lexicon.display());
                bail!(
                    "{path} is in {lexicon}, the lexicon that is also read: write to another folder"
                );
            }
            let device = path.is_some_and(|path| {
                path.metadata().is_ok_and(|found| !found.is_file() && !is_fifo(&found))
            });
            let same = |(other, at): &(Option<Identity>, PathBuf)| {
                (identity.is_some() && *other == identity) || *at == full
            };
            if !device && written.iter().any(same) {
                bail!("{name} is to be written twice: name another file");
            }
            written.push((identity, full));
        }
        Ok(())
    }

    /// The files that are read.
    fn read(&self) -> Result<Vec<FileRead>> {
        let mut read: Vec<FileRead> = Vec::new();
        for files in &self.postings {
            let stdin = Path::new("-");
            for path in expand_patterns(files)? {
                let identity =
                    if path == stdin { Identity::of_stdin() } else { Identity::of(&path) };
                let Some(identity) = identity else { continue };
                let once = path == stdin || !path.is_file();
                if once && read.iter().any(|other| other.once && other.identity == identity) {
                    let name = if path == stdin { "standard input" } else { "this pipe" };
                    bail!("{}: {name} can be read only once", path.display());
                }
                read.push(FileRead { identity, what: String::new(), once });
            }
        }
        let others = self.others.iter().map(|&(path, what)| (path.to_owned(), what));
        let lexicon = self.lexicon.into_iter().flat_map(|folder| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| (entry.path(), "a file of the lexicon"))
        });
        for (path, what) in others.chain(lexicon) {
            let Some(identity) = Identity::of(&path) else { continue };
            read.push(FileRead { identity, what: format!(", as {what}"), once: false });
        }
        Ok(read)
    }
}

/// A file that is read.
struct FileRead {
    identity: Identity,
    /// What it is, unless postings, as the end of a message.
    what: String,
    /// Whether it can be read only once.
    once: bool,
}

/// Whether two paths lead to the same file, also if another process replaces it meanwhile.
pub(crate) fn is_same(path: &Path, other: &Path) -> bool {
    let same = |found: Identity| Identity::of(other).as_ref() == Some(&found);
    full(path) == full(other) || Identity::of(path).is_some_and(same)
}

/// The path of a file without links and `..`, for which only its folder need exist.
fn full(path: &Path) -> PathBuf {
    let path = link_target(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (folder.unwrap_or(Path::new(".")).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(&path).unwrap_or(path),
    }
}

fn is_same_folder(folder: &Path, other: &Path) -> bool {
    matches!((folder.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(unix)]
fn is_fifo(found: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type())
}

#[cfg(not(unix))]
fn is_fifo(_: &Metadata) -> bool {
    false
}

/// What is the same for all paths of a file or pipe. Devices have none: a terminal may be read and written.
#[derive(Debug, PartialEq, Eq)]
#[cfg(unix)]
pub(crate) struct Identity {
    device: u64,
    number: u64,
}

#[cfg(unix)]
impl Identity {
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Self::found(&path.metadata().ok()?)
    }

    pub(crate) fn of_file(file: &fs::File) -> Option<Self> {
        Self::found(&file.metadata().ok()?)
    }

    fn of_stdin() -> Option<Self> {
        let owned = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
        Self::of_file(&owned.ok()?.into())
    }

    fn of_stdout() -> Option<Self> {
        let owned = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned();
        Self::of_file(&owned.ok()?.into())
    }

    fn found(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let has_one = found.is_file() || is_fifo(found);
        has_one.then(|| Self { device: found.dev(), number: found.ino() })
    }
}

/// What is the same for all paths of a file.
#[derive(Debug, PartialEq, Eq)]
#[cfg(not(unix))]
pub(crate) struct Identity(same_file::Handle);

#[cfg(not(unix))]
impl Identity {
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let handle = path.is_file().then(|| same_file::Handle::from_path(path));
        Some(Self(handle?.ok()?))
    }

    pub(crate) fn of_file(file: &fs::File) -> Option<Self> {
        Some(Self(same_file::Handle::from_file(file.try_clone().ok()?).ok()?))
    }

    fn of_stdin() -> Option<Self> {
        Some(Self(same_file::Handle::stdin().ok()?))
    }

    fn of_stdout() -> Option<Self> {
        Some(Self(same_file::Handle::stdout().ok()?))
    }
}
