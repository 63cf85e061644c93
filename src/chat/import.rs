//! Taking in an archive: rooms and people made as needed, original times kept, nothing twice.
//!
//! A message keeps the id that its line names, as long as ids rise: an export taken into an empty file has the
//! same ids, so that permalinks and cursors stay good. The people and rooms that it needs take the ids that are
//! left free before it, of which there are enough, since their own log made them before it, too; what happened to
//! messages after they were posted comes last.

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

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were added.
    pub messages: u64,
    /// Messages that were there already.
    pub known: u64,
    /// People who were added.
    pub people: u64,
    /// Rooms that were made.
    pub rooms: u64,
    /// Answers to messages that are in no line before them; they are kept, as messages of their own.
    pub orphans: u64,
}

/// An archive on its way in, within the caller's transaction.
#[derive(Debug)]
pub struct Import {
    log: ImportLog,
    server: UserId,
    users: HashMap<String, UserId>,
    /// What people are called who are not there yet, by their handles, as far as lines have told.
    names: HashMap<String, String>,
    rooms: HashMap<String, KnownRoom>,
    /// Where the messages of the archive are now, by the ids that they had.
    places: HashMap<i64, (MessageId, RoomId)>,
    /// How often a line was seen that is equal in everything, by its hash.
    repeats: HashMap<u128, u32>,
    rows: Rows,
    later: Vec<Later>,
    counts: Counts,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Rows {
    users: Vec<NewUser>,
    rooms: Vec<(RoomId, RoomInfo, UserId, Timestamp)>,
    states: Vec<MessageState>,
    reactions: Vec<NewReaction>,
}

impl Import {
    /// Looks at what is there. The server's own account must be.
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

    /// Takes in lines, which come with their numbers; lines that follow one another share statements.
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

    /// A message's own nonce, or one made of what it is: the same line has the same one the next time.
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

    /// What was said behind closed doors shall not come out through an archive.
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
        // A room in which nothing was said before, such as the one that is there from the start, becomes what it
        // is in the archive.
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
