//! One transaction: a lot of changes is applied and committed, and each of them gets its answer.

use crate::{
    chat::{
        applied::Applied,
        apply::{apply, leading_posts},
        learned::Learned,
        posts::{self, Posted},
    },
    error::{Error, Result},
    model::{
        change::{Change, Outcome, Post},
        event::{Event, Object},
        ids::{EventId, MessageId},
        message::Message,
        time::Timestamp,
        user::{Person, User},
    },
    store::{db::Connection, events, messages},
};
use sqlx::Connection as _;
use std::{collections::HashMap, sync::Arc};

/// What a poster is told once its change is on disk.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Answer {
    /// Done, or already so.
    Done,
    /// The account that was made or renamed, as it is now.
    User(User),
    /// The message as it is now; `is_new` is false where nothing had to be changed.
    Message { message: Arc<Message>, is_new: bool },
    /// The custom event; `is_new` is false where its nonce was known.
    Event { event: Arc<Event>, is_new: bool },
}

/// A transaction that went through: the verdict on each change, and what was appended.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) answers: Vec<Result<Answer>>,
    pub(super) applied: Vec<Applied>,
    pub(super) events: Vec<Arc<Event>>,
    pub(super) head: EventId,
}

impl Committed {
    /// Whether anybody may see or do since what they could not, or the other way round.
    pub(super) fn moves_rights(&self) -> bool {
        self.applied.iter().any(|applied| applied.access.is_some())
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

/// Applies changes and commits them. `published` is the head of the log before.
///
/// What a failed transaction leaves behind is unknown: its connection must be given up.
pub(super) async fn commit(
    connection: &mut Connection,
    changes: &[Change],
    published: EventId,
    learned: &mut Learned,
) -> Result<Committed> {
    let posts = leading_posts(changes);
    if posts.len() == changes.len() {
        commit_posts(connection, &posts, published, learned).await
    } else {
        let committed = commit_changes(connection, changes, published).await?;
        learned.note_last_id(committed.head);
        Ok(committed)
    }
}

/// Posts alone, as most lots are, take one or two trips to SQLite's thread.
async fn commit_posts(
    connection: &mut Connection,
    posts: &[(Timestamp, &Post)],
    published: EventId,
    learned: &mut Learned,
) -> Result<Committed> {
    let Posted {
        verdicts,
        events,
        last_id,
        known,
    } = posts::commit_posts(connection, posts, learned).await?;
    learned.note_last_id(last_id);
    let events: Vec<_> = events.into_iter().map(Arc::new).collect();
    let mut found = Found::in_events(&events);
    found.add_messages(known);
    let head = events.last().map_or(published, |event| event.id);
    Ok(found.settle(verdicts, events, head))
}

async fn commit_changes(
    connection: &mut Connection,
    changes: &[Change],
    published: EventId,
) -> Result<Committed> {
    let mut tx = connection.begin_with("begin immediate").await?;
    let verdicts = apply(&mut tx, changes).await?;
    // Read back as every reader would, and before the commit: after it, nothing may fail any more.
    let (events, head) = read_new_events(&mut tx, published).await?;
    let mut found = Found::in_events(&events);
    found.look_up_missing(&mut tx, &verdicts).await?;
    tx.commit().await?;
    Ok(found.settle(verdicts, events, head))
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

/// What the outcomes name: most of it is in the new events.
struct Found {
    messages: HashMap<MessageId, Arc<Message>>,
    events: HashMap<EventId, Arc<Event>>,
}

impl Found {
    fn in_events(events: &[Arc<Event>]) -> Self {
        let messages = events.iter().filter_map(|event| match &event.object {
            Object::Message(message) => Some((message.id, Arc::clone(message))),
            _ => None,
        });
        let custom = events
            .iter()
            .filter(|event| matches!(event.object, Object::Custom(_)))
            .map(|event| (event.id, Arc::clone(event)));
        Self {
            messages: messages.collect(),
            events: custom.collect(),
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
                    let event = events::find_event(tx, id).await?;
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
        &self,
        verdicts: Vec<Result<Applied>>,
        events: Vec<Arc<Event>>,
        head: EventId,
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
            events,
            head,
        }
    }

    fn answer(&self, outcome: &Outcome) -> Option<Answer> {
        Some(match outcome {
            Outcome::Done => Answer::Done,
            Outcome::User(user) | Outcome::Renamed(user) => Answer::User(user.clone()),
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
