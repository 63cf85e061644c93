//! A connection of the bare loop.

use crate::{Result, load::poller::if_ready};
use std::{io::Write as _, net::TcpStream};

pub(super) struct Connection {
    pub(super) socket: TcpStream,
    pub(super) received: Vec<u8>,
    /// The unsent part of a response.
    pub(super) out: Vec<u8>,
    /// Position in the log up to which a stream was sent; `None` if the connection is not a stream.
    pub(super) position: Option<usize>,
}

impl Connection {
    pub(super) fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            received: Vec::new(),
            out: Vec::new(),
            position: None,
        }
    }

    /// Writes the unsent bytes.
    pub(super) fn flush(&mut self, log: &[u8]) -> Result<()> {
        while !self.out.is_empty() {
            let Some(count) = if_ready(self.socket.write(&self.out))? else {
                return Ok(());
            };
            self.out.drain(..count);
        }
        let Some(position) = &mut self.position else {
            return Ok(());
        };
        while *position < log.len() {
            let Some(count) = if_ready(self.socket.write(&log[*position..]))? else {
                return Ok(());
            };
            *position += count;
        }
        Ok(())
    }
}

/// Parses the head and the body of a request; `None` if it is incomplete.
pub(super) fn read_request(bytes: &[u8]) -> Result<Option<(&str, &[u8])>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, body) = (std::str::from_utf8(&bytes[..end])?, &bytes[end + 4..]);
    let length = head
        .split_once("content-length: ")
        .map_or("0", |(_, rest)| rest.lines().next().unwrap_or("0"));
    Ok((body.len() >= length.parse()?).then_some((head, body)))
}
