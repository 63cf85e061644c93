//! Standard output, as a reader at the other end of a pipe needs it.

use super::Failure;
use std::io::ErrorKind;
use tokio::{
    io::{AsyncWriteExt as _, Interest, Stdout},
    net::unix::pipe,
};

/// Why nothing more can be printed.
#[derive(Debug)]
pub(super) enum Closed {
    /// The reader has gone: nothing more to do, and nothing wrong.
    Reader,
    /// Writing failed, on a full disk for instance.
    Failed(Failure),
}

/// Standard output.
pub(super) struct Output {
    stdout: Stdout,
    /// The same pipe, only watched for its reader's end; `None` where it is a file.
    pipe: Option<pipe::Sender>,
}

impl Output {
    pub(super) fn new() -> Self {
        // Opened anew and not duplicated: what is made non-blocking here may be standard error, too.
        Self {
            stdout: tokio::io::stdout(),
            pipe: pipe::OpenOptions::new().open_sender("/dev/stdout").ok(),
        }
    }

    /// Prints whole lines; once this returns they have left the process.
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

    /// Waits until the reader at the other end of the pipe has gone.
    pub(super) async fn reader_gone(&self) {
        match &self.pipe {
            Some(pipe) if pipe.ready(Interest::ERROR).await.is_ok() => {}
            _ => std::future::pending().await,
        }
    }
}
