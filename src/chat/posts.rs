//! Posting messages: a run of them at once, one post being a run of one.
//!
//! However many there are, it takes one statement to find out what is needed to judge them and one to add them; the
//! first is left out where it was found out before. A trip to SQLite's thread is what a commit costs, not a row. Their
//! events are made here, and not read back: of a message that was just posted everything is known.

use super::{applied::Applied, learned::Learned, memberships::member_event};
use crate::{
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome, Post},
        event::{Event, Member, Membership, Object, kind},
        ids::{EventId, MessageId, RoomId, UserId},
        message::Message,
        time::Timestamp,
        user::Person,
    },
    store::{
        db::Connection,
        events::{NewEvent, NumberedEvent},
        known_posts::{KNOWN_POSTS_MAX, commit_known_posts},
        memberships::NewMembership,
        messages::{NewMessage, find_messages},
        posts::{KnownPost, NewRows, PostFacts, Transaction, find_facts, insert_posts},
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What became of a run of posts.
#[derive(Debug)]
pub struct Posted {
    /// On each of them, in their order.
    pub verdicts: Vec<Result<Applied>>,
    /// What was appended to the log.
    pub events: Vec<Event>,
    /// The last id that the log has used, now.
    pub last_id: EventId,
    /// Messages that were there already, posted under the same nonces.
    pub known: Vec<Message>,
}

/// Posts messages in order; the earlier ones of the run count as posted for the later ones.
pub async fn post_messages(tx: &mut Connection, posts: &[(Timestamp, &Post)]) -> Result<Posted> {
    let (last_id, facts) = find_facts(tx, Transaction::Callers, posts).await?;
    insert_judged(tx, Transaction::Callers, posts, last_id, facts).await
}

/// The same as a transaction of its own.
pub async fn commit_posts(
    connection: &mut Connection,
    posts: &[(Timestamp, &Post)],
    learned: &mut Learned,
) -> Result<Posted> {
    let recalled = (posts.len() <= KNOWN_POSTS_MAX).then(|| learned.recall(posts));
    if let Some((last_id, facts)) = recalled.flatten() {
        let run = Run::judge_all(last_id, posts, facts);
        match commit_known_posts(connection, &run.rows.messages).await {
            // A nonce that was used before, or somebody has changed the file by hand: it has to be asked after all.
            Err(error) if error.is_about_one_change() => {}
            committed => return committed.map(|()| run.posted(Vec::new())),
        }
    }
    let (last_id, facts) = find_facts(connection, Transaction::Own, posts).await?;
    learned.learn(posts, &facts);
    insert_judged(connection, Transaction::Own, posts, last_id, facts).await
}

async fn insert_judged(
    tx: &mut Connection,
    transaction: Transaction,
    posts: &[(Timestamp, &Post)],
    last_id: EventId,
    facts: Vec<PostFacts>,
) -> Result<Posted> {
    let run = Run::judge_all(last_id, posts, facts);
    let known = if run.known.is_empty() {
        Vec::new()
    } else {
        find_messages(tx, &run.known).await?
    };
    insert_posts(tx, transaction, &run.rows).await?;
    Ok(run.posted(known))
}

/// What a run of posts comes to.
struct Run<'a> {
    next_id: EventId,
    verdicts: Vec<Result<Applied>>,
    rows: NewRows<'a>,
    events: Vec<Event>,
    known: Vec<MessageId>,
    joined: HashSet<(RoomId, UserId)>,
    nonces: HashMap<(UserId, &'a str), usize>,
}

impl<'a> Run<'a> {
    fn after(last_id: EventId) -> Self {
        Self {
            next_id: EventId(last_id.0 + 1),
            verdicts: Vec::new(),
            rows: NewRows::default(),
            events: Vec::new(),
            known: Vec::new(),
            joined: HashSet::new(),
            nonces: HashMap::new(),
        }
    }

    fn judge_all(last_id: EventId, posts: &[(Timestamp, &'a Post)], facts: Vec<PostFacts>) -> Self {
        let mut run = Self::after(last_id);
        for ((at, post), facts) in posts.iter().zip(facts) {
            let verdict = run.judge(*at, post, facts);
            run.verdicts.push(verdict);
        }
        run
    }

    fn posted(self, known: Vec<Message>) -> Posted {
        Posted {
            verdicts: self.verdicts,
            last_id: EventId(self.next_id.0 - 1),
            events: self.events,
            known,
        }
    }

    fn judge(&mut self, at: Timestamp, post: &'a Post, facts: PostFacts) -> Result<Applied> {
        let room = facts
            .room_id
            .filter(|_| facts.is_open || facts.is_member)
            .ok_or(Error::NotFound)?;
        if let Some(known) = facts.known {
            self.known.push(known.id);
            return recognise(post, room, &known);
        }
        if let Some(known) = self.known_in_run(post) {
            return recognise(post, room, &known);
        }
        if post.reply_to.is_some() && !facts.answers && !self.holds(room, post.reply_to) {
            return Err(Error::invalid(
                "reply_to",
                "there is no such message in this room",
            ));
        }
        let place = Place {
            at,
            room_id: room,
            room: &post.room,
            is_open: facts.is_open,
            by: (post.by, facts.by),
        };
        let access =
            (!facts.is_member && self.joined.insert((room, post.by))).then(|| self.join(&place));
        let id = self.post(&place, post);
        Ok(Applied {
            outcome: Outcome::Message { id, is_new: true },
            access,
        })
    }

    fn known_in_run(&self, post: &Post) -> Option<KnownPost> {
        let place = *self.nonces.get(&(post.by, post.nonce.as_deref()?))?;
        let message = &self.rows.messages[place];
        Some(KnownPost {
            id: message.id,
            room_id: message.room_id,
            body: Some(message.body.to_owned()),
        })
    }

    fn holds(&self, room: RoomId, message: Option<MessageId>) -> bool {
        let mut messages = self.rows.messages.iter();
        messages.any(|earlier| Some(earlier.id) == message && earlier.room_id == room)
    }

    /// Posting into an open room joins it.
    fn join(&mut self, place: &Place<'_>) -> AccessChange {
        let (user_id, Person { handle, .. }) = place.by.clone();
        let member = Member {
            user_id,
            handle,
            state: Membership::Joined,
        };
        let event = member_event(place.at, user_id, place.room_id, user_id);
        let event_id = self.append(event, place, Object::Member(member));
        self.rows.members.push(NewMembership {
            room_id: place.room_id,
            user_id,
            at: place.at,
            event_id,
        });
        AccessChange::User(user_id)
    }

    fn post(&mut self, place: &Place<'a>, post: &'a Post) -> MessageId {
        let id = MessageId(self.next_id.0);
        let message = NewMessage {
            id,
            room_id: place.room_id,
            author_id: post.by,
            body: &post.body,
            reply_to: post.reply_to,
            nonce: post.nonce.as_deref(),
            at: place.at,
        };
        let event = NewEvent {
            room_id: Some(place.room_id),
            kind: kind::MESSAGE,
            message_id: Some(id),
            actor_id: Some(post.by),
            at: place.at,
            data: None,
        };
        let object = Object::Message(Arc::new(place.message(&message)));
        self.append(event, place, object);
        if let Some(nonce) = message.nonce {
            self.nonces
                .insert((post.by, nonce), self.rows.messages.len());
        }
        self.rows.messages.push(message);
        id
    }

    fn append(&mut self, event: NewEvent<'a>, place: &Place<'_>, object: Object) -> EventId {
        let id = self.next_id;
        self.events.push(place.event(id, event.kind, object));
        self.rows.events.push(NumberedEvent { id, event });
        self.next_id = EventId(id.0 + 1);
        id
    }
}

/// Where and by whom something is posted.
struct Place<'a> {
    at: Timestamp,
    room_id: RoomId,
    room: &'a str,
    is_open: bool,
    by: (UserId, Person),
}

impl Place<'_> {
    fn event(&self, id: EventId, kind: &str, object: Object) -> Event {
        Event {
            id,
            room_id: self.room_id,
            room: self.room.to_owned(),
            is_open: self.is_open,
            at: self.at,
            by: self.by.1.clone(),
            kind: kind.to_owned(),
            object,
        }
    }

    fn message(&self, row: &NewMessage<'_>) -> Message {
        Message {
            id: row.id,
            room: self.room.to_owned(),
            author: self.by.1.clone(),
            body: Some(row.body.to_owned()),
            at: row.at,
            edited_at: None,
            deleted_at: None,
            reply_to: row.reply_to,
            nonce: row.nonce.map(str::to_owned),
            reactions: Vec::new(),
        }
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
