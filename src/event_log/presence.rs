//! Presence: a person is here while one of their streams is open, and a little longer, so that nobody goes and comes
//! with each reload of a page and each restart.
//!
//! Opening and closing a stream only counts. What follows from it is gathered and signalled at most once a second,
//! room by room, with one query however many people have come.

use super::signals::{Content, Signal};
use crate::{
    model::{
        ids::{RoomId, UserId},
        user::{Person, RoomMember},
    },
    store::memberships::RoomOfPerson,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::sleep_until};

/// Between two tellings.
pub(super) const GATHERED: Duration = Duration::from_secs(1);
/// Who is told of at once; a block stays far below 64 KiB. The others follow a second later.
const TOLD_MAX: usize = 1000;

/// Who is here.
#[derive(Debug, Default)]
pub struct Presence {
    people: Mutex<People>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct People {
    here: HashMap<UserId, Here>,
    /// Of whom the rooms have to be told.
    moved: HashSet<UserId>,
    /// Whose last stream has closed, in that order; some have come back since.
    leaving: VecDeque<(Instant, UserId)>,
    /// Handles of those who were told to be here.
    told: HashSet<String>,
}

#[derive(Debug)]
struct Here {
    streams: usize,
    closed: Instant,
    is_leaving: bool,
}

/// Who has come to a room and who has gone.
#[derive(Debug, Default)]
struct Moves {
    room: String,
    here: Vec<String>,
    away: Vec<String>,
    is_open: bool,
}

impl Presence {
    /// Somebody's stream opens.
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

    /// Somebody's stream closes.
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

    /// Somebody's rooms are others than before.
    pub fn move_rooms(&self, user: UserId) {
        let mut people = self.lock();
        if people.here.contains_key(&user) {
            people.moved.insert(user);
            self.moved.notify_one();
        }
    }

    /// Says of each member whether they are here.
    #[must_use]
    pub fn mark(&self, members: Vec<Person>) -> Vec<RoomMember> {
        let people = self.lock();
        let mark = |person: Person| RoomMember {
            here: people.told.contains(&person.handle),
            person,
        };
        members.into_iter().map(mark).collect()
    }

    /// Waits until there is somebody to tell of, and says whether they are here. Who has closed their last stream is
    /// away after `away_after`.
    pub(super) async fn next_moves(&self, away_after: Duration) -> HashMap<UserId, bool> {
        self.wait(away_after).await;
        self.take_moved()
    }

    /// What the rooms of those who have moved are told.
    pub(super) fn tell(
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
                room_id,
                slug,
                is_open,
            } = row;
            let is_here = moved.get(&user_id).copied().unwrap_or_default();
            if is_here {
                people.told.insert(handle.clone());
            } else {
                people.told.remove(&handle);
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

    /// These could not be told of, and shall be the next time.
    pub(super) fn put_back(&self, moved: HashMap<UserId, bool>) {
        self.lock().moved.extend(moved.into_keys());
    }

    /// Waits until there is something to tell.
    async fn wait(&self, away_after: Duration) {
        loop {
            let (is_moved, next) = self.lock().see_off(away_after);
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
        let moved: Vec<UserId> = people.moved.iter().take(TOLD_MAX).copied().collect();
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
    /// Lets those go whose time is over. Whether anybody is to be told of, and when the next one goes.
    fn see_off(&mut self, away_after: Duration) -> (bool, Option<Instant>) {
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
    fn who_has_one_stream_left_or_comes_back_in_time_has_not_moved() {
        let presence = Presence::default();
        presence.arrive(ANN);
        presence.arrive(ANN);
        assert_eq!(presence.take_moved(), HashMap::from([(ANN, true)]));
        presence.leave(ANN);
        assert_eq!(presence.lock().see_off(SHORT), (false, None));
        presence.leave(ANN);
        presence.arrive(ANN);
        assert!(!presence.lock().see_off(LONG).0);
        assert_eq!(presence.lock().see_off(SHORT), (false, None));
        assert!(presence.lock().here.contains_key(&ANN));
    }

    #[test]
    fn who_closes_the_last_stream_goes_once_and_leaves_nothing_behind() {
        let presence = Presence::default();
        for _ in 0..100 {
            presence.arrive(ANN);
            presence.leave(ANN);
        }
        assert_eq!(presence.lock().leaving.len(), 1);
        presence.take_moved();
        // Reckoned anew from the last time that a stream was closed.
        assert!(!presence.lock().see_off(LONG).0);
        while !presence.lock().see_off(SHORT).0 {}
        assert_eq!(presence.take_moved(), HashMap::from([(ANN, false)]));
        let people = presence.lock();
        assert!(people.here.is_empty() && people.leaving.is_empty());
    }
}
