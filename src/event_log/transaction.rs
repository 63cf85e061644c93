//! One transaction: a batch of changes is applied and committed, and each of them gets its answer.

use crate::{
    cache::Cache,
    chat::{
        applied::Applied,
        apply::{apply, recall},
    },
    error::{Error, Result},
    model::{
        change::{AccessChange, Change, Outcome},
        event::{Event, Object},
        ids::{EventId, MessageId},
        message::Message,
        user::{Person, User},
    },
    store::{
        db::{self, Connection, is_unique_violation},
        event_pages, messages,
    },
};
use std::{collections::HashMap, sync::Arc};

/// What a poster is told once its change is on disk.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Answer {
    /// Done, or already so.
    Done,
    /// The account that was made or renamed, as it is now.
    User(User),
    /// The address of the room that was made.
    Room { slug: String },
    /// The message as it is now; `is_new` is false where nothing had to be changed.
    Message { message: Arc<Message>, is_new: bool },
    /// The custom event; `is_new` is false where its nonce was used before.
    Event { event: Arc<Event>, is_new: bool },
}

/// A transaction that went through: the verdict on each change, and what was appended.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) answers: Vec<Result<Answer>>,
    pub(super) applied: Vec<Applied>,
    pub(super) events: Vec<Arc<Event>>,
    pub(super) head: EventId,
    /// Whether another program has changed the file since the last transaction.
    pub(super) is_changed_outside: bool,
}

impl Committed {
    /// Whose rights have moved.
    pub(super) fn access_changes(&self) -> impl Iterator<Item = &AccessChange> {
        self.applied
            .iter()
            .filter_map(|applied| applied.access.as_ref())
    }

    /// Who has another name now, in order.
    pub(super) fn renamed(&self) -> Vec<Person> {
        let renamed = self.applied.iter().filter_map(|applied| {
            let Outcome::Renamed(user) = &applied.outcome else {
                return None;
            };
            Some(user.person())
        });
        renamed.collect()
    }
}

/// What the writer knows from the transaction before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The head of the log.
    pub(super) head: EventId,
    /// SQLite's count of the changes that other programs have made to the file, as this connection sees it.
    pub(super) data_version: Option<i64>,
}

/// Applies changes and commits them.
///
/// What a failed transaction leaves behind is unknown: its connection must be given up.
pub(super) async fn commit(
    connection: &mut Connection,
    cache: &Cache,
    before: &mut Before,
    changes: &[Change],
) -> Result<Committed> {
    if let Some(committed) = commit_posts(connection, cache, before, changes).await? {
        return Ok(committed);
    }
    let version = db::begin(connection).await?;
    let is_changed_outside = before.data_version != Some(version);
    before.data_version = Some(version);
    if is_changed_outside {
        cache.invalidate_all();
    }
    let applied = apply(connection, cache, changes).await?;
    let (events, head) = match applied.events.filter(|_| !is_changed_outside) {
        Some(events) => {
            let head = events.last().map_or(before.head, |event| event.id);
            (events, head)
        }
        // Read back as every reader would, and before the commit: after it, nothing may fail any more.
        None => read_new_events(connection, before.head).await?,
    };
    let mut found = Found::in_events(events);
    found.look_up_missing(connection, &applied.verdicts).await?;
    check_events(connection, before.head, &found.new).await?;
    db::commit(connection).await?;
    if !is_changed_outside && head > before.head {
        // Not that of the last event: the one by which somebody joins the server is shown to nobody.
        cache.set_last_id(head);
    }
    before.head = head;
    Ok(found.settle(applied.verdicts, head, is_changed_outside))
}

