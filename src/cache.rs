//! Cached values of the database, which save requests a query on SQLite's thread.
//!
//! Each kind of entry has its own capacity. Entries are invalidated by a committed batch, which lists the changes of
//! permissions ([`AccessChange`]), before later events can be read. A change by another program is detected by the
//! writer's connection and invalidates all entries. Entries do not expire by time.

use crate::model::{
    block::Blocked,
    change::{AccessChange, SecretHash},
    ids::{EventId, RoomId, UserId},
    server::ServerProfile,
    session::Account,
    user::Person,
};
use quick_cache::{Equivalent, sync};
use std::{
    collections::BTreeMap,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Maximum number of entries of each kind. Beyond it the least recently used ones are evicted.
const CAPACITY: usize = 10_000;

/// Caches of values of the database, one per kind.
#[derive(Debug, Default)]
pub struct Cache {
    /// Accounts that are signed in, by the hash of the secret.
    pub accounts: Entries<SecretHash, Account>,
    /// Open rooms, by slug.
    pub open_rooms: Entries<String, RoomId>,
    /// The rooms of each user, with the event by which the user joined; for a deleted room, the event of its deletion.
    pub memberships: Entries<UserId, Arc<BTreeMap<RoomId, EventId>>>,
    /// The people whom each user has blocked.
    pub blocked: Entries<UserId, Arc<Blocked>>,
    /// Members who post, by account and room. Used only by the writer.
    pub posters: Entries<PosterKey, Poster>,
    /// The name of the server, and who may come in.
    pub server: Entries<(), ServerProfile>,
    last_id: Mutex<Option<EventId>>,
}

/// Key of a member who posts: the account and the slug of the room.
pub type PosterKey = (UserId, String);

/// A borrowed [`PosterKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PosterRef<'a>(pub UserId, pub &'a str);

impl Equivalent<PosterKey> for PosterRef<'_> {
    fn equivalent(&self, key: &PosterKey) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

/// Facts about a member who posts.
#[derive(Clone, Debug)]
pub struct Poster {
    /// The author.
    pub by: Person,
    /// The room.
    pub room_id: RoomId,
    /// Whether the room is open.
    pub is_open: bool,
    /// The event that made the author a member.
    pub member_since: EventId,
}

impl Cache {
    /// Returns the last id that the log has used or reserved; `None` if it is not cached.
    pub fn last_id(&self) -> Option<EventId> {
        *self.lock_last_id()
    }

    /// Sets the last id that the log has used or reserved. A lower id than the cached one is ignored.
    pub fn set_last_id(&self, id: EventId) {
        let mut last = self.lock_last_id();
        *last = (*last).max(Some(id));
    }

    /// Invalidates the entries that a committed change affects.
    pub fn invalidate(&self, change: &AccessChange) {
        match change {
            AccessChange::Server => self.server.invalidate(|(), _| true),
            AccessChange::Secret(secret) => self.accounts.invalidate(|cached, _| cached == secret),
            AccessChange::Blocks(user) => self.blocked.invalidate(|by, _| by == user),
            AccessChange::User(user) => {
                self.accounts
                    .invalidate(|_, account| account.user.id == *user);
                self.memberships.invalidate(|member, _| member == user);
                self.posters.invalidate(|(by, _), _| by == user);
            }
            AccessChange::Room(room) => {
                self.open_rooms.invalidate(|_, cached| cached == room);
                self.memberships
                    .invalidate(|_, rooms| rooms.contains_key(room));
                self.posters.invalidate(|_, poster| poster.room_id == *room);
            }
        }
    }

    /// Invalidates all entries, since another program has changed the file or a transaction has failed.
    pub fn invalidate_all(&self) {
        self.accounts.invalidate(|_, _| true);
        self.open_rooms.invalidate(|_, _| true);
        self.memberships.invalidate(|_, _| true);
        self.posters.invalidate(|_, _| true);
        self.blocked.invalidate(|_, _| true);
        self.server.invalidate(|(), _| true);
        *self.lock_last_id() = None;
    }

    fn lock_last_id(&self) -> MutexGuard<'_, Option<EventId>> {
        self.last_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Entries of one kind.
#[derive(Debug)]
pub struct Entries<K, V> {
    entries: sync::Cache<K, V>,
    /// Number of invalidations.
    generation: AtomicU64,
}

/// The number of invalidations when a look-up began. The result of the look-up may be outdated by a later one.
#[derive(Clone, Copy, Debug)]
pub struct Generation(u64);

impl<K: Hash + Eq + Clone, V: Clone> Default for Entries<K, V> {
    fn default() -> Self {
        Self {
            entries: sync::Cache::new(CAPACITY),
            generation: AtomicU64::new(0),
        }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Entries<K, V> {
    /// Returns the cached value of a key, or else the generation to pass to [`keep`](Self::keep) after a look-up.
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Result<V, Generation> {
        let generation = Generation(self.generation.load(Ordering::SeqCst));
        self.entries.get(key).ok_or(generation)
    }

    /// Caches the result of a look-up, unless there was an invalidation since the look-up began.
    pub fn keep(&self, generation: Generation, key: K, value: V) {
        if self.generation.load(Ordering::SeqCst) != generation.0 {
            return;
        }
        let inserted = key.clone();
        self.entries.insert(key, value);
        // An invalidation increments the generation first: either it sees this entry, or its increment is seen here.
        if self.generation.load(Ordering::SeqCst) != generation.0 {
            self.entries.remove(&inserted);
        }
    }

    fn invalidate(&self, is_outdated: impl Fn(&K, &V) -> bool) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.entries.retain(|key, value| !is_outdated(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_was_looked_up_before_an_invalidation_is_not_cached() {
        let entries = Entries::<u8, &str>::default();
        let generation = entries.get(&1).unwrap_err();
        entries.invalidate(|_, _| false);
        entries.keep(generation, 1, "an hour ago");
        assert!(entries.get(&1).is_err());
    }

    #[test]
    fn only_outdated_entries_are_invalidated() {
        let entries = Entries::<u8, &str>::default();
        for key in [1, 2] {
            let generation = entries.get(&key).unwrap_err();
            entries.keep(generation, key, "here");
        }
        entries.invalidate(|key, _| *key == 1);
        assert!(entries.get(&1).is_err());
        assert!(matches!(entries.get(&2), Ok("here")));
    }
}
