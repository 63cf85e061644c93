//! A stream on its own socket: a small task that writes the blocks of a feed and holds no other state.

use super::limits::ConnectionSlot;
use crate::{
    app::now,
    web::feed::{Feed, Next, PING_AFTER},
};
use axum::http::{HeaderName, HeaderValue, Version, header, response};
use bytes::Bytes;
use smallvec::SmallVec;
use std::{
    future::poll_fn,
    io::{self, IoSlice},
    pin::{Pin, pin},
    task::{Context, Poll},
};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    time::{Instant, Sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// Pieces of fewer bytes than this in total are copied together. `writev` costs the kernel 10 % more than `send` for a
/// short block, and the kernel is most of the cost of a delivery.
const JOINED_MAX: usize = 16 * 1024;
/// Greatest number of chunks per system call (`IOV_MAX` is 1024 on Linux).
const SLICES_MAX: usize = 256;

/// The response that opens a stream, before any of it was sent.
#[derive(Debug)]
pub(super) struct StreamHead {
    pub(super) parts: response::Parts,
    pub(super) version: Version,
    pub(super) feed: Feed,
}

/// The reason why a stream ends.
#[derive(Debug)]
enum StreamEnd {
    /// The reader disconnected, or accepted nothing until the write timeout.
    Gone,
    /// All blocks were sent, `bye` included.
    Finished,
}

impl From<io::Error> for StreamEnd {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// The reason why a wait ended.
enum Woken {
    Events,
    Timer,
    Disconnected,
}

/// Sends a stream until it ends or its reader disconnects. A reader that accepts nothing is disconnected at once when
/// the server stops.
///
/// This is not an `async fn`, because the future of one stores each argument twice (rust-lang/rust#62958), and
/// thousands of these futures live for hours.
pub(super) fn follow(
    socket: TcpStream,
    mut head: StreamHead,
    slot: ConnectionSlot,
    stop: CancellationToken,
) -> impl Future<Output = ()> + Send {
    let is_chunked = head.version == Version::HTTP_11;
    let first = first_bytes(&head.parts, is_chunked, &head.feed.hello());
    let mut stream = Stream {
        socket,
        is_chunked,
        feed: head.feed,
        stop,
        slot,
    };
    async move {
        if stream.write(&[IoSlice::new(&first)]).await.is_ok() {
            drop(first);
            let _ = stream.run().await;
        }
    }
}

struct Stream {
    socket: TcpStream,
    is_chunked: bool,
    feed: Feed,
    stop: CancellationToken,
    slot: ConnectionSlot,
}

impl Stream {
    async fn run(&mut self) -> Result<(), StreamEnd> {
        let mut silent_since = Instant::now();
        let mut clock = pin!(sleep_until(silent_since + PING_AFTER));
        let mut next = self.feed.next().await;
        loop {
            let woken = match next {
                Next::Send(blocks) => {
                    self.send(&blocks).await?;
                    silent_since = Instant::now();
                    if self.feed.has_read_all() {
                        next = Next::Wait;
                        continue;
                    }
                    Woken::Events
                }
                Next::End(block) => {
                    Box::pin(self.end(block)).await?;
                    return Err(StreamEnd::Finished);
                }
                Next::Wait => self.wait(clock.as_mut()).await,
            };
            next = match woken {
                Woken::Events => self.feed.next().await,
                Woken::Disconnected => return Err(StreamEnd::Gone),
                // The timer is not reset for each block: that would cost more than waking up occasionally.
                Woken::Timer => {
                    let is_silent = silent_since.elapsed() >= PING_AFTER;
                    let again = if is_silent {
                        Instant::now()
                    } else {
                        silent_since
                    };
                    clock.as_mut().reset(again + PING_AFTER);
                    if is_silent {
                        self.feed.next_or_ping().await
                    } else {
                        Next::Wait
                    }
                }
            };
        }
    }

    async fn wait(&self, mut clock: Pin<&mut Sleep>) -> Woken {
        let mut woken = pin!(self.feed.wait());
        poll_fn(|context| {
            if woken.as_mut().poll(context).is_ready() {
                return Poll::Ready(Woken::Events);
            }
            if clock.as_mut().poll(context).is_ready() {
                return Poll::Ready(Woken::Timer);
            }
            self.poll_gone(context).map(|()| Woken::Disconnected)
        })
        .await
    }

    /// Resolves when the reader closes its sending side, which counts as a disconnect. Bytes that it sends are
    /// discarded.
    fn poll_gone(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut discarded = [0; 256];
        loop {
            match self.socket.poll_read_ready(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
            match self.socket.try_read(&mut discarded) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return Poll::Ready(()),
            }
        }
    }

    /// Sends all waiting pieces in one write, which costs the kernel no more than writing one of them.
    async fn send(&mut self, blocks: &[Bytes]) -> Result<(), StreamEnd> {
        if let ([block], true) = (blocks, self.is_chunked) {
            let mut size = [0; 18];
            let size = chunk_size(&mut size, block.len());
            let slices = [size, block, b"\r\n"].map(IoSlice::new);
            return self.write(&slices).await;
        }
        // Boxed, since this is rare and its state would enlarge the task of every stream.
        Box::pin(self.send_many(blocks)).await
    }

    async fn send_many(&mut self, blocks: &[Bytes]) -> Result<(), StreamEnd> {
        for blocks in blocks.chunks(SLICES_MAX) {
            let length: usize = blocks.iter().map(Bytes::len).sum();
            let mut size = [0; 18];
            let mut slices: Vec<_> = blocks.iter().map(|block| IoSlice::new(block)).collect();
            if self.is_chunked {
                slices.insert(0, IoSlice::new(chunk_size(&mut size, length)));
                slices.push(IoSlice::new(b"\r\n"));
            }
            self.write(&slices).await?;
        }
        Ok(())
    }

    async fn end(&mut self, block: Bytes) -> Result<(), StreamEnd> {
        self.send(&[block]).await?;
        if self.is_chunked {
            self.write(&[IoSlice::new(b"0\r\n\r\n")]).await?;
        }
        Ok(self.socket.shutdown().await?)
    }

    async fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<(), StreamEnd> {
        let total: usize = slices.iter().map(|slice| slice.len()).sum();
        let written = if total <= JOINED_MAX {
            self.try_write_joined(slices)
        } else {
            self.socket.try_write_vectored(slices)
        };
        match written {
            Ok(written) if written == total => Ok(()),
            Ok(written) => Box::pin(self.write_rest(slices, written)).await,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Box::pin(self.write_rest(slices, 0)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    fn try_write_joined(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut joined = SmallVec::<[u8; JOINED_MAX]>::new();
        for slice in slices {
            joined.extend_from_slice(slice);
        }
        self.socket.try_write(&joined)
    }

    /// Writes the rest to a slow reader. Each wait in which the reader accepts nothing has a time limit.
    async fn write_rest(
        &mut self,
        slices: &[IoSlice<'_>],
        written: usize,
    ) -> Result<(), StreamEnd> {
        let mut slices = slices.to_vec();
        let mut rest = slices.as_mut_slice();
        IoSlice::advance_slices(&mut rest, written);
        while !rest.is_empty() {
            let writable = timeout(self.slot.timeouts().write, self.socket.writable());
            let writable = tokio::select! {
                writable = writable => writable,
                () = self.stop.cancelled() => return Err(StreamEnd::Gone),
            };
            writable.map_err(|_| StreamEnd::Gone)??;
            match self.socket.try_write_vectored(rest) {
                Ok(written) => IoSlice::advance_slices(&mut rest, written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Formats the size line of a chunk, in hexadecimal digits (RFC 9112, section 7.1). Not by `write!`, which took an
/// eighth of the CPU time that the program spends on a block.
fn chunk_size(buffer: &mut [u8; 18], length: usize) -> &[u8] {
    let mut start = 16;
    let mut rest = length;
    buffer[16..].copy_from_slice(b"\r\n");
    loop {
        start -= 1;
        buffer[start] = b"0123456789abcdef"[rest % 16];
        rest /= 16;
        if rest == 0 {
            return &buffer[start..];
        }
    }
}

/// Returns the head of the response and the first block, which are sent in one write.
fn first_bytes(parts: &response::Parts, is_chunked: bool, hello: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(if is_chunked {
        b"HTTP/1.1 200 OK\r\n"
    } else {
        b"HTTP/1.0 200 OK\r\n"
    });
    let date = now()
        .to_utc()
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let date = HeaderValue::from_str(&date)
        .ok()
        .map(|date| (header::DATE, date));
    let close = (header::CONNECTION, HeaderValue::from_static("close"));
    let chunked = is_chunked.then_some((
        header::TRANSFER_ENCODING,
        HeaderValue::from_static("chunked"),
    ));
    let own: Vec<(HeaderName, HeaderValue)> =
        date.into_iter().chain([close]).chain(chunked).collect();
    let given = parts
        .headers
        .iter()
        .filter(|(name, _)| **name != header::CONTENT_LENGTH);
    for (name, value) in given.chain(own.iter().map(|(name, value)| (name, value))) {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    if is_chunked {
        out.extend_from_slice(chunk_size(&mut [0; 18], hello.len()));
    }
    out.extend_from_slice(hello);
    if is_chunked {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size includes tokio's header, and tokio rounds a task up to a multiple of 128 bytes.
    #[test]
    fn a_stream_is_a_task_of_896_bytes() {
        const fn size_of_future<F>(
            _: fn(TcpStream, StreamHead, ConnectionSlot, CancellationToken) -> F,
        ) -> usize {
            size_of::<F>()
        }
        const TOKIO_HEADER: usize = 104;
        assert!(
            size_of_future(follow) + TOKIO_HEADER <= 7 * 128,
            "the task of a stream has grown, or a new compiler lays out its future differently"
        );
    }

    #[test]
    fn chunks_say_their_size_in_hexadecimal() {
        for length in [0, 1, 9, 10, 15, 16, 255, 256, 4096, 262_144, usize::MAX] {
            let mut buffer = [0; 18];
            let size = chunk_size(&mut buffer, length);
            assert_eq!(size, format!("{length:x}\r\n").as_bytes());
        }
    }
}
