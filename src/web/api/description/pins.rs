//! The operations on pinned and saved messages, and on who has read a message.

use super::{
    operation::Described,
    parameters::{limit, query},
    refusals::Refusal,
    schemas::reference,
};
use crate::{
    model::{
        ids::MessageId,
        inbox::{INBOX_DEFAULT, INBOX_MAX},
        pins::{PINS_MAX, READERS_MAX, SAVED_MAX},
    },
    web::api::{
        inbox::ReaderList,
        pins::{SentPins, SentSaved},
    },
};
use axum::http::StatusCode;

const PIN: &str = "/api/v1/rooms/{room}/messages/{id}/pin";
const SAVED: &str = "/api/v1/rooms/{room}/messages/{id}/saved";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_pins(),
        pin(),
        unpin(),
        list_saved(),
        save(),
        unsave(),
        list_readers(),
    ]
}

fn list_pins() -> Described {
    let path = "/api/v1/rooms/{room}/pins";
    Described::get(path, "listPins", "List the pinned messages of a room")
        .details("The one that was pinned last comes first. The room has their ids, too.")
        .for_readers()
        .answers::<SentPins>(StatusCode::OK, "The messages.")
}

fn pin() -> Described {
    change(Described::put(PIN, "pinMessage", "Pin a message")).details(format!(
        "For members; in rooms where only managers post, for managers. Idempotent. At most {PINS_MAX} in a room: further \
         ones are refused with 422. 409 if the message is deleted. The stream tells of it by the event `room`."
    ))
}

fn unpin() -> Described {
    change(Described::delete(PIN, "unpinMessage", "Unpin a message"))
        .details("For those who may pin it. Idempotent.")
}

fn list_saved() -> Described {
    let before = query(
        "before",
        "Id of the message before which the page ends.",
        reference::<MessageId>(),
    );
    let summary = "List the messages that the caller has saved";
    Described::get("/api/v1/me/saved", "listSaved", summary)
        .details("Those of rooms that the caller may see, the newest message first. Nobody else sees them.")
        .parameters([before, limit("messages", INBOX_MAX, INBOX_DEFAULT)])
        .answers::<SentSaved>(StatusCode::OK, "A page of messages.")
}

fn save() -> Described {
    change(Described::put(SAVED, "saveMessage", "Save a message for oneself")).details(format!(
        "Idempotent. At most {SAVED_MAX}: further ones are refused with 422. 409 if the message is deleted. The caller's \
         other streams are told by the signal `me` with `changed: [\"saved\"]`."
    ))
}

fn unsave() -> Described {
    let summary = "Remove a message from those that the caller has saved";
    change(Described::delete(SAVED, "unsaveMessage", summary)).details("Idempotent.")
}

fn change(described: Described) -> Described {
    described
        .answers_nothing()
        .refuses(Refusal::TooManyRequests)
        .refuses(Refusal::Conflict)
        .refuses(Refusal::Invalid)
}

fn list_readers() -> Described {
    let path = "/api/v1/rooms/{room}/messages/{id}/readers";
    Described::get(path, "listReaders", "List who has read a message")
        .details(format!(
            "For members. At most {READERS_MAX} of the members who had joined when it was posted, without the author and \
             the caller. Whoever hides what they have read (`hides_reading`) is not among them, and is told of nobody."
        ))
        .answers::<ReaderList>(StatusCode::OK, "The people.")
        .refuses(Refusal::NotAllowed)
}
