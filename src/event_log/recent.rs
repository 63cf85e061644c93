//! The newest events of each room, already encoded and shared by all readers: the end of the log in memory.
//!
//! Only an optimisation of "read after": a wake of 5,000 readers costs no query, no encoding and no copy
//! each. What one commit brought to a room is a [`Lot`], encoded once as a whole. Bounded in bytes; what is
//! older is read from the store.

use super::frame::{Format, RenderRow, write_event};
use crate::model::{
    event::{Event, Object, kind},
    ids::{EventId, RoomId},
    user::Person,
};
use bytes::Bytes;
use smallvec::SmallVec;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

/// Of one room, in bytes as [`weigh`] has it: some 500 short messages.
const ROOM_BYTES: usize = 512 * 1024;
/// Of all rooms together, for those who follow many.
const EVERYTHING_BYTES: usize = 4 * 1024 * 1024;
/// Of all rooms' own ends. Beyond it the room that was quiet longest gives its end up.
const TOTAL_BYTES: usize = 32 * 1024 * 1024;

/// Which end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// That of one room.
    Room(RoomId),
    /// That of all rooms.
    Everything,
}

/// The end of the log.
#[derive(Debug)]
pub struct Recent {
    ends: RwLock<Ends>,
    render: RenderRow,
}

#[derive(Debug)]
struct Ends {
    /// Everything up to here was published.
    head: EventId,
    /// How often the state of something past has changed.
    revision: u64,
    /// A tree, since every reader looks its room up for every wake: comparing a few ids beats hashing one.
    rooms: BTreeMap<RoomId, End>,
    rooms_bytes: usize,
    everything: End,
}

/// The newest events of a channel: all of those that follow `floor`.
#[derive(Debug)]
struct End {
    floor: EventId,
    lots: VecDeque<Arc<Lot>>,
    bytes: usize,
}

/// What one commit brought to a channel. Never empty.
#[derive(Debug)]
pub struct Lot {
    events: Vec<Arc<Event>>,
    json: OnceLock<Blocks>,
    html: OnceLock<Blocks>,
}

/// Blocks of the stream in one piece, and where each of them ends.
#[derive(Debug)]
struct Blocks {
    bytes: Bytes,
    ends: Vec<usize>,
}

/// What follows a cursor.
#[derive(Debug)]
pub struct Following {
    /// In order; the first one may hold events that the cursor is past already.
    pub lots: SmallVec<[Arc<Lot>; 1]>,
    /// With these lots, everything of the channel up to here was read.
    pub scanned: EventId,
    /// Whether that is all there is.
    pub is_all: bool,
}

impl Following {
    /// Its events, without those that the cursor is past.
    pub fn events_after(&self, cursor: EventId) -> impl Iterator<Item = &Event> {
        let events = self.lots.iter().flat_map(|lot| lot.events());
        events
            .map(AsRef::as_ref)
            .filter(move |event| event.id > cursor)
    }
}

impl Recent {
    /// An empty end of a log that has been written up to `head`.
    #[must_use]
    pub fn new(head: EventId, render: RenderRow) -> Self {
        let ends = Ends {
            head,
            revision: 0,
            rooms: BTreeMap::new(),
            rooms_bytes: 0,
            everything: End::new(head),
        };
        Self {
            ends: RwLock::new(ends),
            render,
        }
    }

    /// Everything up to here was published.
    pub fn head(&self) -> EventId {
        self.ends
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .head
    }

    /// Moves when something that happened before is edited, deleted or the like, or somebody renamed.
    pub fn revision(&self) -> u64 {
        self.ends
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .revision
    }

    /// Holds a room's events from now on, so that whoever follows it needs no query when it moves.
    pub fn follow(&self, channel: Channel) {
        let Channel::Room(room) = channel else { return };
        let mut ends = self.ends.write().unwrap_or_else(PoisonError::into_inner);
        let head = ends.head;
        ends.rooms.entry(room).or_insert_with(|| End::new(head));
    }

