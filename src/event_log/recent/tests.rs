//! Tests of the newest events in memory.

use super::*;
use crate::model::{
    event::{Object, RoomRef},
    ids::MessageId,
    message::Message,
    role::Role,
    time::Timestamp,
    user::{Person, UserInfo},
};

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
        reply_to_author: None,
        nonce: None,
        mentions_room: false,
        is_author_imported: false,
        thread: None,
        also_in_room: false,
        thread_summary: None,
        reactions: Vec::new(),
        attachments: Vec::new(),
    };
    Arc::new(Event {
        id: EventId(id),
        audience: Audience::Room(RoomRef {
            id: RoomId(1),
            slug: "general".into(),
            is_open: true,
            is_closing: false,
        }),
        at,
        by,
        kind: kind.into(),
        object: Object::Message(Arc::new(message)),
    })
}

#[test]
fn a_channel_begins_at_the_last_event_that_was_looked_up() {
    let recent = Recent::new(EventId(6), EventId(6));
    let room = Channel::Room(RoomId(1));
    recent.follow(room);
    assert!(recent.read_after(room, EventId(2), 1).is_none());
    recent.note_room_head(RoomId(1), EventId(2));
    recent.publish(&[event(7, kind::MESSAGE, "new".into())], &[], EventId(7));
    let following = recent
        .read_after(room, EventId(2), 1)
        .expect("the event is cached");
    assert_eq!(following.events_after(EventId(2)).count(), 1);
    assert!(recent.read_after(room, EventId(1), 1).is_none());
}

#[test]
fn an_edit_updates_the_size_of_a_channel() {
    let recent = Recent::new(EventId(6), EventId(6));
    recent.publish(&[event(7, kind::MESSAGE, "short".into())], &[], EventId(7));
    recent.publish(
        &[event(8, kind::MESSAGE_EDITED, "long".repeat(2000))],
        &[],
        EventId(8),
    );
    let ends = recent.read();
    let bytes: usize = ends.rooms.values().map(|end| end.bytes).sum();
    assert_eq!(ends.rooms_bytes, bytes);
}

#[test]
fn an_earlier_change_of_a_user_has_the_current_name_as_well() {
    let person = |name: &str| UserInfo {
        person: Person {
            handle: "ann".into(),
            name: name.into(),
        },
        role: Role::Member,
        imported: false,
    };
    let renaming = |id: i64, name: &str| {
        let event = Arc::unwrap_or_clone(event(id, kind::USER, String::new()));
        Arc::new(Event {
            audience: Audience::OfPerson {
                is_public: false,
                rooms: [RoomId(1)].into(),
            },
            object: Object::User(person(name)),
            ..event
        })
    };
    let recent = Recent::new(EventId(6), EventId(6));
    recent.publish(&[renaming(7, "First")], &[person("First")], EventId(7));
    recent.publish(&[renaming(8, "Second")], &[person("Second")], EventId(8));
    for channel in [Channel::Room(RoomId(1)), Channel::Everything] {
        let following = recent.read_after(channel, EventId(6), usize::MAX);
        let following = following.expect("both events are cached");
        let names = following
            .events_after(EventId(6))
            .map(|event| &event.object);
        let names: Vec<_> = names.map(|object| format!("{object:?}")).collect();
        assert_eq!(names.len(), 2);
        assert!(
            names.iter().all(|name| name.contains("Second")),
            "{names:?}"
        );
    }
}
