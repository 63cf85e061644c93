//! Signals, which are sent once and not stored (protocol, 2.8): typing, changes of presence, and changes of which only
//! the streams of one person are told.
//!
//! The newest signals are in one buffer, encoded once and shared by all readers. A reader stores the number of the last
//! signal that it has read and is notified as for an event, so a signal needs no queue and no memory per reader. A
//! reader that is too slow misses signals.

use super::subscriptions::Subscribers;
use crate::model::{
    ids::{EventId, RoomId, UserId},
    own_change::{OwnChange, OwnChangeKind, ReadMark},
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

/// Minimum interval between two typing signals of the same user in the same room.
pub const TYPING_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// Maximum number of pairs of user and room that are stored for that. Beyond it no typing is signalled until some of
/// them have expired.
const TYPISTS_MAX: usize = 10_000;
/// Maximum number of signals in the buffer, for all rooms together.
const BUFFER_LENGTH: usize = 1024;
/// Approximate maximum size of the buffer in bytes.
const BUFFER_BYTES: usize = 1024 * 1024;
/// Presence changes of the last 10 s are repeated to streams that open: the page that opens one was rendered earlier.
const PRESENCE_REPEATED: Duration = Duration::from_secs(10);

/// One signal.
#[derive(Debug)]
pub struct Signal {
    /// Who receives it.
    pub to: Recipients,
    /// The content.
    pub content: Content,
    encoded: OnceLock<Bytes>,
}

/// Who receives a signal.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Recipients {
    /// The readers of a room.
    Room {
        id: RoomId,
        slug: String,
        is_open: bool,
    },
    /// One user.
    User(UserId),
    /// One user, in the streams of a room.
    Member {
        user: UserId,
        id: RoomId,
        slug: String,
        is_open: bool,
    },
}

/// The content of a signal.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Content {
    /// A user is typing.
    Typing {
        user: UserId,
        by: Person,
        at: Timestamp,
    },
    /// The users with these handles are online now, or away.
    Presence {
        here: Vec<String>,
        away: Vec<String>,
    },
    /// Some of the reader's own settings have changed.
    Me { changed: Vec<&'static str> },
    /// The reader's mark in a room was moved.
    Read { read_up_to: EventId },
}

impl Content {
    /// Returns the name of the signal in a stream.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Typing { .. } => "typing",
            Self::Presence { .. } => "presence",
            Self::Me { .. } => "me",
            Self::Read { .. } => "read",
        }
    }
}

impl Signal {
    /// Creates a signal for the readers of a room.
    #[must_use]
    pub fn new(id: RoomId, slug: String, is_open: bool, content: Content) -> Self {
        Self {
            to: Recipients::Room { id, slug, is_open },
            content,
            encoded: OnceLock::new(),
        }
    }

    /// Creates a signal for the streams of one user.
    #[must_use]
    pub fn to_user(user: UserId, content: Content) -> Self {
        Self {
            to: Recipients::User(user),
            content,
            encoded: OnceLock::new(),
        }
    }

    /// Creates the signal of a change, for the streams of the person whom it concerns.
    #[must_use]
    pub fn of_own(change: OwnChange) -> Self {
        let user = change.user;
        match change.kind {
            OwnChangeKind::Setting(setting) => Self::to_user(
                user,
                Content::Me {
                    changed: vec![setting.name()],
                },
            ),
            OwnChangeKind::ReadMark(ReadMark {
                room_id: id,
                room: slug,
                is_open,
                read_up_to,
            }) => Self {
                to: Recipients::Member {
                    user,
                    id,
                    slug,
                    is_open,
                },
                content: Content::Read { read_up_to },
                encoded: OnceLock::new(),
            },
        }
    }

    fn room_id(&self) -> Option<RoomId> {
        match self.to {
            Recipients::Room { id, .. } => Some(id),
            Recipients::User(_) | Recipients::Member { .. } => None,
        }
    }

    /// Returns the user who is typing, to whom the signal is not sent.
    #[must_use]
    pub fn typist(&self) -> Option<UserId> {
        match self.content {
            Content::Typing { user, .. } => Some(user),
            Content::Presence { .. } | Content::Me { .. } | Content::Read { .. } => None,
        }
    }

