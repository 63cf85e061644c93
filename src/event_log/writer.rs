//! The only way in: one task owns the one connection that writes.
//!
//! It takes whatever waits in its bounded queue into one transaction, and holds nothing back for company:
//! what comes in during one commit is the next lot. A change lives here, never in a request's future: a
//! client that hangs up changes nothing. Posters are answered after the commit, then readers are woken.

use super::log::EventLog;
use crate::{
    chat::{applied::Applied, apply::apply},
    config::Durability,
    error::{Error, Result},
    model::{
        change::{Change, Outcome},
        event::{Event, Object},
        ids::{EventId, MessageId},
        message::Message,
        user::User,
    },
    store::{
        db::{self, Connection},
        events, messages,
    },
};
use sqlx::Connection as _;
use std::{collections::HashMap, path::PathBuf, sync::Arc};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Changes that may wait; one more is refused with "not now".
pub const QUEUE_LENGTH: usize = 1024;
/// Changes that go into one transaction at most.
const LOT_MAX: usize = 256;

/// What a poster is told once its change is on disk.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Answer {
    /// Done, or already so.
    Done,
    /// The account that was made.
    User(User),
    /// The message as it is now; `is_new` is false where nothing had to be changed.
    Message { message: Arc<Message>, is_new: bool },
    /// The custom event; `is_new` is false where its nonce was known.
    Event { event: Arc<Event>, is_new: bool },
}

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
    file: PathBuf,
    durability: Durability,
}

/// A transaction that went through: the verdict on each change, and what was appended.
struct Committed {
    answers: Vec<Result<Answer>>,
    applied: Vec<Applied>,
    events: Vec<Arc<Event>>,
    head: EventId,
}

impl Writer {
    pub(super) fn new(
        log: Arc<EventLog>,
        queue: mpsc::Receiver<Submission>,
        connection: Connection,
        file: PathBuf,
        durability: Durability,
    ) -> Self {
        Self {
            log,
            queue,
            connection: Some(connection),
            file,
            durability,
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
            Err(error) if changes.len() > 1 && is_about_one_change(&error) => {
                for (change, answer) in changes.into_iter().zip(posters) {
                    Box::pin(self.write(vec![Submission { change, answer }])).await;
                }
            }
            Err(error) => {
                tracing::error!(%error, changes = changes.len(), "nothing of this lot was stored");
                self.log.set_writable(is_about_one_change(&error));
                for poster in posters {
                    let _ = poster.send(Err(Error::Unavailable(reason(&error))));
                }
            }
        }
    }

    /// Applies a lot and commits it. What a failed transaction leaves behind is unknown, so its connection is
    /// given up and a new one is opened for the next lot.
    async fn commit(&mut self, changes: &[Change]) -> Result<Committed> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => db::open_writer(&self.file, self.durability).await?,
        };
        let committed = commit(&mut connection, changes, self.log.head()).await?;
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
            self.log.wakers.mark_access_changed(change);
        }
        self.log.recent.publish(&committed.events, committed.head);
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

async fn commit(
    connection: &mut Connection,
    changes: &[Change],
    published: EventId,
) -> Result<Committed> {
    let mut tx = connection.begin_with("begin immediate").await?;
    let verdicts = apply(&mut tx, changes).await?;
    // Read back as every reader would, and before the commit: after it, nothing may fail any more.
    let (events, head) = read_new_events(&mut tx, published).await?;
    let messages = read_messages(&mut tx, &verdicts, &events).await?;
    let mut answers = Vec::with_capacity(verdicts.len());
    let mut applied = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        match verdict {
            Ok(one) => {
                answers.push(answer(&mut tx, &one.outcome, &messages, &events).await);
                applied.push(one);
            }
            Err(refused) => answers.push(Err(refused)),
        }
    }
    tx.commit().await?;
    Ok(Committed {
        answers,
        applied,
        events,
        head,
    })
}

async fn read_new_events(
    tx: &mut Connection,
    published: EventId,
) -> Result<(Vec<Arc<Event>>, EventId)> {
    let mut new = Vec::new();
    let mut after = published;
    loop {
        let page = events::read_log_after(tx, after).await?;
        new.extend(page.events.into_iter().map(Arc::new));
        after = page.scanned;
        if page.scanned >= page.head {
            return Ok((new, page.head));
        }
    }
}

/// The messages that the outcomes name: most of them are in the new events.
async fn read_messages(
    tx: &mut Connection,
    verdicts: &[Result<Applied>],
    events: &[Arc<Event>],
) -> Result<HashMap<MessageId, Arc<Message>>> {
    let in_events = events.iter().filter_map(|event| match &event.object {
        Object::Message(message) => Some((message.id, Arc::clone(message))),
        _ => None,
    });
    let mut found: HashMap<_, _> = in_events.collect();
    let missing: Vec<MessageId> = named_messages(verdicts)
        .filter(|id| !found.contains_key(id))
        .collect();
    if !missing.is_empty() {
        let older = messages::find_messages(tx, &missing).await?;
        found.extend(
            older
                .into_iter()
                .map(|message| (message.id, Arc::new(message))),
        );
    }
    Ok(found)
}

fn named_messages(verdicts: &[Result<Applied>]) -> impl Iterator<Item = MessageId> {
    verdicts
        .iter()
        .flatten()
        .filter_map(|applied| match applied.outcome {
            Outcome::Message { id, .. } => Some(id),
            _ => None,
        })
}

async fn answer(
    tx: &mut Connection,
    outcome: &Outcome,
    messages: &HashMap<MessageId, Arc<Message>>,
    events: &[Arc<Event>],
) -> Result<Answer> {
    match outcome {
        Outcome::Done => Ok(Answer::Done),
        Outcome::User(user) => Ok(Answer::User(user.clone())),
        Outcome::Message { id, is_new } => {
            let message = messages.get(id).cloned().ok_or(Error::NotFound)?;
            Ok(Answer::Message {
                message,
                is_new: *is_new,
            })
        }
        Outcome::Event { id, is_new } => {
            let event = match events.iter().find(|event| event.id == *id) {
                Some(event) => Arc::clone(event),
                None => Arc::new(events::find_event(tx, *id).await?.ok_or(Error::NotFound)?),
            };
            Ok(Answer::Event {
                event,
                is_new: *is_new,
            })
        }
    }
}

/// A constraint of the schema, or a text that SQLite cannot take: not the fault of the machine.
fn is_about_one_change(error: &Error) -> bool {
    use sqlx::error::ErrorKind;
    match error {
        Error::Database(sqlx::Error::Database(error)) => {
            !matches!(error.kind(), ErrorKind::Other) || error.code().as_deref() == Some("1")
        }
        Error::Database(sqlx::Error::Decode(_)) => true,
        _ => false,
    }
}

/// What a poster may know of a failure. Primary result codes: <https://sqlite.org/rescode.html>.
fn reason(error: &Error) -> &'static str {
    let code = match error {
        Error::Database(sqlx::Error::Database(error)) => {
            error.code().and_then(|code| code.parse::<i32>().ok())
        }
        _ => None,
    };
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => "another program holds the database locked",
        Some(8) => "the database is read-only",
        Some(10 | 13) => "the disk is full or failing",
        Some(11 | 26) => "the database is damaged",
        _ => "the change could not be stored",
    }
}
