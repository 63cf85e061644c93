//! Exif: which way up a picture is.

/// The tag of the orientation (Exif 2.32, section 4.6.4).
const ORIENTATION: u16 = 0x0112;
/// The type of a number of 16 bits.
const SHORT: u16 = 3;

/// Returns the orientation in Exif data that begins with the header of TIFF; `None` if there is none, or if the picture
/// is upright.
pub(super) fn orientation(tiff: &[u8]) -> Option<u8> {
    let is_big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    };
    let offset = tiff.get(4..8)?.try_into().ok()?;
    let directory = if is_big {
        u32::from_be_bytes(offset)
    } else {
        u32::from_le_bytes(offset)
    };
    let directory = usize::try_from(directory).ok()?;
    let entries = usize::from(short(directory)?);
    let places = (0..entries).map(|entry| directory + 2 + entry * 12);
    let mut found = places.filter(|at| short(*at) == Some(ORIENTATION));
    let at = found.next()?;
    let value = short(at + 8).filter(|_| short(at + 2) == Some(SHORT))?;
    u8::try_from(value)
        .ok()
        .filter(|value| (2..=8).contains(value))
}

/// Returns Exif data that has an orientation and nothing else.
pub(super) fn with_orientation(value: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([value, 0, 0, 0, 0, 0, 0]);
    tiff
}
