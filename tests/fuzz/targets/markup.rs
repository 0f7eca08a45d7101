//! What stands in a feed, and in the data of a web page: every posting is a row, in order, or the whole is refused.
#![no_main]

mod rows;

use libfuzzer_sys::fuzz_target;
use rows::{file, read};

fuzz_target!(|bytes: &[u8]| {
    let Some((&form, inner)) = bytes.split_first() else { return };
    let (before, behind): (&[u8], &[u8]) = match form % 4 {
        0 => (b"<jobs><job><title>PO</title>", b"</job></jobs>"),
        1 => (b"<?xml version=\"1.0\"?><rss><channel>", b"</channel></rss>"),
        2 => (b"<html><script type='application/ld+json'>", b"</script></html>"),
        _ => (b"<html>", b""),
    };
    read(&file(&[before, inner, behind].concat()));
});
