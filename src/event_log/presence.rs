//! Presence: a user is online while one of their streams is open, and for a grace period after that, so that reloading
//! a page or restarting the server causes no presence changes.
//!
//! Opening and closing a stream only updates a counter. The resulting changes are collected and signalled at most once
//! a second, room by room, with one query for all users.

use super::signals::{Content, Signal};
use crate::{
    model::{
        ids::{RoomId, UserId},
        member::RoomMember,
    },
    store::memberships::RoomOfPerson,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::sleep_until};

/// Interval in which presence changes are collected before they are signalled.
pub(super) const COLLECT_FOR: Duration = Duration::from_secs(1);
/// Maximum number of users whose changes are signalled together, so that a block stays far below 64 KiB. The others
/// follow a second later.
const CHANGES_MAX: usize = 1000;

/// The users who are online.
#[derive(Debug, Default)]
pub struct Presence {
    people: Mutex<People>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct People {
    here: HashMap<UserId, Here>,
    /// Users whose changes have not been signalled yet.
    moved: HashSet<UserId>,
    /// Users whose last stream has closed, with the time, in that order. Some of them may have returned since.
    leaving: VecDeque<(Instant, UserId)>,
    /// Handles of the users who were signalled to be online.
    signalled: HashSet<String>,
}

#[derive(Debug)]
struct Here {
    streams: usize,
    closed: Instant,
    is_leaving: bool,
}

/// The presence changes of one room.
#[derive(Debug, Default)]
struct Moves {
    room: String,
    here: Vec<String>,
    away: Vec<String>,
    is_open: bool,
}

impl Presence {
    /// Counts a stream of a user that has opened.
    pub fn arrive(&self, user: UserId) {
        let mut people = self.lock();
        if let Some(here) = people.here.get_mut(&user) {
            here.streams += 1;
            return;
        }
        let here = Here {
            streams: 1,
            closed: Instant::now(),
            is_leaving: false,
        };
        people.here.insert(user, here);
        people.moved.insert(user);
        self.moved.notify_one();
    }

    /// Counts a stream of a user that has closed.
    pub fn leave(&self, user: UserId) {
        let mut people = self.lock();
        let Some(here) = people.here.get_mut(&user) else {
            return;
        };
        here.streams -= 1;
        if here.streams > 0 {
            return;
        }
        here.closed = Instant::now();
        if !std::mem::replace(&mut here.is_leaving, true) {
            people.leaving.push_back((Instant::now(), user));
            self.moved.notify_one();
        }
    }

    /// Signals the presence of a user again, since the rooms of the user have changed.
    pub fn rooms_changed(&self, user: UserId) {
        let mut people = self.lock();
        if people.here.contains_key(&user) {
            people.moved.insert(user);
            self.moved.notify_one();
        }
    }

    /// Returns whether the user with this handle is online, as it was last signalled. Users who hide their presence are
    /// not.
    #[must_use]
    pub fn is_here(&self, handle: &str) -> bool {
        self.lock().signalled.contains(handle)
    }

    /// Returns the members with their presence, as it was last signalled.
    #[must_use]
    pub fn mark(&self, members: Vec<RoomMember>) -> Vec<RoomMember> {
        let people = self.lock();
        let mark = |member: RoomMember| RoomMember {
            here: people.signalled.contains(&member.person.handle),
            ..member
        };
        members.into_iter().map(mark).collect()
    }

    /// Waits for presence changes, and returns for each user whether they are online. Users are away `away_after`
    /// after their last stream has closed.
    pub(super) async fn next_changes(&self, away_after: Duration) -> HashMap<UserId, bool> {
        self.wait(away_after).await;
        self.take_moved()
    }

