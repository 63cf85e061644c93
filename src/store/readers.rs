//! The read-only connections of a server, which all requests share.

use super::{
    connection::Connection,
    database_path::{DatabasePath, FileId},
};
use crate::error::{Error, Outage, Result};
use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, Pool, PoolError, QueueMode, RecycleResult},
};
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a request waits for a connection before it fails as busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum time of use of a connection. After it, the running statement is interrupted, so that a few expensive requests
/// cannot hold all connections.
const USE_MAX: Duration = Duration::from_secs(2);
/// Steps of SQLite's virtual machine between two checks of the deadline, which take some tenths of a millisecond.
const STEPS_BETWEEN_CHECKS: i32 = 20_000;

/// A pool of read-only connections. Idle ones are kept.
#[derive(Clone, Debug)]
pub struct ReadPool(Pool<Opener>);

/// Opens the connections of the pool.
#[derive(Debug)]
pub struct Opener {
    options: SqliteConnectOptions,
    path: DatabasePath,
    /// Id of the open database. Opening a further connection fails if the path refers to another file.
    id: FileId,
}

/// A connection of the pool.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    deadline: Arc<Deadline>,
}

impl ReadPool {
    /// Returns a pool of at most `connections`, which are opened as they are needed.
    pub(super) fn new(
        options: SqliteConnectOptions,
        path: DatabasePath,
        id: FileId,
        connections: usize,
    ) -> Result<Self> {
        let pool = Pool::builder(Opener { options, path, id })
            .max_size(connections)
            .wait_timeout(Some(ACQUIRE_TIMEOUT))
            // The connection that was used last has the warmest cache.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build();
        let pool = pool.map_err(|error| Error::Refused(error.to_string()))?;
        Ok(Self(pool))
    }

    /// Waits for a connection, which can be used for [`USE_MAX`].
    ///
    /// # Errors
    ///
    /// `PoolTimedOut` after [`ACQUIRE_TIMEOUT`], and `PoolClosed` while the server stops.
    pub async fn acquire(&self) -> Result<Object<Opener>> {
        let reader = self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(_) => Error::Database(sqlx::Error::PoolTimedOut),
            _ => Error::Database(sqlx::Error::PoolClosed),
        })?;
        reader.deadline.set(USE_MAX);
        Ok(reader)
    }

    /// Waits until no connection is in use, and closes all.
    pub async fn close(&self) {
        for _ in 0..self.0.status().size {
            if let Ok(reader) = self.0.get().await {
                // A reader has nothing to lose.
                let _ = Object::take(reader).connection.close().await;
            }
        }
        self.0.close();
    }
}

impl managed::Manager for Opener {
    type Type = Reader;
    type Error = Error;

    async fn create(&self) -> Result<Reader> {
        if !FileId::of(&self.path).is_ok_and(|now| now == self.id) {
            return Err(Error::Unavailable(Outage::DatabaseReplaced));
        }
        let mut connection = Connection::connect_with(&self.options).await?;
        let deadline = Arc::new(Deadline::new());
        let watched = Arc::clone(&deadline);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(STEPS_BETWEEN_CHECKS, move || !watched.is_over());
        Ok(Reader {
            connection,
            deadline,
        })
    }

    async fn recycle(&self, _: &mut Reader, _: &Metrics) -> RecycleResult<Error> {
        Ok(())
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// The time at which statements of a connection are interrupted.
#[derive(Debug)]
struct Deadline {
    start: Instant,
    /// In milliseconds after `start`.
    at: AtomicU64,
}

impl Deadline {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            at: AtomicU64::new(u64::MAX),
        }
    }

    fn set(&self, after: Duration) {
        self.at
            .store(self.elapsed(Instant::now() + after), Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.elapsed(Instant::now()) > self.at.load(Ordering::Relaxed)
    }

    fn elapsed(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.start).as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Storage,
        store::{file_identity::OpenDatabase, lock::FileLock},
    };

    #[tokio::test]
    async fn a_statement_that_takes_too_long_is_interrupted_and_the_next_one_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = DatabasePath::resolve(&folder.path().join("chat.db")).unwrap();
        let _lock = FileLock::take(&path).unwrap();
        let opened = OpenDatabase::open(path, Storage::default()).await.unwrap();
        let mut reader = opened.readers.acquire().await.unwrap();
        let began = Instant::now();
        let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
        let answer = sqlx::query_scalar::<_, i64>(endless)
            .fetch_one(&mut **reader)
            .await;
        let error = Error::from(answer.unwrap_err());
        assert!(error.is_interrupted(), "{error}");
        assert!(began.elapsed() >= USE_MAX);
        drop(reader);
        for _ in 0..10 {
            let mut reader = opened.readers.acquire().await.unwrap();
            let one: i64 = sqlx::query_scalar("select 1")
                .fetch_one(&mut **reader)
                .await
                .unwrap();
            assert_eq!(one, 1);
        }
        opened.readers.close().await;
        assert!(opened.readers.acquire().await.is_err());
    }
}
