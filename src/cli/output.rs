//! Standard output, with detection of a closed pipe.

use super::Failure;
use std::io::ErrorKind;
use tokio::{
    io::{AsyncWriteExt as _, Interest, Stdout},
    net::unix::pipe,
};

/// The reason why nothing more can be printed.
#[derive(Debug)]
pub(super) enum Closed {
    /// The reader has closed the pipe, which is no error.
    Reader,
    /// Writing failed, on a full disk for instance.
    Failed(Failure),
}

/// Standard output.
pub(super) struct Output {
    stdout: Stdout,
    /// A second handle of the pipe, which detects that its reader has closed it; `None` if standard output is not a
    /// pipe.
    pipe: Option<pipe::Sender>,
}

impl Output {
    pub(super) fn new() -> Self {
        // Opened again instead of duplicated: a duplicate would share its non-blocking mode with standard error if both
        // are the same pipe.
        Self {
            stdout: tokio::io::stdout(),
            pipe: pipe::OpenOptions::new().open_sender("/dev/stdout").ok(),
        }
    }

    /// Prints whole lines and flushes them.
    pub(super) async fn print(&mut self, lines: &str) -> Result<(), Closed> {
        let written = match self.stdout.write_all(lines.as_bytes()).await {
            Ok(()) => self.stdout.flush().await,
            Err(error) => Err(error),
        };
        written.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Closed::Reader,
            _ => Closed::Failed(Failure::failed(format!(
                "cannot write to standard output: {error}"
            ))),
        })
    }

    /// Waits until the reader has closed the pipe. Never returns if standard output is not a pipe.
    pub(super) async fn reader_gone(&self) {
        match &self.pipe {
            Some(pipe) if pipe.ready(Interest::ERROR).await.is_ok() => {}
            _ => std::future::pending().await,
        }
    }
}
