//! The csv crate alone: parses a file, and with a second name writes it back.

use std::error::Error;

const BUFFER: usize = 1 << 18;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .buffer_capacity(BUFFER)
        .from_path(paths.first().ok_or("usage: csv_copy FILE [COPY]")?)?;
    let mut writer = match paths.get(1) {
        Some(copy) => Some(csv::WriterBuilder::new().buffer_capacity(BUFFER).from_path(copy)?),
        None => None,
    };
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        if let Some(writer) = &mut writer {
            writer.write_byte_record(&record)?;
        }
    }
    writer.map_or(Ok(()), |mut writer| writer.flush())?;
    Ok(())
}
