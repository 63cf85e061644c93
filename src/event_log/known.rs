//! What was looked up a moment ago and still holds, so that a request need not ask SQLite's thread again.
//!
//! Only what hardly ever moves: whose secret this is, and which rooms are open (a room's address and kind never
//! change). What a commit moves is forgotten before anybody hears of that commit; and nothing is believed for
//! longer than [`BELIEVED`], since an owner may change the file by hand.

use crate::{
    error::Result,
    model::{
        change::{AccessChange, SecretHash},
        ids::RoomId,
        user::User,
    },
    store::{db::ReadPool, rooms, sessions},
};
use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

const BELIEVED: Duration = Duration::from_secs(1);
/// Of each kind. Beyond it, all of them are forgotten: they come back as they are asked for.
const HELD_MAX: usize = 10_000;

/// What is known.
#[derive(Debug)]
pub struct Known {
    users: Memory<SecretHash, User>,
    open_rooms: Memory<String, RoomId>,
    readers: ReadPool,
}

impl Known {
    /// Nothing yet; what is missing is asked for there.
    #[must_use]
    pub fn new(readers: ReadPool) -> Self {
        Self {
            users: Memory::default(),
            open_rooms: Memory::default(),
            readers,
        }
    }

    /// Who is signed in by this secret.
    pub async fn user(&self, secret: &SecretHash) -> Result<Option<User>> {
        let ticket = match self.users.recall(secret) {
            Ok(user) => return Ok(Some(user)),
            Err(ticket) => ticket,
        };
        let mut connection = self.readers.acquire().await?;
        let user = sessions::find_signed_in(&mut connection, secret).await?;
        if let Some(user) = &user {
            self.users.keep(ticket, secret.clone(), user.clone());
        }
        Ok(user)
    }

    /// The room at this address, if everybody may see it.
    pub async fn open_room(&self, slug: &str) -> Result<Option<RoomId>> {
        let ticket = match self.open_rooms.recall(slug) {
            Ok(room) => return Ok(Some(room)),
            Err(ticket) => ticket,
        };
        let mut connection = self.readers.acquire().await?;
        let room = rooms::find_access(&mut connection, None, slug).await?;
        let room = room.filter(|room| room.is_open).map(|room| room.id);
        if let Some(room) = room {
            self.open_rooms.keep(ticket, slug.to_owned(), room);
        }
        Ok(room)
    }

    /// Forgets what a commit has moved.
    pub fn forget(&self, change: &AccessChange) {
        match change {
            AccessChange::Secret(secret) => self.users.forget(|known, _| known == secret),
            AccessChange::User(user) => self.users.forget(|_, known| known.id == *user),
        }
    }
}

/// Values that were found, and when.
#[derive(Debug)]
struct Memory<K, V>(Mutex<Held<K, V>>);

#[derive(Debug)]
struct Held<K, V> {
    values: HashMap<K, (V, Instant)>,
    forgettings: u64,
}

/// Says when somebody set out to look something up. What was forgotten since may be what they found.
#[derive(Clone, Copy)]
struct Ticket(u64);

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Held {
            values: HashMap::new(),
            forgettings: 0,
        }))
    }
}

impl<K: Hash + Eq, V: Clone> Memory<K, V> {
    fn recall<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Result<V, Ticket>
    where
        K: Borrow<Q>,
    {
        let held = self.lock();
        match held.values.get(key) {
            Some((value, found)) if found.elapsed() < BELIEVED => Ok(value.clone()),
            _ => Err(Ticket(held.forgettings)),
        }
    }

    fn keep(&self, ticket: Ticket, key: K, value: V) {
        let mut held = self.lock();
        if held.forgettings != ticket.0 {
            return;
        }
        if held.values.len() >= HELD_MAX {
            held.values.clear();
        }
        held.values.insert(key, (value, Instant::now()));
    }

    fn forget(&self, is_moved: impl Fn(&K, &V) -> bool) {
        let mut held = self.lock();
        held.forgettings += 1;
        held.values.retain(|key, (value, _)| !is_moved(key, value));
    }

    fn lock(&self) -> MutexGuard<'_, Held<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_up_before_something_moved_is_not_kept() {
        let memory = Memory::<u8, &str>::default();
        let Err(ticket) = memory.recall(&1) else {
            panic!("nothing is known yet")
        };
        memory.forget(|_, _| false);
        memory.keep(ticket, 1, "an hour ago");
        assert!(memory.recall(&1).is_err());
    }

    #[test]
    fn what_has_moved_is_forgotten_and_nothing_else() {
        let memory = Memory::<u8, &str>::default();
        for key in [1, 2] {
            let Err(ticket) = memory.recall(&key) else {
                panic!("nothing is known yet")
            };
            memory.keep(ticket, key, "here");
        }
        memory.forget(|key, _| *key == 1);
        assert!(memory.recall(&1).is_err());
        assert!(matches!(memory.recall(&2), Ok("here")));
    }
}
