//! What a reader may see: who they are, which rooms they ask for, and which of those are theirs.

use super::{recent::Channel, wake::Topic};
use crate::{
    error::Result,
    model::{
        change::SecretHash,
        event::Event,
        ids::{RoomId, UserId},
    },
    store::{db::Connection, events::Selection, memberships, rooms, sessions},
};
use std::collections::HashSet;

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
    /// Rooms whose events are theirs; of an unlimited scope only the rooms that are not open to everybody.
    rooms: HashSet<RoomId>,
    /// The one room, where the scope is one that is open: the common case, for which nothing is looked up.
    one_open: Option<RoomId>,
}

impl Access {
    /// Looks up what a reader may see. `None`: nothing any more, or nothing at all.
    pub async fn look_up(
        connection: &mut Connection,
        reader: &Reader,
        scope: &Scope,
    ) -> Result<Option<Self>> {
        if let Some(secret) = &reader.secret
            && sessions::find_signed_in(connection, secret)
                .await?
                .is_none()
        {
            return Ok(None);
        }
        let mut access = Self {
            reader: reader.clone(),
            scope: scope.clone(),
            rooms: HashSet::new(),
            one_open: None,
        };
        match scope {
            Scope::Rooms { slugs, joined } => {
                access.look_up_rooms(connection, slugs, *joined).await
            }
            Scope::Everything { .. } => {
                access.rooms = memberships_of(connection, reader.user).await?;
                Ok(Some(access))
            }
        }
    }

    async fn look_up_rooms(
        mut self,
        connection: &mut Connection,
        slugs: &[String],
        joined: bool,
    ) -> Result<Option<Self>> {
        for slug in slugs {
            let Some(room) = rooms::find_access(connection, self.reader.user, slug).await? else {
                continue;
            };
            if room.is_member || (room.is_open && !joined) {
                self.rooms.insert(room.id);
                self.one_open = (room.is_open && !joined && slugs.len() == 1).then_some(room.id);
            }
        }
        Ok((!self.rooms.is_empty()).then_some(self))
    }

    /// Whether this event is theirs to see.
    #[must_use]
    pub fn shows(&self, event: &Event) -> bool {
        match self.scope {
            Scope::Everything { joined: false } => {
                event.is_open || self.rooms.contains(&event.room_id)
            }
            _ => self.rooms.contains(&event.room_id),
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
        match self.rooms.iter().next() {
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
        let mut topics: Vec<Topic> = match self.scope {
            Scope::Everything { joined: false } => vec![Topic::Everything],
            _ => self.rooms.iter().map(|room| Topic::Room(*room)).collect(),
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
                rooms: Some(self.rooms.iter().copied().collect()),
                joined,
            },
        }
    }
}

async fn memberships_of(
    connection: &mut Connection,
    user: Option<UserId>,
) -> Result<HashSet<RoomId>> {
    match user {
        Some(user) => Ok(memberships::list_rooms_of(connection, user)
            .await?
            .into_iter()
            .collect()),
        None => Ok(HashSet::new()),
    }
}
