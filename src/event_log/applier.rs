//! The applier: the single task that owns the writing connection.
//!
//! It commits all changes that wait in the queue in one transaction, and does not wait for more: changes that arrive
//! during a commit form the next batch. Changes are owned by this task and not by the future of a request, so they
//! are applied even if the client disconnects. After the commit, posters get their answers, then readers are notified.

use super::{
    local::{Inbox, Posters},
    log::{EventLog, Opened},
    signals::Signal,
    transaction::{Before, Committed, commit},
};
use crate::{
    config::Storage,
    error::{Error, Outage, Result},
    model::{
        change::{AccessChange, Change},
        event::{Audience, Event},
        own_change::OwnChange,
        time::Timestamp,
    },
    store::{
        db::{self, Connection},
        file_identity::OpenDatabase,
        meta,
    },
};
use sqlx::Connection as _;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Maximum number of changes per transaction.
const BATCH_MAX: usize = 256;
/// Interval at which an idle server checks whether another program has changed the file.
const OUTSIDE_CHECK_EVERY: Duration = Duration::from_secs(1);

/// The task that applies changes and commits them.
#[derive(Debug)]
pub struct Applier {
    log: Arc<EventLog>,
    inbox: Inbox,
    posters: Arc<Posters>,
    connection: Option<Connection>,
    before: Before,
    storage: Storage,
}

impl Applier {
    /// Opens the log of a database. Returns the log with its applier, which the caller must [`run`](Self::run).
    pub async fn open(database: OpenDatabase, storage: Storage) -> Result<(Arc<EventLog>, Self)> {
        let Opened {
            log,
            inbox,
            posters,
            connection,
        } = EventLog::open(database).await?;
        let before = Before {
            head: log.head(),
            data_version: None,
        };
        let applier = Self {
            log: Arc::clone(&log),
            inbox,
            posters,
            connection: Some(connection),
            before,
            storage,
        };
        Ok((log, applier))
    }

