//! Batches of events, and the forms in which consumers hand them on.
//!
//! What a commit brought to a channel, or what a page of a replay holds, is one batch. It is encoded at most once in
//! each form, as a whole, whatever the number of its readers; the log knows of an encoding only that it has one.

use crate::model::{
    event::{Event, Object},
    ids::EventId,
};
use bytes::Bytes;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// How many forms a batch can carry.
pub const FORMS: usize = 2;

/// One form in which a consumer hands events on.
pub trait Encode: fmt::Debug + Send + Sync {
    /// The place of this form among the encodings of a batch, below [`FORMS`]. No two forms share one.
    fn form(&self) -> usize;

    /// Appends an event to `out`. The same event always becomes the same bytes.
    fn encode(&self, event: &Event, out: &mut Vec<u8>);
}

/// Events in the order of their ids, with their encodings. Never empty.
#[derive(Debug)]
pub struct Batch {
    events: Vec<Arc<Event>>,
    encodings: [OnceLock<Encoded>; FORMS],
}

/// A batch in one form: all events in one piece, and where each of them ends.
#[derive(Debug)]
struct Encoded {
    bytes: Bytes,
    ends: Vec<usize>,
}

impl Batch {
    /// A batch of these events; `None` if there are none.
    #[must_use]
    pub fn new(events: Vec<Arc<Event>>) -> Option<Self> {
        (!events.is_empty()).then(|| Self {
            events,
            encodings: Default::default(),
        })
    }

    /// Its events.
    #[must_use]
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// The id of its last event.
    #[must_use]
    pub fn last_id(&self) -> EventId {
        self.events
            .last()
            .map_or(EventId::EARLIEST, |event| event.id)
    }

    /// About how much memory it takes, encodings included, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.events.iter().map(|event| weigh(event)).sum()
    }

    /// The same with other events in place of some; `None` where `replace` replaces none.
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

/// The part of a batch that one reader gets. Never empty.
#[derive(Clone, Debug)]
pub struct Slice {
    batch: Arc<Batch>,
    places: Places,
}

/// Which events of a batch.
#[derive(Clone, Debug)]
enum Places {
    /// All from this place on.
    From(usize),
    /// Those at these places.
    These(Box<[usize]>),
}

impl Slice {
    /// The events of a batch that follow a cursor and that the reader may see; `None` if there are none.
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

    /// The events.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let (from, these): (&[Arc<Event>], &[usize]) = match &self.places {
            Places::From(first) => (&self.batch.events[*first..], &[]),
            Places::These(places) => (&[], places),
        };
        let these = these.iter().map(|place| &self.batch.events[*place]);
        from.iter().chain(these).map(AsRef::as_ref)
    }

    /// The id of the last of them.
    #[must_use]
    pub fn last_id(&self) -> Option<EventId> {
        match &self.places {
            Places::From(_) => Some(self.batch.last_id()),
            Places::These(places) => places.last().map(|place| self.batch.events[*place].id),
        }
    }

    /// The events in a form. Costs no copy where all events that follow the cursor are visible.
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

/// About what an event costs in memory, in bytes: itself, and its encodings in both forms.
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
