//! Look-ups of accounts, rooms and heads, answered from memory where possible.

use super::{access::Reader, log::EventLog, recent::Channel};
use crate::{
    cache::Entries,
    chat::policy::sees_open_rooms,
    error::{Error, Result},
    model::{
        block::Blocked,
        change::SecretHash,
        ids::{EventId, RoomId, UserId},
        role::{Door, Role},
        server::ServerProfile,
        session::Account,
    },
    store::{
        blocks, cursors, db::Connection, event_pages::Selection, identities, memberships, meta,
        rooms, sessions,
    },
};
use quick_cache::Equivalent;
use std::{collections::BTreeMap, hash::Hash, sync::Arc};

impl EventLog {
    /// Returns the last event in a room that is visible to a reader of the room.
    pub async fn find_room_head(&self, reader: &Reader, room: RoomId) -> Result<EventId> {
        if !reader.sees_open {
            let mut connection = self.readers.acquire().await?;
            return cursors::find_room_head(&mut connection, room, false).await;
        }
        if let Some(head) = self.recent.room_head(room) {
            return Ok(head);
        }
        let mut connection = self.readers.acquire().await?;
        self.look_up_room_head(&mut connection, room).await
    }

    async fn look_up_room_head(
        &self,
        connection: &mut Connection,
        room: RoomId,
    ) -> Result<EventId> {
        // Follow the room before the query, so that events appended meanwhile are included.
        self.recent.follow(Channel::Room(room));
        if let Some(head) = self.recent.room_head(room) {
            return Ok(head);
        }
        let head = cursors::find_room_head(connection, room, true).await?;
        self.recent.note_room_head(room, head);
        Ok(head)
    }

    /// Returns the last event that is visible to a reader, in any room.
    pub async fn find_visible_head(&self, reader: &Reader) -> Result<EventId> {
        // In this order: what is published in between is then not older than `newest`.
        let newest = self.head();
        let open_head = self.open_head(reader.sees_open);
        if reader.user.is_none() || open_head >= newest {
            return Ok(open_head);
        }
        let everything = Selection::Visible {
            viewer: reader.user,
            rooms: None,
            joined: false,
        };
        let mut connection = self.readers.acquire().await?;
        cursors::find_selection_head(&mut connection, &everything, open_head).await
    }

    /// Returns the last event that is visible to all who see open rooms; before all events for others.
    pub fn open_head(&self, sees_open: bool) -> EventId {
        if sees_open {
            self.recent.open_head()
        } else {
            EventId::EARLIEST
        }
    }

    /// Returns whether an account with this role, or a visitor without one, may see open rooms without being a member.
    pub async fn sees_open_rooms(&self, role: Option<Role>) -> Result<bool> {
        let door = match role {
            Some(_) => Door::default(),
            None => self.find_door().await?,
        };
        Ok(sees_open_rooms(role, door))
    }

    /// Returns who may come in.
    pub async fn find_door(&self) -> Result<Door> {
        Ok(self.find_server().await?.door)
    }

    /// Returns the name of the server, and who may come in.
    pub async fn find_server(&self) -> Result<ServerProfile> {
        let look_up =
            async |connection: &mut Connection| meta::find_server(connection).await.map(Some);
        let found = self.find_cached(&self.cache.server, &(), look_up).await?;
        found.ok_or(Error::Internal("every server has a profile"))
    }

    /// Returns the account of a session or token, or of an identity that a proxy names. Whether it has expired is not
    /// checked.
    pub async fn find_account(&self, secret: &SecretHash) -> Result<Option<Account>> {
        let look_up =
            async |connection: &mut Connection| match sessions::find_account(connection, secret)
                .await?
            {
                Some(account) => Ok(Some(account)),
                None => identities::find_proxied(connection, secret).await,
            };
        self.find_cached(&self.cache.accounts, secret, look_up)
            .await
    }

    /// Returns the id of the room with this slug, if it is open.
    pub async fn find_open_room(&self, slug: &str) -> Result<Option<RoomId>> {
        let look_up = async |connection: &mut Connection| {
            let room = rooms::find_open_room(connection, slug).await?;
            if let Some(room) = room {
                // Load the head as well, since thousands of streams may open at once and read it from memory.
                self.look_up_room_head(connection, room).await?;
            }
            Ok(room)
        };
        self.find_cached(&self.cache.open_rooms, slug, look_up)
            .await
    }

    /// Returns the rooms that a user is a member of, each with the event by which the user joined; and those that were
    /// deleted when the user was a member, each with the event of the deletion. All streams of the user share the map.
    pub async fn find_memberships(&self, user: UserId) -> Result<Arc<BTreeMap<RoomId, EventId>>> {
        let look_up = async |connection: &mut Connection| {
            let rooms = memberships::list_rooms_of(connection, user).await?;
            Ok(Some(Arc::new(rooms.into_iter().collect())))
        };
        let rooms = self.find_cached(&self.cache.memberships, &user, look_up);
        Ok(rooms.await?.unwrap_or_default())
    }

    /// Returns the people whom a user has blocked, with their handles. All streams of the user share the map.
    pub async fn find_blocked(&self, user: UserId) -> Result<Arc<Blocked>> {
        let look_up = async |connection: &mut Connection| {
            let blocked = blocks::list_blocked(connection, user).await?;
            Ok(Some(Arc::new(blocked)))
        };
        let blocked = self.find_cached(&self.cache.blocked, &user, look_up);
        Ok(blocked.await?.unwrap_or_default())
    }

    /// Returns a value from the cache, or looks it up and caches it.
    async fn find_cached<K, V, Q>(
        &self,
        cached: &Entries<K, V>,
        key: &Q,
        look_up: impl AsyncFnOnce(&mut Connection) -> Result<Option<V>>,
    ) -> Result<Option<V>>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        match cached.get(key) {
            Ok(value) => Ok(Some(value)),
            // Boxed, since nearly all values are cached: the futures of all handlers would be three times as large, and
            // each request moves its own several times.
            Err(_) => Box::pin(self.find_and_cache(cached, key, look_up)).await,
        }
    }

    /// The cache is checked again after waiting for a connection, so that thousands of streams that open at once cause
    /// only a few queries.
    async fn find_and_cache<K, V, Q>(
        &self,
        cached: &Entries<K, V>,
        key: &Q,
        look_up: impl AsyncFnOnce(&mut Connection) -> Result<Option<V>>,
    ) -> Result<Option<V>>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        Q: Hash + Equivalent<K> + ToOwned<Owned = K> + ?Sized,
    {
        let mut connection = self.readers.acquire().await?;
        let generation = match cached.get(key) {
            Ok(value) => return Ok(Some(value)),
            Err(generation) => generation,
        };
        let value = look_up(&mut connection).await?;
        if let Some(value) = &value {
            cached.keep(generation, key.to_owned(), value.clone());
        }
        Ok(value)
    }
}
