//! Opens files and standard input as UTF-8 text, decompressed by content and not by file name.

use super::compound::{COMPOUND, Compound};
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
/// Most bytes of an archive or workbook that comes through a pipe.
const FROM_PIPE: u64 = 1 << 30;
/// Archives in archives, such as a workbook in a zip file.
pub(super) const LEVELS: usize = 3;
/// Files of other forms: where their mark stands, the mark, and what they are and what to do with them.
const OTHER_FORMS: [(usize, &[u8], &str); 30] = [
    (0, b"\x09\0\x04\0", BEFORE_1995),
    (0, b"\x09\x02\x06\0", BEFORE_1995),
    (0, b"\x09\x04\x06\0", BEFORE_1995),
    (
        0,
        b"\x09\x08\x10\0\0\x06\x05\0",
        "the inside of an Excel workbook: open it in a spreadsheet program and save it as .xlsx or CSV",
    ),
    (0, b"%PDF-", "a PDF document: copy the postings to a CSV file, with a column for the text"),
    (0, b"{\\rtf", "an RTF document: copy the postings to a CSV file, with a column for the text"),
    (0, b"From: <Saved by ", "a web archive (MHTML): save the page as HTML"),
    (
        0,
        b"MIME-Version: ",
        "a web archive (MHTML): open it in its program and save it as HTML, or a sheet as .xlsx or CSV",
    ),
    (
        0,
        b"ID;P",
        "an Excel sheet as SYLK: open it in a spreadsheet program and save it as .xlsx or CSV",
    ),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (0, b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (0, b"\xfd7zXZ\0", "packed with xz: unpack it first, or pack it with gzip or zstd"),
    (0, b"\x04\x22\x4d\x18", "packed with lz4: unpack it first, or pack it with gzip or zstd"),
    (0, b"\x1f\x9d", "packed with compress: unpack it first, or pack it with gzip or zstd"),
    (257, b"ustar", "a tar archive: unpack it first"),
    (0, b"SQLite format 3\0", "an SQLite database: export its table as CSV"),
    (0, b"ARROW1", "an Arrow (Feather) file: write it as Parquet or CSV"),
    (0, b"FEA1\0", "a Feather file: write it as Parquet or CSV"),
    (0, b"ORC\n", "an ORC file: write it as Parquet or CSV"),
    (0, b"Obj\x01", "an Avro file: write it as Parquet or CSV"),
    (0, b"\x89HDF\r\n", "an HDF5 file: write it as Parquet or CSV"),
    (0, b"\x80\x04\x95", "a pickle of Python: write it as Parquet or CSV"),
    (0, b"\x80\x05\x95", "a pickle of Python: write it as Parquet or CSV"),
    (0, b"\x89PNG\r\n", "a picture: type its text into a CSV file"),
    (0, b"\xff\xd8\xff", "a picture: type its text into a CSV file"),
    (0, b"GIF8", "a picture: type its text into a CSV file"),
    (0, b"bplist00", "a property list: export the table as CSV"),
    (0, b"\xff\xfe\0\0", "text in UTF-32: save it as UTF-8"),
    (0, b"\0\0\xfe\xff", "text in UTF-32: save it as UTF-8"),
    (0, b"PAR1", "a packed Parquet file: unpack it first, as Parquet is packed within"),
];
/// What a sheet is that has no compound file around it.
const BEFORE_1995: &str =
    "an Excel sheet of before 1995: open it in a spreadsheet program and save it as .xlsx or CSV";
/// Streams of compound files by which documents are told, and what they are and what to do with them.
const COMPOUND_FORMS: [(&str, &str); 6] = [
    (
        "EncryptedPackage",
        "a workbook or document with a password: open it in its program and save it without one",
    ),
    (
        "WordDocument",
        "a Word document: copy the postings to a CSV file, with a column for the text",
    ),
    ("PowerPoint Document", "a PowerPoint file: copy the postings to a CSV file"),
    (
        "__properties_version1.0",
        "an Outlook message: copy its text to a CSV file, or save what is attached to it",
    ),
    ("HwpSummaryInformation", "a Hangul document: copy the postings to a CSV file"),
    ("VisioDocument", "a Visio drawing: copy the postings to a CSV file"),
];
/// Files in zip archives by which documents are told, and what they are and what to do with them.
const ZIPPED_FORMS: [(&str, &str); 5] = [
    (
        "word/document",
        "a Word document: copy the postings to a CSV file, with a column for the text",
    ),
    ("ppt/presentation", "a PowerPoint file: copy the postings to a CSV file"),
    (
        "content.xml",
        "an OpenDocument text: copy the postings to a CSV file, with a column for the text",
    ),
    ("Index/Document.iwa", "an Apple Numbers or Pages document: export it as CSV"),
    ("META-INF/container.xml", "an e-book: copy the postings to a CSV file"),
];
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
    /// Text decoded to UTF-8, its encoding in the file, and whether that begins with a byte order mark.
    Text(Box<dyn Read + Send>, &'static Encoding, bool),
    /// A Parquet file.
    Parquet(File),
    /// A workbook.
    Workbook(File, WorkbookForm),
}

/// How a workbook is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkbookForm {
    /// Of Excel, as XML in a zip archive.
    Xlsx,
    /// Of Excel, in a zip archive.
    Xlsb,
    /// Of `OpenDocument`.
    Ods,
    /// Of Excel up to 2003, in a compound file.
    Xls,
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

    /// How many bytes of it were read, and its size; `None` once it is read, as an archive is before the first row.
    pub(super) fn bytes_read(&self) -> Option<[u64; 2]> {
        // Its position is that of the file that is read.
        let position = (&self.file).stream_position().ok()?;
        (position < self.size).then_some([position, self.size])
    }

    /// Whether it changed since it was opened.
    pub(super) fn changed(&self) -> bool {
        let now = self.file.metadata();
        now.is_ok_and(|now| now.len() != self.size || now.modified().ok() != self.written)
    }
}