    /// Returns the encoded signal. `encode` is called once; there is only one consumer and one encoding.
    pub fn encoded(&self, encode: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(self)).clone()
    }

    /// Returns the approximate memory use in bytes.
    fn weight(&self) -> usize {
        let names = match &self.content {
            Content::Typing { .. } | Content::Me { .. } | Content::Read { .. } => 200,
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
    buffer: RwLock<Buffer>,
    /// The number of the last signal, which tells readers without a lock whether there are new ones.
    last: AtomicU64,
    typists: Mutex<HashMap<(UserId, RoomId), Instant>>,
}

#[derive(Debug, Default)]
struct Buffer {
    signals: VecDeque<(u64, Instant, Arc<Signal>)>,
    bytes: usize,
}

impl Signals {
    /// Returns the number of the last signal.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// Returns the number of the last signal, and the signals after `number` that `is_heard` accepts.
    pub fn read_after(
        &self,
        number: u64,
        is_heard: impl Fn(&Signal) -> bool,
    ) -> (u64, Vec<Arc<Signal>>) {
        let buffer = self.buffer.read().unwrap_or_else(PoisonError::into_inner);
        let from = buffer
            .signals
            .partition_point(|(other, ..)| *other <= number);
        let following = buffer.signals.range(from..).map(|(.., signal)| signal);
        let heard = following.filter(|signal| is_heard(signal));
        (self.last(), heard.cloned().collect())
    }

    /// Returns the changes of presence that a stream that opens now may have missed since its page was rendered.
    pub fn read_recent_presence(&self, is_heard: impl Fn(&Signal) -> bool) -> Vec<Arc<Signal>> {
        let buffer = self.buffer.read().unwrap_or_else(PoisonError::into_inner);
        let recent = buffer.signals.iter().filter(|(_, at, signal)| {
            matches!(signal.content, Content::Presence { .. })
                && at.elapsed() < PRESENCE_REPEATED
                && is_heard(signal)
        });
        recent.map(|(.., signal)| Arc::clone(signal)).collect()
    }

    /// Signals that a user is typing, unless the same was signalled within [`TYPING_AGAIN_AFTER`].
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
        let is_recent = |signalled: &Instant| now.duration_since(*signalled) < TYPING_AGAIN_AFTER;
        let mut typists = self.typists.lock().unwrap_or_else(PoisonError::into_inner);
        if typists.get(&(by, room)).is_some_and(is_recent) {
            return false;
        }
        if typists.len() >= TYPISTS_MAX {
            typists.retain(|_, signalled| is_recent(signalled));
        }
        let has_capacity = typists.len() < TYPISTS_MAX;
        if has_capacity {
            typists.insert((by, room), now);
        }
        has_capacity
    }

    /// Removes the signals of a room, whose kind has changed.
    pub fn forget(&self, room: RoomId) {
        let mut buffer = self.buffer.write().unwrap_or_else(PoisonError::into_inner);
        let Buffer { signals, bytes } = &mut *buffer;
        signals.retain(|(.., signal)| {
            let stays = signal.room_id() != Some(room);
            *bytes -= if stays { 0 } else { signal.weight() };
            stays
        });
    }

    /// Adds signals to the buffer and notifies the readers of their rooms. The caller notifies single users.
    pub fn publish(&self, subscribers: &Subscribers, signals: Vec<Signal>) {
        let rooms: Vec<RoomId> = signals.iter().filter_map(Signal::room_id).collect();
        let mut buffer = self.buffer.write().unwrap_or_else(PoisonError::into_inner);
        for signal in signals {
            let number = self.last.fetch_add(1, Ordering::AcqRel) + 1;
            buffer.bytes += signal.weight();
            buffer
                .signals
                .push_back((number, Instant::now(), Arc::new(signal)));
        }
        while buffer.signals.len() > BUFFER_LENGTH || buffer.bytes > BUFFER_BYTES {
            let Some((.., oldest)) = buffer.signals.pop_front() else {
                break;
            };
            buffer.bytes -= oldest.weight();
        }
        drop(buffer);
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
    fn a_reader_receives_each_signal_of_its_rooms_once() {
        let (signals, subscribers) = (Signals::default(), Subscribers::default());
        signals.publish(&subscribers, vec![signal(1, 1), signal(2, 1), signal(1, 2)]);
        let of_one = |signal: &Signal| signal.room_id() == Some(RoomId(1));
        let (number, heard) = signals.read_after(0, of_one);
        assert_eq!((number, heard.len()), (3, 2));
        assert!(signals.read_after(number, of_one).1.is_empty());
    }

    #[test]
    fn the_buffer_is_bounded() {
        let (signals, subscribers) = (Signals::default(), Subscribers::default());
        for _ in 0..3 * BUFFER_LENGTH {
            signals.publish(&subscribers, vec![signal(1, 1)]);
        }
        assert_eq!(signals.read_after(0, |_| true).1.len(), BUFFER_LENGTH);
        let large = || signal(1, BUFFER_BYTES / 160);
        signals.publish(&subscribers, vec![large(), large(), large()]);
        assert_eq!(signals.read_after(0, |_| true).1.len(), 2);
    }
}
