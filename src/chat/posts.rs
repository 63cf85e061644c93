//! Posting messages: a run of them at once, one post being a run of one.
//!
//! However many there are, it takes one statement to learn what is needed to judge them, one to append
//! their events and one to add their messages (and one for each who thereby joins a room, which people do
//! once). A trip to SQLite's thread is what a commit costs, not a row.

use super::{applied::Applied, memberships::member_event};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome, Post},
        event::kind,
        ids::{EventId, MessageId, RoomId, UserId},
        time::Timestamp,
    },
    store::{
        db::Connection,
        events::{NewEvent, NumberedEvent, append_events},
        memberships::insert_membership,
        messages::{NewMessage, insert_messages},
        posts::{KnownPost, PostFacts, find_facts},
    },
};
use std::collections::{HashMap, HashSet};

/// Posts messages in order; the earlier ones of the run count as posted for the later ones.
pub(super) async fn post_messages(
    tx: &mut Connection,
    posts: &[(Timestamp, &Post)],
) -> Result<Vec<Result<Applied>>> {
    let (last_id, facts) = find_facts(tx, posts).await?;
    let mut run = Run::after(last_id);
    let verdicts = run.judge_all(posts, facts);
    run.write(tx).await?;
    Ok(verdicts)
}

/// What a run of posts will write.
struct Run<'a> {
    next_id: EventId,
    events: Vec<NumberedEvent<'a>>,
    messages: Vec<NewMessage<'a>>,
    members: Vec<(RoomId, UserId, Timestamp, EventId)>,
    joined: HashSet<(RoomId, UserId)>,
    nonces: HashMap<(UserId, &'a str), usize>,
}

impl<'a> Run<'a> {
    fn after(last_id: EventId) -> Self {
        Self {
            next_id: EventId(last_id.0 + 1),
            events: Vec::new(),
            messages: Vec::new(),
            members: Vec::new(),
            joined: HashSet::new(),
            nonces: HashMap::new(),
        }
    }

    fn judge_all(
        &mut self,
        posts: &[(Timestamp, &'a Post)],
        facts: Vec<PostFacts>,
    ) -> Vec<Result<Applied>> {
        posts
            .iter()
            .zip(facts)
            .map(|((at, post), facts)| self.judge(*at, post, facts))
            .collect()
    }

    fn judge(&mut self, at: Timestamp, post: &'a Post, facts: PostFacts) -> Result<Applied> {
        let room = facts
            .room_id
            .filter(|_| facts.is_open || facts.is_member)
            .ok_or(Error::NotFound)?;
        if let Some(known) = facts.known.or_else(|| self.known_in_run(post)) {
            return recognise(post, room, &known);
        }
        if post.reply_to.is_some() && !facts.answers && !self.holds(room, post.reply_to) {
            return Err(Error::invalid(
                "reply_to",
                "there is no such message in this room",
            ));
        }
        let access = (!facts.is_member && self.joined.insert((room, post.by)))
            .then(|| self.join(at, post.by, room));
        let id = self.post(at, post, room);
        Ok(Applied {
            outcome: Outcome::Message { id, is_new: true },
            access,
        })
    }

    fn known_in_run(&self, post: &Post) -> Option<KnownPost> {
        let message = &self.messages[*self.nonces.get(&(post.by, post.nonce.as_deref()?))?];
        Some(KnownPost {
            id: message.id,
            room_id: message.room_id,
            body: Some(message.body.to_owned()),
        })
    }

    fn holds(&self, room: RoomId, message: Option<MessageId>) -> bool {
        self.messages
            .iter()
            .any(|earlier| Some(earlier.id) == message && earlier.room_id == room)
    }

    /// Posting into an open room joins it.
    fn join(&mut self, at: Timestamp, user: UserId, room: RoomId) -> AccessChange {
        let id = self.append(member_event(at, user, room, user));
        self.members.push((room, user, at, id));
        AccessChange::User(user)
    }

    fn post(&mut self, at: Timestamp, post: &'a Post, room: RoomId) -> MessageId {
        let id = MessageId(self.next_id.0);
        self.append(NewEvent {
            room_id: Some(room),
            kind: kind::MESSAGE,
            message_id: Some(id),
            actor_id: Some(post.by),
            at,
            data: None,
        });
        let nonce = post.nonce.as_deref();
        if let Some(nonce) = nonce {
            self.nonces.insert((post.by, nonce), self.messages.len());
        }
        let body = post.body.as_str();
        let message = NewMessage {
            id,
            room_id: room,
            author_id: post.by,
            body,
            reply_to: post.reply_to,
            nonce,
            at,
        };
        self.messages.push(message);
        id
    }

    fn append(&mut self, event: NewEvent<'a>) -> EventId {
        let id = self.next_id;
        self.events.push(NumberedEvent { id, event });
        self.next_id = EventId(id.0 + 1);
        id
    }

    async fn write(self, tx: &mut Connection) -> Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        append_events(tx, &self.events).await?;
        for (room, user, at, event) in self.members {
            insert_membership(tx, room, user, at, event).await?;
        }
        insert_messages(tx, &self.messages).await
    }
}

/// A repeated post is answered with the message that the first one made. Once that was edited or deleted,
/// its first text is gone, and only the room is left to compare.
fn recognise(post: &Post, room: RoomId, known: &KnownPost) -> Result<Applied> {
    if known.room_id != room || known.body.as_ref().is_some_and(|body| *body != post.body) {
        return Err(Error::conflict(
            "nonce",
            "you have posted something else under this nonce",
        ));
    }
    Ok(Applied::new(Outcome::Message {
        id: known.id,
        is_new: false,
    }))
}
