//! An event as a block of the stream: `event`, `data`, `id`, in this order.
//!
//! The id comes last, so that a client that takes a block cut short does not move its cursor past it.
//! `data` is one line of JSON, in which line breaks are escaped; names are checked before they are stored:
//! nothing that somebody wrote can end a field.

use crate::model::{
    event::{
        Event, Member, Membership, Object,
        kind::{MESSAGE, REACTION},
    },
    ids::{EventId, MessageId},
    message::{Message, Reaction},
    message_json::JsonWriter,
    room::RoomInfo,
    time::Timestamp,
    user::Person,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::Write as _;

/// What a reader wants to have in `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The event and the current state of its object.
    Json,
    /// The same, and of each message its rendered row.
    Html,
}

/// Renders the row of a message, the same for every viewer: what a page shows of it.
pub type RenderRow = fn(&Message) -> String;

#[derive(Serialize)]
struct Data<'a> {
    id: EventId,
    room: &'a str,
    at: Timestamp,
    by: &'a Person,
    #[serde(flatten)]
    object: ObjectData<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ObjectData<'a> {
    Reaction {
        message_id: MessageId,
        reactions: &'a [Reaction],
        #[serde(skip_serializing_if = "Option::is_none")]
        html: Option<String>,
    },
    Room {
        room_info: &'a RoomInfo,
    },
    Member {
        handle: &'a str,
        state: Membership,
    },
    Custom {
        payload: &'a RawValue,
    },
}

/// Appends the block of an event to `out`.
pub fn write_event(out: &mut Vec<u8>, event: &Event, format: Format, render: RenderRow) {
    let html = |message| (format == Format::Html).then(|| render(message));
    let object = match &event.object {
        Object::Message(message) if event.kind != REACTION => {
            return write_message(out, event, message, html(message).as_deref());
        }
        Object::Message(message) => ObjectData::Reaction {
            message_id: message.id,
            reactions: &message.reactions,
            html: html(message),
        },
        Object::Room(room_info) => ObjectData::Room { room_info },
        Object::Member(Member { handle, state, .. }) => ObjectData::Member {
            handle,
            state: *state,
        },
        Object::Custom(payload) => ObjectData::Custom { payload },
    };
    let data = Data {
        id: event.id,
        room: &event.room,
        at: event.at,
        by: &event.by,
        object,
    };
    write_block(out, &event.kind, &data, Some(event.id));
}

/// Most events are about a message; see [`JsonWriter`].
fn write_message(out: &mut Vec<u8>, event: &Event, message: &Message, html: Option<&str>) {
    let mut json = JsonWriter(out);
    if event.kind != MESSAGE {
        json.raw("event: ").raw(&event.kind).raw("\n");
    }
    json.raw(r#"data: {"id":"#).number(event.id.0);
    json.raw(r#","room":"#).text(&event.room);
    json.raw(r#","at":"#).time(event.at);
    json.raw(r#","by":"#).person(&event.by);
    json.raw(r#","message":"#).message(message, html);
    json.raw("}\nid: ").number(event.id.0).raw("\n\n");
}

/// Appends a block to `out`. A block of type `message` has no `event` field: it is the default type.
pub fn write_block(out: &mut Vec<u8>, kind: &str, data: &impl Serialize, id: Option<EventId>) {
    let start = out.len();
    let written = write_fields(out, kind, data, id);
    // A Vec takes everything, and plain data always has a JSON form.
    if let Err(error) = written {
        out.truncate(start);
        tracing::error!(%error, kind, "a block could not be written");
    }
}

fn write_fields(
    out: &mut Vec<u8>,
    kind: &str,
    data: &impl Serialize,
    id: Option<EventId>,
) -> std::io::Result<()> {
    if kind != MESSAGE {
        writeln!(out, "event: {kind}")?;
    }
    out.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *out, data)?;
    match id {
        Some(id) => write!(out, "\nid: {id}\n\n"),
        None => write!(out, "\n\n"),
    }
}
