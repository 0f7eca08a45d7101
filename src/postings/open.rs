//! Opens files and standard input as UTF-8 text, decompressed by content and not by file name.

use super::encoding::detect;
use bzip2::bufread::MultiBzDecoder;
use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;
use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;
use zip::ZipArchive;

/// First bytes of a model file, which is no file of postings.
pub(crate) const MODEL_MAGIC: &str = "rolecall-model ";

/// Bytes of a read buffer, and of the sample by which the encoding of a text is told.
pub(super) const BUFFER: usize = 1 << 18;
/// First bytes by which a file of another form is told.
const MAGIC: usize = 1 << 9;
const ZIP: &[u8] = b"PK\x03\x04";
const PARQUET: &[u8] = b"PAR1";
/// Largest ratio of unpacked to packed bytes, beyond the first [`FREE`] unpacked ones.
const MOST_TIMES: u64 = 1000;
/// Unpacked bytes that are always allowed.
const FREE: u64 = 1 << 28;

/// An open file.
pub(super) struct Opened {
    pub(super) content: Content,
    pub(super) watch: Option<Watch>,
}

/// The content of a file.
pub(super) enum Content {
    /// Text decoded to UTF-8, and its encoding in the file.
    Text(Box<dyn Read + Send>, &'static Encoding),
    /// A Parquet file.
    Parquet(File),
}

/// Detects changes of a file by its size and modification time.
pub(super) struct Watch {
    file: File,
    size: u64,
    written: Option<SystemTime>,
}

impl Watch {
    /// Watches a regular file; `None` for a pipe or a device.
    fn new(file: &File) -> Option<Self> {
        let found = file.metadata().ok().filter(Metadata::is_file)?;
        let (size, written) = (found.len(), found.modified().ok());
        Some(Self { file: file.try_clone().ok()?, size, written })
    }

    /// Whether it changed since it was opened.
    pub(super) fn changed(&self) -> bool {
        let now = self.file.metadata();
        now.is_ok_and(|now| now.len() != self.size || now.modified().ok() != self.written)
    }
}

/// Opens a file, or standard input for `-`, with this encoding, or the one detected by its first bytes.
pub(super) fn open(path: &Path, encoding: Option<&'static Encoding>) -> io::Result<Opened> {
    if path == Path::new("-") {
        let bytes = unpacked(BufReader::with_capacity(BUFFER, io::stdin()))?;
        return Ok(Opened { content: text(bytes, encoding)?, watch: None });
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a folder; name the files in it"));
    }
    let watch = Watch::new(&file);
    let mut bytes = BufReader::with_capacity(BUFFER, file);
    if watch.is_none() {
        return Ok(Opened { content: text(unpacked(bytes)?, encoding)?, watch });
    }
    if bytes.fill_buf()?.starts_with(ZIP) {
        bytes = BufReader::with_capacity(BUFFER, of_zip(bytes.into_inner())?);
    }
    if bytes.fill_buf()?.starts_with(PARQUET) {
        return Ok(Opened { content: Content::Parquet(bytes.into_inner()), watch });
    }
    Ok(Opened { content: text(unpacked(bytes)?, encoding)?, watch })
}

/// Decodes bytes as text.
fn text(
    bytes: Box<dyn BufRead + Send>,
    encoding: Option<&'static Encoding>,
) -> io::Result<Content> {
    let (sample, mut bytes) = sampled(bytes, BUFFER)?;
    let encoding = encoding.unwrap_or_else(|| detect(&sample));
    if encoding == UTF_8 {
        let mark = if sample.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        bytes.consume(mark);
        return Ok(Content::Text(Box::new(bytes), encoding));
    }
    let text =
        DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(bytes);
    Ok(Content::Text(Box::new(text), encoding))
}

/// The first bytes of a stream, at most `most`, and the whole stream. A stream may give them in portions of any size,
/// such as the members of a packed file, or what another program has written so far.
fn sampled<R: BufRead>(mut bytes: R, most: usize) -> io::Result<(Vec<u8>, impl BufRead + use<R>)> {
    let mut sample = Vec::new();
    bytes.by_ref().take(most as u64).read_to_end(&mut sample)?;
    let whole = io::Cursor::new(sample.clone()).chain(bytes);
    Ok((sample, whole))
}

/// A stream, decompressed if it is gzip, bzip2 or zstd.
fn unpacked(bytes: impl BufRead + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let (start, bytes) = sampled(bytes, MAGIC)?;
    let packed: fn(CountingReader<_>) -> io::Result<Box<dyn Read + Send>> = match &start[..] {
        [0x1f, 0x8b, ..] => |bytes| Ok(Box::new(MultiGzDecoder::new(bytes))),
        [b'B', b'Z', b'h', ..] => |bytes| Ok(Box::new(MultiBzDecoder::new(bytes))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => |bytes| Ok(Box::new(zstd::Decoder::with_buffer(bytes)?)),
        start if start.starts_with(ZIP) => {
            return Err(io::Error::other(
                "it is a zip archive, which cannot be read from a stream; name the file",
            ));
        }
        start if start.starts_with(PARQUET) => {
            return Err(io::Error::other(
                "it is a Parquet file, which cannot be read from a stream; name the file",
            ));
        }
        _ => return Ok(Box::new(bytes)),
    };
    let read = Arc::new(AtomicU64::new(0));
    let inner = packed(CountingReader { bytes, read: read.clone() })?;
    let limited = Limited { inner, packed: read, unpacked: 0 };
    Ok(Box::new(BufReader::with_capacity(BUFFER, limited)))
}

/// The one file in a zip archive, unpacked into a temporary file.
fn of_zip(mut file: File) -> io::Result<File> {
    file.rewind()?;
    let size = file.metadata()?.len();
    let damaged = |e| io::Error::other(format!("it is a damaged zip archive: {e}"));
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    let mut wanted = Vec::new();
    for index in 0..archive.len() {
        let name = archive.by_index_raw(index)?.name()?.into_owned();
        if !name.ends_with('/') && !name.starts_with("__MACOSX/") {
            wanted.push(index);
        }
    }
    let [index] = wanted[..] else {
        let problem = format!("it is a zip archive of {} files; unpack it first", wanted.len());
        return Err(io::Error::other(problem));
    };
    let packed = Arc::new(AtomicU64::new(size));
    let inner = archive.by_index(index)?;
    let mut out = tempfile::tempfile()?;
    io::copy(&mut Limited { inner, packed, unpacked: 0 }, &mut out)?;
    out.rewind()?;
    Ok(out)
}

/// Counts the bytes read through it.
struct CountingReader<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: BufRead> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.read.fetch_add(length as u64, Relaxed);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for CountingReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.bytes.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.read.fetch_add(length as u64, Relaxed);
        self.bytes.consume(length);
    }
}

