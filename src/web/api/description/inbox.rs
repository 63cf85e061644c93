//! The operations on the caller's inbox and read marks.

use super::{
    operation::Described,
    parameters::{limit, query},
    schemas::reference,
};
use crate::{
    model::{
        ids::MessageId,
        inbox::{INBOX_DEFAULT, INBOX_MAX, InboxItem},
    },
    web::api::inbox::{MarkAllRequest, MarkReadRequest, SentInbox},
};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_inbox(),
        mark_inbox_read(),
        mark_read(),
        mark_all_read(),
    ]
}

fn list_inbox() -> Described {
    let before = query(
        "before",
        "Id of the message before which the page ends.",
        reference::<MessageId>(),
    );
    let summary = "List the messages by which others mean the caller";
    Described::get("/api/v1/inbox", "listInbox", summary)
        .details(
            "Mentions and replies in the rooms that the caller is a member of, newest first, without those of people whom \
             the caller has blocked. An item is read if its room was read up to there, or the inbox.",
        )
        .parameters([before, limit("items", INBOX_MAX, INBOX_DEFAULT)])
        .answers::<SentInbox>(StatusCode::OK, "A page of the inbox.")
        .has_schema::<InboxItem>()
}

fn mark_inbox_read() -> Described {
    let summary = "Mark the items of the caller's inbox as read";
    Described::put("/api/v1/inbox/read", "markInboxRead", summary)
        .details(
            "Up to an event; later items stay as they are. The caller's other streams are told by the signal `me` with \
             `changed: [\"inbox\"]`.",
        )
        .takes::<MarkAllRequest>(&json!({"up_to": 0}))
        .answers_nothing()
}

fn mark_read() -> Described {
    let path = "/api/v1/rooms/{room}/read";
    Described::put(path, "markRead", "Move the caller's read mark in a room")
        .details(
            "For members. With `up_to` it moves forward, and an id before the mark changes nothing; with `down_to` it \
             moves backward, and that event and what follows is unread. Exactly one of the two is given. The caller's \
             other streams are told by the signal `read`.",
        )
        .takes::<MarkReadRequest>(&json!({"up_to": 0}))
        .answers_nothing()
}

fn mark_all_read() -> Described {
    let summary = "Move the caller's read marks in all rooms forward";
    Described::put("/api/v1/me/read", "markAllRead", summary)
        .details("Where something is unread up to the event. The caller's other streams are told by signals `read`.")
        .takes::<MarkAllRequest>(&json!({"up_to": 0}))
        .answers_nothing()
}
