//! Detects whether the files of the open database were removed, moved or replaced.
//!
//! SQLite continues to write to the open file after that, and acknowledged changes would be lost at a restart. The
//! writer therefore compares device and inode before each commit.

use super::{
    copies,
    database_path::{DatabasePath, FileId, beside},
    db::{self, Connection, ReadPool},
};
use crate::{
    config::Storage,
    error::{Error, Outage, Result},
};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

/// The database of a running server: its connections, and the identity of its files.
#[derive(Debug)]
pub struct OpenDatabase {
    /// The only connection that writes.
    pub writer: Connection,
    /// Connections that only read.
    pub readers: ReadPool,
    /// The identity of the files that these connections have open.
    pub identity: FileIdentity,
}

impl OpenDatabase {
    /// Opens a database, and creates or migrates it as needed. The caller holds its lock.
    pub async fn open(path: DatabasePath, storage: Storage) -> Result<Self> {
        db::create_private(&path)?;
        let id = FileId::of(&path)?;
        let writer = db::open_writer(&path, storage).await?;
        let readers = db::open_readers(&path, id).await?;
        let identity = FileIdentity::read(path, id)?;
        Ok(Self {
            writer,
            readers,
            identity,
        })
    }
}

/// The device and inode of each file of an open database.
///
/// No other file can get the inode of an open file. SQLite creates `-wal` and `-shm` with the first connection and
/// removes them with the last one, so they are the same as long as the pool of readers is open.
#[derive(Debug)]
pub struct FileIdentity {
    path: DatabasePath,
    /// The database, `-wal`, `-shm` and the lock file.
    files: [(PathBuf, FileId); 4],
    is_replaced: AtomicBool,
}

impl FileIdentity {
    /// Looks up the files beside an open database, whose own id was looked up before it was opened.
    fn read(path: DatabasePath, id: FileId) -> Result<Self> {
        let [wal, shm, lock] = ["-wal", "-shm", "-lock"].map(|suffix| beside(&path, suffix));
        let [wal_id, shm_id, lock_id] = [FileId::of(&wal)?, FileId::of(&shm)?, FileId::of(&lock)?];
        let files = [
            (path.to_path_buf(), id),
            (wal, wal_id),
            (shm, shm_id),
            (lock, lock_id),
        ];
        let identity = Self {
            path,
            files,
            is_replaced: AtomicBool::new(false),
        };
        identity.check()?;
        Ok(identity)
    }

    /// Checks that each name refers to the open file, and that the database was not truncated to zero bytes.
    ///
    /// Takes four system calls, some microseconds together. Logs a line when the answer changes.
    pub fn check(&self) -> Result<()> {
        let replaced = self.find_replaced();
        let was_replaced = self.is_replaced.swap(replaced.is_some(), Ordering::Relaxed);
        match replaced {
            None if was_replaced => {
                tracing::info!("the database files are available again; changes are accepted");
                Ok(())
            }
            None => Ok(()),
            Some(file) => {
                if !was_replaced {
                    tracing::error!(
                        file = %file.display(),
                        "this file was moved, removed, truncated or replaced; changes are refused until it is restored or \
                         the server is restarted"
                    );
                }
                Err(Error::Unavailable(Outage::DatabaseReplaced))
            }
        }
    }

    /// Checks the files before a commit.
    ///
    /// If a file differs, earlier commits are copied from the write-ahead log into the open database: the log may have
    /// lost its name, and would then be lost if the process is killed.
    pub async fn check_before_commit(&self, writer: Option<&mut Connection>) -> Result<()> {
        let checked = self.check();
        if let (Err(_), Some(writer)) = (&checked, writer) {
            copies::copy_wal(writer).await?;
        }
        checked
    }

    /// Opens the writing connection again. Fails if the file is not the same.
    pub async fn reopen_writer(&self, storage: Storage) -> Result<Connection> {
        self.check()?;
        let writer = db::reopen_writer(&self.path, storage).await?;
        self.check()?;
        Ok(writer)
    }

    fn find_replaced(&self) -> Option<&PathBuf> {
        let is_open = |(path, id): &&(PathBuf, FileId)| {
            FileId::with_size(path).is_ok_and(|(found, size)| {
                let is_emptied = size == 0 && path.as_path() == &*self.path;
                found == *id && !is_emptied
            })
        };
        let replaced = self.files.iter().find(|file| !is_open(file));
        replaced.map(|(path, _)| path)
    }
}
