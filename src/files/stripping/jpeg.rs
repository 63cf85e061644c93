//! JPEG (ITU-T T.81, annex B).

use super::{exif, input::Input};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;
const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";

/// Keeps what decoders need: JFIF, Adobe's mark of the colour space, the colour profile, tables and scans.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(bytes);
    if input.take(2)? != [0xff, SOI] {
        return None;
    }
    let (mut start, mut rest) = (vec![0xff, SOI], Vec::with_capacity(bytes.len()));
    let mut orientation = None;
    loop {
        let marker = next_marker(&mut input)?;
        if marker == EOI {
            rest.extend([0xff, EOI]);
            break;
        }
        let length = input.take(2)?;
        let length = u16::from_be_bytes(length.try_into().ok()?);
        let content = input.take(usize::from(length).checked_sub(2)?)?;
        if marker == APP1 && content.starts_with(EXIF) {
            orientation = orientation.or_else(|| exif::orientation(&content[EXIF.len()..]));
        }
        if is_kept(marker, content) {
            let to = if marker == APP0 {
                &mut start
            } else {
                &mut rest
            };
            write_segment(to, marker, content);
        }
        if marker == SOS {
            rest.extend_from_slice(take_scan(&mut input)?);
        }
    }
    if let Some(orientation) = orientation {
        let content = [EXIF, &exif::with_orientation(orientation)].concat();
        write_segment(&mut start, APP1, &content);
    }
    start.append(&mut rest);
    Some(start)
}

/// Returns the next marker. Any number of bytes 0xff may precede it.
fn next_marker(input: &mut Input<'_>) -> Option<u8> {
    if input.byte()? != 0xff {
        return None;
    }
    loop {
        match input.byte()? {
            0xff => {}
            marker @ 0xc0..=0xfe => return Some(marker),
            _ => return None,
        }
    }
}

fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        APP0 => content.starts_with(b"JFIF\0"),
        APP2 => content.starts_with(ICC),
        APP14 => content.starts_with(b"Adobe"),
        APP1..=APP15 | COM => false,
        _ => true,
    }
}

fn write_segment(to: &mut Vec<u8>, marker: u8, content: &[u8]) {
    // The length of what was read, or of a few bytes.
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    to.extend([0xff, marker]);
    to.extend(length.to_be_bytes());
    to.extend_from_slice(content);
}

/// Takes the entropy-coded data up to the next marker. In it, 0xff is followed by 0, or by a restart marker.
fn take_scan<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    let end = input.0.windows(2).position(is_end)?;
    input.take(end)
}
