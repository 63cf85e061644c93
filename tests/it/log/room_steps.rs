//! Random changes of rooms and their members.

use super::steps::{Kind, ROOMS, Request, mentions};
use backscroll::model::{
    change::Action,
    room::{
        FoldedRoomName, NewDirectRoom, NewRoom, RoomKind, RoomName, RoomRole, RoomUpdate, Topic,
    },
    slug::Slug,
};

/// Returns a change of the room with this slug, or of another one.
pub(super) fn change_of_room(step: &Request, room: String, handle: &str) -> Action {
    let number = step.number;
    match step.kind {
        Kind::CreateRoom => Action::CreateRoom {
            room: new_room(
                ROOMS[step.room % ROOMS.len()],
                [RoomKind::Open, RoomKind::Closed][number % 2],
            ),
            is_slug_chosen: number.is_multiple_of(3),
        },
        Kind::UpdateRoom => Action::UpdateRoom {
            room,
            update: update(number),
        },
        Kind::DeleteRoom => Action::DeleteRoom { room },
        Kind::OpenDirectRoom => Action::OpenDirectRoom {
            room: NewDirectRoom {
                slug: Slug::of_random([u8::try_from(number).expect("a small number"); 10]),
                handles: mentions(number),
            },
        },
        Kind::JoinRoom => Action::JoinRoom {
            room,
            handle: format!("{handle}{}", number % 3),
            role: [None, None, Some(RoomRole::Manager), Some(RoomRole::Member)][number % 4],
        },
        _ => Action::LeaveRoom {
            room,
            handle: format!("{handle}{}", number % 3),
        },
    }
}

fn name(name: &str) -> FoldedRoomName {
    FoldedRoomName::new(RoomName::parse(name).expect("valid"))
}

fn update(number: usize) -> RoomUpdate {
    RoomUpdate {
        name: number
            .is_multiple_of(2)
            .then(|| name(&format!("Room {}", number % 6))),
        topic: number
            .is_multiple_of(3)
            .then(|| Topic::parse("A topic").expect("valid")),
        kind: number
            .is_multiple_of(7)
            .then_some([RoomKind::Closed, RoomKind::Open][number % 2]),
        archived: number
            .is_multiple_of(5)
            .then_some(number.is_multiple_of(10)),
        announcements: number
            .is_multiple_of(8)
            .then_some(number.is_multiple_of(16)),
        auto_join: number
            .is_multiple_of(11)
            .then_some(number.is_multiple_of(22)),
        room_mentions: number
            .is_multiple_of(13)
            .then_some(number.is_multiple_of(26)),
    }
}

pub(super) fn new_room(slug: &str, kind: RoomKind) -> NewRoom {
    NewRoom {
        slug: Slug::parse(slug.into()).expect("valid"),
        name: name(&format!("A {slug}")),
        topic: Topic::parse("").expect("valid"),
        kind,
        auto_join: slug != "club",
    }
}
