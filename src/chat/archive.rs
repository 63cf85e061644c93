//! One line of an archive: a message as `export` writes it and `import` reads it.

mod cleaning;
pub mod conflicts;
pub mod steps;

use self::cleaning::{clean_body, clean_handle, clean_name};
use crate::{
    fault::Fault,
    markdown,
    model::{
        emoji::{EMOJI_MAX, Emoji},
        message::{is_refused_control, length_fault, nonce_fault},
        room::{RoomKind, topic_fault},
        slug::{slug_fault, slug_of},
        text::{fits_in_line, looks_empty},
        time::Timestamp,
        user::{SERVER_HANDLE, handle_fault, name_fault},
    },
};
use serde::Deserialize;
use std::{
    collections::{HashMap, HashSet},
    mem::take,
};

/// A message. `room`, `author`, `at` and `body` are required; `export` adds the other fields where they have a value.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// Slug of the room; other names are converted to a slug.
    pub room: String,
    /// Handle of the author; white space in it becomes `_`.
    pub author: String,
    /// Time of posting.
    pub at: Timestamp,
    /// Text of the message; may be absent if it was deleted.
    #[serde(default)]
    pub body: String,
    /// The text with the control characters that earlier versions imported. Lines without a nonce and an id
    /// are recognised by it, also if an earlier version imported them.
    #[serde(skip)]
    pub recognised_by: String,
    /// The mention keys of the handles in the text.
    #[serde(skip)]
    pub mentions: Vec<String>,
    /// Id in the exported log.
    pub id: Option<i64>,
    /// Display name of the author, if it differs from the handle.
    pub author_name: Option<String>,
    /// Id, in the exported log, of the message that it replies to.
    pub reply_to: Option<i64>,
    /// Id, in the exported log, of the message whose thread it belongs to.
    pub thread: Option<i64>,
    /// Whether a reply in a thread is shown in the room, too.
    #[serde(default)]
    pub also_in_room: bool,
    /// Nonce given by the author's client.
    pub nonce: Option<String>,
    /// Time of the last edit.
    pub edited_at: Option<Timestamp>,
    /// Time of the deletion.
    pub deleted_at: Option<Timestamp>,
    /// Display names of the other users in this line, by handle, where they differ from the handles.
    #[serde(default)]
    pub names: HashMap<String, String>,
    /// Reactions, in the order in which they were added.
    #[serde(default)]
    pub reactions: Vec<LineReaction>,
    /// Number of reactions that were left out, because a message takes at most [`EMOJI_MAX`] different ones.
    #[serde(skip)]
    pub surplus_reactions: usize,
    /// Kind of the room; the default is `open`.
    #[serde(default = "open")]
    pub room_kind: RoomKind,
    /// Other properties of the room, which the line of its first message has.
    #[serde(default)]
    pub room_info: LineRoom,
}

/// A reaction to the message of a line.
#[derive(Clone, Debug, Deserialize)]
pub struct LineReaction {
    /// The emoji.
    pub emoji: String,
    /// Handle of the user who reacted.
    pub by: String,
    /// Time of the reaction; the default is the time of the message.
    pub at: Option<Timestamp>,
}

/// Properties of a room.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LineRoom {
    /// Display name; the default is the slug.
    pub name: Option<String>,
    /// Topic.
    #[serde(default)]
    pub topic: String,
    /// Handle of the creator; the default is the server itself.
    pub made_by: Option<String>,
    /// Handles of the members.
    #[serde(default)]
    pub members: Vec<String>,
}

fn open() -> RoomKind {
    RoomKind::Open
}

/// Ids in archives must be below this limit, so that a line cannot exhaust the ids of the log (below 2^53).
const ID_LIMIT: i64 = 1 << 52;

