//! Signals: what is sent once and stored nowhere (protocol, 2.8). Somebody is typing; people have come or gone.
//!
//! The newest lie in one ring, encoded once and shared by all readers. A reader holds the number of the last one it
//! has looked at and is notified as for an event, so a signal costs no queue and no memory per reader. A reader that
//! is too slow misses some: they are no history.

use super::subscriptions::Subscribers;
use crate::model::{
    ids::{RoomId, UserId},
    time::Timestamp,
    user::{Person, User},
};
use bytes::Bytes;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The same person's typing in the same room is signalled again after this time.
const TYPING_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// Pairs of a person and a room that are remembered for that. Beyond it nothing is signalled until some are old.
const TYPISTS_MAX: usize = 10_000;
/// Signals that are held, of all rooms together.
const HELD_MAX: usize = 1024;
/// About how much memory they may take, in bytes.
const HELD_BYTES: usize = 1024 * 1024;
/// Presence changes of the last 10 s are repeated to streams that open: the page that opens one was rendered earlier.
const PRESENCE_REPEATED: Duration = Duration::from_secs(10);

/// One signal.
#[derive(Debug)]
pub struct Signal {
    /// Where.
    pub room_id: RoomId,
    /// The slug of that room.
    pub room: String,
    /// Whether the room is open.
    pub is_open: bool,
    /// What it says.
    pub content: Content,
    encoded: OnceLock<Bytes>,
}

/// What a signal says.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Content {
    /// Somebody is typing.
    Typing {
        user: UserId,
        by: Person,
        at: Timestamp,
    },
    /// These handles have come, and these have gone.
    Presence {
        here: Vec<String>,
        away: Vec<String>,
    },
}

impl Signal {
    /// A signal to the readers of a room.
    #[must_use]
    pub fn new(room_id: RoomId, room: String, is_open: bool, content: Content) -> Self {
        Self {
            room_id,
            room,
            is_open,
            content,
            encoded: OnceLock::new(),
        }
    }

    /// The user who is typing, and needs not be told so.
    #[must_use]
    pub fn typist(&self) -> Option<UserId> {
        match self.content {
            Content::Typing { user, .. } => Some(user),
            Content::Presence { .. } => None,
        }
    }

    /// The signal as its one consumer encodes it, made at first use.
    pub fn encoded(&self, encode: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(self)).clone()
    }

    /// About how much memory it takes, in bytes.
    fn weight(&self) -> usize {
        let names = match &self.content {
            Content::Typing { .. } => 200,
            Content::Presence { here, away } => {
                here.iter().chain(away).map(|name| name.len() + 30).sum()
            }
        };
        200 + 2 * names
    }
}

/// The newest signals.
#[derive(Debug, Default)]
pub struct Signals {
    ring: RwLock<Ring>,
    /// The number of the last one, for readers who only want to know whether there is more.
    last: AtomicU64,
    typists: Mutex<HashMap<(UserId, RoomId), Instant>>,
}

#[derive(Debug, Default)]
struct Ring {
    held: VecDeque<(u64, Instant, Arc<Signal>)>,
    bytes: usize,
}

impl Signals {
    /// The number of the last one.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// Those after a number that `is_heard` lets pass, and the number of the last one looked at.
    pub fn read_after(
        &self,
        number: u64,
        is_heard: impl Fn(&Signal) -> bool,
    ) -> (u64, Vec<Arc<Signal>>) {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let from = ring.held.partition_point(|(held, ..)| *held <= number);
        let following = ring.held.range(from..).map(|(.., signal)| signal);
        let heard = following.filter(|signal| is_heard(signal));
        (self.last(), heard.cloned().collect())
    }

    /// The presence changes that a stream which opens now may have missed since its page was rendered.
    pub fn read_recent_presence(&self, is_heard: impl Fn(&Signal) -> bool) -> Vec<Arc<Signal>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let recent = ring.held.iter().filter(|(_, at, signal)| {
            signal.typist().is_none() && at.elapsed() < PRESENCE_REPEATED && is_heard(signal)
        });
        recent.map(|(.., signal)| Arc::clone(signal)).collect()
    }

    /// Signals that somebody is typing, unless that was signalled a moment ago.
    pub fn signal_typing(
        &self,
        subscribers: &Subscribers,
        (room_id, room, is_open): (RoomId, &str, bool),
        by: &User,
        at: Timestamp,
    ) {
        if !self.may_signal_again(by.id, room_id) {
            return;
        }
        let content = Content::Typing {
            user: by.id,
            by: by.person(),
            at,
        };
        let signal = Signal::new(room_id, room.to_owned(), is_open, content);
        self.publish(subscribers, vec![signal]);
    }

    fn may_signal_again(&self, by: UserId, room: RoomId) -> bool {
        let now = Instant::now();
        let is_recent = |told: &Instant| now.duration_since(*told) < TYPING_AGAIN_AFTER;
        let mut typists = self.typists.lock().unwrap_or_else(PoisonError::into_inner);
        if typists.get(&(by, room)).is_some_and(is_recent) {
            return false;
        }
        if typists.len() >= TYPISTS_MAX {
            typists.retain(|_, told| is_recent(told));
        }
        let has_room = typists.len() < TYPISTS_MAX;
        if has_room {
            typists.insert((by, room), now);
        }
        has_room
    }

    /// Hands signals to the readers of their rooms.
    pub fn publish(&self, subscribers: &Subscribers, signals: Vec<Signal>) {
        let rooms: Vec<RoomId> = signals.iter().map(|signal| signal.room_id).collect();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        for signal in signals {
            let number = self.last.fetch_add(1, Ordering::AcqRel) + 1;
            ring.bytes += signal.weight();
            ring.held
                .push_back((number, Instant::now(), Arc::new(signal)));
        }
        while ring.held.len() > HELD_MAX || ring.bytes > HELD_BYTES {
            let Some((.., oldest)) = ring.held.pop_front() else {
                break;
            };
            ring.bytes -= oldest.weight();
        }
        drop(ring);
        subscribers.notify_rooms(&rooms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(room: i64, handles: usize) -> Signal {
        let content = Content::Presence {
            here: vec!["somebody".into(); handles],
            away: Vec::new(),
        };
        Signal::new(RoomId(room), format!("room-{room}"), true, content)
    }

    #[test]
    fn a_reader_hears_each_signal_of_its_rooms_once() {
        let (signals, subscribers) = (Signals::default(), Subscribers::default());
        signals.publish(&subscribers, vec![signal(1, 1), signal(2, 1), signal(1, 2)]);
        let of_one = |signal: &Signal| signal.room_id == RoomId(1);
        let (number, heard) = signals.read_after(0, of_one);
        assert_eq!((number, heard.len()), (3, 2));
        assert!(signals.read_after(number, of_one).1.is_empty());
    }

    #[test]
    fn what_is_held_is_bounded() {
        let (signals, subscribers) = (Signals::default(), Subscribers::default());
        for _ in 0..3 * HELD_MAX {
            signals.publish(&subscribers, vec![signal(1, 1)]);
        }
        assert_eq!(signals.read_after(0, |_| true).1.len(), HELD_MAX);
        let large = || signal(1, HELD_BYTES / 160);
        signals.publish(&subscribers, vec![large(), large(), large()]);
        assert_eq!(signals.read_after(0, |_| true).1.len(), 2);
    }
}
