//! The applier: the one task that owns the one connection that writes.
//!
//! It takes all changes that wait in the queue into one transaction, and does not wait for more: what arrives during one
//! commit is the next batch. A change lives here, never in a request's future: a client that hangs up changes
//! nothing. Posters are answered after the commit, then readers are notified.

use super::{
    local::{Inbox, Posters},
    log::{EventLog, Opened},
    transaction::{Before, Committed, commit},
};
use crate::{
    config::Storage,
    error::{Error, Result},
    model::{
        change::{AccessChange, Change},
        event::{Audience, Event},
        time::Timestamp,
    },
    store::{
        db::{self, Connection, result_code},
        file_identity::OpenDatabase,
        meta,
    },
};
use sqlx::Connection as _;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Changes that go into one transaction at most.
const BATCH_MAX: usize = 256;
/// How often an idle server looks whether another program has changed the file.
const OUTSIDE_CHECK_EVERY: Duration = Duration::from_secs(1);

/// The task that writes.
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
    /// Opens the log of a database, and the task that must be run for it.
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

    /// Writes until `stop`, and then what was handed in before.
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
            // The last to close moves the write-ahead log into the file.
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the database did not close cleanly; nothing is lost");
            }
        }
    }

    async fn write(&mut self, changes: Vec<Change>) {
        match self.commit(&changes).await {
            Ok(committed) => {
                self.log.set_writable(true);
                self.publish(&changes, committed);
            }
            // One of them is at fault in a way that its rule did not foresee: each for itself.
            Err(error) if changes.len() > 1 && error.is_about_one_change() => {
                for change in changes {
                    Box::pin(self.write(vec![change])).await;
                }
            }
            Err(error) => {
                // A replaced file was logged when it was noticed.
                if !matches!(error, Error::Unavailable(_)) {
                    tracing::error!(%error, changes = changes.len(), "nothing of this batch was stored");
                }
                self.log.set_writable(error.is_about_one_change());
                let reason = reason(&error);
                let refused = |change: &Change| (change.id, Err(Error::Unavailable(reason)));
                self.posters.answer(changes.iter().map(refused));
            }
        }
    }

    /// Applies a batch and commits it. What a failed transaction leaves behind is unknown, so its connection is
    /// given up with everything that is cached, and a new one is opened for the next batch.
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
        // Those whose rights moved must know before anything that follows can be read.
        for change in committed.access_changes() {
            self.log.cache.invalidate(change);
            self.log.subscribers.mark_access_changed(change);
            if let AccessChange::User(user) = change {
                self.log.presence.move_rooms(*user);
            }
        }
        if committed.is_changed_outside {
            self.log.recent.forget();
            self.log.subscribers.mark_all_access_changed();
        }
        let renamed = committed.renamed();
        self.log
            .recent
            .publish(&committed.events, &renamed, committed.head);
        let answers = changes.iter().map(|change| change.id);
        self.posters.answer(answers.zip(committed.answers));
        self.notify(&committed.events);
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
                } => rooms.extend(of_person),
            }
        }
        rooms.sort_unstable();
        rooms.dedup();
        self.log.subscribers.notify_rooms(&rooms);
    }

    /// Looks whether another program has changed the file, and takes in what it appended.
    async fn check_outside(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        match db::data_version(connection).await {
            Ok(version) if self.before.data_version == Some(version) => {}
            Ok(_) => self.write(Vec::new()).await,
            Err(error) => tracing::warn!(%error, "cannot look whether the file was changed"),
        }
    }

    /// Writes something that nobody sees, to find out whether the disk takes anything again.
    async fn try_disk(&mut self, at: Timestamp) -> Result<()> {
        let mut connection = self.take_connection().await?;
        let tried = meta::try_disk(&mut connection, at).await;
        match &tried {
            Ok(()) => self.connection = Some(connection),
            Err(error) => tracing::error!(%error, "nothing can be stored yet"),
        }
        self.log.set_writable(tried.is_ok());
        tried.map_err(|error| Error::Unavailable(reason(&error)))
    }
}

/// What a poster may know of a failure. Primary result codes: <https://sqlite.org/rescode.html>.
fn reason(error: &Error) -> &'static str {
    if let Error::Unavailable(reason) = error {
        return reason;
    }
    match result_code(error) {
        Some(5 | 6) => "another program holds the database locked",
        Some(8) => "the database is read-only",
        Some(10) => "the disk is full or failing",
        Some(13) => "the disk is full, or the file has reached its limit",
        Some(11 | 26) => "the database is damaged",
        _ => "the change could not be stored",
    }
}
