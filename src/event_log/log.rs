//! The log as its users hold it: submit a change, open a tail.

use super::{
    frame::RenderRow,
    known::Known,
    presence::Presence,
    recent::Recent,
    replays::Replays,
    signals::Signals,
    transaction::Answer,
    wake::Wakers,
    writer::{QUEUE_LENGTH, Submission, Writer},
};
use crate::{
    config::Storage,
    error::{Error, Result},
    model::{change::Change, ids::EventId},
    store::{
        db::ReadPool,
        eras, events,
        file_identity::{FileIdentity, OpenDatabase},
        meta,
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

/// What a change, or a replay, is told that comes too late.
pub(super) const STOPPING: Error = Error::Unavailable("the server is stopping");

/// One log.
#[derive(Debug)]
pub struct EventLog {
    /// Its random name.
    pub name: String,
    /// Its newest events.
    pub recent: Recent,
    /// The first id of its present era: a cursor before it may lie in a future that was lost.
    pub era: EventId,
    /// Who waits for it to move.
    pub wakers: Arc<Wakers>,
    /// For reading what is not recent.
    pub readers: ReadPool,
    /// Who is here.
    pub presence: Presence,
    /// What is said once and kept nowhere.
    pub signals: Signals,
    /// What need not be read again.
    pub known: Known,
    /// The files of the database, which can be replaced while they are open.
    pub file: FileIdentity,
    /// Whoever reads what is not recent.
    pub(super) replays: Replays,
    queue: mpsc::Sender<Submission>,
    writable: AtomicBool,
}

impl EventLog {
    /// Opens the log of a database; the writer must be run.
    pub async fn open(
        database: OpenDatabase,
        storage: Storage,
        render: RenderRow,
    ) -> Result<(Arc<Self>, Writer)> {
        let OpenDatabase {
            writer: mut connection,
            readers,
            identity: file,
        } = database;
        let name = meta::find_log(&mut connection).await?.unwrap_or_default();
        let head = events::head(&mut connection).await?;
        let era = eras::find_latest(&mut connection).await?;
        let (queue, submissions) = mpsc::channel(QUEUE_LENGTH);
        let log = Arc::new(Self {
            name,
            recent: Recent::new(head, render),
            wakers: Arc::default(),
            era,
            known: Known::new(readers.clone()),
            readers,
            file,
            presence: Presence::default(),
            signals: Signals::default(),
            replays: Replays::new(),
            queue,
            writable: AtomicBool::new(true),
        });
        let writer = Writer::new(Arc::clone(&log), submissions, connection, storage);
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
            .map_err(|refused| match refused {
                TrySendError::Full(_) => Error::Unavailable("too many changes are waiting"),
                TrySendError::Closed(_) => STOPPING,
            })?;
        answered.await.map_err(|_| STOPPING)?
    }

    /// Whether the last transaction could be stored.
    pub fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    pub(super) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Ordering::Relaxed);
    }
}