/// Fails on decompression bombs: see [`MOST_TIMES`].
struct Limited<R> {
    inner: R,
    packed: Arc<AtomicU64>,
    unpacked: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.unpacked += length as u64;
        if self.unpacked > FREE + MOST_TIMES * self.packed.load(Relaxed) {
            return Err(io::Error::other(format!(
                "it unpacks to more than {MOST_TIMES} times its size, as no postings do"
            )));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(bytes)?;
        let Content::Text(mut reader, _) = open(file.path(), None)?.content else {
            return Err(io::Error::other("it is no text"));
        };
        let mut text = String::new();
        reader.read_to_string(&mut text)?;
        Ok(text)
    }

    fn zip(files: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory");
            zip.write_all(b"text\nplain").expect("memory");
        }
        zip.finish().expect("memory").into_inner()
    }

    #[test]
    fn packed_files_are_known_by_their_content() {
        let text = b"text\nplain";
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(text).expect("memory");
        let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bz.write_all(text).expect("memory");
        for packed in [
            text.to_vec(),
            gz.finish().expect("memory"),
            bz.finish().expect("memory"),
            zstd::encode_all(&text[..], 1).expect("memory"),
            zip(&["a.csv"]),
            zip(&["a.csv", "__MACOSX/._a.csv"]),
        ] {
            assert_eq!(read(&packed).expect("it is sound").as_bytes(), text);
        }
        let many = read(&zip(&["a.csv", "b.csv"])).expect_err("which one?").to_string();
        assert!(many.contains("2 files"), "{many}");
    }

    #[test]
    fn what_unpacks_without_end_is_stopped() {
        let packed = Arc::new(AtomicU64::new(1000));
        let mut bomb = Limited { inner: io::repeat(b'x'), packed, unpacked: 0 };
        let stopped = io::copy(&mut bomb, &mut io::sink()).expect_err("it has no end");
        assert!(stopped.to_string().contains("1000 times"), "{stopped}");
    }

    #[test]
    fn marks_and_encodings_are_removed() {
        let wide: Vec<u8> =
            "\u{feff}text\nKöln".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in ["\u{feff}text\nKöln".as_bytes(), &wide, b"text\nK\xf6ln"] {
            assert_eq!(read(bytes).expect("text"), "text\nKöln");
        }
    }
}
