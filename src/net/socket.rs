//! A socket whose writes time out when the peer accepts nothing.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// A TCP connection for hyper, which has no write timeout of its own (hyperium/hyper#3852).
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    /// A write without progress for this long ends the connection.
    limit: Duration,
    /// Runs while a write waits. Created only then, since most connections never need it.
    timeout: Option<Pin<Box<Sleep>>>,
    is_write_pending: Arc<AtomicBool>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, limit: Duration) -> Self {
        Self {
            stream,
            limit,
            timeout: None,
            is_write_pending: Arc::default(),
        }
    }

    /// Returns a flag that is set while bytes wait to be written, readable while hyper owns the socket.
    pub(super) fn is_write_pending(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_write_pending)
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    fn watch(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.is_write_pending
            .store(written.is_pending(), Ordering::Relaxed);
        if written.is_ready() {
            self.timeout = None;
            return written;
        }
        let limit = self.limit;
        let timeout = self.timeout.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(timeout.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.watch(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, bytes);
        this.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
