//! A workbook of Excel up to 2003: every row is read, in order, or the whole is refused.
#![no_main]

mod rows;

use libfuzzer_sys::fuzz_target;
use rows::{file, read};

/// Bytes of a sector.
const SECTOR: usize = 512;
/// The end of a chain of sectors, and a sector of their table.
const END: u32 = 0xffff_fffe;
const OF_TABLE: u32 = 0xffff_fffd;

/// A sound compound file with one stream: the table of sectors, the directory, and the stream.
fn compound(stream: &[u8]) -> Vec<u8> {
    // Smaller streams are kept in another way.
    let sectors = stream.len().max(4096).div_ceil(SECTOR);
    let mut header = vec![0; SECTOR];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    header[24..34].copy_from_slice(&[62, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header[44..52].copy_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0]);
    header[56..60].copy_from_slice(&4096u32.to_le_bytes());
    for at in [60, 68] {
        header[at..at + 4].copy_from_slice(&END.to_le_bytes());
    }
    header[76..].fill(0xff);
    header[76..80].fill(0);
    let mut table = vec![OF_TABLE, END];
    table.extend((0..sectors as u32).map(|sector| sector + 3));
    table[sectors + 1] = END;
    table.resize(SECTOR / 4, u32::MAX);
    let mut directory = vec![0; SECTOR];
    for (index, (name, kind, child, first, size)) in
        [("Root Entry", 5, 1, END, 0), ("Workbook", 2, u32::MAX, 2, sectors * SECTOR)]
            .iter()
            .enumerate()
    {
        let entry = &mut directory[128 * index..][..128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = 2 * (name.len() as u8 + 1);
        (entry[66], entry[67]) = (*kind, 1);
        entry[68..76].fill(0xff);
        entry[76..80].copy_from_slice(&child.to_le_bytes());
        entry[116..120].copy_from_slice(&first.to_le_bytes());
        entry[120..124].copy_from_slice(&(*size as u32).to_le_bytes());
    }
    let table = table.iter().flat_map(|next| next.to_le_bytes()).collect();
    let mut bytes = [header, table, directory, stream.to_vec()].concat();
    bytes.resize(SECTOR * (3 + sectors), 0);
    bytes
}

fuzz_target!(|bytes: &[u8]| {
    // The first byte says whether the stream is made up, or the file around it as well.
    let Some((&around, made_up)) = bytes.split_first() else { return };
    let whole = if around % 2 == 0 { compound(made_up) } else { made_up.to_vec() };
    read(&file(&whole));
});
