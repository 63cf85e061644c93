//! Importing an archive. Creates missing rooms and users, keeps the original times, and skips existing messages.
//!
//! A message keeps the id of its line as long as ids increase: an export that is imported into an empty file has the
//! same ids, so that permalinks and cursors stay valid. Users and rooms get the unused ids before the messages that
//! need them. There are enough of these, since the exported log had created the users and rooms before, too. Edits,
//! deletions and reactions are appended at the end.

mod later;
mod log;

use super::archive::Line;
use crate::{
    error::{Error, Result},
    model::{
        ids::{MessageId, RoomId, UserId},
        look_alike::{fold_handle, fold_name},
        room::{RoomInfo, RoomKind},
        time::Timestamp,
        user::{SERVER_HANDLE, mention_key},
    },
    store::{
        archive::{self, KnownRoom, Mark, MessageState, NewReaction, NewUser},
        db::Connection,
        eras,
        posts::{NewMessage, add_messages},
        rooms,
    },
};
use later::Later;
use log::ImportLog;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};

/// The result of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of messages that were added.
    pub messages: u64,
    /// Number of messages that existed already.
    pub known: u64,
    /// Number of users that were created.
    pub people: u64,
    /// Number of rooms that were created.
    pub rooms: u64,
    /// Number of replies to messages that no earlier line contains. They are added as ordinary messages.
    pub orphans: u64,
}

/// A running import, within the caller's transaction.
#[derive(Debug)]
pub struct Import {
    log: ImportLog,
    server: UserId,
    users: HashMap<String, UserId>,
    /// Display names of users who have not been created yet, by handle, from the lines read so far.
    names: HashMap<String, String>,
    rooms: HashMap<String, KnownRoom>,
    /// The new ids and rooms of the archive's messages, by their ids in the archive.
    places: HashMap<i64, (MessageId, RoomId)>,
    /// Number of identical lines, by the hash of the line.
    repeats: HashMap<u128, u32>,
    rows: Rows,
    later: Vec<Later>,
    counts: Counts,
}

/// Rows to be written.
#[derive(Debug, Default)]
struct Rows {
    users: Vec<NewUser>,
    rooms: Vec<(RoomId, RoomInfo, UserId, Timestamp)>,
    states: Vec<MessageState>,
    reactions: Vec<NewReaction>,
}

impl Import {
    /// Begins an import: looks up the existing users and rooms. Fails if the server's own account is missing.
    pub async fn begin(tx: &mut Connection) -> Result<Self> {
        let users = archive::list_users(tx).await?;
        let server = users.get(SERVER_HANDLE).copied().ok_or(Error::NotFound)?;
        Ok(Self {
            log: ImportLog::after(eras::last_used_id(tx).await?),
            server,
            users,
            names: HashMap::new(),
            rooms: archive::list_rooms(tx).await?,
            places: HashMap::new(),
            repeats: HashMap::new(),
            rows: Rows::default(),
            later: Vec::new(),
            counts: Counts::default(),
        })
    }

    /// Imports lines with their line numbers, by one set of statements for all of them.
    pub async fn apply(&mut self, tx: &mut Connection, lines: &[(u64, Line)]) -> Result<()> {
        let nonces: Vec<String> = lines.iter().map(|(_, line)| self.nonce_of(line)).collect();
        let marks: Vec<Mark<'_>> = lines
            .iter()
            .zip(&nonces)
            .map(|((_, line), nonce)| mark(line, nonce))
            .collect();
        let known = archive::find_known(tx, &marks).await?;
        let mut messages = Vec::with_capacity(lines.len());
        let mut seen = HashSet::new();
        for (((number, line), nonce), known) in lines.iter().zip(&nonces).zip(known) {
            self.check_room(*number, line)?;
            if known.is_some() || !seen.insert((&line.author, nonce)) {
                self.counts.known += 1;
                self.note_place(line, known);
            } else {
                messages.push(self.add_message(line, nonce));
            }
        }
        self.write(tx).await?;
        add_messages(tx, &messages).await?;
        archive::set_states(tx, &std::mem::take(&mut self.rows.states)).await
    }

    /// Returns the nonce of a message, or one that is derived from its line, so that a repeated import recognises it.
    fn nonce_of(&mut self, line: &Line) -> String {
        if let Some(nonce) = &line.nonce {
            return nonce.clone();
        }
        let place = format!("{}\n{}\n{}", line.room, line.author, line.at);
        if let Some(id) = line.id {
            return format!("import-{:032x}", hash_of(&format!("{place}\nid {id}")));
        }
        let hash = hash_of(&format!("{place}\nbody {}", line.recognised_by));
        let repeat = self.repeats.entry(hash).or_default();
        *repeat += 1;
        format!("import-{hash:032x}-{repeat}")
    }

