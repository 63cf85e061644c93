//! The lock that keeps a second process from writing to a database.

use super::database_path::{DatabasePath, beside};
use crate::error::{Error, Result};
use std::{
    fs::{File, TryLockError},
    os::unix::fs::OpenOptionsExt as _,
};

/// A lock that is held while this process may write to the database. The system releases it when the process ends.
///
/// The lock is on a separate file beside the database: closing any other descriptor of the database file would silently
/// release the locks that SQLite holds on it (<https://sqlite.org/howtocorrupt.html>, 2.2).
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Acquires the lock of a database: `chat.db-lock` for `chat.db`. Fails if another process holds it.
    pub fn take(database: &DatabasePath) -> Result<Self> {
        let path = beside(database, "-lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| Error::Refused(format!("cannot open {}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(format!(
                "{} is in use by another process (serve, import or restore). Stop that process first.",
                database.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
