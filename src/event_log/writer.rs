//! The only way in: one task owns the one connection that writes.
//!
//! It takes whatever waits in its bounded queue into one transaction, and holds nothing back for company:
//! what comes in during one commit is the next lot. A change lives here, never in a request's future: a
//! client that hangs up changes nothing. Posters are answered after the commit, then readers are woken.

use super::{
    log::EventLog,
    transaction::{Answer, Committed, commit},
};
use crate::{
    chat::learned::Learned,
    config::Storage,
    error::{Error, Result},
    model::change::{AccessChange, Change},
    store::db::{Connection, result_code},
};
use sqlx::Connection as _;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Changes that may wait; one more is refused with "not now".
pub const QUEUE_LENGTH: usize = 1024;
/// Changes that go into one transaction at most.
const LOT_MAX: usize = 256;

/// Who waits for an answer.
type Poster = oneshot::Sender<Result<Answer>>;

/// A change on its way in.
#[derive(Debug)]
pub struct Submission {
    pub(super) change: Change,
    pub(super) answer: Poster,
}

/// The task that writes.
#[derive(Debug)]
pub struct Writer {
    log: Arc<EventLog>,
    queue: mpsc::Receiver<Submission>,
    connection: Option<Connection>,
    learned: Learned,
    storage: Storage,
}

impl Writer {
    pub(super) fn new(
        log: Arc<EventLog>,
        queue: mpsc::Receiver<Submission>,
        connection: Connection,
        storage: Storage,
    ) -> Self {
        Self {
            log,
            queue,
            connection: Some(connection),
            learned: Learned::default(),
            storage,
        }
    }

    /// Writes until `stop`, and then what was handed in before.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut lot = Vec::with_capacity(LOT_MAX);
        loop {
            tokio::select! {
                biased;
                received = self.queue.recv_many(&mut lot, LOT_MAX) => if received == 0 { break },
                () = stop.cancelled(), if !self.queue.is_closed() => self.queue.close(),
            }
            if !lot.is_empty() {
                self.write(std::mem::take(&mut lot)).await;
            }
        }
        if let Some(connection) = self.connection {
            // The last to close moves the write-ahead log into the file.
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the database did not close cleanly; nothing is lost");
            }
        }
    }

    async fn write(&mut self, lot: Vec<Submission>) {
        let (changes, posters): (Vec<Change>, Vec<Poster>) =
            lot.into_iter().map(|one| (one.change, one.answer)).unzip();
        match self.commit(&changes).await {
            Ok(committed) => {
                self.log.set_writable(true);
                self.publish(posters, committed);
            }
            // One of them is at fault in a way that its judgement did not foresee: each for itself.
            Err(error) if changes.len() > 1 && error.is_about_one_change() => {
                for (change, answer) in changes.into_iter().zip(posters) {
                    Box::pin(self.write(vec![Submission { change, answer }])).await;
                }
            }
            Err(error) => {
                // A replaced file has been logged when it was noticed.
                if !matches!(error, Error::Unavailable(_)) {
                    tracing::error!(%error, changes = changes.len(), "nothing of this lot was stored");
                }
                self.log.set_writable(error.is_about_one_change());
                for poster in posters {
                    let _ = poster.send(Err(Error::Unavailable(reason(&error))));
                }
            }
        }
    }

    /// Applies a lot and commits it. What a failed transaction leaves behind is unknown, so its connection is
    /// given up with all that was learned, and a new one is opened for the next lot.
    async fn commit(&mut self, changes: &[Change]) -> Result<Committed> {
        let file = &self.log.file;
        file.check_before_commit(self.connection.as_mut()).await?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => file.reopen_writer(self.storage).await?,
        };
        let mut learned = std::mem::take(&mut self.learned);
        let committed = commit(&mut connection, changes, self.log.head(), &mut learned).await?;
        if committed.moves_rights() {
            learned.forget();
        }
        self.learned = learned;
        self.connection = Some(connection);
        Ok(committed)
    }

    fn publish(&self, posters: Vec<Poster>, committed: Committed) {
        // Whose rights moved must know before anything that follows can be read.
        for change in committed
            .applied
            .iter()
            .filter_map(|applied| applied.access.as_ref())
        {
            self.log.known.forget(change);
            self.log.wakers.mark_access_changed(change);
            if let AccessChange::User(user) = change {
                self.log.presence.move_rooms(*user);
            }
        }
        self.log
            .recent
            .publish(&committed.events, &committed.renamed(), committed.head);
        for (poster, answer) in posters.into_iter().zip(committed.answers) {
            // The poster may have hung up; what it posted stands.
            let _ = poster.send(answer);
        }
        let mut rooms: Vec<_> = committed.events.iter().map(|event| event.room_id).collect();
        rooms.sort_unstable();
        rooms.dedup();
        self.log.wakers.wake_rooms(&rooms);
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
