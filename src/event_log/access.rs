//! Access of a reader: its identity, the rooms that it requests, and those of them that it may read.

use super::{
    log::EventLog,
    recent::Channel,
    signals::{Recipients, Signal},
    subscriptions::SubscriptionTopic,
};
use crate::{
    chat::policy::{is_open_to, visible_from},
    error::Result,
    model::{
        block::Blocked,
        change::SecretHash,
        event::{Audience, Event, Membership, Object, RoomRef},
        ids::{Cursor, EventId, RoomId, UserId},
    },
    store::{event_pages::Selection, rooms},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// What visitors are members of, and whom they have blocked. Shared, since each stream holds both.
static NO_ROOMS: LazyLock<Arc<BTreeMap<RoomId, EventId>>> = LazyLock::new(Arc::default);
static NOBODY: LazyLock<Arc<Blocked>> = LazyLock::new(Arc::default);

/// The identity of a reader.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The account; `None` for a visitor who has not joined the server.
    pub user: Option<UserId>,
    /// The hash of the session's or token's secret. The stream ends when the secret is revoked. A pointer to it, since
    /// each stream holds a reader.
    pub secret: Option<Box<SecretHash>>,
    /// Whether the reader may see open rooms without being a member.
    pub sees_open: bool,
    /// The last event that changed whether the account sees open rooms.
    pub view_since: EventId,
}

impl Reader {
    /// Returns the topics whose notifications require a new look-up of the reader's permissions.
    #[must_use]
    pub fn topics(&self) -> Vec<SubscriptionTopic> {
        self.user
            .map(SubscriptionTopic::User)
            .into_iter()
            .chain(
                self.secret
                    .as_deref()
                    .cloned()
                    .map(SubscriptionTopic::Secret),
            )
            .collect()
    }
}

/// The rooms that a reader requests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Scope {
    /// The rooms with these slugs; with `joined`, only those that the reader is a member of.
    Rooms { slugs: Box<[String]>, joined: bool },
    /// All rooms that the reader may see; with `joined`, only those that it is a member of.
    Everything { joined: bool },
}

impl Scope {
    /// All rooms that the reader may see.
    pub const EVERYTHING: Self = Self::Everything { joined: false };

    /// Returns the part of the scope that lies in these rooms.
    fn limited_to(&self, granted: &[String]) -> Self {
        let slugs = match self {
            Self::Everything { .. } => granted.into(),
            Self::Rooms { slugs, .. } => {
                let slugs = slugs.iter().filter(|slug| granted.contains(slug));
                slugs.cloned().collect()
            }
        };
        let joined = self.is_joined();
        Self::Rooms { slugs, joined }
    }

    /// Returns whether only rooms are requested that the reader is a member of.
    fn is_joined(&self) -> bool {
        let (Self::Rooms { joined, .. } | Self::Everything { joined }) = self;
        *joined
    }
}

/// The part of a reader's scope that is visible to it, as last looked up.
#[derive(Clone, Debug)]
pub struct Access {
    reader: Reader,
    scope: Scope,
    rooms: Rooms,
    /// The people whom the reader has blocked.
    blocked: Arc<Blocked>,
}

/// The rooms of a scope whose events a reader may see.
#[derive(Clone, Debug)]
enum Rooms {
    /// The scope is a single open room. This is the common case and needs no look-up of memberships.
    OneOpen(RoomId),
    /// Rooms with the first visible event of each. With [`Scope::EVERYTHING`], all open rooms are visible, too.
    From(Arc<BTreeMap<RoomId, EventId>>),
    /// Several named rooms, or a closed one.
    Named(Arc<NamedRooms>),
}

/// The existing rooms among those that a reader has named.
#[derive(Debug)]
struct NamedRooms {
    /// The visible ones, with the first visible event of each.
    from: BTreeMap<RoomId, EventId>,
    /// All of them: a replay ends a room that the reader has lost with the event that took it away.
    all: Vec<RoomId>,
    /// The deleted ones that the reader was a member of, with the events by which they were deleted.
    deleted: BTreeMap<RoomId, EventId>,
}

impl Rooms {
    /// Returns the first event of a room that is visible because the room is among these.
    fn first_visible(&self, room: RoomId) -> Option<EventId> {
        match self {
            Self::OneOpen(only) => (*only == room).then_some(EventId::EARLIEST),
            Self::From(from) => from.get(&room).copied(),
            Self::Named(named) => named.from.get(&room).copied(),
        }
    }
}

