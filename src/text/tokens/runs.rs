//! Finds runs of letters, 64 bytes at a time.

use super::bytes::{each, first, within};

/// Finds where runs of letters, digits and characters beyond ASCII begin and end.
pub(super) fn find_edges(bytes: &[u8], edges: &mut Vec<u32>) {
    edges.clear();
    let mut inside = 0;
    for (block, chunk) in bytes.chunks(64).enumerate() {
        let runs = runs(&first(chunk));
        let mut changes = runs ^ (runs << 1 | inside);
        inside = runs >> 63;
        let (mut found, mut count) = ([0; 64], 0);
        while changes != 0 {
            found[count % 64] = 64 * block as u32 + changes.trailing_zeros();
            count += 1;
            changes &= changes - 1;
        }
        edges.extend_from_slice(&found[..count]);
    }
    if inside != 0 {
        edges.push(bytes.len() as u32);
    }
}

/// Bits of 64 bytes: whether a letter, a digit or a character beyond ASCII is there.
fn runs(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().enumerate().fold(0, |bits, (i, eight)| {
        let eight = u64::from_le_bytes(*eight);
        let runs = within(eight | each(0x20), b'a', b'z') | within(eight, b'0', b'9') | eight;
        // Brings the highest bit of each byte into the highest byte, the first lowest.
        let byte = ((runs & each(0x80)) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | byte << (8 * i)
    })
}
