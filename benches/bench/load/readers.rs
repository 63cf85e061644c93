//! Streams: opened, read, and looked through for messages.

use super::{
    clock::Clock,
    histogram::Histogram,
    http::{Chunks, Head},
    ledger::Ledger,
    marker::Scanner,
    poller::{Poller, connect, moved},
};
use crate::Result;
use memchr::memmem::{Finder, rfind};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// All streams together.
pub(crate) struct Readers {
    streams: Vec<Stream>,
    finder: Finder<'static>,
    buffer: Vec<u8>,
    pub(crate) ledger: Ledger,
    /// From the planned time of the post to the delivery.
    pub(crate) latency: Histogram,
    /// Streams whose answer has begun.
    pub(crate) open: usize,
    /// Bytes of events, with what frames them.
    pub(crate) bytes: u64,
    /// When the last message came.
    pub(crate) last_delivery: u64,
}

#[derive(Default)]
struct Stream {
    socket: Option<TcpStream>,
    /// What is still to be sent.
    request: Vec<u8>,
    /// The answer until its head is complete.
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

    /// Opens a stream; its number is the next one.
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

    /// Ends all streams. What they have got stays in the ledger.
    pub(crate) fn close(&mut self) {
        self.streams.clear();
        self.open = 0;
    }

    /// Something happened on a stream's socket.
    pub(crate) fn advance(&mut self, index: usize, clock: Clock) -> Result<()> {
        let Some(stream) = self.streams.get_mut(index) else {
            return Ok(());
        };
        let Some(mut socket) = stream.socket.take() else {
            return Ok(());
        };
        if !stream.request.is_empty() {
            let Some(sent) = moved(socket.write(&stream.request))? else {
                self.streams[index].socket = Some(socket);
                return Ok(());
            };
            stream.request.drain(..sent);
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(count) = moved(socket.read(&mut buffer))? {
            if count == 0 {
                return Err(format!("the server ended stream {index}").into());
            }
            self.take(index, &buffer[..count], clock.now())?;
            // Nothing is left: the next bytes are told anew (epoll(7), question 9).
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

/// The last bytes of a stream, in which its last id stands: it ends every event.
#[derive(Debug, Default)]
struct Tail {
    bytes: [u8; Self::LENGTH],
}

impl Tail {
    /// `\nid: `, 16 digits, two line breaks, and some to spare.
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
