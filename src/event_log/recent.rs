//! The newest events of each room in memory, shared by all readers.
//!
//! This is only an optimisation of reading after a cursor: notifying 5,000 readers causes no query, no encoding and no
//! copy per reader. The events that one commit appended to a room are a [`Batch`]. Memory is bounded in bytes; older
//! events are read from the store.

use super::batch::Batch;
use crate::model::{
    event::{Audience, Event, kind},
    ids::{EventId, RoomId},
    user::UserInfo,
};
use smallvec::SmallVec;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// Maximum size of one room's events, in bytes as [`Batch::weight`] counts them: some 500 short messages.
const ROOM_BYTES: usize = 512 * 1024;
/// Maximum size of the channel of all rooms, which is used by readers of many rooms.
const EVERYTHING_BYTES: usize = 4 * 1024 * 1024;
/// Maximum total size of the rooms' own channels. Beyond it the events of the least recently active room are dropped.
const TOTAL_BYTES: usize = 32 * 1024 * 1024;

/// The events of one room or of all rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The events of one room.
    Room(RoomId),
    /// The events of all rooms.
    Everything,
}

/// The newest events of all channels.
#[derive(Debug)]
pub struct Recent(RwLock<ChannelEnds>);

#[derive(Debug)]
struct ChannelEnds {
    /// The id up to which everything was published.
    head: EventId,
    /// The last event that is visible to all who see open rooms.
    open_head: EventId,
    /// Number of changes to the state of past events.
    revision: u64,
    /// A tree, since every reader looks its room up at every notification: comparing a few ids is faster than hashing.
    rooms: BTreeMap<RoomId, ChannelEnd>,
    rooms_bytes: usize,
    everything: ChannelEnd,
}

/// The newest events of a channel: all events after `floor`.
#[derive(Debug)]
struct ChannelEnd {
    floor: EventId,
    /// The last event of the channel; `None` if it has not been looked up.
    head: Option<EventId>,
    batches: VecDeque<Arc<Batch>>,
    bytes: usize,
}

/// The recent events after a cursor.
#[derive(Debug)]
pub struct Following {
    /// The batches in order. The first one may begin with events before the cursor.
    pub batches: SmallVec<[Arc<Batch>; 1]>,
    /// The id up to which these batches contain all events of the channel.
    pub scanned: EventId,
    /// Whether no further events follow.
    pub is_all: bool,
}

impl Following {
    /// Returns the events after `cursor`.
    pub fn events_after(&self, cursor: EventId) -> impl Iterator<Item = &Event> {
        let events = self.batches.iter().flat_map(|batch| batch.events());
        events
            .map(AsRef::as_ref)
            .filter(move |event| event.id > cursor)
    }
}

impl Recent {
    /// Creates empty channels for a log whose last id is `head`.
    #[must_use]
    pub fn new(head: EventId, open_head: EventId) -> Self {
        Self(RwLock::new(ChannelEnds::new(head, open_head)))
    }

    /// Returns the last event that is visible to all who see open rooms.
    pub fn open_head(&self) -> EventId {
        self.read().open_head
    }

    /// Returns the id up to which everything was published.
    pub fn head(&self) -> EventId {
        self.read().head
    }

    /// Returns a number that increases whenever the state of a past event changes, for example by an edit, a deletion
    /// or a new display name.
    pub fn revision(&self) -> u64 {
        self.read().revision
    }

    /// Keeps a room's events in memory from now on, so that its readers need no query for new ones.
    pub fn follow(&self, channel: Channel) {
        let Channel::Room(room) = channel else { return };
        let mut ends = self.write();
        let head = ends.head;
        ends.rooms
            .entry(room)
            .or_insert_with(|| ChannelEnd::new(head));
    }

    /// Returns the last event in a room that is visible to all of the room's readers who see open rooms; `None` if the
    /// room is not followed or the event has not been looked up.
    pub fn room_head(&self, room: RoomId) -> Option<EventId> {
        self.read().rooms.get(&room)?.head
    }

    /// Stores the last event of a followed room, as it was looked up in the database.
    ///
    /// The channel then begins at this event, so that a reader whose cursor is there needs no query.
    pub fn note_room_head(&self, room: RoomId, head: EventId) {
        if let Some(end) = self.write().rooms.get_mut(&room) {
            end.head = end.head.max(Some(head));
            end.floor = end.floor.min(head);
        }
    }

    /// Returns the events after a cursor, at most about `bytes` of them; `None` if they must be read from the store.
    pub fn read_after(&self, channel: Channel, after: EventId, bytes: usize) -> Option<Following> {
        let ends = self.read();
        if after >= ends.head {
            return Some(Following {
                batches: SmallVec::new(),
                scanned: after,
                is_all: true,
            });
        }
        let end = match channel {
            Channel::Everything => &ends.everything,
            Channel::Room(room) => ends.rooms.get(&room)?,
        };
        (after >= end.floor).then(|| end.read_after(after, ends.head, bytes))
    }

    /// Publishes a commit: all events up to `head`, in order, and the users who were changed.
    pub fn publish(&self, events: &[Arc<Event>], changed: &[UserInfo], head: EventId) {
        let mut ends = self.write();
        for user in changed {
            ends.update_user(user);
        }
        for event in events.iter().filter(|event| event.kind != kind::MESSAGE) {
            ends.refresh(event);
        }
        for (room, events) in ends.group_by_room(events) {
            ends.append_to_room(room, events);
        }
        if let Some(batch) = Batch::new(events.to_vec()) {
            ends.everything.append(Arc::new(batch), EVERYTHING_BYTES);
        }
        let open = events.iter().rev().find(|event| event.is_for_everybody());
        ends.open_head = open.map_or(ends.open_head, |event| event.id);
        ends.head = ends.head.max(head);
        ends.shrink();
    }