/// An input that is not asked again once it has ended: a terminal would wait for more.
struct UntilEnd<R> {
    input: R,
    ended: bool,
}

impl<R: Read> Read for UntilEnd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let read = self.input.read(buffer)?;
        self.ended = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

/// Opens a file, or standard input for `-`, with this encoding, or the one detected by its first bytes.
pub(super) fn open(path: &Path, encoding: Option<&'static Encoding>) -> io::Result<Opened> {
    if path == Path::new("-") {
        let bytes = BufReader::with_capacity(BUFFER, UntilEnd { input: io::stdin(), ended: false });
        return Ok(Opened { content: of_stream(bytes, encoding, LEVELS)?, watch: None });
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other("it is a folder; name the files in it"));
    }
    let watch = Watch::new(&file);
    let content = if watch.is_none() {
        of_stream(BufReader::with_capacity(BUFFER, file), encoding, LEVELS)?
    } else {
        of_file(file, encoding, LEVELS)?
    };
    Ok(Opened { content, watch })
}

/// The content of a file that can be read anywhere.
fn of_file(
    mut file: File,
    encoding: Option<&'static Encoding>,
    levels: usize,
) -> io::Result<Content> {
    let mut start = Vec::new();
    file.by_ref().take(COMPOUND.len() as u64).read_to_end(&mut start)?;
    file.rewind()?;
    if start.starts_with(COMPOUND) {
        return Ok(Content::Workbook(of_compound(file)?, WorkbookForm::Xls));
    }
    if start.starts_with(ZIP) {
        let levels = levels.checked_sub(1).ok_or_else(|| {
            io::Error::other("it is a zip archive in zip archives; unpack it first")
        })?;
        return match of_zip(file)? {
            Zipped::File(file) => of_file(file, encoding, levels),
            Zipped::Workbook(file, form) => Ok(Content::Workbook(file, form)),
        };
    }
    if start.starts_with(PARQUET) {
        return Ok(Content::Parquet(file));
    }
    of_stream(BufReader::with_capacity(BUFFER, file), encoding, levels)
}

/// The content of a stream. What cannot be read as it comes moves to a temporary file.
pub(super) fn of_stream(
    bytes: impl BufRead + Send + 'static,
    encoding: Option<&'static Encoding>,
    levels: usize,
) -> io::Result<Content> {
    let (start, bytes) = sampled(unpacked(bytes)?, COMPOUND.len())?;
    if !start.starts_with(ZIP) && !start.starts_with(COMPOUND) {
        return text(Box::new(bytes), encoding);
    }
    let mut file = tempfile::tempfile()?;
    if io::copy(&mut bytes.take(FROM_PIPE + 1), &mut file)? > FROM_PIPE {
        return Err(io::Error::other(format!(
            "it is a workbook or zip archive of more than {} MB, which is too much for a pipe; name the file, or give \
             CSV",
            FROM_PIPE >> 20
        )));
    }
    file.rewind()?;
    of_file(file, encoding, levels)
}

