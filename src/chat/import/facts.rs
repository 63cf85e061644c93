//! What a run of import steps refers to, looked up by one statement for each kind of thing.

use super::ids::Ids;
use crate::{
    error::Result,
    model::{
        account::NewAccount,
        ids::{RoomId, UserId},
        import::{ImportStep, ImportedMessage, MessageKey},
        user::SERVER_HANDLE,
    },
    store::{
        db::Connection,
        imports::{KnownRoom, Mark, Stored, find_members, find_messages, find_rooms, find_users},
    },
};
use std::collections::{HashMap, HashSet};

/// The facts about a run of steps.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) ids: Ids,
    pub(super) users: HashMap<String, UserId>,
    pub(super) rooms: HashMap<String, KnownRoom>,
    pub(super) messages: HashMap<Mark<'a>, Stored>,
    pub(super) members: HashSet<(RoomId, UserId)>,
}

/// The names in a run of steps.
#[derive(Default)]
struct Names<'a> {
    handles: HashSet<&'a str>,
    slugs: HashSet<&'a str>,
    marks: Vec<Mark<'a>>,
    members: Vec<(&'a str, &'a str)>,
}

impl<'a> Facts<'a> {
    /// Looks up the facts about steps.
    pub(super) async fn find(
        tx: &mut Connection,
        steps: impl Iterator<Item = &'a ImportStep>,
    ) -> Result<Self> {
        let names = Names::of(steps);
        let users = find_users(tx, &listed(&names.handles)).await?;
        let rooms = find_rooms(tx, &listed(&names.slugs)).await?;
        let unknown = names.handles.len() + names.slugs.len() - users.len() - rooms.len();
        Ok(Self {
            ids: Ids::find(tx, unknown).await?,
            users,
            rooms,
            messages: find_messages(tx, &names.marks).await?,
            members: find_members(tx, &names.members).await?,
        })
    }
}

impl<'a> Names<'a> {
    fn of(steps: impl Iterator<Item = &'a ImportStep>) -> Self {
        let mut names = Self::default();
        names.handles.insert(SERVER_HANDLE);
        for step in steps {
            names.add(step);
        }
        names
    }

    fn add(&mut self, step: &'a ImportStep) {
        match step {
            ImportStep::Begin | ImportStep::End => {}
            ImportStep::Message(message) => {
                self.slugs.insert(&message.room.slug);
                self.add_user(&message.author);
                self.handles
                    .extend(message.made_by.iter().map(|maker| handle_of(maker)));
                self.marks.push(mark_of(message));
                self.marks.extend(mark_of_original(message));
                self.marks.extend(mark_of_root(message));
            }
            ImportStep::Mentions { message, .. } => self.marks.push(mark_of_key(message, "")),
            ImportStep::Edit { message } | ImportStep::Deletion { message } => {
                self.handles.insert(&message.author);
                self.marks.push(mark_of_key(message, ""));
            }
            ImportStep::Reaction { message, user, .. } => {
                self.marks.push(mark_of_key(message, ""));
                self.add_user(user);
            }
            ImportStep::Room { room, .. } => {
                self.slugs.insert(room);
            }
            ImportStep::Member { room, user } => {
                self.slugs.insert(room);
                self.add_user(user);
                self.members.push((room, handle_of(user)));
            }
        }
    }

    fn add_user(&mut self, user: &'a NewAccount) {
        self.handles.insert(handle_of(user));
    }
}

fn listed<'a>(names: &HashSet<&'a str>) -> Vec<&'a str> {
    names.iter().copied().collect()
}

fn handle_of(user: &NewAccount) -> &str {
    &user.handle.text
}

/// Returns how a message to be added is found if it exists already.
pub(super) fn mark_of(message: &ImportedMessage) -> Mark<'_> {
    Mark {
        author: handle_of(&message.author),
        room: &message.room.slug,
        nonce: &message.nonce,
        id: message.origin.map(|origin| origin.id),
        at: message.origin.map(|origin| origin.at),
    }
}

/// Returns how the message is found that a message replies to.
pub(super) fn mark_of_original(message: &ImportedMessage) -> Option<Mark<'_>> {
    let key = message.reply_to.as_ref()?;
    Some(mark_of_key(key, &message.room.slug))
}

/// Returns how the message is found whose thread a message belongs to.
pub(super) fn mark_of_root(message: &ImportedMessage) -> Option<Mark<'_>> {
    let key = message.thread.as_ref()?;
    Some(mark_of_key(key, &message.room.slug))
}

/// Returns how a message is found by its key, in a room if it is stored without a nonce.
pub(super) fn mark_of_key<'a>(key: &'a MessageKey, room: &'a str) -> Mark<'a> {
    Mark {
        author: &key.author,
        room,
        nonce: &key.nonce,
        id: key.origin.map(|origin| origin.id),
        at: key.origin.map(|origin| origin.at),
    }
}
