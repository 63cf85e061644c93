//! One process serves one file.

use crate::error::{Error, Result};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

/// Held while this process may write to the database; freed by the system when the process ends, however.
///
/// The lock is on a file of its own beside the database: closing any other descriptor of the database file
/// would silently drop the locks that SQLite holds on it (<https://sqlite.org/howtocorrupt.html>, 2.2).
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock of a database file, or says who cannot have it.
    pub fn take(database: &Path) -> Result<Self> {
        let path = lock_path(database);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Error::Refused(format!("cannot open {}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(format!(
                "{} is in use: another process serves it, imports into it or restores it. Stop that first.",
                database.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// `chat.db` → `chat.db-lock`, beside the file itself also where it is named through a link.
fn lock_path(database: &Path) -> PathBuf {
    let real = database
        .canonicalize()
        .unwrap_or_else(|_| database.to_owned());
    let mut name = real.into_os_string();
    name.push("-lock");
    name.into()
}
