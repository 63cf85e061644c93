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
    // The write-ahead log goes into the file and is emptied.
    EMPTY_WAL = "pragma wal_checkpoint(truncate)";
    // What is in the write-ahead log is copied into the file, and stays in the log.
    COPY_WAL = "pragma wal_checkpoint(passive)";
}

/// Writes a consistent copy of a database that may be in use, syncs it to disk and checks its integrity.
///
/// The copy has the `application_id` and `user_version` of its source, and only its owner may read it. Fails where a
/// file is at `to`; an incomplete copy is left there when this fails.
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
            "the copy is damaged ({fault}), and so may be its source"
        ))),
        None => Ok(()),
    }
}

/// Moves the write-ahead log into the database, so that the one file holds everything. Nobody else may use it.
pub async fn empty_wal(database: &DatabasePath) -> Result<()> {
    let mut connection =
        Connection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    sqlx::query(EMPTY_WAL).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Copies what is in the write-ahead log into the open database, and leaves the log as it is.
pub(super) async fn copy_wal(connection: &mut Connection) -> Result<()> {
    sqlx::query(COPY_WAL).execute(connection).await?;
    Ok(())
}

/// Removes a database and the files that SQLite keeps beside it. Missing files are no error.
pub fn remove_database(database: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Syncs the folder of this file, so that a renamed or linked file is still there after a power loss.
pub fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
