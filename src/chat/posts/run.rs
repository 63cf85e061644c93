//! Runs of posts: the verdict on each post, and the rows and events to be added.

use super::{PostChange, PostRows, Posted};
use crate::{
    chat::{
        actor::Actor,
        applied::Applied,
        memberships::member_event,
        messages::is_room_mentioned,
        policy::{can_add, can_post, mentions_room},
    },
    error::{Error, Result},
    fault::Fault,
    model::{
        change::{AccessChange, Outcome, Post},
        event::{Audience, Event, Member, Membership, Object, RoomRef, kind},
        file::{Attachment, FileId},
        ids::{EventId, MessageId, RoomId, UserId},
        message::Message,
        room::RoomRole,
        user::Person,
    },
    store::{
        events::NumberedEvent,
        files::PostedFile,
        memberships::NewMembership,
        posts::{EarlierPost, NewMessage, PostFacts},
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The results of the posts of a run that were authorised so far.
pub(super) struct Run<'a> {
    next_id: EventId,
    rows: PostRows<'a>,
    events: Vec<Event>,
    joined: HashSet<(RoomId, UserId)>,
    nonces: HashMap<(UserId, &'a str), usize>,
    /// The files of its posts.
    files: HashSet<&'a FileId>,
}

/// The author and the room of a post.
struct Context<'a> {
    actor: Actor,
    room_id: RoomId,
    room: &'a str,
    is_open: bool,
    /// Whether the author mentions everybody by `@room`.
    mentions_room: bool,
    /// The handle of the author of the message that the post replies to.
    answered_author: Option<String>,
    /// The root of the thread that the post belongs to.
    thread: Option<MessageId>,
    user: UserId,
    by: Person,
}

impl<'a> Run<'a> {
    /// Authorises posts by their facts. New ids begin after `last_id`.
    pub(super) fn of(
        posts: &[PostChange<'a>],
        last_id: EventId,
        facts: Vec<PostFacts>,
    ) -> Posted<'a> {
        let mut run = Self {
            next_id: EventId(last_id.0 + 1),
            rows: PostRows::default(),
            events: Vec::new(),
            joined: HashSet::new(),
            nonces: HashMap::new(),
            files: HashSet::new(),
        };
        let posts = posts.iter().zip(facts);
        let verdicts = posts
            .map(|(post, facts)| run.authorise(post, facts))
            .collect();
        Posted {
            verdicts,
            events: run.events,
            rows: run.rows,
        }
    }

    fn authorise(&mut self, change: &PostChange<'a>, mut facts: PostFacts) -> Result<Applied> {
        let user = change.actor.signed_in()?;
        let by = facts.by.take().ok_or(Error::SignInNeeded)?;
        let room_id = facts.room_id.ok_or(Error::NotFound)?;
        can_post(facts.is_open_to_author, facts.member_since)?;
        let post = change.post;
        if let Some(known) = facts.known.take().or_else(|| self.find_nonce(user, post)) {
            return recognise(post, room_id, &known);
        }
        let only_managers = facts.is_announcements && post.is_in_room();
        can_add(facts.is_archived, only_managers, facts.manages)?;
        let answered_author = self.answered_author(room_id, post, &facts)?;
        let thread = self.find_root(room_id, post, facts.root)?;
        let context = Context {
            actor: change.actor,
            room_id,
            room: &post.room,
            is_open: facts.is_open,
            mentions_room: mentions_room(facts.manages, facts.is_room_mention_open),
            answered_author,
            thread,
            user,
            by,
        };
        let files = self.take_files(post, facts.files)?;
        let joins = facts.member_since.is_none() && self.joined.insert((room_id, user));
        let access = joins.then(|| self.join(&context));
        let id = self.post(&context, post, files);
        let access = access.into_iter().collect();
        let outcome = Outcome::Message { id, is_new: true };
        Ok(Applied::with_accesses(outcome, access))
    }

    /// Returns the earlier post of this run with the same author and nonce.
    fn find_nonce(&self, by: UserId, post: &Post) -> Option<EarlierPost> {
        let place = *self.nonces.get(&(by, post.nonce()?))?;
        let message = &self.rows.messages[place];
        Some(EarlierPost {
            id: message.id,
            room_id: Some(message.room_id),
            body: Some(message.body.to_owned()),
        })
    }

    /// Returns the handle of the author of the message that a post replies to, if it does.
    fn answered_author(
        &self,
        room: RoomId,
        post: &Post,
        facts: &PostFacts,
    ) -> Result<Option<String>> {
        let Some(id) = post.reply_to else {
            return Ok(None);
        };
        if facts.is_answer {
            return Ok(facts.answered_author.clone());
        }
        let earlier = self.events.iter().find_map(|event| match &event.object {
            Object::Message(message) if message.id == id => {
                let is_here = event.room().is_some_and(|of_event| of_event.id == room);
                is_here.then(|| message.author.handle.clone())
            }
            _ => None,
        });
        let missing = || Error::invalid("reply_to", Fault::NoSuchMessage);
        earlier.map(Some).ok_or_else(missing)
    }

    /// Returns the root of the thread that a post belongs to. The post may name a reply, also one of this run.
    fn find_root(
        &self,
        room: RoomId,
        post: &Post,
        stored: Option<MessageId>,
    ) -> Result<Option<MessageId>> {
        let Some(named) = post.thread else {
            return Ok(None);
        };
        let mut earlier = self.rows.messages.iter();
        let earlier = earlier.find(|earlier| earlier.id == named && earlier.room_id == room);
        let root = stored.or_else(|| earlier.map(|earlier| earlier.thread.unwrap_or(earlier.id)));
        let missing = || Error::invalid("thread", Fault::NoSuchMessage);
        root.ok_or_else(missing).map(Some)
    }

    /// Adds the author to an open room, which posting there implies.
    fn join(&mut self, context: &Context<'_>) -> AccessChange {
        let user = context.user;
        let member = Member {
            user_id: user,
            handle: context.by.handle.clone(),
            state: Membership::Joined,
            role: RoomRole::Member,
            last: self.next_id,
        };
        let id = self.append(context, kind::MEMBER, Object::Member(member));
        let event = member_event(context.actor, context.room_id, user);
        self.rows.joins.push(NumberedEvent { id, event });
        self.rows.members.push(NewMembership {
            room_id: context.room_id,
            user_id: user,
            at: context.actor.at,
            event_id: id,
            role: RoomRole::Member,
            is_new: false,
        });
        AccessChange::User(user)
    }

    /// Returns the files of a post, in its order. All of them must be complete uploads of the author, and none of them
    /// the file of an earlier post of this run.
    fn take_files(
        &mut self,
        post: &'a Post,
        found: Option<Vec<Attachment>>,
    ) -> Result<Vec<Attachment>> {
        let gone = || Error::invalid("attachments", Fault::UploadGone);
        let found = found.unwrap_or_default();
        let is_taken = |id| self.files.contains(id);
        if post.attachments.iter().any(is_taken) {
            return Err(gone());
        }
        let find = |id: &FileId| found.iter().find(|file| file.id == *id).cloned();
        let files: Option<Vec<_>> = post.attachments.iter().map(find).collect();
        let files = files.ok_or_else(gone)?;
        self.files.extend(&post.attachments);
        Ok(files)
    }

    fn post(&mut self, context: &Context<'_>, post: &'a Post, files: Vec<Attachment>) -> MessageId {
        let id = MessageId(self.next_id.0);
        let places = post.attachments.iter().enumerate();
        self.rows
            .files
            .extend(places.map(|(place, file)| PostedFile {
                file,
                message: id,
                room: context.room_id,
                place,
            }));
        let message = Message {
            id,
            room: context.room.to_owned(),
            author: context.by.clone(),
            body: Some(post.body.as_str().to_owned()),
            at: context.actor.at,
            edited_at: None,
            deleted_at: None,
            reply_to: post.reply_to,
            reply_to_author: context.answered_author.clone(),
            nonce: post.nonce().map(str::to_owned),
            mentions_room: context.mentions_room && is_room_mentioned(&post.mentions),
            is_author_imported: false,
            thread: context.thread,
            also_in_room: post.also_in_room && context.thread.is_some(),
            thread_summary: None,
            reactions: Vec::new(),
            attachments: files,
        };
        let mentions_room = message.mentions_room;
        self.append(context, kind::MESSAGE, Object::Message(Arc::new(message)));
        if let Some(nonce) = post.nonce() {
            self.nonces
                .insert((context.user, nonce), self.rows.messages.len());
        }
        self.rows.messages.push(NewMessage {
            id,
            room_id: context.room_id,
            author_id: context.user,
            at: context.actor.at,
            body: post.body.as_str(),
            mentions: &post.mentions,
            mentions_room,
            reply_to: post.reply_to,
            thread: context.thread,
            in_room: post.is_in_room(),
            nonce: post.nonce(),
            has_files: !post.attachments.is_empty(),
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
                is_closing: false,
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

/// Returns the message of the first post with the same nonce, or an error if the posts differ. After an edit or a
/// deletion the original text is not stored any more, and only the rooms are compared.
fn recognise(post: &Post, room: RoomId, known: &EarlierPost) -> Result<Applied> {
    let is_other_text = known
        .body
        .as_ref()
        .is_some_and(|body| *body != post.body.as_str());
    if known.room_id != Some(room) || is_other_text {
        return Err(Error::invalid("nonce", Fault::NonceReused));
    }
    Ok(Applied::new(Outcome::Message {
        id: known.id,
        is_new: false,
    }))
}
