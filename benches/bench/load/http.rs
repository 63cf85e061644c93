//! The subset of HTTP/1.1 that a load generator needs: response heads and chunks.

use crate::Result;

#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Length of the body in bytes.
    pub(crate) length: Option<usize>,
    pub(crate) chunked: bool,
    pub(crate) etag: Option<String>,
    /// Length of the head in bytes.
    pub(crate) size: usize,
}

impl Head {
    /// Parses the head at the start of the bytes; `None` if it is incomplete.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..end])?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let mut head = Self {
            status: status.ok_or("no status")?.parse()?,
            length: None,
            chunked: false,
            etag: None,
            size: end + 4,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(value.parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.chunked = value == "chunked";
            } else if name.eq_ignore_ascii_case("etag") {
                head.etag = Some(value.to_owned());
            }
        }
        // Responses with these statuses have no body (RFC 9112, section 6.3).
        if matches!(head.status, 204 | 304) {
            head.length = Some(0);
        }
        Ok(Some(head))
    }
}

/// A decoder for chunked bodies (RFC 9112, section 7.1), which accepts input split at any position.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    part: Part,
    /// Number of bytes left in this chunk, or its size as far as it was parsed.
    left: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Size,
    Data,
    /// The line break after a chunk.
    Break,
    End,
}

impl Chunks {
    pub(crate) fn ended(&self) -> bool {
        self.part == Part::End
    }

    /// Returns the next piece of content; `None` if all bytes are consumed.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Option<&'a [u8]>> {
        while let Some((&first, rest)) = bytes.split_first() {
            match self.part {
                Part::Data => {
                    let (piece, rest) = bytes.split_at(self.left.min(bytes.len()));
                    *bytes = rest;
                    self.left -= piece.len();
                    if self.left == 0 {
                        self.part = Part::Break;
                    }
                    return Ok(Some(piece));
                }
                Part::Size => self.read_size(first)?,
                Part::Break if first == b'\n' => self.part = Part::Size,
                Part::Break | Part::End => {}
            }
            *bytes = rest;
        }
        Ok(None)
    }

    fn read_size(&mut self, byte: u8) -> Result<()> {
        match byte {
            b'\r' => {}
            b'\n' => {
                self.part = if self.left == 0 {
                    Part::End
                } else {
                    Part::Data
                }
            }
            _ => {
                let digit = char::from(byte).to_digit(16).ok_or("a chunk has no size")?;
                self.left = self.left * 16 + digit as usize;
            }
        }
        Ok(())
    }
}
