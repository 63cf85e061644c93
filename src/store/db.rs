//! The file: opening, pragmas, migrations; one connection that writes and a few that read.

use super::statements::statements;
use crate::{
    config::{Durability, Storage},
    error::{Error, Result},
};
use sqlx::{
    Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// A connection to the file.
pub type Connection = SqliteConnection;
/// Read-only connections to the file.
pub type ReadPool = SqlitePool;

/// Older versions may lose committed pages when one connection checkpoints while another one commits:
/// <https://sqlite.org/wal.html#walresetbug>.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// Only a net: nobody but this process writes, and `sqlite3` users hold locks briefly.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a page waits for a connection before it is told "not now".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// Statements that a connection keeps prepared; more than there are.
const STATEMENT_CACHE: usize = 200;
/// After a checkpoint the write-ahead log is cut down to this, in bytes.
const WAL_LIMIT: &str = "67108864";

statements! {
    SQLITE_VERSION = "select sqlite_version()";
    QUICK_LOOK = "select count(*) from sqlite_master";
    PAGE_SIZE = "pragma page_size";
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The one connection that writes, on a file that is made and migrated as needed.
pub async fn open_writer(file: &Path, storage: Storage) -> Result<Connection> {
    let synchronous = match storage.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Normal => SqliteSynchronous::Normal,
    };
    make_private(file)?;
    let options = options(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        // Deleted text shall not linger in the freed bytes of a page.
        .pragma("secure_delete", "fast")
        .pragma("journal_size_limit", WAL_LIMIT);
    let mut connection = Connection::connect_with(&options).await?;
    check_sqlite_version(&mut connection).await?;
    MIGRATIONS.run_direct(None, &mut connection, false).await?;
    if let Some(bytes) = storage.max_size {
        limit_size(&mut connection, bytes).await?;
    }
    Ok(connection)
}

/// From now on the file grows to at most this, in bytes; one that is larger already does not grow. It is a matter
/// of this connection alone, and is set when a new version has made its tables.
async fn limit_size(connection: &mut Connection, bytes: u64) -> Result<()> {
    #[expect(
        clippy::disallowed_types,
        reason = "a pragma takes no parameters, and this one is made of a number"
    )]
    use sqlx::AssertSqlSafe;
    let page: i64 = sqlx::query_scalar(PAGE_SIZE)
        .fetch_one(&mut *connection)
        .await?;
    let pages = bytes / page.unsigned_abs();
    let limit = AssertSqlSafe(format!("pragma max_page_count = {pages}"));
    sqlx::query(limit).execute(connection).await?;
    Ok(())
}

/// Read-only connections, about as many as there are cores: each one is a thread.
///
/// Idle ones are kept for ever, and none is tested before use: both would only cost. Readers never
/// checkpoint.
pub async fn open_readers(file: &Path) -> Result<ReadPool> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let connections = u32::try_from(cores.clamp(2, 8)).unwrap_or(2);
    let options = options(file)
        .read_only(true)
        .pragma("query_only", "on")
        .pragma("wal_autocheckpoint", "0");
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    Ok(pool)
}

/// One read-only connection, for commands that run beside a server. The file must exist.
pub async fn open_reader(file: &Path) -> Result<Connection> {
    if !file.exists() {
        return Err(Error::Refused(format!(
            "there is no file {}",
            file.display()
        )));
    }
    let mut connection = Connection::connect_with(&options(file).read_only(true)).await?;
    sqlx::query(QUICK_LOOK).fetch_one(&mut connection).await?;
    Ok(connection)
}

/// The version of the SQLite inside, such as `3.51.3`.
pub async fn sqlite_version(connection: &mut Connection) -> Result<String> {
    Ok(sqlx::query_scalar(SQLITE_VERSION)
        .fetch_one(connection)
        .await?)
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE)
        .optimize_on_close(false, None)
}

/// A new file is its owner's alone: it holds what was said behind closed doors. SQLite gives the files beside it
/// the same rights. An empty file is an empty database.
fn make_private(file: &Path) -> Result<()> {
    let mut new = std::fs::File::options();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    match new.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::Refused(
            format!("{} cannot be made: {error}", file.display()),
        )),
        _ => Ok(()),
    }
}

async fn check_sqlite_version(connection: &mut Connection) -> Result<()> {
    let version = sqlite_version(connection).await?;
    let parts: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    if parts.as_slice() < SQLITE_MIN.as_slice() {
        return Err(Error::Refused(format!(
            "SQLite {version} can lose committed pages; this program needs 3.51.3 or newer"
        )));
    }
    Ok(())
}
