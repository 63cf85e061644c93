//! PNG (<https://www.w3.org/TR/png-3/>).

use super::input::Input;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The chunks that decide what shows. Others have texts, times and metadata.
const KEPT: [&[u8; 4]; 18] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// Keeps the chunks that decide what shows.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(bytes);
    let mut kept = Vec::with_capacity(bytes.len());
    let signature = input.take(SIGNATURE.len())?;
    if signature != SIGNATURE {
        return None;
    }
    kept.extend_from_slice(signature);
    loop {
        let rest = input.0;
        let length = u32::from_be_bytes(input.take(4)?.try_into().ok()?);
        let kind = input.take(4)?;
        // With the checksum.
        input.take(usize::try_from(length).ok()?.checked_add(4)?)?;
        if KEPT.iter().any(|known| *known == kind) {
            kept.extend_from_slice(&rest[..rest.len() - input.0.len()]);
        }
        if kind == b"IEND" {
            return Some(kept);
        }
    }
}
