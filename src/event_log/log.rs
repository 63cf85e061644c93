//! The log: submitting changes, and the shared state that its readers use.

use super::{
    answer::Answer,
    local::{DiskTrial, Inbox, LocalSequencer, Posters, STOPPING},
    presence::{COLLECT_FOR, Presence},
    recent::Recent,
    replays::Replays,
    session_uses::SessionUses,
    signals::Signals,
    subscriptions::Subscribers,
};
use crate::{
    cache::Cache,
    error::{Error, Outage, Result},
    model::{
        change::Change,
        ids::{EventId, UserId},
        time::Timestamp,
    },
    store::{
        cursors,
        db::{Connection, ReadPool},
        eras, events,
        file_identity::{FileIdentity, OpenDatabase},
        memberships, meta,
    },
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// Maximum number of waiting requests to test the disk.
const TRIALS_MAX: usize = 16;

/// An open log.
#[derive(Debug)]
pub struct EventLog {
    /// The random name of the log.
    pub name: String,
    /// The newest events.
    pub recent: Recent,
    /// The first id of the current era. A cursor before it may be an id that was lost when a backup was restored.
    pub era: EventId,
    /// The readers that wait for new events.
    pub subscribers: Arc<Subscribers>,
    /// Connections for reading what is neither recent nor cached.
    pub readers: ReadPool,
    /// The users who are online.
    pub presence: Presence,
    /// Signals, which are sent once and not stored.
    pub signals: Signals,
    /// Cached values of the database.
    pub cache: Cache,
    /// Uses of sessions and tokens that are not stored yet.
    pub session_uses: SessionUses,
    /// The files of the database, which can be replaced while they are open.
    pub file: FileIdentity,
    /// Pages of past events, shared by readers.
    pub(super) replays: Replays,
    sequencer: LocalSequencer,
    trials: mpsc::Sender<DiskTrial>,
    writable: AtomicBool,
}

/// An open log, with the parts that its applier owns.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) log: Arc<EventLog>,
    pub(super) inbox: Inbox,
    pub(super) posters: Arc<Posters>,
    pub(super) connection: Connection,
}

impl EventLog {
    /// Opens the log of a database.
    pub(super) async fn open(database: OpenDatabase) -> Result<Opened> {
        let OpenDatabase {
            writer: mut connection,
            readers,
            identity: file,
        } = database;
        let name = meta::find_log(&mut connection).await?.unwrap_or_default();
        let head = events::head(&mut connection).await?;
        let open_head = cursors::find_open_head(&mut connection).await?;
        let era = eras::find_latest(&mut connection).await?;
        let (sequencer, changes) = LocalSequencer::new();
        let posters = Arc::clone(sequencer.posters());
        let (trials, received_trials) = mpsc::channel(TRIALS_MAX);
        let log = Arc::new(Self {
            name,
            recent: Recent::new(head, open_head),
            subscribers: Arc::default(),
            era,
            cache: Cache::default(),
            session_uses: SessionUses::default(),
            readers,
            file,
            presence: Presence::default(),
            signals: Signals::default(),
            replays: Replays::new(),
            sequencer,
            trials,
            writable: AtomicBool::new(true),
        });
        let inbox = Inbox {
            changes,
            trials: received_trials,
        };
        Ok(Opened {
            log,
            inbox,
            posters,
            connection,
        })
    }

    /// Returns the id up to which everything was published.
    pub fn head(&self) -> EventId {
        self.recent.head()
    }

    /// Submits a change and waits until it is on disk or refused. Once submitted, the change is applied even if this
    /// future is dropped.
    pub fn submit(&self, change: Change) -> impl Future<Output = Result<Answer>> {
        self.sequencer.submit(change)
    }

    /// Returns whether the last transaction could be stored.
    pub fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    pub(super) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Ordering::Relaxed);
    }

    /// Writes a test value, to find out whether changes can be stored again.
    pub async fn try_disk(&self, at: Timestamp) -> Result<()> {
        let (answer, tried) = oneshot::channel();
        let busy = Error::Unavailable(Outage::Busy);
        let trial = DiskTrial { at, answer };
        self.trials.try_send(trial).map_err(|_| busy)?;
        tried.await.map_err(|_| STOPPING)?
    }

    /// Signals presence changes to the rooms, until the server stops. Users are away `away_after` after their last
    /// stream has closed.
    pub async fn publish_presence(&self, away_after: Duration, stop: CancellationToken) {
        let next_changes = || stop.run_until_cancelled(self.presence.next_changes(away_after));
        while let Some(moved) = next_changes().await {
            if let Err(error) = self.publish_presence_of(&moved).await {
                tracing::warn!(%error, "publishing presence failed; retrying");
                self.presence.retry(moved);
            }
            if stop.run_until_cancelled(sleep(COLLECT_FOR)).await.is_none() {
                return;
            }
        }
    }

    async fn publish_presence_of(&self, moved: &HashMap<UserId, bool>) -> Result<()> {
        let users: Vec<UserId> = moved.keys().copied().collect();
        let mut connection = self.readers.acquire().await?;
        let rows = memberships::list_rooms_of_people(&mut connection, &users).await?;
        drop(connection);
        let signals = self.presence.signals_of(moved, rows);
        self.signals.publish(&self.subscribers, signals);
        Ok(())
    }
}
