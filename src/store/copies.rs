//! Copies of the whole database, for backups.

use super::{
    check,
    database_path::{DatabasePath, beside},
    db::Connection,
    statements::statements,
};
use crate::error::{Error, Result};
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

statements! {
    COPY_INTO = "vacuum into ?";
    // Copies the write-ahead log into the file and truncates the log.
    EMPTY_WAL = "pragma wal_checkpoint(truncate)";
    // Copies the write-ahead log into the file and keeps the log.
    COPY_WAL = "pragma wal_checkpoint(passive)";
}

/// Writes a consistent copy of a database that may be in use, syncs it to disk and checks its integrity.
///
/// The copy has the `application_id` and `user_version` of its source, and only its owner may read it. Fails if `to`
/// exists. If it fails later, an incomplete copy is left at `to`.
pub async fn copy_database(connection: &mut Connection, to: &DatabasePath) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    let name = to
        .to_str()
        .ok_or_else(|| Error::Refused(format!("{} is not a name in UTF-8", to.display())))?;
    sqlx::query(COPY_INTO)
        .bind(name)
        .execute(connection)
        .await?;
    File::open(to)?.sync_all()?;
    let mut copy =
        Connection::connect_with(&SqliteConnectOptions::new().filename(to).read_only(true)).await?;
    let damage = check::find_damage(&mut copy).await?;
    copy.close().await?;
    match damage.first() {
        Some(fault) => Err(Error::Refused(format!(
            "the copy is damaged ({fault}); its source may be damaged, too"
        ))),
        None => Ok(()),
    }
}

/// Moves the write-ahead log into the database, so that the one file contains all data. No other connection may be
/// open.
pub async fn empty_wal(database: &DatabasePath) -> Result<()> {
    let mut connection =
        Connection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    sqlx::query(EMPTY_WAL).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Copies the write-ahead log into the open database, and leaves the log unchanged.
pub(super) async fn copy_wal(connection: &mut Connection) -> Result<()> {
    sqlx::query(COPY_WAL).execute(connection).await?;
    Ok(())
}

/// Removes a database and SQLite's files beside it. Missing files are no error.
pub fn remove_database(database: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Syncs the folder of a file, so that a renamed or linked file survives a power loss.
pub fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
