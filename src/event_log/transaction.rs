//! One transaction: applies a batch of changes, commits it, and returns the answer to each change.

use super::answer::Answer;
use crate::{
    cache::Cache,
    chat::{
        applied::Applied,
        apply::{apply, authorise_from_cache},
    },
    error::{Error, Result},
    model::{
        change::{AccessChange, Change, Outcome},
        event::{Event, Object},
        ids::{EventId, MessageId},
        message::Message,
        own_change::OwnChange,
        user::UserInfo,
    },
    store::{
        db::{self, Connection, is_unique_violation},
        event_pages, messages,
    },
};
use std::{collections::HashMap, sync::Arc};

/// The result of a commit: the answer to each change, and the events that were appended.
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
    /// Returns the changes of permissions.
    pub(super) fn access_changes(&self) -> impl Iterator<Item = &AccessChange> {
        self.applied.iter().flat_map(|applied| &applied.access)
    }

    /// Returns the changes of which only the streams of one person are told.
    pub(super) fn own_changes(&self) -> Vec<OwnChange> {
        let applied = self.applied.iter();
        applied.flat_map(|applied| applied.own.clone()).collect()
    }

    /// Returns whether the kind of a room has changed, or a room was deleted.
    pub(super) fn changes_rooms(&self) -> bool {
        self.access_changes()
            .any(|change| matches!(change, AccessChange::Room(_)))
    }

    /// Returns whether handles or authors have changed, by which cached events name people.
    pub(super) fn has_other_handles(&self) -> bool {
        let mut outcomes = self.applied.iter().map(|applied| &applied.outcome);
        outcomes.any(|outcome| matches!(outcome, Outcome::UserDeleted | Outcome::Merging { .. }))
    }

    /// Returns the users whose display names or roles have changed, in the order of the changes.
    pub(super) fn changed_users(&self) -> Vec<UserInfo> {
        let changed = self.applied.iter().filter_map(|applied| {
            let Outcome::UserChanged(user) = &applied.outcome else {
                return None;
            };
            Some(user.info())
        });
        changed.collect()
    }
}

/// The state of the log after the previous transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The head of the log.
    pub(super) head: EventId,
    /// SQLite's `data_version` of the writing connection, which changes when another program changes the file.
    pub(super) data_version: Option<i64>,
}

/// Applies changes and commits them.
///
/// After an error the state of the connection is unknown, and the caller must drop it.
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
        // Read the events as every reader does, and before the commit, since nothing may fail after it.
        None => read_new_events(connection, before.head).await?,
    };
    let mut objects = AnswerObjects::in_events(events);
    objects
        .look_up_missing(connection, &applied.verdicts)
        .await?;
    check_events(connection, before.head, &objects.new).await?;
    db::commit(connection).await?;
    if !is_changed_outside && head > before.head {
        // Not the id of the last event in `events`: the event of joining the server is not among them.
        cache.set_last_id(head);
    }
    before.head = head;
    Ok(objects.settle(applied.verdicts, head, is_changed_outside))
}

/// Commits posts by a single statement, if the cache holds all facts about them. One post then takes one round trip to
/// SQLite's thread instead of four: begin, facts, rows and commit.
///
/// Returns `None` if nothing was stored and the database must be queried: facts are missing in the cache, another
/// program has changed the file, or a nonce was used before.
async fn commit_posts(
    connection: &mut Connection,
    cache: &Cache,
    before: &mut Before,
    changes: &[Change],
) -> Result<Option<Committed>> {
    let (Some(version), Some(posted)) = (before.data_version, authorise_from_cache(cache, changes))
    else {
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
    let objects = AnswerObjects::in_events(posted.events);
    check_events(connection, before.head, &objects.new).await?;
    cache.set_last_id(head);
    before.head = head;
    Ok(Some(objects.settle(posted.verdicts, head, false)))
}

/// Asserts in debug builds that new events are equal to those that a reader finds in the store.
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

/// The new events, and the messages and custom events that outcomes refer to, most of which are among them.
struct AnswerObjects {
    new: Vec<Arc<Event>>,
    messages: HashMap<MessageId, Arc<Message>>,
    events: HashMap<EventId, Arc<Event>>,
}

impl AnswerObjects {
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
            Outcome::Done | Outcome::Imported(_) => Answer::Done,
            Outcome::Erased { has_more } => Answer::Erased {
                has_more: *has_more,
            },
            Outcome::User(user) | Outcome::UserChanged(user) => Answer::User(user.clone()),
            Outcome::UserDeleted => Answer::Deleted,
            Outcome::Collected(collected) => Answer::Collected(collected.clone()),
            Outcome::Merging { after } => Answer::Merging { after: *after },
            Outcome::ErasedUpTo(message) => Answer::ErasedUpTo(*message),
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
