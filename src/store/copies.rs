//! Copies of the file as a whole: what backups are made of.

use super::{check, db::Connection, statements::statements};
use crate::error::{Error, Result};
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

statements! {
    COPY_INTO = "vacuum into ?";
    // The write-ahead log goes into the file and is emptied.
    EMPTY_WAL = "pragma wal_checkpoint(truncate)";
    IS_OURS = "select count(*) = 2 from sqlite_master where type = 'table' and name in ('events', 'eras')";
}

/// Writes a consistent copy of a database that may be in use, and sees to it that it is on disk and sound.
///
/// Only its owner may read it. Nothing may be at `to`; half a copy is left there when this fails.
pub async fn copy_database(connection: &mut Connection, to: &Path) -> Result<()> {
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

/// Whether this is a database of this program, however old.
pub async fn is_ours(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_OURS).fetch_one(connection).await?)
}

/// Moves everything into the file itself, so that it can be moved alone. Nobody else may use it.
pub async fn empty_wal(database: &Path) -> Result<()> {
    let mut connection =
        Connection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    sqlx::query(EMPTY_WAL).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// `chat.db` → `chat.db-wal` and the like.
#[must_use]
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Removes a database and what SQLite keeps beside it; what is not there is fine.
pub fn remove_database(database: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Makes what was renamed or linked in the folder of this file outlast a power loss.
pub fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
