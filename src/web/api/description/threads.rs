//! The operations on threads.

use super::{
    messages::{history_page, revalidated},
    operation::Described,
    parameters::{header, limit, query},
    refusals::Refusal,
    schemas::reference,
};
use crate::{
    model::{
        ids::MessageId,
        json_schema::{TimeOrDate, text},
        thread::{FollowedThread, ThreadSummary},
    },
    web::api::{
        history::SentPage,
        history_query::{LIMIT_DEFAULT, LIMIT_MAX},
        inbox::MarkAllRequest,
        threads::FollowedThreads,
    },
};
use axum::http::StatusCode;
use serde_json::json;

const THREAD: &str = "/api/v1/rooms/{room}/messages/{id}/thread";
const FOLLOW: &str = "/api/v1/rooms/{room}/messages/{id}/follow";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_followed_threads(),
        show_thread(),
        show_follow(),
        follow_thread(),
        unfollow_thread(),
        mark_thread_read(),
    ]
}

fn list_followed_threads() -> Described {
    let path = "/api/v1/rooms/{room}/threads";
    let summary = "List the threads of a room that the caller follows";
    Described::get(path, "listThreads", summary)
        .details("Those with the newest roots first. Each has the number of its unread replies.")
        .answers::<FollowedThreads>(StatusCode::OK, "The threads.")
        .has_schema::<FollowedThread>()
}

fn show_thread() -> Described {
    let id = reference::<MessageId>;
    Described::get(THREAD, "showThread", "Get a page of a thread")
        .details(
            "The page is a part of the thread that the message belongs to, in the form of a page of history. The root \
             comes first, before its replies. Of a reply, the thread is that of its root.",
        )
        .for_readers()
        .parameters([
            query("before", "Messages before this one.", id()),
            query("after", "Messages after this one.", id()),
            query("around", "This message and those around it.", id()),
            query("at", "The messages around this time.", reference::<TimeOrDate>()),
            limit("messages", LIMIT_MAX, LIMIT_DEFAULT),
            header(
                "If-None-Match",
                "`ETag`s of pages that the client has stored.",
                text(),
            ),
        ])
        .answers_with(StatusCode::OK, history_page())
        .answers_with(
            StatusCode::NOT_MODIFIED,
            revalidated("`If-None-Match` has the tag of the page."),
        )
        .has_schema::<SentPage>()
        .has_schema::<ThreadSummary>()
        .refuses(Refusal::NotAcceptable)
        .refuses(Refusal::Invalid)
}

fn show_follow() -> Described {
    let summary = "Get whether the caller follows a thread, and what is unread in it";
    Described::get(FOLLOW, "showFollow", summary)
        .answers::<FollowedThread>(StatusCode::OK, "The thread.")
}

fn follow_thread() -> Described {
    Described::put(FOLLOW, "followThread", "Follow a thread")
        .details(
            "For members. Posting in a thread, being mentioned in it, and a reply to one's message follow it, too. The \
             replies that are there count as read.",
        )
        .answers_nothing()
}

fn unfollow_thread() -> Described {
    Described::delete(FOLLOW, "unfollowThread", "Stop following a thread")
        .details("For members. Idempotent.")
        .answers_nothing()
}

fn mark_thread_read() -> Described {
    let path = "/api/v1/rooms/{room}/messages/{id}/read";
    let summary = "Move the caller's read mark in a thread forward";
    Described::put(path, "markThreadRead", summary)
        .details("For members. An id before the mark changes nothing.")
        .takes::<MarkAllRequest>(&json!({"up_to": 0}))
        .answers_nothing()
}