    /// Applies changes until `stop`, then the changes that are still in the queue.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut outside_checks = interval(OUTSIDE_CHECK_EVERY);
        outside_checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                received = self.inbox.changes.recv_many(&mut batch, BATCH_MAX) => {
                    if received == 0 {
                        break;
                    }
                    let changes = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_MAX));
                    self.write(changes).await;
                }
                () = stop.cancelled(), if !self.inbox.changes.is_closed() => self.inbox.changes.close(),
                Some(trial) = self.inbox.trials.recv() => {
                    let _ = trial.answer.send(self.try_disk(trial.at).await);
                }
                _ = outside_checks.tick() => self.check_outside().await,
            }
        }
        self.posters.close();
        if let Some(connection) = self.connection {
            // SQLite checkpoints the write-ahead log when the last connection closes.
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing the database failed; no data is lost");
            }
        }
    }

    async fn write(&mut self, changes: Vec<Change>) {
        match self.commit(&changes).await {
            Ok(committed) => {
                self.log.set_writable(true);
                self.publish(&changes, committed);
            }
            // One unidentified change of the batch failed. Apply each of them in its own transaction.
            Err(error) if changes.len() > 1 && error.is_about_one_change() => {
                for change in changes {
                    Box::pin(self.write(vec![change])).await;
                }
            }
            Err(error) => {
                // A replaced file was logged when it was noticed.
                if !matches!(error, Error::Unavailable(_)) {
                    tracing::error!(%error, changes = changes.len(), "storing a batch of changes failed");
                }
                self.log.set_writable(error.is_about_one_change());
                let outage = outage_of(&error);
                let refused = |change: &Change| (change.id, Err(Error::Unavailable(outage)));
                self.posters.answer(changes.iter().map(refused));
            }
        }
    }

    /// Applies a batch and commits it. After an error the state of the connection is unknown: it is dropped, all cache
    /// entries are invalidated, and a new connection is opened for the next batch.
    async fn commit(&mut self, changes: &[Change]) -> Result<Committed> {
        let mut connection = self.take_connection().await?;
        let mut before = self.before;
        let committed = commit(&mut connection, &self.log.cache, &mut before, changes).await;
        if committed.is_ok() {
            self.before = before;
            self.connection = Some(connection);
        } else {
            self.log.cache.invalidate_all();
            self.before.data_version = None;
        }
        committed
    }

    async fn take_connection(&mut self) -> Result<Connection> {
        let file = &self.log.file;
        file.check_before_commit(self.connection.as_mut()).await?;
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => file.reopen_writer(self.storage).await,
        }
    }

    fn publish(&self, changes: &[Change], committed: Committed) {
        // Readers whose permissions have changed must be marked before later events can be read.
        for change in committed.access_changes() {
            self.log.cache.invalidate(change);
            self.log.subscribers.mark_access_changed(change);
            match change {
                AccessChange::User(user) => self.log.presence.rooms_changed(*user),
                AccessChange::Room(room) => self.log.signals.forget(*room),
                AccessChange::Server | AccessChange::Secret(_) | AccessChange::Blocks(_) => {}
            }
        }
        if committed.is_changed_outside {
            self.log.subscribers.mark_all_access_changed();
        }
        // Cached events say whether their rooms are open, and name people by their handles.
        if committed.is_changed_outside
            || committed.changes_rooms()
            || committed.has_other_handles()
        {
            self.log.recent.forget();
        }
        let users = committed.changed_users();
        self.log
            .recent
            .publish(&committed.events, &users, committed.head);
        let own = committed.own_changes();
        let answers = changes.iter().map(|change| change.id);
        self.posters.answer(answers.zip(committed.answers));
        self.notify(&committed.events);
        self.signal(own);
    }

    /// Signals what has changed for single persons to their streams.
    fn signal(&self, changes: Vec<OwnChange>) {
        let mut users: Vec<_> = changes.iter().map(|change| change.user).collect();
        let signals: Vec<_> = changes.into_iter().map(Signal::of_own).collect();
        if !signals.is_empty() {
            self.log.signals.publish(&self.log.subscribers, signals);
        }
        users.dedup();
        for user in users {
            self.log.subscribers.notify_user(user);
        }
    }

    fn notify(&self, events: &[Arc<Event>]) {
        let mut rooms = Vec::with_capacity(events.len());
        for event in events {
            match &event.audience {
                Audience::Room(room) => rooms.push(room.id),
                Audience::OfPerson {
                    is_public: true, ..
                } => {
                    return self.log.subscribers.notify_all();
                }
                Audience::OfPerson {
                    rooms: of_person, ..
                } => rooms.extend(of_person.iter().copied()),
            }
        }
        rooms.sort_unstable();
        rooms.dedup();
        self.log.subscribers.notify_rooms(&rooms);
    }

    /// Checks whether another program has changed the file, and publishes the events that it appended.
    async fn check_outside(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        match db::data_version(connection).await {
            Ok(version) if self.before.data_version == Some(version) => {}
            Ok(_) => self.write(Vec::new()).await,
            Err(error) => tracing::warn!(%error, "checking for changes by other programs failed"),
        }
    }

    /// Writes a test value, to find out whether changes can be stored again.
    async fn try_disk(&mut self, at: Timestamp) -> Result<()> {
        let mut connection = self.take_connection().await?;
        let tried = meta::try_disk(&mut connection, at).await;
        match &tried {
            Ok(()) => self.connection = Some(connection),
            Err(error) => tracing::error!(%error, "changes still cannot be stored"),
        }
        self.log.set_writable(tried.is_ok());
        tried.map_err(|error| Error::Unavailable(outage_of(&error)))
    }
}

/// Returns the kind of a failure, which is what posters are told. Primary result codes:
/// <https://sqlite.org/rescode.html>.
fn outage_of(error: &Error) -> Outage {
    if let Error::Unavailable(outage) = error {
        return *outage;
    }
    match error.sqlite_code() {
        Some(5 | 6) => Outage::DatabaseLocked,
        Some(8) => Outage::DatabaseReadOnly,
        Some(10) => Outage::DiskFailing,
        Some(13) => Outage::DiskFull,
        Some(11 | 26) => Outage::DatabaseDamaged,
        _ => Outage::NotStored,
    }
}
