//! Rows of events: the selected columns of an event and of its object, and their decoding. Pages of the log and single
//! events use the same code. A damaged value affects no other value.

use super::{
    damage::{Damages, Values, lossy},
    message_row::read_message,
    pins::read_pins,
    rows::{Row, Rows},
};
use crate::{
    error::Result,
    model::{
        event::{Audience, Event, Member, Membership, Object, RoomRef, kind},
        ids::{EventId, RoomId, UserId},
        role::Role,
        room::{RoomInfo, RoomKind, RoomRole},
        time::Timestamp,
        user::{Person, UserInfo},
    },
};
use serde_json::value::RawValue;
use std::sync::Arc;

/// A posted message, as [`read_post`] decodes it. Most events are of this kind, and the message contains the author. An
/// empty first field distinguishes it from an [`event_row`].
macro_rules! post_row {
    () => {
        concat!(
            "concat_ws(char(31), '', e.room_id, ",
            crate::store::visibility::is_open!(),
            ", e.at, r.slug, ",
            crate::store::message_row::message_row!(),
            ")"
        )
    };
}
pub(super) use post_row;

/// Any event, as [`read_any`] decodes it. The last fields are the current state of its object; an event without them
/// has no object.
macro_rules! event_row {
    () => {
        concat!(
            "concat_ws(char(31), e.kind, coalesce(e.room_id, 0),
                iif(", crate::store::visibility::is_closing!(), ", 2, coalesce(", crate::store::visibility::is_open!(), ", 0)), e.at, coalesce(r.slug, ''),
                e.id, coalesce(e.name, ''),
                coalesce((select concat_ws(char(31), replace(b.handle, char(31), ' '), replace(b.name, char(31), ' '))
                          from users b where b.id = e.actor_id), char(31) || e.actor_id),
                case when e.kind in ('message', 'message-edited', 'message-deleted', 'reaction')
                         then case when m.id is not null then ", crate::store::message_row::message_row!(), " end
                     when e.kind in ('room', 'room-deleted')
                         then concat_ws(char(31), r.kind, r.archived_at is not null, r.announcements, r.auto_join, r.room_mentions,
                             ", crate::store::pins::pins_of!("r.id"), ", replace(r.name, char(31), ' '), r.topic)
                     when e.kind = 'member' then (
                         select concat_ws(char(31), d.id, coalesce((
                                select iif(s.role = 'manager', 'manager', 'member') from memberships s
                                where s.room_id = e.room_id and s.user_id = d.id), 'left'), (
                                select max(l.id) from events l
                                where l.subject_id = d.id and l.subject_id is not null and l.room_id = e.room_id),
                            coalesce(u.handle, ", crate::store::damage::unknown_handle!("d.id"), "))
                         from (select e.subject_id as id) d left join users u on u.id = d.id where d.id is not null)
                     when e.kind = 'user' then (
                         select concat_ws(char(31), ", crate::store::visibility::person_is_public!("u.id"), ", (
                                select coalesce(group_concat(s.room_id, ',' order by s.room_id), '')
                                from memberships s where s.user_id = u.id),
                            replace(u.role, char(31), ' '), u.imported, replace(u.handle, char(31), ' '), u.name)
                         from users u where u.id = e.subject_id)
                     when json_valid(e.data) then coalesce(e.data -> '$.payload', 'null')
                     else iif(e.data is null, 'null', '') end)"
        )
    };
}
pub(super) use event_row;

/// The tables that an event is read from. The outer loop scans the events in order, so that a limit ends it early. A
/// message of another room is not joined, since the readers of the event may not be allowed to see it.
macro_rules! event_tables {
    () => {
        " events e left join rooms r on r.id = e.room_id
          left join messages m on m.id = e.message_id and m.room_id = e.room_id
          left join users a on a.id = m.author_id "
    };
}
pub(super) use event_tables;

/// Decodes events and sorts them by id. Events without an object, such as a message whose row is missing, are recorded
/// as damage and left out, as in the history.
pub(super) fn read_events(joined: &[u8], damages: &mut Damages) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for row in Rows::new(joined) {
        let mut row = row?;
        let kind = row.field();
        events.extend(if kind.is_empty() {
            read_post(row, damages)
        } else {
            read_any(&lossy(kind), row, damages)
        });
    }
    events.sort_by_key(|event| event.id);
    Ok(events)
}

/// The first fields of each event.
struct Start<'a> {
    room: RoomRef,
    at: &'a [u8],
}

