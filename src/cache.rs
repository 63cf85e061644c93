//! What is remembered of the database, so that not every request has to ask SQLite's thread.
//!
//! One place, one bound for each kind, and one way to be invalidated: the committed batch, which says whose rights it
//! moved ([`AccessChange`]). The writer invalidates before anybody can read what follows. An edit by another program
//! is noticed by the writer's connection and forgets everything. Nothing here expires by time.

use crate::model::{
    change::{AccessChange, SecretHash},
    ids::{EventId, RoomId, UserId},
    user::{Person, User},
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

/// Entries of each kind. Beyond it those that were not used for longest make room.
const CAPACITY: usize = 10_000;

/// What is remembered.
#[derive(Debug, Default)]
pub struct Cache {
    /// The accounts that are signed in, by the hash of the secret.
    pub accounts: Entries<SecretHash, User>,
    /// The rooms that everybody may see, by slug.
    pub open_rooms: Entries<String, RoomId>,
    /// The rooms of each member, with the event that made them one.
    pub memberships: Entries<UserId, Arc<BTreeMap<RoomId, EventId>>>,
    /// Members who post, by account and room. Used by the writer alone.
    pub posters: Entries<PosterKey, Poster>,
    last_id: Mutex<Option<EventId>>,
}

/// A member who posts: an account and the slug of a room.
pub type PosterKey = (UserId, String);

/// The same, borrowed.
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
    /// The last id that the log has used or set aside, if it is known.
    pub fn last_id(&self) -> Option<EventId> {
        *self.lock_last_id()
    }

    /// Notes an id that the log has used or set aside; the last one counts.
    pub fn set_last_id(&self, id: EventId) {
        let mut last = self.lock_last_id();
        *last = (*last).max(Some(id));
    }

    /// Forgets what a committed change has moved.
    pub fn invalidate(&self, change: &AccessChange) {
        match change {
            AccessChange::Secret(secret) => self.accounts.forget(|known, _| known == secret),
            AccessChange::User(user) => {
                self.accounts.forget(|_, account| account.id == *user);
                self.memberships.forget(|member, _| member == user);
                self.posters.forget(|(by, _), _| by == user);
            }
            AccessChange::Room(room) => {
                self.open_rooms.forget(|_, known| known == room);
                self.posters.forget(|_, poster| poster.room_id == *room);
            }
        }
    }

    /// Forgets everything: another program has changed the file, or a transaction has failed.
    pub fn invalidate_all(&self) {
        self.accounts.forget(|_, _| true);
        self.open_rooms.forget(|_, _| true);
        self.memberships.forget(|_, _| true);
        self.posters.forget(|_, _| true);
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
    /// How often anything was forgotten.
    generation: AtomicU64,
}

/// When a look-up began. What was forgotten since may be what it found.
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
    /// The value of a key, or the generation with which to [`keep`](Self::keep) what a look-up is about to find.
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Result<V, Generation> {
        let generation = Generation(self.generation.load(Ordering::SeqCst));
        self.entries.get(key).ok_or(generation)
    }

    /// Keeps what was looked up, unless something was forgotten since the look-up began.
    pub fn keep(&self, generation: Generation, key: K, value: V) {
        if self.generation.load(Ordering::SeqCst) != generation.0 {
            return;
        }
        let kept = key.clone();
        self.entries.insert(key, value);
        // Forgetting raises the generation first: either it sees this entry, or it is seen here.
        if self.generation.load(Ordering::SeqCst) != generation.0 {
            self.entries.remove(&kept);
        }
    }

    fn forget(&self, is_moved: impl Fn(&K, &V) -> bool) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.entries.retain(|key, value| !is_moved(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_up_before_something_was_forgotten_is_not_kept() {
        let entries = Entries::<u8, &str>::default();
        let generation = entries.get(&1).unwrap_err();
        entries.forget(|_, _| false);
        entries.keep(generation, 1, "an hour ago");
        assert!(entries.get(&1).is_err());
    }

    #[test]
    fn only_what_has_moved_is_forgotten() {
        let entries = Entries::<u8, &str>::default();
        for key in [1, 2] {
            let generation = entries.get(&key).unwrap_err();
            entries.keep(generation, key, "here");
        }
        entries.forget(|key, _| *key == 1);
        assert!(entries.get(&1).is_err());
        assert!(matches!(entries.get(&2), Ok("here")));
    }
}