    /// What follows a cursor, at most about `bytes` of it; `None` where only the store knows.
    pub fn read_after(&self, channel: Channel, after: EventId, bytes: usize) -> Option<Following> {
        let ends = self.ends.read().unwrap_or_else(PoisonError::into_inner);
        if after >= ends.head {
            return Some(Following {
                lots: SmallVec::new(),
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

    /// Publishes what was committed: everything up to `head`, in order, and who has another name since.
    pub fn publish(&self, events: &[Arc<Event>], renamed: &[Person], head: EventId) {
        let mut ends = self.ends.write().unwrap_or_else(PoisonError::into_inner);
        for person in renamed {
            ends.rename(person);
        }
        for event in events.iter().filter(|event| event.kind != kind::MESSAGE) {
            ends.refresh(event);
        }
        for (room, events) in group_by_room(events) {
            ends.append_to_room(room, events);
        }
        if !events.is_empty() {
            ends.everything
                .append(Arc::new(Lot::new(events.to_vec())), EVERYTHING_BYTES);
        }
        ends.head = ends.head.max(head);
        ends.shrink();
    }

    /// The blocks of a lot that follow a cursor and that the reader may see.
    pub fn blocks(
        &self,
        lot: &Lot,
        after: EventId,
        format: Format,
        shows: impl Fn(&Event) -> bool,
    ) -> Option<Bytes> {
        let first = lot.events.partition_point(|event| event.id <= after);
        let blocks = lot.blocks(format, self.render);
        let wanted = &lot.events[first..];
        if wanted.iter().all(|event| shows(event)) {
            let bytes = blocks.bytes.slice(blocks.start_of(first)..);
            return (!bytes.is_empty()).then_some(bytes);
        }
        let mut bytes = Vec::new();
        for (place, _) in wanted.iter().enumerate().filter(|(_, event)| shows(event)) {
            let place = first + place;
            bytes.extend_from_slice(&blocks.bytes[blocks.start_of(place)..blocks.ends[place]]);
        }
        (!bytes.is_empty()).then(|| bytes.into())
    }

    /// The blocks of events that were read from the store.
    pub fn encode(&self, events: &[Event], format: Format) -> Option<Bytes> {
        let mut bytes = Vec::with_capacity(events.len() * 512);
        for event in events {
            write_event(&mut bytes, event, format, self.render);
        }
        (!bytes.is_empty()).then(|| bytes.into())
    }
}

impl Ends {
    /// Gives what is kept of an event's object its current state: deleted text is gone everywhere.
    fn refresh(&mut self, event: &Event) {
        self.revision += 1;
        if let Some(end) = self.rooms.get_mut(&event.room_id) {
            let before = end.bytes;
            end.refresh(event);
            self.rooms_bytes = self.rooms_bytes + end.bytes - before;
        }
        self.everything.refresh(event);
    }

    /// Calls somebody by their present name in all that is kept. That weighs the same.
    fn rename(&mut self, person: &Person) {
        self.revision += 1;
        for end in self.rooms.values_mut().chain([&mut self.everything]) {
            for lot in &mut end.lots {
                if let Some(renamed) = lot.renamed(person) {
                    *lot = Arc::new(renamed);
                }
            }
        }
    }

    fn append_to_room(&mut self, room: RoomId, events: Vec<Arc<Event>>) {
        let head = self.head;
        let end = self.rooms.entry(room).or_insert_with(|| End::new(head));
        let before = end.bytes;
        end.append(Arc::new(Lot::new(events)), ROOM_BYTES);
        self.rooms_bytes = self.rooms_bytes + end.bytes - before;
    }

    fn shrink(&mut self) {
        while self.rooms_bytes > TOTAL_BYTES {
            let held = self.rooms.values_mut().filter(|end| !end.lots.is_empty());
            let Some(quietest) = held.min_by_key(|end| end.last_id()) else {
                return;
            };
            self.rooms_bytes -= quietest.bytes;
            *quietest = End::new(quietest.last_id());
        }
    }
}

impl End {
    fn new(floor: EventId) -> Self {
        Self {
            floor,
            lots: VecDeque::new(),
            bytes: 0,
        }
    }

    fn last_id(&self) -> EventId {
        self.lots.back().map_or(self.floor, |lot| lot.last_id())
    }

    fn append(&mut self, lot: Arc<Lot>, bytes_max: usize) {
        self.bytes += lot.weight();
        self.lots.push_back(lot);
        while self.bytes > bytes_max
            && let Some(oldest) = self.lots.pop_front()
        {
            self.bytes -= oldest.weight();
            self.floor = oldest.last_id();
        }
    }

    fn read_after(&self, after: EventId, head: EventId, bytes: usize) -> Following {
        let first = self.lots.partition_point(|lot| lot.last_id() <= after);
        let mut taken = 0;
        let lots = self.lots.range(first..).take_while(|lot| {
            let fits = taken < bytes;
            taken += lot.weight();
            fits
        });
        let lots: SmallVec<[Arc<Lot>; 1]> = lots.cloned().collect();
        let is_all = first + lots.len() == self.lots.len();
        let scanned = lots
            .last()
            .filter(|_| !is_all)
            .map_or(head, |lot| lot.last_id());
        Following {
            lots,
            scanned,
            is_all,
        }
    }

    fn refresh(&mut self, event: &Event) {
        for lot in &mut self.lots {
            if lot.events.iter().any(|kept| kept.is_about_same(event)) {
                self.bytes -= lot.weight();
                *lot = Arc::new(lot.refreshed(event));
                self.bytes += lot.weight();
            }
        }
    }
}

impl Lot {
    fn new(events: Vec<Arc<Event>>) -> Self {
        Self {
            events,
            json: OnceLock::new(),
            html: OnceLock::new(),
        }
    }

    fn refreshed(&self, event: &Event) -> Self {
        let refresh = |kept: &Arc<Event>| {
            if kept.is_about_same(event) {
                Arc::new(Event {
                    object: event.object.clone(),
                    ..Event::clone(kept)
                })
            } else {
                Arc::clone(kept)
            }
        };
        Self::new(self.events.iter().map(refresh).collect())
    }

    fn renamed(&self, person: &Person) -> Option<Self> {
        let mut events = None;
        for (place, event) in self.events.iter().enumerate() {
            if let Some(renamed) = event.renamed(person) {
                events.get_or_insert_with(|| self.events.clone())[place] = Arc::new(renamed);
            }
        }
        events.map(Self::new)
    }

    /// What it holds.
    #[must_use]
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    fn last_id(&self) -> EventId {
        self.events
            .last()
            .map_or(EventId::EARLIEST, |event| event.id)
    }

    fn weight(&self) -> usize {
        self.events.iter().map(|event| weigh(event)).sum()
    }

    fn blocks(&self, format: Format, render: RenderRow) -> &Blocks {
        let blocks = match format {
            Format::Json => &self.json,
            Format::Html => &self.html,
        };
        blocks.get_or_init(|| Blocks::of(&self.events, format, render))
    }
}

impl Blocks {
    fn of(events: &[Arc<Event>], format: Format, render: RenderRow) -> Self {
        let mut bytes = Vec::with_capacity(events.len() * 512);
        let mut ends = Vec::with_capacity(events.len());
        for event in events {
            write_event(&mut bytes, event, format, render);
            ends.push(bytes.len());
        }
        Self {
            bytes: bytes.into(),
            ends,
        }
    }

    fn start_of(&self, place: usize) -> usize {
        place.checked_sub(1).map_or(0, |before| self.ends[before])
    }
}

/// About what an event costs in memory, in bytes: itself, and its blocks in both formats.
fn weigh(event: &Event) -> usize {
    let text = match &event.object {
        Object::Message(message) => {
            message.body.as_ref().map_or(0, String::len) + 120 * message.reactions.len()
        }
        Object::Custom(payload) => payload.get().len(),
        Object::Room(_) | Object::Member(_) => 100,
    };
    3 * (text + 300)
}

fn group_by_room(events: &[Arc<Event>]) -> HashMap<RoomId, Vec<Arc<Event>>> {
    let mut rooms: HashMap<RoomId, Vec<Arc<Event>>> = HashMap::new();
    for event in events {
        rooms
            .entry(event.room_id)
            .or_default()
            .push(Arc::clone(event));
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ids::MessageId, message::Message, time::Timestamp, user::Person};

    fn event(id: i64, kind: &str, body: String) -> Arc<Event> {
        let at = Timestamp::parse("2026-11-22T05:41:03.123Z").unwrap();
        let by = Person {
            handle: "ann".into(),
            name: "Ann".into(),
        };
        let message = Message {
            id: MessageId(7),
            room: "general".into(),
            author: by.clone(),
            body: Some(body),
            at,
            edited_at: None,
            deleted_at: None,
            reply_to: None,
            nonce: None,
            reactions: Vec::new(),
        };
        Arc::new(Event {
            id: EventId(id),
            room_id: RoomId(1),
            room: "general".into(),
            is_open: true,
            at,
            by,
            kind: kind.into(),
            object: Object::Message(Arc::new(message)),
        })
    }

    #[test]
    fn what_grows_by_an_edit_weighs_more() {
        let recent = Recent::new(EventId(6), |_| String::new());
        recent.publish(&[event(7, kind::MESSAGE, "short".into())], &[], EventId(7));
        recent.publish(
            &[event(8, kind::MESSAGE_EDITED, "long".repeat(2000))],
            &[],
            EventId(8),
        );
        let ends = recent.ends.read().unwrap();
        let bytes: usize = ends.rooms.values().map(|end| end.bytes).sum();
        assert_eq!(ends.rooms_bytes, bytes);
    }
}
