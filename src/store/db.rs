//! Connections to the database file: one for writing, a pool for reading, and single ones for commands.

pub use super::{connection::Connection, readers::ReadPool};
use super::{
    database_path::{DatabasePath, FileId, beside},
    direct_rooms::fill_people,
    rooms::fold_room_names,
    schema::{self, Owner},
    statements::statements,
    users::fold_names,
};
use crate::{
    config::{Durability, Storage},
    error::{Error, Result},
};
use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use std::{os::unix::fs::OpenOptionsExt as _, time::Duration};

/// Older versions may lose committed pages when one connection checkpoints while another one commits:
/// <https://sqlite.org/wal.html#walresetbug>.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// How long to wait for locks of other programs; this process has one writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Capacity of the statement cache, greater than the number of statements.
const STATEMENT_CACHE: usize = 200;
/// Size of the page cache of a reader: 8 MiB, as a negative number of KiB. With SQLite's default of 2 MiB, what one page of
/// a room reads from a file with 5,000,000 messages did not fit, and took 1.6 times as long.
const READER_CACHE: &str = "-8192";
/// Size in bytes to which the write-ahead log is truncated after a checkpoint.
const WAL_LIMIT: &str = "67108864";

statements! {
    SQLITE_VERSION = "select sqlite_version()";
    BEGIN = "begin immediate; select data_version from pragma_data_version";
    DATA_VERSION = "select data_version from pragma_data_version";
    COMMIT = "commit";
    READ_SCHEMA = "select count(*) from sqlite_master";
    PAGE_SIZE = "pragma page_size";
    USE_WAL = "pragma journal_mode = wal";
}

/// Opens the only connection that writes. Creates the file if it is missing, and migrates it.
pub async fn open_writer(file: &DatabasePath, storage: Storage) -> Result<Connection> {
    create_private(file)?;
    let opened = async {
        let mut connection = connect_writer(file, storage).await?;
        check_sqlite_version(&mut connection).await?;
        schema::migrate(&mut connection).await?;
        fold_names(&mut connection).await?;
        fill_people(&mut connection).await?;
        fold_room_names(&mut connection).await?;
        limit_size(&mut connection, storage).await?;
        Ok::<_, Error>(connection)
    };
    opened.await.map_err(|error| explain(file, error))
}

/// Opens the writing connection of a file that this process has created and migrated before.
pub(super) async fn reopen_writer(file: &DatabasePath, storage: Storage) -> Result<Connection> {
    let mut connection = connect_writer(file, storage).await?;
    limit_size(&mut connection, storage).await?;
    Ok(connection)
}

/// Connects for writing. Checks the owner before switching to WAL, which changes the header.
async fn connect_writer(file: &DatabasePath, storage: Storage) -> Result<Connection> {
    let synchronous = match storage.durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::Normal => SqliteSynchronous::Normal,
    };
    let options = options(file)
        .synchronous(synchronous)
        // Overwrite deleted text in the free bytes of a page.
        .pragma("secure_delete", "fast")
        .pragma("journal_size_limit", WAL_LIMIT)
        // Keep statement journals in memory. They exceed 64 KiB if many users post at once.
        .pragma("temp_store", "memory");
    let mut connection = Connection::connect_with(&options).await?;
    let owner = Owner::read(&mut connection).await?;
    owner.refuse_unfit(file, false)?;
    sqlx::query(USE_WAL).execute(&mut connection).await?;
    Ok(connection)
}

/// Limits the size of the file to `storage.max_size`, in bytes; a file that is larger already does not grow.
///
/// The limit applies to this connection only, and is set after migrations, which it must not prevent.
async fn limit_size(connection: &mut Connection, storage: Storage) -> Result<()> {
    #[expect(
        clippy::disallowed_types,
        reason = "a pragma takes no parameters, and this one is made of a number"
    )]
    use sqlx::AssertSqlSafe;
    let Some(bytes) = storage.max_size else {
        return Ok(());
    };
    let page: i64 = sqlx::query_scalar(PAGE_SIZE)
        .fetch_one(&mut *connection)
        .await?;
    let pages = bytes / page.unsigned_abs();
    let limit = AssertSqlSafe(format!("pragma max_page_count = {pages}"));
    sqlx::query(limit).execute(connection).await?;
    Ok(())
}

