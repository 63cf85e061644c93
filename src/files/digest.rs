//! SHA-256 of files.

use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    io::{self, Read},
};

/// Size of the buffer in bytes.
const BUFFER: usize = 256 * 1024;

/// Returns the hash of all that can be read, in hexadecimal digits, and its length.
pub(super) fn hash_of(mut reader: impl Read) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut length = 0;
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok((hexadecimal(&hasher.finalize()), length)),
            read => {
                hasher.update(&buffer[..read]);
                length += read as u64;
            }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
