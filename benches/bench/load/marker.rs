//! Markers in the text of messages: the poster, the number and the planned time of a message, as `~~S<seq>T<ns>E`. They
//! are found in any bytes that a server sends, so that the check does not depend on the format of streams.

use memchr::memmem::Finder;
use std::io::Write as _;

/// Length of the text of a message in bytes.
pub(crate) const TEXT: usize = 120;
const FILLING: &[u8] =
    b" the quick brown fox jumps over the lazy dog, and another one is already on its way to us; \
    so on it goes for ever more than that";
const BEGIN: &[u8] = b"~~S";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) poster: u32,
    /// Number of the message, counted from 0 for each poster.
    pub(crate) number: u32,
    /// Planned time of sending, in nanoseconds of the generator's clock.
    pub(crate) planned: u64,
}

impl Marker {
    /// Appends a text of [`TEXT`] bytes.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        let start = out.len();
        let sequence = u64::from(self.poster) << 32 | u64::from(self.number);
        // Writing to a `Vec` cannot fail.
        let _ = write!(out, "~~S{sequence}T{}E", self.planned);
        let rest = TEXT - (out.len() - start);
        out.extend_from_slice(&FILLING[..rest]);
    }
}

/// Finds markers in a byte stream that is split at any position.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    /// The start of an incomplete marker.
    cut: Vec<u8>,
}

enum Parsed {
    Marker(Marker, usize),
    Cut,
    Other,
}

impl Scanner {
    pub(crate) fn finder() -> Finder<'static> {
        Finder::new(BEGIN)
    }

    pub(crate) fn feed(&mut self, finder: &Finder, piece: &[u8], mut found: impl FnMut(Marker)) {
        let joined;
        let mut bytes = piece;
        if !self.cut.is_empty() {
            self.cut.extend_from_slice(piece);
            joined = std::mem::take(&mut self.cut);
            bytes = &joined;
        }
        while let Some(at) = finder.find(bytes) {
            let after = &bytes[at + BEGIN.len()..];
            match parse(after) {
                Parsed::Marker(marker, length) => {
                    found(marker);
                    bytes = &after[length..];
                }
                Parsed::Cut => return self.cut.extend_from_slice(&bytes[at..]),
                Parsed::Other => bytes = after,
            }
        }
        let last = bytes.iter().rev().take(BEGIN.len() - 1);
        let begun = last.take_while(|&&byte| byte == b'~').count();
        self.cut.extend_from_slice(&bytes[bytes.len() - begun..]);
    }
}

fn parse(bytes: &[u8]) -> Parsed {
    let (sequence, first) = number(bytes);
    match bytes.get(first) {
        None => return Parsed::Cut,
        Some(b'T') if first > 0 => {}
        Some(_) => return Parsed::Other,
    }
    let (planned, second) = number(&bytes[first + 1..]);
    let end = first + 1 + second;
    match bytes.get(end) {
        None => Parsed::Cut,
        Some(b'E') if second > 0 => {
            let marker = Marker {
                poster: (sequence >> 32) as u32,
                number: sequence as u32,
                planned,
            };
            Parsed::Marker(marker, end + 1)
        }
        Some(_) => Parsed::Other,
    }
}

/// Parses the number at the start of the bytes. Returns it with its length.
fn number(bytes: &[u8]) -> (u64, usize) {
    let mut value = 0u64;
    for (length, byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_digit() {
            return (value, length);
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
    }
    (value, bytes.len())
}