/// Opens a pool of read-only connections to the file with `id`, about one per core, since each uses a thread. They never
/// checkpoint.
pub(super) async fn open_readers(file: &DatabasePath, id: FileId) -> Result<ReadPool> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let options = options(file)
        .read_only(true)
        .pragma("query_only", "on")
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", READER_CACHE);
    let pool = ReadPool::new(options, file.clone(), id, cores.clamp(2, 8))?;
    // The first read opens the write-ahead log, which then exists as long as this connection.
    let mut reader = pool.acquire().await?;
    sqlx::query(READ_SCHEMA).fetch_one(&mut **reader).await?;
    drop(reader);
    Ok(pool)
}

/// Opens one read-only connection to a database of Backscroll, for commands. A server may be running, and the file may
/// be on a read-only medium.
pub async fn open_reader(file: &DatabasePath) -> Result<Connection> {
    let mut connection = connect_reader(file).await?;
    Owner::read(&mut connection)
        .await?
        .refuse_unfit(file, true)?;
    Ok(connection)
}

/// Opens one read-only connection to a database of any program.
pub async fn connect_reader(file: &DatabasePath) -> Result<Connection> {
    file.refuse_orphaned_wal()?;
    let options = options(file).read_only(true);
    match connect_and_read(&options).await {
        // Reading a database in WAL mode requires `-wal` and `-shm`. If they are missing and cannot be created, no
        // process can write to the database either: <https://sqlite.org/wal.html#readonly>.
        Err(error) if is_unwritable(&error) && !beside(file, "-wal").exists() => {
            connect_and_read(&options.immutable(true)).await
        }
        opened => opened,
    }
}

async fn connect_and_read(options: &SqliteConnectOptions) -> Result<Connection> {
    let mut connection = Connection::connect_with(options).await?;
    sqlx::query(READ_SCHEMA).fetch_one(&mut connection).await?;
    Ok(connection)
}

/// Begins a write transaction, and returns [`data_version`] as of its begin.
///
/// If anything fails before [`commit`], the connection must be closed.
pub async fn begin(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(BEGIN).fetch_one(connection).await?)
}

/// Commits the transaction.
pub async fn commit(connection: &mut Connection) -> Result<()> {
    sqlx::query(COMMIT).execute(connection).await?;
    Ok(())
}

/// Returns a number that changes when another connection commits a change of the file:
/// <https://sqlite.org/pragma.html#pragma_data_version>.
pub async fn data_version(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(DATA_VERSION)
        .fetch_one(connection)
        .await?)
}

/// Returns whether the error is `SQLITE_READONLY` or `SQLITE_CANTOPEN`, extended codes included.
fn is_unwritable(error: &Error) -> bool {
    matches!(error.sqlite_code(), Some(8 | 14))
}

/// Returns whether a row was not stored because another one has its unique values.
#[must_use]
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
}

/// Returns the version of the bundled SQLite, such as `3.51.3`.
pub async fn sqlite_version(connection: &mut Connection) -> Result<String> {
    Ok(sqlx::query_scalar(SQLITE_VERSION)
        .fetch_one(connection)
        .await?)
}

fn options(file: &DatabasePath) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE)
        .optimize_on_close(false, None)
}

/// Creates an empty file that only its owner may read, unless the file exists. An empty file is an empty database, and
/// SQLite gives the files beside it the same permissions.
pub(super) fn create_private(file: &DatabasePath) -> Result<()> {
    file.refuse_orphaned_wal()?;
    let mut new = std::fs::File::options();
    new.write(true).create_new(true).mode(0o600);
    match new.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::Refused(
            format!("{} cannot be created: {error}", file.display()),
        )),
        _ => Ok(()),
    }
}

/// Explains why a file cannot be opened for writing, and what to do.
fn explain(file: &DatabasePath, error: Error) -> Error {
    if !matches!(error, Error::Database(_)) {
        return error;
    }
    let code = error.sqlite_code();
    let file = file.display();
    Error::Refused(match code {
        Some(11 | 26) => format!(
            "{file} is damaged, or not a database of Backscroll; check it with `backscroll check`, or replace it with a \
             backup by `backscroll restore`"
        ),
        Some(8 | 14) => format!(
            "{file} cannot be opened: check that its folder exists and is writable for this program"
        ),
        _ => format!("{file} cannot be opened: {error}"),
    })
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
