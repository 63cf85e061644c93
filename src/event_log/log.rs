//! The log as its users hold it: submit a change, open a tail.

use super::{
    frame::RenderRow,
    recent::Recent,
    wake::Wakers,
    writer::{Answer, QUEUE_LENGTH, Submission, Writer},
};
use crate::{
    config::Durability,
    error::{Error, Result},
    model::{change::Change, ids::EventId},
    store::{
        db::{self, Connection, ReadPool},
        events, meta,
    },
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Replays that may ask the store at the same time, so that pages find a connection in between.
const REPLAYS_AT_ONCE: usize = 2;

/// One log.
#[derive(Debug)]
pub struct EventLog {
    /// Its random name.
    pub name: String,
    /// Its newest events.
    pub recent: Recent,
    /// Who waits for it to move.
    pub wakers: Arc<Wakers>,
    /// For reading what is not recent.
    pub readers: ReadPool,
    /// Taken before a replay asks the store.
    pub(super) replays: Semaphore,
    queue: mpsc::Sender<Submission>,
    writable: AtomicBool,
}

impl EventLog {
    /// Opens the log of a file that `connection` may write to; the writer must be run.
    pub async fn open(
        file: &Path,
        mut connection: Connection,
        durability: Durability,
        render: RenderRow,
    ) -> Result<(Arc<Self>, Writer)> {
        let name = meta::find_log(&mut connection).await?.unwrap_or_default();
        let head = events::head(&mut connection).await?;
        let (queue, submissions) = mpsc::channel(QUEUE_LENGTH);
        let log = Arc::new(Self {
            name,
            recent: Recent::new(head, render),
            wakers: Arc::default(),
            readers: db::open_readers(file).await?,
            replays: Semaphore::new(REPLAYS_AT_ONCE),
            queue,
            writable: AtomicBool::new(true),
        });
        let writer = Writer::new(
            Arc::clone(&log),
            submissions,
            connection,
            file.to_owned(),
            durability,
        );
        Ok((log, writer))
    }

    /// Everything up to here was published.
    pub fn head(&self) -> EventId {
        self.recent.head()
    }

    /// Hands in a change and waits until it is on disk, or refused. Once it is handed in, it happens
    /// whether or not anybody still waits.
    pub async fn submit(&self, change: Change) -> Result<Answer> {
        let (answer, answered) = oneshot::channel();
        let submission = Submission { change, answer };
        self.queue
            .try_send(submission)
            .map_err(|_| Error::Unavailable("too many changes are waiting"))?;
        answered
            .await
            .map_err(|_| Error::Unavailable("the server is stopping"))?
    }

    /// Whether the last transaction could be stored.
    pub fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    pub(super) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Ordering::Relaxed);
    }
}