/// Commits posts by a single statement, where everything about them is in the cache. One post then takes one trip to
/// SQLite's thread instead of four (`benches/README.md`).
///
/// `None` if nothing was stored, because more must be looked up: the cache does not know enough, another program has
/// changed the file, or a nonce was used before.
async fn commit_posts(
    connection: &mut Connection,
    cache: &Cache,
    before: &mut Before,
    changes: &[Change],
) -> Result<Option<Committed>> {
    let (Some(version), Some(posted)) = (before.data_version, recall(cache, changes)) else {
        return Ok(None);
    };
    let Some(head) = posted.events.last().map(|event| event.id) else {
        return Ok(None);
    };
    match posted.rows.add_if_unchanged(connection, version).await {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        Err(error) if is_unique_violation(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    let found = Found::in_events(posted.events);
    check_events(connection, before.head, &found.new).await?;
    cache.set_last_id(head);
    before.head = head;
    Ok(Some(found.settle(posted.verdicts, head, false)))
}

/// In debug builds: what is known of new events is what a reader finds.
async fn check_events(
    connection: &mut Connection,
    before: EventId,
    events: &[Arc<Event>],
) -> Result<()> {
    if cfg!(debug_assertions) {
        let (read, _) = read_new_events(connection, before).await?;
        let read: Vec<_> = read.into_iter().map(Arc::new).collect();
        assert_eq!(format!("{events:?}"), format!("{read:?}"));
    }
    Ok(())
}

async fn read_new_events(
    connection: &mut Connection,
    published: EventId,
) -> Result<(Vec<Event>, EventId)> {
    let mut new = Vec::new();
    let mut after = published;
    loop {
        let page = event_pages::read_log_after(connection, after).await?;
        new.extend(page.events);
        after = page.scanned;
        if page.scanned >= page.head {
            return Ok((new, page.head));
        }
    }
}

/// The new events, and what outcomes name: most of it is in them.
struct Found {
    new: Vec<Arc<Event>>,
    messages: HashMap<MessageId, Arc<Message>>,
    events: HashMap<EventId, Arc<Event>>,
}

impl Found {
    fn in_events(events: Vec<Event>) -> Self {
        let new: Vec<_> = events.into_iter().map(Arc::new).collect();
        let messages = new.iter().filter_map(|event| match &event.object {
            Object::Message(message) => Some((message.id, Arc::clone(message))),
            _ => None,
        });
        let custom = new
            .iter()
            .filter(|event| matches!(event.object, Object::Custom(_)))
            .map(|event| (event.id, Arc::clone(event)));
        Self {
            messages: messages.collect(),
            events: custom.collect(),
            new,
        }
    }

    fn add_messages(&mut self, messages: Vec<Message>) {
        let messages = messages.into_iter();
        self.messages
            .extend(messages.map(|message| (message.id, Arc::new(message))));
    }

    async fn look_up_missing(
        &mut self,
        tx: &mut Connection,
        verdicts: &[Result<Applied>],
    ) -> Result<()> {
        let mut missing = Vec::new();
        for applied in verdicts.iter().flatten() {
            match applied.outcome {
                Outcome::Message { id, .. } if !self.messages.contains_key(&id) => missing.push(id),
                Outcome::Event { id, .. } if !self.events.contains_key(&id) => {
                    let event = event_pages::find_event(tx, id).await?;
                    self.events.extend(event.map(|event| (id, Arc::new(event))));
                }
                _ => {}
            }
        }
        if !missing.is_empty() {
            self.add_messages(messages::find_messages(tx, &missing).await?);
        }
        Ok(())
    }

    fn settle(
        self,
        verdicts: Vec<Result<Applied>>,
        head: EventId,
        is_changed_outside: bool,
    ) -> Committed {
        let mut answers = Vec::with_capacity(verdicts.len());
        let mut applied = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            match verdict {
                Ok(one) => {
                    answers.push(self.answer(&one.outcome).ok_or(Error::NotFound));
                    applied.push(one);
                }
                Err(refused) => answers.push(Err(refused)),
            }
        }
        Committed {
            answers,
            applied,
            events: self.new,
            head,
            is_changed_outside,
        }
    }

    fn answer(&self, outcome: &Outcome) -> Option<Answer> {
        Some(match outcome {
            Outcome::Done => Answer::Done,
            Outcome::User(user) | Outcome::Renamed(user) => Answer::User(user.clone()),
            Outcome::Room { slug } => Answer::Room { slug: slug.clone() },
            Outcome::Message { id, is_new } => Answer::Message {
                message: self.messages.get(id)?.clone(),
                is_new: *is_new,
            },
            Outcome::Event { id, is_new } => Answer::Event {
                event: self.events.get(id)?.clone(),
                is_new: *is_new,
            },
        })
    }
}