    /// Drops all events, since another program has changed the file, or people have other handles.
    pub fn forget(&self) {
        let mut ends = self.write();
        let revision = ends.revision + 1;
        let mut forgotten = ChannelEnds::new(ends.head, ends.open_head);
        // Followed rooms stay followed.
        let rooms = ends.rooms.keys();
        forgotten.rooms = rooms
            .map(|room| (*room, ChannelEnd::new(ends.head)))
            .collect();
        *ends = ChannelEnds {
            revision,
            ..forgotten
        };
    }

    fn read(&self) -> RwLockReadGuard<'_, ChannelEnds> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, ChannelEnds> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChannelEnds {
    fn new(head: EventId, open_head: EventId) -> Self {
        Self {
            head,
            open_head,
            revision: 0,
            rooms: BTreeMap::new(),
            rooms_bytes: 0,
            everything: ChannelEnd::new(head),
        }
    }

    /// Updates the state of the event's object in all cached events, so that deleted text is removed everywhere.
    fn refresh(&mut self, event: &Event) {
        self.revision += 1;
        let Some(room) = event.room() else { return };
        if let Some(end) = self.rooms.get_mut(&room.id) {
            let before = end.bytes;
            end.refresh(event);
            self.rooms_bytes = self.rooms_bytes + end.bytes - before;
        }
        self.everything.refresh(event);
    }

    /// Groups events by the channels of rooms. A change of a user belongs to all rooms whose readers may see the user.
    fn group_by_room(&self, events: &[Arc<Event>]) -> BTreeMap<RoomId, Vec<Arc<Event>>> {
        let mut groups: BTreeMap<RoomId, Vec<Arc<Event>>> = BTreeMap::new();
        for event in events {
            let rooms = match &event.audience {
                Audience::Room(room) => vec![room.id],
                Audience::OfPerson {
                    is_public: true, ..
                } => self.rooms.keys().copied().collect(),
                Audience::OfPerson { rooms, .. } => rooms.to_vec(),
            };
            for room in rooms {
                groups.entry(room).or_default().push(Arc::clone(event));
            }
        }
        groups
    }

    /// Updates a display name and role in all cached events.
    fn update_user(&mut self, user: &UserInfo) {
        self.revision += 1;
        for end in self.rooms.values_mut().chain([&mut self.everything]) {
            end.replace(|event| event.with_current(user));
        }
    }

    fn append_to_room(&mut self, room: RoomId, events: Vec<Arc<Event>>) {
        let head = self.head;
        let end = self
            .rooms
            .entry(room)
            .or_insert_with(|| ChannelEnd::new(head));
        let before = end.bytes;
        if let Some(batch) = Batch::new(events) {
            end.append(Arc::new(batch), ROOM_BYTES);
        }
        self.rooms_bytes = self.rooms_bytes + end.bytes - before;
    }

    /// Drops the events of the rooms that were quiet for longest. It drops a quarter of the memory at once, since finding
    /// these rooms takes a look at all of them.
    fn shrink(&mut self) {
        if self.rooms_bytes <= TOTAL_BYTES {
            return;
        }
        let held = self.rooms.iter().filter(|(_, end)| !end.batches.is_empty());
        let mut quietest: Vec<_> = held.map(|(room, end)| (end.last_id(), *room)).collect();
        quietest.sort_unstable();
        for (last, room) in quietest {
            if self.rooms_bytes <= TOTAL_BYTES / 4 * 3 {
                return;
            }
            let Some(end) = self.rooms.get_mut(&room) else {
                continue;
            };
            self.rooms_bytes -= end.bytes;
            *end = ChannelEnd {
                head: end.head,
                ..ChannelEnd::new(last)
            };
        }
    }
}

impl ChannelEnd {
    fn new(floor: EventId) -> Self {
        Self {
            floor,
            head: None,
            batches: VecDeque::new(),
            bytes: 0,
        }
    }

    fn last_id(&self) -> EventId {
        self.batches
            .back()
            .map_or(self.floor, |batch| batch.last_id())
    }

    fn append(&mut self, batch: Arc<Batch>, bytes_max: usize) {
        self.bytes += batch.weight();
        self.head = Some(batch.last_id());
        self.batches.push_back(batch);
        while self.bytes > bytes_max
            && let Some(oldest) = self.batches.pop_front()
        {
            self.bytes -= oldest.weight();
            self.floor = oldest.last_id();
        }
    }

    fn read_after(&self, after: EventId, head: EventId, bytes: usize) -> Following {
        let first = self
            .batches
            .partition_point(|batch| batch.last_id() <= after);
        let mut taken = 0;
        let batches = self.batches.range(first..).take_while(|batch| {
            let fits = taken < bytes;
            taken += batch.weight();
            fits
        });
        let batches: SmallVec<[Arc<Batch>; 1]> = batches.cloned().collect();
        let is_all = first + batches.len() == self.batches.len();
        let scanned = batches
            .last()
            .filter(|_| !is_all)
            .map_or(head, |batch| batch.last_id());
        Following {
            batches,
            scanned,
            is_all,
        }
    }

    /// Updates the state of the event's object in the cached events.
    fn refresh(&mut self, event: &Event) {
        self.replace(|cached| {
            cached.is_about_same(event).then(|| Event {
                object: event.object.clone(),
                ..cached.clone()
            })
        });
    }

    fn replace(&mut self, replace: impl Fn(&Event) -> Option<Event>) {
        for batch in &mut self.batches {
            if let Some(replaced) = batch.replaced(&replace) {
                self.bytes -= batch.weight();
                self.bytes += replaced.weight();
                *batch = Arc::new(replaced);
            }
        }
    }
}

#[cfg(test)]
mod tests;
