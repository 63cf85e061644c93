//! Events as blocks of a stream, with the fields `event`, `data` and `id`, in this order.
//!
//! The id comes last, so that a client that accepts a truncated block does not advance its cursor past it. `data` is
//! one line of JSON, in which line breaks are escaped, and event names are validated before they are stored: no user
//! input can end a field.

use super::{blocks::write_block, message::JsonWriter};
use crate::{
    event_log::batch::Encode,
    model::{
        event::{
            Event, Member, Membership, Object,
            kind::{MESSAGE, REACTION, ROOM_DELETED},
        },
        ids::{EventId, MessageId},
        message::{Message, Reaction},
        room::{RoomInfo, RoomRole},
        time::Timestamp,
        user::{Person, UserInfo},
    },
    web::views::message::render_row,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// Encodes events with the current state of their objects.
#[derive(Clone, Copy, Debug)]
pub struct Json;

/// Encodes like [`Json`], and adds the rendered row of each message.
#[derive(Clone, Copy, Debug)]
pub struct Html;

impl Encode for Json {
    fn form(&self) -> usize {
        0
    }

    fn encode(&self, event: &Event, out: &mut Vec<u8>) {
        write_event(out, event, |_| None);
    }
}

impl Encode for Html {
    fn form(&self) -> usize {
        1
    }

    fn encode(&self, event: &Event, out: &mut Vec<u8>) {
        write_event(out, event, |message| Some(render_row(message)));
    }
}

#[derive(Serialize)]
struct Data<'a> {
    id: EventId,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<&'a str>,
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
        #[serde(skip_serializing_if = "Option::is_none")]
        role: Option<RoomRole>,
    },
    User {
        user: &'a UserInfo,
    },
    Custom {
        payload: &'a RawValue,
    },
    Gone {},
}

fn write_event(out: &mut Vec<u8>, event: &Event, html: impl Fn(&Message) -> Option<String>) {
    let object = match &event.object {
        Object::Message(message) if event.kind != REACTION => {
            return write_message(out, event, message, html(message).as_deref());
        }
        Object::Message(message) => ObjectData::Reaction {
            message_id: message.id,
            reactions: &message.reactions,
            html: html(message),
        },
        _ if event.kind == ROOM_DELETED => ObjectData::Gone {},
        Object::Room(room_info) => ObjectData::Room { room_info },
        Object::Member(Member {
            handle,
            state,
            role,
            ..
        }) => ObjectData::Member {
            handle,
            state: *state,
            role: (*state == Membership::Joined).then_some(*role),
        },
        Object::User(user) => ObjectData::User { user },
        Object::Custom(payload) => ObjectData::Custom { payload },
    };
    let room = event.room().map(|room| room.slug.as_str());
    let data = Data {
        id: event.id,
        room,
        at: event.at,
        by: &event.by,
        object,
    };
    write_block(out, &event.kind, &data, Some(event.id));
}

/// Encodes an event about a message, which most events are; see [`JsonWriter`].
fn write_message(out: &mut Vec<u8>, event: &Event, message: &Message, html: Option<&str>) {
    let mut json = JsonWriter(out);
    if event.kind != MESSAGE {
        json.raw("event: ").raw(&event.kind).raw("\n");
    }
    json.raw(r#"data: {"id":"#).number(event.id.0);
    if let Some(room) = event.room() {
        json.raw(r#","room":"#).text(&room.slug);
    }
    json.raw(r#","at":"#).time(event.at);
    json.raw(r#","by":"#).person(&event.by);
    json.raw(r#","message":"#).message(message, html);
    json.raw("}\nid: ").number(event.id.0).raw("\n\n");
}
