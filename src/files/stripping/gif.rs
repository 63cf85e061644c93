//! GIF (<https://www.w3.org/Graphics/GIF/spec-gif89a.txt>).

use super::input::Input;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// The extensions that repeat an animation.
const LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

/// Keeps pictures, their timing and their repetition. Comments and other extensions are left out.
pub(super) fn strip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(bytes);
    let mut kept = Vec::with_capacity(bytes.len());
    let header = input.take(13)?;
    if !header.starts_with(b"GIF8") {
        return None;
    }
    kept.extend_from_slice(header);
    kept.extend_from_slice(input.take(colours(header[10]))?);
    loop {
        let rest = input.0;
        let kind = input.byte()?;
        let is_kept = match kind {
            TRAILER => {
                kept.push(TRAILER);
                return Some(kept);
            }
            IMAGE => {
                let descriptor = input.take(9)?;
                input.take(colours(descriptor[8]))?;
                input.take(1)?;
                skip_blocks(&mut input)?;
                true
            }
            EXTENSION => {
                let label = input.byte()?;
                let name = input.0.get(1..12).unwrap_or_default();
                skip_blocks(&mut input)?;
                label == GRAPHIC_CONTROL || label == APPLICATION && LOOPS.contains(&name)
            }
            _ => return None,
        };
        if is_kept {
            kept.extend_from_slice(&rest[..rest.len() - input.0.len()]);
        }
    }
}

/// Returns the length of the colour table that packed fields announce.
fn colours(packed: u8) -> usize {
    if packed & 0x80 == 0 {
        0
    } else {
        3 << ((packed & 7) + 1)
    }
}

/// Skips blocks that begin with their length, up to an empty one.
fn skip_blocks(input: &mut Input<'_>) -> Option<()> {
    loop {
        match input.byte()? {
            0 => return Some(()),
            length => drop(input.take(usize::from(length))?),
        }
    }
}
