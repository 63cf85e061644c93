//! The steps that import the lines of an archive.

use super::{Line, LineRoom};
use crate::model::{
    account::NewAccount,
    import::{ImportStep, Imported, ImportedMessage, MessageKey, Origin},
    room::{RoomInfo, RoomKind},
    time::Timestamp,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, HashSet},
    mem::take,
    sync::Arc,
};

/// Makes the steps of an import, and remembers what later lines refer to.
#[derive(Debug, Default)]
pub struct ImportSteps {
    /// Accounts by handle, with the last display name that a line has given.
    accounts: HashMap<String, Arc<NewAccount>>,
    /// Rooms by slug.
    rooms: HashMap<String, Room>,
    /// Number of lines without an id and a nonce, by the hash of the line.
    repeats: HashMap<u128, u32>,
    later: Vec<(Timestamp, Later)>,
    /// The handles of the authors.
    authors: HashSet<String>,
    /// The number of the line from which on all authors with a mention key exist.
    joined: HashMap<String, u64>,
    /// Messages that mention somebody who was not among the authors of the lines before.
    mentions: Vec<(Timestamp, ImportStep)>,
    /// Ids, in the archive, of the messages to which replies were added as ordinary messages.
    unlinked: Vec<i64>,
}

/// What is remembered of a room.
#[derive(Debug)]
struct Room {
    info: Arc<RoomInfo>,
    /// Messages by their ids in the archive.
    messages: HashMap<i64, Sent>,
}

/// What is remembered of a message with an id.
#[derive(Debug)]
struct Sent {
    author: Arc<NewAccount>,
    at: Timestamp,
    /// The nonce of the message, if it has one of its own.
    nonce: Option<Box<str>>,
}

/// A step that is taken after all messages, when the display names in all lines are known.
#[derive(Debug)]
enum Later {
    Edit(MessageKey),
    Deletion(MessageKey),
    Reaction {
        message: MessageKey,
        emoji: String,
        by: String,
    },
    Room {
        room: String,
        name: String,
        topic: String,
    },
    Member {
        room: String,
        handle: String,
    },
}

impl ImportSteps {
    /// Returns the step that adds the message of a line, from which the text is taken. The numbers of lines increase.
    pub fn add(&mut self, number: u64, line: &mut Line) -> ImportStep {
        self.note_names(line);
        let nonce = self.nonce_of(line);
        let author = self.account(&line.author);
        if !self.authors.contains(&line.author) {
            self.authors.insert(line.author.clone());
            self.joined.insert(author.mention_key.clone(), number);
        }
        let made_by = line.room_info.made_by.as_deref();
        let made_by = made_by.map(|maker| self.account(maker));
        let reply_to = line.reply_to;
        let reply_to = reply_to.and_then(|old| self.find_key(&line.room, old));
        let thread = line.thread.and_then(|old| self.find_key(&line.room, old));
        let room = self.room(line);
        if let Some(id) = line.id {
            let sent = Sent {
                author: Arc::clone(&author),
                at: line.at,
                nonce: line.nonce.as_deref().map(Box::from),
            };
            room.messages.insert(id, sent);
        }
        ImportStep::Message(Box::new(ImportedMessage {
            room: Arc::clone(&room.info),
            made_by,
            author,
            origin: origin_of(line),
            nonce,
            id: line.id,
            body: take(&mut line.body),
            mentions: take(&mut line.mentions),
            is_reply: line.reply_to.is_some(),
            reply_to,
            is_in_thread: line.thread.is_some(),
            thread,
            also_in_room: line.also_in_room,
        }))
    }

    /// Notes what was added by the step of a line, which was this message: only new messages are edited, deleted
    /// and reacted to later, and only rooms without messages, such as the first room of a new log, get their properties
    /// from the archive.
    pub fn note_added(
        &mut self,
        number: u64,
        line: Line,
        message: &ImportedMessage,
        imported: &Imported,
    ) {
        if imported.is_first {
            self.note_room(line.at, &line.room, line.room_info);
        }
        if !imported.is_new {
            return;
        }
        if imported.is_orphan {
            self.unlinked.extend(line.reply_to.or(line.thread));
        }
        let key = || MessageKey {
            author: line.author.clone(),
            nonce: message.nonce.clone(),
            origin: None,
        };
        let mentions = self.later_mentions(number, &message.mentions);
        if !mentions.is_empty() {
            let message = key();
            let step = ImportStep::Mentions { message, mentions };
            self.mentions.push((line.at, step));
        }
        let edited = line.edited_at.map(|at| (at, Later::Edit(key())));
        let deleted = line.deleted_at.map(|at| (at, Later::Deletion(key())));
        self.later.extend(edited.into_iter().chain(deleted));
        for reaction in line.reactions {
            let later = Later::Reaction {
                message: key(),
                emoji: reaction.emoji,
                by: reaction.by,
            };
            self.later.push((reaction.at.unwrap_or(line.at), later));
        }
    }

    /// Returns the number of replies that were added as ordinary messages, although the archive holds the messages that
    /// they reply to: these come later, or are in other rooms.
    #[must_use]
    pub fn count_misplaced_replies(&self) -> u64 {
        let is_held = |id: &&i64| {
            let mut rooms = self.rooms.values();
            rooms.any(|room| room.messages.contains_key(*id))
        };
        self.unlinked.iter().filter(is_held).count() as u64
    }

