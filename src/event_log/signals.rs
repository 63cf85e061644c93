//! Signals: what is said once and kept nowhere (protocol, 2.8). Somebody is writing; people have come or gone.
//!
//! The newest lie in one ring, encoded once and shared by all readers. A reader holds the number of the last one it
//! has looked at and is woken as for an event, so a signal costs no queue and no memory per reader. Who reads too
//! slowly misses some: they are no history.

use super::{frame::write_block, wake::Wakers};
use crate::model::{
    ids::{RoomId, UserId},
    time::Timestamp,
    user::{Person, User},
};
use bytes::Bytes;
use serde::Serialize;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// That the same person is writing in the same room is told again after so long.
const WRITING_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// Pairs of a person and a room that are remembered for that. Beyond it nobody is told until some of them are old.
const WRITERS_MAX: usize = 10_000;
/// Of all rooms together.
const HELD_MAX: usize = 1024;
/// The same, in bytes.
const HELD_BYTES: usize = 1024 * 1024;
/// What was told of comings and goings for so long before a stream opened, it is told, too: the page that opens it was
/// rendered earlier.
const NEWS: Duration = Duration::from_secs(10);

/// One signal.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Where.
    pub room: RoomId,
    /// Whether everybody may see that room.
    pub is_open: bool,
    /// Who is writing, and need not be told so; `None`: it is about people who have come or gone.
    pub writer: Option<UserId>,
    /// As it is sent.
    pub block: Bytes,
}

/// The newest signals.
#[derive(Debug, Default)]
pub struct Signals {
    ring: RwLock<Ring>,
    /// The number of the last one, for readers who only want to know whether there is more.
    last: AtomicU64,
    writers: Mutex<HashMap<(UserId, RoomId), Instant>>,
}

#[derive(Debug, Default)]
struct Ring {
    held: VecDeque<(u64, Instant, Signal)>,
    bytes: usize,
}

#[derive(Serialize)]
struct Typing<'a> {
    room: &'a str,
    by: Person,
    at: Timestamp,
}

impl Signals {
    /// The number of the last one.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// The blocks of those after a number that `is_heard` lets pass, and the number of the last one looked at.
    pub fn read_after(&self, number: u64, is_heard: impl Fn(&Signal) -> bool) -> (u64, Vec<Bytes>) {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let from = ring.held.partition_point(|(held, ..)| *held <= number);
        let following = ring.held.range(from..).map(|(.., signal)| signal);
        let heard = following.filter(|signal| is_heard(signal));
        (
            self.last(),
            heard.map(|signal| signal.block.clone()).collect(),
        )
    }

    /// What a stream that opens now has missed of comings and goings since its page was rendered.
    pub fn read_news(&self, is_heard: impl Fn(&Signal) -> bool) -> Vec<Bytes> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let news = ring.held.iter().filter(|(_, at, signal)| {
            signal.writer.is_none() && at.elapsed() < NEWS && is_heard(signal)
        });
        news.map(|(.., signal)| signal.block.clone()).collect()
    }

    /// Tells that somebody is writing, unless that was told a moment ago.
    pub fn tell_writing(
        &self,
        wakers: &Wakers,
        (room, slug, is_open): (RoomId, &str, bool),
        by: &User,
        at: Timestamp,
    ) {
        if !self.may_tell_again(by.id, room) {
            return;
        }
        let mut block = Vec::new();
        let by_person = by.person();
        let typing = Typing {
            room: slug,
            by: by_person,
            at,
        };
        write_block(&mut block, "typing", &typing, None);
        let signal = Signal {
            room,
            is_open,
            writer: Some(by.id),
            block: block.into(),
        };
        self.publish(wakers, vec![signal]);
    }

    fn may_tell_again(&self, by: UserId, room: RoomId) -> bool {
        let now = Instant::now();
        let is_recent = |told: &Instant| now.duration_since(*told) < WRITING_AGAIN_AFTER;
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.get(&(by, room)).is_some_and(is_recent) {
            return false;
        }
        if writers.len() >= WRITERS_MAX {
            writers.retain(|_, told| is_recent(told));
        }
        let is_taken = writers.len() < WRITERS_MAX;
        if is_taken {
            writers.insert((by, room), now);
        }
        is_taken
    }

    /// Gives signals to whoever reads their rooms.
    pub fn publish(&self, wakers: &Wakers, signals: Vec<Signal>) {
        let rooms: Vec<RoomId> = signals.iter().map(|signal| signal.room).collect();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        for signal in signals {
            let number = self.last.fetch_add(1, Ordering::AcqRel) + 1;
            ring.bytes += signal.block.len();
            ring.held.push_back((number, Instant::now(), signal));
        }
        while ring.held.len() > HELD_MAX || ring.bytes > HELD_BYTES {
            let Some((.., oldest)) = ring.held.pop_front() else {
                break;
            };
            ring.bytes -= oldest.block.len();
        }
        drop(ring);
        wakers.wake_rooms(&rooms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(room: i64, text: &'static str) -> Signal {
        Signal {
            room: RoomId(room),
            is_open: true,
            writer: None,
            block: Bytes::from_static(text.as_bytes()),
        }
    }

    #[test]
    fn a_reader_hears_each_signal_of_its_rooms_once() {
        let (signals, wakers) = (Signals::default(), Wakers::default());
        signals.publish(
            &wakers,
            vec![signal(1, "a"), signal(2, "b"), signal(1, "c")],
        );
        let of_one = |signal: &Signal| signal.room == RoomId(1);
        let (number, heard) = signals.read_after(0, of_one);
        assert_eq!((number, heard), (3, vec!["a".into(), "c".into()]));
        assert!(signals.read_after(number, of_one).1.is_empty());
    }

    #[test]
    fn what_is_held_is_bounded() {
        let (signals, wakers) = (Signals::default(), Wakers::default());
        for _ in 0..3 * HELD_MAX {
            signals.publish(&wakers, vec![signal(1, "a")]);
        }
        let big = Bytes::from(vec![0; HELD_BYTES / 2]);
        let big = Signal {
            block: big,
            ..signal(1, "")
        };
        assert_eq!(signals.read_after(0, |_| true).1.len(), HELD_MAX);
        signals.publish(&wakers, vec![big.clone(), big.clone(), big]);
        assert_eq!(signals.read_after(0, |_| true).1.len(), 2);
    }
}