/// Decodes bytes as text.
fn text(
    bytes: Box<dyn BufRead + Send>,
    encoding: Option<&'static Encoding>,
) -> io::Result<Content> {
    let (sample, mut bytes) = sampled(bytes, BUFFER)?;
    if let Some((_, _, what)) = OTHER_FORMS
        .iter()
        .find(|(at, magic, _)| sample.get(*at..).is_some_and(|start| start.starts_with(magic)))
    {
        return Err(io::Error::other(format!("it is {what}")));
    }
    let encoding = encoding.unwrap_or_else(|| detect(&sample));
    let marked = Encoding::for_bom(&sample);
    if encoding == UTF_8 {
        let length = marked.filter(|(found, _)| *found == UTF_8).map_or(0, |(_, length)| length);
        bytes.consume(length);
        return Ok(Content::Text(Box::new(bytes), encoding, length > 0));
    }
    let text =
        DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(bytes);
    Ok(Content::Text(Box::new(text), encoding, marked.is_some()))
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

/// What is in a zip archive.
enum Zipped {
    /// Its one file, unpacked into a temporary file.
    File(File),
    /// The archive itself, which is a workbook.
    Workbook(File, WorkbookForm),
}

fn of_zip(mut file: File) -> io::Result<Zipped> {
    file.rewind()?;
    let size = file.metadata()?.len();
    let damaged = |e| {
        io::Error::other(format!("it is a damaged zip archive or workbook, or a part of one: {e}"))
    };
    let mut archive = ZipArchive::new(file.try_clone()?).map_err(damaged)?;
    if let Some(form) = workbook(&mut archive) {
        return Ok(Zipped::Workbook(file, form));
    }
    let mut wanted = Vec::new();
    for index in 0..archive.len() {
        let name = archive.by_index_raw(index)?.name()?.into_owned();
        if let Some((_, what)) = ZIPPED_FORMS.iter().find(|(part, _)| name.starts_with(part)) {
            return Err(io::Error::other(format!("it is {what}")));
        }
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
    Ok(Zipped::File(out))
}

/// A compound file, if it is a workbook.
fn of_compound(file: File) -> io::Result<File> {
    let compound = Compound::open(BufReader::new(file.try_clone()?))?;
    if compound.has("Workbook") || compound.has("Book") {
        return Ok(file);
    }
    let found = COMPOUND_FORMS.iter().find(|(stream, _)| compound.has(stream));
    let what = found.map_or(
        "a file of an old Office program, and no workbook: copy the postings to a CSV file",
        |(_, what)| what,
    );
    Err(io::Error::other(format!("it is {what}")))
}

/// The form of the workbook that an archive is, if it is one.
fn workbook(archive: &mut ZipArchive<File>) -> Option<WorkbookForm> {
    if archive.index_for_name("content.xml").is_some() {
        let mut kind = String::new();
        let of_kind = archive.by_name("mimetype").ok()?;
        of_kind.take(MAGIC as u64).read_to_string(&mut kind).ok()?;
        return kind.contains("spreadsheet").then_some(WorkbookForm::Ods);
    }
    let has = |part| archive.index_for_name(part).is_some();
    if has("xl/workbook.bin") {
        return Some(WorkbookForm::Xlsb);
    }
    has("xl/workbook.xml").then_some(WorkbookForm::Xlsx)
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
        let Content::Text(mut reader, ..) = open(file.path(), None)?.content else {
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
    fn first_bytes_may_come_in_any_portions() {
        let rows = "1,F\u{fc}hrungskraft K\u{f6}ln,\u{93}Product Owner\u{94}\n".repeat(20);
        let western: Vec<u8> = format!("id,title,text\n{rows}").chars().map(|c| c as u8).collect();
        let packed = |bytes: &[u8]| {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(bytes).expect("memory");
            gz.finish().expect("memory")
        };
        let members = [packed(&western[..14]), packed(&western[14..])].concat();
        for bytes in [western.clone(), packed(&western), members, "\u{feff}t,x".into()] {
            let slow = BufReader::with_capacity(1, Cursor::new(bytes.clone()));
            let content = of_stream(slow, None, LEVELS).expect("it is text");
            let Content::Text(mut reader, ..) = content else { panic!("it is text") };
            let mut whole = String::new();
            reader.read_to_string(&mut whole).expect("it is text");
            assert_eq!(whole, read(&bytes).expect("it is text"));
            assert!(whole.contains('ü') || whole == "t,x", "{whole}");
        }
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
