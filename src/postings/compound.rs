//! Reads the streams of compound files ([MS-CFB]), the form of Office documents until 2003 and of those with a password.
//!
//! Chains of sectors that lead back into themselves end with the size of the file: no number in it is believed.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};

/// First bytes of a compound file.
pub(super) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Bytes of the header, and of a sector unless the header says otherwise.
const HEADER: usize = 512;
/// Numbers of sectors are below this one; those above mark ends.
const FIRST_MARK: u32 = 0xffff_fffa;
/// Bytes of an entry of the directory.
const ENTRY: usize = 128;
/// Bytes of a sector of the stream that holds the small ones.
const MINI_SECTOR: usize = 64;

/// A compound file.
pub(super) struct Compound<R> {
    file: R,
    /// Bytes of a sector.
    sector: usize,
    /// Sectors that the file has.
    sectors: usize,
    /// The next sector of each sector.
    next: Vec<u32>,
    /// The same for small streams.
    next_mini: Vec<u32>,
    /// Streams of fewer bytes are small ones.
    cutoff: u64,
    entries: Vec<Entry>,
}

/// An entry of the directory: a stream, or the root.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    /// The entries before and behind it, and the first one in it.
    links: [u32; 3],
    first_sector: u32,
    size: u64,
}

fn damaged(why: &str) -> io::Error {
    io::Error::other(format!("it is a damaged Office document, or a part of one: {why}"))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32_at(four, 0))
}

impl<R: Read + Seek> Compound<R> {
    /// Reads the tables and the directory.
    ///
    /// # Errors
    /// If the file cannot be read, or they are damaged.
    pub(super) fn open(mut file: R) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header).map_err(|_| damaged("it breaks off"))?;
        let shift = u16_at(&header, 30);
        if !(9..=12).contains(&shift) {
            return Err(damaged("its sectors have no usual size"));
        }
        let sector = 1 << shift;
        let mut compound = Self {
            file,
            sector,
            sectors: (size as usize).div_ceil(sector).saturating_sub(1),
            next: Vec::new(),
            next_mini: Vec::new(),
            cutoff: u32_at(&header, 56).into(),
            entries: Vec::new(),
        };
        compound.read_table(&header)?;
        if u32_at(&header, 64) > 0 {
            let mini = compound.chain(u32_at(&header, 60), u64::MAX)?;
            compound.next_mini = numbers(&mini).collect();
        }
        let directory = compound.chain(u32_at(&header, 48), u64::MAX)?;
        let long = shift > 9;
        compound.entries = directory.chunks_exact(ENTRY).map(|e| Entry::of(e, long)).collect();
        Ok(compound)
    }

    /// Reads the table of next sectors, whose own sectors are listed in the header and in sectors behind it.
    fn read_table(&mut self, header: &[u8; HEADER]) -> io::Result<()> {
        let mut listed: Vec<u32> = numbers(&header[76..]).collect();
        let mut more = u32_at(header, 68);
        loop {
            for &sector in listed.iter().filter(|&&sector| sector < FIRST_MARK) {
                // More would be of sectors that the file does not have.
                if self.next.len() >= self.sectors {
                    return Ok(());
                }
                let part = self.read_sector(sector)?;
                self.next.extend(numbers(&part));
            }
            if more >= FIRST_MARK || self.next.len() >= self.sectors {
                return Ok(());
            }
            listed = numbers(&self.read_sector(more)?).collect();
            // Each such sector ends with the number of the next one. A list of nothing would have no end.
            more = listed.pop().unwrap_or(FIRST_MARK);
            if listed.iter().all(|&sector| sector >= FIRST_MARK) {
                return Ok(());
            }
        }
    }

    /// The bytes of a sector, of which the last one of the file may have fewer.
    fn read_sector(&mut self, sector: u32) -> io::Result<Vec<u8>> {
        if sector as usize >= self.sectors {
            return Err(damaged("it breaks off"));
        }
        let size = self.sector as u64;
        self.file.seek(SeekFrom::Start((u64::from(sector) + 1) * size))?;
        let mut bytes = Vec::with_capacity(self.sector);
        self.file.by_ref().take(size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The bytes of a chain of sectors, at most so many.
    fn chain(&mut self, first: u32, size: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for sector in links(first, &self.next)? {
            if bytes.len() as u64 >= size {
                break;
            }
            bytes.extend(self.read_sector(sector)?);
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// Whether there is a stream or folder of this name beside the root's others, whatever its capitals.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let mut open = vec![self.entries.first()?.links[2]];
        let mut seen = BTreeSet::new();
        while let Some(index) = open.pop() {
            let Some(entry) = self.entries.get(index as usize) else { continue };
            if !seen.insert(index) {
                continue;
            }
            if entry.name.eq_ignore_ascii_case(name) {
                return Some(entry);
            }
            open.extend(&entry.links[..2]);
        }
        None
    }

    /// The bytes of a stream; `None` if there is none of this name.
    ///
    /// # Errors
    /// If the file cannot be read, or the stream is cut or damaged.
    pub(super) fn stream(&mut self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(Entry { first_sector, size, .. }) = self.find(name).cloned() else {
            return Ok(None);
        };
        let bytes = if size < self.cutoff {
            let root = self.entries[0].clone();
            let whole = self.chain(root.first_sector, root.size)?;
            let part = |sector: u32| whole.chunks(MINI_SECTOR).nth(sector as usize);
            let mut bytes = Vec::new();
            for sector in links(first_sector, &self.next_mini)? {
                bytes.extend(part(sector).ok_or_else(|| damaged("a small stream breaks off"))?);
            }
            bytes.truncate(size as usize);
            bytes
        } else {
            self.chain(first_sector, size)?
        };
        if (bytes.len() as u64) < size {
            return Err(damaged("it breaks off"));
        }
        Ok(Some(bytes))
    }
}

/// The sectors of a chain.
fn links(first: u32, next: &[u32]) -> io::Result<Vec<u32>> {
    let mut all = Vec::new();
    let mut sector = first;
    while sector < FIRST_MARK {
        let Some(&behind) = next.get(sector as usize) else {
            return Err(damaged("it breaks off"));
        };
        if all.len() == next.len() {
            return Err(damaged("its sectors follow each other in a circle"));
        }
        all.push(sector);
        sector = behind;
    }
    Ok(all)
}

impl Entry {
    /// An entry from its bytes; `long` if its size has eight of them.
    fn of(bytes: &[u8], long: bool) -> Self {
        let units: Vec<u16> = (0..32).map(|i| u16_at(bytes, 2 * i)).collect();
        let length = units.iter().position(|&unit| unit == 0).unwrap_or(units.len());
        let high = if long { u64::from(u32_at(bytes, 124)) << 32 } else { 0 };
        Self {
            name: String::from_utf16_lossy(&units[..length]),
            links: [68, 72, 76].map(|at| u32_at(bytes, at)),
            first_sector: u32_at(bytes, 116),
            size: u64::from(u32_at(bytes, 120)) | high,
        }
    }
}