/// Maximum number of room topics per reader. A reader of more rooms subscribes to [`SubscriptionTopic::Everything`]:
/// unneeded notifications cost less time than that many topics per stream cost memory.
const TOPICS_MAX: usize = 64;

impl Access {
    /// Looks up what a reader may see. Returns `None` if its secret was revoked.
    pub async fn look_up(log: &EventLog, reader: &Reader, scope: &Scope) -> Result<Option<Self>> {
        let (mut reader, mut scope) = (reader.clone(), scope.clone());
        if let Some(secret) = &reader.secret {
            let Some(account) = log.find_account(secret.as_ref()).await? else {
                return Ok(None);
            };
            reader.sees_open = log.sees_open_rooms(Some(account.user.role)).await?;
            if let Some(granted) = &account.grant.rooms {
                scope = scope.limited_to(granted);
            }
            reader.view_since = account.user.view_since;
        } else {
            reader.sees_open = log.sees_open_rooms(None).await?;
        }
        // Rooms that do not exist or are not visible are skipped: a browser reconnects to the same address after it
        // lost access to one of several rooms, and must still receive the others.
        let blocked = match reader.user {
            Some(user) => log.find_blocked(user).await?,
            None => Arc::clone(&NOBODY),
        };
        Ok(Some(Self {
            rooms: look_up_rooms(log, &reader, &scope).await?,
            blocked,
            reader,
            scope,
        }))
    }

    /// Returns the cursor of the reader. One from the time when the reader saw other rooms cannot be honoured, except the
    /// earliest: the events after it would not tell of the rooms that have appeared or disappeared.
    #[must_use]
    pub fn honoured(&self, cursor: Cursor) -> Cursor {
        match cursor {
            Cursor::After(id) if id > EventId::EARLIEST && id < self.reader.view_since => {
                Cursor::Unreadable
            }
            cursor => cursor,
        }
    }

    /// Returns whether the reader can never see anything more: it is a visitor, and the door was closed, or rooms were
    /// named of which none is visible. The events by which the reader left them are.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        let Reader {
            user, sees_open, ..
        } = &self.reader;
        let is_shut_out = user.is_none() && !*sees_open;
        is_shut_out || matches!(&self.rooms, Rooms::Named(named) if named.from.is_empty())
    }

    /// Returns whether an event is visible to the reader.
    #[must_use]
    pub fn shows(&self, event: &Event) -> bool {
        match &event.audience {
            Audience::Room(room) => {
                let from = self.shows_from(room.id, room.is_open);
                from.is_some_and(|from| event.id >= from)
                    || self.shows_own_leaving(event, room)
                    || self.shows_closing(room)
                    || self.shows_deletion(event, room)
            }
            Audience::OfPerson { is_public, rooms } => {
                let is_among = |room: &RoomId| self.rooms.first_visible(*room).is_some();
                is_open_to(self.reader.sees_open, *is_public) || rooms.iter().any(is_among)
            }
        }
    }

    /// Returns whether a signal is sent to the reader. Typing is not signalled to the user who types, nor to
    /// whoever has blocked them.
    #[must_use]
    pub fn receives(&self, signal: &Signal) -> bool {
        let (id, is_open) = match signal.to {
            Recipients::Room { id, is_open, .. } => (id, is_open),
            Recipients::User(user) => return self.reader.user == Some(user),
            Recipients::Member {
                user, id, is_open, ..
            } => {
                return self.reader.user == Some(user) && self.shows_from(id, is_open).is_some();
            }
        };
        let is_silent =
            |typist| self.reader.user == Some(typist) || self.blocked.contains_key(&typist);
        !signal.typist().is_some_and(is_silent) && self.shows_from(id, is_open).is_some()
    }

    /// Returns whether the reader itself leaves a room by this event, which is the last one of the room that it sees.
    fn shows_own_leaving(&self, event: &Event, room: &RoomRef) -> bool {
        let Object::Member(member) = &event.object else {
            return false;
        };
        member.state == Membership::Left
            && member.last == event.id
            && self.reader.user == Some(member.user_id)
            && self.asks_for(room)
    }

    /// Returns whether a room ceases to be open by the event, and the reader saw it as an open room.
    fn shows_closing(&self, room: &RoomRef) -> bool {
        room.is_closing && self.reader.sees_open && !self.scope.is_joined() && self.asks_for(room)
    }

    /// Returns whether a room that the reader was a member of is deleted by the event.
    fn shows_deletion(&self, event: &Event, room: &RoomRef) -> bool {
        let Rooms::Named(named) = &self.rooms else {
            return false;
        };
        named.deleted.get(&room.id) == Some(&event.id)
    }

    /// Returns whether the reader loses access to a room by this event.
    #[must_use]
    pub fn is_end_of_room(&self, event: &Event) -> bool {
        let room = event.room();
        room.is_some_and(|room| {
            let is_open = is_open_to(self.reader.sees_open, room.is_open);
            let first = visible_from(is_open, self.rooms.first_visible(room.id));
            let is_outside = first.is_none_or(|first| event.id < first);
            is_outside && (self.shows_own_leaving(event, room) || self.shows_closing(room))
        })
    }

    fn asks_for(&self, room: &RoomRef) -> bool {
        match &self.scope {
            Scope::Everything { .. } => true,
            Scope::Rooms { slugs, .. } => slugs.contains(&room.slug),
        }
    }

    /// Returns the first visible event of a room; `None` if the room is not visible.
    fn shows_from(&self, room: RoomId, is_open: bool) -> Option<EventId> {
        let first = self.rooms.first_visible(room);
        if self.scope == Scope::EVERYTHING {
            visible_from(is_open_to(self.reader.sees_open, is_open), first)
        } else {
            first
        }
    }

    /// Returns the identity of the reader.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Returns the rooms that the reader requests.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the channel of recent events that contains these rooms.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match &self.rooms {
            Rooms::OneOpen(room) => Channel::Room(*room),
            Rooms::Named(named) if named.all.len() == 1 => Channel::Room(named.all[0]),
            _ => Channel::Everything,
        }
    }

    /// Returns the topics that the reader subscribes to.
    #[must_use]
    pub fn topics(&self) -> Vec<SubscriptionTopic> {
        let mut topics = match &self.rooms {
            Rooms::OneOpen(room) => vec![SubscriptionTopic::Room(*room)],
            Rooms::From(from) if self.scope != Scope::EVERYTHING => topics_of(from),
            Rooms::From(_) => vec![SubscriptionTopic::Everything],
            Rooms::Named(named) => topics_of(&named.from),
        };
        topics.extend(self.reader.topics());
        topics
    }

    /// Returns the selection for queries of the store, which check the current memberships themselves.
    #[must_use]
    pub fn selection(&self) -> Selection {
        let viewer = self.reader.user;
        let joined = self.scope.is_joined();
        match &self.rooms {
            Rooms::OneOpen(room) => Selection::Room(*room),
            Rooms::From(_) => Selection::Visible {
                viewer,
                rooms: None,
                joined,
            },
            Rooms::Named(named) => Selection::Visible {
                viewer,
                rooms: Some(named.all.clone()),
                joined,
            },
        }
    }
}