    /// Returns those of the mention keys whose users may not exist after the line with this number.
    fn later_mentions(&self, number: u64, mentions: &[String]) -> Vec<String> {
        let is_later = |key: &&String| self.joined.get(*key).is_none_or(|joined| *joined > number);
        mentions.iter().filter(is_later).cloned().collect()
    }

    /// Returns the edits, deletions, reactions, rooms and members in the order of their times, and then the mentions of
    /// users who were created after the messages.
    pub fn finish(mut self) -> impl Iterator<Item = (Timestamp, ImportStep)> {
        let (mut later, mentions) = (take(&mut self.later), take(&mut self.mentions));
        later.sort_by_key(|(at, _)| *at);
        later
            .into_iter()
            .map(move |(at, later)| (at, self.step(later)))
            .chain(mentions)
    }

    fn step(&mut self, later: Later) -> ImportStep {
        match later {
            Later::Edit(message) => ImportStep::Edit { message },
            Later::Deletion(message) => ImportStep::Deletion { message },
            Later::Reaction { message, emoji, by } => ImportStep::Reaction {
                message,
                emoji,
                user: self.account(&by),
            },
            Later::Room { room, name, topic } => ImportStep::Room { room, name, topic },
            Later::Member { room, handle } => ImportStep::Member {
                room,
                user: self.account(&handle),
            },
        }
    }

    fn note_room(&mut self, at: Timestamp, room: &str, info: LineRoom) {
        let texts = info.name.map(|name| Later::Room {
            room: room.to_owned(),
            name,
            topic: info.topic,
        });
        let members = info.members.into_iter().map(|handle| Later::Member {
            room: room.to_owned(),
            handle,
        });
        let later = texts.into_iter().chain(members);
        self.later.extend(later.map(|later| (at, later)));
    }

    fn note_names(&mut self, line: &Line) {
        let author = line.author_name.iter().map(|name| (&line.author, name));
        for (handle, name) in author.chain(&line.names) {
            let known = self.accounts.get(handle);
            if known.is_none_or(|account| account.name.text != *name) {
                let account = Arc::new(NewAccount::new(handle, name));
                self.accounts.insert(handle.clone(), account);
            }
        }
    }

    fn account(&mut self, handle: &str) -> Arc<NewAccount> {
        if let Some(account) = self.accounts.get(handle) {
            return Arc::clone(account);
        }
        let account = Arc::new(NewAccount::new(handle, handle));
        let known = Arc::clone(&account);
        self.accounts.insert(handle.to_owned(), known);
        account
    }

    /// Returns the room of a line, as this line describes it.
    fn room(&mut self, line: &Line) -> &mut Room {
        let new = || Room {
            info: Arc::new(info_of(line)),
            messages: HashMap::new(),
        };
        let room = self.rooms.entry(line.room.clone()).or_insert_with(new);
        if !describes(line, &room.info) {
            room.info = Arc::new(info_of(line));
        }
        room
    }

    fn find_key(&self, room: &str, id: i64) -> Option<MessageKey> {
        let sent = self.rooms.get(room)?.messages.get(&id)?;
        let author = &sent.author.handle.text;
        let nonce = match &sent.nonce {
            Some(nonce) => nonce.to_string(),
            None => nonce_of_id(room, author, sent.at, id),
        };
        let origin = Origin { id, at: sent.at };
        Some(MessageKey {
            author: author.clone(),
            nonce,
            origin: sent.nonce.is_none().then_some(origin),
        })
    }

    /// Returns the nonce of a message, or one that is derived from its line, so that a repeated import recognises it.
    fn nonce_of(&mut self, line: &Line) -> String {
        if let Some(nonce) = &line.nonce {
            return nonce.clone();
        }
        if let Some(id) = line.id {
            return nonce_of_id(&line.room, &line.author, line.at, id);
        }
        let place = place_of(&line.room, &line.author, line.at);
        let hash = hash_of(&format!("{place}\nbody {}", line.recognised_by));
        let repeat = self.repeats.entry(hash).or_default();
        *repeat += 1;
        format!("import-{hash:032x}-{repeat}")
    }
}

/// Returns the properties of the room of a line.
fn info_of(line: &Line) -> RoomInfo {
    RoomInfo {
        slug: line.room.clone(),
        name: name_of_room(line).to_owned(),
        topic: line.room_info.topic.clone(),
        kind: line.room_kind,
        archived: false,
        announcements: false,
        auto_join: false,
        room_mentions: line.room_kind == RoomKind::Direct,
        pins: Vec::new(),
    }
}

fn name_of_room(line: &Line) -> &str {
    line.room_info.name.as_ref().unwrap_or(&line.room)
}

fn describes(line: &Line, room: &RoomInfo) -> bool {
    room.name == name_of_room(line)
        && room.topic == line.room_info.topic
        && room.kind == line.room_kind
}

fn origin_of(line: &Line) -> Option<Origin> {
    let id = line.id.filter(|_| line.nonce.is_none())?;
    Some(Origin { id, at: line.at })
}

pub(super) fn nonce_of_id(room: &str, author: &str, at: Timestamp, id: i64) -> String {
    let place = place_of(room, author, at);
    format!("import-{:032x}", hash_of(&format!("{place}\nid {id}")))
}

pub(super) fn place_of(room: &str, author: &str, at: Timestamp) -> String {
    format!("{room}\n{author}\n{at}")
}

pub(super) fn hash_of(text: &str) -> u128 {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(text)[..16]);
    u128::from_be_bytes(hash)
}
