//! Posting messages: a run of them at once, one post being a run of one.
//!
//! This is the only path on which messages are posted. A run takes one trip to SQLite's thread for every 16 posts, and a
//! constant number besides; these trips are what a commit costs.

use super::{actor::Actor, applied::Applied, memberships::member_event, policy::visible_from};
use crate::{
    cache::{Cache, Poster, PosterRef},
    error::{Error, Result},
    model::{
        change::{AccessChange, Outcome, Post},
        event::{Audience, Event, Member, Membership, Object, RoomRef, kind},
        ids::{EventId, MessageId, RoomId, UserId},
        message::Message,
        user::Person,
    },
    store::{
        db::Connection,
        events::{NumberedEvent, append_events},
        memberships::{NewMembership, insert_memberships},
        posts::{KnownPost, NewMessage, PostFacts, Question, add_messages, find_facts},
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// One post.
#[derive(Clone, Copy, Debug)]
pub struct PostChange<'a> {
    /// Its author.
    pub actor: Actor,
    /// The message.
    pub post: &'a Post,
}

/// The result of a run of posts.
#[derive(Debug)]
pub struct Posted {
    /// The verdict on each post, in their order.
    pub verdicts: Vec<Result<Applied>>,
    /// The events that were appended.
    ///
    /// They are made from what was stored instead of being read back, which was one of the larger savings for posts
    /// (`benches/README.md`). In debug builds the applier compares them with what a reader finds.
    pub events: Vec<Event>,
}

/// Posts messages in order; the earlier ones of the run count as posted for the later ones.
///
/// With a cache, what it knows is not asked; it must hold what is true at this moment of the transaction.
pub async fn post_messages(
    tx: &mut Connection,
    cache: Option<&Cache>,
    posts: &[PostChange<'_>],
) -> Result<Posted> {
    let (last_id, facts) = match cache.and_then(|cache| recall(cache, posts)) {
        Some(known) => known,
        None => look_up(tx, cache, posts).await?,
    };
    let mut run = Run::after(last_id);
    for (post, facts) in posts.iter().zip(facts) {
        let verdict = run.judge(post, facts);
        run.verdicts.push(verdict);
    }
    if let Some(cache) = cache {
        // If the transaction fails, the applier invalidates the whole cache.
        cache.set_last_id(EventId(run.next_id.0 - 1));
    }
    append_events(tx, &run.joins).await?;
    insert_memberships(tx, &run.members).await?;
    add_messages(tx, &run.messages).await?;
    Ok(Posted {
        verdicts: run.verdicts,
        events: run.events,
    })
}

/// The facts of these posts from memory: all of them by members, none with a nonce or an answer to be looked up.
fn recall(cache: &Cache, posts: &[PostChange<'_>]) -> Option<(EventId, Vec<PostFacts>)> {
    let mut facts = Vec::with_capacity(posts.len());
    for PostChange { actor, post } in posts {
        if post.nonce.is_some() || post.reply_to.is_some() {
            return None;
        }
        let poster = cache
            .posters
            .get(&PosterRef(actor.user?, &post.room))
            .ok()?;
        facts.push(PostFacts::of_member(poster));
    }
    Some((cache.last_id()?, facts))
}

async fn look_up(
    tx: &mut Connection,
    cache: Option<&Cache>,
    posts: &[PostChange<'_>],
) -> Result<(EventId, Vec<PostFacts>)> {
    let questions: Vec<Question<'_>> = posts.iter().map(question).collect();
    let (last_id, facts) = find_facts(tx, &questions).await?;
    if let Some(cache) = cache {
        for (post, facts) in posts.iter().zip(&facts) {
            remember(cache, post, facts);
        }
    }
    Ok((last_id, facts))
}

fn question<'a>(change: &PostChange<'a>) -> Question<'a> {
    Question {
        by: change.actor.user,
        room: &change.post.room,
        nonce: change.post.nonce.as_deref(),
        reply_to: change.post.reply_to,
    }
}

fn remember(cache: &Cache, change: &PostChange<'_>, facts: &PostFacts) {
    let (Some(id), Some(poster)) = (change.actor.user, facts.as_member()) else {
        return;
    };
    if let Err(generation) = cache.posters.get(&PosterRef(id, &change.post.room)) {
        let key = (id, change.post.room.clone());
        cache.posters.keep(generation, key, poster);
    }
}

impl PostFacts {
    fn of_member(poster: Poster) -> Self {
        Self {
            by: Some(poster.by),
            room_id: Some(poster.room_id),
            is_open: poster.is_open,
            member_since: Some(poster.member_since),
            ..Self::default()
        }
    }

    fn as_member(&self) -> Option<Poster> {
        Some(Poster {
            by: self.by.clone()?,
            room_id: self.room_id?,
            is_open: self.is_open,
            member_since: self.member_since?,
        })
    }
}

/// What a run of posts adds.
struct Run<'a> {
    next_id: EventId,
    verdicts: Vec<Result<Applied>>,
    joins: Vec<NumberedEvent<'a>>,
    members: Vec<NewMembership>,
    messages: Vec<NewMessage<'a>>,
    events: Vec<Event>,
    joined: HashSet<(RoomId, UserId)>,
    nonces: HashMap<(UserId, &'a str), usize>,
}

/// Where and by whom something is posted.
struct Context<'a> {
    actor: Actor,
    room_id: RoomId,
    room: &'a str,
    is_open: bool,
    user: UserId,
    by: Person,
}

impl<'a> Run<'a> {
    fn after(last_id: EventId) -> Self {
        Self {
            next_id: EventId(last_id.0 + 1),
            verdicts: Vec::new(),
            joins: Vec::new(),
            members: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            joined: HashSet::new(),
            nonces: HashMap::new(),
        }
    }

    fn judge(&mut self, change: &PostChange<'a>, facts: PostFacts) -> Result<Applied> {
        let user = change.actor.signed_in()?;
        let by = facts.by.ok_or(Error::SignInNeeded)?;
        let room_id = facts.room_id.ok_or(Error::NotFound)?;
        visible_from(facts.is_open, facts.member_since).ok_or(Error::NotFound)?;
        let post = change.post;
        if let Some(known) = facts.known.or_else(|| self.find_nonce(user, post)) {
            return recognise(post, room_id, &known);
        }
        if post.reply_to.is_some() && !facts.is_answer && !self.holds(room_id, post.reply_to) {
            return Err(Error::invalid(
                "reply_to",
                "there is no such message in this room",
            ));
        }
        let context = Context {
            actor: change.actor,
            room_id,
            room: &post.room,
            is_open: facts.is_open,
            user,
            by,
        };
        let joins = facts.member_since.is_none() && self.joined.insert((room_id, user));
        let access = joins.then(|| self.join(&context));
        let id = self.post(&context, post);
        Ok(Applied {
            outcome: Outcome::Message { id, is_new: true },
            access,
        })
    }

    /// What an earlier post of this run has stored under the same nonce.
    fn find_nonce(&self, by: UserId, post: &Post) -> Option<KnownPost> {
        let place = *self.nonces.get(&(by, post.nonce.as_deref()?))?;
        let message = &self.messages[place];
        Some(KnownPost {
            id: message.id,
            room_id: Some(message.room_id),
            body: Some(message.body.to_owned()),
        })
    }

    fn holds(&self, room: RoomId, message: Option<MessageId>) -> bool {
        let mut messages = self.messages.iter();
        messages.any(|earlier| Some(earlier.id) == message && earlier.room_id == room)
    }

    /// Posting into an open room joins it.
    fn join(&mut self, context: &Context<'_>) -> AccessChange {
        let user = context.user;
        let member = Member {
            user_id: user,
            handle: context.by.handle.clone(),
            state: Membership::Joined,
        };
        let id = self.append(context, kind::MEMBER, Object::Member(member));
        let event = member_event(context.actor, context.room_id, user);
        self.joins.push(NumberedEvent { id, event });
        self.members.push(NewMembership {
            room_id: context.room_id,
            user_id: user,
            at: context.actor.at,
            event_id: id,
        });
        AccessChange::User(user)
    }

    fn post(&mut self, context: &Context<'_>, post: &'a Post) -> MessageId {
        let id = MessageId(self.next_id.0);
        let message = Message {
            id,
            room: context.room.to_owned(),
            author: context.by.clone(),
            body: Some(post.body.clone()),
            at: context.actor.at,
            edited_at: None,
            deleted_at: None,
            reply_to: post.reply_to,
            nonce: post.nonce.clone(),
            reactions: Vec::new(),
        };
        self.append(context, kind::MESSAGE, Object::Message(Arc::new(message)));
        if let Some(nonce) = post.nonce.as_deref() {
            self.nonces
                .insert((context.user, nonce), self.messages.len());
        }
        self.messages.push(NewMessage {
            id,
            room_id: context.room_id,
            author_id: context.user,
            at: context.actor.at,
            body: &post.body,
            mentions: &post.mentions,
            reply_to: post.reply_to,
            nonce: post.nonce.as_deref(),
        });
        id
    }

    fn append(&mut self, context: &Context<'_>, kind: &str, object: Object) -> EventId {
        let id = self.next_id;
        self.events.push(Event {
            id,
            audience: Audience::Room(RoomRef {
                id: context.room_id,
                slug: context.room.to_owned(),
                is_open: context.is_open,
            }),
            at: context.actor.at,
            by: context.by.clone(),
            kind: kind.to_owned(),
            object,
        });
        self.next_id = EventId(id.0 + 1);
        id
    }
}

/// A repeated post is answered with the message that the first one made. Once that was edited or deleted,
/// its first text is gone, and only the room is left to compare.
fn recognise(post: &Post, room: RoomId, known: &KnownPost) -> Result<Applied> {
    let is_other_text = known.body.as_ref().is_some_and(|body| *body != post.body);
    if known.room_id != Some(room) || is_other_text {
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