fn topics_of(rooms: &BTreeMap<RoomId, EventId>) -> Vec<SubscriptionTopic> {
    if rooms.len() > TOPICS_MAX {
        return vec![SubscriptionTopic::Everything];
    }
    rooms.keys().copied().map(SubscriptionTopic::Room).collect()
}

async fn look_up_rooms(log: &EventLog, reader: &Reader, scope: &Scope) -> Result<Rooms> {
    match scope {
        Scope::Everything { .. } => {
            let rooms = match reader.user {
                Some(user) => log.find_memberships(user).await?,
                None => Arc::clone(&NO_ROOMS),
            };
            Ok(Rooms::From(rooms))
        }
        Scope::Rooms { slugs, joined } => {
            if let ([slug], false) = (&**slugs, joined)
                && reader.sees_open
                && let Some(room) = log.find_open_room(slug).await?
            {
                return Ok(Rooms::OneOpen(room));
            }
            let named = look_up_named(log, reader, slugs, *joined).await?;
            Ok(Rooms::Named(Arc::new(named)))
        }
    }
}

async fn look_up_named(
    log: &EventLog,
    reader: &Reader,
    slugs: &[String],
    joined: bool,
) -> Result<NamedRooms> {
    let memberships = match reader.user {
        Some(user) => log.find_memberships(user).await?,
        None => Arc::clone(&NO_ROOMS),
    };
    let mut connection = log.readers.acquire().await?;
    let (mut from, mut all, mut deleted) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
    for slug in slugs {
        let Some(room) = rooms::find_access(&mut connection, reader.user, slug).await? else {
            continue;
        };
        all.push(room.id);
        if room.is_deleted {
            deleted.extend(memberships.get(&room.id).map(|event| (room.id, *event)));
            continue;
        }
        let first = if joined {
            room.member_since
        } else {
            visible_from(room.is_open, room.member_since)
        };
        from.extend(first.map(|first| (room.id, first)));
    }
    Ok(NamedRooms { from, all, deleted })
}
