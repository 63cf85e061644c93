//! What has arrived of an upload.

use super::turns::Turn;
use crate::error::{Error, Outage, Result};
use std::{
    fs::File,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// The part of an upload that has arrived, opened for appending. While it exists, other requests about the upload wait.
///
/// It moves into each write, and exists until the write has ended, also if the request is gone.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
    length: u64,
    turn: Turn,
}

impl Part {
    pub(super) fn new(file: File, path: PathBuf, turn: Turn) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self {
            file,
            path,
            length,
            turn,
        })
    }

    /// Returns its length, which is the offset of the upload.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns a token that is cancelled when a later request about the upload waits.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.turn.stop.clone()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes, without waiting for the disk.
    pub async fn append(self, bytes: Vec<u8>) -> Result<Self> {
        in_background(move || {
            let mut part = self;
            part.file.write_all(&bytes)?;
            part.length += bytes.len() as u64;
            Ok(part)
        })
        .await
    }

    /// Waits until everything is on the disk.
    pub async fn sync(self) -> Result<Self> {
        in_background(move || {
            self.file.sync_all()?;
            Ok(self)
        })
        .await
    }
}

/// Runs what blocks on a thread of its own. A full or failing disk is an outage, as for the database.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    match spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| outage(&error)),
        Err(_) => Err(Error::Internal("work on a file has panicked")),
    }
}

fn outage(error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::Unavailable(Outage::DiskFull)
        }
        ErrorKind::NotFound => Error::NotFound,
        _ => {
            tracing::error!(%error, "the folder of files cannot be used");
            Error::Unavailable(Outage::DiskFailing)
        }
    }
}
