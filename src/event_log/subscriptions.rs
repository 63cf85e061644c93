//! Notifying readers of new events in a room, and of changed permissions of a user or a secret.
//!
//! A notification carries no data. A reader has one flag and one waker for any number of topics, and is notified only
//! for the topics that it subscribed to.

#[cfg(test)]
mod tests;
mod waiter;

use crate::model::{
    change::{AccessChange, SecretHash},
    ids::{RoomId, UserId},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use waiter::Waiter;

/// The atomics that a waiter is made of.
mod sync {
    pub(super) use futures_util::task::AtomicWaker;
    pub(super) use std::sync::atomic::{AtomicBool, Ordering};
}

/// A topic that a reader can subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionTopic {
    /// Events of a room.
    Room(RoomId),
    /// Events of all rooms.
    Everything,
    /// Changes of a user's permissions.
    User(UserId),
    /// The revocation of a session or token.
    Secret(SecretHash),
}

/// All readers, by topic.
#[derive(Debug, Default)]
pub struct Subscribers {
    topics: Mutex<HashMap<SubscriptionTopic, HashMap<u64, Arc<Waiter>>>>,
    next_key: AtomicU64,
    closed: AtomicBool,
}

/// The subscription of one reader, which ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    waiter: Arc<Waiter>,
    key: u64,
    topics: Vec<SubscriptionTopic>,
    subscribers: Arc<Subscribers>,
}

impl Subscribers {
    /// Subscribes a reader to topics. No notification after this call is missed.
    pub fn subscribe(self: &Arc<Self>, topics: Vec<SubscriptionTopic>) -> Subscription {
        let waiter = Arc::new(Waiter::default());
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let mut all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in &topics {
            all.entry(topic.clone())
                .or_default()
                .insert(key, Arc::clone(&waiter));
        }
        drop(all);
        Subscription {
            waiter,
            key,
            topics,
            subscribers: Arc::clone(self),
        }
    }

    /// Notifies all readers that the server stops.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.notify_all();
    }

    /// Notifies all readers.
    pub fn notify_all(&self) {
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for waiter in all.values().flat_map(HashMap::values) {
            waiter.notify();
        }
    }

    /// Notifies the readers of these rooms.
    pub fn notify_rooms(&self, rooms: &[RoomId]) {
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let topics = rooms
            .iter()
            .map(|room| SubscriptionTopic::Room(*room))
            .chain([SubscriptionTopic::Everything]);
        for waiter in topics
            .filter_map(|topic| all.get(&topic))
            .flat_map(HashMap::values)
        {
            waiter.notify();
        }
    }

    /// Notifies the readers of a user.
    pub fn notify_user(&self, user: UserId) {
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let readers = all.get(&SubscriptionTopic::User(user));
        for waiter in readers.into_iter().flat_map(HashMap::values) {
            waiter.notify();
        }
    }

    /// Notifies the readers whose permissions have changed to look them up again.
    pub fn mark_access_changed(&self, change: &AccessChange) {
        let topic = match change {
            AccessChange::User(user) | AccessChange::Blocks(user) => SubscriptionTopic::User(*user),
            AccessChange::Room(_) | AccessChange::Server => return self.mark_all_access_changed(),
            AccessChange::Secret(hash) => SubscriptionTopic::Secret(hash.clone()),
        };
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for waiter in all.get(&topic).into_iter().flat_map(HashMap::values) {
            waiter.mark_access_changed();
        }
    }

    /// Notifies all readers to look up their permissions again, since the kind of a room has changed or another program
    /// has changed the file.
    pub fn mark_all_access_changed(&self) {
        let all = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for waiter in all.values().flat_map(HashMap::values) {
            waiter.mark_access_changed();
        }
    }
}

impl Subscription {
    /// Returns whether permissions have changed since the last call.
    #[must_use]
    pub fn take_access_changed(&self) -> bool {
        self.waiter.take_access_changed()
    }

    /// Returns whether permissions have changed, without resetting the flag.
    #[must_use]
    pub fn has_access_changed(&self) -> bool {
        self.waiter.has_access_changed()
    }

    /// Replaces another subscription of the same reader, and takes over its pending notifications.
    pub fn replace(&self, previous: &Self) {
        if previous.take_access_changed() {
            self.waiter.mark_access_changed();
        } else {
            self.waiter.notify();
        }
    }

    /// Returns whether the server stops.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.subscribers.closed.load(Ordering::Acquire)
    }

    /// Waits for a notification. Returns at once if there was one since the last wait.
    pub async fn wait(&self) {
        self.waiter.wait().await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut all = self
            .subscribers
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
