//! Named files: patterns, and a check that inputs and outputs are distinct.

use anyhow::{Context, Result, bail};
use same_file::Handle;
use std::path::{Path, PathBuf};

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

/// Checks that no output is an input, which it would overwrite, or another output.
pub(crate) fn check_distinct<'p>(
    inputs: &[PathBuf],
    outputs: impl IntoIterator<Item = Option<&'p PathBuf>>,
) -> Result<()> {
    let inputs = expand_patterns(inputs)?;
    let mut known: Vec<(Handle, String)> = Vec::new();
    for path in inputs.iter().filter(|path| path.is_file()) {
        if let Ok(handle) = Handle::from_path(path) {
            known.push((handle, "is also read".into()));
        }
    }
    let mut named: Vec<PathBuf> = Vec::new();
    for output in outputs {
        let path = output.filter(|path| *path != Path::new("-"));
        let handle = match path {
            None => Handle::stdout(),
            Some(path) => Handle::from_path(path),
        };
        let name = path.map_or("standard output".into(), |path| path.display().to_string());
        if let Some((_, why)) =
            known.iter().find(|(known, _)| handle.as_ref().is_ok_and(|h| h == known))
        {
            bail!("{name} {why}: write to another file");
        }
        let Some(path) = path else { continue };
        let full = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        if named.contains(&full) {
            bail!("{name} is to be written twice: name another file");
        }
        named.push(full);
    }
    Ok(())
}