    /// Returns the signals for the rooms of the users in `moved`.
    pub(super) fn signals_of(
        &self,
        moved: &HashMap<UserId, bool>,
        rows: Vec<RoomOfPerson>,
    ) -> Vec<Signal> {
        let mut rooms = BTreeMap::<RoomId, Moves>::new();
        let mut people = self.lock();
        for row in rows {
            let RoomOfPerson {
                user_id,
                handle,
                is_hidden,
                room_id,
                slug,
                is_open,
            } = row;
            let is_here = !is_hidden && moved.get(&user_id).copied().unwrap_or_default();
            if is_here {
                people.signalled.insert(handle.clone());
            } else {
                people.signalled.remove(&handle);
            }
            let (Some(room), Some(slug)) = (room_id, slug) else {
                continue;
            };
            let moves = rooms.entry(room).or_default();
            (moves.room, moves.is_open) = (slug, is_open);
            let list = if is_here {
                &mut moves.here
            } else {
                &mut moves.away
            };
            list.push(handle);
        }
        drop(people);
        let signals = rooms.into_iter().map(|(room, moves)| {
            let Moves {
                room: slug,
                here,
                away,
                is_open,
            } = moves;
            Signal::new(room, slug, is_open, Content::Presence { here, away })
        });
        signals.collect()
    }

    /// Returns changes that could not be signalled, to be signalled the next time.
    pub(super) fn retry(&self, moved: HashMap<UserId, bool>) {
        self.lock().moved.extend(moved.into_keys());
    }

    /// Waits until there are changes to signal.
    async fn wait(&self, away_after: Duration) {
        loop {
            let (is_moved, next) = self.lock().remove_expired(away_after);
            if is_moved {
                return;
            }
            let leaves = async {
                match next {
                    Some(next) => sleep_until(next.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.moved.notified() => {}
                () = leaves => {}
            }
        }
    }

    fn take_moved(&self) -> HashMap<UserId, bool> {
        let mut people = self.lock();
        let moved: Vec<UserId> = people.moved.iter().take(CHANGES_MAX).copied().collect();
        let moved = moved.into_iter().map(|user| {
            people.moved.remove(&user);
            (user, people.here.contains_key(&user))
        });
        moved.collect()
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People {
    /// Removes users whose grace period is over. Returns whether there are changes to signal, and when the next grace
    /// period ends.
    fn remove_expired(&mut self, away_after: Duration) -> (bool, Option<Instant>) {
        let now = Instant::now();
        while let Some((closed, user)) = self.leaving.front().copied() {
            if now < closed + away_after {
                break;
            }
            self.leaving.pop_front();
            let Some(here) = self.here.get_mut(&user) else {
                continue;
            };
            if here.streams > 0 {
                here.is_leaving = false;
            } else if here.closed > closed {
                self.leaving.push_back((here.closed, user));
            } else {
                self.here.remove(&user);
                self.moved.insert(user);
            }
        }
        let next = self.leaving.front().map(|(closed, _)| *closed + away_after);
        (!self.moved.is_empty(), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(1);
    const SHORT: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn a_user_with_an_open_stream_or_who_returns_in_time_stays_online() {
        let presence = Presence::default();
        presence.arrive(ANN);
        presence.arrive(ANN);
        assert_eq!(presence.take_moved(), HashMap::from([(ANN, true)]));
        presence.leave(ANN);
        assert_eq!(presence.lock().remove_expired(SHORT), (false, None));
        presence.leave(ANN);
        presence.arrive(ANN);
        assert!(!presence.lock().remove_expired(LONG).0);
        assert_eq!(presence.lock().remove_expired(SHORT), (false, None));
        assert!(presence.lock().here.contains_key(&ANN));
    }

    #[test]
    fn a_user_goes_away_once_after_the_last_stream_and_is_removed() {
        let presence = Presence::default();
        for _ in 0..100 {
            presence.arrive(ANN);
            presence.leave(ANN);
        }
        assert_eq!(presence.lock().leaving.len(), 1);
        presence.take_moved();
        // The grace period starts again when the last stream closes.
        assert!(!presence.lock().remove_expired(LONG).0);
        while !presence.lock().remove_expired(SHORT).0 {}
        assert_eq!(presence.take_moved(), HashMap::from([(ANN, false)]));
        let people = presence.lock();
        assert!(people.here.is_empty() && people.leaving.is_empty());
    }
}
