//! What a reader may see: who they are, which rooms they ask for, and which of those are theirs.

use super::{log::EventLog, recent::Channel, signals::Signal, wake::Topic};
use crate::{
    error::Result,
    model::{
        change::SecretHash,
        event::Event,
        ids::{EventId, RoomId, UserId},
    },
    store::{events::Selection, memberships, rooms},
};
use std::collections::BTreeMap;

/// Who reads.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// Their account; `None`: somebody who has not joined.
    pub user: Option<UserId>,
    /// By which they are known: when it is revoked, the stream ends.
    pub secret: Option<SecretHash>,
}

impl Reader {
    /// When to look again at what they may see.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        self.user
            .map(Topic::User)
            .into_iter()
            .chain(self.secret.clone().map(Topic::Secret))
            .collect()
    }
}

/// What they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Scope {
    /// These rooms, by their slugs; with `joined`, those of them that the reader is a member of.
    Rooms { slugs: Vec<String>, joined: bool },
    /// Every room that they may see; with `joined`, that they are a member of.
    Everything { joined: bool },
}

/// What they may see of it now.
#[derive(Clone, Debug)]
pub struct Access {
    reader: Reader,
    scope: Scope,
    /// Rooms whose events are theirs, from which event on; of an unlimited scope only those of which they
    /// are a member, since the others are open to everybody.
    rooms: BTreeMap<RoomId, EventId>,
    /// The one room, where the scope is one that is open: the common case, for which nothing is looked up, and the
    /// rooms above are none.
    one_open: Option<RoomId>,
}

impl Access {
    /// Looks up what a reader may see. `None`: nothing any more, or nothing at all.
    ///
    /// A room that was not in `previous` became visible while the stream was open: its past does not come
    /// through the stream, which begins with the event that made the reader a member.
    pub async fn look_up(
        log: &EventLog,
        reader: &Reader,
        scope: &Scope,
        previous: Option<&Self>,
    ) -> Result<Option<Self>> {
        if let Some(secret) = &reader.secret
            && log.known.user(secret).await?.is_none()
        {
            return Ok(None);
        }
        let (reader, scope) = (reader.clone(), scope.clone());
        let mut access = Self {
            reader,
            scope,
            rooms: BTreeMap::new(),
            one_open: None,
        };
        access.look_up_rooms(log).await?;
        // Of several rooms those that are there and theirs count: a browser comes back to the same address after
        // one of them was lost, and must not be refused the others.
        let has_none = access.rooms.is_empty() && access.one_open.is_none();
        if matches!(access.scope, Scope::Rooms { .. }) && has_none {
            return Ok(None);
        }
        for (room, from) in &mut access.rooms {
            let known = previous.map(|previous| previous.rooms.get(room).copied());
            *from = known.map_or(EventId::EARLIEST, |known| known.unwrap_or(*from));
        }
        Ok(Some(access))
    }

    async fn look_up_rooms(&mut self, log: &EventLog) -> Result<()> {
        let Scope::Rooms { slugs, joined } = &self.scope else {
            let Some(user) = self.reader.user else {
                return Ok(());
            };
            let mut connection = log.readers.acquire().await?;
            self.rooms
                .extend(memberships::list_rooms_of(&mut connection, user).await?);
            return Ok(());
        };
        if let ([slug], false) = (slugs.as_slice(), joined)
            && let Some(room) = log.known.open_room(slug).await?
        {
            self.one_open = Some(room);
            return Ok(());
        }
        let mut connection = log.readers.acquire().await?;
        for slug in slugs {
            let room = rooms::find_access(&mut connection, self.reader.user, slug).await?;
            let Some(room) = room.filter(|room| room.is_member() || (room.is_open && !joined))
            else {
                continue;
            };
            self.rooms
                .insert(room.id, room.member_since.unwrap_or_default());
        }
        Ok(())
    }

    /// Whether this event is theirs to see.
    #[must_use]
    pub fn shows(&self, event: &Event) -> bool {
        self.shows_from(event.room_id, event.is_open)
            .is_some_and(|from| event.id >= from)
    }

    /// Whether this signal is for them.
    #[must_use]
    pub fn hears(&self, signal: &Signal) -> bool {
        let is_own = signal.writer.is_some() && signal.writer == self.reader.user;
        !is_own && self.shows_from(signal.room, signal.is_open).is_some()
    }

    /// From which event on a room is theirs to see, if it is.
    fn shows_from(&self, room: RoomId, is_open: bool) -> Option<EventId> {
        let is_for_all = match self.one_open {
            Some(only) if only == room => true,
            Some(_) => return None,
            None => is_open && self.scope == (Scope::Everything { joined: false }),
        };
        if is_for_all {
            return Some(EventId::EARLIEST);
        }
        self.rooms.get(&room).copied()
    }

    /// Who reads.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// What they ask for.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Which end of the log has it.
    #[must_use]
    pub fn channel(&self) -> Channel {
        if let Some(room) = self.one_open {
            return Channel::Room(room);
        }
        match self.rooms.keys().next() {
            Some(room)
                if self.rooms.len() == 1 && self.scope != (Scope::Everything { joined: false }) =>
            {
                Channel::Room(*room)
            }
            _ => Channel::Everything,
        }
    }

    /// When to look again.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        let rooms = self.rooms.keys().chain(&self.one_open);
        let mut topics: Vec<Topic> = if self.scope == (Scope::Everything { joined: false }) {
            vec![Topic::Everything]
        } else {
            rooms.copied().map(Topic::Room).collect()
        };
        topics.extend(self.reader.topics());
        topics
    }

    /// What to ask the store for, which looks at today's memberships itself.
    #[must_use]
    pub fn selection(&self) -> Selection {
        if let Some(room) = self.one_open {
            return Selection::Room(room);
        }
        let viewer = self.reader.user;
        match self.scope {
            Scope::Everything { joined } => Selection::Visible {
                viewer,
                rooms: None,
                joined,
            },
            Scope::Rooms { joined, .. } => Selection::Visible {
                viewer,
                rooms: Some(self.rooms.keys().copied().collect()),
                joined,
            },
        }
    }
}
