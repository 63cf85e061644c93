//! Each message's text carries who posted it, as which one, and when it was to be sent: `~~S<seq>T<ns>E`. It is
//! found in whatever bytes a server sends, so nothing but the text's content is taken on trust.

use memchr::memmem::Finder;
use std::io::Write as _;

/// Length of a message's text in bytes.
pub(crate) const TEXT: usize = 120;
const FILLING: &[u8] =
    b" the quick brown fox jumps over the lazy dog, and another one is already on its way to us; \
    so on it goes for ever more than that";
const BEGIN: &[u8] = b"~~S";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) poster: u32,
    /// Counts each poster's messages from 0.
    pub(crate) number: u32,
    /// When it was to be sent, in nanoseconds of the generator's clock.
    pub(crate) planned: u64,
}

impl Marker {
    /// Appends a text of `TEXT` bytes.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        let start = out.len();
        let sequence = u64::from(self.poster) << 32 | u64::from(self.number);
        // A Vec takes everything.
        let _ = write!(out, "~~S{sequence}T{}E", self.planned);
        let rest = TEXT - (out.len() - start);
        out.extend_from_slice(&FILLING[..rest]);
    }
}

/// Finds markers in a stream of bytes, wherever it is cut.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    /// The begin of a marker whose end has not come yet.
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

/// The number that bytes begin with, and its length.
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