impl Line {
    /// Parses a line and adapts it to the rules of this server. The error describes why the line is invalid.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut line: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        line.clean();
        line.mentions = markdown::mentions(&line.body);
        line.fault().map_or(Ok(line), Err)
    }

    /// Adapts values that other chats allow and this one does not: white space and invisible characters in names, and
    /// control characters in texts.
    fn clean(&mut self) {
        let author = clean_handle(&self.author);
        if author != self.author && self.author_name.is_none() {
            self.author_name = Some(self.author.trim().to_owned()).filter(|name| *name != author);
        }
        self.author = author;
        if slug_fault(&self.room).is_some() && !self.room.trim().is_empty() {
            self.room_info
                .name
                .get_or_insert_with(|| self.room.trim().to_owned());
            self.room = slug_of(&self.room);
        }
        if self.deleted_at.is_some() {
            self.body.clear();
            self.reactions.clear();
        } else {
            self.limit_reactions();
            self.recognised_by = clean_body(&self.body);
            self.body.clone_from(&self.recognised_by);
            self.body.retain(|c| !is_refused_control(c));
            if looks_empty(&self.body) {
                self.body.clone_from(&self.recognised_by);
            }
        }
        self.author_name = self.author_name.take().and_then(clean_name);
        self.names = take(&mut self.names)
            .into_iter()
            .filter_map(|(handle, name)| Some((clean_handle(&handle), clean_name(name)?)))
            .collect();
        self.room_info.name = self.room_info.name.take().and_then(clean_name);
        self.room_info.topic.retain(fits_in_line);
        self.room_info
            .made_by
            .take_if(|maker| maker == SERVER_HANDLE);
        for handle in self
            .reactions
            .iter_mut()
            .map(|reaction| &mut reaction.by)
            .chain(&mut self.room_info.members)
            .chain(&mut self.room_info.made_by)
        {
            *handle = clean_handle(handle);
        }
    }

    /// Normalises the emoji of reactions, and drops reactions beyond [`EMOJI_MAX`] different emoji.
    fn limit_reactions(&mut self) {
        let (mut seen, all) = (HashSet::new(), self.reactions.len());
        self.reactions.retain_mut(|reaction| {
            if let Ok(emoji) = Emoji::parse_stored(&reaction.emoji) {
                reaction.emoji = emoji.into_string();
            }
            seen.contains(&reaction.emoji)
                || (seen.len() < EMOJI_MAX && seen.insert(reaction.emoji.clone()))
        });
        self.surplus_reactions = all - self.reactions.len();
    }

    fn fault(&self) -> Option<String> {
        let handles = self
            .reactions
            .iter()
            .map(|reaction| &reaction.by)
            .chain(&self.room_info.members);
        let handles = handles.chain(&self.room_info.made_by);
        let faults = [
            ("room", slug_fault(&self.room)),
            ("author", handle_fault(&self.author)),
            (
                "author_name",
                self.author_name.as_deref().and_then(name_fault),
            ),
            (
                "names",
                self.names.values().find_map(|name| name_fault(name)),
            ),
            (
                "body",
                // Imported bodies may have no visible characters.
                if self.deleted_at.is_some() {
                    None
                } else {
                    length_fault(&self.body)
                },
            ),
            (
                "id",
                self.id
                    .filter(|id| !(1..ID_LIMIT).contains(id))
                    .map(|_| Fault::OutOfRange {
                        min: 1,
                        max: ID_LIMIT.unsigned_abs() - 1,
                    }),
            ),
            ("nonce", self.nonce.as_deref().and_then(nonce_fault)),
            (
                "reactions",
                self.reactions
                    .iter()
                    .find_map(|reaction| Emoji::parse_stored(&reaction.emoji).err()),
            ),
            (
                "room_info",
                self.room_info.name.as_deref().and_then(name_fault),
            ),
            ("room_info", topic_fault(&self.room_info.topic)),
            (
                "a handle",
                handles.into_iter().find_map(|handle| handle_fault(handle)),
            ),
        ];
        faults
            .into_iter()
            .find_map(|(field, fault)| fault.map(|fault| format!("{field}: {fault}")))
    }
}

#[cfg(test)]
mod tests;
