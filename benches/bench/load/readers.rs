//! Streams: opening, reading, and finding messages in them.

use super::{
    clock::Clock,
    histogram::Histogram,
    http::{Chunks, Head},
    ledger::Ledger,
    marker::Scanner,
    poller::{Poller, connect, if_ready},
};
use crate::Result;
use memchr::memmem::{Finder, rfind};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// All streams of the generator.
pub(crate) struct Readers {
    streams: Vec<Stream>,
    finder: Finder<'static>,
    buffer: Vec<u8>,
    pub(crate) ledger: Ledger,
    /// Latency from the planned time of the post to the delivery.
    pub(crate) latency: Histogram,
    /// Number of streams whose response has started.
    pub(crate) open: usize,
    /// Size of all events in bytes, framing included.
    pub(crate) bytes: u64,
    /// Time of the last delivery.
    pub(crate) last_delivery: u64,
}

#[derive(Default)]
struct Stream {
    socket: Option<TcpStream>,
    /// The unsent part of the request.
    request: Vec<u8>,
    /// The response until its head is complete.
    head: Option<Vec<u8>>,
    chunks: Chunks,
    scanner: Scanner,
    tail: Tail,
}

impl Readers {
    pub(crate) fn new() -> Self {
        Self {
            streams: Vec::new(),
            finder: Scanner::finder(),
            buffer: vec![0; 256 * 1024],
            ledger: Ledger::new(0, 0),
            latency: Histogram::default(),
            open: 0,
            bytes: 0,
            last_delivery: 0,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.streams.len()
    }

    pub(crate) fn last_id(&self, stream: usize) -> Option<String> {
        self.streams[stream].tail.last_id()
    }

    /// Opens a stream, which gets the next index.
    pub(crate) fn begin(
        &mut self,
        poller: &Poller,
        address: SocketAddr,
        request: String,
    ) -> Result<()> {
        let socket = connect(address)?;
        poller.watch(&socket, self.streams.len() as u64)?;
        self.streams.push(Stream {
            socket: Some(socket),
            request: request.into_bytes(),
            head: Some(Vec::new()),
            ..Stream::default()
        });
        Ok(())
    }

    /// Closes all streams. Their deliveries stay in the ledger.
    pub(crate) fn close(&mut self) {
        self.streams.clear();
        self.open = 0;
    }

    /// Processes an event of a stream's socket.
    pub(crate) fn advance(&mut self, index: usize, clock: Clock) -> Result<()> {
        let Some(stream) = self.streams.get_mut(index) else {
            return Ok(());
        };
        let Some(mut socket) = stream.socket.take() else {
            return Ok(());
        };
        if !stream.request.is_empty() {
            let Some(sent) = if_ready(socket.write(&stream.request))? else {
                self.streams[index].socket = Some(socket);
                return Ok(());
            };
            stream.request.drain(..sent);
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(count) = if_ready(socket.read(&mut buffer))? {
            if count == 0 {
                return Err(format!("the server ended stream {index}").into());
            }
            self.take(index, &buffer[..count], clock.now())?;
            // Nothing is left to read: epoll reports the next bytes again (epoll(7), question 9).
            if count < buffer.len() {
                break;
            }
        }
        self.buffer = buffer;
        self.streams[index].socket = Some(socket);
        Ok(())
    }

    fn take(&mut self, index: usize, bytes: &[u8], now: u64) -> Result<()> {
        let stream = &mut self.streams[index];
        let Some(mut head) = stream.head.take() else {
            return self.take_content(index, bytes, now);
        };
        head.extend_from_slice(bytes);
        let Some(Head {
            status,
            chunked,
            size,
            ..
        }) = Head::read(&head)?
        else {
            stream.head = Some(head);
            return Ok(());
        };
        if status != 200 || !chunked {
            return Err(format!("no stream: {}", String::from_utf8_lossy(&head)).into());
        }
        self.open += 1;
        self.take_content(index, &head[size..], now)
    }

    fn take_content(&mut self, index: usize, mut bytes: &[u8], now: u64) -> Result<()> {
        let Self {
            streams,
            finder,
            ledger,
            latency,
            last_delivery,
            ..
        } = self;
        let Stream {
            chunks,
            scanner,
            tail,
            ..
        } = &mut streams[index];
        self.bytes += bytes.len() as u64;
        while let Some(piece) = chunks.next(&mut bytes)? {
            tail.push(piece);
            scanner.feed(finder, piece, |marker| {
                ledger.enter(index, marker.poster, marker.number);
                latency.add(now.saturating_sub(marker.planned));
                *last_delivery = now;
            });
        }
        if chunks.ended() {
            return Err(format!("the server ended stream {index}").into());
        }
        Ok(())
    }
}

/// The last bytes of a stream, which contain its last id, since the id is at the end of every event.
#[derive(Debug, Default)]
struct Tail {
    bytes: [u8; Self::LENGTH],
}

impl Tail {
    /// Length of `\nid: `, 16 digits and two line breaks, rounded up.
    const LENGTH: usize = 32;

    fn push(&mut self, piece: &[u8]) {
        let new = piece.len().min(Self::LENGTH);
        self.bytes.copy_within(new.., 0);
        self.bytes[Self::LENGTH - new..].copy_from_slice(&piece[piece.len() - new..]);
    }

    fn last_id(&self) -> Option<String> {
        const FIELD: &[u8] = b"\nid: ";
        let from = rfind(&self.bytes, FIELD)? + FIELD.len();
        let digits = self.bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        Some(digits.map(|&byte| char::from(byte)).collect())
    }
}