impl<'a> Start<'a> {
    fn read(row: &mut Row<'a>) -> Option<Self> {
        let (id, openness) = (RoomId(row.number()?), row.field());
        let (at, slug) = (row.field(), lossy(row.field()));
        let room = RoomRef {
            id,
            slug,
            is_open: openness == b"1",
            is_closing: openness == b"2",
        };
        Some(Self { room, at })
    }
}

fn read_post(mut row: Row<'_>, damages: &mut Damages) -> Option<Event> {
    let start = Start::read(&mut row)?;
    let message = read_message(row, &start.room.slug, damages)?;
    let id = EventId(message.id.0);
    Some(Event {
        id,
        audience: Audience::Room(start.room),
        at: of_event(damages, id).time("at", start.at),
        by: message.author.clone(),
        kind: kind::MESSAGE.to_owned(),
        object: Object::Message(Arc::new(message)),
    })
}

fn read_any(kind: &str, mut row: Row<'_>, damages: &mut Damages) -> Option<Event> {
    let start = Start::read(&mut row)?;
    let id = EventId(row.number()?);
    let custom_name = lossy(row.field());
    let (handle, name) = (row.field(), row.field());
    let mut values = of_event(damages, id);
    let (at, by) = (values.time("at", start.at), values.person(handle, name));
    if kind == kind::USER {
        return read_user_change(row, id, at, by);
    }
    let Some(object) = read_object(kind, row, (&start.room.slug, id), damages) else {
        of_event(damages, id).note("what it is about");
        return None;
    };
    Some(Event {
        id,
        audience: Audience::Room(start.room),
        at,
        by,
        kind: if kind == kind::CUSTOM {
            custom_name
        } else {
            kind.to_owned()
        },
        object,
    })
}

/// Decodes a change of a user; `None` if the row of the user is missing.
fn read_user_change(mut row: Row<'_>, id: EventId, at: Timestamp, by: Person) -> Option<Event> {
    let is_public = row.field() == b"1";
    let rooms = lossy(row.field());
    let rooms = rooms
        .split(',')
        .filter_map(|id| id.parse().ok().map(RoomId));
    let audience = Audience::OfPerson {
        is_public,
        rooms: rooms.collect(),
    };
    let role = Role::of_stored(&lossy(row.field()));
    let imported = row.field() == b"1";
    let person = Person {
        handle: lossy(row.field()),
        name: lossy(row.rest()),
    };
    (!person.handle.is_empty()).then(|| Event {
        id,
        audience,
        at,
        by,
        kind: kind::USER.to_owned(),
        object: Object::User(UserInfo {
            person,
            role,
            imported,
        }),
    })
}

fn read_object(
    kind: &str,
    mut row: Row<'_>,
    (room, id): (&str, EventId),
    damages: &mut Damages,
) -> Option<Object> {
    match kind {
        kind::MESSAGE | kind::MESSAGE_EDITED | kind::MESSAGE_DELETED | kind::REACTION => {
            let message = read_message(row, room, damages)?;
            Some(Object::Message(Arc::new(message)))
        }
        kind::ROOM | kind::ROOM_DELETED => Some(Object::Room(RoomInfo {
            slug: room.to_owned(),
            kind: RoomKind::of_stored(row.field()),
            archived: row.field() == b"1",
            announcements: row.field() == b"1",
            auto_join: row.field() == b"1",
            room_mentions: row.field() == b"1",
            pins: read_pins(row.field()),
            name: lossy(row.field()),
            topic: lossy(row.rest()),
        })),
        kind::MEMBER => {
            let user_id = UserId(row.number()?);
            let (state, role) = match row.field() {
                b"manager" => (Membership::Joined, RoomRole::Manager),
                b"member" => (Membership::Joined, RoomRole::Member),
                _ => (Membership::Left, RoomRole::Member),
            };
            Some(Object::Member(Member {
                user_id,
                state,
                role,
                last: EventId(row.number()?),
                handle: lossy(row.rest()),
            }))
        }
        kind::CUSTOM => {
            let payload: Option<Box<RawValue>> = of_event(damages, id).json("data", row.rest());
            Some(Object::Custom(
                payload.unwrap_or_else(|| RawValue::NULL.to_owned()),
            ))
        }
        _ => None,
    }
}

fn of_event(damages: &mut Damages, id: EventId) -> Values<'_, EventId> {
    Values {
        damages,
        table: "events",
        row: id,
    }
}
