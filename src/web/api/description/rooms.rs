//! The operations on rooms, their members, and the caller's own state in them.

use super::{
    operation::Described,
    parameters::{limit, query},
    refusals::Refusal,
};
use crate::{
    event_log::signals::TYPING_AGAIN_AFTER,
    model::{
        json_schema::text,
        member::RoomMember,
        room::{ROOM_LIST_MAX, RoomView},
    },
    web::api::{
        members::{self, JoinRoomRequest, MemberList, NotifyRequest},
        rooms::{CreateRoomRequest, DirectRoomRequest, RoomList, UpdateRoomRequest},
    },
};
use axum::http::StatusCode;
use serde_json::json;

const ROOMS: &str = "/api/v1/rooms";
const ROOM: &str = "/api/v1/rooms/{room}";
const MEMBER: &str = "/api/v1/rooms/{room}/members/{handle}";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_rooms(),
        create_room(),
        show_room(),
        update_room(),
        delete_room(),
        open_direct_room(),
        list_members(),
        join_room(),
        leave_room(),
        set_notify(),
        add_favourite(),
        remove_favourite(),
        signal_typing(),
    ]
}

fn list_rooms() -> Described {
    let after = query(
        "after",
        "Slug of the room after which the page begins.",
        text(),
    );
    let max = ROOM_LIST_MAX;
    Described::get(ROOMS, "listRooms", "List the rooms that the caller can see")
        .details(
            "Page by page: first the rooms that the caller is a member of, then the other open ones, both ordered by \
             name.",
        )
        .for_readers()
        .parameters([after, limit("rooms", max, max)])
        .answers::<RoomList>(StatusCode::OK, "A page of rooms.")
        .has_schema::<RoomView>()
}

fn create_room() -> Described {
    let example = json!({"name": "Reading circle", "topic": "One book a month", "kind": "open"});
    Described::post(ROOMS, "createRoom", "Create a room")
        .details(
            "The caller becomes its manager. No two open rooms have the same name, without regard to case. The server \
             chooses the slug of a closed room.",
        )
        .takes::<CreateRoomRequest>(&example)
        .refuses(Refusal::TooManyRequests)
        .answers::<RoomView>(StatusCode::CREATED, "The new room.")
        .with_location()
        .refuses(Refusal::Conflict)
}

fn show_room() -> Described {
    Described::get(ROOM, "showRoom", "Get a room")
        .for_readers()
        .answers::<RoomView>(StatusCode::OK, "The room.")
}

fn update_room() -> Described {
    Described::patch(ROOM, "updateRoom", "Change a room")
        .details("For managers of the room, and admins. Absent fields keep their value.")
        .may_take::<UpdateRoomRequest>(&json!({"topic": "Everything about books"}))
        .refuses(Refusal::TooManyRequests)
        .answers::<RoomView>(StatusCode::OK, "The changed room.")
        .refuses(Refusal::Conflict)
}

fn delete_room() -> Described {
    Described::delete(ROOM, "deleteRoom", "Delete a room and its messages")
        .details("For managers of the room, and admins. Its slug is not used again.")
        .answers_nothing()
}

fn open_direct_room() -> Described {
    let summary = "Find or create the direct room of the caller and other people";
    Described::post("/api/v1/direct", "openDirectRoom", summary)
        .details(
            "2 to 10 people, the caller included. For the same people it is always the same room, in whatever order they \
             are given. A direct room cannot be left: deleting the membership of `me` hides it until the next message.",
        )
        .takes_json::<DirectRoomRequest>(&json!({"handles": ["bob"]}))
        .refuses(Refusal::TooManyRequests)
        .answers::<RoomView>(StatusCode::OK, "The room.")
}

fn list_members() -> Described {
    let path = "/api/v1/rooms/{room}/members";
    let after = query("after", "Handle after which the page begins.", text());
    let max = members::PAGE_MAX;
    Described::get(path, "listMembers", "List the members of a room")
        .details("Page by page, ordered by handle.")
        .for_readers()
        .parameters([after, limit("members", max, max)])
        .answers::<MemberList>(StatusCode::OK, "A page of members.")
        .has_schema::<RoomMember>()
}

fn join_room() -> Described {
    Described::put(MEMBER, "joinRoom", "Add a member to a room")
        .details(
            "Idempotent. Managers of the room, and admins, add others and name managers. Others can add a person to 100 \
             rooms a day.",
        )
        .may_take::<JoinRoomRequest>(&json!({"role": "member"}))
        .refuses(Refusal::TooManyRequests)
        .answers_nothing()
}

fn leave_room() -> Described {
    Described::delete(MEMBER, "leaveRoom", "Remove a member from a room")
        .details("Idempotent. Managers of the room, and admins, can remove others.")
        .refuses(Refusal::TooManyRequests)
        .answers_nothing()
}

fn set_notify() -> Described {
    let path = "/api/v1/rooms/{room}/notify";
    let summary = "Set which messages of a room the caller is notified about";
    Described::put(path, "setNotify", summary)
        .details("For members.")
        .takes::<NotifyRequest>(&json!({"level": "everything"}))
        .answers_nothing()
}

fn add_favourite() -> Described {
    let path = "/api/v1/rooms/{room}/favourite";
    Described::put(
        path,
        "addFavourite",
        "Make a room one of the caller's favourites",
    )
    .details("For members. Idempotent. Favourites stand first in the list of the pages.")
    .answers_nothing()
}

fn remove_favourite() -> Described {
    let path = "/api/v1/rooms/{room}/favourite";
    let summary = "Remove a room from the caller's favourites";
    Described::delete(path, "removeFavourite", summary)
        .details("For members. Idempotent.")
        .answers_nothing()
}

fn signal_typing() -> Described {
    let path = "/api/v1/rooms/{room}/typing";
    let seconds = TYPING_AGAIN_AFTER.as_secs();
    Described::post(path, "signalTyping", "Signal that the caller is typing")
        .details(format!(
            "The other readers of the room get `event: typing`, at most once in {seconds} s. Only who may post signals."
        ))
        .answers_nothing()
}
