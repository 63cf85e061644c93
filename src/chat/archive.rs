//! One line of an archive: a message as `export` writes it and `import` reads it.

mod cleaning;
pub mod steps;

use self::cleaning::{clean_body, clean_handle, clean_name};
use crate::{
    fault::Fault,
    markdown,
    model::{
        emoji::{EMOJI_MAX, Emoji},
        message::{is_refused_control, length_fault, nonce_fault},
        room::{RoomKind, slug_fault, slug_of, topic_fault},
        text::{fits_in_line, looks_empty},
        time::Timestamp,
        user::{handle_fault, name_fault},
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
        self.limit_reactions();
        if self.deleted_at.is_some() {
            self.body.clear();
            self.reactions.clear();
        } else {
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
        let mut seen = HashSet::new();
        self.reactions.retain_mut(|reaction| {
            if let Ok(emoji) = Emoji::parse_stored(&reaction.emoji) {
                reaction.emoji = emoji.into_string();
            }
            seen.contains(&reaction.emoji)
                || (seen.len() < EMOJI_MAX && seen.insert(reaction.emoji.clone()))
        });
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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(fields: &str) -> Result<Line, String> {
        Line::read(&format!(
            r#"{{"room":"r","author":"ann","at":"2004-12-25T09:14:00Z","body":"hi"{fields}}}"#
        ))
    }

    #[test]
    fn names_and_texts_of_other_chats_are_adapted() {
        let text = r##"{"room":"#Ubuntu","author":"bur[n] er ","at":"2004-12-25T09:14:00Z","body":"a\u0008b\r\nc"}"##;
        let line = Line::read(text).unwrap();
        assert_eq!(
            (line.room.as_str(), line.room_info.name.as_deref()),
            ("ubuntu", Some("#Ubuntu"))
        );
        assert_eq!(
            (line.author.as_str(), line.author_name.as_deref()),
            ("bur[n]_er", Some("bur[n] er"))
        );
        assert_eq!(line.body, "ab\nc");
    }

    #[test]
    fn invisible_characters_are_removed_unless_nothing_else_is_left() {
        let text = r#"{"room":"r","author":"an\u200bn","author_name":"\u202eAnn","at":"2004-12-25T09:14:00Z",
            "body":"a\u0008\u007f\u0085b","room_info":{"name":"\u200b","topic":"to\u2066pic","made_by":"a b"}}"#;
        let line = Line::read(text).unwrap();
        assert_eq!(
            (line.author.as_str(), line.author_name.as_deref()),
            ("an_n", Some("Ann"))
        );
        assert_eq!(
            (line.body.as_str(), line.recognised_by.as_str()),
            ("ab", "a\u{7f}\u{85}b")
        );
        let LineRoom {
            name,
            topic,
            made_by,
            ..
        } = line.room_info;
        assert_eq!(
            (name, topic.as_str(), made_by.as_deref()),
            (None, "topic", Some("a_b"))
        );
        for body in ["\u{200b}", "\u{7f}"] {
            let text = format!(
                r#"{{"room":"r","author":"a","at":"2004-12-25T09:14:00Z","body":"{body}"}}"#
            );
            assert_eq!(Line::read(&text).unwrap().body, body, "it was let in once");
        }
    }

    #[test]
    fn a_deleted_message_brings_no_text() {
        let line =
            read(r#","deleted_at":"2005-01-01T00:00:00Z","reactions":[{"emoji":"👍","by":"bob"}]"#)
                .unwrap();
        assert!(line.body.is_empty() && line.reactions.is_empty());
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(
            line in ".{0,80}",
            field in prop::sample::select(FIELDS.as_slice()),
            text in "[\\PC\u{0}-\u{1f}\u{7f}\u{200b}-\u{202e}\u{300}-\u{303}\u{fffd}]{0,60}",
        ) {
            let _ = Line::read(&line);
            let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
            let mut whole = json!({"room": "r", "author": "ann", "at": "2004-12-25T09:14:00Z", "body": "hi"});
            match field.split_once('.') {
                Some((outer, inner)) => whole[outer] = json!({ inner: value }),
                None => whole[field] = value,
            }
            for whole in [whole.clone(), json!({ "room": text, "author": text, "at": text, "body": text })] {
                if let Ok(read) = Line::read(&whole.to_string()) {
                    // A line that was adapted is valid.
                    prop_assert_eq!(read.fault(), None);
                }
            }
        }

        #[test]
        fn a_line_of_any_names_is_read_again_as_it_was_written(text in "\\PC{1,40}") {
            let line = json!({"room": text, "author": text, "at": "2004-12-25T09:14:00Z", "body": text});
            if let Ok(read) = Line::read(&line.to_string()) {
                let again = json!({
                    "room": read.room, "author": read.author, "at": "2004-12-25T09:14:00Z", "body": read.body
                });
                let again = Line::read(&again.to_string()).unwrap();
                prop_assert_eq!((again.room, again.author, again.body), (read.room, read.author, read.body));
            }
        }
    }

    const FIELDS: [&str; 17] = [
        "room",
        "author",
        "at",
        "body",
        "id",
        "author_name",
        "reply_to",
        "nonce",
        "edited_at",
        "deleted_at",
        "names",
        "reactions",
        "room_kind",
        "room_info",
        "room_info.name",
        "room_info.made_by",
        "names.ann",
    ];

    #[test]
    fn a_line_that_cannot_be_adapted_is_refused_with_the_field() {
        for (fields, field) in [
            (r#","id":9007199254740991"#, "id"),
            (r#","id":0"#, "id"),
            (r#","nonce":"a b""#, "nonce"),
            (r#","reactions":[{"emoji":"+1","by":"bob"}]"#, "reactions"),
            (r#","room_info":{"members":["<b>"]}"#, "handle"),
            (r#","room_kind":"secret""#, "secret"),
        ] {
            assert!(read(fields).unwrap_err().contains(field), "{fields}");
        }
        assert!(
            Line::read(r#"{"room":"r","author":"ann","body":"hi"}"#)
                .unwrap_err()
                .contains("at")
        );
        assert!(
            Line::read(r#"{"room":"r","author":"","at":"2004-12-25T09:14:00Z","body":"hi"}"#)
                .is_err()
        );
        assert!(
            Line::read(r#"{"room":"r","author":"a","at":"2004-12-25T09:14:00Z","body":" "}"#)
                .is_err()
        );
    }
}
