//! What the writer has learned of authors and rooms from the posts that it judged a moment ago.
//!
//! Who writes does so again, and into the same room: then nothing needs to be asked before it is stored, and a post
//! takes one trip to SQLite's thread instead of two. There is only one writer, so what it knows can change by its
//! own commits alone, and each that moves anybody's rights makes it forget. Not so what an owner does to the file by
//! hand; hence nothing is believed for longer than [`BELIEVED_MS`].

use crate::{
    model::{
        change::Post,
        ids::{EventId, RoomId, UserId},
        time::Timestamp,
        user::Person,
    },
    store::posts::PostFacts,
};
use std::collections::{HashMap, HashSet};

/// By the time that changes carry: applying them reads no clock.
const BELIEVED_MS: i64 = 1000;
/// People, rooms or memberships. Beyond it, nothing more is learned until all is forgotten.
const HELD_MAX: usize = 10_000;

/// What is known of those who post, and where.
#[derive(Debug, Default)]
pub struct Learned {
    since: Option<Timestamp>,
    last_id: EventId,
    people: HashMap<UserId, Person>,
    rooms: HashMap<String, (RoomId, bool)>,
    members: HashSet<(RoomId, UserId)>,
}

impl Learned {
    /// Forgets everything.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Takes note of what was found out to judge these posts.
    pub fn learn(&mut self, posts: &[(Timestamp, &Post)], facts: &[PostFacts]) {
        if self.since.is_none() {
            self.since = posts.first().map(|(at, _)| *at);
        }
        for ((_, post), facts) in posts.iter().zip(facts) {
            let Some(room) = facts.room_id.filter(|_| facts.is_member) else {
                continue;
            };
            if self.members.len() >= HELD_MAX || !self.members.insert((room, post.by)) {
                continue;
            }
            self.people.insert(post.by, facts.by.clone());
            self.rooms.insert(post.room.clone(), (room, facts.is_open));
        }
    }

    /// Takes note of an id that the log has used.
    pub fn note_last_id(&mut self, last_id: EventId) {
        self.last_id = self.last_id.max(last_id);
    }

    /// The last id of the log and the facts of each post, if all of them are known: their authors are members who
    /// answer nothing. Whether a nonce was used before is not known; the schema refuses it.
    pub fn recall(&mut self, posts: &[(Timestamp, &Post)]) -> Option<(EventId, Vec<PostFacts>)> {
        let since = self.since?.to_utc();
        let is_believed = |at: Timestamp| {
            let age = at.to_utc().signed_duration_since(since);
            (0..BELIEVED_MS).contains(&age.num_milliseconds())
        };
        if !posts.iter().all(|(at, _)| is_believed(*at)) {
            self.forget();
            return None;
        }
        let facts: Option<Vec<_>> = posts.iter().map(|(_, post)| self.facts(post)).collect();
        Some((self.last_id, facts?))
    }

    fn facts(&self, post: &Post) -> Option<PostFacts> {
        let (room_id, is_open) = *self.rooms.get(&post.room)?;
        let is_known = post.reply_to.is_none() && self.members.contains(&(room_id, post.by));
        is_known.then_some(())?;
        Some(PostFacts {
            by: self.people.get(&post.by)?.clone(),
            room_id: Some(room_id),
            is_open,
            is_member: true,
            answers: false,
            known: None,
        })
    }
}
