//! Batches of events and their encodings.
//!
//! The events that one commit appended to a channel, or that one page of a replay contains, are a batch. A batch is
//! encoded as a whole, at most once per form, for any number of readers. The log does not depend on the encodings.

use crate::model::{
    event::{Event, Object},
    ids::EventId,
};
use bytes::Bytes;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Number of forms in which a batch can be encoded.
pub const FORMS: usize = 2;

/// An encoding of events.
pub trait Encode: fmt::Debug + Send + Sync {
    /// Returns the index of this form among the encodings of a batch. It is unique and less than [`FORMS`].
    fn form(&self) -> usize;

    /// Appends an encoded event to `out`. Must be deterministic.
    fn encode(&self, event: &Event, out: &mut Vec<u8>);
}

/// Events in ascending order of their ids, with their encodings. Never empty.
#[derive(Debug)]
pub struct Batch {
    events: Vec<Arc<Event>>,
    encodings: [OnceLock<Encoded>; FORMS],
}

/// An encoded batch: the bytes of all events, and the end offset of each event.
#[derive(Debug)]
struct Encoded {
    bytes: Bytes,
    ends: Vec<usize>,
}

impl Batch {
    /// Creates a batch; `None` if there are no events.
    #[must_use]
    pub fn new(events: Vec<Arc<Event>>) -> Option<Self> {
        (!events.is_empty()).then(|| Self {
            events,
            encodings: Default::default(),
        })
    }

    /// Returns the events of the batch.
    #[must_use]
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// Returns the id of the last event.
    #[must_use]
    pub fn last_id(&self) -> EventId {
        self.events
            .last()
            .map_or(EventId::EARLIEST, |event| event.id)
    }

    /// Returns the approximate memory use in bytes, encodings included.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.events.iter().map(|event| weigh(event)).sum()
    }

    /// Returns a copy in which `replace` has replaced some events; `None` if it has replaced none.
    #[must_use]
    pub fn replaced(&self, replace: impl Fn(&Event) -> Option<Event>) -> Option<Self> {
        let mut events = None;
        for (place, event) in self.events.iter().enumerate() {
            if let Some(other) = replace(event) {
                events.get_or_insert_with(|| self.events.clone())[place] = Arc::new(other);
            }
        }
        events.and_then(Self::new)
    }

    fn encoded(&self, encoder: &dyn Encode) -> &Encoded {
        self.encodings[encoder.form()].get_or_init(|| {
            let mut bytes = Vec::with_capacity(self.events.len() * 512);
            let mut ends = Vec::with_capacity(self.events.len());
            for event in &self.events {
                encoder.encode(event, &mut bytes);
                ends.push(bytes.len());
            }
            Encoded {
                bytes: bytes.into(),
                ends,
            }
        })
    }
}

impl Encoded {
    fn start_of(&self, place: usize) -> usize {
        place.checked_sub(1).map_or(0, |before| self.ends[before])
    }
}

/// The part of a batch that is visible to one reader. Never empty.
#[derive(Clone, Debug)]
pub struct Slice {
    batch: Arc<Batch>,
    places: Places,
}

/// The events of a slice, as indexes into its batch.
#[derive(Clone, Debug)]
enum Places {
    /// All events from this index on.
    From(usize),
    /// The events at these indexes.
    These(Box<[usize]>),
}

impl Slice {
    /// Returns the events of a batch that follow a cursor and are visible to the reader; `None` if there are none.
    pub fn of(
        batch: &Arc<Batch>,
        after: EventId,
        is_visible: impl Fn(&Event) -> bool,
    ) -> Option<Self> {
        let first = batch.events.partition_point(|event| event.id <= after);
        let following = &batch.events[first..];
        if following.is_empty() {
            return None;
        }
        let places = if following.iter().all(|event| is_visible(event)) {
            Places::From(first)
        } else {
            let places = (first..).zip(following);
            let visible: Vec<usize> = places
                .filter(|(_, event)| is_visible(event))
                .map(|(place, _)| place)
                .collect();
            Places::These(visible.into())
        };
        let is_empty = matches!(&places, Places::These(places) if places.is_empty());
        (!is_empty).then(|| Self {
            batch: Arc::clone(batch),
            places,
        })
    }

    /// Returns the events of the slice.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let (from, these): (&[Arc<Event>], &[usize]) = match &self.places {
            Places::From(first) => (&self.batch.events[*first..], &[]),
            Places::These(places) => (&[], places),
        };
        let these = these.iter().map(|place| &self.batch.events[*place]);
        from.iter().chain(these).map(AsRef::as_ref)
    }

    /// Returns the id of the last event.
    #[must_use]
    pub fn last_id(&self) -> Option<EventId> {
        match &self.places {
            Places::From(_) => Some(self.batch.last_id()),
            Places::These(places) => places.last().map(|place| self.batch.events[*place].id),
        }
    }

    /// Returns the encoded events. The bytes are not copied if all events that follow the cursor are visible.
    #[must_use]
    pub fn encoded(&self, encoder: &dyn Encode) -> Bytes {
        let encoded = self.batch.encoded(encoder);
        match &self.places {
            Places::From(first) => encoded.bytes.slice(encoded.start_of(*first)..),
            Places::These(places) => {
                let mut bytes = Vec::new();
                for place in places {
                    let range = encoded.start_of(*place)..encoded.ends[*place];
                    bytes.extend_from_slice(&encoded.bytes[range]);
                }
                bytes.into()
            }
        }
    }
}

/// Returns the approximate memory use of an event in bytes, with its encodings in both forms.
fn weigh(event: &Event) -> usize {
    let text = match &event.object {
        Object::Message(message) => {
            message.body.as_ref().map_or(0, String::len) + 120 * message.reactions.len()
        }
        Object::Custom(payload) => payload.get().len(),
        Object::Room(_) | Object::Member(_) | Object::User(_) => 100,
    };
    3 * (text + 300)
}
