//! What a reader may see: who they are, which rooms they ask for, and which of those are theirs.

use super::{log::EventLog, recent::Channel, signals::Signal, subscriptions::Topic};
use crate::{
    chat::policy::visible_from,
    error::Result,
    model::{
        change::SecretHash,
        event::{Audience, Event, Member, Membership, Object, RoomRef},
        ids::{EventId, RoomId, UserId},
    },
    store::{event_pages::Selection, rooms},
};
use std::{collections::BTreeMap, sync::Arc};

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

impl Scope {
    /// Every room that the reader may see.
    pub const EVERYTHING: Self = Self::Everything { joined: false };
}

/// What a reader may see of its scope now.
#[derive(Clone, Debug)]
pub struct Access {
    reader: Reader,
    scope: Scope,
    rooms: Rooms,
}

/// The rooms of a scope whose events a reader may see.
#[derive(Clone, Debug)]
enum Rooms {
    /// The scope is this room, which is open: the common case, for which nothing is looked up.
    OneOpen(RoomId),
    /// These, each from an event on. In the scope of everything, open rooms come in addition to them.
    From(Arc<BTreeMap<RoomId, EventId>>),
}

/// A reader of more rooms than this subscribes to all rooms: so many topics for each stream would cost more memory
/// than some needless notifications cost time.
const TOPICS_MAX: usize = 64;

impl Access {
    /// Looks up what a reader may see. `None`: nothing any more, or nothing at all.
    pub async fn look_up(log: &EventLog, reader: &Reader, scope: &Scope) -> Result<Option<Self>> {
        if let Some(secret) = &reader.secret
            && log.find_account(secret).await?.is_none()
        {
            return Ok(None);
        }
        // Of several rooms those that exist and are visible count: a browser comes back to the same address after
        // one of them was lost, and must not be refused the others.
        let Some(rooms) = look_up_rooms(log, reader, scope).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            reader: reader.clone(),
            scope: scope.clone(),
            rooms,
        }))
    }

    /// Whether this event is theirs to see.
    #[must_use]
    pub fn shows(&self, event: &Event) -> bool {
        match &event.audience {
            Audience::Room(room) => {
                let from = self.shows_from(room.id, room.is_open);
                from.is_some_and(|from| event.id >= from) || self.shows_own_leaving(event, room)
            }
            Audience::OfPerson { is_public, rooms } => {
                *is_public || rooms.iter().any(|room| self.is_member(*room))
            }
        }
    }

    /// Whether this signal is for them.
    #[must_use]
    pub fn hears(&self, signal: &Signal) -> bool {
        let typist = signal.typist();
        let is_own = typist.is_some() && typist == self.reader.user;
        !is_own && self.shows_from(signal.room_id, signal.is_open).is_some()
    }

    /// A room ends, for who has left it, with the event by which they left it.
    fn shows_own_leaving(&self, event: &Event, room: &RoomRef) -> bool {
        let Object::Member(Member { user_id, state, .. }) = &event.object else {
            return false;
        };
        *state == Membership::Left && self.reader.user == Some(*user_id) && self.asks_for(room)
    }

    /// Whether an event takes its room away from this reader, who may not see the room any more.
    #[must_use]
    pub fn is_end_of_room(&self, event: &Event) -> bool {
        let room = event.room();
        room.is_some_and(|room| {
            visible_from(room.is_open, None).is_none() && self.shows_own_leaving(event, room)
        })
    }

    fn asks_for(&self, room: &RoomRef) -> bool {
        match &self.scope {
            Scope::Everything { .. } => true,
            Scope::Rooms { slugs, .. } => slugs.contains(&room.slug),
        }
    }

    fn is_member(&self, room: RoomId) -> bool {
        match &self.rooms {
            Rooms::OneOpen(only) => *only == room,
            Rooms::From(rooms) => rooms.contains_key(&room),
        }
    }

    /// The first event of a room that is visible, if the room is.
    fn shows_from(&self, room: RoomId, is_open: bool) -> Option<EventId> {
        match &self.rooms {
            Rooms::OneOpen(only) => (*only == room).then_some(EventId::EARLIEST),
            Rooms::From(rooms) if self.scope == Scope::EVERYTHING => {
                visible_from(is_open, rooms.get(&room).copied())
            }
            Rooms::From(rooms) => rooms.get(&room).copied(),
        }
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
        match (&self.rooms, &self.scope) {
            (Rooms::OneOpen(room), _) => Channel::Room(*room),
            (Rooms::From(rooms), Scope::Rooms { slugs, .. }) if slugs.len() == 1 => {
                let room = rooms.keys().next();
                room.map_or(Channel::Everything, |room| Channel::Room(*room))
            }
            _ => Channel::Everything,
        }
    }

    /// When to look again.
    #[must_use]
    pub fn topics(&self) -> Vec<Topic> {
        let mut topics = match &self.rooms {
            Rooms::OneOpen(room) => vec![Topic::Room(*room)],
            Rooms::From(rooms) if self.scope == Scope::EVERYTHING || rooms.len() > TOPICS_MAX => {
                vec![Topic::Everything]
            }
            Rooms::From(rooms) => rooms.keys().copied().map(Topic::Room).collect(),
        };
        topics.extend(self.reader.topics());
        topics
    }

    /// What to ask the store for, which looks at today's memberships itself.
    #[must_use]
    pub fn selection(&self) -> Selection {
        let viewer = self.reader.user;
        match (&self.rooms, &self.scope) {
            (Rooms::OneOpen(room), _) => Selection::Room(*room),
            (Rooms::From(_), Scope::Everything { joined }) => Selection::Visible {
                viewer,
                rooms: None,
                joined: *joined,
            },
            (Rooms::From(rooms), Scope::Rooms { joined, .. }) => Selection::Visible {
                viewer,
                rooms: Some(rooms.keys().copied().collect()),
                joined: *joined,
            },
        }
    }
}

async fn look_up_rooms(log: &EventLog, reader: &Reader, scope: &Scope) -> Result<Option<Rooms>> {
    match scope {
        Scope::Everything { .. } => {
            let rooms = match reader.user {
                Some(user) => log.find_memberships(user).await?,
                None => Arc::default(),
            };
            Ok(Some(Rooms::From(rooms)))
        }
        Scope::Rooms { slugs, joined } => {
            if let ([slug], false) = (slugs.as_slice(), joined)
                && let Some(room) = log.find_open_room(slug).await?
            {
                return Ok(Some(Rooms::OneOpen(room)));
            }
            let rooms = look_up_named(log, reader, slugs, *joined).await?;
            Ok((!rooms.is_empty()).then(|| Rooms::From(Arc::new(rooms))))
        }
    }
}

async fn look_up_named(
    log: &EventLog,
    reader: &Reader,
    slugs: &[String],
    joined: bool,
) -> Result<BTreeMap<RoomId, EventId>> {
    let mut connection = log.readers.acquire().await?;
    let mut rooms = BTreeMap::new();
    for slug in slugs {
        let room = rooms::find_access(&mut connection, reader.user, slug).await?;
        let from = room.and_then(|room| {
            let from = if joined {
                room.member_since
            } else {
                visible_from(room.is_open, room.member_since)
            };
            Some((room.id, from?))
        });
        rooms.extend(from);
    }
    Ok(rooms)
}
