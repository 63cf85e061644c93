//! WebP (RFC 9649).

use super::{exif, input::Input};

/// The chunks that decide what shows.
const KEPT: [&[u8; 4]; 7] = [
    b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
];
/// The flags of `VP8X` for Exif and XMP.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
/// Length of the header in bytes.
const HEADER: usize = 12;

/// Keeps the chunks that decide what shows, and which way up the picture is.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(bytes);
    let header = input.take(HEADER)?;
    if !header.starts_with(b"RIFF") || !header.ends_with(b"WEBP") {
        return None;
    }
    let size = u32::from_le_bytes(header[4..8].try_into().ok()?);
    let mut input = Input(input.take(usize::try_from(size).ok()?.checked_sub(4)?)?);
    let mut kept = header.to_vec();
    let mut orientation = None;
    let mut flags_at = None;
    while !input.0.is_empty() {
        let kind = input.take(4)?;
        let length = u32::from_le_bytes(input.take(4)?.try_into().ok()?);
        let length = usize::try_from(length).ok()?;
        let content = input.take(length)?;
        if length % 2 == 1 {
            // The padding of the last chunk is sometimes missing.
            let _ = input.take(1);
        }
        if kind == b"EXIF" {
            let tiff = content.strip_prefix(b"Exif\0\0").unwrap_or(content);
            orientation = exif::orientation(tiff);
        }
        if kind == b"VP8X" {
            flags_at = Some(kept.len() + 8);
        }
        if KEPT.iter().any(|known| *known == kind) {
            write_chunk(&mut kept, kind, content);
        }
    }
    if let Some(at) = flags_at {
        let flags = kept.get_mut(at)?;
        *flags &= !(HAS_EXIF | HAS_XMP);
        if let Some(orientation) = orientation {
            *flags |= HAS_EXIF;
            write_chunk(&mut kept, b"EXIF", &exif::with_orientation(orientation));
        }
    }
    let size = u32::try_from(kept.len() - 8).ok()?;
    kept[4..8].copy_from_slice(&size.to_le_bytes());
    Some(kept)
}

fn write_chunk(to: &mut Vec<u8>, kind: &[u8], content: &[u8]) {
    // The length of what was read, or of a few bytes.
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    to.extend_from_slice(kind);
    to.extend(length.to_le_bytes());
    to.extend_from_slice(content);
    if content.len() % 2 == 1 {
        to.push(0);
    }
}
