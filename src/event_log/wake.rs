//! Waking readers: those of a room when it moves, those of a person or a secret when its rights move.
//!
//! A wake-up carries no data. A reader has one flag and one waker, however many rooms it follows; it is
//! woken for the rooms that it asked for, and for no other.

#[cfg(test)]
mod tests;

use crate::model::{
    change::{AccessChange, SecretHash},
    ids::{RoomId, UserId},
};
use futures_util::task::AtomicWaker;
use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
};

/// What a reader waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Any event of this room.
    Room(RoomId),
    /// Any event of any room.
    Everything,
    /// The rights of this person.
    User(UserId),
    /// This session or token.
    Secret(SecretHash),
}

/// All readers by what they wait for.
#[derive(Debug, Default)]
pub struct Wakers {
    topics: Mutex<HashMap<Topic, HashMap<u64, Arc<Bell>>>>,
    next_key: AtomicU64,
    closed: AtomicBool,
}

/// How a reader is woken.
#[derive(Debug, Default)]
struct Bell {
    rung: AtomicBool,
    access_changed: AtomicBool,
    waker: AtomicWaker,
}

impl Bell {
    fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.waker.wake();
    }
}

/// A reader's place among the wakers; given up when dropped.
#[derive(Debug)]
pub struct Waiting {
    bell: Arc<Bell>,
    key: u64,
    topics: Vec<Topic>,
    wakers: Arc<Wakers>,
}

impl Wakers {
    /// Registers a reader; from now on no wake-up of these topics passes it by.
    pub fn register(self: &Arc<Self>, topics: Vec<Topic>) -> Waiting {
        let bell = Arc::new(Bell::default());
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let mut all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in &topics {
            all.entry(topic.clone())
                .or_default()
                .insert(key, Arc::clone(&bell));
        }
        drop(all);
        Waiting {
            bell,
            key,
            topics,
            wakers: Arc::clone(self),
        }
    }

    /// Wakes everybody for the last time: the server stops.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for bell in all.values().flat_map(HashMap::values) {
            bell.ring();
        }
    }

    /// Wakes the readers of these rooms.
    pub fn wake_rooms(&self, rooms: &[RoomId]) {
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let topics = rooms
            .iter()
            .map(|room| Topic::Room(*room))
            .chain([Topic::Everything]);
        for bell in topics
            .filter_map(|topic| all.get(&topic))
            .flat_map(HashMap::values)
        {
            bell.ring();
        }
    }

    /// Marks, and wakes, the readers whose rights have moved.
    pub fn mark_access_changed(&self, change: &AccessChange) {
        let topic = match change {
            AccessChange::User(user) => Topic::User(*user),
            AccessChange::Secret(hash) => Topic::Secret(hash.clone()),
        };
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for bell in all.get(&topic).into_iter().flat_map(HashMap::values) {
            bell.access_changed.store(true, Ordering::Release);
            bell.ring();
        }
    }
}

impl Waiting {
    /// Whether rights have moved since this was last asked.
    #[must_use]
    pub fn take_access_changed(&self) -> bool {
        self.bell.access_changed.swap(false, Ordering::AcqRel)
    }

    /// The same, without taking notice.
    #[must_use]
    pub fn has_access_changed(&self) -> bool {
        self.bell.access_changed.load(Ordering::Acquire)
    }

    /// Takes the place of another registration of the same reader: what rang there rings here.
    pub fn replace(&self, previous: &Self) {
        if previous.take_access_changed() {
            self.bell.access_changed.store(true, Ordering::Release);
        }
        self.bell.ring();
    }

    /// Whether the server stops.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.wakers.closed.load(Ordering::Acquire)
    }

    /// Waits until woken. A wake-up since the last wait counts.
    pub async fn wait(&self) {
        poll_fn(|context| {
            self.bell.waker.register(context.waker());
            if self.bell.rung.swap(false, Ordering::AcqRel) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut all = self
            .wakers
            .topics
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for topic in &self.topics {
            let Some(readers) = all.get_mut(topic) else {
                continue;
            };
            readers.remove(&self.key);
            if readers.is_empty() {
                all.remove(topic);
            }
        }
    }
}