    /// Refuses a line if the kind of its room differs from the existing room, so that messages of a closed room do not
    /// become visible in an open one.
    fn check_room(&self, number: u64, line: &Line) -> Result<()> {
        match self.rooms.get(&line.room) {
            Some(room) if room.kind != line.room_kind => Err(Error::Refused(format!(
                "line {number}: the room {} is {} in the archive, but {} here",
                line.room,
                word(line.room_kind),
                word(room.kind)
            ))),
            _ => Ok(()),
        }
    }

    fn note_place(&mut self, line: &Line, known: Option<MessageId>) {
        if let (Some(old), Some(id), Some(room)) = (line.id, known, self.rooms.get(&line.room)) {
            self.places.insert(old, (id, room.id));
        }
    }

    fn add_message<'a>(&mut self, line: &'a Line, nonce: &'a str) -> NewMessage<'a> {
        self.note_names(line);
        let room = self.room(line);
        let author = self.user(&line.author, line.at);
        let id = self.log.take_message_id(line.id);
        self.note_place(line, Some(id));
        self.note_later(line, author, room, id);
        self.counts.messages += 1;
        let reply_to = self.answered(line, room);
        NewMessage {
            id,
            room_id: room,
            author_id: author,
            at: line.at,
            body: &line.body,
            mentions: &line.mentions,
            reply_to,
            nonce: Some(nonce),
        }
    }

    fn answered(&mut self, line: &Line, room: RoomId) -> Option<MessageId> {
        let old = line.reply_to?;
        let answered = self
            .places
            .get(&old)
            .filter(|place| place.1 == room)
            .map(|place| place.0);
        self.counts.orphans += u64::from(answered.is_none());
        answered
    }

    fn note_names(&mut self, line: &Line) {
        let author = line.author_name.iter().map(|name| (&line.author, name));
        for (handle, name) in author.chain(&line.names) {
            if !self.users.contains_key(handle) {
                self.names.insert(handle.clone(), name.clone());
            }
        }
    }

    fn user(&mut self, handle: &str, at: Timestamp) -> UserId {
        if let Some(id) = self.users.get(handle) {
            return *id;
        }
        let id = self.log.append_user(at);
        self.users.insert(handle.to_owned(), id);
        self.counts.people += 1;
        let name = self.names.remove(handle);
        let name = name.unwrap_or_else(|| handle.to_owned());
        self.rows.users.push(NewUser {
            id,
            handle: handle.to_owned(),
            folded: fold_handle(handle),
            mention_key: mention_key(handle),
            name_folded: fold_name(&name),
            name,
            at,
        });
        id
    }

    fn room(&mut self, line: &Line) -> RoomId {
        let known = self.rooms.get(&line.room).copied();
        if let Some(room) = known.filter(|room| !room.is_empty) {
            return room.id;
        }
        let room = known.unwrap_or_else(|| self.add_room(line));
        self.rooms.insert(
            line.room.clone(),
            KnownRoom {
                is_empty: false,
                ..room
            },
        );
        // An existing room without messages, such as the first room of a new log, gets its properties from the
        // archive.
        self.later.push(Later::Room {
            at: line.at,
            room: room.id,
            info: line.room_info.clone(),
        });
        room.id
    }

    fn add_room(&mut self, line: &Line) -> KnownRoom {
        let (at, info) = (line.at, &line.room_info);
        let maker = info
            .made_by
            .as_deref()
            .map_or(self.server, |maker| self.user(maker, at));
        let id = self.log.append_room(maker, at);
        let (slug, name) = (
            line.room.clone(),
            info.name.as_ref().unwrap_or(&line.room).clone(),
        );
        let room = RoomInfo {
            slug,
            name,
            topic: info.topic.clone(),
            kind: line.room_kind,
        };
        self.rows.rooms.push((id, room, maker, at));
        self.counts.rooms += 1;
        KnownRoom {
            id,
            kind: line.room_kind,
            is_empty: true,
        }
    }

    async fn write(&mut self, tx: &mut Connection) -> Result<()> {
        self.log.write(tx).await?;
        archive::insert_users(tx, &std::mem::take(&mut self.rows.users)).await?;
        for (id, room, maker, at) in std::mem::take(&mut self.rows.rooms) {
            rooms::insert_room(tx, id, &room, maker, at).await?;
        }
        Ok(())
    }
}

fn hash_of(text: &str) -> u128 {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(text)[..16]);
    u128::from_be_bytes(hash)
}

fn mark<'a>(line: &'a Line, nonce: &'a str) -> Mark<'a> {
    let id = if line.nonce.is_some() { None } else { line.id };
    Mark {
        author: &line.author,
        room: &line.room,
        at: line.at,
        nonce,
        id,
    }
}

fn word(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Open => "open",
        RoomKind::Closed => "closed",
        RoomKind::Direct => "between few",
    }
}
